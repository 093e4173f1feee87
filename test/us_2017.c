/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/us_2017.h"

#include <jansson.h>
#include <plenty/import.h>
#include <string.h>

#include "test/test.h"

#define DATA "us-io-detail-2017"

/* The mapping of the data set, with what is asked here. */
static const char *mapping(void)
{
    static char path[4300];
    json_error_t at;
    json_t *m = json_load_file(test_source("mappings/" DATA ".json"), 0, &at), *r;
    CHECK(m != NULL);
    json_t *list = json_object_get(m, "resources"), *kept = json_array();
    size_t k;
    json_array_foreach(list, k, r)
    {
        if (strcmp(json_string_value(json_object_get(r, "resource")), "compensation") == 0) {
            json_object_set_new(r, "available", json_integer(1));
            json_array_append(kept, r);
        }
    }
    json_object_set_new(m, "resources", kept);
    json_object_del(json_object_get(m, "tables"), "factors");
    json_object_del(json_object_get(m, "accounts"), "prices");
    json_object_del(json_object_get(m, "accounts"), "hours");
    json_object_set_new(m, "rounding", json_string("keep"));
    json_object_set_new(m, "imports", json_pack("{sssf}", "treatment", "column", "limit", 1.2));
    json_object_set_new(m, "foreign_exchange", json_pack("{si}", "available", 1));
    snprintf(path, sizeof path, "%s/us_2017.json", test_tmp());
    CHECK_INT(json_dump_file(m, path, 0), 0);
    json_decref(m);
    return path;
}

/* Observed imports of what nobody makes (column F05000 of final_2017.csv): the importer lets them be bought without
 * limit, but here imports of every product are limited. */
static double limit_of(const char *good, double limit)
{
    static const struct {
        const char *good;
        double observed;
    } of[] = {{"S00300", 260421}, {"S00401", 6711}, {"S00402", 7364}};
    for (size_t k = 0; k < sizeof of / sizeof *of && !pl_given(limit); k++) {
        limit = strcmp(of[k].good, good) == 0 ? 1.2 * of[k].observed : PL_ABSENT;
    }
    return pl_given(limit) ? limit : 0;
}

static void copy_tables(const pl_economy *e, pl_builder *b)
{
    for (int32_t k = 0; k < e->n_goods; k++) {
        CHECK_INT(pl_add_good(b, 0, e->goods[k].id, e->goods[k].name, e->goods[k].unit, "", "", false), PL_OK);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        const pl_resource *r = &e->resources[k];
        CHECK_INT(pl_add_resource(b, 0, r->id, r->name, r->unit, r->kind, r->available), PL_OK);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        const char *id = e->recipes[r].id;
        CHECK_INT(pl_add_recipe(b, 0, id, e->recipes[r].name, "", e->recipes[r].capacity), PL_OK);
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            CHECK_INT(pl_add_flow(b, 0, id, e->goods[e->flows.index[k]].id, e->flows.amount[k]), PL_OK);
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            CHECK_INT(pl_add_use(b, 0, id, e->resources[e->uses.index[k]].id, e->uses.amount[k]), PL_OK);
        }
    }
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        const char *good = e->goods[t->good].id;
        CHECK_INT(pl_add_trade(b, 0, good, t->import_price, limit_of(good, t->import_limit), PL_ABSENT, PL_ABSENT), PL_OK);
    }
}

/* Stocks without what households sold: the stocks of the same table are the sales of all groups together. */
static void copy_demand(const pl_economy *e, pl_builder *b)
{
    static const struct {
        const char *good;
        double sold;
    } sales[] = {{"S00401", 12990}, {"S00900", 200997}}; /* negative cells of the column F01000 of final_2017.csv */
    CHECK_INT(pl_add_good(b, 0, "basket", "What households get", "of 2017", "", "", false), PL_OK);
    CHECK_INT(pl_add_recipe(b, 0, "households", "Households", "", PL_ABSENT), PL_OK);
    CHECK_INT(pl_add_flow(b, 0, "households", "basket", 1), PL_OK);
    CHECK_INT(pl_add_need(b, 0, "basket", 1, "households", 1, 1, 0), PL_OK);
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *n = &e->needs[k];
        const char *good = e->goods[n->good].id;
        if (strcmp(n->group, "households") == 0) {
            CHECK_INT(pl_add_flow(b, 0, "households", good, -n->amount), PL_OK);
        } else if (strcmp(n->group, "imports") != 0) { /* duties and freight booked against imports */
            CHECK_INT(pl_add_need(b, 0, good, n->tier, n->group, n->amount, n->weight, n->floor), PL_OK);
        }
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        double amount = e->stocks[k].amount;
        const char *good = e->goods[e->stocks[k].good].id;
        for (size_t i = 0; i < sizeof sales / sizeof *sales; i++) {
            if (strcmp(sales[i].good, good) == 0) {
                CHECK_INT(pl_add_flow(b, 0, "households", good, sales[i].sold), PL_OK);
                amount -= sales[i].sold;
            }
        }
        CHECK(amount >= 0);
        if (amount > 0) {
            CHECK_INT(pl_add_stock(b, 0, good, amount), PL_OK);
        }
    }
}

pl_economy *us_2017_economy(void)
{
    const char *data = test_data(DATA);
    pl_import_settings s = {.model = "activities", .capacity = 1.1};
    pl_economy *e = NULL, *out = NULL;
    pl_builder *b = NULL;
    pl_error err = {0};
    if (pl_import(data, mapping(), &s, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
    }
    CHECK_INT(pl_builder_new(&b, &err), PL_OK);
    copy_tables(e, b);
    copy_demand(e, b);
    CHECK_INT(pl_builder_freeze(b, NULL, &out, &err), PL_OK);
    pl_builder_free(b);
    pl_economy_free(e);
    return out;
}
