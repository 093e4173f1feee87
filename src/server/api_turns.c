/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_turns.c - whose turn it is and why, what officials are paid, warning lights, and what one member has to do. */
#include <string.h>

#include "council/elections.h"
#include "council/lights.h"
#include "council/pay.h"
#include "council/rota.h"
#include "council/sealed_act.h"
#include "server/view.h"

static const char *const DUTY[] = {"open", "on duty", "served", "lapsed"};
static const char *const TURN[] = {"free", "absent", "busy", "refused", "taken", "learns"};

static const pl_shown ROTA[] = {PL_S_ID(pl_rota, assembly), PL_S_INT(pl_rota, days), PL_S_TIME(pl_rota, begins), PL_S_TIME(pl_rota, filled), PL_S_BOOL(pl_rota, running),
                                PL_S_INT(pl_rota, undone), PL_S_END};
static const pl_view ROTAS = {&PL_ROTAS, "rota", ROTA};
static const pl_shown CLASS[] = {PL_S_ID(pl_rota_class, rota), PL_S_TEXT(pl_rota_class, name), PL_S_INT(pl_rota_class, weight), PL_S_INT(pl_rota_class, slots),
                                 PL_S_INT(pl_rota_class, rung), PL_S_BOOL(pl_rota_class, training), PL_S_END};
static const pl_view CLASSES = {&PL_ROTA_CLASSES_OF, "class", CLASS};
static const pl_shown DUTY_COLUMNS[] = {
    PL_S_ID(pl_rota_duty, holder), PL_S_ID(pl_rota_duty, second), PL_S_ID(pl_rota_duty, trainee), PL_S_WORD(pl_rota_duty, state, DUTY), PL_S_INT(pl_rota_duty, weight),
    PL_S_INT(pl_rota_duty, debt), PL_S_INT(pl_rota_duty, tied), PL_S_INT(pl_rota_duty, candidates), PL_S_INT(pl_rota_duty, rung), PL_S_BOOL(pl_rota_duty, rested),
    PL_S_TIME(pl_rota_duty, was), PL_S_INT(pl_rota_duty, refusals), PL_S_INT(pl_rota_duty, swapped), PL_S_TIME(pl_rota_duty, confirmed), PL_S_ID(pl_rota_duty, by), PL_S_END};
const pl_view PL_VIEW_DUTIES = {&PL_ROTA_DUTIES, "class #period #slot", DUTY_COLUMNS};
static const pl_shown ACCOUNT[] = {PL_S_INT(pl_rota_account, debt), PL_S_INT(pl_rota_account, turns), PL_S_INT(pl_rota_account, refusals), PL_S_INT(pl_rota_account, since),
                                   PL_S_TIME(pl_rota_account, last), PL_S_INT(pl_rota_account, weighed), PL_S_WORD(pl_rota_account, state, TURN), PL_S_END};
static const pl_view ACCOUNTS = {&PL_ROTA_ACCOUNTS, "rota member", ACCOUNT};
static const pl_shown OFFER[] = {PL_S_ID(pl_rota_offer, by), PL_S_INT(pl_rota_offer, period), PL_S_BOOL(pl_rota_offer, accepted), PL_S_END};
static const pl_view OFFERS = {&PL_ROTA_OFFERS, "offer", OFFER};
static const pl_shown BUSY[] = {PL_S_ID(pl_rota_busy, class), PL_S_INT(pl_rota_busy, period), PL_S_INT(pl_rota_busy, slot), PL_S_TIME(pl_rota_busy, until),
                                PL_S_BOOL(pl_rota_busy, learns), PL_S_END};
static const pl_view BUSIES = {&PL_ROTA_BUSY, "member", BUSY};
static const pl_shown FILLING[] = {PL_S_ID(pl_rota_filling, seed), PL_S_TIME(pl_rota_filling, time), PL_S_INT(pl_rota_filling, people), PL_S_INT(pl_rota_filling, present),
                                   PL_S_INT(pl_rota_filling, due), PL_S_INT(pl_rota_filling, undone), PL_S_END};
static const pl_view FILLINGS = {&PL_ROTA_FILLINGS, "rota #period", FILLING};

static const pl_shown QUARTER[] = {PL_S_INT(pl_pay_quarter, entries), PL_S_TIME(pl_pay_quarter, closes), PL_S_TIME(pl_pay_quarter, median), PL_S_END};
static const pl_view QUARTERS = {&PL_PAY_QUARTERS, "#quarter", QUARTER};
static const pl_shown TOTAL[] = {PL_S_INT(pl_pay_total, amount), PL_S_INT(pl_pay_total, entries), PL_S_END};
static const pl_view TOTALS = {&PL_PAY_TOTALS, "holder #quarter", TOTAL};

/* ---- Rotas ---------------------------------------------------------------------------------------- */

