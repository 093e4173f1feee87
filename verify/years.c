/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * years.c - a plan of several years is a plan of the economy unrolled year by year, as docs/methods/years.md says.
 * What that page says is done here again, from the tables, and the rest of the checker then knows nothing of years. */
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

#define YEARS_MAX 100

typedef struct pv_trend { /* an amount from year to year */
    double now, growth;
    int32_t row, end; /* rows of trends.csv that are still to come */
} pv_trend;

typedef struct pv_years {
    pv_run *run;
    const pv_economy *e; /* of one year */
    pv_economy *o;       /* of all */
    int32_t n, last, digits;
    double growth, end; /* of the horizon; growth NAN = as the trends say */
    int32_t n_assets;
    const int32_t *asset;  /* good of each */
    int32_t *asset_of;     /* by good, or -1 */
    int32_t *tail, *lag;   /* by asset, by recipe */
    int32_t good_at[2 * YEARS_MAX + 2], count[2 * YEARS_MAX + 2]; /* by year: first good; how many assets */
    pv_trend *need, *resource, *recipe, *stock; /* stock: by asset */
    double *least;         /* by need: its floor */
    const char **good, **recipe_id, **resource_id;
    int64_t *flow_start, *use_start;
    int32_t *flow_good, *use_resource;
    double *flow, *use;
    int32_t recipes;
    int64_t flows, uses;
} pv_years;

/* ---- trends ------------------------------------------------------------------------------------------ */

static pv_trend trend(const pv_years *y, const char *table, const char *key, double now)
{
    const pv_table *t = &y->e->table[PV_T_TRENDS];
    pv_trend found = {now, 0, 0, 0};
    while (found.row < t->rows && (strcmp(t->column[0].text[found.row], table) != 0 ||
                                   strcmp(t->column[1].text[found.row], key) != 0)) {
        found.row++;
    }
    for (found.end = found.row; found.end < t->rows && strcmp(t->column[0].text[found.end], table) == 0 &&
                                strcmp(t->column[1].text[found.end], key) == 0;) {
        found.end++;
    }
    return found;
}

static bool none(const pv_trend *t)
{
    return t->row == t->end;
}

static pv_trend trend_of_need(const pv_years *y, const pv_need *n)
{
    pv_trend t = {n->amount, y->growth, 0, 0};
    if (!isnan(y->growth)) {
        return t;
    }
    size_t size = strlen(y->e->good[n->good]) + strlen(n->group) + 32;
    char *key = pv_alloc(y->run, size, 1);
    snprintf(key, size, "%s|%d|%s", y->e->good[n->good], n->tier, n->group);
    t = trend(y, "needs", key, n->amount);
    snprintf(key, size, "tier:%d", n->tier);
    t = none(&t) ? trend(y, "needs", key, n->amount) : t;
    pv_free(y->run, key);
    return none(&t) ? trend(y, "needs", "all", n->amount) : t;
}

static pv_trend trend_of_stock(const pv_years *y, int32_t good)
{
    double now = isnan(y->e->stock[good]) ? 0 : y->e->stock[good];
    pv_trend t = trend(y, "stocks", y->e->good[good], now);
    t = none(&t) ? trend(y, "stocks", "all", now) : t;
    if (none(&t) && !isnan(y->growth)) {
        return (pv_trend){now, y->growth, 0, 0};
    }
    return none(&t) ? trend(y, "needs", "all", now) : t;
}

static void step(const pv_years *y, pv_trend *t, int32_t year)
{
    const pv_table *rows = &y->e->table[PV_T_TRENDS];
    if (year > 1) {
        t->now *= 1 + t->growth;
    }
    if (t->row < t->end && rows->column[2].number[t->row] == year) {
        double amount = rows->column[3].number[t->row], growth = rows->column[4].number[t->row];
        t->now = isnan(amount) ? t->now : amount;
        t->growth = isnan(growth) ? t->growth : growth;
        t->row++;
    }
}

static void step_all(pv_years *y, int32_t year)
{
    for (int32_t i = 0; i < y->e->n_needs; i++) {
        double before = y->need[i].now;
        step(y, &y->need[i], year);
        double now = y->need[i].now, *least = &y->least[i];
        *least = *least == before ? now : before > 0 ? fmin(now, *least * (now / before)) : 0;
    }
    for (int32_t k = 0; k < y->e->n_resources; k++) {
        step(y, &y->resource[k], year);
    }
    for (int32_t r = 0; r < y->e->n_recipes; r++) {
        step(y, &y->recipe[r], year);
    }
    for (int32_t a = 0; a < y->n_assets; a++) {
        step(y, &y->stock[a], year);
    }
}

