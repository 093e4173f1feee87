/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * alarm_show.c - `plenty line list`, `plenty delivery list`, `plenty alarm list` and `plenty alarm show`. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/alarm.h"

static const char *const SORTS[] = {"short", "spike", "no report", "raised"}, *const STATES[] = {"open", "answered", "over"};
static const char *const STEPS[] = {"opened", "rose: nobody answered in time", "answered", "rose: not mended in time", "silenced", "over"};

const char *alarm_amount(int64_t millionths, char out[32])
{
    char text[PL_NUMBER_MAX];
    pl_number_for_people((double)millionths / PL_WATCH_UNIT, text);
    snprintf(out, 32, "%s", text);
    return out;
}

typedef struct view {
    const cli_args *args;
    cli_rows rows, lines;
    uint8_t at[PL_HASH];    /* alarms of this assembly alone, or none */
    char (*name)[101];      /* of the assembly of each row */
    int64_t attention;
    pl_line_alarm alarm;
    pl_alarm_step *step;
    size_t n_steps;
    char (*step_at)[101];
    uint8_t id[PL_HASH];
} view;

static void clear(view *v)
{
    cli_rows_clear(&v->rows);
    cli_rows_clear(&v->lines);
    pl_free(v->name);
    pl_free(v->step);
    pl_free(v->step_at);
}

static const pl_plan_line *line_of(const view *v, const uint8_t id[PL_HASH])
{
    for (size_t i = 0; i < v->lines.n; i++) {
        if (pl_id_same(v->lines.keys[i].at, id)) {
            return cli_row(&v->lines, i);
        }
    }
    return NULL;
}

/* ---- plenty line list -------------------------------------------------------------------------------- */

static void put_line_json(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_plan_line *l = row;
    cli_json_id(j, "id", id);
    pl_json_put_text(j, "name", l->name);
    cli_json_id(j, "workplace", l->workplace);
    pl_json_put_number(j, "planned", (double)l->planned / PL_WATCH_UNIT);
    pl_json_put_number(j, "spread", (double)l->spread / PL_WATCH_UNIT);
    pl_json_put_number(j, "price", (double)l->price / 1000);
    cli_json_time(j, "begins", l->begins);
    pl_json_put_int(j, "days", l->days);
    pl_json_put_int(j, "periods", l->periods);
    pl_json_put_int(j, "reported", l->reports);
    pl_json_put_number(j, "sum", (double)l->sum / 1000);
    pl_json_put_number(j, "missing", (double)l->missing / PL_WATCH_UNIT);
    cli_json_id(j, "alarm", l->alarm);
    cli_json_time(j, "ended", l->ended);
}

static pl_status look_lines(void *user, pl_step *s)
{
    view *v = user;
    pl_status status = cli_rows_take(s, &PL_PLAN_LINES, NULL, &v->rows);
    cli_rows_sort(&v->rows, offsetof(pl_plan_line, since));
    v->name = status == PL_OK ? (char(*)[101])pl_calloc(v->rows.n + 1, sizeof *v->name) : NULL;
    if (status == PL_OK && v->name == NULL) {
        return pl_fail_nomem(s->err, "listing lines");
    }
    for (size_t i = 0; status == PL_OK && i < v->rows.n; i++) {
        const pl_plan_line *l = cli_row(&v->rows, i);
        status = cli_assembly_name(s, l->workplace, v->name[i]);
    }
    return status;
}

static void print_lines(const view *v)
{
    cli_table t;
    size_t shown = 0;
    cli_table_start(&t, "lllrrrl");
    cli_table_heading(&t, "id\tline\tworkplace\ta period\treported\tsum\tstate");
    for (size_t i = 0; i < v->rows.n && shown < CLI_ROWS - 2; i++, shown++) {
        const pl_plan_line *l = cli_row(&v->rows, i);
        char hex[13], planned[32];
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%lld of %lld\t%.1f\t%s", cli_short_id(v->rows.keys[i].at, hex), l->name, v->name[i], alarm_amount(l->planned, planned),
                      (long long)l->reports, (long long)l->periods, (double)l->sum / 1000, l->ended >= 0 ? "ended" : pl_id_none(l->alarm) ? "as planned" : "in alarm");
    }
    cli_table_print(&t, stdout);
    printf("%zu lines%s. A line is in alarm when its sum, of what was short in spreads (less half a spread each time), passes %.2f.\n", v->rows.n,
           shown < v->rows.n ? ", not all of them shown" : "", PL_WATCH_LIMIT / 1000.0);
}

