/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_share.c - rounds of sharing: their rules are those that were carried; wants are sealed, then opened; then the lot gives a seed. */
#include <sodium.h>
#include <string.h>

#include "verify/fold.h"

#define HOUR ((int64_t)3600)

enum { ASSEMBLY, MOTION, TITLE, RULES, SUPPLY, PEOPLE, URGENCY };

/* rules, points and urgency, one behind the other, are the text that this assembly has carried. */
static bool carried(const pv_fold *c)
{
    const pv_motion *m = pv_get_id(c, 'M', c->value[MOTION].at);
    crypto_hash_sha256_state text;
    uint8_t hash[32];
    if (m == NULL || m->state != PV_CARRIED || m->sort != PV_TEXT_MOTION || !pv_id_same(m->assembly->id, c->value[ASSEMBLY].at)) {
        return false;
    }
    crypto_hash_sha256_init(&text);
    for (int i = RULES; i <= URGENCY; i++) {
        if (i != SUPPLY && c->value[i].given) {
            crypto_hash_sha256_update(&text, c->value[i].at, c->value[i].n);
        }
    }
    crypto_hash_sha256_final(&text, hash);
    const pv_amendment *won = m->option[m->chosen];
    return pv_id_same(hash, won != NULL ? won->text : m->text);
}

static void round_drawn(pv_fold *c, void *subject, int64_t n)
{
    pv_round *r = subject;
    (void)c;
    (void)n;
    r->state = PV_ROUND_READY;
}

static void round_opens(pv_fold *c, void *subject, int64_t n)
{
    pv_round *r = subject;
    (void)n;
    r->state = PV_ROUND_DRAWING;
    r->lot = pv_lot_start(c, r->id, "share", 5, r->assembly, NULL, 1, round_drawn, r);
}

static void round_seals(pv_fold *c, void *subject, int64_t n)
{
    pv_round *r = subject;
    (void)c;
    (void)n;
    r->state = PV_ROUND_OPENING;
}

int pv_apply_share(pv_fold *c)
{
    pv_assembly *a = pv_assembly_of(c, c->value[ASSEMBLY].at);
    int64_t seals = c->time + c->param[PV_SHARE_SEAL_HOURS] * HOUR;
    if (!pv_has(c, a, c->author, 0)) {
        return 23;
    }
    if (!carried(c)) {
        return 180;
    }
    pv_round *r = pv_new(c, sizeof *r);
    memcpy(r->id, c->id, 32);
    r->assembly = a;
    pv_put_id(c, 'R', r->id, r);
    pv_push(c, &c->rounds, r);
    pv_due_at(c, seals, round_seals, r, 0);
    pv_due_at(c, seals + c->param[PV_SHARE_OPEN_HOURS] * HOUR, round_opens, r, 0);
    return 0;
}

/* */
static int find_round(const pv_fold *c, int64_t state, pv_round **out)
{
    pv_round *r = *out = pv_get_id(c, 'R', c->value[0].at);
    return r == NULL || r->state != state ? 181 : pv_has(c, r->assembly, c->author, 0) ? 0 : 23;
}

typedef struct want {
    uint8_t seal[32];
    bool opened;
} want;

int pv_apply_share_sealed(pv_fold *c)
{
    pv_round *r;
    int rule = find_round(c, PV_ROUND_SEALING, &r);
    if (rule != 0) {
        return rule;
    }
    want *w = pv_get(c, 'w', r->id, 32, c->author->id, 32);
    if (w == NULL) {
        w = pv_new(c, sizeof *w);
        pv_put(c, 'w', r->id, 32, c->author->id, 32, w);
        r->sealed++;
    }
    memcpy(w->seal, c->value[1].at, 32); /* in the place of the one before */
    return 0;
}

int pv_apply_share_opened(pv_fold *c)
{
    const pv_value *salt = &c->value[1], *wants = &c->value[2];
    crypto_hash_sha256_state text;
    uint8_t seal[32];
    pv_round *r;
    int rule = find_round(c, PV_ROUND_OPENING, &r);
    if (rule != 0) {
        return rule;
    }
    want *w = pv_get(c, 'w', r->id, 32, c->author->id, 32);
    crypto_hash_sha256_init(&text);
    crypto_hash_sha256_update(&text, salt->at, 32);
    crypto_hash_sha256_update(&text, wants->at, wants->n);
    crypto_hash_sha256_final(&text, seal);
    if (w == NULL || w->opened || !pv_id_same(seal, w->seal)) {
        return 182;
    }
    w->opened = true;
    r->opened++;
    return 0;
}

int pv_apply_share_entered(pv_fold *c)
{
    pv_round *r;
    int rule = find_round(c, PV_ROUND_READY, &r);
    if (rule != 0) {
        return rule;
    }
    if (pv_get(c, 'W', r->id, 32, c->author->id, 32) != NULL) {
        return 183;
    }
    pv_put(c, 'W', r->id, 32, c->author->id, 32, c->author);
    if (r->outcomes++ == 0) {
        memcpy(r->outcome, c->value[1].at, 32);
    }
    return 0;
}