/* ---- where everything is ----------------------------------------------------------------------------- */

static void rule(const pv_years *y, int table, int32_t row, bool right, const char *text)
{
    const pv_table *t = &y->e->table[table];
    if (!right) {
        pv_stop(y->run, PV_UNREADABLE, t->schema->file, t->line[row], 1, "%s", text);
    }
}

static void check_tables(const pv_years *y)
{
    const pv_table *t = y->e->table;
    for (int32_t i = 0; i < t[PV_T_ASSETS].rows; i++) {
        double loss = t[PV_T_ASSETS].column[1].number[i];
        rule(y, PV_T_ASSETS, i, loss >= 0 && loss <= 1, "loss must be from 0 to 1");
        rule(y, PV_T_ASSETS, i, t[PV_T_ASSETS].column[2].number[i] >= 0, "end must be at least 0");
    }
    for (int32_t i = 0; i < t[PV_T_CAPITAL].rows; i++) {
        rule(y, PV_T_CAPITAL, i, t[PV_T_CAPITAL].column[2].number[i] >= 0, "amount must be at least 0");
        rule(y, PV_T_CAPITAL, i, y->asset_of[t[PV_T_CAPITAL].column[1].rank[i]] >= 0, "this good is no asset");
    }
    for (int32_t i = 0; i < t[PV_T_LAGS].rows; i++) {
        double lag = t[PV_T_LAGS].column[1].number[i];
        rule(y, PV_T_LAGS, i, lag >= 0 && lag <= YEARS_MAX && lag == floor(lag), "years must be 0, 1, 2 ... 100");
    }
    for (int32_t i = 0; i < t[PV_T_TRENDS].rows; i++) {
        double year = t[PV_T_TRENDS].column[2].number[i], growth = t[PV_T_TRENDS].column[4].number[i];
        rule(y, PV_T_TRENDS, i, year >= 1 && year == floor(year), "year must be 1, 2, 3 ...");
        rule(y, PV_T_TRENDS, i, isnan(growth) || growth > -1, "growth must be above -1");
    }
}

/* How many years after the last an asset is looked at: as many as its fastest recipe takes, one at least. */
static void find_tails(pv_years *y)
{
    const pv_economy *e = y->e;
    const pv_table *lags = &e->table[PV_T_LAGS];
    for (int32_t i = 0; i < lags->rows; i++) {
        y->lag[lags->column[0].rank[i]] = (int32_t)lags->column[1].number[i];
    }
    for (int32_t a = 0; a < y->n_assets; a++) {
        y->tail[a] = isnan(e->import_price[y->asset[a]]) ? INT32_MAX : 1;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t i = e->flows.start[r]; i < e->flows.start[r + 1]; i++) {
            int32_t a = y->asset_of[e->flows.index[i]];
            if (a >= 0 && e->flows.amount[i] > 0 && y->lag[r] < y->tail[a]) {
                y->tail[a] = y->lag[r];
            }
        }
    }
    y->last = y->n;
    for (int32_t a = 0; a < y->n_assets; a++) {
        y->tail[a] = y->tail[a] < 1 || y->tail[a] == INT32_MAX ? 1 : y->tail[a];
        y->last = y->n + y->tail[a] > y->last ? y->n + y->tail[a] : y->last;
    }
    for (int32_t rest = y->last; rest > 0; rest /= 10) {
        y->digits++;
    }
}

static bool is_there(const pv_years *y, int32_t asset, int32_t year)
{
    return year <= y->n || y->tail[asset] >= year - y->n;
}

/* The good in that year; -1: then it is no longer looked at. */
static int32_t good_in(const pv_years *y, int32_t good, int32_t year)
{
    if (year <= y->n) {
        return y->good_at[year] + good;
    }
    int32_t a = y->asset_of[good], at = 0;
    if (a < 0 || year > y->last || !is_there(y, a, year)) {
        return -1;
    }
    for (int32_t other = 0; other < a && y->count[year] < y->n_assets; other++) {
        at += is_there(y, other, year);
    }
    return y->good_at[year] + (y->count[year] < y->n_assets ? at : a);
}

static int32_t work_in(const pv_years *y, int32_t asset, int32_t year)
{
    return year <= y->n ? y->good_at[year] + y->e->n_goods + asset : good_in(y, y->asset[asset], year) + y->count[year];
}

