/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts_text.c - dates, periods and pack sizes. */
#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/number.h"

/* Days since 1970-01-01 of a date in the Gregorian calendar, years counted from March on; 400 years have 146,097 days. */
static int32_t day_of(int32_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int32_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int32_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int32_t day, int32_t *y, int32_t *m, int32_t *d)
{
    int32_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    *d = of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year + era * 400 + (*m <= 2);
}

static int32_t floor_div(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
}

int32_t pl_period_of_day(pl_period_kind kind, int32_t day)
{
    int32_t y, m, d;
    if (kind != PL_MONTH) {
        return kind == PL_DAY ? day : floor_div(day + 3, 7); /* 1970-01-01 was a Thursday */
    }
    date_of(day, &y, &m, &d);
    return (y - 1970) * 12 + m - 1;
}

int32_t pl_period_first_day(pl_period_kind kind, int32_t period)
{
    if (kind != PL_MONTH) {
        return kind == PL_DAY ? period : period * 7 - 3;
    }
    int32_t year = floor_div(period, 12);
    return day_of(1970 + year, period - year * 12 + 1, 1);
}

const char *pl_day_text(int32_t day, char out[PL_DATE_TEXT])
{
    int32_t y, m, d;
    date_of(day, &y, &m, &d);
    snprintf(out, PL_DATE_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
    return out;
}

static bool digits(const char *text, int n, int32_t *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        unsigned c = (unsigned)(text[i] - '0');
        if (c > 9) {
            return false;
        }
        *out = *out * 10 + (int32_t)c;
    }
    return true;
}

bool pl_day_parse(const char *text, size_t n, int32_t *day)
{
    int32_t y, m, d;
    if (n < 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) || !digits(text + 5, 2, &m) || !digits(text + 8, 2, &d) ||
        (n > 10 && text[10] != ' ' && text[10] != 'T') || m < 1 || m > 12 || d < 1) {
        return false;
    }
    int32_t next = m == 12 ? day_of(y + 1, 1, 1) : day_of(y, m + 1, 1);
    *day = day_of(y, m, d);
    return *day < next;
}

/* ---- Pack sizes --------------------------------------------------------------------------------------------------------- */

/* In millionths of the base unit; avoirdupois ounces, US fluid measures.  "OZ" alone is a weight. */
static const struct {
    const char *word;
    pl_pack_unit unit;
    double factor;
} UNITS[] = {
    {"OZ", PL_PACK_KG, 28349.523125},  {"LB", PL_PACK_KG, 453592.37},     {"LBS", PL_PACK_KG, 453592.37},
    {"G", PL_PACK_KG, 1000},           {"GR", PL_PACK_KG, 1000},          {"GRAM", PL_PACK_KG, 1000},
    {"KG", PL_PACK_KG, 1e6},           {"FL OZ", PL_PACK_LITRE, 29573.5295625}, {"FZ", PL_PACK_LITRE, 29573.5295625},
    {"GAL", PL_PACK_LITRE, 3785411.784}, {"GA", PL_PACK_LITRE, 3785411.784}, {"QT", PL_PACK_LITRE, 946352.946},
    {"PT", PL_PACK_LITRE, 473176.473}, {"L", PL_PACK_LITRE, 1e6},         {"LT", PL_PACK_LITRE, 1e6},
    {"LTR", PL_PACK_LITRE, 1e6},       {"LITER", PL_PACK_LITRE, 1e6},     {"ML", PL_PACK_LITRE, 1000},
    {"CL", PL_PACK_LITRE, 10000},      {"CT", PL_PACK_PIECE, 1e6},        {"PK", PL_PACK_PIECE, 1e6},
    {"PC", PL_PACK_PIECE, 1e6},        {"EA", PL_PACK_PIECE, 1e6},        {"EACH", PL_PACK_PIECE, 1e6},
    {"DZ", PL_PACK_PIECE, 12e6},
};

/* A number without sign at *at; moves past it and the spaces behind it. */
static bool take_number(const char **at, const char *end, double *x)
{
    const char *p = *at;
    while (p < end && ((*p >= '0' && *p <= '9') || *p == '.')) {
        p++;
    }
    if (p == *at || !pl_number_parse(*at, (size_t)(p - *at), x)) {
        return false;
    }
    while (p < end && *p == ' ') {
        p++;
    }
    *at = p;
    return true;
}

bool pl_pack_parse(const char *text, size_t n, pl_pack_unit *unit, int64_t *millionths)
{
    const char *p = text, *end = text + n;
    double amount, times = 1;
    char word[8];
    size_t k = 0;
    while (end > p && end[-1] == ' ') {
        end--;
    }
    if (!take_number(&p, end, &amount)) {
        return false;
    }
    if (p < end && (*p == '/' || *p == 'X' || *p == 'x')) { /* six of twelve ounces */
        p++;
        while (p < end && *p == ' ') {
            p++;
        }
        times = amount;
        if (!take_number(&p, end, &amount)) {
            return false;
        }
    }
    for (; p < end && k < sizeof word - 1; p++) {
        word[k++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    }
    k -= k > 0 && word[k - 1] == '.';
    word[k] = '\0';
    for (size_t i = 0; p == end && i < sizeof UNITS / sizeof *UNITS; i++) {
        double all = amount * times * UNITS[i].factor;
        if (strcmp(word, UNITS[i].word) == 0 && all >= 1 && all <= 1e12) {
            *unit = UNITS[i].unit;
            *millionths = (int64_t)(all + 0.5);
            return true;
        }
    }
    return false;
}
