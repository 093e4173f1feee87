/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.h - what the explanations for people and as JSON share. */
#ifndef PLENTY_CLI_EXPLAIN_H
#define PLENTY_CLI_EXPLAIN_H

#include <plenty/explain.h>

#include "cli/cli.h"

typedef struct cli_explain_input {
    const pl_plan *plan;
    const pl_economy *economy;
    const pl_explanation *x;
} cli_explain_input;

#endif
