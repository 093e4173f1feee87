/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Explanations of random plans: prices are made up of their elements, and what is said of one more unit happens when
 * there is one more. */
#include "test/test.h"

#include "plenty/explain.h"
#include "test/plan_help.h"
#include "test/random_economy.h"

#define ECONOMIES 120
#define GOODS 30

static pl_explanation *explained(const pl_economy *e, const pl_plan *plan, pl_subject subject, int32_t stage, uint64_t seed)
{
    pl_explanation *x;
    pl_error err = {0};
    pl_explain_settings settings = {.stage = stage};
    if (pl_explain(e, plan, &subject, &settings, &x, &err) != PL_OK) {
        FAIL("seed %llu: %s", (unsigned long long)seed, err.message);
    }
    return x;
}

static void check_good(const pl_economy *e, const pl_plan *plan, int32_t good, int32_t stage, uint64_t seed)
{
    pl_explanation *x = explained(e, plan, (pl_subject){true, PL_LIMIT_RESOURCE, good}, stage, seed);
    double sum = 0;
    for (int32_t k = 0; k < x->n_elements; k++) {
        CHECK(x->elements[k].share > 0);
        sum += x->elements[k].share;
    }
    if (x->price != 0 && !(fabs(sum - 1) < 1e-6)) {
        FAIL("seed %llu, stage %d: the elements of %s add up to %.12g of its price %g", (unsigned long long)seed,
             x->stage, e->goods[good].id, sum, x->price);
    }
    for (int32_t k = 0; k < x->n_sources; k++) {
        const pl_way *w = &x->sources[k];
        CHECK(w->amount <= 0 || w->cost <= x->price + 1e-9 * fabs(x->price));
    }
    /* one more costs at least what one less saves, and the price of the proof lies between */
    if (x->more.possible && x->less.possible) {
        double sign = plan->stages[x->stage - 1].goal == PL_USE_LEAST ? 1 : -1;
        double more = sign * x->more.effect, less = -sign * x->less.effect, size = 1e-6 * (fabs(more) + fabs(less)) + 1e-12;
        if (!(more >= less - size) || !(x->price <= more + size) || !(x->price >= less - size)) {
            FAIL("seed %llu, stage %d, %s: one more %g, price %g, one less %g", (unsigned long long)seed, x->stage,
                 e->goods[good].id, more, x->price, less);
        }
    }
    pl_explanation_free(x);
}

TEST(prices_are_made_up_of_their_elements)
{
    int explained_goods = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        pl_plan *plan = plan_made(e, "satisfy", 1, seed);
        for (int32_t g = 0; g < e->n_goods && plan->outcome == PL_PLANNED; g += 3) {
            check_good(e, plan, g, 0, seed);
            check_good(e, plan, g, plan->n_stages, seed);
            explained_goods++;
        }
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d goods\n", explained_goods);
    CHECK(explained_goods > ECONOMIES);
}

/* Value of the first stage after the resource was set to `available`. */
static double first_stage(const pl_economy *e, int32_t resource, double available)
{
    pl_variant *v;
    pl_plan *plan;
    pl_plan_settings settings = {0};
    char text[200];
    pl_error err = {0};
    CHECK_INT(pl_variant_new(e, &v, NULL), PL_OK);
    snprintf(text, sizeof text, "resource:%s=%.17g", e->resources[resource].id, available);
    CHECK_INT(pl_variant_change(v, "set", text, NULL), PL_OK);
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    double value = plan->outcome == PL_PLANNED ? plan->stages[0].value : NAN;
    pl_plan_free(plan);
    pl_variant_free(v);
    return value;
}

static int check_margin(const pl_economy *e, const pl_plan *plan, int32_t resource, double sign, uint64_t seed)
{
    double available = e->resources[resource].available;
    pl_explanation *x = explained(e, plan, (pl_subject){false, PL_LIMIT_RESOURCE, resource}, 1, seed);
    pl_marginal m = sign > 0 ? x->more : x->less;
    pl_explanation_free(x);
    double step = fmin(m.range / 2, 0.01 * available);
    if (!m.possible || !(step > 1e-5 * available)) {
        return 0;
    }
    double before = plan->stages[0].value, after = first_stage(e, resource, available + sign * step);
    if (!(fabs(after - before - m.effect * step) <= 1e-9 + 1e-7 * fabs(before))) {
        FAIL("seed %llu: %s %+g: the first stage goes from %.12g to %.12g, not by %.12g", (unsigned long long)seed,
             e->resources[resource].id, sign * step, before, after, m.effect * step);
    }
    return m.effect != 0;
}

TEST(what_is_said_of_one_more_happens)
{
    int moved = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        pl_plan *plan = plan_made(e, "satisfy", 1, seed);
        for (int32_t k = 0; k < e->n_resources && plan->outcome == PL_PLANNED; k++) {
            if (e->resources[k].available > 0) {
                moved += check_margin(e, plan, k, 1, seed) + check_margin(e, plan, k, -1, seed);
            }
        }
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d limits moved the first stage\n", moved);
    CHECK(moved > ECONOMIES / 4);
}
