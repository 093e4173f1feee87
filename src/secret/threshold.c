/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * threshold.c - keys of trustees of whom any t decrypt: Pedersen's distributed key generation in three rounds, with signed and
 * encrypted messages, so that whoever passes them on learns and changes nothing. */
#include <string.h>

#include "secret/ccm.h"
#include "secret/credential.h"
#include "secret/trustees.h"

#define KEY_TEXT 22
#define MESSAGE_MOST ((size_t)1 << 22)

typedef struct seat { /* one who takes part */
    pl_group g;
    pl_draw draw;
    int n, me;
    pl_certificate *certificate;
    pl_scalar sign, decrypt;
    pl_error *err;
} seat;

static void derive(const pl_group *g, const char *prefix, const char *key, pl_scalar *out)
{
    uint8_t hash[32];
    crypto_hash_sha256_state s;
    crypto_hash_sha256_init(&s);
    crypto_hash_sha256_update(&s, (const unsigned char *)prefix, strlen(prefix));
    crypto_hash_sha256_update(&s, (const unsigned char *)key, strlen(key));
    crypto_hash_sha256_final(&s, hash);
    g->reduce(g, out, hash, sizeof hash);
    sodium_memzero(hash, sizeof hash);
}

/* ---- Channels: signed, then encrypted -------------------------------------------------------------------------------- */

/* Keys of the symmetric cipher: SHA-256 of "key|" and the shared element, "iv|" and alpha. */
static void cipher_keys(const pl_group *g, const pl_element *shared, const pl_element *alpha, uint8_t key[32], uint8_t iv[32])
{
    char text[PL_ELEMENT_TEXT + 4] = "key|";
    size_t n = 4 + g->write(g, shared, text + 4);
    crypto_hash_sha256(key, (const unsigned char *)text, n);
    memcpy(text, "iv|", 3);
    n = 3 + g->write(g, alpha, text + 3);
    crypto_hash_sha256(iv, (const unsigned char *)text, n);
    sodium_memzero(text, sizeof text);
}

/* *out: the encrypted message as a text (not yet in quotes). */
static bool seal(seat *s, const pl_element *to, const char *text, size_t n, pl_str *out)
{
    const pl_group *g = &s->g;
    pl_scalar r, x;
    pl_element alpha, beta, shared;
    uint8_t key[32], iv[32], *bytes = PL_NEW(uint8_t, n + PL_CCM_TAG);
    char *hex = PL_NEW(char, 2 * (n + PL_CCM_TAG) + 1);
    bool good = bytes != NULL && hex != NULL;
    if (good) {
        pl_draw_scalar(&s->draw, g, &r);
        pl_draw_scalar(&s->draw, g, &x);
        pl_power_secret(g, &alpha, &g->g, &r);
        pl_power_secret(g, &shared, &g->g, &x);
        pl_power_secret(g, &beta, to, &r);
        g->mul(g, &beta, &beta, &shared);
        cipher_keys(g, &shared, &alpha, key, iv);
        pl_ccm_encrypt(key, iv, (const uint8_t *)text, n, bytes);
        sodium_bin2hex(hex, 2 * (n + PL_CCM_TAG) + 1, bytes, n + PL_CCM_TAG);
        pl_str_add(out, "{\"alpha\":");
        pl_put_element(out, g, &alpha);
        pl_str_add(out, ",\"beta\":");
        pl_put_element(out, g, &beta);
        pl_str_addf(out, ",\"data\":\"%s\"}", hex);
        sodium_memzero(key, sizeof key);
        sodium_memzero(&shared, sizeof shared);
        sodium_memzero(&r, sizeof r);
    }
    pl_free(bytes);
    pl_free(hex);
    return good && !out->failed;
}

