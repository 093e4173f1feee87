/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.c - what households bought as wants: sums of receipts become tables of what is to be shared. */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/rows.h"
#include "share/share.h"

#define ROWS_MAX ((size_t)1 << 30)
enum { ITEM, HOUSEHOLD, LINES, SOLD, RETURNED, VALUE, COLUMNS };
static const char *const COLUMN[COLUMNS] = {"item", "household", "lines", "sold", "returned", "value"};

typedef struct list {
    pl_map map;
    const char **name;
    double *lines, *sum; /* sum: of what is kept */
    size_t cap[3];
    int32_t n;
} list;

typedef struct bought {
    int32_t household, item;
    double amount;
} bought;

typedef struct job {
    pl_arena arena;
    list households, items;
    bought *row;
    size_t n, cap;
    const pl_wants_settings *set;
    pl_error *err;
} job;

static pl_status put(job *j, list *l, const pl_csv_field *f, double lines, int32_t *id)
{
    int32_t old;
    *id = pl_map_get(&l->map, f->text, f->n);
    if (*id < 0) {
        char *name = pl_arena_text(&j->arena, f->text, f->n);
        size_t n = (size_t)l->n + 1;
        if (name == NULL || !pl_grow(&l->name, &l->cap[0], n, sizeof *l->name, ROWS_MAX) || !pl_grow(&l->lines, &l->cap[1], n, sizeof *l->lines, ROWS_MAX) ||
            !pl_grow(&l->sum, &l->cap[2], n, sizeof *l->sum, ROWS_MAX) || pl_map_put(&l->map, name, f->n, l->n, &old) != PL_OK) {
            return pl_fail_nomem(j->err, "the wants");
        }
        *id = l->n++;
        l->name[*id] = name;
        l->lines[*id] = l->sum[*id] = 0;
    }
    l->lines[*id] += lines;
    return PL_OK;
}

static pl_status read_row(job *j, const pl_csv *csv, const int32_t *at)
{
    double x[COLUMNS] = {0};
    for (int k = LINES; k < COLUMNS; k++) {
        const pl_csv_field *f = &csv->field[at[k]];
        if (f->n > 0 && !pl_number_parse(f->text, f->n, &x[k])) {
            char place[192];
            pl_csv_place(csv, at[k], place, sizeof place);
            return pl_fail(j->err, PL_DATA, place, "make the sums again with plenty needs read", "'%.60s' is no number", f->text);
        }
    }
    if (csv->field[at[HOUSEHOLD]].n == 0) {
        return PL_OK; /* bought by nobody known */
    }
    bought b = {.amount = j->set->measure == PL_WANT_QUANTITY ? x[SOLD] - x[RETURNED] : j->set->measure == PL_WANT_VALUE ? x[VALUE] : x[LINES]};
    pl_status status = put(j, &j->households, &csv->field[at[HOUSEHOLD]], x[LINES], &b.household);
    status = status == PL_OK ? put(j, &j->items, &csv->field[at[ITEM]], x[LINES], &b.item) : status;
    if (status == PL_OK && !pl_grow(&j->row, &j->cap, j->n + 1, sizeof *j->row, ROWS_MAX)) {
        status = pl_fail_nomem(j->err, "the wants");
    }
    if (status == PL_OK) {
        j->row[j->n++] = b;
    }
    return status;
}

