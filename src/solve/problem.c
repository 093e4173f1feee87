/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The solver as an object: making it from an LP, changing it, reading results. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "solve/simplex_int.h"

static pl_status bad(pl_error *err, const char *what, int64_t number)
{
    return pl_fail(err, PL_DATA, NULL, NULL, "linear programme: %s (number %lld)", what,
                   (long long)number);
}

/* Finite or infinite on its own side, and not crossed. */
static bool bounds_good(double lo, double hi)
{
    return lo <= hi && lo < INFINITY && hi > -INFINITY;
}

static pl_status check_column(int32_t m, int64_t count, const int32_t *row, const double *val,
                              int64_t number, pl_error *err)
{
    for (int64_t t = 0; t < count; t++) {
        if (row[t] < 0 || row[t] >= m || (t > 0 && row[t] <= row[t - 1])) {
            return bad(err, "a column's row numbers are not ascending or out of range", number);
        }
        if (!isfinite(val[t])) {
            return bad(err, "a coefficient is not finite", number);
        }
    }
    return PL_OK;
}

static pl_status check(const pl_lp *lp, pl_error *err)
{
    if (lp->m < 0 || lp->n < 0 || lp->start[0] != 0) {
        return bad(err, "negative size", 0);
    }
    for (int32_t j = 0; j < lp->n; j++) {
        int64_t count = lp->start[j + 1] - lp->start[j];
        if (count < 0) {
            return bad(err, "column starts descend", j);
        }
        if (!isfinite(lp->cost[j]) || !bounds_good(lp->lo[j], lp->hi[j])) {
            return bad(err, "a cost is not finite or a column's bounds cross", j);
        }
        pl_status status =
            check_column(lp->m, count, lp->row + lp->start[j], lp->val + lp->start[j], j, err);
        if (status != PL_OK) {
            return status;
        }
        if (lp->expected != NULL && !isfinite(lp->expected[j])) {
            return bad(err, "an expected size is not finite", j);
        }
    }
    for (int32_t i = 0; i < lp->m; i++) {
        if (!bounds_good(lp->row_lo[i], lp->row_hi[i])) {
            return bad(err, "a row's bounds cross", i);
        }
        if (lp->crash_column != NULL && (lp->crash_column[i] < -1 || lp->crash_column[i] >= lp->n)) {
            return bad(err, "a crash column is out of range", i);
        }
    }
    return PL_OK;
}

/* Every array of the solver with its length, so that making and freeing cannot disagree. */
typedef struct array {
    void *at; /* address of the pointer */
    size_t count, size;
} array;

#define ARRAYS 64

static int arrays_of(pl_simplex *s, array *a)
{
    size_t m = (size_t)s->m, n = (size_t)s->max_n, total = m + n, nnz = (size_t)s->max_nnz;
    int k = 0;
#define ROOM(member, length) a[k++] = (array){&s->member, (length), sizeof *s->member}
    ROOM(start, n + 1);
    ROOM(row, nnz);
    ROOM(val, nnz);
    ROOM(sval, nnz);
    ROOM(cost, n);
    ROOM(lo, n);
    ROOM(hi, n);
    ROOM(row_lo, m);
    ROOM(row_hi, m);
    ROOM(row_scale, m);
    ROOM(col_scale, n);
    ROOM(row_first, m);
    ROOM(col_first, n);
    ROOM(rstart, m + 1);
    ROOM(rfill, m);
    ROOM(rcol, nnz);
    ROOM(rval, nnz);
    ROOM(c, total);
    ROOM(l, total);
    ROOM(u, total);
    ROOM(wc, total);
    ROOM(wl, total);
    ROOM(wu, total);
    ROOM(place, total);
    ROOM(where, total);
    ROOM(head, m);
    ROOM(x, total);
    ROOM(d, total);
    ROOM(d_size, total);
    ROOM(weight, total);
    ROOM(col, m);
    ROOM(rho, m);
    ROOM(spike, m);
    ROOM(partial, m);
    ROOM(tau, m);
    ROOM(alpha, total);
    ROOM(touched, total);
    ROOM(mark, total);
    ROOM(list, 2 * (total + m));
    ROOM(key, 2 * (total + m));
    ROOM(result_x, n);
    ROOM(result_activity, m);
    ROOM(result_y, m);
    ROOM(result_d, n);
    ROOM(proof, m);
    ROOM(direction, n);
    ROOM(row_size, m);
    ROOM(reach, total);
    ROOM(fine_x, total);
    ROOM(fine_y, m);
    ROOM(fine_r, m);
#undef ROOM
    return k;
}

