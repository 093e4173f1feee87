/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <plenty/economy.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "test/test.h"

static const char *folder(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/e", test_tmp());
    mkdir(path, 0777);
    return path;
}

static void put(const char *name, const char *text)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder(), name);
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void put_bakery(void)
{
    put("goods.csv", "good,name,unit,group,place,disposal\nbread,Bread,loaf,food,north,\nflour,,kg,food,,free\n"
                     "ash,,kg,,,none\n");
    put("recipes.csv", "recipe,name,capacity\nmill,Mill,1000\nbake,,\n");
    put("flows.csv", "recipe,good,amount\nmill,flour,1\nbake,flour,-0.5\nbake,bread,1\nbake,ash,0.01\n");
    put("resources.csv", "resource,unit,kind,available\nbaking,hours,labour,100\nforeign_exchange,$,money,-5\n");
    put("uses.csv", "recipe,resource,amount\nbake,baking,0.1\nmill,baking,0.2\n");
    put("needs.csv", "good,amount,tier,group,floor,weight\nbread,10,2,,,\nbread,5,1,homes,1,2\n");
    put("trade.csv", "good,import_price,export_price,export_limit\nflour,2,1,10\n");
    put("stocks.csv", "good,amount\nflour,3\n");
    put("places.csv", "place,name\nnorth,North\n");
}

static pl_findings found;

static pl_economy *loaded(void)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    memset(&found, 0, sizeof found);
    if (pl_economy_load(folder(), NULL, &found, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return e;
}

/* Loads what must be refused; the first error as "file:line:column: message [hint]". */
static const char *refused(pl_status want)
{
    static char out[1024];
    pl_economy *e = NULL;
    pl_error err = {0};
    memset(&found, 0, sizeof found);
    CHECK_INT(pl_economy_load(folder(), NULL, &found, &e, &err), want);
    CHECK(e == NULL && err.status == want && err.message[0] != '\0');
    CHECK(found.count[PL_ERROR] > 0);
    const pl_finding *f = &found.kept[PL_ERROR][0];
    snprintf(out, sizeof out, "%s:%lld:%d: %s [%s]", f->file, (long long)f->line, f->column, f->message, f->hint);
    return out;
}

/* The same, with one table of the bakery replaced by another text. */
static const char *refused_with(const char *name, const char *text)
{
    put_bakery();
    put(name, text);
    return refused(PL_DATA);
}

TEST(a_bakery_is_read_in_canonical_order)
{
    put_bakery();
    pl_economy *e = loaded();
    CHECK_INT(e->n_goods, 3);
    CHECK_STR(e->goods[0].id, "ash");
    CHECK_STR(e->goods[1].place, "north");
    CHECK(e->goods[0].must_be_used && !e->goods[1].must_be_used);
    CHECK_STR(e->recipes[0].id, "bake");
    CHECK(!pl_given(e->recipes[0].capacity) && e->recipes[1].capacity == 1000);
    CHECK_INT(e->flows.start[1], 3);
    CHECK_INT(e->flows.start[2], 4);
    CHECK(e->flows.index[2] == 2 && e->flows.amount[2] == -0.5);
    CHECK_INT(e->foreign_exchange, 1);
    CHECK(e->resources[0].kind == PL_LABOUR && e->resources[1].available == -5);
    CHECK(e->needs[0].tier == 1 && e->needs[0].weight == 2 && e->needs[0].floor == 1 && e->needs[1].weight == 1);
    CHECK(e->n_trade == 1 && !pl_given(e->trade[0].import_limit) && e->trade[0].export_limit == 10);
    CHECK(e->stocks[0].good == 2 && e->n_places == 1);
    CHECK_INT(pl_find_good(e, "flour"), 2);
    CHECK_INT(pl_find_good(e, "flou"), -1);
    CHECK_INT(pl_find_recipe(e, "mill"), 1);
    CHECK_INT(pl_find_resource(e, "baking"), 0);
    CHECK_INT(pl_find_place(e, "north"), 0);
    for (int s = 0; s < PL_SEVERITIES; s++) {
        CHECK_INT(found.count[s], 0);
    }
    pl_economy_free(e);
}

TEST(wrong_rows_are_refused_with_their_place)
{
    CHECK_STR(refused_with("flows.csv", "good,recipe,amount\nflour,mill,1\nbraed,bake,1\n"),
              "flows.csv:3:1: there is no good 'braed' [did you mean 'bread'?]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nrocket,bread,1\n"),
              "flows.csv:2:1: there is no recipe 'rocket' [add it to recipes.csv]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nbake,,1\n"), "flows.csv:2:6: the good is not given [name it]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nbake,bread,\n"),
              "flows.csv:2:12: the amount is not given [write 0 if it is nothing]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nbake,bread,1e400\n"),
              "flows.csv:2:12: amount '1e400' is not a finite decimal number [write a number up to 1.7e308, for example "
              "12.5 or 1.25e6]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nbake,bread,inf\n"),
              "flows.csv:2:12: amount 'inf' is not a finite decimal number [write a number, for example 12.5, or leave "
              "the cell empty if it is not known]");
    CHECK_STR(refused_with("flows.csv", "recipe,good,amount\nbake,bread,1\nmill,flour,1\nbake,bread,2\n"),
              "flows.csv:4:6: bake, bread is there twice, first in line 2 [add them up in one row]");
    CHECK_STR(refused_with("uses.csv", "recipe,resource,amount\nbake,bakign,1\n"),
              "uses.csv:2:6: there is no resource 'bakign' [did you mean 'baking'?]");
    CHECK_STR(refused_with("recipes.csv", "recipe,name,capacity\nmill,\"Ü,\"\"\n\",-1\nbake,,\n"),
              "recipes.csv:3:3: capacity of mill is negative (-1) [write a number from 0 on, or leave the cell empty]");
    CHECK_STR(refused_with("resources.csv", "resource,kind,available\nbaking,labour,-1\n"),
              "resources.csv:2:15: available of baking is negative (-1) [write a number from 0 on, or leave the cell empty]");
    CHECK_STR(refused_with("resources.csv", "resource,kind\nbaking,labor\n"),
              "resources.csv:2:8: kind 'labor' is not known [did you mean 'labour'?]");
    CHECK_STR(refused_with("resources.csv", "resource,kind\nbaking,people\n"),
              "resources.csv:2:8: kind 'people' is not known [write labour, nature, emission, equipment, money or other]");
    CHECK_STR(refused_with("goods.csv", "good,disposal\nbread,non\nflour,\nash,\n"),
              "goods.csv:2:7: disposal 'non' is not known [did you mean 'none'?]");
    CHECK_STR(refused_with("goods.csv", "good\nbread\nflour\nash\nflour\n"),
              "goods.csv:5:1: good 'flour' is there twice, first in line 3 [rename or remove one of them]");
    CHECK_STR(refused_with("goods.csv", "good,name\nbread,\nflour,\nash,\n,nameless\n"),
              "goods.csv:5:1: the good has no identifier [give every row an identifier]");
}

