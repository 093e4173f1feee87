/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/watching_help.h"

#include "test/test.h"

test_id test_workplace(test_commons *c, const char *name)
{
    test_id id;
    CHECK_INT(test_act(c, 0, &PL_KIND_CONSTITUENCY_CREATED, (test_field[]){F_TEXT("name", name), F_TEXT("type", "workplace"), {0}}), PL_RULE_NONE);
    memcpy(id.at, c->id, PL_HASH);
    return id;
}

pl_rule test_watch(test_commons *c, size_t who, test_id workplace, int64_t begins, int64_t weeks, test_id *line)
{
    pl_rule rule = test_act(c, who, &PL_KIND_LINE_WATCHED,
                            (test_field[]){F_TEXT("name", "bread"), F_ID("workplace", workplace.at), F_INT("planned", 100 * UNIT), F_INT("spread", 5 * UNIT), F_INT("price", 2000),
                                           F_INT("begins", (int64_t)c->now + begins), F_INT("days", 7), F_INT("periods", weeks), {0}});
    memcpy(line->at, c->id, PL_HASH);
    return rule;
}

pl_rule test_report(test_commons *c, size_t who, test_id line, int64_t period, int64_t units)
{
    return test_act(c, who, &PL_KIND_LINE_REPORTED, (test_field[]){F_ID("line", line.at), F_INT("period", period), F_INT("quantity", units * UNIT), {0}});
}

pl_plan_line test_line(test_commons *c, test_id line)
{
    pl_plan_line l;
    CHECK(test_row(c, &PL_PLAN_LINES, pl_key_id1(line.at), &l));
    return l;
}

pl_line_alarm test_alarm_of(test_commons *c, test_id alarm)
{
    pl_line_alarm a;
    CHECK(test_row(c, &PL_LINE_ALARMS, pl_key_id1(alarm.at), &a));
    return a;
}

bool test_alarm(test_commons *c, test_id line, test_id *id, pl_line_alarm *alarm)
{
    pl_plan_line l = test_line(c, line);
    memcpy(id->at, l.alarm, PL_HASH);
    if (pl_id_none(l.alarm)) {
        return false;
    }
    *alarm = test_alarm_of(c, *id);
    return true;
}

pl_rule test_answer(test_commons *c, size_t who, test_id alarm, int64_t days)
{
    return test_act(c, who, &PL_KIND_ALARM_ANSWERED, (test_field[]){F_ID("alarm", alarm.at), F_INT("days", days), F_TEXT("text", "The oven is being mended."), {0}});
}

pl_rule test_silence(test_commons *c, size_t who, test_id alarm, int64_t until)
{
    return test_act(c, who, &PL_KIND_ALARM_SILENCED, (test_field[]){F_ID("alarm", alarm.at), F_INT("until", until), F_TEXT("reason", "Inventory."), {0}});
}

/* ---- What must hold ------------------------------------------------------------------------------------ */

/* The steps of one alarm: they begin with its opening, its level goes up by one with each rise, the last one is as the alarm stands. */
static void check_steps(pl_step *s, const uint8_t *id, const pl_line_alarm *a)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_ALARM_STEPS, &prefix);
    pl_alarm_step step;
    int64_t n = 0, level = 0, time = 0;
    bool there;
    while (pl_next(s, &PL_ALARM_STEPS, &at, &step, &there) == PL_OK && there) {
        bool rose = step.what == PL_STEP_ROSE || step.what == PL_STEP_NOT_MENDED;
        level += rose;
        CHECK((n == 0) == (step.what == PL_STEP_OPENED));
        CHECK_INT(step.level, level);
        CHECK(step.time >= time);
        CHECK(!rose || step.position == -1); /* the clock does it, nobody else */
        time = step.time;
        n++;
    }
    CHECK_INT(n, a->steps);
    CHECK_INT(level, a->level);
    CHECK((step.what == PL_STEP_OVER) == (a->state == PL_ALARM_OVER));
}

static pl_status look(void *user, pl_step *s)
{
    int64_t *going_on = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_LINE_ALARMS, &all), lines = pl_rows(&PL_PLAN_LINES, &all);
    pl_line_alarm a;
    pl_plan_line l;
    bool there;
    while (pl_next(s, &PL_LINE_ALARMS, &at, &a, &there) == PL_OK && there) {
        bool over = a.state == PL_ALARM_OVER;
        CHECK_INT(pl_get(s, &PL_PLAN_LINES, pl_key_id1(a.line), &l, &there), PL_OK);
        CHECK(over == !pl_id_same(l.alarm, at.key));
        CHECK(over ? a.due == -1 && a.over >= 0 : a.due > s->time); /* no alarm outlives its deadline unseen */
        CHECK(a.silent < 0 || over || (a.state == PL_ALARM_OPEN && a.silent == a.due && !pl_id_none(a.silencer))); /* silences have an owner and an end */
        check_steps(s, at.key, &a);
        *going_on += !over;
    }
    while (pl_next(s, &PL_PLAN_LINES, &lines, &l, &there) == PL_OK && there) {
        CHECK(l.ended >= 0 || l.sum <= PL_WATCH_LIMIT || !pl_id_none(l.alarm)); /* a line that is short is in alarm */
        CHECK(l.ended < 0 || pl_id_none(l.alarm));
    }
    return PL_OK;
}

int64_t test_alarms_hold(test_commons *c)
{
    int64_t going_on = 0;
    test_look(c, look, &going_on);
    return going_on;
}
