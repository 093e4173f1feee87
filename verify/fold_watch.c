/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_watch.c - lines of a plan, what was reported of them, deliveries (docs/formats/commons.md, "Watching"). */
#include <string.h>

#include "verify/fold.h"

#define YEAR 366 /* days */
#define DRIFT 500
#define NUMBER ((int64_t)1 << 53)

static int64_t period_begins(const pv_watched *l, int64_t n)
{
    return l->begins + n * l->days * PV_DAY;
}

/* ---- Lines ------------------------------------------------------------------------------------------ */

/* a mandate in a council, or a grant. */
static int check_right(pv_fold *c, const pv_value *grant)
{
    for (size_t i = 0; i < c->author->held.n; i++) {
        if (((const pv_mandate *)c->author->held.at[i])->ended < 0) {
            return 0;
        }
    }
    return c->version > 0 && !grant->given ? 200 : pv_privileged(c, grant, false);
}

static pv_reported *report_of(const pv_fold *c, const pv_watched *l, int64_t period)
{
    uint8_t key[8];
    pv_big_endian(period, key);
    return pv_get(c, 'X', l->id, 32, key, 8);
}

static void report_due(pv_fold *c, void *subject, int64_t period);

static void expect_report(pv_fold *c, pv_watched *l, int64_t period)
{
    pv_due_at(c, period_begins(l, period + 1) + c->param[PV_WATCH_REPORT_DAYS] * PV_DAY, report_due, l, period);
}

/* The time for that report is over. */
static void report_due(pv_fold *c, void *subject, int64_t period)
{
    pv_watched *l = subject;
    if (l->ended >= 0) {
        return;
    }
    if (report_of(c, l, period) == NULL && l->alarm == NULL) {
        pv_alarm_open(c, l, PV_UNREPORTED, period, l->sum);
    }
    if (period + 1 < l->periods) {
        expect_report(c, l, period + 1);
    }
}

int pv_apply_watched(pv_fold *c)
{
    enum { NAME, WORKPLACE, PLANNED, SPREAD, PRICE, BEGINS, LENGTH, PERIODS, GRANT };
    const pv_value *v = c->value;
    pv_assembly *workplace = pv_assembly_of(c, v[WORKPLACE].at);
    int64_t begins = v[BEGINS].x;
    if (workplace == NULL || workplace->sort == PV_EVERYONE) {
        return 23;
    }
    if (begins > c->time + YEAR * PV_DAY || begins < c->time - YEAR * PV_DAY) {
        return 202;
    }
    int rule = check_right(c, &v[GRANT]);
    if (rule != 0) {
        return rule;
    }
    pv_watched *l = pv_new(c, sizeof *l);
    *l = (pv_watched){.workplace = workplace, .planned = v[PLANNED].x, .spread = v[SPREAD].x, .price = v[PRICE].x, .begins = begins, .days = v[LENGTH].x,
                   .periods = v[PERIODS].x, .ended = -1, .last = -1, .begun = -1};
    memcpy(l->id, c->id, 32);
    pv_put_id(c, 'x', l->id, l);
    pv_push(c, &c->lines, l);
    expect_report(c, l, 0);
    return 0;
}

int pv_apply_line_ended(pv_fold *c)
{
    pv_watched *l = pv_watched_of(c);
    int rule = l == NULL ? 201 : check_right(c, &c->value[1]);
    if (rule == 0) {
        l->ended = c->time;
        pv_alarm_end(c, l, (int64_t)c->tree->size);
    }
    return rule;
}

/* ---- Reports ---------------------------------------------------------------------------------------- */

/* How far below plan, in thousandths of the spread; at most a million spreads, and 2^53. */
static int64_t below_plan(const pv_watched *l, int64_t quantity)
{
    __int128 most = (__int128)l->spread * 1000000, below = (__int128)l->planned - quantity;
    most = l->spread < NUMBER / 1000000 ? most : NUMBER;
    below = below > most ? most : below < -most ? -most : below;
    return (int64_t)(below * 1000 / l->spread);
}

