/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * load.c - reads a plan back, the folder (docs/formats/plan.md) or the binary file (binary.c). */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json_read.h"
#include "plan/binary.h"
#include "plan/make.h"

#define FILE_MAX ((size_t)1 << 36)
#define JSON_MAX ((size_t)64 << 20)
#define ROWS_MAX 100000000u

typedef struct loading {
    const char *path;
    const pl_economy *e; /* NULL while only the header is read */
    pl_arena arena;
    pl_plan *plan;
    json_t *json;
    bool as_start;    /* rows that the economy does not have are left out: */
    int32_t known;    /* levels of recipes that it has */
    bool is_file;     /* a binary plan, not a folder: */
    pl_sections file;
} loading;

static pl_status bad(const char *file, const char *what, pl_error *err)
{
    return pl_fail(err, PL_DATA, file, "make the plan again with `plenty plan`", "%s", what);
}

static const char *own_text(loading *l, const char *text)
{
    return text != NULL ? pl_arena_text(&l->arena, text, strlen(text)) : NULL;
}

static double *own_numbers(loading *l, int32_t n)
{
    double *x = PL_ARENA_NEW(&l->arena, double, n);
    if (x != NULL) {
        memset(x, 0, sizeof *x * (size_t)n);
    }
    return x;
}

/* ---- plan.json ----------------------------------------------------------------------------------------- */

static pl_status read_json(loading *l, pl_error *err)
{
    char path[4096];
    pl_file file;
    pl_status status = PL_OK;
    if (l->is_file) {
        pl_section s = pl_sections_get(&l->file, PL_PLAN_JSON);
        status = s.count <= JSON_MAX ? pl_json_read(s.count > 0 ? s.at : "", (size_t)s.count, "plan.json", &l->json, NULL, err)
                                     : bad("plan.json", "it is too long", err);
    } else {
        if (!pl_path_join(path, sizeof path, l->path, "plan.json")) {
            return pl_fail(err, PL_IO, l->path, NULL, "the path is too long");
        }
        if (!pl_path_exists(path)) {
            return pl_fail(err, PL_NOTFOUND, l->path, "plenty plan ECONOMY -o PLAN makes one",
                           pl_path_exists(l->path) ? "there is no plan.json in it, so this is no plan" : "there is no such plan");
        }
        status = pl_file_read(path, JSON_MAX, &file, err);
        if (status == PL_OK) {
            status = pl_json_read(file.bytes, file.n, "plan.json", &l->json, NULL, err);
            pl_file_clear(&file);
        }
    }
    if (status != PL_OK) {
        return status;
    }
    const char *format = json_string_value(json_object_get(l->json, "format"));
    if (format == NULL || strcmp(format, "plenty plan 1") != 0) {
        return pl_fail(err, PL_UNSUPPORTED, "plan.json", "use the program that wrote it",
                       "the format is '%.60s', not 'plenty plan 1'", format != NULL ? format : "");
    }
    return PL_OK;
}

static pl_status read_goal(loading *l, const char *goal, pl_error *err)
{
    pl_plan_settings settings;
    pl_status status = goal != NULL ? pl_goal_parse(goal, &settings, err)
                                    : bad("plan.json", "goal is missing", err);
    if (status == PL_OK) {
        l->plan->goal = settings.goal;
        l->plan->argument = own_text(l, settings.argument != NULL ? settings.argument : "");
    }
    return status;
}

/* Where the economy is, seen from here: its path is written as seen from the plan's folder, or from where that would be
 * if the file were one. */
static pl_status read_economy_path(loading *l, const char *relative, pl_error *err)
{
    char joined[4096], parent[4096];
    if (l->is_file && strncmp(relative, "../", 3) == 0) {
        const char *slash = strrchr(l->path, '/');
        snprintf(parent, sizeof parent, "%.*s", slash != NULL ? (int)(slash - l->path) + 1 : 1,
                 slash != NULL ? l->path : ".");
        if (!pl_path_join(joined, sizeof joined, parent, relative + 3)) {
            return pl_fail(err, PL_IO, l->path, NULL, "the path is too long");
        }
        l->plan->economy_path = own_text(l, joined);
        return PL_OK;
    }
    if (relative[0] == '/') {
        snprintf(joined, sizeof joined, "%s", relative);
    } else if (!pl_path_join(joined, sizeof joined, l->path, relative)) {
        return pl_fail(err, PL_IO, l->path, NULL, "the path is too long");
    }
    l->plan->economy_path = own_text(l, joined);
    return PL_OK;
}

