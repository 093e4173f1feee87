/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * serve.c - a server with real connections: what it answers, and what the hostile get, which is nothing. */
#include "test/test.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "council/members.h"
#include "council/motions.h"
#include "io/file.h"
#include "record/kind.h"
#include "server/call.h"
#include "test/http_help.h"

#define ACT "Plenty-Request: 1\r\nContent-Type: application/json\r\n"
#define EVENT "Plenty-Request: 1\r\nContent-Type: application/cose\r\n"

static void expect(const pl_server *s, const char *method, const char *path, const char *headers, const char *body, int status)
{
    test_reply r = test_request(s, method, path, headers, body, body != NULL ? strlen(body) : 0);
    if (r.status != status) {
        FAIL("%s %s gives %d, not %d: %s", method, path, r.status, status, r.body);
    }
    test_reply_free(&r);
}

/* ---- Reading -------------------------------------------------------------------------------------- */

TEST(a_commons_is_shown)
{
    test_commons c = test_commons_begin(3);
    char out[400];
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    test_reply r = test_get(s, "/api/commons");
    CHECK_INT(r.status, 200);
    CHECK_STR(test_member_of(&r, "name", out), "Test");
    CHECK_STR(test_member_of(&r, "members", out), "3");
    CHECK_STR(test_member_of(&r, "in_force", out), "true");
    CHECK_STR(test_header(&r, "Content-Type", out), "application/json");
    CHECK(strstr(test_header(&r, "Content-Security-Policy", out), "default-src 'none'") != NULL);
    CHECK_STR(test_header(&r, "X-Content-Type-Options", out), "nosniff");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(what_is_served_has_a_hash)
{
    pl_server *s = test_serve(NULL, NULL);
    test_reply about = test_get(s, "/api"), list = test_get(s, "/api/pages"), page = test_get(s, "/index.html");
    uint8_t hash[PL_HASH];
    char hex[2 * PL_HASH + 1], line[100], out[400];
    pl_hash(list.body, strlen(list.body), hash);
    pl_hex_write(hash, PL_HASH, hex);
    CHECK_STR(test_member_of(&about, "pages", out), hex);
    CHECK(memcmp(pl_server_pages(s), hash, PL_HASH) == 0);
    pl_hash(page.body, strlen(page.body), hash);
    pl_hex_write(hash, PL_HASH, hex);
    snprintf(line, sizeof line, "%s  index.html\n", hex);
    CHECK(strstr(list.body, line) != NULL);
    test_reply_free(&about);
    test_reply_free(&list);
    test_reply_free(&page);
    pl_server_stop(s);
}

/* Every GET route answers whatever stands for its parts: never with a fault of the server's. */
TEST(every_route_answers)
{
    test_commons c = test_commons_begin(2);
    static const char *const PART[] = {"now", "0", "0000000000000000000000000000000000000000000000000000000000000000", "%22%3Cscript%3E"};
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            for (size_t p = 0; p < sizeof PART / sizeof PART[0] && strcmp(r->method, "GET") == 0 && strcmp(r->path, "/api/live") != 0; p++) {
                char path[400] = "";
                size_t n = 0;
                for (const char *at = r->path; *at != '\0'; at += *at == '{' ? strcspn(at, "}") + 1 : 1) {
                    n += (size_t)snprintf(path + n, sizeof path - n, "%.*s", *at == '{' ? 80 : 1, *at == '{' ? PART[p] : at);
                }
                test_reply reply = test_get(s, path);
                if (reply.status < 200 || reply.status >= 500) {
                    FAIL("GET %s gives %d: %s", path, reply.status, reply.body);
                }
                test_reply_free(&reply);
            }
        }
    }
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(what_was_seen_is_not_sent_again)
{
    test_commons c = test_commons_begin(1);
    char etag[400], headers[500], out[400];
    pl_server *s = test_serve(&c, NULL);
    test_reply r = test_get(s, "/api/members");
    test_header(&r, "ETag", etag);
    CHECK_INT(strlen(etag), 34);
    test_reply_free(&r);
    snprintf(headers, sizeof headers, "If-None-Match: %s\r\n", etag);
    r = test_request(s, "GET", "/api/members", headers, NULL, 0);
    CHECK_INT(r.status, 304);
    CHECK_STR(r.body, "");
    test_reply_free(&r);
    r = test_request(s, "GET", "/api/kinds", "Accept-Encoding: gzip\r\n", NULL, 0);
    CHECK_STR(test_header(&r, "Content-Encoding", out), "gzip");
    CHECK(strstr(test_header(&r, "Vary", out), "Accept-Encoding") != NULL);
    test_reply_free(&r);
    r = test_request(s, "HEAD", "/api/kinds", "", NULL, 0);
    CHECK_INT(r.status, 200);
    CHECK_STR(r.body, "");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* Every answer is a page without scripts too; what people write is text there, and nothing else. */
TEST(pages_are_readable_without_scripts)
{
    test_commons c = test_commons_begin(1);
    static const test_field EVIL[] = {F_TEXT("text", "<script>alert(1)</script>\"'><img src=x onerror=y>"), {0}};
    char out[400];
    CHECK(test_act(&c, 0, pl_kind_of(NULL, "note", 4), EVIL) == PL_RULE_NONE);
    pl_server *s = test_serve(&c, NULL);
    test_reply r = test_get(s, "/plain/record");
    CHECK_INT(r.status, 200);
    CHECK_STR(test_header(&r, "Content-Type", out), "text/html; charset=utf-8");
    CHECK(strstr(r.body, "wrote a note") != NULL && strstr(r.body, "href=\"/plain/record/1\"") != NULL);
    CHECK(strstr(r.body, "<script") == NULL);
    test_reply_free(&r);
    r = test_get(s, "/plain/record/1");
    CHECK(strstr(r.body, "&lt;script&gt;alert(1)&lt;/script&gt;") != NULL && strstr(r.body, "<script") == NULL && strstr(r.body, "<img") == NULL);
    test_reply_free(&r);
    r = test_get(s, "/plain");
    CHECK_INT(r.status, 200);
    CHECK(strstr(r.body, "<a href=\"/plain/motions\">Motions</a>") != NULL);
    test_reply_free(&r);
    expect(s, "GET", "/plain/style.css", "", NULL, 200);
    expect(s, "GET", "/plain/nothing", "", NULL, 404);
    expect(s, "GET", "/plain/record/77", "", NULL, 404);
    expect(s, "GET", "/plain/me", "", NULL, 401);
    expect(s, "POST", "/plain/members", "Plenty-Request: 1\r\n", "", 405);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* ---- Acting --------------------------------------------------------------------------------------- */

static const test_field SAYS[] = {F_TEXT("text", "We begin at six."), {0}};
static const pl_event_kind *note(void)
{
    return pl_kind_of(NULL, "note", 4);
}

static pl_owned signed_note(test_commons *c, size_t who)
{
    return test_signed(c, who, note(), SAYS);
}

static void refused(const pl_server *s, const pl_owned *event, int status, const char *rule)
{
    char out[400];
    test_reply r = test_request(s, "POST", "/api/events", EVENT, event->bytes, event->n);
    if (r.status != status || strcmp(test_member_of(&r, "rule", out), rule) != 0) {
        FAIL("%d %s, not %d %s", r.status, r.body, status, rule);
    }
    test_reply_free(&r);
}

TEST(a_signed_event_is_added_by_the_rules)
{
    test_commons c = test_commons_begin(2);
    char out[400];
    pl_owned event = signed_note(&c, 0);
    pl_server *s = test_serve(&c, NULL);
    test_reply r = test_request(s, "POST", "/api/events", EVENT, event.bytes, event.n);
    CHECK_INT(r.status, 201);
    CHECK_STR(test_member_of(&r, "position", out), "1");
    CHECK_STR(test_member_of(&r, "kind", out), "note");
    test_reply_free(&r);
    r = test_get(s, "/api/record"); /* what lay in memory is old */
    CHECK_STR(test_member_of(&r, "size", out), "2");
    CHECK(strstr(r.body, "We begin at six.") != NULL);
    test_reply_free(&r);
    refused(s, &event, 409, "R-008"); /* once more */
    pl_owned_free(&event);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(forged_events_get_nothing)
{
    test_commons c = test_commons_begin(2);
    pl_owned event = signed_note(&c, 0);
    size_t stranger = test_person(&c);
    pl_server *s = test_serve(&c, NULL);
    event.bytes[event.n - 1] ^= 1; /* the signature */
    refused(s, &event, 409, "R-007");
    event.bytes[event.n - 1] ^= 1;
    event.bytes[event.n - 70] ^= 1; /* what was signed */
    test_reply r = test_request(s, "POST", "/api/events", EVENT, event.bytes, event.n);
    CHECK(r.status == 409 || r.status == 422);
    test_reply_free(&r);
    pl_owned_free(&event);
    pl_draft draft = {.counter = 1, .time = c.now, .kind = "note"};
    pl_owned body = test_note_body("I am nobody."), alien;
    pl_error err;
    memcpy(draft.commons_id, pl_record_what(c.record)->commons_id, PL_HASH);
    draft.body = test_bytes(&body);
    CHECK(pl_event_sign(&draft, c.key[stranger], &alien, &err) == PL_OK);
    refused(s, &alien, 409, "R-006"); /* a key that is none here */
    pl_owned_free(&alien);
    draft.commons_id[0] ^= 1;
    CHECK(pl_event_sign(&draft, c.key[0], &alien, &err) == PL_OK);
    refused(s, &alien, 409, "R-004"); /* of another commons */
    pl_owned_free(&alien);
    pl_owned_free(&body);
    expect(s, "POST", "/api/events", EVENT, "no event", 422);
    expect(s, "POST", "/api/events", EVENT, "", 422);
    char out[400];
    r = test_get(s, "/api/record");
    CHECK_STR(test_member_of(&r, "size", out), "1");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(other_sites_can_do_nothing)
{
    test_commons c = test_commons_begin(1);
    pl_server *s = test_serve(&c, NULL);
    char own[300];
    snprintf(own, sizeof own, ACT "Origin: %s\r\nSec-Fetch-Site: same-origin\r\n", pl_server_origin(s));
    expect(s, "POST", "/api/session/challenge", "", "", 403);                                                /* a form */
    expect(s, "POST", "/api/session/challenge", "Plenty-Request: 1\r\nOrigin: https://evil.example\r\n", "", 403);
    expect(s, "POST", "/api/session/challenge", "Plenty-Request: 1\r\nSec-Fetch-Site: cross-site\r\n", "", 403);
    expect(s, "POST", "/api/session", "Plenty-Request: 1\r\nContent-Type: text/plain\r\n", "{}", 403);        /* a form that looks like JSON */
    expect(s, "GET", "/api/members", "Host: evil.example\r\n", NULL, 421);                                    /* DNS rebinding */
    expect(s, "POST", "/api/session/challenge", own, "", 200);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* ---- Signing in ----------------------------------------------------------------------------------- */

TEST(a_member_signs_in_and_out)
{
    test_commons c = test_commons_begin(2);
    test_attempt a = {.key = c.key[1]};
    char cookie[500], act[700], out[400], id[2 * PL_HASH + 1];
    pl_server *s = test_serve(&c, NULL);
    CHECK_INT(test_sign_in(s, &c, &a), 200);
    CHECK(strstr(a.cookie, "; HttpOnly; SameSite=Strict; Path=/; Max-Age=") != NULL);
    test_cookie(&a, cookie);
    test_reply r = test_request(s, "GET", "/api/session", cookie, NULL, 0);
    pl_hex_write(pl_key_id(c.key[1]), PL_HASH, id);
    CHECK_STR(test_member_of(&r, "signed_in", out), "true");
    CHECK_STR(test_member_of(&r, "member", out), id);
    CHECK_STR(test_header(&r, "Cache-Control", out), "no-store");
    test_reply_free(&r);
    expect(s, "GET", "/api/me", "", NULL, 401);
    expect(s, "GET", "/api/me", cookie, NULL, 200);
    snprintf(act, sizeof act, "%sPlenty-Request: 1\r\n", cookie);
    expect(s, "DELETE", "/api/session", act, NULL, 200);
    expect(s, "GET", "/api/me", cookie, NULL, 401);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(a_member_sees_and_ends_their_own_sessions)
{
    test_commons c = test_commons_begin(2);
    test_attempt first = {.key = c.key[1]}, second = {.key = c.key[1]}, other = {.key = c.key[0]};
    char cookie[3][500], act[700], path[200], out[400];
    pl_server *s = test_serve(&c, NULL);
    CHECK(test_sign_in(s, &c, &first) == 200 && test_sign_in(s, &c, &second) == 200 && test_sign_in(s, &c, &other) == 200);
    test_cookie(&first, cookie[0]);
    test_cookie(&second, cookie[1]);
    test_cookie(&other, cookie[2]);
    expect(s, "GET", "/api/sessions", "", NULL, 401);
    test_reply r = test_request(s, "GET", "/api/sessions", cookie[0], NULL, 0);
    const char *one = strstr(r.body, "\"session\""), *two = one != NULL ? strstr(one + 1, "\"session\"") : NULL;
    CHECK(two != NULL && strstr(two + 1, "\"session\"") == NULL); /* both of the member, none of the other */
    snprintf(path, sizeof path, "/api/sessions/%.64s", two + strlen("\"session\":\""));
    test_reply_free(&r);
    snprintf(act, sizeof act, "%sPlenty-Request: 1\r\n", cookie[2]);
    expect(s, "DELETE", path, act, NULL, 404); /* another's */
    snprintf(act, sizeof act, "%sPlenty-Request: 1\r\n", cookie[0]);
    expect(s, "DELETE", path, act, NULL, 200);
    expect(s, "GET", "/api/me", cookie[1], NULL, 401);
    r = test_request(s, "GET", "/api/session", cookie[0], NULL, 0);
    CHECK_STR(test_member_of(&r, "sessions", out), "1");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* Added here, or by somebody else beside the server: what ends a key ends what was begun with it. */
TEST(sessions_end_with_the_key)
{
    test_commons c = test_commons_begin(3);
    static const test_field NOTHING[] = {{0}};
    test_attempt here = {.key = c.key[1]}, elsewhere = {.key = c.key[2]}, stays = {.key = c.key[0]};
    char cookie[3][500];
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    CHECK(test_sign_in(s, &c, &here) == 200 && test_sign_in(s, &c, &elsewhere) == 200 && test_sign_in(s, &c, &stays) == 200);
    test_cookie(&here, cookie[0]);
    test_cookie(&elsewhere, cookie[1]);
    test_cookie(&stays, cookie[2]);
    pl_owned left = test_signed(&c, 1, &PL_KIND_MEMBER_LEFT, NOTHING);
    test_reply r = test_request(s, "POST", "/api/events", EVENT, left.bytes, left.n);
    CHECK_INT(r.status, 201);
    test_reply_free(&r);
    pl_owned_free(&left);
    expect(s, "GET", "/api/me", cookie[0], NULL, 401);
    expect(s, "GET", "/api/me", cookie[1], NULL, 200);
    CHECK(test_act(&c, 2, &PL_KIND_MEMBER_LEFT, NOTHING) == PL_RULE_NONE);
    int status = 200;
    for (double begun = pl_clock_s(); status == 200 && pl_clock_s() - begun < 10;) {
        r = test_request(s, "GET", "/api/me", cookie[1], NULL, 0);
        status = r.status;
        test_reply_free(&r);
        usleep(50000);
    }
    CHECK_INT(status, 401);
    expect(s, "GET", "/api/me", cookie[2], NULL, 200);
    pl_server_stop(s);
    test_commons_end(&c);
}

static char ledger[500];

static void with_ledger(pl_server_settings *s)
{
    s->ledger = ledger;
}

TEST(members_read_the_ledger_of_privacy_and_who_set_its_budget)
{
    test_commons c = test_commons_begin(2);
    test_attempt a = {.key = c.key[1]};
    char cookie[500], text[800], motion[2 * PL_HASH + 1], out[400];
    pl_error err;
    test_constitution(&c, "");
    const uint8_t *everyone = pl_record_what(c.record)->commons_id;
    CHECK(test_act(&c, 0, &PL_KIND_MOTION_TABLED, (test_field[]){F_ID("assembly", everyone), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "Sums"), F_TEXT("text", "With noise."), {0}}) ==
          PL_RULE_NONE);
    pl_hex_write(c.id, PL_HASH, motion);
    snprintf(ledger, sizeof ledger, "%s", test_path("ledger.csv"));
    pl_server *s = test_serve(&c, with_ledger);
    expect(s, "GET", "/api/needs/privacy", "", NULL, 401);
    CHECK_INT(test_sign_in(s, &c, &a), 200);
    test_cookie(&a, cookie);
    test_reply r = test_request(s, "GET", "/api/needs/privacy", cookie, NULL, 0);
    CHECK_STR(r.body, "{\"budget\":null,\"releases\":[]}"); /* no file: nothing may be released */
    test_reply_free(&r);
    snprintf(text, sizeof text, "date,entry,name,epsilon,delta,clip,cells,decision\nd,budget,2027,4,0,,,%s\nd,release,week 1,0.5,0,20,107,\n", motion);
    CHECK(pl_file_write(ledger, text, strlen(text), &err) == PL_OK);
    r = test_request(s, "GET", "/api/needs/privacy", cookie, NULL, 0);
    CHECK_INT(r.status, 200);
    CHECK_STR(test_member_of(&r, "left", out), "3.5");
    CHECK_STR(test_member_of(&r, "motion", out), motion);
    CHECK_STR(test_member_of(&r, "title", out), "Sums");
    CHECK_STR(test_member_of(&r, "carried", out), "false"); /* it is in debate */
    CHECK_STR(test_member_of(&r, "cells", out), "107");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(nobody_else_signs_in)
{
    test_commons c = test_commons_begin(2);
    pl_server *s = test_serve(&c, NULL);
    test_attempt forged = {.key = c.key[0], .forged = true}, elsewhere = {.key = c.key[0], .origin = "https://evil.example"}, alien = {.key = c.key[test_person(&c)]},
            good = {.key = c.key[0]}, made_up = {.key = c.key[0]};
    CHECK_INT(test_sign_in(s, &c, &forged), 409);
    CHECK_INT(test_sign_in(s, &c, &elsewhere), 409);
    CHECK_INT(test_sign_in(s, &c, &alien), 409);
    CHECK_INT(test_sign_in(s, &c, &good), 200);
    CHECK_INT(test_sign_in(s, &c, &good), 409); /* the same challenge once more */
    memset(made_up.challenge, '7', 64);
    CHECK_INT(test_sign_in(s, &c, &made_up), 409);
    CHECK_STR(made_up.cookie, "");
    expect(s, "POST", "/api/session", ACT, "{\"challenge\":", 400);
    expect(s, "POST", "/api/session", ACT, "[]", 400);
    pl_server_stop(s);
    test_commons_end(&c);
}

static void for_members(pl_server_settings *s)
{
    s->members_only = true;
}

TEST(what_is_for_members_is_for_members)
{
    test_commons c = test_commons_begin(1);
    test_attempt a = {.key = c.key[0]};
    char cookie[500];
    pl_server *s = test_serve(&c, for_members);
    expect(s, "GET", "/api/members", "", NULL, 401);
    expect(s, "GET", "/api/record", "Cookie: plenty=0000000000000000000000000000000000000000000000000000000000000000\r\n", NULL, 401);
    expect(s, "GET", "/api/live", "", NULL, 401);
    expect(s, "GET", "/api", "", NULL, 200);
    CHECK_INT(test_sign_in(s, &c, &a), 200);
    test_cookie(&a, cookie);
    expect(s, "GET", "/api/members", cookie, NULL, 200);
    expect(s, "GET", "/api/members", "", NULL, 401); /* also when it lies in memory */
    expect(s, "POST", "/api/blobs", "Plenty-Request: 1\r\nContent-Type: application/octet-stream\r\n", "x", 401);
    pl_server_stop(s);
    test_commons_end(&c);
}

/* ---- Limits --------------------------------------------------------------------------------------- */

TEST(what_is_too_large_is_refused)
{
    test_commons c = test_commons_begin(1);
    static char big[PL_EVENT_MAX + 2], path[PL_TARGET_MAX + 20];
    pl_server *s = test_serve(&c, NULL);
    memset(big, 'x', sizeof big - 1);
    expect(s, "POST", "/api/events", EVENT, big, 413);
    int fd = test_connect(s); /* in pieces, without saying how much */
    const char *host = strstr(pl_server_origin(s), "://") + 3;
    char head[400];
    snprintf(head, sizeof head, "POST /api/events HTTP/1.1\r\nHost: %s\r\n" EVENT "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n", host);
    test_send(fd, head, strlen(head));
    for (int i = 0; i < 20; i++) {
        test_send(fd, "1000\r\n", 6);
        test_send(fd, big, 4096);
        test_send(fd, "\r\n", 2);
    }
    test_send(fd, "0\r\n\r\n", 5);
    char *text = test_receive(fd, 10);
    CHECK(strncmp(text, "HTTP/1.1 413", 12) == 0);
    free(text);
    close(fd);
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    expect(s, "GET", path, "", NULL, 400);
    expect(s, "GET", "/api/../../etc/passwd", "", NULL, 400);
    expect(s, "GET", "/%2e%2e/%2e%2e/etc/passwd", "", NULL, 400);
    expect(s, "GET", "/assets/none.js", "", NULL, 404);
    expect(s, "GET", "/api/nothing", "", NULL, 404);
    expect(s, "DELETE", "/api/members", "", NULL, 405);
    expect(s, "BREW", "/api/members", "", NULL, 405);
    expect(s, "GET", "/api/members?most=100000", "", NULL, 400);
    pl_server_stop(s);
    test_commons_end(&c);
}

static void impatient(pl_server_settings *s)
{
    s->http.patience = 1;
}

/* One byte every 200 ms: the connection is ended, not kept. */
TEST(the_slow_are_not_waited_for)
{
    pl_server *s = test_serve(NULL, impatient);
    int fd = test_connect(s);
    double begun = pl_clock_s();
    bool ended = false;
    test_send(fd, "GET / HTTP/1.1\r\nX: ", 19);
    while (!ended && pl_clock_s() - begun < 15) {
        char byte;
        ended = send(fd, "a", 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
        usleep(200000);
    }
    CHECK(ended);
    close(fd);
    pl_server_stop(s);
}

static void strict(pl_server_settings *s)
{
    s->http.rate = 1;
    s->http.burst = 5;
}

TEST(who_asks_too_often_waits)
{
    pl_server *s = test_serve(NULL, strict);
    int refused_n = 0;
    char out[400];
    for (int i = 0; i < 20; i++) {
        test_reply r = test_get(s, "/api");
        refused_n += r.status == 429;
        CHECK(r.status == 200 || r.status == 429);
        CHECK(r.status == 200 || strcmp(test_header(&r, "Retry-After", out), "1") == 0);
        test_reply_free(&r);
    }
    CHECK(refused_n > 0 && refused_n < 20);
    pl_server_stop(s);
}

/* With one thread and epoll, libmicrohttpd 0.9.75 stalls when 128 sockets or more are ready at once; 256 are served here, several times over. */
TEST(many_connections_at_once_are_served)
{
    enum { N = 256, ROUNDS = 5 };
    static int fd[N];
    pl_server *s = test_serve(NULL, NULL);
    char request[200];
    const char *host = strstr(pl_server_origin(s), "://") + 3;
    snprintf(request, sizeof request, "GET /api/openapi.json HTTP/1.1\r\nHost: %s\r\nIf-None-Match: none\r\n\r\n", host);
    for (int i = 0; i < N; i++) {
        fd[i] = test_connect(s);
    }
    double begun = pl_clock_s();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < N; i++) {
            test_send(fd[i], request, strlen(request));
        }
        for (int i = 0; i < N; i++) {
            static char reply[1 << 17];
            size_t n = 0;
            do { /* the answer ends with the end of the document */
                ssize_t got = recv(fd[i], reply + n, sizeof reply - n - 1, 0);
                CHECK(got > 0);
                n += (size_t)got;
                reply[n] = '\0';
            } while (strstr(reply, "\n}") == NULL);
            CHECK(strncmp(reply, "HTTP/1.1 200", 12) == 0);
        }
    }
    CHECK(pl_clock_s() - begun < 30); /* a stall costs the whole timeout of a connection, each time */
    for (int i = 0; i < N; i++) {
        close(fd[i]);
    }
    pl_server_stop(s);
}

/* ---- Live ----------------------------------------------------------------------------------------- */

static int listen_to(const pl_server *s, const char *last)
{
    char request[300];
    int fd = test_connect(s);
    snprintf(request, sizeof request, "GET /api/live HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", strstr(pl_server_origin(s), "://") + 3, last != NULL ? "Last-Event-ID: " : "",
             last != NULL ? last : "", last != NULL ? "\r\n" : "");
    test_send(fd, request, strlen(request));
    return fd;
}

/* Reads until that text has come, at most 10 seconds; what was read is to be freed. */
static char *wait_for(int fd, const char *text)
{
    double begun = pl_clock_s();
    size_t n = 0;
    char *all = calloc(1, 1 << 18);
    while (strstr(all, text) == NULL && pl_clock_s() - begun < 10) {
        char *more = test_receive(fd, 0.05);
        n += (size_t)snprintf(all + n, ((size_t)1 << 18) - n, "%s", more);
        free(more);
    }
    return all;
}

TEST(what_happens_is_told_as_it_happens)
{
    test_commons c = test_commons_begin(1);
    pl_server *s = test_serve(&c, NULL);
    int fd = listen_to(s, NULL);
    char *text = wait_for(fd, "event: hello");
    char last[60], out[400];
    const char *id = strstr(text, "id: ");
    CHECK(strstr(text, "text/event-stream") != NULL && id != NULL);
    snprintf(last, sizeof last, "%.*s", (int)strcspn(id + 4, "\n"), id + 4);
    free(text);
    for (int i = 0; i < 3; i++) {
        pl_owned event = signed_note(&c, 0);
        test_reply r = test_request(s, "POST", "/api/events", EVENT, event.bytes, event.n);
        CHECK_INT(r.status, 201);
        test_reply_free(&r);
        pl_owned_free(&event);
    }
    text = wait_for(fd, "\"position\":3");
    CHECK(strstr(text, "\"position\":1") != NULL && strstr(text, "\"position\":2") != NULL && strstr(text, "\"kind\":\"note\"") != NULL);
    free(text);
    close(fd);
    fd = listen_to(s, last); /* who was away hears what was missed */
    text = wait_for(fd, "\"position\":3");
    CHECK(strstr(text, "\"position\":1") != NULL && strstr(text, "event: reset") == NULL);
    free(text);
    close(fd);
    fd = listen_to(s, "0123456789abcdef-7"); /* of another start of the server */
    text = wait_for(fd, "event: reset");
    CHECK(strstr(text, "event: reset") != NULL);
    free(text);
    close(fd);
    /* And what others add, who do not come this way. */
    fd = listen_to(s, NULL);
    free(wait_for(fd, "event: hello"));
    CHECK(test_act(&c, 0, note(), SAYS) == PL_RULE_NONE);
    text = wait_for(fd, "{\"size\":5}");
    CHECK(strstr(text, "{\"size\":5}") != NULL);
    free(text);
    close(fd);
    test_reply r = test_get(s, "/api/record");
    CHECK_STR(test_member_of(&r, "size", out), "5");
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(the_server_ends_while_people_listen)
{
    pl_server *s = test_serve(NULL, NULL);
    int fd[20];
    for (int i = 0; i < 20; i++) {
        fd[i] = listen_to(s, NULL);
        free(wait_for(fd[i], "event: hello"));
    }
    double begun = pl_clock_s();
    pl_server_stop(s);
    CHECK(pl_clock_s() - begun < 5);
    for (int i = 0; i < 20; i++) {
        close(fd[i]);
    }
}
