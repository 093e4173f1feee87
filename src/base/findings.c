/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include <plenty/findings.h>

const char *pl_severity_id(pl_severity severity)
{
    static const char *const ids[PL_SEVERITIES] = {"note", "warning", "error"};
    return (unsigned)severity < PL_SEVERITIES ? ids[severity] : "error";
}

void pl_found(pl_findings *findings, pl_severity severity, const char *file, int64_t line,
              int32_t column, const char *hint, const char *fmt, ...)
{
    if (findings == NULL) {
        return;
    }
    int64_t k = findings->count[severity]++;
    if (k >= PL_FINDINGS_KEPT) {
        return;
    }
    pl_finding *f = &findings->kept[severity][k];
    f->severity = severity;
    f->line = line;
    f->column = column;
    snprintf(f->file, sizeof f->file, "%s", file != NULL ? file : "");
    snprintf(f->hint, sizeof f->hint, "%s", hint != NULL ? hint : "");
    va_list args;
    va_start(args, fmt);
    vsnprintf(f->message, sizeof f->message, fmt, args);
    va_end(args);
}

int32_t pl_findings_kept(const pl_findings *findings, pl_severity severity)
{
    int64_t n = findings->count[severity];
    return n < PL_FINDINGS_KEPT ? (int32_t)n : PL_FINDINGS_KEPT;
}
