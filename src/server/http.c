/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * http.c - requests and answers by libmicrohttpd; no other file knows it.
 *
 * A pool of threads, each with poll(): with one thread and epoll, version 0.9.75 falls from 51,000 to some requests a second as soon as 128 sockets
 * are ready at once, since it goes back into epoll_wait with the old timeout before it serves what it has collected (test/e2e/server.sh). */
#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <zlib.h>

#include <plenty/record.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/json.h"
#include "server/rate.h"

#define CONNECTION_MEMORY (16u << 10) /* for each connection: headers, and what is being written */
#define QUEUE 512                     /* requests that wait for a worker */
#define HEADER_LIST 8
#define COMPRESSED_FROM 700 /* bytes; below that it does not pay */
#define POLICY /* with the hash of the style sheet that stands in the page itself, if one does */                                      \
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'%s%s%s; img-src 'self' data:; font-src 'self'; "       \
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/* With every answer. */
static const char *const HEADERS[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    {"Vary", "Accept-Encoding, Accept-Language, Cookie"},
};

struct pl_content {
    atomic_int holders;
    int status;
    char etag[40]; /* without quotes; "" for none */
    size_t size;
    struct MHD_Response *plain, *gzip, *same; /* gzip, same (304): or NULL */
};

typedef enum request_state { REQUEST_NEW, REQUEST_READING, REQUEST_WORKING, REQUEST_ANSWERED, REQUEST_SENT } request_state;
struct pl_http_request {
    pl_http *http;
    struct MHD_Connection *connection;
    request_state state;
    pl_target target;
    bool sound; /* the target is */
    char method[12], peer[64];
    pl_str body;
    size_t limit;
    bool too_big;
    pl_content *content;
    pl_http_request *next; /* in the queue */
};

/* A connection, to be ended when no request comes in time: the library's own timeout begins anew with every byte. */
typedef struct line {
    int fd;
    _Atomic double since; /* when it began to wait for a request; 0: it does not wait */
    struct line *before, *next;
} line;

typedef struct open_stream {
    pl_http *http;
    struct MHD_Connection *connection;
    pl_stream stream;
    bool asleep;
    struct open_stream *before, *next;
} open_stream;

/* What is refused without asking anybody. */
typedef enum refusal { NO_TARGET, NO_SIZE, NO_RATE, NO_WORKER, NO_MEMORY, REFUSALS } refusal;
static const struct {
    int status;
    const char *id, *message, *hint;
} REFUSAL[REFUSALS] = {
    {400, "usage", "this is no target that can be asked for", "docs/api.md lists them"},
    {413, "too-big", "the body of this request is too large", "docs/api.md says how large it may be"},
    {429, "busy", "too many requests from this address", "wait a second"},
    {503, "busy", "the server has too much to do", "try again in a moment"},
    {507, "no-memory", "there is not enough memory", ""},
};

struct pl_http {
    pl_http_settings settings;
    struct MHD_Daemon *daemon;
    pl_content *refusal[REFUSALS];
    pthread_mutex_t lock; /* of the queue, of lines, of the rate */
    pthread_cond_t more, ends; /* one for workers, one for whoever watches: a signal must wake a worker */
    pl_http_request *first, *last;
    int waiting, workers;
    bool ending;
    line *lines;
    pl_rate *rate;
    pthread_t worker[64], watch;
    bool watching;
    pthread_mutex_t stream_lock;
    open_stream *streams;
    int n_streams;
    bool streams_end;
};

/* ---- Requests ------------------------------------------------------------------------------------- */

const char *pl_http_method(const pl_http_request *r)
{
    return r->method;
}

const pl_target *pl_http_target(const pl_http_request *r)
{
    return &r->target;
}

const char *pl_http_header(const pl_http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

const char *pl_http_cookie(const pl_http_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, name);
}

const pl_str *pl_http_body(const pl_http_request *r)
{
    return &r->body;
}

const char *pl_http_peer(const pl_http_request *r)
{
    return r->peer;
}

/* ---- Answers -------------------------------------------------------------------------------------- */

void pl_answer_init(pl_answer *a)
{
    memset(a, 0, sizeof *a);
    pl_str_init(&a->body, PL_ANSWER_MAX);
}

void pl_answer_clear(pl_answer *a)
{
    pl_str_clear(&a->body);
}

static void free_bytes(void *bytes)
{
    pl_free(bytes);
}

