/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_load.c - a forecast from its tables. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/json_read.h"
#include "io/rows.h"
#include "needs/forecast.h"

#define NODES_MAX 10000000
#define SCORES 8 /* columns before those of the methods */

static const char *const LEVEL[PL_LEVELS] = {"total", "group", "item", "place"};

typedef struct loader {
    pl_forecast *f;
    const char *path;
    pl_error *err;
    pl_row_reader rows;
    int32_t key[4]; /* level, item, group, place */
    size_t cap;
} loader;

static pl_status wrong(const loader *l, int32_t column, const char *what)
{
    char place[192];
    pl_csv_place(&l->rows.csv, column, place, sizeof place);
    return pl_fail(l->err, PL_DATA, place, "make the forecast again: plenty needs forecast", "%s", what);
}

static pl_status open_table(loader *l, const char *name, const char *const *column, int32_t n, int32_t *out)
{
    static const char *const key[4] = {"level", "item", "group", "place"};
    char path[4500];
    if (!pl_path_join(path, sizeof path, l->path, name)) {
        return pl_fail(l->err, PL_IO, l->path, "choose a shorter one", "the path is too long");
    }
    pl_status status = pl_row_reader_open(&l->rows, path, name, l->err);
    for (int32_t k = 0; k < 4 + n && status == PL_OK; k++) {
        const char *want = k < 4 ? key[k] : column[k - 4];
        int32_t found = pl_csv_column(&l->rows.csv, want);
        *(k < 4 ? &l->key[k] : &out[k - 4]) = found;
        if (found < 0) {
            status = pl_fail(l->err, PL_DATA, name, "make the forecast again: plenty needs forecast", "there is no column '%s'", want);
            pl_row_reader_close(&l->rows);
        }
    }
    return status;
}

static bool is_node(const loader *l, const pl_node *node)
{
    const pl_csv_field *cell = l->rows.csv.field;
    return strcmp(LEVEL[node->level], cell[l->key[0]].text) == 0 && strcmp(node->item, cell[l->key[1]].text) == 0 &&
           strcmp(node->group, cell[l->key[2]].text) == 0 && strcmp(node->place, cell[l->key[3]].text) == 0;
}

static pl_status number(const loader *l, int32_t column, double *x)
{
    const pl_csv_field *cell = &l->rows.csv.field[column];
    *x = NAN;
    return cell->n == 0 || pl_number_parse(cell->text, cell->n, x) ? PL_OK : wrong(l, column, "this is no number");
}

static pl_status new_node(loader *l, pl_node **nodes)
{
    const pl_csv_field *cell = l->rows.csv.field;
    pl_arena *a = &l->f->store->arena;
    if (!pl_grow(nodes, &l->cap, (size_t)l->f->n + 1, sizeof **nodes, NODES_MAX)) {
        return pl_fail_nomem(l->err, "the forecast");
    }
    pl_node *node = &(*nodes)[l->f->n++];
    int level = 0;
    while (level < PL_LEVELS && strcmp(LEVEL[level], cell[l->key[0]].text) != 0) {
        level++;
    }
    if (level == PL_LEVELS) {
        return wrong(l, l->key[0], "this is no level");
    }
    *node = (pl_node){.level = (pl_level)level, .parent = -1};
    node->item = pl_arena_text(a, cell[l->key[1]].text, cell[l->key[1]].n);
    node->group = pl_arena_text(a, cell[l->key[2]].text, cell[l->key[2]].n);
    node->place = pl_arena_text(a, cell[l->key[3]].text, cell[l->key[3]].n);
    node->mean = PL_ARENA_NEW(a, double, (size_t)l->f->horizon * (1 + PL_QUANTILES));
    node->history = PL_ARENA_NEW(a, double, l->f->n_periods);
    bool there = node->item != NULL && node->group != NULL && node->place != NULL && node->mean != NULL && node->history != NULL;
    node->quantile = there ? node->mean + l->f->horizon : NULL;
    return there ? PL_OK : pl_fail_nomem(l->err, "the forecast");
}

