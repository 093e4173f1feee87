/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_share.c - sharing what is scarce: rounds, what was wanted, who gets what and why, who would have lost under other rules; figures of queues. */
#include <math.h>
#include <string.h>

#include "server/rounds.h"
#include "server/view.h"

static const char *const STATE[] = {"sealing", "opening", "drawing", "ready"};
static const pl_shown ROUND[] = {PL_S_ID(pl_share_round, assembly), PL_S_ID(pl_share_round, motion), PL_S_ID(pl_share_round, author), PL_S_TIME(pl_share_round, since),
                                 PL_S_TIME(pl_share_round, seals), PL_S_TIME(pl_share_round, opens), PL_S_WORD(pl_share_round, state, STATE), PL_S_INT(pl_share_round, position),
                                 PL_S_INT(pl_share_round, sealed), PL_S_INT(pl_share_round, opened), PL_S_ID(pl_share_round, seed), PL_S_INT(pl_share_round, outcomes),
                                 PL_S_ID(pl_share_round, outcome), PL_S_END};
static const pl_view ROUNDS = {&PL_SHARE_ROUNDS, "round", ROUND};
static const pl_shown WANT[] = {PL_S_ID(pl_share_want, seal), PL_S_TIME(pl_share_want, since), PL_S_TIME(pl_share_want, position), PL_S_END};
static const pl_view WANTS = {&PL_SHARE_WANTS, "round member", WANT};
static const pl_shown QUEUE[] = {PL_S_ID(pl_queue_report, author), PL_S_TIME(pl_queue_report, since), PL_S_INT(pl_queue_report, reports), PL_S_TIME(pl_queue_report, shelf),
                                 PL_S_TIME(pl_queue_report, fill), PL_S_TIME(pl_queue_report, instead), PL_S_TIME(pl_queue_report, days), PL_S_TIME(pl_queue_report, hours),
                                 PL_S_TIME(pl_queue_report, waiting), PL_S_END};
static const pl_view QUEUES = {&PL_QUEUE_REPORTS, "assembly", QUEUE};

/* ---- Rounds ----------------------------------------------------------------------------------------- */

static pl_status put_title(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_share_round *r = row;
    (void)key;
    pl_status status = pl_view_text(l->call, l->step, "title", r->position, "title");
    return status == PL_OK ? pl_view_assembly(l->call, l->step, "assembly_name", r->assembly) : status;
}

static pl_status look_rounds(void *user, pl_step *s)
{
    pl_listing l = {.call = user, .step = s, .view = &ROUNDS, .prefix = pl_key_none(), .more = put_title};
    pl_status status = pl_call_window(user, 100, &l.window);
    return status == PL_OK ? pl_view_list(&l, "shares") : status;
}

static pl_status answer_rounds(pl_call *c)
{
    return pl_view_look(c, look_rounds);
}

static pl_status look_round(void *user, pl_step *s)
{
    static const char *const TABLE[] = {"title", "rules", "supply", "people", "urgency"};
    pl_call *c = user;
    pl_share_round row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &ROUNDS, "round", c->part[0], id, &row);
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0] && status == PL_OK; i++) {
        status = pl_view_text(c, s, TABLE[i], row.position, TABLE[i]);
    }
    return status == PL_OK ? pl_view_assembly(c, s, "assembly_name", row.assembly) : status;
}

static pl_status answer_round(pl_call *c)
{
    return pl_view_look(c, look_round);
}

/* Without `member`: everybody's. */
static bool of_member(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)row;
    return l->user == NULL || pl_id_same(key + PL_HASH, l->user);
}

static pl_status put_wants(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_text(l->call, l->step, "wants", ((const pl_share_want *)row)->position, "wants");
}

static pl_status look_wants(void *user, pl_step *s)
{
    pl_call *c = user;
    const char *who = pl_call_text(c, "member");
    uint8_t id[PL_HASH], member[PL_HASH];
    pl_listing l = {.call = c, .step = s, .view = &WANTS, .keep = of_member, .more = put_wants, .user = who != NULL ? member : NULL};
    pl_status status = pl_call_id(c, c->part[0], "round", id);
    status = status == PL_OK && who != NULL ? pl_call_id(c, who, "member", member) : status;
    status = status == PL_OK ? pl_call_window(c, 100, &l.window) : status;
    l.prefix = pl_key_id1(id);
    return status == PL_OK ? pl_view_list(&l, "wants") : status;
}

