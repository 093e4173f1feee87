/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Properties of plans for random economies. */
#include "test/random_economy.h"
#include "test/test.h"

#include <stdlib.h>

#include <plenty/plan.h>

#include "plan/model.h"
#include "verify/verify.h"

#define ECONOMIES 200
#define GOODS 40

static pl_plan *planned(const pl_economy *e, const char *goal, int threads, uint64_t seed)
{
    pl_variant *v;
    pl_plan *plan;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
    settings.threads = threads;
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    if (pl_plan_make(v, &settings, &plan, &err) != PL_OK) {
        FAIL("seed %llu, %s: %s", (unsigned long long)seed, goal, err.message);
    }
    pl_variant_free(v);
    return plan;
}

static bool same(const double *a, const double *b, int32_t n)
{
    return memcmp(a, b, sizeof *a * (size_t)n) == 0;
}

/* The folder of the economy with that seed, saved. */
static const char *saved(const pl_economy *e, uint64_t seed)
{
    static char path[300];
    pl_error err = {0};
    snprintf(path, sizeof path, "%.200s/economy-%llu", test_tmp(), (unsigned long long)seed);
    if (pl_economy_save(e, path, true, NULL, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return path;
}

static void check_verified(pl_economy *e, const char *goal, uint64_t seed)
{
    pl_plan *plan = planned(e, goal, 1, seed);
    char plan_path[400];
    const char *economy = saved(e, seed);
    snprintf(plan_path, sizeof plan_path, "%s-plan", economy);
    pl_error err = {0};
    if (pl_plan_save(plan, e, plan_path, true, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    FILE *sink = tmpfile();
    int code = pv_verify(plan_path, economy, false, sink, sink);
    if (code != 0) {
        char line[400];
        rewind(sink);
        while (fgets(line, sizeof line, sink) != NULL) {
            printf("# %s", line);
        }
        FAIL("seed %llu, goal %s: the checker says %d (%s)", (unsigned long long)seed, goal, code,
             plan_path);
    }
    fclose(sink);
    char command[1000];
    snprintf(command, sizeof command, "rm -r '%s' '%s'", economy, plan_path);
    CHECK(system(command) == 0);
    pl_plan_free(plan);
}

TEST(every_plan_passes_the_independent_checker)
{
    int infeasible = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, seed);
        check_verified(e, "satisfy", seed);
        pl_plan *plan = planned(e, "satisfy", 1, seed);
        infeasible += plan->outcome == PL_INFEASIBLE;
        pl_plan_free(plan);
        pl_economy_free(e);
    }
    printf("# %d of %d economies could not meet their floors\n", infeasible, ECONOMIES);
    CHECK(infeasible > ECONOMIES / 50 && infeasible < ECONOMIES / 2);
}

TEST(the_other_goals_pass_it_too)
{
    static const char *const goals[] = {"least labour", "least co2", "weighted", "most households"};
    for (uint64_t seed = 1; seed <= ECONOMIES / 2; seed++) {
        pl_economy *e = test_random_economy(1000 + seed, GOODS, seed);
        const char *goal = goals[seed % 4];
        pl_variant *v;
        pl_plan *plan;
        pl_plan_settings settings = {0};
        pl_error err = {0};
        CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK);
        pl_status status = pl_plan_make(v, &settings, &plan, &err);
        if (status == PL_OK) {
            pl_plan_free(plan);
            check_verified(e, goal, 1000 + seed);
        } else if (status != PL_DATA && status != PL_USAGE) { /* unlimited, or nobody of that group */
            FAIL("seed %llu, %s: %s", (unsigned long long)seed, goal, err.message);
        }
        pl_variant_free(v);
        pl_economy_free(e);
    }
}

TEST(neither_threads_nor_the_order_of_rows_change_a_bit)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 1), *f = test_random_economy(seed, GOODS, 2);
        pl_plan *one = planned(e, "satisfy", 1, seed), *two = planned(e, "satisfy", 2, seed);
        pl_plan *shuffled = planned(f, "satisfy", 1, seed);
        CHECK_STR(one->economy_hash, shuffled->economy_hash);
        CHECK_INT(one->n_stages, two->n_stages);
        CHECK_INT(one->n_stages, shuffled->n_stages);
        for (int32_t k = 0; k < one->n_stages; k++) {
            CHECK(same(one->stages[k].good_price, two->stages[k].good_price, one->n_goods));
            CHECK(same(one->stages[k].good_price, shuffled->stages[k].good_price, one->n_goods));
        }
        if (one->outcome == PL_PLANNED) {
            CHECK(same(one->level, two->level, one->n_recipes));
            CHECK(same(one->level, shuffled->level, one->n_recipes));
            CHECK(same(one->delivered, shuffled->delivered, one->n_needs));
        }
        pl_plan_free(one);
        pl_plan_free(two);
        pl_plan_free(shuffled);
        pl_economy_free(e);
        pl_economy_free(f);
    }
}


TEST(more_of_a_resource_never_hurts_the_first_tier)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 1);
        pl_variant *v;
        pl_plan *less = planned(e, "satisfy", 1, seed), *more;
        pl_plan_settings settings = {0};
        CHECK(pl_variant_new(e, &v, NULL) == PL_OK);
        for (int32_t k = 0; k < e->n_resources; k++) {
            if (e->resources[k].available > 0) {
                char text[64];
                snprintf(text, sizeof text, "resource:%s=+10%%", e->resources[k].id);
                CHECK(pl_variant_change(v, "set", text, NULL) == PL_OK);
            }
        }
        CHECK(pl_plan_make(v, &settings, &more, NULL) == PL_OK);
        if (less->outcome == PL_PLANNED) {
            CHECK_INT(more->outcome, PL_PLANNED);
            CHECK(more->stages[0].value >= less->stages[0].value * (1 - 1e-9));
        }
        pl_plan_free(less);
        pl_plan_free(more);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}
