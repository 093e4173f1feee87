/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes as a ledger, and as each of the three tables of a bridge whose others are right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenty/estimate.h>
#include <plenty/privacy.h>

#include "test/fuzz/fuzz.h"

static const char *const GOOD[3] = {
    "category,good,share\nA,bread,0.5\nA,milk,0.5\nB,\n",
    "good,producers_value,retail_margin,purchasers_value\nbread,5,5,10\nmilk,6,2,8\nshop,7,0,0\n",
    "margin,good\nretail_margin,shop\n",
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
    snprintf(dir, sizeof dir, "%s/fuzz-needs-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
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
    pl_ledger ledger;
    pl_error err = {0};
    if (size > 65536) {
        return 0;
    }
    if (dir[0] == '\0') {
        begin();
    }
    put(path[3], data, size);
    if (pl_ledger_load(path[3], &ledger, &err) == PL_OK) {
        pl_ledger_entry release = {.name = "r", .epsilon = 1, .clip = 1};
        (void)pl_ledger_concentrated(&ledger, 1e-9);
        (void)!pl_ledger_add(&ledger, path[3], &release, &err);
        pl_ledger_clear(&ledger);
    } else if (err.message[0] == '\0') {
        abort();
    }
    for (int k = 0; k < 3; k++) {
        pl_bridge *b;
        for (int j = 0; j < 3; j++) {
            put(path[j], j == k ? (const void *)data : (const void *)GOOD[j], j == k ? size : strlen(GOOD[j]));
        }
        if (pl_bridge_load(path[0], path[1], path[2], &b, &err) == PL_OK) {
            double *x = calloc((size_t)b->n_categories + 2 * (size_t)b->n_goods + 1, sizeof *x);
            pl_bridge_apply(b, x, x + b->n_categories, x + b->n_categories + b->n_goods, NULL);
            (void)pl_bridge_observed(b);
            free(x);
            pl_bridge_free(b);
        }
    }
    return 0;
}
