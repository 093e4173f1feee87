/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plans made by hand, with proofs derived by hand: the checker must verify each; and must notice when any
 * figure of any file is changed. */
#include "test/test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/verify.h"

/* ---- files: "@ path" begins one -------------------------------------------------------------------- */

static char report[1 << 16];

static void put(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(text, 1, n, f) == n && fclose(f) == 0);
}

static char *get(const char *path)
{
    static char text[1 << 16];
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

static const char *at(const char *file)
{
    static char path[4][4400];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), file);
    return p;
}

static void unpack(const char *text)
{
    mkdir(at("e"), 0777);
    mkdir(at("p"), 0777);
    for (const char *from = text; *from == '@';) {
        char name[64];
        CHECK_INT(sscanf(from, "@ %63s", name), 1);
        from = strchr(from, '\n') + 1;
        const char *end = *from == '@' ? from : strstr(from, "\n@");
        end = end == NULL ? from + strlen(from) : *from == '@' ? from : end + 1;
        put(at(name), from, (size_t)(end - from));
        from = end;
    }
}

static int run(bool json)
{
    FILE *out = fmemopen(report, sizeof report - 1, "w");
    memset(report, 0, sizeof report);
    int code = pv_verify(at("p"), at("e"), json, out, out);
    fclose(out);
    return code;
}

