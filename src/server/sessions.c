/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/sessions.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

void pl_sessions_init(pl_sessions *s)
{
    memset(s, 0, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
}

void pl_sessions_clear(pl_sessions *s)
{
    pl_free(s->rows);
    pthread_mutex_destroy(&s->lock);
}

void pl_sessions_challenge(pl_sessions *s, uint8_t out[PL_TOKEN])
{
    randombytes_buf(out, PL_TOKEN);
    pthread_mutex_lock(&s->lock);
    memcpy(s->challenge[s->next].challenge, out, PL_TOKEN);
    s->challenge[s->next].since = pl_clock_s();
    s->next = (s->next + 1) % (sizeof s->challenge / sizeof s->challenge[0]);
    pthread_mutex_unlock(&s->lock);
}

bool pl_sessions_redeem(pl_sessions *s, const uint8_t challenge[PL_TOKEN])
{
    bool found = false;
    double now = pl_clock_s();
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < sizeof s->challenge / sizeof s->challenge[0]; i++) {
        struct pl_challenge_row *c = &s->challenge[i];
        if (c->since > 0 && sodium_memcmp(c->challenge, challenge, PL_TOKEN) == 0) {
            found = now - c->since <= PL_CHALLENGE_S;
            c->since = 0;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

static bool over(const pl_session *s, double now)
{
    return now - s->since > PL_SESSION_S || now - s->used > PL_SESSION_IDLE_S;
}

/* Removes what is over, and what `id` and `member` (each or NULL) name together; returns how many those were. */
static size_t sweep(pl_sessions *s, const uint8_t *id, const uint8_t *member)
{
    double now = pl_clock_s();
    size_t kept = 0, ended = 0;
    for (size_t i = 0; i < s->n; i++) {
        const pl_session *r = &s->rows[i];
        bool named = (id != NULL || member != NULL) && (id == NULL || sodium_memcmp(r->id, id, PL_HASH) == 0) && (member == NULL || memcmp(r->member, member, PL_HASH) == 0);
        ended += named;
        if (!named && !over(r, now)) {
            s->rows[kept++] = *r;
        }
    }
    s->n = kept;
    return ended;
}

pl_status pl_sessions_begin(pl_sessions *s, const pl_session *who, char token[PL_TOKEN_TEXT], pl_error *err)
{
    uint8_t bytes[PL_TOKEN];
    pl_status status = PL_OK;
    pl_session row = *who;
    row.valid = true;
    row.since = row.used = pl_clock_s();
    randombytes_buf(bytes, sizeof bytes);
    pl_hash(bytes, sizeof bytes, row.id);
    pl_hex_write(bytes, sizeof bytes, token);
    pthread_mutex_lock(&s->lock);
    if (s->n == PL_SESSIONS) {
        sweep(s, NULL, NULL);
    }
    if (s->n == PL_SESSIONS) {
        status = pl_fail(err, PL_BUSY, NULL, "try again later", "too many people are signed in");
    } else if (!pl_grow(&s->rows, &s->cap, s->n + 1, sizeof *s->rows, PL_SESSIONS)) {
        status = pl_fail_nomem(err, "signing in");
    } else {
        s->rows[s->n++] = row;
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

/* The hash under which a token is kept; false when it is none. */
static bool hash_of(const char *token, uint8_t hash[PL_HASH])
{
    uint8_t bytes[PL_TOKEN];
    if (token == NULL || !pl_hex_read(token, PL_TOKEN, bytes)) {
        return false;
    }
    pl_hash(bytes, sizeof bytes, hash);
    return true;
}

pl_session pl_sessions_of(pl_sessions *s, const char *token)
{
    uint8_t hash[PL_HASH];
    pl_session found = {0};
    double now = pl_clock_s();
    if (!hash_of(token, hash)) {
        return found;
    }
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++) {
        pl_session *r = &s->rows[i];
        if (sodium_memcmp(r->id, hash, PL_HASH) == 0 && !over(r, now)) {
            r->used = now;
            found = *r;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

void pl_sessions_end(pl_sessions *s, const char *token)
{
    uint8_t hash[PL_HASH];
    if (hash_of(token, hash)) {
        pthread_mutex_lock(&s->lock);
        sweep(s, hash, NULL);
        pthread_mutex_unlock(&s->lock);
    }
}

bool pl_sessions_end_one(pl_sessions *s, const uint8_t member[PL_HASH], const uint8_t id[PL_HASH])
{
    pthread_mutex_lock(&s->lock);
    size_t n = sweep(s, id, member);
    pthread_mutex_unlock(&s->lock);
    return n > 0;
}

size_t pl_sessions_end_all(pl_sessions *s, const uint8_t member[PL_HASH])
{
    pthread_mutex_lock(&s->lock);
    size_t n = sweep(s, NULL, member);
    pthread_mutex_unlock(&s->lock);
    return n;
}

size_t pl_sessions_count(pl_sessions *s, const uint8_t member[PL_HASH])
{
    size_t n = 0;
    double now = pl_clock_s();
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n; i++) {
        n += memcmp(s->rows[i].member, member, PL_HASH) == 0 && !over(&s->rows[i], now);
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}

size_t pl_sessions_list(pl_sessions *s, const uint8_t *member, pl_session *out, size_t most)
{
    size_t n = 0;
    double now = pl_clock_s();
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n && n < most; i++) {
        if ((member == NULL || memcmp(s->rows[i].member, member, PL_HASH) == 0) && !over(&s->rows[i], now)) {
            out[n++] = s->rows[i];
        }
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}
