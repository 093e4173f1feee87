/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every stage of every plan against CLP: random economies, the examples, and all data sets.  CLP gets the linear
 * programme of the stage as the MPS export writes it, in a process of its own, and must come to the same value. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/import.h>
#include <plenty/plan.h>

#include "plan/model.h"
#include "test/clp.h"
#include "test/random_economy.h"

#define ECONOMIES 200
#define GOODS 40
#define AGREE 1e-6

static void compare_stage(const pl_model *model, const pl_plan *plan, int32_t number, const char *name)
{
    pl_stage_lp stage;
    pl_error err = {0};
    const pl_stage *mine = &plan->stages[number - 1];
    double minimum;
    if (pl_stage_lp_new(model, plan, number, &stage, &err) != PL_OK) {
        FAIL("%s: %s", name, err.message);
    }
    clp_outcome outcome = clp_solve(&stage.lp, 1e-10, &minimum);
    if (outcome == CLP_INFEASIBLE) { /* what was settled before lies on the edge, up to rounding */
        outcome = clp_solve(&stage.lp, 1e-8, &minimum);
    }
    if (outcome != CLP_OPTIMAL) {
        FAIL("%s, stage %d: CLP finds no optimum (%d)", name, number, outcome);
    }
    double theirs = stage.sign * minimum + stage.offset;
    /* shares of needs are measured by the needs */
    double size = fmax(fmax(fabs(mine->value), fabs(theirs)), mine->goal == PL_RAISE ? 1 : 0);
    if (!(fabs(mine->value - theirs) <= AGREE * size)) {
        FAIL("%s, stage %d (%s): %.12g, CLP %.12g", name, number, pl_stage_goal_id(mine->goal), mine->value, theirs);
    }
    pl_stage_lp_free(&stage);
}

/* What must be met, whatever else: CLP must find it impossible too. */
static void compare_infeasible(const pl_model *model, const pl_plan *plan, const char *name)
{
    const pl_economy *e = model->economy;
    pl_lp lp = model->lp;
    double *lo = malloc(sizeof *lo * (size_t)lp.m), *hi = malloc(sizeof *hi * (size_t)lp.m), minimum;
    CHECK(lo != NULL && hi != NULL && (plan->goal == PL_SATISFY || plan->goal == PL_LEAST));
    for (int32_t i = 0; i < lp.m; i++) {
        lo[i] = i < e->n_goods ? 0 : lp.row_lo[i];
        hi[i] = lp.row_hi[i];
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        lo[e->needs[k].good] += plan->goal == PL_SATISFY ? e->needs[k].floor : e->needs[k].amount;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        hi[g] = isfinite(hi[g]) ? lo[g] : hi[g];
    }
    lp.row_lo = lo;
    lp.row_hi = hi;
    clp_outcome outcome = clp_solve(&lp, 1e-10, &minimum);
    if (outcome != CLP_INFEASIBLE) {
        FAIL("%s: infeasible, but CLP says %d (minimum %.12g)", name, outcome, minimum);
    }
    free(lo);
    free(hi);
}

/* Returns the number of stages compared; -1 when the economy cannot meet what it must. */
static int compare(const pl_economy *e, const char *goal, const char *name)
{
    pl_variant *v;
    pl_plan *plan;
    pl_model *model;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK_INT(pl_goal_parse(goal, &settings, &err), PL_OK);
    CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("%s: %s", name, err.message);
    }
    CHECK_INT(pl_model_new(e, &model, &err), PL_OK);
    int compared = -1;
    if (plan->outcome == PL_INFEASIBLE) {
        compare_infeasible(model, plan, name);
    } else {
        for (int32_t number = 1; number <= plan->n_stages; number++) {
            compare_stage(model, plan, number, name);
        }
        compared = plan->n_stages;
    }
    pl_model_free(model);
    pl_plan_free(plan);
    pl_variant_free(v);
    return compared;
}

TEST(random_economies)
{
    clp_require();
    int stages = 0, infeasible = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        char name[64];
        snprintf(name, sizeof name, "seed %llu", (unsigned long long)seed);
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        int compared = compare(e, seed % 4 == 0 ? "least labour" : "satisfy", name);
        stages += compared > 0 ? compared : 0;
        infeasible += compared < 0;
        pl_economy_free(e);
    }
    printf("# %d stages agree with CLP to %g; %d of %d economies are infeasible for both\n", stages, AGREE, infeasible,
           ECONOMIES);
    CHECK(stages > ECONOMIES && infeasible > ECONOMIES / 50);
}

static void example(const char *name)
{
    char path[5000];
    pl_error err = {0};
    pl_economy *e;
    snprintf(path, sizeof path, "%s/%s", test_source("examples"), name);
    if (pl_economy_load(path, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    int satisfy = compare(e, "satisfy", name), least = compare(e, "least labour", name);
    printf("# %s: satisfy in %d stages, least labour: %d (-1 = infeasible)\n", name, satisfy, least);
    pl_economy_free(e);
}

TEST(bakery)
{
    clp_require();
    example("bakery");
}

TEST(country)
{
    clp_require();
    example("country");
}

/* A data set with limits that bind: what was made, and a twentieth less of hours and equipment than there was. */
static void data_set(const char *name)
{
    char mapping[5000];
    pl_error err = {0};
    pl_economy *e;
    pl_import_settings settings = {.capacity = 1.1, .available = 0.95};
    const char *data = test_data(name);
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(data, mapping, &settings, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    int stages = compare(e, "satisfy", name);
    printf("# %s: %d stages agree\n", name, stages);
    CHECK(stages > 0);
    pl_economy_free(e);
}

#define DATA_SET(test, name)                                                                      \
    TEST(test)                                                                                    \
    {                                                                                             \
        clp_require();                                                                            \
        data_set(name);                                                                           \
    }
DATA_SET(chile, "chile-io-12-2013")
DATA_SET(finland, "finland-regions-2014")
DATA_SET(germany, "germany-io-6-1995")
DATA_SET(spain, "spain-io-2019")
DATA_SET(united_kingdom, "uk-io-products-2015")
DATA_SET(food, "us-food-recipes")
DATA_SET(us_detail, "us-io-detail-2017")
DATA_SET(us_sectors, "us-io-sector-2022")
DATA_SET(us_summary, "us-io-summary-2017-2022")
DATA_SET(life_cycle, "uslci-recipes")
DATA_SET(wiod_usa, "wiod-usa-56-2014")
DATA_SET(world, "wiod-world-1435-2011")
