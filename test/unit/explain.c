/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Explanations of the bakery, against the arithmetic of its README. */
#include "test/test.h"

#include "base/mem.h"
#include "plenty/explain.h"
#include "test/plan_help.h"

#define NEAR 1e-9

static pl_economy *e;
static pl_plan *plan;

static void begin(void)
{
    pl_error err = {0};
    if (pl_economy_load(test_source("examples/bakery"), NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    plan = plan_made(e, "satisfy", 1, 0);
    CHECK(plan != NULL && plan->n_stages == 3);
}

static void end(void)
{
    pl_plan_free(plan);
    pl_economy_free(e);
}

static pl_explanation *explained(const char *what, int32_t stage)
{
    pl_subject subject;
    pl_explanation *x;
    pl_error err = {0};
    pl_explain_settings settings = {.stage = stage};
    CHECK_INT(pl_subject_find(e, what, &subject, &err), PL_OK);
    if (pl_explain(e, plan, &subject, &settings, &x, &err) != PL_OK) {
        FAIL("%s: %s", what, err.message);
    }
    return x;
}

static const pl_price_element *element(const pl_explanation *x, const char *resource, bool objective)
{
    for (int32_t k = 0; k < x->n_elements; k++) {
        if (x->elements[k].objective == objective && x->elements[k].kind == PL_LIMIT_RESOURCE &&
            strcmp(e->resources[x->elements[k].index].id, resource) == 0) {
            return &x->elements[k];
        }
    }
    FAIL("no element %s", resource);
}

TEST(a_cake_is_held_back_by_oven_and_bakers)
{
    begin();
    pl_explanation *x = explained("cake", 0);
    CHECK_INT(x->stage, 2);
    CHECK_NEAR(x->price, 0.01, NEAR);
    CHECK_INT(x->n_elements, 2);
    CHECK_NEAR(element(x, "oven", false)->share, 0.5, NEAR);
    CHECK_NEAR(element(x, "oven", false)->amount, 0.1, NEAR);
    CHECK_NEAR(element(x, "bakers", false)->amount, 0.5, NEAR);
    CHECK(x->more.possible && x->less.possible);
    CHECK_NEAR(x->more.effect, -0.01, NEAR);
    CHECK_NEAR(x->less.effect, 0.01, NEAR);
    CHECK_INT(x->n_touched, 2);
    CHECK_NEAR(x->touched[0].amount, 0.8, NEAR);
    CHECK_NEAR(x->touched[1].amount, 0.2, NEAR);
    CHECK(x->asked == 100 && fabs(x->balance.delivered - 50) < NEAR);
    CHECK_INT(x->n_sources, 1);
    CHECK_INT(x->n_users, 2);
    pl_explanation_free(x);
    end();
}

TEST(its_price_in_hours_along_the_chain)
{
    begin();
    pl_explanation *x = explained("cake", 3);
    CHECK_NEAR(x->price, 1, NEAR);
    CHECK_NEAR(element(x, "bakers", true)->amount, 0.5, NEAR);  /* 5 hours for 10 */
    CHECK_NEAR(element(x, "oven", false)->share, 0.4, NEAR);    /* an hour at 4, for 10 */
    CHECK_NEAR(element(x, "oven", false)->amount, 0.1, NEAR);
    CHECK_NEAR(element(x, "others", true)->amount, 0.1, NEAR);  /* flour, jam, electricity */
    CHECK(fabs(x->unexplained) < NEAR);
    CHECK(!x->more.possible); /* oven and bakers are used up */
    CHECK(x->less.possible && fabs(x->less.effect + 1) < NEAR);
    CHECK(x->chain[0].depth == 1 && x->chain[0].share >= x->chain[1].share);
    pl_explanation_free(x);
    end();
}

TEST(a_loaf_comes_from_two_recipes)
{
    begin();
    pl_explanation *x = explained("bread", 3);
    CHECK_NEAR(x->price, 0.14, NEAR);
    CHECK_INT(x->n_sources, 2);
    CHECK_NEAR(x->sources[0].amount, 600, NEAR); /* with the machine */
    CHECK_NEAR(x->sources[0].cost, 0.14, NEAR);
    CHECK_NEAR(x->sources[1].amount, 400, NEAR);
    /* by hand (4 of 10 batches) 1 hour of the oven, with the machine (6) 2 hours: 1.6 for 100 loaves */
    CHECK_NEAR(element(x, "oven", false)->amount, 0.016, NEAR);
    pl_explanation_free(x);
    end();
}

TEST(an_hour_of_the_oven_is_worth_five_cakes)
{
    begin();
    pl_explanation *x = explained("oven", 0);
    CHECK_INT(x->stage, 2);
    CHECK_NEAR(x->price, 0.05, NEAR);
    CHECK(x->used == 21 && x->available == 21);
    CHECK_NEAR(x->more.effect, 0.05, NEAR);
    CHECK_NEAR(x->touched[0].amount + x->touched[1].amount, 5, NEAR);
    CHECK_NEAR(x->stage_price[2], 4, NEAR);
    CHECK_INT(x->n_users, 3);
    CHECK_NEAR(x->users[0].amount, 12, NEAR);
    pl_explanation_free(x);
    x = explained("others", 0); /* nine hours are left */
    CHECK(x->price == 0 && x->more.effect == 0);
    pl_explanation_free(x);
    end();
}

TEST(a_degenerate_price_is_an_interval)
{
    /* One hour makes one loaf of either flour; there is exactly as much labour as the need takes: one hour more
     * brings nothing, one less costs a loaf. */
    pl_builder *b;
    pl_error err = {0};
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_good(b, 0, "bread", NULL, "loaf", NULL, NULL, false), PL_OK);
    CHECK_INT(pl_add_recipe(b, 0, "bake", NULL, NULL, PL_ABSENT), PL_OK);
    CHECK_INT(pl_add_flow(b, 0, "bake", "bread", 1), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", NULL, "h", PL_LABOUR, 100), PL_OK);
    CHECK_INT(pl_add_use(b, 0, "bake", "labour", 1), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "bread", 1, NULL, 100, 1, 0), PL_OK);
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    plan = plan_made(e, "satisfy", 1, 0);
    pl_explanation *x = explained("labour", 1);
    CHECK(x->more.possible && x->less.possible);
    CHECK(fabs(x->more.effect) < NEAR);
    CHECK_NEAR(x->less.effect, -0.01, NEAR);
    pl_explanation_free(x);
    pl_builder_free(b);
    end();
}

TEST(names)
{
    pl_subject s;
    pl_error err = {0};
    begin();
    CHECK(pl_subject_find(e, "bakers", &s, &err) == PL_OK && !s.is_good && s.kind == PL_LIMIT_RESOURCE);
    CHECK(pl_subject_find(e, "recipe:mill", &s, &err) == PL_OK && s.kind == PL_LIMIT_CAPACITY);
    CHECK(pl_subject_find(e, "import:butter", &s, &err) == PL_OK && s.kind == PL_LIMIT_IMPORT);
    CHECK(pl_subject_find(e, "hours of the oven", &s, &err) == PL_OK && s.kind == PL_LIMIT_RESOURCE); /* a name */
    CHECK_INT(pl_subject_find(e, "cakr", &s, &err), PL_USAGE);
    CHECK_STR(err.hint, "did you mean 'cake'?");
    CHECK_INT(pl_subject_find(e, "good:oven", &s, &err), PL_USAGE);
    end();
}

TEST(without_memory)
{
    pl_subject subject;
    pl_explanation *x;
    begin();
    CHECK_INT(pl_subject_find(e, "cake", &subject, NULL), PL_OK);
    for (uint64_t k = 1;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_explain(e, plan, &subject, NULL, &x, NULL);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    pl_explanation_free(x);
    end();
}