static pl_status put_spread(const pl_listing *l, const uint8_t *key, const void *row)
{
    pl_json *j = &l->call->json;
    const pl_rota *r = row;
    pl_rota_spread p;
    pl_status status = pl_view_assembly(l->call, l->step, "assembly_name", r->assembly);
    status = status == PL_OK ? pl_rota_spread_of(l->step, key, r, &p) : status;
    if (status == PL_OK) {
        pl_json_put_time(j, "period_begins", pl_rota_begin(r, r->filled < 0 ? 0 : r->filled));
        pl_json_put_time(j, "period_ends", pl_rota_begin(r, (r->filled < 0 ? 0 : r->filled) + 1));
        pl_json_put_int(j, "people", p.people);
        pl_json_put_int(j, "turns", p.turns);
        pl_json_put_int(j, "fewest_turns", p.fewest);
        pl_json_put_int(j, "most_turns", p.most);
        pl_json_put_int(j, "gini_thousandths", p.gini);
        pl_json_put_int(j, "longest_wait_periods", p.longest_wait);
        pl_json_put_int(j, "least_debt", p.least_debt);
        pl_json_put_int(j, "most_debt", p.most_debt);
        pl_json_put_int(j, "refusals", p.refusals);
    }
    return status;
}

static pl_status look_rotas(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &ROTAS, .prefix = pl_key_none(), .more = put_spread};
    return pl_view_list(&l, "rotas");
}

static pl_status answer_rotas(pl_call *c)
{
    return pl_view_look(c, look_rotas);
}

/* A class with its duties in the present period. */
static pl_status put_duties(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_rota *r = l->user;
    (void)row;
    return pl_view_all(l->call, l->step, &PL_VIEW_DUTIES, "duties", pl_key_then(pl_key_id1(key), r->filled < 0 ? 0 : r->filled));
}

static bool is_class(const pl_listing *l, const uint8_t *key, const void *row)
{
    uint8_t id[PL_HASH];
    (void)key;
    return pl_hex_read(l->call->part[0], PL_HASH, id) && pl_id_same(((const pl_rota_class *)row)->rota, id);
}

static pl_status look_rota(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_rota r;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &ROTAS, "rota", c->part[0], id, &r);
    const pl_listing classes = {.call = c, .step = s, .view = &CLASSES, .prefix = pl_key_none(), .keep = is_class, .more = put_duties, .user = &r};
    status = status == PL_OK ? put_spread(&classes, id, &r) : status;
    status = status == PL_OK ? pl_view_list(&classes, "classes") : status;
    status = status == PL_OK ? pl_view_all(c, s, &ACCOUNTS, "accounts", pl_key_id1(id)) : status;
    return status == PL_OK ? pl_view_all(c, s, &FILLINGS, "fillings", pl_key_id1(id)) : status;
}

static pl_status answer_rota(pl_call *c)
{
    return pl_view_look(c, look_rota);
}

static pl_status put_classes(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_rota_offer *o = row;
    (void)key;
    pl_json_put_id(&l->call->json, "gives_class", o->class[0]);
    pl_json_put_int(&l->call->json, "gives_slot", o->slot[0]);
    pl_json_put_id(&l->call->json, "takes_class", o->class[1]);
    pl_json_put_int(&l->call->json, "takes_slot", o->slot[1]);
    return PL_OK;
}

static pl_status look_offers(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &OFFERS, .prefix = pl_key_none(), .more = put_classes};
    return pl_view_list(&l, "offers");
}

static pl_status answer_offers(pl_call *c)
{
    return pl_view_look(c, look_offers);
}

/* ---- Pay, lights ---------------------------------------------------------------------------------- */

static pl_status put_cap(const pl_listing *l, const uint8_t *key, const void *row)
{
    pl_pay_cap cap;
    (void)row;
    pl_status status = pl_pay_cap_of(l->step, key, pl_key_number(key + PL_HASH), &cap);
    if (status == PL_OK) {
        pl_json_put_int(&l->call->json, "cap", cap.cap);
        pl_json_put_int(&l->call->json, "reference", cap.reference);
        pl_json_put_int(&l->call->json, "median", cap.median);
        pl_json_put_int(&l->call->json, "days", cap.days);
        pl_json_put_int(&l->call->json, "days_of_quarter", cap.of);
    }
    return status;
}

static pl_status look_pay(void *user, pl_step *s)
{
    const pl_listing totals = {.call = user, .step = s, .view = &TOTALS, .prefix = pl_key_none(), .more = put_cap};
    pl_status status = pl_view_all(user, s, &QUARTERS, "quarters", pl_key_none());
    return status == PL_OK ? pl_view_list(&totals, "officials") : status;
}

static pl_status answer_pay(pl_call *c)
{
    return pl_view_look(c, look_pay);
}

