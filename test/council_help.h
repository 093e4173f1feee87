/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * council_help.h - councils for tests: elections run in a few calls, and what must hold of every council at any moment. */
#ifndef PLENTY_TEST_COUNCIL_HELP_H
#define PLENTY_TEST_COUNCIL_HELP_H

#include "council/recall.h"
#include "test/commons_help.h"

#define DAYS(n) ((int64_t)(n)*PL_DAY)

typedef struct test_id {
    uint8_t at[PL_HASH];
} test_id;

/* A council of one group, elected by that assembly; by the first founder, before a constitution is in force or else by no rule kept here. */
test_id test_council(test_commons *c, const char *name, test_id electors, int64_t seats);
test_id test_everyone(const test_commons *c);
pl_seat_group test_group(test_commons *c, test_id council);
pl_election test_election(test_commons *c, test_id council); /* of the next term; or the one that goes on for its rest (test_by) */
test_id test_election_id(test_commons *c, test_id council);
test_id test_group_election(test_commons *c, test_id council, int64_t number);
pl_election test_by(test_commons *c, test_id council);
test_id test_by_id(test_commons *c, test_id council);

pl_rule test_stand(test_commons *c, size_t who, test_id election);
/* Votes for these people, best first; n of them. */
pl_rule test_rank(test_commons *c, size_t who, test_id election, const size_t *best, size_t n);
/* Votes with these marks. */
pl_rule test_mark(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n);
/* An event whose body is one id. */
pl_rule test_one(test_commons *c, size_t who, const pl_event_kind *kind, const char *field, const uint8_t id[PL_HASH]);
/* Whether that person holds a mandate in the council now; which. */
bool test_holds(test_commons *c, size_t who, test_id council, test_id *mandate);
pl_mandate test_mandate(test_commons *c, test_id mandate);
pl_recall test_recall(test_commons *c, test_id recall);
/* Asks for the recall of a mandate. */
pl_rule test_ask(test_commons *c, size_t who, test_id mandate);

/* Never more holders than seats, no mandate without its base, a reason for each end, sizes as the mandates say; how many mandates last. */
int64_t test_invariants(test_commons *c);

#endif
