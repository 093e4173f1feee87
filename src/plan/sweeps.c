/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sweeps.c - the way to a plan of millions of goods when no limit binds (docs/methods/engine.md).
 *
 * Where each recipe makes one good, the cheapest recipes do not depend on what is needed (Samuelson 1951): sweeps find
 * them with the values that prove it, and then the levels.  Limits are left out at first; when the plan found keeps them
 * all, it is the best with them too, and all needs are met.  When only resources are scarce, they get prices (priced.c).  Otherwise
 * this way leads nowhere, and another one is taken. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/sweeping.h"
#include "sparse/sift.h"

#define TOLERANCE 1e-12
#define TOLERANCE_LARGE 1e-9 /* from this many goods on: */
#define LARGE 100000
#define MILLION 1000000
#define SWEEPS_MOST 400
#define SHRINK 1e-13
#define TOLERANCE_VALUES 1e-7 /* of values: it is a gap, and shortages are none */
#define ROUGHLY 0.02   /* values of all recipes, before those are sifted that cost */
#define NEAR 0.05      /* at most so much more than the value */
#define MANY_TIMES 10  /* the tolerance: values that may be too high by more are sifted again, */
#define SIFTED 1.5     /* recipes of each good that are left, for the reckoning of memory */
#define SIFTS 4        /* times in all, */
#define FINER 0.1      /* and more exactly each time */
#define LEAPS_MOST 100 /* sweeps */
#define LOOK 1e-2     /* of values and outputs, to see what binds; */
#define BEYOND_DOUBT 0.05 /* of what is used, when it exceeds what there is by that */
#define START_SHRINK 1e-12 /* values of an older plan are lowered by so much of themselves */
#define NO_GAIN 1e-14
#define RENT 1e-6      /* of the terms of a profit */
#define STAGES 1000000u

bool pl_sweeping_tick(void *user, const char *what, double fraction)
{
    pl_maker *mk = user;
    snprintf(mk->doing, sizeof mk->doing, "%s", what);
    return (mk->deadline_s == 0 || pl_clock_s() < mk->deadline_s) &&
           pl_tick(&mk->settings->progress, what, fraction);
}

/* ---- Whether this way can be taken ---------------------------------------------------------------------- */

static const char *wrong_structure(const pl_economy *e)
{
    for (int32_t t = 0; t < e->n_trade; t++) {
        if (pl_given(e->trade[t].import_price) || pl_given(e->trade[t].export_price)) {
            return "goods are traded";
        }
    }
    for (int32_t s = 0; s < e->n_stocks; s++) {
        if (e->stocks[s].amount > 0) {
            return "there are stocks";
        }
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        if (e->goods[g].must_be_used) {
            return "some goods must be used up";
        }
    }
    return NULL;
}

/* What is to be least; NULL without memory. */
static const char *const *objective_of(pl_maker *mk, int32_t *n)
{
    const char *argument = mk->settings->argument;
    if (mk->settings->goal == PL_LEAST && argument != NULL && pl_find_resource(mk->e, argument) >= 0) {
        const char **one = PL_ARENA_NEW(&mk->arena, const char *, 1);
        if (one == NULL || (one[0] = pl_arena_text(&mk->arena, argument, strlen(argument))) == NULL) {
            return NULL;
        }
        *n = 1;
        return one;
    }
    return pl_labour_objective(mk, n);
}

pl_status pl_sweeping_costs(const pl_sweeping *s, bool *negative, pl_error *err)
{
    const pl_economy *e = s->e;
    bool *counted = PL_NEW0(bool, e->n_resources);
    if (counted == NULL) {
        return pl_fail_nomem(err, "the costs of recipes");
    }
    bool levels = strcmp(s->objective[0], "levels") == 0 && pl_find_resource(e, "levels") < 0;
    for (int32_t i = 0; i < s->n_objective && !levels; i++) {
        counted[pl_find_resource(e, s->objective[i])] = true;
    }
    *negative = false;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        s->cost[r] = levels ? 1 : 0;
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            s->cost[r] += counted[e->uses.index[k]] ? e->uses.amount[k] : 0;
        }
        *negative |= s->cost[r] < 0;
    }
    pl_free(counted);
    return PL_OK;
}

