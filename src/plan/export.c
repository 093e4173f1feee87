/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * export.c - the wide tables of a plan as CSV files and as a workbook. */
#include <plenty/export.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "io/csv.h"
#include "io/file.h"
#include "plan/wide.h"

#define FILE_MAX ((size_t)1 << 31)
#define SHEET_ROWS 1048576u /* of the format */
#define CELL_MAX 32000u     /* bytes; the format allows 32,767 characters */

/* ---- CSV -------------------------------------------------------------------------------------------- */

typedef struct csv_tables {
    pl_folder folder;
    char name[40];
    pl_str out;
    bool in_row;
} csv_tables;

static pl_status csv_finish(csv_tables *c, pl_error *err)
{
    pl_status status = PL_OK;
    if (c->name[0] != '\0') {
        status = c->out.failed ? pl_fail_nomem(err, c->name) : pl_folder_add(&c->folder, c->name, c->out.text, c->out.len, err);
    }
    pl_str_clear(&c->out);
    c->name[0] = '\0';
    return status;
}

static void csv_text(void *context, const char *text)
{
    csv_tables *c = context;
    pl_str_add(&c->out, c->in_row ? "," : "");
    pl_csv_add(&c->out, text);
    c->in_row = true;
}

static void csv_number(void *context, double x)
{
    csv_tables *c = context;
    pl_str_add(&c->out, c->in_row ? "," : "");
    pl_str_add_number(&c->out, x);
    c->in_row = true;
}

static pl_status csv_end_row(void *context, pl_error *err)
{
    csv_tables *c = context;
    pl_str_add(&c->out, "\n");
    c->in_row = false;
    return c->out.failed ? pl_fail_nomem(err, c->name) : PL_OK;
}

static pl_status csv_table(void *context, const char *name, const char *const *headings, int n, pl_error *err)
{
    csv_tables *c = context;
    pl_status status = csv_finish(c, err);
    pl_str_init(&c->out, FILE_MAX);
    snprintf(c->name, sizeof c->name, "%s.csv", name);
    for (int k = 0; k < n; k++) {
        csv_text(c, headings[k]);
    }
    return status == PL_OK ? csv_end_row(c, err) : status;
}

pl_status pl_export_csv(const pl_plan *plan, const pl_economy *economy, const char *path, bool replace, pl_error *err)
{
    csv_tables c = {0};
    const pl_wide_writer writer = {csv_table, csv_text, csv_number, csv_end_row, &c};
    pl_str_init(&c.out, FILE_MAX);
    pl_status status = pl_folder_begin(&c.folder, path, "summary.csv", replace, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_wide_tables(plan, economy, &writer, err);
    if (status == PL_OK) {
        status = csv_finish(&c, err);
    }
    if (status == PL_OK) {
        status = pl_folder_commit(&c.folder, err);
    }
    pl_str_clear(&c.out);
    pl_folder_abort(&c.folder);
    return status;
}

/* ---- A workbook ------------------------------------------------------------------------------------- */

typedef struct book {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *bold;
    uint32_t row;
    uint16_t column;
    const char *sheet_name;
    lxw_error error; /* the first */
} book;

static void note(book *b, lxw_error error)
{
    b->error = b->error == LXW_NO_ERROR ? error : b->error;
}

static void book_text(void *context, const char *text)
{
    book *b = context;
    char cut[CELL_MAX + 1];
    size_t n = strlen(text);
    if (n > CELL_MAX) {
        n = CELL_MAX;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
            n--; /* not within a character */
        }
        memcpy(cut, text, n);
        cut[n] = '\0';
        text = cut;
    }
    if (text[0] != '\0') {
        note(b, worksheet_write_string(b->sheet, b->row, b->column, text, NULL));
    }
    b->column++;
}

static void book_number(void *context, double x)
{
    book *b = context;
    if (pl_given(x)) {
        note(b, worksheet_write_number(b->sheet, b->row, b->column, x, NULL));
    }
    b->column++;
}

