/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rules of secret ballots: what each refuses of voters, of trustees, and of a server that would like to stuff the box. */
#include <stdlib.h>

#include "council/rota.h"
#include "test/sealed_help.h"
#include "test/test.h"

typedef struct world {
    test_commons c;
    test_id council;
    uint8_t ballot[PL_HASH], trust[PL_HASH];
} world;

static void end(world *w)
{
    test_commons_end(&w->c);
}

/* Twelve founders; the ballot of an election of which 0 to 2 are candidates is planned, the lot is drawn. */
static world drawn(const char *constitution)
{
    world w = {.c = {.n = 0}};
    w.c = test_secret_planned(constitution, 1, 3, &w.council, w.ballot);
    test_later(&w.c, 48 * PL_HOUR);
    memcpy(w.trust, test_sealed(&w.c, w.ballot).trust, PL_HASH);
    return w;
}

static world opened(const char *constitution)
{
    world w = {.c = {.n = 0}};
    w.c = test_secret_election(constitution, 1, 3, &w.council, w.ballot, 0);
    memcpy(w.trust, test_sealed(&w.c, w.ballot).trust, PL_HASH);
    return w;
}

static world closed(size_t voters)
{
    world w = opened(TEST_SECRET);
    for (size_t who = 0; who < voters; who++) {
        CHECK_INT(test_secret_rank(&w.c, who, w.ballot, who % 3, (who + 1) % 3), PL_RULE_NONE);
    }
    test_later(&w.c, DAYS(7));
    return w;
}

/* Somebody who was drawn, or (drawn false) is neither that nor a candidate. */
static size_t somebody(world *w, bool is_drawn)
{
    for (size_t who = 0; who < w->c.n; who++) {
        int64_t seat;
        if (test_row(&w->c, &PL_TRUSTEE_SEATS, pl_key_id2(w->trust, test_member(&w->c, who)), &seat) == is_drawn && (is_drawn || who > 2)) {
            return who;
        }
    }
    FAIL("there is nobody");
}

/* Does the task of that person with one character of the text changed: a digit to another, at the first place behind `from` of the text. */
static pl_rule do_changed(world *w, size_t who, const pl_task *task, const char *from)
{
    char *copy = malloc(task->text.n + 1);
    memcpy(copy, task->text.text, task->text.n + 1);
    char *at = strstr(copy, from);
    CHECK(at != NULL);
    at += strlen(from);
    at += strcspn(at, "123456789");
    *at = *at == '9' ? '8' : (char)(*at + 1);
    pl_rule rule = test_do(&w->c, who, task, &(pl_secret_view){copy, task->text.n});
    free(copy);
    return rule;
}

/* The trustee of that number shuffles. */
static void shuffle(world *w, int64_t number)
{
    size_t who = test_trustee(&w->c, w->trust, number);
    pl_task t = test_task(&w->c, who, w->trust);
    CHECK(t.kind == &PL_KIND_BALLOT_SHUFFLED);
    CHECK_INT(test_do(&w->c, who, &t, NULL), PL_RULE_NONE);
    pl_task_clear(&t);
}

TEST(r_140_trustees_and_their_stage)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    size_t who = somebody(&w, true);
    pl_task t = test_task(&w.c, who, w.trust), nowhere = t;
    memcpy(nowhere.id, w.ballot, PL_HASH);
    CHECK_INT(test_do(&w.c, who, &nowhere, NULL), PL_RULE_TRUST);
    CHECK_INT(test_round(&w.c, w.trust, 1ull << who), 4);
    CHECK_INT(test_do(&w.c, who, &t, NULL), PL_RULE_NONE);
    CHECK_INT(test_do(&w.c, who, &t, NULL), PL_RULE_TRUST); /* they send polynomials now */
    pl_task_clear(&t);
    t = test_task(&w.c, who, w.trust);
    t.round = 2;
    CHECK_INT(test_do(&w.c, who, &t, NULL), PL_RULE_TRUST);
    pl_task_clear(&t);
}

