/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed.c - secret ballots: planned, keyed, voted in. */
#include "council/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/recall.h"
#include "council/sealed_memo.h"
#include "io/json.h"

#define PAPER_MAX 59000
#define SUMS_MAX 30 /* options of a paper that still fits an event */

const pl_table PL_SEALED = {"sealed",
                            sizeof(pl_sealed),
                            11,
                            {PL_ID(pl_sealed, trust), PL_INT(pl_sealed, attempt), PL_INT(pl_sealed, stage), PL_INT(pl_sealed, lasts), PL_INT(pl_sealed, voters),
                             PL_INT(pl_sealed, papers), PL_INT(pl_sealed, shuffles), PL_INT(pl_sealed, parts), PL_MAYBE(pl_sealed, until), PL_ID(pl_sealed, election),
                             PL_ID(pl_sealed, tally)}};
const pl_table PL_SEALED_VOTES = {
    "sealed.votes",
    sizeof(pl_sealed_vote),
    4,
    {PL_INT(pl_sealed_vote, attempt), PL_INT(pl_sealed_vote, position), PL_INT(pl_sealed_vote, times), PL_ID(pl_sealed_vote, credential)}};
const pl_table PL_SEALED_PAPERS = {
    "sealed.papers", sizeof(pl_sealed_paper), 3, {PL_INT(pl_sealed_paper, position), PL_ID(pl_sealed_paper, member), PL_ID(pl_sealed_paper, hash)}};

/* Whose credential that is, and which papers there are: keys (ballot, hash). */
typedef struct owner {
    uint8_t member[PL_HASH];
} owner;
static const pl_table OWNERS = {"sealed.owners", sizeof(owner), 1, {PL_ID(owner, member)}};
static const pl_table HASHES = {"sealed.hashes", sizeof(owner), 1, {PL_ID(owner, member)}};

static bool ranked(const pl_ballot *b)
{
    return b->rule != PL_VOTE_YES_NO && b->rule != PL_VOTE_APPROVAL;
}

static pl_status put_sealed(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v)
{
    return pl_put(s, &PL_SEALED, pl_key_id1(id), v);
}

/* ---- Which ballots ---------------------------------------------------------------------------------- */

/* How many members a ballot is about, at most: they keep no key. */
static int64_t concerned(const pl_ballot *b)
{
    return b->about == PL_ABOUT_ELECTION ? b->options : 1;
}

pl_status pl_sealed_wanted(pl_step *s, const pl_ballot *b, bool *yes)
{
    static const pl_param_name PARAM[] = {
        [PL_ABOUT_ELECTION] = PL_SECRECY_ELECTIONS, [PL_ABOUT_RECALL] = PL_SECRECY_RECALLS, [PL_ABOUT_MOTION] = PL_SECRECY_MOTIONS, [PL_ABOUT_CONSTITUTION] = PL_SECRECY_MOTIONS,
        [PL_ABOUT_SIGNATURES] = PL_SECRECY_SIGNATURES};
    int64_t wants, least = 0, members = 0, roll = 0, trustees = 0, needed;
    pl_assembly electors = {.sort = PL_COUNCIL};
    bool there;
    pl_status status = pl_param(s, PARAM[b->about], &wants);
    status = status == PL_OK ? pl_param(s, PL_SECRECY_MEMBERS, &least) : status;
    status = status == PL_OK ? pl_member_count(s, &members) : status;
    status = status == PL_OK ? pl_assembly_get(s, b->electors, &electors, &there) : status;
    status = status == PL_OK ? pl_assembly_size(s, b->electors, &roll) : status;
    status = status == PL_OK ? pl_trust_size(s, concerned(b), &trustees, &needed) : status;
    *yes = wants != 0 && electors.sort != PL_COUNCIL && members >= least && roll >= PL_SECRET_LEAST_BALLOTS && trustees > 0 &&
           b->options <= (ranked(b) ? PL_SECRET_ANSWERS_MAX : SUMS_MAX);
    return status;
}

