/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts_text.c - dates, periods and pack sizes. */
#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/calendar.h"
#include "base/number.h"

static const char *const PERIOD[PL_PERIOD_KINDS] = {"day", "week", "month"};

const char *pl_period_id(pl_period_kind kind)
{
    return PERIOD[kind];
}

bool pl_period_find(const char *id, pl_period_kind *out)
{
    for (int k = 0; id != NULL && k < PL_PERIOD_KINDS; k++) {
        if (strcmp(id, PERIOD[k]) == 0) {
            *out = (pl_period_kind)k;
            return true;
        }
    }
    return false;
}

int32_t pl_period_of_day(pl_period_kind kind, int32_t day)
{
    int32_t y, m, d;
    if (kind != PL_PERIOD_MONTH) {
        return kind == PL_PERIOD_DAY ? day : pl_calendar_floor(day + 3, 7); /* 1970-01-01 was a Thursday */
    }
    pl_calendar_date(day, &y, &m, &d);
    return (y - 1970) * 12 + m - 1;
}

int32_t pl_period_first_day(pl_period_kind kind, int32_t period)
{
    if (kind != PL_PERIOD_MONTH) {
        return kind == PL_PERIOD_DAY ? period : period * 7 - 3;
    }
    int32_t year = pl_calendar_floor(period, 12);
    return pl_calendar_day(1970 + year, period - year * 12 + 1, 1);
}

const char *pl_day_text(int32_t day, char out[PL_DATE_TEXT])
{
    int32_t y, m, d;
    pl_calendar_date(day, &y, &m, &d);
    snprintf(out, PL_DATE_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
    return out;
}

bool pl_day_parse(const char *text, size_t n, int32_t *day)
{
    return pl_calendar_parse(text, n, day);
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
