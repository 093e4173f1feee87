/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.h - the table of commands, in parts: one array for each file, the last row of each without a name; and options that several parts have. */
#ifndef PLENTY_CLI_COMMANDS_H
#define PLENTY_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command CLI_PLANNING[], CLI_NEEDS[], CLI_SHARE[], CLI_WATCH[], CLI_COMMONS[], CLI_VOTING[], CLI_SERVING[];

#define JSON {"json", 0, NULL, false, NULL, "print one JSON object instead of text"}
#define QUIET {"quiet", 'q', NULL, false, NULL, "print nothing but errors"}
#define ECONOMY {"economy", 'e', "ECONOMY", false, "@", "the economy, where it is not found by itself"}
/* Of whoever signs. */
#define PASSPHRASE {"passphrase-file", 0, "FILE", false, "@", "read the passphrase from the first line of FILE instead of asking for it (default: PLENTY_PASSPHRASE_FILE)"}
#define SIGNS \
    {"key", 'k', "FILE", false, "@", "the key file that signs (default: PLENTY_KEY)"}, {"output", 'o', "FILE", false, "@", "write the signed event to FILE and add nothing"}, PASSPHRASE
#define TEXTS \
    {"text", 't', "TEXT", false, NULL, "the text"}, {"text-file", 0, "FILE", false, "@", "the text, from a file"}
#define GRANT \
    {"grant", 0, "ID", false, NULL, "the grant by drawn members (needed once a constitution is in force)"}
#define END {NULL, 0, NULL, false, NULL, NULL}

#endif
