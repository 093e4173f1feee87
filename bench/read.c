/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast tables are read: megabytes a second, best of several runs.
 *
 *   build/release/bench/read ECONOMY      the folder of an economy, whole, and each step on its flows
 *   build/release/bench/read              numbers and a made-up table only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <plenty/economy.h>

#include "base/number.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/csv.h"

#define RUNS 5
#define NUMBERS 1000000

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void tell(const char *what, double bytes, double rows, double seconds)
{
    printf("%-34s %8.1f MB/s  %7.2f M rows/s  %8.4f s\n", what, bytes / seconds / 1e6, rows / seconds / 1e6, seconds);
}

/* Splits and validates a table; numbers: also reads the last column as numbers. */
static double split(const char *bytes, size_t n, bool numbers, int64_t *rows)
{
    pl_file file = {.bytes = malloc(n + 1), .n = n};
    pl_csv csv;
    if (file.bytes == NULL) {
        exit(5);
    }
    memcpy(file.bytes, bytes, n);
    file.bytes[n] = '\0';
    double begin = now_s(), x;
    bool more = pl_csv_open(&csv, "table", &file, NULL) == PL_OK;
    for (*rows = 0; more; (*rows)++) {
        if (pl_csv_next(&csv, &more, NULL) != PL_OK || !more) {
            break;
        }
        if (numbers) {
            (void)pl_csv_number(&csv, csv.n_columns - 1, &x, NULL);
        }
    }
    double seconds = now_s() - begin;
    pl_csv_close(&csv);
    free(file.bytes);
    return seconds;
}

static void time_table(const char *what, const char *bytes, size_t n)
{
    for (int numbers = 0; numbers < 2; numbers++) {
        double best = 1e9;
        int64_t rows = 0;
        for (int run = 0; run < RUNS; run++) {
            double seconds = split(bytes, n, numbers != 0, &rows);
            best = seconds < best ? seconds : best;
        }
        char text[64];
        snprintf(text, sizeof text, "%s%s", what, numbers ? ", numbers too" : ", split");
        tell(text, (double)n, (double)rows, best);
    }
}

static void time_numbers(void)
{
    pl_rng rng;
    pl_str text;
    pl_rng_seed(&rng, 1);
    pl_str_init(&text, (size_t)1 << 30);
    double begin = now_s();
    pl_str_add(&text, "id,amount\n");
    for (int i = 0; i < NUMBERS; i++) {
        pl_str_addf(&text, "x%d,", i % 1000);
        pl_str_add_number(&text, pl_rng_unit(&rng));
        pl_str_add(&text, "\n");
    }
    tell("17-digit numbers, written", (double)text.len, NUMBERS, now_s() - begin);
    time_table("17-digit numbers", text.text, text.len);
    pl_str_clear(&text);
}

static void time_economy(const char *path)
{
    static const char *const tables[] = {"goods", "recipes", "flows", "resources", "uses", "needs", "trade", "stocks", "places"};
    double bytes = 0, best = 1e9, best_hash = 1e9;
    int64_t rows = 0;
    for (int i = 0; i < 9; i++) {
        char full[4096];
        pl_file file;
        snprintf(full, sizeof full, "%s/%s.csv", path, tables[i]);
        if (pl_file_read(full, (size_t)1 << 34, &file, NULL) != PL_OK) {
            continue;
        }
        bytes += (double)file.n;
        if (i == 2) {
            time_table("flows.csv", file.bytes, file.n);
        }
        pl_file_clear(&file);
    }
    for (int run = 0; run < RUNS; run++) {
        pl_economy *e = NULL;
        pl_error err;
        char hex[65];
        double begin = now_s();
        if (pl_economy_load(path, NULL, NULL, &e, &err) != PL_OK) {
            fprintf(stderr, "%s: %s\n", err.subject, err.message);
            exit(3);
        }
        double loaded = now_s();
        if (pl_economy_hash(e, hex, &err) != PL_OK) {
            exit(3);
        }
        best = loaded - begin < best ? loaded - begin : best;
        best_hash = now_s() - loaded < best_hash ? now_s() - loaded : best_hash;
        rows = e->flows.start[e->n_recipes] + e->uses.start[e->n_recipes] + e->n_needs + e->n_goods + e->n_recipes;
        pl_economy_free(e);
    }
    tell("the economy, loaded", bytes, (double)rows, best);
    tell("the economy, hashed", bytes, (double)rows, best_hash);
}

int main(int argc, char **argv)
{
    time_numbers();
    if (argc > 1) {
        time_economy(argv[1]);
    }
    return 0;
}
