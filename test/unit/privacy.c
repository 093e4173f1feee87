/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Clipping, noise, thresholds and the ledger. */
#include "test/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "test/noise_help.h"

static pl_error err;
static pl_private_report report;
static pl_rng rng;

#define MILLION 1000000
static const pl_private_settings PLAIN = {.epsilon = MILLION, .clip = 10};

TEST(noise_follows_the_discrete_laplace_distribution)
{
    static const int64_t scale[][2] = {{1, 1}, {1, 10}, {1, 3}, {3, 2}, {MILLION, 5 * MILLION}, {100000, 10 * (int64_t)MILLION}};
    for (size_t k = 0; k < sizeof scale / sizeof scale[0]; k++) {
        pl_randomness r = noise_seeded(&rng, 1234 + k);
        double p = noise_chi_square(&r, scale[k][0], scale[k][1], 200000);
        if (!(p > 0.01)) {
            FAIL("exp(-|x| %lld/%lld): p = %g", (long long)scale[k][0], (long long)scale[k][1], p);
        }
    }
}

/* The test itself must be able to fail: a slightly other distribution is noticed. */
TEST(the_chi_square_test_notices)
{
    pl_randomness r = noise_seeded(&rng, 7);
    double q = exp(-0.5), chi = 0;
    int64_t count[21] = {0}, draws = 200000;
    for (int64_t i = 0; i < draws; i++) {
        int64_t x = pl_discrete_laplace(&r, 52, 100); /* 0.52 instead of 0.5 */
        count[x < -10 ? 0 : x > 10 ? 20 : x + 10]++;
    }
    for (int k = -9; k <= 9; k++) {
        double want = (double)draws * (1 - q) / (1 + q) * pow(q, abs(k));
        double d = (double)count[k + 10] - want;
        chi += d * d / want;
    }
    CHECK(chi > 60);
}

TEST(unpredictable_noise_differs)
{
    pl_randomness a, b;
    CHECK(pl_randomness_secure(&a, &err) == PL_OK && pl_randomness_secure(&b, &err) == PL_OK);
    int same = 0;
    for (int i = 0; i < 100; i++) {
        same += pl_discrete_laplace(&a, 1, 1000) == pl_discrete_laplace(&b, 1, 1000);
    }
    CHECK(same < 10);
}

TEST(households_are_clipped)
{
    const pl_contribution c[] = {{0, 0, 4}, {1, 0, 30}, {0, 1, 5}, {1, 1, 10}, {2, 1, -3}, {1, 0, 10}, {0, 0, 1}};
    int64_t sum[3];
    CHECK_INT(pl_private_clip(7, c, 3, 3, &PLAIN, sum, &report, &err), PL_OK);
    /* household 0: 5 and 5; household 1: 40 of 50 and 10 of 50 become 8 and 2; household 2: -3. */
    CHECK(sum[0] == 5 + 8 && sum[1] == 5 + 2 - 3 && sum[2] == 0);
    CHECK(report.households == 3 && report.clipped == 1 && report.total == 63 && report.kept == 23);
    pl_private_settings cell = PLAIN;
    cell.clip_cell = 4;
    CHECK_INT(pl_private_clip(7, c, 3, 3, &cell, sum, &report, &err), PL_OK);
    CHECK(sum[0] == 4 + 4 && sum[1] == 4 + 4 - 3 && report.clipped == 2);
}

TEST(sums_of_parts_merge_exactly)
{
    enum { N = 2000, HOUSEHOLDS = 150, CELLS = 12 };
    static pl_contribution c[N], part[N];
    int64_t whole[CELLS], merged[CELLS] = {0}, one[CELLS];
    pl_rng_seed(&rng, 3);
    for (int i = 0; i < N; i++) {
        c[i] = (pl_contribution){(int32_t)pl_rng_below(&rng, HOUSEHOLDS), (int32_t)pl_rng_below(&rng, CELLS), (int64_t)pl_rng_below(&rng, 9) - 2};
    }
    CHECK_INT(pl_private_clip(N, c, HOUSEHOLDS, CELLS, &PLAIN, whole, &report, &err), PL_OK);
    int64_t kept = report.kept;
    for (int shop = 0; shop < 4; shop++) { /* a household buys in one of four shops, told in reverse order */
        int n = 0;
        for (int i = N; i-- > 0;) {
            if (c[i].household % 4 == shop) {
                part[n++] = c[i];
            }
        }
        CHECK_INT(pl_private_clip(n, part, HOUSEHOLDS, CELLS, &PLAIN, one, &report, &err), PL_OK);
        kept -= report.kept;
        for (int k = 0; k < CELLS; k++) {
            merged[k] += one[k];
        }
    }
    CHECK(memcmp(whole, merged, sizeof whole) == 0 && kept == 0);
}