/* A message to trustee `to`, as a JSON text in quotes. */
static bool send(seat *s, int to, const char *message, size_t n, pl_str *out)
{
    pl_str inner, outer, sealed;
    pl_str_init(&inner, MESSAGE_MOST);
    pl_str_init(&outer, MESSAGE_MOST);
    pl_str_init(&sealed, 4 * MESSAGE_MOST);
    pl_str_add(&inner, "{\"recipient\":");
    pl_put_element(&inner, &s->g, &s->certificate[to].encryption);
    pl_str_add(&inner, ",\"message\":");
    pl_put_text(&inner, message, n);
    pl_str_add(&inner, "}");
    bool good = !inner.failed;
    if (good) {
        pl_message_sign(&s->g, &s->sign, inner.text, inner.len, &s->draw, &outer);
        good = !outer.failed && seal(s, &s->certificate[to].encryption, outer.text, outer.len, &sealed);
    }
    if (good) {
        pl_put_text(out, sealed.text, sealed.len);
    }
    if (inner.text != NULL) {
        sodium_memzero(inner.text, inner.len);
    }
    if (outer.text != NULL) {
        sodium_memzero(outer.text, outer.len);
    }
    pl_str_clear(&inner);
    pl_str_clear(&outer);
    pl_str_clear(&sealed);
    return good;
}

/* Decrypts; the bytes are owned by the caller. */
static pl_status open_sealed(const pl_group *g, const pl_scalar *decrypt, const char *text, size_t n, char **out, size_t *out_n,
                             pl_error *err)
{
    json_t *sealed = NULL, *data;
    pl_element alpha, beta, shared;
    uint8_t key[32], iv[32], *bytes = NULL;
    *out = NULL;
    pl_status status = pl_secret_json(text, n, 4 * MESSAGE_MOST, "message", &sealed, err);
    data = json_object_get(sealed, "data");
    if (status == PL_OK && (!json_is_string(data) || !pl_json_element(g, json_object_get(sealed, "alpha"), &alpha) ||
                            !pl_json_element(g, json_object_get(sealed, "beta"), &beta))) {
        status = pl_fail(err, PL_PARSE, "message", NULL, "this is no encrypted message");
    }
    size_t hex_n = status == PL_OK ? json_string_length(data) : 0, size = 0;
    if (status == PL_OK) {
        bytes = PL_NEW(uint8_t, hex_n / 2 + 1);
        *out = PL_NEW(char, hex_n / 2 + 1);
        status = bytes != NULL && *out != NULL ? PL_OK : pl_fail_nomem(err, "a message");
    }
    if (status == PL_OK) {
        pl_power_secret(g, &shared, &alpha, decrypt);
        g->inv(g, &shared, &shared);
        g->mul(g, &shared, &beta, &shared);
        cipher_keys(g, &shared, &alpha, key, iv);
        if (sodium_hex2bin(bytes, hex_n / 2 + 1, json_string_value(data), hex_n, NULL, &size, NULL) != 0 || 2 * size != hex_n ||
            !pl_ccm_decrypt(key, iv, bytes, size, (uint8_t *)*out)) {
            status = pl_fail(err, PL_REFUTED, "message", "is it the right key?", "an encrypted message cannot be opened");
        } else {
            *out_n = size - PL_CCM_TAG;
            (*out)[*out_n] = '\0';
        }
    }
    sodium_memzero(key, sizeof key);
    pl_free(bytes);
    json_decref(sealed);
    if (status != PL_OK) {
        pl_free(*out);
        *out = NULL;
    }
    return status;
}

/* A number of a secret message, modulo q: belenios-tool does not reduce what trustees send each other. */
static bool secret_number(const pl_group *g, json_t *value, pl_scalar *out)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    size_t n = strlen(text);
    pl_scalar ten, digit;
    pl_scalar_set(&ten, 10);
    pl_scalar_set(out, 0);
    if (n == 0 || n > 2 * PL_ELEMENT_TEXT || strspn(text, "0123456789") != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        pl_scalar_set(&digit, (uint64_t)(text[i] - '0'));
        g->times(g, out, out, &ten);
        g->add(g, out, out, &digit);
    }
    return true;
}

