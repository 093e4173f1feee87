/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * National tables over several years: what was invested keeps up the capital there is, so that what was observed can go on. */
#include "test/plan_help.h"
#include "test/test.h"

#include <plenty/import.h>

static pl_economy *with_capital(const char *name)
{
    char mapping[5000];
    pl_error err = {0};
    pl_import_settings settings = {.capital = true};
    pl_economy *e = NULL;
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(test_data(name), mapping, &settings, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    return e;
}

/* The levels of the year's recipes "invest ...", or what is kept ("=capital ..."), added up. */
static double sum_of(const pl_variant *v, const pl_plan *p, int year, int digits, const char *begin)
{
    char text[64];
    double sum = 0;
    int n = snprintf(text, sizeof text, "%0*d%s", digits, year, begin);
    for (int32_t r = 0; r < v->economy.n_recipes; r++) {
        if (strncmp(v->economy.recipes[r].id, text, (size_t)n) == 0) {
            sum += p->level[r];
        }
    }
    return sum;
}

static double stocks(const pl_economy *e)
{
    double sum = 0;
    for (int32_t k = 0; k < e->n_stocks; k++) {
        sum += strncmp(e->goods[e->stocks[k].good].id, "capital ", 8) == 0 ? e->stocks[k].amount : 0;
    }
    return sum;
}

/* Constant needs: the same investment every year (the investment that was observed, up to what the stocks on hand of
 * year 1 spare), the same capital. */
static void go_on(const char *name, int years, double capital, double investment)
{
    pl_economy *e = with_capital(name);
    pl_variant *v;
    pl_horizon h = {years, PL_ABSENT, 1};
    int digits = years < 9 ? 1 : 2;
    CHECK_NEAR(stocks(e), capital, 1e-5 * capital);
    pl_plan *p = years_planned(e, &h, "satisfy", &v, (uint64_t)years);
    CHECK_INT(p->outcome, PL_PLANNED);
    for (int t = 1; t <= years; t++) {
        double kept = sum_of(v, p, t, digits, "=capital "), made = sum_of(v, p, t, digits, ":invest ");
        CHECK_NEAR(kept, capital, 0.001 * capital);
        CHECK_NEAR(made, investment, 0.02 * investment);
    }
    CHECK(sum_of(v, p, years + 1, digits, "=capital ") >= stocks(e) * (1 - 1e-9));
    years_verified(e, v, p, "satisfy", (uint64_t)years);
    pl_plan_free(p);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* Stock and investment as its README and its column GFCF add up to. */
TEST(the_united_states_go_on)
{
    go_on("wiod-usa-56-2014", 5, 53.547e6, 3.42602e6);
    go_on("wiod-usa-56-2014", 10, 53.547e6, 3.42602e6);
}

/* No stock in the tables: 233,903 of investment at 6 % keep up 3,898,383. */
TEST(spain_goes_on)
{
    go_on("spain-io-2019", 5, 233903 / 0.06, 233903);
    go_on("spain-io-2019", 10, 233903 / 0.06, 233903);
}

/* No plan makes capital faster than it invests: what there is next year is what was kept, less what wore out, and what was
 * invested; and more needs every year leave a smaller part of each that can be met. */
TEST(growth_is_bounded_by_investment)
{
    pl_economy *e = with_capital("wiod-usa-56-2014");
    double before = INFINITY, loss = e->assets[0].loss;
    for (int k = 0; k < 3; k++) {
        pl_variant *v;
        pl_horizon h = {5, 0.02 * k, 1};
        pl_plan *p = years_planned(e, &h, "most all", &v, (uint64_t)k);
        CHECK_INT(p->outcome, PL_PLANNED);
        CHECK(p->stages[0].value < before - (k == 0 ? 0 : 0.005));
        before = p->stages[0].value;
        for (int t = 1; t < 5; t++) {
            double next = sum_of(v, p, t + 1, 1, "=capital ");
            double most = (1 - loss) * sum_of(v, p, t, 1, "=capital ") + sum_of(v, p, t, 1, ":invest ");
            CHECK(next <= most * (1 + 1e-9));
        }
        years_verified(e, v, p, "most all", (uint64_t)k);
        pl_plan_free(p);
        pl_variant_free(v);
    }
    pl_economy_free(e);
}
