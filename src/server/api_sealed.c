/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_sealed.c - secret ballots: who keeps the key and what they have sent, the board, how far the opening is, all of it as an archive. */
#include <stdio.h>
#include <string.h>

#include "council/sealed.h"
#include "server/view.h"

static const char *const TRUST_STAGE[] = {"drawing", "certifying", "sharing", "agreeing", "ready", "failed"};
static const char *const LEFT[] = {NULL, "not needed", "too late", "objected", "objected to"};
static const pl_shown TRUST[] = {PL_S_ID(pl_trust, subject), PL_S_INT(pl_trust, attempt), PL_S_WORD(pl_trust, stage, TRUST_STAGE), PL_S_TIME(pl_trust, since), PL_S_TIME(pl_trust, until),
                                 PL_S_INT(pl_trust, wanted), PL_S_INT(pl_trust, needed), PL_S_INT(pl_trust, round), PL_S_INT(pl_trust, in), PL_S_TEXT(pl_trust, group), PL_S_END};
const pl_view PL_VIEW_TRUSTS = {&PL_TRUSTS, "trust", TRUST};
static const pl_shown TRUSTEE[] = {PL_S_ID(pl_trustee, member), PL_S_INT(pl_trustee, number), PL_S_TIME(pl_trustee, certificate), PL_S_TIME(pl_trustee, polynomial),
                                   PL_S_TIME(pl_trustee, output), PL_S_WORD(pl_trustee, left, LEFT), PL_S_END};
static const pl_view TRUSTEES = {&PL_TRUSTEES, "trust #seat", TRUSTEE};

static const char *const STAGE[] = {"keying", "voting", "shuffling", "opening", "opened", "too few"};
static const pl_shown SEALED[] = {PL_S_ID(pl_sealed, trust), PL_S_INT(pl_sealed, attempt), PL_S_WORD(pl_sealed, stage, STAGE), PL_S_INT(pl_sealed, voters), PL_S_INT(pl_sealed, papers),
                                  PL_S_INT(pl_sealed, shuffles), PL_S_INT(pl_sealed, parts), PL_S_TIME(pl_sealed, until), PL_S_ID(pl_sealed, election), PL_S_ID(pl_sealed, tally), PL_S_END};
static const pl_view SEALED_BALLOTS = {&PL_SEALED, "ballot", SEALED};
static const pl_shown PAPER[] = {PL_S_INT(pl_sealed_paper, position), PL_S_ID(pl_sealed_paper, member), PL_S_ID(pl_sealed_paper, hash), PL_S_END};
static const pl_view PAPERS = {&PL_SEALED_PAPERS, "ballot #attempt #number", PAPER};
static const pl_shown WORK[] = {PL_S_INT(pl_sealed_work, trustee), PL_S_INT(pl_sealed_work, position), PL_S_ID(pl_sealed_work, blob), PL_S_END};
static const pl_view SHUFFLES = {&PL_SEALED_SHUFFLES, "ballot #attempt #number", WORK};
static const pl_view PARTS = {&PL_SEALED_PARTS, "ballot #attempt #number", WORK};
static const pl_shown OPENED[] = {PL_S_INT(pl_opened_paper, count), PL_S_TEXT(pl_opened_paper, marks), PL_S_END};
static const pl_view OPENED_PAPERS = {&PL_OPENED_PAPERS, "ballot #number", OPENED};

/* The text of the election, with which a browser encrypts a paper. */
static pl_status put_election(pl_call *c, pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *sealed)
{
    pl_sealed_texts texts = {.election = {NULL, 0}};
    bool ready = sealed->stage != PL_SEALED_KEYING && !pl_id_none(sealed->election);
    pl_status status = ready ? pl_sealed_texts_get(s, id, sealed, false, &texts) : PL_OK;
    pl_json_key(&c->json, "election_text");
    if (ready && status == PL_OK) {
        pl_json_text_n(&c->json, texts.election.text, texts.election.n);
    } else {
        pl_json_null(&c->json);
    }
    pl_sealed_texts_clear(&texts);
    return status;
}

