/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * founding.c - a commons is founded in the browser: who may sit down, what the server takes and what it refuses; checkpoints signed elsewhere. */
#include "test/test.h"

#include <unistd.h>

#include "server/call.h"
#include "test/http_help.h"

#define ACT "Plenty-Request: 1\r\nContent-Type: application/json\r\n"
#define EVENT "Plenty-Request: 1\r\nContent-Type: application/cose\r\n"
#define NOTE "Plenty-Request: 1\r\nContent-Type: text/plain\r\n"

static char where[500];

static void to_be_founded(pl_server_settings *s)
{
    s->commons = where;
    s->found = true;
}

static pl_server *table(void)
{
    snprintf(where, sizeof where, "%s", test_path("new.commons"));
    return test_serve(NULL, to_be_founded);
}

/* Sits down under that name, or fails to: `signed_by` signs for the key of `key`. */
static int sit(const pl_server *s, const char *code, const char *name, const pl_key *key, const pl_key *signed_by)
{
    char text[300], body[600], public_key[65], signature[2 * PL_SIGNATURE + 1];
    uint8_t bytes[PL_SIGNATURE];
    int n = snprintf(text, sizeof text, "plenty seat v1\n%s%s", pl_server_code(s), pl_server_origin(s));
    pl_key_sign(signed_by, text, (size_t)n, bytes);
    pl_hex_write(bytes, PL_SIGNATURE, signature);
    pl_hex_write(pl_key_public(key), 32, public_key);
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"name\":\"%s\",\"public_key\":\"%s\",\"signature\":\"%s\"}", code, name, public_key, signature);
    test_reply r = test_request(s, "POST", "/api/founding/seats", ACT, body, strlen(body));
    int status = r.status;
    test_reply_free(&r);
    return status;
}

/* The event that founds a commons of these keys, signed by the first. */
static pl_owned founding_of(pl_key *const *key, size_t n)
{
    uint8_t list[3][32];
    static const uint8_t salt[16] = {7};
    pl_owned body, event;
    pl_error err;
    for (size_t i = 0; i < n; i++) {
        memcpy(list[i], pl_key_public(key[i]), 32);
    }
    CHECK(pl_body_created("The town", pl_key_public(key[0]), (const uint8_t(*)[32])list, n, salt, &body, &err) == PL_OK);
    pl_draft draft = {.counter = 1, .time = TEST_NOW, .kind = "commons.created", .body = {(const uint8_t *)body.bytes, body.n}};
    CHECK(pl_commons_id_of(draft.body, draft.commons_id, &err) == PL_OK);
    CHECK(pl_event_sign(&draft, key[0], &event, &err) == PL_OK);
    pl_owned_free(&body);
    return event;
}

static int status_of(const pl_server *s, const char *method, const char *path, const char *headers, const char *body, size_t n)
{
    test_reply r = test_request(s, method, path, headers, body, n);
    int status = r.status;
    test_reply_free(&r);
    return status;
}

TEST(only_who_knows_the_code_sits_down_and_with_their_own_key)
{
    pl_server *s = table();
    pl_key *ada = test_key(1), *eve = test_key(2);
    char path[160], spaced[40];
    const char *code = pl_server_code(s);
    CHECK_INT(strlen(code), PL_FOUNDING_CODE);
    CHECK_INT(status_of(s, "GET", "/api/founding", "", NULL, 0), 409);
    CHECK_INT(status_of(s, "GET", "/api/founding?code=0000000000000000", "", NULL, 0), 409);
    CHECK_INT(sit(s, "0000000000000000", "Eve", eve, eve), 409);
    CHECK_INT(sit(s, code, "Ada", ada, eve), 409); /* the key of another */
    CHECK_INT(sit(s, code, "", ada, ada), 400);
    CHECK_INT(sit(s, code, "Ada", ada, ada), 200);
    CHECK_INT(sit(s, code, "Ada of the mill", ada, ada), 200); /* the same seat */
    snprintf(spaced, sizeof spaced, "%.4s-%.4s-%.4s-%.4s", code, code + 4, code + 8, code + 12);
    snprintf(path, sizeof path, "/api/founding?code=%s", spaced);
    test_reply r = test_get(s, path);
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "Ada of the mill") != NULL && strstr(r.body, "\"Ada\"") == NULL);
    test_reply_free(&r);
    CHECK_INT(sit(s, code, "Eve", eve, eve), 200);
    char hex[65];
    pl_hex_write(pl_key_public(eve), 32, hex);
    snprintf(path, sizeof path, "/api/founding/seats/%s?code=%s", hex, code);
    r = test_request(s, "DELETE", path, "Plenty-Request: 1\r\n", NULL, 0);
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "Eve") == NULL && strstr(r.body, "Ada") != NULL);
    test_reply_free(&r);
    pl_server_stop(s);
    pl_key_free(ada);
    pl_key_free(eve);
}

