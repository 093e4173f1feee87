/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sessions.h - who is signed in.  A session lets one read what members read; it lets nobody act: acts are signed one by one. */
#ifndef PLENTY_SERVER_SESSIONS_H
#define PLENTY_SERVER_SESSIONS_H

#include <pthread.h>

#include <plenty/record.h>

#define PL_TOKEN 32                  /* random bytes */
#define PL_TOKEN_TEXT (2 * PL_TOKEN + 1)
#define PL_SESSION_S (12 * 3600)     /* how long one lasts */
#define PL_SESSION_IDLE_S (2 * 3600) /* without being used */
#define PL_CHALLENGE_S 120
#define PL_SESSIONS 10000

typedef struct pl_session {
    bool valid, by_passkey;
    uint8_t id[PL_HASH]; /* of the session: the hash of its token, which is not kept */
    uint8_t member[PL_HASH], key[PL_HASH]; /* key: with which it was begun; the passkey, when it was one */
    double since, used; /* pl_clock_s */
} pl_session;

typedef struct pl_sessions {
    pthread_mutex_t lock;
    pl_session *rows;
    size_t n, cap;
    struct pl_challenge_row {
        uint8_t challenge[PL_TOKEN];
        double since; /* 0: none */
    } challenge[1024];
    size_t next;
} pl_sessions;

void pl_sessions_init(pl_sessions *sessions);
void pl_sessions_clear(pl_sessions *sessions);
/* A challenge to be signed, good once and for PL_CHALLENGE_S. */
void pl_sessions_challenge(pl_sessions *sessions, uint8_t out[PL_TOKEN]);
/* Whether that is a challenge which was not used yet; it is used up. */
bool pl_sessions_redeem(pl_sessions *sessions, const uint8_t challenge[PL_TOKEN]);
/* Begins a session of the member with that key; `who` says these, and whether it is a passkey.  PL_NOMEM, PL_BUSY when there are too many. */
pl_status pl_sessions_begin(pl_sessions *sessions, const pl_session *who, char token[PL_TOKEN_TEXT], pl_error *err);
/* The session of a token; not valid when there is none, or when it is over. */
pl_session pl_sessions_of(pl_sessions *sessions, const char *token);
void pl_sessions_end(pl_sessions *sessions, const char *token);
/* Ends the session of that id, when it is one of the member; whether it was. */
bool pl_sessions_end_one(pl_sessions *sessions, const uint8_t member[PL_HASH], const uint8_t id[PL_HASH]);
/* Ends all of a member; returns how many. */
size_t pl_sessions_end_all(pl_sessions *sessions, const uint8_t member[PL_HASH]);
size_t pl_sessions_count(pl_sessions *sessions, const uint8_t member[PL_HASH]);
/* Those of a member, or of all with NULL: at most `most`; returns how many. */
size_t pl_sessions_list(pl_sessions *sessions, const uint8_t *member, pl_session *out, size_t most);

#endif
