/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The tables of later years (docs/methods/years.md): assets, capital, lags, trends.  They speak of rows of the other
 * tables, so these are frozen first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "economy/freeze.h"
#include "economy/years.h"

static void freeze_assets(pl_freezer *f)
{
    pl_raw_asset *raw = f->b->rows[PL_ASSETS].row;
    size_t n = f->b->rows[PL_ASSETS].n;
    pl_asset *assets = pl_freeze_room(f, n, sizeof *assets);
    for (size_t i = 0; i < n; i++) {
        pl_asset *a = &raw[i].asset;
        const char *id = f->b->symbols[PL_SPACE_GOOD].text[a->good];
        if (!(a->loss >= 0 && a->loss <= 1) && pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_ASSETS, 1, raw[i].line, "write 0.05 for one part in twenty that is gone after a year",
                          "loss of %.80s is %g, not between 0 and 1", id, a->loss);
        }
        pl_freeze_number(f, &(pl_cell){PL_ASSETS, 2, raw[i].line, id, ""}, a->end, 0, false);
        a->good = pl_freeze_resolve(f, PL_SPACE_GOOD, a->good, PL_ASSETS, 0, raw[i].line);
        a->loss += 0.0; /* -0 becomes +0 */
        a->end += 0.0;
    }
    pl_freeze_sort(f, PL_ASSETS, PL_SPACE_GOOD, sizeof *raw);
    for (size_t i = 0; i < n && assets != NULL; i++) {
        assets[i] = raw[i].asset;
    }
    f->e->assets = assets;
    f->e->n_assets = (int32_t)n;
}

/* ---- Capital -------------------------------------------------------------------------------------------- */

static int by_recipe_and_good(const void *a, const void *b)
{
    const pl_raw_pair *x = a, *y = b;
    if (x->recipe != y->recipe) {
        return x->recipe < y->recipe ? -1 : 1;
    }
    if (x->other != y->other) {
        return x->other < y->other ? -1 : 1;
    }
    return (x->line > y->line) - (x->line < y->line);
}

int32_t pl_find_asset(const pl_economy *e, int32_t good)
{
    int32_t low = 0, high = e->n_assets;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (e->assets[middle].good < good) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < e->n_assets && e->assets[low].good == good ? low : -1;
}

static void judge_capital(pl_freezer *f, pl_raw_pair *p)
{
    const char *recipe = f->b->symbols[PL_SPACE_RECIPE].text[p->recipe];
    const char *good = f->b->symbols[PL_SPACE_GOOD].text[p->other];
    pl_freeze_number(f, &(pl_cell){PL_CAPITAL, 2, p->line, recipe, good}, p->amount, 0, false);
    p->recipe = pl_freeze_resolve(f, PL_SPACE_RECIPE, p->recipe, PL_CAPITAL, 0, p->line);
    p->other = pl_freeze_resolve(f, PL_SPACE_GOOD, p->other, PL_CAPITAL, 1, p->line);
    p->amount += 0.0;
    if (p->other >= 0 && pl_find_asset(f->e, p->other) < 0 && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_CAPITAL, 1, p->line, "add it to assets.csv: it is not used up",
                      "%.80s is at work in %.80s, but is no asset", good, recipe);
    }
}

static void freeze_capital(pl_freezer *f)
{
    pl_raw_pair *raw = f->b->rows[PL_CAPITAL].row;
    size_t n = f->b->rows[PL_CAPITAL].n;
    pl_capital *capital = pl_freeze_room(f, n, sizeof *capital);
    for (size_t i = 0; i < n; i++) {
        judge_capital(f, &raw[i]);
    }
    if (n > 0) {
        qsort(raw, n, sizeof *raw, by_recipe_and_good);
    }
    for (size_t i = 0; i < n && capital != NULL; i++) {
        capital[i] = (pl_capital){raw[i].recipe, raw[i].other, raw[i].amount};
        bool again = i > 0 && raw[i].recipe >= 0 && raw[i].other >= 0 && raw[i - 1].recipe == raw[i].recipe &&
                     raw[i - 1].other == raw[i].other;
        if (again && pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_CAPITAL, 1, raw[i].line, "add them up in one row", "%.90s, %.90s is there twice%s",
                          f->ids[PL_SPACE_RECIPE][raw[i].recipe], f->ids[PL_SPACE_GOOD][raw[i].other],
                          pl_freeze_first_in(raw[i - 1].line, (char[48]){0}));
        }
    }
    f->e->capital = capital;
    f->e->n_capital = (int32_t)n;
}

static void freeze_lags(pl_freezer *f)
{
    pl_raw_lag *raw = f->b->rows[PL_LAGS].row;
    size_t n = f->b->rows[PL_LAGS].n;
    pl_lag *lags = pl_freeze_room(f, n, sizeof *lags);
    for (size_t i = 0; i < n; i++) {
        pl_lag *l = &raw[i].lag;
        if ((l->years < 0 || l->years > PL_YEARS_MAX) && pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_LAGS, 1, raw[i].line, "write 1 when what is begun this year is there next year",
                          "the lag of %.80s is %d, not between 0 and %d",
                          f->b->symbols[PL_SPACE_RECIPE].text[l->recipe], l->years, PL_YEARS_MAX);
        }
        l->recipe = pl_freeze_resolve(f, PL_SPACE_RECIPE, l->recipe, PL_LAGS, 0, raw[i].line);
    }
    pl_freeze_sort(f, PL_LAGS, PL_SPACE_RECIPE, sizeof *raw);
    for (size_t i = 0; i < n && lags != NULL; i++) {
        lags[i] = raw[i].lag;
    }
    f->e->lags = lags;
    f->e->n_lags = (int32_t)n;
}

