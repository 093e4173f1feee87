/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * series_missed.c - what was wanted and not there joins the series of what was sold. */
#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/rows.h"

typedef struct finder { /* series by item and place */
    pl_series *s;
    pl_map map;    /* to places in `best` */
    pl_arena keys;
    int32_t *best, n_best;
    pl_error *err;
} finder;

static size_t key_of(const char *item, const char *place, char out[1024])
{
    return (size_t)snprintf(out, 1024, "%.500s\x1f%.500s", item, place);
}

static double sold_in_all(const pl_series *s, int32_t i)
{
    double sum = 0;
    for (int32_t t = 0; t < s->n_periods; t++) {
        sum += s->value[(size_t)i * (size_t)s->n_periods + (size_t)t];
    }
    return sum;
}

/* Of an item in several groups the series of which most is sold. */
static pl_status index_series(finder *q)
{
    char key[1024];
    for (int32_t i = 0; i < q->s->n; i++) {
        int32_t old;
        size_t n = key_of(q->s->item[i], q->s->place[i], key);
        const char *copy = pl_arena_text(&q->keys, key, n);
        if (copy == NULL || pl_map_put(&q->map, copy, n, q->n_best, &old) != PL_OK) {
            return pl_fail_nomem(q->err, "the series");
        }
        if (old < 0) {
            q->best[q->n_best++] = i;
        } else if (sold_in_all(q->s, i) > sold_in_all(q->s, q->best[old])) {
            q->best[old] = i;
        }
    }
    return PL_OK;
}

/* The series of the item and place, or of the item where there are no places; -1. */
static int32_t series_of(const finder *q, const char *item, const char *place)
{
    char key[1024];
    int32_t found = pl_map_get(&q->map, key, key_of(item, place, key));
    found = found >= 0 ? found : pl_map_get(&q->map, key, key_of(item, "", key));
    return found >= 0 ? q->best[found] : -1;
}

static pl_status add_row(const finder *q, const pl_csv *csv, const int32_t *column)
{
    pl_series *s = q->s;
    char place[192];
    int32_t day = 0;
    double amount = 0, reports = 0;
    const pl_csv_field *f = csv->field, *a = &f[column[3]], *r = column[4] >= 0 ? &f[column[4]] : NULL;
    int bad = -1;
    if (f[column[2]].n != 10 || !pl_day_parse(f[column[2]].text, 10, &day)) {
        bad = 2;
    } else if (!pl_number_parse(a->text, a->n, &amount) || !(amount >= 0)) {
        bad = 3;
    } else if (r != NULL && (!pl_number_parse(r->text, r->n, &reports) || !(reports >= 0 && reports < 1e15))) {
        bad = 4;
    }
    if (bad >= 0) {
        pl_csv_place(csv, column[bad], place, sizeof place);
        return pl_fail(q->err, PL_DATA, place, "make the table with plenty needs unserved --missed", "'%.60s' is no %s", f[column[bad]].text,
                       bad == 2 ? "date" : "number of 0 or more");
    }
    int32_t i = series_of(q, f[column[0]].text, column[1] >= 0 ? f[column[1]].text : ""), t = pl_period_of_day(s->kind, day) - s->first;
    if (i < 0 || t < 0 || t >= s->n_periods) {
        s->missed_elsewhere++;
        return PL_OK;
    }
    s->missed[(size_t)i * (size_t)s->n_periods + (size_t)t] += amount * s->scale;
    s->reports[i] += (int64_t)reports;
    return PL_OK;
}

static pl_status read_missed(finder *q, const char *path)
{
    static const char *const name[] = {"item", "place", "period", "missed", "reports"};
    pl_row_reader rows;
    bool more = true;
    int32_t column[5];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, q->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < 5 && status == PL_OK; k++) {
        column[k] = pl_csv_column(&rows.csv, name[k]);
        if (column[k] < 0 && k != 1 && k != 4) {
            status = pl_fail(q->err, PL_DATA, rows.csv.name, "make it with plenty needs unserved --missed", "there is no column '%s'", name[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, q->err)) == PL_OK && more) {
        status = add_row(q, &rows.csv, column);
    }
    pl_row_reader_close(&rows);
    return status;
}

pl_status pl_series_add_missed(pl_series *s, const char *path, pl_error *err)
{
    finder q = {.s = s, .err = err};
    pl_arena_init(&q.keys, 0);
    pl_map_init(&q.map);
    q.best = PL_NEW(int32_t, s->n);
    s->missed = s->missed != NULL ? s->missed : PL_NEW0(double, (size_t)s->n * (size_t)s->n_periods);
    s->reports = s->reports != NULL ? s->reports : PL_NEW0(int64_t, s->n);
    pl_status status = s->missed != NULL && s->reports != NULL && q.best != NULL ? index_series(&q) : pl_fail_nomem(err, path);
    status = status == PL_OK ? read_missed(&q, path) : status;
    pl_map_clear(&q.map);
    pl_free(q.best);
    pl_arena_clear(&q.keys);
    return status;
}
