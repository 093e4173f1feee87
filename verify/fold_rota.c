/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_rota.c - classes of tasks, absence, and what becomes of duties: refused, swapped, confirmed. */
#include <string.h>

#include "verify/fold.h"

#define CLASSES 100 /* in a rota */
#define TOP 9       /* the highest rung */
#define YEAR 366    /* days */

bool pv_on_duty(const pv_fold *c, const pv_member *m, const char *class)
{
    return m->busy_until > c->time && !m->learns && strcmp(m->busy->name, class) == 0;
}

/* ---- Classes ---------------------------------------------------------------------------------------- */

static void wake(pv_fold *c, pv_rota *r)
{
    int64_t length = r->days * PV_DAY, period = c->time <= r->begins ? 0 : (c->time - r->begins) / length + 1;
    r->idle = 0;
    if (!r->running) {
        r->running = true;
        pv_due_at(c, pv_period_begins(r, period), pv_rota_fills, r, period);
    }
}

enum { ASSEMBLY, NAME, WEIGHT, SLOTS, LENGTH, RUNG, BEGINS, GRANT };

static void rota_ids(const pv_fold *c, uint8_t rota[32], uint8_t class[32])
{
    const pv_value *v = c->value;
    uint8_t text[21 + 32 + 100];
    memcpy(text, "plenty rota v1\n", 15);
    memcpy(text + 15, v[ASSEMBLY].at, 32);
    pv_big_endian(v[LENGTH].x, text + 47);
    pv_hash(text, 55, rota);
    memcpy(text, "plenty rota class v1\n", 21);
    memcpy(text + 21, rota, 32);
    memcpy(text + 53, v[NAME].at, v[NAME].n);
    pv_hash(text, 53 + v[NAME].n, class);
}

static pv_rota *rota_for(pv_fold *c, const uint8_t id[32])
{
    const pv_value *v = c->value;
    pv_rota *r = pv_get_id(c, 'E', id);
    if (r == NULL) {
        r = pv_new(c, sizeof *r);
        *r = (pv_rota){.assembly = pv_assembly_of(c, v[ASSEMBLY].at), .days = v[LENGTH].x, .filled = -1};
        r->begins = v[BEGINS].given ? v[BEGINS].x : (c->time / PV_DAY + 1) * PV_DAY;
        memcpy(r->id, id, 32);
        pv_put_id(c, 'E', id, r);
        pv_push(c, &c->rotas, r);
    }
    return r;
}

int pv_apply_class(pv_fold *c)
{
    const pv_value *v = c->value;
    uint8_t rota[32], class[32];
    if (pv_assembly_of(c, v[ASSEMBLY].at) == NULL) {
        return 23;
    }
    rota_ids(c, rota, class);
    const pv_rota *there = pv_get_id(c, 'E', rota);
    pv_class *k = pv_get_id(c, 'F', class);
    size_t n = there != NULL ? there->classes.n : 0;
    if ((k == NULL && (n == CLASSES || v[SLOTS].x == 0)) || (v[BEGINS].given && (n > 0 || v[BEGINS].x < c->time || v[BEGINS].x > c->time + YEAR * PV_DAY))) {
        return 90;
    }
    int rule = pv_privileged(c, &v[GRANT], false);
    if (rule != 0) {
        return rule;
    }
    pv_rota *r = rota_for(c, rota);
    if (k == NULL) {
        k = pv_new(c, sizeof *k);
        k->rota = r;
        memcpy(k->id, class, 32);
        memcpy(k->name, v[NAME].at, v[NAME].n);
        pv_put_id(c, 'F', class, k);
        pv_push(c, &c->classes, k);
        pv_push(c, &r->classes, k);
    }
    k->weight = v[WEIGHT].x;
    k->slots = v[SLOTS].x;
    k->rung = v[RUNG].x;
    wake(c, r);
    return 0;
}

int pv_apply_absent(pv_fold *c)
{
    int64_t from = c->value[1].x, until = c->value[2].x;
    if (until <= from || until > c->time + YEAR * PV_DAY) {
        return 91;
    }
    c->author->percent = c->value[0].x;
    c->author->from = from;
    c->author->until = until;
    return 0;
}

/* ---- Duties ----------------------------------------------------------------------------------------- */

/* somebody has it, and it is neither confirmed nor lapsed. */
static pv_duty *find_duty(const pv_fold *c, const uint8_t *class, int64_t period, int64_t slot)
{
    const pv_class *k = pv_get_id(c, 'F', class);
    pv_duty *d = k != NULL ? pv_duty_of(c, k, period, slot) : NULL;
    return d != NULL && d->state == PV_DUTY_ON ? d : NULL;
}

static bool is_over(const pv_fold *c, const pv_duty *d)
{
    return c->time >= pv_period_begins(d->class->rota, d->period + 1);
}

/* */
static int find_own(const pv_fold *c, const uint8_t *class, int64_t period, int64_t slot, pv_duty **out)
{
    pv_duty *d = *out = find_duty(c, class, period, slot);
    return d == NULL || is_over(c, d) ? 92 : d->holder != c->author ? 93 : 0;
}

