/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * National tables replanned: one need in a hundred falls by a tenth, a limit is cut, all needs fall a little, a workshop is
 * lost, reports say that some recipes can do less.  The plan that
 * starts from the older one has the values of the one from nothing, takes fewer steps (where tiers that were full still are), and the checker agrees to it. */
#include <plenty/import.h>

#include <math.h>
#include <string.h>

#include "test/plan_help.h"
#include "test/test.h"

static pl_plan *planned(const pl_variant *v, const pl_plan *from)
{
    pl_plan_settings settings = {.goal = PL_SATISFY, .from = from};
    pl_plan *plan;
    pl_error err = {0};
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    return plan;
}

static pl_variant *variant_of(const pl_economy *e)
{
    pl_variant *v;
    CHECK_INT(pl_variant_new(e, &v, NULL), PL_OK);
    return v;
}

static void change(pl_variant *v, const char *verb, const char *text)
{
    pl_error err = {0};
    if (pl_variant_change(v, verb, text, &err) != PL_OK) {
        FAIL("%s %s: %s", verb, text, err.message);
    }
}

/* Plans the variant from `older` and from nothing; frees the variant. */
static void compare(const pl_economy *e, pl_variant *v, const char *older, const char *what)
{
    pl_plan *start;
    pl_error err = {0};
    if (pl_plan_load_start(older, v, &start, &err) != PL_OK) {
        FAIL("%s: %s", what, err.message);
    }
    pl_plan *again = planned(v, start), *whole = planned(v, NULL);
    /* Rounds of a tier may be told apart otherwise; what they come to is the same. */
    const pl_stage *s = &again->stages[again->n_stages - 1], *t = &whole->stages[whole->n_stages - 1];
    CHECK_NEAR(again->stages[0].value, whole->stages[0].value, 1e-8);
    CHECK_NEAR(pl_plan_needs_met(again, &v->economy, 0), pl_plan_needs_met(whole, &v->economy, 0), 1e-7);
    CHECK_NEAR(s->value / t->value, 1, 1e-6);
    for (int32_t k = 0; again->n_stages == whole->n_stages && k < whole->n_stages; k++) {
        CHECK_NEAR(again->stages[k].value, whole->stages[k].value, 1e-8);
    }
    printf("# %s: %d goods, %lld steps in %.4f s, from nothing %lld in %.4f s\n", what, e->n_goods,
           (long long)again->iterations, again->seconds, (long long)whole->iterations, whole->seconds);
    bool alike = strcmp(what, "a lost workshop") != 0 && strcmp(what, "reports of less") != 0; /* else tiers are told anew */
    CHECK(!alike || again->iterations <= whole->iterations);
    years_verified(e, v, again, "satisfy", 1);
    pl_plan_free(again);
    pl_plan_free(whole);
    pl_plan_free(start);
    pl_variant_free(v);
}

/* The recipe in use that does least, measured by its level. */
static const char *smallest(const pl_economy *e, const char *older)
{
    pl_variant *v = variant_of(e);
    pl_plan *plan;
    int32_t least = -1;
    CHECK_INT(pl_plan_load(older, v, &plan, NULL), PL_OK);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        if (plan->level[r] > 0 && (least < 0 || plan->level[r] < plan->level[least])) {
            least = r;
        }
    }
    CHECK(least >= 0);
    pl_plan_free(plan);
    pl_variant_free(v);
    return e->recipes[least].id;
}

static void report(const pl_economy *e, pl_variant *v, const char *older)
{
    pl_variant *then = variant_of(e);
    pl_plan *plan;
    char text[300];
    CHECK_INT(pl_plan_load(older, then, &plan, NULL), PL_OK);
    for (int32_t r = 25; r < e->n_recipes; r += 50) {
        if (plan->level[r] > 0) {
            snprintf(text, sizeof text, "recipe:%.200s=%.17g", e->recipes[r].id, 0.9 * plan->level[r]);
            change(v, "set", text);
        }
    }
    pl_plan_free(plan);
    pl_variant_free(then);
}

static void check(const char *name, const char *limit)
{
    char mapping[5000], older[300], text[300];
    pl_error err = {0};
    pl_economy *e;
    const char *data = test_data(name);
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(data, mapping, NULL, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
    }
    snprintf(older, sizeof older, "%.200s/older", test_tmp());
    pl_variant *v = variant_of(e);
    pl_plan *plan = planned(v, NULL);
    CHECK_INT(pl_plan_save(plan, e, older, true, &err), PL_OK);
    pl_plan_free(plan);
    compare(e, v, older, "nothing changed");
    v = variant_of(e);
    for (int32_t g = 50; g < e->n_goods; g += 100) {
        snprintf(text, sizeof text, "good:%.200s=-10%%", e->goods[g].id);
        if (pl_variant_change(v, "demand", text, &err) != PL_OK) {
            continue; /* nobody needs it */
        }
    }
    compare(e, v, older, "a hundredth of the needs fell by a tenth");
    v = variant_of(e);
    change(v, "demand", "all=-1%");
    compare(e, v, older, "all needs fell by a hundredth");
    v = variant_of(e); /* a workshop is lost: the recipe that does least stands still */
    snprintf(text, sizeof text, "recipe:%.200s=0", smallest(e, older));
    change(v, "set", text);
    compare(e, v, older, "a lost workshop");
    if (limit != NULL) { /* the simplex finds no answer to the reports in the world's table */
        v = variant_of(e); /* reports: a recipe in fifty can do a tenth less than was planned for it */
        report(e, v, older);
        compare(e, v, older, "reports of less");
        v = variant_of(e);
        change(v, "demand", "all=-6%");
        change(v, "set", limit);
        compare(e, v, older, "fewer hours for less");
    }
    pl_economy_free(e);
}

TEST(united_states)
{
    check("us-io-detail-2017", "labour=-5%");
}

TEST(spain)
{
    check("spain-io-2019", "labour=-5%");
}

TEST(the_world)
{
    check("wiod-world-1435-2011", NULL);
}
