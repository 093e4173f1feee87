/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Scaling by powers of two, which changes no digit of any number.
 *
 * A factor for a column should make its level about one where it is used, a factor for a row should
 * make the largest flow through it about one; then an absolute tolerance on scaled values is a
 * tolerance in proportion.  Levels are known from the caller's hints or from finite bounds; the
 * remaining columns are equilibrated by geometric means (Curtis and Reid's aim by the simple
 * alternating passes of Fourer).  Once a solution is there, its own sizes are the best factors. */
#include <math.h>

#include "solve/simplex_int.h"

#define PASSES 8
#define LARGEST_HINT 1e20 /* a bound above it stands for "none" */
#define RESIDUE 1e-11     /* of what was expected: less is what rounding left, and no size to scale to */

double pl__power_of_two(double x)
{
    if (!(x > 0) || !isfinite(x)) {
        return 1;
    }
    int exponent;
    double fraction = frexp(x, &exponent); /* in [0.5, 1) */
    exponent -= fraction < 0.7071067811865476;
    exponent = exponent > 300 ? 300 : exponent < -300 ? -300 : exponent;
    return ldexp(1, exponent);
}

static double hint_of(const pl_simplex *s, int32_t j, const double *expected)
{
    if (expected != NULL && expected[j] != 0 && isfinite(expected[j])) {
        return fabs(expected[j]);
    }
    double lo = fabs(s->lo[j]), hi = fabs(s->hi[j]);
    lo = lo > 0 && lo < LARGEST_HINT ? lo : 0;
    hi = hi > 0 && hi < LARGEST_HINT ? hi : 0;
    return lo > hi ? lo : hi;
}

/* Factor of each row from the columns: one over the largest flow, or over the geometric mean of
 * largest and smallest. */
static void scale_rows(pl_simplex *s, bool mean, double *smallest)
{
    double *largest = s->row_scale;
    for (int32_t i = 0; i < s->m; i++) {
        largest[i] = 0;
        smallest[i] = INFINITY;
    }
    for (int32_t j = 0; j < s->n; j++) {
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            double flow = fabs(s->val[t]) * s->col_scale[j];
            int32_t i = s->row[t];
            if (flow > 0) {
                largest[i] = flow > largest[i] ? flow : largest[i];
                smallest[i] = flow < smallest[i] ? flow : smallest[i];
            }
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        double size = mean ? sqrt(largest[i]) * sqrt(smallest[i]) : largest[i];
        s->row_scale[i] = largest[i] > 0 ? pl__power_of_two(1 / size) : 1;
    }
}

static void scale_column_geometric(pl_simplex *s, int32_t j, bool mean)
{
    double largest = 0, smallest = INFINITY;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        double flow = fabs(s->val[t]) * s->row_scale[s->row[t]];
        if (flow > 0) {
            largest = flow > largest ? flow : largest;
            smallest = flow < smallest ? flow : smallest;
        }
    }
    double size = mean ? sqrt(largest) * sqrt(smallest) : largest;
    s->col_scale[j] = largest > 0 ? pl__power_of_two(1 / size) : 1;
}

void pl__scale_init(pl_simplex *s, const double *expected, double *work)
{
    double *hint = work, *smallest = work + s->n;
    bool all = true;
    for (int32_t j = 0; j < s->n; j++) {
        hint[j] = hint_of(s, j, expected);
        s->col_scale[j] = hint[j] > 0 ? pl__power_of_two(hint[j]) : 1;
        all = all && hint[j] > 0;
    }
    for (int pass = 0; pass < PASSES && !all; pass++) {
        scale_rows(s, true, smallest);
        for (int32_t j = 0; j < s->n; j++) {
            if (!(hint[j] > 0)) {
                scale_column_geometric(s, j, true);
            }
        }
    }
    scale_rows(s, false, smallest);
    for (int32_t j = 0; j < s->n; j++) {
        if (!(hint[j] > 0)) {
            scale_column_geometric(s, j, false);
        }
    }
}

void pl__scale_to_solution(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        if (s->row_size[i] > 0) {
            s->row_scale[i] = pl__power_of_two(fmin(1 / s->row_size[i], s->row_first[i] / RESIDUE));
        }
    }
    for (int32_t j = 0; j < s->n; j++) {
        double size = fabs(s->result_x[j]);
        if (size > 0) {
            s->col_scale[j] = pl__power_of_two(fmax(size, RESIDUE * s->col_first[j]));
        } else {
            scale_column_geometric(s, j, false);
        }
    }
}

void pl__scale_keep(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->row_first[i] = s->row_scale[i];
    }
    for (int32_t j = 0; j < s->n; j++) {
        s->col_first[j] = s->col_scale[j];
    }
    s->scaled_anew = false;
}

void pl__scale_restore(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->row_scale[i] = s->row_first[i];
    }
    for (int32_t j = 0; j < s->n; j++) {
        s->col_scale[j] = s->col_first[j];
    }
    pl__scale_apply(s);
    s->scaled_anew = false;
}

void pl__scale_row_bounds(pl_simplex *s, int32_t i)
{
    s->c[i] = 0;
    s->l[i] = s->row_lo[i] * s->row_scale[i];
    s->u[i] = s->row_hi[i] * s->row_scale[i];
}

void pl__scale_column(pl_simplex *s, int32_t j)
{
    int32_t v = s->m + j;
    s->c[v] = s->cost[j] * s->col_scale[j];
    s->l[v] = s->lo[j] / s->col_scale[j];
    s->u[v] = s->hi[j] / s->col_scale[j];
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        s->sval[t] = s->val[t] * s->col_scale[j] * s->row_scale[s->row[t]];
    }
}

void pl__scale_apply(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        pl__scale_row_bounds(s, i);
    }
    for (int32_t j = 0; j < s->n; j++) {
        pl__scale_column(s, j);
    }
    s->rows_stale = true;
    s->factored = false;
}
