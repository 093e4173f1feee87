/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tick.c - periods of reporting. */
#include <stdio.h>
#include <string.h>

#include <plenty/watch.h>

#include "base/calendar.h"
#include "base/number.h"

const char *pl_tick_word(pl_tick_kind kind)
{
    static const char *const words[PL_TICK_KINDS] = {"period", "day", "week", "month"};
    return words[kind];
}

int32_t pl_tick_year(pl_tick_kind kind)
{
    static const int32_t periods[PL_TICK_KINDS] = {1, 365, 52, 12};
    return periods[kind];
}

/* The number of the week with that Monday to Sunday: 1970-01-01 was a Thursday. */
static int32_t week_of(int32_t day)
{
    return pl_calendar_floor(day + 3, 7);
}

/* Week 1 is the one with the 4th of January (ISO 8601). */
static int32_t first_week(int32_t year)
{
    return week_of(pl_calendar_day(year, 1, 4));
}

int32_t pl_tick_year_begin(pl_tick_kind kind, int32_t tick)
{
    int32_t year, month, of_month;
    switch (kind) {
    case PL_TICK_DAY:
        pl_calendar_date(tick, &year, &month, &of_month);
        return pl_calendar_day(year, 1, 1);
    case PL_TICK_WEEK:
        pl_calendar_date(tick * 7, &year, &month, &of_month); /* its Thursday */
        return first_week(year);
    case PL_TICK_MONTH:
        return pl_calendar_floor(tick, 12) * 12;
    default:
        return tick;
    }
}

static bool parse_week(const char *text, int32_t year, int32_t *tick)
{
    int64_t week;
    if (!pl_integer_parse(text, 2, &week) || week < 1) {
        return false;
    }
    *tick = first_week(year) + (int32_t)week - 1;
    return *tick < first_week(year + 1);
}

static bool parse_dated(const char *text, size_t n, pl_tick_kind *kind, int32_t *tick)
{
    char date[11];
    int32_t day, year, month, of_month;
    snprintf(date, sizeof date, "%.4s-01-01", text);
    if (!pl_calendar_parse(date, 10, &day)) {
        return false;
    }
    pl_calendar_date(day, &year, &month, &of_month);
    if (n == 8 && text[5] == 'W') {
        *kind = PL_TICK_WEEK;
        return parse_week(text + 6, year, tick);
    }
    snprintf(date, sizeof date, "%.7s-%.2s", text, n == 10 ? text + 8 : "01");
    if ((n != 7 && n != 10) || (n == 10 && text[7] != '-') || !pl_calendar_parse(date, 10, &day)) {
        return false;
    }
    pl_calendar_date(day, &year, &month, &of_month);
    *kind = n == 7 ? PL_TICK_MONTH : PL_TICK_DAY;
    *tick = n == 7 ? (year - 1970) * 12 + month - 1 : day;
    return true;
}

bool pl_tick_parse(const char *text, size_t n, pl_tick_kind *kind, int32_t *tick)
{
    int64_t number;
    if (n >= 7 && n <= 10 && text[4] == '-') {
        return parse_dated(text, n, kind, tick);
    }
    if (!pl_integer_parse(text, n, &number) || number < -1000000000 || number > 1000000000) {
        return false;
    }
    *kind = PL_TICK_NUMBER;
    *tick = (int32_t)number;
    return true;
}

const char *pl_tick_text(pl_tick_kind kind, int32_t tick, char out[PL_TICK_TEXT])
{
    int32_t year, month, of_month;
    switch (kind) {
    case PL_TICK_DAY:
        pl_calendar_date(tick, &year, &month, &of_month);
        snprintf(out, PL_TICK_TEXT, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)of_month % 100);
        break;
    case PL_TICK_WEEK:
        pl_calendar_date(tick * 7, &year, &month, &of_month); /* its Thursday */
        snprintf(out, PL_TICK_TEXT, "%04u-W%02u", (unsigned)year % 10000, (unsigned)(tick - first_week(year) + 1) % 100);
        break;
    case PL_TICK_MONTH:
        year = 1970 + pl_calendar_floor(tick, 12);
        snprintf(out, PL_TICK_TEXT, "%04u-%02u", (unsigned)year % 10000, (unsigned)(tick - (year - 1970) * 12 + 1) % 100);
        break;
    default:
        snprintf(out, PL_TICK_TEXT, "%d", tick);
    }
    return out;
}
