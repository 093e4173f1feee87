/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * variant.c - an economy with some cells changed: what a council compares. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/file.h"
#include <plenty/plan.h>

#define CHANGES_MAX 100000000u
#define SCENARIO_MAX (1u << 20)

struct pl_variant_storage {
    pl_arena arena;
    pl_recipe *recipes;
    pl_resource *resources;
    pl_need *needs;
    pl_trade *trade;
    pl_stock *stocks;
    pl_change *changes;
    size_t changes_cap;
    pl_map changed; /* "table.column key" to the number of its change */
    pl_map needs_by_key; /* filled when a plan's changes are put back */
    pl_economy *unrolled; /* of several years, or NULL */
};

/* ---- Life ------------------------------------------------------------------------------------------ */

static void *copy_of(pl_arena *arena, const void *rows, int32_t n, size_t size)
{
    void *copy = pl_arena_alloc(arena, (size_t)n, size);
    if (copy != NULL && n > 0) {
        memcpy(copy, rows, (size_t)n * size);
    }
    return copy;
}

pl_status pl_variant_new(const pl_economy *base, pl_variant **out, pl_error *err)
{
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_variant *v = PL_ARENA_NEW(&arena, pl_variant, 1);
    struct pl_variant_storage *s = PL_ARENA_NEW(&arena, struct pl_variant_storage, 1);
    if (v == NULL || s == NULL) {
        pl_arena_clear(&arena);
        return pl_fail_nomem(err, "a variant of the economy");
    }
    *v = (pl_variant){.economy = *base, .base = base, .horizon = PL_ONE_YEAR, .storage = s};
    v->economy.storage = NULL; /* what the base keeps (its hash, its file) is not said of the variant */
    *s = (struct pl_variant_storage){
        .recipes = copy_of(&arena, base->recipes, base->n_recipes, sizeof *s->recipes),
        .resources = copy_of(&arena, base->resources, base->n_resources, sizeof *s->resources),
        .needs = copy_of(&arena, base->needs, base->n_needs, sizeof *s->needs),
        .trade = copy_of(&arena, base->trade, base->n_trade, sizeof *s->trade),
        .stocks = copy_of(&arena, base->stocks, base->n_stocks, sizeof *s->stocks)};
    pl_map_init(&s->changed);
    pl_map_init(&s->needs_by_key);
    s->arena = arena; /* the variant lives in the arena that it owns */
    v->economy.recipes = s->recipes;
    v->economy.resources = s->resources;
    v->economy.needs = s->needs;
    v->economy.trade = s->trade;
    v->economy.stocks = s->stocks;
    if (s->recipes == NULL || s->resources == NULL || s->needs == NULL || s->trade == NULL ||
        s->stocks == NULL) {
        pl_variant_free(v);
        return pl_fail_nomem(err, "a variant of the economy");
    }
    *out = v;
    return PL_OK;
}

void pl_variant_free(pl_variant *variant)
{
    if (variant != NULL) {
        pl_arena arena = variant->storage->arena;
        pl_free(variant->storage->changes);
        pl_economy_free(variant->storage->unrolled);
        pl_map_clear(&variant->storage->changed);
        pl_map_clear(&variant->storage->needs_by_key);
        pl_arena_clear(&arena);
    }
}

pl_status pl_variant_unroll(pl_variant *variant, const pl_horizon *horizon, pl_error *err)
{
    if (horizon->years == 0) {
        return PL_OK;
    }
    pl_status status = pl_economy_unroll(&variant->economy, horizon, &variant->storage->unrolled, err);
    if (status == PL_OK) {
        variant->economy = *variant->storage->unrolled;
        variant->economy.storage = NULL;
        variant->horizon = *horizon;
    }
    return status;
}

static pl_status may_change(const pl_variant *variant, pl_error *err)
{
    return variant->storage->unrolled == NULL
               ? PL_OK
               : pl_fail(err, PL_USAGE, "scenario", "change it first", "the variant has several years already");
}

/* ---- One cell ---------------------------------------------------------------------------------------- */

