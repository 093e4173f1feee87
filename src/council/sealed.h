/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed.h - secret ballots of a commons: the ballots of ballots.h whose votes are encrypted (plenty/secret.h); for the files of this room and for those who show it.
 *
 * Before it opens, trustees are drawn who make its key.  A vote is an event by which everybody sees that a member has voted, and nobody what: the paper is encrypted and signed
 * with a credential of the member's own device for this ballot.  When it closes, rankings are shuffled by as many trustees as are needed, then these open what is left: sums, or
 * rankings in an order that nobody knows.  With the last part that is needed it is counted as any other ballot.  All of it is judged when it comes in and again in every replay. */
#ifndef PLENTY_COUNCIL_SEALED_H
#define PLENTY_COUNCIL_SEALED_H

#include "council/ballots.h"
#include "council/trust.h"

typedef enum pl_sealed_stage { PL_SEALED_KEYING, PL_SEALED_VOTING, PL_SEALED_SHUFFLING, PL_SEALED_OPENING, PL_SEALED_OPENED, PL_SEALED_FEW } pl_sealed_stage;
typedef struct pl_sealed {
    uint8_t trust[PL_HASH];
    int64_t attempt;           /* 0, 1, ...: how often it was held before and not opened in time */
    int64_t stage;             /* pl_sealed_stage; FEW: too few votes to be opened */
    int64_t lasts;             /* seconds of voting */
    int64_t voters, papers;    /* members who have voted; papers that were cast, those that others replaced included */
    int64_t shuffles, parts;
    int64_t until;             /* the latest time of opening, or -1 */
    uint8_t election[PL_HASH]; /* SHA-256 of the text of the election, or none */
    uint8_t tally[PL_HASH];    /* SHA-256 of the encrypted tally as it stands, or none */
} pl_sealed;
extern const pl_table PL_SEALED; /* key: ballot */

/* Who has voted in an attempt: key (ballot, member).  credential: SHA-256 of the public one. */
typedef struct pl_sealed_vote {
    int64_t attempt, position, times;
    uint8_t credential[PL_HASH];
} pl_sealed_vote;
/* The papers in the order in which they came: key (ballot, attempt, 1, 2, ...). */
typedef struct pl_sealed_paper {
    int64_t position;
    uint8_t member[PL_HASH], hash[PL_HASH]; /* the tracker is the hash in base64 */
} pl_sealed_paper;
/* Shuffles, and parts of the opening: keys (ballot, attempt, 1, 2, ...). */
typedef struct pl_sealed_work {
    int64_t trustee, position; /* trustee: number in the key */
    uint8_t blob[PL_HASH];
} pl_sealed_work;
extern const pl_table PL_SEALED_VOTES, PL_SEALED_PAPERS, PL_SEALED_SHUFFLES, PL_SEALED_PARTS;
/* Papers as they were opened, the same ones together, in ascending order: key (ballot, 1, 2, ...).  A "=" before a mark: of the same rank as the one before. */
typedef struct pl_opened_paper {
    int64_t count;
    char marks[5 * PL_MARKS_MAX + 1];
} pl_opened_paper;
extern const pl_table PL_OPENED_PAPERS;

/* Whether a ballot about that, by these electors, with so many options, is secret now: as the constitution says, unless delegates vote or too few would. */
pl_status pl_sealed_wanted(pl_step *step, const pl_ballot *ballot, bool *yes);
/* How long such a ballot would take at the longest, besides voting, to make its key and to be opened, if nobody is left out; 0 when it is not secret. */
pl_status pl_sealed_time(pl_step *step, const pl_ballot *ballot, int64_t *seconds);
/* Its trustees are drawn. */
pl_status pl_sealed_plan(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
/* Whether a member may be trustee: whom the ballot is about may not. */
pl_status pl_sealed_may(pl_step *step, const uint8_t subject[PL_HASH], const uint8_t member[PL_HASH], bool *yes);
/* It has closed. */
pl_status pl_sealed_closes(pl_step *step, const uint8_t id[PL_HASH], pl_ballot *ballot);
/* It was not opened in time: other trustees are drawn. */
pl_status pl_sealed_again(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot, pl_sealed *sealed);
/* Adds the papers as they were opened. */
pl_status pl_sealed_add(pl_step *step, const uint8_t id[PL_HASH], pl_ballots *papers);

/* The texts of the election of an attempt whose key is ready: the election, its trustees, and (once it has closed) the credentials of those who voted; and the same opened.  With
 * `list` the election knows them and can be tallied.  pl_secret_text_free, pl_secret_close. */
typedef struct pl_sealed_texts {
    pl_secret_text election, trustees, credentials;
} pl_sealed_texts;
pl_status pl_sealed_texts_get(pl_step *step, const uint8_t id[PL_HASH], const pl_sealed *sealed, bool list, pl_sealed_texts *out);
void pl_sealed_texts_clear(pl_sealed_texts *texts);
/* All papers of the attempt in the order in which they came. */
typedef struct pl_sealed_box {
    int64_t n;
    pl_str *text;
    pl_secret_view *paper;
} pl_sealed_box;
pl_status pl_sealed_box_get(pl_step *step, const uint8_t id[PL_HASH], const pl_sealed *sealed, pl_sealed_box *out);
void pl_sealed_box_clear(pl_sealed_box *box);
/* A shuffle or part, as text: number 1, 2, ... of the table. */
pl_status pl_sealed_work_get(pl_step *step, const pl_table *table, const uint8_t id[PL_HASH], const pl_sealed *sealed, int64_t number, pl_sealed_work *row, pl_str *out);
/* Whether the trustee of that number has a row in one of these tables for that attempt. */
pl_status pl_sealed_has_worked(pl_step *step, const pl_table *table, const uint8_t id[PL_HASH], int64_t attempt, int64_t trustee, bool *yes);
/* The result, once there are enough parts; pl_secret_text_free. */
pl_status pl_sealed_result(pl_step *step, const uint8_t id[PL_HASH], const pl_sealed *sealed, pl_secret_text *out);
/* All there is of it as an archive of the protocol (.bel), which anybody verifies without the record; pl_str_clear.  PL_DATA when nobody has voted. */
pl_status pl_sealed_archive(pl_step *step, const uint8_t id[PL_HASH], pl_str *out);
/* The name of the election in the protocol. */
void pl_sealed_uuid(const uint8_t id[PL_HASH], int64_t attempt, char out[PL_SECRET_UUID]);
/* How many cores the proofs may use. */
int pl_sealed_threads(void);

/* Judges sealed votes among events that are about to be applied, on all cores (pl_rulebook). */
pl_status pl_sealed_prepare(pl_fold *fold, const pl_prepared *events, size_t n, pl_error *err);
pl_status pl_sealed_keyed(pl_step *step, const uint8_t id[PL_HASH], int64_t attempt);
pl_status pl_sealed_lapses(pl_step *step, const uint8_t id[PL_HASH], int64_t attempt);
extern const pl_event_kind PL_KIND_VOTE_SEALED, PL_KIND_BALLOT_SHUFFLED, PL_KIND_BALLOT_OPENED;

#endif
