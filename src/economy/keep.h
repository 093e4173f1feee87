/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * keep.h - what an old folder holds that Plenty does not know, to be carried over when an economy is saved
 * again; private to this room. */
#ifndef PLENTY_ECONOMY_KEEP_H
#define PLENTY_ECONOMY_KEEP_H

#include <plenty/economy.h>

#include "base/arena.h"
#include "economy/folder.h"
#include "io/file.h"

/* The unknown columns of one table. */
typedef struct pl_kept {
    pl_arena arena;
    int32_t n;           /* columns */
    const char **header; /* their names; in the arena */
    const char **cells;  /* of each row in canonical order: ",a,b" as CSV, or NULL */
} pl_kept;

/* Number of rows of a table (for flows and uses: of coefficients). */
int64_t pl_table_rows(const pl_economy *economy, pl_economy_table table);

/* Reads the unknown columns of the file `name` of folder `path`.  Clear *kept in any case. */
pl_status pl_keep_columns(const pl_economy *economy, pl_economy_table table, const char *path, const char *name, pl_kept *kept,
                          pl_error *err);
void pl_kept_clear(pl_kept *kept);

/* Copies the files of folder `path` that are not those of an economy. */
pl_status pl_keep_files(const char *path, pl_folder *folder, pl_error *err);

#endif
