/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Founding, members, the public lot, grants: what each rule refuses, and how things go when nobody breaks one. */
#include <stdlib.h>

#include "council/acts.h"
#include "council/members.h"
#include "council/motions.h"
#include "test/commons_help.h"
#include "test/test.h"

static test_commons begin(size_t founders)
{
    test_commons c = test_commons_begin(founders);
    test_constitution(&c, "");
    return c;
}

static pl_rule constituency(test_commons *c, size_t who, const char *name)
{
    return test_act(c, who, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", name), F_TEXT("type", "workplace"), {0}});
}

/* Proposes a new person; the number, with the proposal in c->id. */
static size_t propose(test_commons *c, size_t by)
{
    size_t who = test_person(c);
    uint8_t text[PL_MEMBER_SIGNED], proof[PL_SIGNATURE];
    pl_member_text(pl_record_what(c->record)->commons_id, pl_key_id(c->key[by]), text);
    pl_key_sign(c->key[who], text, sizeof text, proof);
    CHECK_INT(test_act(c, by, &PL_KIND_MEMBER_PROPOSED, (test_field[]){F_BYTES("key", pl_key_public(c->key[who]), 32), F_BYTES("proof", proof, sizeof proof), {0}}),
              PL_RULE_NONE);
    return who;
}

static bool is_member(test_commons *c, size_t who)
{
    pl_member m;
    return test_row(c, &PL_MEMBERS, pl_key_id1(test_member(c, who)), &m) && m.left < 0;
}

static pl_rule say(test_commons *c, size_t who, const pl_event_kind *kind, const char *field, const uint8_t *id, const char *reason)
{
    test_field fields[] = {F_ID(field, id), F_TEXT("reason", reason != NULL ? reason : ""), {0}};
    fields[1].name = reason != NULL ? fields[1].name : NULL;
    return test_act(c, who, kind, fields);
}

TEST(members_come_move_and_leave)
{
    test_commons c = test_commons_begin(3);
    uint8_t places[1][PL_HASH];
    pl_belonging b;
    pl_assembly a;
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);
    memcpy(places[0], c.id, PL_HASH);
    test_constitution(&c, "");
    size_t dora = test_admit(&c, (const uint8_t(*)[PL_HASH])places, 1);
    CHECK(is_member(&c, dora));
    CHECK(test_row(&c, &PL_BELONGS, pl_key_id2(places[0], test_member(&c, dora)), &b) && b.until < 0);
    CHECK_INT(test_act(&c, 1, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", places[0]), F_INT("joins", 1), {0}}), PL_RULE_NONE);
    CHECK(!test_row(&c, &PL_BELONGS, pl_key_id2(places[0], test_member(&c, 1)), &b));
    test_later(&c, 7 * PL_DAY);
    CHECK(test_row(&c, &PL_BELONGS, pl_key_id2(places[0], test_member(&c, 1)), &b) && b.until < 0);
    CHECK_INT(test_act(&c, dora, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}}), PL_RULE_NONE);
    CHECK(!is_member(&c, dora));
    CHECK(test_row(&c, &PL_ASSEMBLIES, pl_key_id1(places[0]), &a) && a.members == 1);
    CHECK_INT(test_act(&c, dora, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}}), PL_RULE_KEY); /* the keys ended too */
    test_commons_end(&c);
}

TEST(vouchers_that_come_late_still_count)
{
    test_commons c = begin(3);
    size_t dora = propose(&c, 0);
    uint8_t id[PL_HASH];
    memcpy(id, c.id, PL_HASH);
    test_later(&c, 8 * PL_DAY);
    CHECK(!is_member(&c, dora));
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_NONE);
    CHECK(is_member(&c, dora));
    test_commons_end(&c);
}

TEST(objections_are_decided_by_drawn_members)
{
    test_commons c = begin(8);
    size_t dora = propose(&c, 0);
    uint8_t id[PL_HASH];
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_NONE);
    CHECK_INT(say(&c, 2, &PL_KIND_MEMBER_OBJECTED, "proposal", id, "Not known here."), PL_RULE_NONE);
    CHECK_INT(say(&c, 3, &PL_KIND_MEMBER_OBJECTED, "proposal", id, "Not known here."), PL_RULE_NONE);
    test_later(&c, 30 * PL_DAY);
    CHECK(!is_member(&c, dora));
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_ADMITTED, (test_field[]){F_ID("proposal", id), {0}}), PL_RULE_GRANT);
    test_grant(&c, 0, &PL_KIND_MEMBER_ADMITTED, (test_field[]){F_ID("proposal", id), {0}});
    uint8_t grant[PL_HASH];
    memcpy(grant, c.id, PL_HASH);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_ADMITTED, (test_field[]){F_ID("proposal", id), F_ID("grant", grant), {0}}), PL_RULE_NONE);
    CHECK(is_member(&c, dora));
    test_commons_end(&c);
}

