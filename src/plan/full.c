/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * full.c - the stages of a plan that meets all needs of some tiers in full: for each tier one for each weight, the largest first.
 * Nothing holds them back, so prices of nothing prove that none can rise further. */
#include "base/mem.h"
#include "plan/make.h"

#define STAGES_MAX 1000000u
#define FULL 1e-12 /* as in satisfy.c */

static bool is_open(const pl_maker *mk, int32_t k, int32_t tier)
{
    return mk->e->needs[k].tier == tier && mk->settled[k] == PL_NOT_SETTLED;
}

/* The largest weight among the open needs of the tier, 0 when there is none. */
static double largest_weight(const pl_maker *mk, int32_t tier)
{
    double weight = 0;
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        bool larger = is_open(mk, k, tier) && mk->e->needs[k].weight > weight;
        weight = larger ? mk->e->needs[k].weight : weight;
    }
    return pl_crew_most(mk->crew, weight);
}

static pl_status record_tier(pl_maker *mk, int32_t tier, const double *nothing, pl_error *err)
{
    for (double weight; (weight = largest_weight(mk, tier)) > 0;) {
        bool grown = pl_grow(&mk->stages, &mk->stages_cap, mk->n_stages + 1, sizeof *mk->stages, STAGES_MAX);
        pl_status status = pl_crew_agree(mk->crew, grown ? PL_OK : pl_fail_nomem(err, "the stages of the plan"), err);
        if (status != PL_OK) {
            return status;
        }
        mk->stages[mk->n_stages++] = (pl_stage){.goal = PL_RAISE, .tier = tier, .value = 1 / weight,
                                                .bound = 1 / weight, .good_price = nothing,
                                                .resource_price = nothing};
        for (int32_t k = 0; k < mk->e->n_needs; k++) {
            if (is_open(mk, k, tier) && mk->e->needs[k].weight / weight >= 1 - FULL) {
                mk->settled[k] = (int32_t)mk->n_stages;
            }
        }
    }
    return PL_OK;
}

pl_status pl_record_full(pl_maker *mk, int32_t last, const double *nothing, pl_error *err)
{
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->settled[k] = mk->e->needs[k].amount > mk->e->needs[k].floor ? PL_NOT_SETTLED : 0;
        mk->delivered[k] = mk->e->needs[k].amount;
    }
    pl_status status = PL_OK;
    for (int32_t tier = pl_next_tier(mk, 0); tier > 0 && tier <= last && status == PL_OK; tier = pl_next_tier(mk, tier)) {
        status = record_tier(mk, tier, nothing, err);
    }
    return status;
}
