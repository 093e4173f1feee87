/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * solver.c - the solver behind a maker: the simplex, or Newton steps for large economies.  Goals and tiers are the
 * same for both. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/make.h"

#define SLACK_FIRST 1e-12
#define SLACK_MOST 1e-9

#define LARGE 300000   /* goods from which on a gap of GAP_LARGE will do */
#define GAP 1e-6
#define GAP_LARGE 1e-4
#define GAP_SMALL_MOST 1e-4 /* where the simplex can be taken instead */
#define GAP_MOST 0.1
#define NEWTON_TOLERANCE 1e-9 /* of rows, in proportion */

/* Tells the caller what is being done, and minds the time limit of the whole plan. */
static bool tick(void *user, const char *what, double fraction)
{
    pl_maker *mk = user;
    (void)what;
    return (mk->deadline_s == 0 || pl_clock_s() < mk->deadline_s) &&
           pl_tick(&mk->settings->progress, mk->doing, fraction);
}

/* The same for Newton steps, which say how far they are. */
static bool tick_newton(void *user, const char *what, double fraction)
{
    pl_maker *mk = user;
    char doing[sizeof mk->doing + 64];
    snprintf(doing, sizeof doing, "%s: %s", mk->doing, what);
    return (mk->deadline_s == 0 || pl_clock_s() < mk->deadline_s) &&
           pl_tick(&mk->settings->progress, doing, fraction);
}

/* What need k gets, once the slack is held back. */
double pl_maker_delivery(const pl_maker *mk, int32_t k)
{
    double wanted = mk->settled[k] != PL_NOT_SETTLED ? mk->delivered[k] : mk->base[k];
    double floor = fmin(mk->e->needs[k].floor, wanted);
    return mk->slack == 0 ? wanted : floor + (wanted - floor) * (1 - mk->slack);
}

static void add_up_demand(pl_maker *mk)
{
    memset(mk->demand, 0, sizeof *mk->demand * (size_t)mk->e->n_goods);
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->demand[mk->e->needs[k].good] += pl_maker_delivery(mk, k);
    }
}

static void set_balance(pl_maker *mk, int32_t g)
{
    mk->row_lo[g] = mk->demand[g];
    mk->row_hi[g] = mk->e->goods[g].must_be_used ? mk->demand[g] : (double)INFINITY;
}

static void set_rows(pl_maker *mk)
{
    const pl_lp *lp = &mk->model->lp;
    for (int32_t g = 0; g < mk->e->n_goods; g++) {
        set_balance(mk, g);
    }
    for (int32_t i = mk->e->n_goods; i < lp->m; i++) {
        mk->row_lo[i] = lp->row_lo[i];
        mk->row_hi[i] = lp->row_hi[i];
    }
}

static pl_status start_newton(pl_maker *mk, pl_error *err)
{
    bool large = mk->all_goods >= LARGE;
    pl_newton_settings settings = {.gap = large ? GAP_LARGE : GAP, .tolerance = NEWTON_TOLERANCE, .threads = mk->settings->threads,
                                   .device = mk->settings->device, .device_threads = mk->settings->threads,
                                   .progress = {.tick = tick_newton, .user = mk},
                                   .border = mk->part != NULL ? mk->part->border : NULL};
    size_t room = (size_t)mk->e->n_goods + (size_t)mk->e->n_needs;
    mk->accuracy = settings.gap;
    mk->extra = PL_ARENA_NEW(&mk->arena, pl_extra, 1);
    pl_status status = pl_crew_agree(mk->crew, mk->extra != NULL ? PL_OK : pl_fail_nomem(err, "the plan"), err);
    if (status != PL_OK) {
        return status;
    }
    *mk->extra = (pl_extra){.start = PL_ARENA_NEW(&mk->arena, int64_t, mk->e->n_needs + 2),
                            .row = PL_ARENA_NEW(&mk->arena, int32_t, room),
                            .val = PL_ARENA_NEW(&mk->arena, double, room),
                            .cost = PL_ARENA_NEW(&mk->arena, double, mk->e->n_needs + 1),
                            .lo = PL_ARENA_NEW(&mk->arena, double, mk->e->n_needs + 1),
                            .hi = PL_ARENA_NEW(&mk->arena, double, mk->e->n_needs + 1)};
    const pl_extra *x = mk->extra;
    bool enough = x->start != NULL && x->row != NULL && x->val != NULL && x->cost != NULL && x->lo != NULL && x->hi != NULL;
    status = pl_crew_agree(mk->crew, enough ? PL_OK : pl_fail_nomem(err, "the plan"), err);
    return status != PL_OK ? status : pl_newton_new(&mk->model->lp, mk->e->n_goods, &settings, &mk->newton, err);
}

