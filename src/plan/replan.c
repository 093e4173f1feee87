/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * replan.c - what is left of a year of which a part has been carried out, as an economy. */
#include "plan/replan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define ROUNDING 1e-12

static pl_status nomem(pl_error *err)
{
    return pl_fail_nomem(err, "planning the rest of the year");
}

double pl_replan_given(const double *x, int32_t i, double otherwise)
{
    return x != NULL && !isnan(x[i]) ? x[i] : otherwise;
}

/* What is kept of an asset is decided at the end of its year. */
pl_replan_span pl_replan_span_of(const pl_economy *e, const pl_replan *how, const char *id)
{
    pl_dated d = pl_date(e, id);
    if (d.year == 0 || (d.year == how->year && d.mark != PL_MARK_KEEP)) {
        return (pl_replan_span){how->passed, how->frozen, how->periods - how->passed - how->frozen};
    }
    return d.year < how->year ? (pl_replan_span){how->periods, 0, 0} : (pl_replan_span){0, 0, how->periods};
}

bool pl_replan_over(const pl_economy *e, const pl_replan *how, const char *id)
{
    pl_dated d = pl_date(e, id);
    return d.year > 0 && d.year < how->year;
}

double pl_replan_room(const pl_economy *e, const pl_replan *how, int32_t r)
{
    double capacity = pl_replan_given(how->capability, r, e->recipes[r].capacity / how->periods);
    int32_t left = pl_replan_span_of(e, how, e->recipes[r].id).left;
    return left == 0 ? 0 : isnan(capacity) ? (double)INFINITY : capacity * left;
}

double pl_replan_promised(const pl_plan *plan, const pl_economy *e, const pl_replan *how, int32_t r)
{
    return plan->level[r] * pl_replan_span_of(e, how, e->recipes[r].id).left / how->periods;
}

double pl_replan_fixed(const pl_plan *plan, const pl_economy *e, const pl_replan *how, int32_t r)
{
    pl_replan_span span = pl_replan_span_of(e, how, e->recipes[r].id);
    double share = plan->level[r] / how->periods, able = pl_replan_given(how->capability, r, e->recipes[r].capacity / how->periods);
    return pl_replan_given(how->done, r, share * span.passed) + span.frozen * (able < share ? able : share);
}

static pl_status check(const pl_plan *plan, const pl_economy *e, const pl_replan *how, pl_error *err)
{
    if (how->periods < 2 || how->passed < 0 || how->frozen < 0 || how->passed + how->frozen >= how->periods) {
        return pl_fail(err, PL_USAGE, "--fence", "leave at least one period that can be planned", "%d periods are over and %d frozen, of %d", how->passed, how->frozen, how->periods);
    }
    if (plan->outcome != PL_PLANNED) {
        return pl_fail(err, PL_DATA, "the plan", "replan a plan that can be carried out", "this plan cannot be planned anew");
    }
    if (e->years > 0 && (how->year < 1 || how->year > e->years)) {
        return pl_fail(err, PL_USAGE, "--year", "say which year is carried out", "this is a plan of %d years: there is no year %d", e->years, how->year);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (k != e->foreign_exchange && e->resources[k].available < 0) { /* only a trade balance may be, and of these the one of an economy of one year */
            return pl_fail(err, PL_UNSUPPORTED, e->resources[k].id, "plan the year that is carried out by itself", "years in which trade has to earn more than it spends cannot be planned anew");
        }
    }
    if (!(how->change_price >= 0 && how->change_price < 10)) {
        return pl_fail(err, PL_USAGE, "--change-price", "for example 0.1", "a price of %g on changes cannot be", how->change_price);
    }
    const double *const of[] = {how->done, how->capability, how->stock};
    const int32_t n[] = {e->n_recipes, e->n_recipes, e->n_goods};
    for (int k = 0; k < 3; k++) {
        for (int32_t i = 0; of[k] != NULL && i < n[k]; i++) {
            if (of[k][i] < 0 || isinf(of[k][i])) {
                return pl_fail(err, PL_DATA, k < 2 ? e->recipes[i].id : e->goods[i].id, NULL, "what was done, can be done or is there cannot be %g", of[k][i]);
            }
        }
    }
    return PL_OK;
}

