/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Watching: periods, plan lines, reports and what is odd about them, indices, skill. */
#include <plenty/watch.h>

#include "test/test.h"

static void parse(const char *text, pl_tick_kind want_kind, int32_t want)
{
    pl_tick_kind kind;
    int32_t tick;
    char back[PL_TICK_TEXT];
    if (!pl_tick_parse(text, strlen(text), &kind, &tick)) {
        FAIL("%s is a period", text);
    }
    CHECK_INT(kind, want_kind);
    CHECK_INT(tick, want);
    CHECK_STR(pl_tick_text(kind, tick, back), text);
}

TEST(periods_are_read_and_written)
{
    parse("12", PL_TICK_NUMBER, 12);
    parse("1970-01-01", PL_TICK_DAY, 0);
    parse("1969-12-31", PL_TICK_DAY, -1);
    parse("1970-01", PL_TICK_MONTH, 0);
    parse("1959-01", PL_TICK_MONTH, -132);
    parse("2026-W01", PL_TICK_WEEK, 2922);  /* from Monday, 2025-12-29 */
    parse("2020-W53", PL_TICK_WEEK, 2661);  /* 2020 has 53 weeks */
    static const char *const wrong[] = {"", "2026-13", "2026-00", "2026-W00", "2026-W54", "2021-W53", "2026-02-30", "2026-2", "2026-W1", "x", "2026-01-01T", "20260101-", "99999999999"};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        pl_tick_kind kind;
        int32_t tick;
        if (pl_tick_parse(wrong[k], strlen(wrong[k]), &kind, &tick)) {
            FAIL("'%s' is no period", wrong[k]);
        }
    }
}

TEST(a_year_begins_with_its_first_period)
{
    char text[PL_TICK_TEXT];
    pl_tick_kind kind;
    int32_t tick;
    static const char *const pairs[][2] = {{"2026-05", "2026-01"}, {"2026-W30", "2026-W01"}, {"2026-03-14", "2026-01-01"}, {"7", "7"}};
    for (size_t k = 0; k < 4; k++) {
        CHECK(pl_tick_parse(pairs[k][0], strlen(pairs[k][0]), &kind, &tick));
        CHECK_STR(pl_tick_text(kind, pl_tick_year_begin(kind, tick), text), pairs[k][1]);
    }
}

