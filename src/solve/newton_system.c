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
#define SWEEPS_CONTENT 2
#define CONTENT_MOST 1e4 /* beyond this the mean recipes are not productive */
#define PIVOT_LEAST 1e-10
#define WEIGHT_LEAST 1e-4f
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
        return s->centre[j] > 0 && s->centre[j] < most;
    }
    double x = s->centre[j] + s->profit[j] * nw_size(s, j) / s->smooth;
    float weight = x > 0 && x < most ? 1 : s->trial[j];
    return weight < WEIGHT_LEAST ? 0 : weight;
}

/* How far the level that profit alone would give is beyond the bound at which column j stands; negative: it cannot move
 * in this direction. */
static double beyond(const pl_newton *s, int32_t j, bool more)
{
    double free = s->centre[j] + s->profit[j] * nw_size(s, j) / s->smooth, most = nw_most(s, j);
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
    *from = half == 0 ? 0 : half == 1 ? nw_middle(s) : s->goods;
    *to = half == 0 ? nw_middle(s) : half == 1 ? s->goods : s->goods + 1;
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
            if (s->trial[j] > 0) {
                columns++;
                entries += nw_column(s, j).count;
            }
        }
        if (columns == before && g < s->goods && s->weight[g] == 0 && s->maker_start[g] < s->maker_start[g + 1]) {
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

static void put_column(pl_newton *s, int32_t c, int64_t at, int32_t j, int32_t from, int32_t to)
{
    nw_active *a = &s->active;
    nw_view v = nw_column(s, j);
    a->column[c] = j;
    a->start[c] = at;
    a->own[c] = a->rest[c] = a->tail[c] = at + v.count;
    for (int64_t k = v.count - 1; k >= 0; k--) {
        int32_t row = v.row[k];
        a->row[at + k] = row;
        a->share[at + k] = v.share[k];
        a->tail[c] = row >= s->goods ? at + k : a->tail[c];
        a->rest[c] = row >= to ? at + k : a->rest[c];
        a->own[c] = row >= from ? at + k : a->own[c];
    }
    a->own[c] = a->own[c] < a->tail[c] ? a->own[c] : a->tail[c];
    a->rest[c] = a->rest[c] < a->tail[c] ? a->rest[c] : a->tail[c];
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
            if (s->trial[j] > 0) {
                put_column(s, c, at, j, from, to);
                at += nw_column(s, j).count;
                u->weight[c] = s->trial[j];
                sum += s->trial[j];
                c++;
            }
        }
        if (c == first && g < s->goods && s->weight[g] == 0 && s->maker_start[g] < s->maker_start[g + 1]) {
            float weight;
            int32_t j = nominal(s, g, &weight);
            put_column(s, c, at, j, from, to);
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
        pl_free(a->own);
        pl_free(a->rest);
        pl_free(a->tail);
        pl_free(a->weight);
        pl_free(a->part);
        a->column = PL_NEW(int32_t, cap);
        a->start = PL_NEW(int64_t, cap);
        a->own = PL_NEW(int64_t, cap);
        a->rest = PL_NEW(int64_t, cap);
        a->tail = PL_NEW(int64_t, cap);
        a->weight = PL_NEW(float, cap);
        a->part = PL_NEW(float, cap);
        a->columns_cap = cap;
    }
    if ((size_t)entries > a->entries_cap) {
        size_t cap = (size_t)entries + (size_t)entries / 8 + 64;
        pl_free(a->row);
        pl_free(a->share);
        a->row = PL_NEW(int32_t, cap);
        a->share = PL_NEW(float, cap);
        a->entries_cap = cap;
    }
    bool all = a->column != NULL && a->start != NULL && a->own != NULL && a->rest != NULL && a->tail != NULL &&
               a->weight != NULL && a->part != NULL && a->row != NULL && a->share != NULL;
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
    s->active.of[s->goods + 1] = s->active.n;
    s->active.start[s->active.n] = a.entries[0] + a.entries[1] + a.entries[2];
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half <= HALVES; half++) {
        fill_half(&a, half);
    }
    return PL_OK;
}

/* ---- The Leontief matrix of mean recipes, by sweeps --------------------------------------------------------------- */

/* One sweep of z = r + (inputs of the mean recipe) . z over the goods of a half; z of the other half from `old`. */
static void pull_half(const pl_newton *s, int half, const double *r, const double *old, double *z)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        double sum = 0;
        bool any = a->of[g] < a->of[g + 1];
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double part = 0;
            for (int64_t k = a->own[c]; k < a->rest[c]; k++) {
                part += (double)a->share[k] * z[a->row[k]];
            }
            if (old != NULL) {
                for (int64_t k = a->start[c]; k < a->own[c]; k++) {
                    part += (double)a->share[k] * old[a->row[k]];
                }
                for (int64_t k = a->rest[c]; k < a->tail[c]; k++) {
                    part += (double)a->share[k] * old[a->row[k]];
                }
            }
            sum += (double)a->part[c] * part;
        }
        z[g] = any ? r[g] - (sum - z[g]) : r[g]; /* the own share is 1, and the parts add up to 1 */
    }
}

