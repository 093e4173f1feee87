/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_system.c - the equations of a Newton step, solved by preconditioned conjugate gradients.
 *
 * The matrix is H = sum of weight * column column' over the columns in use, and a diagonal.  A good with one recipe in
 * use has one column there; were it so for all goods, H = M D M' with the Leontief matrix M of these recipes.  So the
 * preconditioner takes M of the mean recipes, inverted by sweeps (from one side by passing needs up the chain, from the
 * other, transposed, by adding up costs), and for D
 *   - of a good: the weights of its recipes, and what other goods' choice between recipes adds where they differ in
 *     their use of it (this alone holds the price of a good that no recipe in use can make more of);
 *   - of the limits: a small full matrix, with what the choice between recipes adds by their whole content of each limit.
 * The sweeps are the same number from zero each time, the transposed in the opposite order, so that the preconditioner
 * is symmetric and positive definite however few they are. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "solve/newton_state.h"

#define SWEEPS 3
#define SWEEPS_CONTENT 1 /* from those of the step before */
#define CONTENT_MOST 1e4 /* beyond this the mean recipes are not productive */
#define PIVOT_LEAST 1e-10
#define WEIGHT_LEAST 1e-4f
#define AHEAD 40 /* entries that are fetched from memory before they are used */
#define DENSE 64 /* columns with more entries than this are left out of the diagonal */

static inline int threads_of(const pl_newton *s)
{
    return s->set.threads;
}

/* ---- Columns in use ------------------------------------------------------------------------------------------- */

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

/* Goods of a half; the last "half" is nobody. */
static void goods_of(const pl_newton *s, int half, int32_t *from, int32_t *to)
{
    *from = half == 0 ? 0 : half == 1 ? nw_middle(s) : s->mine;
    *to = half == 0 ? nw_middle(s) : half == 1 ? s->mine : s->mine + 1;
}

/* Sets the weights into s->trial and counts. */
static void count_half(gathering *a, int half)
{
    pl_newton *s = a->s;
    int32_t from, to, columns = 0;
    int64_t entries = 0;
    goods_of(s, half, &from, &to);
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
    memcpy(a->row + a->tail[c], v.row + goods, sizeof *v.row * (size_t)(v.count - goods));
    memcpy(a->share + a->tail[c], v.share + goods, sizeof *v.share * (size_t)(v.count - goods));
}

static void fill_half(gathering *a, int half)
{
    pl_newton *s = a->s;
    nw_active *u = &s->active;
    int32_t from, to, c = 0;
    int64_t at = 0;
    goods_of(s, half, &from, &to);
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
        a->row_room = PL_NEW0(int32_t, cap + 2 * AHEAD);
        a->row = a->row_room == NULL ? NULL : a->row_room + AHEAD;
        a->share = PL_NEW(float, cap);
        a->entries_cap = cap;
    }
    bool all = a->column != NULL && a->start != NULL && a->busy != NULL && a->tail != NULL &&
               a->weight != NULL && a->steepness != NULL && a->part != NULL && a->row != NULL && a->share != NULL;
    a->columns_cap = all ? a->columns_cap : 0;
    a->entries_cap = all ? a->entries_cap : 0;
    return all;
}

static pl_status gather_columns(pl_newton *s, bool predict, pl_error *err)
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

/* ---- The Leontief matrix of mean recipes, by sweeps --------------------------------------------------------------- */

/* Each half of the goods is swept with a view of all goods of its own: its own values at once, those of the other half as
 * they were after the last sweep. */

/* One sweep of z = r + (inputs of the mean recipe) . z over the goods of a half. */
static void pull_half(const pl_newton *s, int half, const float *r, float *z)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        float sum = 0;
        bool any = a->of[g] < a->of[g + 1];
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            float part = 0;
            for (int64_t k = a->start[c]; k < a->tail[c]; k++) {
                __builtin_prefetch(&z[a->row[k + AHEAD]]);
                part += a->share[k] * z[a->row[k]];
            }
            sum += a->part[c] * part;
        }
        z[g] = any ? r[g] - (sum - z[g]) : r[g]; /* the own share is 1, and the parts add up to 1 */
    }
}

