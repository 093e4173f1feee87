/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One contract for all stores, kept by SQLite and by PostgreSQL.  For PostgreSQL the test starts a server of its own in a temporary folder, on a socket
 * there, and ends it; where PostgreSQL is not installed its tests are skipped. */
#include "store/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "test/record_help.h"
#include "test/test.h"

/* ---- A server for one test -------------------------------------------------------------------------- */

static char server[64];
static const char *server_limit = "unlimited"; /* of its files, in blocks of 512 bytes */
static bool shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static bool shell(const char *fmt, ...)
{
    char command[2000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    return system(command) == 0;
}

static void end_server(void)
{
    if (server[0] != '\0') {
        bool root = geteuid() == 0;
        (void)shell("%s\"$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)\"/pg_ctl -D %s/data -m immediate stop >/dev/null 2>&1", root ? "runuser -u postgres -- " : "", server);
        (void)shell("rm -rf %s", server);
    }
}

/* However the test ends: a process that waits for it, at a pipe that closes with it, ends the server. */
static void end_with_the_test(void)
{
    int ends[2];
    char byte;
    if (pipe(ends) != 0) {
        FAIL("no pipe");
    }
    if (fork() == 0) {
        close(ends[1]);
        setsid();
        (void)(freopen("/dev/null", "w", stdout) != NULL);
        while (read(ends[0], &byte, 1) > 0) {
        }
        end_server();
        _exit(0);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

/* Starts the server, whose folder is there. */
static bool start_server(void)
{
    return shell("bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1); cd /; ulimit -f %s; %s$bin/pg_ctl -D %s/data -w "
                 "-o '-k %s -c listen_addresses= -c fsync=off -c unix_socket_permissions=0777' -l %s/log start >>%s.log 2>&1",
                 server_limit, geteuid() == 0 ? "runuser -u postgres -- " : "", server, server, server, server);
}

/* Its address; the test is skipped where there is none. */
static const char *postgres(void)
{
    static char url[300];
    bool root = geteuid() == 0;
    const char *as = root ? "runuser -u postgres -- " : "";
    if (!shell("ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1")) {
        SKIP("PostgreSQL is not installed (apt-get install postgresql)");
    }
    snprintf(server, sizeof server, "/tmp/plenty-pg-XXXXXX");
    if (mkdtemp(server) == NULL || (root && !shell("chown postgres %s 2>/dev/null", server))) {
        SKIP("no folder for a PostgreSQL server");
    }
    end_with_the_test();
    if (!shell("bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1); cd /; %s$bin/initdb -D %s/data -A trust -U plenty >%s.log 2>&1", as, server, server) ||
        !start_server()) {
        FAIL("the PostgreSQL server cannot be started: see %s.log", server);
    }
    (void)shell("rm -f %s.log", server);
    snprintf(url, sizeof url, "postgres:///postgres?host=%s&user=plenty", server);
    return url;
}

/* ---- The contract ----------------------------------------------------------------------------------- */

static const char *another(const char *where)
{
    return where != NULL ? where : test_path("contract.commons");
}

static pl_slice slice(const char *text)
{
    return (pl_slice){text, strlen(text)};
}

static void is(pl_str *s, const char *want)
{
    CHECK_STR(s->text, want);
    pl_str_clear(s);
}

static pl_status collect_row(void *user, const char *table, pl_slice key, pl_slice value, pl_error *err)
{
    (void)err;
    pl_str_addf(user, "%s/", table);
    pl_str_add_n(user, key.n > 0 ? key.at : "", key.n);
    pl_str_add(user, "=");
    pl_str_add_n(user, value.n > 0 ? value.at : "", value.n);
    pl_str_add(user, " ");
    return PL_OK;
}

static pl_status collect_event(void *user, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    (void)err;
    (void)nodes;
    pl_str_addf(user, "%llu:", (unsigned long long)position);
    pl_str_add_n(user, bytes.at, bytes.n);
    pl_str_add(user, " ");
    return position == 1200 ? PL_STOPPED : PL_OK;
}

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s (%s)", err->subject, err->message, pl_status_id(status));
    }
}

static void events(pl_store *s)
{
    pl_error err = {0};
    pl_str b, n;
    uint64_t size = 9;
    uint8_t node[32];
    static char nodes[64];
    pl_str_init(&b, 1 << 20);
    pl_str_init(&n, 1 << 20);
    memset(nodes, 'a', 32);
    memset(nodes + 32, 'b', 32);
    good(pl_store_size(s, &size, &err), &err);
    CHECK_INT(size, 0);
    CHECK_INT(pl_store_event(s, 0, &b, NULL, &err), PL_NOTFOUND);
    good(pl_store_add_event(s, 0, slice("zero"), (pl_slice){nodes, 32}, &err), &err);
    good(pl_store_add_event(s, 1, (pl_slice){"o\0ne", 4}, (pl_slice){nodes, 64}, &err), &err);
    good(pl_store_size(s, &size, &err), &err);
    CHECK_INT(size, 2);
    good(pl_store_event(s, 1, &b, &n, &err), &err);
    CHECK(b.len == 4 && memcmp(b.text, "o\0ne", 4) == 0 && n.len == 64);
    pl_str_clear(&b);
    pl_str_clear(&n);
    good(pl_store_node(s, 1, 1, node, &err), &err);
    CHECK(memcmp(node, nodes + 32, 32) == 0);
    CHECK_INT(pl_store_node(s, 0, 1, node, &err), PL_DATA);
    CHECK_INT(pl_store_node(s, 5, 0, node, &err), PL_NOTFOUND);
    for (uint64_t p = 2; p < 1300; p++) {
        good(pl_store_add_event(s, p, slice("x"), (pl_slice){nodes, 32}, &err), &err);
    }
    good(pl_store_each_event(s, 0, 1, collect_event, &b, &err), &err);
    good(pl_store_each_event(s, 1298, 5000, collect_event, &b, &err), &err);
    is(&b, "0:zero 1298:x 1299:x ");
    CHECK_INT(pl_store_each_event(s, 2, 1300, collect_event, &b, &err), PL_STOPPED);
    pl_str_clear(&b);
}

static void notes_and_blobs(pl_store *s)
{
    pl_error err = {0};
    pl_str b;
    uint64_t at;
    uint8_t hash[32] = {1}, other[32] = {2};
    static char large[300000];
    pl_str_init(&b, 1 << 20);
    CHECK_INT(pl_store_checkpoint(s, UINT64_MAX, &at, &b, &err), PL_NOTFOUND);
    good(pl_store_put_checkpoint(s, 3, slice("three"), &err), &err);
    good(pl_store_put_checkpoint(s, 7, slice("seven"), &err), &err);
    good(pl_store_put_checkpoint(s, 7, slice("seven, cosigned"), &err), &err);
    good(pl_store_checkpoint(s, UINT64_MAX, &at, &b, &err), &err);
    CHECK_INT(at, 7);
    is(&b, "seven, cosigned");
    good(pl_store_checkpoint(s, 6, &at, &b, &err), &err);
    is(&b, "three");
    CHECK_INT(pl_store_checkpoint(s, 2, &at, &b, &err), PL_NOTFOUND);
    memset(large, 'L', sizeof large);
    good(pl_store_put_blob(s, hash, (pl_slice){large, sizeof large}, &err), &err);
    good(pl_store_put_blob(s, hash, (pl_slice){large, sizeof large}, &err), &err);
    good(pl_store_blob(s, hash, &b, &err), &err);
    CHECK(b.len == sizeof large && memcmp(b.text, large, sizeof large) == 0);
    pl_str_clear(&b);
    good(pl_store_blob(s, hash, NULL, &err), &err);
    CHECK_INT(pl_store_blob(s, other, NULL, &err), PL_NOTFOUND);
}

static void personal(pl_store *s)
{
    pl_error err = {0};
    pl_str b;
    const uint8_t one[32] = {1}, two[32] = {2};
    pl_str_init(&b, 1 << 20);
    CHECK_INT(pl_store_private(s, one, &b, &err), PL_NOTFOUND);
    CHECK_INT(pl_store_erase_private(s, one, &err), PL_NOTFOUND);
    good(pl_store_put_private(s, one, slice("Ada, Mill Lane"), &err), &err);
    good(pl_store_put_private(s, two, slice("Bo"), &err), &err);
    good(pl_store_put_private(s, one, slice("Ada, Well Street"), &err), &err);
    good(pl_store_private(s, one, &b, &err), &err);
    is(&b, "Ada, Well Street");
    good(pl_store_erase_private(s, one, &err), &err);
    CHECK_INT(pl_store_private(s, one, &b, &err), PL_NOTFOUND);
    good(pl_store_private(s, two, &b, &err), &err);
    is(&b, "Bo");
    good(pl_store_each_row(s, collect_row, &b, &err), &err);
    is(&b, ""); /* no part of the state */
}

static void rows(pl_store *s)
{
    pl_error err = {0};
    pl_str b;
    pl_str_init(&b, 1 << 20);
    good(pl_store_put_row(s, "keys", slice("b"), slice("1"), &err), &err);
    good(pl_store_put_row(s, "keys", slice("a"), slice("2"), &err), &err);
    good(pl_store_put_row(s, "keys", slice("ab"), slice(""), &err), &err);
    good(pl_store_put_row(s, "keys", slice("b"), slice("3"), &err), &err);
    good(pl_store_put_row(s, "Zeta", slice("\xFF"), slice("4"), &err), &err);
    good(pl_store_put_row(s, "commons", slice(""), slice("5"), &err), &err);
    good(pl_store_row(s, "keys", slice("b"), &b, &err), &err);
    is(&b, "3");
    CHECK_INT(pl_store_row(s, "keys", slice("c"), &b, &err), PL_NOTFOUND);
    good(pl_store_each_row(s, collect_row, &b, &err), &err);
    is(&b, "Zeta/\xFF=4 commons/=5 keys/a=2 keys/ab= keys/b=3 "); /* byte by byte */
    for (int i = 0; i < 1201; i++) {
        char key[16];
        snprintf(key, sizeof key, "%04d", i);
        good(pl_store_put_row(s, "many", slice(key), slice("."), &err), &err);
    }
    good(pl_store_each_row(s, collect_row, &b, &err), &err);
    CHECK(strstr(b.text, "many/0499=. many/0500=. many/0501=. ") != NULL && strstr(b.text, "many/0999=. many/1000=. ") != NULL);
    pl_str_clear(&b);
    good(pl_store_clear_rows(s, &err), &err);
    good(pl_store_each_row(s, collect_row, &b, &err), &err);
    is(&b, "");
}

static void contract(const char *where)
{
    pl_error err = {0};
    pl_store *s = NULL, *t = NULL;
    uint64_t size;
    CHECK_INT(pl_store_open(where, true, &s, &err), PL_NOTFOUND);
    good(pl_store_create(where, &s, &err), &err);
    pl_store_abandon(s); /* nothing is left */
    CHECK_INT(pl_store_open(where, true, &s, &err), PL_NOTFOUND);
    good(pl_store_create(where, &s, &err), &err);
    events(s);
    notes_and_blobs(s);
    personal(s);
    rows(s);
    good(pl_store_commit(s, &err), &err);
    CHECK_INT(pl_store_create(where, &t, &err), PL_IO);
    CHECK(strstr(err.message, "already") != NULL);
    /* What is rolled back is gone; what fails leaves nothing. */
    good(pl_store_begin(s, true, &err), &err);
    good(pl_store_add_event(s, 1300, slice("no"), slice("n"), &err), &err);
    pl_store_rollback(s);
    good(pl_store_begin(s, true, &err), &err);
    good(pl_store_size(s, &size, &err), &err);
    CHECK_INT(size, 1300);
    CHECK_INT(pl_store_add_event(s, 7, slice("again"), slice("n"), &err), PL_DATA);
    pl_store_rollback(s);
    /* A reader sees what was there when it began. */
    good(pl_store_open(where, false, &t, &err), &err);
    good(pl_store_begin(t, false, &err), &err);
    good(pl_store_size(t, &size, &err), &err);
    good(pl_store_begin(s, true, &err), &err);
    good(pl_store_add_event(s, 1300, slice("yes"), slice("n"), &err), &err);
    good(pl_store_commit(s, &err), &err);
    good(pl_store_size(t, &size, &err), &err);
    CHECK_INT(size, 1300);
    CHECK_INT(pl_store_add_event(t, 1301, slice("no"), slice("n"), &err), PL_BUG);
    pl_store_rollback(t);
    good(pl_store_begin(t, false, &err), &err);
    good(pl_store_size(t, &size, &err), &err);
    CHECK_INT(size, 1301);
    pl_store_close(t);
    pl_store_close(s);
}

TEST(contract_sqlite)
{
    contract(another(NULL));
}

TEST(contract_postgres)
{
    contract(another(postgres()));
}

/* ---- Personal data is gone for good ----------------------------------------------------------------- */

/* Whether a file at or below the path holds that text. */
static bool left_in(const char *path, const char *text)
{
    return shell("grep -rqaF '%s' %s*", text, path);
}

/* Keeps Ada's data and Bo's, and erases Ada's, in transactions of their own. */
static void keep_and_erase(const char *where, const char *files)
{
    static const char ADA[] = "Ada Example, 7 Mill Lane, with some words to be found again";
    pl_error err = {0};
    pl_store *s = NULL;
    uint8_t id[32] = {1};
    good(pl_store_create(where, &s, &err), &err);
    good(pl_store_put_private(s, id, slice(ADA), &err), &err);
    id[0] = 2;
    good(pl_store_put_private(s, id, slice("Bo, who stays"), &err), &err);
    good(pl_store_commit(s, &err), &err);
    CHECK(files == NULL || left_in(files, ADA));
    id[0] = 1;
    CHECK_INT(pl_store_erase_private(s, id, &err), PL_BUG); /* outside of a transaction */
    good(pl_store_begin(s, true, &err), &err);
    good(pl_store_erase_private(s, id, &err), &err);
    pl_store_rollback(s);
    good(pl_store_begin(s, true, &err), &err);
    good(pl_store_erase_private(s, id, &err), &err);
    good(pl_store_commit(s, &err), &err);
    CHECK(files == NULL || (!left_in(files, ADA) && left_in(files, "Bo, who stays")));
    pl_store_close(s);
    good(pl_store_open(where, false, &s, &err), &err);
    good(pl_store_begin(s, false, &err), &err);
    CHECK_INT(pl_store_private(s, id, NULL, &err), PL_NOTFOUND);
    pl_store_close(s);
}

TEST(erased_in_sqlite)
{
    const char *where = test_path("erased.commons");
    keep_and_erase(where, where);
}

TEST(erased_in_postgres)
{
    char files[100];
    const char *where = postgres();
    keep_and_erase(where, NULL);
    snprintf(files, sizeof files, "%s/data/base", server);
    CHECK(shell("bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1); $bin/psql -q -h %s -U plenty postgres -c CHECKPOINT", server));
    CHECK(!left_in(files, "Ada Example") && left_in(files, "Bo, who stays"));
}

/* A store of version 1 has no place for personal data until it is opened for writing. */
TEST(older_stores_are_migrated)
{
    const char *where = test_path("older.commons");
    pl_error err = {0};
    pl_store *s = NULL;
    sqlite3 *db = NULL;
    const uint8_t id[32] = {1};
    good(pl_store_create(where, &s, &err), &err);
    good(pl_store_add_event(s, 0, slice("zero"), slice("n"), &err), &err);
    good(pl_store_commit(s, &err), &err);
    pl_store_close(s);
    CHECK(sqlite3_open(where, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "DROP TABLE private; PRAGMA user_version = 1", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    for (int write = 0; write < 2; write++) {
        uint64_t size = 0;
        good(pl_store_open(where, write == 1, &s, &err), &err);
        good(pl_store_begin(s, write == 1, &err), &err);
        CHECK_INT(pl_store_private(s, id, NULL, &err), PL_NOTFOUND);
        good(pl_store_size(s, &size, &err), &err);
        CHECK_INT(size, 1);
        if (write == 1) {
            good(pl_store_put_private(s, id, slice("Ada"), &err), &err);
            good(pl_store_commit(s, &err), &err);
        }
        pl_store_close(s);
    }
}

/* ---- A record on both ------------------------------------------------------------------------------- */

static void life(const char *where)
{
    pl_key *one = test_key(1), *two = test_key(2);
    pl_record *r = test_record(where, true), *other = NULL;
    pl_error err = {0};
    pl_owned note;
    pl_proof proof;
    uint8_t root[PL_HASH], leaf[PL_HASH];
    for (int i = 0; i < 20; i++) {
        CHECK_INT(test_note(r, i % 2 == 0 ? one : two, "Bread for all."), PL_RULE_NONE);
    }
    good(pl_record_open(where, NULL, PL_RECORD_WRITE, &other, &err), &err);
    CHECK_INT(test_note(other, two, "From another process."), PL_RULE_NONE);
    CHECK_INT(test_note(r, one, "The first one notices."), PL_RULE_NONE);
    CHECK_INT(test_note(r, one, ""[0] == '\0' ? "And goes on." : ""), PL_RULE_NONE);
    good(pl_record_sign_checkpoint(r, one, &note, &err), &err);
    good(pl_record_prove(other, 7, 24, &proof, &err), &err);
    good(pl_record_root(other, 24, root, &err), &err);
    pl_owned event;
    good(pl_record_event(other, 7, &event, &err), &err);
    pl_leaf_hash(event.bytes, event.n, leaf);
    CHECK(pl_inclusion_holds(7, 24, leaf, &proof, root));
    pl_owned_free(&event);
    pl_audit a = test_audit(other, NULL);
    if (!a.sound) {
        FAIL("%s", a.wrong);
    }
    CHECK(a.replay.events == 24 && a.replay.voids == 0 && a.checkpoints == 1 && a.keys == 2);
    pl_replay replay;
    good(pl_record_replay(other, true, NULL, &replay, &err), &err);
    CHECK(test_audit(r, NULL).sound);
    pl_owned_free(&note);
    pl_record_close(r);
    pl_record_close(other);
    pl_key_free(one);
    pl_key_free(two);
}

TEST(life_in_sqlite)
{
    life(test_path("test.commons"));
}

TEST(life_in_postgres)
{
    life(postgres());
}

/* Many processes write at once: all that is acknowledged is there, once, and the tree is right. */
static void crowd(const char *where)
{
    enum { WRITERS = 4, EACH = 12 };
    pl_record_close(test_record(where, false));
    /* Each writer has a key of its own. */
    pl_key *one = test_key(1);
    pl_record *r = NULL;
    pl_error err = {0};
    good(pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err), &err);
    for (unsigned i = 0; i < WRITERS; i++) {
        pl_key *key = test_key(100 + i);
        pl_owned body;
        good(pl_body_key_added(key, pl_record_what(r)->commons_id, pl_key_id(one), &body, &err), &err);
        CHECK_INT(test_append(r, test_sign(r, one, (test_event){.kind = "key.added", .body = test_bytes(&body)}), NULL), PL_RULE_NONE);
        pl_owned_free(&body);
        pl_key_free(key);
    }
    pl_record_close(r);
    for (unsigned i = 0; i < WRITERS; i++) {
        if (fork() == 0) {
            pl_key *key = test_key(100 + i);
            bool well = pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err) == PL_OK;
            for (int k = 0; well && k < EACH; k++) {
                well = test_note(r, key, "In the crowd.") == PL_RULE_NONE;
            }
            _exit(well ? 0 : 1);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        CHECK(wait(&status) > 0 && status == 0);
    }
    good(pl_record_open(where, NULL, PL_RECORD_READ, &r, &err), &err);
    pl_audit a = test_audit(r, NULL);
    CHECK(a.sound && a.replay.voids == 0);
    CHECK_INT(a.replay.events, 1 + WRITERS + WRITERS * EACH);
    pl_record_close(r);
    pl_key_free(one);
}

TEST(crowd_in_sqlite)
{
    crowd(test_path("test.commons"));
}

TEST(crowd_in_postgres)
{
    crowd(postgres());
}

/* ---- A server that dies ----------------------------------------------------------------------------- */

/* Appends notes one by one, and batches of five, until the server is gone: a byte to `out` for each event that was acknowledged. */
static void write_until_it_dies(const char *where, int out)
{
    pl_record *r = NULL;
    pl_key *key = test_key(1);
    pl_error err = {0};
    pl_status status = pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err);
    for (int i = 0; status == PL_OK; i++) {
        pl_owned event[5], body = test_note_body("Still here.");
        pl_bytes bytes[5];
        pl_taken taken[5];
        size_t n = i % 2 == 0 ? 1 : 5;
        pl_draft draft;
        status = pl_record_draft(r, pl_key_id(key), TEST_NOW, &draft, &err);
        draft.kind = "note";
        draft.body = test_bytes(&body);
        for (size_t k = 0; status == PL_OK && k < n; k++, draft.counter++) {
            status = pl_event_sign(&draft, key, &event[k], &err);
            bytes[k] = test_bytes(&event[k]);
        }
        status = status == PL_OK ? pl_record_append(r, bytes, n, TEST_NOW, taken, &err) : status;
        for (size_t k = 0; status == PL_OK && k < n; k++) {
            status = taken[k].broken == PL_RULE_NONE && write(out, "+", 1) == 1 ? PL_OK : PL_BUG;
        }
    }
    _exit(status == PL_IO ? 0 : 1); /* the only way to end: the server is gone */
}

/* Kills the server, and what works for it, at once. */
static void kill_server(void)
{
    CHECK(shell("p=$(head -n 1 %s/data/postmaster.pid) && c=$(cat /proc/$p/task/$p/children) && kill -9 $p && { kill -9 $c 2>/dev/null || true; }", server));
}

static void start_again(void)
{
    for (int tries = 0; !start_server(); tries++) { /* what worked for the dead server takes a moment to end */
        CHECK(tries < 20);
        usleep(200000);
    }
    (void)shell("rm -f %s.log", server);
}

TEST(killed_postgres_keeps_what_it_acknowledged)
{
    const char *where = postgres();
    uint64_t acknowledged = 1;
    pl_rng rng;
    pl_rng_seed(&rng, 9);
    pl_record_close(test_record(where, false));
    for (int round = 0; round < 4; round++) {
        int ends[2], code;
        char byte;
        pl_record *r = NULL;
        pl_error err = {0};
        CHECK(pipe(ends) == 0);
        pid_t pid = fork();
        if (pid == 0) {
            write_until_it_dies(where, ends[1]);
        }
        close(ends[1]);
        CHECK(read(ends[0], &byte, 1) == 1); /* it writes */
        usleep((useconds_t)(1000 + pl_rng_below(&rng, 100000)));
        kill_server();
        for (acknowledged++; read(ends[0], &byte, 1) == 1;) {
            acknowledged++;
        }
        close(ends[0]);
        CHECK(waitpid(pid, &code, 0) == pid && WIFEXITED(code) && WEXITSTATUS(code) == 0);
        start_again();
        good(pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err), &err);
        pl_audit a = test_audit(r, NULL);
        if (!a.sound || a.replay.voids > 0 || a.replay.events < acknowledged || a.replay.events > acknowledged + 5) {
            FAIL("%s; %llu events, %llu acknowledged", a.wrong, (unsigned long long)a.replay.events, (unsigned long long)acknowledged);
        }
        acknowledged = a.replay.events;
        pl_record_close(r);
    }
}

