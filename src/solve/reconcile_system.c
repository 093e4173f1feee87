/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * reconcile_system.c - the linear systems of the kernel: C diag(slope) C' step = rest, positive semidefinite.
 *
 * Rows may depend on one another (the totals of the rows and of the columns of a table): a pivot that vanishes is passed over,
 * and conjugate gradients stay in the range of the matrix. */
#include <math.h>
#include <string.h>

#include "solve/reconcile.h"

#define PIVOT 1e-11 /* a pivot below this part of its diagonal is rounding */
#define FLAT 1e-11   /* a direction along which the matrix has less than this part of its diagonal is one of v'C = 0 */
#define WORSE 1e6    /* conjugate gradients end when what is left is so much more than it was, */
#define PATIENCE 500 /* or has not become less for so many products */
#define PRODUCTS 20 /* conjugate gradients: so many for each row, and 2,000 more, at most */

size_t pl_kernel_work(int32_t m)
{
    return m <= PL_KERNEL_DENSE ? (size_t)m * (size_t)m + (size_t)m : 7 * (size_t)m;
}

/* ---- Few rows: Cholesky -------------------------------------------------------------------------------------------------------- */

/* The lower half of the matrix. */
static void assemble(const pl_kernel *k, double *a)
{
    const pl_constraints *c = k->c;
    size_t m = (size_t)c->m;
    memset(a, 0, m * m * sizeof *a);
    for (int32_t i = 0; i < c->n; i++) {
        if (k->slope[i] == 0) {
            continue;
        }
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            double f = k->slope[i] * (c->factor != NULL ? c->factor[e] : 1);
            size_t row = (size_t)c->row[e];
            for (int64_t d = c->start[i]; d < c->start[i + 1]; d++) {
                size_t column = (size_t)c->row[d];
                if (column <= row) {
                    a[row * m + column] += f * (c->factor != NULL ? c->factor[d] : 1);
                }
            }
        }
    }
}

static void factor(double *a, size_t m)
{
    for (size_t j = 0; j < m; j++) {
        double *row = a + j * m, diagonal = row[j];
        for (size_t i = 0; i < j; i++) {
            const double *other = a + i * m;
            double sum = row[i];
            for (size_t l = 0; l < i; l++) {
                sum -= row[l] * other[l];
            }
            row[i] = other[i] > 0 ? sum / other[i] : 0;
        }
        double pivot = diagonal;
        for (size_t l = 0; l < j; l++) {
            pivot -= row[l] * row[l];
        }
        row[j] = pivot > PIVOT * diagonal ? sqrt(pivot) : 0;
    }
}

/* v becomes L'^-1 v; pivots passed over count as one. */
static void back(const double *a, size_t m, double *v)
{
    for (size_t j = m; j-- > 0;) {
        v[j] = a[j * m + j] > 0 ? v[j] / a[j * m + j] : v[j];
        for (size_t l = 0; l < j; l++) {
            v[l] -= a[j * m + l] * v[j];
        }
    }
}

/* `proof` is made of the vectors v with v'C = 0 that belong to pivots passed over, each times what it leaves of rest. */
static void factor_and_solve(pl_kernel *k)
{
    size_t m = (size_t)k->c->m;
    double *a = k->work, *y = k->step;
    assemble(k, a);
    factor(a, m);
    for (size_t j = 0; j < m; j++) {
        double sum = k->rest[j];
        for (size_t l = 0; l < j; l++) {
            sum -= a[j * m + l] * y[l];
        }
        y[j] = a[j * m + j] > 0 ? sum / a[j * m + j] : 0;
        k->proof[j] = a[j * m + j] > 0 ? 0 : sum;
    }
    back(a, m, y);
    back(a, m, k->proof);
}

/* ---- Many rows: conjugate gradients (Hestenes and Stiefel 1952), scaled by the diagonal ------------------------------------------ */

