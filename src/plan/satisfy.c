/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * satisfy.c - tier by tier, raise all needs of the tier together as far as possible, freeze what is held
 * back by an exhausted limit, raise the rest; then meet it all with the least labour.
 *
 * This is lexicographic max-min by progressive filling (Bertsekas and Gallager, Data Networks, 1992, 6.5.2;
 * Radunovic and Le Boudec 2007), with prices in place of flows: a need whose good has a positive price in
 * the proof of a round cannot be raised without lowering another one of the round.  One column, theta,
 * carries the demand of all active needs, so the number of rows does not grow with the needs, and a
 * round starts from the basis of the one before. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/make.h"

/* theta * weight this near to 1 is full; a rise this small, in proportion to what is asked for, is what rounding (or
 * the slack of the maker) left over of a limit that earlier tiers used up.  Who is worth less than this part of all
 * that the proof adds up is not held by its price, but by rounding. */
#define FULL 1e-12
#define NO_RISE 1e-12
#define SLACK_RISE 100 /* times the slack */
#define NO_WORTH 1e-9

static double rest(const pl_need *need)
{
    return need->amount - need->floor;
}

static double met(const pl_need *need, double theta)
{
    double ratio = theta * need->weight;
    return ratio >= 1 - FULL ? need->amount : need->floor + ratio * rest(need);
}

static bool is_active(const pl_maker *mk, int32_t k, int32_t tier)
{
    return mk->e->needs[k].tier == tier && mk->settled[k] == PL_NOT_SETTLED;
}

/* What each need gets when the active needs of the tier stand at theta: floors for the others. */
static pl_status demand_at(pl_maker *mk, int32_t tier, double theta, pl_error *err)
{
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        mk->base[k] = is_active(mk, k, tier) ? met(need, theta) : need->floor;
    }
    return pl_maker_set_demand(mk, err);
}

/* a_g of the active needs into mk->raised; the ceiling of theta; how many are active. */
static int32_t gather(pl_maker *mk, int32_t tier, double *ceiling)
{
    int32_t active = 0;
    *ceiling = (double)INFINITY;
    memset(mk->raised, 0, sizeof *mk->raised * (size_t)mk->e->n_goods);
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        if (is_active(mk, k, tier)) {
            mk->raised[need->good] += need->weight * rest(need);
            *ceiling = fmin(*ceiling, 1 / need->weight);
            active++;
        }
    }
    *ceiling = -pl_crew_most(mk->crew, -*ceiling);
    return (int32_t)pl_crew_sum(mk->crew, active);
}

/* After a round at theta: settles the full and the held; returns how many.  `worth`: all that the proof adds up. */
static int32_t settle(pl_maker *mk, int32_t tier, double theta, bool full_only, double worth)
{
    const double *price = mk->stages[mk->n_stages - 1].good_price;
    double largest = 0;
    for (int32_t g = 0; g < mk->e->n_goods; g++) {
        largest = fmax(largest, price[g] * mk->raised[g]);
    }
    double least = mk->by_newton ? 0 : fmin(NO_WORTH * (worth + largest), largest / 2);
    int32_t count = 0;
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        if (!is_active(mk, k, tier)) {
            continue;
        }
        bool full = theta * need->weight >= 1 - fmax(FULL, 4 * mk->accuracy);
        bool held = !full_only && price[need->good] * mk->raised[need->good] > least;
        if (full || held || (mk->stopped && largest == 0)) {
            mk->settled[k] = (int32_t)mk->n_stages;
            mk->delivered[k] = met(need, theta);
            count++;
        }
    }
    return (int32_t)pl_crew_sum(mk->crew, count);
}

