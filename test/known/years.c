/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Several years, worked out by hand (docs/methods/years.md): one good, one machine, depreciation one half, lag one year. */
#include "test/plan_help.h"
#include "test/test.h"

/* Bread takes an hour and a machine each; a machine takes an hour, and works the year after. */
static pl_economy *bakery(double machines, double hours, double loss, int lag, double growth)
{
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "bread", "Bread", "loaf", "", "", false), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "machine", "Machine", "piece", "", "", false), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, hours), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "bread", 1, "", 100, 1, 0), PL_OK);
    CHECK_INT(pl_add_stock(b, 0, "machine", machines), PL_OK);
    CHECK_INT(pl_add_asset(b, 0, "machine", loss, 1), PL_OK);
    CHECK_INT(pl_add_capital(b, 0, "bake", "machine", 1), PL_OK);
    CHECK_INT(pl_add_lag(b, 0, "build", lag), PL_OK);
    if (growth != 0) {
        CHECK_INT(pl_add_trend(b, 0, "resources", "labour", 1, PL_ABSENT, growth), PL_OK);
        CHECK_INT(pl_add_trend(b, 0, "needs", "all", 1, PL_ABSENT, growth), PL_OK);
    }
    for (int k = 0; k < 2; k++) {
        const char *recipe = k == 0 ? "bake" : "build";
        CHECK_INT(pl_add_recipe(b, 0, recipe, "", "", PL_ABSENT), PL_OK);
        CHECK_INT(pl_add_flow(b, 0, recipe, k == 0 ? "bread" : "machine", 1), PL_OK);
        CHECK_INT(pl_add_use(b, 0, recipe, "labour", 1), PL_OK);
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    return e;
}

static double level(const pl_variant *v, const pl_plan *p, const char *recipe)
{
    int32_t r = pl_find_recipe(&v->economy, recipe);
    CHECK(r >= 0);
    return p->level[r];
}

/* Machines: 60. Year 1: 60 loaves, 40 hours left for 40 machines. Year 2: 30 + 40 = 70 machines; x loaves and 100 - x
 * machines. Year 3: 35 + 100 - x machines for x loaves: x = 67.5. Then 60 must be left: 33.75 + 26.25 built. */
