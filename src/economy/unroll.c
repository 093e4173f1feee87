/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * unroll.c - an economy of several years as an ordinary one (docs/methods/years.md).
 *
 * Identifiers begin with the year, always with as many digits, and a mark: so the canonical order is year by year, in
 * each year as in the economy itself, and nothing has to be sorted or looked up.  After the last year comes a tail: the
 * years in which only the assets are there, so that what is begun in time to replace them can arrive. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "economy/builder.h"
#include "economy/years.h"

/* An amount on its way through the years. */
typedef struct path {
    double now, growth;
    const pl_trend *rows; /* of the years from now on */
    int32_t n;
} path;

typedef struct unroller {
    const pl_economy *e;
    const pl_horizon *h;
    pl_economy *o;
    pl_arena *arena;
    int32_t n_years, last;          /* last: with the tail */
    int width;                      /* digits of a year */
    int32_t n_imports, n_exports;
    int32_t good_at[2 * PL_YEARS_MAX + 2], kept[2 * PL_YEARS_MAX + 2]; /* by year: first good, number of assets */
    int32_t *asset_of;              /* by good, or -1 */
    int32_t *tail;                  /* by asset: years after the last in which it is looked at */
    int32_t *lag;                   /* by recipe */
    int32_t *place;                 /* of the asset among those of a year of the tail: [year - n_years - 1] [asset] */
    path *needs, *resources, *recipes, *stocks; /* stocks by asset */
    double *floors;                 /* by need, as they are in the year at hand */
    pl_good *goods;
    pl_recipe *rows;
    pl_need *wants;
    pl_columns flows, uses;
    int64_t *flow_start, *use_start;
    int32_t *flow_index, *use_index;
    double *flow_amount, *use_amount;
    int64_t n_flows, n_uses;
    int32_t n_recipes, n_needs;
    bool no_memory;
} unroller;

static void *room(unroller *u, int64_t n, size_t size)
{
    void *p = pl_arena_alloc(u->arena, (size_t)n, size);
    u->no_memory |= p == NULL;
    return p;
}
#define ROOM(u, type, n) ((type *)room((u), (n), sizeof(type)))

/* ---- Trends ------------------------------------------------------------------------------------------- */

/* The rows that say how that row of a table goes on; NULL: none. */
static const pl_trend *trend_of(const pl_economy *e, const char *table, const char *key, int32_t *n)
{
    int32_t low = 0, high = e->n_trends;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = strcmp(e->trends[middle].table, table);
        order = order != 0 ? order : strcmp(e->trends[middle].key, key);
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    *n = 0;
    while (low + *n < e->n_trends && strcmp(e->trends[low + *n].table, table) == 0 &&
           strcmp(e->trends[low + *n].key, key) == 0) {
        ++*n;
    }
    return *n > 0 ? &e->trends[low] : NULL;
}

static path path_of(const pl_economy *e, const char *table, const char *key, double now)
{
    path p = {.now = now};
    p.rows = trend_of(e, table, key, &p.n);
    return p;
}

/* Its own trend, or that of its tier, or that of all needs. */
static path path_of_need(unroller *u, const pl_need *need)
{
    const pl_economy *e = u->e;
    if (pl_given(u->h->growth)) {
        return (path){.now = need->amount, .growth = u->h->growth};
    }
    char tier[32];
    pl_str key;
    pl_str_init(&key, SIZE_MAX);
    pl_str_addf(&key, "%s|%d|%s", e->goods[need->good].id, need->tier, need->group);
    path p = path_of(e, "needs", key.text, need->amount);
    u->no_memory |= key.failed;
    pl_str_clear(&key);
    snprintf(tier, sizeof tier, "tier:%d", need->tier);
    p = p.n > 0 ? p : path_of(e, "needs", tier, need->amount);
    return p.n > 0 ? p : path_of(e, "needs", "all", need->amount);
}

