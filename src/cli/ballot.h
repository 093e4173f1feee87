/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballot.h - finding ballots. */
#ifndef PLENTY_CLI_BALLOT_H
#define PLENTY_CLI_BALLOT_H

#include "cli/rows.h"
#include "council/sealed.h"

/* The id of a ballot from digits of its own, or of the election, recall or motion that it is about.  PL_NOTFOUND. */
pl_status cli_find_ballot(pl_step *step, const char *text, uint8_t id[PL_HASH]);

/* What is said of a secret ballot besides: how far it is, who has voted with which tracker. */
typedef struct cli_sealed {
    pl_sealed row;
    pl_trust trust;
    cli_rows papers;
} cli_sealed;
pl_status cli_sealed_look(pl_step *step, const uint8_t ballot[PL_HASH], cli_sealed *out);
void cli_sealed_print(const cli_sealed *sealed, const char *id, bool papers);
void cli_sealed_json(pl_json *json, const cli_sealed *sealed); /* members of an object */
void cli_sealed_clear(cli_sealed *sealed);

#endif