pl_status pl_sweeping_price(pl_sweeping *s, pl_error *err)
{
    const pl_economy *e = s->e;
    bool negative;
    pl_status status = pl_sweeping_costs(s, &negative, err);
#pragma omp parallel for num_threads(s->mk->settings->threads > 1 ? 2 : 1) schedule(static)
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            s->cost[r] += s->scarcity[e->uses.index[k]] * e->uses.amount[k];
        }
    }
    return status;
}

const char *pl_sweeping_limits(const pl_sweeping *s, int32_t most, int32_t *resource, double *limit, int32_t *n)
{
    const pl_economy *e = s->e;
    *n = 0;
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (!pl_given(e->resources[k].available)) {
            continue;
        }
        if (*n == most || !(e->resources[k].available > 0)) {
            return *n == most ? "many resources are scarce" : "there is nothing of a resource";
        }
        resource[*n] = k;
        limit[(*n)++] = e->resources[k].available;
    }
    for (int64_t k = 0; k < e->uses.start[e->n_recipes]; k++) {
        if (e->uses.amount[k] < 0) {
            return "some recipes give back a resource";
        }
    }
    return NULL;
}

static pl_status allocate(pl_sweeping *s, pl_error *err)
{
    const pl_economy *e = s->e;
    size_t goods = (size_t)e->n_goods;
    pl_arena *a = &s->mk->arena;
    s->cost = PL_NEW(double, e->n_recipes);
    s->value = PL_NEW0(double, goods);
    s->output = PL_NEW(double, goods);
    s->need = PL_NEW(double, goods);
    s->chosen = PL_NEW(int32_t, goods);
    s->level = PL_ARENA_NEW(a, double, e->n_recipes);
    s->nothing = PL_ARENA_NEW(a, double, (goods > (size_t)e->n_resources ? goods : (size_t)e->n_resources));
    s->mk->demand = PL_ARENA_NEW(a, double, goods);
    s->mk->delivered = PL_ARENA_NEW(a, double, e->n_needs);
    s->mk->settled = PL_ARENA_NEW(a, int32_t, e->n_needs);
    if (s->cost == NULL || s->value == NULL || s->output == NULL || s->need == NULL || s->chosen == NULL ||
        s->level == NULL || s->nothing == NULL || s->mk->demand == NULL || s->mk->delivered == NULL ||
        s->mk->settled == NULL) {
        return pl_fail_nomem(err, "the sweeps");
    }
    memset(s->nothing, 0, sizeof(double) * (goods > (size_t)e->n_resources ? goods : (size_t)e->n_resources));
    s->scarcity = s->nothing;
    memset(s->mk->demand, 0, sizeof(double) * goods);
    for (int32_t k = 0; k < e->n_needs; k++) {
        s->mk->delivered[k] = e->needs[k].amount;
        s->mk->settled[k] = 0;
        s->mk->demand[e->needs[k].good] += e->needs[k].amount;
    }
    return PL_OK;
}

/* Of many goods: the vectors of leaps, and a recipe and a half of each good, sifted. */
double pl_sweeps_memory_of_leaps(double goods, double recipes, double coefficients)
{
    double sifted = fmin(recipes, SIFTED * goods), part = recipes > 0 ? sifted / recipes : 0;
    return goods < LARGE ? 0 : 5 * sizeof(double) * goods + sifted * (3 * sizeof(double) + 2 * sizeof(int32_t)) + part * coefficients * (sizeof(double) + sizeof(int32_t));
}

/* What `allocate` and pl_makers_new ask for, and leaps. */
double pl_sweeps_memory(double goods, double recipes, double coefficients)
{
    return goods * (5 * sizeof(double) + 2 * sizeof(int32_t)) + recipes * (3 * sizeof(double) + sizeof(int32_t)) + pl_sweeps_memory_of_leaps(goods, recipes, coefficients);
}

pl_sweep_settings pl_sweeping_settings(const pl_sweeping *s)
{
    return (pl_sweep_settings){.tolerance = s->e->n_goods < LARGE ? TOLERANCE : TOLERANCE_LARGE, .most = SWEEPS_MOST,
                               .markup = 1, .progress = &s->progress, .threads = s->mk->settings->threads};
}

