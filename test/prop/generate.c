/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Synthetic economies: the same bytes for the same seed, productive, and the witness holds. */
#include <plenty/generate.h>

#include <math.h>
#include <stdlib.h>

#include <plenty/plan.h>

#include "base/rng.h"
#include "economy/binary.h"
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

static pl_generate_settings some_settings(uint64_t seed)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    pl_generate_settings s = pl_generate_defaults(1 + (int32_t)pl_rng_below(&rng, seed % 3 == 0 ? 8 : 400));
    s.seed = seed;
    s.recipes = 1 + (int32_t)pl_rng_below(&rng, 5);
    s.inputs = (int32_t)pl_rng_below(&rng, 20);
    s.resources = 1 + (int32_t)pl_rng_below(&rng, 12);
    s.sectors = 1 + (int32_t)pl_rng_below(&rng, 40);
    s.places = 1 + (int32_t)pl_rng_below(&rng, 30);
    s.capped = pl_rng_unit(&rng) * (1 - 1.0 / s.recipes);
    s.decades = pl_rng_unit(&rng) * 16;
    s.joint = pl_rng_below(&rng, 2) == 0 ? 0 : pl_rng_unit(&rng);
    s.slack = pl_rng_below(&rng, 4) == 0 ? -1 : 0.1 * pl_rng_unit(&rng);
    s.capital = pl_rng_below(&rng, 2) == 0 ? 0 : pl_rng_unit(&rng);
    return s;
}

static pl_economy *generated(const pl_generate_settings *s, const char *path)
{
    pl_error err = {0};
    pl_economy *e = NULL;
    if (pl_economy_generate(s, path, NULL, &err) != PL_OK || pl_economy_load(path, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("seed %llu: %s: %s", (unsigned long long)s->seed, err.subject, err.message);
    }
    return e;
}

/* All needs are met, and no limit exceeded, with the levels of the file. */
static void check_witness(const pl_economy *e)
{
    const double *level = pl_binary_witness(e);
    CHECK(level != NULL);
    double *left = calloc((size_t)e->n_goods, sizeof *left), *used = calloc((size_t)e->n_resources, sizeof *used);
    CHECK(left != NULL && used != NULL);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        CHECK(level[r] >= 0 && !(level[r] > e->recipes[r].capacity));
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            left[e->flows.index[k]] += e->flows.amount[k] * level[r];
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            used[e->uses.index[k]] += e->uses.amount[k] * level[r];
        }
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        left[e->needs[i].good] -= e->needs[i].amount;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        CHECK(left[g] >= 0);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        CHECK(!(used[k] > e->resources[k].available * (1 + 1e-8)));
    }
    free(left);
    free(used);
}

TEST(the_witness_meets_all_needs_within_all_limits)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        pl_generate_settings s = some_settings(seed);
        pl_economy *e = generated(&s, in_tmp("e.economy"));
        CHECK(e->n_goods == s.goods && e->n_recipes == s.goods * s.recipes && e->n_needs > 0);
        check_witness(e);
        pl_summary summary;
        CHECK(pl_economy_summary(e, NULL, &summary, NULL) == PL_OK);
        CHECK(s.joint > 0 || summary.radius_high <= 0.75 + 1e-9);
        pl_economy_free(e);
    }
}

/* What levels that stay the same every year take of an asset, net: flows below 0, machines at work, what they make. */
typedef struct year {
    double used, at_work, made;
    int32_t lag;
} year;

static void add_up_year(const pl_economy *e, const double *level, year *of)
{
    int32_t c = 0, l = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        int32_t lag = l < e->n_lags && e->lags[l].recipe == r ? e->lags[l++].years : 0;
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            year *y = &of[e->flows.index[k]];
            y->lag = e->flows.amount[k] > 0 && lag > y->lag ? lag : y->lag;
            *(e->flows.amount[k] > 0 ? &y->made : &y->used) += fabs(e->flows.amount[k]) * level[r];
        }
        for (; c < e->n_capital && e->capital[c].recipe == r; c++) {
            of[e->capital[c].good].at_work += e->capital[c].amount * level[r];
        }
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        of[e->needs[i].good].used += e->needs[i].amount;
    }
}

/* With the same levels every year there are always enough machines, and in the end as many as in the beginning. */
static void check_machines(const pl_economy *e, int years)
{
    year *of = calloc((size_t)e->n_goods, sizeof *of);
    CHECK(of != NULL && e->n_stocks == e->n_assets);
    add_up_year(e, pl_binary_witness(e), of);
    for (int32_t a = 0; a < e->n_assets; a++) {
        const year *y = &of[e->assets[a].good];
        double stock = e->stocks[a].amount, there = stock, size = stock + y->made + 1e-300;
        CHECK(e->stocks[a].good == e->assets[a].good && y->lag <= 1);
        for (int t = 1; t <= years; t++) {
            double kept = there + (y->lag == 0 ? y->made : 0) - y->used;
            CHECK(kept >= y->at_work - 1e-8 * size);
            there = (1 - e->assets[a].loss) * kept + (y->lag == 1 ? y->made : 0);
        }
        CHECK(there >= stock * e->assets[a].end - 1e-8 * size);
    }
    free(of);
}

TEST(the_witness_keeps_its_machines_for_years)
{
    int with = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_generate_settings s = some_settings(seed);
        s.capital = 0.1 + 0.02 * (double)seed;
        s.joint = 0; /* by-products would add to what the witness makes */
        pl_economy *e = generated(&s, in_tmp("e.economy"));
        with += e->n_capital > 0;
        check_machines(e, 10);
        pl_economy_free(e);
    }
    CHECK(with >= 30);
}