static bool same_cell(double a, double b)
{
    return a == b || (!pl_given(a) && !pl_given(b));
}

/* Writes `to` into *cell and notes the change; a second change of a cell joins the first. */
static pl_status set_cell(pl_variant *v, const char *table, const char *key, const char *column,
                          double *cell, double to, pl_error *err)
{
    struct pl_variant_storage *s = v->storage;
    if (same_cell(*cell, to)) {
        return PL_OK;
    }
    char name[1200];
    int n = snprintf(name, sizeof name, "%s.%s %s", table, column, key);
    char *text = n > 0 && (size_t)n < sizeof name ? pl_arena_text(&s->arena, name, (size_t)n) : NULL;
    int32_t old;
    bool grown = text != NULL && pl_grow(&s->changes, &s->changes_cap, (size_t)v->n_changes + 1,
                                         sizeof *s->changes, CHANGES_MAX);
    v->changes = s->changes; /* they may have moved, also when this change joins another */
    if (!grown || pl_map_put(&s->changed, text, (size_t)n, v->n_changes, &old) != PL_OK) {
        return pl_fail_nomem(err, "a change of the scenario");
    }
    if (old >= 0) {
        s->changes[old].to = to;
    } else {
        const char *own_key = text + n - strlen(key);
        s->changes[v->n_changes++] = (pl_change){table, own_key, column, *cell, to};
    }
    *cell = to;
    return PL_OK;
}

/* Names of tables and columns. */
static const char RESOURCES[] = "resources", RECIPES[] = "recipes", NEEDS[] = "needs",
                  TRADE[] = "trade", STOCKS[] = "stocks";
static const char AVAILABLE[] = "available", CAPACITY[] = "capacity", AMOUNT[] = "amount",
                  FLOOR[] = "floor", IMPORT_LIMIT[] = "import_limit",
                  EXPORT_LIMIT[] = "export_limit";

static void need_key(const pl_economy *e, const pl_need *need, char *out, size_t size)
{
    snprintf(out, size, "%s|%d|%s", e->goods[need->good].id, need->tier, need->group);
}

/* ---- What the right side says ------------------------------------------------------------------------ */

typedef enum operation { REPLACE, ADD, SCALE, LIFT } operation;

typedef struct amount_change {
    operation op;
    double x;
} amount_change;

static pl_status read_amount(const char *text, amount_change *change, pl_error *err)
{
    size_t n = strlen(text);
    if (strcmp(text, "none") == 0) {
        *change = (amount_change){LIFT, 0};
        return PL_OK;
    }
    bool percent = n > 0 && text[n - 1] == '%', sign = *text == '+' || *text == '-';
    if (!pl_number_parse(text, n - percent, &change->x) || (percent && !sign)) {
        return pl_fail(err, PL_USAGE, NULL, "say for example +20%, -3, 5000 or none",
                       "'%s' is no change of an amount", text);
    }
    change->op = percent ? SCALE : sign ? ADD : REPLACE;
    change->x = percent ? 1 + change->x / 100 : change->x;
    return PL_OK;
}

/* New value of a cell.  `what` names it in messages; `negative` allows a result below zero. */
static pl_status apply(amount_change change, double from, const char *what, bool negative, double *to,
                       pl_error *err)
{
    if (change.op == LIFT) {
        *to = PL_ABSENT;
        return PL_OK;
    }
    if (change.op != REPLACE && !pl_given(from)) {
        return pl_fail(err, PL_USAGE, what, "give an amount without sign or per cent, for example 5000",
                       "%s has no limit that could be moved", what);
    }
    *to = change.op == REPLACE ? change.x : change.op == ADD ? from + change.x : from * change.x;
    if (!isfinite(*to) || (*to < 0 && !negative)) {
        return pl_fail(err, PL_USAGE, what, *to < 0 ? "no less than 0 can be left: take away less" : "say a smaller change",
                       "%s would become %g", what, *to);
    }
    return PL_OK;
}

/* ---- set and limit ------------------------------------------------------------------------------------ */

