/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * alarm.h - what the files of `plenty line`, `plenty delivery` and `plenty alarm` share. */
#ifndef PLENTY_CLI_ALARM_H
#define PLENTY_CLI_ALARM_H

#include "cli/rows.h"
#include "council/alarms.h"

int cli_line_watch(const cli_args *args);
int cli_line_end(const cli_args *args);
int cli_line_report(const cli_args *args);
int cli_line_list(const cli_args *args);
int cli_delivery_send(const cli_args *args);
int cli_delivery_receive(const cli_args *args);
int cli_delivery_list(const cli_args *args);
int cli_alarm_raise(const cli_args *args);
int cli_alarm_answer(const cli_args *args);
int cli_alarm_silence(const cli_args *args);
int cli_alarm_list(const cli_args *args);
int cli_alarm_show(const cli_args *args);

/* "12.5" of millionths. */
const char *alarm_amount(int64_t millionths, char out[32]);

#endif
