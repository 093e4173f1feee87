/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The tables of a data set: rows and cells as the mapping names them, codes, compressed matrices. */
#include "economy/import_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/str.h"
#include "io/csv.h"
#include "io/file.h"

pl_status pl_im_nomem(pl_im *im)
{
    return pl_fail_nomem(im->err, "importing");
}

void *pl_im_zero(pl_im *im, size_t count, size_t size)
{
    void *p = pl_arena_alloc(&im->arena, count, size);
    if (p != NULL) {
        memset(p, 0, count * size);
    }
    return p;
}

const char *pl_im_text(pl_im *im, const char *fmt, ...)
{
    char text[4096];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return n < 0 ? NULL : pl_arena_text(&im->arena, text, strlen(text));
}

const char *pl_im_fill(pl_im *im, const char *text)
{
    const char *hole = strstr(text, "{year}");
    if (hole == NULL || im->year == 0) {
        return text;
    }
    return pl_im_text(im, "%.*s%d%s", (int)(hole - text), text, (int)im->year, hole + 6);
}

void pl_im_note(pl_im *im, pl_severity severity, const char *file, const char *hint, const char *fmt, ...)
{
    char message[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    const char *full = pl_im_fill(im, file);
    pl_found(im->findings, severity, full != NULL ? full : file, 0, 0, hint, "%s", message);
}

pl_status pl_im_row_fail(pl_im *im, const pl_im_row *row, const char *hint, const char *fmt, ...)
{
    char place[256], message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    pl_csv_place(row->csv, row->at, place, sizeof place);
    return pl_fail(im->err, PL_DATA, place, hint, "%s", message);
}

static pl_status number_at(pl_im *im, const pl_im_row *row, const char *text, int32_t at, double *x)
{
    *x = PL_ABSENT;
    if (text[0] == '\0' || pl_number_parse(text, strlen(text), x)) {
        return PL_OK;
    }
    pl_im_row here = *row;
    here.at = at;
    return pl_im_row_fail(im, &here, "numbers are decimal with a point, for example -12.5", "\"%.40s\" is no number",
                          text);
}

pl_status pl_im_number(pl_im *im, const pl_im_row *row, double *x)
{
    return number_at(im, row, row->value, row->at, x);
}

pl_status pl_im_number_of(pl_im *im, const pl_im_row *row, pl_im_column c, double *x)
{
    return number_at(im, row, row->text[c], row->field[c], x);
}

bool pl_im_listed(json_t *list, const char *text)
{
    if (json_is_string(list)) {
        return strcmp(json_string_value(list), text) == 0;
    }
    size_t k;
    json_t *one;
    json_array_foreach(list, k, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), text) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- Rows ------------------------------------------------------------------------------------- */

typedef struct reading {
    const pl_im_table *table;
    pl_csv csv;
    pl_im_row row;
    int32_t star;   /* the column whose texts are the headings, or -1 */
    int32_t n_where;
    int32_t where_field[8];
    const char *where_text[8];
    bool *is_cell; /* of each column of a wide table */
} reading;

static pl_status no_column(pl_im *im, const reading *r, const char *key, const char *column)
{
    char subject[256], hint[256];
    snprintf(subject, sizeof subject, "%s: tables.%s.%s", im->map.file, r->table->name, key);
    const char *like = pl_did_you_mean(column, (const char *const *)r->csv.header, r->csv.n_columns);
    snprintf(hint, sizeof hint, "did you mean \"%s\"?", like != NULL ? like : "");
    return pl_fail(im->err, PL_DATA, subject, like != NULL ? hint : "columns are named in the header of the file",
                   "%s has no column \"%s\"", r->csv.name, column);
}

static pl_status find_columns(pl_im *im, reading *r)
{
    r->star = -1;
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        r->row.text[c] = "";
        r->row.field[c] = -1;
        const char *column = r->table->column[c];
        if (column == NULL) {
            continue;
        }
        if (strcmp(column, "*") == 0) {
            r->star = c;
            continue;
        }
        column = pl_im_fill(im, column);
        if (column == NULL) {
            return pl_im_nomem(im);
        }
        r->row.field[c] = pl_csv_column(&r->csv, column);
        if (r->row.field[c] < 0 && c == PL_IM_OUTPUT && im->map.kind == PL_IM_SUPPLY_USE) {
            pl_im_note(im, PL_NOTE, r->table->file, NULL, "there is no column \"%s\": output is not compared with the make table",
                       column);
        } else if (r->row.field[c] < 0) {
            return no_column(im, r, pl_im_column_id[c], column);
        }
    }
    const char *key;
    json_t *value;
    json_object_foreach(r->table->where, key, value)
    {
        int32_t k = r->n_where++;
        r->where_field[k] = pl_csv_column(&r->csv, key);
        if (r->where_field[k] < 0) {
            return no_column(im, r, "where", key);
        }
        r->where_text[k] = pl_im_fill(im, json_string_value(value));
        if (r->where_text[k] == NULL) {
            return pl_im_nomem(im);
        }
    }
    return PL_OK;
}

