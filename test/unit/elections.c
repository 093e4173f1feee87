/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Elections that nobody calls, votes, countback, by-elections, mandates that rest on others. */
#include "test/council_help.h"
#include "test/test.h"

static const size_t NOBODY[1] = {0};

/* Ten founders and a council of them all; the constitution is in force. */
static test_commons ten(test_id *council, int64_t seats)
{
    test_commons c = test_commons_begin(10);
    *council = test_council(&c, "Bakers", test_everyone(&c), seats);
    test_constitution(&c, "");
    return c;
}

/* Those people stand, the window closes. */
static void stand_all(test_commons *c, test_id election, const size_t *who, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(test_stand(c, who[i], election), PL_RULE_NONE);
    }
    test_later(c, DAYS(14));
}

TEST(an_election_runs_by_the_clock)
{
    test_id council;
    test_commons c = ten(&council, 2);
    test_id id = test_election_id(&c, council);
    pl_election e = test_election(&c, council);
    CHECK_INT(e.state, PL_ELECTION_STANDING);
    stand_all(&c, id, (size_t[]){1, 2, 3, 4}, 4);
    e = test_election(&c, council);
    CHECK_INT(e.state, PL_ELECTION_VOTING);
    CHECK_INT(e.closes, (int64_t)c.now + DAYS(7));
    for (size_t who = 0; who < 6; who++) { /* six for 1 before 2: quota 4 */
        CHECK_INT(test_rank(&c, who, id, (size_t[]){1, 2}, 2), PL_RULE_NONE);
    }
    for (size_t who = 6; who < 10; who++) {
        CHECK_INT(test_rank(&c, who, id, (size_t[]){3, 4}, 2), PL_RULE_NONE);
    }
    CHECK_INT(test_rank(&c, 9, id, (size_t[]){4}, 1), PL_RULE_NONE); /* the last vote counts */
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, 1, council, NULL) && !test_holds(&c, 4, council, NULL));
    pl_ballot b;
    CHECK(test_row(&c, &PL_BALLOTS, pl_key_id1(e.ballot), &b));
    CHECK(b.roll == 10 && b.votes == 10 && b.winners == 2 && !pl_id_none(b.transcript) && b.state == PL_BALLOT_CLOSED);
    CHECK_INT(test_invariants(&c), 2);
    /* The next one closes when these mandates end. */
    pl_seat_group g = test_group(&c, council);
    CHECK_INT(g.ends, b.closes + DAYS(365));
    e = test_election(&c, council);
    CHECK(e.state == PL_ELECTION_COMING && e.opens + e.standing_time + e.voting_time == g.ends);
    test_commons_end(&c);
}

TEST(terms_follow_without_a_gap)
{
    test_id council;
    test_commons c = ten(&council, 1);
    for (size_t term = 0; term < 3; term++) {
        test_id id = test_election_id(&c, council);
        pl_election e = test_election(&c, council);
        c.now = (uint64_t)e.opens;
        stand_all(&c, id, (size_t[]){term, term + 1}, 2);
        CHECK(term == 0 || test_invariants(&c) == 1);
        CHECK_INT(test_rank(&c, 9, id, (size_t[]){term}, 1), PL_RULE_NONE);
        test_later(&c, DAYS(7) - 1);
        CHECK(term == 0 || test_holds(&c, term - 1, council, NULL));
        test_later(&c, 1);
        CHECK(test_holds(&c, term, council, NULL));
        CHECK_INT(test_invariants(&c), 1);
    }
    test_commons_end(&c);
}

TEST(no_more_candidates_than_seats_are_elected_without_a_vote)
{
    test_id council;
    test_commons c = ten(&council, 3);
    test_id id = test_election_id(&c, council);
    stand_all(&c, id, (size_t[]){1, 2}, 2);
    CHECK(test_holds(&c, 1, council, NULL) && test_holds(&c, 2, council, NULL));
    pl_stand stand;
    CHECK(test_row(&c, &PL_STANDS, pl_key_id2(id.at, test_member(&c, 1)), &stand));
    CHECK_INT(stand.how, PL_ELECTED_ALONE);
    /* The third seat has an election of its own, which waits for somebody to stand. */
    pl_election by = test_by(&c, council);
    CHECK(by.sort == PL_ELECTION_VACANCY && by.state == PL_ELECTION_STANDING && by.seats == 1);
    test_later(&c, DAYS(100));
    by = test_by(&c, council);
    CHECK(by.state == PL_ELECTION_STANDING && by.nominated < 0);
    CHECK_INT(test_stand(&c, 5, test_by_id(&c, council)), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 1, test_by_id(&c, council)), PL_RULE_CANDIDATE_SEAT);
    test_later(&c, DAYS(14));
    CHECK(test_holds(&c, 5, council, NULL));
    CHECK_INT(test_invariants(&c), 3);
    test_commons_end(&c);
}

