/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers against the C library: every text gives the same bits as strtod, every number is written with as few
 * digits as read back the same. */
#include "base/number.h"

#include <stdlib.h>

#include "base/rng.h"
#include "test/test.h"

#define MILLION 1000000

static double some_double(pl_rng *rng)
{
    uint64_t bits = pl_rng_next(rng);
    switch (bits & 3) {
    case 0: break; /* any bits at all */
    case 1: bits = (bits & 0x800fffffffffffffu) | ((1023 - 40 + pl_rng_below(rng, 80)) << 52); break; /* usual size */
    case 2: return (double)(int64_t)pl_rng_below(rng, 1000000000) / 1000; /* what people write */
    default: return ldexp(1, (int)pl_rng_below(rng, 2098) - 1074);        /* powers of two */
    }
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int digits_in(const char *text)
{
    int n = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (n > 0 || *text != '0')) {
            n++;
            zeros = *text == '0' ? zeros + 1 : 0;
        }
    }
    return n - zeros;
}

TEST(numbers_survive_being_written_and_read)
{
    pl_rng rng;
    pl_rng_seed(&rng, 1);
    for (int i = 0; i < MILLION; i++) {
        double x = some_double(&rng), back = 0;
        char text[PL_NUMBER_MAX];
        size_t n = pl_number_format(x, text);
        if (!isfinite(x)) {
            continue;
        }
        if (n >= PL_NUMBER_MAX || strlen(text) != n || !pl_number_parse(text, n, &back) || back != x) {
            FAIL("%a is written %s, which reads %a", x, text, back);
        }
    }
}

TEST(numbers_are_written_with_the_fewest_digits)
{
    pl_rng rng;
    pl_rng_seed(&rng, 2);
    for (int i = 0; i < MILLION / 4; i++) {
        double x = some_double(&rng);
        char text[PL_NUMBER_MAX], other[64];
        pl_number_format(x, text);
        int n = digits_in(text);
        if (!isfinite(x) || x == 0 || n > 17) {
            CHECK(n <= 17);
            continue;
        }
        snprintf(other, sizeof other, "%.*e", n > 1 ? n - 2 : 0, x);
        if (n > 1 && strtod(other, NULL) == x) {
            FAIL("%s could be %s", text, other);
        }
    }
}

TEST(texts_are_read_like_strtod)
{
    pl_rng rng;
    pl_rng_seed(&rng, 3);
    for (int i = 0; i < MILLION; i++) {
        char text[80];
        int n = 0, digits = 1 + (int)pl_rng_below(&rng, 25), point = (int)pl_rng_below(&rng, 30);
        if (pl_rng_below(&rng, 4) == 0) {
            text[n++] = '-';
        }
        for (int k = 0; k < digits; k++) {
            if (k == point) {
                text[n++] = '.';
            }
            text[n++] = (char)('0' + pl_rng_below(&rng, 10));
        }
        int exponent = (int)pl_rng_below(&rng, 3) == 0 ? (int)pl_rng_below(&rng, 640) - 320 : 0;
        n += snprintf(text + n, 16, exponent != 0 ? "e%d" : "%.0d", exponent);
        double got = 0, want = strtod(text, NULL);
        bool read = pl_number_parse(text, (size_t)n, &got);
        if (read != (isfinite(want) != 0) || (read && memcmp(&got, &want, sizeof got) != 0)) {
            FAIL("'%s' is %a, not %a", text, want, got);
        }
    }
}

/* Texts at and beside the middle between two numbers are where rounding goes wrong. */
TEST(middles_are_rounded_like_strtod)
{
    pl_rng rng;
    pl_rng_seed(&rng, 4);
    for (int i = 0; i < MILLION / 4; i++) {
        uint64_t mantissa = (1ull << 53) + pl_rng_below(&rng, 1ull << 53); /* 54 bits: many are middles */
        int scale = (int)pl_rng_below(&rng, 20);
        char text[80];
        int n = snprintf(text, sizeof text, "%.*f", scale, ldexp(1, -scale) * (double)(mantissa >> 1) + 0);
        n = pl_rng_below(&rng, 2) == 0 ? n : snprintf(text, sizeof text, "%llu", (unsigned long long)mantissa);
        double got = 0, want = strtod(text, NULL);
        CHECK(pl_number_parse(text, (size_t)n, &got));
        if (got != want) {
            FAIL("'%s' is %a, not %a", text, want, got);
        }
    }
}
