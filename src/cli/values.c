/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * values.c - `plenty values`: how many hours are in each thing. */
#include <plenty/values.h>

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/cli.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json.h"

#define MOST 20

typedef struct report {
    const pl_economy *economy;
    const pl_values *values;
    const char *path, *of; /* "labour", or another resource */
    double profit;
    bool of_plan;
    int32_t *order; /* goods, those with the most labour in all first */
    int32_t shown;
} report;

/* ---- Order ------------------------------------------------------------------------------------------- */

static const pl_values *sorting; /* qsort takes no context */

static int by_labour(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    double p = sorting->value[x] * sorting->output[x], q = sorting->value[y] * sorting->output[y];
    return p != q ? (p < q) - (p > q) : (x > y) - (x < y);
}

static pl_status put_in_order(report *r, pl_error *err)
{
    int32_t n = r->economy->n_goods;
    if ((r->order = PL_NEW(int32_t, n)) == NULL) {
        return pl_fail_nomem(err, "the table of values");
    }
    for (int32_t g = 0; g < n; g++) {
        r->order[g] = g;
    }
    sorting = r->values;
    qsort(r->order, (size_t)n, sizeof *r->order, by_labour);
    r->shown = r->shown < n ? r->shown : n;
    return PL_OK;
}

/* Half the distance between the bounds, in proportion; infinite where there is no upper one. */
static double uncertainty(double low, double high)
{
    return high > 0 ? (high - low) / (high + low) : 0;
}

static double worst_uncertainty(const pl_values *v)
{
    double worst = 0;
    for (int32_t g = 0; g < v->n_goods; g++) {
        double of_value = isinf(v->value_high[g]) ? (double)INFINITY : uncertainty(v->value_low[g], v->value_high[g]);
        double of_price = isinf(v->price_high[g]) ? (double)INFINITY : uncertainty(v->price_low[g], v->price_high[g]);
        worst = fmax(worst, fmax(of_value, of_price));
    }
    return worst;
}

/* ---- For people ------------------------------------------------------------------------------------------ */

static void print_goods(const report *r)
{
    const pl_values *v = r->values;
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], d[CLI_NUMBER];
    cli_table t;
    for (int32_t from = 0; from < r->shown; from += CLI_ROWS - 1) {
        cli_table_start(&t, r->profit > 0 ? "lrrrrl" : "lrrrl");
        if (from == 0 && r->profit > 0) {
            cli_table_heading(&t, "good\tgross output\tthe recipe itself\tin all\tprice of production\tunit");
        } else if (from == 0) {
            cli_table_heading(&t, "good\tgross output\tthe recipe itself\tin all\tunit");
        }
        for (int32_t i = from; i < r->shown && i < from + CLI_ROWS - 1; i++) {
            int32_t g = r->order[i];
            const char *name = cli_good_name(r->economy, g), *of = r->economy->goods[g].unit;
            cli_amount(v->output[g], a);
            cli_amount(v->direct[g], b);
            if (r->profit > 0) {
                cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s", name, a, b, cli_amount(v->value[g], c),
                              cli_amount(v->price[g], d), of);
            } else {
                cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", name, a, b, cli_amount(v->value[g], c), of);
            }
        }
        cli_table_print(&t, stdout);
    }
    if (r->shown < r->economy->n_goods) {
        printf("  ... and %d more goods with less in all (--most, --csv)\n", r->economy->n_goods - r->shown);
    }
}

