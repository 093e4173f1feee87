/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary.h - figures of a plan that both summaries (for people and as JSON) show. */
#ifndef PLENTY_CLI_SUMMARY_H
#define PLENTY_CLI_SUMMARY_H

#include "cli/cli.h"

/* The unit to say in a row of a table whose heading names the one that all goods have. */
const char *cli_row_unit(const pl_economy *e, const char *unit);

#endif