/* Copies one half's values from its own view to the other's. */
static void show(const pl_newton *s, int half, float *const view[HALVES])
{
    int32_t from, to;
    goods_of(s, half, &from, &to);
    memcpy(view[1 - half] + from, view[half] + from, sizeof(float) * (size_t)(to - from));
}

/* Shows both halves' values to all, and those of others to both. */
static void show_all(const pl_newton *s, float *const view[HALVES])
{
    for (int half = 0; half < HALVES; half++) {
        show(s, half, view);
    }
    if (s->border != NULL) {
        pl_border_show_floats(s->border, view[0], 1);
        memcpy(view[1] + s->mine, view[0] + s->mine, sizeof(float) * (size_t)(s->goods - s->mine));
    }
}

/* z = about M'^-1 r, by goods. */
static void pull(const pl_newton *s, const float *r, float *z)
{
    float *const *view = s->view;
    for (int half = 0; half < HALVES; half++) {
        memset(view[half], 0, sizeof *z * (size_t)s->goods);
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        if (sweep > 0) {
            show_all(s, view);
        }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            pull_half(s, half, r, view[half]);
        }
    }
    for (int half = 0; half < HALVES; half++) {
        int32_t from, to;
        goods_of(s, half, &from, &to);
        memcpy(z + from, view[half] + from, sizeof *z * (size_t)(to - from));
    }
}

/* One sweep of z = r + inputs . z, passed on from the users, in the opposite order. */
static void push_half(const pl_newton *s, int half, float *r, float *z)
{
    const nw_active *a = &s->active;
    double *sum = s->sum[half];
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = to - 1; g >= from; g--) {
        float more = r[g];
        if (s->slot[g] >= 0) {
            more += (float)sum[s->slot[g]];
        }
        if (more == 0) {
            continue;
        }
        z[g] += more;
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            float part = more * a->part[c];
            for (int64_t k = a->start[c]; k < a->busy[c]; k++) {
                __builtin_prefetch(&r[a->row[k - AHEAD]], 1);
                r[a->row[k]] -= a->share[k] * part;
            }
            for (int64_t k = a->busy[c]; k < a->tail[c]; k++) {
                sum[s->slot[a->row[k]]] -= (double)(a->share[k] * part);
            }
        }
        r[g] = 0; /* its own output too */
        if (s->slot[g] >= 0) {
            sum[s->slot[g]] = 0;
        }
    }
}

/* What both halves ask of others goes to these; it waits in the first view, as what the second half asks of the first does. */
static void pass_on(const pl_newton *s, float *const view[HALVES])
{
    for (int32_t g = s->mine; g < s->goods; g++) {
        view[0][g] += view[1][g];
        view[1][g] = 0;
    }
    pl_border_collect_floats(s->border, view[0]);
}

/* What a half asks of busy goods of the other, to the other. */
static void pass_on_sums(const pl_newton *s)
{
    for (int32_t i = 0; i < s->busy; i++) {
        bool second = s->busy_good[i] >= nw_middle(s);
        s->sum[second][i] += s->sum[!second][i];
        s->sum[!second][i] = 0;
    }
}

/* z = about M^-1 r, by goods.  What a half asks of the other waits in its view until the next sweep. */
static void push(const pl_newton *s, const float *r, float *z)
{
    float *const *view = s->view;
    int32_t middle = nw_middle(s);
    memset(z, 0, sizeof *z * (size_t)s->goods);
    for (int half = 0; half < HALVES; half++) {
        memset(view[half], 0, sizeof *z * (size_t)s->goods);
        memset(s->sum[half], 0, sizeof *s->sum[half] * (size_t)s->busy);
    }
    memcpy(view[0], r, sizeof *z * (size_t)middle);
    memcpy(view[1] + middle, r + middle, sizeof *z * (size_t)(s->mine - middle));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        if (sweep > 0 && s->border != NULL) {
            pass_on(s, view);
        }
        pass_on_sums(s);
        for (int32_t g = 0; sweep > 0 && g < s->mine; g++) {
            float *to = g < middle ? view[0] : view[1], *waits = g < middle ? view[1] : view[0];
            to[g] += waits[g];
            waits[g] = 0;
        }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            push_half(s, half, view[half], z);
        }
    }
}

