/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plans small enough to be worked out by hand. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/plan.h>

#include "base/mem.h"

static pl_builder *b;

static void begin(void)
{
    CHECK(pl_builder_new(&b, NULL) == PL_OK);
}

static void good(const char *id)
{
    CHECK(pl_add_good(b, 0, id, NULL, "unit", NULL, NULL, false) == PL_OK);
}

static void recipe(const char *id, double capacity)
{
    CHECK(pl_add_recipe(b, 0, id, NULL, NULL, capacity) == PL_OK);
}

static void flow(const char *r, const char *g, double amount)
{
    CHECK(pl_add_flow(b, 0, r, g, amount) == PL_OK);
}

static void resource(const char *id, pl_kind kind, double available)
{
    CHECK(pl_add_resource(b, 0, id, NULL, NULL, kind, available) == PL_OK);
}

static void use(const char *r, const char *k, double amount)
{
    CHECK(pl_add_use(b, 0, r, k, amount) == PL_OK);
}

static void need(const char *g, int tier, double amount, double weight, double floor)
{
    CHECK(pl_add_need(b, 0, g, tier, "people", amount, weight, floor) == PL_OK);
}

static pl_economy *frozen(void)
{
    pl_economy *e;
    pl_error err = {0};
    pl_findings findings = {0};
    pl_status status = pl_builder_freeze(b, &findings, &e, &err);
    if (status != PL_OK) {
        FAIL("freeze: %s", err.message);
    }
    pl_builder_free(b);
    return e;
}

static pl_plan *planned(const pl_variant *v, const char *goal)
{
    pl_plan_settings settings = {0};
    pl_error err = {0};
    pl_plan *plan;
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    if (status != PL_OK) {
        FAIL("plan: %s (%s)", err.message, err.subject);
    }
    for (int32_t k = 0; plan->outcome == PL_PLANNED && k < plan->n_stages; k++) {
        CHECK_NEAR(plan->stages[k].bound, plan->stages[k].value, 1e-12);
    }
    return plan;
}

static pl_variant *variant(const pl_economy *e)
{
    pl_variant *v;
    CHECK(pl_variant_new(e, &v, NULL) == PL_OK);
    return v;
}

/* Bread takes half an hour and an oven, cloth one hour. */
static pl_economy *bread_and_cloth(double labour, double oven, int bread_tier, double bread_floor)
{
    begin();
    good("bread");
    good("cloth");
    recipe("bake", PL_ABSENT);
    recipe("weave", PL_ABSENT);
    flow("bake", "bread", 1);
    flow("weave", "cloth", 1);
    resource("labour", PL_LABOUR, labour);
    resource("oven", PL_EQUIPMENT, oven);
    use("bake", "labour", 0.5);
    use("bake", "oven", 1);
    use("weave", "labour", 1);
    need("bread", bread_tier, 100, 1, bread_floor);
    need("cloth", 1, 100, 1, 0);
    return frozen();
}