/* What must be there after the last year: its own trend, or that of all stocks, or that of all needs. */
static path path_of_stock(const unroller *u, const pl_stock *stock)
{
    const pl_economy *e = u->e;
    path p = path_of(e, "stocks", e->goods[stock->good].id, stock->amount);
    p = p.n > 0 ? p : path_of(e, "stocks", "all", stock->amount);
    if (p.n > 0) {
        return p;
    }
    return pl_given(u->h->growth) ? (path){.now = stock->amount, .growth = u->h->growth}
                                  : path_of(e, "needs", "all", stock->amount);
}

static void step(path *p, int32_t year)
{
    p->now = year > 1 ? p->now * (1 + p->growth) : p->now;
    if (p->n > 0 && p->rows->year == year) {
        p->now = pl_given(p->rows->amount) ? p->rows->amount : p->now;
        p->growth = pl_given(p->rows->growth) ? p->rows->growth : p->growth;
        p->rows++;
        p->n--;
    }
}

static void begin_paths(unroller *u)
{
    const pl_economy *e = u->e;
    for (int32_t k = 0; k < e->n_needs; k++) {
        u->needs[k] = path_of_need(u, &e->needs[k]);
        u->floors[k] = e->needs[k].floor;
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        u->resources[k] = path_of(e, "resources", e->resources[k].id, e->resources[k].available);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        u->recipes[r] = path_of(e, "recipes", e->recipes[r].id, e->recipes[r].capacity);
    }
    for (int32_t a = 0; a < e->n_assets; a++) {
        u->stocks[a] = (path){0};
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        int32_t a = u->asset_of[e->stocks[k].good];
        if (a >= 0) {
            u->stocks[a] = path_of_stock(u, &e->stocks[k]);
        }
    }
}

/* The floor stays the same part of the amount. */
static void step_need(path *p, double *least, int32_t year)
{
    double before = p->now;
    step(p, year);
    *least = *least == before ? p->now : before > 0 ? fmin(p->now, *least * (p->now / before)) : 0;
}

static void step_all(unroller *u, int32_t year)
{
    const pl_economy *e = u->e;
    for (int32_t k = 0; k < e->n_needs; k++) {
        step_need(&u->needs[k], &u->floors[k], year);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        step(&u->resources[k], year);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        step(&u->recipes[r], year);
    }
    for (int32_t a = 0; a < e->n_assets; a++) {
        step(&u->stocks[a], year);
    }
}

/* ---- Where everything is ------------------------------------------------------------------------------ */

/* An asset is looked at for as many years of the tail as the fastest way to it takes, and for one at least: what is begun in
 * the last year to replace it arrives within them. */
static void find_tails(unroller *u)
{
    const pl_economy *e = u->e;
    for (int32_t a = 0; a < e->n_assets; a++) {
        u->asset_of[e->assets[a].good] = a;
        u->tail[a] = INT32_MAX;
    }
    for (int32_t k = 0; k < e->n_lags; k++) {
        u->lag[e->lags[k].recipe] = e->lags[k].years;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            int32_t a = u->asset_of[e->flows.index[k]];
            if (a >= 0 && e->flows.amount[k] > 0 && u->lag[r] < u->tail[a]) {
                u->tail[a] = u->lag[r];
            }
        }
    }
    for (int32_t k = 0; k < e->n_trade; k++) {
        int32_t a = u->asset_of[e->trade[k].good];
        u->n_imports += pl_given(e->trade[k].import_price);
        u->n_exports += pl_given(e->trade[k].export_price);
        if (a >= 0 && pl_given(e->trade[k].import_price)) {
            u->tail[a] = 1;
        }
    }
    u->last = u->n_years;
    for (int32_t a = 0; a < e->n_assets; a++) {
        u->tail[a] = u->tail[a] == INT32_MAX || u->tail[a] < 1 ? 1 : u->tail[a];
        u->last = u->n_years + u->tail[a] > u->last ? u->n_years + u->tail[a] : u->last;
    }
}

