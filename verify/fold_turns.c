/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_turns.c - a period of a rota begins: dues, whose turn it is, who learns (docs/methods/rota.md). */
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define POINT 1000 /* thousandths */
#define SLEEPS 12  /* periods in which nobody confirms a duty */
#define TRAINED 3  /* people with the rung for each slot: then training ends */

enum { FREE, ABSENT, BUSY, REFUSED, TAKEN, LEARNS };
typedef struct person {
    pv_member *member;
    pv_account *account;
    uint8_t lot[32];
    int64_t debt, percent, rest; /* rest: of the division of dues */
    int state;
    pv_skill skill; /* in the class that is filled */
} person;

typedef struct filling {
    pv_fold *c;
    pv_rota *rota;
    int64_t period;
    person *people; /* after order(): the largest debt first */
    size_t n;
    const uint8_t *seed;
} filling;

int64_t pv_period_begins(const pv_rota *r, int64_t period)
{
    return r->begins + period * r->days * PV_DAY;
}

/* ---- What is kept ----------------------------------------------------------------------------------- */

pv_account *pv_account_of(const pv_fold *c, const pv_rota *r, const pv_member *m)
{
    return pv_get(c, 'c', r->id, 32, m->id, 32);
}

pv_skill *pv_skill_of(pv_fold *c, const pv_class *class, const pv_member *m)
{
    pv_skill *k = pv_get(c, 'j', class->id, 32, m->id, 32);
    if (k == NULL) {
        k = pv_new(c, sizeof *k);
        memcpy(k->class, class->id, 32);
        memcpy(k->member, m->id, 32);
        k->last = -1;
        pv_put(c, 'j', class->id, 32, m->id, 32, k);
        pv_push(c, &c->skills, k);
    }
    return k;
}

/* Without making it. */
static pv_skill skill_now(const pv_fold *c, const pv_class *class, const pv_member *m)
{
    const pv_skill *k = pv_get(c, 'j', class->id, 32, m->id, 32);
    return k != NULL ? *k : (pv_skill){.last = -1};
}

static void duty_key(int64_t period, int64_t slot, uint8_t key[16])
{
    pv_big_endian(period, key);
    pv_big_endian(slot, key + 8);
}

pv_duty *pv_duty_of(const pv_fold *c, const pv_class *class, int64_t period, int64_t slot)
{
    uint8_t key[16];
    duty_key(period, slot, key);
    return pv_get(c, 'D', class->id, 32, key, 16);
}

static void period_key(int64_t period, uint8_t key[8])
{
    pv_big_endian(period, key);
}

/* ---- Who there is ----------------------------------------------------------------------------------- */

static uint8_t *make_seed(pv_fold *c, const pv_rota *r, int64_t period)
{
    uint8_t text[19 + 64 + 8], key[8], *seed = pv_new(c, 32);
    memcpy(text, "plenty rota lot v1\n", 19);
    if (pv_id_none(c->lot_seed)) { /* nothing was drawn before */
        pv_tree_root(c->tree, c->tree->size, text + 19);
    } else {
        memcpy(text + 19, c->lot_seed, 32);
    }
    memcpy(text + 51, r->id, 32);
    period_key(period, key);
    memcpy(text + 83, key, 8);
    pv_hash(text, sizeof text, seed);
    pv_put(c, 'J', r->id, 32, key, 8, seed);
    return seed;
}

static void add_person(filling *f, pv_member *m)
{
    pv_fold *c = f->c;
    person *p = &f->people[f->n++];
    uint8_t text[68];
    *p = (person){.member = m, .account = pv_account_of(c, f->rota, m), .percent = 100};
    p->debt = p->account != NULL ? p->account->debt : 0;
    p->state = p->account != NULL && p->account->refused == f->period ? REFUSED : FREE;
    if (m->from <= c->time && c->time < m->until) {
        p->percent = m->percent;
        p->state = m->percent == 0 ? ABSENT : p->state;
    }
    p->state = m->busy_until > c->time && p->state == FREE ? BUSY : p->state;
    memcpy(text, f->seed, 32);
    memcpy(text + 32, "rota", 4);
    memcpy(text + 36, m->id, 32);
    pv_hash(text, sizeof text, p->lot);
}

static filling load(pv_fold *c, pv_rota *r, int64_t period, const uint8_t *seed)
{
    filling f = {.c = c, .rota = r, .period = period, .seed = seed};
    f.people = pv_alloc(c->run, c->members.n + 1, sizeof *f.people);
    for (size_t i = 0; i < c->members.n; i++) {
        if (pv_has(c, r->assembly, c->members.at[i], 0)) {
            add_person(&f, c->members.at[i]);
        }
    }
    return f;
}

