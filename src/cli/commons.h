/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commons.h - what the commands of a commons and its record share. */
#ifndef PLENTY_CLI_COMMONS_H
#define PLENTY_CLI_COMMONS_H

#include <plenty/council.h>

#include "cli/cli.h"

#define CLI_PASSPHRASE 1024

/* Opens the key file that the option names; the passphrase comes from the file that `pass_option` names, or is asked for on the terminal. */
pl_status cli_open_key(const cli_args *args, const char *option, const char *pass_option, pl_key **out, pl_error *err);
/* A passphrase for a new key, asked for twice. */
pl_status cli_new_passphrase(const cli_args *args, const char *pass_option, char out[CLI_PASSPHRASE], size_t *n, pl_error *err);
/* Overwrites it. */
void cli_forget(char passphrase[CLI_PASSPHRASE]);

/* Seconds since 1970, moved on by so many days as the environment's PLENTY_DAYS says, to rehearse what takes weeks; "2026-09-21 14:13:20" in UTC. */
uint64_t cli_now(void);
/* PL_USAGE when PLENTY_DAYS is no number of days; otherwise says on a terminal that this is a rehearsal, if it is. */
pl_status cli_rehearsal(pl_error *err);
const char *cli_time(uint64_t time, char out[32]);
/* The first 12 digits of an id. */
const char *cli_short_id(const uint8_t *id, char out[13]);
/* A whole number of an argument or option. */
bool cli_whole_number(const char *text, uint64_t *x);

/* Prints to standard output, or writes the file that --output names. */
pl_status cli_give(const cli_args *args, const char *bytes, size_t n, pl_error *err);
/* The policy that --policy names; NULL when the option was not given. */
pl_status cli_policy(const cli_args *args, pl_policy **out, pl_error *err);

#endif
