/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * recall.c - from the question to the end of a mandate, by rule alone. */
#include "council/recall.h"
#include "council/sealed.h"

#include <string.h>

#define SECONDERS 3 /* and the sponsor, or 1 % of the roll when that is fewer; but at least one */

const pl_table PL_RECALLS = {"recalls",
                             sizeof(pl_recall),
                             15,
                             {PL_ID(pl_recall, mandate), PL_ID(pl_recall, sponsor), PL_ID(pl_recall, electors), PL_ID(pl_recall, ballot),
                              PL_INT(pl_recall, state), PL_INT(pl_recall, asked), PL_INT(pl_recall, closes), PL_INT(pl_recall, roll),
                              PL_INT(pl_recall, notice), PL_INT(pl_recall, needed), PL_INT(pl_recall, signatures), PL_INT(pl_recall, position),
                              PL_MAYBE(pl_recall, answer), PL_MAYBE(pl_recall, decided), PL_ID(pl_recall, petition)}};
const pl_table PL_SIGNATURES = {"recalls.signed", sizeof(pl_signature), 2, {PL_INT(pl_signature, since), PL_MAYBE(pl_signature, withdrew)}};
const pl_table PL_RECALLS_OF = {"recalls.of", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};
const pl_table PL_COOLINGS = {"recalls.failed", sizeof(pl_cooling), 2, {PL_INT(pl_cooling, until), PL_INT(pl_cooling, signatures)}};

static pl_status put_recall(pl_step *s, const uint8_t id[PL_HASH], const pl_recall *r)
{
    return pl_put(s, &PL_RECALLS, pl_key_id1(id), r);
}

static pl_status get_mandate(pl_step *s, const uint8_t id[PL_HASH], pl_mandate *m, pl_seat_group *g, bool *lasts)
{
    bool there, group;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(id), m, &there);
    status = status == PL_OK ? pl_get(s, &PL_GROUPS, pl_key_then(pl_key_id1(m->council), m->group), g, &group) : status;
    *lasts = there && m->ended < 0;
    return status;
}

/* ---- Asking --------------------------------------------------------------------------------------- */

pl_status pl_recall_threshold(pl_step *s, int64_t roll, int64_t *needed)
{
    int64_t percent, least = 0, most = roll / 2 + 1; /* more than half is always enough */
    pl_status status = pl_param(s, PL_RECALL_PERCENT, &percent);
    status = status == PL_OK ? pl_param(s, PL_RECALL_LEAST, &least) : status;
    *needed = (roll * percent + 99) / 100;
    *needed = *needed > least ? *needed : least;
    *needed = *needed < most ? *needed : most;
    return status;
}

/* Who could sign and how many must. */
static pl_status measure(pl_step *s, pl_recall *r)
{
    pl_cooling failed;
    bool there;
    pl_status status = pl_assembly_size(s, r->electors, &r->roll);
    status = status == PL_OK ? pl_recall_threshold(s, r->roll, &r->needed) : status;
    status = status == PL_OK ? pl_get(s, &PL_COOLINGS, pl_key_id1(r->mandate), &failed, &there) : status;
    if (status == PL_OK && there && s->time < failed.until && 2 * failed.signatures > r->needed) {
        r->needed = 2 * failed.signatures;
    }
    int64_t part = (r->roll + 99) / 100;
    r->notice = part < 1 + SECONDERS ? part : 1 + SECONDERS;
    r->notice = r->notice > 2 ? r->notice : 2;
    r->notice = r->notice < r->needed ? r->notice : r->needed;
    return status;
}

/* neither too soon nor too late. */
static pl_status check_time(pl_step *s, const pl_mandate *m)
{
    int64_t immunity, end = 0;
    pl_status status = pl_param(s, PL_RECALL_IMMUNITY_DAYS, &immunity);
    status = status == PL_OK ? pl_param(s, PL_RECALL_END_DAYS, &end) : status;
    if (status == PL_OK && s->time < m->from + immunity * PL_DAY) {
        return pl_broken(s, PL_RULE_RECALL_TIME, "it can be asked %lld days after the mandate began", (long long)immunity);
    }
    if (status == PL_OK && s->time >= m->until - end * PL_DAY) {
        return pl_broken(s, PL_RULE_RECALL_TIME, "the term ends in less than %lld days", (long long)end);
    }
    return status;
}

