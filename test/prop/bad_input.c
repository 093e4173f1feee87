/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Economies that make no sense, or nearly none, by every way, goal and kind of work: a plan that passes the checker (or a
 * proof that there is none), or a sentence that says what is wrong; never a hang. */
#include <plenty/plan.h>
#include <plenty/values.h>

#include "base/clock.h"
#include "test/plan_help.h"
#include "test/test.h"

#define SECONDS_MOST 20 /* for one piece of work; on a busy machine */

static pl_builder *b;

static void good(const char *id)
{
    CHECK_INT(pl_add_good(b, 0, id, "", "kg", "", "", false), PL_OK);
}

/* A recipe that makes `amount` of a good from `taken` of another (NULL: none), with these hours. */
static void recipe(const char *id, const char *out, double amount, const char *in, double taken, double hours)
{
    CHECK_INT(pl_add_recipe(b, 0, id, "", "", PL_ABSENT), PL_OK);
    CHECK_INT(out != NULL ? pl_add_flow(b, 0, id, out, amount) : PL_OK, PL_OK);
    CHECK_INT(in != NULL ? pl_add_flow(b, 0, id, in, -taken) : PL_OK, PL_OK);
    CHECK_INT(hours != 0 ? pl_add_use(b, 0, id, "labour", hours) : PL_OK, PL_OK);
}

static void need(const char *id, double amount, double floor)
{
    CHECK_INT(pl_add_need(b, 0, id, 1, "", amount, 1, floor), PL_OK);
}

static void labour(double available)
{
    CHECK_INT(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, available), PL_OK);
}

static void not_productive(void)
{
    good("chicken"), good("egg"), labour(100);
    recipe("hatch", "chicken", 1, "egg", 2, 1);
    recipe("lay", "egg", 1, "chicken", 0.6, 1);
    need("egg", 3, 0);
}

static void not_productive_but_must(void)
{
    good("chicken"), good("egg"), labour(100);
    recipe("hatch", "chicken", 1, "egg", 2, 1);
    recipe("lay", "egg", 1, "chicken", 0.6, 1);
    need("egg", 3, 3);
}

/* On the edge: takes exactly what it makes. */
static void just_reproduced(void)
{
    good("seed"), good("corn"), labour(100);
    recipe("sow", "corn", 2, "seed", 1, 1);
    recipe("save", "seed", 1, "corn", 2, 1);
    need("corn", 1, 0);
}

static void free_lunch(void)
{
    good("a"), good("b"), labour(PL_ABSENT);
    recipe("a from b", "a", 1.5, "b", 1, 0);
    recipe("b from a", "b", 1.5, "a", 1, 0);
    need("a", 10, 0);
}

/* The same with labour, which then is gained too. */
static void free_lunch_that_gives_hours(void)
{
    good("a"), good("b"), labour(100);
    recipe("a from b", "a", 1.5, "b", 1, -1);
    recipe("b from a", "b", 1.5, "a", 1, 0.5);
    need("a", 10, 0);
}

static void something_from_nothing(void)
{
    good("air"), labour(10);
    recipe("blow", "air", 1, NULL, 0, 0);
    need("air", 5, 5);
}

static void contradictory_limits(void)
{
    good("bread"), labour(10);
    CHECK_INT(pl_add_recipe(b, 0, "bake", "", "", 2), PL_OK);
    CHECK_INT(pl_add_flow(b, 0, "bake", "bread", 1), PL_OK);
    CHECK_INT(pl_add_use(b, 0, "bake", "labour", 1), PL_OK);
    need("bread", 8, 5);
}

static void nothing_available(void)
{
    good("bread"), labour(0);
    recipe("bake", "bread", 1, NULL, 0, 1);
    need("bread", 8, 0);
}

static void no_flows(void)
{
    good("bread"), labour(10);
    recipe("bake", "bread", 1, NULL, 0, 1);
    recipe("idle", NULL, 0, NULL, 0, 1);
    recipe("nothing at all", NULL, 0, NULL, 0, 0);
    need("bread", 8, 0);
}

static void only_takes(void)
{
    good("bread"), labour(10);
    recipe("eat", NULL, 0, "bread", 1, 1);
    need("bread", 8, 0);
}