/* ---- Trends --------------------------------------------------------------------------------------------- */

static bool has_tier(const pl_economy *e, const char *key)
{
    for (int32_t k = 0; k < e->n_needs; k++) {
        char tier[32];
        snprintf(tier, sizeof tier, "tier:%d", e->needs[k].tier);
        if (strcmp(tier, key) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_stock(const pl_economy *e, int32_t good)
{
    for (int32_t k = 0; k < e->n_stocks; k++) {
        if (e->stocks[k].good == good) {
            return true;
        }
    }
    return false;
}

bool pl_trend_names_rows(const pl_economy *e, const pl_trend *t, bool *many)
{
    bool all = strcmp(t->key, "all") == 0;
    *many = all && (strcmp(t->table, "needs") == 0 || strcmp(t->table, "stocks") == 0);
    if (strcmp(t->table, "needs") == 0) {
        *many = all || has_tier(e, t->key);
        return *many || pl_find_need(e, t->key) >= 0;
    }
    if (strcmp(t->table, "stocks") == 0) {
        return all || has_stock(e, pl_find_good(e, t->key));
    }
    return strcmp(t->table, "resources") == 0 ? pl_find_resource(e, t->key) >= 0 : pl_find_recipe(e, t->key) >= 0;
}

static void judge_trend_numbers(pl_freezer *f, const pl_raw_trend *raw, bool many)
{
    const pl_trend *t = &raw->trend;
    bool balance = strcmp(t->table, "resources") == 0 && strcmp(t->key, "foreign_exchange") == 0;
    pl_freeze_number(f, &(pl_cell){PL_TRENDS, 3, raw->line, t->table, t->key}, t->amount, balance ? -HUGE_VAL : 0, true);
    bool grows = pl_given(t->growth);
    if (grows && !(isfinite(t->growth) && t->growth > -1) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_TRENDS, 4, raw->line, "write 0.02 for two parts in a hundred more each year",
                      "growth of %.60s, %.80s is %g, not above -1", t->table, t->key, t->growth);
    }
    if (!grows && !pl_given(t->amount) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_TRENDS, 0, raw->line, "give an amount, a growth, or both", "%.60s, %.80s: this row says nothing",
                      t->table, t->key);
    }
    if (many && pl_given(t->amount) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_TRENDS, 3, raw->line, "give only their growth, or name one row",
                      "%.60s, %.80s are several rows, and cannot have one amount", t->table, t->key);
    }
}

bool pl_trend_has_table(const pl_trend *t)
{
    static const char *const tables[] = {"needs", "recipes", "resources", "stocks"};
    bool known = false;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        known |= strcmp(t->table, tables[i]) == 0;
    }
    return known;
}

static void judge_trend(pl_freezer *f, pl_raw_trend *raw)
{
    pl_trend *t = &raw->trend;
    bool many = false;
    pl_freeze_text(f, PL_TRENDS, 1, raw->line, t->key);
    if (!pl_trend_has_table(t)) {
        if (pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_TRENDS, 0, raw->line, "write needs, recipes, resources or stocks",
                          "table '%.80s' has no amounts that change from year to year", t->table);
        }
    } else if (f->no_memory || f->errors > 0) {
        return; /* the tables it speaks of may not be whole */
    } else if (!pl_trend_names_rows(f->e, t, &many) && pl_freeze_worth_saying(f)) {
        bool needs = strcmp(t->table, "needs") == 0;
        pl_freeze_say(f, PL_TRENDS, 1, raw->line,
                      needs ? "write GOOD|TIER|GROUP, tier:N or all" : "write an identifier of that table",
                      "there is no '%.120s' in %s", t->key, t->table);
    }
    if (t->year < 1 && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_TRENDS, 2, raw->line, "the first year of the plan is year 1", "%.60s, %.80s: there is no year %d",
                      t->table, t->key, t->year);
    }
    judge_trend_numbers(f, raw, many);
    t->amount += 0.0;
    t->growth += 0.0;
}

static int same_trend(const pl_trend *x, const pl_trend *y)
{
    int order = strcmp(x->table, y->table);
    order = order != 0 ? order : strcmp(x->key, y->key);
    return order != 0 ? order : (x->year > y->year) - (x->year < y->year);
}

static int by_trend(const void *a, const void *b)
{
    const pl_raw_trend *x = a, *y = b;
    int order = same_trend(&x->trend, &y->trend);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void freeze_trends(pl_freezer *f)
{
    pl_raw_trend *raw = f->b->rows[PL_TRENDS].row;
    size_t n = f->b->rows[PL_TRENDS].n;
    pl_trend *trends = pl_freeze_room(f, n, sizeof *trends);
    for (size_t i = 0; i < n; i++) {
        judge_trend(f, &raw[i]);
    }
    if (n > 0) {
        qsort(raw, n, sizeof *raw, by_trend);
    }
    for (size_t i = 0; i < n && trends != NULL; i++) {
        trends[i] = raw[i].trend;
        if (i > 0 && same_trend(&raw[i - 1].trend, &raw[i].trend) == 0 && pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_TRENDS, 0, raw[i].line, "keep one of them", "%.60s, %.80s, year %d is there twice%s",
                          raw[i].trend.table, raw[i].trend.key, raw[i].trend.year,
                          pl_freeze_first_in(raw[i - 1].line, (char[48]){0}));
        }
    }
    f->e->trends = trends;
    f->e->n_trends = (int32_t)n;
}

void pl_freeze_years(pl_freezer *f)
{
    freeze_assets(f);
    freeze_capital(f);
    freeze_lags(f);
    freeze_trends(f);
}
