/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rota_turns.c - what becomes of a duty: refused, swapped, confirmed. */
#include <string.h>

#include "council/rota.h"

typedef struct found { /* a duty, and all around it */
    const uint8_t *class;
    int64_t period, slot;
    pl_rota_class about;
    pl_rota rota;
    pl_rota_duty duty;
} found;

static pl_row_key key_of(const uint8_t class[PL_HASH], int64_t period, int64_t slot)
{
    return pl_key_then(pl_key_then(pl_key_id1(class), period), slot);
}

static pl_status put_duty(pl_step *s, const found *f)
{
    return pl_put(s, &PL_ROTA_DUTIES, key_of(f->class, f->period, f->slot), &f->duty);
}

/* a duty that is neither open nor confirmed nor lapsed. */
static pl_status find_duty(pl_step *s, const uint8_t *class, int64_t period, int64_t slot, found *f)
{
    bool there;
    char hex[13];
    memset(f, 0, sizeof *f);
    f->class = class;
    f->period = period;
    f->slot = slot;
    pl_status status = pl_get(s, &PL_ROTA_CLASSES_OF, pl_key_id1(class), &f->about, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_ROTA_DUTY, "there is no class of tasks %s", pl_short_id(class, hex));
    }
    status = status == PL_OK ? pl_get(s, &PL_ROTAS, pl_key_id1(f->about.rota), &f->rota, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTA_DUTIES, key_of(class, period, slot), &f->duty, &there) : status;
    if (status == PL_OK && (!there || f->duty.state != PL_DUTY_ON)) {
        static const char *const now[] = {"is open", "goes on", "is confirmed already", "has lapsed"};
        return there ? pl_broken(s, PL_RULE_ROTA_DUTY, "slot %lld of '%s' in period %lld %s", (long long)slot, f->about.name, (long long)period, now[f->duty.state])
                     : pl_broken(s, PL_RULE_ROTA_DUTY, "'%s' has no slot %lld in period %lld", f->about.name, (long long)slot, (long long)period);
    }
    return status;
}

/* the same, now going on, and the signer's. */
static pl_status find_own(pl_step *s, const uint8_t *class, int64_t period, int64_t slot, found *f)
{
    char hex[13];
    pl_status status = find_duty(s, class, period, slot, f);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (s->time >= pl_rota_begin(&f->rota, period + 1)) {
        return pl_broken(s, PL_RULE_ROTA_DUTY, "period %lld is over", (long long)period);
    }
    if (!pl_id_same(f->duty.holder, s->author)) {
        return pl_broken(s, PL_RULE_ROTA_OWN, "it is that of %s", pl_short_id(f->duty.holder, hex));
    }
    return PL_OK;
}

static pl_status end_busy(pl_step *s, const uint8_t member[PL_HASH])
{
    pl_rota_busy busy;
    bool there;
    pl_status status = pl_get(s, &PL_ROTA_BUSY, pl_key_id1(member), &busy, &there);
    busy.until = s->time;
    return status == PL_OK ? pl_put(s, &PL_ROTA_BUSY, pl_key_id1(member), &busy) : status;
}

static pl_status get_skill(pl_step *s, const uint8_t class[PL_HASH], const uint8_t member[PL_HASH], pl_turn_skill *out)
{
    bool there;
    pl_status status = pl_get(s, &PL_ROTA_SKILLS, pl_key_id2(class, member), out, &there);
    out->last = there ? out->last : -1;
    return status;
}

/* ---- Refused -------------------------------------------------------------------------------------- */

static pl_status apply_refused(pl_step *s)
{
    found f;
    pl_turn_skill skill;
    pl_rota_account a;
    bool there;
    pl_status status = find_own(s, s->value[0].at, s->value[1].x, s->value[2].x, &f);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_row_key account = pl_key_id2(f.about.rota, s->author);
    status = get_skill(s, f.class, s->author, &skill);
    skill.last = f.duty.was;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_SKILLS, pl_key_id2(f.class, s->author), &skill) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTA_ACCOUNTS, account, &a, &there) : status;
    a.refusals++;
    a.state = PL_TURN_REFUSED;
    a.seen = f.period;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_ACCOUNTS, account, &a) : status;
    status = status == PL_OK ? end_busy(s, s->author) : status;
    f.duty.refusals++;
    status = status == PL_OK ? pl_rota_replace(s, f.class, f.period, f.slot, &f.duty) : status;
    return status == PL_OK ? put_duty(s, &f) : status;
}

