/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballots.h - what the readers of this room share. */
#ifndef PLENTY_BALLOT_BALLOTS_H
#define PLENTY_BALLOT_BALLOTS_H

#include <plenty/ballot.h>

#include "base/arena.h"
#include "base/map.h"
#include "io/file.h"

/* What the public struct does not show. */
typedef struct pl_ballot_store {
    pl_arena texts;
    pl_map ids;
    size_t cap_candidates, cap_rows, cap_start, cap_choices, cap_scores;
    size_t n_choices;
    int64_t *seen; /* by candidate: the row that named it last, plus 1 */
    size_t cap_seen;
    int64_t row;   /* rows and blanks so far: what `seen` is compared with */
} pl_ballot_store;

/* A copy of n bytes of text among the ballots' own; NULL when there is no memory. */
const char *pl_ballots_text(pl_ballots *ballots, const char *text, size_t n);

/* Room for `more` choices, so that a reader can write them itself. */
bool pl_ballots_room(pl_ballots *ballots, size_t more);
/* Ends the row whose n choices were written behind the last one's (already checked, scores too). */
pl_status pl_ballots_end_row(pl_ballots *ballots, int64_t count, int32_t n, pl_error *err);

/* The three readers: `name` is for messages, the file's bytes are theirs to change. */
pl_status pl_read_blt(const char *name, pl_file *file, pl_ballots **out, pl_error *err);
pl_status pl_read_pb(const char *name, pl_file *file, pl_ballots **out, pl_error *err);
/* With `path` also the tables beside the file (candidates.csv, wards.csv); NULL: none. */
pl_status pl_read_ballot_csv(const char *name, const char *path, pl_file *file, pl_ballots **out, pl_error *err);
/* Whichever of them the first bytes ask for. */
pl_status pl_read_ballots(const char *name, const char *path, pl_file *file, pl_ballots **out, pl_error *err);

/* A place in a text file: "name:line:column", the column in characters. */
void pl_place(const char *name, const char *line_start, const char *at, int64_t line, char *out, size_t size);

#define PL_PLACE 192

#endif
