/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rows.h - tables of any length, read row by row in a few megabytes of memory.
 *
 * A stream decompresses as it reads (.gz, .zst).  The rows are those of csv.h, with the same refusals and places; a field lives until the
 * next row is asked for. */
#ifndef PLENTY_IO_ROWS_H
#define PLENTY_IO_ROWS_H

#include "io/csv.h"

typedef struct pl_stream pl_stream;

/* Errors: PL_NOTFOUND, PL_IO (a folder, a pipe, no permission; later: damaged compression), PL_NOMEM. */
pl_status pl_stream_open(const char *path, pl_stream **out, pl_error *err);
/* Up to n bytes; *got 0: the end. */
pl_status pl_stream_read(pl_stream *stream, char *bytes, size_t n, size_t *got, pl_error *err);
void pl_stream_close(pl_stream *stream); /* accepts NULL */

#define PL_ROWS_BLOCK ((size_t)4 << 20)
#define PL_ROWS_BLOCK_MAX ((size_t)64 << 20) /* of one row */

typedef struct pl_row_reader {
    pl_csv csv; /* header; the row last read */
    pl_stream *stream;
    char *block, *head; /* rows being read; a copy of the header */
    size_t cap, n, taken; /* bytes there; of these handed to csv */
    bool ended;
} pl_row_reader;

/* Reads the header.  `name` is borrowed, for messages.  After an error nothing is open. */
pl_status pl_row_reader_open(pl_row_reader *rows, const char *path, const char *name, pl_error *err);
/* As pl_csv_next, of rows->csv. */
pl_status pl_row_reader_next(pl_row_reader *rows, bool *more, pl_error *err) PL_CHECK;
void pl_row_reader_close(pl_row_reader *rows);

#endif
