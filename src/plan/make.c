/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * make.c - makes a plan: the frame that all goals share. */
#include <math.h>
#include <string.h>

#include <plenty/memory.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/make.h"
#include "plan/partition.h"
#include "plan/ties.h"

#define STAGES_MAX 1000000u

pl_status pl_maker_record(pl_maker *mk, const pl_stage *like, pl_stage **stage, pl_error *err)
{
    const pl_economy *e = mk->e;
    double *good_price = PL_ARENA_NEW(&mk->arena, double, e->n_goods);
    double *resource_price = PL_ARENA_NEW(&mk->arena, double, e->n_resources);
    bool enough = good_price != NULL && resource_price != NULL &&
                  pl_grow(&mk->stages, &mk->stages_cap, mk->n_stages + 1, sizeof *mk->stages, STAGES_MAX);
    pl_status status = pl_crew_agree(mk->crew, enough ? PL_OK : pl_fail_nomem(err, "the stages of the plan"), err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        good_price[g] = mk->y[g];
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        int32_t row = mk->model->resource_row[k];
        resource_price[k] = row >= 0 ? fmax(0, -mk->y[row]) : 0;
    }
    pl_stage *s = &mk->stages[mk->n_stages++];
    *s = *like;
    s->good_price = good_price;
    s->resource_price = resource_price;
    *stage = s;
    return PL_OK;
}

/* ---- From the settings to the plan ---------------------------------------------------------------- */

static bool allocate(pl_maker *mk)
{
    const pl_economy *e = mk->e;
    size_t goods = (size_t)e->n_goods, needs = (size_t)e->n_needs;
    int32_t n = mk->model->lp.n, m = mk->model->lp.m;
    pl_arena *a = &mk->arena;
    mk->columns_max = (size_t)n + PL_SPARE_COLUMNS + needs;
    mk->x = PL_ARENA_NEW(a, double, mk->columns_max);
    mk->y = PL_ARENA_NEW(a, double, m);
    mk->row_lo = PL_ARENA_NEW(a, double, m);
    mk->row_hi = PL_ARENA_NEW(a, double, m);
    mk->demand = PL_ARENA_NEW(a, double, goods);
    mk->raised = PL_ARENA_NEW(a, double, goods);
    mk->base = PL_ARENA_NEW(a, double, needs);
    mk->costs = PL_ARENA_NEW(a, double, mk->columns_max);
    mk->theta_row = PL_ARENA_NEW(a, int32_t, goods);
    mk->theta_val = PL_ARENA_NEW(a, double, goods);
    mk->delivered = PL_ARENA_NEW(a, double, needs);
    mk->settled = PL_ARENA_NEW(a, int32_t, needs);
    if (mk->x == NULL || mk->y == NULL || mk->row_lo == NULL || mk->row_hi == NULL ||
        mk->demand == NULL || mk->raised == NULL || mk->base == NULL || mk->costs == NULL ||
        mk->theta_row == NULL || mk->theta_val == NULL || mk->delivered == NULL ||
        mk->settled == NULL) {
        return false;
    }
    memset(mk->costs, 0, sizeof *mk->costs * mk->columns_max);
    for (size_t k = 0; k < needs; k++) {
        mk->settled[k] = PL_NOT_SETTLED;
        mk->delivered[k] = 0;
        mk->base[k] = 0;
    }
    return true;
}

static pl_status follow_goal(pl_maker *mk, pl_error *err)
{
    const char *argument = mk->settings->argument;
    switch (mk->settings->goal) {
    case PL_SATISFY:
        return pl_make_satisfy(mk, err);
    case PL_MOST:
        return pl_make_most(mk, argument != NULL ? argument : "all", err);
    case PL_WEIGHTED:
        return pl_make_weighted(mk, err);
    case PL_LEAST:
        return pl_make_least(mk, argument != NULL ? argument : "labour", err);
    }
    return pl_fail(err, PL_BUG, NULL, NULL, "goal number %d is unknown", (int)mk->settings->goal);
}