static double values_tolerance(const pl_sweeping *s)
{
    return s->e->n_goods < MILLION ? pl_sweeping_settings(s).tolerance : TOLERANCE_VALUES;
}

/* ---- Sweeping ------------------------------------------------------------------------------------------- */

/* Profit of a recipe at prices of goods alone; *size: of its terms. */
static double profit_at(const pl_sweeping *s, const double *price, int32_t r, double *size)
{
    double profit = -s->cost[r];
    *size = s->cost[r];
    for (int64_t k = s->flows.start[r]; k < s->flows.start[r + 1]; k++) {
        double term = s->flows.amount[k] * price[s->flows.index[k]];
        profit += term;
        *size += fabs(term);
    }
    return profit;
}

const pl_stage *pl_sweeping_older(const pl_sweeping *s)
{
    const pl_plan *from = s->mk->settings->from;
    const pl_stage *last = from != NULL && from->n_stages > 0 ? &from->stages[from->n_stages - 1] : NULL;
    bool same = last != NULL && from->level != NULL && last->goal == PL_USE_LEAST && last->n_objective == s->n_objective;
    for (int32_t i = 0; same && i < s->n_objective; i++) {
        same = strcmp(last->objective[i], s->objective[i]) == 0;
    }
    return same ? last : NULL;
}

/* The values of an older plan, a little lowered, are too low when no recipe gains at them; else nothing is known.  Where capacities
 * have rents at its prices, they are taken for *full again. */
static void start_values(pl_sweeping *s, bool *full)
{
    const pl_stage *last = pl_sweeping_older(s);
    bool low = last != NULL, priced = last != NULL, rents = false;
    for (int32_t g = 0; last != NULL && g < s->e->n_goods; g++) {
        s->value[g] = fmax(0, last->good_price[g]) * (1 - START_SHRINK);
        priced &= s->value[g] > 0;
    }
    for (int32_t r = 0; last != NULL && r < s->e->n_recipes; r++) {
        double size, profit = profit_at(s, s->value, r, &size);
        low &= !(profit > NO_GAIN * size);
        rents |= profit > RENT * size && pl_given(s->e->recipes[r].capacity) && s->e->recipes[r].capacity > 0;
    }
    *full = priced && rents;
    if (!low) {
        memset(s->value, 0, sizeof *s->value * (size_t)s->e->n_goods);
    }
}

/* What levels of the chosen recipes use beyond what there is, in proportion; of capacities, and of resources. */
static pl_status find_excess(const pl_sweeping *s, double *of_capacity, double *of_resource, pl_error *err)
{
    const pl_economy *e = s->e;
    double *used = PL_NEW0(double, e->n_resources), over = 0;
    if (used == NULL) {
        return pl_fail_nomem(err, "the use of resources");
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        int32_t r = s->chosen[g];
        if (r < 0 || s->output[g] == 0) {
            continue;
        }
        double capacity = e->recipes[r].capacity;
        over = s->output[g] > capacity ? fmax(over, (s->output[g] - capacity) / s->output[g]) : over;
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            used[e->uses.index[k]] += e->uses.amount[k] * s->output[g];
        }
    }
    *of_capacity = over;
    *of_resource = 0;
    for (int32_t k = 0; k < e->n_resources; k++) {
        double there = e->resources[k].available;
        *of_resource = used[k] > there ? fmax(*of_resource, (used[k] - there) / used[k]) : *of_resource;
    }
    pl_free(used);
    return PL_OK;
}

static bool has_limits(const pl_economy *e)
{
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (pl_given(e->resources[k].available)) {
            return true;
        }
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        if (pl_given(e->recipes[r].capacity)) {
            return true;
        }
    }
    return false;
}