pl_status pl_maker_start(pl_maker *mk, pl_error *err)
{
    set_rows(mk);
    if (mk->by_newton) {
        return mk->newton == NULL ? start_newton(mk, err) : PL_OK;
    }
    pl_simplex_free(mk->simplex);
    mk->simplex = NULL;
    pl_lp lp = mk->model->lp;
    lp.row_lo = mk->row_lo;
    lp.row_hi = mk->row_hi;
    bool weighted = mk->settings->goal == PL_WEIGHTED; /* a column for each need */
    mk->spare_columns = weighted ? mk->e->n_needs : PL_SPARE_COLUMNS;
    pl_lp_settings settings = {
        .threads = mk->settings->threads,
        .max_columns = lp.n + mk->spare_columns,
        .max_nonzeros =
            lp.start[lp.n] + (int64_t)mk->spare_columns * (weighted ? 1 : mk->e->n_goods),
        .progress = {.tick = tick, .user = mk}};
    return pl_simplex_new(&lp, &settings, &mk->simplex, err);
}

pl_status pl_maker_set_demand(pl_maker *mk, pl_error *err)
{
    add_up_demand(mk);
    for (int32_t g = 0; mk->newton != NULL && g < mk->e->n_goods; g++) {
        set_balance(mk, g);
    }
    for (int32_t g = 0; mk->simplex != NULL && g < mk->e->n_goods; g++) {
        if (mk->row_lo[g] == mk->demand[g]) {
            continue;
        }
        set_balance(mk, g);
        pl_status status = pl_simplex_set_row(mk->simplex, g, mk->row_lo[g], mk->row_hi[g], err);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

static bool started(const pl_maker *mk)
{
    return mk->by_newton ? mk->newton != NULL : mk->simplex != NULL;
}

pl_status pl_maker_set_costs(pl_maker *mk, pl_error *err)
{
    pl_status status = started(mk) ? PL_OK : pl_maker_start(mk, err);
    if (status == PL_OK && mk->simplex != NULL) {
        pl_simplex_set_all_costs(mk->simplex, mk->costs);
    }
    return status;
}

/* Appends a column to those of the task. */
static void add_extra(pl_extra *x, int64_t count, const int32_t *row, const double *val, double cost, double hi)
{
    int64_t from = x->n > 0 ? x->start[x->n] : 0;
    x->start[x->n] = from;
    memcpy(x->row + from, row, sizeof *row * (size_t)count);
    memcpy(x->val + from, val, sizeof *val * (size_t)count);
    x->cost[x->n] = cost;
    x->lo[x->n] = 0;
    x->hi[x->n] = hi;
    x->start[++x->n] = from + count;
}

pl_status pl_maker_add_deliveries(pl_maker *mk, pl_error *err)
{
    pl_status status = pl_maker_set_demand(mk, err);
    status = status == PL_OK ? pl_maker_start(mk, err) : status;
    if (status == PL_OK && mk->by_newton) {
        mk->extra->shared = false;
    }
    for (int32_t k = 0; k < mk->e->n_needs && status == PL_OK; k++) {
        const pl_need *need = &mk->e->needs[k];
        double takes = -1, rest = need->amount - need->floor;
        int32_t j;
        if (mk->by_newton) {
            add_extra(mk->extra, 1, &need->good, &takes, -need->weight, rest);
        } else {
            status = pl_simplex_add_column(mk->simplex, 1, &need->good, &takes, -need->weight, 0, rest, &j, err);
        }
    }
    return status;
}

pl_status pl_maker_add_theta(pl_maker *mk, double room, int32_t *j, pl_error *err)
{
    if (!started(mk) || (!mk->by_newton && mk->spare_columns == 0)) {
        pl_status status = pl_maker_start(mk, err);
        if (status != PL_OK) {
            return status;
        }
    }
    int64_t count = 0;
    for (int32_t g = 0; g < mk->e->n_goods; g++) {
        if (mk->raised[g] != 0) {
            mk->theta_row[count] = g;
            mk->theta_val[count++] = -mk->raised[g];
        }
    }
    if (mk->by_newton) {
        *j = mk->model->lp.n;
        memset(mk->costs, 0, sizeof *mk->costs * mk->columns_max);
        add_extra(mk->extra, count, mk->theta_row, mk->theta_val, -1, room);
        mk->extra->shared = true;
        return PL_OK;
    }
    mk->spare_columns--;
    return pl_simplex_add_column(mk->simplex, count, mk->theta_row, mk->theta_val, -1, 0, room, j,
                                 err);
}

pl_status pl_maker_retire(pl_maker *mk, int32_t j, pl_error *err)
{
    if (mk->by_newton) {
        mk->extra->n = 0; /* it has one, or all deliveries, which go together */
        return PL_OK;
    }
    pl_simplex_set_cost(mk->simplex, j, 0);
    return pl_simplex_set_bounds(mk->simplex, j, 0, 0, err);
}

static pl_status solve_once(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    pl_status status = pl_simplex_solve(mk->simplex, outcome, err);
    pl_simplex_stats stats = pl_simplex_get_stats(mk->simplex);
    mk->iterations += stats.iterations;
    if (status == PL_OK && *outcome == PL_LP_OPTIMAL) {
        pl_simplex_get(mk->simplex, mk->x, NULL, mk->y, NULL);
        mk->primal_violation = fmax(mk->primal_violation, stats.primal_violation);
        mk->dual_violation = fmax(mk->dual_violation, stats.dual_violation);
    }
    return status;
}

/* No answer, or one that cannot be: what earlier stages settled is possible. */
static bool in_trouble(const pl_maker *mk, pl_status status, pl_lp_outcome outcome)
{
    return status == PL_NUMERIC || (status == PL_OK && outcome == PL_LP_INFEASIBLE && mk->n_stages > 0 && !mk->guessing);
}

static pl_status solve_with_slack(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    pl_status status = solve_once(mk, outcome, err);
    while (mk->n_stages > 0 && mk->slack < SLACK_MOST / 2 && in_trouble(mk, status, *outcome)) {
        mk->slack = mk->slack == 0 ? SLACK_FIRST : mk->slack * 10;
        status = pl_maker_set_demand(mk, err);
        if (status == PL_OK) {
            status = solve_once(mk, outcome, err);
        }
    }
    return status;
}

/* A plan that is so far from what is proved is not handed over while there is another way. */
static double gap_allowed(const pl_maker *mk)
{
    return mk->all_recipes <= PL_SIMPLEX_MOST ? GAP_SMALL_MOST : GAP_MOST;
}

static bool keeps_rows(const pl_newton_stats *stats)
{
    return stats->violation <= NEWTON_TOLERANCE;
}

/* No levels within the tolerance count as an impossible programme: whoever asks makes sure by another way. */
static pl_status solve_by_newton(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    const pl_extra *x = mk->extra;
    pl_newton_task task = {.cost = mk->costs, .row_lo = mk->row_lo, .row_hi = mk->row_hi, .ceiling = mk->ceiling,
                           .start_x = mk->offer_x, .start_y = mk->offer_y, .shared = x->shared,
                           .extra = {.n = x->n, .start = x->start, .row = x->row, .val = x->val, .cost = x->cost,
                                     .lo = x->lo, .hi = x->hi}};
    pl_newton_outcome found;
    pl_status status = pl_newton_solve(mk->newton, &task, &found, err);
    pl_newton_stats stats = pl_newton_get_stats(mk->newton);
    mk->iterations += stats.steps;
    if (status == PL_STOPPED && keeps_rows(&stats)) { /* the best plan so far, with what is proved */
        mk->have_x = true;
        pl_newton_get(mk->newton, mk->x, mk->y);
        if (!(stats.gap < 1)) {
            memset(mk->y, 0, sizeof *mk->y * (size_t)mk->model->lp.m);
        }
        mk->primal_violation = fmax(mk->primal_violation, stats.violation);
        mk->stopped = true;
    }
    if (status != PL_OK) {
        return status;
    }
    bool fair = found == PL_NEWTON_SOLVED || (found == PL_NEWTON_STUCK && stats.gap <= gap_allowed(mk));
    *outcome = fair ? PL_LP_OPTIMAL : PL_LP_INFEASIBLE;
    if (fair) {
        pl_newton_get(mk->newton, mk->x, mk->y);
        mk->primal_violation = fmax(mk->primal_violation, stats.violation);
    }
    return PL_OK;
}

static pl_status solve_somehow(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    if (mk->by_newton) {
        return solve_by_newton(mk, outcome, err);
    }
    double slack = mk->slack;
    pl_status status = solve_with_slack(mk, outcome, err);
    if (!in_trouble(mk, status, *outcome)) {
        return status;
    }
    pl_simplex_restart(mk->simplex, mk->model->lp.crash_column);
    mk->slack = slack;
    status = pl_maker_set_demand(mk, err);
    return status == PL_OK ? solve_with_slack(mk, outcome, err) : status;
}

pl_status pl_maker_solve(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err)
{
    bool before = mk->stopped;
    pl_status status = before ? PL_STOPPED : solve_somehow(mk, outcome, err);
    if (status == PL_STOPPED && mk->stopped && !before) {
        *outcome = PL_LP_OPTIMAL; /* Newton steps have handed over theirs */
        status = PL_OK;
    } else if (status == PL_STOPPED) {
        status = pl_maker_stopped(mk, outcome, err);
    }
    if (status == PL_OK && *outcome == PL_LP_OPTIMAL) {
        mk->have_x = true;
        mk->slack_then = mk->slack;
    }
    mk->offer_x = mk->offer_y = NULL;
    mk->guessing &= !(status == PL_OK && *outcome == PL_LP_OPTIMAL);
    return status;
}