/* ---- one year ---------------------------------------------------------------------------------------- */

static const char *dated(const pv_years *y, int32_t year, char mark, const char *id)
{
    size_t size = strlen(id) + 16;
    char *text = pv_alloc(y->run, size, 1);
    snprintf(text, size, "%0*d%c%s", y->digits, year, mark, id);
    return text;
}

static void add_good(pv_years *y, int32_t at, int32_t year, char mark, int32_t from)
{
    pv_economy *o = y->o;
    y->good[at] = dated(y, year, mark, y->e->good[from]);
    ((const char **)(uintptr_t)o->unit)[at] = y->e->unit[from];
    o->no_disposal[at] = mark == ':' && y->e->no_disposal[from];
    o->import_price[at] = o->import_limit[at] = o->export_price[at] = o->export_limit[at] = NAN;
    o->stock[at] = year == 1 && mark == ':' ? y->e->stock[from] : NAN;
}

static void add_goods(pv_years *y, int32_t year)
{
    for (int32_t g = 0; g < y->e->n_goods; g++) {
        int32_t at = good_in(y, g, year);
        if (at >= 0) {
            add_good(y, at, year, ':', g);
        }
    }
    for (int32_t a = 0; a < y->n_assets; a++) {
        if (is_there(y, a, year)) {
            add_good(y, work_in(y, a, year), year, '=', y->asset[a]);
        }
    }
}

static void add_needs(pv_years *y, int32_t year)
{
    pv_economy *o = y->o;
    for (int32_t i = 0; i < y->e->n_needs && year <= y->n; i++) {
        pv_need n = y->e->need[i];
        n.good = good_in(y, n.good, year);
        n.amount = y->need[i].now;
        n.floor = y->least[i];
        o->need[o->n_needs++] = n;
    }
    for (int32_t a = 0; a < y->n_assets && year > y->n; a++) {
        double amount = y->end * y->e->table[PV_T_ASSETS].column[2].number[a] * y->stock[a].now;
        if (is_there(y, a, year) && amount > 0) {
            o->need[o->n_needs++] = (pv_need){work_in(y, a, year), 1, "end", amount, 1, amount};
        }
    }
}

static void add_resources(pv_years *y, int32_t year)
{
    for (int32_t k = 0; k < y->e->n_resources; k++) {
        int32_t at = (year - 1) * y->e->n_resources + k;
        y->resource_id[at] = dated(y, year, ':', y->e->resource[k]);
        ((const char **)(uintptr_t)y->o->resource_unit)[at] = y->e->resource_unit[k];
        y->o->available[at] = y->resource[k].now;
        y->o->labour[at] = y->e->labour[k];
    }
}

static void flow(pv_years *y, int32_t good, double amount)
{
    if (good >= 0) {
        y->flow_good[y->flows] = good;
        y->flow[y->flows++] = amount;
    }
}

static void use(pv_years *y, int32_t year, int32_t resource, double amount)
{
    y->use_resource[y->uses] = (year - 1) * y->e->n_resources + resource;
    y->use[y->uses++] = amount;
}

static void end_recipe(pv_years *y, const char *id, double capacity)
{
    y->recipe_id[y->recipes] = id;
    y->o->capacity[y->recipes++] = capacity;
    y->flow_start[y->recipes] = y->flows;
    y->use_start[y->recipes] = y->uses;
}

/* In ascending order of goods: what is used this year (without a lag, also what is made), what is at work, what comes. */
static void add_recipes(pv_years *y, int32_t year)
{
    const pv_economy *e = y->e;
    const pv_table *capital = &e->table[PV_T_CAPITAL];
    int32_t c = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int later = 0; later <= (y->lag[r] > 0); later++) {
            for (int64_t i = e->flows.start[r]; i < e->flows.start[r + 1]; i++) {
                bool comes = y->lag[r] > 0 && e->flows.amount[i] > 0;
                if (comes == (later == 1)) {
                    flow(y, good_in(y, e->flows.index[i], comes ? year + y->lag[r] : year), e->flows.amount[i]);
                }
            }
            for (; later == 0 && c < capital->rows && capital->column[0].rank[c] == r; c++) {
                flow(y, work_in(y, y->asset_of[capital->column[1].rank[c]], year), -capital->column[2].number[c]);
            }
        }
        for (int64_t i = e->uses.start[r]; i < e->uses.start[r + 1]; i++) {
            use(y, year, e->uses.index[i], e->uses.amount[i]);
        }
        end_recipe(y, dated(y, year, ':', e->recipe[r]), y->recipe[r].now);
    }
}

