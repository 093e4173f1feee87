/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_watch.c - how the plan is carried out: lines, reports with their indices, alarms and what was done about them, deliveries; the skill of the plan. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "commons/lines.h"
#include "server/view.h"

static const char *const SORT[] = {"short", "spike", "no report", "raised"}, *const STATE[] = {"open", "answered", "over"};
static const char *const STEP[] = {"opened", "rose", "answered", "not mended", "silenced", "over"};

static const pl_shown LINE[] = {PL_S_TEXT(pl_plan_line, name), PL_S_ID(pl_plan_line, workplace), PL_S_INT(pl_plan_line, planned), PL_S_INT(pl_plan_line, spread),
                                PL_S_INT(pl_plan_line, price), PL_S_TIME(pl_plan_line, begins), PL_S_INT(pl_plan_line, days), PL_S_INT(pl_plan_line, periods),
                                PL_S_TIME(pl_plan_line, since), PL_S_TIME(pl_plan_line, ended), PL_S_TIME(pl_plan_line, last), PL_S_INT(pl_plan_line, sum), PL_S_TIME(pl_plan_line, begun), PL_S_INT(pl_plan_line, missing), PL_S_ID(pl_plan_line, alarm), PL_S_END};
static const pl_view LINES = {&PL_PLAN_LINES, "line", LINE};
static const pl_shown REPORT[] = {PL_S_INT(pl_line_report, quantity), PL_S_TIME(pl_line_report, capability), PL_S_TIME(pl_line_report, potentiality), PL_S_TIME(pl_line_report, since),
                                  PL_S_TIME(pl_line_report, corrected), PL_S_INT(pl_line_report, corrections), PL_S_ID(pl_line_report, by), PL_S_END};
static const pl_view REPORTS = {&PL_LINE_REPORTS, "line #period", REPORT};
static const pl_shown DELIVERY[] = {PL_S_ID(pl_delivery, line), PL_S_ID(pl_delivery, to), PL_S_ID(pl_delivery, sender), PL_S_ID(pl_delivery, receiver), PL_S_INT(pl_delivery, sent),
                                    PL_S_TIME(pl_delivery, received), PL_S_TIME(pl_delivery, since), PL_S_TIME(pl_delivery, signed_at), PL_S_BOOL(pl_delivery, late), PL_S_END};
static const pl_view DELIVERIES = {&PL_DELIVERIES, "delivery", DELIVERY};
static const pl_shown ALARM[] = {PL_S_ID(pl_line_alarm, line), PL_S_ID(pl_line_alarm, at), PL_S_ID(pl_line_alarm, by), PL_S_ID(pl_line_alarm, silencer), PL_S_WORD(pl_line_alarm, sort, SORT),
                                 PL_S_WORD(pl_line_alarm, state, STATE), PL_S_INT(pl_line_alarm, period), PL_S_INT(pl_line_alarm, level), PL_S_TIME(pl_line_alarm, since),
                                 PL_S_TIME(pl_line_alarm, due), PL_S_INT(pl_line_alarm, statistic), PL_S_INT(pl_line_alarm, damage), PL_S_TIME(pl_line_alarm, answered),
                                 PL_S_TIME(pl_line_alarm, silent), PL_S_TIME(pl_line_alarm, over), PL_S_END};
static const pl_view ALARMS = {&PL_LINE_ALARMS, "alarm", ALARM};
static const pl_shown STEP_COLUMNS[] = {PL_S_WORD(pl_alarm_step, what, STEP), PL_S_TIME(pl_alarm_step, time), PL_S_INT(pl_alarm_step, level), PL_S_TIME(pl_alarm_step, position),
                                        PL_S_ID(pl_alarm_step, at), PL_S_ID(pl_alarm_step, by), PL_S_END};
static const pl_view STEPS = {&PL_ALARM_STEPS, "alarm #number", STEP_COLUMNS};

/* ---- Lines ------------------------------------------------------------------------------------------ */