TEST(one_limit_holds_one_need_and_the_rest_rises)
{
    pl_economy *e = bread_and_cloth(200, 40, 1, 0);
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_INT(plan->n_stages, 3);
    CHECK_NEAR(plan->stages[0].value, 0.4, 1e-12);
    CHECK_NEAR(plan->stages[1].value, 1, 0);
    CHECK_NEAR(plan->stages[2].value, 120, 1e-12);
    CHECK_NEAR(plan->delivered[0], 40, 1e-12);
    CHECK_NEAR(plan->delivered[1], 100, 0);
    CHECK_INT(plan->settled[0], 1);
    CHECK_INT(plan->settled[1], 2);
    CHECK_NEAR(plan->level[0], 40, 1e-12);
    /* The last stage's prices are hours. */
    CHECK_NEAR(plan->stages[2].good_price[1], 1, 1e-12);
    CHECK(pl_find_resource(e, "oven") == 1);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(a_higher_tier_goes_first)
{
    pl_economy *e = bread_and_cloth(120, 100, 2, 0);
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_NEAR(plan->delivered[0], 40, 1e-12);
    CHECK_NEAR(plan->delivered[1], 100, 0);
    CHECK_INT(plan->stages[0].tier, 1);
    CHECK_INT(plan->stages[1].tier, 2);
    CHECK_NEAR(plan->stages[1].value, 0.4, 1e-12);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(floors_that_clash_are_named)
{
    pl_economy *e = bread_and_cloth(200, 40, 1, 50);
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_INT(plan->outcome, PL_INFEASIBLE);
    CHECK(plan->n_clashes >= 2);
    bool oven = false, floor = false;
    for (int32_t k = 0; k < plan->n_clashes; k++) {
        const pl_clash *c = &plan->clashes[k];
        if (c->kind == PL_LIMIT_RESOURCE && c->index == pl_find_resource(e, "oven")) {
            CHECK_NEAR(c->alone, 50, 1e-9);
            oven = true;
        }
        if (c->kind == PL_LIMIT_FLOOR && c->index == 0) {
            CHECK_NEAR(c->alone, 40, 1e-9);
            floor = true;
        }
    }
    CHECK(oven && floor);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(floors_come_first_and_the_rest_is_shared)
{
    pl_economy *e = bread_and_cloth(90, 100, 1, 60);
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    /* 30 h for the floor; 60 h for theta * (40 * 0.5 + 100). */
    CHECK_NEAR(plan->stages[0].value, 0.5, 1e-12);
    CHECK_NEAR(plan->delivered[0], 80, 1e-12);
    CHECK_NEAR(plan->delivered[1], 50, 1e-12);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(weights_raise_faster)
{
    begin();
    good("a");
    good("b");
    recipe("make_a", PL_ABSENT);
    recipe("make_b", PL_ABSENT);
    flow("make_a", "a", 1);
    flow("make_b", "b", 1);
    resource("labour", PL_LABOUR, 120);
    use("make_a", "labour", 1);
    use("make_b", "labour", 1);
    need("a", 1, 100, 1, 0);
    need("b", 1, 100, 2, 0);
    pl_economy *e = frozen();
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_NEAR(plan->delivered[0], 40, 1e-12);
    CHECK_NEAR(plan->delivered[1], 80, 1e-12);
    pl_plan_free(plan);
    CHECK(pl_variant_change(v, "set", "labour=160", NULL) == PL_OK);
    plan = planned(v, "satisfy"); /* b is full at theta 0.5, a goes on to 60 */
    CHECK_NEAR(plan->delivered[0], 60, 1e-12);
    CHECK_NEAR(plan->delivered[1], 100, 0);
    pl_plan_free(plan);
    plan = planned(v, "weighted"); /* b is worth more an hour */
    CHECK_NEAR(plan->delivered[0], 60, 1e-12);
    CHECK_NEAR(plan->delivered[1], 100, 1e-12);
    CHECK_NEAR(plan->stages[0].value, 260, 1e-12);
    pl_plan_free(plan);
    plan = planned(v, "most all");
    CHECK_NEAR(plan->stages[0].value, 0.8, 1e-12);
    CHECK_NEAR(plan->delivered[0], 80, 1e-12);
    pl_plan_free(plan);
    plan = planned(v, "least labour");
    CHECK_INT(plan->outcome, PL_INFEASIBLE);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* Steel takes coal and steel; coal takes steel; the classical loop. */
static pl_economy *steel_and_coal(void)
{
    begin();
    good("coal");
    good("steel");
    recipe("dig", PL_ABSENT);
    recipe("melt", PL_ABSENT);
    flow("dig", "coal", 1);
    flow("dig", "steel", -0.1);
    flow("melt", "steel", 1);
    flow("melt", "coal", -0.5);
    resource("labour", PL_LABOUR, PL_ABSENT);
    use("dig", "labour", 2);
    use("melt", "labour", 3);
    need("steel", 1, 95, 1, 0);
    return frozen();
}

TEST(labour_values_of_a_loop)
{
    pl_economy *e = steel_and_coal();
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "least labour");
    /* coal = 2 + 0.1 steel, steel = 3 + 0.5 coal: steel = 4/0.95, coal = 2 + 0.4/0.95 */
    const pl_stage *s = &plan->stages[0];
    CHECK_NEAR(s->good_price[1], 4 / 0.95, 1e-14);
    CHECK_NEAR(s->good_price[0], 2 + 0.4 / 0.95, 1e-14);
    CHECK_NEAR(s->value, 400, 1e-13);
    CHECK_NEAR(plan->level[1], 100, 1e-13);
    CHECK_NEAR(plan->level[0], 50, 1e-13);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(trade_must_balance_and_isolation_costs)
{
    begin();
    good("grain");
    good("tools");
    recipe("farm", PL_ABSENT);
    recipe("forge", PL_ABSENT);
    flow("farm", "grain", 1);
    flow("forge", "tools", 1);
    resource("labour", PL_LABOUR, 100);
    resource("foreign_exchange", PL_MONEY, 0);
    use("farm", "labour", 1);
    use("forge", "labour", 4);
    need("grain", 1, 50, 1, 0);
    need("tools", 1, 50, 1, 0);
    CHECK(pl_add_trade(b, 0, "grain", PL_ABSENT, PL_ABSENT, 1, PL_ABSENT) == PL_OK);
    CHECK(pl_add_trade(b, 0, "tools", 2, PL_ABSENT, PL_ABSENT, PL_ABSENT) == PL_OK);
    pl_economy *e = frozen();
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy"); /* tools for 2 hours abroad: theta = 100 / (50 + 100) */
    CHECK_NEAR(plan->stages[0].value, 2.0 / 3, 1e-12);
    CHECK_NEAR(plan->imported[1], 100.0 / 3, 1e-12);
    CHECK_NEAR(plan->exported[0], 200.0 / 3, 1e-12);
    pl_plan_free(plan);
    CHECK(pl_variant_change(v, "isolated", "", NULL) == PL_OK);
    CHECK_INT(v->n_changes, 2);
    plan = planned(v, "satisfy"); /* alone: 100 / (50 + 200) */
    CHECK_NEAR(plan->stages[0].value, 0.4, 1e-12);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(waste_must_be_taken_up)
{
    begin();
    CHECK(pl_add_good(b, 0, "slag", NULL, "t", NULL, NULL, true) == PL_OK);
    good("steel");
    recipe("melt", PL_ABSENT);
    recipe("dump", 5);
    flow("melt", "steel", 1);
    flow("melt", "slag", 0.5);
    flow("dump", "slag", -1);
    resource("labour", PL_LABOUR, PL_ABSENT);
    use("melt", "labour", 1);
    use("dump", "labour", 1);
    need("steel", 1, 100, 1, 0);
    pl_economy *e = frozen();
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_NEAR(plan->delivered[0], 10, 1e-12);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(stocks_are_drawn_before_work_is_done)
{
    begin();
    good("bread");
    recipe("bake", PL_ABSENT);
    flow("bake", "bread", 1);
    resource("labour", PL_LABOUR, 10);
    use("bake", "labour", 1);
    need("bread", 1, 25, 1, 0);
    CHECK(pl_add_stock(b, 0, "bread", 20) == PL_OK);
    pl_economy *e = frozen();
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    CHECK_NEAR(plan->drawn[0], 20, 1e-12);
    CHECK_NEAR(plan->level[0], 5, 1e-12);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(a_plan_is_saved_and_read_back)
{
    pl_economy *e = bread_and_cloth(200, 40, 1, 0);
    pl_variant *v = variant(e);
    CHECK(pl_variant_change(v, "set", "labour=-10%", NULL) == PL_OK);
    CHECK(pl_variant_change(v, "demand", "cloth=+20%", NULL) == PL_OK);
    pl_plan *plan = planned(v, "satisfy"), *opened, *again;
    char path[5000];
    snprintf(path, sizeof path, "%s/plan", test_tmp());
    pl_error err = {0};
    if (pl_plan_save(plan, &v->economy, path, false, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    CHECK(pl_plan_open(path, &opened, &err) == PL_OK);
    CHECK_INT(opened->n_changes, 2);
    pl_variant *w = variant(e);
    CHECK(pl_variant_restore(w, opened->changes, opened->n_changes, &err) == PL_OK);
    if (pl_plan_load(path, w, &again, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    CHECK_INT(again->n_stages, plan->n_stages);
    for (int32_t r = 0; r < plan->n_recipes; r++) {
        CHECK(again->level[r] == plan->level[r]);
    }
    for (int32_t k = 0; k < plan->n_needs; k++) {
        CHECK(again->delivered[k] == plan->delivered[k] && again->settled[k] == plan->settled[k]);
    }
    for (int32_t k = 0; k < plan->n_stages; k++) {
        CHECK(again->stages[k].bound == plan->stages[k].bound);
        CHECK(memcmp(again->stages[k].good_price, plan->stages[k].good_price,
                     sizeof(double) * (size_t)plan->n_goods) == 0);
    }
    pl_plan_free(opened);
    pl_plan_free(again);
    pl_plan_free(plan);
    pl_variant_free(w);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(changes_are_refused_with_a_hint)
{
    pl_economy *e = bread_and_cloth(200, PL_ABSENT, 1, 0);
    pl_variant *v = variant(e);
    pl_error err = {0};
    CHECK(pl_variant_change(v, "set", "labor=-10%", &err) == PL_USAGE);
    CHECK(strstr(err.hint, "labour") != NULL);
    CHECK(pl_variant_change(v, "set", "oven=-10%", &err) == PL_USAGE);
    CHECK(strstr(err.message, "no limit") != NULL);
    CHECK(pl_variant_change(v, "limit", "oven=30", &err) == PL_OK);
    CHECK(pl_variant_change(v, "demand", "bred=+1%", &err) == PL_USAGE);
    CHECK(strstr(err.hint, "bread") != NULL);
    CHECK(pl_variant_change(v, "demand", "bread=plenty", &err) == PL_USAGE);
    CHECK(pl_variant_change(v, "demand", "all=5", &err) == PL_USAGE);
    CHECK(pl_variant_change(v, "set", "labour=-300", &err) == PL_USAGE);
    CHECK(pl_variant_change(v, "forbid", "bread", &err) == PL_USAGE);
    CHECK_INT(v->n_changes, 1);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(no_memory_is_an_error_wherever_it_happens)
{
    pl_economy *e = bread_and_cloth(200, 40, 1, 50);
    bool done = false;
    for (uint64_t k = 1; !done; k++) {
        pl_variant *v = NULL;
        pl_plan *plan = NULL;
        pl_plan_settings settings = {0};
        pl_mem_fail_from(k);
        pl_status status = pl_variant_new(e, &v, NULL);
        if (status == PL_OK) {
            status = pl_plan_make(v, &settings, &plan, NULL);
        }
        pl_mem_fail_from(0);
        CHECK(status == PL_OK || status == PL_NOMEM);
        done = status == PL_OK;
        pl_plan_free(plan);
        pl_variant_free(v);
        CHECK(k < 100000);
    }
    pl_economy_free(e);
}

/* Saves (over an older plan), opens and reads again. */
static pl_status there_and_back(const pl_plan *plan, const pl_variant *v, const char *path)
{
    pl_plan *opened = NULL, *again = NULL;
    pl_status status = pl_plan_save(plan, &v->economy, path, true, NULL);
    if (status == PL_OK) {
        status = pl_plan_open(path, &opened, NULL);
    }
    if (status == PL_OK) {
        status = pl_plan_load(path, v, &again, NULL);
    }
    pl_plan_free(opened);
    pl_plan_free(again);
    return status;
}

TEST(no_memory_while_saving_and_reading_leaves_the_old_plan_whole)
{
    pl_economy *e = bread_and_cloth(200, 40, 1, 0);
    pl_variant *v = variant(e);
    pl_plan *plan = planned(v, "satisfy");
    char path[5000], command[6000];
    snprintf(path, sizeof path, "%s/plan", test_tmp());
    CHECK_INT(pl_plan_save(plan, &v->economy, path, false, NULL), PL_OK);
    bool done = false;
    for (uint64_t k = 1; !done; k++) {
        pl_mem_fail_from(k);
        pl_status status = there_and_back(plan, v, path);
        pl_mem_fail_from(0);
        CHECK(status == PL_OK || status == PL_NOMEM);
        done = status == PL_OK;
        CHECK_INT(there_and_back(plan, v, path), PL_OK);
        CHECK(k < 100000);
    }
    /* nothing is left beside the plan */
    snprintf(command, sizeof command, "test \"$(ls '%s')\" = plan", test_tmp());
    CHECK_INT(system(command), 0);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* A change that joins an earlier one can make the list of changes move. */
TEST(changes_of_changes)
{
    char text[64];
    begin();
    good("g");
    for (int k = 0; k < 40; k++) {
        snprintf(text, sizeof text, "r%02d", k);
        recipe(text, 1);
        flow(text, "g", 1);
    }
    need("g", 1, 1, 1, 0);
    pl_economy *e = frozen();
    pl_variant *v = variant(e);
    for (int k = 0; k < 40; k++) {
        snprintf(text, sizeof text, "recipe:r%02d=%d", k, k + 2);
        CHECK_INT(pl_variant_change(v, "set", text, NULL), PL_OK);
        snprintf(text, sizeof text, "recipe:r00=%d", k + 50);
        CHECK_INT(pl_variant_change(v, "set", text, NULL), PL_OK);
        CHECK_INT(v->n_changes, k + 1);
        CHECK_NEAR(v->changes[0].to, k + 50, 0);
        CHECK_STR(v->changes[k].column, "capacity");
    }
    pl_variant_free(v);
    pl_economy_free(e);
}
