/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rules of ballots, elections, mandates and recall: what each refuses. */
#include "test/council_help.h"
#include "test/test.h"


typedef struct world {
    test_commons c;
    test_id council, election, mandate;
} world;

static void end(world *w)
{
    test_commons_end(&w->c);
}

/* Ten founders, a council of `seats`, and members can stand. */
static world begin(int64_t seats, const char *constitution)
{
    world w = {.c = test_commons_begin(10)};
    w.council = test_council(&w.c, "Bakers", test_everyone(&w.c), seats);
    test_constitution(&w.c, constitution);
    w.election = test_election_id(&w.c, w.council);
    return w;
}

/* Founders 0 to n - 1 stand, and the window closes. */
static void nominate(world *w, size_t n)
{
    for (size_t who = 0; who < n; who++) {
        CHECK_INT(test_stand(&w->c, who, w->election), PL_RULE_NONE);
    }
    test_later(&w->c, DAYS(14));
}

/* Founder 0 holds the seat. */
static world held(const char *constitution)
{
    world w = begin(1, constitution);
    nominate(&w, 1);
    CHECK(test_holds(&w.c, 0, w.council, &w.mandate));
    return w;
}

static test_id asked(world *w, size_t who)
{
    test_id id;
    CHECK_INT(test_ask(&w->c, who, w->mandate), PL_RULE_NONE);
    memcpy(id.at, w->c.id, PL_HASH);
    return id;
}

static pl_rule sign(world *w, size_t who, test_id recall)
{
    return test_one(&w->c, who, &PL_KIND_RECALL_SIGNED, "recall", recall.at);
}

static pl_rule answer(world *w, size_t who, test_id recall)
{
    return test_act(&w->c, who, &PL_KIND_RECALL_ANSWERED, (test_field[]){F_ID("recall", recall.at), F_TEXT("text", "I did."), {0}});
}

TEST(r_050_ballot_is_open)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    const int64_t mark = 0;
    nominate(&w, 2);
    pl_election e = test_election(&w.c, w.council);
    CHECK_INT(test_mark(&w.c, 1, w.election.at, &mark, 1), PL_RULE_BALLOT_OPEN); /* an election is no ballot */
    CHECK_INT(test_mark(&w.c, 1, e.ballot, &mark, 1), PL_RULE_NONE);
    test_later(&w.c, DAYS(7));
    CHECK_INT(test_mark(&w.c, 1, e.ballot, &mark, 1), PL_RULE_BALLOT_OPEN);
    CHECK(strstr(w.c.why, "has closed") != NULL);
}

TEST(r_050_ballot_has_not_opened)
{
    world w __attribute__((cleanup(end))) = held("");
    const int64_t mark = 0;
    test_id id = asked(&w, 1);
    CHECK_INT(sign(&w, 2, id), PL_RULE_NONE);
    CHECK_INT(sign(&w, 3, id), PL_RULE_NONE);
    CHECK_INT(test_mark(&w.c, 1, test_recall(&w.c, id).ballot, &mark, 1), PL_RULE_BALLOT_OPEN);
    CHECK(strstr(w.c.why, "not opened") != NULL);
}

TEST(r_052_marks)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    static const int64_t marks[][2] = {{2, 0}, {-1, 0}, {0, 0}, {1, PL_BODY_NUMBER_MAX}};
    nominate(&w, 2);
    pl_election e = test_election(&w.c, w.council);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        CHECK_INT(test_mark(&w.c, 1, e.ballot, marks[i], 2), PL_RULE_BALLOT_MARKS);
    }
    CHECK_INT(test_mark(&w.c, 1, e.ballot, (const int64_t[]){1, 0}, 2), PL_RULE_NONE);
    CHECK_INT(test_mark(&w.c, 2, e.ballot, NULL, 0), PL_RULE_NONE);
}

TEST(r_052_not_yes_and_no)
{
    world w __attribute__((cleanup(end))) = held("recall.ballot_within_days = 0\n");
    test_id id = asked(&w, 1);
    CHECK_INT(sign(&w, 2, id), PL_RULE_NONE);
    CHECK_INT(sign(&w, 3, id), PL_RULE_NONE);
    CHECK_INT(test_mark(&w.c, 1, test_recall(&w.c, id).ballot, (const int64_t[]){0, 1}, 2), PL_RULE_BALLOT_MARKS);
}

