/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballots.h - one way of voting for elections, recalls, motions and constitutions; for the files of this room.
 *
 * A ballot has a roll, the assembly's members when it opens, and votes that are signed events; the last vote of a member counts.  It opens and closes by
 * the clock of the record, without anybody's act; when it closes it is counted (src/ballot) and whatever it is about is told. */
#ifndef PLENTY_COUNCIL_BALLOTS_H
#define PLENTY_COUNCIL_BALLOTS_H

#include <plenty/ballot.h>

#include "base/str.h"
#include "council/council.h"

typedef enum pl_ballot_about { PL_ABOUT_ELECTION, PL_ABOUT_RECALL, PL_ABOUT_MOTION, PL_ABOUT_CONSTITUTION, PL_ABOUT_SIGNATURES } pl_ballot_about; /* signatures: secret ones, for a recall */
typedef enum pl_ballot_rule { PL_VOTE_YES_NO, PL_VOTE_APPROVAL, PL_VOTE_STV, PL_VOTE_MEEK, PL_VOTE_SCHULZE, PL_VOTE_SHARES } pl_ballot_rule; /* shares: projects within the budget of a motion */
typedef enum pl_ballot_state { PL_BALLOT_COMING, PL_BALLOT_OPEN, PL_BALLOT_CLOSED, PL_BALLOT_COUNTING } pl_ballot_state; /* counting: secret, has closed, is not opened yet */

typedef struct pl_ballot {
    int64_t about;              /* pl_ballot_about, and its id: */
    uint8_t subject[PL_HASH];
    uint8_t electors[PL_HASH];  /* the assembly whose members vote */
    int64_t rule, options, seats; /* yes/no: 2 options, 0 is yes, 1 is no; none of them marked is an abstention */
    int64_t opens, closes, state;
    int64_t roll, votes;        /* members when it opened; members who have voted */
    int64_t winners;            /* how many options won */
    uint8_t transcript[PL_HASH]; /* hash of the transcript of the count, or none */
    int64_t sealed;             /* how many events there were when it opened */
    uint8_t seed[PL_HASH];      /* for lots, from then on: of these events' root hash, the last public lot, and the ballot id */
    int64_t secret;             /* 1: votes are sealed (sealed.h); it opens when its key is ready, for as long as planned */
} pl_ballot;
extern const pl_table PL_BALLOTS; /* key: ballot id */

/* What can be marked: key (ballot, number 0, 1, ...). */
typedef struct pl_choice {
    uint8_t id[PL_HASH]; /* of what it stands for, or none */
    char name[101];      /* unique in the ballot: "yes", "no"; a number unless pl_ballot_option says otherwise */
    int64_t out;         /* 1: stands no longer; marks for it go on to the next */
    int64_t first, place; /* of a closed ballot: see pl_ballot_result */
} pl_choice;
extern const pl_table PL_CHOICES;
#define PL_OPTIONS_MAX 999
#define PL_MARKS_MAX 250 /* on one paper */

/* The last vote of a member: key (ballot, member). */
typedef struct pl_vote {
    int64_t position; /* of the event */
    char marks[4 * PL_MARKS_MAX + 1]; /* numbers of options, best first, with blanks between; "" is a blank paper */
} pl_vote;
extern const pl_table PL_VOTES;

/* A ballot that opens at ballot->opens and closes at ballot->closes; its id is made of what it is about, the subject, and `serial`.  Whether it is secret is decided
 * here (pl_sealed_wanted). */
pl_status pl_ballot_plan(pl_step *step, const pl_ballot *ballot, int64_t serial, uint8_t id[PL_HASH]);
/* Says what option i of a ballot that is still coming stands for; the name must be unique in it. */
pl_status pl_ballot_option(pl_step *step, const uint8_t id[PL_HASH], int64_t option, const uint8_t stands_for[PL_HASH], const char *name);
/* Of a closed ballot: how often option i was marked first (yes/no: its votes; approval and projects: how often it was marked); whether it won, in which place (1, 2, ...; 0: not). */
pl_status pl_ballot_result(pl_step *step, const uint8_t id[PL_HASH], int64_t option, int64_t *first, int64_t *place);

/* The papers of a ballot as they are now, with every option; pl_ballots_free. */
pl_status pl_ballot_papers(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot, pl_ballots **out);
/* A count of papers by the ballot's rule; one of the four is there, or none where nothing needs to be counted (no paper with a mark; no more options than
 * seats).  The same papers and seed give the same transcript. */
typedef struct pl_ballot_count {
    pl_count *stages;
    pl_schulze *schulze;
    pl_tally *tally;
    pl_shares *shares;
    int32_t n_winners;
    int32_t winner[PL_OPTIONS_MAX];
    pl_str transcript; /* JSON (docs/formats/ballots.md), or empty */
} pl_ballot_count;
pl_status pl_ballot_count_papers(const pl_ballot *ballot, const pl_ballots *papers, pl_ballot_count *out, pl_error *err);
void pl_ballot_count_clear(pl_ballot_count *count);
/* The seed of lots as the count takes it: hexadecimal digits. */
const char *pl_seed_text(const uint8_t seed[PL_HASH], char out[2 * PL_HASH + 1]);
/* Asked before a ballot is counted: marks the options that stand no longer (`out`). */
pl_status pl_election_prepare(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
/* Budget and costs of the projects of that motion, in hundredths, for its papers. */
pl_status pl_motion_money(pl_step *step, const uint8_t motion[PL_HASH], pl_ballots *papers);
/* Told when a ballot has closed; each is in the file of what it is about. */
pl_status pl_election_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_recall_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_signatures_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_motion_decided(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);

/* Told when it is known when a secret ballot opens and closes. */
pl_status pl_election_opening(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_signatures_opening(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
pl_status pl_ballot_opening(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
/* whether the signer may vote in that ballot in that way. */
pl_status pl_ballot_voter(pl_step *step, const uint8_t *id, bool secret, pl_ballot *out);
/* Counts it, and tells whatever it is about. */
pl_status pl_ballot_count_now(pl_step *step, const uint8_t id[PL_HASH], pl_ballot *ballot);

/* What happens at ballot->opens and ballot->closes. */
pl_status pl_ballot_opens(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_ballot_closes(pl_step *step, const uint8_t id[PL_HASH], int64_t n);

extern const pl_event_kind PL_KIND_VOTE_CAST; /* {ballot, marks: options in order of preference} */

#endif
