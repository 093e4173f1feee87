/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The importers on tables small enough to be worked out by hand. */
#include <stdlib.h>

#include "test/import_help.h"

/* Three industries, three products.  U was made as A V' of the technology A =
 *   .1 .2 0
 *   .3 .1 .2
 *   0  .1 .1 */
#define HEAD "{\"format\": \"plenty-mapping-1\", \"kind\": \"supply-use\", \"title\": \"Textbook\", "
#define TABLES                                                                                                         \
    "\"tables\": {\"make\": {\"file\": \"make.csv\", \"industry\": \"industry\", \"product\": \"*\"}, "               \
    "\"use\": {\"file\": \"use.csv\", \"product\": \"p\", \"industry\": \"j\", \"value\": \"v\"}, "                   \
    "\"final\": {\"file\": \"final.csv\", \"product\": \"p\", \"category\": \"*\"}}, "
#define LABOUR                                                                                                         \
    "\"accounts\": {\"work\": {\"file\": \"work.csv\", \"industry\": \"industry\", \"item\": \"*\"}}, "               \
    "\"resources\": [{\"resource\": \"labour\", \"kind\": \"labour\", \"unit\": \"h\", \"account\": \"work\", "      \
    "\"item\": \"jobs\", \"hours_per_job\": 2000, \"available\": 1}], "
#define DEMAND "\"demand\": {\"categories\": {\"households\": \"households\", \"exports\": \"exports\"}}}"

static const char *textbook(void)
{
    const char *dir = import_folder("textbook");
    import_put(dir, "make.csv", "industry,p1,p2,p3\nj1,90,10,\nj2,0,100,\nj3,5,,45\n");
    import_put(dir, "use.csv",
        "p,j,v\np1,j1,11\np2,j1,28\np3,j1,1\np1,j2,20\np2,j2,10\np3,j2,10\np1,j3,0.5\np2,j3,10.5\np3,j3,4.5\n");
    import_put(dir, "final.csv", "p,households,exports\np1,60,3.5\np2,61.5,0\np3,30,-0.5\n");
    import_put(dir, "work.csv", "industry,jobs\nj1,10\nj2,20\nj3,5\n");
    import_put(dir, "mapping.json", HEAD TABLES LABOUR DEMAND);
    return dir;
}

/* At the observed levels (capacity x 1) every good balances and all labour is used. */
static void check_balance(const pl_economy *e, double labour)
{
    double *left = calloc((size_t)e->n_goods, sizeof *left), hours = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            left[e->flows.index[k]] += e->flows.amount[k] * e->recipes[r].capacity;
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            hours += e->uses.amount[k] * e->recipes[r].capacity;
        }
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        left[e->stocks[k].good] += e->stocks[k].amount;
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        left[e->needs[k].good] -= e->needs[k].amount;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        if (fabs(left[g]) > 1e-9) {
            FAIL("good %s is out of balance by %g", e->goods[g].id, left[g]);
        }
    }
    CHECK_NEAR(hours, labour, 1e-12);
    free(left);
}

TEST(product_technology_finds_the_technology)
{
    pl_import_report report;
    pl_economy *e = import_test(textbook(), "product-technology", NULL, &report);
    CHECK_INT(e->n_recipes, 3);
    CHECK_NEAR(import_flow(e, "p1", "p1"), 1 - 0.1, 1e-12);
    CHECK_NEAR(import_flow(e, "p1", "p2"), -0.3, 1e-12);
    CHECK_NEAR(import_flow(e, "p1", "p3"), 0, 1e-12);
    CHECK_NEAR(import_flow(e, "p2", "p1"), -0.2, 1e-12);
    CHECK_NEAR(import_flow(e, "p3", "p3"), 1 - 0.1, 1e-12);
    CHECK_NEAR(import_flow(e, "p3", "p2"), -0.2, 1e-12);
    /* hours: r inv(V'): p2 = 20/100, p1 = (10 - 10 x .2)/90, p3 = (5 - 5 p1)/45, x 2000 */
    CHECK_NEAR(import_use(e, "p2", "labour"), 400, 1e-12);
    CHECK_NEAR(import_use(e, "p1", "labour"), 2000 * 8. / 90, 1e-12);
    CHECK_NEAR(import_use(e, "p3", "labour"), 2000 * (5 - 5 * 8. / 90) / 45, 1e-12);
    CHECK_INT(report.negative_coefficients, 0);
    CHECK_STR(report.model, "product-technology");
    check_balance(e, 70000);
    CHECK_NEAR(e->resources[0].available, 70000, 1e-12);
    pl_economy_free(e);
}

