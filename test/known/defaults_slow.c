/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every data set by its one command, with the limits that the importer sets by itself: what was observed is possible, so
 * everything is met; with a tenth less work something is short, in the last tier only; with more asked for, whatever it is.  The checker agrees to all. */
#include <plenty/import.h>

#include "test/plan_help.h"
#include "test/test.h"

/* A hundredth more of everything than there was: whatever is short, the proof says why. */
static void check_more_asked(const pl_economy *e, const char *name)
{
    pl_variant *v;
    pl_error err = {0};
    CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
    CHECK_INT(pl_variant_change(v, "demand", "all=+1%", &err), PL_OK);
    pl_plan *plan = plan_made(&v->economy, "satisfy", 1, 0);
    CHECK(plan != NULL && plan->outcome == PL_PLANNED);
    printf("# %s, a hundredth more asked for: %d stages\n", name, plan->n_stages);
    plan_verified(&v->economy, plan, "satisfy", 3);
    pl_plan_free(plan);
    pl_variant_free(v);
}

/* `work`: the resource that there is to be a tenth less of; NULL = the source knows none. */
static void check(const char *name, const char *work)
{
    char mapping[5000], text[200];
    pl_error err = {0};
    pl_economy *e;
    const char *data = test_data(name);
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(data, mapping, NULL, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
    }
    pl_plan *plan = plan_made(e, "satisfy", 1, 0);
    CHECK(plan != NULL && plan->outcome == PL_PLANNED);
    for (int32_t k = 0; k < e->n_needs; k++) {
        if (plan->delivered[k] < (1 - 1e-8) * e->needs[k].amount) {
            FAIL("%s: of %s (%s) only %.10g of %.10g", name, e->goods[e->needs[k].good].id, e->needs[k].group,
                 plan->delivered[k], e->needs[k].amount);
        }
    }
    plan_verified(e, plan, "satisfy", 1);
    pl_plan_free(plan);
    if (work != NULL) {
        pl_variant *v;
        double met[4] = {0}, asked[4] = {0};
        CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
        snprintf(text, sizeof text, "%s=-10%%", work);
        CHECK_INT(pl_variant_change(v, "set", text, &err), PL_OK);
        plan = plan_made(&v->economy, "satisfy", 1, 0);
        CHECK(plan != NULL && plan->outcome == PL_PLANNED);
        for (int32_t k = 0; k < e->n_needs; k++) {
            CHECK(e->needs[k].tier <= 3);
            met[e->needs[k].tier] += plan->delivered[k];
            asked[e->needs[k].tier] += e->needs[k].amount;
        }
        printf("# %s, a tenth less %s: tiers met to %.1f, %.1f, %.1f %%\n", name, work, 100 * met[1] / asked[1],
               100 * met[2] / asked[2], 100 * met[3] / asked[3]);
        CHECK(met[1] >= (1 - 1e-8) * asked[1] && met[2] >= (1 - 1e-8) * asked[2]);
        CHECK(met[3] > 0.3 * asked[3] && met[3] < 0.95 * asked[3]);
        plan_verified(&v->economy, plan, "satisfy", 2);
        pl_plan_free(plan);
        pl_variant_free(v);
    }
    check_more_asked(e, name);
    pl_economy_free(e);
}

#define DATA_SET(test, name, work)                                                                \
    TEST(test)                                                                                    \
    {                                                                                             \
        check(name, work);                                                                        \
    }
DATA_SET(chile, "chile-io-12-2013", "labour")
DATA_SET(finland, "finland-regions-2014", "compensation")
DATA_SET(germany, "germany-io-6-1995", "labour")
DATA_SET(spain, "spain-io-2019", "labour")
DATA_SET(united_kingdom, "uk-io-products-2015", "compensation")
DATA_SET(food, "us-food-recipes", NULL)
DATA_SET(us_detail, "us-io-detail-2017", "labour")
DATA_SET(us_sectors, "us-io-sector-2022", "labour")
DATA_SET(us_summary, "us-io-summary-2017-2022", "labour")
DATA_SET(life_cycle, "uslci-recipes", NULL)
DATA_SET(wiod_usa, "wiod-usa-56-2014", "labour")
DATA_SET(world, "wiod-world-1435-2011", NULL)
