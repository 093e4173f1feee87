/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * What is likely to be wrong with an economy that could be loaded.  A warning is about something that will spoil a
 * plan, a note about something that may be meant so. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "economy/cycles.h"
#include "economy/table.h"

/* What is known about each good. */
typedef struct use_of {
    int32_t makers, users; /* recipes */
    int32_t user;          /* the first of them */
    int32_t needs, need;   /* needs above 0, and the first of them */
    bool import, export, stock;
} use_of;

typedef struct checker {
    const pl_economy *e;
    pl_findings *found;
    use_of *use;       /* of goods */
    bool *used;        /* of resources */
} checker;

static void PL_PRINTF(5, 6) tell(checker *c, pl_severity severity, pl_economy_table table, const char *hint, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    pl_found(c->found, severity, PL_TABLE[table].file, 0, 0, hint, "%s", text);
}

static void count_uses(checker *c)
{
    const pl_economy *e = c->e;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            use_of *u = &c->use[e->flows.index[k]];
            u->makers += e->flows.amount[k] > 0;
            if (e->flows.amount[k] < 0 && u->users++ == 0) {
                u->user = r;
            }
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            c->used[e->uses.index[k]] |= e->uses.amount[k] != 0;
        }
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        use_of *u = &c->use[e->needs[i].good];
        if (e->needs[i].amount > 0 && u->needs++ == 0) {
            u->need = i;
        }
    }
    for (int32_t i = 0; i < e->n_trade; i++) {
        use_of *u = &c->use[e->trade[i].good];
        u->import = pl_given(e->trade[i].import_price) && !(e->trade[i].import_limit <= 0);
        u->export = pl_given(e->trade[i].export_price) && !(e->trade[i].export_limit <= 0);
    }
    for (int32_t i = 0; i < e->n_stocks; i++) {
        c->use[e->stocks[i].good].stock |= e->stocks[i].amount > 0;
    }
}

/* ---- Goods ----------------------------------------------------------------------------------- */

/* A good that cannot be had, but is asked for. */
static void tell_unobtainable(checker *c, const pl_good *g, const use_of *u)
{
    static const char hint[] = "add a recipe that makes it, an import price or a stock";
    char who[160] = "", needs[64] = "";
    if (u->users > 0) {
        snprintf(who, sizeof who, "%s%d recipe%s (%s%.60s)", u->needs > 0 ? " and " : "", u->users,
                 u->users == 1 ? "" : "s", u->users == 1 ? "" : "first ", c->e->recipes[u->user].id);
    }
    if (u->needs > 0) {
        snprintf(needs, sizeof needs, "a need of tier %d", c->e->needs[u->need].tier);
    }
    tell(c, PL_WARNING, PL_GOODS, hint, "nobody makes, imports or has '%.80s', but it is asked for by %s%s", g->id, needs, who);
}

static void check_good(checker *c, const pl_good *g, const use_of *u)
{
    bool obtainable = u->makers > 0 || u->import || u->stock;
    bool wanted = u->users > 0 || u->needs > 0;
    if (!obtainable && wanted) {
        tell_unobtainable(c, g, u);
    } else if (!obtainable) {
        tell(c, PL_NOTE, PL_GOODS, "remove it, or say who makes it and who needs it", "nobody makes or needs '%.80s'", g->id);
    } else if (!wanted && !u->export && g->must_be_used) {
        tell(c, PL_WARNING, PL_GOODS, "add a recipe that takes it up, or set its disposal to free",
             "'%.80s' must be taken up (disposal none), but nothing takes it: what makes it cannot be made", g->id);
    } else if (!wanted && !u->export) {
        tell(c, PL_NOTE, PL_GOODS, "a need may be missing", "nobody uses or needs '%.80s'", g->id);
    }
}

static void check_goods(checker *c)
{
    int32_t without_unit = 0, first = 0;
    for (int32_t i = 0; i < c->e->n_goods; i++) {
        check_good(c, &c->e->goods[i], &c->use[i]);
        if (c->e->goods[i].unit[0] == '\0' && without_unit++ == 0) {
            first = i;
        }
    }
    if (without_unit > 0) {
        tell(c, PL_NOTE, PL_GOODS, "a unit makes amounts readable: t, kWh, hour, loaf", "%d good%s no unit, first '%.80s'",
             without_unit, without_unit == 1 ? " has" : "s have", c->e->goods[first].id);
    }
}

