/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Privileged acts about the record and what lies beside it, terms in a row, hand-overs, corrected pay: what each rule refuses. */
#include <stdlib.h>

#include "council/acts.h"
#include "council/members.h"
#include "council/pay.h"
#include "test/council_help.h"
#include "test/test.h"

#define FOUNDERS 8

static void end(test_commons *c)
{
    test_commons_end(c);
}

static test_commons begin(const char *constitution)
{
    test_commons c = test_commons_begin(FOUNDERS);
    if (constitution != NULL) {
        test_constitution(&c, constitution);
    }
    return c;
}

/* The same act once more, with the grant that was asked for it as its last field. */
static pl_rule granted(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields)
{
    uint8_t grant[PL_HASH];
    test_field all[12] = {{0}};
    size_t n = 0;
    test_grant(c, who, kind, fields);
    memcpy(grant, c->id, PL_HASH);
    for (; fields[n].name != NULL; n++) {
        all[n] = fields[n];
    }
    all[n] = (test_field)F_ID("grant", grant);
    return test_act(c, who, kind, all);
}

/* ---- The record key -------------------------------------------------------------------------------- */

typedef struct rekey {
    pl_key *key;
    uint8_t proof[PL_SIGNATURE];
    test_field fields[3];
} rekey;

static void prove_key(test_commons *c, size_t who, unsigned seed, rekey *r)
{
    uint8_t text[PL_RECORD_KEY_SIGNED];
    r->key = test_key(seed);
    pl_record_key_text(pl_record_what(c->record)->commons_id, test_member(c, who), text);
    pl_key_sign(r->key, text, sizeof text, r->proof);
    r->fields[0] = (test_field)F_BYTES("key", pl_key_public(r->key), 32);
    r->fields[1] = (test_field)F_BYTES("proof", r->proof, sizeof r->proof);
    r->fields[2] = (test_field){0};
}

TEST(r_120_another_record_key)
{
    test_commons c __attribute__((cleanup(end))) = begin("");
    rekey r, wrong;
    pl_owned note;
    pl_error err;
    CHECK_INT(pl_record_sign_checkpoint(c.record, c.key[0], &note, &err), PL_OK);
    pl_owned_free(&note);
    prove_key(&c, 1, 900, &r);
    prove_key(&c, 2, 901, &wrong); /* signed for somebody else's event */
    CHECK_INT(test_act(&c, 1, &PL_KIND_RECORD_REKEYED, r.fields), PL_RULE_GRANT);
    CHECK_INT(test_act(&c, 1, &PL_KIND_RECORD_REKEYED, wrong.fields), PL_RULE_RECORD_KEY);
    CHECK_INT(granted(&c, 1, &PL_KIND_RECORD_REKEYED, r.fields), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 1, &PL_KIND_RECORD_REKEYED, r.fields), PL_RULE_RECORD_KEY); /* it is that already */
    /* From now on the new key signs, and the old one no longer. */
    CHECK_INT(pl_record_sign_checkpoint(c.record, c.key[0], &note, &err), PL_DATA);
    CHECK_INT(pl_record_sign_checkpoint(c.record, r.key, &note, &err), PL_OK);
    CHECK_INT(pl_note_signed_by(note.bytes, note.n, &pl_record_what(c.record)->record_key, NULL), PL_SIGNED);
    CHECK_INT(pl_note_signed_by(note.bytes, note.n, &pl_record_what(c.record)->founding_key, NULL), PL_SIGNED_NOT);
    pl_owned_free(&note);
    /* Whoever opens the record again knows it. */
    pl_record *again;
    CHECK_INT(pl_record_open(test_path("the.commons"), pl_council_rules(), PL_RECORD_READ, &again, &err), PL_OK);
    CHECK(memcmp(pl_record_what(again)->record_key.public_key, pl_key_public(r.key), 32) == 0);
    pl_record_close(again);
    pl_key_free(r.key);
    pl_key_free(wrong.key);
}

TEST(one_founder_does_not_take_the_record_key)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    rekey r;
    prove_key(&c, 1, 900, &r);
    CHECK_INT(test_act(&c, 1, &PL_KIND_RECORD_REKEYED, r.fields), PL_RULE_GRANT);
    CHECK(strstr(c.why, "not before a constitution") != NULL);
    pl_key_free(r.key);
}

/* ---- A record that went on from a copy ------------------------------------------------------------- */

static pl_rule restored(test_commons *c, int64_t kept, int64_t lost, const uint8_t *root)
{
    return test_act(c, 0, &PL_KIND_RECORD_RESTORED, (test_field[]){F_INT("kept", kept), F_INT("lost", lost), F_ID("root", root), F_TEXT("reason", "The disk."), {0}});
}

