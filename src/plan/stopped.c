/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * stopped.c - work that ends before its time, and what is handed over then (docs/methods/engine.md, "Stopping early").
 *
 * The simplex may stand at values that keep all rows: they are a plan.  Else the values of the stage before are one for this
 * stage too, with nothing raised.  All stages that are left are gone through with these values, so that the plan has
 * all its stages; prices of nothing prove of them what can be proved without solving: all that is asked for, or nothing at
 * least. */
#include <math.h>
#include <string.h>

#include "plan/make.h"

static bool makes_nothing(const pl_maker *mk)
{
    int32_t j = 0;
    while (j < mk->model->lp.n && mk->x[j] == 0) {
        j++;
    }
    return j == mk->model->lp.n;
}

pl_status pl_maker_stopped(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    int32_t n = mk->model->lp.n;
    bool by_simplex = !mk->stopped && mk->simplex != NULL && pl_simplex_feasible(mk->simplex);
    if (!by_simplex && !mk->have_x) {
        return PL_STOPPED;
    }
    if (by_simplex) {
        pl_simplex_get(mk->simplex, mk->x, NULL, NULL, NULL);
        mk->primal_violation = fmax(mk->primal_violation, pl_simplex_get_stats(mk->simplex).primal_violation);
    } else {
        memset(mk->x + n, 0, sizeof *mk->x * (mk->columns_max - (size_t)n));
        mk->slack = mk->slack_then;
        pl_status status = pl_maker_set_demand(mk, err);
        if (status != PL_OK) {
            return status;
        }
    }
    if (mk->n_stages == 0 && makes_nothing(mk)) {
        return PL_STOPPED; /* that is no plan */
    }
    memset(mk->y, 0, sizeof *mk->y * (size_t)mk->model->lp.m);
    mk->have_x = mk->stopped = true;
    *outcome = PL_LP_OPTIMAL;
    return PL_OK;
}
