/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * powers.c - powers and products of powers in any group.
 *
 *   one base, secret exponent      fixed windows of 5 bits; every entry of the table is looked at
 *   one base, several exponents    Yao 1976: the squarings are shared, membership is one exponent more
 *   a base used often              a table with a row for each window (Brickell, Gordon, McCurley, Wilson 1992)
 *   many bases                     Pippenger's buckets for public exponents, Straus's windows for secret ones */
#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "secret/lanes.h"

#define SECRET_WINDOW 5
#define SECRET_ENTRIES (1 << SECRET_WINDOW)
#define YAO_WINDOW 4

/* Bits at .. at + n - 1 of e. */
static unsigned digit(const pl_scalar *e, int at, int n)
{
    int word = at / 64, shift = at % 64;
    if (word >= PL_GROUP_WORDS) {
        return 0;
    }
    uint64_t x = e->v[word] >> shift;
    if (shift + n > 64 && word + 1 < PL_GROUP_WORDS) {
        x |= e->v[word + 1] << (64 - shift);
    }
    return (unsigned)(x & ((1ull << n) - 1));
}

/* *out = list[which], having read all n entries. */
static void choose(const pl_group *g, pl_element *out, const pl_element *list, unsigned n, unsigned which)
{
    int words = g->words == 4 && g->padding == 14 ? 20 : PL_GROUP_WORDS; /* a point has 20 */
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < n; k++) {
        uint64_t mask = 0 - (uint64_t)(((uint64_t)(k ^ which) - 1) >> 63);
        for (int i = 0; i < words; i++) {
            out->v[i] |= list[k].v[i] & mask;
        }
    }
}

/* list[d] = base^d for d < n. */
static void multiples(const pl_group *g, pl_element *list, const pl_element *base, unsigned n)
{
    list[0] = g->one;
    list[1] = *base;
    for (unsigned d = 2; d < n; d++) {
        g->mul(g, &list[d], &list[d - 1], base);
    }
}

void pl_power_secret(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e)
{
    pl_element list[SECRET_ENTRIES], x, y = g->one;
    multiples(g, list, base, SECRET_ENTRIES);
    for (int at = (g->bits - 1) / SECRET_WINDOW * SECRET_WINDOW; at >= 0; at -= SECRET_WINDOW) {
        for (int k = 0; k < SECRET_WINDOW; k++) {
            g->sqr(g, &y, &y);
        }
        choose(g, &x, list, SECRET_ENTRIES, digit(e, at, SECRET_WINDOW));
        g->mul(g, &y, &y, &x);
    }
    *r = y;
}

void pl_power(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int bits)
{
    int w = bits > 600 ? 5 : bits > 60 ? 4 : 2;
    pl_element list[32], y = g->one;
    bool begun = false;
    multiples(g, list, base, 1u << w);
    for (int at = bits > 0 ? (bits - 1) / w * w : -1; at >= 0; at -= w) {
        for (int k = 0; k < w && begun; k++) {
            g->sqr(g, &y, &y);
        }
        unsigned d = digit(e, at, w);
        if (d != 0) {
            g->mul_public(g, &y, &y, &list[d]);
            begun = true;
        }
    }
    *r = y;
}

bool pl_member(const pl_group *g, const pl_element *a)
{
    pl_element x;
    if (!g->member_by_power) {
        return g->member(g, a);
    }
    pl_power(g, &x, a, &g->q, g->bits);
    return g->equal(g, &x, &g->one);
}

