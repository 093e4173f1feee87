/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "record/state.h"

#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

#define BYTES_MAX ((size_t)1 << 34)
#define ROWS_MAX ((size_t)INT32_MAX)
#define TABLE_MAX 64
#define DOMAIN "plenty state v1\n"
#define LEVELS 16
#define NOWHERE (-1)

typedef struct row {
    const char *name; /* table, a zero byte, key */
    uint32_t name_n, table_n;
    uint8_t *value;
    uint32_t n, room;
    bool changed, absent; /* absent: asked for, and not in the store */
    int32_t *next;        /* in ascending order, on each of its levels of the skip list */
} row;

/* What a row was before it was put. */
typedef struct undo {
    size_t row, at; /* of its value in `before` */
    uint32_t n;
    bool changed, absent;
} undo;

struct pl_state {
    pl_store *behind;
    pl_arena arena;
    pl_map index; /* names to rows */
    row *rows;
    size_t n, cap;
    int32_t first[LEVELS]; /* of the skip list */
    pl_map fetched;        /* tables and prefixes whose rows were all fetched */
    int32_t *changed;      /* the rows that are `changed` */
    size_t n_changed, cap_changed, marked_changed; /* marked: when pl_state_mark was called */
    bool marked;
    undo *undos;
    size_t n_undos, cap_undos;
    pl_str before; /* values, for the undos */
    void *memo;
    void (*memo_clear)(void *memo);
};

static pl_status no_memory(pl_error *err)
{
    return pl_fail_nomem(err, "keeping the state of a record");
}

pl_status pl_fail_row(const char *table, pl_error *err)
{
    return pl_fail(err, PL_DATA, table, "'plenty replay --write' makes the tables anew from the record", "a row of the tables in the store is damaged");
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
    pl_map_init(&s->fetched);
    pl_str_init(&s->before, BYTES_MAX);
    for (int i = 0; i < LEVELS; i++) {
        s->first[i] = NOWHERE;
    }
    *out = s;
    return PL_OK;
}

void pl_state_free(pl_state *state)
{
    if (state != NULL) {
        if (state->memo_clear != NULL) {
            state->memo_clear(state->memo);
        }
        pl_map_clear(&state->index);
        pl_map_clear(&state->fetched);
        pl_str_clear(&state->before);
        pl_free(state->undos);
        pl_free(state->changed);
        pl_arena_clear(&state->arena);
        pl_free(state->rows);
        pl_free(state);
    }
}

void **pl_state_memo(pl_state *state, void (*clear)(void *memo))
{
    state->memo_clear = clear;
    return &state->memo;
}

/* ---- Rows by name, and in ascending order ---------------------------------------------------------- */

/* The zero byte behind a table sorts before any longer table. */
static int compare(const char *a, size_t a_n, const char *b, size_t b_n)
{
    int order = memcmp(a, b, a_n < b_n ? a_n : b_n);
    return order != 0 ? order : (a_n > b_n) - (a_n < b_n);
}

/* How many levels a row has: one more with a chance of 1 in 4, drawn from its name, so that every run makes the same list. */
static int height_of(const char *name, size_t n)
{
    uint64_t x = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < n; i++) {
        x = (x ^ (unsigned char)name[i]) * 1099511628211u;
    }
    x ^= x >> 32;
    int height = 1;
    while (height < LEVELS && (x & 3) == 0) {
        x >>= 2;
        height++;
    }
    return height;
}

/* The last row on each level that is below the name (or is it, with `at_it`); NOWHERE: none. */
static void seek(const pl_state *s, const char *name, size_t n, bool at_it, int32_t last[LEVELS])
{
    int32_t at = NOWHERE;
    for (int level = LEVELS - 1; level >= 0; level--) {
        for (;;) {
            int32_t next = at == NOWHERE ? s->first[level] : s->rows[at].next[level];
            if (next == NOWHERE || compare(s->rows[next].name, s->rows[next].name_n, name, n) >= (at_it ? 1 : 0)) {
                break;
            }
            at = next;
        }
        last[level] = at;
    }
}

/* Puts row `at`, the newest, into the skip list. */
static bool link_row(pl_state *s, int32_t at)
{
    int32_t last[LEVELS];
    row *r = &s->rows[at];
    int height = height_of(r->name, r->name_n);
    r->next = PL_ARENA_NEW(&s->arena, int32_t, height);
    if (r->next == NULL) {
        return false;
    }
    seek(s, r->name, r->name_n, false, last);
    for (int level = 0; level < height; level++) {
        int32_t *from = last[level] == NOWHERE ? &s->first[level] : &s->rows[last[level]].next[level];
        r->next[level] = *from;
        *from = at;
    }
    return true;
}

typedef struct row_name {
    char text[TABLE_MAX + 1 + PL_STORE_KEY];
    size_t n, table_n;
} row_name;

