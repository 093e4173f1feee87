/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_pay.c - pay of skilled work, its median, and what officials may get. */
#include <string.h>

#include "verify/fold.h"

/* ---- The calendar ----------------------------------------------------------------------------------- */

/* Days from 1970-01-01 to the first day of that quarter (year * 4 + 0 to 3). */
static int64_t first_day(int64_t quarter)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year = quarter / 4, day = 365 * (year - 1970) + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int month = 0; month < 3 * (quarter % 4); month++) {
        day += days[month] + (month == 1 && leap);
    }
    return day;
}

static int64_t begins(int64_t quarter)
{
    return first_day(quarter) * PV_DAY;
}

/* ---- Skilled work ----------------------------------------------------------------------------------- */

/* whoever has the turn in the treasury, or a grant. */
static int check_enters(pv_fold *c, const pv_value *grant)
{
    if (grant->given) {
        return pv_privileged(c, grant, false);
    }
    return pv_on_duty(c, c->author, "treasury") ? 0 : c->version > 0 ? 80 : pv_privileged(c, grant, false);
}

static pv_quarter *quarter_of(const pv_fold *c, int64_t number)
{
    uint8_t key[8];
    pv_big_endian(number, key);
    return pv_get(c, 'Q', key, 8, NULL, 0);
}

static bool is_open(const pv_fold *c, int64_t number)
{
    return begins(number) <= c->time && (c->closed == NULL || number > c->closed->number);
}

static void count_amount(pv_fold *c, pv_quarter *q, int64_t amount, int64_t more)
{
    size_t i = 0;
    while (i < q->n_amounts && q->amount[i].amount < amount) {
        i++;
    }
    if (i == q->n_amounts || q->amount[i].amount != amount) {
        q->amount = pv_more(c->run, q->amount, q->n_amounts, &q->room, sizeof *q->amount);
        memmove(q->amount + i + 1, q->amount + i, (q->n_amounts++ - i) * sizeof *q->amount);
        q->amount[i] = (pv_amount){amount, 0};
    }
    q->amount[i].n += more;
    q->entries += more;
}

/* The amount that stands at that place, from 0, when all are in order. */
static int64_t amount_at(const pv_quarter *q, int64_t place)
{
    size_t i = 0;
    while (place >= q->amount[i].n) {
        place -= q->amount[i++].n;
    }
    return q->amount[i].amount;
}

static void quarter_closes(pv_fold *c, void *subject, int64_t n)
{
    pv_quarter *q = subject;
    (void)n;
    if (c->closed != NULL && c->closed->number >= q->number) {
        return;
    }
    int64_t lower = amount_at(q, (q->entries - 1) / 2), upper = amount_at(q, q->entries / 2);
    q->before = c->closed != NULL ? c->closed->number : -1;
    q->median = lower + (upper - lower) / 2;
    c->closed = q;
}

typedef struct batch {
    int64_t entries;
} batch;

static void batch_key(const pv_fold *c, uint8_t quarter[8], uint8_t hash[32])
{
    uint8_t text[201];
    size_t n = c->value[1].n;
    memcpy(text, c->value[1].at, n);
    text[n] = '\n';
    memcpy(text + n + 1, c->value[2].at, c->value[2].n);
    pv_hash(text, n + 1 + c->value[2].n, hash);
    pv_big_endian(c->value[0].x, quarter);
}

int pv_apply_skilled(pv_fold *c)
{
    int64_t number = c->value[0].x, amounts[4000];
    uint8_t quarter[8], hash[32];
    if (!is_open(c, number)) {
        return 81;
    }
    pv_numbers(&c->value[3], amounts);
    for (size_t i = 0; i < c->value[3].n; i++) {
        if (amounts[i] < 1) {
            return 82;
        }
    }
    batch_key(c, quarter, hash);
    int rule = pv_get(c, 'S', quarter, 8, hash, 32) != NULL ? 83 : check_enters(c, &c->value[4]);
    if (rule != 0) {
        return rule;
    }
    pv_quarter *q = quarter_of(c, number);
    if (q == NULL) {
        int64_t end = begins(number + 1);
        q = pv_new(c, sizeof *q);
        q->number = number;
        q->median = q->before = -1;
        pv_put(c, 'Q', quarter, 8, NULL, 0, q);
        pv_push(c, &c->quarters, q);
        pv_due_at(c, (end > c->time ? end : c->time) + c->param[PV_PAY_CLOSE] * PV_DAY, quarter_closes, q, 0);
    }
    batch *b = pv_new(c, sizeof *b);
    b->entries = (int64_t)c->value[3].n;
    pv_put(c, 'S', quarter, 8, hash, 32, b);
    for (size_t i = 0; i < c->value[3].n; i++) {
        count_amount(c, q, amounts[i], 1);
    }
    return 0;
}

