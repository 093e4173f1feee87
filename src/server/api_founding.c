/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_founding.c - founding a commons in the browser: people sit down with keys of their own, one of them signs the founding. */
#include <stdio.h>
#include <string.h>

#include "io/json_read.h"
#include "io/utf8.h"
#include "server/call.h"

static pl_status check_code(pl_call *c, const char *code)
{
    if (c->server->founding.code[0] == '\0') {
        return pl_fail(c->err, PL_NOTFOUND, "founding", "'plenty serve FOLDER', with a folder that has no commons yet", "no commons is to be founded here");
    }
    return pl_founding_knows(&c->server->founding, code)
               ? PL_OK
               : pl_fail(c->err, PL_REFUTED, "code", "it stands where 'plenty serve' was started, and in the invitation", "this is not the code of this founding");
}

static void put_founding(pl_call *c)
{
    pl_seat seat[PL_FOUNDING_SEATS];
    size_t n = pl_founding_seats(&c->server->founding, seat);
    const pl_record *r = c->server->record;
    pl_json_object(&c->json);
    pl_json_put_text(&c->json, "commons", r != NULL ? pl_record_what(r)->name : NULL);
    pl_json_key(&c->json, "seats");
    pl_json_array(&c->json);
    for (size_t i = 0; i < n; i++) {
        uint8_t id[PL_HASH];
        pl_key_id_of(seat[i].key, id);
        pl_json_object(&c->json);
        pl_json_put_text(&c->json, "name", seat[i].name);
        pl_json_put_id(&c->json, "public_key", seat[i].key);
        pl_json_put_id(&c->json, "key", id);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
}

static pl_status answer_founding(pl_call *c)
{
    pl_status status = check_code(c, pl_call_text(c, "code"));
    if (status == PL_OK) {
        put_founding(c);
    }
    return status;
}

/* What is signed: "plenty seat v1\n", the code, the origin; so that nobody sits down with the key of another. */
static bool holds_key(const pl_server *s, const pl_seat *seat, const uint8_t signature[PL_SIGNATURE])
{
    char text[300];
    int n = snprintf(text, sizeof text, "plenty seat v1\n%s%s", s->founding.code, s->origin);
    return pl_signature_holds(seat->key, text, (size_t)n, signature);
}

static pl_status sit(pl_call *c, const json_t *object)
{
    pl_seat seat = {.name = ""};
    uint8_t signature[PL_SIGNATURE];
    const char *name = json_string_value(json_object_get(object, "name")), *key = json_string_value(json_object_get(object, "public_key")),
               *signed_by = json_string_value(json_object_get(object, "signature"));
    pl_status status = check_code(c, json_string_value(json_object_get(object, "code")));
    if (status != PL_OK) {
        return status;
    }
    if (name == NULL || name[0] == '\0' || strlen(name) > PL_SEAT_NAME || !pl_utf8_valid(name, strlen(name))) {
        return pl_fail(c->err, PL_USAGE, "name", "a first name will do; it is told to those at the table and goes nowhere else", "say how you are called, in at most %d bytes", PL_SEAT_NAME);
    }
    snprintf(seat.name, sizeof seat.name, "%s", name);
    if (key == NULL || !pl_hex_read(key, sizeof seat.key, seat.key) || signed_by == NULL || !pl_hex_read(signed_by, sizeof signature, signature)) {
        return pl_fail(c->err, PL_USAGE, "public_key", "64 hexadecimal digits, and a signature of 128", "this is no key, or no signature");
    }
    if (!holds_key(c->server, &seat, signature)) {
        return pl_fail(c->err, PL_REFUTED, "signature", "reload the page and sit down again", "this was not signed by that key");
    }
    status = c->server->record == NULL ? pl_founding_sit(&c->server->founding, &seat, c->err)
                                       : pl_fail(c->err, PL_REFUTED, "founding", "a member can propose you", "this commons is founded already");
    if (status == PL_OK) {
        put_founding(c);
    }
    return status;
}

static pl_status answer_sit(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    json_t *object = NULL;
    pl_status status = pl_json_read(body->text, body->len, "body", &object, NULL, c->err);
    status = status == PL_OK ? sit(c, object) : status;
    json_decref(object);
    return status;
}

static pl_status answer_leave(pl_call *c)
{
    uint8_t key[PL_HASH];
    pl_status status = check_code(c, pl_call_text(c, "code"));
    status = status == PL_OK ? pl_call_id(c, c->part[0], "key", key) : status;
    if (status == PL_OK) {
        pl_founding_leave(&c->server->founding, key);
        put_founding(c);
    }
    return status;
}

/* Creates the record with what one of them has signed.  From here on it is a commons like any other. */
static pl_status answer_found(pl_call *c)
{
    pl_server *s = c->server;
    const pl_str *body = pl_http_body(c->request);
    pl_record *record = NULL;
    pl_status status = check_code(c, pl_call_text(c, "code"));
    if (status != PL_OK) {
        return status;
    }
    pthread_mutex_lock(&s->record_lock);
    status = s->record == NULL
                 ? pl_record_create(s->settings.commons, pl_council_rules(), (pl_bytes){(const uint8_t *)body->text, body->len}, &record, c->err)
                 : pl_fail(c->err, PL_REFUTED, "founding", "reload the page", "this commons is founded already");
    if (status == PL_OK) {
        s->record = record;
    }
    pthread_mutex_unlock(&s->record_lock);
    if (status == PL_OK) {
        pl_cache_next(&s->cache);
        c->answer.status = 201;
        put_founding(c);
    }
    return status;
}

const pl_route PL_ROUTES_FOUNDING[] = {
    {"GET", "/api/founding", "code text of the invitation", "Who sits at the table where a commons is founded", "founding", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_founding},
    {"POST", "/api/founding", "code text of the invitation", "Founds the commons: the event that one of them has signed", "founding", "application/cose", PL_EVENT_MAX,
     PL_FRESH_NEVER, PL_OPEN, answer_found},
    {"POST", "/api/founding/seats", "", "Sits down at the table, with a key of one's own", "founding", "application/json", 2000, PL_FRESH_NEVER, PL_OPEN, answer_sit},
    {"DELETE", "/api/founding/seats/{key}", "code text of the invitation", "Frees a seat: its public key", "founding", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_leave},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
