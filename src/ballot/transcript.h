/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * transcript.h - counts as text: JSON that anyone can check (docs/formats/ballots.md), and strict BLT. */
#ifndef PLENTY_BALLOT_TRANSCRIPT_H
#define PLENTY_BALLOT_TRANSCRIPT_H

#include <plenty/ballot.h>

#include "base/str.h"

/* Appends; failure shows in out->failed.  The same count gives the same bytes. */
void pl_count_json(const pl_ballots *ballots, const pl_count *count, pl_str *out);
void pl_schulze_json(const pl_ballots *ballots, const pl_schulze *schulze, pl_str *out);
void pl_tally_json(const pl_ballots *ballots, const pl_tally *tally, bool majority, pl_str *out);
void pl_shares_json(const pl_ballots *ballots, const pl_shares *shares, pl_str *out);
void pl_ballots_blt(const pl_ballots *ballots, int32_t seats, pl_str *out);

/* A whole number of 10^-decimals as "574.33162". */
#define PL_VOTES_MAX 32
const char *pl_votes_text(int64_t votes, int decimals, char out[PL_VOTES_MAX]);

#endif
