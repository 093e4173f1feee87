/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * series.c - sums become a table of series and periods; those of several shops are added. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/json_read.h"
#include "io/rows.h"

#define ENTRIES_MAX ((size_t)1 << 31)
#define PERIODS_MAX 20000

typedef struct entry {
    int32_t series, period;
    double lines, promoted, quantity, value;
    bool household;
} entry;

typedef struct named {
    const char *item, *group, *place;
    int32_t number;
} named;

typedef struct coverage {
    int32_t period;
    double share; /* of its days */
} coverage;

typedef struct span { /* of what one folder adds up: days as 2017-01-30 */
    char first[11], last[11];
} span;

struct pl_series_store {
    pl_arena arena;
};

typedef struct reader {
    pl_series *s;
    pl_arena *arena;
    pl_map names, files; /* of receipts, by their hash: the folder that adds them up */
    span *span;          /* of each folder */
    named *name;
    entry *entry;
    coverage *coverage;
    size_t cap_name, cap_entry, n_entries, cap_coverage, n_coverage;
    int32_t low, high;    /* periods with sums */
    pl_error *err;
} reader;

static const char *const COLUMN[] = {"item", "group", "place", "period", "lines", "promoted", "sold", "returned", "value", "household"};
enum { ITEM, GROUP, PLACE, PERIOD, LINES, PROMOTED, SOLD, RETURNED, VALUE, HOUSEHOLD, COLUMNS };

static pl_status nomem(const reader *q)
{
    return pl_fail_nomem(q->err, "the series");
}

static pl_status series_of(reader *q, const pl_csv *csv, const int32_t *column, int32_t *out)
{
    char key[1024];
    const char *text[3];
    for (int k = 0; k < 3; k++) {
        text[k] = column[k] >= 0 ? csv->field[column[k]].text : "";
    }
    int n = snprintf(key, sizeof key, "%.330s\x1f%.330s\x1f%.330s", text[0], text[1], text[2]);
    *out = pl_map_get(&q->names, key, (size_t)n);
    if (*out >= 0) {
        return PL_OK;
    }
    int32_t old;
    named *name;
    char *copy = pl_arena_text(q->arena, key, (size_t)n);
    if (copy == NULL || !pl_grow(&q->name, &q->cap_name, (size_t)q->s->n + 1, sizeof *q->name, ENTRIES_MAX)) {
        return nomem(q);
    }
    name = &q->name[q->s->n];
    name->item = pl_arena_text(q->arena, text[0], strlen(text[0]));
    name->group = pl_arena_text(q->arena, text[1], strlen(text[1]));
    name->place = pl_arena_text(q->arena, text[2], strlen(text[2]));
    name->number = *out = q->s->n;
    if (name->item == NULL || name->group == NULL || name->place == NULL || pl_map_put(&q->names, copy, (size_t)n, q->s->n, &old) != PL_OK) {
        return nomem(q);
    }
    q->s->n++;
    return PL_OK;
}

static pl_status cell_number(const reader *q, const pl_csv *csv, int32_t column, double *x)
{
    char place[192];
    *x = 0;
    if (column < 0 || pl_number_parse(csv->field[column].text, csv->field[column].n, x)) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(q->err, PL_DATA, place, "write a number, for example 12.5", "'%.60s' is no number", csv->field[column].text);
}

static pl_status read_period(const reader *q, const pl_csv *csv, int32_t column, int32_t *out)
{
    char place[192];
    int32_t day;
    if (!pl_day_parse(csv->field[column].text, csv->field[column].n, &day)) {
        pl_csv_place(csv, column, place, sizeof place);
        return pl_fail(q->err, PL_DATA, place, "write the first day of the period, as 2017-01-30", "'%.60s' is no date", csv->field[column].text);
    }
    *out = pl_period_of_day(q->s->kind, day);
    return PL_OK;
}

static pl_status read_row(reader *q, const pl_csv *csv, const int32_t *column)
{
    double x[COLUMNS];
    int32_t series, period = 0;
    pl_status status = series_of(q, csv, column, &series);
    status = status == PL_OK ? read_period(q, csv, column[PERIOD], &period) : status;
    for (int k = LINES; k <= VALUE && status == PL_OK; k++) {
        status = cell_number(q, csv, column[k], &x[k]);
    }
    if (status != PL_OK) {
        return status;
    }
    if (!pl_grow(&q->entry, &q->cap_entry, q->n_entries + 1, sizeof *q->entry, ENTRIES_MAX)) {
        return nomem(q);
    }
    q->low = q->n_entries == 0 || period < q->low ? period : q->low;
    q->high = q->n_entries == 0 || period > q->high ? period : q->high;
    bool household = column[HOUSEHOLD] >= 0 && csv->field[column[HOUSEHOLD]].n > 0;
    q->entry[q->n_entries++] = (entry){series, period, x[LINES], x[PROMOTED], x[SOLD] - x[RETURNED], x[VALUE], household};
    return PL_OK;
}

