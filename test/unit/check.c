/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <plenty/economy.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "test/test.h"

#define OK(call) CHECK((call) == PL_OK)

static pl_builder *b;
static pl_findings found;
static char seen[64][32];
static int n_seen;

static void begin(void)
{
    OK(pl_builder_new(&b, NULL));
    n_seen = 0;
    memset(&found, 0, sizeof found);
    OK(pl_add_resource(b, 0, "work", NULL, "hours", PL_LABOUR, 100));
}

static void good(const char *id)
{
    for (int i = 0; i < n_seen; i++) {
        if (strcmp(seen[i], id) == 0) {
            return;
        }
    }
    snprintf(seen[n_seen++], sizeof seen[0], "%s", id);
    OK(pl_add_good(b, 0, id, NULL, "t", NULL, NULL, false));
}

/* "bread 1 flour -0.5": a recipe that needs an hour of work, and its flows; goods that are new are added. */
static void recipe(const char *id, const char *flows)
{
    char text[256], *save = NULL;
    snprintf(text, sizeof text, "%s", flows);
    OK(pl_add_recipe(b, 0, id, NULL, NULL, PL_ABSENT));
    OK(pl_add_use(b, 0, id, "work", 1));
    for (char *name = strtok_r(text, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save)) {
        good(name);
        OK(pl_add_flow(b, 0, id, name, strtod(strtok_r(NULL, " ", &save), NULL)));
    }
}

static void need(const char *id)
{
    good(id);
    OK(pl_add_need(b, 0, id, 1, NULL, 1, 1, 0));
}

