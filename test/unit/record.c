/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Records that are killed, starved, lied to and forged; keys, policies and witnesses. */
#include <plenty/record.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "test/record_help.h"
#include "test/test.h"
#include "verify/verify.h"

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s (%s)", err->subject, err->message, pl_status_id(status));
    }
}

/* ---- Nothing that was acknowledged is lost ---------------------------------------------------------- */

/* Opens the record and wants it sound, with so many events at least; how many there are. */
static uint64_t sound(const char *path, uint64_t least)
{
    pl_record *r;
    pl_error err = {0};
    good(pl_record_open(path, NULL, PL_RECORD_WRITE, &r, &err), &err);
    pl_audit a = test_audit(r, NULL);
    if (!a.sound || a.replay.voids > 0 || a.replay.events < least) {
        FAIL("%s; %llu events, %llu acknowledged, %llu void", a.wrong, (unsigned long long)a.replay.events, (unsigned long long)least,
             (unsigned long long)a.replay.voids);
    }
    pl_record_close(r);
    return a.replay.events;
}

TEST(kill_at_any_moment)
{
    const char *path = test_path("test.commons");
    uint64_t acknowledged = 1;
    pl_rng rng;
    pl_rng_seed(&rng, 4);
    pl_record_close(test_record(path, false));
    for (int round = 0; round < 30; round++) {
        int ends[2];
        char byte;
        CHECK(pipe(ends) == 0);
        pid_t pid = fork();
        if (pid == 0) {
            pl_record *r;
            pl_key *key = test_key(1);
            bool well = pl_record_open(path, NULL, PL_RECORD_WRITE, &r, NULL) == PL_OK;
            while (well && test_note(r, key, "Still here.") == PL_RULE_NONE && write(ends[1], "+", 1) == 1) {
            }
            _exit(1);
        }
        close(ends[1]);
        if (round % 2 == 0) { /* it writes; otherwise it may be about to open the record */
            CHECK(read(ends[0], &byte, 1) == 1);
            acknowledged++;
        }
        usleep((useconds_t)(1000 + pl_rng_below(&rng, 40000)));
        kill(pid, SIGKILL);
        while (read(ends[0], &byte, 1) == 1) {
            acknowledged++;
        }
        close(ends[0]);
        CHECK(waitpid(pid, NULL, 0) == pid);
        acknowledged = sound(path, acknowledged);
    }
    CHECK(acknowledged > 15);
}

/* A file system that fails: writes, syncs and truncations are counted, and from number `fails_at` on they fail. */
static int counted, fails_at, fails_with;
static sqlite3_vfs faulty;
static struct {
    const sqlite3_io_methods *real; /* of databases, and of journals, which have others */
    sqlite3_io_methods faulty;
} methods[4];

static bool fault(void)
{
    return ++counted >= fails_at && fails_at > 0;
}

static const sqlite3_io_methods *real_of(const sqlite3_file *f)
{
    int i = 0;
    while (&methods[i].faulty != f->pMethods) {
        i++;
    }
    return methods[i].real;
}

static int faulty_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    return fault() ? fails_with : real_of(f)->xWrite(f, bytes, n, at);
}

static int faulty_sync(sqlite3_file *f, int flags)
{
    return fault() ? SQLITE_IOERR_FSYNC : real_of(f)->xSync(f, flags);
}

static int faulty_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fault() ? SQLITE_IOERR_TRUNCATE : real_of(f)->xTruncate(f, n);
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    sqlite3_vfs *real = sqlite3_vfs_find("unix");
    int code = real->xOpen(real, name, f, flags, out);
    if (code == SQLITE_OK && f->pMethods != NULL) {
        int i = 0;
        while (methods[i].real != NULL && methods[i].real != f->pMethods) {
            i++;
        }
        CHECK(i < 4);
        methods[i].real = f->pMethods;
        methods[i].faulty = *f->pMethods;
        methods[i].faulty.xWrite = faulty_write;
        methods[i].faulty.xSync = faulty_sync;
        methods[i].faulty.xTruncate = faulty_truncate;
        f->pMethods = &methods[i].faulty;
    }
    return code;
}

