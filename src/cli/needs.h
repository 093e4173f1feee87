/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs.h - what the files of `plenty needs` share. */
#ifndef PLENTY_CLI_NEEDS_H
#define PLENTY_CLI_NEEDS_H

#include <plenty/needs.h>

#include "cli/cli.h"

/* The number of an option's word, or `otherwise`; PL_USAGE with the list of words. */
pl_status needs_word(const cli_args *args, const char *option, const char *const *words, int n, int otherwise, int *out, pl_error *err);
/* The day of an option, or `otherwise`; PL_USAGE. */
pl_status needs_day(const cli_args *args, const char *option, int32_t otherwise, int32_t *out, pl_error *err);
/* --economy ECONOMY --economy-output NEW, when they are given: the needs of a copy of it. */
pl_status needs_write_economy(const cli_args *args, const pl_forecast *f, pl_error *err);
/* What is ordered and missed, as a table for people. */
void needs_print_wants(const pl_item_wants *sum, size_t n, int32_t since, int32_t from, int32_t until);

#endif
