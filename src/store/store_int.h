/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * store_int.h - what a kind of store gives; the functions are those of store.h. */
#ifndef PLENTY_STORE_STORE_INT_H
#define PLENTY_STORE_STORE_INT_H

#include "store/store.h"

typedef struct pl_store_ops {
    const char *kind;
    void (*close)(pl_store *);
    void (*abandon)(pl_store *); /* closes too */
    pl_status (*begin)(pl_store *, bool, pl_error *);
    pl_status (*commit)(pl_store *, pl_error *);
    void (*rollback)(pl_store *);
    pl_status (*size)(pl_store *, uint64_t *, pl_error *);
    pl_status (*add_event)(pl_store *, uint64_t, pl_slice, pl_slice, pl_error *);
    pl_status (*event)(pl_store *, uint64_t, pl_str *, pl_str *, pl_error *);
    pl_status (*node)(pl_store *, uint64_t, int, uint8_t *, pl_error *);
    pl_status (*each_event)(pl_store *, uint64_t, uint64_t, pl_store_each_event_fn, void *, pl_error *);
    pl_status (*put_checkpoint)(pl_store *, uint64_t, pl_slice, pl_error *);
    pl_status (*checkpoint)(pl_store *, uint64_t, uint64_t *, pl_str *, pl_error *);
    pl_status (*put_blob)(pl_store *, const uint8_t *, pl_slice, pl_error *);
    pl_status (*blob)(pl_store *, const uint8_t *, pl_str *, pl_error *);
    pl_status (*put_private)(pl_store *, const uint8_t *, pl_slice, pl_error *);
    pl_status (*private_of)(pl_store *, const uint8_t *, pl_str *, pl_error *);
    pl_status (*erase_private)(pl_store *, const uint8_t *, pl_error *);
    pl_status (*put_row)(pl_store *, const char *, pl_slice, pl_slice, pl_error *);
    pl_status (*row)(pl_store *, const char *, pl_slice, pl_str *, pl_error *);
    pl_status (*clear_rows)(pl_store *, pl_error *);
    pl_status (*each_row)(pl_store *, pl_store_each_row_fn, void *, pl_error *);
    /* from <= key < below */
    pl_status (*each_row_of)(pl_store *, const char *, pl_slice, pl_slice, pl_store_each_row_fn, void *, pl_error *);
} pl_store_ops;

struct pl_store {
    const pl_store_ops *ops;
    bool open, writing; /* a transaction */
    bool private_there; /* since version 2 of the tables */
    bool erased;        /* private data, in this transaction: what is left of it goes after the commit */
};

pl_status pl_sqlite_create(const char *path, pl_store **out, pl_error *err);
pl_status pl_sqlite_open(const char *path, bool write, pl_store **out, pl_error *err);
pl_status pl_postgres_create(const char *url, pl_store **out, pl_error *err);
pl_status pl_postgres_open(const char *url, bool write, pl_store **out, pl_error *err);

/* The tables, version by version (migrations/); texts of SQL, static, NULL behind the last. */
extern const char *const PL_SQLITE_MIGRATIONS[], *const PL_POSTGRES_MIGRATIONS[];

#define PL_STORE_PRIVATE_SINCE 2 /* version of the tables */

/* Copies n bytes to the end of `out`, unless that is NULL; PL_NOMEM. */
pl_status pl_store_give(pl_str *out, const void *bytes, size_t n, pl_error *err);

#endif
