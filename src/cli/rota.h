/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rota.h - what the files of `plenty rota` share. */
#ifndef PLENTY_CLI_ROTA_H
#define PLENTY_CLI_ROTA_H

#include "cli/act.h"
#include "council/rota.h"

/* A class of tasks by name, when only one has it, or by id; with its rota. */
pl_status cli_find_class(pl_step *step, const char *text, uint8_t id[PL_HASH], pl_rota_class *about, pl_rota *rota);

#endif
