/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.h - the ways in which `plenty export` writes a plan. */
#ifndef PLENTY_CLI_EXPORT_H
#define PLENTY_CLI_EXPORT_H

#include "cli/cli.h"

/* The linear programme of a stage (1 = first) as MPS, scaled as the solver scales it unless told otherwise. */
pl_status cli_export_mps(const cli_plan_set *set, const char *path, int32_t stage_number, bool scaled,
                         pl_error *err);

#endif