int pv_apply_corrected(pv_fold *c)
{
    int64_t number = c->value[0].x, wrong = c->value[3].x;
    const pv_value *right = &c->value[5];
    uint8_t quarter[8], hash[32];
    if (!is_open(c, number)) {
        return 81;
    }
    batch_key(c, quarter, hash);
    batch *b = pv_get(c, 'S', quarter, 8, hash, 32);
    pv_quarter *q = quarter_of(c, number);
    bool there = false;
    for (size_t i = 0; b != NULL && i < q->n_amounts; i++) {
        there = there || (q->amount[i].amount == wrong && q->amount[i].n > 0);
    }
    if (!there || (right->given ? right->x == wrong : b->entries == 1)) {
        return 127;
    }
    int rule = pv_privileged(c, &c->value[6], false);
    if (rule == 0) {
        count_amount(c, q, wrong, -1);
        if (right->given) {
            count_amount(c, q, right->x, 1);
        } else {
            b->entries--;
        }
    }
    return rule;
}

/* ---- Officials -------------------------------------------------------------------------------------- */

/* Days of the quarter, up to now, on which the holder had a mandate at any moment. */
static int64_t days_served(const pv_fold *c, const pv_member *holder, int64_t quarter)
{
    int64_t begin = begins(quarter), end = begins(quarter + 1), n = 0;
    for (int64_t day = begin; day < end; day += PV_DAY) {
        bool served = false;
        for (size_t i = 0; holder != NULL && i < holder->held.n; i++) {
            const pv_mandate *m = holder->held.at[i];
            int64_t to = m->ended >= 0 ? m->ended : c->time + 1; /* the first second without it */
            served = served || (m->from < to && m->from < day + PV_DAY && to > day);
        }
        n += served;
    }
    return n;
}

int64_t pv_pay_cap(const pv_fold *c, const pv_member *holder, int64_t quarter, int64_t *days, bool *reference)
{
    const pv_quarter *q = c->closed;
    while (q != NULL && q->number >= quarter) {
        q = q->before >= 0 ? quarter_of(c, q->before) : NULL;
    }
    *days = days_served(c, holder, quarter);
    *reference = q != NULL;
    return q != NULL ? q->median * c->param[PV_PAY_PERCENT] / 100 * *days / (first_day(quarter + 1) - first_day(quarter)) : 0;
}

int pv_apply_paid(pv_fold *c)
{
    pv_member *holder = pv_member_of(c, c->value[0].at);
    int64_t quarter = c->value[1].x, amount = c->value[2].x, days;
    uint8_t key[8];
    bool reference;
    if (begins(quarter) > c->time) {
        return 81;
    }
    int64_t cap = pv_pay_cap(c, holder, quarter, &days, &reference);
    if (days == 0 || !reference) {
        return days == 0 ? 84 : 85;
    }
    pv_big_endian(quarter, key);
    pv_paid *paid = pv_get(c, 'P', holder->id, 32, key, 8);
    int rule = amount > cap - (paid != NULL ? paid->amount : 0) ? 86 : check_enters(c, &c->value[5]);
    if (rule != 0) {
        return rule;
    }
    if (paid == NULL) {
        paid = pv_new(c, sizeof *paid);
        *paid = (pv_paid){holder, quarter, 0};
        pv_put(c, 'P', holder->id, 32, key, 8, paid);
        pv_push(c, &c->paid, paid);
    }
    paid->amount += amount;
    return 0;
}
