/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast receipts are added up, and how fast many series are forecast.
 *
 *   build/release/bench/needs receipts [LINES]             (4000000)  writes build/bench-receipts.csv, reads it RUNS times
 *   build/release/bench/needs series [SERIES [THREADS]]    (30000 2)  three years of weeks; writes the first 200 to build/bench-series.csv for
 *                                                          bench/needs-peer.py
 *
 * Receipts: 30,000 products in 300 categories, 50,000 cards, 200 stores, a year.  Series: season, trend and Poisson-like noise of all sizes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <plenty/needs.h>

#include "base/rng.h"

#define RUNS 5
#define WEEKS 156

static double clock_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void must(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        fprintf(stderr, "%s: %s\n", err->subject, err->message);
        exit(3);
    }
}

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        perror(path);
        exit(4);
    }
    return f;
}

static void make_receipts(long lines)
{
    pl_rng rng;
    char date[PL_DATE_TEXT];
    pl_rng_seed(&rng, 1);
    mkdir("build/bench-receipts", 0777);
    FILE *f = create("build/bench-receipts/products.csv");
    fputs("product,category\n", f);
    for (int p = 0; p < 30000; p++) {
        fprintf(f, "%d,category %d\n", 1000000 + p, p % 300);
    }
    fclose(f);
    f = create("build/bench-receipts/mapping.json");
    fputs("{\"format\": \"plenty-receipts-1\", \"columns\": {\"product\": \"product\", \"time\": \"time\", \"receipt\": \"receipt\", \"household\": \"card\", "
          "\"store\": \"store\", \"quantity\": \"quantity\", \"value\": \"value\"}, \"products\": {\"file\": \"products.csv\", \"product\": \"product\", "
          "\"category\": \"category\"}}\n", f);
    fclose(f);
    f = create("build/bench-receipts/till.csv");
    fputs("receipt,time,card,store,product,quantity,value\n", f);
    long receipt = 10000000, left = 0;
    unsigned card = 0, store = 0;
    for (long k = 0; k < lines; k++, left--) {
        if (left <= 0) {
            receipt++;
            left = 1 + (long)pl_rng_below(&rng, 20);
            card = (unsigned)pl_rng_below(&rng, 50000);
            store = (unsigned)pl_rng_below(&rng, 200);
        }
        unsigned second = (unsigned)((double)k / (double)lines * 86400), day = (unsigned)(k * 365 / lines);
        fprintf(f, "%ld,%s %02u:%02u:%02u,%u,%u,%u,%u,%u.%02u\n", receipt, pl_day_text(17167 + (int32_t)day, date), second / 3600, second / 60 % 60, second % 60, card, store,
                1000000 + (unsigned)pl_rng_below(&rng, 30000), 1 + (unsigned)pl_rng_below(&rng, 3), (unsigned)pl_rng_below(&rng, 20), (unsigned)pl_rng_below(&rng, 100));
    }
    fclose(f);
}

/* The same file, only read and its lines counted, as `wc -l` does: what no reader can do without. */
static double time_scan(const char *path)
{
    static char block[1 << 20];
    double begin = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    FILE *f = fopen(path, "r");
    long lines = 0;
    if (f == NULL) {
        perror(path);
        exit(4);
    }
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) {
        for (const char *p = block; (p = memchr(p, '\n', n - (size_t)(p - block))) != NULL; p++) {
            lines++;
        }
    }
    fclose(f);
    return lines > 0 ? clock_of(CLOCK_PROCESS_CPUTIME_ID) - begin : NAN;
}

static void time_receipts(long lines)
{
    pl_error err = {0};
    make_receipts(lines);
    double best = HUGE_VAL, scan = HUGE_VAL;
    for (int run = 0; run < RUNS; run++) {
        pl_receipts *r;
        pl_receipt_settings set = {.by = PL_BY_CATEGORY, .period = PL_PERIOD_WEEK};
        must(pl_receipts_new("build/bench-receipts/mapping.json", "build/bench-receipts", &set, &r, &err), &err);
        double begin = clock_of(CLOCK_PROCESS_CPUTIME_ID);
        must(pl_receipts_read(r, "build/bench-receipts/till.csv", NULL, NULL, &err), &err);
        double s = clock_of(CLOCK_PROCESS_CPUTIME_ID) - begin;
        best = s < best ? s : best;
        pl_receipts_free(r);
        s = time_scan("build/bench-receipts/till.csv");
        scan = s < scan ? s : scan;
    }
    printf("receipts: %ld lines, best of %d runs: %.2f s of one core, %.2f million lines a second; %.1f times what reading and counting lines takes (%.3f s)\n", lines, RUNS, best,
           (double)lines / best / 1e6, best / scan, scan);
}

static pl_series *make_series(int32_t n)
{
    pl_rng rng;
    pl_rng_seed(&rng, 2);
    pl_series *s = calloc(1, sizeof *s);
    size_t cells = (size_t)n * WEEKS;
    *s = (pl_series){.n = n, .n_periods = WEEKS, .kind = PL_PERIOD_WEEK, .value = calloc(cells, 8), .noise = calloc(cells, 8)};
    s->item = calloc((size_t)n, sizeof *s->item);
    s->group = calloc((size_t)n, sizeof *s->group);
    s->place = calloc((size_t)n, sizeof *s->place);
    for (int32_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "item %05d", i);
        s->item[i] = strdup(name);
        snprintf(name, sizeof name, "group %03d", i / 100);
        s->group[i] = strdup(name);
        s->place[i] = strdup("");
        double level = exp(6 * pl_rng_unit(&rng)), slope = 0.4 * (pl_rng_unit(&rng) - 0.5), swing = 0.4 * pl_rng_unit(&rng);
        for (int t = 0; t < WEEKS; t++) {
            double mean = level * (1 + slope * t / WEEKS) * (1 + swing * sin(6.283185307 * t / 52)), noise = -6;
            for (int k = 0; k < 12; k++) {
                noise += pl_rng_unit(&rng);
            }
            double y = floor(mean + sqrt(mean) * noise + 0.5);
            s->value[(size_t)i * WEEKS + (size_t)t] = s->noise[(size_t)i * WEEKS + (size_t)t] = y > 0 ? y : 0;
        }
    }
    return s;
}

static void time_series(int32_t n, int threads)
{
    pl_error err = {0};
    pl_forecast *f;
    pl_series *s = make_series(n);
    pl_forecast_settings set = {.method = PL_AUTO, .check = -1, .threads = threads};
    FILE *out = create("build/bench-series.csv");
    for (int32_t i = 0; i < n && i < 200; i++) {
        for (int t = 0; t < WEEKS; t++) {
            fprintf(out, "%s%.0f", t > 0 ? "," : "", s->value[(size_t)i * WEEKS + (size_t)t]);
        }
        fputc('\n', out);
    }
    fclose(out);
    double begin = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    must(pl_forecast_make(s, &set, &f, &err), &err);
    printf("series: %d of %d weeks, season 52, all methods from 6 earlier ends, choice, tree: %.1f s on %d threads, %.1f s of processor, %.2f ms a series\n", n, WEEKS,
           clock_of(CLOCK_MONOTONIC) - begin, threads, clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, 1e3 * (clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) / n);
}

int main(int argc, char **argv)
{
    bool series = argc > 1 && strcmp(argv[1], "series") == 0;
    if (series) {
        time_series(argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 30000, argc > 3 ? (int)strtol(argv[3], NULL, 10) : 2);
    } else {
        time_receipts(argc > 2 ? strtol(argv[2], NULL, 10) : 4000000);
    }
    return 0;
}
