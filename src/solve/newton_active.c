/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_active.c - the columns in use in a Newton step: which they are, with what weight, and a copy of them. */
#include "base/mem.h"
#include "solve/newton_state.h"

#define WEIGHT_LEAST 1e-4f

static inline int threads_of(const pl_newton *s)
{
    return s->set.threads;
}

static float weight_of(const pl_newton *s, int32_t j, bool predict)
{
    double most = nw_most(s, j);
    if (predict) {
        return s->centre[j] > 0 && (double)s->centre[j] < most;
    }
    double x = (double)s->centre[j] + s->profit[j] * nw_size(s, j) / s->smooth;
    float weight = x > 0 && x < most ? 1 : s->trial[j];
    return weight < WEIGHT_LEAST ? 0 : weight;
}

/* How far the level that profit alone would give is beyond the bound at which column j stands; negative: it cannot move
 * in this direction. */
static double beyond(const pl_newton *s, int32_t j, bool more)
{
    double free = (double)s->centre[j] + s->profit[j] * nw_size(s, j) / s->smooth, most = nw_most(s, j);
    return more ? (most > 0 ? -free : -1) : free - most;
}

/* The maker that stands for a good none of whose makers answers: the next one that would make more of what is lacking,
 * or less of what is left over.  *weight: by which it would, could prices go there in one step (a secant); 0 where none
 * would. */
static int32_t nominal(const pl_newton *s, int32_t g, float *weight)
{
    double lack = -s->w[W_GRADIENT][g], nearest = (double)INFINITY, next = (double)INFINITY;
    int32_t best = NOBODY, mover = NOBODY;
    for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
        int32_t j = s->maker[k];
        double distance = fabs(s->profit[j]), way = beyond(s, j, lack > 0);
        if (distance < nearest || best == NOBODY) {
            best = j;
            nearest = distance;
        }
        if (way >= 0 && way < next) {
            mover = j;
            next = way;
        }
    }
    *weight = mover != NOBODY && lack != 0 ? (float)(fabs(lack) / (fabs(lack) + next)) : 0;
    return *weight >= WEIGHT_LEAST ? mover : best;
}

typedef struct gathering {
    pl_newton *s;
    bool predict;
    int32_t columns[HALVES + 1]; /* of each half of the goods, then of those without owner */
    int64_t entries[HALVES + 1];
} gathering;

/* Sets the weights into s->trial and counts. */
static void count_half(gathering *a, int half)
{
    pl_newton *s = a->s;
    int32_t from, to, columns = 0;
    int64_t entries = 0;
    nw_goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        int32_t before = columns;
        for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
            int32_t j = s->maker[k];
            s->trial[j] = weight_of(s, j, a->predict);
            if (s->trial[j] > 0 && !nw_is_shared(s, j)) {
                columns++;
                entries += nw_column(s, j).count;
            }
        }
        if (columns == before && g < s->mine && !s->moves[g] && s->maker_start[g] < s->maker_start[g + 1]) {
            float weight;
            int32_t j = nominal(s, g, &weight);
            s->trial[j] = weight < WEIGHT_LEAST ? 0 : weight;
            columns++;
            entries += nw_column(s, j).count;
        }
    }
    a->columns[half] = columns;
    a->entries[half] = entries;
}

/* Entries of busy goods, or of the others, to `at`; returns where they end. */
static int64_t put_goods(const pl_newton *s, const nw_view *v, bool busy, int64_t at)
{
    const nw_active *a = &s->active;
    for (int64_t k = 0; k < v->count && v->row[k] < s->goods; k++) {
        if ((s->slot[v->row[k]] >= 0) == busy) {
            a->row[at] = v->row[k];
            a->share[at++] = v->share[k];
        }
    }
    return at;
}

