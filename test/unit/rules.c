/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every rule of docs/rules.md: an event that breaks it is refused with its identifier, and the record is as it was; the same event, written into
 * the store past Plenty, is void with the same identifier, for Plenty and for the independent checker. */
#include <dirent.h>
#include <stdlib.h>

#include "record/bytes.h"
#include "record/cbor.h"
#include "record/record_int.h"
#include "test/record_help.h"
#include "test/test.h"
#include "verify/verify.h"

typedef struct world {
    pl_record *record;
    pl_key *one, *two, *three;
    pl_owned note;
} world;

static world begin(void)
{
    world w = {.record = test_record(NULL, true), .one = test_key(1), .two = test_key(2), .three = test_key(3), .note = test_note_body("Bread.")};
    CHECK_INT(test_note(w.record, w.one, "The beginning."), PL_RULE_NONE);
    return w;
}

static void end(world *w)
{
    pl_record_close(w->record);
    pl_key_free(w->one);
    pl_key_free(w->two);
    pl_key_free(w->three);
    pl_owned_free(&w->note);
}

/* Writes an event into the store as a dishonest keeper of it would: with right hashes. */
static void smuggle(pl_record *record, pl_bytes event)
{
    uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
    uint64_t size;
    pl_tree tree = {.edge.size = 0};
    CHECK_INT(pl_store_begin(record->store, true, NULL), PL_OK);
    CHECK_INT(pl_store_size(record->store, &size, NULL), PL_OK);
    for (uint64_t p = 0; p <= size; p++) {
        if (p < size) {
            CHECK_INT(pl_store_node(record->store, p, 0, leaf, NULL), PL_OK);
        } else {
            pl_leaf_hash(event.at, event.n, leaf);
        }
        CHECK_INT(pl_tree_add(&tree, leaf, nodes, NULL), PL_OK);
    }
    CHECK_INT(pl_store_add_event(record->store, size, (pl_slice){event.at, event.n}, (pl_slice){nodes, (size_t)pl_tree_complete(size) * PL_HASH}, NULL), PL_OK);
    CHECK_INT(pl_store_commit(record->store, NULL), PL_OK);
    pl_tree_clear(&tree);
}

/* What the independent checker says: exit code, with its report in `out`. */
static int independent(pl_record *record, const pl_key *record_key, char *out, size_t size)
{
    static int n;
    char folder[64], *text = NULL;
    snprintf(folder, sizeof folder, "files-%d", n++);
    int code = test_independent(record, record_key, folder, &text);
    snprintf(out, size, "%s", text);
    free(text);
    return code;
}

/* The event is refused by that rule and nothing changes; smuggled in, it is void by the same rule (unless the rule is one at the door). */
static void refused(world *w, pl_owned event, pl_rule rule, bool at_door)
{
    uint64_t before, after;
    pl_owned copy = event;
    char why[200], said[2000], wanted[64];
    copy.bytes = malloc(event.n + 1);
    CHECK(copy.bytes != NULL);
    memcpy(copy.bytes, event.bytes, event.n);
    CHECK_INT(pl_record_size(w->record, &before, NULL), PL_OK);
    pl_audit was = test_audit(w->record, NULL);
    pl_rule got = test_append(w->record, event, why);
    if (got != rule) {
        FAIL("broken is %s (%s), not %s", pl_rule_id(got), why, pl_rule_id(rule));
    }
    CHECK(why[0] != '\0' && pl_rule_text(rule)[0] != '\0');
    CHECK_INT(pl_record_size(w->record, &after, NULL), PL_OK);
    CHECK_INT(before, after);
    pl_audit is = test_audit(w->record, NULL);
    CHECK(is.sound && memcmp(was.replay.state, is.replay.state, PL_HASH) == 0);
    smuggle(w->record, (pl_bytes){(const uint8_t *)copy.bytes, copy.n});
    is = test_audit(w->record, NULL);
    CHECK_INT(is.replay.voids, at_door ? was.replay.voids : was.replay.voids + 1);
    if (!at_door) {
        CHECK(is.sound && memcmp(was.replay.state, is.replay.state, PL_HASH) == 0);
        CHECK(was.replay.voids > 0 || is.replay.void_rule == rule);
    }
    CHECK_INT(independent(w->record, w->one, said, sizeof said), 0);
    if (was.replay.voids == 0) {
        snprintf(wanted, sizeof wanted, "position %llu (%s)", (unsigned long long)before, pl_rule_id(rule));
    } else {
        snprintf(wanted, sizeof wanted, "void: %llu,", (unsigned long long)was.replay.voids + 1);
    }
    if (!at_door && strstr(said, wanted) == NULL) {
        FAIL("the independent checker says otherwise: %s", said);
    }
    free(copy.bytes);
}