int cli_line_list(const cli_args *args)
{
    pl_error err;
    view v = {.args = args};
    int code = cli_look(args, look_lines, &v);
    if (code == 0 && cli_flag(args, "json")) {
        pl_status status = cli_rows_json(&v.rows, NULL, NULL, put_line_json, &err);
        code = status == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_lines(&v);
    }
    clear(&v);
    return code;
}

/* ---- plenty delivery list ---------------------------------------------------------------------------- */

static void put_delivery_json(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_delivery *d = row;
    cli_json_id(j, "id", id);
    cli_json_id(j, "line", d->line);
    cli_json_id(j, "to", d->to);
    cli_json_id(j, "sender", d->sender);
    pl_json_put_number(j, "sent", (double)d->sent / PL_WATCH_UNIT);
    cli_json_time(j, "since", d->since);
    cli_json_id(j, "receiver", d->receiver);
    pl_json_put_number(j, "received", d->received < 0 ? (double)__builtin_nan("") : (double)d->received / PL_WATCH_UNIT);
    cli_json_time(j, "signed", d->signed_at);
    pl_json_put_bool(j, "late", d->late != 0);
}

static pl_status look_deliveries(void *user, pl_step *s)
{
    view *v = user;
    pl_status status = cli_rows_take(s, &PL_PLAN_LINES, NULL, &v->lines);
    status = status == PL_OK ? cli_rows_take(s, &PL_DELIVERIES, NULL, &v->rows) : status;
    cli_rows_sort(&v->rows, offsetof(pl_delivery, since));
    v->name = status == PL_OK ? (char(*)[101])pl_calloc(v->rows.n + 1, sizeof *v->name) : NULL;
    if (status == PL_OK && v->name == NULL) {
        return pl_fail_nomem(s->err, "listing deliveries");
    }
    for (size_t i = 0; status == PL_OK && i < v->rows.n; i++) {
        const pl_delivery *d = cli_row(&v->rows, i);
        status = cli_assembly_name(s, d->to, v->name[i]);
    }
    return status;
}

static void print_deliveries(const view *v)
{
    cli_table t;
    size_t shown = 0;
    cli_table_start(&t, "llllrrl");
    cli_table_heading(&t, "id\tsent\tline\tto\tsent\treceived\t");
    for (size_t i = 0; i < v->rows.n && shown < CLI_ROWS - 2; i++, shown++) {
        const pl_delivery *d = cli_row(&v->rows, v->rows.n - 1 - i); /* the latest first */
        const pl_plan_line *l = line_of(v, d->line);
        char hex[13], when[32], sent[32], received[32] = "-";
        if (d->received >= 0) {
            alarm_amount(d->received, received);
        }
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s\t%s", cli_short_id(v->rows.keys[v->rows.n - 1 - i].at, hex), cli_when(d->since, when), l != NULL ? l->name : "",
                      v->name[v->rows.n - 1 - i], alarm_amount(d->sent, sent), received,
                      d->signed_at < 0 ? (d->late ? "not signed for in time" : "to be signed for") : d->received != d->sent ? "they differ" : "signed by both");
    }
    cli_table_print(&t, stdout);
}

int cli_delivery_list(const cli_args *args)
{
    pl_error err;
    view v = {.args = args};
    int code = cli_look(args, look_deliveries, &v);
    if (code == 0 && cli_flag(args, "json")) {
        pl_status status = cli_rows_json(&v.rows, NULL, NULL, put_delivery_json, &err);
        code = status == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_deliveries(&v);
    }
    clear(&v);
    return code;
}

/* ---- plenty alarm list ------------------------------------------------------------------------------- */