static pl_status look_lights(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_light lights[PL_LIGHTS];
    pl_status status = pl_lights(s, lights);
    pl_json_key(&c->json, "lights");
    pl_json_array(&c->json);
    for (int i = 0; i < PL_LIGHTS && status == PL_OK; i++) {
        pl_json_object(&c->json);
        pl_json_light(&c->json, &lights[i], pl_light_what((pl_light_name)i));
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    return status;
}

static pl_status answer_lights(pl_call *c)
{
    return pl_view_look(c, look_lights);
}

/* ---- What one member has to do -------------------------------------------------------------------- */

/* Ballots that are open for the member, with the vote so far. */
static bool can_vote(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_ballot *b = row;
    bool belongs = false;
    (void)key;
    return b->state == PL_BALLOT_OPEN && pl_assembly_has(l->step, b->electors, l->user, 0, &belongs) == PL_OK && belongs;
}

static pl_status put_own(const pl_listing *l, const uint8_t *key, const void *row)
{
    pl_vote v;
    pl_sealed_vote sealed;
    bool there, voted = false;
    pl_status status = pl_get(l->step, &PL_VOTES, pl_key_id2(key, l->user), &v, &there);
    pl_json_put_text(&l->call->json, "marks", status == PL_OK && there ? v.marks : NULL);
    if (status == PL_OK && ((const pl_ballot *)row)->secret) {
        pl_sealed ballot;
        status = pl_get(l->step, &PL_SEALED_VOTES, pl_key_id2(key, l->user), &sealed, &voted);
        status = status == PL_OK ? pl_get(l->step, &PL_SEALED, pl_key_id1(key), &ballot, &there) : status;
        voted = voted && there && sealed.attempt == ballot.attempt;
    } else {
        voted = there;
    }
    pl_json_put_bool(&l->call->json, "voted", voted);
    return status;
}

static bool can_stand(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_election *e = row;
    bool may = false;
    (void)key;
    return e->state == PL_ELECTION_STANDING && pl_election_may(l->step, e, l->user, &may) == PL_OK && may;
}

static bool own_account(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)row;
    return pl_id_same(key + PL_HASH, l->user);
}

static bool own_mandate(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_mandate *m = row;
    (void)key;
    return pl_id_same(m->holder, l->user) && m->ended < 0;
}

/* What waits for the member as a trustee. */
static pl_status put_waits(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_event_kind *kind = NULL;
    (void)row;
    pl_status status = pl_task_waits(l->step, l->user, key, &kind);
    pl_json_put_text(&l->call->json, "waits", status == PL_OK && kind != NULL ? kind->name : NULL);
    return status;
}

static bool own_trust(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_event_kind *kind;
    (void)row;
    return pl_task_waits(l->step, l->user, key, &kind) == PL_OK && kind != NULL;
}

static pl_status look_me(void *user, pl_step *s)
{
    pl_call *c = user;
    const uint8_t *me = c->session.member;
    const pl_listing ballots = {.call = c, .step = s, .view = &PL_VIEW_BALLOTS, .prefix = pl_key_none(), .keep = can_vote, .more = put_own, .user = me};
    const pl_listing elections = {.call = c, .step = s, .view = &PL_VIEW_ELECTIONS, .prefix = pl_key_none(), .keep = can_stand, .user = me};
    const pl_listing mandates = {.call = c, .step = s, .view = &PL_VIEW_MANDATES, .prefix = pl_key_none(), .keep = own_mandate, .user = me};
    const pl_listing accounts = {.call = c, .step = s, .view = &ACCOUNTS, .prefix = pl_key_none(), .keep = own_account, .user = me};
    const pl_listing trusts = {.call = c, .step = s, .view = &PL_VIEW_TRUSTS, .prefix = pl_key_none(), .keep = own_trust, .more = put_waits, .user = me};
    pl_json_put_id(&c->json, "member", me);
    pl_status status = pl_view_all(c, s, &BUSIES, "duty", pl_key_id1(me));
    status = status == PL_OK ? pl_view_list(&accounts, "accounts") : status;
    status = status == PL_OK ? pl_view_list(&mandates, "mandates") : status;
    status = status == PL_OK ? pl_view_list(&ballots, "ballots") : status;
    status = status == PL_OK ? pl_view_list(&trusts, "trusts") : status;
    return status == PL_OK ? pl_view_list(&elections, "elections") : status;
}

static pl_status answer_me(pl_call *c)
{
    return pl_view_look(c, look_me);
}

#define GET(path, purpose, gives, answer) {"GET", path, "", purpose, gives, NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer}
const pl_route PL_ROUTES_TURNS[] = {
    {"GET", "/api/me", "", "What there is to do for whoever is signed in", "me", NULL, 0, PL_FRESH_NEVER, PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_me},
    GET("/api/rotas", "Work in turn: how evenly it has fallen", "rotas", answer_rotas),
    GET("/api/rotas/{rota}", "One rota: classes, duties with the reason of each draw, everybody's account", "rota", answer_rota),
    GET("/api/offers", "Offers to swap turns", "offers", answer_offers),
    GET("/api/pay", "Pay of skilled work, pay of officials, and the most that they may get", "pay", answer_pay),
    GET("/api/lights", "Warning lights against a bureaucracy", "lights", answer_lights),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
