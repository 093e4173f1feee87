/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Known figures of watching.  Run lengths and delays of the rules on normal residuals: the published limits of CUSUM (Hawkins and Olwell 1998: k
 * 0.5, h 4.77, both sides: 370), and those of the likelihood ratio over 30 reports at the same rate.  Dated disturbances of the production of the
 * United States. */
#include <stdlib.h>

#include <plenty/watch.h>

#include "base/rng.h"
#include "test/test.h"

static pl_rng rng;

static double normal(void) /* Marsaglia's polar method */
{
    double u, v, s;
    do {
        u = 2 * pl_rng_unit(&rng) - 1;
        v = 2 * pl_rng_unit(&rng) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * sqrt(-2 * log(s) / s);
}

static double mean_run(const pl_detector_settings *set, int runs)
{
    double sum = 0;
    for (int k = 0; k < runs; k++) {
        pl_detector d;
        pl_detected seen = {0};
        pl_detector_start(&d);
        while (!seen.opened) {
            pl_detector_residual(set, &d, normal(), &seen);
            sum++;
        }
    }
    return sum / runs;
}

/* Reports until the alarm after a change by `shift` and `slope` a report, which begins after 60 without an alarm. */
static double mean_delay(const pl_detector_settings *set, double shift, double slope, int runs)
{
    double sum = 0;
    for (int k = 0; k < runs;) {
        pl_detector d;
        pl_detected seen = {0};
        bool false_alarm = false;
        pl_detector_start(&d);
        for (int t = 0; t < 60; t++) {
            pl_detector_residual(set, &d, normal(), &seen);
            false_alarm = false_alarm || seen.opened;
        }
        for (int t = 1; !false_alarm; t++) {
            pl_detector_residual(set, &d, normal() - shift - slope * t, &seen);
            if (seen.opened) {
                sum += t;
                k++;
                break;
            }
        }
    }
    return sum / runs;
}

static const pl_detector_settings GLR = {.side = PL_SIDE_BOTH, .rule = PL_BY_RATIO, .limit = 5.71}, CUSUM = {.side = PL_SIDE_BOTH, .rule = PL_BY_CUSUM, .limit = 4.77};

TEST(run_lengths_are_those_of_the_literature)
{
    pl_rng_seed(&rng, 1);
    double glr = mean_run(&GLR, 4000), cusum = mean_run(&CUSUM, 6000);
    printf("# likelihood ratio %.1f, CUSUM %.1f reports to a false alarm\n", glr, cusum);
    CHECK(fabs(glr - 370) <= 25);
    CHECK(fabs(cusum - 370) <= 20);
}

TEST(one_sided_run_lengths_are_as_the_table_says)
{
    pl_rng_seed(&rng, 2);
    for (int limit = 2; limit <= 6; limit++) {
        pl_detector_settings set = {.side = PL_SIDE_SHORT, .rule = PL_BY_RATIO, .limit = limit};
        double run = mean_run(&set, 3000), table = pl_glr_run(limit, PL_SIDE_SHORT);
        if (fabs(run / table - 1) > 0.08) {
            FAIL("limit %d: %.1f, not %.1f", limit, run, table);
        }
    }
    CHECK_NEAR(pl_glr_run(5.71, PL_SIDE_BOTH), 370, 0.03);
}

TEST(delays_are_short_enough)
{
    pl_rng_seed(&rng, 3);
    const struct {
        double shift, slope, most;
    } bar[] = {{1, 0, 10.5}, {2, 0, 3.7}, {3, 0, 2.1}, {0, 0.2, 9}};
    for (int k = 0; k < 4; k++) {
        double delay = mean_delay(&GLR, bar[k].shift, bar[k].slope, 3000);
        printf("# step %g sd, slope %g: %.2f reports\n", bar[k].shift, bar[k].slope, delay);
        CHECK(delay <= bar[k].most);
    }
    int caught = 0;
    pl_detector_settings with_spikes = GLR;
    with_spikes.spike = 4;
    for (int k = 0; k < 4000; k++) {
        pl_detector d;
        pl_detected seen;
        pl_detector_start(&d);
        for (int t = 0; t < 29; t++) {
            pl_detector_residual(&with_spikes, &d, normal(), &seen);
        }
        bool before = d.open;
        pl_detector_residual(&with_spikes, &d, normal() - 4, &seen);
        caught += seen.opened || before;
    }
    printf("# a spike of 4 sd is caught at once in %.1f %%\n", 100.0 * caught / 4000);
    CHECK(caught >= 3000);
}

TEST(the_shape_is_a_hint_only)
{
    static const struct {
        pl_hint hint;
        double first, then, slope;
    } shape[] = {{PL_HINT_STEADY, 0, 0, 0}, {PL_HINT_SPIKE, -8, 0, 0}, {PL_HINT_STEP, -8, -8, 0}, {PL_HINT_SLOPE, 0, 0, -1}};
    pl_rng_seed(&rng, 4);
    for (size_t s = 0; s < sizeof shape / sizeof shape[0]; s++) {
        int right = 0;
        for (int k = 0; k < 1000; k++) {
            double r[26], sure;
            for (int t = 0; t < 26; t++) {
                int since = t - 20; /* shapes that begin in the 21st report */
                r[t] = normal() + (since == 0 ? shape[s].first : since > 0 ? shape[s].then : 0) + (since >= 0 ? shape[s].slope * (since + 1) : 0);
            }
            int n = shape[s].hint == PL_HINT_SPIKE || shape[s].hint == PL_HINT_STEP ? 22 : 26; /* two, or six reports later */
            right += pl_hint_of(r, n, &sure) == shape[s].hint;
            CHECK(sure > 0 && sure <= 1);
        }
        printf("# %s: %.1f %% right\n", pl_hint_word(shape[s].hint), right / 10.0);
        CHECK(right > (shape[s].hint == PL_HINT_SLOPE ? 200 : 500));
    }
}

/* ---- Production of the United States ------------------------------------------------------------------------------------------------------------ */

/* Months of recessions by the National Bureau of Economic Research, peak to trough. */
static const char *const RECESSIONS[][2] = {{"1960-04", "1961-02"}, {"1969-12", "1970-11"}, {"1973-11", "1975-03"}, {"1980-01", "1980-07"},
                                            {"1981-07", "1982-11"}, {"1990-07", "1991-03"}, {"2001-03", "2001-11"}, {"2007-12", "2009-06"}};
static const struct {
    const char *month, *series;
} EVENTS[] = {{"1959-08", "IPDMAT"}, {"1964-10", "IPDCONGD"}, {"1970-10", "IPDCONGD"}, {"1974-12", "INDPRO"}, {"1998-07", "IPDCONGD"},
              {"2005-09", "IPNMAT"}, {"2008-09", "INDPRO"}, {"2008-12", "IPDMAT"}, {"2017-09", "IPNMAT"}};
#define N_EVENTS ((int)(sizeof EVENTS / sizeof EVENTS[0]))

static int32_t month(const char *text)
{
    pl_tick_kind kind;
    int32_t tick = 0;
    CHECK(pl_tick_parse(text, strlen(text), &kind, &tick) && kind == PL_TICK_MONTH);
    return tick;
}

/* Neither in a recession nor from a month before to three months after an event. */
static bool is_calm(int32_t tick)
{
    for (size_t k = 0; k < sizeof RECESSIONS / sizeof RECESSIONS[0]; k++) {
        if (tick >= month(RECESSIONS[k][0]) && tick <= month(RECESSIONS[k][1])) {
            return false;
        }
    }
    for (int k = 0; k < N_EVENTS; k++) {
        if (tick >= month(EVENTS[k].month) - 1 && tick <= month(EVENTS[k].month) + 3) {
            return false;
        }
    }
    return true;
}

static pl_watch *production(void)
{
    pl_watch *w;
    pl_error err;
    const char *path = test_data("us-production-monthly/series.csv");
    CHECK(pl_watch_new(&w, &err) == PL_OK);
    if (pl_watch_read_reports(w, path, &err) != PL_OK || pl_watch_settle(w, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return w;
}

static int found(const pl_watch *w, const pl_alarms *a, int from)
{
    int n = 0;
    for (int e = from; e < N_EVENTS; e++) {
        int32_t line = pl_watch_find(w, EVENTS[e].series, strlen(EVENTS[e].series)), tick = month(EVENTS[e].month);
        bool there = false;
        for (int32_t k = 0; k < a->n; k++) {
            there = there || (a->alarm[k].line == line && a->alarm[k].since <= tick && a->alarm[k].opened <= tick + 1 && a->alarm[k].until >= tick);
        }
        n += there;
        if (!there) {
            printf("# %s %s is not found\n", EVENTS[e].month, EVENTS[e].series);
        }
    }
    return n;
}

TEST(dated_events_are_found_at_the_stated_rate)
{
    pl_watch *w = production();
    pl_alarms a;
    pl_error err;
    int64_t calm = 0;
    int wrong = 0;
    CHECK(pl_watch_judge(w, &(pl_alarm_settings){.season = 12}, &a, &err) == PL_OK);
    for (int32_t k = 0; k < a.n; k++) {
        wrong += is_calm(a.alarm[k].opened);
    }
    for (int32_t k = 0; k < w->n_reports; k++) {
        calm += is_calm(w->report[k].tick);
    }
    printf("# limit %.2f; %d alarms; %d of them in %lld calm reports: %.2f in 100\n", a.limit, a.n, wrong, (long long)calm, 100.0 * wrong / (double)calm);
    CHECK_INT(found(w, &a, 0), N_EVENTS);
    CHECK(a.mirrored <= 0.5);
    CHECK(100.0 * wrong / (double)calm <= 0.5); /* as stated */
    pl_alarms_clear(&a);
    pl_watch_free(w);
}

/* What is learnt until 2000 is used from then on: nothing looks ahead. */
TEST(dated_events_are_found_by_what_was_learnt_before)
{
    pl_watch *w = production();
    pl_alarms a;
    pl_error err;
    pl_alarm_settings set = {.season = 12, .from = month("2000-01"), .has_from = true};
    int64_t calm = 0;
    int wrong = 0;
    CHECK(pl_watch_judge(w, &set, &a, &err) == PL_OK);
    for (int32_t k = 0; k < a.n; k++) {
        CHECK(a.alarm[k].until >= set.from);
        wrong += a.alarm[k].opened >= set.from && is_calm(a.alarm[k].opened);
    }
    for (int32_t k = 0; k < w->n_reports; k++) {
        calm += w->report[k].tick >= set.from && is_calm(w->report[k].tick);
    }
    printf("# limit %.2f; %d of %d alarms in %lld calm reports: %.2f in 100\n", a.limit, wrong, a.n, (long long)calm, 100.0 * wrong / (double)calm);
    CHECK_INT(found(w, &a, 5), N_EVENTS - 5);
    CHECK(100.0 * wrong / (double)calm <= 0.5);
    pl_alarms_clear(&a);
    pl_watch_free(w);
}
