/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * figures.c - figures that follow from a plan. */
#include <math.h>
#include <string.h>

#include <plenty/plan.h>

#include "base/mem.h"

void pl_plan_balances(const pl_plan *plan, const pl_economy *economy, pl_balance *out)
{
    memset(out, 0, sizeof *out * (size_t)economy->n_goods);
    const pl_columns *flows = &economy->flows;
    for (int32_t r = 0; r < economy->n_recipes; r++) {
        for (int64_t k = flows->start[r]; k < flows->start[r + 1] && plan->level[r] != 0; k++) {
            double amount = flows->amount[k] * plan->level[r];
            pl_balance *b = &out[flows->index[k]];
            *(flows->amount[k] > 0 ? &b->made : &b->used) += fabs(amount);
        }
    }
    for (int32_t k = 0; k < economy->n_needs; k++) {
        out[economy->needs[k].good].delivered += plan->delivered[k];
    }
    for (int32_t g = 0; g < economy->n_goods; g++) {
        pl_balance *b = &out[g];
        b->imported = plan->imported[g];
        b->exported = plan->exported[g];
        b->drawn = plan->drawn[g];
        b->surplus = b->made + b->imported + b->drawn - b->used - b->exported - b->delivered;
    }
}

void pl_plan_resource_use(const pl_plan *plan, const pl_economy *economy, double *use)
{
    memset(use, 0, sizeof *use * (size_t)economy->n_resources);
    const pl_columns *uses = &economy->uses;
    for (int32_t r = 0; r < economy->n_recipes; r++) {
        for (int64_t k = uses->start[r]; k < uses->start[r + 1]; k++) {
            use[uses->index[k]] += uses->amount[k] * plan->level[r];
        }
    }
    for (int32_t t = 0; economy->foreign_exchange >= 0 && t < economy->n_trade; t++) {
        const pl_trade *trade = &economy->trade[t];
        double paid = pl_given(trade->import_price)
                          ? trade->import_price * plan->imported[trade->good]
                          : 0;
        double earned = pl_given(trade->export_price)
                            ? trade->export_price * plan->exported[trade->good]
                            : 0;
        use[economy->foreign_exchange] += paid - earned;
    }
}

double pl_plan_needs_met(const pl_plan *plan, const pl_economy *economy, int32_t tier)
{
    double sum = 0;
    int32_t count = 0;
    for (int32_t k = 0; k < economy->n_needs; k++) {
        const pl_need *need = &economy->needs[k];
        if (need->amount > 0 && (tier <= 0 || need->tier == tier)) {
            sum += fmin(1, plan->delivered[k] / need->amount);
            count++;
        }
    }
    return count > 0 ? sum / count : 1;
}

double pl_plan_trade_value(const pl_plan *plan, const pl_economy *economy, bool imports)
{
    double sum = 0;
    for (int32_t k = 0; k < economy->n_trade; k++) {
        const pl_trade *t = &economy->trade[k];
        double price = imports ? t->import_price : t->export_price;
        if (pl_given(price)) {
            sum += price * (imports ? plan->imported : plan->exported)[t->good];
        }
    }
    return sum;
}

double pl_plan_limit_weight(const pl_plan *plan, const pl_economy *economy, const pl_limit *limit)
{
    double base = limit->available;
    if (base == 0 && limit->kind == PL_LIMIT_RESOURCE && limit->index == economy->foreign_exchange) {
        base = pl_plan_trade_value(plan, economy, false);
    }
    return limit->price > 0 ? limit->price * base / 100 : 0;
}

/* ---- Limits ------------------------------------------------------------------------------------------ */

/* A stage's prices, and what its objective adds to the cost of a recipe, an import, an export. */
typedef struct prices {
    const pl_economy *e;
    const pl_stage *stage;
    double *cost;              /* by resource: price, and 1 where the objective counts it */
    double import_cost, level_cost;
} prices;

static bool open_prices(prices *p, const pl_economy *e, const pl_stage *stage)
{
    *p = (prices){.e = e, .stage = stage, .cost = PL_NEW(double, e->n_resources)};
    if (p->cost == NULL) {
        return false;
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        p->cost[k] = stage->resource_price[k];
    }
    for (int32_t k = 0; stage->goal == PL_USE_LEAST && k < stage->n_objective; k++) {
        int32_t resource = pl_find_resource(e, stage->objective[k]);
        if (resource >= 0) {
            p->cost[resource] += 1;
        } else {
            *(strcmp(stage->objective[k], "imports") == 0 ? &p->import_cost : &p->level_cost) = 1;
        }
    }
    return true;
}

