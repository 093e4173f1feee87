/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * csv.h - comma-separated tables (RFC 4180), read from memory in one pass, written to a pl_str.
 *
 * The reader accepts a byte order mark, LF and CRLF, quotes with embedded newlines, and a missing newline at
 * the end.  It works in place: fields point into the file's bytes, which it changes (zero bytes after fields,
 * doubled quotes made single).  It refuses, with line and column: invalid UTF-8, zero bytes, text after a closing
 * quote, an unclosed quote, a carriage return without a newline, rows with more or fewer fields than the header,
 * two columns of one name, fields longer than PL_CSV_FIELD_MAX.  Blank lines are skipped.  A header with semicolons or tabs and no comma is named as such. */
#ifndef PLENTY_IO_CSV_H
#define PLENTY_IO_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/findings.h>
#include <plenty/status.h>

#include "base/str.h"
#include "io/file.h"

#define PL_CSV_FIELD_MAX (1u << 20)
#define PL_CSV_COLUMNS_MAX 4096 /* wide tables: one column for each sector */

typedef struct pl_csv_field {
    char *text; /* zero-terminated, in the file's bytes */
    uint32_t n;
    int32_t column; /* where it begins in its line, in characters, 1 = first */
    int32_t below;  /* lines below the row's first (after a field with line breaks) */
} pl_csv_field;

typedef struct pl_csv {
    const char *name; /* for messages, borrowed: "flows.csv" */
    char *at, *end;
    int64_t line;      /* of the row last read, 1 = header */
    int64_t next_line; /* private */
    int64_t error_line, error_column; /* after PL_PARSE: where (0 = of the file as a whole) */
    int32_t n_columns; /* of the header */
    char **header;     /* names ("" for columns without one); owned */
    pl_csv_field *field; /* the row last read, n_columns of them; owned */
} pl_csv;

/* Reads the header.  `file` is borrowed, and changed, until pl_csv_close (needless after an error here). */
pl_status pl_csv_open(pl_csv *csv, const char *name, pl_file *file, pl_error *err);
void pl_csv_close(pl_csv *csv);

/* Number of the header's column with that name, or -1. */
int32_t pl_csv_column(const pl_csv *csv, const char *name);

/* Reads the next row into csv->field and sets *more; at the end *more is false. */
pl_status pl_csv_next(pl_csv *csv, bool *more, pl_error *err) PL_CHECK;

/* "flows.csv:12:3", the place of field k of the row last read (k < 0: the line). */
void pl_csv_place(const pl_csv *csv, int32_t k, char *out, size_t size);

/* Reads field k as a number; an empty field gives PL_ABSENT.  What is no number is reported to findings as an
 * error and gives PL_ABSENT and false. */
bool pl_csv_number(const pl_csv *csv, int32_t k, double *x, pl_findings *findings);

/* Appends one field (quoted when it must be); the caller adds ',' and '\n'. */
void pl_csv_add(pl_str *out, const char *text);

#endif