static pl_status change_resource(pl_variant *v, int32_t k, amount_change change, pl_error *err)
{
    pl_resource *r = &v->storage->resources[k];
    double to = PL_ABSENT;
    bool negative = k == v->economy.foreign_exchange;
    pl_status status = apply(change, r->available, r->id, negative, &to, err);
    return status == PL_OK ? set_cell(v, RESOURCES, r->id, AVAILABLE, &r->available, to, err) : status;
}

static pl_status change_kind(pl_variant *v, pl_kind kind, amount_change change, pl_error *err)
{
    for (int32_t k = 0; k < v->economy.n_resources; k++) {
        if (v->economy.resources[k].kind == kind) {
            pl_status status = change_resource(v, k, change, err);
            if (status != PL_OK) {
                return status;
            }
        }
    }
    return PL_OK;
}

static pl_status change_recipe(pl_variant *v, int32_t k, amount_change change, pl_error *err)
{
    pl_recipe *r = &v->storage->recipes[k];
    double to = PL_ABSENT;
    pl_status status = apply(change, r->capacity, r->id, false, &to, err);
    return status == PL_OK ? set_cell(v, RECIPES, r->id, CAPACITY, &r->capacity, to, err) : status;
}

static pl_status change_trade(pl_variant *v, const char *good, bool exports, amount_change change,
                              pl_error *err)
{
    for (int32_t t = 0; t < v->economy.n_trade; t++) {
        pl_trade *trade = &v->storage->trade[t];
        if (strcmp(v->economy.goods[trade->good].id, good) == 0) {
            double to = PL_ABSENT, *cell = exports ? &trade->export_limit : &trade->import_limit;
            pl_status status = apply(change, *cell, good, false, &to, err);
            return status == PL_OK ? set_cell(v, TRADE, good, exports ? EXPORT_LIMIT : IMPORT_LIMIT,
                                              cell, to, err)
                                   : status;
        }
    }
    return pl_fail(err, PL_USAGE, good, "only goods of trade.csv can be traded",
                   "there is no trade in '%s'", good);
}

static pl_status change_stock(pl_variant *v, const char *good, amount_change change, pl_error *err)
{
    for (int32_t k = 0; k < v->economy.n_stocks; k++) {
        pl_stock *stock = &v->storage->stocks[k];
        if (strcmp(v->economy.goods[stock->good].id, good) == 0) {
            double to = PL_ABSENT;
            change.op = change.op == LIFT ? REPLACE : change.op; /* a stock has no "no limit" */
            pl_status status = apply(change, stock->amount, good, false, &to, err);
            return status == PL_OK ? set_cell(v, STOCKS, good, AMOUNT, &stock->amount, to, err)
                                   : status;
        }
    }
    return pl_fail(err, PL_USAGE, good, NULL, "there is no stock of '%s'", good);
}

static int32_t kind_named(const pl_economy *e, const char *name)
{
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (strcmp(pl_kind_id(e->resources[k].kind), name) == 0) {
            return (int32_t)e->resources[k].kind;
        }
    }
    return -1;
}

