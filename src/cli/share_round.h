/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_round.h - rounds of sharing of a commons: what the record says is to be shared, and who gets what. */
#ifndef PLENTY_CLI_SHARE_ROUND_H
#define PLENTY_CLI_SHARE_ROUND_H

#include "cli/act.h"
#include "council/sharing.h"

/* Writes what a round is about as a folder for plenty share allot: rules, supply, perhaps people and urgency as announced; the wants that were opened, by
 * member id.  Wants that cannot be read (a good that is not there, no number) are left out: *out_of says how many.  *n: members whose wants are in. */
pl_status cli_round_case(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *folder, int64_t *n, int64_t *out_of,
                         pl_error *err);
/* SHA-256 of the allotments in a folder of plenty share allot. */
pl_status cli_round_outcome(const char *shared, uint8_t hash[PL_HASH], pl_error *err);
/* Shares again, into the folder `work`/shared, and lets the independent checker agree; the hash of the allotments.  *there: false where nobody has opened any want. */
pl_status cli_round_share(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *work, uint8_t hash[PL_HASH], bool *there,
                          pl_error *err);

#endif
