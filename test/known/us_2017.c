/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The largest household scale of the United States in 2017, in raw millions of dollars: the
 * instance on which solvers with absolute tolerances report wrong optima. */
#include "test/test.h"

#include <stdlib.h>

#include "base/mem.h"
#include "solve/lp.h"

#define SECTORS 402
#define COLUMNS (2 * SECTORS + 1)
#define ROWS (SECTORS + 2)
#define OPTIMUM 1.0122697596

static char commodity[SECTORS][8], industry[SECTORS][8];
static double net[SECTORS][SECTORS]; /* commodity, industry: make minus use */
static double output[SECTORS], fixed[SECTORS], household[SECTORS], imports[SECTORS];
static double compensation[SECTORS];

static FILE *open_table(const char *name)
{
    char relative[128], header[512];
    snprintf(relative, sizeof relative, "us-io-detail-2017/%s", name);
    FILE *f = fopen(test_data(relative), "r");
    CHECK(f != NULL && fgets(header, sizeof header, f) != NULL);
    return f;
}

static int code_of(char codes[SECTORS][8], const char *code)
{
    for (int i = 0; i < SECTORS; i++) {
        if (strcmp(codes[i], code) == 0) {
            return i;
        }
    }
    FAIL("unknown code %s", code);
}

/* The codes of a list and, from its last field, gross output. */
static void read_codes(const char *name, char codes[SECTORS][8], double *gross)
{
    char line[512];
    FILE *f = open_table(name);
    for (int i = 0; i < SECTORS; i++) {
        CHECK(fgets(line, sizeof line, f) != NULL);
        CHECK(sscanf(line, "%7[^,]", codes[i]) == 1);
        if (gross != NULL) {
            gross[i] = strtod(strrchr(line, ',') + 1, NULL);
        }
    }
    fclose(f);
}

static void read_tables(void)
{
    char a[8], b[8];
    double value;
    read_codes("commodities.csv", commodity, NULL);
    read_codes("industries.csv", industry, output);
    FILE *f = open_table("make_2017.csv");
    while (fscanf(f, "%7[^,],%7[^,],%lf ", a, b, &value) == 3) {
        net[code_of(commodity, b)][code_of(industry, a)] += value;
    }
    fclose(f);
    f = open_table("use_2017.csv");
    while (fscanf(f, "%7[^,],%7[^,],%lf ", a, b, &value) == 3) {
        net[code_of(commodity, a)][code_of(industry, b)] -= value;
    }
    fclose(f);
    f = open_table("final_2017.csv");
    while (fscanf(f, "%7[^,],%7[^,],%lf ", a, b, &value) == 3) {
        double *to = strcmp(b, "F01000") == 0   ? household
                     : strcmp(b, "F05000") == 0 ? imports
                                                : fixed;
        to[code_of(commodity, a)] += to == imports ? -value : value;
    }
    fclose(f);
    f = open_table("primary_2017.csv");
    while (fscanf(f, "%7[^,],%7[^,],%lf ", a, b, &value) == 3) {
        if (strcmp(a, "V00100") == 0) {
            compensation[code_of(industry, b)] += value;
        }
    }
    fclose(f);
}

/* The LP; arrays are static. */
static pl_lp build(void)
{
    static int64_t start[COLUMNS + 1];
    static int32_t row[SECTORS * (SECTORS + 8)];
    static double val[SECTORS * (SECTORS + 8)], cost[COLUMNS], lo[COLUMNS], hi[COLUMNS];
    static double row_lo[ROWS], row_hi[ROWS];
    int64_t nnz = 0;
    double imported = 0, paid = 0;
    int n = 0;
    for (int j = 0; j < SECTORS; j++, n++) {
        start[n] = nnz;
        for (int i = 0; i < SECTORS; i++) {
            if (net[i][j] != 0) {
                row[nnz] = i;
                val[nnz++] = net[i][j] / output[j];
            }
        }
        row[nnz] = SECTORS;
        val[nnz++] = compensation[j] / output[j];
        paid += compensation[j];
        hi[n] = 1.1 * output[j];
    }
    for (int i = 0; i < SECTORS; i++) {
        if (imports[i] > 0) {
            start[n] = nnz;
            row[nnz] = i;
            val[nnz++] = 1;
            row[nnz] = SECTORS + 1;
            val[nnz++] = 1;
            imported += imports[i];
            hi[n++] = 1.2 * imports[i];
        }
    }
    start[n] = nnz;
    cost[n] = -1;
    hi[n] = INFINITY;
    for (int i = 0; i < SECTORS; i++) {
        if (household[i] != 0) {
            row[nnz] = i;
            val[nnz++] = -household[i];
        }
        row_lo[i] = fixed[i];
        row_hi[i] = INFINITY;
    }
    start[++n] = nnz;
    row_lo[SECTORS] = row_lo[SECTORS + 1] = -INFINITY;
    row_hi[SECTORS] = paid;
    row_hi[SECTORS + 1] = imported;
    return (pl_lp){.m = ROWS, .n = n, .start = start, .row = row, .val = val, .cost = cost,
                   .lo = lo, .hi = hi, .row_lo = row_lo, .row_hi = row_hi};
}

static double largest_scale(const pl_lp *lp, pl_simplex_stats *stats)
{
    pl_simplex *s = NULL;
    pl_error err = {0};
    pl_lp_outcome outcome;
    if (pl_simplex_new(lp, NULL, &s, &err) != PL_OK || pl_simplex_solve(s, &outcome, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    CHECK_INT(outcome, PL_LP_OPTIMAL);
    double scale = -pl_simplex_objective(s);
    *stats = pl_simplex_get_stats(s);
    pl_simplex_free(s);
    return scale;
}

TEST(from_nothing)
{
    read_tables();
    pl_lp lp = build();
    pl_simplex_stats stats;
    double scale = largest_scale(&lp, &stats);
    printf("# %.12f after %lld steps (%lld in phase one), %.3f s, rows %.1e columns %.1e, %lld factorisations\n", scale,
           (long long)stats.iterations, (long long)stats.phase1_iterations, stats.seconds,
           stats.primal_violation, stats.dual_violation, (long long)stats.refactorizations);
    CHECK_NEAR(scale, OPTIMUM, 1e-10);
    CHECK(stats.primal_violation <= 1e-11 && stats.dual_violation <= 1e-11);
}

TEST(with_hints)
{
    read_tables();
    pl_lp lp = build();
    static int32_t crash[ROWS];
    static double expected[COLUMNS];
    for (int i = 0; i < ROWS; i++) {
        crash[i] = i < SECTORS && net[i][i] > 0 ? i : -1;
    }
    for (int j = 0; j < lp.n; j++) {
        expected[j] = j < SECTORS ? output[j] : isfinite(lp.hi[j]) ? lp.hi[j] / 1.2 : 1;
    }
    lp.crash_column = crash;
    lp.expected = expected;
    pl_simplex_stats stats;
    double scale = largest_scale(&lp, &stats);
    printf("# %.12f after %lld steps (%lld in phase one), %.3f s, rows %.1e columns %.1e, %lld factorisations\n", scale,
           (long long)stats.iterations, (long long)stats.phase1_iterations, stats.seconds,
           stats.primal_violation, stats.dual_violation, (long long)stats.refactorizations);
    CHECK_NEAR(scale, OPTIMUM, 1e-10);
}