static bool same_bytes(const char *a, const char *b)
{
    char command[8300];
    snprintf(command, sizeof command, "cmp -s '%s' '%s'", a, b);
    return system(command) == 0;
}

TEST(the_same_seed_gives_the_same_bytes)
{
    const char *one = in_tmp("one.economy"), *two = in_tmp("two.economy"), *other = in_tmp("other.economy");
    pl_generate_settings s = some_settings(7);
    pl_economy_free(generated(&s, one));
    pl_economy_free(generated(&s, two));
    CHECK(same_bytes(one, two));
    s.seed++;
    pl_economy_free(generated(&s, other));
    CHECK(!same_bytes(one, other));
}

TEST(the_file_carries_the_hash_of_its_tables)
{
    pl_generate_settings s = some_settings(11);
    char says[65], is[65];
    const char *path = in_tmp("e.economy");
    pl_economy *e = generated(&s, path), *plain = NULL;
    CHECK(pl_economy_hash(e, says, NULL) == PL_OK);
    CHECK(pl_binary_load(path, false, NULL, &plain, NULL) == PL_OK && pl_economy_hash(plain, is, NULL) == PL_OK);
    CHECK_STR(says, is);
    pl_economy_free(plain);
    pl_economy_free(e);
}

/* Recipes with more than one output, as many as were asked for; all else as without them. */
TEST(by_products_change_nothing_else)
{
    pl_generate_settings s = pl_generate_defaults(500);
    pl_economy *without = generated(&s, in_tmp("one.economy"));
    s.joint = 0.25;
    pl_economy *with = generated(&s, in_tmp("two.economy"));
    int32_t joint = 0;
    for (int32_t r = 0; r < with->n_recipes; r++) {
        int64_t k = with->flows.start[r], end = with->flows.start[r + 1];
        bool more = end - k > without->flows.start[r + 1] - without->flows.start[r];
        joint += more;
        for (int64_t i = without->flows.start[r]; i < without->flows.start[r + 1]; i++, k++) {
            if (with->flows.index[k] != without->flows.index[i]) { /* the by-product stands here */
                CHECK(more && with->flows.amount[k] > 0);
                more = false;
                k++;
            }
            CHECK(with->flows.index[k] == without->flows.index[i] && with->flows.amount[k] == without->flows.amount[i]);
        }
        CHECK(k == end || (more && k + 1 == end && with->flows.amount[k] > 0));
    }
    CHECK(joint > 0.2 * with->n_recipes && joint < 0.3 * with->n_recipes);
    for (int32_t k = 0; k < with->n_resources; k++) {
        CHECK(with->resources[k].available == without->resources[k].available);
    }
    pl_economy_free(with);
    pl_economy_free(without);
}

TEST(limits_bind)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        pl_generate_settings s = pl_generate_defaults(300);
        s.seed = seed;
        s.joint = seed % 2 == 0 ? 0.1 : 0;
        pl_economy *e = generated(&s, in_tmp("e.economy"));
        pl_variant *v = NULL;
        pl_plan *plan = NULL;
        pl_plan_settings how = {.goal = PL_SATISFY};
        pl_limit *limits;
        int32_t n, all[2] = {0, 0}, full[2] = {0, 0};
        CHECK(pl_variant_new(e, &v, NULL) == PL_OK && pl_plan_make(v, &how, &plan, NULL) == PL_OK);
        CHECK(pl_plan_limits(plan, e, plan->n_stages, &limits, &n, NULL) == PL_OK);
        for (int32_t i = 0; i < n; i++) {
            all[limits[i].kind == PL_LIMIT_CAPACITY]++;
            full[limits[i].kind == PL_LIMIT_CAPACITY] += limits[i].used >= limits[i].available * (1 - 1e-9);
        }
        if (full[0] < 3 || full[1] * 10 < all[1] || full[1] == all[1]) {
            FAIL("seed %llu: %d of %d resources and %d of %d capacities bind", (unsigned long long)seed, full[0], all[0],
                 full[1], all[1]);
        }
        pl_limits_free(limits);
        pl_plan_free(plan);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}

TEST(all_needs_are_met_by_a_verified_plan)
{
    const char *path = in_tmp("e.economy"), *folder = in_tmp("plan");
    for (uint64_t seed = 100; seed < 110; seed++) {
        pl_generate_settings s = some_settings(seed);
        pl_economy *e = generated(&s, path);
        pl_variant *v = NULL;
        pl_plan *plan = NULL;
        pl_plan_settings how = {.goal = PL_SATISFY};
        CHECK(pl_variant_new(e, &v, NULL) == PL_OK && pl_plan_make(v, &how, &plan, NULL) == PL_OK);
        CHECK(plan->outcome == PL_PLANNED && pl_plan_needs_met(plan, e, 0) > 1 - 1e-9);
        CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
        FILE *none = fopen("/dev/null", "w");
        CHECK(none != NULL);
        CHECK_INT(pv_verify(folder, path, false, none, none), 0);
        fclose(none);
        pl_plan_free(plan);
        pl_variant_free(v);
        pl_economy_free(e);
    }
}

TEST(settings_out_of_range_are_refused)
{
    pl_error err = {0};
    pl_generate_settings s = pl_generate_defaults(0);
    CHECK_INT(pl_economy_generate(&s, in_tmp("no"), NULL, &err), PL_USAGE);
    CHECK_STR(err.subject, "goods");
    s = pl_generate_defaults(10);
    s.capped = 0.7; /* the first of three recipes never has a capacity */
    CHECK_INT(pl_economy_generate(&s, in_tmp("no"), NULL, &err), PL_USAGE);
    s = pl_generate_defaults(10);
    s.resources = 100;
    CHECK_INT(pl_economy_generate(&s, in_tmp("no"), NULL, &err), PL_USAGE);
}
