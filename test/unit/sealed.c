/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Secret ballots of a commons from the plan to the count, by the clock and by members' acts alone. */
#include <stdlib.h>

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

/* Five of the twelve are drawn; two of them never do anything. */
TEST(missing_trustees_do_no_harm)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_planned(TEST_SECRET, 1, 2, &council, ballot);
    test_later(&c, 48 * PL_HOUR);
    pl_sealed v = test_sealed(&c, ballot);
    size_t idle[2];
    for (int64_t seat = 1; seat <= 2; seat++) {
        pl_trustee who;
        CHECK(test_row(&c, &PL_TRUSTEES, pl_key_then(pl_key_id1(v.trust), seat), &who));
        for (idle[seat - 1] = 0; !pl_id_same(test_member(&c, idle[seat - 1]), who.member); idle[seat - 1]++) {
        }
    }
    test_later(&c, -48 * PL_HOUR);
    test_keyed(&c, ballot, 1ull << idle[0]); /* one does not come to the making of the key */
    pl_trust t = test_trust(&c, v.trust);
    CHECK(t.in == 4 && t.needed == 3 && t.attempt == 0);
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, who % 2, (who + 1) % 2), PL_RULE_NONE);
    }
    CHECK_INT(test_secret_rank(&c, 6, ballot, 1, 0), PL_RULE_NONE);
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 1ull << idle[0] | 1ull << idle[1]); /* another one does not come to the opening */
    CHECK_INT(test_sealed(&c, ballot).stage, PL_SEALED_OPENED);
    CHECK(test_holds(&c, 1, council, NULL));
    test_commons_end(&c);
}

/* So many do not come that the key cannot be made: others are drawn, nobody has to do anything for it. */
TEST(a_key_that_is_not_made_is_made_by_others)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_planned(TEST_SECRET, 1, 2, &council, ballot);
    test_later(&c, 48 * PL_HOUR);
    pl_sealed first = test_sealed(&c, ballot);
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_trust(&c, first.trust).stage, PL_TRUST_FAILED);
    pl_sealed v = test_sealed(&c, ballot);
    CHECK(v.attempt == 1 && !pl_id_same(v.trust, first.trust));
    test_keyed(&c, ballot, 0);
    CHECK_INT(test_ballot(&c, ballot).state, PL_BALLOT_OPEN);
    test_commons_end(&c);
}

/* Trustees who refuse to open are replaced by others, and all vote again; what was cast before is worth nothing then. */
TEST(a_ballot_that_is_not_opened_is_held_again)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    const int64_t marks[2] = {0, 1};
    test_commons c = test_secret_election(TEST_SECRET, 1, 3, &council, ballot, 0);
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 0, 1), PL_RULE_NONE);
    }
    pl_secret_text old = test_paper(&c, 7, ballot, marks, 2);
    test_later(&c, DAYS(7));
    CHECK_INT(test_ballot(&c, ballot).state, PL_BALLOT_COUNTING);
    test_later(&c, 72 * PL_HOUR);
    pl_ballot b = test_ballot(&c, ballot);
    CHECK(b.state == PL_BALLOT_COMING && b.votes == 0 && test_sealed(&c, ballot).attempt == 1);
    test_keyed(&c, ballot, 0);
    CHECK_INT(test_cast(&c, 7, ballot, (pl_secret_view){old.text, old.n}), PL_RULE_SEALED_PAPER);
    pl_secret_text_free(&old);
    for (size_t who = 3; who < 9; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 2, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK(test_holds(&c, 2, council, NULL));
    CHECK_INT(test_ballot(&c, ballot).votes, 6);
    test_commons_end(&c);
}

