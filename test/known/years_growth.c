/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Growth of machines that make machines, known in closed form, and years that are unusual. */
#include "test/clp.h"
#include "test/plan_help.h"
#include "test/test.h"

#include "plan/model.h"

/* Machines north and south make `north` south machines, and `south` north machines, each year; `loss` of them wears out.
 * Bread takes an hour. */
static pl_economy *machines(double north, double south, double loss, int lag, double stock)
{
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    static const char *const good[] = {"machine north", "machine south"}, *const recipe[] = {"make south", "make north"};
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "bread", "", "loaf", "", "", false), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, 100), PL_OK);
    CHECK_INT(pl_add_recipe(b, 0, "bake", "", "", PL_ABSENT), PL_OK);
    CHECK_INT(pl_add_flow(b, 0, "bake", "bread", 1), PL_OK);
    CHECK_INT(pl_add_use(b, 0, "bake", "labour", 1), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "bread", 1, "", 100, 1, 0), PL_OK);
    for (int k = 0; k < 2; k++) {
        CHECK_INT(pl_add_good(b, 0, good[k], "", "piece", "", "", false), PL_OK);
        CHECK_INT(pl_add_asset(b, 0, good[k], loss, 1), PL_OK);
        CHECK_INT(pl_add_stock(b, 0, good[k], stock), PL_OK);
        CHECK_INT(pl_add_recipe(b, 0, recipe[k], "", "", PL_ABSENT), PL_OK);
        CHECK_INT(pl_add_capital(b, 0, recipe[k], good[k], 1), PL_OK);
        CHECK_INT(pl_add_flow(b, 0, recipe[k], good[1 - k], k == 0 ? north : south), PL_OK);
        CHECK_INT(pl_add_lag(b, 0, recipe[k], lag), PL_OK);
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    return e;
}

static pl_outcome outcome(const pl_economy *e, int years, double end)
{
    pl_variant *v;
    pl_horizon h = {years, PL_ABSENT, end};
    pl_plan *p = years_planned(e, &h, "satisfy", &v, (uint64_t)years);
    pl_outcome o = p->outcome;
    years_verified(e, v, p, "satisfy", (uint64_t)years);
    pl_plan_free(p);
    pl_variant_free(v);
    return o;
}

/* Fed alike, each kind is (1 - loss + a) times as many every year; four years give the fourth power, and no more. */
TEST(machines_that_make_machines_grow)
{
    static const double loss[] = {0, 0.25, 1};
    for (int k = 0; k < 3; k++) {
        pl_economy *e = machines(1.5, 1.5, loss[k], 1, 8);
        double factor = pow(2.5 - loss[k], 4);
        CHECK_INT(outcome(e, 4, factor * (1 - 1e-6)), PL_PLANNED);
        CHECK_INT(outcome(e, 4, factor * (1 + 1e-6)), PL_INFEASIBLE);
        pl_economy_free(e);
    }
}

/* Von Neumann's factor of two goods of which each makes the other, and nothing outlasts the year: the root of 3 x 0.75. */
TEST(two_goods_grow_by_the_root_of_their_product)
{
    pl_economy *e = machines(3, 0.75, 1, 1, 8);
    double factor = 3 * 0.75; /* two years */
    CHECK_INT(outcome(e, 2, factor * (1 - 1e-6)), PL_PLANNED);
    CHECK_INT(outcome(e, 2, factor * (1 + 1e-6)), PL_INFEASIBLE);
    CHECK_INT(outcome(e, 6, pow(factor, 3) * (1 - 1e-6)), PL_PLANNED);
    CHECK_INT(outcome(e, 6, pow(factor, 3) * (1 + 1e-6)), PL_INFEASIBLE);
    pl_economy_free(e);
}

/* What is begun arrives after the plan: until then there is what is left of the beginning. */
TEST(a_lag_longer_than_the_horizon)
{
    pl_economy *worn = machines(1.5, 1.5, 0.1, 10, 8), *lasting = machines(1.5, 1.5, 0, 10, 8);
    CHECK_INT(outcome(worn, 3, 1), PL_INFEASIBLE);
    CHECK_INT(outcome(worn, 3, 0), PL_PLANNED);
    CHECK_INT(outcome(lasting, 3, 1), PL_PLANNED);
    pl_economy_free(worn);
    pl_economy_free(lasting);
}

TEST(nothing_in_stock_one_year_and_a_hundred)
{
    pl_economy *none = machines(1.5, 1.5, 0.5, 1, 0), *some = machines(0.55, 0.55, 0.5, 1, 8);
    CHECK_INT(outcome(none, 5, 1), PL_PLANNED);
    CHECK_INT(outcome(some, 1, 1), PL_PLANNED);
    CHECK_INT(outcome(some, 100, 1), PL_PLANNED);
    pl_economy_free(none);
    pl_economy_free(some);
}

/* The first and the last stage of five years, solved by another program. */
TEST(another_solver_agrees_on_five_years)
{
    clp_require();
    pl_economy *e = machines(1.2, 0.9, 0.2, 1, 8);
    pl_variant *v;
    pl_model *model;
    pl_error err = {0};
    pl_horizon h = {5, 0.05, 1.1};
    pl_plan *p = years_planned(e, &h, "most all", &v, 5);
    CHECK_INT(p->outcome, PL_PLANNED);
    CHECK_INT(pl_model_new(&v->economy, &model, &err), PL_OK);
    for (int32_t k = 1; k <= p->n_stages; k++) {
        pl_stage_lp stage;
        double minimum = 0;
        CHECK_INT(pl_stage_lp_new(model, p, k, &stage, &err), PL_OK);
        CHECK_INT(clp_solve(&stage.lp, 1e-9, &minimum), CLP_OPTIMAL);
        CHECK_NEAR(stage.sign * minimum + stage.offset, p->stages[k - 1].value, 1e-7 * (1 + fabs(p->stages[k - 1].value)));
        pl_stage_lp_free(&stage);
    }
    pl_model_free(model);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}
