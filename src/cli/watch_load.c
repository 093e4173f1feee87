/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch_load.c - the lines of a plan, and what was reported of them. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/watch.h"
#include "io/file.h"

/* What a recipe's output is worth at the plan's prices of goods, per unit of its level. */
static double recipe_price(const pl_economy *e, const double *price, int32_t r)
{
    double sum = 0;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        sum += e->flows.amount[k] > 0 ? e->flows.amount[k] * price[e->flows.index[k]] : 0;
    }
    return fmax(0, sum);
}

/* What of a good could be made if each recipe were carried out up to its capacity; NaN when one has none. */
static void add_capacities(const pl_economy *e, double *made)
{
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            made[e->flows.index[k]] += e->flows.amount[k] > 0 ? e->flows.amount[k] * e->recipes[r].capacity : 0;
        }
    }
}

/* Of a plan of several years the lines are those of one year, by the names that they have in every year. */
static bool is_line(const pl_economy *e, const char *id, int32_t year, pl_dated *out)
{
    *out = pl_date(e, id);
    return out->mark == PL_MARK_OWN && (out->year == 0 || out->year == year);
}

static pl_status add_recipes(pl_watch *w, const cli_plan_set *set, int32_t year, const double *price, pl_error *err)
{
    const pl_economy *e = &set->variant->economy;
    pl_status status = PL_OK;
    pl_dated own;
    char id[600];
    for (int32_t r = 0; r < e->n_recipes && status == PL_OK; r++) {
        if (!is_line(e, e->recipes[r].id, year, &own)) {
            continue;
        }
        snprintf(id, sizeof id, "recipe:%.500s", own.id);
        pl_watch_line line = {.id = id, .owner = e->recipes[r].place, .parent = "", .planned = fmax(0, set->plan->level[r]),
                              .capability = e->recipes[r].capacity, .potentiality = NAN, .price = recipe_price(e, price, r), .slack = NAN};
        status = pl_watch_add(w, &line, err);
    }
    return status;
}

static pl_status add_goods(pl_watch *w, const cli_plan_set *set, int32_t year, const double *price, pl_error *err)
{
    const pl_economy *e = &set->variant->economy;
    pl_balance *balance = PL_NEW(pl_balance, e->n_goods);
    double *capacity = PL_NEW0(double, e->n_goods);
    pl_status status = balance != NULL && capacity != NULL ? PL_OK : pl_fail_nomem(err, "the lines of the plan");
    pl_dated own;
    char id[600];
    if (status == PL_OK) {
        pl_plan_balances(set->plan, e, balance);
        add_capacities(e, capacity);
    }
    for (int32_t g = 0; g < e->n_goods && status == PL_OK; g++) {
        if (!is_line(e, e->goods[g].id, year, &own)) {
            continue;
        }
        snprintf(id, sizeof id, "good:%.500s", own.id);
        pl_watch_line line = {.id = id, .owner = e->goods[g].place, .parent = "", .planned = balance[g].made,
                              .capability = capacity[g], .potentiality = NAN, .price = fmax(0, price[g]), .slack = NAN};
        status = pl_watch_add(w, &line, err);
    }
    pl_free(balance);
    pl_free(capacity);
    return status;
}

pl_status watch_year(const cli_args *args, const pl_economy *e, int32_t *out, pl_error *err)
{
    double year;
    pl_status status = cli_number(args, "year", 1, e->years > 0 ? e->years : 1, 1, &year, err);
    *out = status == PL_OK ? (int32_t)year : 1;
    return status;
}

/* Recipes carried out and goods made, with the prices of the last stage. */
static pl_status add_plan(pl_watch *w, const cli_args *args, const char *path, pl_error *err)
{
    cli_plan_set set;
    int32_t year = 1;
    pl_status status = cli_load_plan(path, cli_text(args, "economy"), &set, err);
    if (status != PL_OK) {
        return status;
    }
    if (set.plan->outcome != PL_PLANNED || set.plan->n_stages < 1) {
        status = pl_fail(err, PL_DATA, path, "watch a plan that can be carried out", "this plan says that what is asked for cannot be done");
    }
    status = status == PL_OK ? watch_year(args, &set.variant->economy, &year, err) : status;
    const double *price = status == PL_OK ? set.plan->stages[set.plan->n_stages - 1].good_price : NULL;
    status = status == PL_OK ? add_recipes(w, &set, year, price, err) : status;
    status = status == PL_OK ? add_goods(w, &set, year, price, err) : status;
    cli_plan_set_free(&set);
    return status;
}

