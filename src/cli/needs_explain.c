/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_explain.c - plenty needs explain: where a figure comes from, how sure it is, what changed, which complaints moved it. */
#include <math.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/needs.h"
#include "io/rows.h"

static double total(const pl_forecast *f, const pl_node *n)
{
    double sum = 0;
    for (int32_t k = 0; k < f->horizon; k++) {
        sum += n->mean[k];
    }
    return sum;
}

static pl_status find_node(const pl_forecast *f, const char *good, int32_t *out, pl_error *err)
{
    *out = pl_forecast_find(f, good);
    if (*out >= 0) {
        return PL_OK;
    }
    const char **names = PL_NEW(const char *, f->n);
    if (names == NULL) {
        return pl_fail_nomem(err, "the forecast");
    }
    for (int32_t i = 0; i < f->n; i++) {
        names[i] = f->node[i].level == PL_LEVEL_GROUP ? f->node[i].group : f->node[i].item;
    }
    char hint[200];
    const char *like = pl_did_you_mean(good, names, f->n);
    snprintf(hint, sizeof hint, like != NULL ? "did you mean '%.100s'?" : "scores.csv lists items and groups; or say total", like);
    pl_free(names);
    return pl_fail(err, PL_NOTFOUND, good, hint, "nothing was forecast under this name");
}

static void print_ahead(const pl_forecast *f, const pl_node *n)
{
    cli_table t;
    cli_table_start(&t, "lrrr");
    cli_table_heading(&t, "period from\texpected\t80 % between\t95 % between");
    int32_t shown = f->horizon < 20 ? f->horizon : 20;
    for (int32_t k = 0; k < shown; k++) {
        const double *q = n->quantile + k * PL_QUANTILES;
        char date[PL_DATE_TEXT], x[5][PL_NUMBER_MAX];
        pl_number_for_people(n->mean[k], x[0]);
        pl_number_for_people(q[1], x[1]);
        pl_number_for_people(q[3], x[2]);
        pl_number_for_people(q[0], x[3]);
        pl_number_for_people(q[4], x[4]);
        cli_table_row(&t, "%s\t%s\t%s - %s\t%s - %s", pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods + k), date), x[0], x[1], x[2], x[3], x[4]);
    }
    cli_table_print(&t, stdout);
    if (shown < f->horizon) {
        printf("... and %d more periods in forecast.csv\n", f->horizon - shown);
    }
}

static void print_origin(const pl_forecast *f, const pl_node *n)
{
    char date[PL_DATE_TEXT], to[PL_DATE_TEXT], a[PL_NUMBER_MAX], b[PL_NUMBER_MAX];
    double sum = 0, recent = 0;
    int32_t few = f->n_periods < f->horizon ? f->n_periods : f->horizon;
    for (int32_t t = 0; t < f->n_periods; t++) {
        sum += n->history[t];
        recent += t >= f->n_periods - few ? n->history[t] : 0;
    }
    pl_number_for_people(sum / f->n_periods, a);
    pl_number_for_people(recent / few, b);
    printf("From %d periods of purchases, %s to %s: %s a period on average, %s over the last %d.\n", f->n_periods,
           pl_day_text(pl_period_first_day(f->kind, f->first), date), pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods) - 1, to), a, b, few);
    printf("Method: %s, %s, then made to add up with its group and the whole.\n", pl_method_id(n->method),
           n->method != PL_COMBINED ? "by its errors from earlier ends" : n->level == PL_LEVEL_TOTAL ? "Theta, drawn towards the mean" : "the mean of mean, smoothing, damped trend and Theta");
    printf("Error from earlier ends (RMSSE): %.3f; naive %.3f, seasonal naive ", n->score[PL_AUTO], n->score[PL_NAIVE]);
    printf(isnan(n->score[PL_SNAIVE]) ? "not to be had (under a season)" : "%.3f", n->score[PL_SNAIVE]);
    printf("; chance alone %.3f.\n", n->floor);
    double part = n->score[PL_AUTO] > 0 ? fmin(n->floor * n->floor / (n->score[PL_AUTO] * n->score[PL_AUTO]), 1) : NAN;
    if (!isnan(part)) {
        printf("So about %.0f %% of its squared error is chance, which no method removes.\n", 100 * part);
    }
}

