/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/noise_help.h"

#include <math.h>
#include <string.h>

#define CELLS 401
#define LEAST 20 /* expected in a cell; the tails are put together */

static void fill(void *user, void *bytes, size_t n)
{
    unsigned char *to = bytes;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = pl_rng_next(user);
        memcpy(to + i, &word, n - i < 8 ? n - i : 8);
    }
}

pl_randomness noise_seeded(pl_rng *rng, uint64_t seed)
{
    pl_rng_seed(rng, seed);
    return (pl_randomness){.fill = fill, .user = rng};
}

double noise_chi_square(pl_randomness *random, int64_t numerator, int64_t denominator, int64_t draws)
{
    static int64_t count[CELLS];
    double q = exp(-(double)numerator / (double)denominator), chi = 0, left = 0;
    int half = (CELLS - 1) / 2, degrees = -1;
    int64_t seen = 0;
    while (half > 1 && (double)draws * (1 - q) / (1 + q) * pow(q, half) < LEAST) {
        half--;
    }
    memset(count, 0, sizeof count);
    for (int64_t i = 0; i < draws; i++) {
        int64_t x = pl_discrete_laplace(random, numerator, denominator);
        if (x >= -half && x <= half) {
            count[x + half]++;
            seen++;
        }
    }
    left = (double)draws;
    for (int k = -half; k <= half; k++) {
        double want = (double)draws * (1 - q) / (1 + q) * pow(q, k < 0 ? -k : k), d = (double)count[k + half] - want;
        chi += d * d / want;
        left -= want;
        degrees++;
    }
    double d = (double)(draws - seen) - left;
    if (left >= LEAST) {
        chi += d * d / left;
        degrees++;
    }
    double n = degrees, z = (cbrt(chi / n) - (1 - 2 / (9 * n))) / sqrt(2 / (9 * n));
    return erfc(z / sqrt(2)) / 2;
}
