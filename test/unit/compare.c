/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two plans side by side. */
#include "test/test.h"

#include <plenty/compare.h>

#include "base/mem.h"

typedef struct planned {
    pl_economy *economy;
    pl_variant *variant;
    pl_plan *plan;
    pl_side side;
} planned;

/* Bread takes half an hour and an oven, cloth one hour; `extra` is a third good. */
static planned make(const char *extra, const char *unit, const char *change)
{
    planned p = {0};
    pl_builder *b;
    pl_findings findings = {0};
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK(pl_builder_new(&b, &err) == PL_OK);
    const char *const goods[] = {"bread", "cloth", extra}, *const recipes[] = {"bake", "weave", "do"};
    const double hours[] = {0.5, 1, 2};
    for (int k = 0; k < 3; k++) {
        CHECK(pl_add_good(b, 0, goods[k], NULL, k == 1 ? unit : "kg", NULL, NULL, false) == PL_OK);
        CHECK(pl_add_recipe(b, 0, recipes[k], NULL, NULL, PL_ABSENT) == PL_OK);
        CHECK(pl_add_flow(b, 0, recipes[k], goods[k], 1) == PL_OK);
        CHECK(pl_add_use(b, 0, recipes[k], "labour", hours[k]) == PL_OK);
    }
    CHECK(pl_add_use(b, 0, "bake", "oven", 1) == PL_OK);
    CHECK(pl_add_resource(b, 0, "labour", NULL, "hours", PL_LABOUR, 1000) == PL_OK);
    CHECK(pl_add_resource(b, 0, "oven", NULL, "hours", PL_EQUIPMENT, 40) == PL_OK);
    CHECK(pl_add_need(b, 0, "bread", 1, "people", 80, 1, 0) == PL_OK);
    CHECK(pl_add_need(b, 0, "cloth", 1, "people", 100, 1, 0) == PL_OK);
    CHECK(pl_add_need(b, 0, extra, 2, "people", 10, 1, 0) == PL_OK);
    CHECK(pl_builder_freeze(b, &findings, &p.economy, &err) == PL_OK);
    pl_builder_free(b);
    CHECK(pl_variant_new(p.economy, &p.variant, &err) == PL_OK);
    if (change != NULL) {
        CHECK(pl_variant_change(p.variant, "set", change, &err) == PL_OK);
    }
    CHECK(pl_plan_make(p.variant, &settings, &p.plan, &err) == PL_OK);
    p.side = (pl_side){p.plan, &p.variant->economy};
    return p;
}

static void drop(planned *p)
{
    pl_plan_free(p->plan);
    pl_variant_free(p->variant);
    pl_economy_free(p->economy);
}

TEST(a_smaller_oven_bakes_less)
{
    planned a = make("tools", "m", NULL), b = make("tools", "m", "oven=-50%");
    pl_comparison *c;
    pl_error err;
    CHECK(pl_compare(&a.side, &b.side, &c, &err) == PL_OK);
    CHECK(c->planned && c->same_base && c->same_measure);
    CHECK_INT(c->n_needs, 3);
    CHECK_STR(a.economy->goods[a.economy->needs[c->needs[0].need[0]].good].id, "bread");
    CHECK_NEAR(c->needs[0].delivered[0], 40, 1e-12);
    CHECK_NEAR(c->needs[0].delivered[1], 20, 1e-12);
    CHECK_NEAR(c->needs[0].met[1], 0.25, 1e-12);
    CHECK_NEAR(c->needs[0].worth, -10, 1e-12); /* 20 kg at half an hour */
    CHECK_INT(c->n_groups, 4);
    CHECK(c->groups[0].group == NULL && c->groups[1].group != NULL);
    CHECK_NEAR(c->groups[0].met[0], 0.75, 1e-12);
    CHECK_NEAR(c->groups[0].met[1], 0.625, 1e-12);
    CHECK_INT(c->groups[0].lose, 1);
    CHECK_INT(c->groups[0].gain, 0);
    CHECK_STR(c->groups[0].unit, ""); /* kg and metres have no sum */
    CHECK(!pl_given(c->groups[0].asked[0]));
    CHECK_STR(c->groups[2].unit, "kg");
    CHECK_NEAR(c->groups[2].asked[0], 10, 0);
    CHECK_NEAR(c->labour[0] - c->labour[1], 10, 1e-12);
    CHECK_INT(c->n_changes, 1);
    CHECK_NEAR(c->changes[0].to[0], 40, 0);
    CHECK_NEAR(c->changes[0].to[1], 20, 0);
    CHECK(!c->changes[0].changed[0] && c->changes[0].changed[1]);
    pl_limit_pair *limits;
    int32_t n;
    CHECK(pl_compare_limits(c, (const int32_t[]){1, 1}, &limits, &n, &err) == PL_OK);
    CHECK_INT(n, 1);
    CHECK(limits[0].kind == PL_LIMIT_RESOURCE && limits[0].index[0] == pl_find_resource(a.economy, "oven"));
    CHECK_NEAR(limits[0].weight[0], 0.005, 1e-12); /* 0.4 kg more bread of 80 kg */
    CHECK(pl_compare_limits(c, (const int32_t[]){1, 99}, &limits, &n, &err) == PL_USAGE);
    pl_comparison_free(c);
    drop(&a);
    drop(&b);
}

TEST(what_only_one_has_is_named_not_compared)
{
    planned a = make("tools", "m", NULL), b = make("toys", "yard", NULL);
    pl_comparison *c;
    pl_error err;
    CHECK(pl_compare(&a.side, &b.side, &c, &err) == PL_OK);
    CHECK(!c->same_base);
    CHECK_INT(c->n_goods, 4);
    CHECK_INT(c->common_goods, 1); /* bread: cloth has another unit */
    int only[2] = {0, 0}, units = 0;
    for (int32_t k = 0; k < c->n_goods; k++) {
        only[0] += c->goods[k].good[1] < 0;
        only[1] += c->goods[k].good[0] < 0;
        units += c->goods[k].good[0] >= 0 && c->goods[k].good[1] >= 0 && !c->goods[k].same_unit;
        CHECK(c->goods[k].worth == 0);
    }
    CHECK(only[0] == 1 && only[1] == 1 && units == 1);
    for (int32_t k = 0; k < c->n_needs; k++) {
        int s = c->needs[k].need[0] >= 0 ? 0 : 1;
        CHECK(c->needs[k].need[1 - s] >= 0 || !pl_given(c->needs[k].asked[1 - s]));
    }
    pl_comparison_free(c);
    drop(&a);
    drop(&b);
}

TEST(out_of_memory_is_an_error)
{
    planned a = make("tools", "m", NULL), b = make("tools", "m", "oven=-50%");
    pl_comparison *c;
    pl_error err;
    int failures = 0;
    for (uint64_t k = 1;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_compare(&a.side, &b.side, &c, &err);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK(status == PL_NOMEM && c == NULL);
        failures++;
    }
    CHECK(failures > 5);
    pl_comparison_free(c);
    drop(&a);
    drop(&b);
}
