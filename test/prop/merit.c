/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The merit order: what the simplex finds, within the stated gap, for synthetic economies in which capacities bind and resources
 * are scarce. */
#include "test/sweep_help.h"
#include "test/test.h"

static double capped(uint64_t seed)
{
    return 0.1 + 0.1 * (double)(seed % 5);
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
        pl_economy *e = sweep_economy(seed, capped(seed), seed % 5 == 0 ? -1 : seed % 2 == 0 ? 0.02 : 0.1);
        pl_goal goal = seed % 3 == 0 ? PL_SATISFY : PL_LEAST;
        pl_plan *swept, *simplex;
        pl_error err = {0};
        pl_status status = sweep_plan(e, goal, PL_BY_SWEEPS, 1, &swept, &err);
        if (status != PL_OK) {
            printf("# economy %d: %s\n", (int)seed, err.message);
            left++;
            pl_economy_free(e);
            continue;
        }
        CHECK(sweep_plan(e, goal, PL_BY_SIMPLEX, 1, &simplex, &err) == PL_OK);
        CHECK_STR(swept->way, "sweeps");
        CHECK_INT(swept->n_stages, simplex->n_stages);
        const pl_stage *a = &swept->stages[swept->n_stages - 1], *b = &simplex->stages[simplex->n_stages - 1];
        if (!(a->value >= b->value * (1 - 1e-9) && a->bound <= b->value * (1 + 1e-9) && a->value - a->bound <= 1e-6 * b->value)) {
            FAIL("economy %d: %.12g, bound %.12g, by the simplex %.12g", (int)seed, a->value, a->bound, b->value);
        }
        sweep_verified(swept, e, seed);
        full += is_full(swept, e);
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
    printf("# in %d of 170 a capacity was used up; %d left to another way\n", full, left);
    CHECK(full >= 155 && left <= 6);
}

TEST(one_thread_and_two_give_the_same_bits)
{
    pl_generate_settings s = pl_generate_defaults(4000); /* enough for the way to be taken by itself */
    pl_economy *e = sweep_generated(&s);
    pl_plan *plan = sweep_same_bits(e);
    CHECK(is_full(plan, e));
    pl_plan_free(plan);
    pl_economy_free(e);
}

/* A need, all needs of a tier, a resource, or the capacity of the first recipe that uses it up. */
static void change(pl_variant *v, const pl_plan *older, uint64_t seed)
{
    const pl_economy *e = v->base;
    char text[300] = "tier:2=-3%";
    int32_t r = 0;
    pl_error err = {0};
    while (r < e->n_recipes && !(pl_given(e->recipes[r].capacity) && older->level[r] >= e->recipes[r].capacity * (1 - 1e-9))) {
        r++;
    }
    if (seed % 4 == 1) {
        snprintf(text, sizeof text, "good:%s=+5%%", e->goods[e->needs[0].good].id);
    } else if (seed % 4 == 2) {
        snprintf(text, sizeof text, "resource:%s=-0.1%%", e->resources[1].id);
    } else if (seed % 4 == 3 && r < e->n_recipes) {
        snprintf(text, sizeof text, "recipe:%s=0", e->recipes[r].id);
    }
    if (pl_variant_change(v, seed % 4 < 2 || text[0] == 't' ? "demand" : "set", text, &err) != PL_OK) {
        FAIL("economy %d, %s: %s", (int)seed, text, err.message);
    }
}

TEST(an_older_plan_is_a_start)
{
    int64_t whole = 0, again = 0;
    for (uint64_t seed = 11; seed <= 50; seed++) {
        pl_economy *e = sweep_economy(seed, capped(seed), 0.1);
        pl_variant *v = NULL;
        pl_plan *older, *from_nothing = NULL, *from_older = NULL;
        pl_error err = {0};
        pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = PL_BY_SWEEPS};
        CHECK(sweep_plan(e, PL_LEAST, PL_BY_SWEEPS, 1, &older, &err) == PL_OK);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        change(v, older, seed);
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
    CHECK(2 * again < whole);
}

TEST(stopped_work_ends_in_a_plan_once_a_mix_keeps_the_limits)
{
    sweep_stopped(16, capped(16), 0.02, 3, 1);
}