static pl_status read_horizon(loading *l, pl_error *err)
{
    json_t *horizon = json_object_get(l->json, "horizon"), *growth = json_object_get(horizon, "growth");
    json_t *years = json_object_get(horizon, "years"), *end_of_it = json_object_get(horizon, "end");
    pl_horizon *h = &l->plan->horizon;
    *h = PL_ONE_YEAR;
    if (horizon == NULL) {
        return PL_OK;
    }
    h->years = json_integer_value(years) <= PL_YEARS_MAX ? (int32_t)json_integer_value(years) : 0;
    h->growth = json_is_number(growth) ? json_number_value(growth) : PL_ABSENT;
    h->end = json_number_value(end_of_it);
    bool right = h->years >= 1 && json_is_number(end_of_it) && (growth == NULL || json_is_number(growth));
    return right ? PL_OK : bad("plan.json", "its horizon cannot be", err);
}

static pl_status read_header(loading *l, pl_error *err)
{
    pl_plan *plan = l->plan;
    json_t *economy = json_object_get(l->json, "economy");
    const char *outcome = json_string_value(json_object_get(l->json, "outcome"));
    const char *hash = json_string_value(json_object_get(economy, "hash"));
    const char *title = json_string_value(json_object_get(economy, "title"));
    const char *path = json_string_value(json_object_get(economy, "path"));
    if (outcome == NULL || hash == NULL || strlen(hash) != 64 || path == NULL) {
        return bad("plan.json", "outcome, economy.hash or economy.path is missing", err);
    }
    plan->outcome = strcmp(outcome, "infeasible") == 0 ? PL_INFEASIBLE : PL_PLANNED;
    memcpy(plan->economy_hash, hash, 65);
    plan->economy_title = own_text(l, title != NULL ? title : "");
    json_t *solver = json_object_get(l->json, "solver");
    const char *way = json_string_value(json_object_get(solver, "way"));
    plan->way = own_text(l, way != NULL ? way : "");
    plan->why = "";
    plan->iterations = json_integer_value(json_object_get(solver, "iterations"));
    plan->primal_violation = json_number_value(json_object_get(solver, "primal_violation"));
    plan->dual_violation = json_number_value(json_object_get(solver, "dual_violation"));
    pl_status status = read_economy_path(l, path, err);
    if (status == PL_OK) {
        status = read_goal(l, json_string_value(json_object_get(l->json, "goal")), err);
    }
    if (status == PL_OK) {
        status = read_horizon(l, err);
    }
    if (status == PL_OK && (plan->argument == NULL || plan->economy_title == NULL ||
                            plan->economy_path == NULL || plan->way == NULL)) {
        status = pl_fail_nomem(err, "the plan");
    }
    return status;
}

static pl_status read_objective(loading *l, json_t *list, pl_stage *stage, pl_error *err)
{
    size_t n = json_array_size(list);
    const char **ids = PL_ARENA_NEW(&l->arena, const char *, n);
    for (size_t k = 0; ids != NULL && k < n; k++) {
        const char *id = json_string_value(json_array_get(list, k));
        ids[k] = own_text(l, id != NULL ? id : "");
        if (ids[k] == NULL) {
            ids = NULL;
        }
    }
    stage->objective = ids;
    stage->n_objective = (int32_t)n;
    return ids != NULL ? PL_OK : pl_fail_nomem(err, "the stages of the plan");
}

