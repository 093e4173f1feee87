/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "record/cbor.h"

#include <math.h>
#include <string.h>

#include "io/utf8.h"

/* The head of an item: its type and its number (a value, a length, a count). */
typedef struct head {
    pl_cbor_type type;
    uint8_t info; /* the lower five bits */
    uint64_t x;
} head;

/* Takes a head; NULL, or what is wrong with it. */
static const char *take_head(const uint8_t **at, const uint8_t *end, head *h)
{
    if (*at == end) {
        return "it ends too early";
    }
    uint8_t first = *(*at)++;
    h->type = (pl_cbor_type)(first >> 5);
    h->info = first & 31;
    h->x = h->info;
    if (h->info < 24) {
        return NULL;
    }
    if (h->info > 27) {
        return h->info == 31 ? "a length is indefinite" : "the head of an item is reserved";
    }
    size_t n = (size_t)1 << (h->info - 24);
    if ((size_t)(end - *at) < n) {
        return "it ends too early";
    }
    h->x = 0;
    for (size_t i = 0; i < n; i++) {
        h->x = h->x << 8 | *(*at)++;
    }
    if (h->type == PL_CBOR_SIMPLE) {
        return h->info == 24 && h->x < 32 ? "a simple value is not in its shortest form" : NULL;
    }
    bool shortest = n == 1 ? h->x >= 24 : h->x >> (4 * n) != 0;
    return shortest ? NULL : "a number is not in its shortest form";
}

static double from_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023;
    double x = exponent == 0 ? ldexp(fraction, -24) : exponent == 31 ? (fraction == 0 ? INFINITY : NAN) : ldexp(fraction + 1024, exponent - 25);
    return bits & 0x8000 ? -x : x;
}

/* True when x, not a NaN, can be told in 16 bits. */
static bool fits_half(double x)
{
    double magnitude = fabs(x);
    if (isinf(x) || magnitude == 0) {
        return true;
    }
    int exponent;
    (void)frexp(magnitude, &exponent); /* magnitude in [2^(exponent-1), 2^exponent) */
    double unit = ldexp(1, exponent > -13 ? exponent - 11 : -24);
    return magnitude <= 65504 && magnitude >= ldexp(1, -24) && fmod(magnitude, unit) == 0;
}

static const char *check_float(const head *h)
{
    double x;
    if (h->info == 25) {
        x = from_half((uint16_t)h->x);
        return isnan(x) && h->x != 0x7E00 ? "a NaN is not F97E00" : NULL;
    }
    if (h->info == 26) {
        uint32_t bits = (uint32_t)h->x;
        float f;
        memcpy(&f, &bits, sizeof f);
        x = (double)f;
    } else {
        memcpy(&x, &h->x, sizeof x);
    }
    bool shorter = isnan(x) || fits_half(x) || (h->info == 27 && fabs(x) <= 3.4028234663852886e38 && (double)(float)x == x);
    return shorter ? "a floating-point number is not in its shortest form" : NULL;
}

static const char *check_item(const uint8_t **at, const uint8_t *end, int depth);

static const char *check_map(const uint8_t **at, const uint8_t *end, uint64_t n, int depth)
{
    const uint8_t *before = NULL;
    size_t before_n = 0;
    for (uint64_t i = 0; i < n; i++) {
        const uint8_t *key = *at;
        const char *fault = check_item(at, end, depth);
        if (fault != NULL) {
            return fault;
        }
        size_t key_n = (size_t)(*at - key);
        if (before != NULL) {
            int order = memcmp(before, key, before_n < key_n ? before_n : key_n);
            if (order > 0 || (order == 0 && before_n >= key_n)) {
                *at = key;
                return order == 0 && before_n == key_n ? "a key is there twice in a map" : "the keys of a map are not in order";
            }
        }
        before = key;
        before_n = key_n;
        if ((fault = check_item(at, end, depth)) != NULL) {
            return fault;
        }
    }
    return NULL;
}

