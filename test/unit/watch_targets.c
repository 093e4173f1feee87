/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Truthful targets: saying what one believes pays best; who pads is found, who does not is left alone. */
#include <stdlib.h>

#include <plenty/watch.h>

#include "base/rng.h"
#include "test/test.h"

/* Mean reward of a target when results are 100 + U(-10, 10). */
static double reward(double alpha, double beta, double gamma, double target)
{
    double sum = 0;
    for (int k = 0; k < 2000; k++) {
        double y = 90 + 20 * (k + 0.5) / 2000;
        sum += beta * target + alpha * fmax(0, y - target) - gamma * fmax(0, target - y);
    }
    return sum / 2000;
}

TEST(the_belief_is_the_best_announcement)
{
    static const double scheme[][3] = {{1, 2, 3}, {0.5, 1, 4}, {1, 3, 3.5}};
    for (int s = 0; s < 3; s++) {
        double p = pl_target_probability(scheme[s][0], scheme[s][1], scheme[s][2]), best = 0, most = -INFINITY, least_loss = INFINITY, best_by_loss = 0;
        for (double t = 90; t <= 110; t += 0.01) {
            double r = reward(scheme[s][0], scheme[s][1], scheme[s][2], t), loss = 0;
            for (int k = 0; k < 200; k++) {
                loss += pl_target_loss(p, t, 90 + 20 * (k + 0.5) / 200);
            }
            if (r > most) {
                most = r;
                best = t;
            }
            if (loss < least_loss) {
                least_loss = loss;
                best_by_loss = t;
            }
        }
        CHECK(fabs(best - (90 + 20 * p)) < 0.05);
        CHECK(fabs(best_by_loss - (90 + 20 * p)) < 0.15);
    }
    CHECK(isnan(pl_target_probability(2, 1, 3)) && isnan(pl_target_probability(0, 1, 3)));
}

TEST(who_pads_is_found_and_who_does_not_is_not)
{
    enum { UNITS = 50, WEEKS = 52 };
    pl_announcement *t = malloc(UNITS * WEEKS * sizeof *t);
    pl_calibration_of c[UNITS];
    pl_error err;
    pl_rng rng;
    int wrong = 0, found = 0;
    pl_rng_seed(&rng, 1);
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < UNITS; i++) {
            for (int k = 0; k < WEEKS; k++) { /* unit 0 says as an even bet what it exceeds in nine of ten weeks */
                double p = i % 2 == 0 ? 0.5 : 0.3, belief = i == 0 ? 92 : 90 + 20 * p;
                t[i * WEEKS + k] = (pl_announcement){i, p, belief, pl_rng_range(&rng, 90, 110)};
            }
        }
        CHECK(pl_targets_score(t, UNITS * WEEKS, UNITS, c, &err) == PL_OK);
        found += c[0].pads;
        for (int i = 1; i < UNITS; i++) {
            wrong += c[i].pads;
        }
    }
    CHECK_INT(found, 40);
    CHECK(wrong <= 2); /* 0.4 are to be expected */
    free(t);
}

TEST(bunching_is_told)
{
    pl_announcement t[60];
    pl_calibration_of c[2];
    pl_error err;
    for (int k = 0; k < 30; k++) {
        t[k] = (pl_announcement){0, 0.5, 100, k < 27 ? 100.5 : 99};
        t[30 + k] = (pl_announcement){1, 0.5, 100, k < 15 ? 100.5 : 99};
    }
    CHECK(pl_targets_score(t, 60, 2, c, &err) == PL_OK);
    CHECK_NEAR(c[0].bunched, 4526.0 / 1073741824.0, 1e-9); /* 27 or more of 30: (4060 + 435 + 30 + 1) / 2^30 */
    CHECK(c[1].bunched > 0.5);
    CHECK_INT(c[0].above, 27);
    t[0].p = 1;
    CHECK_INT(pl_targets_score(t, 60, 2, c, &err), PL_DATA);
    CHECK_STR(err.subject, "announcement 0");
}
