/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch.c - plenty watch reports: what was done, beside what was planned. */
#include "cli/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "watch/json.h"

#define SHOWN 12

typedef struct behind {
    int32_t line;
    double missing; /* in parts of the plan, or worth at its prices */
    pl_watch_index index;
} behind;

static int by_missing(const void *a, const void *b)
{
    const behind *x = a, *y = b;
    return x->missing != y->missing ? (x->missing > y->missing ? -1 : 1) : x->line < y->line ? -1 : x->line > y->line;
}

/* "-" for what is not known. */
static const char *part(double x, char out[PL_NUMBER_MAX])
{
    if (isnan(x)) {
        snprintf(out, PL_NUMBER_MAX, "-");
    } else {
        snprintf(out, PL_NUMBER_MAX, "%.1f %%", 100 * x);
    }
    return out;
}

static const char *amount(double x, char out[PL_NUMBER_MAX])
{
    pl_number_for_people(x, out);
    if (isnan(x)) {
        snprintf(out, PL_NUMBER_MAX, "-");
    }
    return out;
}

void watch_print_skill(const pl_watch *w, int32_t season)
{
    pl_watch_skill s = pl_watch_skill_of(w, season);
    char periods[48];
    if (s.compared == 0) {
        printf("Skill of the plan: not known yet, no report has one a season earlier beside it\n");
        return;
    }
    printf("Skill of the plan: %.2f (off by %.1f %% of a mean report; %s before, as it was: %.1f %%)\n", s.skill, 100 * s.plan,
           season > 1 ? watch_periods(w, season, periods) : "the period", 100 * s.naive);
    if (s.skill < 0) {
        printf("  below 0: doing as a season before would have foretold more. The planners have to explain themselves.\n");
    }
    printf("  %lld reports of %d lines compared; on %d of them the plan was worse\n", (long long)s.compared, s.lines, s.worse);
}

static void print_lines(const pl_watch *w, const behind *b, int32_t n)
{
    cli_table t;
    cli_table_start(&t, "lrrrrrr");
    cli_table_heading(&t, "line\tplanned\tdone\tof the plan\tproductivity\tlatency\tperformance");
    for (int32_t k = 0; k < n && k < SHOWN; k++) {
        const pl_watch_index *x = &b[k].index;
        char text[6][PL_NUMBER_MAX];
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s\t%s", w->line[b[k].line].id, amount(x->planned, text[0]), amount(x->actuality, text[1]), part(x->fulfilled, text[2]),
                      part(x->productivity, text[3]), part(x->latency, text[4]), part(x->performance, text[5]));
    }
    cli_table_print(&t, stdout);
    if (n > SHOWN) {
        printf("... and %d more lines: --output writes them all\n", n - SHOWN);
    }
}

/* Lines with reports, the furthest behind first: by what is missing, at the plan's prices where it has some. */
static pl_status print_behind(const pl_watch *w, pl_error *err)
{
    behind *b = PL_NEW(behind, w->n_lines);
    int32_t n = 0;
    bool priced = false;
    if (b == NULL) {
        return pl_fail_nomem(err, "the indices");
    }
    for (int32_t i = 0; i < w->n_lines; i++) {
        priced = priced || w->line[i].price > 0;
    }
    for (int32_t i = 0; i < w->n_lines; i++) {
        pl_watch_index x = pl_watch_index_over(w, i, INT32_MIN, INT32_MAX);
        if (isnan(x.actuality)) {
            continue;
        }
        double missing = priced ? (x.planned - x.actuality) * (isnan(w->line[i].price) ? 0 : w->line[i].price) : 1 - x.fulfilled;
        b[n++] = (behind){i, isnan(missing) ? -INFINITY : missing, x};
    }
    qsort(b, (size_t)n, sizeof *b, by_missing);
    if (n > 0) {
        printf("%s\n", priced ? "The furthest behind first, by what is missing at the plan's prices" : "The furthest behind first");
        print_lines(w, b, n);
    }
    pl_free(b);
    return PL_OK;
}

static pl_status print_json(const pl_watch *w, int32_t season, pl_error *err)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 32);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_watch(&j, w, season);
    pl_json_key(&j, "line_indices");
    pl_json_array(&j);
    for (int32_t i = 0; i < w->n_lines; i++) {
        pl_watch_index x = pl_watch_index_over(w, i, INT32_MIN, INT32_MAX);
        if (!isnan(x.actuality)) {
            pl_json_object(&j);
            pl_json_put_text(&j, "line", w->line[i].id);
            pl_json_index(&j, &x);
            pl_json_end(&j);
        }
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, err);
}

static pl_status run(const cli_args *args, pl_watch *w, pl_error *err)
{
    const char *output = cli_text(args, "output");
    char first[PL_TICK_TEXT], last[PL_TICK_TEXT], periods[48];
    int32_t season;
    pl_status status = watch_season(args, w, &season, err);
    if (status == PL_OK && output != NULL) {
        status = pl_watch_save_indices(w, season, output, cli_flag(args, "replace"), err);
    }
    if (status != PL_OK || cli_flag(args, "quiet")) {
        return status;
    }
    if (cli_flag(args, "json")) {
        return print_json(w, season, err);
    }
    if (w->periods > 0) {
        watch_print_skill(w, season);
        printf("Plan of %s from %s on: %d lines; %lld reports, the last of %s\n", watch_periods(w, w->periods, periods), pl_tick_text(w->kind, w->first, first),
               w->n_lines, (long long)w->counts.used, pl_tick_text(w->kind, w->last, last));
    } else {
        printf("No plan: %d line%s as %s reported; %lld report%s, the last of %s\n", w->n_lines, w->n_lines == 1 ? "" : "s", w->n_lines == 1 ? "it was" : "they were",
               (long long)w->counts.used, w->counts.used == 1 ? "" : "s", pl_tick_text(w->kind, w->last, last));
    }
    watch_print_odd(w, stdout);
    status = w->periods > 0 ? print_behind(w, err) : PL_OK;
    if (status == PL_OK && output != NULL) {
        printf("written: %s\n", output);
    }
    return status;
}

int cli_watch_reports(const cli_args *args)
{
    pl_error err;
    pl_watch *w = NULL;
    pl_status status = watch_load(args, 0, &w, &err);
    status = status == PL_OK ? run(args, w, &err) : status;
    pl_watch_free(w);
    return status != PL_OK ? cli_fail(&err) : 0;
}
