/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_votes.c - the vectors secret/votes.json, with which any other program that encrypts votes (the page in the browser) can be compared byte by byte: from an election, a credential,
 * choices and a seed the one ballot that these give.  When the file does not agree, what it should be is left in the test's folder. */
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/secret.h>

#include "base/str.h"
#include "io/file.h"
#include "io/json.h"
#include "test/test.h"

static pl_error error;

#define MUST(call)                                                                                \
    do {                                                                                          \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, error.subject, error.message);                              \
        }                                                                                         \
    } while (0)

#define UUID "44444444444444"
#define YES_NO "{\"answers\":[\"yes\",\"no\"],\"min\":0,\"max\":1,\"question\":\"\"}"
#define THREE "{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[\"Ada\",\"Ben\",\"Cl\xc3\xa9o \\\"C\\\"\"],\"question\":\"\"}}"
#define BLANK "{\"answers\":[\"a\",\"b\",\"c\"],\"blank\":true,\"min\":1,\"max\":2,\"question\":\"q\"}"

static const struct {
    const char *group, *questions;
    int n;
    int32_t choice[8];
} CASES[] = {
    {"Ed25519", YES_NO, 2, {1, 0}},
    {"Ed25519", YES_NO, 2, {0, 1}},
    {"Ed25519", YES_NO, 2, {0, 0}},
    {"Ed25519", THREE, 3, {2, 1, 0}},
    {"Ed25519", THREE, 3, {1, 1, 255}},
    {"Ed25519", BLANK, 4, {1, 0, 0, 0}},
    {"Ed25519", BLANK, 4, {0, 1, 0, 1}},
    {"Ed25519", YES_NO "," THREE, 5, {1, 0, 3, 2, 1}},
    {"BELENIOS-2048", YES_NO, 2, {1, 0}},
    {"RFC-3526-2048", THREE, 3, {2, 1, 0}},
};

/* Made again from what is opened, and from nothing else. */
static void check_opened(const pl_secret_election *e, size_t i, const uint8_t seed[32], const pl_secret_text *ballot, const char *tracker)
{
    json_t *parts = json_loadb(ballot->text, ballot->n, 0, NULL), *proof = json_object_get(json_object_get(parts, "signature"), "proof");
    int32_t other[8];
    char again[PL_SECRET_TRACKER];
    pl_secret_opened o = {json_string_value(json_object_get(parts, "credential")), {0}, json_string_value(json_object_get(proof, "challenge")),
                          json_string_value(json_object_get(proof, "response"))};
    memcpy(o.seed, seed, sizeof o.seed);
    MUST(pl_secret_reopen(e, &o, CASES[i].choice, CASES[i].n, again, &error));
    CHECK_STR(again, tracker);
    memcpy(other, CASES[(i + 1) % 2].choice, sizeof other); /* cases 1 and 2 differ in the choice alone */
    if (i < 2) {
        MUST(pl_secret_reopen(e, &o, other, CASES[i].n, again, &error));
        CHECK(strcmp(again, tracker) != 0);
    }
    o.seed[31] ^= 1;
    MUST(pl_secret_reopen(e, &o, CASES[i].choice, CASES[i].n, again, &error));
    CHECK(strcmp(again, tracker) != 0);
    CHECK_INT(pl_secret_reopen(e, &o, CASES[i].choice, CASES[i].n - 1, again, &error), PL_DATA);
    json_decref(parts);
}

static void put_case(pl_json *j, size_t i)
{
    uint8_t seed[3][32];
    char template[1000], credential[PL_SECRET_CREDENTIAL], hex[65];
    pl_secret_text private_key, key, trustees, election, public_key, ballot;
    pl_secret_election *e;
    pl_secret_seen seen;
    for (size_t k = 0; k < 3; k++) {
        for (size_t b = 0; b < 32; b++) {
            seed[k][b] = (uint8_t)(i + 64 * k + b);
        }
    }
    snprintf(template, sizeof template, "{\"description\":\"\",\"name\":\"vector %zu\",\"questions\":[%s]}", i + 1, CASES[i].questions);
    MUST(pl_secret_trustee(CASES[i].group, seed[0], &private_key, &key, &error));
    pl_secret_view item = {key.text, key.n};
    MUST(pl_secret_trustees(CASES[i].group, &item, 1, &trustees, &error));
    MUST(pl_secret_election_new(CASES[i].group, UUID, template, strlen(template), trustees.text, trustees.n, &election, &error));
    MUST(pl_secret_credential(CASES[i].group, UUID, seed[1], credential, &public_key, &error));
    MUST(pl_secret_open(election.text, election.n, NULL, 0, NULL, 0, &e, &error));
    MUST(pl_secret_vote(e, credential, CASES[i].choice, CASES[i].n, seed[2], &ballot, &error));
    MUST(pl_secret_ballot(e, ballot.text, ballot.n, &seen, &error));
    check_opened(e, i, seed[2], &ballot, seen.tracker);
    CHECK(seen.key.n == public_key.n && memcmp(seen.key.text, public_key.text, public_key.n) == 0);
    pl_json_object(j);
    pl_json_put_text(j, "group", CASES[i].group);
    pl_json_put_text(j, "election", election.text);
    pl_json_put_text(j, "credential", credential);
    pl_json_put_text(j, "public", public_key.text);
    pl_json_key(j, "choices");
    pl_json_array(j);
    for (int k = 0; k < CASES[i].n; k++) {
        pl_json_int(j, CASES[i].choice[k]);
    }
    pl_json_end(j);
    pl_json_put_text(j, "seed", sodium_bin2hex(hex, sizeof hex, seed[2], 32));
    pl_json_put_text(j, "ballot", ballot.text);
    pl_json_put_text(j, "tracker", seen.tracker);
    pl_json_end(j);
    pl_secret_close(e);
    pl_secret_text *all[] = {&private_key, &key, &trustees, &election, &public_key, &ballot};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        pl_secret_text_free(all[k]);
    }
}

TEST(votes_are_those_of_the_vectors)
{
    pl_str text;
    pl_json j;
    pl_file file;
    char made[4096];
    pl_str_init(&text, 1 << 20);
    pl_json_init(&j, &text, true);
    pl_json_array(&j);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        put_case(&j, i);
    }
    pl_json_end(&j);
    pl_str_add(&text, "\n");
    snprintf(made, sizeof made, "%s/votes.json", test_tmp());
    MUST(pl_file_write(made, text.text, text.len, &error));
    MUST(pl_file_read(test_source("test/known/secret/votes.json"), 1 << 20, &file, &error));
    if (file.n != text.len || memcmp(file.bytes, text.text, file.n) != 0) {
        FAIL("test/known/secret/votes.json is not what the library makes: %s", made);
    }
    pl_file_clear(&file);
    pl_str_clear(&text);
}