static void put_alarm_json(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_line_alarm *a = row;
    cli_json_id(j, "id", id);
    cli_json_id(j, "line", a->line);
    pl_json_put_text(j, "sort", SORTS[a->sort]);
    pl_json_put_text(j, "state", STATES[a->state]);
    cli_json_id(j, "at", a->at);
    pl_json_put_int(j, "level", a->level);
    pl_json_put_int(j, "period", a->period + 1);
    cli_json_time(j, "since", a->since);
    cli_json_time(j, "due", a->due);
    pl_json_put_number(j, "statistic", (double)a->statistic / 1000);
    pl_json_put_number(j, "damage", (double)a->damage / 1000);
    cli_json_id(j, "raised_by", a->by);
    cli_json_time(j, "answered", a->answered);
    cli_json_time(j, "silent_until", a->silent);
    cli_json_id(j, "silenced_by", a->silencer);
    cli_json_time(j, "over", a->over);
}

static bool is_kept(const void *user, const void *row)
{
    const view *v = user;
    const pl_line_alarm *a = row;
    return (a->state != PL_ALARM_OVER || cli_flag(v->args, "all")) && (pl_id_none(v->at) || pl_id_same(v->at, a->at));
}

static pl_status look_alarms(void *user, pl_step *s)
{
    view *v = user;
    const char *at = cli_text(v->args, "at");
    pl_status status = at != NULL ? cli_find_assembly(s, at, v->at) : PL_OK;
    status = status == PL_OK ? cli_rows_take(s, &PL_PLAN_LINES, NULL, &v->lines) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_LINE_ALARMS, NULL, &v->rows) : status;
    cli_rows_sort(&v->rows, offsetof(pl_line_alarm, damage)); /* ascending: shown from the end */
    status = status == PL_OK ? pl_param(s, PL_ALARM_ATTENTION, &v->attention) : status;
    v->name = status == PL_OK ? (char(*)[101])pl_calloc(v->rows.n + 1, sizeof *v->name) : NULL;
    if (status == PL_OK && v->name == NULL) {
        return pl_fail_nomem(s->err, "listing alarms");
    }
    for (size_t i = 0; status == PL_OK && i < v->rows.n; i++) {
        const pl_line_alarm *a = cli_row(&v->rows, i);
        status = cli_assembly_name(s, a->at, v->name[i]);
    }
    return status;
}

/* How many alarms that are open where this one stands come before it: the row numbers above i. */
static int64_t before(const view *v, size_t i)
{
    const pl_line_alarm *a = cli_row(&v->rows, i);
    int64_t n = 0;
    for (size_t k = i + 1; k < v->rows.n; k++) {
        const pl_line_alarm *b = cli_row(&v->rows, k);
        n += b->state != PL_ALARM_OVER && pl_id_same(a->at, b->at);
    }
    return n;
}

static void print_alarms(const view *v)
{
    cli_table t;
    size_t shown = 0, unseen = 0, n = 0;
    cli_table_start(&t, "llllrll");
    cli_table_heading(&t, "id\tline\twhat\tstands with\tdamage\tanswer due\t");
    for (size_t i = v->rows.n; i-- > 0;) {
        const pl_line_alarm *a = cli_row(&v->rows, i);
        const pl_plan_line *l = line_of(v, a->line);
        if (!is_kept(v, a)) {
            continue;
        }
        bool beyond = a->state != PL_ALARM_OVER && before(v, i) >= v->attention;
        unseen += beyond;
        n++;
        if (shown < CLI_ROWS - 2) {
            char hex[13], due[32], damage[PL_NUMBER_MAX];
            pl_number_for_people((double)a->damage / 1000, damage);
            cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s\t%s%s", cli_short_id(v->rows.keys[i].at, hex), l != NULL ? l->name : "", SORTS[a->sort], v->name[i], damage,
                          cli_when(a->due, due), a->silent >= 0 && a->state == PL_ALARM_OPEN ? "silent" : STATES[a->state], beyond ? ", not looked at" : "");
            shown++;
        }
    }
    if (n == 0) {
        printf("No line is in alarm\n");
        return;
    }
    printf("The most damage first: price times the shortfall ahead\n");
    cli_table_print(&t, stdout);
    if (shown < n) {
        printf("... and %zu more (--json lists them all)\n", n - shown);
    }
    if (unseen > 0) {
        printf("%zu are beyond what those with whom they stand can look at in a week (%lld each); they rise all the same\n", unseen, (long long)v->attention);
    }
}