/* ---- Contents of limits --------------------------------------------------------------------------------------------- */

/* One sweep of the contents of a half of the goods. */
static void sweep_content(const pl_newton *s, int half, const float *old)
{
    const nw_active *a = &s->active;
    int32_t from, to, limits = s->limits;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        float sum[LIMITS_MOST] = {0};
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            for (int64_t k = a->start[c]; k < a->tail[c]; k++) {
                int32_t row = a->row[k];
                const float *from_row = (row >= from && row < to ? s->content : old) + (int64_t)row * limits;
                float share = row == g ? 0 : -a->share[k] * a->part[c];
                for (int32_t l = 0; l < limits; l++) {
                    sum[l] += share * from_row[l];
                }
            }
            for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
                sum[a->row[k] - s->goods] -= a->share[k] * a->part[c];
            }
        }
        for (int32_t l = 0; l < limits; l++) {
            s->content[(int64_t)g * limits + l] = (float)nw_clip((double)sum[l], -CONTENT_MOST, CONTENT_MOST);
        }
    }
}

static void find_contents(pl_newton *s)
{
    for (int sweep = 0; sweep < SWEEPS_CONTENT; sweep++) {
        pl_border_show_floats(s->border, s->content, s->limits);
        memcpy(s->content_old, s->content, sizeof(float) * (size_t)s->goods * (size_t)s->limits);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            sweep_content(s, half, s->content_old);
        }
    }
}

/* ---- The diagonal, and the matrix of the limits -------------------------------------------------------------------- */

/* Adds weight times the squares of what is left of the column's contents of limits when its output is paid for. */
static void add_to_limits(const pl_newton *s, int32_t c, double weight, double *matrix)
{
    const nw_active *a = &s->active;
    int32_t limits = s->limits;
    double rest[LIMITS_MOST] = {0};
    for (int64_t k = a->start[c]; k < a->tail[c]; k++) {
        for (int32_t l = 0; l < limits; l++) {
            rest[l] += (double)(a->share[k] * s->content[(int64_t)a->row[k] * limits + l]);
        }
    }
    for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
        rest[a->row[k] - s->goods] += (double)a->share[k];
    }
    for (int32_t i = 0; i < limits; i++) {
        for (int32_t l = 0; l < limits; l++) {
            matrix[i * limits + l] += weight * rest[i] * rest[l];
        }
    }
}

/* What the choice between the recipes of good g adds to the diagonal: weight * (mean of squares - square of means). */
static void add_choice(pl_newton *s, int half, int32_t g, double weight, double *diagonal)
{
    const nw_active *a = &s->active;
    float *mean = s->mean[half], *square = s->square[half];
    for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
        for (int64_t k = a->start[c]; k < a->start[c + 1]; k++) {
            mean[a->row[k]] += a->part[c] * a->share[k];
            square[a->row[k]] += a->part[c] * a->share[k] * a->share[k];
        }
    }
    for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
        for (int64_t k = a->start[c]; k < a->start[c + 1]; k++) {
            int32_t row = a->row[k];
            diagonal[row] += weight * (double)fmaxf(0, square[row] - mean[row] * mean[row]);
            mean[row] = square[row] = 0;
        }
    }
}

static void weigh_half(pl_newton *s, int half, double *diagonal, double *matrix)
{
    nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        int32_t count = a->of[g + 1] - a->of[g];
        double weight = 0;
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double w = (double)a->weight[c] * nw_size(s, a->column[c]) / s->smooth;
            a->steepness[c] = (float)w;
            bool dense = a->start[c + 1] - a->start[c] > DENSE && g == s->mine;
            weight += w;
            if (s->together && (count > 1 || g == s->mine) && !dense) {
                add_to_limits(s, c, w, matrix);
            }
            for (int64_t k = a->start[c]; g == s->mine && !dense && k < a->start[c + 1]; k++) {
                diagonal[a->row[k]] += w * (double)(a->share[k] * a->share[k]);
            }
        }
        if (g < s->mine) {
            diagonal[g] += weight;
            if (count > 1) {
                add_choice(s, half, g, weight, diagonal);
            }
        }
    }
}

