/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Solves with the factors, and their update.  The factorisation itself is in lu_sparse.c and
 * lu_dense.c. */
#include "solve/lu.h"

#include <string.h>

#include "base/mem.h"
#include "solve/lu_dense.h"

#define CEILING ((size_t)1 << 40)
#define FULL_SHARE 4 /* an update with more than m / 4 non-zeros is stored without indices */
#define SOLVES 2.5   /* in an iteration, for the account of work */

void pl__lists_reset(pl__lists *lists)
{
    lists->start[0] = 0;
}

pl_status pl__lists_reserve(pl__lists *lists, size_t count, size_t entries)
{
    if (!pl_grow(&lists->start, &lists->start_cap, count + 1, sizeof *lists->start, CEILING) ||
        !pl_grow(&lists->index, &lists->index_cap, entries, sizeof *lists->index, CEILING) ||
        !pl_grow(&lists->value, &lists->value_cap, entries, sizeof *lists->value, CEILING)) {
        return PL_NOMEM;
    }
    return PL_OK;
}

void pl__lists_clear(pl__lists *lists)
{
    pl_free(lists->start);
    pl_free(lists->index);
    pl_free(lists->value);
    memset(lists, 0, sizeof *lists);
}

pl_status pl__lu_init(pl__lu *lu, int32_t m)
{
    memset(lu, 0, sizeof *lu);
    lu->m = m;
    lu->pivot_row = PL_NEW(int32_t, m);
    lu->pivot = PL_NEW(double, m);
    lu->position = PL_NEW(int32_t, m);
    lu->lower_order = PL_NEW(int32_t, m);
    lu->lower_row_order = PL_NEW(int32_t, m);
    lu->gather = PL_NEW(double, m);
    lu->work = PL_NEW0(double, m);
    pl__lists *all[] = {&lu->lower_cols, &lu->lower_rows, &lu->upper_rows,
                        &lu->upper_cols, &lu->update_v,   &lu->update_w};
    bool ok = lu->pivot_row && lu->pivot && lu->position && lu->lower_order &&
              lu->lower_row_order && lu->gather && lu->work;
    for (size_t i = 0; ok && i < sizeof all / sizeof *all; i++) {
        ok = pl__lists_reserve(all[i], i < 4 ? (size_t)m : 64, (size_t)m) == PL_OK;
        if (ok) {
            pl__lists_reset(all[i]);
        }
    }
    if (!ok) {
        pl__lu_clear(lu);
        return PL_NOMEM;
    }
    return PL_OK;
}

void pl__lu_clear(pl__lu *lu)
{
    pl_free(lu->pivot_row);
    pl_free(lu->pivot);
    pl_free(lu->position);
    pl_free(lu->lower_order);
    pl_free(lu->lower_row_order);
    pl_free(lu->gather);
    pl_free(lu->work);
    pl_free(lu->block);
    pl_free(lu->update_pivot);
    pl__lists_clear(&lu->lower_cols);
    pl__lists_clear(&lu->lower_rows);
    pl__lists_clear(&lu->upper_rows);
    pl__lists_clear(&lu->upper_cols);
    pl__lists_clear(&lu->update_v);
    pl__lists_clear(&lu->update_w);
    memset(lu, 0, sizeof *lu);
}

static void subtract_list(const pl__lists *lists, int32_t list, double factor, double *x)
{
    for (int64_t e = lists->start[list]; e < lists->start[list + 1]; e++) {
        x[lists->index[e]] -= lists->value[e] * factor;
    }
}

static double dot_list(const pl__lists *lists, int32_t list, const double *x)
{
    double sum = 0;
    for (int64_t e = lists->start[list]; e < lists->start[list + 1]; e++) {
        sum += lists->value[e] * x[lists->index[e]];
    }
    return sum;
}

static bool is_full(const pl__lists *lists, int32_t list)
{
    int64_t at = lists->start[list];
    return lists->start[list + 1] > at && lists->index[at] < 0;
}

/* x -= (dot(a, x) / pivot) b, for lists of updates. */
static void apply_update(const pl__lu *lu, const pl__lists *a, const pl__lists *b, int32_t u,
                         double *x)
{
    double s = is_full(a, u) ? pl__dense_dot(lu->m, a->value + a->start[u], x) : dot_list(a, u, x);
    if (s == 0) {
        return;
    }
    s /= lu->update_pivot[u];
    if (is_full(b, u)) {
        pl__dense_subtract(lu->m, s, b->value + b->start[u], x);
    } else {
        subtract_list(b, u, s, x);
    }
}

/* Runs one of the dense triangular solves on the rows of the block. */
static void dense_solve(const pl__lu *lu, double *x,
                        void (*solve)(int32_t, int64_t, const double *, double *))
{
    const int32_t *rows = lu->pivot_row + lu->sparse;
    double any = 0;
    for (int32_t t = 0; t < lu->dense; t++) {
        lu->gather[t] = x[rows[t]];
        any = lu->gather[t] != 0 ? 1 : any;
    }
    if (any == 0) {
        return;
    }
    solve(lu->dense, lu->ld, lu->block, lu->gather);
    for (int32_t t = 0; t < lu->dense; t++) {
        x[rows[t]] = lu->gather[t];
    }
}