TEST(r_141_only_who_was_drawn_once)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    size_t who = somebody(&w, true), other = somebody(&w, false);
    pl_task t = test_task(&w.c, who, w.trust);
    CHECK(test_task(&w.c, other, w.trust).kind == NULL && test_task(&w.c, 0, w.trust).kind == NULL);
    CHECK_INT(test_do(&w.c, other, &t, NULL), PL_RULE_TRUSTEE);
    CHECK_INT(test_do(&w.c, 0, &t, NULL), PL_RULE_TRUSTEE); /* a candidate */
    CHECK_INT(test_do(&w.c, who, &t, NULL), PL_RULE_NONE);
    CHECK_INT(test_do(&w.c, who, &t, NULL), PL_RULE_TRUSTEE);
    pl_task_clear(&t);
}

TEST(r_141_shuffles_and_parts_by_trustees_once)
{
    world w __attribute__((cleanup(end))) = closed(6);
    size_t first = test_trustee(&w.c, w.trust, 1), other = somebody(&w, false);
    pl_task t = test_task(&w.c, first, w.trust);
    CHECK(t.kind == &PL_KIND_BALLOT_SHUFFLED);
    CHECK_INT(test_do(&w.c, other, &t, NULL), PL_RULE_TRUSTEE);
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_NONE);
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_TRUSTEE);
    pl_task_clear(&t);
    shuffle(&w, 2);
    shuffle(&w, 3);
    CHECK_INT(test_sealed(&w.c, w.ballot).stage, PL_SEALED_OPENING);
    t = test_task(&w.c, first, w.trust);
    CHECK_INT(test_do(&w.c, other, &t, NULL), PL_RULE_TRUSTEE);
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_NONE);
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_TRUSTEE);
    pl_task_clear(&t);
}

TEST(r_142_messages_of_trustees)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    size_t one = somebody(&w, true);
    pl_task t = test_task(&w.c, one, w.trust);
    CHECK_INT(do_changed(&w, one, &t, "challenge"), PL_RULE_TRUST_MESSAGE);
    CHECK_INT(test_do(&w.c, one, &t, &(pl_secret_view){"{}", 2}), PL_RULE_TRUST_MESSAGE);
    CHECK_INT(test_do(&w.c, one, &t, NULL), PL_RULE_NONE);
    for (size_t who = 0; who < w.c.n; who++) { /* somebody copies the certificate of the first */
        pl_task mine = test_task(&w.c, who, w.trust);
        if (mine.kind == &PL_KIND_TRUSTEE_CERTIFIED) {
            CHECK_INT(test_do(&w.c, who, &mine, &(pl_secret_view){t.text.text, t.text.n}), PL_RULE_TRUST_MESSAGE);
        }
        pl_task_clear(&mine);
    }
    pl_task_clear(&t);
    CHECK_INT(test_round(&w.c, w.trust, 0), 4);
    CHECK_INT(test_trust(&w.c, w.trust).stage, PL_TRUST_SHARING);
    t = test_task(&w.c, one, w.trust);
    CHECK_INT(do_changed(&w, one, &t, "\"coefexps\":{\"message\":\"{\\\"coefexps\\\":[\\\""), PL_RULE_TRUST_MESSAGE);
    size_t two = test_trustee(&w.c, w.trust, 5);
    CHECK_INT(test_do(&w.c, two == one ? test_trustee(&w.c, w.trust, 4) : two, &t, NULL), PL_RULE_TRUST_MESSAGE); /* that is somebody else's */
    pl_task_clear(&t);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    CHECK_INT(test_trust(&w.c, w.trust).stage, PL_TRUST_AGREEING);
    t = test_task(&w.c, one, w.trust);
    CHECK_INT(do_changed(&w, one, &t, "\"pok\":{\"challenge\":\""), PL_RULE_TRUST_MESSAGE);
    pl_task_clear(&t);
}

/* The same message with a blank in it, or with a field more, which another reader of JSON would take for the same. */
static void in_another_form(world *w, size_t who)
{
    pl_task t = test_task(&w->c, who, w->trust);
    size_t room = t.text.n + 10;
    char *copy = malloc(room);
    int n = snprintf(copy, room, "{ %s", t.text.text + 1);
    CHECK_INT(test_do(&w->c, who, &t, &(pl_secret_view){copy, (size_t)n}), PL_RULE_TRUST_MESSAGE);
    n = snprintf(copy, room, "{\"a\":1,%s", t.text.text + 1);
    CHECK_INT(test_do(&w->c, who, &t, &(pl_secret_view){copy, (size_t)n}), PL_RULE_TRUST_MESSAGE);
    free(copy);
    pl_task_clear(&t);
}

