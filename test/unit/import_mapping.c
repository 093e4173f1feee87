/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Mappings: what is refused and how it is said; processes, foods, places; running out of memory. */
#include <dirent.h>
#include <stdlib.h>

#include "base/mem.h"
#include "economy/import_parts.h"
#include "test/import_help.h"

static pl_error failure(const char *dir, pl_status want)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    pl_status st = pl_import(dir, import_in(dir, "mapping.json"), NULL, NULL, NULL, NULL, &e, &err);
    if (st != want) {
        FAIL("%s, not %s: %s: %s", pl_status_id(st), pl_status_id(want), err.subject, err.message);
    }
    CHECK(e == NULL);
    return err;
}

/* The mapping with its key `from` written as `to`. */
static pl_error parse(const char *text)
{
    pl_im_mapping m;
    pl_error err = {0};
    if (pl_im_mapping_parse(text, strlen(text), "m.json", &m, &err) == PL_OK) {
        FAIL("accepted: %s", text);
    }
    pl_im_mapping_clear(&m);
    return err;
}

#define START "{\"format\": \"plenty-mapping-1\", \"kind\": \"input-output\", \"title\": \"T\", "
#define USE "\"use\": {\"file\": \"u.csv\", \"product\": \"p\", \"industry\": \"*\"}, "
#define FINAL "\"final\": {\"file\": \"f.csv\", \"product\": \"p\", \"category\": \"*\"}"
#define DEMAND "\"demand\": {\"categories\": {\"hh\": \"households\"}}"

TEST(messages_name_the_key)
{
    static const struct {
        const char *text, *subject, *message, *hint;
    } bad[] = {
        {"{", "m.json:1:1", "this is not JSON", ""},
        {"[]", "m.json", "must be an object", ""},
        {"{\"kind\": \"input-output\"}", "m.json", "\"format\" is missing", ""},
        {"{\"format\": \"plenty-mapping-1\", \"kind\": \"input_output\"}", "m.json: kind", "not known here", "one of"},
        {START "\"tabels\": {}}", "m.json", "unknown key \"tabels\"", "did you mean \"tables\""},
        {START "\"tables\": {" USE "\"finals\": {}}}", "m.json: tables", "unknown key \"finals\"", "did you mean \"final\""},
        {START "\"tables\": {" FINAL "}}", "m.json: tables", "\"use\" is missing", ""},
        {START "\"tables\": {\"use\": {\"product\": \"p\"}}}", "m.json: tables.use", "\"file\" is missing", ""},
        {START "\"tables\": {\"use\": {\"file\": \"u\", \"product\": \"p\"}}}", "m.json: tables.use", "\"industry\" is missing",
         ""},
        {START "\"tables\": {\"use\": {\"file\": \"u\", \"product\": \"p\", \"industry\": \"j\"}}}", "m.json: tables.use",
         "\"value\" is missing", "wide"},
        {START "\"tables\": {\"use\": {\"file\": \"u\", \"product\": \"*\", \"industry\": \"*\"}}}", "m.json: tables.use",
         "one thing", ""},
        {START "\"tables\": {\"use\": {\"file\": \"u\", \"produkt\": \"p\"}}}", "m.json: tables.use", "unknown key \"produkt\"",
         "did you mean \"product\""},
        {START "\"tables\": {" USE FINAL "}}", "m.json", "\"demand\" is missing", ""},
        {START "\"tables\": {" USE FINAL "}, \"demand\": {\"categories\": {\"hh\": \"households\"}, \"tiers\": "
               "[{\"tier\": 1, \"groups\": [\"household\"]}]}}",
         "m.json: demand.tiers[0]", "no group", "did you mean \"households\""},
        {START "\"tables\": {" USE FINAL "}, \"demand\": {\"categories\": {\"hh\": \"households\"}, \"tiers\": [{\"tier\": 1.5}]}}",
         "m.json: demand.tiers[0]", "whole number", ""},
        {START "\"tables\": {" USE FINAL "}, \"accounts\": {\"work\": {\"file\": \"w.csv\", \"industry\": \"i\", \"item\": \"*\"}}, "
               "\"resources\": [{\"resource\": \"r\", \"account\": \"wrok\", \"item\": \"x\"}], " DEMAND "}",
         "m.json: resources[0].account", "no \"wrok\"", "did you mean \"work\""},
        {START "\"tables\": {" USE FINAL "}, \"resources\": [{\"resource\": \"r\", \"kind\": \"labor\"}], " DEMAND "}",
         "m.json: resources[0].kind", "\"labor\" is not known", "labour"},
        {START "\"tables\": {" USE FINAL "}, \"imports\": {\"treatment\": \"table\"}, " DEMAND "}", "m.json: imports",
         "needs the table \"imports\"", ""},
        {START "\"tables\": {" USE FINAL "}, \"capacity\": \"much\", " DEMAND "}", "m.json: capacity", "must be a number", ""},
        {START "\"tables\": {" USE FINAL "}, \"years\": [2020], " DEMAND "}", "m.json: year", "default", ""},
        {START "\"title\": \"again\"}", "m.json:1:", "duplicate", ""},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        pl_error err = parse(bad[k].text);
        if (strncmp(err.subject, bad[k].subject, strlen(bad[k].subject)) != 0 || strstr(err.message, bad[k].message) == NULL ||
            strstr(err.hint, bad[k].hint) == NULL) {
            FAIL("%zu: %s | %s | %s", k, err.subject, err.message, err.hint);
        }
    }
}

