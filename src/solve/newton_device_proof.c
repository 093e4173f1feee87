/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_device_proof.c - plans and bounds on a device: newton_proof.c with all goods at once.
 *
 * Every good mends its own balance, then all see what that takes; prices fall from those of the sweep before.  Both are sound
 * in whatever order goods come: a plan is judged by its flows, and prices by what columns gain at them. */
#include <math.h>

#include "solve/newton_device.h"

#define FILLS 400
#define LOWERINGS 24
#define LOWERINGS_MOST 200

static void find_flows(pl_newton *s)
{
    nd_args *a = &s->device->a;
    nd_run(s, ND_col_scaled, s->n);
    nd_rows(s, ND_piece_proof, a->scaled);
}

static void fill_shortages(pl_newton *s)
{
    nd_args *a = &s->device->a;
    for (int sweep = 0; sweep < FILLS; sweep++) {
        nd_run(s, ND_good_balance, s->goods);
        if (!(nd_lanes(s, ND_lane_moved, true) > 0)) {
            break;
        }
        nd_rows(s, ND_piece_proof, a->scaled);
        nd_run(s, ND_row_lack_less, s->m);
    }
}

static void mix_in_roomy(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    double *flow = s->w[W_SPARE];
    bool roomy;
    nd_run(s, ND_row_flow, s->m);
    nd_download(s, flow + s->goods, a->flow + s->goods, s->limits);
    double part = nw_part_of_roomy(s, flow, &roomy);
    if (roomy) {
        d->dev->calls->copy(d->dev, a->roomy, a->x, sizeof *a->x * (size_t)s->n);
    } else if (part > 0) {
        a->factor = part;
        nd_run(s, ND_col_mix, s->n);
    }
}

static void repair_levels(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    a->factor = NW_AT_LIMIT;
    nd_run(s, ND_col_natural, s->n);
    find_flows(s);
    nd_run(s, ND_row_lacks, s->m);
    /* columns of nobody do not mend balances */
    d->dev->calls->zero(d->dev, a->scaled + a->owned, sizeof *a->scaled * (size_t)(s->n - a->owned));
    fill_shortages(s);
    find_flows(s);
    mix_in_roomy(s);
    find_flows(s);
    nd_run(s, ND_row_lacks, s->m);
    double violation = nd_lanes(s, ND_lane_violation, true), value = nd_lanes(s, ND_lane_cost, false);
    if (nw_take_if_better(s, violation, value)) {
        double *x = d->best_x;
        d->best_x = a->x;
        a->x = x;
        d->have_x = true;
    }
}

static bool lower_prices(pl_newton *s, int most)
{
    nd_args *a = &s->device->a;
    double change = 1, enough = nw_lowered_enough(s);
    for (int sweep = 0; sweep < most && change > enough; sweep++) {
        nd_columns(s, ND_piece_proof, a->prices);
        nd_run(s, ND_good_lower, s->goods);
        nd_run(s, ND_good_lowered, s->goods);
        change = nd_lanes(s, ND_lane_most_flow, true);
    }
    return change <= enough;
}

static double excess(pl_newton *s)
{
    nd_columns(s, ND_piece_proof, s->device->a.prices);
    return nd_lanes(s, ND_lane_excess, true);
}

static void repair_prices(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    nd_run(s, ND_row_prices, s->m);
    bool settled = lower_prices(s, LOWERINGS);
    double off = excess(s);
    if (off > NW_LITTLE * s->set.gap && !settled) {
        (void)lower_prices(s, LOWERINGS_MOST);
        off = excess(s);
    }
    if (off < 1) {
        a->factor = off + NW_ROUNDING;
        nd_run(s, ND_row_less, s->goods);
    }
    nd_columns(s, ND_piece_proof, a->prices);
    a->factor = (double)(s->n - s->block[1].n);
    double factor = nd_lanes(s, ND_lane_raise, true);
    if (factor > 1) {
        a->factor = factor * (1 + NW_ROUNDING);
        nd_run(s, ND_row_more, s->m);
        nd_columns(s, ND_piece_proof, a->prices);
    }
    double rents = nd_lanes(s, ND_lane_rent, false), bound = nd_lanes(s, ND_lane_worth, false) - rents;
    if (isfinite(bound) && (!s->have_y || bound > s->stats.bound)) {
        double *y = d->best_y;
        d->best_y = a->prices;
        a->prices = y;
        s->stats.bound = bound;
        s->have_y = d->have_y = true;
    }
}

void nd_prove(pl_newton *s)
{
    repair_levels(s);
    repair_prices(s);
    nw_set_gap(s);
}