TEST(four_votes_are_not_opened)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_election(TEST_SECRET, 1, 2, &council, ballot, 0);
    for (size_t who = 0; who < 4; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 0, 1), PL_RULE_NONE);
    }
    CHECK_INT(test_secret_rank(&c, 3, ballot, 1, 0), PL_RULE_NONE); /* again: still four voters */
    test_later(&c, DAYS(7));
    pl_ballot b = test_ballot(&c, ballot);
    CHECK(b.state == PL_BALLOT_CLOSED && b.winners == 0 && pl_id_none(b.transcript));
    pl_sealed v = test_sealed(&c, ballot);
    CHECK_INT(v.stage, PL_SEALED_FEW);
    pl_task t = test_task(&c, test_trustee(&c, v.trust, 1), v.trust);
    CHECK(t.kind == NULL);
    CHECK_INT(test_election(&c, council).state, PL_ELECTION_STANDING); /* the seat is for another election to fill */
    test_commons_end(&c);
}

/* Where fewer than five vote there is no secret to keep, and delegates vote openly. */
TEST(small_ballots_are_open)
{
    test_commons c = test_commons_begin(4);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, TEST_SECRET);
    test_id id = test_election_id(&c, council);
    CHECK(test_stand(&c, 0, id) == PL_RULE_NONE && test_stand(&c, 1, id) == PL_RULE_NONE);
    test_later(&c, DAYS(14));
    pl_ballot b = test_ballot(&c, test_election(&c, council).ballot);
    CHECK(b.secret == 0 && b.state == PL_BALLOT_OPEN);
    test_commons_end(&c);
}

/* Founder 0 holds the seat; two others sign for the recall. */
static test_id recalled(test_commons *c, test_id council)
{
    test_id mandate, recall;
    test_id id = test_election_id(c, council);
    CHECK_INT(test_stand(c, 0, id), PL_RULE_NONE);
    test_later(c, DAYS(14));
    CHECK(test_holds(c, 0, council, &mandate));
    CHECK_INT(test_ask(c, 1, mandate), PL_RULE_NONE);
    memcpy(recall.at, c->id, PL_HASH);
    CHECK_INT(test_one(c, 2, &PL_KIND_RECALL_SIGNED, "recall", recall.at), PL_RULE_NONE);
    if (pl_id_none(test_recall(c, recall).petition)) { /* two make it known; then signatures may be secret */
        CHECK_INT(test_one(c, 3, &PL_KIND_RECALL_SIGNED, "recall", recall.at), PL_RULE_NONE);
    }
    return recall;
}

TEST(a_secret_recall)
{
    test_commons c = test_commons_begin(12);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, TEST_SECRET);
    test_id recall = recalled(&c, council);
    uint8_t ballot[PL_HASH];
    memcpy(ballot, test_recall(&c, recall).ballot, PL_HASH);
    test_keyed(&c, ballot, 0);
    pl_sealed v = test_sealed(&c, ballot);
    for (int64_t i = 1; i <= 5; i++) {
        CHECK(test_trustee(&c, v.trust, i) != 0); /* whom it is about keeps no key */
    }
    const int64_t yes = 0, no = 1;
    for (size_t who = 0; who < 9; who++) {
        CHECK_INT(test_seal(&c, who, ballot, who < 5 ? &yes : &no, who == 8 ? 0 : 1), PL_RULE_NONE); /* five, three, and one blank */
    }
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, 0, council, NULL)); /* not before it is opened */
    test_open_all(&c, ballot, 0);
    pl_choice o;
    CHECK(test_row(&c, &PL_CHOICES, pl_key_then(pl_key_id1(ballot), 0), &o) && o.first == 5);
    CHECK(test_row(&c, &PL_CHOICES, pl_key_then(pl_key_id1(ballot), 1), &o) && o.first == 3);
    CHECK_INT(test_recall(&c, recall).state, PL_RECALL_CARRIED);
    CHECK(!test_holds(&c, 0, council, NULL));
    test_commons_end(&c);
}

