/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_start.c - an answer to a programme much like this one as the first centre.
 *
 * Levels are cut to their limits, prices put in proportion, and both repaired and proved as after any round: when nothing
 * much has changed, that is the answer.  Else the rounds begin where the smoothing is about as fine as the answer is off, and
 * no more of the limits is kept back than that asks for. */
#include <math.h>

#include "solve/newton_state.h"

#define SMOOTH_MOST 1e-2  /* a third of what a solve without a start begins with */
#define SMOOTH_LEAST 1e-3
#define SMOOTH_OF_GAP 4
#define SMOOTH_OF_VIOLATION 10 /* where the levels are no plan yet, but violate rows by so little */
#define MARGIN_OF_VIOLATION 0.1
#define MARGIN_LEAST 1e-5
#define SIZE_KEPT 0.3

static void take_levels(pl_newton *s, const double *x)
{
    double *through = s->w[W_SPARE];
    memset(through, 0, sizeof *through * (size_t)s->m);
    for (int32_t j = 0; j < s->n; j++) {
        s->centre[j] = s->level[j] = (float)nw_clip(isfinite(x[j]) ? x[j] * (double)s->unit[j] : 0, 0, nw_most(s, j));
        if (s->owner[j] != NOBODY) {
            through[s->owner[j]] += (double)s->level[j];
        }
    }
    for (int32_t g = 0; g < s->mine; g++) {
        s->size[g] = fmax(SIZE_KEPT * s->size[g], through[g]);
    }
}

/* What is left over in each row, within its bounds. */
static void take_slacks(pl_newton *s)
{
    double *flow = s->w[W_SPARE];
    memset(flow, 0, sizeof *flow * (size_t)s->m);
    for (int32_t j = 0; j < s->n; j++) {
        nw_view c = nw_column(s, j);
        for (int64_t k = 0; s->level[j] != 0 && k < c.count; k++) {
            flow[c.row[k]] += (double)c.share[k] * (double)s->level[j];
        }
    }
    pl_border_collect(s->border, flow);
    nw_sum_limits(s, flow);
    for (int32_t i = 0; i < s->m; i++) {
        s->slack[i] = s->slack_centre[i] = nw_clip(flow[i], s->lo[i], s->hi[i]);
    }
}

static void take_prices(pl_newton *s, const double *y)
{
    for (int32_t i = 0; i < s->m; i++) {
        double price = s->sign[i] * y[i] / s->reference[i];
        s->price[i] = isfinite(price) ? price : 0;
    }
}

void nw_start(pl_newton *s)
{
    take_levels(s, s->task->start_x);
    take_slacks(s);
    take_prices(s, s->task->start_y);
    nw_prove(s);
    bool plan = isfinite(s->stats.gap);
    s->smooth = nw_clip(plan ? SMOOTH_OF_GAP * s->stats.gap : SMOOTH_OF_VIOLATION * s->stats.violation, SMOOTH_LEAST, SMOOTH_MOST);
    s->margin_most = plan ? s->margin_most : nw_clip(MARGIN_OF_VIOLATION * s->stats.violation, MARGIN_LEAST, s->margin_most);
}
