/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/builder.h"

#include <string.h>

#include "base/mem.h"

#define ROWS_MAX ((size_t)1 << 40)

static const size_t ROW_SIZE[PL_TABLES] = {
    [PL_GOODS] = sizeof(pl_raw_good),         [PL_RECIPES] = sizeof(pl_raw_recipe),
    [PL_FLOWS] = sizeof(pl_raw_pair),         [PL_RESOURCES] = sizeof(pl_raw_resource),
    [PL_USES] = sizeof(pl_raw_pair),          [PL_NEEDS] = sizeof(pl_raw_need),
    [PL_TRADE] = sizeof(pl_raw_trade),        [PL_STOCKS] = sizeof(pl_raw_stock),
    [PL_PLACES] = sizeof(pl_raw_place),       [PL_ASSETS] = sizeof(pl_raw_asset),
    [PL_CAPITAL] = sizeof(pl_raw_pair),       [PL_LAGS] = sizeof(pl_raw_lag),
    [PL_TRENDS] = sizeof(pl_raw_trend),
};

pl_status pl_builder_new(pl_builder **out, pl_error *err)
{
    pl_builder *b = PL_NEW0(pl_builder, 1);
    if (b == NULL) {
        return pl_fail_nomem(err, "an economy");
    }
    pl_arena_init(&b->arena, 0);
    for (int s = 0; s < PL_SPACES; s++) {
        pl_map_init(&b->symbols[s].map);
    }
    b->title = b->path = "";
    *out = b;
    return PL_OK;
}

void pl_builder_free(pl_builder *b)
{
    if (b == NULL) {
        return;
    }
    for (int s = 0; s < PL_SPACES; s++) {
        pl_map_clear(&b->symbols[s].map);
        pl_free(b->symbols[s].text);
        pl_free(b->symbols[s].row);
    }
    for (int t = 0; t < PL_TABLES; t++) {
        pl_free(b->rows[t].row);
    }
    pl_arena_clear(&b->arena);
    pl_free(b);
}

/* ---- Symbols and texts ----------------------------------------------------------------------- */

static pl_status new_symbol(pl_builder *b, pl_symbols *s, const char *id, size_t n)
{
    if (s->n == INT32_MAX) {
        return PL_TOOBIG;
    }
    size_t need = (size_t)s->n + 1;
    int32_t old;
    const char *copy = pl_arena_text(&b->arena, id, n);
    if (copy == NULL || !pl_grow(&s->text, &s->cap, need, sizeof *s->text, INT32_MAX) ||
        !pl_grow(&s->row, &s->row_cap, need, sizeof *s->row, INT32_MAX) ||
        pl_map_put(&s->map, copy, n, s->n, &old) != PL_OK) {
        return PL_NOMEM;
    }
    s->text[s->n] = copy;
    s->row[s->n] = -1;
    s->last = s->n++;
    return PL_OK;
}

static pl_status symbol_of(pl_builder *b, pl_space space, const char *id, int32_t *symbol)
{
    pl_symbols *s = &b->symbols[space];
    id = id != NULL ? id : "";
    pl_status status = PL_OK;
    if (s->n == 0 || strcmp(s->text[s->last], id) != 0) {
        size_t n = strlen(id);
        int32_t found = pl_map_get(&s->map, id, n);
        if (found >= 0) {
            s->last = found;
        } else {
            status = new_symbol(b, s, id, n);
        }
    }
    *symbol = s->last;
    return status;
}

/* A copy that lives as long as the economy; the same one when the row before had the same text. */
static bool keep(pl_builder *b, pl_table table, int field, const char *text, const char **out)
{
    const char **last = &b->last_text[table][field];
    if (text == NULL || text[0] == '\0') {
        *out = "";
        return true;
    }
    if (*last == NULL || strcmp(*last, text) != 0) {
        const char *copy = pl_arena_text(&b->arena, text, strlen(text));
        if (copy == NULL) {
            return false;
        }
        *last = copy;
    }
    *out = *last;
    return true;
}

