/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.c - members order goods, and say what was not there (docs/formats/commons.md, "Orders and what was not there").
 *
 * An order says how much of a good is wanted over a span of days; it counts until it is withdrawn or its days are over.  Nobody says how urgent
 * his or her own order is: tier and weight are those of the need that it goes into, which councils decide. */
#include "council/wants.h"

#include <string.h>

const pl_table PL_ORDERS = {"orders",
                            sizeof(pl_order),
                            8,
                            {PL_ID(pl_order, member), PL_TEXT(pl_order, good), PL_INT(pl_order, amount), PL_INT(pl_order, from), PL_INT(pl_order, until),
                             PL_INT(pl_order, since), PL_MAYBE(pl_order, ended), PL_INT(pl_order, withdrawn)}};
const pl_table PL_MISSING = {"missing",
                             sizeof(pl_missing),
                             6,
                             {PL_TEXT(pl_missing, good), PL_TEXT(pl_missing, place), PL_INT(pl_missing, amount), PL_INT(pl_missing, day),
                              PL_INT(pl_missing, since), PL_ID(pl_missing, workplace)}};

/* How many orders of a member have not ended: key (member). */
typedef struct open_row {
    int64_t n;
} open_row;
static const pl_table OPEN = {"orders.open", sizeof(open_row), 1, {PL_INT(open_row, n)}};

static pl_status check_member(pl_step *s)
{
    bool is = false;
    pl_status status = pl_member_is(s, s->author, &is);
    return status == PL_OK && !is ? pl_broken(s, PL_RULE_MEMBER, "the signer is no member") : status;
}

static int64_t today(const pl_step *s)
{
    return s->time / PL_DAY;
}

/* ---- Orders ------------------------------------------------------------------------------------------ */

static pl_status count_open(pl_step *s, const uint8_t member[PL_HASH], int64_t more)
{
    open_row open;
    bool there;
    pl_status status = pl_get(s, &OPEN, pl_key_id1(member), &open, &there);
    open.n += more;
    return status == PL_OK ? pl_put(s, &OPEN, pl_key_id1(member), &open) : status;
}

static pl_status check_placed(pl_step *s, const pl_order *o)
{
    open_row open;
    int64_t most;
    bool there;
    pl_status status = check_member(s);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (o->from > o->until || o->until < today(s) || o->until > today(s) + PL_WANT_DAYS) {
        return pl_broken(s, PL_RULE_ORDER_DAYS, o->from > o->until      ? "it ends before it begins"
                                                : o->until < today(s) ? "its last day is past"
                                                                        : "it reaches more than ten years ahead");
    }
    status = pl_get(s, &OPEN, pl_key_id1(s->author), &open, &there);
    status = status == PL_OK ? pl_param(s, PL_ORDERS_OPEN, &most) : status;
    if (status == PL_OK && open.n >= most) {
        return pl_broken(s, PL_RULE_ORDERS_OPEN, "the signer has %lld open orders", (long long)open.n);
    }
    return status;
}

static pl_status apply_placed(pl_step *s)
{
    pl_order o = {.amount = s->value[1].x, .from = s->value[2].x, .until = s->value[3].x, .since = s->time, .ended = -1};
    memcpy(o.good, s->value[0].at, s->value[0].n);
    memcpy(o.member, s->author, PL_HASH);
    pl_status status = check_placed(s, &o);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_put(s, &PL_ORDERS, pl_key_id1(s->id), &o);
    status = status == PL_OK ? count_open(s, s->author, 1) : status;
    return status == PL_OK ? pl_due_at(s, (o.until + 1) * PL_DAY, "order.ends", s->id, 0) : status;
}

const pl_event_kind PL_KIND_ORDER_PLACED = {
    "order.placed",
    {{"good", PL_FIELD_TEXT, 1, PL_WANT_NAME, false},
     {"amount", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"from", PL_FIELD_INT, 0, PL_WANT_LAST_DAY, false},
     {"until", PL_FIELD_INT, 0, PL_WANT_LAST_DAY, false},
     {0}},
    apply_placed,
};

