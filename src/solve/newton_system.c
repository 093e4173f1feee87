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
#define DENSE 64 /* columns with more entries than this are left out of the diagonal */

static inline int threads_of(const pl_newton *s)
{
    return s->set.threads;
}

/* ---- The Leontief matrix of mean recipes, by sweeps --------------------------------------------------------------- */

/* Each half of the goods is swept with a view of all goods of its own: its own values at once, those of the other half as
 * they were after the last sweep. */

/* One sweep of z = r + (inputs of the mean recipe) . z over the goods of a half. */
static void pull_half(const pl_newton *s, int half, const float *r, float *z)
{
    const nw_active *a = &s->active;
    int32_t from, to;
    nw_goods_of(s, half, &from, &to);
    for (int32_t g = from; g < to; g++) {
        float sum = 0;
        bool any = a->of[g] < a->of[g + 1];
        for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
            float part = 0;
            for (int64_t k = a->start[c]; k < a->tail[c]; k++) {
                __builtin_prefetch(&z[a->row[k + NW_AHEAD]]);
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
    nw_goods_of(s, half, &from, &to);
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
        nw_goods_of(s, half, &from, &to);
        memcpy(z + from, view[half] + from, sizeof *z * (size_t)(to - from));
    }
}

/* One sweep of z = r + inputs . z, passed on from the users, in the opposite order. */
static void push_half(const pl_newton *s, int half, float *r, float *z)
{
    const nw_active *a = &s->active;
    double *sum = s->sum[half];
    int32_t from, to;
    nw_goods_of(s, half, &from, &to);
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
            int64_t few = a->busy[c] < a->tail[c] ? a->busy[c] : a->tail[c];
            for (int64_t k = a->start[c]; k < few; k++) {
                __builtin_prefetch(&r[a->row[k - NW_AHEAD]], 1);
                r[a->row[k]] -= a->share[k] * part;
            }
            for (int64_t k = few; k < a->tail[c]; k++) {
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
    nw_goods_of(s, half, &from, &to);
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
    nw_goods_of(s, half, &from, &to);
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
    size_t square = s->together ? (size_t)s->limits * (size_t)s->limits : 0;
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
    pl_status status = pl_crew_agree(s->crew, nw_gather_columns(s, predict, err), err);
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
    nw_goods_of(s, half, &from, &to);
    for (int32_t c = a->of[from]; c < a->of[to]; c++) {
        if (a->weight[c] == 0) {
            continue;
        }
        float sum = 0;
        for (int64_t k = a->start[c]; k < a->start[c + 1]; k++) {
            __builtin_prefetch(&p[a->row[k + NW_AHEAD]]);
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
    nw_goods_of(s, half, &from, &to);
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
    nw_goods_of(s, half, &from, &to);
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
