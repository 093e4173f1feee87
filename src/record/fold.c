/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * fold.c - the rules of docs/rules.md that hold for every kind, in their order; then what the kind changes. */
#include "record/fold.h"

#ifdef _OPENMP
#include <omp.h>
#endif
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"
#include "record/step.h"

#define AHEAD_S 300
#define JUMP_S ((uint64_t)3653 * 86400) /* ten years */
#define DUES_MAX 1000000 /* of one event: more would be a mistake in a rulebook */

pl_status pl_broken(pl_step *s, pl_rule rule, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(s->why, 200, fmt, args);
    va_end(args);
    s->broken = rule;
    return PL_OK;
}

const char *pl_short_id(const uint8_t id[PL_HASH], char out[13])
{
    pl_hex_write(id, 6, out);
    return out;
}

pl_status pl_get(pl_step *s, const pl_table *table, pl_row_key key, void *row, bool *there)
{
    return pl_row_get(s->fold->state, table, &key, row, there, s->err);
}

pl_status pl_put(pl_step *s, const pl_table *table, pl_row_key key, const void *row)
{
    return pl_row_put(s->fold->state, table, &key, row, s->err);
}

pl_status pl_next(pl_step *s, const pl_table *table, pl_cursor *cursor, void *row, bool *there)
{
    return pl_row_next(s->fold->state, table, cursor, row, there, s->err);
}

pl_cursor pl_rows(const pl_table *table, const pl_row_key *prefix)
{
    return pl_cursor_over(table->name, (pl_bytes){prefix->at, prefix->n});
}

/* ---- Clock and dues ------------------------------------------------------------------------------- */

typedef struct clock_row {
    int64_t time, dues;   /* how many were asked for */
    int64_t done, serial; /* the last one that happened: its time, its number */
} clock_row;
static const pl_table CLOCK = {
    "clock", sizeof(clock_row), 4, {PL_INT(clock_row, time), PL_INT(clock_row, dues), PL_INT(clock_row, done), PL_INT(clock_row, serial)}};

typedef struct due_row {
    char name[64];
    uint8_t id[PL_HASH];
    int64_t n;
} due_row;
static const pl_table DUE = {"due", sizeof(due_row), 3, {PL_TEXT(due_row, name), PL_ID(due_row, id), PL_INT(due_row, n)}};

pl_status pl_due_at(pl_step *s, int64_t time, const char *name, const uint8_t id[PL_HASH], int64_t n)
{
    clock_row c;
    due_row d = {.n = n};
    bool there;
    snprintf(d.name, sizeof d.name, "%s", name);
    memcpy(d.id, id, PL_HASH);
    pl_status status = pl_get(s, &CLOCK, pl_key_none(), &c, &there);
    time = time > s->time ? time : s->time;
    c.dues++;
    status = status == PL_OK ? pl_put(s, &DUE, pl_key_then(pl_key_then(pl_key_none(), time), c.dues), &d) : status;
    return status == PL_OK ? pl_put(s, &CLOCK, pl_key_none(), &c) : status;
}

static pl_status happen(pl_step *s, const due_row *d)
{
    for (const pl_due *due = s->fold->rulebook->dues; due->name != NULL; due++) {
        if (strcmp(due->name, d->name) == 0) {
            return due->happen(s, d->id, d->n);
        }
    }
    return pl_fail_row(DUE.name, s->err);
}

/* The next thing that is due until `until`, and its place in the clock. */
static pl_status next_due(pl_step *s, int64_t until, clock_row *c, due_row *d, bool *there)
{
    pl_row_key last = pl_key_none();
    pl_status status = pl_get(s, &CLOCK, pl_key_none(), c, there);
    last = pl_key_then(pl_key_then(last, c->done), c->serial);
    pl_cursor at = pl_cursor_above(DUE.name, (pl_bytes){last.at, 0}, (pl_bytes){last.at, last.n});
    status = status == PL_OK ? pl_next(s, &DUE, &at, d, there) : status;
    if (status == PL_OK && *there) {
        c->done = pl_key_number(at.key);
        c->serial = pl_key_number(at.key + 8);
        *there = c->done <= until;
    }
    return status;
}

