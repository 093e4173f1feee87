/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rota_fill.c - a period begins: dues are handed out, every slot gets somebody, those learn who do not know the task yet.
 *
 * Members, accounts, presence and skills are read side by side, all ascending by member: O(n log n) for n members, once a period. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/lot.h"
#include "council/rota.h"
#include "record/bytes.h"

#define SKILLED_PER_SLOT 3

pl_status pl_rota_seed(pl_step *s, const uint8_t rota[PL_HASH], int64_t period, uint8_t seed[PL_HASH])
{
    static const char DOMAIN[] = "plenty rota lot v1\n";
    uint8_t text[sizeof DOMAIN - 1 + 2 * PL_HASH + 8];
    pl_row_key number = pl_key_then(pl_key_none(), period);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, rota, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + 2 * PL_HASH, number.at, 8);
    bool there;
    pl_status status = pl_lot_seed(s, text + sizeof DOMAIN - 1, &there);
    if (status == PL_OK && !there) { /* before the first lot; whoever adds the last event before a filling could then try several */
        status = pl_tree_root(&s->fold->nodes, 0, s->fold->position, text + sizeof DOMAIN - 1, s->err);
    }
    pl_hash(text, sizeof text, seed);
    return status;
}

static void draw(const uint8_t seed[PL_HASH], pl_turn_person *p)
{
    uint8_t text[2 * PL_HASH + 4];
    memcpy(text, seed, PL_HASH);
    memcpy(text + PL_HASH, "rota", 4);
    memcpy(text + PL_HASH + 4, p->id, PL_HASH);
    pl_hash(text, sizeof text, p->lot);
}

#define FEW 4 /* a crew this many times smaller than all members is looked up one by one */

/* ---- Who there is --------------------------------------------------------------------------------- */

static int by_weight(const void *a, const void *b, void *user)
{
    const pl_rota_crew *crew = user;
    int x = *(const int *)a, y = *(const int *)b;
    if (crew->about[x].weight != crew->about[y].weight) {
        return crew->about[x].weight < crew->about[y].weight ? 1 : -1;
    }
    return memcmp(crew->class_id[x], crew->class_id[y], PL_HASH);
}

/* The classes that go on, heaviest first. */
static pl_status load_classes(pl_step *s, const uint8_t id[PL_HASH], pl_rota_crew *crew)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_link link;
    bool there;
    pl_rota_crew all = {.classes = 0};
    int order[PL_ROTA_CLASSES];
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_ROTA_HAS, &at, &link, &there)) == PL_OK && there) {
        size_t k = all.classes;
        memcpy(all.class_id[k], at.key + PL_HASH, PL_HASH);
        status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(at.key + PL_HASH), &all.about[k], &there);
        order[k] = (int)k;
        all.classes += all.about[k].slots > 0;
    }
    qsort_r(order, all.classes, sizeof *order, by_weight, &all);
    for (size_t k = 0; k < all.classes; k++) {
        const pl_rota_class *c = &all.about[order[k]];
        crew->about[k] = *c;
        memcpy(crew->class_id[k], all.class_id[order[k]], PL_HASH);
        crew->class[k] = (pl_turn_class){.weight = c->weight, .slots = c->slots, .rung = c->rung};
    }
    crew->classes = all.classes;
    return status;
}

/* Rows of one table beside the people, both ascending; what has no row stays as it is. */
typedef void (*take_fn)(pl_rota_crew *crew, size_t who, const void *row, void *user);
static pl_status beside(pl_step *s, pl_rota_crew *crew, const pl_table *table, pl_row_key prefix, void *row, take_fn take, void *user)
{
    pl_cursor at = pl_rows(table, &prefix);
    size_t i = 0;
    bool there;
    pl_status status;
    while ((status = pl_next(s, table, &at, row, &there)) == PL_OK && there && i < crew->n) {
        int order;
        while ((order = memcmp(crew->people[i].id, at.key + prefix.n, PL_HASH)) < 0 && ++i < crew->n) {
        }
        if (order == 0) {
            take(crew, i, row, user);
        }
    }
    return status;
}

/* The same for a few people in a table of all members: each looked up. */
static pl_status beside_few(pl_step *s, pl_rota_crew *crew, const pl_table *table, void *row, take_fn take, void *user)
{
    bool there;
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < crew->n; i++) {
        status = pl_get(s, table, pl_key_id1(crew->people[i].id), row, &there);
        if (status == PL_OK && there) {
            take(crew, i, row, user);
        }
    }
    return status;
}

