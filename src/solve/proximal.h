/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * proximal.h - linear programmes of very many rows, answered to a few digits.
 *
 * The simplex takes time in proportion to the square of the rows.  Where an answer that is off by a part of 1e-5 will do, because
 * it is only one step of a refinement, this one takes time in proportion to the coefficients: proximal points, each of them found by
 * semismooth Newton steps on the dual, whose equations conjugate gradients solve (docs/methods/engine.md). */
#ifndef PLENTY_SOLVE_PROXIMAL_H
#define PLENTY_SOLVE_PROXIMAL_H

#include "solve/lp.h"

typedef struct pl_proximal_settings {
    int32_t dense;          /* the first so many rows, at most PL_PROXIMAL_DENSE, are met by nearly all columns */
    const double *size;     /* by column, above 0: what one unit of it is worth */
    const double *row_size; /* by row, above 0: what one unit of it is worth */
    double tolerance;       /* of the cost, and of what the rows lack, valued at their sizes; absolute */
    int threads;            /* 1 or 2; 0 = 1.  The same bits */
    pl_progress progress;
} pl_proximal_settings;

#define PL_PROXIMAL_DENSE 64

typedef struct pl_proximal_result {
    double gap;     /* cost of x less what y proves: signed, as x may lack something */
    double lacks;   /* what rows lack or exceed, valued at their sizes */
    int rounds, steps;
    int64_t multiplications; /* by the columns that answer */
} pl_proximal_result;

/* x[lp->n] and y[lp->m]: a start (within or without the bounds), then the answer; signs of y as in lp.h.  x keeps its bounds; rows are kept but for `lacks`.
 * It ends at the tolerance, or when it has taken all its rounds: result says which.  Errors: PL_NOMEM, PL_STOPPED.
 * Source: Rockafellar, Monotone operators and the proximal point algorithm (1976); Li, Sun, Toh, An asymptotically superlinearly
 * convergent semismooth Newton augmented Lagrangian method for linear programming (2020). */
pl_status pl_proximal_solve(const pl_lp *lp, const pl_proximal_settings *settings, double *x, double *y, pl_proximal_result *result,
                            pl_error *err) PL_CHECK;

#endif