TEST(every_mapping_of_the_project_is_valid)
{
    DIR *dir = opendir(test_source("mappings"));
    int n = 0;
    CHECK(dir != NULL);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (strstr(e->d_name, ".json") == NULL) {
            continue;
        }
        char path[4600], text[65536];
        snprintf(path, sizeof path, "%s/%s", test_source("mappings"), e->d_name);
        FILE *f = fopen(path, "r");
        CHECK(f != NULL);
        size_t size = fread(text, 1, sizeof text, f);
        fclose(f);
        text[size < sizeof text ? size : sizeof text - 1] = '\0';
        if (strstr(text, "\"plenty-receipts-1\"") != NULL) {
            continue; /* of receipts: test/known/needs.c reads by those */
        }
        pl_im_mapping m;
        pl_error err = {0};
        if (pl_im_mapping_parse(text, size, e->d_name, &m, &err) != PL_OK) {
            FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
        }
        CHECK(m.licence[0] != '\0' && m.source_title[0] != '\0' && m.name[0] != '\0');
        pl_im_mapping_clear(&m);
        n++;
    }
    closedir(dir);
    CHECK(n >= 12);
}

static const char *small(const char *name, const char *use)
{
    const char *dir = import_folder(name);
    import_put(dir, "mapping.json",
               START "\"tables\": {\"products\": {\"file\": \"s.csv\", \"code\": \"code\", \"name\": \"name\"}, " USE FINAL "}, "
                     DEMAND "}");
    import_put(dir, "s.csv", "code,name\nbread,Bread\nflour,Flour\n");
    import_put(dir, "u.csv", use);
    import_put(dir, "f.csv", "p,hh\nbread,10\n");
    return dir;
}

TEST(tables_that_do_not_fit_are_refused_with_their_place)
{
    pl_error e = failure(small("t1", "p,bread,flour\nflour,5,1\nbraed,1,\n"), PL_DATA);
    CHECK_STR(e.subject, "u.csv:3:7");
    CHECK(strstr(e.message, "\"braed\" is not in s.csv") != NULL);
    CHECK(strstr(e.hint, "did you mean \"bread\"") != NULL);
    e = failure(small("t2", "p,bread,flour\nflour,5,x1\n"), PL_DATA);
    CHECK_STR(e.subject, "u.csv:2:9");
    CHECK(strstr(e.message, "\"x1\" is no number") != NULL);
    e = failure(small("t3", "produkt,bread,flour\nflour,5,1\n"), PL_DATA);
    CHECK_STR(e.subject, "mapping.json: tables.use.product");
    CHECK(strstr(e.message, "u.csv has no column \"p\"") != NULL);
    const char *dir = small("t4", "p,bread,flour\nflour,5,1\n");
    CHECK(remove(import_in(dir, "u.csv")) == 0);
    e = failure(dir, PL_NOTFOUND);
    CHECK_STR(e.subject, "mapping.json: tables.use.file");
    dir = small("t5", "p,bread,flour\nflour,5,1\n");
    import_put(dir, "f.csv", "p,hh,army\nbread,10,1\n");
    e = failure(dir, PL_DATA);
    CHECK(strstr(e.message, "\"army\" has no group") != NULL);
}

TEST(settings_are_checked)
{
    const char *dir = small("settings", "p,bread,flour\nflour,5,1\n");
    pl_error err = {0};
    pl_economy *e;
    pl_import_settings s = {.model = "industry-technolgy"};
    CHECK_INT(pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, NULL, NULL, &e, &err), PL_USAGE);
    CHECK_STR(err.hint, "industry-technology");
    s.model = "activities";
    CHECK_INT(pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, NULL, NULL, &e, &err), PL_USAGE);
    s = (pl_import_settings){.year = 1999};
    CHECK_INT(pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, NULL, NULL, &e, &err), PL_USAGE);
    s = (pl_import_settings){.capacity = -1};
    CHECK_INT(pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, NULL, NULL, &e, &err), PL_USAGE);
}

