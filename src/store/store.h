/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * store.h - where a record lies: one interface, over SQLite (a file) and PostgreSQL (postgres://...).
 *
 * A store keeps bytes and knows nothing of their meaning: events by position, each with the tree nodes that it completes;
 * checkpoints by size; blobs by hash; personal data by id; and the rows of the state, which can be rebuilt from the events at any time.
 *
 * Everything happens within a transaction (pl_store_begin ... commit or rollback); a store is used by one thread at a time.  One writer at a
 * time: a second one waits for PL_STORE_WAIT_S and then gets PL_BUSY.  When a commit of a writer returns PL_OK, what it wrote is on the
 * disk for good.  When it fails, nothing of it is there; should the machine fail in the same moment, all of it may be.  Readers see the store as it was when they began.
 * Errors are PL_IO (with a hint for a full disk), PL_BUSY, PL_NOMEM, PL_DATA (damaged), PL_NOTFOUND where said.  After any
 * error within a writing transaction, roll back. */
#ifndef PLENTY_STORE_STORE_H
#define PLENTY_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

#include "base/str.h"

#define PL_STORE_WAIT_S 10
#define PL_STORE_HASH 32

typedef struct pl_store pl_store;

typedef struct pl_slice { /* borrowed bytes */
    const void *at;
    size_t n;
} pl_slice;

/* A new store `where` (a path where nothing is, or postgres://... of a schema without a record), with a writing transaction begun: all
 * is there after its commit, nothing after its rollback.  PL_IO when something is there. */
pl_status pl_store_create(const char *where, pl_store **out, pl_error *err);
/* PL_NOTFOUND, PL_DATA (something else is there), PL_UNSUPPORTED (made by a newer Plenty).  Without `write` a file needs no permission
 * to write. */
pl_status pl_store_open(const char *where, bool write, pl_store **out, pl_error *err);
void pl_store_close(pl_store *store); /* rolls back what is open; accepts NULL */
/* Closes a store that was created and not committed, and removes what is left of it (a file; of PostgreSQL nothing is). */
void pl_store_abandon(pl_store *store);
const char *pl_store_kind(const pl_store *store); /* "SQLite", "PostgreSQL" */

pl_status pl_store_begin(pl_store *store, bool write, pl_error *err);
pl_status pl_store_commit(pl_store *store, pl_error *err);
void pl_store_rollback(pl_store *store); /* harmless when nothing is open */

/* ---- Events: positions 0, 1, 2 ... without a gap -------------------------------------------------- */

pl_status pl_store_size(pl_store *store, uint64_t *n, pl_error *err);
pl_status pl_store_add_event(pl_store *store, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err);
/* Appends the event's bytes, or its nodes, to the texts that are not NULL.  PL_NOTFOUND. */
pl_status pl_store_event(pl_store *store, uint64_t position, pl_str *bytes, pl_str *nodes, pl_error *err);
/* The k-th node (of 32 bytes) of the event there; PL_DATA when it has none. */
pl_status pl_store_node(pl_store *store, uint64_t position, int k, uint8_t out[PL_STORE_HASH], pl_error *err);
/* Calls `each` for the events from .. to - 1 in order; its first status other than PL_OK ends it and is returned. */
typedef pl_status (*pl_store_each_event_fn)(void *user, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err);
pl_status pl_store_each_event(pl_store *store, uint64_t from, uint64_t to, pl_store_each_event_fn each, void *user, pl_error *err);

/* ---- Checkpoints, blobs ----------------------------------------------------------------------------- */

/* Replaces the one of that size. */
pl_status pl_store_put_checkpoint(pl_store *store, uint64_t size, pl_slice note, pl_error *err);
/* Appends the note of the largest size not above `size`; *at is that size.  PL_NOTFOUND. */
pl_status pl_store_checkpoint(pl_store *store, uint64_t size, uint64_t *at, pl_str *note, pl_error *err);

/* Putting a blob that is there changes nothing. */
pl_status pl_store_put_blob(pl_store *store, const uint8_t hash[PL_STORE_HASH], pl_slice bytes, pl_error *err);
/* Appends the blob (unless `bytes` is NULL).  PL_NOTFOUND. */
pl_status pl_store_blob(pl_store *store, const uint8_t hash[PL_STORE_HASH], pl_str *bytes, pl_error *err);

/* ---- Personal data: all that can be erased -------------------------------------------------------- */

/* Replaces what is kept under that id. */
pl_status pl_store_put_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_slice bytes, pl_error *err);
/* Appends it.  PL_NOTFOUND, also in a store of an older version that nobody has written to since. */
pl_status pl_store_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_str *bytes, pl_error *err);
/* PL_NOTFOUND.  After the commit nothing of it is left in the file of the store, or of the table, unless somebody reads an older state at that moment: then the
 * next erasing does it.  Copies that were made of these files (backups, the log of PostgreSQL and its archives) are for those to erase who made them. */
pl_status pl_store_erase_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_error *err);

/* ---- Rows of the state ------------------------------------------------------------------------------ */

pl_status pl_store_put_row(pl_store *store, const char *table, pl_slice key, pl_slice value, pl_error *err);
pl_status pl_store_row(pl_store *store, const char *table, pl_slice key, pl_str *value, pl_error *err); /* PL_NOTFOUND */
pl_status pl_store_clear_rows(pl_store *store, pl_error *err);
/* In ascending order of table and key, byte by byte. */
typedef pl_status (*pl_store_each_row_fn)(void *user, const char *table, pl_slice key, pl_slice value, pl_error *err);
pl_status pl_store_each_row(pl_store *store, pl_store_each_row_fn each, void *user, pl_error *err);
/* The same for the rows of one table whose keys (of at most PL_STORE_KEY bytes) begin with `prefix`. */
#define PL_STORE_KEY 256
pl_status pl_store_each_row_of(pl_store *store, const char *table, pl_slice prefix, pl_store_each_row_fn each, void *user, pl_error *err);

#endif
