/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Samples weighed to margins: by hand, with bounds, with what cannot be; replicates against formulas. */
#include "test/test.h"

#include <plenty/estimate.h>

#include "base/mem.h"
#include "base/rng.h"

static pl_error err;
static pl_calibrated report;

/* Six units: sex 0 0 0 1 1 1, age 0 1 1 0 0 1. */
static const int32_t SEX[] = {0, 0, 0, 1, 1, 1}, AGE[] = {0, 1, 1, 0, 0, 1};
static const double ONES[] = {1, 1, 1, 1, 1, 1};
static const double SEX_TOTAL[] = {40, 60}, AGE_TOTAL[] = {70, 30};
static const char *const SEX_NAME[] = {"woman", "man"}, *const AGE_NAME[] = {"young", "old"};
static pl_margin margin[] = {{"sex", SEX_NAME, 2, SEX_TOTAL, SEX, NULL}, {"age", AGE_NAME, 2, AGE_TOTAL, AGE, NULL}};

static double sum_where(const double *w, const int32_t *level, int32_t which)
{
    double sum = 0;
    for (int i = 0; i < 6; i++) {
        sum += level[i] == which ? w[i] : 0;
    }
    return sum;
}

static void check_margins(const double *w)
{
    for (int l = 0; l < 2; l++) {
        CHECK_NEAR(sum_where(w, SEX, l), SEX_TOTAL[l], 1e-9);
        CHECK_NEAR(sum_where(w, AGE, l), AGE_TOTAL[l], 1e-9);
    }
}

TEST(raking_keeps_margins_and_odds)
{
    double w[6];
    CHECK_INT(pl_calibrate(6, ONES, 2, margin, NULL, w, &report, &err), PL_OK);
    check_margins(w);
    /* What raking keeps: the odds ratio of the cells, 1 x 1 / (2 x 2) here. */
    CHECK_NEAR((w[0] * w[5]) / ((w[1] + w[2]) * (w[3] + w[4])), 0.25, 1e-9);
    CHECK_NEAR(w[1], w[2], 1e-12);
    CHECK_NEAR(report.design_effect, pl_design_effect(w, 6), 1e-12);
    double in_place[] = {1, 1, 1, 1, 1, 1};
    CHECK_INT(pl_calibrate(6, in_place, 2, margin, NULL, in_place, &report, &err), PL_OK);
    CHECK(memcmp(in_place, w, sizeof w) == 0);
}

TEST(bounds_are_kept)
{
    double w[6], plain[6];
    CHECK_INT(pl_calibrate(6, ONES, 2, margin, NULL, plain, &report, &err), PL_OK);
    double most = report.most, least = report.least, base[6];
    for (int i = 0; i < 6; i++) {
        base[i] = 100.0 / 6;
    }
    CHECK_INT(pl_calibrate(6, base, 2, margin, NULL, plain, &report, &err), PL_OK);
    most = report.most;
    least = report.least;
    if (!(least < 0.58 || most > 1.55)) { FAIL("%g %g", least, most); }
    const pl_calibration methods[] = {PL_LINEAR, PL_LOGIT_BOUNDS};
    for (int k = 0; k < 2; k++) {
        pl_calibrate_settings set = {.method = methods[k], .low = 0.58, .high = 1.55};
        CHECK_INT(pl_calibrate(6, base, 2, margin, &set, w, &report, &err), PL_OK);
        check_margins(w);
        CHECK(report.least >= 0.58 - 1e-12 && report.most <= 1.55 + 1e-12);
        set.low = 0.9;
        CHECK_INT(pl_calibrate(6, base, 2, margin, &set, w, &report, &err), PL_DATA);
        CHECK(strstr(err.message, "no weights keep these together") != NULL);
        set = (pl_calibrate_settings){.method = methods[k], .low = 1.1, .high = 1.5};
        CHECK_INT(pl_calibrate(6, base, 2, margin, &set, w, &report, &err), PL_DATA);
        CHECK_STR(err.subject, "bounds");
    }
}