/* Replaces the first `from` in a file. */
static void change(const char *file, const char *from, const char *to)
{
    char *text = get(at(file)), *place = strstr(text, from);
    static char made[1 << 16];
    if (place == NULL) {
        FAIL("no \"%s\" in %s", from, file);
    }
    int n = snprintf(made, sizeof made, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
    put(at(file), made, (size_t)n);
}

/* Unpacks a plan and puts the economy's hash where HASH is. */
static void make(const char *text)
{
    unpack(text);
    run(true);
    char *hash = strstr(report, "\"hash\": \"");
    if (hash == NULL) {
        FAIL("%s", report);
    }
    char digits[65] = "";
    memcpy(digits, hash + 9, 64);
    change("p/plan.json", "HASH", digits);
}

static void check_verified(const char *text)
{
    make(text);
    if (run(false) != 0) {
        FAIL("%s", report);
    }
}

static void check_refuted(const char *why)
{
    int code = run(false);
    if (code != 1 || strstr(report, why) == NULL) {
        FAIL("code %d, wanted \"%s\" in: %s", code, why, report);
    }
}

/* ---- the plans ---------------------------------------------------------------------------------------- */

/* Oven: 500 loaves take 5 of 10; the rest bakes 100 of 200 cakes. */
static const char bakery[] =
    "@ e/goods.csv\ngood,name,unit\nbread,Bread,loaf\ncake,Cake,piece\nflour,Flour,kg\n"
    "@ e/recipes.csv\nrecipe,capacity\nbread,\ncake,\nmill,300\n"
    "@ e/flows.csv\nrecipe,good,amount\nbread,bread,1\nbread,flour,-0.5\ncake,cake,1\ncake,flour,-0.25\nmill,flour,1\n"
    "@ e/resources.csv\nresource,unit,kind,available\nlabour,h,labour,200\noven,h,equipment,10\n"
    "@ e/uses.csv\nrecipe,resource,amount\nbread,labour,0.1\nbread,oven,0.01\ncake,labour,0.5\ncake,oven,0.05\n"
    "mill,labour,0.05\n"
    "@ e/needs.csv\ngood,tier,amount\nbread,1,500\ncake,2,200\n"
    "@ p/plan.json\n"
    "{\"format\": \"plenty plan 1\", \"plenty\": \"0.1.0\", \"outcome\": \"planned\",\n"
    " \"economy\": {\"path\": \"../e\", \"title\": \"Bakery\", \"hash\": \"HASH\"}, \"goal\": \"satisfy\",\n"
    " \"stages\": [{\"stage\": 1, \"goal\": \"raise\", \"tier\": 1, \"value\": 1, \"bound\": 1},\n"
    "  {\"stage\": 2, \"goal\": \"raise\", \"tier\": 2, \"value\": 0.5, \"bound\": 0.5},\n"
    "  {\"stage\": 3, \"goal\": \"least\", \"objective\": [\"labour\"], \"value\": 113.75, \"bound\": 113.75}],\n"
    " \"totals\": {\"goods\": 3, \"recipes\": 3, \"needs_met\": 0.75, \"resources\": {\"labour\": 113.75, \"oven\": 10}},\n"
    " \"solver\": {\"way\": \"hand\", \"iterations\": 0, \"primal_violation\": 0, \"dual_violation\": 0}}\n"
    "@ p/levels.csv\nrecipe,level,capacity,rent\nbread,500,,0\ncake,100,,0\nmill,275,300,0\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\n"
    "bread,500,0,0,0,0,500,0\ncake,100,0,0,0,0,100,0\nflour,275,275,0,0,0,0,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\n"
    "bread,1,,500,1,0,500,1,1\ncake,2,,200,1,0,100,0.5,2\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,labour,200,113.75,0.56875,0\n"
    "resource,oven,10,10,1,0\ncapacity,mill,300,275,0.9166666666666666,0\n"
    "@ p/prices.csv\ngood,price\nbread,0.125\ncake,0.5125\nflour,0.05\n"
    "@ p/certificate.csv\nstage,kind,id,price\n2,good,bread,0.001\n2,good,cake,0.005\n2,resource,oven,0.1\n"
    "3,good,bread,0.125\n3,good,cake,0.5125\n3,good,flour,0.05\n"
    "@ p/changes.csv\ntable,key,column,from,to\n";

/* Looms make 60 in an hour each, the rest of the cloth takes two hours by hand. */
#define WEAVERS                                                                                                 \
    "@ e/goods.csv\ngood,unit\ncloth,m\n"                                                                       \
    "@ e/recipes.csv\nrecipe,capacity\nhand,\nloom,60\n"                                                        \
    "@ e/flows.csv\nrecipe,good,amount\nhand,cloth,1\nloom,cloth,1\n"                                           \
    "@ e/resources.csv\nresource,unit,kind,available\nlabour,h,labour,280\n"                                    \
    "@ e/uses.csv\nrecipe,resource,amount\nhand,labour,2\nloom,labour,1\n"                                      \
    "@ e/needs.csv\ngood,group,amount\ncloth,households,100\n"                                                  \
    "@ p/changes.csv\ntable,key,column,from,to\n"
#define JSON(goal, stages, totals)                                                                              \
    "@ p/plan.json\n{\"format\": \"plenty plan 1\", \"outcome\": \"planned\", \"economy\": {\"hash\": \"HASH\"},\n"  \
    " \"goal\": \"" goal "\", \"stages\": [" stages "],\n \"totals\": {" totals "}}\n"

static const char weavers_least[] =
    WEAVERS JSON("least labour", "{\"stage\": 1, \"goal\": \"least\", \"objective\": [\"labour\"], \"value\": 140, \"bound\": 140}",
                 "\"goods\": 1, \"recipes\": 2, \"needs_met\": 1, \"resources\": {\"labour\": 140}")
    "@ p/levels.csv\nrecipe,level,capacity,rent\nhand,40,,0\nloom,60,60,1\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\ncloth,100,0,0,0,0,100,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\ncloth,1,households,100,1,0,100,1,0\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,labour,280,140,0.5,0\ncapacity,loom,60,60,1,1\n"
    "@ p/prices.csv\ngood,price\ncloth,2\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,cloth,2\n";

static const char weavers_most[] =
    WEAVERS JSON("most households", "{\"stage\": 1, \"goal\": \"most\", \"needs\": \"households\", \"value\": 1.7, \"bound\": 1.7}",
                 "\"goods\": 1, \"recipes\": 2, \"needs_met\": 1, \"resources\": {\"labour\": 280}")
    "@ p/levels.csv\nrecipe,level,capacity,rent\nhand,110,,0\nloom,60,60,0.005\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\ncloth,170,0,0,0,0,170,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\ncloth,1,households,100,1,0,170,1.7,1\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,labour,280,280,1,0.005\ncapacity,loom,60,60,1,0.005\n"
    "@ p/prices.csv\ngood,price\ncloth,0.01\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,cloth,0.01\n1,resource,labour,0.005\n";

/* 14 fields; a hectare of apples counts three times, two hectares of beans are the floor. */
static const char orchard[] =
    "@ e/goods.csv\ngood\napples\nbeans\n@ e/recipes.csv\nrecipe\napples\nbeans\n"
    "@ e/flows.csv\nrecipe,good,amount\napples,apples,1\nbeans,beans,1\n"
    "@ e/resources.csv\nresource,kind,available\nland,nature,14\n"
    "@ e/uses.csv\nrecipe,resource,amount\napples,land,1\nbeans,land,1\n"
    "@ e/needs.csv\ngood,amount,weight,floor\napples,10,3,0\nbeans,10,1,2\n"
    "@ p/changes.csv\ntable,key,column,from,to\n"
    JSON("weighted", "{\"stage\": 1, \"goal\": \"weighted\", \"value\": 34, \"bound\": 34}",
         "\"goods\": 2, \"recipes\": 2, \"needs_met\": 0.7, \"resources\": {\"land\": 14}")
    "@ p/levels.csv\nrecipe,level,capacity,rent\napples,10,,0\nbeans,4,,0\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\n"
    "apples,10,0,0,0,0,10,0\nbeans,4,0,0,0,0,4,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\n"
    "apples,1,,10,3,0,10,1,1\nbeans,1,,10,1,2,4,0.4,1\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,land,14,14,1,1\n"
    "@ p/prices.csv\ngood,price\napples,1\nbeans,1\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,apples,1\n1,good,beans,1\n1,resource,land,1\n";

/* Waste that must be taken up, trade in balance, a stock: 200 hours for power and 55 for rice. */
static const char harbour[] =
    "@ e/goods.csv\ngood,disposal\ncloth,\npower,free\nrice,\nwaste,none\n"
    "@ e/recipes.csv\nrecipe\npaddy\npower\nscrub\nweave\n"
    "@ e/flows.csv\nrecipe,good,amount\npaddy,rice,1\npower,power,1\npower,waste,0.5\nscrub,waste,-1\nweave,cloth,1\n"
    "@ e/resources.csv\nresource,unit,kind,available\nforeign_exchange,$,money,0\nlabour,h,labour,\n"
    "@ e/uses.csv\nrecipe,resource,amount\npaddy,labour,1\npower,labour,1\nscrub,labour,2\nweave,labour,1\n"
    "@ e/needs.csv\ngood,amount\npower,100\nrice,100\n"
    "@ e/trade.csv\ngood,import_price,import_limit,export_price,export_limit\ncloth,,,4,40\nrice,2,,,\n"
    "@ e/stocks.csv\ngood,amount\nrice,5\n"
    "@ p/changes.csv\ntable,key,column,from,to\n"
    JSON("least labour", "{\"stage\": 1, \"goal\": \"least\", \"objective\": [\"labour\"], \"value\": 255, \"bound\": 255}",
         "\"goods\": 4, \"recipes\": 4, \"needs_met\": 1, \"resources\": {\"labour\": 255, \"foreign_exchange\": 0}")
    "@ p/levels.csv\nrecipe,level,capacity,rent\npaddy,15,,0\npower,100,,0\nscrub,50,,0\nweave,40,,0\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\n"
    "cloth,40,0,0,40,0,0,0\npower,100,0,0,0,0,100,0\nrice,15,0,80,0,5,100,0\nwaste,50,50,0,0,0,0,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\n"
    "power,1,,100,1,0,100,1,0\nrice,1,,100,1,0,100,1,0\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,foreign_exchange,0,0,,0.5\nresource,labour,,255,,0\n"
    "export,cloth,40,40,1,1\nstock,rice,5,5,1,1\n"
    "@ p/prices.csv\ngood,price\ncloth,1\npower,2\nrice,1\nwaste,-2\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,cloth,1\n1,good,power,2\n1,good,rice,1\n1,good,waste,-2\n"
    "1,resource,foreign_exchange,0.5\n";

/* Two needs of one tier: the first is held at a half, the second goes on to 80 %.  No labour: least levels. */
static const char islands[] =
    "@ e/goods.csv\ngood\na\nb\n@ e/recipes.csv\nrecipe\na\nb\n@ e/flows.csv\nrecipe,good,amount\na,a,1\nb,b,1\n"
    "@ e/resources.csv\nresource,available\nma,50\nmb,80\n"
    "@ e/uses.csv\nrecipe,resource,amount\na,ma,1\nb,mb,1\n"
    "@ e/needs.csv\ngood,amount\na,100\nb,100\n"
    "@ p/changes.csv\ntable,key,column,from,to\n"
    JSON("satisfy", "{\"stage\": 1, \"goal\": \"raise\", \"tier\": 1, \"value\": 0.5, \"bound\": 0.5},\n"
         "{\"stage\": 2, \"goal\": \"raise\", \"tier\": 1, \"value\": 0.8, \"bound\": 0.8},\n"
         "{\"stage\": 3, \"goal\": \"least\", \"objective\": [\"levels\"], \"value\": 130, \"bound\": 130}",
         "\"goods\": 2, \"recipes\": 2, \"needs_met\": 0.65, \"resources\": {\"ma\": 50, \"mb\": 80}")
    "@ p/levels.csv\nrecipe,level,capacity,rent\na,50,,0\nb,80,,0\n"
    "@ p/balances.csv\ngood,made,used,imported,exported,drawn,delivered,surplus\na,50,0,0,0,0,50,0\nb,80,0,0,0,0,80,0\n"
    "@ p/deliveries.csv\ngood,tier,group,amount,weight,floor,delivered,ratio,stage\n"
    "a,1,,100,1,0,50,0.5,1\nb,1,,100,1,0,80,0.8,2\n"
    "@ p/limits.csv\nkind,id,available,used,share,price\nresource,ma,50,50,1,0\nresource,mb,80,80,1,0\n"
    "@ p/prices.csv\ngood,price\na,1\nb,1\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,a,0.01\n1,resource,ma,0.01\n2,good,b,0.01\n2,resource,mb,0.01\n"
    "3,good,a,1\n3,good,b,1\n";

/* 600 loaves would take 6 hours of an oven that has 5. */
static const char hungry[] =
    "@ e/goods.csv\ngood\nbread\n@ e/recipes.csv\nrecipe\nbread\n@ e/flows.csv\nrecipe,good,amount\nbread,bread,1\n"
    "@ e/resources.csv\nresource,available\noven,5\n@ e/uses.csv\nrecipe,resource,amount\nbread,oven,0.01\n"
    "@ e/needs.csv\ngood,group,amount,floor\nbread,all,700,600\n"
    "@ p/plan.json\n{\"format\": \"plenty plan 1\", \"outcome\": \"infeasible\", \"economy\": {\"hash\": \"HASH\"},\n"
    " \"goal\": \"satisfy\", \"stages\": [{\"stage\": 1, \"goal\": \"floors\"}],\n"
    " \"totals\": {\"goods\": 1, \"recipes\": 1}}\n"
    "@ p/certificate.csv\nstage,kind,id,price\n1,good,bread,0.01\n1,resource,oven,1\n"
    "@ p/changes.csv\ntable,key,column,from,to\n"
    "@ p/clashes.csv\nkind,id,available,alone,together\nresource,oven,5,6,5.5\nfloor,bread|1|all,600,500,550\n";

TEST(bakery_satisfy)
{
    check_verified(bakery);
    CHECK(strstr(report, "hash agrees (3 recipes, 3 goods)") != NULL);
    CHECK(strstr(report, "stage 1 raise tier 1: 100 % of every need") != NULL);
    CHECK(strstr(report, "least labour: 113.75 h; no plan does with less than 113.7") != NULL);
}

TEST(other_goals)
{
    check_verified(weavers_least);
    check_verified(weavers_most);
    check_verified(orchard);
}

TEST(waste_trade_and_stocks)
{
    check_verified(harbour);
}

TEST(two_stages_of_a_tier)
{
    check_verified(islands);
}

TEST(infeasible)
{
    check_verified(hungry);
    CHECK(strstr(report, "infeasible: at the certificate's prices") != NULL);
    change("p/certificate.csv", "oven,1", "oven,1.3");
    check_refuted("do not prove that the plan is infeasible");
}

/* BLAKE2b of the canonical bytes, computed with Python's hashlib (see economy.md). */
TEST(hash_of_the_islands)
{
    make(islands);
    run(true);
    CHECK(strstr(report, "1a4509ab4793c096d791a90aaec46b54eba7a0550c3f5be3f71695c78dcf7a4a") != NULL);
}

TEST(changes_are_applied)
{
    check_verified(bakery);
    unpack(bakery);
    change("e/resources.csv", "oven,h,equipment,10", "oven,h,equipment,8");
    put(at("p/changes.csv"), "table,key,column,from,to\nresources,oven,available,8,10\n", 54);
    run(true);
    char digits[65] = "";
    memcpy(digits, strstr(report, "\"hash\": \"") + 9, 64);
    change("p/plan.json", "HASH", digits);
    CHECK_INT(run(false), 0);
    change("p/changes.csv", ",8,", ",9,");
    check_refuted("changes.csv:2: from is 9, but the economy has 8");
    change("p/changes.csv", ",9,10", ",8,11");
    check_refuted("available");
    change("p/changes.csv", "resources,oven", "resources,stove");
    check_refuted("there is no cell");
}

/* ---- cheats: plans whose figures agree with each other, but which are not what they claim ---------------- */

TEST(not_held_is_noticed)
{
    make(islands); /* both settled at a half */
    change("p/deliveries.csv", "80,0.8,2", "50,0.5,1");
    change("p/levels.csv", "b,80", "b,50");
    change("p/balances.csv", "b,80,0,0,0,0,80", "b,50,0,0,0,0,50");
    change("p/limits.csv", "80,80,1", "80,50,0.625");
    change("p/plan.json", "{\"stage\": 2, \"goal\": \"raise\", \"tier\": 1, \"value\": 0.8, \"bound\": 0.8},\n{\"stage\": 3", "{\"stage\": 2");
    change("p/plan.json", "130, \"bound\": 130", "100, \"bound\": 100");
    change("p/plan.json", "0.65", "0.5");
    change("p/plan.json", "\"mb\": 80", "\"mb\": 50");
    change("p/certificate.csv", "2,good,b,0.01\n2,resource,mb,0.01\n3,good,a,1\n3", "2,good,a,1\n2");
    check_refuted("neither full nor held");
    CHECK(strstr(report, "not verified") != NULL);
    change("p/certificate.csv", "0.01\n1,", "0.01\n1,good,b,1e-300\n1,"); /* "its price is positive" */
    check_refuted("neither full nor held");
}

TEST(waste_of_labour_is_noticed)
{
    make(weavers_least); /* 50 by hand, 50 by loom: feasible, 150 hours */
    change("p/levels.csv", "hand,40,,0\nloom,60,60,1", "hand,50,,0\nloom,50,60,0");
    change("p/limits.csv", "140,0.5", "150,0.5357142857142857");
    change("p/limits.csv", "60,60,1,1", "60,50,0.8333333333333334,0");
    change("p/plan.json", "\"value\": 140", "\"value\": 150");
    change("p/plan.json", "\"labour\": 140", "\"labour\": 150");
    CHECK_INT(run(false), 0); /* it does what it says, and does not claim to be the best */
    CHECK(strstr(report, "leaves room for a plan that is 6.7 % better (stage 1)") != NULL);
    change("p/plan.json", "\"bound\": 140", "\"bound\": 150"); /* now it does */
    check_refuted("bound: the plan says 150");
    CHECK(strstr(strstr(report, "REFUTED") + 1, "REFUTED") == NULL); /* that is the only fault */
    change("p/plan.json", "\"bound\": 150", "\"bound\": 140");
    change("p/certificate.csv", "cloth,2", "cloth,3"); /* prices that claim too much */
    change("p/prices.csv", "cloth,2", "cloth,3");
    check_refuted("recomputed it is 39.99"); /* "hand" gains, but 280 hours limit it */
}

TEST(rows_are_complete)
{
    static const char *const files[] = {"levels", "balances", "deliveries", "limits", "prices"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[40];
        snprintf(file, sizeof file, "p/%s.csv", files[i]);
        make(bakery);
        char *text = get(at(file)), *end = strrchr(text, '\n'), *line = end;
        while (line[-1] != '\n') {
            line--;
        }
        put(at(file), text, (size_t)(line - text)); /* the last row is missing */
        CHECK_INT(run(false), 1);
        FILE *f = fopen(at(file), "ab"); /* twice */
        fprintf(f, "%s%s", line, line);
        fclose(f);
        CHECK_INT(run(false), 1);
        CHECK(strstr(report, "the same key") != NULL);
        put(at(file), text, strlen(text));
        change(file, i == 3 ? "oven" : "bread", "brot");
        check_refuted("\"brot\"");
    }
}

TEST(profit_without_limit_is_noticed)
{
    make(harbour);
    change("p/certificate.csv", "power,2", "power,3");
    change("p/prices.csv", "power,2", "power,3");
    check_refuted("recipe \"power\" has no limit and a profit");
}

/* ---- any figure, changed ----------------------------------------------------------------------------- */

/* The next number of the text that stands alone between commas, ends of lines, or JSON's signs. */
static const char *next_figure(const char *p, size_t *n)
{
    for (; *p != '\0'; p++) {
        if ((isdigit((unsigned char)*p) || *p == '-') && strchr(",\n :[", p[-1]) != NULL) {
            char *end;
            (void)strtod(p, &end);
            if (end > p && strchr(",\n}]", *end) != NULL) {
                *n = (size_t)(end - p);
                return p;
            }
        }
    }
    return NULL;
}

static void mutate(int way, const char *figure, size_t n, char out[64])
{
    char text[40] = "";
    memcpy(text, figure, n < 39 ? n : 39);
    double x = strtod(text, NULL);
    if (way == 0) { /* the first digit */
        char *digit = text + (text[0] == '-');
        *digit = *digit == '9' ? '8' : (char)(*digit + 1);
        snprintf(out, 64, "%s", text);
    } else {
        double y = way == 1 ? (x == 0 ? -1 : -x) : way == 2 ? (x == 0 ? 0.001 : 1.001 * x) : x + 1;
        snprintf(out, 64, "%.17g", y);
    }
}

static int changed_figures, unnoticed;

static void change_every_figure(const char *folder, const char *name)
{
    char file[300];
    snprintf(file, sizeof file, "%s/%s", folder, name);
    char *text = strdup(get(at(file)));
    static char made[1 << 16];
    size_t n;
    const char *end = strstr(text, "\"solver\""); /* describes; not checked */
    const char *first = strchr(text, '\n');
    for (const char *p = first; p != NULL && (p = next_figure(p, &n)) != NULL && (end == NULL || p < end); p += n) {
        for (int way = 0; way < 4; way++) {
            char other[64];
            mutate(way, p, n, other);
            int length = snprintf(made, sizeof made, "%.*s%s%s", (int)(p - text), text, other, p + n);
            put(at(file), made, (size_t)length);
            changed_figures++;
            if (run(false) != 0) {
                continue;
            }
            /* Other prices of an earlier stage may prove the same bound: then nothing is wrong. */
            bool proves = strcmp(name, "certificate.csv") == 0;
            bool advice = strcmp(name, "clashes.csv") == 0; /* alone and together are not proven */
            unnoticed += proves || advice;
            if (!proves && !advice) {
                FAIL("%s: %.*s changed to %s is not noticed:\n%s", file, (int)n, p, other, report);
            }
        }
    }
    put(at(file), text, strlen(text));
    free(text);
}

static void change_every_figure_of(const char *plan)
{
    check_verified(plan);
    for (int i = 0; i < 2; i++) {
        DIR *dir = opendir(at(i == 0 ? "e" : "p"));
        for (struct dirent *d; (d = readdir(dir)) != NULL;) {
            if (strstr(d->d_name, ".csv") != NULL || strstr(d->d_name, ".json") != NULL) {
                change_every_figure(i == 0 ? "e" : "p", d->d_name);
            }
        }
        closedir(dir);
    }
    CHECK_INT(run(false), 0);
    printf("# %d changes, %d of them harmless\n", changed_figures, unnoticed);
}

TEST(every_figure_of_the_bakery)
{
    change_every_figure_of(bakery);
    CHECK_INT(unnoticed, 0);
}

TEST(every_figure_of_the_weavers_least)
{
    change_every_figure_of(weavers_least);
    CHECK_INT(unnoticed, 0);
}

TEST(every_figure_of_the_weavers_most)
{
    change_every_figure_of(weavers_most);
    CHECK_INT(unnoticed, 0);
}

TEST(every_figure_of_the_orchard)
{
    change_every_figure_of(orchard);
    CHECK_INT(unnoticed, 0);
}

TEST(every_figure_of_the_harbour)
{
    change_every_figure_of(harbour);
    CHECK_INT(unnoticed, 0);
}

TEST(every_figure_of_the_islands)
{
    change_every_figure_of(islands);
    CHECK(unnoticed < 8);
}

TEST(every_figure_of_the_hungry)
{
    change_every_figure_of(hungry);
    CHECK(unnoticed < 20);
}

extern void *(*pv_malloc)(size_t); /* verify/check.h */
static int allocations_left;

static void *failing_malloc(size_t n)
{
    return allocations_left-- > 0 ? malloc(n) : NULL;
}

/* The k-th allocation fails, for all k: exit code 5, a message, nothing lost. */
TEST(no_memory_is_said)
{
    make(bakery);
    int code = -1;
    for (int k = 0; code != 0; k++) {
        allocations_left = k;
        pv_malloc = failing_malloc;
        code = run(k % 2 == 1);
        pv_malloc = malloc;
        if (code != 0 && code != 5) {
            FAIL("allocation %d fails: code %d\n%s", k, code, report);
        }
        CHECK(k < 100000);
    }
}
