/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * part.h - an economy in parts: one for each process of a crew (docs/methods/scaling.md).
 *
 * A part is an economy of its own: the goods that this process owns, then the goods of others that its recipes touch;
 * its recipes, needs, trade and stocks; and all resources.  A recipe belongs to whoever owns the good of which it makes
 * the largest part. */
#ifndef PLENTY_PLAN_PART_H
#define PLENTY_PLAN_PART_H

#include <plenty/plan.h>

#include "base/arena.h"
#include "solve/exchange.h"

typedef enum pl_partition { PL_BY_RANGE, PL_BY_PLACE, PL_BY_GRAPH } pl_partition;

typedef struct pl_part {
    pl_crew *crew;     /* borrowed */
    pl_border *border;
    pl_economy economy;
    int32_t all_goods, all_recipes, all_needs; /* of the whole economy */
    int32_t own_goods;
    int32_t *good, *recipe, *need; /* their numbers in the whole: of goods, of recipes, of needs */
    int64_t *flow_start;           /* flows of the part: until the model is made */
    int32_t *flow_index;
    double *flow_amount;
    pl_arena arena;
} pl_part;

/* Can processes share the work?  Not where it is so little that one does it, or where it is asked for another way. */
bool pl_part_worthwhile(const pl_economy *whole, const pl_plan_settings *settings);

/* This process's part of the economy, which can be freed afterwards.  Returns owned.  Errors, on which all agree: PL_NOMEM,
 * PL_DATA (fewer places than processes), PL_UNSUPPORTED. */
pl_status pl_part_new(const pl_economy *whole, pl_crew *crew, pl_partition how, pl_part **out, pl_error *err) PL_CHECK;
void pl_part_free(pl_part *part); /* accepts NULL; by all */
void pl_part_drop_flows(pl_part *part);

/* The part of a plan of the whole economy, as settings.from of the part.  Returns owned.  Errors: PL_NOMEM. */
pl_status pl_part_of_plan(const pl_part *part, const pl_plan *whole, pl_plan **out, pl_error *err) PL_CHECK;

/* On the first process: makes a plan of the part one of the whole, in memory of the arena; stages[n_stages] are those of
 * the plan, *level its levels.  The others hand over their parts of it. */
pl_status pl_part_bring(const pl_part *part, pl_plan *plan, pl_stage *stages, double **level, pl_arena *arena,
                        pl_error *err) PL_CHECK;

#endif