void nw_factor_limits(pl_newton *s)
{
    int32_t n = s->limits;
    double *w = s->reduced;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t l = 0; l <= i; l++) {
            double sum = w[i * n + l], least = i == l ? fmax(PIVOT_LEAST * sum, 1e-300) : 0;
            for (int32_t k = 0; k < l; k++) {
                sum -= w[i * n + k] * w[l * n + k];
            }
            w[i * n + l] = i == l ? sqrt(fmax(sum, least)) : sum / w[l * n + l];
        }
    }
}

double nw_own_diagonal(const pl_newton *s, int32_t i)
{
    return s->size[i] * (s->proximal + s->damping + (s->moves[i] ? 1 / s->smooth : 0));
}

static void find_diagonal(pl_newton *s)
{
    size_t square = (size_t)s->limits * (size_t)s->limits;
    double *part[HALVES + 1] = {s->diagonal, s->w[W_SPARE], s->diagonal};
    double *matrix[HALVES + 1] = {s->reduced, s->reduced + square, s->reduced};
    memset(s->reduced, 0, sizeof(double) * 2 * square);
    memset(s->w[W_SPARE], 0, sizeof(double) * (size_t)s->m);
    for (int32_t i = 0; i < s->m; i++) { /* of what all share, the first process has it */
        bool own = s->border == NULL || i < s->mine || (i >= s->goods && pl_crew_first(s->crew));
        s->diagonal[i] = own ? nw_own_diagonal(s, i) : 0;
    }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        weigh_half(s, half, part[half], matrix[half]);
    }
    weigh_half(s, HALVES, part[HALVES], matrix[HALVES]);
    for (int32_t i = 0; i < s->m; i++) {
        s->diagonal[i] += s->w[W_SPARE][i];
    }
    pl_border_collect(s->border, s->diagonal);
    nw_sum_limits(s, s->diagonal);
    s->shared_steepness = s->shared ? (float)((double)s->trial[s->n - 1] * nw_size(s, s->n - 1) / s->smooth) : 0;
    if (s->together) {
        for (size_t k = 0; k < square; k++) {
            s->reduced[k] += s->reduced[square + k];
        }
        pl_crew_sums(s->crew, s->reduced, square);
        for (int32_t l = 0; l < s->limits; l++) {
            s->reduced[l * s->limits + l] += nw_own_diagonal(s, s->goods + l);
        }
        nw_factor_limits(s);
    }
}

pl_status nw_gather(pl_newton *s, bool predict, pl_error *err)
{
    pl_status status = pl_crew_agree(s->crew, gather_columns(s, predict, err), err);
    if (status == PL_OK) {
        if (s->together) {
            find_contents(s);
        }
        find_diagonal(s);
    }
    return status;
}

/* ---- Conjugate gradients ----------------------------------------------------------------------------------------------- */

/* In single precision: a step need only be right to a few hundredths. */

static double dot(const pl_newton *s, const float *a, const float *b)
{
    double part[HALVES] = {0, 0};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        int32_t from = half == 0 ? 0 : nw_middle(s), to = half == 0 ? nw_middle(s) : s->mine;
        double sum = 0;
        for (int32_t i = from; i < to; i++) {
            sum += (double)a[i] * (double)b[i];
        }
        for (int32_t i = s->goods; half == 1 && pl_crew_first(s->crew) && i < s->m; i++) {
            sum += (double)a[i] * (double)b[i];
        }
        part[half] = sum;
    }
    return pl_crew_sum(s->crew, part[0] + part[1]);
}