static pl_status read_stage(loading *l, json_t *json, pl_stage *stage, pl_error *err)
{
    const char *goal = json_string_value(json_object_get(json, "goal"));
    json_t *value = json_object_get(json, "value"), *bound = json_object_get(json, "bound");
    int found = -1;
    for (int k = 0; goal != NULL && k <= PL_FLOORS; k++) {
        found = strcmp(goal, pl_stage_goal_id((pl_stage_goal)k)) == 0 ? k : found;
    }
    if (found < 0) {
        return bad("plan.json", "a stage has no goal that is known", err);
    }
    *stage = (pl_stage){.goal = (pl_stage_goal)found,
                        .tier = (int32_t)json_integer_value(json_object_get(json, "tier")),
                        .value = json_is_number(value) ? json_number_value(value) : PL_ABSENT,
                        .bound = json_is_number(bound) ? json_number_value(bound) : PL_ABSENT};
    const char *needs = json_string_value(json_object_get(json, "needs"));
    stage->needs = needs != NULL ? own_text(l, needs) : NULL;
    stage->good_price = own_numbers(l, l->plan->n_goods);
    stage->resource_price = own_numbers(l, l->plan->n_resources);
    if (stage->good_price == NULL || stage->resource_price == NULL ||
        (needs != NULL && stage->needs == NULL)) {
        return pl_fail_nomem(err, "the stages of the plan");
    }
    return read_objective(l, json_object_get(json, "objective"), stage, err);
}

static pl_status read_stages(loading *l, pl_error *err)
{
    json_t *list = json_object_get(l->json, "stages");
    size_t n = json_array_size(list);
    pl_stage *stages = PL_ARENA_NEW(&l->arena, pl_stage, n);
    if (stages == NULL) {
        return pl_fail_nomem(err, "the stages of the plan");
    }
    if (n == 0 || n > INT32_MAX) {
        return bad("plan.json", "there are no stages", err);
    }
    l->plan->stages = stages;
    for (size_t k = 0; k < n; k++) {
        pl_status status = read_stage(l, json_array_get(list, k), &stages[k], err);
        if (status != PL_OK) {
            return status;
        }
        l->plan->n_stages++;
    }
    return PL_OK;
}

/* ---- Tables ---------------------------------------------------------------------------------------------- */

#define COLUMNS_MAX 9

/* One table being read: the columns asked for, in that order. */
typedef struct table {
    pl_csv csv;
    pl_file file;
    int32_t column[COLUMNS_MAX];
} table;

static pl_status open_table(loading *l, const char *name, const char *const *columns, table *t,
                            pl_error *err)
{
    char path[4096];
    memset(t, 0, sizeof *t);
    if (!pl_path_join(path, sizeof path, l->path, name)) {
        return pl_fail(err, PL_IO, l->path, NULL, "the path is too long");
    }
    pl_status status = pl_file_read(path, FILE_MAX, &t->file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&t->csv, name, &t->file, err);
    if (status != PL_OK) {
        pl_file_clear(&t->file);
        return status;
    }
    for (int k = 0; columns[k] != NULL; k++) {
        t->column[k] = pl_csv_column(&t->csv, columns[k]);
        if (t->column[k] < 0) {
            status = pl_fail(err, PL_DATA, name, NULL, "column '%s' is missing", columns[k]);
            pl_csv_close(&t->csv);
            pl_file_clear(&t->file);
            return status;
        }
    }
    return PL_OK;
}

static void close_table(table *t)
{
    pl_csv_close(&t->csv);
    pl_file_clear(&t->file);
}

static const char *text_at(const table *t, int k)
{
    return t->csv.field[t->column[k]].text;
}

static bool number_at(const table *t, int k, double *x)
{
    return pl_csv_number(&t->csv, t->column[k], x, NULL);
}

static pl_status bad_row(const table *t, const char *what, pl_error *err)
{
    char place[128];
    pl_csv_place(&t->csv, -1, place, sizeof place);
    return bad(place, what, err);
}

/* Reads all rows with `one`, which returns NULL or what is wrong. */
static pl_status read_table(loading *l, const char *name, const char *const *columns,
                            const char *(*one)(loading *, const table *, void *), void *into,
                            pl_error *err)
{
    table t;
    pl_status status = open_table(l, name, columns, &t, err);
    if (status != PL_OK) {
        return status;
    }
    bool more = false;
    while ((status = pl_csv_next(&t.csv, &more, err)) == PL_OK && more) {
        const char *wrong = one(l, &t, into);
        if (wrong != NULL) {
            status = bad_row(&t, wrong, err);
            break;
        }
    }
    close_table(&t);
    return status;
}