static pl_status read_sums(job *j, const char *folder)
{
    char path[4096];
    pl_row_reader rows;
    int32_t at[COLUMNS];
    bool more = true;
    if (!pl_path_join(path, sizeof path, folder, "sums.csv")) {
        return pl_fail(j->err, PL_IO, folder, NULL, "the path is too long");
    }
    if (!pl_path_exists(path)) {
        return pl_fail(j->err, PL_NOTFOUND, folder, "plenty needs read DATA -o SUMS --households", "there is no sums.csv in it");
    }
    pl_status status = pl_row_reader_open(&rows, path, "sums.csv", j->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS && status == PL_OK; k++) {
        at[k] = pl_csv_column(&rows.csv, COLUMN[k]);
        if (at[k] < 0) {
            status = pl_fail(j->err, PL_DATA, "sums.csv", "plenty needs read DATA -o SUMS --households", "there is no column '%s'", COLUMN[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, j->err)) == PL_OK && more) {
        status = read_row(j, &rows.csv, at);
    }
    pl_row_reader_close(&rows);
    return status == PL_OK && j->n == 0
               ? pl_fail(j->err, PL_DATA, "sums.csv", "plenty needs read DATA -o SUMS --households", "no line is of a household: these sums are of all together")
               : status;
}

static int by_key(const void *a, const void *b)
{
    const bought *x = a, *y = b;
    int c = (x->household > y->household) - (x->household < y->household);
    return c != 0 ? c : (x->item > y->item) - (x->item < y->item);
}

/* One row for each household and item; what is kept. */
static void merge(job *j)
{
    size_t n = 0;
    qsort(j->row, j->n, sizeof *j->row, by_key);
    for (size_t k = 0; k < j->n;) {
        bought b = j->row[k];
        for (k++; k < j->n && j->row[k].household == b.household && j->row[k].item == b.item; k++) {
            b.amount += j->row[k].amount;
        }
        if (b.amount > 0 && j->households.lines[b.household] >= j->set->household_lines && j->items.lines[b.item] >= j->set->item_lines) {
            j->households.sum[b.household] += b.amount;
            j->row[n++] = b;
        }
    }
    j->n = n;
}

static void write_tables(job *j, pl_str *wants, pl_str *supply)
{
    pl_str_add(wants, "person,good,amount\n");
    for (size_t k = 0; k < j->n; k++) {
        char text[64];
        bought *b = &j->row[k];
        double amount = j->set->equal ? 1000 * b->amount / j->households.sum[b->household] : b->amount;
        amount = (double)(int64_t)(amount * 1e6 + 0.5) / 1e6;
        j->items.sum[b->item] += amount;
        pl_csv_add(wants, j->households.name[b->household]);
        pl_str_add(wants, ",");
        pl_csv_add(wants, j->items.name[b->item]);
        snprintf(text, sizeof text, ",%.6f\n", amount);
        pl_str_add(wants, text);
    }
    pl_str_add(supply, "good,quantity\n");
    for (int32_t g = 0; g < j->items.n; g++) {
        if (j->items.sum[g] > 0) {
            pl_csv_add(supply, j->items.name[g]);
            pl_str_addf(supply, ",%.6f\n", j->items.sum[g]);
        }
    }
}

static pl_status write_case(job *j, const char *path, bool replace)
{
    pl_folder folder;
    pl_str wants, supply;
    pl_str_init(&wants, (size_t)1 << 34);
    pl_str_init(&supply, (size_t)1 << 30);
    write_tables(j, &wants, &supply);
    pl_status status = wants.failed || supply.failed ? pl_fail_nomem(j->err, "the wants")
                                                     : pl_folder_begin(&folder, path, "wants.csv", replace, j->err);
    if (status == PL_OK) {
        status = pl_folder_add(&folder, "wants.csv", wants.text, wants.len, j->err);
        status = status == PL_OK ? pl_folder_add(&folder, "supply.csv", supply.text, supply.len, j->err) : status;
        status = status == PL_OK ? pl_folder_commit(&folder, j->err) : status;
    }
    pl_str_clear(&wants);
    pl_str_clear(&supply);
    return status;
}

static void list_clear(list *l)
{
    pl_map_clear(&l->map);
    pl_free(l->name);
    pl_free(l->lines);
    pl_free(l->sum);
}

pl_status pl_share_wants(const char *sums, const pl_wants_settings *set, const char *folder, bool replace, pl_wants_made *out, pl_error *err)
{
    job j = {.set = set, .err = err};
    *out = (pl_wants_made){0};
    pl_arena_init(&j.arena, 0);
    pl_status status = read_sums(&j, sums);
    if (status == PL_OK) {
        merge(&j);
        status = j.n > 0 ? write_case(&j, folder, replace) : pl_fail(err, PL_DATA, "sums.csv", "ask for fewer lines", "no household is left");
    }
    for (int32_t i = 0; i < j.households.n; i++) {
        out->households += j.households.sum[i] > 0;
    }
    for (int32_t g = 0; g < j.items.n; g++) {
        out->goods += j.items.sum[g] > 0;
    }
    out->wants = (int64_t)j.n;
    list_clear(&j.households);
    list_clear(&j.items);
    pl_free(j.row);
    pl_arena_clear(&j.arena);
    return status;
}
