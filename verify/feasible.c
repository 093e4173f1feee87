/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * feasible.c - can the plan be carried out?  Levels within capacities, trade and draws within limits, every
 * balance of goods, every limit of resources, every floor. */
#include <string.h>

#include "verify/check.h"

/* Value from 0 to limit (NAN: none); it must be 0 where it is not allowed. */
static void within(pv_run *run, const char *file, int64_t line, const char *what, double value, bool allowed,
                   double limit)
{
    if (!(value >= 0)) {
        pv_refute(run, file, line, "%s %.17g is below 0", what, value);
    } else if (!allowed && value != 0) {
        pv_refute(run, file, line, "%s %.17g, but the economy allows none", what, value);
    } else if (value > limit * (1 + PV_ACCEPT)) {
        pv_refute(run, file, line, "%s %.17g is above its limit %.17g", what, value, limit);
    }
}

static void check_columns(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    const pv_table *levels = &p->table[PV_P_LEVELS], *balances = &p->table[PV_P_BALANCES];
    for (int32_t r = 0; r < e->n_recipes; r++) {
        within(run, levels->schema->file, pv_line(levels, r), "level", p->level[r], true, e->capacity[r]);
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        const char *file = balances->schema->file;
        int64_t line = pv_line(balances, g);
        within(run, file, line, "imported", p->imported[g], !isnan(e->import_price[g]), e->import_limit[g]);
        within(run, file, line, "exported", p->exported[g], !isnan(e->export_price[g]), e->export_limit[g]);
        within(run, file, line, "drawn", p->drawn[g], !isnan(e->stock[g]), e->stock[g]);
    }
}

#define PARTS 2 /* of the recipes, whatever the number of threads */
#define AHEAD 32 /* entries whose sums are fetched from memory before they are added to */

typedef struct pv_part { /* by good, used and made: sums and their numbers of terms */
    pv_real *sum[2];
    int32_t *terms[2];
    pv_sum *resource;
} pv_part;

static void add_up_part(const pv_economy *e, const pv_plan *p, const pv_part *part, int32_t first, int32_t end)
{
    int64_t last = e->flows.start[e->n_recipes] - 1;
    for (int32_t r = first; r < end; r++) {
        pv_real x = p->level[r];
        for (int64_t i = e->flows.start[r]; x != 0 && i < e->flows.start[r + 1]; i++) {
            pv_real amount = e->flows.amount[i];
            int32_t g = e->flows.index[i], made = amount > 0;
            int32_t later = e->flows.index[i + AHEAD < last ? i + AHEAD : last];
            __builtin_prefetch(&part->sum[0][later], 1);
            __builtin_prefetch(&part->terms[0][later], 1);
            part->sum[made][g] += fabsl(amount) * x;
            part->terms[made][g]++;
        }
        for (int64_t i = e->uses.start[r]; x != 0 && i < e->uses.start[r + 1]; i++) {
            pv_add(&part->resource[e->uses.index[i]], (pv_real)e->uses.amount[i] * x);
        }
    }
}

/* made, used, and the use of resources.  No term of what is made or used is below 0 (a level that is has been refuted),
 * so that each sum is its own size. */
static void add_up_recipes(pv_run *run, const pv_economy *e, const pv_plan *p, pv_found *found)
{
    pv_part part[PARTS];
    for (int i = 0; i < 2 * PARTS; i++) {
        part[i / 2].sum[i % 2] = pv_alloc(run, (size_t)e->n_goods, sizeof(pv_real));
        part[i / 2].terms[i % 2] = pv_alloc(run, (size_t)e->n_goods, sizeof(int32_t));
        part[i / 2].resource = i % 2 == 0 ? pv_alloc(run, (size_t)e->n_resources, sizeof(pv_sum)) : part[i / 2].resource;
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(static, 1) if (e->n_recipes > 10000)
#endif
    for (int32_t k = 0; k < PARTS; k++) {
        add_up_part(e, p, &part[k], (int32_t)((int64_t)e->n_recipes * k / PARTS),
                       (int32_t)((int64_t)e->n_recipes * (k + 1) / PARTS));
    }
    for (int made = 0; made < 2; made++) {
        pv_sum *to = made ? found->made : found->used;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) if (e->n_goods > 10000)
#endif
        for (int32_t g = 0; g < e->n_goods; g++) {
            for (int k = 0; k < PARTS; k++) {
                to[g].sum += part[k].sum[made][g];
                to[g].terms += part[k].terms[made][g];
            }
            to[g].size = fabsl(to[g].sum);
        }
    }
    for (int64_t k = 0; k < (int64_t)e->n_resources * PARTS; k++) {
        const pv_sum *from = &part[k % PARTS].resource[k / PARTS];
        pv_sum *to = &found->resource[k / PARTS];
        *to = (pv_sum){to->sum + from->sum, to->size + from->size, to->terms + from->terms};
    }
    for (int i = 0; i < 2 * PARTS; i++) {
        pv_free(run, part[i / 2].sum[i % 2]);
        pv_free(run, part[i / 2].terms[i % 2]);
    }
}

