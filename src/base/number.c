/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Exactness comes cheaply for the numbers that tables hold: a mantissa of at most 19 digits fits into
 * 64 bits, powers of ten up to 10^27 are exact in the 64-bit mantissa of an x87 long double, and so one
 * multiplication or division is rounded once.  Rounding that again to binary64 is only wrong where the
 * first result lies exactly half-way; those, and everything larger, go to strtod or snprintf (both exact
 * in glibc), always without a decimal point in the text, so that no locale can interfere. */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAST (LDBL_MANT_DIG == 64)
#define EXACT_POWER 27
#define KEPT_DIGITS 780 /* 768 decide any rounding to binary64; one more tells "and something" */

static const long double POWER[EXACT_POWER + 1] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
    1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* mantissa * 10^exponent, correctly rounded; false when the fast way cannot tell. */
static bool fast_value(uint64_t mantissa, int64_t exponent, double *x)
{
    if (mantissa == 0) {
        *x = 0;
        return true;
    }
    if (!FAST || exponent < -EXACT_POWER || exponent > EXACT_POWER) {
        return false;
    }
    long double y = (long double)mantissa;
    y = exponent < 0 ? y / POWER[-exponent] : y * POWER[exponent];
    uint64_t bits;
    memcpy(&bits, &y, sizeof bits); /* the mantissa is the low 8 bytes */
    if ((bits & 0x7ff) == 0x400) {
        return false;
    }
    *x = (double)y;
    return true;
}

typedef struct decimal {
    const char *digits, *end; /* digits, with at most one point between them */
    uint64_t mantissa;        /* of the first 19 significant digits */
    int64_t exponent;         /* of ten, for the mantissa */
    bool negative, whole;     /* whole: the mantissa holds every digit but zeros at the end */
} decimal;

/* Digits and point of any length: the first 19 significant ones make the mantissa. */
static void read_many_digits(decimal *d)
{
    int kept = 0;
    bool point = false;
    d->mantissa = 0;
    d->exponent = 0;
    for (const char *p = d->digits; p < d->end; p++) {
        if (*p == '.') {
            point = true;
        } else if (kept < 19) {
            d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
            kept += d->mantissa != 0;
            d->exponent -= point;
        } else {
            d->whole &= *p == '0';
            d->exponent += !point;
        }
    }
}

/* Reads digits with at most one point; false when there is no digit. */
static bool read_digits(decimal *d, const char **at, const char *end)
{
    const char *p = *at;
    uint64_t mantissa = 0; /* right when there are at most 19 digits, which is nearly always */
    d->digits = p;
    d->whole = true;
    for (; p < end && is_digit(*p); p++) {
        mantissa = mantissa * 10 + (uint64_t)(*p - '0');
    }
    int64_t digits = p - d->digits, decimals = 0;
    if (p < end && *p == '.') {
        const char *point = p++;
        for (; p < end && is_digit(*p); p++) {
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
        }
        decimals = p - point - 1;
        digits += decimals;
    }
    d->end = *at = p;
    d->mantissa = mantissa;
    d->exponent = -decimals;
    if (digits > 19) {
        read_many_digits(d);
    }
    return digits > 0;
}

static bool read_decimal(decimal *d, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    memset(d, 0, sizeof *d);
    if (p < end && (*p == '-' || *p == '+')) {
        d->negative = *p++ == '-';
    }
    if (!read_digits(d, &p, end)) {
        return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        bool minus = false, any = false;
        int64_t exponent = 0;
        if (++p < end && (*p == '-' || *p == '+')) {
            minus = *p++ == '-';
        }
        for (; p < end && is_digit(*p); p++) {
            exponent = exponent < 100000000 ? exponent * 10 + (*p - '0') : exponent;
            any = true;
        }
        d->exponent += minus ? -exponent : exponent;
        if (!any) {
            return false;
        }
    }
    return p == end;
}

