/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/plan_help.h"

#include <stdlib.h>

#include "test/test.h"
#include "verify/verify.h"

pl_plan *plan_made(const pl_economy *e, const char *goal, int threads, uint64_t seed)
{
    pl_variant *v;
    pl_plan *plan = NULL;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
    settings.threads = threads;
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    if (status != PL_OK && status != PL_DATA && status != PL_USAGE) {
        FAIL("seed %llu, %s: %s", (unsigned long long)seed, goal, err.message);
    }
    pl_variant_free(v);
    return status == PL_OK ? plan : NULL;
}

static void print_all(FILE *f)
{
    char line[400];
    rewind(f);
    while (fgets(line, sizeof line, f) != NULL) {
        printf("# %s", line);
    }
}

pl_plan *years_planned(const pl_economy *e, const pl_horizon *h, const char *goal, pl_variant **v, uint64_t seed)
{
    pl_plan *plan = NULL;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
    if (pl_variant_new(e, v, &err) != PL_OK || pl_variant_unroll(*v, h, &err) != PL_OK ||
        pl_plan_make(*v, &settings, &plan, &err) != PL_OK) {
        FAIL("seed %llu, %s: %s", (unsigned long long)seed, goal, err.message);
    }
    return plan;
}

/* Saves the economy `base` and the plan of what was made of it, and asks the checker. */
static void verified(const pl_economy *base, const pl_economy *e, const pl_plan *plan, const char *goal, uint64_t seed)
{
    char economy[300], folder[300], command[1000];
    pl_error err = {0};
    snprintf(economy, sizeof economy, "%.200s/economy-%llu", test_tmp(), (unsigned long long)seed);
    snprintf(folder, sizeof folder, "%.200s/plan-%llu", test_tmp(), (unsigned long long)seed);
    if (pl_economy_save(base, economy, true, NULL, &err) != PL_OK ||
        pl_plan_save(plan, e, folder, true, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    FILE *words = tmpfile();
    CHECK(words != NULL);
    int code = pv_verify(folder, economy, false, words, words);
    if (code != 0) {
        print_all(words);
        FAIL("seed %llu, goal %s: the checker says %d (%s)", (unsigned long long)seed, goal, code, folder);
    }
    fclose(words);
    snprintf(command, sizeof command, "rm -r '%s' '%s'", economy, folder);
    CHECK(system(command) == 0);
}

void plan_verified(const pl_economy *e, const pl_plan *plan, const char *goal, uint64_t seed)
{
    verified(e, e, plan, goal, seed);
}

void years_verified(const pl_economy *e, const pl_variant *v, const pl_plan *plan, const char *goal, uint64_t seed)
{
    verified(e, &v->economy, plan, goal, seed);
}