static void add_trade(pv_years *y, int32_t year, bool exports)
{
    const pv_economy *e = y->e;
    const double *price = exports ? e->export_price : e->import_price;
    const double *limit = exports ? e->export_limit : e->import_limit;
    for (int32_t g = 0; g < e->n_goods; g++) {
        if (isnan(price[g])) {
            continue;
        }
        flow(y, good_in(y, g, year), exports ? -1 : 1);
        if (e->fx >= 0 && price[g] != 0) {
            use(y, year, e->fx, exports ? -price[g] : price[g]);
        }
        end_recipe(y, dated(y, year, exports ? '>' : '<', e->good[g]), limit[g]);
    }
}

static void add_keeping(pv_years *y, int32_t year)
{
    for (int32_t a = 0; a < y->n_assets; a++) {
        double loss = y->e->table[PV_T_ASSETS].column[1].number[a];
        if (is_there(y, a, year)) {
            flow(y, good_in(y, y->asset[a], year), -1);
            flow(y, work_in(y, a, year), 1);
            flow(y, loss < 1 ? good_in(y, y->asset[a], year + 1) : -1, 1 - loss);
            end_recipe(y, dated(y, year, '=', y->e->good[y->asset[a]]), NAN);
        }
    }
}

/* ---- all years --------------------------------------------------------------------------------------- */

static int32_t number(const pv_years *y, double count)
{
    if (count >= INT32_MAX) {
        pv_stop(y->run, PV_MEMORY, NULL, 0, 0, "so many years are too large");
    }
    return (int32_t)count;
}

static void lay_out(pv_years *y)
{
    const pv_economy *e = y->e;
    double at = 0, assets = 0, trade = 0;
    for (int32_t t = 1; t <= y->last; t++) {
        y->good_at[t] = number(y, at);
        for (int32_t a = 0; a < y->n_assets; a++) {
            y->count[t] += is_there(y, a, t);
        }
        assets += y->count[t];
        at += t <= y->n ? (double)e->n_goods + y->n_assets : 2.0 * y->count[t];
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        trade += !isnan(e->import_price[g]) + !isnan(e->export_price[g]);
    }
    pv_economy *o = y->o;
    double recipes = y->n * (e->n_recipes + trade) + assets, n = y->n;
    o->n_goods = number(y, at);
    o->n_resources = number(y, n * e->n_resources);
    o->n_recipes = number(y, recipes);
    size_t flows = (size_t)number(y, n * ((double)e->flows.start[e->n_recipes] + e->table[PV_T_CAPITAL].rows + trade) + 3 * assets);
    size_t uses = (size_t)number(y, n * ((double)e->uses.start[e->n_recipes] + trade)), goods = (size_t)o->n_goods;
    pv_run *run = y->run;
    y->good = pv_alloc(run, goods, sizeof *y->good);
    y->recipe_id = pv_alloc(run, (size_t)o->n_recipes, sizeof *y->recipe_id);
    y->resource_id = pv_alloc(run, (size_t)o->n_resources, sizeof *y->resource_id);
    o->unit = pv_alloc(run, goods, sizeof *o->unit);
    o->resource_unit = pv_alloc(run, (size_t)o->n_resources, sizeof *o->resource_unit);
    o->no_disposal = pv_alloc(run, goods, sizeof *o->no_disposal);
    o->labour = pv_alloc(run, (size_t)o->n_resources, sizeof *o->labour);
    o->available = pv_alloc(run, (size_t)o->n_resources, sizeof *o->available);
    o->capacity = pv_alloc(run, (size_t)o->n_recipes, sizeof *o->capacity);
    double **by_good[] = {&o->import_price, &o->import_limit, &o->export_price, &o->export_limit, &o->stock};
    for (size_t i = 0; i < sizeof by_good / sizeof *by_good; i++) {
        *by_good[i] = pv_alloc(run, goods, sizeof **by_good[i]);
    }
    o->need = pv_alloc(run, (size_t)number(y, n * e->n_needs + assets), sizeof *o->need);
    y->flow_start = pv_alloc(run, (size_t)o->n_recipes + 1, sizeof *y->flow_start);
    y->use_start = pv_alloc(run, (size_t)o->n_recipes + 1, sizeof *y->use_start);
    y->flow_good = pv_alloc(run, flows, sizeof *y->flow_good);
    y->flow = pv_alloc(run, flows, sizeof *y->flow);
    y->use_resource = pv_alloc(run, uses, sizeof *y->use_resource);
    y->use = pv_alloc(run, uses, sizeof *y->use);
}

