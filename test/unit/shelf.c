/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What empty shelves and reports say was missed, and how it joins the series and moves the forecast. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/needs.h>

#include "test/record_help.h"
#include "test/test.h"

static const char *write(const char *name, const char *text)
{
    static char path[4500];
    snprintf(path, sizeof path, "%s", test_path(name));
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0);
    fclose(f);
    return path;
}

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s", err->subject, err->message);
    }
}

static pl_shelf *make(const char *shelf, const char *reports)
{
    pl_error err = {0};
    pl_wants *w;
    pl_shelf *s;
    good(pl_wants_new(&w, &err), &err);
    if (reports != NULL) {
        good(pl_wants_load(w, true, write("reports.csv", reports), &err), &err);
    }
    good(pl_shelf_make(shelf != NULL ? write("shelf.csv", shelf) : NULL, w, &s, &err), &err);
    pl_wants_free(w);
    return s;
}

/* Where there is a record of the shelf, it says what was missed; a shop without one has its reports. */
TEST(shelves_go_before_reports)
{
    pl_shelf *s = make("item,place,period,sold,on_shelf\n"
                       "bread,mill,2024-01-01,10,1\nbread,mill,2024-01-08,5,0.5\n",
                       "item,place,amount,period,list\n"
                       "bread,mill,3,2024-01-09,customers\nbread,square,4,2024-01-09,customers\nbread,square,1,2024-01-09,staff\n");
    CHECK(s->n == 2 && s->n_missed == 2);
    CHECK(s->row[0].told && s->row[0].u.wanted == 20 && s->row[0].reports == 1);
    CHECK(!s->row[1].told && isnan(s->row[1].u.wanted) && s->row[1].reports == 2);
    CHECK_STR(s->missed[0].place, "mill");
    CHECK(s->missed[0].amount == 5 && s->missed[0].reports == 1); /* of the 9th, in the period that begins on the 8th */
    CHECK_STR(s->missed[0].how, "shelf-known");
    CHECK(s->missed[1].amount == 4 && s->missed[1].reports == 2); /* both lists saw the one case */
    CHECK_STR(s->missed[1].how, "reports");
    pl_shelf_free(s);
}

TEST(a_table_without_places_is_of_all_places)
{
    pl_shelf *s = make("item,period,sold,empty\nbread,2024-01-01,10,0\nbread,2024-01-08,12,0\n", "item,place,period,list\nbread,mill,2024-01-02,customers\n");
    CHECK(s->n == 1 && s->row[0].reports == 1 && s->row[0].u.wanted == 22);
    CHECK(s->n_missed == 1 && s->missed[0].amount == 0 && s->missed[0].reports == 1);
    pl_shelf_free(s);
}

TEST(never_full_cannot_be_told)
{
    pl_shelf *s = make("item,period,sold,on_shelf\nbread,2024-01-01,0,0\nbread,2024-01-08,0,0\n", "item,place,amount,period,list\nbread,mill,2,2024-01-02,customers\n");
    CHECK(s->n == 2 && !s->row[0].told && isnan(s->row[0].u.wanted)); /* so the reports count */
    CHECK(s->n_missed == 1 && s->missed[0].amount == 2);
    pl_shelf_free(s);
}

static void refused(const char *text, const char *place, const char *message)
{
    pl_error err = {0};
    pl_shelf *s;
    CHECK(pl_shelf_make(write("shelf.csv", text), NULL, &s, &err) != PL_OK && s == NULL);
    if (strstr(err.subject, place) == NULL || strstr(err.message, message) == NULL) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

TEST(tables_of_shelves_are_checked)
{
    refused("item,period,sold\nbread,2024-01-01,1\n", "shelf.csv", "neither on_shelf nor empty");
    refused("item,period,sold,on_shelf\nbread,january,1,1\n", "shelf.csv:2:7", "no date");
    refused("item,period,sold,on_shelf\nbread,2024-01-01,-1,1\n", "shelf.csv:2:18", "negative");
    refused("item,period,sold,on_shelf\nbread,2024-01-01,1,1.5\n", "shelf.csv:2:20", "this part of the time");
    refused("item,period,sold,on_shelf\nbread,2024-01-01,1,half\n", "shelf.csv:2:20", "no number");
}

static pl_series *series(const char *sums)
{
    pl_error err = {0};
    pl_series *s;
    char folder[4500];
    snprintf(folder, sizeof folder, "%s", test_tmp());
    const char *folders[] = {folder};
    write("sums.csv", sums);
    good(pl_series_load(folders, 1, PL_QUANTITY, 2, false, &s, &err), &err);
    remove(test_path("sums.csv"));
    return s;
}

/* Weeks of 10 sold, of which the last three would have been 20: the forecast goes up, and says from where. */
TEST(what_was_missed_moves_the_forecast)
{
    char sums[4000] = "item,group,place,period,lines,promoted,sold,returned,value\n", date[PL_DATE_TEXT];
    for (int t = 0; t < 20; t++) {
        snprintf(sums + strlen(sums), 100, "bread,a,,%s,10,0,10,0,20\nbread,b,,%s,1,0,1,0,20\n", pl_day_text(19723 + 7 * t, date), date);
    }
    pl_error err = {0};
    pl_series *s = series(sums);
    pl_forecast *f;
    good(pl_series_add_missed(s, write("missed.csv", "item,place,period,missed,reports\nbread,mill,2024-04-29,10,2\nbread,mill,2024-05-08,10,1\nbread,mill,2024-05-13,10,1\n"
                                                     "rye,mill,2024-05-13,1,1\nbread,mill,2034-05-13,1,1\n"), &err), &err);
    CHECK_INT(s->missed_elsewhere, 2);
    CHECK(s->n == 2 && s->reports[0] == 4 && s->reports[1] == 0);
    CHECK(s->missed[17] == 20 && s->missed[18] == 20 && s->missed[19] == 20); /* doubled like all sums; a day of the week falls into it */
    pl_forecast_settings set = {.check = -1, .method = PL_SES};
    good(pl_forecast_make(s, &set, &f, &err), &err);
    const pl_node *bread = &f->node[0], *total = &f->node[f->n - 1];
    CHECK(fabs(bread->as_sold - 80) < 1e-6 && bread->mean[0] > 21 && bread->missed == 60 && bread->reports == 4);
    CHECK(fabs(total->as_sold - 88) < 1e-6 && total->missed == 60 && total->reports == 4);
    CHECK(f->node[1].as_sold > 0 && f->node[1].missed == 0);
    pl_forecast_free(f);
    CHECK(pl_series_add_missed(s, write("missed.csv", "item,place,period,missed\nbread,mill,2024-04-29,-1\n"), &err) != PL_OK);
    CHECK(strstr(err.subject, "missed.csv:2:23") != NULL);
    pl_series_free(s);
}
