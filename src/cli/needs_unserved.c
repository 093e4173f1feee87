/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_unserved.c - plenty needs unserved: what empty shelves hid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/needs.h"
#include "io/file.h"
#include "io/rows.h"

#define ROWS_MAX ((size_t)1 << 28)
enum { ITEM, PLACE, PERIOD, SOLD, ON_SHELF, EMPTY, EXPECTED, SHELF_COLUMNS };
static const char *const SHELF[] = {"item", "place", "period", "sold", "on_shelf", "empty", "expected"};
enum { LIST = 3, REPORT_COLUMNS };
static const char *const REPORT[] = {"item", "place", "period", "list"};

typedef struct row {
    const char *item, *place, *period, *list;
    double sold, on_shelf, expected;
    bool empty;
} row;

typedef struct table {
    row *row;
    size_t n, cap;
} table;

typedef struct job {
    pl_arena arena;
    table shelf, reports;
    bool has_expected;
    pl_str out;
    pl_error *err;
} job;

static pl_status cell(job *j, const pl_csv *csv, int32_t column, double otherwise, double *x)
{
    char place[192];
    *x = otherwise;
    if (column < 0 || csv->field[column].n == 0 || pl_number_parse(csv->field[column].text, csv->field[column].n, x)) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(j->err, PL_DATA, place, "write a number, for example 0.75", "'%.60s' is no number", csv->field[column].text);
}

static pl_status add_row(job *j, table *t, const pl_csv *csv, const int32_t *column, bool reports)
{
    row r = {0};
    const char **const text[] = {&r.item, &r.place, &r.period, &r.list};
    if (!pl_grow(&t->row, &t->cap, t->n + 1, sizeof *t->row, ROWS_MAX)) {
        return pl_fail_nomem(j->err, csv->name);
    }
    for (int k = 0; k < (reports ? 4 : 3); k++) {
        const pl_csv_field *f = column[k] >= 0 ? &csv->field[column[k]] : NULL;
        *text[k] = pl_arena_text(&j->arena, f != NULL ? f->text : "", f != NULL ? f->n : 0);
        if (*text[k] == NULL) {
            return pl_fail_nomem(j->err, csv->name);
        }
    }
    double empty = 0;
    pl_status status = PL_OK;
    if (!reports) {
        status = cell(j, csv, column[SOLD], NAN, &r.sold);
        status = status == PL_OK ? cell(j, csv, column[ON_SHELF], NAN, &r.on_shelf) : status;
        status = status == PL_OK ? cell(j, csv, column[EMPTY], NAN, &empty) : status;
        status = status == PL_OK ? cell(j, csv, column[EXPECTED], NAN, &r.expected) : status;
        char place[192];
        pl_csv_place(csv, column[SOLD], place, sizeof place);
        if (status == PL_OK && !(r.sold >= 0)) {
            return pl_fail(j->err, PL_DATA, place, "write what was sold, 0 or more", "sales are missing or negative");
        }
        if (status == PL_OK && !isnan(r.on_shelf) && !(r.on_shelf >= 0 && r.on_shelf <= 1)) {
            pl_csv_place(csv, column[ON_SHELF], place, sizeof place);
            return pl_fail(j->err, PL_DATA, place, "write the part of the open time, between 0 and 1", "the good cannot have been there for %g of the time", r.on_shelf);
        }
    }
    r.empty = isnan(empty) ? r.on_shelf < 1 : empty != 0;
    t->row[t->n++] = r;
    return status;
}

static pl_status read_table(job *j, const char *path, table *t, bool reports)
{
    pl_rows rows;
    bool more = true;
    int32_t column[SHELF_COLUMNS];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_rows_open(&rows, path, slash != NULL ? slash + 1 : path, j->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < (reports ? (int)REPORT_COLUMNS : (int)SHELF_COLUMNS) && status == PL_OK; k++) {
        const char *name = reports ? REPORT[k] : SHELF[k];
        column[k] = pl_csv_column(&rows.csv, name);
        bool needed = k == ITEM || k == PERIOD || k == 3;
        if (needed && column[k] < 0) {
            status = pl_fail(j->err, PL_DATA, rows.csv.name, "docs/formats/needs.md lists the columns", "there is no column '%s'", name);
        }
    }
    if (status == PL_OK && !reports && column[ON_SHELF] < 0 && column[EMPTY] < 0) {
        status = pl_fail(j->err, PL_DATA, rows.csv.name, "add one: on_shelf is better", "neither on_shelf nor empty is there: nothing says when the shelf was empty");
    }
    j->has_expected |= status == PL_OK && !reports && column[EXPECTED] >= 0;
    while (status == PL_OK && (status = pl_rows_next(&rows, &more, j->err)) == PL_OK && more) {
        status = add_row(j, t, &rows.csv, column, reports);
    }
    pl_rows_close(&rows);
    return status;
}

static int by_key(const void *a, const void *b)
{
    const row *x = a, *y = b;
    int c = strcmp(x->item, y->item);
    c = c != 0 ? c : strcmp(x->place, y->place);
    c = c != 0 ? c : strcmp(x->period, y->period);
    return c != 0 || x->list == NULL ? c : strcmp(x->list, y->list);
}

