/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lanes.h - powers of eight public elements modulo p at once, by the 52-bit multipliers of newer processors (AVX-512 IFMA); where there are none the portable code of powers.c gives the
 * same elements. */
#ifndef PLENTY_SECRET_LANES_H
#define PLENTY_SECRET_LANES_H

#include "secret/group.h"

#define PL_LANES 8

/* Sets g->lanes, for a group modulo p, when this processor and this compiler have them. */
void pl_lanes_open(pl_group *g);
/* r[i * n + k] = base[i]^e[i * n + k] for the eight bases i and n <= PL_LANE_POWERS exponents of g->bits bits each, by Yao's method. */
#define PL_LANE_POWERS 3
void pl_lanes_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n);

#endif
