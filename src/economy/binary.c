/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Reads a binary economy: everything the rest of the program relies on is checked.  Flows and uses stay where they are
 * in the mapped file; the other tables get their rows in memory.  Nothing in the file is trusted: a file
 * with good checksums may still have been made to harm. */
#include "economy/binary.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "economy/builder.h"
#include "economy/years.h"

#define PORTION (1 << 22) /* recipes that are checked in one go */

typedef struct reader {
    pl_sections file;
    pl_section column[PL_TABLES][PL_TABLE_COLUMNS], text, title, witness;
    bool frugal; /* lets pages go that were read */
    pl_economy *e;
    pl_arena *arena;
    pl_error *err;
} reader;

typedef struct whole {
    pl_economy economy;
    struct pl_economy_storage storage;
} whole;

#define damaged(r, ...) pl_sections_damaged(&(r)->file, (r)->err, __VA_ARGS__)

static void forget(const reader *r)
{
    if (r->frugal) {
        pl_sections_forget(r->file.map, r->file.n);
    }
}

static void find_sections(reader *r)
{
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
        for (int c = 0; c < pl_table_columns(t); c++) {
            r->column[t][c] = pl_sections_get(&r->file, PL_BINARY_ID(t, c));
        }
    }
    r->text = pl_sections_get(&r->file, PL_BINARY_TEXT);
    r->title = pl_sections_get(&r->file, PL_BINARY_TITLE);
    r->witness = pl_sections_get(&r->file, PL_BINARY_WITNESS);
}

/* ---- Values --------------------------------------------------------------------------------------------- */

static const char *text_at(const reader *r, const pl_section *column, int64_t i)
{
    return column->count == 0 ? "" : pl_sections_text(&r->text, ((const uint64_t *)column->at)[i]);
}

static double real_at(const pl_section *column, int64_t i, double usual)
{
    return column->count == 0 ? usual : ((const double *)column->at)[i];
}

static int32_t index_at(const pl_section *column, int64_t i, int32_t usual)
{
    return column->count == 0 ? usual : ((const int32_t *)column->at)[i];
}

static bool limit(double x)
{
    return !pl_given(x) || (isfinite(x) && x >= 0);
}

/* Number of rows; all columns that are there must have as many. */
static pl_status count_rows(const reader *r, pl_economy_table t, int32_t *rows)
{
    uint64_t n = r->column[t][0].count;
    for (int c = 0; c < pl_table_columns(t); c++) {
        uint64_t count = r->column[t][c].count;
        if (n >= INT32_MAX || (count != 0 && count != n)) {
            return damaged(r, "the columns of %s do not fit together", PL_TABLE[t].name);
        }
    }
    *rows = (int32_t)n;
    return PL_OK;
}

static pl_status wrong_row(const reader *r, pl_economy_table t, int64_t row)
{
    return damaged(r, "row %lld of %s cannot be", (long long)row + 1, PL_TABLE[t].name);
}

/* Room for the rows of a table. */
static void *room(reader *r, int32_t n, size_t size, pl_status *status)
{
    void *p = *status == PL_OK ? pl_arena_alloc(r->arena, (size_t)n, size) : NULL;
    if (p == NULL && *status == PL_OK) {
        *status = pl_fail_nomem(r->err, r->file.path);
    }
    return p;
}

/* ---- Tables --------------------------------------------------------------------------------------------- */

/* The texts of row i into text[]; false when one cannot be, or the identifier is not above the one before. */
static bool read_texts(const reader *r, pl_economy_table t, int32_t i, int columns, const char **text)
{
    for (int c = 0; c < columns; c++) {
        text[c] = text_at(r, &r->column[t][c], i);
        if (text[c] == NULL) {
            return false;
        }
    }
    return text[0][0] != '\0' && (i == 0 || strcmp(text_at(r, &r->column[t][0], i - 1), text[0]) < 0);
}