/* The same in the groups that belenios-tool verifies. */
TEST(a_recall_in_the_group_of_belenios)
{
    test_commons c = test_commons_begin(8);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, TEST_SECRET "secret.belenios = 1\n");
    test_id recall = recalled(&c, council);
    uint8_t ballot[PL_HASH];
    memcpy(ballot, test_recall(&c, recall).ballot, PL_HASH);
    test_keyed(&c, ballot, 0);
    CHECK_STR(test_trust(&c, test_sealed(&c, ballot).trust).group, "BELENIOS-2048");
    const int64_t yes = 0, no = 1;
    for (size_t who = 1; who < 7; who++) {
        CHECK_INT(test_seal(&c, who, ballot, who < 4 ? &yes : &no, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK_INT(test_recall(&c, recall).state, PL_RECALL_REJECTED); /* three against three */
    test_commons_end(&c);
}

/* A trustee sends two others values that are not for them: they say so, both leave, the others go on. */
TEST(a_trustee_who_lies_is_objected_to)
{
    test_id council;
    uint8_t ballot[PL_HASH], trust[PL_HASH];
    test_commons c = test_secret_planned("secret.members_least = 5\nsecret.trustees = 5\nsecret.needed = 2\nsecret.reserves = 0\n", 1, 2, &council, ballot);
    test_later(&c, 48 * PL_HOUR);
    memcpy(trust, test_sealed(&c, ballot).trust, PL_HASH);
    CHECK_INT(test_round(&c, trust, 0), 5);
    size_t liar = test_trustee(&c, trust, 2), victim = test_trustee(&c, trust, 1);
    pl_task t = test_task(&c, liar, trust);
    char *first = strstr(t.text.text, "\"secrets\":[\"") + 11, *end = strstr(first + 1, "}\"") + 2;
    size_t n = (size_t)(end - first);
    char *text = malloc(2 * t.text.n);
    char *from = strchr(end, '"'), *to = strstr(from + 1, "}\"") + 2; /* the second message; it takes the place of the first */
    int used = snprintf(text, 2 * t.text.n, "%.*s%.*s%s", (int)(first - t.text.text), t.text.text, (int)(to - from), from, first + n);
    CHECK_INT(test_do(&c, liar, &t, &(pl_secret_view){text, (size_t)used}), PL_RULE_NONE); /* nobody can see it from outside */
    free(text);
    pl_task_clear(&t);
    CHECK_INT(test_round(&c, trust, 0), 4);
    t = test_task(&c, victim, trust);
    CHECK(t.kind == &PL_KIND_TRUSTEE_OBJECTED && pl_id_same(t.against, test_member(&c, liar)));
    CHECK_INT(test_do(&c, victim, &t, NULL), PL_RULE_NONE);
    pl_task_clear(&t);
    pl_trust after = test_trust(&c, trust);
    CHECK(after.round == 2 && after.in == 3);
    CHECK_INT(test_round(&c, trust, 0), 3);
    CHECK_INT(test_round(&c, trust, 0), 3);
    CHECK_INT(test_trust(&c, trust).stage, PL_TRUST_READY);
    test_commons_end(&c);
}

/* Another record with the same events. */
static pl_record *copy_of(test_commons *c)
{
    pl_record *other = NULL;
    pl_owned event;
    pl_error err = {0};
    uint64_t size;
    CHECK_INT(pl_record_size(c->record, &size, &err), PL_OK);
    for (uint64_t i = 0; i < size; i++) {
        pl_taken taken;
        CHECK_INT(pl_record_event(c->record, i, &event, &err), PL_OK);
        pl_bytes bytes = test_bytes(&event);
        if (i == 0) {
            CHECK_INT(pl_record_create(test_path("fork.commons"), pl_council_rules(), bytes, &other, &err), PL_OK);
        } else {
            CHECK_INT(pl_record_append(other, &bytes, 1, c->now, &taken, &err), PL_OK);
            CHECK_INT(taken.broken, PL_RULE_NONE);
        }
        pl_owned_free(&event);
    }
    return other;
}

/* A board that shows two people two things: a vote that was signed in one is worth nothing in the other. */
TEST(a_forked_board_gets_no_votes)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    const int64_t marks[2] = {0, 1};
    pl_record *other;
    pl_taken taken;
    pl_error err = {0};
    test_commons c = test_secret_election(TEST_SECRET, 1, 3, &council, ballot, 0);
    CHECK_INT(test_secret_rank(&c, 3, ballot, 0, 1), PL_RULE_NONE);
    other = copy_of(&c);
    CHECK_INT(test_secret_rank(&c, 4, ballot, 0, 1), PL_RULE_NONE); /* in the fork this vote is left out */
    pl_secret_text paper = test_paper(&c, 5, ballot, marks, 2);
    pl_owned vote = test_signed(&c, 5, &PL_KIND_VOTE_SEALED, (test_field[]){F_ID("ballot", ballot), F_BYTES("paper", paper.text, paper.n), {0}});
    pl_bytes bytes = test_bytes(&vote);
    CHECK_INT(pl_record_append(other, &bytes, 1, c.now, &taken, &err), PL_OK);
    CHECK_INT(taken.broken, PL_RULE_FOLLOWS);
    CHECK_INT(pl_record_append(c.record, &bytes, 1, c.now, &taken, &err), PL_OK);
    CHECK_INT(taken.broken, PL_RULE_NONE);
    pl_record_close(other);
    pl_owned_free(&vote);
    pl_secret_text_free(&paper);
    test_commons_end(&c);
}

/* A server that wants to stuff the box: it has neither members' keys nor their credentials. */
TEST(the_box_cannot_be_stuffed)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    const int64_t marks[2] = {0, 1};
    test_commons c = test_secret_election(TEST_SECRET, 1, 3, &council, ballot, 0);
    size_t ghost = test_person(&c); /* a key that the server made, of no member */
    pl_secret_text paper = test_paper(&c, 4, ballot, marks, 2);
    pl_rule rule = test_cast(&c, ghost, ballot, (pl_secret_view){paper.text, paper.n});
    CHECK(rule == PL_RULE_KEY);
    pl_secret_text_free(&paper);
    pl_key_free(c.key[--c.n]);
    test_commons_end(&c);
}

