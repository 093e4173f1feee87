/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_grants.c - the public lot, grants that it draws approvers for, and the privileged acts about the record. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define HOUR ((int64_t)3600)

/* ---- Draws ------------------------------------------------------------------------------------------ */

/* Who belongs to it now, ascending by id. */
static void take_pool(pv_fold *c, pv_lot *l, const pv_assembly *pool, const pv_member *without)
{
    uint8_t *ids = pv_alloc(c->run, c->members.n + 1, 32);
    l->pool = pv_alloc(c->run, c->members.n + 1, sizeof *l->pool);
    for (size_t i = 0; i < c->members.n; i++) {
        pv_member *m = c->members.at[i];
        if (m != without && pv_has(c, pool, m, 0)) {
            l->pool[l->n_pool++] = m;
        }
    }
    qsort(l->pool, l->n_pool, sizeof *l->pool, pv_by_id);
    for (size_t i = 0; i < l->n_pool; i++) {
        memcpy(ids + 32 * i, l->pool[i]->id, 32);
    }
    pv_hash(ids, 32 * l->n_pool, l->root);
    pv_free(c->run, ids);
}

static void make_seed(const pv_fold *c, pv_lot *l)
{
    char origin[8 + 65] = "plenty/";
    crypto_hash_sha256_state state;
    sodium_bin2hex(origin + 7, 65, c->ledger->commons, 32);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)"lot/v1", 6);
    crypto_hash_sha256_update(&state, (const uint8_t *)origin, strlen(origin));
    crypto_hash_sha256_update(&state, l->root, 32);
    crypto_hash_sha256_update(&state, l->events, 32);
    for (size_t i = 0; i < l->parts.n; i++) {
        const pv_part *part = l->parts.at[i];
        if (!pv_id_none(part->part)) {
            crypto_hash_sha256_update(&state, part->part, 32);
        }
    }
    crypto_hash_sha256_final(&state, l->seed);
}

typedef struct ranked {
    uint8_t rank[32];
    pv_member *member;
} ranked;