/* z = about M'^-1 r, by goods. */
static void pull(const pl_newton *s, const double *r, double *z)
{
    double *old = s->w[W_OLD];
    memset(z, 0, sizeof *z * (size_t)s->goods);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        if (sweep > 0) {
            memcpy(old, z, sizeof *z * (size_t)s->goods);
        }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            pull_half(s, half, r, sweep > 0 ? old : NULL, z);
        }
    }
}

/* One sweep of z = r + inputs . z, passed on from the users, in the opposite order; what goes to the other half waits
 * in `cross` until the next sweep. */
static void push_half(const pl_newton *s, int half, double *r, double *cross, double *z)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = to - 1; g >= from; g--) {
        double more = r[g];
        if (more == 0) {
            continue;
        }
        z[g] += more;
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double part = more * (double)a->part[c];
            for (int64_t k = a->start[c]; k < a->own[c]; k++) {
                cross[a->row[k]] -= (double)a->share[k] * part;
            }
            for (int64_t k = a->own[c]; k < a->rest[c]; k++) {
                r[a->row[k]] -= (double)a->share[k] * part;
            }
            for (int64_t k = a->rest[c]; k < a->tail[c]; k++) {
                cross[a->row[k]] -= (double)a->share[k] * part;
            }
        }
        r[g] = 0;
    }
}

/* z = about M^-1 r, by goods; uses r up. */
static void push(const pl_newton *s, double *r, double *z)
{
    double *cross = s->w[W_CROSS];
    memset(z, 0, sizeof *z * (size_t)s->goods);
    memset(cross, 0, sizeof *cross * (size_t)s->goods);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            push_half(s, half, r, cross, z);
        }
        for (int32_t g = 0; sweep + 1 < SWEEPS && g < s->goods; g++) {
            r[g] += cross[g];
            cross[g] = 0;
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
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        int32_t count = a->of[g + 1] - a->of[g];
        double weight = 0;
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double w = (double)a->weight[c] * nw_size(s, a->column[c]) / s->smooth;
            bool dense = a->start[c + 1] - a->start[c] > DENSE && g == s->goods;
            weight += w;
            if (s->together && (count > 1 || g == s->goods) && !dense) {
                add_to_limits(s, c, w, matrix);
            }
            for (int64_t k = a->start[c]; g == s->goods && !dense && k < a->start[c + 1]; k++) {
                diagonal[a->row[k]] += w * (double)(a->share[k] * a->share[k]);
            }
        }
        if (g < s->goods) {
            diagonal[g] += weight;
            if (count > 1) {
                add_choice(s, half, g, weight, diagonal);
            }
        }
    }
}

static void factor_limits(pl_newton *s)
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

static double own_diagonal(const pl_newton *s, int32_t i)
{
    return s->size[i] * (s->proximal + s->damping + s->weight[i] / s->smooth);
}

static void find_diagonal(pl_newton *s)
{
    size_t square = (size_t)s->limits * (size_t)s->limits;
    double *part[HALVES + 1] = {s->diagonal, s->w[W_SPARE], s->diagonal};
    double *matrix[HALVES + 1] = {s->reduced, s->reduced + square, s->reduced};
    memset(s->reduced, 0, sizeof(double) * 2 * square);
    memset(s->w[W_SPARE], 0, sizeof(double) * (size_t)s->m);
    for (int32_t i = 0; i < s->m; i++) {
        s->diagonal[i] = own_diagonal(s, i);
    }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        weigh_half(s, half, part[half], matrix[half]);
    }
    weigh_half(s, HALVES, part[HALVES], matrix[HALVES]);
    for (int32_t i = 0; i < s->m; i++) {
        s->diagonal[i] += s->w[W_SPARE][i];
    }
    if (s->together) {
        for (size_t k = 0; k < square; k++) {
            s->reduced[k] += s->reduced[square + k];
        }
        for (int32_t l = 0; l < s->limits; l++) {
            s->reduced[l * s->limits + l] += own_diagonal(s, s->goods + l);
        }
        factor_limits(s);
    }
}

pl_status nw_gather(pl_newton *s, bool predict, pl_error *err)
{
    pl_status status = gather_columns(s, predict, err);
    if (status == PL_OK) {
        if (s->together) {
            find_contents(s);
        }
        find_diagonal(s);
    }
    return status;
}

/* ---- Conjugate gradients ----------------------------------------------------------------------------------------------- */

