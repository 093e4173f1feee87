/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ed25519.c - the group of prime order on the twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 over 2^255 - 19.
 *
 * libsodium has this group, but only with points as bytes: each of its additions decodes and encodes, each of its
 * multiplications checks the subgroup again.  Here points stay in extended coordinates (X, Y, Z, T); the formulas are
 * Hisil, Wong, Carter, Dawson 2008, complete and without branches.  Scalars are libsodium's.  The tests compare everything with
 * libsodium.  Limbs of 51 bits as in Bernstein, Duif, Lange, Schwabe, Yang 2011. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "secret/group.h"

typedef unsigned __int128 wide;
typedef struct fe {
    uint64_t v[5];
} fe;

#define MASK 0x7ffffffffffffull

static const fe ZERO = {{0}}, ONE = {{1}};
static const fe D = {{929955233495203ull, 466365720129213ull, 1662059464998953ull, 2033849074728123ull, 1442794654840575ull}};
static const fe D2 = {{1859910466990425ull, 932731440258426ull, 1072319116312658ull, 1815898335770999ull, 633789495995903ull}};
static const fe ROOT = /* of -1 */
    {{1718705420411056ull, 234908883556509ull, 2233514472574048ull, 2117202627021982ull, 765476049583133ull}};

/* ---- Numbers modulo 2^255 - 19 ------------------------------------------------------------------------------------ */

static inline fe fe_add(fe a, fe b)
{
    return (fe){{a.v[0] + b.v[0], a.v[1] + b.v[1], a.v[2] + b.v[2], a.v[3] + b.v[3], a.v[4] + b.v[4]}};
}

/* b has limbs below 2^52; the result is carried once. */
static inline fe fe_sub(fe a, fe b)
{
    uint64_t r0 = a.v[0] + 0x1fffffffffffb4ull - b.v[0], r1 = a.v[1] + 0x1ffffffffffffcull - b.v[1];
    uint64_t r2 = a.v[2] + 0x1ffffffffffffcull - b.v[2], r3 = a.v[3] + 0x1ffffffffffffcull - b.v[3];
    uint64_t r4 = a.v[4] + 0x1ffffffffffffcull - b.v[4];
    r1 += r0 >> 51;
    r2 += r1 >> 51;
    r3 += r2 >> 51;
    r4 += r3 >> 51;
    return (fe){{(r0 & MASK) + 19 * (r4 >> 51), r1 & MASK, r2 & MASK, r3 & MASK, r4 & MASK}};
}

/* Inline, and without arrays: these two are where the time goes. */
#define INLINE static inline __attribute__((always_inline))

INLINE fe carry_wide(wide t0, wide t1, wide t2, wide t3, wide t4)
{
    t1 += (uint64_t)(t0 >> 51);
    t2 += (uint64_t)(t1 >> 51);
    t3 += (uint64_t)(t2 >> 51);
    t4 += (uint64_t)(t3 >> 51);
    uint64_t r0 = ((uint64_t)t0 & MASK) + 19 * (uint64_t)(t4 >> 51), r1 = ((uint64_t)t1 & MASK) + (r0 >> 51);
    return (fe){{r0 & MASK, r1, (uint64_t)t2 & MASK, (uint64_t)t3 & MASK, (uint64_t)t4 & MASK}};
}

INLINE fe fe_mul(fe a, fe b)
{
    uint64_t a0 = a.v[0], a1 = a.v[1], a2 = a.v[2], a3 = a.v[3], a4 = a.v[4];
    uint64_t b0 = b.v[0], b1 = b.v[1], b2 = b.v[2], b3 = b.v[3], b4 = b.v[4];
    uint64_t c1 = 19 * b1, c2 = 19 * b2, c3 = 19 * b3, c4 = 19 * b4;
    return carry_wide((wide)a0 * b0 + (wide)a1 * c4 + (wide)a2 * c3 + (wide)a3 * c2 + (wide)a4 * c1,
                      (wide)a0 * b1 + (wide)a1 * b0 + (wide)a2 * c4 + (wide)a3 * c3 + (wide)a4 * c2,
                      (wide)a0 * b2 + (wide)a1 * b1 + (wide)a2 * b0 + (wide)a3 * c4 + (wide)a4 * c3,
                      (wide)a0 * b3 + (wide)a1 * b2 + (wide)a2 * b1 + (wide)a3 * b0 + (wide)a4 * c4,
                      (wide)a0 * b4 + (wide)a1 * b3 + (wide)a2 * b2 + (wide)a3 * b1 + (wide)a4 * b0);
}