TEST(industry_technology_mixes_the_industries)
{
    pl_import_report report;
    pl_economy *e = import_test(textbook(), NULL, NULL, &report);
    CHECK_NEAR(import_flow(e, "p1", "p1"), 1 - (0.11 * 90 + 0.01 * 5) / 95, 1e-12);
    CHECK_NEAR(import_flow(e, "p2", "p1"), -(0.11 * 10 + 0.2 * 100) / 110, 1e-12);
    CHECK_NEAR(import_flow(e, "p3", "p2"), -0.21, 1e-12);
    CHECK_NEAR(import_use(e, "p3", "labour"), 2000 * 5. / 50, 1e-12);
    CHECK_NEAR(e->recipes[0].capacity, 95, 1e-12);
    check_balance(e, 70000);
    CHECK_NEAR(report.output, 250, 1e-12);
    CHECK_NEAR(report.row_gap, 0, 1e-9);
    CHECK_INT(report.use_cells, 9);
    pl_economy_free(e);
}

TEST(industry_sales_structure)
{
    pl_economy *e = import_test(textbook(), "industry-sales", NULL, NULL);
    double x3 = 1. / 45, x1 = (11 - 5 * x3) / 90, x2 = (28 - 10 * x1) / 100; /* inv(V') (11, 28, 1) */
    CHECK_NEAR(import_flow(e, "j1", "j1"), 1 - 100 * x1 / 100, 1e-12);
    CHECK_NEAR(import_flow(e, "j1", "j2"), -100 * x2 / 100, 1e-12);
    CHECK_NEAR(import_flow(e, "j1", "j3"), -50 * x3 / 100, 1e-12);
    CHECK_NEAR(import_use(e, "j2", "labour"), 400, 1e-12);
    check_balance(e, 70000);
    pl_economy_free(e);
}

TEST(product_sales_structure)
{
    pl_economy *e = import_test(textbook(), "product-sales", NULL, NULL);
    CHECK_NEAR(import_flow(e, "j1", "j1"), 1 - (90. / 95 * 11 + 10. / 110 * 28) / 100, 1e-12);
    CHECK_NEAR(import_flow(e, "j2", "j3"), -(5. / 95 * 20 + 10) / 100, 1e-12);
    check_balance(e, 70000);
    pl_economy_free(e);
}

TEST(activities_keep_joint_products)
{
    pl_economy *e = import_test(textbook(), "activities", NULL, NULL);
    CHECK_INT(e->n_recipes, 3);
    CHECK_NEAR(import_flow(e, "j1", "p1"), 0.90 - 0.11, 1e-12);
    CHECK_NEAR(import_flow(e, "j1", "p2"), 0.10 - 0.28, 1e-12);
    CHECK_NEAR(import_flow(e, "j3", "p1"), 0.1 - 0.01, 1e-12);
    check_balance(e, 70000);
    pl_economy_free(e);
}

TEST(negative_final_demand_is_a_stock)
{
    static pl_findings f;
    pl_import_report report;
    pl_economy *e = import_test(textbook(), NULL, &f, &report);
    CHECK_INT(e->n_stocks, 1);
    CHECK_NEAR(e->stocks[0].amount, 0.5, 1e-15);
    CHECK_INT(report.negative_final, 1);
    CHECK_NEAR(report.negative_final_sum, -0.5, 1e-15);
    CHECK_INT(f.count[PL_ERROR], 0);
    CHECK(f.count[PL_NOTE] > 0);
    CHECK_INT(e->n_needs, 4);
    pl_economy_free(e);
}