static pl_owned note_of(world *w, const pl_key *key, test_event event)
{
    event.kind = event.kind != NULL ? event.kind : "note";
    event.body = event.body.at != NULL ? event.body : test_bytes(&w->note);
    return test_sign(w->record, key, event);
}

static pl_owned from_hex(const char *hex)
{
    pl_str s;
    pl_owned out;
    pl_str_init(&s, 100000);
    for (size_t i = 0; hex[i] != '\0'; i += 2) {
        uint8_t byte;
        char two[3] = {hex[i], hex[i + 1], '\0'};
        CHECK(pl_hex_read(two, 1, &byte));
        pl_str_add_n(&s, (const char *)&byte, 1);
    }
    CHECK_INT(pl_owned_from(&s, "", &out, NULL), PL_OK);
    return out;
}

TEST(r_001_bytes)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, from_hex("00"), PL_RULE_BYTES, false);
}

TEST(r_001_changed_in_many_ways)
{
    world w __attribute__((cleanup(end))) = begin();
    /* Indefinite length, another tag, an unprotected header that is not empty, something behind, a longer length than needed. */
    static const struct {
        size_t at;
        const char *remove, *put;
    } changes[] = {{0, "d284", "d29f"}, {0, "d2", "d1"}, {0, "d284", "84"}, {54, "a0", "a10102"}, {1 << 20, "", "00"}, {2, "5834", "590034"}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        pl_owned e = note_of(&w, w.two, (test_event){.alone = true});
        char hex[2000], changed[2100];
        pl_taken taken;
        pl_hex_write(e.bytes, e.n, hex);
        size_t at = 2 * changes[i].at < strlen(hex) ? 2 * changes[i].at : strlen(hex);
        if (i == 3) {
            at = (size_t)(strstr(hex, "a058") - hex);
        }
        snprintf(changed, sizeof changed, "%.*s%s%s", (int)at, hex, changes[i].put, hex + at + strlen(changes[i].remove));
        pl_owned_free(&e);
        e = from_hex(changed);
        pl_bytes bytes = test_bytes(&e);
        CHECK_INT(pl_record_append(w.record, &bytes, 1, TEST_NOW, &taken, NULL), PL_OK);
        CHECK_INT(taken.broken, PL_RULE_BYTES);
        pl_owned_free(&e);
    }
}

TEST(r_001_too_large)
{
    world w __attribute__((cleanup(end))) = begin();
    static char large[70000];
    pl_str s;
    pl_owned out;
    memset(large, 'x', sizeof large);
    pl_str_init(&s, 100000);
    pl_cbor_put_bytes(&s, large, 60000);
    CHECK_INT(pl_owned_from(&s, "", &out, NULL), PL_OK);
    refused(&w, out, PL_RULE_BYTES, false);
}

