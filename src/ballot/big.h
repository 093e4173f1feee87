/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * big.h - natural numbers of a fixed number of 64-bit limbs, lowest first: as much as exact shares of money need.
 *
 * All operands of a call have w limbs.  Nothing allocates; a result that does not fit shows in the value returned. */
#ifndef PLENTY_BALLOT_BIG_H
#define PLENTY_BALLOT_BIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_BIG_MAX 224 /* limbs of the longest number */

void pl_big_set(uint64_t *a, int w, uint64_t x);
void pl_big_copy(uint64_t *to, int w, const uint64_t *from, int w_from); /* w >= w_from */
bool pl_big_zero(const uint64_t *a, int w);
int pl_big_compare(const uint64_t *a, const uint64_t *b, int w); /* -1, 0, 1 */
bool pl_big_add(uint64_t *a, const uint64_t *b, int w);          /* a += b; false when it does not fit */
void pl_big_sub(uint64_t *a, const uint64_t *b, int w);          /* a -= b <= a */
uint64_t pl_big_mul(uint64_t *a, int w, uint64_t x);             /* a *= x; what does not fit is returned */
bool pl_big_add_mul(uint64_t *a, const uint64_t *b, int w, uint64_t x); /* a += b x; false when it does not fit */
uint64_t pl_big_div(uint64_t *a, int w, uint64_t x);             /* a /= x > 0; the remainder is returned */
uint64_t pl_big_mod(const uint64_t *a, int w, uint64_t x);
void pl_big_gcd(uint64_t *a, uint64_t *b, int w); /* a = the greatest common divisor of a and b, both > 0; b is destroyed */
void pl_big_divide(uint64_t *a, uint64_t *b, int w); /* a /= b, which divides it; b > 0 is destroyed */
long double pl_big_real(const uint64_t *a, int w);
/* Decimal digits into out (zero-terminated); size of at least 20 w + 1 always suffices. */
void pl_big_text(uint64_t *a, int w, char *out, size_t size); /* a is destroyed */

#endif