/* Four industries of which two have the same main product, and a product that is only a by-product. */
TEST(the_make_table_is_made_square)
{
    const char *dir = import_folder("square");
    import_put(dir, "make.csv", "industry,p1,p2,scrap\na,60,0,4\nb,40,0,0\nc,0,50,1\n");
    import_put(dir, "use.csv", "p,j,v\np1,a,10\np1,b,5\np1,c,5\np2,a,6\nscrap,c,5\n");
    import_put(dir, "final.csv", "p,households,exports\np1,80,0\np2,44,0\n");
    import_put(dir, "work.csv", "industry,jobs\na,3\nb,2\nc,1\n");
    import_put(dir, "mapping.json", HEAD TABLES LABOUR DEMAND);
    static const char *const models[] = {"product-technology", "industry-technology", "industry-sales", "product-sales",
                                         "activities"};
    for (int k = 0; k < 5; k++) {
        pl_import_report report;
        pl_economy *e = import_test(dir, models[k], NULL, &report);
        check_balance(e, 12000);
        CHECK_INT(report.merged, k == 0 || k == 2 ? 1 : 0);
        CHECK_INT(report.byproducts, k == 0 || k == 2 ? 1 : 0);
        if (k == 0) {
            CHECK_NEAR(import_flow(e, "p1", "scrap"), 0.04, 1e-12);
            CHECK_NEAR(import_flow(e, "p2", "scrap"), -0.08, 1e-12);
        }
        pl_economy_free(e);
    }
}

TEST(product_technology_may_be_negative)
{
    const char *dir = import_folder("negative"), *m = HEAD TABLES LABOUR "\"negative_coefficients\": \"zero\", " DEMAND;
    import_put(dir, "make.csv", "industry,p1,p2\na,50,50\nb,0,100\n");
    import_put(dir, "use.csv", "p,j,v\np2,a,1\np2,b,20\n");
    import_put(dir, "final.csv", "p,households,exports\np1,50,0\np2,129,0\n");
    import_put(dir, "work.csv", "industry,jobs\na,1\nb,1\n");
    import_put(dir, "mapping.json", HEAD TABLES LABOUR DEMAND);
    pl_import_report report;
    pl_economy *e = import_test(dir, "product-technology", NULL, &report);
    CHECK_NEAR(import_flow(e, "p1", "p2"), (50 * 0.2 - 1) / 50, 1e-12); /* p1 seems to give p2 */
    CHECK_INT(report.negative_coefficients, 1);
    CHECK_NEAR(report.negative_coefficient, -0.18, 1e-12);
    check_balance(e, 4000);
    pl_economy_free(e);
    import_put(dir, "mapping.json", m);
    static pl_findings f;
    e = import_test(dir, "product-technology", &f, &report);
    CHECK_NEAR(import_flow(e, "p1", "p2"), 0, 1e-12);
    CHECK_INT(f.count[PL_WARNING], 1);
    pl_economy_free(e);
    import_put(dir, "make.csv", "industry,p1,p2,scrap\na,50,50,1\nb,0,100,2\n"); /* a by-product is no error */
    e = import_test(dir, "product-technology", NULL, &report);
    CHECK_NEAR(import_flow(e, "p2", "scrap"), 0.02, 1e-12);
    CHECK_NEAR(import_flow(e, "p1", "p2"), 0, 1e-12);
    CHECK_INT(report.negative_coefficients, 1);
    pl_economy_free(e);
}

#define MARKETS                                                                                                        \
    "\"demand\": {\"categories\": {\"households\": \"households\", \"exports\": \"exports\", \"imports\": \"imports\"}, " \
    "\"tiers\": [{\"tier\": 2, \"groups\": [\"exports\"]}, {\"tier\": 1, \"products\": [\"p1\"]}, {\"tier\": 3}]}}"

