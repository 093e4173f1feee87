/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * postgres.c - a store in PostgreSQL 15 or what speaks its protocol, through libpq.  One schema (the first of the search path) holds one
 * record.  Values go both ways in binary. */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/store_int.h"

#define AT_ONCE "500" /* rows fetched by one question */

enum {
    SIZE, ADD_EVENT, EVENT, NODE, EVENTS, PUT_CHECKPOINT, CHECKPOINT, PUT_BLOB, BLOB, HAS_BLOB, PUT_PRIVATE, PRIVATE, ERASE_PRIVATE, PUT_ROW, ROW, CLEAR_ROWS, ROWS,
    ROWS_OF, STATEMENTS
};
static const struct {
    const char *name, *sql;
} SQL[STATEMENTS] = {
    [SIZE] = {"size", "SELECT coalesce(max(position), -1) + 1 FROM events"},
    [ADD_EVENT] = {"add_event", "INSERT INTO events VALUES ($1::bigint, $2::bytea, $3::bytea)"},
    [EVENT] = {"event", "SELECT bytes, nodes FROM events WHERE position = $1::bigint"},
    [NODE] = {"node", "SELECT substr(nodes, $2::bigint::integer, 32) FROM events WHERE position = $1::bigint"},
    [EVENTS] = {"events", "SELECT position, bytes, nodes FROM events WHERE position >= $1::bigint AND position < $2::bigint "
                          "ORDER BY position LIMIT " AT_ONCE},
    [PUT_CHECKPOINT] = {"put_checkpoint", "INSERT INTO checkpoints VALUES ($1::bigint, $2::bytea) "
                                          "ON CONFLICT (size) DO UPDATE SET note = excluded.note"},
    [CHECKPOINT] = {"checkpoint", "SELECT size, note FROM checkpoints WHERE size <= $1::bigint ORDER BY size DESC LIMIT 1"},
    [PUT_BLOB] = {"put_blob", "INSERT INTO blobs VALUES ($1::bytea, $2::bytea) ON CONFLICT (hash) DO NOTHING"},
    [BLOB] = {"blob", "SELECT bytes FROM blobs WHERE hash = $1::bytea"},
    [HAS_BLOB] = {"has_blob", "SELECT ''::bytea FROM blobs WHERE hash = $1::bytea"},
    [PUT_PRIVATE] = {"put_private", "INSERT INTO private VALUES ($1::bytea, $2::bytea) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes"},
    [PRIVATE] = {"private", "SELECT bytes FROM private WHERE id = $1::bytea"},
    [ERASE_PRIVATE] = {"erase_private", "DELETE FROM private WHERE id = $1::bytea"},
    [PUT_ROW] = {"put_row", "INSERT INTO state VALUES ($1::text, $2::bytea, $3::bytea) "
                            "ON CONFLICT (name, key) DO UPDATE SET value = excluded.value"},
    [ROW] = {"row", "SELECT value FROM state WHERE name = $1::text AND key = $2::bytea"},
    [CLEAR_ROWS] = {"clear_rows", "DELETE FROM state"},
    [ROWS] = {"rows", "SELECT name, key, value FROM state WHERE (name, key) > ($1::text, $2::bytea) OR $3::bigint = 1 "
                      "ORDER BY name, key LIMIT " AT_ONCE},
    [ROWS_OF] = {"rows_of", "SELECT name, key, value FROM state WHERE name = $1::text AND key >= $2::bytea AND key < $3::bytea "
                            "AND ($4::bigint = 1 OR key > $2::bytea) ORDER BY key LIMIT " AT_ONCE},
};

typedef struct postgres_store {
    pl_store base;
    PGconn *db;
    bool prepared[STATEMENTS];
} postgres_store;

/* Values of a question. */
typedef struct values {
    int n;
    const char *at[4];
    int length[4], format[4];
    unsigned char number[4][8];
} values;

static const pl_store_ops OPS;

static postgres_store *of(pl_store *store)
{
    return (postgres_store *)store;
}

static void add_bytes(values *v, pl_slice bytes)
{
    v->at[v->n] = bytes.n > 0 ? bytes.at : "";
    v->length[v->n] = (int)bytes.n;
    v->format[v->n++] = 1;
}

static void add_number(values *v, uint64_t x)
{
    for (int i = 0; i < 8; i++) {
        v->number[v->n][i] = (unsigned char)(x >> (56 - 8 * i));
    }
    add_bytes(v, (pl_slice){v->number[v->n], 8});
}

