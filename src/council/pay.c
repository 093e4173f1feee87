/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * pay.c - pay of skilled work, its median when a quarter closes, and the cap on the pay of officials (docs/formats/commons.md, "Pay").
 *
 * How many entries have which amount is counted in rows whose keys are in ascending order, so the median is exact and found in one
 * walk over the different amounts, when the quarter closes. */
#include "council/pay.h"

#include <stdio.h>
#include <string.h>

#include "council/rota.h"
#include "record/bytes.h"

#define QUARTERS_OF_A_YEAR 4
#define DAYS_TO_1970 719162 /* from the first day of year 1 */
#define QUARTER_NAME 48

const pl_table PL_PAY_QUARTERS = {"pay.quarters",
                                  sizeof(pl_pay_quarter),
                                  4,
                                  {PL_INT(pl_pay_quarter, entries), PL_INT(pl_pay_quarter, closes), PL_MAYBE(pl_pay_quarter, median),
                                   PL_MAYBE(pl_pay_quarter, before)}};
const pl_table PL_PAY_COUNTS = {"pay.counts", sizeof(pl_pay_count), 1, {PL_INT(pl_pay_count, n)}};
const pl_table PL_PAY_BATCHES = {
    "pay.batches", sizeof(pl_pay_batch), 3, {PL_TEXT(pl_pay_batch, source), PL_TEXT(pl_pay_batch, grade), PL_INT(pl_pay_batch, entries)}};
const pl_table PL_PAY_TOTALS = {"pay.totals", sizeof(pl_pay_total), 2, {PL_INT(pl_pay_total, amount), PL_INT(pl_pay_total, entries)}};
const pl_table PL_PAY_ENTRIES_OF = {"pay.entries",
                                    sizeof(pl_pay_entry),
                                    5,
                                    {PL_INT(pl_pay_entry, amount), PL_INT(pl_pay_entry, sort), PL_INT(pl_pay_entry, time),
                                     PL_TEXT(pl_pay_entry, source), PL_ID(pl_pay_entry, by)}};

/* The quarter that closed last: key empty. */
typedef struct closed_row {
    int64_t quarter;
} closed_row;
static const pl_table CLOSED = {"pay.closed", sizeof(closed_row), 1, {PL_INT(closed_row, quarter)}};

/* ---- The calendar --------------------------------------------------------------------------------- */

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int64_t pl_quarter_begin(int64_t quarter)
{
    static const int64_t first[QUARTERS_OF_A_YEAR] = {0, 90, 181, 273}; /* day of the year */
    int64_t year = quarter / QUARTERS_OF_A_YEAR, part = quarter % QUARTERS_OF_A_YEAR, past = year - 1;
    int64_t day = past * 365 + past / 4 - past / 100 + past / 400 - DAYS_TO_1970 + first[part];
    return (day + (part > 0 && leap(year))) * PL_DAY;
}

int64_t pl_quarter_of(int64_t time)
{
    int64_t year = 1970 + time / PL_DAY / 366; /* at most the year */
    int64_t quarter = year * QUARTERS_OF_A_YEAR + (time / PL_DAY - pl_quarter_begin(year * QUARTERS_OF_A_YEAR) / PL_DAY) / 92;
    while (pl_quarter_begin(quarter + 1) <= time) {
        quarter++;
    }
    return quarter;
}

/* ---- Who enters pay ------------------------------------------------------------------------------- */

static pl_status check_enters(pl_step *s, const pl_value *grant)
{
    bool on_duty, in_force;
    if (grant->given) {
        return pl_privileged(s, grant);
    }
    pl_status status = pl_on_duty(s, s->author, "treasury", &on_duty);
    status = status == PL_OK ? pl_in_force(s, &in_force) : status;
    if (status != PL_OK || on_duty) {
        return status;
    }
    if (in_force) {
        return pl_broken(s, PL_RULE_PAY_ENTERS, "the signer is not on duty in a class of tasks named 'treasury', and names no grant");
    }
    return pl_privileged(s, grant);
}

static const char *name_of(int64_t quarter, char out[QUARTER_NAME])
{
    snprintf(out, QUARTER_NAME, "%lld-Q%lld", (long long)(quarter / QUARTERS_OF_A_YEAR), (long long)(quarter % QUARTERS_OF_A_YEAR + 1));
    return out;
}

/* ---- Pay of skilled work -------------------------------------------------------------------------- */

pl_status pl_pay_closed(pl_step *s, int64_t *quarter)
{
    closed_row last;
    bool there;
    pl_status status = pl_get(s, &CLOSED, pl_key_none(), &last, &there);
    *quarter = there ? last.quarter : -1;
    return status;
}

