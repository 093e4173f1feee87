/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lp.h - linear programmes in natural units, solved to a vertex, with their proof.
 *
 *     minimise  c'x   subject to   row_lo <= A x <= row_hi,   lo <= x <= hi
 *
 * Rows are balances of goods and limits of resources, columns are levels of recipes, imports,
 * exports and the like, all in the units people use: a good in grams beside one in gigawatt hours.
 * The solver scales by itself (powers of two, so that scaling changes no digit) and judges every
 * row and column in proportion to its own size, never by an absolute tolerance.
 *
 * The matrix of a productive economy is nearly square: almost every good has a recipe in the basis,
 * and few limits bind.  The solver starts from such a basis (crash), and after a change of costs,
 * bounds or columns goes on from the last one (warm start).  See docs/methods/simplex.md.
 *
 * Signs: at an optimum of the minimisation, y = row duals, d = c - A'y = reduced costs;
 * y_i >= 0 where only row_lo binds, <= 0 where only row_hi binds; d_j likewise for lo and hi.
 *
 * Deterministic: same input, same answer bit for bit, for any number of threads. */
#ifndef PLENTY_SOLVE_LP_H
#define PLENTY_SOLVE_LP_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

/* Compressed columns, borrowed from the caller.  Row numbers ascend within a column, no duplicates,
 * no stored zeros needed.  Infinite bounds are +-INFINITY.  Everything else finite. */
typedef struct pl_lp {
    int32_t m, n;          /* rows, columns */
    const int64_t *start;  /* n + 1 */
    const int32_t *row;    /* start[n] */
    const double *val;     /* start[n]; or NULL: */
    const struct pl_lp_amounts *amounts; /* where coefficients are kept that are not in memory (Newton steps only), or NULL */
    const double *cost;    /* n */
    const double *lo, *hi; /* n */
    const double *row_lo, *row_hi; /* m */
    /* Optional hints (may be NULL): the column that should cover each row in the first basis
     * (-1 = none), for example the observed recipe of a good; and the expected size of each
     * column's value, for scaling (0 = unknown). */
    const int32_t *crash_column; /* m */
    const double *expected;      /* n */
} pl_lp;

/* Coefficients that lie somewhere else, in the mapped file of an economy for example. */
typedef struct pl_lp_amounts {
    void (*get)(const void *user, int32_t j, double *val);         /* those of column j, as its rows stand in `row` */
    void (*forget)(const void *user, int32_t from, int32_t to);    /* columns from .. to-1 are not needed for a while */
    const void *user;
} pl_lp_amounts;

typedef enum pl_lp_outcome {
    PL_LP_OPTIMAL,
    PL_LP_INFEASIBLE, /* ray: Farkas proof */
    PL_LP_UNBOUNDED,  /* ray: direction of endless improvement */
} pl_lp_outcome;

typedef struct pl_lp_settings {
    int threads;        /* 0 = 1 */
    int32_t max_columns; /* room for pl_simplex_add_column; 0 = n of the LP */
    int64_t max_nonzeros; /* likewise, for their coefficients; 0 = as the LP */
    double time_limit_s; /* 0 = none; reaching it is PL_STOPPED */
    pl_progress progress;
} pl_lp_settings;

typedef struct pl_simplex pl_simplex;

/* Copies and scales the LP, finds the first basis.  Returns owned; free with pl_simplex_free.
 * Errors: PL_NOMEM, PL_DATA (non-finite number, crossed bounds, bad index).  settings may be NULL. */
pl_status pl_simplex_new(const pl_lp *lp, const pl_lp_settings *settings, pl_simplex **out,
                         pl_error *err) PL_CHECK;
void pl_simplex_free(pl_simplex *s); /* accepts NULL */
/* Bytes that it takes for so many rows, columns and coefficients (with the room for more), factors at their fullest. */
double pl_simplex_memory(double rows, double columns, double nonzeros);

/* Changes; the next solve starts from the last basis.  Values are in natural units.
 * pl_simplex_add_column appends column number n (returned in *j), non-basic at its finite bound
 * nearest to zero. */
