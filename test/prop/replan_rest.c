/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rest of a year, planned anew: what was done, what is frozen and the new plan together keep every balance and limit of the year; the plan from
 * the old promises is as good as one from nothing; where all went as planned nothing changes; every change has its reason. */
#include <plenty/replan.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

#define ECONOMIES 150
#define GOODS 25

static pl_plan *plan_rest(const pl_economy *rest, const pl_plan *from, const pl_plan *like)
{
    pl_variant *v;
    pl_plan *p;
    pl_error err;
    pl_plan_settings set = {.goal = like->goal, .argument = like->argument, .from = from};
    CHECK(pl_variant_new(rest, &v, &err) == PL_OK);
    if (pl_plan_make(v, &set, &p, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_variant_free(v);
    return p;
}

static double level_of(const pl_economy *rest, const pl_plan *p, const char *id)
{
    int32_t r = pl_find_recipe(rest, id);
    return r >= 0 ? p->level[r] : 0;
}

/* Levels of the whole year: what was done, what is frozen, the new plan. */
static void check_year(const pl_economy *e, const pl_plan *old, const pl_replan *how, const pl_economy *rest, const pl_plan *now, int32_t overdrawn, uint64_t seed)
{
    double *net = calloc((size_t)e->n_goods, sizeof *net), *size = calloc((size_t)e->n_goods, sizeof *size), *used = calloc((size_t)e->n_resources + 1, sizeof *used);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double share = old->level[r] / how->periods, able = fmin(isnan(how->capability[r]) ? INFINITY : how->capability[r], isnan(e->recipes[r].capacity) ? INFINITY : e->recipes[r].capacity / how->periods);
        able = isnan(how->capability[r]) ? able : how->capability[r];
        double year = how->done[r] + how->frozen * fmin(share, able) + level_of(rest, now, e->recipes[r].id);
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            net[e->flows.index[k]] += e->flows.amount[k] * year;
            size[e->flows.index[k]] += fabs(e->flows.amount[k] * year);
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            used[e->uses.index[k]] += e->uses.amount[k] * year;
        }
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        net[e->stocks[k].good] += e->stocks[k].amount;
    }
    for (int32_t k = 0; k < rest->n_needs; k++) {
        if (strcmp(rest->needs[k].group, "used already") != 0) {
            net[rest->needs[k].good] -= now->delivered[k];
            size[rest->needs[k].good] += now->delivered[k];
        }
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        net[g] += now->imported[g] - now->exported[g];
        size[g] += now->imported[g] + now->exported[g];
        if (net[g] < -1e-7 * fmax(1e-6, size[g])) {
            FAIL("seed %llu: %g of %s are missing over the year (of %g)", (unsigned long long)seed, -net[g], e->goods[g].id, size[g]);
        }
    }
    for (int32_t k = 0; k < e->n_resources && overdrawn == 0; k++) {
        if (k != e->foreign_exchange && pl_given(e->resources[k].available) && used[k] > e->resources[k].available * (1 + 1e-7) + 1e-9) {
            FAIL("seed %llu: %s used %g of %g", (unsigned long long)seed, e->resources[k].id, used[k], e->resources[k].available);
        }
    }
    free(net);
    free(size);
    free(used);
}

static void check_reasons(const pl_economy *e, const pl_plan *old, const pl_replan *how, const pl_economy *rest, const pl_plan *now)
{
    pl_replan_change *c;
    int32_t n;
    pl_error err;
    CHECK(pl_replan_changes(old, e, how, now, rest, &c, &n, &err) == PL_OK);
    for (int32_t k = 0; k < n; k++) {
        double level = level_of(rest, now, e->recipes[c[k].recipe].id);
        CHECK_NEAR(c[k].now, level, 1e-9);
        CHECK(k == 0 || c[k].worth <= c[k - 1].worth);
        CHECK(c[k].other < e->n_recipes && c[k].good < e->n_goods);
        if (c[k].why != PL_WHY_LIMIT) { /* the reason points the way the change goes */
            CHECK((c[k].part > 0) == (c[k].now > c[k].promised));
        }
    }
    pl_replan_changes_free(c);
}

