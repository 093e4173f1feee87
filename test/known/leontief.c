/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Leontief's inverse, as statistical offices publish it: the levels at which everything must be carried out for one
 * unit of one product.  An imported table must give it back, solved with Plenty's own model and solver: one linear
 * programme, the need of each product in turn, warm. */
#include "test/test.h"

#include <plenty/import.h>

#include <stdlib.h>

#include "io/csv.h"
#include "plan/model.h"

/* An economy with one recipe for each product, nothing limited, nothing on hand. */
typedef struct table {
    pl_economy *e;
    pl_model *m;
    pl_simplex *s;
    double *level; /* of each column of the model, for the unit asked for last */
} table;

static void table_open(table *t, const char *name)
{
    char mapping[5000];
    pl_error err = {0};
    pl_import_settings unlimited = {.capacity = INFINITY, .available = INFINITY};
    snprintf(mapping, sizeof mapping, "%s/%s.json", test_source("mappings"), name);
    if (pl_import(test_data(name), mapping, &unlimited, NULL, NULL, NULL, &t->e, &err) != PL_OK) {
        FAIL("%s: %s: %s", name, err.subject, err.message);
    }
    CHECK_INT(pl_model_new(t->e, &t->m, &err), PL_OK);
    CHECK_INT(pl_simplex_new(&t->m->lp, NULL, &t->s, &err), PL_OK);
    for (int32_t j = 0; j < t->m->lp.n; j++) {
        if (t->m->column_kind[j] == PL_COLUMN_DRAW) {
            CHECK_INT(pl_simplex_set_bounds(t->s, j, 0, 0, &err), PL_OK);
        }
        pl_simplex_set_cost(t->s, j, t->m->column_kind[j] == PL_COLUMN_RECIPE ? 1 : 0);
    }
    t->level = calloc((size_t)t->m->lp.n, sizeof *t->level);
    CHECK(t->level != NULL);
}

static void table_close(table *t)
{
    pl_simplex_free(t->s);
    pl_model_free(t->m);
    pl_economy_free(t->e);
    free(t->level);
}

/* One unit of `product`, and of nothing else, into t->level: the inverse's column.  Returns its sum: the product's
 * output multiplier. */
static double one_unit_of(table *t, const char *product)
{
    pl_error err = {0};
    pl_lp_outcome outcome;
    double sum = 0;
    int32_t good = pl_find_good(t->e, product);
    CHECK(good >= 0);
    CHECK_INT(pl_simplex_set_row(t->s, good, 1, INFINITY, &err), PL_OK);
    if (pl_simplex_solve(t->s, &outcome, &err) != PL_OK) {
        FAIL("%s: %s", product, err.message);
    }
    CHECK_INT(outcome, PL_LP_OPTIMAL);
    pl_simplex_get(t->s, t->level, NULL, NULL, NULL);
    for (int32_t r = 0; r < t->e->n_recipes; r++) {
        sum += t->level[r];
    }
    CHECK_INT(pl_simplex_set_row(t->s, good, 0, INFINITY, &err), PL_OK);
    return sum;
}

/* What the levels use of a resource. */
static double use_of(const table *t, const char *resource)
{
    int32_t k = pl_find_resource(t->e, resource);
    double sum = 0;
    CHECK(k >= 0);
    for (int32_t r = 0; r < t->e->n_recipes; r++) {
        for (int64_t i = t->e->uses.start[r]; i < t->e->uses.start[r + 1]; i++) {
            sum += t->e->uses.index[i] == k ? t->e->uses.amount[i] * t->level[r] : 0;
        }
    }
    return sum;
}

/* ---- The table of the United Kingdom, with the inverse that its statistical office published ---------- */

static void csv_open(pl_csv *csv, pl_file *file, const char *path)
{
    pl_error err = {0};
    if (pl_file_read(path, (size_t)1 << 30, file, &err) != PL_OK || pl_csv_open(csv, path, file, &err) != PL_OK) {
        FAIL("%s: %s", path, err.message);
    }
}

static bool csv_row(pl_csv *csv)
{
    bool more;
    pl_error err = {0};
    CHECK_INT(pl_csv_next(csv, &more, &err), PL_OK);
    return more;
}

static double csv_cell(const pl_csv *csv, const char *column)
{
    int32_t k = pl_csv_column(csv, column);
    CHECK(k >= 0);
    double x = 0;
    CHECK(pl_csv_number(csv, k, &x, NULL));
    return x;
}

