/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * folder.h - which file of a folder is which table; private to this room. */
#ifndef PLENTY_ECONOMY_FOLDER_H
#define PLENTY_ECONOMY_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include <plenty/findings.h>

#include "economy/table.h"

#define PL_TABLE_FILE_MAX ((size_t)16 << 30) /* bytes of one table, decompressed */
#define PL_PACKAGE_FILE_MAX ((size_t)16 << 20)
#define PL_ECONOMY_VERSION 1 /* of docs/formats/economy.md */

typedef struct pl_folder_list {
    char file[PL_TABLES][32]; /* "flows.csv.gz", or "" when the folder has none */
} pl_folder_list;

/* Finds the tables.  Errors: PL_NOTFOUND (no such folder), PL_IO (not a folder), PL_DATA (no goods, or one table in
 * two forms; both in findings too).  Files that look like tables but are none are noted. */
pl_status pl_folder_find_tables(const char *path, pl_folder_list *list, pl_findings *findings, pl_error *err);

/* The title (or else the name) that datapackage.json gives, or "".  An error is found when it says that the folder
 * is of a later format, a warning when it cannot be read. */
pl_status pl_folder_title(const char *path, char *out, size_t size, pl_findings *findings, pl_error *err);

/* True for the files of an economy: its tables in any form, and datapackage.json. */
bool pl_folder_is_known(const char *file);

/* "flows" from "flows.csv", "flows.csv.gz", "flows.csv.zst"; false for other names. */
bool pl_folder_stem(const char *file, char *out, size_t size);

#endif
