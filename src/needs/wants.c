/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.c - orders, and reports that something was wanted and not there: tables, and sums by item. */
#include "needs/wants.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "io/rows.h"
#include "needs/millionths.h"

#define ROWS_MAX ((size_t)1 << 28)

struct pl_wants_store {
    pl_arena arena;
    size_t cap_order, cap_report;
};

pl_status pl_wants_new(pl_wants **out, pl_error *err)
{
    pl_wants *w = PL_NEW0(pl_wants, 1);
    *out = w;
    if (w == NULL || (w->store = PL_NEW0(struct pl_wants_store, 1)) == NULL) {
        pl_free(w);
        *out = NULL;
        return pl_fail_nomem(err, "orders");
    }
    pl_arena_init(&w->store->arena, 0);
    return PL_OK;
}

void pl_wants_free(pl_wants *w)
{
    if (w != NULL) {
        pl_arena_clear(&w->store->arena);
        pl_free(w->store);
        pl_free(w->order);
        pl_free(w->report);
        pl_free(w);
    }
}

pl_status pl_wants_add(pl_wants *w, bool report, const pl_want *want, pl_error *err)
{
    pl_want **list = report ? &w->report : &w->order, copy = *want;
    size_t *n = report ? &w->n_reports : &w->n_orders, *cap = report ? &w->store->cap_report : &w->store->cap_order;
    const char **const text[] = {&copy.item, &copy.place, &copy.who};
    for (size_t k = 0; k < 3; k++) {
        if ((*text[k] = pl_arena_text(&w->store->arena, *text[k], strlen(*text[k]))) == NULL) {
            return pl_fail_nomem(err, "orders");
        }
    }
    if (!pl_grow(list, cap, *n + 1, sizeof **list, ROWS_MAX)) {
        return pl_fail_nomem(err, "orders");
    }
    (*list)[(*n)++] = copy;
    return PL_OK;
}

/* ---- Tables ------------------------------------------------------------------------------------------------------------------------- */

enum { W_ITEM, W_PLACE, W_WHO, W_AMOUNT, W_FROM, W_UNTIL, W_LIST, W_COLUMNS };
static const struct {
    const char *order, *report; /* names of the column; NULL: not in this table */
    bool order_needs, report_needs;
} COLUMN[W_COLUMNS] = {
    {"item", "item", true, true},   {"place", "place", false, false}, {"who", "who", false, false},  {"amount", "amount", true, false},
    {"from", "period", true, true}, {"until", NULL, true, false},     {NULL, "list", false, true},
};

static pl_status wrong(const pl_csv *csv, int32_t column, const char *hint, const char *what, pl_error *err)
{
    char place[192];
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(err, PL_DATA, place, hint, "'%.60s' is %s", column >= 0 ? csv->field[column].text : "", what);
}

static const char *text_of(const pl_csv *csv, int32_t column)
{
    return column >= 0 ? csv->field[column].text : "";
}

static pl_status read_row(const pl_csv *csv, const int32_t *column, bool report, pl_want *w, pl_error *err)
{
    const pl_csv_field *f = csv->field;
    int32_t a = column[W_AMOUNT], list = column[W_LIST];
    int64_t rounded = 0;
    *w = (pl_want){.item = text_of(csv, column[W_ITEM]), .place = text_of(csv, column[W_PLACE]), .who = text_of(csv, column[W_WHO]), .amount = PL_MILLIONTHS};
    if (w->item[0] == '\0') {
        return wrong(csv, column[W_ITEM], "write its name", "no item", err);
    }
    if (a >= 0 && (f[a].n > 0 || !report) && (!pl_millionths_parse(f[a].text, f[a].n, &w->amount, &rounded) || w->amount < 0)) {
        return wrong(csv, a, "write a number, for example 2.5", "no amount of 0 or more", err);
    }
    for (int k = W_FROM; k <= W_UNTIL; k++) {
        int32_t *day = k == W_FROM ? &w->from : &w->until;
        if (column[k] >= 0 && (f[column[k]].n != 10 || !pl_day_parse(f[column[k]].text, 10, day))) {
            return wrong(csv, column[k], "write for example 2027-01-30", "no date", err);
        }
    }
    w->until = report ? w->from : w->until;
    if (w->from > w->until) {
        return wrong(csv, column[W_UNTIL], "the last day is not before the first", "too early", err);
    }
    w->staff = list >= 0 && strcmp(f[list].text, "staff") == 0;
    if (list >= 0 && !w->staff && strcmp(f[list].text, "customers") != 0) {
        return wrong(csv, list, "write customers or staff", "no list", err);
    }
    return PL_OK;
}