/* the signer collects for no other recall of that mandate, and none is at the ballot. */
static pl_status check_others(pl_step *s, const uint8_t *mandate)
{
    pl_row_key prefix = pl_key_id1(mandate);
    pl_cursor at = pl_rows(&PL_RECALLS_OF, &prefix);
    pl_link link;
    pl_recall r;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_RECALLS_OF, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_RECALLS, pl_key_id1(at.key + PL_HASH), &r, &there);
        if (status != PL_OK) {
            return status;
        }
        if (r.state == PL_RECALL_VOTING) {
            return pl_broken(s, PL_RULE_RECALL_OTHER, "a recall of it is at the ballot already");
        }
        if (r.state < PL_RECALL_VOTING && pl_id_same(r.sponsor, s->author)) {
            return pl_broken(s, PL_RULE_RECALL_OTHER, "the signer collects signatures for one already");
        }
    }
    return status;
}

/* the electors. */
static pl_status check_asked(pl_step *s, pl_recall *r)
{
    pl_mandate m;
    pl_seat_group g;
    bool lasts, elects;
    char hex[13];
    const uint8_t *id = s->value[0].at;
    pl_status status = get_mandate(s, id, &m, &g, &lasts);
    if (status != PL_OK || !lasts) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_RECALL_MANDATE, "there is no mandate %s..., or it has ended", pl_short_id(id, hex));
    }
    memcpy(r->electors, g.electors, PL_HASH);
    status = pl_assembly_has(s, g.electors, s->author, 0, &elects);
    if (status != PL_OK || !elects) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_RECALL_ELECTORS, "the signer is none of those who gave this mandate");
    }
    status = check_time(s, &m);
    return status == PL_OK && s->broken == PL_RULE_NONE ? check_others(s, id) : status;
}

/* ---- Signatures ----------------------------------------------------------------------------------- */

/* Enough have signed: the ballot comes by itself. */
static pl_status plan_ballot(pl_step *s, const uint8_t id[PL_HASH], pl_recall *r)
{
    int64_t within, voting = 0;
    pl_status status = pl_param(s, PL_RECALL_BALLOT_DAYS, &within);
    status = status == PL_OK ? pl_param(s, PL_RECALL_VOTING_DAYS, &voting) : status;
    pl_ballot b = {.about = PL_ABOUT_RECALL, .rule = PL_VOTE_YES_NO, .options = 2, .seats = 1, .opens = s->time + within * PL_DAY};
    b.closes = b.opens + voting * PL_DAY;
    memcpy(b.subject, id, PL_HASH);
    memcpy(b.electors, r->electors, PL_HASH);
    r->state = PL_RECALL_VOTING;
    return status == PL_OK ? pl_ballot_plan(s, &b, 0, r->ballot) : status;
}

/* It is known; signatures are collected for the whole window: by name, or as the constitution says, secretly: a paper that says yes signs, all others cover those. */
static pl_status collect(pl_step *s, const uint8_t id[PL_HASH], pl_recall *r)
{
    int64_t window = 0;
    bool secret = false;
    pl_ballot b = {.about = PL_ABOUT_SIGNATURES, .rule = PL_VOTE_YES_NO, .options = 2, .seats = 1, .opens = s->time};
    pl_status status = pl_param(s, PL_RECALL_WINDOW_DAYS, &window);
    r->state = PL_RECALL_OPEN;
    r->closes = b.closes = s->time + window * PL_DAY;
    memcpy(b.subject, id, PL_HASH);
    memcpy(b.electors, r->electors, PL_HASH);
    status = status == PL_OK ? pl_sealed_wanted(s, &b, &secret) : status;
    if (status == PL_OK && secret) {
        return pl_ballot_plan(s, &b, 0, r->petition);
    }
    return status == PL_OK ? pl_due_at(s, r->closes, "recall.closes", id, r->closes) : status;
}

static pl_status sign(pl_step *s, const uint8_t id[PL_HASH], pl_recall *r)
{
    pl_signature signature = {.since = s->time, .withdrew = -1};
    pl_status status = pl_put(s, &PL_SIGNATURES, pl_key_id2(id, s->author), &signature);
    r->signatures++;
    if (r->state == PL_RECALL_ASKED && r->signatures >= r->notice) {
        status = status == PL_OK ? collect(s, id, r) : status;
    }
    if (status == PL_OK && r->signatures >= r->needed && pl_id_none(r->petition)) {
        status = plan_ballot(s, id, r);
    }
    return status == PL_OK ? put_recall(s, id, r) : status;
}

