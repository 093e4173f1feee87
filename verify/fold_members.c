/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_members.c - founders and their constitution, assemblies, who becomes a member, moves and leaves. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

/* ---- Who belongs where ------------------------------------------------------------------------------ */

pv_member *pv_member_of(const pv_fold *c, const uint8_t id[32])
{
    return pv_get_id(c, 'm', id);
}

pv_member *pv_member_now(const pv_fold *c, const uint8_t id[32])
{
    pv_member *m = pv_member_of(c, id);
    return m != NULL && m->left < 0 ? m : NULL;
}

pv_member *pv_member_add(pv_fold *c, const uint8_t id[32])
{
    pv_member *m = pv_new(c, sizeof *m);
    memcpy(m->id, id, 32);
    m->since = c->time;
    m->left = -1;
    pv_put_id(c, 'm', id, m);
    pv_push(c, &c->members, m);
    c->everyone->size++;
    return m;
}

pv_assembly *pv_assembly_of(const pv_fold *c, const uint8_t id[32])
{
    return pv_get_id(c, 'a', id);
}

bool pv_has(const pv_fold *c, const pv_assembly *a, const pv_member *m, int64_t since)
{
    bool now = false, then = since == 0;
    if (a == NULL || m == NULL || m->left >= 0) {
        return false;
    }
    if (a->sort == PV_EVERYONE) {
        return since == 0 || m->since <= since;
    }
    if (a->sort == PV_CONSTITUENCY) {
        const pv_belonging *b = pv_get(c, 'b', a->id, 32, m->id, 32);
        return b != NULL && b->until < 0 && (since == 0 || b->since <= since);
    }
    for (size_t i = 0; i < m->held.n; i++) { /* a delegate now, and then: perhaps by another mandate */
        const pv_mandate *held = m->held.at[i];
        if (held->council == a) {
            now = now || held->ended < 0;
            then = then || (held->from <= since && (held->ended < 0 || held->ended > since));
        }
    }
    return now && then;
}

void pv_belong(pv_fold *c, pv_assembly *place, pv_member *m, bool belongs)
{
    pv_belonging *b = pv_get(c, 'b', place->id, 32, m->id, 32);
    if (b == NULL && belongs) {
        b = pv_new(c, sizeof *b);
        *b = (pv_belonging){m, place, c->time, c->time};
        pv_put(c, 'b', place->id, 32, m->id, 32, b);
        pv_push(c, &m->places, b);
        pv_push(c, &place->belongings, b);
    }
    if (b == NULL || (b->until < 0) == belongs) {
        return;
    }
    b->since = belongs ? c->time : b->since;
    b->until = belongs ? -1 : c->time;
    place->size += belongs ? 1 : -1;
}

void pv_keys_end(pv_ledger *l, const uint8_t holder[32])
{
    for (size_t i = 0; i < l->n_keys; i++) {
        if (!l->keys[i].revoked && pv_id_same(l->keys[i].holder, holder)) {
            l->keys[i].revoked = true;
            l->valid_keys--;
        }
    }
}

void pv_member_leave(pv_fold *c, pv_member *m)
{
    for (size_t i = 0; i < m->places.n; i++) {
        pv_belonging *b = m->places.at[i];
        pv_belong(c, b->place, m, false);
    }
    m->left = c->time;
    c->everyone->size--;
    if (m->held.n > 1) {
        qsort(m->held.at, m->held.n, sizeof *m->held.at, pv_by_id);
    }
    for (size_t i = 0; i < m->held.n; i++) {
        pv_mandate_end(c, m->held.at[i], PV_END_LEFT);
    }
    pv_keys_end(c->ledger, m->id);
}

/* ---- The constitution ------------------------------------------------------------------------------- */

void pv_enact(pv_fold *c, const int64_t value[PV_PARAMS_MOST])
{
    memcpy(c->param, value, sizeof c->param);
    c->version++;
    pv_lot_key_start(c);
    if (c->version == 1) {
        pv_elections_of(c, NULL);
    }
}

int pv_apply_adopted(pv_fold *c)
{
    int64_t value[PV_PARAMS_MOST] = {0};
    const pv_value *text = &c->value[0];
    uint8_t hash[32];
    size_t founders = 0, adopters = 0;
    if (c->version > 0 || !c->author->founder) {
        return 20;
    }
    if (!pv_constitution(text->at, text->n, value)) {
        return 21;
    }
    pv_hash(text->at, text->n, hash);
    pv_put(c, 'A', hash, 32, c->author->id, 32, c->author);
    for (size_t i = 0; i < c->members.n; i++) {
        const pv_member *m = c->members.at[i];
        founders += m->founder;
        adopters += m->founder && pv_get(c, 'A', hash, 32, m->id, 32) != NULL;
    }
    if (adopters == founders) {
        pv_enact(c, value);
    }
    return 0;
}

