/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What was observed must come out again: planning the observed final demand of a national table, with resources
 * and capacities unlimited, returns the observed gross output, within the rounding of the table. */
#include "test/test.h"

#include <plenty/import.h>
#include <plenty/plan.h>

/* Errors of rounding in a row travel through the Leontief inverse: its row sums are a few units. */
#define SPREAD 4

static void lift_limits(pl_variant *v, const pl_economy *e)
{
    char text[1100];
    for (int32_t r = 0; r < e->n_recipes; r++) {
        snprintf(text, sizeof text, "recipe:%s=none", e->recipes[r].id);
        CHECK(pl_variant_change(v, "set", text, NULL) == PL_OK);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        snprintf(text, sizeof text, "resource:%s=none", e->resources[k].id);
        CHECK(pl_variant_change(v, "set", text, NULL) == PL_OK);
    }
}

static pl_economy *imported(const char *name, const char *model, pl_import_report *report)
{
    char mapping[5000];
    pl_error err = {0};
    pl_import_settings settings = {.capacity = 1, .model = model}; /* capacity = observed output */
    pl_economy *e;
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(test_data(name), mapping, &settings, NULL, NULL, report, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    return e;
}

/* Tables of products with one recipe each: least labour leaves no choice, the levels are those observed. */
static void observe(const char *name, const char *model)
{
    pl_error err = {0};
    pl_import_report report;
    pl_economy *e = imported(name, model, &report);
    pl_variant *v;
    pl_plan *plan;
    pl_plan_settings goal = {.goal = PL_LEAST, .argument = "labour"};
    CHECK(pl_variant_new(e, &v, NULL) == PL_OK);
    lift_limits(v, e);
    if (pl_plan_make(v, &goal, &plan, &err) != PL_OK) {
        FAIL("%s: %s", name, err.message);
    }
    CHECK_INT(plan->outcome, PL_PLANNED);
    double worst = 0, level = 0, observed = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double output = e->recipes[r].capacity;
        CHECK(pl_given(output));
        double off = fabs(plan->level[r] - output), room = SPREAD * report.row_gap + 1e-9 * output;
        if (off > room) {
            FAIL("%s: %s makes %.10g, observed %.10g (room %.3g)", name, e->recipes[r].id,
                 plan->level[r], output, room);
        }
        worst = fmax(worst, off);
        level += plan->level[r];
        observed += output;
    }
    printf("# %s%s%s: %d recipes, output %.10g of %.10g, none off by more than %.3g (rounding of rows: %.3g)\n",
           name, model != NULL ? ", " : "", model != NULL ? model : "", e->n_recipes, level, observed,
           worst, report.row_gap);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* Where several recipes or places can make a good there is a choice, and least labour takes it.  But the observed plan is
 * possible: with capacities at the observed output, and no other limit, every need is met. */
static void observe_feasible(const char *name, const char *model, double rounding)
{
    pl_error err = {0};
    pl_import_report report;
    pl_economy *e = imported(name, model, &report);
    pl_variant *v;
    pl_plan *plan;
    pl_plan_settings goal = {.goal = PL_MOST, .argument = "all"};
    CHECK(pl_variant_new(e, &v, NULL) == PL_OK);
    for (int32_t k = 0; k < e->n_resources; k++) {
        char text[300];
        snprintf(text, sizeof text, "resource:%s=none", e->resources[k].id);
        CHECK(pl_variant_change(v, "set", text, NULL) == PL_OK);
    }
    if (pl_plan_make(v, &goal, &plan, &err) != PL_OK) {
        FAIL("%s: %s", name, err.message);
    }
    CHECK_INT(plan->outcome, PL_PLANNED);
    printf("# %s%s%s: %d recipes; %.10g of all observed final demand can be met with the observed outputs\n",
           name, model != NULL ? ", " : "", model != NULL ? model : "", e->n_recipes,
           plan->stages[0].value);
    CHECK(plan->stages[0].value > 1 - rounding);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(germany)
{
    observe("germany-io-6-1995", NULL);
}

TEST(chile)
{
    observe("chile-io-12-2013", NULL);
}

TEST(us_sectors)
{
    observe("us-io-sector-2022", NULL);
    observe_feasible("us-io-sector-2022", "activities", 1e-4);
}

TEST(us_summary)
{
    observe("us-io-summary-2017-2022", NULL);
    observe_feasible("us-io-summary-2017-2022", "activities", 1e-3);
}

TEST(us_detail)
{
    observe("us-io-detail-2017", NULL);
}

TEST(wiod_usa)
{
    observe("wiod-usa-56-2014", NULL);
}

TEST(spain)
{
    observe("spain-io-2019", NULL);
}

TEST(united_kingdom)
{
    observe("uk-io-products-2015", NULL);
}

TEST(finland)
{
    observe_feasible("finland-regions-2014", NULL, 1e-3);
}

TEST(world)
{
    observe("wiod-world-1435-2011", NULL);
}
