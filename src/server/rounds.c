/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/rounds.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/acts.h"
#include "io/file.h"
#include "server/call.h"

pl_status pl_rounds_new(pl_rounds **out, pl_error *err)
{
    *out = PL_NEW0(pl_rounds, 1);
    if (*out == NULL) {
        return pl_fail_nomem(err, "rounds of sharing");
    }
    pthread_mutex_init(&(*out)->lock, NULL);
    pthread_mutex_init(&(*out)->comparing, NULL);
    return PL_OK;
}

static void clear_kept(pl_round_kept *k)
{
    pl_shared_free(k->shared);
    pl_sharing_free(k->sharing);
    *k = (pl_round_kept){.used = 0};
}

void pl_rounds_free(pl_rounds *r)
{
    if (r == NULL) {
        return;
    }
    for (int i = 0; i < PL_ROUNDS_KEPT; i++) {
        clear_kept(&r->round[i]);
    }
    pthread_mutex_destroy(&r->lock);
    pthread_mutex_destroy(&r->comparing);
    pl_free(r);
}

/* ---- Out of the record ------------------------------------------------------------------------------ */

typedef struct round_look {
    uint8_t id[PL_HASH];
    pl_rounds *rounds;
    pl_round_kept *kept; /* as it is known already, or NULL: then row, hidden and texts are taken */
    pl_share_round row;
    int64_t hidden;
    pl_round_texts texts;
} round_look;

static pl_status count_hidden(pl_step *s, int64_t *n)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_HIDDEN, &all);
    pl_act_mark mark;
    bool there;
    pl_status status;
    for (*n = 0; (status = pl_next(s, &PL_HIDDEN, &at, &mark, &there)) == PL_OK && there; ++*n) {
    }
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    static const char *const NOT_YET[] = {"wants are still sealed", "wants are still being opened"};
    round_look *l = user;
    bool there = false;
    pl_status status = pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(l->id), &l->row, &there);
    if (status == PL_OK && !there) {
        return pl_fail(s->err, PL_NOTFOUND, "round", "/api/shares lists them", "there is no such round");
    }
    if (status == PL_OK && l->row.state < PL_ROUND_DRAWING) {
        return pl_fail(s->err, PL_DATA, "round", NULL, "%s", NOT_YET[l->row.state]);
    }
    status = status == PL_OK ? count_hidden(s, &l->hidden) : status;
    for (int i = 0; i < PL_ROUNDS_KEPT && status == PL_OK; i++) {
        pl_round_kept *k = &l->rounds->round[i];
        if (k->used > 0 && pl_id_same(k->id, l->id) && k->row.state == l->row.state && k->hidden == l->hidden) {
            l->kept = k;
            return PL_OK;
        }
    }
    return status == PL_OK ? pl_round_take(s, l->id, &l->row, &l->texts) : status;
}

/* ---- Shared ------------------------------------------------------------------------------------------- */

/* The place of the same round as it was before, else that which was not used for longest. */
static pl_round_kept *make_room(pl_rounds *r, const uint8_t id[PL_HASH])
{
    pl_round_kept *k = &r->round[0];
    for (int i = 1; i < PL_ROUNDS_KEPT; i++) {
        k = r->round[i].used < k->used ? &r->round[i] : k;
    }
    for (int i = 0; i < PL_ROUNDS_KEPT; i++) {
        k = r->round[i].used > 0 && pl_id_same(r->round[i].id, id) ? &r->round[i] : k;
    }
    clear_kept(k);
    return k;
}

static pl_status share(pl_call *c, round_look *l)
{
    const char *work = c->server->settings.scratch; /* one round at a time, under the lock */
    char tables[4400], outcome[4400];
    bool ready = l->row.state == PL_ROUND_READY;
    pl_round_kept *k = make_room(l->rounds, l->id);
    snprintf(tables, sizeof tables, "%.4300s/case", work);
    snprintf(outcome, sizeof outcome, "%.4300s/shared", work);
    pl_status status = pl_round_share(&l->texts, ready ? l->row.seed : NULL, work, &k->read, &k->sharing, &k->shared, c->err);
    status = status == PL_OK && k->shared != NULL ? pl_round_hash(outcome, k->hash, c->err) : status;
    pl_path_remove(tables);
    pl_path_remove(outcome);
    if (status != PL_OK) {
        clear_kept(k);
        return status;
    }
    memcpy(k->id, l->id, PL_HASH);
    k->row = l->row;
    k->hidden = l->hidden;
    l->kept = k;
    return PL_OK;
}

pl_status pl_rounds_enter(pl_call *c, const pl_round_kept **out)
{
    round_look l = {.rounds = c->server->rounds};
    pl_status status = pl_call_id(c, c->part[0], "round", l.id);
    if (status != PL_OK) {
        return status;
    }
    pthread_mutex_lock(&l.rounds->lock);
    status = pl_call_look(c, look, &l);
    status = status == PL_OK && l.kept == NULL ? share(c, &l) : status;
    pl_round_clear(&l.texts);
    if (status != PL_OK) {
        pthread_mutex_unlock(&l.rounds->lock);
        return status;
    }
    l.kept->used = ++l.rounds->clock;
    *out = l.kept;
    return PL_OK;
}

void pl_rounds_leave(pl_call *c)
{
    pthread_mutex_unlock(&c->server->rounds->lock);
}
