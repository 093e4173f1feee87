/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lights.h - warning lights against a bureaucracy: figures of the record beside the limits of the constitution. */
#ifndef PLENTY_COUNCIL_LIGHTS_H
#define PLENTY_COUNCIL_LIGHTS_H

#include "council/council.h"
#include "io/json.h"

typedef enum pl_light_name {
    PL_LIGHT_PAY,        /* the highest pay of an official, of the most there can be */
    PL_LIGHT_OFFICE,     /* the longest time in office without a break, of those in office */
    PL_LIGHT_TERMS,      /* the most terms in a row in one council, likewise */
    PL_LIGHT_CONTESTED,  /* seats that more stood for than there were, of those filled in a year */
    PL_LIGHT_RECALL,     /* the longest time from asking for a recall to its ballot, in a year */
    PL_LIGHT_GINI,       /* how unevenly turns have fallen, of the worst rota */
    PL_LIGHT_WAIT,       /* the longest wait for a turn in rounds, of the worst rota */
    PL_LIGHT_ACTS,       /* privileged acts of one person, of all in a year */
    PL_LIGHT_OVERDUE,    /* reports on decisions that are overdue */
    PL_LIGHT_UNANSWERED, /* questions that were not answered in time */
    PL_LIGHT_SHELF,      /* the part of the open minutes with goods on the shelf, of the worst assembly that reports */
    PL_LIGHT_FILL,       /* the part of orders that is met, likewise */
    PL_LIGHT_LISTS,      /* the median wait of those on lists, likewise */
    PL_LIGHT_ALARMS,     /* alarms that rose above their workplace and are not over */
    PL_LIGHTS
} pl_light_name;

typedef struct pl_light_about {
    const char *name, *says, *unit, *answers; /* answers: who must explain it */
    pl_param_name limit;
    bool least; /* the limit is the least, not the most */
} pl_light_about;
const pl_light_about *pl_light_what(pl_light_name name); /* static */

typedef struct pl_light {
    bool judged;              /* false: there is nothing yet to judge by */
    bool red;
    int64_t figure, limit, of; /* of: out of how many, where that says something */
    int64_t since;            /* when what makes the figure came about, or -1 */
    uint8_t subject[PL_HASH]; /* member, rota, recall, motion or question that the figure comes from, or none */
} pl_light;

/* All lights, as the step's clock stands.  O(rows) of the tables they look at. */
pl_status pl_lights(pl_step *step, pl_light out[PL_LIGHTS]);
/* The members of an object: figure, limit, since when, who must answer. */
void pl_json_light(pl_json *json, const pl_light *light, const pl_light_about *about);

#endif