TEST(mappings_are_found_by_the_folder_s_name)
{
    char path[4096];
    pl_error err = {0};
    const char *dir = import_folder("germany-io-6-1995");
    CHECK_INT(pl_import_find_mapping(dir, test_source("mappings"), path, sizeof path, &err), PL_OK);
    CHECK(strstr(path, "mappings/germany-io-6-1995.json") != NULL);
    import_put(dir, "mapping.json", "{}");
    CHECK_INT(pl_import_find_mapping(dir, test_source("mappings"), path, sizeof path, &err), PL_OK);
    CHECK(strstr(path, "germany-io-6-1995/mapping.json") != NULL);
    dir = import_folder("germany-io-6-1996");
    CHECK_INT(pl_import_find_mapping(dir, test_source("mappings"), path, sizeof path, &err), PL_NOTFOUND);
    CHECK(strstr(err.hint, "germany-io-6-1995.json") != NULL);
    CHECK_INT(pl_import_find_mapping("no/such/folder", "mappings", path, sizeof path, &err), PL_NOTFOUND);
}

TEST(processes_keep_joint_products_rivals_and_wastes)
{
    const char *dir = import_folder("processes");
    import_put(dir, "mapping.json",
               "{\"format\": \"plenty-mapping-1\", \"kind\": \"processes\", \"title\": \"P\", \"tables\": {"
               "\"flows\": {\"file\": \"flows.csv\", \"flow\": \"f\", \"unit\": \"u\", \"kind\": \"k\"}, "
               "\"recipes\": {\"file\": \"r.csv\", \"process\": \"p\", \"flow\": \"f\", \"direction\": \"d\", \"value\": "
               "\"a\", \"avoided\": \"av\"}, "
               "\"emissions\": {\"file\": \"e.csv\", \"process\": \"p\", \"item\": \"e\", \"value\": \"a\", \"unit\": \"u\"}}, "
               "\"imports\": {\"price\": 0}, \"needs\": [{\"good\": \"heat\", \"amount\": 5, \"tier\": 2}]}");
    import_put(dir, "flows.csv",
               "f,u,k\nheat,MJ,product\npower,kWh,product\ngas,m3,product\nash,kg,waste\nslag,kg,waste\nsteam,kg,product\n"
               "wind,kWh,product\n");
    import_put(dir, "r.csv",
               "p,f,d,a,av\nchp,heat,out,2,0\nchp,power,out,1,0\nchp,power,in,0.1,0\nchp,gas,in,1,0\nchp,ash,out,0.5,0\n"
               "boiler,heat,out,1,0\nboiler,gas,in,0.6,0\nboiler,slag,out,-0.1,0\nboiler,steam,in,0.2,1\n"
               "dump,ash,in,1,0\ndump,wind,in,0.1,0\nboiler,wind,in,-0.3,0\n");
    import_put(dir, "e.csv", "p,e,a,u\nchp,CO2,2,kg\nboiler,CO2,1.5,kg\n");
    static pl_findings f;
    pl_economy *e = import_test(dir, NULL, &f, NULL);
    CHECK_INT(e->n_recipes, 3);
    CHECK_NEAR(import_flow(e, "chp", "power"), 0.9, 1e-15);
    CHECK_NEAR(import_flow(e, "chp", "heat"), 2, 1e-15);
    CHECK_NEAR(import_flow(e, "boiler", "slag"), 0, 1e-15);
    CHECK_NEAR(import_flow(e, "boiler", "steam"), 0.2, 1e-15);
    CHECK_NEAR(import_use(e, "boiler", "CO2"), 1.5, 1e-15);
    CHECK(e->goods[pl_find_good(e, "ash")].must_be_used);
    CHECK(!e->goods[pl_find_good(e, "slag")].must_be_used);
    CHECK_NEAR(import_flow(e, "boiler", "wind"), 0.3, 1e-15);
    CHECK_INT(e->n_trade, 2); /* gas, and wind, which is only credited: nobody should run the boiler for its sake */
    CHECK_NEAR(e->trade[0].import_price, 0, 0);
    CHECK_INT(e->trade[1].good, pl_find_good(e, "wind"));
    CHECK_INT(e->n_needs, 1);
    CHECK_INT(e->needs[0].tier, 2);
    pl_economy_free(e);
}

