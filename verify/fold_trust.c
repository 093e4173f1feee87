/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_trust.c - trustees: drawn by the lot, they make a key by messages, step by step; those of the key for lots, whose shares they open. */
#include <sodium.h>
#include <string.h>

#include "verify/fold.h"

#define HOUR ((int64_t)3600)
#define LEAST 3 /* fewer keep no secret from each other */

/* ---- Who they are ----------------------------------------------------------------------------------- */

int64_t pv_trust_size(const pv_fold *c, int64_t without, int64_t *needed)
{
    int64_t wanted = c->param[PV_SECRET_TRUSTEES], others = c->everyone->size - without;
    *needed = c->param[PV_SECRET_NEEDED];
    if (others < wanted) { /* as many as there are, and more than half of them */
        wanted = others >= LEAST ? others : 0;
        *needed = *needed < wanted / 2 + 1 ? *needed : wanted / 2 + 1;
    }
    return wanted;
}

static void trust_drawn(pv_fold *c, void *subject, int64_t n);

pv_trust *pv_trust_start(pv_fold *c, const uint8_t *subject, int64_t attempt, const char *group, int64_t without, pv_ballot *ballot)
{
    pv_trust *t = pv_new(c, sizeof *t);
    uint8_t text[19 + 32 + 8];
    memcpy(text, "plenty trustees v1\n", 19);
    memcpy(text + 19, subject, 32);
    pv_big_endian(attempt, text + 51);
    pv_hash(text, sizeof text, t->id);
    t->subject = subject;
    t->ballot = ballot;
    t->attempt = attempt;
    t->group = group;
    t->wanted = pv_trust_size(c, without, &t->needed);
    pv_put_id(c, 'T', t->id, t);
    pv_push(c, &c->trusts, t);
    t->lot = pv_lot_start(c, t->id, "trustees", 8, c->everyone, NULL, t->wanted + c->param[PV_SECRET_RESERVES] + without, trust_drawn, t);
    return t;
}

static pv_trustee *seat_of(pv_trust *t, const pv_member *m)
{
    for (int64_t i = 0; i < t->drawn; i++) {
        if (t->seat[i].member == m) {
            return &t->seat[i];
        }
    }
    return NULL;
}

int64_t pv_trustee_number(const pv_trust *t, const pv_member *m)
{
    for (int64_t i = 0; i < t->drawn; i++) {
        if (t->seat[i].member == m) {
            return t->seat[i].number;
        }
    }
    return 0;
}

/* ---- What they have said ---------------------------------------------------------------------------- */

typedef struct talk {
    pv_said said[PV_MESSAGES][PV_TRUST_MOST];
    pv_ceremony k;
} talk;

/* Of those who are in the round; while certificates are sent, of those who have sent one. */
static const pv_ceremony *listen(const pv_trust *t, talk *out)
{
    out->k = (pv_ceremony){.group = t->group, .needed = (int)t->needed};
    for (int64_t i = 0; i < t->drawn; i++) {
        const pv_trustee *who = &t->seat[i];
        if (t->stage == PV_TRUST_CERTIFYING ? who->said[PV_CERTIFICATE].at == NULL : who->number == 0) {
            continue;
        }
        for (int m = 0; m < PV_MESSAGES; m++) {
            out->said[m][out->k.n] = who->said[m];
        }
        out->k.n++;
    }
    for (int m = 0; m < PV_MESSAGES; m++) {
        out->k.said[m] = out->said[m];
    }
    return &out->k;
}

pv_said pv_keep_text(pv_fold *c, const pv_value *value)
{
    char *at = pv_alloc(c->run, value->n + 1, 1);
    memcpy(at, value->at, value->n);
    return (pv_said){at, value->n};
}

struct pv_ballotbox *pv_trust_box(pv_fold *c, const pv_trust *t, const pv_asked *asked, uint8_t hash[32])
{
    talk k;
    return pv_box_open(c->run, listen(t, &k), asked, hash);
}

/* ---- From step to step ------------------------------------------------------------------------------ */

static void lot_keyed(pv_fold *c, void *subject, int64_t attempt);

static void trust_goes(pv_fold *c, void *subject, int64_t when);

static void begin(pv_fold *c, pv_trust *t, int64_t stage)
{
    t->stage = stage;
    pv_due_at(c, c->time + c->param[PV_ROUND_HOURS] * HOUR, trust_goes, t, stage + 8 * t->round);
}

static void ballot_keyed(pv_fold *c, void *subject, int64_t attempt)
{
    pv_sealed_keyed(c, subject, attempt);
}

