/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * dense.h - small symmetric systems, row-major, as regressions and choice models have them. */
#ifndef PLENTY_SPARSE_DENSE_H
#define PLENTY_SPARSE_DENSE_H

#include <stdbool.h>
#include <stdint.h>

/* a (n x n, its lower half) becomes L with a = L L'; false when it is not positive definite (up to 1e-12 of the diagonal). */
bool pl_cholesky(double *a, int32_t n);
/* b becomes a^-1 b. */
void pl_cholesky_solve(const double *l, int32_t n, double *b);
/* out (n x n) = a^-1, symmetric; may not be l. */
void pl_cholesky_inverse(const double *l, int32_t n, double *out);

#endif
