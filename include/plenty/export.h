/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * export.h - a plan as wide tables for spreadsheets: names, units and figures side by side, where the plan folder
 * (docs/formats/plan.md) has identifiers only.
 *
 * Tables: summary (figure, value, unit), needs, goods, recipes, limits, prices (of goods and resources, stage by stage).
 * Of an infeasible plan only summary, limits (those that clash) and prices.  Numbers are whole binary64 numbers. */
#ifndef PLENTY_EXPORT_H
#define PLENTY_EXPORT_H

#include <stdbool.h>

#include <plenty/plan.h>

/* Writes the folder `path` of CSV files, one for each table, at once or not at all; a folder that holds such tables
 * (summary.csv) is replaced when `replace`.  `economy` is the variant's economy the plan was made for.
 * Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_export_csv(const pl_plan *plan, const pl_economy *economy, const char *path, bool replace,
                               pl_error *err) PL_CHECK;

/* Writes one workbook (Office Open XML) with a sheet for each table, at once or not at all; an existing file is
 * replaced.  Texts are cut after 32,000 bytes.  Errors: PL_IO, PL_TOOBIG (more rows than a sheet can have), PL_NOMEM. */
PL_API pl_status pl_export_xlsx(const pl_plan *plan, const pl_economy *economy, const char *path, pl_error *err) PL_CHECK;

#endif
