/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Detection: detectors, seasons, slack, alarms of a whole watch. */
#include <plenty/watch.h>

#include "test/test.h"

/* A watch of lines that the test fills. */
static pl_watch *fresh(int32_t periods)
{
    pl_watch *w;
    pl_error err;
    CHECK(pl_watch_new(&w, &err) == PL_OK);
    CHECK(periods == 0 || pl_watch_span(w, PL_TICK_NUMBER, 1, periods, &err) == PL_OK);
    return w;
}

static void add(pl_watch *w, const char *id, const char *parent, double planned, double price, double slack)
{
    pl_error err;
    pl_watch_line line = {.id = id, .owner = "", .parent = parent, .planned = planned, .capability = NAN, .potentiality = NAN, .price = price, .slack = slack};
    CHECK(pl_watch_add(w, &line, &err) == PL_OK);
}

/* Reports of one line from period `first` on, as a table. */
static void report(pl_watch *w, const char *id, int32_t first, const double *x, int n)
{
    char path[4096];
    pl_error err;
    snprintf(path, sizeof path, "%s/reports.csv", test_tmp());
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fprintf(f, "line,period,quantity\n");
    for (int k = 0; k < n; k++) {
        if (!isnan(x[k])) {
            fprintf(f, "%s,%d,%.17g\n", id, first + k, x[k]);
        }
    }
    CHECK(fclose(f) == 0);
    if (pl_watch_read_reports(w, path, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

static pl_alarms judge(pl_watch *w, const pl_alarm_settings *set)
{
    pl_alarms a;
    pl_error err;
    CHECK(pl_watch_settle(w, &err) == PL_OK);
    CHECK(pl_watch_judge(w, set, &a, &err) == PL_OK);
    return a;
}

TEST(the_ratio_is_what_a_pencil_gives)
{
    pl_detector_settings set = {.side = PL_SIDE_SHORT, .rule = PL_BY_RATIO, .limit = 1e9};
    pl_detector d;
    pl_detected seen;
    const double r[] = {1, -2, -1.5, -2};
    pl_detector_start(&d);
    for (int k = 0; k < 4; k++) {
        pl_detector_residual(&set, &d, r[k], &seen);
    }
    CHECK_NEAR(seen.statistic, 5.5 * 5.5 / 6, 1e-12); /* the last three */
    CHECK_INT(seen.length, 3);
    set.rule = PL_BY_CUSUM;
    pl_detector_start(&d);
    for (int k = 0; k < 4; k++) {
        pl_detector_residual(&set, &d, r[k], &seen);
    }
    CHECK_NEAR(seen.statistic, 1.5 + 1 + 1.5, 1e-6);
}

TEST(the_window_forgets)
{
    pl_detector_settings set = {.side = PL_SIDE_SHORT, .rule = PL_BY_RATIO, .limit = 1e9};
    pl_detector d;
    pl_detected seen;
    pl_detector_start(&d);
    pl_detector_residual(&set, &d, -100, &seen);
    for (int k = 0; k < PL_GLR_WINDOW; k++) {
        CHECK(seen.statistic > 100);
        pl_detector_residual(&set, &d, 0, &seen);
    }
    CHECK_NEAR(seen.statistic, 0, 0);
}

TEST(constant_series_raise_nothing_until_they_break)
{
    pl_watch *w = fresh(0);
    double x[40];
    for (int k = 0; k < 40; k++) {
        x[k] = k < 39 ? 7 : 3;
    }
    report(w, "a", 1, x, 40);
    double zeros[12] = {0};
    report(w, "z", 1, zeros, 12);
    double one = 5;
    report(w, "once", 1, &one, 1);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(w->counts.constant, 0); /* it broke */
    CHECK_INT(a.n, 1);
    CHECK_INT(a.alarm[0].opened, 40);
    CHECK_NEAR(a.alarm[0].expected, 7, 1e-12);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

TEST(without_a_plan_a_new_fall_is_a_new_alarm)
{
    pl_watch *w = fresh(0);
    double x[80];
    for (int k = 0; k < 80; k++) {
        x[k] = (k < 30 ? 100 : k < 50 ? 60 : 30) * (k % 2 == 0 ? 1.01 : 0.99);
    }
    report(w, "a", 1, x, 80);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(a.n, 2);
    CHECK_INT(a.alarm[0].opened, 31);
    CHECK_INT(a.alarm[1].opened, 51);
    CHECK(!a.alarm[0].open && !a.alarm[1].open && a.n_open == 0);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

TEST(beside_a_plan_an_alarm_stays_while_the_line_is_short)
{
    pl_watch *w = fresh(24);
    add(w, "steady", "", 2400, 1, NAN);
    add(w, "short", "", 2400, 2, NAN);
    add(w, "dear", "", 2400, 50, NAN);
    double x[3][12];
    for (int k = 0; k < 12; k++) {
        double noise = k % 2 == 0 ? 2 : -2;
        x[0][k] = 100 + noise;
        x[1][k] = (k < 6 ? 100 : 80) + noise;
        x[2][k] = (k < 9 ? 100 : 90) + noise;
    }
    report(w, "steady", 1, x[0], 12);
    report(w, "short", 1, x[1], 12);
    report(w, "dear", 1, x[2], 12);
    pl_alarms a = judge(w, &(pl_alarm_settings){.attention = 1});
    CHECK_INT(a.n, 2);
    CHECK_INT(a.n_open, 2);
    const pl_alarm *less = &a.alarm[0], *dear = &a.alarm[1];
    CHECK_INT(less->line, 1);
    CHECK(less->since == 7 && less->opened <= 8 && less->open);
    CHECK_NEAR(less->shortfall, 120, 1e-9);          /* six periods of 20 */
    CHECK_NEAR(less->ahead, 120 + 0.2 * 1200, 1e-9); /* and a fifth of what is left */
    CHECK_NEAR(less->damage, 2 * less->ahead, 1e-9);
    CHECK(dear->damage > less->damage);
    CHECK(dear->rank == 1 && less->rank == 2 && dear->shown && !less->shown);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

TEST(a_line_above_in_alarm_comes_first)
{
    pl_watch *w = fresh(12);
    add(w, "all", "", 2400, 1, NAN);
    add(w, "part", "all", 1200, 100, NAN);
    double all[6] = {200, 200, 200, 100, 100, 100}, part[6] = {100, 100, 100, 0, 0, 0};
    report(w, "all", 1, all, 6);
    report(w, "part", 1, part, 6);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(a.n, 2);
    CHECK_INT(a.alarm[0].rank, 1);
    CHECK_INT(a.alarm[1].under, 0);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

TEST(seasons_are_learnt_and_expected)
{
    static const double shape[4] = {0.5, 1.5, 1, 1};
    pl_watch *w = fresh(0);
    pl_error err;
    double x[24], index[4];
    bool known;
    CHECK(pl_watch_span(w, PL_TICK_NUMBER, 21, 4, &err) == PL_OK);
    add(w, "a", "", 400, NAN, NAN);
    for (int k = 0; k < 24; k++) {
        x[k] = 100 * shape[pl_season_phase(k + 1, 4)] * (1 + 0.001 * k);
    }
    report(w, "a", 1, x, 24);
    pl_alarms a = judge(w, &(pl_alarm_settings){.season = 4});
    CHECK(pl_watch_season(w, 0, 21, 4, index, &known, &err) == PL_OK && known);
    CHECK_NEAR(index[0] + index[1] + index[2] + index[3], 4, 1e-12);
    for (int k = 0; k < 4; k++) {
        CHECK_NEAR(index[k], shape[k], 0.01);
    }
    CHECK_INT(a.n, 0);
    pl_alarms_clear(&a);
    a = judge(w, NULL); /* without the season, its low is a fall */
    CHECK(a.n > 0);
    pl_alarms_clear(&a);
    CHECK(pl_watch_season(w, 0, 6, 4, index, &known, &err) == PL_OK && !known);
    CHECK_NEAR(index[1], 1, 0);
    pl_watch_free(w);
}

TEST(slack_burns_in_two_windows)
{
    double used, x[52], slack = 52; /* one a week would last */
    for (int k = 0; k < 52; k++) {
        x[k] = 0.5;
    }
    CHECK(pl_slack_burn(x, 20, 52, slack, &used) == PL_ALARM_REASONS);
    CHECK_NEAR(used, 10.0 / 52, 1e-15);
    for (int k = 15; k < 20; k++) {
        x[k] = 1;
    }
    CHECK(pl_slack_burn(x, 20, 52, slack, &used) == PL_ALARM_BURN_SLOW);
    x[19] = 0.9; /* it was so, but no longer is */
    CHECK(pl_slack_burn(x, 20, 52, slack, &used) == PL_ALARM_REASONS);
    x[19] = 6;
    CHECK(pl_slack_burn(x, 20, 52, slack, &used) == PL_ALARM_BURN);
    x[19] = 14.4;
    CHECK(pl_slack_burn(x, 20, 52, slack, &used) == PL_ALARM_BURN_FAST);
    CHECK(pl_slack_burn(x, 0, 52, slack, &used) == PL_ALARM_REASONS);
    x[18] = NAN;
    CHECK(pl_slack_burn(x, 19, 52, slack, &used) == PL_ALARM_REASONS);
}

TEST(slack_that_goes_too_fast_is_an_alarm)
{
    pl_watch *w = fresh(10);
    add(w, "a", "", 1000, NAN, 20);
    double x[3] = {98, 98, 98}; /* 2 a period; 2 would just do */
    report(w, "a", 1, x, 3);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(a.n, 1);
    CHECK_INT(a.alarm[0].reason, PL_ALARM_BURN_SLOW);
    CHECK_NEAR(a.alarm[0].statistic, 0.3, 1e-12);
    CHECK_NEAR(a.alarm[0].ahead, 20, 1e-9); /* if it goes on so, all of it */
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

TEST(the_other_side_can_be_watched)
{
    pl_watch *w = fresh(12);
    add(w, "emissions", "", 1200, NAN, NAN);
    double x[8] = {100, 101, 99, 100, 130, 131, 129, 130};
    report(w, "emissions", 1, x, 8);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(a.n, 0);
    pl_alarms_clear(&a);
    a = judge(w, &(pl_alarm_settings){.side = PL_SIDE_OVER});
    CHECK_INT(a.n, 1);
    CHECK_NEAR(a.alarm[0].shortfall, 120, 1e-9);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

/* As a pandemic and a frost did it: the collapse is told, the way up is none, and the next fall is told by itself. */
TEST(after_a_collapse_the_next_fall_is_told)
{
    static const double change[] = {-4, -13, 2, 6, 4, 1, 0, 1, 1, 1, 1, -4, 3, 1, 0, 1};
    pl_watch *w = fresh(0);
    double x[80], level = 100;
    for (int k = 0; k < 80; k++) {
        level *= 1 + (k >= 60 && k < 76 ? change[k - 60] : 0.2) / 100;
        x[k] = level * (1 + 0.004 * (k % 3 - 1));
    }
    report(w, "a", 1, x, 80);
    pl_alarms a = judge(w, NULL);
    CHECK_INT(a.n, 2);
    CHECK_INT(a.alarm[0].opened, 61);
    CHECK_INT(a.alarm[1].opened, 72);
    CHECK(a.alarm[0].until < 70);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}
