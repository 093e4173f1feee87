/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_step.c - one semismooth Newton step of the proximal programme, with an exact line search.
 *
 *     minimise  Psi(p) = sum over columns of  max_X (profit X - smoothing (X - centre)^2 / 2 size)
 *                      - sum over rows of  min_R (p R + smoothing (R - centre)^2 / 2 size)
 *                      + proximal sum size (p - centre)^2 / 2
 *
 * Its gradient is what the balances lack at the levels that the prices p call forth.  Psi is convex, once differentiable
 * and piecewise quadratic; along a step its slope is piecewise linear, so that the minimum on it is found from the
 * columns whose level changes, without going through the matrix again. */
#include <math.h>

#include "solve/newton_state.h"

#define TRUST 0.5 /* part of the weight along the last whole step that is reckoned with in the next */
#define SEARCHES 16
#define BRACKET 0.05
#define DAMPING_LESS 0.4 /* after a whole step */
#define DAMPING_MORE 3   /* after one of less than SHORT_STEP */
#define SHORT_STEP 0.3
#define DAMPING_LEAST 1e-3 /* in parts of 1 / smoothing */
#define SOLVE_TO 0.1     /* of conjugate gradients, in the norm of the preconditioner */
#define MULTIPLY_MOST 100

static inline int threads_of(const pl_newton *s)
{
    return s->set.threads;
}

/* Profit of a column at prices p, costs counted or not. */
static inline double profit_at(const pl_newton *s, int32_t j, const double *p)
{
    nw_view c = nw_column(s, j);
    double sum = 0;
    for (int64_t k = 0; k < c.count; k++) {
        sum += (double)c.share[k] * p[c.row[k]];
    }
    return sum;
}

void nw_profits(pl_newton *s)
{
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t j = 0; j < s->n; j++) {
        s->profit[j] = profit_at(s, j, s->price) - nw_cost(s, j);
    }
    if (s->shared) {
        s->profit[s->n - 1] = pl_crew_sum(s->crew, profit_at(s, s->n - 1, s->price)) - nw_cost(s, s->n - 1);
    }
}

static inline double level_at(const pl_newton *s, int32_t j, double profit)
{
    return nw_clip((double)s->centre[j] + profit * nw_size(s, j) / s->smooth, 0, nw_most(s, j));
}

static inline double slack_at(const pl_newton *s, int32_t i, double price)
{
    return nw_clip(s->slack_centre[i] - price * s->size[i] / s->smooth, s->lo[i], s->hi[i]);
}

void nw_levels(pl_newton *s)
{
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t j = 0; j < s->n; j++) {
        s->level[j] = (float)level_at(s, j, s->profit[j]);
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->slack[i] = slack_at(s, i, s->price[i]);
        double free = s->slack_centre[i] - s->price[i] * s->size[i] / s->smooth;
        s->moves[i] = free > s->lo[i] && free < s->hi[i];
    }
}

/* Levels as if no column or slack could reach a bound that its centre does not touch. */
static void predict_levels(pl_newton *s)
{
    for (int32_t j = 0; j < s->n; j++) {
        bool inside = s->centre[j] > 0 && (double)s->centre[j] < nw_most(s, j);
        s->level[j] = inside ? (float)((double)s->centre[j] + s->profit[j] * nw_size(s, j) / s->smooth) : s->centre[j];
    }
    for (int32_t i = 0; i < s->m; i++) {
        bool inside = s->slack_centre[i] > s->lo[i] && s->slack_centre[i] < s->hi[i];
        s->moves[i] = inside;
        s->slack[i] = inside ? s->slack_centre[i] - s->price[i] * s->size[i] / s->smooth : s->slack_centre[i];
    }
}

/* Adds the flows of one half of the columns to g. */
static void add_flows(const pl_newton *s, int half, double *g)
{
    int32_t from = half == 0 ? 0 : s->n / 2, to = half == 0 ? s->n / 2 : s->n;
    for (int32_t j = from; j < to; j++) {
        double x = (double)s->level[j];
        if (x == 0) {
            continue;
        }
        nw_view c = nw_column(s, j);
        for (int64_t k = 0; k < c.count; k++) {
            g[c.row[k]] += (double)c.share[k] * x;
        }
    }
}

/* Of both parts, what others add and what all use of limits; nothing stays in `part`. */
static void add_others(const pl_newton *s, double *g, double *part)
{
    for (int32_t i = 0; i < s->m; i++) {
        g[i] += part[i];
        part[i] = 0;
    }
    pl_border_collect(s->border, g);
    nw_sum_limits(s, g);
}

/* Completes the gradient of some rows; adds their part of its norm, squared, to sum. */
static double add_slacks(const pl_newton *s, double *g, const double *part, int32_t from, int32_t to, double sum)
{
    for (int32_t i = from; i < to; i++) {
        g[i] += part[i] - s->slack[i] + s->proximal * s->size[i] * (s->price[i] - s->price_centre[i]);
        double through = i < s->goods ? s->total : s->size[i];
        sum += g[i] * g[i] / (s->size[i] * through);
    }
    return sum;
}

double nw_gradient(pl_newton *s, double *g)
{
    double *part[HALVES] = {g, s->w[W_SPARE]};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        memset(part[half], 0, sizeof *g * (size_t)s->m);
        add_flows(s, half, part[half]);
    }
    if (s->border != NULL) {
        add_others(s, g, part[1]);
    }
    double sum = pl_crew_sum(s->crew, add_slacks(s, g, part[1], 0, s->mine, 0));
    return sqrt(add_slacks(s, g, part[1], s->goods, s->m, sum));
}