/* Cases (item, place, period) on the two lists: the first name in the alphabet is list one. */
static pl_status count_cases(job *j, const row *of, int64_t *reports, pl_two_lists *all)
{
    const char *list[2] = {NULL, NULL};
    int64_t n[2] = {0}, both = 0;
    *reports = 0;
    for (size_t k = 0; k < j->reports.n; k++) { /* names of the lists, over the whole table */
        const char *l = j->reports.row[k].list;
        for (int i = 0; i < 2; i++) {
            if (list[i] == NULL || strcmp(list[i], l) == 0) {
                list[i] = l;
                break;
            }
            if (i == 1) {
                return pl_fail(j->err, PL_DATA, "reports", "two lists are compared, for example staff and customers", "'%.60s' is a third list", l);
            }
        }
    }
    for (size_t k = 0; k < j->reports.n;) {
        const row *r = &j->reports.row[k];
        bool on[2] = {false, false}, ours = strcmp(r->item, of->item) == 0 && strcmp(r->place, of->place) == 0;
        size_t end = k;
        for (; end < j->reports.n && strcmp(j->reports.row[end].item, r->item) == 0 && strcmp(j->reports.row[end].place, r->place) == 0 &&
               strcmp(j->reports.row[end].period, r->period) == 0;
             end++) {
            on[strcmp(j->reports.row[end].list, list[0]) == 0 ? 0 : 1] = true;
        }
        *reports += ours ? (int64_t)(end - k) : 0;
        n[0] += ours && on[0];
        n[1] += ours && on[1];
        both += ours && on[0] && on[1];
        k = end;
    }
    *all = pl_capture_recapture(n[0], n[1], both);
    return PL_OK;
}

static pl_status correct(job *j, const row *r, size_t n)
{
    static const char *const words[] = {"shelf-known", "at-random", "by-demand"};
    double *x = PL_NEW(double, 3 * n);
    bool *empty = PL_NEW(bool, n);
    pl_unserved u = {0};
    pl_two_lists lists = {0};
    int64_t reports = 0;
    pl_status status = x != NULL && empty != NULL ? PL_OK : pl_fail_nomem(j->err, "the correction");
    bool known = true, expected = j->has_expected;
    for (size_t k = 0; k < n && status == PL_OK; k++) {
        x[k] = r[k].sold;
        x[n + k] = r[k].on_shelf;
        x[2 * n + k] = r[k].expected;
        empty[k] = r[k].empty;
        known &= !isnan(r[k].on_shelf);
        expected &= !isnan(r[k].expected);
    }
    pl_error why;
    if (status == PL_OK) {
        status = pl_unserved_correct((int32_t)n, x, known ? x + n : NULL, empty, expected ? x + 2 * n : NULL, NULL, &u, &why);
    }
    bool told = status != PL_NUMERIC;
    if (status != PL_OK && told) {
        *j->err = why;
    }
    status = told ? status : PL_OK; /* what cannot be told stays empty in the table, and is said */
    status = status == PL_OK ? count_cases(j, r, &reports, &lists) : status;
    if (status == PL_OK) {
        pl_csv_add(&j->out, r->item);
        pl_str_add(&j->out, ",");
        pl_csv_add(&j->out, r->place);
        pl_str_addf(&j->out, ",%zu,%d,%s", n, u.censored, told ? words[u.mechanism] : "cannot-be-told");
        const double numbers[] = {u.z, u.sold, told ? u.wanted : NAN, (double)reports, lists.number, lists.low, lists.high};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            pl_str_add(&j->out, ",");
            pl_str_add_number(&j->out, numbers[k]);
        }
        pl_str_add(&j->out, "\n");
    }
    pl_free(x);
    pl_free(empty);
    return status;
}

static pl_status run(job *j, const cli_args *args)
{
    const char *reports = cli_text(args, "reports"), *out = cli_text(args, "output");
    pl_status status = read_table(j, args->argument[0], &j->shelf, false);
    status = status == PL_OK && reports != NULL ? read_table(j, reports, &j->reports, true) : status;
    if (status != PL_OK) {
        return status;
    }
    qsort(j->shelf.row, j->shelf.n, sizeof *j->shelf.row, by_key);
    qsort(j->reports.row, j->reports.n, sizeof *j->reports.row, by_key);
    pl_str_add(&j->out, "item,place,periods,empty,mechanism,z,sold,wanted,reports,cases,cases_low,cases_high\n");
    for (size_t k = 0; k < j->shelf.n && status == PL_OK;) {
        size_t end = k;
        while (end < j->shelf.n && strcmp(j->shelf.row[end].item, j->shelf.row[k].item) == 0 && strcmp(j->shelf.row[end].place, j->shelf.row[k].place) == 0) {
            end++;
        }
        status = correct(j, &j->shelf.row[k], end - k);
        k = end;
    }
    if (status == PL_OK && j->out.failed) {
        status = pl_fail_nomem(j->err, "the table");
    }
    if (status == PL_OK && out != NULL && !cli_flag(args, "replace") && pl_path_exists(out)) {
        status = pl_fail(j->err, PL_IO, out, "choose another name, or add --replace", "this is there already");
    }
    if (status == PL_OK && out != NULL) {
        return pl_file_write(out, j->out.text, j->out.len, j->err);
    }
    if (status == PL_OK) {
        fputs(j->out.text, stdout);
    }
    return status;
}

int cli_needs_unserved(const cli_args *args)
{
    pl_error err;
    job j = {.err = &err};
    pl_arena_init(&j.arena, 0);
    pl_str_init(&j.out, (size_t)1 << 32);
    pl_status status = run(&j, args);
    pl_str_clear(&j.out);
    pl_free(j.shelf.row);
    pl_free(j.reports.row);
    pl_arena_clear(&j.arena);
    return status != PL_OK ? cli_fail(&err) : 0;
}
