/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * trustees.c - public keys of trustees: each with a proof that its owner knows the private key; sets of whom a threshold
 * decrypts; the joint key of an election. */
#include <string.h>

#include "secret/trustees.h"

#define TRUSTEES_MOST ((size_t)1 << 24)

static void hash_key(pl_hash *h, const pl_group *g, const pl_element *x)
{
    pl_hash_start(h, g, "pok|");
    pl_hash_text(h, g->name);
    pl_hash_text(h, "|");
    pl_hash_element(h, x);
    pl_hash_text(h, "|");
}

void pl_key_write(const pl_group *g, const pl_scalar *secret, pl_draw *draw, pl_str *out)
{
    pl_hash h;
    pl_proof proof;
    pl_element x;
    pl_power_secret(g, &x, &g->g, secret);
    hash_key(&h, g, &x);
    pl_schnorr_prove(&h, secret, draw, &proof);
    pl_str_add(out, "{\"pok\":");
    pl_put_proof(out, g, &proof);
    pl_str_add(out, ",\"public_key\":");
    pl_put_element(out, g, &x);
    pl_str_add(out, "}");
}

pl_status pl_key_read(const pl_group *g, json_t *value, pl_element *out, pl_error *err)
{
    pl_hash h;
    pl_proof proof;
    if (json_object_size(value) != 2 || !pl_json_element(g, json_object_get(value, "public_key"), out) ||
        !pl_json_proof(g, json_object_get(value, "pok"), &proof)) {
        return pl_fail(err, PL_PARSE, "trustees", NULL, "this is not the public key of a trustee in %s", g->name);
    }
    hash_key(&h, g, out);
    return pl_schnorr_check(&h, out, &proof)
               ? PL_OK
               : pl_fail(err, PL_REFUTED, "trustees", "ask the trustee for a new key", "the owner of a public key does not prove to know the private one");
}

pl_status pl_secret_trustee(const char *group, const uint8_t *seed, pl_secret_text *private_key, pl_secret_text *public_key,
                            pl_error *err)
{
    pl_group g;
    pl_draw draw;
    pl_scalar x;
    pl_str secret, open;
    pl_status status = pl_secret_group(group, &g, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&secret, PL_ELEMENT_TEXT + 8);
    pl_str_init(&open, 8192);
    pl_draw_start(&draw, seed);
    pl_draw_scalar(&draw, &g, &x);
    pl_put_scalar(&secret, &g, &x);
    pl_key_write(&g, &x, &draw, &open);
    sodium_memzero(&x, sizeof x);
    sodium_memzero(&draw, sizeof draw);
    status = pl_put_done(&secret, private_key, "a key", err);
    status = status == PL_OK ? pl_put_done(&open, public_key, "a key", err) : status;
    if (status != PL_OK) {
        pl_str_clear(&open);
        pl_secret_text_free(private_key);
    }
    return status;
}

/* ---- Signed messages, certificates ----------------------------------------------------------------------------------- */

static void hash_message(pl_hash *h, const pl_group *g, const char *message, size_t n)
{
    pl_hash_start(h, g, "sigmsg|");
    pl_hash_text_n(h, message, n);
    pl_hash_text(h, "|");
}

void pl_message_sign(const pl_group *g, const pl_scalar *key, const char *message, size_t n, pl_draw *draw, pl_str *out)
{
    pl_hash h;
    pl_proof proof;
    hash_message(&h, g, message, n);
    pl_schnorr_prove(&h, key, draw, &proof);
    pl_str_add(out, "{\"message\":");
    pl_put_text(out, message, n);
    pl_str_add(out, ",\"signature\":");
    pl_put_proof(out, g, &proof);
    pl_str_add(out, "}");
}

const char *pl_message_read(const pl_group *g, json_t *value, const pl_element *key, size_t *n)
{
    pl_hash h;
    pl_proof proof;
    json_t *message = json_object_get(value, "message");
    if (!json_is_string(message) || json_object_size(value) != 2 || !pl_json_proof(g, json_object_get(value, "signature"), &proof)) {
        return NULL;
    }
    *n = json_string_length(message);
    hash_message(&h, g, json_string_value(message), *n);
    return key == NULL || pl_schnorr_check(&h, key, &proof) ? json_string_value(message) : NULL;
}

pl_status pl_certificate_read(const pl_group *g, json_t *value, pl_certificate *out, pl_error *err)
{
    size_t n;
    json_t *keys = NULL;
    const char *message = pl_message_read(g, value, NULL, &n);
    pl_status status = message != NULL ? pl_secret_json(message, n, 65536, "certificate", &keys, err)
                                       : pl_fail(err, PL_PARSE, "certificate", NULL, "this is no certificate");
    if (status == PL_OK && (!pl_json_element(g, json_object_get(keys, "verification"), &out->verification) ||
                            !pl_json_element(g, json_object_get(keys, "encryption"), &out->encryption))) {
        status = pl_fail(err, PL_PARSE, "certificate", NULL, "a certificate needs two keys of %s", g->name);
    }
    if (status == PL_OK && pl_message_read(g, value, &out->verification, &n) == NULL) {
        status = pl_fail(err, PL_REFUTED, "certificate", NULL, "the signature of a certificate does not hold");
    }
    json_decref(keys);
    return status;
}