/* Roughly, whether a capacity binds (*full) or a resource is *scarce beyond doubt: then it need not be known to the last digits. */
static pl_status look(pl_sweeping *s, bool *scarce, bool *full, pl_error *err)
{
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result values, outputs = {0};
    pl_output_task task = {.chosen = s->chosen, .demand = s->mk->demand};
    double of_capacity = 0, of_resource = 0;
    settings.tolerance = LOOK;
    pl_status status = pl_sweep_values(&s->flows, &s->makers, s->cost, &settings, s->value, s->chosen, &values, err);
    if (status == PL_OK && values.settled) {
        status = pl_sweep_outputs(&s->flows, &s->makers, &task, &settings, s->output, s->need, &outputs, err);
    }
    s->mk->iterations += values.sweeps + outputs.sweeps;
    if (status == PL_OK && outputs.settled) {
        status = find_excess(s, &of_capacity, &of_resource, err);
        *full = of_capacity > BEYOND_DOUBT;
        *scarce = of_resource > BEYOND_DOUBT;
    }
    return status;
}

/* Else nothing can be said of values that may be too high. */
static bool every_recipe_costs(const pl_sweeping *s)
{
    for (int32_t r = 0; r < s->e->n_recipes; r++) {
        if (!(s->cost[r] > 0)) {
            return false;
        }
    }
    return true;
}

/* Values of many goods: leaps over all recipes until they are roughly known, then over those that cost nearly the least, then a look
 * at all of them, which says by how much values may be too high.  Where that is too much, once more.  `chosen` is of the sift. */
static pl_status leap_values(pl_sweeping *s, pl_sift *sift, bool *settled, pl_error *err)
{
    pl_sweep_settings settings = pl_sweeping_settings(s);
    double tolerance = values_tolerance(s), high = (double)INFINITY;
    pl_sweep_result values;
    settings.leap = true;
    settings.most = LEAPS_MOST;
    settings.tolerance = ROUGHLY;
    pl_status status = pl_sweep_values(&s->flows, &s->makers, s->cost, &settings, s->value, s->chosen, &values, err);
    s->mk->iterations += values.sweeps;
    settings.tolerance = tolerance;
    for (int k = 0; status == PL_OK && values.settled && k < SIFTS && !(high <= MANY_TIMES * tolerance); k++) {
        pl_sift_clear(sift);
        status = pl_sift_new(&s->flows, &s->makers, s->cost, s->value, NEAR, settings.threads, sift, err);
        if (status == PL_OK) {
            status = pl_sweep_values(&sift->flows, &sift->makers, sift->cost, &settings, s->value, s->chosen, &values, err);
            high = pl_sweep_too_high(&s->flows, &s->makers, s->cost, s->value, settings.threads);
            s->mk->iterations += values.sweeps;
            settings.tolerance *= FINER;
        }
    }
    *settled = status == PL_OK && values.settled && high <= MANY_TIMES * tolerance;
    for (int32_t g = 0; g < s->e->n_goods; g++) { /* too low they are then, or nothing at all is known of them */
        s->value[g] = !*settled ? 0 : isfinite(s->value[g]) ? s->value[g] * (1 - high) : s->value[g];
    }
    return status;
}

/* Values and levels of many goods; not *settled where leaps lead nowhere: values are then nothing, as before the first sweep. */
static pl_status leap_to_plan(pl_sweeping *s, bool *settled, pl_error *err)
{
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result outputs = {0};
    pl_output_task task = {.chosen = s->chosen, .demand = s->mk->demand};
    pl_sift sift = {0};
    settings.leap = true;
    settings.most = LEAPS_MOST;
    pl_status status = leap_values(s, &sift, settled, err);
    if (status == PL_OK && *settled) {
        status = pl_sweep_outputs(&sift.flows, &sift.makers, &task, &settings, s->output, s->need, &outputs, err);
        s->mk->iterations += outputs.sweeps;
        *settled = outputs.settled;
        for (int32_t g = 0; g < s->e->n_goods; g++) {
            s->value[g] = *settled ? s->value[g] : 0;
            s->chosen[g] = s->chosen[g] >= 0 ? sift.column[s->chosen[g]] : -1;
        }
    }
    pl_sift_clear(&sift);
    return status;
}

/* Values and levels from below. */
static pl_status sweep_to_plan(pl_sweeping *s, bool *settled, pl_error *err)
{
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result values, outputs = {0};
    pl_output_task task = {.chosen = s->chosen, .demand = s->mk->demand};
    settings.tolerance = values_tolerance(s);
    pl_status status = pl_sweep_values(&s->flows, &s->makers, s->cost, &settings, s->value, s->chosen, &values, err);
    if (status == PL_OK && values.settled) {
        settings.tolerance = pl_sweeping_settings(s).tolerance;
        status = pl_sweep_outputs(&s->flows, &s->makers, &task, &settings, s->output, s->need, &outputs, err);
    }
    s->mk->iterations += values.sweeps + outputs.sweeps;
    *settled = outputs.settled;
    return status;
}

