/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Sparse elimination of the nucleus: Markowitz counts with threshold pivoting, the search limited
 * to a few short rows and columns (Suhl and Suhl 1990).  Stops where the rest is dense enough for
 * the dense kernel to be faster. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "solve/lu_int.h"

#define THRESHOLD 0.1 /* a pivot has at least this share of its row's largest element */
#define SEARCH 4      /* rows and columns looked at for each pivot */
#define CANCELLED 1e-14 /* what remains of a difference when its digits have cancelled */
/* Share of non-zeros from which the dense kernel wins: it does some hundred times more operations a
 * second, and sparse work grows with the square of the share. */
#define DENSE_SHARE 0.15
#define DENSE_ALWAYS 24    /* so small that lists cost more than arithmetic */
#define DENSE_LARGEST 16384 /* 2 GiB; above it only for nearly full matrices */

static void unlink_node(int32_t *head, int32_t *next, int32_t *prev, int32_t node)
{
    if (prev[node] >= 0) {
        next[prev[node]] = next[node];
    } else {
        head[-prev[node] - 1] = next[node];
    }
    if (next[node] >= 0) {
        prev[next[node]] = prev[node];
    }
}

static void link_node(int32_t *head, int32_t *next, int32_t *prev, int32_t node, int32_t count)
{
    next[node] = head[count];
    prev[node] = -count - 1;
    if (head[count] >= 0) {
        prev[head[count]] = node;
    }
    head[count] = node;
}

static void relink_row(pl__elim *e, int32_t r)
{
    unlink_node(e->row_head, e->row_next, e->row_prev, r);
    link_node(e->row_head, e->row_next, e->row_prev, r, e->rows.len[r]);
}

static void relink_col(pl__elim *e, int32_t c)
{
    unlink_node(e->col_head, e->col_next, e->col_prev, c);
    link_node(e->col_head, e->col_next, e->col_prev, c, e->cols.len[c]);
}

static double row_max(pl__elim *e, int32_t r)
{
    if (e->row_max[r] < 0) {
        double best = 0;
        const double *value = e->rows.value + e->rows.begin[r];
        for (int32_t t = 0; t < e->rows.len[r]; t++) {
            best = fabs(value[t]) > best ? fabs(value[t]) : best;
        }
        e->row_max[r] = best;
    }
    return e->row_max[r];
}

static double entry(const pl__elim *e, int32_t r, int32_t c)
{
    int64_t at = e->rows.begin[r];
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        if (e->rows.index[at + t] == c) {
            return e->rows.value[at + t];
        }
    }
    return 0;
}

typedef struct choice {
    int32_t row, col;
    double value;
    int64_t cost;
} choice;

static void consider(pl__elim *e, choice *best, int32_t r, int32_t c, double value)
{
    if (fabs(value) < THRESHOLD * row_max(e, r) || fabs(value) <= e->col_tiny[c]) {
        return;
    }
    int64_t cost = (int64_t)(e->rows.len[r] - 1) * (e->cols.len[c] - 1);
    if (best->row < 0 || cost < best->cost ||
        (cost == best->cost && fabs(value) > fabs(best->value))) {
        *best = (choice){r, c, value, cost};
    }
}

static choice search(pl__elim *e)
{
    choice best = {-1, -1, 0, 0};
    int32_t looked = 0;
    for (int32_t count = 1; count <= e->left; count++) {
        int64_t bound = (int64_t)(count - 1) * (count - 1);
        for (int32_t c = e->col_head[count]; c >= 0; c = e->col_next[c]) {
            for (int32_t t = 0; t < count; t++) {
                int32_t r = e->cols.index[e->cols.begin[c] + t];
                consider(e, &best, r, c, entry(e, r, c));
            }
            looked += best.row >= 0;
            if (best.row >= 0 && (best.cost <= bound || looked >= SEARCH)) {
                return best;
            }
        }
        for (int32_t r = e->row_head[count]; r >= 0; r = e->row_next[r]) {
            for (int32_t t = 0; t < count; t++) {
                int64_t at = e->rows.begin[r] + t;
                consider(e, &best, r, e->rows.index[at], e->rows.value[at]);
            }
            looked += best.row >= 0;
            if (best.row >= 0 && (best.cost <= bound + count - 1 || looked >= SEARCH)) {
                return best;
            }
        }
    }
    return best;
}

