/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sweeping.h - what the ways to a plan by sweeps share: sweeps.c where no limit binds, priced.c where resources are scarce. */
#ifndef PLENTY_PLAN_SWEEPING_H
#define PLENTY_PLAN_SWEEPING_H

#include "plan/make.h"
#include "sparse/sweep.h"

typedef struct pl_sweeping {
    pl_maker *mk;
    const pl_economy *e;
    const char *const *objective;
    int32_t n_objective;
    pl_sparse flows;
    pl_makers makers;
    double *cost;                   /* by recipe; what it uses of resources at their prices included */
    double *value, *output, *need;  /* by good; output: level of the chosen recipe */
    int32_t *chosen;                /* by good */
    double *level;                  /* by recipe; in the arena of the maker */
    double *nothing;                /* prices of 0, by good and by resource */
    double *scarcity;               /* prices of resources (priced.c); else nothing */
    double shrink;                  /* values are lowered by so much of themselves, so that no recipe gains */
    double violation;               /* of the worst balance, in proportion */
    pl_progress progress;
    const char *why_not;            /* set where this way ends */
} pl_sweeping;

bool pl_sweeping_tick(void *user, const char *what, double fraction); /* user: the maker */

/* Tolerance by size, threads, progress: for values and outputs from nothing. */
pl_sweep_settings pl_sweeping_settings(const pl_sweeping *s);

/* Cost of each recipe, without prices of resources; *negative when one gives back what is to be least. */
pl_status pl_sweeping_costs(const pl_sweeping *s, bool *negative, pl_error *err) PL_CHECK;

/* The same with them: at s->scarcity. */
pl_status pl_sweeping_price(pl_sweeping *s, pl_error *err) PL_CHECK;

/* The last stage of an older plan to start from, where it is of this kind; or NULL. */
const pl_stage *pl_sweeping_older(const pl_sweeping *s);

/* The resources that are limited, ascending, and what there is; at most `most`.  Returns why they cannot have prices, or NULL. */
const char *pl_sweeping_limits(const pl_sweeping *s, int32_t most, int32_t *resource, double *limit, int32_t *n);

/* Appends a stage, with the prices of resources as they are. */
pl_status pl_sweeping_record(pl_sweeping *s, const pl_stage *like, pl_error *err) PL_CHECK;

/* When limits seem not to be kept (shortage.c): sets why_not where some resource alone is not enough for all needs; and where it is not for what
 * must be met, the outcome too, with the proof. */
pl_status pl_sweeping_shortage(pl_sweeping *s, pl_error *err) PL_CHECK;
/* The same where all recipes of some good together cannot make what must be met of it. */
pl_status pl_sweeping_capacities(pl_sweeping *s, pl_error *err) PL_CHECK;

/* Capacities bind: finds the order in which recipes are used, prices of resources, values and levels.  Likewise. */
pl_status pl_sweep_by_merit(pl_sweeping *s, pl_error *err) PL_CHECK;

/* The cheapest recipes use more of some resources than there is: finds the prices of resources, values and levels.  Sets
 * why_not where it cannot.  Begins with value, chosen and output of the cheapest recipes. */
pl_status pl_sweep_priced(pl_sweeping *s, pl_error *err) PL_CHECK;

#endif