/* A payload of one's own, rightly signed. */
static pl_owned signed_payload(const pl_key *key, const pl_str *payload)
{
    pl_str header, text, event;
    uint8_t signature[64];
    pl_owned out;
    pl_str_init(&header, 1000);
    pl_str_init(&text, 100000);
    pl_str_init(&event, 100000);
    pl_cbor_put_map(&header, 3);
    pl_cbor_put_uint(&header, 1);
    pl_cbor_put_int(&header, -8);
    pl_cbor_put_uint(&header, 4);
    pl_cbor_put_bytes(&header, pl_key_id(key), PL_HASH);
    pl_cbor_put_uint(&header, 16);
    pl_cbor_put_text(&header, "plenty-event", 12);
    pl_cbor_put_array(&text, 4);
    pl_cbor_put_text(&text, "Signature1", 10);
    pl_cbor_put_bytes(&text, header.text, header.len);
    pl_cbor_put_bytes(&text, "", 0);
    pl_cbor_put_bytes(&text, payload->text, payload->len);
    pl_key_sign(key, text.text, text.len, signature);
    pl_cbor_put_tag(&event, 18);
    pl_cbor_put_array(&event, 4);
    pl_cbor_put_bytes(&event, header.text, header.len);
    pl_cbor_put_map(&event, 0);
    pl_cbor_put_bytes(&event, payload->text, payload->len);
    pl_cbor_put_bytes(&event, signature, 64);
    CHECK_INT(pl_owned_from(&event, "", &out, NULL), PL_OK);
    pl_str_clear(&header);
    pl_str_clear(&text);
    return out;
}

TEST(r_002_envelope)
{
    world w __attribute__((cleanup(end))) = begin();
    for (int fault = 0; fault < 7; fault++) {
        pl_str p;
        pl_str_init(&p, 1000);
        pl_cbor_put_map(&p, fault == 0 ? 5 : 6);
        pl_cbor_put_uint(&p, 1);
        pl_cbor_put_uint(&p, fault == 1 ? 2 : 1);
        pl_cbor_put_uint(&p, 2);
        pl_cbor_put_bytes(&p, pl_record_what(w.record)->commons_id, fault == 2 ? 31 : 32);
        pl_cbor_put_uint(&p, 3);
        pl_cbor_put_uint(&p, fault == 3 ? 0 : 1);
        pl_cbor_put_uint(&p, 4);
        pl_cbor_put_uint(&p, fault == 4 ? (uint64_t)1 << 53 : TEST_NOW);
        pl_cbor_put_uint(&p, 5);
        pl_cbor_put_text(&p, fault == 5 ? "Note" : "note", 4);
        if (fault > 0) {
            pl_cbor_put_uint(&p, 6);
            if (fault == 6) {
                pl_cbor_put_array(&p, 0);
            } else {
                pl_str_add_n(&p, w.note.bytes, w.note.n);
            }
        }
        refused(&w, signed_payload(w.two, &p), PL_RULE_ENVELOPE, false);
        pl_str_clear(&p);
    }
}

TEST(r_003_founded_twice)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, test_founding(true), PL_RULE_FOUNDING, false);
}

TEST(r_003_the_first_event_is_the_founding)
{
    world w __attribute__((cleanup(end))) = begin();
    pl_record *record = NULL;
    pl_error err = {0};
    pl_owned e = note_of(&w, w.two, (test_event){.alone = true});
    CHECK_INT(pl_record_create(test_path("other.commons"), NULL, test_bytes(&e), &record, &err), PL_DATA);
    CHECK(strstr(err.message, "founding") != NULL);
    pl_owned_free(&e);
    FILE *f = fopen(test_path("other.commons"), "r");
    CHECK(f == NULL); /* nothing is left */
}

TEST(r_004_another_commons)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.two, (test_event){.other_commons = true}), PL_RULE_COMMONS, false);
}