static uint64_t get_number(const PGresult *r, int row, int column)
{
    const unsigned char *at = (const unsigned char *)PQgetvalue(r, row, column);
    uint64_t x = 0;
    for (int i = 0; i < PQgetlength(r, row, column); i++) {
        x = x << 8 | at[i];
    }
    return x;
}

static pl_slice get_bytes(const PGresult *r, int row, int column)
{
    return (pl_slice){PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)};
}

/* What the server said, on one line; addresses and passwords are not repeated. */
static pl_status fail(postgres_store *s, const PGresult *r, pl_error *err)
{
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *said = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (state != NULL && (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0)) {
        return pl_fail(err, PL_BUSY, "PostgreSQL", "wait a moment and try again; nothing was changed",
                       "another process has been writing to this record for %d seconds", PL_STORE_WAIT_S);
    }
    if (state != NULL && strcmp(state, "53100") == 0) {
        return pl_fail(err, PL_IO, "PostgreSQL", "make room on the server's disk; what was acknowledged is safe", "the disk is full");
    }
    if (state != NULL && strncmp(state, "23", 2) == 0) {
        return pl_fail(err, PL_DATA, "PostgreSQL", NULL, "the record refuses that: %s", said != NULL ? said : state);
    }
    if (said == NULL) {
        said = PQerrorMessage(s->db);
    }
    return pl_fail(err, PL_IO, "PostgreSQL", "what was acknowledged is safe", "the server failed: %.*s", (int)strcspn(said, "\n"), said);
}

/* Runs SQL without values. */
static pl_status run(postgres_store *s, const char *sql, pl_error *err)
{
    PGresult *r = PQexec(s->db, sql);
    ExecStatusType code = PQresultStatus(r);
    pl_status status = code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK || code == PGRES_EMPTY_QUERY ? PL_OK : fail(s, r, err);
    PQclear(r);
    return status;
}

/* Asks; the answer (PQclear) or NULL after an error. */
static PGresult *ask(postgres_store *s, int which, const values *v, pl_error *err)
{
    if (!s->prepared[which]) {
        PGresult *made = PQprepare(s->db, SQL[which].name, SQL[which].sql, 0, NULL);
        bool good = PQresultStatus(made) == PGRES_COMMAND_OK;
        if (!good) {
            fail(s, made, err);
        }
        PQclear(made);
        if (!good) {
            return NULL;
        }
        s->prepared[which] = true;
    }
    PGresult *r = PQexecPrepared(s->db, SQL[which].name, v->n, v->at, v->length, v->format, 1);
    ExecStatusType code = PQresultStatus(r);
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK) {
        fail(s, r, err);
        PQclear(r);
        return NULL;
    }
    return r;
}

/* The status that a failed `ask` left: that of err, when there is one. */
static pl_status status_of(const pl_error *err)
{
    return err->status != PL_OK ? err->status : PL_IO;
}

/* Asks for what answers nothing. */
static pl_status tell(pl_store *store, int which, const values *v, pl_error *err)
{
    pl_error own = {0};
    PGresult *r = ask(of(store), which, v, &own);
    if (r == NULL) {
        if (err != NULL) {
            *err = own;
        }
        return status_of(&own);
    }
    PQclear(r);
    return PL_OK;
}

/* Asks for one row; PL_NOTFOUND when there is none. */
static pl_status one(pl_store *store, int which, const values *v, const char *what, PGresult **out, pl_error *err)
{
    pl_error own = {0};
    *out = ask(of(store), which, v, &own);
    if (*out == NULL) {
        if (err != NULL) {
            *err = own;
        }
        return status_of(&own);
    }
    if (PQntuples(*out) == 0) {
        PQclear(*out);
        *out = NULL;
        return pl_fail(err, PL_NOTFOUND, "PostgreSQL", NULL, "there is no such %s", what);
    }
    return PL_OK;
}

/* ---- Opening -------------------------------------------------------------------------------------- */

static void postgres_close(pl_store *store)
{
    PQfinish(of(store)->db);
    pl_free(store);
}

static pl_status connect_to(const char *url, postgres_store **out, pl_error *err)
{
    postgres_store *s = PL_NEW0(postgres_store, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "opening a record");
    }
    s->base.ops = &OPS;
    s->db = PQconnectdb(url);
    if (PQstatus(s->db) != CONNECTION_OK) {
        const char *said = PQerrorMessage(s->db);
        pl_status status = pl_fail(err, PL_IO, "PostgreSQL", "postgres://USER@HOST/DATABASE; is the server running?", "cannot connect: %.*s",
                                   (int)strcspn(said, "\n"), said);
        postgres_close(&s->base);
        return status;
    }
    pl_status status = run(s, "SET synchronous_commit = on; SET client_min_messages = error; SET default_transaction_isolation = 'read committed'", err);
    if (status != PL_OK) {
        postgres_close(&s->base);
        return status;
    }
    *out = s;
    return PL_OK;
}