/* The exact but slow way: significant digits without a point, then the exponent. */
static double slow_value(const decimal *d, int64_t exponent)
{
    char text[KEPT_DIGITS + 32];
    size_t kept = 0;
    int64_t seen = 0;
    bool more = false;
    for (const char *p = d->digits; p < d->end; p++) {
        if (!is_digit(*p) || (kept == 0 && *p == '0')) {
            continue;
        }
        seen++;
        if (kept < KEPT_DIGITS) {
            text[kept++] = *p;
        } else {
            more |= *p != '0';
        }
    }
    /* `exponent` belongs to the first 19 digits; here there are `kept` of them. */
    exponent -= (int64_t)kept - (seen < 19 ? seen : 19);
    if (more) {
        text[kept++] = '1';
        exponent--;
    }
    snprintf(text + kept, sizeof text - kept, "e%lld", (long long)exponent);
    return strtod(text, NULL);
}

bool pl_number_parse(const char *text, size_t n, double *x)
{
    decimal d;
    if (!read_decimal(&d, text, n)) {
        return false;
    }
    double value;
    if (!(d.whole && fast_value(d.mantissa, d.exponent, &value))) {
        value = slow_value(&d, d.exponent);
        if (!isfinite(value)) {
            return false;
        }
    }
    *x = d.negative ? -value : value;
    return true;
}

bool pl_integer_parse(const char *text, size_t n, int64_t *x)
{
    size_t i = 0;
    bool negative = false;
    if (n > 0 && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        i = 1;
    }
    if (i == n) {
        return false;
    }
    int64_t value = 0;
    for (; i < n; i++) {
        int digit = text[i] - '0';
        if (!is_digit(text[i]) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) { /* negative: its range is larger */
            return false;
        }
    }
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *x = negative ? value : -value;
    return true;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static size_t put_integer(uint64_t m, char *out)
{
    char turned[20];
    size_t n = 0;
    do {
        turned[n++] = (char)('0' + m % 10);
        m /= 10;
    } while (m != 0);
    for (size_t i = 0; i < n; i++) {
        out[i] = turned[n - 1 - i];
    }
    return n;
}

static const uint64_t TEN[18] = {1ull,
                                 10ull,
                                 100ull,
                                 1000ull,
                                 10000ull,
                                 100000ull,
                                 1000000ull,
                                 10000000ull,
                                 100000000ull,
                                 1000000000ull,
                                 10000000000ull,
                                 100000000000ull,
                                 1000000000000ull,
                                 10000000000000ull,
                                 100000000000000ull,
                                 1000000000000000ull,
                                 10000000000000000ull,
                                 100000000000000000ull};

/* x rounded to p significant digits: mantissa * 10^*exponent with 10^(p-1) <= mantissa < 10^p, when one
 * rounded multiplication decides it (error below 1/64 of the last digit, and not near a half). */
static bool fast_digits(double x, int p, int magnitude, uint64_t *mantissa, int *exponent)
{
    int k = p - 1 - magnitude;
    if (!FAST || k > EXACT_POWER || k < -EXACT_POWER) {
        return false;
    }
    long double y = k < 0 ? (long double)x / POWER[-k] : (long double)x * POWER[k];
    if (y >= (long double)TEN[p]) {
        return false;
    }
    uint64_t m = (uint64_t)y;
    long double rest = y - (long double)m;
    if (fabsl(rest - 0.5L) < 1.0L / 64) {
        return false;
    }
    m += rest > 0.5L;
    if (m >= TEN[p] || m < TEN[p - 1]) {
        return false;
    }
    *mantissa = m;
    *exponent = -k;
    return true;
}

static void slow_digits(double x, int p, uint64_t *mantissa, int *exponent)
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", p - 1, x);
    char *e = strchr(text, 'e');
    *mantissa = 0;
    for (char *c = text; c < e; c++) {
        if (is_digit(*c)) { /* whatever the locale writes as the point */
            *mantissa = *mantissa * 10 + (uint64_t)(*c - '0');
        }
    }
    *exponent = (int)strtol(e + 1, NULL, 10) - (p - 1);
}

static bool reads_back(double x, uint64_t mantissa, int exponent)
{
    double value;
    if (fast_value(mantissa, exponent, &value)) {
        return value == x;
    }
    char text[48];
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)mantissa, exponent);
    return strtod(text, NULL) == x;
}

/* At a power of two the numbers below are closer than those above, and the nearest p digits may read
 * back as the neighbour although the next p digits read back as x. */