static pl_status sweep(pl_sweeping *s, bool *scarce, bool *full, pl_error *err)
{
    bool single, negative = false, settled = false;
    pl_status status = pl_makers_new(&s->flows, s->mk->settings->threads, &s->makers, &single, err);
    if (status == PL_OK && !single) {
        s->why_not = "some recipes make several goods";
        return PL_OK;
    }
    status = status == PL_OK ? pl_sweeping_capacities(s, err) : status;
    if (s->why_not != NULL) {
        return status;
    }
    status = status == PL_OK ? pl_sweeping_costs(s, &negative, err) : status;
    if (status == PL_OK && negative) {
        s->why_not = "some recipes give back what is to be least";
        return PL_OK;
    }
    if (status == PL_OK) {
        start_values(s, full);
        status = !*full && has_limits(s->e) ? look(s, scarce, full, err) : PL_OK;
    }
    if (status != PL_OK || *scarce || *full) {
        return status;
    }
    status = s->e->n_goods >= LARGE && every_recipe_costs(s) ? leap_to_plan(s, &settled, err) : PL_OK;
    if (status == PL_OK && !settled) {
        status = sweep_to_plan(s, &settled, err);
    }
    if (status == PL_OK && !settled) {
        s->why_not = "the sweeps do not settle, or a good that is needed cannot be made";
    }
    return status;
}

/* Levels of recipes; *scarce when they use more of a resource than there is, *full when a capacity is too small. */
static pl_status find_levels(pl_sweeping *s, bool *scarce, bool *full, pl_error *err)
{
    double of_capacity, of_resource;
    pl_status status = find_excess(s, &of_capacity, &of_resource, err);
    if (status != PL_OK) {
        return status;
    }
    memset(s->level, 0, sizeof *s->level * (size_t)s->e->n_recipes);
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        int32_t r = s->chosen[g];
        if (r >= 0) {
            double made = s->output[g] * s->makers.output[r];
            s->level[r] = s->output[g];
            s->violation = fmax(s->violation, s->need[g] > made ? (s->need[g] - made) / s->need[g] : 0);
        }
    }
    *full = of_capacity > 0;
    *scarce = of_resource > 0;
    return PL_OK;
}

/* ---- The stages ----------------------------------------------------------------------------------------- */

pl_status pl_sweeping_record(pl_sweeping *s, const pl_stage *like, pl_error *err)
{
    pl_maker *mk = s->mk;
    if (!pl_grow(&mk->stages, &mk->stages_cap, mk->n_stages + 1, sizeof *mk->stages, STAGES)) {
        return pl_fail_nomem(err, "the stages of the plan");
    }
    mk->stages[mk->n_stages] = *like;
    mk->stages[mk->n_stages].resource_price = s->scarcity;
    mk->n_stages++;
    return PL_OK;
}

/* What recipe r gains at these prices by using all of its capacity. */
static double rent_of(const pl_sweeping *s, const double *price, int32_t r)
{
    double size, capacity = s->e->recipes[r].capacity;
    return pl_given(capacity) ? fmax(0, profit_at(s, price, r, &size)) * capacity : 0;
}

/* The last stage: its prices are the values, its bound what they prove. */
static pl_status record_least(pl_sweeping *s, pl_error *err)
{
    const pl_economy *e = s->e;
    double *price = PL_ARENA_NEW(&s->mk->arena, double, e->n_goods);
    if (price == NULL) {
        return pl_fail_nomem(err, "the prices");
    }
    long double value = 0, bound = 0;
    for (int32_t g = 0; g < e->n_goods; g++) { /* what cannot be made is not needed, nor is what it goes into */
        price[g] = isfinite(s->value[g]) ? s->value[g] * (1 - s->shrink) : 0;
        bound += (long double)price[g] * s->mk->demand[g];
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        bound -= s->scarcity[k] > 0 ? (long double)s->scarcity[k] * e->resources[k].available : 0;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        long double cost = s->cost[r];
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            cost -= s->scarcity[e->uses.index[k]] * e->uses.amount[k];
        }
        value += cost * s->level[r];
        bound -= rent_of(s, price, r);
    }
    pl_stage like = {.goal = PL_USE_LEAST, .objective = s->objective, .n_objective = s->n_objective,
                     .value = (double)value, .bound = (double)bound, .good_price = price};
    return pl_sweeping_record(s, &like, err);
}

