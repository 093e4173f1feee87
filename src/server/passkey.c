/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/passkey.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <sodium.h>
#include <string.h>

#include "io/json_read.h"

#define FLAGS 32 /* where they stand in authenticatorData, behind the hash of the relying party */
#define HEAD 37
#define USER_PRESENT 1
#define USER_VERIFIED 4

static pl_status refuted(pl_error *err, const char *what)
{
    return pl_fail(err, PL_REFUTED, "passkey", "sign in again", "%s", what);
}

static pl_status read_client(const json_t *object, const char *origin, uint8_t challenge[32], pl_error *err)
{
    const char *type = json_string_value(json_object_get(object, "type")), *from = json_string_value(json_object_get(object, "origin")),
               *text = json_string_value(json_object_get(object, "challenge"));
    size_t n = 0;
    if (type == NULL || strcmp(type, "webauthn.get") != 0) {
        return refuted(err, "this was not signed for signing in");
    }
    if (from == NULL || strcmp(from, origin) != 0 || json_is_true(json_object_get(object, "crossOrigin"))) {
        return refuted(err, "this was signed on another page");
    }
    if (text == NULL || sodium_base642bin(challenge, 32, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || n != 32) {
        return refuted(err, "this is no challenge of ours");
    }
    return PL_OK;
}

pl_status pl_passkey_client(const pl_assertion *a, const char *origin, uint8_t challenge[32], pl_error *err)
{
    json_t *object = NULL;
    pl_status status = pl_json_read((const char *)a->client.at, a->client.n, "client_data", &object, NULL, err);
    status = status == PL_OK ? read_client(object, origin, challenge, err) : status;
    json_decref(object);
    return status;
}

/* Verifies with libfido2, which checks the relying party and the flags too. */
static bool verify(fido_assert_t *assertion, const pl_passkey *p)
{
    uint8_t point[2 * PL_HASH];
    bool holds = false;
    memcpy(point, p->x, PL_HASH);
    memcpy(point + PL_HASH, p->y, PL_HASH);
    if (p->algorithm == PL_PASSKEY_ES256) {
        es256_pk_t *key = es256_pk_new();
        holds = key != NULL && es256_pk_from_ptr(key, point, sizeof point) == FIDO_OK && fido_assert_verify(assertion, 0, COSE_ES256, key) == FIDO_OK;
        es256_pk_free(&key);
    } else {
        eddsa_pk_t *key = eddsa_pk_new();
        holds = key != NULL && eddsa_pk_from_ptr(key, point, PL_HASH) == FIDO_OK && fido_assert_verify(assertion, 0, COSE_EDDSA, key) == FIDO_OK;
        eddsa_pk_free(&key);
    }
    return holds;
}

pl_status pl_passkey_signed(const pl_assertion *a, const pl_passkey *p, const char *party, bool *holds, bool *verified, pl_error *err)
{
    uint8_t hash[PL_HASH];
    *holds = *verified = false;
    if (a->authenticator.n < HEAD || a->signature.n == 0) {
        return PL_OK;
    }
    fido_assert_t *assertion = fido_assert_new();
    if (assertion == NULL) {
        return pl_fail_nomem(err, "verifying a passkey");
    }
    pl_hash(a->client.at, a->client.n, hash);
    bool set = fido_assert_set_count(assertion, 1) == FIDO_OK && fido_assert_set_clientdata_hash(assertion, hash, sizeof hash) == FIDO_OK &&
               fido_assert_set_rp(assertion, party) == FIDO_OK && fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
               fido_assert_set_authdata_raw(assertion, 0, a->authenticator.at, a->authenticator.n) == FIDO_OK &&
               fido_assert_set_sig(assertion, 0, a->signature.at, a->signature.n) == FIDO_OK;
    *holds = set && (a->authenticator.at[FLAGS] & USER_PRESENT) != 0 && verify(assertion, p);
    *verified = *holds && (a->authenticator.at[FLAGS] & USER_VERIFIED) != 0;
    fido_assert_free(&assertion);
    return PL_OK;
}