static pl_status answer_wants(pl_call *c)
{
    return pl_view_look(c, look_wants);
}

/* ---- Who gets what ------------------------------------------------------------------------------------ */

static double units(const pl_share_good *g, int64_t parts)
{
    return (double)parts / (double)g->part;
}

static void put_good(pl_json *j, const pl_share_good *g, const pl_share_outcome *o)
{
    pl_json_object(j);
    pl_json_put_text(j, "good", g->id);
    pl_json_put_text(j, "unit", g->unit);
    pl_json_put_text(j, "rule", pl_share_rule_id(g->rule));
    pl_json_put_bool(j, "whole", g->part == 1);
    pl_json_put_number(j, "supply", units(g, g->supply));
    pl_json_put_number(j, "floor", units(g, g->floor));
    pl_json_put_text(j, "lot", g->lot);
    pl_json_put_number(j, "cost", g->cost);
    pl_json_put_int(j, "claimants", g->claimants);
    if (o != NULL) {
        pl_json_put_number(j, "claimed", units(g, o->claimed));
        pl_json_put_number(j, "given", units(g, o->given));
        pl_json_put_int(j, "short", o->capped);
        pl_json_put_int(j, "nothing", o->nothing);
        pl_json_put_number(j, "drawn", units(g, o->drawn));
        pl_json_put_bool(j, "floors_short", o->floors_short);
        pl_json_put_number(j, "level", o->level);
        pl_json_put_number(j, "price", o->price);
    }
    pl_json_end(j);
}

static void put_market(pl_json *j, const pl_shared *shared)
{
    const pl_share_market *m = &shared->market;
    pl_json_key(j, "market");
    if (m->goods == 0) {
        pl_json_null(j);
        return;
    }
    pl_json_object(j);
    pl_json_put_int(j, "goods", m->goods);
    pl_json_put_int(j, "sweeps", m->sweeps);
    pl_json_put_number(j, "excess", m->excess);
    pl_json_put_number(j, "slack", m->slack);
    pl_json_put_number(j, "envy", m->envy);
    pl_json_put_number(j, "unspent", m->unspent);
    pl_json_end(j);
}

static void put_outcome(pl_json *j, const pl_round_kept *k)
{
    pl_json_object(j);
    pl_json_put_id(j, "round", k->id);
    pl_json_put_text(j, "state", STATE[k->row.state]);
    pl_json_put_int(j, "members", k->read.members);
    pl_json_put_int(j, "left_out", k->read.left_out);
    pl_json_put_id(j, "seed", k->row.seed);
    pl_json_put_id(j, "hash", k->hash);
    if (k->sharing != NULL) {
        pl_json_put_number(j, "substitution", k->sharing->substitution);
    }
    pl_json_key(j, "goods");
    pl_json_array(j);
    for (int32_t i = 0; k->sharing != NULL && i < k->sharing->n_goods; i++) {
        put_good(j, &k->sharing->good[i], k->shared != NULL ? &k->shared->outcome[i] : NULL);
    }
    pl_json_end(j);
    if (k->shared != NULL) {
        put_market(j, k->shared);
    }
    pl_json_end(j);
}

static pl_status answer_outcome(pl_call *c)
{
    const pl_round_kept *k;
    pl_status status = pl_rounds_enter(c, &k);
    if (status == PL_OK) {
        put_outcome(&c->json, k);
        pl_rounds_leave(c);
    }
    return status;
}