static pl_status find_cells(pl_im *im, reading *r)
{
    r->is_cell = pl_im_zero(im, (size_t)r->csv.n_columns, sizeof *r->is_cell);
    if (r->is_cell == NULL) {
        return pl_im_nomem(im);
    }
    for (int32_t k = 0; k < r->csv.n_columns; k++) {
        r->is_cell[k] = r->star >= 0 && !pl_im_listed(r->table->skip, r->csv.header[k]);
    }
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        if (r->row.field[c] >= 0) {
            r->is_cell[r->row.field[c]] = false;
        }
    }
    for (int32_t k = 0; k < r->n_where; k++) {
        r->is_cell[r->where_field[k]] = false;
    }
    return PL_OK;
}

static pl_status one_row(pl_im *im, reading *r, pl_im_row_fn fn, void *user)
{
    for (int32_t k = 0; k < r->n_where; k++) {
        if (strcmp(r->csv.field[r->where_field[k]].text, r->where_text[k]) != 0) {
            return PL_OK;
        }
    }
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        if (r->row.field[c] >= 0) {
            r->row.text[c] = r->csv.field[r->row.field[c]].text;
        }
    }
    if (r->star < 0) {
        r->row.value = r->row.text[PL_IM_VALUE];
        r->row.at = r->row.field[PL_IM_VALUE];
        return fn(im, &r->row, user);
    }
    for (int32_t k = 0; k < r->csv.n_columns; k++) {
        if (r->is_cell[k] && r->csv.field[k].n > 0) {
            r->row.text[r->star] = r->csv.header[k];
            r->row.value = r->csv.field[k].text;
            r->row.at = k;
            PL_IM_TRY(fn(im, &r->row, user));
        }
    }
    return PL_OK;
}

static pl_status read_rows(pl_im *im, reading *r, pl_im_row_fn fn, void *user)
{
    PL_IM_TRY(find_columns(im, r));
    PL_IM_TRY(find_cells(im, r));
    r->row.csv = &r->csv;
    for (bool more = true; more;) {
        PL_IM_TRY(pl_csv_next(&r->csv, &more, im->err));
        if (!more) {
            break;
        }
        if (r->csv.line % 65536 == 0 && !pl_tick(im->progress, r->csv.name, -1)) {
            return pl_fail(im->err, PL_STOPPED, r->csv.name, NULL, "stopped while reading");
        }
        if (r->table->skip != NULL && r->star < 0) {
            bool skipped = false;
            for (int32_t c = 0; c < PL_IM_COLUMNS && !skipped; c++) {
                skipped = c != PL_IM_VALUE && r->row.field[c] >= 0 &&
                          pl_im_listed(r->table->skip, r->csv.field[r->row.field[c]].text);
            }
            if (skipped) {
                continue;
            }
        }
        PL_IM_TRY(one_row(im, r, fn, user));
    }
    return PL_OK;
}

