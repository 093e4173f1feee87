/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/commons_help.h"

#include <stdlib.h>

#include "base/mem.h"
#include "council/grants.h"
#include "council/members.h"
#include "test/test.h"

#define FOUNDERS 64

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s", err->subject, err->message);
    }
}

static int number; /* of folders */

static void judge(pl_record *record, const pl_key *key, const char *also)
{
    char folder[40], *said = NULL;
    snprintf(folder, sizeof folder, "commons-%d", number++);
    if (test_independent(record, key, folder, &said) != 0 || strstr(said, also) == NULL) {
        FAIL("the independent checker (\"%s\"): %s", also, said);
    }
    free(said);
}

/* Twice for each rule: each takes a record of its own. */
static void remember(test_commons *c, pl_owned event, pl_rule rule)
{
    uint64_t size;
    int same = 0;
    for (size_t i = 0; i < c->n_refused; i++) {
        same += c->refused[i].rule == rule;
    }
    if (same == 2) {
        pl_owned_free(&event);
        return;
    }
    CHECK_INT(pl_record_size(c->record, &size, NULL), PL_OK);
    CHECK(pl_grow(&c->refused, &c->cap_refused, c->n_refused + 1, sizeof *c->refused, 100000));
    c->refused[c->n_refused++] = (struct test_refused){event, size, rule};
}

static void judge_refused(test_commons *c, const struct test_refused *r)
{
    pl_record *record = NULL;
    char file[40], path[4096], also[80];
    pl_error err = {0};
    snprintf(file, sizeof file, "forged-%d", number++);
    snprintf(path, sizeof path, "%s", test_path(file));
    test_forge(c->record, r->position, test_bytes(&r->event), path);
    good(pl_record_open(path, pl_council_rules(), PL_RECORD_WRITE, &record, &err), &err);
    if (memcmp(pl_record_what(c->record)->record_key.public_key, pl_key_public(c->key[0]), 32) != 0) {
        pl_record_close(record); /* nobody here has the new record key to sign with */
        return;
    }
    snprintf(also, sizeof also, "void: 1, without effect; the first at position %llu (%s)", (unsigned long long)r->position, pl_rule_id(r->rule));
    judge(record, c->key[0], also);
    pl_record_close(record);
}

size_t test_person(test_commons *c)
{
    CHECK(pl_grow(&c->key, &c->cap, c->n + 1, sizeof *c->key, 1000000));
    c->key[c->n] = test_key((unsigned)c->n + 1);
    return c->n++;
}

const uint8_t *test_member(const test_commons *c, size_t who)
{
    return pl_key_id(c->key[who]);
}

void test_later(test_commons *c, int64_t seconds)
{
    c->now += (uint64_t)seconds;
}

test_commons test_commons_begin(size_t founders)
{
    test_commons c = {.now = TEST_NOW};
    uint8_t list[FOUNDERS][32], salt[16] = {7};
    pl_owned body, event;
    pl_error err = {0};
    CHECK(founders >= 1 && founders <= FOUNDERS);
    for (size_t i = 0; i < founders; i++) {
        test_person(&c);
        memcpy(list[i], pl_key_public(c.key[i]), 32);
    }
    good(pl_body_created("Test", pl_key_public(c.key[0]), (const uint8_t(*)[32])list, founders, salt, &body, &err), &err);
    pl_draft draft = {.counter = 1, .time = c.now, .kind = "commons.created", .body = test_bytes(&body)};
    good(pl_commons_id_of(draft.body, draft.commons_id, &err), &err);
    good(pl_event_sign(&draft, c.key[0], &event, &err), &err);
    good(pl_record_create(test_path("the.commons"), pl_council_rules(), test_bytes(&event), &c.record, &err), &err);
    pl_owned_free(&body);
    pl_owned_free(&event);
    return c;
}

void test_commons_end(test_commons *c)
{
    pl_audit audit = test_audit(c->record, NULL);
    if (!audit.sound) {
        FAIL("%s", audit.wrong);
    }
    judge(c->record, c->key[0], "");
    for (size_t i = 0; i < c->n_refused; i++) {
        judge_refused(c, &c->refused[i]);
        pl_owned_free(&c->refused[i].event);
    }
    pl_free(c->refused);
    pl_record_close(c->record);
    remove(test_path("the.commons"));
    for (size_t i = 0; i < c->n; i++) {
        pl_key_free(c->key[i]);
    }
    pl_free(c->key);
}

static void put_field(pl_body *b, const test_field *f)
{
    switch (f->type) {
    case PL_FIELD_BYTES:
        pl_body_bytes(b, f->name, f->at, f->n);
        break;
    case PL_FIELD_INT:
        pl_body_int(b, f->name, f->x);
        break;
    case PL_FIELD_INTS:
        pl_body_ints(b, f->name, f->at, f->n);
        break;
    case PL_FIELD_TEXTS:
        pl_body_texts(b, f->name, f->at, f->n);
        break;
    case PL_FIELD_TEXT:
    case PL_FIELD_LINES:
        pl_body_text(b, f->name, f->at, f->n);
        break;
    default:
        pl_body_ids(b, f->name, f->at, f->n);
    }
}

static pl_owned body_of(const pl_event_kind *kind, const test_field *fields)
{
    pl_body b;
    pl_owned body;
    pl_error err = {0};
    pl_body_begin(&b, kind);
    for (const test_field *f = fields; f->name != NULL; f++) {
        put_field(&b, f);
    }
    good(pl_body_end(&b, &body, &err), &err);
    return body;
}

