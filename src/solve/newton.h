/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton.h - linear programmes of large economies, solved to a stated gap by proximal Newton steps.
 *
 * The same programmes as in lp.h, from thousands to tens of millions of goods.  Where the simplex goes from vertex to
 * vertex, this goes through smoothed markets: around a plan that is known (the centre) every recipe answers its profit
 * gradually, within its capacity, and prices are sought at which all balances hold.  That is one proximal step
 * (Rockafellar 1976); its convex piecewise quadratic programme in the prices is solved by semismooth Newton steps (Li,
 * Sun, Toh 2020), their equations by conjugate gradients.  What makes it fast is the preconditioner: the Leontief matrix
 * of the mean recipe of each good, applied by a few sweeps from either side, with the few shared limits eliminated
 * exactly.  Then the centre moves, the smoothing is made finer, and so on.  The method: docs/methods/engine.md.
 *
 * After every such round the levels are repaired until all balances hold (shortages are passed up the chain), the
 * prices until no unlimited column gains; from both the proved gap is worked out.  The best of each is kept.
 *
 * Rows are of two kinds: balances of goods come first, then limits, which are few and which most columns use.
 * The parts into which sums are divided are fixed: the same bits for any number of threads.
 *
 * Several processes can share the work (exchange.h): each has the columns of its own goods; its rows are its own goods, the
 * goods of others that these columns touch, and all limits.  All calls are then made by all of them. */
#ifndef PLENTY_SOLVE_NEWTON_H
#define PLENTY_SOLVE_NEWTON_H

#include <plenty/device.h>

#include "solve/exchange.h"
#include "solve/lp.h"

typedef struct pl_newton_settings {
    double gap;       /* relative: stop when it is proved (0 = 1e-6) */
    double tolerance; /* largest violation of a row in proportion to what goes through it (0 = 1e-9) */
    int rounds;       /* at most so many centres (0 = 40) */
    int threads;      /* 1 or 2; 0 = 1 */
    pl_device_kind device;
    int device_threads;   /* any number: of PL_DEVICE_HOST, and of what prepares the way to a GPU */
    pl_progress progress;
    pl_border *border;    /* to other processes, or NULL; borrowed */
} pl_newton_settings;

typedef struct pl_newton pl_newton;

/* What can change from one solve to the next: costs, what the rows ask for, and columns beside those of the programme
 * (theta, deliveries).  Borrowed while solving. */
typedef struct pl_newton_task {
    const double *cost;            /* by column of the programme */
    const double *row_lo, *row_hi; /* by row */
    double ceiling; /* a proved bound above this (if > 0) shows that the task is impossible: LOST at once */
    const double *start_x, *start_y; /* an answer to a programme much like this one, as pl_newton_get gives it, or NULL */
    pl_lp extra;                   /* n, start, row, val, cost, lo = 0, hi; the rest is not looked at.  n may be 0 */
    bool shared;                   /* the extra column is one for all processes (theta): each has its own goods' part of it */
} pl_newton_task;

typedef enum pl_newton_outcome {
    PL_NEWTON_SOLVED, /* the gap asked for is proved */
    PL_NEWTON_STUCK,  /* levels within the tolerance and a proved bound, but the gap is larger */
    PL_NEWTON_LOST    /* no levels within the tolerance: there may be none */
} pl_newton_outcome;

typedef struct pl_newton_stats {
    double value, bound, gap; /* c'x of the levels, what the prices prove, relative difference */
    double violation;         /* of the worst row */
    int rounds;
    int64_t steps, multiplications; /* Newton steps; of conjugate gradients */
    double seconds;
} pl_newton_stats;

/* Prepares the programme, which stays borrowed: matrix, bounds of columns (lo = 0), expected sizes.  Rows from
 * first_limit on are limits.  Coefficients may be lp.amounts; lo and cost are not looked at.  Returns owned.  Memory: 6 bytes a
 * coefficient, 64 a column, 174 a row, beside the
 * programme; 8 more for each coefficient of the columns in use. */
pl_status pl_newton_new(const pl_lp *lp, int32_t first_limit, const pl_newton_settings *settings, pl_newton **out,
                        pl_error *err) PL_CHECK;
void pl_newton_free(pl_newton *s); /* accepts NULL */
/* Bytes that it takes, columns that a task adds included, when nearly half of all columns are in use at once. */
double pl_newton_memory(double goods, double limits, double columns, double coefficients);

/* Solves.  After PL_STOPPED (tick) the best levels and prices so far, if any, can be had nevertheless: levels when the
 * violation of the stats is within the tolerance, prices too when their gap is finite. */
pl_status pl_newton_solve(pl_newton *s, const pl_newton_task *task, pl_newton_outcome *outcome, pl_error *err) PL_CHECK;

/* x: n + extra.n values; y: m prices, signs as in lp.h (natural units).  The best found; valid until the next solve. */
void pl_newton_get(const pl_newton *s, double *x, double *y);
pl_newton_stats pl_newton_get_stats(const pl_newton *s);

#endif