static void failing_disk(int code)
{
    const char *path = test_path("test.commons");
    pl_key *key = test_key(1);
    uint64_t acknowledged = 1;
    bool all = false;
    faulty = *sqlite3_vfs_find("unix");
    faulty.zName = "faulty";
    faulty.xOpen = faulty_open;
    CHECK(sqlite3_vfs_register(&faulty, 1) == SQLITE_OK);
    fails_at = 0;
    fails_with = code;
    pl_record_close(test_record(path, false));
    for (int k = 1; !all; k++) {
        pl_record *r = NULL;
        pl_error err = {0};
        counted = 0;
        fails_at = k;
        pl_status status = pl_record_open(path, NULL, PL_RECORD_WRITE, &r, &err);
        all = status == PL_OK;
        for (int i = 0; status == PL_OK && i < 5; i++) {
            pl_owned body = test_note_body("On a bad disk."), event;
            pl_draft draft;
            pl_taken taken;
            status = pl_record_draft(r, pl_key_id(key), TEST_NOW, &draft, &err);
            draft.kind = "note";
            draft.body = test_bytes(&body);
            if (status == PL_OK && (status = pl_event_sign(&draft, key, &event, &err)) == PL_OK) {
                pl_bytes bytes = test_bytes(&event);
                status = pl_record_append(r, &bytes, 1, TEST_NOW, &taken, &err);
                acknowledged += status == PL_OK && taken.broken == PL_RULE_NONE;
                pl_owned_free(&event);
            }
            all = all && status == PL_OK;
            pl_owned_free(&body);
        }
        CHECK(status == PL_OK || (status == PL_IO && err.message[0] != '\0'));
        pl_record_close(r);
        fails_at = 0;
        acknowledged = sound(path, acknowledged);
        CHECK(k < 1000);
    }
    pl_key_free(key);
}

TEST(failing_writes)
{
    failing_disk(SQLITE_IOERR_WRITE);
}

TEST(full_disk)
{
    failing_disk(SQLITE_FULL);
}

