/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate.h - what the files of `plenty needs rake` and its neighbours share. */
#ifndef PLENTY_CLI_ESTIMATE_H
#define PLENTY_CLI_ESTIMATE_H

#include "cli/cli.h"
#include "base/str.h"
#include "needs/frame.h"

/* --output: refuses what is there unless --replace. */
pl_status estimate_check_output(const cli_args *args, pl_error *err);
/* Writes text to --output, if given, and says so. */
pl_status estimate_write(const cli_args *args, const pl_str *text, pl_error *err);
/* The k-th value of a repeated option (from 0), or NULL. */
const char *estimate_given(const cli_args *args, const char *option, int k);
/* A row of a table as CSV, without the end of the line. */
void estimate_add_row(pl_str *out, const pl_frame *frame, int32_t row); /* row -1: the header */
/* An array of n numbers, or PL_NOMEM. */
pl_status estimate_numbers(int64_t n, double **out, pl_error *err);

/* Options (estimate_options.c). */
extern const cli_option NEEDS_RAKE[], NEEDS_RECONCILE[], NEEDS_CHOICE[], NEEDS_ELASTICITIES[], NEEDS_CLASSIFY[], NEEDS_BRIDGE[], NEEDS_NOISE[], NEEDS_BUDGET[];

#endif
