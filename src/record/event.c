/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * event.c - an event as COSE_Sign1 (RFC 9052): taken apart, signed, verified. */
#include "record/event.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"

#define TYP "plenty-event"
#define TIME_END ((uint64_t)1 << 53)

const char *pl_rule_id(pl_rule rule)
{
    static const char *const ids[PL_RULES] = {"",
#define PL_RULE(name, id, text, door) id,
#include <plenty/rules.def>
#undef PL_RULE
    };
    return rule > PL_RULE_NONE && rule < PL_RULES ? ids[rule] : "";
}

const char *pl_rule_text(pl_rule rule)
{
    static const char *const texts[PL_RULES] = {"",
#define PL_RULE(name, id, text, door) text,
#include <plenty/rules.def>
#undef PL_RULE
    };
    return rule > PL_RULE_NONE && rule < PL_RULES ? texts[rule] : "";
}

bool pl_kind_good(const char *kind, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = kind[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_')) {
            return false;
        }
    }
    return n >= 1 && n <= 64;
}

/* The map {1: -8, 4: key id, 16: "plenty-event"}. */
static bool read_protected(pl_bytes bytes, const uint8_t **key_id)
{
    pl_cbor c = {bytes.at, bytes.at + bytes.n};
    size_t n;
    uint64_t label;
    int64_t algorithm;
    const char *typ;
    return pl_cbor_check(bytes.at, bytes.n, NULL) == NULL && pl_cbor_map(&c, &n) && n == 3 && pl_cbor_uint(&c, &label) &&
           label == 1 && pl_cbor_int(&c, &algorithm) && algorithm == -8 && pl_cbor_uint(&c, &label) && label == 4 &&
           pl_cbor_fixed(&c, PL_HASH, key_id) && pl_cbor_uint(&c, &label) && label == 16 && pl_cbor_text(&c, &typ, &n) &&
           n == strlen(TYP) && memcmp(typ, TYP, n) == 0;
}

/* What is wrong with the outside, or NULL. */
static const char *read_outside(const uint8_t *bytes, size_t n, pl_event *e)
{
    size_t items, none;
    uint64_t tag;
    pl_cbor c = {bytes, bytes + n};
    if (n > PL_EVENT_MAX) {
        return "it is larger than 60,000 bytes";
    }
    const char *fault = pl_cbor_check(bytes, n, NULL);
    if (fault != NULL) {
        return fault;
    }
    if (!pl_cbor_tag(&c, &tag) || tag != 18 || !pl_cbor_array(&c, &items) || items != 4) {
        return "it is no tagged COSE_Sign1";
    }
    if (!pl_cbor_bytes(&c, &e->protected_header.at, &e->protected_header.n) || !read_protected(e->protected_header, &e->key_id)) {
        return "its protected header is not that of an event";
    }
    if (!pl_cbor_map(&c, &none) || none != 0) {
        return "its unprotected header is not empty";
    }
    if (!pl_cbor_bytes(&c, &e->payload.at, &e->payload.n) || !pl_cbor_fixed(&c, PL_SIGNATURE, &e->signature)) {
        return "its payload or its signature is missing";
    }
    e->bytes = (pl_bytes){bytes, n};
    return NULL;
}

static bool label_is(pl_cbor *c, uint64_t wanted)
{
    uint64_t label;
    return pl_cbor_uint(c, &label) && label == wanted;
}

static bool read_follows(pl_cbor *c, pl_event *e)
{
    size_t n;
    e->follows = true;
    return label_is(c, 7) && pl_cbor_array(c, &n) && n == 2 && pl_cbor_uint(c, &e->follows_size) &&
           pl_cbor_fixed(c, PL_HASH, &e->follows_root);
}

/* What is wrong with the payload, or NULL. */
static const char *read_inside(pl_event *e)
{
    pl_cbor c = {e->payload.at, e->payload.at + e->payload.n};
    size_t n;
    uint64_t version;
    const char *fault = pl_cbor_check(e->payload.at, e->payload.n, NULL);
    if (fault != NULL) {
        return fault;
    }
    if (!pl_cbor_map(&c, &n) || (n != 6 && n != 7)) {
        return "it is no map of six or seven fields";
    }
    if (!label_is(&c, 1) || !pl_cbor_uint(&c, &version) || version != 1) {
        return "its version is not 1";
    }
    if (!label_is(&c, 2) || !pl_cbor_fixed(&c, PL_HASH, &e->commons_id)) {
        return "it has no commons id of 32 bytes";
    }
    if (!label_is(&c, 3) || !pl_cbor_uint(&c, &e->counter) || e->counter < 1) {
        return "it has no counter from 1 on";
    }
    if (!label_is(&c, 4) || !pl_cbor_uint(&c, &e->time) || e->time >= TIME_END) {
        return "it has no time in seconds";
    }
    if (!label_is(&c, 5) || !pl_cbor_text(&c, &e->kind, &e->kind_n) || !pl_kind_good(e->kind, e->kind_n)) {
        return "its kind is no word of small letters, digits, dots and underscores";
    }
    e->body.at = NULL;
    if (label_is(&c, 6) && pl_cbor_peek(&c) == PL_CBOR_MAP) {
        e->body.at = c.at;
        pl_cbor_skip(&c);
        e->body.n = (size_t)(c.at - e->body.at);
    }
    if (e->body.at == NULL) {
        return "its body is no map";
    }
    if (n == 7 && !read_follows(&c, e)) {
        return "what it follows is no size with a root hash";
    }
    return NULL;
}

