/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold.c - the commons followed from event to event: the clock and what falls due, things found by keys. */
#include "verify/fold.h"

#include <sodium.h>
#include <string.h>

#define KEY 80 /* of a thing: its letter, two ids and a number at most */

void pv_hash(const void *bytes, size_t n, uint8_t out[32])
{
    crypto_hash_sha256(out, bytes, n);
}

void pv_big_endian(int64_t x, uint8_t out[8])
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)x;
        x >>= 8;
    }
}

bool pv_id_same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, 32) == 0;
}

bool pv_id_none(const uint8_t *id)
{
    static const uint8_t none[32];
    return pv_id_same(id, none);
}

void *pv_new(pv_fold *c, size_t size)
{
    return pv_alloc(c->run, 1, size);
}

void pv_push(pv_fold *c, pv_list *list, void *item)
{
    list->at = pv_more(c->run, list->at, list->n, &list->room, sizeof *list->at);
    list->at[list->n++] = item;
}

/* ---- Keys ------------------------------------------------------------------------------------------- */

struct pv_entry {
    uint8_t key[KEY];
    void *value; /* NULL: the slot is free */
};

static void make_key(char what, const void *a, size_t a_n, const void *b, size_t b_n, uint8_t key[KEY])
{
    memset(key, 0, KEY);
    key[0] = (uint8_t)what;
    key[1] = (uint8_t)a_n;
    memcpy(key + 2, a, a_n);
    if (b_n > 0) {
        memcpy(key + 2 + a_n, b, b_n);
    }
}

static struct pv_entry *slot_of(const pv_fold *c, const uint8_t key[KEY])
{
    uint64_t x = 14695981039346656037u;
    for (int i = 0; i < KEY; i++) {
        x = (x ^ key[i]) * 1099511628211u;
    }
    x ^= x >> 32;
    size_t at = (size_t)x & (c->slots - 1);
    while (c->slot[at].value != NULL && memcmp(c->slot[at].key, key, KEY) != 0) {
        at = (at + 1) & (c->slots - 1);
    }
    return &c->slot[at];
}

static void grow(pv_fold *c)
{
    struct pv_entry *old = c->slot;
    size_t n = c->slots;
    c->slots = n == 0 ? 1024 : 2 * n;
    c->slot = pv_alloc(c->run, c->slots, sizeof *c->slot);
    for (size_t i = 0; i < n; i++) {
        if (old[i].value != NULL) {
            *slot_of(c, old[i].key) = old[i];
        }
    }
    pv_free(c->run, old);
}

void *pv_get(const pv_fold *c, char what, const void *a, size_t a_n, const void *b, size_t b_n)
{
    uint8_t key[KEY];
    if (c->slots == 0) {
        return NULL;
    }
    make_key(what, a, a_n, b, b_n, key);
    return slot_of(c, key)->value;
}

void pv_put(pv_fold *c, char what, const void *a, size_t a_n, const void *b, size_t b_n, void *value)
{
    uint8_t key[KEY];
    if (2 * (c->n_slots + 1) > c->slots) {
        grow(c);
    }
    make_key(what, a, a_n, b, b_n, key);
    struct pv_entry *e = slot_of(c, key);
    c->n_slots += e->value == NULL;
    memcpy(e->key, key, KEY);
    e->value = value;
}

void *pv_get_id(const pv_fold *c, char what, const uint8_t id[32])
{
    return pv_get(c, what, id, 32, NULL, 0);
}

void pv_put_id(pv_fold *c, char what, const uint8_t id[32], void *value)
{
    pv_put(c, what, id, 32, NULL, 0, value);
}

/* ---- The clock -------------------------------------------------------------------------------------- */

static bool before(const pv_due *a, const pv_due *b)
{
    return a->time != b->time ? a->time < b->time : a->serial < b->serial;
}

void pv_due_at(pv_fold *c, int64_t time, pv_due_fn happen, void *subject, int64_t n)
{
    c->heap = pv_more(c->run, c->heap, c->n_heap, &c->heap_room, sizeof *c->heap);
    pv_due due = {time > c->time ? time : c->time, ++c->dues, n, happen, subject};
    size_t i = c->n_heap++;
    for (; i > 0 && before(&due, &c->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        c->heap[i] = c->heap[(i - 1) / 2];
    }
    c->heap[i] = due;
}

static pv_due take_due(pv_fold *c)
{
    pv_due first = c->heap[0], last = c->heap[--c->n_heap];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < c->n_heap; i = child) {
        child += child + 1 < c->n_heap && before(&c->heap[child + 1], &c->heap[child]);
        if (!before(&c->heap[child], &last)) {
            break;
        }
        c->heap[i] = c->heap[child];
    }
    c->heap[i] = last;
    return first;
}

bool pv_due_until(const pv_fold *c, int64_t time)
{
    return c->n_heap > 0 && c->heap[0].time <= time;
}

/* What is due at the same time happens in the order in which it was asked for. */
void pv_until(pv_fold *c, int64_t time)
{
    while (pv_due_until(c, time)) {
        pv_due due = take_due(c);
        c->time = due.time;
        due.happen(c, due.subject, due.n);
    }
    c->time = time > c->time ? time : c->time;
}

/* ---- Events ----------------------------------------------------------------------------------------- */

void pv_commons_begin(pv_fold *c, const uint8_t *const *founders, size_t n, int64_t time)
{
    c->time = time;
    for (int i = 0; pv_params[i].key != NULL; i++) {
        c->param[i] = pv_params[i].value;
    }
    c->everyone = pv_new(c, sizeof *c->everyone);
    memcpy(c->everyone->id, c->ledger->commons, 32);
    memcpy(c->everyone->name, "everyone", 9);
    pv_put_id(c, 'a', c->everyone->id, c->everyone);
    pv_push(c, &c->assemblies, c->everyone);
    for (size_t i = 0; i < n; i++) {
        uint8_t id[32];
        pv_key_id(founders[i], id);
        pv_member_add(c, id)->founder = true;
    }
}

int pv_commons_event(pv_fold *c, const pv_kind *kind)
{
    int rule = pv_body(kind, c->body, c->body_n, c->value);
    rule = rule == 0 ? kind->apply(c) : rule;
    if (rule == 0) {
        pv_until(c, c->time); /* what it made due at once */
    }
    return rule;
}

/* The hash of the body as a grant pins it: without its last field, which is the grant. */
static void act_hash(const pv_fold *c, uint8_t out[32])
{
    crypto_hash_sha256_state state;
    uint8_t head = (uint8_t)(c->body[0] - 1);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &head, 1);
    crypto_hash_sha256_update(&state, c->body + 1, c->body_n - 1 - 35);
    crypto_hash_sha256_final(&state, out);
}

int pv_privileged(pv_fold *c, const pv_value *grant, bool later)
{
    uint8_t hash[32];
    if (later && c->version == 0) {
        return 29;
    }
    if (!grant->given) {
        return c->version == 0 && c->author->founder && c->author->left < 0 ? 0 : 29;
    }
    pv_grant *g = pv_get_id(c, 'g', grant->at);
    if (g == NULL || g->state != PV_GRANT_APPROVED) {
        return 29;
    }
    act_hash(c, hash);
    if (strlen(g->act) != c->kind_n || memcmp(g->act, c->kind, c->kind_n) != 0 || !pv_id_same(hash, g->hash) || g->author != c->author) {
        return 29;
    }
    g->state = PV_GRANT_USED;
    return 0;
}
