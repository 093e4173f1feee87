/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/json.h"

#include <math.h>
#include <string.h>

#include "io/utf8.h"

void pl_json_init(pl_json *j, pl_str *out, bool pretty)
{
    memset(j, 0, sizeof *j);
    j->out = out;
    j->pretty = pretty;
}

static void new_line(pl_json *j)
{
    if (j->pretty) {
        pl_str_add_n(j->out, "\n", 1);
        for (int i = 0; i < j->depth; i++) {
            pl_str_add_n(j->out, "  ", 2);
        }
    }
}

/* What stands before a value or a key: a comma after an earlier one, a line break. */
static void before(pl_json *j, bool key)
{
    if (j->keyed) {
        j->out->failed |= key;
        j->keyed = false;
        return;
    }
    if (j->depth == 0) {
        j->out->failed |= key;
        return;
    }
    int level = j->depth - 1;
    j->out->failed |= (j->open[level] == '}') != key;
    if (j->filled[level]) {
        pl_str_add_n(j->out, ",", 1);
    }
    j->filled[level] = true;
    new_line(j);
}

static void open_level(pl_json *j, const char *begin, char end)
{
    before(j, false);
    if (j->depth == PL_JSON_DEPTH) {
        j->out->failed = true;
        return;
    }
    pl_str_add_n(j->out, begin, 1);
    j->open[j->depth] = end;
    j->filled[j->depth++] = false;
}

void pl_json_object(pl_json *j)
{
    open_level(j, "{", '}');
}

void pl_json_array(pl_json *j)
{
    open_level(j, "[", ']');
}

void pl_json_end(pl_json *j)
{
    if (j->depth == 0 || j->keyed) {
        j->out->failed = true;
        return;
    }
    j->depth--;
    if (j->filled[j->depth]) {
        new_line(j);
    }
    pl_str_add_n(j->out, &j->open[j->depth], 1);
    if (j->depth == 0 && j->pretty) {
        pl_str_add_n(j->out, "\n", 1);
    }
}

static void add_escaped(pl_str *out, unsigned char c)
{
    switch (c) {
    case '"': pl_str_add_n(out, "\\\"", 2); break;
    case '\\': pl_str_add_n(out, "\\\\", 2); break;
    case '\n': pl_str_add_n(out, "\\n", 2); break;
    case '\r': pl_str_add_n(out, "\\r", 2); break;
    case '\t': pl_str_add_n(out, "\\t", 2); break;
    default: pl_str_addf(out, "\\u%04x", c); break;
    }
}

static void add_quoted(pl_str *out, const char *text, size_t n)
{
    pl_str_add_n(out, "\"", 1);
    size_t from = 0, i = 0;
    while (i < n) {
        unsigned char c = (unsigned char)text[i];
        size_t length = c < 0x80 ? 1 : pl_utf8_length(text + i, n - i);
        if (length != 0 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) {
            i += length;
            continue;
        }
        pl_str_add_n(out, text + from, i - from);
        if (length == 0) {
            pl_str_add_n(out, "\xef\xbf\xbd", 3);
        } else {
            add_escaped(out, c);
        }
        from = ++i;
    }
    pl_str_add_n(out, text + from, n - from);
    pl_str_add_n(out, "\"", 1);
}

void pl_json_key(pl_json *j, const char *key)
{
    before(j, true);
    add_quoted(j->out, key, strlen(key));
    pl_str_add(j->out, j->pretty ? ": " : ":");
    j->keyed = true;
}

void pl_json_text_n(pl_json *j, const char *text, size_t n)
{
    before(j, false);
    add_quoted(j->out, text, n);
}

void pl_json_text(pl_json *j, const char *text)
{
    if (text == NULL) {
        pl_json_null(j);
    } else {
        pl_json_text_n(j, text, strlen(text));
    }
}

void pl_json_number(pl_json *j, double x)
{
    if (!isfinite(x)) {
        pl_json_null(j);
        return;
    }
    before(j, false);
    pl_str_add_number(j->out, x);
}

void pl_json_int(pl_json *j, int64_t x)
{
    before(j, false);
    pl_str_addf(j->out, "%lld", (long long)x);
}

void pl_json_bool(pl_json *j, bool x)
{
    pl_json_raw(j, x ? "true" : "false");
}

void pl_json_null(pl_json *j)
{
    pl_json_raw(j, "null");
}

void pl_json_raw(pl_json *j, const char *json)
{
    before(j, false);
    pl_str_add(j->out, json);
}

void pl_json_put_text(pl_json *j, const char *key, const char *text)
{
    pl_json_key(j, key);
    pl_json_text(j, text);
}

void pl_json_put_number(pl_json *j, const char *key, double x)
{
    pl_json_key(j, key);
    pl_json_number(j, x);
}

void pl_json_put_int(pl_json *j, const char *key, int64_t x)
{
    pl_json_key(j, key);
    pl_json_int(j, x);
}

void pl_json_put_bool(pl_json *j, const char *key, bool x)
{
    pl_json_key(j, key);
    pl_json_bool(j, x);
}
