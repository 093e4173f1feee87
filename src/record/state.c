/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "record/state.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

#define BYTES_MAX ((size_t)1 << 34)
#define ROWS_MAX ((size_t)INT32_MAX)
#define TABLE_MAX 64
#define DOMAIN "plenty state v1\n"

typedef struct row {
    const char *name; /* table, a zero byte, key */
    uint32_t name_n, table_n;
    uint8_t *value;
    uint32_t n, room;
    bool changed, absent; /* absent: asked for, and not in the store */
} row;

struct pl_state {
    pl_store *behind;
    pl_arena arena;
    pl_map index; /* names to rows */
    row *rows;
    size_t n, cap;
};

static pl_status no_memory(pl_error *err)
{
    return pl_fail_nomem(err, "keeping the state of a record");
}

pl_status pl_state_new(pl_store *behind, pl_state **out, pl_error *err)
{
    pl_state *s = PL_NEW0(pl_state, 1);
    if (s == NULL) {
        return no_memory(err);
    }
    s->behind = behind;
    pl_arena_init(&s->arena, BYTES_MAX);
    pl_map_init(&s->index);
    *out = s;
    return PL_OK;
}

void pl_state_free(pl_state *state)
{
    if (state != NULL) {
        pl_map_clear(&state->index);
        pl_arena_clear(&state->arena);
        pl_free(state->rows);
        pl_free(state);
    }
}

/* The row of that name, made (absent) when there is none; *fresh: it was made. */
static pl_status find(pl_state *s, const char *table, pl_bytes key, row **out, bool *fresh, pl_error *err)
{
    char name[TABLE_MAX + 1 + 256];
    size_t table_n = strlen(table), n = table_n + 1 + key.n;
    if (table_n > TABLE_MAX || key.n > 256) {
        return pl_fail(err, PL_BUG, table, NULL, "a key of the state is too long");
    }
    memcpy(name, table, table_n + 1);
    memcpy(name + table_n + 1, key.n > 0 ? key.at : (const uint8_t *)"", key.n);
    int32_t at = pl_map_get(&s->index, name, n), old;
    *fresh = at < 0;
    if (at < 0) {
        char *kept = pl_arena_text(&s->arena, name, n);
        if (kept == NULL || !pl_grow(&s->rows, &s->cap, s->n + 1, sizeof *s->rows, ROWS_MAX) ||
            pl_map_put(&s->index, kept, n, (int32_t)s->n, &old) != PL_OK) {
            return no_memory(err);
        }
        at = (int32_t)s->n++;
        s->rows[at] = (row){.name = kept, .name_n = (uint32_t)n, .table_n = (uint32_t)table_n, .absent = true};
    }
    *out = &s->rows[at];
    return PL_OK;
}

static pl_status set(pl_state *s, row *r, const void *value, size_t n, pl_error *err)
{
    if (n > r->room || r->value == NULL) {
        size_t room = n + n / 4 + 8;
        uint8_t *bytes = pl_arena_alloc(&s->arena, room, 1);
        if (bytes == NULL || room > UINT32_MAX) {
            return no_memory(err);
        }
        r->value = bytes;
        r->room = (uint32_t)room;
    }
    memcpy(r->value, value, n);
    r->n = (uint32_t)n;
    r->absent = false;
    return PL_OK;
}

static pl_slice key_of(const row *r)
{
    return (pl_slice){r->name + r->table_n + 1, r->name_n - r->table_n - 1};
}

static pl_status fetch(pl_state *s, row *r, pl_error *err)
{
    pl_str value;
    pl_str_init(&value, UINT32_MAX);
    pl_status status = pl_store_row(s->behind, r->name, key_of(r), &value, err);
    if (status == PL_OK) {
        status = set(s, r, value.text, value.len, err);
    } else if (status == PL_NOTFOUND) {
        status = PL_OK;
    }
    pl_str_clear(&value);
    return status;
}

pl_status pl_state_get(pl_state *state, const char *table, pl_bytes key, pl_bytes *value, pl_error *err)
{
    row *r = NULL;
    bool fresh = false;
    *value = (pl_bytes){NULL, 0};
    pl_status status = find(state, table, key, &r, &fresh, err);
    if (status == PL_OK && fresh && state->behind != NULL) {
        status = fetch(state, r, err);
    }
    if (status == PL_OK && !r->absent) {
        *value = (pl_bytes){r->value, r->n};
    }
    return status;
}

