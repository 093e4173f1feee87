/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * words.h - a plan in words for people: numbers, limits, stages.  For summaries, reports and error messages; not
 * escaped for any format.  Functions with an `out` write at most `size` bytes there and return it. */
#ifndef PLENTY_PLAN_WORDS_H
#define PLENTY_PLAN_WORDS_H

#include <plenty/plan.h>

#define PL_WORDS_NUMBER 64
/* "12,345", "1.24 billion", "0.0123"; "none" where there is no number. */
const char *pl_words_amount(double x, char out[PL_WORDS_NUMBER]);
const char *pl_words_percent(double share, char out[PL_WORDS_NUMBER]); /* 0.754 -> "75.4 %" */

/* The name of a good, or its identifier where it has none. */
const char *pl_words_good(const pl_economy *e, int32_t good);
/* A limit in words: "hours of labour", "capacity of oven", "imports of oil" ... and its unit. */
/* What is limited: the name of the resource, the recipe or the good; and the whole: "imports of flour". */
const char *pl_words_limit_of(const pl_economy *e, pl_limit_kind kind, int32_t index);
void pl_words_limit(const pl_economy *e, pl_limit_kind kind, int32_t index, char *out, size_t size);
const char *pl_words_limit_unit(const pl_economy *e, pl_limit_kind kind, int32_t index);
/* The unit of all goods, "" when they differ. */
const char *pl_words_common_unit(const pl_economy *e);

/* Whether stage k goes on with the tier of the one before. */
bool pl_words_same_tier(const pl_plan *p, int32_t k);
/* Stage k (1 = first) in a sentence; the unit of what a least stage adds up; the goal of the plan. */
const char *pl_words_stage(const pl_plan *p, const pl_economy *e, int32_t k, char *out, size_t size);
const char *pl_words_objective_unit(const pl_economy *e, const pl_stage *s);
const char *pl_words_goal(const pl_plan *p, char *out, size_t size);

#endif
