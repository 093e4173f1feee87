/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Identical workplaces share their work. */
#include "plan/ties.h"

#include <math.h>
#include <string.h>

#include "test/plan_help.h"
#include "test/test.h"

static pl_builder *b;

static void good(const char *id)
{
    CHECK(pl_add_good(b, 0, id, "", "kg", "", "", false) == PL_OK);
}

/* A bakery that takes `flour` for each loaf and an hour. */
static void bakery(const char *id, double flour, double capacity)
{
    CHECK(pl_add_recipe(b, 0, id, "", "", capacity) == PL_OK);
    CHECK(pl_add_flow(b, 0, id, "bread", 1) == PL_OK);
    CHECK(pl_add_flow(b, 0, id, "flour", -flour) == PL_OK);
    CHECK(pl_add_use(b, 0, id, "labour", 1) == PL_OK);
}

static void begin(void)
{
    CHECK(pl_builder_new(&b, NULL) == PL_OK);
    good("bread");
    good("flour");
    CHECK(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, 1e6) == PL_OK);
    CHECK(pl_add_recipe(b, 0, "mill", "", "", PL_ABSENT) == PL_OK);
    CHECK(pl_add_flow(b, 0, "mill", "flour", 1) == PL_OK);
    CHECK(pl_add_use(b, 0, "mill", "labour", 0.25) == PL_OK);
    CHECK(pl_add_need(b, 0, "bread", 1, "", 900, 1, 0) == PL_OK);
}

static pl_economy *end(void)
{
    pl_economy *e;
    pl_findings findings = {0};
    pl_error err = {0};
    if (pl_builder_freeze(b, &findings, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_builder_free(b);
    return e;
}

static double level(const pl_economy *e, const double *levels, const char *id)
{
    int32_t r = pl_find_recipe(e, id);
    CHECK(r >= 0);
    return levels[r];
}

/* Plans the economy, has it verified, and compares the levels of bakeries a, b, c. */
static void expect(pl_economy *e, double x, double y, double z, double value)
{
    static const char *const goals[] = {"satisfy", "least labour", "weighted"};
    for (int i = 0; i < 3; i++) {
        pl_plan *plan = plan_made(e, goals[i], 1 + i % 2, 1);
        CHECK(plan != NULL && plan->outcome == PL_PLANNED);
        CHECK_NEAR(level(e, plan->level, "a"), x, 1e-9);
        CHECK_NEAR(level(e, plan->level, "b"), y, 1e-9);
        CHECK_NEAR(level(e, plan->level, "c"), z, 1e-9);
        CHECK_NEAR(plan->stages[plan->n_stages - 1].value, value, 1e-9);
        plan_verified(e, plan, goals[i], 1);
        pl_plan_free(plan);
    }
    pl_economy_free(e);
}

TEST(without_capacities_they_share_equally)
{
    begin();
    bakery("c", 0.5, PL_ABSENT);
    bakery("a", 0.5, PL_ABSENT);
    bakery("b", 0.5, PL_ABSENT);
    expect(end(), 300, 300, 300, 900 * 1.125);
}

TEST(with_capacities_they_share_in_proportion)
{
    begin();
    bakery("a", 0.5, 500);
    bakery("b", 0.5, 1000);
    bakery("c", 0.5, 300);
    expect(end(), 250, 500, 150, 900 * 1.125);
}

TEST(where_some_have_a_capacity_equally_as_far_as_it_goes)
{
    begin();
    bakery("a", 0.5, 100);
    bakery("b", 0.5, PL_ABSENT);
    bakery("c", 0.5, 350);
    expect(end(), 100, 450, 350, 900 * 1.125);
}

TEST(who_is_closed_works_not_at_all)
{
    begin();
    bakery("a", 0.5, 0);
    bakery("b", 0.5, 600);
    bakery("c", 0.5, 600);
    expect(end(), 0, 450, 450, 900 * 1.125);
}

TEST(who_is_a_little_better_gets_it_all)
{
    begin();
    bakery("a", 0.5, PL_ABSENT);
    bakery("b", 0.499, PL_ABSENT);
    bakery("c", 0.5, PL_ABSENT);
    expect(end(), 0, 900, 0, 900 * (1 + 0.499 * 0.25));
}

TEST(a_rent_leaves_all_of_them_at_capacity)
{
    begin();
    bakery("a", 0.4, 100);
    bakery("b", 0.4, 200);
    bakery("c", 0.5, PL_ABSENT);
    expect(end(), 100, 200, 600, 300 * 1.1 + 600 * 1.125);
}

TEST(gathered_they_are_as_few_as_capacities_allow)
{
    begin();
    bakery("a", 0.5, 500);
    bakery("b", 0.5, 500);
    bakery("c", 0.5, 500);
    pl_economy *e = end();
    double levels[4] = {300, 300, 300, 450};
    CHECK_INT(e->n_recipes, 4);
    CHECK(pl_ties_gather(e, levels, NULL) == PL_OK);
    CHECK(levels[0] == 500 && levels[1] == 400 && levels[2] == 0 && levels[3] == 450);
    CHECK(pl_ties_share(e, levels, NULL) == PL_OK);
    CHECK(levels[0] == 300 && levels[1] == 300 && levels[2] == 300 && levels[3] == 450);
    pl_economy_free(e);
}

/* Among many, with a few that differ in the last digit or in an hour: each kind for itself. */
TEST(only_what_is_the_same_to_the_last_digit_is_shared)
{
    char id[20];
    double levels[401] = {0};
    begin();
    for (int i = 0; i < 400; i++) {
        snprintf(id, sizeof id, "a%03d", i);
        bakery(id, i % 4 == 0 ? nextafter(0.5, 1) : 0.5, PL_ABSENT);
        if (i % 4 == 1) {
            CHECK(pl_add_use(b, 0, id, "nurses", 1) == PL_OK);
        }
    }
    CHECK(pl_add_resource(b, 0, "nurses", "", "hours", PL_LABOUR, 1e6) == PL_OK);
    pl_economy *e = end();
    levels[0] = 100;
    levels[1] = 200;
    levels[2] = 300;
    levels[400] = 7;
    CHECK(pl_ties_share(e, levels, NULL) == PL_OK);
    for (int i = 0; i < 400; i++) {
        CHECK(levels[i] == (i % 4 == 0 ? 1 : i % 4 == 1 ? 2 : 1.5));
    }
    CHECK(levels[400] == 7);
    pl_economy_free(e);
}
