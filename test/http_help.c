/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/http_help.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/test.h"

static uint64_t the_time;

static uint64_t time_of_test(void)
{
    return the_time;
}

pl_server *test_serve(test_commons *c, void (*change)(pl_server_settings *settings))
{
    pl_error err;
    pl_server *server;
    static char commons[500];
    snprintf(commons, sizeof commons, "%s", test_path("the.commons"));
    pl_server_settings s = {.commons = c != NULL ? commons : NULL, .scratch = test_tmp(), .plan_threads = 1, .now = time_of_test};
    s.http = (pl_http_settings){.address = "127.0.0.1", .threads = 2, .workers = 2, .connections = 1200, .patience = 10};
    the_time = c != NULL ? c->now : TEST_NOW;
    if (change != NULL) {
        change(&s);
    }
    if (pl_server_start(&s, &server, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return server;
}

int test_connect(const pl_server *server)
{
    const char *port = strrchr(pl_server_origin(server), ':');
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(port + 1, NULL, 10)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

void test_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; /* the other end has had enough */
        }
        bytes += sent;
        n -= (size_t)sent;
    }
}

char *test_receive(int fd, double seconds)
{
    size_t n = 0, cap = 1 << 16;
    char *text = malloc(cap);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK(text != NULL);
    while (poll(&p, 1, (int)(1000 * seconds)) > 0) {
        if (n + 1 == cap) {
            text = realloc(text, cap *= 2);
            CHECK(text != NULL);
        }
        ssize_t got = recv(fd, text + n, cap - n - 1, 0);
        if (got <= 0) {
            break;
        }
        n += (size_t)got;
    }
    text[n] = '\0';
    return text;
}

test_reply test_request(const pl_server *server, const char *method, const char *path, const char *headers, const char *body, size_t n)
{
    char head[4000], length[60] = "";
    const char *host = strstr(pl_server_origin(server), "://") + 3;
    int fd = test_connect(server);
    test_reply r = {0};
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", n);
    }
    int h = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\n%s%s%s%sConnection: close\r\n%s%s\r\n", method, path, strstr(headers, "Host:") == NULL ? "Host: " : "",
                     strstr(headers, "Host:") == NULL ? host : "", strstr(headers, "Host:") == NULL ? "\r\n" : "", "", length, headers);
    CHECK(h > 0 && (size_t)h < sizeof head);
    test_send(fd, head, (size_t)h);
    if (body != NULL) {
        test_send(fd, body, n);
    }
    r.text = test_receive(fd, 20);
    close(fd);
    r.status = strncmp(r.text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(r.text + 9, NULL, 10) : 0;
    r.body = strstr(r.text, "\r\n\r\n");
    r.body = r.body != NULL ? r.body + 4 : r.text + strlen(r.text);
    return r;
}

test_reply test_get(const pl_server *server, const char *path)
{
    return test_request(server, "GET", path, "", NULL, 0);
}

void test_reply_free(test_reply *r)
{
    free(r->text);
    *r = (test_reply){0};
}

const char *test_header(const test_reply *r, const char *name, char out[400])
{
    char line[100];
    snprintf(line, sizeof line, "\r\n%s: ", name);
    const char *at = strstr(r->text, line);
    out[0] = '\0';
    if (at != NULL && at < r->body) {
        at += strlen(line);
        snprintf(out, 400, "%.*s", (int)strcspn(at, "\r"), at);
    }
    return out;
}

const char *test_member_of(const test_reply *r, const char *name, char out[400])
{
    char key[100];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(r->body, key);
    out[0] = '\0';
    if (at != NULL) {
        at += strlen(key);
        bool text = *at == '"';
        snprintf(out, 400, "%.*s", (int)strcspn(at + text, text ? "\"" : ",}]"), at + text);
    }
    return out;
}

int test_sign_in(const pl_server *s, const test_commons *c, test_attempt *a)
{
    uint8_t text[400], signature[PL_SIGNATURE];
    char body[900], key[2 * PL_HASH + 1], hex[2 * PL_SIGNATURE + 1];
    const char *origin = a->origin != NULL ? a->origin : pl_server_origin(s);
    size_t n = 18;
    if (a->challenge[0] == '\0') {
        test_reply r = test_request(s, "POST", "/api/session/challenge", "Plenty-Request: 1\r\n", "", 0);
        test_member_of(&r, "challenge", a->challenge);
        test_reply_free(&r);
    }
    memcpy(text, "plenty sign in v1\n", n);
    memcpy(text + n, pl_record_what(c->record)->commons_id, PL_HASH);
    CHECK(pl_hex_read(a->challenge, 32, text + n + PL_HASH));
    memcpy(text + n + 2 * PL_HASH, origin, strlen(origin));
    pl_key_sign(a->key, text, n + 2 * PL_HASH + strlen(origin), signature);
    signature[0] ^= a->forged;
    pl_hex_write(pl_key_id(a->key), PL_HASH, key);
    pl_hex_write(signature, PL_SIGNATURE, hex);
    snprintf(body, sizeof body, "{\"challenge\":\"%s\",\"key\":\"%s\",\"signature\":\"%s\"}", a->challenge, key, hex);
    test_reply r = test_request(s, "POST", "/api/session", "Plenty-Request: 1\r\nContent-Type: application/json\r\n", body, strlen(body));
    test_header(&r, "Set-Cookie", a->cookie);
    int status = r.status;
    test_reply_free(&r);
    return status;
}

void test_cookie(const test_attempt *a, char out[500])
{
    snprintf(out, 500, "Cookie: %.*s\r\n", (int)strcspn(a->cookie, ";"), a->cookie);
}