TEST(wrong_needs_trade_and_stocks_are_refused)
{
    CHECK_STR(refused_with("needs.csv", "good,amount\nbread,-1\n"),
              "needs.csv:2:7: amount of bread is negative (-1) [write a number from 0 on]");
    CHECK_STR(refused_with("needs.csv", "good,amount,weight\nbread,1,0\n"),
              "needs.csv:2:9: weight of bread is not above 0 (0) [write a number above 0, or leave the cell empty for 1]");
    CHECK_STR(refused_with("needs.csv", "good,amount,floor\nbread,1,2\n"),
              "needs.csv:2:9: floor of bread is 2, not between 0 and the amount (1) [the floor is the part of the amount "
              "that must be met whatever it costs]");
    CHECK_STR(refused_with("needs.csv", "good,amount,tier\nbread,1,0\n"),
              "needs.csv:2:9: tier '0' is not a whole number from 1 on [write 1 for what comes first, 2 for what comes "
              "next ...]");
    CHECK_STR(refused_with("needs.csv", "good,amount,tier\nbread,1,1.5\n"),
              "needs.csv:2:9: tier '1.5' is not a whole number from 1 on [write 1 for what comes first, 2 for what "
              "comes next ...]");
    CHECK_STR(refused_with("needs.csv", "good,amount,tier,group\nbread,1,,homes\nbread,2,1,homes\n"),
              "needs.csv:3:1: the need of bread in tier 1 of homes is there twice, first in line 2 [add them up in one "
              "row, or give them different groups]");
    CHECK_STR(refused_with("trade.csv", "good,import_price\nflour,-2\n"),
              "trade.csv:2:7: import_price of flour is negative (-2) [write a number from 0 on, or leave the cell empty]");
    CHECK_STR(refused_with("trade.csv", "good,export_price,export_limit\nflour,2,-2\n"),
              "trade.csv:2:9: export_limit of flour is negative (-2) [write a number from 0 on, or leave the cell empty]");
    CHECK_STR(refused_with("trade.csv", "good,import_price\nflour,1\nbread,1\nflour,1\n"),
              "trade.csv:4:1: good 'flour' is there twice, first in line 2 [put them into one row]");
    CHECK_STR(refused_with("stocks.csv", "good,amount\nflour,-3\n"),
              "stocks.csv:2:7: amount of flour is negative (-3) [write a number from 0 on]");
    CHECK_STR(refused_with("stocks.csv", "good,amount\nflour,3\nflour,4\n"),
              "stocks.csv:3:1: good 'flour' is there twice, first in line 2 [put them into one row]");
    CHECK_STR(refused_with("places.csv", "place\nnorth\nnorth\n"),
              "places.csv:3:1: place 'north' is there twice, first in line 2 [rename or remove one of them]");
}