/* Whatever one household does, no sum of absolute changes exceeds the clip: what the noise is measured for. */
TEST(one_household_changes_sums_by_at_most_the_clip)
{
    enum { N = 300, CELLS = 6 };
    static pl_contribution c[N];
    int64_t with[CELLS], without[CELLS];
    for (int round = 0; round < 200; round++) {
        pl_rng_seed(&rng, (uint64_t)round);
        int n = 0;
        for (int i = 0; i < N; i++) {
            c[i] = (pl_contribution){(int32_t)pl_rng_below(&rng, 20), (int32_t)pl_rng_below(&rng, CELLS), (int64_t)pl_rng_below(&rng, 40) - 10};
        }
        CHECK_INT(pl_private_clip(N, c, 20, CELLS, &PLAIN, with, &report, &err), PL_OK);
        for (int i = 0; i < N; i++) {
            if (c[i].household != 7) {
                c[n++] = c[i];
            }
        }
        CHECK_INT(pl_private_clip(n, c, 20, CELLS, &PLAIN, without, &report, &err), PL_OK);
        int64_t change = 0;
        for (int k = 0; k < CELLS; k++) {
            change += llabs(with[k] - without[k]);
        }
        CHECK(change <= PLAIN.clip);
    }
}

TEST(rare_cells_are_withheld)
{
    enum { CELLS = 2000 };
    static int64_t sum[CELLS];
    static bool released[CELLS];
    pl_randomness r = noise_seeded(&rng, 99);
    pl_private_settings s = PLAIN;
    s.delta = 10000000; /* 1e-5 */
    int64_t lone = 0;
    for (int round = 0; round < 50; round++) { /* 100,000 cells in which a single household has all it may: seen once, if ever */
        for (int k = 0; k < CELLS; k++) {
            sum[k] = 10;
        }
        CHECK_INT(pl_private_noise(CELLS, &s, &r, sum, released, &report, &err), PL_OK);
        lone += report.released;
        for (int k = 0; k < CELLS; k++) {
            CHECK(released[k] ? sum[k] >= report.threshold : sum[k] == 0);
        }
    }
    CHECK(lone <= 6 && report.threshold > 100);
    s = PLAIN;
    s.least = 20;
    sum[0] = 200000;
    CHECK_INT(pl_private_noise(1, &s, &r, sum, released, &report, &err), PL_OK);
    CHECK(report.threshold == 200 && released[0]);
}

TEST(wrong_settings_are_refused)
{
    int64_t sum[1] = {0};
    bool released[1];
    pl_randomness r = noise_seeded(&rng, 1);
    const pl_private_settings bad[] = {{.epsilon = 0, .clip = 1}, {.epsilon = -1, .clip = 1}, {.epsilon = 1, .clip = 0},
                                       {.epsilon = 1, .clip = 1, .delta = -1}, {.epsilon = 1, .clip = 1, .delta = PL_DELTA_UNIT},
                                       {.epsilon = 1, .clip = 1, .least = -1}, {.epsilon = 1, .clip = INT64_MAX}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        CHECK_INT(pl_private_noise(1, &bad[k], &r, sum, released, &report, &err), PL_DATA);
        CHECK_INT(pl_private_clip(0, NULL, 1, 1, &bad[k], sum, &report, &err), PL_DATA);
    }
    const pl_contribution who = {5, 0, 1}, what = {0, 1, 1}, much = {0, 0, INT64_MAX};
    CHECK_INT(pl_private_clip(1, &who, 5, 1, &PLAIN, sum, &report, &err), PL_DATA);
    CHECK_INT(pl_private_clip(1, &what, 5, 1, &PLAIN, sum, &report, &err), PL_DATA);
    CHECK_INT(pl_private_clip(1, &much, 5, 1, &PLAIN, sum, &report, &err), PL_DATA);
    pl_mem_fail_from(1);
    CHECK_INT(pl_private_clip(1, &who, 6, 1, &PLAIN, sum, &report, &err), PL_NOMEM);
    pl_mem_fail_from(0);
}

/* ---- The ledger ------------------------------------------------------------------------------------------------------------------------ */

static char path[4096];

