/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * results.c - what a commons has come to, as lines that lie beside its exported record: whoever follows the events with another program gets the same
 * (docs/formats/commons.md, "Results"). */
#include <stdio.h>

#include "council/alarms.h"
#include "council/grants.h"
#include "council/motions.h"
#include "council/passkeys.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "council/sealed.h"
#include "council/sharing.h"
#include "council/wants.h"

typedef char hex[2 * PL_HASH + 1];

/* "-" for none. */
static const char *digits(hex out, const uint8_t id[PL_HASH])
{
    if (pl_id_none(id)) {
        return "-";
    }
    pl_hex_write(id, PL_HASH, out);
    return out;
}

typedef char number[24];

static const char *maybe(number out, int64_t x)
{
    snprintf(out, sizeof(number), "%lld", (long long)x);
    return x < 0 ? "-" : out;
}

#define N(x) ((long long)(x))

typedef struct line { /* of a table: its row and key */
    pl_step *step;
    pl_str *out;
    const uint8_t *key;
    hex a, b, c, d; /* a: the id in the key */
    number n;
} line;

static pl_status say_member(line *l, const void *row)
{
    const pl_member *m = row;
    pl_str_addf(l->out, "member %s %lld %s\n", l->a, N(m->since), maybe(l->n, m->left));
    return PL_OK;
}

static pl_status say_mandate(line *l, const void *row)
{
    const pl_mandate *m = row;
    pl_str_addf(l->out, "mandate %s %s %s %lld %lld %lld %lld %s %lld %s\n", l->a, digits(l->b, m->council), digits(l->c, m->holder), N(m->group), N(m->seat), N(m->from), N(m->until),
                maybe(l->n, m->ended), N(m->why), digits(l->d, m->rests_on));
    return PL_OK;
}

static pl_status say_ballot(line *l, const void *row)
{
    const pl_ballot *b = row;
    pl_status status = PL_OK;
    pl_str_addf(l->out, "ballot %s %lld %s %s %lld %lld %lld %lld %lld %lld %s\n", l->a, N(b->about), digits(l->b, b->subject), digits(l->c, b->electors), N(b->rule), N(b->opens),
                N(b->closes), N(b->state), N(b->roll), N(b->votes), digits(l->d, b->seed));
    for (int64_t i = 0; status == PL_OK && b->state == PL_BALLOT_CLOSED && i < b->options; i++) {
        int64_t first, place;
        status = pl_ballot_result(l->step, l->key, i, &first, &place);
        pl_str_addf(l->out, "option %s %lld %lld %lld\n", l->a, N(i), N(first), b->rule == PL_VOTE_YES_NO ? 0 : N(place));
    }
    return status;
}

static pl_status say_recall(line *l, const void *row)
{
    const pl_recall *r = row;
    pl_str_addf(l->out, "recall %s %s %lld %lld %lld %lld\n", l->a, digits(l->b, r->mandate), N(r->state), N(r->roll), N(r->needed), N(r->signatures));
    return PL_OK;
}

static pl_status say_motion(line *l, const void *row)
{
    const pl_motion *m = row;
    pl_str_addf(l->out, "motion %s %s %lld %lld %s\n", l->a, digits(l->b, m->assembly), N(m->sort), N(m->state), maybe(l->n, m->chosen));
    return PL_OK;
}

static pl_status say_lot(line *l, const void *row)
{
    const pl_lot *lot = row;
    pl_row_key prefix = pl_key_id1(l->key);
    pl_cursor at = pl_rows(&PL_LOT_PLACES, &prefix);
    pl_lot_place p;
    bool there;
    pl_status status;
    pl_str_addf(l->out, "lot %s %lld %s\n", l->a, N(lot->state), digits(l->b, lot->seed));
    while ((status = pl_next(l->step, &PL_LOT_PLACES, &at, &p, &there)) == PL_OK && there) {
        pl_str_addf(l->out, "drawn %s %lld %s\n", l->a, N(p.place), digits(l->b, p.member));
    }
    return status;
}