static const char *one_level(loading *l, const table *t, void *into)
{
    double level;
    int32_t r = pl_find_recipe(l->e, text_at(t, 0));
    if ((r < 0 && !l->as_start) || !number_at(t, 1, &level) || !pl_given(level)) {
        return "this is no level of a recipe";
    }
    if (r >= 0) {
        ((double *)into)[r] = level;
        l->known++;
    }
    return NULL;
}

typedef struct traded {
    double *imported, *exported, *drawn;
} traded;

static const char *one_balance(loading *l, const table *t, void *into)
{
    traded *x = into;
    int32_t g = pl_find_good(l->e, text_at(t, 0));
    if (g < 0 && l->as_start) {
        return NULL;
    }
    bool ok = g >= 0 && number_at(t, 1, &x->imported[g]) && number_at(t, 2, &x->exported[g]) &&
              number_at(t, 3, &x->drawn[g]);
    return ok ? NULL : "this is no balance of a good";
}

typedef struct deliveries {
    double *delivered;
    int32_t *settled;
    int32_t next;
} deliveries;

/* Needs come in the order of the economy. */
static const char *one_delivery(loading *l, const table *t, void *into)
{
    deliveries *d = into;
    double tier, stage;
    if (d->next >= l->e->n_needs) {
        return "there are more deliveries than needs";
    }
    const pl_need *need = &l->e->needs[d->next];
    if (strcmp(l->e->goods[need->good].id, text_at(t, 0)) != 0 || !number_at(t, 1, &tier) ||
        tier != need->tier || strcmp(need->group, text_at(t, 2)) != 0 ||
        !number_at(t, 3, &d->delivered[d->next]) || !number_at(t, 4, &stage) ||
        !(stage >= 0 && stage <= l->plan->n_stages)) {
        return "this is no delivery to a need of the economy, in its order";
    }
    d->settled[d->next++] = (int32_t)stage;
    return NULL;
}

/* Needs are sorted by good, tier and group. */
static int32_t find_need(const pl_economy *e, int32_t good, double tier, const char *group)
{
    int32_t from = 0, to = e->n_needs;
    while (from < to) {
        int32_t k = from + (to - from) / 2;
        const pl_need *need = &e->needs[k];
        int order = need->good != good ? (need->good < good ? -1 : 1)
                    : need->tier != tier ? (need->tier < tier ? -1 : 1) : strcmp(need->group, group);
        if (order == 0) {
            return k;
        }
        from = order < 0 ? k + 1 : from;
        to = order < 0 ? to : k;
    }
    return -1;
}

/* The same for a start: where the economy has the need. */
static const char *one_known_delivery(loading *l, const table *t, void *into)
{
    deliveries *d = into;
    double tier, stage, delivered;
    if (!number_at(t, 1, &tier) || !number_at(t, 3, &delivered) || !pl_given(delivered) || !number_at(t, 4, &stage) ||
        !(stage >= 0 && stage <= l->plan->n_stages)) {
        return "this is no delivery to a need";
    }
    int32_t good = pl_find_good(l->e, text_at(t, 0)), k = good < 0 ? -1 : find_need(l->e, good, tier, text_at(t, 2));
    if (k >= 0) {
        d->delivered[k] = delivered;
        d->settled[k] = (int32_t)stage;
    }
    return NULL;
}

static const char *one_price(loading *l, const table *t, void *into)
{
    (void)into;
    double stage, price;
    if (!number_at(t, 0, &stage) || !number_at(t, 3, &price) || !pl_given(price) ||
        !(stage >= 1 && stage <= l->plan->n_stages)) {
        return "this is no price of a stage";
    }
    const pl_stage *s = &l->plan->stages[(int32_t)stage - 1];
    bool good = strcmp(text_at(t, 1), "good") == 0;
    int32_t k = good ? pl_find_good(l->e, text_at(t, 2)) : pl_find_resource(l->e, text_at(t, 2));
    if (k < 0) {
        return l->as_start ? NULL : "the economy has no such good or resource";
    }
    /* The arrays are the plan's own; pl_stage only shows them as read-only. */
    double *prices = (double *)(uintptr_t)(good ? s->good_price : s->resource_price);
    prices[k] = price;
    return NULL;
}