static double dot(const pl_newton *s, const double *a, const double *b)
{
    double part[HALVES] = {0, 0};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        int32_t from = half == 0 ? 0 : nw_middle(s), to = half == 0 ? nw_middle(s) : s->m;
        double sum = 0;
        for (int32_t i = from; i < to; i++) {
            sum += a[i] * b[i];
        }
        part[half] = sum;
    }
    return part[0] + part[1];
}

/* Adds what the columns of one half give to the image. */
static void multiply_half(const pl_newton *s, int half, const double *p, double *image, double *cross, double *limits)
{
    const nw_active *a = &s->active;
    int32_t from = half == 0 ? 0 : a->of[half == 1 ? nw_middle(s) : s->goods];
    int32_t to = half == 0 ? a->of[nw_middle(s)] : half == 1 ? a->n_owned : a->n;
    for (int32_t c = from; c < to; c++) {
        if (a->weight[c] == 0) {
            continue;
        }
        double sum = 0;
        for (int64_t k = a->start[c]; k < a->start[c + 1]; k++) {
            sum += (double)a->share[k] * p[a->row[k]];
        }
        sum *= (double)a->weight[c] * nw_size(s, a->column[c]) / s->smooth;
        for (int64_t k = a->start[c]; k < a->own[c]; k++) {
            cross[a->row[k]] += (double)a->share[k] * sum;
        }
        for (int64_t k = a->own[c]; k < a->rest[c]; k++) {
            image[a->row[k]] += (double)a->share[k] * sum;
        }
        for (int64_t k = a->rest[c]; k < a->tail[c]; k++) {
            cross[a->row[k]] += (double)a->share[k] * sum;
        }
        for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
            limits[a->row[k] - s->goods] += (double)a->share[k] * sum;
        }
    }
}

static void multiply(const pl_newton *s, const double *p, double *image)
{
    double *cross = s->w[W_CROSS];
    double *limits[HALVES + 1] = {s->of_limits, s->of_limits + s->limits, s->of_limits};
    memset(s->of_limits, 0, sizeof(double) * 2 * (size_t)s->limits);
    memset(cross, 0, sizeof *cross * (size_t)s->m);
    for (int32_t i = 0; i < s->m; i++) {
        image[i] = own_diagonal(s, i) * p[i];
    }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        multiply_half(s, half, p, image, cross, limits[half]);
    }
    multiply_half(s, HALVES, p, cross, cross, limits[HALVES]);
    for (int32_t i = 0; i < s->goods; i++) {
        image[i] += cross[i];
    }
    for (int32_t l = 0; l < s->limits; l++) {
        image[s->goods + l] += s->of_limits[l] + s->of_limits[s->limits + l];
    }
}

/* Limits used by levels y of the mean recipes of a half, subtracted from t. */
static void use_limits(const pl_newton *s, int half, const double *y, double *t)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double part = (double)a->part[c] * y[g];
            for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
                t[a->row[k] - s->goods] -= (double)a->share[k] * part;
            }
        }
    }
}

static void value_limits(const pl_newton *s, int half, const double *price, double *r)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        r[g] /= s->diagonal[g];
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            double sum = 0;
            for (int64_t k = a->tail[c]; k < a->start[c + 1]; k++) {
                sum -= (double)a->share[k] * price[a->row[k] - s->goods];
            }
            r[g] += (double)a->part[c] * sum;
        }
    }
}

static void solve_limits(const pl_newton *s, double *t)
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
static void precondition(const pl_newton *s, const double *r, double *z)
{
    double *half_way = s->w[W_HALF], *y = z;
    double *t = s->of_limits;
    memcpy(half_way, r, sizeof *r * (size_t)s->goods);
    push(s, half_way, y);
    memset(t, 0, sizeof *t * 2 * (size_t)s->limits);
    memcpy(half_way, y, sizeof *r * (size_t)s->goods);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        use_limits(s, half, y, t + half * s->limits);
    }
    for (int32_t l = 0; l < s->limits; l++) {
        t[l] += t[s->limits + l] + r[s->goods + l];
    }
    solve_limits(s, t);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        value_limits(s, half, t, half_way);
    }
    pull(s, half_way, z);
    memcpy(z + s->goods, t, sizeof *z * (size_t)s->limits);
}

/* a += f b, or with `of` a = b + f a. */
static void combine(const pl_newton *s, double *a, double f, const double *b, bool of)
{
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t i = 0; i < s->m; i++) {
        a[i] = of ? b[i] + f * a[i] : a[i] + f * b[i];
    }
}

int nw_conjugate_gradients(pl_newton *s, double tolerance, int most)
{
    double *x = s->w[W_STEP], *r = s->w[W_REST], *z = s->w[W_SOLVED], *q = s->w[W_DIRECTION], *h = s->w[W_IMAGE];
    memset(x, 0, sizeof *x * (size_t)s->m);
    for (int32_t i = 0; i < s->m; i++) {
        r[i] = -s->w[W_GRADIENT][i];
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
    return k;
}