TEST(nobody_votes_nobody_is_elected_and_it_begins_again)
{
    test_id council;
    test_commons c = ten(&council, 1);
    test_id id = test_election_id(&c, council);
    stand_all(&c, id, (size_t[]){1, 2}, 2);
    CHECK_INT(test_rank(&c, 3, id, NOBODY, 0), PL_RULE_NONE); /* a blank paper */
    test_later(&c, DAYS(7));
    CHECK_INT(test_invariants(&c), 0);
    CHECK(memcmp(test_election_id(&c, council).at, id.at, PL_HASH) != 0);
    CHECK_INT(test_election(&c, council).state, PL_ELECTION_STANDING);
    test_commons_end(&c);
}

/* Two seats; 1 and 3 are elected; 2 is second on the papers of 1, 4 on those of 3. */
static test_id two_elected(test_commons *c, test_id council)
{
    test_id id = test_election_id(c, council);
    stand_all(c, id, (size_t[]){1, 2, 3, 4}, 4);
    for (size_t who = 0; who < 10; who++) {
        CHECK_INT(test_rank(c, who, id, who < 5 ? (size_t[]){1, 2, 4} : (size_t[]){3, 4, 2}, 3), PL_RULE_NONE);
    }
    test_later(c, DAYS(7));
    CHECK(test_holds(c, 1, council, NULL) && test_holds(c, 3, council, NULL));
    return id;
}