typedef struct growing {
    void *rows;
    size_t n, cap;
} growing;

static const char *one_change(loading *l, const table *t, void *into)
{
    growing *g = into;
    pl_change c = {.table = own_text(l, text_at(t, 0)),
                   .key = own_text(l, text_at(t, 1)),
                   .column = own_text(l, text_at(t, 2))};
    if (!number_at(t, 3, &c.from) || !number_at(t, 4, &c.to)) {
        return "this is no change of a number";
    }
    if (c.table == NULL || c.key == NULL || c.column == NULL ||
        !pl_grow(&g->rows, &g->cap, g->n + 1, sizeof c, ROWS_MAX)) {
        return "there is not enough memory for the changes";
    }
    ((pl_change *)g->rows)[g->n++] = c;
    return NULL;
}

static int32_t find_need_by_key(const pl_economy *e, const char *key)
{
    for (int32_t k = 0; k < e->n_needs; k++) {
        char mine[1024];
        const pl_need *need = &e->needs[k];
        snprintf(mine, sizeof mine, "%s|%d|%s", e->goods[need->good].id, need->tier, need->group);
        if (strcmp(mine, key) == 0) {
            return k;
        }
    }
    return -1;
}

static const char *one_clash(loading *l, const table *t, void *into)
{
    growing *g = into;
    pl_clash c;
    int kind = -1;
    for (int k = 0; k <= PL_LIMIT_FLOOR; k++) {
        kind = strcmp(text_at(t, 0), pl_limit_kind_id((pl_limit_kind)k)) == 0 ? k : kind;
    }
    c.kind = (pl_limit_kind)kind;
    c.index = kind == PL_LIMIT_RESOURCE   ? pl_find_resource(l->e, text_at(t, 1))
              : kind == PL_LIMIT_CAPACITY ? pl_find_recipe(l->e, text_at(t, 1))
              : kind == PL_LIMIT_FLOOR    ? find_need_by_key(l->e, text_at(t, 1))
                                          : pl_find_good(l->e, text_at(t, 1));
    if (kind < 0 || c.index < 0 || !number_at(t, 2, &c.available) || !number_at(t, 3, &c.alone) ||
        !number_at(t, 4, &c.together)) {
        return "this is no limit of the economy";
    }
    if (!pl_grow(&g->rows, &g->cap, g->n + 1, sizeof c, ROWS_MAX)) {
        return "there is not enough memory for the limits that clash";
    }
    ((pl_clash *)g->rows)[g->n++] = c;
    return NULL;
}

/* ---- Together ---------------------------------------------------------------------------------------------- */

static pl_status read_rows(loading *l, const char *name, const char *const *columns, size_t size,
                           const char *(*one)(loading *, const table *, void *), void **rows,
                           int32_t *n, pl_error *err)
{
    growing g = {0};
    pl_status status = read_table(l, name, columns, one, &g, err);
    *rows = pl_arena_alloc(&l->arena, g.n, size);
    if (status == PL_OK && *rows == NULL) {
        status = pl_fail_nomem(err, name);
    }
    if (status == PL_OK && g.n > 0) {
        memcpy(*rows, g.rows, g.n * size);
        *n = (int32_t)g.n;
    }
    pl_free(g.rows);
    return status;
}

static pl_status read_changes(loading *l, pl_error *err)
{
    static const char *const columns[] = {"table", "key", "column", "from", "to", NULL};
    void *rows;
    pl_status status = read_rows(l, "changes.csv", columns, sizeof(pl_change), one_change, &rows,
                                 &l->plan->n_changes, err);
    l->plan->changes = rows;
    return status;
}

static pl_status read_clashes(loading *l, pl_error *err)
{
    static const char *const columns[] = {"kind", "id", "available", "alone", "together", NULL};
    void *rows;
    pl_status status = read_rows(l, "clashes.csv", columns, sizeof(pl_clash), one_clash, &rows,
                                 &l->plan->n_clashes, err);
    l->plan->clashes = rows;
    return status;
}