pl_status pl_sealed_time(pl_step *s, const pl_ballot *b, int64_t *seconds)
{
    int64_t seal = 0, reveal = 0, round = 0, open = 0;
    bool secret;
    pl_status status = pl_sealed_wanted(s, b, &secret);
    if (status != PL_OK || !secret) {
        *seconds = 0;
        return status;
    }
    status = pl_param(s, PL_LOT_COMMIT_HOURS, &seal);
    status = status == PL_OK ? pl_param(s, PL_LOT_REVEAL_HOURS, &reveal) : status;
    status = status == PL_OK ? pl_param(s, PL_SECRECY_ROUND_HOURS, &round) : status;
    status = status == PL_OK ? pl_param(s, PL_SECRECY_OPEN_HOURS, &open) : status;
    *seconds = (seal + reveal + 3 * round + open) * PL_HOUR;
    return status;
}

static pl_status draw_trustees(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, pl_sealed *v)
{
    int64_t belenios;
    pl_status status = pl_param(s, PL_SECRECY_BELENIOS, &belenios);
    const char *group = ranked(b) ? belenios != 0 || b->options > 30 ? "RFC-3526-2048" : "Ed25519" : belenios != 0 ? "BELENIOS-2048" : "Ed25519";
    v->stage = PL_SEALED_KEYING;
    v->until = -1;
    v->voters = v->papers = v->shuffles = v->parts = 0;
    memset(v->election, 0, PL_HASH);
    memset(v->tally, 0, PL_HASH);
    status = status == PL_OK ? pl_trust_start(s, id, v->attempt, group, concerned(b), "sealed.keyed", v->trust) : status;
    return status == PL_OK ? put_sealed(s, id, v) : status;
}

pl_status pl_sealed_plan(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_sealed v = {.lasts = b->closes - b->opens};
    return draw_trustees(s, id, b, &v);
}

pl_status pl_sealed_again(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, pl_sealed *v)
{
    v->attempt++;
    return draw_trustees(s, id, b, v);
}

pl_status pl_sealed_may(pl_step *s, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], bool *yes)
{
    pl_ballot b;
    pl_recall r;
    pl_mandate m;
    bool there;
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there);
    *yes = true;
    for (int64_t i = 0; status == PL_OK && *yes && there && b.about == PL_ABOUT_ELECTION && i < b.options; i++) {
        pl_choice o;
        status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o, &there);
        *yes = !pl_id_same(o.id, member);
    }
    if (status == PL_OK && there && (b.about == PL_ABOUT_RECALL || b.about == PL_ABOUT_SIGNATURES)) {
        status = pl_get(s, &PL_RECALLS, pl_key_id1(b.subject), &r, &there);
        status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(r.mandate), &m, &there) : status;
        *yes = !pl_id_same(m.holder, member);
    }
    return status;
}

/* ---- The election of the protocol ---------------------------------------------------------------------- */

void pl_sealed_uuid(const uint8_t id[PL_HASH], int64_t attempt, char out[PL_SECRET_UUID])
{
    static const char LETTERS[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", DOMAIN[] = "plenty secret ballot v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 8], hash[PL_HASH];
    pl_row_key number = pl_key_then(pl_key_none(), attempt);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, id, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, number.at, 8);
    pl_hash(text, sizeof text, hash);
    for (int i = 0; i < PL_SECRET_UUID - 1; i++) {
        out[i] = LETTERS[hash[i] % 58];
    }
    out[PL_SECRET_UUID - 1] = '\0';
}