static bool put(struct MHD_Response *r, const char *name, const char *value)
{
    return MHD_add_response_header(r, name, value) == MHD_YES;
}

/* Headers that the whole answer and its compressed form have; the length comes by itself. */
static bool put_headers(struct MHD_Response *r, const char *type, const char *style, const char *caching, const char *etag, const char *suffix)
{
    char quoted[48], policy[400];
    snprintf(policy, sizeof policy, POLICY, style != NULL ? " '" : "", style != NULL ? style : "", style != NULL ? "'" : "");
    bool good = r != NULL && put(r, "Content-Security-Policy", policy);
    for (size_t i = 0; good && i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
        good = put(r, HEADERS[i][0], HEADERS[i][1]);
    }
    good = good && put(r, "Cache-Control", caching) && (type == NULL || put(r, "Content-Type", type));
    if (good && etag[0] != '\0') {
        snprintf(quoted, sizeof quoted, "\"%s%s\"", etag, suffix);
        good = put(r, "ETag", quoted);
    }
    return good;
}

/* Compressed bytes, or NULL when it does not pay or there is no memory. */
static char *compress_bytes(const char *bytes, size_t n, size_t *out_n)
{
    z_stream z = {0};
    if (n < COMPRESSED_FROM || n > UINT32_MAX / 2 || deflateInit2(&z, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return NULL;
    }
    size_t room = n - n / 8;
    char *out = PL_NEW(char, room);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    bool good = out != NULL && deflate(&z, Z_FINISH) == Z_STREAM_END;
    *out_n = z.total_out;
    deflateEnd(&z);
    if (!good) {
        pl_free(out);
        return NULL;
    }
    return out;
}

static struct MHD_Response *owned_response(char *bytes, size_t n)
{
    struct MHD_Response *r = bytes != NULL ? MHD_create_response_from_buffer_with_free_callback_cls(n, bytes, free_bytes, bytes) : NULL;
    if (r == NULL) {
        pl_free(bytes);
    }
    return r;
}

static pl_content *new_content(int status, const void *bytes, size_t n)
{
    uint8_t hash[PL_HASH];
    pl_content *c = PL_NEW0(pl_content, 1);
    if (c != NULL) {
        atomic_init(&c->holders, 1);
        c->status = status;
        c->size = sizeof *c + n;
        if (status == 200) {
            pl_hash(bytes, n, hash);
            pl_hex_write(hash, 16, c->etag);
        }
    }
    return c;
}

/* 304 for those who have it already. */
static bool add_same(pl_content *c, const char *style, const char *caching)
{
    static char nothing[1];
    if (c->etag[0] != '\0') {
        c->same = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
        return put_headers(c->same, NULL, style, caching, c->etag, "");
    }
    return true;
}

static bool put_once(struct MHD_Response *r, const pl_answer *a)
{
    char name[140];
    bool good = (a->cookie[0] == '\0' || put(r, "Set-Cookie", a->cookie)) && (a->allow[0] == '\0' || put(r, "Allow", a->allow));
    if (good && a->name[0] != '\0') {
        snprintf(name, sizeof name, "attachment; filename=\"%s\"", a->name);
        good = put(r, "Content-Disposition", name);
    }
    return good && (a->status != 429 || put(r, "Retry-After", "1"));
}

pl_status pl_content_new(const pl_answer *a, pl_content **out, pl_error *err)
{
    const char *type = a->type != NULL ? a->type : "application/json", *caching = a->caching != NULL ? a->caching : "no-cache";
    size_t packed_n = 0;
    pl_content *c = a->body.failed ? NULL : new_content(a->status != 0 ? a->status : 200, a->body.text, a->body.len);
    char *copy = c != NULL ? PL_NEW(char, a->body.len + 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, a->body.text, a->body.len + 1);
        char *packed = compress_bytes(a->body.text, a->body.len, &packed_n);
        c->plain = owned_response(copy, a->body.len);
        c->gzip = packed != NULL ? owned_response(packed, packed_n) : NULL;
        c->size += packed_n;
    }
    bool good = c != NULL && put_headers(c->plain, type, a->style, caching, c->etag, "") && put_once(c->plain, a) && add_same(c, a->style, caching);
    if (good && c->gzip != NULL) {
        good = put_headers(c->gzip, type, a->style, caching, c->etag, "-g") && put(c->gzip, "Content-Encoding", "gzip") && put_once(c->gzip, a);
    }
    if (!good) {
        pl_content_drop(c);
        return pl_fail_nomem(err, "answering");
    }
    *out = c;
    return PL_OK;
}

