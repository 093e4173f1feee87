/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs.h - what the files of `plenty needs` share. */
#ifndef PLENTY_CLI_NEEDS_H
#define PLENTY_CLI_NEEDS_H

#include <plenty/needs.h>

#include "cli/cli.h"

/* The number of an option's word, or `otherwise`; PL_USAGE with the list of words. */
pl_status needs_word(const cli_args *args, const char *option, const char *const *words, int n, int otherwise, int *out, pl_error *err);

#endif