void pl_simplex_set_cost(pl_simplex *s, int32_t j, double cost);
void pl_simplex_set_all_costs(pl_simplex *s, const double *cost); /* all columns; NULL = zero */
pl_status pl_simplex_set_bounds(pl_simplex *s, int32_t j, double lo, double hi, pl_error *err) PL_CHECK;
pl_status pl_simplex_set_row(pl_simplex *s, int32_t i, double lo, double hi, pl_error *err) PL_CHECK;
pl_status pl_simplex_add_column(pl_simplex *s, int64_t count, const int32_t *row, const double *val,
                                double cost, double lo, double hi, int32_t *j,
                                pl_error *err) PL_CHECK;

/* Begins from an answer to a programme much like this one, in place of the last basis: values of the columns (n, with those
 * that were added) and of the row duals (m) for these costs (n; NULL = the present ones).  Only a start: what cannot be a
 * basis is repaired. */
void pl_simplex_begin(pl_simplex *s, const double *cost, const double *x, const double *y);

/* Forgets the last basis and scaling: the next solve starts from the first basis again, with these hints (as in
 * pl_lp, may be NULL).  For when a warm start ends in PL_NUMERIC. */
void pl_simplex_restart(pl_simplex *s, const int32_t *crash_column);

/* Solves.  *outcome is set on PL_OK.  Errors: PL_NOMEM, PL_STOPPED, PL_NUMERIC (the accuracy asked
 * for, 1e-9 relative, could not be reached: the message says what was).  On PL_STOPPED the basis
 * is kept and the call can be repeated; pl_simplex_feasible then says whether the values of that basis, which
 * pl_simplex_get gives, keep all rows and bounds: they are an answer, though not the best. */
pl_status pl_simplex_solve(pl_simplex *s, pl_lp_outcome *outcome, pl_error *err) PL_CHECK;
bool pl_simplex_feasible(const pl_simplex *s);

/* After PL_LP_OPTIMAL, natural units; any pointer may be NULL.
 *   x  n  column values            activity  m  A x, summed afresh from x
 *   y  m  row duals                reduced   n  c - A'y, summed afresh from y
 * Values were refined with residuals in higher precision. */
void pl_simplex_get(const pl_simplex *s, double *x, double *activity, double *y, double *reduced);
double pl_simplex_objective(const pl_simplex *s);

/* After PL_LP_INFEASIBLE, w (m, natural units) proves it:  the smallest value that w'Ax can take
 * for lo <= x <= hi exceeds the largest that w'r can take for row_lo <= r <= row_hi.
 * After PL_LP_UNBOUNDED, dir (n) is a feasible direction along which c'x falls for ever. */
void pl_simplex_get_farkas(const pl_simplex *s, double *w);
void pl_simplex_get_direction(const pl_simplex *s, double *dir);

/* After PL_LP_OPTIMAL: how far the right-hand side of row i (the bound that binds, or for a slack
 * row its activity) can be moved down and up while the duals stay as they are; and the same for
 * bound of column j when it is non-basic at it.  *down <= 0 <= *up, may be infinite. */
pl_status pl_simplex_range_row(const pl_simplex *s, int32_t i, double *down, double *up, pl_error *err) PL_CHECK;
pl_status pl_simplex_range_column(const pl_simplex *s, int32_t j, double *down, double *up, pl_error *err) PL_CHECK;

/* What the solver did, for people and for bench/. */
typedef struct pl_simplex_stats {
    int64_t iterations, phase1_iterations, refactorizations;
    double primal_violation; /* largest, relative to the size of the row or column */
    double dual_violation;   /* largest, relative to the size of the column's terms */
    double seconds;
} pl_simplex_stats;
pl_simplex_stats pl_simplex_get_stats(const pl_simplex *s);

/* Power-of-two factors by which the solver scaled: row i was multiplied by row[i], column j's
 * variable is column[j] times the scaled one.  Used by the MPS export.  Borrowed. */
void pl_simplex_scaling(const pl_simplex *s, const double **row, const double **column);

#endif