/* ---- Line search ---------------------------------------------------------------------------------------- */

typedef struct search {
    pl_newton *s;
    const double *step;
    int32_t *touched; /* columns that are, or come, above 0 */
    double shared;    /* how the profit of a shared column changes */
    int32_t n[HALVES];
} search;

/* How profits change along the step, which columns matter, and their mean weight along the whole of it. */
static void survey(search *l, int half)
{
    pl_newton *s = l->s;
    int32_t from = half == 0 ? 0 : s->n / 2, to = half == 0 ? s->n / 2 : s->n, count = 0, counted = nw_counted(s);
    for (int32_t j = from; j < to; j++) {
        double change = nw_is_shared(s, j) ? l->shared : profit_at(s, j, l->step), scale = nw_size(s, j) / s->smooth;
        double before = level_at(s, j, s->profit[j]), after = level_at(s, j, s->profit[j] + change);
        s->change[j] = (float)change;
        s->trial[j] = (float)(fabs(change) > 1e-14 ? TRUST * fmin(1, (after - before) / (change * scale)) : 0);
        if ((before > 0 || after > 0) && j < counted) {
            l->touched[from + count++] = j;
        }
    }
    l->n[half] = count;
}

/* Slope of Psi along the step, at length t. */
static double half_slope(const search *l, int half, double t)
{
    const pl_newton *s = l->s;
    int32_t from = half == 0 ? 0 : s->n / 2;
    double sum = 0;
    for (int32_t k = from; k < from + l->n[half]; k++) {
        int32_t j = l->touched[k];
        sum += level_at(s, j, s->profit[j] + t * (double)s->change[j]) * (double)s->change[j];
    }
    return sum;
}

static double add_row_slopes(const search *l, double t, int32_t from, int32_t to, double sum)
{
    const pl_newton *s = l->s;
    for (int32_t i = from; i < to; i++) {
        double p = s->price[i] + t * l->step[i];
        sum += l->step[i] * (s->proximal * s->size[i] * (p - s->price_centre[i]) - slack_at(s, i, p));
    }
    return sum;
}

static double slope(void *user, double t)
{
    const search *l = user;
    const pl_newton *s = l->s;
    double part[HALVES + 1];
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        part[half] = half_slope(l, half, t);
    }
    part[HALVES] = add_row_slopes(l, t, 0, s->mine, 0);
    pl_crew_sums(s->crew, part, HALVES + 1);
    return part[0] + part[1] + add_row_slopes(l, t, s->goods, s->m, part[HALVES]);
}

double nw_find_length(double (*slope_at)(void *user, double t), void *user)
{
    double high = 1, at_high = slope_at(user, 1), low = 0, at_low = 0;
    if (!(at_high > 0)) {
        return 1;
    }
    at_low = fmin(slope_at(user, 0), -1e-3 * at_high);
    for (int k = 0; k < SEARCHES && high - low > BRACKET * high; k++) {
        double t = low + (high - low) * nw_clip(-at_low / (at_high - at_low), 0.1, 0.9);
        double at = slope_at(user, t);
        if (at > 0) {
            high = t;
            at_high = at;
        } else {
            low = t;
            at_low = at;
        }
    }
    return low > 0 ? low : high;
}

static void move(pl_newton *s, const double *step, double length)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->price[i] += length * step[i];
    }
#pragma omp parallel for num_threads(threads_of(s)) schedule(static)
    for (int32_t j = 0; j < s->n; j++) {
        s->profit[j] += length * (double)s->change[j];
    }
}

/* Moves along W_STEP as far as Psi falls, or the whole of it; returns how far. */
static double go_along(pl_newton *s, bool whole)
{
    search l = {.s = s, .step = s->w[W_STEP], .touched = s->touched};
    l.shared = s->shared ? pl_crew_sum(s->crew, profit_at(s, s->n - 1, l.step)) : 0;
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        survey(&l, half);
    }
    double length = whole ? 1 : nw_find_length(slope, &l);
    move(s, l.step, length);
    return length;
}

void nw_damp(pl_newton *s, bool predict, double taken)
{
    if (!predict && taken > 0.9) {
        s->damping *= DAMPING_LESS;
    } else if (!predict && taken < SHORT_STEP) {
        s->damping = DAMPING_MORE * fmax(s->damping, DAMPING_LEAST / s->smooth);
    }
}

pl_status nw_newton_step(pl_newton *s, bool predict, double *taken, pl_error *err)
{
    if (predict) {
        predict_levels(s);
        (void)nw_gradient(s, s->w[W_GRADIENT]);
    }
    pl_status status = nw_gather(s, predict, err); /* all agree */
    if (status != PL_OK) {
        return status;
    }
    s->stats.multiplications += nw_conjugate_gradients(s, SOLVE_TO, MULTIPLY_MOST);
    *taken = go_along(s, predict);
    nw_damp(s, predict, *taken);
    s->stats.steps++;
    return PL_OK;
}

pl_status nw_limit_step(pl_newton *s, double *off, pl_error *err)
{
    nw_levels(s);
    (void)nw_gradient(s, s->w[W_GRADIENT]);
    pl_status status = nw_gather(s, false, err); /* all agree */
    if (status == PL_OK) {
        *off = nw_limit_direction(s);
        (void)go_along(s, false);
    }
    return status;
}