TEST(the_year_as_a_whole_keeps_its_balances)
{
    int planned = 0, impossible = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 0), *rest;
        pl_plan *old = plan_made(e, "satisfy", 1, seed);
        pl_error err;
        pl_rng rng;
        int32_t overdrawn;
        pl_rng_seed(&rng, seed);
        if (old == NULL || old->outcome != PL_PLANNED || old->n_stages == 0) {
            pl_plan_free(old);
            pl_economy_free(e);
            continue;
        }
        double *done = malloc(sizeof *done * (size_t)e->n_recipes), *able = malloc(sizeof *able * (size_t)e->n_recipes);
        for (int32_t r = 0; r < e->n_recipes; r++) {
            done[r] = old->level[r] * 5 / 12 * (pl_rng_unit(&rng) < 0.3 ? pl_rng_range(&rng, 0.6, 1.1) : 1);
            able[r] = pl_rng_unit(&rng) < 0.1 ? old->level[r] / 12 * pl_rng_range(&rng, 0.7, 1.5) : NAN;
        }
        pl_replan how = {.periods = 12, .passed = 5, .frozen = 1, .done = done, .capability = able, .change_price = seed % 2 == 0 ? 0.1 : 0};
        if (pl_replan_economy(old, e, &how, &rest, &overdrawn, &err) != PL_OK) {
            FAIL("seed %llu: %s: %s", (unsigned long long)seed, err.subject, err.message);
        }
        pl_plan *from, *now, *anew;
        CHECK(pl_replan_start(old, e, &how, rest, &from, &err) == PL_OK);
        now = plan_rest(rest, from, old);
        anew = plan_rest(rest, NULL, old);
        CHECK_INT(now->outcome, anew->outcome);
        if (now->outcome == PL_PLANNED) {
            plan_verified(rest, now, "satisfy", seed);
            check_year(e, old, &how, rest, now, overdrawn, seed);
            check_reasons(e, old, &how, rest, now);
            CHECK_NEAR(now->stages[now->n_stages - 1].value, anew->stages[anew->n_stages - 1].value, 1e-6);
        }
        planned += now->outcome == PL_PLANNED;
        impossible += now->outcome != PL_PLANNED;
        pl_plan_free(now);
        pl_plan_free(anew);
        pl_plan_free(from);
        pl_plan_free(old);
        pl_economy_free(rest);
        pl_economy_free(e);
        free(done);
        free(able);
    }
    printf("# %d rests planned, %d impossible\n", planned, impossible);
    CHECK(planned > 20);
}

/* A rest of which a part has been carried out: its price on changes is that of its own promises. */
TEST(the_rest_of_a_rest)
{
    int tried = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES / 3; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 0), *rest, *again;
        pl_plan *old = plan_made(e, "satisfy", 1, seed), *from;
        pl_error err;
        int32_t overdrawn, n;
        if (old != NULL && old->outcome == PL_PLANNED && old->n_stages > 0) {
            pl_replan how = {.periods = 12, .passed = 4, .frozen = 1, .change_price = 0.1}, then = {.periods = 7, .passed = 3, .frozen = 1, .change_price = 0.2};
            pl_replan_change *c;
            CHECK(pl_replan_economy(old, e, &how, &rest, &overdrawn, &err) == PL_OK);
            pl_plan *now = plan_rest(rest, NULL, old);
            if (now->outcome == PL_PLANNED) {
                CHECK(pl_replan_economy(now, rest, &then, &again, &overdrawn, &err) == PL_OK);
                CHECK(pl_replan_start(now, rest, &then, again, &from, &err) == PL_OK);
                pl_plan *last = plan_rest(again, from, old);
                CHECK_INT(last->outcome, PL_PLANNED);
                plan_verified(again, last, "satisfy", seed);
                CHECK(pl_replan_changes(now, rest, &then, last, again, &c, &n, &err) == PL_OK);
                for (int32_t r = 0; r < e->n_recipes; r++) {
                    CHECK(pl_find_recipe(again, e->recipes[r].id) >= 0);
                }
                CHECK(again->n_recipes <= 2 * e->n_recipes);
                for (int32_t k = 0; k < n; k++) {
                    CHECK(strchr(rest->recipes[c[k].recipe].id, '~') == NULL);
                }
                tried++;
                pl_replan_changes_free(c);
                pl_plan_free(last);
                pl_plan_free(from);
                pl_economy_free(again);
            }
            pl_plan_free(now);
            pl_economy_free(rest);
        }
        pl_plan_free(old);
        pl_economy_free(e);
    }
    CHECK(tried > 10);
}