/* ---- What is there of each good -------------------------------------------------------------------------------------------------------------------- */

/* Adds what recipes made and used to net, and to size without regard to the sign. */
static void add_recipes(const pl_economy *e, const pl_plan *plan, const pl_replan *how, double *net, double *size, bool fence)
{
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double passed = plan->level[r] * pl_replan_span_of(e, how, e->recipes[r].id).passed / how->periods;
        double level = fence ? pl_replan_fixed(plan, e, how, r) : pl_replan_given(how->done, r, passed);
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            net[e->flows.index[k]] += e->flows.amount[k] * level;
            size[e->flows.index[k]] += fabs(e->flows.amount[k] * level);
        }
    }
}

/* What was made less what was used up to the end of the fence; where a count says something else than the books, the count is believed. */
pl_status pl_replan_net(const pl_plan *plan, const pl_economy *e, const pl_replan *how, double *net, pl_error *err)
{
    double *book = PL_NEW0(double, 2 * (size_t)e->n_goods), *size = book + e->n_goods;
    if (book == NULL) {
        return nomem(err);
    }
    memset(net, 0, sizeof *net * (size_t)e->n_goods);
    add_recipes(e, plan, how, net, size, true);
    add_recipes(e, plan, how, book, size, false);
    for (int32_t k = 0; k < e->n_stocks; k++) {
        book[e->stocks[k].good] += e->stocks[k].amount;
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        book[e->needs[k].good] -= plan->delivered[k] * pl_replan_span_of(e, how, e->goods[e->needs[k].good].id).passed / how->periods;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        book[g] += (plan->imported[g] - plan->exported[g]) * pl_replan_span_of(e, how, e->goods[g].id).passed / how->periods;
        net[g] += pl_replan_given(how->stock, g, book[g]) - book[g];
        net[g] = fabs(net[g]) > ROUNDING * size[g] && !pl_replan_over(e, how, e->goods[g].id) ? net[g] : 0;
    }
    pl_free(book);
    return PL_OK;
}

double pl_replan_worth(const pl_plan *plan, const pl_economy *e, int32_t r, bool added)
{
    const double *price = plan->stages[plan->n_stages - 1].good_price;
    double sum = 0;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        sum += e->flows.amount[k] > 0 || added ? e->flows.amount[k] * price[e->flows.index[k]] : 0;
    }
    return fmax(0, sum);
}

/* ---- The rest as an economy ------------------------------------------------------------------------------------------------------------------------- */

typedef struct making {
    const pl_plan *plan;
    const pl_economy *e;
    const pl_replan *how;
    pl_builder *b;
    double *net;
    bool any_change; /* changes have a price */
    bool *used;      /* by good: there is a need for what is missing */
    pl_error *err;
} making;

bool pl_replan_bookkeeping(const pl_economy *e, const char *id)
{
    static const char *const ends[] = {PL_REPLAN_CHANGE, PL_REPLAN_MORE, PL_REPLAN_PROMISE};
    size_t n = strlen(id);
    for (size_t k = 0; k < sizeof ends / sizeof *ends && pl_find_resource(e, PL_REPLAN_CHANGE) >= 0; k++) {
        size_t m = strlen(ends[k]);
        if (n >= m && strcmp(id + n - m, ends[k]) == 0) {
            return true;
        }
    }
    return false;
}

static pl_status add_coefficients(const making *m, int32_t r)
{
    const pl_economy *e = m->e;
    const char *id = e->recipes[r].id;
    pl_status status = PL_OK;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1] && status == PL_OK; k++) {
        status = pl_add_flow(m->b, 0, id, e->goods[e->flows.index[k]].id, e->flows.amount[k]);
    }
    for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1] && status == PL_OK; k++) {
        const char *resource = e->resources[e->uses.index[k]].id;
        status = pl_replan_bookkeeping(e, resource) ? PL_OK : pl_add_use(m->b, 0, id, resource, e->uses.amount[k]);
    }
    return status;
}