static pl_status no_target(pl_variant *v, const char *name, pl_error *err)
{
    const pl_economy *e = &v->economy;
    size_t n = (size_t)e->n_resources + (size_t)e->n_recipes;
    const char **ids = PL_NEW(const char *, n);
    if (ids == NULL) {
        return pl_fail_nomem(err, "a change of the scenario");
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        ids[k] = e->resources[k].id;
    }
    for (int32_t k = 0; k < e->n_recipes; k++) {
        ids[e->n_resources + k] = e->recipes[k].id;
    }
    const char *like = pl_did_you_mean(name, ids, (int32_t)n);
    char hint[200];
    snprintf(hint, sizeof hint, like != NULL ? "did you mean '%s'?"
                                             : "say a resource, a kind of resource, a recipe, "
                                               "import:GOOD, export:GOOD or stock:GOOD%s",
             like != NULL ? like : "");
    pl_free(ids);
    return pl_fail(err, PL_USAGE, name, hint, "there is no resource or recipe '%s'", name);
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

static pl_status set(pl_variant *v, const char *name, amount_change change, pl_error *err)
{
    const pl_economy *e = &v->economy;
    const char *good;
    if ((good = after(name, "import:")) != NULL || (good = after(name, "export:")) != NULL) {
        return change_trade(v, good, name[0] == 'e', change, err);
    }
    if ((good = after(name, "stock:")) != NULL) {
        return change_stock(v, good, change, err);
    }
    const char *only_resource = after(name, "resource:"), *only_recipe = after(name, "recipe:");
    const char *id = only_resource != NULL ? only_resource : only_recipe != NULL ? only_recipe : name;
    int32_t resource = only_recipe != NULL ? -1 : pl_find_resource(e, id);
    int32_t recipe = only_resource != NULL ? -1 : pl_find_recipe(e, id);
    if (resource >= 0 && recipe >= 0) {
        return pl_fail(err, PL_USAGE, name, "say resource:ID or recipe:ID",
                       "'%s' is both a resource and a recipe", name);
    }
    if (resource >= 0) {
        return change_resource(v, resource, change, err);
    }
    if (recipe >= 0) {
        return change_recipe(v, recipe, change, err);
    }
    int32_t kind = only_recipe != NULL ? -1 : kind_named(e, id);
    return kind >= 0 ? change_kind(v, (pl_kind)kind, change, err) : no_target(v, id, err);
}

static pl_status limit(pl_variant *v, const char *name, amount_change change, pl_error *err)
{
    int32_t resource = pl_find_resource(&v->economy, name);
    return resource >= 0 ? change_resource(v, resource, change, err) : no_target(v, name, err);
}

/* ---- demand --------------------------------------------------------------------------------------------- */

typedef enum match { BY_ALL, BY_TIER, BY_KEY, BY_NEED_GROUP, BY_GOOD_GROUP, BY_GOOD, MATCHES } match;

static bool matches(const pl_economy *e, const pl_need *need, match by, const char *text, int64_t tier)
{
    switch (by) {
    case BY_ALL:
        return true;
    case BY_TIER:
        return need->tier == tier;
    case BY_KEY: /* `tier` is the number of the need */
        return need - e->needs == tier;
    case BY_NEED_GROUP:
        return strcmp(need->group, text) == 0;
    case BY_GOOD_GROUP:
        return strcmp(e->goods[need->good].group, text) == 0;
    case BY_GOOD:
    case MATCHES:
        break;
    }
    return strcmp(e->goods[need->good].id, text) == 0;
}

static int32_t count_matches(const pl_economy *e, match by, const char *text, int64_t tier)
{
    int32_t n = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        n += matches(e, &e->needs[k], by, text, tier);
    }
    return n;
}

/* Which needs are meant: by is set, *text moved behind a prefix. */
static pl_status resolve(const pl_economy *e, const char **text, match *by, int64_t *tier, pl_error *err)
{
    static const struct {
        const char *prefix;
        match by;
    } prefixes[] = {{"group:", BY_NEED_GROUP}, {"goods:", BY_GOOD_GROUP}, {"good:", BY_GOOD}};
    *tier = 0;
    const char *rest = after(*text, "tier:");
    if (strcmp(*text, "all") == 0) {
        *by = BY_ALL;
        return PL_OK;
    }
    if (rest != NULL && pl_integer_parse(rest, strlen(rest), tier)) {
        *by = BY_TIER;
        return PL_OK;
    }
    int32_t one = strchr(*text, '|') != NULL ? pl_find_need(e, *text) : -1;
    if (one >= 0) {
        *tier = one;
        *by = BY_KEY;
        return PL_OK;
    }
    for (size_t k = 0; k < 3; k++) {
        if ((rest = after(*text, prefixes[k].prefix)) != NULL) {
            *text = rest;
            *by = prefixes[k].by;
            return PL_OK;
        }
    }
    int found = 0;
    for (match m = BY_NEED_GROUP; m < MATCHES; m++) {
        if (count_matches(e, m, *text, 0) > 0) {
            *by = m;
            found++;
        }
    }
    if (found > 1) {
        return pl_fail(err, PL_USAGE, *text,
                       "say group:NAME (who asks), goods:NAME (group of goods) or good:ID",
                       "'%s' names needs in more than one way", *text);
    }
    *by = found == 0 ? BY_GOOD : *by;
    return PL_OK;
}

