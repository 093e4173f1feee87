/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * cycles.h - groups of goods that need one another, and whether they can make more than they consume; private to
 * this room.
 *
 * A group is a strongly connected component of the graph "good needs recipe, recipe needs good" (Tarjan 1972).  Goods
 * that can be imported need nothing.  Within a group, prices are swept upwards from nothing:
 *     v(g) = min over the recipes of g of (1 + value of the inputs from the group) / amount made.
 * They settle exactly when some choice of recipes is productive.  Where they keep growing, the growth d of the growing
 * goods D is tried as a proof: if every recipe that makes something of D takes at least as much from D as it
 * makes, valued at d, then no mixture of recipes has a surplus of D (Hawkins and Simon 1949; Gale 1960, for joint
 * products).  Only what is proven is reported. */
#ifndef PLENTY_ECONOMY_CYCLES_H
#define PLENTY_ECONOMY_CYCLES_H

#include <plenty/economy.h>

typedef struct pl_cycles {
    int32_t count, largest;
    double low, high; /* bounds of the spectral radius, the highest of any group */
} pl_cycles;

/* Looks at all groups.  With findings: adds a warning for each group that is proven not to be productive, and leaves
 * the bounds 0; without (NULL): bounds the spectral radius instead. */
pl_status pl_cycles_check(const pl_economy *economy, const pl_progress *progress, pl_findings *findings,
                          pl_cycles *out, pl_error *err);

#endif