TEST(wrong_headers_are_named)
{
    CHECK_STR(refused_with("goods.csv", "goods\nbread\n"),
              "goods.csv:1:0: there is no column 'good' [rename column 'goods' to 'good']");
    CHECK_STR(refused_with("flows.csv", "recipe,good,quantity\nbake,bread,1\n"),
              "flows.csv:1:0: there is no column 'amount' [every row of this table needs one]");
    put_bakery();
    put("flows.csv", "recipe;good;amount\nbake;bread;1\n");
    CHECK_STR(refused(PL_PARSE), "flows.csv:1:1: the header has semicolons instead of commas [save the table with commas "
                                 "between the fields]");
    put_bakery();
    put("recipes.csv", "recipe,capcity,colour\nmill,1,red\nbake,2,\n");
    pl_economy_free(loaded());
    CHECK_INT(found.count[PL_WARNING], 1);
    CHECK_STR(found.kept[PL_WARNING][0].message, "column 'capcity' is not known and not used");
    CHECK_STR(found.kept[PL_WARNING][0].hint, "did you mean 'capacity'?");
    CHECK_INT(found.kept[PL_WARNING][0].column, 8);
    CHECK_INT(found.count[PL_NOTE], 1);
    CHECK_STR(found.kept[PL_NOTE][0].message, "column 'colour' is not known and not used");
}

TEST(wrong_folders_are_named)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    CHECK_INT(pl_economy_load("no/such/folder", NULL, NULL, &e, &err), PL_NOTFOUND);
    CHECK_STR(err.message, "there is no such folder");
    CHECK_STR(refused(PL_DATA), "goods.csv:0:0: there is no goods.csv in this folder [an economy is a folder with at "
                                "least goods.csv]");
    put_bakery();
    put("flows.csv.gz", "x");
    CHECK_STR(refused(PL_DATA),
              "flows.csv.gz:0:0: there are both flows.csv and flows.csv.gz [remove the one that is out of date]");
    char path[4200];
    snprintf(path, sizeof path, "%s/flows.csv", folder());
    CHECK_INT(pl_economy_load(path, NULL, NULL, &e, &err), PL_IO);
    CHECK_STR(err.message, "this is neither a folder of tables nor a binary economy");
    CHECK(unlink(path) == 0);
    CHECK_INT(pl_economy_load(folder(), NULL, NULL, &e, &err), PL_IO);
    CHECK(strstr(err.message, "damaged") != NULL && strstr(err.subject, "flows.csv.gz") != NULL);
    snprintf(path, sizeof path, "%s/flows.csv.gz", folder());
    CHECK(unlink(path) == 0);
    put("stock.csv", "x\n");
    put("notes.csv", "x\n");
    put("datapackage.json", "{\"title\": \"Bäckerei\",");
    snprintf(path, sizeof path, "%s/stocks.csv", folder());
    CHECK(unlink(path) == 0);
    pl_economy_free(loaded());
    CHECK_INT(found.count[PL_WARNING], 2);
    CHECK_STR(found.kept[PL_WARNING][0].hint, "did you mean stocks.csv?");
    CHECK_STR(found.kept[PL_WARNING][1].file, "datapackage.json");
    CHECK_INT(found.count[PL_NOTE], 1);
    CHECK_STR(found.kept[PL_NOTE][0].file, "notes.csv");
    put("datapackage.json", "{\"title\": \"Bäckerei\"}");
    e = loaded();
    CHECK_STR(e->title, "Bäckerei");
    CHECK_STR(e->path, folder());
    pl_economy_free(e);
    put("datapackage.json", "{\"plenty\": {\"economy\": 2}}");
    CHECK_STR(refused(PL_DATA), "datapackage.json:0:0: this economy is of format 2, this version reads format 1 [use a newer "
                                "version of Plenty]");
}