static pl_status read_goods(reader *r)
{
    int32_t n, wrong = INT32_MAX;
    pl_status status = count_rows(r, PL_GOODS, &n);
    pl_good *goods = room(r, n, sizeof *goods, &status);
    if (status != PL_OK) {
        return status;
    }
    const unsigned char *disposal = r->column[PL_GOODS][5].at;
    for (int32_t i = 0; i < n && wrong == INT32_MAX; i++) {
        const char *text[5];
        if (!read_texts(r, PL_GOODS, i, 5, text) || (disposal != NULL && disposal[i] > 1)) {
            wrong = i;
            break;
        }
        goods[i] = (pl_good){text[0], text[1], text[2], text[3], text[4], disposal != NULL && disposal[i] == 1};
    }
    r->e->goods = goods;
    r->e->n_goods = n;
    return wrong == INT32_MAX ? PL_OK : wrong_row(r, PL_GOODS, wrong);
}

static pl_status read_recipes(reader *r)
{
    int32_t n;
    pl_status status = count_rows(r, PL_RECIPES, &n);
    pl_recipe *recipes = room(r, n, sizeof *recipes, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        const char *text[3];
        double capacity = real_at(&r->column[PL_RECIPES][3], i, PL_ABSENT);
        if (!read_texts(r, PL_RECIPES, i, 3, text) || !limit(capacity)) {
            return wrong_row(r, PL_RECIPES, i);
        }
        recipes[i] = (pl_recipe){text[0], text[1], text[2], capacity};
    }
    r->e->recipes = recipes;
    r->e->n_recipes = n;
    return status;
}

static pl_status read_resources(reader *r)
{
    int32_t n;
    pl_status status = count_rows(r, PL_RESOURCES, &n);
    pl_resource *resources = room(r, n, sizeof *resources, &status);
    r->e->foreign_exchange = -1;
    const unsigned char *kind = r->column[PL_RESOURCES][3].at;
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        const char *text[3];
        double available = real_at(&r->column[PL_RESOURCES][4], i, PL_ABSENT);
        if (!read_texts(r, PL_RESOURCES, i, 3, text) || (kind != NULL && kind[i] > PL_OTHER)) {
            return wrong_row(r, PL_RESOURCES, i);
        }
        bool exchange = strcmp(text[0], "foreign_exchange") == 0;
        if (!limit(exchange && isfinite(available) ? fabs(available) : available)) {
            return wrong_row(r, PL_RESOURCES, i);
        }
        resources[i] = (pl_resource){text[0], text[1], text[2], kind != NULL ? (pl_kind)kind[i] : PL_OTHER, available};
        r->e->foreign_exchange = exchange ? i : r->e->foreign_exchange;
    }
    r->e->resources = resources;
    r->e->n_resources = n;
    return status;
}

static pl_status read_places(reader *r)
{
    int32_t n;
    pl_status status = count_rows(r, PL_PLACES, &n);
    pl_place *places = room(r, n, sizeof *places, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        const char *text[2];
        if (!read_texts(r, PL_PLACES, i, 2, text)) {
            return wrong_row(r, PL_PLACES, i);
        }
        places[i] = (pl_place){text[0], text[1]};
    }
    r->e->places = places;
    r->e->n_places = n;
    return status;
}

/* The coefficients of recipe k: indices ascending and in range, amounts finite. */
static bool pairs_hold(const pl_columns *c, int32_t k, int32_t n_others)
{
    bool good = true;
    for (int64_t i = c->start[k]; i < c->start[k + 1]; i++) {
        good &= c->index[i] >= 0 && c->index[i] < n_others && isfinite(c->amount[i]);
        good &= i == c->start[k] || c->index[i - 1] < c->index[i];
    }
    return good;
}

