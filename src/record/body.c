/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * body.c - the kinds of the record itself: their fields, written; and the bodies of all events as JSON. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/json.h"
#include "record/bytes.h"
#include "record/step.h"

#define FOUNDERS_MAX 64
#define BLOBS_MAX 16
#define DOMAIN_COMMONS "plenty commons v1\n"
#define DOMAIN_KEY "plenty key added v1\n"
_Static_assert(PL_KEY_ADDED_SIGNED == sizeof DOMAIN_KEY - 1 + 2 * PL_HASH, "the text that a new key signs");

const pl_event_kind PL_KIND_CREATED = {
    "commons.created",
    {{"name", PL_FIELD_TEXT, 1, 200, false},
     {"record_key", PL_FIELD_BYTES, 32, 32, false},
     {"founders", PL_FIELD_SET, 1, FOUNDERS_MAX, false},
     {"salt", PL_FIELD_BYTES, 16, 16, false},
     {0}},
    pl_apply_created,
};
const pl_event_kind PL_KIND_KEY_ADDED = {
    "key.added",
    {{"public_key", PL_FIELD_BYTES, 32, 32, false}, {"proof", PL_FIELD_BYTES, PL_SIGNATURE, PL_SIGNATURE, false}, {0}},
    pl_apply_key_added,
};
const pl_event_kind PL_KIND_KEY_REVOKED = {"key.revoked", {{"key_id", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, pl_apply_key_revoked};
const pl_event_kind PL_KIND_NOTE = {
    "note",
    {{"text", PL_FIELD_LINES, 1, 10000, false}, {"blobs", PL_FIELD_BLOBS, 1, BLOBS_MAX, true}, {0}},
    pl_apply_note,
};
static const pl_event_kind *const KINDS[] = {&PL_KIND_CREATED, &PL_KIND_KEY_ADDED, &PL_KIND_KEY_REVOKED, &PL_KIND_NOTE, NULL};
static const pl_due NO_DUES[] = {{NULL, NULL}};
const pl_rulebook PL_RECORD_RULES = {KINDS, NO_DUES, NULL, NULL, NULL};

bool pl_created_read(pl_bytes body, pl_created *out)
{
    pl_value v[PL_FIELDS];
    char why[200];
    if (!pl_body_read(&PL_KIND_CREATED, body, v, why)) {
        return false;
    }
    *out = (pl_created){.name = (const char *)v[0].at, .name_n = v[0].n, .record_key = v[1].at, .n_founders = v[2].n};
    for (size_t i = 0; i < v[2].n; i++) {
        out->founders[i] = pl_value_id(&v[2], i);
    }
    return true;
}

void pl_key_added_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_KEY_ADDED_SIGNED])
{
    size_t n = sizeof DOMAIN_KEY - 1;
    memcpy(out, DOMAIN_KEY, n);
    memcpy(out + n, commons_id, PL_HASH);
    memcpy(out + n + PL_HASH, signer, PL_HASH);
}

pl_status pl_commons_id_of(pl_bytes body, uint8_t id[PL_HASH], pl_error *err)
{
    pl_created created;
    if (pl_cbor_check(body.at, body.n, NULL) != NULL || !pl_created_read(body, &created)) {
        return pl_fail(err, PL_DATA, NULL, NULL, "this is no founding of a commons");
    }
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)DOMAIN_COMMONS, sizeof DOMAIN_COMMONS - 1);
    crypto_hash_sha256_update(&state, body.at, body.n);
    crypto_hash_sha256_final(&state, id);
    return PL_OK;
}

/* ---- Writing -------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* Puts n times 32 bytes, sorted; more than `most` are put as they are, for pl_body_end to refuse. */
static void put_sorted(pl_body *body, const char *field, const uint8_t (*items)[32], size_t n, size_t most)
{
    uint8_t sorted[FOUNDERS_MAX][32];
    if (n > most) {
        pl_body_ids(body, field, items, n);
        return;
    }
    memcpy(sorted, items, n * 32);
    qsort(sorted, n, 32, by_bytes);
    pl_body_ids(body, field, (const uint8_t(*)[32])sorted, n);
}

pl_status pl_body_created(const char *name, const uint8_t record_key[32], const uint8_t (*founders)[32], size_t n_founders,
                          const uint8_t salt[16], pl_owned *out, pl_error *err)
{
    pl_body b;
    pl_body_begin(&b, &PL_KIND_CREATED);
    pl_body_text(&b, "name", name, strlen(name));
    pl_body_bytes(&b, "record_key", record_key, 32);
    put_sorted(&b, "founders", founders, n_founders, FOUNDERS_MAX);
    pl_body_bytes(&b, "salt", salt, 16);
    return pl_body_end(&b, out, err);
}