/* The question, in the form of the protocol's templates. */
static pl_status write_question(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, int64_t attempt, pl_str *out)
{
    char hex[2 * PL_HASH + 1];
    pl_json j;
    pl_status status = PL_OK;
    pl_hex_write(id, PL_HASH, hex);
    pl_json_init(&j, out, false);
    pl_json_object(&j);
    pl_json_put_text(&j, "description", "");
    pl_json_put_text(&j, "name", hex);
    pl_json_key(&j, "questions");
    pl_json_array(&j);
    pl_json_object(&j);
    if (ranked(b)) {
        pl_json_put_text(&j, "type", "NonHomomorphic");
        pl_json_key(&j, "value");
        pl_json_object(&j);
    }
    pl_json_key(&j, "answers");
    pl_json_array(&j);
    for (int64_t i = 0; status == PL_OK && i < b->options; i++) {
        pl_choice o;
        bool there;
        status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o, &there);
        pl_json_text(&j, o.name);
    }
    pl_json_end(&j);
    if (ranked(b)) {
        pl_json_put_text(&j, "question", attempt > 0 ? "Held again" : "");
        pl_json_end(&j);
    } else {
        pl_json_put_int(&j, "min", 0);
        pl_json_put_int(&j, "max", b->rule == PL_VOTE_YES_NO ? 1 : b->options);
        pl_json_put_text(&j, "question", attempt > 0 ? "Held again" : "");
    }
    pl_json_end(&j);
    pl_json_end(&j);
    pl_json_end(&j);
    return status == PL_OK && out->failed ? pl_fail_nomem(s->err, "a secret ballot") : status;
}

static pl_status write_election(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_sealed_texts *out)
{
    pl_trust t;
    pl_ballot b;
    pl_str question;
    bool there;
    char uuid[PL_SECRET_UUID];
    pl_str_init(&question, (size_t)1 << 20);
    pl_sealed_uuid(id, v->attempt, uuid);
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(v->trust), &t, &there);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there) : status;
    status = status == PL_OK ? write_question(s, id, &b, v->attempt, &question) : status;
    status = status == PL_OK ? pl_trust_text(s, v->trust, &t, &out->trustees) : status;
    status = status == PL_OK ? pl_secret_election_new(t.group, uuid, question.text, question.len, out->trustees.text, out->trustees.n, &out->election, s->err) : status;
    pl_str_clear(&question);
    return status;
}

static int by_text(const void *a, const void *b)
{
    const pl_secret_view *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : memcmp(x->text, y->text, x->n);
}

/* The credential of a paper, as it stands there between quotes. */
static pl_secret_view credential_of(pl_secret_view paper)
{
    static const char NAME[] = "\"credential\":\"";
    for (const char *at = paper.text; (at = memchr(at, '"', (size_t)(paper.text + paper.n - at))) != NULL; at++) {
        size_t left = (size_t)(paper.text + paper.n - at);
        if (left > sizeof NAME && memcmp(at, NAME, sizeof NAME - 1) == 0) {
            const char *from = at + sizeof NAME - 1, *end = memchr(from, '"', left - (sizeof NAME - 1));
            return (pl_secret_view){from, end != NULL ? (size_t)(end - from) : 0};
        }
    }
    return (pl_secret_view){paper.text, 0};
}

/* The credentials of those who voted, ascending: the order tells nothing of who is who. */
static pl_status write_credentials(pl_step *s, const pl_sealed_box *box, pl_secret_text *out)
{
    pl_str text;
    pl_secret_view *all = PL_NEW(pl_secret_view, box->n + 1);
    if (all == NULL) {
        return pl_fail_nomem(s->err, "credentials");
    }
    pl_str_init(&text, (size_t)1 << 32);
    for (int64_t i = 0; i < box->n; i++) {
        all[i] = credential_of(box->paper[i]);
    }
    qsort(all, (size_t)box->n, sizeof *all, by_text);
    for (int64_t i = 0; i < box->n; i++) {
        if (i == 0 || by_text(&all[i - 1], &all[i]) != 0) {
            pl_str_add(&text, i == 0 ? "[\"" : ",\"");
            pl_str_add_n(&text, all[i].text, all[i].n);
            pl_str_add(&text, "\"");
        }
    }
    pl_str_add(&text, box->n == 0 ? "[]" : "]");
    pl_free(all);
    if (text.failed) {
        pl_str_clear(&text);
        return pl_fail_nomem(s->err, "credentials");
    }
    *out = (pl_secret_text){text.text, text.len};
    return PL_OK;
}

