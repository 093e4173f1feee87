/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sqlite.c - a store in one file: SQLite in WAL mode with full synchronisation, so that a commit is on the disk when it returns. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/store_int.h"

#define APPLICATION 0x506C6E74 /* "Plnt", in the file's header */

enum {
    BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SIZE, ADD_EVENT, EVENT, NODE, EVENTS, PUT_CHECKPOINT, CHECKPOINT, PUT_BLOB, BLOB,
    HAS_BLOB, PUT_PRIVATE, PRIVATE, ERASE_PRIVATE, PUT_ROW, ROW, CLEAR_ROWS, ROWS, ROWS_OF, STATEMENTS
};
static const char *const SQL[STATEMENTS] = {
    [BEGIN_READ] = "BEGIN",
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SIZE] = "SELECT coalesce(max(position), -1) + 1 FROM events",
    [ADD_EVENT] = "INSERT INTO events VALUES (?1, ?2, ?3)",
    [EVENT] = "SELECT bytes, nodes FROM events WHERE position = ?1",
    [NODE] = "SELECT substr(nodes, ?2, 32) FROM events WHERE position = ?1",
    [EVENTS] = "SELECT position, bytes, nodes FROM events WHERE position >= ?1 AND position < ?2 ORDER BY position",
    [PUT_CHECKPOINT] = "INSERT INTO checkpoints VALUES (?1, ?2) ON CONFLICT (size) DO UPDATE SET note = excluded.note",
    [CHECKPOINT] = "SELECT size, note FROM checkpoints WHERE size <= ?1 ORDER BY size DESC LIMIT 1",
    [PUT_BLOB] = "INSERT INTO blobs VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING",
    [BLOB] = "SELECT bytes FROM blobs WHERE hash = ?1",
    [HAS_BLOB] = "SELECT x'' FROM blobs WHERE hash = ?1",
    [PUT_PRIVATE] = "INSERT INTO private VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes",
    [PRIVATE] = "SELECT bytes FROM private WHERE id = ?1",
    [ERASE_PRIVATE] = "DELETE FROM private WHERE id = ?1",
    [PUT_ROW] = "INSERT INTO state VALUES (?1, ?2, ?3) ON CONFLICT (name, key) DO UPDATE SET value = excluded.value",
    [ROW] = "SELECT value FROM state WHERE name = ?1 AND key = ?2",
    [CLEAR_ROWS] = "DELETE FROM state",
    [ROWS] = "SELECT name, key, value FROM state ORDER BY name, key",
    [ROWS_OF] = "SELECT name, key, value FROM state WHERE name = ?1 AND key >= ?2 AND key < ?3 ORDER BY key",
};

typedef struct sqlite_store {
    pl_store base;
    sqlite3 *db;
    char path[4096];
    sqlite3_stmt *statement[STATEMENTS];
} sqlite_store;

static const pl_store_ops OPS;

static sqlite_store *of(pl_store *store)
{
    return (sqlite_store *)store;
}

/* What SQLite said last, in our words. */
static pl_status fail(sqlite_store *s, pl_error *err)
{
    int code = sqlite3_extended_errcode(s->db);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return pl_fail(err, PL_BUSY, s->path, "wait a moment and try again; nothing was changed",
                       "another process has been writing to this record for %d seconds", PL_STORE_WAIT_S);
    case SQLITE_FULL:
        return pl_fail(err, PL_IO, s->path, "make room on the disk; what was acknowledged is safe", "cannot write it: the disk is full");
    case SQLITE_NOMEM:
        return pl_fail_nomem(err, "working with a record");
    case SQLITE_NOTADB:
        return pl_fail(err, PL_DATA, s->path, "'plenty init' makes one", "this is no record of a commons");
    case SQLITE_CORRUPT:
        return pl_fail(err, PL_DATA, s->path, "take a copy from a backup or from a witness", "the file is damaged (%s)",
                       sqlite3_errmsg(s->db));
    case SQLITE_READONLY:
        return pl_fail(err, PL_IO, s->path, "who may write there?", "cannot write it: it is read-only");
    case SQLITE_CONSTRAINT:
        return pl_fail(err, PL_DATA, s->path, NULL, "the record refuses that: %s", sqlite3_errmsg(s->db));
    default:
        return pl_fail(err, PL_IO, s->path, "what was acknowledged is safe", "reading or writing failed: %s", sqlite3_errmsg(s->db));
    }
}