/* ---- Assemblies ------------------------------------------------------------------------------------- */

/* */
static bool name_taken(const pv_fold *c)
{
    for (size_t i = 0; i < c->assemblies.n; i++) {
        const pv_assembly *a = c->assemblies.at[i];
        if (strlen(a->name) == c->value[0].n && memcmp(a->name, c->value[0].at, c->value[0].n) == 0) {
            return true;
        }
    }
    return false;
}

static pv_assembly *create(pv_fold *c, pv_assembly_sort sort)
{
    pv_assembly *a = pv_new(c, sizeof *a);
    memcpy(a->id, c->id, 32);
    memcpy(a->name, c->value[0].at, c->value[0].n);
    a->sort = sort;
    pv_put_id(c, 'a', a->id, a);
    pv_push(c, &c->assemblies, a);
    return a;
}

int pv_apply_constituency(pv_fold *c)
{
    int rule = name_taken(c) ? 24 : pv_privileged(c, &c->value[2], false);
    if (rule == 0) {
        create(c, PV_CONSTITUENCY);
    }
    return rule;
}

int pv_apply_council(pv_fold *c)
{
    const pv_value *electors = &c->value[1], *seats = &c->value[2];
    int64_t n[1000];
    if (name_taken(c)) {
        return 24;
    }
    if (electors->n != seats->n) {
        return 25;
    }
    pv_numbers(seats, n);
    for (size_t i = 0; i < electors->n; i++) {
        if (pv_assembly_of(c, pv_item(electors, i)) == NULL || n[i] < 1 || n[i] > 999) {
            return 25;
        }
    }
    int rule = pv_privileged(c, &c->value[3], false);
    if (rule != 0) {
        return rule;
    }
    pv_assembly *a = create(c, PV_COUNCIL);
    for (size_t i = 0; i < electors->n; i++) {
        pv_group *g = pv_new(c, sizeof *g);
        g->council = a;
        g->electors = pv_assembly_of(c, pv_item(electors, i));
        g->number = (int64_t)i;
        g->seats = n[i];
        g->filled = pv_alloc(c->run, (size_t)n[i] + 1, sizeof *g->filled);
        pv_push(c, &a->groups, g);
    }
    if (c->version > 0) {
        pv_elections_of(c, a);
    }
    return 0;
}

/* ---- Becoming a member ------------------------------------------------------------------------------ */

/* the key is new and has signed for itself. */
static int check_new_key(const pv_fold *c, const uint8_t *key, const uint8_t *proof)
{
    uint8_t id[32], text[17 + 64];
    pv_key_id(key, id);
    memcpy(text, "plenty member v1\n", 17);
    memcpy(text + 17, c->ledger->commons, 32);
    memcpy(text + 49, c->key_id, 32);
    return pv_key_find(c->ledger, id) != NULL || crypto_sign_verify_detached(proof, text, sizeof text, key) != 0 ? 40 : 0;
}

static void admit(pv_fold *c, pv_proposal *p)
{
    uint8_t id[32];
    pv_key_id(p->key, id);
    p->state = PV_ADMITTED;
    if (pv_key_find(c->ledger, id) != NULL) {
        return; /* another proposal of the same key came first */
    }
    pv_key_add(c->run, c->ledger, p->key, NULL);
    pv_member *m = pv_member_add(c, id);
    m->data = p->data;
    for (size_t i = 0; i < p->n_places; i++) {
        pv_belong(c, p->place[i], m, true);
    }
}

static void settle(pv_fold *c, pv_proposal *p)
{
    bool objected = p->objections >= c->param[PV_OBJECTORS];
    if (!objected && p->vouchers >= c->param[PV_VOUCHERS]) {
        admit(c, p);
    } else {
        p->state = objected ? PV_OBJECTED : PV_WAITING;
    }
}

static void time_is_over(pv_fold *c, void *subject, int64_t n)
{
    pv_proposal *p = subject;
    (void)n;
    if (p->move) {
        bool may = p->mover->left < 0 && p->objections < c->param[PV_OBJECTORS];
        p->state = may ? PV_ADMITTED : PV_OBJECTED;
        if (may) {
            pv_belong(c, p->place[0], p->mover, true);
        }
    } else if (p->state == PV_ASKED) {
        settle(c, p);
    }
}

