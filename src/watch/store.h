/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * store.h - what the files of watching share; private to this room. */
#ifndef PLENTY_WATCH_STORE_H
#define PLENTY_WATCH_STORE_H

#include <plenty/watch.h>

#include "base/arena.h"
#include "base/map.h"
#include "io/rows.h"

#define PL_WATCH_ROWS ((size_t)1 << 30)

typedef struct pl_watch_step { /* plan of a line in one period */
    int32_t line, tick;
    double quantity;
} pl_watch_step;

struct pl_watch_store {
    pl_arena arena;
    pl_map lines, names;
    size_t cap_line, cap_report, cap_step, cap_name;
    pl_watch_step *step; /* by line, then tick after pl_watch_settle */
    int32_t n_steps, *step_start; /* as pl_watch.start; NULL: no line has any */
    const char **name; /* of reporters */
    int32_t n_names;
    bool any_plan; /* lines were added by a plan */
    bool settled;
};

/* Adds a line of that name without amounts. */
pl_status pl_watch_add_named(pl_watch *watch, const char *id, size_t n, int32_t *out, pl_error *err);
/* Keeps an example of an oddity; the text is copied. */
pl_status pl_watch_keep(pl_watch *watch, pl_watch_odd odd, pl_error *err, const char *fmt, ...) PL_PRINTF(4, 5);
/* The number in a field, NaN where it is blank or the column is -1 (PL_DATA for anything but a number >= 0). */
pl_status pl_watch_amount(const pl_csv *csv, int32_t column, double *x, pl_error *err);
/* The period in a field, of the kind of the watch, which it sets when it is the first. */
pl_status pl_watch_tick(pl_watch *watch, const pl_csv *csv, int32_t column, int32_t *tick, pl_error *err);
/* PL_DATA at a field of the row last read. */
pl_status pl_watch_bad(const pl_csv *csv, int32_t column, pl_error *err, const char *hint, const char *fmt, ...) PL_PRINTF(5, 6);

#endif
