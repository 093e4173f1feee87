/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * live.h - what happens, told to everybody who listens (server-sent events): the last messages lie in a ring, and each listener has a place in it. */
#ifndef PLENTY_SERVER_LIVE_H
#define PLENTY_SERVER_LIVE_H

#include <pthread.h>

#include "server/http.h"

#define PL_LIVE_RING 8192
#define PL_LIVE_TEXT 1000 /* bytes of a message */

typedef struct pl_live {
    pthread_mutex_t lock;
    char *text[PL_LIVE_RING];
    uint64_t next;  /* messages so far */
    char start[17]; /* of their ids: another one after each start of the server */
} pl_live;

void pl_live_init(pl_live *live);
void pl_live_clear(pl_live *live); /* when nobody listens any more */
/* Tells everybody: `event` is its name, `data` one line of JSON.  What does not fit is not told. */
void pl_live_tell(pl_live *live, pl_http *http, const char *event, const char *data);
/* A sign of life, so that ended connections are noticed. */
void pl_live_beat(pl_live *live, pl_http *http);
/* A new listener, who has heard all until the message `last` (the header Last-Event-ID, or NULL): hears the rest first, or, when that is no longer
 * there, the event "reset".  PL_NOMEM. */
pl_status pl_live_listen(pl_live *live, const char *last, pl_http_stream *out, pl_error *err);

#endif
