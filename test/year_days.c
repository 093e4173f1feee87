/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * year_days.c - what people do on a day of the scripted year. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/acts.h"
#include "council/members.h"
#include "council/motions.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "test/year_int.h"

#define SIGNERS_PERCENT 25
#define VOTERS_PERCENT 80

/* The members of an assembly as numbers; pl_free. */
static size_t *members_of(year *y, pl_step *s, const uint8_t assembly[PL_HASH], size_t *n)
{
    uint8_t (*ids)[PL_HASH] = NULL;
    size_t all = 0;
    year_good(y, pl_assembly_list(s, assembly, &ids, &all));
    size_t *who = PL_NEW(size_t, all);
    if (who == NULL) {
        y->stop("no memory");
    }
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        who[*n] = year_who(y, ids[i]);
        *n += who[*n] != SIZE_MAX;
    }
    pl_free(ids);
    return who;
}

static void sign_one(year *y, size_t who, const pl_event_kind *kind, const char *field, const uint8_t id[PL_HASH])
{
    pl_body b;
    pl_body_begin(&b, kind);
    pl_body_bytes(&b, field, id, PL_HASH);
    (void)year_sign(y, &b, who);
}

static void sign_text(year *y, size_t who, const pl_event_kind *kind, const char *field, const uint8_t id[PL_HASH], const char *text_field, const char *text)
{
    pl_body b;
    pl_body_begin(&b, kind);
    pl_body_bytes(&b, field, id, PL_HASH);
    year_text(&b, text_field, text);
    (void)year_sign(y, &b, who);
}

/* Calls `each` for every row of a table. */
typedef void (*each_fn)(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row);
static void each_row(year *y, pl_step *s, const pl_table *table, void *row, each_fn each)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(table, &all);
    bool there = true;
    while (there) {
        year_good(y, pl_next(s, table, &at, row, &there));
        if (there) {
            uint8_t id[PL_HASH];
            memcpy(id, at.key, PL_HASH);
            each(y, s, id, row);
        }
    }
}

/* ---- Admissions ----------------------------------------------------------------------------------- */

static void propose(year *y, size_t who)
{
    pl_body b;
    uint8_t text[PL_MEMBER_SIGNED], proof[PL_SIGNATURE];
    size_t sponsor = year_anybody(y), second = year_anybody(y);
    second = second == sponsor ? (sponsor + 1) % y->ready : second;
    pl_member_text(y->everyone.at, y->id[sponsor].at, text);
    pl_key_sign(y->key[who], text, sizeof text, proof);
    pl_body_begin(&b, &PL_KIND_MEMBER_PROPOSED);
    pl_body_bytes(&b, "key", pl_key_public(y->key[who]), 32);
    pl_body_bytes(&b, "proof", proof, sizeof proof);
    pl_body_ids(&b, "constituencies", (const uint8_t(*)[PL_HASH])y->constituency[y->home[who]].at, 1);
    year_id id = year_sign(y, &b, sponsor);
    sign_one(y, second, &PL_KIND_MEMBER_VOUCHED, "proposal", id.at);
}

/* Until all are in: some each day, proposed by one member, vouched for by another, in after a day. */
void year_admissions(year *y)
{
    size_t each = y->plan->members / 25 + 1;
    y->ready = y->before;
    for (size_t i = 0; y->day == 1 && i < y->n; i++) {
        pl_body b;
        pl_body_begin(&b, &PL_KIND_MEMBER_MOVED);
        pl_body_bytes(&b, "constituency", y->constituency[y->home[i]].at, PL_HASH);
        pl_body_int(&b, "joins", 1);
        (void)year_sign(y, &b, i);
    }
    for (size_t i = 0; i < each && y->n < y->plan->members; i++) {
        propose(y, y->n++);
    }
    y->before = y->n;
}

/* ---- Elections and votes -------------------------------------------------------------------------- */

