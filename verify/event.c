/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * event.c - one event against the rules of docs/rules.md, but for those at the door. */
#include <sodium.h>
#include <string.h>

#include "verify/fold.h"

#define MOST 60000
#define TYP "plenty-event"

typedef struct event {
    const uint8_t *header, *payload, *signature, *key_id, *commons, *kind, *body, *root;
    size_t header_n, payload_n, kind_n, body_n;
    uint64_t counter, time, seen;
    bool follows;
} event;

/* ---- Keys by their id ------------------------------------------------------------------------------- */

void pv_key_id(const uint8_t key[32], uint8_t id[32])
{
    static const uint8_t before[8] = {0xA3, 1, 1, 0x20, 6, 0x21, 0x58, 0x20};
    uint8_t all[40];
    memcpy(all, before, 8);
    memcpy(all + 8, key, 32);
    crypto_hash_sha256(id, all, sizeof all);
}

static size_t slot_of(const pv_ledger *l, const uint8_t id[32])
{
    uint64_t x;
    memcpy(&x, id, 8);
    size_t at = (size_t)x & l->mask;
    while (l->slots[at] >= 0 && memcmp(l->keys[l->slots[at]].id, id, 32) != 0) {
        at = (at + 1) & l->mask;
    }
    return at;
}

pv_key *pv_key_find(const pv_ledger *l, const uint8_t id[32])
{
    int32_t k = l->n_keys > 0 ? l->slots[slot_of(l, id)] : -1;
    return k >= 0 ? &l->keys[k] : NULL;
}

void pv_key_add(pv_run *run, pv_ledger *l, const uint8_t key[32], const uint8_t *holder)
{
    if (l->n_keys == l->room) {
        size_t room = l->room == 0 ? 64 : 2 * l->room;
        pv_key *keys = pv_alloc(run, room, sizeof *keys);
        int32_t *slots = pv_alloc(run, 2 * room, sizeof *slots);
        memset(slots, 255, 2 * room * sizeof *slots);
        if (l->n_keys > 0) {
            memcpy(keys, l->keys, l->n_keys * sizeof *keys);
        }
        pv_free(run, l->keys);
        pv_free(run, l->slots);
        l->keys = keys;
        l->slots = slots;
        l->room = room;
        l->mask = 2 * room - 1;
        for (size_t i = 0; i < l->n_keys; i++) {
            slots[slot_of(l, keys[i].id)] = (int32_t)i;
        }
    }
    pv_key *k = &l->keys[l->n_keys];
    memset(k, 0, sizeof *k);
    pv_key_id(key, k->id);
    memcpy(k->key, key, 32);
    memcpy(k->holder, holder != NULL ? holder : k->id, 32);
    l->slots[slot_of(l, k->id)] = (int32_t)l->n_keys++;
    l->valid_keys++;
}

const uint8_t *pv_record_key_at(const pv_ledger *l, uint64_t size)
{
    size_t i = l->n_record_keys - 1;
    while (i > 0 && l->record_key[i].above >= size) {
        i--;
    }
    return l->record_key[i].key;
}

void pv_record_key_add(pv_run *run, pv_ledger *l, uint64_t above, const uint8_t key[32])
{
    l->record_key = pv_more(run, l->record_key, l->n_record_keys, &l->record_key_room, sizeof *l->record_key);
    l->record_key[l->n_record_keys].above = above;
    memcpy(l->record_key[l->n_record_keys++].key, key, 32);
}

/* ---- Taking an event apart --------------------------------------------------------------------------- */

/* */
static bool outside(const uint8_t *p, size_t n, event *e)
{
    size_t k;
    if (n > MOST || !pv_deterministic(p, n)) {
        return false;
    }
    pv_bytes b = {p, p + n, false};
    b.bad |= pv_head(&b, PV_TAG) != 18 || pv_head(&b, PV_LIST) != 4;
    e->header = pv_string(&b, PV_BSTR, &e->header_n);
    b.bad |= pv_head(&b, PV_MAP) != 0;
    e->payload = pv_string(&b, PV_BSTR, &e->payload_n);
    e->signature = pv_exactly(&b, 64);
    if (b.bad || !pv_deterministic(e->header, e->header_n)) {
        return false;
    }
    pv_bytes h = {e->header, e->header + e->header_n, false};
    h.bad |= pv_head(&h, PV_MAP) != 3;
    pv_label(&h, 1);
    h.bad |= pv_head(&h, PV_NEGATIVE) != 7; /* -8 */
    pv_label(&h, 4);
    e->key_id = pv_exactly(&h, 32);
    pv_label(&h, 16);
    const uint8_t *typ = pv_string(&h, PV_TSTR, &k);
    return !h.bad && k == strlen(TYP) && memcmp(typ, TYP, k) == 0;
}

