/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/live.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

typedef struct listener {
    pl_live *live;
    uint64_t next;   /* message */
    size_t offset;   /* bytes of it that were sent */
    char greeting[160];
    size_t greeted;
} listener;

void pl_live_init(pl_live *l)
{
    unsigned char bytes[8];
    memset(l, 0, sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(l->start, sizeof l->start, bytes, sizeof bytes);
}

void pl_live_clear(pl_live *l)
{
    for (size_t i = 0; i < PL_LIVE_RING; i++) {
        pl_free(l->text[i]);
    }
    pthread_mutex_destroy(&l->lock);
}

static void append(pl_live *l, const char *event, const char *data)
{
    char *text = PL_NEW(char, PL_LIVE_TEXT + 1);
    if (text == NULL) {
        return;
    }
    pthread_mutex_lock(&l->lock);
    int n = event == NULL ? snprintf(text, PL_LIVE_TEXT, ":\n\n")
                          : snprintf(text, PL_LIVE_TEXT, "id: %s-%llu\nevent: %s\ndata: %s\n\n", l->start, (unsigned long long)l->next + 1, event, data);
    if (n > 0 && n < PL_LIVE_TEXT) {
        char *shorter = pl_realloc(text, (size_t)n + 1, 1);
        pl_free(l->text[l->next % PL_LIVE_RING]);
        l->text[l->next++ % PL_LIVE_RING] = shorter != NULL ? shorter : text;
    } else {
        pl_free(text);
    }
    pthread_mutex_unlock(&l->lock);
}

void pl_live_tell(pl_live *l, pl_http *http, const char *event, const char *data)
{
    append(l, event, data);
    pl_http_wake(http);
}

void pl_live_beat(pl_live *l, pl_http *http)
{
    append(l, NULL, NULL);
    pl_http_wake(http);
}

static size_t copy(const char *text, size_t *done, char *out, size_t max)
{
    size_t n = strlen(text) - *done;
    n = n < max ? n : max;
    memcpy(out, text + *done, n);
    *done += n;
    return n;
}

static long read_next(void *user, char *out, size_t max)
{
    listener *me = user;
    pl_live *l = me->live;
    size_t n = copy(me->greeting, &me->greeted, out, max);
    pthread_mutex_lock(&l->lock);
    if (l->next - me->next > PL_LIVE_RING) { /* too slow: the next connection begins with a reset */
        pthread_mutex_unlock(&l->lock);
        return -1;
    }
    while (n < max && me->next < l->next) {
        const char *text = l->text[me->next % PL_LIVE_RING];
        n += copy(text, &me->offset, out + n, max - n);
        if (text[me->offset] == '\0') {
            me->next++;
            me->offset = 0;
        }
    }
    pthread_mutex_unlock(&l->lock);
    return (long)n;
}

static void leave(void *user)
{
    pl_free(user);
}

pl_status pl_live_listen(pl_live *l, const char *last, pl_http_stream *out, pl_error *err)
{
    listener *me = PL_NEW0(listener, 1);
    int64_t heard = -1;
    size_t n = strlen(l->start);
    if (me == NULL) {
        return pl_fail_nomem(err, "listening");
    }
    if (last != NULL && strncmp(last, l->start, n) == 0 && last[n] == '-' && !pl_integer_parse(last + n + 1, strlen(last + n + 1), &heard)) {
        heard = -1;
    }
    pthread_mutex_lock(&l->lock);
    bool there = heard >= 0 && (uint64_t)heard <= l->next && l->next - (uint64_t)heard <= PL_LIVE_RING;
    *me = (listener){.live = l, .next = there ? (uint64_t)heard : l->next};
    snprintf(me->greeting, sizeof me->greeting, "retry: 2000\nid: %s-%llu\nevent: %s\ndata: {}\n\n", l->start, (unsigned long long)me->next,
             last != NULL && !there ? "reset" : "hello");
    pthread_mutex_unlock(&l->lock);
    *out = (pl_http_stream){read_next, leave, me};
    return PL_OK;
}