/* Column values to the plan's vectors; among identical workplaces, shared. */
static pl_status take_columns(pl_maker *mk, pl_plan *plan, pl_error *err)
{
    const pl_economy *e = mk->e;
    double *level = mk->level == NULL ? PL_ARENA_NEW(&mk->arena, double, e->n_recipes) : NULL;
    double *traded[3];
    for (int k = 0; k < 3; k++) {
        traded[k] = PL_ARENA_NEW(&mk->arena, double, e->n_goods);
        if (traded[k] == NULL) {
            return pl_fail_nomem(err, "the plan");
        }
        memset(traded[k], 0, sizeof(double) * (size_t)e->n_goods);
    }
    if (level == NULL && mk->level == NULL) {
        return pl_fail_nomem(err, "the plan");
    }
    for (int32_t j = 0; mk->level == NULL && j < mk->model->lp.n; j++) {
        int kind = mk->model->column_kind[j];
        if (kind == PL_COLUMN_RECIPE) {
            level[j] = mk->x[j];
        } else {
            traded[kind - PL_COLUMN_IMPORT][mk->model->column_index[j]] += mk->x[j];
        }
    }
    for (int32_t k = 0; mk->level == NULL && k < e->n_needs; k++) {
        mk->delivered[k] = pl_maker_delivery(mk, k);
    }
    level = mk->level != NULL ? mk->level : level;
    plan->level = level;
    plan->imported = traded[0];
    plan->exported = traded[1];
    plan->drawn = traded[2];
    plan->delivered = mk->delivered;
    plan->settled = mk->settled;
    return mk->part == NULL ? pl_ties_share(e, level, err) : PL_OK;
}

static bool take_texts(pl_maker *mk, const pl_variant *variant, pl_plan *plan)
{
    const pl_economy *e = &variant->economy;
    const char *argument = mk->settings->argument != NULL ? mk->settings->argument : "";
    plan->argument = pl_arena_text(&mk->arena, argument, strlen(argument));
    plan->economy_title = pl_arena_text(&mk->arena, e->title, strlen(e->title));
    plan->economy_path = pl_arena_text(&mk->arena, e->path, strlen(e->path));
    pl_change *changes = PL_ARENA_NEW(&mk->arena, pl_change, variant->n_changes);
    if (plan->argument == NULL || plan->economy_title == NULL || plan->economy_path == NULL ||
        changes == NULL) {
        return false;
    }
    for (int32_t k = 0; k < variant->n_changes; k++) {
        const pl_change *c = &variant->changes[k];
        changes[k] = *c;
        changes[k].table = pl_arena_text(&mk->arena, c->table, strlen(c->table));
        changes[k].key = pl_arena_text(&mk->arena, c->key, strlen(c->key));
        changes[k].column = pl_arena_text(&mk->arena, c->column, strlen(c->column));
        if (changes[k].table == NULL || changes[k].key == NULL || changes[k].column == NULL) {
            return false;
        }
    }
    plan->changes = changes;
    plan->n_changes = variant->n_changes;
    plan->horizon = variant->horizon;
    return true;
}

/* What the prices of each stage prove, for the deliveries as they are in the end. */
static void set_bounds(pl_maker *mk, pl_stage *stages, const pl_plan *plan)
{
    for (int32_t k = 0; k < plan->n_stages; k++) {
        pl_stage *s = &stages[k];
        pl_stage_terms terms = {.demand = mk->demand, .weighted = s->goal == PL_MAX_WEIGHTED, .crew = mk->crew};
        pl_stage_demand(mk->e, plan, k + 1, mk->demand, mk->raised, &terms.ceiling);
        terms.ceiling = -pl_crew_most(mk->crew, -terms.ceiling);
        if (s->goal == PL_USE_LEAST) {
            pl_objective_costs(mk->model, s->objective, s->n_objective, mk->costs);
            terms.costs = mk->costs;
        } else if (s->goal != PL_MAX_WEIGHTED) {
            terms.raised = mk->raised;
        }
        s->bound = pl_stage_bound(mk->model, &terms, s->good_price, s->resource_price, NULL);
    }
}

/* The first process gets the whole plan, and shares the work of identical workplaces there. */
static pl_status bring(pl_maker *mk, const pl_variant *variant, pl_plan *plan, pl_stage *stages, pl_error *err)
{
    double *level;
    pl_status status = pl_part_bring(mk->part, plan, stages, &level, &mk->arena, err);
    if (status == PL_OK && pl_crew_first(mk->crew)) {
        status = pl_ties_share(&variant->economy, level, err);
    }
    return status;
}

