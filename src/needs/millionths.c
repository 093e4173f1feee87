/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * millionths.c - amounts as whole numbers of millionths. */
#include "needs/millionths.h"

#include <stdio.h>

#include <plenty/needs.h>

#include "base/number.h"

bool pl_millionths_parse(const char *text, size_t n, int64_t *out, int64_t *rounded)
{
    size_t i = n > 0 && (text[0] == '-' || text[0] == '+'), start = i, digits = 0;
    int64_t x = 0;
    int places = -1;
    for (; i < n && digits < 18; i++) {
        unsigned c = (unsigned)(text[i] - '0');
        if (c <= 9 && places < 6) {
            x = x * 10 + (int64_t)c;
            places += places >= 0;
            digits++;
        } else if (text[i] == '.' && places < 0) {
            places = 0;
        } else {
            break;
        }
    }
    if (i == n && digits > 0 && digits - (size_t)(places > 0 ? places : 0) <= 12) {
        for (places = places < 0 ? 0 : places; places < 6; places++) {
            x *= 10;
        }
        *out = start > 0 && text[0] == '-' ? -x : x;
        return true;
    }
    double d;
    if (!pl_number_parse(text, n, &d) || !(d > -9e12 && d < 9e12)) {
        return false;
    }
    d *= PL_MILLIONTHS;
    *out = (int64_t)(d < 0 ? d - 0.5 : d + 0.5);
    *rounded += (double)*out != d;
    return true;
}

void pl_str_add_millionths(pl_str *out, int64_t millionths)
{
    uint64_t x = millionths < 0 ? 0 - (uint64_t)millionths : (uint64_t)millionths;
    char text[40];
    int n = snprintf(text, sizeof text, "%s%llu.%06llu", millionths < 0 ? "-" : "", (unsigned long long)(x / PL_MILLIONTHS),
                     (unsigned long long)(x % PL_MILLIONTHS));
    while (text[n - 1] == '0') {
        n--;
    }
    n -= text[n - 1] == '.';
    pl_str_add_n(out, text, (size_t)n);
}
