/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * http.h - requests in, answers out.  http.c alone knows libmicrohttpd.
 *
 * Threads that poll serve what lies in memory and streams; everything else is done by workers, so that a slow answer holds up nobody else.  A request
 * belongs to one thread at a time. */
#ifndef PLENTY_SERVER_HTTP_H
#define PLENTY_SERVER_HTTP_H

#include <stdint.h>

#include <plenty/status.h>

#include "base/str.h"
#include "server/target.h"

typedef struct pl_http pl_http;
typedef struct pl_http_request pl_http_request;
typedef struct pl_content pl_content; /* an answer, ready to be sent any number of times, by any thread; counted */

/* ---- Requests ------------------------------------------------------------------------------------- */

const char *pl_http_method(const pl_http_request *request);
const pl_target *pl_http_target(const pl_http_request *request);
/* A header or a cookie of the request, borrowed; NULL when it is not there. */
const char *pl_http_header(const pl_http_request *request, const char *name);
const char *pl_http_cookie(const pl_http_request *request, const char *name);
const pl_str *pl_http_body(const pl_http_request *request);
/* Whoever is at the other end (behind a proxy: whom it names). */
const char *pl_http_peer(const pl_http_request *request);

/* ---- Answers -------------------------------------------------------------------------------------- */

typedef struct pl_answer {
    int status;              /* of HTTP; 0 = 200 */
    const char *type;        /* static; NULL = application/json */
    const char *style;       /* "sha256-...", of a style sheet that stands in the page itself, borrowed; NULL = none does */
    const char *caching;     /* Cache-Control, static; NULL = no-cache */
    char cookie[400];        /* Set-Cookie, or "" */
    char allow[40];          /* Allow, with 405 */
    char name[100];          /* of the file, for a download; or "" */
    pl_str body;
} pl_answer;
#define PL_ANSWER_MAX ((size_t)256 << 20)
void pl_answer_init(pl_answer *answer);
void pl_answer_clear(pl_answer *answer);
/* Ready to be sent: with its length, a strong ETag, the headers of security, and, where it pays, compressed too.  PL_NOMEM. */
pl_status pl_content_new(const pl_answer *answer, pl_content **out, pl_error *err);
/* The same of bytes that are compressed already (gzip) and stay where they are. */
pl_status pl_content_gzipped(const char *type, const char *style, const char *caching, const void *bytes, size_t n, const void *plain, size_t plain_n,
                             pl_content **out, pl_error *err);
pl_content *pl_content_keep(pl_content *content); /* one more who holds it */
void pl_content_drop(pl_content *content);        /* accepts NULL */
size_t pl_content_size(const pl_content *content); /* bytes that it takes */

/* A stream of server-sent events.  `read` puts up to `max` bytes, and returns how many, 0 when there is nothing now (it is called again after
 * pl_http_wake), or -1 at the end; `close` is called once.  Both run under the lock that pl_http_wake takes: they must be quick. */
typedef struct pl_stream {
    long (*read)(void *user, char *out, size_t max);
    void (*close)(void *user);
    void *user;
} pl_stream;

/* ---- The server ----------------------------------------------------------------------------------- */

typedef struct pl_http_settings {
    const char *address;            /* numeric, "127.0.0.1" or "::1"; "0.0.0.0" for all */
    uint16_t port;                  /* 0 = any that is free */
    const char *certificate, *key;  /* PEM texts; NULL = no TLS */
    int threads, workers;           /* that poll, at least 1; that work */
    unsigned connections, per_address; /* at most; per_address 0 = no limit */
    double rate, burst;             /* requests a second of one address, and at once; 0 = no limit */
    double patience;                /* seconds in which a request must have come */
    bool proxy;                     /* one is in front: whom it names in X-Forwarded-For is the peer */
    bool epoll;                     /* for the test of why not */
    void *user;
    /* In a thread that polls, when the headers are there: how long the body may be; *refusal (or NULL) is sent instead. */
    size_t (*begin)(void *user, pl_http_request *request, pl_content **refusal);
    /* In a thread that polls, when all is there: an answer that lies in memory (kept for the caller), a stream, or neither: then a worker is asked. */
    pl_content *(*fast)(void *user, pl_http_request *request, pl_stream *stream);
    /* In a worker: an answer, kept for the caller; NULL = 507. */
    pl_content *(*slow)(void *user, pl_http_request *request);
} pl_http_settings;

/* PL_IO: the port is taken, the address is none of this machine, TLS files are wrong. */
pl_status pl_http_start(const pl_http_settings *settings, pl_http **out, pl_error *err);
void pl_http_stop(pl_http *http); /* ends what goes on; accepts NULL */
uint16_t pl_http_port(const pl_http *http);
/* All streams are read again. */
void pl_http_wake(pl_http *http);
int pl_http_streams(pl_http *http); /* that are open */

#endif