TEST(r_121_events_that_were_lost)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    const uint8_t other[PL_HASH] = {7};
    uint8_t root[PL_HASH];
    pl_restored row;
    pl_error err;
    CHECK_INT(restored(&c, 1, 1, other), PL_RULE_RESTORED);
    CHECK_INT(restored(&c, 2, 9, other), PL_RULE_RESTORED); /* there is one event */
    CHECK_INT(restored(&c, 1, 3, other), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_RESTORED, pl_key_id1(c.id), &row) && row.kept == 1 && row.lost == 3);
    CHECK_INT(restored(&c, 1, 3, other), PL_RULE_NONE);
    CHECK_INT(pl_record_root(c.record, 3, root, &err), PL_OK);
    CHECK_INT(restored(&c, 1, 3, root), PL_RULE_RESTORED); /* these three are here */
    test_constitution(&c, "");
    CHECK_INT(restored(&c, 1, 30, other), PL_RULE_GRANT);
}

/* ---- The roll, personal data ----------------------------------------------------------------------- */

static pl_rule correct(test_commons *c, const uint8_t *member, int64_t belongs, const uint8_t *place, bool grant)
{
    test_field fields[] = {F_ID("member", member), F_INT("belongs", belongs), F_TEXT("reason", "Twice on the roll."), F_ID("constituency", place), {0}};
    if (place == NULL) {
        fields[3].name = NULL;
    }
    return grant ? granted(c, 0, &PL_KIND_ROLL_CORRECTED, fields) : test_act(c, 0, &PL_KIND_ROLL_CORRECTED, fields);
}

TEST(r_122_the_roll_is_corrected)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    uint8_t bakers[PL_HASH];
    pl_belonging b;
    pl_member m;
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", "Bakers"), F_TEXT("type", "workplace"), {0}}), PL_RULE_NONE);
    memcpy(bakers, c.id, PL_HASH);
    CHECK_INT(correct(&c, test_member(&c, 7), 0, NULL, false), PL_RULE_GRANT); /* no founder strikes another off */
    test_constitution(&c, "");
    CHECK_INT(correct(&c, test_member(&c, 7), 1, NULL, false), PL_RULE_ROLL);  /* is there */
    CHECK_INT(correct(&c, bakers, 0, NULL, false), PL_RULE_ROLL);              /* nobody */
    CHECK_INT(correct(&c, test_member(&c, 7), 0, bakers, false), PL_RULE_ROLL); /* does not belong to it */
    CHECK_INT(correct(&c, test_member(&c, 7), 1, test_everyone(&c).at, false), PL_RULE_ROLL);
    CHECK_INT(correct(&c, test_member(&c, 7), 1, bakers, false), PL_RULE_GRANT);
    CHECK_INT(correct(&c, test_member(&c, 7), 1, bakers, true), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_BELONGS, pl_key_id2(bakers, test_member(&c, 7)), &b) && b.until < 0);
    CHECK_INT(correct(&c, test_member(&c, 7), 0, bakers, true), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_BELONGS, pl_key_id2(bakers, test_member(&c, 7)), &b) && b.until >= 0);
    CHECK_INT(correct(&c, test_member(&c, 7), 0, NULL, true), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_MEMBERS, pl_key_id1(test_member(&c, 7)), &m) && m.left >= 0);
    CHECK_INT(test_act(&c, 7, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}}), PL_RULE_KEY); /* the keys ended too */
}

TEST(r_125_personal_data_that_there_is)
{
    test_commons c __attribute__((cleanup(end))) = begin("");
    const uint8_t nobody[PL_HASH] = {9};
    const test_field reason = F_TEXT("reason", "An accident.");
    CHECK_INT(test_act(&c, 0, &PL_KIND_ARCHIVE_OPENED, (test_field[]){F_ID("member", nobody), reason, {0}}), PL_RULE_ARCHIVE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_ARCHIVE_OPENED, (test_field[]){F_ID("member", test_member(&c, 1)), reason, {0}}), PL_RULE_ARCHIVE);
}

/* ---- Witnesses, releases --------------------------------------------------------------------------- */