/* Fifty notes of random letters, in one step. */
static pl_status append_much(pl_record *r, const pl_key *key, pl_rng *rng, pl_error *err)
{
    enum { MANY = 50 };
    pl_owned event[MANY] = {{NULL, 0}};
    pl_bytes bytes[MANY];
    pl_taken taken[MANY];
    pl_draft draft;
    char text[9001] = "";
    pl_status status = pl_record_draft(r, pl_key_id(key), TEST_NOW, &draft, err);
    for (size_t k = 0; status == PL_OK && k < MANY; k++, draft.counter++) {
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            text[i] = (char)(' ' + pl_rng_below(rng, 94));
        }
        pl_owned body = test_note_body(text);
        draft.kind = "note";
        draft.body = test_bytes(&body);
        status = pl_event_sign(&draft, key, &event[k], err);
        bytes[k] = test_bytes(&event[k]);
        pl_owned_free(&body);
    }
    status = status == PL_OK ? pl_record_append(r, bytes, MANY, TEST_NOW, taken, err) : status;
    for (size_t k = 0; k < MANY; k++) {
        CHECK(status != PL_OK || taken[k].broken == PL_RULE_NONE);
        pl_owned_free(&event[k]);
    }
    return status;
}

/* No file of the server may grow any further, as on a disk that is full. */
TEST(a_postgres_whose_disk_is_full)
{
    const char *where = postgres();
    pl_key *key = test_key(1);
    pl_error err = {0};
    pl_record *r = NULL;
    pl_rng rng;
    uint64_t acknowledged = 1;
    pl_status status;
    pl_rng_seed(&rng, 3);
    pl_record_close(test_record(where, false));
    kill_server();
    server_limit = "40000"; /* more than a segment of its log of writes, which has 16 MiB */
    start_again();
    good(pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err), &err);
    while ((status = append_much(r, key, &rng, &err)) == PL_OK) {
        acknowledged += 50;
        CHECK(acknowledged < 10000);
    }
    CHECK_INT(status, PL_IO);
    CHECK(acknowledged > 500 && err.message[0] != '\0');
    CHECK_INT(append_much(r, key, &rng, &err), PL_IO); /* still */
    pl_record_close(r);
    kill_server();
    server_limit = "unlimited";
    start_again();
    good(pl_record_open(where, NULL, PL_RECORD_WRITE, &r, &err), &err);
    pl_audit a = test_audit(r, NULL);
    CHECK(a.sound && a.replay.voids == 0);
    CHECK_INT(a.replay.events, acknowledged);
    CHECK_INT(test_note(r, key, "There is room again."), PL_RULE_NONE);
    pl_record_close(r);
    pl_key_free(key);
}

