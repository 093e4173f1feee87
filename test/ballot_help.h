/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballot_help.h - random ballots, and the same ballots otherwise arranged. */
#ifndef PLENTY_TEST_BALLOT_HELP_H
#define PLENTY_TEST_BALLOT_HELP_H

#include <plenty/ballot.h>

#include "base/rng.h"

/* 2 to most_candidates (at most 64) candidates, 1 to most_rows rows; seats, a budget, costs; now and then one withdrawn. */
pl_ballots *random_ballots(pl_rng *rng, pl_ballot_kind kind, int32_t most_candidates, int32_t most_rows);
/* The same papers in another order, rows cut in two; with `to`, candidate c is number to[c]. */
pl_ballots *changed_ballots(const pl_ballots *b, pl_rng *rng, const int32_t *to);

#endif
