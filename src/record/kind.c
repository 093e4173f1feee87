/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * kind.c - bodies of events, read and written by the table of their kind. */
#include "record/kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/utf8.h"
#include "record/bytes.h"

#define ITEM_TEXT_MAX 1000
#define ID_ITEM (2 + PL_HASH) /* bytes of 32 bytes in CBOR */

bool pl_kind_is(const pl_event_kind *kind, const pl_event *event)
{
    return strlen(kind->name) == event->kind_n && memcmp(kind->name, event->kind, event->kind_n) == 0;
}

static const pl_event_kind *among(const pl_event_kind *const *kinds, const char *name, size_t n)
{
    for (; *kinds != NULL; kinds++) {
        if (strlen((*kinds)->name) == n && memcmp((*kinds)->name, name, n) == 0) {
            return *kinds;
        }
    }
    return NULL;
}

const pl_event_kind *pl_kind_of(const pl_rulebook *rulebook, const char *name, size_t n)
{
    const pl_event_kind *kind = among(PL_RECORD_RULES.kinds, name, n);
    return kind != NULL || rulebook == NULL ? kind : among(rulebook->kinds, name, n);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

static bool say(char why[200], const char *fmt, ...) PL_PRINTF(2, 3);
static bool say(char why[200], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, 200, fmt, args);
    va_end(args);
    return false;
}

static bool text_good(const char *text, size_t n, bool feeds)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && !(feeds && c == '\n')) || c == 0x7F) {
            return false;
        }
    }
    return pl_utf8_valid(text, n);
}

static bool within(const pl_field *f, size_t n)
{
    return (int64_t)n >= f->min && (int64_t)n <= f->max;
}

static bool read_id(pl_cbor *c, const uint8_t **before)
{
    const uint8_t *id;
    bool good = pl_cbor_fixed(c, PL_HASH, &id) && (before == NULL || *before == NULL || memcmp(*before, id, PL_HASH) < 0);
    if (good && before != NULL) {
        *before = id;
    }
    return good;
}

static bool read_item(const pl_field *f, pl_cbor *c, const uint8_t **before)
{
    const char *text;
    size_t n;
    int64_t x;
    switch (f->type) {
    case PL_FIELD_IDS:
    case PL_FIELD_BLOBS:
        return read_id(c, NULL);
    case PL_FIELD_SET:
        return read_id(c, before);
    case PL_FIELD_INTS:
        return pl_cbor_int(c, &x) && x >= -PL_BODY_NUMBER_MAX && x <= PL_BODY_NUMBER_MAX;
    default:
        return pl_cbor_text(c, &text, &n) && n >= 1 && n <= ITEM_TEXT_MAX && text_good(text, n, false);
    }
}

static bool read_list(const pl_field *f, pl_cbor *c, pl_value *v)
{
    const uint8_t *before = NULL;
    if (!pl_cbor_array(c, &v->n) || !within(f, v->n)) {
        return false;
    }
    v->at = c->at;
    for (size_t i = 0; i < v->n; i++) {
        if (!read_item(f, c, &before)) {
            return false;
        }
    }
    return true;
}

static bool read_field(const pl_field *f, pl_cbor *c, pl_value *v)
{
    const char *text;
    v->given = true;
    switch (f->type) {
    case PL_FIELD_BYTES:
        return pl_cbor_bytes(c, &v->at, &v->n) && within(f, v->n);
    case PL_FIELD_TEXT:
    case PL_FIELD_LINES:
        if (!pl_cbor_text(c, &text, &v->n) || !within(f, v->n)) {
            return false;
        }
        v->at = (const uint8_t *)text;
        return text_good(text, v->n, f->type == PL_FIELD_LINES);
    case PL_FIELD_INT:
        return pl_cbor_int(c, &v->x) && v->x >= f->min && v->x <= f->max;
    default:
        return read_list(f, c, v);
    }
}

static size_t count_fields(const pl_event_kind *kind)
{
    size_t n = 0;
    while (kind->field[n].name != NULL) {
        n++;
    }
    return n;
}

/* What a field must be, in words. */
static bool say_field(char why[200], const pl_event_kind *kind, const pl_field *f)
{
    static const char *const WHAT[] = {[PL_FIELD_BYTES] = "bytes", [PL_FIELD_TEXT] = "bytes of text on one line", [PL_FIELD_LINES] = "bytes of text",
                                       [PL_FIELD_INT] = "", [PL_FIELD_IDS] = "identifiers", [PL_FIELD_SET] = "identifiers in ascending order",
                                       [PL_FIELD_BLOBS] = "hashes of blobs", [PL_FIELD_INTS] = "numbers", [PL_FIELD_TEXTS] = "short texts"};
    if (f->type == PL_FIELD_INT) {
        return say(why, "%s of %s must be a number from %lld to %lld", f->name, kind->name, (long long)f->min, (long long)f->max);
    }
    if (f->min == f->max) {
        return say(why, "%s of %s must be %lld %s", f->name, kind->name, (long long)f->min, WHAT[f->type]);
    }
    return say(why, "%s of %s must be %lld to %lld %s", f->name, kind->name, (long long)f->min, (long long)f->max, WHAT[f->type]);
}