pl_owned test_signed(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields)
{
    pl_owned body = body_of(kind, fields), event;
    pl_draft draft;
    pl_error err = {0};
    if (pl_record_draft(c->record, test_member(c, who), c->now, &draft, &err) != PL_OK) {
        draft = (pl_draft){.counter = 1, .time = c->now}; /* not a member */
        memcpy(draft.commons_id, pl_record_what(c->record)->commons_id, PL_HASH);
    }
    draft.kind = kind->name;
    draft.body = test_bytes(&body);
    good(pl_event_sign(&draft, c->key[who], &event, &err), &err);
    pl_owned_free(&body);
    return event;
}

pl_rule test_act(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields)
{
    pl_owned event = test_signed(c, who, kind, fields);
    pl_bytes bytes = test_bytes(&event);
    pl_taken taken;
    pl_error err = {0};
    pl_leaf_hash(bytes.at, bytes.n, c->id);
    good(pl_record_append(c->record, &bytes, 1, c->now, &taken, &err), &err);
    memcpy(c->why, taken.why, sizeof c->why);
    if (taken.broken != PL_RULE_NONE && taken.broken != PL_RULE_BALLOT_LATE && taken.broken != PL_RULE_FUTURE && taken.broken != PL_RULE_BLOB_THERE) {
        remember(c, event, taken.broken);
    } else {
        pl_owned_free(&event);
    }
    return taken.broken;
}

void test_constitution(test_commons *c, const char *text)
{
    pl_constitution constitution;
    pl_owned whole;
    pl_error err = {0};
    good(pl_constitution_read(text, strlen(text), "test", &constitution, &err), &err);
    good(pl_constitution_write(&constitution, &whole, &err), &err);
    for (size_t i = 0; i < c->n; i++) {
        CHECK_INT(test_act(c, i, &PL_KIND_CONSTITUTION_ADOPTED, (test_field[]){F_TEXT("text", whole.bytes), {0}}), PL_RULE_NONE);
    }
    pl_owned_free(&whole);
}

size_t test_admit(test_commons *c, const uint8_t (*constituencies)[PL_HASH], size_t n)
{
    size_t who = test_person(c);
    uint8_t text[PL_MEMBER_SIGNED], proof[PL_SIGNATURE], proposal[PL_HASH];
    test_field fields[] = {F_BYTES("key", pl_key_public(c->key[who]), 32), F_BYTES("proof", proof, sizeof proof), F_IDS("constituencies", constituencies, n), {0}};
    pl_member_text(pl_record_what(c->record)->commons_id, pl_key_id(c->key[0]), text);
    pl_key_sign(c->key[who], text, sizeof text, proof);
    fields[2].name = n > 0 ? fields[2].name : NULL;
    CHECK_INT(test_act(c, 0, &PL_KIND_MEMBER_PROPOSED, fields), PL_RULE_NONE);
    memcpy(proposal, c->id, PL_HASH);
    CHECK_INT(test_act(c, 1, &PL_KIND_MEMBER_VOUCHED, (test_field[]){F_ID("proposal", proposal), {0}}), PL_RULE_NONE);
    test_later(c, 30 * PL_DAY);
    return who;
}

void test_grant(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields)
{
    pl_owned body = body_of(kind, fields);
    uint8_t hash[PL_HASH], id[PL_HASH];
    pl_act_hash(test_bytes(&body), false, hash);
    pl_owned_free(&body);
    CHECK_INT(test_act(c, who, &PL_KIND_GRANT_ASKED, (test_field[]){F_TEXT("act", kind->name), F_ID("hash", hash), F_TEXT("reason", "It is needed."), {0}}), PL_RULE_NONE);
    memcpy(id, c->id, PL_HASH);
    pl_grant g;
    pl_lot lot;
    CHECK(test_row(c, &PL_LOTS, pl_key_id1(id), &lot));
    c->now = (uint64_t)lot.opens;
    for (size_t i = 0; i < c->n; i++) {
        pl_lot_place p;
        CHECK(test_row(c, &PL_GRANTS, pl_key_id1(id), &g));
        if (g.state == PL_GRANT_DECIDING && test_row(c, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(id, test_member(c, i)), &p)) {
            CHECK_INT(test_act(c, i, &PL_KIND_GRANT_APPROVED, (test_field[]){F_ID("grant", id), {0}}), PL_RULE_NONE);
        }
    }
    CHECK(test_row(c, &PL_GRANTS, pl_key_id1(id), &g) && g.state == PL_GRANT_APPROVED);
    memcpy(c->id, id, PL_HASH);
}

void test_look(test_commons *c, pl_look_fn look, void *user)
{
    pl_error err = {0};
    good(pl_record_look(c->record, c->now, look, user, &err), &err);
}

typedef struct row_wanted {
    const pl_table *table;
    pl_row_key key;
    void *row;
    bool there;
} row_wanted;

static pl_status get_row(void *user, pl_step *s)
{
    row_wanted *w = user;
    return pl_get(s, w->table, w->key, w->row, &w->there);
}

bool test_row(test_commons *c, const pl_table *table, pl_row_key key, void *row)
{
    row_wanted w = {table, key, row, false};
    test_look(c, get_row, &w);
    return w.there;
}