/* A message from `from` (its verification key) to the owner of `decrypt`; *out is owned by the caller. */
static pl_status receive(const pl_group *g, const pl_scalar *decrypt, const pl_element *from, const char *text, size_t n, json_t **out,
                         pl_error *err)
{
    char *opened;
    size_t opened_n = 0, inner_n = 0;
    json_t *outer = NULL, *inner = NULL;
    pl_element to, me;
    *out = NULL;
    pl_status status = open_sealed(g, decrypt, text, n, &opened, &opened_n, err);
    status = status == PL_OK ? pl_secret_json(opened, opened_n, MESSAGE_MOST, "message", &outer, err) : status;
    const char *message = status == PL_OK ? pl_message_read(g, outer, from, &inner_n) : NULL;
    if (status == PL_OK && message == NULL) {
        status = pl_fail(err, PL_REFUTED, "message", NULL, "a message is not signed by its sender");
    }
    status = status == PL_OK ? pl_secret_json(message, inner_n, MESSAGE_MOST, "message", &inner, err) : status;
    if (status == PL_OK) {
        json_t *recipient = json_object_get(inner, "recipient"), *content = json_object_get(inner, "message");
        pl_power_secret(g, &me, &g->g, decrypt);
        if (!pl_json_element(g, recipient, &to) || !g->equal(g, &to, &me) || !json_is_string(content)) {
            status = pl_fail(err, PL_REFUTED, "message", NULL, "a message was meant for somebody else");
        } else {
            status = pl_secret_json(json_string_value(content), json_string_length(content), MESSAGE_MOST, "message", out, err);
        }
    }
    if (opened != NULL) {
        sodium_memzero(opened, opened_n);
    }
    pl_free(opened);
    json_decref(outer);
    json_decref(inner);
    return status;
}

pl_status pl_threshold_part(const pl_group *g, const char *key, const char *part, size_t n, pl_scalar *out, pl_error *err)
{
    pl_scalar sign, decrypt;
    pl_element from;
    json_t *secret = NULL;
    derive(g, "sk|", key, &sign);
    derive(g, "dk|", key, &decrypt);
    pl_power_secret(g, &from, &g->g, &sign);
    json_t *quoted = NULL;
    if (n > 0 && part[0] == '"') { /* as a JSON text */
        quoted = json_loadb(part, n, JSON_DECODE_ANY, NULL);
        part = json_is_string(quoted) ? json_string_value(quoted) : part;
        n = json_is_string(quoted) ? json_string_length(quoted) : n;
    }
    pl_status status = receive(g, &decrypt, &from, part, n, &secret, err);
    if (status == PL_OK && !secret_number(g, json_object_get(secret, "decryption_key"), out)) {
        status = pl_fail(err, PL_PARSE, "part", NULL, "the trustee's part of the key holds no number");
    }
    json_decref(secret);
    json_decref(quoted);
    sodium_memzero(&sign, sizeof sign);
    sodium_memzero(&decrypt, sizeof decrypt);
    return status;
}

/* ---- Round 1: certificates ---------------------------------------------------------------------------------------------- */

pl_status pl_secret_certificate(const char *group, const uint8_t *seed, pl_secret_text *key, pl_secret_text *certificate, pl_error *err)
{
    seat s = {.err = err};
    pl_element x;
    pl_scalar secret;
    pl_str keys, signed_keys, text;
    char word[KEY_TEXT + 1];
    pl_status status = pl_secret_group(group, &s.g, err);
    if (status != PL_OK) {
        return status;
    }
    pl_draw_start(&s.draw, seed);
    pl_base58(&s.draw, word, KEY_TEXT);
    pl_str_init(&text, 64);
    pl_str_init(&keys, 4096);
    pl_str_init(&signed_keys, 16384);
    pl_str_add(&text, word);
    pl_str_add(&keys, "{\"verification\":");
    derive(&s.g, "sk|", word, &s.sign);
    pl_power_secret(&s.g, &x, &s.g.g, &s.sign);
    pl_put_element(&keys, &s.g, &x);
    pl_str_add(&keys, ",\"encryption\":");
    derive(&s.g, "dk|", word, &secret);
    pl_power_secret(&s.g, &x, &s.g.g, &secret);
    pl_put_element(&keys, &s.g, &x);
    pl_str_add(&keys, "}");
    if (!keys.failed) {
        pl_message_sign(&s.g, &s.sign, keys.text, keys.len, &s.draw, &signed_keys);
    }
    signed_keys.failed |= keys.failed;
    pl_str_clear(&keys);
    sodium_memzero(word, sizeof word);
    sodium_memzero(&secret, sizeof secret);
    sodium_memzero(&s, sizeof s);
    status = pl_put_done(&text, key, "a key", err);
    status = status == PL_OK ? pl_put_done(&signed_keys, certificate, "a certificate", err) : status;
    if (status != PL_OK) {
        pl_secret_text_free(key);
        pl_str_clear(&signed_keys);
    }
    return status;
}

