/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * A block is cut after the last line end that stands outside quotes; the rest of it begins the next block. */
#include "io/rows.h"

#include <string.h>

#include "base/mem.h"

/* Bytes of the whole rows at the beginning of the n bytes; a quote at their very end may be half of a doubled one. */
static size_t whole_rows(const char *bytes, size_t n)
{
    const char *end = bytes + n, *p = bytes, *cut = bytes;
    for (;;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        while (quote != NULL && quote > bytes && quote[-1] != ',' && quote[-1] != '\n') { /* a plain character of its field */
            quote = memchr(quote + 1, '"', (size_t)(end - quote - 1));
        }
        const char *stop = quote != NULL ? quote : end;
        const char *line = stop > p ? memrchr(p, '\n', (size_t)(stop - p)) : NULL;
        cut = line != NULL ? line + 1 : cut;
        if (quote == NULL) {
            return (size_t)(cut - bytes);
        }
        for (p = quote + 1;; p += 2) { /* to the closing quote */
            p = memchr(p, '"', (size_t)(end - p));
            if (p == NULL || p + 1 == end) {
                return (size_t)(cut - bytes);
            }
            if (p[1] != '"') {
                break;
            }
        }
        p++;
    }
}

/* Bytes of the first row, with blank lines before it; 0 = it is not all there. */
static size_t first_row(const char *bytes, size_t n)
{
    bool quoted = false, text = false;
    for (size_t i = 0; i < n; i++) {
        quoted ^= bytes[i] == '"';
        text |= bytes[i] != '\n' && bytes[i] != '\r';
        if (bytes[i] == '\n' && text && !quoted) {
            return i + 1;
        }
    }
    return 0;
}

/* More bytes behind those that are left; a longer block when it is full. */
static pl_status fill(pl_row_reader *r, pl_error *err)
{
    memmove(r->block, r->block + r->taken, r->n - r->taken);
    r->n -= r->taken;
    r->taken = 0;
    if (r->n + 1 >= r->cap) {
        if (r->cap >= PL_ROWS_BLOCK_MAX) {
            return pl_fail(err, PL_TOOBIG, r->csv.name, "is a quote never closed, or are there no line ends?", "a row is longer than %zu MiB",
                           PL_ROWS_BLOCK_MAX >> 20);
        }
        if (!pl_grow(&r->block, &r->cap, r->cap * 2, 1, PL_ROWS_BLOCK_MAX)) {
            return pl_fail_nomem(err, r->csv.name);
        }
    }
    while (!r->ended && r->n + 1 < r->cap) {
        size_t got;
        pl_status status = pl_stream_read(r->stream, r->block + r->n, r->cap - 1 - r->n, &got, err);
        if (status != PL_OK) {
            return status;
        }
        r->ended = got == 0;
        r->n += got;
    }
    r->block[r->n] = '\0';
    return PL_OK;
}

static pl_status read_header(pl_row_reader *r, const char *name, pl_error *err)
{
    pl_status status = fill(r, err);
    size_t n = status == PL_OK ? first_row(r->block, r->n) : 0;
    while (status == PL_OK && n == 0 && !r->ended) {
        status = fill(r, err);
        n = first_row(r->block, r->n);
    }
    if (status != PL_OK) {
        return status;
    }
    n = n == 0 ? r->n : n;
    r->head = PL_NEW(char, n + 1);
    if (r->head == NULL) {
        return pl_fail_nomem(err, name);
    }
    memcpy(r->head, r->block, n);
    r->head[n] = '\0';
    pl_file head = {r->head, n};
    status = pl_csv_open(&r->csv, name, &head, err);
    r->taken = n;
    r->csv.at = r->csv.end = r->block + n;
    return status;
}

pl_status pl_row_reader_open(pl_row_reader *rows, const char *path, const char *name, pl_error *err)
{
    *rows = (pl_row_reader){.csv.name = name};
    pl_status status = pl_stream_open(path, &rows->stream, err);
    if (status == PL_OK && !pl_grow(&rows->block, &rows->cap, PL_ROWS_BLOCK, 1, PL_ROWS_BLOCK_MAX)) {
        status = pl_fail_nomem(err, name);
    }
    status = status == PL_OK ? read_header(rows, name, err) : status;
    if (status != PL_OK) {
        pl_row_reader_close(rows);
    }
    return status;
}

pl_status pl_row_reader_next(pl_row_reader *r, bool *more, pl_error *err)
{
    for (;;) {
        pl_status status = pl_csv_next(&r->csv, more, err);
        if (status != PL_OK || *more || (r->ended && r->taken == r->n)) {
            return status;
        }
        size_t n = 0;
        while (n == 0 && status == PL_OK && !(r->ended && r->n == r->taken)) {
            status = fill(r, err);
            n = status != PL_OK ? 0 : r->ended ? r->n : whole_rows(r->block, r->n);
        }
        if (status != PL_OK) {
            return status;
        }
        r->csv.at = r->block;
        r->csv.end = r->block + n;
        r->taken = n;
    }
}

void pl_row_reader_close(pl_row_reader *rows)
{
    pl_csv_close(&rows->csv);
    pl_stream_close(rows->stream);
    pl_free(rows->block);
    pl_free(rows->head);
    *rows = (pl_row_reader){0};
}
