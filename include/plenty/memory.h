/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * memory.h - how much memory a piece of work will take, reckoned before it begins (docs/methods/memory.md). */
#ifndef PLENTY_MEMORY_H
#define PLENTY_MEMORY_H

#include <plenty/generate.h>
#include <plenty/plan.h>

typedef enum pl_work {
    PL_WORK_READ,    /* an economy: needed by all the others, and in their figures */
    PL_WORK_CHECK,
    PL_WORK_WRITE,   /* in its other form */
    PL_WORK_VALUES,
    PL_WORK_VERIFY,
    PL_WORK_SIMPLEX, /* plans, by these ways */
    PL_WORK_SWEEPS,
    PL_WORK_NEWTON
} pl_work;

/* Bytes that the process takes at its peak: `held` is its own, `mapped` the file that it reads from, which the system can
 * let go of and read again.  Measured peaks of 10^4 to 10^6 goods lie between two thirds of held + mapped and the whole
 * (those of the simplex between a third and the whole). */
typedef struct pl_memory {
    double held, mapped;
    bool rereads; /* the file again and again: it must fit too, if the work is to come to an end */
} pl_memory;

/* `from` is what is read; `x` what is worked on: the same, or `from` unrolled. */
PL_API pl_memory pl_memory_of(pl_work work, const pl_extent *from, const pl_extent *x);
PL_API pl_memory pl_memory_of_generate(const pl_generate_settings *settings);
PL_API double pl_memory_least(const pl_memory *m); /* bytes without which the work should not begin */

/* The work with the least memory that a plan of that size can be made by; `way` as in the settings. */
PL_API pl_work pl_memory_frugal_way(const pl_extent *x, pl_plan_way way, pl_goal goal);

/* PL_NOMEM, with both figures, when `needs` is more than `available` (0 = not known).  `doing`: "planning by Newton steps". */
PL_API pl_status pl_memory_allows(const char *subject, const char *doing, double needs, double available, pl_error *err) PL_CHECK;

#endif
