/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The largest household scale of the United States in 2017, in raw millions of dollars: the
 * instance on which solvers with absolute tolerances report wrong optima. */
#include "test/economies.h"
#include "test/test.h"

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
