/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <plenty/status.h>

typedef struct status_row {
    const char *id, *text;
    int exit_code, http;
} status_row;

static const status_row STATUSES[] = {
#define PL_STATUS(name, id, text, exit_code, http) {id, text, exit_code, http},
#include <plenty/status.def>
#undef PL_STATUS
};

static const status_row *row(pl_status status)
{
    unsigned i = (unsigned)status;
    return i < PL_STATUS_COUNT ? &STATUSES[i] : &STATUSES[PL_BUG];
}

const char *pl_status_id(pl_status status)
{
    return row(status)->id;
}

const char *pl_status_text(pl_status status)
{
    return row(status)->text;
}

int pl_status_exit_code(pl_status status)
{
    return row(status)->exit_code;
}

int pl_status_http(pl_status status)
{
    return row(status)->http;
}

pl_status pl_fail(pl_error *err, pl_status status, const char *subject, const char *hint,
                  const char *fmt, ...)
{
    if (err == NULL) {
        return status;
    }
    err->status = status;
    snprintf(err->subject, sizeof err->subject, "%s", subject != NULL ? subject : "");
    snprintf(err->hint, sizeof err->hint, "%s", hint != NULL ? hint : "");
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    return status;
}

pl_status pl_fail_nomem(pl_error *err, const char *what)
{
    return pl_fail(err, PL_NOMEM, NULL, "close other programs or use a machine with more memory",
                   "not enough memory for %s", what);
}