static void put_allotment(pl_json *j, const pl_sharing *s, const pl_shared *shared, int32_t person, int64_t want)
{
    const pl_share_good *g = &s->good[s->want[want]];
    pl_json_object(j);
    pl_json_put_text(j, "person", s->person[person]);
    pl_json_put_text(j, "good", g->id);
    pl_json_put_number(j, "points", s->points[person] / 1000.0);
    pl_json_put_number(j, "score", (double)s->score[person] / PL_SHARE_MILLION);
    pl_json_put_number(j, "claim", s->amount[want] == PL_SHARE_ANY ? NAN : units(g, s->amount[want])); /* null: as much as there is */
    pl_json_put_number(j, "floor", s->floor != NULL ? units(g, s->floor[want]) : 0);
    pl_json_put_number(j, "taste", s->taste != NULL ? s->taste[want] : NAN); /* null: the amount */
    pl_json_put_number(j, "got", shared != NULL ? units(g, shared->got[want]) : NAN);
    pl_json_end(j);
}

static void put_allotments(pl_call *c, const pl_round_kept *k, const pl_window *w)
{
    const char *person = pl_call_text(c, "person"), *good = pl_call_text(c, "good");
    const pl_sharing *s = k->sharing;
    pl_json *j = &c->json;
    int64_t n = 0;
    pl_json_object(j);
    pl_json_key(j, "allotments");
    pl_json_array(j);
    for (int32_t i = 0; s != NULL && i < s->n_people; i++) {
        for (int64_t q = s->start[i]; q < s->start[i + 1]; q++) {
            bool wanted = (person == NULL || strcmp(person, s->person[i]) == 0) && (good == NULL || strcmp(good, s->good[s->want[q]].id) == 0);
            if (wanted && n++ >= w->from && n <= w->from + w->most) {
                put_allotment(j, s, k->shared, i, q);
            }
        }
    }
    pl_json_end(j);
    pl_json_put_int(j, "total", n);
    pl_json_put_int(j, "from", w->from);
    pl_json_end(j);
}

static pl_status answer_allotments(pl_call *c)
{
    const pl_round_kept *k;
    pl_window w;
    pl_status status = pl_call_window(c, 1000, &w);
    status = status == PL_OK ? pl_rounds_enter(c, &k) : status;
    if (status == PL_OK) {
        put_allotments(c, k, &w);
        pl_rounds_leave(c);
    }
    return status;
}

/* ---- Who would have lost -------------------------------------------------------------------------------- */

#define REPLAYS_MOST 1000000 /* people times draws, of one answer */

static pl_status read_settings(pl_call *c, const pl_sharing *s, pl_compare_settings *out)
{
    int64_t cut, goods, substitution;
    pl_status status = pl_call_number(c, "cut", 0, 90, 0, &cut);
    status = status == PL_OK ? pl_call_number(c, "goods", 0, 100, cut > 0 ? 10 : 0, &goods) : status;
    status = status == PL_OK ? pl_call_number(c, "substitution", 1, 50, 0, &substitution) : status;
    if (status != PL_OK) {
        return status;
    }
    *out = (pl_compare_settings){.cut = (double)cut / 100, .shock = cut > 0 ? (int32_t)(goods < s->n_goods ? goods : s->n_goods) : 0,
                                 .substitution = substitution == 10 ? 0 : (double)substitution / 10, .draws = 10, .threads = 1};
    return s->n_people <= REPLAYS_MOST / out->draws ? PL_OK : pl_fail(c->err, PL_TOOBIG, "people", "plenty share simulate", "this is too much for a page: %d people", s->n_people);
}

