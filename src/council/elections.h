/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * elections.h - how seats are filled: elections that are planned by rule, candidates, countback; for the files of this room and for those who show it.
 *
 * Nobody calls an election.  One is planned for each group of seats when a council is created, so that it closes when the mandates end, and again
 * each time one is decided; seats that fall vacant in between are filled by countback from the kept ballots, or else by a by-election. */
#ifndef PLENTY_COUNCIL_ELECTIONS_H
#define PLENTY_COUNCIL_ELECTIONS_H

#include "council/ballots.h"

typedef enum pl_election_sort {
    PL_ELECTION_TERM,    /* all seats of a group, for the next term */
    PL_ELECTION_VACANCY, /* vacant seats, for the rest of the term */
    PL_ELECTION_AGAIN    /* all seats, for the rest of the term, after a recall */
} pl_election_sort;
typedef enum pl_election_state {
    PL_ELECTION_COMING,
    PL_ELECTION_STANDING, /* members can stand */
    PL_ELECTION_VOTING,   /* or, uncontested or counted early, waits for the old term to end */
    PL_ELECTION_DECIDED,
    PL_ELECTION_DROPPED   /* another election came first */
} pl_election_state;

typedef struct pl_election {
    uint8_t council[PL_HASH], electors[PL_HASH];
    uint8_t ballot[PL_HASH];  /* or none: not yet, or uncontested */
    uint8_t cause[PL_HASH];   /* PL_ELECTION_AGAIN: the mandate that was recalled */
    int64_t group, serial, sort, state, seats;
    int64_t opens;            /* from when on members can stand */
    int64_t standing_time, voting_time; /* seconds */
    int64_t nominated;        /* until when they can; -1 as long as nobody has stood in time */
    int64_t closes;           /* of the vote; -1 as long as that is open */
    int64_t candidates;       /* who have stood */
    int64_t elected, decided; /* how many; when, or -1 */
    int64_t countbacks;
} pl_election;
extern const pl_table PL_ELECTIONS; /* key: election id */

typedef enum pl_elected_how { PL_NOT_ELECTED, PL_ELECTED, PL_ELECTED_ALONE, PL_ELECTED_BACK } pl_elected_how; /* by votes, uncontested, by countback */
typedef struct pl_stand {
    int64_t stood, withdrew;  /* withdrew: -1 */
    int64_t position;         /* of the event with the statement */
    int64_t option;           /* on the ballot, or -1 */
    int64_t how, seat;        /* pl_elected_how; 1, 2, ... */
    char name[61];            /* under which the member stands, or "" */
} pl_stand;
extern const pl_table PL_STANDS; /* key: election, member */

/* A seat that was filled by countback: key (election, 1, 2, ...). */
typedef struct pl_back {
    uint8_t left[PL_HASH];    /* the mandate that ended */
    uint8_t winner[PL_HASH], transcript[PL_HASH];
    int64_t time;
    int64_t option;           /* whose papers were counted again */
    int64_t won;              /* option */
    char stands[4 * PL_OPTIONS_MAX + 1]; /* the options that stood, with blanks between */
} pl_back;
extern const pl_table PL_BACKS;

/* Who holds a seat, or held it last: key (council, group, seat). */
typedef struct pl_filled {
    uint8_t mandate[PL_HASH];
} pl_filled;
extern const pl_table PL_FILLED;

/* Plans the first election of every group of a council (NULL: of every council) that has none; when a constitution is in force. */
pl_status pl_elections_of(pl_step *step, const uint8_t *council);
/* A by-election of the vacant seats of a group, unless that of a new term is near; within so many days (0: as usual). */
pl_status pl_election_fill(pl_step *step, const uint8_t council[PL_HASH], int64_t group, int64_t days);
/* An election of the whole group for the rest of the term, which replaces those who hold its seats when it is decided; nothing happens when there is
 * one going on. */
pl_status pl_election_again(pl_step *step, const uint8_t council[PL_HASH], int64_t group, const uint8_t cause[PL_HASH], int64_t days);
/* Whether the member could take a seat of that election now: belongs to the electors, and holds no other seat in the council. */
pl_status pl_election_may(pl_step *step, const pl_election *election, const uint8_t member[PL_HASH], bool *yes);
/* Gives one who was elected a seat until then; whoever held it makes room. */
pl_status pl_election_seat(pl_step *step, const uint8_t id[PL_HASH], const pl_election *election, const uint8_t member[PL_HASH], int64_t seat,
                           pl_elected_how how, int64_t until);
/* The papers of the election's ballot, and the countback from them that `back` tells of.  PL_DATA when nobody can be elected so; the caller frees both. */
pl_status pl_countback(pl_step *step, const uint8_t ballot[PL_HASH], const pl_back *back, pl_ballots **papers, pl_count **out);

/* What becomes due. */
pl_status pl_election_opens(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_election_nominated(pl_step *step, const uint8_t id[PL_HASH], int64_t when);
pl_status pl_election_takes_effect(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_seat_vacant(pl_step *step, const uint8_t mandate[PL_HASH], int64_t n);
/* The term of what the mandate rests on is over, and its holder was not elected there again. */
pl_status pl_mandate_outlives(pl_step *step, const uint8_t mandate[PL_HASH], int64_t n);

extern const pl_event_kind PL_KIND_CANDIDATE_STOOD, PL_KIND_CANDIDATE_WITHDREW;

#endif