pl_status pl_fold_until(pl_step *s, int64_t until)
{
    clock_row c;
    due_row d;
    bool there = true;
    pl_status status = PL_OK;
    for (int n = 0; status == PL_OK && s->fold->rulebook != NULL; n++) {
        status = n == DUES_MAX ? pl_fail(s->err, PL_BUG, "clock", NULL, "what is due never ends") : next_due(s, until, &c, &d, &there);
        if (status != PL_OK || !there) {
            break;
        }
        c.time = s->time = c.done;
        status = pl_put(s, &CLOCK, pl_key_none(), &c);
        status = status == PL_OK ? happen(s, &d) : status;
    }
    status = status == PL_OK ? pl_get(s, &CLOCK, pl_key_none(), &c, &there) : status;
    if (status == PL_OK && c.time < until) {
        c.time = until;
        status = pl_put(s, &CLOCK, pl_key_none(), &c);
    }
    s->time = c.time;
    return status;
}

/* ---- Rules that hold for every kind --------------------------------------------------------------- */

/* of the founding; the public key that signed. */
static pl_status check_founding(pl_step *s, uint8_t public_key[32])
{
    const pl_event *e = s->event;
    pl_created c;
    uint8_t id[PL_HASH];
    if (!pl_created_read(e->body, &c)) {
        return pl_broken(s, PL_RULE_BODY, "the founding is not as it must be");
    }
    pl_status status = pl_commons_id_of(e->body, id, s->err);
    if (status != PL_OK) {
        return status;
    }
    if (memcmp(id, e->commons_id, PL_HASH) != 0) {
        return pl_broken(s, PL_RULE_COMMONS_ID, "the founding makes another commons id than the one that it names");
    }
    for (size_t i = 0; i < c.n_founders; i++) {
        pl_key_id_of(c.founders[i], id);
        if (memcmp(id, e->key_id, PL_HASH) == 0) {
            memcpy(public_key, c.founders[i], 32);
            return PL_OK;
        }
    }
    return pl_broken(s, PL_RULE_KEY, "no founder has signed");
}

/* of any other event. */
static pl_status check_author(pl_step *s, bool founding, pl_key_row *author)
{
    bool there;
    const pl_event *e = s->event;
    char hex[13];
    if (!s->fold->founded) {
        return pl_broken(s, PL_RULE_FOUNDING, "there is no founding before it");
    }
    if (founding) {
        return pl_broken(s, PL_RULE_FOUNDING, "this commons was founded already");
    }
    if (memcmp(e->commons_id, s->fold->commons_id, PL_HASH) != 0) {
        return pl_broken(s, PL_RULE_COMMONS, "it was signed for the commons %s...", pl_short_id(e->commons_id, hex));
    }
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(e->key_id), author, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_KEY, "the key %s is not known here", pl_short_id(e->key_id, hex));
    }
    if (status == PL_OK && there && author->revoked >= 0) {
        return pl_broken(s, PL_RULE_KEY, "the key %s was revoked at position %llu", pl_short_id(e->key_id, hex), (unsigned long long)author->revoked);
    }
    return status;
}

/* */
static pl_status check_common(pl_step *s, const pl_prepared *p, const pl_key_row *author)
{
    const pl_event *e = s->event;
    bool holds = p->signature == PL_HOLDS;
    uint8_t root[PL_HASH];
    if (p->signature == PL_UNVERIFIED && pl_event_verify(e, author->public_key, &holds) != PL_OK) {
        return pl_fail_nomem(s->err, "verifying a signature");
    }
    if (!holds) {
        return pl_broken(s, PL_RULE_SIGNATURE, "it was changed, or signed by another key than the one named");
    }
    if (e->counter != (uint64_t)author->counter + 1) {
        return pl_broken(s, PL_RULE_COUNTER, "its counter is %llu; the next one of its key is %llu%s", (unsigned long long)e->counter,
                      (unsigned long long)author->counter + 1, e->counter <= (uint64_t)author->counter ? ": is it there already?" : "");
    }
    if (e->time < (uint64_t)author->time) {
        return pl_broken(s, PL_RULE_TIME, "its time is %llu s before that of the event before it", (unsigned long long)author->time - e->time);
    }
    if (s->fold->door != NULL && e->time > s->fold->now + AHEAD_S) {
        return pl_broken(s, PL_RULE_FUTURE, "its time is %llu s ahead: does the clock go right?", (unsigned long long)(e->time - s->fold->now));
    }
    if (!e->follows) {
        return PL_OK;
    }
    if (e->follows_size > s->fold->position) {
        return pl_broken(s, PL_RULE_FOLLOWS, "it follows %llu events, and there are %llu", (unsigned long long)e->follows_size,
                      (unsigned long long)s->fold->position);
    }
    pl_status status = pl_tree_root(&s->fold->nodes, 0, e->follows_size, root, s->err);
    if (status == PL_OK && memcmp(root, e->follows_root, PL_HASH) != 0) {
        return pl_broken(s, PL_RULE_FOLLOWS, "its author saw other first %llu events: is the record forked?", (unsigned long long)e->follows_size);
    }
    return status;
}

