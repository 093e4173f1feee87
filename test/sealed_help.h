/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sealed_help.h - secret ballots for tests: people who vote, and trustees who do what they have to. */
#ifndef PLENTY_TEST_SEALED_HELP_H
#define PLENTY_TEST_SEALED_HELP_H

#include "council/sealed_act.h"
#include "test/council_help.h"

/* The sealed vote of that person, and casting it. */
pl_secret_text test_paper(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n);
pl_rule test_cast(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], pl_secret_view paper);
pl_rule test_seal(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n);

/* What that person has to do for these trustees; kind NULL when nothing.  pl_task_clear. */
pl_task test_task(test_commons *c, size_t who, const uint8_t trust[PL_HASH]);
/* Does it, with another text if `text` is not NULL: the rule that it breaks. */
pl_rule test_do(test_commons *c, size_t who, const pl_task *task, const pl_secret_view *text);
/* Everybody but those in `idle` (a bit for each person) does what there is to do, once round; how many did something. */
int test_round(test_commons *c, const uint8_t trust[PL_HASH], uint64_t idle);

pl_sealed test_sealed(test_commons *c, const uint8_t ballot[PL_HASH]);
pl_trust test_trust(test_commons *c, const uint8_t trust[PL_HASH]);
/* The trustee with that number: which person. */
size_t test_trustee(test_commons *c, const uint8_t trust[PL_HASH], int64_t number);
/* From the plan of a secret ballot to the moment at which it is open: the lot is drawn, the key is made by all but those in `idle`. */
void test_keyed(test_commons *c, const uint8_t ballot[PL_HASH], uint64_t idle);

#define TEST_SECRET "secret.motions = 1\nsecret.members_least = 5\nsecret.trustees = 5\nsecret.needed = 3\nsecret.reserves = 0\n"
/* Twelve founders, a council of them all; so many of them stand, and the ballot is planned. */
test_commons test_secret_planned(const char *constitution, int64_t seats, size_t candidates, test_id *council, uint8_t ballot[PL_HASH]);
/* The same, and the vote is keyed and open. */
test_commons test_secret_election(const char *constitution, int64_t seats, size_t candidates, test_id *council, uint8_t ballot[PL_HASH], uint64_t idle);
pl_ballot test_ballot(test_commons *c, const uint8_t ballot[PL_HASH]);
/* The option that stands for that person. */
int64_t test_option(test_commons *c, const uint8_t ballot[PL_HASH], size_t who);
pl_rule test_secret_rank(test_commons *c, size_t voter, const uint8_t ballot[PL_HASH], size_t first, size_t second);
/* Trustees shuffle and open, but for those in `idle`. */
void test_open_all(test_commons *c, const uint8_t ballot[PL_HASH], uint64_t idle);

#endif
