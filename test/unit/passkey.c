/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * passkey.c - assertions of passkeys: a test vector of the standard, a whole signing in, and what the hostile try. */
#include "server/passkey.h"

#include <sodium.h>

#include "test/http_help.h"
#include "test/test.h"

/* W3C, Web Authentication level 3, test vectors, "none attestation, ES256": https://www.w3.org/TR/webauthn-3/#sctn-test-vectors-none-es256 */
static const char X[] = "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61", Y[] = "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
static const char AUTHENTICATOR[] = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000";
static const char CLIENT[] = "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167"
                             "222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d";
static const char SIGNATURE[] = "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87";

typedef struct vector {
    uint8_t authenticator[100], client[400], signature[100];
    pl_assertion assertion;
    pl_passkey passkey;
} vector;

static pl_bytes from_hex(const char *text, uint8_t *out)
{
    size_t n = strlen(text) / 2;
    CHECK(pl_hex_read(text, n, out));
    return (pl_bytes){out, n};
}

static void load(vector *v)
{
    v->passkey = (pl_passkey){.algorithm = PL_PASSKEY_ES256};
    from_hex(X, v->passkey.x);
    from_hex(Y, v->passkey.y);
    v->assertion.authenticator = from_hex(AUTHENTICATOR, v->authenticator);
    v->assertion.client = from_hex(CLIENT, v->client);
    v->assertion.signature = from_hex(SIGNATURE, v->signature);
}

static bool holds(const vector *v, const char *party)
{
    bool yes, verified;
    pl_error err;
    CHECK(pl_passkey_signed(&v->assertion, &v->passkey, party, &yes, &verified, &err) == PL_OK);
    CHECK(!verified); /* the vector has nobody verified, only somebody there */
    return yes;
}

TEST(the_vector_of_the_standard)
{
    vector v;
    uint8_t challenge[32];
    pl_error err;
    load(&v);
    CHECK(holds(&v, "example.org"));
    CHECK(pl_passkey_client(&v.assertion, "https://example.org", challenge, &err) == PL_OK);
    char hex[65];
    pl_hex_write(challenge, 32, hex);
    CHECK_STR(hex, "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408");
    CHECK(pl_passkey_client(&v.assertion, "https://example.com", challenge, &err) == PL_REFUTED);
    CHECK(pl_passkey_client(&v.assertion, "https://example.org:8443", challenge, &err) == PL_REFUTED);
}

TEST(a_changed_assertion_does_not_hold)
{
    vector v;
    load(&v);
    CHECK(!holds(&v, "example.com"));
    uint8_t *const parts[] = {v.authenticator, v.client, v.signature, v.passkey.x, v.passkey.y};
    const size_t n[] = {v.assertion.authenticator.n, v.assertion.client.n, v.assertion.signature.n, 32, 32};
    for (size_t p = 0; p < 5; p++) {
        for (size_t i = 0; i < n[p]; i++) {
            parts[p][i] ^= 1;
            if (holds(&v, "example.org")) {
                FAIL("byte %zu of part %zu does not matter", i, p);
            }
            parts[p][i] ^= 1;
        }
    }
    CHECK(holds(&v, "example.org"));
    v.assertion.authenticator.n = 36;
    CHECK(!holds(&v, "example.org"));
    v.assertion.authenticator.n = 0;
    CHECK(!holds(&v, "example.org"));
}

TEST(what_was_signed_must_be_for_signing_in)
{
    static const char *const WRONG[] = {
        "{\"type\":\"webauthn.create\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\",\"origin\":\"https://example.org\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01A\",\"origin\":\"https://example.org\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag=\",\"origin\":\"https://example.org\"}",
        "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\",\"origin\":\"https://example.org\",\"crossOrigin\":true}",
        "{\"type\":\"webauthn.get\",\"challenge\":7,\"origin\":\"https://example.org\"}", "{\"type\":\"webauthn.get\"}", "[]"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        uint8_t challenge[32];
        pl_error err;
        const pl_assertion a = {.client = {(const uint8_t *)WRONG[i], strlen(WRONG[i])}};
        if (pl_passkey_client(&a, "https://example.org", challenge, &err) != PL_REFUTED) {
            FAIL("taken: %s", WRONG[i]);
        }
    }
}

/* ---- A whole signing in --------------------------------------------------------------------------- */

typedef struct attempt {
    const char *party, *origin; /* NULL: the server's */
    uint8_t flags;
    bool forged;
    char challenge[400]; /* "" asks for one */
} attempt;

