/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Labour values, prices of production and gross outputs against closed forms, and against elimination. */
#include <plenty/values.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "test/test.h"

static pl_builder *b;

static void begin(void)
{
    CHECK(pl_builder_new(&b, NULL) == PL_OK);
    CHECK(pl_add_resource(b, 0, "labour", "", "hours", PL_LABOUR, PL_ABSENT) == PL_OK);
    CHECK(pl_add_resource(b, 0, "carbon", "", "kg", PL_EMISSION, PL_ABSENT) == PL_OK);
}

static void good(const char *id, double needed)
{
    CHECK(pl_add_good(b, 0, id, "", "kg", "", "", false) == PL_OK);
    if (needed > 0) {
        CHECK(pl_add_need(b, 0, id, 1, "", needed, 1, 0) == PL_OK);
    }
}

static void recipe(const char *id, const char *makes, double amount, double labour)
{
    CHECK(pl_add_recipe(b, 0, id, "", "", PL_ABSENT) == PL_OK);
    CHECK(pl_add_flow(b, 0, id, makes, amount) == PL_OK);
    if (labour > 0) {
        CHECK(pl_add_use(b, 0, id, "labour", labour) == PL_OK);
    }
}

static void takes(const char *id, const char *what, double amount)
{
    CHECK(pl_add_flow(b, 0, id, what, -amount) == PL_OK);
}

static pl_economy *built(void)
{
    pl_economy *e;
    pl_findings none = {0};
    CHECK(pl_builder_freeze(b, &none, &e, NULL) == PL_OK);
    pl_builder_free(b);
    return e;
}

static pl_values *found(const pl_economy *e, double profit)
{
    pl_values *v;
    pl_values_settings s = {.profit = profit};
    pl_error err = {0};
    if (pl_values_find(e, &s, &v, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return v;
}

static void is(double x, double expected, double tolerance)
{
    if (!(fabs(x - expected) <= tolerance * fabs(expected))) {
        FAIL("%.17g, not %.17g", x, expected);
    }
}

/* Bounds hold, and are tight. */
static void proved(const pl_values *v, int32_t g, double truth, bool price)
{
    double low = price ? v->price_low[g] : v->value_low[g], high = price ? v->price_high[g] : v->value_high[g];
    CHECK(low <= truth * (1 + 1e-15) && truth <= high * (1 + 1e-15));
    CHECK(high - low <= 1e-9 * truth);
    is(price ? v->price[g] : v->value[g], truth, 1e-12);
}

TEST(a_chain_adds_up)
{
    char id[8], before[8];
    begin();
    for (int k = 0; k < 50; k++) { /* each takes half of the one before: v(k) = 1 + v(k-1) / 2 */
        snprintf(id, sizeof id, "g%02d", k);
        good(id, k == 49 ? 3 : 0);
        recipe(id, id, 1, 1);
        if (k > 0) {
            takes(id, before, 0.5);
        }
        memcpy(before, id, sizeof id);
    }
    pl_economy *e = built();
    pl_values *v = found(e, 0);
    for (int k = 0; k < 50; k++) {
        proved(v, k, 2 - pow(0.5, k), false);
        is(v->output[k], 3 * pow(0.5, 49 - k), 1e-14);
    }
    CHECK(v->n_groups == 50 && v->largest == 1);
    is(v->labour, v->labour_used, 1e-14);
    pl_values_free(v);
    pl_economy_free(e);
}

/* After Sraffa (1960), section 5, with labour added; net of what each takes of its own product. */
TEST(wheat_and_iron)
{
    begin();
    good("iron", 0);
    good("wheat", 100);
    recipe("ironworks", "iron", 12, 30);
    takes("ironworks", "wheat", 90);
    recipe("farm", "wheat", 120, 70);
    takes("farm", "iron", 12);
    pl_economy *e = built();
    for (int rate = 0; rate < 2; rate++) {
        double r = rate * 0.05, m = 1 + r;
        /* 12 i = m 90 w + 30;  120 w = m 12 i + 70, by Cramer's rule */
        double a = 12, c = -90 * m, d = -12 * m, f = 120, det = a * f - c * d;
        double iron = (30 * f - c * 70) / det, wheat = (a * 70 - d * 30) / det;
        pl_values *v = found(e, r);
        proved(v, 0, iron, true);
        proved(v, 1, wheat, true);
        is(v->labour, 100 * v->value[1], 1e-14);
        is(v->labour_used, v->labour, 1e-12);
        CHECK(v->n_groups == 1 && v->largest == 2);
        double radius = sqrt(90. / 12 * 12 / 120);
        CHECK(v->radius_low <= radius * (1 + 1e-12) && v->radius_high >= radius * (1 - 1e-12));
        is(v->radius_high, radius, 1e-8);
        pl_values_free(v);
    }
    pl_values *v = NULL;
    pl_error err = {0};
    pl_values_settings beyond = {.profit = 0.2}; /* above 1 / radius - 1 = 0.155 */
    CHECK(pl_values_find(e, &beyond, &v, &err) == PL_DATA);
    CHECK(strstr(err.message, "rate of profit") != NULL);
    pl_economy_free(e);
}

TEST(the_recipe_with_the_least_labour_in_all)
{
    begin();
    good("bread", 10);
    good("flour", 0);
    recipe("by_hand", "bread", 1, 3);
    recipe("by_machine", "bread", 1, 1); /* and flour: 2 * 0.5 */
    takes("by_machine", "flour", 2);
    recipe("mill", "flour", 1, 0.5);
    recipe("old_mill", "flour", 1, 0.75);
    pl_economy *e = built();
    pl_values *v = found(e, 0);
    proved(v, 0, 2, false);
    CHECK_STR(e->recipes[v->recipe[0]].id, "by_machine");
    CHECK_STR(e->recipes[v->recipe[1]].id, "mill");
    is(v->direct[0], 1, 0);
    is(v->labour, 20, 1e-14);
    pl_values_free(v);
    v = found(e, 3); /* what goes in counts four times: 1 + 4 * 1 > 3 */
    CHECK_STR(e->recipes[v->recipe[0]].id, "by_machine"); /* of the values */
    is(v->price[0], 3, 1e-14);
    pl_values_free(v);
    pl_economy_free(e);
}

TEST(what_comes_along_and_what_nobody_makes)
{
    begin();
    good("flour", 10);
    good("bran", 0);
    good("wheat", 0); /* grows by itself */
    good("feed", 1);
    recipe("mill", "flour", 4, 8);
    CHECK(pl_add_flow(b, 0, "mill", "bran", 1) == PL_OK);
    CHECK(pl_add_use(b, 0, "mill", "carbon", 6) == PL_OK);
    takes("mill", "wheat", 5);
    recipe("mixer", "feed", 1, 1);
    takes("mixer", "bran", 1);
    pl_economy *e = built();
    pl_values *v = found(e, 0);
    proved(v, pl_find_good(e, "flour"), 2, false);
    CHECK(v->value[pl_find_good(e, "bran")] == 0);
    proved(v, pl_find_good(e, "feed"), 1, false);
    CHECK(v->joint == 1 && v->not_made == 2);
    pl_values_free(v);
    pl_values_settings carbon = {.resource = "carbon"}, gold = {.resource = "gold"};
    CHECK(pl_values_find(e, &carbon, &v, NULL) == PL_OK);
    is(v->value[pl_find_good(e, "flour")], 1.5, 1e-14);
    CHECK_STR(v->unit, "kg");
    pl_values_free(v);
    CHECK(pl_values_find(e, &gold, &v, NULL) == PL_NOTFOUND && v == NULL);
    pl_economy_free(e);
}

TEST(what_takes_more_than_it_makes_is_refused)
{
    for (int exactly = 0; exactly < 2; exactly++) {
        begin();
        good("corn", 1);
        good("dung", 0);
        recipe("farm", "corn", 1, 1);
        takes("farm", "dung", 2);
        recipe("cow", "dung", 1, 0);
        takes("cow", "corn", exactly ? 0.5 : 0.75);
        pl_economy *e = built();
        pl_values *v;
        pl_values_settings s = {0};
        pl_error err = {0};
        CHECK(pl_values_find(e, &s, &v, &err) == PL_DATA && v == NULL);
        CHECK(strstr(err.message, "'corn', 'dung' take more") != NULL);
        pl_economy_free(e);
    }
}

/* Solves A v = r, n x n, destroying both. */
static void eliminate(double *a, double *r, int n)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k + 1; i < n; i++) {
            best = fabs(a[i * n + k]) > fabs(a[best * n + k]) ? i : best;
        }
        for (int j = 0; j < n; j++) {
            double t = a[k * n + j];
            a[k * n + j] = a[best * n + j];
            a[best * n + j] = t;
        }
        double t = r[k];
        r[k] = r[best];
        r[best] = t;
        for (int i = k + 1; i < n; i++) {
            double f = a[i * n + k] / a[k * n + k];
            for (int j = k; j < n; j++) {
                a[i * n + j] -= f * a[k * n + j];
            }
            r[i] -= f * r[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int j = k + 1; j < n; j++) {
            r[k] -= a[k * n + j] * r[j];
        }
        r[k] /= a[k * n + k];
    }
}