/* made, used, and the use of resources, with all their terms. */
static void add_up(pv_run *run, const pv_economy *e, const pv_plan *p, pv_found *found)
{
    add_up_recipes(run, e, p, found);
    for (int32_t g = 0; g < e->n_goods && e->fx >= 0; g++) {
        if (!isnan(e->import_price[g])) {
            pv_add(&found->resource[e->fx], (pv_real)e->import_price[g] * p->imported[g]);
        }
        if (!isnan(e->export_price[g])) {
            pv_add(&found->resource[e->fx], -(pv_real)e->export_price[g] * p->exported[g]);
        }
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        pv_add(&found->delivered[e->need[i].good], p->delivered[i]);
    }
}

/* The balance of one good: what is there less what goes, with a proven error. */
static pv_sum balance(const pv_plan *p, const pv_found *found, int32_t g)
{
    const pv_sum *in = &found->made[g], *out = &found->used[g], *need = &found->delivered[g];
    pv_sum b = {in->sum - out->sum - need->sum, in->size + out->size + need->size,
                in->terms + out->terms + need->terms + 3};
    pv_add(&b, p->imported[g]);
    pv_add(&b, p->drawn[g]);
    pv_add(&b, -(pv_real)p->exported[g]);
    return b;
}

static void check_balances(pv_run *run, const pv_economy *e, const pv_plan *p, pv_found *found)
{
    const pv_table *t = &p->table[PV_P_BALANCES];
    for (int32_t g = 0; g < e->n_goods; g++) {
        pv_sum b = balance(p, found, g);
        double in = (double)(found->made[g].sum + p->imported[g] + p->drawn[g]);
        double out = (double)(found->used[g].sum + found->delivered[g].sum + p->exported[g]);
        double turnover = fmax(in, out), lacking = pv_up(-pv_low(&b));
        found->turnover[g] = turnover;
        if (e->no_disposal[g]) {
            lacking = b.sum < 0 ? lacking : pv_up(pv_high(&b));
        }
        if (!(lacking <= 0) && !(lacking <= PV_ACCEPT * turnover)) {
            pv_refute(run, t->schema->file, pv_line(t, g), "%s of \"%.100s\": %.10g %.40s (%.3g of its turnover)",
                      b.sum < 0 ? "shortfall" : "what cannot be disposed of", e->good[g], lacking, e->unit[g],
                      lacking / turnover);
        }
        if (b.sum < 0 && -(double)b.sum / turnover > found->relative) {
            found->worst = g;
            found->shortfall = lacking;
            found->relative = lacking / turnover;
        }
    }
}

static void check_resources(pv_run *run, const pv_economy *e, const pv_found *found)
{
    for (int32_t k = 0; k < e->n_resources; k++) {
        const pv_sum *use = &found->resource[k];
        pv_real room = PV_ACCEPT * fmaxl(fabsl((pv_real)e->available[k]), use->size);
        if (!isnan(e->available[k]) && !(pv_high(use) <= e->available[k] + room)) {
            pv_refute(run, "levels.csv", 0, "resource \"%.100s\": %.10g %.40s used, but only %.10g available",
                      e->resource[k], (double)use->sum, e->resource_unit[k], e->available[k]);
        }
    }
}

static void check_deliveries(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    const pv_table *t = &p->table[PV_P_DELIVERIES];
    bool most = p->stage[0].goal == PV_MOST; /* the basket is scaled as a whole: floors do not count */
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pv_need *n = &e->need[i];
        double f = p->delivered[i];
        bool free = most && p->settled[i] == 1;
        if (!(f >= (free ? 0 : n->floor * (1 - PV_FIGURE)))) {
            pv_refute(run, t->schema->file, pv_line(t, i), "delivered %.17g is below the floor %.17g", f, n->floor);
        }
        if (!free && f > n->amount * (1 + PV_FIGURE)) {
            pv_refute(run, t->schema->file, pv_line(t, i), "delivered %.17g is above the amount %.17g", f, n->amount);
        }
    }
}

void pv_feasible(pv_run *run, const pv_economy *e, const pv_plan *plan, pv_found *found)
{
    found->made = pv_alloc(run, (size_t)e->n_goods, sizeof *found->made);
    found->used = pv_alloc(run, (size_t)e->n_goods, sizeof *found->used);
    found->delivered = pv_alloc(run, (size_t)e->n_goods, sizeof *found->delivered);
    found->resource = pv_alloc(run, (size_t)e->n_resources, sizeof *found->resource);
    found->turnover = pv_alloc(run, (size_t)e->n_goods, sizeof *found->turnover);
    check_columns(run, e, plan);
    add_up(run, e, plan, found);
    check_balances(run, e, plan, found);
    check_resources(run, e, found);
    check_deliveries(run, e, plan);
}