/* the quarter, as it is or as it will be. */
static pl_status check_open(pl_step *s, int64_t quarter, pl_pay_quarter *q, bool *there)
{
    int64_t closed, days;
    char name[QUARTER_NAME], other[QUARTER_NAME];
    pl_status status = pl_pay_closed(s, &closed);
    status = status == PL_OK ? pl_get(s, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), quarter), q, there) : status;
    status = status == PL_OK ? pl_param(s, PL_PAY_CLOSE_DAYS, &days) : status;
    if (status != PL_OK) {
        return status;
    }
    if (pl_quarter_begin(quarter) > s->time) {
        return pl_broken(s, PL_RULE_PAY_QUARTER, "%s has not begun", name_of(quarter, name));
    }
    if (quarter <= closed) {
        return pl_broken(s, PL_RULE_PAY_QUARTER, "%s is over: the quarter that closed last is %s", name_of(quarter, name), name_of(closed, other));
    }
    if (!*there) {
        int64_t end = pl_quarter_begin(quarter + 1);
        *q = (pl_pay_quarter){.closes = (end > s->time ? end : s->time) + days * PL_DAY, .median = -1, .before = -1};
    }
    return PL_OK;
}

/* What this source enters for this grade; whether it did already. */
static pl_status get_batch(pl_step *s, int64_t quarter, pl_row_key *key, pl_pay_batch *batch, bool *there)
{
    const pl_value *source = &s->value[1], *grade = &s->value[2];
    uint8_t hash[PL_HASH], text[202];
    memcpy(text, source->at, source->n);
    text[source->n] = '\n'; /* in none of both */
    memcpy(text + source->n + 1, grade->at, grade->n);
    pl_hash(text, source->n + 1 + grade->n, hash);
    *key = pl_key_then_id(pl_key_then(pl_key_none(), quarter), hash);
    return pl_get(s, &PL_PAY_BATCHES, *key, batch, there);
}

/* */
static pl_status check_batch(pl_step *s, int64_t quarter, pl_row_key *key)
{
    pl_pay_batch old;
    char name[QUARTER_NAME];
    bool there;
    pl_status status = get_batch(s, quarter, key, &old, &there);
    if (status == PL_OK && there) {
        return pl_broken(s, PL_RULE_PAY_TWICE, "'%.60s' has entered '%.60s' for %s", old.source, old.grade, name_of(quarter, name));
    }
    return status;
}

static pl_status count_amount(pl_step *s, int64_t quarter, int64_t amount)
{
    pl_row_key key = pl_key_then(pl_key_then(pl_key_none(), quarter), amount);
    pl_pay_count c;
    bool there;
    pl_status status = pl_get(s, &PL_PAY_COUNTS, key, &c, &there);
    c.n++;
    return status == PL_OK ? pl_put(s, &PL_PAY_COUNTS, key, &c) : status;
}

static pl_status enter_skilled(pl_step *s, int64_t quarter, pl_pay_quarter *q, bool there, pl_row_key batch_key, const int64_t *amount)
{
    const pl_value *source = &s->value[1], *grade = &s->value[2];
    size_t n = s->value[3].n;
    pl_pay_batch batch = {.entries = (int64_t)n};
    memcpy(batch.source, source->at, source->n);
    memcpy(batch.grade, grade->at, grade->n);
    pl_status status = pl_put(s, &PL_PAY_BATCHES, batch_key, &batch);
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = count_amount(s, quarter, amount[i]);
    }
    q->entries += (int64_t)n;
    status = status == PL_OK ? pl_put(s, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), quarter), q) : status;
    return status == PL_OK && !there ? pl_due_at(s, q->closes, "pay.closes", s->id, quarter) : status;
}

