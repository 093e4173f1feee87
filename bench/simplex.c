/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Times of the simplex solver on synthetic and real economies, with CLP and GLPK (as processes, on
 * the same programme written as scaled MPS) beside it.
 *
 *   build/release/bench/simplex              all but the large ones
 *   build/release/bench/simplex world clp    cases whose name contains "world", with CLP
 *   arguments: clp, glpk, large, nohints, threads=N, or part of a case's name */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "solve/mps.h"
#include "test/economies.h"

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool use_clp, use_glpk, large, hints = true;
static int threads = 1;
static const char *only = "";

/* Runs a solver on the file and prints its time and the line with its objective. */
static void other(const char *name, const char *command, const char *pattern)
{
    char line[512];
    double from = now_s();
    FILE *p = popen(command, "r");
    if (p == NULL) {
        return;
    }
    char found[512] = "no objective";
    while (fgets(line, sizeof line, p) != NULL) {
        if (strstr(line, pattern) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(found, sizeof found, "%s", line);
        }
    }
    pclose(p);
    printf("    %-5s %8.3f s with reading    %s\n", name, now_s() - from, found);
}

static void others(const pl_simplex *s, const pl_lp *lp)
{
    const char *path = "build/bench.mps";
    pl_mps_options o = {0};
    pl_simplex_scaling(s, &o.row_scale, &o.column_scale);
    FILE *f = fopen(path, "w");
    if (f == NULL || pl_mps_write(f, lp, &o, NULL) != PL_OK) {
        printf("    cannot write %s\n", path);
        return;
    }
    fclose(f);
    if (use_clp) {
        other("clp", "timeout 600 clp build/bench.mps -dualsimplex 2>&1", "objective ");
        other("clp-p", "timeout 600 clp build/bench.mps -primalsimplex 2>&1", "objective ");
    }
    if (use_glpk) {
        other("glpk", "timeout 600 glpsol --freemps build/bench.mps -o build/bench.out >/dev/null;"
              " cat build/bench.out", "Objective:");
    }
}

static void report(const char *what, pl_simplex *s)
{
    pl_lp_outcome outcome;
    pl_error err = {0};
    clock_t from = clock();
    pl_status status = pl_simplex_solve(s, &outcome, &err);
    double cpu_s = (double)(clock() - from) / CLOCKS_PER_SEC;
    pl_simplex_stats st = pl_simplex_get_stats(s);
    if (status != PL_OK) {
        printf("  %-12s %s: %s\n", what, pl_status_id(status), err.message);
    } else {
        printf("  %-12s %8.3f s (CPU %.3f)  %s %.12g", what, st.seconds, cpu_s,
               outcome == PL_LP_OPTIMAL ? "optimal" : outcome == PL_LP_INFEASIBLE ? "infeasible" : "unbounded",
               pl_simplex_objective(s));
    }
    printf("  steps %lld (phase one %lld), factorisations %lld, off by %.0e / %.0e\n",
           (long long)st.iterations, (long long)st.phase1_iterations,
           (long long)st.refactorizations, st.primal_violation, st.dual_violation);
    fflush(stdout);
}

static void measure(const char *name, builder *b)
{
    pl_lp lp = builder_lp(b, hints);
    pl_lp_settings settings = {.threads = threads, .time_limit_s = 600};
    pl_simplex *s;
    printf("%s: %d rows, %d columns, %lld non-zeros\n", name, lp.m, lp.n, (long long)lp.start[lp.n]);
    double from = now_s();
    if (pl_simplex_new(&lp, &settings, &s, NULL) != PL_OK) {
        printf("  cannot be made\n");
        return;
    }
    printf("  %-12s %8.3f s\n", "set up", now_s() - from);
    report("cold", s);
    report("again", s);
    for (int32_t i = lp.m - 1; i >= 0; i--) { /* a limit is tightened by a tenth of a percent */
        if (lp.row_hi[i] > 0 && lp.row_hi[i] < INFINITY &&
            pl_simplex_set_row(s, i, lp.row_lo[i], lp.row_hi[i] * 0.999, NULL) == PL_OK) {
            report("one limit", s);
            break;
        }
    }
    others(s, &lp);
    pl_simplex_free(s);
    builder_free(b);
}

static bool wanted(const char *name)
{
    return strstr(name, only) != NULL;
}

static void measure_network(const char *name, network net)
{
    if (wanted(name)) {
        builder b;
        economy_network(&b, &net, 1);
        measure(name, &b);
    }
}

static void measure_table(const char *name, void (*make)(builder *))
{
    if (wanted(name)) {
        builder b;
        make(&b);
        measure(name, &b);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "clp") == 0) {
            use_clp = true;
        } else if (strcmp(argv[i], "glpk") == 0) {
            use_glpk = true;
        } else if (strcmp(argv[i], "large") == 0) {
            large = true;
        } else if (strcmp(argv[i], "nohints") == 0) {
            hints = false;
        } else if (strncmp(argv[i], "threads=", 8) == 0) {
            threads = (int)strtol(argv[i] + 8, NULL, 10);
        } else {
            only = argv[i];
        }
    }
    measure_table("us-2017", economy_us_2017);
    measure_table("world-2011", economy_world_2011);
    measure_table("life-cycle", economy_life_cycle);
    measure_table("food", economy_food);
    measure_network("network-1000-scale", (network){1000, 3, 15, 10, 0.2, true, 6});
    measure_network("network-1000-labour", (network){1000, 3, 15, 10, 0.2, false, 6});
    measure_network("network-3000-scale", (network){3000, 3, 15, 10, 0.2, true, 6});
    if (large) {
        measure_network("network-10000-scale", (network){10000, 3, 15, 10, 0.2, true, 6});
    }
    return 0;
}
