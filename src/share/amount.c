/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * amount.c - amounts as text: exact both ways. */
#include <stdio.h>

#include "base/number.h"
#include "share/share.h"

static const char *const RULE[PL_SHARE_RULES] = {"uniform", "points", "lottery", "urgency"};

const char *pl_share_rule_id(pl_share_rule rule)
{
    return RULE[rule];
}

/* A number with an exponent, or with a sign. */
static pl_share_fault by_number(const char *text, size_t n, int64_t part, int64_t *out)
{
    double x;
    if (!pl_number_parse(text, n, &x)) {
        return PL_SHARE_NO_NUMBER;
    }
    if (x < 0) {
        return PL_SHARE_NEGATIVE;
    }
    x *= (double)part;
    if (x > (double)PL_SHARE_PARTS_MAX) {
        return PL_SHARE_TOO_LARGE;
    }
    *out = (int64_t)x;
    return part == 1 && x != (double)*out ? PL_SHARE_TOO_FINE : PL_SHARE_FINE;
}

pl_share_fault pl_share_amount(const char *text, size_t n, int64_t part, int64_t *out)
{
    int64_t x = 0, scale = part;
    bool point = false;
    size_t digits = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned c = (unsigned)(text[i] - '0');
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (c > 9) {
            return by_number(text, n, part, out);
        }
        digits++;
        if (!point || scale > 1) {
            if (x > (PL_SHARE_PARTS_MAX - 9) / 10) {
                return PL_SHARE_TOO_LARGE;
            }
            x = 10 * x + (int64_t)c;
            scale /= point ? 10 : 1;
        } else if (part == 1 && c != 0) {
            return PL_SHARE_TOO_FINE;
        }
    }
    if (digits == 0) {
        return PL_SHARE_NO_NUMBER;
    }
    if (x > PL_SHARE_PARTS_MAX / scale) {
        return PL_SHARE_TOO_LARGE;
    }
    *out = x * scale;
    return PL_SHARE_FINE;
}

void pl_share_add_amount(pl_str *out, const pl_share_good *good, int64_t parts)
{
    char text[48];
    int n = snprintf(text, sizeof text, "%lld", (long long)(parts / good->part));
    int64_t rest = parts % good->part;
    if (rest > 0) {
        n += snprintf(text + n, sizeof text - (size_t)n, ".%06lld", (long long)rest);
        while (text[n - 1] == '0') {
            n--;
        }
    }
    pl_str_add_n(out, text, (size_t)n);
}