static pl_status apply_skilled(pl_step *s)
{
    int64_t quarter = s->value[0].x, amount[PL_PAY_ENTRIES];
    pl_pay_quarter q;
    pl_row_key batch;
    bool there = false;
    pl_status status = check_open(s, quarter, &q, &there);
    pl_value_ints(&s->value[3], amount);
    for (size_t i = 0; status == PL_OK && s->broken == PL_RULE_NONE && i < s->value[3].n; i++) {
        if (amount[i] < 1) {
            return pl_broken(s, PL_RULE_PAY_AMOUNT, "entry %zu is %lld", i + 1, (long long)amount[i]);
        }
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_batch(s, quarter, &batch);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_enters(s, &s->value[4]);
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? enter_skilled(s, quarter, &q, there, batch, amount) : status;
}

const pl_event_kind PL_KIND_PAY_SKILLED = {
    "pay.skilled",
    {{"quarter", PL_FIELD_INT, PL_QUARTER_FIRST, PL_QUARTER_LAST, false},
     {"source", PL_FIELD_TEXT, 1, 100, false},
     {"grade", PL_FIELD_TEXT, 1, 100, false},
     {"amounts", PL_FIELD_INTS, 1, PL_PAY_ENTRIES, false},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_skilled,
};

/* the batch is there, and the figure among those of the quarter. */
static pl_status check_correction(pl_step *s, int64_t quarter, const pl_value *right, pl_row_key *key, pl_pay_batch *batch, pl_pay_count *wrong)
{
    int64_t amount = s->value[3].x;
    char name[QUARTER_NAME];
    bool there, counted = false;
    pl_status status = get_batch(s, quarter, key, batch, &there);
    status = status == PL_OK ? pl_get(s, &PL_PAY_COUNTS, pl_key_then(pl_key_then(pl_key_none(), quarter), amount), wrong, &counted) : status;
    if (status == PL_OK && (!there || !counted || wrong->n < 1)) {
        return pl_broken(s, PL_RULE_PAY_CORRECTION, there ? "no %lld was entered for %s" : "this source has entered nothing for this grade (%lld, %s)", (long long)amount,
                         name_of(quarter, name));
    }
    if (status == PL_OK && ((right->given && right->x == amount) || (!right->given && batch->entries == 1))) {
        return pl_broken(s, PL_RULE_PAY_CORRECTION, right->given ? "it is that already" : "the only entry of a batch is changed, not taken out");
    }
    return status;
}

/* Drawn members have looked at the figure: one amount of a batch becomes another, or goes. */
static pl_status apply_corrected(pl_step *s)
{
    int64_t quarter = s->value[0].x, amount = s->value[3].x;
    const pl_value *right = &s->value[5];
    pl_pay_quarter q;
    pl_pay_batch batch;
    pl_pay_count wrong;
    pl_row_key key;
    bool there = false;
    pl_status status = check_open(s, quarter, &q, &there);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_correction(s, quarter, right, &key, &batch, &wrong);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, &s->value[6]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    wrong.n--;
    status = pl_put(s, &PL_PAY_COUNTS, pl_key_then(pl_key_then(pl_key_none(), quarter), amount), &wrong);
    if (right->given) {
        return status == PL_OK ? count_amount(s, quarter, right->x) : status;
    }
    q.entries--;
    batch.entries--;
    status = status == PL_OK ? pl_put(s, &PL_PAY_BATCHES, key, &batch) : status;
    return status == PL_OK ? pl_put(s, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), quarter), &q) : status;
}

const pl_event_kind PL_KIND_PAY_CORRECTED = {
    "pay.corrected",
    {{"quarter", PL_FIELD_INT, PL_QUARTER_FIRST, PL_QUARTER_LAST, false},
     {"source", PL_FIELD_TEXT, 1, 100, false},
     {"grade", PL_FIELD_TEXT, 1, 100, false},
     {"wrong", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"reason", PL_FIELD_LINES, 1, 2000, false},
     {"right", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, true},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_corrected,
};

/* Of n amounts in ascending order: the one in the middle, or halfway between both, rounded down. */
static pl_status find_median(pl_step *s, int64_t quarter, int64_t n, int64_t *median)
{
    pl_row_key prefix = pl_key_then(pl_key_none(), quarter);
    pl_cursor at = pl_rows(&PL_PAY_COUNTS, &prefix);
    pl_pay_count c;
    int64_t below = 0, lower = -1;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_PAY_COUNTS, &at, &c, &there)) == PL_OK && there) {
        int64_t amount = pl_key_number(at.key + 8);
        below += c.n;
        if (lower < 0 && below > (n - 1) / 2) {
            lower = amount;
        }
        if (below > n / 2) {
            *median = lower + (amount - lower) / 2;
            break;
        }
    }
    return status;
}

pl_status pl_pay_closes(pl_step *s, const uint8_t id[PL_HASH], int64_t quarter)
{
    (void)id;
    pl_row_key key = pl_key_then(pl_key_none(), quarter);
    pl_pay_quarter q;
    bool there;
    int64_t last;
    pl_status status = pl_get(s, &PL_PAY_QUARTERS, key, &q, &there);
    status = status == PL_OK ? pl_pay_closed(s, &last) : status;
    if (status != PL_OK || last >= quarter) { /* a later quarter has closed before, as the time to enter pay was cut */
        return status;
    }
    q.before = last;
    status = find_median(s, quarter, q.entries, &q.median);
    status = status == PL_OK ? pl_put(s, &PL_PAY_QUARTERS, key, &q) : status;
    return status == PL_OK ? pl_put(s, &CLOSED, pl_key_none(), &(closed_row){quarter}) : status;
}

/* ---- Pay of officials ----------------------------------------------------------------------------- */