static pl_status read_forecast(loader *l, pl_node **nodes)
{
    static const char *const name[] = {"mean", "q2.5", "q10", "q50", "q90", "q97.5"};
    int32_t column[1 + PL_QUANTILES], k = 0;
    bool more = true;
    pl_status status = open_table(l, "forecast.csv", name, 1 + PL_QUANTILES, column);
    if (status != PL_OK) {
        return status;
    }
    while (status == PL_OK && (status = pl_row_reader_next(&l->rows, &more, l->err)) == PL_OK && more) {
        status = k == 0 ? new_node(l, nodes) : PL_OK;
        pl_node *node = status == PL_OK ? &(*nodes)[l->f->n - 1] : NULL;
        if (status == PL_OK && !is_node(l, node)) {
            status = wrong(l, -1, "a period is missing before this row");
        }
        status = status == PL_OK ? number(l, column[0], &node->mean[k]) : status;
        for (int p = 0; p < PL_QUANTILES && status == PL_OK; p++) {
            status = number(l, column[1 + p], &node->quantile[k * PL_QUANTILES + p]);
        }
        k = (k + 1) % l->f->horizon;
    }
    pl_row_reader_close(&l->rows);
    return status == PL_OK && (k != 0 || l->f->n == 0) ? pl_fail(l->err, PL_DATA, "forecast.csv", "make the forecast again", "the table is not complete") : status;
}

static pl_status read_history(loader *l)
{
    static const char *const name[] = {"value"};
    int32_t column[1];
    int64_t row = 0, rows = (int64_t)l->f->n * l->f->n_periods;
    bool more = true;
    pl_status status = open_table(l, "history.csv", name, 1, column);
    if (status != PL_OK) {
        return status;
    }
    for (; status == PL_OK && (status = pl_row_reader_next(&l->rows, &more, l->err)) == PL_OK && more; row++) {
        pl_node *node = row < rows ? &l->f->node[row / l->f->n_periods] : NULL;
        status = node == NULL || !is_node(l, node) ? wrong(l, -1, "this row does not fit those of forecast.csv") : number(l, column[0], &node->history[row % l->f->n_periods]);
    }
    pl_row_reader_close(&l->rows);
    return status == PL_OK && row != rows ? pl_fail(l->err, PL_DATA, "history.csv", "make the forecast again", "the table is not complete") : status;
}

static pl_status read_scores(loader *l)
{
    static const char *const fixed[] = {"method", "sigma", "scale", "floor", "missed", "reports", "as_sold", "chosen"};
    const char *name[SCORES + PL_METHODS];
    int32_t column[SCORES + PL_METHODS], row = 0;
    bool more = true;
    for (int k = 0; k < SCORES + PL_METHODS; k++) {
        name[k] = k < SCORES ? fixed[k] : pl_method_id((pl_method)(k - SCORES));
    }
    pl_status status = open_table(l, "scores.csv", name, SCORES + PL_METHODS, column);
    if (status != PL_OK) {
        return status;
    }
    for (; status == PL_OK && (status = pl_row_reader_next(&l->rows, &more, l->err)) == PL_OK && more; row++) {
        pl_node *node = row < l->f->n ? &l->f->node[row] : NULL;
        if (node == NULL || !is_node(l, node)) {
            status = wrong(l, -1, "this row does not fit those of forecast.csv");
            break;
        }
        node->method = pl_method_find(l->rows.csv.field[column[0]].text);
        double reports = 0, *const to[] = {&node->sigma, &node->scale, &node->floor, &node->missed, &reports, &node->as_sold, &node->score[PL_AUTO]};
        for (int k = 1; k < SCORES + PL_METHODS && status == PL_OK; k++) {
            status = number(l, column[k], k < SCORES ? to[k - 1] : &node->score[k - SCORES]);
        }
        node->reports = (int64_t)reports;
    }
    pl_row_reader_close(&l->rows);
    return status == PL_OK && row != l->f->n ? pl_fail(l->err, PL_DATA, "scores.csv", "make the forecast again", "the table is not complete") : status;
}

