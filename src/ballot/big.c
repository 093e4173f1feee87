/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "ballot/big.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef unsigned __int128 u128;

void pl_big_set(uint64_t *a, int w, uint64_t x)
{
    memset(a, 0, (size_t)w * sizeof *a);
    a[0] = x;
}

void pl_big_copy(uint64_t *to, int w, const uint64_t *from, int w_from)
{
    memmove(to, from, (size_t)w_from * sizeof *to);
    memset(to + w_from, 0, (size_t)(w - w_from) * sizeof *to);
}

bool pl_big_zero(const uint64_t *a, int w)
{
    for (int i = 0; i < w; i++) {
        if (a[i] != 0) {
            return false;
        }
    }
    return true;
}

int pl_big_compare(const uint64_t *a, const uint64_t *b, int w)
{
    for (int i = w - 1; i >= 0; i--) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

bool pl_big_add(uint64_t *a, const uint64_t *b, int w)
{
    u128 carry = 0;
    for (int i = 0; i < w; i++) {
        carry += (u128)a[i] + b[i];
        a[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return carry == 0;
}

void pl_big_sub(uint64_t *a, const uint64_t *b, int w)
{
    uint64_t borrow = 0;
    for (int i = 0; i < w; i++) {
        u128 take = (u128)b[i] + borrow;
        borrow = a[i] < take;
        a[i] = (uint64_t)(a[i] - take);
    }
}

uint64_t pl_big_mul(uint64_t *a, int w, uint64_t x)
{
    u128 carry = 0;
    for (int i = 0; i < w; i++) {
        carry += (u128)a[i] * x;
        a[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return (uint64_t)carry;
}

bool pl_big_add_mul(uint64_t *a, const uint64_t *b, int w, uint64_t x)
{
    u128 carry = 0;
    for (int i = 0; i < w; i++) {
        carry += (u128)b[i] * x + a[i];
        a[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return carry == 0;
}

uint64_t pl_big_div(uint64_t *a, int w, uint64_t x)
{
    u128 rest = 0;
    for (int i = w - 1; i >= 0; i--) {
        rest = rest << 64 | a[i];
        a[i] = (uint64_t)(rest / x);
        rest %= x;
    }
    return (uint64_t)rest;
}

uint64_t pl_big_mod(const uint64_t *a, int w, uint64_t x)
{
    u128 rest = 0;
    for (int i = w - 1; i >= 0; i--) {
        rest = (rest << 64 | a[i]) % x;
    }
    return (uint64_t)rest;
}

/* a >>= bits, 1 to 63. */
static void shift_right(uint64_t *a, int w, int bits)
{
    for (int i = 0; i < w; i++) {
        uint64_t above = i + 1 < w ? a[i + 1] : 0;
        a[i] = a[i] >> bits | above << (64 - bits);
    }
}

/* Takes all factors of two off a > 0; returns how many. */
static int make_odd(uint64_t *a, int w)
{
    int twos = 0;
    while (a[0] == 0) {
        memmove(a, a + 1, (size_t)(w - 1) * sizeof *a);
        a[w - 1] = 0;
        twos += 64;
    }
    int bits = __builtin_ctzll(a[0]);
    if (bits > 0) {
        shift_right(a, w, bits);
    }
    return twos + bits;
}

void pl_big_gcd(uint64_t *a, uint64_t *b, int w)
{
    int twos_a = make_odd(a, w), twos_b = make_odd(b, w), twos = twos_a < twos_b ? twos_a : twos_b;
    for (int order; (order = pl_big_compare(a, b, w)) != 0;) {
        uint64_t *large = order > 0 ? a : b, *small = order > 0 ? b : a;
        pl_big_sub(large, small, w);
        (void)make_odd(large, w);
    }
    for (; twos > 0; twos -= twos < 63 ? twos : 63) {
        (void)pl_big_mul(a, w, 1ull << (twos < 63 ? twos : 63));
    }
}

/* The quotient comes out by its lowest limb first: it is a times the inverse of odd b, modulo 2^(64 w). */
void pl_big_divide(uint64_t *a, uint64_t *b, int w)
{
    int twos = make_odd(b, w);
    for (; twos > 0; twos -= twos < 63 ? twos : 63) {
        shift_right(a, w, twos < 63 ? twos : 63);
    }
    uint64_t inverse = b[0]; /* Newton: 3 bits are right, then 6, 12, 24, 48, 96 */
    for (int i = 0; i < 5; i++) {
        inverse *= 2 - b[0] * inverse;
    }
    for (int i = 0; i < w; i++) {
        uint64_t q = a[i] * inverse, borrow = 0;
        u128 carry = 0;
        for (int k = 0; i + k < w; k++) {
            carry += (u128)b[k] * q;
            u128 take = (u128)(uint64_t)carry + borrow;
            borrow = a[i + k] < take;
            a[i + k] = (uint64_t)(a[i + k] - take);
            carry >>= 64;
        }
        a[i] = q;
    }
}

long double pl_big_real(const uint64_t *a, int w)
{
    long double x = 0;
    int top = w - 1;
    while (top > 0 && a[top] == 0) {
        top--;
    }
    for (int i = top; i >= 0 && i > top - 3; i--) {
        x += ldexpl((long double)a[i], 64 * i);
    }
    return x;
}

void pl_big_text(uint64_t *a, int w, char *out, size_t size)
{
    char *end = out + size - 1, *p = end;
    *p = '\0';
    do {
        uint64_t nine = pl_big_div(a, w, 1000000000);
        for (int i = 0; i < 9 && p > out; i++, nine /= 10) {
            *--p = (char)('0' + nine % 10);
        }
    } while (!pl_big_zero(a, w) && p > out);
    while (*p == '0' && p[1] != '\0') {
        p++;
    }
    memmove(out, p, (size_t)(end - p) + 1);
}