static pl_status read_pairs(reader *r, pl_economy_table t, int32_t n_others, pl_columns *out)
{
    const pl_section *p = r->column[t];
    int32_t n = r->e->n_recipes, wrong = INT32_MAX;
    pl_status status = PL_OK;
    if (n == 0 && p[0].count == 0 && p[1].count == 0 && p[2].count == 0) {
        int64_t *none = room(r, 1, sizeof *none, &status);
        if (none != NULL) {
            *none = 0;
            *out = (pl_columns){.start = none};
        }
        return status;
    }
    if (p[0].count != (uint64_t)n + 1 || p[1].count != p[2].count || p[1].count > INT64_MAX / 16) {
        return damaged(r, "the columns of %s do not fit together", PL_TABLE[t].name);
    }
    *out = (pl_columns){p[0].at, p[1].at, p[2].at};
    bool ordered = out->start[0] == 0 && out->start[n] == (int64_t)p[1].count;
    for (int32_t k = 0; k < n; k++) {
        ordered &= out->start[k] <= out->start[k + 1];
    }
    if (!ordered) {
        return damaged(r, "the rows of %s do not belong to the recipes in order", PL_TABLE[t].name);
    }
    for (int32_t first = 0; first < n && wrong == INT32_MAX; first += PORTION) {
        int32_t end = n - first < PORTION ? n : first + PORTION;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) reduction(min : wrong) if (n > 10000)
#endif
        for (int32_t k = first; k < end; k++) {
            if (!pairs_hold(out, k, n_others) && k < wrong) {
                wrong = k;
            }
        }
        forget(r);
    }
    return wrong == INT32_MAX ? PL_OK : damaged(r, "the %s of recipe '%.80s' cannot be", PL_TABLE[t].name,
                                                r->e->recipes[wrong].id);
}

static pl_status read_needs(reader *r)
{
    const pl_section *p = r->column[PL_NEEDS];
    int32_t n;
    pl_status status = count_rows(r, PL_NEEDS, &n);
    pl_need *needs = room(r, n, sizeof *needs, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_need x = {.good = index_at(&p[0], i, -1),
                     .tier = index_at(&p[1], i, 1),
                     .group = text_at(r, &p[2], i),
                     .amount = real_at(&p[3], i, PL_ABSENT),
                     .weight = real_at(&p[4], i, 1),
                     .floor = real_at(&p[5], i, 0)};
        bool holds = x.good >= 0 && x.good < r->e->n_goods && x.tier >= 1 && x.group != NULL && isfinite(x.amount) &&
                     isfinite(x.weight) && x.weight > 0 && x.floor >= 0 && x.floor <= x.amount;
        if (holds && i > 0) {
            const pl_need *y = &needs[i - 1];
            int order = y->good != x.good ? (y->good < x.good ? -1 : 1) : y->tier - x.tier;
            holds = order < 0 || (order == 0 && strcmp(y->group, x.group) < 0);
        }
        if (!holds) {
            return wrong_row(r, PL_NEEDS, i);
        }
        needs[i] = x;
    }
    r->e->needs = needs;
    r->e->n_needs = n;
    return status;
}

static pl_status read_trade(reader *r)
{
    const pl_section *p = r->column[PL_TRADE];
    int32_t n, before = -1;
    pl_status status = count_rows(r, PL_TRADE, &n);
    pl_trade *trade = room(r, n, sizeof *trade, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_trade x = {index_at(&p[0], i, -1), real_at(&p[1], i, PL_ABSENT), real_at(&p[2], i, PL_ABSENT),
                      real_at(&p[3], i, PL_ABSENT), real_at(&p[4], i, PL_ABSENT)};
        if (x.good <= before || x.good >= r->e->n_goods || !limit(x.import_price) || !limit(x.import_limit) ||
            !limit(x.export_price) || !limit(x.export_limit)) {
            return wrong_row(r, PL_TRADE, i);
        }
        before = x.good;
        trade[i] = x;
    }
    r->e->trade = trade;
    r->e->n_trade = n;
    return status;
}