pl_status pl_state_put(pl_state *state, const char *table, pl_bytes key, pl_bytes value, pl_error *err)
{
    row *r = NULL;
    bool fresh;
    pl_status status = find(state, table, key, &r, &fresh, err);
    if (status == PL_OK) {
        status = set(state, r, value.at, value.n, err);
    }
    if (status == PL_OK) {
        r->changed = true;
    }
    return status;
}

pl_status pl_state_flush(pl_state *state, pl_store *store, pl_error *err)
{
    for (size_t i = 0; i < state->n; i++) {
        row *r = &state->rows[i];
        if (!r->changed) {
            continue;
        }
        pl_status status = pl_store_put_row(store, r->name, key_of(r), (pl_slice){r->value, r->n}, err);
        if (status != PL_OK) {
            return status;
        }
        r->changed = false;
    }
    return PL_OK;
}

/* ---- The hash of all rows ------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const row *x = *(const row *const *)a, *y = *(const row *const *)b;
    size_t n = x->name_n < y->name_n ? x->name_n : y->name_n;
    int order = memcmp(x->name, y->name, n); /* the zero byte behind a table sorts before any longer name */
    return order != 0 ? order : (x->name_n > y->name_n) - (x->name_n < y->name_n);
}

/* All rows that are there, sorted; owned. */
static pl_status sorted(pl_state *s, const row ***out, size_t *n, pl_error *err)
{
    const row **list = PL_NEW(const row *, s->n + 1);
    if (list == NULL) {
        return no_memory(err);
    }
    *n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->rows[i].absent) {
            list[(*n)++] = &s->rows[i];
        }
    }
    qsort(list, *n, sizeof *list, by_name);
    *out = list;
    return PL_OK;
}

static void add_part(crypto_hash_sha256_state *hash, const void *bytes, size_t n)
{
    uint8_t length[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    crypto_hash_sha256_update(hash, length, 4);
    crypto_hash_sha256_update(hash, n > 0 ? bytes : "", n);
}

pl_status pl_state_hash(pl_state *state, uint8_t out[PL_HASH], uint64_t *rows, pl_error *err)
{
    const row **list;
    size_t n;
    pl_status status = sorted(state, &list, &n, err);
    if (status != PL_OK) {
        return status;
    }
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const uint8_t *)DOMAIN, strlen(DOMAIN));
    for (size_t i = 0; i < n; i++) {
        pl_slice key = key_of(list[i]);
        add_part(&hash, list[i]->name, list[i]->table_n);
        add_part(&hash, key.at, key.n);
        add_part(&hash, list[i]->value, list[i]->n);
    }
    crypto_hash_sha256_final(&hash, out);
    *rows = n;
    pl_free(list);
    return PL_OK;
}

pl_status pl_state_replace(pl_state *state, pl_store *store, pl_error *err)
{
    const row **list;
    size_t n;
    pl_status status = sorted(state, &list, &n, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_store_clear_rows(store, err);
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = pl_store_put_row(store, list[i]->name, key_of(list[i]), (pl_slice){list[i]->value, list[i]->n}, err);
    }
    pl_free(list);
    return status;
}

typedef struct stored {
    crypto_hash_sha256_state hash;
    uint64_t rows;
} stored;

static pl_status add_stored(void *user, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    (void)err;
    stored *s = user;
    add_part(&s->hash, table, strlen(table));
    add_part(&s->hash, key.at, key.n);
    add_part(&s->hash, value.at, value.n);
    s->rows++;
    return PL_OK;
}

pl_status pl_state_hash_stored(pl_store *store, uint8_t out[PL_HASH], uint64_t *rows, pl_error *err)
{
    stored s = {.rows = 0};
    crypto_hash_sha256_init(&s.hash);
    crypto_hash_sha256_update(&s.hash, (const uint8_t *)DOMAIN, strlen(DOMAIN));
    pl_status status = pl_store_each_row(store, add_stored, &s, err);
    crypto_hash_sha256_final(&s.hash, out);
    *rows = s.rows;
    return status;
}
