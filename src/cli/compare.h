/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * compare.h - what `plenty compare` shows to people and to programs. */
#ifndef PLENTY_CLI_COMPARE_H
#define PLENTY_CLI_COMPARE_H

#include <plenty/compare.h>

#include "cli/cli.h"
#include "cli/summary.h"

typedef struct cli_compare_input {
    pl_comparison *comparison;
    const char *name[2]; /* folders of the plans */
    bool brief;
} cli_compare_input;

/* The limits that hold back the first tier that is short in one of both plans; *n = 0 when there is none. */
pl_status cli_compare_tier_limits(pl_comparison *c, int32_t *tier, pl_limit_pair **out, int32_t *n, pl_error *err);

pl_status cli_compare_json(const cli_compare_input *in, FILE *out, pl_error *err);

#endif
