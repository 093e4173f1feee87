/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Passkeys of members: what each rule refuses. */
#include "council/passkeys.h"

#include "test/commons_help.h"
#include "test/test.h"

static const uint8_t KEY[2 * PL_HASH] = {1, 2, 3};

static pl_rule add(test_commons *c, size_t who, uint8_t first, int64_t algorithm, size_t n)
{
    uint8_t credential[20] = {first};
    return test_act(c, who, &PL_KIND_PASSKEY_ADDED,
                    (test_field[]){F_BYTES("credential", credential, sizeof credential), F_INT("algorithm", algorithm), F_BYTES("key", KEY, n), F_TEXT("party", "plan.example.org"), {0}});
}

static void id_of(uint8_t first, uint8_t id[PL_HASH])
{
    uint8_t credential[20] = {first};
    pl_hash(credential, sizeof credential, id);
}

static pl_rule take_back(test_commons *c, size_t who, uint8_t first)
{
    uint8_t id[PL_HASH];
    id_of(first, id);
    return test_act(c, who, &PL_KIND_PASSKEY_REMOVED, (test_field[]){F_ID("passkey", id), {0}});
}

TEST(r_220_a_credential_is_added_once)
{
    test_commons c = test_commons_begin(2);
    pl_passkey p;
    uint8_t id[PL_HASH];
    CHECK(add(&c, 0, 1, PL_PASSKEY_ES256, 64) == PL_RULE_NONE);
    CHECK(add(&c, 0, 1, PL_PASSKEY_ES256, 64) == PL_RULE_PASSKEY_NEW);
    CHECK(add(&c, 1, 1, PL_PASSKEY_EDDSA, 32) == PL_RULE_PASSKEY_NEW); /* nor by somebody else, who would then sign in with it */
    CHECK(add(&c, 1, 2, PL_PASSKEY_EDDSA, 32) == PL_RULE_NONE);
    id_of(1, id);
    CHECK(test_row(&c, &PL_PASSKEYS, pl_key_id1(id), &p));
    CHECK(pl_id_same(p.member, test_member(&c, 0)) && memcmp(p.x, KEY, PL_HASH) == 0);
    CHECK_STR(p.party, "plan.example.org");
    test_commons_end(&c);
}

TEST(r_221_the_key_is_one_of_its_algorithm)
{
    test_commons c = test_commons_begin(1);
    CHECK(add(&c, 0, 1, PL_PASSKEY_ES256, 32) == PL_RULE_PASSKEY_KEY);
    CHECK(add(&c, 0, 1, PL_PASSKEY_EDDSA, 64) == PL_RULE_PASSKEY_KEY);
    CHECK(add(&c, 0, 1, PL_PASSKEY_EDDSA, 33) == PL_RULE_PASSKEY_KEY);
    test_commons_end(&c);
}

TEST(r_222_members_take_back_their_own_passkeys)
{
    test_commons c = test_commons_begin(2);
    pl_passkey p;
    uint8_t id[PL_HASH];
    CHECK(add(&c, 0, 1, PL_PASSKEY_ES256, 64) == PL_RULE_NONE);
    CHECK(take_back(&c, 1, 1) == PL_RULE_PASSKEY_OWN);
    CHECK(take_back(&c, 0, 2) == PL_RULE_PASSKEY_OWN);
    CHECK(take_back(&c, 0, 1) == PL_RULE_NONE);
    CHECK(take_back(&c, 0, 1) == PL_RULE_PASSKEY_OWN);
    id_of(1, id);
    CHECK(test_row(&c, &PL_PASSKEYS, pl_key_id1(id), &p) && p.removed == (int64_t)c.now);
    CHECK(add(&c, 0, 1, PL_PASSKEY_ES256, 64) == PL_RULE_PASSKEY_NEW);
    test_commons_end(&c);
}
