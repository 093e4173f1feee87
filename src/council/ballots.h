/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballots.h - one way of voting for elections, recalls, motions and constitutions; for the files of this room.
 *
 * A ballot has a roll, the assembly's members when it opens, and votes that are signed events; the last vote of a member counts.  It opens and closes by
 * the clock of the record, without anybody's act; when it closes it is counted (src/ballot) and whatever it is about is told. */
#ifndef PLENTY_COUNCIL_BALLOTS_H
#define PLENTY_COUNCIL_BALLOTS_H

#include "council/council.h"

typedef enum pl_ballot_about { PL_ABOUT_ELECTION, PL_ABOUT_RECALL, PL_ABOUT_MOTION, PL_ABOUT_CONSTITUTION } pl_ballot_about;
typedef enum pl_ballot_rule { PL_VOTE_YES_NO, PL_VOTE_APPROVAL, PL_VOTE_STV, PL_VOTE_MEEK, PL_VOTE_SCHULZE } pl_ballot_rule;
typedef enum pl_ballot_state { PL_BALLOT_COMING, PL_BALLOT_OPEN, PL_BALLOT_CLOSED } pl_ballot_state;

typedef struct pl_ballot {
    int64_t about;              /* pl_ballot_about, and its id: */
    uint8_t subject[PL_HASH];
    uint8_t electors[PL_HASH];  /* the assembly whose members vote */
    int64_t rule, options, seats; /* yes/no: 2 options, 0 is yes, 1 is no; none of them marked is an abstention */
    int64_t opens, closes, state;
    int64_t roll, votes;        /* members when it opened; members who have voted */
    int64_t winners;            /* how many options won */
    uint8_t transcript[PL_HASH]; /* hash of the transcript of the count, or none */
} pl_ballot;
extern const pl_table PL_BALLOTS; /* key: ballot id */

/* A ballot that opens at ballot->opens and closes at ballot->closes; its id is made of what it is about, the subject, and `serial`. */
pl_status pl_ballot_plan(pl_step *step, const pl_ballot *ballot, int64_t serial, uint8_t id[PL_HASH]);
/* Of a closed ballot: how often option i was marked first (yes/no: its votes); whether it won, in which place (1, 2, ...; 0: not). */
pl_status pl_ballot_result(pl_step *step, const uint8_t id[PL_HASH], int64_t option, int64_t *first, int64_t *place);

/* Told when a ballot has closed; each is in the file of what it is about. */
pl_status pl_election_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_recall_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_motion_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);

extern const pl_event_kind PL_KIND_VOTE_CAST; /* {ballot, marks: options in order of preference} */

#endif