static pl_economy *frozen(void)
{
    pl_economy *e;
    pl_error err = {0};
    if (pl_builder_freeze(b, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_builder_free(b);
    return e;
}

/* All findings of the economy built, one a line: "w message" or "n message". */
static const char *checked(void)
{
    static char out[8192];
    size_t at = 0;
    pl_economy *e = frozen();
    OK(pl_economy_check(e, NULL, &found, NULL));
    pl_economy_free(e);
    out[0] = '\0';
    for (int s = PL_WARNING; s >= PL_NOTE; s--) {
        for (int32_t i = 0; i < pl_findings_kept(&found, (pl_severity)s); i++) {
            at += (size_t)snprintf(out + at, sizeof out - at, "%c %s\n", s == PL_NOTE ? 'n' : 'w', found.kept[s][i].message);
        }
    }
    return out;
}

TEST(nothing_is_said_of_a_sound_economy)
{
    begin();
    recipe("mill", "flour 1");
    recipe("bake", "bread 1 flour -0.5 steel -0.01");
    recipe("smelt", "steel 1 coke -0.5 steel_tools -0.1");
    recipe("cook", "coke 1 steel -0.1");
    recipe("forge", "steel_tools 1 steel -1.1");
    need("bread");
    CHECK_STR(checked(), "");
}

TEST(goods_that_cannot_be_had_are_named)
{
    begin();
    recipe("bake", "bread 1 flour -0.5 salt -0.1");
    recipe("cake", "cake 1 flour -0.2");
    need("bread");
    need("wine");
    need("flour");
    good("fork");
    OK(pl_add_trade(b, 0, "salt", 1, PL_ABSENT, PL_ABSENT, PL_ABSENT));
    OK(pl_add_good(b, 0, "ash", NULL, "", NULL, NULL, true));
    OK(pl_add_flow(b, 0, "bake", "ash", 0.1));
    CHECK_STR(checked(),
              "w 'ash' must be taken up (disposal none), but nothing takes it: what makes it cannot be made\n"
              "w nobody makes, imports or has 'flour', but it is asked for by a need of tier 1 and 2 recipes (first bake)\n"
              "w nobody makes, imports or has 'wine', but it is asked for by a need of tier 1\n"
              "n nobody uses or needs 'cake'\n"
              "n nobody makes or needs 'fork'\n"
              "n 1 good has no unit, first 'ash'\n"
              "n trade need not balance: there is no resource foreign_exchange\n");
}

TEST(odd_recipes_and_resources_are_named)
{
    begin();
    recipe("bake", "bread 1");
    need("bread");
    OK(pl_add_need(b, 0, "bread", 2, NULL, 0, 1, 0));
    OK(pl_add_recipe(b, 0, "magic", NULL, NULL, PL_ABSENT));
    OK(pl_add_flow(b, 0, "magic", "bread", 1));
    OK(pl_add_recipe(b, 0, "idle", NULL, NULL, 0));
    OK(pl_add_use(b, 0, "idle", "work", 1));
    OK(pl_add_recipe(b, 0, "forest", NULL, NULL, PL_ABSENT)); /* takes up carbon: it makes nothing, and may */
    OK(pl_add_resource(b, 0, "carbon", NULL, "t", PL_EMISSION, 1));
    OK(pl_add_use(b, 0, "forest", "carbon", -1));
    OK(pl_add_resource(b, 0, "land", NULL, "ha", PL_NATURE, 1));
    OK(pl_add_resource(b, 0, "men", NULL, "persons", PL_LABOUR, 1));
    OK(pl_add_use(b, 0, "forest", "men", 1));
    OK(pl_add_place(b, 0, "north", NULL));
    OK(pl_add_good(b, 0, "tea", NULL, "kg", NULL, "nroth", false));
    OK(pl_add_trade(b, 0, "tea", 1, PL_ABSENT, 2, PL_ABSENT));
    OK(pl_add_trade(b, 0, "bread", PL_ABSENT, 3, PL_ABSENT, PL_ABSENT));
    OK(pl_add_resource(b, 0, "foreign_exchange", NULL, "$", PL_MONEY, 0));
    CHECK_STR(checked(), "w 'tea' is at 'nroth', which is not in places.csv\n"
                         "w recipe 'idle' makes nothing\n"
                         "w recipe 'magic' makes something out of nothing: it has no inputs and uses no resource\n"
                         "w labour 'men' is in 'persons', not in hours\n"
                         "w 'bread' has a limit of import but no price: it cannot be traded\n"
                         "w 'tea' can be imported and exported again at a profit\n"
                         "n recipe 'idle' cannot be carried out: its capacity is 0\n"
                         "n no recipe uses the resource 'land'\n"
                         "n the need of 'bread' in tier 2 is 0\n");
}

TEST(an_empty_economy_is_told)
{
    OK(pl_builder_new(&b, NULL));
    memset(&found, 0, sizeof found);
    CHECK_STR(checked(), "w there are no needs\n"
                         "n no resource is of kind labour: plans with the least labour cannot be asked for\n");
}

TEST(cycles_that_consume_more_than_they_make_are_named)
{
    begin();
    recipe("smelt", "steel 1 coke -0.5 ore -1");
    recipe("mine", "ore 1 steel -0.07");
    recipe("cook", "coke 1 steel -2");
    need("steel");
    CHECK_STR(checked(), "w making 1 t of coke takes 1.075 t of it: coke <- steel <- coke\n");
}

TEST(every_recipe_is_tried_before_a_cycle_is_called_impossible)
{
    begin();
    recipe("smelt", "steel 1 coke -0.5");
    recipe("cook", "coke 1 steel -2.5");
    recipe("cook_better", "coke 1 steel -1.9");
    need("steel");
    CHECK_STR(checked(), "");
    begin();
    recipe("smelt", "steel 1 coke -0.5");
    recipe("cook", "coke 1 steel -2.5");
    recipe("cook_worse", "coke 1 steel -2.9");
    need("steel");
    CHECK_STR(checked(), "w making 1 t of coke takes 1.25 t of it: coke <- steel <- coke\n");
    begin();
    recipe("smelt", "steel 1 coke -0.5");
    recipe("cook", "coke 1 steel -2.5");
    OK(pl_add_trade(b, 0, "coke", 1, PL_ABSENT, PL_ABSENT, PL_ABSENT)); /* bought instead */
    OK(pl_add_resource(b, 0, "foreign_exchange", NULL, "$", PL_MONEY, 0));
    need("steel");
    CHECK_STR(checked(), "");
}

TEST(joint_products_are_no_cause_for_alarm)
{
    /* 1 t of crude gives 0.5 t of petrol and 0.5 t of diesel; pumping takes 0.6 t of diesel for 1 t of crude: diesel
     * alone would not pay for itself (1.2 t), and it does not. */
    begin();
    recipe("refine", "petrol 0.5 diesel 0.5 crude -1");
    recipe("pump", "crude 1 diesel -0.6");
    need("petrol");
    CHECK(strstr(checked(), "takes 1.2 t of it") != NULL);
    /* With 0.3 t of each it does, although 0.3 + 0.3 t are taken for 0.5 t of each product. */
    begin();
    recipe("refine", "petrol 0.5 diesel 0.5 crude -1");
    recipe("pump", "crude 1 diesel -0.3 petrol -0.3");
    need("petrol");
    CHECK_STR(checked(), "");
}

TEST(a_cycle_that_just_reproduces_itself_is_named)
{
    begin();
    recipe("a", "a 2 b -1");
    recipe("b", "b 1 a -2");
    need("a");
    CHECK_STR(checked(), "w making 1 t of a takes 1 t of it: a <- b <- a\n");
}

/* Random Leontief economies of a known spectral radius. */
TEST(cycles_are_judged_rightly_on_both_sides_of_one)
{
    for (int round = 0; round < 60; round++) {
        pl_rng rng;
        pl_rng_seed(&rng, (uint64_t)round + 1);
        int n = 2 + (int)pl_rng_below(&rng, 20);
        double radius = round % 2 == 0 ? pl_rng_range(&rng, 0.3, 0.98) : pl_rng_range(&rng, 1.01, 3);
        begin();
        double *a = calloc((size_t)(n * n), sizeof *a);
        double v[32], w[32], scale = 0;
        for (int i = 0; i < n; i++) {
            v[i] = 1;
            a[i * n + (i + 1) % n] = 1 + pl_rng_unit(&rng); /* so that all need one another */
            a[i * n + (int)pl_rng_below(&rng, (uint64_t)n)] += pl_rng_unit(&rng);
            a[i * n + i] = 0;
        }
        for (int step = 0; step < 3000; step++) {
            scale = 0;
            for (int i = 0; i < n; i++) {
                w[i] = v[i];
                for (int k = 0; k < n; k++) {
                    w[i] += a[i * n + k] * v[k];
                }
                scale = w[i] > scale ? w[i] : scale;
            }
            for (int i = 0; i < n; i++) {
                v[i] = w[i] / scale;
            }
        }
        for (int i = 0; i < n; i++) {
            char flows[256], id[16];
            int at = snprintf(flows, sizeof flows, "g%d %.17g", i, 1.0);
            for (int k = 0; k < n; k++) {
                if (a[i * n + k] != 0) {
                    at += snprintf(flows + at, sizeof flows - (size_t)at, " g%d %.17g", k, -a[i * n + k] * radius / (scale - 1));
                }
            }
            snprintf(id, sizeof id, "r%d", i);
            recipe(id, flows);
        }
        free(a);
        pl_economy *e = frozen();
        pl_summary summary;
        OK(pl_economy_check(e, NULL, &found, NULL));
        OK(pl_economy_summary(e, NULL, &summary, NULL));
        CHECK_INT(found.count[PL_WARNING], radius > 1 ? 2 : 1); /* the other one: no needs */
        CHECK(summary.radius_low <= radius * (1 + 1e-9) && summary.radius_high >= radius * (1 - 1e-9));
        CHECK(summary.n_cycles == 1 && summary.largest_cycle == n);
        if (n < 12) { /* large cycles mix slowly */
            if (!(summary.radius_high < radius * 1.5 && summary.radius_low > radius / 1.5)) {
                FAIL("round %d, %d goods: %g is not well within %g .. %g", round, n, radius, summary.radius_low,
                     summary.radius_high);
            }
        }
        pl_economy_free(e);
    }
}

TEST(the_summary_counts)
{
    begin();
    recipe("mill", "flour 1");
    recipe("bake", "bread 1 flour -0.5");
    need("bread");
    OK(pl_add_need(b, 0, "bread", 12, NULL, 1, 1, 0));
    pl_economy *e = frozen();
    pl_summary s;
    OK(pl_economy_summary(e, NULL, &s, NULL));
    CHECK(s.n_flows == 3 && s.n_uses == 2 && s.density == 0.75 && s.n_labour == 1 && s.labour_available == 100);
    CHECK(s.labour_limited && s.n_tiers == 12 && s.needs_of_tier[0] == 1 && s.needs_of_tier[PL_SUMMARY_TIERS - 1] == 1);
    CHECK(s.n_cycles == 0 && s.radius_high == 0);
    for (uint64_t k = 1;; k++) {
        pl_mem_fail_from(k);
        pl_status status = pl_economy_check(e, NULL, &found, NULL);
        status = status == PL_OK ? pl_economy_summary(e, NULL, &s, NULL) : status;
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    pl_economy_free(e);
}
