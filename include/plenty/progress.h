/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * progress.h - how long work tells its caller where it is, and learns that it should stop. */
#ifndef PLENTY_PROGRESS_H
#define PLENTY_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Called now and then by long work (never more than some hundred times a second), on the caller's
 * thread.  `what` says in a few words what is being done; `fraction` is between 0 and 1, or negative
 * when it is not known.  Return false to stop the work: the call then ends with PL_STOPPED. */
typedef struct pl_progress {
    bool (*tick)(void *user, const char *what, double fraction);
    void *user;
} pl_progress;

/* True when the work should go on.  `progress` and its tick may be NULL. */
static inline bool pl_tick(const pl_progress *progress, const char *what, double fraction)
{
    return progress == NULL || progress->tick == 0 ||
           progress->tick(progress->user, what, fraction);
}

#endif
