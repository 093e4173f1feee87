/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sweeps with prices of resources: what the simplex finds, within the stated gap, for synthetic economies in which resources are
 * scarce and nothing else is. */
#include "test/sweep_help.h"
#include "test/test.h"

static bool is_scarce(const pl_plan *plan)
{
    const pl_stage *last = &plan->stages[plan->n_stages - 1];
    bool scarce = false;
    for (int32_t k = 0; k < plan->n_resources; k++) {
        scarce |= last->resource_price[k] > 0;
    }
    return scarce;
}

TEST(scarce_resources_get_prices_as_the_simplex_finds_them)
{
    int scarce = 0;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        static const double slacks[] = {0.005, 0.02, 0.1, 0.4};
        pl_economy *e = sweep_economy(seed, 0, slacks[seed % 4]);
        pl_goal goal = seed % 3 == 0 ? PL_SATISFY : PL_LEAST;
        pl_plan *swept, *simplex;
        pl_error err = {0};
        if (sweep_plan(e, goal, PL_BY_SWEEPS, 1, &swept, &err) != PL_OK) {
            FAIL("economy %d: %s", (int)seed, err.message);
        }
        CHECK(sweep_plan(e, goal, PL_BY_SIMPLEX, 1, &simplex, &err) == PL_OK);
        CHECK_STR(swept->way, "sweeps");
        CHECK_INT(swept->n_stages, simplex->n_stages);
        const pl_stage *a = &swept->stages[swept->n_stages - 1], *b = &simplex->stages[simplex->n_stages - 1];
        if (!(a->value >= b->value * (1 - 1e-9) && a->bound <= b->value * (1 + 1e-9) && a->value - a->bound <= 1e-6 * b->value)) {
            FAIL("economy %d: %.12g, bound %.12g, by the simplex %.12g", (int)seed, a->value, a->bound, b->value);
        }
        sweep_verified(swept, e, seed);
        scarce += is_scarce(swept);
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
    printf("# in %d of 120 a resource was scarce\n", scarce);
    CHECK(scarce >= 60);
}

TEST(too_little_of_a_resource_is_said_or_left_to_another_way)
{
    int impossible = 0, said = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = sweep_economy(seed, 0, 0.02);
        pl_variant *v = NULL;
        pl_plan *swept = NULL, *simplex = NULL;
        pl_error err = {0};
        pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = PL_BY_SWEEPS};
        char change[60];
        snprintf(change, sizeof change, "labour=-%d%%", 5 + (int)(seed % 4) * 15);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        if (pl_variant_change(v, "set", change, &err) != PL_OK) {
            FAIL("%s", err.message);
        }
        pl_status status = pl_plan_make(v, &settings, &swept, &err);
        settings.way = PL_BY_SIMPLEX;
        CHECK(pl_plan_make(v, &settings, &simplex, &err) == PL_OK);
        bool possible = status == PL_OK && swept->outcome == PL_PLANNED;
        if (possible != (simplex->outcome == PL_PLANNED)) {
            FAIL("economy %d: %s, the simplex says %d", (int)seed, possible ? "planned" : err.message, (int)simplex->outcome);
        }
        impossible += !possible;
        said += status == PL_OK && !possible;
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d of 40 have no plan, which is proved of %d\n", impossible, said);
    CHECK(impossible >= 5 && impossible <= 35 && said > 0);
}

TEST(one_thread_and_two_give_the_same_bits)
{
    pl_generate_settings s = pl_generate_defaults(70000); /* swept in two halves */
    s.capped = 0;
    s.inputs = 3;
    s.recipes = 2;
    pl_economy *e = sweep_generated(&s);
    pl_plan *plan = sweep_same_bits(e);
    CHECK(is_scarce(plan));
    pl_plan_free(plan);
    pl_economy_free(e);
}

TEST(stopped_work_ends_in_a_plan_once_a_mix_keeps_the_limits)
{
    sweep_stopped(13, 0, 0.02, 3, 1);
}