bool pl_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n, bool judge)
{
    enum { BUCKETS = 1 << YAO_WINDOW };
    pl_element bucket[PL_POWERS_MOST + 1][BUCKETS], chain = *base;
    bool filled[PL_POWERS_MOST + 1][BUCKETS] = {{false}};
    int all = n + (judge && g->member_by_power);
    for (int at = 0; at < g->bits; at += YAO_WINDOW) {
        for (int k = 0; k < all; k++) {
            unsigned d = digit(k < n ? &e[k] : &g->q, at, YAO_WINDOW);
            if (d != 0 && filled[k][d]) {
                g->mul_public(g, &bucket[k][d], &bucket[k][d], &chain);
            } else if (d != 0) {
                bucket[k][d] = chain;
                filled[k][d] = true;
            }
        }
        for (int k = 0; k < YAO_WINDOW && at + YAO_WINDOW < g->bits; k++) {
            g->sqr(g, &chain, &chain);
        }
    }
    pl_element sum, total;
    for (int k = 0; k < all; k++) {
        bool any = false;
        total = g->one;
        for (int d = BUCKETS - 1; d > 0; d--) {
            if (filled[k][d]) {
                if (any) {
                    g->mul_public(g, &sum, &sum, &bucket[k][d]);
                } else {
                    sum = bucket[k][d];
                    any = true;
                }
            }
            if (any) {
                g->mul_public(g, &total, &total, &sum);
            }
        }
        if (k < n) {
            r[k] = total;
        }
    }
    if (!judge) {
        return true;
    }
    return g->member_by_power ? g->equal(g, &total, &g->one) : g->member(g, base);
}

/* Eight bases, of which `count` are asked for, with one exponent more when membership is to be judged. */
static void eight_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int count, int n, bool judge, int from, int *bad)
{
    pl_element result[PL_LANES * PL_LANE_POWERS], padded[PL_LANES];
    pl_scalar exponent[PL_LANES * PL_LANE_POWERS];
    int all = n + judge;
    for (int i = 0; i < PL_LANES; i++) {
        int which = i < count ? i : 0;
        padded[i] = base[which];
        memcpy(&exponent[i * all], &e[which * n], (size_t)n * sizeof *e);
        if (judge) {
            exponent[i * all + n] = g->q;
        }
    }
    pl_lanes_powers(g, result, padded, exponent, all);
    for (int i = 0; i < count; i++) {
        memcpy(&r[i * n], &result[i * all], (size_t)n * sizeof *r);
        if (judge && *bad < 0 && !g->equal(g, &result[i * all + n], &g->one)) {
            *bad = from + i;
        }
    }
}

void pl_powers_of_each(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int count, int n, bool judge, int *bad)
{
    bool wide = g->lanes && g->member_by_power;
    *bad = -1;
    for (int i = 0; i < count; i += wide ? PL_LANES : 1) {
        if (wide) {
            eight_powers(g, r + i * n, base + i, e + i * n, count - i < PL_LANES ? count - i : PL_LANES, n, judge, i, bad);
        } else if (!pl_powers(g, r + i * n, &base[i], e + i * n, n, judge) && *bad < 0) {
            *bad = i;
        }
    }
}

#define SUBSETS 8 /* that share a pass; 16 passes */

/* Eight random subsets: each element has a byte of `draw` that says in which it is. */
static bool subsets_are_members(const pl_group *g, const pl_element *a, int64_t n, pl_draw draw)
{
    pl_element bucket[1 << SUBSETS], product;
    uint8_t byte[64];
    bool all = true;
    for (int i = 0; i < 1 << SUBSETS; i++) {
        bucket[i] = g->one;
    }
    for (int64_t i = 0; i < n; i++) {
        if (i % 64 == 0) {
            pl_draw_bytes(&draw, byte, sizeof byte);
        }
        pl_element *to = &bucket[byte[i % 64]];
        g->mul_public(g, to, to, &a[i]);
    }
    for (int k = 0; k < SUBSETS; k++) {
        product = g->one;
        for (int i = 0; i < 1 << SUBSETS; i++) {
            if (i >> k & 1) {
                g->mul_public(g, &product, &product, &bucket[i]);
            }
        }
        all &= pl_member(g, &product);
    }
    return all;
}

