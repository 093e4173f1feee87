/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_session.c - signing in with a key of the record, whose secret half never leaves the member's side. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "council/passkeys.h"
#include "io/json_read.h"
#include "server/passkey.h"
#include "server/view.h"

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

static pl_status begin_session(pl_call *c, const holder *h, bool by_passkey)
{
    char token[PL_TOKEN_TEXT];
    pl_session who = {.by_passkey = by_passkey};
    memcpy(who.member, h->row.holder, PL_HASH);
    memcpy(who.key, h->key, PL_HASH);
    bool safe = strncmp(c->server->origin, "https://", 8) == 0;
    pl_status status = pl_sessions_begin(&c->server->sessions, &who, token, c->err);
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
    return status == PL_OK ? begin_session(c, &h, false) : status;
}

/* ---- With a passkey ------------------------------------------------------------------------------- */

#define CREDENTIAL_MAX 1023
#define PART_MAX 2000 /* bytes of what a browser sends of an assertion */

typedef struct passkey_call {
    uint8_t credential[CREDENTIAL_MAX], authenticator[PART_MAX], client[PART_MAX], signature[PART_MAX];
    uint8_t id[PL_HASH];
    pl_assertion assertion;
    pl_passkey row;
    bool there, member;
} passkey_call;

/* Bytes, at most so many, from a text of hexadecimal digits in an object. */
static pl_status take_bytes(pl_call *c, const json_t *object, const char *key, size_t most, uint8_t *at, size_t *n)
{
    const char *text = json_string_value(json_object_get(object, key));
    *n = text != NULL ? strlen(text) / 2 : 0;
    return text != NULL && *n > 0 && *n <= most && pl_hex_read(text, *n, at) ? PL_OK : pl_fail(c->err, PL_USAGE, key, NULL, "say hexadecimal digits, of at most %zu bytes", most);
}

static pl_status look_passkey(void *user, pl_step *s)
{
    passkey_call *p = user;
    pl_status status = pl_get(s, &PL_PASSKEYS, pl_key_id1(p->id), &p->row, &p->there);
    return status == PL_OK && p->there ? pl_member_is(s, p->row.member, &p->member) : status;
}

/* The relying party is the host's name, without the port. */
static void party_of(const pl_server *s, char out[254])
{
    const char *host = strstr(s->origin, "://") + 3;
    snprintf(out, 254, "%.*s", (int)strcspn(host, ":/"), host);
}

static pl_status judge_passkey(pl_call *c, passkey_call *p)
{
    uint8_t challenge[PL_TOKEN];
    char party[254];
    bool holds = false, verified = false;
    pl_status status = pl_passkey_client(&p->assertion, c->server->origin, challenge, c->err);
    if (status == PL_OK && !pl_sessions_redeem(&c->server->sessions, challenge)) {
        status = pl_fail(c->err, PL_REFUTED, "challenge", "ask for another one", "this challenge was used, or is too old");
    }
    party_of(c->server, party);
    status = status == PL_OK ? pl_call_look(c, look_passkey, p) : status;
    if (status == PL_OK && p->there && p->member && p->row.removed < 0 && strcmp(p->row.party, party) == 0) {
        status = pl_passkey_signed(&p->assertion, &p->row, party, &holds, &verified, c->err);
    }
    return status != PL_OK || (holds && verified) ? status
                                                  : pl_fail(c->err, PL_REFUTED, "passkey", "one that a member has added for this server, and that verifies its user", "this passkey does not sign in here");
}

static pl_status sign_in_by_passkey(pl_call *c, const json_t *object, passkey_call *p)
{
    size_t n = 0;
    holder h = {.there = true, .member = true};
    pl_status status = take_bytes(c, object, "credential", CREDENTIAL_MAX, p->credential, &n);
    pl_hash(p->credential, n, p->id);
    status = status == PL_OK ? take_bytes(c, object, "authenticator_data", PART_MAX, p->authenticator, &p->assertion.authenticator.n) : status;
    status = status == PL_OK ? take_bytes(c, object, "client_data", PART_MAX, p->client, &p->assertion.client.n) : status;
    status = status == PL_OK ? take_bytes(c, object, "signature", PART_MAX, p->signature, &p->assertion.signature.n) : status;
    p->assertion.authenticator.at = p->authenticator;
    p->assertion.client.at = p->client;
    p->assertion.signature.at = p->signature;
    status = status == PL_OK ? judge_passkey(c, p) : status;
    memcpy(h.row.holder, p->row.member, PL_HASH);
    memcpy(h.key, p->id, PL_HASH);
    return status == PL_OK ? begin_session(c, &h, true) : status;
}

