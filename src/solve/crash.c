/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The first basis.  In a productive economy the recipes in use, one for each good, form I - A, a
 * non-singular M-matrix: a basis whose solution is already meaningful.  The caller names them
 * (crash_column); where it does not, an equality row takes a column whose largest element lies in
 * it; when it names none at all, a row takes a column that makes nothing else (a programme that came from a
 * file); any other row its logical.  If the choice is singular the factorisation repairs it.
 *
 * Non-basic columns start on the bound nearest their expected size: imports that are usual start as
 * usual, which saves most of phase one on national tables. */
#include <math.h>

#include "solve/simplex_int.h"

/* Row of the largest scaled element of column j, -1 for an empty column. */
static int32_t main_row(const pl_simplex *s, int32_t j)
{
    int32_t best = -1;
    double largest = 0;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        if (fabs(s->sval[t]) > largest) {
            largest = fabs(s->sval[t]);
            best = s->row[t];
        }
    }
    return best;
}

/* The row of the only positive element of column j, if what it makes there can be needed; else -1. */
static int32_t made_row(const pl_simplex *s, int32_t j)
{
    int32_t made = -1;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        if (s->val[t] > 0 && isfinite(s->row_lo[s->row[t]])) {
            if (made >= 0) {
                return -1;
            }
            made = s->row[t];
        }
    }
    return made;
}

static bool touches(const pl_simplex *s, int32_t j, int32_t i)
{
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        if (s->row[t] == i) {
            return s->val[t] != 0;
        }
    }
    return false;
}

static void enter(pl_simplex *s, int32_t i, int32_t v)
{
    s->head[i] = v;
    s->where[v] = i;
    s->place[v] = PL__BASIC;
}

void pl__crash(pl_simplex *s, const int32_t *hint, const double *expected, int32_t *claimed)
{
    for (int32_t v = 0; v < pl__total(s); v++) {
        s->where[v] = -1;
        s->place[v] = PL__AT_LO;
    }
    for (int32_t j = 0; j < s->n; j++) {
        claimed[j] = 0;
        bool near_hi = expected != NULL && expected[j] > 0.5 * (s->lo[j] + s->hi[j]);
        s->place[s->m + j] = near_hi ? PL__AT_HI : PL__AT_LO;
    }
    for (int32_t i = 0; i < s->m; i++) {
        int32_t j = hint != NULL ? hint[i] : -1;
        s->head[i] = -1;
        if (j >= 0 && !claimed[j] && touches(s, j, i)) {
            claimed[j] = 1;
            enter(s, i, s->m + j);
        }
    }
    for (int32_t j = 0; j < s->n; j++) {
        int32_t i = claimed[j] || s->l[s->m + j] == s->u[s->m + j] ? -1 : main_row(s, j);
        if (i >= 0 && s->head[i] < 0 && s->l[i] == s->u[i] && (hint == NULL || hint[i] < 0)) {
            enter(s, i, s->m + j);
        }
    }
    for (int32_t j = 0; j < s->n && hint == NULL; j++) {
        int32_t i = s->where[s->m + j] >= 0 || s->l[s->m + j] == s->u[s->m + j] ? -1 : made_row(s, j);
        if (i >= 0 && s->head[i] < 0) {
            enter(s, i, s->m + j);
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        if (s->head[i] < 0) {
            enter(s, i, i);
        }
    }
    s->factored = false;
    s->have_basis = true;
}
