/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Three hundred small economies with everything in them, a third of them over several years, all goals, by every way:
 * each stage of each plan against CLP, a process of its own.  The simplex must come to CLP's value; Newton steps and sweeps must
 * have it between what they attain and what they prove. */
#include <plenty/generate.h>
#include <plenty/plan.h>

#include <stdlib.h>

#include "plan/make.h"
#include "test/clp.h"
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

#define AGREE 1e-6
#define EACH 50 /* economies in one test */

static const char *const GOALS[] = {"satisfy", "least labour", "weighted", "most households", "satisfy", "least co2", "most all"};

typedef struct tally {
    int plans, of_years, stages, infeasible, unsuited, none, edge;
} tally;

/* What CLP finds for a stage of the plan; CLP_INFEASIBLE also for what earlier stages left on the edge. */
static clp_outcome by_clp(const pl_model *model, const pl_plan *plan, int32_t number, double *value)
{
    static const double tolerances[] = {1e-10, 1e-8, 1e-7};
    pl_stage_lp stage;
    pl_error err = {0};
    clp_outcome outcome = CLP_INFEASIBLE;
    if (pl_stage_lp_new(model, plan, number, &stage, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    for (int k = 0; k < 3 && outcome != CLP_OPTIMAL; k++) {
        double minimum;
        outcome = clp_solve(&stage.lp, tolerances[k], &minimum);
        *value = stage.sign * minimum + stage.offset;
    }
    pl_stage_lp_free(&stage);
    return outcome;
}

static void compare_stage(const pl_model *model, const pl_plan *plan, int32_t number, const char *name, tally *t)
{
    const pl_stage *s = &plan->stages[number - 1];
    double theirs = 0;
    clp_outcome outcome = by_clp(model, plan, number, &theirs);
    if (outcome != CLP_OPTIMAL && number > 1) {
        t->edge++;
        return;
    }
    if (outcome != CLP_OPTIMAL) {
        FAIL("%s, stage %d: CLP finds no optimum (%d)", name, number, outcome);
    }
    double size = fmax(fmax(fabs(s->value), fabs(theirs)), s->goal == PL_RAISE ? 1 : 0);
    double sign = s->goal == PL_USE_LEAST ? 1 : -1, room = AGREE * fmax(size, 1e-3); /* nothing is 1e-11 to CLP */
    bool exact = strcmp(plan->way, "simplex") == 0;
    if ((exact && !(fabs(s->value - theirs) <= room)) || !(sign * s->value >= sign * theirs - room) ||
        !(sign * s->bound <= sign * theirs + room)) {
        FAIL("%s, stage %d (%s): %.12g, bound %.12g, CLP %.12g", name, number, pl_stage_goal_id(s->goal), s->value, s->bound,
             theirs);
    }
    t->stages++;
}

/* What must be met, whatever else: CLP must find it impossible too. */
static void compare_infeasible(const pl_model *model, const pl_plan *plan, const char *name)
{
    const pl_economy *e = model->economy;
    pl_lp lp = model->lp;
    double *lo = malloc(sizeof *lo * (size_t)lp.m), *hi = malloc(sizeof *hi * (size_t)lp.m), minimum = 0;
    bool *chosen = calloc((size_t)e->n_needs, sizeof *chosen);
    CHECK(lo != NULL && hi != NULL && chosen != NULL);
    CHECK(plan->goal != PL_MOST || pl_choose_needs(e, NULL, plan->argument, chosen, NULL) == PL_OK);
    for (int32_t i = 0; i < lp.m; i++) {
        lo[i] = i < e->n_goods ? 0 : lp.row_lo[i];
        hi[i] = lp.row_hi[i];
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        bool floor_only = plan->goal == PL_SATISFY || plan->goal == PL_WEIGHTED;
        lo[e->needs[k].good] += floor_only ? e->needs[k].floor : chosen[k] ? 0 : e->needs[k].amount;
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
    free(chosen);
}

static void plan_and_compare(const pl_economy *base, const pl_variant *v, const char *goal, pl_plan_way way, uint64_t seed, tally *t)
{
    char name[100];
    pl_plan *plan = NULL;
    pl_model *model;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    snprintf(name, sizeof name, "economy %d, %s, way %d", (int)seed, goal, (int)way);
    CHECK_INT(pl_goal_parse(goal, &settings, &err), PL_OK);
    settings.way = way;
    settings.time_limit_s = 10; /* never a hang */
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    bool suits = status != PL_DATA && status != PL_USAGE, gives_up = way != PL_BY_SIMPLEX && (status == PL_NUMERIC || status == PL_UNSUPPORTED);
    t->unsuited += !suits;
    t->none += gives_up;
    if (status != PL_OK && suits && !gives_up) {
        FAIL("%s: %s", name, err.message);
    }
    if (plan == NULL) {
        return;
    }
    CHECK(!plan->stopped);
    CHECK_INT(pl_model_new(&v->economy, &model, &err), PL_OK);
    if (plan->outcome == PL_INFEASIBLE) {
        compare_infeasible(model, plan, name);
        t->infeasible++;
    }
    for (int32_t k = 1; k <= plan->n_stages && plan->outcome == PL_PLANNED; k++) {
        compare_stage(model, plan, k, name, t);
    }
    years_verified(base, v, plan, goal, seed);
    t->plans += plan->outcome == PL_PLANNED;
    t->of_years += plan->outcome == PL_PLANNED && v->economy.years > 0;
    pl_model_free(model);
    pl_plan_free(plan);
}

/* Economies from first on, every third over two to four years. */
static tally some(uint64_t first, pl_plan_way way)
{
    tally t = {0};
    clp_require();
    for (uint64_t seed = first; seed < first + EACH; seed++) {
        bool years = seed % 3 == 0;
        pl_economy *e = years ? test_random_years(seed, 14, seed) : test_random_economy(seed, 40, seed);
        pl_horizon h = {years ? 2 + (int32_t)(seed / 3 % 3) : 0, PL_ABSENT, seed % 6 == 0 ? 0.05 : seed % 9 == 0 ? 0.4 : 0};
        pl_variant *v;
        pl_error err = {0};
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        if (pl_variant_unroll(v, &h, &err) != PL_OK) {
            FAIL("economy %d: %s", (int)seed, err.message);
        }
        plan_and_compare(e, v, GOALS[seed % 7], way, seed, &t);
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# %d plans (%d of several years), %d stages agree with CLP to %g, %d infeasible for both, %d with a goal that does not suit; no plan: %d; on the edge: %d\n",
           t.plans, t.of_years, t.stages, AGREE, t.infeasible, t.unsuited, t.none, t.edge);
    CHECK(t.edge <= t.stages / 20);
    return t;
}

#define SOME(number)                                                                              \
    TEST(simplex_##number)                                                                        \
    {                                                                                             \
        tally t = some(1001 + EACH * number, PL_BY_SIMPLEX);                                      \
        CHECK(t.plans >= EACH / 2 && t.of_years >= EACH / 10 && t.none == 0);                     \
    }                                                                                             \
    TEST(newton_##number)                                                                         \
    {                                                                                             \
        tally t = some(1001 + EACH * number, PL_BY_NEWTON);                                       \
        CHECK(t.plans >= EACH / 8);                                                               \
    }
SOME(0)
SOME(1)
SOME(2)
SOME(3)
SOME(4)
SOME(5)

/* Economies that can be swept, in most of them with prices of scarce resources, by all three ways. */
TEST(swept_economies)
{
    tally t[4] = {{0}};
    clp_require();
    for (uint64_t seed = 1; seed <= 40; seed++) {
        char at[4200];
        pl_error err = {0};
        pl_findings none = {0};
        pl_economy *e;
        pl_variant *v;
        pl_generate_settings synthetic = pl_generate_defaults(20 + (int32_t)seed);
        synthetic.seed = seed;
        synthetic.inputs = 4;
        synthetic.capped = 0;
        synthetic.slack = seed % 4 == 0 ? -1 : 0.02; /* no limits, or scarce resources */
        snprintf(at, sizeof at, "%s/synthetic", test_tmp());
        CHECK(pl_economy_generate(&synthetic, at, NULL, &err) == PL_OK && pl_economy_load(at, NULL, &none, &e, &err) == PL_OK);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        for (int way = PL_BY_SIMPLEX; way <= PL_BY_NEWTON; way++) {
            plan_and_compare(e, v, seed % 2 == 0 ? "satisfy" : "least labour", (pl_plan_way)way, seed, &t[way]);
        }
        pl_variant_free(v);
        pl_economy_free(e);
    }
    printf("# plans by the simplex %d, sweeps %d, Newton steps %d\n", t[PL_BY_SIMPLEX].plans, t[PL_BY_SWEEPS].plans, t[PL_BY_NEWTON].plans);
    CHECK_INT(t[PL_BY_SWEEPS].plans, 40);
    CHECK_INT(t[PL_BY_NEWTON].plans, 40);
}
