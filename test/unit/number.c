/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "base/map.h"
#include "base/number.h"
#include "test/test.h"

static double parsed(const char *text)
{
    double x = -77;
    CHECK(pl_number_parse(text, strlen(text), &x));
    return x;
}

static const char *formatted(double x)
{
    static char out[PL_NUMBER_MAX];
    CHECK_INT(pl_number_format(x, out), strlen(out));
    return out;
}

static const char *people(double x)
{
    static char out[PL_NUMBER_MAX];
    CHECK_INT(pl_number_for_people(x, out), strlen(out));
    return out;
}

TEST(numbers_are_parsed_exactly)
{
    CHECK(parsed("12") == 12);
    CHECK(parsed("-0.5") == -0.5);
    CHECK(parsed("+1.25e6") == 1.25e6);
    CHECK(parsed(".5") == 0.5);
    CHECK(parsed("5.") == 5);
    CHECK(parsed("0.1") == 0.1);
    CHECK(parsed("1e22") == 1e22);
    CHECK(parsed("1E-30") == 1e-30);
    CHECK(parsed("9007199254740993") == 9007199254740992.0);
    CHECK(parsed("9007199254740993.0000000000000000000000000000000001") == 9007199254740994.0);
    CHECK(parsed("179769313486231570000000000000000000000e270") == 1.7976931348623157e308);
    CHECK(parsed("4.9e-324") == 4.9e-324);
    CHECK(parsed("1e-400") == 0);
    CHECK(parsed("0000000000000000000000000000001.5") == 1.5);
    CHECK(parsed("0.00000000000000000000000000000000000000015") == 1.5e-40);
    CHECK(parsed("123456789012345678901234567890") == 123456789012345678901234567890.0);
    CHECK(signbit(parsed("-0")) != 0);
}

TEST(what_is_no_number_is_refused)
{
    static const char *const wrong[] = {"",    " 1",   "1 ",    "1,5",   "1.5.5", "e5",   "1e",    "1e+",  "--1", "0x10",
                                        "inf", "nan",  "1e400", "-1e400", ".",    "-",    "1_000", "1d5",  "٣",   "1e999999999999",
                                        "NaN", "Infinity"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double x = 3;
        if (pl_number_parse(wrong[i], strlen(wrong[i]), &x) || x != 3) {
            FAIL("'%s' is taken for %g", wrong[i], x);
        }
    }
}

TEST(a_very_long_number_is_exact)
{
    char text[2000];
    memset(text, '0', sizeof text);
    text[0] = '1';
    text[1] = '.';
    text[1999] = '1'; /* a little more than 1 */
    double x;
    CHECK(pl_number_parse(text, sizeof text, &x) && x == 1);
    /* Half-way between 1 and the next number: the last digit decides. */
    int n = snprintf(text, sizeof text, "1.00000000000000011102230246251565404236316680908203125");
    CHECK(pl_number_parse(text, (size_t)n, &x) && x == 1);
    memset(text + n, '0', 1000);
    text[n + 999] = '1';
    CHECK(pl_number_parse(text, (size_t)n + 1000, &x) && x == 1.0000000000000002220446049250313);
}

TEST(integers)
{
    int64_t x = 5;
    CHECK(pl_integer_parse("9223372036854775807", 19, &x) && x == INT64_MAX);
    CHECK(pl_integer_parse("-9223372036854775808", 20, &x) && x == INT64_MIN);
    CHECK(pl_integer_parse("+007", 4, &x) && x == 7);
    x = 5;
    CHECK(!pl_integer_parse("9223372036854775808", 19, &x));
    CHECK(!pl_integer_parse("-9223372036854775809", 20, &x));
    CHECK(!pl_integer_parse("", 0, &x) && !pl_integer_parse("-", 1, &x) && !pl_integer_parse("1.0", 3, &x));
    CHECK_INT(x, 5);
}

