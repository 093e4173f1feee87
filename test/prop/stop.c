/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Wherever the work is stopped: what is handed over passes the checker, with the gap that it states, and no bound is
 * beyond the true optimum.  By the simplex, by Newton steps, by sweeps; values with their bounds. */
#include <plenty/generate.h>
#include <plenty/plan.h>
#include <plenty/values.h>

#include "sparse/sweep.h"
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

#define ECONOMIES 30
#define GOODS 40

static const char *const GOALS[] = {"satisfy", "least labour", "weighted", "most households"};

typedef struct counter {
    int64_t ticks, last; /* stops at the last one; 0 = never */
} counter;

static bool count(void *user, const char *what, double fraction)
{
    counter *c = user;
    (void)what;
    (void)fraction;
    return ++c->ticks < c->last || c->last == 0;
}

/* Plans until the tick number `last`. */
static pl_plan *until(const pl_economy *e, const char *goal, pl_plan_way way, int64_t *ticks, int64_t last, uint64_t seed)
{
    pl_variant *v;
    pl_plan *plan = NULL;
    counter c = {.last = last};
    pl_plan_settings settings = {.way = way, .progress = {.tick = count, .user = &c}};
    pl_error err = {0};
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK && pl_variant_new(e, &v, &err) == PL_OK);
    settings.way = way;
    settings.progress = (pl_progress){count, &c};
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    CHECK((status == PL_OK) == (plan != NULL));
    if (status != PL_OK && last > 0 && status != PL_STOPPED && status != PL_NUMERIC) {
        FAIL("economy %d, %s, tick %d: %s", (int)seed, goal, (int)last, err.message);
    }
    pl_variant_free(v);
    *ticks = c.ticks;
    return plan;
}

/* The first stage of the plan of a work that was stopped, against the optimum. */
static void bounds_hold(const pl_plan *stopped, const pl_plan *best, const char *goal, uint64_t seed, int64_t tick)
{
    const pl_stage *s = &stopped->stages[0], *t = &best->stages[0];
    double sign = s->goal == PL_USE_LEAST ? 1 : -1, room = 1e-8 * fmax(fabs(t->value), 1e-9);
    if (!(sign * s->bound <= sign * t->value + room) || !(sign * s->value >= sign * t->value - room)) {
        FAIL("economy %d, %s, stopped at tick %d: %.12g, bound %.12g, but the best is %.12g", (int)seed, goal, (int)tick,
             s->value, s->bound, t->value);
    }
}

static int handed_over, nothing_yet, at_once;

/* All ticks, or some of them. */
static void stop_everywhere(const pl_economy *e, const char *goal, pl_plan_way way, uint64_t seed, int64_t most)
{
    int64_t all, ticks;
    pl_plan *best = until(e, goal, PL_BY_SIMPLEX, &all, 0, seed), *whole = until(e, goal, way, &all, 0, seed);
    int64_t step = all / most + 1;
    for (int64_t last = 1; last <= all && best != NULL && whole != NULL && best->outcome == PL_PLANNED; last += step) {
        pl_plan *plan = until(e, goal, way, &ticks, last, seed);
        if (plan == NULL) {
            nothing_yet++;
            continue;
        }
        CHECK_INT(plan->outcome, PL_PLANNED);
        handed_over += plan->stopped;
        at_once += !plan->stopped;
        bounds_hold(plan, best, goal, seed, last);
        plan_verified(e, plan, goal, seed);
        pl_plan_free(plan);
    }
    pl_plan_free(best);
    pl_plan_free(whole);
}

TEST(the_simplex_stopped_at_every_tick)
{
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        stop_everywhere(e, GOALS[seed % 4], PL_BY_SIMPLEX, seed, 20);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet, %d were done\n", handed_over, nothing_yet, at_once);
    CHECK(handed_over >= 30 && nothing_yet >= 5);
}

TEST(newton_steps_stopped_at_every_tick)
{
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        stop_everywhere(e, GOALS[seed % 4], PL_BY_NEWTON, seed, 12);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet, %d were done\n", handed_over, nothing_yet, at_once);
    CHECK(handed_over >= 20 && nothing_yet >= 20);
}

static pl_economy *generated(int32_t goods, uint64_t seed, bool free_of_limits)
{
    char at[4200];
    pl_error err = {0};
    pl_economy *e;
    pl_findings none = {0};
    pl_generate_settings settings = pl_generate_defaults(goods);
    settings.seed = seed;
    settings.slack = free_of_limits ? -1 : settings.slack;
    settings.capped = free_of_limits ? 0 : settings.capped;
    snprintf(at, sizeof at, "%s/generated", test_tmp());
    CHECK(pl_economy_generate(&settings, at, NULL, &err) == PL_OK);
    CHECK(pl_economy_load(at, NULL, &none, &e, &err) == PL_OK);
    return e;
}

