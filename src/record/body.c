/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * body.c - the bodies of events: written, taken apart, and as JSON. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/json.h"
#include "io/utf8.h"
#include "record/bytes.h"
#include "record/event.h"

#define NAME_MAX_BYTES 200
#define TEXT_MAX 10000
#define FOUNDERS_MAX 64
#define BLOBS_MAX 16
#define DOMAIN_COMMONS "plenty commons v1\n"
#define DOMAIN_KEY "plenty key added v1\n"
_Static_assert(PL_KEY_ADDED_SIGNED == sizeof DOMAIN_KEY - 1 + 2 * PL_HASH, "the text that a new key signs");

static bool text_good(const char *text, size_t n, size_t most, bool feeds)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && !(feeds && c == '\n')) || c == 0x7F) {
            return false;
        }
    }
    return n >= 1 && n <= most && pl_utf8_valid(text, n);
}

/* ---- Taking apart --------------------------------------------------------------------------------- */

static bool open_map(pl_bytes body, pl_cbor *c, size_t *n)
{
    *c = (pl_cbor){body.at, body.at + body.n};
    return pl_cbor_map(c, n);
}

static bool label_is(pl_cbor *c, uint64_t wanted)
{
    uint64_t label;
    return pl_cbor_uint(c, &label) && label == wanted;
}

bool pl_created_read(pl_bytes body, pl_created *out)
{
    pl_cbor c;
    size_t n;
    if (!open_map(body, &c, &n) || n != 4 || !label_is(&c, 1) || !pl_cbor_text(&c, &out->name, &out->name_n) ||
        !text_good(out->name, out->name_n, NAME_MAX_BYTES, false) || !label_is(&c, 2) ||
        !pl_cbor_fixed(&c, 32, &out->record_key) || !label_is(&c, 3) || !pl_cbor_array(&c, &out->n_founders) ||
        out->n_founders < 1 || out->n_founders > FOUNDERS_MAX) {
        return false;
    }
    for (size_t i = 0; i < out->n_founders; i++) {
        if (!pl_cbor_fixed(&c, 32, &out->founders[i]) || (i > 0 && memcmp(out->founders[i - 1], out->founders[i], 32) >= 0)) {
            return false;
        }
    }
    return label_is(&c, 4) && pl_cbor_fixed(&c, 16, &out->salt) && pl_cbor_end(&c);
}

bool pl_key_added_read(pl_bytes body, pl_key_added *out)
{
    pl_cbor c;
    size_t n;
    return open_map(body, &c, &n) && n == 2 && label_is(&c, 1) && pl_cbor_fixed(&c, 32, &out->public_key) && label_is(&c, 2) &&
           pl_cbor_fixed(&c, PL_SIGNATURE, &out->proof) && pl_cbor_end(&c);
}

bool pl_key_revoked_read(pl_bytes body, const uint8_t **key_id)
{
    pl_cbor c;
    size_t n;
    return open_map(body, &c, &n) && n == 1 && label_is(&c, 1) && pl_cbor_fixed(&c, PL_HASH, key_id) && pl_cbor_end(&c);
}

bool pl_note_body_read(pl_bytes body, pl_note *out)
{
    pl_cbor c;
    size_t n;
    out->n_blobs = 0;
    if (!open_map(body, &c, &n) || n < 1 || n > 2 || !label_is(&c, 1) || !pl_cbor_text(&c, &out->text, &out->text_n) ||
        !text_good(out->text, out->text_n, TEXT_MAX, true)) {
        return false;
    }
    if (n == 2) {
        if (!label_is(&c, 2) || !pl_cbor_array(&c, &out->n_blobs) || out->n_blobs < 1 || out->n_blobs > BLOBS_MAX) {
            return false;
        }
        for (size_t i = 0; i < out->n_blobs; i++) {
            if (!pl_cbor_fixed(&c, PL_HASH, &out->blobs[i])) {
                return false;
            }
        }
    }
    return pl_cbor_end(&c);
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

/* Puts n times 32 bytes, sorted; false when one is there twice. */
static bool put_sorted(pl_str *out, const uint8_t (*items)[32], size_t n)
{
    uint8_t sorted[FOUNDERS_MAX][32];
    memcpy(sorted, items, n * 32);
    qsort(sorted, n, 32, by_bytes);
    pl_cbor_put_array(out, n);
    bool distinct = true;
    for (size_t i = 0; i < n; i++) {
        distinct = distinct && (i == 0 || memcmp(sorted[i - 1], sorted[i], 32) != 0);
        pl_cbor_put_bytes(out, sorted[i], 32);
    }
    return distinct;
}

pl_status pl_body_created(const char *name, const uint8_t record_key[32], const uint8_t (*founders)[32], size_t n_founders,
                          const uint8_t salt[16], pl_owned *out, pl_error *err)
{
    if (!text_good(name, strlen(name), NAME_MAX_BYTES, false)) {
        return pl_fail(err, PL_DATA, "name", "1 to 200 bytes, no control characters", "a commons cannot have this name");
    }
    if (n_founders < 1 || n_founders > FOUNDERS_MAX) {
        return pl_fail(err, PL_DATA, "founders", NULL, "a commons has 1 to %d founders", FOUNDERS_MAX);
    }
    pl_str s;
    pl_str_init(&s, PL_EVENT_MAX);
    pl_cbor_put_map(&s, 4);
    pl_cbor_put_uint(&s, 1);
    pl_cbor_put_text(&s, name, strlen(name));
    pl_cbor_put_uint(&s, 2);
    pl_cbor_put_bytes(&s, record_key, 32);
    pl_cbor_put_uint(&s, 3);
    bool distinct = put_sorted(&s, founders, n_founders);
    pl_cbor_put_uint(&s, 4);
    pl_cbor_put_bytes(&s, salt, 16);
    if (!distinct) {
        pl_str_clear(&s);
        return pl_fail(err, PL_DATA, "founders", NULL, "a founder's key is given twice");
    }
    return pl_owned_from(&s, "writing the founding", out, err);
}

pl_status pl_body_key_added(const pl_key *added, const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], pl_owned *out,
                            pl_error *err)
{
    uint8_t text[PL_KEY_ADDED_SIGNED], proof[PL_SIGNATURE];
    pl_key_added_text(commons_id, signer, text);
    pl_key_sign(added, text, sizeof text, proof);
    pl_str s;
    pl_str_init(&s, PL_EVENT_MAX);
    pl_cbor_put_map(&s, 2);
    pl_cbor_put_uint(&s, 1);
    pl_cbor_put_bytes(&s, pl_key_public(added), 32);
    pl_cbor_put_uint(&s, 2);
    pl_cbor_put_bytes(&s, proof, sizeof proof);
    return pl_owned_from(&s, "writing an event", out, err);
}

