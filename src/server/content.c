/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * content.c - answers made ready: compressed, with their tag and the headers of security. */
#include "server/content.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <plenty/record.h>

#include "base/mem.h"

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

bool pl_content_headers(struct MHD_Response *r, const char *type, const char *style, const char *caching, const char *etag, const char *suffix)
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
        return pl_content_headers(c->same, NULL, style, caching, c->etag, "");
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
    bool good = c != NULL && pl_content_headers(c->plain, type, a->style, caching, c->etag, "") && put_once(c->plain, a) && add_same(c, a->style, caching);
    if (good && c->gzip != NULL) {
        good = pl_content_headers(c->gzip, type, a->style, caching, c->etag, "-g") && put(c->gzip, "Content-Encoding", "gzip") && put_once(c->gzip, a);
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
    if (c == NULL || !pl_content_headers(c->plain, type, style, caching, c->etag, "") || !pl_content_headers(c->gzip, type, style, caching, c->etag, "-g") ||
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