static void lay_out(unroller *u)
{
    const pl_economy *e = u->e;
    int32_t tails = u->last - u->n_years;
    u->place = ROOM(u, int32_t, (int64_t)tails * e->n_assets);
    int32_t at = 0;
    for (int32_t t = 1; t <= u->last; t++) {
        int32_t n = 0;
        for (int32_t a = 0; t > u->n_years && a < e->n_assets && u->place != NULL; a++) {
            bool there = u->tail[a] >= t - u->n_years;
            u->place[(int64_t)(t - u->n_years - 1) * e->n_assets + a] = there ? n++ : -1;
        }
        u->good_at[t] = at;
        u->kept[t] = t <= u->n_years ? e->n_assets : n;
        at += t <= u->n_years ? e->n_goods + e->n_assets : 2 * n;
    }
    u->good_at[u->last + 1] = at;
}

/* The good in that year, or -1: years of the tail have assets only. */
static int32_t good_in(const unroller *u, int32_t good, int32_t year)
{
    if (year <= u->n_years) {
        return u->good_at[year] + good;
    }
    int32_t a = u->asset_of[good];
    int32_t at = a >= 0 && year <= u->last ? u->place[(int64_t)(year - u->n_years - 1) * u->e->n_assets + a] : -1;
    return at >= 0 ? u->good_at[year] + at : -1;
}

/* The asset at work in that year. */
static int32_t work_in(const unroller *u, int32_t asset, int32_t year)
{
    if (year <= u->n_years) {
        return u->good_at[year] + u->e->n_goods + asset;
    }
    return good_in(u, u->e->assets[asset].good, year) + u->kept[year];
}

/* ---- Texts -------------------------------------------------------------------------------------------- */

static const char *dated(unroller *u, int32_t year, pl_mark mark, const char *id)
{
    size_t n = strlen(id);
    char *text = pl_arena_alloc(u->arena, n + (size_t)u->width + 2, 1);
    u->no_memory |= text == NULL;
    if (text == NULL) {
        return "";
    }
    snprintf(text, n + (size_t)u->width + 2, "%0*d%c%s", u->width, year, (int)mark, id);
    return text;
}

/* "year 2: keeping ovens"; the year comes first because tables cut long names. */
static const char *named(unroller *u, const char *before, const char *name, const char *after, int32_t year)
{
    char number[32];
    int digits = snprintf(number, sizeof number, "year %d: ", year);
    size_t size = strlen(before) + strlen(name) + strlen(after) + (size_t)digits + 1;
    char *text = pl_arena_alloc(u->arena, size, 1);
    u->no_memory |= text == NULL;
    if (text == NULL) {
        return "";
    }
    snprintf(text, size, "%s%s%s%s", number, before, name, after);
    return text;
}

static const char *name_or_id(const char *name, const char *id)
{
    return name[0] != '\0' ? name : id;
}

pl_dated pl_date(const pl_economy *economy, const char *id)
{
    pl_dated d = {0, PL_MARK_OWN, id};
    if (economy->years > 0) {
        char *end;
        d.year = (int32_t)strtol(id, &end, 10);
        d.mark = (pl_mark)*end;
        d.id = end + (*end != '\0');
    }
    return d;
}

/* ---- Goods, resources, needs, stocks ------------------------------------------------------------------ */

static void add_goods(unroller *u, int32_t year)
{
    const pl_economy *e = u->e;
    pl_good *at = u->goods + u->good_at[year];
    for (int32_t g = 0; g < e->n_goods; g++) {
        int32_t to = good_in(u, g, year);
        if (to >= 0) {
            const pl_good *from = &e->goods[g];
            u->goods[to] = *from;
            u->goods[to].id = dated(u, year, PL_MARK_OWN, from->id);
            u->goods[to].name = named(u, "", name_or_id(from->name, from->id), "", year);
            at++;
        }
    }
    for (int32_t a = 0; a < e->n_assets; a++) {
        const pl_good *from = &e->goods[e->assets[a].good];
        if (good_in(u, e->assets[a].good, year) >= 0) {
            *at = *from;
            at->id = dated(u, year, PL_MARK_KEEP, from->id);
            at->name = named(u, "", name_or_id(from->name, from->id), " at work", year);
            at->must_be_used = false;
            at++;
        }
    }
}