/* Commitments to a polynomial, signed: exactly t of them. */
pl_status pl_commitments_read(const pl_group *g, json_t *value, const pl_certificate *from, int t, pl_element *out, pl_error *err)
{
    size_t n;
    json_t *raw = NULL;
    const char *message = pl_message_read(g, value, &from->verification, &n);
    if (message == NULL) {
        return pl_fail(err, PL_REFUTED, "polynomial", NULL, "the signature under the commitments of a polynomial does not hold");
    }
    pl_status status = pl_secret_json(message, n, 1 << 20, "commitments", &raw, err);
    json_t *list = json_object_get(raw, "coefexps");
    if (status == PL_OK && json_array_size(list) != (size_t)t) {
        status = pl_fail(err, PL_REFUTED, "polynomial", "all trustees must agree on the threshold",
                         "a polynomial has %zu coefficients, not %d: that would change how many trustees are needed", json_array_size(list), t);
    }
    for (int k = 0; status == PL_OK && k < t; k++) {
        if (!pl_json_element(g, json_array_get(list, (size_t)k), &out[k])) {
            status = pl_fail(err, PL_PARSE, "polynomial", NULL, "a commitment is no element of %s", g->name);
        }
    }
    json_decref(raw);
    return status;
}

/* product of A_k^(j^k). */
void pl_commitment_at(const pl_group *g, const pl_element *commitment, int t, int j, pl_element *out)
{
    pl_scalar x;
    pl_scalar_set(&x, (uint64_t)j);
    *out = commitment[t - 1];
    for (int k = t - 2; k >= 0; k--) {
        pl_power(g, out, out, &x, 16);
        g->mul(g, out, out, &commitment[k]);
    }
}

/* ---- Sets ---------------------------------------------------------------------------------------------------------------- */

/* Threshold parameters: certificates, commitments, keys that fit the commitments; *joint gets the set's key. */
static pl_status read_threshold(const pl_group *g, json_t *value, int n, int t, pl_element *key, pl_element *joint, pl_error *err)
{
    json_t *certs = json_object_get(value, "certs"), *commitments = json_object_get(value, "coefexps");
    json_t *keys = json_object_get(value, "verification_keys");
    pl_certificate *certificate = PL_NEW(pl_certificate, n);
    pl_element *a = PL_NEW(pl_element, (size_t)n * (size_t)t), x, y;
    pl_status status = certificate != NULL && a != NULL ? PL_OK : pl_fail_nomem(err, "threshold parameters");
    if (status == PL_OK && (json_array_size(certs) != (size_t)n || json_array_size(commitments) != (size_t)n)) {
        status = pl_fail(err, PL_PARSE, "trustees", NULL, "threshold parameters need as many certificates and commitments as keys");
    }
    for (int i = 0; status == PL_OK && i < n; i++) {
        status = pl_certificate_read(g, json_array_get(certs, (size_t)i), &certificate[i], err);
        if (status == PL_OK) {
            status = pl_commitments_read(g, json_array_get(commitments, (size_t)i), &certificate[i], t, a + (size_t)i * (size_t)t, err);
        }
    }
    *joint = g->one;
    for (int j = 0; status == PL_OK && j < n; j++) {
        g->mul(g, joint, joint, &a[(size_t)j * (size_t)t]);
        status = pl_key_read(g, json_array_get(keys, (size_t)j), &key[j], err);
        y = g->one;
        for (int i = 0; i < n && status == PL_OK; i++) {
            pl_commitment_at(g, a + (size_t)i * (size_t)t, t, j + 1, &x);
            g->mul(g, &y, &y, &x);
        }
        if (status == PL_OK && !g->equal(g, &y, &key[j])) {
            status = pl_fail(err, PL_REFUTED, "trustees", NULL, "the key of trustee %d is not what all polynomials together give", j + 1);
        }
    }
    pl_free(certificate);
    pl_free(a);
    return status;
}

static pl_status read_set(const pl_group *g, json_t *item, pl_trustees *out, pl_element *joint, pl_error *err)
{
    json_t *kind = json_array_get(item, 0), *value = json_array_get(item, 1);
    const char *name = json_is_string(kind) ? json_string_value(kind) : "";
    pl_trustee_set *set = &out->set[out->n_sets];
    *set = (pl_trustee_set){.first = out->n_trustees, .n = 1, .threshold = 1};
    if (json_array_size(item) == 2 && strcmp(name, "Single") == 0) {
        pl_status status = pl_key_read(g, value, &out->key[out->n_trustees], err);
        *joint = out->key[out->n_trustees];
        out->n_trustees++;
        out->n_sets++;
        return status;
    }
    json_t *t = json_object_get(value, "threshold");
    size_t n = json_array_size(json_object_get(value, "verification_keys"));
    if (json_array_size(item) != 2 || strcmp(name, "Pedersen") != 0 || !json_is_integer(t)) {
        return pl_fail(err, PL_PARSE, "trustees", NULL, "this is no list of trustees");
    }
    if (n < 1 || n > (size_t)(PL_SECRET_TRUSTEES_MAX - out->n_trustees) || json_integer_value(t) < 1 || json_integer_value(t) > (json_int_t)n) {
        return pl_fail(err, PL_DATA, "trustees", NULL, "at most %d trustees, and a threshold among them", PL_SECRET_TRUSTEES_MAX);
    }
    set->threshold_set = true;
    set->n = (int)n;
    set->threshold = (int)json_integer_value(t);
    pl_status status = read_threshold(g, value, set->n, set->threshold, &out->key[out->n_trustees], joint, err);
    out->n_trustees += set->n;
    out->n_sets++;
    return status;
}

