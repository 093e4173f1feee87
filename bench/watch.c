/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast a plan is watched.
 *
 *   build/release/bench/watch [LINES [FOLDER]]
 *
 * A million plan lines (or LINES), each with 30 reports behind it; then one more report of each: (1) the detectors alone, one thread; (2) all of it, from
 * the table of reports in FOLDER (default: /tmp) to the list of alarms: reading, sorting, judging, ranking.  One line in a hundred falls by a fifth.
 * Processor time, best of RUNS. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <plenty/watch.h>

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

/* Twelve uniform numbers make one that is normal enough here. */
static double noise(pl_rng *rng)
{
    double sum = -6;
    for (int k = 0; k < 12; k++) {
        sum += pl_rng_unit(rng);
    }
    return sum;
}

static void detectors(int32_t lines)
{
    pl_rng rng;
    pl_detected seen;
    pl_detector *d = must(malloc((size_t)lines * sizeof *d));
    double *x = must(malloc((size_t)lines * sizeof *x)), best = INFINITY;
    int64_t open = 0;
    pl_rng_seed(&rng, 1);
    for (int32_t i = 0; i < lines; i++) {
        pl_detector_start(&d[i]);
        for (int t = 0; t < PL_GLR_WINDOW; t++) {
            pl_detector_step(&pl_detector_defaults, &d[i], 100 + noise(&rng), 100, true, &seen);
        }
        x[i] = (i % 100 == 0 ? 80 : 100) + noise(&rng);
    }
    for (int run = 0; run < RUNS; run++) {
        double from = now_s();
        open = 0;
        for (int32_t i = 0; i < lines; i++) {
            pl_detector_step(&pl_detector_defaults, &d[i], x[i], 100, true, &seen);
            open += d[i].open;
        }
        best = fmin(best, now_s() - from);
    }
    printf("one tick of %d lines: %.3f s, %zu bytes a line, %lld in alarm\n", lines, best, sizeof *d, (long long)open);
    free(d);
    free(x);
}

static void fail(const pl_error *err)
{
    fprintf(stderr, "%s: %s\n", err->subject, err->message);
    exit(3);
}

static pl_watch *lines_of(int32_t lines)
{
    pl_watch *w;
    pl_error err;
    char id[32];
    if (pl_watch_new(&w, &err) != PL_OK || pl_watch_span(w, PL_TICK_NUMBER, 1, 52, &err) != PL_OK) {
        fail(&err);
    }
    for (int32_t i = 0; i < lines; i++) {
        snprintf(id, sizeof id, "good:g%07d", i);
        pl_watch_line line = {.id = id, .owner = "", .parent = "", .planned = 5200, .capability = NAN, .potentiality = NAN, .price = 1 + i % 7, .slack = NAN};
        if (pl_watch_add(w, &line, &err) != PL_OK) {
            fail(&err);
        }
    }
    return w;
}

static void whole(int32_t lines, const char *folder)
{
    char path[4096];
    pl_rng rng;
    pl_error err;
    double best = INFINITY, reading = 0;
    int32_t alarms = 0;
    snprintf(path, sizeof path, "%s/watch-bench.csv", folder);
    FILE *f = must(fopen(path, "w"));
    pl_rng_seed(&rng, 2);
    fprintf(f, "line,period,quantity\n");
    for (int32_t i = 0; i < lines; i++) {
        fprintf(f, "g%07d,31,%.2f\n", i, (i % 100 == 0 ? 80 : 100) + noise(&rng));
    }
    if (fclose(f) != 0) {
        exit(3);
    }
    for (int run = 0; run < 3; run++) {
        pl_watch *w = lines_of(lines);
        pl_alarms a;
        double from = now_s();
        if (pl_watch_read_reports(w, path, &err) != PL_OK || pl_watch_settle(w, &err) != PL_OK) {
            fail(&err);
        }
        double read = now_s() - from;
        if (pl_watch_judge(w, NULL, &a, &err) != PL_OK) {
            fail(&err);
        }
        if (now_s() - from < best) {
            best = now_s() - from;
            reading = read;
        }
        alarms = a.n;
        pl_alarms_clear(&a);
        pl_watch_free(w);
    }
    unlink(path);
    printf("from the table of %d reports to %d alarms: %.2f s, of which reading %.2f s\n", lines, alarms, best, reading);
}

int main(int argc, char **argv)
{
    int32_t lines = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 1000000;
    if (lines < 1 || lines > 100000000) {
        fprintf(stderr, "from 1 to 100,000,000 lines\n");
        return 2;
    }
    detectors(lines);
    whole(lines, argc > 2 ? argv[2] : "/tmp");
    return 0;
}
