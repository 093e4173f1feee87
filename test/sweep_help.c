/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/sweep_help.h"

#include <string.h>

#include "test/test.h"
#include "verify/verify.h"

static const char *economy_path(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/economy", test_tmp());
    return path;
}

pl_economy *sweep_generated(const pl_generate_settings *settings)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    if (pl_economy_generate(settings, economy_path(), NULL, &err) != PL_OK || pl_economy_load(economy_path(), NULL, NULL, &e, &err) != PL_OK) {
        FAIL("economy %d: %s", (int)settings->seed, err.message);
    }
    return e;
}

pl_economy *sweep_economy(uint64_t seed, double capped, double slack)
{
    pl_generate_settings s = pl_generate_defaults(20 + (int32_t)(seed * 37 % 180));
    s.seed = seed;
    s.recipes = 2 + (int32_t)(seed % 4);
    s.inputs = 1 + (int32_t)(seed % 9);
    s.resources = 1 + (int32_t)(seed % 12);
    s.capped = capped;
    s.slack = slack;
    return sweep_generated(&s);
}

pl_status sweep_plan(const pl_economy *e, pl_goal goal, pl_plan_way way, int threads, pl_plan **plan, pl_error *err)
{
    pl_variant *v = NULL;
    pl_plan_settings settings = {.goal = goal, .argument = goal == PL_LEAST ? "labour" : NULL, .way = way, .threads = threads};
    *plan = NULL;
    CHECK(pl_variant_new(e, &v, err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, plan, err);
    pl_variant_free(v);
    return status;
}

void sweep_verified(const pl_plan *plan, const pl_economy *e, uint64_t seed)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/plan", test_tmp());
    CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
    FILE *none = fopen("/dev/null", "w");
    CHECK(none != NULL);
    if (pv_verify(folder, economy_path(), false, none, none) != 0) {
        (void)pv_verify(folder, economy_path(), false, stdout, stdout);
        FAIL("economy %d: the plan is refuted", (int)seed);
    }
    fclose(none);
}

pl_plan *sweep_same_bits(const pl_economy *e)
{
    pl_plan *one, *two;
    pl_error err = {0};
    CHECK(sweep_plan(e, PL_LEAST, PL_ANY_WAY, 1, &one, &err) == PL_OK && sweep_plan(e, PL_LEAST, PL_ANY_WAY, 2, &two, &err) == PL_OK);
    CHECK_STR(one->way, "sweeps");
    CHECK(memcmp(one->level, two->level, sizeof *one->level * (size_t)e->n_recipes) == 0);
    CHECK(memcmp(one->stages[0].good_price, two->stages[0].good_price, sizeof(double) * (size_t)e->n_goods) == 0);
    CHECK(memcmp(one->stages[0].resource_price, two->stages[0].resource_price, sizeof(double) * (size_t)e->n_resources) == 0);
    sweep_verified(one, e, 0);
    pl_plan_free(two);
    return one;
}

static bool enough(void *user, const char *what, double fraction)
{
    int *left = user;
    (void)what, (void)fraction;
    return --*left > 0;
}

void sweep_stopped(uint64_t seed, double capped, double slack, int plans_least, int none_least)
{
    int plans = 0, none = 0;
    for (int ticks = 5; ticks < 600; ticks += 25) {
        pl_economy *e = sweep_economy(seed, capped, slack);
        pl_variant *v = NULL;
        pl_plan *plan = NULL;
        pl_error err = {0};
        int left = ticks;
        pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = PL_BY_SWEEPS, .progress = {.tick = enough, .user = &left}};
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        pl_status status = pl_plan_make(v, &settings, &plan, &err);
        CHECK(status == PL_OK || status == PL_STOPPED);
        if (status == PL_OK) {
            CHECK(plan->stopped == (left <= 0));
            sweep_verified(plan, e, seed);
            plans += plan->stopped;
        }
        none += status != PL_OK;
        pl_plan_free(plan);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet\n", plans, none);
    CHECK(plans >= plans_least && none >= none_least);
}
