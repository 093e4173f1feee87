/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plans by Newton steps: what the simplex finds, within the stated gap, for random and synthetic economies. */
#include <plenty/generate.h>
#include <plenty/plan.h>

#include "test/random_economy.h"
#include "test/test.h"
#include "verify/verify.h"

static pl_status made(const pl_economy *e, pl_goal goal, const char *argument, pl_plan_way way, int threads,
                      pl_plan **plan)
{
    pl_variant *v = NULL;
    pl_error err = {0};
    pl_plan_settings settings = {.goal = goal, .argument = argument, .way = way, .threads = threads};
    settings.time_limit_s = threads > 1 ? 0 : 20; /* two threads on a busy machine wait for one another */
    *plan = NULL;
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, plan, &err);
    pl_variant_free(v);
    return status;
}

static void verify(const pl_plan *plan, const pl_economy *e, const char *path, uint64_t seed)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/plan", test_tmp());
    CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
    FILE *none = fopen("/dev/null", "w");
    CHECK(none != NULL);
    if (pv_verify(folder, path, false, none, none) != 0) {
        (void)pv_verify(folder, path, false, stdout, stdout);
        FAIL("economy %d: the plan is refuted", (int)seed);
    }
    fclose(none);
}

/* The first stage is within its gap of what the simplex finds, but for the rounding that the checker grants profits and
 * balances.  (Later ones start from deliveries that differ by that gap,
 * and the last part of a need may cost much.) */
static void agrees(const pl_plan *newton, const pl_plan *simplex, uint64_t seed)
{
    const pl_stage *s = &newton->stages[0], *t = &simplex->stages[0];
    if (!(fabs(s->value - t->value) <= fabs(s->value - s->bound) + 5e-9 * fabs(t->value))) {
        FAIL("economy %d: %.12g (bound %.12g), by the simplex %.12g", (int)seed, s->value, s->bound, t->value);
    }
}

TEST(random_economies_get_plans_as_good_as_the_simplex_finds)
{
    static const pl_goal goals[] = {PL_SATISFY, PL_LEAST, PL_WEIGHTED, PL_MOST};
    int found = 0, impossible = 0, given_up = 0;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        pl_economy *e = test_random_economy(seed, 40, seed);
        pl_goal goal = goals[seed % 4];
        const char *argument = goal == PL_LEAST ? "labour" : goal == PL_MOST ? "households" : NULL;
        pl_plan *newton, *simplex;
        char path[4096];
        snprintf(path, sizeof path, "%s/economy", test_tmp());
        CHECK(pl_economy_save(e, path, true, NULL, NULL) == PL_OK);
        pl_status status = made(e, goal, argument, PL_BY_NEWTON, 1, &newton);
        bool possible = made(e, goal, argument, PL_BY_SIMPLEX, 1, &simplex) == PL_OK && simplex->outcome == PL_PLANNED;
        if (status == PL_OK) {
            CHECK(possible);
            verify(newton, e, path, seed);
            agrees(newton, simplex, seed);
        }
        found += status == PL_OK;
        impossible += status != PL_OK && !possible;
        given_up += status != PL_OK && possible;
        pl_plan_free(newton);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
    printf("# %d found, %d have no plan, %d left to the simplex\n", found, impossible, given_up);
    CHECK(found >= 40); /* small, and full of joint products, free stocks and things that must be used up */
}

static pl_economy *generated(int32_t goods, double joint, uint64_t seed, const char **path)
{
    static char at[4096];
    pl_error err = {0};
    pl_economy *e;
    pl_findings none = {0};
    pl_generate_settings settings = pl_generate_defaults(goods);
    settings.seed = seed;
    settings.joint = joint;
    snprintf(at, sizeof at, "%s/generated", test_tmp());
    CHECK(pl_economy_generate(&settings, at, NULL, &err) == PL_OK);
    CHECK(pl_economy_load(at, NULL, &none, &e, &err) == PL_OK);
    *path = at;
    return e;
}

TEST(synthetic_economies_with_capacities_and_limits_are_planned_to_a_millionth)
{
    static const pl_goal goals[] = {PL_SATISFY, PL_LEAST, PL_WEIGHTED, PL_MOST};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const char *path;
        pl_economy *e = generated(300, 0, seed, &path);
        pl_goal goal = goals[seed % 4];
        const char *argument = goal == PL_LEAST ? "labour" : goal == PL_MOST ? "all" : NULL;
        pl_plan *newton, *simplex;
        CHECK(made(e, goal, argument, PL_BY_NEWTON, 1, &newton) == PL_OK);
        CHECK(made(e, goal, argument, PL_BY_SIMPLEX, 1, &simplex) == PL_OK);
        CHECK_STR(newton->way, "newton");
        for (int32_t k = 0; k < newton->n_stages; k++) {
            const pl_stage *s = &newton->stages[k];
            CHECK(fabs(s->value - s->bound) <= 1e-6 * fabs(s->value));
        }
        verify(newton, e, path, seed);
        agrees(newton, simplex, seed);
        pl_plan_free(newton);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
}

/* Before owners were found whatever the units, none of these had a plan. */
/* Beyond 64 limits they are taken one by one. */
TEST(more_limits_than_are_eliminated_together)
{
    pl_generate_settings s = pl_generate_defaults(1500);
    s.resources = 70;
    s.slack = 0.1;
    char path[4096];
    snprintf(path, sizeof path, "%s/economy", test_tmp());
    pl_economy *e = NULL;
    pl_plan *plan;
    CHECK(pl_economy_generate(&s, path, NULL, NULL) == PL_OK && pl_economy_load(path, NULL, NULL, &e, NULL) == PL_OK);
    CHECK(made(e, PL_LEAST, "labour", PL_BY_NEWTON, 1, &plan) == PL_OK);
    verify(plan, e, path, 1);
    CHECK(plan->stages[0].value - plan->stages[0].bound <= 1e-2 * plan->stages[0].value);
    pl_plan_free(plan);
    pl_economy_free(e);
}

TEST(economies_with_by_products_are_planned)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const char *path;
        pl_economy *e = generated(400, seed % 2 ? 0.05 : 0.3, seed, &path);
        pl_plan *newton, *simplex;
        CHECK(made(e, PL_LEAST, "labour", PL_BY_NEWTON, 1, &newton) == PL_OK);
        CHECK(made(e, PL_LEAST, "labour", PL_BY_SIMPLEX, 1, &simplex) == PL_OK);
        const pl_stage *s = &newton->stages[0];
        CHECK(fabs(s->value - s->bound) <= 1e-4 * fabs(s->value));
        verify(newton, e, path, seed);
        agrees(newton, simplex, seed);
        pl_plan_free(newton);
        pl_plan_free(simplex);
        pl_economy_free(e);
    }
}

TEST(one_and_two_threads_give_the_same_bits)
{
    const char *path;
    pl_economy *e = generated(400, 0, 3, &path);
    pl_plan *one, *two;
    CHECK(made(e, PL_LEAST, "labour", PL_BY_NEWTON, 1, &one) == PL_OK);
    CHECK(made(e, PL_LEAST, "labour", PL_BY_NEWTON, 2, &two) == PL_OK);
    CHECK(memcmp(one->level, two->level, sizeof(double) * (size_t)e->n_recipes) == 0);
    CHECK(memcmp(one->stages[0].good_price, two->stages[0].good_price, sizeof(double) * (size_t)e->n_goods) == 0);
    pl_plan_free(one);
    pl_plan_free(two);
    pl_economy_free(e);
}
