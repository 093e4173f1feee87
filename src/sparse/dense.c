/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * dense.c - small symmetric systems by Cholesky's method. */
#include <math.h>
#include <string.h>

#include "sparse/dense.h"

#define PIVOT 1e-12

bool pl_cholesky(double *a, int32_t n)
{
    size_t m = (size_t)n;
    for (size_t j = 0; j < m; j++) {
        double diagonal = a[j * m + j];
        for (size_t i = j; i < m; i++) {
            double sum = a[i * m + j];
            for (size_t k = 0; k < j; k++) {
                sum -= a[i * m + k] * a[j * m + k];
            }
            if (i == j && !(sum > PIVOT * diagonal)) {
                return false;
            }
            a[i * m + j] = i == j ? sqrt(sum) : sum / a[j * m + j];
        }
    }
    return true;
}

void pl_cholesky_solve(const double *l, int32_t n, double *b)
{
    size_t m = (size_t)n;
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < i; k++) {
            b[i] -= l[i * m + k] * b[k];
        }
        b[i] /= l[i * m + i];
    }
    for (size_t i = m; i-- > 0;) {
        b[i] /= l[i * m + i];
        for (size_t k = 0; k < i; k++) {
            b[k] -= l[i * m + k] * b[i];
        }
    }
}

void pl_cholesky_inverse(const double *l, int32_t n, double *out)
{
    size_t m = (size_t)n;
    memset(out, 0, m * m * sizeof *out);
    for (size_t j = 0; j < m; j++) { /* the matrix is symmetric: its columns are its rows */
        out[j * m + j] = 1;
        pl_cholesky_solve(l, n, out + j * m);
    }
}