static void leave_seat(seat *s)
{
    pl_free(s->certificate);
    sodium_memzero(s, sizeof *s);
}

/* Reads all certificates, which must differ; with a key, finds whose it is. */
static pl_status take_seat(seat *s, const char *group, const pl_secret_view *certificate, int n, const char *key, const uint8_t *seed,
                           pl_error *err)
{
    *s = (seat){.n = n, .me = -1, .err = err};
    pl_status status = pl_secret_group(group, &s->g, err);
    if (status == PL_OK && (n < 1 || n > PL_SECRET_TRUSTEES_MAX)) {
        status = pl_fail(err, PL_DATA, "certificates", NULL, "between 1 and %d trustees", PL_SECRET_TRUSTEES_MAX);
    }
    if (status == PL_OK) {
        s->certificate = PL_NEW0(pl_certificate, n);
        status = s->certificate != NULL ? PL_OK : pl_fail_nomem(err, "certificates");
    }
    pl_draw_start(&s->draw, seed);
    for (int i = 0; status == PL_OK && i < n; i++) {
        json_t *value = NULL;
        status = pl_secret_json(certificate[i].text, certificate[i].n, 65536, "certificate", &value, err);
        status = status == PL_OK ? pl_certificate_read(&s->g, value, &s->certificate[i], err) : status;
        json_decref(value);
        for (int k = 0; status == PL_OK && k < i; k++) {
            if (s->g.equal(&s->g, &s->certificate[k].verification, &s->certificate[i].verification) ||
                s->g.equal(&s->g, &s->certificate[k].encryption, &s->certificate[i].encryption)) {
                status = pl_fail(err, PL_REFUTED, "certificates", "every trustee makes a key of its own", "certificates %d and %d have the same key",
                                 k + 1, i + 1);
            }
        }
    }
    if (status == PL_OK && key != NULL) {
        pl_element x, y;
        derive(&s->g, "sk|", key, &s->sign);
        derive(&s->g, "dk|", key, &s->decrypt);
        pl_power_secret(&s->g, &x, &s->g.g, &s->sign);
        pl_power_secret(&s->g, &y, &s->g.g, &s->decrypt);
        for (int i = 0; i < n; i++) {
            if (s->g.equal(&s->g, &x, &s->certificate[i].verification) && s->g.equal(&s->g, &y, &s->certificate[i].encryption)) {
                s->me = i;
            }
        }
        if (s->me < 0) {
            status = pl_fail(err, PL_REFUTED, "certificates", "do not go on: you would be left out", "none of the certificates is of this key");
        }
    }
    if (status != PL_OK) {
        leave_seat(s);
    }
    return status;
}

pl_status pl_secret_certificates_check(const char *group, const pl_secret_view *certificate, int n, const char *key, pl_error *err)
{
    seat s;
    pl_status status = take_seat(&s, group, certificate, n, key, NULL, err);
    if (status == PL_OK) {
        leave_seat(&s);
    }
    for (int i = 0; status == PL_OK && i < n; i++) {
        status = pl_message_form(certificate[i].text, certificate[i].n, PL_FORM_CERTIFICATE, err);
    }
    return status;
}

/* ---- Round 2: polynomials --------------------------------------------------------------------------------------------------- */

/* f(j) by Horner. */
static void value_at(const pl_group *g, const pl_scalar *a, int t, int j, pl_scalar *out)
{
    pl_scalar x;
    pl_scalar_set(&x, (uint64_t)j);
    *out = a[t - 1];
    for (int k = t - 2; k >= 0; k--) {
        g->times(g, out, out, &x);
        g->add(g, out, out, &a[k]);
    }
}

