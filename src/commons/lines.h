/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lines.h - plan lines that a commons watches, as the room `watch` takes them: indices, and how good the plan was. */
#ifndef PLENTY_COMMONS_LINES_H
#define PLENTY_COMMONS_LINES_H

#include <plenty/watch.h>

#include "council/alarms.h"

/* One line with its reports, settled; periods are numbered from 0, amounts in its unit.  Owned by the caller. */
pl_status pl_line_watch(pl_step *step, const uint8_t id[PL_HASH], const pl_plan_line *line, pl_watch **out);

typedef struct pl_lines_skill {
    pl_watch_skill all;
    int64_t seasonal; /* reports of `all` that are compared with those of a year before; the others, with those of the period before */
} pl_lines_skill;
/* How good the plan was as a forecast, over all lines that are or were watched: against the same period of the year before where there is one, else against the period
 * before.  Cost: linear in reports. */
pl_status pl_lines_skill_of(pl_step *step, pl_lines_skill *out);

#endif