TEST(r_053_late_by_the_clock_at_the_door)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    const int64_t mark = 0;
    pl_error err = {0};
    pl_taken taken;
    nominate(&w, 2);
    pl_election e = test_election(&w.c, w.council);
    test_later(&w.c, DAYS(7) - 1);
    pl_owned vote = test_signed(&w.c, 1, &PL_KIND_VOTE_CAST, (test_field[]){F_ID("ballot", e.ballot), F_INTS("marks", &mark, 1), {0}});
    pl_bytes bytes = test_bytes(&vote);
    CHECK_INT(pl_record_append(w.c.record, &bytes, 1, w.c.now + 1, &taken, &err), PL_OK); /* it says a time within, and comes a second late */
    CHECK_INT(taken.broken, PL_RULE_BALLOT_LATE);
    CHECK_INT(pl_record_append(w.c.record, &bytes, 1, w.c.now, &taken, &err), PL_OK);
    CHECK_INT(taken.broken, PL_RULE_NONE);
    pl_owned_free(&vote);
}

TEST(r_054_members_can_stand)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    CHECK_INT(test_stand(&w.c, 1, w.council), PL_RULE_ELECTION_OPEN);
    nominate(&w, 2);
    CHECK_INT(test_stand(&w.c, 3, w.election), PL_RULE_ELECTION_OPEN);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_CANDIDATE_WITHDREW, "election", w.election.at), PL_RULE_ELECTION_OPEN);
    CHECK_INT(test_rank(&w.c, 5, w.election, (const size_t[]){1}, 1), PL_RULE_NONE);
    test_later(&w.c, DAYS(7));
    CHECK_INT(test_stand(&w.c, 3, test_election_id(&w.c, w.council)), PL_RULE_ELECTION_OPEN); /* that of the next term has not begun */
}

TEST(r_056_once)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    CHECK_INT(test_one(&w.c, 1, &PL_KIND_CANDIDATE_WITHDREW, "election", w.election.at), PL_RULE_CANDIDATE_ONCE);
    CHECK_INT(test_stand(&w.c, 1, w.election), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 1, w.election), PL_RULE_CANDIDATE_ONCE);
    CHECK_INT(test_one(&w.c, 1, &PL_KIND_CANDIDATE_WITHDREW, "election", w.election.at), PL_RULE_NONE);
    CHECK_INT(test_one(&w.c, 1, &PL_KIND_CANDIDATE_WITHDREW, "election", w.election.at), PL_RULE_CANDIDATE_ONCE);
    CHECK_INT(test_stand(&w.c, 1, w.election), PL_RULE_CANDIDATE_ONCE);
    nominate(&w, 1);
    CHECK(test_holds(&w.c, 0, w.council, NULL)); /* who has withdrawn is not counted */
}

TEST(r_058_names)
{
    world w __attribute__((cleanup(end))) = begin(1, "");
    test_field stand[] = {F_ID("election", w.election.at), F_TEXT("statement", ""), F_TEXT("name", "Vera"), {0}};
    CHECK_INT(test_act(&w.c, 1, &PL_KIND_CANDIDATE_STOOD, stand), PL_RULE_NONE);
    CHECK_INT(test_act(&w.c, 2, &PL_KIND_CANDIDATE_STOOD, stand), PL_RULE_CANDIDATE_NAME);
    stand[2] = (test_field)F_TEXT("name", "Vera B.");
    CHECK_INT(test_act(&w.c, 2, &PL_KIND_CANDIDATE_STOOD, stand), PL_RULE_NONE);
}

TEST(r_059_own_mandate)
{
    world w __attribute__((cleanup(end))) = held("");
    CHECK_INT(test_one(&w.c, 1, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_MANDATE);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", w.council.at), PL_RULE_MANDATE);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_NONE);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_MANDATE);
}

TEST(r_060_mandate_lasts)
{
    world w __attribute__((cleanup(end))) = held("");
    CHECK_INT(test_ask(&w.c, 1, w.council), PL_RULE_RECALL_MANDATE);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_NONE);
    CHECK_INT(test_ask(&w.c, 1, w.mandate), PL_RULE_RECALL_MANDATE);
}

