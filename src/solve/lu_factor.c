/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Factorisation of a basis: load, peel singletons, eliminate the nucleus (lu_markowitz.c), finish
 * with a dense block (lu_dense.c), and arrange the factors for solves in both directions.
 *
 * A basis of an economy without loops (recipes within recipes) is all singletons, and the cost is
 * that of reading it. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "solve/lu_dense.h"
#include "solve/lu_int.h"

#define TINY 1e-11 /* a pivot below this share of its column's largest element counts as zero */

void pl__elim_pivot(pl__elim *e, int32_t r, int32_t slot, double value)
{
    pl__lu *lu = e->lu;
    int32_t k = lu->sparse++;
    lu->pivot_row[k] = r;
    lu->pivot[r] = value;
    lu->lower_cols.start[k + 1] = lu->lower_cols.start[k];
    lu->upper_rows.start[k + 1] = lu->upper_rows.start[k];
    e->slot_row[slot] = r;
    e->row_done[r] = e->col_done[slot] = 1;
    e->left--;
}

pl_status pl__elim_push(pl__lists *lists, int32_t list, int32_t index, double value)
{
    size_t at = (size_t)lists->start[list + 1];
    if (pl__lists_reserve(lists, (size_t)list + 1, at + 1) != PL_OK) {
        return PL_NOMEM;
    }
    lists->index[at] = index;
    lists->value[at] = value;
    lists->start[list + 1]++;
    return PL_OK;
}

static bool strips_init(pl__strips *s, int32_t m)
{
    s->begin = PL_NEW(int64_t, m);
    s->len = PL_NEW0(int32_t, m);
    s->cap = PL_NEW0(int32_t, m);
    return s->begin && s->len && s->cap;
}

static void strips_clear(pl__strips *s)
{
    pl_free(s->begin);
    pl_free(s->len);
    pl_free(s->cap);
    pl_free(s->index);
    pl_free(s->value);
}

static void elim_clear(pl__elim *e)
{
    strips_clear(&e->rows);
    strips_clear(&e->cols);
    pl_free(e->row_done);
    pl_free(e->col_done);
    pl_free(e->col_tiny);
    pl_free(e->slot_row);
    pl_free(e->row_head);
    pl_free(e->row_next);
    pl_free(e->row_prev);
    pl_free(e->col_head);
    pl_free(e->col_next);
    pl_free(e->col_prev);
    pl_free(e->row_max);
    pl_free(e->scatter);
    pl_free(e->mark);
    pl_free(e->queue);
}

static pl_status elim_init(pl__elim *e, pl__lu *lu)
{
    int32_t m = lu->m;
    *e = (pl__elim){.lu = lu, .m = m, .left = m};
    bool ok = strips_init(&e->rows, m) && strips_init(&e->cols, m);
    e->row_done = PL_NEW0(uint8_t, m);
    e->col_done = PL_NEW0(uint8_t, m);
    e->mark = PL_NEW0(uint8_t, m);
    e->col_tiny = PL_NEW(double, m);
    e->row_max = PL_NEW(double, m);
    e->scatter = PL_NEW(double, m);
    e->slot_row = PL_NEW(int32_t, m);
    e->row_head = PL_NEW(int32_t, (size_t)m + 1);
    e->row_next = PL_NEW(int32_t, m);
    e->row_prev = PL_NEW(int32_t, m);
    e->col_head = PL_NEW(int32_t, (size_t)m + 1);
    e->col_next = PL_NEW(int32_t, m);
    e->col_prev = PL_NEW(int32_t, m);
    e->queue = PL_NEW(int32_t, 2 * (size_t)m);
    ok = ok && e->row_done && e->col_done && e->mark && e->col_tiny && e->row_max && e->scatter &&
         e->slot_row && e->row_head && e->row_next && e->row_prev && e->col_head && e->col_next &&
         e->col_prev && e->queue;
    return ok ? PL_OK : PL_NOMEM;
}

/* Gives each strip its place, with some room to grow, once len holds the counts. */
static pl_status strips_place(pl__strips *s, int32_t m, bool values)
{
    int64_t end = 0;
    for (int32_t i = 0; i < m; i++) {
        s->begin[i] = end;
        s->cap[i] = s->len[i];
        end += s->len[i];
    }
    size_t room = (size_t)(2 * end + m);
    s->index = PL_NEW(int32_t, room);
    s->value = values ? PL_NEW(double, room) : NULL;
    s->index_cap = room;
    s->end = end;
    return s->index == NULL || (values && s->value == NULL) ? PL_NOMEM : PL_OK;
}

