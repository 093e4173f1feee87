/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Orders and reports: tables, sums by hand, two lists. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/rng.h"
#include "test/record_help.h"
#include "test/test.h"

static void add(pl_wants *w, bool report, const char *item, const char *place, const char *who, int64_t amount, int32_t from, int32_t until, bool staff)
{
    pl_error err;
    CHECK_INT(pl_wants_add(w, report, &(pl_want){item, place, who, amount * PL_MILLIONTHS, from, until, staff}, &err), PL_OK);
}

static pl_item_wants *sums(const pl_wants *w, int32_t from, int32_t until, size_t n)
{
    pl_item_wants *s;
    pl_error err;
    size_t found;
    CHECK_INT(pl_wants_sums(w, from, from, until, &s, &found, &err), PL_OK);
    CHECK_INT(found, n);
    return s;
}

static pl_wants *fresh(void)
{
    pl_wants *w;
    pl_error err;
    CHECK_INT(pl_wants_new(&w, &err), PL_OK);
    return w;
}

/* Two of ten days of an order fall into the span, so a fifth of it counts; the same people on both lists are counted once. */
TEST(orders_count_in_proportion)
{
    pl_wants *w = fresh();
    add(w, false, "bread", "", "ann", 100, 100, 109, false);
    add(w, false, "bread", "", "ann", 7, 108, 108, false);
    add(w, false, "bread", "", "bob", 3, 90, 107, false);  /* over */
    add(w, false, "cake", "", "cid", 4, 108, 300, false);
    pl_item_wants *s = sums(w, 108, 200, 2);
    CHECK(fabs(s[0].ordered - 27) < 1e-12 && s[0].orders == 2 && s[0].ordering == 1);
    CHECK_STR(s[1].item, "cake");
    CHECK(fabs(s[1].ordered - 4 * 93.0 / 193) < 1e-12);
    pl_wants_sums_free(s);
    s = sums(w, 400, 500, 0);
    pl_wants_sums_free(s);
    pl_wants_free(w);
}

/* Buyers see 3 cases, staff 2, both 1: Chapman gives (3+1)(2+1)/(1+1) - 1 = 5.  Buyers asked for 8 in their 3 cases: 8 * 5/3 in all. */
TEST(cases_nobody_reported)
{
    pl_wants *w = fresh();
    add(w, true, "bread", "mill", "ann", 2, 100, 100, false);
    add(w, true, "bread", "mill", "bob", 3, 100, 100, false); /* the same case */
    add(w, true, "bread", "mill", "ann", 1, 101, 101, false);
    add(w, true, "bread", "square", "ann", 2, 100, 100, false);
    add(w, true, "bread", "square", "eve", 50, 100, 100, true);
    add(w, true, "bread", "square", "eve", 50, 102, 102, true);
    pl_item_wants *s = sums(w, 0, 1000, 1);
    CHECK(s->seen[0] == 3 && s->seen[1] == 2 && s->seen_both == 1);
    CHECK(fabs(s->cases.number - 5) < 1e-12);
    CHECK(fabs(s->missed - 8 * 5.0 / 3) < 1e-12);
    pl_wants_sums_free(s);
    pl_wants_free(w);
}

TEST(people_on_two_lists)
{
    pl_wants *w = fresh();
    const char *order[] = {"a", "b", "c", "d"}, *missed[] = {"c", "d", "e"};
    for (int k = 0; k < 4; k++) {
        add(w, false, "bread", "", order[k], 1, 1, 9, false);
    }
    for (int k = 0; k < 3; k++) {
        add(w, true, "bread", "mill", missed[k], 1, 5, 5, false);
        add(w, true, "bread", "mill", missed[k], 1, 6, 6, false);
    }
    add(w, true, "bread", "mill", "works there", 1, 5, 5, true); /* wants none */
    pl_item_wants *s = sums(w, 0, 10, 1);
    CHECK(s->ordering == 4 && s->missing == 3 && s->both == 2);
    CHECK(fabs(s->people.number - (5.0 * 4 / 3 - 1)) < 1e-12);
    pl_wants_sums_free(s);
    pl_wants_free(w);
}

