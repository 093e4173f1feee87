/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sweeps that leap, against those from below; and plans of so many goods that they are made by leaps: verified, and the same
 * for one thread and two; also where leaps cannot be proved. */
#include "sparse/sift.h"
#include "test/sweep_help.h"
#include "test/test.h"

#define GOODS 300
#define RECIPES 5000
#define MANY 100000

static pl_generate_settings settings(int32_t goods, uint64_t seed, int inputs)
{
    pl_generate_settings s = pl_generate_defaults(goods);
    s.seed = seed;
    s.capped = 0;
    s.slack = -1;
    s.resources = 1;
    s.inputs = inputs;
    return s;
}

TEST(leaps_and_sifting_find_what_sweeps_from_below_find)
{
    int plain_sweeps = 0, leaping_sweeps = 0, nothing_missed = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        pl_generate_settings made = settings(GOODS, seed, 2 + (int)(seed % 20));
        pl_economy *e = sweep_generated(&made);
        pl_sparse flows = {e->n_goods, e->n_recipes, e->flows.start, e->flows.index, e->flows.amount};
        pl_makers makers;
        pl_sift sift;
        bool single;
        static double cost[RECIPES], truth[GOODS], v[GOODS], x[GOODS], whole[GOODS], need[GOODS], demand[GOODS];
        static int32_t chosen[GOODS], best[GOODS];
        CHECK(e->n_goods == GOODS && e->n_recipes <= RECIPES);
        CHECK(pl_makers_new(&flows, 1, &makers, &single, NULL) == PL_OK && single);
        for (int32_t r = 0; r < e->n_recipes; r++) {
            cost[r] = 0.1 + (double)((r * 7 + (int32_t)seed) % 11);
        }
        for (int32_t g = 0; g < GOODS; g++) {
            truth[g] = v[g] = 0;
            demand[g] = (g + (int32_t)seed) % 3;
        }
        pl_sweep_settings s = {.tolerance = 1e-14, .most = 1000, .markup = 1};
        pl_sweep_result r;
        CHECK(pl_sweep_values(&flows, &makers, cost, &s, truth, best, &r, NULL) == PL_OK && r.settled);
        plain_sweeps += r.sweeps;
        CHECK(pl_sweep_outputs(&flows, &makers, &(pl_output_task){.chosen = best, .demand = demand}, &s, whole, need, &r, NULL) == PL_OK && r.settled);
        plain_sweeps += r.sweeps;
        s.leap = true;
        s.tolerance = 0.02;
        CHECK(pl_sweep_values(&flows, &makers, cost, &s, v, chosen, &r, NULL) == PL_OK && r.settled);
        leaping_sweeps += r.sweeps;
        CHECK(pl_sift_new(&flows, &makers, cost, v, 0.1, 1, &sift, NULL) == PL_OK);
        s.tolerance = 1e-13;
        CHECK(pl_sweep_values(&sift.flows, &sift.makers, sift.cost, &s, v, chosen, &r, NULL) == PL_OK && r.settled);
        leaping_sweeps += r.sweeps;
        CHECK(pl_sweep_outputs(&sift.flows, &sift.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &s, x, need, &r, NULL) == PL_OK && r.settled);
        leaping_sweeps += r.sweeps;
        double high = pl_sweep_too_high(&flows, &makers, cost, v, 1);
        for (int32_t g = 0; g < GOODS; g++) {
            CHECK(v[g] * (1 - high) <= truth[g] * (1 + 1e-13)); /* proved, whatever was left out */
            if (high < 1e-8 && (fabs(v[g] - truth[g]) > 1e-9 * truth[g] || sift.column[chosen[g]] != best[g] || fabs(x[g] - whole[g]) > 1e-10 * whole[g])) {
                FAIL("economy %d, good %d: worth %.17g, not %.17g; made %.17g, not %.17g", (int)seed, (int)g, v[g], truth[g], x[g], whole[g]);
            }
        }
        nothing_missed += high < 1e-8;
        pl_sift_clear(&sift);
        pl_makers_clear(&makers);
        pl_economy_free(e);
    }
    printf("# %d sweeps from below, %d that leap; %d of 60 economies sifted well\n", plain_sweeps, leaping_sweeps, nothing_missed);
    CHECK(leaping_sweeps < 0.8 * plain_sweeps && nothing_missed >= 50);
}

TEST(plans_of_many_goods_are_verified_and_the_same_for_any_number_of_threads)
{
    pl_generate_settings s = settings(MANY, 3, 8);
    pl_economy *e = sweep_generated(&s);
    pl_plan *plan = sweep_same_bits(e);
    const pl_stage *last = &plan->stages[plan->n_stages - 1];
    CHECK(fabs(last->value - last->bound) <= 1e-8 * last->value && plan->primal_violation <= 1e-8);
    pl_plan_free(plan);
    pl_economy_free(e);
}

TEST(where_recipes_cost_nothing_many_goods_are_swept_from_below)
{
    pl_generate_settings s = settings(MANY, 5, 6);
    s.resources = 10; /* most recipes use nothing of the second one */
    pl_economy *e = sweep_generated(&s);
    pl_variant *v;
    pl_plan *plan;
    pl_error err = {0};
    pl_plan_settings least = {.goal = PL_LEAST, .argument = e->resources[1].id, .way = PL_BY_SWEEPS, .threads = 2};
    CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_plan_make(v, &least, &plan, &err) == PL_OK);
    sweep_verified(plan, e, s.seed);
    CHECK(fabs(plan->stages[0].value - plan->stages[0].bound) <= 1e-8 * plan->stages[0].value);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}
