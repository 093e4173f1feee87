/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Which variable enters (primal) or which row leaves (dual): reference weights.
 * Devex: Harris 1973; Forrest and Goldfarb 1992 for the dual steepest edge update. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define WEIGHT_LEAST 1e-4
#define WEIGHT_MOST 1e12 /* beyond it the reference frame has lost its meaning */

void pl__weights_reset(pl_simplex *s)
{
    for (int32_t v = 0; v < pl__total(s); v++) {
        s->weight[v] = 1;
    }
}

int32_t pl__price_primal(const pl_simplex *s)
{
    int32_t best = -1, total = pl__total(s);
    double most = 0;
    for (int32_t v = 0; v < total; v++) {
        double d = s->d[v];
        if (d == 0 || s->place[v] == PL__BASIC || s->wl[v] == s->wu[v]) {
            continue;
        }
        if ((s->place[v] == PL__AT_LO && d > 0) || (s->place[v] == PL__AT_HI && d < 0) ||
            fabs(d) <= s->dual_tol * s->d_size[v]) {
            continue;
        }
        double merit = d * d / s->weight[v];
        if (merit > most) {
            most = merit;
            best = v;
        }
    }
    return best;
}

int32_t pl__price_dual(const pl_simplex *s)
{
    int32_t best = -1;
    double most = 0;
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        double x = s->x[v], below = s->wl[v] - x, above = x - s->wu[v];
        double violation = below > above ? below : above;
        if (violation > s->primal_tol) {
            double merit = violation * violation / s->weight[v];
            if (merit > most) {
                most = merit;
                best = i;
            }
        }
    }
    return best;
}

void pl__devex_update(pl_simplex *s, int32_t q, int32_t leaving, double pivot)
{
    double frame = s->weight[q] / (pivot * pivot);
    for (int32_t t = 0; t < s->touched_count; t++) {
        int32_t v = s->touched[t];
        double candidate = s->alpha[v] * s->alpha[v] * frame;
        s->weight[v] = candidate > s->weight[v] ? candidate : s->weight[v];
    }
    s->weight[leaving] = frame > 1 ? frame : 1;
    if (s->weight[leaving] > WEIGHT_MOST) {
        pl__weights_reset(s);
    }
}

void pl__steepest_update(pl_simplex *s, int32_t p, int32_t q, double pivot)
{
    double *tau = s->tau, of_row = 0;
    for (int32_t i = 0; i < s->m; i++) {
        tau[i] = s->rho[i];
        of_row += s->rho[i] * s->rho[i];
    }
    pl__lu_ftran(&s->lu, tau, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        double ratio = s->col[i] / pivot;
        if (i == p || ratio == 0) {
            continue;
        }
        double *w = &s->weight[s->head[i]], least = ratio * ratio + WEIGHT_LEAST;
        double updated = *w - 2 * ratio * tau[i] + ratio * ratio * of_row;
        *w = updated > least ? updated : least;
    }
    s->weight[q] = of_row / (pivot * pivot);
    s->weight[q] = s->weight[q] > WEIGHT_LEAST ? s->weight[q] : WEIGHT_LEAST;
    s->weight[s->head[p]] = 1;
}