static void put_index(pl_json *j, const pl_watch_index *x)
{
    pl_json_key(j, "index");
    pl_json_object(j);
    pl_json_put_number(j, "actuality", x->actuality);
    pl_json_put_number(j, "capability", x->capability);
    pl_json_put_number(j, "potentiality", x->potentiality);
    pl_json_put_number(j, "productivity", x->productivity);
    pl_json_put_number(j, "latency", x->latency);
    pl_json_put_number(j, "performance", x->performance);
    pl_json_put_number(j, "planned", x->planned);
    pl_json_put_number(j, "fulfilled", x->fulfilled);
    pl_json_end(j);
}

static pl_status put_line(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_plan_line *line = row;
    pl_watch *w;
    pl_status status = pl_view_assembly(l->call, l->step, "workplace_name", line->workplace);
    status = status == PL_OK ? pl_line_watch(l->step, key, line, &w) : status;
    if (status == PL_OK) {
        pl_watch_index x = pl_watch_index_over(w, 0, 0, (int32_t)line->periods - 1);
        put_index(&l->call->json, &x);
        pl_watch_free(w);
    }
    return status;
}

static bool is_watched(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return ((const pl_plan_line *)row)->ended < 0 || pl_call_text(l->call, "past") != NULL;
}

static pl_status look_lines(void *user, pl_step *s)
{
    pl_listing l = {.call = user, .step = s, .view = &LINES, .prefix = pl_key_none(), .keep = is_watched, .more = put_line};
    pl_status status = pl_call_window(user, 100, &l.window);
    return status == PL_OK ? pl_view_list(&l, "lines") : status;
}

static pl_status answer_lines(pl_call *c)
{
    return pl_view_look(c, look_lines);
}

/* What the likelihood ratio sees beside the rule of the record, and what the fall looks like. */
static pl_status put_ratio(pl_call *c, const pl_watch *w)
{
    pl_alarms alarms;
    pl_json *j = &c->json;
    const pl_alarm *open = NULL;
    pl_status status = pl_watch_judge(w, NULL, &alarms, c->err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t i = 0; i < alarms.n; i++) {
        open = alarms.alarm[i].open ? &alarms.alarm[i] : open;
    }
    pl_json_key(j, "ratio");
    if (open == NULL) {
        pl_json_null(j);
    } else {
        pl_json_object(j);
        pl_json_put_text(j, "reason", pl_alarm_word(open->reason));
        pl_json_put_int(j, "since", open->since);
        pl_json_put_number(j, "statistic", open->statistic);
        pl_json_put_number(j, "limit", open->limit);
        pl_json_put_text(j, "hint", pl_hint_word(open->hint));
        pl_json_put_number(j, "sure", open->sure);
        pl_json_end(j);
    }
    pl_alarms_clear(&alarms);
    return PL_OK;
}

static bool of_line(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return l->view == &ALARMS ? pl_id_same(((const pl_line_alarm *)row)->line, l->user) : pl_id_same(((const pl_delivery *)row)->line, l->user);
}

static pl_status put_receiver(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_assembly(l->call, l->step, "to_name", ((const pl_delivery *)row)->to);
}

static pl_status look_line(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_plan_line row;
    uint8_t id[PL_HASH];
    pl_watch *w = NULL;
    pl_status status = pl_view_one(c, s, &LINES, "line", c->part[0], id, &row);
    status = status == PL_OK ? pl_view_assembly(c, s, "workplace_name", row.workplace) : status;
    status = status == PL_OK ? pl_line_watch(s, id, &row, &w) : status;
    if (status == PL_OK) {
        pl_watch_index x = pl_watch_index_over(w, 0, 0, (int32_t)row.periods - 1);
        put_index(&c->json, &x);
        status = put_ratio(c, w);
    }
    pl_watch_free(w);
    const pl_listing alarms = {.call = c, .step = s, .view = &ALARMS, .prefix = pl_key_none(), .keep = of_line, .user = id};
    const pl_listing deliveries = {.call = c, .step = s, .view = &DELIVERIES, .prefix = pl_key_none(), .keep = of_line, .more = put_receiver, .user = id};
    status = status == PL_OK ? pl_view_all(c, s, &REPORTS, "reports", pl_key_id1(id)) : status;
    status = status == PL_OK ? pl_view_list(&alarms, "alarms") : status;
    return status == PL_OK ? pl_view_list(&deliveries, "deliveries") : status;
}