static pl_status finish(pl_maker *mk, const pl_variant *variant, pl_plan **out, pl_error *err)
{
    pl_plan *plan = PL_ARENA_NEW(&mk->arena, pl_plan, 1);
    struct pl_plan_storage *storage = PL_ARENA_NEW(&mk->arena, struct pl_plan_storage, 1);
    pl_stage *stages = PL_ARENA_NEW(&mk->arena, pl_stage, mk->n_stages);
    bool enough = plan != NULL && storage != NULL && stages != NULL;
    pl_status status = pl_crew_agree(mk->crew, enough ? PL_OK : pl_fail_nomem(err, "the plan"), err);
    if (status != PL_OK) {
        return status;
    }
    memcpy(stages, mk->stages, sizeof *stages * mk->n_stages);
    *plan = (pl_plan){.outcome = mk->outcome,
                      .goal = mk->settings->goal,
                      .n_goods = mk->e->n_goods,
                      .n_recipes = mk->e->n_recipes,
                      .n_resources = mk->e->n_resources,
                      .n_needs = mk->e->n_needs,
                      .stages = stages,
                      .n_stages = (int32_t)mk->n_stages,
                      .clashes = mk->clashes,
                      .n_clashes = mk->n_clashes,
                      .way = mk->level != NULL ? "sweeps" : mk->by_newton ? "newton" : "simplex",
                      .why = mk->level != NULL ? mk->why_sweeps : mk->why_not_sweeps,
                      .iterations = mk->iterations,
                      .stopped = mk->stopped,
                      .primal_violation = mk->primal_violation,
                      .dual_violation = mk->dual_violation,
                      .storage = storage};
    if (pl_crew_first(mk->crew)) {
        status = take_texts(mk, variant, plan) ? PL_OK : pl_fail_nomem(err, "the plan");
    }
    if (status == PL_OK && mk->outcome == PL_PLANNED) {
        status = take_columns(mk, plan, err);
    }
    status = pl_crew_agree(mk->crew, status, err);
    if (status != PL_OK) {
        return status;
    }
    if (mk->outcome == PL_PLANNED && mk->level == NULL) { /* sweeps have said theirs */
        set_bounds(mk, stages, plan);
    }
    for (int32_t k = 0; k < plan->n_stages && mk->stopped; k++) {
        if (!isfinite(stages[k].bound)) {
            return PL_STOPPED; /* there are levels, but nothing is proved of them */
        }
    }
    if (mk->part != NULL) {
        status = bring(mk, variant, plan, stages, err);
    }
    if (status == PL_OK && pl_crew_first(mk->crew)) {
        status = pl_economy_hash(variant->base, plan->economy_hash, err);
    }
    status = pl_crew_agree(mk->crew, status, err);
    if (status == PL_OK) {
        storage->arena = mk->arena; /* the plan lives in the arena that it owns */
        pl_arena_init(&mk->arena, 0);
        *out = plan;
    }
    return status;
}

static pl_status make_by_solver(pl_maker *mk, bool by_newton, pl_error *err)
{
    mk->by_newton = by_newton;
    bool lean = by_newton && mk->part == NULL; /* the tables of a part are dropped */
    pl_model_free(mk->model);
    mk->model = NULL;
    pl_status status = lean ? pl_model_new_lean(mk->e, mk->variant->base, &mk->model, err) : pl_model_new(mk->e, &mk->model, err);
    if (status == PL_OK && mk->part != NULL) {
        pl_part_drop_flows(mk->part);
    }
    if (status == PL_OK && !allocate(mk)) {
        status = pl_fail_nomem(err, "the plan");
    }
    status = pl_crew_agree(mk->crew, status, err);
    return status == PL_OK ? follow_goal(mk, err) : status;
}

static double memory_of(const pl_maker *mk, pl_work work)
{
    pl_extent from = pl_economy_extent(mk->variant->base), x = from;
    if (mk->e->years > 0) {
        x = pl_economy_extent(mk->e);
    }
    pl_memory needs = pl_memory_of(work, &from, mk->e->years > 0 ? &x : &from);
    return pl_memory_least(&needs);
}

double pl_maker_memory_left(const pl_maker *mk)
{
    pl_extent x = pl_economy_extent(mk->e);
    double needs = memory_of(mk, PL_WORK_SWEEPS) - pl_sweeps_memory_of_leaps(x.goods, x.recipes, x.coefficients);
    return mk->settings->memory > 0 ? fmax(0, mk->settings->memory - needs) : (double)INFINITY;
}

/* Is there memory for this way? */
static pl_status memory_for(pl_maker *mk, pl_work work, pl_error *err)
{
    static const char *const doing[] = {[PL_WORK_SIMPLEX] = "planning by the simplex",
                                        [PL_WORK_SWEEPS] = "planning by sweeps",
                                        [PL_WORK_NEWTON] = "planning by Newton steps"};
    return mk->settings->memory > 0 ? pl_memory_allows(mk->e->path, doing[work], memory_of(mk, work), mk->settings->memory, err) : PL_OK;
}

static pl_status make_by_simplex(pl_maker *mk, pl_error *err)
{
    pl_status status = memory_for(mk, PL_WORK_SIMPLEX, err);
    return status == PL_OK ? make_by_solver(mk, false, err) : status;
}