typedef struct moment {
    int64_t time, period;
    pl_turn_skill *skill;
} moment;

static void take_account(pl_rota_crew *crew, size_t who, const void *row, void *user)
{
    const moment *m = user;
    crew->account[who] = *(const pl_rota_account *)row;
    crew->people[who].debt = crew->account[who].debt;
    if (crew->account[who].seen == m->period && crew->account[who].state == PL_TURN_REFUSED) {
        crew->people[who].state = PL_TURN_REFUSED;
    }
}

static void take_presence(pl_rota_crew *crew, size_t who, const void *row, void *user)
{
    const pl_rota_presence *p = row;
    const moment *m = user;
    if (p->from <= m->time && m->time < p->until) {
        crew->people[who].percent = p->percent;
        crew->people[who].state = p->percent == 0 ? PL_TURN_ABSENT : crew->people[who].state;
    }
}

static void take_busy(pl_rota_crew *crew, size_t who, const void *row, void *user)
{
    const pl_rota_busy *b = row;
    const moment *m = user;
    if (b->until > m->time && crew->people[who].state == PL_TURN_FREE) {
        crew->people[who].state = PL_TURN_BUSY;
    }
}

static void take_skill(pl_rota_crew *crew, size_t who, const void *row, void *user)
{
    (void)crew;
    const moment *m = user;
    m->skill[who] = *(const pl_turn_skill *)row;
}

static pl_status load_skills(pl_step *s, pl_rota_crew *crew, moment *m)
{
    pl_turn_skill row;
    pl_status status = PL_OK;
    for (size_t k = 0; status == PL_OK && k < crew->classes; k++) {
        m->skill = crew->class[k].skill = PL_NEW(pl_turn_skill, crew->n);
        if (m->skill == NULL) {
            return pl_fail_nomem(s->err, "filling a rota");
        }
        for (size_t i = 0; i < crew->n; i++) {
            m->skill[i] = (pl_turn_skill){0, -1};
        }
        status = beside(s, crew, &PL_ROTA_SKILLS, pl_key_id1(crew->class_id[k]), &row, take_skill, m);
    }
    return status;
}

static pl_status load_people(pl_step *s, const pl_rota *rota, int64_t period, const uint8_t seed[PL_HASH], pl_rota_crew *crew)
{
    uint8_t (*ids)[PL_HASH] = NULL;
    pl_status status = pl_assembly_list(s, rota->assembly, &ids, &crew->n);
    if (status != PL_OK) {
        return status;
    }
    crew->people = PL_NEW0(pl_turn_person, crew->n);
    crew->order = PL_NEW(int32_t, crew->n);
    crew->account = PL_NEW(pl_rota_account, crew->n);
    if (crew->people == NULL || crew->order == NULL || crew->account == NULL) {
        pl_free(ids);
        return pl_fail_nomem(s->err, "filling a rota");
    }
    size_t n = 0;
    for (size_t i = 0; i < crew->n; i++) {
        if (n > 0 && memcmp(ids[i], crew->people[n - 1].id, PL_HASH) == 0) {
            continue; /* who holds two mandates in a council is there once */
        }
        crew->account[n] = (pl_rota_account){.since = period, .last = -1};
        crew->people[n].percent = 100;
        memcpy(crew->people[n].id, ids[i], PL_HASH);
        draw(seed, &crew->people[n++]);
    }
    crew->n = n;
    pl_free(ids);
    return PL_OK;
}

