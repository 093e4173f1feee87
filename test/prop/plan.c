/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Properties of plans for random economies. */
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

#define ECONOMIES 200
#define GOODS 40

static bool same(const double *a, const double *b, int32_t n)
{
    return memcmp(a, b, sizeof *a * (size_t)n) == 0;
}

TEST(every_plan_passes_the_independent_checker)
{
    int infeasible = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        pl_plan *plan = plan_made(e, "satisfy", 1, seed);
        plan_verified(e, plan, "satisfy", seed);
        infeasible += plan->outcome == PL_INFEASIBLE;
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d of %d economies could not meet their floors\n", infeasible, ECONOMIES);
    CHECK(infeasible > ECONOMIES / 50 && infeasible < ECONOMIES / 2);
}

TEST(the_other_goals_pass_it_too)
{
    static const char *const goals[] = {"least labour", "least co2", "weighted", "most households"};
    for (uint64_t seed = 1; seed <= ECONOMIES / 2; seed++) {
        pl_economy *e = test_random_economy(1000 + seed, GOODS, seed);
        pl_plan *plan = plan_made(e, goals[seed % 4], 1, seed);
        if (plan != NULL) {
            plan_verified(e, plan, goals[seed % 4], seed);
            pl_plan_free(plan);
        }
        pl_economy_free(e);
    }
}

TEST(neither_threads_nor_the_order_of_rows_change_a_bit)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 1), *f = test_random_economy(seed, GOODS, 2);
        pl_plan *one = plan_made(e, "satisfy", 1, seed), *two = plan_made(e, "satisfy", 2, seed);
        pl_plan *shuffled = plan_made(f, "satisfy", 1, seed);
        CHECK_STR(one->economy_hash, shuffled->economy_hash);
        CHECK_INT(one->n_stages, two->n_stages);
        CHECK_INT(one->n_stages, shuffled->n_stages);
        for (int32_t k = 0; k < one->n_stages; k++) {
            CHECK(same(one->stages[k].good_price, two->stages[k].good_price, one->n_goods));
            CHECK(same(one->stages[k].good_price, shuffled->stages[k].good_price, one->n_goods));
        }
        if (one->outcome == PL_PLANNED) {
            CHECK(same(one->level, two->level, one->n_recipes));
            CHECK(same(one->level, shuffled->level, one->n_recipes));
            CHECK(same(one->delivered, shuffled->delivered, one->n_needs));
        }
        pl_plan_free(one);
        pl_plan_free(two);
        pl_plan_free(shuffled);
        pl_economy_free(e);
        pl_economy_free(f);
    }
}

TEST(more_of_a_resource_never_hurts_the_first_tier)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 1);
        pl_variant *v;
        pl_plan *less = plan_made(e, "satisfy", 1, seed), *more;
        pl_plan_settings settings = {0};
        CHECK(pl_variant_new(e, &v, NULL) == PL_OK);
        for (int32_t k = 0; k < e->n_resources; k++) {
            if (e->resources[k].available > 0) {
                char text[64];
                snprintf(text, sizeof text, "resource:%s=+10%%", e->resources[k].id);
                CHECK(pl_variant_change(v, "set", text, NULL) == PL_OK);
            }
        }
        CHECK(pl_plan_make(v, &settings, &more, NULL) == PL_OK);
        if (less->outcome == PL_PLANNED) {
            CHECK_INT(more->outcome, PL_PLANNED);
            CHECK(more->stages[0].value >= less->stages[0].value * (1 - 1e-9));
        }
        pl_plan_free(less);
        pl_plan_free(more);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}