/* Up to its promise a recipe uses the promise up, and each unit of it is as much cheaper as one beyond is dearer; beyond, more promise has to be had. */
static pl_status add_promise(const making *m, const pl_recipe *x, double promised, double room, double price)
{
    char more[1024], promise[1024];
    if ((size_t)snprintf(more, sizeof more, "%s" PL_REPLAN_MORE, x->id) >= sizeof more ||
        (size_t)snprintf(promise, sizeof promise, "%s" PL_REPLAN_PROMISE, x->id) >= sizeof promise) {
        return pl_fail(m->err, PL_TOOBIG, x->id, "leave out the price on changes", "the name is too long");
    }
    pl_status status = pl_add_resource(m->b, 0, promise, promise, "", PL_OTHER, promised);
    status = status == PL_OK ? pl_add_use(m->b, 0, x->id, promise, 1) : status;
    status = status == PL_OK ? pl_add_recipe(m->b, 0, more, x->name, x->place, isinf(room) ? PL_ABSENT : room - promised) : status;
    status = status == PL_OK ? pl_add_use(m->b, 0, more, promise, -1) : status;
    return status == PL_OK ? pl_add_use(m->b, 0, more, PL_REPLAN_CHANGE, 2 * price) : status;
}

static pl_status add_recipe(making *m, int32_t r)
{
    const pl_recipe *x = &m->e->recipes[r];
    double room = pl_replan_room(m->e, m->how, r), promised = fmin(room, pl_replan_promised(m->plan, m->e, m->how, r));
    double price = m->how->change_price * pl_replan_worth(m->plan, m->e, r, true);
    if (pl_replan_bookkeeping(m->e, x->id) || pl_replan_over(m->e, m->how, x->id)) {
        return PL_OK;
    }
    pl_status status = pl_add_recipe(m->b, 0, x->id, x->name, x->place, isinf(room) ? PL_ABSENT : room);
    status = status == PL_OK ? add_coefficients(m, r) : status;
    m->any_change = m->any_change || price > 0;
    if (status == PL_OK && price > 0) {
        status = pl_add_use(m->b, 0, x->id, PL_REPLAN_CHANGE, promised > 0 ? -price : price);
    }
    return status == PL_OK && price > 0 && promised > 0 && room > promised ? add_promise(m, x, promised, room, price) : status;
}

static pl_status add_resources(const making *m, int32_t *overdrawn)
{
    const pl_economy *e = m->e;
    double *used = PL_NEW0(double, e->n_resources);
    pl_status status = used != NULL ? PL_OK : nomem(m->err);
    *overdrawn = 0;
    for (int32_t r = 0; r < e->n_recipes && status == PL_OK; r++) {
        double level = pl_replan_fixed(m->plan, e, m->how, r);
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            used[e->uses.index[k]] += e->uses.amount[k] * level;
        }
    }
    for (int32_t k = 0; k < e->n_resources && status == PL_OK; k++) {
        const pl_resource *x = &e->resources[k];
        double left = x->available - used[k];
        if (left < 0 && k != e->foreign_exchange) { /* what trade has to earn may be below zero */
            *overdrawn += left < -ROUNDING * x->available && !pl_replan_over(e, m->how, x->id);
            left = 0;
        }
        status = pl_replan_bookkeeping(e, x->id) ? PL_OK : pl_add_resource(m->b, 0, x->id, x->name, x->unit, x->kind, left);
    }
    pl_free(used);
    return status == PL_OK && m->any_change ? pl_add_resource(m->b, 0, PL_REPLAN_CHANGE, "changed promises", "", PL_LABOUR, PL_ABSENT) : status;
}

/* What was missing before already. */
static double used_before(const pl_economy *e, int32_t g)
{
    double sum = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        sum += e->needs[k].good == g && strcmp(e->needs[k].group, PL_REPLAN_USED) == 0 ? e->needs[k].amount : 0;
    }
    return sum;
}

