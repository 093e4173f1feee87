/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The importers on the real data sets: totals that their READMEs state, balances, published multipliers. */
#include <plenty/values.h>
#include <plenty/plan.h>

#include <jansson.h>
#include <stdlib.h>

#include "io/csv.h"
#include "io/file.h"
#include "test/import_help.h"

static pl_economy *get(const char *folder, const pl_import_settings *s, pl_import_report *report)
{
    char path[4096];
    static pl_findings f;
    pl_economy *e = NULL;
    pl_error err = {0};
    const char *dir = test_data(folder);
    if (pl_import_find_mapping(dir, test_source("mappings"), path, sizeof path, &err) != PL_OK ||
        pl_import(dir, path, s, NULL, &f, report, &e, &err) != PL_OK) {
        FAIL("%s: %s: %s (%s)", folder, err.subject, err.message, err.hint);
    }
    CHECK_INT(f.count[PL_ERROR], 0);
    return e;
}

static pl_economy *observed(const char *folder, const char *model, int32_t year, pl_import_report *report)
{
    return get(folder, &(pl_import_settings){.model = model, .year = year, .capacity = 1}, report);
}

/* Everything that is used at the observed levels balances within `gap`. */
static void check_balance(const pl_economy *e, double gap)
{
    int32_t good;
    double worst = import_imbalance(e, &good);
    if (worst > gap) {
        FAIL("%s is out of balance by %g, more than %g", e->goods[good].id, worst, gap);
    }
}

static double sum_needs(const pl_economy *e, const char *group)
{
    double sum = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        sum += strcmp(e->needs[k].group, group) == 0 ? e->needs[k].amount : 0;
    }
    return sum;
}

/* (I - A)^-1 of the goods that recipes of the same id make, n x n, row-major. */
static double *leontief(const pl_economy *e, int32_t *n_out)
{
    int32_t n = e->n_recipes;
    double *a = calloc((size_t)n * (size_t)n * 2, sizeof *a);
    int32_t *row = malloc((size_t)e->n_goods * sizeof *row);
    CHECK(a != NULL && row != NULL);
    for (int32_t g = 0; g < e->n_goods; g++) {
        row[g] = pl_find_recipe(e, e->goods[g].id);
    }
    for (int32_t r = 0; r < n; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            int32_t i = row[e->flows.index[k]];
            if (i >= 0) {
                a[(int64_t)i * 2 * n + r] = e->flows.amount[k];
            }
        }
        a[(int64_t)r * 2 * n + n + r] = 1;
    }
    for (int32_t k = 0; k < n; k++) { /* diagonally dominant enough: no pivoting */
        double over = 1 / a[(int64_t)k * 2 * n + k];
        for (int32_t j = 0; j < 2 * n; j++) {
            a[(int64_t)k * 2 * n + j] *= over;
        }
        for (int32_t i = 0; i < n; i++) {
            double f = i == k ? 0 : a[(int64_t)i * 2 * n + k];
            for (int32_t j = k; j < 2 * n && f != 0; j++) {
                a[(int64_t)i * 2 * n + j] -= f * a[(int64_t)k * 2 * n + j];
            }
        }
    }
    double *inverse = malloc((size_t)n * (size_t)n * sizeof *inverse);
    for (int32_t i = 0; i < n; i++) {
        memcpy(inverse + (int64_t)i * n, a + (int64_t)i * 2 * n + n, (size_t)n * sizeof *inverse);
    }
    free(a);
    free(row);
    *n_out = n;
    return inverse;
}

static void check_multipliers(const pl_economy *e, const char *const *id, const double *want, int count, double within)
{
    int32_t n;
    double *m = leontief(e, &n);
    for (int k = 0; k < count; k++) {
        int32_t r = pl_find_recipe(e, id[k]);
        double sum = 0;
        CHECK(r >= 0);
        for (int32_t i = 0; i < n; i++) {
            sum += m[(int64_t)i * n + r];
        }
        if (fabs(sum - want[k]) > within) {
            FAIL("the multiplier of %s is %.6f, not %.6f", id[k], sum, want[k]);
        }
    }
    free(m);
}

