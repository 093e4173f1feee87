/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * target.c - targets of requests (RFC 9112, 3.2; RFC 3986). */
#include "server/target.h"

#include <string.h>

#include "io/utf8.h"

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes n bytes to *at, which moves on behind a zero byte; NULL when they are not to be had. */
static const char *decode(const char *text, size_t n, bool form, char **at)
{
    char *begin = *at;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 1 < n ? digit(text[i + 1]) : -1, low = i + 2 < n ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        if ((unsigned char)c < 0x20 || c == 0x7f) {
            return NULL;
        }
        *(*at)++ = c;
    }
    if (!pl_utf8_valid(begin, (size_t)(*at - begin))) {
        return NULL;
    }
    *(*at)++ = '\0';
    return begin;
}

static bool read_path(const char *text, size_t n, pl_target *t, char **at)
{
    for (size_t i = 0; i < n;) { /* text[i] is a slash */
        const char *end = memchr(text + i + 1, '/', n - i - 1);
        size_t length = end != NULL ? (size_t)(end - text) - i - 1 : n - i - 1;
        const char *segment = decode(text + i + 1, length, false, at);
        bool last = i + 1 + length == n;
        if (segment == NULL || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0) {
            return false;
        }
        if (segment[0] == '\0' ? !last : t->n_segments == PL_SEGMENTS) {
            return false;
        }
        if (segment[0] != '\0') {
            t->segment[t->n_segments++] = segment;
        }
        i += 1 + length;
    }
    return true;
}

static bool read_query(const char *text, pl_target *t, char **at)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "&"), name = strcspn(text, "=&");
        if (n > 0 && t->n_parameters == PL_PARAMETERS) {
            return false;
        }
        if (n > 0) {
            const char *key = decode(text, name, true, at);
            const char *value = decode(text + name + (name < n), n - name - (name < n), true, at);
            if (key == NULL || value == NULL || pl_target_parameter(t, key) != NULL) {
                return false;
            }
            t->parameter[t->n_parameters].name = key;
            t->parameter[t->n_parameters++].value = value;
        }
        text += n + (text[n] == '&');
    }
    return true;
}

bool pl_target_read(const char *text, pl_target *out)
{
    size_t n = strnlen(text, PL_TARGET_MAX + 1), path = strcspn(text, "?");
    char *at = out->bytes;
    out->n_segments = out->n_parameters = 0;
    if (n == 0 || n > PL_TARGET_MAX || text[0] != '/') {
        return false;
    }
    memcpy(out->whole, text, n + 1);
    return read_path(text, path, out, &at) && read_query(text + path + (path < n), out, &at);
}

const char *pl_target_parameter(const pl_target *target, const char *name)
{
    for (int i = 0; i < target->n_parameters; i++) {
        if (strcmp(target->parameter[i].name, name) == 0) {
            return target->parameter[i].value;
        }
    }
    return NULL;
}