static pl_status answer_passkey(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    json_t *object = NULL;
    passkey_call *p = PL_NEW0(passkey_call, 1);
    pl_status status = p != NULL ? pl_json_read(body->text, body->len, "body", &object, NULL, c->err) : pl_fail_nomem(c->err, "signing in");
    status = status == PL_OK ? sign_in_by_passkey(c, object, p) : status;
    json_decref(object);
    pl_free(p);
    return status;
}

/* The passkeys of a member, for the browser to choose from. */
static const pl_shown PASSKEY[] = {PL_S_ID(pl_passkey, member), PL_S_INT(pl_passkey, algorithm), PL_S_TEXT(pl_passkey, party), PL_S_TIME(pl_passkey, since),
                                   PL_S_TIME(pl_passkey, removed), PL_S_END};
static const pl_view PASSKEYS = {&PL_PASSKEYS, "passkey", PASSKEY};

static bool of_member(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_id_same(((const pl_passkey *)row)->member, l->user);
}

static pl_status put_credential(const pl_listing *l, const uint8_t *key, const void *row)
{
    pl_owned credential;
    char hex[2 * CREDENTIAL_MAX + 1];
    (void)key;
    pl_status status = pl_look_field(l->step, (uint64_t)((const pl_passkey *)row)->position, "credential", &credential);
    if (status == PL_OK) {
        pl_hex_write(credential.bytes, credential.n < CREDENTIAL_MAX ? credential.n : CREDENTIAL_MAX, hex);
        pl_json_put_text(&l->call->json, "credential", hex);
        pl_owned_free(&credential);
    }
    return status;
}

static pl_status look_passkeys(void *user, pl_step *s)
{
    pl_call *c = user;
    uint8_t member[PL_HASH];
    pl_status status = pl_call_id(c, c->part[0], "member", member);
    const pl_listing l = {.call = c, .step = s, .view = &PASSKEYS, .prefix = pl_key_none(), .keep = of_member, .more = put_credential, .user = member};
    return status == PL_OK ? pl_view_list(&l, "passkeys") : status;
}

static pl_status answer_passkeys(pl_call *c)
{
    return pl_view_look(c, look_passkeys);
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

/* ---- All of a member ------------------------------------------------------------------------------ */

#define SHOWN 100

/* Of a moment of the server's clock that only runs on: the time of day. */
static int64_t time_of(const pl_call *c, double moment)
{
    return (int64_t)c->server->settings.now() - (int64_t)(pl_clock_s() - moment);
}

static pl_status answer_sessions(pl_call *c)
{
    pl_session list[SHOWN];
    size_t n = pl_sessions_list(&c->server->sessions, c->session.member, list, SHOWN);
    pl_json_object(&c->json);
    pl_json_key(&c->json, "sessions");
    pl_json_array(&c->json);
    for (size_t i = 0; i < n; i++) {
        pl_json_object(&c->json);
        pl_json_put_id(&c->json, "session", list[i].id);
        pl_json_put_id(&c->json, "key", list[i].key);
        pl_json_put_bool(&c->json, "passkey", list[i].by_passkey);
        pl_json_put_time(&c->json, "since", time_of(c, list[i].since));
        pl_json_put_time(&c->json, "used", time_of(c, list[i].used));
        pl_json_put_bool(&c->json, "this", memcmp(list[i].id, c->session.id, PL_HASH) == 0);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    return PL_OK;
}

static pl_status answer_end_session(pl_call *c)
{
    uint8_t id[PL_HASH];
    pl_status status = pl_call_id(c, c->part[0], "session", id);
    if (status == PL_OK && !pl_sessions_end_one(&c->server->sessions, c->session.member, id)) {
        return pl_fail(c->err, PL_NOTFOUND, "session", "/api/sessions lists them", "you have no such session");
    }
    return status == PL_OK ? answer_sessions(c) : status;
}

const pl_route PL_ROUTES_SESSION[] = {
    {"GET", "/api/session", "", "Who is signed in", "session", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_session},
    {"POST", "/api/session", "", "Signs in: a challenge signed by a key of the record; sets the cookie", "session", "application/json", BODY_MAX, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_OPEN, answer_sign_in},
    {"DELETE", "/api/session", "all text 1: all sessions of this member", "Signs out", "session", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_sign_out},
    {"POST", "/api/session/challenge", "", "A challenge to be signed", "challenge", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_OPEN, answer_challenge},
    {"POST", "/api/session/passkey", "", "Signs in: a challenge signed by a passkey that a member has added", "session", "application/json", 16000, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_OPEN, answer_passkey},
    {"GET", "/api/sessions", "", "All sessions of the member who asks", "sessions", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_sessions},
    {"DELETE", "/api/sessions/{session}", "", "Ends one of them", "sessions", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_end_session},
    {"GET", "/api/members/{member}/passkeys", "", "Passkeys of a member, for the browser to choose from", "passkeys", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS | PL_OPEN,
     answer_passkeys},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