static pl_status read_vectors(loading *l, pl_error *err)
{
    static const char *const levels[] = {"recipe", "level", NULL};
    static const char *const balances[] = {"good", "imported", "exported", "drawn", NULL};
    static const char *const delivered[] = {"good", "tier", "group", "delivered", "stage", NULL};
    double *level = own_numbers(l, l->e->n_recipes);
    traded t = {own_numbers(l, l->e->n_goods), own_numbers(l, l->e->n_goods),
                own_numbers(l, l->e->n_goods)};
    deliveries d = {own_numbers(l, l->e->n_needs), PL_ARENA_NEW(&l->arena, int32_t, l->e->n_needs),
                    0};
    if (level == NULL || t.imported == NULL || t.exported == NULL || t.drawn == NULL ||
        d.delivered == NULL || d.settled == NULL) {
        return pl_fail_nomem(err, "the plan");
    }
    memset(d.settled, 0, sizeof *d.settled * (size_t)l->e->n_needs);
    pl_status status = read_table(l, "levels.csv", levels, one_level, level, err);
    if (status == PL_OK) {
        status = read_table(l, "balances.csv", balances, one_balance, &t, err);
    }
    if (status == PL_OK) {
        status = read_table(l, "deliveries.csv", delivered, l->as_start ? one_known_delivery : one_delivery, &d, err);
    }
    if (status == PL_OK && !l->as_start && d.next != l->e->n_needs) {
        status = bad("deliveries.csv", "there are fewer deliveries than needs", err);
    }
    l->plan->level = level;
    l->plan->imported = t.imported;
    l->plan->exported = t.exported;
    l->plan->drawn = t.drawn;
    l->plan->delivered = d.delivered;
    l->plan->settled = d.settled;
    return status;
}

static pl_status open_file(loading *l, pl_error *err)
{
    pl_status status = pl_sections_open(&PL_BINARY_PLAN, l->path, false, &l->file, err);
    return status == PL_OK ? pl_sections_texts(&l->file, err) : status;
}

/* All but the header and the changes. */
static pl_status read_file(loading *l, pl_error *err)
{
    pl_status status = pl_binary_plan_prices(&l->file, l->plan, err);
    if (status != PL_OK) {
        return status;
    }
    return l->plan->outcome == PL_PLANNED ? pl_binary_plan_vectors(&l->file, &l->arena, l->plan, err)
                                          : pl_binary_plan_clashes(&l->file, &l->arena, l->plan, err);
}

static pl_status read_folder(loading *l, pl_error *err)
{
    static const char *const prices[] = {"stage", "kind", "id", "price", NULL};
    pl_status status = read_table(l, "certificate.csv", prices, one_price, NULL, err);
    if (status != PL_OK) {
        return status;
    }
    return l->plan->outcome == PL_PLANNED ? read_vectors(l, err) : read_clashes(l, err);
}

static pl_status begin(loading *l, const char *path, const pl_economy *e, pl_error *err)
{
    *l = (loading){.path = path, .e = e};
    pl_arena_init(&l->arena, 0);
    l->plan = PL_ARENA_NEW(&l->arena, pl_plan, 1);
    struct pl_plan_storage *storage = PL_ARENA_NEW(&l->arena, struct pl_plan_storage, 1);
    if (l->plan == NULL || storage == NULL) {
        return pl_fail_nomem(err, "the plan");
    }
    memset(l->plan, 0, sizeof *l->plan);
    l->plan->storage = storage;
    if (e != NULL) {
        l->plan->n_goods = e->n_goods;
        l->plan->n_recipes = e->n_recipes;
        l->plan->n_resources = e->n_resources;
        l->plan->n_needs = e->n_needs;
    }
    l->is_file = pl_path_is_file(path);
    pl_status status = l->is_file ? open_file(l, err) : PL_OK;
    if (status == PL_OK) {
        status = read_json(l, err);
    }
    if (status == PL_OK) {
        status = read_header(l, err);
    }
    if (status == PL_OK && l->is_file && strcmp(l->file.hash, l->plan->economy_hash) != 0) {
        status = bad(path, "its header and its plan.json are of different economies", err);
    }
    if (status != PL_OK) {
        return status;
    }
    return l->is_file ? pl_binary_plan_changes(&l->file, &l->arena, l->plan, err) : read_changes(l, err);
}