static bool put_polynomial(seat *s, const pl_scalar *a, int t, pl_str *out)
{
    const pl_group *g = &s->g;
    pl_str text;
    pl_scalar x;
    pl_element commitment;
    pl_str_init(&text, MESSAGE_MOST);
    pl_str_add(&text, "{\"polynomial\":[");
    for (int k = 0; k < t; k++) {
        pl_str_add(&text, k > 0 ? "," : "");
        pl_put_scalar(&text, g, &a[k]);
    }
    pl_str_add(&text, "]}");
    pl_str_add(out, "{\"polynomial\":");
    bool good = !text.failed && send(s, s->me, text.text, text.len, out);
    pl_str_add(out, ",\"secrets\":[");
    for (int j = 0; j < s->n && good; j++) {
        sodium_memzero(text.text, text.len);
        pl_str_clear(&text);
        value_at(g, a, t, j + 1, &x);
        pl_str_add(&text, "{\"secret\":");
        pl_put_scalar(&text, g, &x);
        pl_str_add(&text, "}");
        pl_str_add(out, j > 0 ? "," : "");
        good = !text.failed && send(s, j, text.text, text.len, out);
    }
    if (text.text != NULL) {
        sodium_memzero(text.text, text.len);
    }
    pl_str_clear(&text);
    pl_str_add(&text, "{\"coefexps\":[");
    for (int k = 0; k < t; k++) {
        pl_power_secret(g, &commitment, &g->g, &a[k]);
        pl_str_add(&text, k > 0 ? "," : "");
        pl_put_element(&text, g, &commitment);
    }
    pl_str_add(&text, "]}");
    pl_str_add(out, "],\"coefexps\":");
    if (!text.failed) {
        pl_message_sign(g, &s->sign, text.text, text.len, &s->draw, out);
    }
    pl_str_add(out, "}");
    good = good && !text.failed && !out->failed;
    pl_str_clear(&text);
    return good;
}

pl_status pl_secret_polynomial(const char *group, const pl_secret_view *certificate, int n, const char *key, int threshold,
                               const uint8_t *seed, pl_secret_text *out, pl_error *err)
{
    seat s;
    pl_str text;
    if (threshold < 1 || threshold > n) {
        return pl_fail(err, PL_DATA, "threshold", NULL, "the threshold is between 1 and the number of trustees, %d", n);
    }
    pl_status status = take_seat(&s, group, certificate, n, key, seed, err);
    if (status != PL_OK) {
        return status;
    }
    pl_scalar *a = PL_NEW(pl_scalar, threshold);
    pl_str_init(&text, 16 * MESSAGE_MOST);
    for (int k = 0; a != NULL && k < threshold; k++) {
        pl_draw_scalar(&s.draw, &s.g, &a[k]);
    }
    if (a == NULL || !put_polynomial(&s, a, threshold, &text)) {
        status = pl_fail_nomem(err, "a polynomial");
        pl_str_clear(&text);
    } else {
        status = pl_put_done(&text, out, "a polynomial", err);
    }
    if (a != NULL) {
        sodium_memzero(a, (size_t)threshold * sizeof *a);
    }
    pl_free(a);
    leave_seat(&s);
    return status;
}

/* Reads polynomial i: its commitments are signed and `t` in number, it has a secret for each. */
static pl_status read_polynomial(const seat *s, const pl_secret_view *text, int i, int t, json_t **out, pl_element *commitment)
{
    pl_status status = pl_secret_json(text->text, text->n, 16 * MESSAGE_MOST, "polynomial", out, s->err);
    json_t *secrets = json_object_get(*out, "secrets");
    if (status == PL_OK && (!json_is_string(json_object_get(*out, "polynomial")) || json_array_size(secrets) != (size_t)s->n)) {
        status = pl_fail(s->err, PL_PARSE, "polynomial", NULL, "polynomial %d has not a value for each of %d trustees", i + 1, s->n);
    }
    return status == PL_OK ? pl_commitments_read(&s->g, json_object_get(*out, "coefexps"), &s->certificate[i], t, commitment, s->err) : status;
}

pl_status pl_secret_polynomial_check(const char *group, const pl_secret_view *certificate, int n, int threshold, int from,
                                     const char *polynomial, size_t polynomial_n, pl_error *err)
{
    seat s;
    json_t *value = NULL;
    pl_secret_view text = {polynomial, polynomial_n};
    if (threshold < 1 || threshold > n || from < 0 || from >= n) {
        return pl_fail(err, PL_DATA, "threshold", NULL, "the threshold is between 1 and the number of trustees, %d", n);
    }
    pl_status status = take_seat(&s, group, certificate, n, NULL, NULL, err);
    if (status != PL_OK) {
        return status;
    }
    pl_element *a = PL_NEW(pl_element, threshold);
    status = a != NULL ? read_polynomial(&s, &text, from, threshold, &value, a) : pl_fail_nomem(err, "a polynomial");
    json_t *secrets = json_object_get(value, "secrets");
    for (size_t i = 0; status == PL_OK && i < json_array_size(secrets); i++) {
        status = json_is_string(json_array_get(secrets, i)) ? PL_OK : pl_fail(err, PL_PARSE, "polynomial", NULL, "value %zu is no message", i + 1);
    }
    status = status == PL_OK ? pl_message_form(polynomial, polynomial_n, PL_FORM_POLYNOMIAL, err) : status;
    json_decref(value);
    pl_free(a);
    leave_seat(&s);
    return status;
}

