/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "io/csv.h"
#include "test/fuzz/fuzz.h"

/* Reads the bytes as a table, every field as text and as a number. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_error err;
    pl_csv csv;
    pl_findings findings = {0};
    pl_file file = {.bytes = malloc(size + 1), .n = size};
    if (file.bytes == NULL) {
        return 0;
    }
    memcpy(file.bytes, data, size);
    file.bytes[size] = '\0';
    if (pl_csv_open(&csv, "fuzz.csv", &file, &err) == PL_OK) {
        bool more = true;
        size_t sum = 0;
        while (pl_csv_next(&csv, &more, &err) == PL_OK && more) {
            for (int32_t k = 0; k < csv.n_columns; k++) {
                double x;
                sum += strlen(csv.field[k].text) + csv.field[k].n;
                sum += pl_csv_number(&csv, k, &x, &findings);
            }
        }
        if (sum > 4 * size + 16) {
            abort();
        }
        pl_csv_close(&csv);
    }
    free(file.bytes);
    return 0;
}