#define FACTORS_SQUARE 8  /* bytes for each pair of rows, where all becomes dense */
#define FACTORS_ENTRY 500 /* and for each coefficient, where it does not */

double pl_simplex_memory(double rows, double columns, double nonzeros)
{
    if (!(rows + columns < INT32_MAX / 4) || !(nonzeros < 1e15)) {
        return (double)INFINITY;
    }
    array a[ARRAYS + 1];
    pl_simplex s = {.m = (int32_t)rows, .max_n = (int32_t)columns, .max_nnz = (int64_t)nonzeros};
    double bytes = fmin(FACTORS_SQUARE * rows * rows, FACTORS_ENTRY * nonzeros);
    for (int k = arrays_of(&s, a) - 1; k >= 0; k--) {
        bytes += (double)a[k].count * (double)a[k].size;
    }
    return bytes;
}

static bool allocate(pl_simplex *s)
{
    array a[ARRAYS + 1];
    int count = arrays_of(s, a);
    for (int k = 0; k < count; k++) {
        void *p = pl_calloc(a[k].count, a[k].size);
        if (p == NULL) {
            return false;
        }
        memcpy(a[k].at, &p, sizeof p);
    }
    return pl__lu_init(&s->lu, s->m) == PL_OK;
}

void pl_simplex_free(pl_simplex *s)
{
    if (s == NULL) {
        return;
    }
    array a[ARRAYS + 1];
    int count = arrays_of(s, a);
    for (int k = 0; k < count; k++) {
        void *p;
        memcpy(&p, a[k].at, sizeof p);
        pl_free(p);
    }
    pl__lu_clear(&s->lu);
    pl_free(s);
}

static void copy_problem(pl_simplex *s, const pl_lp *lp)
{
    size_t m = (size_t)lp->m, n = (size_t)lp->n;
    s->start[0] = 0;
    if (n > 0) {
        size_t nnz = (size_t)lp->start[n];
        memcpy(s->start, lp->start, (n + 1) * sizeof *s->start);
        if (nnz > 0) {
            memcpy(s->row, lp->row, nnz * sizeof *s->row);
            memcpy(s->val, lp->val, nnz * sizeof *s->val);
        }
        memcpy(s->cost, lp->cost, n * sizeof *s->cost);
        memcpy(s->lo, lp->lo, n * sizeof *s->lo);
        memcpy(s->hi, lp->hi, n * sizeof *s->hi);
    }
    if (m > 0) {
        memcpy(s->row_lo, lp->row_lo, m * sizeof *s->row_lo);
        memcpy(s->row_hi, lp->row_hi, m * sizeof *s->row_hi);
    }
}

pl_status pl_simplex_new(const pl_lp *lp, const pl_lp_settings *settings, pl_simplex **out,
                         pl_error *err)
{
    pl_status status = check(lp, err);
    if (status != PL_OK) {
        return status;
    }
    pl_simplex *s = PL_NEW0(pl_simplex, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "a linear programme");
    }
    s->m = lp->m;
    s->n = s->max_n = lp->n;
    s->max_nnz = lp->n > 0 ? lp->start[lp->n] : 0;
    s->threads = 1;
    if (settings != NULL) {
        s->threads = settings->threads > 0 ? settings->threads : 1;
        s->max_n = settings->max_columns > s->max_n ? settings->max_columns : s->max_n;
        s->max_nnz = settings->max_nonzeros > s->max_nnz ? settings->max_nonzeros : s->max_nnz;
        s->time_limit_s = settings->time_limit_s;
        s->progress = settings->progress;
    }
    if (s->max_n > INT32_MAX / 4 - s->m || !allocate(s)) {
        pl_simplex_free(s);
        return pl_fail_nomem(err, "a linear programme");
    }
    copy_problem(s, lp);
    pl__scale_init(s, lp->expected, s->key);
    pl__scale_keep(s);
    pl__scale_apply(s);
    pl__crash(s, lp->crash_column, lp->expected, s->list);
    *out = s;
    return PL_OK;
}

