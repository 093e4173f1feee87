/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Recall: at the threshold and one below it, with an office holder who does all that one can do against it. */
#include "test/council_help.h"
#include "test/test.h"

#define HOLDER 0 /* the first founder: the record key is this one, the operator's */

/* Forty founders; HOLDER has the only seat, elected by all but five. */
static test_commons forty(test_id *council, test_id *mandate)
{
    test_commons c = test_commons_begin(40);
    *council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, "secret.elections = 0\nsecret.recalls = 0\n");
    test_id id = test_election_id(&c, *council);
    CHECK_INT(test_stand(&c, HOLDER, id), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 1, id), PL_RULE_NONE);
    test_later(&c, DAYS(14));
    for (size_t who = 0; who < 40; who++) {
        CHECK_INT(test_rank(&c, who, id, who < 35 ? (size_t[]){HOLDER, 1} : (size_t[]){1, HOLDER}, 2), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, HOLDER, *council, mandate));
    test_later(&c, DAYS(30));
    return c;
}

static test_id asked(test_commons *c, size_t who, test_id mandate)
{
    test_id id;
    CHECK_INT(test_ask(c, who, mandate), PL_RULE_NONE);
    memcpy(id.at, c->id, PL_HASH);
    return id;
}

static pl_rule sign(test_commons *c, size_t who, test_id recall)
{
    return test_one(c, who, &PL_KIND_RECALL_SIGNED, "recall", recall.at);
}

/* Those of from .. to - 1 sign. */
static void sign_all(test_commons *c, size_t from, size_t to, test_id recall)
{
    for (size_t who = from; who < to; who++) {
        CHECK_INT(sign(c, who, recall), PL_RULE_NONE);
    }
}

static void vote(test_commons *c, size_t from, size_t to, test_id recall, int64_t mark)
{
    pl_recall r = test_recall(c, recall);
    for (size_t who = from; who < to; who++) {
        CHECK_INT(test_mark(c, who, r.ballot, &mark, 1), PL_RULE_NONE);
    }
}

TEST(one_signature_below_the_threshold_does_nothing)
{
    test_id council, mandate;
    test_commons c = forty(&council, &mandate);
    test_id id = asked(&c, 10, mandate);
    pl_recall r = test_recall(&c, id);
    CHECK(r.roll == 40 && r.needed == 6 && r.notice == 2 && r.signatures == 1 && r.state == PL_RECALL_ASKED); /* 15 % of 40 */
    sign_all(&c, 11, 15, id);
    r = test_recall(&c, id);
    CHECK(r.state == PL_RECALL_OPEN && r.signatures == 5 && r.closes == (int64_t)c.now + DAYS(30));
    CHECK_INT(sign(&c, 11, id), PL_RULE_RECALL_SIGNED);
    test_later(&c, DAYS(30) - 1);
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_OPEN);
    test_later(&c, 1);
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_LAPSED);
    CHECK_INT(sign(&c, 15, id), PL_RULE_RECALL_OPEN);
    test_later(&c, DAYS(30));
    CHECK(test_holds(&c, HOLDER, council, NULL));
    /* Soon after that, twice as many must sign; later, as many as ever. */
    id = asked(&c, 10, mandate);
    CHECK_INT(test_recall(&c, id).needed, 10);
    test_later(&c, DAYS(31));
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_LAPSED); /* nobody seconded it: it cools nothing */
    id = asked(&c, 10, mandate);
    CHECK_INT(test_recall(&c, id).needed, 6);
    test_commons_end(&c);
}

TEST(signatures_can_be_taken_back)
{
    test_id council, mandate;
    test_commons c = forty(&council, &mandate);
    test_id id = asked(&c, 10, mandate);
    sign_all(&c, 11, 15, id);
    CHECK_INT(test_one(&c, 11, &PL_KIND_RECALL_WITHDRAWN, "recall", id.at), PL_RULE_NONE);
    CHECK_INT(test_one(&c, 11, &PL_KIND_RECALL_WITHDRAWN, "recall", id.at), PL_RULE_RECALL_SIGNED);
    CHECK_INT(sign(&c, 15, id), PL_RULE_NONE);
    CHECK_INT(test_recall(&c, id).signatures, 5);
    CHECK_INT(sign(&c, 11, id), PL_RULE_NONE);
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_VOTING);
    CHECK_INT(test_one(&c, 11, &PL_KIND_RECALL_WITHDRAWN, "recall", id.at), PL_RULE_RECALL_OPEN); /* too late */
    test_commons_end(&c);
}

