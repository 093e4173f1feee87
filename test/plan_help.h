/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan_help.h - what tests of plans share. */
#ifndef PLENTY_TEST_PLAN_HELP_H
#define PLENTY_TEST_PLAN_HELP_H

#include <plenty/plan.h>

/* A plan of the economy as it is, owned by the caller; NULL when the goal does not suit it (PL_DATA: nothing limits it,
 * PL_USAGE: nobody is called so).  Any other error fails the test. */
pl_plan *plan_made(const pl_economy *e, const char *goal, int threads, uint64_t seed);

/* Saves economy and plan and asks the independent checker; fails the test, with all it says, when it objects. */
void plan_verified(const pl_economy *e, const pl_plan *plan, const char *goal, uint64_t seed);

/* The same for several years; *v is the unrolled variant that the plan is of.  Never NULL. */
pl_plan *years_planned(const pl_economy *e, const pl_horizon *h, const char *goal, pl_variant **v, uint64_t seed);
void years_verified(const pl_economy *e, const pl_variant *v, const pl_plan *plan, const char *goal, uint64_t seed);

#endif
