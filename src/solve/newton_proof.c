/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_proof.c - from a round's levels and prices to a plan that can be carried out, and a bound that is proved.
 *
 * Levels: what a balance lacks is made by the good's own makers where they have room, and what these take is passed on
 * up the chain, until every balance holds; what is left over is made less.  Prices: a good is never dearer than its
 * cheapest unlimited maker, so prices are lowered, sweep by sweep, and what then is still gained anywhere is taken away
 * from all prices alike.  Whatever is gained at limited columns is rent, which the bound counts.  Levels are in natural units,
 * flows and prices scaled; coefficients have twelve digits (nw_amount). */
#include <math.h>
#include <stdlib.h>

#include "solve/newton_state.h"

#define FILLS 200
#define FILLED 4      /* times that all is filled again, where what goes through a good has become much less */
#define SPARE 0.01    /* of the gap: what may be left over of what goes through a good */
#define FEW 32        /* makers that are looked for one by one */
#define LOWERINGS 12
#define LOWERINGS_MOST 100 /* where what is left cannot be taken off all prices alike */
#define LOWERED 1e-3  /* of the gap, of a reference price */
#define MIX_MORE 1e-9
#define NO_GAIN 1e-10 /* profit that is rounding, in proportion to its terms */

static inline int threads_of(const pl_newton *s)
{
    return s->set.threads;
}

/* ---- Levels ---------------------------------------------------------------------------------------------------- */

/* What row i asks for, scaled, nothing being kept back of limits. */
static double asked(const pl_newton *s, int32_t i)
{
    return s->reference[i] * (s->sign[i] > 0 ? s->task->row_lo[i] : -s->task->row_hi[i]);
}

static double allowed(const pl_newton *s, int32_t i)
{
    return s->reference[i] * (s->sign[i] > 0 ? s->task->row_hi[i] : -s->task->row_lo[i]);
}

static void add_flows(const pl_newton *s, int half, const double *x, double *flow, double *gross)
{
    int32_t from = half == 0 ? 0 : s->n / 2, to = half == 0 ? s->n / 2 : s->n;
    memset(flow, 0, sizeof *flow * (size_t)s->m);
    if (gross != NULL) {
        memset(gross, 0, sizeof *gross * (size_t)s->m);
    }
    for (int32_t j = from; j < to; j++) {
        double level = x[j] * (double)s->unit[j];
        if (level == 0) {
            continue;
        }
        nw_view c = nw_column(s, j);
        for (int64_t k = 0; k < c.count; k++) {
            double term = nw_amount(&c, k) * level;
            flow[c.row[k]] += term;
            if (gross != NULL) {
                gross[c.row[k]] += fabs(term);
            }
        }
    }
}

/* flow[m] = A x, scaled; gross (may be NULL): sums of absolute values. */
static void find_flows(const pl_newton *s, const double *x, double *flow, double *gross)
{
    double *more[2] = {s->w[W_STEP], gross != NULL ? s->w[W_GRADIENT] : NULL};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        add_flows(s, half, x, half == 0 ? flow : more[0], half == 0 ? gross : more[1]);
    }
    for (int32_t i = 0; i < s->m; i++) {
        flow[i] += more[0][i];
        if (gross != NULL) {
            gross[i] += more[1][i];
        }
    }
    for (int both = 0; both < 2 && s->border != NULL; both++) {
        double *v = both == 0 ? flow : gross;
        if (v != NULL) {
            pl_border_collect(s->border, v);
            nw_sum_limits(s, v);
        }
    }
}

static double output_of(const nw_view *c, int32_t g)
{
    for (int64_t k = 0; k < c->count; k++) {
        if (c->row[k] == g) {
            return nw_amount(c, k);
        }
    }
    return 0;
}

/* Sets column j; what others lack in consequence. */
static void change_level(const pl_newton *s, int32_t j, int32_t g, double level, double *x, double *lacks)
{
    nw_view c = nw_column(s, j);
    double delta = (level - x[j]) * (double)s->unit[j];
    x[j] = level;
    for (int64_t k = 0; k < c.count; k++) {
        if (c.row[k] != g) {
            lacks[c.row[k]] -= nw_amount(&c, k) * delta;
        }
    }
}

