/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * view.h - rows of the state as JSON: for each table a list of what is shown of a row, and one way to go through it. */
#ifndef PLENTY_SERVER_VIEW_H
#define PLENTY_SERVER_VIEW_H

#include "server/call.h"

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

/* A whole answer: an object whose members `look` puts, with the call as its user. */
pl_status pl_view_look(pl_call *call, pl_look_fn look);

/* How a table is shown: the parts of its keys, by name ("motion #number": an id, a number), and the columns. */
typedef struct pl_view {
    const pl_table *table;
    const char *keys;
    const pl_shown *columns;
} pl_view;
#define PL_ROW_MOST 8192 /* bytes of the largest row */

/* The members of an object for one row. */
void pl_view_row(pl_json *json, const pl_view *view, const uint8_t *key, const void *row);

/* Besides, for each row: `more` puts further members into its object, `keep` says whether it is listed; both may be NULL. */
typedef struct pl_listing {
    pl_call *call;
    pl_step *step;
    const pl_view *view;
    pl_row_key prefix;
    pl_window window; /* most 0: all */
    bool (*keep)(const struct pl_listing *listing, const uint8_t *key, const void *row);
    pl_status (*more)(const struct pl_listing *listing, const uint8_t *key, const void *row);
    const void *user;
} pl_listing;
/* Puts "name": [ ... ], and with a window "total" and "from" behind it. */
pl_status pl_view_list(const pl_listing *listing, const char *name);
/* All rows whose keys begin with `prefix`, or those of one id. */
pl_status pl_view_all(pl_call *call, pl_step *step, const pl_view *view, const char *name, pl_row_key prefix);
/* A window of all rows: so many by themselves. */
pl_status pl_view_window(pl_call *call, pl_step *step, const pl_view *view, const char *name, int64_t most);
/* A row that must be there, by the id in the path: its members are put, the row itself is copied out.  PL_NOTFOUND. */
pl_status pl_view_one(pl_call *call, pl_step *step, const pl_view *view, const char *what, const char *text, uint8_t id[PL_HASH], void *row);

/* "name": the text of a field of the event at that position; null when it is hidden, or when position is below 0. */
pl_status pl_view_text(pl_call *call, pl_step *step, const char *name, int64_t position, const char *field);
/* "name": the name of an assembly. */
pl_status pl_view_assembly(pl_call *call, pl_step *step, const char *name, const uint8_t id[PL_HASH]);

/* The views of the tables that several files show. */
extern const pl_view PL_VIEW_MANDATES, PL_VIEW_BALLOTS, PL_VIEW_ELECTIONS, PL_VIEW_DUTIES, PL_VIEW_TRUSTS;

#endif
