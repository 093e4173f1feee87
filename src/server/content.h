/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * content.h - what an answer that is ready consists of, for http.c. */
#ifndef PLENTY_SERVER_CONTENT_H
#define PLENTY_SERVER_CONTENT_H

#include <stdatomic.h>

#include "server/http.h"

struct MHD_Response;

struct pl_content {
    atomic_int holders;
    int status;
    char etag[40]; /* without quotes; "" for none */
    size_t size;
    struct MHD_Response *plain, *gzip, *same; /* gzip, same (304): or NULL */
};

/* Puts on what the whole answer and its compressed form have: the headers of security, caching, and the tag with its suffix unless it is ""; the length comes by
 * itself.  False when there is no memory, or no response. */
bool pl_content_headers(struct MHD_Response *response, const char *type, const char *style, const char *caching, const char *etag, const char *suffix);

#endif
