/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_needs.c - what people will want: the forecast of each item with its intervals and the error that chance alone gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/mem.h"
#include "server/call.h"

static const char *const LEVEL[PL_LEVELS] = {"total", "group", "item", "place"};

static pl_status need_forecast(const pl_call *c, const pl_forecast **out)
{
    *out = c->server->forecast;
    return *out != NULL ? PL_OK : pl_fail(c->err, PL_NOTFOUND, "needs", "plenty serve --needs FORECAST", "no forecast is served here");
}

static void put_node(pl_json *j, const pl_forecast *f, const pl_node *n)
{
    double ahead = 0, low = 0, high = 0;
    for (int32_t k = 0; k < f->horizon; k++) {
        ahead += n->mean[k];
        low += n->quantile[k * PL_QUANTILES + 1];
        high += n->quantile[k * PL_QUANTILES + 3];
    }
    pl_json_put_text(j, "level", LEVEL[n->level]);
    pl_json_put_text(j, "item", n->item);
    pl_json_put_text(j, "group", n->group);
    pl_json_put_text(j, "place", n->place);
    pl_json_put_text(j, "method", pl_method_id(n->method));
    pl_json_put_number(j, "expected", ahead); /* over the whole horizon; low, high: sums of the 80 % intervals */
    pl_json_put_number(j, "low", low);
    pl_json_put_number(j, "high", high);
    pl_json_put_number(j, "error", n->score[PL_AUTO]);
    pl_json_put_number(j, "naive_error", n->score[PL_NAIVE]);
    pl_json_put_number(j, "floor", n->floor);
    pl_json_put_number(j, "missed", n->missed);
    pl_json_put_int(j, "reports", n->reports);
    pl_json_put_number(j, "as_sold", n->as_sold);
}

static void put_head(pl_json *j, const pl_forecast *f)
{
    char day[PL_DATE_TEXT];
    int32_t n[PL_LEVELS] = {0};
    for (int32_t i = 0; i < f->n; i++) {
        n[f->node[i].level]++;
    }
    pl_json_put_text(j, "period", pl_period_id(f->kind));
    pl_json_put_text(j, "measure", pl_measure_id(f->measure));
    pl_json_put_int(j, "periods", f->n_periods);
    pl_json_put_int(j, "horizon", f->horizon);
    pl_json_put_text(j, "from", pl_day_text(pl_period_first_day(f->kind, f->first), day));
    pl_json_put_text(j, "ahead_from", pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods), day));
    pl_json_put_text(j, "ahead_until", pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods + f->horizon) - 1, day));
    pl_json_put_int(j, "series", f->n);
    pl_json_put_int(j, "groups", n[PL_LEVEL_GROUP]);
    pl_json_put_int(j, "items", n[PL_LEVEL_ITEM]);
}

static bool wanted(const pl_call *c, const pl_node *n, const char *search)
{
    char letters[400], name[400];
    const char *level = pl_call_text(c, "level");
    snprintf(name, sizeof name, "%.180s %.180s", n->item, n->group);
    pl_fold_letters(name, letters);
    return (level == NULL || strcmp(level, LEVEL[n->level]) == 0) && (search[0] == '\0' || strstr(letters, search) != NULL);
}

typedef struct ranked {
    int32_t index;
    pl_level level;
    double expected;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->level != y->level         ? (x->level > y->level) - (x->level < y->level)
           : x->expected != y->expected ? (x->expected < y->expected) - (x->expected > y->expected)
                                        : (x->index > y->index) - (x->index < y->index);
}

/* What is asked for: sums first, then what is expected most; list has room for all. */
static int32_t choose(const pl_call *c, const pl_forecast *f, ranked *list)
{
    char search[2 * PL_TARGET_MAX];
    const char *text = pl_call_text(c, "search");
    int32_t n = 0;
    pl_fold_letters(text != NULL ? text : "", search);
    for (int32_t i = 0; i < f->n; i++) {
        if (wanted(c, &f->node[i], search)) {
            list[n] = (ranked){.index = i, .level = f->node[i].level};
            for (int32_t k = 0; k < f->horizon; k++) {
                list[n].expected += f->node[i].mean[k];
            }
            n++;
        }
    }
    if (n > 1) {
        qsort(list, (size_t)n, sizeof *list, by_size);
    }
    return n;
}