TEST(r_142_certificates_have_one_form)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    in_another_form(&w, somebody(&w, true));
}

TEST(r_142_polynomials_have_one_form)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    in_another_form(&w, test_trustee(&w.c, w.trust, 2));
}

TEST(r_142_outputs_have_one_form)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    in_another_form(&w, test_trustee(&w.c, w.trust, 3));
}

TEST(r_143_objections)
{
    world w __attribute__((cleanup(end))) = drawn(TEST_SECRET);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    CHECK_INT(test_round(&w.c, w.trust, 0), 5);
    size_t one = test_trustee(&w.c, w.trust, 1), two = test_trustee(&w.c, w.trust, 2), other = somebody(&w, false);
    pl_task t = {.kind = &PL_KIND_TRUSTEE_OBJECTED, .round = 1};
    memcpy(t.id, w.trust, PL_HASH);
    memcpy(t.against, test_member(&w.c, one), PL_HASH);
    CHECK_INT(test_do(&w.c, one, &t, NULL), PL_RULE_TRUST_OBJECTION);
    memcpy(t.against, test_member(&w.c, other), PL_HASH);
    CHECK_INT(test_do(&w.c, one, &t, NULL), PL_RULE_TRUST_OBJECTION);
    memcpy(t.against, test_member(&w.c, two), PL_HASH);
    CHECK_INT(test_do(&w.c, one, &t, NULL), PL_RULE_NONE); /* both leave; three go on */
    pl_trust after = test_trust(&w.c, w.trust);
    CHECK(after.stage == PL_TRUST_SHARING && after.round == 2 && after.in == 3);
    CHECK_INT(test_round(&w.c, w.trust, 0), 3);
    CHECK_INT(test_round(&w.c, w.trust, 0), 3);
    CHECK_INT(test_trust(&w.c, w.trust).stage, PL_TRUST_READY);
}

TEST(r_144_sealed_votes_for_secret_ballots)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    const int64_t mark = 0;
    CHECK_INT(test_mark(&w.c, 5, w.ballot, &mark, 1), PL_RULE_SEALED);
}

TEST(r_144_open_votes_for_open_ballots)
{
    world w __attribute__((cleanup(end))) = {.c = test_commons_begin(6)};
    w.council = test_council(&w.c, "Millers", test_everyone(&w.c), 1);
    test_constitution(&w.c, "");
    test_id id = test_election_id(&w.c, w.council);
    CHECK_INT(test_stand(&w.c, 0, id), PL_RULE_NONE);
    CHECK_INT(test_stand(&w.c, 1, id), PL_RULE_NONE);
    test_later(&w.c, DAYS(14));
    CHECK_INT(test_cast(&w.c, 2, test_election(&w.c, w.council).ballot, (pl_secret_view){"{}", 2}), PL_RULE_SEALED);
}

TEST(r_145_papers_prove_that_they_are_of_this_ballot)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    const int64_t marks[2] = {1, 0};
    pl_secret_text paper = test_paper(&w.c, 4, w.ballot, marks, 2);
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){"{}", 2}), PL_RULE_SEALED_PAPER);
    static const char *const PLACES[] = {"election_uuid\":\"", "election_hash\":\"", "alpha\":\"", "beta\":\"", "challenge\":\"", "response\":\"", "signature\":{\"hash\":\""};
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        pl_task t = {.kind = NULL};
        char *copy = malloc(paper.n + 1);
        memcpy(copy, paper.text, paper.n + 1);
        char *at = strstr(copy, PLACES[i]) + strlen(PLACES[i]);
        at += strcspn(at, "123456789");
        *at = *at == '9' ? '8' : (char)(*at + 1);
        CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){copy, paper.n}), PL_RULE_SEALED_PAPER);
        free(copy);
        pl_task_clear(&t);
    }
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_NONE);
    pl_secret_text_free(&paper);
}