/* The maker of g that can best be changed in this direction: of those with room the one with the highest (more) or
 * lowest (less) profit, those that run before those that stand still. */
static int32_t best_maker(const pl_newton *s, int32_t g, bool more, const double *x)
{
    int32_t best = NOBODY;
    double best_profit = 0;
    for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
        int32_t j = s->maker[k];
        if (more ? x[j] >= nw_most_natural(s, j) : x[j] <= 0) {
            continue;
        }
        double profit = more ? s->profit[j] : -s->profit[j];
        if (best == NOBODY || profit > best_profit) {
            best = j;
            best_profit = profit;
        }
    }
    return best;
}

/* Lets column j make as much more, or less, of good g as it can. */
static void balance_by(const pl_newton *s, int32_t j, int32_t g, double *x, double *lacks)
{
    nw_view c = nw_column(s, j);
    double output = output_of(&c, g) * (double)s->unit[j], most = nw_most_natural(s, j), wish = lacks[g] / output;
    double then = nw_clip(x[j] + wish, 0, most);
    lacks[g] = then == x[j] + wish ? 0 : lacks[g] - (then - x[j]) * output;
    change_level(s, j, g, then, x, lacks);
}

static int by_profit(const void *a, const void *b, void *profit)
{
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    double p = ((const double *)profit)[i], q = ((const double *)profit)[j];
    return p != q ? (p < q) - (p > q) : (i > j) - (i < j);
}

/* The same as one after the other by best_maker, for very many makers. */
static void balance_by_many(const pl_newton *s, int32_t g, double *x, double *lacks)
{
    int32_t *order = s->touched + s->maker_start[g], n = s->maker_start[g + 1] - s->maker_start[g];
    bool more = lacks[g] > 0;
    memcpy(order, s->maker + s->maker_start[g], sizeof *order * (size_t)n);
    qsort_r(order, (size_t)n, sizeof *order, by_profit, s->profit);
    for (int32_t k = 0; k < n && lacks[g] != 0 && (lacks[g] > 0) == more; k++) {
        int32_t j = order[more ? k : n - 1 - k];
        if (more ? x[j] < nw_most_natural(s, j) : x[j] > 0) {
            balance_by(s, j, g, x, lacks);
        }
    }
}

/* Makes more, or less, of good g until it lacks nothing. */
static bool balance(const pl_newton *s, int32_t g, double *x, double *lacks)
{
    bool moved = false;
    int32_t tries = s->maker_start[g + 1] - s->maker_start[g];
    for (int32_t k = 0; k < tries && lacks[g] != 0; k++) {
        if (k == FEW) {
            balance_by_many(s, g, x, lacks);
            break;
        }
        int32_t j = best_maker(s, g, lacks[g] > 0, x);
        if (j == NOBODY) {
            break;
        }
        balance_by(s, j, g, x, lacks);
        moved = true;
    }
    return moved;
}

/* What the balances lack (negative: have to spare) beyond the tolerance. */
static void find_lacks(const pl_newton *s, const double *x, double *lacks, double *gross)
{
    find_flows(s, x, lacks, gross);
    for (int32_t i = 0; i < s->m; i++) {
        double lo = asked(s, i), hi = allowed(s, i), flow = lacks[i];
        gross[i] += fmax(fabs(isfinite(lo) ? lo : 0), fabs(isfinite(hi) ? hi : 0));
        lacks[i] = i >= s->mine && i < s->goods ? 0 : i < s->goods ? lo - flow : flow > hi ? flow - hi : flow < lo ? lo - flow : 0;
    }
}

/* One pass over a half of the goods; what it asks of the other half waits in its view.  Shortages are made good to the last
 * digits, what is left over only where it is worth it. */
