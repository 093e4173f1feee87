/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_signal.c - plenty share signal: from clearing prices to the next plan. */
#include <math.h>
#include <string.h>

#include <plenty/share.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/cli.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/rows.h"

typedef struct job {
    const cli_args *args;
    pl_sharing *s;
    double *price, *cost, *supply, *ratio, *factor; /* by good */
    pl_error *err;
} job;

/* Reads column `column` of a table for the goods of the sharing; other goods are passed over. */
static pl_status read_column(job *j, const char *folder, const char *name, const char *column, double *out)
{
    char path[4096];
    pl_row_reader rows;
    pl_map goods;
    int32_t old;
    bool more = true;
    if (!pl_path_join(path, sizeof path, folder, name)) {
        return pl_fail(j->err, PL_IO, folder, NULL, "the path is too long");
    }
    pl_status status = pl_row_reader_open(&rows, path, name, j->err);
    if (status != PL_OK) {
        return status;
    }
    pl_map_init(&goods);
    for (int32_t g = 0; g < j->s->n_goods && status == PL_OK; g++) {
        status = pl_map_put(&goods, j->s->good[g].id, strlen(j->s->good[g].id), g, &old) != PL_OK ? pl_fail_nomem(j->err, name) : PL_OK;
    }
    int32_t good = pl_csv_column(&rows.csv, "good"), at = pl_csv_column(&rows.csv, column);
    if (status == PL_OK && (good < 0 || at < 0)) {
        status = pl_fail(j->err, PL_DATA, name, "give a folder of plenty share allot, and with --plan one of plenty plan", "there is no column good, or no column %s", column);
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, j->err)) == PL_OK && more) {
        int32_t g = pl_map_get(&goods, rows.csv.field[good].text, rows.csv.field[good].n);
        if (g >= 0 && !pl_csv_number(&rows.csv, at, &out[g], NULL)) {
            char place[192];
            pl_csv_place(&rows.csv, at, place, sizeof place);
            status = pl_fail(j->err, PL_DATA, place, NULL, "'%.60s' is no number", rows.csv.field[at].text);
        }
    }
    pl_map_clear(&goods);
    pl_row_reader_close(&rows);
    return status;
}

static pl_status reckon(job *j)
{
    size_t n = (size_t)j->s->n_goods;
    pl_signal_settings set = {0};
    j->price = PL_NEW(double, 5 * n);
    if (j->price == NULL) {
        return pl_fail_nomem(j->err, "the signal");
    }
    j->cost = j->price + n;
    j->supply = j->cost + n;
    j->ratio = j->supply + n;
    j->factor = j->ratio + n;
    for (size_t g = 0; g < n; g++) {
        j->price[g] = NAN;
        j->cost[g] = cli_text(j->args, "plan") != NULL ? NAN : j->s->good[g].cost;
        j->supply[g] = (double)j->s->good[g].supply / (double)j->s->good[g].part;
    }
    pl_status status = read_column(j, j->args->argument[0], "prices.csv", "price", j->price);
    status = status == PL_OK && cli_text(j->args, "plan") != NULL ? read_column(j, cli_text(j->args, "plan"), "prices.csv", "price", j->cost) : status;
    status = status == PL_OK ? cli_part(j->args, "damping", 0.5, &set.damping, j->err) : status;
    status = status == PL_OK ? cli_part(j->args, "limit", 0.2, &set.limit, j->err) : status;
    if (status == PL_OK && !(set.damping > 0 && set.damping < 2 && set.limit > 0 && set.limit < 1)) {
        status = pl_fail(j->err, PL_USAGE, set.limit > 0 && set.limit < 1 ? "--damping" : "--limit", "damping below 200%, limit below 100%", "this would never settle");
    }
    if (status == PL_OK) {
        pl_share_signal(j->s->n_goods, j->price, j->cost, j->supply, j->s->substitution, &set, j->ratio, j->factor);
    }
    return status;
}

