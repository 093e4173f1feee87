/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shelf.c - tables of shelves, and reports of what was not there: what was missed, item by item, place by place, day by day. */
#include "needs/wants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/rows.h"

#define ROWS_MAX ((size_t)1 << 28)

enum { ITEM, PLACE, PERIOD, SOLD, ON_SHELF, EMPTY, EXPECTED, COLUMNS };
static const char *const COLUMN[COLUMNS] = {"item", "place", "period", "sold", "on_shelf", "empty", "expected"};

typedef struct period { /* a row of the table */
    const char *item, *place;
    int32_t day;
    double sold, on_shelf, expected;
    bool empty;
} period;

struct pl_shelf_store {
    pl_arena arena;
    size_t cap, cap_missed;
};

typedef struct job {
    pl_shelf *shelf;
    period *row;
    size_t n, cap;
    const pl_want **report; /* by item, place and day */
    size_t n_reports;
    const pl_want **scratch;
    pl_error *err;
} job;

const char *pl_mechanism_id(pl_mechanism mechanism)
{
    static const char *const id[] = {"shelf-known", "at-random", "by-demand"};
    return id[mechanism];
}

static pl_status nomem(const job *j)
{
    return pl_fail_nomem(j->err, "the shelves");
}

/* ---- Reading -------------------------------------------------------------------------------------------------------------------------- */

static pl_status wrong(const job *j, const pl_csv *csv, int32_t column, const char *hint, const char *what)
{
    char place[192];
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(j->err, PL_DATA, place, hint, "%s", what);
}

/* A number of the row; an empty cell, or no such column, is NaN. */
static pl_status number(const job *j, const pl_csv *csv, int32_t column, double *x)
{
    *x = NAN;
    if (column < 0 || csv->field[column].n == 0 || pl_number_parse(csv->field[column].text, csv->field[column].n, x)) {
        return PL_OK;
    }
    return wrong(j, csv, column, "write a number, for example 0.75", "this is no number");
}

static pl_status read_numbers(const job *j, const pl_csv *csv, const int32_t *column, period *p)
{
    double empty;
    pl_status status = number(j, csv, column[SOLD], &p->sold);
    status = status == PL_OK ? number(j, csv, column[ON_SHELF], &p->on_shelf) : status;
    status = status == PL_OK ? number(j, csv, column[EMPTY], &empty) : status;
    status = status == PL_OK ? number(j, csv, column[EXPECTED], &p->expected) : status;
    if (status != PL_OK) {
        return status;
    }
    if (!(p->sold >= 0)) {
        return wrong(j, csv, column[SOLD], "write what was sold, 0 or more", "sales are missing or negative");
    }
    if (!isnan(p->on_shelf) && !(p->on_shelf >= 0 && p->on_shelf <= 1)) {
        return wrong(j, csv, column[ON_SHELF], "write the part of the open time, between 0 and 1", "the good cannot have been there for this part of the time");
    }
    p->empty = isnan(empty) ? p->on_shelf < 1 : empty != 0;
    return PL_OK;
}

static pl_status read_row(job *j, const pl_csv *csv, const int32_t *column)
{
    pl_arena *a = &j->shelf->store->arena;
    period p = {0};
    const pl_csv_field *item = &csv->field[column[ITEM]], *day = &csv->field[column[PERIOD]];
    if (!pl_grow(&j->row, &j->cap, j->n + 1, sizeof *j->row, ROWS_MAX)) {
        return nomem(j);
    }
    if (day->n != 10 || !pl_day_parse(day->text, 10, &p.day)) {
        return wrong(j, csv, column[PERIOD], "write its first day, for example 2027-01-30", "this is no date");
    }
    p.item = pl_arena_text(a, item->text, item->n);
    p.place = column[PLACE] >= 0 ? pl_arena_text(a, csv->field[column[PLACE]].text, csv->field[column[PLACE]].n) : "";
    if (p.item == NULL || p.place == NULL) {
        return nomem(j);
    }
    pl_status status = read_numbers(j, csv, column, &p);
    j->row[j->n++] = p;
    return status;
}

