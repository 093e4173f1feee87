/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rounds.h - a round of sharing of a commons, as the room `share` takes it: what the record says is to be shared, and who gets what. */
#ifndef PLENTY_COMMONS_ROUNDS_H
#define PLENTY_COMMONS_ROUNDS_H

#include <plenty/share.h>

#include "council/sharing.h"

typedef enum pl_round_table { PL_ROUND_RULES, PL_ROUND_SUPPLY, PL_ROUND_PEOPLE, PL_ROUND_URGENCY, PL_ROUND_TABLES } pl_round_table;

/* The texts of a round: its tables as announced (empty: none, or hidden), and the wants that were opened. */
typedef struct pl_round_texts {
    pl_owned table[PL_ROUND_TABLES];
    struct pl_round_want {
        uint8_t member[PL_HASH];
        pl_owned text; /* empty when it was hidden */
    } *want;
    size_t n, cap;
} pl_round_texts;

/* Takes them out of the record, members in the order of their ids.  On failure *out is empty. */
pl_status pl_round_take(pl_step *step, const uint8_t id[PL_HASH], const pl_share_round *round, pl_round_texts *out);
void pl_round_clear(pl_round_texts *texts);

typedef struct pl_round_read {
    int64_t members; /* whose wants are in */
    int64_t left_out; /* whose wants cannot be read: a good that is not there, no number */
} pl_round_read;
/* Writes the folder that `plenty share allot` reads, members by their ids in hexadecimal.  Where all wants together cannot be read, those that cannot be read by themselves
 * are left out. */
pl_status pl_round_write(const pl_round_texts *texts, const char *folder, pl_round_read *read, pl_error *err);

/* Shares, in a folder that is there: writes the case to `work`/case, loads it, and with a seed (NULL: it is not drawn yet; then *shared stays NULL) shares it into `work`/shared.  Both are owned by the
 * caller, and NULL where nobody's wants are in.  The same errors as pl_sharing_load and pl_share. */
pl_status pl_round_share(const pl_round_texts *texts, const uint8_t *seed, const char *work, pl_round_read *read, pl_sharing **sharing, pl_shared **shared, pl_error *err);
/* SHA-256 of allotments.csv in the folder of an outcome: what members enter. */
pl_status pl_round_hash(const char *outcome, uint8_t hash[PL_HASH], pl_error *err);

#endif
