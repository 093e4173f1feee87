/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * json.c - a JSON document (RFC 8259) as a flat list of paths and values: stages[0].value = 0.93. */
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

#define DEPTH_MAX 32
#define VALUES_MAX 10000000

typedef struct pv_parser {
    pv_run *run;
    const char *name;
    char *at, *start;
    pv_json *value;
    int32_t n, room;
} pv_parser;

_Noreturn static void fault(const pv_parser *p, const char *what)
{
    int64_t line = 1, column = 1;
    for (const char *c = p->start; c < p->at; c++) {
        line += *c == '\n';
        column = *c == '\n' ? 1 : column + 1;
    }
    pv_stop(p->run, PV_UNREADABLE, p->name, line, column, "%s", what);
}

static void blank(pv_parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r') {
        p->at++;
    }
}

static uint32_t hexadecimal(pv_parser *p)
{
    uint32_t x = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        char c = *p->at;
        if ((c < '0' || c > '9') && ((c | 32) < 'a' || (c | 32) > 'f')) {
            fault(p, "four hexadecimal digits are missing after \\u");
        }
        x = 16 * x + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return x;
}

static char *escape(pv_parser *p, char *to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *simple = *p->at != '\0' ? strchr(from, *p->at) : NULL;
    if (simple != NULL) {
        p->at++;
        *to = into[simple - from];
        return to + 1;
    }
    if (*p->at != 'u') {
        fault(p, "unknown character after a backslash");
    }
    p->at++;
    uint32_t c = hexadecimal(p);
    if (c >= 0xD800 && c < 0xDC00 && p->at[0] == '\\' && p->at[1] == 'u') {
        p->at += 2;
        uint32_t low = hexadecimal(p);
        c = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : 0xD800;
    }
    if (c == 0 || (c >= 0xD800 && c < 0xE000)) {
        fault(p, "this \\u is no character");
    }
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
    }
    if (c >= 0x800) {
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    if (c >= 0x80) {
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

/* A string, in place; it becomes no longer.  The zero byte goes where the closing quote was, or before. */
static char *string(pv_parser *p)
{
    char *text = p->at + 1, *to = text;
    p->at++;
    while (*p->at != '"') {
        if ((unsigned char)*p->at < 0x20) {
            fault(p, "a string without end");
        }
        if (*p->at == '\\') {
            p->at++;
            to = escape(p, to);
        } else {
            *to++ = *p->at++;
        }
    }
    p->at++;
    *to = '\0';
    return text;
}

/* RFC 8259: no plus sign, no leading zeros, digits on both sides of the point. */
static double number(pv_parser *p, const char **text)
{
    char *from = p->at, *c = from;
    c += *c == '-';
    bool zero = *c == '0', right = *c >= '0' && *c <= '9';
    for (c++; right && !zero && *c >= '0' && *c <= '9'; c++) {
    }
    if (right && *c == '.') {
        right = c[1] >= '0' && c[1] <= '9';
        for (c++; *c >= '0' && *c <= '9'; c++) {
        }
    }
    if (right && (*c == 'e' || *c == 'E')) {
        for (c++; (*c >= '0' && *c <= '9') || *c == '+' || *c == '-'; c++) {
        }
    }
    size_t n = right ? (size_t)(c - from) : 0;
    char *copy = pv_alloc(p->run, n + 1, 1);
    memcpy(copy, from, n);
    double x = 0;
    if (!right || !pv_number(p->run, copy, &x)) {
        fault(p, "this is neither a value nor a number in range");
    }
    *text = copy;
    p->at = c;
    return x;
}

/* path.key, with a backslash before special characters of the key. */
static char *child(pv_parser *p, const char *path, const char *key, bool index)
{
    size_t n = strlen(path), k = strlen(key);
    if (n + 2 * k > 1 << 20) {
        fault(p, "names too long");
    }
    char *made = pv_alloc(p->run, n + 2 * k + 4, 1), *to = made + n;
    memcpy(made, path, n);
    if (index) {
        *to++ = '[';
        memcpy(to, key, k);
        to[k] = ']';
        return made;
    }
    if (n > 0) {
        *to++ = '.';
    }
    for (const char *c = key; *c != '\0'; c++) {
        if (strchr(".[\\", *c) != NULL) {
            *to++ = '\\';
        }
        *to++ = *c;
    }
    return made;
}

static int32_t add(pv_parser *p, const char *path, const char *key)
{
    if (p->n == p->room) {
        if (p->room > VALUES_MAX) {
            fault(p, "too many values");
        }
        pv_json *more = pv_alloc(p->run, (size_t)p->room * 2 + 64, sizeof *more);
        if (p->n > 0) {
            memcpy(more, p->value, (size_t)p->n * sizeof *more);
        }
        pv_free(p->run, p->value);
        p->value = more;
        p->room = p->room * 2 + 64;
    }
    p->value[p->n] = (pv_json){.path = path, .key = key, .text = "", .number = NAN};
    return p->n++;
}

static void value(pv_parser *p, const char *path, const char *key, int depth);

static void members(pv_parser *p, const char *path, char open, int depth)
{
    char end = open == '{' ? '}' : ']';
    p->at++;
    blank(p);
    for (int32_t i = 0; *p->at != end; i++) {
        char number_key[16];
        char *key = number_key;
        if (i > 0) {
            if (*p->at != ',') {
                fault(p, open == '{' ? "a comma or } is missing" : "a comma or ] is missing");
            }
            p->at++;
            blank(p);
        }
        if (open == '{') {
            if (*p->at != '"') {
                fault(p, "a name in quotes is missing");
            }
            key = string(p);
            blank(p);
            if (*p->at != ':') {
                fault(p, "a colon is missing");
            }
            p->at++;
        } else {
            snprintf(number_key, sizeof number_key, "%d", i);
        }
        value(p, child(p, path, key, open == '['), open == '{' ? key : "", depth + 1);
        blank(p);
    }
    p->at++;
}

static void value(pv_parser *p, const char *path, const char *key, int depth)
{
    if (depth > DEPTH_MAX) {
        fault(p, "nested too deeply");
    }
    blank(p);
    int32_t i = add(p, path, key);
    char type = *p->at;
    if (type == '{' || type == '[') {
        members(p, path, type, depth);
    } else if (type == '"') {
        p->value[i].text = string(p);
        type = 's';
    } else if (strncmp(p->at, "true", 4) == 0 || strncmp(p->at, "null", 4) == 0) {
        p->at += 4;
    } else if (strncmp(p->at, "false", 5) == 0) {
        p->at += 5;
    } else {
        const char *text;
        double x = number(p, &text);
        p->value[i].number = x;
        p->value[i].text = text;
        type = '0';
    }
    p->value[i].type = type;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const pv_json *)a)->path, ((const pv_json *)b)->path);
}

void pv_json_read(pv_run *run, pv_file *file, pv_document *document)
{
    pv_parser p = {.run = run, .name = file->name, .at = file->at, .start = file->at};
    value(&p, "", "", 0);
    blank(&p);
    if (p.at != file->at + file->n) {
        fault(&p, "text after the end of the document");
    }
    qsort(p.value, (size_t)p.n, sizeof *p.value, by_path);
    for (int32_t i = 1; i < p.n; i++) {
        if (strcmp(p.value[i - 1].path, p.value[i].path) == 0) {
            pv_stop(run, PV_UNREADABLE, file->name, 0, 0, "\"%.100s\" is there twice", p.value[i].path);
        }
    }
    *document = (pv_document){file->name, p.value, p.n};
}

const pv_json *pv_json_get(const pv_document *document, const char *path)
{
    pv_json key = {.path = path};
    return document->n > 0 ? bsearch(&key, document->value, (size_t)document->n, sizeof key, by_path) : NULL;
}
