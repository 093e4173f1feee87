/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

static char empty[1] = "";

void pl_str_init(pl_str *s, size_t ceiling)
{
    size_t most = PTRDIFF_MAX - 1; /* one more for the zero byte */
    *s = (pl_str){.text = empty, .ceiling = ceiling < most ? ceiling : most};
}

void pl_str_clear(pl_str *s)
{
    if (s->text != empty) {
        pl_free(s->text);
    }
    pl_str_init(s, s->ceiling);
}

static bool reserve(pl_str *s, size_t n)
{
    if (s->failed) {
        return false;
    }
    char *text = s->cap == 0 ? NULL : s->text;
    if (n > s->ceiling || s->len > s->ceiling - n ||
        !pl_grow(&text, &s->cap, s->len + n + 1, 1, s->ceiling + 1)) {
        s->failed = true;
        return false;
    }
    s->text = text;
    return true;
}

void pl_str_add_n(pl_str *s, const char *text, size_t n)
{
    if (reserve(s, n)) {
        memcpy(s->text + s->len, text, n);
        s->len += n;
        s->text[s->len] = '\0';
    }
}

void pl_str_add(pl_str *s, const char *text)
{
    pl_str_add_n(s, text, strlen(text));
}

void pl_str_addf(pl_str *s, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        s->failed = true;
    } else if (reserve(s, (size_t)n)) {
        vsnprintf(s->text + s->len, (size_t)n + 1, fmt, again);
        s->len += (size_t)n;
    }
    va_end(again);
}

void pl_str_add_number(pl_str *s, double x)
{
    char digits[PL_NUMBER_MAX];
    pl_str_add_n(s, digits, pl_number_format(x, digits));
}
