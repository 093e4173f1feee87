/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * replan.h - a plan of which a part has been carried out: what is left of the economy, planned anew, and why each line changes.
 *
 * Method: docs/methods/watching.md, "Replanning". */
#ifndef PLENTY_REPLAN_H
#define PLENTY_REPLAN_H

#include <plenty/plan.h>

/* Where a plan stands.  Vectors are borrowed; NaN in them (or NULL for them) gives what stands in brackets.  Of a plan of several years one is
 * carried out: those before are over, those after to come; `passed` and `frozen` are of that year. */
typedef struct pl_replan {
    int32_t year;             /* of a plan of several years: which is carried out, from 1; else of no account */
    int32_t periods, passed, frozen; /* of a year; that are over; after them, that stay as promised (the fence): passed + frozen < periods */
    const double *done;       /* by recipe: carried out in the periods that are over [its share of the plan] */
    const double *capability; /* by recipe: what can be carried out in a period from now on [its capacity by periods; without limit] */
    const double *stock;      /* by good: counted now [what the books say: opening stock and all that was made, used, traded, delivered] */
    double change_price;      /* what it costs to promise something else than before, as a part of what the recipe adds in worth; 0 = nothing */
} pl_replan;

/* The rest of the year as an economy: recipes with the capacity that is left, resources less what was used, goods that were made as stocks, those that are
 * missing as needs that come before all others; needs and trade of the whole year.  With a price on changes each recipe uses up
 * what was promised of it ("NAME~promise") and is cheaper by the price, in the labour "~change"; "NAME~more" makes more of the promise at twice the price, so that what is beyond it is dearer by
 * the price.  Where `economy` is such a rest itself, its own price is left out.
 * Of a plan of several years `economy` is the unrolled one, and so is the rest: years that are over have neither recipes nor needs any more (what was not delivered then is not made up for), but what
 * was kept of their assets counts; what is kept at the end of the year that is carried out is still open.
 * *overdrawn: limits of resources that are used up already (they are 0 then).  `economy` is that of the plan.  Returns owned.
 * Errors: PL_UNSUPPORTED (several years in which trade has to earn a surplus), PL_USAGE (periods, year), PL_DATA (an infeasible plan, amounts below zero), PL_NOMEM. */
PL_API pl_status pl_replan_economy(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, pl_economy **out, int32_t *overdrawn,
                                   pl_error *err) PL_CHECK;

/* The promises of the old plan for that rest, with its prices, as settings.from for the new one.  Returns owned. */
PL_API pl_status pl_replan_start(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, const pl_economy *rest, pl_plan **out,
                                 pl_error *err) PL_CHECK;

/* Why a recipe is to be carried out at another level than was promised: the largest part of the change of what its main output is for. */
typedef enum pl_replan_why {
    PL_WHY_LIMIT,    /* it can do no more now */
    PL_WHY_MISSING,  /* more (or less) of its output is there than the plan had for now */
    PL_WHY_OTHER,    /* another recipe makes less (more) of it */
    PL_WHY_USER,     /* a recipe that uses it changes */
    PL_WHY_NEED,     /* more or less is delivered */
    PL_WHY_TRADE,    /* more or less is imported, exported, drawn or left over */
    PL_WHYS
} pl_replan_why;
PL_API const char *pl_replan_word(pl_replan_why why); /* "limit", "missing", "other", "user", "need", "trade" */

typedef struct pl_replan_change {
    int32_t recipe;          /* of the old economy */
    double promised, now;    /* for the rest, after the fence */
    double year_before, year_now; /* of the whole year */
    double worth;            /* |now - promised| at the old plan's prices of its output */
    pl_replan_why why;
    int32_t good, other;     /* the good it is about; the other recipe, or -1 */
    double part;             /* how much of the change of that good this explains, in its unit */
} pl_replan_change;

/* All recipes that change by more than a millionth of their year, the most worth first.  Returns owned (pl_replan_changes_free). */
PL_API pl_status pl_replan_changes(const pl_plan *plan, const pl_economy *economy, const pl_replan *how, const pl_plan *now, const pl_economy *rest,
                                   pl_replan_change **out, int32_t *n, pl_error *err) PL_CHECK;
PL_API void pl_replan_changes_free(pl_replan_change *changes);

#endif
