/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * simplex_int.h - the simplex solver from inside; shared by the files of src/solve only.
 *
 * Variables.  0 .. m-1 are the logicals: the activity of row i, with column -e_i and the row's
 * bounds; m .. m+n-1 are the structural columns.  So the system is  A x - s = 0, all of it in
 * bounds, and the reduced cost of logical i is the row dual y_i.
 *
 * Everything named below without "natural" is scaled: row i by row_scale[i], the variable of column
 * j divided by col_scale[j], both powers of two.  `total` = m + n. */
#ifndef PLENTY_SOLVE_SIMPLEX_INT_H
#define PLENTY_SOLVE_SIMPLEX_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "solve/lp.h"
#include "solve/lu.h"

typedef enum pl__place { PL__AT_LO, PL__AT_HI, PL__FREE, PL__BASIC } pl__place;

/* How a run of iterations ended. */
typedef enum pl__verdict {
    PL__OPTIMAL,    /* for the working bounds and costs */
    PL__INFEASIBLE, /* proof vector in s->proof */
    PL__UNBOUNDED,  /* direction: entering variable s->ray_var, sign s->ray_sign */
    PL__LOST,       /* numbers went bad, or the basis is not what the method needs */
} pl__verdict;

struct pl_simplex {
    int32_t m, n, max_n;
    int64_t max_nnz;
    int threads;
    double time_limit_s, started_s, ticked_s;
    pl_progress progress;

    /* The LP in natural units, copied. */
    int64_t *start;
    int32_t *row;
    double *val;
    double *cost, *lo, *hi, *row_lo, *row_hi;

    /* Scaled. */
    double *row_scale, *col_scale, *sval;
    double *row_first, *col_first; /* the factors that a solve begins with */
    bool scaled_anew;              /* the last solve went on to others */
    int64_t *rstart, *rfill; /* copy of sval by rows */
    int32_t *rcol;
    double *rval;
    bool rows_stale;
    double *c, *l, *u;    /* total: costs and bounds */
    double *wc, *wl, *wu; /* working copies: phase one's costs, perturbed or shifted bounds */
    bool bounds_shifted, costs_shifted;

    /* Basis and iterates. */
    uint8_t *place; /* total: pl__place */
    int32_t *where; /* total: position in head, -1 = non-basic */
    int32_t *head;  /* m */
    double *x, *d;  /* total */
    double *d_size; /* total: size of the terms that d is the sum of, for tolerances */
    double *weight; /* total: devex (primal) or steepest edge (dual) reference weights */
    pl__lu lu;
    bool factored, fresh; /* fresh: x and d were computed anew since the last pivot */
    bool have_basis;
    bool feasible; /* the last solve was stopped at values that keep all rows and bounds */

    /* Work space. */
    double *col, *rho, *spike, *partial, *tau; /* m */
    double *alpha;                             /* total: the pivot row; zero between uses */
    int32_t *touched, touched_count;           /* where alpha is not zero */
    uint8_t *mark;                             /* total; zero between uses */
    int32_t *list;                             /* 2 (total + m) */
    double *key;                               /* 2 (total + m) */

    double primal_tol, dual_tol; /* on scaled values; relative to d_size */
    double pivot_tol;
    pl_rng rng;
    int32_t degenerate; /* steps of no length in a row */

    /* Results, natural units. */
    double *result_x, *result_activity, *result_y, *result_d, *proof, *direction;
    double *row_size; /* m, natural: sum of |a_ij x_j|, or the size of the right-hand side */
    double *reach;    /* total, scaled: see refine.c */
    long double *fine_x, *fine_y, *fine_r; /* total, m, m */
    int32_t ray_var;
    double ray_sign, objective;
    pl_simplex_stats stats;
    int64_t deadline_iterations; /* iterations after which a run is given up as lost */
};

static inline int32_t pl__total(const pl_simplex *s)
{
    return s->m + s->n;
}

static inline pl__columns pl__scaled_columns(const pl_simplex *s)
{
    return (pl__columns){s->start, s->row, s->sval};
}

