/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/table.h"

#include <stddef.h>
#include <string.h>

#include <plenty/economy.h>

#define KEY(name) {name, "string", true, true}
#define TEXT(name) {name, "string", false, false}
#define NUMBER(name) {name, "number", false, false}
#define AMOUNT {"amount", "number", false, true}

const pl_table_info PL_TABLE[PL_TABLES] = {
    [PL_GOODS] = {"goods", "goods.csv",
                  {KEY("good"), TEXT("name"), TEXT("unit"), TEXT("group"), TEXT("place"), TEXT("disposal")}},
    [PL_RECIPES] = {"recipes", "recipes.csv", {KEY("recipe"), TEXT("name"), TEXT("place"), NUMBER("capacity")}},
    [PL_FLOWS] = {"flows", "flows.csv", {KEY("recipe"), KEY("good"), AMOUNT}},
    [PL_RESOURCES] = {"resources", "resources.csv",
                      {KEY("resource"), TEXT("name"), TEXT("unit"), TEXT("kind"), NUMBER("available")}},
    [PL_USES] = {"uses", "uses.csv", {KEY("recipe"), KEY("resource"), AMOUNT}},
    [PL_NEEDS] = {"needs", "needs.csv",
                  {KEY("good"), {"tier", "integer", true, false}, {"group", "string", true, false}, AMOUNT,
                   NUMBER("weight"), NUMBER("floor")}},
    [PL_TRADE] = {"trade", "trade.csv",
                  {KEY("good"), NUMBER("import_price"), NUMBER("import_limit"), NUMBER("export_price"),
                   NUMBER("export_limit")}},
    [PL_STOCKS] = {"stocks", "stocks.csv", {KEY("good"), AMOUNT}},
    [PL_PLACES] = {"places", "places.csv", {KEY("place"), TEXT("name")}},
    [PL_ASSETS] = {"assets", "assets.csv", {KEY("good"), NUMBER("loss"), NUMBER("end")}},
    [PL_CAPITAL] = {"capital", "capital.csv", {KEY("recipe"), KEY("good"), AMOUNT}},
    [PL_LAGS] = {"lags", "lags.csv", {KEY("recipe"), {"years", "integer", false, true}}},
    [PL_TRENDS] = {"trends", "trends.csv",
                   {KEY("table"), KEY("key"), {"year", "integer", true, false}, NUMBER("amount"), NUMBER("growth")}},
};

int pl_table_columns(pl_economy_table table)
{
    int n = 0;
    while (PL_TABLE[table].column[n].name != NULL) {
        n++;
    }
    return n;
}

pl_economy_table pl_table_named(const char *name)
{
    pl_economy_table t = PL_GOODS;
    while (t < PL_TABLES && strcmp(PL_TABLE[t].name, name) != 0) {
        t++;
    }
    return t;
}

static const char *const KINDS[] = {"labour", "nature", "emission", "equipment", "money", "other"};
#define N_KINDS (sizeof KINDS / sizeof KINDS[0])

const char *pl_kind_id(pl_kind kind)
{
    return (unsigned)kind < N_KINDS ? KINDS[kind] : KINDS[PL_OTHER];
}

int pl_kind_named(const char *id)
{
    for (size_t k = 0; k < N_KINDS; k++) {
        if (strcmp(KINDS[k], id) == 0) {
            return (int)k;
        }
    }
    return -1;
}