#define DUTY_FIELDS                                                                                                        \
    {"class", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"period", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},            \
        {"slot", PL_FIELD_INT, 0, 998, false}

const pl_event_kind PL_KIND_ROTA_REFUSED = {"rota.refused", {DUTY_FIELDS, {0}}, apply_refused};

/* ---- Swapped -------------------------------------------------------------------------------------- */

static pl_status apply_offered(pl_step *s)
{
    found mine, theirs;
    pl_status status = find_own(s, s->value[0].at, s->value[1].x, s->value[2].x, &mine);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = find_duty(s, s->value[3].at, s->value[1].x, s->value[4].x, &theirs);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!pl_id_same(mine.about.rota, theirs.about.rota) || pl_id_same(mine.class, theirs.class)) {
        return pl_broken(s, PL_RULE_ROTA_SWAP, "'%s' and '%s' are %s", mine.about.name, theirs.about.name,
                         pl_id_same(mine.class, theirs.class) ? "the same task" : "of different rotas");
    }
    pl_rota_offer offer = {.period = mine.period, .slot = {mine.slot, theirs.slot}};
    memcpy(offer.by, s->author, PL_HASH);
    memcpy(offer.class[0], mine.class, PL_HASH);
    memcpy(offer.class[1], theirs.class, PL_HASH);
    return pl_put(s, &PL_ROTA_OFFERS, pl_key_id1(s->id), &offer);
}

const pl_event_kind PL_KIND_ROTA_OFFERED = {
    "rota.offered",
    {DUTY_FIELDS, {"other_class", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"other_slot", PL_FIELD_INT, 0, 998, false}, {0}},
    apply_offered,
};

/* whether `member` can take that duty over. */
static pl_status check_taker(pl_step *s, const found *f, const uint8_t member[PL_HASH])
{
    pl_turn_skill skill;
    char hex[13];
    pl_status status = get_skill(s, f->class, member, &skill);
    if (status == PL_OK && skill.rung < f->duty.rung) {
        return pl_broken(s, PL_RULE_ROTA_SWAP, "%s has rung %lld of '%s', which takes %lld", pl_short_id(member, hex), (long long)skill.rung, f->about.name,
                         (long long)f->duty.rung);
    }
    if (status == PL_OK && skill.last >= 0 && skill.last + 1 == f->period) {
        return pl_broken(s, PL_RULE_ROTA_SWAP, "%s had '%s' in the period before: nobody succeeds themselves", pl_short_id(member, hex), f->about.name);
    }
    return status;
}

/* The holder of `from` takes `to` over: debt, skill, what they are busy with. */
static pl_status move(pl_step *s, const found *from, const found *to, const uint8_t member[PL_HASH])
{
    pl_turn_skill skill;
    pl_rota_account a;
    pl_rota_busy busy;
    bool there;
    pl_status status = get_skill(s, from->class, member, &skill);
    skill.last = from->duty.was;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_SKILLS, pl_key_id2(from->class, member), &skill) : status;
    status = status == PL_OK ? get_skill(s, to->class, member, &skill) : status;
    int64_t was = skill.last;
    skill.last = to->period;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_SKILLS, pl_key_id2(to->class, member), &skill) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTA_ACCOUNTS, pl_key_id2(to->about.rota, member), &a, &there) : status;
    a.debt += from->duty.weight - to->duty.weight;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_ACCOUNTS, pl_key_id2(to->about.rota, member), &a) : status;
    status = status == PL_OK ? pl_get(s, &PL_ROTA_BUSY, pl_key_id1(member), &busy, &there) : status;
    memcpy(busy.class, to->class, PL_HASH);
    busy.slot = to->slot;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_BUSY, pl_key_id1(member), &busy) : status;
    found next = *to;
    next.duty.was = was;
    next.duty.swapped++;
    memcpy(next.duty.holder, member, PL_HASH);
    return status == PL_OK ? put_duty(s, &next) : status;
}

