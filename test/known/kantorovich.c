/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The excavators of Kantorovich (Mathematical Methods of Organizing and Planning Production, 1939): three machines, three
 * kinds of earthwork, cubic metres an hour; as much as possible of all three in equal amounts.  As an economy, planned and
 * verified. */
#include "test/plan_help.h"
#include "test/test.h"

#define OPTIMUM 70.4933 /* cubic metres an hour of each kind */

static const char *const work[] = {"A", "B", "C"}, *const machine[] = {"I", "II", "III"};
static const double norm[3][3] = {{105, 107, 64}, {56, 66, 38}, {56, 83, 53}};

/* A level is the part of the hour that a machine spends on a kind of work. */
static pl_economy *excavators(void)
{
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    for (int k = 0; k < 3; k++) {
        CHECK_INT(pl_add_good(b, 0, work[k], "", "m3", "", "", false), PL_OK);
        CHECK_INT(pl_add_need(b, 0, work[k], 1, "earthwork", 1, 1, 0), PL_OK);
        CHECK_INT(pl_add_resource(b, 0, machine[k], "", "hours", PL_EQUIPMENT, 1), PL_OK);
        for (int i = 0; i < 3; i++) {
            char id[16];
            snprintf(id, sizeof id, "%s by %s", work[k], machine[i]);
            CHECK_INT(pl_add_recipe(b, 0, id, "", "", PL_ABSENT), PL_OK);
            CHECK_INT(pl_add_flow(b, 0, id, work[k], norm[k][i]), PL_OK);
            CHECK_INT(pl_add_use(b, 0, id, machine[i], 1), PL_OK);
        }
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    pl_builder_free(b);
    return e;
}

TEST(equal_amounts)
{
    pl_economy *e = excavators();
    pl_plan *plan = plan_made(e, "most earthwork", 1, 0);
    CHECK(plan != NULL);
    CHECK_INT(plan->outcome, PL_PLANNED);
    CHECK_NEAR(plan->stages[0].value, OPTIMUM, 1e-6);
    CHECK_NEAR(plan->stages[0].bound, plan->stages[0].value, 1e-12);
    for (int32_t k = 0; k < e->n_needs; k++) {
        CHECK_NEAR(plan->delivered[k], plan->stages[0].value, 1e-12);
    }
    plan_verified(e, plan, "most earthwork", 1939);
    pl_plan_free(plan);
    pl_economy_free(e);
}

/* What Kantorovich called resolving multipliers: what is done with a machine is worth as much as the machine's hour, and
 * nothing could be done with it that is worth more. */
TEST(resolving_multipliers)
{
    pl_economy *e = excavators();
    pl_plan *plan = plan_made(e, "most earthwork", 1, 0);
    CHECK(plan != NULL);
    const double *price = plan->stages[0].good_price, *rent = plan->stages[0].resource_price;
    int busy = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        int64_t f = e->flows.start[r], u = e->uses.start[r];
        double worth = price[e->flows.index[f]] * e->flows.amount[f], hour = rent[e->uses.index[u]];
        CHECK(worth <= hour * (1 + 1e-14));
        if (plan->level[r] > 0) {
            busy++;
            CHECK_NEAR(worth / hour, 1, 1e-13);
        }
    }
    CHECK_INT(busy, 5); /* a vertex: three machines and three equal amounts, one of them the scale */
    pl_plan_free(plan);
    pl_economy_free(e);
}

TEST(no_machine_has_time_left)
{
    pl_economy *e = excavators();
    pl_plan *plan = plan_made(e, "most earthwork", 1, 0);
    double use[3];
    CHECK(plan != NULL);
    pl_plan_resource_use(plan, e, use);
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(use[i], 1, 1e-14);
    }
    pl_plan_free(plan);
    pl_economy_free(e);
}