/* out = C diag(slope) C' v */
static void multiply(const pl_kernel *k, const double *v, double *out)
{
    const pl_constraints *c = k->c;
    memset(out, 0, (size_t)c->m * sizeof *out);
    for (int32_t i = 0; i < c->n; i++) {
        double sum = 0;
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            sum += (c->factor != NULL ? c->factor[e] : 1) * v[c->row[e]];
        }
        sum *= k->slope[i];
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            out[c->row[e]] += (c->factor != NULL ? c->factor[e] : 1) * sum;
        }
    }
}

static void diagonal(const pl_kernel *k, double *d)
{
    const pl_constraints *c = k->c;
    memset(d, 0, (size_t)c->m * sizeof *d);
    for (int32_t i = 0; i < c->n; i++) {
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            double f = c->factor != NULL ? c->factor[e] : 1;
            d[c->row[e]] += k->slope[i] * f * f;
        }
    }
}

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* out = the best approximation to the solution for the right-hand side b; r = what it leaves.  False: it does not reach `accuracy`, as when b is
 * not in the range of the matrix; then the directions are driven towards v with C'v = 0 in the end, and the best solution is not the last. */
static bool approach(pl_kernel *k, const double *b, double accuracy, double *out)
{
    int32_t m = k->c->m;
    double *d = k->work, *r = d + m, *p = r + m, *q = p + m, *y = q + m;
    double rho = 0, best, enough;
    int64_t best_at = 0;
    for (int32_t j = 0; j < m; j++) {
        y[j] = out[j] = 0;
        r[j] = b[j];
        p[j] = d[j] > 0 ? r[j] / d[j] : 0;
        rho += p[j] * r[j];
    }
    best = rho;
    enough = accuracy * accuracy * rho;
    for (int64_t i = 0; i < PRODUCTS * (int64_t)m + 2000 && rho > enough && rho < WORSE * best && i - best_at < PATIENCE; i++) {
        multiply(k, p, q);
        double curve = dot(p, q, m), size = 0;
        for (int32_t j = 0; j < m; j++) {
            size += d[j] * p[j] * p[j];
        }
        if (!(curve > FLAT * size)) {
            break;
        }
        double alpha = rho / curve, before = rho;
        rho = 0;
        for (int32_t j = 0; j < m; j++) {
            y[j] += alpha * p[j];
            r[j] -= alpha * q[j];
            rho += d[j] > 0 ? r[j] * r[j] / d[j] : 0;
        }
        if (rho < best) {
            best = rho;
            best_at = i;
            memcpy(out, y, (size_t)m * sizeof *y);
        }
        double beta = rho / before;
        for (int32_t j = 0; j < m; j++) {
            p[j] = (d[j] > 0 ? r[j] / d[j] : 0) + beta * p[j];
        }
        if (i % 64 == 63 && !pl_tick(k->set->progress, "reconciling", -1)) {
            break; /* the caller asks again */
        }
    }
    return best <= enough;
}

/* Where the step does not reach rest, `proof` is the part of what is left that the matrix takes to 0: c, less w with H w = H c. */
static void conjugate_gradients(pl_kernel *k, double accuracy)
{
    size_t m = (size_t)k->c->m;
    double *d = k->work, *b = d + 5 * m, *w = b + m;
    diagonal(k, d);
    memset(k->proof, 0, m * sizeof *k->proof);
    if (approach(k, k->rest, accuracy, k->step)) {
        return;
    }
    multiply(k, k->step, b);
    for (size_t j = 0; j < m; j++) {
        k->proof[j] = d[j] > 0 ? (k->rest[j] - b[j]) / d[j] : k->rest[j];
    }
    for (int again = 0; again < 2; again++) {
        multiply(k, k->proof, b);
        (void)approach(k, b, 1e-13, w);
        for (size_t j = 0; j < m; j++) {
            k->proof[j] -= w[j];
        }
    }
}

void pl_kernel_solve(pl_kernel *k, double accuracy)
{
    if (k->c->m <= PL_KERNEL_DENSE) {
        factor_and_solve(k);
    } else {
        conjugate_gradients(k, accuracy);
    }
}