static pl_status put_compared(pl_call *c, const pl_sharing *s)
{
    pl_compare_settings settings;
    pl_compared_loss loss[PL_COMPARED];
    pl_json *j = &c->json;
    pl_status status = read_settings(c, s, &settings);
    status = status == PL_OK ? pl_share_compare(s, &settings, loss, c->err) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(j);
    pl_json_put_int(j, "people", s->n_people);
    pl_json_put_int(j, "goods", s->n_goods);
    pl_json_put_int(j, "shock", settings.shock);
    pl_json_put_number(j, "cut", settings.cut);
    pl_json_put_number(j, "substitution", settings.substitution > 0 ? settings.substitution : s->substitution);
    pl_json_put_int(j, "draws", settings.draws);
    pl_json_key(j, "rules");
    pl_json_array(j);
    for (int i = 0; i < PL_COMPARED; i++) {
        pl_json_object(j);
        pl_json_put_text(j, "rule", pl_compared_id((pl_compared)i));
        pl_json_put_number(j, "mean", loss[i].mean);
        pl_json_put_number(j, "worst", loss[i].worst);
        pl_json_put_number(j, "least", loss[i].least);
        pl_json_put_number(j, "losing", loss[i].losing);
        pl_json_put_number(j, "nothing", loss[i].nothing);
        pl_json_put_number(j, "used", loss[i].used);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_end(j);
    return PL_OK;
}

/* Of the folder that was given nothing else is told. */
static pl_status compare_given(pl_call *c)
{
    const pl_sharing *given = c->server->sharing;
    return given != NULL ? put_compared(c, given) : pl_fail(c->err, PL_NOTFOUND, "given", "plenty serve --sharing CASE", "no wants of a past period are served here");
}

static pl_status compare_round(pl_call *c)
{
    const pl_round_kept *k;
    if (c->server->record == NULL) {
        return pl_fail(c->err, PL_NOTFOUND, "round", "plenty serve COMMONS", "no commons is served here");
    }
    pl_status status = pl_rounds_enter(c, &k);
    if (status == PL_OK) {
        status = k->sharing != NULL ? put_compared(c, k->sharing) : pl_fail(c->err, PL_DATA, "round", NULL, "nobody's wants are in it");
        pl_rounds_leave(c);
    }
    return status;
}

/* It may take a second: whoever asks while another is worked out waits outside, not in a worker. */
static pl_status answer_compare(pl_call *c)
{
    pl_rounds *rounds = c->server->rounds;
    if (pthread_mutex_trylock(&rounds->comparing) != 0) {
        return pl_fail(c->err, PL_STOPPED, "compare", "ask again in a moment", "another comparison is being worked out");
    }
    pl_status status = strcmp(c->part[0], "given") == 0 ? compare_given(c) : compare_round(c);
    pthread_mutex_unlock(&rounds->comparing);
    return status;
}

/* ---- Queues ----------------------------------------------------------------------------------------------- */

static pl_status put_assembly(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)row;
    return pl_view_assembly(l->call, l->step, "assembly_name", key);
}

static pl_status look_queues(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &QUEUES, .prefix = pl_key_none(), .more = put_assembly};
    return pl_view_list(&l, "queues");
}

static pl_status answer_queues(pl_call *c)
{
    return pl_view_look(c, look_queues);
}

#define WINDOW "from number how many to skip; most number how many to give "
#define GET(path, parameters, purpose, gives, wants, answer) {"GET", path, parameters, purpose, gives, NULL, 0, PL_FRESH_NOW, wants, answer}
const pl_route PL_ROUTES_SHARE[] = {
    GET("/api/shares", WINDOW "(100)", "Rounds of sharing what is scarce", "shares", PL_WANTS_COMMONS, answer_rounds),
    GET("/api/shares/{round}", "", "One round: its rules and what there is", "share", PL_WANTS_COMMONS, answer_round),
    GET("/api/shares/{round}/wants", "member text of this member alone; " WINDOW "(100)", "What members sealed, and what they opened", "share-wants", PL_WANTS_COMMONS, answer_wants),
    GET("/api/shares/{round}/outcome", "", "The outcome of a round: levels, prices, the figures of the certificate", "outcome", PL_WANTS_COMMONS, answer_outcome),
    GET("/api/shares/{round}/allotments", "person text of this member alone; good text of this good alone; " WINDOW "(1000)", "Who gets what", "allotments", PL_WANTS_COMMONS,
        answer_allotments),
    GET("/api/shares/{round}/compare",
        "cut number per cent that goods lose (0: as scarce as it was); goods number how many lose it, drawn ten times (10); substitution number in tenths (that of the round)",
        "The same wants under each rule: who would have lost", "share-compare", 0, answer_compare),
    GET("/api/queues", "", "Figures of queues: shelves, orders, lists", "queues", PL_WANTS_COMMONS, answer_queues),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