pl_status pl_content_gzipped(const char *type, const char *style, const char *caching, const void *bytes, size_t n, const void *plain, size_t plain_n,
                             pl_content **out, pl_error *err)
{
    pl_content *c = new_content(200, bytes, n);
    if (c != NULL) {
        c->plain = MHD_create_response_from_buffer(plain_n, (void *)(uintptr_t)plain, MHD_RESPMEM_MUST_COPY);
        c->gzip = MHD_create_response_from_buffer(n, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    }
    if (c == NULL || !put_headers(c->plain, type, style, caching, c->etag, "") || !put_headers(c->gzip, type, style, caching, c->etag, "-g") ||
        !put(c->gzip, "Content-Encoding", "gzip") || !add_same(c, style, caching)) {
        pl_content_drop(c);
        return pl_fail_nomem(err, "answering");
    }
    *out = c;
    return PL_OK;
}

pl_content *pl_content_keep(pl_content *c)
{
    atomic_fetch_add(&c->holders, 1);
    return c;
}

void pl_content_drop(pl_content *c)
{
    if (c == NULL || atomic_fetch_sub(&c->holders, 1) > 1) {
        return;
    }
    struct MHD_Response *all[] = {c->plain, c->gzip, c->same};
    for (size_t i = 0; i < 3; i++) {
        if (all[i] != NULL) {
            MHD_destroy_response(all[i]);
        }
    }
    pl_free(c);
}

size_t pl_content_size(const pl_content *c)
{
    return c->size;
}

static enum MHD_Result send_content(pl_http_request *r, pl_content *c)
{
    const char *has = pl_http_header(r, "If-None-Match"), *takes = pl_http_header(r, "Accept-Encoding");
    bool reads = strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
    r->state = REQUEST_SENT;
    if (has != NULL && reads && c->same != NULL && strstr(has, c->etag) != NULL) {
        return MHD_queue_response(r->connection, MHD_HTTP_NOT_MODIFIED, c->same);
    }
    bool packed = c->gzip != NULL && takes != NULL && strstr(takes, "gzip") != NULL;
    return MHD_queue_response(r->connection, (unsigned)c->status, packed ? c->gzip : c->plain);
}

static enum MHD_Result refuse(pl_http_request *r, refusal why)
{
    return send_content(r, r->http->refusal[why]);
}

static pl_status make_refusals(pl_http *h, pl_error *err)
{
    pl_status status = PL_OK;
    for (int k = 0; k < REFUSALS && status == PL_OK; k++) {
        pl_answer a;
        pl_json j;
        pl_answer_init(&a);
        a.status = REFUSAL[k].status;
        a.caching = "no-store";
        pl_json_init(&j, &a.body, false);
        pl_json_object(&j);
        pl_json_put_text(&j, "error", REFUSAL[k].id);
        pl_json_put_text(&j, "message", REFUSAL[k].message);
        pl_json_put_text(&j, "hint", REFUSAL[k].hint);
        pl_json_end(&j);
        status = pl_content_new(&a, &h->refusal[k], err);
        pl_answer_clear(&a);
    }
    return status;
}

/* ---- Streams -------------------------------------------------------------------------------------- */

static ssize_t read_stream(void *cls, uint64_t position, char *out, size_t max)
{
    open_stream *s = cls;
    (void)position;
    pthread_mutex_lock(&s->http->stream_lock);
    long n = s->http->streams_end ? -1 : s->stream.read(s->stream.user, out, max);
    if (n == 0) {
        s->asleep = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&s->http->stream_lock);
    return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static void end_stream(void *cls)
{
    open_stream *s = cls;
    pl_http *h = s->http;
    pthread_mutex_lock(&h->stream_lock);
    s->stream.close(s->stream.user);
    *(s->before != NULL ? &s->before->next : &h->streams) = s->next;
    if (s->next != NULL) {
        s->next->before = s->before;
    }
    h->n_streams--;
    pthread_mutex_unlock(&h->stream_lock);
    pl_free(s);
}

static enum MHD_Result send_stream(pl_http_request *r, const pl_stream *stream)
{
    pl_http *h = r->http;
    open_stream *s = PL_NEW0(open_stream, 1);
    struct MHD_Response *response = s != NULL ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read_stream, s, end_stream) : NULL;
    if (response == NULL) {
        stream->close(stream->user);
        pl_free(s);
        return refuse(r, NO_MEMORY);
    }
    *s = (open_stream){.http = h, .connection = r->connection, .stream = *stream};
    pthread_mutex_lock(&h->stream_lock);
    s->next = h->streams;
    if (s->next != NULL) {
        s->next->before = s;
    }
    h->streams = s;
    h->n_streams++;
    pthread_mutex_unlock(&h->stream_lock);
    put_headers(response, "text/event-stream", NULL, "no-store", "", "");
    put(response, "X-Accel-Buffering", "no");
    r->state = REQUEST_SENT;
    enum MHD_Result result = MHD_queue_response(r->connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

void pl_http_wake(pl_http *h)
{
    pthread_mutex_lock(&h->stream_lock);
    for (open_stream *s = h->streams; s != NULL; s = s->next) {
        if (s->asleep) {
            s->asleep = false;
            MHD_resume_connection(s->connection);
        }
    }
    pthread_mutex_unlock(&h->stream_lock);
}

int pl_http_streams(pl_http *h)
{
    pthread_mutex_lock(&h->stream_lock);
    int n = h->n_streams;
    pthread_mutex_unlock(&h->stream_lock);
    return n;
}

/* ---- Workers -------------------------------------------------------------------------------------- */

static bool enqueue(pl_http *h, pl_http_request *r)
{
    pthread_mutex_lock(&h->lock);
    bool room = h->waiting < QUEUE && !h->ending;
    if (room) {
        r->next = NULL;
        r->state = REQUEST_WORKING;
        *(h->last != NULL ? &h->last->next : &h->first) = r;
        h->last = r;
        h->waiting++;
        MHD_suspend_connection(r->connection); /* before a worker can wake it */
        pthread_cond_signal(&h->more);
    }
    pthread_mutex_unlock(&h->lock);
    return room;
}

static pl_http_request *dequeue(pl_http *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->first == NULL && !h->ending) {
        pthread_cond_wait(&h->more, &h->lock);
    }
    pl_http_request *r = h->first;
    if (r != NULL) {
        h->first = r->next;
        h->last = h->first != NULL ? h->last : NULL;
        h->waiting--;
    }
    pthread_mutex_unlock(&h->lock);
    return r;
}

/* Goes on until all that waits is answered and the server ends. */
static void *work(void *user)
{
    pl_http *h = user;
    for (pl_http_request *r = dequeue(h); r != NULL; r = dequeue(h)) {
        pl_content *c = h->settings.slow(h->settings.user, r);
        r->content = c != NULL ? c : pl_content_keep(h->refusal[NO_MEMORY]);
        r->state = REQUEST_ANSWERED;
        MHD_resume_connection(r->connection);
    }
    return NULL;
}

/* ---- What libmicrohttpd calls --------------------------------------------------------------------- */

static void *begin_request(void *cls, const char *uri, struct MHD_Connection *connection)
{
    pl_http_request *r = PL_NEW0(pl_http_request, 1);
    if (r != NULL) {
        r->http = cls;
        r->connection = connection;
        r->sound = pl_target_read(uri, &r->target);
        pl_str_init(&r->body, PL_ANSWER_MAX);
    }
    return r;
}

static void end_request(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)code;
    pl_http_request *r = *context;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL && info->socket_context != NULL) {
        atomic_store(&((line *)info->socket_context)->since, pl_clock_s());
    }
    if (r != NULL) {
        pl_content_drop(r->content);
        pl_str_clear(&r->body);
        pl_free(r);
        *context = NULL;
    }
}

