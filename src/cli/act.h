/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * act.h - what the commands share by which a member acts in a commons, or looks at it. */
#ifndef PLENTY_CLI_ACT_H
#define PLENTY_CLI_ACT_H

#include "cli/commons.h"
#include "council/acts.h"
#include "io/json.h"

/* A member who acts: the record is open for writing, the key is there, the event is drafted. */
typedef struct cli_act {
    const cli_args *args;
    pl_record *record;
    pl_key *key;
    pl_draft draft;
    pl_error *err;
    void *user; /* of cli_acts */
} cli_act;
/* Fills in the fields of the body, which is begun; from the options, mostly. */
typedef pl_status (*cli_body_fn)(cli_act *act, pl_body *body);
/* Signs an event of that kind with --key and adds it to the record that the first argument names (or writes it to --output); prints where it
 * stands and the id of what it made.  Returns the exit code. */
int cli_do(const cli_args *args, const pl_event_kind *kind, cli_body_fn body);
/* The same where the kind, or whether anything is to be done, is only known from the record: opens record and key, and calls `acts`, which may call cli_act_event. */
int cli_acts(const cli_args *args, pl_status (*acts)(cli_act *act), void *user);
pl_status cli_act_event(cli_act *act, const pl_event_kind *kind, cli_body_fn body);

/* Opens the record of the first argument and calls `look` with its state as it is now.  Returns the exit code. */
int cli_look(const cli_args *args, pl_look_fn look, void *user);

/* An id from a text: 64 hexadecimal digits, or as many of its first digits as name one row of the table alone; or what people call it: the name of an
 * assembly, the title of a motion or of a round of sharing, the council whose election is not decided, the holder of
 * a mandate, the one whom a recall would recall; for members "me" (the holder of --key).
 * PL_NOTFOUND with a hint.  Cost: all rows of the table (find.c). */
pl_status cli_find_assembly(pl_step *step, const char *text, uint8_t id[PL_HASH]);
pl_status cli_find_id(pl_step *step, const pl_table *table, const char *what, const char *text, uint8_t id[PL_HASH]);
/* The same for who acts: within its body function. */
pl_status cli_act_find(cli_act *act, const pl_table *table, const char *what, const char *text, uint8_t id[PL_HASH]);
/* Puts the text of an option that must be given. */
pl_status cli_put_text(cli_act *act, pl_body *body, const char *field, const char *option, const char *hint);

/* Puts the grant that --grant names, when it is given. */
pl_status cli_put_grant(cli_act *act, pl_body *body);
/* Members of a JSON object: an id as hexadecimal digits, null when it is none; a time, null when it is -1. */
void cli_json_id(pl_json *json, const char *key, const uint8_t id[PL_HASH]);
void cli_json_time(pl_json *json, const char *key, int64_t time);

/* Whether drawn members have hidden the event at that position, and which act it was. */
pl_status cli_hidden(pl_record *record, int64_t position, pl_act_mark *mark, bool *hidden, pl_error *err);
/* The text of that field in the event at that position; *out is freed with pl_owned_free, and empty when the event has none. */
pl_status cli_event_text(pl_record *record, int64_t position, const char *field, pl_owned *out, pl_error *err);
/* Prints a text with so many spaces before each of its lines. */
void cli_print_text(const pl_owned *text, int indent);

#endif
