/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which ballots are secret when the constitution says nothing; and what a secret election does to terms. */
#include "test/sealed_help.h"
#include "test/test.h"

/* So many founders, two of whom stand; whether that ballot is secret. */
static bool secret(size_t founders, const char *constitution)
{
    test_commons c = test_commons_begin(founders);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, constitution);
    test_id id = test_election_id(&c, council);
    CHECK(test_stand(&c, 0, id) == PL_RULE_NONE && test_stand(&c, 1, id) == PL_RULE_NONE);
    test_later(&c, DAYS(14));
    pl_ballot b = test_ballot(&c, test_election(&c, council).ballot);
    CHECK_INT(b.state, b.secret != 0 ? PL_BALLOT_COMING : PL_BALLOT_OPEN);
    test_commons_end(&c);
    return b.secret != 0;
}

TEST(elections_are_secret_from_fifteen_members_on)
{
    CHECK(!secret(3, "") && !secret(14, ""));
    CHECK(secret(15, ""));
    CHECK(!secret(15, "secret.elections = 0\n") && !secret(15, "secret.members_least = 16\n") && secret(8, "secret.members_least = 8\n"));
}

/* With the defaults: seven trustees and three reserves among twelve who do not stand, four of whom open it. */
TEST(an_election_by_the_defaults)
{
    test_commons c = test_commons_begin(15);
    uint8_t ballot[PL_HASH];
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, "");
    test_id id = test_election_id(&c, council);
    for (size_t who = 0; who < 3; who++) {
        CHECK_INT(test_stand(&c, who, id), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    memcpy(ballot, test_election(&c, council).ballot, PL_HASH);
    test_keyed(&c, ballot, 0);
    pl_trust t = test_trust(&c, test_sealed(&c, ballot).trust);
    CHECK(t.in == 7 && t.needed == 4);
    for (size_t who = 3; who < 10; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, who < 8 ? 2 : 1, 0), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK(test_holds(&c, 2, council, NULL));
    test_commons_end(&c);
}

/* The next term's election is opened days before it had to be: whoever is elected waits until the term is over. */
TEST(who_is_elected_early_waits_for_the_end_of_the_term)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_election(TEST_SECRET "mandate.term_days = 60\n", 1, 2, &council, ballot, 0);
    for (size_t who = 4; who < 10; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 0, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK(test_holds(&c, 0, council, NULL));
    pl_election next = test_election(&c, council);
    test_id id = test_election_id(&c, council);
    int64_t ends = test_group(&c, council).ends;
    c.now = (uint64_t)next.opens;
    CHECK(test_stand(&c, 2, id) == PL_RULE_NONE && test_stand(&c, 3, id) == PL_RULE_NONE);
    test_later(&c, DAYS(14));
    memcpy(ballot, test_election(&c, council).ballot, PL_HASH);
    test_keyed(&c, ballot, 0);
    for (size_t who = 4; who < 10; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 3, 2), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK_INT(test_ballot(&c, ballot).state, PL_BALLOT_CLOSED);
    CHECK((int64_t)c.now < ends && test_holds(&c, 0, council, NULL) && !test_holds(&c, 3, council, NULL));
    c.now = (uint64_t)ends - 1;
    CHECK(test_holds(&c, 0, council, NULL));
    test_later(&c, 1);
    CHECK(test_holds(&c, 3, council, NULL) && !test_holds(&c, 0, council, NULL));
    CHECK_INT(test_group(&c, council).ends, ends + DAYS(60));
    test_invariants(&c);
    test_commons_end(&c);
}
