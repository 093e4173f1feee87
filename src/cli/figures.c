/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.c - figures of a plan that both summaries show. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/summary.h"

int cli_tiers(const pl_economy *e, int32_t *tiers, int max)
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

bool cli_is_short(const pl_plan *p, const pl_economy *e, int32_t need)
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

int32_t cli_worst_needs(const pl_plan *p, const pl_economy *e, int32_t *out)
{
    int32_t n = 0;
    short_need *list = PL_NEW(short_need, e->n_needs);
    for (int32_t k = 0; k < e->n_needs; k++) {
        if (cli_is_short(p, e, k)) {
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
