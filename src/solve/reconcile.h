/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * reconcile.h - what the files of the reconciliation kernel share; private to this room. */
#ifndef PLENTY_SOLVE_RECONCILE_H
#define PLENTY_SOLVE_RECONCILE_H

#include <plenty/reconcile.h>

typedef struct pl_kernel {
    const pl_constraints *c;
    const double *z;                 /* the estimate */
    const pl_reconcile_settings *set;
    double tolerance;
    pl_error *err;
    /* by unknown */
    double *low, *high; /* within which it may be */
    bool *fixed;        /* at z, or at the only value that the constraints leave */
    double *x, *slope;  /* at the prices last tried; slope: of x by its sum of prices */
    /* by constraint */
    double *price, *step, *trial;    /* trial: prices to be tried */
    double *proof;                   /* what the last linear system could not reach: a combination of rows that may prove a contradiction */
    double *rest, *size;             /* target - C x; max(|target|, sum |factor x|) */
    double *work;                    /* seven vectors of m for the linear systems, or the matrix where there are few rows */
    double value;                    /* of the dual at `price` */
} pl_kernel;

/* Finds what the constraints leave no choice about; false: `report` says which row cannot be kept. */
bool pl_kernel_presolve(pl_kernel *k, pl_reconciled *report);
/* x, slope, rest, size at the prices; returns the value of the dual, which is concave with the gradient `rest`. */
double pl_kernel_evaluate(pl_kernel *k, const double *price);
/* The value of the distance at x. */
double pl_kernel_distance(const pl_kernel *k);

/* Solves C diag(slope) C' step = rest, to a part `accuracy` of rest where that takes conjugate gradients; sets `proof` too. */
#define PL_KERNEL_DENSE 400 /* rows up to which the matrix is factored */
void pl_kernel_solve(pl_kernel *k, double accuracy);
size_t pl_kernel_work(int32_t m); /* numbers that `work` has room for */

#endif