static bool next_reads_back(double x, uint64_t *mantissa, int exponent)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits << 12) == 0 && reads_back(x, *mantissa + 1, exponent)) {
        *mantissa += 1;
        return true;
    }
    return false;
}

static void shortest(double x, uint64_t *mantissa, int *exponent)
{
    int magnitude = (int)floor(log10(x));
    /* Fifteen digits survive the way there and back for every normal number, so that a shorter form,
     * if there is one, shows as zeros at the end of the fifteen; for subnormal ones try all. */
    int p = x < DBL_MIN * 16 ? 1 : 15;
    for (;; p++) {
        if (!fast_digits(x, p, magnitude, mantissa, exponent)) {
            slow_digits(x, p, mantissa, exponent);
        }
        if (p == 17 || reads_back(x, *mantissa, *exponent) ||
            next_reads_back(x, mantissa, *exponent)) {
            break;
        }
    }
    while (*mantissa % 10 == 0) {
        *mantissa /= 10;
        *exponent += 1;
    }
}

static size_t put_scientific(uint64_t mantissa, int exponent, char *out)
{
    char digits[24], *o = out;
    int n = (int)put_integer(mantissa, digits);
    *o++ = digits[0];
    if (n > 1) {
        *o++ = '.';
        memcpy(o, digits + 1, (size_t)n - 1);
        o += n - 1;
    }
    int e = exponent + n - 1;
    *o++ = 'e';
    if (e < 0) {
        *o++ = '-';
        e = -e;
    }
    o += put_integer((uint64_t)e, o);
    return (size_t)(o - out);
}

/* Plain where that is readable: up to 21 digits before the point, 5 zeros after it. */
static size_t put_decimal(uint64_t mantissa, int exponent, char *out)
{
    char digits[24], *o = out;
    int n = (int)put_integer(mantissa, digits);
    int point = n + exponent; /* digits before the point */
    if (point > 21 || point < -5) {
        return put_scientific(mantissa, exponent, out);
    }
    if (point <= 0) {
        *o++ = '0';
        *o++ = '.';
        memset(o, '0', (size_t)-point);
        o += -point;
        memcpy(o, digits, (size_t)n);
        return (size_t)(o + n - out);
    }
    for (int i = 0; i < (n > point ? n : point); i++) {
        if (i == point) {
            *o++ = '.';
        }
        *o++ = i < n ? digits[i] : '0';
    }
    return (size_t)(o - out);
}

size_t pl_number_format(double x, char out[PL_NUMBER_MAX])
{
    char *o = out;
    if (isnan(x)) {
        *o = '\0';
        return 0;
    }
    if (x < 0) {
        *o++ = '-';
        x = -x;
    }
    if (x < 9007199254740992.0 && x == (double)(uint64_t)x) {
        o += put_integer((uint64_t)x, o);
    } else if (isinf(x)) {
        memcpy(o, "inf", 3); /* no table holds it; refused by every reader */
        o += 3;
    } else {
        uint64_t mantissa;
        int exponent;
        shortest(x, &mantissa, &exponent);
        o += put_decimal(mantissa, exponent, o);
    }
    *o = '\0';
    return (size_t)(o - out);
}

static size_t put_thousands(uint64_t m, char *out)
{
    char digits[24];
    size_t n = put_integer(m, digits), at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    return at;
}

size_t pl_number_for_people(double x, char out[PL_NUMBER_MAX])
{
    char *o = out;
    if (x != x || isinf(x) || x == 0) {
        return (size_t)snprintf(out, PL_NUMBER_MAX, "%s", x == 0 ? "0" : x > 0 ? "inf" : x < 0 ? "-inf" : "");
    }
    if (x < 0) {
        *o++ = '-';
        x = -x;
    }
    if (x >= 99.95 && x < 1e15) {
        o += put_thousands((uint64_t)llround(x), o);
    } else {
        uint64_t mantissa;
        int exponent;
        slow_digits(x, 3, &mantissa, &exponent);
        while (mantissa % 10 == 0) {
            mantissa /= 10;
            exponent++;
        }
        o += x >= 1e15 || x < 1e-4 ? put_scientific(mantissa, exponent, o)
                                   : put_decimal(mantissa, exponent, o);
    }
    *o = '\0';
    return (size_t)(o - out);
}