static void notice_connection(void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
    pl_http *h = cls;
    line *l = *context;
    pthread_mutex_lock(&h->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && (l = PL_NEW0(line, 1)) != NULL) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        l->fd = info != NULL ? info->connect_fd : -1;
        atomic_init(&l->since, pl_clock_s());
        l->next = h->lines;
        if (l->next != NULL) {
            l->next->before = l;
        }
        h->lines = l;
        *context = l;
    } else if (code == MHD_CONNECTION_NOTIFY_CLOSED && l != NULL) {
        *(l->before != NULL ? &l->before->next : &h->lines) = l->next;
        if (l->next != NULL) {
            l->next->before = l->before;
        }
        pl_free(l);
        *context = NULL;
    }
    pthread_mutex_unlock(&h->lock);
}

/* Ends connections whose next request has not come in time. */
static void *watch(void *user)
{
    pl_http *h = user;
    pthread_mutex_lock(&h->lock);
    while (!h->ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&h->ends, &h->lock, &until);
        double now = pl_clock_s();
        for (line *l = h->lines; l != NULL; l = l->next) {
            double since = atomic_load(&l->since);
            if (since > 0 && now - since > 2 * h->settings.patience) {
                shutdown(l->fd, SHUT_RDWR);
            }
        }
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* Whoever asks: the other end, or whom the proxy there names last. */
static void learn_peer(pl_http_request *r)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const char *named = r->http->settings.proxy ? pl_http_header(r, "X-Forwarded-For") : NULL;
    const struct sockaddr *a = info != NULL ? info->client_addr : NULL;
    if (named != NULL) {
        const char *last = strrchr(named, ',');
        last = last != NULL ? last + 1 + strspn(last + 1, " ") : named;
        snprintf(r->peer, sizeof r->peer, "%s", last);
    } else if (a != NULL && a->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, r->peer, sizeof r->peer);
    } else if (a != NULL && a->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, r->peer, sizeof r->peer);
    }
}

