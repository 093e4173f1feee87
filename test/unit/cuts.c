/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Prices of limits by a level method: mixes that can be worked out by hand, projections, and a curve that cuts approach. */
#include "solve/cuts.h"

#include "test/test.h"

TEST(the_cheapest_mix_keeps_the_limits)
{
    const double limit[] = {10, 4};
    pl_cuts *c;
    double upper;
    bool kept;
    CHECK(pl_cuts_new(2, 5, limit, &c, NULL) == PL_OK);
    pl_cuts_set_penalty(c, 100);
    CHECK_INT(pl_cuts_add(c, 1, (double[]){20, 2}), 0);
    CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK && !kept);
    CHECK_NEAR(upper, 1 + 100, 1e-9); /* exceeds the first limit by all of it, at 100 for that */
    CHECK_INT(pl_cuts_add(c, 5, (double[]){5, 2}), 1);
    CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK && kept);
    CHECK_NEAR(pl_cuts_weights(c)[0], 1.0 / 3, 1e-9); /* 20 w + 5 (1 - w) = 10 */
    CHECK_NEAR(upper, 1.0 / 3 + 10.0 / 3, 1e-9);
    pl_cuts_set_limits(c, (double[]){12.5, 4});
    CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK && kept);
    CHECK_NEAR(upper, 3, 1e-9);
    pl_cuts_free(c);
}

TEST(a_full_store_forgets_what_was_idle_longest)
{
    const double limit[] = {1};
    pl_cuts *c;
    double upper;
    bool kept;
    CHECK(pl_cuts_new(1, 3, limit, &c, NULL) == PL_OK);
    pl_cuts_set_penalty(c, 10);
    CHECK_INT(pl_cuts_add(c, 3, (double[]){0.5}), 0);
    CHECK_INT(pl_cuts_add(c, 9, (double[]){0.5}), 1); /* never in the mix */
    CHECK_INT(pl_cuts_add(c, 1, (double[]){2}), 2);
    CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK && kept);
    CHECK_NEAR(upper, 3 - 2.0 / 3, 1e-9);
    CHECK_INT(pl_cuts_add(c, 1, (double[]){1}), 1);
    CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK && kept);
    CHECK_NEAR(upper, 1, 1e-9);
    pl_cuts_free(c);
}

TEST(the_nearest_prices_at_a_level)
{
    const double limit[] = {1, 1};
    double next[2];
    pl_cuts *c;
    CHECK(pl_cuts_new(2, 4, limit, &c, NULL) == PL_OK);
    (void)pl_cuts_add(c, 1, (double[]){2, 3}); /* 1 + p + 2 q */
    pl_cuts_next(c, (double[]){0, 0}, 6, next);
    CHECK_NEAR(next[0], 1, 1e-9); /* on p + 2 q = 5, nearest to 0 */
    CHECK_NEAR(next[1], 2, 1e-9);
    (void)pl_cuts_add(c, 10, (double[]){1, 0}); /* 10 - q >= 9: q <= 1 */
    pl_cuts_next(c, (double[]){0, 0}, 9, next);
    CHECK_NEAR(next[0], 6, 1e-6);
    CHECK_NEAR(next[1], 1, 1e-6);
    pl_cuts_next(c, (double[]){7, 1}, 9, next); /* it is there already */
    CHECK_NEAR(next[0], 7, 1e-12);
    CHECK_NEAR(next[1], 1, 1e-12);
    pl_cuts_free(c);
}

/* f(p) = 10 - sum of (p_i - a_i)^2, its planes as cuts: cost f(p) - f'(p) p, use f'(p) + limit. */
TEST(a_curve_in_eight_prices)
{
    enum { K = 8 };
    double limit[K], best[K] = {0}, next[K], use[K], upper = 0, lower = -1e9;
    pl_cuts *c;
    int tries = 0;
    for (int i = 0; i < K; i++) {
        limit[i] = 1 + i;
        next[i] = 0;
    }
    CHECK(pl_cuts_new(K, 60, limit, &c, NULL) == PL_OK);
    pl_cuts_set_penalty(c, 1000);
    do {
        bool kept;
        double at = 100, cost;
        for (int i = 0; i < K; i++) {
            double a = 0.1 * (i + 1);
            at -= (next[i] - a) * (next[i] - a);
            use[i] = -2 * (next[i] - a) + limit[i];
        }
        cost = at;
        for (int i = 0; i < K; i++) {
            cost -= (use[i] - limit[i]) * next[i];
        }
        if (at > lower) {
            lower = at;
            memcpy(best, next, sizeof best);
        }
        (void)pl_cuts_add(c, cost, use);
        CHECK(pl_cuts_mix(c, &upper, &kept, NULL) == PL_OK);
        CHECK(upper >= 100 - 1e-9 && lower <= 100 + 1e-9);
        pl_cuts_next(c, best, lower + 0.3 * (upper - lower), next);
    } while (upper - lower > 1e-3 && ++tries < 100);
    printf("# %d tries\n", tries);
    CHECK(tries < 100);
    CHECK_NEAR(best[3], 0.4, 0.05);
    pl_cuts_free(c);
}