static void drop_from_column(pl__elim *e, int32_t c, int32_t r)
{
    int32_t *index = e->cols.index + e->cols.begin[c];
    for (int32_t t = 0; t < e->cols.len[c]; t++) {
        if (index[t] == r) {
            index[t] = index[--e->cols.len[c]];
            return;
        }
    }
}

/* Moves all strips to a fresh store, each with half again its length as room. */
static pl_status compact(pl__strips *s, int32_t m, const uint8_t *done, int64_t extra)
{
    int64_t need = extra;
    for (int32_t i = 0; i < m; i++) {
        need += done[i] ? 0 : s->len[i] + s->len[i] / 2 + 4;
    }
    size_t room = (size_t)(need + need / 2);
    int32_t *index = PL_NEW(int32_t, room);
    double *value = s->value != NULL ? PL_NEW(double, room) : NULL;
    if (index == NULL || (s->value != NULL && value == NULL)) {
        pl_free(index);
        pl_free(value);
        return PL_NOMEM;
    }
    int64_t end = 0;
    for (int32_t i = 0; i < m; i++) {
        if (done[i]) {
            continue;
        }
        memcpy(index + end, s->index + s->begin[i], (size_t)s->len[i] * sizeof *index);
        if (value != NULL) {
            memcpy(value + end, s->value + s->begin[i], (size_t)s->len[i] * sizeof *value);
        }
        s->begin[i] = end;
        s->cap[i] = s->len[i] + s->len[i] / 2 + 4;
        end += s->cap[i];
    }
    pl_free(s->index);
    pl_free(s->value);
    s->index = index;
    s->value = value;
    s->index_cap = s->value_cap = room;
    s->end = end;
    return PL_OK;
}

/* Makes room for `more` further entries in strip i. */
static pl_status room_for(pl__strips *s, int32_t i, int32_t more, int32_t m, const uint8_t *done)
{
    int32_t need = s->len[i] + more;
    if (need <= s->cap[i]) {
        return PL_OK;
    }
    int32_t cap = need + need / 2 + 4;
    if (s->end + cap > (int64_t)s->index_cap && compact(s, m, done, cap) != PL_OK) {
        return PL_NOMEM;
    }
    memcpy(s->index + s->end, s->index + s->begin[i], (size_t)s->len[i] * sizeof *s->index);
    if (s->value != NULL) {
        memcpy(s->value + s->end, s->value + s->begin[i], (size_t)s->len[i] * sizeof *s->value);
    }
    s->begin[i] = s->end;
    s->cap[i] = cap;
    s->end += cap;
    return PL_OK;
}

/* row i -= factor * pivot row, whose entries are in scatter/mark. */
static pl_status combine(pl__elim *e, int32_t i, double factor, int32_t r, int32_t c)
{
    int32_t pivot_len = e->rows.len[r], kept = 0;
    if (room_for(&e->rows, i, pivot_len, e->m, e->row_done) != PL_OK) {
        return PL_NOMEM;
    }
    const int32_t *pivot_index = e->rows.index + e->rows.begin[r];
    int32_t *index = e->rows.index + e->rows.begin[i], before = e->rows.len[i];
    double *value = e->rows.value + e->rows.begin[i];
    for (int32_t t = 0; t < before; t++) {
        int32_t j = index[t];
        double v = value[t];
        if (j == c) {
            continue;
        }
        if (e->mark[j] == 1) {
            e->mark[j] = 2;
            double change = factor * e->scatter[j];
            v -= change;
            if (fabs(v) <= CANCELLED * fabs(change)) {
                drop_from_column(e, j, i);
                continue;
            }
        }
        index[kept] = j;
        value[kept++] = v;
    }
    for (int32_t t = 0; t < pivot_len; t++) {
        int32_t j = pivot_index[t];
        if (j == c) {
            continue;
        }
        if (e->mark[j] == 1) {
            index[kept] = j;
            value[kept++] = -factor * e->scatter[j];
            if (room_for(&e->cols, j, 1, e->m, e->col_done) != PL_OK) {
                return PL_NOMEM;
            }
            e->cols.index[e->cols.begin[j] + e->cols.len[j]++] = i;
        }
        e->mark[j] = 1;
    }
    e->nnz += kept - before;
    e->rows.len[i] = kept;
    e->row_max[i] = -1;
    return PL_OK;
}