pl_status pl_wants_load(pl_wants *w, bool reports, const char *path, pl_error *err)
{
    pl_row_reader rows;
    bool more = true;
    int32_t column[W_COLUMNS];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < W_COLUMNS && status == PL_OK; k++) {
        const char *name = reports ? COLUMN[k].report : COLUMN[k].order;
        column[k] = name != NULL ? pl_csv_column(&rows.csv, name) : -1;
        if (column[k] < 0 && (reports ? COLUMN[k].report_needs : COLUMN[k].order_needs)) {
            status = pl_fail(err, PL_DATA, rows.csv.name, "docs/formats/needs.md lists the columns", "there is no column '%s'", name);
        }
    }
    pl_want want;
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, err)) == PL_OK && more) {
        status = read_row(&rows.csv, column, reports, &want, err);
        status = status == PL_OK ? pl_wants_add(w, reports, &want, err) : status;
    }
    pl_row_reader_close(&rows);
    return status;
}

static void write_row(pl_str *out, const pl_want *w, bool report)
{
    char day[PL_DATE_TEXT];
    pl_csv_add(out, w->item);
    pl_str_add(out, ",");
    pl_csv_add(out, w->place);
    pl_str_add(out, ",");
    pl_csv_add(out, w->who);
    pl_str_add(out, ",");
    pl_str_add_millionths(out, w->amount);
    pl_str_addf(out, ",%s", pl_day_text(w->from, day));
    pl_str_addf(out, ",%s\n", report ? w->staff ? "staff" : "customers" : pl_day_text(w->until, day));
}

pl_status pl_wants_save(const pl_wants *w, const char *path, bool replace, pl_error *err)
{
    pl_str out[2];
    pl_folder folder;
    pl_status status = pl_folder_begin(&folder, path, "orders.csv", replace, err);
    for (int t = 0; t < 2; t++) {
        pl_str_init(&out[t], (size_t)1 << 34);
        pl_str_add(&out[t], t == 0 ? "item,place,who,amount,from,until\n" : "item,place,who,amount,period,list\n");
        for (size_t k = 0; k < (t == 0 ? w->n_orders : w->n_reports); k++) {
            write_row(&out[t], t == 0 ? &w->order[k] : &w->report[k], t == 1);
        }
        if (status == PL_OK) {
            status = out[t].failed ? pl_fail_nomem(err, "orders") : pl_folder_add(&folder, t == 0 ? "orders.csv" : "missing.csv", out[t].text, out[t].len, err);
        }
    }
    status = status == PL_OK ? pl_folder_commit(&folder, err) : status;
    pl_folder_abort(&folder);
    pl_str_clear(&out[0]);
    pl_str_clear(&out[1]);
    return status;
}

/* ---- Sums ----------------------------------------------------------------------------------------------------------------------------- */

/* By item and person, then by what decides about sums, so that the order of rows does not. */
static int by_person(const void *a, const void *b)
{
    const pl_want *x = a, *y = b;
    int c = strcmp(x->item, y->item);
    c = c != 0 ? c : strcmp(x->who, y->who);
    c = c != 0 ? c : (x->from > y->from) - (x->from < y->from);
    c = c != 0 ? c : (x->until > y->until) - (x->until < y->until);
    return c != 0 ? c : (x->amount > y->amount) - (x->amount < y->amount);
}

static int by_case(const void *a, const void *b)
{
    const pl_want *x = *(const pl_want *const *)a, *y = *(const pl_want *const *)b;
    int c = strcmp(x->place, y->place);
    return c != 0 ? c : (x->from > y->from) - (x->from < y->from);
}

/* A copy of those within the span, sorted. */
static pl_want *within(const pl_want *of, size_t n, int32_t from, int32_t until, size_t *kept)
{
    pl_want *copy = PL_NEW(pl_want, n + 1);
    *kept = 0;
    for (size_t k = 0; copy != NULL && k < n; k++) {
        if (of[k].from <= until && of[k].until >= from) {
            copy[(*kept)++] = of[k];
        }
    }
    if (copy != NULL) {
        qsort(copy, *kept, sizeof *copy, by_person);
    }
    return copy;
}

static double part_within(const pl_want *w, int32_t from, int32_t until)
{
    int32_t a = w->from > from ? w->from : from, b = w->until < until ? w->until : until;
    return (double)w->amount / PL_MILLIONTHS * (double)(b - a + 1) / (double)(w->until - w->from + 1);
}