/* Opens FOLDER/name, perhaps with .gz or .zst; needed or not. */
static pl_status open_table(const char *folder, const char *name, bool needed, pl_row_reader *rows, bool *there, pl_error *err)
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    char path[4500];
    *there = false;
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        snprintf(path, sizeof path, "%.4000s/%s%s", folder, name, ends[k]);
        if (pl_path_exists(path)) {
            *there = true;
            return pl_row_reader_open(rows, path, name, err);
        }
    }
    return needed ? pl_fail(err, PL_NOTFOUND, folder, "name a folder that 'plenty needs read' wrote", "there is no %s in it", name) : PL_OK;
}

static pl_status read_sums(reader *q, const char *folder)
{
    pl_row_reader rows;
    bool more = true, there;
    int32_t column[COLUMNS];
    pl_status status = open_table(folder, "sums.csv", true, &rows, &there, q->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS && status == PL_OK; k++) {
        column[k] = pl_csv_column(&rows.csv, COLUMN[k]);
        if (column[k] < 0 && (k == ITEM || k == PERIOD || k == LINES)) {
            status = pl_fail(q->err, PL_DATA, "sums.csv", "docs/formats/needs.md lists the columns", "there is no column '%s'", COLUMN[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, q->err)) == PL_OK && more) {
        status = read_row(q, &rows.csv, column);
    }
    pl_row_reader_close(&rows);
    return status;
}

/* How far each period is covered by these sums, from periods.csv. */
static pl_status read_coverage(reader *q, const char *folder)
{
    pl_row_reader rows;
    bool more = true, there;
    pl_status status = open_table(folder, "periods.csv", false, &rows, &there, q->err);
    if (status != PL_OK || !there) {
        return status;
    }
    int32_t k[3] = {pl_csv_column(&rows.csv, "period"), pl_csv_column(&rows.csv, "days"), pl_csv_column(&rows.csv, "of")}, period = 0;
    double days = 0, of = 0;
    if (k[0] < 0 || k[1] < 0 || k[2] < 0) {
        status = pl_fail(q->err, PL_DATA, "periods.csv", "docs/formats/needs.md lists the columns", "a column of period, days, of is missing");
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, q->err)) == PL_OK && more) {
        status = read_period(q, &rows.csv, k[0], &period);
        status = status == PL_OK ? cell_number(q, &rows.csv, k[1], &days) : status;
        status = status == PL_OK ? cell_number(q, &rows.csv, k[2], &of) : status;
        if (status == PL_OK && !pl_grow(&q->coverage, &q->cap_coverage, q->n_coverage + 1, sizeof *q->coverage, ENTRIES_MAX)) {
            status = nomem(q);
        }
        if (status == PL_OK) {
            q->coverage[q->n_coverage++] = (coverage){period, of > 0 ? days / of : 0};
        }
    }
    pl_row_reader_close(&rows);
    return status;
}

static int by_period(const void *a, const void *b)
{
    const coverage *x = a, *y = b;
    return (x->period > y->period) - (x->period < y->period);
}

/* The first and the last period that are covered by as many sums, in all their days, as any is: shops side by side, or one after the other. */
static void whole_periods(reader *q, int32_t *first, int32_t *last)
{
    const double rounding = 1e-9;
    size_t n = 0;
    double most = 0;
    qsort(q->coverage, q->n_coverage, sizeof *q->coverage, by_period);
    for (size_t k = 0; k < q->n_coverage; k++) {
        if (n > 0 && q->coverage[n - 1].period == q->coverage[k].period) {
            q->coverage[n - 1].share += q->coverage[k].share;
        } else {
            q->coverage[n++] = q->coverage[k];
        }
        most = fmax(most, q->coverage[n - 1].share);
    }
    most = ceil(most - rounding) - rounding;
    size_t from = 0, to = n;
    while (from < n && q->coverage[from].share < most) {
        from++;
    }
    while (to > from && q->coverage[to - 1].share < most) {
        to--;
    }
    *first = from < n ? q->coverage[from].period : q->high + 1;
    *last = to > from ? q->coverage[to - 1].period : q->high;
}