static void finish(pv_fold *c, pv_trust *t, int64_t stage)
{
    talk k;
    if (stage == PV_TRUST_READY) {
        pv_said text = pv_trustees_text(c->run, listen(t, &k));
        pv_hash(text.at, text.n, t->key);
    }
    t->stage = stage;
    pv_due_at(c, c->time, t->ballot != NULL ? ballot_keyed : lot_keyed, t->ballot != NULL ? (void *)t->ballot : (void *)t, t->attempt);
}

static void trust_drawn(pv_fold *c, void *subject, int64_t n)
{
    pv_trust *t = subject;
    (void)n;
    for (size_t i = 0; i < t->lot->n_drawn && t->drawn < t->wanted + c->param[PV_SECRET_RESERVES] && t->drawn < PV_TRUST_MOST; i++) {
        if (t->ballot == NULL || pv_sealed_may(t->ballot, t->lot->drawn[i])) {
            t->seat[t->drawn++].member = t->lot->drawn[i];
        }
    }
    if (t->drawn < t->needed) {
        finish(c, t, PV_TRUST_FAILED);
    } else {
        begin(c, t, PV_TRUST_CERTIFYING);
    }
}

static bool has_done(const pv_trust *t, const pv_trustee *who)
{
    return who->said[t->stage - PV_TRUST_CERTIFYING].at != NULL;
}

/* For those who were drawn as reserves nobody waits, but for the clock. */
static bool all_done(const pv_trust *t)
{
    bool all = true;
    for (int64_t i = 0; i < t->drawn; i++) {
        bool asked = t->stage == PV_TRUST_CERTIFYING ? i < t->wanted : t->seat[i].number > 0;
        all = all && (!asked || has_done(t, &t->seat[i]));
    }
    return all;
}

/* Without those who have not done it. */
static void share_anew(pv_fold *c, pv_trust *t)
{
    bool first = t->stage == PV_TRUST_CERTIFYING;
    t->in = 0;
    for (int64_t i = 0; i < t->drawn; i++) {
        pv_trustee *who = &t->seat[i];
        bool was = who->left == PV_TRUSTEE_IN && (first || who->number > 0), done = has_done(t, who), stays = was && done && t->in < t->wanted;
        who->left = was && !stays ? done ? PV_TRUSTEE_SPARE : PV_TRUSTEE_LATE : who->left;
        who->number = stays ? ++t->in : 0;
        who->said[PV_POLYNOMIAL] = who->said[PV_OUTPUT] = (pv_said){NULL, 0};
    }
    if (t->in < t->needed) {
        finish(c, t, PV_TRUST_FAILED);
        return;
    }
    t->round++;
    begin(c, t, PV_TRUST_SHARING);
}

static void go_on(pv_fold *c, pv_trust *t)
{
    bool all = all_done(t);
    if (all && t->stage == PV_TRUST_SHARING) {
        begin(c, t, PV_TRUST_AGREEING);
    } else if (all && t->stage == PV_TRUST_AGREEING) {
        finish(c, t, PV_TRUST_READY);
    } else {
        share_anew(c, t);
    }
}

static void trust_goes(pv_fold *c, void *subject, int64_t when)
{
    pv_trust *t = subject;
    if (t->stage + 8 * t->round == when) {
        go_on(c, t);
    }
}

/* ---- Messages --------------------------------------------------------------------------------------- */

/* */
static int may_speak(const pv_fold *c, int64_t stage, int64_t round, pv_trust **out, pv_trustee **who)
{
    pv_trust *t = *out = pv_get_id(c, 'T', c->value[0].at);
    if (t == NULL || t->stage != stage || t->round != round) {
        return 140;
    }
    *who = seat_of(t, c->author);
    return *who == NULL || (*who)->left != PV_TRUSTEE_IN || (stage != PV_TRUST_CERTIFYING && (*who)->number == 0) || has_done(t, *who) ? 141 : 0;
}

static int speak(pv_fold *c, int64_t stage, int64_t round, const pv_value *text)
{
    pv_trust *t;
    pv_trustee *who;
    talk k;
    int rule = may_speak(c, stage, round, &t, &who), which = (int)stage - PV_TRUST_CERTIFYING;
    if (rule != 0) {
        return rule;
    }
    pv_said said = {(const char *)text->at, text->n};
    const pv_ceremony *all = listen(t, &k);
    bool good = which == PV_CERTIFICATE  ? pv_certificate_holds(c->run, all, said)
                : which == PV_POLYNOMIAL ? pv_polynomial_holds(c->run, all, (int)who->number - 1, said)
                                         : pv_output_holds(c->run, all, (int)who->number - 1, said);
    if (!good) {
        return 142;
    }
    who->said[which] = pv_keep_text(c, text);
    if (all_done(t)) {
        go_on(c, t);
    }
    return 0;
}

