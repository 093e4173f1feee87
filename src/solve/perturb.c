/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Against stalling and cycling: when many steps in a row have no length, the bounds of the basic
 * variables are relaxed by small seeded random amounts, so that ties are broken.  (Costs likewise in
 * the dual.)  What was moved is put back before any answer is given; the vertex found is then
 * cleaned up by the other method, which the perturbation did not disturb. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define BOUND_SHARE 5e-7
#define COST_SHARE 5e-7

void pl__perturb_bounds(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        double lo = s->wl[v], hi = s->wu[v];
        if (isfinite(lo)) {
            s->wl[v] -= BOUND_SHARE * fmax(1, fabs(lo)) * pl_rng_range(&s->rng, 0.5, 1);
        }
        if (isfinite(hi)) {
            s->wu[v] += BOUND_SHARE * fmax(1, fabs(hi)) * pl_rng_range(&s->rng, 0.5, 1);
        }
    }
    s->bounds_shifted = true;
}

void pl__restore_bounds(pl_simplex *s)
{
    size_t bytes = (size_t)pl__total(s) * sizeof *s->wl;
    memcpy(s->wl, s->l, bytes);
    memcpy(s->wu, s->u, bytes);
    for (int32_t v = 0; v < pl__total(s); v++) {
        if (s->place[v] != PL__BASIC) {
            pl__basis_place(s, v);
        }
    }
    s->bounds_shifted = false;
    s->fresh = false;
}

void pl__perturb_costs(pl_simplex *s)
{
    for (int32_t v = 0; v < pl__total(s); v++) {
        if (s->place[v] == PL__BASIC || s->place[v] == PL__FREE || s->wl[v] == s->wu[v]) {
            continue;
        }
        double shift = COST_SHARE * s->d_size[v] * pl_rng_range(&s->rng, 0.5, 1);
        shift = s->place[v] == PL__AT_LO ? shift : -shift;
        s->wc[v] += shift;
        s->d[v] += shift;
    }
    s->costs_shifted = true;
}

void pl__restore_costs(pl_simplex *s)
{
    memcpy(s->wc, s->c, (size_t)pl__total(s) * sizeof *s->wc);
    s->costs_shifted = false;
    s->fresh = false;
}