/* Whether both are of a set of whom any one is enough: then all of it have the same key, since their polynomials are constant. */
static bool have_one_key(const pl_trustees *t, int a, int b)
{
    for (int i = 0; i < t->n_sets; i++) {
        const pl_trustee_set *set = &t->set[i];
        if (set->threshold == 1 && a >= set->first && b < set->first + set->n) {
            return true;
        }
    }
    return false;
}

pl_status pl_trustees_read(const pl_group *g, const char *text, size_t n, pl_arena *arena, pl_trustees *out, pl_error *err)
{
    json_t *list = NULL;
    pl_status status = pl_secret_json(text, n, TRUSTEES_MOST, "trustees", &list, err);
    size_t sets = status == PL_OK ? json_array_size(list) : 0;
    *out = (pl_trustees){.joint = g->one};
    if (status == PL_OK && (sets < 1 || sets > PL_SECRET_TRUSTEES_MAX)) {
        status = pl_fail(err, PL_DATA, "trustees", NULL, "between 1 and %d trustees", PL_SECRET_TRUSTEES_MAX);
    }
    if (status == PL_OK) {
        out->set = PL_ARENA_NEW(arena, pl_trustee_set, sets);
        out->key = PL_ARENA_NEW(arena, pl_element, PL_SECRET_TRUSTEES_MAX);
        status = out->set != NULL && out->key != NULL ? PL_OK : pl_fail_nomem(err, "trustees");
    }
    for (size_t i = 0; status == PL_OK && i < sets; i++) {
        pl_element joint;
        if (out->n_trustees == PL_SECRET_TRUSTEES_MAX) {
            status = pl_fail(err, PL_TOOBIG, "trustees", NULL, "more than %d trustees", PL_SECRET_TRUSTEES_MAX);
            break;
        }
        status = read_set(g, json_array_get(list, i), out, &joint, err);
        if (status == PL_OK) {
            g->mul(g, &out->joint, &out->joint, &joint);
        }
    }
    for (int i = 0; status == PL_OK && i < out->n_trustees; i++) {
        for (int k = 0; status == PL_OK && k < i; k++) {
            if (g->equal(g, &out->key[i], &out->key[k]) && !have_one_key(out, k, i)) { /* whoever speaks last can copy, but not know */
                status = pl_fail(err, PL_REFUTED, "trustees", NULL, "trustees %d and %d have the same key", k + 1, i + 1);
            }
        }
    }
    if (status == PL_OK && g->equal(g, &out->joint, &g->one)) {
        status = pl_fail(err, PL_REFUTED, "trustees", NULL, "the joint key of the trustees is one");
    }
    if (status == PL_OK) { /* whatever stood between what was read would be hidden from other programs, or from us */
        pl_str again;
        pl_str_init(&again, PL_SECRET_TEXT_MAX);
        pl_put_json(&again, list);
        if (again.failed || again.len != n || memcmp(again.text, text, n) != 0) {
            status = pl_fail(err, PL_PARSE, "trustees", NULL, "not in the form that belenios-tool writes");
        }
        pl_str_clear(&again);
    }
    json_decref(list);
    return status;
}

pl_status pl_secret_trustees(const char *group, const pl_secret_view *item, int n, pl_secret_text *out, pl_error *err)
{
    pl_group g;
    pl_str text;
    pl_arena arena;
    pl_trustees read;
    pl_status status = pl_secret_group(group, &g, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&text, TRUSTEES_MOST);
    pl_str_add(&text, "[");
    for (int i = 0; status == PL_OK && i < n; i++) {
        json_t *value = NULL;
        status = pl_secret_json(item[i].text, item[i].n, TRUSTEES_MOST, "trustee", &value, err);
        if (status == PL_OK) {
            pl_str_addf(&text, "%s[\"%s\",", i > 0 ? "," : "", json_object_get(value, "threshold") != NULL ? "Pedersen" : "Single");
            pl_put_json(&text, value);
            pl_str_add(&text, "]");
        }
        json_decref(value);
    }
    pl_str_add(&text, "]");
    if (status == PL_OK && text.failed) {
        status = pl_fail_nomem(err, "trustees");
    }
    pl_arena_init(&arena, 0);
    status = status == PL_OK ? pl_trustees_read(&g, text.text, text.len, &arena, &read, err) : status;
    pl_arena_clear(&arena);
    if (status == PL_OK) {
        return pl_put_done(&text, out, "trustees", err);
    }
    pl_str_clear(&text);
    return status;
}
