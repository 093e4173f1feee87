/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * offer.c - an older plan as a start (docs/methods/engine.md, "Replanning").
 *
 * Its levels are a plan for each of its stages: tier by tier more was asked for, never less.  So each stage is offered
 * the levels of the whole plan, its own value of theta, and the prices of the stage that was like it. */
#include <math.h>
#include <string.h>

#include "plan/make.h"
#include "plan/ties.h"

static double sound(double x)
{
    return isfinite(x) && x > 0 ? x : 0;
}

/* The older plan's stage that is like the one to be solved: as many of its kind before it; NULL = none. */
static const pl_stage *stage_like(const pl_maker *mk, pl_stage_goal goal, int32_t tier)
{
    const pl_plan *from = mk->settings->from;
    int32_t before = 0;
    for (size_t k = 0; k < mk->n_stages; k++) {
        before += mk->stages[k].goal == goal && mk->stages[k].tier == tier;
    }
    for (int32_t k = 0; k < from->n_stages; k++) {
        const pl_stage *s = &from->stages[k];
        if (s->goal == goal && s->tier == tier && before-- == 0) {
            return s;
        }
    }
    return NULL;
}

/* For a basis few of identical workplaces should be in use. */
static pl_status take_levels(pl_maker *mk, double *x, pl_error *err)
{
    const pl_plan *from = mk->settings->from;
    const double *const of[] = {from->level, from->imported, from->exported, from->drawn};
    for (int32_t j = 0; j < mk->model->lp.n; j++) {
        x[j] = sound(of[mk->model->column_kind[j]][mk->model->column_index[j]]);
    }
    return mk->by_newton ? PL_OK : pl_ties_gather(mk->e, x, err);
}

static void take_prices(const pl_maker *mk, const pl_stage *stage, double *y)
{
    for (int32_t g = 0; g < mk->e->n_goods; g++) {
        y[g] = stage->good_price[g];
    }
    for (int32_t k = 0; k < mk->model->n_limited; k++) {
        y[mk->e->n_goods + k] = -stage->resource_price[mk->model->limited[k]];
    }
}

static bool is_nothing(const pl_maker *mk, const double *y)
{
    int32_t i = 0;
    while (i < mk->model->lp.m && y[i] == 0) {
        i++;
    }
    return i == mk->model->lp.m;
}

/* The columns of the stage itself, behind those of the model: theta, or deliveries. */
static void take_own(const pl_maker *mk, const pl_stage *stage, double value, double *x)
{
    const pl_plan *from = mk->settings->from;
    if (stage->goal == PL_RAISE || stage->goal == PL_RAISE_MOST) {
        x[0] = sound(stage->value - value);
    }
    for (int32_t k = 0; stage->goal == PL_MAX_WEIGHTED && k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        x[k] = fmin(sound(from->delivered[k] - need->floor), need->amount - need->floor);
    }
}

/* Prices of nothing tell no basis from another; those of the last stage do. */
static void begin_simplex(pl_maker *mk, const pl_stage *stage)
{
    const pl_plan *from = mk->settings->from;
    const pl_stage *last = &from->stages[from->n_stages - 1];
    double *x = mk->offer_room[0], *y = mk->offer_room[1], *cost = NULL;
    if (last != stage && last->goal == PL_USE_LEAST && is_nothing(mk, y)) {
        take_prices(mk, last, y);
        cost = mk->offer_room[2];
        memset(cost, 0, sizeof *cost * mk->columns_max);
        pl_objective_costs(mk->model, last->objective, last->n_objective, cost);
    }
    pl_simplex_begin(mk->simplex, cost, x, y);
}

pl_status pl_maker_offer(pl_maker *mk, pl_stage_goal goal, int32_t tier, double value, int32_t own, pl_error *err)
{
    const pl_stage *stage = mk->settings->from != NULL ? stage_like(mk, goal, tier) : NULL;
    mk->offer_x = mk->offer_y = NULL;
    if (stage == NULL) {
        return PL_OK;
    }
    if (mk->offer_room[0] == NULL) {
        mk->offer_room[0] = PL_ARENA_NEW(&mk->arena, double, mk->columns_max);
        mk->offer_room[1] = PL_ARENA_NEW(&mk->arena, double, mk->model->lp.m);
        mk->offer_room[2] = PL_ARENA_NEW(&mk->arena, double, mk->columns_max);
        if (mk->offer_room[0] == NULL || mk->offer_room[1] == NULL || mk->offer_room[2] == NULL) {
            return pl_fail_nomem(err, "the plan to start from");
        }
    }
    double *x = mk->offer_room[0], *y = mk->offer_room[1];
    memset(x, 0, sizeof *x * mk->columns_max);
    pl_status status = take_levels(mk, x, err);
    if (status != PL_OK) {
        return status;
    }
    take_prices(mk, stage, y);
    take_own(mk, stage, value, x + own);
    mk->offer_x = x;
    mk->offer_y = y;
    if (mk->simplex != NULL) {
        begin_simplex(mk, stage);
    }
    return PL_OK;
}

/* Full, in the older plan: its stages of the tier end at the largest theta that any weight allows. */
static bool was_full(const pl_maker *mk, int32_t tier)
{
    const pl_plan *from = mk->settings->from;
    double least = (double)INFINITY, reached = 0;
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        least = need->tier == tier && need->amount > need->floor ? fmin(least, need->weight) : least;
    }
    for (int32_t k = 0; k < from->n_stages; k++) {
        const pl_stage *s = &from->stages[k];
        reached = s->goal == PL_RAISE && s->tier == tier ? fmax(reached, s->value) : reached;
    }
    least = -pl_crew_most(mk->crew, -least); /* of all processes */
    return reached * least >= 1 - 1e-9;
}

int32_t pl_maker_full_before(const pl_maker *mk)
{
    int32_t full = 0, tier = 0;
    do {
        full = tier;
        tier = pl_next_tier(mk, full);
    } while (tier > 0 && was_full(mk, tier));
    return full;
}