static const char *write_file(const char *name, const char *text)
{
    static char path[4][4096];
    static int next;
    char *out = path[next++ % 4];
    snprintf(out, 4096, "%s/%s", test_tmp(), name);
    FILE *f = fopen(out, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
    return out;
}

static pl_watch *watch_of(const char *lines, const char *reports)
{
    pl_watch *w;
    pl_error err;
    CHECK(pl_watch_new(&w, &err) == PL_OK);
    if (lines != NULL && pl_watch_read_lines(w, write_file("lines.csv", lines), &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    if (pl_watch_read_reports(w, write_file("reports.csv", reports), &err) != PL_OK || pl_watch_settle(w, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return w;
}

static const char *const LINES = "line,period,quantity,capability,potentiality\n"
                                 "good:a,1,10,,\ngood:a,2,20,,\nrecipe:a,1,1,3,6\nrecipe:a,2,2,,\nb,1,5,,\n";

TEST(every_row_is_counted_once)
{
    pl_watch *w = watch_of(LINES, "line,period,quantity,at\n"
                                  "b,1,5,2026-01-01\nb,1,5,2026-01-02\nb,1,6,2026-01-03\nnobody,1,1,\na,1,1,\ngood:a,1,9,\ngood:a,2,,\nrecipe:a,2,2,\nrecipe:a,1,1,\n");
    const pl_watch_counts *c = &w->counts;
    CHECK_INT(c->rows, 9);
    CHECK_INT(c->used, 4);
    CHECK_INT(c->blank, 1);
    CHECK_INT(c->unknown, 2);
    CHECK_INT(c->repeated, 1);
    CHECK_INT(c->replaced, 1);
    CHECK_INT(c->used + c->blank + c->unknown + c->repeated + c->replaced, c->rows);
    CHECK_INT(c->silent, 0);
    int32_t b = pl_watch_find(w, "b", 1);
    CHECK_NEAR(w->report[w->start[b]].quantity, 6, 0);
    CHECK_INT(pl_watch_find(w, "a", 1), -2);
    CHECK_INT(pl_watch_find(w, "nobody", 6), -1);
    pl_watch_free(w);
}

TEST(a_correction_counts_whatever_the_order_of_rows)
{
    static const char *const reports[] = {"line,period,quantity,at\nb,1,5,2026-01-01\nb,2,7,2026-02-01\nb,1,3,2026-02-02T10:00\n",
                                          "line,period,quantity,at\nb,1,3,2026-02-02T10:00\nb,2,7,2026-02-01\nb,1,5,2026-01-01\n"};
    for (int k = 0; k < 2; k++) {
        pl_watch *w = watch_of(NULL, reports[k]);
        CHECK_INT(w->n_reports, 2);
        CHECK_NEAR(w->report[0].quantity, 3, 0);
        CHECK_INT(w->counts.corrections_late, 1);
        CHECK_INT(w->counts.conflicts, 0);
        CHECK_NEAR(w->counts.correction, 0.4, 1e-15);
        pl_watch_free(w);
    }
}

TEST(gaps_and_constants_are_told)
{
    pl_watch *w = watch_of(NULL, "line,period,quantity\na,1,4\na,2,4\na,3,4\na,4,4\na,5,4\na,9,4\nz,1,0\nz,2,0\nz,3,0\nz,4,0\nz,5,0\nz,6,0\n");
    CHECK_INT(w->counts.gaps, 3);
    CHECK_INT(w->counts.constant, 1);
    CHECK_STR(w->odd[PL_ODD_GAP][0], "a: 3 from 6 on");
    pl_watch_free(w);
}

TEST(plans_of_single_periods)
{
    pl_watch *w = watch_of(LINES, "line,period,quantity\nb,1,5\n");
    int32_t a = pl_watch_find(w, "good:a", 6), b = pl_watch_find(w, "b", 1);
    CHECK_INT(w->first, 1);
    CHECK_INT(w->periods, 2);
    CHECK_NEAR(pl_watch_planned(w, a, 2), 20, 0);
    CHECK(isnan(pl_watch_planned(w, a, 3)));
    CHECK(isnan(pl_watch_planned(w, b, 2)));
    CHECK_NEAR(w->line[a].planned, 30, 0);
    pl_watch_free(w);
}

TEST(indices_are_those_of_cybersyn)
{
    pl_watch *w = watch_of(LINES, "line,period,quantity,capability,potentiality\nrecipe:a,1,1,,\nrecipe:a,2,1,2,\n");
    int32_t a = pl_watch_find(w, "recipe:a", 8);
    pl_watch_index x = pl_watch_index_of(w, &w->report[w->start[a]]), sum = pl_watch_index_over(w, a, 1, 2);
    CHECK_NEAR(x.productivity, 1 / 1.5, 1e-15); /* capability 3 over two periods */
    CHECK_NEAR(x.latency, 0.5, 1e-15);
    CHECK_NEAR(x.performance, x.productivity * x.latency, 1e-15);
    CHECK_NEAR(sum.productivity, 2 / 3.5, 1e-15);
    CHECK_NEAR(sum.latency, 3.5 / 6, 1e-15);
    CHECK_NEAR(sum.fulfilled, 2.0 / 3, 1e-15);
    CHECK(isnan(pl_watch_index_over(w, pl_watch_find(w, "b", 1), 1, 2).actuality));
    pl_watch_free(w);
}

TEST(skill_is_measured_against_last_season)
{
    pl_watch *w = watch_of("line,period,quantity\na,3,10\na,4,10\nb,3,100\nb,4,100\n", "line,period,quantity\na,1,8\na,2,8\na,3,9\na,4,11\nb,1,100\nb,2,100\nb,3,150\nb,4,50\n");
    pl_watch_skill s = pl_watch_skill_of(w, 2);
    /* a: plan off by 2 of mean 10, naive by 1 + 3; b: plan off by 100 of mean 100, naive as much */
    CHECK_INT(s.compared, 4);
    CHECK_INT(s.lines, 2);
    CHECK_INT(s.worse, 0);
    CHECK_NEAR(s.plan, (0.2 + 1) / 4, 1e-15);
    CHECK_NEAR(s.naive, (0.4 + 1) / 4, 1e-15);
    CHECK_NEAR(s.skill, 1 - 1.2 / 1.4, 1e-14);
    pl_watch_free(w);
}
