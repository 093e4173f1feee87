/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/review.h"

#include <string.h>

#include "base/mem.h"
#include "council/passkeys.h"

#define EVENTS_READ 1000 /* beyond that many the sessions are looked at in any case */

static bool ends_sessions(const pl_event *e)
{
    static const char *const KIND[] = {"key.revoked", "passkey.removed", "member.left", "member.recovered"};
    for (size_t i = 0; i < sizeof KIND / sizeof KIND[0]; i++) {
        if (strlen(KIND[i]) == e->kind_n && memcmp(KIND[i], e->kind, e->kind_n) == 0) {
            return true;
        }
    }
    return false;
}

static bool any_ends(pl_record *r, uint64_t from, uint64_t to)
{
    bool found = to - from > EVENTS_READ;
    for (uint64_t at = from; at < to && !found; at++) {
        pl_owned bytes;
        pl_event e;
        pl_rule rule;
        if (pl_record_event(r, at, &bytes, NULL) != PL_OK) {
            return true;
        }
        found = pl_event_read((const uint8_t *)bytes.bytes, bytes.n, &e, &rule, NULL) != PL_OK || ends_sessions(&e);
        pl_owned_free(&bytes);
    }
    return found;
}

typedef struct review {
    pl_session *session;
    size_t n;
} review;

/* Marks as not valid what has no ground any more. */
static pl_status look(void *user, pl_step *s)
{
    review *v = user;
    pl_status status = PL_OK;
    for (size_t i = 0; i < v->n && status == PL_OK; i++) {
        pl_session *x = &v->session[i];
        pl_passkey passkey;
        pl_key_row key;
        bool there = false, member = false;
        if (x->by_passkey) {
            status = pl_get(s, &PL_PASSKEYS, pl_key_id1(x->key), &passkey, &there);
            there = there && passkey.removed < 0;
        } else {
            status = pl_get(s, &PL_KEYS, pl_key_id1(x->key), &key, &there);
            there = there && key.revoked < 0;
        }
        status = status == PL_OK ? pl_member_is(s, x->member, &member) : status;
        x->valid = status != PL_OK || (there && member);
    }
    return status;
}

void pl_sessions_review(pl_server *server, uint64_t from, uint64_t to)
{
    review v = {NULL, 0};
    pthread_mutex_lock(&server->record_lock);
    bool looked = any_ends(server->record, from, to) && (v.session = PL_NEW(pl_session, PL_SESSIONS)) != NULL;
    if (looked) {
        v.n = pl_sessions_list(&server->sessions, NULL, v.session, PL_SESSIONS);
        looked = pl_record_look(server->record, server->settings.now(), look, &v, NULL) == PL_OK;
    }
    pthread_mutex_unlock(&server->record_lock);
    for (size_t i = 0; looked && i < v.n; i++) {
        if (!v.session[i].valid) {
            pl_sessions_end_one(&server->sessions, v.session[i].member, v.session[i].id);
        }
    }
    pl_free(v.session);
}