/* The classes that go on, the heaviest first, then by id; how many. */
static size_t list_classes(const pv_rota *r, pv_class **out)
{
    size_t n = 0;
    for (size_t i = 0; i < r->classes.n; i++) {
        pv_class *k = r->classes.at[i];
        size_t at = n;
        if (k->slots == 0) {
            continue;
        }
        for (; at > 0 && (out[at - 1]->weight < k->weight || (out[at - 1]->weight == k->weight && memcmp(out[at - 1]->id, k->id, 32) > 0)); at--) {
            out[at] = out[at - 1];
        }
        out[at] = k;
        n++;
    }
    return n;
}

/* ---- Dues ------------------------------------------------------------------------------------------- */

static int by_rest(const void *a, const void *b)
{
    const person *x = a, *y = b;
    if (x->rest != y->rest) {
        return x->rest < y->rest ? 1 : -1;
    }
    return x->debt != y->debt ? (x->debt > y->debt ? 1 : -1) : memcmp(x->lot, y->lot, 32);
}

/* What falls due goes to all by how much they are there, the rest of whole thousandths to the largest remainders; how much was handed out. */
static int64_t hand_out(filling *f, int64_t amount)
{
    int64_t all = 0, left = amount;
    for (size_t i = 0; i < f->n; i++) {
        all += f->people[i].percent;
    }
    if (all == 0) {
        return 0;
    }
    for (size_t i = 0; i < f->n; i++) {
        person *p = &f->people[i];
        __int128 share = (__int128)amount * p->percent;
        p->debt += (int64_t)(share / all);
        p->rest = (int64_t)(share % all);
        left -= (int64_t)(share / all);
    }
    qsort(f->people, f->n, sizeof *f->people, by_rest);
    for (int64_t i = 0; i < left; i++) {
        f->people[i].debt++;
    }
    return amount;
}

/* ---- Whose turn ------------------------------------------------------------------------------------- */

static int by_debt(const void *a, const void *b)
{
    const person *x = a, *y = b;
    int lots = memcmp(x->lot, y->lot, 32);
    return x->debt != y->debt ? (x->debt < y->debt ? 1 : -1) : lots != 0 ? lots : memcmp(x->member->id, y->member->id, 32);
}

static void order(filling *f)
{
    if (f->n > 1) {
        qsort(f->people, f->n, sizeof *f->people, by_debt);
    }
}

static void look_up_skills(filling *f, const pv_class *k)
{
    for (size_t i = 0; i < f->n; i++) {
        f->people[i].skill = skill_now(f->c, k, f->people[i].member);
    }
}

/* Of those who can, the largest debt; of these, whoever did not have the task for a whole turn of all who are able; then the lot. */
static person *pick(const filling *f, const pv_class *k, int64_t rung)
{
    int64_t able = 0, largest = 0;
    person *first = NULL;
    for (size_t i = 0; i < f->n; i++) {
        able += f->people[i].state != ABSENT && f->people[i].skill.rung >= rung;
    }
    for (size_t i = 0; i < f->n; i++) {
        person *p = &f->people[i];
        if (p->state != FREE || p->skill.rung < rung || (p->skill.last >= 0 && p->skill.last + 1 == f->period)) {
            continue;
        }
        if (first != NULL && p->debt != largest) {
            break;
        }
        if (p->skill.last < 0 || f->period - p->skill.last > able / k->slots) {
            return p;
        }
        largest = p->debt;
        first = first == NULL ? p : first;
    }
    return first;
}

static void keep_busy(filling *f, person *p, const pv_class *k, bool learns)
{
    p->state = learns ? LEARNS : TAKEN;
    p->member->busy = k;
    p->member->busy_until = pv_period_begins(f->rota, f->period + 1);
    p->member->learns = learns;
}

/* Gives a duty to whose turn it is; who, or NULL. */
static person *give(filling *f, pv_duty *d)
{
    person *p = NULL;
    for (d->rung = d->class->rung; p == NULL && d->rung >= 0; d->rung -= p == NULL) {
        p = pick(f, d->class, d->rung);
    }
    d->holder = p != NULL ? p->member : NULL;
    d->state = p != NULL ? PV_DUTY_ON : PV_DUTY_OPEN;
    d->weight = d->class->weight * POINT;
    if (p != NULL) {
        pv_skill *skill = pv_skill_of(f->c, d->class, p->member);
        d->was = skill->last;
        skill->last = f->period;
        p->debt -= d->weight;
        f->rota->undone -= d->weight;
        keep_busy(f, p, d->class, false);
    }
    return p;
}