static const char *check_item(const uint8_t **at, const uint8_t *end, int depth)
{
    head h;
    const uint8_t *begin = *at;
    const char *fault = take_head(at, end, &h);
    if (fault == NULL && h.type >= PL_CBOR_ARRAY && h.type <= PL_CBOR_TAG && depth == PL_CBOR_DEPTH) {
        fault = "it is nested too deeply";
    }
    uint64_t left = (uint64_t)(end - *at);
    if (fault == NULL && h.type >= PL_CBOR_BYTES && h.type <= PL_CBOR_MAP && h.x > left / (h.type == PL_CBOR_MAP ? 2 : 1)) {
        fault = "it ends too early";
    }
    if (fault == NULL && h.type == PL_CBOR_TEXT && !pl_utf8_valid((const char *)*at, (size_t)h.x)) {
        fault = "a text is not UTF-8";
    }
    if (fault == NULL && h.type == PL_CBOR_SIMPLE && h.info >= 25) {
        fault = check_float(&h);
    }
    if (fault != NULL) {
        *at = begin;
        return fault;
    }
    if (h.type == PL_CBOR_BYTES || h.type == PL_CBOR_TEXT) {
        *at += h.x;
    } else if (h.type == PL_CBOR_MAP) {
        return check_map(at, end, h.x, depth + 1);
    } else if (h.type == PL_CBOR_ARRAY || h.type == PL_CBOR_TAG) {
        for (uint64_t i = h.type == PL_CBOR_TAG ? 1 : h.x; i > 0; i--) {
            if ((fault = check_item(at, end, depth + 1)) != NULL) {
                return fault;
            }
        }
    }
    return NULL;
}

const char *pl_cbor_check(const uint8_t *bytes, size_t n, size_t *at)
{
    const uint8_t *p = bytes;
    const char *fault = check_item(&p, bytes + n, 0);
    if (fault == NULL && p != bytes + n) {
        fault = "something stands behind it";
    }
    if (at != NULL) {
        *at = (size_t)(p - bytes);
    }
    return fault;
}

/* ---- Taking apart --------------------------------------------------------------------------------- */

pl_cbor_type pl_cbor_peek(const pl_cbor *c)
{
    return c->at == c->end ? PL_CBOR_NONE : (pl_cbor_type)(*c->at >> 5);
}

/* Takes a head of that type. */
static bool take(pl_cbor *c, pl_cbor_type type, uint64_t *x)
{
    const uint8_t *at = c->at;
    head h;
    if (pl_cbor_peek(c) != type || take_head(&at, c->end, &h) != NULL) {
        return false;
    }
    c->at = at;
    *x = h.x;
    return true;
}

static bool take_string(pl_cbor *c, pl_cbor_type type, const uint8_t **bytes, size_t *n)
{
    const uint8_t *begin = c->at;
    uint64_t x;
    if (!take(c, type, &x)) {
        return false;
    }
    if (x > (uint64_t)(c->end - c->at)) {
        c->at = begin;
        return false;
    }
    *bytes = c->at;
    *n = (size_t)x;
    c->at += x;
    return true;
}

bool pl_cbor_uint(pl_cbor *c, uint64_t *x)
{
    return take(c, PL_CBOR_UINT, x);
}

bool pl_cbor_int(pl_cbor *c, int64_t *x)
{
    const uint8_t *begin = c->at;
    uint64_t u;
    bool negative = pl_cbor_peek(c) == PL_CBOR_NEGATIVE;
    if (!take(c, negative ? PL_CBOR_NEGATIVE : PL_CBOR_UINT, &u)) {
        return false;
    }
    if (u > INT64_MAX) {
        c->at = begin;
        return false;
    }
    *x = negative ? -1 - (int64_t)u : (int64_t)u;
    return true;
}

bool pl_cbor_bytes(pl_cbor *c, const uint8_t **bytes, size_t *n)
{
    return take_string(c, PL_CBOR_BYTES, bytes, n);
}