static pl_status answer_line(pl_call *c)
{
    return pl_view_look(c, look_line);
}

/* ---- Alarms ----------------------------------------------------------------------------------------- */

typedef struct ranked {
    uint8_t id[PL_HASH];
    pl_line_alarm alarm;
    int64_t before; /* open ones that come before it where it stands */
} ranked;

static int by_damage(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int c = (x->alarm.state == PL_ALARM_OVER) - (y->alarm.state == PL_ALARM_OVER);
    c = c != 0 ? c : (x->alarm.damage < y->alarm.damage) - (x->alarm.damage > y->alarm.damage);
    c = c != 0 ? c : (x->alarm.since > y->alarm.since) - (x->alarm.since < y->alarm.since);
    return c != 0 ? c : memcmp(x->id, y->id, PL_HASH);
}

/* All alarms, those that are over only when they are asked for, the most damage first. */
static pl_status take_alarms(pl_step *s, bool past, ranked **out, size_t *n)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_LINE_ALARMS, &all);
    pl_line_alarm a;
    size_t cap = 0;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_LINE_ALARMS, &at, &a, &there)) == PL_OK && there) {
        if (a.state == PL_ALARM_OVER && !past) {
            continue;
        }
        if (!pl_grow(out, &cap, *n + 1, sizeof **out, (size_t)1 << 24)) {
            return pl_fail_nomem(s->err, "listing alarms");
        }
        (*out)[*n] = (ranked){.alarm = a};
        memcpy((*out)[(*n)++].id, at.key, PL_HASH);
    }
    if (*n > 0) {
        qsort(*out, *n, sizeof **out, by_damage);
    }
    return status;
}

/* How many come before each where it stands: attention is limited. */
static void count_before(ranked *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            list[i].before += list[k].alarm.state != PL_ALARM_OVER && pl_id_same(list[k].alarm.at, list[i].alarm.at);
        }
    }
}

/* What is shown beside an alarm: the line, and with whom it stands. */
static pl_status put_names(pl_call *c, pl_step *s, const pl_line_alarm *a)
{
    pl_plan_line line;
    bool there;
    pl_status status = pl_get(s, &PL_PLAN_LINES, pl_key_id1(a->line), &line, &there);
    if (status != PL_OK) {
        return status;
    }
    pl_json_put_text(&c->json, "name", line.name);
    pl_json_put_id(&c->json, "workplace", line.workplace);
    status = pl_view_assembly(c, s, "workplace_name", line.workplace);
    return status == PL_OK ? pl_view_assembly(c, s, "at_name", a->at) : status;
}

static pl_status put_alarms(pl_call *c, pl_step *s, const ranked *list, size_t n, const pl_window *w, int64_t attention)
{
    pl_status status = PL_OK;
    pl_json_put_int(&c->json, "attention", attention);
    pl_json_key(&c->json, "alarms");
    pl_json_array(&c->json);
    for (size_t i = (size_t)w->from; i < n && i < (size_t)(w->from + w->most) && status == PL_OK; i++) {
        pl_json_object(&c->json);
        pl_view_row(&c->json, &ALARMS, list[i].id, &list[i].alarm);
        pl_json_put_bool(&c->json, "shown", list[i].alarm.state == PL_ALARM_OVER || list[i].before < attention);
        status = put_names(c, s, &list[i].alarm);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_put_int(&c->json, "total", (int64_t)n);
    pl_json_put_int(&c->json, "from", w->from);
    return status;
}

static pl_status look_alarms(void *user, pl_step *s)
{
    pl_call *c = user;
    ranked *list = NULL;
    size_t n = 0;
    pl_window w;
    int64_t attention;
    pl_status status = pl_call_window(c, 100, &w);
    status = status == PL_OK ? pl_param(s, PL_ALARM_ATTENTION, &attention) : status;
    status = status == PL_OK ? take_alarms(s, pl_call_text(c, "past") != NULL, &list, &n) : status;
    if (status == PL_OK) {
        count_before(list, n);
        status = put_alarms(c, s, list, n, &w, attention);
    }
    pl_free(list);
    return status;
}

static pl_status answer_alarms(pl_call *c)
{
    return pl_view_look(c, look_alarms);
}

/* The words of whoever raised, answered or silenced it; null where the clock or the rule did. */
static pl_status put_words(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_alarm_step *step = row;
    bool raised = step->what == PL_STEP_OPENED && !pl_id_none(step->by), said = raised || step->what == PL_STEP_ANSWERED || step->what == PL_STEP_SILENCED;
    (void)key;
    pl_status status = pl_view_assembly(l->call, l->step, "at_name", step->at);
    return status == PL_OK ? pl_view_text(l->call, l->step, "text", said ? step->position : -1, step->what == PL_STEP_SILENCED ? "reason" : "text") : status;
}

static pl_status look_alarm(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_line_alarm row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &ALARMS, "alarm", c->part[0], id, &row);
    status = status == PL_OK ? put_names(c, s, &row) : status;
    const pl_listing steps = {.call = c, .step = s, .view = &STEPS, .prefix = pl_key_id1(id), .more = put_words};
    return status == PL_OK ? pl_view_list(&steps, "steps") : status;
}