TEST(germany)
{
    pl_import_report r;
    pl_economy *e = observed("germany-io-6-1995", NULL, 0, &r);
    static const char *const id[] = {"CPA_A", "CPA_B-E", "CPA_F", "CPA_G-I", "CPA_J-N", "CPA_O-T"};
    static const double want[] = {1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782};
    CHECK_NEAR(r.output, 3110430, 0);
    CHECK_NEAR(r.imports, 222143, 0);
    CHECK_NEAR(r.row_gap, 0, 0);
    CHECK_NEAR(r.column_gap, 0, 0);
    check_multipliers(e, id, want, 6, 6e-5);
    check_balance(e, 1e-9);
    CHECK_NEAR(import_total_use(e, "CO2"), 687020, 1e-12);
    CHECK_NEAR(import_total_use(e, "labour"), 36428e3 * 1530, 1e-12);
    CHECK_NEAR(import_total_use(e, "foreign_exchange"), 222143, 1e-12);
    pl_values *v; /* all labour of the year is in what was delivered */
    pl_values_settings settings = {0};
    CHECK(pl_values_find(e, &settings, &v, NULL) == PL_OK);
    double from_stock = e->stocks[0].amount * v->value[e->stocks[0].good]; /* 6 of agriculture, of older labour */
    CHECK_NEAR(v->labour - from_stock, 36428e3 * 1530, 1e-12);
    CHECK_NEAR(v->labour_used - from_stock, 36428e3 * 1530, 1e-12);
    pl_values_free(v);
    pl_economy_free(e);
}

TEST(chile)
{
    pl_import_report r;
    pl_economy *e = observed("chile-io-12-2013", NULL, 0, &r);
    static const char *const id[] = {"agriculture_fishing", "mining", "manufacturing_industry", "electricity_gas_water",
                                     "construction", "retail_hotels_restaurants",
                                     "transport_communications_information", "financial_services", "real_estate",
                                     "business_services", "personal_services", "public_administration"};
    static const double want[] = {1.8901, 1.5656, 1.8842, 1.8722, 1.8615, 1.7503,
                                  1.6447, 1.4347, 1.3714, 1.4410, 1.3955, 1.3562};
    CHECK_NEAR(r.output, 249017, 1e-5);
    check_multipliers(e, id, want, 12, 6e-5);
    check_balance(e, 1e-4);
    CHECK_NEAR(import_total_use(e, "labour"), 7786324. * 2015, 1e-9);
    pl_economy_free(e);
}

static const char *const MODEL[] = {"product-technology", "industry-technology", "industry-sales", "product-sales",
                                    "activities"};

/* Eurostat manual, chapter 11: industry technology and the fixed product sales structure bring about no negative
 * coefficients, product technology and the fixed industry sales structure do, in every real table; and they are reported. */
static void check_signs(const pl_economy *e, int model, const pl_import_report *r)
{
    int64_t outputs = 0;
    for (int32_t p = 0; p < e->n_recipes; p++) {
        for (int64_t k = e->flows.start[p]; k < e->flows.start[p + 1]; k++) {
            outputs += e->flows.amount[k] > 0 && strcmp(e->goods[e->flows.index[k]].id, e->recipes[p].id) != 0;
        }
    }
    if (model == 0 || model == 2) {
        CHECK(r->negative_coefficients > 0 && r->negative_coefficient < 0);
        CHECK(outputs >= r->negative_coefficients);
    } else if (model != 4) {
        CHECK_INT(r->negative_coefficients, 0);
        CHECK(r->negative_use_cells > 0 || outputs == 0); /* only what is negative in the table stays so */
    }
}