TEST(r_005_commons_id)
{
    world w __attribute__((cleanup(end))) = begin();
    pl_record *record = NULL;
    pl_error err = {0};
    uint8_t founders[1][32], salt[16] = {1};
    pl_owned body, event;
    memcpy(founders[0], pl_key_public(w.one), 32);
    CHECK_INT(pl_body_created("Test", founders[0], (const uint8_t(*)[32])founders, 1, salt, &body, NULL), PL_OK);
    pl_draft draft = {.counter = 1, .time = TEST_NOW, .kind = "commons.created", .body = test_bytes(&body), .commons_id = {1}};
    CHECK_INT(pl_event_sign(&draft, w.one, &event, NULL), PL_OK);
    CHECK_INT(pl_record_create(test_path("other.commons"), NULL, test_bytes(&event), &record, &err), PL_DATA);
    CHECK(strstr(err.message, "R-005") != NULL);
    pl_owned_free(&body);
    pl_owned_free(&event);
}

TEST(r_006_unknown_key)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.three, (test_event){0}), PL_RULE_KEY, false);
}

TEST(r_006_founding_by_a_stranger)
{
    world w __attribute__((cleanup(end))) = begin();
    pl_record *record = NULL;
    pl_error err = {0};
    uint8_t founders[1][32], salt[16] = {1};
    pl_owned body, event;
    memcpy(founders[0], pl_key_public(w.one), 32);
    CHECK_INT(pl_body_created("Test", founders[0], (const uint8_t(*)[32])founders, 1, salt, &body, NULL), PL_OK);
    pl_draft draft = {.counter = 1, .time = TEST_NOW, .kind = "commons.created", .body = test_bytes(&body)};
    CHECK_INT(pl_commons_id_of(draft.body, draft.commons_id, NULL), PL_OK);
    CHECK_INT(pl_event_sign(&draft, w.two, &event, NULL), PL_OK);
    CHECK_INT(pl_record_create(test_path("other.commons"), NULL, test_bytes(&event), &record, &err), PL_DATA);
    CHECK(strstr(err.message, "R-006") != NULL);
    pl_owned_free(&body);
    pl_owned_free(&event);
}

TEST(r_007_signature)
{
    world w __attribute__((cleanup(end))) = begin();
    pl_owned e = note_of(&w, w.two, (test_event){0});
    e.bytes[e.n - 1] ^= 1;
    refused(&w, e, PL_RULE_SIGNATURE, false);
    e = note_of(&w, w.two, (test_event){0});
    memcpy(strstr(e.bytes + 100, "Bread") != NULL ? strstr(e.bytes + 100, "Bread") : e.bytes + e.n - 80, "Broad", 5);
    refused(&w, e, PL_RULE_SIGNATURE, false);
}

TEST(r_008_counter)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.two, (test_event){.counter = 1}), PL_RULE_COUNTER, false);
    /* The same event a second time, also when its bytes are the same. */
    pl_owned e = note_of(&w, w.two, (test_event){.alone = true}), again = note_of(&w, w.two, (test_event){.alone = true});
    CHECK_INT(test_append(w.record, e, NULL), PL_RULE_NONE);
    refused(&w, again, PL_RULE_COUNTER, false);
}

TEST(r_009_time_goes_back)
{
    world w __attribute__((cleanup(end))) = begin();
    CHECK_INT(test_note(w.record, w.two, "First."), PL_RULE_NONE);
    refused(&w, note_of(&w, w.two, (test_event){.time = -1}), PL_RULE_TIME, false);
}

TEST(r_030_no_jump_over_ten_years)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.two, (test_event){.time = (int64_t)3653 * 86400 + 1}), PL_RULE_JUMP, false);
}

TEST(r_010_from_the_future)
{
    world w __attribute__((cleanup(end))) = begin();
    CHECK_INT(test_append(w.record, note_of(&w, w.two, (test_event){.time = 300}), NULL), PL_RULE_NONE);
    refused(&w, note_of(&w, w.one, (test_event){.time = 301}), PL_RULE_FUTURE, true);
}

TEST(r_011_follows_another_record)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.two, (test_event){.wrong_root = true}), PL_RULE_FOLLOWS, false);
    refused(&w, note_of(&w, w.two, (test_event){.later = 1}), PL_RULE_FOLLOWS, false);
}