TEST(numbers_are_written_as_short_as_can_be)
{
    CHECK_STR(formatted(0), "0");
    CHECK_STR(formatted(-0.0), "0");
    CHECK_STR(formatted(__builtin_nan("")), "");
    CHECK_STR(formatted(1), "1");
    CHECK_STR(formatted(-12.5), "-12.5");
    CHECK_STR(formatted(0.1), "0.1");
    CHECK_STR(formatted(0.1 + 0.2), "0.30000000000000004");
    CHECK_STR(formatted(1e15), "1000000000000000");
    CHECK_STR(formatted(1e20), "100000000000000000000");
    CHECK_STR(formatted(1e22), "1e22");
    CHECK_STR(formatted(1.5e-7), "1.5e-7");
    CHECK_STR(formatted(0.000015), "0.000015");
    CHECK_STR(formatted(5e-324), "5e-324");
    CHECK_STR(formatted(2.2250738585072014e-308), "2.2250738585072014e-308");
    CHECK_STR(formatted(1.7976931348623157e308), "1.7976931348623157e308");
    CHECK_STR(formatted(5.684341886080802e-14), "5.684341886080802e-14"); /* 2^-44 */
    CHECK_STR(formatted(1.0 / 3), "0.3333333333333333");
}

TEST(numbers_for_people)
{
    CHECK_STR(people(12345), "12,345");
    CHECK_STR(people(12345.6), "12,346");
    CHECK_STR(people(1234567890), "1,234,567,890");
    CHECK_STR(people(0.0123456), "0.0123");
    CHECK_STR(people(1.23456e-9), "1.23e-9");
    CHECK_STR(people(99.97), "100");
    CHECK_STR(people(12.3456), "12.3");
    CHECK_STR(people(-1.5), "-1.5");
    CHECK_STR(people(0), "0");
    CHECK_STR(people(1e18), "1e18");
    CHECK_STR(people(999.6), "1,000");
    CHECK_STR(people(__builtin_nan("")), "");
}

TEST(the_map_finds_what_was_put)
{
    static char keys[20000][12];
    pl_map map;
    pl_map_init(&map);
    CHECK_INT(pl_map_get(&map, "x", 1), -1);
    for (int i = 0; i < 20000; i++) {
        int32_t old;
        int n = snprintf(keys[i], sizeof keys[i], "k%d", i * 7);
        CHECK(pl_map_put(&map, keys[i], (size_t)n, i, &old) == PL_OK && old == -1);
        CHECK(pl_map_put(&map, keys[i], (size_t)n, 99, &old) == PL_OK && old == i);
    }
    for (int i = 0; i < 20000; i++) {
        CHECK_INT(pl_map_get(&map, keys[i], strlen(keys[i])), i);
    }
    CHECK_INT(pl_map_get(&map, "k1", 2), -1);
    CHECK_INT(map.count, 20000);
    pl_map_clear(&map);
}

TEST(did_you_mean)
{
    static const char *const goods[] = {"bread", "flour", "Steel", "electricity", "a", "coal"};
    CHECK_STR(pl_did_you_mean("braed", goods, 6), "bread");
    CHECK_STR(pl_did_you_mean("steel", goods, 6), "Steel");
    CHECK_STR(pl_did_you_mean("electricty", goods, 6), "electricity");
    CHECK_STR(pl_did_you_mean("cola", goods, 6), "coal");
    CHECK(pl_did_you_mean("rocket", goods, 6) == NULL);
    CHECK(pl_did_you_mean("", goods, 6) == NULL);
}

/* Keys up to eight bytes are compared without their text, longer ones by hash and text; zeros within and behind a key are part of it. */
TEST(maps_tell_keys_of_all_lengths_apart)
{
    static char key[4000][24];
    size_t length[4000];
    pl_map map;
    int32_t old;
    pl_map_init(&map);
    for (int32_t k = 0; k < 4000; k++) {
        length[k] = (size_t)(k % 20);
        for (size_t i = 0; i < length[k]; i++) { /* 200 keys of each length, alike but for few bytes, wherever these are */
            key[k][i] = (char)(i == (size_t)(k / 20) % (length[k] + 1) ? k / 400 + 1 : i == (size_t)(k / 400) ? k / 20 % 20 : 0);
        }
    }
    for (int32_t k = 0; k < 4000; k++) {
        int32_t first = 0; /* of the same text */
        while (length[first] != length[k] || memcmp(key[first], key[k], length[k]) != 0) {
            first++;
        }
        CHECK_INT(pl_map_get(&map, key[k], length[k]), first < k ? first : -1);
        CHECK_INT(pl_map_put(&map, key[k], length[k], k, &old), PL_OK);
        CHECK_INT(old, first < k ? first : -1);
    }
    pl_map_clear(&map);
}
