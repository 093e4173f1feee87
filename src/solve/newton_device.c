/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_device.c - Newton steps on a device (docs/methods/gpu.md).
 *
 * The same steps as in newton_step.c and newton_system.c, with everything that is as long as the programme on the device.
 * Where the CPU sweeps goods one after the other (Gauss and Seidel), here all are swept at once (Jacobi): the same sums of
 * powers from both sides, so that the preconditioner stays symmetric and positive definite. */
#include <math.h>

#include "base/mem.h"
#include "solve/newton_device.h"

#define SWEEPS 5 /* of all goods at once; the CPU takes 3, one after the other */
#define SOLVE_TO 0.1
#define MULTIPLY_MOST 100

/* ---- Launches ------------------------------------------------------------------------------------------------------------ */

void nd_run(pl_newton *s, int kernel, int64_t n)
{
    struct nw_device *d = s->device;
    d->a.smooth = s->smooth;
    d->a.proximal = s->proximal;
    d->a.damping = s->damping;
    d->a.tolerance = s->set.tolerance;
    if (n > 0) {
        d->dev->calls->run(d->dev, kernel, &d->a, n);
    }
}

void nd_download(pl_newton *s, double *to, const double *from, int64_t n)
{
    s->device->dev->calls->down(s->device->dev, to, from, sizeof *to * (size_t)n);
}

/* Sums (or the largest) over the lanes of each group. */
void nd_lane_groups(pl_newton *s, int kernel, int32_t groups, bool largest, double *out)
{
    struct nw_device *d = s->device;
    nd_run(s, kernel, (int64_t)groups * d->a.lanes);
    d->a.flag = largest;
    nd_run(s, ND_lane_fold, (int64_t)groups * ND_FOLDS);
    nd_download(s, d->fold, d->a.fold, (int64_t)groups * ND_FOLDS);
    for (int32_t g = 0; g < groups; g++) {
        const double *fold = d->fold + (size_t)g * ND_FOLDS;
        double sum = 0, most = 0;
        for (int k = 0; k < ND_FOLDS; k++) {
            sum += fold[k];
            most = fold[k] > most || isnan(fold[k]) ? fold[k] : most;
        }
        out[g] = largest ? most : sum;
    }
}

double nd_lanes(pl_newton *s, int kernel, bool largest)
{
    double out;
    nd_lane_groups(s, kernel, 1, largest, &out);
    return out;
}

static void product(pl_newton *s, int kernel, const nd_lines *lines, const void *v, double *to, double *to_abs)
{
    nd_args *a = &s->device->a;
    a->l = *lines;
    a->from = v;
    a->to = to;
    a->to_abs = to_abs;
    nd_run(s, kernel, lines->slots);
    for (int abs = 0; abs < (kernel == ND_piece_proof ? 2 : 1); abs++) {
        a->to = abs ? to_abs : to;
        nd_run(s, ND_side, lines->n_long * ND_SIDE);
        nd_run(s, ND_side_end, lines->n_long);
    }
}

void nd_columns(pl_newton *s, int kernel, const void *by_row)
{
    nd_args *a = &s->device->a;
    product(s, kernel, &a->cg, by_row, a->pcg, a->acg);
    product(s, kernel, &a->cl, by_row, a->pcl, a->acl);
}

void nd_rows(pl_newton *s, int kernel, const void *by_column)
{
    nd_args *a = &s->device->a;
    product(s, kernel, &a->rg, by_column, a->prg, a->arg);
    product(s, kernel, &a->rl, by_column, a->prl, a->arl);
}

/* ---- Levels and the gradient --------------------------------------------------------------------------------------------- */

static void begin_round(pl_newton *s)
{
    struct nw_device *d = s->device;
    size_t limits = sizeof(double) * (size_t)s->limits; /* what is kept back of limits has changed */
    d->dev->calls->zero(d->dev, d->a.trial, sizeof(float) * (size_t)s->n);
    d->dev->calls->up(d->dev, (double *)(uintptr_t)d->a.lo + s->goods, s->lo + s->goods, limits);
    d->dev->calls->up(d->dev, d->a.slack_centre + s->goods, s->slack_centre + s->goods, limits);
    nd_columns(s, ND_piece_d, d->a.price);
    nd_run(s, ND_col_profit, s->n);
}

static void levels(pl_newton *s)
{
    nd_run(s, ND_col_level, s->n);
    nd_run(s, ND_row_slack, s->m);
}

static double gradient(pl_newton *s)
{
    nd_args *a = &s->device->a;
    nd_rows(s, ND_piece_fd, a->level);
    nd_run(s, ND_row_gradient, s->m);
    a->factor = s->total;
    return sqrt(nd_lanes(s, ND_lane_norm, false));
}

/* ---- The equations of a step --------------------------------------------------------------------------------------------- */

static void swap(float **x, float **y)
{
    float *t = *x;
    *x = *y;
    *y = t;
}