static void zeros(void)
{
    good("bread"), good("flour"), labour(10);
    recipe("bake", "bread", 0, "flour", 0, 0);
    recipe("mill", "flour", 1, NULL, 0, 1);
    need("bread", 8, 0);
}

static void twenty_orders(void)
{
    char id[2][16];
    labour(PL_ABSENT);
    for (int k = 0; k <= 20; k++) { /* each needs a tenth of what the one before counts in, in its own unit */
        snprintf(id[k % 2], sizeof id[0], "g%02d", k);
        good(id[k % 2]);
        recipe(id[k % 2], id[k % 2], pow(10, k - 10), k > 0 ? id[(k + 1) % 2] : NULL, 0.1 * pow(10, k - 11), 1);
        need(id[k % 2], pow(10, k - 10), 0);
    }
}

static void twenty_orders_in_a_recipe(void)
{
    good("nanogram"), good("gigaton"), labour(1e10);
    recipe("small", "nanogram", 1e10, NULL, 0, 1);
    recipe("large", "gigaton", 1e-10, "nanogram", 1e10, 1);
    need("gigaton", 1e-9, 0);
    need("nanogram", 1e10, 0);
}

static void needs_of_zero(void)
{
    good("bread"), labour(10);
    recipe("bake", "bread", 1, NULL, 0, 1);
    need("bread", 0, 0);
}

static void one_good(void)
{
    good("bread"), labour(10);
    recipe("bake", "bread", 1, NULL, 0, 1);
    need("bread", 8, 0);
}

static void one_good_and_nobody(void)
{
    good("bread"), labour(10);
    need("bread", 8, 0);
}

static void eats_itself(void)
{
    good("bread"), labour(10);
    recipe("bake", "bread", -1, NULL, 0, 1);
    need("bread", 8, 0);
}

static void thousand_copies(void)
{
    char id[24];
    good("bread"), good("flour"), labour(1000);
    recipe("mill", "flour", 1, NULL, 0, 1);
    for (int k = 0; k < 1000; k++) {
        snprintf(id, sizeof id, "bakery %d", k);
        recipe(id, "bread", 1, "flour", 0.5, 1);
    }
    need("bread", 300, 0);
}

typedef enum expected { PLAN, PROOF, SAID, ANY } expected; /* by the simplex, goal satisfy */

static const struct {
    const char *name;
    void (*build)(void);
    expected by_simplex;
    bool values; /* can be worked out */
} CASES[] = {
    {"not productive", not_productive, PLAN, false},
    {"not productive, with a floor", not_productive_but_must, PROOF, false},
    {"just reproduced", just_reproduced, PLAN, false},
    {"free lunch", free_lunch, PLAN, true},
    {"free lunch that gives hours", free_lunch_that_gives_hours, ANY, true},
    {"something from nothing", something_from_nothing, PLAN, true},
    {"contradictory limits", contradictory_limits, PROOF, true},
    {"nothing available", nothing_available, PLAN, true},
    {"recipes without flows", no_flows, PLAN, true},
    {"a recipe that only takes", only_takes, PLAN, true},
    {"coefficients of zero", zeros, PLAN, true},
    {"twenty orders of magnitude along a chain", twenty_orders, PLAN, true},
    {"twenty orders of magnitude in a recipe", twenty_orders_in_a_recipe, PLAN, true},
    {"needs of zero", needs_of_zero, PLAN, true},
    {"one good, one recipe", one_good, PLAN, true},
    {"one good, no recipe", one_good_and_nobody, PLAN, true},
    {"a good that eats itself", eats_itself, PLAN, true},
    {"a thousand copies of a recipe", thousand_copies, PLAN, true},
};

static pl_economy *built(void (*build)(void))
{
    pl_economy *e;
    pl_error err = {0};
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    build();
    CHECK_INT(pl_add_asset(b, 0, "bread", 0.5, 1), PL_OK); /* where there is no bread it is left out, below */
    pl_findings findings = {0};
    if (pl_builder_freeze(b, &findings, &e, &err) != PL_OK) {
        pl_builder_free(b);
        CHECK_INT(pl_builder_new(&b, &err), PL_OK);
        build();
        if (pl_builder_freeze(b, NULL, &e, &err) != PL_OK) {
            FAIL("%s", err.message);
        }
    }
    pl_builder_free(b);
    return e;
}

