/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * state.h - rows (table, key, value): what holds after some events; docs/formats/record.md, "State".
 *
 * A state lives in memory.  With a store behind it, rows are fetched from there when they are asked for, and what was changed is written
 * there by pl_state_flush; without one it begins empty.  Rows are never removed. */
#ifndef PLENTY_RECORD_STATE_H
#define PLENTY_RECORD_STATE_H

#include <plenty/record.h>

#include "store/store.h"

typedef struct pl_state pl_state;

/* A row of that table in the store is not as Plenty writes it: PL_DATA. */
pl_status pl_fail_row(const char *table, pl_error *err);

pl_status pl_state_new(pl_store *behind, pl_state **out, pl_error *err);
void pl_state_free(pl_state *state); /* accepts NULL */

/* The value, valid until the row is put again; {NULL, 0} when there is no such row. */
pl_status pl_state_get(pl_state *state, const char *table, pl_bytes key, pl_bytes *value, pl_error *err);
pl_status pl_state_put(pl_state *state, const char *table, pl_bytes key, pl_bytes value, pl_error *err);

/* A place in the rows of one table whose keys begin with `prefix`; made by pl_cursor_over.  Rows may be put while it goes on; those above
 * the place are seen. */
typedef struct pl_cursor {
    const char *table;
    uint8_t key[PL_STORE_KEY]; /* of the row it stands on; before the first: the prefix */
    size_t n, prefix;
    int64_t row;
} pl_cursor;
pl_cursor pl_cursor_over(const char *table, pl_bytes prefix);
/* From the first row whose key is above prefix || after. */
pl_cursor pl_cursor_above(const char *table, pl_bytes prefix, pl_bytes after);
/* Moves on to the next row in ascending order; *value is {NULL, 0} at the end. */
pl_status pl_state_next(pl_state *state, pl_cursor *cursor, pl_bytes *value, pl_error *err);

/* From pl_state_mark on, pl_state_undo takes back everything that was put since, and pl_state_keep makes it stay. */
void pl_state_mark(pl_state *state);
void pl_state_undo(pl_state *state);
void pl_state_keep(pl_state *state);

/* A place for whatever a rulebook works out from rows and events and wants to keep, so as not to work it out again: never more than that, since it may be
 * empty at any time and is not taken back.  Freed with the state by `clear`. */
void **pl_state_memo(pl_state *state, void (*clear)(void *memo));

/* Writes the rows that were put since the last time. */
pl_status pl_state_flush(pl_state *state, pl_store *store, pl_error *err);
/* Of a state without a store behind it: its hash, and all rows in place of those in the store. */
void pl_state_hash(const pl_state *state, uint8_t out[PL_HASH], uint64_t *rows);
pl_status pl_state_replace(pl_state *state, pl_store *store, pl_error *err);
/* The hash of the rows that are in the store. */
pl_status pl_state_hash_stored(pl_store *store, uint8_t out[PL_HASH], uint64_t *rows, pl_error *err);

#endif
