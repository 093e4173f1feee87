/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How near sweeps and the reading of a binary economy come to what the machine allows, all in one run:
 *
 *   build/release/bench/sweep FILE.economy [1]      (1: one thread)
 *
 * Memory is read in order (the bandwidth), then the economy is swept for values as many times as SWEEPS, all recipes of each
 * good, and the bytes that a sweep must read are divided by the time of one.  The file is read with read() as `dd` does, and
 * loaded with all checks.  Each is the best of RUNS; the file should be in the page cache. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <plenty/economy.h>

#include "sparse/sweep.h"

#define RUNS 3
#define SWEEPS 3 /* before the first rivals are struck off */
#define ARRAY ((size_t)1 << 26) /* numbers: 512 MB */
#define BUFFER ((size_t)1 << 22)

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench/sweep: %s\n", what);
    exit(3);
}

/* Seconds to read an array in order, with that many threads. */
static double read_memory(int threads)
{
    double *x = malloc(ARRAY * sizeof *x), best = 1e9;
    if (x == NULL) {
        fail("out of memory");
    }
    for (size_t i = 0; i < ARRAY; i++) {
        x[i] = (double)(i % 7);
    }
    for (int run = 0; run < RUNS; run++) {
        double begin = now_s(), sum = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : sum)
        for (size_t i = 0; i < ARRAY; i += 8) {
            sum += ((x[i] + x[i + 1]) + (x[i + 2] + x[i + 3])) + ((x[i + 4] + x[i + 5]) + (x[i + 6] + x[i + 7]));
        }
        best = least(best, sum > 0 ? now_s() - begin : 1e9);
    }
    free(x);
    return best;
}

static double read_file(const char *path, double *bytes)
{
    char *buffer = malloc(BUFFER);
    double best = 1e9;
    for (int run = 0; run < RUNS && buffer != NULL; run++) {
        double begin = now_s();
        int fd = open(path, O_RDONLY);
        ssize_t n;
        *bytes = 0;
        while (fd >= 0 && (n = read(fd, buffer, BUFFER)) > 0) {
            *bytes += (double)n;
        }
        if (fd < 0) {
            fail("cannot open the file");
        }
        close(fd);
        best = least(best, now_s() - begin);
    }
    free(buffer);
    return best;
}

/* Seconds of one sweep of all values. */
static double sweep(const pl_economy *e, int threads)
{
    pl_sparse flows = {e->n_goods, e->n_recipes, e->flows.start, e->flows.index, e->flows.amount};
    pl_makers makers;
    pl_error err;
    bool single;
    double *cost = malloc((size_t)e->n_recipes * sizeof *cost), *value = malloc((size_t)e->n_goods * sizeof *value), best = 1e9;
    int32_t *chosen = malloc((size_t)e->n_goods * sizeof *chosen);
    if (cost == NULL || value == NULL || chosen == NULL || pl_makers_new(&flows, 2, &makers, &single, &err) != PL_OK || !single) {
        fail("this economy cannot be swept");
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        cost[r] = 1;
    }
    for (int run = 0; run < RUNS; run++) {
        pl_sweep_settings settings = {.tolerance = 0, .most = SWEEPS, .markup = 1, .threads = threads};
        pl_sweep_result result;
        memset(value, 0, (size_t)e->n_goods * sizeof *value);
        double begin = now_s();
        if (pl_sweep_values(&flows, &makers, cost, &settings, value, chosen, &result, &err) != PL_OK) {
            fail(err.message);
        }
        best = least(best, (now_s() - begin) / result.sweeps);
    }
    pl_makers_clear(&makers);
    free(cost);
    free(value);
    free(chosen);
    return best;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fail("name a binary economy");
    }
    int threads = argc > 2 && argv[2][0] == '1' ? 1 : 2;
    double bytes, raw = read_file(argv[1], &bytes), loaded = 1e9;
    pl_economy *e = NULL;
    pl_error err;
    for (int run = 0; run < RUNS; run++) {
        pl_economy_free(e);
        double begin = now_s();
        if (pl_economy_load(argv[1], NULL, NULL, &e, &err) != PL_OK) {
            fail(err.message);
        }
        loaded = least(loaded, now_s() - begin);
    }
    printf("file, read()         %8.2f GB/s\n", bytes / raw / 1e9);
    printf("file, loaded         %8.2f GB/s   %.2f of read()\n", bytes / loaded / 1e9, raw / loaded);
    double memory = (double)(ARRAY * sizeof(double)) / read_memory(threads), one = sweep(e, threads);
    double entries = (double)e->flows.start[e->n_recipes];
    double swept = entries * 12 + e->n_recipes * (8.0 + 8 + 8 + 4) + e->n_goods * 16.0; /* coefficients; starts, costs, outputs, list; values */
    printf("memory, %d threads    %8.2f GB/s\n", threads, memory / 1e9);
    printf("one sweep            %8.2f GB/s   %.3f s, %.0f MB, %.2f ns a coefficient, %.1f times the time of the memory\n",
           swept / one / 1e9, one, swept / 1e6, one / entries * 1e9, memory / (swept / one));
    pl_economy_free(e);
    return 0;
}