static pl_status read_stocks(reader *r)
{
    const pl_section *p = r->column[PL_STOCKS];
    int32_t n, before = -1;
    pl_status status = count_rows(r, PL_STOCKS, &n);
    pl_stock *stocks = room(r, n, sizeof *stocks, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_stock x = {index_at(&p[0], i, -1), real_at(&p[1], i, PL_ABSENT)};
        if (x.good <= before || x.good >= r->e->n_goods || !pl_given(x.amount) || !limit(x.amount)) {
            return wrong_row(r, PL_STOCKS, i);
        }
        before = x.good;
        stocks[i] = x;
    }
    r->e->stocks = stocks;
    r->e->n_stocks = n;
    return status;
}

static pl_status read_assets(reader *r)
{
    const pl_section *p = r->column[PL_ASSETS];
    int32_t n, before = -1;
    pl_status status = count_rows(r, PL_ASSETS, &n);
    pl_asset *assets = room(r, n, sizeof *assets, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_asset x = {index_at(&p[0], i, -1), real_at(&p[1], i, 0), real_at(&p[2], i, 1)};
        if (x.good <= before || x.good >= r->e->n_goods || !(x.loss >= 0 && x.loss <= 1) || !pl_given(x.end) ||
            !limit(x.end)) {
            return wrong_row(r, PL_ASSETS, i);
        }
        before = x.good;
        assets[i] = x;
    }
    r->e->assets = assets;
    r->e->n_assets = n;
    return status;
}

static pl_status read_capital(reader *r)
{
    const pl_section *p = r->column[PL_CAPITAL];
    int32_t n;
    pl_status status = count_rows(r, PL_CAPITAL, &n);
    pl_capital *capital = room(r, n, sizeof *capital, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_capital x = {index_at(&p[0], i, -1), index_at(&p[1], i, -1), real_at(&p[2], i, PL_ABSENT)};
        const pl_capital *before = i > 0 ? &capital[i - 1] : &(pl_capital){-1, -1, 0};
        bool ordered = before->recipe < x.recipe || (before->recipe == x.recipe && before->good < x.good);
        if (!ordered || x.recipe < 0 || x.recipe >= r->e->n_recipes || x.good < 0 || x.good >= r->e->n_goods ||
            pl_find_asset(r->e, x.good) < 0 || !pl_given(x.amount) || !limit(x.amount)) {
            return wrong_row(r, PL_CAPITAL, i);
        }
        capital[i] = x;
    }
    r->e->capital = capital;
    r->e->n_capital = n;
    return status;
}

static pl_status read_lags(reader *r)
{
    const pl_section *p = r->column[PL_LAGS];
    int32_t n, before = -1;
    pl_status status = count_rows(r, PL_LAGS, &n);
    pl_lag *lags = room(r, n, sizeof *lags, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        pl_lag x = {index_at(&p[0], i, -1), index_at(&p[1], i, -1)};
        if (x.recipe <= before || x.recipe >= r->e->n_recipes || x.years < 0 || x.years > PL_YEARS_MAX) {
            return wrong_row(r, PL_LAGS, i);
        }
        before = x.recipe;
        lags[i] = x;
    }
    r->e->lags = lags;
    r->e->n_lags = n;
    return status;
}

static bool trend_holds(const pl_economy *e, const pl_trend *t, const pl_trend *before)
{
    bool many;
    int order = -1;
    if (t->table == NULL || t->key == NULL || !pl_trend_has_table(t) || !pl_trend_names_rows(e, t, &many)) {
        return false;
    }
    if (before != NULL) {
        order = strcmp(before->table, t->table);
        order = order != 0 ? order : strcmp(before->key, t->key);
        order = order != 0 ? order : (before->year > t->year) - (before->year < t->year);
    }
    bool amount = pl_given(t->amount), growth = pl_given(t->growth);
    bool balance = strcmp(t->key, "foreign_exchange") == 0;
    return order < 0 && t->year >= 1 && (amount || growth) && !(many && amount) &&
           (!growth || (isfinite(t->growth) && t->growth > -1)) &&
           (!amount || (isfinite(t->amount) && (t->amount >= 0 || balance)));
}