static void check_one_place(checker *c, pl_economy_table table, const char *id, const char *place)
{
    if (c->e->n_places > 0 && place[0] != '\0' && pl_find_place(c->e, place) < 0) {
        tell(c, PL_WARNING, table, "add it to places.csv", "'%.80s' is at '%.80s', which is not in places.csv", id, place);
    }
}

static void check_places(checker *c)
{
    for (int32_t i = 0; i < c->e->n_goods; i++) {
        check_one_place(c, PL_GOODS, c->e->goods[i].id, c->e->goods[i].place);
    }
    for (int32_t i = 0; i < c->e->n_recipes; i++) {
        check_one_place(c, PL_RECIPES, c->e->recipes[i].id, c->e->recipes[i].place);
    }
}

/* ---- Recipes --------------------------------------------------------------------------------- */

static void check_recipe(checker *c, int32_t r)
{
    const pl_economy *e = c->e;
    const char *id = e->recipes[r].id;
    bool out = false, in = false, takes_up = false;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        out |= e->flows.amount[k] > 0;
        in |= e->flows.amount[k] < 0;
        takes_up |= e->flows.amount[k] < 0 && e->goods[e->flows.index[k]].must_be_used;
    }
    for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
        in |= e->uses.amount[k] > 0;
        takes_up |= e->uses.amount[k] < 0;
    }
    if (!out && !takes_up) {
        tell(c, PL_WARNING, PL_FLOWS, "an output is a positive amount in flows.csv", "recipe '%.80s' makes nothing", id);
    } else if (out && !in) {
        tell(c, PL_WARNING, PL_FLOWS, "an input is a negative amount in flows.csv; labour goes into uses.csv",
             "recipe '%.80s' makes something out of nothing: it has no inputs and uses no resource", id);
    }
    if (e->recipes[r].capacity == 0) {
        tell(c, PL_NOTE, PL_RECIPES, "leave the cell empty where there is no limit",
             "recipe '%.80s' cannot be carried out: its capacity is 0", id);
    }
}

/* ---- Resources, needs, trade ----------------------------------------------------------------- */

static bool is_hours(const char *unit)
{
    return unit[0] == '\0' || strcmp(unit, "h") == 0 || strcmp(unit, "hr") == 0 || strstr(unit, "hour") != NULL;
}

static void check_resources(checker *c)
{
    int32_t labour = 0;
    for (int32_t i = 0; i < c->e->n_resources; i++) {
        const pl_resource *r = &c->e->resources[i];
        bool balance = i == c->e->foreign_exchange && c->e->n_trade > 0;
        labour += r->kind == PL_LABOUR;
        if (!c->used[i] && !balance) {
            tell(c, PL_NOTE, PL_RESOURCES, "a row of uses.csv may be missing", "no recipe uses the resource '%.80s'", r->id);
        }
        if (r->kind == PL_LABOUR && !is_hours(r->unit)) {
            tell(c, PL_WARNING, PL_RESOURCES, "labour of all skills is added up: count it in hours",
                 "labour '%.80s' is in '%.40s', not in hours", r->id, r->unit);
        }
    }
    if (labour == 0) {
        tell(c, PL_NOTE, PL_RESOURCES, "set the kind of the resources that are hours of work",
             "no resource is of kind labour: plans with the least labour cannot be asked for");
    }
}

static void check_needs(checker *c)
{
    if (c->e->n_needs == 0) {
        tell(c, PL_WARNING, PL_NEEDS, "without needs nothing has to be made", "there are no needs");
    }
    for (int32_t i = 0; i < c->e->n_needs; i++) {
        const pl_need *n = &c->e->needs[i];
        if (n->amount == 0) {
            tell(c, PL_NOTE, PL_NEEDS, NULL, "the need of '%.80s' in tier %d is 0", c->e->goods[n->good].id, n->tier);
        }
    }
}

