/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * values.h - labour values, prices of production and gross output: how many hours are in a thing.
 *
 * The labour value of a good is the labour of the recipe that makes it and the labour in everything that goes into it:
 *     v = l + A v            (hours a unit; Dmitriev 1898, Leontief 1936)
 * Prices of production add a rate of profit r on what goes in, wages being paid afterwards (Sraffa 1960):
 *     p = (1 + r) A p + l    (in hours of labour that a unit can buy)
 * Gross outputs are what must be made so that the needs are left over: x = A x + d.  Where a good has several recipes,
 * either those count that make it with the least labour (at rate r: the cheapest), whatever is needed (Samuelson 1951),
 * or those of a plan, in the proportions in which it uses them.
 *
 * How: groups of goods that need one another (components.h), what goes into them first; each group by sweeps from
 * nothing upwards (Gauss and Seidel), which stay below the true values.  Then all values of the group are raised (lowered) by
 * a little until a whole sweep lowers (raises) every one of them by more than rounding can: since I - A is an M-matrix, that
 * proves that they are above (below) the true ones.  docs/methods/values.md.
 *
 * A recipe that makes several goods: its main product bears all its labour, what comes along with it counts as none.  (The main
 * product is the largest output where all have one unit, otherwise the one of whose making in all it is the largest part.)
 * What nobody makes here (it is imported, or given by nature) counts as no labour; `not_made` says how many there are. */
#ifndef PLENTY_VALUES_H
#define PLENTY_VALUES_H

#include <plenty/plan.h>

typedef struct pl_values_settings {
    double profit;        /* rate of profit, 0 to PL_PROFIT_MAX; 0 = prices are labour values */
    const pl_plan *plan;  /* of this economy: its recipes in its proportions; NULL = the recipes with the least labour */
    const char *resource; /* count this instead of labour: the carbon, land or energy in a thing; NULL = all labour */
    pl_progress progress;
} pl_values_settings;
#define PL_PROFIT_MAX 100.0

/* Arrays by good, owned. */
typedef struct pl_values {
    int32_t n_goods;
    double *direct;            /* hours in the recipe itself, per unit; PL_ABSENT where nobody makes the good */
    double *value;             /* labour value, hours a unit; the true one is within value_low .. value_high */
    double *value_low, *value_high;
    double *price;             /* price of production at the rate of profit; likewise */
    double *price_low, *price_high;
    int32_t *recipe;           /* the one with the least labour (or that the plan uses most); -1 = nobody makes the good */
    double *output;            /* gross output for the needs in full, in units of the good */
    double labour;             /* hours for all needs: sum of value * need */
    double labour_used;        /* the same, added up over the recipes: sum of labour * level */
    double unfinished;         /* hours that what the sweeps left out would take: bounds the error of output */
    double radius_low, radius_high; /* bounds of the spectral radius of A; the largest rate of profit is 1 / radius - 1 */
    int32_t joint;             /* recipes that make several goods */
    int32_t not_made;          /* goods that are needed, or used, and that nobody makes */
    int32_t n_groups, largest; /* of goods that need one another; goods in the largest */
    int32_t sweeps;            /* in the group that took most */
    const char *unit;          /* of labour: "hours"; the economy's */
} pl_values;

/* Time: about a second for a million goods and each ten sweeps; memory: 150 bytes a good, 12 a recipe.
 * Errors: PL_DATA (no labour; labour in several units; goods that take more of one another than they make, named; the rate of profit is too large),
 * PL_NOTFOUND (the resource), PL_USAGE (profit out of range), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_values_find(const pl_economy *economy, const pl_values_settings *settings, pl_values **out,
                                pl_error *err) PL_CHECK;
PL_API void pl_values_free(pl_values *values); /* accepts NULL */

#endif