static bool word(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9') || p[i] == '.' || p[i] == '_')) {
            return false;
        }
    }
    return n >= 1 && n <= 64;
}

/* */
static bool inside(event *e)
{
    pv_bytes b = {e->payload, e->payload + e->payload_n, false};
    if (!pv_deterministic(e->payload, e->payload_n)) {
        return false;
    }
    uint64_t fields = pv_head(&b, PV_MAP);
    b.bad |= fields != 6 && fields != 7;
    pv_label(&b, 1);
    b.bad |= pv_head(&b, PV_UINT) != 1;
    pv_label(&b, 2);
    e->commons = pv_exactly(&b, 32);
    pv_label(&b, 3);
    e->counter = pv_head(&b, PV_UINT);
    pv_label(&b, 4);
    e->time = pv_head(&b, PV_UINT);
    pv_label(&b, 5);
    e->kind = pv_string(&b, PV_TSTR, &e->kind_n);
    pv_label(&b, 6);
    b.bad |= b.p == b.end || *b.p >> 5 != PV_MAP;
    e->body = pv_any(&b, &e->body_n);
    e->follows = fields == 7;
    if (e->follows) {
        pv_label(&b, 7);
        b.bad |= pv_head(&b, PV_LIST) != 2;
        e->seen = pv_head(&b, PV_UINT);
        e->root = pv_exactly(&b, 32);
    }
    return !b.bad && b.p == b.end && e->counter >= 1 && e->time < (uint64_t)1 << 53 && word(e->kind, e->kind_n);
}

static bool is(const event *e, const char *kind)
{
    return e->kind_n == strlen(kind) && memcmp(e->kind, kind, e->kind_n) == 0;
}

static bool text_good(const uint8_t *p, size_t n, size_t most, bool feeds)
{
    for (size_t i = 0; i < n; i++) {
        if ((p[i] < 32 && !(feeds && p[i] == 10)) || p[i] == 127) {
            return false;
        }
    }
    return n >= 1 && n <= most;
}

static bool holds(const event *e, const uint8_t key[32])
{
    uint8_t text[MOST + 64];
    size_t n = 0, length[2] = {e->header_n, e->payload_n};
    const uint8_t *part[2] = {e->header, e->payload};
    memcpy(text, "\x84\x6ASignature1", 12);
    n = 12;
    for (int i = 0; i < 2; i++) {
        size_t k = length[i];
        if (k < 24) {
            text[n++] = (uint8_t)(0x40 + k);
        } else if (k < 256) {
            text[n++] = 0x58;
            text[n++] = (uint8_t)k;
        } else {
            text[n++] = 0x59;
            text[n++] = (uint8_t)(k >> 8);
            text[n++] = (uint8_t)k;
        }
        memcpy(text + n, part[i], k);
        n += k;
        if (i == 0) {
            text[n++] = 0x40; /* no external data */
        }
    }
    return crypto_sign_verify_detached(e->signature, text, n, key) == 0;
}

/* ---- Kinds ------------------------------------------------------------------------------------------- */

typedef struct founding {
    const uint8_t *name, *record_key, *founder[64];
    size_t name_n;
    uint64_t founders;
} founding;

static bool read_founding(const event *e, founding *f)
{
    pv_bytes b = {e->body, e->body + e->body_n, false};
    b.bad |= pv_head(&b, PV_MAP) != 4;
    pv_label(&b, 1);
    f->name = pv_string(&b, PV_TSTR, &f->name_n);
    pv_label(&b, 2);
    f->record_key = pv_exactly(&b, 32);
    pv_label(&b, 3);
    f->founders = pv_head(&b, PV_LIST);
    b.bad |= f->founders < 1 || f->founders > 64;
    for (uint64_t i = 0; i < f->founders && !b.bad; i++) {
        f->founder[i] = pv_exactly(&b, 32);
        b.bad |= i > 0 && memcmp(f->founder[i - 1], f->founder[i], 32) >= 0;
    }
    pv_label(&b, 4);
    pv_exactly(&b, 16);
    return !b.bad && b.p == b.end && text_good(f->name, f->name_n, 200, false);
}

/* of the first event; *key is the founder's that signed. */
static int check_founding(const event *e, const founding *f, bool read, const uint8_t **key)
{
    static const uint8_t before[] = "plenty commons v1\n";
    uint8_t id[32];
    crypto_hash_sha256_state state;
    if (!read) {
        return 13;
    }
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, before, sizeof before - 1);
    crypto_hash_sha256_update(&state, e->body, e->body_n);
    crypto_hash_sha256_final(&state, id);
    if (memcmp(id, e->commons, 32) != 0) {
        return 5;
    }
    for (uint64_t i = 0; i < f->founders; i++) {
        pv_key_id(f->founder[i], id);
        if (memcmp(id, e->key_id, 32) == 0) {
            *key = f->founder[i];
            return 0;
        }
    }
    return 6;
}