static pl_status run(sqlite_store *s, const char *sql, pl_error *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PL_OK : fail(s, err);
}

/* The prepared statement, ready for values; NULL after an error. */
static sqlite3_stmt *ready(sqlite_store *s, int which)
{
    sqlite3_stmt **at = &s->statement[which];
    if (*at == NULL && sqlite3_prepare_v3(s->db, SQL[which], -1, SQLITE_PREPARE_PERSISTENT, at, NULL) != SQLITE_OK) {
        return NULL;
    }
    return *at;
}

static void bind(sqlite3_stmt *q, int k, pl_slice bytes)
{
    (void)sqlite3_bind_blob64(q, k, bytes.n > 0 ? bytes.at : "", bytes.n, SQLITE_STATIC);
}

/* Runs a statement that answers nothing. */
static pl_status done(sqlite_store *s, sqlite3_stmt *q, pl_error *err)
{
    pl_status status = q != NULL && sqlite3_step(q) == SQLITE_DONE ? PL_OK : fail(s, err);
    sqlite3_reset(q);
    return status;
}

static pl_status simple(sqlite_store *s, int which, pl_error *err)
{
    return done(s, ready(s, which), err);
}

/* ---- Opening -------------------------------------------------------------------------------------- */

static void sqlite_close_store(pl_store *store)
{
    sqlite_store *s = of(store);
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(s->statement[i]);
    }
    sqlite3_close(s->db);
    pl_free(s);
}

static pl_status number(sqlite_store *s, const char *sql, int64_t *x, pl_error *err)
{
    sqlite3_stmt *q = NULL;
    pl_status status = PL_OK;
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW) {
        status = fail(s, err);
    } else {
        *x = sqlite3_column_int64(q, 0);
    }
    sqlite3_finalize(q);
    return status;
}

/* Opens the file by that name with SQLite's flags; *code is its answer. */
static pl_status open_file(const char *path, const char *name, int flags, sqlite_store **out, int *code, pl_error *err)
{
    sqlite_store *s = PL_NEW0(sqlite_store, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "opening a record");
    }
    s->base.ops = &OPS;
    snprintf(s->path, sizeof s->path, "%s", path);
    *code = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (*code == SQLITE_OK) {
        sqlite3_busy_timeout(s->db, PL_STORE_WAIT_S * 1000);
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        *code = sqlite3_exec(s->db, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cell_size_check = ON; SELECT count(*) FROM sqlite_schema;", NULL,
                             NULL, NULL);
    }
    pl_status status = *code == SQLITE_OK ? PL_OK : fail(s, err);
    if (status != PL_OK) {
        sqlite_close_store(&s->base);
        return status;
    }
    *out = s;
    return PL_OK;
}

