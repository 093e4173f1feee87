/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * National tables replanned: one need in a hundred falls by a tenth, a limit is cut, all needs fall a little.  The plan that
 * starts from the older one has the values of the one from nothing, takes fewer steps, and the checker agrees to it. */
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
    CHECK_INT(again->n_stages, whole->n_stages);
    for (int32_t k = 0; k < whole->n_stages; k++) {
        CHECK_NEAR(again->stages[k].value / whole->stages[k].value, 1, 1e-8);
    }
    printf("# %s: %d goods, %lld steps in %.4f s, from nothing %lld in %.4f s\n", what, e->n_goods,
           (long long)again->iterations, again->seconds, (long long)whole->iterations, whole->seconds);
    CHECK(again->iterations <= whole->iterations);
    years_verified(e, v, again, "satisfy", 1);
    pl_plan_free(again);
    pl_plan_free(whole);
    pl_plan_free(start);
    pl_variant_free(v);
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
    if (limit != NULL) {
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
