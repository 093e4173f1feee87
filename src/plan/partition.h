/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * partition.h - whose each good is, and which good each recipe belongs to; private to this room. */
#ifndef PLENTY_PLAN_PARTITION_H
#define PLENTY_PLAN_PARTITION_H

#include "plan/part.h"


typedef struct pl_division {
    int32_t *home;  /* by good: the process */
    int32_t *owner; /* by recipe: the good of which it makes the largest part, or -1 */
} pl_division;

/* The same in all processes.  Errors as pl_part_new; all agree. */
pl_status pl_divide(const pl_economy *whole, pl_crew *crew, pl_partition how, pl_division *out, pl_error *err) PL_CHECK;
void pl_division_clear(pl_division *d);

#endif
