/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * drivers.c - what is known beforehand of prices, promotions and the calendar, as a table of numbers for each series and period. */
#include <math.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/rows.h"

#define DRIVERS_MAX 64

struct pl_drivers_store {
    pl_arena arena;
    const char *name[DRIVERS_MAX];
};

enum { ITEM, PLACE, PERIOD, KEYS };
static const char *const KEY[KEYS] = {"item", "place", "period"};

typedef struct reader {
    const pl_series *s;
    pl_drivers *d;
    pl_row_reader rows;
    int32_t key[KEYS], column[DRIVERS_MAX];
    int32_t *first, *next; /* series of an item: the first by the item's number in `items`, then from one to the next; -1 */
    pl_map items;
    pl_error *err;
} reader;

static double *cell(const pl_drivers *d, int32_t i, int32_t t)
{
    return d->x + ((size_t)i * (size_t)d->periods + (size_t)t) * (size_t)d->k;
}

static pl_status wrong(const reader *q, int32_t column, const char *hint, const char *what)
{
    char place[192];
    pl_csv_place(&q->rows.csv, column, place, sizeof place);
    return pl_fail(q->err, PL_DATA, place, hint, "'%.60s' is no %s", q->rows.csv.field[column].text, what);
}

static pl_status read_columns(reader *q)
{
    const pl_csv *csv = &q->rows.csv;
    for (int k = 0; k < KEYS; k++) {
        q->key[k] = pl_csv_column(csv, KEY[k]);
    }
    for (int32_t c = 0; c < csv->n_columns; c++) {
        if (c == q->key[ITEM] || c == q->key[PLACE] || c == q->key[PERIOD]) {
            continue;
        }
        if (q->d->k == DRIVERS_MAX) {
            return pl_fail(q->err, PL_TOOBIG, csv->name, "leave some out", "there are more than %d drivers", DRIVERS_MAX);
        }
        q->d->store->name[q->d->k] = pl_arena_text(&q->d->store->arena, csv->header[c], strlen(csv->header[c]));
        if (q->d->store->name[q->d->k] == NULL) {
            return pl_fail_nomem(q->err, csv->name);
        }
        q->column[q->d->k++] = c;
    }
    if (q->key[PERIOD] < 0 || q->d->k == 0) {
        return pl_fail(q->err, PL_DATA, csv->name, "docs/formats/needs.md lists the columns", q->d->k == 0 ? "there is no driver" : "there is no column 'period'");
    }
    return PL_OK;
}

/* All cells NaN: not said. */
static pl_status make_room(reader *q)
{
    size_t cells = (size_t)q->d->n * (size_t)q->d->periods * (size_t)q->d->k;
    q->d->x = PL_NEW(double, cells);
    q->first = PL_NEW(int32_t, q->s->n);
    q->next = PL_NEW(int32_t, q->s->n);
    if (q->d->x == NULL || q->first == NULL || q->next == NULL) {
        return pl_fail_nomem(q->err, "drivers");
    }
    for (size_t k = 0; k < cells; k++) {
        q->d->x[k] = NAN;
    }
    for (int32_t i = q->s->n - 1, items = 0; i >= 0; i--) {
        int32_t old;
        if (pl_map_put(&q->items, q->s->item[i], strlen(q->s->item[i]), items, &old) != PL_OK) {
            return pl_fail_nomem(q->err, "drivers");
        }
        q->next[i] = old >= 0 ? q->first[old] : -1;
        q->first[old >= 0 ? old : items] = i;
        items += old < 0;
    }
    return PL_OK;
}

