/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The merit order: what the simplex finds, within the stated gap, for synthetic economies in which capacities bind and resources
 * are scarce. */
#include <plenty/generate.h>
#include <plenty/plan.h>

#include <string.h>

#include "test/test.h"
#include "verify/verify.h"

static const char *in_tmp(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", test_tmp(), name);
    return path;
}

/* Sizes, numbers of resources and of recipes, capacities, and how scarce resources are, all differ. */
static pl_economy *economy(uint64_t seed, double slack)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    pl_generate_settings s = pl_generate_defaults(20 + (int32_t)(seed * 37 % 180));
    s.seed = seed;
    s.recipes = 2 + (int32_t)(seed % 4);
    s.inputs = 1 + (int32_t)(seed % 9);
    s.resources = 1 + (int32_t)(seed % 12);
    s.capped = 0.1 + 0.1 * (double)(seed % 5);
    s.slack = slack;
    if (pl_economy_generate(&s, in_tmp("economy"), NULL, &err) != PL_OK || pl_economy_load(in_tmp("economy"), NULL, NULL, &e, &err) != PL_OK) {
        FAIL("economy %d: %s", (int)seed, err.message);
    }
    return e;
}

static pl_status made(const pl_economy *e, pl_goal goal, pl_plan_way way, int threads, pl_plan **plan, pl_error *err)
{
    pl_variant *v = NULL;
    pl_plan_settings settings = {.goal = goal, .argument = goal == PL_LEAST ? "labour" : NULL, .way = way, .threads = threads};
    *plan = NULL;
    CHECK(pl_variant_new(e, &v, err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, plan, err);
    pl_variant_free(v);
    return status;
}

static void verify(const pl_plan *plan, const pl_economy *e, uint64_t seed)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/plan", test_tmp());
    CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
    FILE *none = fopen("/dev/null", "w");
    CHECK(none != NULL);
    if (pv_verify(folder, in_tmp("economy"), false, none, none) != 0) {
        (void)pv_verify(folder, in_tmp("economy"), false, stdout, stdout);
        FAIL("economy %d: the plan is refuted", (int)seed);
    }
    fclose(none);
}

static bool is_full(const pl_plan *plan, const pl_economy *e)
{
    int32_t full = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        full += pl_given(e->recipes[r].capacity) && plan->level[r] >= e->recipes[r].capacity * (1 - 1e-9);
    }
    return full > 0;
}

