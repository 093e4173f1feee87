/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rng.h - seeded random numbers, the same on every machine.
 *
 * xoshiro256** 1.0 (Blackman and Vigna 2018), its state filled by splitmix64.  For tests,
 * perturbations and drawing lots in simulations; not for secrets. */
#ifndef PLENTY_BASE_RNG_H
#define PLENTY_BASE_RNG_H

#include <stdint.h>

typedef struct pl_rng {
    uint64_t state[4];
} pl_rng;

void pl_rng_seed(pl_rng *rng, uint64_t seed);
uint64_t pl_rng_next(pl_rng *rng);
double pl_rng_unit(pl_rng *rng);                      /* in [0, 1), 53 random bits */
uint64_t pl_rng_below(pl_rng *rng, uint64_t limit);   /* in [0, limit), no bias; limit > 0 */
double pl_rng_range(pl_rng *rng, double lo, double hi); /* in [lo, hi) up to rounding */

#endif