INLINE fe fe_sqr(fe a)
{
    uint64_t a0 = a.v[0], a1 = a.v[1], a2 = a.v[2], a3 = a.v[3], a4 = a.v[4];
    uint64_t d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3, c3 = 19 * a3, c4 = 19 * a4;
    return carry_wide((wide)a0 * a0 + (wide)d1 * c4 + (wide)d2 * c3, (wide)d0 * a1 + (wide)d2 * c4 + (wide)a3 * c3,
                      (wide)d0 * a2 + (wide)a1 * a1 + (wide)d3 * c4, (wide)d0 * a3 + (wide)d1 * a2 + (wide)a4 * c4,
                      (wide)d0 * a4 + (wide)d1 * a3 + (wide)a2 * a2);
}

static fe fe_sqrs(fe a, int n)
{
    while (n-- > 0) {
        a = fe_sqr(a);
    }
    return a;
}

/* a^(2^250 - 1), and a^11 beside. */
static fe fe_chain(fe a, fe *a11)
{
    fe a2 = fe_sqr(a), a9 = fe_mul(fe_sqrs(a2, 2), a);
    *a11 = fe_mul(a9, a2);
    fe e5 = fe_mul(fe_sqr(*a11), a9);
    fe e10 = fe_mul(fe_sqrs(e5, 5), e5);
    fe e20 = fe_mul(fe_sqrs(e10, 10), e10);
    fe e40 = fe_mul(fe_sqrs(e20, 20), e20);
    fe e50 = fe_mul(fe_sqrs(e40, 10), e10);
    fe e100 = fe_mul(fe_sqrs(e50, 50), e50);
    fe e200 = fe_mul(fe_sqrs(e100, 100), e100);
    return fe_mul(fe_sqrs(e200, 50), e50);
}

static fe fe_inv(fe a)
{
    fe a11, e = fe_chain(a, &a11);
    return fe_mul(fe_sqrs(e, 5), a11); /* 2^255 - 21 */
}

static void fe_bytes(fe a, uint8_t out[32])
{
    for (int round = 0; round < 2; round++) {
        uint64_t carry = 0;
        for (int i = 0; i < 5; i++) {
            a.v[i] += carry;
            carry = a.v[i] >> 51;
            a.v[i] &= MASK;
        }
        a.v[0] += 19 * carry;
    }
    uint64_t carry = (a.v[0] + 19) >> 51; /* 1 when a is the modulus or above it */
    for (int i = 1; i < 5; i++) {
        carry = (a.v[i] + carry) >> 51;
    }
    a.v[0] += 19 * carry;
    for (int i = 0; i < 4; i++) {
        a.v[i + 1] += a.v[i] >> 51;
        a.v[i] &= MASK;
    }
    a.v[4] &= MASK;
    memset(out, 0, 32);
    for (int i = 0; i < 255; i++) {
        out[i / 8] |= (uint8_t)((a.v[i / 51] >> i % 51 & 1) << i % 8);
    }
}

static fe fe_read(const uint8_t in[32])
{
    fe a = ZERO;
    for (int i = 0; i < 255; i++) {
        a.v[i / 51] |= (uint64_t)(in[i / 8] >> i % 8 & 1) << i % 51;
    }
    return a;
}

static bool fe_equal(fe a, fe b)
{
    uint8_t x[32], y[32];
    fe_bytes(a, x);
    fe_bytes(b, y);
    return sodium_memcmp(x, y, 32) == 0;
}

/* ---- Points ----------------------------------------------------------------------------------------------------------- */

typedef struct point {
    fe x, y, z, t;
} point;

static point take(const pl_element *a)
{
    point p;
    memcpy(&p, a->v, sizeof p);
    return p;
}

static void put(pl_element *r, point p)
{
    memcpy(r->v, &p, sizeof p);
    memset((char *)r->v + sizeof p, 0, sizeof r->v - sizeof p);
}

static point finish(fe e, fe f, fe g, fe h)
{
    return (point){fe_mul(e, f), fe_mul(g, h), fe_mul(f, g), fe_mul(e, h)};
}

static void ed_mul(const pl_group *group, pl_element *r, const pl_element *one, const pl_element *other)
{
    (void)group;
    point p = take(one), q = take(other);
    fe a = fe_mul(fe_sub(p.y, p.x), fe_sub(q.y, q.x));
    fe b = fe_mul(fe_add(p.y, p.x), fe_add(q.y, q.x));
    fe c = fe_mul(fe_mul(p.t, D2), q.t), d = fe_mul(p.z, q.z);
    d = fe_add(d, d);
    put(r, finish(fe_sub(b, a), fe_sub(d, c), fe_add(d, c), fe_add(b, a)));
}

static void ed_sqr(const pl_group *group, pl_element *r, const pl_element *one)
{
    (void)group;
    point p = take(one);
    fe a = fe_sqr(p.x), b = fe_sqr(p.y), c = fe_sqr(p.z), sum = fe_sqr(fe_add(p.x, p.y));
    fe h = fe_add(a, b), e = fe_sub(h, sum), g = fe_sub(a, b);
    put(r, finish(e, fe_add(fe_add(c, c), g), g, h));
}