TEST(r_123_a_witness_is_added_once_by_its_key)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    pl_note_key key;
    pl_error err;
    char line[PL_NOTE_KEY_TEXT];
    CHECK_INT(test_act(&c, 0, &PL_KIND_WITNESS_ADDED, (test_field[]){F_TEXT("key", "somebody"), {0}}), PL_RULE_WITNESS);
    CHECK_INT(pl_note_key_make("example.org/w", PL_NOTE_ED25519, pl_key_public(c.key[3]), &key, &err), PL_OK);
    pl_note_key_write(&key, line);
    CHECK_INT(test_act(&c, 0, &PL_KIND_WITNESS_ADDED, (test_field[]){F_TEXT("key", line), {0}}), PL_RULE_WITNESS); /* the key of a log */
    CHECK_INT(pl_note_key_make("example.org/w", PL_NOTE_COSIGNATURE, pl_key_public(c.key[3]), &key, &err), PL_OK);
    pl_note_key_write(&key, line);
    CHECK_INT(test_act(&c, 0, &PL_KIND_WITNESS_ADDED, (test_field[]){F_TEXT("key", line), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 1, &PL_KIND_WITNESS_ADDED, (test_field[]){F_TEXT("key", line), {0}}), PL_RULE_WITNESS);
    test_constitution(&c, "");
    CHECK_INT(pl_note_key_make("example.org/v", PL_NOTE_COSIGNATURE, pl_key_public(c.key[4]), &key, &err), PL_OK);
    pl_note_key_write(&key, line);
    CHECK_INT(test_act(&c, 0, &PL_KIND_WITNESS_ADDED, (test_field[]){F_TEXT("key", line), {0}}), PL_RULE_GRANT);
}

TEST(r_126_a_release_is_published_once)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    const uint8_t hash[PL_HASH] = {5}, other[PL_HASH] = {6};
    CHECK_INT(test_act(&c, 0, &PL_KIND_RELEASE_PUBLISHED, (test_field[]){F_ID("hash", hash), F_TEXT("name", "1.0"), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_RELEASE_PUBLISHED, (test_field[]){F_ID("hash", hash), F_TEXT("name", "1.1"), {0}}), PL_RULE_RELEASE);
    test_constitution(&c, "");
    CHECK_INT(test_act(&c, 0, &PL_KIND_RELEASE_PUBLISHED, (test_field[]){F_ID("hash", other), F_TEXT("name", "1.1"), {0}}), PL_RULE_GRANT);
    CHECK_INT(granted(&c, 0, &PL_KIND_RELEASE_PUBLISHED, (test_field[]){F_ID("hash", other), F_TEXT("name", "1.1"), {0}}), PL_RULE_NONE);
}

/* ---- Terms in a row -------------------------------------------------------------------------------- */

/* One after the other, founder `who` alone stands for each term until a rule stands against it; how many terms that were. */
static int serve(test_commons *c, size_t who, test_id council)
{
    for (int terms = 0;; terms++) {
        pl_election e = test_election(c, council);
        test_later(c, e.opens > (int64_t)c->now ? e.opens - (int64_t)c->now : 0);
        pl_rule rule = test_stand(c, who, test_election_id(c, council));
        if (rule != PL_RULE_NONE) {
            CHECK_INT(rule, PL_RULE_CANDIDATE_TERMS);
            return terms;
        }
        pl_seat_group g = test_group(c, council);
        test_later(c, DAYS(14));
        test_later(c, g.ends > (int64_t)c->now ? g.ends - (int64_t)c->now : 0);
        CHECK(test_holds(c, who, council, NULL));
    }
}

TEST(r_124_so_many_terms_in_a_row)
{
    test_commons c __attribute__((cleanup(end))) = test_commons_begin(3);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1);
    test_constitution(&c, "mandate.terms_in_row = 2\nmandate.term_days = 100\n");
    CHECK_INT(serve(&c, 0, council), 2);
    /* Somebody else takes a turn; then the first may stand again. */
    CHECK_INT(test_stand(&c, 1, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(21));
    CHECK(test_holds(&c, 1, council, NULL));
    pl_election e = test_election(&c, council);
    test_later(&c, e.opens - (int64_t)c.now);
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, council)), PL_RULE_NONE);
}

