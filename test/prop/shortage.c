/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Limits that cannot be kept are said before the search, with the least that is needed and a proof; the simplex agrees. */
#include "test/plan_help.h"
#include "test/sweep_help.h"
#include "test/test.h"

static pl_plan *planned(const pl_variant *v, pl_plan_way way)
{
    pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = way};
    pl_plan *plan = NULL;
    pl_error err = {0};
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    return plan;
}

TEST(a_resource_that_is_too_little_is_named_with_the_least_that_is_needed)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = sweep_economy(seed, seed % 2 == 0 ? 0.2 : 0, 0.1);
        pl_variant *v = NULL;
        pl_plan *swept, *simplex, *least;
        pl_error err = {0};
        CHECK(sweep_plan(e, PL_LEAST, PL_BY_SIMPLEX, 1, &least, &err) == PL_OK);
        double value = least->stages[0].value;
        char text[100];
        snprintf(text, sizeof text, "labour=%.17g", 0.2 * value);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_variant_change(v, "set", text, &err) == PL_OK);
        swept = planned(v, PL_BY_SWEEPS);
        simplex = planned(v, PL_BY_SIMPLEX);
        CHECK_INT(swept->outcome, PL_INFEASIBLE);
        CHECK_INT(simplex->outcome, PL_INFEASIBLE);
        CHECK_STR(swept->way, "sweeps");
        CHECK(swept->n_clashes > 0);
        const pl_clash *c = &swept->clashes[0];
        if (c->kind != PL_LIMIT_RESOURCE || !(c->alone > c->available) || !(c->alone <= value * (1 + 1e-9))) {
            FAIL("economy %d: %g there, %g needed at least, a plan takes %g", (int)seed, c->available, c->alone, value);
        }
        years_verified(e, v, swept, "least labour", seed);
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_plan_free(least);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}

TEST(capacities_that_are_too_small_for_a_need_are_named)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pl_economy *e = sweep_economy(seed, 0.2, -1);
        pl_variant *v = NULL;
        pl_error err = {0};
        char text[300];
        int32_t good = e->needs[e->n_needs / 2].good, recipes = 0;
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        for (int32_t r = 0; r < e->n_recipes; r++) {
            bool makes = false;
            for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
                makes |= e->flows.index[k] == good && e->flows.amount[k] > 0;
            }
            snprintf(text, sizeof text, "recipe:%s=%.17g", e->recipes[r].id, 0.01 * e->needs[e->n_needs / 2].amount);
            CHECK(!makes || pl_variant_change(v, "set", text, &err) == PL_OK);
            recipes += makes;
        }
        pl_plan *swept = planned(v, PL_BY_SWEEPS), *simplex = planned(v, PL_BY_SIMPLEX);
        CHECK_INT(swept->outcome, PL_INFEASIBLE);
        CHECK_INT(simplex->outcome, PL_INFEASIBLE);
        CHECK_INT(swept->n_clashes, 1 + recipes);
        CHECK(swept->clashes[0].kind == PL_LIMIT_FLOOR && e->needs[swept->clashes[0].index].good == good);
        CHECK(swept->clashes[1].kind == PL_LIMIT_CAPACITY && swept->clashes[1].alone > swept->clashes[1].available);
        years_verified(e, v, swept, "least labour", seed);
        pl_plan_free(swept);
        pl_plan_free(simplex);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}