static pl_status say_trust(line *l, const void *row)
{
    const pl_trust *t = row;
    pl_row_key prefix = pl_key_id1(l->key);
    pl_cursor at = pl_rows(&PL_TRUSTEES, &prefix);
    pl_trustee who;
    bool there;
    pl_status status;
    pl_str_addf(l->out, "trust %s %s %lld %lld %lld %lld %lld %s\n", l->a, digits(l->b, t->subject), N(t->attempt), N(t->stage), N(t->wanted), N(t->needed), N(t->round), digits(l->c, t->key));
    while ((status = pl_next(l->step, &PL_TRUSTEES, &at, &who, &there)) == PL_OK && there) {
        pl_str_addf(l->out, "trustee %s %lld %s %lld %lld\n", l->a, N(pl_key_number(at.key + PL_HASH)), digits(l->b, who.member), N(who.number), N(who.left));
    }
    return status;
}

static pl_status say_sealed(line *l, const void *row)
{
    const pl_sealed *v = row;
    pl_str_addf(l->out, "sealed %s %s %lld %lld %lld %lld %lld %lld %s %s\n", l->a, digits(l->b, v->trust), N(v->attempt), N(v->stage), N(v->voters), N(v->papers), N(v->shuffles),
                N(v->parts), digits(l->c, v->election), digits(l->d, v->tally));
    return PL_OK;
}

static pl_status say_grant(line *l, const void *row)
{
    const pl_grant *g = row;
    pl_str_addf(l->out, "grant %s %s %lld %lld %lld\n", l->a, g->act, N(g->state), N(g->approvals), N(g->refusals));
    return PL_OK;
}

static pl_status say_quarter(line *l, const void *row)
{
    const pl_pay_quarter *q = row;
    pl_str_addf(l->out, "quarter %lld %lld %s\n", N(pl_key_number(l->key)), N(q->entries), maybe(l->n, q->median));
    return PL_OK;
}

static pl_status say_paid(line *l, const void *row)
{
    const pl_pay_total *t = row;
    int64_t quarter = pl_key_number(l->key + PL_HASH);
    pl_pay_cap cap;
    pl_status status = pl_pay_cap_of(l->step, l->key, quarter, &cap);
    pl_str_addf(l->out, "paid %s %lld %lld %lld\n", l->a, N(quarter), N(t->amount), N(cap.cap));
    return status;
}

static pl_status say_rota(line *l, const void *row)
{
    const pl_rota *r = row;
    pl_str_addf(l->out, "rota %s %s %lld %lld %s %lld %lld %lld\n", l->a, digits(l->b, r->assembly), N(r->days), N(r->begins), maybe(l->n, r->filled), N(r->running), N(r->idle),
                N(r->undone));
    return PL_OK;
}

static pl_status say_class(line *l, const void *row)
{
    const pl_rota_class *c = row;
    pl_str_addf(l->out, "class %s %s %lld %lld %lld %lld\n", l->a, digits(l->b, c->rota), N(c->weight), N(c->slots), N(c->rung), N(c->training));
    return PL_OK;
}

static pl_status say_account(line *l, const void *row)
{
    const pl_rota_account *a = row;
    pl_str_addf(l->out, "account %s %s %lld %lld %lld %lld %s\n", l->a, digits(l->b, l->key + PL_HASH), N(a->debt), N(a->turns), N(a->refusals), N(a->since), maybe(l->n, a->last));
    return PL_OK;
}

static pl_status say_skill(line *l, const void *row)
{
    const pl_turn_skill *k = row;
    pl_str_addf(l->out, "skill %s %s %lld %s\n", l->a, digits(l->b, l->key + PL_HASH), N(k->rung), maybe(l->n, k->last));
    return PL_OK;
}

