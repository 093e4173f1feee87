/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Right-looking blocked LU (as in Dongarra and others, LAPACK's dgetrf) with a recursive panel
 * (Toledo 1997) and a register-tiled, packed matrix product (Goto and van de Geijn 2008).
 *
 * Contraction to fused multiply-add is off in the whole project, so the clones for wider vectors
 * give the same bits as the plain one. */
#include "solve/lu_dense.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

#define PANEL 64 /* columns of a panel; the depth of each product */
#define TILE_M 8 /* rows and columns of C held in registers */
#define TILE_N 6
#define THREADS_FROM 4e7 /* products in one update; for less, the wait for each other costs more than it saves */

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                            \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define WIDE
#endif

typedef double vec8 __attribute__((vector_size(64), aligned(8), may_alias));

typedef struct work {
    int32_t d;
    int64_t ld;
    double *a, *packed; /* packed: left factor of the running product, TILE_M rows at a time */
    int32_t *swap;      /* row exchanged with row t at step t */
    const double *tiny;
    uint8_t *dependent;
    int threads;
} work;

int64_t pl__dense_ld(int32_t d)
{
    int64_t ld = ((int64_t)d + 7) / 8 * 8;
    return ld % 64 == 0 ? ld + 8 : ld;
}

/* Copies rows [r0, r1) of columns [k0, k1) of a into slivers of TILE_M rows, padded with zeros. */
static void pack_left(const work *w, int32_t r0, int32_t r1, int32_t k0, int32_t k1)
{
    double *out = w->packed;
    for (int32_t i = r0; i < r1; i += TILE_M) {
        int32_t rows = r1 - i < TILE_M ? r1 - i : TILE_M;
        for (int32_t k = k0; k < k1; k++) {
            const double *column = w->a + (int64_t)k * w->ld + i;
            for (int32_t t = 0; t < TILE_M; t++) {
                *out++ = t < rows ? column[t] : 0;
            }
        }
    }
}

/* C[r0..r1) x [c0..c0+cols) -= packed (rows x depth) times right (depth x TILE_N, packed). */
WIDE static void product_column(const work *w, int32_t r0, int32_t r1, int32_t c0, int32_t cols,
                                int32_t depth, const double *right)
{
    const double *left = w->packed;
    for (int32_t i = r0; i < r1; i += TILE_M) {
        vec8 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0};
        for (int32_t k = 0; k < depth; k++) {
            vec8 l = *(const vec8 *)(left + (int64_t)k * TILE_M);
            const double *b = right + (int64_t)k * TILE_N;
            s0 += l * b[0];
            s1 += l * b[1];
            s2 += l * b[2];
            s3 += l * b[3];
            s4 += l * b[4];
            s5 += l * b[5];
        }
        left += (int64_t)depth * TILE_M;
        const vec8 sum[TILE_N] = {s0, s1, s2, s3, s4, s5};
        int32_t rows = r1 - i < TILE_M ? r1 - i : TILE_M;
        for (int32_t c = 0; c < cols; c++) {
            double *to = w->a + (int64_t)(c0 + c) * w->ld + i;
            if (rows == TILE_M) {
                *(vec8 *)to -= sum[c];
            } else {
                for (int32_t t = 0; t < rows; t++) {
                    to[t] -= sum[c][t];
                }
            }
        }
    }
}

/* Applies the exchanges of steps [k0, k1) to columns [c0, c1), solves with the unit lower triangle
 * of those steps, and packs the result for the product. */
static void exchange(const work *w, int32_t k0, int32_t k1, int32_t c)
{
    double *column = w->a + (int64_t)c * w->ld;
    for (int32_t k = k0; k < k1; k++) {
        double t = column[k];
        column[k] = column[w->swap[k]];
        column[w->swap[k]] = t;
    }
}

WIDE static void triangle(const work *w, int32_t k0, int32_t k1, int32_t c)
{
    double *column = w->a + (int64_t)c * w->ld;
    for (int32_t k = k0; k < k1; k++) {
        const double *l = w->a + (int64_t)k * w->ld;
        double x = column[k];
        if (x != 0) {
            for (int32_t i = k + 1; i < k1; i++) {
                column[i] -= l[i] * x;
            }
        }
    }
}

/* A22 -= L21 U12 for the finished steps [k0, k1) and columns [c0, c1); includes U12 itself. */
static void update(const work *w, int32_t k0, int32_t k1, int32_t c0, int32_t c1, bool swap)
{
    int32_t blocks = (c1 - c0 + TILE_N - 1) / TILE_N;
    pack_left(w, k1, w->d, k0, k1);
    double products = (double)(w->d - k1) * (c1 - c0) * (k1 - k0);
    int threads = products >= THREADS_FROM ? w->threads : 1;
    (void)threads;
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads) schedule(static) if (threads > 1)
#endif
    for (int32_t b = 0; b < blocks; b++) {
        double right[PANEL * TILE_N];
        int32_t from = c0 + b * TILE_N, cols = c1 - from < TILE_N ? c1 - from : TILE_N;
        memset(right, 0, sizeof right);
        for (int32_t c = 0; c < cols; c++) {
            if (swap) {
                exchange(w, k0, k1, from + c);
            }
            triangle(w, k0, k1, from + c);
            const double *column = w->a + (int64_t)(from + c) * w->ld;
            for (int32_t k = k0; k < k1; k++) {
                right[(k - k0) * TILE_N + c] = column[k];
            }
        }
        product_column(w, k1, w->d, from, cols, k1 - k0, right);
    }
}