static void add_resources(unroller *u, int32_t year, pl_resource *at)
{
    for (int32_t k = 0; k < u->e->n_resources; k++) {
        const pl_resource *from = &u->e->resources[k];
        at[k] = *from;
        at[k].id = dated(u, year, PL_MARK_OWN, from->id);
        at[k].name = named(u, "", name_or_id(from->name, from->id), "", year);
        at[k].available = u->resources[k].now;
    }
}

static void add_needs(unroller *u, int32_t year)
{
    for (int32_t k = 0; k < u->e->n_needs && year <= u->n_years; k++) {
        pl_need need = u->e->needs[k];
        need.good = u->good_at[year] + need.good;
        need.amount = u->needs[k].now;
        need.floor = u->floors[k];
        u->wants[u->n_needs++] = need;
    }
    for (int32_t a = 0; a < u->e->n_assets && year > u->n_years; a++) {
        double amount = u->h->end * u->e->assets[a].end * u->stocks[a].now;
        if (good_in(u, u->e->assets[a].good, year) >= 0 && amount > 0) {
            u->wants[u->n_needs++] = (pl_need){work_in(u, a, year), 1, "end", amount, 1, amount};
        }
    }
}

static void add_stocks(unroller *u)
{
    pl_stock *stocks = ROOM(u, pl_stock, u->e->n_stocks);
    for (int32_t k = 0; k < u->e->n_stocks && stocks != NULL; k++) {
        stocks[k] = (pl_stock){u->good_at[1] + u->e->stocks[k].good, u->e->stocks[k].amount};
    }
    u->o->stocks = stocks;
    u->o->n_stocks = u->e->n_stocks;
}

/* ---- Recipes ------------------------------------------------------------------------------------------ */

static void put_flow(unroller *u, int32_t good, double amount)
{
    if (good >= 0) {
        u->flow_index[u->n_flows] = good;
        u->flow_amount[u->n_flows++] = amount;
    }
}

static void put_use(unroller *u, int32_t resource, double amount)
{
    u->use_index[u->n_uses] = resource;
    u->use_amount[u->n_uses++] = amount;
}

static void end_recipe(unroller *u, pl_recipe recipe)
{
    u->rows[u->n_recipes++] = recipe;
    u->flow_start[u->n_recipes] = u->n_flows;
    u->use_start[u->n_recipes] = u->n_uses;
}

/* Flows ascend by good: this year's, what is at work, then what comes later. */
static void add_recipes(unroller *u, int32_t year)
{
    const pl_economy *e = u->e;
    int32_t c = 0, resources = (year - 1) * e->n_resources;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        int32_t lag = u->lag[r];
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            if (lag == 0 || e->flows.amount[k] <= 0) {
                put_flow(u, good_in(u, e->flows.index[k], year), e->flows.amount[k]);
            }
        }
        for (; c < e->n_capital && e->capital[c].recipe == r; c++) {
            put_flow(u, work_in(u, u->asset_of[e->capital[c].good], year), -e->capital[c].amount);
        }
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1] && lag > 0; k++) {
            if (e->flows.amount[k] > 0) {
                put_flow(u, good_in(u, e->flows.index[k], year + lag), e->flows.amount[k]);
            }
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            put_use(u, resources + e->uses.index[k], e->uses.amount[k]);
        }
        const pl_recipe *from = &e->recipes[r];
        end_recipe(u, (pl_recipe){dated(u, year, PL_MARK_OWN, from->id),
                                  named(u, "", name_or_id(from->name, from->id), "", year), from->place,
                                  u->recipes[r].now});
    }
}

