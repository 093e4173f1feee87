/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * frame.h - a whole table in memory, by column: samples, margins, choices, panels.  For tables that fit; receipts are streamed. */
#ifndef PLENTY_NEEDS_FRAME_H
#define PLENTY_NEEDS_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/status.h>

#include "base/arena.h"
#include "io/file.h"

typedef struct pl_frame {
    const char *name; /* borrowed: the path, for messages */
    int32_t n_rows, n_columns;
    const char **header;
    char **cell;      /* by row, then column: zero-terminated */
    int32_t *line;    /* of each row in the file */
    pl_file file;     /* holds the texts */
    pl_arena arena;   /* and the names of the columns */
} pl_frame;

/* Reads a table (also .gz, .zst) of at most 2^31 - 1 rows.  Errors: those of io/csv.h; PL_TOOBIG. */
pl_status pl_frame_load(const char *path, pl_frame *out, pl_error *err) PL_CHECK;
void pl_frame_clear(pl_frame *frame);

static inline const char *pl_frame_cell(const pl_frame *f, int32_t row, int32_t column)
{
    return f->cell[(size_t)row * (size_t)f->n_columns + (size_t)column];
}

int32_t pl_frame_find(const pl_frame *frame, const char *column); /* or -1 */
/* The same, but it must be there: PL_DATA says what is. */
pl_status pl_frame_column(const pl_frame *frame, const char *column, int32_t *out, pl_error *err) PL_CHECK;

/* "file:line" of a row. */
void pl_frame_place(const pl_frame *frame, int32_t row, char out[256]);
/* PL_DATA with the place of a row as its subject. */
pl_status pl_frame_fail(const pl_frame *frame, int32_t row, pl_error *err, const char *hint, const char *fmt, ...) PL_PRINTF(5, 6);

/* A column as numbers.  Blank cells become NaN when `blank`, else they are an error as everything that is no number. */
pl_status pl_frame_numbers(const pl_frame *frame, int32_t column, bool blank, double *out, pl_error *err) PL_CHECK;

/* A column as numbers of its different texts, in the order of first appearance. */
typedef struct pl_levels {
    int32_t n;
    const char **name; /* in the frame's bytes */
    int32_t *of;       /* of each row */
} pl_levels;
pl_status pl_frame_levels(const pl_frame *frame, int32_t column, pl_levels *out, pl_error *err) PL_CHECK;
void pl_levels_clear(pl_levels *levels);

#endif