static pl_status book_status(const book *b, pl_error *err)
{
    return b->error == LXW_NO_ERROR ? PL_OK
           : b->error == LXW_ERROR_MEMORY_MALLOC_FAILED
               ? pl_fail_nomem(err, "the workbook")
               : pl_fail(err, PL_IO, NULL, "is the disk full?", "the workbook cannot be written: %s", lxw_strerror(b->error));
}

static pl_status book_end_row(void *context, pl_error *err)
{
    book *b = context;
    b->row++;
    b->column = 0;
    if (b->row >= SHEET_ROWS) {
        return pl_fail(err, PL_TOOBIG, b->sheet_name, "take --csv instead", "a sheet cannot have more than %u rows", SHEET_ROWS);
    }
    return book_status(b, err);
}

static pl_status book_table(void *context, const char *name, const char *const *headings, int n, pl_error *err)
{
    book *b = context;
    b->sheet = workbook_add_worksheet(b->workbook, name);
    b->sheet_name = name;
    b->row = 0;
    b->column = 0;
    if (b->sheet == NULL) {
        return pl_fail_nomem(err, "the workbook");
    }
    for (int k = 0; k < n; k++) {
        bool name_like = strcmp(headings[k], "name") == 0 || strcmp(headings[k], "limit") == 0 || strcmp(headings[k], "figure") == 0;
        double width = name_like ? 42 : k == 0 ? 18 : 6 + 1.1 * (double)strlen(headings[k]);
        note(b, worksheet_set_column(b->sheet, (lxw_col_t)k, (lxw_col_t)k, width < 14 ? 14 : width, NULL));
        note(b, worksheet_write_string(b->sheet, 0, (lxw_col_t)k, headings[k], b->bold));
    }
    worksheet_freeze_panes(b->sheet, 1, 1);
    return book_end_row(b, err);
}

/* The workbook goes to a temporary name first; its library uses temporary files of its own, in the same folder. */
static pl_status write_book(const pl_plan *plan, const pl_economy *economy, const char *temporary, char *folder,
                            pl_error *err)
{
    book b = {0};
    const pl_wide_writer writer = {book_table, book_text, book_number, book_end_row, &b};
    lxw_workbook_options options = {.tmpdir = folder};
    b.workbook = workbook_new_opt(temporary, &options);
    if (b.workbook == NULL) {
        return pl_fail_nomem(err, "the workbook");
    }
    b.bold = workbook_add_format(b.workbook);
    if (b.bold != NULL) {
        format_set_bold(b.bold);
        format_set_text_wrap(b.bold);
    }
    pl_status status = pl_wide_tables(plan, economy, &writer, err);
    note(&b, workbook_close(b.workbook)); /* frees it */
    return status == PL_OK ? book_status(&b, err) : status;
}

pl_status pl_export_xlsx(const pl_plan *plan, const pl_economy *economy, const char *path, pl_error *err)
{
    char temporary[4200], folder[4096];
    pl_file file = {0};
    const char *slash = strrchr(path, '/');
    int n = snprintf(temporary, sizeof temporary, "%s.tmp-%ld", path, (long)getpid());
    int m = slash == NULL ? snprintf(folder, sizeof folder, ".")
                          : snprintf(folder, sizeof folder, "%.*s", (int)(slash - path > 0 ? slash - path : 1), path);
    if ((size_t)n >= sizeof temporary || (size_t)m >= sizeof folder) {
        return pl_fail(err, PL_IO, path, NULL, "the name is too long");
    }
    /* Also finds out whether anything can be written there at all, with a message of its own. */
    pl_status status = pl_file_write(temporary, "", 0, err);
    if (status != PL_OK) {
        return status;
    }
    status = write_book(plan, economy, temporary, folder, err);
    if (status == PL_OK) {
        status = pl_file_read(temporary, FILE_MAX, &file, err);
    }
    (void)unlink(temporary);
    if (status == PL_OK) {
        status = pl_file_write(path, file.bytes, file.n, err);
    }
    pl_file_clear(&file);
    return status;
}