/* Who is recalled in the last term that is allowed may stand for the rest of it. */
TEST(r_124_does_not_hold_within_a_term)
{
    test_commons c __attribute__((cleanup(end))) = test_commons_begin(4);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1), mandate;
    test_constitution(&c, "mandate.terms_in_row = 1\nmandate.term_days = 365\n");
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(14));
    CHECK(test_holds(&c, 0, council, &mandate));
    test_later(&c, DAYS(200));
    CHECK_INT(test_one(&c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    pl_seat_group g = test_group(&c, council);
    test_id by;
    memcpy(by.at, g.by, PL_HASH);
    CHECK_INT(test_stand(&c, 0, by), PL_RULE_NONE);
}

/* ---- Hand-overs ------------------------------------------------------------------------------------ */

TEST(r_128_hand_overs_are_confirmed_by_the_council)
{
    test_commons c __attribute__((cleanup(end))) = test_commons_begin(6);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 2), mandate;
    test_constitution(&c, "");
    pl_handover h;
    test_id election = test_election_id(&c, council);
    for (size_t who = 0; who < 2; who++) {
        CHECK_INT(test_stand(&c, who, election), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    CHECK(test_holds(&c, 0, council, &mandate));
    CHECK_INT(test_one(&c, 1, &PL_KIND_HANDOVER_CONFIRMED, "mandate", mandate.at), PL_RULE_HANDOVER); /* it lasts */
    CHECK_INT(test_one(&c, 0, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_HANDOVERS, pl_key_id1(mandate.at), &h) && h.confirmed < 0 && h.due == h.since + DAYS(14));
    CHECK_INT(test_one(&c, 0, &PL_KIND_HANDOVER_CONFIRMED, "mandate", mandate.at), PL_RULE_HANDOVER);
    CHECK_INT(test_one(&c, 4, &PL_KIND_HANDOVER_CONFIRMED, "mandate", mandate.at), PL_RULE_HANDOVER); /* sits nowhere */
    CHECK_INT(test_one(&c, 1, &PL_KIND_HANDOVER_CONFIRMED, "mandate", mandate.at), PL_RULE_NONE);
    CHECK_INT(test_one(&c, 1, &PL_KIND_HANDOVER_CONFIRMED, "mandate", mandate.at), PL_RULE_HANDOVER); /* once */
}

TEST(who_is_elected_again_hands_nothing_over)
{
    test_commons c __attribute__((cleanup(end))) = test_commons_begin(3);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 1), first, second;
    test_constitution(&c, "mandate.term_days = 100\n");
    pl_handover h;
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(14));
    CHECK(test_holds(&c, 0, council, &first));
    pl_election e = test_election(&c, council);
    test_later(&c, e.opens - (int64_t)c.now);
    CHECK_INT(test_stand(&c, 0, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(21));
    CHECK(test_holds(&c, 0, council, &second) && !pl_id_same(first.at, second.at));
    CHECK(!test_row(&c, &PL_HANDOVERS, pl_key_id1(first.at), &h));
}

/* ---- Corrected pay --------------------------------------------------------------------------------- */

#define QUARTER (2026 * 4 + 2)

static pl_rule correct_pay(test_commons *c, const char *grade, int64_t wrong, int64_t right, bool grant)
{
    test_field fields[] = {F_INT("quarter", QUARTER), F_TEXT("source", "Mill"), F_TEXT("grade", grade), F_INT("wrong", wrong), F_TEXT("reason", "A zero too many."), F_INT("right", right), {0}};
    if (right == 0) {
        fields[5].name = NULL;
    }
    return grant ? granted(c, 0, &PL_KIND_PAY_CORRECTED, fields) : test_act(c, 0, &PL_KIND_PAY_CORRECTED, fields);
}

TEST(r_127_a_wrong_figure_is_corrected)
{
    test_commons c __attribute__((cleanup(end))) = begin(NULL);
    const int64_t amounts[] = {100, 200, 3000};
    pl_pay_quarter q;
    CHECK_INT(test_act(&c, 0, &PL_KIND_PAY_SKILLED,
                       (test_field[]){F_INT("quarter", QUARTER), F_TEXT("source", "Mill"), F_TEXT("grade", "miller"), F_INTS("amounts", amounts, 3), {0}}),
              PL_RULE_NONE);
    test_constitution(&c, "");
    CHECK_INT(correct_pay(&c, "baker", 3000, 150, false), PL_RULE_PAY_CORRECTION);
    CHECK_INT(correct_pay(&c, "miller", 3001, 150, false), PL_RULE_PAY_CORRECTION);
    CHECK_INT(correct_pay(&c, "miller", 3000, 3000, false), PL_RULE_PAY_CORRECTION);
    CHECK_INT(correct_pay(&c, "miller", 3000, 150, false), PL_RULE_GRANT);
    CHECK_INT(correct_pay(&c, "miller", 3000, 150, true), PL_RULE_NONE); /* 100, 150, 200 */
    CHECK_INT(correct_pay(&c, "miller", 3000, 150, false), PL_RULE_PAY_CORRECTION);
    CHECK_INT(correct_pay(&c, "miller", 200, 0, true), PL_RULE_NONE); /* 100, 150 */
    test_later(&c, pl_quarter_begin(QUARTER + 1) + DAYS(31) - (int64_t)c.now);
    CHECK(test_row(&c, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), QUARTER), &q) && q.entries == 2 && q.median == 125);
    CHECK_INT(correct_pay(&c, "miller", 100, 150, false), PL_RULE_PAY_QUARTER); /* officials were paid by it */
}