static int key_added(pv_run *run, pv_ledger *l, const event *e)
{
    uint8_t id[32], text[20 + 64], holder[32];
    pv_bytes b = {e->body, e->body + e->body_n, false};
    b.bad |= pv_head(&b, PV_MAP) != 2;
    pv_label(&b, 1);
    const uint8_t *key = pv_exactly(&b, 32);
    pv_label(&b, 2);
    const uint8_t *proof = pv_exactly(&b, 64);
    if (b.bad || b.p != b.end) {
        return 13;
    }
    pv_key_id(key, id);
    if (pv_key_find(l, id) != NULL) {
        return 14;
    }
    memcpy(text, "plenty key added v1\n", 20);
    memcpy(text + 20, l->commons, 32);
    memcpy(text + 52, e->key_id, 32);
    if (crypto_sign_verify_detached(proof, text, sizeof text, key) != 0) {
        return 15;
    }
    memcpy(holder, pv_key_find(l, e->key_id)->holder, 32);
    pv_key_add(run, l, key, holder);
    return 0;
}

static int key_revoked(pv_ledger *l, const event *e)
{
    pv_bytes b = {e->body, e->body + e->body_n, false};
    b.bad |= pv_head(&b, PV_MAP) != 1;
    pv_label(&b, 1);
    const uint8_t *id = pv_exactly(&b, 32);
    if (b.bad || b.p != b.end) {
        return 13;
    }
    pv_key *k = pv_key_find(l, id);
    if (k == NULL || k->revoked || memcmp(k->holder, pv_key_find(l, e->key_id)->holder, 32) != 0) {
        return 16;
    }
    int valid = 0;
    for (size_t i = 0; i < l->n_keys; i++) {
        valid += !l->keys[i].revoked && memcmp(l->keys[i].holder, k->holder, 32) == 0;
    }
    if (valid < 2) {
        return 17;
    }
    k->revoked = true;
    l->valid_keys--;
    return 0;
}

static int note(const event *e)
{
    size_t n;
    pv_bytes b = {e->body, e->body + e->body_n, false};
    uint64_t fields = pv_head(&b, PV_MAP), blobs = 0;
    const uint8_t *before = NULL;
    bool ordered = true;
    b.bad |= fields != 1 && fields != 2;
    pv_label(&b, 1);
    const uint8_t *text = pv_string(&b, PV_TSTR, &n);
    if (fields == 2) {
        pv_label(&b, 2);
        blobs = pv_head(&b, PV_LIST);
        b.bad |= blobs < 1 || blobs > 16;
    }
    for (uint64_t i = 0; i < blobs && !b.bad; i++) {
        const uint8_t *hash = pv_exactly(&b, 32);
        ordered = ordered && !b.bad && (before == NULL || memcmp(before, hash, 32) < 0);
        before = hash;
    }
    return b.bad || b.p != b.end || !text_good(text, n, 10000, true) ? 13 : ordered ? 0 : 18;
}

/* ---- The rules, in their order ------------------------------------------------------------------------ */

static const struct pv_void *void_at(const struct pv_void *voids, size_t n, uint64_t position)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (voids[low + half].position < position) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return &voids[low];
}

static int rule_at(const struct pv_void *voids, size_t n, uint64_t position)
{
    const struct pv_void *v = n > 0 ? void_at(voids, n, position) : NULL;
    return v != NULL && v < voids + n && v->position == position ? v->rule : 0;
}

/* */
static int check_common(const event *e, const pv_ledger *l, const pv_tree *tree, const uint8_t key[32], const pv_key *last)
{
    uint8_t root[32];
    if (tree->size >= l->verified && !holds(e, key)) {
        return 7;
    }
    if (e->counter != last->counter + 1) {
        return 8;
    }
    if (e->time < last->time) {
        return 9;
    }
    if (e->follows) {
        if (e->seen > tree->size) {
            return 11;
        }
        pv_tree_root(tree, e->seen, root);
        return memcmp(root, e->root, 32) == 0 ? 0 : 11;
    }
    return 0;
}

static int begin(pv_fold *c, const event *e)
{
    pv_ledger *l = c->ledger;
    founding f = {0};
    const uint8_t *key = NULL;
    int rule = check_founding(e, &f, read_founding(e, &f), &key);
    rule = rule == 0 ? check_common(e, l, c->tree, key, &(pv_key){.counter = 0}) : rule;
    if (rule != 0) {
        return rule;
    }
    memcpy(l->commons, e->commons, 32);
    memcpy(l->name, f.name, f.name_n);
    pv_record_key_add(c->run, l, 0, f.record_key);
    l->founded = true;
    for (uint64_t i = 0; i < f.founders; i++) {
        pv_key_add(c->run, l, f.founder[i], NULL);
    }
    pv_commons_begin(c, f.founder, (size_t)f.founders, (int64_t)e->time);
    return 0;
}