TEST(r_062_neither_too_soon_nor_too_late)
{
    world w __attribute__((cleanup(end))) = held("recall.immunity_days = 10\n");
    CHECK_INT(test_ask(&w.c, 1, w.mandate), PL_RULE_RECALL_TIME);
    test_later(&w.c, DAYS(10) - 1);
    CHECK_INT(test_ask(&w.c, 1, w.mandate), PL_RULE_RECALL_TIME);
    test_later(&w.c, 1);
    CHECK_INT(test_ask(&w.c, 1, w.mandate), PL_RULE_NONE);
    w.c.now = (uint64_t)test_mandate(&w.c, w.mandate).until - (uint64_t)DAYS(30);
    CHECK_INT(test_ask(&w.c, 2, w.mandate), PL_RULE_RECALL_TIME);
    CHECK(strstr(w.c.why, "ends in less than 30 days") != NULL);
}

TEST(r_063_one_recall_at_a_time)
{
    world w __attribute__((cleanup(end))) = held("");
    test_id id = asked(&w, 1);
    CHECK_INT(test_ask(&w.c, 1, w.mandate), PL_RULE_RECALL_OTHER);
    asked(&w, 2); /* another member may collect beside it */
    CHECK_INT(sign(&w, 2, id), PL_RULE_NONE);
    CHECK_INT(sign(&w, 3, id), PL_RULE_NONE);
    CHECK_INT(test_ask(&w.c, 4, w.mandate), PL_RULE_RECALL_OTHER);
}

TEST(r_064_signatures_are_collected)
{
    world w __attribute__((cleanup(end))) = held("");
    CHECK_INT(sign(&w, 1, w.mandate), PL_RULE_RECALL_OPEN);
    test_id id = asked(&w, 1);
    CHECK_INT(test_one(&w.c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_NONE);
    CHECK_INT(sign(&w, 2, id), PL_RULE_RECALL_OPEN);
    CHECK(strstr(w.c.why, "moot") != NULL);
    test_later(&w.c, DAYS(30));
    CHECK_INT(test_recall(&w.c, id).state, PL_RECALL_MOOT);
}

TEST(r_065_signed_once)
{
    world w __attribute__((cleanup(end))) = held("");
    test_id id = asked(&w, 1);
    CHECK_INT(sign(&w, 1, id), PL_RULE_RECALL_SIGNED); /* who asks has signed */
    CHECK_INT(test_one(&w.c, 2, &PL_KIND_RECALL_WITHDRAWN, "recall", id.at), PL_RULE_RECALL_SIGNED);
}

TEST(r_066_the_holder_answers)
{
    world w __attribute__((cleanup(end))) = held("");
    test_id id = asked(&w, 1);
    CHECK_INT(answer(&w, 0, w.mandate), PL_RULE_RECALL_ANSWER);
    CHECK_INT(answer(&w, 1, id), PL_RULE_RECALL_ANSWER);
    CHECK_INT(answer(&w, 0, id), PL_RULE_NONE);
    CHECK_INT(answer(&w, 0, id), PL_RULE_RECALL_ANSWER);
}

/* ---- What delegates do among themselves ------------------------------------------------------------ */

/* Founders 0, 1 and 2 are delegates, and elect one of them into a higher council. */
static world delegates(test_id *high, test_id *election)
{
    world w = {.c = test_commons_begin(10)};
    w.council = test_council(&w.c, "Bakers", test_everyone(&w.c), 3);
    *high = test_council(&w.c, "Bread", w.council, 1);
    test_constitution(&w.c, "election.delegates_nomination_days = 14\nelection.delegates_voting_days = 7\n");
    w.election = test_election_id(&w.c, w.council);
    nominate(&w, 3);
    *election = test_election_id(&w.c, *high);
    return w;
}

TEST(r_051_roll)
{
    test_id high, election;
    world w __attribute__((cleanup(end))) = delegates(&high, &election);
    CHECK_INT(test_stand(&w.c, 0, election), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 1, election), PL_RULE_NONE);
    test_later(&w.c, DAYS(14));
    CHECK_INT(test_rank(&w.c, 5, election, (const size_t[]){0}, 1), PL_RULE_BALLOT_ROLL); /* no delegate */
    CHECK(test_holds(&w.c, 2, w.council, &w.mandate));
    CHECK_INT(test_rank(&w.c, 2, election, (const size_t[]){0}, 1), PL_RULE_NONE);
    CHECK_INT(test_one(&w.c, 2, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_NONE);
    CHECK_INT(test_rank(&w.c, 2, election, (const size_t[]){1}, 1), PL_RULE_BALLOT_ROLL); /* none any more: the vote stays as it was */
    test_later(&w.c, DAYS(7));
    CHECK(test_holds(&w.c, 0, high, NULL));
}

TEST(r_051_not_on_the_roll_when_it_opened)
{
    test_id high, election;
    world w __attribute__((cleanup(end))) = delegates(&high, &election);
    CHECK(test_holds(&w.c, 2, w.council, &w.mandate));
    CHECK_INT(test_one(&w.c, 2, &PL_KIND_MANDATE_RESIGNED, "mandate", w.mandate.at), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 7, test_by_id(&w.c, w.council)), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 0, election), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 1, election), PL_RULE_NONE);
    test_later(&w.c, DAYS(14) + 1); /* in one moment 7 becomes a delegate and the ballot opens */
    CHECK(test_holds(&w.c, 7, w.council, NULL));
    CHECK_INT(test_rank(&w.c, 7, election, (const size_t[]){0}, 1), PL_RULE_BALLOT_ROLL);
}

