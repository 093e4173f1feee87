/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_results.c - what a commons has come to, line by line, against the file `results` that lies with its record (docs/formats/commons.md, "Results"). */
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define TEXTS 24 /* more than a line has */

typedef struct reader {
    pv_fold *c;
    const char *at, *end;
    int64_t line;
    bool wrong;
    char text[TEXTS][65]; /* of the line in the making, one after the other */
    unsigned texts;
} reader;

/* The next line must be this one; the first that is not ends the comparison. */
static void say(reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(reader *r, const char *fmt, ...)
{
    char text[600];
    va_list args;
    const char *feed = r->at < r->end ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : NULL;
    size_t n = feed != NULL ? (size_t)(feed - r->at) : 0;
    if (r->wrong) {
        return;
    }
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    r->line++;
    if (feed == NULL || strlen(text) != n || memcmp(text, r->at, n) != 0) {
        int k = (int)(n < 150 ? n : 150);
        r->wrong = true;
        pv_refute(r->c->run, "results", r->line, "the record gives \"%.170s\", the file says \"%.*s\"", text, k, feed != NULL ? r->at : "");
        return;
    }
    r->at = feed + 1;
}

/* An id, or "-" for none. */
static const char *id(reader *r, const uint8_t *bytes)
{
    char *text = r->text[r->texts++ % TEXTS];
    return bytes == NULL || pv_id_none(bytes) ? "-" : sodium_bin2hex(text, sizeof r->text[0], bytes, 32);
}

/* -1 is "-". */
static const char *maybe(reader *r, int64_t x)
{
    char *text = r->text[r->texts++ % TEXTS];
    snprintf(text, sizeof r->text[0], "%lld", (long long)x);
    return x < 0 ? "-" : text;
}

static const char *who(reader *r, const pv_member *m)
{
    return id(r, m != NULL ? m->id : NULL);
}

#define N(x) ((long long)(x))

static void in_order(const pv_list *list, int (*order)(const void *, const void *))
{
    if (list->n > 1) {
        qsort(list->at, list->n, sizeof *list->at, order);
    }
}

/* ---- What becomes of it in the file: one function for each kind of thing ------------------------------ */

static void say_member(reader *r, const void *thing)
{
    const pv_member *m = thing;
    say(r, "member %s %lld %s", id(r, m->id), N(m->since), maybe(r, m->left));
}

static void say_mandate(reader *r, const void *thing)
{
    const pv_mandate *m = thing;
    say(r, "mandate %s %s %s %lld %lld %lld %lld %s %lld %s", id(r, m->id), id(r, m->council->id), id(r, m->holder->id), N(m->group->number), N(m->seat), N(m->from), N(m->until),
        maybe(r, m->ended), N(m->why), id(r, m->rests_on != NULL ? m->rests_on->id : NULL));
}

static void say_ballot(reader *r, const void *thing)
{
    const pv_ballot *v = thing;
    say(r, "ballot %s %lld %s %s %lld %lld %lld %lld %lld %lld %s", id(r, v->id), N(v->about), id(r, v->subject), id(r, v->electors->id), N(v->rule), N(v->opens), N(v->closes), N(v->state),
        N(v->roll), N(v->votes), id(r, v->seed));
    for (int64_t k = 0; v->state == PV_BALLOT_CLOSED && k < v->n_options; k++) {
        say(r, "option %s %lld %lld %lld", id(r, v->id), N(k), N(v->option[k].first), v->rule == PV_YES_NO ? 0 : N(v->option[k].place));
    }
}

static void say_recall(reader *r, const void *thing)
{
    const pv_recall *x = thing;
    say(r, "recall %s %s %lld %lld %lld %lld", id(r, x->id), id(r, x->mandate->id), N(x->state), N(x->roll), N(x->needed), N(x->signatures));
}

static void say_motion(reader *r, const void *thing)
{
    const pv_motion *m = thing;
    say(r, "motion %s %s %lld %lld %s", id(r, m->id), id(r, m->assembly->id), N(m->sort), N(m->state), maybe(r, m->chosen));
}

static void say_lot(reader *r, const void *thing)
{
    const pv_lot *l = thing;
    say(r, "lot %s %lld %s", id(r, l->id), N(l->state), id(r, l->seed));
    for (size_t k = 0; k < l->n_drawn; k++) {
        say(r, "drawn %s %zu %s", id(r, l->id), k + 1, id(r, l->drawn[k]->id));
    }
}

static void say_grant(reader *r, const void *thing)
{
    const pv_grant *g = thing;
    say(r, "grant %s %s %lld %lld %lld", id(r, g->id), g->act, N(g->state), N(g->approvals), N(g->refusals));
}

static void say_quarter(reader *r, const void *thing)
{
    const pv_quarter *q = thing;
    say(r, "quarter %lld %lld %s", N(q->number), N(q->entries), maybe(r, q->median));
}

static void say_paid(reader *r, const void *thing)
{
    const pv_paid *p = thing;
    int64_t days;
    bool reference;
    int64_t cap = pv_pay_cap(r->c, p->holder, p->quarter, &days, &reference);
    say(r, "paid %s %lld %lld %lld", id(r, p->holder->id), N(p->quarter), N(p->amount), N(cap));
}

static void say_trust(reader *r, const void *thing)
{
    const pv_trust *t = thing;
    say(r, "trust %s %s %lld %lld %lld %lld %lld %s", id(r, t->id), id(r, t->subject), N(t->attempt), N(t->stage), N(t->wanted), N(t->needed), N(t->round), id(r, t->key));
    for (int64_t k = 0; k < t->drawn; k++) {
        say(r, "trustee %s %lld %s %lld %lld", id(r, t->id), N(k + 1), id(r, t->seat[k].member->id), N(t->seat[k].number), N(t->seat[k].left));
    }
}

static void say_sealed(reader *r, const void *thing)
{
    const pv_ballot *x = thing;
    const pv_sealed *v = x->sealed;
    if (v != NULL) {
        say(r, "sealed %s %s %lld %lld %lld %lld %lld %lld %s %s", id(r, x->id), id(r, v->trust->id), N(v->attempt), N(v->stage), N(v->voters), N(v->papers), N(v->shuffles), N(v->parts),
            id(r, v->election), id(r, v->tally));
    }
}

static void say_rota(reader *r, const void *thing)
{
    const pv_rota *x = thing;
    say(r, "rota %s %s %lld %lld %s %d %lld %lld", id(r, x->id), id(r, x->assembly->id), N(x->days), N(x->begins), maybe(r, x->filled), x->running, N(x->idle), N(x->undone));
}

static void say_class(reader *r, const void *thing)
{
    const pv_class *k = thing;
    say(r, "class %s %s %lld %lld %lld %d", id(r, k->id), id(r, k->rota->id), N(k->weight), N(k->slots), N(k->rung), k->training);
}

static void say_accounts(reader *r, const void *thing)
{
    const pv_rota *x = thing;
    in_order(&x->accounts, pv_by_id);
    for (size_t k = 0; k < x->accounts.n; k++) {
        const pv_account *y = x->accounts.at[k];
        say(r, "account %s %s %lld %lld %lld %lld %s", id(r, x->id), id(r, y->id), N(y->debt), N(y->turns), N(y->refusals), N(y->since), maybe(r, y->last));
    }
}

static void say_skill(reader *r, const void *thing)
{
    const pv_skill *k = thing;
    say(r, "skill %s %s %lld %s", id(r, k->class), id(r, k->member), N(k->rung), maybe(r, k->last));
}

static void say_duty(reader *r, const void *thing)
{
    const pv_duty *d = thing;
    say(r, "duty %s %lld %lld %s %s %s %lld %lld %s %lld %lld %s", id(r, d->class_id), N(d->period), N(d->slot), who(r, d->holder), who(r, d->second), who(r, d->trainee), N(d->state),
        N(d->weight), maybe(r, d->was), N(d->refusals), N(d->swapped), maybe(r, d->confirmed));
}

static void say_line(reader *r, const void *thing)
{
    const pv_watched *x = thing;
    say(r, "line %s %s %s %s %lld %lld %s %lld %s %lld", id(r, x->id), id(r, x->workplace->id), maybe(r, x->ended), maybe(r, x->last), N(x->reports), N(x->sum), maybe(r, x->begun),
        N(x->missing), id(r, x->alarm != NULL ? x->alarm->id : NULL), N(x->alarms));
}

static void say_report(reader *r, const void *thing)
{
    const pv_reported *x = thing;
    say(r, "report %s %lld %lld %s %s %lld %s", id(r, x->line), N(x->number), N(x->quantity), maybe(r, x->capability), maybe(r, x->potentiality), N(x->corrections), id(r, x->by->id));
}

static void say_delivery(reader *r, const void *thing)
{
    const pv_delivery *x = thing;
    say(r, "delivery %s %s %s %lld %s %s %d", id(r, x->id), id(r, x->line->id), id(r, x->to->id), N(x->sent), maybe(r, x->received), maybe(r, x->signed_at), x->late);
}

static void say_alarm(reader *r, const void *thing)
{
    const pv_alarm *x = thing;
    say(r, "alarm %s %s %s %s %lld %lld %lld %lld %lld %s %lld %lld %s %s %s", id(r, x->id), id(r, x->line->id), id(r, x->at->id), who(r, x->by), N(x->sort), N(x->state), N(x->period),
        N(x->level), N(x->since), maybe(r, x->due), N(x->statistic), N(x->damage), maybe(r, x->answered), maybe(r, x->silent), maybe(r, x->over));
    for (size_t k = 0; k < x->steps.n; k++) {
        const pv_step *s = x->steps.at[k];
        say(r, "step %s %zu %lld %lld %lld %s %s %s", id(r, x->id), k, N(s->what), N(s->time), N(s->level), maybe(r, s->position), id(r, s->at->id), who(r, s->by));
    }
}

static void say_passkey(reader *r, const void *thing)
{
    const pv_passkey *p = thing;
    say(r, "passkey %s %s %lld %lld %s", id(r, p->id), id(r, p->member->id), N(p->algorithm), N(p->since), maybe(r, p->removed));
}

static void say_order(reader *r, const void *thing)
{
    const pv_order *o = thing;
    say(r, "order %s %s %lld %lld %lld %s %d", id(r, o->id), id(r, o->member->id), N(o->amount), N(o->from), N(o->until), maybe(r, o->ended), o->withdrawn);
}

static void say_missing(reader *r, const void *thing)
{
    const pv_missing *m = thing;
    say(r, "missing %s %lld %s %lld", id(r, m->what), N(m->on), id(r, m->member), N(m->amount));
}

static void say_queue(reader *r, const void *thing)
{
    const pv_queue *q = thing;
    const int64_t *f = q->figure;
    say(r, "queue %s %lld %lld %s %s %s %s %s %s", id(r, q->id), N(q->since), N(q->reports), maybe(r, f[0]), maybe(r, f[1]), maybe(r, f[2]), maybe(r, f[3]), maybe(r, f[4]), maybe(r, f[5]));
}

static void say_share(reader *r, const void *thing)
{
    const pv_round *x = thing;
    say(r, "share %s %s %lld %lld %lld %s %lld %s", id(r, x->id), id(r, x->assembly->id), N(x->state), N(x->sealed), N(x->opened), id(r, x->state == PV_ROUND_READY ? x->lot->seed : NULL),
        N(x->outcomes), id(r, x->outcome));
}

/* ---- In which order -------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const pv_quarter *x = *(void *const *)a, *y = *(void *const *)b;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_holder(const void *a, const void *b)
{
    const pv_paid *x = *(void *const *)a, *y = *(void *const *)b;
    int order = memcmp(x->holder->id, y->holder->id, 32);
    return order != 0 ? order : (x->quarter > y->quarter) - (x->quarter < y->quarter);
}

/* Things that begin with all their keys: two ids; an id, a period and a slot; an id and a period; an id, a day and another id. */
static int by_two(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 64);
}