static void stand(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_election *e = row;
    size_t n;
    if (e->state != PL_ELECTION_STANDING || e->candidates > 0 || !year_first(y, id, y->day)) {
        return;
    }
    size_t *who = members_of(y, s, e->electors, &n), wanted = (size_t)e->seats + 2;
    for (size_t i = 0; i < wanted && i < n; i++) {
        size_t k = i + year_below(y, n - i), one = who[k];
        who[k] = who[i];
        sign_text(y, one, &PL_KIND_CANDIDATE_STOOD, "election", id, "statement", "I stand for short reports.");
    }
    pl_free(who);
}

static void look_elections(year *y, pl_step *s)
{
    pl_election e;
    each_row(y, s, &PL_ELECTIONS, &e, stand);
}

void year_elections(year *y)
{
    year_look(y, look_elections);
}

static void vote(year *y, size_t who, const uint8_t ballot[PL_HASH], const pl_ballot *about)
{
    pl_body b;
    int64_t mark[3];
    size_t n = 0, options = (size_t)about->options, wanted = about->rule == PL_VOTE_YES_NO ? 1 : options < 3 ? options : 3;
    if (about->rule == PL_VOTE_YES_NO) {
        mark[n++] = year_chance(y, 60) ? 0 : 1;
    }
    while (n < wanted) {
        int64_t x = (int64_t)year_below(y, options);
        bool twice = (n > 0 && mark[0] == x) || (n > 1 && mark[1] == x);
        mark[n] = x;
        n += !twice;
    }
    pl_body_begin(&b, &PL_KIND_VOTE_CAST);
    pl_body_bytes(&b, "ballot", ballot, PL_HASH);
    pl_body_ints(&b, "marks", mark, n);
    (void)year_sign(y, &b, who);
}

static void vote_all(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_ballot *b = row;
    size_t n;
    if (b->state != PL_BALLOT_OPEN || !year_first(y, id, 0)) {
        return;
    }
    size_t *who = members_of(y, s, b->electors, &n);
    for (size_t i = 0; i < n; i++) {
        if (year_chance(y, VOTERS_PERCENT)) {
            vote(y, who[i], id, b);
        }
    }
    pl_free(who);
}

static void look_ballots(year *y, pl_step *s)
{
    pl_ballot b;
    each_row(y, s, &PL_BALLOTS, &b, vote_all);
}

void year_votes(year *y)
{
    year_look(y, look_ballots);
}

/* ---- Recalls -------------------------------------------------------------------------------------- */

static void ask(year *y, pl_step *s)
{
    size_t place = year_below(y, y->plan->constituencies), n;
    pl_row_key prefix = pl_key_id1(y->council[place].at);
    pl_cursor at = pl_rows(&PL_SEATS, &prefix);
    pl_link link;
    pl_mandate m = {.ended = 0};
    bool there = true;
    while (there && m.ended >= 0) {
        year_good(y, pl_next(s, &PL_SEATS, &at, &link, &there));
        if (there) {
            year_good(y, pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there));
        }
    }
    size_t *who = members_of(y, s, y->constituency[place].at, &n);
    if (there && m.ended < 0 && n > 0 && m.until - s->time > 40 * PL_DAY) {
        sign_text(y, who[year_below(y, n)], &PL_KIND_RECALL_ASKED, "mandate", at.key + PL_HASH, "reasons", "Three meetings without a report.");
    }
    pl_free(who);
}

static void sign_recall(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_recall *r = row;
    pl_mandate m;
    bool there;
    size_t n;
    if ((r->state != PL_RECALL_ASKED && r->state != PL_RECALL_OPEN) || !year_first(y, id, 0)) {
        return;
    }
    size_t *who = members_of(y, s, r->electors, &n);
    for (size_t i = 0; i < n; i++) {
        if (!pl_id_same(y->id[who[i]].at, r->sponsor) && year_chance(y, SIGNERS_PERCENT)) {
            sign_one(y, who[i], &PL_KIND_RECALL_SIGNED, "recall", id);
        }
    }
    pl_free(who);
    year_good(y, pl_get(s, &PL_MANDATES, pl_key_id1(r->mandate), &m, &there));
    if (year_who(y, m.holder) != SIZE_MAX) {
        sign_text(y, year_who(y, m.holder), &PL_KIND_RECALL_ANSWERED, "recall", id, "text", "The reports are on the board.");
    }
}