int pv_apply_certified(pv_fold *c)
{
    return speak(c, PV_TRUST_CERTIFYING, 0, &c->value[1]);
}

int pv_apply_shared(pv_fold *c)
{
    return speak(c, PV_TRUST_SHARING, c->value[1].x, &c->value[2]);
}

int pv_apply_agreed(pv_fold *c)
{
    return speak(c, PV_TRUST_AGREEING, c->value[1].x, &c->value[2]);
}

int pv_apply_trustee_objected(pv_fold *c)
{
    pv_trust *t;
    pv_trustee *who;
    int rule = may_speak(c, PV_TRUST_AGREEING, c->value[1].x, &t, &who);
    if (rule != 0) {
        return rule;
    }
    pv_trustee *other = seat_of(t, pv_member_of(c, c->value[2].at));
    if (other == NULL || other->number == 0 || other == who) {
        return 143;
    }
    other->left = PV_TRUSTEE_OBJECTED_TO; /* nobody can tell from outside who of the two lies */
    who->left = PV_TRUSTEE_OBJECTED;
    other->number = who->number = 0;
    t->stage = PV_TRUST_SHARING; /* all who are left have a polynomial, and make another */
    share_anew(c, t);
    return 0;
}

/* ---- The key for lots ------------------------------------------------------------------------------- */

void pv_lot_key_start(pv_fold *c)
{
    int64_t needed;
    if (c->param[PV_LOT_KEY] != 0 && pv_trust_size(c, 0, &needed) > 0 && c->coming == NULL) {
        c->coming = pv_trust_start(c, c->ledger->commons, c->keepings++, "Ed25519", 0, NULL);
    }
}

static void lot_renews(pv_fold *c, void *subject, int64_t n)
{
    (void)subject;
    (void)n;
    pv_lot_key_start(c);
}

static void lot_keyed(pv_fold *c, void *subject, int64_t attempt)
{
    pv_trust *t = subject;
    (void)attempt;
    c->keepers = t->stage == PV_TRUST_READY ? t : c->keepers;
    c->coming = NULL;
    if (t->stage == PV_TRUST_FAILED) {
        pv_lot_key_start(c);
    } else {
        pv_due_at(c, c->time + c->param[PV_LOT_KEY_DAYS] * PV_DAY, lot_renews, NULL, 0);
    }
}

/* The election of the protocol whose trustees open the shares of this lot. */
static struct pv_ballotbox *box_of(pv_fold *c, pv_lot *l)
{
    static const char *const answer[] = {"share"};
    char uuid[15];
    uint8_t hash[32];
    if (l->box == NULL) {
        pv_sealed_uuid(l->id, 0, uuid);
        l->box = pv_trust_box(c, l->key, &(pv_asked){.uuid = uuid, .name = "lot", .question = "", .answer = answer, .answers = 1}, hash);
    }
    return l->box;
}

int pv_apply_lot_shared(pv_fold *c)
{
    pv_lot *l = pv_get_id(c, 'l', c->value[0].at);
    char member[65];
    if (l == NULL || l->state != 0) {
        return 44;
    }
    sodium_bin2hex(member, sizeof member, c->author->id, 32);
    if (l->key == NULL || pv_get(c, 'h', l->id, 32, c->author->id, 32) != NULL ||
        !pv_box_share(c->run, box_of(c, l), member, (pv_said){(const char *)c->value[1].at, c->value[1].n})) {
        return 151;
    }
    pv_put(c, 'h', l->id, 32, c->author->id, 32, c->author);
    l->shares++;
    return 0;
}

int pv_apply_lot_unsealed(pv_fold *c)
{
    pv_lot *l = pv_get_id(c, 'l', c->value[0].at);
    char origin[8 + 65] = "plenty/";
    if (l == NULL || l->state != 1) {
        return 44;
    }
    int64_t number = l->key != NULL ? pv_trustee_number(l->key, c->author) : 0;
    if (number == 0 || l->unsealed[number]) {
        return 141;
    }
    if (l->shares == 0 || !pv_box_part(c->run, box_of(c, l), (int)number, (pv_said){(const char *)c->value[1].at, c->value[1].n})) {
        return 152;
    }
    l->unsealed[number] = true;
    if (++l->n_unsealed == l->key->needed) {
        sodium_bin2hex(origin + 7, 65, c->ledger->commons, 32);
        pv_box_seed(c->run, l->box, origin, l->events, l->seed);
        pv_due_at(c, c->time, pv_lot_draw, l, 0);
    }
    return 0;
}