/* The signatures are a secret ballot too: four sign, two cover them, and nobody can tell who is who. */
TEST(secret_signatures_bring_a_recall_to_the_ballot)
{
    test_commons c = test_commons_begin(12);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, TEST_SECRET "secret.signatures = 1\n");
    test_id recall = recalled(&c, council);
    pl_recall r = test_recall(&c, recall);
    CHECK(r.state == PL_RECALL_OPEN && !pl_id_none(r.petition) && pl_id_none(r.ballot));
    CHECK_INT(test_one(&c, 4, &PL_KIND_RECALL_SIGNED, "recall", recall.at), PL_RULE_RECALL_OPEN);
    CHECK(strstr(c.why, "secret") != NULL);
    test_keyed(&c, r.petition, 0);
    CHECK_INT(test_recall(&c, recall).closes, test_ballot(&c, r.petition).closes);
    const int64_t yes = 0, no = 1;
    for (size_t who = 4; who < 10; who++) {
        CHECK_INT(test_seal(&c, who, r.petition, who < 8 ? &yes : &no, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(30));
    CHECK_INT(test_recall(&c, recall).state, PL_RECALL_OPEN);
    test_open_all(&c, r.petition, 0);
    r = test_recall(&c, recall);
    CHECK(r.state == PL_RECALL_VOTING && r.signatures == 4 && !pl_id_none(r.ballot));
    test_keyed(&c, r.ballot, 0);
    CHECK_INT(test_ballot(&c, r.ballot).state, PL_BALLOT_OPEN);
    test_commons_end(&c);
}

TEST(secret_signatures_that_are_too_few)
{
    test_commons c = test_commons_begin(12);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, TEST_SECRET "secret.signatures = 1\n");
    test_id recall = recalled(&c, council);
    pl_recall r = test_recall(&c, recall);
    test_keyed(&c, r.petition, 0);
    const int64_t yes = 0, no = 1;
    for (size_t who = 4; who < 10; who++) {
        CHECK_INT(test_seal(&c, who, r.petition, who < 6 ? &yes : &no, 1), PL_RULE_NONE); /* two; three are needed */
    }
    test_later(&c, DAYS(30));
    test_open_all(&c, r.petition, 0);
    r = test_recall(&c, recall);
    CHECK(r.state == PL_RECALL_LAPSED && r.signatures == 2 && pl_id_none(r.ballot));
    pl_cooling cooling;
    CHECK(test_row(&c, &PL_COOLINGS, pl_key_id1(r.mandate), &cooling) && cooling.signatures == 2);
    test_commons_end(&c);
}