static pl_status no_need(const pl_economy *e, const char *text, pl_error *err)
{
    const char **names = PL_NEW(const char *, (size_t)e->n_needs * 3);
    if (names == NULL) {
        return pl_fail_nomem(err, "a change of the scenario");
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        names[3 * k] = e->needs[k].group;
        names[3 * k + 1] = e->goods[e->needs[k].good].group;
        names[3 * k + 2] = e->goods[e->needs[k].good].id;
    }
    const char *like = pl_did_you_mean(text, names, 3 * e->n_needs);
    char hint[200];
    snprintf(hint, sizeof hint, like != NULL ? "did you mean '%s'?"
                                             : "say a good, a group of goods, a group of needs, "
                                               "tier:N or all%s",
             like != NULL ? like : "");
    pl_free(names);
    return pl_fail(err, PL_USAGE, text, hint, "there is no need for '%s'", text);
}

static pl_status change_need(pl_variant *v, pl_need *need, amount_change change, pl_error *err)
{
    char key[1024];
    need_key(&v->economy, need, key, sizeof key);
    double to = PL_ABSENT;
    pl_status status = apply(change, need->amount, key, false, &to, err);
    if (status != PL_OK) {
        return status;
    }
    double floor_to = change.op == SCALE ? need->floor * change.x : fmin(need->floor, to);
    status = set_cell(v, NEEDS, key, AMOUNT, &need->amount, to, err);
    return status == PL_OK
               ? set_cell(v, NEEDS, key, FLOOR, &need->floor, fmin(floor_to, to), err)
               : status;
}

static pl_status demand(pl_variant *v, const char *text, amount_change change, pl_error *err)
{
    match by = BY_ALL;
    int64_t tier = 0;
    const char *given = text;
    pl_status status = resolve(&v->economy, &text, &by, &tier, err);
    if (status != PL_OK) {
        return status;
    }
    int32_t n = count_matches(&v->economy, by, text, tier);
    if (n == 0) {
        return no_need(&v->economy, text, err);
    }
    if (change.op == LIFT || (change.op != SCALE && n > 1)) {
        return pl_fail(err, PL_USAGE, given, "say a change in per cent, for example +20%",
                       "%s stands for %d needs: an amount would be unclear", given, n);
    }
    for (int32_t k = 0; k < v->economy.n_needs && status == PL_OK; k++) {
        pl_need *need = &v->storage->needs[k];
        if (matches(&v->economy, need, by, text, tier)) {
            status = change_need(v, need, change, err);
        }
    }
    return status;
}

/* ---- isolated ------------------------------------------------------------------------------------------- */

