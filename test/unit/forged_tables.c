/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whoever has the file of a record can write into its tables, past Plenty.  What that lets in is void for everybody who replays the record, and the
 * audit says so: nobody gets a privilege from the tables. */
#include <sqlite3.h>

#include "council/grants.h"
#include "test/commons_help.h"
#include "test/test.h"

#define ROW_MAX 4096

static test_commons begin(void)
{
    test_commons c = test_commons_begin(8);
    test_constitution(&c, "");
    return c;
}

/* A row of the tables as it lies in the file; its size. */
static size_t read_row(const char *table, const uint8_t key[PL_HASH], uint8_t out[ROW_MAX])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK(sqlite3_open(test_path("the.commons"), &db) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT value FROM state WHERE name = ?1 AND key = ?2", -1, &q, NULL) == SQLITE_OK);
    sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, key, PL_HASH, SQLITE_STATIC);
    CHECK(sqlite3_step(q) == SQLITE_ROW);
    size_t n = (size_t)sqlite3_column_bytes(q, 0);
    CHECK(n <= ROW_MAX);
    memcpy(out, sqlite3_column_blob(q, 0), n);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return n;
}

static void write_row(const char *table, const uint8_t key[PL_HASH], const uint8_t *row, size_t n)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK(sqlite3_open(test_path("the.commons"), &db) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO state VALUES (?1, ?2, ?3)", -1, &q, NULL) == SQLITE_OK);
    sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_blob(q, 2, key, PL_HASH, SQLITE_STATIC);
    sqlite3_bind_blob(q, 3, row, (int)n, SQLITE_STATIC);
    CHECK(sqlite3_step(q) == SQLITE_DONE);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

/* Opens the record again, so that its tables are read from the file. */
static void reopen(test_commons *c)
{
    pl_error err = {0};
    pl_record_close(c->record);
    CHECK_INT(pl_record_open(test_path("the.commons"), pl_council_rules(), PL_RECORD_WRITE, &c->record, &err), PL_OK);
}

/* The audit fails; a replay makes the tables right, the last event is void by that rule, and then the audit holds. */
static void found_out(test_commons *c, pl_rule rule)
{
    pl_replay replay;
    pl_error err = {0};
    pl_audit audit = test_audit(c->record, NULL);
    CHECK(!audit.sound && strstr(audit.wrong, "tables") != NULL);
    CHECK_INT(audit.replay.voids, 1);
    CHECK_INT(audit.replay.void_rule, rule);
    CHECK_INT(pl_record_replay(c->record, true, NULL, &replay, &err), PL_OK);
    reopen(c);
}

TEST(a_grant_that_is_over_cannot_be_revived)
{
    test_commons c = begin();
    const test_field act[] = {F_TEXT("name", "Palace"), F_TEXT("type", "workplace"), {0}};
    uint8_t grant[PL_HASH], id[PL_HASH], row[ROW_MAX];
    pl_assembly a;
    test_grant(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, act);
    memcpy(grant, c.id, PL_HASH);
    const test_field with[] = {act[0], act[1], F_ID("grant", grant), {0}};
    size_t n = read_row("grants", grant, row); /* approved */
    test_later(&c, 24 * PL_HOUR);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, with), PL_RULE_GRANT);
    CHECK_INT(test_act(&c, 0, &PL_KIND_LOT_ANNOUNCED, (test_field[]){F_TEXT("purpose", "any"), F_ID("pool", pl_record_what(c.record)->commons_id), F_INT("wanted", 1), {0}}),
              PL_RULE_NONE); /* the clock goes on: the grant lapses in the file too */
    write_row("grants", grant, row, n);
    reopen(&c);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, with), PL_RULE_NONE); /* the forged table lets it in */
    memcpy(id, c.id, PL_HASH);
    found_out(&c, PL_RULE_GRANT);
    CHECK(!test_row(&c, &PL_ASSEMBLIES, pl_key_id1(id), &a));
    test_commons_end(&c);
}

/* Puts those bytes in the place of others in a row. */
static void change(uint8_t *row, size_t n, const uint8_t old[PL_HASH], const uint8_t new[PL_HASH])
{
    for (size_t i = 0; i + PL_HASH <= n; i++) {
        if (memcmp(row + i, old, PL_HASH) == 0) {
            memcpy(row + i, new, PL_HASH);
            return;
        }
    }
    FAIL("the row does not have these bytes");
}

TEST(a_member_written_into_the_tables_is_none)
{
    test_commons c = begin();
    size_t mallory = test_person(&c);
    uint8_t row[ROW_MAX];
    size_t n = read_row("members", test_member(&c, 3), row);
    write_row("members", test_member(&c, mallory), row, n);
    n = read_row("keys", test_member(&c, 3), row);
    change(row, n, test_member(&c, 3), test_member(&c, mallory));
    change(row, n, pl_key_public(c.key[3]), pl_key_public(c.key[mallory]));
    write_row("keys", test_member(&c, mallory), row, n);
    reopen(&c);
    CHECK_INT(test_act(&c, mallory, &PL_KIND_LOT_ANNOUNCED,
                       (test_field[]){F_TEXT("purpose", "spoils"), F_ID("pool", pl_record_what(c.record)->commons_id), F_INT("wanted", 1), {0}}),
              PL_RULE_NONE);
    found_out(&c, PL_RULE_KEY);
    test_commons_end(&c);
}

TEST(a_constitution_taken_out_of_the_tables_stays_in_force)
{
    test_commons c = begin();
    sqlite3 *db = NULL;
    CHECK(sqlite3_open(test_path("the.commons"), &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "DELETE FROM state WHERE name = 'constitution.versions'", NULL, NULL, NULL) == SQLITE_OK); /* founders were free before it */
    sqlite3_close(db);
    reopen(&c);
    CHECK_INT(test_act(&c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", "Palace"), F_TEXT("type", "workplace"), {0}}), PL_RULE_NONE);
    found_out(&c, PL_RULE_GRANT);
    test_commons_end(&c);
}