static pl_status answer_forecast(pl_call *c)
{
    const pl_forecast *f;
    pl_window w;
    pl_status status = need_forecast(c, &f);
    status = status == PL_OK ? pl_call_window(c, 50, &w) : status;
    ranked *list = status == PL_OK ? PL_NEW(ranked, f->n + 1) : NULL;
    if (status == PL_OK && list == NULL) {
        status = pl_fail_nomem(c->err, "listing forecasts");
    }
    if (status != PL_OK) {
        return status;
    }
    int32_t n = choose(c, f, list);
    pl_json_object(&c->json);
    put_head(&c->json, f);
    pl_json_key(&c->json, "forecasts");
    pl_json_array(&c->json);
    for (int64_t i = w.from; i < n && i < w.from + w.most; i++) {
        pl_json_object(&c->json);
        put_node(&c->json, f, &f->node[list[i].index]);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_put_int(&c->json, "total", n);
    pl_json_put_int(&c->json, "skipped", w.from);
    pl_json_end(&c->json);
    pl_free(list);
    return PL_OK;
}

static void put_series(pl_json *j, const char *name, const double *x, int32_t n, int32_t step)
{
    pl_json_key(j, name);
    pl_json_array(j);
    for (int32_t k = 0; k < n; k++) {
        pl_json_number(j, x[k * step]);
    }
    pl_json_end(j);
}

/* Orders are a need of their own; by who reported and who ordered, how many want it in all. */
static void put_wants(pl_json *j, const pl_forecast *f, const pl_node *n)
{
    for (size_t k = 0; k < f->n_wants && n->level == PL_LEVEL_ITEM; k++) {
        const pl_item_wants *w = &f->wants[k];
        if (strcmp(w->item, n->item) == 0) {
            pl_json_put_number(j, "ordered", w->ordered);
            pl_json_put_int(j, "orders", w->orders);
            pl_json_put_int(j, "missing", w->missing);
            if (w->both > 0) {
                pl_json_put_number(j, "wanting", w->people.number);
            }
        }
    }
}

/* A group may have the name of an item: `level` tells which; `place` which of an item's places. */
static int32_t find_node(const pl_call *c, const pl_forecast *f)
{
    const char *level = pl_call_text(c, "level"), *place = pl_call_text(c, "place"), *name = c->part[0];
    for (int32_t i = 0; i < f->n && level != NULL; i++) {
        const pl_node *n = &f->node[i];
        const char *own = n->level == PL_LEVEL_TOTAL ? "total" : n->level == PL_LEVEL_GROUP ? n->group : n->item;
        if (strcmp(LEVEL[n->level], level) == 0 && strcmp(own, name) == 0 && (place == NULL || strcmp(n->place, place) == 0)) {
            return i;
        }
    }
    return level == NULL ? pl_forecast_find(f, name) : -1;
}

static pl_status answer_item(pl_call *c)
{
    static const char *const QUANTILE[PL_QUANTILES] = {"q2_5", "q10", "q50", "q90", "q97_5"};
    const pl_forecast *f;
    pl_status status = need_forecast(c, &f);
    int32_t i = status == PL_OK ? find_node(c, f) : -1;
    if (status == PL_OK && i < 0) {
        status = pl_fail(c->err, PL_NOTFOUND, "item", "/api/needs/forecast?search=...", "nothing was forecast under '%.100s'", c->part[0]);
    }
    if (status != PL_OK) {
        return status;
    }
    const pl_node *n = &f->node[i];
    pl_json_object(&c->json);
    put_head(&c->json, f);
    put_node(&c->json, f, n);
    put_wants(&c->json, f, n);
    pl_json_key(&c->json, "starts");
    pl_json_array(&c->json);
    for (int32_t k = 0; k < f->n_periods + f->horizon; k++) {
        char day[PL_DATE_TEXT];
        pl_json_text(&c->json, pl_day_text(pl_period_first_day(f->kind, f->first + k), day));
    }
    pl_json_end(&c->json);
    put_series(&c->json, "history", n->history, f->n_periods, 1);
    put_series(&c->json, "mean", n->mean, f->horizon, 1);
    for (int q = 0; q < PL_QUANTILES; q++) {
        put_series(&c->json, QUANTILE[q], n->quantile + q, f->horizon, PL_QUANTILES);
    }
    pl_json_end(&c->json);
    return PL_OK;
}

const pl_route PL_ROUTES_NEEDS[] = {
    {"GET", "/api/needs/forecast", "search text in item and group; level text total, group, item or place; from number how many to skip; most number how many to give (50)",
     "What will be wanted: sums first, then items, the largest first, with how sure that is", "forecast", NULL, 0, PL_FRESH_ALWAYS, 0, answer_forecast},
    {"GET", "/api/needs/forecast/{item}", "level text of an item that is called as a group is; place text of an item's place", "One item, group or total: history, forecast, intervals", "item", NULL, 0, PL_FRESH_ALWAYS, 0, answer_item},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
