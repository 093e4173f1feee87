/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes as each of the four tables of books, whose others are right: refused with a message, or checked to the end. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenty/watch.h>

#include "test/fuzz/fuzz.h"

static const char *const GOOD[4] = {
    "unit,quantity\na,10\nb,20\n",
    "from,to,quantity\na,b,6\na,households,4\nb,c,20\nhours,b,3\n",
    "unit,input,amount\nb,a,0.3\nb,hours,0.15\n",
    "unit,quantity\na,4\n",
};
static char dir[64], path[4][96];

static void put(const char *file, const void *bytes, size_t n)
{
    FILE *f = fopen(file, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        abort();
    }
}

static void remove_all(void)
{
    for (int k = 0; k < 4; k++) {
        unlink(path[k]);
    }
    rmdir(dir);
}

static void begin(void)
{
    snprintf(dir, sizeof dir, "%s/fuzz-books-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(dir) == NULL) {
        abort();
    }
    for (int k = 0; k < 4; k++) {
        snprintf(path[k], sizeof path[k], "%s/%d.csv", dir, k);
    }
    atexit(remove_all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_error err = {0};
    if (size > 4096) {
        return 0;
    }
    if (dir[0] == '\0') {
        begin();
    }
    for (int k = 0; k < 4; k++) {
        pl_books *b;
        for (int j = 0; j < 4; j++) {
            put(path[j], j == k ? (const void *)data : (const void *)GOOD[j], j == k ? size : strlen(GOOD[j]));
        }
        if (pl_books_read(path[0], path[1], path[2], path[3], NULL, &b, &err) == PL_OK) {
            pl_books_report report = {0};
            pl_book *book = calloc((size_t)b->n + 1, sizeof *book);
            double *x = calloc((size_t)(b->n_flows + b->n) + 1, sizeof *x);
            pl_status status = pl_books_check(b, NULL, book, x, &report, &err);
            if (status == PL_OK && report.suspects > b->n) {
                abort();
            }
            free(book);
            free(x);
            pl_books_free(b);
        } else if (err.message[0] == '\0') {
            abort();
        }
    }
    return 0;
}