pl_status pl_event_read(const uint8_t *bytes, size_t n, pl_event *out, pl_rule *broken, pl_error *err)
{
    pl_event e = {0};
    const char *fault = read_outside(bytes, n, &e);
    *broken = fault != NULL ? PL_RULE_BYTES : PL_RULE_NONE;
    if (fault == NULL && (fault = read_inside(&e)) != NULL) {
        *broken = PL_RULE_ENVELOPE;
    }
    if (fault != NULL) {
        return pl_fail(err, PL_DATA, NULL, "docs/formats/record.md says what an event is", "%s: %s (%s)", pl_rule_text(*broken),
                       fault, pl_rule_id(*broken));
    }
    *out = e;
    return PL_OK;
}

/* The CBOR of ["Signature1", protected, h'', payload]. */
static void put_signed(pl_str *out, pl_bytes header, pl_bytes payload)
{
    pl_cbor_put_array(out, 4);
    pl_cbor_put_text(out, "Signature1", 10);
    pl_cbor_put_bytes(out, header.at, header.n);
    pl_cbor_put_bytes(out, "", 0);
    pl_cbor_put_bytes(out, payload.at, payload.n);
}

pl_status pl_event_verify(const pl_event *event, const uint8_t public_key[32], bool *holds)
{
    pl_str text;
    pl_str_init(&text, PL_EVENT_MAX + 64);
    put_signed(&text, event->protected_header, event->payload);
    bool failed = text.failed;
    *holds = !failed && pl_signature_holds(public_key, text.text, text.len, event->signature);
    pl_str_clear(&text);
    return failed ? PL_NOMEM : PL_OK;
}

static void put_payload(pl_str *out, const pl_draft *draft)
{
    pl_cbor_put_map(out, draft->follows ? 7 : 6);
    pl_cbor_put_uint(out, 1);
    pl_cbor_put_uint(out, 1);
    pl_cbor_put_uint(out, 2);
    pl_cbor_put_bytes(out, draft->commons_id, PL_HASH);
    pl_cbor_put_uint(out, 3);
    pl_cbor_put_uint(out, draft->counter);
    pl_cbor_put_uint(out, 4);
    pl_cbor_put_uint(out, draft->time);
    pl_cbor_put_uint(out, 5);
    pl_cbor_put_text(out, draft->kind, strlen(draft->kind));
    pl_cbor_put_uint(out, 6);
    pl_str_add_n(out, (const char *)draft->body.at, draft->body.n);
    if (draft->follows) {
        pl_cbor_put_uint(out, 7);
        pl_cbor_put_array(out, 2);
        pl_cbor_put_uint(out, draft->follows_size);
        pl_cbor_put_bytes(out, draft->follows_root, PL_HASH);
    }
}

static void put_protected(pl_str *out, const uint8_t *key_id)
{
    pl_cbor_put_map(out, 3);
    pl_cbor_put_uint(out, 1);
    pl_cbor_put_int(out, -8);
    pl_cbor_put_uint(out, 4);
    pl_cbor_put_bytes(out, key_id, PL_HASH);
    pl_cbor_put_uint(out, 16);
    pl_cbor_put_text(out, TYP, strlen(TYP));
}

static pl_bytes bytes_of(const pl_str *s)
{
    return (pl_bytes){(const uint8_t *)s->text, s->len};
}

pl_status pl_event_sign(const pl_draft *draft, const pl_key *key, pl_owned *out, pl_error *err)
{
    size_t room = 2 * (size_t)PL_EVENT_MAX + draft->body.n;
    uint8_t signature[PL_SIGNATURE];
    pl_str header, payload, text, event;
    pl_str_init(&header, room);
    pl_str_init(&payload, room);
    pl_str_init(&text, room);
    pl_str_init(&event, room);
    put_protected(&header, pl_key_id(key));
    put_payload(&payload, draft);
    put_signed(&text, bytes_of(&header), bytes_of(&payload));
    pl_key_sign(key, text.text, text.len, signature);
    pl_cbor_put_tag(&event, 18);
    pl_cbor_put_array(&event, 4);
    pl_cbor_put_bytes(&event, header.text, header.len);
    pl_cbor_put_map(&event, 0);
    pl_cbor_put_bytes(&event, payload.text, payload.len);
    pl_cbor_put_bytes(&event, signature, sizeof signature);
    pl_status status = PL_OK;
    if (header.failed || payload.failed || text.failed || event.failed) {
        status = pl_fail_nomem(err, "signing an event");
    } else if (event.len > PL_EVENT_MAX) {
        status = pl_fail(err, PL_TOOBIG, NULL, "put what is large into a blob and refer to it",
                         "the event would have %zu bytes, and %d are allowed", event.len, PL_EVENT_MAX);
    } else {
        status = pl_owned_from(&event, "signing an event", out, err);
    }
    pl_str_clear(&header);
    pl_str_clear(&payload);
    pl_str_clear(&text);
    pl_str_clear(&event);
    return status;
}