void pl__lu_ftran(const pl__lu *lu, double *x, double *spike)
{
    for (int32_t t = 0; t < lu->lower_count; t++) {
        int32_t k = lu->lower_order[t];
        double xk = x[lu->pivot_row[k]];
        if (xk != 0) {
            subtract_list(&lu->lower_cols, k, xk, x);
        }
    }
    dense_solve(lu, x, pl__dense_lower);
    for (int32_t u = 0; u < lu->updates; u++) {
        apply_update(lu, &lu->update_w, &lu->update_v, u, x);
    }
    if (spike != NULL) {
        memcpy(spike, x, (size_t)lu->m * sizeof *x);
    }
    dense_solve(lu, x, pl__dense_upper);
    if (lu->dense > 0) {
        for (int32_t t = lu->m - 1; t >= lu->sparse; t--) {
            int32_t r = lu->pivot_row[t];
            if (x[r] != 0) {
                subtract_list(&lu->upper_cols, r, x[r], x);
            }
        }
    }
    for (int32_t k = lu->sparse - 1; k >= 0; k--) {
        int32_t r = lu->pivot_row[k];
        if (x[r] != 0) {
            x[r] /= lu->pivot[r];
            subtract_list(&lu->upper_cols, r, x[r], x);
        }
    }
}

void pl__lu_btran(const pl__lu *lu, double *x, double *partial)
{
    for (int32_t k = 0; k < lu->sparse; k++) {
        int32_t r = lu->pivot_row[k];
        if (x[r] != 0) {
            x[r] /= lu->pivot[r];
            subtract_list(&lu->upper_rows, k, x[r], x);
        }
    }
    dense_solve(lu, x, pl__dense_upper_transposed);
    if (partial != NULL) {
        memcpy(partial, x, (size_t)lu->m * sizeof *x);
    }
    for (int32_t u = lu->updates - 1; u >= 0; u--) {
        apply_update(lu, &lu->update_v, &lu->update_w, u, x);
    }
    dense_solve(lu, x, pl__dense_lower_transposed);
    for (int32_t t = 0; t < lu->lower_row_count; t++) {
        int32_t r = lu->lower_row_order[t];
        if (x[r] != 0) {
            subtract_list(&lu->lower_rows, r, x[r], x);
        }
    }
}

/* Appends the non-zeros of x as list number `list`, or all of x where few are zero: index[0] is then
 * -1 and the values follow for all rows, to be read without indices. */
static pl_status append(pl__lists *lists, int32_t list, const double *x, int32_t m)
{
    size_t at = (size_t)lists->start[list], count = 0;
    for (int32_t i = 0; i < m; i++) {
        count += x[i] != 0;
    }
    bool full = m >= 16 && count > (size_t)m / FULL_SHARE;
    count = full ? (size_t)m : count;
    if (pl__lists_reserve(lists, (size_t)list + 1, at + count) != PL_OK) {
        return PL_NOMEM;
    }
    lists->start[list + 1] = (int64_t)(at + count);
    if (full) {
        memcpy(lists->value + at, x, count * sizeof *x);
        lists->index[at] = -1;
        return PL_OK;
    }
    for (int32_t i = 0; i < m; i++) {
        if (x[i] != 0) {
            lists->index[at] = i;
            lists->value[at++] = x[i];
        }
    }
    return PL_OK;
}

/* v := v - U e_p */
static void subtract_upper_column(const pl__lu *lu, int32_t p, double *v)
{
    subtract_list(&lu->upper_cols, p, 1, v);
    int32_t t = lu->position[p] - lu->sparse;
    if (t < 0) {
        v[p] -= lu->pivot[p];
        return;
    }
    for (int32_t s = 0; s <= t; s++) {
        v[lu->pivot_row[lu->sparse + s]] -= lu->block[t * lu->ld + s];
    }
}

pl_status pl__lu_update(pl__lu *lu, int32_t p, const double *spike, const double *partial,
                        double pivot)
{
    double *v = lu->work;
    memcpy(v, spike, (size_t)lu->m * sizeof *v);
    subtract_upper_column(lu, p, v);
    if (!pl_grow(&lu->update_pivot, &lu->update_cap, (size_t)lu->updates + 1,
                 sizeof *lu->update_pivot, CEILING) ||
        append(&lu->update_v, lu->updates, v, lu->m) != PL_OK ||
        append(&lu->update_w, lu->updates, partial, lu->m) != PL_OK) {
        return PL_NOMEM;
    }
    lu->update_pivot[lu->updates++] = pivot;
    int64_t stored = lu->update_v.start[lu->updates] + lu->update_w.start[lu->updates];
    lu->update_work += SOLVES * (double)stored * (is_full(&lu->update_v, lu->updates - 1) ? 0.25 : 1);
    return PL_OK;
}

bool pl__lu_is_worn(const pl__lu *lu)
{
    return lu->update_work > lu->factor_work;
}
