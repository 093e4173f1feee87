/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * watching.c - plan lines that are watched, reports of them, deliveries that both sides sign. */
#include <string.h>

#include "council/alarms.h"

#define AHEAD_DAYS 366 /* that a watch may begin ahead, or have begun before */

const pl_table PL_PLAN_LINES = {
    "lines",
    sizeof(pl_plan_line),
    17,
    {PL_TEXT(pl_plan_line, name),   PL_ID(pl_plan_line, workplace), PL_INT(pl_plan_line, planned), PL_INT(pl_plan_line, spread),  PL_INT(pl_plan_line, price),
     PL_INT(pl_plan_line, begins),  PL_INT(pl_plan_line, days),     PL_INT(pl_plan_line, periods), PL_INT(pl_plan_line, since),   PL_MAYBE(pl_plan_line, ended),
     PL_MAYBE(pl_plan_line, last),  PL_INT(pl_plan_line, reports),  PL_INT(pl_plan_line, sum),     PL_MAYBE(pl_plan_line, begun), PL_INT(pl_plan_line, missing),
     PL_ID(pl_plan_line, alarm),    PL_INT(pl_plan_line, alarms)}};
const pl_table PL_LINE_REPORTS = {"lines.reports",
                                  sizeof(pl_line_report),
                                  7,
                                  {PL_INT(pl_line_report, quantity), PL_MAYBE(pl_line_report, capability), PL_MAYBE(pl_line_report, potentiality), PL_INT(pl_line_report, since),
                                   PL_MAYBE(pl_line_report, corrected), PL_INT(pl_line_report, corrections), PL_ID(pl_line_report, by)}};
const pl_table PL_DELIVERIES = {"deliveries",
                                sizeof(pl_delivery),
                                9,
                                {PL_ID(pl_delivery, line), PL_ID(pl_delivery, to), PL_ID(pl_delivery, sender), PL_ID(pl_delivery, receiver), PL_INT(pl_delivery, sent),
                                 PL_MAYBE(pl_delivery, received), PL_INT(pl_delivery, since), PL_MAYBE(pl_delivery, signed_at), PL_INT(pl_delivery, late)}};

int64_t pl_line_period(const pl_plan_line *line, int64_t n)
{
    return line->begins + n * line->days * PL_DAY;
}

/* a mandate in a council, or a grant. */
static pl_status check_right(pl_step *s, const pl_value *grant)
{
    static const uint8_t any[PL_HASH] = {0};
    uint8_t id[PL_HASH];
    bool yes = false, in_force = false;
    pl_status status = pl_mandate_of(s, any, s->author, &yes, id, NULL);
    status = status == PL_OK ? pl_in_force(s, &in_force) : status;
    if (status != PL_OK || yes) {
        return status;
    }
    if (in_force && !grant->given) {
        return pl_broken(s, PL_RULE_LINE_RIGHT, "the signer holds no mandate, and names no grant");
    }
    return pl_privileged(s, grant);
}

/* the line that the first field names, whose watch goes on. */
pl_status pl_line_find(pl_step *s, pl_plan_line *line)
{
    char hex[13];
    bool there;
    pl_status status = pl_get(s, &PL_PLAN_LINES, pl_key_id1(s->value[0].at), line, &there);
    if (status == PL_OK && (!there || line->ended >= 0)) {
        return pl_broken(s, PL_RULE_LINE, there ? "the watch of line %s has ended" : "there is no line %s", pl_short_id(s->value[0].at, hex));
    }
    return status;
}

static pl_status put_line(pl_step *s, const uint8_t id[PL_HASH], const pl_plan_line *line)
{
    return pl_put(s, &PL_PLAN_LINES, pl_key_id1(id), line);
}

static pl_status report_due(pl_step *s, const uint8_t id[PL_HASH], const pl_plan_line *line, int64_t period)
{
    int64_t days;
    pl_status status = pl_param(s, PL_WATCH_REPORT_DAYS, &days);
    return status == PL_OK ? pl_due_at(s, pl_line_period(line, period + 1) + days * PL_DAY, "report.due", id, period) : status;
}

/* ---- Lines --------------------------------------------------------------------------------------------- */

static pl_status apply_watched(pl_step *s)
{
    pl_plan_line line = {.planned = s->value[2].x, .spread = s->value[3].x, .price = s->value[4].x, .begins = s->value[5].x, .days = s->value[6].x,
                         .periods = s->value[7].x, .since = s->time, .ended = -1, .last = -1, .begun = -1};
    pl_assembly workplace;
    bool there = false;
    memcpy(line.name, s->value[0].at, s->value[0].n);
    memcpy(line.workplace, s->value[1].at, PL_HASH);
    pl_status status = pl_assembly_get(s, line.workplace, &workplace, &there);
    if (status == PL_OK && (!there || workplace.sort == PL_EVERYONE)) {
        return pl_broken(s, PL_RULE_ASSEMBLY, there ? "everyone is no workplace" : "there is no such assembly");
    }
    if (status == PL_OK && (line.begins > s->time + AHEAD_DAYS * PL_DAY || line.begins < s->time - AHEAD_DAYS * PL_DAY)) {
        return pl_broken(s, PL_RULE_LINE_BEGINS, "the first period begins more than a year from now");
    }
    status = status == PL_OK ? check_right(s, &s->value[8]) : status;
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = put_line(s, s->id, &line);
    return status == PL_OK ? report_due(s, s->id, &line, 0) : status;
}