static bool fill_half(const pl_newton *s, int half, double *x, double *lacks, const double *gross)
{
    int32_t from = half == 0 ? 0 : nw_middle(s), to = half == 0 ? nw_middle(s) : s->mine;
    double spare = fmax(0.01 * s->set.tolerance, SPARE * s->set.gap);
    bool moved = false;
    for (int32_t g = to - 1; g >= from; g--) {
        bool exact = isfinite(s->task->row_hi[g]);
        double enough = 0.01 * s->set.tolerance * gross[g];
        if (lacks[g] > enough || lacks[g] < -(exact ? fmax(enough, 1e-12 * gross[g]) : spare * gross[g])) {
            moved |= balance(s, g, x, lacks);
        }
    }
    return moved;
}

/* What waits in the other half's view goes to its goods. */
static void pass_on(const pl_newton *s, double *const view[HALVES])
{
    for (int32_t g = 0; g < s->mine; g++) {
        double *to = view[g >= nw_middle(s)], *from = view[g < nw_middle(s)];
        to[g] += from[g];
        from[g] = 0;
    }
    for (int32_t g = s->mine; g < s->goods; g++) {
        view[0][g] += view[1][g];
        view[1][g] = 0;
    }
    pl_border_collect(s->border, view[0]); /* the first view has what others ask of the first half, and of the second: */
    for (int32_t g = nw_middle(s); s->border != NULL && g < s->mine; g++) {
        view[1][g] += view[0][g];
        view[0][g] = 0;
    }
}

/* False when it was stopped. */
static bool fill_shortages(pl_newton *s, double *x, double *lacks, const double *gross)
{
    double *view[HALVES] = {lacks, s->w[W_STEP]};
    memset(view[1], 0, sizeof *lacks * (size_t)s->m);
    memcpy(view[1] + nw_middle(s), lacks + nw_middle(s), sizeof *lacks * (size_t)(s->mine - nw_middle(s)));
    memset(lacks + nw_middle(s), 0, sizeof *lacks * (size_t)(s->mine - nw_middle(s)));
    for (int sweep = 0; sweep < FILLS; sweep++) {
        bool moved[HALVES];
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            moved[half] = fill_half(s, half, x, view[half], gross);
        }
        pass_on(s, view);
        if (!pl_crew_any(s->crew, moved[0] || moved[1])) {
            break;
        }
        if (nw_stopped(s)) {
            return false;
        }
    }
    return true;
}

/* The worst row, in proportion to what goes through it. */
static double worst_violation(const pl_newton *s, const double *lacks, const double *gross)
{
    double worst = 0;
    for (int32_t i = 0; i < s->m; i++) {
        bool exact = i < s->goods && isfinite(s->task->row_hi[i]);
        double lack = exact ? fabs(lacks[i]) : fmax(lacks[i], 0);
        worst = isnan(lack) ? (double)INFINITY : lack > 0 ? fmax(worst, lack / gross[i]) : worst;
    }
    return pl_crew_most(s->crew, worst);
}

static double cost_of(const pl_newton *s, const double *x)
{
    double sum = 0;
    int32_t n = s->block[0].n;
    for (int32_t j = 0; j < nw_counted(s); j++) {
        sum += x[j] == 0 ? 0 : x[j] * (j < n ? s->task->cost[j] : s->task->extra.cost[j - n]);
    }
    return pl_crew_sum(s->crew, sum);
}

/* What limit i has left at levels with these lacks, in proportion to it; negative: what is used beyond it. */
static double room_of(const pl_newton *s, int32_t i, const double *flow)
{
    double limit = asked(s, i), room = flow[i] - limit;
    return isinf(limit) ? 1 : room / fmax(fabs(limit), s->size[i]);
}

/* Levels x use limits up to their brim or a little beyond; an earlier plan has room to spare.  As much of that one is
 * mixed in as keeps the limits. */
