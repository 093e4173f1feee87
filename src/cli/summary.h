/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary.h - figures of a plan that both summaries (for people and as JSON) show. */
#ifndef PLENTY_CLI_SUMMARY_H
#define PLENTY_CLI_SUMMARY_H

#include "cli/cli.h"

/* The tiers that occur, ascending; returns how many (at most max). */
int cli_tiers(const pl_economy *e, int32_t *tiers, int max);
bool cli_is_short(const pl_plan *p, const pl_economy *e, int32_t need);
/* The needs that are short, by tier, then by what is missing (at the prices of the last stage), into out[n_needs]; returns how many. */
int32_t cli_worst_needs(const pl_plan *p, const pl_economy *e, int32_t *out);
/* The largest relative distance between what a stage attains and what its proof allows. */
double cli_gap(const pl_plan *p);

/* The unit of all goods, "" when they differ; the unit to say in a row of a table whose heading names the common one. */
const char *cli_common_unit(const pl_economy *e);
const char *cli_row_unit(const pl_economy *e, const char *unit);

/* Whether stage k goes on with the tier of the one before. */
bool cli_same_tier_before(const pl_plan *p, int32_t k);
/* Stage k (1 = first) in a sentence; the unit of what a least stage adds up. */
const char *cli_stage_words(const pl_plan *p, const pl_economy *e, int32_t k, char *out, size_t size);
const char *cli_objective_unit(const pl_economy *e, const pl_stage *s);

/* The limits that bind in a stage, the weightiest first; effect: what 1 % more is worth in the stage's value.
 * Returns owned (pl_free). */
typedef struct cli_reason {
    pl_limit limit;
    double effect;
} cli_reason;
pl_status cli_reasons(const cli_summary_input *in, int32_t stage, cli_reason **out, int32_t *n,
                      pl_error *err) PL_CHECK;

#endif