static pl_status migrate(sqlite_store *s, int64_t from, pl_error *err)
{
    for (int64_t v = from; PL_SQLITE_MIGRATIONS[v] != NULL; v++) {
        char note[64];
        snprintf(note, sizeof note, "PRAGMA user_version = %lld", (long long)v + 1);
        pl_status status = run(s, PL_SQLITE_MIGRATIONS[v], err);
        if (status == PL_OK) {
            status = run(s, note, err);
        }
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

static void remove_all(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[4200];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void sqlite_abandon(pl_store *store)
{
    char path[4096];
    memcpy(path, of(store)->path, sizeof path);
    sqlite_close_store(store);
    remove_all(path);
}

pl_status pl_sqlite_create(const char *path, pl_store **out, pl_error *err)
{
    if (path[0] == '\0' || strlen(path) >= sizeof((sqlite_store *)0)->path) {
        return pl_fail(err, PL_IO, path, NULL, "this cannot be the name of a file");
    }
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0) {
        return errno == EEXIST ? pl_fail(err, PL_IO, path, "choose another name; a record is never replaced", "there is something of that name already")
                               : pl_fail(err, PL_IO, path, NULL, "cannot create it: %s", strerror(errno));
    }
    close(fd);
    sqlite_store *s;
    int code;
    pl_status status = open_file(path, path, SQLITE_OPEN_READWRITE, &s, &code, err);
    if (status != PL_OK) {
        remove_all(path);
        return status;
    }
    char application[64];
    snprintf(application, sizeof application, "PRAGMA application_id = %d", APPLICATION);
    status = run(s, "PRAGMA journal_mode = WAL", err);
    if (status == PL_OK) {
        status = pl_store_begin(&s->base, true, err);
    }
    if (status == PL_OK) {
        status = run(s, application, err);
    }
    if (status == PL_OK) {
        status = migrate(s, 0, err);
    }
    s->base.private_there = true;
    if (status != PL_OK) {
        pl_store_abandon(&s->base);
        return status;
    }
    *out = &s->base;
    return PL_OK;
}

/* A file that we may only read, in a folder where SQLite cannot put its files beside it: as a file that nobody changes. */
static pl_status open_unchanging(const char *path, sqlite_store **out, pl_error *err)
{
    char name[3 * 4096 + 32] = "file:", wal[4200];
    struct stat st;
    size_t n = strlen(name);
    for (const char *p = path; *p != '\0'; p++) {
        n += (size_t)snprintf(name + n, sizeof name - n, strchr("?#% ", *p) != NULL ? "%%%02X" : "%c", (unsigned char)*p);
    }
    snprintf(name + n, sizeof name - n, "?immutable=1");
    snprintf(wal, sizeof wal, "%s-wal", path);
    if (stat(wal, &st) == 0 && st.st_size > 0) {
        return pl_fail(err, PL_IO, path, "copy it together with the file whose name ends in -wal into a folder of your own",
                       "cannot read it here: it is still being written to");
    }
    int code;
    return open_file(path, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, out, &code, err);
}

static pl_status open_any(const char *path, bool write, sqlite_store **out, pl_error *err)
{
    int code = 0;
    pl_error first;
    pl_status status = open_file(path, path, SQLITE_OPEN_READWRITE, out, &code, &first);
    code &= 0xFF;
    if (status != PL_OK && !write && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM)) {
        status = open_unchanging(path, out, &first);
    }
    if (status != PL_OK && err != NULL) {
        *err = first;
    }
    return status;
}

pl_status pl_sqlite_open(const char *path, bool write, pl_store **out, pl_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return errno == ENOENT ? pl_fail(err, PL_NOTFOUND, path, "'plenty init' makes a new one", "there is no such record")
                               : pl_fail(err, PL_IO, path, NULL, "cannot open it: %s", strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || strlen(path) >= sizeof((sqlite_store *)0)->path) {
        return pl_fail(err, PL_DATA, path, "name the file; 'plenty init' makes a new one", "this is no record of a commons, which is one file");
    }
    sqlite_store *s;
    int64_t application = 0, version = 0, latest = 0;
    pl_status status = open_any(path, write, &s, err);
    if (status != PL_OK) {
        return status;
    }
    while (PL_SQLITE_MIGRATIONS[latest] != NULL) {
        latest++;
    }
    status = number(s, "PRAGMA application_id", &application, err);
    if (status == PL_OK) {
        status = number(s, "PRAGMA user_version", &version, err);
    }
    if (status == PL_OK && (application != APPLICATION || version < 1)) {
        status = pl_fail(err, PL_DATA, path, st.st_size == 0 ? "its creation was interrupted: remove it and begin again" : "'plenty init' makes one",
                         "this is no record of a commons");
    } else if (status == PL_OK && version > latest) {
        status = pl_fail(err, PL_UNSUPPORTED, path, "use that version", "a newer version of Plenty made this record");
    } else if (status == PL_OK && version < latest && write) {
        status = pl_store_begin(&s->base, true, err);
        status = status == PL_OK ? migrate(s, version, err) : status;
        status = status == PL_OK ? pl_store_commit(&s->base, err) : status;
    }
    if (status != PL_OK) {
        pl_store_close(&s->base);
        return status;
    }
    s->base.private_there = write || version >= PL_STORE_PRIVATE_SINCE;
    *out = &s->base;
    return PL_OK;
}

/* ---- Transactions --------------------------------------------------------------------------------- */

static pl_status sqlite_begin(pl_store *store, bool write, pl_error *err)
{
    return simple(of(store), write ? BEGIN_WRITE : BEGIN_READ, err);
}

static pl_status sqlite_commit(pl_store *store, pl_error *err)
{
    pl_status status = simple(of(store), COMMIT, err);
    if (status == PL_OK && store->erased) {
        (void)sqlite3_wal_checkpoint_v2(of(store)->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL); /* older pages are in the log */
    }
    return status;
}

static void sqlite_rollback(pl_store *store)
{
    if (!sqlite3_get_autocommit(of(store)->db)) { /* some errors roll back by themselves */
        (void)simple(of(store), ROLLBACK, NULL);
    }
}

/* ---- Events --------------------------------------------------------------------------------------- */

static pl_slice column(sqlite3_stmt *q, int k)
{
    const void *at = sqlite3_column_blob(q, k);
    return (pl_slice){at, (size_t)sqlite3_column_bytes(q, k)};
}

/* Steps to the one row of an answer; PL_NOTFOUND when there is none. */
static pl_status one(sqlite_store *s, sqlite3_stmt *q, const char *what, pl_error *err)
{
    int code = q != NULL ? sqlite3_step(q) : SQLITE_ERROR;
    return code == SQLITE_ROW    ? PL_OK
           : code == SQLITE_DONE ? pl_fail(err, PL_NOTFOUND, s->path, NULL, "there is no such %s", what)
                                 : fail(s, err);
}

static pl_status sqlite_size(pl_store *store, uint64_t *n, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), SIZE);
    pl_status status = one(of(store), q, "table", err);
    if (status == PL_OK) {
        *n = (uint64_t)sqlite3_column_int64(q, 0);
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_add_event(pl_store *store, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), ADD_EVENT);
    if (q != NULL) {
        sqlite3_bind_int64(q, 1, (int64_t)position);
        bind(q, 2, bytes);
        bind(q, 3, nodes);
    }
    return done(of(store), q, err);
}

