/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ten million draws of noise against their distribution. */
#include "test/noise_help.h"
#include "test/test.h"

TEST(ten_million_draws_follow_the_distribution)
{
    pl_rng rng;
    pl_randomness r = noise_seeded(&rng, 2027);
    double p = noise_chi_square(&r, 1000000, 10000000, 10000000);
    if (!(p > 0.01)) {
        FAIL("p = %g", p);
    }
}
