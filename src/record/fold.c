/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * fold.c - the rules of docs/rules.md, in their order, and what each kind of event changes. */
#include "record/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"

#define AHEAD_S 300

/* What is being decided about one event. */
typedef struct step {
    pl_fold *fold;
    const pl_event *event;
    pl_rule broken;
    char *why; /* 200 bytes */
    pl_error *err;
} step;

/* Notes the broken rule; the event is settled, so PL_OK. */
static pl_status broken(step *s, pl_rule rule, const char *fmt, ...) PL_PRINTF(3, 4);
static pl_status broken(step *s, pl_rule rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(s->why, 200, fmt, args);
    va_end(args);
    s->broken = rule;
    return PL_OK;
}

static const char *short_id(const uint8_t *id, char out[13])
{
    pl_hex_write(id, 6, out);
    return out;
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

static pl_bytes id_key(const uint8_t *id)
{
    return (pl_bytes){id, PL_HASH};
}

static pl_status damaged(const char *table, pl_error *err)
{
    return pl_fail(err, PL_DATA, table, "'plenty replay --write' makes the tables anew from the record",
                   "a row of the tables in the store is damaged");
}

pl_status pl_fold_key(pl_state *state, const uint8_t key_id[PL_HASH], pl_key_row *out, pl_error *err)
{
    pl_bytes value;
    size_t n;
    memset(out, 0, sizeof *out);
    pl_status status = pl_state_get(state, "keys", id_key(key_id), &value, err);
    if (status != PL_OK || value.at == NULL) {
        return status;
    }
    pl_cbor c = {value.at, value.at + value.n};
    bool good = pl_cbor_array(&c, &n) && n == 6 && pl_cbor_fixed(&c, PL_HASH, &out->holder) &&
                pl_cbor_fixed(&c, 32, &out->public_key) && pl_cbor_uint(&c, &out->added);
    out->is_revoked = good && !pl_cbor_null(&c);
    good = good && (!out->is_revoked || pl_cbor_uint(&c, &out->revoked)) && pl_cbor_uint(&c, &out->counter) &&
           pl_cbor_uint(&c, &out->time) && pl_cbor_end(&c);
    return good ? PL_OK : damaged("keys", err);
}

/* Puts a row and frees the text of its value. */
static pl_status put_row(step *s, const char *table, pl_bytes key, pl_str *value)
{
    pl_status status = value->failed
                           ? pl_fail_nomem(s->err, "keeping the state of a record")
                           : pl_state_put(s->fold->state, table, key, (pl_bytes){(const uint8_t *)value->text, value->len}, s->err);
    pl_str_clear(value);
    return status;
}

static pl_status put_key(step *s, const uint8_t *key_id, const pl_key_row *k)
{
    pl_str v;
    pl_str_init(&v, 1024);
    pl_cbor_put_array(&v, 6);
    pl_cbor_put_bytes(&v, k->holder, PL_HASH);
    pl_cbor_put_bytes(&v, k->public_key, 32);
    pl_cbor_put_uint(&v, k->added);
    if (k->is_revoked) {
        pl_cbor_put_uint(&v, k->revoked);
    } else {
        pl_cbor_put_null(&v);
    }
    pl_cbor_put_uint(&v, k->counter);
    pl_cbor_put_uint(&v, k->time);
    return put_row(s, "keys", id_key(key_id), &v);
}

static pl_status get_holder(step *s, const uint8_t *holder, uint64_t *keys)
{
    pl_bytes value;
    size_t n;
    *keys = 0;
    pl_status status = pl_state_get(s->fold->state, "holders", id_key(holder), &value, s->err);
    if (status != PL_OK || value.at == NULL) {
        return status;
    }
    pl_cbor c = {value.at, value.at + value.n};
    return pl_cbor_array(&c, &n) && n == 1 && pl_cbor_uint(&c, keys) ? PL_OK : damaged("holders", s->err);
}

static pl_status put_holder(step *s, const uint8_t *holder, uint64_t keys)
{
    pl_str v;
    pl_str_init(&v, 64);
    pl_cbor_put_array(&v, 1);
    pl_cbor_put_uint(&v, keys);
    return put_row(s, "holders", id_key(holder), &v);
}

/* ---- Kinds: each checks everything before it changes anything ------------------------------------- */

static pl_status apply_created(step *s)
{
    const pl_event *e = s->event;
    pl_created c;
    if (!pl_created_read(e->body, &c)) {
        return broken(s, PL_RULE_BODY, "the founding is not as it must be");
    }
    pl_str v;
    pl_str_init(&v, 1024);
    pl_cbor_put_array(&v, 4);
    pl_cbor_put_text(&v, c.name, c.name_n);
    pl_cbor_put_bytes(&v, e->commons_id, PL_HASH);
    pl_cbor_put_bytes(&v, c.record_key, 32);
    pl_cbor_put_uint(&v, c.n_founders);
    pl_status status = put_row(s, "commons", (pl_bytes){(const uint8_t *)"", 0}, &v);
    for (size_t i = 0; status == PL_OK && i < c.n_founders; i++) {
        uint8_t id[PL_HASH];
        pl_key_id_of(c.founders[i], id);
        pl_key_row k = {.holder = id, .public_key = c.founders[i], .added = s->fold->position};
        status = put_key(s, id, &k);
        status = status == PL_OK ? put_holder(s, id, 1) : status;
    }
    memcpy(s->fold->commons_id, e->commons_id, PL_HASH);
    s->fold->founded = status == PL_OK;
    return status;
}

static pl_status apply_key_added(step *s)
{
    const pl_event *e = s->event;
    pl_key_added a;
    pl_key_row author, before;
    uint64_t keys;
    uint8_t id[PL_HASH], text[PL_KEY_ADDED_SIGNED], holder[PL_HASH];
    char hex[13];
    if (!pl_key_added_read(e->body, &a)) {
        return broken(s, PL_RULE_BODY, "a key.added holds a public key and its proof");
    }
    pl_key_id_of(a.public_key, id);
    pl_status status = pl_fold_key(s->fold->state, id, &before, s->err);
    if (status != PL_OK) {
        return status;
    }
    if (before.public_key != NULL) {
        return broken(s, PL_RULE_KEY_NEW, "the key %s was added at position %llu", short_id(id, hex), (unsigned long long)before.added);
    }
    pl_key_added_text(e->commons_id, e->key_id, text);
    if (!pl_signature_holds(a.public_key, text, sizeof text, a.proof)) {
        return broken(s, PL_RULE_KEY_PROOF, "the proof of the key %s does not hold", short_id(id, hex));
    }
    status = pl_fold_key(s->fold->state, e->key_id, &author, s->err);
    if (status != PL_OK) {
        return status;
    }
    memcpy(holder, author.holder, PL_HASH);
    status = get_holder(s, holder, &keys);
    pl_key_row k = {.holder = holder, .public_key = a.public_key, .added = s->fold->position};
    status = status == PL_OK ? put_key(s, id, &k) : status;
    return status == PL_OK ? put_holder(s, holder, keys + 1) : status;
}

static pl_status apply_key_revoked(step *s)
{
    const pl_event *e = s->event;
    const uint8_t *id;
    pl_key_row author, k;
    uint64_t keys;
    char hex[13];
    if (!pl_key_revoked_read(e->body, &id)) {
        return broken(s, PL_RULE_BODY, "a key.revoked holds a key id");
    }
    pl_status status = pl_fold_key(s->fold->state, e->key_id, &author, s->err);
    status = status == PL_OK ? pl_fold_key(s->fold->state, id, &k, s->err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (k.public_key == NULL || memcmp(k.holder, author.holder, PL_HASH) != 0) {
        return broken(s, PL_RULE_KEY_HOLDER, "the key %s is none of the signer's", short_id(id, hex));
    }
    if (k.is_revoked) {
        return broken(s, PL_RULE_KEY_HOLDER, "the key %s was revoked at position %llu", short_id(id, hex), (unsigned long long)k.revoked);
    }
    uint8_t holder[PL_HASH], public_key[32];
    memcpy(holder, k.holder, PL_HASH);
    memcpy(public_key, k.public_key, 32);
    status = get_holder(s, holder, &keys);
    if (status == PL_OK && keys < 2) {
        return broken(s, PL_RULE_KEY_LAST, "the key %s is the only one of its holder: add another first", short_id(id, hex));
    }
    k.holder = holder;
    k.public_key = public_key;
    k.is_revoked = true;
    k.revoked = s->fold->position;
    status = status == PL_OK ? put_key(s, id, &k) : status;
    return status == PL_OK ? put_holder(s, holder, keys - 1) : status;
}

static pl_status apply_note(step *s)
{
    const pl_event *e = s->event;
    pl_note note;
    char hex[13];
    if (!pl_note_body_read(e->body, &note)) {
        return broken(s, PL_RULE_BODY, "a note holds a text of 1 to 10,000 bytes, and up to 16 hashes of blobs");
    }
    for (size_t i = 1; i < note.n_blobs; i++) {
        if (memcmp(note.blobs[i - 1], note.blobs[i], PL_HASH) >= 0) {
            return broken(s, PL_RULE_BLOB_ORDER, "blob %zu is not above the one before it", i + 1);
        }
    }
    for (size_t i = 0; s->fold->door != NULL && i < note.n_blobs; i++) {
        pl_status status = pl_store_blob(s->fold->door, note.blobs[i], NULL, s->err);
        if (status == PL_NOTFOUND) {
            return broken(s, PL_RULE_BLOB_THERE, "the blob %s... is not in the store", short_id(note.blobs[i], hex));
        } else if (status != PL_OK) {
            return status;
        }
    }
    uint8_t position[8], hash[PL_HASH];
    for (int i = 0; i < 8; i++) {
        position[i] = (uint8_t)(s->fold->position >> (56 - 8 * i));
    }
    pl_hash(note.text, note.text_n, hash);
    pl_str v;
    pl_str_init(&v, 1024);
    pl_cbor_put_array(&v, 4);
    pl_cbor_put_bytes(&v, e->key_id, PL_HASH);
    pl_cbor_put_uint(&v, e->time);
    pl_cbor_put_bytes(&v, hash, PL_HASH);
    pl_cbor_put_array(&v, note.n_blobs);
    for (size_t i = 0; i < note.n_blobs; i++) {
        pl_cbor_put_bytes(&v, note.blobs[i], PL_HASH);
    }
    return put_row(s, "notes", (pl_bytes){position, 8}, &v);
}

/* A row for each kind of event. */
static const struct {
    const char *kind;
    bool founding;
    pl_status (*apply)(step *s);
} KINDS[] = {
    {"commons.created", true, apply_created},
    {"key.added", false, apply_key_added},
    {"key.revoked", false, apply_key_revoked},
    {"note", false, apply_note},
};

static int kind_of(const pl_event *e)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strlen(KINDS[i].kind) == e->kind_n && memcmp(KINDS[i].kind, e->kind, e->kind_n) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* ---- Rules that hold for every kind --------------------------------------------------------------- */

/* of the founding; the public key that signed. */
static pl_status check_founding(step *s, uint8_t public_key[32])
{
    const pl_event *e = s->event;
    pl_created c;
    uint8_t id[PL_HASH];
    if (!pl_created_read(e->body, &c)) {
        return broken(s, PL_RULE_BODY, "the founding is not as it must be");
    }
    pl_status status = pl_commons_id_of(e->body, id, s->err);
    if (status != PL_OK) {
        return status;
    }
    if (memcmp(id, e->commons_id, PL_HASH) != 0) {
        return broken(s, PL_RULE_COMMONS_ID, "the founding makes another commons id than the one that it names");
    }
    for (size_t i = 0; i < c.n_founders; i++) {
        pl_key_id_of(c.founders[i], id);
        if (memcmp(id, e->key_id, PL_HASH) == 0) {
            memcpy(public_key, c.founders[i], 32);
            return PL_OK;
        }
    }
    return broken(s, PL_RULE_KEY, "no founder has signed");
}

/* of any other event. */
static pl_status check_author(step *s, bool founding, pl_key_row *author)
{
    const pl_event *e = s->event;
    char hex[13];
    if (!s->fold->founded) {
        return broken(s, PL_RULE_FOUNDING, "there is no founding before it");
    }
    if (founding) {
        return broken(s, PL_RULE_FOUNDING, "this commons was founded already");
    }
    if (memcmp(e->commons_id, s->fold->commons_id, PL_HASH) != 0) {
        return broken(s, PL_RULE_COMMONS, "it was signed for the commons %s...", short_id(e->commons_id, hex));
    }
    pl_status status = pl_fold_key(s->fold->state, e->key_id, author, s->err);
    if (status == PL_OK && author->public_key == NULL) {
        return broken(s, PL_RULE_KEY, "the key %s is not known here", short_id(e->key_id, hex));
    }
    if (status == PL_OK && author->is_revoked) {
        return broken(s, PL_RULE_KEY, "the key %s was revoked at position %llu", short_id(e->key_id, hex), (unsigned long long)author->revoked);
    }
    return status;
}

/* */
static pl_status check_common(step *s, const pl_prepared *p, const pl_key_row *author)
{
    const pl_event *e = s->event;
    bool holds = p->signature == PL_HOLDS;
    uint8_t root[PL_HASH];
    if (p->signature == PL_UNVERIFIED && pl_event_verify(e, author->public_key, &holds) != PL_OK) {
        return pl_fail_nomem(s->err, "verifying a signature");
    }
    if (!holds) {
        return broken(s, PL_RULE_SIGNATURE, "it was changed, or signed by another key than the one named");
    }
    if (e->counter != author->counter + 1) {
        return broken(s, PL_RULE_COUNTER, "its counter is %llu; the next one of its key is %llu%s", (unsigned long long)e->counter,
                      (unsigned long long)author->counter + 1, e->counter <= author->counter ? ": is it there already?" : "");
    }
    if (e->time < author->time) {
        return broken(s, PL_RULE_TIME, "its time is %llu s before that of the event before it", (unsigned long long)(author->time - e->time));
    }
    if (s->fold->door != NULL && e->time > s->fold->now + AHEAD_S) {
        return broken(s, PL_RULE_FUTURE, "its time is %llu s ahead: does the clock go right?", (unsigned long long)(e->time - s->fold->now));
    }
    if (!e->follows) {
        return PL_OK;
    }
    if (e->follows_size > s->fold->position) {
        return broken(s, PL_RULE_FOLLOWS, "it follows %llu events, and there are %llu", (unsigned long long)e->follows_size,
                      (unsigned long long)s->fold->position);
    }
    pl_status status = pl_tree_root(&s->fold->nodes, 0, e->follows_size, root, s->err);
    if (status == PL_OK && memcmp(root, e->follows_root, PL_HASH) != 0) {
        return broken(s, PL_RULE_FOLLOWS, "its author saw other first %llu events: is the record forked?", (unsigned long long)e->follows_size);
    }
    return status;
}

/* Counts the event for the key that signed it. */
static pl_status count_event(step *s)
{
    pl_key_row k;
    uint8_t holder[PL_HASH], public_key[32];
    pl_status status = pl_fold_key(s->fold->state, s->event->key_id, &k, s->err);
    if (status != PL_OK) {
        return status;
    }
    memcpy(holder, k.holder, PL_HASH);
    memcpy(public_key, k.public_key, 32);
    k.holder = holder;
    k.public_key = public_key;
    k.counter = s->event->counter;
    k.time = s->event->time;
    return put_key(s, s->event->key_id, &k);
}

static pl_status decide(step *s, const pl_prepared *p)
{
    const pl_event *e = s->event;
    int kind = kind_of(e);
    pl_key_row author = {0};
    uint8_t public_key[32];
    bool founding = kind >= 0 && KINDS[kind].founding, first = founding && s->fold->position == 0;
    pl_status status = first ? check_founding(s, public_key) : check_author(s, founding, &author);
    if (first) {
        author.public_key = public_key;
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_common(s, p, &author);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE && kind < 0) {
        return broken(s, PL_RULE_KIND, "'%.*s' is not known to this version of Plenty", (int)e->kind_n, e->kind);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = KINDS[kind].apply(s);
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? count_event(s) : status;
}

pl_status pl_fold_event(pl_fold *fold, const pl_prepared *event, pl_rule *rule, char why[200], pl_error *err)
{
    step s = {.fold = fold, .event = &event->event, .broken = event->broken, .why = why, .err = err};
    snprintf(why, 200, "%s", event->why);
    pl_status status = s.broken == PL_RULE_NONE ? decide(&s, event) : PL_OK;
    *rule = s.broken;
    return status;
}

/* ---- Many at once --------------------------------------------------------------------------------- */

static void read_one(pl_bytes bytes, pl_prepared *out)
{
    pl_error why;
    memset(out, 0, sizeof *out);
    if (pl_event_read(bytes.at, bytes.n, &out->event, &out->broken, &why) != PL_OK) {
        snprintf(out->why, sizeof out->why, "%.199s", why.message);
    }
}

/* Whether the signature holds; without memory for that it stays open. */
static void verify_one(pl_prepared *p)
{
    bool holds;
    if (pl_event_verify(&p->event, p->public_key, &holds) == PL_OK) {
        p->signature = holds ? PL_HOLDS : PL_HOLDS_NOT;
    }
}

pl_status pl_fold_prepare(pl_fold *fold, const pl_bytes *events, size_t n, pl_prepared *out, pl_error *err)
{
    int64_t count = (int64_t)n;
    bool *known = PL_NEW0(bool, n);
    pl_status status = known != NULL ? PL_OK : pl_fail_nomem(err, "reading events");
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        pl_key_row k = {0};
        read_one(events[i], &out[i]);
        if (out[i].broken == PL_RULE_NONE) {
            status = pl_fold_key(fold->state, out[i].event.key_id, &k, err);
        }
        known[i] = k.public_key != NULL;
        if (known[i]) {
            memcpy(out[i].public_key, k.public_key, 32);
        }
    }
    count = status == PL_OK ? count : 0;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 16) if (n > 32)
#endif
    for (int64_t i = 0; i < count; i++) {
        if (known[i]) {
            verify_one(&out[i]);
        }
    }
    pl_free(known);
    return status;
}
