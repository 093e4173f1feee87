/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sweep_help.h - what tests of plans by sweeps share: small synthetic economies, and what must hold of their plans. */
#ifndef PLENTY_TEST_SWEEP_HELP_H
#define PLENTY_TEST_SWEEP_HELP_H

#include <plenty/generate.h>
#include <plenty/plan.h>

/* Of 20 to 200 goods: sizes, recipes, inputs and numbers of resources go by the seed; so many recipes have a capacity, and resources are scarce by `slack`. */
pl_economy *sweep_economy(uint64_t seed, double capped, double slack);
/* As the settings say. */
pl_economy *sweep_generated(const pl_generate_settings *settings);
/* The least labour, or the goal that is asked for. */
pl_status sweep_plan(const pl_economy *e, pl_goal goal, pl_plan_way way, int threads, pl_plan **plan, pl_error *err);
/* Fails the test when the independent checker refutes the plan of the economy that was made last. */
void sweep_verified(const pl_plan *plan, const pl_economy *e, uint64_t seed);
/* The plans of one thread and two have the same bits; the one of one thread, verified. */
pl_plan *sweep_same_bits(const pl_economy *e);
/* Work that is stopped sooner and later ends in a verified plan, or in none yet: at least so often each. */
void sweep_stopped(uint64_t seed, double capped, double slack, int plans_least, int none_least);

#endif