pl_status pl_rota_load(pl_step *s, const uint8_t id[PL_HASH], const pl_rota *rota, int64_t period, const uint8_t seed[PL_HASH], pl_rota_crew *crew)
{
    moment m = {s->time, period, NULL};
    pl_rota_account account;
    pl_rota_presence presence;
    pl_rota_busy busy;
    int64_t ever = 0; /* about as many members as there ever were */
    memset(crew, 0, sizeof *crew);
    pl_status status = load_classes(s, id, crew);
    status = status == PL_OK ? load_people(s, rota, period, seed, crew) : status;
    status = status == PL_OK ? beside(s, crew, &PL_ROTA_ACCOUNTS, pl_key_id1(id), &account, take_account, &m) : status;
    status = status == PL_OK ? pl_member_changes(s, &ever) : status;
    if (status == PL_OK && (int64_t)crew->n * FEW < ever) {
        status = beside_few(s, crew, &PL_ROTA_PRESENCE, &presence, take_presence, &m);
        status = status == PL_OK ? beside_few(s, crew, &PL_ROTA_BUSY, &busy, take_busy, &m) : status;
    } else {
        status = status == PL_OK ? beside(s, crew, &PL_ROTA_PRESENCE, pl_key_none(), &presence, take_presence, &m) : status;
        status = status == PL_OK ? beside(s, crew, &PL_ROTA_BUSY, pl_key_none(), &busy, take_busy, &m) : status;
    }
    status = status == PL_OK ? load_skills(s, crew, &m) : status;
    for (size_t i = 0; i < crew->n && crew->people != NULL; i++) {
        crew->present += crew->people[i].state != PL_TURN_ABSENT;
    }
    return status;
}

void pl_rota_unload(pl_rota_crew *crew)
{
    for (size_t k = 0; k < crew->classes; k++) {
        pl_free(crew->class[k].skill);
    }
    pl_free(crew->people);
    pl_free(crew->order);
    pl_free(crew->account);
}

/* ---- Somebody for every slot ---------------------------------------------------------------------- */

typedef struct filling {
    pl_step *s;
    const uint8_t *id;
    pl_rota *rota;
    int64_t period, end; /* end: of the period */
    pl_rota_crew crew;
} filling;

static pl_status put_busy(filling *f, size_t k, int64_t slot, int32_t who, bool learns)
{
    pl_rota_busy busy = {.period = f->period, .slot = slot, .until = f->end, .learns = learns};
    memcpy(busy.class, f->crew.class_id[k], PL_HASH);
    f->crew.people[who].state = learns ? PL_TURN_LEARNS : PL_TURN_TAKEN;
    return pl_put(f->s, &PL_ROTA_BUSY, pl_key_id1(f->crew.people[who].id), &busy);
}

/* Gives a slot to whose turn it is, if there is anybody; the row of the duty is put by the caller. */
static pl_status give_slot(filling *f, size_t k, int64_t slot, pl_rota_duty *duty)
{
    pl_rota_crew *crew = &f->crew;
    pl_turn_choice c = pl_turn_pick(crew->people, crew->order, crew->n, &crew->class[k], f->period);
    memset(duty->holder, 0, PL_HASH);
    duty->state = c.person < 0 ? PL_DUTY_OPEN : PL_DUTY_ON;
    duty->weight = crew->class[k].weight * PL_TURN_UNIT;
    if (c.person < 0) {
        return PL_OK;
    }
    pl_turn_person *p = &crew->people[c.person];
    pl_turn_skill *skill = &crew->class[k].skill[c.person];
    duty->debt = p->debt;
    duty->tied = c.tied;
    duty->candidates = c.candidates;
    duty->rung = c.rung;
    duty->rested = c.rested;
    duty->was = skill->last;
    memcpy(duty->holder, p->id, PL_HASH);
    p->debt -= duty->weight;
    f->rota->undone -= duty->weight;
    skill->last = f->period;
    pl_status status = pl_put(f->s, &PL_ROTA_SKILLS, pl_key_id2(crew->class_id[k], p->id), skill);
    return status == PL_OK ? put_busy(f, k, slot, c.person, false) : status;
}

static pl_status give_slots(filling *f)
{
    pl_status status = PL_OK;
    for (size_t k = 0; k < f->crew.classes; k++) {
        for (int64_t slot = 0; status == PL_OK && slot < f->crew.class[k].slots; slot++) {
            pl_rota_duty duty = {.was = -1, .confirmed = -1};
            pl_row_key key = pl_key_then(pl_key_then(pl_key_id1(f->crew.class_id[k]), f->period), slot);
            status = give_slot(f, k, slot, &duty);
            status = status == PL_OK ? pl_put(f->s, &PL_ROTA_DUTIES, key, &duty) : status;
        }
    }
    return status;
}

/* Whether fewer than three for each slot have the rung. */
static bool needs_training(const pl_rota_crew *crew, size_t k)
{
    int64_t skilled = 0;
    for (size_t i = 0; i < crew->n; i++) {
        skilled += crew->class[k].skill[i].rung >= crew->class[k].rung;
    }
    return crew->class[k].rung > 0 && skilled < SKILLED_PER_SLOT * crew->class[k].slots;
}

