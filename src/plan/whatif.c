/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * whatif.c - what the prices of a plan say of a changed economy, without planning again.
 *
 * The prices of a stage bound what any plan can attain in it, for whatever limits, demands and trade there are: weak duality asks of prices only that
 * they are not negative (docs/formats/plan.md).  As long as the same limits bind, the bound is what will be attained. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "plan/make.h"

typedef struct asking {
    const pl_plan *plan;
    pl_model *model;
    double *demand, *raised, *costs, *delivered;
} asking;

/* The bound of one stage for the changed economy. */
static double bound_of(const asking *a, const pl_plan *shifted, int32_t number)
{
    const pl_stage *s = &a->plan->stages[number - 1];
    pl_stage_terms terms = {.demand = a->demand, .weighted = s->goal == PL_MAX_WEIGHTED};
    pl_stage_demand(a->model->economy, shifted, number, a->demand, a->raised, &terms.ceiling);
    if (s->goal == PL_USE_LEAST) {
        pl_objective_costs(a->model, s->objective, s->n_objective, a->costs);
        terms.costs = a->costs;
    } else if (s->goal != PL_MAX_WEIGHTED) {
        terms.raised = a->raised;
    }
    return pl_stage_bound(a->model, &terms, s->good_price, s->resource_price, NULL);
}

static bool same_shape(const pl_plan *p, const pl_economy *before, const pl_economy *after)
{
    return p->n_goods == after->n_goods && p->n_recipes == after->n_recipes && p->n_resources == after->n_resources && p->n_needs == after->n_needs &&
           before->n_needs == after->n_needs;
}

pl_status pl_plan_what_if(const pl_plan *plan, const pl_economy *before, const pl_economy *after, double *bound, pl_error *err)
{
    asking a = {.plan = plan};
    if (plan->outcome != PL_PLANNED || !same_shape(plan, before, after)) {
        return pl_fail(err, PL_USAGE, NULL, "plan again", "the prices of this plan say nothing of an economy with other rows");
    }
    pl_status status = pl_model_new(after, &a.model, err);
    a.demand = PL_NEW(double, after->n_goods);
    a.raised = PL_NEW(double, after->n_goods);
    a.delivered = PL_NEW(double, after->n_needs);
    a.costs = status == PL_OK ? PL_NEW(double, a.model->lp.n) : NULL;
    if (status == PL_OK && (a.demand == NULL || a.raised == NULL || a.delivered == NULL || a.costs == NULL)) {
        status = pl_fail_nomem(err, "asking what if");
    }
    if (status == PL_OK) {
        pl_plan shifted = *plan;
        for (int32_t k = 0; k < after->n_needs; k++) { /* what other stages settle keeps its part of what is asked for now */
            double asked = before->needs[k].amount;
            a.delivered[k] = asked > 0 ? plan->delivered[k] * (after->needs[k].amount / asked) : plan->delivered[k];
        }
        shifted.delivered = a.delivered;
        for (int32_t k = 1; k <= plan->n_stages; k++) {
            bound[k - 1] = bound_of(&a, &shifted, k);
        }
    }
    pl_free(a.demand);
    pl_free(a.raised);
    pl_free(a.delivered);
    pl_free(a.costs);
    pl_model_free(a.model);
    return status;
}