/* Behind so many other events, the checker judges votes before their turn, on all cores: it must come to the same. */
TEST(r_145_votes_that_are_judged_ahead)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    int64_t now = (int64_t)w.c.now;
    const int64_t marks[2] = {1, 0};
    for (int i = 0; i < 300; i++) {
        CHECK_INT(test_act(&w.c, 11, &PL_KIND_ROTA_ABSENT, (test_field[]){F_INT("percent", 50), F_INT("from", now), F_INT("until", now + 100), {0}}), PL_RULE_NONE);
    }
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&w.c, who, w.ballot, who % 3, (who + 1) % 3), PL_RULE_NONE);
    }
    pl_secret_text paper = test_paper(&w.c, 7, w.ballot, marks, 2);
    char *at = strstr(paper.text, "response\":\"") + 11;
    at += strcspn(at, "123456789");
    *at = *at == '9' ? '8' : (char)(*at + 1);
    CHECK_INT(test_cast(&w.c, 7, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_SEALED_PAPER);
    CHECK_INT(test_secret_rank(&w.c, 8, w.ballot, 2, 1), PL_RULE_NONE);
    pl_secret_text_free(&paper);
    test_later(&w.c, DAYS(7));
    test_open_all(&w.c, w.ballot, 0);
    CHECK_INT(test_sealed(&w.c, w.ballot).stage, PL_SEALED_OPENED);
}

TEST(r_146_one_credential_and_nobody_elses)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    const int64_t marks[2] = {1, 0};
    pl_secret_text paper = test_paper(&w.c, 4, w.ballot, marks, 2), other = test_paper(&w.c, 5, w.ballot, marks, 2);
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_NONE);
    CHECK_INT(test_cast(&w.c, 5, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_SEALED_CREDENTIAL); /* a copied ballot */
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){other.text, other.n}), PL_RULE_SEALED_CREDENTIAL); /* a second credential */
    CHECK_INT(test_cast(&w.c, 5, w.ballot, (pl_secret_view){other.text, other.n}), PL_RULE_NONE);
    pl_secret_text_free(&paper);
    pl_secret_text_free(&other);
}

TEST(r_147_not_the_same_paper_twice)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    const int64_t marks[2] = {1, 0};
    pl_secret_text paper = test_paper(&w.c, 4, w.ballot, marks, 2);
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_NONE);
    CHECK_INT(test_seal(&w.c, 4, w.ballot, marks, 1), PL_RULE_NONE); /* another one of the same credential replaces it */
    CHECK_INT(test_cast(&w.c, 4, w.ballot, (pl_secret_view){paper.text, paper.n}), PL_RULE_SEALED_TWICE);
    CHECK(test_sealed(&w.c, w.ballot).voters == 1 && test_sealed(&w.c, w.ballot).papers == 2);
    pl_secret_text_free(&paper);
}

/* A part made of the tally before it is shuffled, by a trustee in a hurry. */
TEST(r_148_not_before_its_time)
{
    world w __attribute__((cleanup(end))) = opened(TEST_SECRET);
    size_t first = test_trustee(&w.c, w.trust, 1);
    pl_task t = {.kind = &PL_KIND_BALLOT_OPENED};
    memcpy(t.id, w.ballot, PL_HASH);
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{}", 2}), PL_RULE_SEALED_STAGE); /* while it is open */
    t.kind = &PL_KIND_BALLOT_SHUFFLED;
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{}", 2}), PL_RULE_SEALED_STAGE);
    memcpy(t.id, w.trust, PL_HASH);
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{}", 2}), PL_RULE_SEALED_STAGE);
    CHECK(strstr(w.c.why, "no secret ballot") != NULL);
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&w.c, who, w.ballot, 1, 2), PL_RULE_NONE);
    }
    test_later(&w.c, DAYS(7));
    t.kind = &PL_KIND_BALLOT_OPENED;
    memcpy(t.id, w.ballot, PL_HASH);
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{}", 2}), PL_RULE_SEALED_STAGE); /* before it is shuffled */
    test_open_all(&w.c, w.ballot, 0);
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{}", 2}), PL_RULE_SEALED_STAGE); /* and after all is told */
}

