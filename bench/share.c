/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast scarce goods are shared.
 *
 *   build/release/bench/share [uniform|market]
 *
 * (1) The uniform rule: ten million claims on one good (log-normal, from 0.01 to 100 units, in millionths), half as much as is claimed; all alike, and
 * with floors and points from 1 to 5.  Processor time, best of RUNS, on one core.
 *
 * (2) The market of points: a million people, a thousand goods, fifty wants each (goods drawn with Zipf's weights, tastes log-normal), equal points, substitution 0.5, 2 and 4,
 * until demand is supply to 1e-6; 100,000 people with caps; 20,000 people and 200 goods whose caps are close to the supply.  Wall time and processor time with two threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <plenty/share.h>

#include "base/rng.h"

#define RUNS 5

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

static uint64_t ticket(const void *user, int64_t i)
{
    char name[24];
    int n = snprintf(name, sizeof name, "person-%lld", (long long)i);
    return pl_share_ticket(user, name, (size_t)n);
}

static void uniform(void)
{
    enum { N = 10000000 };
    int64_t *claim = must(malloc(N * sizeof *claim)), *floor = must(malloc(N * sizeof *floor)), *got = must(malloc(N * sizeof *got)), sum = 0;
    int32_t *points = must(malloc(N * sizeof *points));
    pl_share_key key;
    pl_rng rng;
    pl_rng_seed(&rng, 1);
    pl_share_key_make("4 1 6", "bread", &key);
    for (int i = 0; i < N; i++) {
        claim[i] = (int64_t)(1e6 * exp(pl_rng_range(&rng, -4.6, 4.6)));
        floor[i] = (int64_t)pl_rng_below(&rng, 2000000);
        points[i] = (int32_t)(1000 * (1 + pl_rng_below(&rng, 5)));
        sum += claim[i];
    }
    for (int kind = 0; kind < 2; kind++) {
        pl_claims c = {N, claim, kind ? floor : NULL, kind ? points : NULL, sum / 2, ticket, &key};
        pl_uniform u;
        pl_error err;
        double best = INFINITY;
        for (int run = 0; run < RUNS; run++) {
            double from = now_s();
            if (pl_uniform_rule(&c, got, &u, &err) != PL_OK) {
                fprintf(stderr, "%s\n", err.message);
                exit(3);
            }
            best = fmin(best, now_s() - from);
        }
        printf("uniform rule, %d claims%s: %.3f s; level %.6f, %lld capped, %lld parts by lot\n", N, kind ? " with floors and points" : "", best,
               (double)u.level / (double)u.of * 1e-3, (long long)u.capped, (long long)u.left_over);
    }
    free(claim);
    free(floor);
    free(got);
    free(points);
}

/* ---- The market ------------------------------------------------------------------------------------------------------------------ */

typedef struct goods {
    int64_t *start;
    int32_t *want;
    double *taste, *cap, *points, *supply;
} goods;

/* caps: each want at most so many times what it would be at equal prices; 0 = none. */
static goods draw(int32_t people, int32_t n, int32_t wants, double caps, double scarce)
{
    goods d = {must(malloc(((size_t)people + 1) * sizeof *d.start)), must(malloc((size_t)people * (size_t)wants * sizeof *d.want)),
               must(malloc((size_t)people * (size_t)wants * sizeof *d.taste)), NULL, must(malloc((size_t)people * sizeof *d.points)),
               must(calloc((size_t)n, sizeof *d.supply))};
    double *cumulated = must(malloc(((size_t)n + 1) * sizeof *cumulated));
    char *taken = must(calloc((size_t)n, 1));
    pl_rng rng;
    pl_rng_seed(&rng, 2);
    cumulated[0] = 0;
    for (int32_t g = 0; g < n; g++) {
        cumulated[g + 1] = cumulated[g] + 1 / sqrt(1.0 + g);
    }
    d.cap = caps > 0 ? must(malloc((size_t)people * (size_t)wants * sizeof *d.cap)) : NULL;
    for (int32_t i = 0; i < people; i++) {
        int64_t from = d.start[i] = (int64_t)i * wants;
        double all = 0;
        d.points[i] = 1;
        for (int32_t k = 0; k < wants; k++) {
            int32_t low = 0, high = n;
            double x = pl_rng_unit(&rng) * cumulated[n];
            while (high - low > 1) {
                int32_t middle = (low + high) / 2;
                *(cumulated[middle] <= x ? &low : &high) = middle;
            }
            while (taken[low]) {
                low = (low + 1) % n;
            }
            taken[low] = 1;
            d.want[from + k] = low;
            all += d.taste[from + k] = exp(pl_rng_range(&rng, -1.5, 1.5));
        }
        for (int32_t k = 0; k < wants; k++) {
            taken[d.want[from + k]] = 0;
            d.supply[d.want[from + k]] += d.taste[from + k] / all;
            if (d.cap != NULL) {
                d.cap[from + k] = caps * pl_rng_range(&rng, 0.5, 1.5) * d.taste[from + k] / all;
            }
        }
    }
    d.start[people] = (int64_t)people * wants;
    for (int32_t g = 0; g < n; g++) { /* an uneven year */
        d.supply[g] = (d.supply[g] + 1e-3) * scarce * exp(pl_rng_range(&rng, -0.5, 0.5));
    }
    free(cumulated);
    free(taken);
    return d;
}

static void market_of(int32_t people, int32_t n, int32_t wants, double caps, double scarce, const double *substitution, int kinds)
{
    goods d = draw(people, n, wants, caps, scarce);
    double *price = must(malloc((size_t)n * sizeof *price)), *got = must(malloc((size_t)people * (size_t)wants * sizeof *got)), envy;
    for (int k = 0; k < kinds; k++) {
        pl_market m = {people, n, d.start, d.want, d.taste, d.cap, NULL, d.points, d.supply, substitution[k], 1e-6, 0};
        pl_clearing c;
        pl_error err;
        struct timespec a, b;
        double from = now_s();
        clock_gettime(CLOCK_MONOTONIC, &a);
        if (pl_market_clear(&m, 2, NULL, price, NULL, &c, &err) != PL_OK) {
            printf("market, %d x %d x %d, s %g: %s\n", people, n, wants, substitution[k], err.message);
            continue;
        }
        clock_gettime(CLOCK_MONOTONIC, &b);
        double cpu = now_s() - from;
        pl_clearing fine;
        m.tolerance = 0; /* as plenty share allot does */
        if (pl_market_clear(&m, 2, NULL, price, got, &fine, &err) != PL_OK || pl_market_envy(&m, 2, price, got, &envy, &err) != PL_OK) {
            exit(3);
        }
        printf("market, %d people x %d goods x %d wants%s, substitution %g: %d sweeps, %.2f s (%.2f s of processor), excess %.1e, slack %.1e, %d with a price; to 1e-10: %d sweeps, envy %.1e\n", people, n,
               wants, caps > 0 ? " with caps" : "", substitution[k], c.sweeps, (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec), cpu,
               c.excess, c.slack, c.open, fine.sweeps, envy);
    }
    free(price);
    free(got);
    free(d.start);
    free(d.want);
    free(d.taste);
    free(d.cap);
    free(d.points);
    free(d.supply);
}

int main(int argc, char **argv)
{
    static const double s[] = {0.5, 2, 4};
    if (argc < 2 || argv[1][0] == 'u') {
        uniform();
    }
    if (argc < 2 || argv[1][0] == 'm') {
        market_of(100000, 1000, 50, 1.5, 0.8, s + 1, 1);
        market_of(20000, 200, 50, 1.05, 0.95, s + 1, 1);
    }
    if (argc < 2 || argv[1][0] == 'l' || argv[1][0] == 'm') {
        market_of(1000000, 1000, 50, 0, 1, s, 3);
    }
    return 0;
}