double nw_part_of_roomy(pl_newton *s, const double *flow, bool *roomy)
{
    double part = 0, least = 1;
    for (int32_t i = s->goods; i < s->m; i++) {
        double room = room_of(s, i, flow), spare = s->roomy_room[i - s->goods];
        least = fmin(least, room);
        part = room < 0 ? fmax(part, spare > 0 ? room / (room - spare) : 1) : part;
    }
    *roomy = least >= s->margin / 2;
    for (int32_t i = s->goods; *roomy && i < s->m; i++) {
        s->roomy_room[i - s->goods] = room_of(s, i, flow);
    }
    part = s->have_roomy && part > 0 ? fmin(1, part * (1 + MIX_MORE)) : 0;
    s->have_roomy |= *roomy;
    return part;
}

static void mix_in_roomy(pl_newton *s, double *x, const double *flow)
{
    bool roomy;
    double part = nw_part_of_roomy(s, flow, &roomy);
    if (roomy) {
        memcpy(s->roomy_x, x, sizeof *x * (size_t)s->n);
    } else if (part > 0) {
        for (int32_t j = 0; j < s->n; j++) {
            x[j] += part * (s->roomy_x[j] - x[j]);
        }
    }
}

bool nw_take_if_better(pl_newton *s, double violation, double value)
{
    bool good = violation <= s->set.tolerance;
    bool better = !isfinite(value) ? false
                  : !s->have_x ? true
                  : good     ? s->stats.violation > s->set.tolerance || value < s->stats.value
                             : violation < s->stats.violation;
    if (better) {
        s->have_x = true;
        s->stats.value = value;
        s->stats.violation = violation;
    }
    s->last_violation = violation;
    return better;
}

/* Is some balance still short, for what goes through it now? */
static bool are_short(const pl_newton *s, const double *lacks, const double *gross)
{
    bool any = false;
    for (int32_t g = 0; g < s->mine; g++) {
        any |= lacks[g] > s->set.tolerance * gross[g];
    }
    return pl_crew_any(s->crew, any);
}

/* False when it was stopped. */
static bool repair_levels(pl_newton *s)
{
    double *x = s->try_x, *lacks = s->w[W_REST], *gross = s->w[W_SOLVED];
    for (int32_t j = 0; j < s->n; j++) {
        double most = nw_most_natural(s, j);
        x[j] = (double)s->level[j] / (double)s->unit[j];
        x[j] = x[j] <= 0 ? 0 : x[j] >= most * (1 - NW_AT_LIMIT) ? most : x[j];
    }
    find_lacks(s, x, lacks, gross);
    for (int k = 0; k < FILLED && (k == 0 || are_short(s, lacks, gross)); k++) {
        if (!fill_shortages(s, x, lacks, gross)) {
            return false;
        }
        find_lacks(s, x, lacks, gross);
    }
    find_flows(s, x, lacks, NULL);
    mix_in_roomy(s, x, lacks);
    find_lacks(s, x, lacks, gross);
    double violation = worst_violation(s, lacks, gross), value = cost_of(s, x);
    if (nw_take_if_better(s, violation, value)) {
        s->try_x = s->best_x;
        s->best_x = x;
    }
    return true;
}

/* ---- Prices ---------------------------------------------------------------------------------------------------- */

/* Profit of a column at prices y; *flow: what its goods alone are worth; *size: of all terms. */
static double profit_of(const pl_newton *s, int32_t j, const double *y, double *flow, double *size)
{
    nw_view c = nw_column(s, j);
    double goods = 0, limits = 0, cost = nw_cost(s, j);
    *size = fabs(cost);
    for (int64_t k = 0; k < c.count; k++) {
        double term = nw_amount(&c, k) * y[c.row[k]];
        goods += c.row[k] < s->goods ? term : 0;
        limits += c.row[k] < s->goods ? 0 : term;
        *size += fabs(term);
    }
    *flow = goods;
    return goods + limits - cost;
}

/* Lowers the prices of one half of the goods to what the cheapest unlimited maker of each takes, the other half's prices
 * being `old`.  Returns the largest change, in reference prices. */
