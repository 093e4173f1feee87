/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * text.c - challenges, and the JSON of the protocol in its one form. */
#include <string.h>

#include "io/json.h"
#include "secret/parts.h"

/* ---- Challenges ------------------------------------------------------------------------------------------------ */

void pl_hash_start(pl_hash *h, const pl_group *g, const char *text)
{
    h->g = g;
    crypto_hash_sha256_init(&h->state);
    pl_hash_text(h, text);
}

void pl_hash_text_n(pl_hash *h, const char *text, size_t n)
{
    crypto_hash_sha256_update(&h->state, (const unsigned char *)text, n);
}

void pl_hash_text(pl_hash *h, const char *text)
{
    pl_hash_text_n(h, text, strlen(text));
}

void pl_hash_element(pl_hash *h, const pl_element *a)
{
    char text[PL_ELEMENT_TEXT];
    pl_hash_text_n(h, text, h->g->write(h->g, a, text));
}

void pl_hash_pair(pl_hash *h, const pl_element *a, const pl_element *b)
{
    pl_hash_element(h, a);
    pl_hash_text_n(h, ",", 1);
    pl_hash_element(h, b);
}

void pl_hash_end(pl_hash *h, pl_scalar *out)
{
    uint8_t hash[32];
    crypto_hash_sha256_final(&h->state, hash);
    h->g->reduce(h->g, out, hash, sizeof hash);
}

void pl_sha256_hex(const char *text, size_t n, char out[PL_HEX])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)text, n);
    sodium_bin2hex(out, PL_HEX, hash, sizeof hash);
}

