/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_record.c - the record: what happened, each event with its proof; what a draft needs; taking in what members have signed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/tar.h"
#include "council/acts.h"
#include "council/grants.h"
#include "record/kind.h"
#include "server/review.h"
#include "server/words.h"

#define BLOB_MAX ((size_t)16 << 20)

static void lock(pl_call *c)
{
    pthread_mutex_lock(&c->server->record_lock);
}

static pl_status unlock(pl_call *c, pl_status status)
{
    pthread_mutex_unlock(&c->server->record_lock);
    return status;
}

/* ---- Events --------------------------------------------------------------------------------------- */

/* What the rows say of an event: whose key signed it, and whether its texts are shown. */
typedef struct known {
    uint8_t key[PL_HASH], holder[PL_HASH], public_key[PL_HASH];
    int64_t position;
    bool hidden;
} known;

static pl_status look_known(void *user, pl_step *s)
{
    known *k = user;
    pl_key_row row;
    pl_act_mark mark;
    bool there;
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(k->key), &row, &there);
    memcpy(k->holder, row.holder, PL_HASH);
    memcpy(k->public_key, row.public_key, PL_HASH);
    return status == PL_OK ? pl_get(s, &PL_HIDDEN, pl_key_then(pl_key_none(), k->position), &mark, &k->hidden) : status;
}

static pl_status put_body(pl_json *j, const pl_event *e, pl_error *err)
{
    pl_owned body;
    pl_status status = pl_event_json(e, pl_council_rules(), &body, err);
    if (status == PL_OK) {
        pl_json_key(j, "body");
        pl_json_raw(j, body.bytes);
        pl_owned_free(&body);
    }
    return status;
}

/* The members of an object for an event. */
static pl_status put_event(pl_json *j, uint64_t position, const pl_event *e, const known *k, pl_error *err)
{
    uint8_t leaf[PL_HASH];
    char kind[65];
    snprintf(kind, sizeof kind, "%.*s", (int)e->kind_n, e->kind);
    pl_leaf_hash(e->bytes.at, e->bytes.n, leaf);
    pl_json_put_int(j, "position", (int64_t)position);
    pl_json_put_id(j, "id", leaf);
    pl_json_put_text(j, "kind", kind);
    pl_json_put_text(j, "words", pl_words_event(kind));
    pl_json_put_time(j, "time", (int64_t)e->time);
    pl_json_put_id(j, "key", e->key_id);
    pl_json_put_id(j, "public_key", k->public_key);
    pl_json_put_id(j, "member", k->holder);
    pl_json_put_int(j, "counter", (int64_t)e->counter);
    pl_json_put_bool(j, "hidden", k->hidden);
    if (k->hidden) {
        pl_json_key(j, "body");
        pl_json_null(j);
        return PL_OK;
    }
    return put_body(j, e, err);
}

/* All of it, as it was signed. */
static pl_status put_bytes(pl_json *j, const pl_owned *bytes, const known *k, pl_error *err)
{
    char *hex = PL_NEW(char, 2 * bytes->n + 1);
    if (hex == NULL) {
        return pl_fail_nomem(err, "showing an event");
    }
    pl_hex_write(bytes->bytes, bytes->n, hex);
    pl_json_put_text(j, "bytes", k->hidden ? NULL : hex);
    pl_free(hex);
    return PL_OK;
}