bool pl_body_read(const pl_event_kind *kind, pl_bytes body, pl_value *value, char why[200])
{
    pl_cbor c = {body.at, body.at + body.n};
    size_t pairs, fields = count_fields(kind), f = 0;
    memset(value, 0, fields * sizeof *value);
    if (!pl_cbor_map(&c, &pairs)) {
        return say(why, "the body of %s must be a map", kind->name);
    }
    for (size_t i = 0; i < pairs; i++) {
        uint64_t label;
        if (!pl_cbor_uint(&c, &label) || label < 1 || label > fields) {
            return say(why, "%s has fields 1 to %zu, and no others", kind->name, fields);
        }
        for (; f + 1 < label; f++) { /* labels ascend: pl_cbor_check has seen to that */
            if (!kind->field[f].optional) {
                return say(why, "%s of %s is missing", kind->field[f].name, kind->name);
            }
        }
        if (!read_field(&kind->field[f], &c, &value[f])) {
            return say_field(why, kind, &kind->field[f]);
        }
        f++;
    }
    for (; f < fields; f++) {
        if (!kind->field[f].optional) {
            return say(why, "%s of %s is missing", kind->field[f].name, kind->name);
        }
    }
    return true;
}

const uint8_t *pl_value_id(const pl_value *list, size_t i)
{
    return list->at + i * ID_ITEM + 2;
}

void pl_value_ints(const pl_value *list, int64_t *out)
{
    pl_cbor c = {list->at, list->at + list->n * 9}; /* the body goes on at least to the last item */
    for (size_t i = 0; i < list->n && pl_cbor_int(&c, &out[i]); i++) {
    }
}

void pl_value_texts(const pl_value *list, pl_bytes *out)
{
    pl_cbor c = {list->at, list->at + list->n * (ITEM_TEXT_MAX + 3)};
    for (size_t i = 0; i < list->n; i++) {
        const char *text = NULL;
        if (!pl_cbor_text(&c, &text, &out[i].n)) {
            return;
        }
        out[i].at = (const uint8_t *)text;
    }
}

pl_status pl_each_blob(const pl_event *event, const pl_rulebook *rulebook, pl_each_blob_fn each, void *user, pl_error *err)
{
    const pl_event_kind *kind = pl_kind_of(rulebook, event->kind, event->kind_n);
    pl_value value[PL_FIELDS];
    char why[200];
    pl_status status = PL_OK;
    if (kind == NULL || !pl_body_read(kind, event->body, value, why)) {
        return PL_OK;
    }
    for (size_t f = 0; kind->field[f].name != NULL; f++) {
        for (size_t i = 0; kind->field[f].type == PL_FIELD_BLOBS && value[f].given && i < value[f].n && status == PL_OK; i++) {
            status = each(user, pl_value_id(&value[f], i), err);
        }
    }
    return status;
}

/* ---- Writing -------------------------------------------------------------------------------------- */

void pl_body_begin(pl_body *body, const pl_event_kind *kind)
{
    *body = (pl_body){.kind = kind, .next = 1};
    pl_str_init(&body->fields, PL_EVENT_MAX);
}

/* Puts the label of a field that comes behind the last one. */
static void put_label(pl_body *b, const char *field)
{
    size_t label = b->next, fields = count_fields(b->kind);
    while (label <= fields && strcmp(b->kind->field[label - 1].name, field) != 0) {
        label++;
    }
    b->misused = b->misused || label > fields;
    b->next = label + 1;
    b->n++;
    pl_cbor_put_uint(&b->fields, label);
}

void pl_body_bytes(pl_body *body, const char *field, const void *bytes, size_t n)
{
    put_label(body, field);
    pl_cbor_put_bytes(&body->fields, bytes, n);
}

void pl_body_text(pl_body *body, const char *field, const char *text, size_t n)
{
    put_label(body, field);
    pl_cbor_put_text(&body->fields, text, n);
}

void pl_body_int(pl_body *body, const char *field, int64_t x)
{
    put_label(body, field);
    pl_cbor_put_int(&body->fields, x);
}

void pl_body_ids(pl_body *body, const char *field, const uint8_t (*ids)[PL_HASH], size_t n)
{
    put_label(body, field);
    pl_cbor_put_array(&body->fields, n);
    for (size_t i = 0; i < n; i++) {
        pl_cbor_put_bytes(&body->fields, ids[i], PL_HASH);
    }
}

void pl_body_ints(pl_body *body, const char *field, const int64_t *x, size_t n)
{
    put_label(body, field);
    pl_cbor_put_array(&body->fields, n);
    for (size_t i = 0; i < n; i++) {
        pl_cbor_put_int(&body->fields, x[i]);
    }
}

void pl_body_texts(pl_body *body, const char *field, const char *const *texts, size_t n)
{
    put_label(body, field);
    pl_cbor_put_array(&body->fields, n);
    for (size_t i = 0; i < n; i++) {
        pl_cbor_put_text(&body->fields, texts[i], strlen(texts[i]));
    }
}

pl_status pl_body_end(pl_body *body, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_value value[PL_FIELDS];
    char why[200];
    pl_str_init(&s, PL_EVENT_MAX);
    pl_cbor_put_map(&s, body->n);
    pl_str_add_n(&s, body->fields.len > 0 ? body->fields.text : "", body->fields.len);
    bool failed = body->fields.failed || s.failed, misused = body->misused;
    pl_str_clear(&body->fields);
    if (failed || misused) {
        pl_str_clear(&s);
        return misused ? pl_fail(err, PL_BUG, body->kind->name, NULL, "a field that the kind does not have, or out of order")
                       : pl_fail(err, PL_TOOBIG, body->kind->name, "larger objects are kept beside the record, as blobs", "this is too much for one event");
    }
    pl_bytes bytes = {(const uint8_t *)s.text, s.len};
    const char *wrong = pl_cbor_check(bytes.at, bytes.n, NULL);
    if (wrong != NULL || !pl_body_read(body->kind, bytes, value, why)) {
        pl_str_clear(&s);
        return pl_fail(err, PL_DATA, NULL, "docs/formats/record.md lists the kinds of events", "%s", wrong != NULL ? wrong : why);
    }
    return pl_owned_from(&s, "writing an event", out, err);
}