/* Everything that the holder can sign against it is refused or changes nothing. */
static void resist(test_commons *c, test_id mandate, test_id recall)
{
    pl_recall before = test_recall(c, recall), after;
    const int64_t seats = 1;
    test_id everyone = test_everyone(c);
    pl_owned note;
    pl_error err;
    CHECK_INT(test_one(c, HOLDER, &PL_KIND_RECALL_WITHDRAWN, "recall", recall.at), before.state == PL_RECALL_OPEN ? PL_RULE_RECALL_SIGNED : PL_RULE_RECALL_OPEN);
    CHECK_INT(test_act(c, HOLDER, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "My council"), F_IDS("electors", everyone.at, 1), F_INTS("seats", &seats, 1), {0}}),
              PL_RULE_GRANT);
    CHECK_INT(test_act(c, HOLDER, &PL_KIND_CONSTITUTION_ADOPTED, (test_field[]){F_TEXT("text", "recall.signatures_percent = 25"), {0}}), PL_RULE_FOUNDERS);
    if (before.state == PL_RECALL_VOTING) { /* no second recall beside it, however silly */
        CHECK_INT(test_ask(c, HOLDER, mandate), PL_RULE_RECALL_OTHER);
    }
    CHECK_INT(pl_record_sign_checkpoint(c->record, c->key[HOLDER], &note, &err), PL_OK); /* the operator's key gives no say over what happened */
    pl_owned_free(&note);
    after = test_recall(c, recall);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
}