static pl_status apply_asked(pl_step *s)
{
    pl_recall r = {.asked = s->time, .position = (int64_t)s->fold->position, .answer = -1, .decided = -1};
    pl_link link = {s->time};
    int64_t window = 0;
    pl_status status = check_asked(s, &r);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(r.mandate, s->value[0].at, PL_HASH);
    memcpy(r.sponsor, s->author, PL_HASH);
    status = measure(s, &r);
    status = status == PL_OK ? pl_param(s, PL_RECALL_WINDOW_DAYS, &window) : status;
    r.closes = s->time + window * PL_DAY;
    status = status == PL_OK ? pl_put(s, &PL_RECALLS_OF, pl_key_id2(r.mandate, s->id), &link) : status;
    status = status == PL_OK ? pl_due_at(s, r.closes, "recall.closes", s->id, r.closes) : status;
    return status == PL_OK ? sign(s, s->id, &r) : status;
}

const pl_event_kind PL_KIND_RECALL_ASKED = {
    "recall.asked",
    {{"mandate", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reasons", PL_FIELD_LINES, 1, 2000, false}, {0}},
    apply_asked,
};

/* it is there, and signatures are collected. */
static pl_status collecting(pl_step *s, pl_recall *r)
{
    static const char *const WHERE[] = {"", "", "is at the ballot", "has ended the mandate", "was rejected", "had too few signatures in time", "is moot"};
    pl_mandate m;
    pl_seat_group g;
    bool there, lasts = true;
    char hex[13], other[13];
    const uint8_t *id = s->value[0].at;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(id), r, &there);
    status = status == PL_OK && there ? get_mandate(s, r->mandate, &m, &g, &lasts) : status;
    if (status == PL_OK && there && r->state == PL_RECALL_OPEN && !pl_id_none(r->petition)) {
        return pl_broken(s, PL_RULE_RECALL_OPEN, "the signatures of the recall %s... are secret: vote yes in the ballot %s...", pl_short_id(id, hex), pl_short_id(r->petition, other));
    }
    if (status != PL_OK || (there && r->state <= PL_RECALL_OPEN && lasts)) {
        return status;
    }
    return there ? pl_broken(s, PL_RULE_RECALL_OPEN, "the recall %s... %s", pl_short_id(id, hex), lasts ? WHERE[r->state] : "is moot: the mandate has ended")
                 : pl_broken(s, PL_RULE_RECALL_OPEN, "there is no recall %s...", pl_short_id(id, hex));
}

/* whether the signer has signed. */
static pl_status check_signature(pl_step *s, bool wanted)
{
    pl_signature signature;
    bool there;
    pl_status status = pl_get(s, &PL_SIGNATURES, pl_key_id2(s->value[0].at, s->author), &signature, &there);
    bool has = there && signature.withdrew < 0;
    return status == PL_OK && has != wanted ? pl_broken(s, PL_RULE_RECALL_SIGNED, has ? "the signer has signed it already" : "the signer has not signed it") : status;
}

static pl_status apply_signed(pl_step *s)
{
    pl_recall r;
    bool elects;
    pl_status status = collecting(s, &r);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_assembly_has(s, r.electors, s->author, r.asked, &elects);
        if (status == PL_OK && !elects) {
            return pl_broken(s, PL_RULE_RECALL_ELECTORS, "the signer was none of those who elect when it was asked, or is none now");
        }
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_signature(s, false);
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? sign(s, s->value[0].at, &r) : status;
}

const pl_event_kind PL_KIND_RECALL_SIGNED = {"recall.signed", {{"recall", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_signed};

static pl_status apply_withdrawn(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_recall r;
    pl_signature signature;
    bool there;
    pl_status status = collecting(s, &r);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_signature(s, true);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_SIGNATURES, pl_key_id2(id, s->author), &signature, &there);
    signature.withdrew = s->time;
    r.signatures--;
    status = status == PL_OK ? pl_put(s, &PL_SIGNATURES, pl_key_id2(id, s->author), &signature) : status;
    return status == PL_OK ? put_recall(s, id, &r) : status;
}

const pl_event_kind PL_KIND_RECALL_WITHDRAWN = {"recall.withdrawn", {{"recall", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_withdrawn};

/* the holder answers, once, before it is over. */
static pl_status apply_answered(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_recall r;
    pl_mandate m;
    pl_seat_group g;
    bool there, lasts;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(id), &r, &there);
    status = status == PL_OK ? get_mandate(s, r.mandate, &m, &g, &lasts) : status;
    if (status != PL_OK) {
        return status;
    }
    if (!there || !pl_id_same(m.holder, s->author)) {
        return pl_broken(s, PL_RULE_RECALL_ANSWER, there ? "only the holder of the mandate answers" : "there is no such recall");
    }
    if (r.state > PL_RECALL_VOTING || r.answer >= 0) {
        return pl_broken(s, PL_RULE_RECALL_ANSWER, r.answer >= 0 ? "it is answered already" : "it is over");
    }
    r.answer = (int64_t)s->fold->position;
    return put_recall(s, id, &r);
}

const pl_event_kind PL_KIND_RECALL_ANSWERED = {
    "recall.answered",
    {{"recall", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, 2000, false}, {0}},
    apply_answered,
};

/* ---- The end -------------------------------------------------------------------------------------- */

/* Another one so soon needs twice as many. */
static pl_status cool(pl_step *s, const pl_recall *r)
{
    int64_t days;
    pl_status status = pl_param(s, PL_RECALL_COOLING_DAYS, &days);
    pl_cooling failed = {.until = s->time + days * PL_DAY, .signatures = r->signatures};
    return status == PL_OK ? pl_put(s, &PL_COOLINGS, pl_key_id1(r->mandate), &failed) : status;
}

pl_status pl_recall_closes(pl_step *s, const uint8_t id[PL_HASH], int64_t when)
{
    pl_recall r;
    pl_mandate m;
    pl_seat_group g;
    bool there, lasts;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(id), &r, &there);
    status = status == PL_OK ? get_mandate(s, r.mandate, &m, &g, &lasts) : status;
    if (status != PL_OK || r.state > PL_RECALL_OPEN || r.closes != when) {
        return status;
    }
    bool noticed = r.state == PL_RECALL_OPEN;
    r.state = lasts ? PL_RECALL_LAPSED : PL_RECALL_MOOT;
    r.decided = s->time;
    status = lasts && noticed ? cool(s, &r) : PL_OK; /* what nobody seconded stands in nobody's way */
    return status == PL_OK ? put_recall(s, id, &r) : status;
}

pl_status pl_signatures_opening(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_recall r;
    bool there;
    (void)id;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(b->subject), &r, &there);
    r.closes = b->closes;
    return status == PL_OK ? put_recall(s, b->subject, &r) : status;
}

/* The secret signatures were counted. */
pl_status pl_signatures_decided(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_recall r;
    pl_mandate m;
    pl_seat_group g;
    bool there, lasts;
    int64_t place;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(b->subject), &r, &there);
    status = status == PL_OK ? get_mandate(s, r.mandate, &m, &g, &lasts) : status;
    status = status == PL_OK ? pl_ballot_result(s, id, 0, &r.signatures, &place) : status;
    if (status != PL_OK || r.state != PL_RECALL_OPEN) {
        return status;
    }
    if (lasts && r.signatures >= r.needed) {
        status = plan_ballot(s, b->subject, &r);
        return status == PL_OK ? put_recall(s, b->subject, &r) : status;
    }
    r.state = lasts ? PL_RECALL_LAPSED : PL_RECALL_MOOT;
    r.decided = s->time;
    status = lasts ? cool(s, &r) : PL_OK;
    return status == PL_OK ? put_recall(s, b->subject, &r) : status;
}

