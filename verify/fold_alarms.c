/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_alarms.c - alarms of lines: opened by the rule, answered, silenced, and what is not answered in its time rises by the clock. */
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define HOUR ((int64_t)3600)
#define UNIT 1000000
#define LIMIT 4770
#define SPIKE 4000
#define NUMBER ((int64_t)1 << 53)
#define THE_CLOCK (-1)

pv_watched *pv_watched_of(const pv_fold *c)
{
    pv_watched *l = pv_get_id(c, 'x', c->value[0].at);
    return l != NULL && l->ended < 0 ? l : NULL;
}

static int64_t this_event(const pv_fold *c)
{
    return (int64_t)c->tree->size;
}

static void note(pv_fold *c, pv_alarm *a, int64_t what, int64_t position, const pv_member *by)
{
    pv_step *s = pv_new(c, sizeof *s);
    *s = (pv_step){what, c->time, a->level, position, a->at, by};
    pv_push(c, &a->steps, s);
}

static void alarm_due(pv_fold *c, void *subject, int64_t turn);

static void set_due(pv_fold *c, pv_alarm *a, int64_t time)
{
    a->due = time;
    pv_due_at(c, time, alarm_due, a, ++a->turn);
}

static void wait_on_level(pv_fold *c, pv_alarm *a)
{
    set_due(c, a, c->time + c->param[a->level == 0 ? PV_ALARM_FIRST : a->level == 1 ? PV_ALARM_COUNCIL : PV_ALARM_UPPER] * HOUR);
}

/* The council to which it elects, the first by its id; in the end everyone. */
static pv_assembly *next_up(const pv_fold *c, const pv_assembly *at)
{
    pv_assembly *first = NULL;
    for (size_t i = 0; i < c->assemblies.n; i++) {
        pv_assembly *a = c->assemblies.at[i];
        for (size_t k = 0; k < a->groups.n && a != at; k++) {
            const pv_group *g = a->groups.at[k];
            first = g->electors == at && (first == NULL || pv_by_id(&a, &first) < 0) ? a : first;
        }
    }
    return first != NULL ? first : c->everyone;
}

/* Price times what is missing since the sum began to rise, and what will be until the last period if it goes on so. */
static int64_t damage(const pv_watched *l, int64_t sort)
{
    __int128 ahead = 0;
    if (l->begun >= 0 && l->missing > 0) {
        ahead = l->missing + (__int128)l->missing * (l->periods - 1 - l->last) / (l->last - l->begun + 1);
    }
    ahead = sort == PV_UNREPORTED && ahead < l->planned ? l->planned : ahead;
    ahead = ahead * l->price / UNIT;
    return ahead > NUMBER ? NUMBER : (int64_t)ahead;
}

void pv_alarm_open(pv_fold *c, pv_watched *l, int64_t sort, int64_t period, int64_t statistic)
{
    pv_alarm *a = pv_new(c, sizeof *a);
    uint8_t text[40];
    *a = (pv_alarm){.line = l, .at = l->workplace, .sort = sort, .period = period, .since = c->time, .statistic = statistic, .damage = damage(l, sort), .answered = -1, .silent = -1,
                    .over = -1};
    a->by = sort == PV_RAISED ? c->author : NULL;
    memcpy(text, l->id, 32);
    pv_big_endian(l->alarms++, text + 32);
    pv_hash(text, sizeof text, a->id);
    l->alarm = a;
    pv_put_id(c, 'U', a->id, a);
    pv_push(c, &c->alarms, a);
    note(c, a, PV_STEP_OPENED, sort == PV_UNREPORTED ? THE_CLOCK : this_event(c), a->by);
    wait_on_level(c, a);
}

void pv_alarm_end(pv_fold *c, pv_watched *l, int64_t position)
{
    pv_alarm *a = l->alarm;
    if (a != NULL) {
        a->state = PV_ALARM_OVER;
        a->over = c->time;
        a->due = -1;
        l->alarm = NULL;
        note(c, a, PV_STEP_OVER, position, NULL);
    }
}

