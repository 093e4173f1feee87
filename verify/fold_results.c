/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_results.c - what a commons has come to, line by line, against the file `results` that lies with its record (docs/formats/commons.md, "Results"). */
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

typedef struct reader {
    pv_fold *c;
    const char *at, *end;
    int64_t line;
    bool wrong;
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

typedef char hex[65];

static const char *digits(hex out, const uint8_t *id)
{
    if (id == NULL || pv_id_none(id)) {
        return "-";
    }
    return sodium_bin2hex(out, 65, id, 32);
}

typedef char number[24];

/* -1 is "-". */
static const char *maybe(number out, int64_t x)
{
    snprintf(out, 24, "%lld", (long long)x);
    return x < 0 ? "-" : out;
}

#define N(x) ((long long)(x))

static void sort(const pv_list *list, int (*order)(const void *, const void *))
{
    if (list->n > 1) {
        qsort(list->at, list->n, sizeof *list->at, order);
    }
}

/* In ascending order of the ids with which they begin. */
static void in_order(const pv_list *list)
{
    sort(list, pv_by_id);
}

static void say_people(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, h, rest;
    number left;
    in_order(&c->members);
    in_order(&c->mandates);
    for (size_t i = 0; i < c->members.n; i++) {
        const pv_member *m = c->members.at[i];
        say(r, "member %s %lld %s", digits(a, m->id), N(m->since), maybe(left, m->left));
    }
    for (size_t i = 0; i < c->mandates.n; i++) {
        const pv_mandate *m = c->mandates.at[i];
        say(r, "mandate %s %s %s %lld %lld %lld %lld %s %lld %s", digits(a, m->id), digits(b, m->council->id), digits(h, m->holder->id), N(m->group->number), N(m->seat),
            N(m->from), N(m->until), maybe(left, m->ended), N(m->why), digits(rest, m->rests_on != NULL ? m->rests_on->id : NULL));
    }
}

static void say_ballots(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, e, seed;
    in_order(&c->ballots);
    for (size_t i = 0; i < c->ballots.n; i++) {
        const pv_ballot *v = c->ballots.at[i];
        say(r, "ballot %s %lld %s %s %lld %lld %lld %lld %lld %lld %s", digits(a, v->id), N(v->about), digits(b, v->subject), digits(e, v->electors->id), N(v->rule), N(v->opens),
            N(v->closes), N(v->state), N(v->roll), N(v->votes), digits(seed, v->seed));
        for (int64_t k = 0; v->state == 2 && k < v->n_options; k++) {
            say(r, "option %s %lld %lld %lld", a, N(k), N(v->option[k].first), v->rule == PV_YES_NO ? 0 : N(v->option[k].place));
        }
    }
}

static void say_decisions(reader *r)
{
    pv_fold *c = r->c;
    hex a, b;
    number chosen;
    in_order(&c->recalls);
    in_order(&c->motions);
    for (size_t i = 0; i < c->recalls.n; i++) {
        const pv_recall *x = c->recalls.at[i];
        say(r, "recall %s %s %lld %lld %lld %lld", digits(a, x->id), digits(b, x->mandate->id), N(x->state), N(x->roll), N(x->needed), N(x->signatures));
    }
    for (size_t i = 0; i < c->motions.n; i++) {
        const pv_motion *m = c->motions.at[i];
        say(r, "motion %s %s %lld %lld %s", digits(a, m->id), digits(b, m->assembly->id), N(m->sort), N(m->state), maybe(chosen, m->chosen));
    }
}

static void say_draws(reader *r)
{
    pv_fold *c = r->c;
    hex a, b;
    in_order(&c->lots);
    in_order(&c->grants);
    for (size_t i = 0; i < c->lots.n; i++) {
        const pv_lot *l = c->lots.at[i];
        say(r, "lot %s %lld %s", digits(a, l->id), N(l->state), digits(b, l->seed));
        for (size_t k = 0; k < l->n_drawn; k++) {
            say(r, "drawn %s %zu %s", a, k + 1, digits(b, l->drawn[k]->id));
        }
    }
    for (size_t i = 0; i < c->grants.n; i++) {
        const pv_grant *g = c->grants.at[i];
        say(r, "grant %s %s %lld %lld %lld", digits(a, g->id), g->act, N(g->state), N(g->approvals), N(g->refusals));
    }
}

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

static void say_pay(reader *r)
{
    pv_fold *c = r->c;
    hex a;
    number median;
    sort(&c->quarters, by_number);
    sort(&c->paid, by_holder);
    for (size_t i = 0; i < c->quarters.n; i++) {
        const pv_quarter *q = c->quarters.at[i];
        say(r, "quarter %lld %lld %s", N(q->number), N(q->entries), maybe(median, q->median));
    }
    for (size_t i = 0; i < c->paid.n; i++) {
        const pv_paid *p = c->paid.at[i];
        int64_t days;
        bool reference;
        int64_t cap = pv_pay_cap(c, p->holder, p->quarter, &days, &reference);
        say(r, "paid %s %lld %lld %lld", digits(a, p->holder->id), N(p->quarter), N(p->amount), N(cap));
    }
}

static void say_trusts(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, d, e;
    in_order(&c->trusts);
    for (size_t i = 0; i < c->trusts.n; i++) {
        const pv_trust *t = c->trusts.at[i];
        say(r, "trust %s %s %lld %lld %lld %lld %lld %s", digits(a, t->id), digits(b, t->subject), N(t->attempt), N(t->stage), N(t->wanted), N(t->needed), N(t->round), digits(d, t->key));
        for (int64_t k = 0; k < t->drawn; k++) {
            say(r, "trustee %s %lld %s %lld %lld", a, N(k + 1), digits(b, t->seat[k].member->id), N(t->seat[k].number), N(t->seat[k].left));
        }
    }
    for (size_t i = 0; i < c->ballots.n; i++) { /* in order already */
        const pv_ballot *x = c->ballots.at[i];
        const pv_sealed *v = x->sealed;
        if (v != NULL) {
            say(r, "sealed %s %s %lld %lld %lld %lld %lld %lld %s %s", digits(a, x->id), digits(b, v->trust->id), N(v->attempt), N(v->stage), N(v->voters), N(v->papers), N(v->shuffles),
                N(v->parts), digits(d, v->election), digits(e, v->tally));
        }
    }
}

/* Things that begin with all their keys: of two ids; of an id, a period and a slot; of an id, a day and another id. */
static int by_two(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 64);
}