static pl_status end(loading *l, pl_status status, pl_plan **out)
{
    json_decref(l->json);
    pl_sections_close(&l->file);
    if (status != PL_OK) {
        pl_arena_clear(&l->arena);
        return status;
    }
    l->plan->storage->arena = l->arena; /* the plan lives in the arena that it owns */
    *out = l->plan;
    return PL_OK;
}

pl_status pl_plan_open(const char *path, pl_plan **out, pl_error *err)
{
    loading l;
    pl_status status = begin(&l, path, NULL, err);
    return end(&l, status, out);
}

static pl_status read_rest(loading *l, pl_error *err)
{
    pl_status status = read_stages(l, err);
    if (status != PL_OK) {
        return status;
    }
    return l->is_file ? read_file(l, err) : read_folder(l, err);
}

/* Whether the plan was made for the economy of the variant, before its changes. */
static pl_status is_for(const loading *l, const pl_variant *variant, bool *same, pl_error *err)
{
    char hash[65];
    pl_status status = pl_economy_hash(variant->base, hash, err);
    *same = status == PL_OK && strcmp(hash, l->plan->economy_hash) == 0;
    return status;
}

pl_status pl_plan_load(const char *path, const pl_variant *variant, pl_plan **out, pl_error *err)
{
    loading l;
    bool same = false;
    pl_status status = begin(&l, path, &variant->economy, err);
    if (status == PL_OK) {
        status = is_for(&l, variant, &same, err);
    }
    if (status == PL_OK && !same) {
        status = pl_fail(err, PL_DATA, "plan.json", "was the economy changed after the plan?",
                         "the plan was made for another economy");
    }
    if (status == PL_OK) {
        status = read_rest(&l, err);
    }
    return end(&l, status, out);
}

/* Whether what is read can be a start. */
static pl_status is_a_start(const loading *l, const pl_variant *variant, pl_error *err)
{
    bool same = true;
    if (l->plan->outcome != PL_PLANNED) {
        return pl_fail(err, PL_DATA, l->path, "leave out --from", "this is no plan to start from: it says that nothing was possible");
    }
    pl_status status = l->is_file ? is_for(l, variant, &same, err) : PL_OK;
    return status != PL_OK || same ? status
               : pl_fail(err, PL_DATA, l->path,
                         "make it a folder while its economy is still there: plenty convert PLAN FOLDER --economy ECONOMY",
                         "this plan names recipes by their number in another economy");
}

pl_status pl_plan_load_start(const char *path, const pl_variant *variant, pl_plan **out, pl_error *err)
{
    loading l;
    pl_status status = begin(&l, path, &variant->economy, err);
    l.as_start = true;
    if (status == PL_OK) {
        status = is_a_start(&l, variant, err);
    }
    if (status == PL_OK) {
        status = read_rest(&l, err);
    }
    if (status == PL_OK && !l.is_file && l.known == 0) {
        status = pl_fail(err, PL_DATA, path, "leave out --from, or give a plan of this economy as it was",
                         "this is no plan to start from: the economy has none of its recipes");
    }
    return end(&l, status, out);
}

pl_status pl_plan_load_with(const char *path, const pl_economy *base, pl_variant **variant, pl_plan **out, pl_error *err)
{
    pl_plan *head = NULL;
    pl_variant *v = NULL;
    pl_status status = pl_plan_open(path, &head, err);
    status = status == PL_OK ? pl_variant_new(base, &v, err) : status;
    status = status == PL_OK ? pl_variant_restore(v, head->changes, head->n_changes, err) : status;
    status = status == PL_OK ? pl_variant_unroll(v, &head->horizon, err) : status;
    status = status == PL_OK ? pl_plan_load(path, v, out, err) : status;
    pl_plan_free(head);
    if (status != PL_OK) {
        pl_variant_free(v);
        return status;
    }
    *variant = v;
    return PL_OK;
}
