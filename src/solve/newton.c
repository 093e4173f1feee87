/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton.c - proximal Newton: life, and the rounds. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "solve/newton_state.h"

#define SMOOTH_FIRST 0.03
#define SMOOTH_LEAST 1e-3
#define SMOOTH_FACTOR 0.3
#define PROXIMAL 1e-3      /* of the smoothing */
#define STEPS_MOST 15      /* in one round */
#define FALL 0.03          /* of what the balances lack, in one round */
#define LIMIT_ROUNDS 10    /* so many rounds end with steps of the limits alone, */
#define LIMIT_STEPS 4      /* at most so many, until limits are off by less than */
#define MANY 20            /* rows for each limit; limits of small economies are half the problem */
#define LIMIT_OFF 0.3      /* of what is kept back of them */
#define QUICK_ROUNDS 10    /* after these it is a hard programme: */
#define SMOOTH_LEAST_HARD 1e-4
#define STEPS_MOST_HARD 40
#define SIZE_KEPT 0.3      /* of a size, when less goes through from one round to the next */
#define MARGIN_MOST 1e-3   /* of a limit */
#define MARGIN 0.1         /* of the gap: so much less of each limit is given out, for the repair */

static const nw_calls CPU; /* below */

static bool alloc_columns(pl_newton *s, int32_t n)
{
    if ((size_t)n <= s->columns_cap && s->touched != NULL) {
        return true;
    }
    size_t cap = (size_t)n + 16;
    struct { void *at; size_t size; } all[] = {
        {&s->owner, sizeof(int32_t)}, {&s->unit, sizeof(float)},
        {&s->level, sizeof(float)}, {&s->centre, sizeof(float)}, {&s->profit, sizeof(double)},
        {&s->change, sizeof(float)}, {&s->trial, sizeof(float)}, {&s->maker, sizeof(int32_t)},
        {&s->touched, sizeof(int32_t)}, {&s->try_x, sizeof(double)}, {&s->best_x, sizeof(double)},
        {&s->roomy_x, sizeof(double)}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        void *old, *more;
        memcpy(&old, all[k].at, sizeof old);
        if ((more = pl_realloc(old, cap, all[k].size)) == NULL) {
            return false;
        }
        memcpy(all[k].at, &more, sizeof more);
    }
    s->columns_cap = cap;
    return true;
}

static bool alloc_rows(pl_newton *s)
{
    size_t m = (size_t)s->m, limits = (size_t)s->limits;
    double **rows[] = {&s->reference, &s->size, &s->lo, &s->hi, &s->price, &s->price_centre, &s->slack,
                       &s->slack_centre, &s->diagonal, &s->best_y};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if ((*rows[k] = PL_NEW0(double, m)) == NULL) {
            return false;
        }
    }
    for (size_t k = 0; k < sizeof s->w / sizeof *s->w; k++) {
        if ((s->w[k] = PL_NEW0(double, m)) == NULL) {
            return false;
        }
    }
    for (size_t k = 0; k < sizeof s->f / sizeof *s->f; k++) {
        s->f[k] = (float *)s->w[W_REST + k / 2] + k % 2 * m;
    }
    for (int half = 0; half < HALVES; half++) {
        s->mean[half] = PL_NEW0(float, m);
        s->square[half] = PL_NEW0(float, m);
        s->view[half] = PL_NEW0(float, m);
        if (s->mean[half] == NULL || s->square[half] == NULL || s->view[half] == NULL) {
            return false;
        }
    }
    s->own = PL_NEW0(float, m);
    s->moves = PL_NEW0(bool, m);
    s->sign = PL_NEW(signed char, m);
    s->maker_start = PL_NEW(int32_t, s->goods + 3);
    s->active.of = PL_NEW(int32_t, s->goods + 2);
    s->of_limits = PL_NEW0(double, 2 * limits);
    s->roomy_room = PL_NEW0(double, limits);
    s->reduced = PL_NEW0(double, s->together ? 2 * limits * limits : 0);
    s->content = PL_NEW0(float, s->together ? (size_t)s->goods * limits : 0);
    s->content_old = PL_NEW0(float, s->together ? (size_t)s->goods * limits : 0);
    return s->own != NULL && s->moves != NULL && s->sign != NULL && s->maker_start != NULL && s->active.of != NULL && s->of_limits != NULL && s->roomy_room != NULL &&
           s->reduced != NULL && s->content != NULL && s->content_old != NULL;
}