/* The path of a table's file, with .gz or .zst where only that is there. */
static pl_status find_file(pl_im *im, const pl_im_table *table, char *path, size_t size, const char **name)
{
    static const char *const endings[] = {"", ".gz", ".zst"};
    const char *file = pl_im_fill(im, table->file);
    if (file == NULL) {
        return pl_im_nomem(im);
    }
    *name = file;
    for (size_t k = 0; k < sizeof endings / sizeof endings[0]; k++) {
        const char *full = pl_im_text(im, "%s%s", file, endings[k]);
        if (full == NULL) {
            return pl_im_nomem(im);
        }
        if (pl_path_join(path, size, im->dir, full) && pl_path_exists(path)) {
            return PL_OK;
        }
    }
    char subject[256];
    snprintf(subject, sizeof subject, "%s: tables.%s.file", im->map.file, table->name);
    return pl_fail(im->err, PL_NOTFOUND, subject, "the mapping may be of another data set or year",
                   "no file %s in %s", file, im->dir);
}

pl_status pl_im_rows(pl_im *im, const pl_im_table *table, pl_im_row_fn fn, void *user)
{
    char path[4096];
    const char *name = table->file;
    pl_file file;
    if (!pl_tick(im->progress, table->name, -1)) {
        return pl_fail(im->err, PL_STOPPED, table->name, NULL, "stopped while reading");
    }
    PL_IM_TRY(find_file(im, table, path, sizeof path, &name));
    PL_IM_TRY(pl_file_read(path, PL_IM_FILE_MAX, &file, im->err));
    reading r = {.table = table};
    pl_status st = pl_csv_open(&r.csv, name, &file, im->err);
    if (st == PL_OK) {
        st = read_rows(im, &r, fn, user);
        pl_csv_close(&r.csv);
    }
    pl_file_clear(&file);
    return st;
}

/* ---- Codes ------------------------------------------------------------------------------------ */

static void full_id(char *out, size_t size, const char *code, const char *place)
{
    snprintf(out, size, place[0] == '\0' ? "%s" : "%s@%s", code, place);
}

int32_t pl_im_find(const pl_im_set *set, const char *code, const char *place)
{
    char id[512];
    full_id(id, sizeof id, code, place);
    return pl_map_get(&set->map, id, strlen(id));
}

pl_status pl_im_intern(pl_im *im, pl_im_set *set, const char *code, const char *place, int32_t *index)
{
    *index = pl_im_find(set, code, place);
    if (*index >= 0) {
        return PL_OK;
    }
    char id[512];
    full_id(id, sizeof id, code, place);
    size_t bare = strlen(code);
    if (bare + strlen(place) + 2 > sizeof id || (size_t)set->n == PL_IM_CODES_MAX) {
        return pl_fail(im->err, PL_TOOBIG, set->what, NULL, "more than %u codes, or a code of more than 500 bytes",
                       PL_IM_CODES_MAX);
    }
    const char *kept = pl_arena_text(&im->arena, id, strlen(id));
    const char *kept_bare = pl_arena_text(&im->arena, code, bare);
    const char *kept_place = pl_arena_text(&im->arena, place, strlen(place));
    int32_t old;
    if (kept == NULL || kept_bare == NULL || kept_place == NULL ||
        !pl_grow(&set->code, &set->cap, (size_t)set->n + 1, sizeof *set->code, PL_IM_CODES_MAX) ||
        pl_map_put(&set->map, kept, strlen(kept), set->n, &old) != PL_OK) {
        return pl_im_nomem(im);
    }
    *index = set->n++;
    set->code[*index] = (pl_im_code){
        .id = kept, .bare = kept_bare, .name = "", .place = kept_place, .unit = "", .group = "", .output = PL_ABSENT};
    return PL_OK;
}

static const char *alike(pl_im *im, const pl_im_set *set, const char *code)
{
    const char **all = PL_ARENA_NEW(&im->arena, const char *, set->n);
    for (int32_t k = 0; all != NULL && k < set->n; k++) {
        all[k] = set->code[k].bare;
    }
    return all == NULL ? NULL : pl_did_you_mean(code, all, set->n);
}