/* How many days of the quarter, up to now, the holder had a mandate, in part at least; those with several mandates count once. */
static pl_status days_served(pl_step *s, const uint8_t holder[PL_HASH], int64_t quarter, int64_t *n)
{
    pl_row_key prefix = pl_key_id1(holder);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    int64_t begin = pl_quarter_begin(quarter), end = pl_quarter_begin(quarter + 1);
    bool served[92] = {false}, there;
    pl_link link;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        pl_mandate m;
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        int64_t from = m.from > begin ? m.from : begin, to = m.ended >= 0 ? m.ended : s->time + 1;
        to = to < end ? to : end;
        for (int64_t day = (from - begin) / PL_DAY; from < to && day <= (to - 1 - begin) / PL_DAY; day++) {
            served[day] = true;
        }
    }
    *n = 0;
    for (size_t i = 0; i < 92; i++) {
        *n += served[i];
    }
    return status;
}

pl_status pl_pay_cap_of(pl_step *s, const uint8_t holder[PL_HASH], int64_t quarter, pl_pay_cap *out)
{
    pl_pay_quarter q = {.median = -1, .before = -1};
    bool there = true;
    int64_t percent;
    memset(out, 0, sizeof *out);
    pl_status status = pl_pay_closed(s, &out->from);
    while (status == PL_OK && out->from >= 0) {
        status = pl_get(s, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), out->from), &q, &there);
        if (out->from < quarter) {
            break;
        }
        out->from = q.before;
    }
    status = status == PL_OK ? pl_param(s, PL_PAY_PERCENT, &percent) : status;
    status = status == PL_OK ? days_served(s, holder, quarter, &out->days) : status;
    if (status != PL_OK) {
        return status;
    }
    out->of = (pl_quarter_begin(quarter + 1) - pl_quarter_begin(quarter)) / PL_DAY;
    if (out->from >= 0) { /* no overflow: amounts are below 2^53, percent and days of 7 bits */
        out->median = q.median;
        out->reference = q.median * percent / 100;
        out->cap = out->reference * out->days / out->of;
    }
    return PL_OK;
}

static pl_status check_cap(pl_step *s, const uint8_t *holder, int64_t quarter, int64_t amount, const pl_pay_total *total)
{
    pl_pay_cap c;
    char name[QUARTER_NAME], from[QUARTER_NAME], hex[13];
    pl_status status = pl_pay_cap_of(s, holder, quarter, &c);
    if (status != PL_OK) {
        return status;
    }
    if (c.days == 0) {
        return pl_broken(s, PL_RULE_PAY_HOLDER, "%s has held no mandate in %s", pl_short_id(holder, hex), name_of(quarter, name));
    }
    if (c.from < 0) {
        return pl_broken(s, PL_RULE_PAY_REFERENCE, "no quarter before %s has closed with pay of skilled work", name_of(quarter, name));
    }
    if (amount > c.cap - total->amount) {
        return pl_broken(s, PL_RULE_PAY_CAP, "%lld and this %lld are above %lld: %lld (median of %s: %lld) for %lld of %lld days", (long long)total->amount,
                         (long long)amount, (long long)c.cap, (long long)c.reference, name_of(c.from, from), (long long)c.median, (long long)c.days,
                         (long long)c.of);
    }
    return PL_OK;
}

static pl_status apply_entered(pl_step *s)
{
    const uint8_t *holder = s->value[0].at;
    int64_t quarter = s->value[1].x, amount = s->value[2].x;
    pl_row_key key = pl_key_then(pl_key_id1(holder), quarter);
    pl_pay_total total;
    char name[QUARTER_NAME];
    bool there;
    pl_status status = pl_get(s, &PL_PAY_TOTALS, key, &total, &there);
    if (status == PL_OK && pl_quarter_begin(quarter) > s->time) {
        return pl_broken(s, PL_RULE_PAY_QUARTER, "%s has not begun", name_of(quarter, name));
    }
    status = status == PL_OK ? check_cap(s, holder, quarter, amount, &total) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_enters(s, &s->value[5]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_pay_entry entry = {.amount = amount, .sort = s->value[4].x, .time = s->time};
    memcpy(entry.source, s->value[3].at, s->value[3].n);
    memcpy(entry.by, s->author, PL_HASH);
    total.amount += amount;
    total.entries++;
    status = pl_put(s, &PL_PAY_ENTRIES_OF, pl_key_then_id(key, s->id), &entry);
    return status == PL_OK ? pl_put(s, &PL_PAY_TOTALS, key, &total) : status;
}

const pl_event_kind PL_KIND_PAY_ENTERED = {
    "pay.entered",
    {{"holder", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"quarter", PL_FIELD_INT, PL_QUARTER_FIRST, PL_QUARTER_LAST, false},
     {"amount", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"source", PL_FIELD_TEXT, 1, 100, false},
     {"sort", PL_FIELD_INT, 0, PL_PAY_SORTS - 1, false},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_entered,
};
