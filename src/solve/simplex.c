/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The driver: which method when, and what to do when the numbers object. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "solve/simplex_int.h"

#define TOLERANCE 1e-9   /* of the iterations, and the most that is ever accepted */
#define TARGET 1e-11     /* what is aimed at */
#define ROUNDS 8         /* of scaling anew and tightening */
#define SWITCHES 40      /* between primal and dual */
#define TICK_S 0.01

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

pl_status pl__check_time(pl_simplex *s, const char *what, pl_error *err)
{
    double now = now_s();
    if (s->time_limit_s > 0 && now - s->started_s > s->time_limit_s) {
        return pl_fail(err, PL_STOPPED, NULL, "allow more time; the work done so far is kept",
                       "the time limit of %g s is reached", s->time_limit_s);
    }
    if (now - s->ticked_s >= TICK_S) {
        s->ticked_s = now;
        if (!pl_tick(&s->progress, what, -1)) {
            return pl_fail(err, PL_STOPPED, NULL, NULL, "stopped while %s", what);
        }
    }
    return PL_OK;
}

/* Puts working bounds and costs back to the true ones and computes x and d anew. */
static pl_status start_over(pl_simplex *s)
{
    pl__restore_costs(s);
    pl__restore_bounds(s);
    if (!s->factored) {
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

/* Alternates primal and dual, or primal only, until the true problem is settled in working precision. */
static pl_status iterate(pl_simplex *s, bool dual_lost, pl__verdict *verdict, pl_error *err)
{
    for (int turn = 0; turn < SWITCHES; turn++) {
        bool flipped;
        pl_status status = start_over(s);
        if (status != PL_OK) {
            return status;
        }
        bool primal_ok = pl__primal_feasible(s);
        bool dual_ok = pl__dual_feasible(s, false, &flipped);
        if (primal_ok && dual_ok && !flipped) {
            *verdict = PL__OPTIMAL;
            return PL_OK;
        }
        bool use_dual = !primal_ok && dual_ok && !dual_lost;
        if (use_dual && flipped) {
            pl__dual_feasible(s, true, &flipped);
            pl__basis_values(s);
        }
        int64_t before = s->stats.iterations;
        status = use_dual ? pl__dual(s, verdict, err) : pl__primal(s, verdict, err);
        if (status != PL_OK) {
            return status;
        }
        if (*verdict == PL__OPTIMAL && s->stats.iterations == before && !s->bounds_shifted &&
            !s->costs_shifted) {
            return PL_OK; /* a difference of rounding only; verification has the last word */
        }
        dual_lost = dual_lost || (use_dual && *verdict == PL__LOST);
        if (*verdict == PL__INFEASIBLE || *verdict == PL__UNBOUNDED ||
            (*verdict == PL__LOST && !use_dual)) {
            return PL_OK;
        }
    }
    *verdict = PL__LOST;
    return PL_OK;
}

static bool accurate(const pl_simplex *s, double limit)
{
    return s->stats.primal_violation <= limit && s->stats.dual_violation <= limit;
}

/* Looks at what a run claims.  True when the claim stands. */
static pl_status verify(pl_simplex *s, pl__verdict verdict, int round, bool *stands)
{
    pl_status status = PL_OK;
    *stands = false;
    if (verdict == PL__OPTIMAL) {
        pl__refine_solution(s);
        if (!accurate(s, TARGET) && s->lu.updates > 0) {
            status = pl__basis_factor(s);
            if (status != PL_OK) {
                return status;
            }
            pl__refine_solution(s);
        }
        *stands = accurate(s, round < 1 ? TARGET : TOLERANCE);
    } else if (verdict == PL__INFEASIBLE) {
        *stands = pl__prove_infeasible(s);
    } else if (verdict == PL__UNBOUNDED) {
        *stands = pl__prove_unbounded(s);
    }
    return status;
}

/* The claim did not stand: scale to the sizes seen (every other time as in the beginning: what was seen may have been what rounding
 * left), and ask for more.  A wrong claim that nothing is possible, or that there is no end, was made for want of a pivot. */
static void harden(pl_simplex *s, pl__verdict claim, int round)
{
    if (claim == PL__INFEASIBLE || claim == PL__UNBOUNDED) {
        s->pivot_tol = fmax(s->pivot_tol / 100, 1e-15);
    }
    pl__restore_costs(s);
    pl__restore_bounds(s);
    if (round % 2 != 0) {
        pl__scale_restore(s);
    } else if (s->factored) {
        pl__basis_values(s);
        pl__refine_solution(s);
        pl__scale_to_solution(s);
        pl__scale_apply(s);
        s->scaled_anew = true;
    }
    if (round > 0) {
        s->primal_tol = fmax(s->primal_tol / 10, 1e-13);
        s->dual_tol = fmax(s->dual_tol / 10, 1e-13);
    }
}

/* Stopped on the way: the values of the basis as it is. */
static void look_at_rest(pl_simplex *s)
{
    pl_status status = s->factored ? PL_OK : pl__basis_factor(s);
    if (status != PL_OK) {
        return;
    }
    pl__restore_costs(s);
    pl__restore_bounds(s);
    pl__basis_values(s);
    pl__refine_solution(s);
    s->feasible = s->stats.primal_violation <= TOLERANCE;
}

bool pl_simplex_feasible(const pl_simplex *s)
{
    return s->feasible;
}

pl_status pl_simplex_solve(pl_simplex *s, pl_lp_outcome *outcome, pl_error *err)
{
    s->feasible = false;
    s->started_s = now_s();
    s->ticked_s = s->started_s - 2 * TICK_S; /* the first tick comes at once */
    s->stats = (pl_simplex_stats){0};
    s->primal_tol = s->dual_tol = TOLERANCE;
    s->pivot_tol = 1e-9;
    s->deadline_iterations = 10000 + 50 * (int64_t)pl__total(s);
    pl_rng_seed(&s->rng, 1);
    if (s->scaled_anew) { /* sizes of one answer may be far from those of the next */
        pl__scale_restore(s);
    }
    pl_status status = PL_OK;
    bool stands = false;
    pl__verdict verdict = PL__LOST;
    for (int round = 0; round < ROUNDS && !stands; round++) {
        if (round > 0) {
            harden(s, verdict, round - 1);
        }
        status = iterate(s, round > 0 && verdict == PL__INFEASIBLE, &verdict, err);
        if (status == PL_OK) {
            status = verify(s, verdict, round, &stands);
        }
        if (status != PL_OK) {
            break;
        }
    }
    if (status == PL_STOPPED) {
        look_at_rest(s);
    }
    s->stats.seconds = now_s() - s->started_s;
    if (status == PL_NOMEM) {
        s->factored = false;
        return pl_fail_nomem(err, "solving a linear programme");
    }
    if (status != PL_OK) {
        return status;
    }
    if (!stands) {
        return pl_fail(err, PL_NUMERIC, NULL, "look for units that make numbers very unequal",
                       "no answer to 1e-9: rows are off by %.1e, reduced costs by %.1e of their size",
                       s->stats.primal_violation, s->stats.dual_violation);
    }
    *outcome = verdict == PL__OPTIMAL      ? PL_LP_OPTIMAL
               : verdict == PL__INFEASIBLE ? PL_LP_INFEASIBLE
                                           : PL_LP_UNBOUNDED;
    return PL_OK;
}