/* Newton steps; and the simplex when they lead nowhere and there is a chance that it ends. */
static pl_status make_by_newton(pl_maker *mk, pl_error *err)
{
    pl_status status = memory_for(mk, PL_WORK_NEWTON, err);
    status = status == PL_OK ? make_by_solver(mk, true, err) : status;
    if (status != PL_NUMERIC || mk->settings->way == PL_BY_NEWTON || mk->e->n_recipes > PL_SIMPLEX_MOST) {
        return status;
    }
    pl_newton_free(mk->newton);
    mk->newton = NULL;
    mk->n_stages = 0;
    mk->accuracy = mk->primal_violation = mk->dual_violation = 0;
    mk->why_not_sweeps = "Newton steps found no plan that keeps all limits";
    return make_by_simplex(mk, err);
}

/* Small economies go to the simplex, which also finds the one best vertex; large ones are swept where that is
 * possible, and else go to Newton steps. */
static pl_status make_some_way(pl_maker *mk, pl_error *err)
{
    pl_plan_way way = mk->settings->way;
    const char *why_not = "the economy is small";
    pl_status status = PL_OK;
    if (mk->part != NULL) {
        mk->why_not_sweeps = "several processes share the work";
        return make_by_solver(mk, true, err);
    }
    if (way == PL_BY_SWEEPS || (way == PL_ANY_WAY && mk->e->n_recipes >= PL_LARGE_FROM)) {
        status = memory_for(mk, PL_WORK_SWEEPS, err);
        status = status == PL_OK ? pl_make_by_sweeps(mk, &why_not, err) : status;
        if (status != PL_OK || why_not == NULL) {
            return status;
        }
        if (way == PL_BY_SWEEPS) {
            return pl_fail(err, PL_UNSUPPORTED, "--way sweeps", "leave the way to the planner",
                           "this economy cannot be planned by sweeps: %s", why_not);
        }
    }
    mk->why_not_sweeps = way == PL_BY_NEWTON ? "as asked for" : why_not;
    bool newton = way == PL_BY_NEWTON || (way == PL_ANY_WAY && mk->e->n_recipes >= PL_LARGE_FROM);
    return newton ? make_by_newton(mk, err) : make_by_simplex(mk, err);
}

/* With several processes, what Newton steps cannot do is done by the first one alone, where it is small enough. */
static pl_status make_alone(const pl_variant *variant, const pl_plan_settings *settings, pl_plan **out, pl_error *err)
{
    pl_plan_settings alone = *settings;
    alone.part = NULL;
    alone.from = NULL; /* it is of the part */
    alone.way = PL_BY_SIMPLEX;
    return pl_crew_first(settings->part->crew) ? pl_plan_make(variant, &alone, out, err) : PL_OK;
}

pl_status pl_plan_make(const pl_variant *variant, const pl_plan_settings *settings, pl_plan **out,
                       pl_error *err)
{
    double begin = pl_clock_s();
    pl_part *part = settings->part;
    pl_maker mk = {.e = part != NULL ? &part->economy : &variant->economy, .part = part, .variant = variant,
                   .settings = settings, .doing = "planning"};
    mk.crew = part != NULL ? part->crew : NULL;
    mk.all_goods = part != NULL ? part->all_goods : mk.e->n_goods;
    mk.all_recipes = part != NULL ? part->all_recipes : mk.e->n_recipes;
    *out = NULL;
    mk.deadline_s = settings->time_limit_s > 0 ? begin + settings->time_limit_s : 0;
    if ((part != NULL ? part->all_needs : mk.e->n_needs) == 0) {
        return pl_fail(err, PL_DATA, "needs", "say in needs.csv what is wanted",
                       "there is nothing to plan: the economy has no needs");
    }
    pl_arena_init(&mk.arena, 0);
    pl_plan *plan = NULL;
    pl_status status = make_some_way(&mk, err);
    pl_newton_free(mk.newton); /* the rest needs memory too */
    mk.newton = NULL;
    if (status == PL_OK) {
        status = finish(&mk, variant, &plan, err);
    }
    if (status == PL_OK) {
        plan->seconds = pl_clock_s() - begin;
        *out = plan;
    } else if (status == PL_STOPPED) {
        bool late = pl_crew_any(mk.crew, mk.deadline_s > 0 && pl_clock_s() >= mk.deadline_s);
        status = pl_fail(err, status, NULL, late ? "allow more with --time-limit" : NULL,
                         late ? "the time limit is reached while %s" : "stopped while %s", mk.doing);
    }
    pl_simplex_free(mk.simplex);
    pl_model_free(mk.model);
    pl_free(mk.stages);
    pl_arena_clear(&mk.arena);
    bool again = part != NULL && status == PL_NUMERIC && settings->way != PL_BY_NEWTON && mk.all_recipes <= PL_SIMPLEX_MOST;
    return again ? make_alone(variant, settings, out, err) : status;
}

void pl_plan_free(pl_plan *plan)
{
    if (plan != NULL) {
        pl_arena arena = plan->storage->arena;
        pl_arena_clear(&arena);
    }
}