pl_status pl_im_lookup(pl_im *im, pl_im_set *set, const pl_im_row *row, const char *code, int32_t *index)
{
    const char *place = row->text[PL_IM_PLACE];
    if (code[0] == '\0') {
        return pl_im_row_fail(im, row, NULL, "the code of the %s is empty", set->what);
    }
    if (set->listed_in == NULL) {
        return pl_im_intern(im, set, code, place, index);
    }
    *index = pl_im_find(set, code, place);
    if (*index >= 0) {
        return PL_OK;
    }
    const char *like = alike(im, set, code);
    char hint[256];
    snprintf(hint, sizeof hint, "did you mean \"%s\"? Or name it under \"skip\" in the mapping",
             like != NULL ? like : "");
    return pl_im_row_fail(im, row,
                          like != NULL ? hint : "add it there, or name it under \"skip\" of this table in the mapping",
                          "%s \"%.80s\"%s%.80s is not in %s", set->what, code, place[0] != '\0' ? " at " : "", place,
                          set->listed_in);
}

/* ---- Cells ------------------------------------------------------------------------------------ */

pl_status pl_im_push(pl_im *im, pl_im_cells *cells, int32_t row, int32_t column, double value)
{
    if (cells->n == PL_IM_CELLS_MAX) {
        return pl_fail(im->err, PL_TOOBIG, NULL, NULL, "a table has more than %u cells", PL_IM_CELLS_MAX);
    }
    if (!pl_grow(&cells->at, &cells->cap, cells->n + 1, sizeof *cells->at, PL_IM_CELLS_MAX)) {
        return pl_im_nomem(im);
    }
    cells->at[cells->n++] = (pl_im_cell){.row = row, .column = column, .value = value};
    return PL_OK;
}

/* Cells sorted by column and then row (two stable counting sorts), equal ones added up. */
pl_status pl_im_compress(pl_im *im, const pl_im_cells *cells, int32_t rows, int32_t columns, pl_im_matrix *out)
{
    size_t n = cells->n;
    int64_t *by_row = pl_im_zero(im, (size_t)rows + 1, sizeof *by_row);
    int64_t *by_column = pl_im_zero(im, (size_t)columns + 1, sizeof *by_column);
    size_t *order = PL_ARENA_NEW(&im->arena, size_t, n);
    *out = (pl_im_matrix){.n_rows = rows,
                          .n_columns = columns,
                          .start = pl_im_zero(im, (size_t)columns + 1, sizeof *out->start),
                          .row = PL_ARENA_NEW(&im->arena, int32_t, n),
                          .value = PL_ARENA_NEW(&im->arena, double, n)};
    size_t *sorted = PL_ARENA_NEW(&im->arena, size_t, n);
    if (by_row == NULL || by_column == NULL || order == NULL || out->start == NULL || out->row == NULL ||
        out->value == NULL || sorted == NULL) {
        return pl_im_nomem(im);
    }
    for (size_t k = 0; k < n; k++) {
        by_row[cells->at[k].row + 1]++;
        by_column[cells->at[k].column + 1]++;
    }
    for (int32_t k = 0; k < rows; k++) {
        by_row[k + 1] += by_row[k];
    }
    for (int32_t k = 0; k < columns; k++) {
        by_column[k + 1] += by_column[k];
    }
    for (size_t k = 0; k < n; k++) {
        order[by_row[cells->at[k].row]++] = k;
    }
    for (size_t k = 0; k < n; k++) {
        sorted[by_column[cells->at[order[k]].column]++] = order[k];
    }
    int64_t m = 0;
    int32_t last_row = -1, last_column = -1;
    for (size_t k = 0; k < n; k++) {
        const pl_im_cell *c = &cells->at[sorted[k]];
        if (c->row == last_row && c->column == last_column) {
            out->value[m - 1] += c->value;
            continue;
        }
        for (int32_t j = last_column + 1; j <= c->column; j++) {
            out->start[j] = m;
        }
        out->row[m] = last_row = c->row;
        out->value[m++] = c->value;
        last_column = c->column;
    }
    for (int32_t j = last_column + 1; j <= columns; j++) {
        out->start[j] = m;
    }
    return PL_OK;
}
