/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * overview.c - what a summary of a plan shows first: tiers, what is short, what holds it back. */
#include <math.h>
#include <stdlib.h>

#include <plenty/plan.h>

#include "base/mem.h"

int pl_plan_tiers(const pl_economy *e, int32_t *tiers, int max)
{
    int n = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        int at = 0;
        while (at < n && tiers[at] < e->needs[k].tier) {
            at++;
        }
        if ((at < n && tiers[at] == e->needs[k].tier) || n == max) {
            continue;
        }
        for (int i = n++; i > at; i--) {
            tiers[i] = tiers[i - 1];
        }
        tiers[at] = e->needs[k].tier;
    }
    return n;
}

bool pl_plan_is_short(const pl_plan *p, const pl_economy *e, int32_t need)
{
    return p->delivered[need] < e->needs[need].amount * (1 - 1e-9);
}

typedef struct short_need {
    int32_t need, tier;
    double missing;
} short_need;

static int by_tier_and_missing(const void *a, const void *b)
{
    const short_need *x = a, *y = b;
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    if (x->missing != y->missing) {
        return x->missing > y->missing ? -1 : 1;
    }
    return (x->need > y->need) - (x->need < y->need);
}

int32_t pl_plan_worst_needs(const pl_plan *p, const pl_economy *e, int32_t *out)
{
    int32_t n = 0;
    short_need *list = PL_NEW(short_need, e->n_needs);
    for (int32_t k = 0; k < e->n_needs; k++) {
        if (pl_plan_is_short(p, e, k)) {
            out[n] = k;
            if (list != NULL) {
                double price = p->n_stages > 0 ? p->stages[p->n_stages - 1].good_price[e->needs[k].good] : 1;
                list[n] = (short_need){k, e->needs[k].tier, price * (e->needs[k].amount - p->delivered[k])};
            }
            n++;
        }
    }
    if (list != NULL) {
        qsort(list, (size_t)n, sizeof *list, by_tier_and_missing);
        for (int32_t i = 0; i < n; i++) {
            out[i] = list[i].need;
        }
    }
    pl_free(list);
    return n;
}

double pl_plan_gap(const pl_plan *p)
{
    double gap = 0;
    for (int32_t k = 0; k < p->n_stages; k++) {
        const pl_stage *s = &p->stages[k];
        double size = fmax(fabs(s->value), fabs(s->bound));
        gap = size > 0 ? fmax(gap, fabs(s->bound - s->value) / size) : gap;
    }
    return gap;
}

static int by_effect(const void *a, const void *b)
{
    double x = ((const pl_reason *)a)->effect, y = ((const pl_reason *)b)->effect;
    return (x < y) - (x > y);
}

pl_status pl_plan_reasons(const pl_plan *plan, const pl_economy *economy, int32_t stage, pl_reason **out, int32_t *n,
                      pl_error *err)
{
    pl_limit *limits = NULL;
    int32_t n_limits = 0;
    *out = NULL;
    *n = 0;
    pl_status status = pl_plan_limits(plan, economy, stage, &limits, &n_limits, err);
    if (status != PL_OK) {
        return status;
    }
    pl_reason *reasons = PL_NEW(pl_reason, n_limits);
    if (reasons == NULL) {
        pl_limits_free(limits);
        return pl_fail_nomem(err, "the limits");
    }
    for (int32_t i = 0; i < n_limits; i++) {
        double effect = pl_plan_limit_weight(plan, economy, &limits[i]);
        if (limits[i].price > 0 && effect > 0) {
            reasons[(*n)++] = (pl_reason){limits[i], effect};
        }
    }
    qsort(reasons, (size_t)*n, sizeof *reasons, by_effect);
    pl_limits_free(limits);
    *out = reasons;
    return PL_OK;
}

void pl_reasons_free(pl_reason *reasons)
{
    pl_free(reasons);
}
