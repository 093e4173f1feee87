/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * http_help.h - a server of a test's own, and a client of plain sockets that can be as rude as it likes. */
#ifndef PLENTY_TEST_HTTP_HELP_H
#define PLENTY_TEST_HTTP_HELP_H

#include "server/server.h"
#include "test/commons_help.h"

/* Serves the commons of `c` (or none, with NULL) at the time c->now; changes to the settings in `change` (or NULL). */
pl_server *test_serve(test_commons *c, void (*change)(pl_server_settings *settings));

typedef struct test_reply {
    int status;      /* 0: the connection was ended without an answer */
    char *text;      /* all of it */
    char *body;      /* in text */
} test_reply;
void test_reply_free(test_reply *reply);
const char *test_header(const test_reply *reply, const char *name, char out[400]); /* "" when it is not there */

int test_connect(const pl_server *server);
void test_send(int fd, const char *bytes, size_t n);
/* Reads until the other end closes, or until `seconds` have passed without a byte; what was read is a text to be freed. */
char *test_receive(int fd, double seconds);

/* One request on a connection of its own.  `headers` are whole lines ("Cookie: plenty=...\r\n"), or "". */
test_reply test_request(const pl_server *server, const char *method, const char *path, const char *headers, const char *body, size_t n);
test_reply test_get(const pl_server *server, const char *path);
/* The value of a member of the object in the body: a text, or a number as text; "" when there is none. */
const char *test_member_of(const test_reply *reply, const char *name, char out[400]);

/* Somebody who signs in with a key, or tries to. */
typedef struct test_attempt {
    pl_key *key;
    const char *origin;  /* that is signed; NULL: the server's */
    bool forged;
    char challenge[400]; /* "" asks for one */
    char cookie[400];    /* what came of it */
} test_attempt;
int test_sign_in(const pl_server *server, const test_commons *c, test_attempt *attempt); /* the status of the answer */
/* The line of the header with what came of it. */
void test_cookie(const test_attempt *attempt, char out[500]);

#endif