/* The headers are there. */
static enum MHD_Result begin_body(pl_http_request *r, const char *method)
{
    pl_http *h = r->http;
    pl_content *instead = NULL;
    snprintf(r->method, sizeof r->method, "%s", method);
    r->state = REQUEST_READING;
    learn_peer(r);
    pthread_mutex_lock(&h->lock);
    bool allowed = pl_rate_allows(h->rate, r->peer, pl_clock_s());
    pthread_mutex_unlock(&h->lock);
    if (!allowed || !r->sound) {
        return refuse(r, allowed ? NO_TARGET : NO_RATE);
    }
    r->limit = h->settings.begin(h->settings.user, r, &instead);
    if (instead != NULL) {
        r->content = instead;
        return send_content(r, instead);
    }
    const char *length = pl_http_header(r, "Content-Length");
    if (length != NULL && (strlen(length) > 15 || strtoull(length, NULL, 10) > r->limit)) {
        return refuse(r, NO_SIZE);
    }
    return MHD_YES;
}

static enum MHD_Result answer(pl_http_request *r)
{
    pl_http *h = r->http;
    pl_stream stream = {0};
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL && info->socket_context != NULL) {
        atomic_store(&((line *)info->socket_context)->since, 0);
    }
    if (r->too_big || r->body.failed) {
        return refuse(r, r->too_big ? NO_SIZE : NO_MEMORY);
    }
    r->content = h->settings.fast(h->settings.user, r, &stream);
    if (stream.read != NULL) {
        return send_stream(r, &stream);
    }
    if (r->content != NULL) {
        return send_content(r, r->content);
    }
    return enqueue(h, r) ? MHD_YES : refuse(r, NO_WORKER);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    pl_http_request *r = *context;
    (void)cls;
    (void)connection;
    (void)url;
    (void)version;
    if (r == NULL) {
        return MHD_NO; /* no memory */
    }
    if (r->state == REQUEST_NEW) {
        return begin_body(r, method);
    }
    if (*size > 0) {
        r->too_big = r->too_big || *size > r->limit - r->body.len;
        if (!r->too_big) {
            pl_str_add_n(&r->body, data, *size);
        }
        *size = 0;
        return MHD_YES;
    }
    return r->state == REQUEST_READING ? answer(r) : r->state == REQUEST_ANSWERED ? send_content(r, r->content) : MHD_YES;
}

/* Targets are decoded by pl_target_read alone. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* ---- Starting and stopping ------------------------------------------------------------------------ */

static bool address_of(const pl_http_settings *s, struct sockaddr_storage *out)
{
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, s->address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(s->port);
        return true;
    }
    if (inet_pton(AF_INET6, s->address, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(s->port);
        return true;
    }
    return false;
}

