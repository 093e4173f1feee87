/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * replan.h - what the files of planning anew share; private to this room. */
#ifndef PLENTY_PLAN_REPLAN_H
#define PLENTY_PLAN_REPLAN_H

#include <plenty/replan.h>

#define PL_REPLAN_CHANGE "~change" /* the labour that changes of promises cost */
#define PL_REPLAN_PROMISE "~promise" /* behind the name of a recipe: how much of it was promised, as a resource */
#define PL_REPLAN_MORE "~more"     /* behind the name of a recipe: makes more of that, at the price of the change */
#define PL_REPLAN_USED "used already" /* the group of needs for what is missing */

/* Is this a name of what a rest has for its price on changes?  (The economy may be a rest already.) */
bool pl_replan_bookkeeping(const pl_economy *economy, const char *id);
/* Of what bears this name, a recipe or a good: how many periods are over, stay as promised, can be planned. */
typedef struct pl_replan_span {
    int32_t passed, frozen, left;
} pl_replan_span;
pl_replan_span pl_replan_span_of(const pl_economy *economy, const pl_replan *how, const char *id);
bool pl_replan_over(const pl_economy *economy, const pl_replan *how, const char *id); /* of a year before */
double pl_replan_given(const double *x, int32_t i, double otherwise); /* x[i], where there is one */
/* Of a recipe: what it can do after the fence (infinite: no limit), what was promised for then, what is done or frozen before. */
double pl_replan_room(const pl_economy *economy, const pl_replan *how, int32_t recipe);
double pl_replan_promised(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, int32_t recipe);
double pl_replan_fixed(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, int32_t recipe);
/* What a level of one makes, or (added) makes more than it takes, at the prices of the plan's last stage; 0 at least. */
double pl_replan_worth(const pl_plan *plan, const pl_economy *economy, int32_t recipe, bool added);
/* Made less used of each good until the end of the fence, corrected by what was counted. */
pl_status pl_replan_net(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, double *net, pl_error *err) PL_CHECK;

#endif