static int by_rank(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void draw(pv_fold *c, pv_lot *l)
{
    ranked *order = pv_alloc(c->run, l->n_pool + 1, sizeof *order);
    size_t n = strlen(l->purpose);
    for (size_t i = 0; i < l->n_pool; i++) {
        uint8_t text[32 + 100 + 32];
        memcpy(text, l->seed, 32);
        memcpy(text + 32, l->purpose, n);
        memcpy(text + 32 + n, l->pool[i]->id, 32);
        pv_hash(text, 64 + n, order[i].rank);
        order[i].member = l->pool[i];
    }
    qsort(order, l->n_pool, sizeof *order, by_rank);
    l->drawn = pv_alloc(c->run, (size_t)l->wanted + 1, sizeof *l->drawn);
    for (size_t i = 0; i < l->n_pool && l->n_drawn < (size_t)l->wanted; i++) {
        if (order[i].member->left < 0) {
            l->drawn[l->n_drawn++] = order[i].member;
        }
    }
    pv_free(c->run, order);
}

static void grant_lapses(pv_fold *c, void *subject, int64_t state)
{
    pv_grant *g = subject;
    (void)c;
    g->state = g->state == state ? PV_GRANT_LAPSED : g->state;
}

static void grant_drawn(pv_fold *c, void *subject, int64_t n)
{
    pv_grant *g = subject;
    (void)n;
    g->approvers = (int64_t)g->lot->n_drawn;
    g->needed = g->needed < g->approvers ? g->needed : g->approvers;
    g->state = PV_GRANT_DECIDING;
    pv_due_at(c, c->time + c->param[PV_APPROVE_HOURS] * HOUR, grant_lapses, g, PV_GRANT_DECIDING);
}

static void lot_seals(pv_fold *c, void *subject, int64_t n)
{
    pv_lot *l = subject;
    (void)n;
    pv_tree_root(c->tree, c->tree->size, l->events);
    l->state = 1;
}

void pv_lot_draw(pv_fold *c, void *subject, int64_t n)
{
    pv_lot *l = subject;
    (void)n;
    if (l->state == 2) {
        return;
    }
    if (pv_id_none(l->seed)) { /* else trustees have opened it */
        make_seed(c, l);
    }
    draw(c, l);
    l->state = 2;
    memcpy(c->lot_seed, l->seed, 32);
    if (l->drawn_for != NULL) {
        pv_due_at(c, c->time, l->drawn_for, l->subject, 0);
    }
}

pv_lot *pv_lot_start(pv_fold *c, const uint8_t id[32], const char *purpose, size_t n, const pv_assembly *pool, const pv_member *without, int64_t wanted,
                     pv_due_fn drawn_for, void *subject)
{
    pv_lot *l = pv_new(c, sizeof *l);
    int64_t seals = c->time + c->param[PV_COMMIT_HOURS] * HOUR;
    memcpy(l->id, id, 32);
    memcpy(l->purpose, purpose, n);
    l->wanted = wanted;
    l->key = c->param[PV_LOT_KEY] != 0 ? c->keepers : NULL;
    l->drawn_for = drawn_for;
    l->subject = subject;
    take_pool(c, l, pool, without);
    pv_put_id(c, 'l', l->id, l);
    pv_push(c, &c->lots, l);
    pv_due_at(c, seals, lot_seals, l, 0);
    pv_due_at(c, seals + c->param[PV_REVEAL_HOURS] * HOUR, pv_lot_draw, l, 0);
    return l;
}

int pv_apply_announced(pv_fold *c)
{
    const pv_assembly *pool = pv_assembly_of(c, c->value[1].at);
    if (!pv_has(c, pool, c->author, 0)) {
        return 23;
    }
    pv_lot_start(c, c->id, (const char *)c->value[0].at, c->value[0].n, pool, NULL, c->value[2].x, NULL, NULL);
    return 0;
}

static pv_part *part_of(const pv_lot *l, const pv_member *m)
{
    for (size_t i = 0; i < l->parts.n; i++) {
        pv_part *p = l->parts.at[i];
        if (p->member == m) {
            return p;
        }
    }
    return NULL;
}

int pv_apply_sealed(pv_fold *c)
{
    pv_lot *l = pv_get_id(c, 'l', c->value[0].at);
    if (l == NULL || l->state != 0) {
        return 44;
    }
    if (part_of(l, c->author) != NULL) {
        return 45;
    }
    pv_part *p = pv_new(c, sizeof *p);
    p->member = c->author;
    memcpy(p->seal, c->value[1].at, 32);
    pv_push(c, &l->parts, p);
    return 0;
}

int pv_apply_opened(pv_fold *c)
{
    pv_lot *l = pv_get_id(c, 'l', c->value[0].at);
    uint8_t seal[32];
    if (l == NULL || l->state != 1) {
        return 44;
    }
    pv_part *p = part_of(l, c->author);
    pv_hash(c->value[1].at, 32, seal);
    if (p == NULL || !pv_id_same(seal, p->seal) || !pv_id_none(p->part)) {
        return 45;
    }
    memcpy(p->part, c->value[1].at, 32);
    return 0;
}

/* ---- Grants ----------------------------------------------------------------------------------------- */

int pv_apply_asked(pv_fold *c)
{
    const pv_value *act = &c->value[0];
    const pv_kind *kind = pv_kind_of((const char *)act->at, act->n);
    if (kind == NULL || !kind->privileged) {
        return 29;
    }
    pv_grant *g = pv_new(c, sizeof *g);
    memcpy(g->id, c->id, 32);
    memcpy(g->act, act->at, act->n);
    memcpy(g->hash, c->value[1].at, 32);
    g->author = c->author;
    g->approvers = c->param[PV_APPROVERS];
    g->needed = c->param[PV_NEEDED];
    pv_put_id(c, 'g', g->id, g);
    pv_push(c, &c->grants, g);
    g->lot = pv_lot_start(c, c->id, "grant", 5, c->everyone, c->author, g->approvers, grant_drawn, g);
    return 0;
}

static int decide(pv_fold *c, bool yes)
{
    pv_grant *g = pv_get_id(c, 'g', c->value[0].at);
    bool drawn = false;
    if (g == NULL || g->state != PV_GRANT_DECIDING) {
        return 29;
    }
    for (size_t i = 0; i < g->lot->n_drawn; i++) {
        drawn = drawn || g->lot->drawn[i] == c->author;
    }
    if (!drawn || pv_get(c, 'G', g->id, 32, c->author->id, 32) != NULL) {
        return 46;
    }
    pv_put(c, 'G', g->id, 32, c->author->id, 32, c->author);
    *(yes ? &g->approvals : &g->refusals) += 1;
    if (g->approvals >= g->needed) {
        g->state = PV_GRANT_APPROVED;
        pv_due_at(c, c->time + c->param[PV_EXECUTE_HOURS] * HOUR, grant_lapses, g, PV_GRANT_APPROVED);
    } else if (g->refusals > g->approvers - g->needed) {
        g->state = PV_GRANT_REFUSED;
    }
    return 0;
}

int pv_apply_approved(pv_fold *c)
{
    return decide(c, true);
}

int pv_apply_refused(pv_fold *c)
{
    return decide(c, false);
}

/* ---- Acts about the record -------------------------------------------------------------------------- */

int pv_apply_hidden(pv_fold *c)
{
    return c->value[0].x >= (int64_t)c->tree->size ? 47 : pv_privileged(c, &c->value[2], false);
}

/* What is marked once: its hash must be new. */
static int once(pv_fold *c, const uint8_t hash[32], int rule, const pv_value *grant, bool later)
{
    if (pv_get_id(c, 'k', hash) != NULL) {
        return rule;
    }
    rule = pv_privileged(c, grant, later);
    if (rule == 0) {
        pv_put_id(c, 'k', hash, c->author);
    }
    return rule;
}

/* The key line of a witness: name+digits+base64 of 04 and 32 bytes, with the right digits. */
static bool witness_line(const uint8_t *text, size_t n)
{
    const uint8_t *plus = memchr(text, '+', n);
    size_t name = plus != NULL ? (size_t)(plus - text) : 0, got;
    uint8_t key[33], id[32], digits[4], named[256 + 34];
    if (name < 1 || name > 255 || n - name < 11 || plus[9] != '+' || !pv_name_good(text, name) ||
        sodium_hex2bin(digits, 4, (const char *)plus + 1, 8, NULL, &got, NULL) != 0 || got != 4 ||
        !pv_base64((const char *)plus + 10, n - name - 10, key, 33) || key[0] != 4) {
        return false;
    }
    memcpy(named, text, name);
    named[name] = '\n';
    memcpy(named + name + 1, key, 33);
    pv_hash(named, name + 34, id);
    return memcmp(id, digits, 4) == 0;
}

int pv_apply_witness(pv_fold *c)
{
    uint8_t hash[32];
    pv_hash(c->value[0].at, c->value[0].n, hash);
    return witness_line(c->value[0].at, c->value[0].n) ? once(c, hash, 123, &c->value[1], false) : 123;
}

int pv_apply_release(pv_fold *c)
{
    return once(c, c->value[0].at, 126, &c->value[2], false);
}

int pv_apply_archive(pv_fold *c)
{
    const pv_member *m = pv_member_of(c, c->value[0].at);
    return m == NULL || !m->data ? 125 : pv_privileged(c, &c->value[2], true);
}

int pv_apply_rekeyed(pv_fold *c)
{
    uint8_t text[21 + 64];
    memcpy(text, "plenty record key v1\n", 21);
    memcpy(text + 21, c->ledger->commons, 32);
    memcpy(text + 53, c->key_id, 32);
    if (crypto_sign_verify_detached(c->value[1].at, text, sizeof text, c->value[0].at) != 0) {
        return 120;
    }
    int rule = once(c, c->value[0].at, 120, &c->value[2], true);
    if (rule == 0) {
        pv_record_key_add(c->run, c->ledger, c->tree->size, c->value[0].at);
    }
    return rule;
}

int pv_apply_restored(pv_fold *c)
{
    int64_t kept = c->value[0].x, lost = c->value[1].x, n = (int64_t)c->tree->size;
    uint8_t root[32] = {0};
    if (lost <= n) {
        pv_tree_root(c->tree, (uint64_t)lost, root);
    }
    return kept > n || lost <= kept || (lost <= n && pv_id_same(root, c->value[2].at)) ? 121 : pv_privileged(c, &c->value[4], false);
}

int pv_apply_roll(pv_fold *c)
{
    pv_member *m = pv_member_now(c, c->value[0].at);
    bool wanted = c->value[1].x != 0, placed = c->value[3].given;
    pv_assembly *place = placed ? pv_assembly_of(c, c->value[3].at) : NULL;
    if (m == NULL || (placed && (place == NULL || place->sort != PV_CONSTITUENCY)) || (placed ? pv_has(c, place, m, 0) : true) == wanted) {
        return 122;
    }
    int rule = pv_privileged(c, &c->value[4], true);
    if (rule == 0 && placed) {
        pv_belong(c, place, m, wanted);
    } else if (rule == 0) {
        pv_member_leave(c, m);
    }
    return rule;
}