static pl_status load(pl__elim *e, const pl__columns *a, const int32_t *head)
{
    int32_t m = e->m;
    for (int32_t s = 0; s < m; s++) {
        int32_t v = head[s];
        if (v < m) {
            e->rows.len[v]++;
            e->cols.len[s] = 1;
            continue;
        }
        for (int64_t t = a->start[v - m]; t < a->start[v - m + 1]; t++) {
            e->rows.len[a->row[t]]++;
            e->cols.len[s]++;
        }
    }
    if (strips_place(&e->rows, m, true) != PL_OK || strips_place(&e->cols, m, false) != PL_OK) {
        return PL_NOMEM;
    }
    memset(e->rows.len, 0, (size_t)m * sizeof *e->rows.len);
    memset(e->cols.len, 0, (size_t)m * sizeof *e->cols.len);
    for (int32_t s = 0; s < m; s++) {
        int32_t v = head[s];
        bool logical = v < m;
        int64_t from = logical ? 0 : a->start[v - m], to = logical ? 1 : a->start[v - m + 1];
        double largest = 0;
        for (int64_t t = from; t < to; t++) {
            int32_t r = logical ? v : a->row[t];
            double value = logical ? -1 : a->val[t];
            if (value == 0) {
                continue;
            }
            int64_t at = e->rows.begin[r] + e->rows.len[r]++;
            e->rows.index[at] = s;
            e->rows.value[at] = value;
            e->cols.index[e->cols.begin[s] + e->cols.len[s]++] = r;
            largest = fabs(value) > largest ? fabs(value) : largest;
        }
        e->col_tiny[s] = TINY * largest;
        e->slot_row[s] = -1;
    }
    return PL_OK;
}

/* Value in row r, column (slot) c; the lists of rows are still those loaded. */
static double loaded(const pl__elim *e, int32_t r, int32_t c)
{
    int64_t at = e->rows.begin[r];
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        if (e->rows.index[at + t] == c) {
            return e->rows.value[at + t];
        }
    }
    return 0;
}

/* Pivots on the only active row r of a column: its row of U, nothing below. */
static pl_status peel_column(pl__elim *e, int32_t c, int32_t *col_count, int32_t *queued)
{
    int32_t r = -1;
    for (int32_t t = 0; t < e->cols.len[c]; t++) {
        int32_t i = e->cols.index[e->cols.begin[c] + t];
        r = e->row_done[i] ? r : i;
    }
    if (r < 0) {
        return PL_OK;
    }
    double pivot = loaded(e, r, c);
    if (!(fabs(pivot) > e->col_tiny[c])) {
        return PL_OK; /* dust; left to the dense code, which finds it dependent */
    }
    int32_t k = e->lu->sparse;
    pl__elim_pivot(e, r, c, pivot);
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        int32_t j = e->rows.index[e->rows.begin[r] + t];
        if (e->col_done[j]) {
            continue;
        }
        if (pl__elim_push(&e->lu->upper_rows, k, j, e->rows.value[e->rows.begin[r] + t]) != PL_OK) {
            return PL_NOMEM;
        }
        if (--col_count[j] == 1) {
            e->queue[(*queued)++] = j;
        }
    }
    return PL_OK;
}

/* Pivots on the only active column of row r: its column of L, nothing to the right. */
static pl_status peel_row(pl__elim *e, int32_t r, int32_t *row_count, int32_t *queued)
{
    int32_t c = -1;
    double pivot = 0;
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        int32_t j = e->rows.index[e->rows.begin[r] + t];
        if (!e->col_done[j]) {
            c = j;
            pivot = e->rows.value[e->rows.begin[r] + t];
        }
    }
    if (c < 0 || !(fabs(pivot) > e->col_tiny[c])) {
        return PL_OK;
    }
    int32_t k = e->lu->sparse;
    pl__elim_pivot(e, r, c, pivot);
    for (int32_t t = 0; t < e->cols.len[c]; t++) {
        int32_t i = e->cols.index[e->cols.begin[c] + t];
        if (e->row_done[i]) {
            continue;
        }
        if (pl__elim_push(&e->lu->lower_cols, k, i, loaded(e, i, c) / pivot) != PL_OK) {
            return PL_NOMEM;
        }
        if (--row_count[i] == 1) {
            e->queue[(*queued)++] = i;
        }
    }
    return PL_OK;
}