static pl_status say_duty(line *l, const void *row)
{
    const pl_rota_duty *d = row;
    number confirmed;
    pl_str_addf(l->out, "duty %s %lld %lld %s %s %s %lld %lld %s %lld %lld %s\n", l->a, N(pl_key_number(l->key + PL_HASH)), N(pl_key_number(l->key + PL_HASH + 8)), digits(l->b, d->holder),
                digits(l->c, d->second), digits(l->d, d->trainee), N(d->state), N(d->weight), maybe(l->n, d->was), N(d->refusals), N(d->swapped), maybe(confirmed, d->confirmed));
    return PL_OK;
}

static pl_status say_plan_line(line *l, const void *row)
{
    const pl_plan_line *x = row;
    number ended, last, begun;
    pl_str_addf(l->out, "line %s %s %s %s %lld %lld %s %lld %s %lld\n", l->a, digits(l->b, x->workplace), maybe(ended, x->ended), maybe(last, x->last), N(x->reports), N(x->sum),
                maybe(begun, x->begun), N(x->missing), digits(l->c, x->alarm), N(x->alarms));
    return PL_OK;
}

static pl_status say_report(line *l, const void *row)
{
    const pl_line_report *r = row;
    number potentiality;
    pl_str_addf(l->out, "report %s %lld %lld %s %s %lld %s\n", l->a, N(pl_key_number(l->key + PL_HASH)), N(r->quantity), maybe(l->n, r->capability),
                maybe(potentiality, r->potentiality), N(r->corrections), digits(l->b, r->by));
    return PL_OK;
}

static pl_status say_delivery(line *l, const void *row)
{
    const pl_delivery *d = row;
    number at;
    pl_str_addf(l->out, "delivery %s %s %s %lld %s %s %lld\n", l->a, digits(l->b, d->line), digits(l->c, d->to), N(d->sent), maybe(l->n, d->received), maybe(at, d->signed_at), N(d->late));
    return PL_OK;
}

static pl_status say_alarm(line *l, const void *row)
{
    const pl_line_alarm *a = row;
    number due, answered, silent;
    pl_row_key prefix = pl_key_id1(l->key);
    pl_cursor at = pl_rows(&PL_ALARM_STEPS, &prefix);
    pl_alarm_step step;
    bool there;
    pl_status status;
    pl_str_addf(l->out, "alarm %s %s %s %s %lld %lld %lld %lld %lld %s %lld %lld %s %s %s\n", l->a, digits(l->b, a->line), digits(l->c, a->at), digits(l->d, a->by),
                N(a->sort), N(a->state), N(a->period), N(a->level), N(a->since), maybe(due, a->due), N(a->statistic), N(a->damage),
                maybe(answered, a->answered), maybe(silent, a->silent), maybe(l->n, a->over));
    while ((status = pl_next(l->step, &PL_ALARM_STEPS, &at, &step, &there)) == PL_OK && there) {
        pl_str_addf(l->out, "step %s %lld %lld %lld %lld %s %s %s\n", l->a, N(pl_key_number(at.key + PL_HASH)), N(step.what), N(step.time), N(step.level), maybe(l->n, step.position),
                    digits(l->b, step.at), digits(l->c, step.by));
    }
    return status;
}

static pl_status say_passkey(line *l, const void *row)
{
    const pl_passkey *p = row;
    pl_str_addf(l->out, "passkey %s %s %lld %lld %s\n", l->a, digits(l->b, p->member), N(p->algorithm), N(p->since), maybe(l->n, p->removed));
    return PL_OK;
}

static pl_status say_order(line *l, const void *row)
{
    const pl_order *o = row;
    pl_str_addf(l->out, "order %s %s %lld %lld %lld %s %lld\n", l->a, digits(l->b, o->member), N(o->amount), N(o->from), N(o->until), maybe(l->n, o->ended), N(o->withdrawn));
    return PL_OK;
}

static pl_status say_missing(line *l, const void *row)
{
    const pl_missing *m = row;
    pl_str_addf(l->out, "missing %s %lld %s %lld\n", l->a, N(m->day), digits(l->b, l->key + PL_HASH + 8), N(m->amount));
    return PL_OK;
}