TEST(capacities_bind_and_the_simplex_finds_the_same)
{
    int full = 0, left = 0;
    for (uint64_t seed = 1; seed <= 170; seed++) {
        pl_economy *e = economy(seed, seed % 5 == 0 ? -1 : seed % 2 == 0 ? 0.02 : 0.1);
        pl_goal goal = seed % 3 == 0 ? PL_SATISFY : PL_LEAST;
        pl_plan *swept, *simplex;
        pl_error err = {0};
        pl_status status = made(e, goal, PL_BY_SWEEPS, 1, &swept, &err);
        if (status != PL_OK) {
            printf("# economy %d: %s\n", (int)seed, err.message);
            left++;
            pl_economy_free(e);
            continue;
        }
        CHECK(made(e, goal, PL_BY_SIMPLEX, 1, &simplex, &err) == PL_OK);
        CHECK_STR(swept->way, "sweeps");
        CHECK_INT(swept->n_stages, simplex->n_stages);
        const pl_stage *a = &swept->stages[swept->n_stages - 1], *b = &simplex->stages[simplex->n_stages - 1];
        if (!(a->value >= b->value * (1 - 1e-9) && a->bound <= b->value * (1 + 1e-9) && a->value - a->bound <= 1e-6 * b->value)) {
            FAIL("economy %d: %.12g, bound %.12g, by the simplex %.12g", (int)seed, a->value, a->bound, b->value);
        }
        verify(swept, e, seed);
        full += is_full(swept, e);
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
    printf("# in %d of 170 a capacity was used up; %d left to another way\n", full, left);
    CHECK(full >= 155 && left <= 3);
}

TEST(one_thread_and_two_give_the_same_bits)
{
    pl_generate_settings s = pl_generate_defaults(4000); /* enough for the way to be taken by itself */
    pl_economy *e;
    pl_plan *one, *two;
    pl_error err = {0};
    CHECK(pl_economy_generate(&s, in_tmp("economy"), NULL, &err) == PL_OK);
    CHECK(pl_economy_load(in_tmp("economy"), NULL, NULL, &e, &err) == PL_OK);
    CHECK(made(e, PL_LEAST, PL_ANY_WAY, 1, &one, &err) == PL_OK && made(e, PL_LEAST, PL_ANY_WAY, 2, &two, &err) == PL_OK);
    CHECK_STR(one->way, "sweeps");
    CHECK(is_full(one, e));
    CHECK(memcmp(one->level, two->level, sizeof *one->level * (size_t)e->n_recipes) == 0);
    CHECK(memcmp(one->stages[0].good_price, two->stages[0].good_price, sizeof(double) * (size_t)e->n_goods) == 0);
    CHECK(memcmp(one->stages[0].resource_price, two->stages[0].resource_price, sizeof(double) * (size_t)e->n_resources) == 0);
    verify(one, e, 0);
    pl_plan_free(one);
    pl_plan_free(two);
    pl_economy_free(e);
}

TEST(an_older_plan_is_a_start)
{
    int64_t whole = 0, again = 0;
    for (uint64_t seed = 11; seed <= 30; seed++) {
        pl_economy *e = economy(seed, 0.1);
        pl_variant *v = NULL;
        pl_plan *older, *from_nothing = NULL, *from_older = NULL;
        pl_error err = {0};
        pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = PL_BY_SWEEPS};
        CHECK(made(e, PL_LEAST, PL_BY_SWEEPS, 1, &older, &err) == PL_OK);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_variant_change(v, "demand", "tier:2=-3%", &err) == PL_OK);
        CHECK(pl_plan_make(v, &settings, &from_nothing, &err) == PL_OK);
        settings.from = older;
        CHECK(pl_plan_make(v, &settings, &from_older, &err) == PL_OK);
        const pl_stage *a = &from_nothing->stages[0], *b = &from_older->stages[0];
        if (!(b->value - b->bound <= 1e-6 * b->value && b->bound <= a->value && a->bound <= b->value)) {
            FAIL("economy %d: %.12g to %.12g, from the older plan %.12g to %.12g", (int)seed, a->bound, a->value, b->bound, b->value);
        }
        whole += from_nothing->iterations;
        again += from_older->iterations;
        pl_plan_free(older);
        pl_plan_free(from_nothing);
        pl_plan_free(from_older);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d sweeps instead of %d\n", (int)again, (int)whole);
    CHECK(again < whole);
}

static bool enough(void *user, const char *what, double fraction)
{
    int *left = user;
    (void)what, (void)fraction;
    return --*left > 0;
}

TEST(stopped_work_ends_in_a_plan_once_a_mix_keeps_the_limits)
{
    int plans = 0, none = 0;
    for (int ticks = 5; ticks < 400; ticks += 25) {
        pl_economy *e = economy(16, 0.02);
        pl_variant *v = NULL;
        pl_plan *plan = NULL;
        pl_error err = {0};
        int left = ticks;
        pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = PL_BY_SWEEPS,
                                     .progress = {.tick = enough, .user = &left}};
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        pl_status status = pl_plan_make(v, &settings, &plan, &err);
        CHECK(status == PL_OK || status == PL_STOPPED);
        if (status == PL_OK) {
            CHECK(plan->stopped == (left <= 0));
            verify(plan, e, 16);
            plans += plan->stopped;
        }
        none += status != PL_OK;
        pl_plan_free(plan);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d plans handed over, %d times there was none yet\n", plans, none);
    CHECK(plans >= 3 && none >= 1);
}
