/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.c - `plenty verify`: hands over to the independent checker. */
#include "cli/cli.h"
#include "verify/verify.h"

int cli_verify(const cli_args *args)
{
    return pv_verify(args->argument[0], args->argument[1], cli_flag(args, "json"), stdout, stderr);
}