TEST(a_vacancy_goes_to_whom_the_same_papers_name)
{
    test_id council, mandate;
    test_commons c = ten(&council, 2);
    test_id id = two_elected(&c, council);
    CHECK(test_holds(&c, 3, council, &mandate));
    CHECK_INT(test_one(&c, 3, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK_INT(test_mandate(&c, mandate).why, PL_END_RESIGNED);
    CHECK(test_holds(&c, 4, council, &mandate) && !test_holds(&c, 2, council, NULL));
    CHECK_INT(test_mandate(&c, mandate).until, test_group(&c, council).ends);
    pl_back back;
    CHECK(test_row(&c, &PL_BACKS, pl_key_then(pl_key_id1(id.at), 1), &back));
    CHECK(memcmp(back.winner, test_member(&c, 4), PL_HASH) == 0 && !pl_id_none(back.transcript));
    /* And again from the same papers; then nobody is left, and there is a by-election. */
    CHECK_INT(test_one(&c, 4, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK(test_holds(&c, 2, council, &mandate));
    CHECK_INT(test_one(&c, 2, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK_INT(test_invariants(&c), 1);
    pl_election by = test_by(&c, council);
    CHECK(by.sort == PL_ELECTION_VACANCY && by.state == PL_ELECTION_STANDING && by.seats == 1);
    /* A vacancy just before the end of the term waits for the next term. */
    test_later(&c, DAYS(340));
    CHECK(test_holds(&c, 1, council, &mandate));
    CHECK_INT(test_one(&c, 1, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK_INT(test_invariants(&c), 0);
    test_commons_end(&c);
}

TEST(delegates_elect_among_themselves_and_fall_together)
{
    test_commons c = test_commons_begin(10);
    test_id low = test_council(&c, "Bakers", test_everyone(&c), 4), high = test_council(&c, "Bread", low, 2), top = test_council(&c, "Food", high, 1), mandate;
    test_constitution(&c, "");
    CHECK_INT(test_stand(&c, 1, test_election_id(&c, high)), PL_RULE_CANDIDATE_ELECTORS);
    stand_all(&c, test_election_id(&c, low), (size_t[]){0, 1, 2, 3}, 4);
    CHECK_INT(test_stand(&c, 5, test_election_id(&c, high)), PL_RULE_CANDIDATE_ELECTORS);
    stand_all(&c, test_election_id(&c, high), (size_t[]){0, 1}, 2);
    stand_all(&c, test_election_id(&c, top), (size_t[]){1}, 1);
    CHECK(test_holds(&c, 1, top, &mandate));
    CHECK_INT(test_invariants(&c), 7);
    CHECK_INT(test_mandate(&c, mandate).until, test_group(&c, low).ends + DAYS(6)); /* until others are elected, three days for each council above */
    CHECK(test_holds(&c, 1, low, &mandate));
    CHECK_INT(test_one(&c, 1, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK(!test_holds(&c, 1, high, NULL) && !test_holds(&c, 1, top, NULL));
    CHECK_INT(test_invariants(&c), 4);
    CHECK_INT(test_by(&c, high).seats, 1);
    /* The lower council's term ends first, then those of the higher ones, when its new delegates could have elected. */
    c.now = (uint64_t)test_group(&c, low).ends;
    CHECK_INT(test_invariants(&c), 1);
    CHECK(test_holds(&c, 0, high, &mandate) && !test_holds(&c, 0, low, NULL));
    CHECK_INT(test_election(&c, high).state, PL_ELECTION_STANDING);
    test_later(&c, DAYS(3) - 1);
    CHECK(test_holds(&c, 0, high, NULL));
    test_later(&c, 1);
    CHECK_INT(test_mandate(&c, mandate).why, PL_END_TERM);
    CHECK_INT(test_invariants(&c), 0);
    test_commons_end(&c);
}

TEST(a_council_of_delegates_is_never_empty_between_terms)
{
    test_commons c = test_commons_begin(10);
    test_id low = test_council(&c, "Bakers", test_everyone(&c), 3), high = test_council(&c, "Bread", low, 1);
    test_constitution(&c, "mandate.term_days = 60\n");
    stand_all(&c, test_election_id(&c, low), (size_t[]){0, 1, 2}, 3);
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, high)), PL_RULE_NONE);
    test_later(&c, DAYS(2));
    CHECK(test_holds(&c, 0, high, NULL));
    pl_election e = test_election(&c, low);
    c.now = (uint64_t)e.opens;
    for (size_t who = 0; who < 3; who++) {
        CHECK_INT(test_stand(&c, who, test_election_id(&c, low)), PL_RULE_NONE);
    }
    c.now = (uint64_t)test_group(&c, low).ends;
    CHECK(test_holds(&c, 0, low, NULL) && test_holds(&c, 0, high, NULL));
    for (size_t who = 0; who < 2; who++) {
        CHECK_INT(test_stand(&c, who, test_election_id(&c, high)), PL_RULE_NONE);
    }
    test_later(&c, DAYS(2));
    CHECK_INT(test_rank(&c, 2, test_election_id(&c, high), (size_t[]){1}, 1), PL_RULE_NONE);
    test_later(&c, DAYS(1) - 1);
    CHECK(test_holds(&c, 0, high, NULL));
    test_later(&c, 1);
    CHECK(test_holds(&c, 1, high, NULL) && !test_holds(&c, 0, high, NULL));
    CHECK_INT(test_group(&c, high).ends, test_group(&c, low).ends + DAYS(3));
    test_commons_end(&c);
}

/* A council below of two groups, the second of which is elected ten days after the first; a council above of two seats, one for each. */
static void two_calendars(test_commons *c, test_id *low, test_id *high)
{
    test_id electors[2] = {test_everyone(c), test_everyone(c)};
    CHECK_INT(test_act(c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "Bakers"), F_IDS("electors", electors, 2), F_INTS("seats", ((int64_t[]){2, 1}), 2), {0}}),
              PL_RULE_NONE);
    memcpy(low->at, c->id, PL_HASH);
    *high = test_council(c, "Bread", *low, 2);
    test_constitution(c, "mandate.term_days = 60\n");
    stand_all(c, test_group_election(c, *low, 0), (size_t[]){0, 1}, 2);
    test_later(c, DAYS(10));
    CHECK_INT(test_stand(c, 2, test_group_election(c, *low, 1)), PL_RULE_NONE);
    test_later(c, DAYS(14));
    CHECK_INT(test_stand(c, 0, test_election_id(c, *high)), PL_RULE_NONE);
    CHECK_INT(test_stand(c, 2, test_election_id(c, *high)), PL_RULE_NONE);
    test_later(c, DAYS(2));
    CHECK(test_holds(c, 0, *high, NULL) && test_holds(c, 2, *high, NULL));
}

TEST(who_is_not_elected_below_again_goes_on_above_until_another_is_elected)
{
    test_id low, high, mandate;
    test_commons c = test_commons_begin(10);
    two_calendars(&c, &low, &high);
    CHECK(test_holds(&c, 0, high, &mandate));
    int64_t ends = test_mandate(&c, mandate).until;
    CHECK_INT(ends, test_group(&c, high).ends);
    /* 0 does not stand again; 1 and 3 do. */
    test_id next = test_election_id(&c, low);
    c.now = (uint64_t)test_election(&c, low).opens;
    CHECK_INT(test_stand(&c, 1, next), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 3, next), PL_RULE_NONE);
    c.now = (uint64_t)test_group(&c, low).ends;
    CHECK(test_holds(&c, 0, high, &mandate) && !test_holds(&c, 0, low, NULL));
    CHECK_INT(test_mandate(&c, mandate).until, (int64_t)c.now + DAYS(3));
    pl_election by = test_by(&c, high);
    CHECK(by.sort == PL_ELECTION_VACANCY && by.state == PL_ELECTION_STANDING && by.seats == 1);
    CHECK_INT(test_stand(&c, 0, test_by_id(&c, high)), PL_RULE_CANDIDATE_ELECTORS);
    CHECK_INT(test_stand(&c, 1, test_by_id(&c, high)), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 3, test_by_id(&c, high)), PL_RULE_NONE);
    test_later(&c, DAYS(2));
    CHECK_INT(test_rank(&c, 2, test_by_id(&c, high), (size_t[]){3}, 1), PL_RULE_NONE);
    test_later(&c, DAYS(1) - 1);
    CHECK(test_holds(&c, 0, high, NULL) && !test_holds(&c, 3, high, NULL));
    test_invariants(&c);
    test_later(&c, 1);
    CHECK(!test_holds(&c, 0, high, NULL) && test_holds(&c, 3, high, &mandate));
    CHECK_INT(test_mandate(&c, mandate).until, ends);
    test_invariants(&c);
    test_commons_end(&c);
}

TEST(who_is_elected_below_again_goes_on_above_on_the_new_mandate)
{
    test_id low, high, mandate, base;
    test_commons c = test_commons_begin(10);
    two_calendars(&c, &low, &high);
    c.now = (uint64_t)test_election(&c, low).opens;
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, low)), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 1, test_election_id(&c, low)), PL_RULE_NONE);
    c.now = (uint64_t)test_group(&c, low).ends;
    CHECK(test_holds(&c, 0, low, &base) && test_holds(&c, 0, high, &mandate));
    pl_mandate m = test_mandate(&c, mandate);
    CHECK(memcmp(m.rests_on, base.at, PL_HASH) == 0 && m.until == test_group(&c, high).ends);
    CHECK(pl_id_none(test_group(&c, high).by));
    /* And whoever loses that one loses both, at once. */
    test_later(&c, 1);
    CHECK_INT(test_one(&c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", base.at), PL_RULE_NONE);
    CHECK(!test_holds(&c, 0, high, NULL));
    CHECK_INT(test_mandate(&c, mandate).why, PL_END_BASE);
    test_invariants(&c);
    test_commons_end(&c);
}

TEST(a_delegate_who_is_elected_anew_stays_on_the_roll)
{
    test_commons c = test_commons_begin(10);
    test_id low = test_council(&c, "Bakers", test_everyone(&c), 3), high = test_council(&c, "Bread", low, 1), mandate;
    test_constitution(&c, "mandate.term_days = 60\nelection.delegates_nomination_days = 14\nelection.delegates_voting_days = 7\n");
    stand_all(&c, test_election_id(&c, low), (size_t[]){0, 1, 2}, 3);
    uint64_t began = c.now;
    test_id next = test_election_id(&c, low), id = test_election_id(&c, high);
    c.now = began + DAYS(40);
    for (size_t who = 0; who < 3; who++) {
        CHECK_INT(test_stand(&c, who, next), PL_RULE_NONE);
        CHECK_INT(who < 2 ? test_stand(&c, who, id) : PL_RULE_NONE, PL_RULE_NONE); /* the first of that council: nobody stood so far */
    }
    c.now = began + DAYS(60) + 1; /* the ballot of the higher council is open since 54, and the lower one new since 60 */
    CHECK_INT(test_election(&c, high).state, PL_ELECTION_VOTING);
    CHECK(test_holds(&c, 2, low, &mandate) && test_mandate(&c, mandate).from == (int64_t)began + DAYS(60));
    CHECK_INT(test_rank(&c, 2, id, (size_t[]){0}, 1), PL_RULE_NONE);
    test_later(&c, DAYS(1));
    CHECK(test_holds(&c, 0, high, NULL));
    CHECK_INT(test_invariants(&c), 4);
    test_commons_end(&c);
}
