/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import_help.h - what tests of the importers share. */
#ifndef PLENTY_TEST_IMPORT_HELP_H
#define PLENTY_TEST_IMPORT_HELP_H

#include <plenty/import.h>

#include "test/test.h"

const char *import_folder(const char *name);                               /* a fresh folder for the test */
const char *import_in(const char *dir, const char *name);                  /* dir/name; static storage */
void import_put(const char *dir, const char *name, const char *text);      /* writes a file */
/* Imports dir by its mapping.json with capacity = 1 x observed, so that capacities are the observed levels. */
pl_economy *import_test(const char *dir, const char *model, pl_findings *findings, pl_import_report *report);
double import_flow(const pl_economy *e, const char *recipe, const char *good); /* 0 = none */
double import_use(const pl_economy *e, const char *recipe, const char *resource);
/* The largest imbalance of a good at the observed levels (capacities), observed stocks, needs, exports and limited
 * imports; goods whose import has no limit are left out.  *good is the worst one. */
double import_imbalance(const pl_economy *e, int32_t *good);
double import_total_use(const pl_economy *e, const char *resource); /* at the observed levels */

#endif
