/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * privacy_noise.c - discrete Laplace noise, exactly (Canonne, Kamath and Steinke 2020): every decision is a comparison of a random
 * whole number with a whole number. */
#include <sodium.h>
#include <string.h>

#include <plenty/privacy.h>

static void fill_secure(void *user, void *bytes, size_t n)
{
    (void)user;
    randombytes_buf(bytes, n); /* ends the process where the machine has no randomness */
}

pl_status pl_randomness_secure(pl_randomness *out, pl_error *err)
{
    *out = (pl_randomness){.fill = fill_secure};
    return sodium_init() >= 0 ? PL_OK : pl_fail(err, PL_IO, NULL, NULL, "this machine gives no secure randomness");
}

static uint64_t next_word(pl_randomness *r)
{
    uint64_t word;
    if (r->left < sizeof word) {
        r->fill(r->user, r->pool, sizeof r->pool);
        r->left = sizeof r->pool;
    }
    r->left -= sizeof word;
    memcpy(&word, r->pool + r->left, sizeof word);
    sodium_memzero(r->pool + r->left, sizeof word);
    return word;
}

/* Uniform from 0 to limit - 1; words that would favour some numbers are drawn again. */
static uint64_t below(pl_randomness *r, uint64_t limit)
{
    uint64_t word, unfair = (0 - limit) % limit; /* 2^64 mod limit */
    do {
        word = next_word(r);
    } while (word < unfair);
    return word % limit;
}

/* True with probability exp(-a/b), 0 <= a <= b: the number of factors a/b, a/2b, a/3b, ... that come true one after the other is even
 * with the probability that the series of exp says.  a/kb is drawn as a/b and 1/k. */
static bool exp_of_minus(pl_randomness *r, uint64_t a, uint64_t b)
{
    uint64_t k = 1;
    while (below(r, b) < a && below(r, k) == 0) {
        k++;
    }
    return k % 2 == 1;
}

int64_t pl_discrete_laplace(pl_randomness *random, int64_t numerator, int64_t denominator)
{
    uint64_t s = (uint64_t)numerator, t = (uint64_t)denominator;
    for (;;) {
        uint64_t u = below(random, t);
        if (!exp_of_minus(random, u, t)) {
            continue;
        }
        uint64_t v = 0; /* t v stays below 2^63: v would have to exceed 2^22, which has a probability of exp(-4194304) */
        while (exp_of_minus(random, 1, 1)) {
            v++;
        }
        uint64_t y = (u + t * v) / s;
        bool negative = next_word(random) >> 63 != 0;
        if (negative && y == 0) {
            continue; /* zero must not count twice */
        }
        return negative ? -(int64_t)y : (int64_t)y;
    }
}
