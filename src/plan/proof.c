/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * proof.c - what the prices of a stage prove (docs/formats/plan.md, "What the proof proves").
 *
 * This is the plan's own claim, in long double and rounded once; the independent checker in verify/ works it
 * out again with proven error bounds. */
#include <math.h>

#include "plan/make.h"

/* Profit of a column without a limit that is no more than this part of its terms is rounding. */
#define ROUNDING 1e-9

/* Profit of a column with coefficients `val` above its cost; *size is that of its terms. */
static long double profit_of(const pl_model *model, int32_t j, const double *val, double cost, const double *y,
                             const double *rho, double *size)
{
    const pl_lp *lp = &model->lp;
    int32_t n_goods = model->economy->n_goods;
    long double profit = -(long double)cost;
    *size = fabs(cost);
    for (int64_t k = lp->start[j]; k < lp->start[j + 1]; k++) {
        int32_t i = lp->row[k];
        long double term = (long double)val[k - lp->start[j]] * (i < n_goods ? y[i] : -rho[model->limited[i - n_goods]]);
        profit += term;
        *size += fabs((double)term);
    }
    return profit;
}

/* Sum over all columns of profit above cost, times limit; infinite when a column without limit gains.  Adds the size of
 * its terms to *worth. */
static long double rents(const pl_model *model, const double *costs, const double *y, const double *rho, double *worth)
{
    long double sum = 0;
    for (int32_t j = 0; j < model->lp.n; j++) {
        double size;
        long double profit = profit_of(model, j, pl_model_amounts(model, j), costs != NULL ? costs[j] : 0, y, rho, &size);
        if (profit > 0 && isfinite(model->lp.hi[j])) {
            sum += profit * model->lp.hi[j];
            *worth += size * model->lp.hi[j];
        } else if (profit > ROUNDING * size) {
            return (long double)INFINITY;
        }
    }
    return sum;
}

static long double weighted_bound(const pl_economy *e, long double total, const double *y)
{
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        total += (long double)need->weight * need->floor +
                 fmaxl(0, (long double)need->weight - y[need->good]) * ((long double)need->amount - need->floor);
    }
    return total;
}

static double rest_of(long double x)
{
    return isfinite((double)x) ? (double)(x - (double)x) : 0;
}

/* Over all processes, in two doubles each. */
static void add_up(pl_crew *crew, long double *total, long double *slope, double *size)
{
    if (crew != NULL) {
        double v[5] = {(double)*total, rest_of(*total), (double)*slope, rest_of(*slope), *size};
        pl_crew_sums(crew, v, 5);
        *total = (long double)v[0] + v[1];
        *slope = (long double)v[2] + v[3];
        *size = v[4];
    }
}

double pl_stage_bound(const pl_model *model, const pl_stage_terms *terms, const double *good_price,
                      const double *resource_price, double *worth)
{
    const pl_economy *e = model->economy;
    double size = 0;
    long double total = rents(model, terms->costs, good_price, resource_price, &size), slope = 0;
    for (int32_t k = 0; k < model->n_limited && pl_crew_first(terms->crew); k++) {
        long double term = (long double)resource_price[model->limited[k]] * e->resources[model->limited[k]].available;
        total += term;
        size += fabs((double)term);
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        long double term = (long double)good_price[g] * terms->demand[g];
        total -= term;
        size += fabs((double)term);
        slope += terms->raised != NULL ? (long double)good_price[g] * terms->raised[g] : 0;
    }
    total = terms->weighted ? weighted_bound(e, total, good_price) : total;
    add_up(terms->crew, &total, &slope, &size);
    if (worth != NULL) {
        *worth = size;
    }
    if (terms->weighted) {
        return (double)total;
    }
    if (terms->raised == NULL) {
        return (double)-total;
    }
    return slope > 0 ? fmin((double)(total / slope), terms->ceiling) : terms->ceiling;
}