static bool is_back(const pv_watched *l)
{
    return 2 * l->sum < LIMIT;
}

void pv_alarm_judge(pv_fold *c, pv_watched *l, int64_t period, int64_t last_short)
{
    pv_alarm *a = l->alarm;
    bool over = a != NULL && ((a->sort == PV_UNREPORTED && period >= a->period) || (a->sort <= PV_SPIKE && is_back(l) && last_short <= SPIKE));
    if (over) {
        pv_alarm_end(c, l, this_event(c));
    } else if (a != NULL) {
        a->sort = l->sum > LIMIT && a->sort != PV_UNREPORTED ? PV_SHORT : a->sort; /* by now the rule sees it too */
        a->statistic = l->sum;
        a->damage = damage(l, a->sort);
        return;
    }
    if (l->sum > LIMIT) {
        pv_alarm_open(c, l, PV_SHORT, period, l->sum);
    } else if (last_short > SPIKE) {
        pv_alarm_open(c, l, PV_SPIKE, period, last_short);
    }
}

/* A deadline has come: nobody answered, or what was answered has not mended it. */
static void alarm_due(pv_fold *c, void *subject, int64_t turn)
{
    pv_alarm *a = subject;
    bool answered = a->state == PV_ALARM_ANSWERED;
    if (a->state == PV_ALARM_OVER || a->turn != turn) {
        return;
    }
    if (answered && a->sort == PV_RAISED && is_back(a->line)) {
        pv_alarm_end(c, a->line, THE_CLOCK);
        return;
    }
    a->state = PV_ALARM_OPEN;
    a->level++;
    a->silent = -1;
    a->silencer = NULL;
    a->at = next_up(c, a->at);
    note(c, a, answered ? PV_STEP_NOT_MENDED : PV_STEP_ROSE, THE_CLOCK, NULL);
    wait_on_level(c, a);
}

/* ---- What people do --------------------------------------------------------------------------------- */

int pv_apply_raised(pv_fold *c)
{
    pv_watched *l = pv_watched_of(c);
    if (l == NULL || l->alarm != NULL) {
        return l == NULL ? 201 : 210;
    }
    pv_alarm_open(c, l, PV_RAISED, l->last < 0 ? 0 : l->last, l->sum);
    return 0;
}

/* R-208; R-209: those where it stands, or (`workplace`) of the workplace. */
static int find_alarm(const pv_fold *c, bool workplace, pv_alarm **out)
{
    pv_alarm *a = *out = pv_get_id(c, 'U', c->value[0].at);
    if (a == NULL || a->state != PV_ALARM_OPEN) {
        return 208;
    }
    return pv_has(c, a->at, c->author, 0) || (workplace && pv_has(c, a->line->workplace, c->author, 0)) ? 0 : 209;
}

int pv_apply_alarm_answered(pv_fold *c)
{
    pv_alarm *a;
    int rule = find_alarm(c, true, &a);
    rule = rule == 0 && c->value[1].x > c->param[PV_MEND_DAYS] ? 212 : rule;
    if (rule != 0) {
        return rule;
    }
    a->state = PV_ALARM_ANSWERED;
    a->answered = c->time;
    a->silent = -1;
    note(c, a, PV_STEP_ANSWERED, this_event(c), c->author);
    set_due(c, a, c->time + c->value[1].x * PV_DAY);
    return 0;
}

int pv_apply_silenced(pv_fold *c)
{
    int64_t until = c->value[1].x;
    pv_alarm *a;
    int rule = find_alarm(c, false, &a);
    if (rule != 0) {
        return rule;
    }
    if (a->silencer != NULL || until <= c->time || until > c->time + c->param[PV_SILENCE_DAYS] * PV_DAY) {
        return 211;
    }
    a->silent = until;
    a->silencer = c->author;
    note(c, a, PV_STEP_SILENCED, this_event(c), c->author);
    set_due(c, a, until);
    return 0;
}
