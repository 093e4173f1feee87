/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Secret ballots of a commons from the plan to the count, by the clock and by members' acts alone. */
#include "test/sealed_help.h"
#include "test/test.h"

TEST(a_secret_election_from_the_draw_to_the_seats)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_election(TEST_SECRET, 2, 4, &council, ballot, 0);
    pl_ballot b = test_ballot(&c, ballot);
    CHECK(b.secret == 1 && b.state == PL_BALLOT_OPEN && b.roll == 12);
    CHECK_INT(test_election(&c, council).closes, b.closes);
    pl_trust t = test_trust(&c, test_sealed(&c, ballot).trust);
    CHECK(t.in == 5 && t.needed == 3);
    for (int64_t i = 1; i <= 5; i++) {
        CHECK(test_trustee(&c, test_sealed(&c, ballot).trust, i) >= 4); /* no candidate keeps the key */
    }
    for (size_t who = 0; who < 7; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 1, 2), PL_RULE_NONE);
    }
    for (size_t who = 7; who < 11; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 3, 2), PL_RULE_NONE);
    }
    CHECK_INT(test_secret_rank(&c, 10, ballot, 2, 3), PL_RULE_NONE); /* the last vote counts */
    test_later(&c, DAYS(7));
    b = test_ballot(&c, ballot);
    CHECK(b.state == PL_BALLOT_COUNTING && b.votes == 11 && b.winners == 0);
    test_open_all(&c, ballot, 0);
    b = test_ballot(&c, ballot);
    CHECK(b.state == PL_BALLOT_CLOSED && b.winners == 2 && !pl_id_none(b.transcript));
    CHECK(test_holds(&c, 1, council, NULL) && test_holds(&c, 2, council, NULL));
    pl_sealed v = test_sealed(&c, ballot);
    CHECK(v.stage == PL_SEALED_OPENED && v.shuffles == 3 && v.parts == 3 && v.voters == 11 && v.papers == 12);
    int64_t papers = 0;
    for (int64_t i = 1; i <= 3; i++) { /* "1 2", "2 3", "3 2" in some order of options: who voted how stands nowhere */
        pl_opened_paper p;
        CHECK(test_row(&c, &PL_OPENED_PAPERS, pl_key_then(pl_key_id1(ballot), i), &p));
        papers += p.count;
    }
    CHECK_INT(papers, 11);
    test_commons_end(&c);
}
