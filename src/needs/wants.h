/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.h - what the files of orders, reports and shelves share; private to this room. */
#ifndef PLENTY_NEEDS_WANTS_H
#define PLENTY_NEEDS_WANTS_H

#include <plenty/needs.h>

/* Cases (place and day) on the lists of buyers [0] and staff [1], and on both.  Puts `report` in the order of cases. */
void pl_want_cases(const pl_want **report, size_t n, int64_t seen[2], int64_t *both);

#endif