const pl_event_kind PL_KIND_LINE_WATCHED = {
    "line.watched",
    {{"name", PL_FIELD_TEXT, 1, 100, false},
     {"workplace", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"planned", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"spread", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {"price", PL_FIELD_INT, 0, (int64_t)1 << 40, false},
     {"begins", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},
     {"days", PL_FIELD_INT, 1, 366, false},
     {"periods", PL_FIELD_INT, 1, PL_WATCH_PERIODS, false},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_watched,
};

static pl_status apply_ended(pl_step *s)
{
    pl_plan_line line;
    pl_status status = pl_line_find(s, &line);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_right(s, &s->value[1]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    line.ended = s->time;
    status = pl_alarm_end(s, &line);
    return status == PL_OK ? put_line(s, s->value[0].at, &line) : status;
}

const pl_event_kind PL_KIND_LINE_ENDED = {
    "line.ended", {{"line", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true}, {0}}, apply_ended};

/* ---- Reports ------------------------------------------------------------------------------------------- */

/* How far below plan, in thousandths of the spread; cut where it could overflow. */
static int64_t below_plan(const pl_plan_line *line, int64_t quantity)
{
    int64_t short_by = line->planned - quantity, most = line->spread < PL_BODY_NUMBER_MAX / 1000000 ? line->spread * 1000000 : PL_BODY_NUMBER_MAX;
    short_by = short_by > most ? most : short_by < -most ? -most : short_by;
    return (int64_t)((__int128)short_by * 1000 / line->spread);
}

/* Page's sum after one more report; what is short is added up from where it began to rise. */
static void add_report(pl_plan_line *line, int64_t period, int64_t quantity)
{
    line->sum += below_plan(line, quantity) - PL_WATCH_DRIFT;
    if (line->sum <= 0) {
        line->sum = line->missing = 0;
        line->begun = -1;
        return;
    }
    line->begun = line->begun < 0 ? period : line->begun;
    line->missing += line->planned - quantity;
}

/* All reports once more, in order: after a correction, or one that came late. */
static pl_status add_all(pl_step *s, const uint8_t id[PL_HASH], pl_plan_line *line)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_LINE_REPORTS, &prefix);
    pl_line_report r;
    bool there;
    pl_status status;
    line->sum = line->missing = line->reports = 0;
    line->begun = line->last = -1;
    while ((status = pl_next(s, &PL_LINE_REPORTS, &at, &r, &there)) == PL_OK && there) {
        line->last = pl_key_number(at.key + PL_HASH);
        line->reports++;
        add_report(line, line->last, r.quantity);
    }
    return status;
}

/* Says the event what was reported already? */
static bool says_the_same(const pl_step *s, const pl_line_report *r)
{
    const pl_value *capability = &s->value[3], *potentiality = &s->value[4];
    return r->quantity == s->value[2].x && (!capability->given || r->capability == capability->x) && (!potentiality->given || r->potentiality == potentiality->x);
}

/* What the event says; else what was said of that period before. */
static int64_t said(const pl_value *v, bool corrects, int64_t before)
{
    return v->given ? v->x : corrects ? before : -1;
}

static pl_status check_reported(pl_step *s, const pl_plan_line *line, pl_line_report *r, bool *corrects)
{
    bool in = false;
    int64_t period = s->value[1].x;
    pl_status status = pl_assembly_has(s, line->workplace, s->author, 0, &in);
    if (status == PL_OK && !in) {
        return pl_broken(s, PL_RULE_REPORTER, "the signer does not belong to the workplace of this line");
    }
    if (status == PL_OK && (period >= line->periods || pl_line_period(line, period) > s->time)) {
        return pl_broken(s, PL_RULE_REPORT_PERIOD, period >= line->periods ? "the line has %lld periods" : "period %lld has not begun",
                         period >= line->periods ? (long long)line->periods : (long long)period);
    }
    status = status == PL_OK ? pl_get(s, &PL_LINE_REPORTS, pl_key_then(pl_key_id1(s->value[0].at), period), r, corrects) : status;
    if (status == PL_OK && *corrects && says_the_same(s, r)) {
        return pl_broken(s, PL_RULE_REPORT_NEW, "this is what was reported already");
    }
    return status;
}

static pl_status apply_reported(pl_step *s)
{
    pl_plan_line line;
    pl_line_report r;
    const uint8_t *id = s->value[0].at;
    int64_t period = s->value[1].x;
    bool corrects = false;
    pl_status status = pl_line_find(s, &line);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_reported(s, &line, &r, &corrects);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    r.since = corrects ? r.since : s->time;
    r.corrected = corrects ? s->time : -1;
    r.corrections += corrects;
    r.quantity = s->value[2].x;
    r.capability = said(&s->value[3], corrects, r.capability);
    r.potentiality = said(&s->value[4], corrects, r.potentiality);
    memcpy(r.by, s->author, PL_HASH);
    status = pl_put(s, &PL_LINE_REPORTS, pl_key_then(pl_key_id1(id), period), &r);
    if (status == PL_OK && (corrects || period < line.last)) {
        status = add_all(s, id, &line);
    } else if (status == PL_OK) {
        line.last = period;
        line.reports++;
        add_report(&line, period, r.quantity);
    }
    status = status == PL_OK ? pl_alarm_judge(s, id, &line, period, below_plan(&line, r.quantity)) : status;
    return status == PL_OK ? put_line(s, id, &line) : status;
}

const pl_event_kind PL_KIND_LINE_REPORTED = {
    "line.reported",
    {{"line", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"period", PL_FIELD_INT, 0, PL_WATCH_PERIODS - 1, false},
     {"quantity", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false},
     {"capability", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, true},
     {"potentiality", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, true},
     {0}},
    apply_reported,
};

/* The time for the report of period n is over; that of the next one is made due.  Who does not report is not excused by it. */
pl_status pl_report_due(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_plan_line line;
    pl_line_report r;
    bool there, reported = false;
    pl_status status = pl_get(s, &PL_PLAN_LINES, pl_key_id1(id), &line, &there);
    if (status != PL_OK || !there || line.ended >= 0) {
        return status;
    }
    status = pl_get(s, &PL_LINE_REPORTS, pl_key_then(pl_key_id1(id), n), &r, &reported);
    if (status == PL_OK && !reported && pl_id_none(line.alarm)) {
        status = pl_alarm_open(s, id, &line, PL_UNREPORTED, n, line.sum);
        status = status == PL_OK ? put_line(s, id, &line) : status;
    }
    return status == PL_OK && n + 1 < line.periods ? report_due(s, id, &line, n + 1) : status;
}

/* ---- Deliveries ---------------------------------------------------------------------------------------- */

static pl_status apply_sent(pl_step *s)
{
    pl_plan_line line;
    pl_assembly to;
    pl_delivery d = {.sent = s->value[2].x, .received = -1, .since = s->time, .signed_at = -1};
    bool in = false, there = false;
    int64_t days;
    pl_status status = pl_line_find(s, &line);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(d.line, s->value[0].at, PL_HASH);
    memcpy(d.to, s->value[1].at, PL_HASH);
    memcpy(d.sender, s->author, PL_HASH);
    status = pl_assembly_has(s, line.workplace, s->author, 0, &in);
    status = status == PL_OK ? pl_assembly_get(s, d.to, &to, &there) : status;
    status = status == PL_OK ? pl_param(s, PL_DELIVERY_DAYS, &days) : status;
    if (status == PL_OK && (!in || !there || pl_id_same(d.to, line.workplace))) {
        return pl_broken(s, PL_RULE_DELIVERY_SENT, !in ? "the signer does not belong to the workplace of this line" : !there ? "there is no such receiver" : "nobody delivers to themselves");
    }
    status = status == PL_OK ? pl_put(s, &PL_DELIVERIES, pl_key_id1(s->id), &d) : status;
    return status == PL_OK ? pl_due_at(s, s->time + days * PL_DAY, "delivery.due", s->id, 0) : status;
}

const pl_event_kind PL_KIND_DELIVERY_SENT = {
    "delivery.sent",
    {{"line", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"to", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     {"amount", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, false},
     {0}},
    apply_sent,
};

static pl_status apply_received(pl_step *s)
{
    pl_delivery d;
    char hex[13];
    bool there = false, in = false;
    const uint8_t *id = s->value[0].at;
    pl_status status = pl_get(s, &PL_DELIVERIES, pl_key_id1(id), &d, &there);
    if (status == PL_OK && (!there || d.signed_at >= 0)) {
        return pl_broken(s, PL_RULE_DELIVERY_RECEIVED, there ? "delivery %s has been signed for" : "there is no delivery %s", pl_short_id(id, hex));
    }
    status = status == PL_OK ? pl_assembly_has(s, d.to, s->author, 0, &in) : status;
    if (status == PL_OK && (!in || pl_id_same(s->author, d.sender))) {
        return pl_broken(s, PL_RULE_DELIVERY_RECEIVED, in ? "who sent it does not sign for it" : "the signer does not belong to the receiver");
    }
    d.received = s->value[1].x;
    d.signed_at = s->time;
    memcpy(d.receiver, s->author, PL_HASH);
    return status == PL_OK ? pl_put(s, &PL_DELIVERIES, pl_key_id1(id), &d) : status;
}

const pl_event_kind PL_KIND_DELIVERY_RECEIVED = {
    "delivery.received",
    {{"delivery", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"amount", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, false}, {0}},
    apply_received,
};

pl_status pl_delivery_due(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_delivery d;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_DELIVERIES, pl_key_id1(id), &d, &there);
    if (status != PL_OK || !there || d.signed_at >= 0) {
        return status;
    }
    d.late = 1;
    return pl_put(s, &PL_DELIVERIES, pl_key_id1(id), &d);
}