TEST(lost_keys_are_replaced_by_a_grant)
{
    test_commons c = begin(8);
    size_t fresh = test_person(&c);
    uint8_t text[PL_MEMBER_SIGNED], proof[PL_SIGNATURE], grant[PL_HASH];
    pl_key_row k;
    pl_member_text(pl_record_what(c.record)->commons_id, pl_key_id(c.key[0]), text);
    pl_key_sign(c.key[fresh], text, sizeof text, proof);
    test_field fields[] = {F_ID("member", test_member(&c, 5)), F_BYTES("key", pl_key_public(c.key[fresh]), 32), F_BYTES("proof", proof, sizeof proof), {0}, {0}};
    c.n--; /* the new key is nobody's yet */
    test_grant(&c, 0, &PL_KIND_MEMBER_RECOVERED, fields);
    c.n++;
    memcpy(grant, c.id, PL_HASH);
    fields[3] = (test_field)F_ID("grant", grant);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_RECOVERED, fields), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_KEYS, pl_key_id1(pl_key_id(c.key[fresh])), &k) && pl_id_same(k.holder, test_member(&c, 5)));
    CHECK_INT(test_act(&c, 5, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}}), PL_RULE_KEY);
    CHECK_INT(test_act(&c, fresh, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}}), PL_RULE_NONE);
    CHECK(!is_member(&c, 5));
    test_commons_end(&c);
}

/* ---- The lot ----------------------------------------------------------------------------------------- */

typedef struct drawn {
    uint8_t rank[PL_HASH], member[PL_HASH];
} drawn;

static int by_member(const void *a, const void *b)
{
    return memcmp(((const drawn *)a)->member, ((const drawn *)b)->member, PL_HASH);
}

static int by_rank(const void *a, const void *b)
{
    return memcmp(((const drawn *)a)->rank, ((const drawn *)b)->rank, PL_HASH);
}

/* SHA-256 of the parts, one behind the other. */
static void hash_parts(uint8_t out[PL_HASH], const void *const *part, const size_t *size, size_t n)
{
    uint8_t text[2000];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        memcpy(text + at, part[i], size[i]);
        at += size[i];
    }
    pl_hash(text, at, out);
}

/* The draw again, from what anybody can read. */
TEST(a_lot_can_be_drawn_again_by_anybody)
{
    test_commons c = begin(7);
    uint8_t lot[PL_HASH], part[3][PL_HASH], seal[PL_HASH], events[PL_HASH], ids[7][PL_HASH], pool[PL_HASH], seed[PL_HASH];
    drawn people[7];
    uint64_t size;
    pl_lot_place place;
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED,
                       (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", pl_record_what(c.record)->commons_id), F_INT("wanted", 3), {0}}),
              PL_RULE_NONE);
    memcpy(lot, c.id, PL_HASH);
    for (size_t i = 0; i < 3; i++) {
        memset(part[i], (int)i + 1, PL_HASH);
        pl_hash(part[i], PL_HASH, seal);
        CHECK_INT(test_act(&c, i, &PL_KIND_LOT_SEALED, (test_field[]){F_ID("lot", lot), F_ID("seal", seal), {0}}), PL_RULE_NONE);
    }
    CHECK_INT(pl_record_size(c.record, &size, NULL), PL_OK);
    CHECK_INT(pl_record_root(c.record, size, events, NULL), PL_OK);
    test_later(&c, 24 * PL_HOUR);
    for (size_t i = 0; i < 2; i++) { /* the third part stays sealed */
        CHECK_INT(test_act(&c, i, &PL_KIND_LOT_OPENED, (test_field[]){F_ID("lot", lot), F_ID("part", part[i]), {0}}), PL_RULE_NONE);
    }
    test_later(&c, 24 * PL_HOUR);
    for (size_t i = 0; i < 7; i++) {
        memcpy(people[i].member, test_member(&c, i), PL_HASH);
    }
    qsort(people, 7, sizeof *people, by_member);
    for (size_t i = 0; i < 7; i++) {
        memcpy(ids[i], people[i].member, PL_HASH);
    }
    pl_hash(ids, sizeof ids, pool);
    const char *origin = pl_record_what(c.record)->origin;
    hash_parts(seed, (const void *const[]){"lot/v1", origin, pool, events, part[0], part[1]}, (const size_t[]){6, strlen(origin), 32, 32, 32, 32}, 6);
    for (size_t i = 0; i < 7; i++) {
        hash_parts(people[i].rank, (const void *const[]){seed, "jury", people[i].member}, (const size_t[]){32, 4, 32}, 3);
    }
    qsort(people, 7, sizeof *people, by_rank);
    for (int64_t i = 0; i < 3; i++) {
        CHECK(test_row(&c, &PL_LOT_PLACES, pl_key_then(pl_key_id1(lot), i + 1), &place));
        CHECK(pl_id_same(place.member, people[i].member));
    }
    CHECK(!test_row(&c, &PL_LOT_PLACES, pl_key_then(pl_key_id1(lot), 4), &place));
    test_commons_end(&c);
}