/* One round: raises the active needs from *theta on. */
static pl_status round_of(pl_maker *mk, int32_t tier, double ceiling, double *theta, pl_error *err)
{
    int32_t j;
    snprintf(mk->doing, sizeof mk->doing, "raising tier %d, stage %zu", tier, mk->n_stages + 1);
    pl_status status = demand_at(mk, tier, *theta, err);
    if (status == PL_OK) {
        status = pl_maker_add_theta(mk, ceiling - *theta, &j, err);
    }
    if (status == PL_OK) {
        status = pl_maker_offer(mk, PL_RAISE, tier, *theta, j, err);
    }
    pl_lp_outcome outcome = PL_LP_OPTIMAL;
    if (status == PL_OK) {
        status = pl_maker_solve(mk, &outcome, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (outcome != PL_LP_OPTIMAL) {
        return mk->n_stages == 0 && outcome == PL_LP_INFEASIBLE
                   ? pl_make_infeasible(mk, err)
                   : pl_fail(err, PL_NUMERIC, NULL, NULL,
                             "tier %d lost what was settled before it", tier);
    }
    double room = ceiling - *theta, raised = mk->x[j], worth;
    bool full = raised >= room * (1 - fmax(FULL, 4 * mk->accuracy));
    raised = raised > fmax(NO_RISE, SLACK_RISE * mk->slack) * ceiling ? raised : 0;
    *theta = raised >= room * (1 - FULL) ? ceiling : *theta + raised;
    pl_stage *stage, like = {.goal = PL_RAISE, .tier = tier, .value = *theta};
    status = pl_maker_record(mk, &like, &stage, err);
    if (status != PL_OK) {
        return status;
    }
    pl_stage_terms terms = {.demand = mk->demand, .raised = mk->raised, .ceiling = room};
    (void)pl_stage_bound(mk->model, &terms, stage->good_price, stage->resource_price, &worth);
    if (settle(mk, tier, *theta, full, worth) == 0) {
        return pl_fail(err, PL_NUMERIC, NULL, NULL, "the needs of tier %d cannot be told apart", tier);
    }
    return pl_maker_retire(mk, j, err);
}

static pl_status fill_tier(pl_maker *mk, int32_t tier, pl_error *err)
{
    double theta = 0, ceiling;
    while (mk->outcome == PL_PLANNED && gather(mk, tier, &ceiling) > 0) {
        pl_status status = round_of(mk, tier, ceiling, &theta, err);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

int32_t pl_next_tier(const pl_maker *mk, int32_t after)
{
    const pl_economy *e = mk->e;
    int32_t next = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        int32_t tier = e->needs[k].tier;
        if (tier > after && (next == 0 || tier < next)) {
            next = tier;
        }
    }
    double least = next > 0 ? -(double)next : -(double)INFINITY; /* of all processes */
    least = -pl_crew_most(mk->crew, least);
    return isfinite(least) ? (int32_t)least : 0;
}

static pl_status fill_tiers_after(pl_maker *mk, int32_t tier, pl_error *err)
{
    pl_status status = PL_OK;
    while (status == PL_OK && mk->outcome == PL_PLANNED && (tier = pl_next_tier(mk, tier)) > 0) {
        status = fill_tier(mk, tier, err);
    }
    return status == PL_OK && mk->outcome == PL_PLANNED ? pl_make_least_labour(mk, err) : status;
}

/* As before any guess. */
static void begin_anew(pl_maker *mk)
{
    pl_simplex_free(mk->simplex);
    mk->simplex = NULL;
    if (mk->extra != NULL) {
        mk->extra->n = 0;
    }
    mk->n_stages = 0;
    mk->slack = 0;
    mk->guessing = mk->have_x = false;
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->settled[k] = PL_NOT_SETTLED;
        mk->delivered[k] = 0;
    }
}

/* Takes the tiers up to `last` for met in full, with nothing to share, and goes on from there: the first programme that is
 * solved shows whether they are.  *done stays false when they are not. */
static pl_status guess_full(pl_maker *mk, int32_t last, bool *done, pl_error *err)
{
    size_t n = (size_t)(mk->e->n_goods > mk->e->n_resources ? mk->e->n_goods : mk->e->n_resources);
    double *nothing = PL_ARENA_NEW(&mk->arena, double, n);
    pl_status status = pl_crew_agree(mk->crew, nothing != NULL ? PL_OK : pl_fail_nomem(err, "the plan"), err);
    if (status != PL_OK) {
        return status;
    }
    memset(nothing, 0, sizeof *nothing * n);
    status = pl_record_full(mk, last, nothing, err);
    mk->guessing = true;
    status = status == PL_OK ? fill_tiers_after(mk, last, err) : status;
    *done = status == PL_OK;
    if (status == PL_NUMERIC) {
        begin_anew(mk);
        return PL_OK;
    }
    return status;
}

/* Newton steps look first whether everything can be met: then one programme will do.  An older plan says how much may be. */
pl_status pl_make_satisfy(pl_maker *mk, pl_error *err)
{
    int32_t guesses[] = {mk->settings->from != NULL ? pl_maker_full_before(mk) : 0, mk->by_newton ? INT32_MAX : 0};
    for (int i = 0; i < 2; i++) {
        bool done = false;
        pl_status tried = guesses[i] > 0 ? guess_full(mk, guesses[i], &done, err) : PL_OK;
        if (tried != PL_OK || done) {
            return tried;
        }
    }
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        const pl_need *need = &mk->e->needs[k];
        if (rest(need) <= 0) {
            mk->settled[k] = 0;
            mk->delivered[k] = need->amount;
        }
    }
    return fill_tiers_after(mk, 0, err);
}
