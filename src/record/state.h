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

pl_status pl_state_new(pl_store *behind, pl_state **out, pl_error *err);
void pl_state_free(pl_state *state); /* accepts NULL */

/* The value, valid until the row is put again; {NULL, 0} when there is no such row. */
pl_status pl_state_get(pl_state *state, const char *table, pl_bytes key, pl_bytes *value, pl_error *err);
pl_status pl_state_put(pl_state *state, const char *table, pl_bytes key, pl_bytes value, pl_error *err);

/* Writes the rows that were put since the last time. */
pl_status pl_state_flush(pl_state *state, pl_store *store, pl_error *err);
/* Of a state without a store behind it: its hash, and all rows in place of those in the store. */
pl_status pl_state_hash(pl_state *state, uint8_t out[PL_HASH], uint64_t *rows, pl_error *err);
pl_status pl_state_replace(pl_state *state, pl_store *store, pl_error *err);
/* The hash of the rows that are in the store. */
pl_status pl_state_hash_stored(pl_store *store, uint8_t out[PL_HASH], uint64_t *rows, pl_error *err);

#endif