/* After all other tables: it names rows of theirs. */
static pl_status read_trends(reader *r)
{
    const pl_section *p = r->column[PL_TRENDS];
    int32_t n;
    pl_status status = count_rows(r, PL_TRENDS, &n);
    pl_trend *trends = room(r, n, sizeof *trends, &status);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        trends[i] = (pl_trend){text_at(r, &p[0], i), text_at(r, &p[1], i), index_at(&p[2], i, 1),
                               real_at(&p[3], i, PL_ABSENT), real_at(&p[4], i, PL_ABSENT)};
        if (!trend_holds(r->e, &trends[i], i > 0 ? &trends[i - 1] : NULL)) {
            return wrong_row(r, PL_TRENDS, i);
        }
    }
    r->e->trends = trends;
    r->e->n_trends = n;
    return status;
}

/* Title, path, witness. */
static pl_status read_rest(reader *r)
{
    const char *title = r->title.count == 0 ? "" : text_at(r, &r->title, 0);
    const char *path = pl_arena_text(r->arena, r->file.path, strlen(r->file.path));
    if (r->title.count > 1 || title == NULL) {
        return damaged(r, "the title cannot be");
    }
    if (path == NULL) {
        return pl_fail_nomem(r->err, r->file.path);
    }
    r->e->title = title;
    r->e->path = path;
    const double *level = r->witness.at;
    for (uint64_t i = 0; i < r->witness.count; i++) {
        if (r->witness.count != (uint64_t)r->e->n_recipes || !(isfinite(level[i]) && level[i] >= 0)) {
            return damaged(r, "the levels of the witness cannot be");
        }
    }
    r->e->storage->witness = level;
    return PL_OK;
}

static pl_status read_tables(reader *r, const pl_progress *progress)
{
    pl_status status = pl_sections_texts(&r->file, r->err);
    if (status == PL_OK && !pl_tick(progress, "reading", 0.5)) {
        return pl_fail(r->err, PL_STOPPED, r->file.path, NULL, "reading was stopped");
    }
    find_sections(r);
    pl_status (*const step[])(reader *) = {read_goods, read_recipes, read_resources, read_places, read_needs,
                                           read_trade, read_stocks, read_assets, read_capital, read_lags, read_trends,
                                           read_rest};
    for (size_t i = 0; i < sizeof step / sizeof step[0] && status == PL_OK; i++) {
        status = step[i](r);
    }
    if (status == PL_OK) {
        status = read_pairs(r, PL_FLOWS, r->e->n_goods, &r->e->flows);
    }
    return status == PL_OK ? read_pairs(r, PL_USES, r->e->n_resources, &r->e->uses) : status;
}

/* ---- The file ------------------------------------------------------------------------------------------- */

const double *pl_binary_witness(const pl_economy *economy)
{
    return economy->storage != NULL ? economy->storage->witness : NULL;
}

pl_status pl_binary_load(const char *path, bool hashed, const pl_progress *progress, pl_economy **out, pl_error *err)
{
    whole *w = PL_NEW0(whole, 1);
    if (w == NULL) {
        return pl_fail_nomem(err, path);
    }
    pl_arena_init(&w->storage.arena, 0);
    w->economy.storage = &w->storage;
    reader r = {.e = &w->economy, .arena = &w->storage.arena, .err = err, .frugal = !hashed};
    pl_status status = pl_sections_open(&PL_BINARY_ECONOMY, path, r.frugal, &r.file, err);
    w->storage.map = r.file.map;
    w->storage.map_n = r.file.n;
    if (status == PL_OK) {
        status = read_tables(&r, progress);
    }
    if (status != PL_OK) {
        pl_economy_free(&w->economy);
        return status;
    }
    if (hashed) {
        memcpy(w->storage.hash, r.file.hash, sizeof w->storage.hash);
    }
    *out = &w->economy;
    return PL_OK;
}
