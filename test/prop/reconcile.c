/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The reconciliation kernel on random systems: the point keeps the constraints, and the prices prove that none is nearer;
 * systems made impossible are recognised, and the rows named are among those that clash. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "base/rng.h"

#define ROUNDS 300
#define MAX_N 400
#define MAX_M 60
#define PER 5

static pl_rng rng;
static struct {
    pl_constraints c;
    int64_t start[MAX_N + 1];
    int32_t row[MAX_N * PER];
    double factor[MAX_N * PER], target[MAX_M];
    double z[MAX_N], free[MAX_N], low[MAX_N], high[MAX_N], x[MAX_N], price[MAX_M];
} s;

static int32_t below(int32_t n)
{
    return (int32_t)pl_rng_below(&rng, (uint64_t)n);
}

/* A system over n unknowns and m rows with up to PER entries each; all targets are those of a point y > 0 (or of both signs). */
static void draw(bool ones, bool negative)
{
    int32_t n = 20 + below(MAX_N - 20), m = 1 + below(n / 4 < MAX_M ? n / 4 : MAX_M);
    double decades = pl_rng_range(&rng, 0, 3);
    s.c = (pl_constraints){n, m, s.start, s.row, ones ? NULL : s.factor, s.target};
    memset(s.target, 0, sizeof s.target);
    s.start[0] = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t count = below(PER + 1), at = (int32_t)s.start[i];
        s.z[i] = pow(10, pl_rng_range(&rng, -decades, decades)) * (negative && below(4) == 0 ? -1 : 1);
        s.free[i] = pow(10, pl_rng_range(&rng, -decades, decades) / 4);
        double y = s.z[i] * pl_rng_range(&rng, 0.4, 2.5);
        s.low[i] = fabs(s.z[i]) * 0.3;
        s.high[i] = fabs(s.z[i]) * 3;
        for (int32_t e = 0; e < count; e++) {
            int32_t j = below(m);
            bool there = false;
            for (int32_t d = (int32_t)s.start[i]; d < at; d++) {
                there = there || s.row[d] == j;
            }
            if (there) {
                continue;
            }
            s.row[at] = j;
            s.factor[at] = ones ? 1 : pl_rng_range(&rng, 0.2, 3) * (below(6) == 0 ? -1 : 1);
            s.target[j] += s.factor[at] * y;
            at++;
        }
        s.start[i + 1] = at;
    }
}