void pl_sha256_base64(const char *text, size_t n, char out[PL_BASE64])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)text, n);
    sodium_bin2base64(out, PL_BASE64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

/* ---- The scanner -------------------------------------------------------------------------------------------------- */

void pl_scan_start(pl_scan *s, const pl_group *g, const char *text, size_t n)
{
    *s = (pl_scan){.g = g, .begin = text, .at = text, .end = text + n};
}

bool pl_scan_try(pl_scan *s, const char *literal)
{
    size_t n = strlen(literal);
    if (s->failed || (size_t)(s->end - s->at) < n || memcmp(s->at, literal, n) != 0) {
        return false;
    }
    s->at += n;
    return true;
}

void pl_scan_literal(pl_scan *s, const char *literal)
{
    if (!pl_scan_try(s, literal)) {
        s->failed = true;
    }
}

/* What stands in quotes, without escapes; at most a number's length is looked at. */
static size_t quoted(pl_scan *s, const char **text)
{
    pl_scan_literal(s, "\"");
    *text = s->at;
    size_t n = 0, most = s->failed ? 0 : (size_t)(s->end - s->at);
    while (n < most && n < PL_ELEMENT_TEXT && s->at[n] != '"') {
        n++;
    }
    s->at += s->failed ? 0 : n;
    pl_scan_literal(s, "\"");
    return n;
}

void pl_scan_element(pl_scan *s, pl_element *out)
{
    const char *text;
    size_t n = quoted(s, &text);
    if (s->failed || !s->g->read(s->g, text, n, out)) {
        s->failed = true;
        *out = s->g->one;
    }
}

void pl_scan_scalar(pl_scan *s, pl_scalar *out)
{
    const char *text;
    size_t n = quoted(s, &text);
    if (s->failed || !pl_scalar_read(s->g, text, n, out)) {
        s->failed = true;
        pl_scalar_set(out, 0);
    }
}

void pl_scan_hex(pl_scan *s, char out[PL_HEX])
{
    const char *text;
    size_t n = quoted(s, &text);
    memset(out, 0, PL_HEX);
    if (s->failed || n != PL_HEX - 1 || memchr(text, '\0', n) != NULL) {
        s->failed = true;
        return;
    }
    memcpy(out, text, n);
    s->failed = strspn(out, "0123456789abcdef") != n;
}

int64_t pl_scan_int(pl_scan *s, int64_t most)
{
    int64_t x = 0;
    int digits = 0;
    while (!s->failed && s->at < s->end && *s->at >= '0' && *s->at <= '9' && digits < 17) {
        x = 10 * x + (*s->at++ - '0');
        digits++;
    }
    if (digits == 0 || digits > 16 || x > most || (digits > 1 && s->at[-digits] == '0')) {
        s->failed = true;
        return 0;
    }
    return x;
}

bool pl_scan_next(pl_scan *s)
{
    if (pl_scan_try(s, ",")) {
        return true;
    }
    pl_scan_literal(s, "]");
    return false;
}

void pl_scan_cipher(pl_scan *s, pl_cipher *out)
{
    pl_scan_literal(s, "{\"alpha\":");
    pl_scan_element(s, &out->alpha);
    pl_scan_literal(s, ",\"beta\":");
    pl_scan_element(s, &out->beta);
    pl_scan_literal(s, "}");
}

void pl_scan_proof(pl_scan *s, pl_zk_proof *out)
{
    pl_scan_literal(s, "{\"challenge\":");
    pl_scan_scalar(s, &out->challenge);
    pl_scan_literal(s, ",\"response\":");
    pl_scan_scalar(s, &out->response);
    pl_scan_literal(s, "}");
}

pl_status pl_scan_end(const pl_scan *s, const char *what, pl_error *err)
{
    if (!s->failed && s->at == s->end) {
        return PL_OK;
    }
    return pl_fail(err, PL_PARSE, what, "it must be the very bytes that belenios-tool or Plenty wrote",
                   "no %s of this election: byte %lld is not what must stand there", what, (long long)(s->at - s->begin) + 1);
}

/* ---- Writing -------------------------------------------------------------------------------------------------------- */

void pl_put_element(pl_str *out, const pl_group *g, const pl_element *a)
{
    char text[PL_ELEMENT_TEXT];
    size_t n = g->write(g, a, text);
    pl_str_add_n(out, "\"", 1);
    pl_str_add_n(out, text, n);
    pl_str_add_n(out, "\"", 1);
}

void pl_put_scalar(pl_str *out, const pl_group *g, const pl_scalar *a)
{
    char text[PL_ELEMENT_TEXT];
    size_t n = pl_scalar_write(g, a, text);
    pl_str_add_n(out, "\"", 1);
    pl_str_add_n(out, text, n);
    pl_str_add_n(out, "\"", 1);
}

void pl_put_cipher(pl_str *out, const pl_group *g, const pl_cipher *c)
{
    pl_str_add(out, "{\"alpha\":");
    pl_put_element(out, g, &c->alpha);
    pl_str_add(out, ",\"beta\":");
    pl_put_element(out, g, &c->beta);
    pl_str_add(out, "}");
}

void pl_put_proof(pl_str *out, const pl_group *g, const pl_zk_proof *p)
{
    pl_str_add(out, "{\"challenge\":");
    pl_put_scalar(out, g, &p->challenge);
    pl_str_add(out, ",\"response\":");
    pl_put_scalar(out, g, &p->response);
    pl_str_add(out, "}");
}

void pl_put_text(pl_str *out, const char *text, size_t n)
{
    pl_str_add_n(out, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *short_form = strchr("\"\"\\\\\bb\ff\nn\rr\tt", c);
        if (c == '"' || c == '\\') {
            pl_str_addf(out, "\\%c", c);
        } else if (c < 0x20 && c != 0 && short_form != NULL) {
            pl_str_addf(out, "\\%c", short_form[1]);
        } else if (c < 0x20 || c == 0x7f) {
            pl_str_addf(out, "\\u%04x", c);
        } else {
            pl_str_add_n(out, text + i, 1);
        }
    }
    pl_str_add_n(out, "\"", 1);
}

static void put_fields(pl_str *out, json_t *value)
{
    const char *key, *comma = "";
    json_t *field;
    pl_str_add(out, "{");
    json_object_foreach(value, key, field) {
        pl_str_add(out, comma);
        pl_put_text(out, key, strlen(key));
        pl_str_add(out, ":");
        pl_put_json(out, field);
        comma = ",";
    }
    pl_str_add(out, "}");
}

void pl_put_json(pl_str *out, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_fields(out, value);
        break;
    case JSON_ARRAY:
        pl_str_add(out, "[");
        for (size_t i = 0; i < json_array_size(value); i++) {
            pl_str_add(out, i > 0 ? "," : "");
            pl_put_json(out, json_array_get(value, i));
        }
        pl_str_add(out, "]");
        break;
    case JSON_STRING:
        pl_put_text(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        pl_str_addf(out, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        pl_str_addf(out, "%.17g", json_real_value(value));
        break;
    default:
        pl_str_add(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    }
}

pl_status pl_put_done(pl_str *from, pl_secret_text *out, const char *what, pl_error *err)
{
    if (from->failed) {
        pl_str_clear(from);
        return pl_fail_nomem(err, what);
    }
    *out = (pl_secret_text){from->text, from->len};
    if (from->len == 0) { /* nothing was ever added */
        out->text = PL_NEW0(char, 1);
    }
    pl_str_init(from, 0);
    return out->text != NULL ? PL_OK : pl_fail_nomem(err, what);
}

void pl_secret_text_free(pl_secret_text *text)
{
    if (text->text != NULL) {
        sodium_memzero(text->text, text->n);
        pl_free(text->text);
    }
    *text = (pl_secret_text){NULL, 0};
}

/* ---- JSON of people ---------------------------------------------------------------------------------------------------- */

#define DEPTH 16

pl_status pl_secret_json(const char *text, size_t n, size_t most, const char *what, json_t **out, pl_error *err)
{
    int depth = 0;
    bool inside = false;
    *out = NULL;
    if (n > most) {
        return pl_fail(err, PL_TOOBIG, what, NULL, "longer than %zu bytes", most);
    }
    for (size_t i = 0; i < n; i++) { /* before anything is allocated */
        if (inside && text[i] == '\\') {
            i++;
            continue;
        }
        inside ^= text[i] == '"';
        if (inside) {
            continue;
        }
        depth += text[i] == '[' || text[i] == '{' ? 1 : text[i] == ']' || text[i] == '}' ? -1 : 0;
        if (depth > DEPTH) {
            return pl_fail(err, PL_TOOBIG, what, NULL, "nested more than %d deep", DEPTH);
        }
    }
    json_error_t at;
    *out = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    if (*out == NULL) {
        return pl_fail(err, PL_PARSE, what, NULL, "line %d, column %d: %.200s", at.line, at.column, at.text);
    }
    return PL_OK;
}

bool pl_json_element(const pl_group *g, json_t *value, pl_element *out)
{
    return json_is_string(value) && g->read(g, json_string_value(value), json_string_length(value), out) && pl_member(g, out) &&
           !g->equal(g, out, &g->one);
}

bool pl_json_scalar(const pl_group *g, json_t *value, pl_scalar *out)
{
    return json_is_string(value) && pl_scalar_read(g, json_string_value(value), json_string_length(value), out);
}

bool pl_json_proof(const pl_group *g, json_t *value, pl_zk_proof *out)
{
    return json_is_object(value) && pl_json_scalar(g, json_object_get(value, "challenge"), &out->challenge) &&
           pl_json_scalar(g, json_object_get(value, "response"), &out->response);
}
