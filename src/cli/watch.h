/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch.h - what the files of `plenty watch` share. */
#ifndef PLENTY_CLI_WATCH_H
#define PLENTY_CLI_WATCH_H

#include <plenty/watch.h>

#include "cli/cli.h"

int cli_watch_reports(const cli_args *args);
int cli_watch_alarms(const cli_args *args);
int cli_watch_check(const cli_args *args);
int cli_watch_targets(const cli_args *args);
int cli_watch_replan(const cli_args *args);

/* --year: which year of a plan of several years is carried out; 1 for others. */
pl_status watch_year(const cli_args *args, const pl_economy *economy, int32_t *out, pl_error *err);
/* The plan of --plan (a plan, or a table of lines) and the reports of the arguments from number `first` on, settled. */
pl_status watch_load(const cli_args *args, int first, pl_watch **out, pl_error *err);
/* --season, or the periods of a year. */
pl_status watch_season(const cli_args *args, const pl_watch *watch, int32_t *out, pl_error *err);
/* The skill of the plan, which comes before everything else. */
void watch_print_skill(const pl_watch *watch, int32_t season);
/* What is odd about the reports, with examples; nothing when there is nothing. */
void watch_print_odd(const pl_watch *watch, FILE *out);
/* "1 period", "12 weeks". */
const char *watch_periods(const pl_watch *watch, int64_t n, char out[48]);

#endif