/* ---- What is no store ------------------------------------------------------------------------------- */

TEST(other_files_are_no_records)
{
    pl_error err = {0};
    pl_store *s;
    const char *path = test_path("other");
    CHECK_INT(pl_store_open(test_path("none"), true, &s, &err), PL_NOTFOUND);
    CHECK_INT(pl_store_open(test_tmp(), true, &s, &err), PL_DATA);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs("This is a letter, long enough to be taken for something else. It is no database at all, whatever you may think of it.", f) >= 0 &&
          fclose(f) == 0);
    CHECK_INT(pl_store_open(path, true, &s, &err), PL_DATA);
    CHECK(strstr(err.message, "no record") != NULL);
    f = fopen(path, "w");
    CHECK(f != NULL && fclose(f) == 0);
    CHECK_INT(pl_store_open(path, true, &s, &err), PL_DATA);
    CHECK(strstr(err.hint, "interrupted") != NULL);
    CHECK_INT(pl_store_create(test_path("no/folder"), &s, &err), PL_IO);
    CHECK_INT(pl_store_create("", &s, &err), PL_IO);
    CHECK_INT(pl_store_open("postgres://nobody@localhost:1/none", true, &s, &err), PL_IO);
    CHECK(strstr(err.message, "cannot connect") != NULL);
}
