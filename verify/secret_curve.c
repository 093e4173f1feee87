/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_curve.c - the product of two powers in Ed25519, a^e b^f, which is what nearly every proof of a ballot asks for.
 *
 * libsodium computes a power only, tests the point's membership again each time, and takes each result to bytes and back.  Here both powers share their doublings
 * (Straus 1964).  Numbers, points, decoding are those of RFC 8032, 5.1; the tests hold all of it to libsodium.  Membership remains libsodium's to judge. */
#include <string.h>

#include "verify/secret.h"

typedef unsigned __int128 wide;

/* The sum of v[i] 2^(51 i) modulo p = 2^255 - 19.  Products have limbs below 2^51 + 2^20; each sum or difference in what follows stays below 2^56. */
typedef struct number {
    uint64_t v[5];
} number;

typedef struct point { /* x = X / Z, y = Y / Z, x y = T / Z */
    number X, Y, Z, T;
} point;

/* ---- Numbers ----------------------------------------------------------------------------------------------------------- */

#define BITS 256 /* of an exponent below 2^253, and what is carried */
#define LIMB ((1ull << 51) - 1)

static const uint64_t D[4] = {0x75eb4dca135978a3, 0x00700a4d4141d8ab, 0x8cc740797779e898, 0x52036cee2b6ffe73}; /* -121665 / 121666 */
static const uint64_t ROOT[4] = {0xc4ee1b274a0ea0b0, 0x2f431806ad2fe478, 0x2b4d00993dfbd7a7, 0x2b8324804fc1df0b}; /* of -1 */
static const number ZERO = {{0}}, ONE = {{1}};

static number of_words(const uint64_t w[4])
{
    return (number){{w[0] & LIMB, (w[0] >> 51 | w[1] << 13) & LIMB, (w[1] >> 38 | w[2] << 26) & LIMB, (w[2] >> 25 | w[3] << 39) & LIMB, w[3] >> 12 & LIMB}};
}

static number plus(number a, number b)
{
    for (int i = 0; i < 5; i++) {
        a.v[i] += b.v[i];
    }
    return a;
}

/* a - b + 8 p, so that no limb goes below 0: b must be a product. */
static number minus(number a, number b)
{
    for (int i = 0; i < 5; i++) {
        a.v[i] += 8 * (LIMB - (i == 0 ? 18 : 0)) - b.v[i];
    }
    return a;
}

static inline number times(number a, number b)
{
    const uint64_t *x = a.v, *y = b.v, z[5] = {0, 19 * y[1], 19 * y[2], 19 * y[3], 19 * y[4]}; /* 2^255 is 19 */
    wide c = 0, t[5] = {
        (wide)x[0] * y[0] + (wide)x[1] * z[4] + (wide)x[2] * z[3] + (wide)x[3] * z[2] + (wide)x[4] * z[1],
        (wide)x[0] * y[1] + (wide)x[1] * y[0] + (wide)x[2] * z[4] + (wide)x[3] * z[3] + (wide)x[4] * z[2],
        (wide)x[0] * y[2] + (wide)x[1] * y[1] + (wide)x[2] * y[0] + (wide)x[3] * z[4] + (wide)x[4] * z[3],
        (wide)x[0] * y[3] + (wide)x[1] * y[2] + (wide)x[2] * y[1] + (wide)x[3] * y[0] + (wide)x[4] * z[4],
        (wide)x[0] * y[4] + (wide)x[1] * y[3] + (wide)x[2] * y[2] + (wide)x[3] * y[1] + (wide)x[4] * y[0],
    };
    for (int i = 0; i < 5; i++) {
        c += t[i];
        a.v[i] = (uint64_t)c & LIMB;
        c >>= 51;
    }
    c = 19 * c + a.v[0];
    a.v[0] = (uint64_t)c & LIMB;
    a.v[1] += (uint64_t)(c >> 51);
    return a;
}

/* a^(2^n - 1) */
static number ones(number a, int n)
{
    if (n == 1) {
        return a;
    }
    number half = ones(a, n / 2), r = half;
    for (int i = 0; i < n / 2; i++) {
        r = times(r, r);
    }
    r = times(r, half);
    return n % 2 == 0 ? r : times(times(r, r), a);
}

/* a^(2^n + low - 32), low below 32: the two exponents that are needed have this form. */
static number power(number a, int n, unsigned low)
{
    number r = ones(a, n - 5);
    for (int i = 4; i >= 0; i--) {
        r = times(r, r);
        r = (low >> i & 1) != 0 ? times(r, a) : r;
    }
    return r;
}