/* One step: choose the pivot of column k, exchange within the panel's columns, divide. */
static void step(work *w, int32_t k, int32_t panel0, int32_t panel1)
{
    double *column = w->a + (int64_t)k * w->ld, best = 0;
    int32_t pivot = k;
    for (int32_t i = k; i < w->d; i++) {
        if (fabs(column[i]) > best) {
            best = fabs(column[i]);
            pivot = i;
        }
    }
    w->dependent[k] = !(best > w->tiny[k]);
    if (w->dependent[k]) {
        w->swap[k] = k;
        memset(column + k, 0, (size_t)(w->d - k) * sizeof *column);
        column[k] = 1;
        return;
    }
    w->swap[k] = pivot;
    if (pivot != k) {
        for (int32_t c = panel0; c < panel1; c++) {
            double *other = w->a + (int64_t)c * w->ld, t = other[k];
            other[k] = other[pivot];
            other[pivot] = t;
        }
    }
    for (int32_t i = k + 1; i < w->d; i++) {
        column[i] /= column[k];
    }
}

WIDE static void rank_one(const work *w, int32_t k, int32_t c1)
{
    const double *l = w->a + (int64_t)k * w->ld;
    for (int32_t c = k + 1; c < c1; c++) {
        double *to = w->a + (int64_t)c * w->ld, u = to[k];
        if (u != 0) {
            for (int32_t i = k + 1; i < w->d; i++) {
                to[i] -= l[i] * u;
            }
        }
    }
}

/* Factorises columns [k0, k1) of the panel; the recursion turns most of the work into products. */
static void panel(work *w, int32_t k0, int32_t k1, int32_t panel0, int32_t panel1)
{
    if (k1 - k0 <= 4) {
        for (int32_t k = k0; k < k1; k++) {
            step(w, k, panel0, panel1);
            rank_one(w, k, k1);
        }
        return;
    }
    int32_t middle = k0 + (k1 - k0) / 2;
    panel(w, k0, middle, panel0, panel1);
    update(w, k0, middle, middle, k1, false); /* rows were exchanged in the whole panel */
    panel(w, middle, k1, panel0, panel1);
}

pl_status pl__dense_factor(int32_t d, int64_t ld, double *a, int32_t *perm, const double *tiny,
                           uint8_t *dependent, int threads)
{
    work w = {.d = d, .ld = ld, .a = a, .tiny = tiny, .dependent = dependent, .threads = threads};
    w.packed = PL_NEW(double, (int64_t)PANEL * (d + TILE_M));
    w.swap = PL_NEW(int32_t, d);
    if (w.packed == NULL || w.swap == NULL) {
        pl_free(w.packed);
        pl_free(w.swap);
        return PL_NOMEM;
    }
    for (int32_t k = 0; k < d; k += PANEL) {
        int32_t end = d - k < PANEL ? d : k + PANEL;
        panel(&w, k, end, k, end);
        for (int32_t c = 0; c < k; c++) {
            exchange(&w, k, end, c);
        }
        if (end < d) {
            update(&w, k, end, end, d, true);
        }
    }
    for (int32_t t = 0; t < d; t++) {
        perm[t] = t;
    }
    for (int32_t t = 0; t < d; t++) {
        int32_t other = perm[w.swap[t]];
        perm[w.swap[t]] = perm[t];
        perm[t] = other;
    }
    pl_free(w.packed);
    pl_free(w.swap);
    return PL_OK;
}

WIDE static void subtract(int32_t count, double factor, const double *restrict from,
                          double *restrict to)
{
    for (int32_t i = 0; i < count; i++) {
        to[i] -= factor * from[i];
    }
}

/* Sums in eight lanes, then the lanes in order: one fixed order for every machine. */
WIDE static double dot(int32_t count, const double *a, const double *b)
{
    vec8 s = {0}, t = {0};
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        s += *(const vec8 *)(a + i) * *(const vec8 *)(b + i);
        t += *(const vec8 *)(a + i + 8) * *(const vec8 *)(b + i + 8);
    }
    s += t;
    double sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    for (; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

void pl__dense_lower(int32_t d, int64_t ld, const double *a, double *x)
{
    for (int32_t k = 0; k < d; k++) {
        if (x[k] != 0) {
            subtract(d - k - 1, x[k], a + k * ld + k + 1, x + k + 1);
        }
    }
}

void pl__dense_upper(int32_t d, int64_t ld, const double *a, double *x)
{
    for (int32_t k = d - 1; k >= 0; k--) {
        if (x[k] != 0) {
            x[k] /= a[k * ld + k];
            subtract(k, x[k], a + k * ld, x);
        }
    }
}

void pl__dense_lower_transposed(int32_t d, int64_t ld, const double *a, double *x)
{
    int32_t last = d - 1;
    while (last >= 0 && x[last] == 0) {
        last--;
    }
    for (int32_t k = last - 1; k >= 0; k--) {
        x[k] -= dot(last - k, a + k * ld + k + 1, x + k + 1);
    }
}

void pl__dense_upper_transposed(int32_t d, int64_t ld, const double *a, double *x)
{
    int32_t first = 0;
    while (first < d && x[first] == 0) {
        first++;
    }
    for (int32_t k = first; k < d; k++) {
        x[k] = (x[k] - dot(k - first, a + k * ld + first, x + first)) / a[k * ld + k];
    }
}

void pl__dense_subtract(int32_t count, double factor, const double *from, double *to)
{
    subtract(count, factor, from, to);
}

double pl__dense_dot(int32_t count, const double *a, const double *b)
{
    return dot(count, a, b);
}