static int by_duty(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 48);
}

static int by_period(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 40);
}

static int by_day(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 72);
}

#define LIST(name) offsetof(pv_fold, name)
static const struct {
    size_t list; /* of pv_fold */
    int (*order)(const void *, const void *);
    void (*say)(reader *r, const void *thing);
} KINDS[] = {{LIST(members), pv_by_id, say_member},   {LIST(mandates), pv_by_id, say_mandate}, {LIST(ballots), pv_by_id, say_ballot},    {LIST(recalls), pv_by_id, say_recall},
             {LIST(motions), pv_by_id, say_motion},   {LIST(lots), pv_by_id, say_lot},         {LIST(grants), pv_by_id, say_grant},      {LIST(quarters), by_number, say_quarter},
             {LIST(paid), by_holder, say_paid},       {LIST(trusts), pv_by_id, say_trust},     {LIST(ballots), pv_by_id, say_sealed},    {LIST(rotas), pv_by_id, say_rota},
             {LIST(classes), pv_by_id, say_class},    {LIST(rotas), pv_by_id, say_accounts},   {LIST(skills), by_two, say_skill},        {LIST(duties), by_duty, say_duty},
             {LIST(lines), pv_by_id, say_line},       {LIST(reports), by_period, say_report},  {LIST(deliveries), pv_by_id, say_delivery}, {LIST(alarms), pv_by_id, say_alarm},
             {LIST(passkeys), pv_by_id, say_passkey}, {LIST(orders), pv_by_id, say_order},     {LIST(missing), by_day, say_missing},     {LIST(queues), pv_by_id, say_queue},
             {LIST(rounds), pv_by_id, say_share}};

void pv_results_check(pv_fold *c, const pv_file *file)
{
    reader r = {.c = c, .at = file->at, .end = file->at + file->n};
    say(&r, "plenty results 2");
    for (size_t i = 0; i < c->ledger->n_voids; i++) {
        say(&r, "void %llu R-%03d", (unsigned long long)c->ledger->voids[i].position, c->ledger->voids[i].rule);
    }
    say(&r, "clock %lld", N(c->time));
    say(&r, "constitution %lld", N(c->version));
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
        const pv_list *list = (const pv_list *)(const void *)((const char *)c + KINDS[k].list);
        in_order(list, KINDS[k].order);
        for (size_t i = 0; i < list->n; i++) {
            KINDS[k].say(&r, list->at[i]);
        }
    }
    if (!r.wrong && r.at != r.end) {
        pv_refute(c->run, "results", r.line + 1, "the file says more than the record gives");
    }
    c->results = (uint64_t)r.line;
}