/* What alloc_columns, alloc_rows, pl_newton_new and make_room (newton_system.c) ask for. */
#define COLUMN_BYTES (3 * sizeof(int32_t) + 5 * sizeof(float) + 4 * sizeof(double))
#define ROW_BYTES (17 * sizeof(double) + 7 * sizeof(float) + 3 * sizeof(int32_t) + sizeof(signed char) + sizeof(bool))
#define ENTRY_BYTES (sizeof(float) + sizeof(int16_t))
#define IN_USE_BYTES (sizeof(int32_t) + 3 * sizeof(int64_t) + 3 * sizeof(float)) /* a column */
#define ENTRY_IN_USE_BYTES (sizeof(int32_t) + sizeof(float))
#define IN_USE 0.45
#define SPARE 1.125 /* room that is asked for beyond what is used */

double pl_newton_memory(double goods, double limits, double columns, double coefficients)
{
    double content = limits <= LIMITS_MOST ? 2 * goods * limits * sizeof(float) : 0;
    return (goods + limits) * ROW_BYTES + columns * COLUMN_BYTES + content + coefficients * ENTRY_BYTES +
           SPARE * IN_USE * (columns * IN_USE_BYTES + coefficients * ENTRY_IN_USE_BYTES);
}

/* Goods that more than NW_BUSY columns use.  With several processes none: each has only its own columns. */
static bool find_busy(pl_newton *s)
{
    const pl_lp *lp = s->lp;
    s->slot = PL_NEW0(int32_t, s->m);
    if (s->slot == NULL) {
        return false;
    }
    for (int64_t k = 0; k < lp->start[lp->n]; k++) {
        s->slot[lp->row[k]]++;
    }
    for (int32_t g = 0; g < s->goods; g++) {
        bool busy = s->slot[g] > NW_BUSY && s->border == NULL;
        s->slot[g] = busy ? s->busy++ : -1;
    }
    s->busy_good = PL_NEW(int32_t, s->busy);
    for (int half = 0; half < HALVES; half++) {
        s->sum[half] = PL_NEW0(double, s->busy + s->limits);
    }
    for (int32_t g = 0; s->busy_good != NULL && g < s->goods; g++) {
        if (s->slot[g] >= 0) {
            s->busy_good[s->slot[g]] = g;
        }
    }
    return s->busy_good != NULL && s->sum[0] != NULL && s->sum[1] != NULL;
}

static int64_t longest_column(const pl_lp *lp)
{
    int64_t longest = 0;
    for (int32_t j = 0; j < lp->n; j++) {
        int64_t count = lp->start[j + 1] - lp->start[j];
        longest = count > longest ? count : longest;
    }
    return longest;
}