/* of every field that names blobs. */
static pl_status check_blobs(pl_step *s, const pl_event_kind *kind)
{
    char hex[13];
    for (size_t f = 0; kind->field[f].name != NULL; f++) {
        const pl_value *v = &s->value[f];
        bool blobs = kind->field[f].type == PL_FIELD_BLOBS && v->given;
        for (size_t i = 1; blobs && i < v->n; i++) {
            if (memcmp(pl_value_id(v, i - 1), pl_value_id(v, i), PL_HASH) >= 0) {
                return pl_broken(s, PL_RULE_BLOB_ORDER, "blob %zu is not above the one before it", i + 1);
            }
        }
        for (size_t i = 0; blobs && s->fold->door != NULL && i < v->n; i++) {
            pl_status status = pl_store_blob(s->fold->door, pl_value_id(v, i), NULL, s->err);
            if (status == PL_NOTFOUND) {
                return pl_broken(s, PL_RULE_BLOB_THERE, "the blob %s... is not in the store", pl_short_id(pl_value_id(v, i), hex));
            } else if (status != PL_OK) {
                return status;
            }
        }
    }
    return PL_OK;
}

/* Counts the event for the key that signed it. */
static pl_status count_event(pl_step *s)
{
    pl_key_row k;
    bool there;
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(s->event->key_id), &k, &there);
    k.counter = (int64_t)s->event->counter;
    k.time = (int64_t)s->event->time;
    return status == PL_OK ? pl_put(s, &PL_KEYS, pl_key_id1(s->event->key_id), &k) : status;
}

/* The rules of its kind, and what it changes. */
static pl_status apply(pl_step *s, const pl_event_kind *kind)
{
    char why[200];
    if (!pl_body_read(kind, s->event->body, s->value, why)) {
        return pl_broken(s, PL_RULE_BODY, "%s", why);
    }
    pl_status status = check_blobs(s, kind);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = kind->apply(s);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_fold_until(s, s->time); /* what it made due at once */
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? count_event(s) : status;
}

/* */
static pl_status check_jump(pl_step *s)
{
    clock_row c;
    bool there;
    pl_status status = pl_get(s, &CLOCK, pl_key_none(), &c, &there);
    return status == PL_OK && there && s->event->time > (uint64_t)c.time + JUMP_S
               ? pl_broken(s, PL_RULE_JUMP, "its time is %llu days after that of any event before it", (unsigned long long)(s->event->time - (uint64_t)c.time) / 86400)
               : status;
}

/* Lets happen what is due before the event; one that claims to come from far ahead is refused anyway. */
static pl_status come_to(pl_step *s)
{
    uint64_t time = s->event->time, most = s->fold->door != NULL ? s->fold->now + AHEAD_S : time;
    return pl_fold_until(s, (int64_t)(time < most ? time : most));
}

static pl_status decide(pl_step *s, const pl_prepared *p)
{
    const pl_event *e = s->event;
    const pl_event_kind *kind = pl_kind_of(s->fold->rulebook, e->kind, e->kind_n);
    pl_key_row author = {.added = 0};
    bool founding = kind == &PL_KIND_CREATED, first = founding && s->fold->position == 0;
    pl_status status = s->fold->founded ? check_jump(s) : PL_OK;
    if (status == PL_OK && s->broken == PL_RULE_NONE && (s->fold->founded || first)) {
        status = come_to(s);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = first ? check_founding(s, author.public_key) : check_author(s, founding, &author);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_common(s, p, &author);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE && kind == NULL) {
        return pl_broken(s, PL_RULE_KIND, "'%.*s' is not known to this version of Plenty", (int)e->kind_n, e->kind);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        memcpy(s->author, author.holder, PL_HASH);
        pl_leaf_hash(e->bytes.at, e->bytes.n, s->id);
        status = apply(s, kind);
    }
    return status;
}