pl_status pl_body_key_revoked(const uint8_t key_id[PL_HASH], pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_str_init(&s, PL_EVENT_MAX);
    pl_cbor_put_map(&s, 1);
    pl_cbor_put_uint(&s, 1);
    pl_cbor_put_bytes(&s, key_id, PL_HASH);
    return pl_owned_from(&s, "writing an event", out, err);
}

pl_status pl_body_note(const char *text, size_t n, const uint8_t (*blobs)[PL_HASH], size_t n_blobs, pl_owned *out, pl_error *err)
{
    if (!text_good(text, n, TEXT_MAX, true)) {
        return pl_fail(err, PL_DATA, "text", "1 to 10,000 bytes of UTF-8, without control characters but line feeds",
                       "this cannot be the text of a note");
    }
    if (n_blobs > BLOBS_MAX) {
        return pl_fail(err, PL_DATA, "blobs", NULL, "a note refers to %d blobs at most", BLOBS_MAX);
    }
    pl_str s;
    pl_str_init(&s, PL_EVENT_MAX);
    pl_cbor_put_map(&s, n_blobs > 0 ? 2 : 1);
    pl_cbor_put_uint(&s, 1);
    pl_cbor_put_text(&s, text, n);
    bool distinct = true;
    if (n_blobs > 0) {
        pl_cbor_put_uint(&s, 2);
        distinct = put_sorted(&s, blobs, n_blobs);
    }
    if (!distinct) {
        pl_str_clear(&s);
        return pl_fail(err, PL_DATA, "blobs", NULL, "a blob is given twice");
    }
    return pl_owned_from(&s, "writing an event", out, err);
}

/* ---- As JSON -------------------------------------------------------------------------------------- */

/* Names of the fields of a kind's body, by label. */
static const struct {
    const char *kind, *field[5];
} FIELDS[] = {
    {"commons.created", {NULL, "name", "record_key", "founders", "salt"}},
    {"key.added", {NULL, "public_key", "proof", NULL, NULL}},
    {"key.revoked", {NULL, "key_id", NULL, NULL, NULL}},
    {"note", {NULL, "text", "blobs", NULL, NULL}},
};

static void put_item(pl_json *j, pl_cbor *c, const char *const *names, size_t n_names);

static void put_map(pl_json *j, pl_cbor *c, size_t n, const char *const *names, size_t n_names)
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
        bool known = names != NULL && label > 0 && (uint64_t)label < n_names && names[label] != NULL;
        pl_json_key(j, known ? names[label] : number);
        put_item(j, c, NULL, 0);
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

static void put_item(pl_json *j, pl_cbor *c, const char *const *names, size_t n_names)
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
            put_item(j, c, NULL, 0);
        }
        pl_json_end(j);
    } else if (pl_cbor_map(c, &n)) {
        put_map(j, c, n, names, n_names);
    } else if (pl_cbor_tag(c, &tag)) {
        put_item(j, c, NULL, 0);
    } else {
        pl_cbor_skip(c);
        pl_json_null(j);
    }
}

pl_status pl_event_json(const pl_event *event, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_cbor c = {event->body.at, event->body.at + event->body.n};
    const char *const *names = NULL;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        bool is = strlen(FIELDS[i].kind) == event->kind_n && memcmp(FIELDS[i].kind, event->kind, event->kind_n) == 0;
        names = is ? FIELDS[i].field : names;
    }
    pl_str_init(&s, 16 * (size_t)PL_EVENT_MAX);
    pl_json_init(&j, &s, false);
    put_item(&j, &c, names, 5);
    return pl_owned_from(&s, "writing an event as JSON", out, err);
}
