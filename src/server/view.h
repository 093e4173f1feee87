/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * view.h - rows of the state in the answer to a call. */
#ifndef PLENTY_SERVER_VIEW_H
#define PLENTY_SERVER_VIEW_H

#include "server/call.h"
#include "server/shown.h"

/* A whole answer: an object whose members `look` puts, with the call as its user. */
pl_status pl_view_look(pl_call *call, pl_look_fn look);

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

#endif