TEST(united_states_15_sectors_by_every_model)
{
    for (int k = 0; k < 5; k++) {
        pl_import_report r;
        pl_economy *e = observed("us-io-sector-2022", MODEL[k], 0, &r);
        CHECK(r.row_gap <= 10 && r.column_gap <= 8);
        CHECK_NEAR(r.final_demand - r.imports, 26006893, 2e-6);
        check_balance(e, 20); /* goods of industries gather the gaps of several products */
        CHECK_NEAR(import_total_use(e, "labour"), 282769e6, 2e-5);
        check_signs(e, k, &r);
        pl_economy_free(e);
    }
}

TEST(spain_by_every_model)
{
    for (int k = 0; k < 5; k++) {
        pl_import_report r;
        pl_economy *e = observed("spain-io-2019", MODEL[k], 0, &r);
        CHECK(r.row_gap < 1e-9 && r.column_gap < 1e-9);
        CHECK_NEAR(r.output, 2241847, 1e-12);
        CHECK_NEAR(r.imports, 381506, 1e-12);
        CHECK_INT(r.zero_output, 1);
        check_balance(e, 1e-6);
        CHECK_NEAR(import_total_use(e, "labour"), 18490.2e3 * 1760, 1e-9);
        CHECK_NEAR(import_total_use(e, "greenhouse_gas"), 253100, 1e-6);
        check_signs(e, k, &r);
        pl_economy_free(e);
    }
}

TEST(united_states_71_industries_in_every_year)
{
    static const double output[] = {34468118, 36504507, 37657938, 36710108, 41809335, 46633446};
    for (int32_t year = 2017; year <= 2022; year++) {
        pl_import_report r;
        pl_economy *e = observed("us-io-summary-2017-2022", NULL, year, &r);
        CHECK_INT(r.year, year);
        CHECK_NEAR(r.output, output[year - 2017], 1e-6);
        CHECK(r.row_gap <= 9 && r.column_gap <= 9);
        check_balance(e, 9.1);
        CHECK_INT(e->n_recipes, 73);
        if (year == 2022) {
            CHECK_NEAR(import_total_use(e, "labour"), 282769e6, 1e-5);
            CHECK_NEAR(r.final_demand - r.imports, 26006893, 1e-6);
        }
        pl_economy_free(e);
    }
}

/* The same tables with the imported part of each cell taken apart. */
TEST(united_states_71_industries_with_imports_apart)
{
    char path[4300];
    const char *data = test_data("us-io-summary-2017-2022");
    json_error_t at;
    json_t *m = json_load_file(test_source("mappings/us-io-summary-2017-2022.json"), 0, &at);
    CHECK(m != NULL);
    json_object_set_new(json_object_get(m, "tables"), "imports",
                        json_pack("{ssssssssss}", "file", "imports_{year}.csv", "product", "commodity", "user", "user", "value",
                                  "value", "skip", "F050"));
    json_object_set_new(m, "imports", json_pack("{sssbsi}", "treatment", "table", "inside", 1, "limit", 1));
    snprintf(path, sizeof path, "%s/split.json", test_tmp());
    CHECK_INT(json_dump_file(m, path, 0), 0);
    json_decref(m);
    pl_import_report r;
    pl_economy *e = NULL;
    pl_error err = {0};
    CHECK_INT(pl_import(data, path, &(pl_import_settings){.capacity = 1}, NULL, NULL, &r, &e, &err), PL_OK);
    CHECK(r.row_gap <= 9);
    check_balance(e, 9.1);
    CHECK_NEAR(r.imports, 3715861, 1e-12);
    CHECK_NEAR(import_total_use(e, "labour"), 282769e6, 1e-5);
    pl_economy_free(e);
}

TEST(united_states_71_industries_by_every_model)
{
    for (int k = 0; k < 5; k++) {
        pl_import_report r;
        pl_economy *e = observed("us-io-summary-2017-2022", MODEL[k], 0, &r);
        check_balance(e, 20);
        CHECK_NEAR(import_total_use(e, "labour"), 282769e6, 1e-5);
        CHECK_INT(r.byproducts, k == 0 || k == 2 ? 2 : 0);
        check_signs(e, k, &r);
        pl_economy_free(e);
    }
}

