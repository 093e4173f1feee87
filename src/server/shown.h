/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * shown.h - rows of the state as JSON: for each table a list of what is shown of a row; for the server and for the command line. */
#ifndef PLENTY_SERVER_SHOWN_H
#define PLENTY_SERVER_SHOWN_H

#include "io/json.h"
#include "record/step.h"

typedef enum pl_shown_as { PL_SHOW_ID, PL_SHOW_INT, PL_SHOW_TIME, PL_SHOW_BOOL, PL_SHOW_TEXT, PL_SHOW_WORD } pl_shown_as;
typedef struct pl_shown {
    const char *name; /* NULL ends the list */
    pl_shown_as as;
    size_t offset;
    const char *const *words; /* WORD: by the number in the row; beyond the last, the number itself is shown */
    size_t n_words;
} pl_shown;
#define PL_S_ID(type, member) {#member, PL_SHOW_ID, offsetof(type, member), NULL, 0}
#define PL_S_INT(type, member) {#member, PL_SHOW_INT, offsetof(type, member), NULL, 0}
#define PL_S_TIME(type, member) {#member, PL_SHOW_TIME, offsetof(type, member), NULL, 0}
#define PL_S_BOOL(type, member) {#member, PL_SHOW_BOOL, offsetof(type, member), NULL, 0}
#define PL_S_TEXT(type, member) {#member, PL_SHOW_TEXT, offsetof(type, member), NULL, 0}
#define PL_S_WORD(type, member, words) {#member, PL_SHOW_WORD, offsetof(type, member), words, sizeof words / sizeof words[0]}
#define PL_S_END {NULL, PL_SHOW_ID, 0, NULL, 0}

/* How a table is shown: the parts of its keys, by name ("motion #number": an id, a number), and the columns. */
typedef struct pl_view {
    const pl_table *table;
    const char *keys;
    const pl_shown *columns;
} pl_view;
#define PL_ROW_MOST 8192 /* bytes of the largest row */

/* The members of an object for one row. */
void pl_view_row(pl_json *json, const pl_view *view, const uint8_t *key, const void *row);

void pl_json_put_id(pl_json *json, const char *key, const uint8_t id[PL_HASH]); /* null when it is none */
void pl_json_put_time(pl_json *json, const char *key, int64_t time);            /* seconds since 1970; null when it is below 0 */

/* The views of the tables that several files show. */
extern const pl_view PL_VIEW_MANDATES, PL_VIEW_BALLOTS, PL_VIEW_CHOICES, PL_VIEW_ELECTIONS, PL_VIEW_STANDS, PL_VIEW_MOTIONS, PL_VIEW_OPTIONS, PL_VIEW_RECALLS, PL_VIEW_SIGNATURES,
    PL_VIEW_DUTIES, PL_VIEW_TRUSTS;

#endif
