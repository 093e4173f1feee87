/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watching_help.h - lines, reports, alarms for tests. */
#ifndef PLENTY_TEST_WATCHING_HELP_H
#define PLENTY_TEST_WATCHING_HELP_H

#include "council/alarms.h"
#include "test/council_help.h"

#define UNIT PL_WATCH_UNIT

/* A constituency; by the first founder before a constitution is in force. */
test_id test_workplace(test_commons *c, const char *name);
/* Watches a line that begins in so many seconds: 100 of a unit a week, off by 5, at a price of 2, for that many weeks. */
pl_rule test_watch(test_commons *c, size_t who, test_id workplace, int64_t begins, int64_t weeks, test_id *line);
/* Reports a quantity of units. */
pl_rule test_report(test_commons *c, size_t who, test_id line, int64_t period, int64_t units);
pl_plan_line test_line(test_commons *c, test_id line);
/* The alarm of a line that goes on; false: there is none. */
bool test_alarm(test_commons *c, test_id line, test_id *id, pl_line_alarm *alarm);
pl_line_alarm test_alarm_of(test_commons *c, test_id alarm);
pl_rule test_answer(test_commons *c, size_t who, test_id alarm, int64_t days);
pl_rule test_silence(test_commons *c, size_t who, test_id alarm, int64_t until);
/* What must hold of all alarms at any moment: none that is not over has a deadline that is past, each stands as high as it rose, every step is noted, silences have
 * an owner and an end, lines in alarm have one.  How many are not over. */
int64_t test_alarms_hold(test_commons *c);

#endif