static pl_reconciled solve(pl_distance distance, bool bounds)
{
    pl_reconciled r;
    pl_error err = {0};
    pl_reconcile_settings set = {.distance = distance, .freedom = s.free, .low = bounds ? s.low : NULL, .high = bounds ? s.high : NULL};
    if (pl_reconcile(&s.c, s.z, &set, s.x, s.price, &r, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return r;
}

/* Sum of factor times price over the rows of unknown i. */
static double sum_of_prices(int32_t i)
{
    double u = 0;
    for (int64_t e = s.start[i]; e < s.start[i + 1]; e++) {
        u += (s.c.factor != NULL ? s.factor[e] : 1) * s.price[s.row[e]];
    }
    return u;
}

static void check_kept(int round)
{
    static double sum[MAX_M], size[MAX_M];
    for (int32_t j = 0; j < s.c.m; j++) {
        sum[j] = -s.target[j];
        size[j] = fabs(s.target[j]);
    }
    for (int32_t i = 0; i < s.c.n; i++) {
        for (int64_t e = s.start[i]; e < s.start[i + 1]; e++) {
            double part = (s.c.factor != NULL ? s.factor[e] : 1) * s.x[i];
            sum[s.row[e]] += part;
            size[s.row[e]] += fabs(part);
        }
    }
    for (int32_t j = 0; j < s.c.m; j++) {
        if (!(fabs(sum[j]) <= 1e-9 * size[j])) {
            FAIL("round %d: row %d misses by %g of %g", round, j, sum[j], size[j]);
        }
    }
}

TEST(the_nearest_point_is_proved_by_its_prices)
{
    for (int round = 0; round < ROUNDS; round++) {
        pl_rng_seed(&rng, (uint64_t)round + 1);
        pl_distance distance = (pl_distance)(round % 3);
        draw(round % 4 < 2, distance != PL_LOGIT && round % 7 == 0);
        bool bounds = distance == PL_LOGIT || (distance == PL_QUADRATIC && round % 2 == 0);
        if (distance == PL_QUADRATIC && bounds) {
            for (int32_t i = 0; i < s.c.n; i++) { /* not negative, where the estimate is */
                s.low[i] = s.z[i] > 0 ? 0 : -INFINITY;
                s.high[i] = INFINITY;
            }
        }
        pl_reconciled r = solve(distance, bounds);
        if (r.outcome != PL_RECONCILED) {
            FAIL("round %d: outcome %d, residual %g after %d steps, %d unknowns, %d rows", round, r.outcome, r.residual, r.steps, s.c.n, s.c.m);
        }
        check_kept(round);
        for (int32_t i = 0; i < s.c.n; i++) {
            double u = sum_of_prices(i), z = s.z[i], f = s.free[i], x;
            if (distance == PL_QUADRATIC) {
                x = z + f * u;
                x = bounds ? fmin(fmax(x, s.low[i]), s.high[i]) : x;
            } else if (distance == PL_ENTROPY) {
                x = z * exp(z > 0 ? f * u : -f * u);
            } else {
                double l = s.low[i] / z, h = s.high[i] / z, w = exp(f * u * (h - l) / ((1 - l) * (h - 1)));
                x = z * (l * (h - 1) + h * (1 - l) * w) / ((h - 1) + (1 - l) * w);
            }
            CHECK_NEAR(s.x[i] / z, x / z, 1e-10);
        }
    }
}

TEST(contradictions_are_named)
{
    for (int round = 0; round < ROUNDS; round++) {
        pl_rng_seed(&rng, (uint64_t)round + 1000);
        draw(round % 2 == 0, false);
        /* One more row, the sum of two others, that asks for another total. */
        int32_t m = s.c.m;
        if (m < 2 || m == MAX_M) {
            continue;
        }
        int32_t a = below(m), b = (a + 1 + below(m - 1)) % m;
        static int64_t start[MAX_N + 1];
        static int32_t row[MAX_N * (PER + 1)];
        static double factor[MAX_N * (PER + 1)];
        int64_t at = 0;
        for (int32_t i = 0; i < s.c.n; i++) {
            double f = 0;
            start[i] = at;
            for (int64_t e = s.start[i]; e < s.start[i + 1]; e++) {
                row[at] = s.row[e];
                factor[at] = s.c.factor != NULL ? s.factor[e] : 1;
                f += s.row[e] == a || s.row[e] == b ? factor[at] : 0;
                at++;
            }
            if (f != 0) {
                row[at] = m;
                factor[at++] = f;
            }
        }
        start[s.c.n] = at;
        double right = s.target[a] + s.target[b], wrong = right + (fabs(s.target[a]) + fabs(s.target[b])) * pl_rng_range(&rng, 0.01, 1);
        if (start[s.c.n] == s.start[s.c.n]) {
            continue; /* nothing stands in those two rows */
        }
        pl_reconciled r;
        pl_constraints c = {s.c.n, m + 1, start, row, factor, s.target};
        pl_reconcile_settings set = {.distance = round % 3 == 0 ? PL_QUADRATIC : PL_ENTROPY};
        s.target[m] = right;
        CHECK_INT(pl_reconcile(&c, s.z, &set, s.x, NULL, &r, NULL), PL_OK);
        if (r.outcome != PL_RECONCILED) {
            FAIL("round %d: outcome %d without contradiction, residual %g", round, r.outcome, r.residual);
        }
        s.target[m] = wrong;
        CHECK_INT(pl_reconcile(&c, s.z, &set, s.x, NULL, &r, NULL), PL_OK);
        if (r.outcome == PL_RECONCILED || r.n_clash == 0 || r.outcome == PL_UNFINISHED) {
            FAIL("round %d: outcome %d with a contradiction, residual %g, steps %d", round, r.outcome, r.residual, r.steps);
        }
    }
}

/* Margins that add up, but for a table in which zeros leave no way: the corner cells must carry more than their column has. */
TEST(zeros_that_leave_no_way_are_recognised)
{
    for (int round = 0; round < 60; round++) {
        pl_rng_seed(&rng, (uint64_t)round + 5000);
        int32_t side = 3 + below(12), half = 1 + below(side - 1), n = 0;
        for (int32_t r = 0; r < side; r++) {
            for (int32_t c = 0; c < side; c++) {
                bool corner = r < half && c >= half;
                if (corner || n + 1 >= MAX_N) {
                    continue;
                }
                s.z[n] = pl_rng_range(&rng, 0.1, 10);
                s.start[n] = 2 * n;
                s.row[2 * n] = r;
                s.row[2 * n + 1] = side + c;
                n++;
            }
        }
        s.start[n] = 2 * n;
        /* Rows below `half` live in the first `half` columns alone; give these columns less than those rows need. */
        double gap = round % 2 == 0 ? -0.2 : 0.2;
        for (int32_t k = 0; k < side; k++) {
            s.target[k] = k < half ? 1 : (double)half / (side - half);
            s.target[side + k] = k < half ? 1 + gap : (double)half / (side - half) - gap * half / (side - half);
        }
        if (half * 2 < side && s.target[side + side - 1] <= 0) {
            continue;
        }
        s.c = (pl_constraints){n, 2 * side, s.start, s.row, NULL, s.target};
        pl_reconciled r;
        pl_reconcile_settings set = {.distance = PL_ENTROPY};
        CHECK_INT(pl_reconcile(&s.c, s.z, &set, s.x, NULL, &r, NULL), PL_OK);
        if (r.outcome != (gap < 0 ? PL_IMPOSSIBLE : PL_RECONCILED)) {
            FAIL("round %d: %d x %d, %d, gap %g: outcome %d, residual %g, steps %d", round, side, side, half, gap, r.outcome, r.residual, r.steps);
        }
    }
}

/* Leaves and sums of a random hierarchy: coherent afterwards, the same bits twice, and the least-squares solution of a small one. */
TEST(sums_add_up)
{
    enum { LEAVES = 300, SUMS = 40 };
    static int64_t start[LEAVES + 1];
    static int32_t sums[LEAVES * 3];
    static double z[LEAVES + SUMS], f[LEAVES + SUMS], x[LEAVES + SUMS], again[LEAVES + SUMS], low[LEAVES + SUMS];
    for (int round = 0; round < 20; round++) {
        pl_rng_seed(&rng, (uint64_t)round + 77);
        double sum[SUMS] = {0};
        for (int32_t i = 0; i < LEAVES; i++) {
            z[i] = pl_rng_range(&rng, -1, 5); /* forecasts may be below zero; what is sold may not */
            start[i + 1] = start[i] + 3;
            sums[3 * i] = 0;
            sums[3 * i + 1] = 1 + i % 9;
            sums[3 * i + 2] = 10 + (i / 9) % 30;
            for (int32_t e = 3 * i; e < 3 * i + 3; e++) {
                sum[sums[e]] += fmax(z[i], 0);
            }
        }
        for (int32_t i = 0; i < LEAVES + SUMS; i++) {
            z[i] = i < LEAVES ? z[i] : sum[i - LEAVES] * pl_rng_range(&rng, 0.8, 1.2);
            f[i] = pl_rng_range(&rng, 0.1, 10);
            low[i] = 0;
        }
        pl_constraints c;
        pl_reconciled r;
        pl_reconcile_settings set = {.freedom = f, .low = low};
        CHECK_INT(pl_constraints_sums(LEAVES, SUMS, start, sums, &c, NULL), PL_OK);
        CHECK_INT(pl_reconcile(&c, z, &set, x, NULL, &r, NULL), PL_OK);
        CHECK_INT(r.outcome, PL_RECONCILED);
        CHECK_INT(pl_reconcile(&c, z, &set, again, NULL, &r, NULL), PL_OK);
        CHECK(memcmp(x, again, sizeof x) == 0);
        memset(sum, 0, sizeof sum);
        for (int32_t i = 0; i < LEAVES; i++) {
            CHECK(x[i] >= 0);
            for (int32_t e = 3 * i; e < 3 * i + 3; e++) {
                sum[sums[e]] += x[i];
            }
        }
        for (int32_t k = 0; k < SUMS; k++) {
            CHECK_NEAR(x[LEAVES + k], sum[k], 1e-9);
        }
        pl_constraints_free(&c);
    }
}

TEST(missing_memory_and_wrong_numbers_are_told)
{
    pl_reconciled r;
    pl_error err = {0};
    pl_rng_seed(&rng, 4);
    draw(false, false);
    for (uint64_t k = 1;; k++) {
        pl_constraints c = {0};
        const int64_t start[] = {0, 1, 2};
        const int32_t sums[] = {0, 0};
        double z[] = {1, 2, 4};
        pl_mem_fail_from(k);
        pl_status status = pl_reconcile(&s.c, s.z, &(pl_reconcile_settings){.distance = PL_ENTROPY}, s.x, s.price, &r, &err);
        status = status == PL_OK ? pl_constraints_sums(2, 1, start, sums, &c, &err) : status;
        status = status == PL_OK ? pl_reconcile(&c, z, NULL, z, NULL, &r, &err) : status; /* in place */
        pl_mem_fail_from(0);
        pl_constraints_free(&c);
        if (status == PL_OK) {
            CHECK_NEAR(z[0] + z[1], z[2], 1e-12);
            CHECK_NEAR(z[2], 4 - 1.0 / 3, 1e-12); /* by hand: each of the three moves by a third of the gap */
            break;
        }
        CHECK(status == PL_NOMEM && k < 100);
    }
    double old = s.z[3];
    s.z[3] = NAN;
    CHECK_INT(pl_reconcile(&s.c, s.z, NULL, s.x, NULL, &r, &err), PL_DATA);
    CHECK_STR(err.subject, "unknown 3");
    s.z[3] = old;
    s.target[0] = INFINITY;
    CHECK_INT(pl_reconcile(&s.c, s.z, NULL, s.x, NULL, &r, &err), PL_DATA);
    CHECK_STR(err.subject, "constraint 0");
    s.target[0] = 1;
    s.free[2] = -1;
    CHECK_INT(pl_reconcile(&s.c, s.z, &(pl_reconcile_settings){.freedom = s.free}, s.x, NULL, &r, &err), PL_DATA);
    CHECK_STR(err.subject, "unknown 2");
    s.row[0] = 9999;
    CHECK_INT(pl_reconcile(&s.c, s.z, NULL, s.x, NULL, &r, &err), PL_DATA);
}

static bool stop(void *user, const char *what, double fraction)
{
    (void)user;
    (void)what;
    (void)fraction;
    return false;
}

TEST(work_stops_on_request)
{
    pl_reconciled r;
    pl_error err = {0};
    pl_progress progress = {stop, NULL};
    pl_rng_seed(&rng, 5);
    draw(true, false);
    CHECK_INT(pl_reconcile(&s.c, s.z, &(pl_reconcile_settings){.distance = PL_ENTROPY, .progress = &progress}, s.x, NULL, &r, &err), PL_STOPPED);
}

/* Tables with more rows than are factored: conjugate gradients. */
TEST(large_tables_are_balanced_or_refused)
{
    enum { SIDE = 230, CELLS = SIDE * SIDE };
    static int64_t start[CELLS + 1];
    static int32_t row[2 * CELLS];
    static double z[CELLS], x[CELLS], target[2 * SIDE], price[2 * SIDE];
    for (int round = 0; round < 8; round++) {
        pl_rng_seed(&rng, (uint64_t)round + 900);
        bool impossible = round % 4 == 3, apart = round % 4 == 1;
        int32_t n = 0, half = 100;
        memset(target, 0, sizeof target);
        for (int32_t i = 0; i < SIDE; i++) {
            for (int32_t j = 0; j < SIDE; j++) {
                bool corner = impossible && i < half && j >= half; /* rows below `half` live in the columns below it alone */
                if (corner || (i != j && pl_rng_below(&rng, 6) != 0)) {
                    continue;
                }
                z[n] = pow(10, pl_rng_range(&rng, -2, 3)) * (!impossible && pl_rng_below(&rng, 20) == 0 ? -1 : 1);
                start[n] = 2 * n;
                row[2 * n] = i;
                row[2 * n + 1] = SIDE + j;
                double truth = z[n] * pl_rng_range(&rng, 0.5, 2);
                target[i] += truth;
                target[SIDE + j] += truth;
                n++;
            }
        }
        start[n] = 2 * n;
        target[0] += apart ? 0.05 * fabs(target[0]) + 1 : 0; /* rows and columns of another sum */
        if (impossible) { /* the columns below `half` get less than these rows must have, others as much more */
            double need = 0, have = 0;
            for (int32_t k = 0; k < half; k++) {
                need += target[k];
            }
            for (int32_t k = 0; k < half; k++) {
                have += target[SIDE + k];
            }
            double left = 0.9 * need / have;
            for (int32_t k = 0; k < half; k++) {
                double gone = target[SIDE + k] * (1 - left);
                target[SIDE + k] -= gone;
                target[SIDE + half] += gone;
            }
        }
        pl_reconciled r;
        pl_constraints c = {n, 2 * SIDE, start, row, NULL, target};
        CHECK_INT(pl_reconcile(&c, z, &(pl_reconcile_settings){.distance = PL_ENTROPY}, x, price, &r, NULL), PL_OK);
        if ((r.outcome == PL_RECONCILED) != (!impossible && !apart) || r.outcome == PL_UNFINISHED) {
            FAIL("round %d: outcome %d, residual %g after %d steps", round, r.outcome, r.residual, r.steps);
        }
        for (int32_t i = 0; i < n && r.outcome == PL_RECONCILED; i++) {
            double u = price[row[2 * i]] + price[row[2 * i + 1]];
            CHECK_NEAR(x[i] / z[i], exp(z[i] > 0 ? u : -u), 1e-9);
        }
    }
}
