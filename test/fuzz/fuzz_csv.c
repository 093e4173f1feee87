/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a table: it is read or refused, never a crash; and what was read can be written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static pl_file file_of(const void *bytes, size_t n)
{
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    require(file.bytes != NULL);
    memcpy(file.bytes, bytes, n);
    file.bytes[n] = '\0';
    return file;
}

static void write_row(const pl_csv *csv, bool header, pl_str *out)
{
    for (int32_t k = 0; k < csv->n_columns; k++) {
        const char *text = header ? csv->header[k] : csv->field[k].text;
        require(pl_utf8_valid(text, strlen(text)));
        require(header || (strlen(text) == csv->field[k].n && csv->field[k].column >= 1));
        pl_str_add(out, k > 0 ? "," : "");
        if (csv->n_columns == 1 && text[0] == '\0') {
            pl_str_add(out, "\"\""); /* or else it would be a blank line */
        }
        pl_csv_add(out, text);
    }
    pl_str_add(out, "\n");
}

/* Reads all rows and writes them to out; false when the table was refused. */
static bool rewrite(const void *bytes, size_t n, pl_str *out)
{
    pl_file file = file_of(bytes, n);
    pl_csv csv;
    pl_error err = {0};
    pl_findings found = {0};
    bool more = true;
    pl_status status = pl_csv_open(&csv, "t.csv", &file, &err);
    if (status == PL_OK) {
        write_row(&csv, true, out);
        while ((status = pl_csv_next(&csv, &more, &err)) == PL_OK && more) {
            double x;
            for (int32_t k = 0; k < csv.n_columns; k++) {
                (void)pl_csv_number(&csv, k, &x, &found);
            }
            write_row(&csv, false, out);
        }
        pl_csv_close(&csv);
    }
    require(status == PL_OK || (err.status == PL_PARSE && err.message[0] != '\0' && err.subject[0] != '\0'));
    pl_file_clear(&file);
    return status == PL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pl_str once, twice;
    pl_str_init(&once, (size_t)1 << 26);
    pl_str_init(&twice, (size_t)1 << 26);
    if (n < (1u << 20) && rewrite(data, n, &once) && !once.failed) {
        require(rewrite(once.text, once.len, &twice));
        require(once.len == twice.len && memcmp(once.text, twice.text, once.len) == 0);
    }
    pl_str_clear(&once);
    pl_str_clear(&twice);
    return 0;
}
