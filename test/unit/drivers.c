/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Known prices, promotions and calendar: the table, and what they do for forecasts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/rng.h"
#include "test/record_help.h"
#include "test/test.h"

enum { N = 20, T = 70, H = 4 };

static double normal(pl_rng *rng)
{
    double sum = -6;
    for (int k = 0; k < 12; k++) {
        sum += pl_rng_unit(rng);
    }
    return sum;
}

/* 20 items with an elasticity of -2, in weeks of feast half as much again; prices of the periods ahead are in the table alone.  came: what comes. */
typedef struct world {
    double value[N * T], price[N * T], promoted[N * T], noise[N * T], came[N * H];
    char *item[N], *group[N], *place[N], name[N][16];
    pl_series s;
    const char *path;
} world;

static void make_world(world *w)
{
    pl_rng rng;
    char date[PL_DATE_TEXT];
    static char path[4500];
    pl_rng_seed(&rng, 7);
    snprintf(path, sizeof path, "%s", test_path("drivers.csv"));
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs("item,period,price,feast,never\n", f);
    w->s = (pl_series){.n = N, .n_periods = T, .kind = PL_PERIOD_WEEK, .first = 2800, .value = w->value, .price = w->price, .promoted = w->promoted, .noise = w->noise,
                       .item = w->item, .group = w->group, .place = w->place, .scale = 1};
    for (int i = 0; i < N; i++) {
        snprintf(w->name[i], sizeof w->name[i], "item %02d", i);
        w->item[i] = w->name[i];
        w->group[i] = w->place[i] = (char *)"";
        double level = 5 + normal(&rng);
        for (int t = 0; t < T + H; t++) {
            double price = exp(0.3 * normal(&rng)), feast = t % 9 == 0, q = floor(exp(level - 2 * log(price) + log(1.5) * feast + 0.05 * normal(&rng)) + 0.5);
            if (t < T) {
                w->value[i * T + t] = w->noise[i * T + t] = q;
                w->price[i * T + t] = price;
            } else {
                w->came[i * H + t - T] = q;
                fprintf(f, "%s,%s,%.6f,,\n", w->name[i], pl_day_text(pl_period_first_day(PL_PERIOD_WEEK, 2800 + t), date), price);
            }
        }
    }
    for (int t = 0; t < T + H; t++) {
        if (t % 9 == 0) { /* of all items */
            fprintf(f, ",%s,,1,\n", pl_day_text(pl_period_first_day(PL_PERIOD_WEEK, 2800 + t), date));
        }
    }
    fputs("nothing,2023-09-04,1,1,\n", f);
    fclose(f);
    w->path = path;
}

static double error_of(const world *w, const pl_forecast *f)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < H; k++) {
            sum += fabs(log((f->node[i].mean[k] + 1) / (w->came[i * H + k] + 1)));
        }
    }
    return sum / (N * H);
}

TEST(known_prices_and_feasts)
{
    world *w = calloc(1, sizeof *w);
    pl_error err = {0};
    pl_drivers *d;
    pl_forecast *with, *without;
    make_world(w);
    CHECK_INT(pl_drivers_load(&w->s, w->path, H, &d, &err), PL_OK);
    CHECK(d->k == 3 && d->n == N && d->periods == T + H && d->elsewhere == 1 && d->assumed == 0);
    CHECK_STR(d->name[0], "price");
    CHECK(fabs(d->x[0] - log(w->price[0])) < 1e-12); /* of the past: as paid */
    CHECK(d->x[1] == 1 && d->x[3 + 1] == 0);
    pl_forecast_settings set = {.method = PL_AUTO, .horizon = H, .check = 3};
    CHECK_INT(pl_forecast_make(&w->s, &set, &without, &err), PL_OK);
    set.drivers = d;
    CHECK_INT(pl_forecast_make(&w->s, &set, &with, &err), PL_OK);
    CHECK(fabs(with->effect[0] + 2) < 0.05 && fabs(with->effect[1] - log(1.5)) < 0.05 && isnan(with->effect[2]) && with->r2 > 0.9);
    CHECK(with->node[0].method == PL_CAUSAL && without->node[0].method != PL_CAUSAL);
    printf("# mean error in logs: with drivers %.3f, without %.3f\n", error_of(w, with), error_of(w, without));
    CHECK(error_of(w, with) < 0.25 * error_of(w, without));
    CHECK(with->all.wrmsse[PL_AUTO] < 0.5 * without->all.wrmsse[PL_AUTO]); /* from earlier ends too */
    CHECK(with->all.coverage[0] > 0.7 && with->all.coverage[0] < 0.9);
    CHECK(with->incoherence < 1e-9 * with->node[N].mean[0]);
    set.horizon = H + 1;
    pl_forecast *none;
    CHECK_INT(pl_forecast_make(&w->s, &set, &none, &err), PL_DATA);
    pl_forecast_free(with);
    pl_forecast_free(without);
    pl_drivers_free(d);
    free(w);
}

/* Drivers that say nothing are found out by the earlier ends: the forecast stays what it was. */
TEST(useless_drivers_change_nothing)
{
    world *w = calloc(1, sizeof *w);
    pl_error err = {0};
    pl_drivers *d;
    pl_forecast *with, *without;
    pl_rng rng;
    make_world(w);
    pl_rng_seed(&rng, 8);
    FILE *f = fopen(w->path, "w");
    CHECK(f != NULL);
    fputs("period,luck\n", f);
    for (int t = 0; t < T + H; t++) {
        char date[PL_DATE_TEXT];
        fprintf(f, "%s,%.3f\n", pl_day_text(pl_period_first_day(PL_PERIOD_WEEK, 2800 + t), date), pl_rng_unit(&rng));
    }
    fclose(f);
    CHECK_INT(pl_drivers_load(&w->s, w->path, H, &d, &err), PL_OK);
    pl_forecast_settings set = {.method = PL_AUTO, .horizon = H, .check = -1};
    CHECK_INT(pl_forecast_make(&w->s, &set, &without, &err), PL_OK);
    set.drivers = d;
    CHECK_INT(pl_forecast_make(&w->s, &set, &with, &err), PL_OK);
    CHECK(memcmp(with->node[0].mean, without->node[0].mean, H * sizeof(double)) == 0);
    pl_forecast_free(with);
    pl_forecast_free(without);
    pl_drivers_free(d);
    free(w);
}

static void refused(const char *text, const char *place, const char *message)
{
    world *w = calloc(1, sizeof *w);
    pl_error err = {0};
    pl_drivers *d;
    make_world(w);
    FILE *f = fopen(w->path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0);
    fclose(f);
    CHECK(pl_drivers_load(&w->s, w->path, H, &d, &err) != PL_OK && d == NULL);
    if (strstr(err.subject, place) == NULL || strstr(err.message, message) == NULL) {
        FAIL("%s: %s", err.subject, err.message);
    }
    free(w);
}

TEST(tables_of_drivers_are_checked)
{
    refused("item,price\nitem 01,1\n", "drivers.csv", "no column 'period'");
    refused("item,period\nitem 01,2024-01-01\n", "drivers.csv", "no driver");
    refused("period,price\nmonday,1\n", "drivers.csv:2:1", "no date");
    refused("period,price\n2024-01-01,0\n", "drivers.csv:2:12", "no price");
    refused("period,feast\n2024-01-01,yes\n", "drivers.csv:2:12", "no number");
}