static void add_trade(unroller *u, int32_t year, bool exports)
{
    const pl_economy *e = u->e;
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        double price = exports ? t->export_price : t->import_price;
        if (!pl_given(price)) {
            continue;
        }
        const pl_good *good = &e->goods[t->good];
        put_flow(u, good_in(u, t->good, year), exports ? -1 : 1);
        if (e->foreign_exchange >= 0 && price != 0) {
            put_use(u, (year - 1) * e->n_resources + e->foreign_exchange, exports ? -price : price);
        }
        end_recipe(u, (pl_recipe){dated(u, year, exports ? PL_MARK_EXPORT : PL_MARK_IMPORT, good->id),
                                  named(u, exports ? "export of " : "import of ", name_or_id(good->name, good->id), "", year),
                                  good->place, exports ? t->export_limit : t->import_limit});
    }
}

/* Keeping an asset: it is at work, and what is not lost is there next year. */
static void add_keeping(unroller *u, int32_t year)
{
    const pl_economy *e = u->e;
    for (int32_t a = 0; a < e->n_assets; a++) {
        const pl_asset *asset = &e->assets[a];
        int32_t now = good_in(u, asset->good, year);
        if (now < 0) {
            continue;
        }
        const pl_good *good = &e->goods[asset->good];
        put_flow(u, now, -1);
        put_flow(u, work_in(u, a, year), 1);
        if (asset->loss < 1) {
            put_flow(u, good_in(u, asset->good, year + 1), 1 - asset->loss);
        }
        end_recipe(u, (pl_recipe){dated(u, year, PL_MARK_KEEP, good->id),
                                  named(u, "keeping ", name_or_id(good->name, good->id), "", year), good->place, PL_ABSENT});
    }
}

/* ---- Together ----------------------------------------------------------------------------------------- */

static void allocate(unroller *u)
{
    const pl_economy *e = u->e;
    int64_t assets = 0, goods = u->good_at[u->last + 1];
    for (int32_t t = 1; t <= u->last; t++) {
        assets += u->kept[t];
    }
    int64_t own = (int64_t)e->n_recipes + u->n_imports + u->n_exports, recipes = u->n_years * own + assets;
    int64_t trade = u->n_imports + u->n_exports;
    int64_t flows = u->n_years * (e->flows.start[e->n_recipes] + e->n_capital + trade) + 3 * assets;
    int64_t uses = u->n_years * (e->uses.start[e->n_recipes] + trade);
    u->goods = ROOM(u, pl_good, goods);
    u->rows = ROOM(u, pl_recipe, recipes);
    u->wants = ROOM(u, pl_need, (int64_t)u->n_years * e->n_needs + assets);
    u->flow_start = ROOM(u, int64_t, recipes + 1);
    u->use_start = ROOM(u, int64_t, recipes + 1);
    u->flow_index = ROOM(u, int32_t, flows);
    u->use_index = ROOM(u, int32_t, uses);
    u->flow_amount = ROOM(u, double, flows);
    u->use_amount = ROOM(u, double, uses);
    u->needs = ROOM(u, path, e->n_needs);
    u->floors = ROOM(u, double, e->n_needs);
    u->resources = ROOM(u, path, e->n_resources);
    u->recipes = ROOM(u, path, e->n_recipes);
    u->stocks = ROOM(u, path, e->n_assets);
}