/* Takes row r and column c out of the active part, writing row r of U. */
static pl_status retire(pl__elim *e, const choice *p, int32_t k)
{
    int32_t r = p->row, c = p->col;
    unlink_node(e->row_head, e->row_next, e->row_prev, r);
    unlink_node(e->col_head, e->col_next, e->col_prev, c);
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        int32_t j = e->rows.index[e->rows.begin[r] + t];
        drop_from_column(e, j, r);
        if (j != c) {
            e->scatter[j] = e->rows.value[e->rows.begin[r] + t];
            e->mark[j] = 1;
            if (pl__elim_push(&e->lu->upper_rows, k, j, e->scatter[j]) != PL_OK) {
                return PL_NOMEM;
            }
        }
    }
    return PL_OK;
}

static pl_status eliminate(pl__elim *e, const choice *p)
{
    int32_t r = p->row, c = p->col, k = e->lu->sparse;
    pl__elim_pivot(e, r, c, p->value);
    e->col_done[c] = 0; /* their strips are still read below */
    e->row_done[r] = 0;
    if (retire(e, p, k) != PL_OK) {
        return PL_NOMEM;
    }
    for (int32_t t = 0; t < e->cols.len[c]; t++) {
        int32_t i = e->cols.index[e->cols.begin[c] + t];
        double factor = entry(e, i, c) / p->value;
        if (pl__elim_push(&e->lu->lower_cols, k, i, factor) != PL_OK ||
            combine(e, i, factor, r, c) != PL_OK) {
            return PL_NOMEM;
        }
        relink_row(e, i);
    }
    for (int32_t t = 0; t < e->rows.len[r]; t++) {
        int32_t j = e->rows.index[e->rows.begin[r] + t];
        e->mark[j] = 0;
        if (j != c) {
            relink_col(e, j);
        }
    }
    e->nnz -= e->rows.len[r];
    e->row_done[r] = e->col_done[c] = 1;
    return PL_OK;
}

/* Compresses the rows to active columns and builds the columns' patterns and the count lists. */
static void start_lists(pl__elim *e)
{
    for (int32_t i = 0; i <= e->m; i++) {
        e->row_head[i] = e->col_head[i] = -1;
    }
    for (int32_t c = 0; c < e->m; c++) {
        e->cols.len[c] = 0;
    }
    e->nnz = 0;
    for (int32_t r = 0; r < e->m; r++) {
        if (e->row_done[r]) {
            continue;
        }
        int32_t kept = 0;
        int32_t *index = e->rows.index + e->rows.begin[r];
        double *value = e->rows.value + e->rows.begin[r];
        for (int32_t t = 0; t < e->rows.len[r]; t++) {
            int32_t c = index[t];
            if (!e->col_done[c]) {
                index[kept] = c;
                value[kept++] = value[t];
                e->cols.index[e->cols.begin[c] + e->cols.len[c]++] = r;
            }
        }
        e->rows.len[r] = kept;
        e->row_max[r] = -1;
        e->nnz += kept;
        link_node(e->row_head, e->row_next, e->row_prev, r, kept);
    }
    for (int32_t c = 0; c < e->m; c++) {
        if (!e->col_done[c]) {
            link_node(e->col_head, e->col_next, e->col_prev, c, e->cols.len[c]);
        }
    }
}

static bool dense_enough(const pl__elim *e)
{
    double full = (double)e->left * e->left, share = e->left > DENSE_LARGEST ? 0.7 : DENSE_SHARE;
    return e->left <= DENSE_ALWAYS || (double)e->nnz > share * full;
}

pl_status pl__elim_markowitz(pl__elim *e)
{
    start_lists(e);
    while (e->left > 0 && !dense_enough(e)) {
        choice best = search(e);
        if (best.row < 0) {
            break; /* nothing but dust: the dense code finds the dependent columns */
        }
        if (eliminate(e, &best) != PL_OK) {
            return PL_NOMEM;
        }
    }
    return PL_OK;
}