static void look_recalls(year *y, pl_step *s)
{
    pl_recall r;
    each_row(y, s, &PL_RECALLS, &r, sign_recall);
    if (y->day % 10 == 0) {
        ask(y, s);
    }
}

void year_recalls(year *y)
{
    year_look(y, look_recalls);
}

/* ---- Turns ---------------------------------------------------------------------------------------- */

static void sign_duty(year *y, size_t who, const pl_event_kind *kind, const uint8_t class[PL_HASH], int64_t period, int64_t slot)
{
    pl_body b;
    pl_body_begin(&b, kind);
    pl_body_bytes(&b, "class", class, PL_HASH);
    pl_body_int(&b, "period", period);
    pl_body_int(&b, "slot", slot);
    (void)year_sign(y, &b, who);
}

static pl_rota_duty duty_of(year *y, pl_step *s, const uint8_t class[PL_HASH], int64_t period, int64_t slot, bool *there)
{
    pl_rota_duty d;
    year_good(y, pl_get(s, &PL_ROTA_DUTIES, pl_key_then(pl_key_then(pl_key_id1(class), period), slot), &d, there));
    return d;
}

/* Whoever has the task next confirms it; a few are forgotten, a few refused. */
static void turn_class(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_rota_class *c = row;
    pl_rota rota;
    bool there, next_there;
    year_good(y, pl_get(s, &PL_ROTAS, pl_key_id1(c->rota), &rota, &there));
    if (rota.filled < 0 || !year_first(y, id, rota.filled)) {
        return;
    }
    pl_rota_duty next = duty_of(y, s, id, rota.filled, 0, &next_there);
    for (int64_t slot = 0; slot < c->slots; slot++) {
        pl_rota_duty now = duty_of(y, s, id, rota.filled, slot, &there);
        if (there && now.state == PL_DUTY_ON && slot > 0 && year_chance(y, 2)) {
            sign_duty(y, year_who(y, now.holder), &PL_KIND_ROTA_REFUSED, id, rota.filled, slot);
        }
        if (rota.filled == 0 || !next_there || next.state != PL_DUTY_ON || year_chance(y, 3)) {
            continue;
        }
        pl_rota_duty last = duty_of(y, s, id, rota.filled - 1, slot, &there);
        if (there && last.state == PL_DUTY_ON) {
            sign_duty(y, year_who(y, next.holder), &PL_KIND_ROTA_SERVED, id, rota.filled - 1, slot);
        }
    }
}

static void look_turns(year *y, pl_step *s)
{
    pl_rota_class c;
    each_row(y, s, &PL_ROTA_CLASSES_OF, &c, turn_class);
}

void year_turns(year *y)
{
    year_look(y, look_turns);
    for (size_t i = 0; i < y->plan->members / 500 + 1; i++) { /* illness, care, journeys */
        pl_body b;
        pl_body_begin(&b, &PL_KIND_ROTA_ABSENT);
        pl_body_int(&b, "percent", year_chance(y, 50) ? 0 : 50);
        pl_body_int(&b, "from", (int64_t)y->now);
        pl_body_int(&b, "until", (int64_t)y->now + (int64_t)(1 + year_below(y, 30)) * PL_DAY);
        (void)year_sign(y, &b, year_anybody(y));
    }
}

/* ---- Pay ------------------------------------------------------------------------------------------ */