TEST(imports_in_a_negative_column)
{
    const char *dir = import_folder("column");
    import_put(dir, "make.csv", "industry,p1,p2,p3\na,50,,\nb,,40,\n");
    import_put(dir, "use.csv", "p,j,v\np1,b,20\np2,a,10\np3,a,5\n");
    import_put(dir, "final.csv", "p,households,exports,imports\np1,35,5,-10\np2,26,0,4\np3,3,,-8\n");
    import_put(dir, "work.csv", "industry,jobs\na,1\nb,1\n");
    import_put(dir, "mapping.json",
        HEAD TABLES LABOUR "\"imports\": {\"treatment\": \"column\", \"limit\": 1.5}, \"exports\": {\"as\": \"trade\"}, "
                           "\"foreign_exchange\": {\"available\": 1}, " MARKETS);
    pl_import_report report;
    pl_economy *e = import_test(dir, NULL, NULL, &report);
    int32_t p1 = pl_find_good(e, "p1"), p3 = pl_find_good(e, "p3");
    CHECK_INT(e->n_trade, 2);
    CHECK_INT(e->trade[0].good, p1);
    CHECK_NEAR(e->trade[0].import_limit, 15, 1e-15);
    CHECK_NEAR(e->trade[0].export_limit, 5, 1e-15);
    CHECK_INT(e->trade[1].good, p3);
    CHECK(!pl_given(e->trade[1].import_limit)); /* nobody makes it */
    CHECK_INT(report.no_producer, 1);
    CHECK_NEAR(report.imports, 14, 1e-15);
    CHECK(e->foreign_exchange >= 0);
    CHECK_NEAR(e->resources[e->foreign_exchange].available, 18 - 5, 1e-15);
    CHECK_INT(e->n_needs, 4); /* p1, p2, p3 of households; +4 in the column of imports */
    for (int32_t k = 0; k < e->n_needs; k++) {
        bool adjust = strcmp(e->needs[k].group, "imports") == 0;
        CHECK_INT(e->needs[k].tier, adjust ? 2 : e->needs[k].good == p1 ? 1 : 3);
    }
    pl_economy_free(e);
}

TEST(imports_taken_off_the_cells_that_include_them)
{
    const char *dir = import_folder("inside");
    import_put(dir, "make.csv", "industry,p1,p2,p3\na,50,,\nb,,40,\n");
    import_put(dir, "use.csv", "p,j,v\np1,b,20\np2,a,10\np3,a,5\n");
    import_put(dir, "final.csv", "p,households,exports,imports\np1,35,5,-10\np2,30,0,\np3,3,,-8\n");
    import_put(dir, "imports.csv", "p,a,b,households,imports\np1,,4,6,-10\np3,5,,3,-8\n");
    import_put(dir, "mapping.json",
               HEAD "\"tables\": {\"make\": {\"file\": \"make.csv\", \"industry\": \"industry\", \"product\": \"*\"}, "
                    "\"use\": {\"file\": \"use.csv\", \"product\": \"p\", \"industry\": \"j\", \"value\": \"v\"}, "
                    "\"final\": {\"file\": \"final.csv\", \"product\": \"p\", \"category\": \"*\"}, "
                    "\"imports\": {\"file\": \"imports.csv\", \"product\": \"p\", \"user\": \"*\", \"skip\": \"imports\"}}, "
                    "\"imports\": {\"treatment\": \"table\", \"inside\": true, \"limit\": 1}, " MARKETS);
    pl_import_report report;
    int32_t good;
    pl_economy *e = import_test(dir, NULL, NULL, &report);
    CHECK_NEAR(import_flow(e, "p2", "p1"), -16. / 40, 1e-15);
    CHECK_NEAR(import_flow(e, "p2", "p1@abroad"), -4. / 40, 1e-15);
    CHECK_NEAR(import_flow(e, "p1", "p3@abroad"), -5. / 50, 1e-15);
    CHECK_NEAR(import_imbalance(e, &good), 0, 1e-12);
    CHECK_NEAR(report.imports, 18, 1e-15);
    CHECK_NEAR(report.row_gap, 0, 1e-12);
    CHECK_INT(report.no_producer, 0);
    CHECK_INT(pl_find_good(e, "p3"), -1); /* all of it is imported */
    pl_economy_free(e);
}

