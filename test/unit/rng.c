/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/test.h"

#include "base/rng.h"

/* The state 1, 2, 3, 4 of the reference implementation of xoshiro256** 1.0 (Blackman and Vigna). */
TEST(reference_values)
{
    pl_rng rng = {{1, 2, 3, 4}};
    static const uint64_t want[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
    for (int i = 0; i < 4; i++) {
        CHECK(pl_rng_next(&rng) == want[i]);
    }
}

/* splitmix64 from 0 gives e220a8397b1dcdaf, 6e789e6aa1b965f4, ... */
TEST(seeding)
{
    pl_rng rng;
    pl_rng_seed(&rng, 0);
    CHECK(rng.state[0] == 0xe220a8397b1dcdafu);
    CHECK(rng.state[1] == 0x6e789e6aa1b965f4u);
}

TEST(ranges)
{
    pl_rng rng;
    pl_rng_seed(&rng, 7);
    int count[5] = {0};
    for (int i = 0; i < 50000; i++) {
        double u = pl_rng_unit(&rng);
        CHECK(u >= 0 && u < 1);
        uint64_t k = pl_rng_below(&rng, 5);
        CHECK(k < 5);
        count[k]++;
    }
    for (int k = 0; k < 5; k++) {
        CHECK(count[k] > 9600 && count[k] < 10400);
    }
}