/* Column singletons first (they need no elimination), then row singletons.  A nucleus keeps neither
 * at first; those that appear later are found by the Markowitz search at once. */
static pl_status peel(pl__elim *e)
{
    int32_t queued = 0, *count = e->row_next; /* free until the Markowitz lists are built */
    for (int32_t c = 0; c < e->m; c++) {
        count[c] = e->cols.len[c];
        if (count[c] == 1) {
            e->queue[queued++] = c;
        }
    }
    for (int32_t t = 0; t < queued; t++) {
        if (!e->col_done[e->queue[t]] && peel_column(e, e->queue[t], count, &queued) != PL_OK) {
            return PL_NOMEM;
        }
    }
    queued = 0;
    for (int32_t r = 0; r < e->m; r++) {
        count[r] = 0;
        if (e->row_done[r]) {
            continue;
        }
        for (int32_t t = 0; t < e->rows.len[r]; t++) {
            count[r] += !e->col_done[e->rows.index[e->rows.begin[r] + t]];
        }
        if (count[r] == 1) {
            e->queue[queued++] = r;
        }
    }
    for (int32_t t = 0; t < queued; t++) {
        if (!e->row_done[e->queue[t]] && peel_row(e, e->queue[t], count, &queued) != PL_OK) {
            return PL_NOMEM;
        }
    }
    return PL_OK;
}

/* Factorises what is left as a dense block. */
static pl_status finish_dense(pl__elim *e, int threads, int32_t *head, int32_t *replaced,
                              int32_t *removed)
{
    pl__lu *lu = e->lu;
    int32_t d = e->left, *rows = e->row_next, *slots = e->col_next, *place = e->col_prev;
    int32_t *perm = e->row_prev, nr = 0, ns = 0;
    lu->dense = d;
    lu->ld = pl__dense_ld(d);
    size_t need = (size_t)lu->ld * (size_t)d;
    if (need > lu->block_cap) {
        pl_free(lu->block);
        lu->block_cap = 0;
        lu->block = PL_NEW(double, need);
        if (lu->block == NULL) {
            return PL_NOMEM;
        }
        lu->block_cap = need;
    }
    memset(lu->block, 0, need * sizeof *lu->block);
    for (int32_t s = 0; s < e->m; s++) {
        if (!e->col_done[s]) {
            e->scatter[ns] = e->col_tiny[s];
            place[s] = ns;
            slots[ns++] = s;
        }
    }
    for (int32_t r = 0; r < e->m; r++) {
        if (e->row_done[r]) {
            continue;
        }
        for (int32_t t = 0; t < e->rows.len[r]; t++) {
            int32_t s = e->rows.index[e->rows.begin[r] + t];
            if (!e->col_done[s]) {
                lu->block[place[s] * lu->ld + nr] = e->rows.value[e->rows.begin[r] + t];
            }
        }
        rows[nr++] = r;
    }
    pl_status status =
        pl__dense_factor(d, lu->ld, lu->block, perm, e->scatter, e->mark, threads);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t t = 0; t < d; t++) {
        int32_t r = rows[perm[t]];
        lu->pivot_row[lu->sparse + t] = r;
        lu->pivot[r] = 0;
        e->slot_row[slots[t]] = r;
        if (e->mark[t]) {
            if (*replaced == e->m) {
                return PL_NUMERIC;
            }
            removed[(*replaced)++] = head[slots[t]];
            head[slots[t]] = r; /* the logical of the row that found no pivot */
        }
    }
    return PL_OK;
}