/* The words of the number below p. */
static void words(number a, uint64_t w[4])
{
    a = times(a, ONE);
    uint64_t c = 19;
    for (int i = 0; i < 5; i++) { /* p and more, if a + 19 reaches 2^255 */
        c = (a.v[i] + c) >> 51;
    }
    c *= 19;
    for (int i = 0; i < 5; i++) {
        c += a.v[i];
        a.v[i] = c & LIMB;
        c >>= 51;
    }
    w[0] = a.v[0] | a.v[1] << 51;
    w[1] = a.v[1] >> 13 | a.v[2] << 38;
    w[2] = a.v[2] >> 26 | a.v[3] << 25;
    w[3] = a.v[3] >> 39 | a.v[4] << 12;
}

/* ---- Points ------------------------------------------------------------------------------------------------------------ */

/* RFC 8032, 5.1.3: x^2 = u / v; of a member, so that there is one. */
static point decoded(const pv_big *a)
{
    point p = {.Y = of_words(a->v), .Z = ONE};
    number yy = times(p.Y, p.Y), u = minus(yy, ONE), v = plus(times(of_words(D), yy), ONE), v3 = times(times(v, v), v);
    uint64_t x[4], difference[4];
    p.X = times(times(u, v3), power(times(u, times(times(v3, v3), v)), 252, 29)); /* (p - 5) / 8 = 2^252 - 3 */
    words(minus(u, times(v, times(p.X, p.X))), difference);
    if ((difference[0] | difference[1] | difference[2] | difference[3]) != 0) {
        p.X = times(p.X, of_words(ROOT));
    }
    words(p.X, x);
    p.X = (x[0] & 1) != a->v[3] >> 63 ? times(minus(ZERO, p.X), ONE) : p.X;
    p.T = times(p.X, p.Y);
    return p;
}

static pv_big encoded(const point *p)
{
    pv_big r = {{0}};
    number z = power(p->Z, 255, 11); /* 1 / Z: p - 2 = 2^255 - 21 */
    uint64_t x[4];
    words(times(p->X, z), x);
    words(times(p->Y, z), r.v);
    r.v[3] |= x[0] << 63;
    return r;
}

/* Both as in RFC 8032, 5.1.4, complete; r may be a or b. */
static void sum(point *r, const point *a, const point *b)
{
    number A = times(minus(a->Y, a->X), minus(b->Y, b->X)), B = times(plus(a->Y, a->X), plus(b->Y, b->X)), d = of_words(D);
    number C = times(times(a->T, b->T), plus(d, d)), ZZ = times(a->Z, b->Z), both = plus(ZZ, ZZ);
    number E = minus(B, A), F = minus(both, C), G = plus(both, C), H = plus(B, A);
    r->X = times(E, F);
    r->Y = times(G, H);
    r->Z = times(F, G);
    r->T = times(E, H);
}

static void twice(point *r)
{
    number A = times(r->X, r->X), B = times(r->Y, r->Y), ZZ = times(r->Z, r->Z), xy = plus(r->X, r->Y);
    number H = plus(A, B), E = minus(H, times(xy, xy)), G = minus(A, B), F = plus(plus(ZZ, ZZ), G);
    r->X = times(E, F);
    r->Y = times(G, H);
    r->Z = times(F, G);
    r->T = times(E, H);
}

/* a, 3 a ... 15 a */
static void odd_multiples(const pv_big *a, point out[8])
{
    point two = decoded(a);
    out[0] = two;
    twice(&two);
    for (int i = 1; i < 8; i++) {
        sum(&out[i], &out[i - 1], &two);
    }
}

/* e as the sum of d[i] 2^i, each 0 or odd from -15 to 15, and of five in a row at most one is not 0. */
static void signed_digits(const pv_big *e, int d[BITS])
{
    int carry = 0;
    memset(d, 0, BITS * sizeof *d);
    for (int i = 0; i < BITS;) {
        int five = carry;
        for (int k = 0; k < 5; k++) {
            five += (int)(e->v[(i + k) / 64] >> (i + k) % 64 & 1) << k;
        }
        if (five % 2 == 0) { /* the carry stays only where it met a one */
            i++;
            continue;
        }
        carry = five > 16;
        d[i] = five - 32 * carry;
        i += 5;
    }
}

static void add_multiple(point *r, const point odd[8], int digit)
{
    if (digit > 0) {
        sum(r, r, &odd[digit / 2]);
    } else if (digit < 0) {
        point opposite = odd[-digit / 2];
        opposite.X = times(minus(ZERO, opposite.X), ONE);
        opposite.T = times(minus(ZERO, opposite.T), ONE);
        sum(r, r, &opposite);
    }
}

pv_big pv_curve_powers(const pv_big *a, const pv_big *e, const pv_big *b, const pv_big *f)
{
    point of_a[8], of_b[8], r = {ZERO, ONE, ONE, ZERO};
    int d[BITS], k[BITS];
    odd_multiples(a, of_a);
    odd_multiples(b, of_b);
    signed_digits(e, d);
    signed_digits(f, k);
    for (int i = BITS - 1; i >= 0; i--) {
        twice(&r);
        add_multiple(&r, of_a, d[i]);
        add_multiple(&r, of_b, k[i]);
    }
    return encoded(&r);
}