TEST(the_nameless_are_one_each)
{
    pl_wants *w = fresh();
    add(w, false, "bread", "", "", 1, 1, 9, false);
    add(w, false, "bread", "", "", 1, 1, 9, false);
    add(w, true, "bread", "mill", "", 1, 5, 5, false);
    pl_item_wants *s = sums(w, 0, 10, 1);
    CHECK(s->ordering == 2 && s->missing == 1 && s->both == 0);
    pl_wants_sums_free(s);
    pl_wants_free(w);
}

/* A thousand who want it; each orders with 30 %, reports with 20 %: the estimate is near, its interval holds the truth. */
TEST(two_lists_find_the_others)
{
    pl_wants *w = fresh();
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    char who[16];
    for (int k = 0; k < 1000; k++) {
        snprintf(who, sizeof who, "p%d", k);
        if (pl_rng_unit(&rng) < 0.3) {
            add(w, false, "bread", "", who, 1, 1, 9, false);
        }
        if (pl_rng_unit(&rng) < 0.2) {
            add(w, true, "bread", "mill", who, 1, 5, 5, false);
        }
    }
    pl_item_wants *s = sums(w, 0, 10, 1);
    CHECK(fabs(s->people.number - 1000) < 150);
    CHECK(s->people.low < 1000 && s->people.high > 1000);
    pl_wants_sums_free(s);
    pl_wants_free(w);
}

static void write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0);
    fclose(f);
}

static void refused(bool reports, const char *text, const char *place, const char *message)
{
    pl_error err = {0};
    pl_wants *w = fresh();
    const char *path = test_path("wants.csv");
    write(path, text);
    CHECK(pl_wants_load(w, reports, path, &err) != PL_OK);
    if (strstr(err.subject, place) == NULL || strstr(err.message, message) == NULL) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_wants_free(w);
    remove(path);
}

TEST(tables_of_orders_are_checked)
{
    refused(false, "item,amount,from\nbread,1,2027-01-01\n", "wants.csv", "no column 'until'");
    refused(false, "item,amount,from,until\nbread,two,2027-01-01,2027-01-02\n", "wants.csv:2:7", "'two' is no amount");
    refused(false, "item,amount,from,until\nbread,-2,2027-01-01,2027-01-02\n", "wants.csv:2:7", "no amount");
    refused(false, "item,amount,from,until\nbread,2,2027-02-30,2027-03-02\n", "wants.csv:2:9", "no date");
    refused(false, "item,amount,from,until\nbread,2,2027-02-03,2027-02-02\n", "wants.csv:2:20", "too early");
    refused(false, "item,amount,from,until\n,2,2027-02-03,2027-02-02\n", "wants.csv:2:1", "no item");
    refused(true, "item,period,list\nbread,2027-02-03,cook\n", "wants.csv:2:18", "'cook' is no list");
}

TEST(tables_of_orders_are_read_again)
{
    pl_error err;
    pl_wants *w = fresh(), *again = fresh();
    char folder[1000], orders[1100], missing[1100];
    snprintf(folder, sizeof folder, "%s", test_path("wants"));
    snprintf(orders, sizeof orders, "%s/orders.csv", folder);
    snprintf(missing, sizeof missing, "%s/missing.csv", folder);
    add(w, false, "rye, whole", "", "ann", 3, 18000, 18030, false);
    add(w, true, "rye, whole", "mill", "bob", 2, 18001, 18001, false);
    add(w, true, "rye, whole", "mill", "eve", 2, 18001, 18001, true);
    CHECK_INT(pl_wants_save(w, folder, false, &err), PL_OK);
    CHECK(pl_wants_save(w, folder, false, &err) != PL_OK);
    CHECK_INT(pl_wants_save(w, folder, true, &err), PL_OK);
    CHECK_INT(pl_wants_load(again, false, orders, &err), PL_OK);
    CHECK_INT(pl_wants_load(again, true, missing, &err), PL_OK);
    CHECK(again->n_orders == 1 && again->n_reports == 2);
    CHECK_STR(again->order[0].item, "rye, whole");
    CHECK(again->order[0].amount == 3 * PL_MILLIONTHS && again->order[0].from == 18000 && again->order[0].until == 18030);
    CHECK(!again->report[0].staff && again->report[1].staff && again->report[0].until == 18001);
    remove(orders);
    remove(missing);
    remove(folder);
    pl_wants_free(w);
    pl_wants_free(again);
}
