/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballot.h - finding ballots. */
#ifndef PLENTY_CLI_BALLOT_H
#define PLENTY_CLI_BALLOT_H

#include "cli/rows.h"

/* The id of a ballot from digits of its own, or of the election, recall or motion that it is about.  PL_NOTFOUND. */
pl_status cli_find_ballot(pl_step *step, const char *text, uint8_t id[PL_HASH]);

#endif