pl_status pl_newton_new(const pl_lp *lp, int32_t first_limit, const pl_newton_settings *settings, pl_newton **out,
                        pl_error *err)
{
    pl_newton *s = PL_NEW0(pl_newton, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "the programme of the economy");
    }
    s->lp = lp;
    s->set = *settings;
    s->set.gap = s->set.gap > 0 ? s->set.gap : 1e-6;
    s->set.tolerance = s->set.tolerance > 0 ? s->set.tolerance : 1e-9;
    s->set.rounds = s->set.rounds > 0 ? s->set.rounds : 40;
    s->set.threads = s->set.threads > 1 ? 2 : 1;
    s->m = lp->m;
    s->goods = first_limit;
    s->limits = lp->m - first_limit;
    s->border = settings->border;
    s->crew = s->border != NULL ? s->border->crew : NULL;
    s->mine = s->border != NULL ? s->border->own : s->goods;
    s->all_rows = s->border != NULL ? s->border->all_goods + s->limits : s->m;
    s->together = s->limits <= LIMITS_MOST;
    s->block[0] = (nw_block){.n = lp->n, .start = lp->start, .row = lp->row};
    s->block[0].share = PL_NEW(float, lp->start[lp->n]);
    s->block[0].rest = PL_NEW(int16_t, lp->start[lp->n]);
    s->room = PL_NEW(double, longest_column(lp));
    s->calls = &CPU;
    bool enough = s->block[0].share != NULL && s->block[0].rest != NULL && s->room != NULL && alloc_columns(s, lp->n) && alloc_rows(s) && find_busy(s);
    pl_status status = enough ? PL_OK : pl_fail_nomem(err, "the programme of the economy");
    status = pl_crew_agree(s->crew, status == PL_OK ? nw_device_open(s, err) : status, err);
    if (status == PL_OK) {
        nw_load(s);
        status = nw_owners(s, err);
    }
    if (status != PL_OK) {
        pl_newton_free(s);
        return status;
    }
    *out = s;
    return PL_OK;
}

void pl_newton_free(pl_newton *s)
{
    if (s == NULL) {
        return;
    }
    nw_device_close(s);
    nw_active *a = &s->active;
    void *all[] = {s->block[0].share, s->block[1].share, s->block[0].rest, s->block[1].rest, s->room, s->owner, s->unit, s->level, s->centre,
                   s->profit, s->change, s->trial, s->maker, s->touched, s->try_x, s->best_x, s->roomy_x, s->roomy_room, s->reference, s->size,
                   s->lo, s->hi, s->price, s->price_centre, s->slack, s->slack_centre, s->moves, s->diagonal,
                   s->best_y, s->mean[0], s->mean[1], s->square[0], s->square[1], s->sign, s->maker_start,
                   s->of_limits, s->reduced, s->content, s->content_old, a->of, a->column, a->start, a->busy, a->tail, s->slot, s->busy_good, s->sum[0], s->sum[1], a->weight, a->steepness, s->own, s->view[0], s->view[1],
                   a->part, a->row_room, a->share};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
    for (size_t k = 0; k < sizeof s->w / sizeof *s->w; k++) {
        pl_free(s->w[k]);
    }
    pl_free(s);
}

/* ---- Rounds --------------------------------------------------------------------------------------------------- */

/* Room for the extra columns. */
static pl_status make_room(pl_newton *s, const pl_lp *extra, pl_error *err)
{
    size_t entries = extra->n > 0 ? (size_t)extra->start[extra->n] : 0;
    if (entries > s->extra_entries_cap || s->block[1].share == NULL) {
        pl_free(s->block[1].share);
        pl_free(s->block[1].rest);
        s->block[1].share = PL_NEW(float, entries);
        s->block[1].rest = PL_NEW(int16_t, entries);
        s->extra_entries_cap = entries;
    }
    if (s->block[1].share == NULL || s->block[1].rest == NULL || extra->n > INT32_MAX - s->lp->n - 16 || !alloc_columns(s, s->lp->n + extra->n)) {
        return pl_fail_nomem(err, "the programme of the economy");
    }
    return PL_OK;
}

/* Takes over the extra columns of the task. */
static pl_status take_task(pl_newton *s, const pl_newton_task *task, pl_error *err)
{
    const pl_lp *extra = &task->extra;
    pl_status status = pl_crew_agree(s->crew, make_room(s, extra, err), err);
    if (status != PL_OK) {
        return status;
    }
    float *share = s->block[1].share;
    int16_t *rest = s->block[1].rest;
    s->task = task;
    s->n = s->lp->n + extra->n;
    s->shared = s->crew != NULL && task->shared && extra->n == 1;
    s->block[1] = (nw_block){.n = extra->n, .start = extra->start, .row = extra->row, .share = share, .rest = rest};
    for (int32_t j = s->lp->n; j < s->n; j++) {
        s->owner[j] = NOBODY;
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->sign[i] = isfinite(task->row_lo[i]) || !isfinite(task->row_hi[i]) ? 1 : -1;
    }
    s->stats = (pl_newton_stats){.gap = (double)INFINITY, .violation = (double)INFINITY};
    s->solved |= s->have_x;
    s->have_x = s->have_y = s->have_roomy = false;
    if (s->solved) {
        nw_offer_last(s);
    }
    return PL_OK;
}