static void put_column(pl_newton *s, int32_t c, int64_t at, int32_t j)
{
    nw_active *a = &s->active;
    nw_view v = nw_column(s, j);
    a->column[c] = j;
    a->start[c] = at;
    a->busy[c] = put_goods(s, &v, false, at);
    a->tail[c] = s->busy > 0 ? put_goods(s, &v, true, a->busy[c]) : a->busy[c];
    int64_t goods = a->tail[c] - at; /* limits come last */
    a->busy[c] += s->n > NW_BUSY ? 0 : v.count - goods; /* few columns: single precision will do for all */
    memcpy(a->row + a->tail[c], v.row + goods, sizeof *v.row * (size_t)(v.count - goods));
    memcpy(a->share + a->tail[c], v.share + goods, sizeof *v.share * (size_t)(v.count - goods));
}

static void fill_half(gathering *a, int half)
{
    pl_newton *s = a->s;
    nw_active *u = &s->active;
    int32_t from, to, c = 0;
    int64_t at = 0;
    nw_goods_of(s, half, &from, &to);
    for (int h = 0; h < half; h++) {
        c += a->columns[h];
        at += a->entries[h];
    }
    for (int32_t g = from; g < to; g++) {
        float sum = 0;
        int32_t first = c;
        u->of[g] = c;
        for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
            int32_t j = s->maker[k];
            if (s->trial[j] > 0 && !nw_is_shared(s, j)) {
                put_column(s, c, at, j);
                at += nw_column(s, j).count;
                u->weight[c] = s->trial[j];
                sum += s->trial[j];
                c++;
            }
        }
        if (c == first && g < s->mine && !s->moves[g] && s->maker_start[g] < s->maker_start[g + 1]) {
            float weight;
            int32_t j = nominal(s, g, &weight);
            put_column(s, c, at, j);
            at += nw_column(s, j).count;
            u->weight[c++] = 0;
        }
        for (int32_t k = first; k < c; k++) {
            u->part[k] = sum > 0 ? u->weight[k] / sum : 1;
        }
    }
}

static bool make_room(nw_active *a, int32_t columns, int64_t entries)
{
    if ((size_t)columns + 1 > a->columns_cap) {
        size_t cap = (size_t)columns + (size_t)columns / 8 + 16;
        pl_free(a->column);
        pl_free(a->start);
        pl_free(a->busy);
        pl_free(a->tail);
        pl_free(a->weight);
        pl_free(a->steepness);
        pl_free(a->part);
        a->column = PL_NEW(int32_t, cap);
        a->start = PL_NEW(int64_t, cap);
        a->busy = PL_NEW(int64_t, cap);
        a->tail = PL_NEW(int64_t, cap);
        a->weight = PL_NEW(float, cap);
        a->steepness = PL_NEW(float, cap);
        a->part = PL_NEW(float, cap);
        a->columns_cap = cap;
    }
    if ((size_t)entries > a->entries_cap || a->row == NULL) { /* there may be none in use */
        size_t cap = (size_t)entries + (size_t)entries / 8 + 64;
        pl_free(a->row_room);
        pl_free(a->share);
        a->row_room = PL_NEW0(int32_t, cap + 2 * NW_AHEAD);
        a->row = a->row_room == NULL ? NULL : a->row_room + NW_AHEAD;
        a->share = PL_NEW(float, cap);
        a->entries_cap = cap;
    }
    bool all = a->column != NULL && a->start != NULL && a->busy != NULL && a->tail != NULL &&
               a->weight != NULL && a->steepness != NULL && a->part != NULL && a->row != NULL && a->share != NULL;
    a->columns_cap = all ? a->columns_cap : 0;
    a->entries_cap = all ? a->entries_cap : 0;
    return all;
}

pl_status nw_gather_columns(pl_newton *s, bool predict, pl_error *err)
{
    gathering a = {.s = s, .predict = predict};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half <= HALVES; half++) {
        count_half(&a, half);
    }
    s->active.n_owned = a.columns[0] + a.columns[1];
    s->active.n = s->active.n_owned + a.columns[2];
    if (!make_room(&s->active, s->active.n, a.entries[0] + a.entries[1] + a.entries[2])) {
        return pl_fail_nomem(err, "the columns in use");
    }
    s->active.of[s->mine + 1] = s->active.n;
    s->active.start[s->active.n] = a.entries[0] + a.entries[1] + a.entries[2];
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half <= HALVES; half++) {
        fill_half(&a, half);
    }
    return PL_OK;
}
