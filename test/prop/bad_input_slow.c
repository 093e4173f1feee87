/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A million copies of one recipe, by every way: planned, the work shared equally, and verified; values; the check. */
#include <plenty/plan.h>
#include <plenty/values.h>

#include "base/clock.h"
#include "test/plan_help.h"
#include "test/test.h"

#define COPIES 1000000
#define SECONDS_MOST 110

static pl_economy *copies(double available)
{
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    char id[32];
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "bread", "", "kg", "", "", false), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "flour", "", "kg", "", "", false), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, available), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "bread", 1, "", 2 * COPIES, 1, 0), PL_OK);
    for (int k = -1; k < COPIES; k++) {
        snprintf(id, sizeof id, k < 0 ? "mill" : "bakery %07d", k);
        CHECK_INT(pl_add_recipe(b, 0, id, "", "", PL_ABSENT), PL_OK);
        CHECK_INT(pl_add_flow(b, 0, id, k < 0 ? "flour" : "bread", 1), PL_OK);
        CHECK_INT(k < 0 ? PL_OK : pl_add_flow(b, 0, id, "flour", -0.5), PL_OK);
        CHECK_INT(pl_add_use(b, 0, id, "labour", 1), PL_OK);
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    return e;
}

/* Bread takes 1.5 hours: with 1.5 hours for each copy half of the need is met, and each copy makes 1. */
static void by(pl_plan_way way, double available, double level)
{
    pl_economy *e = copies(available);
    pl_variant *v;
    pl_plan *plan = NULL;
    pl_plan_settings settings = {.goal = PL_SATISFY, .way = way, .time_limit_s = SECONDS_MOST};
    pl_error err = {0};
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    double began = pl_clock_s();
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("way %d: %s", (int)way, err.message);
    }
    printf("# %s: %.2f s\n", plan->way, pl_clock_s() - began);
    CHECK(!plan->stopped);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        if (e->recipes[r].id[0] == 'b') {
            CHECK_NEAR(plan->level[r], level, 1e-6);
        }
    }
    plan_verified(e, plan, "satisfy", (uint64_t)way);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(by_the_simplex)
{
    by(PL_BY_SIMPLEX, 1.5 * COPIES, 1);
}

TEST(by_sweeps)
{
    by(PL_BY_SWEEPS, PL_ABSENT, 2);
}

TEST(by_newton_steps)
{
    by(PL_BY_NEWTON, 1.5 * COPIES, 1);
}

TEST(by_itself)
{
    by(PL_ANY_WAY, 1.5 * COPIES, 1);
}

/* A hundred thousand rivals, each with its own hours and a capacity: nearly all of them must work. */
TEST(rivals_in_the_order_of_their_costs)
{
    enum { RIVALS = 100000 };
    pl_builder *b;
    pl_economy *e;
    pl_variant *v;
    pl_plan *plan;
    pl_error err = {0};
    char id[32];
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "bread", "", "kg", "", "", false), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, PL_ABSENT), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "bread", 1, "", 0.9 * RIVALS, 1, 0), PL_OK);
    for (int k = 0; k < RIVALS; k++) {
        snprintf(id, sizeof id, "bakery %07d", k);
        CHECK_INT(pl_add_recipe(b, 0, id, "", "", 1), PL_OK);
        CHECK_INT(pl_add_flow(b, 0, id, "bread", 1), PL_OK);
        CHECK_INT(pl_add_use(b, 0, id, "labour", 1 + k / (double)RIVALS), PL_OK);
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    pl_plan_settings settings = {.goal = PL_SATISFY, .way = PL_BY_NEWTON, .time_limit_s = SECONDS_MOST};
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    const pl_stage *last = &plan->stages[plan->n_stages - 1];
    double hours = 0;
    for (int k = 0; k < RIVALS * 9 / 10; k++) {
        hours += 1 + k / (double)RIVALS;
    }
    printf("# %.2f s, %.9g hours, at least %.9g, at best %.9g\n", plan->seconds, last->value, last->bound, hours);
    CHECK(!plan->stopped && last->bound <= hours * (1 + 1e-9) && last->value >= hours * (1 - 1e-9) && last->value <= 1.01 * hours);
    plan_verified(e, plan, "satisfy", 1);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(values_and_checks)
{
    static pl_findings findings;
    pl_economy *e = copies(PL_ABSENT);
    pl_values_settings settings = {0};
    pl_values *v;
    pl_summary summary;
    pl_error err = {0};
    double began = pl_clock_s();
    CHECK_INT(pl_values_find(e, &settings, &v, &err), PL_OK);
    CHECK_NEAR(v->value[pl_find_good(e, "bread")], 1.5, 1e-14);
    CHECK_INT(pl_economy_check(e, NULL, &findings, &err), PL_OK);
    CHECK_INT(pl_economy_summary(e, NULL, &summary, &err), PL_OK);
    CHECK(pl_clock_s() - began < SECONDS_MOST);
    pl_values_free(v);
    pl_economy_free(e);
}