static pl_status put_trustees(pl_call *c, pl_step *s, const uint8_t trust[PL_HASH])
{
    pl_trust t;
    bool there;
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(trust), &t, &there);
    pl_json_key(&c->json, "trustees");
    pl_json_object(&c->json);
    if (status == PL_OK && there) {
        pl_view_row(&c->json, &PL_VIEW_TRUSTS, trust, &t);
        status = pl_view_all(c, s, &TRUSTEES, "members", pl_key_id1(trust));
    }
    pl_json_end(&c->json);
    return status;
}

static pl_status look_trust(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_trust row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &PL_VIEW_TRUSTS, "group of trustees", c->part[0], id, &row);
    return status == PL_OK ? pl_view_all(c, s, &TRUSTEES, "members", pl_key_id1(id)) : status;
}

static pl_status answer_trust(pl_call *c)
{
    return pl_view_look(c, look_trust);
}

static bool of_member(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return l->user == NULL || pl_id_same(((const pl_sealed_paper *)row)->member, l->user);
}

static pl_status put_board(pl_call *c, pl_step *s, const pl_row_key *attempt)
{
    const char *text = pl_call_text(c, "member");
    uint8_t member[PL_HASH];
    pl_listing l = {.call = c, .step = s, .view = &PAPERS, .prefix = *attempt, .keep = of_member, .user = text != NULL ? member : NULL};
    pl_status status = text != NULL ? pl_call_id(c, text, "member", member) : PL_OK;
    status = status == PL_OK ? pl_call_window(c, 100, &l.window) : status;
    return status == PL_OK ? pl_view_list(&l, "sealed_papers") : status;
}

static pl_status look_sealed(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_sealed row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &SEALED_BALLOTS, "secret ballot", c->part[0], id, &row);
    if (status != PL_OK) {
        return status;
    }
    const pl_row_key attempt = pl_key_then(pl_key_id1(id), row.attempt);
    status = put_election(c, s, id, &row);
    status = status == PL_OK ? put_trustees(c, s, row.trust) : status;
    status = status == PL_OK ? pl_view_all(c, s, &SHUFFLES, "shuffled", attempt) : status;
    status = status == PL_OK ? pl_view_all(c, s, &PARTS, "opening", attempt) : status;
    status = status == PL_OK ? pl_view_all(c, s, &OPENED_PAPERS, "opened", pl_key_id1(id)) : status;
    return status == PL_OK ? put_board(c, s, &attempt) : status;
}

static pl_status answer_sealed(pl_call *c)
{
    return pl_view_look(c, look_sealed);
}

static pl_status look_archive(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_str archive;
    uint8_t id[PL_HASH];
    pl_status status = pl_call_id(c, c->part[0], "ballot", id);
    status = status == PL_OK ? pl_sealed_archive(s, id, &archive) : status;
    if (status == PL_OK) {
        pl_str_add_n(&c->answer.body, archive.text, archive.len);
        pl_str_clear(&archive);
    }
    return status;
}

static pl_status answer_archive(pl_call *c)
{
    c->answer.type = "application/x-tar";
    snprintf(c->answer.name, sizeof c->answer.name, "%.12s.bel", c->part[0]);
    return pl_call_look(c, look_archive, c);
}

static pl_status look_trusts(void *user, pl_step *s)
{
    return pl_view_window(user, s, &PL_VIEW_TRUSTS, "trusts", 100);
}

static pl_status answer_trusts(pl_call *c)
{
    return pl_view_look(c, look_trusts);
}

#define GET(path, parameters, purpose, gives, answer) {"GET", path, parameters, purpose, gives, NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer}
const pl_route PL_ROUTES_SEALED[] = {
    GET("/api/ballots/{ballot}/sealed", "from number how many to skip; most number how many to give (100); member text only the papers of this member",
        "A secret ballot: how far it is, its trustees, sealed papers, opened papers", "sealed", answer_sealed),
    {"GET", "/api/ballots/{ballot}/archive", "", "A secret ballot as an archive (.bel): 'plenty verify' and belenios-tool check it", "archive", NULL, 0, PL_FRESH_NOW,
     PL_WANTS_COMMONS, answer_archive},
    GET("/api/trusts", "from number how many to skip; most number how many to give (100)", "Trustees of secret ballots and lots", "trusts", answer_trusts),
    GET("/api/trusts/{trust}", "", "Trustees, and what each has sent", "trusts", answer_trust),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
