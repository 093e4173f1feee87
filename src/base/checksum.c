/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/checksum.h"

#include <string.h>

#define P1 UINT64_C(0x9E3779B185EBCA87)
#define P2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define P3 UINT64_C(0x165667B19E3779F9)
#define P4 UINT64_C(0x85EBCA77C2B2AE63)
#define P5 UINT64_C(0x27D4EB2F165667C5)

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t read64(const unsigned char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static uint64_t read32(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static uint64_t mixed(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * P2, 31) * P1;
}

static uint64_t merged(uint64_t all, uint64_t lane)
{
    return (all ^ mixed(0, lane)) * P1 + P4;
}

/* What is left after the stripes of 32 bytes, and the last mixing. */
static uint64_t finish(uint64_t h, const unsigned char *p, size_t n)
{
    for (; n >= 8; n -= 8, p += 8) {
        h = rotate(h ^ mixed(0, read64(p)), 27) * P1 + P4;
    }
    for (; n >= 4; n -= 4, p += 4) {
        h = rotate(h ^ read32(p) * P1, 23) * P2 + P3;
    }
    for (; n > 0; n--, p++) {
        h = rotate(h ^ *p * P5, 11) * P1;
    }
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

uint64_t pl_checksum(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = P5;
    size_t left = n;
    if (n >= 32) {
        uint64_t a = P1 + P2, b = P2, c = 0, d = 0 - P1;
        for (; left >= 32; left -= 32, p += 32) {
            a = mixed(a, read64(p));
            b = mixed(b, read64(p + 8));
            c = mixed(c, read64(p + 16));
            d = mixed(d, read64(p + 24));
        }
        h = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
        h = merged(merged(merged(merged(h, a), b), c), d);
    }
    return finish(h + n, p, left);
}