void pl_simplex_restart(pl_simplex *s, const int32_t *crash_column)
{
    pl__scale_init(s, NULL, s->key);
    pl__scale_keep(s);
    pl__scale_apply(s);
    pl__crash(s, crash_column, NULL, s->list);
}

void pl_simplex_set_cost(pl_simplex *s, int32_t j, double cost)
{
    s->cost[j] = cost;
    s->c[s->m + j] = cost * s->col_scale[j];
}

void pl_simplex_set_all_costs(pl_simplex *s, const double *cost)
{
    for (int32_t j = 0; j < s->n; j++) {
        pl_simplex_set_cost(s, j, cost != NULL ? cost[j] : 0);
    }
}

pl_status pl_simplex_set_bounds(pl_simplex *s, int32_t j, double lo, double hi, pl_error *err)
{
    if (j < 0 || j >= s->n || !bounds_good(lo, hi)) {
        return bad(err, "a column's bounds cross", j);
    }
    s->lo[j] = lo;
    s->hi[j] = hi;
    s->l[s->m + j] = lo / s->col_scale[j];
    s->u[s->m + j] = hi / s->col_scale[j];
    return PL_OK;
}

pl_status pl_simplex_set_row(pl_simplex *s, int32_t i, double lo, double hi, pl_error *err)
{
    if (i < 0 || i >= s->m || !bounds_good(lo, hi)) {
        return bad(err, "a row's bounds cross", i);
    }
    s->row_lo[i] = lo;
    s->row_hi[i] = hi;
    pl__scale_row_bounds(s, i);
    return PL_OK;
}

pl_status pl_simplex_add_column(pl_simplex *s, int64_t count, const int32_t *row, const double *val,
                                double cost, double lo, double hi, int32_t *j, pl_error *err)
{
    int64_t at = s->start[s->n];
    if (s->n == s->max_n || count > s->max_nnz - at) {
        return pl_fail(err, PL_TOOBIG, NULL, "ask for more room when the solver is made",
                       "no room for another column");
    }
    pl_status status = check_column(s->m, count, row, val, s->n, err);
    if (status != PL_OK) {
        return status;
    }
    if (!isfinite(cost) || !bounds_good(lo, hi)) {
        return bad(err, "a cost is not finite or a column's bounds cross", s->n);
    }
    int32_t k = s->n++, v = s->m + k;
    double largest = 0, first = 0;
    for (int64_t t = 0; t < count; t++) {
        s->row[at + t] = row[t];
        s->val[at + t] = val[t];
        largest = fmax(largest, fabs(val[t]) * s->row_scale[row[t]]);
        first = fmax(first, fabs(val[t]) * s->row_first[row[t]]);
    }
    s->start[k + 1] = at + count;
    s->cost[k] = cost;
    s->lo[k] = lo;
    s->hi[k] = hi;
    s->col_scale[k] = largest > 0 ? pl__power_of_two(1 / largest) : 1;
    s->col_first[k] = first > 0 ? pl__power_of_two(1 / first) : 1;
    pl__scale_column(s, k);
    s->wl[v] = s->l[v];
    s->wu[v] = s->u[v];
    s->where[v] = -1;
    s->place[v] = PL__FREE;
    pl__basis_place(s, v);
    s->rows_stale = true;
    *j = k;
    return PL_OK;
}

static void copy_out(double *to, const double *from, int32_t count)
{
    if (to != NULL && count > 0) {
        memcpy(to, from, (size_t)count * sizeof *to);
    }
}

void pl_simplex_get(const pl_simplex *s, double *x, double *activity, double *y, double *reduced)
{
    copy_out(x, s->result_x, s->n);
    copy_out(activity, s->result_activity, s->m);
    copy_out(y, s->result_y, s->m);
    copy_out(reduced, s->result_d, s->n);
}

double pl_simplex_objective(const pl_simplex *s)
{
    return s->objective;
}

void pl_simplex_get_farkas(const pl_simplex *s, double *w)
{
    copy_out(w, s->proof, s->m);
}

void pl_simplex_get_direction(const pl_simplex *s, double *dir)
{
    copy_out(dir, s->direction, s->n);
}

pl_simplex_stats pl_simplex_get_stats(const pl_simplex *s)
{
    return s->stats;
}

void pl_simplex_scaling(const pl_simplex *s, const double **row, const double **column)
{
    *row = s->row_scale;
    *column = s->col_scale;
}