TEST(imports_in_a_table_of_their_own)
{
    const char *dir = import_folder("apart");
    import_put(dir, "use.csv", "p,a,b\na,10,20\nb,5,\n");
    import_put(dir, "final.csv", "p,households,exports\na,70,\nb,40,5\n");
    import_put(dir, "imports.csv", "p,a,b,households\na,0,4,6\nz,2,,-1\n");
    import_put(dir, "mapping.json",
        "{\"format\": \"plenty-mapping-1\", \"kind\": \"input-output\", \"title\": \"T\", \"unit\": \"$\", \"tables\": {"
        "\"use\": {\"file\": \"use.csv\", \"product\": \"p\", \"industry\": \"*\"}, "
        "\"imports\": {\"file\": \"imports.csv\", \"product\": \"p\", \"user\": \"*\"}, "
        "\"final\": {\"file\": \"final.csv\", \"product\": \"p\", \"category\": \"*\"}}, "
        "\"imports\": {\"treatment\": \"table\"}, " DEMAND);
    pl_economy *e = import_test(dir, NULL, NULL, NULL);
    CHECK_INT(e->n_recipes, 2);
    CHECK_NEAR(import_flow(e, "a", "a"), 0.9, 1e-15);
    CHECK_NEAR(import_flow(e, "b", "a@abroad"), -4. / 50, 1e-15);
    CHECK_NEAR(import_flow(e, "a", "z@abroad"), -2. / 100, 1e-15);
    CHECK_INT(e->n_trade, 2);
    CHECK_INT(e->n_stocks, 1); /* households' -1 of z */
    CHECK_INT(e->n_places, 1);
    CHECK_STR(e->goods[pl_find_good(e, "z@abroad")].place, "abroad");
    pl_economy_free(e);
}

/* Two products with A = .2 .1 / .3 .4 and direct emissions e = (1, 2): the supply-chain totals are
 * f = e inv(I - A) = (1.2, 1.7) / .45.  From them the importer must find e again. */
#define CHAIN(more)                                                                                                    \
    HEAD "\"tables\": {\"make\": {\"file\": \"make.csv\", \"industry\": \"industry\", \"product\": \"*\"}, "          \
         "\"use\": {\"file\": \"use.csv\", \"product\": \"p\", \"industry\": \"*\"}, "                                \
         "\"final\": {\"file\": \"final.csv\", \"product\": \"p\", \"category\": \"*\"}, "                            \
         "\"factors\": {\"file\": \"f.csv\", \"product\": \"code\", \"value\": \"kg\"}}, "                            \
         "\"accounts\": {\"prices\": {\"file\": \"prices.csv\", \"where\": {\"year\": \"2021\"}, \"industry\": \"i\", " \
         "\"item\": \"*\", \"skip\": [\"note\"]}}, "                                                                   \
         "\"resources\": [{\"resource\": \"gas\", \"kind\": \"emission\", \"factor\": 10, \"supply_chain\": {" more "}}], " DEMAND

static const char *chain(const char *name)
{
    const char *dir = import_folder(name);
    import_put(dir, "make.csv", "industry,a,b\na,100,0\nb,0,100\n");
    import_put(dir, "use.csv", "p,a,b\na,20,10\nb,30,40\n");
    import_put(dir, "final.csv", "p,households,exports\na,70,0\nb,30,0\n");
    return dir;
}

TEST(direct_emissions_from_supply_chain_totals)
{
    char text[256];
    const char *dir = chain("chain");
    import_put(dir, "prices.csv", "i,year,index,note\na,2017,100,x\na,2021,200,y\nb,2021,100,z\n");
    snprintf(text, sizeof text, "code,kg\na,%.17g\n\"b,other\",%.17g\n", 1.2 / .45 / 2, 1.7 / .45);
    import_put(dir, "f.csv", text);
    import_put(dir, "mapping.json", CHAIN("\"price\": {\"account\": \"prices\", \"item\": \"index\"}"));
    static pl_findings f;
    static const char *const models[] = {"industry-technology", "product-technology", "product-sales", "activities"};
    for (int k = 0; k < 4; k++) {
        pl_economy *e = import_test(dir, models[k], &f, NULL);
        CHECK_NEAR(import_use(e, "a", "gas"), 10, 1e-9);
        CHECK_NEAR(import_use(e, "b", "gas"), 20, 1e-9);
        pl_economy_free(e);
    }
    CHECK(f.count[PL_WARNING] >= 1); /* an estimate */
    snprintf(text, sizeof text, "code,kg\nA1,%.17g\n", 1.2 / .45); /* none of b, but what it emits itself */
    import_put(dir, "f.csv", text);
    import_put(dir, "mapping.json", CHAIN("\"direct\": {\"b\": 2}, \"aliases\": {\"A1\": \"a\"}"));
    pl_economy *e = import_test(dir, NULL, NULL, NULL);
    CHECK_NEAR(import_use(e, "a", "gas"), 10, 1e-9);
    CHECK_NEAR(import_use(e, "b", "gas"), 20, 1e-9);
    pl_economy_free(e);
}