static pl_status name_of(const char *table, pl_bytes key, row_name *out, pl_error *err)
{
    out->table_n = strlen(table);
    out->n = out->table_n + 1 + key.n;
    if (out->table_n > TABLE_MAX || key.n > PL_STORE_KEY) {
        return pl_fail(err, PL_BUG, table, NULL, "a key of the state is too long");
    }
    memcpy(out->text, table, out->table_n + 1);
    memcpy(out->text + out->table_n + 1, key.n > 0 ? key.at : (const uint8_t *)"", key.n);
    return PL_OK;
}

/* The row of that name, made (absent) when there is none; *fresh: it was made. */
static pl_status find(pl_state *s, const char *table, pl_bytes key, row **out, bool *fresh, pl_error *err)
{
    row_name name;
    int32_t old;
    pl_status status = name_of(table, key, &name, err);
    if (status != PL_OK) {
        return status;
    }
    int32_t at = pl_map_get(&s->index, name.text, name.n);
    *fresh = at < 0;
    if (at < 0) {
        char *kept = pl_arena_text(&s->arena, name.text, name.n);
        if (kept == NULL || !pl_grow(&s->rows, &s->cap, s->n + 1, sizeof *s->rows, ROWS_MAX) ||
            pl_map_put(&s->index, kept, name.n, (int32_t)s->n, &old) != PL_OK) {
            return no_memory(err);
        }
        at = (int32_t)s->n++;
        s->rows[at] = (row){.name = kept, .name_n = (uint32_t)name.n, .table_n = (uint32_t)name.table_n, .absent = true};
        if (!link_row(s, at)) {
            return no_memory(err);
        }
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
    if (n > 0) { /* an empty row may come without bytes */
        memcpy(r->value, value, n);
    }
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

static pl_status remember(pl_state *s, const row *r, pl_error *err)
{
    size_t at = s->before.len;
    pl_str_add_n(&s->before, r->n > 0 ? (const char *)r->value : "", r->n);
    if (s->before.failed || !pl_grow(&s->undos, &s->cap_undos, s->n_undos + 1, sizeof *s->undos, ROWS_MAX)) {
        return no_memory(err); /* nothing was put yet, so there is nothing to take back */
    }
    s->undos[s->n_undos++] = (undo){(size_t)(r - s->rows), at, r->n, r->changed, r->absent};
    return PL_OK;
}

pl_status pl_state_put(pl_state *state, const char *table, pl_bytes key, pl_bytes value, pl_error *err)
{
    row *r = NULL;
    bool fresh = false;
    pl_status status = find(state, table, key, &r, &fresh, err);
    if (status == PL_OK && fresh && state->behind != NULL && state->marked) {
        status = fetch(state, r, err); /* it may have to be put back */
    }
    if (status == PL_OK && state->marked) {
        status = remember(state, r, err);
    }
    if (status == PL_OK) {
        status = set(state, r, value.at, value.n, err);
    }
    if (status == PL_OK && !r->changed) {
        if (!pl_grow(&state->changed, &state->cap_changed, state->n_changed + 1, sizeof *state->changed, SIZE_MAX / sizeof *state->changed)) {
            return no_memory(err);
        }
        state->changed[state->n_changed++] = (int32_t)(r - state->rows);
        r->changed = true;
    }
    return status;
}

void pl_state_mark(pl_state *state)
{
    pl_state_keep(state);
    state->marked = true;
    state->marked_changed = state->n_changed;
}

void pl_state_keep(pl_state *state)
{
    state->n_undos = 0;
    state->before.len = 0;
    state->before.failed = false;
    state->marked = false;
}

void pl_state_undo(pl_state *state)
{
    while (state->n_undos > 0) {
        undo *u = &state->undos[--state->n_undos];
        row *r = &state->rows[u->row];
        if (u->n > 0) { /* the room of a row never shrinks */
            memcpy(r->value, state->before.text + u->at, u->n);
        }
        r->n = u->n;
        r->changed = u->changed;
        r->absent = u->absent;
    }
    if (state->marked) {
        state->n_changed = state->marked_changed;
    }
    pl_state_keep(state);
}

/* ---- In order ------------------------------------------------------------------------------------- */

pl_cursor pl_cursor_above(const char *table, pl_bytes prefix, pl_bytes after)
{
    pl_cursor c = {.table = table, .n = prefix.n + after.n, .prefix = prefix.n, .row = NOWHERE};
    if (c.n <= sizeof c.key) { /* otherwise pl_state_next fails */
        memcpy(c.key, prefix.n > 0 ? prefix.at : (const uint8_t *)"", prefix.n);
        memcpy(c.key + prefix.n, after.n > 0 ? after.at : (const uint8_t *)"", after.n);
    }
    return c;
}

pl_cursor pl_cursor_over(const char *table, pl_bytes prefix)
{
    return pl_cursor_above(table, prefix, (pl_bytes){NULL, 0});
}

static pl_status take_row(void *user, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    pl_state *s = user;
    row *r = NULL;
    bool fresh = false;
    pl_status status = find(s, table, (pl_bytes){key.at, key.n}, &r, &fresh, err);
    return status == PL_OK && r->absent && !r->changed ? set(s, r, value.at, value.n, err) : status;
}

/* Has all rows of the table with that prefix in memory. */
static pl_status fetch_all(pl_state *s, const char *table, pl_bytes prefix, pl_error *err)
{
    row_name name;
    int32_t old;
    pl_status status = name_of(table, prefix, &name, err);
    if (status != PL_OK || pl_map_get(&s->fetched, name.text, name.n) >= 0 || pl_map_get(&s->fetched, name.text, name.table_n + 1) >= 0) {
        return status;
    }
    char *kept = pl_arena_text(&s->arena, name.text, name.n);
    if (kept == NULL) {
        return no_memory(err);
    }
    status = pl_store_each_row_of(s->behind, table, (pl_slice){prefix.at, prefix.n}, take_row, s, err);
    return status == PL_OK && pl_map_put(&s->fetched, kept, name.n, 1, &old) != PL_OK ? no_memory(err) : status;
}

/* Puts the cursor before its first row: the last row below it, or NOWHERE. */
static pl_status place(pl_state *state, const pl_cursor *c, int32_t *at, pl_error *err)
{
    row_name name;
    int32_t last[LEVELS];
    pl_status status = name_of(c->table, (pl_bytes){c->key, c->n}, &name, err);
    if (status == PL_OK && state->behind != NULL) {
        status = fetch_all(state, c->table, (pl_bytes){c->key, c->prefix}, err);
    }
    if (status == PL_OK) {
        seek(state, name.text, name.n, c->n > c->prefix, last);
        *at = last[0];
    }
    return status;
}

pl_status pl_state_next(pl_state *state, pl_cursor *c, pl_bytes *value, pl_error *err)
{
    int32_t at = (int32_t)c->row;
    size_t table_n = strlen(c->table);
    *value = (pl_bytes){NULL, 0};
    if (at == NOWHERE) {
        pl_status status = place(state, c, &at, err);
        if (status != PL_OK) {
            return status;
        }
    }
    do {
        at = at == NOWHERE ? state->first[0] : state->rows[at].next[0];
    } while (at != NOWHERE && state->rows[at].absent);
    const row *r = at != NOWHERE ? &state->rows[at] : NULL;
    if (r == NULL || r->table_n != table_n || memcmp(r->name, c->table, table_n) != 0 || r->name_n - table_n - 1 < c->prefix ||
        memcmp(r->name + table_n + 1, c->key, c->prefix) != 0) {
        return PL_OK;
    }
    pl_slice key = key_of(r);
    c->row = at;
    c->n = key.n;
    memcpy(c->key, key.at, key.n);
    *value = (pl_bytes){r->value, r->n};
    return PL_OK;
}

/* ---- To and from the store ------------------------------------------------------------------------ */

pl_status pl_state_flush(pl_state *state, pl_store *store, pl_error *err)
{
    for (size_t i = 0; i < state->n_changed; i++) {
        row *r = &state->rows[state->changed[i]];
        pl_status status = pl_store_put_row(store, r->name, key_of(r), (pl_slice){r->value, r->n}, err);
        if (status != PL_OK) {
            return status;
        }
        r->changed = false;
    }
    state->n_changed = 0;
    return PL_OK;
}

/* ---- The hash of all rows ------------------------------------------------------------------------- */

static void add_part(crypto_hash_sha256_state *hash, const void *bytes, size_t n)
{
    uint8_t length[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    crypto_hash_sha256_update(hash, length, 4);
    crypto_hash_sha256_update(hash, n > 0 ? bytes : "", n);
}

void pl_state_hash(const pl_state *state, uint8_t out[PL_HASH], uint64_t *rows)
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const uint8_t *)DOMAIN, strlen(DOMAIN));
    *rows = 0;
    for (int32_t at = state->first[0]; at != NOWHERE; at = state->rows[at].next[0]) {
        const row *r = &state->rows[at];
        pl_slice key = key_of(r);
        if (!r->absent) {
            add_part(&hash, r->name, r->table_n);
            add_part(&hash, key.at, key.n);
            add_part(&hash, r->value, r->n);
            ++*rows;
        }
    }
    crypto_hash_sha256_final(&hash, out);
}

pl_status pl_state_replace(pl_state *state, pl_store *store, pl_error *err)
{
    pl_status status = pl_store_clear_rows(store, err);
    for (int32_t at = state->first[0]; status == PL_OK && at != NOWHERE; at = state->rows[at].next[0]) {
        const row *r = &state->rows[at];
        if (!r->absent) {
            status = pl_store_put_row(store, r->name, key_of(r), (pl_slice){r->value, r->n}, err);
        }
    }
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