/* Gives out a little less of each limit, so that repairs have room. */
static void keep_margin(pl_newton *s)
{
    s->margin = fmax(MARGIN * s->set.gap, fmin(MARGIN * s->stats.gap, s->margin_most));
    for (int32_t i = s->goods; i < s->m; i++) {
        double lo = s->sign[i] > 0 ? s->task->row_lo[i] : -s->task->row_hi[i];
        bool used_up = s->slack_centre[i] <= s->lo[i];
        s->lo[i] = s->reference[i] * (lo + s->margin * fabs(lo));
        s->slack_centre[i] = used_up ? s->lo[i] : fmax(s->lo[i], s->slack_centre[i]);
    }
}

static double steps_enough(const pl_newton *s, double first)
{
    double fall = FALL * first;
    bool coarse = s->stats.rounds < QUICK_ROUNDS && s->all_rows > MANY * s->limits; /* in small ones every step is cheap */
    return fmax(FALL * s->set.gap, coarse ? fall : fmin(fall, FALL * s->smooth));
}

/* Limits to within what the repair needs; then the levels. */
static pl_status end_round(pl_newton *s, pl_error *err)
{
    bool wanted = s->stats.rounds < LIMIT_ROUNDS && s->together && s->limits > 0 && s->all_rows > MANY * s->limits;
    double off = (double)INFINITY;
    for (int k = 0; k < LIMIT_STEPS && wanted && off > LIMIT_OFF * s->margin; k++) {
        pl_status status = s->calls->limit_step(s, &off, err);
        if (status != PL_OK) {
            return status;
        }
    }
    s->calls->levels(s);
    return PL_OK;
}

/* One round: prices at which the balances hold around the centre.  When it is stopped and there is no plan yet, the round is ended
 * as it is. */
static pl_status find_prices(pl_newton *s, bool first_round, pl_error *err)
{
    double first = 0;
    s->proximal = PROXIMAL * s->smooth;
    s->damping = fmax(s->damping, (first_round ? 0.1 : 1e-3) / s->smooth);
    s->calls->begin_round(s);
    int most = s->stats.rounds < QUICK_ROUNDS ? STEPS_MOST : STEPS_MOST_HARD;
    for (int step = 0; step < most; step++) {
        bool predict = step == 0 && !first_round;
        s->calls->levels(s);
        double norm = s->calls->gradient(s), taken;
        first = step == 0 ? norm : first;
        if (!isfinite(norm) || (step > 0 && norm < steps_enough(s, first))) {
            break;
        }
        s->stopped = pl_crew_any(s->crew, !pl_tick(&s->set.progress, s->doing, -1));
        if (s->stopped) {
            break;
        }
        pl_status status = s->calls->step(s, predict, &taken, err);
        if (status != PL_OK) {
            return status;
        }
    }
    return s->stopped && nw_have_plan(s) ? PL_OK : end_round(s, err);
}

/* The next centre is where this round ended; sizes follow what goes through. */
static void move_centre(pl_newton *s, double kept)
{
    double *through = s->w[W_SPARE];
    memset(through, 0, sizeof *through * (size_t)s->goods);
    for (int32_t j = 0; j < s->n; j++) {
        s->centre[j] = s->level[j];
        if (s->owner[j] != NOBODY) {
            through[s->owner[j]] += (double)s->level[j];
        }
    }
    for (int32_t g = 0; g < s->mine; g++) {
        s->size[g] = fmax(kept * s->size[g], through[g]);
    }
    memcpy(s->price_centre, s->price, sizeof *s->price * (size_t)s->m);
    memcpy(s->slack_centre, s->slack, sizeof *s->slack * (size_t)s->m);
}