/* A term's election begins so early that its key is made, and it is opened, in time. */
TEST(terms_leave_time_for_the_key_and_the_opening)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    test_commons c = test_secret_election(TEST_SECRET, 1, 2, &council, ballot, 0);
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, 0, 1), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    pl_election next = test_election(&c, council);
    CHECK_INT(test_group(&c, council).ends - next.opens, DAYS(14 + 5 + 7 + 3)); /* standing, the key, voting, opening */
    test_commons_end(&c);
}

/* A lot with a key whose trustees do not come is drawn all the same, from what was committed to and revealed. */
TEST(a_lot_whose_trustees_do_not_come)
{
    test_commons c = test_commons_begin(8);
    uint8_t trust[PL_HASH], lot[PL_HASH], part[PL_HASH] = {5}, seal[PL_HASH];
    test_constitution(&c, "lot.key = 1\nlot.key_days = 30\nsecret.trustees = 3\nsecret.needed = 2\nsecret.reserves = 0\n");
    pl_trust_id(test_everyone(&c).at, 0, trust);
    test_later(&c, 48 * PL_HOUR);
    while (test_round(&c, trust, 0) > 0) {
    }
    test_id all = test_everyone(&c);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", all.at), F_INT("wanted", 2), {0}}), PL_RULE_NONE);
    memcpy(lot, c.id, PL_HASH);
    pl_hash(part, sizeof part, seal);
    CHECK_INT(test_act(&c, 1, &PL_KIND_LOT_SEALED, (test_field[]){F_ID("lot", lot), F_ID("seal", seal), {0}}), PL_RULE_NONE);
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_act(&c, 1, &PL_KIND_LOT_OPENED, (test_field[]){F_ID("lot", lot), F_ID("part", part), {0}}), PL_RULE_NONE);
    test_later(&c, 24 * PL_HOUR);
    pl_lot l;
    CHECK(test_row(&c, &PL_LOTS, pl_key_id1(lot), &l) && l.state == PL_LOT_DRAWN && pl_id_same(l.key, trust) && !pl_id_none(l.seed));
    test_later(&c, DAYS(30)); /* others make the next key, by lot */
    pl_trust_id(test_everyone(&c).at, 1, trust);
    CHECK(test_trust(&c, trust).stage >= PL_TRUST_DRAWING);
    test_commons_end(&c);
}

/* Many votes that come at once are judged on all cores ahead; what is wrong among them is refused as it would be alone. */
TEST(votes_that_come_together)
{
    test_id council;
    uint8_t ballot[PL_HASH];
    const int64_t marks[2] = {0, 1};
    pl_owned event[8];
    pl_bytes bytes[8];
    pl_taken taken[8];
    pl_error err = {0};
    test_commons c = test_secret_election(TEST_SECRET, 1, 3, &council, ballot, 0);
    for (size_t who = 0; who < 8; who++) {
        pl_secret_text paper = test_paper(&c, who == 6 ? 5 : who, ballot, marks, 2); /* 6 casts a vote with the credential of 5 */
        if (who == 3) {
            char *at = strstr(paper.text, "alpha\":\"") + 8;
            *at = *at == '1' ? '2' : '1';
        }
        event[who] = test_signed(&c, who, &PL_KIND_VOTE_SEALED, (test_field[]){F_ID("ballot", ballot), F_BYTES("paper", paper.text, paper.n), {0}});
        bytes[who] = test_bytes(&event[who]);
        pl_secret_text_free(&paper);
    }
    CHECK_INT(pl_record_append(c.record, bytes, 8, c.now, taken, &err), PL_OK);
    for (size_t who = 0; who < 8; who++) {
        CHECK_INT(taken[who].broken, who == 3 ? PL_RULE_SEALED_PAPER : who == 6 ? PL_RULE_SEALED_CREDENTIAL : PL_RULE_NONE);
        pl_owned_free(&event[who]);
    }
    CHECK_INT(test_sealed(&c, ballot).voters, 6);
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK_INT(test_ballot(&c, ballot).winners, 1);
    test_commons_end(&c);
}