static pl_status add_goods(const making *m)
{
    const pl_economy *e = m->e;
    pl_status status = PL_OK;
    for (int32_t g = 0, s = 0; g < e->n_goods && status == PL_OK; g++) {
        const pl_good *x = &e->goods[g];
        double stock = m->net[g];
        while (s < e->n_stocks && e->stocks[s].good < g) {
            s++;
        }
        stock += s < e->n_stocks && e->stocks[s].good == g && !pl_replan_over(e, m->how, x->id) ? e->stocks[s].amount : 0;
        status = pl_add_good(m->b, 0, x->id, x->name, x->unit, x->group, x->place, x->must_be_used);
        if (status == PL_OK && stock > 0) {
            status = pl_add_stock(m->b, 0, x->id, stock);
        } else if (status == PL_OK && stock < 0) { /* used already: it has to come from somewhere, before anything else */
            double used = used_before(e, g) - stock;
            m->used[g] = true;
            status = pl_add_need(m->b, 0, x->id, 1, PL_REPLAN_USED, used, 1, used);
        }
    }
    return status;
}

static pl_status add_rest(making *m, int32_t *overdrawn)
{
    const pl_economy *e = m->e;
    pl_status status = add_goods(m);
    for (int32_t r = 0; r < e->n_recipes && status == PL_OK; r++) {
        status = add_recipe(m, r);
    }
    status = status == PL_OK ? add_resources(m, overdrawn) : status;
    for (int32_t k = 0; k < e->n_needs && status == PL_OK; k++) {
        const pl_need *x = &e->needs[k];
        bool gone = (strcmp(x->group, PL_REPLAN_USED) == 0 && m->used[x->good]) || pl_replan_over(e, m->how, e->goods[x->good].id);
        status = gone ? PL_OK : pl_add_need(m->b, 0, e->goods[x->good].id, x->tier, x->group, x->amount, x->weight, x->floor);
    }
    for (int32_t k = 0; k < e->n_trade && status == PL_OK; k++) {
        const pl_trade *x = &e->trade[k];
        status = pl_add_trade(m->b, 0, e->goods[x->good].id, x->import_price, x->import_limit, x->export_price, x->export_limit);
    }
    for (int32_t k = 0; k < e->n_places && status == PL_OK; k++) {
        status = pl_add_place(m->b, 0, e->places[k].id, e->places[k].name);
    }
    return status;
}

pl_status pl_replan_economy(const pl_plan *plan, const pl_economy *e, const pl_replan *how, pl_economy **out, int32_t *overdrawn, pl_error *err)
{
    making m = {.plan = plan, .e = e, .how = how, .err = err};
    pl_findings findings = {0};
    char title[300];
    pl_status status = check(plan, e, how, err);
    if (status != PL_OK) {
        return status;
    }
    m.net = PL_NEW(double, e->n_goods);
    m.used = PL_NEW0(bool, e->n_goods);
    status = m.net != NULL && m.used != NULL ? pl_builder_new(&m.b, err) : nomem(err);
    if (status != PL_OK) {
        pl_free(m.net);
        pl_free(m.used);
        return status;
    }
    err->message[0] = '\0';
    snprintf(title, sizeof title, "%.200s: after %d of %d periods", e->title, how->passed, how->periods);
    status = pl_replan_net(plan, e, how, m.net, err);
    status = status == PL_OK ? add_rest(&m, overdrawn) : status;
    status = status == PL_OK ? pl_builder_set_title(m.b, title, "") : status;
    if ((status == PL_NOMEM || status == PL_TOOBIG) && err->message[0] == '\0') { /* the builder does not say it */
        status = nomem(err);
    }
    status = status == PL_OK ? pl_builder_freeze(m.b, &findings, out, err) : status;
    if (status == PL_DATA && findings.count[PL_ERROR] > 0) {
        status = pl_fail(err, PL_DATA, "the rest of the year", findings.kept[PL_ERROR][0].hint, "%s", findings.kept[PL_ERROR][0].message);
    }
    pl_builder_free(m.b);
    pl_free(m.used);
    pl_free(m.net);
    return status;
}