static void ed_inv(const pl_group *group, pl_element *r, const pl_element *a)
{
    (void)group;
    point p = take(a);
    p.x = fe_sub(ZERO, p.x);
    p.t = fe_sub(ZERO, p.t);
    put(r, p);
}

static bool ed_equal(const pl_group *group, const pl_element *a, const pl_element *b)
{
    (void)group;
    point p = take(a), q = take(b);
    bool x = fe_equal(fe_mul(p.x, q.z), fe_mul(q.x, p.z)), y = fe_equal(fe_mul(p.y, q.z), fe_mul(q.y, p.z));
    return x & y;
}

/* Bytes as in RFC 8032: y, and the sign of x in the top bit.  False when no point has them, or another form of them. */
static bool decode_bytes(const uint8_t in[32], pl_element *out)
{
    uint8_t check[32], sign = in[31] >> 7;
    point p = {.y = fe_read(in), .z = ONE};
    fe y2 = fe_sqr(p.y), u = fe_sub(y2, ONE), v = fe_add(fe_mul(D, y2), ONE), a11;
    fe v3 = fe_mul(fe_sqr(v), v), uv7 = fe_mul(fe_mul(fe_sqr(v3), v), u);
    fe root = fe_mul(fe_mul(u, v3), fe_mul(fe_sqrs(fe_chain(uv7, &a11), 2), uv7)); /* u v^3 (u v^7)^((p - 5) / 8) */
    fe vx2 = fe_mul(v, fe_sqr(root));
    if (!fe_equal(vx2, u)) {
        root = fe_mul(root, ROOT);
        if (!fe_equal(vx2, fe_sub(ZERO, u))) {
            return false;
        }
    }
    fe_bytes(p.y, check);
    check[31] |= (uint8_t)(sign << 7);
    if (memcmp(check, in, 32) != 0) {
        return false; /* y is not below the modulus */
    }
    fe_bytes(root, check);
    if ((check[0] & 1) != sign) {
        if (sodium_is_zero(check, 32) == 1) {
            return false; /* minus zero */
        }
        root = fe_sub(ZERO, root);
    }
    p.x = root;
    p.t = fe_mul(p.x, p.y);
    put(out, p);
    return true;
}

static void encode_bytes(const pl_element *a, uint8_t out[32])
{
    point p = take(a);
    uint8_t x[32];
    fe inverse = fe_inv(p.z);
    fe_bytes(fe_mul(p.x, inverse), x);
    fe_bytes(fe_mul(p.y, inverse), out);
    out[31] |= (uint8_t)((x[0] & 1) << 7);
}

/* ---- Text: the bytes as one number, 64 hexadecimal digits, highest first --------------------------------------------- */

static bool ed_read(const pl_group *group, const char *text, size_t n, pl_element *out)
{
    (void)group;
    uint8_t bytes[32] = {0};
    if (n != 64) {
        return false;
    }
    for (int i = 0; i < 64; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            return false;
        }
        bytes[31 - i / 2] |= (uint8_t)(digit << (i % 2 == 0 ? 4 : 0));
    }
    return decode_bytes(bytes, out);
}

