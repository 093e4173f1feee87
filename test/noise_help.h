/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * noise_help.h - seeded randomness for the sampler of noise, and the chi-square test of what it draws. */
#ifndef TEST_NOISE_HELP_H
#define TEST_NOISE_HELP_H

#include <plenty/privacy.h>

#include "base/rng.h"

/* A source that gives the same bytes for the same seed. */
pl_randomness noise_seeded(pl_rng *rng, uint64_t seed);

/* Draws so many numbers with probability proportional to exp(-|x| numerator / denominator) and compares their counts with those
 * expected: the probability that chance alone gives as large a chi-square (Wilson and Hilferty 1931). */
double noise_chi_square(pl_randomness *random, int64_t numerator, int64_t denominator, int64_t draws);

#endif
