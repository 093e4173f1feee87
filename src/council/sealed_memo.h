/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed_memo.h - elections and tallies of secret ballots, kept in memory so that they are not worked out again for each event (pl_state_memo). */
#ifndef PLENTY_COUNCIL_SEALED_MEMO_H
#define PLENTY_COUNCIL_SEALED_MEMO_H

#include "council/sealed.h"

/* The election of a ballot whose key is ready, with trustees and credentials (`list`: it has closed) or without; kept by the state. */
pl_status pl_memo_election(pl_step *step, const uint8_t id[PL_HASH], const pl_sealed *sealed, bool list, const pl_secret_election **out);
/* The election in whose terms the shares of a lot with a key are encrypted and opened; kept likewise. */
pl_status pl_memo_lot(pl_step *step, const uint8_t id[PL_HASH], const pl_lot *lot, const pl_secret_election **out);
/* The encrypted tally as it stands, of a ballot that has closed; kept by the state until the next one is asked for. */
pl_status pl_memo_tally(pl_step *step, const uint8_t id[PL_HASH], const pl_sealed *sealed, pl_secret_view *out);
/* Gives it to be kept; the text is the memo's from then on. */
pl_status pl_memo_keep_tally(pl_step *step, pl_secret_text *tally);
/* Whether that paper was judged ahead as one of that election (both by their SHA-256), and with which credential (its SHA-256). */
bool pl_memo_judged(pl_step *step, const uint8_t election[PL_HASH], const uint8_t paper[PL_HASH], uint8_t credential[PL_HASH]);

#endif