int pv_apply_duty_refused(pv_fold *c)
{
    pv_duty *d;
    int rule = find_own(c, c->value[0].at, c->value[1].x, c->value[2].x, &d);
    if (rule != 0) {
        return rule;
    }
    pv_account *a = pv_account_of(c, d->class->rota, c->author);
    pv_skill_of(c, d->class, c->author)->last = d->was;
    a->refusals++;
    a->refused = d->period;
    c->author->busy_until = c->time;
    d->refusals++;
    pv_duty_replace(c, d);
    return 0;
}

typedef struct offer {
    const pv_member *by;
    uint8_t class[2][32];
    int64_t period, slot[2];
    bool accepted;
} offer;

int pv_apply_offered(pv_fold *c)
{
    const pv_value *v = c->value;
    pv_duty *mine;
    int rule = find_own(c, v[0].at, v[1].x, v[2].x, &mine);
    if (rule != 0) {
        return rule;
    }
    const pv_duty *theirs = find_duty(c, v[3].at, v[1].x, v[4].x);
    if (theirs == NULL) {
        return 92;
    }
    if (mine->class->rota != theirs->class->rota || mine->class == theirs->class) {
        return 94;
    }
    offer *o = pv_new(c, sizeof *o);
    *o = (offer){.by = c->author, .period = v[1].x, .slot = {v[2].x, v[4].x}};
    memcpy(o->class[0], v[0].at, 32);
    memcpy(o->class[1], v[3].at, 32);
    pv_put_id(c, 'f', c->id, o);
    return 0;
}

/* whether that member can take the duty over. */
static bool can_take(const pv_fold *c, const pv_duty *d, const pv_member *m)
{
    const pv_skill *k = pv_get(c, 'j', d->class->id, 32, m->id, 32);
    int64_t rung = k != NULL ? k->rung : 0, last = k != NULL ? k->last : -1;
    return rung >= d->rung && (last < 0 || last + 1 != d->period);
}

/* Who had `from` (as it was) has `to` now: task, debt, what they are busy with. */
static void take_over(pv_fold *c, const pv_duty *from, pv_duty *to, int64_t weight, pv_member *m)
{
    pv_skill *skill = pv_skill_of(c, to->class, m);
    pv_skill_of(c, from->class, m)->last = from->was;
    to->was = skill->last;
    skill->last = to->period;
    pv_account_of(c, to->class->rota, m)->debt += from->weight - weight;
    m->busy = to->class;
    to->swapped++;
    to->holder = m;
}

int pv_apply_swapped(pv_fold *c)
{
    offer *o = pv_get_id(c, 'f', c->value[0].at);
    pv_duty *own;
    if (o == NULL || o->accepted) {
        return 94;
    }
    int rule = find_own(c, o->class[1], o->period, o->slot[1], &own);
    pv_duty *first = rule == 0 ? find_duty(c, o->class[0], o->period, o->slot[0]) : NULL;
    if (rule != 0 || first == NULL) {
        return rule != 0 ? rule : 92;
    }
    pv_member *other = first->holder;
    if (other != o->by || !can_take(c, first, c->author) || !can_take(c, own, other)) {
        return 94;
    }
    const pv_duty was_first = *first, was_own = *own;
    o->accepted = true;
    take_over(c, &was_own, first, was_first.weight, c->author);
    take_over(c, &was_first, own, was_own.weight, other);
    return 0;
}

/* ---- Confirmed -------------------------------------------------------------------------------------- */

static bool has_task(const pv_fold *c, const pv_class *k, int64_t period)
{
    const pv_duty *d;
    for (int64_t slot = 0; (d = pv_duty_of(c, k, period, slot)) != NULL; slot++) {
        if (d->holder == c->author || d->second == c->author || d->trainee == c->author) {
            return true;
        }
    }
    return false;
}

static void climb(pv_fold *c, const pv_class *k, const pv_member *m, int64_t top)
{
    if (m != NULL) {
        pv_skill *skill = pv_skill_of(c, k, m);
        skill->rung += skill->rung < top;
    }
}

int pv_apply_served(pv_fold *c)
{
    pv_duty *d = find_duty(c, c->value[0].at, c->value[1].x, c->value[2].x);
    if (d == NULL) {
        return 92;
    }
    if (d->holder == c->author || !is_over(c, d) || !(has_task(c, d->class, d->period) || has_task(c, d->class, d->period + 1))) {
        return 95;
    }
    pv_account *a = pv_account_of(c, d->class->rota, d->holder);
    d->state = PV_DUTY_SERVED;
    d->confirmed = c->time;
    a->turns++;
    a->last = d->period;
    climb(c, d->class, d->holder, d->class->rung);
    climb(c, d->class, d->second, TOP);
    climb(c, d->class, d->trainee, TOP);
    wake(c, d->class->rota);
    return 0;
}