static void print_sums(const report *r)
{
    const pl_values *v = r->values;
    char a[CLI_NUMBER];
    printf("\nTo meet all needs in full takes %s %s%sof %s.", cli_amount(v->labour, a), v->unit, v->unit[0] != '\0' ? " " : "", r->of);
    printf(" (Added up over the recipes: the same to %.0e.)\n",
           fmax(fabs(v->labour_used - v->labour) / fmax(v->labour, 1e-300), 1e-16));
    if (v->joint > 0) {
        printf("%d recipe%s several goods: the main product bears all of it, what comes along counts as none.\n", v->joint,
               v->joint == 1 ? " makes" : "s make");
    }
    if (v->not_made > 0) {
        printf("%d goods are used that nobody makes here; they count as none.\n", v->not_made);
    }
    if (r->profit > 0 && v->radius_high > 0 && isfinite(v->radius_high)) {
        printf("These recipes allow rates of profit of up to %s.\n", cli_percent(1 / v->radius_high - 1, a));
    }
    double worst = worst_uncertainty(v);
    if (isfinite(worst)) {
        printf("Proved: every value is right to %.0e of itself; gross outputs lack no more than %s %s%sof %s.\n",
               fmax(worst, 1e-16), cli_amount(v->unfinished, a), v->unit,
               v->unit[0] != '\0' ? " " : "", r->of);
    } else {
        printf("For some goods only a lower bound could be proved (--csv says for which).\n");
    }
}

static void print_text(const report *r)
{
    const pl_economy *e = r->economy;
    char rate[CLI_NUMBER];
    const char *unit = r->values->unit[0] != '\0' ? r->values->unit : "its unit";
    printf("%sHow much %s is in the goods of %s%s (%s a unit; %s)\n", cli_bold(), r->of, e->title[0] != '\0' ? e->title : r->path,
           cli_plain(), unit, r->of_plan ? "recipes as in the plan" : "the recipes with the least");
    if (r->profit > 0) {
        printf("Prices of production at a rate of profit of %s, in %s of %s that one unit buys\n",
               cli_percent(r->profit, rate), unit, r->of);
    }
    print_goods(r);
    print_sums(r);
}

/* ---- For programs ------------------------------------------------------------------------------------------ */

static pl_status print_json(const report *r, pl_error *err)
{
    const pl_values *v = r->values;
    pl_str text;
    pl_json j;
    pl_str_init(&text, (size_t)1 << 33);
    pl_json_init(&j, &text, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "economy", r->path);
    pl_json_put_text(&j, "of", r->of);
    pl_json_put_text(&j, "unit", v->unit);
    pl_json_put_number(&j, "profit", r->profit);
    pl_json_put_number(&j, "labour", v->labour);
    pl_json_put_number(&j, "labour_of_recipes", v->labour_used);
    pl_json_put_number(&j, "unfinished", v->unfinished);
    pl_json_put_number(&j, "radius_low", v->radius_low);
    pl_json_put_number(&j, "radius_high", v->radius_high);
    pl_json_put_int(&j, "joint", v->joint);
    pl_json_put_int(&j, "not_made", v->not_made);
    pl_json_put_int(&j, "groups", v->n_groups);
    pl_json_put_int(&j, "largest_group", v->largest);
    pl_json_put_int(&j, "sweeps", v->sweeps);
    pl_json_key(&j, "goods");
    pl_json_array(&j);
    for (int32_t g = 0; g < v->n_goods; g++) {
        pl_json_object(&j);
        pl_json_put_text(&j, "id", r->economy->goods[g].id);
        pl_json_put_text(&j, "recipe", v->recipe[g] >= 0 ? r->economy->recipes[v->recipe[g]].id : NULL);
        pl_json_put_number(&j, "output", v->output[g]);
        pl_json_put_number(&j, "direct", v->direct[g]);
        pl_json_put_number(&j, "value", v->value[g]);
        pl_json_put_number(&j, "value_low", v->value_low[g]);
        pl_json_put_number(&j, "value_high", v->value_high[g]);
        pl_json_put_number(&j, "price", v->price[g]);
        pl_json_put_number(&j, "price_low", v->price_low[g]);
        pl_json_put_number(&j, "price_high", v->price_high[g]);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    bool failed = text.failed;
    if (!failed) {
        printf("%s\n", text.text);
    }
    pl_str_clear(&text);
    return failed ? pl_fail_nomem(err, "the values") : PL_OK;
}

static void add_number(pl_str *out, double x)
{
    char number[PL_NUMBER_MAX];
    pl_str_add(out, ",");
    if (isfinite(x)) {
        pl_number_format(x, number);
        pl_str_add(out, number);
    }
}

static pl_status write_csv(const report *r, const char *path, pl_error *err)
{
    const pl_values *v = r->values;
    pl_str out;
    pl_str_init(&out, (size_t)1 << 33);
    pl_str_add(&out, "good,name,unit,recipe,output,direct,value,value_low,value_high,price,price_low,price_high\n");
    for (int32_t g = 0; g < v->n_goods; g++) {
        const pl_good *good = &r->economy->goods[g];
        const char *texts[] = {good->id, good->name, good->unit, v->recipe[g] >= 0 ? r->economy->recipes[v->recipe[g]].id : ""};
        const double numbers[] = {v->output[g], v->direct[g], v->value[g], v->value_low[g], v->value_high[g], v->price[g],
                                  v->price_low[g], v->price_high[g]};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            pl_str_add(&out, k > 0 ? "," : "");
            pl_csv_add(&out, texts[k]);
        }
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            add_number(&out, numbers[k]);
        }
        pl_str_add(&out, "\n");
    }
    pl_status status = out.failed ? pl_fail_nomem(err, "the table of values") : pl_file_write(path, out.text, out.len, err);
    pl_str_clear(&out);
    return status;
}

