/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * calendar.h - days since 1970-01-01 and dates of the Gregorian calendar, for the years 0 to 9999. */
#ifndef PLENTY_BASE_CALENDAR_H
#define PLENTY_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int32_t pl_calendar_day(int32_t year, int32_t month, int32_t day);
void pl_calendar_date(int32_t day, int32_t *year, int32_t *month, int32_t *of_month);
/* "2017-01-30" at the beginning of the n bytes, or false (also for the 31st of April). */
bool pl_calendar_parse(const char *text, size_t n, int32_t *day);
int32_t pl_calendar_floor(int32_t a, int32_t b); /* a / b, rounded down; b > 0 */

#endif