static pl_ledger open_ledger(void)
{
    pl_ledger l;
    if (pl_ledger_load(path, &l, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return l;
}

TEST(a_ledger_allows_what_was_decided)
{
    snprintf(path, sizeof path, "%s/ledger.csv", test_tmp());
    unlink(path);
    pl_ledger l = open_ledger();
    CHECK(l.n == 0 && l.budget == -1);
    pl_ledger_entry release = {.date = "2027-01-08", .name = "week 1, all \"shops\"", .epsilon = 300000, .delta = 1000, .clip = 10, .cells = 107};
    CHECK_INT(pl_ledger_add(&l, path, &release, &err), PL_REFUTED);
    CHECK(!pl_path_exists(path));
    pl_ledger_entry budget = {.budget = true, .date = "2027-01-01", .name = "2027", .epsilon = MILLION, .delta = 3000};
    memset(budget.decision, 'a', 64);
    CHECK_INT(pl_ledger_add(&l, path, &budget, &err), PL_OK);
    for (int week = 0; week < 3; week++) {
        CHECK_INT(pl_ledger_add(&l, path, &release, &err), PL_OK);
    }
    CHECK(l.epsilon == 900000 && l.delta == 3000 && l.releases == 3);
    CHECK_NEAR(pl_ledger_concentrated(&l, 1e-6), 0.135 + 2 * sqrt(0.135 * log(1e6)), 1e-12);
    CHECK_INT(pl_ledger_add(&l, path, &release, &err), PL_REFUTED);
    CHECK(strstr(err.message, "epsilon 0.9 of 1 is spent, this would take 0.3") != NULL);
    CHECK(l.releases == 3);
    pl_ledger_clear(&l);
    l = open_ledger();
    CHECK(l.n == 4 && l.budget == 0 && l.epsilon == 900000 && l.delta == 3000 && l.releases == 3);
    CHECK_STR(l.entry[2].name, release.name);
    CHECK_STR(l.entry[0].decision, budget.decision);
    CHECK_STR(l.entry[2].decision, "");
    CHECK(l.entry[3].clip == 10 && l.entry[3].cells == 107);
    CHECK_INT(pl_ledger_add(&l, path, &budget, &err), PL_OK); /* a new year */
    CHECK(l.epsilon == 0 && l.releases == 0);
    CHECK_INT(pl_ledger_add(&l, path, &release, &err), PL_OK);
    pl_ledger_clear(&l);
}

static void check_refused(const char *text, const char *subject)
{
    pl_ledger l;
    snprintf(path, sizeof path, "%s/bad.csv", test_tmp());
    CHECK_INT(pl_file_write(path, text, strlen(text), &err), PL_OK);
    CHECK(pl_ledger_load(path, &l, &err) != PL_OK);
    CHECK(strstr(err.subject, subject) != NULL);
}

TEST(a_damaged_ledger_is_refused_with_its_place)
{
    check_refused("date,entry,name,epsilon,delta,clip\n", "bad.csv");
    check_refused("date,entry,name,epsilon,delta,clip,cells\nd,gift,n,1,0,,\n", "bad.csv:2:3");
    check_refused("date,entry,name,epsilon,delta,clip,cells\nd,budget,n,-1,0,,\n", "bad.csv:2:");
    check_refused("date,entry,name,epsilon,delta,clip,cells\nd,budget,n,0.0000001,0,,\n", "bad.csv:2:");
    check_refused("date,entry,name,epsilon,delta,clip,cells\nd,release,n,1,0,,\n", "bad.csv:2:");
    check_refused("date,entry,name,epsilon,delta,clip,cells,decision\nd,budget,n,1,0,,,the council\n", "bad.csv:2:18");
    check_refused("date,entry,name,epsilon,delta,clip,cells\nd,release,n,nan,0,1,1\n", "bad.csv:2:");
}

TEST(missing_memory_leaves_the_ledger_as_it_was)
{
    snprintf(path, sizeof path, "%s/small.csv", test_tmp());
    unlink(path);
    pl_ledger_entry budget = {.budget = true, .name = "2027", .epsilon = MILLION}, release = {.name = "r", .epsilon = 1, .clip = 1};
    for (uint64_t k = 1;; k++) {
        pl_ledger l;
        pl_mem_fail_from(k);
        pl_status status = pl_ledger_load(path, &l, &err);
        status = status == PL_OK ? pl_ledger_add(&l, path, &budget, &err) : status;
        status = status == PL_OK ? pl_ledger_add(&l, path, &release, &err) : status;
        pl_mem_fail_from(0);
        pl_ledger_clear(&l);
        if (status == PL_OK) {
            break;
        }
        CHECK(status == PL_NOMEM && k < 200);
        unlink(path);
    }
    pl_ledger l = open_ledger();
    CHECK(l.n == 2 && l.epsilon == 1);
    pl_ledger_clear(&l);
}
