/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * figures.c - figures that follow from a plan. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "plan/model.h"

void pl_plan_balances(const pl_plan *plan, const pl_economy *economy, pl_balance *out)
{
    memset(out, 0, sizeof *out * (size_t)economy->n_goods);
    const pl_columns *flows = &economy->flows;
    for (int32_t r = 0; r < economy->n_recipes; r++) {
        for (int64_t k = flows->start[r]; k < flows->start[r + 1]; k++) {
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

static double used_of(const pl_plan *plan, int kind, int32_t index)
{
    switch (kind) {
    case PL_COLUMN_RECIPE:
        return plan->level[index];
    case PL_COLUMN_IMPORT:
        return plan->imported[index];
    case PL_COLUMN_EXPORT:
        return plan->exported[index];
    default:
        return plan->drawn[index];
    }
}

/* The limits of columns: a rent where the limit is used up and more of it would gain. */
static int32_t column_limits(const pl_plan *plan, const pl_model *model, const pl_stage *stage,
                             const double *costs, pl_limit *out)
{
    static const pl_limit_kind kinds[] = {PL_LIMIT_CAPACITY, PL_LIMIT_IMPORT, PL_LIMIT_EXPORT,
                                          PL_LIMIT_STOCK};
    int32_t n = 0;
    for (int32_t j = 0; j < model->lp.n; j++) {
        double hi = model->lp.hi[j];
        if (!isfinite(hi)) {
            continue;
        }
        int kind = model->column_kind[j];
        double used = used_of(plan, kind, model->column_index[j]);
        double profit =
            pl_model_profit(model, j, stage->good_price, stage->resource_price) - costs[j];
        bool used_up = used >= hi;
        out[n++] = (pl_limit){kinds[kind], model->column_index[j], hi, used,
                              used_up && profit > 0 ? profit : 0};
    }
    return n;
}

pl_status pl_plan_limits(const pl_plan *plan, const pl_economy *economy, int32_t stage_number,
                         pl_limit **out, int32_t *n, pl_error *err)
{
    if (stage_number < 1 || stage_number > plan->n_stages) {
        return pl_fail(err, PL_USAGE, "stage", NULL, "the plan has no stage %d", stage_number);
    }
    const pl_stage *stage = &plan->stages[stage_number - 1];
    pl_model *model = NULL;
    pl_status status = pl_model_new(economy, &model, err);
    if (status != PL_OK) {
        return status;
    }
    pl_limit *limits = PL_NEW(pl_limit, economy->n_resources + model->lp.n);
    double *use = PL_NEW(double, economy->n_resources), *costs = PL_NEW0(double, model->lp.n);
    if (limits == NULL || use == NULL || costs == NULL) {
        pl_free(limits);
        status = pl_fail_nomem(err, "the limits of the plan");
    } else {
        pl_plan_resource_use(plan, economy, use);
        for (int32_t k = 0; k < economy->n_resources; k++) {
            limits[k] = (pl_limit){PL_LIMIT_RESOURCE, k, economy->resources[k].available, use[k],
                                   stage->resource_price[k]};
        }
        pl_objective_costs(model, stage->objective, stage->n_objective, costs);
        *n = economy->n_resources +
             column_limits(plan, model, stage, costs, limits + economy->n_resources);
        *out = limits;
    }
    pl_free(use);
    pl_free(costs);
    pl_model_free(model);
    return status;
}

void pl_limits_free(pl_limit *limits)
{
    pl_free(limits);
}