#define GOODS 30

TEST(random_economies_agree_with_elimination)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        pl_rng rng;
        char id[8], input[8];
        double a[GOODS * GOODS] = {0}, truth[GOODS];
        pl_rng_seed(&rng, seed);
        begin();
        for (int g = 0; g < GOODS; g++) {
            double scale = pow(10, 6 * pl_rng_unit(&rng) - 3);
            snprintf(id, sizeof id, "g%02d", g);
            good(id, pl_rng_unit(&rng) < 0.3 ? scale : 0);
            truth[g] = pl_rng_unit(&rng) < 0.2 ? 0 : pl_rng_unit(&rng); /* some take no labour themselves */
            recipe(id, id, 1, truth[g]);
            a[g * GOODS + g] = 1;
            double most = 0.95 + 0.045 * pl_rng_unit(&rng), used = 0;
            for (int k = 0; k < GOODS; k++) {
                double amount = (pl_rng_unit(&rng) < 0.15) * pl_rng_unit(&rng) * 0.4;
                if (amount > 0 && k != g && used + amount < most) {
                    snprintf(input, sizeof input, "g%02d", k);
                    takes(id, input, amount);
                    a[g * GOODS + k] -= amount;
                    used += amount;
                }
            }
        }
        pl_economy *e = built();
        pl_values *v = found(e, 0);
        eliminate(a, truth, GOODS);
        for (int g = 0; g < GOODS; g++) {
            CHECK(v->value_low[g] <= truth[g] * (1 + 1e-12) && truth[g] * (1 - 1e-12) <= v->value_high[g]);
            CHECK(truth[g] == 0 || v->value_high[g] / v->value_low[g] < 1 + 1e-9);
        }
        is(v->labour_used, v->labour, 1e-10);
        CHECK(v->unfinished <= 1e-10 * v->labour);
        pl_values_free(v);
        pl_economy_free(e);
    }
}
