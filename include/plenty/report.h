/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report.h - a plan as a page to read: one HTML file with charts, complete in itself.
 *
 * The page has no scripts and loads nothing; its own policy forbids both.  Charts are inline SVG with titles and
 * descriptions, every figure in them stands in a table as well; colours can be told apart by the colour-blind; it
 * follows the reader's choice of a dark page and prints on A4.  Every name of the economy is escaped. */
#ifndef PLENTY_REPORT_H
#define PLENTY_REPORT_H

#include <plenty/plan.h>

typedef struct pl_report_options {
    const char *plan_path, *economy_path; /* as one would type them, for "how to check this"; NULL = unknown */
} pl_report_options;

/* Writes the report to `path`, at once or not at all (an existing file is replaced).  `economy` is the variant's
 * economy the plan was made for; `options` may be NULL.  Same plan, same bytes.
 * Errors: PL_IO, PL_NOMEM.  Cost: about that of pl_plan_limits for each stage shown. */
PL_API pl_status pl_report_html(const pl_plan *plan, const pl_economy *economy, const pl_report_options *options,
                                const char *path, pl_error *err) PL_CHECK;

#endif