/* The same file in two folders would count twice, unless each adds up other days of it. */
static pl_status read_files(reader *q, const char *path, const char *const *folders, int32_t k, const json_t *top)
{
    size_t i;
    json_t *file;
    span *own = &q->span[k];
    const char *first = json_string_value(json_object_get(top, "first_day")), *last = json_string_value(json_object_get(top, "last_day"));
    snprintf(own->first, sizeof own->first, "%.10s", first != NULL ? first : "");
    snprintf(own->last, sizeof own->last, "%.10s", last != NULL ? last : "");
    json_array_foreach(json_object_get(top, "files"), i, file) {
        const char *hash = json_string_value(json_object_get(file, "blake2b")), *name = json_string_value(json_object_get(file, "file"));
        if (hash == NULL) {
            continue;
        }
        int32_t other = pl_map_get(&q->files, hash, strlen(hash));
        if (other >= 0 && other < k && own->first[0] != '\0' && strcmp(own->first, q->span[other].last) <= 0 && strcmp(q->span[other].first, own->last) <= 0) {
            return pl_fail(q->err, PL_DATA, path, "name sums of the same receipts once", "%.200s is added up in %.200s too, for the same days",
                           name != NULL ? name : "a file", folders[other]);
        }
        char *copy = pl_arena_text(q->arena, hash, strlen(hash));
        if (copy == NULL || pl_map_put(&q->files, copy, strlen(hash), k, &other) != PL_OK) {
            return nomem(q);
        }
    }
    return PL_OK;
}

/* The kind of periods, weeks when it is not said, and the files of receipts: from report.json. */
static pl_status read_report(reader *q, const char *const *folders, int32_t k)
{
    char path[4500];
    pl_file file;
    json_t *top;
    snprintf(path, sizeof path, "%.4000s/report.json", folders[k]);
    if (!pl_path_exists(path)) {
        q->s->kind = k == 0 ? PL_PERIOD_WEEK : q->s->kind;
        return PL_OK;
    }
    pl_status status = pl_file_read(path, (size_t)1 << 26, &file, q->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_json_read(file.bytes, file.n, "report.json", &top, NULL, q->err);
    pl_file_clear(&file);
    if (status != PL_OK) {
        return status;
    }
    pl_period_kind kind = q->s->kind;
    bool found = pl_period_find(json_string_value(json_object_get(top, "period")), &kind);
    if (!found || (k > 0 && kind != q->s->kind)) {
        status = pl_fail(q->err, PL_DATA, path, "add up all shops by the same period", !found ? "the period is not day, week or month" : "its periods are not those of the folders before");
    } else {
        q->s->kind = kind;
        status = read_files(q, path, folders, k, top);
    }
    json_decref(top);
    return status;
}

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    order = order != 0 ? order : strcmp(x->item, y->item);
    return order != 0 ? order : strcmp(x->place, y->place);
}

const char *pl_measure_id(pl_measure measure)
{
    static const char *const id[PL_MEASURES] = {"lines", "quantity", "value"};
    return id[measure];
}

pl_measure pl_measure_find(const char *id)
{
    int m = 0;
    while (m < PL_MEASURES && (id == NULL || strcmp(id, pl_measure_id((pl_measure)m)) != 0)) {
        m++;
    }
    return (pl_measure)m;
}

