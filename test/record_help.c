/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/record_help.h"

#include <stdio.h>
#include <stdlib.h>

#include <plenty/council.h>

#include "base/mem.h"
#include "record/record_int.h"
#include "test/test.h"
#include "verify/verify.h"

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s", err->subject, err->message);
    }
}

pl_key *test_key(unsigned seed)
{
    uint8_t bytes[32] = {(uint8_t)seed, (uint8_t)(seed >> 8)};
    pl_key *key = NULL;
    pl_error err = {0};
    good(pl_key_from_seed("test", bytes, &key, &err), &err);
    return key;
}

const char *test_path(const char *name)
{
    static char path[8][4200];
    static int turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

pl_bytes test_bytes(const pl_owned *owned)
{
    return (pl_bytes){(const uint8_t *)owned->bytes, owned->n};
}

pl_owned test_founding(bool two)
{
    pl_key *first = test_key(1), *second = test_key(2);
    uint8_t founders[2][32], salt[16] = {7};
    pl_owned body, event;
    pl_error err = {0};
    memcpy(founders[0], pl_key_public(first), 32);
    memcpy(founders[1], pl_key_public(second), 32);
    good(pl_body_created("Test", founders[0], (const uint8_t(*)[32])founders, two ? 2 : 1, salt, &body, &err), &err);
    pl_draft draft = {.counter = 1, .time = TEST_NOW, .kind = "commons.created", .body = test_bytes(&body)};
    good(pl_commons_id_of(draft.body, draft.commons_id, &err), &err);
    good(pl_event_sign(&draft, first, &event, &err), &err);
    pl_owned_free(&body);
    pl_key_free(first);
    pl_key_free(second);
    return event;
}

pl_record *test_record(const char *where, bool two)
{
    pl_record *record = NULL;
    pl_error err = {0};
    pl_owned event = test_founding(two);
    good(pl_record_create(where != NULL ? where : test_path("test.commons"), NULL, test_bytes(&event), &record, &err), &err);
    pl_owned_free(&event);
    return record;
}

pl_owned test_note_body(const char *text)
{
    pl_owned body;
    pl_error err = {0};
    good(pl_body_note(text, strlen(text), NULL, 0, &body, &err), &err);
    return body;
}

pl_owned test_sign(pl_record *record, const pl_key *key, test_event event)
{
    pl_draft draft;
    pl_owned out;
    pl_error err = {0};
    if (pl_record_draft(record, pl_key_id(key), TEST_NOW, &draft, &err) != PL_OK) {
        draft = (pl_draft){.counter = 1, .time = TEST_NOW}; /* a key that is not known */
        memcpy(draft.commons_id, pl_record_what(record)->commons_id, PL_HASH);
    }
    draft.kind = event.kind;
    draft.body = event.body;
    draft.counter += (uint64_t)event.counter;
    draft.time += (uint64_t)event.time;
    draft.follows = draft.follows && !event.alone;
    draft.commons_id[0] ^= event.other_commons;
    draft.follows_root[0] ^= event.wrong_root;
    draft.follows_size += event.later;
    good(pl_event_sign(&draft, key, &out, &err), &err);
    return out;
}

pl_rule test_append(pl_record *record, pl_owned event, char why[200])
{
    pl_taken taken;
    pl_error err = {0};
    pl_bytes bytes = test_bytes(&event);
    good(pl_record_append(record, &bytes, 1, TEST_NOW, &taken, &err), &err);
    pl_owned_free(&event);
    if (why != NULL) {
        memcpy(why, taken.why, sizeof taken.why);
    }
    return taken.broken;
}

pl_rule test_note(pl_record *record, const pl_key *key, const char *text)
{
    pl_owned body = test_note_body(text);
    pl_rule rule = test_append(record, test_sign(record, key, (test_event){.kind = "note", .body = test_bytes(&body)}), NULL);
    pl_owned_free(&body);
    return rule;
}

pl_audit test_audit(pl_record *record, const pl_policy *policy)
{
    pl_audit audit;
    pl_error err = {0};
    good(pl_record_audit(record, policy, NULL, &audit, &err), &err);
    return audit;
}

int test_independent(pl_record *record, const pl_key *key, const char *folder, char **said)
{
    pl_owned note;
    uint64_t events;
    size_t n = 0;
    pl_error err = {0};
    pl_status status = pl_record_sign_checkpoint(record, key, &note, &err);
    if (status == PL_OK) {
        pl_owned_free(&note);
    } else {
        CHECK_INT(status, PL_DATA);
    }
    if (pl_record_export(record, test_path(folder), false, &events, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    FILE *stream = open_memstream(said, &n);
    CHECK(stream != NULL);
    int code = pv_verify_record(test_path(folder), false, stream, stream);
    fclose(stream);
    return code;
}

typedef struct copying {
    pl_record *from;
    pl_store *to;
} copying;

/* What is not there is not there in the copy either. */
static pl_status copy_blob(void *user, const uint8_t *hash, pl_error *err)
{
    copying *c = user;
    pl_owned blob;
    if (pl_record_blob(c->from, hash, &blob, NULL) == PL_OK) {
        good(pl_store_put_blob(c->to, hash, (pl_slice){blob.bytes, blob.n}, err), err);
        pl_owned_free(&blob);
    }
    return PL_OK;
}

static void copy_blobs(pl_record *from, pl_store *to, pl_bytes event)
{
    copying c = {from, to};
    pl_event e;
    pl_rule rule;
    pl_error err = {0};
    if (pl_event_read(event.at, event.n, &e, &rule, NULL) == PL_OK) {
        good(pl_each_blob(&e, pl_council_rules(), copy_blob, &c, &err), &err);
    }
}

void test_forge(pl_record *from, uint64_t size, pl_bytes event, const char *path)
{
    pl_tree tree = {.edge.size = 0};
    pl_store *store = NULL;
    pl_error err = {0};
    good(pl_store_create(path, &store, &err), &err);
    for (uint64_t i = 0; i <= size; i++) {
        uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
        pl_owned copy = {NULL, 0};
        if (i < size) {
            good(pl_record_event(from, i, &copy, &err), &err);
        }
        pl_bytes bytes = i < size ? test_bytes(&copy) : event;
        copy_blobs(from, store, bytes);
        pl_leaf_hash(bytes.at, bytes.n, leaf);
        good(pl_tree_add(&tree, leaf, nodes, &err), &err);
        good(pl_store_add_event(store, i, (pl_slice){(const char *)bytes.at, bytes.n}, (pl_slice){nodes, (size_t)pl_tree_complete(i) * PL_HASH}, &err), &err);
        pl_owned_free(&copy);
    }
    good(pl_store_commit(store, &err), &err);
    pl_store_close(store);
    pl_tree_clear(&tree);
}
