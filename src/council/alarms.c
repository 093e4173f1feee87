/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * alarms.c - alarms of plan lines: the rule opens them, the workplace is told first, and what is not answered in its time rises by the clock alone. */
#include "council/alarms.h"

#include <string.h>

#include "record/bytes.h"

const pl_table PL_LINE_ALARMS = {
    "alarms",
    sizeof(pl_line_alarm),
    17,
    {PL_ID(pl_line_alarm, line),    PL_ID(pl_line_alarm, at),         PL_ID(pl_line_alarm, by),      PL_ID(pl_line_alarm, silencer), PL_INT(pl_line_alarm, sort),
     PL_INT(pl_line_alarm, state),  PL_INT(pl_line_alarm, period),    PL_INT(pl_line_alarm, level),  PL_INT(pl_line_alarm, since),   PL_MAYBE(pl_line_alarm, due),
     PL_INT(pl_line_alarm, statistic), PL_INT(pl_line_alarm, damage), PL_MAYBE(pl_line_alarm, answered), PL_MAYBE(pl_line_alarm, silent),
     PL_MAYBE(pl_line_alarm, over), PL_INT(pl_line_alarm, steps),     PL_INT(pl_line_alarm, turn)}};
const pl_table PL_ALARM_STEPS = {"alarms.steps",
                                 sizeof(pl_alarm_step),
                                 6,
                                 {PL_INT(pl_alarm_step, what), PL_INT(pl_alarm_step, time), PL_INT(pl_alarm_step, level), PL_MAYBE(pl_alarm_step, position),
                                  PL_ID(pl_alarm_step, at), PL_ID(pl_alarm_step, by)}};

/* ---- What an alarm is made of ------------------------------------------------------------------------------ */

static pl_status put_alarm(pl_step *s, const uint8_t id[PL_HASH], const pl_line_alarm *a)
{
    return pl_put(s, &PL_LINE_ALARMS, pl_key_id1(id), a);
}

#define THE_CLOCK (-1) /* makes it happen, whatever event comes next */

static int64_t this_event(const pl_step *s)
{
    return (int64_t)s->fold->position;
}

/* Notes for everybody what has happened; `by` may be NULL: the clock, or the rule. */
static pl_status note(pl_step *s, const uint8_t id[PL_HASH], pl_line_alarm *a, pl_alarm_event what, int64_t position, const uint8_t *by)
{
    pl_alarm_step step = {.what = what, .time = s->time, .level = a->level, .position = position};
    memcpy(step.at, a->at, PL_HASH);
    if (by != NULL) {
        memcpy(step.by, by, PL_HASH);
    }
    return pl_put(s, &PL_ALARM_STEPS, pl_key_then(pl_key_id1(id), a->steps++), &step);
}

/* The deadline that counts from now on. */
static pl_status set_due(pl_step *s, const uint8_t id[PL_HASH], pl_line_alarm *a, int64_t time)
{
    a->due = time;
    return pl_due_at(s, time, "alarm.due", id, ++a->turn);
}

static pl_status set_due_of_level(pl_step *s, const uint8_t id[PL_HASH], pl_line_alarm *a)
{
    int64_t hours;
    pl_status status = pl_param(s, a->level == 0 ? PL_ALARM_FIRST_HOURS : a->level == 1 ? PL_ALARM_COUNCIL_HOURS : PL_ALARM_UPPER_HOURS, &hours);
    return status == PL_OK ? set_due(s, id, a, s->time + hours * PL_HOUR) : status;
}

/* Who comes after an assembly: the council to which it elects (the first by its id, where there are several), and in the end everyone. */
static pl_status next_up(pl_step *s, uint8_t at[PL_HASH])
{
    pl_row_key all = pl_key_none();
    pl_cursor cursor = pl_rows(&PL_GROUPS, &all);
    pl_seat_group group;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_GROUPS, &cursor, &group, &there)) == PL_OK && there) {
        if (pl_id_same(group.electors, at) && !pl_id_same(cursor.key, at)) {
            memcpy(at, cursor.key, PL_HASH);
            return PL_OK;
        }
    }
    memcpy(at, s->fold->commons_id, PL_HASH);
    return status;
}