/* Version of the tables there, 0 = none. */
static pl_status version_of(postgres_store *s, int64_t *version, pl_error *err)
{
    PGresult *r = PQexec(s->db, "SELECT to_regclass('plenty') IS NOT NULL");
    bool there = PQresultStatus(r) == PGRES_TUPLES_OK && strcmp(PQgetvalue(r, 0, 0), "t") == 0;
    pl_status status = PQresultStatus(r) == PGRES_TUPLES_OK ? PL_OK : fail(s, r, err);
    PQclear(r);
    *version = 0;
    if (status != PL_OK || !there) {
        return status;
    }
    r = PQexec(s->db, "SELECT version FROM plenty");
    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1) {
        status = fail(s, r, err);
    } else {
        for (const char *p = PQgetvalue(r, 0, 0); *p >= '0' && *p <= '9'; p++) {
            *version = 10 * *version + (*p - '0');
        }
    }
    PQclear(r);
    return status;
}

static pl_status migrate(postgres_store *s, int64_t from, pl_error *err)
{
    for (int64_t v = from; PL_POSTGRES_MIGRATIONS[v] != NULL; v++) {
        char note[64];
        snprintf(note, sizeof note, "UPDATE plenty SET version = %lld", (long long)v + 1);
        pl_status status = run(s, PL_POSTGRES_MIGRATIONS[v], err);
        status = status == PL_OK ? run(s, note, err) : status;
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

pl_status pl_postgres_create(const char *url, pl_store **out, pl_error *err)
{
    postgres_store *s;
    int64_t version;
    pl_status status = connect_to(url, &s, err);
    if (status != PL_OK) {
        return status;
    }
    /* Not pl_store_begin, which locks a table that is not there yet: two creators meet at the first CREATE TABLE. */
    status = run(s, "BEGIN", err);
    s->base.open = s->base.writing = status == PL_OK;
    status = status == PL_OK ? version_of(s, &version, err) : status;
    if (status == PL_OK && version > 0) {
        status = pl_fail(err, PL_IO, "PostgreSQL", "choose another database or schema; a record is never replaced", "there is a record already");
    }
    status = status == PL_OK ? migrate(s, 0, err) : status;
    s->base.private_there = true;
    if (status != PL_OK) {
        pl_store_close(&s->base);
        return status;
    }
    *out = &s->base;
    return PL_OK;
}

pl_status pl_postgres_open(const char *url, bool write, pl_store **out, pl_error *err)
{
    postgres_store *s;
    int64_t version = 0, latest = 0;
    pl_status status = connect_to(url, &s, err);
    if (status != PL_OK) {
        return status;
    }
    while (PL_POSTGRES_MIGRATIONS[latest] != NULL) {
        latest++;
    }
    status = version_of(s, &version, err);
    if (status == PL_OK && version == 0) {
        status = pl_fail(err, PL_NOTFOUND, "PostgreSQL", "'plenty init' makes a new one", "there is no record in this schema");
    } else if (status == PL_OK && version > latest) {
        status = pl_fail(err, PL_UNSUPPORTED, "PostgreSQL", "use that version", "a newer version of Plenty made this record");
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

static pl_status postgres_begin(pl_store *store, bool write, pl_error *err)
{
    if (!write) {
        return run(of(store), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
    }
    char lock[200];
    snprintf(lock, sizeof lock, "BEGIN; SET LOCAL lock_timeout = '%ds'; LOCK TABLE events IN EXCLUSIVE MODE", PL_STORE_WAIT_S);
    pl_status status = run(of(store), lock, err);
    if (status != PL_OK) {
        (void)run(of(store), "ROLLBACK", NULL);
    }
    return status;
}

static pl_status postgres_commit(pl_store *store, pl_error *err)
{
    /* After an error within, COMMIT answers "ROLLBACK": that is a failure too. */
    PGresult *r = PQexec(of(store)->db, "COMMIT");
    bool good = PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") == 0;
    pl_status status = good ? PL_OK : fail(of(store), r, err);
    PQclear(r);
    if (good && store->erased) {
        /* What is gone still lies in the table's file: a new file takes its place. */
        (void)run(of(store), "SET lock_timeout = '10s'", NULL);
        (void)run(of(store), "VACUUM FULL private", NULL);
        (void)run(of(store), "RESET lock_timeout", NULL);
    }
    return status;
}

static void postgres_rollback(pl_store *store)
{
    (void)run(of(store), "ROLLBACK", NULL);
}

/* ---- Events --------------------------------------------------------------------------------------- */

static pl_status postgres_size(pl_store *store, uint64_t *n, pl_error *err)
{
    PGresult *r;
    pl_status status = one(store, SIZE, &(values){0}, "table", &r, err);
    if (status == PL_OK) {
        *n = get_number(r, 0, 0);
        PQclear(r);
    }
    return status;
}

static pl_status postgres_add_event(pl_store *store, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    values v = {0};
    add_number(&v, position);
    add_bytes(&v, bytes);
    add_bytes(&v, nodes);
    return tell(store, ADD_EVENT, &v, err);
}

static pl_status postgres_event(pl_store *store, uint64_t position, pl_str *bytes, pl_str *nodes, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_number(&v, position);
    pl_status status = one(store, EVENT, &v, "event", &r, err);
    if (status == PL_OK) {
        pl_slice b = get_bytes(r, 0, 0), n = get_bytes(r, 0, 1);
        status = pl_store_give(bytes, b.at, b.n, err);
        status = status == PL_OK ? pl_store_give(nodes, n.at, n.n, err) : status;
        PQclear(r);
    }
    return status;
}

static pl_status postgres_node(pl_store *store, uint64_t position, int k, uint8_t *out, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_number(&v, position);
    add_number(&v, 32 * (uint64_t)k + 1);
    pl_status status = one(store, NODE, &v, "event", &r, err);
    if (status == PL_OK) {
        pl_slice node = get_bytes(r, 0, 0);
        if (node.n == PL_STORE_HASH) {
            memcpy(out, node.at, PL_STORE_HASH);
        } else {
            status = pl_fail(err, PL_DATA, "PostgreSQL", "take a copy from a backup", "a node of the tree is missing at position %llu",
                             (unsigned long long)position);
        }
        PQclear(r);
    }
    return status;
}

static pl_status postgres_each_event(pl_store *store, uint64_t from, uint64_t to, pl_store_each_event_fn each, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    bool more = from < to;
    while (status == PL_OK && more) {
        PGresult *r;
        values v = {0};
        add_number(&v, from);
        add_number(&v, to < INT64_MAX ? to : INT64_MAX);
        status = one(store, EVENTS, &v, "event", &r, err);
        if (status == PL_NOTFOUND) {
            return PL_OK;
        }
        for (int i = 0; status == PL_OK && i < PQntuples(r); i++) {
            uint64_t position = get_number(r, i, 0);
            status = each(user, position, get_bytes(r, i, 1), get_bytes(r, i, 2), err);
            from = position + 1;
        }
        more = from < to;
        PQclear(r);
    }
    return status;
}

/* ---- Checkpoints, blobs --------------------------------------------------------------------------- */

static pl_status postgres_put_checkpoint(pl_store *store, uint64_t size, pl_slice note, pl_error *err)
{
    values v = {0};
    add_number(&v, size);
    add_bytes(&v, note);
    return tell(store, PUT_CHECKPOINT, &v, err);
}

static pl_status postgres_checkpoint(pl_store *store, uint64_t size, uint64_t *at, pl_str *note, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_number(&v, size < INT64_MAX ? size : INT64_MAX);
    pl_status status = one(store, CHECKPOINT, &v, "checkpoint", &r, err);
    if (status == PL_OK) {
        pl_slice text = get_bytes(r, 0, 1);
        *at = get_number(r, 0, 0);
        status = pl_store_give(note, text.at, text.n, err);
        PQclear(r);
    }
    return status;
}

static pl_status postgres_put_blob(pl_store *store, const uint8_t *hash, pl_slice bytes, pl_error *err)
{
    values v = {0};
    add_bytes(&v, (pl_slice){hash, PL_STORE_HASH});
    add_bytes(&v, bytes);
    return tell(store, PUT_BLOB, &v, err);
}

static pl_status postgres_blob(pl_store *store, const uint8_t *hash, pl_str *bytes, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_bytes(&v, (pl_slice){hash, PL_STORE_HASH});
    pl_status status = one(store, bytes != NULL ? BLOB : HAS_BLOB, &v, "blob", &r, err);
    if (status == PL_OK) {
        pl_slice b = get_bytes(r, 0, 0);
        status = pl_store_give(bytes, b.at, b.n, err);
        PQclear(r);
    }
    return status;
}

/* ---- Personal data -------------------------------------------------------------------------------- */

static pl_status postgres_put_private(pl_store *store, const uint8_t *id, pl_slice bytes, pl_error *err)
{
    values v = {0};
    add_bytes(&v, (pl_slice){id, PL_STORE_HASH});
    add_bytes(&v, bytes);
    return tell(store, PUT_PRIVATE, &v, err);
}

static pl_status postgres_private(pl_store *store, const uint8_t *id, pl_str *bytes, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_bytes(&v, (pl_slice){id, PL_STORE_HASH});
    pl_status status = one(store, PRIVATE, &v, "personal data", &r, err);
    if (status == PL_OK) {
        pl_slice b = get_bytes(r, 0, 0);
        status = pl_store_give(bytes, b.at, b.n, err);
        PQclear(r);
    }
    return status;
}

static pl_status postgres_erase_private(pl_store *store, const uint8_t *id, pl_error *err)
{
    values v = {0};
    add_bytes(&v, (pl_slice){id, PL_STORE_HASH});
    return tell(store, ERASE_PRIVATE, &v, err);
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

static pl_status postgres_put_row(pl_store *store, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    values v = {0};
    add_bytes(&v, (pl_slice){table, strlen(table)});
    add_bytes(&v, key);
    add_bytes(&v, value);
    return tell(store, PUT_ROW, &v, err);
}

static pl_status postgres_row(pl_store *store, const char *table, pl_slice key, pl_str *value, pl_error *err)
{
    PGresult *r;
    values v = {0};
    add_bytes(&v, (pl_slice){table, strlen(table)});
    add_bytes(&v, key);
    pl_status status = one(store, ROW, &v, "row", &r, err);
    if (status == PL_OK) {
        pl_slice b = get_bytes(r, 0, 0);
        status = pl_store_give(value, b.at, b.n, err);
        PQclear(r);
    }
    return status;
}

static pl_status postgres_clear_rows(pl_store *store, pl_error *err)
{
    return tell(store, CLEAR_ROWS, &(values){0}, err);
}

/* Asks ROWS (above a table and key) or ROWS_OF (a table, from a key, below a key) again and again, each time from the last row on. */
static pl_status hand_rows(pl_store *store, int which, const pl_slice first[3], pl_store_each_row_fn each, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    pl_slice range[3] = {first[0], first[1], first[2]};
    PGresult *before = NULL; /* its last row is where the next question goes on */
    for (;;) {
        PGresult *r;
        values v = {0};
        if (before != NULL) {
            range[0] = get_bytes(before, PQntuples(before) - 1, 0);
            range[1] = get_bytes(before, PQntuples(before) - 1, 1);
        }
        for (int i = 0; i < (which == ROWS_OF ? 3 : 2); i++) {
            add_bytes(&v, range[i]);
        }
        add_number(&v, before == NULL);
        status = one(store, which, &v, "row", &r, err);
        PQclear(before);
        if (status != PL_OK) {
            return status == PL_NOTFOUND ? PL_OK : status;
        }
        for (int i = 0; status == PL_OK && i < PQntuples(r); i++) {
            status = each(user, PQgetvalue(r, i, 0), get_bytes(r, i, 1), get_bytes(r, i, 2), err);
        }
        if (status != PL_OK) {
            PQclear(r);
            return status;
        }
        before = r;
    }
}

static pl_status postgres_each_row(pl_store *store, pl_store_each_row_fn each, void *user, pl_error *err)
{
    const pl_slice all[3] = {{"", 0}, {"", 0}, {"", 0}};
    return hand_rows(store, ROWS, all, each, user, err);
}

static pl_status postgres_each_row_of(pl_store *store, const char *table, pl_slice from, pl_slice below, pl_store_each_row_fn each,
                                      void *user, pl_error *err)
{
    const pl_slice range[3] = {{table, strlen(table)}, from, below};
    return hand_rows(store, ROWS_OF, range, each, user, err);
}

static const pl_store_ops OPS = {
    .kind = "PostgreSQL",
    .close = postgres_close,
    .abandon = postgres_close,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .size = postgres_size,
    .add_event = postgres_add_event,
    .event = postgres_event,
    .node = postgres_node,
    .each_event = postgres_each_event,
    .put_checkpoint = postgres_put_checkpoint,
    .checkpoint = postgres_checkpoint,
    .put_blob = postgres_put_blob,
    .blob = postgres_blob,
    .put_private = postgres_put_private,
    .private_of = postgres_private,
    .erase_private = postgres_erase_private,
    .put_row = postgres_put_row,
    .row = postgres_row,
    .clear_rows = postgres_clear_rows,
    .each_row = postgres_each_row,
    .each_row_of = postgres_each_row_of,
};
