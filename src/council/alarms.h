/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * alarms.h - plan lines that are watched, what was reported and delivered, alarms and how they rise; for the files of this room and for those who show it
 * (docs/formats/commons.md, "Watching").  Whole numbers only: everybody gets the same alarms from the same record. */
#ifndef PLENTY_COUNCIL_ALARMS_H
#define PLENTY_COUNCIL_ALARMS_H

#include "council/council.h"

#define PL_WATCH_UNIT 1000000      /* amounts are in millionths of the line's unit */
#define PL_WATCH_PERIODS 400       /* of a line at most */
#define PL_WATCH_DRIFT 500         /* of the cumulative sum, in thousandths of the spread: for a shift of one spread (Page 1954) */
#define PL_WATCH_LIMIT 4770        /* above it a line is in alarm; below half of it, back */
#define PL_WATCH_SPIKE 4000        /* one report that far below plan is an alarm too */

/* A line of a plan: so much in each period.  Key: line id. */
typedef struct pl_plan_line {
    char name[101];
    uint8_t workplace[PL_HASH]; /* who carries it out and reports: an assembly */
    int64_t planned, spread;    /* of a period, in millionths: as planned; by which reports are off by chance (one sd) */
    int64_t price;              /* of one unit, in thousandths of what plans are reckoned in (hours) */
    int64_t begins, days, periods; /* when the first period begins; how long each is; how many */
    int64_t since, ended;       /* of the watch; ended: -1 */
    int64_t last;               /* latest period that was reported; -1 */
    int64_t reports;
    int64_t sum;                /* cumulative sum of what was short, in thousandths of the spread */
    int64_t begun, missing;     /* period in which it began to rise, or -1; short since then, in millionths */
    uint8_t alarm[PL_HASH];     /* the one that is not over, or none */
    int64_t alarms;             /* so far */
} pl_plan_line;
extern const pl_table PL_PLAN_LINES;

typedef struct pl_line_report {
    int64_t quantity;    /* millionths */
    int64_t capability, potentiality; /* likewise; -1: not said */
    int64_t since;       /* when it was reported first */
    int64_t corrected;   /* when it was corrected last, or -1 */
    int64_t corrections;
    uint8_t by[PL_HASH];
} pl_line_report;
extern const pl_table PL_LINE_REPORTS; /* key: line, period */

typedef struct pl_delivery {
    uint8_t line[PL_HASH], to[PL_HASH];
    uint8_t sender[PL_HASH], receiver[PL_HASH]; /* receiver: none yet */
    int64_t sent, received;  /* millionths; received: -1 */
    int64_t since, signed_at; /* signed_at: by the receiver, -1 */
    int64_t late;             /* 1: not signed in time */
} pl_delivery;
extern const pl_table PL_DELIVERIES; /* key: delivery id */

typedef enum pl_alarm_sort { PL_SHORT, PL_SPIKE, PL_UNREPORTED, PL_RAISED } pl_alarm_sort;
typedef enum pl_alarm_state { PL_ALARM_OPEN, PL_ALARM_ANSWERED, PL_ALARM_OVER } pl_alarm_state;
typedef struct pl_line_alarm {
    uint8_t line[PL_HASH];
    uint8_t at[PL_HASH];        /* the assembly that has to answer */
    uint8_t by[PL_HASH];        /* who raised it, or none: the rule did */
    uint8_t silencer[PL_HASH];  /* who silenced it on this level, or none */
    int64_t sort, state, period;
    int64_t level;              /* 0: the workplace; one more each time it rose */
    int64_t since, due;         /* due: -1 when over */
    int64_t statistic, damage;  /* thousandths of the spread; of price times the shortfall ahead */
    int64_t answered, silent;   /* when it was answered last; until when it is silent; -1 */
    int64_t over;               /* -1 */
    int64_t steps, turn;        /* turn: which of its deadlines is the one that counts */
} pl_line_alarm;
extern const pl_table PL_LINE_ALARMS; /* key: alarm id */

/* What happened to an alarm, for everybody to read.  Key: alarm, number. */
typedef enum pl_alarm_event { PL_STEP_OPENED, PL_STEP_ROSE, PL_STEP_ANSWERED, PL_STEP_NOT_MENDED, PL_STEP_SILENCED, PL_STEP_OVER } pl_alarm_event;
typedef struct pl_alarm_step {
    int64_t what, time, level, position; /* position: of the event that says it, or -1: the clock did */
    uint8_t at[PL_HASH], by[PL_HASH];
} pl_alarm_step;
extern const pl_table PL_ALARM_STEPS;

/* the line that the first field of the event names, whose watch goes on. */
pl_status pl_line_find(pl_step *step, pl_plan_line *line);
/* When period n of a line begins. */
int64_t pl_line_period(const pl_plan_line *line, int64_t n);

/* A line is judged anew after a report of this period (watching.c); opens an alarm, or says that one is over (alarms.c). */
pl_status pl_alarm_judge(pl_step *step, const uint8_t line_id[PL_HASH], pl_plan_line *line, int64_t period, int64_t last_short);
/* Opens an alarm of the line, which has none; `line` is put by the caller. */
pl_status pl_alarm_open(pl_step *step, const uint8_t line_id[PL_HASH], pl_plan_line *line, pl_alarm_sort sort, int64_t period, int64_t statistic);
/* The alarm of a line ends with its watch, or because it is back; none: nothing. */
pl_status pl_alarm_end(pl_step *step, pl_plan_line *line);

pl_status pl_report_due(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_delivery_due(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_alarm_due(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
extern const pl_event_kind PL_KIND_LINE_WATCHED, PL_KIND_LINE_ENDED, PL_KIND_LINE_REPORTED, PL_KIND_DELIVERY_SENT, PL_KIND_DELIVERY_RECEIVED;
extern const pl_event_kind PL_KIND_ALARM_RAISED, PL_KIND_ALARM_ANSWERED, PL_KIND_ALARM_SILENCED;

#endif
