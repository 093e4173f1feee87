/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * compare.h - what `plenty compare` shows. */
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

#endif