static void find_contents(pl_newton *s)
{
    nd_args *a = &s->device->a;
    nd_run(s, ND_piece_content, a->cg.slots * a->blocks);
    nd_run(s, ND_piece_direct, a->cl.slots);
    nd_run(s, ND_good_content, (int64_t)s->goods * s->limits);
    swap(&a->content, &a->content_new);
    nd_run(s, ND_piece_content, a->cg.slots * a->blocks); /* of the contents as they are now: for the matrix of limits */
    nd_run(s, ND_piece_direct, a->cl.slots);
}

/* The matrix of the limits, on the host. */
static void find_reduced(pl_newton *s)
{
    int32_t n = s->limits, pairs = n * (n + 1) / 2;
    double *sums = s->reduced + (size_t)n * (size_t)n; /* room for as much again */
    nd_lane_groups(s, ND_lane_gram, pairs, false, sums);
    for (int32_t i = 0, pair = 0; i < n; i++) {
        for (int32_t l = 0; l <= i; l++, pair++) {
            s->reduced[i * n + l] = s->reduced[l * n + i] = sums[pair];
        }
        s->reduced[i * n + i] += nw_own_diagonal(s, s->goods + i);
    }
    nw_factor_limits(s);
}

static void gather(pl_newton *s, bool predict)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    a->flag = predict;
    nd_run(s, ND_good_weigh, s->goods);
    a->flag = predict;
    nd_run(s, ND_nobody_weigh, s->n - a->owned);
    nd_rows(s, ND_piece_choice, NULL);
    nd_run(s, ND_row_diagonal, s->m);
    d->dev->calls->down(d->dev, s->moves + s->goods, a->moves + s->goods, sizeof(bool) * (size_t)s->limits);
    nd_download(s, s->diagonal + s->goods, a->diagonal + s->goods, s->limits);
    if (s->together && s->limits > 0) {
        find_contents(s);
        find_reduced(s);
    }
}

static double dot(pl_newton *s, const float *x, const float *y)
{
    s->device->a.from = x;
    s->device->a.with = y;
    return nd_lanes(s, ND_lane_dot, false);
}

static void multiply(pl_newton *s)
{
    nd_args *a = &s->device->a;
    nd_columns(s, ND_piece_f, a->cq);
    nd_run(s, ND_col_times, s->n);
    nd_rows(s, ND_piece_f, a->y);
    nd_run(s, ND_row_image, s->m);
}

/* About M^-1 of what is left (cr), by goods.  Returns where it is. */
static const float *push(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    const float *now = a->cr;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        a->from = now;
        nd_run(s, ND_col_parts, s->n);
        product(s, ND_piece_f, &a->rg, a->y, a->prg, NULL);
        a->from = now;
        a->onto = d->spare[sweep % 2];
        nd_run(s, ND_good_push, s->goods);
        now = a->onto;
    }
    return now;
}

/* About M'^-1 of `half`, into cz. */
static void pull(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    const float *now = a->half;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        product(s, ND_piece_f, &a->cg, now, a->pcg, NULL);
        a->from = now;
        a->onto = sweep == SWEEPS - 1 ? a->cz : d->spare[sweep % 2];
        nd_run(s, ND_good_pull, s->goods);
        now = a->onto;
    }
}

/* cz = preconditioner^-1 cr. */
static void precondition(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    const float *x = push(s);
    double *t = s->of_limits;
    float z[LIMITS_MOST];
    a->from = x;
    nd_run(s, ND_col_parts, s->n);
    product(s, ND_piece_f, &a->rl, a->y, a->prl, NULL);
    a->to = a->flow;
    nd_run(s, ND_limit_rest, s->limits);
    nd_download(s, t, a->flow, s->limits);
    nw_solve_limits(s, t);
    for (int32_t from = 0; from < s->limits; from += LIMITS_MOST) {
        int32_t n = s->limits - from < LIMITS_MOST ? s->limits - from : LIMITS_MOST;
        for (int32_t l = 0; l < n; l++) {
            z[l] = (float)t[from + l];
        }
        d->dev->calls->up(d->dev, a->cz + s->goods + from, z, sizeof *z * (size_t)n);
    }
    product(s, ND_piece_f, &a->cl, a->cz, a->pcl, NULL);
    a->from = x;
    nd_run(s, ND_good_half, s->goods);
    pull(s);
}

/* onto += factor * from, or onto = from + factor * onto. */
static void combine(pl_newton *s, float *onto, double factor, const float *from, bool turn)
{
    nd_args *a = &s->device->a;
    a->onto = onto;
    a->factor = factor;
    a->from = from;
    nd_run(s, turn ? ND_row_turn : ND_row_add, s->m);
}