/* No file may grow beyond a limit: what happens without any shim. */
TEST(full_disk_by_the_limit_of_the_system)
{
    const char *path = test_path("test.commons");
    pl_key *key = test_key(1);
    pl_record *r = test_record(path, false);
    pl_error err = {0};
    pl_status status = PL_OK;
    uint64_t acknowledged = 1;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {200000, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    char text[5000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    while (status == PL_OK) {
        pl_owned body = test_note_body(text), event = test_sign(r, key, (test_event){.kind = "note", .body = test_bytes(&body)});
        pl_bytes bytes = test_bytes(&event);
        pl_taken taken;
        status = pl_record_append(r, &bytes, 1, TEST_NOW, &taken, &err);
        acknowledged += status == PL_OK;
        pl_owned_free(&body);
        pl_owned_free(&event);
        CHECK(acknowledged < 1000);
    }
    CHECK_INT(status, PL_IO);
    CHECK(acknowledged > 2);
    CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
    CHECK_INT(test_note(r, key, "There is room again."), PL_RULE_NONE);
    pl_record_close(r);
    CHECK_INT(sound(path, acknowledged + 1), acknowledged + 1);
    pl_key_free(key);
}

TEST(without_memory)
{
    const char *path = test_path("test.commons");
    pl_key *key = test_key(1);
    pl_record *r = test_record(path, false);
    pl_owned body = test_note_body("In little room.");
    pl_owned event = test_sign(r, key, (test_event){.kind = "note", .body = test_bytes(&body)});
    pl_bytes bytes = test_bytes(&event);
    pl_taken taken;
    pl_audit audit;
    uint64_t k = 1;
    for (;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_record_append(r, &bytes, 1, TEST_NOW, &taken, NULL);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    CHECK(k > 5 && taken.broken == PL_RULE_NONE && taken.position == 1);
    for (k = 1;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_record_audit(r, NULL, NULL, &audit, NULL);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    CHECK(audit.sound && k > 5);
    pl_owned_free(&body);
    pl_owned_free(&event);
    pl_record_close(r);
    pl_key_free(key);
}

/* ---- Many at once ------------------------------------------------------------------------------------ */

TEST(batches_leave_out_what_breaks_a_rule)
{
    enum { N = 200 };
    pl_key *key = test_key(1), *stranger = test_key(9);
    pl_record *r = test_record(NULL, false);
    pl_owned body = test_note_body("One of many."), event[N];
    pl_bytes bytes[N];
    pl_taken taken[N];
    pl_draft draft;
    pl_error err = {0};
    good(pl_record_draft(r, pl_key_id(key), TEST_NOW, &draft, &err), &err);
    draft.kind = "note";
    draft.body = test_bytes(&body);
    for (int i = 0; i < N; i++) {
        good(pl_event_sign(&draft, i % 10 == 3 ? stranger : key, &event[i], &err), &err);
        bytes[i] = test_bytes(&event[i]);
        draft.counter += i % 10 != 3;
    }
    event[77].bytes[event[77].n - 1] ^= 1; /* and so all that come after it: their counters are too high */
    good(pl_record_append(r, bytes, N, TEST_NOW, taken, &err), &err);
    uint64_t position = 1;
    for (int i = 0; i < N; i++) {
        pl_rule rule = i % 10 == 3 ? PL_RULE_KEY : i < 77 ? PL_RULE_NONE : i == 77 ? PL_RULE_SIGNATURE : PL_RULE_COUNTER;
        CHECK_INT(taken[i].broken, rule);
        CHECK(rule != PL_RULE_NONE || taken[i].position == position++);
        pl_owned_free(&event[i]);
    }
    pl_audit a = test_audit(r, NULL);
    CHECK(a.sound && a.replay.events == position && a.replay.voids == 0);
    pl_owned_free(&body);
    pl_record_close(r);
    pl_key_free(key);
    pl_key_free(stranger);
}

/* ---- Forgery ----------------------------------------------------------------------------------------- */

static void sql(const char *path, const char *text)
{
    sqlite3 *db;
    char *message = NULL;
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) {
        FAIL("%s: %s", text, message);
    }
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static void forged(const char *what, const char *change, const char *found)
{
    const char *path = test_path("test.commons");
    unlink(path);
    pl_key *one = test_key(1);
    pl_record *r = test_record(path, true);
    pl_owned note;
    pl_error err = {0};
    for (int i = 0; i < 6; i++) {
        CHECK_INT(test_note(r, one, "Bread for all."), PL_RULE_NONE);
        if (i == 3 || i == 5) {
            good(pl_record_sign_checkpoint(r, one, &note, &err), &err);
            pl_owned_free(&note);
        }
    }
    CHECK(test_audit(r, NULL).sound);
    pl_record_close(r);
    sql(path, "DROP TRIGGER events_stay; DROP TRIGGER events_remain; DROP TRIGGER checkpoints_remain");
    sql(path, change);
    good(pl_record_open(path, NULL, PL_RECORD_READ, &r, &err), &err);
    pl_audit a = test_audit(r, NULL);
    if (a.sound || strstr(a.wrong, found) == NULL) {
        FAIL("%s: %s", what, a.sound ? "nothing was noticed" : a.wrong);
    }
    pl_record_close(r);
    pl_key_free(one);
}

TEST(forgery_is_noticed)
{
    forged("a bit of an event", "UPDATE events SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE position = 3", "position 3: the hashes");
    forged("a hash", "UPDATE events SET nodes = zeroblob(length(nodes)) WHERE position = 2", "position 2: the hashes");
    forged("an event removed", "DELETE FROM events WHERE position = 4", "position 4: an event is missing");
    forged("the end cut off", "DELETE FROM events WHERE position >= 5", "checkpoint 7: there are only 5 events");
    forged("two events exchanged", "UPDATE events SET position = position + 100 WHERE position IN (2, 3);"
                                   "UPDATE events SET position = 105 - position WHERE position > 100", "position 2: the hashes");
    forged("a row of the state", "UPDATE state SET value = x'8109' WHERE name = 'holders'", "tables");
    forged("a row too many", "INSERT INTO state VALUES ('kings', x'01', x'01')", "tables");
    forged("a checkpoint of something else", "UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE size = 5) WHERE size = 7", "checkpoint 7");
    forged("a checkpoint without signature", "UPDATE checkpoints SET note = CAST(replace(CAST(note AS TEXT), 'A', 'B') AS BLOB) WHERE size = 5", "checkpoint 5");
}

/* The keeper of the record, who has the record key, rewrites the end and signs again: whoever has seen the old checkpoint notices. */
TEST(a_rewritten_record_gets_no_cosignature)
{
    pl_key *one = test_key(1), *w = test_key(50);
    pl_record *r[2];
    pl_owned note[2], request, line;
    pl_error err = {0};
    pl_request q;
    pl_proof proof;
    pl_checkpoint next;
    int http;
    for (int i = 0; i < 2; i++) {
        r[i] = test_record(test_path(i == 0 ? "a.commons" : "b.commons"), true);
        CHECK_INT(test_note(r[i], one, "We share."), PL_RULE_NONE);
        CHECK_INT(test_note(r[i], one, i == 0 ? "Yes." : "No."), PL_RULE_NONE);
        good(pl_record_sign_checkpoint(r[i], one, &note[i], &err), &err);
    }
    const pl_note_key *log = &pl_record_what(r[0])->record_key;
    /* The witness sees the first one. */
    proof.n = 0;
    good(pl_request_write(0, &proof, note[0].bytes, note[0].n, &request, &err), &err);
    good(pl_request_read(request.bytes, request.n, &q, &err), &err);
    good(pl_request_judge(&q, log, 0, NULL, &next, &http, &err), &err);
    CHECK_INT(http, 200);
    good(pl_checkpoint_cosign(q.note, q.note_n, "witness.example/w", w, TEST_NOW, &line, &err), &err);
    pl_owned_free(&line);
    pl_owned_free(&request);
    /* Then the other one of the same size, and one that is said to continue it. */
    good(pl_request_write(3, &proof, note[1].bytes, note[1].n, &request, &err), &err);
    good(pl_request_read(request.bytes, request.n, &q, &err), &err);
    CHECK_INT(pl_request_judge(&q, log, next.size, next.root, &next, &http, &err), PL_REFUTED);
    CHECK_INT(http, 409);
    CHECK(strstr(err.message, "forked") != NULL);
    pl_owned_free(&request);
    pl_owned_free(&note[1]);
    CHECK_INT(test_note(r[1], one, "And on."), PL_RULE_NONE);
    good(pl_record_sign_checkpoint(r[1], one, &note[1], &err), &err);
    good(pl_record_prove_growth(r[1], 3, 4, &proof, &err), &err);
    good(pl_request_write(3, &proof, note[1].bytes, note[1].n, &request, &err), &err);
    good(pl_request_read(request.bytes, request.n, &q, &err), &err);
    CHECK_INT(pl_request_judge(&q, log, next.size, next.root, &next, &http, &err), PL_REFUTED);
    CHECK_INT(http, 422);
    CHECK_INT(pl_request_judge(&q, log, 2, next.root, &next, &http, &err), PL_REFUTED);
    CHECK_INT(http, 409);
    pl_note_key other = *log;
    other.public_key[0] ^= 1;
    CHECK_INT(pl_request_judge(&q, &other, 3, next.root, &next, &http, &err), PL_REFUTED);
    CHECK_INT(http, 403);
    snprintf(other.name, sizeof other.name, "plenty/other");
    CHECK_INT(pl_request_judge(&q, &other, 3, next.root, &next, &http, &err), PL_NOTFOUND);
    CHECK_INT(http, 404);
    /* An event that follows the one record is worth nothing in the other. */
    pl_key *two = test_key(2);
    pl_owned body = test_note_body("Mine."), event = test_sign(r[0], two, (test_event){.kind = "note", .body = test_bytes(&body)});
    CHECK_INT(test_append(r[1], event, NULL), PL_RULE_FOLLOWS);
    pl_owned_free(&body);
    pl_owned_free(&request);
    pl_owned_free(&note[0]);
    pl_owned_free(&note[1]);
    pl_key_free(one);
    pl_key_free(two);
    pl_key_free(w);
    pl_record_close(r[0]);
    pl_record_close(r[1]);
}

/* ---- Policies ---------------------------------------------------------------------------------------- */

#define W1 "witness one witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM\n"

TEST(policies)
{
    static const struct {
        const char *text, *wrong; /* NULL: good */
    } policies[] = {
        {W1 "quorum one\n", NULL},
        {"# nothing\n\n \t\nquorum none\n", NULL},
        {W1 "group g any one\nquorum g\n", NULL},
        {W1 "group g 1 one\ngroup h all g\nquorum h\n", NULL},
        {W1, "there is no quorum"},
        {"quorum one\n" W1, "nothing has this name"},
        {W1 "quorum one\nquorum none\n", "two quorums"},
        {W1 W1 "quorum one\n", "twice"},
        {W1 "group g 2 one\nquorum g\n", "no group"},
        {W1 "group g 0 one\nquorum g\n", "no group"},
        {W1 "group g any one one\nquorum g\n", "in a group already"},
        {W1 "group one any one\nquorum one\n", "there already"},
        {"witness none witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM\nquorum none\n", "meaning of its own"},
        {"log witness.example/w1+04d2d833+BD1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM\nquorum none\n", "another type"},
        {"king one\nquorum none\n", "not understood"},
        {"quorum none", "no end"},
    };
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        pl_policy *p = NULL;
        pl_error err = {0};
        pl_status status = pl_policy_read(policies[i].text, strlen(policies[i].text), "policy", &p, &err);
        if ((status == PL_OK) != (policies[i].wrong == NULL) || (policies[i].wrong != NULL && strstr(err.message, policies[i].wrong) == NULL)) {
            FAIL("policy %zu: %s", i, err.message);
        }
        pl_policy_free(p);
    }
}

TEST(a_quorum_of_witnesses)
{
    enum { N = 5 };
    pl_key *one = test_key(1);
    pl_record *r = test_record(NULL, false);
    pl_owned note, more;
    pl_str text;
    pl_policy *policy;
    pl_verdict v;
    pl_error err = {0};
    int added;
    char key_text[PL_NOTE_KEY_TEXT];
    pl_str_init(&text, 10000);
    pl_note_key_write(&pl_record_what(r)->record_key, key_text);
    pl_str_addf(&text, "log %s\n", key_text);
    for (unsigned i = 0; i < N; i++) {
        pl_note_key w;
        pl_key *key = test_key(60 + i);
        char name[32];
        snprintf(name, sizeof name, "w%u.example", i);
        good(pl_note_key_make(name, PL_NOTE_COSIGNATURE, pl_key_public(key), &w, &err), &err);
        pl_note_key_write(&w, key_text);
        pl_str_addf(&text, "witness w%u %s\n", i, key_text);
        pl_key_free(key);
    }
    pl_str_add(&text, "group some 2 w0 w1 w2\ngroup others any w3 w4\ngroup both all some others\nquorum both\n");
    good(pl_policy_read(text.text, text.len, "policy", &policy, &err), &err);
    good(pl_record_sign_checkpoint(r, one, &note, &err), &err);
    static const struct {
        unsigned witness;
        bool quorum;
    } steps[] = {{0, false}, {3, false}, {4, false}, {2, true}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        pl_key *key = test_key(60 + steps[i].witness);
        pl_owned line;
        char name[32];
        snprintf(name, sizeof name, "w%u.example", steps[i].witness);
        good(pl_checkpoint_cosign(note.bytes, note.n, name, key, TEST_NOW, &line, &err), &err);
        good(pl_policy_merge(policy, note.bytes, note.n, line.bytes, line.n, &more, &added, &err), &err);
        CHECK_INT(added, 1);
        pl_owned_free(&note);
        note = more;
        good(pl_policy_merge(policy, note.bytes, note.n, line.bytes, line.n, &more, &added, &err), &err);
        CHECK_INT(added, 0); /* it has it already */
        pl_owned_free(&more);
        good(pl_policy_judge(policy, note.bytes, note.n, &v, &err), &err);
        CHECK(v.log && !v.wrong && v.of == N && v.witnesses == (int)i + 1 && v.quorum == steps[i].quorum);
        pl_owned_free(&line);
        pl_key_free(key);
    }
    CHECK(!test_audit(r, policy).sound); /* the store does not have them yet */
    good(pl_record_keep_checkpoint(r, note.bytes, note.n, &err), &err);
    CHECK(test_audit(r, policy).sound);
    CHECK_INT(pl_record_keep_checkpoint(r, note.bytes, note.n - 20, &err), PL_PARSE);
    /* A cosignature under another's name and key, or changed: the whole note is not to be trusted. */
    char *last = strstr(note.bytes, "w2.example ") + 40;
    *last = *last == 'A' ? 'B' : 'A';
    good(pl_policy_judge(policy, note.bytes, note.n, &v, &err), &err);
    CHECK(v.wrong || v.witnesses == 3);
    pl_owned_free(&note);
    pl_policy_free(policy);
    pl_str_clear(&text);
    pl_record_close(r);
    pl_key_free(one);
}

/* ---- Keys -------------------------------------------------------------------------------------------- */

TEST(key_files)
{
    const char *path = test_path("a.key");
    pl_key *key, *again = NULL;
    pl_error err = {0};
    char name[PL_KEY_NAME_MAX + 1];
    uint8_t public_key[32];
    CHECK_INT(pl_key_new("", &key, &err), PL_USAGE);
    CHECK_INT(pl_key_new("a\nb", &key, &err), PL_USAGE);
    good(pl_key_new("Ana Müller", &key, &err), &err);
    good(pl_key_save(key, path, "correct horse", 13, &err), &err);
    CHECK_INT(pl_key_save(key, path, "correct horse", 13, &err), PL_IO);
    good(pl_key_read_public(path, name, public_key, &err), &err);
    CHECK_STR(name, "Ana Müller");
    CHECK(memcmp(public_key, pl_key_public(key), 32) == 0);
    CHECK_INT(pl_key_load(path, "correct horsf", 13, &again, &err), PL_REFUTED);
    CHECK_STR(err.message, "the passphrase is wrong");
    good(pl_key_load(path, "correct horse", 13, &again, &err), &err);
    CHECK(memcmp(pl_key_id(again), pl_key_id(key), 32) == 0);
    /* The secret is nowhere in the file; any changed byte is noticed. */
    FILE *f = fopen(path, "r");
    static char text[5000], changed[5000];
    CHECK(f != NULL);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    for (size_t i = 0; i < n; i += 37) {
        memcpy(changed, text, n);
        changed[i] = changed[i] == '1' ? '2' : '1';
        const char *other = test_path("b.key");
        f = fopen(other, "w");
        CHECK(f != NULL && fwrite(changed, 1, n, f) == n && fclose(f) == 0);
        pl_key *wrong = NULL;
        pl_status status = pl_key_load(other, "correct horse", 13, &wrong, &err);
        CHECK(status == PL_PARSE || status == PL_REFUTED || (i > 10 && i < 30) || status == PL_OK);
        CHECK(status != PL_OK || memcmp(pl_key_id(wrong), pl_key_id(key), 32) == 0);
        pl_key_free(wrong);
    }
    pl_key_free(key);
    pl_key_free(again);
}