static pl_status end_order(pl_step *s, const uint8_t id[PL_HASH], pl_order *o, bool withdrawn)
{
    o->ended = s->time;
    o->withdrawn = withdrawn;
    pl_status status = pl_put(s, &PL_ORDERS, pl_key_id1(id), o);
    return status == PL_OK ? count_open(s, o->member, -1) : status;
}

pl_status pl_order_ends(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_order o;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_ORDERS, pl_key_id1(id), &o, &there);
    return status == PL_OK && there && o.ended < 0 ? end_order(s, id, &o, false) : status;
}

static pl_status apply_withdrawn(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_order o;
    char hex[13];
    bool there = false;
    pl_status status = pl_get(s, &PL_ORDERS, pl_key_id1(id), &o, &there);
    if (status == PL_OK && (!there || !pl_id_same(o.member, s->author) || o.ended >= 0)) {
        return pl_broken(s, PL_RULE_ORDER_OWN, !there ? "there is no order %s" : o.ended >= 0 ? "the order %s has ended" : "the order %s is another's",
                         pl_short_id(id, hex));
    }
    return status == PL_OK ? end_order(s, id, &o, true) : status;
}

const pl_event_kind PL_KIND_ORDER_WITHDRAWN = {"order.withdrawn", {{"order", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_withdrawn};

/* ---- Wanted, not there --------------------------------------------------------------------------------- */

static pl_row_key missing_key(const pl_step *s, const pl_missing *m)
{
    uint8_t hash[PL_HASH], text[2 * PL_WANT_NAME + 1];
    size_t n = strlen(m->good), k = strlen(m->place);
    memcpy(text, m->good, n);
    text[n] = '\n'; /* in none of both */
    memcpy(text + n + 1, m->place, k);
    pl_hash(text, n + 1 + k, hash);
    return pl_key_then_id(pl_key_then(pl_key_id1(hash), m->day), s->author);
}

static pl_status check_missing(pl_step *s, const pl_missing *m, pl_row_key key)
{
    pl_missing old;
    int64_t days;
    bool there = false, belongs = true;
    pl_status status = check_member(s);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_param(s, PL_REPORT_DAYS, &days);
    if (status == PL_OK && (m->day > today(s) || m->day < today(s) - days)) {
        return pl_broken(s, PL_RULE_MISSING_DAY, m->day > today(s) ? "that day has not come" : "that was more than %lld days ago", (long long)days);
    }
    status = status == PL_OK ? pl_get(s, &PL_MISSING, key, &old, &there) : status;
    if (status == PL_OK && there) {
        return pl_broken(s, PL_RULE_MISSING_ONCE, "the signer has reported it");
    }
    if (status == PL_OK && !pl_id_none(m->workplace)) {
        status = pl_assembly_has(s, m->workplace, s->author, 0, &belongs);
    }
    return status == PL_OK && !belongs ? pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the workplace") : status;
}

static pl_status apply_missing(pl_step *s)
{
    pl_missing m = {.amount = s->value[3].x, .day = s->value[2].x, .since = s->time};
    memcpy(m.good, s->value[0].at, s->value[0].n);
    memcpy(m.place, s->value[1].at, s->value[1].n);
    if (s->value[4].given) {
        memcpy(m.workplace, s->value[4].at, PL_HASH);
    }
    pl_row_key key = missing_key(s, &m);
    pl_status status = check_missing(s, &m, key);
    return status == PL_OK && s->broken == PL_RULE_NONE ? pl_put(s, &PL_MISSING, key, &m) : status;
}

const pl_event_kind PL_KIND_MISSING_REPORTED = {
    "missing.reported",
    {{"good", PL_FIELD_TEXT, 1, PL_WANT_NAME, false},
     {"place", PL_FIELD_TEXT, 1, PL_WANT_NAME, false},
     {"day", PL_FIELD_INT, 0, PL_WANT_LAST_DAY, false},
     {"amount", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"workplace", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_missing,
};