static pl_status print_change(const cli_args *args, const pl_forecast *f, const pl_node *n, pl_error *err)
{
    const char *before = cli_text(args, "before");
    pl_forecast *old = NULL;
    int32_t i;
    if (before == NULL) {
        return PL_OK;
    }
    pl_status status = pl_forecast_load(before, &old, err);
    status = status == PL_OK ? find_node(old, args->argument[0], &i, err) : status;
    if (status == PL_OK) {
        const pl_node *m = &old->node[i];
        double now = total(f, n) / f->horizon, then = total(old, m) / old->horizon, came = 0, expected = 0;
        char change[CLI_NUMBER];
        int32_t both = 0, inside = 0;
        printf("Since last time: %s a period.\n", cli_change(then, now, change));
        for (int32_t k = 0; k < old->horizon; k++) { /* periods that were ahead then, and are history now */
            int32_t t = old->first + old->n_periods + k - f->first;
            if (t >= 0 && t < f->n_periods) {
                both++;
                came += n->history[t];
                expected += m->mean[k];
                inside += n->history[t] >= m->quantile[k * PL_QUANTILES + 1] && n->history[t] <= m->quantile[k * PL_QUANTILES + 3];
            }
        }
        if (both > 0) {
            printf("Of what was forecast then, %d period%s came: %.4g in place of %.4g, %d within the 80 %% interval.\n", both, both == 1 ? "" : "s", came, expected, inside);
        }
        if (m->method != n->method) {
            printf("The method was %s, it is %s now.\n", pl_method_id(m->method), pl_method_id(n->method));
        }
    }
    pl_forecast_free(old);
    return status;
}

/* What was wanted and not there, and what that changed. */
static void print_missed(const pl_forecast *f, const pl_node *n)
{
    char missed[PL_NUMBER_MAX], before[PL_NUMBER_MAX], now[PL_NUMBER_MAX], change[CLI_NUMBER];
    if (isnan(n->as_sold)) {
        return;
    }
    if (n->missed == 0 && n->reports == 0) {
        printf("Nobody complained, and no shelf was empty.\n");
        return;
    }
    pl_number_for_people(n->missed, missed);
    pl_number_for_people(n->as_sold / f->horizon, before);
    pl_number_for_people(total(f, n) / f->horizon, now);
    printf("Wanted and not there: %s in the past, with %lld report%s. Counting only what was sold, the forecast would be %s a period; it is %s (%s).\n", missed,
           (long long)n->reports, n->reports == 1 ? "" : "s", before, now, cli_change(n->as_sold, total(f, n), change));
}

static void print_wants(const pl_forecast *f, const char *item)
{
    for (size_t k = 0; k < f->n_wants; k++) {
        const pl_item_wants *w = &f->wants[k];
        char amount[PL_NUMBER_MAX];
        if (strcmp(w->item, item) != 0) {
            continue;
        }
        pl_number_for_people(w->ordered, amount);
        printf("Ordered for these periods: %s, in %lld order%s of %lld.\n", amount, (long long)w->orders, w->orders == 1 ? "" : "s", (long long)w->ordering);
        if (w->both > 0) {
            printf("%lld reported that it was not there, %lld of them had ordered: about %.0f want it in all (95 %%: %.0f to %.0f).\n", (long long)w->missing, (long long)w->both,
                   w->people.number, w->people.low, w->people.high);
        }
    }
}

/* Where the need comes from, source by source. */
static void print_sources(const pl_forecast *f, const pl_node *n)
{
    double sum = n != NULL ? total(f, n) : 0, hidden = n != NULL && !isnan(n->as_sold) ? fmax(sum - n->as_sold, 0) : 0, ordered = 0;
    for (size_t k = 0; n != NULL && k < f->n_wants; k++) {
        ordered += n->level == PL_LEVEL_TOTAL || strcmp(f->wants[k].item, n->item) == 0 ? f->wants[k].ordered : 0;
    }
    const double amount[PL_SOURCES] = {sum - hidden, hidden, ordered};
    cli_table t;
    if (hidden + ordered == 0) {
        return;
    }
    cli_table_start(&t, "lrr");
    cli_table_heading(&t, "needed in all, from\tamount\tpart");
    for (int s = 0; s < PL_SOURCES; s++) {
        char text[PL_NUMBER_MAX];
        pl_number_for_people(amount[s], text);
        cli_table_row(&t, "%s\t%s\t%.0f %%", pl_source_id((pl_source)s), text, 100 * amount[s] / (sum + ordered));
    }
    cli_table_print(&t, stdout);
}