static bool is_table(const char *path)
{
    static const char *const ends[] = {".csv", ".csv.gz", ".csv.zst"};
    size_t n = strlen(path);
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
        size_t m = strlen(ends[k]);
        if (n > m && strcmp(path + n - m, ends[k]) == 0) {
            return true;
        }
    }
    return false;
}

/* --first and --periods; without them the year in which the last report lies. */
static pl_status set_span(pl_watch *w, const cli_args *args, pl_error *err)
{
    const char *first = cli_text(args, "first");
    pl_tick_kind kind = w->kind;
    int32_t tick = w->last, year = pl_tick_year(kind);
    double periods;
    pl_status status = cli_number(args, "periods", 1, 1e6, kind == PL_TICK_NUMBER ? (double)NAN : (double)year, &periods, err);
    if (status != PL_OK) {
        return status;
    }
    if (first != NULL && !pl_tick_parse(first, strlen(first), &kind, &tick)) {
        return pl_fail(err, PL_USAGE, "--first", "write for example 2026-01, 2026-W01, 2026-01-01 or 1", "'%.60s' is no period", first);
    }
    if (isnan(periods)) {
        return pl_fail(err, PL_USAGE, "--periods", "say how many periods the plan lasts, for example --first 1 --periods 12", "the periods are plain numbers");
    }
    if (first == NULL) {
        if (kind == PL_TICK_NUMBER) {
            return pl_fail(err, PL_USAGE, "--first", "say in which period the plan begins", "the periods are plain numbers");
        }
        tick = pl_tick_year_begin(kind, tick);
    }
    return pl_watch_span(w, kind, tick, (int32_t)periods, err);
}

pl_status watch_load(const cli_args *args, int first, pl_watch **out, pl_error *err)
{
    const char *plan = cli_text(args, "plan");
    pl_watch *w;
    pl_status status = pl_watch_new(&w, err);
    if (status != PL_OK) {
        return status;
    }
    if (plan != NULL) {
        status = is_table(plan) ? pl_watch_read_lines(w, plan, err) : add_plan(w, args, plan, err);
    }
    for (int k = first; k < args->n_arguments && status == PL_OK; k++) {
        status = pl_watch_read_reports(w, args->argument[k], err);
    }
    if (status == PL_OK && w->n_reports == 0) {
        status = pl_fail(err, PL_DATA, args->argument[first], w->counts.unknown > 0 ? "are these the names of the plan? 'recipe:NAME' or 'good:NAME'" : NULL,
                         "there is no report of any line");
    }
    if (status == PL_OK && plan != NULL && (w->periods == 0 || cli_text(args, "first") != NULL)) {
        status = set_span(w, args, err);
    }
    status = status == PL_OK ? pl_watch_settle(w, err) : status;
    if (status != PL_OK) {
        pl_watch_free(w);
        return status;
    }
    *out = w;
    return PL_OK;
}

pl_status watch_season(const cli_args *args, const pl_watch *w, int32_t *out, pl_error *err)
{
    double season;
    int32_t year = pl_tick_year(w->kind);
    pl_status status = cli_number(args, "season", 0, 1000, w->kind == PL_TICK_DAY ? 7 : year > 1 ? year : 0, &season, err);
    *out = status == PL_OK ? (int32_t)season : 0;
    return status;
}

const char *watch_periods(const pl_watch *w, int64_t n, char out[48])
{
    snprintf(out, 48, "%lld %s%s", (long long)n, pl_tick_word(w->kind), n == 1 ? "" : "s");
    return out;
}

void watch_print_odd(const pl_watch *w, FILE *out)
{
    static const char *const words[PL_ODDS] = {
        "reports of lines that are not in the plan, left out",
        "two figures for one line and period",
        "corrections of a period after a later one was reported",
        "periods without a report, between reports",
        "lines that report the same figure every time",
        "lines of the plan of which nothing was reported",
    };
    const int64_t counts[PL_ODDS] = {w->counts.unknown, w->counts.conflicts, w->counts.corrections_late, w->counts.gaps, w->counts.constant, w->counts.silent};
    for (int k = 0; k < PL_ODDS; k++) {
        if (counts[k] == 0) {
            continue;
        }
        fprintf(out, "  %s: %lld\n", words[k], (long long)counts[k]);
        for (int32_t i = 0; i < w->n_odd[k]; i++) {
            fputs("    ", out);
            cli_print_safely(w->odd[k][i], out);
            fputs("\n", out);
        }
    }
    if (w->counts.repeated > 0 || w->counts.blank > 0) {
        fprintf(out, "  rows that repeat another: %lld; that are blank: %lld\n", (long long)w->counts.repeated, (long long)w->counts.blank);
    }
}
