/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The primal simplex.  Phase one minimises the sum of infeasibilities of the basic variables (the
 * costs -1 and +1 of those below and above their bounds, changed as they become feasible); phase
 * two the costs.  Reduced costs are updated by the pivot row and computed anew with the factors. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define SMALL_PIVOT 1e-5 /* refactor before trusting a smaller one */
#define DRIFT 1e-7       /* disagreement of two ways to compute a pivot, relative */
#define STALL 40         /* steps of no length before bounds are perturbed */

typedef struct run {
    bool phase_one;
    bool again_fresh; /* recompute before anything else */
    int failures;     /* pivots given up in a row */
} run;

static double phase_one_cost(const pl_simplex *s, int32_t v)
{
    return s->x[v] < s->wl[v] - s->primal_tol ? -1 : s->x[v] > s->wu[v] + s->primal_tol ? 1 : 0;
}

/* Sets the costs of the phase that the present x is in. */
static void set_phase(pl_simplex *s, run *r)
{
    bool was = r->phase_one;
    r->phase_one = !pl__primal_feasible(s);
    if (r->phase_one) {
        memset(s->wc, 0, (size_t)pl__total(s) * sizeof *s->wc);
        for (int32_t i = 0; i < s->m; i++) {
            s->wc[s->head[i]] = phase_one_cost(s, s->head[i]);
        }
    } else {
        memcpy(s->wc, s->c, (size_t)pl__total(s) * sizeof *s->wc);
    }
    if (was != r->phase_one) {
        pl__weights_reset(s);
        s->degenerate = 0;
    }
}

static pl_status refresh(pl_simplex *s, run *r)
{
    if (!s->factored || s->lu.updates > 0) {
        if (!s->factored || pl__basis_wants_factor(s) || r->failures > 0 || s->lu.updates >= 50) {
            pl_status status = pl__basis_factor(s);
            if (status != PL_OK) {
                return status;
            }
        }
    }
    pl__basis_values(s);
    set_phase(s, r);
    pl__basis_duals(s, true);
    s->fresh = true;
    r->again_fresh = false;
    return PL_OK;
}

/* Moves basics along the column; returns the number of those whose phase-one cost changed, whose
 * positions go to list and cost changes to tau (which is zero elsewhere). */
static int32_t move(pl_simplex *s, const run *r, int32_t q, double change)
{
    int32_t changed = 0;
    if (r->phase_one) {
        memset(s->tau, 0, (size_t)s->m * sizeof *s->tau);
    }
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        s->x[v] -= s->col[i] * change;
        if (r->phase_one) {
            double cost = phase_one_cost(s, v);
            if (cost != s->wc[v]) {
                s->tau[i] = cost - s->wc[v];
                changed++;
            }
        }
    }
    s->x[q] += change;
    return changed;
}

/* After phase-one costs of basics changed by tau: d -= A'(inverse(B') tau). */
static void change_costs(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->wc[s->head[i]] += s->tau[i];
    }
    pl__lu_btran(&s->lu, s->tau, NULL);
    pl__basis_row(s, s->tau);
    for (int32_t t = 0; t < s->touched_count; t++) {
        s->d[s->touched[t]] -= s->alpha[s->touched[t]];
    }
    pl__basis_row_clear(s);
}

static void flip(pl_simplex *s, const run *r, int32_t q, double sign, double length)
{
    int32_t changed = move(s, r, q, sign * length);
    s->place[q] = s->place[q] == PL__AT_LO ? PL__AT_HI : PL__AT_LO;
    s->x[q] = s->place[q] == PL__AT_LO ? s->wl[q] : s->wu[q];
    s->fresh = false;
    if (changed > 0) {
        change_costs(s);
    }
}

/* A step that would go backwards, because the leaving variable is beyond its bound within the
 * tolerance, is replaced by one of length zero: the bound moves instead. */
static double forward_step(pl_simplex *s, const pl__step *step, int32_t out)
{
    if (step->length > 0) {
        s->degenerate = step->length > 1e-12 ? 0 : s->degenerate + 1;
        return step->length;
    }
    s->degenerate++;
    double *bound = step->to == PL__AT_LO ? &s->wl[out] : &s->wu[out];
    if (*bound != s->x[out]) {
        *bound = s->x[out];
        s->bounds_shifted = true;
    }
    return 0;
}