TEST(three_years_of_bread)
{
    pl_economy *e = bakery(60, 100, 0.5, 1, 0);
    pl_variant *v;
    pl_horizon h = {3, PL_ABSENT, 1};
    pl_plan *p = years_planned(e, &h, "satisfy", &v, 3);
    CHECK_INT(p->outcome, PL_PLANNED);
    CHECK_NEAR(level(v, p, "1:bake"), 60, 1e-12);
    CHECK_NEAR(level(v, p, "1:build"), 40, 1e-12);
    CHECK_NEAR(level(v, p, "2:bake"), 67.5, 1e-12);
    CHECK_NEAR(level(v, p, "3:bake"), 67.5, 1e-12);
    CHECK_NEAR(level(v, p, "3:build"), 26.25, 1e-12);
    CHECK_NEAR(level(v, p, "4=machine"), 60, 1e-12);
    years_verified(e, v, p, "satisfy", 3);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* Without the condition nothing is built in the last year, and all hours of year 3 may go into bread: x = 135 - x and
 * still 67.5, but only 67.5 hours are worked. */
TEST(without_an_end_the_machines_are_eaten)
{
    pl_economy *e = bakery(60, 100, 0.5, 1, 0);
    pl_variant *v;
    pl_horizon h = {3, PL_ABSENT, 0};
    pl_plan *p = years_planned(e, &h, "satisfy", &v, 4);
    CHECK_NEAR(level(v, p, "3:build"), 0, 1e-12);
    years_verified(e, v, p, "satisfy", 4);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* Growth that lasts: K(t+1) = K(t) / 2 + I(t), K(t) = x(t), x(t) + I(t) = L(t), all growing by g. Then I = (g + 1/2) K, so
 * K = L / (g + 3/2). Bread for (1+g)^(t-1) of 100 and labour that grows likewise: theta = K(1) / 100 in every year. */
TEST(balanced_growth)
{
    const double g = 0.1;
    for (int years = 1; years <= 12; years += 11) {
        pl_economy *grown = bakery(100 / (g + 1.5), 100, 0.5, 1, g);
        pl_variant *v;
        pl_horizon h = {years, PL_ABSENT, 1};
        pl_plan *p = years_planned(grown, &h, "most all", &v, (uint64_t)years);
        CHECK_NEAR(p->stages[0].value, 1 / (g + 1.5), 1e-9);
        CHECK_NEAR(p->stages[0].bound, 1 / (g + 1.5), 1e-9);
        years_verified(grown, v, p, "most all", (uint64_t)years);
        pl_plan_free(p);
        pl_variant_free(v);
        pl_economy_free(grown);
    }
}

static void frontier_point(const pl_economy *e, double end, const char *goal, double value, double price)
{
    pl_variant *v;
    pl_horizon h = {3, PL_ABSENT, end};
    pl_plan *p = years_planned(e, &h, goal, &v, 5);
    CHECK_INT(p->outcome, PL_PLANNED);
    CHECK_NEAR(p->stages[0].value, value, 1e-9 * value);
    double found = pl_plan_end_price(p, &v->economy);
    CHECK_INT(pl_given(found), pl_given(price));
    if (pl_given(price)) {
        CHECK_NEAR(found, price, 1e-9);
    }
    years_verified(e, v, p, goal, 5);
    pl_plan_free(p);
    pl_variant_free(v);
}

/* x loaves every year, all other hours for machines: 82.5 - 3/4 x + 100 - x of them are left, at least 60 end. So
 * x = min(60, (182.5 - 60 end) / 1.75): up to an end of 129 % it costs nothing, from then on 60 / 175 of theta. */
TEST(more_at_the_end_costs_bread)
{
    pl_economy *e = bakery(60, 100, 0.5, 1, 0);
    frontier_point(e, 0, "most all", 0.6, PL_ABSENT);
    frontier_point(e, 1, "most all", 0.6, 0);
    frontier_point(e, 1.5, "most all", 92.5 / 175, 60 / 175.0);
    frontier_point(e, 2, "most all", 62.5 / 175, 60 / 175.0);
    pl_economy_free(e);
}

/* 200 machines, 100 loaves a year: K(3) = 50 + I1/2 + I2 >= 100 takes I2 = 50, then I3 = 200 end - 25 - 25. */
TEST(more_at_the_end_costs_hours)
{
    pl_economy *e = bakery(200, 400, 0.5, 1, 0);
    frontier_point(e, 1, "least labour", 500, 200);
    frontier_point(e, 0.5, "least labour", 400, 200);
    pl_economy_free(e);
}

/* Two years to build: what is begun in the last two years must be looked at in two more. */
TEST(a_longer_lag_has_a_longer_tail)
{
    pl_economy *e = bakery(30, 100, 0.5, 2, 0);
    pl_variant *v;
    pl_horizon h = {4, PL_ABSENT, 1};
    pl_error err = {0};
    CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
    CHECK_INT(pl_variant_unroll(v, &h, &err), PL_OK);
    CHECK(pl_find_good(&v->economy, "6:machine") >= 0);
    CHECK(pl_find_good(&v->economy, "7:machine") < 0);
    pl_variant_free(v);
    pl_plan *p = years_planned(e, &h, "satisfy", &v, 42);
    CHECK_INT(p->outcome, PL_PLANNED);
    CHECK_NEAR(level(v, p, "1:bake"), 30, 1e-12);
    CHECK_NEAR(level(v, p, "2:bake"), 15, 1e-12); /* nothing begun arrives before year 3 */
    CHECK_NEAR(level(v, p, "6=machine"), 30, 1e-9);
    years_verified(e, v, p, "satisfy", 42);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* 60 machines cannot be left when all hours of one year replace too few: 30 are left, and at most 20 can be built. */
TEST(an_end_that_cannot_be_is_explained)
{
    pl_economy *e = bakery(60, 20, 0.5, 1, 0);
    pl_variant *v;
    pl_horizon h = {1, PL_ABSENT, 1};
    pl_plan *p = years_planned(e, &h, "satisfy", &v, 20);
    CHECK_INT(p->outcome, PL_INFEASIBLE);
    bool named = false;
    for (int32_t k = 0; k < p->n_clashes; k++) {
        const pl_clash *c = &p->clashes[k];
        if (c->kind == PL_LIMIT_FLOOR) {
            const pl_need *need = &v->economy.needs[c->index];
            CHECK_STR(v->economy.goods[need->good].name, "year 2: Machine at work");
            CHECK_STR(need->group, "end");
            CHECK_NEAR(c->alone, 50, 1e-9);
            named = true;
        }
    }
    CHECK(named);
    years_verified(e, v, p, "satisfy", 20);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}
