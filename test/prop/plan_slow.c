/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Many plans of random economies, of all goals and sizes: none is refused by the planner for want of accuracy,
 * none by the independent checker. */
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

static void many(uint64_t from, uint64_t to, int32_t goods)
{
    static const char *const goals[] = {"satisfy", "satisfy",    "least labour", "weighted",
                                        "satisfy", "least co2", "most all",     "most households"};
    int planned = 0, infeasible = 0;
    for (uint64_t seed = from; seed < to; seed++) {
        pl_economy *e = test_random_economy(seed, goods, seed);
        pl_plan *plan = plan_made(e, goals[seed % 8], 1, seed);
        if (plan != NULL) {
            plan_verified(e, plan, goals[seed % 8], seed);
            planned += plan->outcome == PL_PLANNED;
            infeasible += plan->outcome == PL_INFEASIBLE;
            pl_plan_free(plan);
        }
        pl_economy_free(e);
    }
    printf("# %d plans and %d proofs that there is none, all verified\n", planned, infeasible);
    CHECK(planned > 0 && infeasible > 0);
}

TEST(very_small)
{
    many(20000, 20600, 8);
}

TEST(small)
{
    many(1, 600, 40);
}

TEST(middle)
{
    many(5000, 5300, 200);
}