TEST(a_lot_in_a_constituency_draws_from_those_who_were_there)
{
    test_commons c = test_commons_begin(4);
    uint8_t place[1][PL_HASH], lot[PL_HASH];
    pl_lot l;
    pl_lot_place p;
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);
    memcpy(place[0], c.id, PL_HASH);
    test_constitution(&c, "");
    size_t dora = test_admit(&c, (const uint8_t(*)[PL_HASH])place, 1), emil = test_admit(&c, (const uint8_t(*)[PL_HASH])place, 1);
    CHECK_INT(test_act(&c, dora, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", place[0]), F_INT("wanted", 5), {0}}), PL_RULE_NONE);
    memcpy(lot, c.id, PL_HASH);
    CHECK_INT(test_act(&c, emil, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", place[0]), F_INT("joins", 0), {0}}), PL_RULE_NONE);
    test_later(&c, 48 * PL_HOUR);
    CHECK(test_row(&c, &PL_LOTS, pl_key_id1(lot), &l) && l.size == 2 && l.state == PL_LOT_DRAWN);
    CHECK(test_row(&c, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(lot, test_member(&c, dora)), &p));
    CHECK(test_row(&c, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(lot, test_member(&c, emil)), &p)); /* the pool was frozen before */
    CHECK(!test_row(&c, &PL_LOT_PLACES, pl_key_then(pl_key_id1(lot), 3), &p));
    test_commons_end(&c);
}

/* ---- What each rule refuses -------------------------------------------------------------------------- */

TEST(r_020_founders_adopt_once)
{
    test_commons c = test_commons_begin(2);
    const test_field text[] = {F_TEXT("text", "mandate.term_days = 100\n"), {0}};
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUTION_ADOPTED, text), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUTION_ADOPTED, text), PL_RULE_NONE); /* again: it counts once */
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);                       /* so none is in force */
    CHECK_INT(test_act(&c, 1, &PL_KIND_CONSTITUTION_ADOPTED, text), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 1, &PL_KIND_CONSTITUTION_ADOPTED, text), PL_RULE_FOUNDERS);
    test_commons_end(&c);
}

TEST(r_020_members_are_not_founders)
{
    test_commons c = test_commons_begin(2);
    size_t dora = test_admit(&c, NULL, 0);
    CHECK_INT(test_act(&c, dora, &PL_KIND_CONSTITUTION_ADOPTED, (test_field[]){F_TEXT("text", "mandate.term_days = 100\n"), {0}}), PL_RULE_FOUNDERS);
    test_commons_end(&c);
}

TEST(r_021_a_constitution_within_its_bounds)
{
    static const char *const BAD[] = {"recall.signatures_percent = 26\n", "recall.immunity_days = 31\n", "no.such = 1\n", "mandate.term_days\n", "mandate.term_days = many\n",
                                      "grant.approvers = 3\ngrant.needed = 4\n", "mandate.term_days = 90\nmandate.term_days = 91\n", "tier.2 = later\n"};
    test_commons c = test_commons_begin(1);
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUTION_ADOPTED, (test_field[]){F_TEXT("text", BAD[i]), {0}}), PL_RULE_CONSTITUTION);
        CHECK(c.why[0] != '\0');
    }
    test_commons_end(&c);
}

