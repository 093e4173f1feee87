/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/rng.h"

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void pl_rng_seed(pl_rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        seed += 0x9e3779b97f4a7c15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        rng->state[i] = z ^ (z >> 31);
    }
}

uint64_t pl_rng_next(pl_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double pl_rng_unit(pl_rng *rng)
{
    return (double)(pl_rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t pl_rng_below(pl_rng *rng, uint64_t limit)
{
    uint64_t reject = -limit % limit; /* 2^64 mod limit: the incomplete last round */
    for (;;) {
        uint64_t x = pl_rng_next(rng);
        if (x >= reject) {
            return x % limit;
        }
    }
}

double pl_rng_range(pl_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * pl_rng_unit(rng);
}