pl_status pl_secret_input(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial, int n, int threshold,
                          int to, pl_secret_text *out, pl_error *err)
{
    seat s;
    pl_str secrets, commitments, text;
    if (threshold < 1 || threshold > n || to < 0 || to >= n) {
        return pl_fail(err, PL_DATA, "threshold", NULL, "the threshold is between 1 and the number of trustees, %d", n);
    }
    pl_status status = take_seat(&s, group, certificate, n, NULL, NULL, err);
    if (status != PL_OK) {
        return status;
    }
    pl_element *a = PL_NEW(pl_element, threshold);
    pl_str_init(&secrets, 16 * MESSAGE_MOST);
    pl_str_init(&commitments, 16 * MESSAGE_MOST);
    pl_str_init(&text, 32 * MESSAGE_MOST);
    pl_str_add(&text, "{\"polynomial\":");
    status = a != NULL ? PL_OK : pl_fail_nomem(err, "a polynomial");
    for (int i = 0; status == PL_OK && i < n; i++) {
        json_t *value = NULL;
        status = read_polynomial(&s, &polynomial[i], i, threshold, &value, a);
        if (status == PL_OK) {
            pl_str_add(&secrets, i > 0 ? "," : "");
            pl_put_json(&secrets, json_array_get(json_object_get(value, "secrets"), (size_t)to));
            pl_str_add(&commitments, i > 0 ? "," : "");
            pl_put_json(&commitments, json_object_get(value, "coefexps"));
            if (i == to) {
                pl_put_json(&text, json_object_get(value, "polynomial"));
            }
        }
        json_decref(value);
    }
    if (status == PL_OK) {
        pl_str_add(&text, ",\"secrets\":[");
        pl_str_add(&text, secrets.text);
        pl_str_add(&text, "],\"coefexps\":[");
        pl_str_add(&text, commitments.text);
        pl_str_add(&text, "]}");
        text.failed |= secrets.failed | commitments.failed;
        status = pl_put_done(&text, out, "a polynomial", err);
    }
    pl_str_clear(&secrets);
    pl_str_clear(&commitments);
    pl_str_clear(&text);
    pl_free(a);
    leave_seat(&s);
    return status;
}

/* ---- Round 3: the parts ------------------------------------------------------------------------------------------------------- */

/* Adds what trustee i sent: it must be the value of the polynomial that i committed to. */
static pl_status take_value(const seat *s, json_t *input, int i, int t, pl_element *a, pl_scalar *sum)
{
    json_t *text = json_array_get(json_object_get(input, "secrets"), (size_t)i), *secret = NULL;
    pl_scalar x;
    pl_element left, right;
    if (!json_is_string(text)) {
        return pl_fail(s->err, PL_PARSE, "input", NULL, "a value is missing");
    }
    pl_status status = pl_commitments_read(&s->g, json_array_get(json_object_get(input, "coefexps"), (size_t)i), &s->certificate[i], t, a, s->err);
    status = status == PL_OK ? receive(&s->g, &s->decrypt, &s->certificate[i].verification, json_string_value(text), json_string_length(text),
                                       &secret, s->err)
                             : status;
    if (status == PL_OK && !secret_number(&s->g, json_object_get(secret, "secret"), &x)) {
        status = pl_fail(s->err, PL_PARSE, "input", NULL, "trustee %d sent no number", i + 1);
    }
    if (status == PL_OK) {
        pl_power_secret(&s->g, &left, &s->g.g, &x);
        pl_commitment_at(&s->g, a, t, s->me + 1, &right);
        s->g.add(&s->g, sum, sum, &x);
        status = s->g.equal(&s->g, &left, &right)
                     ? PL_OK
                     : pl_fail(s->err, PL_REFUTED, "input", "begin again without this trustee",
                               "trustee %d sent a value that does not fit what it committed to", i + 1);
    }
    json_decref(secret);
    sodium_memzero(&x, sizeof x);
    return status;
}

