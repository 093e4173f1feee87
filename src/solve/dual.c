/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The dual simplex, from a dual feasible basis: after changes of bounds or right-hand sides, and to
 * clean up when perturbed bounds are put back.  Dual steepest edge weights, long-step ratio test;
 * reduced costs that would get the wrong sign within the tolerance are shifted to zero, and the
 * shifts removed by the primal simplex afterwards. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define SMALL_PIVOT 1e-5
#define DRIFT 1e-7
#define STALL 40

static pl_status refresh(pl_simplex *s, bool factor)
{
    if (!s->factored || factor) {
        pl_status status = pl__basis_factor(s);
        if (status != PL_OK) {
            return status;
        }
    }
    pl__basis_values(s);
    pl__basis_duals(s, true);
    s->fresh = true;
    return PL_OK;
}

/* Zero steps of non-basics: moves the list to their other bounds and the basics with them. */
static void flip_all(pl_simplex *s, int32_t count)
{
    if (count == 0) {
        return;
    }
    double *b = s->tau;
    memset(b, 0, (size_t)s->m * sizeof *b);
    for (int32_t t = 0; t < count; t++) {
        int32_t v = s->list[t];
        s->place[v] = s->place[v] == PL__AT_LO ? PL__AT_HI : PL__AT_LO;
        double to = s->place[v] == PL__AT_LO ? s->wl[v] : s->wu[v], change = to - s->x[v];
        s->x[v] = to;
        if (v < s->m) {
            b[v] -= change;
            continue;
        }
        for (int64_t e = s->start[v - s->m]; e < s->start[v - s->m + 1]; e++) {
            b[s->row[e]] += s->sval[e] * change;
        }
    }
    pl__lu_ftran(&s->lu, b, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        s->x[s->head[i]] -= b[i];
    }
}

/* d -= theta alpha; wrong signs (the choice of a large pivot causes them) are shifted away. */
static void update_duals(pl_simplex *s, int32_t q, double theta)
{
    for (int32_t t = 0; t < s->touched_count; t++) {
        int32_t v = s->touched[t];
        s->d[v] -= theta * s->alpha[v];
        bool wrong = (s->place[v] == PL__AT_LO && s->d[v] < 0) ||
                     (s->place[v] == PL__AT_HI && s->d[v] > 0);
        if (wrong && v != q) {
            s->wc[v] -= s->d[v];
            s->d[v] = 0;
            s->costs_shifted = true;
        }
    }
}

/* Returns PL__LOST in *verdict when the pivot cannot be trusted. */
static pl_status pivot(pl_simplex *s, int32_t p, int32_t q, int32_t flips, bool above, bool *bad)
{
    int32_t out = s->head[p];
    memset(s->col, 0, (size_t)s->m * sizeof *s->col);
    pl__basis_load_column(s, q, s->col);
    pl__lu_ftran(&s->lu, s->col, s->spike);
    double by_col = s->col[p], by_row = s->alpha[q];
    *bad = fabs(by_col - by_row) > DRIFT * (1 + fabs(by_col)) || fabs(by_col) <= s->pivot_tol ||
           (fabs(by_col) < SMALL_PIVOT && s->lu.updates > 0);
    if (*bad) {
        return PL_OK;
    }
    flip_all(s, flips);
    double theta = s->d[q] / by_col;
    s->degenerate = theta == 0 ? s->degenerate + 1 : 0;
    update_duals(s, q, theta);
    s->d[q] = 0;
    s->d[out] = -theta;
    double bound = above ? s->wu[out] : s->wl[out], change = (s->x[out] - bound) / by_col;
    for (int32_t i = 0; i < s->m; i++) {
        s->x[s->head[i]] -= s->col[i] * change;
    }
    s->x[q] += change;
    s->x[out] = bound;
    pl__steepest_update(s, p, q, by_col);
    s->stats.iterations++;
    return pl__basis_exchange(s, p, q, above ? PL__AT_HI : PL__AT_LO);
}

static pl_status iterate(pl_simplex *s, int32_t p, pl__verdict *verdict, bool *done, int *failures)
{
    int32_t out = s->head[p], flips = 0;
    bool above = s->x[out] > s->wu[out], bad = false;
    double violation = above ? s->x[out] - s->wu[out] : s->wl[out] - s->x[out];
    memset(s->rho, 0, (size_t)s->m * sizeof *s->rho);
    s->rho[p] = 1;
    pl__lu_btran(&s->lu, s->rho, s->partial);
    pl__basis_row(s, s->rho);
    int32_t q = pl__ratio_dual(s, above ? 1 : -1, violation, &flips);
    if (q < 0 && (!s->fresh || s->lu.updates > 0)) {
        bad = true;
    } else if (q < 0) {
        for (int32_t i = 0; i < s->m; i++) {
            s->proof[i] = above ? -s->rho[i] : s->rho[i];
        }
        *verdict = PL__INFEASIBLE;
        *done = true;
    } else {
        pl_status status = pivot(s, p, q, flips, above, &bad);
        if (status != PL_OK) {
            pl__basis_row_clear(s);
            return status;
        }
    }
    pl__basis_row_clear(s);
    if (bad) {
        ++*failures;
        return refresh(s, s->lu.updates > 0);
    }
    *failures = 0;
    return PL_OK;
}

pl_status pl__dual(pl_simplex *s, pl__verdict *verdict, pl_error *err)
{
    int failures = 0;
    int64_t last = s->stats.iterations + s->deadline_iterations;
    bool done = false;
    pl__weights_reset(s);
    s->degenerate = 0;
    while (!done) {
        pl_status status = pl__check_time(s, "restoring the plan", err);
        if (status != PL_OK) {
            return status;
        }
        if (failures > 5 || s->stats.iterations > last) {
            *verdict = PL__LOST;
            return PL_OK;
        }
        if (pl__basis_wants_factor(s) && (status = refresh(s, true)) != PL_OK) {
            return status;
        }
        if (s->degenerate >= STALL) {
            pl__perturb_costs(s);
            s->degenerate = 0;
        }
        int32_t p = pl__price_dual(s);
        if (p < 0) {
            if (s->fresh) {
                *verdict = PL__OPTIMAL;
                return PL_OK;
            }
            if ((status = refresh(s, s->lu.updates >= 50)) != PL_OK) {
                return status;
            }
            continue;
        }
        status = iterate(s, p, verdict, &done, &failures);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}
