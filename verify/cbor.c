/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cbor.c - deterministic CBOR (RFC 8949, 4.2.1), read. */
#include <string.h>

#include "verify/record.h"

static bool half_holds(uint32_t f)
{
    /* Sign, 8 bits of exponent, 23 of fraction: does it fit 1, 5 and 10? */
    uint32_t exponent = f >> 23 & 255, fraction = f & 0x7FFFFF;
    if (exponent == 255) {
        return true; /* infinity, and NaN, for which there is one form only */
    }
    if (exponent == 0) {
        return fraction == 0;
    }
    int e = (int)exponent - 127;
    if (e >= -14) {
        return e <= 15 && (fraction & 0x1FFF) == 0;
    }
    int lost = 13 + (-14 - e); /* a subnormal half has fewer bits */
    return e >= -24 && ((fraction | 0x800000) & ((1u << lost) - 1)) == 0;
}

static bool single_holds(uint64_t d)
{
    uint64_t exponent = d >> 52 & 2047, fraction = d & 0xFFFFFFFFFFFFF;
    if (exponent == 2047) {
        return true;
    }
    if (exponent == 0) {
        return fraction == 0;
    }
    int e = (int)exponent - 1023;
    if (e >= -126) {
        return e <= 127 && (fraction & 0x1FFFFFFF) == 0;
    }
    int lost = 29 + (-126 - e);
    return e >= -149 && ((fraction | 0x10000000000000) & (((uint64_t)1 << lost) - 1)) == 0;
}

/* The major type and number of the next head; bad when it is not in its shortest form. */
static int any_head(pv_bytes *b, uint64_t *x)
{
    if (b->bad || b->p == b->end) {
        b->bad = true;
        return -1;
    }
    int type = *b->p >> 5, info = *b->p & 31;
    b->p++;
    *x = (uint64_t)info;
    if (info < 24) {
        return type;
    }
    int bytes = info == 24 ? 1 : info == 25 ? 2 : info == 26 ? 4 : info == 27 ? 8 : 0;
    if (bytes == 0 || b->end - b->p < bytes) {
        b->bad = true;
        return -1;
    }
    *x = 0;
    for (int i = 0; i < bytes; i++) {
        *x = *x * 256 + *b->p++;
    }
    static const uint64_t least[9] = {0, 24, 256, 0, 65536, 0, 0, 0, 4294967296};
    if (type != PV_SIMPLE) {
        b->bad |= *x < least[bytes];
    } else if (bytes == 1) {
        b->bad |= *x < 32;
    } else if (bytes == 2) {
        b->bad |= (*x & 0x7C00) == 0x7C00 && (*x & 0x3FF) != 0 && *x != 0x7E00;
    } else {
        b->bad |= bytes == 4 ? half_holds((uint32_t)*x) : single_holds(*x);
    }
    return b->bad ? -1 : type;
}

bool pv_utf8(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t c = p[i], least;
        int more = c < 0x80 ? 0 : (c & 0xE0) == 0xC0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : (c & 0xF8) == 0xF0 ? 3 : -1;
        if (more < 0 || n - i <= (size_t)more) {
            return false;
        }
        least = more == 1 ? 0x80 : more == 2 ? 0x800 : more == 3 ? 0x10000 : 0;
        c &= more == 0 ? 0x7F : 0x3Fu >> more;
        for (int k = 1; k <= more; k++) {
            if ((p[i + (size_t)k] & 0xC0) != 0x80) {
                return false;
            }
            c = c << 6 | (p[i + (size_t)k] & 0x3F);
        }
        if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
            return false;
        }
        i += (size_t)more + 1;
    }
    return true;
}

static void walk(pv_bytes *b, int depth)
{
    uint64_t n;
    int type = any_head(b, &n);
    if (type == PV_BSTR || type == PV_TSTR) {
        if (n > (uint64_t)(b->end - b->p) || (type == PV_TSTR && !pv_utf8(b->p, (size_t)n))) {
            b->bad = true;
            return;
        }
        b->p += n;
    }
    if (type < PV_LIST || type == PV_SIMPLE) {
        return;
    }
    if (depth == 0 || (type != PV_TAG && n > (uint64_t)(b->end - b->p))) {
        b->bad = true;
        return;
    }
    const uint8_t *key = NULL, *key_end = NULL;
    for (uint64_t i = type == PV_TAG ? 1 : n; i > 0 && !b->bad; i--) {
        const uint8_t *next = b->p;
        walk(b, depth - 1);
        if (type == PV_MAP && !b->bad) {
            size_t before = (size_t)(key_end - key), now = (size_t)(b->p - next);
            int order = key == NULL ? -1 : memcmp(key, next, before < now ? before : now);
            b->bad = order > 0 || (order == 0 && before >= now);
            key = next;
            key_end = b->p;
            walk(b, depth - 1);
        }
    }
}

bool pv_deterministic(const uint8_t *p, size_t n)
{
    pv_bytes b = {p, p + n, false};
    walk(&b, 16);
    return !b.bad && b.p == b.end;
}

uint64_t pv_head(pv_bytes *b, int type)
{
    uint64_t x;
    b->bad |= any_head(b, &x) != type;
    return b->bad ? 0 : x;
}

const uint8_t *pv_string(pv_bytes *b, int type, size_t *n)
{
    uint64_t length = pv_head(b, type);
    const uint8_t *p = b->p;
    if (b->bad || length > (uint64_t)(b->end - b->p)) {
        b->bad = true;
        *n = 0;
        return p;
    }
    b->p += length;
    *n = (size_t)length;
    return p;
}

const uint8_t *pv_exactly(pv_bytes *b, size_t n)
{
    size_t got;
    const uint8_t *p = pv_string(b, PV_BSTR, &got);
    b->bad |= got != n;
    return p;
}

const uint8_t *pv_any(pv_bytes *b, size_t *n)
{
    const uint8_t *p = b->p;
    if (!b->bad) {
        walk(b, 16);
    }
    *n = (size_t)(b->p - p);
    return p;
}

void pv_label(pv_bytes *b, uint64_t label)
{
    b->bad |= pv_head(b, PV_UINT) != label;
}