/* Transposes lists: list k of `from`, labelled label(k), becomes entries of lists by index. */
static pl_status transpose(const pl__lists *from, int32_t lists, const int32_t *label, int32_t m,
                           pl__lists *to, int32_t *count)
{
    int64_t entries = from->start[lists];
    if (pl__lists_reserve(to, (size_t)m, (size_t)entries) != PL_OK) {
        return PL_NOMEM;
    }
    memset(count, 0, (size_t)m * sizeof *count);
    for (int64_t t = 0; t < entries; t++) {
        count[from->index[t]]++;
    }
    to->start[0] = 0;
    for (int32_t i = 0; i < m; i++) {
        to->start[i + 1] = to->start[i] + count[i];
        count[i] = 0;
    }
    for (int32_t k = 0; k < lists; k++) {
        for (int64_t t = from->start[k]; t < from->start[k + 1]; t++) {
            int32_t i = from->index[t];
            int64_t at = to->start[i] + count[i]++;
            to->index[at] = label[k];
            to->value[at] = from->value[t];
        }
    }
    return PL_OK;
}

/* Gives slots the numbers of their rows, and writes the copies for solves in both directions. */
static pl_status arrange(pl__elim *e, int32_t *head)
{
    pl__lu *lu = e->lu;
    int32_t m = e->m, *permuted = e->queue;
    for (int32_t s = 0; s < m; s++) {
        permuted[e->slot_row[s]] = head[s];
    }
    memcpy(head, permuted, (size_t)m * sizeof *head);
    for (int64_t t = 0; t < lu->upper_rows.start[lu->sparse]; t++) {
        lu->upper_rows.index[t] = e->slot_row[lu->upper_rows.index[t]];
    }
    for (int32_t k = 0; k < m; k++) {
        lu->position[lu->pivot_row[k]] = k;
    }
    pl_status status =
        transpose(&lu->upper_rows, lu->sparse, lu->pivot_row, m, &lu->upper_cols, e->queue);
    if (status == PL_OK) {
        status = transpose(&lu->lower_cols, lu->sparse, lu->pivot_row, m, &lu->lower_rows, e->queue);
    }
    if (status != PL_OK) {
        return status;
    }
    lu->lower_count = lu->lower_row_count = 0;
    for (int32_t k = 0; k < lu->sparse; k++) {
        if (lu->lower_cols.start[k + 1] > lu->lower_cols.start[k]) {
            lu->lower_order[lu->lower_count++] = k;
        }
    }
    for (int32_t k = m - 1; k >= 0; k--) {
        int32_t r = lu->pivot_row[k];
        if (lu->lower_rows.start[r + 1] > lu->lower_rows.start[r]) {
            lu->lower_row_order[lu->lower_row_count++] = r;
        }
    }
    double d = lu->dense;
    int64_t sparse_nnz = lu->upper_rows.start[lu->sparse] + lu->lower_cols.start[lu->sparse];
    lu->factor_work = 0.04 * d * d * d + 2 * d * d + 30 * (double)sparse_nnz + 100.0 * m;
    lu->update_work = 0;
    return PL_OK;
}

static pl_status factor_once(pl__lu *lu, const pl__columns *columns, int32_t *head, int threads,
                             int32_t *replaced, int32_t *removed)
{
    pl__elim e;
    pl__lists_reset(&lu->lower_cols);
    pl__lists_reset(&lu->upper_rows);
    pl__lists_reset(&lu->update_v);
    pl__lists_reset(&lu->update_w);
    lu->sparse = lu->dense = lu->updates = 0;
    int32_t before = *replaced;
    pl_status status = elim_init(&e, lu);
    if (status == PL_OK) {
        status = load(&e, columns, head);
    }
    if (status == PL_OK) {
        status = peel(&e);
    }
    if (status == PL_OK && e.left > 0) {
        status = pl__elim_markowitz(&e);
    }
    if (status == PL_OK && e.left > 0) {
        status = finish_dense(&e, threads, head, replaced, removed);
    }
    if (status == PL_OK && *replaced == before) {
        status = arrange(&e, head);
    }
    elim_clear(&e);
    return status;
}

pl_status pl__lu_factor(pl__lu *lu, const pl__columns *columns, int32_t *head, int threads,
                        int32_t *replaced, int32_t *removed)
{
    int32_t total = 0;
    for (;;) {
        int32_t found = total;
        pl_status status = factor_once(lu, columns, head, threads, &found, removed);
        if (status != PL_OK) {
            return status;
        }
        if (found == total) {
            *replaced = total;
            return PL_OK;
        }
        total = found;
    }
}