/* Rows of unserved.csv for this item: what was missing, how that is known, how many complained. */
static pl_status print_complaints(const cli_args *args, const pl_node *n, pl_error *err)
{
    const char *path = cli_text(args, "unserved");
    static const char *const name[] = {"item", "place", "mechanism", "sold", "wanted", "reports", "cases"};
    int32_t column[7], found = 0;
    pl_row_reader rows;
    bool more = true;
    if (path == NULL) {
        return PL_OK;
    }
    pl_status status = pl_row_reader_open(&rows, path, "unserved.csv", err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < 7; k++) {
        column[k] = pl_csv_column(&rows.csv, name[k]);
        if (column[k] < 0 && status == PL_OK) {
            status = pl_fail(err, PL_DATA, path, "make it with plenty needs unserved", "there is no column '%s'", name[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, err)) == PL_OK && more) {
        const pl_csv_field *c = rows.csv.field;
        if (strcmp(c[column[0]].text, n->item) == 0) {
            found++;
            if (strcmp(c[column[2]].text, "reports") == 0) {
                printf("Reports%s%s: %s, of %s cases in all.\n", c[column[1]].n > 0 ? " in " : "", c[column[1]].text, c[column[5]].text, c[column[6]].text);
                continue;
            }
            printf("Empty shelves%s%s: %s were sold, %s would have been (%s); %s report%s, %s case%s in all.\n", c[column[1]].n > 0 ? " in " : "", c[column[1]].text,
                   c[column[3]].text, c[column[4]].text, c[column[2]].text, c[column[5]].text, strcmp(c[column[5]].text, "1") == 0 ? "" : "s", c[column[6]].text,
                   strcmp(c[column[6]].text, "1") == 0 ? "" : "s");
        }
    }
    if (status == PL_OK && found == 0) {
        printf("No empty shelves and no complaints about it.\n");
    }
    pl_row_reader_close(&rows);
    return status;
}

/* Something that was ordered and never sold. */
static pl_status explain_order(const pl_forecast *f, const char *item, pl_error *err)
{
    int32_t i;
    for (size_t k = 0; k < f->n_wants; k++) {
        if (strcmp(f->wants[k].item, item) == 0) {
            printf("%s", cli_bold());
            cli_print_safely(item, stdout);
            printf("%s\nNever sold in these periods, so nothing was forecast.\n", cli_plain());
            print_wants(f, item);
            return PL_OK;
        }
    }
    return find_node(f, item, &i, err);
}

int cli_needs_explain(const cli_args *args)
{
    pl_error err;
    pl_forecast *f = NULL;
    int32_t i = -1;
    const char *folder = cli_text(args, "forecast"), *svg = cli_text(args, "svg");
    pl_status status = folder != NULL ? pl_forecast_load(folder, &f, &err)
                                      : pl_fail(&err, PL_USAGE, "--forecast", "add --forecast FOLDER", "say which forecast");
    bool ordered = status == PL_OK && pl_forecast_find(f, args->argument[0]) < 0;
    status = ordered ? explain_order(f, args->argument[0], &err) : status == PL_OK ? find_node(f, args->argument[0], &i, &err) : status;
    if (status == PL_OK && !ordered) {
        const pl_node *n = &f->node[i];
        printf("%s", cli_bold());
        cli_print_safely(args->argument[0], stdout);
        printf("%s\n", cli_plain());
        print_ahead(f, n);
        print_origin(f, n);
        print_missed(f, n);
        print_wants(f, n->item);
        print_sources(f, n);
        status = print_change(args, f, n, &err);
        status = status == PL_OK ? print_complaints(args, n, &err) : status;
    }
    if (status == PL_OK && svg != NULL && !ordered) {
        status = pl_forecast_svg(f, i, svg, &err);
        if (status == PL_OK) {
            printf("written: %s\n", svg);
        }
    }
    pl_forecast_free(f);
    return status != PL_OK ? cli_fail(&err) : 0;
}