static double lower_half(const pl_newton *s, int half, double *y, const double *old)
{
    int32_t from = half == 0 ? 0 : nw_middle(s), to = half == 0 ? nw_middle(s) : s->mine;
    double change = 0;
    for (int32_t g = from; g < to; g++) {
        double least = y[g];
        for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
            int32_t j = s->maker[k];
            if (isfinite(nw_most_natural(s, j))) {
                continue;
            }
            nw_view c = nw_column(s, j);
            double profit = -nw_cost(s, j), output = 1;
            for (int64_t e = 0; e < c.count; e++) {
                int32_t row = c.row[e];
                double amount = nw_amount(&c, e);
                profit += amount * (row >= from && row < to ? y[row] : old[row]);
                output = row == g ? amount : output;
            }
            least = profit > 0 ? fmin(least, y[g] - profit / output) : least;
        }
        least = s->task->row_hi[g] == (double)INFINITY ? fmax(least, 0) : least;
        change = fmax(change, y[g] - least);
        y[g] = least;
    }
    return change;
}

double nw_lowered_enough(const pl_newton *s)
{
    return fmax(NW_ROUNDING, LOWERED * s->set.gap);
}

/* Lowers prices until hardly anything moves, or `most` times. */
static bool lower_prices(pl_newton *s, double *y, int most)
{
    double *old = s->w[W_OLD], change[HALVES] = {1, 1}, enough = nw_lowered_enough(s);
    for (int sweep = 0; sweep < most && fmax(change[0], change[1]) > enough && !nw_stopped(s); sweep++) {
        memcpy(old, y, sizeof *y * (size_t)s->m);
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
        for (int half = 0; half < HALVES; half++) {
            change[half] = lower_half(s, half, y, old);
        }
        pl_border_show(s->border, y);
        change[0] = pl_crew_most(s->crew, fmax(change[0], change[1]));
        change[1] = 0;
    }
    return fmax(change[0], change[1]) <= enough;
}

/* The part by which all prices of goods must fall so that no unlimited column gains; infinite when that does not help. */
static double excess(const pl_newton *s, const double *y)
{
    double worst[HALVES] = {0, 0};
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        int32_t from = half == 0 ? 0 : s->n / 2, to = half == 0 ? s->n / 2 : s->n;
        for (int32_t j = from; j < to; j++) {
            double flow, size, profit;
            if (isfinite(nw_most_natural(s, j)) || s->owner[j] == NOBODY ||
                !((profit = profit_of(s, j, y, &flow, &size)) > NO_GAIN * size)) {
                continue;
            }
            worst[half] = fmax(worst[half], flow > 0 ? profit / flow : (double)INFINITY);
        }
    }
    return pl_crew_most(s->crew, fmax(worst[0], worst[1]));
}

/* Raises all prices so that an unlimited column that makes nothing (theta) does not gain.  Only where nothing else costs. */
static void raise_to_demand(pl_newton *s, double *y)
{
    double factor = 1;
    for (int32_t j = s->block[0].n; j < s->n; j++) {
        if (isfinite(nw_most_natural(s, j)) || !(nw_cost(s, j) < 0)) {
            continue;
        }
        double flow, size;
        (void)profit_of(s, j, y, &flow, &size);
        flow = nw_is_shared(s, j) ? pl_crew_sum(s->crew, flow) : flow;
        factor = flow < 0 ? fmax(factor, nw_cost(s, j) / flow) : factor;
    }
    factor = pl_crew_most(s->crew, factor);
    for (int32_t i = 0; factor > 1 && i < s->m; i++) {
        y[i] *= factor * (1 + NW_ROUNDING);
    }
}

/* What column j with such a profit takes off the bound. */
static double rent_of(const pl_newton *s, int32_t j, double profit, double size)
{
    double most = nw_most_natural(s, j);
    return profit > 0 && isfinite(most) ? profit * most * (double)s->unit[j] : profit > 2 * NO_GAIN * size ? (double)INFINITY : 0;
}

