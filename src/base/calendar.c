/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/calendar.h"

/* Years are counted from March on; 400 years have 146,097 days. */
int32_t pl_calendar_day(int32_t y, int32_t m, int32_t d)
{
    y -= m <= 2;
    int32_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int32_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void pl_calendar_date(int32_t day, int32_t *y, int32_t *m, int32_t *d)
{
    int32_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    *d = of_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year + era * 400 + (*m <= 2);
}

int32_t pl_calendar_floor(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
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

bool pl_calendar_parse(const char *text, size_t n, int32_t *day)
{
    int32_t y, m, d;
    if (n < 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) || !digits(text + 5, 2, &m) || !digits(text + 8, 2, &d) ||
        (n > 10 && text[10] != ' ' && text[10] != 'T') || m < 1 || m > 12 || d < 1) {
        return false;
    }
    int32_t next = m == 12 ? pl_calendar_day(y + 1, 1, 1) : pl_calendar_day(y, m + 1, 1);
    *day = pl_calendar_day(y, m, d);
    return *day < next;
}