static pl_status sqlite_event(pl_store *store, uint64_t position, pl_str *bytes, pl_str *nodes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), EVENT);
    if (q != NULL) {
        sqlite3_bind_int64(q, 1, (int64_t)position);
    }
    pl_status status = one(of(store), q, "event", err);
    if (status == PL_OK) {
        pl_slice b = column(q, 0), n = column(q, 1);
        status = pl_store_give(bytes, b.at, b.n, err);
        status = status == PL_OK ? pl_store_give(nodes, n.at, n.n, err) : status;
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_node(pl_store *store, uint64_t position, int k, uint8_t *out, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), NODE);
    if (q != NULL) {
        sqlite3_bind_int64(q, 1, (int64_t)position);
        sqlite3_bind_int(q, 2, 32 * k + 1);
    }
    pl_status status = one(of(store), q, "event", err);
    if (status == PL_OK) {
        pl_slice node = column(q, 0);
        if (node.n == PL_STORE_HASH) {
            memcpy(out, node.at, PL_STORE_HASH);
        } else {
            status = pl_fail(err, PL_DATA, of(store)->path, "take a copy from a backup", "a node of the tree is missing at position %llu",
                             (unsigned long long)position);
        }
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_each_event(pl_store *store, uint64_t from, uint64_t to, pl_store_each_event_fn each, void *user, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), EVENTS);
    if (q == NULL) {
        return fail(of(store), err);
    }
    sqlite3_bind_int64(q, 1, (int64_t)from);
    sqlite3_bind_int64(q, 2, (int64_t)to);
    pl_status status = PL_OK;
    int code = SQLITE_ROW;
    while (status == PL_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        status = each(user, (uint64_t)sqlite3_column_int64(q, 0), column(q, 1), column(q, 2), err);
    }
    if (status == PL_OK && code != SQLITE_DONE) {
        status = fail(of(store), err);
    }
    sqlite3_reset(q);
    return status;
}

/* ---- Checkpoints, blobs --------------------------------------------------------------------------- */

static pl_status sqlite_put_checkpoint(pl_store *store, uint64_t size, pl_slice note, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), PUT_CHECKPOINT);
    if (q != NULL) {
        sqlite3_bind_int64(q, 1, (int64_t)size);
        bind(q, 2, note);
    }
    return done(of(store), q, err);
}

static pl_status sqlite_checkpoint(pl_store *store, uint64_t size, uint64_t *at, pl_str *note, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), CHECKPOINT);
    if (q != NULL) {
        sqlite3_bind_int64(q, 1, size < INT64_MAX ? (int64_t)size : INT64_MAX);
    }
    pl_status status = one(of(store), q, "checkpoint", err);
    if (status == PL_OK) {
        pl_slice text = column(q, 1);
        *at = (uint64_t)sqlite3_column_int64(q, 0);
        status = pl_store_give(note, text.at, text.n, err);
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_put_blob(pl_store *store, const uint8_t *hash, pl_slice bytes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), PUT_BLOB);
    if (q != NULL) {
        bind(q, 1, (pl_slice){hash, PL_STORE_HASH});
        bind(q, 2, bytes);
    }
    return done(of(store), q, err);
}