static void give_slots(filling *f, pv_class *k)
{
    look_up_skills(f, k);
    for (int64_t slot = 0; slot < k->slots; slot++) {
        pv_duty *d = pv_new(f->c, sizeof *d);
        *d = (pv_duty){.class = k, .period = f->period, .slot = slot, .was = -1, .confirmed = -1};
        memcpy(d->class_id, k->id, 32);
        duty_key(f->period, slot, d->key);
        pv_put(f->c, 'D', k->id, 32, d->key, 16, d);
        pv_push(f->c, &f->c->duties, d);
        (void)give(f, d);
    }
}

/* The largest debt of those who are free and do not have the rung; or NULL. */
static pv_member *give_second(filling *f, const pv_class *k)
{
    for (size_t i = 0; i < f->n; i++) {
        person *p = &f->people[i];
        if (p->state == FREE && p->skill.rung < k->rung) {
            keep_busy(f, p, k, true);
            return p->member;
        }
    }
    return NULL;
}

static void give_seconds(filling *f, pv_class *k)
{
    int64_t skilled = 0;
    look_up_skills(f, k);
    for (size_t i = 0; i < f->n; i++) {
        skilled += f->people[i].skill.rung >= k->rung;
    }
    k->training = k->rung > 0 && skilled < TRAINED * k->slots;
    for (int64_t slot = 0; k->rung > 0 && slot < k->slots; slot++) {
        pv_duty *d = pv_duty_of(f->c, k, f->period, slot);
        if (d->state != PV_DUTY_OPEN) {
            d->second = give_second(f, k);
            d->trainee = k->training ? give_second(f, k) : NULL;
        }
    }
}

/* ---- A period begins -------------------------------------------------------------------------------- */

static void take_back(const pv_fold *c, pv_rota *r, const pv_duty *d)
{
    pv_account_of(c, r, d->holder)->debt += d->weight;
    r->undone += d->weight;
}

/* What nobody has confirmed a whole period after its end was not served. */
static void lapse(const pv_fold *c, pv_rota *r, int64_t period)
{
    for (size_t i = 0; i < r->classes.n; i++) {
        pv_duty *d;
        for (int64_t slot = 0; (d = pv_duty_of(c, r->classes.at[i], period, slot)) != NULL; slot++) {
            if (d->state == PV_DUTY_ON) {
                d->state = PV_DUTY_LAPSED;
                take_back(c, r, d);
            }
        }
    }
}

static void put_account(filling *f, const person *p)
{
    pv_account *a = p->account;
    if (a == NULL) {
        a = pv_new(f->c, sizeof *a);
        *a = (pv_account){.since = f->period, .last = -1, .refused = -1};
        memcpy(a->id, p->member->id, 32);
        pv_put(f->c, 'c', f->rota->id, 32, a->id, 32, a);
        pv_push(f->c, &f->rota->accounts, a);
    }
    a->debt = p->debt;
}

void pv_rota_fills(pv_fold *c, void *subject, int64_t period)
{
    pv_rota *r = subject;
    pv_class *class[100];
    int64_t work = 0;
    if (period >= 2) {
        lapse(c, r, period - 2);
    }
    r->running = ++r->idle <= SLEEPS;
    r->filled = period;
    filling f = load(c, r, period, make_seed(c, r, period));
    size_t n = list_classes(r, class);
    for (size_t k = 0; k < n; k++) {
        work += class[k]->weight * class[k]->slots * POINT;
    }
    if (n > 0) {
        r->undone += hand_out(&f, work > r->undone ? work - r->undone : 0); /* what is undone was handed out before */
        order(&f);
        for (size_t k = 0; k < n; k++) {
            give_slots(&f, class[k]);
        }
        for (size_t k = 0; k < n; k++) {
            give_seconds(&f, class[k]);
        }
        for (size_t i = 0; i < f.n; i++) {
            put_account(&f, &f.people[i]);
        }
    }
    pv_free(c->run, f.people);
    if (r->running) {
        pv_due_at(c, pv_period_begins(r, period + 1), pv_rota_fills, r, period + 1);
    }
}

void pv_duty_replace(pv_fold *c, pv_duty *d)
{
    pv_rota *r = d->class->rota;
    uint8_t key[8];
    period_key(d->period, key);
    take_back(c, r, d);
    d->state = PV_DUTY_OPEN; /* also when the class has ended meanwhile */
    d->holder = NULL;
    if (d->class->slots > 0) {
        filling f = load(c, r, d->period, pv_get(c, 'J', r->id, 32, key, 8));
        order(&f);
        look_up_skills(&f, d->class);
        const person *p = give(&f, d);
        if (p != NULL) {
            put_account(&f, p);
        }
        pv_free(c->run, f.people);
    }
}