/* The second of three years is carried out: the first is over and gone, and where all went as planned nothing changes. */
TEST(a_year_among_several)
{
    int tried = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES / 3; seed++) {
        pl_economy *one = test_random_economy(seed, GOODS, 0), *e, *rest;
        pl_error err;
        int32_t overdrawn, n;
        bool free_to_waste = true;
        for (int32_t g = 0; g < one->n_goods; g++) {
            free_to_waste = free_to_waste && !one->goods[g].must_be_used;
        }
        CHECK(pl_economy_unroll(one, &(pl_horizon){3, PL_ABSENT, 1}, &e, &err) == PL_OK);
        pl_plan *old = plan_made(e, "satisfy", 1, seed), *from;
        if (old != NULL && old->outcome == PL_PLANNED && old->n_stages > 0 && free_to_waste) {
            pl_replan how = {.year = 2, .periods = 12, .passed = 4, .frozen = 2, .change_price = 0.1};
            pl_replan_change *c;
            how.year = 4;
            CHECK_INT(pl_replan_economy(old, e, &how, &rest, &overdrawn, &err), PL_USAGE);
            how.year = 2;
            pl_status status = pl_replan_economy(old, e, &how, &rest, &overdrawn, &err);
            if (status == PL_UNSUPPORTED) { /* trade has to earn a surplus */
                pl_plan_free(old);
                pl_economy_free(e);
                pl_economy_free(one);
                continue;
            }
            CHECK_INT(status, PL_OK);
            CHECK(pl_replan_start(old, e, &how, rest, &from, &err) == PL_OK);
            pl_plan *now = plan_rest(rest, from, old);
            CHECK_INT(now->outcome, PL_PLANNED);
            plan_verified(rest, now, "satisfy", seed);
            CHECK(pl_replan_changes(old, e, &how, now, rest, &c, &n, &err) == PL_OK);
            for (int32_t k = 0; k < n; k++) { /* but for what costs nothing */
                if (c[k].worth > 1e-9 * old->stages[old->n_stages - 1].value) {
                    FAIL("seed %llu: %s from %g to %g", (unsigned long long)seed, e->recipes[c[k].recipe].id, c[k].promised, c[k].now);
                }
            }
            for (int32_t r = 0; r < e->n_recipes; r++) {
                CHECK((pl_find_recipe(rest, e->recipes[r].id) >= 0) == (e->recipes[r].id[0] != '1'));
            }
            for (int32_t k = 0; k < rest->n_needs; k++) {
                CHECK(rest->goods[rest->needs[k].good].id[0] != '1');
            }
            tried++;
            pl_replan_changes_free(c);
            pl_plan_free(now);
            pl_plan_free(from);
            pl_economy_free(rest);
        }
        pl_plan_free(old);
        pl_economy_free(e);
        pl_economy_free(one);
    }
    printf("# %d plans of three years\n", tried);
    CHECK(tried > 10);
}

/* What was to be delivered still is. */
static void check_needs(const pl_economy *e, const pl_plan *old, const pl_economy *rest, const pl_plan *now)
{
    for (int32_t k = 0, i = 0; k < rest->n_needs; k++) {
        if (strcmp(rest->needs[k].group, "used already") != 0) {
            CHECK_NEAR(now->delivered[k], old->delivered[i], 1e-6);
            CHECK(i < e->n_needs && rest->needs[k].good == e->needs[i].good);
            i++;
        }
    }
}

TEST(where_all_went_as_planned_nothing_changes)
{
    int tried = 0, changed = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        pl_economy *e = test_random_economy(seed, GOODS, 0), *rest;
        pl_plan *old = plan_made(e, "satisfy", 1, seed), *from;
        pl_error err;
        int32_t overdrawn, n;
        bool free_to_waste = true; /* what must be used need not be, once it is there: then more may be possible than before */
        for (int32_t g = 0; g < e->n_goods; g++) {
            free_to_waste = free_to_waste && !e->goods[g].must_be_used;
        }
        if (old != NULL && old->outcome == PL_PLANNED && old->n_stages > 0 && free_to_waste) {
            pl_replan how = {.periods = 12, .passed = 4, .frozen = 2, .change_price = 0.2};
            pl_replan_change *c;
            CHECK(pl_replan_economy(old, e, &how, &rest, &overdrawn, &err) == PL_OK);
            CHECK(pl_replan_start(old, e, &how, rest, &from, &err) == PL_OK);
            pl_plan *now = plan_rest(rest, from, old);
            CHECK_INT(now->outcome, PL_PLANNED);
            CHECK(pl_replan_changes(old, e, &how, now, rest, &c, &n, &err) == PL_OK);
            check_needs(e, old, rest, now);
            if (n > 0) {
                printf("# seed %llu: %d changes, %s from %g to %g\n", (unsigned long long)seed, n, e->recipes[c[0].recipe].id, c[0].promised, c[0].now);
            }
            changed += n > 0;
            tried++;
            pl_replan_changes_free(c);
            pl_plan_free(now);
            pl_plan_free(from);
            pl_economy_free(rest);
        }
        pl_plan_free(old);
        pl_economy_free(e);
    }
    CHECK(tried > 20);
    CHECK_INT(changed, 0);
}
