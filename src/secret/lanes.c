/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lanes.c - see lanes.h.  An element of a lane is 40 digits of 52 bits, below 2 p, in Montgomery's form a 2^2080 mod p; 2^2080 is so much above 4 p that no product needs
 * a subtraction in the end.  Digit by digit a product costs four multiplications of eight lanes, after Gueron and Krasnov (2012, Software implementation of modular exponentiation, using advanced
 * vector instructions architectures). */
#include "secret/lanes.h"

#include <gmp.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define DIGITS PL_LANE_DIGITS
#define BITS 52
#define MASK ((UINT64_C(1) << BITS) - 1)
#define WINDOW 4
#define BUCKETS (1 << WINDOW)
#define WIDE __attribute__((target("avx512f,avx512ifma")))

typedef struct lanes {
    _Alignas(64) uint64_t v[DIGITS][PL_LANES];
} lanes;

/* ---- In and out ----------------------------------------------------------------------------------------- */

static void to_digits(const uint64_t plain[PL_GROUP_WORDS], uint64_t out[DIGITS])
{
    for (int j = 0; j < DIGITS; j++) {
        int word = BITS * j / 64, shift = BITS * j % 64;
        uint64_t x = word < PL_GROUP_WORDS ? plain[word] >> shift : 0;
        x |= shift > 64 - BITS && word + 1 < PL_GROUP_WORDS ? plain[word + 1] << (64 - shift) : 0;
        out[j] = x & MASK;
    }
}

/* The number of one lane, below p. */
static void from_digits(const pl_group *g, const lanes *a, int lane, uint64_t out[PL_GROUP_WORDS])
{
    uint64_t words[PL_GROUP_WORDS + 2] = {0};
    for (int j = 0; j < DIGITS; j++) {
        int word = BITS * j / 64, shift = BITS * j % 64;
        words[word] |= a->v[j][lane] << shift;
        if (shift > 64 - BITS) {
            words[word + 1] |= a->v[j][lane] >> (64 - shift);
        }
    }
    if (words[PL_GROUP_WORDS] != 0 || mpn_cmp(words, g->p, PL_GROUP_WORDS) >= 0) {
        mpn_sub_n(words, words, g->p, PL_GROUP_WORDS);
    }
    memcpy(out, words, PL_GROUP_WORDS * sizeof *out);
}

/* 2^bits mod p, as digits. */
static void power_of_two(const pl_group *g, int bits, uint64_t out[DIGITS])
{
    uint64_t power[40] = {0}, quotient[40], rest[PL_GROUP_WORDS];
    power[bits / 64] = UINT64_C(1) << bits % 64;
    mpn_tdiv_qr(quotient, rest, 0, power, bits / 64 + 1, g->p, PL_GROUP_WORDS);
    to_digits(rest, out);
}

void pl_lanes_open(pl_group *g)
{
    g->lanes = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma");
    to_digits(g->p, g->lane_p);
    power_of_two(g, 2 * BITS * DIGITS - 2048, g->lane_in); /* a 2^2048 times this is a 2^2080 */
    power_of_two(g, 2048, g->lane_out);
    power_of_two(g, BITS * DIGITS, g->lane_one);
}

/* ---- Products ------------------------------------------------------------------------------------------- */

/* r = a b / 2^2080 mod p. */
WIDE static void multiply(const pl_group *g, lanes *r, const lanes *a, const lanes *b)
{
    const __m512i mask = _mm512_set1_epi64((long long)MASK), inverse = _mm512_set1_epi64((long long)(g->p_inverse & MASK)), zero = _mm512_setzero_si512();
    __m512i sum[DIGITS + 1];
    for (int j = 0; j <= DIGITS; j++) {
        sum[j] = zero;
    }
    for (int i = 0; i < DIGITS; i++) {
        __m512i x = _mm512_load_si512(a->v[i]), y = _mm512_load_si512(b->v[0]), p = _mm512_set1_epi64((long long)g->lane_p[0]);
        __m512i low = _mm512_madd52lo_epu64(sum[0], x, y);
        __m512i m = _mm512_madd52lo_epu64(zero, low, inverse);
        __m512i carry = _mm512_srli_epi64(_mm512_madd52lo_epu64(low, m, p), BITS);
        for (int j = 0; j < DIGITS - 1; j++) {
            __m512i next_y = _mm512_load_si512(b->v[j + 1]), next_p = _mm512_set1_epi64((long long)g->lane_p[j + 1]);
            __m512i one = _mm512_madd52lo_epu64(sum[j + 1], x, next_y), two = _mm512_madd52lo_epu64(carry, m, next_p);
            one = _mm512_madd52hi_epu64(one, x, y);
            two = _mm512_madd52hi_epu64(two, m, p);
            sum[j] = _mm512_add_epi64(one, two);
            carry = zero;
            y = next_y;
            p = next_p;
        }
        sum[DIGITS - 1] = _mm512_add_epi64(_mm512_madd52hi_epu64(zero, x, y), _mm512_madd52hi_epu64(zero, m, p));
    }
    __m512i carry = zero;
    for (int j = 0; j < DIGITS; j++) {
        __m512i x = _mm512_add_epi64(sum[j], carry);
        carry = _mm512_srli_epi64(x, BITS);
        _mm512_store_si512(r->v[j], _mm512_and_si512(x, mask));
    }
}