/* Who has the turn in the treasury, or SIZE_MAX. */
static size_t treasurer(year *y, pl_step *s)
{
    uint8_t rota_id[PL_HASH], class[PL_HASH];
    pl_rota rota;
    bool there;
    pl_rota_id(y->everyone.at, 7, rota_id);
    pl_rota_class_id(rota_id, "treasury", strlen("treasury"), class);
    year_good(y, pl_get(s, &PL_ROTAS, pl_key_id1(rota_id), &rota, &there));
    pl_rota_duty d = duty_of(y, s, class, rota.filled < 0 ? 0 : rota.filled, 0, &there);
    return there && d.state == PL_DUTY_ON ? year_who(y, d.holder) : SIZE_MAX;
}

static void enter_skilled(year *y, size_t who, int64_t quarter)
{
    static const char *const grade[] = {"baker", "fitter", "nurse", "driver"};
    for (size_t i = 0; i < y->plan->constituencies * 4; i++) {
        pl_body b;
        char source[32];
        int64_t amount[50];
        for (size_t k = 0; k < 50; k++) {
            amount[k] = 700000 + (int64_t)year_below(y, 400000);
        }
        snprintf(source, sizeof source, "Place %zu", i / 4 + 1);
        pl_body_begin(&b, &PL_KIND_PAY_SKILLED);
        pl_body_int(&b, "quarter", quarter);
        year_text(&b, "source", source);
        year_text(&b, "grade", grade[i % 4]);
        pl_body_ints(&b, "amounts", amount, 50);
        (void)year_sign(y, &b, who);
    }
}

/* What an official may still get for this quarter, in two parts. */
static void enter_official(year *y, pl_step *s, size_t who, const uint8_t holder[PL_HASH], int64_t quarter)
{
    pl_pay_cap cap;
    pl_pay_total total;
    bool there;
    year_good(y, pl_pay_cap_of(s, holder, quarter, &cap));
    year_good(y, pl_get(s, &PL_PAY_TOTALS, pl_key_then(pl_key_id1(holder), quarter), &total, &there));
    int64_t rest = (cap.cap - total.amount) * 9 / 10;
    for (int64_t part = 0; part < 2 && rest >= 2; part++) {
        pl_body b;
        pl_body_begin(&b, &PL_KIND_PAY_ENTERED);
        pl_body_bytes(&b, "holder", holder, PL_HASH);
        pl_body_int(&b, "quarter", quarter);
        pl_body_int(&b, "amount", rest / 2);
        year_text(&b, "source", part == 0 ? "Council" : "District");
        pl_body_int(&b, "sort", part);
        (void)year_sign(y, &b, who);
    }
}

static void look_pay(year *y, pl_step *s)
{
    int64_t quarter = pl_quarter_of(s->time);
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MANDATES, &all);
    pl_mandate m;
    bool there = true;
    size_t who = treasurer(y, s);
    if (who == SIZE_MAX) {
        return;
    }
    if (s->time - pl_quarter_begin(quarter) >= 10 * PL_DAY && year_first(y, y->everyone.at, quarter)) {
        enter_skilled(y, who, quarter - 1);
    }
    while (y->day % 30 == 29 && there) {
        year_good(y, pl_next(s, &PL_MANDATES, &at, &m, &there));
        if (there && m.ended < 0 && year_first(y, m.holder, y->day)) {
            enter_official(y, s, who, m.holder, quarter);
        }
    }
}

void year_pay(year *y)
{
    year_look(y, look_pay);
}

/* ---- Motions -------------------------------------------------------------------------------------- */

static void table(year *y, size_t who, const uint8_t assembly[PL_HASH], const size_t *speakers, size_t n)
{
    pl_body b;
    pl_body_begin(&b, &PL_KIND_MOTION_TABLED);
    pl_body_bytes(&b, "assembly", assembly, PL_HASH);
    pl_body_int(&b, "sort", PL_MOTION_TEXT);
    year_text(&b, "title", "Shorter hours in the mills");
    year_text(&b, "text", "The mills work six hours a day from spring on; what is missing is baked on Saturdays, in turn.");
    year_id id = year_sign(y, &b, who);
    for (size_t i = 0; i < n; i++) {
        pl_body_begin(&b, &PL_KIND_MOTION_POINT);
        pl_body_bytes(&b, "motion", id.at, PL_HASH);
        pl_body_int(&b, "side", (int64_t)i % 2);
        year_text(&b, "text", i % 2 == 0 ? "There is enough of it for all." : "Who will do the ovens on Saturdays?");
        (void)year_sign(y, &b, speakers[i]);
    }
}