bool pl_cbor_fixed(pl_cbor *c, size_t n, const uint8_t **bytes)
{
    const uint8_t *begin = c->at;
    size_t got;
    if (take_string(c, PL_CBOR_BYTES, bytes, &got) && got == n) {
        return true;
    }
    c->at = begin;
    return false;
}

bool pl_cbor_text(pl_cbor *c, const char **text, size_t *n)
{
    const uint8_t *bytes;
    if (!take_string(c, PL_CBOR_TEXT, &bytes, n)) {
        return false;
    }
    *text = (const char *)bytes;
    return true;
}

static bool take_count(pl_cbor *c, pl_cbor_type type, size_t *n)
{
    const uint8_t *begin = c->at;
    uint64_t x;
    if (!take(c, type, &x)) {
        return false;
    }
    if (x > (uint64_t)(c->end - c->at)) {
        c->at = begin;
        return false;
    }
    *n = (size_t)x;
    return true;
}

bool pl_cbor_array(pl_cbor *c, size_t *n)
{
    return take_count(c, PL_CBOR_ARRAY, n);
}

bool pl_cbor_map(pl_cbor *c, size_t *n)
{
    return take_count(c, PL_CBOR_MAP, n);
}

bool pl_cbor_tag(pl_cbor *c, uint64_t *tag)
{
    return take(c, PL_CBOR_TAG, tag);
}

bool pl_cbor_null(pl_cbor *c)
{
    if (c->at == c->end || *c->at != 0xF6) {
        return false;
    }
    c->at++;
    return true;
}

bool pl_cbor_skip(pl_cbor *c)
{
    const uint8_t *at = c->at;
    if (check_item(&at, c->end, 0) != NULL) {
        return false;
    }
    c->at = at;
    return true;
}

bool pl_cbor_end(const pl_cbor *c)
{
    return c->at == c->end;
}

/* ---- Writing -------------------------------------------------------------------------------------- */

static void put_head(pl_str *out, pl_cbor_type type, uint64_t x)
{
    char bytes[9];
    int more = x < 24 ? 0 : x <= UINT8_MAX ? 1 : x <= UINT16_MAX ? 2 : x <= UINT32_MAX ? 4 : 8;
    int info = more == 0 ? (int)x : more == 1 ? 24 : more == 2 ? 25 : more == 4 ? 26 : 27;
    bytes[0] = (char)((unsigned)type << 5 | (unsigned)info);
    for (int i = 0; i < more; i++) {
        bytes[1 + i] = (char)(x >> (8 * (more - 1 - i)));
    }
    pl_str_add_n(out, bytes, (size_t)more + 1);
}

void pl_cbor_put_uint(pl_str *out, uint64_t x)
{
    put_head(out, PL_CBOR_UINT, x);
}

void pl_cbor_put_int(pl_str *out, int64_t x)
{
    put_head(out, x < 0 ? PL_CBOR_NEGATIVE : PL_CBOR_UINT, x < 0 ? (uint64_t)(-1 - x) : (uint64_t)x);
}

void pl_cbor_put_bytes(pl_str *out, const void *bytes, size_t n)
{
    put_head(out, PL_CBOR_BYTES, n);
    pl_str_add_n(out, n > 0 ? bytes : "", n);
}

void pl_cbor_put_text(pl_str *out, const char *text, size_t n)
{
    put_head(out, PL_CBOR_TEXT, n);
    pl_str_add_n(out, text, n);
}

void pl_cbor_put_array(pl_str *out, size_t n)
{
    put_head(out, PL_CBOR_ARRAY, n);
}

void pl_cbor_put_map(pl_str *out, size_t n)
{
    put_head(out, PL_CBOR_MAP, n);
}

void pl_cbor_put_tag(pl_str *out, uint64_t tag)
{
    put_head(out, PL_CBOR_TAG, tag);
}

void pl_cbor_put_null(pl_str *out)
{
    pl_str_add_n(out, "\xF6", 1);
}

void pl_cbor_put_bool(pl_str *out, bool x)
{
    pl_str_add_n(out, x ? "\xF5" : "\xF4", 1);
}