int cli_alarm_list(const cli_args *args)
{
    pl_error err;
    view v = {.args = args};
    int code = cli_look(args, look_alarms, &v);
    if (code == 0 && cli_flag(args, "json")) {
        pl_status status = cli_rows_json(&v.rows, is_kept, &v, put_alarm_json, &err);
        code = status == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_alarms(&v);
    }
    clear(&v);
    return code;
}

/* ---- plenty alarm show ------------------------------------------------------------------------------- */

static pl_status take_steps(view *v, pl_step *s)
{
    size_t cap = 0, cap_at = 0;
    pl_row_key prefix = pl_key_id1(v->id);
    pl_cursor at = pl_rows(&PL_ALARM_STEPS, &prefix);
    bool there = true;
    pl_status status = PL_OK;
    while (status == PL_OK && there) {
        if (!pl_grow(&v->step, &cap, v->n_steps + 1, sizeof *v->step, 1 << 20) || !pl_grow(&v->step_at, &cap_at, v->n_steps + 1, sizeof *v->step_at, 1 << 20)) {
            return pl_fail_nomem(s->err, "showing the alarm");
        }
        status = pl_next(s, &PL_ALARM_STEPS, &at, &v->step[v->n_steps], &there);
        if (status == PL_OK && there) {
            status = cli_assembly_name(s, v->step[v->n_steps].at, v->step_at[v->n_steps]);
            v->n_steps++;
        }
    }
    return status;
}

static pl_status look_alarm(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_id(s, &PL_LINE_ALARMS, "alarm", v->args->argument[1], v->id);
    status = status == PL_OK ? pl_get(s, &PL_LINE_ALARMS, pl_key_id1(v->id), &v->alarm, &there) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_PLAN_LINES, NULL, &v->lines) : status;
    return status == PL_OK ? take_steps(v, s) : status;
}

static pl_status print_step(const view *v, pl_record *record, size_t i, pl_error *err)
{
    const pl_alarm_step *step = &v->step[i];
    char when[32], hex[13];
    pl_owned text = {NULL, 0};
    printf("  %s  %s, with %s", cli_when(step->time, when), STEPS[step->what], v->step_at[i]);
    if (!pl_id_none(step->by)) {
        printf(", by %s", cli_short_id(step->by, hex));
    }
    printf("\n");
    if (step->position < 0 || pl_id_none(step->by)) {
        return PL_OK;
    }
    pl_status status = cli_event_text(record, step->position, step->what == PL_STEP_SILENCED ? "reason" : "text", &text, err);
    if (status == PL_OK && text.n > 0) {
        cli_print_text(&text, 20);
    }
    pl_owned_free(&text);
    return status;
}

int cli_alarm_show(const cli_args *args)
{
    pl_error err;
    view v = {.args = args};
    pl_record *record = NULL;
    char due[32], damage[PL_NUMBER_MAX];
    int code = cli_look(args, look_alarm, &v);
    if (code == 0) {
        const pl_plan_line *l = line_of(&v, v.alarm.line);
        pl_number_for_people((double)v.alarm.damage / 1000, damage);
        printf("%s: %s, in period %lld; %s\n", l != NULL ? l->name : "", SORTS[v.alarm.sort], (long long)v.alarm.period + 1, STATES[v.alarm.state]);
        printf("  short by %.1f spreads; damage until the end, if it goes on so: %s\n", (double)v.alarm.statistic / 1000, damage);
        if (v.alarm.due >= 0) {
            printf("  %s %s\n", v.alarm.state == PL_ALARM_ANSWERED ? "to be mended by" : v.alarm.silent >= 0 ? "silent until" : "to be answered by", cli_when(v.alarm.due, due));
        }
        pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
        for (size_t i = 0; status == PL_OK && i < v.n_steps; i++) {
            status = print_step(&v, record, i, &err);
        }
        pl_record_close(record);
        code = status == PL_OK ? 0 : cli_fail(&err);
    }
    clear(&v);
    return code;
}