static size_t ed_write(const pl_group *group, const pl_element *a, char out[PL_ELEMENT_TEXT])
{
    (void)group;
    uint8_t bytes[32];
    encode_bytes(a, bytes);
    for (int i = 0; i < 64; i++) {
        out[i] = "0123456789abcdef"[bytes[31 - i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    }
    out[64] = '\0';
    return 64;
}

static bool ed_member(const pl_group *group, const pl_element *a)
{
    pl_element x;
    pl_power(group, &x, a, &group->q, group->bits);
    return ed_equal(group, &x, &group->one);
}

/* The bytes as they are, lowest first: so does belenios-tool 2.1 and later. */
static void ed_key(const pl_group *group, const pl_element *a, uint8_t out[PL_ELEMENT_KEY])
{
    (void)group;
    memset(out, 0, PL_ELEMENT_KEY);
    encode_bytes(a, out);
}

/* ---- Embedding, generators --------------------------------------------------------------------------------------------- */

/* The 255-bit number (v1, v2, ...) 2^14 + k with the least k that is a member's encoding. */
static bool ed_encode(const pl_group *group, const int32_t *v, int n, pl_element *out)
{
    uint8_t bytes[32] = {0};
    if (n > group->ints_most) {
        return false;
    }
    for (int i = n - 1, bit = 14; i >= 0; i--, bit += 8) {
        if (v[i] < 0 || v[i] > 255) {
            return false;
        }
        bytes[bit / 8] |= (uint8_t)(v[i] << bit % 8);
        bytes[bit / 8 + 1] |= (uint8_t)(v[i] >> (8 - bit % 8));
    }
    uint8_t above = bytes[1];
    for (int k = 0; k < 1 << 14; k++) {
        bytes[0] = (uint8_t)k;
        bytes[1] = (uint8_t)(above | k >> 8);
        if (decode_bytes(bytes, out) && ed_member(group, out)) {
            return true;
        }
    }
    return false;
}

static void ed_decode(const pl_group *group, const pl_element *a, int32_t *v, int n)
{
    (void)group;
    uint8_t bytes[32];
    encode_bytes(a, bytes);
    for (int i = n - 1, bit = 14; i >= 0; i--, bit += 8) {
        v[i] = bit / 8 > 31 ? 0 : (bytes[bit / 8] >> bit % 8 | (bit / 8 < 31 ? bytes[bit / 8 + 1] << (8 - bit % 8) : 0)) & 255;
    }
}

static bool ed_generator(const pl_group *group, int64_t i, pl_element *out)
{
    char text[40];
    uint8_t hash[32], bytes[32];
    int n = snprintf(text, sizeof text, "ggen|%lld", (long long)i);
    crypto_hash_sha256(hash, (const unsigned char *)text, (unsigned long long)n);
    for (int k = 0; k < 32; k++) { /* the number of the hash, without its two lowest bits, lowest byte first */
        bytes[k] = (uint8_t)(hash[31 - k] >> 2 | (k < 31 ? hash[30 - k] << 6 : 0));
    }
    while (!decode_bytes(bytes, out)) {
        sodium_increment(bytes, 32);
    }
    for (int k = 0; k < 3; k++) {
        ed_sqr(group, out, out);
    }
    return !ed_equal(group, out, &group->one) && !ed_equal(group, out, &group->g);
}

/* ---- Scalars: libsodium's ------------------------------------------------------------------------------------------------ */

static void ed_add(const pl_group *group, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    (void)group;
    pl_scalar sum = {{0}};
    crypto_core_ed25519_scalar_add((unsigned char *)sum.v, (const unsigned char *)a->v, (const unsigned char *)b->v);
    *r = sum;
}

static void ed_sub(const pl_group *group, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    (void)group;
    pl_scalar rest = {{0}};
    crypto_core_ed25519_scalar_sub((unsigned char *)rest.v, (const unsigned char *)a->v, (const unsigned char *)b->v);
    *r = rest;
}

static void ed_times(const pl_group *group, pl_scalar *r, const pl_scalar *a, const pl_scalar *b)
{
    (void)group;
    pl_scalar product = {{0}};
    crypto_core_ed25519_scalar_mul((unsigned char *)product.v, (const unsigned char *)a->v, (const unsigned char *)b->v);
    *r = product;
}

static void ed_reduce(const pl_group *group, pl_scalar *r, const uint8_t *bytes, size_t n)
{
    (void)group;
    uint8_t wide_bytes[64] = {0};
    for (size_t i = 0; i < n && i < 64; i++) {
        wide_bytes[i] = bytes[n - 1 - i];
    }
    memset(r, 0, sizeof *r);
    crypto_core_ed25519_scalar_reduce((unsigned char *)r->v, wide_bytes);
    sodium_memzero(wide_bytes, sizeof wide_bytes);
}

static void ed_reciprocal(const pl_group *group, pl_scalar *r, const pl_scalar *a)
{
    (void)group;
    pl_scalar inverse = {{0}};
    (void)crypto_core_ed25519_scalar_invert((unsigned char *)inverse.v, (const unsigned char *)a->v);
    *r = inverse;
}

void pl_group_open_ed25519(pl_group *out)
{
    *out = (pl_group){.name = "Ed25519", .bits = 253, .words = 4, .member_by_power = true, .answers = true, .padding = 14,
                      .bits_per_int = 8, .ints_most = 30, .mul = ed_mul, .mul_public = ed_mul, .sqr = ed_sqr, .inv = ed_inv, .equal = ed_equal,
                      .read = ed_read, .write = ed_write, .member = ed_member, .key = ed_key, .encode = ed_encode, .decode = ed_decode,
                      .generator = ed_generator, .add = ed_add, .sub = ed_sub, .times = ed_times, .reduce = ed_reduce,
                      .reciprocal = ed_reciprocal};
    out->q = (pl_scalar){{0x5812631a5cf5d3edull, 0x14def9dea2f79cd6ull, 0, 0x1000000000000000ull}};
    put(&out->one, (point){ZERO, ONE, ONE, ZERO});
    (void)ed_read(out, "6666666666666666666666666666666666666666666666666666666666666658", 64, &out->g);
}