TEST(united_states_402_industries)
{
    pl_import_report r;
    pl_economy *e = observed("us-io-detail-2017", NULL, 0, &r);
    CHECK_NEAR(r.output, 34468047, 1e-9);
    CHECK_NEAR(r.imports, 2626305, 1e-9);
    CHECK(r.row_gap <= 26 && r.column_gap <= 13);
    CHECK_INT(r.negative_use_cells, 7);
    CHECK_NEAR(r.final_demand - r.imports, 19612107, 1e-9);
    check_balance(e, 27);
    CHECK_INT(e->n_recipes, 400);
    if (pl_find_resource(e, "labour") >= 0) { /* hours of 2017 come from the folder beside it */
        double hours = import_total_use(e, "labour");
        CHECK(hours > 2.5e11 && hours < 2.9e11);
    }
    double gas = import_total_use(e, "greenhouse_gas");
    CHECK(gas > 4e12 && gas < 6.5e12); /* kg; the country's industries emitted a bit more than 5e12 */
    pl_economy_free(e);
}

TEST(wiod_usa)
{
    for (int32_t year = 2010; year <= 2014; year += 4) {
        pl_import_report r;
        pl_economy *e = observed("wiod-usa-56-2014", NULL, year, &r);
        CHECK(r.row_gap < 0.05 && r.column_gap < 0.05);
        check_balance(e, 0.05);
        CHECK_INT(r.zero_output, 1);
        if (year == 2014) {
            CHECK_NEAR(r.output, 30971023, 1e-7);
            CHECK_NEAR(import_total_use(e, "capital"), 53.5e6, 1e-2);
            CHECK(import_total_use(e, "labour") > 262614e6);
        }
        pl_economy_free(e);
    }
}

