/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_wants.c - what members say of themselves and of shops: passkeys, orders, what was not there, queues. */
#include <string.h>

#include "verify/fold.h"

/* ---- Passkeys --------------------------------------------------------------------------------------- */

#define ES256 (-7)

int pv_apply_passkey(pv_fold *c)
{
    enum { CREDENTIAL, ALGORITHM, KEY };
    const pv_value *v = c->value;
    uint8_t id[32];
    pv_hash(v[CREDENTIAL].at, v[CREDENTIAL].n, id);
    if (pv_get_id(c, 'K', id) != NULL) {
        return 220;
    }
    if (v[KEY].n != (v[ALGORITHM].x == ES256 ? 64 : 32)) {
        return 221;
    }
    pv_passkey *p = pv_new(c, sizeof *p);
    *p = (pv_passkey){.member = c->author, .algorithm = v[ALGORITHM].x, .since = c->time, .removed = -1};
    memcpy(p->id, id, 32);
    pv_put_id(c, 'K', id, p);
    pv_push(c, &c->passkeys, p);
    return 0;
}

int pv_apply_passkey_removed(pv_fold *c)
{
    pv_passkey *p = pv_get_id(c, 'K', c->value[0].at);
    if (p == NULL || p->member != c->author || p->removed >= 0) {
        return 222;
    }
    p->removed = c->time;
    return 0;
}

/* ---- Orders ----------------------------------------------------------------------------------------- */

#define AHEAD 3660 /* days */

static void end_order(pv_fold *c, pv_order *o, bool withdrawn)
{
    o->ended = c->time;
    o->withdrawn = withdrawn;
    o->member->orders--;
}

static void order_ends(pv_fold *c, void *subject, int64_t n)
{
    pv_order *o = subject;
    (void)n;
    if (o->ended < 0) {
        end_order(c, o, false);
    }
}

int pv_apply_order(pv_fold *c)
{
    enum { GOOD, AMOUNT, FROM, UNTIL };
    int64_t from = c->value[FROM].x, until = c->value[UNTIL].x, today = c->time / PV_DAY;
    if (from > until || until < today || until > today + AHEAD) {
        return 170;
    }
    if (c->author->orders >= c->param[PV_OPEN_ORDERS]) {
        return 171;
    }
    pv_order *o = pv_new(c, sizeof *o);
    *o = (pv_order){.member = c->author, .amount = c->value[AMOUNT].x, .from = from, .until = until, .ended = -1};
    memcpy(o->id, c->id, 32);
    pv_put_id(c, 'O', o->id, o);
    pv_push(c, &c->orders, o);
    c->author->orders++;
    pv_due_at(c, (until + 1) * PV_DAY, order_ends, o, 0);
    return 0;
}

int pv_apply_order_withdrawn(pv_fold *c)
{
    pv_order *o = pv_get_id(c, 'O', c->value[0].at);
    if (o == NULL || o->member != c->author || o->ended >= 0) {
        return 172;
    }
    end_order(c, o, true);
    return 0;
}

/* ---- Wanted, and not there -------------------------------------------------------------------------- */

int pv_apply_missing(pv_fold *c)
{
    enum { GOOD, PLACE, ON, AMOUNT, WORKPLACE };
    const pv_value *good = &c->value[GOOD], *place = &c->value[PLACE];
    int64_t day = c->value[ON].x, today = c->time / PV_DAY;
    uint8_t text[201];
    pv_missing key = {.on = day, .amount = c->value[AMOUNT].x};
    memcpy(text, good->at, good->n);
    text[good->n] = '\n';
    memcpy(text + good->n + 1, place->at, place->n);
    pv_hash(text, good->n + 1 + place->n, key.what);
    pv_big_endian(day, key.day);
    memcpy(key.member, c->author->id, 32);
    if (day > today || day < today - c->param[PV_MISSING_DAYS]) {
        return 173;
    }
    if (pv_get(c, 'i', key.what, 32, key.day, 40) != NULL) {
        return 174;
    }
    if (c->value[WORKPLACE].given && !pv_has(c, pv_assembly_of(c, c->value[WORKPLACE].at), c->author, 0)) {
        return 23;
    }
    pv_missing *m = pv_new(c, sizeof *m);
    *m = key;
    pv_put(c, 'i', m->what, 32, m->day, 40, m);
    pv_push(c, &c->missing, m);
    return 0;
}

/* ---- Queues ----------------------------------------------------------------------------------------- */

int pv_apply_queue(pv_fold *c)
{
    enum { ASSEMBLY, SOURCE, FIRST };
    const pv_assembly *a = pv_assembly_of(c, c->value[ASSEMBLY].at);
    bool any = false;
    if (!pv_has(c, a, c->author, 0)) {
        return 23;
    }
    for (int i = 0; i < PV_FIGURES; i++) {
        any = any || c->value[FIRST + i].given;
    }
    if (!any) {
        return 184;
    }
    pv_queue *q = pv_get_id(c, 'y', a->id);
    if (q == NULL) {
        q = pv_new(c, sizeof *q);
        memcpy(q->id, a->id, 32);
        pv_put_id(c, 'y', q->id, q);
        pv_push(c, &c->queues, q);
    }
    q->since = c->time;
    q->reports++;
    for (int i = 0; i < PV_FIGURES; i++) {
        q->figure[i] = c->value[FIRST + i].given ? c->value[FIRST + i].x : -1;
    }
    return 0;
}
