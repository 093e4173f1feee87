/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch_alarms.c - plenty watch alarms: which lines are behind by more than chance, and which of them matter most. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/needs.h"
#include "cli/watch.h"
#include "watch/json.h"

static pl_status read_settings(const cli_args *args, const pl_watch *w, pl_alarm_settings *out, pl_error *err)
{
    static const char *const sides[] = {"short", "over", "both"}, *const rules[] = {"glr", "cusum"};
    const char *from = cli_text(args, "from");
    int side = 0, rule = 0;
    double attention = 0;
    *out = (pl_alarm_settings){0};
    pl_status status = needs_word(args, "side", sides, 3, PL_SIDE_SHORT, &side, err);
    status = status == PL_OK ? needs_word(args, "rule", rules, 2, PL_BY_RATIO, &rule, err) : status;
    status = status == PL_OK ? cli_number(args, "false-alarms", 0.001, 50, 0, &out->false_alarms, err) : status;
    status = status == PL_OK ? cli_number(args, "limit", 0.5, 1000, 0, &out->limit, err) : status;
    status = status == PL_OK ? cli_number(args, "spike", 0, 1000, 4, &out->spike, err) : status;
    status = status == PL_OK ? cli_number(args, "attention", 1, 1e6, 7, &attention, err) : status;
    status = status == PL_OK ? watch_season(args, w, &out->season, err) : status;
    out->side = (pl_watch_side)side;
    out->rule = (pl_watch_rule)rule;
    out->attention = (int32_t)attention;
    out->spike = out->spike > 0 ? out->spike : -1;
    if (status == PL_OK && from != NULL) {
        pl_tick_kind kind;
        out->has_from = true;
        if (!pl_tick_parse(from, strlen(from), &kind, &out->from) || kind != w->kind) {
            status = pl_fail(err, PL_USAGE, "--from", "write it as in the reports", "'%.60s' is no %s", from, pl_tick_word(w->kind));
        }
    }
    return status;
}

static void print_limit(const pl_watch *w, const pl_alarms *a, const pl_alarm_settings *set)
{
    char run[48];
    printf("%lld reports judged; a line's report is off by %.1f %% by chance. ", (long long)a->judged, 100 * a->noise);
    if (set->rule == PL_BY_CUSUM) {
        printf("Rule: CUSUM above %.2f\n", a->limit);
    } else {
        printf("Rule: likelihood ratio above %.2f\n", a->limit);
        printf("  if chance were normal, a false alarm of a line in %s\n", watch_periods(w, (int64_t)fmin(a->run, 1e15), run));
    }
    if (a->learnt > 0) {
        printf("  in %lld reports of the past there were %.2f alarms in 100 in the other direction, where nothing is wrong:\n"
               "  no more than about so many of the alarms are chance\n", (long long)a->learnt, a->mirrored);
    }
}

static const pl_alarm *ranked(const pl_alarms *a, int32_t rank)
{
    for (int32_t k = 0; k < a->n; k++) {
        if (a->alarm[k].rank == rank) {
            return &a->alarm[k];
        }
    }
    return NULL;
}

static const char *number(double x, char out[PL_NUMBER_MAX])
{
    pl_number_for_people(x, out);
    return out;
}

static void print_open(const pl_watch *w, const pl_alarms *a, int32_t attention)
{
    cli_table t;
    int32_t shown = 0;
    if (a->n_open == 0) {
        printf("No line is in alarm after its last report\n");
        return;
    }
    cli_table_start(&t, "rllllrrr");
    cli_table_heading(&t, "\tline\twhat, perhaps\tsince\tfirst told\texpected\treported\tshort ahead");
    for (int32_t k = 1; k <= a->n_open && k <= attention && k < CLI_ROWS - 1; k++, shown++) {
        const pl_alarm *x = ranked(a, k);
        char text[3][PL_NUMBER_MAX], since[PL_TICK_TEXT], opened[PL_TICK_TEXT];
        bool shape = x->reason <= PL_ALARM_SPIKE && x->hint != PL_HINT_STEADY;
        cli_table_row(&t, "%d\t%s\t%s%s%s\t%s\t%s\t%s\t%s\t%s", k, w->line[x->line].id, pl_alarm_word(x->reason), shape ? ", " : "", shape ? pl_hint_word(x->hint) : "",
                      pl_tick_text(w->kind, x->since, since), pl_tick_text(w->kind, x->opened, opened), number(x->expected, text[0]), number(x->reported, text[1]),
                      number(x->ahead, text[2]));
    }
    printf("In alarm now, the most damage first\n");
    cli_table_print(&t, stdout);
    if (a->n_open > shown) {
        printf("... and %d more that are beyond what can be looked at (--attention); --output names them\n", a->n_open - shown);
    }
}

static pl_status print_json(const pl_watch *w, const pl_alarms *a, pl_error *err)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 32);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_alarms(&j, w, a);
    pl_json_key(&j, "list");
    pl_json_array(&j);
    for (int32_t k = 0; k < a->n; k++) {
        pl_json_object(&j);
        pl_json_alarm(&j, w, &a->alarm[k]);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, err);
}

static pl_status run(const cli_args *args, const pl_watch *w, pl_error *err)
{
    pl_alarm_settings set;
    pl_alarms a;
    const char *output = cli_text(args, "output");
    pl_status status = read_settings(args, w, &set, err);
    status = status == PL_OK ? pl_watch_judge(w, &set, &a, err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (output != NULL) {
        status = pl_alarms_save(w, &a, output, cli_flag(args, "replace"), err);
    }
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(w, &a, err);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_limit(w, &a, &set);
        watch_print_odd(w, stdout);
        printf("%d alarms in all, %d of them open\n", a.n, a.n_open);
        print_open(w, &a, set.attention);
        if (output != NULL) {
            printf("written: %s\n", output);
        }
    }
    pl_alarms_clear(&a);
    return status;
}

int cli_watch_alarms(const cli_args *args)
{
    pl_error err;
    pl_watch *w = NULL;
    pl_status status = watch_load(args, 0, &w, &err);
    status = status == PL_OK ? run(args, w, &err) : status;
    pl_watch_free(w);
    return status != PL_OK ? cli_fail(&err) : 0;
}
