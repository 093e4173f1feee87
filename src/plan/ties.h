/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ties.h - identical workplaces: recipes with the same coefficients, whatever their names, places and capacities.
 *
 * Which of them works is all one to balances, limits and proofs, so how much each does is a question of fairness
 * (docs/methods/stages.md, "Identical workplaces"), or, for a basis, of having few of them in use. */
#ifndef PLENTY_PLAN_TIES_H
#define PLENTY_PLAN_TIES_H

#include <plenty/plan.h>

/* Among recipes alike, the sum of their levels is given out in proportion to their capacities; equally, where none has one;
 * where only some have one, equally as far as capacities allow.  level[n_recipes], within capacities; sums stay, but for
 * rounding.  Time: the coefficients, and sorting the rivals of each good. */
pl_status pl_ties_share(const pl_economy *e, double *level, pl_error *err) PL_CHECK;

/* The opposite: the first of them work up to their capacities, the others not at all. */
pl_status pl_ties_gather(const pl_economy *e, double *level, pl_error *err) PL_CHECK;

#endif
