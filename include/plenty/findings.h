/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * findings.h - what a check has to say about an input: many messages, each with its place.
 *
 * All findings are counted, the first PL_FINDINGS_KEPT of each severity are kept: a folder with a
 * thousand errors shows twenty and the count of the rest. */
#ifndef PLENTY_FINDINGS_H
#define PLENTY_FINDINGS_H

#include <stdint.h>

#include <plenty/status.h>

#define PL_FINDINGS_KEPT 20

typedef enum pl_severity { PL_NOTE, PL_WARNING, PL_ERROR, PL_SEVERITIES } pl_severity;
PL_API const char *pl_severity_id(pl_severity severity); /* "note", "warning", "error" */

typedef struct pl_finding {
    pl_severity severity;
    int64_t line;      /* 1 = first; 0 = of the file as a whole */
    int32_t column;    /* character column in that line, 1 = first; 0 = of the line as a whole */
    char file[64];     /* "flows.csv", or "" */
    char message[256]; /* what is wrong */
    char hint[160];    /* what to do, or "" */
} pl_finding;

/* Caller's storage; start with all zero.  No heap. */
typedef struct pl_findings {
    int64_t count[PL_SEVERITIES];
    pl_finding kept[PL_SEVERITIES][PL_FINDINGS_KEPT];
} pl_findings;

/* Adds one; findings may be NULL; texts that are too long are cut. */
PL_API void pl_found(pl_findings *findings, pl_severity severity, const char *file, int64_t line,
                     int32_t column, const char *hint, const char *fmt, ...) PL_PRINTF(7, 8);

/* How many of a severity are kept (at most PL_FINDINGS_KEPT). */
PL_API int32_t pl_findings_kept(const pl_findings *findings, pl_severity severity);

#endif