TEST(r_149_shuffles_keep_all_votes)
{
    world w __attribute__((cleanup(end))) = closed(6);
    size_t first = test_trustee(&w.c, w.trust, 1), second = test_trustee(&w.c, w.trust, 2);
    pl_task t = test_task(&w.c, first, w.trust), late = test_task(&w.c, second, w.trust);
    CHECK_INT(do_changed(&w, first, &t, "alpha"), PL_RULE_SHUFFLE);
    CHECK_INT(do_changed(&w, first, &t, "proofs"), PL_RULE_SHUFFLE);
    CHECK_INT(test_do(&w.c, first, &t, &(pl_secret_view){"{\"ciphertexts\":[[]],\"proofs\":[]}", 31}), PL_RULE_SHUFFLE);
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_NONE);
    CHECK_INT(test_do(&w.c, second, &late, NULL), PL_RULE_SHUFFLE); /* of the tally before the first shuffle */
    pl_task_clear(&t);
    pl_task_clear(&late);
}

TEST(r_150_parts_open_this_tally)
{
    world w __attribute__((cleanup(end))) = closed(6);
    for (int64_t i = 1; i <= 3; i++) {
        shuffle(&w, i);
    }
    size_t first = test_trustee(&w.c, w.trust, 1), second = test_trustee(&w.c, w.trust, 2);
    pl_task t = test_task(&w.c, first, w.trust);
    CHECK_INT(do_changed(&w, first, &t, "decryption_factors"), PL_RULE_PART);
    CHECK_INT(do_changed(&w, first, &t, "response\":\""), PL_RULE_PART);
    CHECK_INT(test_do(&w.c, second, &t, NULL), PL_RULE_PART); /* the part of somebody else */
    CHECK_INT(test_do(&w.c, first, &t, NULL), PL_RULE_NONE);
    pl_task_clear(&t);
}

/* ---- Lots with a key ---------------------------------------------------------------------------------- */

#define KEYED "lot.key = 1\nsecret.trustees = 3\nsecret.needed = 2\nsecret.reserves = 0\n"