static bool are_finite(pl_newton *s)
{
    double sum = 0;
    for (int32_t i = 0; i < s->m; i++) {
        sum += fabs(s->price[i]) + fabs(s->slack[i]);
    }
    for (int32_t j = 0; j < s->n; j++) {
        sum += (double)s->level[j];
    }
    return isfinite(pl_crew_sum(s->crew, sum));
}

static pl_status begin(pl_newton *s, pl_error *err)
{
    (void)err;
    memcpy(s->price_centre, s->price, sizeof *s->price * (size_t)s->m);
    return PL_OK;
}

static void begin_round(pl_newton *s)
{
    memset(s->trial, 0, sizeof *s->trial * (size_t)s->n);
    nw_profits(s);
}

static double gradient(pl_newton *s)
{
    return nw_gradient(s, s->w[W_GRADIENT]);
}

static void end(pl_newton *s)
{
    (void)s; /* it is where it should be */
}

static const nw_calls CPU = {begin, begin_round, nw_levels, gradient, nw_newton_step, nw_limit_step, nw_prove, move_centre, are_finite, end};

static pl_status go_rounds(pl_newton *s, pl_error *err)
{
    for (int round = 0; round < s->set.rounds && !(s->stats.gap <= s->set.gap); round++) {
        if (s->stats.gap < 1) {
            snprintf(s->doing, sizeof s->doing, "round %d, gap %.1e", round + 1, s->stats.gap);
        } else {
            snprintf(s->doing, sizeof s->doing, "round %d", round + 1);
        }
        keep_margin(s);
        pl_status status = find_prices(s, round == 0, err);
        if (status != PL_OK) {
            return status;
        }
        if (s->stopped && nw_have_plan(s)) {
            break;
        }
        s->stats.rounds++;
        if (!s->calls->are_finite(s)) { /* prices without end: there may be no plan */
            break;
        }
        s->calls->prove(s);
        if (s->stopped) {
            break;
        }
        if (s->task->ceiling > 0 && s->have_y && s->stats.bound > s->task->ceiling * (1 + 1e-6)) {
            break; /* there is not that much of what is to be least */
        }
        s->calls->move_centre(s, SIZE_KEPT);
        s->smooth = fmax(SMOOTH_FACTOR * s->smooth, s->stats.rounds < QUICK_ROUNDS ? SMOOTH_LEAST : SMOOTH_LEAST_HARD);
    }
    return s->stopped ? pl_fail(err, PL_STOPPED, NULL, NULL, "stopped") : PL_OK;
}

pl_status pl_newton_solve(pl_newton *s, const pl_newton_task *task, pl_newton_outcome *outcome, pl_error *err)
{
    double began = pl_clock_s();
    pl_status status = take_task(s, task, err);
    if (status == PL_OK) {
        status = nw_scale(s, err);
    }
    if (status != PL_OK) {
        return status;
    }
    s->smooth = SMOOTH_FIRST;
    s->damping = 0;
    s->margin_most = MARGIN_MOST;
    s->stopped = false;
    nw_first_centre(s);
    if (task->start_x != NULL) {
        nw_start(s);
    }
    status = s->calls->begin(s, err);
    if (status == PL_OK) {
        status = go_rounds(s, err);
        s->calls->end(s);
    }
    s->stats.seconds = pl_clock_s() - began;
    *outcome = s->stats.gap <= s->set.gap                    ? PL_NEWTON_SOLVED
               : s->stats.violation <= s->set.tolerance ? PL_NEWTON_STUCK
                                                             : PL_NEWTON_LOST;
    return status;
}

void pl_newton_get(const pl_newton *s, double *x, double *y)
{
    if (x != NULL) {
        memcpy(x, s->best_x, sizeof *x * (size_t)s->n);
    }
    if (y != NULL) {
        memcpy(y, s->best_y, sizeof *y * (size_t)s->m);
    }
}

pl_newton_stats pl_newton_get_stats(const pl_newton *s)
{
    return s->stats;
}