static pl_status start_daemon(pl_http *h, pl_error *err)
{
    const pl_http_settings *s = &h->settings;
    struct sockaddr_storage address;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->key},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
                                   {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    if (!address_of(s, &address)) {
        return pl_fail(err, PL_USAGE, s->address, "127.0.0.1, ::1, or 0.0.0.0 for all", "this is no address in numbers");
    }
    unsigned flags = MHD_ALLOW_SUSPEND_RESUME | (s->epoll ? MHD_USE_EPOLL_INTERNAL_THREAD : MHD_USE_POLL_INTERNAL_THREAD) |
                     (address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u) | (s->certificate != NULL ? MHD_USE_TLS : 0u);
    errno = 0;
    h->daemon = MHD_start_daemon(flags, s->port, NULL, NULL, handle, h, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE,
                                 (unsigned)(s->threads > 1 ? s->threads : 0), MHD_OPTION_CONNECTION_LIMIT, s->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                                 s->per_address, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(s->patience < 1 ? 1 : s->patience),
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, begin_request, h,
                                 MHD_OPTION_NOTIFY_COMPLETED, end_request, h, MHD_OPTION_NOTIFY_CONNECTION, notice_connection, h,
                                 MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_LISTEN_BACKLOG_SIZE,
                                 1024u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, s->certificate != NULL ? tls : none, MHD_OPTION_END);
    if (h->daemon == NULL) {
        char where[100];
        snprintf(where, sizeof where, "%.60s:%u", s->address, (unsigned)s->port);
        return pl_fail(err, PL_IO, where, "--port 0 takes one that is free; certificate and key must be PEM files that fit", "cannot listen here: %s",
                       errno != 0 ? strerror(errno) : "refused");
    }
    return PL_OK;
}

static pl_status start_threads(pl_http *h, pl_error *err)
{
    int most = (int)(sizeof h->worker / sizeof h->worker[0]);
    while (h->workers < h->settings.workers && h->workers < most && pthread_create(&h->worker[h->workers], NULL, work, h) == 0) {
        h->workers++;
    }
    h->watching = h->workers > 0 && pthread_create(&h->watch, NULL, watch, h) == 0;
    return h->watching ? PL_OK : pl_fail(err, PL_NOMEM, NULL, NULL, "cannot start the threads of the server");
}

pl_status pl_http_start(const pl_http_settings *settings, pl_http **out, pl_error *err)
{
    pl_http *h = PL_NEW0(pl_http, 1);
    if (h == NULL || (h->rate = PL_NEW(pl_rate, 1)) == NULL) {
        pl_free(h);
        return pl_fail_nomem(err, "starting the server");
    }
    h->settings = *settings;
    pthread_mutex_init(&h->lock, NULL);
    pthread_mutex_init(&h->stream_lock, NULL);
    pthread_cond_init(&h->more, NULL);
    pthread_cond_init(&h->ends, NULL);
    pl_rate_init(h->rate, settings->rate, settings->burst);
    pl_status status = make_refusals(h, err);
    status = status == PL_OK ? start_threads(h, err) : status;
    status = status == PL_OK ? start_daemon(h, err) : status;
    if (status != PL_OK) {
        pl_http_stop(h);
        return status;
    }
    *out = h;
    return PL_OK;
}

void pl_http_stop(pl_http *h)
{
    if (h == NULL) {
        return;
    }
    if (h->daemon != NULL) {
        MHD_socket listening = MHD_quiesce_daemon(h->daemon);
        (void)(listening != MHD_INVALID_SOCKET && shutdown(listening, SHUT_RDWR));
    }
    pthread_mutex_lock(&h->lock);
    h->ending = true;
    pthread_cond_broadcast(&h->more);
    pthread_cond_broadcast(&h->ends);
    pthread_mutex_unlock(&h->lock);
    for (int i = 0; i < h->workers; i++) {
        pthread_join(h->worker[i], NULL);
    }
    if (h->watching) {
        pthread_join(h->watch, NULL);
    }
    if (h->daemon != NULL) {
        pthread_mutex_lock(&h->stream_lock);
        h->streams_end = true;
        pthread_mutex_unlock(&h->stream_lock);
        pl_http_wake(h); /* a suspended connection cannot be closed */
        MHD_stop_daemon(h->daemon);
    }
    for (int k = 0; k < REFUSALS; k++) {
        pl_content_drop(h->refusal[k]);
    }
    pthread_cond_destroy(&h->more);
    pthread_cond_destroy(&h->ends);
    pthread_mutex_destroy(&h->lock);
    pthread_mutex_destroy(&h->stream_lock);
    pl_free(h->rate);
    pl_free(h);
}

uint16_t pl_http_port(const pl_http *h)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : h->settings.port;
}