/* Eight founders, of whom three keep the key for lots; a lot of two places is announced. */
static world keyed_lot(uint8_t lot[PL_HASH])
{
    world w = {.c = test_commons_begin(8)};
    test_constitution(&w.c, KEYED);
    pl_trust_id(test_everyone(&w.c).at, 0, w.trust);
    test_later(&w.c, 48 * PL_HOUR);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(test_round(&w.c, w.trust, 0), 3);
    }
    CHECK_INT(test_trust(&w.c, w.trust).stage, PL_TRUST_READY);
    test_id all = test_everyone(&w.c);
    CHECK_INT(test_act(&w.c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", all.at), F_INT("wanted", 2), {0}}), PL_RULE_NONE);
    memcpy(lot, w.c.id, PL_HASH);
    return w;
}

typedef struct sharing {
    const uint8_t *lot, *member;
    pl_secret_text share;
} sharing;

static pl_status look_share(void *user, pl_step *s)
{
    sharing *k = user;
    return pl_lot_share_make(s, k->lot, k->member, &k->share);
}

static pl_secret_text share_of(test_commons *c, size_t who, const uint8_t lot[PL_HASH])
{
    sharing k = {.lot = lot, .member = test_member(c, who)};
    test_look(c, look_share, &k);
    return k.share;
}

static pl_rule give(test_commons *c, size_t who, const uint8_t lot[PL_HASH], const pl_secret_text *share)
{
    return test_act(c, who, &PL_KIND_LOT_SHARED, (test_field[]){F_ID("lot", lot), F_BYTES("share", share->text, share->n), {0}});
}

static pl_rule unseal(test_commons *c, size_t who, const uint8_t lot[PL_HASH], const pl_secret_text *part)
{
    return test_act(c, who, &PL_KIND_LOT_UNSEALED, (test_field[]){F_ID("lot", lot), F_BYTES("part", part->text, part->n), {0}});
}

TEST(r_151_shares_of_ones_own_once)
{
    uint8_t lot[PL_HASH];
    world w __attribute__((cleanup(end))) = keyed_lot(lot);
    pl_secret_text one = share_of(&w.c, 1, lot), two = share_of(&w.c, 2, lot);
    pl_lot first;
    CHECK(test_row(&w.c, &PL_LOTS, pl_key_id1(w.trust), &first) && pl_id_none(first.key)); /* that drew the trustees */
    CHECK_INT(give(&w.c, 2, lot, &one), PL_RULE_LOT_SHARE); /* a copied share */
    CHECK_INT(give(&w.c, 1, lot, &one), PL_RULE_NONE);
    CHECK_INT(give(&w.c, 1, lot, &one), PL_RULE_LOT_SHARE);
    CHECK_INT(give(&w.c, 2, w.trust, &two), PL_RULE_LOT); /* was drawn long ago */
    two.text[20] = two.text[20] == '1' ? '2' : '1';
    CHECK_INT(give(&w.c, 2, lot, &two), PL_RULE_LOT_SHARE);
    pl_secret_text_free(&one);
    pl_secret_text_free(&two);
}

TEST(r_151_no_share_without_a_key)
{
    world w __attribute__((cleanup(end))) = {.c = test_commons_begin(3)};
    test_id all = test_everyone(&w.c);
    pl_secret_text nothing = {(char[]){"{}"}, 2};
    test_constitution(&w.c, "");
    CHECK_INT(test_act(&w.c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", all.at), F_INT("wanted", 2), {0}}), PL_RULE_NONE);
    CHECK_INT(give(&w.c, 0, w.c.id, &nothing), PL_RULE_LOT_SHARE);
}

TEST(r_152_parts_open_the_shares)
{
    uint8_t lot[PL_HASH];
    world w __attribute__((cleanup(end))) = keyed_lot(lot);
    for (size_t who = 0; who < 4; who++) {
        pl_secret_text share = share_of(&w.c, who, lot);
        CHECK_INT(give(&w.c, who, lot, &share), PL_RULE_NONE);
        pl_secret_text_free(&share);
    }
    size_t first = test_trustee(&w.c, w.trust, 1), second = test_trustee(&w.c, w.trust, 2), other = 0;
    while (other == first || other == second || other == test_trustee(&w.c, w.trust, 3)) {
        other++;
    }
    CHECK(test_task(&w.c, first, w.trust).kind == NULL); /* as long as shares come in */
    test_later(&w.c, 24 * PL_HOUR);
    pl_task t = test_task(&w.c, first, w.trust);
    CHECK(t.kind == &PL_KIND_LOT_UNSEALED && pl_id_same(t.id, lot));
    CHECK_INT(unseal(&w.c, second, lot, &t.text), PL_RULE_LOT_UNSEALED);
    CHECK_INT(unseal(&w.c, other, lot, &t.text), PL_RULE_TRUSTEE);
    CHECK_INT(unseal(&w.c, first, lot, &t.text), PL_RULE_NONE);
    CHECK_INT(unseal(&w.c, first, lot, &t.text), PL_RULE_TRUSTEE);
    pl_task_clear(&t);
    pl_lot l;
    CHECK(test_row(&w.c, &PL_LOTS, pl_key_id1(lot), &l) && l.state == PL_LOT_OPENING && l.unsealed == 1);
    t = test_task(&w.c, second, w.trust);
    CHECK_INT(unseal(&w.c, second, lot, &t.text), PL_RULE_NONE); /* the second one is enough; it is drawn at once */
    pl_task_clear(&t);
    CHECK(test_row(&w.c, &PL_LOTS, pl_key_id1(lot), &l) && l.state == PL_LOT_DRAWN && !pl_id_none(l.seed));
    pl_lot_place p;
    CHECK(test_row(&w.c, &PL_LOT_PLACES, pl_key_then(pl_key_id1(lot), 2), &p));
    test_later(&w.c, 24 * PL_HOUR);
    pl_lot later;
    CHECK(test_row(&w.c, &PL_LOTS, pl_key_id1(lot), &later) && pl_id_same(later.seed, l.seed));
}