/* scale.c */
void pl__scale_init(pl_simplex *s, const double *expected, double *work /* m + n */);
/* Chooses new factors so that rows and columns of the present solution have size one. */
void pl__scale_to_solution(pl_simplex *s);
void pl__scale_keep(pl_simplex *s);    /* the present factors are those that a solve begins with */
void pl__scale_restore(pl_simplex *s); /* back to them */
void pl__scale_apply(pl_simplex *s);             /* recomputes everything scaled */
void pl__scale_column(pl_simplex *s, int32_t j); /* the same for one column's cost, bounds, values */
void pl__scale_row_bounds(pl_simplex *s, int32_t i);
double pl__power_of_two(double x); /* the power of two next to x > 0, within safe limits */

/* crash.c */
void pl__crash(pl_simplex *s, const int32_t *hint, const double *expected,
               int32_t *claimed /* n */);

/* basis.c */
pl_status pl__basis_factor(pl_simplex *s) PL_CHECK;
void pl__basis_place(pl_simplex *s, int32_t v); /* puts a non-basic variable on a bound */
void pl__basis_values(pl_simplex *s);           /* x of basic variables, from the others */
void pl__basis_duals(pl_simplex *s, bool sizes); /* d from wc; sizes too if asked */
void pl__basis_load_column(const pl_simplex *s, int32_t v, double *out /* m, zeroed */);
void pl__basis_row(pl_simplex *s, const double *rho); /* alpha, touched: rho'A over non-basics */
void pl__basis_row_clear(pl_simplex *s);
/* Exchanges head[p] for q; spike and partial as left by the solves.  Places the leaving variable. */
pl_status pl__basis_exchange(pl_simplex *s, int32_t p, int32_t q, pl__place leaving) PL_CHECK;
bool pl__basis_wants_factor(const pl_simplex *s);
bool pl__primal_feasible(const pl_simplex *s);
/* True when all reduced costs have the right sign after moving boxed variables to their other
 * bound (which is done if `flip`; *flipped tells). */
bool pl__dual_feasible(pl_simplex *s, bool flip, bool *flipped);

/* pricing.c */
void pl__weights_reset(pl_simplex *s);
int32_t pl__price_primal(const pl_simplex *s);
int32_t pl__price_dual(const pl_simplex *s);
void pl__devex_update(pl_simplex *s, int32_t q, int32_t leaving, double pivot);
void pl__steepest_update(pl_simplex *s, int32_t p, int32_t q, double pivot);

/* ratio.c */
typedef struct pl__step {
    int32_t p;     /* position that leaves; -1 = none */
    bool flip;     /* the entering variable goes to its other bound instead */
    double length; /* change of the entering variable, without sign */
    pl__place to;  /* bound on which the leaving variable comes to rest */
} pl__step;
pl__step pl__ratio_primal(pl_simplex *s, int32_t q, double sign);
pl__step pl__ratio_phase_one(pl_simplex *s, int32_t q, double sign);
/* Dual: entering variable for the pivot row in alpha, or -1.  List s->list[0..*flips) must be moved to
 * the other bound. */
int32_t pl__ratio_dual(pl_simplex *s, double sign, double violation, int32_t *flips);

/* primal.c, dual.c */
pl_status pl__primal(pl_simplex *s, pl__verdict *verdict, pl_error *err) PL_CHECK;
pl_status pl__dual(pl_simplex *s, pl__verdict *verdict, pl_error *err) PL_CHECK;

/* perturb.c */
void pl__perturb_bounds(pl_simplex *s);
void pl__restore_bounds(pl_simplex *s); /* and puts non-basics back on the true ones */
void pl__perturb_costs(pl_simplex *s);
void pl__restore_costs(pl_simplex *s);

/* refine.c: results in natural units with their largest relative violations. */
void pl__refine_solution(pl_simplex *s);
bool pl__prove_infeasible(pl_simplex *s);
bool pl__prove_unbounded(pl_simplex *s);

/* simplex.c */
pl_status pl__check_time(pl_simplex *s, const char *what, pl_error *err) PL_CHECK;

#endif