TEST(larger_economies_stopped_on_the_way)
{
    static const pl_plan_way ways[] = {PL_BY_SIMPLEX, PL_BY_NEWTON};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        pl_economy *e = generated(200, seed, false);
        stop_everywhere(e, GOALS[seed % 4], ways[seed / 4 % 2], seed, 16);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet, %d were done\n", handed_over, nothing_yet, at_once);
    CHECK(handed_over >= 10 && nothing_yet >= 1);
}

/* Sweeps have a plan only in the end: until then they say that there is none, afterwards it is the whole one. */
TEST(sweeps_stopped_at_every_tick)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        pl_economy *e = generated(300, seed, true);
        stop_everywhere(e, GOALS[seed % 2], PL_BY_SWEEPS, seed, 30);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet, %d were done\n", handed_over, nothing_yet, at_once);
    CHECK(nothing_yet >= 6 && handed_over == 0);
}

/* Values that were swept k times are below the true ones, and with what pl_sweep_above adds above them; outputs are below,
 * and what is not passed on yet is what is missing. */
TEST(values_and_outputs_are_bounded_after_every_sweep)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        pl_economy *e = generated(300, seed, true);
        pl_sparse flows = {e->n_goods, e->n_recipes, e->flows.start, e->flows.index, e->flows.amount};
        pl_makers makers;
        bool single;
        static double cost[5000], truth[300], v[300], x[300], whole[300], need[300], demand[300];
        static int32_t chosen[300], then[300];
        CHECK(e->n_goods == 300 && e->n_recipes <= 5000);
        CHECK(pl_makers_new(&flows, 1, &makers, &single, NULL) == PL_OK && single);
        memset(truth, 0, sizeof truth);
        memset(demand, 0, sizeof demand);
        for (int32_t r = 0; r < e->n_recipes; r++) {
            cost[r] = 0.1 + (double)(r % 7);
        }
        for (int32_t k = 0; k < e->n_needs; k++) {
            demand[e->needs[k].good] += e->needs[k].amount;
        }
        pl_sweep_settings s = {.tolerance = 1e-15, .most = 100000, .markup = 1};
        pl_sweep_result r;
        CHECK(pl_sweep_values(&flows, &makers, cost, &s, truth, chosen, &r, NULL) == PL_OK);
        CHECK(pl_sweep_outputs(&flows, &makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &s, whole, need, &r, NULL) == PL_OK && r.settled);
        for (int most = 1; most <= 40; most++) {
            s.most = most;
            memset(v, 0, sizeof v);
            CHECK(pl_sweep_values(&flows, &makers, cost, &s, v, then, &r, NULL) == PL_OK);
            double above = pl_sweep_above(&flows, &makers, then, cost, 1, v, 1);
            CHECK(pl_sweep_outputs(&flows, &makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &s, x, need, &r, NULL) == PL_OK);
            for (int32_t g = 0; g < e->n_goods; g++) {
                if (!(v[g] <= truth[g] * (1 + 1e-12)) || !(v[g] * (1 + above) >= truth[g] * (1 - 1e-12))) {
                    FAIL("economy %d, %d sweeps: %.17g to %.17g does not hold %.17g", (int)seed, most, v[g], v[g] * (1 + above), truth[g]);
                }
                CHECK(x[g] <= whole[g] * (1 + 1e-12));
            }
        }
        pl_makers_clear(&makers);
        pl_economy_free(e);
    }
}

/* Values of an economy: stopped, there are none; done, their bounds hold the values of a finer reckoning. */
TEST(values_stopped_at_every_tick)
{
    pl_economy *e = generated(300, 1, true);
    counter c = {0};
    pl_values_settings settings = {.progress = {count, &c}};
    pl_values *v;
    pl_error err = {0};
    CHECK(pl_values_find(e, &settings, &v, &err) == PL_OK);
    pl_values_free(v);
    int64_t all = c.ticks;
    CHECK(all > 0);
    for (int64_t last = 1; last <= all; last++) {
        c = (counter){.last = last};
        v = NULL;
        CHECK_INT(pl_values_find(e, &settings, &v, &err), PL_STOPPED);
        CHECK(v == NULL);
    }
    pl_economy_free(e);
}
