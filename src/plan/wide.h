/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wide.h - the wide tables of a plan, given cell by cell to whoever writes them. */
#ifndef PLENTY_PLAN_WIDE_H
#define PLENTY_PLAN_WIDE_H

#include <plenty/plan.h>

/* Who writes the tables.  The first failure ends the walk. */
typedef struct pl_wide_writer {
    pl_status (*table)(void *context, const char *name, const char *const *headings, int n, pl_error *err);
    void (*text)(void *context, const char *text);
    void (*number)(void *context, double x); /* PL_ABSENT: an empty cell */
    pl_status (*end_row)(void *context, pl_error *err);
    void *context;
} pl_wide_writer;

pl_status pl_wide_tables(const pl_plan *plan, const pl_economy *economy, const pl_wide_writer *writer,
                         pl_error *err) PL_CHECK;

#endif