/* ---- The command --------------------------------------------------------------------------------------------- */

static pl_status report_values(const cli_args *args, report *r, pl_error *err)
{
    const char *csv = cli_text(args, "csv");
    pl_status status = put_in_order(r, err);
    if (status == PL_OK && csv != NULL) {
        status = write_csv(r, csv, err);
    }
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(r, err);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_text(r);
        if (csv != NULL) {
            printf("written: %s\n", csv);
        }
    }
    pl_free(r->order);
    return status;
}

int cli_values(const cli_args *args)
{
    pl_error err;
    cli_plan_set set = {0};
    pl_economy *economy = NULL;
    pl_values *values = NULL;
    double most = MOST;
    const char *plan = cli_text(args, "plan"), *csv = cli_text(args, "csv");
    const char *resource = cli_text(args, "of");
    report r = {.path = args->argument[0], .of = resource != NULL ? resource : "labour", .of_plan = plan != NULL};
    pl_values_settings settings = {.resource = resource, .progress = cli_progress(cli_flag(args, "quiet"))};
    pl_status status = cli_part(args, "profit", 0, &r.profit, &err);
    status = status == PL_OK ? cli_number(args, "most", 1, 1e9, MOST, &most, &err) : status;
    if (status == PL_OK && csv != NULL && !cli_flag(args, "replace") && pl_path_exists(csv)) {
        status = pl_fail(&err, PL_IO, csv, "choose another name, or add --replace", "this is there already");
    }
    status = status == PL_OK ? cli_memory_for(args, PL_WORK_VALUES, r.path, "working out these values", &err) : status;
    if (status == PL_OK) {
        status = plan != NULL ? cli_load_plan(plan, r.path, &set, &err)
                              : cli_load_economy(r.path, cli_flag(args, "quiet"), &economy, &err);
    }
    if (status == PL_OK) {
        r.economy = plan != NULL ? &set.variant->economy : economy;
        r.shown = (int32_t)most;
        settings.profit = r.profit;
        settings.plan = set.plan;
        status = pl_values_find(r.economy, &settings, &values, &err);
    }
    cli_progress_done();
    if (status == PL_OK) {
        r.values = values;
        status = report_values(args, &r, &err);
    }
    pl_values_free(values);
    cli_plan_set_free(&set);
    pl_economy_free(economy);
    return status != PL_OK ? cli_fail(&err) : 0;
}
