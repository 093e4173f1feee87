/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * merit.h - what the files of the merit order share (docs/methods/engine.md): merit.c, the iterations; merit_sweep.c, values and
 * levels; merit_master.c, the small programme. */
#ifndef PLENTY_PLAN_MERIT_H
#define PLENTY_PLAN_MERIT_H

#include "plan/sweeping.h"

#define PL_MERIT_LIMITS 64

/* Each good is made by its recipes in the order of what a unit costs, each up to its capacity; the last one that is needed is
 * the marginal recipe, whose cost is the value of the good.  In the sweeping: `chosen` is the marginal recipe of each good,
 * `level` the level of each recipe, `output` what is made of each good in all, `makers.column` the recipes of each good in
 * merit order, `need` what each good is asked for, `scarcity` the prices of resources. */
typedef struct pl_merit {
    pl_sweeping *s;
    int32_t n_limits, *resource; /* limits: which resource, */
    double *limit, *used;        /* what there is, what is used */
    double *unit;                /* by recipe: cost of a unit when last looked at */
    float *content;              /* by good: what a unit contains of cost and of each limit */
    double *rent;                /* by good: its value above (below) the cost of its marginal recipe */
    bool *watched;               /* by good: it changed its marginal recipe: the small programme has a row for it */
    bool follow;                 /* ties of goods that are not watched are not decided one by one: their recipes follow the prices */
    double gap;                  /* that is asked for */
    double worth;                /* of the demand */
    double tie;                  /* costs that differ by less, in proportion: the small programme decides */
    double margin;               /* so much less of each limit is given out, in proportion */
    double passed;               /* of the value of a unit: needs of less value are not passed up the chain in the small programme */
    double cost, over;           /* of the levels; by how much the worst limit is exceeded, in proportion */
    double bound;                /* what has been proved: */
    double *best_price, *best_scarcity; /* by which prices of goods and resources; */
    double *price;               /* room for others */
    double best_cost, *best_level; /* of the best levels so far that keep all limits; infinite = none */
} pl_merit;

/* ---- merit_sweep.c ---- */

/* Values of the marginal recipes, rents included, until none moves by more than `tolerance` of itself. */
pl_status pl_merit_values(pl_merit *m, double tolerance, pl_error *err) PL_CHECK;
/* Looks at all recipes: the order of each good.  Goods whose recipes run in another order, by more than a tie, are filled
 * again, in order. */
void pl_merit_order(pl_merit *m);
/* What is asked for and made of each good, afresh from the levels. */
void pl_merit_needs(pl_merit *m);
/* Levels that make what is needed, until what still moves is worth no more than `tolerance` of the demand. */
pl_status pl_merit_levels(pl_merit *m, double tolerance, pl_error *err) PL_CHECK;
/* The same to the last digits; s->violation. */
pl_status pl_merit_last_digits(pl_merit *m, pl_error *err) PL_CHECK;
/* Cost of the levels, use of limits. */
void pl_merit_cost(pl_merit *m);
/* Values lowered until no recipe without capacity gains: price[goods].  Returns what they prove. */
double pl_merit_prove(const pl_merit *m, double *price);

double pl_merit_unit_cost(const pl_sweeping *s, int32_t recipe, const double *value);
void pl_merit_make(pl_merit *m, int32_t recipe, int32_t good, double more); /* it makes so much more of the good */
double pl_merit_room(const pl_sweeping *s, int32_t recipe); /* how much more of its good it can make */

/* ---- merit_master.c ---- */

/* The small programme around the levels as they are: new prices of limits, levels of recipes that cost nearly the same, rents.
 * with_goods: goods whose marginal recipe is near a bound have rows too. */
pl_status pl_merit_master(pl_merit *m, bool with_goods, pl_error *err) PL_CHECK;
double pl_merit_master_memory(double goods); /* bytes */

/* The same held on to, with the prices as they are: for levels alone, again and again.  NULL: there is nothing to hold. */
typedef struct pl_merit_held pl_merit_held;
pl_status pl_merit_hold(pl_merit *m, pl_merit_held **held, pl_error *err) PL_CHECK;
/* Levels that keep rows and limits, the way that these prices are indifferent to; *found: there are some. */
pl_status pl_merit_correct(pl_merit_held *held, bool *found, pl_error *err) PL_CHECK;
void pl_merit_let_go(pl_merit_held *held); /* accepts NULL */

#endif
