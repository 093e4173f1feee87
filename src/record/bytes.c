/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "record/bytes.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"

bool pl_sodium_start(void)
{
    return sodium_init() >= 0;
}

void pl_owned_free(pl_owned *owned)
{
    pl_free(owned->bytes);
    *owned = (pl_owned){NULL, 0};
}

pl_status pl_owned_from(pl_str *s, const char *what, pl_owned *out, pl_error *err)
{
    pl_str_add_n(s, "", 0); /* so that even nothing has memory of its own */
    if (s->failed) {
        pl_str_clear(s);
        return pl_fail_nomem(err, what);
    }
    *out = (pl_owned){s->text, s->len};
    pl_str_init(s, s->ceiling);
    return PL_OK;
}

void pl_hash(const void *bytes, size_t n, uint8_t out[PL_HASH])
{
    crypto_hash_sha256(out, bytes, n);
}

void pl_hex_write(const void *bytes, size_t n, char *out)
{
    sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

bool pl_hex_read(const char *text, size_t n, uint8_t *out)
{
    size_t got;
    const char *end;
    return strlen(text) == 2 * n && sodium_hex2bin(out, n, text, 2 * n, NULL, &got, &end) == 0 && got == n && *end == '\0';
}

void pl_base64_put(pl_str *out, const void *bytes, size_t n)
{
    char text[512];
    while (n > 0) {
        size_t part = n < 300 ? n : 300; /* a multiple of three */
        sodium_bin2base64(text, sizeof text, bytes, part, sodium_base64_VARIANT_ORIGINAL);
        pl_str_add(out, text);
        bytes = (const char *)bytes + part;
        n -= part;
    }
}

bool pl_base64_get(const char *text, size_t n, uint8_t *out, size_t room, size_t *got)
{
    const char *end;
    for (size_t i = 0; i < n; i++) { /* libsodium 1.0.18 takes some bytes above 127 for letters */
        if ((unsigned char)text[i] >= 0x80) {
            return false;
        }
    }
    return n % 4 == 0 && sodium_base642bin(out, room, text, n, NULL, got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           end == text + n && (*got + 2) / 3 * 4 == n;
}

bool pl_decimal_get(const char *text, size_t n, uint64_t *x)
{
    if (n == 0 || n > 20 || (n > 1 && text[0] == '0')) {
        return false;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(sum, 10u, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(text[i] - '0'), &sum)) {
            return false;
        }
    }
    *x = sum;
    return true;
}

bool pl_line_get(const char **at, const char *end, const char **line, size_t *n)
{
    const char *feed = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    if (feed == NULL) {
        return false;
    }
    *line = *at;
    *n = (size_t)(feed - *at);
    *at = feed + 1;
    return true;
}