TEST(a_hostile_holder_is_recalled_all_the_same)
{
    test_id council, mandate;
    test_commons c = forty(&council, &mandate);
    test_id sham = asked(&c, HOLDER, mandate), id = asked(&c, 10, mandate); /* a recall of one's own stands in nobody's way */
    sign_all(&c, 11, 13, id);
    resist(&c, mandate, id);
    CHECK_INT(test_act(&c, 10, &PL_KIND_RECALL_ANSWERED, (test_field[]){F_ID("recall", id.at), F_TEXT("text", "I speak for him."), {0}}), PL_RULE_RECALL_ANSWER);
    CHECK_INT(test_act(&c, HOLDER, &PL_KIND_RECALL_ANSWERED, (test_field[]){F_ID("recall", id.at), F_TEXT("text", "The ovens are warm."), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(&c, HOLDER, &PL_KIND_RECALL_ANSWERED, (test_field[]){F_ID("recall", id.at), F_TEXT("text", "And I am tired."), {0}}), PL_RULE_RECALL_ANSWER);
    test_later(&c, DAYS(3));
    sign_all(&c, 13, 16, id);
    pl_recall r = test_recall(&c, id);
    pl_ballot b;
    CHECK(r.state == PL_RECALL_VOTING && r.signatures == 6);
    CHECK(test_row(&c, &PL_BALLOTS, pl_key_id1(r.ballot), &b) && b.opens == (int64_t)c.now + DAYS(7) && b.closes == b.opens + DAYS(7));
    resist(&c, mandate, id);
    test_later(&c, DAYS(7));
    vote(&c, 10, 25, id, 0);
    vote(&c, HOLDER, 10, id, 1);
    resist(&c, mandate, id);
    test_later(&c, DAYS(7) - 1);
    CHECK(test_holds(&c, HOLDER, council, NULL));
    test_later(&c, 1); /* nobody does anything: the clock ends the mandate */
    CHECK(!test_holds(&c, HOLDER, council, NULL));
    pl_mandate m = test_mandate(&c, mandate);
    CHECK(m.why == PL_END_RECALLED && m.ended == b.closes);
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_CARRIED);
    pl_election by = test_by(&c, council);
    CHECK(by.state == PL_ELECTION_STANDING && by.opens == b.closes && by.opens + by.standing_time + by.voting_time == b.closes + DAYS(21));
    CHECK_INT(test_one(&c, HOLDER, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_MANDATE);
    CHECK_INT(sign(&c, 20, sham), PL_RULE_RECALL_OPEN);
    /* The one who was recalled may stand, and the others choose. */
    test_id next = test_by_id(&c, council);
    CHECK_INT(test_stand(&c, HOLDER, next), PL_RULE_NONE);
    CHECK_INT(test_stand(&c, 20, next), PL_RULE_NONE);
    test_later(&c, DAYS(14));
    for (size_t who = 0; who < 40; who++) {
        CHECK_INT(test_rank(&c, who, next, who < 15 ? (size_t[]){HOLDER} : (size_t[]){20}, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, 20, council, &mandate) && test_mandate(&c, mandate).until == test_group(&c, council).ends);
    CHECK_INT(test_invariants(&c), 1);
    test_commons_end(&c);
}

TEST(the_ballot_needs_more_votes_than_signatures_and_more_yes_than_no)
{
    test_id council, mandate;
    test_commons c = forty(&council, &mandate);
    static const struct {
        size_t yes, no;
        pl_recall_state state;
    } cases[] = {{6, 0, PL_RECALL_REJECTED}, {10, 10, PL_RECALL_REJECTED}, {21, 19, PL_RECALL_CARRIED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_id id = asked(&c, 10, mandate);
        sign_all(&c, 11, 10 + (size_t)test_recall(&c, id).needed, id);
        test_later(&c, DAYS(7));
        vote(&c, 0, cases[i].yes, id, 0);
        vote(&c, cases[i].yes, cases[i].yes + cases[i].no, id, 1);
        test_later(&c, DAYS(7));
        CHECK_INT(test_recall(&c, id).state, cases[i].state);
        CHECK(test_holds(&c, HOLDER, council, NULL) == (cases[i].state != PL_RECALL_CARRIED));
        test_later(&c, DAYS(61));
    }
    CHECK_INT(test_invariants(&c), 0);
    test_commons_end(&c);
}

/* Where the signatures are those of more than half already, no vote of others is needed on top: whoever holds the seat cannot stay away and keep it. */
TEST(a_majority_of_the_roll_recalls_whoever_stays_away)
{
    test_id mandate;
    test_commons c = test_commons_begin(3);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, "");
    CHECK_INT(test_stand(&c, HOLDER, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(40));
    CHECK(test_holds(&c, HOLDER, council, &mandate));
    test_id id = asked(&c, 1, mandate);
    sign_all(&c, 2, 3, id);
    CHECK_INT(test_recall(&c, id).signatures, 2);
    test_later(&c, DAYS(7));
    vote(&c, 1, 3, id, 0);
    test_later(&c, DAYS(7));
    CHECK_INT(test_recall(&c, id).state, PL_RECALL_CARRIED);
    CHECK(!test_holds(&c, HOLDER, council, NULL));
    test_commons_end(&c);
}

TEST(of_several_the_whole_group_is_elected_again)
{
    test_commons c = test_commons_begin(12);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 3), high = test_council(&c, "Bread", council, 1), mandate, other;
    test_constitution(&c, "");
    test_id first = test_election_id(&c, council);
    for (size_t who = 0; who < 3; who++) {
        CHECK_INT(test_stand(&c, who, first), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, high)), PL_RULE_NONE);
    test_later(&c, DAYS(14));
    CHECK(test_holds(&c, 0, high, NULL) && test_holds(&c, 0, council, &mandate) && test_holds(&c, 1, council, &other));
    test_id id = asked(&c, 5, mandate);
    CHECK_INT(test_recall(&c, id).needed, 3);
    sign_all(&c, 6, 8, id);
    test_later(&c, DAYS(7));
    vote(&c, 4, 12, id, 0);
    test_later(&c, DAYS(7));
    /* Nobody has lost a seat yet; the group is elected anew, all may stand. */
    CHECK_INT(test_invariants(&c), 4);
    test_id again = test_by_id(&c, council);
    pl_election e = test_by(&c, council);
    CHECK(e.sort == PL_ELECTION_AGAIN && e.seats == 3);
    for (size_t who = 0; who < 5; who++) {
        CHECK_INT(test_stand(&c, who, again), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    for (size_t who = 0; who < 12; who++) {
        CHECK_INT(test_rank(&c, who, again, who < 4 ? (size_t[]){0} : who < 8 ? (size_t[]){1, 3} : (size_t[]){4}, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, 0, council, NULL) && test_holds(&c, 1, council, NULL) && test_holds(&c, 4, council, NULL)); /* a minority keeps its seat */
    CHECK_INT(test_mandate(&c, mandate).why, PL_END_RECALLED);
    CHECK_INT(test_mandate(&c, other).why, PL_END_REPLACED);
    CHECK(!test_holds(&c, 0, high, NULL)); /* what rested on the old mandate is gone with it */
    CHECK_INT(test_invariants(&c), 3);
    test_commons_end(&c);
}