static pl_status check_there(const job *j)
{
    static const char *const option[] = {"output", "table"};
    int32_t told = 0;
    for (int k = 0; k < 2; k++) {
        const char *path = cli_text(j->args, option[k]);
        if (path != NULL && !cli_flag(j->args, "replace") && pl_path_exists(path)) {
            return pl_fail(j->err, PL_IO, path, "choose another name, or add --replace", "this is there already");
        }
    }
    for (int32_t g = 0; g < j->s->n_goods; g++) {
        told += !isnan(j->ratio[g]);
    }
    return told > 0 ? PL_OK
                    : pl_fail(j->err, PL_DATA, j->args->argument[0], "share some goods by points; write their cost in supply.csv, or give --plan",
                              "no good has both a clearing price and a plan cost");
}

static pl_status write_scenario(const job *j)
{
    const char *path = cli_text(j->args, "output");
    pl_str out;
    if (path == NULL) {
        return PL_OK;
    }
    pl_str_init(&out, (size_t)1 << 30);
    pl_str_add(&out, "# clearing price beside plan cost, from plenty share signal\n");
    for (int32_t g = 0; g < j->s->n_goods; g++) {
        if (!isnan(j->ratio[g]) && j->factor[g] != 1) {
            pl_str_addf(&out, "demand %s = %+.6f%%\n", j->s->good[g].id, 100 * (j->factor[g] - 1));
        }
    }
    pl_status status = out.failed ? pl_fail_nomem(j->err, path) : pl_file_write(path, out.text, out.len, j->err);
    pl_str_clear(&out);
    return status;
}

static pl_status write_table(const job *j)
{
    const char *path = cli_text(j->args, "table");
    pl_str out;
    if (path == NULL) {
        return PL_OK;
    }
    pl_str_init(&out, (size_t)1 << 30);
    pl_str_add(&out, "good,price,cost,ratio,factor\n");
    for (int32_t g = 0; g < j->s->n_goods; g++) {
        const double x[] = {j->price[g], j->cost[g], j->ratio[g], j->factor[g]};
        pl_csv_add(&out, j->s->good[g].id);
        for (int k = 0; k < 4; k++) {
            pl_str_add(&out, ",");
            pl_str_add_number(&out, x[k]);
        }
        pl_str_add(&out, "\n");
    }
    pl_status status = out.failed ? pl_fail_nomem(j->err, path) : pl_file_write(path, out.text, out.len, j->err);
    pl_str_clear(&out);
    return status;
}

static void print_words(const job *j)
{
    static cli_table t;
    cli_table_start(&t, "lrrrr");
    cli_table_heading(&t, "good\tprice\tcost\tratio\tnext");
    for (int32_t g = 0; g < j->s->n_goods && t.rows < CLI_ROWS - 1; g++) {
        char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], d[CLI_NUMBER];
        if (!isnan(j->ratio[g])) {
            cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", j->s->good[g].id, cli_amount(j->price[g], a), cli_amount(j->cost[g], b), cli_amount(j->ratio[g], c),
                          cli_change(1, j->factor[g], d));
        }
    }
    cli_table_print(&t, stdout);
    if (cli_text(j->args, "output") != NULL) {
        printf("written: %s\n", cli_text(j->args, "output"));
    }
}

int cli_share_signal(const cli_args *args)
{
    pl_error err;
    job j = {.args = args, .err = &err};
    pl_status status = pl_sharing_load(args->argument[0], PL_RULE_UNIFORM, &j.s, &err);
    status = status == PL_OK ? reckon(&j) : status;
    status = status == PL_OK ? check_there(&j) : status;
    status = status == PL_OK ? write_scenario(&j) : status;
    status = status == PL_OK ? write_table(&j) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_words(&j);
    }
    pl_free(j.price);
    pl_sharing_free(j.s);
    return status != PL_OK ? cli_fail(&err) : 0;
}