static double recipe_profit(const prices *p, int32_t r)
{
    const pl_columns *flows = &p->e->flows, *uses = &p->e->uses;
    double profit = -p->level_cost;
    for (int64_t k = flows->start[r]; k < flows->start[r + 1]; k++) {
        profit += flows->amount[k] * p->stage->good_price[flows->index[k]];
    }
    for (int64_t k = uses->start[r]; k < uses->start[r + 1]; k++) {
        profit -= uses->amount[k] * p->cost[uses->index[k]];
    }
    return profit;
}

static double trade_profit(const prices *p, const pl_trade *t, bool imports)
{
    double exchange = p->e->foreign_exchange >= 0 ? p->cost[p->e->foreign_exchange] : 0;
    double worth = p->stage->good_price[t->good];
    return imports ? worth - t->import_price * (exchange + p->import_cost) : t->export_price * exchange - worth;
}

bool pl_used_up(double used, double available)
{
    return used >= available * (1 - 2e-9);
}

/* A rent where the limit is used up and more of it would gain. */
static pl_limit limit_of(pl_limit_kind kind, int32_t index, double available, double used, double profit)
{
    return (pl_limit){kind, index, available, used, pl_used_up(used, available) && profit > 0 ? profit : 0};
}

static int32_t list_limits(const prices *p, const pl_plan *plan, const double *use, pl_limit *out)
{
    const pl_economy *e = p->e;
    int32_t n = 0;
    for (int32_t k = 0; k < e->n_resources; k++) {
        out[n++] = (pl_limit){PL_LIMIT_RESOURCE, k, e->resources[k].available, use[k], p->stage->resource_price[k]};
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        if (pl_given(e->recipes[r].capacity)) {
            out[n++] = limit_of(PL_LIMIT_CAPACITY, r, e->recipes[r].capacity, plan->level[r], recipe_profit(p, r));
        }
    }
    for (int imports = 1; imports >= 0; imports--) {
        for (int32_t t = 0; t < e->n_trade; t++) {
            const pl_trade *trade = &e->trade[t];
            double price = imports ? trade->import_price : trade->export_price;
            double limit = imports ? trade->import_limit : trade->export_limit;
            if (pl_given(price) && pl_given(limit)) {
                out[n++] = limit_of(imports ? PL_LIMIT_IMPORT : PL_LIMIT_EXPORT, trade->good, limit,
                                    (imports ? plan->imported : plan->exported)[trade->good],
                                    trade_profit(p, trade, imports));
            }
        }
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        int32_t good = e->stocks[k].good;
        out[n++] = limit_of(PL_LIMIT_STOCK, good, e->stocks[k].amount, plan->drawn[good], p->stage->good_price[good]);
    }
    return n;
}

pl_status pl_plan_limits(const pl_plan *plan, const pl_economy *economy, int32_t stage_number,
                         pl_limit **out, int32_t *n, pl_error *err)
{
    if (stage_number < 1 || stage_number > plan->n_stages) {
        return pl_fail(err, PL_USAGE, "stage", NULL, "the plan has no stage %d", stage_number);
    }
    prices p;
    size_t room = (size_t)economy->n_resources + (size_t)economy->n_recipes + 2 * (size_t)economy->n_trade +
                  (size_t)economy->n_stocks;
    pl_limit *limits = PL_NEW(pl_limit, room);
    double *use = PL_NEW(double, economy->n_resources);
    bool enough = open_prices(&p, economy, &plan->stages[stage_number - 1]) && limits != NULL && use != NULL;
    if (enough) {
        pl_plan_resource_use(plan, economy, use);
        *n = list_limits(&p, plan, use, limits);
        *out = limits;
    } else {
        pl_free(limits);
    }
    pl_free(use);
    pl_free(p.cost);
    return enough ? PL_OK : pl_fail_nomem(err, "the limits of the plan");
}

void pl_limits_free(pl_limit *limits)
{
    pl_free(limits);
}

#define SAME 1e-6 /* of an amount */

static void add_made(const pl_plan *plan, const pl_economy *e, double *made)
{
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            made[e->flows.index[k]] += fmax(0, e->flows.amount[k]) * plan->level[r];
        }
    }
}

pl_status pl_plan_goods_changed(const pl_plan *plan, const pl_plan *from, const pl_economy *economy, int32_t *n,
                                pl_error *err)
{
    double *now = PL_NEW0(double, economy->n_goods), *then = PL_NEW0(double, economy->n_goods);
    pl_status status = now != NULL && then != NULL ? PL_OK : pl_fail_nomem(err, "what has changed");
    *n = 0;
    if (status == PL_OK) {
        add_made(plan, economy, now);
        add_made(from, economy, then);
        for (int32_t g = 0; g < economy->n_goods; g++) {
            *n += fabs(now[g] - then[g]) > SAME * fmax(fabs(now[g]), fabs(then[g]));
        }
    }
    pl_free(now);
    pl_free(then);
    return status;
}