TEST(foods_are_made_per_100_g_of_yield)
{
    const char *dir = import_folder("foods");
    import_put(dir, "mapping.json",
               "{\"format\": \"plenty-mapping-1\", \"kind\": \"food-recipes\", \"title\": \"F\", \"tables\": {"
               "\"foods\": {\"file\": \"foods.csv\", \"food\": \"food\", \"name\": \"name\", \"moisture\": \"m\", \"fat\": \"f\"}, "
               "\"ingredients\": {\"file\": \"r.csv\", \"food\": \"food\", \"ingredient\": \"i\", \"weight\": \"g\", \"kind\": \"k\"}}, "
               "\"imports\": {\"price\": 0}}");
    import_put(dir, "foods.csv", "food,name,m,f\n1,Toast,-20,0\n2,Bread,-10,5\n3,Air,0,0\n");
    import_put(dir, "r.csv", "food,i,g,k\n1,2,50,food\n2,01,60,sr\n2,01,20,sr\n2,02,20,sr\n");
    static pl_findings f;
    pl_economy *e = import_test(dir, NULL, &f, NULL);
    CHECK_INT(e->n_recipes, 2);
    CHECK_NEAR(import_flow(e, "1", "2"), -100 * 50 / 40., 1e-12);
    CHECK_NEAR(import_flow(e, "1", "1"), 100, 0);
    CHECK_NEAR(import_flow(e, "2", "01"), -80 / 0.95, 1e-12);
    CHECK_INT(e->n_trade, 2);
    CHECK_INT(f.count[PL_WARNING], 3); /* no recipe of Air, no needs, no observed levels for capacities */
    pl_economy_free(e);
}

TEST(places_trade_through_a_pool)
{
    const char *dir = import_folder("places");
    import_put(dir, "mapping.json",
               "{\"format\": \"plenty-mapping-1\", \"kind\": \"regional-input-output\", \"title\": \"R\", \"unit\": \"$\", "
               "\"tables\": {\"products\": {\"file\": \"o.csv\", \"place\": \"r\", \"code\": \"p\", \"output\": \"x\"}, "
               "\"use\": {\"file\": \"u.csv\", \"place\": \"r\", \"product\": \"p\", \"industry\": \"*\"}, "
               "\"final\": {\"file\": \"f.csv\", \"place\": \"r\", \"product\": \"p\", \"category\": \"*\"}, "
               "\"pool\": {\"file\": \"pool.csv\", \"place\": \"r\", \"product\": \"p\", \"user\": \"*\"}}, "
               "\"pool\": {\"place\": \"all\"}, \"demand\": {\"categories\": {\"hh\": \"households\", \"sent\": \"pool\"}}}");
    import_put(dir, "o.csv", "r,p,x\nn,a,10\ns,a,20\n");
    import_put(dir, "u.csv", "r,p,a\nn,a,1\ns,a,2\n");
    import_put(dir, "f.csv", "r,p,hh,sent\nn,a,6,3\ns,a,11,7\n");
    import_put(dir, "pool.csv", "r,p,a,hh\nn,a,4,2\ns,a,1,2.5\n");
    pl_economy *e = import_test(dir, NULL, NULL, NULL);
    int32_t worst;
    CHECK_INT(e->n_goods, 3);
    CHECK_INT(e->n_recipes, 4);
    CHECK_INT(e->n_places, 3);
    CHECK_NEAR(import_flow(e, "a@n", "a@all"), -0.4, 1e-15);
    CHECK_NEAR(import_flow(e, "send a@s", "a@all"), 1, 0);
    CHECK_NEAR(e->recipes[pl_find_recipe(e, "send a@s")].capacity, 7, 0);
    CHECK_NEAR(import_imbalance(e, &worst), 0, 1e-12);
    CHECK_INT(e->n_needs, 4); /* 2 of households of their own, 1 from the pool, 1 of the pool: the gap of 0.5 */
    pl_economy_free(e);
}

TEST(running_out_of_memory_is_clean)
{
    const char *dir = small("memory", "p,bread,flour\nflour,5,1\n");
    for (uint64_t k = 1; k < 400; k++) {
        pl_economy *e = NULL;
        pl_error err = {0};
        pl_mem_fail_from(k);
        pl_status st = pl_import(dir, import_in(dir, "mapping.json"), NULL, NULL, NULL, NULL, &e, &err);
        pl_mem_fail_from(0);
        if (st == PL_OK) {
            CHECK(k > 20);
            pl_economy_free(e);
            return;
        }
        CHECK_INT(st, PL_NOMEM);
        CHECK(e == NULL);
    }
    FAIL("never enough memory");
}