static pl_status apply_swapped(pl_step *s)
{
    pl_rota_offer offer;
    found first, own;
    bool there;
    char hex[13];
    pl_status status = pl_get(s, &PL_ROTA_OFFERS, pl_key_id1(s->value[0].at), &offer, &there);
    if (status == PL_OK && (!there || offer.accepted)) {
        return pl_broken(s, PL_RULE_ROTA_SWAP, "the offer %s %s", pl_short_id(s->value[0].at, hex), there ? "was accepted already" : "is not there");
    }
    status = status == PL_OK ? find_own(s, offer.class[1], offer.period, offer.slot[1], &own) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = find_duty(s, offer.class[0], offer.period, offer.slot[0], &first);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE && !pl_id_same(first.duty.holder, offer.by)) {
        return pl_broken(s, PL_RULE_ROTA_SWAP, "who offered does not have that duty any more");
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_taker(s, &first, s->author);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_taker(s, &own, offer.by);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    offer.accepted = 1;
    status = pl_put(s, &PL_ROTA_OFFERS, pl_key_id1(s->value[0].at), &offer);
    status = status == PL_OK ? move(s, &own, &first, s->author) : status;
    return status == PL_OK ? move(s, &first, &own, offer.by) : status;
}

const pl_event_kind PL_KIND_ROTA_SWAPPED = {"rota.swapped", {{"offer", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_swapped};

/* ---- Confirmed ------------------------------------------------------------------------------------ */

/* Whether the signer has this task in that period, in whichever slot. */
static pl_status has_task(pl_step *s, const uint8_t class[PL_HASH], int64_t period, bool *yes)
{
    pl_row_key prefix = pl_key_then(pl_key_id1(class), period);
    pl_cursor at = pl_rows(&PL_ROTA_DUTIES, &prefix);
    pl_rota_duty d;
    bool there;
    pl_status status = PL_OK;
    while (!*yes && (status = pl_next(s, &PL_ROTA_DUTIES, &at, &d, &there)) == PL_OK && there) {
        *yes = pl_id_same(d.holder, s->author) || pl_id_same(d.second, s->author) || pl_id_same(d.trainee, s->author);
    }
    return status;
}

/* */
static pl_status check_confirms(pl_step *s, const found *f)
{
    bool may = false;
    if (pl_id_same(f->duty.holder, s->author)) {
        return pl_broken(s, PL_RULE_ROTA_SERVED, "nobody confirms their own duty");
    }
    if (s->time < pl_rota_begin(&f->rota, f->period + 1)) {
        return pl_broken(s, PL_RULE_ROTA_SERVED, "period %lld is not over", (long long)f->period);
    }
    pl_status status = has_task(s, f->class, f->period, &may);
    status = status == PL_OK ? has_task(s, f->class, f->period + 1, &may) : status;
    if (status == PL_OK && !may) {
        return pl_broken(s, PL_RULE_ROTA_SERVED, "the signer has '%s' neither in period %lld nor in the next", f->about.name, (long long)f->period);
    }
    return status;
}

static pl_status climb(pl_step *s, const uint8_t class[PL_HASH], const uint8_t member[PL_HASH], int64_t top)
{
    pl_turn_skill skill;
    if (pl_id_none(member)) {
        return PL_OK;
    }
    pl_status status = get_skill(s, class, member, &skill);
    skill.rung += skill.rung < top;
    return status == PL_OK ? pl_put(s, &PL_ROTA_SKILLS, pl_key_id2(class, member), &skill) : status;
}

static pl_status apply_served(pl_step *s)
{
    found f;
    pl_rota_account a;
    bool there;
    pl_status status = find_duty(s, s->value[0].at, s->value[1].x, s->value[2].x, &f);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_confirms(s, &f);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_row_key account = pl_key_id2(f.about.rota, f.duty.holder);
    f.duty.state = PL_DUTY_SERVED;
    f.duty.confirmed = s->time;
    memcpy(f.duty.by, s->author, PL_HASH);
    status = put_duty(s, &f);
    status = status == PL_OK ? pl_get(s, &PL_ROTA_ACCOUNTS, account, &a, &there) : status;
    a.turns++;
    a.last = f.period;
    status = status == PL_OK ? pl_put(s, &PL_ROTA_ACCOUNTS, account, &a) : status;
    status = status == PL_OK ? climb(s, f.class, f.duty.holder, f.about.rung) : status;
    status = status == PL_OK ? climb(s, f.class, f.duty.second, PL_ROTA_RUNG_MAX) : status;
    status = status == PL_OK ? climb(s, f.class, f.duty.trainee, PL_ROTA_RUNG_MAX) : status;
    status = status == PL_OK ? pl_rota_wake(s, f.about.rota, &f.rota) : status;
    return status == PL_OK ? pl_put(s, &PL_ROTAS, pl_key_id1(f.about.rota), &f.rota) : status;
}

const pl_event_kind PL_KIND_ROTA_SERVED = {"rota.served", {DUTY_FIELDS, {0}}, apply_served};