TEST(r_022_members_only)
{
    test_commons c = begin(3);
    uint8_t id[PL_HASH], text[PL_MEMBER_SIGNED], proof[PL_SIGNATURE];
    size_t dora = test_person(&c);
    const uint8_t nobody[PL_HASH] = {1};
    propose(&c, 0);
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(say(&c, dora, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_KEY); /* without a key here nobody does anything */
    pl_member_text(pl_record_what(c.record)->commons_id, pl_key_id(c.key[0]), text);
    pl_key_sign(c.key[dora], text, sizeof text, proof);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_RECOVERED,
                       (test_field[]){F_ID("member", nobody), F_BYTES("key", pl_key_public(c.key[dora]), 32), F_BYTES("proof", proof, sizeof proof), {0}}),
              PL_RULE_MEMBER);
    test_commons_end(&c);
}

TEST(r_023_assemblies_that_are_there)
{
    test_commons c = begin(3);
    const uint8_t none[PL_HASH] = {1};
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", none), F_INT("joins", 1), {0}}), PL_RULE_ASSEMBLY);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", pl_record_what(c.record)->commons_id), F_INT("joins", 1), {0}}), PL_RULE_ASSEMBLY);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", none), F_INT("wanted", 3), {0}}), PL_RULE_ASSEMBLY);
    test_commons_end(&c);
}

TEST(r_024_names_of_assemblies)
{
    test_commons c = test_commons_begin(1);
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_ASSEMBLY_NAME);
    CHECK_INT(constituency(&c, 0, "everyone"), PL_RULE_ASSEMBLY_NAME);
    test_commons_end(&c);
}

TEST(r_025_seats_of_councils)
{
    test_commons c = test_commons_begin(1);
    const uint8_t none[1][PL_HASH] = {{1}};
    const uint8_t *everyone = pl_record_what(c.record)->commons_id;
    const int64_t zero = 0, two[2] = {1, 1};
    CHECK_INT(test_act(&c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "A"), F_IDS("electors", none, 1), F_INTS("seats", two, 1), {0}}), PL_RULE_GROUPS);
    CHECK_INT(test_act(&c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "A"), F_IDS("electors", everyone, 1), F_INTS("seats", &zero, 1), {0}}), PL_RULE_GROUPS);
    CHECK_INT(test_act(&c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "A"), F_IDS("electors", everyone, 1), F_INTS("seats", two, 2), {0}}), PL_RULE_GROUPS);
    test_commons_end(&c);
}

/* Nobody acts alone: not a founder, not whoever runs the server, not twice, not later, not otherwise than was allowed. */
TEST(r_029_privileged_acts_need_grants)
{
    test_commons c = begin(8);
    const test_field act[] = {F_TEXT("name", "Bakers"), F_TEXT("type", "workplace"), {0}};
    uint8_t grant[PL_HASH];
    pl_grant g;
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_GRANT); /* whose key is the record key too */
    test_grant(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, act);
    memcpy(grant, c.id, PL_HASH);
    const test_field with[] = {act[0], act[1], F_ID("grant", grant), {0}}, other[] = {F_TEXT("name", "Fakers"), act[1], F_ID("grant", grant), {0}};
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, other), PL_RULE_GRANT);
    CHECK(strstr(c.why, "another act") != NULL);
    CHECK_INT(test_act(&c, 1, &PL_KIND_CONSTITUENCY_CREATED, with), PL_RULE_GRANT);
    CHECK(strstr(c.why, "another member") != NULL);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, with), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", "Bakers 2"), act[1], F_ID("grant", grant), {0}}), PL_RULE_GRANT);
    CHECK(strstr(c.why, "used") != NULL);
    const test_field late[] = {F_TEXT("name", "Late"), act[1], {0}};
    test_grant(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, late);
    memcpy(grant, c.id, PL_HASH);
    test_later(&c, 24 * PL_HOUR);
    CHECK(test_row(&c, &PL_GRANTS, pl_key_id1(grant), &g) && g.state == PL_GRANT_LAPSED);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){late[0], late[1], F_ID("grant", grant), {0}}), PL_RULE_GRANT);
    CHECK(strstr(c.why, "over") != NULL);
    test_commons_end(&c);
}