/* Each lane's own one of `list`. */
WIDE static void pick(lanes *out, const lanes *list, const uint64_t which[PL_LANES])
{
    __m512i at = _mm512_add_epi64(_mm512_mullo_epi32(_mm512_loadu_si512(which), _mm512_set1_epi64(DIGITS * PL_LANES)), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    for (int j = 0; j < DIGITS; j++) {
        _mm512_store_si512(out->v[j], _mm512_i64gather_epi64(at, list->v[j], 8));
    }
}

WIDE static void put_back(lanes *list, const uint64_t which[PL_LANES], const lanes *a)
{
    __m512i at = _mm512_add_epi64(_mm512_mullo_epi32(_mm512_loadu_si512(which), _mm512_set1_epi64(DIGITS * PL_LANES)), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    for (int j = 0; j < DIGITS; j++) {
        _mm512_i64scatter_epi64(list->v[j], at, _mm512_load_si512(a->v[j]), 8);
    }
}

static void fill(lanes *out, const uint64_t digit[DIGITS])
{
    for (int j = 0; j < DIGITS; j++) {
        for (int i = 0; i < PL_LANES; i++) {
            out->v[j][i] = digit[j];
        }
    }
}

/* ---- Powers ---------------------------------------------------------------------------------------------- */

static uint64_t window_of(const pl_scalar *e, int at)
{
    return e->v[at / 64] >> at % 64 & (BUCKETS - 1); /* 4 divides 64: no window straddles two words */
}

static void enter(const pl_group *g, lanes *out, const pl_element *base)
{
    lanes factor;
    uint64_t digit[DIGITS];
    for (int i = 0; i < PL_LANES; i++) {
        to_digits(base[i].v, digit);
        for (int j = 0; j < DIGITS; j++) {
            out->v[j][i] = digit[j];
        }
    }
    fill(&factor, g->lane_in);
    multiply(g, out, out, &factor);
}

/* Product of bucket[d]^d. */
static void add_up(const pl_group *g, lanes *out, const lanes *bucket)
{
    lanes sum;
    fill(&sum, g->lane_one);
    *out = sum;
    for (int d = BUCKETS - 1; d > 0; d--) {
        multiply(g, &sum, &sum, &bucket[d]);
        multiply(g, out, out, &sum);
    }
}

void pl_lanes_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n)
{
    lanes bucket[PL_LANE_POWERS][BUCKETS], chain, one, all;
    enter(g, &chain, base);
    for (int k = 0; k < n; k++) {
        for (int d = 0; d < BUCKETS; d++) {
            fill(&bucket[k][d], g->lane_one);
        }
    }
    for (int at = 0; at < g->bits; at += WINDOW) {
        for (int k = 0; k < n; k++) {
            uint64_t which[PL_LANES];
            for (int i = 0; i < PL_LANES; i++) {
                which[i] = window_of(&e[i * n + k], at);
            }
            pick(&one, bucket[k], which);
            multiply(g, &one, &one, &chain);
            put_back(bucket[k], which, &one);
        }
        for (int k = 0; k < WINDOW && at + WINDOW < g->bits; k++) {
            multiply(g, &chain, &chain, &chain);
        }
    }
    fill(&one, g->lane_out);
    for (int k = 0; k < n; k++) {
        add_up(g, &all, bucket[k]);
        multiply(g, &all, &all, &one);
        for (int i = 0; i < PL_LANES; i++) {
            from_digits(g, &all, i, r[i * n + k].v);
        }
    }
}

#else

void pl_lanes_open(pl_group *g)
{
    g->lanes = false;
}

void pl_lanes_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n)
{
    for (int i = 0; i < PL_LANES; i++) {
        (void)pl_powers(g, r + i * n, &base[i], e + i * n, n, false);
    }
}

#endif