/* Signs as a device with an Ed25519 key would; the status of the answer. */
static int sign_in(const pl_server *s, const pl_key *key, const uint8_t credential[20], attempt *a)
{
    uint8_t bytes[32], authenticator[37] = {0}, text[100], signature[PL_SIGNATURE];
    char challenge[64], client[400], hex[5][900], body[4000];
    if (a->challenge[0] == '\0') {
        char out[400];
        test_reply r = test_request(s, "POST", "/api/session/challenge", "Plenty-Request: 1\r\n", "", 0);
        snprintf(a->challenge, sizeof a->challenge, "%s", test_member_of(&r, "challenge", out));
        test_reply_free(&r);
    }
    CHECK(pl_hex_read(a->challenge, 32, bytes));
    sodium_bin2base64(challenge, sizeof challenge, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(client, sizeof client, "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}", challenge, a->origin != NULL ? a->origin : pl_server_origin(s));
    const char *party = a->party != NULL ? a->party : "127.0.0.1";
    pl_hash(party, strlen(party), authenticator);
    authenticator[32] = a->flags;
    memcpy(text, authenticator, sizeof authenticator);
    pl_hash(client, strlen(client), text + sizeof authenticator);
    pl_key_sign(key, text, sizeof authenticator + PL_HASH, signature);
    signature[3] ^= a->forged;
    pl_hex_write(credential, 20, hex[0]);
    pl_hex_write(authenticator, sizeof authenticator, hex[1]);
    pl_hex_write(client, strlen(client), hex[2]);
    pl_hex_write(signature, sizeof signature, hex[3]);
    snprintf(body, sizeof body, "{\"credential\":\"%s\",\"authenticator_data\":\"%s\",\"client_data\":\"%s\",\"signature\":\"%s\"}", hex[0], hex[1], hex[2], hex[3]);
    test_reply r = test_request(s, "POST", "/api/session/passkey", "Plenty-Request: 1\r\nContent-Type: application/json\r\n", body, strlen(body));
    int status = r.status;
    CHECK((status == 200) == (strstr(r.text, "Set-Cookie: plenty=") != NULL));
    test_reply_free(&r);
    return status;
}

TEST(a_member_signs_in_with_a_passkey)
{
    test_commons c = test_commons_begin(2);
    pl_key *key = test_key(77);
    static const uint8_t CREDENTIAL[20] = {9, 9}, OTHER[20] = {8};
    uint8_t id[PL_HASH];
    pl_hash(CREDENTIAL, 20, id);
    CHECK(test_act(&c, 1, &PL_KIND_PASSKEY_ADDED,
                   (test_field[]){F_BYTES("credential", CREDENTIAL, 20), F_INT("algorithm", PL_PASSKEY_EDDSA), F_BYTES("key", pl_key_public(key), 32), F_TEXT("party", "127.0.0.1"),
                                  {0}}) == PL_RULE_NONE);
    pl_server *s = test_serve(&c, NULL);
    attempt good = {.flags = 5}, forged = {.flags = 5, .forged = true}, unverified = {.flags = 1}, absent = {.flags = 4}, elsewhere = {.flags = 5, .origin = "https://evil.example"},
            party = {.flags = 5, .party = "evil.example"}, unknown = {.flags = 5}, late = {.flags = 5};
    CHECK_INT(sign_in(s, key, CREDENTIAL, &good), 200);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &good), 409); /* the same challenge */
    CHECK_INT(sign_in(s, key, CREDENTIAL, &forged), 409);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &unverified), 409);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &absent), 409);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &elsewhere), 409);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &party), 409);
    CHECK_INT(sign_in(s, key, OTHER, &unknown), 409);
    CHECK_INT(sign_in(s, c.key[0], CREDENTIAL, &(attempt){.flags = 5}), 409); /* another key */
    char path[200], member[65], hex[41];
    pl_hex_write(test_member(&c, 1), PL_HASH, member);
    pl_hex_write(CREDENTIAL, 20, hex);
    snprintf(path, sizeof path, "/api/members/%s/passkeys", member);
    test_reply r = test_get(s, path);
    CHECK(r.status == 200 && strstr(r.body, hex) != NULL);
    test_reply_free(&r);
    CHECK(test_act(&c, 1, &PL_KIND_PASSKEY_REMOVED, (test_field[]){F_ID("passkey", id), {0}}) == PL_RULE_NONE);
    CHECK_INT(sign_in(s, key, CREDENTIAL, &late), 409);
    pl_server_stop(s);
    pl_key_free(key);
    test_commons_end(&c);
}