static void fill(unroller *u)
{
    pl_economy *o = u->o;
    pl_resource *resources = ROOM(u, pl_resource, (int64_t)u->n_years * u->e->n_resources);
    if (u->no_memory) {
        return;
    }
    u->flow_start[0] = u->use_start[0] = 0;
    begin_paths(u);
    for (int32_t t = 1; t <= u->last && !u->no_memory; t++) {
        step_all(u, t);
        add_goods(u, t);
        add_needs(u, t);
        if (t <= u->n_years) {
            add_resources(u, t, resources + (int64_t)(t - 1) * u->e->n_resources);
            add_recipes(u, t);
            add_trade(u, t, false);
        }
        add_keeping(u, t);
        if (t <= u->n_years) {
            add_trade(u, t, true);
        }
    }
    add_stocks(u);
    o->goods = u->goods;
    o->n_goods = u->good_at[u->last + 1];
    o->recipes = u->rows;
    o->n_recipes = u->n_recipes;
    o->resources = resources;
    o->n_resources = u->n_years * u->e->n_resources;
    o->needs = u->wants;
    o->n_needs = u->n_needs;
    o->flows = (pl_columns){u->flow_start, u->flow_index, u->flow_amount};
    o->uses = (pl_columns){u->use_start, u->use_index, u->use_amount};
    o->places = u->e->places;
    o->n_places = u->e->n_places;
    o->title = u->e->title;
    o->path = u->e->path;
    o->foreign_exchange = -1;
    o->years = u->n_years;
}

static pl_status judge(const pl_economy *e, const pl_horizon *h, pl_error *err)
{
    if (h->years < 1 || h->years > PL_YEARS_MAX) {
        return pl_fail(err, PL_USAGE, "years", "5 or 10 years are usual", "a plan is made for 1 to %d years, not for %d",
                       PL_YEARS_MAX, h->years);
    }
    if (pl_given(h->growth) && !(h->growth > -1 && h->growth <= 10)) {
        return pl_fail(err, PL_USAGE, "growth", "0.02 is two parts in a hundred more each year",
                       "needs cannot grow by %g a year", h->growth);
    }
    if (!(h->end >= 0 && h->end <= 1e6)) {
        return pl_fail(err, PL_USAGE, "end", "1 for what there was at the beginning, 0 for nothing",
                       "%g cannot be the part that must be left at the end", h->end);
    }
    if (e->years > 0) {
        return pl_fail(err, PL_USAGE, "years", NULL, "the economy has several years already");
    }
    int64_t goods = (int64_t)e->n_goods + e->n_assets, own = (int64_t)e->n_recipes + e->n_assets + 2 * (int64_t)e->n_trade;
    int64_t most = goods > own ? goods : own;
    most = most > e->n_needs ? most : e->n_needs;
    if (most * (h->years + PL_YEARS_MAX) >= INT32_MAX) {
        return pl_fail(err, PL_TOOBIG, "years", "plan fewer years", "%d years of this economy are more than 2^31 rows",
                       h->years);
    }
    return PL_OK;
}

typedef struct whole {
    pl_economy economy;
    struct pl_economy_storage storage;
} whole;

pl_status pl_economy_unroll(const pl_economy *economy, const pl_horizon *horizon, pl_economy **out, pl_error *err)
{
    pl_status status = judge(economy, horizon, err);
    if (status != PL_OK) {
        return status;
    }
    whole *w = PL_NEW0(whole, 1);
    unroller *u = PL_NEW0(unroller, 1);
    if (w == NULL || u == NULL) {
        pl_free(w);
        pl_free(u);
        return pl_fail_nomem(err, "the years of an economy");
    }
    w->economy.storage = &w->storage;
    pl_arena_init(&w->storage.arena, 0);
    *u = (unroller){.e = economy, .h = horizon, .o = &w->economy, .arena = &w->storage.arena, .n_years = horizon->years};
    u->asset_of = ROOM(u, int32_t, economy->n_goods);
    u->tail = ROOM(u, int32_t, economy->n_assets);
    u->lag = ROOM(u, int32_t, economy->n_recipes);
    if (!u->no_memory) {
        memset(u->asset_of, 0xff, (size_t)economy->n_goods * sizeof *u->asset_of);
        memset(u->lag, 0, (size_t)economy->n_recipes * sizeof *u->lag);
        find_tails(u);
        lay_out(u);
        u->width = snprintf(NULL, 0, "%d", u->last);
        allocate(u);
        fill(u);
    }
    if (u->no_memory) {
        pl_economy_free(&w->economy);
        status = pl_fail_nomem(err, "the years of an economy");
    } else {
        *out = &w->economy;
    }
    pl_free(u);
    return status;
}