static pl_status say_queue(line *l, const void *row)
{
    const pl_queue_report *q = row;
    number fill, instead, days, hours, waiting;
    pl_str_addf(l->out, "queue %s %lld %lld %s %s %s %s %s %s\n", l->a, N(q->since), N(q->reports), maybe(l->n, q->shelf), maybe(fill, q->fill), maybe(instead, q->instead),
                maybe(days, q->days), maybe(hours, q->hours), maybe(waiting, q->waiting));
    return PL_OK;
}

static pl_status say_share(line *l, const void *row)
{
    const pl_share_round *r = row;
    pl_str_addf(l->out, "share %s %s %lld %lld %lld %s %lld %s\n", l->a, digits(l->b, r->assembly), N(r->state), N(r->sealed), N(r->opened), digits(l->c, r->seed), N(r->outcomes),
                digits(l->d, r->outcome));
    return PL_OK;
}

static const struct {
    const pl_table *table;
    pl_status (*say)(line *l, const void *row);
} PARTS[] = {
    {&PL_MEMBERS, say_member}, {&PL_MANDATES, say_mandate}, {&PL_BALLOTS, say_ballot}, {&PL_RECALLS, say_recall},     {&PL_MOTIONS, say_motion},
    {&PL_LOTS, say_lot},       {&PL_GRANTS, say_grant},     {&PL_PAY_QUARTERS, say_quarter}, {&PL_PAY_TOTALS, say_paid},
    {&PL_TRUSTS, say_trust},   {&PL_SEALED, say_sealed},   {&PL_ROTAS, say_rota},         {&PL_ROTA_CLASSES_OF, say_class}, {&PL_ROTA_ACCOUNTS, say_account},
    {&PL_ROTA_SKILLS, say_skill}, {&PL_ROTA_DUTIES, say_duty}, {&PL_PLAN_LINES, say_plan_line}, {&PL_LINE_REPORTS, say_report}, {&PL_DELIVERIES, say_delivery}, {&PL_LINE_ALARMS, say_alarm}, {&PL_PASSKEYS, say_passkey}, {&PL_ORDERS, say_order}, {&PL_MISSING, say_missing}, {&PL_QUEUE_REPORTS, say_queue}, {&PL_SHARE_ROUNDS, say_share},
};

pl_status pl_results(pl_step *s, pl_str *out)
{
    union {
        pl_member member;
        pl_mandate mandate;
        pl_ballot ballot;
        pl_recall recall;
        pl_motion motion;
        pl_lot lot;
        pl_grant grant;
        pl_pay_quarter quarter;
        pl_pay_total total;
        pl_trust trust;
        pl_sealed sealed;
        pl_rota rota;
        pl_rota_class class;
        pl_rota_account account;
        pl_turn_skill skill;
        pl_rota_duty duty;
        pl_plan_line plan_line;
        pl_line_report report;
        pl_delivery delivery;
        pl_line_alarm alarm;
        pl_passkey passkey;
        pl_order order;
        pl_missing missing;
        pl_queue_report queue;
        pl_share_round share;
    } row;
    pl_constitution_state now;
    bool there;
    pl_status status = pl_constitution_now(s, &now);
    pl_str_addf(out, "clock %lld\nconstitution %lld\n", N(s->time), N(now.number));
    for (size_t i = 0; status == PL_OK && i < sizeof PARTS / sizeof PARTS[0]; i++) {
        pl_row_key all = pl_key_none();
        pl_cursor at = pl_rows(PARTS[i].table, &all);
        while (status == PL_OK && (status = pl_next(s, PARTS[i].table, &at, &row, &there)) == PL_OK && there) {
            line l = {.step = s, .out = out, .key = at.key};
            pl_hex_write(at.key, at.n >= PL_HASH ? PL_HASH : at.n, l.a);
            status = PARTS[i].say(&l, &row);
        }
    }
    return status;
}