pl_status pl_secret_output(const char *group, const pl_secret_view *certificate, int n, const char *key, const char *input,
                           size_t input_n, const uint8_t *seed, pl_secret_text *out, int *liar, pl_error *err)
{
    seat s;
    json_t *from = NULL, *first = NULL;
    pl_str text, secret;
    pl_scalar sum;
    pl_element *a = NULL;
    int t = 0;
    pl_status status = take_seat(&s, group, certificate, n, key, seed, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_json(input, input_n, 32 * MESSAGE_MOST, "input", &from, err);
    if (status == PL_OK && (json_array_size(json_object_get(from, "secrets")) != (size_t)n ||
                            json_array_size(json_object_get(from, "coefexps")) != (size_t)n)) {
        status = pl_fail(err, PL_PARSE, "input", NULL, "there is not a value from each of the %d trustees", n);
    }
    if (status == PL_OK) { /* the first polynomial says how many coefficients all must have */
        size_t k;
        const char *message = pl_message_read(&s.g, json_array_get(json_object_get(from, "coefexps"), 0), &s.certificate[0].verification, &k);
        status = message != NULL ? pl_secret_json(message, k, MESSAGE_MOST, "commitments", &first, err)
                                 : pl_fail(err, PL_REFUTED, "input", NULL, "the commitments of trustee 1 are not signed");
        t = (int)json_array_size(json_object_get(first, "coefexps"));
        if (status == PL_OK && (t < 1 || t > n)) {
            status = pl_fail(err, PL_REFUTED, "input", NULL, "%d trustees would be needed of %d", t, n);
        }
        a = status == PL_OK ? PL_NEW(pl_element, t) : NULL;
        status = status == PL_OK && a == NULL ? pl_fail_nomem(err, "a key") : status;
    }
    pl_scalar_set(&sum, 0);
    for (int i = 0; status == PL_OK && i < n; i++) {
        status = take_value(&s, from, i, t, a, &sum);
        if (liar != NULL) {
            *liar = status != PL_OK && status != PL_NOMEM ? i + 1 : 0;
        }
    }
    pl_str_init(&text, MESSAGE_MOST);
    pl_str_init(&secret, 4096);
    if (status == PL_OK) {
        pl_str_add(&secret, "{\"decryption_key\":");
        pl_put_scalar(&secret, &s.g, &sum);
        pl_str_add(&secret, "}");
        pl_str_add(&text, "{\"private_key\":");
        text.failed |= secret.failed || !send(&s, s.me, secret.text, secret.len, &text);
        pl_str_add(&text, ",\"public_key\":");
        pl_key_write(&s.g, &sum, &s.draw, &text);
        pl_str_add(&text, "}");
        if (secret.text != NULL) {
            sodium_memzero(secret.text, secret.len);
        }
        status = pl_put_done(&text, out, "a key", err);
    }
    pl_str_clear(&secret);
    sodium_memzero(&sum, sizeof sum);
    json_decref(first);
    json_decref(from);
    pl_free(a);
    leave_seat(&s);
    return status;
}

/* The key of trustee `of` as the commitments of all give it. */
static pl_status expected_key(const seat *s, const pl_secret_view *polynomial, int t, int of, pl_element *out)
{
    const pl_group *g = &s->g;
    pl_element *a = PL_NEW(pl_element, t), x;
    pl_status status = a != NULL ? PL_OK : pl_fail_nomem(s->err, "a key");
    *out = g->one;
    for (int i = 0; status == PL_OK && i < s->n; i++) {
        json_t *value = NULL;
        status = read_polynomial(s, &polynomial[i], i, t, &value, a);
        if (status == PL_OK) {
            pl_commitment_at(g, a, t, of + 1, &x);
            g->mul(g, out, out, &x);
        }
        json_decref(value);
    }
    pl_free(a);
    return status;
}

pl_status pl_secret_output_check(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial, int n,
                                 int threshold, int of, const char *output, size_t output_n, pl_error *err)
{
    seat s;
    json_t *value = NULL;
    pl_element key, expected;
    if (threshold < 1 || threshold > n || of < 0 || of >= n) {
        return pl_fail(err, PL_DATA, "threshold", NULL, "the threshold is between 1 and the number of trustees, %d", n);
    }
    pl_status status = take_seat(&s, group, certificate, n, NULL, NULL, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_json(output, output_n, MESSAGE_MOST, "output", &value, err);
    if (status == PL_OK && !json_is_string(json_object_get(value, "private_key"))) {
        status = pl_fail(err, PL_PARSE, "output", NULL, "this is not what a trustee makes in the third round");
    }
    status = status == PL_OK ? pl_key_read(&s.g, json_object_get(value, "public_key"), &key, err) : status;
    status = status == PL_OK ? expected_key(&s, polynomial, threshold, of, &expected) : status;
    if (status == PL_OK && !s.g.equal(&s.g, &key, &expected)) {
        status = pl_fail(err, PL_REFUTED, "output", NULL, "the key is not what all polynomials together give");
    }
    status = status == PL_OK ? pl_message_form(output, output_n, PL_FORM_OUTPUT, err) : status;
    json_decref(value);
    leave_seat(&s);
    return status;
}

/* ---- What is published ------------------------------------------------------------------------------------------------------- */

static pl_status put_list(pl_str *out, const char *name, const pl_secret_view *item, const char *field, int n, pl_error *err)
{
    pl_str_addf(out, ",\"%s\":[", name);
    for (int i = 0; i < n; i++) {
        json_t *value = NULL;
        pl_status status = pl_secret_json(item[i].text, item[i].n, 16 * MESSAGE_MOST, name, &value, err);
        if (status != PL_OK) {
            return status;
        }
        pl_str_add(out, i > 0 ? "," : "");
        json_t *part = field != NULL ? json_object_get(value, field) : value;
        if (part != NULL) {
            pl_put_json(out, part);
        }
        json_decref(value);
    }
    pl_str_add(out, "]");
    return PL_OK;
}

/* The encrypted parts of the key, each for its trustee. */
static pl_status give_parts(const pl_secret_view *output, int n, pl_secret_text *part, pl_error *err)
{
    pl_status status = PL_OK;
    for (int i = 0; i < n && status == PL_OK; i++) {
        json_t *value = NULL;
        pl_str text;
        status = pl_secret_json(output[i].text, output[i].n, MESSAGE_MOST, "output", &value, err);
        json_t *key = json_object_get(value, "private_key");
        pl_str_init(&text, MESSAGE_MOST);
        if (status == PL_OK && json_is_string(key)) {
            pl_str_add(&text, json_string_value(key));
            status = pl_put_done(&text, &part[i], "a part of a key", err);
        } else if (status == PL_OK) {
            status = pl_fail(err, PL_PARSE, "output", NULL, "output %d has no private key", i + 1);
        }
        json_decref(value);
    }
    return status;
}

pl_status pl_secret_threshold(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial,
                              const pl_secret_view *output, int n, int threshold, pl_secret_text *parameters, pl_secret_text *part,
                              pl_error *err)
{
    seat s;
    pl_str text;
    pl_secret_text all;
    pl_status status = take_seat(&s, group, certificate, n, NULL, NULL, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&text, 32 * MESSAGE_MOST);
    pl_str_addf(&text, "{\"threshold\":%d", threshold);
    status = put_list(&text, "certs", certificate, NULL, n, err);
    status = status == PL_OK ? put_list(&text, "coefexps", polynomial, "coefexps", n, err) : status;
    status = status == PL_OK ? put_list(&text, "verification_keys", output, "public_key", n, err) : status;
    pl_str_add(&text, "}");
    status = status == PL_OK ? pl_put_done(&text, parameters, "threshold parameters", err) : status;
    pl_str_clear(&text);
    if (status == PL_OK) { /* they must be what an election accepts */
        pl_secret_view item = {parameters->text, parameters->n};
        status = pl_secret_trustees(group, &item, 1, &all, err);
        if (status == PL_OK) {
            pl_secret_text_free(&all);
        }
        status = status == PL_OK && part != NULL ? give_parts(output, n, part, err) : status;
        if (status != PL_OK) {
            pl_secret_text_free(parameters);
        }
    }
    leave_seat(&s);
    return status;
}