void pl_want_cases(const pl_want **report, size_t n, int64_t seen[2], int64_t *both)
{
    qsort(report, n, sizeof *report, by_case);
    seen[0] = seen[1] = *both = 0;
    for (size_t k = 0, end; k < n; k = end) {
        bool on[2] = {false, false};
        for (end = k; end < n && by_case(&report[k], &report[end]) == 0; end++) {
            on[report[end]->staff] = true;
        }
        seen[0] += on[0];
        seen[1] += on[1];
        *both += on[0] && on[1];
    }
}

/* People: those who order and those who report as buyers, both in the order of their names; who say no name are one each. */
static void count_people(const pl_want *order, size_t n, const pl_want *report, size_t m, pl_item_wants *s)
{
    size_t i = 0, j = 0;
    while (i < n || j < m) {
        int c = i == n ? 1 : j == m ? -1 : strcmp(order[i].who, report[j].who);
        const char *who = c <= 0 ? order[i].who : report[j].who;
        bool nameless = who[0] == '\0', ordering = false, missing = false;
        if (nameless) {
            ordering = c <= 0;
            missing = c > 0 && !report[j].staff;
            i += c <= 0;
            j += c > 0;
        }
        for (; !nameless && i < n && strcmp(order[i].who, who) == 0; i++) {
            ordering = true;
        }
        for (; !nameless && j < m && strcmp(report[j].who, who) == 0; j++) {
            missing |= !report[j].staff;
        }
        s->ordering += ordering;
        s->missing += missing;
        s->both += ordering && missing;
    }
    s->people = pl_capture_recapture(s->ordering, s->missing, s->both);
}

static void add_up(const pl_want *order, size_t n, const pl_want *report, size_t m, int32_t from, int32_t until, const pl_want **scratch, pl_item_wants *s)
{
    double asked = 0;
    s->item = n > 0 ? order->item : report->item;
    s->orders = (int64_t)n;
    s->reports = (int64_t)m;
    for (size_t k = 0; k < n; k++) {
        s->ordered += part_within(&order[k], from, until);
    }
    for (size_t k = 0; k < m; k++) {
        asked += report[k].staff ? 0 : (double)report[k].amount / PL_MILLIONTHS;
    }
    for (size_t k = 0; k < m; k++) {
        scratch[k] = &report[k];
    }
    pl_want_cases(scratch, m, s->seen, &s->seen_both);
    s->cases = pl_capture_recapture(s->seen[0], s->seen[1], s->seen_both);
    count_people(order, n, report, m, s);
    s->missed = s->seen[0] > 0 ? asked * s->cases.number / (double)s->seen[0] : 0;
}

pl_status pl_wants_sums(const pl_wants *w, int32_t since, int32_t from, int32_t until, pl_item_wants **out, size_t *n, pl_error *err)
{
    size_t orders = 0, reports = 0, cap = 0;
    pl_want *order = within(w->order, w->n_orders, from, until, &orders), *report = within(w->report, w->n_reports, since, until, &reports);
    const pl_want **scratch = PL_NEW(const pl_want *, reports + 1);
    pl_status status = order != NULL && report != NULL && scratch != NULL ? PL_OK : pl_fail_nomem(err, "orders");
    *out = NULL;
    *n = 0;
    for (size_t i = 0, j = 0; status == PL_OK && (i < orders || j < reports);) {
        int c = i == orders ? 1 : j == reports ? -1 : strcmp(order[i].item, report[j].item);
        const char *item = c <= 0 ? order[i].item : report[j].item;
        size_t i_end = i, j_end = j;
        while (i_end < orders && strcmp(order[i_end].item, item) == 0) {
            i_end++;
        }
        while (j_end < reports && strcmp(report[j_end].item, item) == 0) {
            j_end++;
        }
        if (!pl_grow(out, &cap, *n + 1, sizeof **out, ROWS_MAX)) {
            status = pl_fail_nomem(err, "orders");
            break;
        }
        pl_item_wants *s = &(*out)[(*n)++];
        *s = (pl_item_wants){.orders = 0};
        add_up(order + i, i_end - i, report + j, j_end - j, from, until, scratch, s);
        i = i_end;
        j = j_end;
    }
    pl_free(order);
    pl_free(report);
    pl_free(scratch);
    if (status != PL_OK) {
        pl_free(*out);
        *out = NULL;
    }
    return status;
}

void pl_wants_sums_free(pl_item_wants *sums)
{
    pl_free(sums);
}