static pv_proposal *propose(pv_fold *c, bool move)
{
    pv_proposal *p = pv_new(c, sizeof *p);
    memcpy(p->id, c->id, 32);
    p->move = move;
    p->mover = c->author;
    pv_put_id(c, move ? 'v' : 'p', p->id, p);
    pv_due_at(c, c->time + c->param[PV_OBJECTION_DAYS] * PV_DAY, time_is_over, p, 0);
    return p;
}

int pv_apply_proposed(pv_fold *c)
{
    const pv_value *v = c->value;
    int rule = check_new_key(c, v[0].at, v[1].at);
    for (size_t i = 0; rule == 0 && i < v[2].n; i++) {
        const pv_assembly *a = pv_assembly_of(c, pv_item(&v[2], i));
        rule = a == NULL || a->sort != PV_CONSTITUENCY ? 23 : 0;
    }
    if (rule != 0) {
        return rule;
    }
    pv_proposal *p = propose(c, false);
    memcpy(p->key, v[0].at, 32);
    p->data = v[3].given && !pv_id_none(v[3].at);
    p->vouchers = 1;
    for (size_t i = 0; i < v[2].n; i++) {
        p->place[p->n_places++] = pv_assembly_of(c, pv_item(&v[2], i));
    }
    pv_put(c, 'o', p->id, 32, c->author->id, 32, c->author);
    return 0;
}

static int opinion(pv_fold *c, bool vouches)
{
    pv_proposal *p = pv_get_id(c, 'p', c->value[0].at);
    if (p == NULL || p->state > PV_WAITING) {
        return 41;
    }
    if (pv_get(c, 'o', p->id, 32, c->author->id, 32) != NULL) {
        return 42;
    }
    pv_put(c, 'o', p->id, 32, c->author->id, 32, c->author);
    *(vouches ? &p->vouchers : &p->objections) += 1;
    if (p->state == PV_WAITING) {
        settle(c, p);
    }
    return 0;
}

int pv_apply_vouched(pv_fold *c)
{
    return opinion(c, true);
}

int pv_apply_objected(pv_fold *c)
{
    return opinion(c, false);
}

int pv_apply_admitted(pv_fold *c)
{
    pv_proposal *p = pv_get_id(c, 'p', c->value[0].at);
    int rule = p == NULL || p->state != PV_OBJECTED ? 41 : pv_privileged(c, &c->value[1], false);
    if (rule == 0) {
        admit(c, p);
    }
    return rule;
}

/* ---- Moving, leaving, new keys ---------------------------------------------------------------------- */

int pv_apply_moved(pv_fold *c)
{
    pv_assembly *a = pv_assembly_of(c, c->value[0].at);
    bool joins = c->value[1].x != 0;
    if (a == NULL || a->sort != PV_CONSTITUENCY) {
        return 23;
    }
    if (pv_has(c, a, c->author, 0) == joins) {
        return 43;
    }
    if (!joins) {
        pv_belong(c, a, c->author, false);
    } else {
        pv_proposal *p = propose(c, true);
        p->place[0] = a;
    }
    return 0;
}

int pv_apply_move_objected(pv_fold *c)
{
    pv_proposal *p = pv_get_id(c, 'v', c->value[0].at);
    if (p == NULL || p->state != PV_ASKED) {
        return 43;
    }
    if (!pv_has(c, p->place[0], c->author, 0)) {
        return 23;
    }
    if (pv_get(c, 'o', p->id, 32, c->author->id, 32) != NULL) {
        return 42;
    }
    pv_put(c, 'o', p->id, 32, c->author->id, 32, c->author);
    p->objections++;
    return 0;
}

int pv_apply_left(pv_fold *c)
{
    pv_member_leave(c, c->author);
    return 0;
}

int pv_apply_recovered(pv_fold *c)
{
    const pv_value *v = c->value;
    pv_member *m = pv_member_now(c, v[0].at);
    int rule = m == NULL ? 22 : check_new_key(c, v[1].at, v[2].at);
    rule = rule == 0 ? pv_privileged(c, &v[3], true) : rule;
    if (rule == 0) {
        pv_keys_end(c->ledger, m->id);
        pv_key_add(c->run, c->ledger, v[1].at, m->id);
    }
    return rule;
}