static void carry_out(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_motion *m = row;
    pl_body b;
    (void)s;
    size_t author = year_who(y, m->author), executor = year_who(y, m->executor);
    if (m->state != PL_MOTION_CARRIED || m->reported >= 0) {
        return;
    }
    if (pl_id_none(m->executor) && author != SIZE_MAX && year_first(y, id, 1)) {
        pl_body_begin(&b, &PL_KIND_DECISION_TAKEN);
        pl_body_bytes(&b, "motion", id, PL_HASH);
        pl_body_int(&b, "due_days", 30);
        (void)year_sign(y, &b, author);
    } else if (executor != SIZE_MAX && year_first(y, id, 2) && year_chance(y, 95)) {
        sign_text(y, executor, &PL_KIND_DECISION_REPORTED, "motion", id, "text", "It is done, and it works.");
    }
}

static void answer(year *y, pl_step *s, const uint8_t id[PL_HASH], const void *row)
{
    const pl_question *q = row;
    pl_mandate m;
    bool there;
    if (q->answered >= 0 || !year_first(y, id, 3) || !year_chance(y, 90)) {
        return;
    }
    year_good(y, pl_get(s, &PL_MANDATES, pl_key_id1(q->mandate), &m, &there));
    if (there && m.ended < 0 && year_who(y, m.holder) != SIZE_MAX) {
        sign_text(y, year_who(y, m.holder), &PL_KIND_QUESTION_ANSWERED, "question", id, "text", "On Thursday, at the latest.");
    }
}

static void look_motions(year *y, pl_step *s)
{
    pl_motion m;
    pl_question q;
    each_row(y, s, &PL_MOTIONS, &m, carry_out);
    each_row(y, s, &PL_QUESTIONS, &q, answer);
    if (y->day % y->plan->motion_days == 0) {
        size_t speakers[30];
        for (size_t i = 0; i < 30; i++) {
            speakers[i] = year_anybody(y);
        }
        table(y, year_anybody(y), y->everyone.at, speakers, 30);
    }
    if (y->day % 3 == 0) {
        size_t n, place = year_below(y, y->plan->constituencies), *who = members_of(y, s, y->constituency[place].at, &n);
        if (n > 4) {
            table(y, who[0], y->constituency[place].at, who + 1, 4);
        }
        pl_free(who);
    }
    if (y->day % 2 == 0) {
        size_t place = year_below(y, y->plan->constituencies);
        pl_row_key prefix = pl_key_id1(y->council[place].at);
        pl_cursor at = pl_rows(&PL_SEATS, &prefix);
        pl_link link;
        bool there;
        year_good(y, pl_next(s, &PL_SEATS, &at, &link, &there));
        if (there && link.since > s->time - 60 * PL_DAY) {
            sign_text(y, year_anybody(y), &PL_KIND_QUESTION_ASKED, "mandate", at.key + PL_HASH, "text", "When do we get the report?");
        }
    }
}

void year_motions(year *y)
{
    year_look(y, look_motions);
}

/* ---- Grants --------------------------------------------------------------------------------------- */

static pl_owned hiding(year *y, bool granted)
{
    pl_body b;
    pl_owned body;
    pl_body_begin(&b, &PL_KIND_CONTENT_HIDDEN);
    pl_body_int(&b, "position", y->grant.position);
    year_text(&b, "reason", "It names a person.");
    if (granted) {
        pl_body_bytes(&b, "grant", y->grant.id.at, PL_HASH);
    }
    year_good(y, pl_body_end(&b, &body, NULL));
    return body;
}