/* Adds what the columns of one half, or those of nobody, give to the image; of busy goods and limits, to the sums. */
static void multiply_half(const pl_newton *s, int half, const float *p, float *image, double *sums)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t c = a->of[from]; c < a->of[to]; c++) {
        if (a->weight[c] == 0) {
            continue;
        }
        float sum = 0;
        for (int64_t k = a->start[c]; k < a->start[c + 1]; k++) {
            __builtin_prefetch(&p[a->row[k + AHEAD]]);
            sum += a->share[k] * p[a->row[k]];
        }
        sum *= a->steepness[c];
        for (int64_t k = a->start[c]; k < a->busy[c]; k++) {
            image[a->row[k]] += a->share[k] * sum;
        }
        for (int64_t k = a->busy[c]; k < a->start[c + 1]; k++) {
            int32_t row = a->row[k];
            sums[row < s->goods ? s->slot[row] : s->busy + row - s->goods] += (double)(a->share[k] * sum);
        }
    }
}

/* What a shared column gives: the value of all its parts, times its steepness. */
static void multiply_shared(const pl_newton *s, const float *p, float *image)
{
    nw_view c = nw_column(s, s->n - 1);
    double sum = 0;
    for (int64_t k = 0; k < c.count; k++) {
        sum += (double)c.share[k] * (double)p[c.row[k]];
    }
    float value = (float)pl_crew_sum(s->crew, sum) * s->shared_steepness;
    for (int64_t k = 0; k < c.count; k++) {
        image[c.row[k]] += c.share[k] * value;
    }
}

/* Both views become one, with what others give; limits: what all give. */
static void add_others(const pl_newton *s, float *const view[HALVES])
{
    double *limits = s->of_limits;
    for (int32_t i = 0; i < s->m; i++) {
        view[0][i] += view[1][i];
        view[1][i] = 0;
    }
    pl_border_collect_floats(s->border, view[0]);
    for (int32_t l = 0; l < s->limits; l++) {
        limits[l] = (double)view[0][s->goods + l];
    }
    pl_crew_sums(s->crew, limits, (size_t)s->limits);
    for (int32_t l = 0; l < s->limits; l++) {
        view[0][s->goods + l] = (float)limits[l];
    }
}

static void multiply(const pl_newton *s, float *p, float *image)
{
    float *const *view = s->view;
    pl_border_show_floats(s->border, p, 1);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        memset(view[half], 0, sizeof *image * (size_t)s->m);
        memset(s->sum[half], 0, sizeof *s->sum[half] * (size_t)(s->busy + s->limits));
        multiply_half(s, half, p, view[half], s->sum[half]);
    }
    multiply_half(s, HALVES, p, view[0], s->sum[0]);
    for (int32_t i = 0; i < s->busy + s->limits; i++) {
        view[0][i < s->busy ? s->busy_good[i] : s->goods + i - s->busy] += (float)(s->sum[0][i] + s->sum[1][i]);
    }
    if (s->shared && s->shared_steepness > 0) {
        multiply_shared(s, p, view[0]);
    }
    if (s->border != NULL) {
        add_others(s, view);
    }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t i = 0; i < s->m; i++) {
        image[i] = s->own[i] * p[i] + (view[0][i] + view[1][i]);
    }
}

/* Limits used by levels y of the mean recipes of a half, subtracted from t. */
static void use_limits(const pl_newton *s, int half, const float *y, double *t)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double part = (double)(a->part[c] * y[g]);
            for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
                t[a->row[k] - s->goods] -= (double)a->share[k] * part;
            }
        }
    }
}

static void value_limits(const pl_newton *s, int half, const double *price, const float *y, float *r)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        double sum = (double)y[g] / s->diagonal[g];
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double cost = 0;
            for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
                cost -= (double)a->share[k] * price[a->row[k] - s->goods];
            }
            sum += (double)a->part[c] * cost;
        }
        r[g] = (float)sum;
    }
}

void nw_solve_limits(const pl_newton *s, double *t)
{
    int32_t n = s->limits;
    const double *w = s->reduced;
    for (int32_t i = 0; !s->together && i < n; i++) {
        t[i] /= s->diagonal[s->goods + i];
    }
    for (int32_t i = 0; s->together && i < n; i++) {
        for (int32_t k = 0; k < i; k++) {
            t[i] -= w[i * n + k] * t[k];
        }
        t[i] /= w[i * n + i];
    }
    for (int32_t i = n - 1; s->together && i >= 0; i--) {
        for (int32_t k = i + 1; k < n; k++) {
            t[i] -= w[k * n + i] * t[k];
        }
        t[i] /= w[i * n + i];
    }
}