static pl_status read_row(reader *q)
{
    const pl_csv_field *f = q->rows.csv.field;
    double x[DRIVERS_MAX];
    int32_t day, used = 0;
    if (f[q->key[PERIOD]].n != 10 || !pl_day_parse(f[q->key[PERIOD]].text, 10, &day)) {
        return wrong(q, q->key[PERIOD], "write its first day, for example 2027-01-30", "date");
    }
    for (int32_t k = 0; k < q->d->k; k++) {
        const pl_csv_field *c = &f[q->column[k]];
        bool price = strcmp(q->d->name[k], "price") == 0;
        x[k] = NAN;
        if (c->n > 0 && (!pl_number_parse(c->text, c->n, &x[k]) || (price && !(x[k] > 0)))) {
            return wrong(q, q->column[k], price ? "write a price above 0" : "write a number, for example 1", price ? "price" : "number");
        }
        x[k] = price ? log(x[k]) : x[k];
    }
    const char *item = q->key[ITEM] >= 0 ? f[q->key[ITEM]].text : "", *place = q->key[PLACE] >= 0 ? f[q->key[PLACE]].text : "";
    int32_t t = pl_period_of_day(q->s->kind, day) - q->s->first, found = pl_map_get(&q->items, item, strlen(item));
    bool all = item[0] == '\0';
    for (int32_t i = all ? 0 : found >= 0 ? q->first[found] : -1; t >= 0 && t < q->d->periods && i >= 0 && i < q->s->n; i = all ? i + 1 : q->next[i]) {
        if (place[0] != '\0' && strcmp(q->s->place[i], place) != 0) {
            continue;
        }
        for (int32_t k = 0; k < q->d->k; k++) {
            cell(q->d, i, t)[k] = isnan(x[k]) ? cell(q->d, i, t)[k] : x[k];
        }
        used++;
    }
    q->d->elsewhere += used == 0;
    return PL_OK;
}

/* Prices that are not said: as they were paid, else those of the period before, else the first that is known. */
static void fill_prices(reader *q, int32_t i, int32_t k)
{
    double last = NAN, first = NAN;
    for (int32_t t = 0; t < q->d->periods; t++) {
        double *x = &cell(q->d, i, t)[k], paid = t < q->s->n_periods ? q->s->price[(size_t)i * (size_t)q->s->n_periods + (size_t)t] : NAN;
        bool said = !isnan(*x);
        *x = said ? *x : paid > 0 ? log(paid) : last;
        q->d->assumed += !said && t >= q->s->n_periods;
        last = *x;
        first = isnan(first) ? *x : first;
    }
    for (int32_t t = 0; t < q->d->periods && isnan(cell(q->d, i, t)[k]); t++) {
        cell(q->d, i, t)[k] = isnan(first) ? 0 : first;
    }
}

static void fill(reader *q)
{
    for (int32_t k = 0; k < q->d->k; k++) {
        bool price = strcmp(q->d->name[k], "price") == 0, promoted = strcmp(q->d->name[k], "promoted") == 0;
        for (int32_t i = 0; i < q->d->n; i++) {
            if (price) {
                fill_prices(q, i, k);
            }
            for (int32_t t = 0; t < q->d->periods && !price; t++) {
                double *x = &cell(q->d, i, t)[k];
                double otherwise = promoted && t < q->s->n_periods ? q->s->promoted[(size_t)i * (size_t)q->s->n_periods + (size_t)t] : 0;
                *x = isnan(*x) ? otherwise : *x;
            }
        }
    }
}

static pl_status load(reader *q, const char *path)
{
    bool more = true;
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&q->rows, path, slash != NULL ? slash + 1 : path, q->err);
    if (status != PL_OK) {
        return status;
    }
    status = read_columns(q);
    status = status == PL_OK ? make_room(q) : status;
    while (status == PL_OK && (status = pl_row_reader_next(&q->rows, &more, q->err)) == PL_OK && more) {
        status = read_row(q);
    }
    pl_row_reader_close(&q->rows);
    if (status == PL_OK) {
        fill(q);
    }
    return status;
}

pl_status pl_drivers_load(const pl_series *s, const char *path, int32_t horizon, pl_drivers **out, pl_error *err)
{
    *out = NULL;
    pl_drivers *d = PL_NEW0(pl_drivers, 1);
    if (d == NULL || (d->store = PL_NEW0(struct pl_drivers_store, 1)) == NULL) {
        pl_free(d);
        return pl_fail_nomem(err, "drivers");
    }
    pl_arena_init(&d->store->arena, 0);
    d->n = s->n;
    d->periods = s->n_periods + horizon;
    d->name = d->store->name;
    reader q = {.s = s, .d = d, .err = err};
    pl_map_init(&q.items);
    pl_status status = load(&q, path);
    pl_map_clear(&q.items);
    pl_free(q.first);
    pl_free(q.next);
    if (status != PL_OK) {
        pl_drivers_free(d);
        return status;
    }
    *out = d;
    return PL_OK;
}

void pl_drivers_free(pl_drivers *d)
{
    if (d != NULL) {
        pl_arena_clear(&d->store->arena);
        pl_free(d->store);
        pl_free(d->x);
        pl_free(d);
    }
}