static int by_duty(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 48);
}

static int by_day(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 72);
}

static const char *who(hex out, const pv_member *m)
{
    return digits(out, m != NULL ? m->id : NULL);
}

static void say_duties(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, second, trainee;
    number last, confirmed;
    sort(&c->skills, by_two);
    sort(&c->duties, by_duty);
    for (size_t i = 0; i < c->skills.n; i++) {
        const pv_skill *k = c->skills.at[i];
        say(r, "skill %s %s %lld %s", digits(a, k->class), digits(b, k->member), N(k->rung), maybe(last, k->last));
    }
    for (size_t i = 0; i < c->duties.n; i++) {
        const pv_duty *d = c->duties.at[i];
        say(r, "duty %s %lld %lld %s %s %s %lld %lld %s %lld %lld %s", digits(a, d->class_id), N(d->period), N(d->slot), who(b, d->holder), who(second, d->second), who(trainee, d->trainee),
            N(d->state), N(d->weight), maybe(last, d->was), N(d->refusals), N(d->swapped), maybe(confirmed, d->confirmed));
    }
}

static void say_rotas(reader *r)
{
    pv_fold *c = r->c;
    hex a, b;
    number last;
    in_order(&c->rotas);
    in_order(&c->classes);
    for (size_t i = 0; i < c->rotas.n; i++) {
        const pv_rota *x = c->rotas.at[i];
        say(r, "rota %s %s %lld %lld %s %d %lld %lld", digits(a, x->id), digits(b, x->assembly->id), N(x->days), N(x->begins), maybe(last, x->filled), x->running, N(x->idle), N(x->undone));
    }
    for (size_t i = 0; i < c->classes.n; i++) {
        const pv_class *k = c->classes.at[i];
        say(r, "class %s %s %lld %lld %lld %d", digits(a, k->id), digits(b, k->rota->id), N(k->weight), N(k->slots), N(k->rung), k->training);
    }
    for (size_t i = 0; i < c->rotas.n; i++) {
        pv_rota *x = c->rotas.at[i];
        in_order(&x->accounts);
        for (size_t k = 0; k < x->accounts.n; k++) {
            const pv_account *y = x->accounts.at[k];
            say(r, "account %s %s %lld %lld %lld %lld %s", digits(a, x->id), digits(b, y->id), N(y->debt), N(y->turns), N(y->refusals), N(y->since), maybe(last, y->last));
        }
    }
    say_duties(r);
}

static void say_alarms(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, at, by;
    number due, answered, silent, over;
    in_order(&c->alarms);
    for (size_t i = 0; i < c->alarms.n; i++) {
        const pv_alarm *x = c->alarms.at[i];
        say(r, "alarm %s %s %s %s %lld %lld %lld %lld %lld %s %lld %lld %s %s %s", digits(a, x->id), digits(b, x->line->id), digits(at, x->at->id), who(by, x->by), N(x->sort), N(x->state),
            N(x->period), N(x->level), N(x->since), maybe(due, x->due), N(x->statistic), N(x->damage), maybe(answered, x->answered), maybe(silent, x->silent), maybe(over, x->over));
        for (size_t k = 0; k < x->steps.n; k++) {
            const pv_step *s = x->steps.at[k];
            say(r, "step %s %zu %lld %lld %lld %s %s %s", a, k, N(s->what), N(s->time), N(s->level), maybe(due, s->position), digits(at, s->at->id), who(by, s->by));
        }
    }
}