TEST(one_of_them_founds_it_and_then_it_is_a_commons)
{
    pl_server *s = table();
    pl_key *key[3] = {test_key(1), test_key(2), test_key(3)};
    char path[100], out[400];
    pl_owned event = founding_of(key, 3);
    snprintf(path, sizeof path, "/api/founding?code=%s", pl_server_code(s));
    test_reply r = test_get(s, "/api");
    CHECK_STR(test_member_of(&r, "founding", out), "true");
    test_reply_free(&r);
    CHECK_INT(status_of(s, "GET", "/api/commons", "", NULL, 0), 404);
    CHECK_INT(status_of(s, "POST", "/api/founding?code=1", EVENT, event.bytes, event.n), 409);
    event.bytes[event.n - 1] ^= 1;
    CHECK_INT(status_of(s, "POST", path, EVENT, event.bytes, event.n), 422); /* not signed */
    event.bytes[event.n - 1] ^= 1;
    CHECK(access(where, F_OK) != 0); /* nothing was written */
    CHECK_INT(status_of(s, "POST", path, EVENT, event.bytes, event.n), 201);
    CHECK_INT(status_of(s, "POST", path, EVENT, event.bytes, event.n), 409); /* once */
    CHECK_INT(sit(s, pl_server_code(s), "Late", key[2], key[2]), 409);
    r = test_get(s, "/api/commons");
    CHECK_STR(test_member_of(&r, "name", out), "The town");
    CHECK_STR(test_member_of(&r, "members", out), "3");
    test_reply_free(&r);
    r = test_get(s, "/api");
    CHECK_STR(test_member_of(&r, "founding", out), "false");
    test_reply_free(&r);
    pl_server_stop(s);
    pl_owned_free(&event);
    for (size_t i = 0; i < 3; i++) {
        pl_key_free(key[i]);
    }
}

TEST(where_a_commons_is_served_none_is_founded)
{
    test_commons c = test_commons_begin(1);
    pl_server *s = test_serve(&c, NULL);
    CHECK_STR(pl_server_code(s), "");
    CHECK_INT(status_of(s, "GET", "/api/founding?code=", "", NULL, 0), 404);
    CHECK_INT(status_of(s, "POST", "/api/founding", EVENT, "x", 1), 404);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* A checkpoint of this origin, size and root, signed by that key. */
static pl_owned checkpoint(pl_record *r, uint64_t size, const pl_key *key, int wrong_root)
{
    pl_checkpoint at = {.size = size};
    pl_owned note;
    pl_error err;
    snprintf(at.origin, sizeof at.origin, "%s", pl_record_what(r)->origin);
    CHECK(pl_record_root(r, size, at.root, &err) == PL_OK);
    at.root[0] ^= (uint8_t)wrong_root;
    CHECK(pl_checkpoint_sign(&at, key, &note, &err) == PL_OK);
    return note;
}

static int send_note(const pl_server *s, pl_owned note)
{
    int status = status_of(s, "POST", "/api/record/checkpoint", NOTE, note.bytes, note.n);
    pl_owned_free(&note);
    return status;
}

TEST(a_checkpoint_that_the_record_key_signed_elsewhere_is_taken_in)
{
    test_commons c = test_commons_begin(2);
    pl_server *s = test_serve(&c, NULL);
    uint64_t size;
    pl_error err;
    test_constitution(&c, "");
    CHECK(pl_record_size(c.record, &size, &err) == PL_OK);
    CHECK_INT(send_note(s, checkpoint(c.record, size, c.key[1], 0)), 409);     /* a member's, not the record's */
    CHECK_INT(send_note(s, checkpoint(c.record, size, c.key[0], 1)), 409);     /* of another record */
    CHECK_INT(status_of(s, "POST", "/api/record/checkpoint", NOTE, "x\n", 2), 400);
    CHECK_INT(send_note(s, checkpoint(c.record, size, c.key[0], 0)), 201);
    CHECK_INT(send_note(s, checkpoint(c.record, size - 1, c.key[0], 0)), 201); /* older: says nothing new */
    test_reply r = test_get(s, "/api/record/checkpoint");
    char line[40];
    snprintf(line, sizeof line, "\n%llu\n", (unsigned long long)size);
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, line) != NULL);
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}
