/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * scalar.c - numbers modulo q as text, and random ones. */
#include <sodium.h>
#include <string.h>

#include "secret/group.h"

bool pl_group_open(pl_group *out, const char *name, size_t n)
{
    if (n == 13 && (memcmp(name, "BELENIOS-2048", n) == 0 || memcmp(name, "RFC-3526-2048", n) == 0)) {
        pl_group_open_field(out, name[0] == 'B');
        return true;
    }
    if (n == 7 && memcmp(name, "Ed25519", n) == 0) {
        pl_group_open_ed25519(out);
        return true;
    }
    return false;
}

void pl_scalar_set(pl_scalar *out, uint64_t x)
{
    memset(out, 0, sizeof *out);
    out->v[0] = x;
}

bool pl_scalar_equal(const pl_group *g, const pl_scalar *a, const pl_scalar *b)
{
    return sodium_memcmp(a->v, b->v, (size_t)g->words * sizeof *a->v) == 0;
}

bool pl_scalar_zero(const pl_scalar *a)
{
    return sodium_is_zero((const unsigned char *)a->v, sizeof a->v) == 1;
}

#define DIGITS 18 /* of a decimal in one step */
static const uint64_t TEN[DIGITS + 1] = {1ull,
                                         10ull,
                                         100ull,
                                         1000ull,
                                         10000ull,
                                         100000ull,
                                         1000000ull,
                                         10000000ull,
                                         100000000ull,
                                         1000000000ull,
                                         10000000000ull,
                                         100000000000ull,
                                         1000000000000ull,
                                         10000000000000ull,
                                         100000000000000ull,
                                         1000000000000000ull,
                                         10000000000000000ull,
                                         100000000000000000ull,
                                         1000000000000000000ull};

bool pl_scalar_read(const pl_group *g, const char *text, size_t n, pl_scalar *out)
{
    memset(out, 0, sizeof *out);
    if (n == 0 || n >= PL_ELEMENT_TEXT || (text[0] == '0' && n > 1)) {
        return false;
    }
    for (size_t at = 0; at < n;) {
        size_t k = n - at < DIGITS ? n - at : DIGITS;
        uint64_t carry = 0;
        for (size_t i = 0; i < k; i++) {
            if (text[at + i] < '0' || text[at + i] > '9') {
                return false;
            }
            carry = carry * 10 + (uint64_t)(text[at + i] - '0');
        }
        for (int i = 0; i < g->words; i++) {
            unsigned __int128 t = (unsigned __int128)out->v[i] * TEN[k] + carry;
            out->v[i] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        if (carry != 0) {
            return false;
        }
        at += k;
    }
    for (int i = g->words - 1; i >= 0; i--) {
        if (out->v[i] != g->q.v[i]) {
            return out->v[i] < g->q.v[i];
        }
    }
    return false;
}

size_t pl_scalar_write(const pl_group *g, const pl_scalar *a, char out[PL_ELEMENT_TEXT])
{
    uint64_t v[PL_GROUP_WORDS], part[48];
    int words = g->words, n = 0;
    memcpy(v, a->v, sizeof v);
    while (words > 0) {
        uint64_t rest = 0;
        for (int i = words - 1; i >= 0; i--) {
            unsigned __int128 t = (unsigned __int128)rest << 64 | v[i];
            v[i] = (uint64_t)(t / TEN[DIGITS]);
            rest = (uint64_t)(t % TEN[DIGITS]);
        }
        part[n++] = rest;
        while (words > 0 && v[words - 1] == 0) {
            words--;
        }
    }
    char *to = out;
    for (int i = n - 1; i >= 0; i--) {
        for (int k = DIGITS - 1; k >= 0; k--) {
            char digit = (char)('0' + part[i] / TEN[k] % 10);
            if (digit != '0' || to > out || (i == 0 && k == 0)) {
                *to++ = digit;
            }
        }
    }
    *to = '\0';
    return (size_t)(to - out);
}

/* ---- Random scalars ------------------------------------------------------------------------------------------------ */

void pl_draw_start(pl_draw *draw, const uint8_t *seed)
{
    *draw = (pl_draw){.item = 0};
    if (seed != NULL) {
        memcpy(draw->key, seed, sizeof draw->key);
    } else {
        randombytes_buf(draw->key, sizeof draw->key);
    }
}

void pl_draw_item(pl_draw *out, const pl_draw *draw, uint64_t item)
{
    *out = *draw;
    out->item = item;
    out->at = 0;
}

void pl_draw_bytes(pl_draw *draw, uint8_t *out, size_t n)
{
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    for (int i = 0; i < 8; i++) {
        nonce[i] = (uint8_t)(draw->item >> 8 * i);
    }
    memset(out, 0, n);
    crypto_stream_chacha20_xor_ic(out, out, n, nonce, draw->at, draw->key);
    draw->at += (n + 63) / 64;
}

/* 128 bits more than q has, so that the remainder is even to within 2^-128. */
void pl_draw_scalar(pl_draw *draw, const pl_group *g, pl_scalar *out)
{
    uint8_t bytes[PL_GROUP_WORDS * 8 + 16];
    size_t n = (size_t)g->words * 8 + 16;
    pl_draw_bytes(draw, bytes, n);
    g->reduce(g, out, bytes, n);
    sodium_memzero(bytes, sizeof bytes);
}

uint32_t pl_draw_below(pl_draw *draw, uint32_t n)
{
    uint32_t limit = 0xffffffffu - 0xffffffffu % n, x;
    do {
        uint8_t b[4];
        pl_draw_bytes(draw, b, 4);
        x = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    } while (x >= limit);
    return x % n;
}