/* Price times what is missing, and what will be until the end if it goes on so, in thousandths of what prices are reckoned in. */
static int64_t damage_of(const pl_plan_line *line, pl_alarm_sort sort)
{
    int64_t reports = line->last - line->begun + 1, left = line->periods - 1 - line->last;
    __int128 ahead = line->begun >= 0 && line->missing > 0 ? line->missing + (__int128)line->missing * left / reports : 0;
    ahead = sort == PL_UNREPORTED && ahead < line->planned ? line->planned : ahead;
    __int128 damage = ahead * line->price / PL_WATCH_UNIT;
    return damage > PL_BODY_NUMBER_MAX ? PL_BODY_NUMBER_MAX : (int64_t)damage;
}

/* The id of the n-th alarm of a line: no event makes it, so it is derived. */
static void alarm_id(const uint8_t line[PL_HASH], int64_t n, uint8_t out[PL_HASH])
{
    uint8_t text[PL_HASH + 8];
    memcpy(text, line, PL_HASH);
    for (int i = 0; i < 8; i++) {
        text[PL_HASH + i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    }
    pl_hash(text, sizeof text, out);
}

pl_status pl_alarm_open(pl_step *s, const uint8_t line_id[PL_HASH], pl_plan_line *line, pl_alarm_sort sort, int64_t period, int64_t statistic)
{
    pl_line_alarm a = {.sort = sort, .state = PL_ALARM_OPEN, .period = period, .since = s->time, .statistic = statistic, .damage = damage_of(line, sort),
                       .answered = -1, .silent = -1, .over = -1};
    uint8_t id[PL_HASH];
    alarm_id(line_id, line->alarms++, id);
    memcpy(line->alarm, id, PL_HASH);
    memcpy(a.line, line_id, PL_HASH);
    memcpy(a.at, line->workplace, PL_HASH);
    if (sort == PL_RAISED) {
        memcpy(a.by, s->author, PL_HASH);
    }
    pl_status status = note(s, id, &a, PL_STEP_OPENED, sort == PL_UNREPORTED ? THE_CLOCK : this_event(s), sort == PL_RAISED ? s->author : NULL);
    status = status == PL_OK ? set_due_of_level(s, id, &a) : status;
    return status == PL_OK ? put_alarm(s, id, &a) : status;
}

static pl_status end_alarm(pl_step *s, const uint8_t id[PL_HASH], pl_line_alarm *a, pl_plan_line *line, int64_t position)
{
    a->state = PL_ALARM_OVER;
    a->over = s->time;
    a->due = -1;
    memset(line->alarm, 0, PL_HASH);
    pl_status status = note(s, id, a, PL_STEP_OVER, position, NULL);
    return status == PL_OK ? put_alarm(s, id, a) : status;
}

pl_status pl_alarm_end(pl_step *s, pl_plan_line *line)
{
    pl_line_alarm a;
    uint8_t id[PL_HASH];
    bool there;
    if (pl_id_none(line->alarm)) {
        return PL_OK;
    }
    memcpy(id, line->alarm, PL_HASH);
    pl_status status = pl_get(s, &PL_LINE_ALARMS, pl_key_id1(id), &a, &there);
    return status == PL_OK ? end_alarm(s, id, &a, line, this_event(s)) : status;
}

static bool is_back(const pl_plan_line *line)
{
    return 2 * line->sum < PL_WATCH_LIMIT;
}

/* The alarm that there is goes on, or is over. */
static pl_status judge_again(pl_step *s, pl_plan_line *line, int64_t period, int64_t last_short)
{
    pl_line_alarm a;
    uint8_t id[PL_HASH];
    bool there, caught_up;
    memcpy(id, line->alarm, PL_HASH);
    pl_status status = pl_get(s, &PL_LINE_ALARMS, pl_key_id1(id), &a, &there);
    if (status != PL_OK) {
        return status;
    }
    caught_up = a.sort == PL_UNREPORTED && period >= a.period;
    if (caught_up || (a.sort <= PL_SPIKE && is_back(line) && last_short <= PL_WATCH_SPIKE)) {
        return end_alarm(s, id, &a, line, this_event(s));
    }
    if (line->sum > PL_WATCH_LIMIT) { /* what was raised, or only a spike, is by now what the rule sees too */
        a.sort = a.sort == PL_UNREPORTED ? a.sort : PL_SHORT;
    }
    a.statistic = line->sum;
    a.damage = damage_of(line, (pl_alarm_sort)a.sort);
    return put_alarm(s, id, &a);
}

pl_status pl_alarm_judge(pl_step *s, const uint8_t line_id[PL_HASH], pl_plan_line *line, int64_t period, int64_t last_short)
{
    pl_status status = pl_id_none(line->alarm) ? PL_OK : judge_again(s, line, period, last_short);
    if (status != PL_OK || !pl_id_none(line->alarm)) {
        return status;
    }
    if (line->sum > PL_WATCH_LIMIT) {
        return pl_alarm_open(s, line_id, line, PL_SHORT, period, line->sum);
    }
    return last_short > PL_WATCH_SPIKE ? pl_alarm_open(s, line_id, line, PL_SPIKE, period, last_short) : PL_OK;
}

/* ---- The clock ------------------------------------------------------------------------------------------------ */

static pl_status rise(pl_step *s, const uint8_t id[PL_HASH], pl_line_alarm *a, pl_alarm_event what)
{
    a->state = PL_ALARM_OPEN;
    a->level++;
    a->silent = -1;
    memset(a->silencer, 0, PL_HASH);
    pl_status status = next_up(s, a->at);
    status = status == PL_OK ? note(s, id, a, what, THE_CLOCK, NULL) : status;
    status = status == PL_OK ? set_due_of_level(s, id, a) : status;
    return status == PL_OK ? put_alarm(s, id, a) : status;
}

/* A deadline has come: nobody answered; or what was answered has not mended it. */
pl_status pl_alarm_due(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_line_alarm a;
    pl_plan_line line;
    bool there;
    pl_status status = pl_get(s, &PL_LINE_ALARMS, pl_key_id1(id), &a, &there);
    if (status != PL_OK || !there || a.state == PL_ALARM_OVER || a.turn != n) {
        return status;
    }
    status = pl_get(s, &PL_PLAN_LINES, pl_key_id1(a.line), &line, &there);
    if (status == PL_OK && a.state == PL_ALARM_ANSWERED && a.sort == PL_RAISED && is_back(&line)) { /* it was answered, and the line is as planned */
        status = end_alarm(s, id, &a, &line, THE_CLOCK);
        return status == PL_OK ? pl_put(s, &PL_PLAN_LINES, pl_key_id1(a.line), &line) : status;
    }
    return status == PL_OK ? rise(s, id, &a, a.state == PL_ALARM_ANSWERED ? PL_STEP_NOT_MENDED : PL_STEP_ROSE) : status;
}

/* ---- What people do --------------------------------------------------------------------------------------------- */

static pl_status apply_raised(pl_step *s)
{
    pl_plan_line line;
    bool member = false;
    pl_status status = pl_member_is(s, s->author, &member);
    if (status == PL_OK && !member) {
        return pl_broken(s, PL_RULE_MEMBER, "the signer is no member");
    }
    status = status == PL_OK ? pl_line_find(s, &line) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE && !pl_id_none(line.alarm)) {
        return pl_broken(s, PL_RULE_ALARM_ALREADY, "the alarm of this line goes on");
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_alarm_open(s, s->value[0].at, &line, PL_RAISED, line.last < 0 ? 0 : line.last, line.sum);
    return status == PL_OK ? pl_put(s, &PL_PLAN_LINES, pl_key_id1(s->value[0].at), &line) : status;
}

const pl_event_kind PL_KIND_ALARM_RAISED = {
    "alarm.raised", {{"line", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, 10000, false}, {0}}, apply_raised};

/* the alarm that the first field names is open; R-209: the signer belongs to where it stands, or (`workplace`) to the workplace. */
static pl_status find_alarm(pl_step *s, pl_line_alarm *a, bool workplace)
{
    const uint8_t *id = s->value[0].at;
    pl_plan_line line;
    char hex[13];
    bool there, in = false;
    pl_status status = pl_get(s, &PL_LINE_ALARMS, pl_key_id1(id), a, &there);
    if (status == PL_OK && (!there || a->state != PL_ALARM_OPEN)) {
        return pl_broken(s, PL_RULE_ALARM, !there ? "there is no alarm %s" : a->state == PL_ALARM_OVER ? "alarm %s is over" : "alarm %s has been answered", pl_short_id(id, hex));
    }
    status = status == PL_OK ? pl_assembly_has(s, a->at, s->author, 0, &in) : status;
    if (status == PL_OK && !in && workplace) {
        status = pl_get(s, &PL_PLAN_LINES, pl_key_id1(a->line), &line, &there);
        status = status == PL_OK ? pl_assembly_has(s, line.workplace, s->author, 0, &in) : status;
    }
    return status == PL_OK && !in ? pl_broken(s, PL_RULE_ALARM_ANSWERS, "the signer does not belong to where the alarm stands%s", workplace ? ", nor to the workplace" : "") : status;
}

static pl_status apply_answered(pl_step *s)
{
    pl_line_alarm a;
    int64_t most;
    const uint8_t *id = s->value[0].at;
    pl_status status = find_alarm(s, &a, true);
    status = status == PL_OK ? pl_param(s, PL_ALARM_MEND_DAYS, &most) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE && s->value[1].x > most) {
        return pl_broken(s, PL_RULE_ALARM_DAYS, "%lld days to mend it are more than %lld", (long long)s->value[1].x, (long long)most);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    a.state = PL_ALARM_ANSWERED;
    a.answered = s->time;
    a.silent = -1;
    status = note(s, id, &a, PL_STEP_ANSWERED, this_event(s), s->author);
    status = status == PL_OK ? set_due(s, id, &a, s->time + s->value[1].x * PL_DAY) : status;
    return status == PL_OK ? put_alarm(s, id, &a) : status;
}

const pl_event_kind PL_KIND_ALARM_ANSWERED = {
    "alarm.answered",
    {{"alarm", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"days", PL_FIELD_INT, 1, 366, false}, {"text", PL_FIELD_LINES, 1, 10000, false}, {0}},
    apply_answered,
};

static pl_status apply_silenced(pl_step *s)
{
    pl_line_alarm a;
    int64_t most, until = s->value[1].x;
    const uint8_t *id = s->value[0].at;
    pl_status status = find_alarm(s, &a, false);
    status = status == PL_OK ? pl_param(s, PL_ALARM_SILENCE_DAYS, &most) : status;
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!pl_id_none(a.silencer)) {
        return pl_broken(s, PL_RULE_ALARM_SILENCE, "it has been silenced where it stands already");
    }
    if (until <= s->time || until > s->time + most * PL_DAY) {
        return pl_broken(s, PL_RULE_ALARM_SILENCE, until <= s->time ? "it would end before it begins" : "it would last more than %lld days", (long long)most);
    }
    a.silent = until;
    memcpy(a.silencer, s->author, PL_HASH);
    status = note(s, id, &a, PL_STEP_SILENCED, this_event(s), s->author);
    status = status == PL_OK ? set_due(s, id, &a, until) : status;
    return status == PL_OK ? put_alarm(s, id, &a) : status;
}

const pl_event_kind PL_KIND_ALARM_SILENCED = {
    "alarm.silenced",
    {{"alarm", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"until", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},
     {"reason", PL_FIELD_LINES, 1, 2000, false},
     {0}},
    apply_silenced,
};
