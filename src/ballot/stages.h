/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * stages.h - what counts by stages share: their result in the making, ties, lots. */
#ifndef PLENTY_BALLOT_STAGES_H
#define PLENTY_BALLOT_STAGES_H

#include <plenty/ballot.h>

#include "ballot/ballots.h"
#include "base/arena.h"

/* Everything that a result points to. */
typedef struct pl_count_store {
    pl_arena arena;
} pl_count_store;

pl_count_store *pl_count_store_new(void); /* NULL when there is no memory */
void pl_count_store_free(pl_count_store *store);

/* Lots of one count. */
typedef struct pl_lots {
    const pl_ballots *ballots;
    const char *seed; /* NULL = none */
    int32_t draws;
} pl_lots;

/* Draws one of n candidates (ascending numbers).  `for_what` says what is decided, for the error when there is no seed: PL_DATA.  Fills
 * *tie from the arena. */
pl_status pl_lot_draw(pl_lots *lots, pl_arena *arena, const int32_t *tied, int32_t n, const char *for_what, pl_tie *tie,
                      int32_t *chosen, pl_error *err);

/* Of n equals (ascending numbers) for fewer seats, `wanted` are drawn, and come first; the others keep their order.  *tie is that of the first draw; none, and nothing
 * moves, unless 0 < wanted < n.  Errors as above. */
pl_status pl_lot_seats(pl_lots *lots, pl_arena *arena, int32_t *equal, int32_t n, int32_t wanted, pl_tie *tie, pl_error *err);

/* One of n candidates: who had most (highest) or fewest votes at the latest of the first n_stages stages at which they differed;
 * those alike there are looked at further back; then by lot. */
pl_status pl_tie_break(pl_lots *lots, pl_arena *arena, const pl_count_stage *stages, int32_t n_stages, int32_t *tied, int32_t n,
                       bool highest, const char *for_what, pl_tie *tie, int32_t *chosen, pl_error *err);

/* Refuses what a count by ranks cannot count: PL_DATA. */
pl_status pl_check_ranked(const pl_ballots *ballots, const char *rule, bool shared_ranks, pl_error *err);
/* Seats from the settings or the ballots; no more than candidates who have not withdrawn. */
pl_status pl_check_seats(const pl_ballots *ballots, const pl_count_settings *settings, int32_t otherwise, int32_t *seats,
                         pl_error *err);

/* Is it for this rule: a new count with room for n_stages stages, or NULL. */
pl_count *pl_count_begin(pl_count_rule rule, const pl_ballots *ballots, const pl_count_settings *settings, int32_t seats,
                         int32_t n_stages);
/* The next stage, its votes zeroed, or NULL when there is no memory. */
pl_count_stage *pl_count_add_stage(pl_count *count, pl_count_step kind, int32_t candidate, bool keep);
/* Adds n winners at the end of that stage, most votes first (then by number).  False when there is no memory. */
bool pl_count_elect(pl_count *count, pl_count_stage *stage, int32_t *who, int32_t n, bool last);

#endif
