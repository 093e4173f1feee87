/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json.h - reports, indices and alarms as JSON, for tables and for the command line: the members of an object that is open. */
#ifndef PLENTY_WATCH_JSON_H
#define PLENTY_WATCH_JSON_H

#include <plenty/watch.h>

#include "io/json.h"

/* The plan's periods, the skill, what was odd about the reports. */
void pl_json_watch(pl_json *json, const pl_watch *watch, int32_t season);
void pl_json_index(pl_json *json, const pl_watch_index *index);
/* The limit and how often it is wrong; one alarm. */
void pl_json_alarms(pl_json *json, const pl_watch *watch, const pl_alarms *alarms);
void pl_json_alarm(pl_json *json, const pl_watch *watch, const pl_alarm *alarm);

#endif