TEST(united_kingdom_inverse)
{
    table t;
    pl_csv csv;
    pl_file file;
    double worst = 0;
    int cells = 0, n = 0;
    csv_open(&csv, &file, test_data("uk-io-products-2015/published_leontief_inverse.csv.gz"));
    table_open(&t, "uk-io-products-2015");
    /* The file has a row for each row of the inverse; ours come by column: keep it whole. */
    double *inverse = calloc((size_t)csv.n_columns * (size_t)csv.n_columns, sizeof *inverse);
    int32_t *recipe = calloc((size_t)csv.n_columns, sizeof *recipe);
    CHECK(inverse != NULL && recipe != NULL);
    for (; csv_row(&csv); n++) {
        CHECK(n + 1 < csv.n_columns);
        CHECK_STR(csv.field[0].text, csv.header[n + 1]); /* rows and columns in the same order */
        recipe[n] = pl_find_recipe(t.e, csv.field[0].text);
        CHECK(recipe[n] >= 0);
        for (int32_t k = 1; k < csv.n_columns; k++) {
            CHECK(pl_csv_number(&csv, k, &inverse[(size_t)n * (size_t)csv.n_columns + (size_t)k], NULL));
        }
    }
    CHECK_INT(n, 129);
    CHECK_INT(csv.n_columns, n + 1);
    for (int32_t k = 1; k <= n; k++) {
        one_unit_of(&t, csv.header[k]);
        for (int i = 0; i < n; i++, cells++) {
            double is = t.level[recipe[i]], off = fabs(is - inverse[(size_t)i * (size_t)csv.n_columns + (size_t)k]);
            worst = fmax(worst, off);
            if (!(off <= 1e-8)) {
                FAIL("row %s, column %s is %.12g, off by %.3g", csv.header[i + 1], csv.header[k], is, off);
            }
        }
    }
    printf("# %d cells of the published inverse, none off by more than %.2g\n", cells, worst);
    free(inverse);
    free(recipe);
    pl_csv_close(&csv);
    pl_file_clear(&file);
    table_close(&t);
}

/* Multipliers: output per unit of final demand; the effect is what is paid for work per unit of final demand. */
TEST(united_kingdom_multipliers)
{
    table t;
    pl_csv csv;
    pl_file file;
    double worst = 0;
    int n = 0;
    csv_open(&csv, &file, test_data("uk-io-products-2015/published_multipliers.csv"));
    table_open(&t, "uk-io-products-2015");
    for (; csv_row(&csv); n++) {
        double output = one_unit_of(&t, csv.field[0].text), effect = use_of(&t, "compensation");
        double off = fmax(fabs(output - csv_cell(&csv, "output_multiplier")),
                          fabs(effect - csv_cell(&csv, "compensation_effect")));
        worst = fmax(worst, off);
        if (!(off <= 1e-8)) {
            FAIL("%s: output multiplier %.12g, compensation effect %.12g: off by %.3g", csv.field[0].text, output,
                 effect, off);
        }
    }
    CHECK_INT(n, 129);
    printf("# 2 x %d published multipliers, none off by more than %.2g\n", n, worst);
    pl_csv_close(&csv);
    pl_file_clear(&file);
    table_close(&t);
}

/* ---- Tables small enough to solve by hand --------------------------------------------------------- */

static void multipliers(const char *name, const char *const *product, const double *want, int n)
{
    table t;
    table_open(&t, name);
    CHECK_INT(t.e->n_recipes, n);
    for (int k = 0; k < n; k++) {
        double is = one_unit_of(&t, product[k]);
        if (!(fabs(is - want[k]) <= 0.5e-4 + 1e-9)) { /* the sources give four decimals */
            FAIL("%s: the output multiplier is %.6f, not %.4f", product[k], is, want[k]);
        }
    }
    table_close(&t);
}

TEST(germany_published)
{
    static const char *const product[] = {"CPA_A", "CPA_B-E", "CPA_F", "CPA_G-I", "CPA_J-N", "CPA_O-T"};
    static const double want[] = {1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782};
    multipliers("germany-io-6-1995", product, want, 6);
}

TEST(chile)
{
    static const char *const product[] = {
        "agriculture_fishing",     "mining",
        "manufacturing_industry",  "electricity_gas_water",
        "construction",            "retail_hotels_restaurants",
        "transport_communications_information", "financial_services",
        "real_estate",             "business_services",
        "personal_services",       "public_administration",
    };
    static const double want[] = {1.8901, 1.5656, 1.8842, 1.8722, 1.8615, 1.7503,
                                  1.6447, 1.4347, 1.3714, 1.4410, 1.3955, 1.3562};
    multipliers("chile-io-12-2013", product, want, 12);
}

/* The six German multipliers as a person would find them, without importer, model or solver: a product's multiplier is 1
 * + what its inputs' multipliers add; begin with 1 each and put in until nothing changes. */
TEST(germany_by_hand)
{
    table t;
    pl_csv csv;
    pl_file file;
    char product[6][64];
    double use[6][6], output[6], m[6] = {1, 1, 1, 1, 1, 1};
    csv_open(&csv, &file, test_data("germany-io-6-1995/sectors.csv"));
    for (int i = 0; csv_row(&csv); i++) {
        CHECK(i < 6);
        snprintf(product[i], sizeof product[i], "%s", csv.field[0].text);
        output[i] = csv_cell(&csv, "output_meur");
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    csv_open(&csv, &file, test_data("germany-io-6-1995/use_domestic.csv"));
    for (int i = 0; csv_row(&csv); i++) {
        CHECK(i < 6);
        CHECK_STR(csv.field[0].text, product[i]);
        for (int j = 0; j < 6; j++) {
            use[i][j] = csv_cell(&csv, product[j]);
        }
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    for (int round = 0; round < 200; round++) {
        for (int j = 0; j < 6; j++) {
            double sum = 1;
            for (int i = 0; i < 6; i++) {
                sum += use[i][j] / output[j] * m[i];
            }
            m[j] = sum;
        }
    }
    table_open(&t, "germany-io-6-1995");
    for (int j = 0; j < 6; j++) {
        CHECK_NEAR(one_unit_of(&t, product[j]), m[j], 1e-12);
    }
    table_close(&t);
}
