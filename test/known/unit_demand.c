/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One unit of final demand of one product, planned: the levels of the recipes are a column of the Leontief inverse, their
 * sum is the output multiplier.  Compared with what statistical offices have published. */
#include <plenty/import.h>
#include <plenty/plan.h>

#include <stdlib.h>

#include "io/csv.h"
#include "io/file.h"
#include "test/test.h"

/* The economy of a data set with nothing but its recipes, one need of one unit for each, and imports without limit. */
static pl_economy *bare(const char *name)
{
    char mapping[5000];
    pl_economy *e, *out;
    pl_builder *b;
    pl_error err = {0};
    const char *data = test_data(name);
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(data, mapping, NULL, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    for (int32_t g = 0; g < e->n_goods; g++) {
        CHECK_INT(pl_add_good(b, 0, e->goods[g].id, "", e->goods[g].unit, "", "", false), PL_OK);
        if (pl_find_recipe(e, e->goods[g].id) < 0) {
            CHECK_INT(pl_add_trade(b, 0, e->goods[g].id, 0, PL_ABSENT, PL_ABSENT, PL_ABSENT), PL_OK);
        }
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        const char *id = e->recipes[r].id;
        CHECK_INT(pl_add_recipe(b, 0, id, "", "", PL_ABSENT), PL_OK);
        CHECK_INT(pl_add_need(b, 0, id, 1, "all", 1, 1, 0), PL_OK);
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            CHECK_INT(pl_add_flow(b, 0, id, e->goods[e->flows.index[k]].id, e->flows.amount[k]), PL_OK);
        }
    }
    CHECK_INT(pl_builder_freeze(b, NULL, &out, &err), PL_OK);
    pl_builder_free(b);
    pl_economy_free(e);
    return out;
}

/* Levels when only product j is asked for, one unit of it. */
static pl_plan *plan_of_one(const pl_economy *e, const char *id)
{
    pl_variant *v;
    pl_plan *plan;
    pl_error err = {0};
    char text[600];
    CHECK_INT(pl_variant_new(e, &v, &err), PL_OK);
    CHECK_INT(pl_variant_change(v, "demand", "all=-100%", &err), PL_OK);
    snprintf(text, sizeof text, "%s=1", id);
    CHECK_INT(pl_variant_change(v, "demand", text, &err), PL_OK);
    if (pl_plan_make(v, &(pl_plan_settings){.goal = PL_SATISFY}, &plan, &err) != PL_OK) {
        FAIL("%s: %s", id, err.message);
    }
    CHECK_INT(plan->outcome, PL_PLANNED);
    pl_variant_free(v);
    return plan;
}

static double multiplier(const pl_economy *e, const char *id)
{
    double sum = 0;
    pl_plan *plan = plan_of_one(e, id);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        sum += plan->level[r];
    }
    pl_plan_free(plan);
    return sum;
}

static void check_multipliers(const char *name, const char *const *id, const double *published, int n)
{
    pl_economy *e = bare(name);
    CHECK_INT(e->n_recipes, n);
    for (int k = 0; k < n; k++) {
        double m = multiplier(e, id[k]);
        if (fabs(m - published[k]) > 5.1e-5) { /* four digits are published */
            FAIL("%s: the multiplier of %s is %.6f, published %.4f", name, id[k], m, published[k]);
        }
    }
    pl_economy_free(e);
}

TEST(germany)
{
    static const char *const id[] = {"CPA_A", "CPA_B-E", "CPA_F", "CPA_G-I", "CPA_J-N", "CPA_O-T"};
    static const double published[] = {1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782};
    check_multipliers("germany-io-6-1995", id, published, 6);
}

TEST(chile)
{
    static const char *const id[] = {"agriculture_fishing", "mining", "manufacturing_industry", "electricity_gas_water",
                                     "construction", "retail_hotels_restaurants",
                                     "transport_communications_information", "financial_services", "real_estate",
                                     "business_services", "personal_services", "public_administration"};
    static const double published[] = {1.8901, 1.5656, 1.8842, 1.8722, 1.8615, 1.7503,
                                       1.6447, 1.4347, 1.3714, 1.4410, 1.3955, 1.3562};
    check_multipliers("chile-io-12-2013", id, published, 12);
}

static void open_csv(const char *path, pl_file *file, pl_csv *csv)
{
    pl_error err = {0};
    CHECK_INT(pl_file_read(test_data(path), 1 << 24, file, &err), PL_OK);
    CHECK_INT(pl_csv_open(csv, path, file, &err), PL_OK);
}

static bool next_row(pl_csv *csv)
{
    bool more;
    CHECK_INT(pl_csv_next(csv, &more, NULL), PL_OK);
    return more;
}

TEST(united_kingdom)
{
    pl_economy *e = bare("uk-io-products-2015");
    pl_file file;
    pl_csv csv;
    int32_t n = e->n_recipes, compared = 0, multipliers = 0;
    double *inverse = calloc((size_t)n * (size_t)n, sizeof *inverse), worst = 0, worst_sum = 0; /* by columns */
    CHECK(inverse != NULL);
    CHECK_INT(n, 129);
    for (int32_t j = 0; j < n; j++) {
        pl_plan *plan = plan_of_one(e, e->recipes[j].id);
        memcpy(inverse + (int64_t)j * n, plan->level, (size_t)n * sizeof *inverse);
        pl_plan_free(plan);
    }
    open_csv("uk-io-products-2015/published_leontief_inverse.csv.gz", &file, &csv);
    while (next_row(&csv)) {
        int32_t i = pl_find_recipe(e, csv.field[0].text);
        for (int32_t c = 1; c < csv.n_columns && i >= 0; c++) {
            int32_t j = pl_find_recipe(e, csv.header[c]);
            CHECK(j >= 0);
            worst = fmax(worst, fabs(inverse[(int64_t)j * n + i] - strtod(csv.field[c].text, NULL)));
            compared++;
        }
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    open_csv("uk-io-products-2015/published_multipliers.csv", &file, &csv);
    while (next_row(&csv)) {
        int32_t j = pl_find_recipe(e, csv.field[0].text);
        double sum = 0;
        CHECK(j >= 0);
        for (int32_t i = 0; i < n; i++) {
            sum += inverse[(int64_t)j * n + i];
        }
        worst_sum = fmax(worst_sum, fabs(sum - strtod(csv.field[1].text, NULL)));
        multipliers++;
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    printf("# %d cells of the published inverse, none off by more than %.2g; %d multipliers, %.2g\n", compared, worst,
           multipliers, worst_sum);
    CHECK_INT(compared, 129 * 129);
    CHECK_INT(multipliers, 129);
    CHECK(worst <= 1e-8 && worst_sum <= 1e-8);
    free(inverse);
    pl_economy_free(e);
}
