/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Five years of synthetic economies whose machines wear out: the plan is verified, takes no more labour than its witness would,
 * which makes the same every year, and no less than its prices prove. */
#include <plenty/plan.h>

#include "economy/binary.h"
#include "test/sweep_help.h"
#include "test/test.h"

#define YEARS 5

static double labour_of_witness(const pl_economy *e)
{
    const double *level = pl_binary_witness(e);
    double sum = 0;
    CHECK(level != NULL);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            sum += e->resources[e->uses.index[k]].kind == PL_LABOUR ? e->uses.amount[k] * level[r] : 0;
        }
    }
    return sum;
}

static pl_generate_settings some_settings(uint64_t seed)
{
    pl_generate_settings s = pl_generate_defaults(5 + (int32_t)(seed * 7 % 60));
    s.seed = seed;
    s.recipes = 1 + (int32_t)(seed % 3);
    s.inputs = 2 + (int32_t)(seed % 6);
    s.resources = 1 + (int32_t)(seed % 4);
    s.capped = s.recipes > 1 ? 0.2 : 0;
    s.slack = seed % 4 == 0 ? 0.1 : 0.02;
    s.capital = 0.2 + 0.04 * (double)(seed % 20);
    return s;
}

static pl_status plan_years(const pl_variant *v, pl_plan_way way, pl_plan **plan)
{
    pl_plan_settings settings = {.goal = PL_LEAST, .argument = "labour", .way = way};
    *plan = NULL;
    return pl_plan_make(v, &settings, plan, NULL);
}

TEST(machines_are_replaced_in_time)
{
    int newton_found = 0, saved = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_generate_settings s = some_settings(seed);
        pl_economy *e = sweep_generated(&s);
        pl_variant *v = NULL;
        pl_plan *simplex, *newton;
        pl_horizon horizon = {.years = YEARS, .growth = PL_ABSENT, .end = 1};
        CHECK(pl_variant_new(e, &v, NULL) == PL_OK && pl_variant_unroll(v, &horizon, NULL) == PL_OK);
        CHECK(plan_years(v, PL_BY_SIMPLEX, &simplex) == PL_OK && simplex->outcome == PL_PLANNED);
        const pl_stage *a = &simplex->stages[0];
        double most = YEARS * labour_of_witness(e);
        if (!(a->value <= most * (1 + 1e-7) && a->value - a->bound <= 1e-9 * a->value)) {
            FAIL("economy %d: %.12g, bound %.12g, the witness %.12g", (int)seed, a->value, a->bound, most);
        }
        sweep_verified(simplex, &v->economy, seed);
        saved += a->value < 0.99 * most;
        if (plan_years(v, PL_BY_NEWTON, &newton) == PL_OK) {
            const pl_stage *b = &newton->stages[0];
            CHECK(b->value >= a->value * (1 - 1e-7) && b->bound <= a->value * (1 + 1e-7));
            newton_found++;
        }
        pl_plan_free(newton);
        pl_plan_free(simplex);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d of 40 with less labour than the witness; Newton steps found a plan of %d\n", saved, newton_found);
    CHECK(saved >= 25);
}