static pl_status pivot(pl_simplex *s, run *r, int32_t q, double sign, const pl__step *step)
{
    int32_t p = step->p, out = s->head[p];
    memset(s->rho, 0, (size_t)s->m * sizeof *s->rho);
    s->rho[p] = 1;
    pl__lu_btran(&s->lu, s->rho, s->partial);
    pl__basis_row(s, s->rho);
    double by_row = s->alpha[q], by_col = s->col[p];
    if (fabs(by_row - by_col) > DRIFT * (1 + fabs(by_col)) && s->lu.updates > 0) {
        pl__basis_row_clear(s);
        r->failures++;
        r->again_fresh = true;
        return PL_OK;
    }
    double length = forward_step(s, step, out);
    double theta = s->d[q] / by_col;
    for (int32_t t = 0; t < s->touched_count; t++) {
        s->d[s->touched[t]] -= theta * s->alpha[s->touched[t]];
    }
    pl__devex_update(s, q, out, by_col);
    pl__basis_row_clear(s);
    int32_t changed = move(s, r, q, sign * length);
    s->d[q] = 0;
    s->d[out] = -theta;
    if (r->phase_one) { /* as a non-basic it costs nothing */
        s->d[out] -= s->wc[out];
        s->wc[out] = 0;
        changed -= s->tau[p] != 0;
        s->tau[p] = 0;
    }
    s->x[out] = step->to == PL__AT_LO ? s->wl[out] : s->wu[out];
    pl_status status = pl__basis_exchange(s, p, q, step->to);
    if (status == PL_OK && changed > 0) {
        change_costs(s);
    }
    r->failures = 0;
    s->stats.iterations++;
    s->stats.phase1_iterations += r->phase_one;
    return status;
}

/* Replaces the reduced cost of q by that from its column.  False when q should not enter now: the
 * updated reduced costs have lost their meaning, or this one's sign was wrong. */
static bool confirm(pl_simplex *s, run *r, int32_t q)
{
    double d = s->wc[q], size = fabs(d);
    for (int32_t i = 0; i < s->m; i++) {
        double term = s->wc[s->head[i]] * s->col[i];
        d -= term;
        size += fabs(term);
    }
    bool close = fabs(d - s->d[q]) <= 1e-6 * fabs(d) + 1e-12 * size;
    bool sign_kept = (d < 0) == (s->d[q] < 0);
    r->again_fresh = !s->fresh && !(close && sign_kept);
    s->d[q] = d;
    return sign_kept && !r->again_fresh;
}

/* One iteration with entering variable q. */
static pl_status iterate(pl_simplex *s, run *r, int32_t q, pl__verdict *verdict, bool *done)
{
    memset(s->col, 0, (size_t)s->m * sizeof *s->col);
    pl__basis_load_column(s, q, s->col);
    pl__lu_ftran(&s->lu, s->col, s->spike);
    if (!confirm(s, r, q)) {
        return PL_OK;
    }
    double sign = s->d[q] < 0 ? 1 : -1;
    pl__step step =
        r->phase_one ? pl__ratio_phase_one(s, q, sign) : pl__ratio_primal(s, q, sign);
    if (step.flip) {
        flip(s, r, q, sign, step.length);
        s->stats.iterations++;
        return PL_OK;
    }
    if (step.p < 0) {
        if (!s->fresh || s->lu.updates > 0) {
            r->failures++;
            r->again_fresh = true;
            return PL_OK;
        }
        *done = true;
        *verdict = r->phase_one ? PL__LOST : PL__UNBOUNDED;
        s->ray_var = q;
        s->ray_sign = sign;
        return PL_OK;
    }
    if (fabs(s->col[step.p]) < SMALL_PIVOT && s->lu.updates > 0) {
        r->failures++;
        r->again_fresh = true;
        return PL_OK;
    }
    return pivot(s, r, q, sign, &step);
}

/* No candidate is left: what does that mean? */
static bool settle(pl_simplex *s, run *r, pl__verdict *verdict)
{
    if (!s->fresh) {
        r->again_fresh = true;
        return false;
    }
    if (!r->phase_one) {
        *verdict = PL__OPTIMAL;
        return true;
    }
    if (s->bounds_shifted) {
        pl__restore_bounds(s);
        r->again_fresh = true;
        return false;
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->proof[i] = -s->wc[s->head[i]];
    }
    pl__lu_btran(&s->lu, s->proof, NULL);
    *verdict = PL__INFEASIBLE;
    return true;
}

pl_status pl__primal(pl_simplex *s, pl__verdict *verdict, pl_error *err)
{
    run r = {.again_fresh = true};
    int64_t last = s->stats.iterations + s->deadline_iterations;
    pl_status status = PL_OK;
    bool done = false;
    pl__weights_reset(s);
    s->degenerate = 0;
    while (!done) {
        status = pl__check_time(s, r.phase_one ? "finding a feasible plan" : "improving the plan",
                                err);
        if (status != PL_OK) {
            break;
        }
        if (r.failures > 20 || s->stats.iterations > last) {
            *verdict = PL__LOST;
            break;
        }
        if (r.again_fresh || pl__basis_wants_factor(s)) {
            status = refresh(s, &r);
            if (status != PL_OK) {
                break;
            }
        }
        if (r.phase_one && pl__primal_feasible(s)) {
            status = refresh(s, &r); /* phase two begins */
            if (status != PL_OK) {
                break;
            }
        }
        if (s->degenerate >= STALL) {
            pl__perturb_bounds(s);
            s->degenerate = 0;
        }
        int32_t q = pl__price_primal(s);
        if (q < 0) {
            done = settle(s, &r, verdict);
            continue;
        }
        status = iterate(s, &r, q, verdict, &done);
        if (status != PL_OK) {
            break;
        }
    }
    memcpy(s->wc, s->c, (size_t)pl__total(s) * sizeof *s->wc);
    return status;
}