static int conjugate_gradients(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    nd_run(s, ND_row_begin, s->m);
    precondition(s);
    d->dev->calls->copy(d->dev, a->cq, a->cz, sizeof *a->cq * (size_t)s->m);
    double norm = dot(s, a->cr, a->cz), first = norm;
    int k = 0;
    while (k < MULTIPLY_MOST && norm > SOLVE_TO * SOLVE_TO * first && norm > 0) {
        multiply(s);
        double length = norm / dot(s, a->cq, a->ch), before = norm;
        combine(s, a->cx, length, a->cq, false);
        combine(s, a->cr, -length, a->ch, false);
        precondition(s);
        norm = dot(s, a->cr, a->cz);
        combine(s, a->cq, norm / before, a->cz, true);
        k++;
    }
    nd_run(s, ND_row_step, s->m);
    return k;
}

/* ---- Along the step ------------------------------------------------------------------------------------------------------ */

static double slope(void *user, double t)
{
    pl_newton *s = user;
    s->device->a.factor = t;
    double columns = nd_lanes(s, ND_lane_slope_columns, false);
    return columns + nd_lanes(s, ND_lane_slope_rows, false);
}

static double go_along(pl_newton *s, bool whole)
{
    nd_args *a = &s->device->a;
    nd_columns(s, ND_piece_d, a->step);
    nd_run(s, ND_col_survey, s->n);
    double length = whole ? 1 : nw_find_length(slope, s);
    a->factor = length;
    nd_run(s, ND_row_move, s->m);
    nd_run(s, ND_col_move, s->n);
    return length;
}

static pl_status step(pl_newton *s, bool predict, double *taken, pl_error *err)
{
    if (predict) {
        nd_run(s, ND_col_predict, s->n);
        nd_run(s, ND_row_predict, s->m);
        (void)gradient(s);
    }
    gather(s, predict);
    s->stats.multiplications += conjugate_gradients(s);
    *taken = go_along(s, predict);
    nw_damp(s, predict, *taken);
    s->stats.steps++;
    return pl_device_state(s->device->dev, err);
}

static pl_status limit_step(pl_newton *s, double *off, pl_error *err)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    double *t = s->of_limits, *g = s->w[W_GRADIENT] + s->goods;
    levels(s);
    (void)gradient(s);
    gather(s, false);
    nd_lane_groups(s, ND_lane_off, s->limits, false, t);
    nd_download(s, g, a->gradient + s->goods, s->limits);
    *off = 0;
    for (int32_t l = 0; l < s->limits; l++) {
        t[l] -= g[l];
        *off = fmax(*off, fabs(t[l]) / s->size[s->goods + l]);
    }
    nw_solve_limits(s, t);
    d->dev->calls->up(d->dev, a->flow, t, sizeof *t * (size_t)s->limits);
    nd_run(s, ND_row_limit_step, s->m);
    (void)go_along(s, false);
    return pl_device_state(d->dev, err);
}

/* ---- Rounds -------------------------------------------------------------------------------------------------------------- */

static bool are_finite(pl_newton *s)
{
    return isfinite(nd_lanes(s, ND_lane_finite, false));
}

static void move_centre(pl_newton *s, double kept)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    int32_t nobody = s->n - a->owned;
    a->factor = kept;
    nd_run(s, ND_good_centre, s->goods);
    d->dev->calls->copy(d->dev, a->centre + a->owned, a->level + a->owned, sizeof(float) * (size_t)nobody);
    d->dev->calls->copy(d->dev, a->price_centre, a->price, sizeof(double) * (size_t)s->m);
    d->dev->calls->copy(d->dev, a->slack_centre, a->slack, sizeof(double) * (size_t)s->m);
    nd_download(s, s->slack_centre + s->goods, a->slack_centre + s->goods, s->limits);
}

/* The best plan and prices, as they lie on the device, come back. */
static void end(pl_newton *s)
{
    struct nw_device *d = s->device;
    if (d->have_x) {
        double *x = s->try_x;
        nd_download(s, x, d->best_x, s->n);
        for (int32_t c = 0; c < s->n; c++) {
            s->best_x[s->maker[c]] = x[c];
        }
    }
    if (d->have_y) {
        nd_download(s, s->best_y, d->best_y, s->m);
        for (int32_t i = 0; i < s->m; i++) {
            s->best_y[i] *= s->sign[i] * s->reference[i];
        }
    }
    nd_unload(d);
}

static const nw_calls CALLS = {nd_load, begin_round, levels, gradient, step, limit_step, nd_prove, move_centre, are_finite, end};

pl_status nw_device_open(pl_newton *s, pl_error *err)
{
    pl_device *dev;
    pl_status status = pl_device_open(s->set.device, s->set.device_threads, &dev, err);
    if (status != PL_OK || dev == NULL) {
        return status;
    }
    s->device = PL_NEW0(struct nw_device, 1);
    if (s->device == NULL) {
        pl_device_close(dev);
        return pl_fail_nomem(err, "the device");
    }
    s->device->dev = dev;
    s->calls = &CALLS;
    return PL_OK;
}

void nw_device_close(pl_newton *s)
{
    if (s->device != NULL) {
        nd_unload(s->device);
        pl_device_close(s->device->dev);
        pl_free(s->device);
    }
}
