/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * National and world tables with limits so tight that many stages freeze few needs each.  What an early stage settles
 * then lies on the edge of what is possible, and the last open needs weigh so little beside it that its last digit moves
 * their bound in the eighth: the checker must agree to every bound that the plan claims. */
#include <plenty/import.h>

#include "test/plan_help.h"
#include "test/test.h"

#define STAGE_GAP 1e-7 /* the last needs of a tier: 27 of 24,791 in the world of 2011 */

static pl_economy *economy_of(const char *name)
{
    char mapping[5000];
    pl_error err = {0};
    pl_economy *e;
    pl_import_settings settings = {.capacity = 1.02};
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(test_data(name), mapping, &settings, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    return e;
}

static void check(const char *name, const char *const *limits)
{
    pl_economy *e = economy_of(name);
    pl_variant *v;
    pl_error err = {0};
    CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
    for (; *limits != NULL; limits++) {
        CHECK_INT(pl_variant_change(v, "limit", *limits, &err), PL_OK);
    }
    pl_plan *plan = plan_made(&v->economy, "satisfy", 1, 0);
    CHECK(plan != NULL);
    CHECK(plan->n_stages >= 5 && plan->primal_violation <= 1e-9 && plan->dual_violation <= 1e-9);
    for (int32_t i = 0; i < plan->n_stages; i++) {
        const pl_stage *s = &plan->stages[i];
        printf("# stage %d: %.12g, proven %.12g\n", i + 1, s->value, s->bound);
        CHECK_NEAR(s->bound / s->value, 1, STAGE_GAP);
    }
    plan_verified(&v->economy, plan, "satisfy", 0);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

TEST(world)
{
    check("wiod-world-1435-2011", (const char *[]){"value_added=60e6", NULL});
}

TEST(united_states)
{
    check("us-io-detail-2017", (const char *[]){"labour=235e9", "greenhouse_gas=4.4e12", NULL});
}