static pl_status read_shelf(job *j, const char *path)
{
    pl_row_reader rows;
    bool more = true;
    int32_t column[COLUMNS];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, j->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS && status == PL_OK; k++) {
        column[k] = pl_csv_column(&rows.csv, COLUMN[k]);
        if (column[k] < 0 && (k == ITEM || k == PERIOD || k == SOLD)) {
            status = pl_fail(j->err, PL_DATA, rows.csv.name, "docs/formats/needs.md lists the columns", "there is no column '%s'", COLUMN[k]);
        }
    }
    if (status == PL_OK && column[ON_SHELF] < 0 && column[EMPTY] < 0) {
        status = pl_fail(j->err, PL_DATA, rows.csv.name, "add one: on_shelf is better", "neither on_shelf nor empty is there: nothing says when the shelf was empty");
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, j->err)) == PL_OK && more) {
        status = read_row(j, &rows.csv, column);
    }
    pl_row_reader_close(&rows);
    return status;
}

/* ---- Order -------------------------------------------------------------------------------------------------------------------------------- */

static int compare(const char *item, const char *place, int32_t day, const char *item2, const char *place2, int32_t day2)
{
    int c = strcmp(item, item2);
    c = c != 0 ? c : strcmp(place, place2);
    return c != 0 ? c : (day > day2) - (day < day2);
}

static int by_row(const void *a, const void *b)
{
    const period *x = a, *y = b;
    return compare(x->item, x->place, x->day, y->item, y->place, y->day);
}

static int by_report(const void *a, const void *b)
{
    const pl_want *x = *(const pl_want *const *)a, *y = *(const pl_want *const *)b;
    return compare(x->item, x->place, x->from, y->item, y->place, y->from);
}

static int by_missed(const void *a, const void *b)
{
    const pl_missed *x = a, *y = b;
    return compare(x->item, x->place, x->day, y->item, y->place, y->day);
}

static int by_shelf(const void *a, const void *b)
{
    const pl_shelf_row *x = a, *y = b;
    return compare(x->item, x->place, 0, y->item, y->place, 0);
}

/* ---- What was missed ---------------------------------------------------------------------------------------------------------------------- */

static pl_status add_missed(job *j, const char *item, const char *place, int32_t day, double amount, int64_t reports, const char *how)
{
    pl_shelf *s = j->shelf;
    if (!pl_grow(&s->missed, &s->store->cap_missed, s->n_missed + 1, sizeof *s->missed, ROWS_MAX)) {
        return nomem(j);
    }
    s->missed[s->n_missed++] = (pl_missed){item, place, day, amount, reports, how};
    return PL_OK;
}

