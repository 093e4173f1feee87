/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_save.c - a forecast as tables. */
#include <math.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/json.h"
#include "needs/forecast.h"

#define TABLE_MAX ((size_t)1 << 36)
static const char *const LEVEL[PL_LEVELS] = {"total", "group", "item", "place"};

static void add_key(pl_str *out, const pl_node *node)
{
    pl_str_add(out, LEVEL[node->level]);
    const char *const text[] = {node->item, node->group, node->place};
    for (int k = 0; k < 3; k++) {
        pl_str_add(out, ",");
        pl_csv_add(out, text[k]);
    }
}

static void add_number(pl_str *out, double x)
{
    pl_str_add(out, ",");
    pl_str_add_number(out, x);
}

static const char *period_text(const pl_forecast *f, int32_t t, char date[PL_DATE_TEXT])
{
    return pl_day_text(pl_period_first_day(f->kind, f->first + t), date);
}

static void add_forecast(const pl_forecast *f, pl_str *out)
{
    char date[PL_DATE_TEXT];
    pl_str_add(out, "level,item,group,place,period,mean,q2.5,q10,q50,q90,q97.5\n");
    for (int32_t i = 0; i < f->n; i++) {
        for (int32_t k = 0; k < f->horizon; k++) {
            add_key(out, &f->node[i]);
            pl_str_addf(out, ",%s", period_text(f, f->n_periods + k, date));
            add_number(out, f->node[i].mean[k]);
            for (int p = 0; p < PL_QUANTILES; p++) {
                add_number(out, f->node[i].quantile[k * PL_QUANTILES + p]);
            }
            pl_str_add(out, "\n");
        }
    }
}

static void add_scores(const pl_forecast *f, pl_str *out)
{
    pl_str_add(out, "level,item,group,place,method,sigma,scale,floor,missed,reports,as_sold,chosen");
    for (int m = 0; m < PL_METHODS; m++) {
        pl_str_addf(out, ",%s", pl_method_id((pl_method)m));
    }
    pl_str_add(out, "\n");
    for (int32_t i = 0; i < f->n; i++) {
        const pl_node *node = &f->node[i];
        add_key(out, node);
        pl_str_addf(out, ",%s", pl_method_id(node->method));
        add_number(out, node->sigma);
        add_number(out, node->scale);
        add_number(out, node->floor);
        add_number(out, node->missed);
        add_number(out, (double)node->reports);
        add_number(out, node->as_sold);
        add_number(out, node->score[PL_AUTO]);
        for (int m = 0; m < PL_METHODS; m++) {
            add_number(out, node->score[m]);
        }
        pl_str_add(out, "\n");
    }
}

static void add_history(const pl_forecast *f, pl_str *out)
{
    char date[PL_DATE_TEXT];
    pl_str_add(out, "level,item,group,place,period,value\n");
    for (int32_t i = 0; i < f->n; i++) {
        for (int32_t t = 0; t < f->n_periods; t++) {
            add_key(out, &f->node[i]);
            pl_str_addf(out, ",%s", period_text(f, t, date));
            add_number(out, f->node[i].history[t]);
            pl_str_add(out, "\n");
        }
    }
}

static void add_wants(const pl_forecast *f, pl_str *out)
{
    pl_str_add(out, "item,orders,ordered,ordering,reports,missing,both,missed,people,people_low,people_high\n");
    for (size_t k = 0; k < f->n_wants; k++) {
        const pl_item_wants *w = &f->wants[k];
        pl_csv_add(out, w->item);
        const double numbers[] = {(double)w->orders, w->ordered, (double)w->ordering, (double)w->reports, (double)w->missing, (double)w->both, w->missed, w->people.number, w->people.low, w->people.high};
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            add_number(out, numbers[i]);
        }
        pl_str_add(out, "\n");
    }
}

static void add_score(pl_json *j, const char *name, const pl_score *s)
{
    pl_json_key(j, name);
    pl_json_object(j);
    pl_json_put_int(j, "series", s->series);
    pl_json_key(j, "wrmsse");
    pl_json_object(j);
    for (int m = 0; m < PL_METHODS; m++) {
        pl_json_put_number(j, pl_method_id((pl_method)m), s->wrmsse[m]);
    }
    pl_json_put_number(j, "this", s->wrmsse[PL_AUTO]);
    pl_json_end(j);
    pl_json_put_number(j, "floor", s->floor);
    pl_json_put_number(j, "wape", s->wape);
    pl_json_put_number(j, "coverage_80", s->coverage[0]);
    pl_json_put_number(j, "coverage_95", s->coverage[1]);
    pl_json_end(j);
}

static void add_report(const pl_forecast *f, pl_str *out)
{
    char date[PL_DATE_TEXT];
    pl_json j;
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "format", "plenty-forecast-1");
    pl_json_put_text(&j, "period", pl_period_id(f->kind));
    pl_json_put_text(&j, "measure", pl_measure_id(f->measure));
    pl_json_put_text(&j, "first", period_text(f, 0, date));
    pl_json_put_int(&j, "periods", f->n_periods);
    pl_json_put_text(&j, "forecast_from", period_text(f, f->n_periods, date));
    pl_json_put_int(&j, "horizon", f->horizon);
    pl_json_put_int(&j, "season", f->season);
    pl_json_put_int(&j, "series", f->n_leaves);
    pl_json_put_int(&j, "sums", f->n - f->n_leaves);
    pl_json_put_int(&j, "constant", f->constant);
    pl_json_put_int(&j, "zero", f->zero);
    pl_json_put_int(&j, "intermittent", f->intermittent);
    pl_json_put_int(&j, "rolling_origins", f->origins);
    pl_json_put_int(&j, "checked_origins", f->checked);
    pl_json_put_number(&j, "incoherence", f->incoherence);
    if (f->n_drivers > 0) {
        pl_json_key(&j, "drivers");
        pl_json_object(&j);
        for (int32_t k = 0; k < f->n_drivers; k++) {
            pl_json_put_number(&j, f->driver[k], f->effect[k]);
        }
        pl_json_end(&j);
        pl_json_put_number(&j, "drivers_r2", f->r2);
    }
    if (f->checked > 0) {
        pl_json_key(&j, "expected");
        pl_json_object(&j);
        for (int l = 0; l < PL_LEVELS; l++) {
            if (f->level[l].series > 0) {
                add_score(&j, LEVEL[l], &f->level[l]);
            }
        }
        add_score(&j, "all", &f->all);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_str_add(out, "\n");
}

pl_status pl_forecast_save(const pl_forecast *f, const char *path, bool replace, pl_error *err)
{
    static const struct {
        const char *name;
        void (*add)(const pl_forecast *f, pl_str *out);
    } table[] = {{"forecast.csv", add_forecast}, {"scores.csv", add_scores}, {"history.csv", add_history}, {"forecast.json", add_report}, {"wants.csv", add_wants}};
    pl_folder folder;
    pl_status status = pl_folder_begin(&folder, path, "forecast.csv", replace, err);
    for (size_t k = 0; k < sizeof table / sizeof *table - (f->n_wants == 0) && status == PL_OK; k++) { /* the last only with orders */
        pl_str text;
        pl_str_init(&text, TABLE_MAX);
        table[k].add(f, &text);
        if (text.failed) {
            pl_folder_abort(&folder);
            status = pl_fail_nomem(err, "the forecast");
        }
        status = status == PL_OK ? pl_folder_add(&folder, table[k].name, text.text, text.len, err) : status;
        pl_str_clear(&text);
    }
    return status == PL_OK ? pl_folder_commit(&folder, err) : status;
}
