/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Reads an economy folder: finds the tables, matches their columns, feeds the rows to a builder.  What is wrong
 * with a cell is reported with its place, and a harmless value takes its place so that reading can go on. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "economy/binary.h"
#include "economy/builder.h"
#include "economy/folder.h"
#include "io/csv.h"

#define ROWS_PER_TICK 65536

typedef struct loader {
    const char *path;
    pl_folder_list list;
    pl_builder *b;
    pl_findings *found;
    const pl_progress *progress;
    int64_t errors_before;
    char period[128];      /* of the first cell that gives one */
    bool syntax, unknown_rows; /* a table could not be read to its end */
    bool several_periods;
    /* The table being read. */
    pl_economy_table table;
    pl_csv csv;
    int32_t column[PL_TABLE_COLUMNS]; /* of the table's columns in the file, or -1 */
    int32_t period_column;
} loader;

/* "did you mean 'x'?" when there is something alike, or else another hint. */
static const char *hint_of(const char *alike, const char *otherwise, char out[160])
{
    if (alike == NULL) {
        return otherwise;
    }
    snprintf(out, 160, "did you mean '%s'?", alike);
    return out;
}

/* ---- Header ---------------------------------------------------------------------------------- */

static bool is_known(const loader *l, const char *name)
{
    for (int k = 0; PL_TABLE[l->table].column[k].name != NULL; k++) {
        if (strcmp(PL_TABLE[l->table].column[k].name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "period") == 0;
}

/* The unknown column of the file that may be meant by `name`, or NULL. */
static const char *meant_by(const loader *l, const char *name)
{
    const char *one[1] = {name};
    for (int32_t k = 0; k < l->csv.n_columns; k++) {
        if (!is_known(l, l->csv.header[k]) && pl_did_you_mean(l->csv.header[k], one, 1) != NULL) {
            return l->csv.header[k];
        }
    }
    return NULL;
}

static void judge_unknown_column(loader *l, int32_t k)
{
    const char *missing[PL_TABLE_COLUMNS];
    int32_t n = 0;
    for (int i = 0; PL_TABLE[l->table].column[i].name != NULL; i++) {
        if (l->column[i] < 0) {
            missing[n++] = PL_TABLE[l->table].column[i].name;
        }
    }
    const char *alike = pl_did_you_mean(l->csv.header[k], missing, n);
    char hint[160];
    pl_found(l->found, alike != NULL ? PL_WARNING : PL_NOTE, l->csv.name, l->csv.line, l->csv.field[k].column,
             hint_of(alike, "it is kept when the economy is saved again", hint),
             "column '%.80s' is not known and not used", l->csv.header[k]);
}

/* Finds the columns; false when one is missing that must be there. */
static bool match_columns(loader *l)
{
    bool complete = true;
    for (int k = 0; PL_TABLE[l->table].column[k].name != NULL; k++) {
        const pl_column_info *c = &PL_TABLE[l->table].column[k];
        l->column[k] = pl_csv_column(&l->csv, c->name);
        if (l->column[k] >= 0 || !c->required) {
            continue;
        }
        const char *meant = meant_by(l, c->name);
        char hint[160] = "every row of this table needs one";
        if (meant != NULL) {
            snprintf(hint, sizeof hint, "rename column '%.80s' to '%s'", meant, c->name);
        }
        pl_found(l->found, PL_ERROR, l->csv.name, l->csv.line, 0, hint, "there is no column '%s'", c->name);
        complete = false;
    }
    l->period_column = pl_csv_column(&l->csv, "period");
    for (int32_t k = 0; k < l->csv.n_columns && complete; k++) {
        if (l->csv.header[k][0] != '\0' && !is_known(l, l->csv.header[k])) {
            judge_unknown_column(l, k);
        }
    }
    return complete;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static const char *text_at(const loader *l, int field)
{
    int32_t k = l->column[field];
    return k >= 0 ? l->csv.field[k].text : "";
}

static void PL_PRINTF(4, 5) wrong_cell(loader *l, int field, const char *hint, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const pl_csv_field *f = &l->csv.field[l->column[field]];
    pl_found(l->found, PL_ERROR, l->csv.name, l->csv.line + f->below, f->column, hint, "%s", text);
}

/* A number, or `absent` where there is none; what is no number was reported and becomes `absent` too. */
static double number_at(loader *l, int field, double absent)
{
    int32_t k = l->column[field];
    double x = absent;
    if (k < 0 || !pl_csv_number(&l->csv, k, &x, l->found) || !pl_given(x)) {
        return absent;
    }
    return x;
}

/* A number that every row must have. */
static double amount_at(loader *l, int field)
{
    if (l->csv.field[l->column[field]].n == 0) {
        wrong_cell(l, field, "write 0 if it is nothing", "the %s is not given", PL_TABLE[l->table].column[field].name);
    }
    return number_at(l, field, 0);
}

static bool disposal_at(loader *l, int field)
{
    const char *text = text_at(l, field);
    if (text[0] == '\0' || strcmp(text, "free") == 0) {
        return false;
    }
    if (strcmp(text, "none") == 0) {
        return true;
    }
    static const char *const words[] = {"free", "none"};
    const char *alike = pl_did_you_mean(text, words, 2);
    char hint[160];
    wrong_cell(l, field, hint_of(alike, "write free, none, or nothing", hint), "disposal '%.80s' is not known", text);
    return false;
}

static pl_kind kind_at(loader *l, int field)
{
    const char *text = text_at(l, field);
    int kind = text[0] == '\0' ? PL_OTHER : pl_kind_named(text);
    if (kind >= 0) {
        return (pl_kind)kind;
    }
    const char *words[PL_OTHER + 1];
    for (int k = 0; k <= PL_OTHER; k++) {
        words[k] = pl_kind_id((pl_kind)k);
    }
    const char *alike = pl_did_you_mean(text, words, PL_OTHER + 1);
    char hint[160];
    wrong_cell(l, field, hint_of(alike, "write labour, nature, emission, equipment, money or other", hint), "kind '%.80s' is not known", text);
    return PL_OTHER;
}

/* A whole number from `least` to `most`; `absent` where there is none. */
static int32_t whole_at(loader *l, int field, int32_t least, int32_t most, int32_t absent, const char *hint)
{
    double x = number_at(l, field, absent);
    if (x >= least && x <= most && x == floor(x)) {
        return (int32_t)x;
    }
    char upto[32] = "on";
    if (most < INT32_MAX) {
        snprintf(upto, sizeof upto, "to %d", most);
    }
    wrong_cell(l, field, hint, "%s '%.40s' is not a whole number from %d %s", PL_TABLE[l->table].column[field].name,
               text_at(l, field), least, upto);
    return absent;
}

static int32_t tier_at(loader *l, int field)
{
    return whole_at(l, field, 1, INT32_MAX, 1, "write 1 for what comes first, 2 for what comes next ...");
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static pl_status add_need(loader *l, int64_t line)
{
    double amount = amount_at(l, 3), least = number_at(l, 5, 0);
    return pl_add_need(l->b, line, text_at(l, 0), tier_at(l, 1), text_at(l, 2), amount, number_at(l, 4, 1), least);
}

static pl_status add_lag(loader *l, int64_t line)
{
    (void)amount_at(l, 1); /* it must be there */
    int32_t years = whole_at(l, 1, 0, PL_YEARS_MAX, 0, "write 1 when what is begun this year is there next year");
    return pl_add_lag(l->b, line, text_at(l, 0), years);
}

static pl_status add_trend(loader *l, int64_t line)
{
    int32_t year = whole_at(l, 2, 1, INT32_MAX, 1, "write 1 for the first year of the plan, 2 for the next ...");
    return pl_add_trend(l->b, line, text_at(l, 0), text_at(l, 1), year, number_at(l, 3, PL_ABSENT),
                        number_at(l, 4, PL_ABSENT));
}

static pl_status add_row(loader *l)
{
    int64_t line = l->csv.line;
    const char *id = text_at(l, 0);
    switch (l->table) {
    case PL_GOODS:
        return pl_add_good(l->b, line, id, text_at(l, 1), text_at(l, 2), text_at(l, 3), text_at(l, 4), disposal_at(l, 5));
    case PL_RECIPES: return pl_add_recipe(l->b, line, id, text_at(l, 1), text_at(l, 2), number_at(l, 3, PL_ABSENT));
    case PL_FLOWS: return pl_add_flow(l->b, line, id, text_at(l, 1), amount_at(l, 2));
    case PL_RESOURCES:
        return pl_add_resource(l->b, line, id, text_at(l, 1), text_at(l, 2), kind_at(l, 3), number_at(l, 4, PL_ABSENT));
    case PL_USES: return pl_add_use(l->b, line, id, text_at(l, 1), amount_at(l, 2));
    case PL_NEEDS: return add_need(l, line);
    case PL_TRADE:
        return pl_add_trade(l->b, line, id, number_at(l, 1, PL_ABSENT), number_at(l, 2, PL_ABSENT),
                            number_at(l, 3, PL_ABSENT), number_at(l, 4, PL_ABSENT));
    case PL_STOCKS: return pl_add_stock(l->b, line, id, amount_at(l, 1));
    case PL_PLACES: return pl_add_place(l->b, line, id, text_at(l, 1));
    case PL_ASSETS: return pl_add_asset(l->b, line, id, number_at(l, 1, 0), number_at(l, 2, 1));
    case PL_CAPITAL: return pl_add_capital(l->b, line, id, text_at(l, 1), amount_at(l, 2));
    case PL_LAGS: return add_lag(l, line);
    case PL_TRENDS: return add_trend(l, line);
    case PL_TABLES: break;
    }
    return PL_BUG;
}

/* This version plans one period: all cells that give one must be equal, in all tables. */
static void judge_period(loader *l)
{
    if (l->period_column < 0) {
        return;
    }
    const pl_csv_field *f = &l->csv.field[l->period_column];
    if (f->n == 0) {
        return;
    }
    if (l->period[0] == '\0') {
        snprintf(l->period, sizeof l->period, "%s", f->text);
    }
    if (strncmp(l->period, f->text, sizeof l->period - 1) != 0) {
        l->several_periods = true;
        pl_found(l->found, PL_ERROR, l->csv.name, l->csv.line + f->below, f->column,
                 "keep the rows of the first period here; what changes later belongs into trends.csv",
                 "period '%.60s' is not '%.60s': the tables are those of one period", f->text, l->period);
    }
}

static pl_status read_rows(loader *l, pl_error *err)
{
    const double total = (double)(l->csv.end - l->csv.at) + 1, table = (double)l->table;
    const char *begin = l->csv.at;
    for (int64_t n = 1;; n++) {
        bool more;
        pl_status status = pl_csv_next(&l->csv, &more, err);
        if (status != PL_OK || !more) {
            return status;
        }
        judge_period(l);
        status = add_row(l);
        if (status != PL_OK) {
            return status == PL_NOMEM ? pl_fail_nomem(err, l->csv.name)
                                      : pl_fail(err, status, l->csv.name, NULL, "the table has too many rows");
        }
        double fraction = (table + (double)(l->csv.at - begin) / total) / PL_TABLES;
        if (n % ROWS_PER_TICK == 0 && !pl_tick(l->progress, "reading", fraction)) {
            return pl_fail(err, PL_STOPPED, l->path, NULL, "reading was stopped");
        }
    }
}

/* Reads the file into memory and opens it as a table. */
static pl_status open_table(const loader *l, pl_economy_table table, pl_file *file, pl_csv *csv, pl_error *err)
{
    char path[4096];
    if (!pl_path_join(path, sizeof path, l->path, l->list.file[table])) {
        return pl_fail(err, PL_IO, l->path, NULL, "the path is too long");
    }
    pl_status status = pl_file_read(path, PL_TABLE_FILE_MAX, file, err);
    if (status == PL_OK) {
        status = pl_csv_open(csv, l->list.file[table], file, err);
        if (status != PL_OK) {
            pl_file_clear(file);
        }
    }
    return status;
}

static pl_status read_table(loader *l, pl_error *err)
{
    pl_file file = {0};
    pl_error own = {0};
    pl_status status = open_table(l, l->table, &file, &l->csv, &own);
    if (status == PL_OK) {
        if (match_columns(l)) {
            status = read_rows(l, &own);
        } else {
            l->unknown_rows = true;
        }
        pl_csv_close(&l->csv);
        pl_file_clear(&file);
    }
    if (status == PL_PARSE) { /* one finding more; the other tables are read all the same */
        l->syntax = l->unknown_rows = true;
        pl_found(l->found, PL_ERROR, l->csv.name, l->csv.error_line, (int32_t)l->csv.error_column, own.hint, "%s",
                 own.message);
        return PL_OK;
    }
    if (status != PL_OK && err != NULL) {
        *err = own;
    }
    return status;
}

/* For findings of the builder: reads the file again up to the row. */
static int32_t column_of(void *user, pl_economy_table table, int field, int64_t *line)
{
    const loader *l = user;
    pl_file file = {0};
    pl_csv csv;
    int32_t column = 0;
    if (open_table(l, table, &file, &csv, NULL) != PL_OK) {
        return 0;
    }
    int32_t k = pl_csv_column(&csv, PL_TABLE[table].column[field].name);
    bool more = k >= 0;
    while (more && pl_csv_next(&csv, &more, NULL) == PL_OK && more) {
        if (csv.line >= *line) {
            if (csv.line == *line) {
                column = csv.field[k].column;
                *line += csv.field[k].below;
            }
            break;
        }
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    return column;
}

/* ---- The call -------------------------------------------------------------------------------- */

static pl_status read_tables(loader *l, pl_error *err)
{
    for (l->table = PL_GOODS; l->table < PL_TABLES; l->table++) {
        if (l->list.file[l->table][0] == '\0') {
            continue;
        }
        if (!pl_tick(l->progress, "reading", (double)l->table / PL_TABLES)) {
            return pl_fail(err, PL_STOPPED, l->path, NULL, "reading was stopped");
        }
        l->b->file[l->table] = l->list.file[l->table];
        pl_status status = read_table(l, err);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

static pl_status load(loader *l, pl_economy **out, pl_error *err)
{
    pl_status status = pl_folder_find_tables(l->path, &l->list, l->found, err);
    if (status == PL_OK) {
        status = pl_builder_new(&l->b, err);
    }
    if (status == PL_OK) {
        l->b->column = column_of;
        l->b->user = l;
        status = read_tables(l, err);
    }
    if (status != PL_OK) {
        return status;
    }
    char title[512];
    status = pl_folder_title(l->path, title, sizeof title, l->found, err);
    if (status != PL_OK) {
        return status;
    }
    if (pl_builder_set_title(l->b, title, l->path) != PL_OK) {
        return pl_fail_nomem(err, l->path);
    }
    pl_economy *economy = NULL;
    if (!l->unknown_rows) { /* or else every row that is missing would be missed by others */
        status = pl_builder_freeze(l->b, l->found, &economy, err);
    }
    if ((status == PL_OK || status == PL_DATA) && l->found->count[PL_ERROR] > l->errors_before) {
        pl_economy_free(economy);
        status = l->several_periods ? PL_UNSUPPORTED : l->syntax ? PL_PARSE : PL_DATA;
        return pl_fail_findings(l->found, status, l->path, err);
    }
    *out = status == PL_OK ? economy : *out;
    return status;
}

pl_status pl_economy_load(const char *path, const pl_progress *progress, pl_findings *findings, pl_economy **out,
                          pl_error *err)
{
    if (pl_path_is_file(path)) {
        return pl_binary_load(path, true, progress, out, err);
    }
    loader *l = PL_NEW0(loader, 1);
    pl_findings *own = findings == NULL ? PL_NEW0(pl_findings, 1) : NULL;
    pl_status status;
    if (l == NULL || (findings == NULL && own == NULL)) {
        status = pl_fail_nomem(err, path);
    } else {
        l->path = path;
        l->progress = progress;
        l->found = findings != NULL ? findings : own;
        l->errors_before = l->found->count[PL_ERROR];
        status = load(l, out, err);
        pl_builder_free(l->b);
    }
    pl_free(own);
    pl_free(l);
    return status;
}