pl_status pl_fold_event(pl_fold *fold, const pl_prepared *event, pl_rule *rule, char why[200], pl_error *err)
{
    pl_step s = {.fold = fold, .event = &event->event, .broken = event->broken, .why = why, .err = err};
    snprintf(why, 200, "%s", event->why);
    pl_state_mark(fold->state);
    pl_status status = s.broken == PL_RULE_NONE ? decide(&s, event) : PL_OK;
    if (status != PL_OK || s.broken != PL_RULE_NONE) {
        pl_state_undo(fold->state);
    } else {
        pl_state_keep(fold->state);
    }
    *rule = s.broken;
    return status;
}

/* ---- Many at once --------------------------------------------------------------------------------- */

enum { FREE, TAKEN, DONE }; /* signatures */

static void read_one(pl_bytes bytes, pl_prepared *out)
{
    pl_error why;
    memset(out, 0, sizeof *out);
    if (pl_event_read(bytes.at, bytes.n, &out->event, &out->broken, &why) != PL_OK) {
        snprintf(out->why, sizeof out->why, "%.199s", why.message);
    }
}

/* Whether the signature holds; without memory for that it stays open. */
static void verify_one(pl_prepared *p)
{
    bool holds;
    if (pl_event_verify(&p->event, p->public_key, &holds) == PL_OK) {
        p->signature = holds ? PL_HOLDS : PL_HOLDS_NOT;
    }
}

pl_status pl_fold_prepare(pl_fold *fold, const pl_bytes *events, size_t n, pl_prepared *out, pl_error *err)
{
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        pl_key_row k;
        bool there = false;
        read_one(events[i], &out[i]);
        if (out[i].broken == PL_RULE_NONE) {
            pl_row_key key = pl_key_id1(out[i].event.key_id);
            status = pl_row_get(fold->state, &PL_KEYS, &key, &k, &there, err);
        }
        if (there) {
            memcpy(out[i].public_key, k.public_key, 32);
        }
        atomic_init(&out[i].claim, there ? FREE : DONE);
    }
    bool more = status == PL_OK && fold->rulebook != NULL && fold->rulebook->prepare != NULL;
    return more ? fold->rulebook->prepare(fold, out, n, err) : status;
}

/* Verifies the signature, unless another thread does or has. */
static bool take_one(pl_prepared *p)
{
    int is = FREE;
    if (!atomic_compare_exchange_strong(&p->claim, &is, TAKEN)) {
        return false;
    }
    verify_one(p);
    atomic_store(&p->claim, DONE);
    return true;
}

/* The next one that nobody has looked at; false when there is none. */
static bool take_ahead(pl_prepared *events, size_t n, atomic_size_t *ahead)
{
    size_t i = atomic_fetch_add(ahead, 1);
    if (i < n) {
        (void)take_one(&events[i]);
    }
    return i < n;
}

static pl_status in_order(pl_prepared *events, size_t n, atomic_size_t *ahead, pl_prepared_fn each, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        if (!take_one(&events[i])) {
            while (atomic_load(&events[i].claim) != DONE) { /* another thread is at it: help */
                if (!take_ahead(events, n, ahead)) {
                    sched_yield();
                }
            }
        }
        status = each(user, i, err);
    }
    return status;
}

pl_status pl_fold_each(pl_prepared *events, size_t n, pl_prepared_fn each, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    atomic_size_t ahead;
    atomic_init(&ahead, 0);
#ifdef _OPENMP
#pragma omp parallel if (n > 8)
    if (omp_get_thread_num() > 0) {
        while (take_ahead(events, n, &ahead)) {
        }
    } else
#endif
    {
        status = in_order(events, n, &ahead, each, user, err);
        atomic_store(&ahead, n); /* after an error the others end too */
    }
    return status;
}
