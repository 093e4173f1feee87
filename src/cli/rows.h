/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rows.h - rows of a table of the state, taken out of it to be listed and shown. */
#ifndef PLENTY_CLI_ROWS_H
#define PLENTY_CLI_ROWS_H

#include "cli/act.h"
#include "io/json.h"

/* Rows whose keys begin with `prefix` (NULL: all), with their whole keys. */
typedef struct cli_rows {
    const pl_table *table;
    unsigned char *rows; /* n times table->size */
    pl_row_key *keys;
    size_t n, cap, cap_keys;
} cli_rows;
pl_status cli_rows_take(pl_step *step, const pl_table *table, const pl_row_key *prefix, cli_rows *out);
const void *cli_row(const cli_rows *rows, size_t i);
/* By the int64_t at that offset of the row, then by key. */
void cli_rows_sort(cli_rows *rows, size_t offset);
void cli_rows_clear(cli_rows *rows);

/* Prints them as a JSON array of objects; `keep` may be NULL, otherwise it says which. */
typedef void (*cli_put_row_fn)(pl_json *json, const uint8_t *id, const void *row);
pl_status cli_rows_json(const cli_rows *rows, bool (*keep)(const void *user, const void *row), const void *user, cli_put_row_fn put, pl_error *err);

/* Takes all rows of a table from the record of the first argument, as it is now, sorted like that. */
pl_status cli_rows_of(pl_record *record, const pl_table *table, size_t offset, cli_rows *out, pl_error *err);
/* The name of an assembly that is there. */
pl_status cli_assembly_name(pl_step *step, const uint8_t id[PL_HASH], char out[101]);
/* Under which name the holder of a mandate was elected, or the first digits of the member's id. */
#define CLI_NAME 64
pl_status cli_holder_name(pl_step *step, const pl_mandate *mandate, char out[CLI_NAME]);
/* "2026-09-21 14:13", or "-". */
const char *cli_when(int64_t time, char out[32]);

#endif
