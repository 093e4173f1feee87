/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_session.c - signing in with a key of the record, whose secret half never leaves the member's side. */
#include <stdio.h>
#include <string.h>

#include "council/council.h"
#include "io/json_read.h"
#include "server/call.h"

#define BODY_MAX 4000

static void put_session(pl_call *c, const pl_session *session)
{
    pl_json_object(&c->json);
    pl_json_put_bool(&c->json, "signed_in", session->valid);
    if (session->valid) {
        pl_json_put_id(&c->json, "member", session->member);
        pl_json_put_id(&c->json, "key", session->key);
        pl_json_put_int(&c->json, "sessions", (int64_t)pl_sessions_count(&c->server->sessions, session->member));
    }
    pl_json_end(&c->json);
}

static pl_status answer_session(pl_call *c)
{
    put_session(c, &c->session);
    return PL_OK;
}

static pl_status answer_challenge(pl_call *c)
{
    uint8_t challenge[PL_TOKEN];
    pl_sessions_challenge(&c->server->sessions, challenge);
    pl_json_object(&c->json);
    pl_json_put_id(&c->json, "challenge", challenge);
    pl_json_put_text(&c->json, "origin", c->server->origin);
    pl_json_put_int(&c->json, "seconds", PL_CHALLENGE_S);
    pl_json_end(&c->json);
    return PL_OK;
}

/* Who holds a key, and whether it is valid. */
typedef struct holder {
    uint8_t key[PL_HASH];
    pl_key_row row;
    bool there, member;
} holder;

static pl_status look_holder(void *user, pl_step *s)
{
    holder *h = user;
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(h->key), &h->row, &h->there);
    h->there = h->there && h->row.revoked < 0;
    return status == PL_OK && h->there ? pl_member_is(s, h->row.holder, &h->member) : status;
}

/* Bytes of so many from a text of hexadecimal digits in an object. */
static pl_status take_hex(pl_call *c, const json_t *object, const char *key, size_t n, uint8_t *out)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL && pl_hex_read(text, n, out) ? PL_OK : pl_fail(c->err, PL_USAGE, key, NULL, "say %zu hexadecimal digits", 2 * n);
}

static pl_status begin_session(pl_call *c, const holder *h)
{
    char token[PL_TOKEN_TEXT];
    bool safe = strncmp(c->server->origin, "https://", 8) == 0;
    pl_status status = pl_sessions_begin(&c->server->sessions, h->row.holder, h->key, token, c->err);
    if (status == PL_OK) {
        snprintf(c->answer.cookie, sizeof c->answer.cookie, "plenty=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%d%s", token, PL_SESSION_S, safe ? "; Secure" : "");
        pl_session now = pl_sessions_of(&c->server->sessions, token);
        put_session(c, &now);
    }
    return status;
}

/* What is signed: "plenty sign in v1\n", the commons id, the challenge, and the origin; so that a signature is good for this server and moment alone,
 * and can be taken for no event. */
static bool signature_holds(const pl_call *c, const holder *h, const uint8_t challenge[PL_TOKEN], const uint8_t signature[PL_SIGNATURE])
{
    static const char head[] = "plenty sign in v1\n";
    uint8_t text[sizeof head + PL_HASH + PL_TOKEN + sizeof c->server->origin];
    size_t n = sizeof head - 1, origin = strlen(c->server->origin);
    memcpy(text, head, n);
    memcpy(text + n, pl_record_what(c->server->record)->commons_id, PL_HASH);
    memcpy(text + n + PL_HASH, challenge, PL_TOKEN);
    memcpy(text + n + PL_HASH + PL_TOKEN, c->server->origin, origin);
    return pl_signature_holds(h->row.public_key, text, n + PL_HASH + PL_TOKEN + origin, signature);
}

static pl_status sign_in(pl_call *c, const json_t *object)
{
    uint8_t challenge[PL_TOKEN], signature[PL_SIGNATURE];
    holder h = {.there = false};
    pl_status status = take_hex(c, object, "challenge", PL_TOKEN, challenge);
    status = status == PL_OK ? take_hex(c, object, "key", PL_HASH, h.key) : status;
    status = status == PL_OK ? take_hex(c, object, "signature", PL_SIGNATURE, signature) : status;
    if (status == PL_OK && !pl_sessions_redeem(&c->server->sessions, challenge)) {
        status = pl_fail(c->err, PL_REFUTED, "challenge", "ask for another one", "this challenge was used, or is too old");
    }
    status = status == PL_OK ? pl_call_look(c, look_holder, &h) : status;
    if (status == PL_OK && (!h.there || !h.member || !signature_holds(c, &h, challenge, signature))) {
        status = pl_fail(c->err, PL_REFUTED, "key", "the key of a member that was not revoked", "this key does not sign in here");
    }
    return status == PL_OK ? begin_session(c, &h) : status;
}

static pl_status answer_sign_in(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    json_t *object = NULL;
    pl_status status = pl_json_read(body->text, body->len, "body", &object, NULL, c->err);
    status = status == PL_OK ? sign_in(c, object) : status;
    json_decref(object);
    return status;
}

static pl_status answer_sign_out(pl_call *c)
{
    const pl_session nobody = {.valid = false};
    if (pl_call_text(c, "all") != NULL && c->session.valid) {
        pl_sessions_end_all(&c->server->sessions, c->session.member);
    } else {
        pl_sessions_end(&c->server->sessions, pl_http_cookie(c->request, "plenty"));
    }
    snprintf(c->answer.cookie, sizeof c->answer.cookie, "plenty=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    put_session(c, &nobody);
    return PL_OK;
}

const pl_route PL_ROUTES_SESSION[] = {
    {"GET", "/api/session", "", "Who is signed in", "session", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_session},
    {"POST", "/api/session", "", "Signs in: a challenge signed by a key of the record; sets the cookie", "session", "application/json", BODY_MAX, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_OPEN, answer_sign_in},
    {"DELETE", "/api/session", "all text 1: all sessions of this member", "Signs out", "session", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_sign_out},
    {"POST", "/api/session/challenge", "", "A challenge to be signed", "challenge", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_OPEN, answer_challenge},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
