/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * frame.c - a whole table in memory. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/csv.h"
#include "needs/frame.h"

#define BYTES_MAX ((size_t)1 << 36)

static pl_status keep_header(pl_frame *f, const pl_csv *csv, pl_error *err)
{
    f->n_columns = csv->n_columns;
    f->header = PL_ARENA_NEW(&f->arena, const char *, csv->n_columns);
    for (int32_t c = 0; c < csv->n_columns && f->header != NULL; c++) {
        f->header[c] = pl_arena_text(&f->arena, csv->header[c], strlen(csv->header[c]));
        if (f->header[c] == NULL) {
            return pl_fail_nomem(err, "reading a table");
        }
    }
    return f->header != NULL ? PL_OK : pl_fail_nomem(err, "reading a table");
}

static pl_status read_rows(pl_frame *f, pl_csv *csv, pl_error *err)
{
    size_t cap_cells = 0, cap_lines = 0, columns = (size_t)f->n_columns;
    bool more;
    pl_status status;
    while ((status = pl_csv_next(csv, &more, err)) == PL_OK && more) {
        size_t n = (size_t)f->n_rows;
        if (f->n_rows == INT32_MAX || csv->line > INT32_MAX) {
            return pl_fail(err, PL_TOOBIG, f->name, NULL, "this table has more than %d rows", INT32_MAX);
        }
        if (!pl_grow(&f->cell, &cap_cells, (n + 1) * columns, sizeof *f->cell, SIZE_MAX / 64) ||
            !pl_grow(&f->line, &cap_lines, n + 1, sizeof *f->line, SIZE_MAX / 64)) {
            return pl_fail_nomem(err, "reading a table");
        }
        for (size_t c = 0; c < columns; c++) {
            f->cell[n * columns + c] = csv->field[c].text;
        }
        f->line[n] = (int32_t)csv->line;
        f->n_rows++;
    }
    return status;
}

pl_status pl_frame_load(const char *path, pl_frame *out, pl_error *err)
{
    pl_csv csv;
    *out = (pl_frame){.name = path};
    pl_arena_init(&out->arena, 0);
    pl_status status = pl_file_read(path, BYTES_MAX, &out->file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&csv, path, &out->file, err);
    if (status == PL_OK) {
        status = keep_header(out, &csv, err);
        status = status == PL_OK ? read_rows(out, &csv, err) : status;
        pl_csv_close(&csv);
    }
    if (status != PL_OK) {
        pl_frame_clear(out);
    }
    return status;
}

void pl_frame_clear(pl_frame *frame)
{
    pl_free(frame->cell);
    pl_free(frame->line);
    pl_file_clear(&frame->file);
    pl_arena_clear(&frame->arena);
    *frame = (pl_frame){0};
}

int32_t pl_frame_find(const pl_frame *frame, const char *column)
{
    for (int32_t c = 0; c < frame->n_columns; c++) {
        if (strcmp(frame->header[c], column) == 0) {
            return c;
        }
    }
    return -1;
}

pl_status pl_frame_column(const pl_frame *frame, const char *column, int32_t *out, pl_error *err)
{
    *out = pl_frame_find(frame, column);
    if (*out >= 0) {
        return PL_OK;
    }
    char hint[200];
    const char *like = pl_did_you_mean(column, frame->header, frame->n_columns);
    size_t at = (size_t)snprintf(hint, sizeof hint, like != NULL ? "did you mean \"%s\"?" : "its columns:", like);
    for (int32_t c = 0; c < frame->n_columns && like == NULL && at + 40 < sizeof hint; c++) {
        at += (size_t)snprintf(hint + at, sizeof hint - at, " %.30s", frame->header[c]);
    }
    return pl_fail(err, PL_DATA, frame->name, hint, "there is no column \"%.100s\"", column);
}

void pl_frame_place(const pl_frame *frame, int32_t row, char out[256])
{
    snprintf(out, 256, "%.230s:%d", frame->name, frame->line[row]);
}

pl_status pl_frame_fail(const pl_frame *frame, int32_t row, pl_error *err, const char *hint, const char *fmt, ...)
{
    char place[256], message[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    pl_frame_place(frame, row, place);
    return pl_fail(err, PL_DATA, place, hint, "%s", message);
}

pl_status pl_frame_numbers(const pl_frame *frame, int32_t column, bool blank, double *out, pl_error *err)
{
    for (int32_t r = 0; r < frame->n_rows; r++) {
        const char *text = pl_frame_cell(frame, r, column);
        size_t n = strlen(text);
        if (n == 0 && blank) {
            out[r] = NAN;
        } else if (!pl_number_parse(text, n, &out[r])) {
            return pl_frame_fail(frame, r, err, "say a number, for example 12.5", "%s \"%.60s\" is not a number", frame->header[column], text);
        }
    }
    return PL_OK;
}

pl_status pl_frame_levels(const pl_frame *frame, int32_t column, pl_levels *out, pl_error *err)
{
    pl_map map;
    size_t cap = 0;
    *out = (pl_levels){.of = PL_NEW(int32_t, frame->n_rows)};
    pl_map_init(&map);
    pl_status status = out->of != NULL ? PL_OK : PL_NOMEM;
    for (int32_t r = 0; r < frame->n_rows && status == PL_OK; r++) {
        const char *text = pl_frame_cell(frame, r, column);
        int32_t old;
        status = pl_map_put(&map, text, strlen(text), out->n, &old);
        if (status == PL_OK && old < 0) {
            status = pl_grow(&out->name, &cap, (size_t)out->n + 1, sizeof *out->name, INT32_MAX) ? PL_OK : PL_NOMEM;
            if (status == PL_OK) {
                out->name[out->n] = text;
                old = out->n++;
            }
        }
        out->of[r] = old;
    }
    pl_map_clear(&map);
    if (status != PL_OK) {
        pl_levels_clear(out);
        return pl_fail_nomem(err, "reading a table");
    }
    return PL_OK;
}

void pl_levels_clear(pl_levels *levels)
{
    pl_free(levels->name);
    pl_free(levels->of);
    *levels = (pl_levels){0};
}