TEST(accounts_are_spread_scaled_and_optional)
{
    const char *dir = import_folder("accounts");
    import_put(dir, "labels.csv", "code,sector\na,S\nb,S\nc,T\n");
    import_put(dir, "make.csv", "industry,a,b,c\na,10,,\nb,,20,\nc,,,30\n");
    import_put(dir, "use.csv", "p,a,b,c,total\na,1,2,3,6\n");
    import_put(dir, "final.csv", "p,N.HH,S.HH\na,4,0\nb,15,5\nc,,30\n");
    import_put(dir, "hours.csv", "s,hours\nS,90\nT,7\n");
    import_put(dir, "pay.csv", "item,a,b,c\nwages,100,200,1\nowners,3,4,0\nworkers,2,2,0\n");
    import_put(dir, "mapping.json",
               HEAD "\"tables\": {\"industries\": {\"file\": \"labels.csv\", \"code\": \"code\", \"group\": \"sector\"}, "
                    "\"make\": {\"file\": \"make.csv\", \"industry\": \"industry\", \"product\": \"*\"}, "
                    "\"use\": {\"file\": \"use.csv\", \"product\": \"p\", \"industry\": \"*\", \"skip\": \"total\"}, "
                    "\"final\": {\"file\": \"final.csv\", \"product\": \"p\", \"category\": \"*\"}}, "
                    "\"accounts\": {\"hours\": {\"file\": \"hours.csv\", \"industry\": \"s\", \"item\": \"*\"}, "
                    "\"pay\": {\"file\": \"pay.csv\", \"industry\": \"*\", \"item\": \"item\"}, "
                    "\"more\": {\"file\": \"../nowhere.csv\", \"industry\": \"*\", \"item\": \"item\", \"optional\": true}}, "
                    "\"resources\": [{\"resource\": \"labour\", \"kind\": \"labour\", \"account\": \"hours\", \"item\": \"hours\", "
                    "\"factor\": 1000, \"spread\": {\"account\": \"pay\", \"item\": \"wages\"}}, "
                    "{\"resource\": \"scaled\", \"account\": \"pay\", \"item\": \"wages\", \"times\": \"owners\", \"over\": "
                    "\"workers\"}, {\"resource\": \"gone\", \"account\": \"more\", \"item\": \"x\"}], "
                    "\"demand\": {\"categories\": {\"*.HH\": \"households of *\"}, "
                    "\"tiers\": [{\"tier\": 4, \"groups\": [\"households of *\"], \"products\": [\"b*\"], \"factor\": 2}]}}");
    static pl_findings f;
    pl_economy *e = import_test(dir, NULL, &f, NULL);
    CHECK_NEAR(import_use(e, "a", "labour"), 30000 / 10., 1e-12);
    CHECK_NEAR(import_use(e, "b", "labour"), 60000 / 20., 1e-12);
    CHECK_NEAR(import_use(e, "c", "labour"), 7000 / 30., 1e-12);
    CHECK_NEAR(import_use(e, "a", "scaled"), 100 * 3 / 2. / 10, 1e-12);
    CHECK_INT(pl_find_resource(e, "gone"), -1);
    CHECK_INT(f.count[PL_WARNING], 1);
    CHECK_INT(e->n_needs, 4);
    for (int32_t k = 0; k < e->n_needs; k++) {
        bool b = strcmp(e->goods[e->needs[k].good].id, "b") == 0;
        CHECK_INT(e->needs[k].tier, b ? 4 : 1);
        CHECK(strcmp(e->needs[k].group, "households of N") == 0 || strcmp(e->needs[k].group, "households of S") == 0);
        CHECK(!b || e->needs[k].amount >= 10);
    }
    pl_economy_free(e);
}

