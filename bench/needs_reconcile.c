/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast estimates are reconciled and samples raked.
 *
 *   build/release/bench/needs_reconcile
 *
 * (1) A hierarchy of the shape of the M5 competition: 30,490 leaves (3,049 items in 10 shops of 3 states, 7 departments of 3
 * categories), 12,350 sums at eleven levels; estimates that do not add up, some below zero; quadratic distance, with and without the
 * condition that nothing is negative.  (2) A table of 402 x 402 cells, a fifth of them filled, balanced to new margins.  (3) A million people
 * raked to six margins of 2 to 50 levels, to 1e-9; the same with a margin of spending besides, which takes the kernel.  (4) Ten million draws of
 * noise.  Best of RUNS, on one core, processor time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <plenty/estimate.h>
#include <plenty/privacy.h>

#include "base/rng.h"

#define RUNS 5
enum { ITEMS = 3049, SHOPS = 10, LEAVES = ITEMS * SHOPS, LEVELS = 11, SIDE = 402 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *must(void *p)
{
    if (p == NULL) {
        exit(3);
    }
    return p;
}

static double best(const pl_constraints *c, const double *z, const pl_reconcile_settings *set, double *x, pl_reconciled *r)
{
    double least = INFINITY;
    for (int run = 0; run < RUNS; run++) {
        pl_error err;
        double from = now_s();
        if (pl_reconcile(c, z, set, x, NULL, r, &err) != PL_OK) {
            fprintf(stderr, "%s: %s\n", err.subject, err.message);
            exit(3);
        }
        least = fmin(least, now_s() - from);
    }
    return least;
}

static void hierarchy(void)
{
    static const int state_of[SHOPS] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    int64_t *start = must(malloc((LEAVES + 1) * sizeof *start));
    int32_t *sums = must(malloc((size_t)LEAVES * LEVELS * sizeof *sums));
    for (int32_t i = 0; i < LEAVES; i++) {
        int32_t item = i / SHOPS, shop = i % SHOPS, state = state_of[shop], dept = item % 7, category = dept / 3;
        const int32_t size[LEVELS] = {1, 3, 10, 3, 7, 9, 21, 30, 70, ITEMS, 3 * ITEMS};
        const int32_t which[LEVELS] = {0, state, shop, category, dept, state * 3 + category, state * 7 + dept, shop * 3 + category,
                                       shop * 7 + dept, item, item * 3 + state};
        start[i] = (int64_t)i * LEVELS;
        int32_t base = 0;
        for (int l = 0; l < LEVELS; l++) {
            sums[i * LEVELS + l] = base + which[l];
            base += size[l];
        }
    }
    start[LEAVES] = (int64_t)LEAVES * LEVELS;
    int32_t n_sums = 1 + 3 + 10 + 3 + 7 + 9 + 21 + 30 + 70 + ITEMS + 3 * ITEMS, n = LEAVES + n_sums;
    pl_constraints c;
    if (pl_constraints_sums(LEAVES, n_sums, start, sums, &c, NULL) != PL_OK) {
        exit(3);
    }
    double *z = must(calloc((size_t)n * 4, sizeof *z)), *f = z + n, *low = f + n, *x = low + n;
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    for (int32_t i = 0; i < LEAVES; i++) {
        double mean = exp(pl_rng_range(&rng, -3, 3));
        z[i] = mean + pl_rng_range(&rng, -1.2, 1.2) * sqrt(mean);
        f[i] = mean;
        for (int64_t e = start[i]; e < start[i + 1]; e++) {
            z[LEAVES + sums[e]] += mean;
            f[LEAVES + sums[e]] += mean;
        }
    }
    for (int32_t i = LEAVES; i < n; i++) {
        z[i] *= pl_rng_range(&rng, 0.9, 1.1);
    }
    pl_reconciled r;
    double s = best(&c, z, &(pl_reconcile_settings){.freedom = f}, x, &r);
    printf("hierarchy, %d leaves, %d sums: %.3f s, %d steps, residual %.1e\n", LEAVES, n_sums, s, r.steps, r.residual);
    s = best(&c, z, &(pl_reconcile_settings){.freedom = f, .low = low}, x, &r);
    printf("the same, nothing negative: %.3f s, %d steps, residual %.1e, %d at zero\n", s, r.steps, r.residual, r.n_bound);
    pl_constraints_free(&c);
    free(z);
    free(sums);
    free(start);
}

static void table(void)
{
    int64_t *start = must(malloc((SIDE * SIDE + 1) * sizeof *start));
    int32_t *row = must(malloc((size_t)SIDE * SIDE * 2 * sizeof *row)), n = 0;
    double *z = must(calloc((size_t)SIDE * SIDE * 2, sizeof *z)), *x = z + SIDE * SIDE, target[2 * SIDE] = {0};
    pl_rng rng;
    pl_rng_seed(&rng, 6);
    for (int32_t i = 0; i < SIDE; i++) {
        for (int32_t j = 0; j < SIDE; j++) {
            if (i != j && pl_rng_below(&rng, 5) != 0) {
                continue;
            }
            z[n] = exp(pl_rng_range(&rng, -6, 8));
            start[n] = 2 * (int64_t)n;
            row[2 * n] = i;
            row[2 * n + 1] = SIDE + j;
            double truth = z[n] * exp(pl_rng_range(&rng, -1, 1));
            target[i] += truth;
            target[SIDE + j] += truth;
            n++;
        }
    }
    start[n] = 2 * (int64_t)n;
    pl_reconciled r;
    pl_constraints c = {n, 2 * SIDE, start, row, NULL, target};
    double s = best(&c, z, &(pl_reconcile_settings){.distance = PL_ENTROPY}, x, &r);
    printf("table, %d x %d, %d cells: %.3f s, %d steps, residual %.1e\n", SIDE, SIDE, n, s, r.steps, r.residual);
    free(z);
    free(row);
    free(start);
}

static void people(void)
{
    enum { N = 1000000, MARGINS = 6 };
    static const int32_t LEVELS_OF[MARGINS] = {2, 8, 50, 5, 12, 20};
    static double total[MARGINS + 1][64];
    pl_margin m[MARGINS + 1];
    double *w = must(malloc(N * sizeof *w)), *out = must(malloc(N * sizeof *out)), *spent = must(malloc(N * sizeof *spent));
    int32_t *level = must(calloc((size_t)N * (MARGINS + 1), sizeof *level));
    pl_rng rng;
    pl_rng_seed(&rng, 7);
    for (int32_t i = 0; i < N; i++) {
        double truth = w[i] = exp(pl_rng_range(&rng, -0.5, 0.5));
        spent[i] = exp(pl_rng_range(&rng, 0, 3));
        for (int k = 0; k < MARGINS; k++) { /* levels go together a little; the truth differs from the sample by level */
            int32_t l = (int32_t)(pl_rng_unit(&rng) * 0.8 * LEVELS_OF[k] + 0.2 * (spent[i] / 20.1) * LEVELS_OF[k]);
            level[(size_t)k * N + (size_t)i] = l < LEVELS_OF[k] ? l : LEVELS_OF[k] - 1;
            truth *= 1 + 0.5 * (double)(level[(size_t)k * N + (size_t)i] + 1) / LEVELS_OF[k];
        }
        for (int k = 0; k < MARGINS; k++) {
            total[k][level[(size_t)k * N + (size_t)i]] += truth;
        }
        total[MARGINS][0] += truth * spent[i];
    }
    for (int k = 0; k <= MARGINS; k++) {
        m[k] = (pl_margin){"margin", NULL, k < MARGINS ? LEVELS_OF[k] : 1, total[k], level + (size_t)k * N, k < MARGINS ? NULL : spent};
    }
    for (int more = 0; more < 2; more++) {
        double least = INFINITY;
        pl_calibrated r;
        for (int run = 0; run < RUNS; run++) {
            double from = now_s();
            pl_error err;
            if (pl_calibrate(N, w, MARGINS + more, m, NULL, out, &r, &err) != PL_OK) {
                fprintf(stderr, "%s: %s\n", err.subject, err.message);
                exit(3);
            }
            least = fmin(least, now_s() - from);
        }
        printf("%d people by %d margins%s: %.3f s, %d cycles, %d steps, residual %.1e\n", N, MARGINS, more ? " and their spending" : "", least, r.cycles,
               r.steps, r.residual);
    }
    free(w);
    free(out);
    free(spent);
    free(level);
}

static void noise(void)
{
    pl_randomness random;
    int64_t sum = 0;
    if (pl_randomness_secure(&random, NULL) != PL_OK) {
        exit(3);
    }
    double from = now_s();
    for (int i = 0; i < 10000000; i++) {
        sum += pl_discrete_laplace(&random, 1, 10);
    }
    printf("10000000 draws of noise: %.2f s (mean %.4f)\n", now_s() - from, (double)sum / 1e7);
}

int main(void)
{
    hierarchy();
    table();
    people();
    noise();
    return 0;
}