static pl_status isolate(pl_variant *v, pl_error *err)
{
    for (int32_t t = 0; t < v->economy.n_trade; t++) {
        pl_trade *trade = &v->storage->trade[t];
        const char *good = v->economy.goods[trade->good].id;
        pl_status status = PL_OK;
        if (pl_given(trade->import_price)) {
            status = set_cell(v, TRADE, good, IMPORT_LIMIT, &trade->import_limit, 0, err);
        }
        if (status == PL_OK && pl_given(trade->export_price)) {
            status = set_cell(v, TRADE, good, EXPORT_LIMIT, &trade->export_limit, 0, err);
        }
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

/* ---- The verbs ------------------------------------------------------------------------------------------ */

static void trim(char **begin, char *end)
{
    *begin += strspn(*begin, " \t");
    while (end > *begin && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) {
        end--;
    }
    *end = '\0';
}

static pl_status change_amount(pl_variant *v, const char *verb, const char *text, pl_error *err)
{
    char copy[1024];
    const char *equals = strrchr(text, '=');
    if (equals == NULL || strlen(text) >= sizeof copy) {
        return pl_fail(err, PL_USAGE, verb, "say for example labour=-10%",
                       "'%.200s' should be NAME=CHANGE", text);
    }
    memcpy(copy, text, strlen(text) + 1);
    char *name = copy, *right = copy + (equals - text) + 1;
    trim(&right, right + strlen(right));
    trim(&name, copy + (equals - text));
    amount_change change;
    pl_status status = read_amount(right, &change, err);
    if (status != PL_OK) {
        return status;
    }
    return strcmp(verb, "demand") == 0  ? demand(v, name, change, err)
           : strcmp(verb, "limit") == 0 ? limit(v, name, change, err)
                                        : set(v, name, change, err);
}

pl_status pl_variant_change(pl_variant *variant, const char *verb, const char *text, pl_error *err)
{
    pl_status status = may_change(variant, err);
    if (status != PL_OK) {
        return status;
    }
    if (strcmp(verb, "isolated") == 0) {
        return *text == '\0' ? isolate(variant, err)
                             : pl_fail(err, PL_USAGE, verb, NULL, "isolated takes no '%s'", text);
    }
    if (strcmp(verb, "set") != 0 && strcmp(verb, "limit") != 0 && strcmp(verb, "demand") != 0) {
        return pl_fail(err, PL_USAGE, verb, "say set, limit, demand or isolated",
                       "a scenario cannot '%.100s'", verb);
    }
    return change_amount(variant, verb, text, err);
}

static pl_status read_line(pl_variant *v, char *line, char *goal, size_t size, pl_error *err)
{
    char *verb = line, *end = line + strcspn(line, "#");
    trim(&verb, end);
    if (*verb == '\0') {
        return PL_OK;
    }
    char *text = verb + strcspn(verb, " \t");
    if (*text != '\0') {
        *text++ = '\0';
        trim(&text, text + strlen(text));
    }
    if (strcmp(verb, "goal") != 0) {
        return pl_variant_change(v, verb, text, err);
    }
    if (strlen(text) >= size) {
        return pl_fail(err, PL_USAGE, "goal", NULL, "the goal is too long");
    }
    memcpy(goal, text, strlen(text) + 1);
    return PL_OK;
}

pl_status pl_variant_read_text(pl_variant *variant, const char *name, const char *text, size_t n,
                               char *goal, size_t size, pl_error *err)
{
    goal[0] = '\0';
    if (memchr(text, '\0', n) != NULL) {
        return pl_fail(err, PL_PARSE, name, "a scenario is plain text", "there is a zero byte");
    }
    char *copy = PL_NEW(char, n + 1);
    if (copy == NULL) {
        return pl_fail_nomem(err, "a scenario");
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    pl_status status = PL_OK;
    int64_t number = 0;
    for (char *line = copy, *next; status == PL_OK && *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        if (*next != '\0') {
            *next++ = '\0';
        }
        number++;
        pl_error inner = {0};
        status = read_line(variant, line, goal, size, &inner);
        if (status != PL_OK) {
            char place[256];
            snprintf(place, sizeof place, "%.200s:%lld", name, (long long)number);
            status = pl_fail(err, status, place, inner.hint, "%s", inner.message);
        }
    }
    pl_free(copy);
    return status;
}

pl_status pl_variant_read(pl_variant *variant, const char *path, char *goal, size_t size, pl_error *err)
{
    pl_file file;
    pl_status status = pl_file_read(path, SCENARIO_MAX, &file, err);
    if (status == PL_OK) {
        status = pl_variant_read_text(variant, path, file.bytes, file.n, goal, size, err);
        pl_file_clear(&file);
    }
    return status;
}

/* ---- Putting back a plan's changes ------------------------------------------------------------------------ */

static double *find_trade(pl_variant *v, const char *key, bool exports)
{
    for (int32_t t = 0; t < v->economy.n_trade; t++) {
        if (strcmp(v->economy.goods[v->economy.trade[t].good].id, key) == 0) {
            pl_trade *trade = &v->storage->trade[t];
            return exports ? &trade->export_limit : &trade->import_limit;
        }
    }
    return NULL;
}

/* Numbers the needs by their keys, once. */
static pl_status index_needs(pl_variant *v, pl_error *err)
{
    struct pl_variant_storage *s = v->storage;
    if (s->needs_by_key.count > 0) {
        return PL_OK;
    }
    for (int32_t k = 0; k < v->economy.n_needs; k++) {
        char key[1024];
        need_key(&v->economy, &v->economy.needs[k], key, sizeof key);
        char *text = pl_arena_text(&s->arena, key, strlen(key));
        int32_t old;
        if (text == NULL || pl_map_put(&s->needs_by_key, text, strlen(text), k, &old) != PL_OK) {
            pl_map_clear(&s->needs_by_key);
            return pl_fail_nomem(err, "the changes of a plan");
        }
    }
    return PL_OK;
}

static double *find_need(pl_variant *v, const char *key, bool floor)
{
    int32_t k = pl_map_get(&v->storage->needs_by_key, key, strlen(key));
    pl_need *need = k >= 0 ? &v->storage->needs[k] : NULL;
    return need == NULL ? NULL : floor ? &need->floor : &need->amount;
}

static double *find_stock(pl_variant *v, const char *key)
{
    for (int32_t k = 0; k < v->economy.n_stocks; k++) {
        if (strcmp(v->economy.goods[v->economy.stocks[k].good].id, key) == 0) {
            return &v->storage->stocks[k].amount;
        }
    }
    return NULL;
}

/* The cell a change speaks of, with the canonical names of its table and column. */
static double *find_cell(pl_variant *v, const pl_change *c, const char **table, const char **column)
{
    int32_t k;
    if (strcmp(c->table, RESOURCES) == 0 && strcmp(c->column, AVAILABLE) == 0) {
        *table = RESOURCES;
        *column = AVAILABLE;
        k = pl_find_resource(&v->economy, c->key);
        return k >= 0 ? &v->storage->resources[k].available : NULL;
    }
    if (strcmp(c->table, RECIPES) == 0 && strcmp(c->column, CAPACITY) == 0) {
        *table = RECIPES;
        *column = CAPACITY;
        k = pl_find_recipe(&v->economy, c->key);
        return k >= 0 ? &v->storage->recipes[k].capacity : NULL;
    }
    bool floor = strcmp(c->column, FLOOR) == 0, exports = strcmp(c->column, EXPORT_LIMIT) == 0;
    if (strcmp(c->table, NEEDS) == 0 && (floor || strcmp(c->column, AMOUNT) == 0)) {
        *table = NEEDS;
        *column = floor ? FLOOR : AMOUNT;
        return find_need(v, c->key, floor);
    }
    if (strcmp(c->table, TRADE) == 0 && (exports || strcmp(c->column, IMPORT_LIMIT) == 0)) {
        *table = TRADE;
        *column = exports ? EXPORT_LIMIT : IMPORT_LIMIT;
        return find_trade(v, c->key, exports);
    }
    if (strcmp(c->table, STOCKS) == 0 && strcmp(c->column, AMOUNT) == 0) {
        *table = STOCKS;
        *column = AMOUNT;
        return find_stock(v, c->key);
    }
    return NULL;
}

pl_status pl_variant_restore(pl_variant *variant, const pl_change *changes, int32_t n, pl_error *err)
{
    pl_status status = n > 0 ? may_change(variant, err) : PL_OK;
    status = status == PL_OK && n > 0 ? index_needs(variant, err) : status;
    for (int32_t k = 0; k < n && status == PL_OK; k++) {
        const char *table = NULL, *column = NULL;
        double *cell = find_cell(variant, &changes[k], &table, &column);
        if (cell == NULL || !same_cell(*cell, changes[k].from)) {
            return pl_fail(err, PL_DATA, "changes.csv", "was the economy changed after the plan?",
                           "the plan's change of %s %s %s does not fit the economy",
                           changes[k].table, changes[k].key, changes[k].column);
        }
        status = set_cell(variant, table, changes[k].key, column, cell, changes[k].to, err);
    }
    return status;
}