TEST(r_040_keys_of_new_members)
{
    test_commons c = begin(3);
    size_t dora = test_person(&c);
    uint8_t proof[PL_SIGNATURE] = {0};
    test_field fields[] = {F_BYTES("key", pl_key_public(c.key[dora]), 32), F_BYTES("proof", proof, sizeof proof), {0}};
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_PROPOSED, fields), PL_RULE_NEW_KEY);
    fields[0].at = pl_key_public(c.key[1]);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MEMBER_PROPOSED, fields), PL_RULE_NEW_KEY);
    test_commons_end(&c);
}

TEST(r_041_proposals_that_are_open)
{
    test_commons c = begin(4);
    uint8_t id[PL_HASH];
    const uint8_t none[PL_HASH] = {1};
    propose(&c, 0);
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_VOUCHED, "proposal", none, NULL), PL_RULE_PROPOSAL);
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_NONE);
    test_later(&c, 7 * PL_DAY);
    CHECK_INT(say(&c, 2, &PL_KIND_MEMBER_OBJECTED, "proposal", id, "Late."), PL_RULE_PROPOSAL);
    test_commons_end(&c);
}

TEST(r_042_one_opinion)
{
    test_commons c = begin(3);
    uint8_t id[PL_HASH];
    propose(&c, 0);
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(say(&c, 0, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_OPINION); /* who proposes vouches */
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_OBJECTED, "proposal", id, "No."), PL_RULE_NONE);
    CHECK_INT(say(&c, 1, &PL_KIND_MEMBER_VOUCHED, "proposal", id, NULL), PL_RULE_OPINION);
    test_commons_end(&c);
}

TEST(r_043_moves)
{
    test_commons c = test_commons_begin(4);
    uint8_t place[1][PL_HASH], move[PL_HASH];
    pl_belonging b;
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);
    memcpy(place[0], c.id, PL_HASH);
    test_constitution(&c, "admission.objectors = 1\n");
    size_t dora = test_admit(&c, (const uint8_t(*)[PL_HASH])place, 1);
    CHECK_INT(test_act(&c, 1, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", place[0]), F_INT("joins", 0), {0}}), PL_RULE_MOVE);
    CHECK_INT(test_act(&c, 1, &PL_KIND_MEMBER_MOVED, (test_field[]){F_ID("constituency", place[0]), F_INT("joins", 1), {0}}), PL_RULE_NONE);
    memcpy(move, c.id, PL_HASH);
    CHECK_INT(say(&c, 2, &PL_KIND_MOVE_OBJECTED, "move", move, "A stranger."), PL_RULE_ASSEMBLY);
    CHECK_INT(say(&c, dora, &PL_KIND_MOVE_OBJECTED, "move", place[0], "A stranger."), PL_RULE_MOVE);
    CHECK_INT(say(&c, dora, &PL_KIND_MOVE_OBJECTED, "move", move, "A stranger."), PL_RULE_NONE);
    test_later(&c, 7 * PL_DAY);
    CHECK(!test_row(&c, &PL_BELONGS, pl_key_id2(place[0], test_member(&c, 1)), &b));
    test_commons_end(&c);
}

TEST(r_044_lots_in_their_time)
{
    test_commons c = begin(3);
    const uint8_t none[PL_HASH] = {1};
    uint8_t lot[PL_HASH];
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_SEALED, (test_field[]){F_ID("lot", none), F_ID("seal", none), {0}}), PL_RULE_LOT);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", pl_record_what(c.record)->commons_id), F_INT("wanted", 1), {0}}), PL_RULE_NONE);
    memcpy(lot, c.id, PL_HASH);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_OPENED, (test_field[]){F_ID("lot", lot), F_ID("part", none), {0}}), PL_RULE_LOT);
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_SEALED, (test_field[]){F_ID("lot", lot), F_ID("seal", none), {0}}), PL_RULE_LOT);
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_OPENED, (test_field[]){F_ID("lot", lot), F_ID("part", none), {0}}), PL_RULE_LOT);
    test_commons_end(&c);
}

TEST(r_045_one_part_and_the_one_that_was_sealed)
{
    test_commons c = begin(3);
    uint8_t lot[PL_HASH], part[PL_HASH] = {5}, other[PL_HASH] = {6}, seal[PL_HASH];
    pl_hash(part, PL_HASH, seal);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "jury"), F_ID("pool", pl_record_what(c.record)->commons_id), F_INT("wanted", 1), {0}}), PL_RULE_NONE);
    memcpy(lot, c.id, PL_HASH);
    const test_field sealing[] = {F_ID("lot", lot), F_ID("seal", seal), {0}}, opening[] = {F_ID("lot", lot), F_ID("part", part), {0}};
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_SEALED, sealing), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_SEALED, sealing), PL_RULE_LOT_PART);
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_act(&c, 1, &PL_KIND_LOT_OPENED, opening), PL_RULE_LOT_PART);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_OPENED, (test_field[]){F_ID("lot", lot), F_ID("part", other), {0}}), PL_RULE_LOT_PART);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_OPENED, opening), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_OPENED, opening), PL_RULE_LOT_PART);
    test_commons_end(&c);
}

