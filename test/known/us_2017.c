/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The largest household scale of the United States in 2017, in raw millions of dollars: the
 * instance on which solvers with absolute tolerances report wrong optima: as a linear programme built from the tables
 * by hand, and as an economy that the importer made, planned and verified. */
#include "test/economies.h"
#include "test/plan_help.h"
#include "test/test.h"
#include "test/us_2017.h"

#define OPTIMUM 1.0122697596

static void check(bool hints)
{
    builder b;
    economy_us_2017(&b);
    pl_lp lp = builder_lp(&b, hints);
    pl_simplex *s = NULL;
    pl_lp_outcome outcome;
    pl_error err = {0};
    CHECK_INT(pl_simplex_new(&lp, NULL, &s, &err), PL_OK);
    if (pl_simplex_solve(s, &outcome, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    CHECK_INT(outcome, PL_LP_OPTIMAL);
    pl_simplex_stats stats = pl_simplex_get_stats(s);
    CHECK_NEAR(-pl_simplex_objective(s), OPTIMUM, 1e-10);
    CHECK(stats.primal_violation <= 1e-13 && stats.dual_violation <= 1e-13);
    pl_simplex_free(s);
    builder_free(&b);
}

TEST(from_nothing)
{
    check(false);
}

TEST(with_hints)
{
    check(true);
}

TEST(as_an_economy_with_its_proof)
{
    pl_economy *e = us_2017_economy();
    pl_plan *plan = plan_made(e, "most households", 1, 0);
    CHECK(plan != NULL);
    CHECK_INT(plan->outcome, PL_PLANNED);
    CHECK_NEAR(plan->stages[0].value, OPTIMUM, 1e-10);
    CHECK_NEAR(plan->stages[0].bound, OPTIMUM, 1e-10);
    plan_verified(e, plan, "most households", 2017);
    printf("# %.10f times what households got; no plan gives more than %.10f times; %.3f s\n", plan->stages[0].value,
           plan->stages[0].bound, plan->seconds);
    pl_plan_free(plan);
    pl_economy_free(e);
}