/* Linear calibration to a total is the regression estimator: w = d (1 + x (X - sum d x) / sum d x^2). */
TEST(linear_calibration_is_the_regression_estimator)
{
    const double x[] = {3, 1, 4, 1, 5, 9}, d[] = {10, 20, 30, 10, 20, 30}, total[] = {700};
    const int32_t all[6] = {0};
    pl_margin spend = {"spending", NULL, 1, total, all, x};
    double w[6], dx = 0, dxx = 0;
    for (int i = 0; i < 6; i++) {
        dx += d[i] * x[i];
        dxx += d[i] * x[i] * x[i];
    }
    pl_calibrate_settings set = {.method = PL_LINEAR};
    CHECK_INT(pl_calibrate(6, d, 1, &spend, &set, w, &report, &err), PL_OK);
    for (int i = 0; i < 6; i++) {
        CHECK_NEAR(w[i], d[i] * (1 + x[i] * (total[0] - dx) / dxx), 1e-12);
    }
    /* Raking to spending and to heads at once. */
    pl_margin both[] = {spend, margin[0]};
    CHECK_INT(pl_calibrate(6, d, 2, both, NULL, w, &report, &err), PL_OK);
    double spent = 0;
    for (int i = 0; i < 6; i++) {
        spent += w[i] * x[i];
    }
    CHECK_NEAR(spent, 700, 1e-9);
    CHECK_NEAR(sum_where(w, SEX, 1), 60, 1e-9);
}

TEST(what_cannot_be_is_named)
{
    double w[6];
    const double none[] = {40, 60, 5}, gap[] = {40, 61}, negative[] = {-1, 101};
    pl_margin m[] = {margin[0], margin[1]};
    m[0].n_levels = 3;
    m[0].level_name = (const char *const[]){"woman", "man", "other"};
    m[0].total = none;
    CHECK_INT(pl_calibrate(6, ONES, 2, m, NULL, w, &report, &err), PL_DATA);
    CHECK_STR(err.subject, "sex=other");
    CHECK(report.margin == 0 && report.level == 2);
    m[0] = margin[0];
    m[0].total = gap;
    CHECK_INT(pl_calibrate(6, ONES, 2, m, NULL, w, &report, &err), PL_DATA);
    CHECK_STR(err.message, "its totals add up to 100, those of sex to 101");
    m[0].total = negative;
    CHECK_INT(pl_calibrate(6, ONES, 2, m, NULL, w, &report, &err), PL_DATA);
    CHECK_STR(err.subject, "sex=woman");
    double bad[] = {1, 1, 1, -1, 1, 1};
    CHECK_INT(pl_calibrate(6, bad, 2, margin, NULL, w, &report, &err), PL_DATA);
    CHECK_STR(err.subject, "unit 3");
    bad[3] = NAN;
    CHECK_INT(pl_calibrate(6, bad, 2, margin, NULL, w, &report, &err), PL_DATA);
    CHECK_STR(err.subject, "unit 3");
    const double zeros[6] = {0};
    CHECK_INT(pl_calibrate(6, zeros, 2, margin, NULL, w, &report, &err), PL_DATA);
    /* A combination without a unit that both margins need: all young are women here, 70 young but 40 women. */
    const int32_t sex[] = {0, 0, 0, 1, 1, 1}, age[] = {0, 0, 1, 1, 1, 1};
    m[0] = (pl_margin){"sex", SEX_NAME, 2, SEX_TOTAL, sex, NULL};
    m[1] = (pl_margin){"age", AGE_NAME, 2, AGE_TOTAL, age, NULL};
    CHECK_INT(pl_calibrate(6, ONES, 2, m, NULL, w, &report, &err), PL_DATA);
    CHECK(strstr(err.message, "no weights keep these together") != NULL && strstr(err.message, "age=young") != NULL);
}

/* 300 units in 30 clusters of 3 strata. */
enum { N = 300 };
static int32_t stratum[N], cluster[N];
static double y[N], d[N];

static void draw(uint64_t seed)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    for (int i = 0; i < N; i++) {
        stratum[i] = i / 100;
        cluster[i] = i / 10;
        d[i] = 1 + i / 100;
        y[i] = pl_rng_range(&rng, 0, 10) + i / 10 % 10;
    }
}

