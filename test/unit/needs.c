/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Dates, pack sizes, receipts, one series at a time, empty shelves: cases small enough to work out by hand. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/needs.h>

#include "base/rng.h"
#include "io/rows.h"

TEST(days_and_periods)
{
    int32_t day;
    char text[PL_DATE_TEXT];
    CHECK(pl_day_parse("1970-01-01", 10, &day) && day == 0);
    CHECK(pl_day_parse("2016-02-29 10:00", 16, &day));
    CHECK_STR(pl_day_text(day, text), "2016-02-29");
    CHECK(!pl_day_parse("2015-02-29", 10, &day) && !pl_day_parse("2015-13-01", 10, &day) && !pl_day_parse("2015-1-01", 9, &day));
    CHECK(!pl_day_parse("2015-01-01x", 11, &day));
    CHECK(pl_day_parse("2017-01-01", 10, &day)); /* a Sunday */
    CHECK_STR(pl_day_text(pl_period_first_day(PL_PERIOD_WEEK, pl_period_of_day(PL_PERIOD_WEEK, day)), text), "2016-12-26");
    CHECK_STR(pl_day_text(pl_period_first_day(PL_PERIOD_MONTH, pl_period_of_day(PL_PERIOD_MONTH, day)), text), "2017-01-01");
    for (day = -800000; day < 800000; day += 13) { /* every period begins where the one before ends */
        for (int k = PL_PERIOD_DAY; k <= PL_PERIOD_MONTH; k++) {
            int32_t p = pl_period_of_day((pl_period_kind)k, day);
            CHECK(pl_period_first_day((pl_period_kind)k, p) <= day && pl_period_first_day((pl_period_kind)k, p + 1) > day);
        }
    }
}

TEST(pack_sizes)
{
    pl_pack_unit unit;
    int64_t x;
    CHECK(pl_pack_parse("16 OZ", 5, &unit, &x) && unit == PL_PACK_KG && x == 453592);
    CHECK(pl_pack_parse("1.5 L", 5, &unit, &x) && unit == PL_PACK_LITRE && x == 1500000);
    CHECK(pl_pack_parse("6/12 oz", 7, &unit, &x) && unit == PL_PACK_KG && x == 2041166);
    CHECK(pl_pack_parse("12 CT", 5, &unit, &x) && unit == PL_PACK_PIECE && x == 12000000);
    CHECK(!pl_pack_parse("", 0, &unit, &x) && !pl_pack_parse("OZ", 2, &unit, &x) && !pl_pack_parse("16 OZ BOX", 9, &unit, &x));
}

/* A block cut inside quotes, doubled quotes and CRLF: the rows are those of the whole file. */
TEST(rows_across_blocks)
{
    char path[4500];
    pl_error err = {0};
    pl_row_reader rows;
    bool more;
    snprintf(path, sizeof path, "%s/rows.csv", test_tmp());
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs("a,b\n", f);
    int n = 200000;
    for (int i = 0; i < n; i++) {
        fprintf(f, i % 3 == 0 ? "%d,\"two\nlines, \"\"%d\"\"\"\r\n" : "%d,5\" nail %d\n", i, i);
    }
    fclose(f);
    CHECK_INT(pl_row_reader_open(&rows, path, "rows.csv", &err), PL_OK);
    for (int i = 0; i < n; i++) {
        char want[80];
        CHECK_INT(pl_row_reader_next(&rows, &more, &err), PL_OK);
        snprintf(want, sizeof want, i % 3 == 0 ? "two\nlines, \"%d\"" : "5\" nail %d", i);
        CHECK(more && strtol(rows.csv.field[0].text, NULL, 10) == i);
        CHECK_STR(rows.csv.field[1].text, want);
    }
    CHECK(pl_row_reader_next(&rows, &more, &err) == PL_OK && !more);
    CHECK_INT(rows.csv.line, 1 + n + (n + 2) / 3 - (n % 3 == 1 ? 1 : 0));
    pl_row_reader_close(&rows);
}

