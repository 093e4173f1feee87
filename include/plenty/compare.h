/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * compare.h - two plans side by side: who gains, who loses, what it takes.
 *
 * The plans may be of one economy, of variants of it, or of different economies; goods, needs, resources and limits
 * are matched by their identifiers and units.  What only one side has is listed with an index of -1 on the other.
 * Figures come in pairs [2]: plan A, plan B; PL_ABSENT where a side has none, or where none would make sense. */
#ifndef PLENTY_COMPARE_H
#define PLENTY_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/plan.h>

typedef struct pl_side {
    const pl_plan *plan;
    const pl_economy *economy; /* the variant's, that the plan was made for */
} pl_side;

/* A need: the same good, tier and group. */
typedef struct pl_need_pair {
    int32_t need[2];
    double asked[2], delivered[2];
    double met[2];  /* min(1, delivered / asked); 1 where nothing is asked */
    double worth;   /* of delivered B - delivered A: at the dearer of both prices of the last stage */
} pl_need_pair;

/* All needs of one tier and group (group NULL: of the whole tier). */
typedef struct pl_group_pair {
    int32_t tier;
    const char *group, *unit;        /* unit "" where the goods have different ones: then no sums */
    int32_t n[2];                    /* needs that ask for something */
    double asked[2], delivered[2];   /* sums */
    double met[2];                   /* mean over the needs */
    int32_t gain, lose;              /* needs of which more, or less, is delivered */
} pl_group_pair;

typedef struct pl_good_pair {
    int32_t good[2];
    bool same_unit;             /* else the figures cannot be compared */
    double made[2], imported[2], exported[2];
    double price[2];            /* in the last stage */
    double worth;               /* of made B - made A, as for needs */
} pl_good_pair;

typedef struct pl_resource_pair {
    int32_t resource[2];
    bool same_unit;
    double used[2], available[2];
} pl_resource_pair;

typedef struct pl_limit_pair {
    pl_limit_kind kind;
    int32_t index[2];
    double available[2], used[2], price[2];
    double weight[2]; /* what 1 % more of it is worth in the stage's value */
} pl_limit_pair;

typedef struct pl_change_pair {
    const char *table, *key, *column;
    bool changed[2];
    double from[2], to[2]; /* `from` is given for the side that changed the cell; `to` likewise */
} pl_change_pair;

typedef struct pl_comparison {
    pl_side side[2];   /* borrowed; must live longer */
    bool planned;      /* both have an outcome to compare; else only goods, resources and changes are matched */
    bool same_base;    /* one economy, before the scenarios' changes */
    pl_need_pair *needs; /* largest worth first */
    pl_group_pair *groups; /* by tier, then group; the first of each tier is the whole tier */
    pl_good_pair *goods; /* largest worth first */
    pl_resource_pair *resources;
    pl_limit_pair *limits;       /* in the last stages: largest change of weight first */
    pl_change_pair *changes;     /* cells that at least one scenario changed */
    int32_t n_needs, n_groups, n_goods, n_resources, n_limits, n_changes;
    int32_t common_goods;        /* with the same unit */
    bool same_measure;           /* the last stages have the same goal: prices and limits can be compared */
    const char *labour_unit;     /* "" where kinds of labour have different units: no sums */
    double labour[2], labour_available[2]; /* all kinds; available PL_ABSENT where one has no limit */
    double imports[2], exports[2];         /* value in foreign exchange */
    struct pl_comparison_storage *storage; /* private */
} pl_comparison;

/* Compares A with B.  Returns owned.  Errors: PL_DATA (no good in common), PL_NOMEM.
 * Cost: sorting the tables of both; the limits need the model of each. */
PL_API pl_status pl_compare(const pl_side *a, const pl_side *b, pl_comparison **out, pl_error *err) PL_CHECK;
PL_API void pl_comparison_free(pl_comparison *comparison); /* accepts NULL */

/* The limits of stage number stage[0] of A and stage[1] of B, as in `limits`: for stages of a tier.  Returns owned
 * by the comparison.  Only limits that have a price in one of them. */
PL_API pl_status pl_compare_limits(pl_comparison *comparison, const int32_t stage[2], pl_limit_pair **out,
                                   int32_t *n, pl_error *err) PL_CHECK;
/* Those limits for the first tier that is short in one of both plans, which is *tier; *n = 0 when there is none.  Errors: PL_NOMEM. */
PL_API pl_status pl_compare_short_tier(pl_comparison *comparison, int32_t *tier, pl_limit_pair **out, int32_t *n, pl_error *err) PL_CHECK;

#endif