bool pl_members(const pl_group *g, const pl_element *a, int64_t n, int threads)
{
    enum { PASSES = 128 / SUBSETS, FEW = 1500 };
    bool good = true, many = g->member_by_power && n >= FEW;
    pl_draw draw;
    (void)threads;
    if (many) {
        uint8_t seed[32];
        crypto_hash_sha256(seed, (const unsigned char *)a, (size_t)n * sizeof *a);
        pl_draw_start(&draw, seed);
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1 && n > 8)
    for (int64_t i = 0; i < (many ? PASSES : n); i++) {
        pl_draw item;
        bool here;
        if (many) {
            pl_draw_item(&item, &draw, (uint64_t)i);
            here = subsets_are_members(g, a, n, item);
        } else {
            here = pl_member(g, &a[i]);
        }
        if (!here) {
#pragma omp atomic write
            good = false;
        }
    }
    return good;
}

/* ---- Tables ------------------------------------------------------------------------------------------------------------- */

pl_status pl_table_new(pl_power_table *out, const pl_group *g, const pl_element *base, int window, pl_error *err)
{
    *out = (pl_power_table){.g = g, .window = window, .rows = (g->bits + window - 1) / window};
    size_t n = (size_t)1 << window;
    out->at = PL_NEW(pl_element, (size_t)out->rows * n);
    if (out->at == NULL) {
        return pl_fail_nomem(err, "a table of powers");
    }
    pl_element x = *base;
    for (int i = 0; i < out->rows; i++) {
        pl_element *row = out->at + (size_t)i * n;
        multiples(g, row, &x, (unsigned)n);
        g->mul(g, &x, &row[n - 1], &x);
    }
    return PL_OK;
}

void pl_table_free(pl_power_table *table)
{
    pl_free(table->at);
    table->at = NULL;
}

void pl_table_power_on(const pl_power_table *t, pl_element *r, const pl_scalar *e)
{
    for (int i = 0; i < t->rows; i++) {
        unsigned d = digit(e, i * t->window, t->window);
        if (d != 0) {
            t->g->mul_public(t->g, r, r, &t->at[((size_t)i << t->window) + d]);
        }
    }
}

void pl_table_power(const pl_power_table *t, pl_element *r, const pl_scalar *e)
{
    *r = t->g->one;
    pl_table_power_on(t, r, e);
}

void pl_table_secret_on(const pl_power_table *t, pl_element *r, const pl_scalar *e)
{
    pl_element x;
    for (int i = 0; i < t->rows; i++) {
        choose(t->g, &x, t->at + ((size_t)i << t->window), 1u << t->window, digit(e, i * t->window, t->window));
        t->g->mul(t->g, r, r, &x);
    }
}

void pl_table_secret(const pl_power_table *t, pl_element *r, const pl_scalar *e)
{
    *r = t->g->one;
    pl_table_secret_on(t, r, e);
}

/* ---- Products ------------------------------------------------------------------------------------------------------------ */

static int bucket_bits(int64_t n)
{
    int c = 3;
    while (c < 12 && n > (int64_t)1 << (c + 4)) {
        c++;
    }
    return c;
}

/* Digits at..at + c of all exponents: product of base^digit. */
static void pippenger_window(const pl_group *g, pl_element *out, const pl_element *base, const pl_scalar *e, int at, int c, int64_t n,
                             pl_element *bucket, bool *filled)
{
    memset(filled, 0, ((size_t)1 << c) * sizeof *filled);
    for (int64_t i = 0; i < n; i++) {
        unsigned d = digit(&e[i], at, c);
        if (d != 0 && filled[d]) {
            g->mul_public(g, &bucket[d], &bucket[d], &base[i]);
        } else if (d != 0) {
            bucket[d] = base[i];
            filled[d] = true;
        }
    }
    pl_element sum = g->one, total = g->one;
    for (unsigned d = (1u << c) - 1; d > 0; d--) {
        if (filled[d]) {
            g->mul_public(g, &sum, &sum, &bucket[d]);
        }
        g->mul_public(g, &total, &total, &sum);
    }
    *out = total;
}