TEST(one_period_is_accepted_and_several_are_not)
{
    put_bakery();
    put("stocks.csv", "good,period,amount\nflour,2027,3\nbread,,1\n");
    put("places.csv", "place,period\nnorth,2027\n");
    pl_economy_free(loaded());
    put("places.csv", "place,period\nnorth,2028\n");
    CHECK_STR(refused(PL_UNSUPPORTED), "places.csv:2:7: period '2028' is not '2027': the tables are those of one period "
                                       "[keep the rows of the first period here; what changes later belongs into "
                                       "trends.csv]");
}

TEST(many_errors_are_counted_and_twenty_kept)
{
    put_bakery();
    char *text = malloc(100000);
    size_t at = (size_t)snprintf(text, 100000, "good,amount\n");
    for (int i = 0; i < 1000; i++) {
        at += (size_t)snprintf(text + at, 100000 - at, i % 2 == 0 ? "thing%d,1\n" : "bread%d,abc\n", i);
    }
    put("needs.csv", text);
    free(text);
    pl_economy *e = NULL;
    pl_error err = {0};
    memset(&found, 0, sizeof found);
    CHECK_INT(pl_economy_load(folder(), NULL, &found, &e, &err), PL_DATA);
    CHECK_INT(found.count[PL_ERROR], 1500); /* 500 that are no numbers, 1000 unknown goods */
    CHECK_INT(pl_findings_kept(&found, PL_ERROR), 20);
    CHECK(strstr(err.message, "(and 1499 more errors)") != NULL);
    CHECK_STR(err.subject, "needs.csv:3:8");
}

static bool stop(void *user, const char *what, double fraction)
{
    int *left = user;
    return what[0] != '\0' && fraction <= 1 && --*left > 0;
}

TEST(reading_can_be_stopped)
{
    put_bakery();
    pl_economy *e = NULL;
    int left = 3;
    pl_progress progress = {stop, &left};
    CHECK_INT(pl_economy_load(folder(), &progress, NULL, &e, NULL), PL_STOPPED);
    CHECK(e == NULL);
}

TEST(the_hash_is_that_of_the_format)
{
    /* (printf 'plenty economy 2\ngoods\n1\n'; printf 'a\0\0\0\0\0free\0' | b2sum -l 256 | xxd -r -p
     *  printf 'recipes\n0\nflows\n0\nresources\n0\nuses\n0\nneeds\n0\ntrade\n0\nstocks\n0\nplaces\n0\n') | b2sum -l 256 */
    char hex[65];
    put("goods.csv", "good\na\n");
    pl_economy *e = loaded();
    CHECK(pl_economy_hash(e, hex, NULL) == PL_OK);
    CHECK_STR(hex, "c65bd9a7572b5e90aaac4ce26b6463cdcdc192ffc78bca362e09e832d0ded233");
    pl_economy_free(e);
}

TEST(a_builder_tells_what_is_wrong_without_a_file)
{
    pl_builder *b;
    pl_economy *e = NULL;
    pl_error err = {0};
    CHECK(pl_builder_new(&b, NULL) == PL_OK);
    memset(&found, 0, sizeof found);
    CHECK(pl_add_good(b, 0, "a", NULL, NULL, NULL, NULL, false) == PL_OK);
    CHECK(pl_add_good(b, 0, "a", "\xff", NULL, NULL, NULL, false) == PL_OK);
    CHECK(pl_add_recipe(b, 0, "r", NULL, NULL, INFINITY) == PL_OK);
    CHECK(pl_add_flow(b, 0, "r", "a", NAN) == PL_OK);
    CHECK(pl_add_flow(b, 0, "r", "b", INFINITY) == PL_OK);
    CHECK(pl_add_need(b, 0, "a", 0, NULL, NAN, INFINITY, -1) == PL_OK);
    CHECK(pl_add_stock(b, 0, "c", 1) == PL_OK);
    CHECK(pl_add_resource(b, 0, "x", NULL, NULL, (pl_kind)99, 1) == PL_OK);
    CHECK_INT(pl_builder_freeze(b, &found, &e, &err), PL_DATA);
    CHECK_INT(found.count[PL_ERROR], 12);
    CHECK_STR(err.subject, "goods.csv");
    CHECK_STR(found.kept[PL_ERROR][0].message, "good 'a' is there twice");
    /* The builder is empty and can be used again. */
    CHECK(pl_add_good(b, 0, "b", NULL, NULL, NULL, NULL, false) == PL_OK);
    CHECK_INT(pl_builder_freeze(b, NULL, &e, &err), PL_OK);
    CHECK_INT(e->n_goods, 1);
    pl_economy_free(e);
    pl_builder_free(b);
    pl_builder_free(NULL);
    pl_economy_free(NULL);
}