static void *new_row(pl_builder *b, pl_table table, pl_status *status)
{
    pl_raw_rows *rows = &b->rows[table];
    size_t most = table == PL_FLOWS || table == PL_USES ? ROWS_MAX : INT32_MAX - 1;
    if (rows->n >= most) {
        *status = PL_TOOBIG;
        return NULL;
    }
    if (!pl_grow(&rows->row, &rows->cap, rows->n + 1, ROW_SIZE[table], most)) {
        *status = PL_NOMEM;
        return NULL;
    }
    return (char *)rows->row + rows->n++ * ROW_SIZE[table];
}

/* Remembers the first row that defines a symbol; later ones are found out when freezing. */
static void define(pl_builder *b, pl_space space, pl_table table, int32_t symbol)
{
    int32_t *row = &b->symbols[space].row[symbol];
    *row = *row < 0 ? (int32_t)b->rows[table].n - 1 : *row;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

pl_status pl_add_good(pl_builder *b, int64_t line, const char *id, const char *name, const char *unit,
                      const char *group, const char *place, bool must_be_used)
{
    pl_raw_good raw = {.line = line, .good.must_be_used = must_be_used};
    pl_status status = symbol_of(b, PL_SPACE_GOOD, id, &raw.symbol);
    if (status != PL_OK) {
        return status;
    }
    raw.good.id = b->symbols[PL_SPACE_GOOD].text[raw.symbol];
    if (!keep(b, PL_GOODS, 1, name, &raw.good.name) || !keep(b, PL_GOODS, 2, unit, &raw.good.unit) ||
        !keep(b, PL_GOODS, 3, group, &raw.good.group) || !keep(b, PL_GOODS, 4, place, &raw.good.place)) {
        return PL_NOMEM;
    }
    pl_raw_good *row = new_row(b, PL_GOODS, &status);
    if (row != NULL) {
        *row = raw;
        define(b, PL_SPACE_GOOD, PL_GOODS, raw.symbol);
    }
    return status;
}

pl_status pl_add_recipe(pl_builder *b, int64_t line, const char *id, const char *name, const char *place,
                        double capacity)
{
    pl_raw_recipe raw = {.line = line, .recipe.capacity = capacity};
    pl_status status = symbol_of(b, PL_SPACE_RECIPE, id, &raw.symbol);
    if (status != PL_OK) {
        return status;
    }
    raw.recipe.id = b->symbols[PL_SPACE_RECIPE].text[raw.symbol];
    if (!keep(b, PL_RECIPES, 1, name, &raw.recipe.name) || !keep(b, PL_RECIPES, 2, place, &raw.recipe.place)) {
        return PL_NOMEM;
    }
    pl_raw_recipe *row = new_row(b, PL_RECIPES, &status);
    if (row != NULL) {
        *row = raw;
        define(b, PL_SPACE_RECIPE, PL_RECIPES, raw.symbol);
    }
    return status;
}

static pl_status add_pair(pl_builder *b, pl_table table, pl_space space, int64_t line, const char *recipe,
                          const char *other, double amount)
{
    pl_raw_pair raw = {.line = line, .amount = amount};
    pl_status status = symbol_of(b, PL_SPACE_RECIPE, recipe, &raw.recipe);
    if (status == PL_OK) {
        status = symbol_of(b, space, other, &raw.other);
    }
    pl_raw_pair *row = status == PL_OK ? new_row(b, table, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_flow(pl_builder *b, int64_t line, const char *recipe, const char *good, double amount)
{
    return add_pair(b, PL_FLOWS, PL_SPACE_GOOD, line, recipe, good, amount);
}

pl_status pl_add_use(pl_builder *b, int64_t line, const char *recipe, const char *resource, double amount)
{
    return add_pair(b, PL_USES, PL_SPACE_RESOURCE, line, recipe, resource, amount);
}

pl_status pl_add_resource(pl_builder *b, int64_t line, const char *id, const char *name, const char *unit,
                          pl_kind kind, double available)
{
    pl_raw_resource raw = {.line = line, .resource = {.kind = kind, .available = available}};
    pl_status status = symbol_of(b, PL_SPACE_RESOURCE, id, &raw.symbol);
    if (status != PL_OK) {
        return status;
    }
    raw.resource.id = b->symbols[PL_SPACE_RESOURCE].text[raw.symbol];
    if (!keep(b, PL_RESOURCES, 1, name, &raw.resource.name) ||
        !keep(b, PL_RESOURCES, 2, unit, &raw.resource.unit)) {
        return PL_NOMEM;
    }
    pl_raw_resource *row = new_row(b, PL_RESOURCES, &status);
    if (row != NULL) {
        *row = raw;
        define(b, PL_SPACE_RESOURCE, PL_RESOURCES, raw.symbol);
    }
    return status;
}

pl_status pl_add_need(pl_builder *b, int64_t line, const char *good, int32_t tier, const char *group, double amount,
                      double weight, double floor)
{
    pl_raw_need raw = {line, {.tier = tier, .amount = amount, .weight = weight, .floor = floor}};
    pl_status status = symbol_of(b, PL_SPACE_GOOD, good, &raw.need.good);
    if (status == PL_OK && !keep(b, PL_NEEDS, 2, group, &raw.need.group)) {
        status = PL_NOMEM;
    }
    pl_raw_need *row = status == PL_OK ? new_row(b, PL_NEEDS, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_trade(pl_builder *b, int64_t line, const char *good, double import_price, double import_limit,
                       double export_price, double export_limit)
{
    pl_raw_trade raw = {line, {0, import_price, import_limit, export_price, export_limit}};
    pl_status status = symbol_of(b, PL_SPACE_GOOD, good, &raw.trade.good);
    pl_raw_trade *row = status == PL_OK ? new_row(b, PL_TRADE, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_stock(pl_builder *b, int64_t line, const char *good, double amount)
{
    pl_raw_stock raw = {line, {0, amount}};
    pl_status status = symbol_of(b, PL_SPACE_GOOD, good, &raw.stock.good);
    pl_raw_stock *row = status == PL_OK ? new_row(b, PL_STOCKS, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_place(pl_builder *b, int64_t line, const char *id, const char *name)
{
    pl_raw_place raw = {.line = line};
    pl_status status = symbol_of(b, PL_SPACE_PLACE, id, &raw.symbol);
    if (status != PL_OK) {
        return status;
    }
    raw.place.id = b->symbols[PL_SPACE_PLACE].text[raw.symbol];
    if (!keep(b, PL_PLACES, 1, name, &raw.place.name)) {
        return PL_NOMEM;
    }
    pl_raw_place *row = new_row(b, PL_PLACES, &status);
    if (row != NULL) {
        *row = raw;
        define(b, PL_SPACE_PLACE, PL_PLACES, raw.symbol);
    }
    return status;
}

pl_status pl_add_asset(pl_builder *b, int64_t line, const char *good, double loss, double end)
{
    pl_raw_asset raw = {line, {0, loss, end}};
    pl_status status = symbol_of(b, PL_SPACE_GOOD, good, &raw.asset.good);
    pl_raw_asset *row = status == PL_OK ? new_row(b, PL_ASSETS, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_capital(pl_builder *b, int64_t line, const char *recipe, const char *good, double amount)
{
    return add_pair(b, PL_CAPITAL, PL_SPACE_GOOD, line, recipe, good, amount);
}

pl_status pl_add_lag(pl_builder *b, int64_t line, const char *recipe, int32_t years)
{
    pl_raw_lag raw = {line, {0, years}};
    pl_status status = symbol_of(b, PL_SPACE_RECIPE, recipe, &raw.lag.recipe);
    pl_raw_lag *row = status == PL_OK ? new_row(b, PL_LAGS, &status) : NULL;
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_add_trend(pl_builder *b, int64_t line, const char *table, const char *key, int32_t year, double amount,
                       double growth)
{
    pl_raw_trend raw = {line, {.year = year, .amount = amount, .growth = growth}};
    if (!keep(b, PL_TRENDS, 0, table, &raw.trend.table) || !keep(b, PL_TRENDS, 1, key, &raw.trend.key)) {
        return PL_NOMEM;
    }
    pl_status status = PL_OK;
    pl_raw_trend *row = new_row(b, PL_TRENDS, &status);
    if (row != NULL) {
        *row = raw;
    }
    return status;
}

pl_status pl_builder_set_title(pl_builder *b, const char *title, const char *path)
{
    title = title != NULL ? title : "";
    path = path != NULL ? path : "";
    const char *a = pl_arena_text(&b->arena, title, strlen(title));
    const char *c = pl_arena_text(&b->arena, path, strlen(path));
    if (a == NULL || c == NULL) {
        return PL_NOMEM;
    }
    b->title = a;
    b->path = c;
    return PL_OK;
}