/* The published inverse, by way of the economy. */
TEST(united_kingdom)
{
    pl_import_report r;
    pl_economy *e = observed("uk-io-products-2015", NULL, 0, &r);
    int32_t n, compared = 0;
    CHECK_NEAR(r.output, 3238681, 1e-9);
    CHECK_NEAR(r.imports, 546594, 1e-9);
    check_balance(e, 1e-6);
    double *m = leontief(e, &n), worst = 0;
    pl_file file;
    pl_csv csv;
    pl_error err = {0};
    CHECK_INT(pl_file_read(test_data("uk-io-products-2015/published_leontief_inverse.csv.gz"), 1 << 24, &file, &err), PL_OK);
    CHECK_INT(pl_csv_open(&csv, "inverse.csv", &file, &err), PL_OK);
    for (bool more = true;;) {
        CHECK_INT(pl_csv_next(&csv, &more, &err), PL_OK);
        if (!more) {
            break;
        }
        int32_t i = pl_find_recipe(e, csv.field[0].text);
        for (int32_t c = 1; c < csv.n_columns && i >= 0; c++) {
            int32_t j = pl_find_recipe(e, csv.header[c]);
            CHECK(j >= 0);
            worst = fmax(worst, fabs(m[(int64_t)i * n + j] - strtod(csv.field[c].text, NULL)));
            compared++;
        }
    }
    CHECK_INT(compared, 129 * 129);
    if (worst > 1e-8) {
        FAIL("the inverse differs by %g", worst);
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    CHECK_INT(pl_file_read(test_data("uk-io-products-2015/published_multipliers.csv"), 1 << 24, &file, &err), PL_OK);
    CHECK_INT(pl_csv_open(&csv, "multipliers.csv", &file, &err), PL_OK);
    for (bool more = true;;) {
        CHECK_INT(pl_csv_next(&csv, &more, &err), PL_OK);
        if (!more) {
            break;
        }
        int32_t j = pl_find_recipe(e, csv.field[0].text);
        double sum = 0;
        for (int32_t i = 0; i < n; i++) {
            sum += m[(int64_t)i * n + j];
        }
        CHECK_NEAR(sum, strtod(csv.field[1].text, NULL), 1e-8);
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    free(m);
    pl_economy_free(e);
}

TEST(finland)
{
    pl_import_report r;
    pl_economy *e = observed("finland-regions-2014", NULL, 0, &r);
    double sent = 0, uusimaa = 0;
    CHECK_NEAR(r.output, 387208, 1e-6);
    CHECK(r.row_gap < 0.005 && r.column_gap < 0.002);
    check_balance(e, 0.01);
    for (int32_t k = 0; k < e->n_recipes; k++) {
        if (strncmp(e->recipes[k].id, "send ", 5) == 0) {
            sent += e->recipes[k].capacity;
        } else if (strcmp(e->recipes[k].place, "Uusimaa") == 0) {
            uusimaa += e->recipes[k].capacity;
        }
    }
    CHECK_NEAR(sent, 93059, 1e-5);
    CHECK_NEAR(uusimaa, 151658, 1e-5);
    CHECK_INT(e->n_places, 21); /* 19 regions, the pool, abroad */
    pl_economy_free(e);
}

TEST(world)
{
    pl_import_report r;
    pl_economy *e = observed("wiod-world-1435-2011", NULL, 0, &r);
    CHECK_INT(r.use_cells, 413525);
    CHECK_NEAR(r.output, 72440092. + 69268600, 1e-12);
    CHECK_NEAR(r.final_demand, 69268600, 1e-12);
    CHECK_NEAR(sum_needs(e, "households of USA"), 10728481, 1e-6);
    CHECK_INT(r.negative_final, 352);
    check_balance(e, 1.5); /* LUX.c5 has the output -1 */
    pl_economy_free(e);
}

TEST(physical_recipes)
{
    pl_import_report r;
    pl_economy *e = get("uslci-recipes", NULL, &r);
    CHECK_INT(r.industries, 762);
    CHECK_INT(r.products, 1663);
    CHECK_INT(e->n_recipes, 762);
    pl_economy_free(e);
}

TEST(food)
{
    pl_import_report r;
    pl_economy *e = observed("us-food-recipes", NULL, 0, &r);
    CHECK_INT(r.products, 6940);
    CHECK_INT(e->n_recipes, 6940);
    CHECK_INT(r.no_producer, 2685);
    /* white bread: 55.91 g flour of 100 g ingredients, -6 % moisture */
    CHECK_NEAR(import_flow(e, "51101050", "20081"), -55.91 / 0.94, 1e-9);
    pl_economy_free(e);
}

/* Planning the observed demand without limits gives the observed output, within what the rounding of the tables allows. */
static void check_plan(const char *folder, const char *model, const char *goal, double within, double short_by)
{
    pl_economy *seen = observed(folder, model, 0, NULL), *free_ = get(folder, &(pl_import_settings){.model = model}, NULL);
    pl_variant *v = NULL;
    pl_plan *plan = NULL;
    pl_plan_settings s = {0};
    pl_error err = {0};
    char text[64];
    snprintf(text, sizeof text, "%s", goal);
    CHECK_INT(pl_goal_parse(text, &s, &err), PL_OK);
    CHECK_INT(pl_variant_new(free_, &v, &err), PL_OK);
    pl_status st = pl_plan_make(v, &s, &plan, &err);
    if (st != PL_OK) {
        FAIL("%s: %s: %s", folder, pl_status_id(st), err.message);
    }
    CHECK_INT(plan->outcome, PL_PLANNED);
    double worst = 0, met = pl_plan_needs_met(plan, free_, 0);
    int32_t where = 0;
    for (int32_t r = 0; r < free_->n_recipes; r++) {
        double gap = fabs(plan->level[r] - seen->recipes[r].capacity);
        if (gap > worst) {
            worst = gap;
            where = r;
        }
    }
    printf("# %s: %s: largest difference of a level %g (%s), needs met %.9f, %.2f s\n", folder, goal, worst,
           seen->recipes[where].id, met, plan->seconds);
    CHECK(met > 1 - short_by);
    CHECK(worst <= within);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(free_);
    pl_economy_free(seen);
}

TEST(plan_reproduces_germany)
{
    check_plan("germany-io-6-1995", NULL, "least labour", 1e-6, 1e-9);
    check_plan("germany-io-6-1995", NULL, "satisfy", 1e-6, 1e-9);
}

TEST(plan_reproduces_chile)
{
    check_plan("chile-io-12-2013", NULL, "satisfy", 1e-3, 1e-9);
}

TEST(plan_reproduces_the_united_states_15)
{
    check_plan("us-io-sector-2022", NULL, "least labour", 30, 1e-9);
    check_plan("us-io-sector-2022", "product-technology", "least labour", 30, 1e-9);
    check_plan("us-io-sector-2022", "product-sales", "least labour", 40, 1e-9);
}

TEST(plan_reproduces_wiod_usa)
{
    check_plan("wiod-usa-56-2014", NULL, "satisfy", 0.05, 1e-9);
}

TEST(plan_reproduces_spain)
{
    check_plan("spain-io-2019", NULL, "least labour", 1e-4, 1e-9);
    check_plan("spain-io-2019", "activities", "least labour", 1e-4, 1e-9);
}

TEST(plan_reproduces_the_united_states_71)
{
    check_plan("us-io-summary-2017-2022", NULL, "least labour", 30, 1e-9);
}

TEST(plan_reproduces_the_united_kingdom)
{
    check_plan("uk-io-products-2015", NULL, "least labour", 1e-3, 1e-9);
}

TEST(plan_reproduces_finland)
{
    check_plan("finland-regions-2014", NULL, "satisfy", 0.05, 1e-6); /* sending is limited to what was sent */
}

TEST(plan_reproduces_the_united_states_402)
{
    check_plan("us-io-detail-2017", NULL, "least labour", 60, 1e-9);
}

TEST(plan_reproduces_other_models)
{
    check_plan("us-io-summary-2017-2022", "product-technology", "least labour", 60, 1e-9);
    check_plan("us-io-summary-2017-2022", "industry-sales", "least labour", 60, 1e-9);
    /* not "activities": there rival industries make the same product, and the plan finds the one with less labour */
}

/* examples/country is what the command in its README makes. */
TEST(the_country_is_made_by_its_command)
{
    pl_economy *made = NULL, *kept = NULL;
    pl_error err = {0};
    char a[65], b[65];
    const char *data = test_data("us-io-summary-2017-2022");
    CHECK_INT(pl_import(data, test_source("mappings/country.json"), NULL, NULL, NULL, NULL, &made, &err), PL_OK);
    CHECK_INT(pl_economy_load(test_source("examples/country"), NULL, NULL, &kept, &err), PL_OK);
    CHECK_INT(pl_economy_hash(made, a, &err), PL_OK);
    CHECK_INT(pl_economy_hash(kept, b, &err), PL_OK);
    CHECK_STR(a, b);
    pl_economy_free(made);
    pl_economy_free(kept);
}

/* The totals in its README are those that were published: output and gross domestic product of 2022, and the hours. */
TEST(the_totals_of_the_country)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    double output = 0, gdp = 0;
    CHECK_INT(pl_economy_load(test_source("examples/country"), NULL, NULL, &e, &err), PL_OK);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        output += e->recipes[r].capacity / 1.1;
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        gdp += e->needs[k].amount / (e->needs[k].tier == 1 ? 1.05 : 1);
    }
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        CHECK(!pl_given(t->import_price) || pl_given(t->import_limit));
        gdp += (pl_given(t->export_price) ? t->export_limit : 0) - (pl_given(t->import_price) ? t->import_limit : 0);
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        gdp -= e->stocks[k].amount;
    }
    printf("# output %.0f, gross domestic product %.0f, hours %.0f\n", output, gdp, import_total_use(e, "labour") / 1.1);
    CHECK_NEAR(output, 46633446, 1e-9);
    CHECK(fabs(gdp + 64 - 26006893) <= 10); /* 64: rounding that was added to stocks */
    CHECK_NEAR(import_total_use(e, "labour") / 1.1, 282769e6, 1e-5);
    pl_economy_free(e);
}
