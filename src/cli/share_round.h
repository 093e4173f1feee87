/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_round.h - rounds of sharing of a commons: what the record says is to be shared, and who gets what. */
#ifndef PLENTY_CLI_SHARE_ROUND_H
#define PLENTY_CLI_SHARE_ROUND_H

#include "cli/act.h"
#include "commons/rounds.h"

/* Writes what a round is about as a folder for plenty share allot (pl_round_write). */
pl_status cli_round_case(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *folder, pl_round_read *read, pl_error *err);
/* Shares again, into the folder `work`/shared, and lets the independent checker agree; the hash of the allotments.  *there: false where nobody has opened any want. */
pl_status cli_round_share(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *work, uint8_t hash[PL_HASH], bool *there,
                          pl_error *err);

#endif