/* The first report of that item, or of the next. */
static size_t first_report(const job *j, const char *item)
{
    size_t low = 0, high = j->n_reports;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(j->report[mid]->item, item) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* Reports of that item and place (an empty place: of all places) into scratch. */
static size_t reports_of(const job *j, const char *item, const char *place)
{
    size_t n = 0;
    for (size_t k = first_report(j, item); k < j->n_reports && strcmp(j->report[k]->item, item) == 0; k++) {
        if (place[0] == '\0' || strcmp(j->report[k]->place, place) == 0) {
            j->scratch[n++] = j->report[k];
        }
    }
    return n;
}

static pl_status new_row(job *j, const char *item, const char *place, pl_shelf_row **out)
{
    pl_shelf *s = j->shelf;
    int64_t seen[2], both;
    if (!pl_grow(&s->row, &s->store->cap, s->n + 1, sizeof *s->row, ROWS_MAX)) {
        return nomem(j);
    }
    *out = &s->row[s->n++];
    **out = (pl_shelf_row){.item = item, .place = place};
    size_t n = reports_of(j, item, place);
    (*out)->reports = (int64_t)n;
    pl_want_cases(j->scratch, n, seen, &both);
    (*out)->cases = pl_capture_recapture(seen[0], seen[1], both);
    return PL_OK;
}

/* Reports that fall from this day on, before the next. */
static int64_t reports_between(const job *j, size_t n, int32_t day, int32_t next)
{
    int64_t found = 0;
    for (size_t k = 0; k < n; k++) {
        found += j->scratch[k]->from >= day && j->scratch[k]->from < next;
    }
    return found;
}

/* One item at one place, n rows of the table. */
static pl_status correct(job *j, const period *p, size_t n)
{
    double *x = PL_NEW(double, 4 * n), *wanted = x + 3 * n;
    bool *empty = PL_NEW(bool, n), known = true, expected = true;
    pl_shelf_row *row = NULL;
    pl_error why;
    pl_status status = x != NULL && empty != NULL ? new_row(j, p->item, p->place, &row) : nomem(j);
    for (size_t k = 0; k < n && status == PL_OK; k++) {
        x[k] = p[k].sold;
        x[n + k] = p[k].on_shelf;
        x[2 * n + k] = p[k].expected;
        empty[k] = p[k].empty;
        known &= !isnan(p[k].on_shelf);
        expected &= !isnan(p[k].expected);
    }
    if (status == PL_OK) {
        row->periods = (int32_t)n;
        status = pl_unserved_correct((int32_t)n, x, known ? x + n : NULL, empty, expected ? x + 2 * n : NULL, wanted, &row->u, &why);
        row->told = status == PL_OK;
        if (status == PL_NUMERIC) { /* what cannot be told stays empty, and is said */
            row->u.wanted = NAN;
            status = PL_OK;
        } else if (status != PL_OK) {
            *j->err = why;
        }
    }
    size_t reports = status == PL_OK ? reports_of(j, p->item, p->place) : 0;
    for (size_t k = 0; k < n && status == PL_OK && row->told; k++) {
        int64_t here = reports_between(j, reports, p[k].day, k + 1 < n ? p[k + 1].day : INT32_MAX);
        if (wanted[k] > p[k].sold || here > 0) {
            status = add_missed(j, p->item, p->place, p[k].day, wanted[k] - p[k].sold, here, pl_mechanism_id(row->u.mechanism));
        }
    }
    pl_free(x);
    pl_free(empty);
    return status;
}

/* Does one of the first n rows, which are in order, say what was missed of that item there? */
static bool has_shelf(const pl_shelf *s, size_t n, const pl_want *w)
{
    const char *const place[] = {"", w->place};
    for (int k = 0; k < 2 && n > 0; k++) {
        pl_shelf_row key = {.item = w->item, .place = place[k]};
        const pl_shelf_row *found = bsearch(&key, s->row, n, sizeof key, by_shelf);
        if (found != NULL && found->told) {
            return true;
        }
    }
    return false;
}

/* n reports of one item at one place of which no shelf tells: day by day, what buyers asked for, times all cases by those that buyers saw. */
static pl_status missed_by_reports(job *j, const pl_want **w, size_t n)
{
    int64_t seen[2], both;
    pl_shelf_row *row = NULL;
    pl_status status = new_row(j, w[0]->item, w[0]->place, &row);
    if (status != PL_OK) {
        return status;
    }
    row->u.wanted = row->u.z = NAN;
    memcpy(j->scratch, w, n * sizeof *w);
    pl_want_cases(j->scratch, n, seen, &both);
    for (size_t k = 0, end; k < n && status == PL_OK; k = end) {
        double amount = 0;
        for (end = k; end < n && w[end]->from == w[k]->from; end++) {
            amount += w[end]->staff ? 0 : (double)w[end]->amount / PL_MILLIONTHS;
        }
        amount *= seen[0] > 0 ? row->cases.number / (double)seen[0] : 0;
        status = add_missed(j, w[k]->item, w[k]->place, w[k]->from, amount, (int64_t)(end - k), "reports");
    }
    return status;
}

static pl_status make(job *j, const char *shelf, const pl_wants *reports)
{
    j->n_reports = reports != NULL ? reports->n_reports : 0;
    j->report = PL_NEW(const pl_want *, j->n_reports + 1);
    j->scratch = PL_NEW(const pl_want *, j->n_reports + 1);
    if (j->report == NULL || j->scratch == NULL) {
        return nomem(j);
    }
    for (size_t k = 0; k < j->n_reports; k++) {
        j->report[k] = &reports->report[k];
    }
    qsort(j->report, j->n_reports, sizeof *j->report, by_report);
    pl_status status = shelf != NULL ? read_shelf(j, shelf) : PL_OK;
    if (status == PL_OK && j->n > 0) {
        qsort(j->row, j->n, sizeof *j->row, by_row);
    }
    for (size_t k = 0, end; k < j->n && status == PL_OK; k = end) {
        for (end = k; end < j->n && compare(j->row[end].item, j->row[end].place, 0, j->row[k].item, j->row[k].place, 0) == 0; end++) {
        }
        status = correct(j, &j->row[k], end - k);
    }
    size_t told = j->shelf->n;
    for (size_t k = 0, end; k < j->n_reports && status == PL_OK; k = end) {
        for (end = k; end < j->n_reports && compare(j->report[end]->item, j->report[end]->place, 0, j->report[k]->item, j->report[k]->place, 0) == 0; end++) {
        }
        status = has_shelf(j->shelf, told, j->report[k]) ? PL_OK : missed_by_reports(j, &j->report[k], end - k);
    }
    return status;
}

pl_status pl_shelf_make(const char *shelf, const pl_wants *reports, pl_shelf **out, pl_error *err)
{
    *out = NULL;
    pl_shelf *s = PL_NEW0(pl_shelf, 1);
    if (s == NULL || (s->store = PL_NEW0(struct pl_shelf_store, 1)) == NULL) {
        pl_free(s);
        return pl_fail_nomem(err, "the shelves");
    }
    pl_arena_init(&s->store->arena, 0);
    job j = {.shelf = s, .err = err};
    pl_status status = make(&j, shelf, reports);
    if (status == PL_OK && s->n > 0) {
        qsort(s->row, s->n, sizeof *s->row, by_shelf);
    }
    if (status == PL_OK && s->n_missed > 0) {
        qsort(s->missed, s->n_missed, sizeof *s->missed, by_missed);
    }
    pl_free(j.row);
    pl_free(j.report);
    pl_free(j.scratch);
    if (status != PL_OK) {
        pl_shelf_free(s);
        return status;
    }
    *out = s;
    return PL_OK;
}

void pl_shelf_free(pl_shelf *s)
{
    if (s != NULL) {
        pl_arena_clear(&s->store->arena);
        pl_free(s->store);
        pl_free(s->row);
        pl_free(s->missed);
        pl_free(s);
    }
}

pl_status pl_missed_save(const pl_shelf *s, const char *path, pl_error *err)
{
    pl_str out;
    char day[PL_DATE_TEXT];
    pl_str_init(&out, (size_t)1 << 34);
    pl_str_add(&out, "item,place,period,missed,reports,how\n");
    for (size_t k = 0; k < s->n_missed; k++) {
        const pl_missed *m = &s->missed[k];
        pl_csv_add(&out, m->item);
        pl_str_add(&out, ",");
        pl_csv_add(&out, m->place);
        pl_str_addf(&out, ",%s,", pl_day_text(m->day, day));
        pl_str_add_number(&out, m->amount);
        pl_str_addf(&out, ",%lld,%s\n", (long long)m->reports, m->how);
    }
    pl_status status = out.failed ? pl_fail_nomem(err, path) : pl_file_write(path, out.text, out.len, err);
    pl_str_clear(&out);
    return status;
}