pl_status pl_body_key_added(const pl_key *added, const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], pl_owned *out,
                            pl_error *err)
{
    uint8_t text[PL_KEY_ADDED_SIGNED], proof[PL_SIGNATURE];
    pl_body b;
    pl_key_added_text(commons_id, signer, text);
    pl_key_sign(added, text, sizeof text, proof);
    pl_body_begin(&b, &PL_KIND_KEY_ADDED);
    pl_body_bytes(&b, "public_key", pl_key_public(added), 32);
    pl_body_bytes(&b, "proof", proof, sizeof proof);
    return pl_body_end(&b, out, err);
}

pl_status pl_body_key_revoked(const uint8_t key_id[PL_HASH], pl_owned *out, pl_error *err)
{
    pl_body b;
    pl_body_begin(&b, &PL_KIND_KEY_REVOKED);
    pl_body_bytes(&b, "key_id", key_id, PL_HASH);
    return pl_body_end(&b, out, err);
}

pl_status pl_body_note(const char *text, size_t n, const uint8_t (*blobs)[PL_HASH], size_t n_blobs, pl_owned *out, pl_error *err)
{
    pl_body b;
    pl_body_begin(&b, &PL_KIND_NOTE);
    pl_body_text(&b, "text", text, n);
    if (n_blobs > 0) {
        put_sorted(&b, "blobs", blobs, n_blobs, BLOBS_MAX);
    }
    return pl_body_end(&b, out, err);
}

/* ---- As JSON -------------------------------------------------------------------------------------- */

static void put_item(pl_json *j, pl_cbor *c, const pl_event_kind *kind);

static void put_map(pl_json *j, pl_cbor *c, size_t n, const pl_event_kind *kind)
{
    pl_json_object(j);
    for (size_t i = 0; i < n; i++) {
        int64_t label = 0;
        char number[32] = "?";
        const char *text;
        size_t text_n;
        if (pl_cbor_int(c, &label)) {
            snprintf(number, sizeof number, "%lld", (long long)label);
        } else if (pl_cbor_text(c, &text, &text_n)) {
            snprintf(number, sizeof number, "%.*s", (int)(text_n < 31 ? text_n : 31), text);
        } else {
            pl_cbor_skip(c);
        }
        const char *name = NULL;
        for (int64_t f = 0; kind != NULL && f < label && (name = kind->field[f].name) != NULL; f++) {
        }
        pl_json_key(j, name != NULL ? name : number);
        put_item(j, c, NULL);
    }
    pl_json_end(j);
}

static void put_bytes(pl_json *j, const uint8_t *bytes, size_t n)
{
    char *hex = pl_alloc(2 * n + 1, 1);
    if (hex == NULL) {
        j->out->failed = true;
        return;
    }
    pl_hex_write(bytes, n, hex);
    pl_json_text(j, hex);
    pl_free(hex);
}

static void put_item(pl_json *j, pl_cbor *c, const pl_event_kind *kind)
{
    const uint8_t *bytes;
    const char *text;
    size_t n;
    uint64_t tag;
    int64_t x;
    if (pl_cbor_int(c, &x)) {
        pl_json_int(j, x);
    } else if (pl_cbor_bytes(c, &bytes, &n)) {
        put_bytes(j, bytes, n);
    } else if (pl_cbor_text(c, &text, &n)) {
        pl_json_text_n(j, text, n);
    } else if (pl_cbor_array(c, &n)) {
        pl_json_array(j);
        for (size_t i = 0; i < n; i++) {
            put_item(j, c, NULL);
        }
        pl_json_end(j);
    } else if (pl_cbor_map(c, &n)) {
        put_map(j, c, n, kind);
    } else if (pl_cbor_tag(c, &tag)) {
        put_item(j, c, NULL);
    } else {
        pl_cbor_skip(c);
        pl_json_null(j);
    }
}

pl_status pl_event_json(const pl_event *event, const pl_rulebook *rulebook, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_cbor c = {event->body.at, event->body.at + event->body.n};
    pl_str_init(&s, 16 * (size_t)PL_EVENT_MAX);
    pl_json_init(&j, &s, false);
    put_item(&j, &c, pl_kind_of(rulebook, event->kind, event->kind_n));
    return pl_owned_from(&s, "writing an event as JSON", out, err);
}