static void add_report(pv_watched *l, const pv_reported *r)
{
    l->last = r->number;
    l->reports++;
    l->sum += below_plan(l, r->quantity) - DRIFT;
    if (l->sum <= 0) {
        l->sum = l->missing = 0;
        l->begun = -1;
        return;
    }
    l->begun = l->begun < 0 ? r->number : l->begun;
    l->missing += l->planned - r->quantity;
}

/* All reports once more, in the order of their periods. */
static void add_all(const pv_fold *c, pv_watched *l)
{
    l->sum = l->missing = l->reports = 0;
    l->begun = l->last = -1;
    for (int64_t period = 0; period < l->periods; period++) {
        const pv_reported *r = report_of(c, l, period);
        if (r != NULL) {
            add_report(l, r);
        }
    }
}

int pv_apply_line_reported(pv_fold *c)
{
    enum { LINE, PERIOD, QUANTITY, CAPABILITY, POTENTIALITY };
    const pv_value *v = c->value;
    pv_watched *l = pv_watched_of(c);
    int64_t period = v[PERIOD].x, capability = v[CAPABILITY].given ? v[CAPABILITY].x : -1, potentiality = v[POTENTIALITY].given ? v[POTENTIALITY].x : -1;
    if (l == NULL) {
        return 201;
    }
    if (!pv_has(c, l->workplace, c->author, 0)) {
        return 203;
    }
    if (period >= l->periods || period_begins(l, period) > c->time) {
        return 204;
    }
    pv_reported *r = report_of(c, l, period);
    if (r != NULL && r->quantity == v[QUANTITY].x && (capability < 0 || r->capability == capability) && (potentiality < 0 || r->potentiality == potentiality)) {
        return 205;
    }
    bool corrects = r != NULL, late = period < l->last;
    if (r == NULL) {
        r = pv_new(c, sizeof *r);
        *r = (pv_reported){.number = period, .capability = -1, .potentiality = -1};
        memcpy(r->line, l->id, 32);
        pv_big_endian(period, r->period);
        pv_put(c, 'X', l->id, 32, r->period, 8, r);
        pv_push(c, &c->reports, r);
    }
    r->corrections += corrects;
    r->quantity = v[QUANTITY].x;
    r->capability = capability >= 0 ? capability : r->capability;
    r->potentiality = potentiality >= 0 ? potentiality : r->potentiality;
    r->by = c->author;
    if (corrects || late) {
        add_all(c, l);
    } else {
        add_report(l, r);
    }
    pv_alarm_judge(c, l, period, below_plan(l, r->quantity));
    return 0;
}

/* ---- Deliveries ------------------------------------------------------------------------------------- */

static void delivery_due(pv_fold *c, void *subject, int64_t n)
{
    pv_delivery *d = subject;
    (void)c;
    (void)n;
    d->late = d->signed_at < 0;
}

int pv_apply_sent(pv_fold *c)
{
    const pv_watched *l = pv_watched_of(c);
    const pv_assembly *to = pv_assembly_of(c, c->value[1].at);
    if (l == NULL) {
        return 201;
    }
    if (!pv_has(c, l->workplace, c->author, 0) || to == NULL || to == l->workplace) {
        return 206;
    }
    pv_delivery *d = pv_new(c, sizeof *d);
    *d = (pv_delivery){.line = l, .to = to, .sender = c->author, .sent = c->value[2].x, .received = -1, .signed_at = -1};
    memcpy(d->id, c->id, 32);
    pv_put_id(c, 'Y', d->id, d);
    pv_push(c, &c->deliveries, d);
    pv_due_at(c, c->time + c->param[PV_DELIVERY_DAYS] * PV_DAY, delivery_due, d, 0);
    return 0;
}

int pv_apply_received(pv_fold *c)
{
    pv_delivery *d = pv_get_id(c, 'Y', c->value[0].at);
    if (d == NULL || d->signed_at >= 0 || !pv_has(c, d->to, c->author, 0) || d->sender == c->author) {
        return 207;
    }
    d->received = c->value[1].x;
    d->signed_at = c->time;
    return 0;
}
