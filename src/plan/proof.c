/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * proof.c - what the prices of a stage prove (docs/formats/plan.md, "What the proof proves").
 *
 * This is the plan's own claim, in plain floating point; the independent checker in verify/ works it out
 * again with proven error bounds. */
#include <math.h>

#include "plan/make.h"

/* Profit of a column without a limit that is no more than this part of its terms is rounding. */
#define ROUNDING 1e-9

static double size_of_terms(const pl_model *model, int32_t j, const double *y, const double *rho)
{
    const pl_lp *lp = &model->lp;
    int32_t n_goods = model->economy->n_goods;
    double size = 0;
    for (int64_t k = lp->start[j]; k < lp->start[j + 1]; k++) {
        int32_t i = lp->row[k];
        size += fabs(lp->val[k] * (i < n_goods ? y[i] : rho[model->limited[i - n_goods]]));
    }
    return size;
}

/* Sum over all columns of profit above cost, times limit; infinite when a column without limit gains. */
static double rents(const pl_model *model, const double *costs, const double *y, const double *rho)
{
    double sum = 0;
    for (int32_t j = 0; j < model->lp.n; j++) {
        double cost = costs != NULL ? costs[j] : 0;
        double profit = pl_model_profit(model, j, y, rho) - cost;
        if (profit <= 0) {
            continue;
        }
        if (isfinite(model->lp.hi[j])) {
            sum += profit * model->lp.hi[j];
        } else if (profit > ROUNDING * (size_of_terms(model, j, y, rho) + fabs(cost))) {
            return (double)INFINITY;
        }
    }
    return sum;
}

static double weighted_bound(const pl_economy *e, double total, const double *y)
{
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        total += need->weight * need->floor +
                 fmax(0, need->weight - y[need->good]) * (need->amount - need->floor);
    }
    return total;
}

double pl_stage_bound(const pl_model *model, const pl_stage_terms *terms, const double *good_price,
                      const double *resource_price)
{
    const pl_economy *e = model->economy;
    double total = rents(model, terms->costs, good_price, resource_price), slope = 0;
    for (int32_t k = 0; k < model->n_limited; k++) {
        total += resource_price[model->limited[k]] * e->resources[model->limited[k]].available;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        total -= good_price[g] * terms->demand[g];
        slope += terms->raised != NULL ? good_price[g] * terms->raised[g] : 0;
    }
    if (terms->weighted) {
        return weighted_bound(e, total, good_price);
    }
    if (terms->raised == NULL) {
        return -total;
    }
    return slope > 0 ? fmin(total / slope, terms->ceiling) : terms->ceiling;
}