static pl_status give_second(filling *f, size_t k, int64_t slot, uint8_t out[PL_HASH])
{
    const pl_rota_crew *crew = &f->crew;
    int32_t who = pl_turn_second(crew->people, crew->order, crew->n, &crew->class[k]);
    if (who < 0) {
        return PL_OK;
    }
    memcpy(out, crew->people[who].id, PL_HASH);
    return put_busy(f, k, slot, who, true);
}

/* One who learns beside each holder, two while there is training; after all slots have their holders. */
static pl_status give_seconds(filling *f, size_t k)
{
    pl_rota_crew *crew = &f->crew;
    pl_status status = PL_OK;
    bool training = needs_training(crew, k), there;
    if (training != (crew->about[k].training != 0)) {
        crew->about[k].training = training;
        status = pl_put(f->s, &PL_ROTA_CLASSES_OF, pl_key_id1(crew->class_id[k]), &crew->about[k]);
    }
    for (int64_t slot = 0; status == PL_OK && crew->class[k].rung > 0 && slot < crew->class[k].slots; slot++) {
        pl_row_key key = pl_key_then(pl_key_then(pl_key_id1(crew->class_id[k]), f->period), slot);
        pl_rota_duty duty;
        status = pl_get(f->s, &PL_ROTA_DUTIES, key, &duty, &there);
        if (status != PL_OK || duty.state == PL_DUTY_OPEN) {
            continue;
        }
        status = give_second(f, k, slot, duty.second);
        status = status == PL_OK && training ? give_second(f, k, slot, duty.trainee) : status;
        status = status == PL_OK ? pl_put(f->s, &PL_ROTA_DUTIES, key, &duty) : status;
    }
    return status;
}

/* ---- A period begins ------------------------------------------------------------------------------ */

static pl_status take_back(pl_step *s, const uint8_t rota_id[PL_HASH], pl_rota *rota, const pl_rota_duty *duty)
{
    pl_row_key key = pl_key_id2(rota_id, duty->holder);
    pl_rota_account a;
    bool there;
    pl_status status = pl_get(s, &PL_ROTA_ACCOUNTS, key, &a, &there);
    a.debt += duty->weight;
    rota->undone += duty->weight;
    return status == PL_OK ? pl_put(s, &PL_ROTA_ACCOUNTS, key, &a) : status;
}

/* Duties that nobody has confirmed a whole period after their end were not served. */
static pl_status lapse(filling *f)
{
    pl_row_key prefix = pl_key_id1(f->id);
    pl_cursor classes = pl_rows(&PL_ROTA_HAS, &prefix);
    pl_link link;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && f->period >= 2 && (status = pl_next(f->s, &PL_ROTA_HAS, &classes, &link, &there)) == PL_OK && there) {
        pl_row_key duties = pl_key_then(pl_key_id1(classes.key + PL_HASH), f->period - 2);
        pl_cursor at = pl_rows(&PL_ROTA_DUTIES, &duties);
        pl_rota_duty duty;
        while (status == PL_OK && (status = pl_next(f->s, &PL_ROTA_DUTIES, &at, &duty, &there)) == PL_OK && there) {
            if (duty.state != PL_DUTY_ON) {
                continue;
            }
            duty.state = PL_DUTY_LAPSED;
            status = pl_put(f->s, &PL_ROTA_DUTIES, pl_key_then(duties, pl_key_number(at.key + PL_HASH + 8)), &duty);
            status = status == PL_OK ? take_back(f->s, f->id, f->rota, &duty) : status;
        }
    }
    return status;
}

static pl_status put_accounts(filling *f, const int64_t *weighed)
{
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < f->crew.n; i++) {
        const pl_turn_person *p = &f->crew.people[i];
        pl_rota_account *a = &f->crew.account[i];
        a->debt = p->debt;
        a->weighed = weighed[i];
        a->state = p->state;
        a->seen = f->period;
        status = pl_put(f->s, &PL_ROTA_ACCOUNTS, pl_key_id2(f->id, p->id), a);
    }
    return status;
}