pl_status pl_product(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int bits, int64_t n, int threads,
                     pl_error *err)
{
    int c = bucket_bits(n), windows = (bits + c - 1) / c;
    pl_element *part = PL_NEW(pl_element, windows);
    bool failed = part == NULL;
    (void)threads;
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        pl_element *bucket = PL_NEW(pl_element, (size_t)1 << c);
        bool *filled = PL_NEW(bool, (size_t)1 << c);
        bool here = bucket == NULL || filled == NULL || part == NULL;
#pragma omp for schedule(dynamic, 1)
        for (int w = 0; w < windows; w++) {
            if (!here) {
                pippenger_window(g, &part[w], base, e, w * c, c, n, bucket, filled);
            }
        }
        if (here) {
#pragma omp atomic write
            failed = true;
        }
        pl_free(bucket);
        pl_free(filled);
    }
    if (failed) {
        pl_free(part);
        return pl_fail_nomem(err, "a product of powers");
    }
    *r = g->one;
    for (int w = windows - 1; w >= 0; w--) {
        for (int k = 0; k < c; k++) {
            g->sqr(g, r, r);
        }
        g->mul_public(g, r, r, &part[w]);
    }
    pl_free(part);
    return PL_OK;
}

#define STRAUS 32 /* bases that share their squarings */
#define STRAUS_WINDOW 4

static void straus(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n, pl_element *list)
{
    const unsigned entries = 1u << STRAUS_WINDOW;
    pl_element x, y = g->one;
    for (int i = 0; i < n; i++) {
        multiples(g, list + (size_t)i * entries, &base[i], entries);
    }
    for (int at = (g->bits - 1) / STRAUS_WINDOW * STRAUS_WINDOW; at >= 0; at -= STRAUS_WINDOW) {
        for (int k = 0; k < STRAUS_WINDOW; k++) {
            g->sqr(g, &y, &y);
        }
        for (int i = 0; i < n; i++) {
            choose(g, &x, list + (size_t)i * entries, entries, digit(&e[i], at, STRAUS_WINDOW));
            g->mul(g, &y, &y, &x);
        }
    }
    *r = y;
}

pl_status pl_product_secret(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int64_t n, int threads,
                            pl_error *err)
{
    int64_t blocks = (n + STRAUS - 1) / STRAUS;
    pl_element *part = PL_NEW(pl_element, blocks);
    bool failed = part == NULL;
    (void)threads;
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        pl_element *list = PL_NEW(pl_element, (size_t)STRAUS << STRAUS_WINDOW);
        bool here = list == NULL || part == NULL;
#pragma omp for schedule(dynamic, 1)
        for (int64_t b = 0; b < blocks; b++) {
            if (!here) {
                int64_t from = b * STRAUS, k = n - from < STRAUS ? n - from : STRAUS;
                straus(g, &part[b], base + from, e + from, (int)k, list);
            }
        }
        if (here) {
#pragma omp atomic write
            failed = true;
        }
        pl_free(list);
    }
    if (failed) {
        pl_free(part);
        return pl_fail_nomem(err, "a product of powers");
    }
    *r = g->one;
    for (int64_t b = 0; b < blocks; b++) {
        g->mul(g, r, r, &part[b]);
    }
    pl_free(part);
    return PL_OK;
}

pl_status pl_inverses(const pl_group *g, pl_element *a, int64_t n, pl_error *err)
{
    pl_element *before = PL_NEW(pl_element, n), x = g->one;
    if (before == NULL) {
        return pl_fail_nomem(err, "inverses");
    }
    for (int64_t i = 0; i < n; i++) {
        before[i] = x;
        g->mul(g, &x, &x, &a[i]);
    }
    g->inv(g, &x, &x);
    for (int64_t i = n - 1; i >= 0; i--) {
        pl_element one;
        g->mul(g, &one, &x, &before[i]);
        g->mul(g, &x, &x, &a[i]);
        a[i] = one;
    }
    pl_free(before);
    return PL_OK;
}