/* z = preconditioner^-1 r. */
static void precondition(const pl_newton *s, const float *r, float *z)
{
    float *half_way = s->f[F_HALF];
    double *t = s->of_limits;
    push(s, r, z);
    memset(t, 0, sizeof *t * 2 * (size_t)s->limits);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        use_limits(s, half, z, t + half * s->limits);
    }
    if (s->border != NULL) {
        for (int32_t l = 0; l < s->limits; l++) {
            t[l] += t[s->limits + l];
            t[s->limits + l] = 0;
        }
        pl_crew_sums(s->crew, t, (size_t)s->limits);
    }
    for (int32_t l = 0; l < s->limits; l++) {
        t[l] += t[s->limits + l] + (double)r[s->goods + l];
    }
    nw_solve_limits(s, t);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        value_limits(s, half, t, z, half_way);
    }
    pull(s, half_way, z);
    for (int32_t l = 0; l < s->limits; l++) {
        z[s->goods + l] = (float)t[l];
    }
}

/* a += f b, or with `of` a = b + f a. */
static void combine(const pl_newton *s, float *a, double factor, const float *b, bool of)
{
    float f = (float)factor;
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t i = 0; i < s->m; i++) {
        a[i] = of ? b[i] + f * a[i] : a[i] + f * b[i];
    }
}

int nw_conjugate_gradients(pl_newton *s, double tolerance, int most)
{
    float *x = s->f[F_STEP], *r = s->f[F_REST], *z = s->f[F_SOLVED], *q = s->f[F_DIRECTION], *h = s->f[F_IMAGE];
    memset(x, 0, sizeof *x * (size_t)s->m);
    for (int32_t i = 0; i < s->m; i++) {
        r[i] = -(float)s->w[W_GRADIENT][i];
        s->own[i] = (float)nw_own_diagonal(s, i);
    }
    precondition(s, r, z);
    memcpy(q, z, sizeof *q * (size_t)s->m);
    double norm = dot(s, r, z), first = norm;
    int k = 0;
    while (k < most && norm > tolerance * tolerance * first && norm > 0) {
        multiply(s, q, h);
        double length = norm / dot(s, q, h), before = norm;
        combine(s, x, length, q, false);
        combine(s, r, -length, h, false);
        precondition(s, r, z);
        norm = dot(s, r, z);
        combine(s, q, norm / before, z, true);
        k++;
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->w[W_STEP][i] = (double)x[i];
    }
    return k;
}

/* Prices of limits with what they add to the prices of goods (contents) are a subspace; the matrix of the limits is H on it. */
double nw_limit_direction(pl_newton *s)
{
    double off = 0;
    const double *g = s->w[W_GRADIENT];
    double *t = s->of_limits, *step = s->w[W_STEP];
    int32_t limits = s->limits;
    memset(t, 0, sizeof *t * (size_t)limits);
    for (int32_t i = 0; i < s->mine; i++) {
        for (int32_t l = 0; l < limits; l++) {
            t[l] -= (double)s->content[(int64_t)i * limits + l] * g[i];
        }
    }
    pl_crew_sums(s->crew, t, (size_t)limits);
    for (int32_t l = 0; l < limits; l++) {
        t[l] -= g[s->goods + l];
        off = fmax(off, fabs(t[l]) / s->size[s->goods + l]);
    }
    nw_solve_limits(s, t);
    for (int32_t i = 0; i < s->mine; i++) {
        double sum = 0;
        for (int32_t l = 0; l < limits; l++) {
            sum += (double)s->content[(int64_t)i * limits + l] * t[l];
        }
        step[i] = sum;
    }
    pl_border_show(s->border, step);
    memcpy(step + s->goods, t, sizeof *step * (size_t)limits);
    return off;
}