pl_status pl_sealed_texts_get(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, bool list, pl_sealed_texts *out)
{
    pl_sealed_box box = {0, NULL, NULL};
    memset(out, 0, sizeof *out);
    pl_status status = write_election(s, id, v, out);
    status = status == PL_OK && list ? pl_sealed_box_get(s, id, v, &box) : status;
    status = status == PL_OK && list ? write_credentials(s, &box, &out->credentials) : status;
    pl_sealed_box_clear(&box);
    if (status != PL_OK) {
        pl_sealed_texts_clear(out);
    }
    return status;
}

void pl_sealed_texts_clear(pl_sealed_texts *texts)
{
    pl_secret_text_free(&texts->election);
    pl_secret_text_free(&texts->trustees);
    pl_secret_text_free(&texts->credentials);
}

pl_status pl_sealed_box_get(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_sealed_box *out)
{
    pl_row_key prefix = pl_key_then(pl_key_id1(id), v->attempt);
    pl_cursor at = pl_rows(&PL_SEALED_PAPERS, &prefix);
    pl_sealed_paper row;
    bool there;
    *out = (pl_sealed_box){0, PL_NEW0(pl_str, v->papers + 1), PL_NEW0(pl_secret_view, v->papers + 1)};
    pl_status status = out->text != NULL && out->paper != NULL ? PL_OK : pl_fail_nomem(s->err, "the papers of a secret ballot");
    while (status == PL_OK && (status = pl_next(s, &PL_SEALED_PAPERS, &at, &row, &there)) == PL_OK && there && out->n < v->papers) {
        pl_str *text = &out->text[out->n++];
        pl_str_init(text, PL_EVENT_MAX);
        status = pl_step_field(s, row.position, &PL_KIND_VOTE_SEALED, 1, text);
        out->paper[out->n - 1] = (pl_secret_view){text->text, text->len};
    }
    if (status != PL_OK) {
        pl_sealed_box_clear(out);
    }
    return status;
}

void pl_sealed_box_clear(pl_sealed_box *box)
{
    for (int64_t i = 0; i < box->n; i++) {
        pl_str_clear(&box->text[i]);
    }
    pl_free(box->text);
    pl_free(box->paper);
    *box = (pl_sealed_box){0, NULL, NULL};
}

/* ---- The key is ready ---------------------------------------------------------------------------------- */

/* It opens when it was to open, or now; and for as long as it was to be open. */
static pl_status open_at(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b, const pl_sealed *v)
{
    b->opens = b->opens > s->time ? b->opens : s->time;
    b->closes = b->opens + v->lasts;
    pl_status status = pl_put(s, &PL_BALLOTS, pl_key_id1(id), b);
    status = status == PL_OK ? pl_ballot_opening(s, id, b) : status;
    status = status == PL_OK ? pl_due_at(s, b->opens, "ballot.opens", id, 0) : status;
    return status == PL_OK ? pl_due_at(s, b->closes, "ballot.closes", id, 0) : status;
}

pl_status pl_sealed_keyed(pl_step *s, const uint8_t id[PL_HASH], int64_t attempt)
{
    pl_sealed v;
    pl_trust t;
    pl_ballot b;
    bool there;
    pl_sealed_texts texts;
    pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(v.trust), &t, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there) : status;
    if (status != PL_OK || v.attempt != attempt) {
        return status;
    }
    if (t.stage == PL_TRUST_FAILED) {
        return pl_sealed_again(s, id, &b, &v);
    }
    status = pl_sealed_texts_get(s, id, &v, false, &texts);
    if (status == PL_OK) {
        pl_hash(texts.election.text, texts.election.n, v.election);
        pl_sealed_texts_clear(&texts);
        v.stage = PL_SEALED_VOTING;
        status = put_sealed(s, id, &v);
    }
    return status == PL_OK ? open_at(s, id, &b, &v) : status;
}

/* ---- Voting ---------------------------------------------------------------------------------------------- */