/* A good that nobody can make has price 0; whoever needs it must not seem cheap for that.  True when a recipe gains at these
 * prices: then the proof does not hold. */
static bool some_recipe_gains(const pl_sweeping *s)
{
    const double *price = s->mk->stages[s->mk->n_stages - 1].good_price;
    bool gains = false;
#pragma omp parallel for num_threads(s->mk->settings->threads > 1 ? 2 : 1) schedule(static) reduction(|| : gains)
    for (int32_t r = 0; r < s->e->n_recipes; r++) {
        double size, profit = profit_at(s, price, r, &size);
        gains = gains || (profit > 1e-13 * size && !pl_given(s->e->recipes[r].capacity));
    }
    return gains;
}

static pl_status finish(pl_sweeping *s, pl_error *err)
{
    pl_status status = s->mk->settings->goal == PL_SATISFY ? pl_record_full(s->mk, INT32_MAX, s->nothing, err) : PL_OK;
    if (status == PL_OK) {
        status = record_least(s, err);
    }
    if (status == PL_OK && some_recipe_gains(s)) {
        s->why_not = "a good that cannot be made is an input";
        s->mk->n_stages = 0;
    }
    return status;
}

static void release(pl_sweeping *s)
{
    pl_makers_clear(&s->makers);
    pl_free(s->cost);
    pl_free(s->value);
    pl_free(s->output);
    pl_free(s->need);
    pl_free(s->chosen);
}

pl_status pl_make_by_sweeps(pl_maker *mk, const char **why_not, pl_error *err)
{
    const pl_economy *e = mk->e;
    const char *argument = mk->settings->argument;
    pl_sweeping s = {.mk = mk, .e = e, .progress = {.tick = pl_sweeping_tick, .user = mk},
                  .shrink = SHRINK,
                  .flows = {e->n_goods, e->n_recipes, e->flows.start, e->flows.index, e->flows.amount}};
    bool least = mk->settings->goal == PL_LEAST &&
                 (argument == NULL || strcmp(argument, "labour") == 0 || pl_find_resource(e, argument) >= 0);
    *why_not = mk->settings->goal != PL_SATISFY && !least ? "it is for the goals satisfy and least" : wrong_structure(e);
    if (*why_not != NULL) {
        return PL_OK;
    }
    bool scarce = false, full = false;
    s.objective = objective_of(mk, &s.n_objective);
    pl_status status = s.objective == NULL ? pl_fail_nomem(err, "the goal") : allocate(&s, err);
    if (status == PL_OK) {
        status = sweep(&s, &scarce, &full, err);
    }
    if (status == PL_OK && s.why_not == NULL && !scarce && !full) {
        status = find_levels(&s, &scarce, &full, err);
    }
    if (status == PL_OK && s.why_not == NULL && (scarce || full)) {
        status = full ? pl_sweep_by_merit(&s, err) : pl_sweep_priced(&s, err);
    }
    if (status == PL_OK && s.why_not == NULL) {
        status = finish(&s, err);
    }
    if (status == PL_OK && s.why_not == NULL) {
        mk->level = s.level;
        mk->primal_violation = s.violation;
        mk->why_sweeps = full     ? "one output for each recipe; capacities bind"
                         : scarce ? "one output for each recipe, and only resources are scarce"
                                  : "one output for each recipe, and no limit binds";
    } else if (status == PL_OK && mk->outcome == PL_INFEASIBLE) {
        mk->level = s.level; /* of this way; there are none */
        mk->why_sweeps = s.why_not;
        s.why_not = NULL;
    } else {
        mk->iterations = 0;
    }
    *why_not = s.why_not;
    release(&s);
    return status;
}