TEST(r_055_electors_stand)
{
    test_id high, election;
    world w __attribute__((cleanup(end))) = delegates(&high, &election);
    CHECK_INT(test_stand(&w.c, 5, election), PL_RULE_CANDIDATE_ELECTORS);
    CHECK_INT(test_stand(&w.c, 1, election), PL_RULE_NONE);
}

TEST(r_057_one_seat_of_a_council)
{
    world w __attribute__((cleanup(end))) = {.c = test_commons_begin(6)};
    test_id everyone[2] = {test_everyone(&w.c), test_everyone(&w.c)}, second;
    const int64_t seats[2] = {1, 1};
    pl_seat_group g;
    CHECK_INT(test_act(&w.c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "Bakers"), F_IDS("electors", everyone, 2), F_INTS("seats", seats, 2), {0}}),
              PL_RULE_NONE);
    memcpy(w.council.at, w.c.id, PL_HASH);
    test_constitution(&w.c, "");
    CHECK(test_row(&w.c, &PL_GROUPS, pl_key_then(pl_key_id1(w.council.at), 1), &g));
    memcpy(second.at, g.election, PL_HASH);
    w.election = test_election_id(&w.c, w.council);
    CHECK_INT(test_stand(&w.c, 0, w.election), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 0, second), PL_RULE_CANDIDATE_SEAT);
    test_later(&w.c, DAYS(14));
    CHECK(test_holds(&w.c, 0, w.council, NULL));
    CHECK_INT(test_stand(&w.c, 0, second), PL_RULE_CANDIDATE_SEAT);
    CHECK_INT(test_stand(&w.c, 1, second), PL_RULE_NONE);
    CHECK_INT(test_invariants(&w.c), 1);
}

TEST(r_061_those_who_gave_it_recall_it)
{
    test_id high, election;
    world w __attribute__((cleanup(end))) = delegates(&high, &election);
    CHECK_INT(test_stand(&w.c, 1, election), PL_RULE_NONE);
    test_later(&w.c, DAYS(14));
    CHECK(test_holds(&w.c, 1, high, &w.mandate));
    CHECK_INT(test_ask(&w.c, 5, w.mandate), PL_RULE_RECALL_ELECTORS); /* a member, but no delegate */
    test_id id = asked(&w, 0);
    CHECK_INT(sign(&w, 5, id), PL_RULE_RECALL_ELECTORS);
    CHECK_INT(sign(&w, 2, id), PL_RULE_NONE);
}