static pl_status fill(reader *q, pl_measure measure, double scale)
{
    pl_series *s = q->s;
    size_t n = (size_t)s->n, cells = n * (size_t)s->n_periods;
    int32_t *number = PL_ARENA_NEW(q->arena, int32_t, n);
    double *quantity = PL_NEW0(double, cells), *value = PL_NEW0(double, cells), *lines = PL_NEW0(double, cells);
    s->scale = scale;
    s->measure = measure;
    s->item = PL_ARENA_NEW(q->arena, char *, n);
    s->group = PL_ARENA_NEW(q->arena, char *, n);
    s->place = PL_ARENA_NEW(q->arena, char *, n);
    s->value = PL_NEW(double, cells);
    s->noise = PL_NEW(double, cells);
    s->price = PL_NEW(double, cells);
    s->promoted = PL_NEW0(double, cells);
    bool good = number != NULL && quantity != NULL && value != NULL && lines != NULL && s->item != NULL && s->group != NULL && s->place != NULL &&
                s->value != NULL && s->noise != NULL && s->price != NULL && s->promoted != NULL;
    if (good) {
        qsort(q->name, n, sizeof *q->name, by_name);
        for (int32_t k = 0; k < s->n; k++) {
            number[q->name[k].number] = k;
            s->item[k] = (char *)(uintptr_t)q->name[k].item;
            s->group[k] = (char *)(uintptr_t)q->name[k].group;
            s->place[k] = (char *)(uintptr_t)q->name[k].place;
        }
        for (size_t k = 0; k < q->n_entries; k++) {
            const entry *e = &q->entry[k];
            int32_t t = e->period - s->first;
            if (t >= 0 && t < s->n_periods) {
                size_t at = (size_t)number[e->series] * (size_t)s->n_periods + (size_t)t;
                quantity[at] += e->quantity;
                value[at] += e->value;
                lines[at] += e->lines;
                s->promoted[at] += e->promoted;
                s->households += e->household;
            }
        }
        for (size_t k = 0; k < cells; k++) {
            double x = measure == PL_LINES ? lines[k] : measure == PL_QUANTITY ? quantity[k] : value[k];
            s->value[k] = x * scale;
            s->noise[k] = lines[k] > 0 ? scale * scale * x * x / lines[k] : 0;
            s->price[k] = quantity[k] > 0 ? value[k] / quantity[k] : NAN;
            s->promoted[k] = lines[k] > 0 ? s->promoted[k] / lines[k] : 0;
        }
        for (int32_t t = 0; t < s->n_periods; t++) {
            bool empty = true;
            for (size_t k = 0; k < n && empty; k++) {
                empty = lines[k * (size_t)s->n_periods + (size_t)t] == 0;
            }
            s->empty_periods += empty;
        }
    }
    pl_free(quantity);
    pl_free(value);
    pl_free(lines);
    return good ? PL_OK : nomem(q);
}

static pl_status load(reader *q, const char *const *folders, int32_t n, pl_measure measure, double scale, bool keep)
{
    q->span = PL_ARENA_NEW(q->arena, span, (size_t)n);
    pl_status status = q->span != NULL ? PL_OK : nomem(q);
    for (int32_t k = 0; k < n && status == PL_OK; k++) {
        q->span[k] = (span){"", ""};
        status = read_report(q, folders, k);
        status = status == PL_OK ? read_sums(q, folders[k]) : status;
        status = status == PL_OK ? read_coverage(q, folders[k]) : status;
    }
    if (status != PL_OK) {
        return status;
    }
    if (q->n_entries == 0) {
        return pl_fail(q->err, PL_DATA, folders[0], "read receipts with sales first", "there are no sums");
    }
    if (!keep && q->n_coverage > 0) {
        int32_t first, last;
        whole_periods(q, &first, &last);
        q->s->left_out[0] = first > q->low ? first - q->low : 0;
        q->s->left_out[1] = last < q->high ? q->high - last : 0;
    }
    q->s->first = q->low + q->s->left_out[0];
    q->s->n_periods = q->high - q->s->left_out[1] - q->s->first + 1;
    if (q->s->n_periods < 1 || q->s->n_periods > PERIODS_MAX) {
        return pl_fail(q->err, PL_DATA, folders[0], "are the dates right? --keep-incomplete keeps incomplete periods", "there are %d whole periods",
                       q->s->n_periods < 1 ? 0 : q->s->n_periods);
    }
    return fill(q, measure, scale);
}

pl_status pl_series_load(const char *const *folders, int32_t n, pl_measure measure, double scale, bool keep, pl_series **out, pl_error *err)
{
    *out = NULL;
    pl_series *s = PL_NEW0(pl_series, 1);
    struct pl_series_store *store = PL_NEW0(struct pl_series_store, 1);
    if (s == NULL || store == NULL) {
        pl_free(s);
        pl_free(store);
        return pl_fail_nomem(err, "the series");
    }
    s->store = store;
    pl_arena_init(&store->arena, 0);
    reader q = {.s = s, .arena = &store->arena, .err = err};
    pl_status status = load(&q, folders, n, measure, scale, keep);
    pl_map_clear(&q.names);
    pl_map_clear(&q.files);
    pl_free(q.name);
    pl_free(q.entry);
    pl_free(q.coverage);
    if (status != PL_OK) {
        pl_series_free(s);
        return status;
    }
    *out = s;
    return PL_OK;
}

void pl_series_free(pl_series *s)
{
    if (s != NULL) {
        pl_arena_clear(&s->store->arena);
        pl_free(s->store);
        pl_free(s->value);
        pl_free(s->noise);
        pl_free(s->price);
        pl_free(s->promoted);
        pl_free(s->missed);
        pl_free(s->reports);
        pl_free(s);
    }
}