static pl_status sqlite_blob(pl_store *store, const uint8_t *hash, pl_str *bytes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), bytes != NULL ? BLOB : HAS_BLOB);
    if (q != NULL) {
        bind(q, 1, (pl_slice){hash, PL_STORE_HASH});
    }
    pl_status status = one(of(store), q, "blob", err);
    if (status == PL_OK) {
        pl_slice b = column(q, 0);
        status = pl_store_give(bytes, b.at, b.n, err);
    }
    sqlite3_reset(q);
    return status;
}

/* ---- Personal data -------------------------------------------------------------------------------- */

static pl_status sqlite_put_private(pl_store *store, const uint8_t *id, pl_slice bytes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), PUT_PRIVATE);
    if (q != NULL) {
        bind(q, 1, (pl_slice){id, PL_STORE_HASH});
        bind(q, 2, bytes);
    }
    return done(of(store), q, err);
}

static pl_status sqlite_private(pl_store *store, const uint8_t *id, pl_str *bytes, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), PRIVATE);
    if (q != NULL) {
        bind(q, 1, (pl_slice){id, PL_STORE_HASH});
    }
    pl_status status = one(of(store), q, "personal data", err);
    if (status == PL_OK) {
        pl_slice b = column(q, 0);
        status = pl_store_give(bytes, b.at, b.n, err);
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_erase_private(pl_store *store, const uint8_t *id, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), ERASE_PRIVATE);
    if (q != NULL) {
        bind(q, 1, (pl_slice){id, PL_STORE_HASH});
    }
    return done(of(store), q, err);
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

static pl_status sqlite_put_row(pl_store *store, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), PUT_ROW);
    if (q != NULL) {
        sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
        bind(q, 2, key);
        bind(q, 3, value);
    }
    return done(of(store), q, err);
}

static pl_status sqlite_row(pl_store *store, const char *table, pl_slice key, pl_str *value, pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), ROW);
    if (q != NULL) {
        sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
        bind(q, 2, key);
    }
    pl_status status = one(of(store), q, "row", err);
    if (status == PL_OK) {
        pl_slice v = column(q, 0);
        status = pl_store_give(value, v.at, v.n, err);
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_clear_rows(pl_store *store, pl_error *err)
{
    return simple(of(store), CLEAR_ROWS, err);
}

/* Hands over the rows that a question finds. */
static pl_status hand_rows(pl_store *store, sqlite3_stmt *q, pl_store_each_row_fn each, void *user, pl_error *err)
{
    pl_status status = q != NULL ? PL_OK : fail(of(store), err);
    int code = SQLITE_ROW;
    while (status == PL_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(q, 0);
        status = table == NULL ? fail(of(store), err) : each(user, table, column(q, 1), column(q, 2), err);
    }
    if (status == PL_OK && code != SQLITE_DONE) {
        status = fail(of(store), err);
    }
    sqlite3_reset(q);
    return status;
}

static pl_status sqlite_each_row(pl_store *store, pl_store_each_row_fn each, void *user, pl_error *err)
{
    return hand_rows(store, ready(of(store), ROWS), each, user, err);
}

static pl_status sqlite_each_row_of(pl_store *store, const char *table, pl_slice from, pl_slice below, pl_store_each_row_fn each, void *user,
                                    pl_error *err)
{
    sqlite3_stmt *q = ready(of(store), ROWS_OF);
    if (q != NULL) {
        sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
        bind(q, 2, from);
        bind(q, 3, below);
    }
    return hand_rows(store, q, each, user, err);
}

static const pl_store_ops OPS = {
    .kind = "SQLite",
    .close = sqlite_close_store,
    .abandon = sqlite_abandon,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .size = sqlite_size,
    .add_event = sqlite_add_event,
    .event = sqlite_event,
    .node = sqlite_node,
    .each_event = sqlite_each_event,
    .put_checkpoint = sqlite_put_checkpoint,
    .checkpoint = sqlite_checkpoint,
    .put_blob = sqlite_put_blob,
    .blob = sqlite_blob,
    .put_private = sqlite_put_private,
    .private_of = sqlite_private,
    .erase_private = sqlite_erase_private,
    .put_row = sqlite_put_row,
    .row = sqlite_row,
    .clear_rows = sqlite_clear_rows,
    .each_row = sqlite_each_row,
    .each_row_of = sqlite_each_row_of,
};