/* Dues, then holders, then those who learn. */
static pl_status fill(filling *f, pl_rota_filling *row)
{
    pl_rota_crew *crew = &f->crew;
    int64_t work = 0;
    int64_t *weighed = PL_NEW(int64_t, crew->n);
    if (weighed == NULL) {
        return pl_fail_nomem(f->s->err, "filling a rota");
    }
    for (size_t k = 0; k < crew->classes; k++) {
        work += crew->class[k].weight * crew->class[k].slots * PL_TURN_UNIT;
    }
    work = work > f->rota->undone ? work - f->rota->undone : 0; /* what is undone was handed out before */
    pl_status status = pl_turns_accrue(crew->people, crew->n, work, &row->due, f->s->err);
    f->rota->undone += row->due;
    for (size_t i = 0; i < crew->n; i++) {
        weighed[i] = crew->people[i].debt;
    }
    pl_turns_order(crew->people, crew->n, crew->order);
    status = status == PL_OK ? give_slots(f) : status;
    for (size_t k = 0; status == PL_OK && k < crew->classes; k++) {
        status = give_seconds(f, k);
    }
    status = status == PL_OK ? put_accounts(f, weighed) : status;
    pl_free(weighed);
    row->people = (int64_t)crew->n;
    row->present = crew->present;
    row->undone = f->rota->undone;
    return status;
}

pl_status pl_rota_fills(pl_step *s, const uint8_t id[PL_HASH], int64_t period)
{
    pl_rota rota;
    pl_rota_filling row = {.time = s->time};
    bool there;
    pl_status status = pl_get(s, &PL_ROTAS, pl_key_id1(id), &rota, &there);
    filling f = {.s = s, .id = id, .rota = &rota, .period = period, .end = pl_rota_begin(&rota, period + 1)};
    status = status == PL_OK ? lapse(&f) : status;
    rota.running = ++rota.idle <= PL_ROTA_IDLE;
    rota.filled = period;
    status = status == PL_OK ? pl_rota_seed(s, id, period, row.seed) : status;
    status = status == PL_OK ? pl_rota_load(s, id, &rota, period, row.seed, &f.crew) : status;
    status = status == PL_OK && f.crew.classes > 0 ? fill(&f, &row) : status;
    pl_rota_unload(&f.crew);
    status = status == PL_OK ? pl_put(s, &PL_ROTA_FILLINGS, pl_key_then(pl_key_id1(id), period), &row) : status;
    status = status == PL_OK ? pl_put(s, &PL_ROTAS, pl_key_id1(id), &rota) : status;
    return status == PL_OK && rota.running ? pl_due_at(s, f.end, "rota.fills", id, period + 1) : status;
}

pl_status pl_rota_replace(pl_step *s, const uint8_t class[PL_HASH], int64_t period, int64_t slot, pl_rota_duty *duty)
{
    pl_rota_class about;
    pl_rota rota;
    pl_rota_filling row;
    bool there;
    pl_status status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(class), &about, &there);
    status = status == PL_OK ? pl_get(s, &PL_ROTAS, pl_key_id1(about.rota), &rota, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTA_FILLINGS, pl_key_then(pl_key_id1(about.rota), period), &row, &there) : status;
    filling f = {.s = s, .id = about.rota, .rota = &rota, .period = period, .end = pl_rota_begin(&rota, period + 1)};
    status = status == PL_OK ? take_back(s, about.rota, &rota, duty) : status;
    status = status == PL_OK ? pl_rota_load(s, about.rota, &rota, period, row.seed, &f.crew) : status;
    duty->state = PL_DUTY_OPEN; /* also when the class has ended meanwhile */
    memset(duty->holder, 0, PL_HASH);
    for (size_t k = 0; status == PL_OK && k < f.crew.classes; k++) {
        if (!pl_id_same(f.crew.class_id[k], class)) {
            continue;
        }
        pl_turns_order(f.crew.people, f.crew.n, f.crew.order);
        status = give_slot(&f, k, slot, duty);
        for (size_t i = 0; status == PL_OK && duty->state == PL_DUTY_ON && i < f.crew.n; i++) {
            if (pl_id_same(f.crew.people[i].id, duty->holder)) {
                pl_rota_account *a = &f.crew.account[i];
                a->debt = f.crew.people[i].debt;
                a->state = PL_TURN_TAKEN;
                a->seen = period;
                status = pl_put(s, &PL_ROTA_ACCOUNTS, pl_key_id2(about.rota, duty->holder), a);
            }
        }
    }
    pl_rota_unload(&f.crew);
    return status == PL_OK ? pl_put(s, &PL_ROTAS, pl_key_id1(about.rota), &rota) : status;
}