/* Orders, when there were some. */
static pl_status read_wants(loader *l)
{
    static const char *const name[] = {"item", "orders", "ordered", "ordering", "reports", "missing", "both", "missed", "people", "people_low", "people_high"};
    enum { WANTS = sizeof name / sizeof *name };
    char path[4500];
    int32_t column[WANTS];
    pl_item_wants *list = NULL;
    size_t cap = 0, n = 0;
    bool more = true;
    if (!pl_path_join(path, sizeof path, l->path, "wants.csv") || !pl_path_exists(path)) {
        return PL_OK;
    }
    pl_status status = pl_row_reader_open(&l->rows, path, "wants.csv", l->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < WANTS && status == PL_OK; k++) {
        column[k] = pl_csv_column(&l->rows.csv, name[k]);
        status = column[k] >= 0 ? PL_OK : pl_fail(l->err, PL_DATA, "wants.csv", "make the forecast again: plenty needs forecast", "there is no column '%s'", name[k]);
    }
    while (status == PL_OK && (status = pl_row_reader_next(&l->rows, &more, l->err)) == PL_OK && more) {
        double x[WANTS];
        for (int k = 1; k < WANTS && status == PL_OK; k++) {
            status = number(l, column[k], &x[k]);
            status = status == PL_OK && !(x[k] >= 0 && x[k] < 1e15) ? wrong(l, column[k], "this is no number of 0 or more") : status;
        }
        const char *item = pl_arena_text(&l->f->store->arena, l->rows.csv.field[column[0]].text, l->rows.csv.field[column[0]].n);
        if (status == PL_OK && (item == NULL || !pl_grow(&list, &cap, n + 1, sizeof *list, NODES_MAX))) {
            status = pl_fail_nomem(l->err, "orders");
        }
        if (status == PL_OK) {
            list[n++] = (pl_item_wants){.item = item, .orders = (int64_t)x[1], .ordered = x[2], .ordering = (int64_t)x[3], .reports = (int64_t)x[4], .missing = (int64_t)x[5],
                                        .both = (int64_t)x[6], .missed = x[7], .people = {.number = x[8], .low = x[9], .high = x[10]}};
        }
    }
    pl_row_reader_close(&l->rows);
    l->f->wants = status == PL_OK ? PL_ARENA_NEW(&l->f->store->arena, pl_item_wants, n + 1) : NULL;
    if (l->f->wants != NULL && n > 0) {
        memcpy(l->f->wants, list, n * sizeof *list);
        l->f->n_wants = n;
    }
    pl_free(list);
    return status == PL_OK && l->f->wants == NULL ? pl_fail_nomem(l->err, "orders") : status;
}

static pl_status read_head(loader *l)
{
    char path[4500];
    pl_file file;
    json_t *top;
    int32_t day;
    pl_period_kind kind;
    if (!pl_path_join(path, sizeof path, l->path, "forecast.json")) {
        return pl_fail(l->err, PL_IO, l->path, "choose a shorter one", "the path is too long");
    }
    pl_status status = pl_file_read(path, (size_t)1 << 26, &file, l->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_json_read(file.bytes, file.n, "forecast.json", &top, NULL, l->err);
    pl_file_clear(&file);
    if (status != PL_OK) {
        return status;
    }
    const char *first = json_string_value(json_object_get(top, "first"));
    pl_measure measure = pl_measure_find(json_string_value(json_object_get(top, "measure")));
    json_int_t horizon = json_integer_value(json_object_get(top, "horizon")), periods = json_integer_value(json_object_get(top, "periods"));
    if (first == NULL || !pl_day_parse(first, strlen(first), &day) || !pl_period_find(json_string_value(json_object_get(top, "period")), &kind) || measure == PL_MEASURES ||
        horizon < 1 || horizon > 1000 || periods < 1 || periods > 20000) {
        status = pl_fail(l->err, PL_DATA, path, "make the forecast again: plenty needs forecast", "this is no report of a forecast");
    } else {
        l->f->kind = kind;
        l->f->measure = measure;
        l->f->first = pl_period_of_day(l->f->kind, day);
        l->f->horizon = (int32_t)horizon;
        l->f->n_periods = (int32_t)periods;
    }
    json_decref(top);
    return status;
}

pl_status pl_forecast_load(const char *path, pl_forecast **out, pl_error *err)
{
    pl_forecast *f;
    *out = NULL;
    pl_status status = pl_fc_new(&f, err);
    if (status != PL_OK) {
        return status;
    }
    loader l = {.f = f, .path = path, .err = err};
    pl_node *nodes = NULL;
    status = read_head(&l);
    status = status == PL_OK ? read_forecast(&l, &nodes) : status;
    if (status == PL_OK) {
        f->node = PL_ARENA_NEW(&f->store->arena, pl_node, f->n);
        status = f->node != NULL ? PL_OK : pl_fail_nomem(err, "the forecast");
    }
    if (status == PL_OK) {
        memcpy(f->node, nodes, (size_t)f->n * sizeof *nodes);
        status = read_history(&l);
    }
    pl_free(nodes);
    status = status == PL_OK ? read_scores(&l) : status;
    status = status == PL_OK ? read_wants(&l) : status;
    if (status != PL_OK) {
        pl_forecast_free(f);
        return status;
    }
    *out = f;
    return PL_OK;
}

int32_t pl_forecast_find(const pl_forecast *f, const char *name)
{
    for (int exact = 1; exact >= 0; exact--) {
        int32_t best = -1;
        for (int32_t i = 0; i < f->n; i++) {
            const pl_node *node = &f->node[i];
            const char *own = node->level == PL_LEVEL_TOTAL ? "total" : node->level == PL_LEVEL_GROUP ? node->group : node->item;
            bool same = exact ? strcmp(own, name) == 0 : strcasecmp(own, name) == 0;
            best = same && (best < 0 || node->level < f->node[best].level) ? i : best;
        }
        if (best >= 0) {
            return best;
        }
    }
    return -1;
}