static void ask_grant(year *y)
{
    pl_body b;
    uint8_t hash[PL_HASH];
    uint64_t size;
    year_good(y, pl_record_size(y->record, &size, NULL));
    y->grant.author = 5 + year_below(y, 5);
    y->grant.position = 1 + (int64_t)year_below(y, (size_t)size - 1);
    pl_owned body = hiding(y, false);
    pl_act_hash((pl_bytes){(const uint8_t *)body.bytes, body.n}, false, hash);
    pl_owned_free(&body);
    pl_body_begin(&b, &PL_KIND_GRANT_ASKED);
    year_text(&b, "act", "content.hidden");
    pl_body_bytes(&b, "hash", hash, PL_HASH);
    year_text(&b, "reason", "It names a person who has not agreed.");
    y->grant.id = year_sign(y, &b, y->grant.author);
}

/* The part that somebody lays down for a lot. */
static void part_of(const year *y, size_t i, uint8_t part[PL_HASH])
{
    pl_row_key key = pl_key_then(pl_key_id1(y->grant.id.at), (int64_t)i);
    pl_hash(key.at, key.n, part);
}

static void sign_parts(year *y, bool open)
{
    for (size_t i = 0; i < 5; i++) {
        uint8_t part[PL_HASH], seal[PL_HASH];
        pl_body b;
        part_of(y, i, part);
        pl_hash(part, PL_HASH, seal);
        y->grant.sealer[i] = open ? y->grant.sealer[i] : i; /* founders, who stay */
        pl_body_begin(&b, open ? &PL_KIND_LOT_OPENED : &PL_KIND_LOT_SEALED);
        pl_body_bytes(&b, "lot", y->grant.id.at, PL_HASH);
        pl_body_bytes(&b, open ? "part" : "seal", open ? part : seal, PL_HASH);
        (void)year_sign(y, &b, y->grant.sealer[i]);
    }
}

static void approve(year *y, pl_step *s)
{
    for (int64_t place = 1; place <= 3; place++) {
        pl_lot_place p;
        bool there;
        year_good(y, pl_get(s, &PL_LOT_PLACES, pl_key_then(pl_key_id1(y->grant.id.at), place), &p, &there));
        if (there && year_who(y, p.member) != SIZE_MAX) {
            sign_one(y, year_who(y, p.member), &PL_KIND_GRANT_APPROVED, "grant", y->grant.id.at);
        }
    }
}

/* Asked for and sealed on one day, opened on the next, decided and used on the third. */
void year_grants(year *y)
{
    if (y->grant.stage == 0 && y->day % 7 == 0) {
        ask_grant(y);
        sign_parts(y, false);
        y->grant.stage = 1;
    } else if (y->grant.stage == 1) {
        sign_parts(y, true);
        y->grant.stage = 2;
    } else if (y->grant.stage == 2) {
        year_look(y, approve);
        year_flush(y);
        pl_owned body = hiding(y, true);
        (void)year_sign_body(y, &PL_KIND_CONTENT_HIDDEN, (pl_bytes){(const uint8_t *)body.bytes, body.n}, y->grant.author);
        pl_owned_free(&body);
        y->grant.stage = 0;
    }
}

/* ---- Leaving -------------------------------------------------------------------------------------- */

/* Somebody goes, whatever they hold; the founders stay. */
void year_leaving(year *y)
{
    pl_body b;
    if (y->day % y->plan->leave_days != 0 || y->ready <= YEAR_FOUNDERS || y->n < y->plan->members) {
        return;
    }
    size_t who = YEAR_FOUNDERS + year_below(y, y->ready - YEAR_FOUNDERS);
    if (!y->gone[who]) {
        year_flush(y); /* what they have signed today comes first */
        pl_body_begin(&b, &PL_KIND_MEMBER_LEFT);
        (void)year_sign(y, &b, who);
        y->gone[who] = true;
    }
}
