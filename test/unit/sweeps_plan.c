/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plans by sweeps: the same figures as by the simplex, verified, and refused where they are not the way. */
#include <plenty/generate.h>
#include <plenty/plan.h>

#include <stdlib.h>

#include "test/random_economy.h"
#include "test/test.h"
#include "verify/verify.h"

static const char *in_tmp(const char *name)
{
    static char path[4][4096];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

static pl_status made(const pl_economy *e, pl_goal goal, const char *argument, pl_plan_way way, pl_plan **plan, pl_error *err)
{
    pl_variant *v = NULL;
    pl_plan_settings settings = {.goal = goal, .argument = argument, .way = way};
    *plan = NULL;
    CHECK(pl_variant_new(e, &v, err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, plan, err);
    pl_variant_free(v);
    return status;
}

static void verify(const pl_plan *plan, const pl_economy *e, const char *path)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/plan", test_tmp());
    CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
    FILE *none = fopen("/dev/null", "w");
    CHECK(none != NULL);
    CHECK_INT(pv_verify(folder, path, false, none, none), 0);
    fclose(none);
}

static void compare(const pl_economy *e, const char *path, pl_goal goal, const char *argument)
{
    pl_plan *swept, *simplex;
    pl_error err = {0};
    if (made(e, goal, argument, PL_BY_SWEEPS, &swept, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    CHECK(made(e, goal, argument, PL_BY_SIMPLEX, &simplex, &err) == PL_OK);
    CHECK_STR(swept->way, "sweeps");
    CHECK_STR(simplex->way, "simplex");
    CHECK_INT(swept->n_stages, simplex->n_stages);
    for (int32_t i = 0; i < swept->n_stages; i++) {
        const pl_stage *a = &swept->stages[i], *b = &simplex->stages[i];
        CHECK(a->goal == b->goal && a->tier == b->tier);
        CHECK_NEAR(a->value / b->value, 1, 1e-9);
        CHECK(fabs(a->value - a->bound) <= 1e-9 * fabs(a->value));
    }
    verify(swept, e, path);
    pl_plan_free(swept);
    pl_plan_free(simplex);
}

TEST(the_same_figures_as_by_the_simplex)
{
    const char *path = in_tmp("e.economy");
    for (uint64_t seed = 1; seed <= 30; seed++) {
        pl_generate_settings s = pl_generate_defaults(1 + (int32_t)(seed * 7 % 150));
        pl_economy *e = NULL;
        s.seed = seed;
        s.capped = 0;
        s.slack = s.goods < 30 ? -1 : 1e4; /* there are limits, and none binds */
        s.inputs = (int32_t)(seed % 12);
        CHECK(pl_economy_generate(&s, path, NULL, NULL) == PL_OK);
        CHECK(pl_economy_load(path, NULL, NULL, &e, NULL) == PL_OK);
        compare(e, path, PL_SATISFY, NULL);
        compare(e, path, PL_LEAST, "labour");
        pl_economy_free(e);
    }
}

TEST(weights_make_stages)
{
    pl_builder *b;
    pl_economy *e = NULL;
    CHECK(pl_builder_new(&b, NULL) == PL_OK);
    CHECK(pl_add_resource(b, 0, "work", "", "hour", PL_LABOUR, PL_ABSENT) == PL_OK);
    for (int i = 0; i < 4; i++) {
        char id[8];
        snprintf(id, sizeof id, "g%d", i);
        CHECK(pl_add_good(b, 0, id, "", "", "", "", false) == PL_OK);
        CHECK(pl_add_recipe(b, 0, id, "", "", PL_ABSENT) == PL_OK);
        CHECK(pl_add_flow(b, 0, id, id, 2) == PL_OK && pl_add_use(b, 0, id, "work", 1 + i) == PL_OK);
        CHECK(pl_add_need(b, 0, id, 1 + 2 * (i / 3), "", 10, i % 2 == 0 ? 1 : 0.25, i == 2 ? 10 : 3) == PL_OK);
    }
    CHECK(pl_builder_freeze(b, NULL, &e, NULL) == PL_OK);
    const char *path = in_tmp("weights.economy");
    CHECK(pl_economy_save_binary(e, path, NULL, NULL) == PL_OK);
    compare(e, path, PL_SATISFY, NULL); /* tier 1 twice, tier 3 once, then labour */
    compare(e, path, PL_LEAST, "work");
    pl_builder_free(b);
    pl_economy_free(e);
}

TEST(random_economies_are_swept_only_where_that_is_right)
{
    int swept_well = 0;
    const char *path = in_tmp("e.economy");
    for (uint64_t seed = 1; seed <= 300; seed++) {
        pl_economy *e = test_random_economy(seed, 12, 0);
        pl_plan *plan = NULL;
        pl_error err = {0};
        pl_status status = made(e, seed % 2 == 0 ? PL_SATISFY : PL_LEAST, NULL, PL_BY_SWEEPS, &plan, &err);
        CHECK(status == PL_OK || status == PL_UNSUPPORTED);
        if (status == PL_OK) {
            CHECK(pl_economy_save_binary(e, path, NULL, NULL) == PL_OK);
            verify(plan, e, path);
            swept_well++;
        } else {
            CHECK(strstr(err.message, "by sweeps: ") != NULL);
        }
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d of 300 were swept\n", swept_well);
}

TEST(small_economies_and_other_goals_are_left_to_the_simplex)
{
    const char *path = in_tmp("e.economy");
    pl_generate_settings s = pl_generate_defaults(60);
    pl_economy *e = NULL;
    pl_plan *plan;
    pl_error err = {0};
    CHECK(pl_economy_generate(&s, path, NULL, NULL) == PL_OK && pl_economy_load(path, NULL, NULL, &e, NULL) == PL_OK);
    CHECK(made(e, PL_SATISFY, NULL, PL_ANY_WAY, &plan, &err) == PL_OK);
    CHECK_STR(plan->way, "simplex");
    pl_plan_free(plan);
    CHECK_INT(made(e, PL_MOST, "all", PL_BY_SWEEPS, &plan, &err), PL_UNSUPPORTED);
    pl_economy_free(e);
}

TEST(the_larger_is_swept_by_itself)
{
    const char *path = in_tmp("e.economy");
    pl_generate_settings s = pl_generate_defaults(4000);
    pl_economy *e = NULL;
    pl_plan *plan;
    s.capped = 0;
    s.slack = 2;
    CHECK(pl_economy_generate(&s, path, NULL, NULL) == PL_OK && pl_economy_load(path, NULL, NULL, &e, NULL) == PL_OK);
    CHECK(made(e, PL_LEAST, "labour", PL_ANY_WAY, &plan, NULL) == PL_OK);
    CHECK_STR(plan->way, "sweeps");
    CHECK(pl_plan_gap(plan) < 1e-9);
    verify(plan, e, path);
    pl_plan_free(plan);
    pl_economy_free(e);
}
