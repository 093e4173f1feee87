/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * test.h - the whole test framework: TEST(name) { ... } registers a test, each runs in a process of
 * its own (a crash or a hang fails that test only), results are printed as TAP.
 *
 *   build/debug/test/unit/base            runs all tests of the program
 *   build/debug/test/unit/base parse      runs those whose name contains "parse"
 *   -l lists, -n runs in this process (for a debugger). */
#ifndef PLENTY_TEST_H
#define PLENTY_TEST_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef void (*test_fn)(void);
void test_register(const char *name, test_fn fn);
_Noreturn void test_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void test_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The folder of real data (../shared/data, or $PLENTY_DATA), skipping the test where it is not
 * there; and a fresh folder under build/ for the test's own files.  Static storage. */
const char *test_data(const char *relative);
const char *test_tmp(void);
/* The folder of the sources (so that examples/ and mappings/ are found wherever the test runs). */
const char *test_source(const char *relative);

#define TEST(name)                                                                                \
    static void name(void);                                                                       \
    __attribute__((constructor)) static void register_##name(void)                                \
    {                                                                                             \
        test_register(#name, name);                                                               \
    }                                                                                             \
    static void name(void)

#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)
#define SKIP(...) test_skip(__VA_ARGS__)
#define CHECK(condition)                                                                          \
    do {                                                                                          \
        if (!(condition)) {                                                                       \
            FAIL("%s", #condition);                                                               \
        }                                                                                         \
    } while (0)
#define CHECK_INT(got, want)                                                                      \
    do {                                                                                          \
        long long got_ = (long long)(got), want_ = (long long)(want);                             \
        if (got_ != want_) {                                                                      \
            FAIL("%s is %lld, not %lld", #got, got_, want_);                                      \
        }                                                                                         \
    } while (0)
#define CHECK_STR(got, want)                                                                      \
    do {                                                                                          \
        const char *got_ = (got), *want_ = (want);                                                \
        if (strcmp(got_, want_) != 0) {                                                           \
            FAIL("%s is \"%s\", not \"%s\"", #got, got_, want_);                                  \
        }                                                                                         \
    } while (0)
/* |got - want| <= tolerance * max(1, |want|) */
#define CHECK_NEAR(got, want, tolerance)                                                          \
    do {                                                                                          \
        double got_ = (got), want_ = (want), room_ = (tolerance)*fmax(1, fabs(want_));            \
        if (!(fabs(got_ - want_) <= room_)) {                                                     \
            FAIL("%s is %.17g, not %.17g within %g", #got, got_, want_, room_);                   \
        }                                                                                         \
    } while (0)

#endif