static double rent_of_shared(const pl_newton *s, const double *y)
{
    double v[2], cost = nw_cost(s, s->n - 1);
    (void)profit_of(s, s->n - 1, y, &v[0], &v[1]); /* it has no limits */
    v[1] -= fabs(cost);
    pl_crew_sums(s->crew, v, 2);
    return rent_of(s, s->n - 1, v[0] - cost, v[1] + fabs(cost));
}

static double value_of_rows(const pl_newton *s, const double *y, int32_t from, int32_t to, double sum)
{
    for (int32_t i = from; i < to; i++) {
        sum += y[i] == 0 ? 0 : y[i] * (y[i] > 0 ? asked(s, i) : allowed(s, i));
    }
    return sum;
}

static double bound_of(const pl_newton *s, const double *y)
{
    double part[HALVES + 1];
    int32_t n = s->n - s->shared;
#pragma omp parallel for num_threads(threads_of(s)) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        int32_t from = half == 0 ? 0 : s->n / 2, to = half == 0 ? s->n / 2 : n;
        double rents = 0;
        for (int32_t j = from; j < to; j++) {
            double flow, size, profit = profit_of(s, j, y, &flow, &size);
            rents += rent_of(s, j, profit, size);
        }
        part[half] = rents;
    }
    part[HALVES] = value_of_rows(s, y, 0, s->mine, 0);
    pl_crew_sums(s->crew, part, HALVES + 1);
    part[0] += s->shared ? rent_of_shared(s, y) : 0;
    return value_of_rows(s, y, s->goods, s->m, part[HALVES]) - part[0] - part[1];
}

static void repair_prices(pl_newton *s)
{
    double *y = s->w[W_IMAGE];
    for (int32_t i = 0; i < s->m; i++) {
        bool free = i < s->goods && isfinite(s->hi[i]); /* nothing may be left over: a price may be negative */
        y[i] = free ? s->price[i] : fmax(s->price[i], 0);
    }
    bool settled = lower_prices(s, y, LOWERINGS);
    double off = excess(s, y);
    if (off > NW_LITTLE * s->set.gap && !settled) {
        (void)lower_prices(s, y, LOWERINGS_MOST);
        off = excess(s, y);
    }
    for (int32_t g = 0; off < 1 && g < s->goods; g++) {
        y[g] -= fabs(y[g]) * (off + NW_ROUNDING);
    }
    raise_to_demand(s, y);
    double bound = bound_of(s, y);
    if (!isnan(bound) && isfinite(bound) && (!s->have_y || bound > s->stats.bound)) {
        for (int32_t i = 0; i < s->m; i++) {
            s->best_y[i] = s->sign[i] * s->reference[i] * y[i];
        }
        s->stats.bound = bound;
        s->have_y = true;
    }
}

void nw_offer_last(pl_newton *s)
{
    double *x = s->best_x, *lacks = s->w[W_REST], *gross = s->w[W_SOLVED];
    memset(x + s->lp->n, 0, sizeof *x * (size_t)s->task->extra.n);
    find_lacks(s, x, lacks, gross);
    s->stats.violation = worst_violation(s, lacks, gross);
    s->stats.value = cost_of(s, x);
    s->have_x = s->stats.violation <= s->set.tolerance && isfinite(s->stats.value);
}

void nw_set_gap(pl_newton *s)
{
    double size = fmax(fmax(fabs(s->stats.value), fabs(s->stats.bound)), s->wanted);
    bool both = s->have_x && s->have_y && s->stats.violation <= s->set.tolerance;
    s->stats.gap = both ? (s->stats.value - s->stats.bound) / fmax(size, 1e-300) : (double)INFINITY;
}

bool nw_have_plan(const pl_newton *s)
{
    return s->have_x && s->stats.violation <= s->set.tolerance;
}

bool nw_stopped(pl_newton *s)
{
    if (!s->stopped && nw_have_plan(s)) {
        s->stopped = pl_crew_any(s->crew, !pl_tick(&s->set.progress, s->doing, -1));
    }
    return s->stopped;
}

void nw_prove(pl_newton *s)
{
    if (repair_levels(s)) {
        repair_prices(s);
        nw_set_gap(s);
    }
}
