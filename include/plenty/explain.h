/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain.h - why a figure of a plan is what it is.
 *
 * Of a good: where it comes from and goes to; if it is short, which limits hold it back, along the whole chain of
 * what goes into it; what one more unit would take, who would go without, and how far that holds.  Of a limit (a
 * resource, the capacity of a recipe, an import, export or stock limit): who uses it, what its price is at each
 * stage, what one more unit would bring.  The mathematics: docs/methods/explain.md. */
#ifndef PLENTY_EXPLAIN_H
#define PLENTY_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/plan.h>

/* What is to be explained. */
typedef struct pl_subject {
    bool is_good;
    pl_limit_kind kind; /* of a limit */
    int32_t index;      /* good, resource or recipe */
} pl_subject;

/* Who `text` is: the identifier of a good, a resource or a recipe (then its capacity), "good:ID", "resource:ID",
 * "recipe:ID", "import:GOOD", "export:GOOD", "stock:GOOD", or a name that only one of them has.  PL_USAGE with "did
 * you mean" for anything else. */
PL_API pl_status pl_subject_find(const pl_economy *economy, const char *text, pl_subject *out, pl_error *err) PL_CHECK;

/* One way in which a good comes or goes. */
typedef enum pl_way_kind { PL_WAY_RECIPE, PL_WAY_IMPORT, PL_WAY_STOCK, PL_WAY_EXPORT, PL_WAY_NEED } pl_way_kind;
PL_API const char *pl_way_kind_id(pl_way_kind kind); /* "recipe", "import", ... */

typedef struct pl_way {
    pl_way_kind kind;
    int32_t index; /* of the recipe, the good, the need */
    double amount; /* of the good, per plan; of a resource: what is used */
    /* Sources only: what one unit costs on this way at the prices of the stage, less what else comes of it.  A way that
     * is used costs no more than the price of the good (less where its own limit is used up: the rent); what is not
     * used costs no less. */
    double cost, rent;
} pl_way;

/* What a price consists of in the end. */
typedef struct pl_element {
    bool objective;     /* part of what a least stage adds up (work itself); else a limit that is used up */
    pl_limit_kind kind; /* limit; of the objective: PL_LIMIT_RESOURCE, PL_LIMIT_IMPORT (value of imports) */
    int32_t index;      /* as in pl_limit */
    double share;       /* of the price */
    double amount;      /* of the limit (resource), for one unit of the good, along the whole chain */
} pl_element;

/* The chain as a tree, in the order of reading: a link at depth d belongs to the last one before it at depth d - 1. */
typedef struct pl_chain_link {
    int32_t depth;     /* 1 = goes straight into it */
    bool is_good;
    int32_t good;      /* is_good */
    pl_element element; /* else; its share is that of the link */
    double share;      /* of the price of what is explained */
} pl_chain_link;

/* One more unit (or one less) of what is explained: delivered besides, of a good; available, of a limit. */
typedef struct pl_margin {
    bool possible;
    double effect; /* change of the stage's value for each unit: of theta, of the weighted value, of what is used least */
    double range;  /* so many units; INFINITY = without end */
} pl_margin;

/* Who pays for one more unit of a good, or gains by one more unit of a limit, in a stage that raises needs. */
typedef struct pl_share_of_need {
    int32_t need;
    double amount; /* of its good, >= 0 */
} pl_share_of_need;

typedef struct pl_explanation {
    pl_subject subject;
    int32_t stage;      /* whose prices are used */
    double price;       /* of one unit at that stage */
    const double *stage_price; /* at each stage of the plan */
    pl_margin more, less;
    const pl_share_of_need *touched; /* for one unit more; the largest part of the need first */
    int32_t n_touched;
    /* A good. */
    pl_balance balance;
    double asked;       /* by all needs */
    const pl_way *sources, *users; /* largest first; sources also name the ways that are not used */
    int32_t n_sources, n_users;    /* `users` also for a resource */
    const pl_element *elements;    /* largest share first */
    int32_t n_elements;
    double unexplained; /* part of the price that the elements do not add up to: rounding */
    const pl_chain_link *chain;
    int32_t n_links;
    /* A limit. */
    double available, used;
    struct pl_explanation_storage *storage; /* private */
} pl_explanation;

typedef struct pl_explain_settings {
    int32_t stage; /* 0 = the stage in which the good's most pressing need was settled; of a limit: the first in which it
                      has a price; else the last */
    int32_t depth; /* of the chain; 0 = 3 */
    pl_progress progress;
} pl_explain_settings;

/* Explains a figure of a plan for `economy` (the variant's).  Returns owned; borrows nothing.  Cost: solves the stage
 * again, a few times from the last basis.  Errors: PL_USAGE (no such stage; an infeasible plan, which has no figures),
 * PL_NUMERIC, PL_STOPPED, PL_NOMEM. */
PL_API pl_status pl_explain(const pl_economy *economy, const pl_plan *plan, const pl_subject *subject,
                            const pl_explain_settings *settings, pl_explanation **out, pl_error *err) PL_CHECK;
PL_API void pl_explanation_free(pl_explanation *explanation); /* accepts NULL */

#endif