static void check_trade(checker *c)
{
    bool priced = false;
    for (int32_t i = 0; i < c->e->n_trade; i++) {
        const pl_trade *t = &c->e->trade[i];
        const char *id = c->e->goods[t->good].id;
        bool import = pl_given(t->import_price), export = pl_given(t->export_price);
        priced |= import || export;
        if ((pl_given(t->import_limit) && !import) || (pl_given(t->export_limit) && !export)) {
            tell(c, PL_WARNING, PL_TRADE, "give the price too (it may be 0)",
                 "'%.80s' has a limit of %s but no price: it cannot be traded", id, import ? "export" : "import");
        }
        if (import && export && t->export_price > t->import_price) {
            tell(c, PL_WARNING, PL_TRADE, "check which price is which; the one for imports is usually the higher one",
                 "'%.80s' can be imported and exported again at a profit", id);
        }
    }
    if (priced && c->e->foreign_exchange < 0) {
        tell(c, PL_NOTE, PL_RESOURCES, "add the resource foreign_exchange; available 0 means that trade must balance",
             "trade need not balance: there is no resource foreign_exchange");
    }
}

/* ---- The calls ------------------------------------------------------------------------------- */

static void check_rows(checker *c)
{
    count_uses(c);
    check_goods(c);
    check_places(c);
    for (int32_t r = 0; r < c->e->n_recipes; r++) {
        check_recipe(c, r);
    }
    check_resources(c);
    check_needs(c);
    check_trade(c);
}

pl_status pl_economy_check(const pl_economy *economy, const pl_progress *progress, pl_findings *findings, pl_error *err)
{
    checker c = {.e = economy, .found = findings, .use = PL_NEW0(use_of, economy->n_goods),
                 .used = PL_NEW0(bool, economy->n_resources)};
    pl_status status = PL_OK;
    if (findings == NULL) {
        status = pl_fail(err, PL_BUG, NULL, NULL, "a check needs findings to add to");
    } else if (c.use == NULL || c.used == NULL) {
        status = pl_fail_nomem(err, "the check of an economy");
    } else if (!pl_tick(progress, "checking", -1)) {
        status = pl_fail(err, PL_STOPPED, NULL, NULL, "the check was stopped");
    } else {
        pl_cycles cycles;
        status = pl_cycles_check(economy, progress, findings, &cycles, err); /* first: the gravest */
        if (status == PL_OK) {
            check_rows(&c);
        }
    }
    pl_free(c.use);
    pl_free(c.used);
    return status;
}

static int64_t not_zero(const pl_columns *columns, int32_t n)
{
    int64_t count = 0;
    for (int64_t k = 0; k < columns->start[n]; k++) {
        count += columns->amount[k] != 0;
    }
    return count;
}

pl_status pl_economy_summary(const pl_economy *e, const pl_progress *progress, pl_summary *out, pl_error *err)
{
    pl_cycles cycles;
    pl_status status = pl_cycles_check(e, progress, NULL, &cycles, err);
    if (status != PL_OK) {
        return status;
    }
    *out = (pl_summary){
        .n_flows = e->flows.start[e->n_recipes],
        .n_uses = e->uses.start[e->n_recipes],
        .labour_limited = true,
        .n_cycles = cycles.count,
        .largest_cycle = cycles.largest,
        .radius_low = cycles.low,
        .radius_high = cycles.high,
    };
    if (e->n_goods > 0 && e->n_recipes > 0) {
        out->density = (double)not_zero(&e->flows, e->n_recipes) / e->n_goods / e->n_recipes;
    }
    for (int32_t i = 0; i < e->n_resources; i++) {
        if (e->resources[i].kind == PL_LABOUR) {
            out->n_labour++;
            out->labour_limited &= pl_given(e->resources[i].available);
            out->labour_available += pl_given(e->resources[i].available) ? e->resources[i].available : 0;
        }
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        int32_t tier = e->needs[i].tier;
        out->n_tiers = tier > out->n_tiers ? tier : out->n_tiers;
        out->needs_of_tier[tier < PL_SUMMARY_TIERS ? tier - 1 : PL_SUMMARY_TIERS - 1]++;
    }
    return PL_OK;
}
