/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/shown.h"

#include <stdio.h>
#include <string.h>

void pl_json_put_id(pl_json *j, const char *key, const uint8_t id[PL_HASH])
{
    char hex[2 * PL_HASH + 1];
    pl_hex_write(id, PL_HASH, hex);
    pl_json_put_text(j, key, pl_id_none(id) ? NULL : hex);
}

void pl_json_put_time(pl_json *j, const char *key, int64_t time)
{
    pl_json_key(j, key);
    if (time < 0) {
        pl_json_null(j);
    } else {
        pl_json_int(j, time);
    }
}

static void put_column(pl_json *j, const pl_shown *c, const void *row)
{
    const char *at = (const char *)row + c->offset;
    int64_t x = 0;
    if (c->as != PL_SHOW_ID && c->as != PL_SHOW_TEXT) {
        memcpy(&x, at, sizeof x);
    }
    switch (c->as) {
    case PL_SHOW_ID:
        pl_json_put_id(j, c->name, (const uint8_t *)at);
        break;
    case PL_SHOW_INT:
        pl_json_put_int(j, c->name, x);
        break;
    case PL_SHOW_TIME:
        pl_json_put_time(j, c->name, x);
        break;
    case PL_SHOW_BOOL:
        pl_json_put_bool(j, c->name, x != 0);
        break;
    case PL_SHOW_TEXT:
        pl_json_put_text(j, c->name, at);
        break;
    case PL_SHOW_WORD:
        if (x >= 0 && (size_t)x < c->n_words) {
            pl_json_put_text(j, c->name, c->words[x]);
        } else {
            pl_json_put_int(j, c->name, x);
        }
        break;
    }
}

void pl_view_row(pl_json *j, const pl_view *view, const uint8_t *key, const void *row)
{
    for (const char *at = view->keys; *at != '\0'; at += strspn(at, " ")) {
        char name[40];
        bool number = *at == '#';
        size_t n = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)n - number, at + number);
        if (number) {
            pl_json_put_int(j, name, pl_key_number(key));
        } else {
            pl_json_put_id(j, name, key);
        }
        key += number ? 8 : PL_HASH;
        at += n;
    }
    for (const pl_shown *c = view->columns; c->name != NULL; c++) {
        put_column(j, c, row);
    }
}
