/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * package.h - datapackage.json, the description of a folder; private to this room. */
#ifndef PLENTY_ECONOMY_PACKAGE_H
#define PLENTY_ECONOMY_PACKAGE_H

#include <plenty/economy.h>

#include "base/str.h"
#include "economy/keep.h"
#include "io/json.h"

typedef struct pl_package_writer {
    pl_str text;
    pl_json json;
} pl_package_writer;

/* Begins with the properties: those of `package`, else those of the datapackage.json in folder `source` (NULL =
 * none), else the economy's title.  Clear the writer in any case. */
pl_status pl_package_begin(pl_package_writer *w, const pl_economy *economy, const pl_package *package,
                           const char *source, pl_error *err);
/* Describes one table: the columns of PL_TABLE for which written[] is set, and those that are kept. */
void pl_package_table(pl_package_writer *w, pl_economy_table table, const bool *written, const pl_kept *kept);
void pl_package_end(pl_package_writer *w);
void pl_package_clear(pl_package_writer *w);

#endif