static pl_status answer_alarm(pl_call *c)
{
    return pl_view_look(c, look_alarm);
}

/* ---- Deliveries, skill -------------------------------------------------------------------------------- */

static pl_status put_delivery(const pl_listing *l, const uint8_t *key, const void *row)
{
    pl_plan_line line;
    bool there;
    pl_status status = pl_get(l->step, &PL_PLAN_LINES, pl_key_id1(((const pl_delivery *)row)->line), &line, &there);
    if (status == PL_OK) {
        pl_json_put_text(&l->call->json, "line_name", line.name);
        status = put_receiver(l, key, row);
    }
    return status;
}

static bool is_unsigned(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return ((const pl_delivery *)row)->signed_at < 0 || pl_call_text(l->call, "past") != NULL;
}

static pl_status look_deliveries(void *user, pl_step *s)
{
    pl_listing l = {.call = user, .step = s, .view = &DELIVERIES, .prefix = pl_key_none(), .keep = is_unsigned, .more = put_delivery};
    pl_status status = pl_call_window(user, 100, &l.window);
    return status == PL_OK ? pl_view_list(&l, "deliveries") : status;
}

static pl_status answer_deliveries(pl_call *c)
{
    return pl_view_look(c, look_deliveries);
}

static pl_status look_skill(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_lines_skill k;
    pl_status status = pl_lines_skill_of(s, &k);
    if (status == PL_OK) {
        pl_json_put_number(&c->json, "skill", k.all.compared > 0 ? k.all.skill : NAN);
        pl_json_put_number(&c->json, "plan", k.all.plan);
        pl_json_put_number(&c->json, "naive", k.all.naive);
        pl_json_put_int(&c->json, "compared", k.all.compared);
        pl_json_put_int(&c->json, "seasonal", k.seasonal);
        pl_json_put_int(&c->json, "lines", k.all.lines);
        pl_json_put_int(&c->json, "worse", k.all.worse);
    }
    return status;
}

static pl_status answer_skill(pl_call *c)
{
    return pl_view_look(c, look_skill);
}

#define WINDOW "from number how many to skip; most number how many to give (100)"
#define GET(path, parameters, purpose, gives, answer) {"GET", path, parameters, purpose, gives, NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer}
const pl_route PL_ROUTES_WATCH[] = {
    GET("/api/lines", "past text 1: those whose watch has ended, too; " WINDOW, "Plan lines that are watched", "lines", answer_lines),
    GET("/api/lines/{line}", "", "One line: reports, indices, alarms, deliveries", "line", answer_line),
    GET("/api/alarms", "past text 1: those that are over, too; " WINDOW, "Alarms, the most damage first", "alarms", answer_alarms),
    GET("/api/alarms/{alarm}", "", "One alarm, and what happened to it", "alarm", answer_alarm),
    GET("/api/deliveries", "past text 1: those that both sides have signed, too; " WINDOW, "Deliveries", "deliveries", answer_deliveries),
    GET("/api/skill", "", "Was the plan better than doing as before?", "skill", answer_skill),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