/* A straight line, a constant, zeros, one value: nothing breaks, and the answer is the obvious one. */
TEST(simple_series)
{
    double y[30], out[4];
    pl_fit fit;
    for (int m = 0; m < PL_METHODS; m++) {
        for (int n = 1; n <= 30; n += 29) {
            for (int i = 0; i < n; i++) {
                y[i] = 7;
            }
            CHECK_INT(pl_fit_method((pl_method)m, y, n, 4, 4, NULL, &fit, out, NULL), PL_OK);
            for (int k = 0; fit.fits && k < 4; k++) {
                CHECK_NEAR(out[k], 7, 1e-9);
            }
            memset(y, 0, sizeof y);
            CHECK_INT(pl_fit_method((pl_method)m, y, n, 4, 4, NULL, &fit, out, NULL), PL_OK);
            for (int k = 0; fit.fits && k < 4; k++) {
                CHECK_NEAR(out[k], 0, 1e-12);
            }
        }
    }
    for (int i = 0; i < 30; i++) {
        y[i] = 10 + 2 * i;
    }
    CHECK_INT(pl_fit_method(PL_DAMPED, y, 30, 0, 1, NULL, &fit, out, NULL), PL_OK);
    CHECK_NEAR(out[0], 70, 0.01);
    for (int i = 0; i < 30; i++) {
        y[i] = 10 + 5 * (i % 4);
    }
    CHECK_INT(pl_fit_method(PL_HW_ADD, y, 30, 4, 4, NULL, &fit, out, NULL), PL_OK);
    CHECK_NEAR(out[0], 20, 1e-6);
    CHECK_NEAR(out[2], 10, 1e-6);
}

TEST(two_lists)
{
    pl_two_lists t = pl_capture_recapture(200, 150, 30); /* 201 x 151 / 31 - 1 */
    CHECK_NEAR(t.number, 201.0 * 151 / 31 - 1, 1e-12);
    CHECK_NEAR(t.variance, 201.0 * 151 * 170 * 120 / (31.0 * 31 * 32), 1e-12);
    CHECK(t.low > 320 && t.low < t.number && t.high > t.number);
    t = pl_capture_recapture(5, 5, 5);
    CHECK(t.number == 5 && t.low == 5 && t.high == 5);
}

/* A standard normal: twelve uniform numbers less six are near enough for the tests here. */
static double normal(pl_rng *rng)
{
    double sum = -6;
    for (int k = 0; k < 12; k++) {
        sum += pl_rng_unit(rng);
    }
    return sum;
}

#define WEEKS 4000
static double sold[WEEKS], expected[WEEKS], shelf[WEEKS], wanted[WEEKS];
static bool empty[WEEKS];

/* Shelves empty at random: sales divided by the time on the shelf are right, and the mechanism is told without it. */
TEST(empty_at_random)
{
    pl_rng rng;
    pl_unserved u;
    double truth = 0;
    pl_rng_seed(&rng, 1);
    for (int i = 0; i < WEEKS; i++) {
        expected[i] = exp(3 + 0.5 * normal(&rng));
        double demand = expected[i] * exp(0.2 * normal(&rng) - 0.02);
        empty[i] = pl_rng_unit(&rng) < 0.3;
        shelf[i] = empty[i] ? 0.4 + 0.55 * pl_rng_unit(&rng) : 1;
        sold[i] = demand * shelf[i];
        truth += demand;
    }
    CHECK_INT(pl_unserved_correct(WEEKS, sold, shelf, empty, expected, wanted, &u, NULL), PL_OK);
    CHECK_INT(u.mechanism, PL_SHELF_KNOWN);
    CHECK_NEAR(u.wanted / truth, 1, 0.01);
    CHECK_INT(pl_unserved_correct(WEEKS, sold, NULL, empty, expected, wanted, &u, NULL), PL_OK);
    CHECK_INT(u.mechanism, PL_AT_RANDOM);
    CHECK_NEAR(u.wanted / truth, 1, 0.07);
}