/* A table of two products; `final` of the second may be off by a rounding. */
static const char *rounded(const char *final, const char *more)
{
    const char *dir = import_folder("rounded");
    char text[2000];
    snprintf(text, sizeof text,
             "{\"format\": \"plenty-mapping-1\", \"kind\": \"input-output\", \"title\": \"t\"%s, \"tables\": {"
             "\"products\": {\"file\": \"p.csv\", \"code\": \"code\", \"output\": \"output\"}, "
             "\"use\": {\"file\": \"u.csv\", \"product\": \"p\", \"industry\": \"*\"}, "
             "\"final\": {\"file\": \"f.csv\", \"product\": \"p\", \"category\": \"*\"}}, "
             "\"accounts\": {\"w\": {\"file\": \"w.csv\", \"industry\": \"p\", \"item\": \"*\"}}, \"resources\": ["
             "{\"resource\": \"work\", \"kind\": \"labour\", \"account\": \"w\", \"item\": \"h\"}, "
             "{\"resource\": \"gas\", \"kind\": \"emission\", \"account\": \"w\", \"item\": \"g\"}], "
             "\"demand\": {\"categories\": {\"hh\": \"households\"}}}", more);
    import_put(dir, "mapping.json", text);
    import_put(dir, "p.csv", "code,output\na,1000\nb,2000\n");
    import_put(dir, "u.csv", "p,a,b\na,100,200\nb,300,400\n");
    snprintf(text, sizeof text, "p,hh\na,700\nb,%s\n", final);
    import_put(dir, "f.csv", text);
    import_put(dir, "w.csv", "p,h,g\na,10,1\nb,30,2\n");
    return dir;
}

static pl_economy *import_limits(const char *dir, double capacity, double available, pl_findings *f)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    pl_import_settings s = {.capacity = capacity, .available = available};
    CHECK_INT(pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, f, NULL, &e, &err), PL_OK);
    return e;
}

TEST(rounding_goes_to_the_stock)
{
    static pl_findings f;
    pl_economy *e = import_limits(rounded("1301", ""), 0, 0, &f);
    CHECK_INT(e->n_stocks, 1);
    CHECK_STR(e->goods[e->stocks[0].good].id, "b");
    CHECK_NEAR(e->stocks[0].amount, 1, 1e-12);
    CHECK_INT(f.count[PL_WARNING], 0);
    bool told = false;
    for (int32_t k = 0; k < pl_findings_kept(&f, PL_NOTE); k++) {
        told = told || strstr(f.kept[PL_NOTE][k].message, "rounding: of 1 goods") != NULL;
    }
    CHECK(told);
    pl_economy_free(e);
    e = import_limits(rounded("1299", ""), 0, 0, NULL); /* a surplus needs nothing */
    CHECK_INT(e->n_stocks, 0);
    pl_economy_free(e);
    e = import_limits(rounded("1310", ""), 0, 0, &f); /* more than rounding */
    CHECK_INT(e->n_stocks, 0);
    told = false;
    for (int32_t k = 0; k < pl_findings_kept(&f, PL_WARNING); k++) {
        told = told || strstr(f.kept[PL_WARNING][k].message, "the worst is b, by 10 of 1610") != NULL;
    }
    CHECK(told);
    pl_economy_free(e);
}

TEST(the_default_limits_are_what_there_was)
{
    pl_economy *e = import_limits(rounded("1300", ""), 0, 0, NULL);
    int32_t work = pl_find_resource(e, "work"), gas = pl_find_resource(e, "gas");
    CHECK_NEAR(e->recipes[0].capacity, 1100, 1e-12);
    CHECK_NEAR(e->resources[work].available, 40, 1e-12);
    CHECK(!pl_given(e->resources[gas].available));
    pl_economy_free(e);
    e = import_limits(rounded("1300", ""), INFINITY, INFINITY, NULL);
    CHECK(!pl_given(e->recipes[0].capacity) && !pl_given(e->resources[work].available));
    pl_economy_free(e);
    e = import_limits(rounded("1300", ", \"capacity\": null"), 0, 0.5, NULL);
    CHECK(!pl_given(e->recipes[0].capacity));
    CHECK_NEAR(e->resources[work].available, 20, 1e-12);
    pl_economy_free(e);
}