TEST(r_012_unknown_kind)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, note_of(&w, w.two, (test_event){.kind = "throne.seized"}), PL_RULE_KIND, false);
}

TEST(r_013_bodies)
{
    world w __attribute__((cleanup(end))) = begin();
    static const struct {
        const char *kind, *body;
    } wrong[] = {{"note", "a0"}, {"note", "a10160"}, {"note", "a1016107"}, {"note", "a10141aa"}, {"note", "a2016161" "0280"}, {"note", "a201616103" "f6"},
                 {"note", "a201616102" "8141aa"}, {"key.added", "a0"}, {"key.revoked", "a0"}, {"key.revoked", "a10141aa"}, {"key.added", "a10141aa"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        pl_owned body = from_hex(wrong[i].body);
        refused(&w, note_of(&w, w.two, (test_event){.kind = wrong[i].kind, .body = test_bytes(&body)}), PL_RULE_BODY, false);
        pl_owned_free(&body);
    }
}

static pl_owned added_body(const world *w, const pl_key *added, const pl_key *signer)
{
    pl_owned body;
    CHECK_INT(pl_body_key_added(added, pl_record_what(w->record)->commons_id, pl_key_id(signer), &body, NULL), PL_OK);
    return body;
}

static pl_owned with_body(world *w, const pl_key *key, const char *kind, pl_owned body)
{
    pl_owned e = test_sign(w->record, key, (test_event){.kind = kind, .body = test_bytes(&body)});
    pl_owned_free(&body);
    return e;
}

static pl_owned revoked_body(const pl_key *key)
{
    pl_owned body;
    CHECK_INT(pl_body_key_revoked(pl_key_id(key), &body, NULL), PL_OK);
    return body;
}

TEST(r_014_key_added_twice)
{
    world w __attribute__((cleanup(end))) = begin();
    CHECK_INT(test_append(w.record, with_body(&w, w.two, "key.added", added_body(&w, w.three, w.two)), NULL), PL_RULE_NONE);
    refused(&w, with_body(&w, w.one, "key.added", added_body(&w, w.three, w.one)), PL_RULE_KEY_NEW, false);
    refused(&w, with_body(&w, w.two, "key.added", added_body(&w, w.one, w.two)), PL_RULE_KEY_NEW, false);
}

TEST(r_015_key_of_somebody_else)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, with_body(&w, w.two, "key.added", added_body(&w, w.three, w.one)), PL_RULE_KEY_PROOF, false);
}

TEST(r_016_key_of_another_holder)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, with_body(&w, w.two, "key.revoked", revoked_body(w.one)), PL_RULE_KEY_HOLDER, false);
    refused(&w, with_body(&w, w.two, "key.revoked", revoked_body(w.three)), PL_RULE_KEY_HOLDER, false);
}

TEST(r_017_the_last_key)
{
    world w __attribute__((cleanup(end))) = begin();
    refused(&w, with_body(&w, w.two, "key.revoked", revoked_body(w.two)), PL_RULE_KEY_LAST, false);
}

TEST(r_006_a_revoked_key_signs_no_more)
{
    world w __attribute__((cleanup(end))) = begin();
    CHECK_INT(test_append(w.record, with_body(&w, w.two, "key.added", added_body(&w, w.three, w.two)), NULL), PL_RULE_NONE);
    CHECK_INT(test_note(w.record, w.three, "From my other machine."), PL_RULE_NONE);
    pl_owned early = note_of(&w, w.two, (test_event){.alone = true, .counter = 1});
    CHECK_INT(test_append(w.record, with_body(&w, w.two, "key.revoked", revoked_body(w.two)), NULL), PL_RULE_NONE);
    refused(&w, early, PL_RULE_KEY, false);
    refused(&w, with_body(&w, w.three, "key.revoked", revoked_body(w.two)), PL_RULE_KEY_HOLDER, false);
    refused(&w, with_body(&w, w.three, "key.added", added_body(&w, w.two, w.three)), PL_RULE_KEY_NEW, false);
    pl_audit a = test_audit(w.record, NULL);
    CHECK(a.sound && a.keys == 3 && a.keys_valid == 2);
}