/* The mandate ends now; or all who were elected with it are elected again. */
static pl_status carry_out(pl_step *s, const pl_recall *r, const pl_mandate *m, const pl_seat_group *g)
{
    int64_t days;
    pl_status status = pl_param(s, PL_RECALL_ELECTION_DAYS, &days);
    if (status == PL_OK && g->seats > 1) {
        return pl_election_again(s, m->council, m->group, r->mandate, days);
    }
    status = status == PL_OK ? pl_mandate_finish(s, r->mandate, PL_END_RECALLED) : status;
    return status == PL_OK ? pl_election_fill(s, m->council, m->group, days) : status;
}

pl_status pl_recall_decided(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_recall r;
    pl_mandate m;
    pl_seat_group g;
    bool there, lasts;
    int64_t yes, no = 0, place;
    pl_status status = pl_get(s, &PL_RECALLS, pl_key_id1(b->subject), &r, &there);
    status = status == PL_OK ? get_mandate(s, r.mandate, &m, &g, &lasts) : status;
    status = status == PL_OK ? pl_ballot_result(s, id, 0, &yes, &place) : status;
    status = status == PL_OK ? pl_ballot_result(s, id, 1, &no, &place) : status;
    if (status != PL_OK) {
        return status;
    }
    bool enough = b->votes > r.signatures || 2 * yes > b->roll; /* staying away saves nobody from a majority of all */
    bool carried = yes > no && enough;
    r.state = !lasts ? PL_RECALL_MOOT : carried ? PL_RECALL_CARRIED : PL_RECALL_REJECTED;
    r.decided = s->time;
    status = put_recall(s, b->subject, &r);
    if (status == PL_OK && r.state == PL_RECALL_REJECTED) {
        return cool(s, &r);
    }
    return status == PL_OK && r.state == PL_RECALL_CARRIED ? carry_out(s, &r, &m, &g) : status;
}
