/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * store.c - hands over to the kind of store that `where` names. */
#include <string.h>

#include "store/store_int.h"

static bool is_postgres(const char *where)
{
    return strncmp(where, "postgres://", 11) == 0 || strncmp(where, "postgresql://", 13) == 0;
}

pl_status pl_store_create(const char *where, pl_store **out, pl_error *err)
{
    return is_postgres(where) ? pl_postgres_create(where, out, err) : pl_sqlite_create(where, out, err);
}

pl_status pl_store_open(const char *where, bool write, pl_store **out, pl_error *err)
{
    return is_postgres(where) ? pl_postgres_open(where, write, out, err) : pl_sqlite_open(where, write, out, err);
}

void pl_store_close(pl_store *store)
{
    if (store != NULL) {
        pl_store_rollback(store);
        store->ops->close(store);
    }
}

void pl_store_abandon(pl_store *store)
{
    pl_store_rollback(store);
    store->ops->abandon(store);
}

const char *pl_store_kind(const pl_store *store)
{
    return store->ops->kind;
}

pl_status pl_store_begin(pl_store *store, bool write, pl_error *err)
{
    if (store->open) {
        return pl_fail(err, PL_BUG, "store", NULL, "a transaction within a transaction");
    }
    pl_status status = store->ops->begin(store, write, err);
    store->open = status == PL_OK;
    store->writing = store->open && write;
    return status;
}

pl_status pl_store_commit(pl_store *store, pl_error *err)
{
    if (!store->open) {
        return pl_fail(err, PL_BUG, "store", NULL, "a commit without a transaction");
    }
    pl_status status = store->ops->commit(store, err);
    if (status == PL_OK) {
        store->open = store->writing = store->erased = false;
    } else {
        pl_store_rollback(store);
    }
    return status;
}

void pl_store_rollback(pl_store *store)
{
    if (store->open) {
        store->ops->rollback(store);
        store->open = store->writing = store->erased = false;
    }
}

pl_status pl_store_give(pl_str *out, const void *bytes, size_t n, pl_error *err)
{
    if (out == NULL) {
        return PL_OK;
    }
    pl_str_add_n(out, n > 0 ? bytes : "", n);
    return out->failed ? pl_fail_nomem(err, "reading from the store") : PL_OK;
}

/* Writing needs a writing transaction. */
static pl_status may_write(const pl_store *store, pl_error *err)
{
    return store->writing ? PL_OK : pl_fail(err, PL_BUG, "store", NULL, "writing outside a writing transaction");
}

pl_status pl_store_size(pl_store *store, uint64_t *n, pl_error *err)
{
    return store->ops->size(store, n, err);
}

pl_status pl_store_add_event(pl_store *store, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    pl_status status = may_write(store, err);
    return status != PL_OK ? status : store->ops->add_event(store, position, bytes, nodes, err);
}

pl_status pl_store_event(pl_store *store, uint64_t position, pl_str *bytes, pl_str *nodes, pl_error *err)
{
    return store->ops->event(store, position, bytes, nodes, err);
}

pl_status pl_store_node(pl_store *store, uint64_t position, int k, uint8_t out[PL_STORE_HASH], pl_error *err)
{
    return store->ops->node(store, position, k, out, err);
}

pl_status pl_store_each_event(pl_store *store, uint64_t from, uint64_t to, pl_store_each_event_fn each, void *user, pl_error *err)
{
    return store->ops->each_event(store, from, to, each, user, err);
}

pl_status pl_store_put_checkpoint(pl_store *store, uint64_t size, pl_slice note, pl_error *err)
{
    pl_status status = may_write(store, err);
    return status != PL_OK ? status : store->ops->put_checkpoint(store, size, note, err);
}

pl_status pl_store_checkpoint(pl_store *store, uint64_t size, uint64_t *at, pl_str *note, pl_error *err)
{
    return store->ops->checkpoint(store, size, at, note, err);
}

pl_status pl_store_put_blob(pl_store *store, const uint8_t hash[PL_STORE_HASH], pl_slice bytes, pl_error *err)
{
    pl_status status = may_write(store, err);
    return status != PL_OK ? status : store->ops->put_blob(store, hash, bytes, err);
}

pl_status pl_store_blob(pl_store *store, const uint8_t hash[PL_STORE_HASH], pl_str *bytes, pl_error *err)
{
    return store->ops->blob(store, hash, bytes, err);
}

pl_status pl_store_put_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_slice bytes, pl_error *err)
{
    pl_status status = may_write(store, err);
    if (status != PL_OK) {
        return status;
    }
    store->erased = store->erased || pl_store_private(store, id, NULL, NULL) == PL_OK;
    return store->ops->put_private(store, id, bytes, err);
}

pl_status pl_store_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_str *bytes, pl_error *err)
{
    return store->private_there ? store->ops->private_of(store, id, bytes, err) : pl_fail(err, PL_NOTFOUND, NULL, NULL, "there is no personal data");
}

pl_status pl_store_erase_private(pl_store *store, const uint8_t id[PL_STORE_HASH], pl_error *err)
{
    pl_status status = may_write(store, err);
    status = status == PL_OK ? pl_store_private(store, id, NULL, err) : status;
    status = status == PL_OK ? store->ops->erase_private(store, id, err) : status;
    store->erased = store->erased || status == PL_OK;
    return status;
}

pl_status pl_store_put_row(pl_store *store, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    pl_status status = may_write(store, err);
    return status != PL_OK ? status : store->ops->put_row(store, table, key, value, err);
}

pl_status pl_store_row(pl_store *store, const char *table, pl_slice key, pl_str *value, pl_error *err)
{
    return store->ops->row(store, table, key, value, err);
}

pl_status pl_store_clear_rows(pl_store *store, pl_error *err)
{
    pl_status status = may_write(store, err);
    return status != PL_OK ? status : store->ops->clear_rows(store, err);
}

pl_status pl_store_each_row(pl_store *store, pl_store_each_row_fn each, void *user, pl_error *err)
{
    return store->ops->each_row(store, each, user, err);
}

pl_status pl_store_each_row_of(pl_store *store, const char *table, pl_slice prefix, pl_store_each_row_fn each, void *user, pl_error *err)
{
    unsigned char below[PL_STORE_KEY + 1];
    size_t n = prefix.n;
    if (n > PL_STORE_KEY) {
        return pl_fail(err, PL_BUG, table, NULL, "a prefix longer than a key");
    }
    memcpy(below, n > 0 ? prefix.at : "", n);
    while (n > 0 && below[n - 1] == 0xFF) {
        n--;
    }
    if (n > 0) {
        below[n - 1]++; /* the least key above all with this prefix */
    } else {
        n = sizeof below;
        memset(below, 0xFF, n); /* above every key */
    }
    return store->ops->each_row_of(store, table, prefix, (pl_slice){below, n}, each, user, err);
}