TEST(r_046_drawn_approvers)
{
    test_commons c = begin(8);
    uint8_t grant[PL_HASH];
    const uint8_t hash[PL_HASH] = {1};
    pl_lot_place p;
    int approvers = 0;
    CHECK_INT(test_act(&c, 0, &PL_KIND_GRANT_ASKED, (test_field[]){F_TEXT("act", "witness.added"), F_ID("hash", hash), F_TEXT("reason", "One more."), {0}}), PL_RULE_NONE);
    memcpy(grant, c.id, PL_HASH);
    CHECK_INT(test_act(&c, 1, &PL_KIND_GRANT_APPROVED, (test_field[]){F_ID("grant", grant), {0}}), PL_RULE_GRANT); /* not drawn yet */
    test_later(&c, 48 * PL_HOUR);
    for (size_t i = 0; i < 8; i++) {
        bool is = test_row(&c, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(grant, test_member(&c, i)), &p);
        CHECK(i > 0 || !is); /* whoever asks is not drawn */
        if (!is) {
            CHECK_INT(test_act(&c, i, &PL_KIND_GRANT_APPROVED, (test_field[]){F_ID("grant", grant), {0}}), PL_RULE_APPROVER);
        } else if (approvers++ == 0) {
            CHECK_INT(test_act(&c, i, &PL_KIND_GRANT_APPROVED, (test_field[]){F_ID("grant", grant), {0}}), PL_RULE_NONE);
            CHECK_INT(say(&c, i, &PL_KIND_GRANT_REFUSED, "grant", grant, "No."), PL_RULE_APPROVER);
        }
    }
    CHECK_INT(approvers, 5);
    test_commons_end(&c);
}

/* Three of five are needed: two are not enough, and three refusals are the end. */
TEST(so_many_approvals_and_no_fewer)
{
    test_commons c = begin(8);
    for (int refusals = 0; refusals < 2; refusals++) {
        const uint8_t hash[PL_HASH] = {1};
        uint8_t grant[PL_HASH];
        pl_grant g;
        pl_lot_place p;
        int decided = 0;
        CHECK_INT(test_act(&c, 0, &PL_KIND_GRANT_ASKED, (test_field[]){F_TEXT("act", "witness.added"), F_ID("hash", hash), F_TEXT("reason", "One more."), {0}}), PL_RULE_NONE);
        memcpy(grant, c.id, PL_HASH);
        test_later(&c, 48 * PL_HOUR);
        for (size_t i = 0; i < 8; i++) {
            if (!test_row(&c, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(grant, test_member(&c, i)), &p)) {
                continue;
            }
            pl_rule rule = say(&c, i, refusals ? &PL_KIND_GRANT_REFUSED : &PL_KIND_GRANT_APPROVED, "grant", grant, refusals ? "No." : NULL);
            CHECK_INT(rule, decided < 3 ? PL_RULE_NONE : PL_RULE_GRANT);
            decided++;
            CHECK(test_row(&c, &PL_GRANTS, pl_key_id1(grant), &g));
            CHECK_INT(g.state, decided < 3 ? PL_GRANT_DECIDING : refusals ? PL_GRANT_REFUSED : PL_GRANT_APPROVED);
        }
        CHECK_INT(decided, 5);
    }
    test_commons_end(&c);
}

TEST(r_047_hidden_events_are_there)
{
    test_commons c = test_commons_begin(1);
    pl_act_mark m;
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONTENT_HIDDEN, (test_field[]){F_INT("position", 7), F_TEXT("reason", "Insults."), {0}}), PL_RULE_HIDDEN);
    CHECK_INT(constituency(&c, 0, "Bakers"), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONTENT_HIDDEN, (test_field[]){F_INT("position", 1), F_TEXT("reason", "Insults."), {0}}), PL_RULE_NONE);
    CHECK(test_row(&c, &PL_HIDDEN, pl_key_then(pl_key_none(), 1), &m));
    test_commons_end(&c);
}