/* The error of a total of a stratified sample of clusters has a formula, and the jackknife gives it exactly. */
static double formula(void)
{
    double variance = 0;
    for (int h = 0; h < 3; h++) {
        double z[10] = {0}, mean = 0, square = 0;
        for (int i = 0; i < 100; i++) {
            z[i / 10] += d[100 * h + i] * y[100 * h + i];
        }
        for (int c = 0; c < 10; c++) {
            mean += z[c] / 10;
        }
        for (int c = 0; c < 10; c++) {
            square += (z[c] - mean) * (z[c] - mean);
        }
        variance += 10.0 / 9 * square;
    }
    return sqrt(variance);
}

TEST(the_jackknife_of_a_total_is_its_formula)
{
    pl_design design;
    pl_estimate e;
    draw(1);
    CHECK_INT(pl_design_new(N, stratum, cluster, PL_JACKKNIFE, 0, 0, &design, &err), PL_OK);
    CHECK_INT(design.n_replicates, 30);
    pl_estimand q = {y, NULL, true};
    CHECK_INT(pl_survey(N, d, 0, NULL, NULL, &design, 1, &q, &e, &report, &err), PL_OK);
    CHECK_NEAR(e.error, formula(), 1e-10);
    pl_design_clear(&design);
}

/* With two clusters a stratum, balanced half samples give the formula of a total exactly, with and without Fay's factor. */
TEST(balanced_half_samples_are_balanced)
{
    pl_design design;
    pl_estimate e;
    draw(2);
    for (int i = 0; i < N; i++) {
        stratum[i] = i / 20;
    }
    for (int fay = 0; fay < 2; fay++) {
        CHECK_INT(pl_design_new(N, stratum, cluster, PL_BRR, 0, fay * 0.3, &design, &err), PL_OK);
        CHECK_INT(design.n_replicates, 16);
        double variance = 0;
        for (int h = 0; h < 15; h++) {
            double z[2] = {0};
            for (int i = 0; i < 20; i++) {
                z[i / 10] += d[20 * h + i] * y[20 * h + i];
            }
            variance += (z[0] - z[1]) * (z[0] - z[1]);
        }
        pl_estimand q = {y, NULL, true};
        CHECK_INT(pl_survey(N, d, 0, NULL, NULL, &design, 1, &q, &e, &report, &err), PL_OK);
        CHECK_NEAR(e.error, sqrt(variance), 1e-10);
        pl_design_clear(&design);
    }
}

TEST(a_design_that_says_nothing_is_refused)
{
    pl_design design;
    const int32_t one[] = {0, 0, 1}, clusters[] = {0, 1, 2};
    CHECK_INT(pl_design_new(3, one, clusters, PL_JACKKNIFE, 0, 0, &design, &err), PL_DATA);
    CHECK_STR(err.subject, "stratum 1");
    CHECK_INT(pl_design_new(3, NULL, clusters, PL_JACKKNIFE, 0, 1, &design, &err), PL_DATA);
    CHECK_INT(pl_design_new(3, NULL, clusters, PL_JACKKNIFE, 2, 0, &design, &err), PL_OK);
    CHECK_INT(design.n_replicates, 2);
    pl_design_clear(&design);
}

TEST(missing_memory_is_told)
{
    double w[6];
    for (uint64_t k = 1;; k++) {
        pl_estimate e;
        pl_design design = {0};
        pl_estimand q = {y, NULL, false};
        pl_calibrate_settings set = {.method = PL_LINEAR};
        pl_mem_fail_from(k);
        pl_status status = pl_calibrate(6, ONES, 2, margin, &set, w, &report, &err);
        status = status == PL_OK ? pl_design_new(6, NULL, AGE, PL_JACKKNIFE, 0, 0, &design, &err) : status;
        status = status == PL_OK ? pl_survey(6, ONES, 1, margin, NULL, &design, 1, &q, &e, &report, &err) : status;
        pl_mem_fail_from(0);
        pl_design_clear(&design);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
        CHECK(k < 100);
    }
}
