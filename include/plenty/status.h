/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * status.h - how every call of the library reports what happened.
 *
 * A function that can fail returns a pl_status and takes, as its last argument, a pl_error to fill
 * in (NULL when the caller does not care).  The error says what is wrong (message), where (subject:
 * file:line:column, or the name of a field) and what to do (hint).  An infeasible plan is an
 * outcome, never an error.  The library never prints, exits, aborts or reads the environment. */
#ifndef PLENTY_STATUS_H
#define PLENTY_STATUS_H

#define PL_API __attribute__((visibility("default")))
#define PL_CHECK __attribute__((warn_unused_result))
#define PL_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

typedef enum pl_status {
#define PL_STATUS(name, id, text, exit_code, http) name,
#include <plenty/status.def>
#undef PL_STATUS
    PL_STATUS_COUNT
} pl_status;

typedef struct pl_error {
    pl_status status;
    char subject[256]; /* "flows.csv:12:3", "--set", or "" */
    char message[512]; /* what is wrong, one sentence without a full stop */
    char hint[256];    /* what to do about it, or "" */
} pl_error;

/* Stable identifier of a status ("no-memory"), its default text, the program's exit code for it and
 * its HTTP status.  Unknown values answer as PL_BUG.  The strings are static. */
PL_API const char *pl_status_id(pl_status status);
PL_API const char *pl_status_text(pl_status status);
PL_API int pl_status_exit_code(pl_status status);
PL_API int pl_status_http(pl_status status);

/* Fills *err (if not NULL) and returns `status`, so that a failing function can end with
 *   return pl_fail(err, PL_DATA, "needs.csv:4:2", "say a number, for example 12.5", "amount '%s' is ...", s);
 * subject and hint may be NULL; texts that are too long are cut.  Never allocates. */
PL_API pl_status pl_fail(pl_error *err, pl_status status, const char *subject, const char *hint,
                         const char *fmt, ...) PL_PRINTF(5, 6);

/* Out of memory while `what` was being done; returns PL_NOMEM. */
PL_API pl_status pl_fail_nomem(pl_error *err, const char *what);

#endif