TEST(r_018_blobs_in_order)
{
    world w __attribute__((cleanup(end))) = begin();
    pl_str s;
    pl_owned body;
    uint8_t hash[PL_HASH] = {9};
    pl_str_init(&s, 1000);
    pl_cbor_put_map(&s, 2);
    pl_cbor_put_uint(&s, 1);
    pl_cbor_put_text(&s, "see", 3);
    pl_cbor_put_uint(&s, 2);
    pl_cbor_put_array(&s, 2);
    pl_cbor_put_bytes(&s, hash, PL_HASH);
    pl_cbor_put_bytes(&s, hash, PL_HASH);
    CHECK_INT(pl_owned_from(&s, "", &body, NULL), PL_OK);
    refused(&w, with_body(&w, w.two, "note", body), PL_RULE_BLOB_ORDER, false);
}

TEST(r_019_blobs_are_there)
{
    world w __attribute__((cleanup(end))) = begin();
    uint8_t hashes[2][PL_HASH] = {{9}};
    pl_owned body;
    CHECK_INT(pl_record_put_blob(w.record, (pl_bytes){(const uint8_t *)"a document", 10}, hashes[1], NULL), PL_OK);
    CHECK_INT(pl_body_note("see", 3, (const uint8_t(*)[PL_HASH])hashes + 1, 1, &body, NULL), PL_OK);
    CHECK_INT(test_append(w.record, with_body(&w, w.two, "note", body), NULL), PL_RULE_NONE);
    CHECK_INT(pl_body_note("see", 3, (const uint8_t(*)[PL_HASH])hashes, 2, &body, NULL), PL_OK);
    refused(&w, with_body(&w, w.two, "note", body), PL_RULE_BLOB_THERE, true);
    pl_audit a = test_audit(w.record, NULL);
    CHECK(a.blobs == 3 && a.blobs_missing == 1); /* and the tables know nothing of what was smuggled in */
    CHECK(!a.sound && strstr(a.wrong, "tables") != NULL);
}

/* Adds the files of test/unit whose names begin with "rules" to the text. */
static size_t read_tests(char *text, size_t size)
{
    size_t n = 0;
    DIR *dir = opendir(test_source("test/unit"));
    CHECK(dir != NULL);
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        size_t length = strlen(d->d_name);
        char name[300];
        if (strncmp(d->d_name, "rules", 5) == 0 && strcmp(d->d_name + length - 2, ".c") == 0) {
            snprintf(name, sizeof name, "test/unit/%s", d->d_name);
            FILE *f = fopen(test_source(name), "r");
            CHECK(f != NULL);
            n += fread(text + n, 1, size - 1 - n, f);
            fclose(f);
        }
    }
    closedir(dir);
    return n;
}

/* Every rule of rules.def stands in docs/rules.md, and has a test here or in another file of that name. */
TEST(rules_are_written_down_and_tested)
{
    FILE *f = fopen(test_source("docs/rules.md"), "r");
    static char text[60000], tests[400000];
    CHECK(f != NULL && fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    CHECK(read_tests(tests, sizeof tests) > 0);
    for (int rule = PL_RULE_NONE + 1; rule < PL_RULES; rule++) {
        char row[16], name[24];
        snprintf(row, sizeof row, "| %s |", pl_rule_id((pl_rule)rule));
        snprintf(name, sizeof name, "TEST(r_%s_", pl_rule_id((pl_rule)rule) + 2);
        if (strstr(text, row) == NULL || strstr(tests, name) == NULL) {
            FAIL("%s has no row in docs/rules.md or no test", pl_rule_id((pl_rule)rule));
        }
    }
}
