/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plans of chains, stars and loops in closed form, by every way: levels, hours, and what is proved. */
#include <plenty/plan.h>

#include "test/plan_help.h"
#include "test/test.h"

#define N 60

typedef double (*taken_fn)(int out, int in); /* of good `in` for one of good `out` */

static double in_a_chain(int out, int in)
{
    return in == out + 1 ? 0.5 : 0;
}

static double in_a_star(int out, int in)
{
    return in == 0 && out != 0 ? 0.25 : 0;
}

static double in_a_loop(int out, int in)
{
    return in == (out + 1) % N ? 0.75 : 0;
}

/* One hour for each; one of good `k` is needed where wanted(k); `hours` there are. */
static pl_economy *economy_of(taken_fn taken, bool only_first, double hours)
{
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    char id[2][16];
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, hours), PL_OK);
    for (int k = 0; k < N; k++) {
        snprintf(id[0], sizeof id[0], "g%02d", k);
        CHECK_INT(pl_add_good(b, 0, id[0], "", "kg", "", "", false), PL_OK);
        CHECK_INT(pl_add_recipe(b, 0, id[0], "", "", PL_ABSENT), PL_OK);
        CHECK_INT(pl_add_flow(b, 0, id[0], id[0], 1), PL_OK);
        CHECK_INT(pl_add_use(b, 0, id[0], "labour", 1), PL_OK);
        for (int i = 0; i < N; i++) {
            snprintf(id[1], sizeof id[1], "g%02d", i);
            CHECK_INT(taken(k, i) > 0 ? pl_add_flow(b, 0, id[0], id[1], -taken(k, i)) : PL_OK, PL_OK);
        }
        CHECK_INT(k == 0 || !only_first ? pl_add_need(b, 0, id[0], 1, "", 1, 1, 0) : PL_OK, PL_OK);
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    return e;
}

/* level[k]: what must be made of good k for all needs in full; hours: for one of good k in all. */
static void compare(taken_fn taken, bool only_first, const double *level, const double *hours)
{
    double all = 0;
    for (int k = 0; k < N; k++) {
        all += level[k];
    }
    for (int way = PL_BY_SIMPLEX; way <= PL_BY_NEWTON; way++) {
        for (int part = 2; part >= 1; part--) { /* enough hours; half of those that it takes */
            pl_economy *e = economy_of(taken, only_first, all * part / 2 * (part == 2 ? 1.5 : 1));
            pl_variant *v;
            pl_plan *plan = NULL;
            pl_plan_settings settings = {.goal = PL_SATISFY, .way = (pl_plan_way)way};
            pl_error err = {0};
            CHECK(pl_variant_new(e, &v, &err) == PL_OK);
            pl_status status = pl_plan_make(v, &settings, &plan, &err);
            CHECK_INT(status, way == PL_BY_SWEEPS && part == 1 ? PL_UNSUPPORTED : PL_OK);
            double room = way == PL_BY_NEWTON ? 2e-6 : 1e-10;
            for (int k = 0; k < N && plan != NULL; k++) {
                CHECK_NEAR(plan->level[k] / (level[k] * part / 2), 1, N * room);
            }
            if (plan != NULL) {
                const pl_stage *first = &plan->stages[0], *last = &plan->stages[plan->n_stages - 1];
                CHECK_NEAR(first->value, part / 2.0, room);
                CHECK_NEAR(first->bound, part / 2.0, room);
                CHECK_NEAR(last->value / (all * part / 2), 1, room);
                CHECK_NEAR(last->bound / (all * part / 2), 1, room);
                for (int k = 0; k < N && part == 2; k++) {
                    CHECK_NEAR(last->good_price[k] / hours[k], 1, way == PL_BY_NEWTON ? 1e-2 : 1e-9);
                }
                plan_verified(e, plan, "satisfy", (uint64_t)way);
            }
            pl_plan_free(plan);
            pl_variant_free(v);
            pl_economy_free(e);
        }
    }
}

static double level[N], hours[N];

/* The first alone is needed: good k is made (1/2)^k times, and holds 2 - 2^-(N - 1 - k) hours. */
TEST(a_chain)
{
    for (int k = 0; k < N; k++) {
        level[k] = ldexp(1, -k);
        hours[k] = 2 - ldexp(1, -(N - 1 - k));
    }
    compare(in_a_chain, true, level, hours);
}

/* Everything takes a quarter of the middle. */
TEST(a_star)
{
    for (int k = 0; k < N; k++) {
        level[k] = k == 0 ? 1 + 0.25 * (N - 1) : 1;
        hours[k] = k == 0 ? 1 : 1.25;
    }
    compare(in_a_star, false, level, hours);
}

/* Each takes three quarters of the next: four of each for one that is left over, four hours in each. */
TEST(a_loop)
{
    for (int k = 0; k < N; k++) {
        level[k] = 4;
        hours[k] = 4;
    }
    compare(in_a_loop, false, level, hours);
}
