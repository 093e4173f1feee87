/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Ranging: how far one right-hand side or bound can move before the basis, and with it the duals,
 * must change. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define STILL 1e-12 /* slower than this, in proportion, a basic variable does not move */

/* Limits on a change of non-basic variable q, scaled. */
static void range_nonbasic(const pl_simplex *s, int32_t q, double *down, double *up)
{
    double *col = s->col, largest = 0;
    memset(col, 0, (size_t)s->m * sizeof *col);
    pl__basis_load_column(s, q, col);
    pl__lu_ftran(&s->lu, col, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        largest = fmax(largest, fabs(col[i]));
    }
    *down = -INFINITY;
    *up = INFINITY;
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        double rate = -col[i], x = (double)s->fine_x[v];
        if (fabs(rate) <= STILL * largest) {
            continue;
        }
        double below = fmin(0, s->l[v] - x), above = fmax(0, s->u[v] - x);
        double most = (rate > 0 ? above : below) / rate, least = (rate > 0 ? below : above) / rate;
        *up = fmin(*up, most);
        *down = fmax(*down, least);
    }
}

static void range(const pl_simplex *s, int32_t v, double x, double lo, double hi, double unit,
                  double *down, double *up)
{
    if (s->place[v] == PL__BASIC) {
        *down = fmin(0, lo - x);
        *up = fmax(0, hi - x);
        return;
    }
    range_nonbasic(s, v, down, up);
    *down *= unit;
    *up *= unit;
}

pl_status pl_simplex_range_row(const pl_simplex *s, int32_t i, double *down, double *up,
                               pl_error *err)
{
    if (i < 0 || i >= s->m || !s->factored) {
        return pl_fail(err, PL_DATA, NULL, NULL, "no row %d, or not solved", (int)i);
    }
    range(s, i, s->result_activity[i], s->row_lo[i], s->row_hi[i], 1 / s->row_scale[i], down, up);
    return PL_OK;
}

pl_status pl_simplex_range_column(const pl_simplex *s, int32_t j, double *down, double *up,
                                  pl_error *err)
{
    if (j < 0 || j >= s->n || !s->factored) {
        return pl_fail(err, PL_DATA, NULL, NULL, "no column %d, or not solved", (int)j);
    }
    range(s, s->m + j, s->result_x[j], s->lo[j], s->hi[j], s->col_scale[j], down, up);
    return PL_OK;
}