/* of a key that is known now. */
static int check_author(const pv_fold *c, const event *e)
{
    const pv_key *author = pv_key_find(c->ledger, e->key_id);
    return author == NULL || author->revoked ? 6 : check_common(e, c->ledger, c->tree, author->key, author);
}

/* What the event does, once all that was due before it has happened. */
static int act(pv_fold *c, const event *e, const uint8_t *p, size_t n, const pv_kind *kind)
{
    uint8_t leaf[1 + MOST];
    leaf[0] = 0;
    memcpy(leaf + 1, p, n);
    pv_hash(leaf, 1 + n, c->id);
    c->body = e->body;
    c->body_n = e->body_n;
    c->kind = (const char *)e->kind;
    c->kind_n = e->kind_n;
    c->key_id = e->key_id;
    c->author = pv_member_of(c, pv_key_find(c->ledger, e->key_id)->holder);
    if (kind != NULL) {
        return pv_commons_event(c, kind);
    }
    int rule = is(e, "note") ? note(e) : is(e, "key.added") ? key_added(c->run, c->ledger, e) : is(e, "key.revoked") ? key_revoked(c->ledger, e) : 0;
    if (rule == 0) {
        pv_until(c, c->time);
    }
    return rule;
}

/* Rules that do not hang on what is due: 0, or what is broken. */
static int check_form(const event *e, const pv_kind *kind)
{
    pv_value value[PV_BODY_FIELDS];
    if (kind == NULL) {
        return is(e, "note") || is(e, "key.added") || is(e, "key.revoked") ? 0 : 12;
    }
    return pv_body(kind, e->body, e->body_n, value);
}

static int judge(pv_fold *c, const event *e, const uint8_t *p, size_t n)
{
    const pv_kind *kind = pv_kind_of((const char *)e->kind, e->kind_n);
    int64_t before = c->time, time = (int64_t)e->time;
    bool known = pv_key_find(c->ledger, e->key_id) != NULL, due = pv_due_until(c, time);
    int rule = known || !due ? check_author(c, e) : 0;
    rule = rule == 0 ? check_form(e, kind) : rule;
    if (rule != 0 && (known || !due)) {
        return rule;
    }
    pv_until(c, time);
    int later = known || !due ? 0 : check_author(c, e); /* the key may have come with what was due */
    rule = later != 0 ? later : rule;
    rule = rule == 0 ? act(c, e, p, n, kind) : rule;
    if (rule != 0) {
        c->ledger->again = c->ledger->again || due;
        c->time = before;
    }
    return rule;
}

static int decide(pv_fold *c, const uint8_t *p, size_t n, event *e)
{
    pv_ledger *l = c->ledger;
    int rule = rule_at(l->known, l->n_known, c->tree->size);
    if (rule != 0) {
        return rule;
    }
    if (!outside(p, n, e) || !inside(e)) {
        return outside(p, n, e) ? 2 : 1;
    }
    bool first = is(e, "commons.created");
    if (first && c->tree->size == 0) {
        return begin(c, e);
    }
    if (l->founded && (int64_t)e->time > c->time + 3653 * PV_DAY) {
        return 30;
    }
    if (first || !l->founded) {
        return 3;
    }
    return memcmp(e->commons, l->commons, 32) != 0 ? 4 : judge(c, e, p, n);
}

/* Counts the event for the key that signed it. */
static void count(pv_fold *c, const event *e)
{
    pv_ledger *l = c->ledger;
    pv_key *author = pv_key_find(l, e->key_id);
    author->counter = e->counter;
    author->time = e->time;
    l->judged += pv_kind_of((const char *)e->kind, e->kind_n) != NULL;
}

static void keep_void(pv_fold *c, int rule)
{
    pv_ledger *l = c->ledger;
    l->voids = pv_more(c->run, l->voids, l->n_voids, &l->void_room, sizeof *l->voids);
    l->voids[l->n_voids++] = (struct pv_void){c->tree->size, rule};
}

int pv_event(pv_fold *c, const uint8_t *p, size_t n)
{
    event e = {0};
    int rule = decide(c, p, n, &e);
    if (rule == 0) {
        count(c, &e);
    } else {
        keep_void(c, rule);
    }
    return rule;
}

const uint8_t *pv_event_body(const uint8_t *p, size_t n, const char *kind, size_t *body_n)
{
    event e = {0};
    bool right = outside(p, n, &e) && inside(&e) && is(&e, kind);
    *body_n = right ? e.body_n : 0;
    return right ? e.body : NULL;
}
