/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * reconcile.h - the point nearest to an estimate that keeps linear constraints: forecasts that add up, samples weighed to margins, tables of inputs and
 * outputs that balance, reports that agree with each other.  Methods and sources: docs/methods/needs-estimation.md. */
#ifndef PLENTY_RECONCILE_H
#define PLENTY_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

/* ---- The kernel: nearest point under linear constraints (src/solve/reconcile.c) ------------------------------------------------ */

/* What "near" means for the unknowns x with the estimate z and the freedom f (a weight of each unknown: the larger, the more
 * it may move):
 *
 *   quadratic  sum (x - z)^2 / 2f, within low <= x <= high.  With f the variances of the estimates: generalised least squares,
 *              MinT of forecast reconciliation (Wickramasuriya, Athanasopoulos and Hyndman 2019); with f = z and bounds the truncated
 *              linear method of calibration (Deville and Sarndal 1992, case 7).
 *   entropy    sum (|x| log(x/z) - |x| + |z|) / f, x of the sign of z: raking, RAS; with cells of both signs GRAS (Junius and
 *              Oosterhaven 2003).  What is zero stays zero.
 *   logit      like entropy, but strictly within low < x < high (Deville and Sarndal 1992, case 6); low < z < high. */
typedef enum pl_distance { PL_QUADRATIC, PL_ENTROPY, PL_LOGIT } pl_distance;

/* Constraints C x = target by unknown: those in which unknown i stands are row[start[i]] .. row[start[i + 1] - 1], each at most
 * once, in any order.  All borrowed. */
typedef struct pl_constraints {
    int32_t n, m; /* unknowns, constraints */
    const int64_t *start;
    const int32_t *row;
    const double *factor; /* of each entry; NULL = all 1 */
    const double *target; /* m of them */
} pl_constraints;

/* All zero (or NULL for it) gives what stands in brackets. */
typedef struct pl_reconcile_settings {
    pl_distance distance;
    const double *freedom;     /* n, > 0; 0 holds the unknown as it is [all 1] */
    const double *low, *high;  /* n; quadratic: may be infinite [no bounds]; logit: needed; entropy: not used */
    double tolerance;          /* a constraint is kept when it misses by at most this part of its size [1e-9] */
    int32_t steps;             /* of Newton's method, at most [200] */
    const pl_progress *progress;
} pl_reconcile_settings;

typedef enum pl_reconcile_outcome {
    PL_RECONCILED,
    PL_EMPTY_ROW,  /* no unknown that could move stands in `clash[0]`, and its target is not kept */
    PL_IMPOSSIBLE, /* the rows of `clash` contradict one another, or the signs or bounds of the unknowns */
    PL_UNFINISHED  /* out of steps: `clash` are the rows that miss by most; a wide gap between unknowns, or nearly impossible */
} pl_reconcile_outcome;

#define PL_CLASH_MAX 8
typedef struct pl_reconciled {
    pl_reconcile_outcome outcome;
    double residual; /* largest |C x - target| as a part of the row's size: max(|target|, sum |factor x|) */
    double distance; /* as defined above */
    int32_t steps;   /* of Newton's method */
    int32_t n_bound; /* unknowns at a bound, or that had to become zero */
    int32_t n_clash, clash[PL_CLASH_MAX]; /* the rows that matter most, worst first */
} pl_reconciled;

/* Puts the nearest point into x (n of them; `x` may be `estimate`).  price: m multipliers, or NULL: x_i depends on the sum of
 * factor times price over its rows, which proves that no point is nearer.  An impossible system is an outcome, not an error; x is
 * then the last point tried.  Method: Newton's on the dual, whose matrix C F' C' is factored when there are few rows, else used in
 * conjugate gradients.  Cost: a few steps of nnz x rows of an unknown (few rows), or nnz for each of some hundred products.
 * Errors: PL_DATA (a number that is none, an estimate outside its bounds; subject "unknown 12" or "constraint 3"), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_reconcile(const pl_constraints *constraints, const double *estimate, const pl_reconcile_settings *settings,
                              double *x, double *price, pl_reconciled *report, pl_error *err) PL_CHECK;

/* A tree, or several over the same leaves, as constraints for pl_reconcile: series 0 .. n_leaves - 1 are leaves, the others
 * (n_leaves .. n_leaves + n_sums - 1) sums of leaves.  leaf_start, sums: the sums in which leaf i stands are sums[leaf_start[i]] ..
 * (numbers from 0 to n_sums - 1).  Constraint k: sum k minus its leaves = 0.  Owned by the caller: pl_constraints_free. */
PL_API pl_status pl_constraints_sums(int32_t n_leaves, int32_t n_sums, const int64_t *leaf_start, const int32_t *sums,
                                     pl_constraints *out, pl_error *err) PL_CHECK;
PL_API void pl_constraints_free(pl_constraints *constraints); /* only of those that a function of this header made */

#endif