/* R-145; whose credential it is, and the hash of the paper. */
static pl_status check_paper(pl_step *s, const uint8_t *id, const pl_sealed *v, const uint8_t hash[PL_HASH], uint8_t credential[PL_HASH])
{
    const pl_value *paper = &s->value[1];
    const pl_secret_election *e;
    pl_secret_seen seen;
    pl_error why = {0};
    if (pl_memo_judged(s, v->election, hash, credential)) {
        return PL_OK;
    }
    pl_status status = pl_memo_election(s, id, v, false, &e);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_ballot(e, (const char *)paper->at, paper->n, &seen, &why);
    if (status == PL_NOMEM) {
        return pl_fail_nomem(s->err, "a sealed vote");
    }
    if (status != PL_OK) {
        return pl_broken(s, PL_RULE_SEALED_PAPER, "%.190s", why.message);
    }
    pl_hash(seen.key.text, seen.key.n, credential);
    return PL_OK;
}

/* */
static pl_status check_owner(pl_step *s, const uint8_t *id, const pl_sealed_vote *before, const uint8_t credential[PL_HASH], const uint8_t hash[PL_HASH])
{
    owner o;
    bool there;
    pl_status status = pl_get(s, &OWNERS, pl_key_id2(id, credential), &o, &there);
    if (status == PL_OK && there && !pl_id_same(o.member, s->author)) {
        return pl_broken(s, PL_RULE_SEALED_CREDENTIAL, "another member has voted with this credential");
    }
    if (status == PL_OK && before->times > 0 && !pl_id_same(before->credential, credential)) {
        return pl_broken(s, PL_RULE_SEALED_CREDENTIAL, "the signer has voted with another credential: vote again from the same device, or take its credential along");
    }
    status = status == PL_OK ? pl_get(s, &HASHES, pl_key_id2(id, hash), &o, &there) : status;
    return status == PL_OK && there ? pl_broken(s, PL_RULE_SEALED_TWICE, "it stands in the record already") : status;
}

static pl_status put_vote(pl_step *s, const uint8_t *id, pl_sealed *v, pl_sealed_vote *vote, const uint8_t hash[PL_HASH])
{
    owner o;
    pl_sealed_paper paper = {.position = (int64_t)s->fold->position};
    memcpy(o.member, s->author, PL_HASH);
    memcpy(paper.member, s->author, PL_HASH);
    memcpy(paper.hash, hash, PL_HASH);
    vote->attempt = v->attempt;
    vote->position = paper.position;
    v->voters += vote->times == 0;
    v->papers++;
    vote->times++;
    pl_status status = pl_put(s, &PL_SEALED_VOTES, pl_key_id2(id, s->author), vote);
    status = status == PL_OK ? pl_put(s, &OWNERS, pl_key_id2(id, vote->credential), &o) : status;
    status = status == PL_OK ? pl_put(s, &HASHES, pl_key_id2(id, hash), &o) : status;
    status = status == PL_OK ? pl_put(s, &PL_SEALED_PAPERS, pl_key_then(pl_key_then(pl_key_id1(id), v->attempt), v->papers), &paper) : status;
    return status == PL_OK ? put_sealed(s, id, v) : status;
}

static pl_status apply_sealed(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_ballot b;
    pl_sealed v;
    pl_sealed_vote vote;
    uint8_t credential[PL_HASH], hash[PL_HASH];
    bool there;
    pl_status status = pl_ballot_voter(s, id, true, &b);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_hash(s->value[1].at, s->value[1].n, hash);
    status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
    status = status == PL_OK ? check_paper(s, id, &v, hash, credential) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_get(s, &PL_SEALED_VOTES, pl_key_id2(id, s->author), &vote, &there);
        vote.times = there && vote.attempt == v.attempt ? vote.times : 0;
        status = status == PL_OK ? check_owner(s, id, &vote, credential, hash) : status;
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(vote.credential, credential, PL_HASH);
    status = put_vote(s, id, &v, &vote, hash);
    b.votes = v.voters;
    return status == PL_OK ? pl_put(s, &PL_BALLOTS, pl_key_id1(id), &b) : status;
}

const pl_event_kind PL_KIND_VOTE_SEALED = {
    "vote.sealed", {{"ballot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"paper", PL_FIELD_BYTES, 1, PAPER_MAX, false}, {0}}, apply_sealed};