/* An event of the record, taken apart; *bytes is to be freed. */
static pl_status read_event(pl_call *c, uint64_t position, pl_owned *bytes, pl_event *e, known *k)
{
    pl_rule rule;
    pl_status status = pl_record_event(c->server->record, position, bytes, c->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_event_read((const uint8_t *)bytes->bytes, bytes->n, e, &rule, c->err);
    if (status == PL_OK) {
        memcpy(k->key, e->key_id, PL_HASH);
        k->position = (int64_t)position;
        status = pl_record_look(c->server->record, c->server->settings.now(), look_known, k, c->err);
    }
    if (status != PL_OK) {
        pl_owned_free(bytes);
    }
    return status;
}

static bool wanted(const pl_call *c, const pl_event *e, const known *k, const uint8_t *member)
{
    const char *kind = pl_call_text(c, "kind");
    return (kind == NULL || (strncmp(kind, e->kind, e->kind_n) == 0 && kind[e->kind_n] == '\0')) && (member == NULL || pl_id_same(member, k->holder));
}

/* Events from that position downwards, newest first, until enough are found. */
static pl_status put_events(pl_call *c, uint64_t before, int64_t most, const uint8_t *member)
{
    pl_status status = PL_OK;
    uint64_t position = before;
    int64_t found = 0;
    pl_json_key(&c->json, "events");
    pl_json_array(&c->json);
    while (status == PL_OK && position > 0 && found < most && before - position < 5000) {
        pl_owned bytes;
        pl_event e;
        known k = {.hidden = false};
        status = read_event(c, --position, &bytes, &e, &k);
        if (status != PL_OK) {
            break;
        }
        if (wanted(c, &e, &k, member)) {
            pl_json_object(&c->json);
            status = put_event(&c->json, position, &e, &k, c->err);
            status = status == PL_OK && pl_call_text(c, "bytes") != NULL ? put_bytes(&c->json, &bytes, &k, c->err) : status;
            pl_json_end(&c->json);
            found++;
        }
        pl_owned_free(&bytes);
    }
    pl_json_end(&c->json);
    pl_json_put_time(&c->json, "next", position > 0 ? (int64_t)position : -1);
    return status;
}

static pl_status answer_record(pl_call *c)
{
    uint64_t size = 0;
    int64_t before, most;
    uint8_t member[PL_HASH];
    const char *of = pl_call_text(c, "member");
    pl_status status = pl_call_number(c, "before", 0, INT64_MAX, INT64_MAX, &before);
    status = status == PL_OK ? pl_call_number(c, "most", 1, 500, 50, &most) : status;
    status = status == PL_OK && of != NULL ? pl_call_id(c, of, "member", member) : status;
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = pl_record_size(c->server->record, &size, c->err);
    if (status == PL_OK) {
        pl_json_object(&c->json);
        pl_json_put_int(&c->json, "size", (int64_t)size);
        status = put_events(c, (uint64_t)before < size ? (uint64_t)before : size, most, of != NULL ? member : NULL);
        pl_json_end(&c->json);
    }
    return unlock(c, status);
}

static pl_status position_of(pl_call *c, uint64_t *position)
{
    char *end;
    *position = strtoull(c->part[0], &end, 10);
    return *end == '\0' && c->part[0][0] >= '0' && c->part[0][0] <= '9' ? PL_OK : pl_fail(c->err, PL_USAGE, "position", NULL, "say a whole number");
}

static void put_proof(pl_json *j, const pl_proof *p)
{
    pl_json_key(j, "proof");
    pl_json_array(j);
    for (int i = 0; i < p->n; i++) {
        char hex[2 * PL_HASH + 1];
        pl_hex_write(p->hash[i], PL_HASH, hex);
        pl_json_text(j, hex);
    }
    pl_json_end(j);
}

static pl_status put_one(pl_call *c, uint64_t position, const pl_owned *bytes, const pl_event *e, const known *k)
{
    uint64_t size;
    uint8_t root[PL_HASH];
    pl_proof proof;
    pl_record *r = c->server->record;
    pl_status status = pl_record_size(r, &size, c->err);
    status = status == PL_OK ? pl_record_root(r, size, root, c->err) : status;
    status = status == PL_OK ? pl_record_prove(r, position, size, &proof, c->err) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(&c->json);
    status = put_event(&c->json, position, e, k, c->err);
    pl_json_put_int(&c->json, "size", (int64_t)size);
    pl_json_put_id(&c->json, "root", root);
    put_proof(&c->json, &proof);
    status = status == PL_OK ? put_bytes(&c->json, bytes, k, c->err) : status;
    pl_json_end(&c->json);
    return status;
}

static pl_status answer_event(pl_call *c)
{
    uint64_t position;
    pl_owned bytes;
    pl_event e;
    known k = {.hidden = false};
    pl_status status = position_of(c, &position);
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = read_event(c, position, &bytes, &e, &k);
    if (status == PL_OK) {
        status = put_one(c, position, &bytes, &e, &k);
        pl_owned_free(&bytes);
    }
    return unlock(c, status);
}

/* A tlog-proof that the event stands under the last checkpoint. */
static pl_status answer_proof(pl_call *c)
{
    uint64_t position;
    pl_owned note = {NULL, 0}, text = {NULL, 0};
    pl_checkpoint at;
    pl_proof proof;
    pl_status status = position_of(c, &position);
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = pl_record_checkpoint(c->server->record, &note, c->err);
    status = status == PL_OK ? pl_checkpoint_read(note.bytes, note.n, &at, c->err) : status;
    status = status == PL_OK ? pl_record_prove(c->server->record, position, at.size, &proof, c->err) : status;
    status = status == PL_OK ? pl_inclusion_write(position, &proof, note.bytes, note.n, &text, c->err) : status;
    unlock(c, status);
    if (status == PL_OK) {
        pl_str_add_n(&c->answer.body, text.bytes, text.n);
        c->answer.type = "text/plain; charset=utf-8";
    }
    pl_owned_free(&note);
    pl_owned_free(&text);
    return status;
}

static pl_status answer_checkpoint(pl_call *c)
{
    pl_owned note;
    lock(c);
    pl_status status = unlock(c, pl_record_checkpoint(c->server->record, &note, c->err));
    if (status == PL_OK) {
        pl_str_add_n(&c->answer.body, note.bytes, note.n);
        c->answer.type = "text/plain; charset=utf-8";
        pl_owned_free(&note);
    }
    return status;
}

static pl_status answer_growth(pl_call *c)
{
    int64_t old, size;
    uint64_t have;
    uint8_t root[2][PL_HASH];
    pl_proof proof;
    pl_record *r = c->server->record;
    pl_status status = pl_call_number(c, "old", 1, INT64_MAX, 1, &old);
    status = status == PL_OK ? pl_call_number(c, "size", 1, INT64_MAX, 0, &size) : status;
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = pl_record_size(r, &have, c->err);
    size = size == 0 ? (int64_t)have : size;
    status = status == PL_OK ? pl_record_root(r, (uint64_t)old, root[0], c->err) : status;
    status = status == PL_OK ? pl_record_root(r, (uint64_t)size, root[1], c->err) : status;
    status = unlock(c, status == PL_OK ? pl_record_prove_growth(r, (uint64_t)old, (uint64_t)size, &proof, c->err) : status);
    if (status == PL_OK) {
        pl_json_object(&c->json);
        pl_json_put_int(&c->json, "old", old);
        pl_json_put_id(&c->json, "old_root", root[0]);
        pl_json_put_int(&c->json, "size", size);
        pl_json_put_id(&c->json, "root", root[1]);
        put_proof(&c->json, &proof);
        pl_json_end(&c->json);
    }
    return status;
}

/* The whole record as files, up to its last checkpoint: what 'plenty audit' and others' tools read. */
static pl_status answer_export(pl_call *c)
{
    static atomic_uint serial;
    char path[4200];
    uint64_t events;
    pl_record *own = NULL; /* a connection of its own: it takes a while */
    snprintf(path, sizeof path, "%.4000s/record-%u", c->server->settings.scratch, atomic_fetch_add(&serial, 1));
    pl_status status = pl_record_open(c->server->settings.commons, pl_council_rules(), PL_RECORD_READ, &own, c->err);
    status = status == PL_OK ? pl_record_export(own, path, false, &events, c->err) : status;
    status = status == PL_OK ? pl_tar_pack_tree(path, "record", &c->answer.body, c->err) : status;
    c->answer.type = "application/x-tar";
    snprintf(c->answer.name, sizeof c->answer.name, "record.tar");
    pl_record_close(own);
    pl_path_remove(path);
    return status;
}

/* ---- Signing on the member's side ----------------------------------------------------------------- */

static void put_kind(pl_json *j, const pl_event_kind *k)
{
    static const char *const TYPE[] = {"bytes", "text", "lines", "int", "ids", "set", "blobs", "ints", "texts"};
    pl_json_object(j);
    pl_json_put_text(j, "kind", k->name);
    pl_json_put_text(j, "words", pl_words_event(k->name));
    pl_json_key(j, "fields");
    pl_json_array(j);
    for (int f = 0; k->field[f].name != NULL; f++) {
        pl_json_object(j);
        pl_json_put_int(j, "label", f + 1);
        pl_json_put_text(j, "name", k->field[f].name);
        pl_json_put_text(j, "type", TYPE[k->field[f].type]);
        pl_json_put_int(j, "min", k->field[f].min);
        pl_json_put_int(j, "max", k->field[f].max);
        pl_json_put_bool(j, "optional", k->field[f].optional);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_end(j);
}

static pl_status answer_kinds(pl_call *c)
{
    const pl_rulebook *const books[] = {&PL_RECORD_RULES, pl_council_rules()};
    pl_json_object(&c->json);
    pl_json_key(&c->json, "kinds");
    pl_json_array(&c->json);
    for (size_t b = 0; b < 2; b++) {
        for (size_t k = 0; books[b]->kinds[k] != NULL; k++) {
            put_kind(&c->json, books[b]->kinds[k]);
        }
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    return PL_OK;
}

static pl_status answer_draft(pl_call *c)
{
    uint8_t key[PL_HASH];
    pl_draft d;
    pl_status status = pl_call_id(c, pl_call_text(c, "key"), "key", key);
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = unlock(c, pl_record_draft(c->server->record, key, c->server->settings.now(), &d, c->err));
    if (status == PL_OK) {
        pl_json_object(&c->json);
        pl_json_put_id(&c->json, "commons_id", d.commons_id);
        pl_json_put_int(&c->json, "counter", (int64_t)d.counter);
        pl_json_put_time(&c->json, "time", (int64_t)d.time);
        pl_json_put_int(&c->json, "follows_size", (int64_t)d.follows_size);
        pl_json_put_id(&c->json, "follows_root", d.follows_root);
        pl_json_end(&c->json);
    }
    return status;
}

static void tell_event(pl_server *s, const pl_event *e, uint64_t position, const uint8_t id[PL_HASH])
{
    char data[300], hex[2 * PL_HASH + 1];
    pl_hex_write(id, PL_HASH, hex);
    snprintf(data, sizeof data, "{\"position\":%llu,\"id\":\"%s\",\"kind\":\"%.*s\"}", (unsigned long long)position, hex, (int)e->kind_n, e->kind);
    pl_cache_next(&s->cache);
    pl_live_tell(&s->live, s->http, "event", data);
}

/* Adds an event by the same rules as everywhere: nobody here can sign. */
static pl_status answer_append(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    const pl_bytes bytes = {(const uint8_t *)body->text, body->len};
    uint8_t id[PL_HASH];
    pl_taken taken;
    pl_event e;
    pl_rule rule = PL_RULE_NONE;
    pl_status status = pl_event_read(bytes.at, bytes.n, &e, &rule, c->err);
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = unlock(c, pl_record_append(c->server->record, &bytes, 1, c->server->settings.now(), &taken, c->err));
    if (status != PL_OK) {
        return status;
    }
    pl_leaf_hash(bytes.at, bytes.n, id);
    pl_json_object(&c->json);
    if (taken.broken == PL_RULE_NONE) {
        char kind[65];
        snprintf(kind, sizeof kind, "%.*s", (int)e.kind_n, e.kind);
        pl_sessions_review(c->server, taken.position, taken.position + 1);
        tell_event(c->server, &e, taken.position, id);
        c->answer.status = 201;
        pl_json_put_int(&c->json, "position", (int64_t)taken.position);
        pl_json_put_id(&c->json, "id", id);
        pl_json_put_text(&c->json, "kind", kind);
    } else {
        c->answer.status = 409;
        pl_json_put_text(&c->json, "error", "refused");
        pl_json_put_text(&c->json, "rule", pl_rule_id(taken.broken));
        pl_json_put_text(&c->json, "message", pl_rule_text(taken.broken));
        pl_json_put_text(&c->json, "why", taken.why);
        pl_json_put_text(&c->json, "hint", "docs/rules.md; nothing was added");
    }
    pl_json_end(&c->json);
    return PL_OK;
}

static pl_status answer_take_checkpoint(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    lock(c);
    pl_status status = unlock(c, pl_record_take_checkpoint(c->server->record, body->text, body->len, c->err));
    if (status == PL_OK) {
        pl_cache_next(&c->server->cache);
        c->answer.status = 201;
        status = answer_checkpoint(c);
    }
    return status;
}

/* ---- Blobs ---------------------------------------------------------------------------------------- */

static pl_status answer_put_blob(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    uint8_t hash[PL_HASH];
    lock(c);
    pl_status status = unlock(c, pl_record_put_blob(c->server->record, (pl_bytes){(const uint8_t *)body->text, body->len}, hash, c->err));
    if (status == PL_OK) {
        pl_json_object(&c->json);
        pl_json_put_id(&c->json, "hash", hash);
        pl_json_put_int(&c->json, "bytes", (int64_t)body->len);
        pl_json_end(&c->json);
        c->answer.status = 201;
    }
    return status;
}

static pl_status answer_blob(pl_call *c)
{
    uint8_t hash[PL_HASH];
    pl_owned blob;
    pl_status status = pl_call_id(c, c->part[0], "hash", hash);
    if (status != PL_OK) {
        return status;
    }
    lock(c);
    status = unlock(c, pl_record_blob(c->server->record, hash, &blob, c->err));
    if (status == PL_OK) {
        pl_str_add_n(&c->answer.body, blob.bytes, blob.n);
        c->answer.type = "application/octet-stream";
        snprintf(c->answer.name, sizeof c->answer.name, "%.64s.bin", c->part[0]);
        pl_owned_free(&blob);
    }
    return status;
}

const pl_route PL_ROUTES_RECORD[] = {
    {"GET", "/api/record", "before number only events below this position; most number how many (50); kind text only of this kind; member text only of this member; bytes text 1: with the bytes of each",
     "What happened, newest first, in plain words", "record", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer_record},
    {"GET", "/api/record/checkpoint", "", "The last signed checkpoint: a signed note", "checkpoint", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer_checkpoint},
    {"POST", "/api/record/checkpoint", "", "Takes in a checkpoint that whoever holds the record key has signed", "checkpoint", "text/plain", 2000, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_OPEN, answer_take_checkpoint},
    {"GET", "/api/record/growth", "old number a smaller size (1); size number a larger one (all)", "That the record has only grown: a consistency proof", "growth", NULL, 0,
     PL_FRESH_NOW, PL_WANTS_COMMONS, answer_growth},
    {"GET", "/api/record/export", "", "The whole record as files up to the last checkpoint, a tar archive: unpack it, then 'plenty audit record'", "export", NULL, 0, PL_FRESH_NEVER,
     PL_WANTS_COMMONS, answer_export},
    {"GET", "/api/record/{position}", "", "One event, its bytes, and the proof that it stands in the record", "event", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer_event},
    {"GET", "/api/record/{position}/proof", "", "The proof under the last checkpoint, as a file (tlog-proof)", "checkpoint", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS,
     answer_proof},
    {"GET", "/api/kinds", "", "All kinds of events with the fields of their bodies, for signing", "kinds", NULL, 0, PL_FRESH_ALWAYS, PL_OPEN, answer_kinds},
    {"GET", "/api/draft", "key text the key id of who will sign", "What the next event of a key must say", "draft", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_OPEN,
     answer_draft},
    {"POST", "/api/events", "", "Adds a signed event: COSE_Sign1, as docs/formats/record.md says", "append", "application/cose", PL_EVENT_MAX, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_OPEN, answer_append},
    {"POST", "/api/blobs", "", "Puts a file beside the record, to which events refer", "blobs", "application/octet-stream", BLOB_MAX, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_put_blob},
    {"GET", "/api/blobs/{hash}", "", "A file beside the record", "blobs", NULL, 0, PL_FRESH_ALWAYS, PL_WANTS_COMMONS, answer_blob},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
