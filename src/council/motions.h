/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * motions.h - the tables of motions, decisions and questions; for the files of this room and for those who show them.
 *
 * Texts stay in the events: a row says at which position. */
#ifndef PLENTY_COUNCIL_MOTIONS_H
#define PLENTY_COUNCIL_MOTIONS_H

#include "council/ballots.h"

#define PL_BUDGET_MAX 100000 /* whole units of money: Equal Shares raises shares by one, many times */

typedef enum pl_motion_sort { PL_MOTION_TEXT, PL_MOTION_PLANS, PL_MOTION_CONSTITUTION, PL_MOTION_INSTRUCTION, PL_MOTION_PROJECTS, PL_MOTION_SORTS } pl_motion_sort;
typedef enum pl_motion_state { PL_MOTION_DEBATE, PL_MOTION_VOTING, PL_MOTION_CARRIED, PL_MOTION_REJECTED, PL_MOTION_NO_QUORUM } pl_motion_state;

typedef struct pl_motion {
    uint8_t assembly[PL_HASH], author[PL_HASH];
    uint8_t mandate[PL_HASH]; /* that is instructed, or none */
    uint8_t ballot[PL_HASH];  /* or none, in debate */
    int64_t sort, state, since, freezes;
    int64_t position;         /* of the event that tabled it */
    int64_t versions, points, amendments, options;
    uint8_t frozen[PL_HASH];  /* hash of the text that is voted on, or none in debate */
    int64_t chosen;           /* the option that won, or -1; of projects the one that was chosen first: the ballot has all */
    int64_t decided;          /* when, or -1 */
    uint8_t executor[PL_HASH];
    int64_t due_days, due;    /* due: of the report; -1 */
    int64_t reported, report; /* when, and the position of the report; -1 */
    int64_t budget;           /* of projects: how much there is to spend, in whole units of money; otherwise 0 */
} pl_motion;
extern const pl_table PL_MOTIONS; /* key: motion id */

/* A text of a motion: (motion, 1, 2, ...) the sponsor's versions; (motion, amendment) what others propose. */
typedef struct pl_motion_text {
    uint8_t author[PL_HASH], text[PL_HASH];
    int64_t since, position;
    int64_t support; /* of an amendment: members who support it, the author included */
} pl_motion_text;
extern const pl_table PL_MOTION_VERSIONS, PL_AMENDMENTS;

/* What is said for and against: (motion, 1, 2, ...). */
typedef struct pl_point {
    uint8_t author[PL_HASH];
    int64_t side; /* 0 for, 1 against */
    int64_t since, position, version;
    int64_t reply; /* the number of the point that it answers, or 0 */
} pl_point;
extern const pl_table PL_POINTS;

/* What can be chosen: (motion, 0, 1, ...): the amendment, the plan or the project; none of these: the sponsor's text, and in the last row to do nothing of it. */
typedef struct pl_option {
    uint8_t amendment[PL_HASH], plan[PL_HASH];
    uint8_t economy[PL_HASH]; /* that it is a plan of */
    char name[101];
    int64_t cost; /* of a project, in whole units of money; otherwise 0 */
} pl_option;
extern const pl_table PL_OPTIONS;
/* Calls `each` for every option that is a plan, with the id of its motion, until *enough is set. */
typedef pl_status (*pl_each_plan_fn)(void *user, pl_step *s, const uint8_t motion[PL_HASH], const pl_option *option, bool *enough);
pl_status pl_each_plan(pl_step *s, pl_each_plan_fn each, void *user);

/* Plans in force: (0) the present one, (1), (2), ... all of them. */
typedef struct pl_plan_in_force {
    uint8_t motion[PL_HASH], plan[PL_HASH], economy[PL_HASH];
    int64_t number, since;
} pl_plan_in_force;
extern const pl_table PL_PLANS_IN_FORCE;

/* Questions to those who hold mandates. */
typedef struct pl_question {
    uint8_t mandate[PL_HASH], author[PL_HASH];
    int64_t since, position, due;
    int64_t answered, answer; /* when, and at which position; -1 */
} pl_question;
extern const pl_table PL_QUESTIONS; /* key: question id */

extern const pl_event_kind PL_KIND_MOTION_TABLED, PL_KIND_MOTION_AMENDED, PL_KIND_MOTION_URGENT, PL_KIND_MOTION_POINT, PL_KIND_AMENDMENT_PROPOSED,
    PL_KIND_AMENDMENT_SUPPORTED, PL_KIND_DECISION_TAKEN, PL_KIND_DECISION_REPORTED, PL_KIND_QUESTION_ASKED, PL_KIND_QUESTION_ANSWERED;

/* Due: the debate ends, the text is frozen, the vote begins. */
pl_status pl_motion_freezes(pl_step *step, const uint8_t id[PL_HASH], int64_t n);

#endif
