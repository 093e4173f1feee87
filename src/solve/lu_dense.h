/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lu_dense.h - dense LU factorisation with partial pivoting, P A = L U, in place.
 *
 * National tables leave hundreds to thousands of rows in which everything uses everything; there a
 * dense, cache-blocked factorisation beats any sparse one.  Column-major, leading dimension `ld`
 * (a multiple of 8; see pl__dense_ld).  Every element is computed by the same operations in the
 * same order for any number of threads. */
#ifndef PLENTY_SOLVE_LU_DENSE_H
#define PLENTY_SOLVE_LU_DENSE_H

#include <stdint.h>

#include <plenty/status.h>

/* A leading dimension for d rows that keeps columns aligned and off each other's cache sets. */
int64_t pl__dense_ld(int32_t d);

/* Factorises the d x d matrix a.  perm[t] (out) is the row that ended at position t.  A column
 * whose largest candidate is not above tiny[j] is linearly dependent: it is replaced by the unit
 * column of its position, and dependent[j] is set (else cleared).  Returns PL_OK or PL_NOMEM. */
pl_status pl__dense_factor(int32_t d, int64_t ld, double *a, int32_t *perm, const double *tiny,
                           uint8_t *dependent, int threads) PL_CHECK;

/* Triangular solves, in place; zeros in x are skipped where the order of columns allows it. */
void pl__dense_lower(int32_t d, int64_t ld, const double *a, double *x);           /* L z = x  */
void pl__dense_upper(int32_t d, int64_t ld, const double *a, double *x);           /* U z = x  */
void pl__dense_lower_transposed(int32_t d, int64_t ld, const double *a, double *x); /* L'z = x */
void pl__dense_upper_transposed(int32_t d, int64_t ld, const double *a, double *x); /* U'z = x */

/* The kernels of the solves: to -= factor * from, and a product summed in one fixed order. */
void pl__dense_subtract(int32_t count, double factor, const double *from, double *to);
double pl__dense_dot(int32_t count, const double *a, const double *b);

#endif