/* Shelves that empty when much is wanted: the test says so, and Tobit finds what was hidden. */
TEST(empty_by_demand)
{
    pl_rng rng;
    pl_unserved u;
    double truth = 0;
    pl_rng_seed(&rng, 2);
    for (int i = 0; i < WEEKS; i++) {
        expected[i] = exp(3 + 0.3 * normal(&rng));
        double demand = expected[i] * exp(0.4 * normal(&rng) - 0.08);
        empty[i] = demand > 30;
        sold[i] = empty[i] ? 30 : demand;
        truth += demand;
    }
    CHECK_INT(pl_unserved_correct(WEEKS, sold, NULL, empty, expected, wanted, &u, NULL), PL_OK);
    CHECK_INT(u.mechanism, PL_BY_DEMAND);
    CHECK(u.z > 5);
    CHECK_NEAR(u.sigma, 0.4, 0.03);
    CHECK_NEAR(u.wanted / truth, 1, 0.015);
}

TEST(tobit_with_known_coefficients)
{
    static double x[WEEKS * 2], y[WEEKS];
    double b[2], sigma;
    pl_rng rng;
    pl_rng_seed(&rng, 3);
    for (int i = 0; i < WEEKS; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = normal(&rng);
        y[i] = 2 - 1.5 * x[2 * i + 1] + 0.7 * normal(&rng);
        empty[i] = y[i] > 3;
        y[i] = empty[i] ? 3 : y[i];
    }
    CHECK_INT(pl_tobit(WEEKS, 2, x, y, empty, b, &sigma, NULL), PL_OK);
    CHECK_NEAR(b[0], 2, 0.03);
    CHECK_NEAR(b[1], -1.5, 0.03);
    CHECK_NEAR(sigma, 0.7, 0.03);
    memset(empty, 1, sizeof empty);
    CHECK_INT(pl_tobit(WEEKS, 2, x, y, empty, b, &sigma, NULL), PL_NUMERIC);
}

/* Price and promotion with known effects; a planner knows both beforehand. */
TEST(known_drivers)
{
    enum { N = 60, T = 80, H = 4, K = 2 };
    static double y[N * T], future[N * H], x[N * (T + H) * K], ahead[N * H], own[N * K];
    double effect[K], r2, error = 0, naive = 0;
    pl_rng rng;
    pl_rng_seed(&rng, 4);
    for (int i = 0; i < N; i++) {
        double level = 4 + normal(&rng), price_effect = -2 + 0.3 * normal(&rng);
        for (int t = 0; t < T + H; t++) {
            double *d = &x[(i * (T + H) + t) * K];
            d[0] = 0.3 * normal(&rng);
            d[1] = pl_rng_unit(&rng) < 0.2;
            double q = exp(level + price_effect * d[0] + 0.6 * d[1] + 0.15 * normal(&rng));
            *(t < T ? &y[i * T + t] : &future[i * H + t - T]) = q;
        }
    }
    CHECK_INT(pl_causal_fit(N, T, H, K, y, x, effect, own, ahead, &r2, NULL), PL_OK);
    CHECK_NEAR(effect[0], -2, 0.06);
    CHECK_NEAR(effect[1], 0.6, 0.05);
    CHECK(r2 > 0.9);
    for (int i = 0; i < N; i++) {
        for (int h = 0; h < H; h++) {
            error += fabs(log(ahead[i * H + h] / future[i * H + h]));
            naive += fabs(log(y[i * T + T - 1] / future[i * H + h]));
        }
    }
    CHECK(error < 0.35 * naive);
    for (int i = 0; i < N * (T + H); i++) {
        x[i * K] = 1;
    }
    pl_error err = {0};
    CHECK_INT(pl_causal_fit(N, T, H, K, y, x, effect, own, ahead, &r2, &err), PL_DATA);
    CHECK_STR(err.subject, "driver 1");
}