static int by_period(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 40);
}

static void say_watch(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, d;
    number ended, last, begun;
    in_order(&c->lines);
    sort(&c->reports, by_period);
    in_order(&c->deliveries);
    for (size_t i = 0; i < c->lines.n; i++) {
        const pv_watched *x = c->lines.at[i];
        say(r, "line %s %s %s %s %lld %lld %s %lld %s %lld", digits(a, x->id), digits(b, x->workplace->id), maybe(ended, x->ended), maybe(last, x->last), N(x->reports), N(x->sum),
            maybe(begun, x->begun), N(x->missing), digits(d, x->alarm != NULL ? x->alarm->id : NULL), N(x->alarms));
    }
    for (size_t i = 0; i < c->reports.n; i++) {
        const pv_reported *x = c->reports.at[i];
        say(r, "report %s %lld %lld %s %s %lld %s", digits(a, x->line), N(x->number), N(x->quantity), maybe(last, x->capability), maybe(ended, x->potentiality), N(x->corrections), digits(b, x->by->id));
    }
    for (size_t i = 0; i < c->deliveries.n; i++) {
        const pv_delivery *x = c->deliveries.at[i];
        say(r, "delivery %s %s %s %lld %s %s %d", digits(a, x->id), digits(b, x->line->id), digits(d, x->to->id), N(x->sent), maybe(last, x->received), maybe(ended, x->signed_at), x->late);
    }
    say_alarms(r);
}

static void say_wants(reader *r)
{
    pv_fold *c = r->c;
    hex a, b;
    number end, figure[PV_FIGURES];
    in_order(&c->passkeys);
    in_order(&c->orders);
    in_order(&c->queues);
    sort(&c->missing, by_day);
    for (size_t i = 0; i < c->passkeys.n; i++) {
        const pv_passkey *p = c->passkeys.at[i];
        say(r, "passkey %s %s %lld %lld %s", digits(a, p->id), digits(b, p->member->id), N(p->algorithm), N(p->since), maybe(end, p->removed));
    }
    for (size_t i = 0; i < c->orders.n; i++) {
        const pv_order *o = c->orders.at[i];
        say(r, "order %s %s %lld %lld %lld %s %d", digits(a, o->id), digits(b, o->member->id), N(o->amount), N(o->from), N(o->until), maybe(end, o->ended), o->withdrawn);
    }
    for (size_t i = 0; i < c->missing.n; i++) {
        const pv_missing *m = c->missing.at[i];
        say(r, "missing %s %lld %s %lld", digits(a, m->what), N(m->on), digits(b, m->member), N(m->amount));
    }
    for (size_t i = 0; i < c->queues.n; i++) {
        const pv_queue *q = c->queues.at[i];
        say(r, "queue %s %lld %lld %s %s %s %s %s %s", digits(a, q->id), N(q->since), N(q->reports), maybe(figure[0], q->figure[0]), maybe(figure[1], q->figure[1]),
            maybe(figure[2], q->figure[2]), maybe(figure[3], q->figure[3]), maybe(figure[4], q->figure[4]),
            maybe(figure[5], q->figure[5]));
    }
}

static void say_sharing(reader *r)
{
    pv_fold *c = r->c;
    hex a, b, seed, outcome;
    in_order(&c->rounds);
    for (size_t i = 0; i < c->rounds.n; i++) {
        const pv_round *x = c->rounds.at[i];
        say(r, "share %s %s %lld %lld %lld %s %lld %s", digits(a, x->id), digits(b, x->assembly->id), N(x->state), N(x->sealed), N(x->opened),
            digits(seed, x->state == PV_ROUND_READY ? x->lot->seed : NULL), N(x->outcomes), digits(outcome, x->outcome));
    }
}

void pv_results_check(pv_fold *c, const pv_file *file)
{
    reader r = {.c = c, .at = file->at, .end = file->at + file->n};
    say(&r, "plenty results 2");
    for (size_t i = 0; i < c->ledger->n_voids; i++) {
        say(&r, "void %llu R-%03d", (unsigned long long)c->ledger->voids[i].position, c->ledger->voids[i].rule);
    }
    say(&r, "clock %lld", N(c->time));
    say(&r, "constitution %lld", N(c->version));
    say_people(&r);
    say_ballots(&r);
    say_decisions(&r);
    say_draws(&r);
    say_pay(&r);
    say_trusts(&r);
    say_rotas(&r);
    say_watch(&r);
    say_wants(&r);
    say_sharing(&r);
    if (!r.wrong && r.at != r.end) {
        pv_refute(c->run, "results", r.line + 1, "the file says more than the record gives");
    }
    c->results = (uint64_t)r.line;
}