/* What came of it; a plan is verified. */
static expected outcome(const pl_economy *e, const pl_horizon *h, const char *goal, pl_plan_way way, const char *name)
{
    pl_variant *v;
    pl_plan *plan = NULL;
    pl_plan_settings settings = {0};
    pl_error err = {0};
    CHECK_INT(pl_goal_parse(goal, &settings, &err), PL_OK);
    settings.way = way;
    settings.time_limit_s = SECONDS_MOST;
    CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_variant_unroll(v, h, &err) == PL_OK);
    double began = pl_clock_s();
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    if (!(pl_clock_s() - began < SECONDS_MOST)) {
        FAIL("%s, %s, way %d: it takes too long", name, goal, (int)way);
    }
    expected found = SAID;
    if (status == PL_OK) {
        found = plan->outcome == PL_PLANNED ? PLAN : PROOF;
        years_verified(e, v, plan, goal, (uint64_t)way);
    } else if (err.message[0] == '\0' || status == PL_BUG) {
        FAIL("%s, %s, way %d: %s, but no word of it", name, goal, (int)way, pl_status_id(status));
    } else {
        printf("# %s, %s, way %d%s: %s\n", name, goal, (int)way, h->years > 0 ? ", three years" : "", err.message);
    }
    pl_plan_free(plan);
    pl_variant_free(v);
    return found;
}

static const char *const GOALS[] = {"satisfy", "least labour", "weighted", "most all"};

static void by(pl_plan_way way, int32_t years)
{
    pl_horizon h = {years, PL_ABSENT, 1};
    int plans = 0, proofs = 0, said = 0;
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        pl_economy *e = built(CASES[k].build);
        for (int goal = 0; goal < 4; goal++) {
            expected found = outcome(e, &h, GOALS[goal], way, CASES[k].name);
            if (way == PL_BY_SIMPLEX && goal == 0 && years == 0 && CASES[k].by_simplex != ANY && found != CASES[k].by_simplex) {
                FAIL("%s: %s", CASES[k].name, found == PLAN ? "a plan" : found == PROOF ? "a proof that there is none" : "words");
            }
            plans += found == PLAN;
            proofs += found == PROOF;
            said += found == SAID;
        }
        pl_economy_free(e);
    }
    printf("# %d plans and %d proofs that there is none are verified; %d times it is said why not\n", plans, proofs, said);
}

TEST(the_simplex)
{
    by(PL_BY_SIMPLEX, 0);
}

TEST(sweeps)
{
    by(PL_BY_SWEEPS, 0);
}

TEST(newton_steps)
{
    by(PL_BY_NEWTON, 0);
}

TEST(three_years)
{
    by(PL_BY_SIMPLEX, 3);
    by(PL_BY_NEWTON, 3);
}

TEST(values_and_checks)
{
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        static pl_findings findings;
        pl_economy *e = built(CASES[k].build);
        pl_values_settings settings = {0};
        pl_values *v = NULL;
        pl_summary summary;
        pl_error err = {0};
        double began = pl_clock_s();
        pl_status status = pl_values_find(e, &settings, &v, &err);
        if ((status == PL_OK) != CASES[k].values || (status != PL_OK && err.message[0] == '\0')) {
            FAIL("%s: values: %s %s", CASES[k].name, pl_status_id(status), err.message);
        }
        for (int32_t g = 0; status == PL_OK && g < v->n_goods; g++) {
            CHECK(v->value_low[g] <= v->value[g] && v->value[g] <= v->value_high[g]);
        }
        CHECK_INT(pl_economy_check(e, NULL, &findings, &err), PL_OK);
        CHECK_INT(pl_economy_summary(e, NULL, &summary, &err), PL_OK);
        CHECK(pl_clock_s() - began < SECONDS_MOST);
        pl_values_free(v);
        pl_economy_free(e);
    }
}