static void begin(pv_years *y)
{
    const pv_economy *e = y->e;
    y->need = pv_alloc(y->run, (size_t)e->n_needs, sizeof *y->need);
    y->least = pv_alloc(y->run, (size_t)e->n_needs, sizeof *y->least);
    y->resource = pv_alloc(y->run, (size_t)e->n_resources, sizeof *y->resource);
    y->recipe = pv_alloc(y->run, (size_t)e->n_recipes, sizeof *y->recipe);
    y->stock = pv_alloc(y->run, (size_t)y->n_assets, sizeof *y->stock);
    for (int32_t i = 0; i < e->n_needs; i++) {
        y->need[i] = trend_of_need(y, &e->need[i]);
        y->least[i] = e->need[i].floor;
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        y->resource[k] = trend(y, "resources", e->resource[k], e->available[k]);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        y->recipe[r] = trend(y, "recipes", e->recipe[r], e->capacity[r]);
    }
    for (int32_t a = 0; a < y->n_assets; a++) {
        y->stock[a] = trend_of_stock(y, y->asset[a]);
    }
}

static void name(pv_run *run, int kind, const char **id, int32_t n)
{
    pv_table table = {.rows = n, .column[0].text = id};
    pv_ids_set(run, kind, &table);
}

static void unroll(pv_years *y)
{
    pv_economy *o = y->o;
    for (int32_t t = 1; t <= y->last; t++) {
        step_all(y, t);
        add_goods(y, t);
        add_needs(y, t);
        if (t <= y->n) {
            add_resources(y, t);
            add_recipes(y, t);
            add_trade(y, t, false);
        }
        add_keeping(y, t);
        if (t <= y->n) {
            add_trade(y, t, true);
        }
    }
    o->flows = (pv_columns){y->flow_start, y->flow_good, y->flow};
    o->uses = (pv_columns){y->use_start, y->use_resource, y->use};
    o->good = y->good;
    o->recipe = y->recipe_id;
    o->resource = y->resource_id;
    o->fx = -1;
    o->years = y->n;
    name(y->run, PV_GOODS, y->good, o->n_goods);
    name(y->run, PV_RECIPES, y->recipe_id, o->n_recipes);
    name(y->run, PV_RESOURCES, y->resource_id, o->n_resources);
}

void pv_years_unroll(pv_run *run, const pv_plan *plan, pv_economy *economy)
{
    const pv_economy before = *economy;
    const pv_table *assets = &before.table[PV_T_ASSETS];
    if (plan->years == 0) {
        return;
    }
    if (!(plan->years >= 1 && plan->years <= YEARS_MAX && plan->years == floor(plan->years) && plan->end >= 0) ||
        (!isnan(plan->growth) && !(plan->growth > -1))) {
        pv_stop(run, PV_UNREADABLE, plan->json.name, 0, 0, "this horizon cannot be");
    }
    pv_years *y = pv_alloc(run, 1, sizeof *y);
    *y = (pv_years){.run = run, .e = &before, .o = economy, .n = (int32_t)plan->years, .growth = plan->growth,
                    .end = plan->end, .n_assets = assets->rows, .asset = assets->column[0].rank};
    y->asset_of = pv_alloc(run, (size_t)before.n_goods, sizeof *y->asset_of);
    y->tail = pv_alloc(run, (size_t)y->n_assets, sizeof *y->tail);
    y->lag = pv_alloc(run, (size_t)before.n_recipes, sizeof *y->lag);
    memset(y->asset_of, 0xff, (size_t)before.n_goods * sizeof *y->asset_of);
    for (int32_t a = 0; a < y->n_assets; a++) {
        y->asset_of[y->asset[a]] = a;
    }
    check_tables(y);
    find_tails(y);
    economy->n_needs = 0;
    lay_out(y);
    begin(y);
    unroll(y);
}

bool pv_is(const pv_economy *e, const char *id, const char *what)
{
    const char *mark = e->years > 0 ? id + strspn(id, "0123456789") : id;
    return strcmp(id, what) == 0 || (*mark == ':' && mark > id && strcmp(mark + 1, what) == 0);
}

bool pv_is_end(const pv_economy *e, const pv_need *need)
{
    const char *id = e->good[need->good];
    return e->years > 0 && id[strspn(id, "0123456789")] == '=';
}
