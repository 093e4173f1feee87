/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate_private.c - `plenty needs noise` and `needs budget`: sums about people that may be published, and the account of them. */
#include <math.h>
#include <string.h>
#include <time.h>

#include <plenty/privacy.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/estimate.h"
#include "io/csv.h"

#define FILES_MAX 8

typedef struct noise {
    const cli_args *args;
    pl_error *err;
    pl_frame file[FILES_MAX];
    int n_files;
    pl_map household, cell;
    const char **cell_name;
    size_t cap_names, cap;
    int32_t n_cells;
    pl_contribution *all;
    int64_t n;
    int decimals;
    pl_private_settings settings;
    pl_private_report report;
    int64_t *sum;
    bool *released;
} noise;

static void noise_clear(noise *o)
{
    for (int i = 0; i < o->n_files; i++) {
        pl_frame_clear(&o->file[i]);
    }
    pl_map_clear(&o->household);
    pl_map_clear(&o->cell);
    pl_free(o->cell_name);
    pl_free(o->all);
    pl_free(o->sum);
    pl_free(o->released);
}

/* An option in whole millionths or the like; 0 when it was not given. */
static pl_status units(const cli_args *args, const char *option, double unit, double most, int64_t *out, pl_error *err)
{
    double x;
    pl_status status = cli_number(args, option, 0, most, 0, &x, err);
    *out = (int64_t)llround(x * unit);
    if (status == PL_OK && x > 0 && fabs((double)*out - x * unit) > 1e-3) {
        return pl_fail(err, PL_USAGE, option, "say it with fewer decimals", "%g is too fine", x);
    }
    return status;
}

static pl_status take_settings(noise *o)
{
    double decimals, clip, clip_cell, least;
    pl_status status = units(o->args, "epsilon", PL_EPSILON_UNIT, 1000, &o->settings.epsilon, o->err);
    status = status == PL_OK ? units(o->args, "delta", (double)PL_DELTA_UNIT, 0.5, &o->settings.delta, o->err) : status;
    status = status == PL_OK ? cli_number(o->args, "decimals", 0, 6, 0, &decimals, o->err) : status;
    status = status == PL_OK ? cli_number(o->args, "clip", 0, 1e6, 0, &clip, o->err) : status;
    status = status == PL_OK ? cli_number(o->args, "clip-cell", 0, 1e6, 0, &clip_cell, o->err) : status;
    status = status == PL_OK ? cli_number(o->args, "least", 0, 1e6, 0, &least, o->err) : status;
    if (status == PL_OK) {
        double unit = pow(10, floor(decimals));
        o->decimals = (int)decimals;
        o->settings.clip = (int64_t)llround(clip * unit);
        o->settings.clip_cell = (int64_t)llround(clip_cell * unit);
        o->settings.least = (int64_t)least;
    }
    return status;
}

/* Names of cells known beforehand: all of them are released, whoever is in them. */
static pl_status add_cell(noise *o, const char *name, int32_t *number)
{
    int32_t old;
    if (pl_map_put(&o->cell, name, strlen(name), o->n_cells, &old) != PL_OK ||
        !pl_grow(&o->cell_name, &o->cap_names, (size_t)o->n_cells + 1, sizeof *o->cell_name, INT32_MAX)) {
        return pl_fail_nomem(o->err, "the cells");
    }
    *number = old >= 0 ? old : o->n_cells;
    if (old < 0) {
        o->cell_name[o->n_cells++] = name;
    }
    return PL_OK;
}

static pl_status read_cells(noise *o)
{
    const char *path = cli_text(o->args, "cells");
    int32_t column, number;
    if (path == NULL) {
        return PL_OK;
    }
    pl_frame *f = &o->file[o->n_files++];
    pl_status status = pl_frame_load(path, f, o->err);
    status = status == PL_OK ? pl_frame_column(f, "cell", &column, o->err) : status;
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        status = add_cell(o, pl_frame_cell(f, r, column), &number);
    }
    return status;
}

static pl_status read_row(noise *o, const pl_frame *f, int32_t r, const int32_t column[3], bool closed)
{
    const char *household = pl_frame_cell(f, r, column[0]), *cell = pl_frame_cell(f, r, column[1]), *amount = pl_frame_cell(f, r, column[2]);
    double x, unit = pow(10, o->decimals);
    int32_t who, what = pl_map_get(&o->cell, cell, strlen(cell)), old;
    if (!pl_number_parse(amount, strlen(amount), &x) || fabs(x) * unit > 1e12) {
        return pl_frame_fail(f, r, o->err, "say a number, for example 12.50", "the amount \"%.60s\" is not a number, or too large", amount);
    }
    if (fabs(x * unit - round(x * unit)) > 1e-6 * fmax(1, fabs(x * unit))) {
        return pl_frame_fail(f, r, o->err, "add --decimals 2 for hundredths", "the amount %s has more than %d decimals", amount, o->decimals);
    }
    if (closed && what < 0) {
        return pl_frame_fail(f, r, o->err, "add it to the list of cells", "the cell \"%.60s\" is not in the list", cell);
    }
    pl_status status = what >= 0 ? PL_OK : add_cell(o, cell, &what);
    who = (int32_t)o->household.count;
    if (status != PL_OK || pl_map_put(&o->household, household, strlen(household), who, &old) != PL_OK ||
        !pl_grow(&o->all, &o->cap, (size_t)o->n + 1, sizeof *o->all, SIZE_MAX / 64)) {
        return pl_fail_nomem(o->err, "the sums");
    }
    o->all[o->n++] = (pl_contribution){old >= 0 ? old : who, what, (int64_t)llround(x * unit)};
    return PL_OK;
}

static pl_status read_contributions(noise *o)
{
    bool closed = cli_text(o->args, "cells") != NULL;
    pl_status status = PL_OK;
    for (int i = 0; i < o->args->n_arguments && status == PL_OK; i++) {
        static const char *const NAME[] = {"household", "cell", "amount"};
        int32_t column[3] = {0};
        pl_frame *f = &o->file[o->n_files++];
        status = pl_frame_load(o->args->argument[i], f, o->err);
        for (int k = 0; k < 3 && status == PL_OK; k++) {
            const char *name = cli_text(o->args, NAME[k]);
            status = pl_frame_column(f, name != NULL ? name : NAME[k], &column[k], o->err);
        }
        for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
            status = read_row(o, f, r, column, closed);
        }
    }
    return status;
}

static const char *today(char out[32])
{
    time_t now = time(NULL);
    struct tm t;
    if (gmtime_r(&now, &t) == NULL || strftime(out, 32, "%Y-%m-%d", &t) == 0) {
        out[0] = '\0';
    }
    return out;
}

/* The release goes into the ledger first: what is written down and never published costs budget, but nobody. */
static pl_status enter(noise *o)
{
    const char *path = cli_text(o->args, "ledger"), *name = cli_text(o->args, "name");
    pl_ledger ledger;
    pl_ledger_entry e = {.epsilon = o->settings.epsilon, .delta = o->settings.delta, .clip = o->settings.clip, .cells = o->n_cells};
    snprintf(e.name, sizeof e.name, "%s", name != NULL ? name : o->args->argument[0]);
    today(e.date);
    pl_status status = pl_ledger_load(path, &ledger, o->err);
    if (status == PL_OK) {
        status = pl_ledger_add(&ledger, path, &e, o->err);
        if (status == PL_OK && !cli_flag(o->args, "quiet")) {
            printf("ledger   %s: epsilon %g of %g spent, %d releases\n", path, (double)ledger.epsilon / PL_EPSILON_UNIT,
                   (double)ledger.entry[ledger.budget].epsilon / PL_EPSILON_UNIT, ledger.releases);
        }
        pl_ledger_clear(&ledger);
    }
    return status;
}

static void add_amount(pl_str *out, int64_t x, int decimals)
{
    double unit = pow(10, decimals);
    char text[64];
    snprintf(text, sizeof text, "%.*f", decimals, (double)x / unit);
    pl_str_add(out, text);
}

static pl_status write_sums(noise *o)
{
    pl_str text;
    pl_str_init(&text, (size_t)1 << 32);
    pl_str_add(&text, "cell,amount\n");
    for (int32_t c = 0; c < o->n_cells; c++) {
        if (o->released[c]) {
            pl_csv_add(&text, o->cell_name[c]);
            pl_str_add(&text, ",");
            add_amount(&text, o->sum[c], o->decimals);
            pl_str_add(&text, "\n");
        }
    }
    pl_status status = estimate_write(o->args, &text, o->err);
    pl_str_clear(&text);
    return status;
}

static void print_noise(const noise *o)
{
    double unit = pow(10, o->decimals);
    const pl_private_report *r = &o->report;
    printf("%lld households, %d cells; %d released, %d withheld\n", (long long)r->households, o->n_cells, r->released, r->withheld);
    printf("  clipped  %lld households to %g in all: %.3g %% of the amounts kept\n", (long long)r->clipped, (double)o->settings.clip / unit,
           r->total > 0 ? 100.0 * (double)r->kept / (double)r->total : 100);
    printf("  noise    half of the sums are off by less than %.3g, 19 of 20 by less than %.3g\n", r->error / unit, r->error / log(2) * log(20) / unit);
    if (r->threshold != INT64_MIN) {
        printf("  rare     sums below %g are withheld\n", (double)r->threshold / unit);
    }
}

static pl_status run_noise(noise *o)
{
    pl_randomness random;
    pl_status status = estimate_check_output(o->args, o->err);
    status = status == PL_OK ? take_settings(o) : status;
    status = status == PL_OK ? read_cells(o) : status;
    status = status == PL_OK ? read_contributions(o) : status;
    if (status == PL_OK && cli_text(o->args, "cells") == NULL && o->settings.delta == 0) {
        return pl_fail(o->err, PL_USAGE, "--delta", "say --delta 1e-9, or list all cells that there are with --cells FILE",
                       "which cells there are would give away who bought what");
    }
    o->sum = PL_NEW0(int64_t, o->n_cells);
    o->released = PL_NEW0(bool, o->n_cells);
    if (status == PL_OK && (o->sum == NULL || o->released == NULL)) {
        status = pl_fail_nomem(o->err, "the sums");
    }
    if (status == PL_OK) {
        status = pl_private_clip(o->n, o->all, (int32_t)o->household.count, o->n_cells, &o->settings, o->sum, &o->report, o->err);
    }
    status = status == PL_OK ? pl_randomness_secure(&random, o->err) : status;
    status = status == PL_OK ? enter(o) : status;
    status = status == PL_OK ? pl_private_noise(o->n_cells, &o->settings, &random, o->sum, o->released, &o->report, o->err) : status;
    if (status == PL_OK && !cli_flag(o->args, "quiet")) {
        print_noise(o);
    }
    return status == PL_OK ? write_sums(o) : status;
}

int cli_needs_noise(const cli_args *args)
{
    if (cli_text(args, "output") == NULL || cli_text(args, "ledger") == NULL) {
        return cli_usage(args, "plenty needs noise AMOUNTS --epsilon 1 --clip 20 --ledger LEDGER -o SUMS", "say where sums and account go: --output FILE, --ledger FILE");
    }
    if (args->n_arguments >= FILES_MAX) {
        return cli_usage(args, "put tables together", "at most %d tables can be given", FILES_MAX - 1);
    }
    pl_error err;
    noise o = {.args = args, .err = &err};
    pl_map_init(&o.household);
    pl_map_init(&o.cell);
    pl_status status = run_noise(&o);
    noise_clear(&o);
    return status != PL_OK ? cli_fail(&err) : 0;
}

/* ---- The ledger -------------------------------------------------------------------------------------------------------------------------- */

static void print_ledger(const pl_ledger *l)
{
    cli_table t;
    if (l->budget < 0) {
        printf("No budget: nothing may be released.\n");
    } else {
        const pl_ledger_entry *b = &l->entry[l->budget];
        printf("Budget %s, since %s: epsilon %g, delta %g\n", b->name, b->date, (double)b->epsilon / PL_EPSILON_UNIT, (double)b->delta / (double)PL_DELTA_UNIT);
        printf("  spent    epsilon %g (%.3g %%), delta %g, in %d releases", (double)l->epsilon / PL_EPSILON_UNIT,
               b->epsilon > 0 ? 100.0 * (double)l->epsilon / (double)b->epsilon : 100, (double)l->delta / (double)PL_DELTA_UNIT, l->releases);
        double both = pl_ledger_concentrated(l, 1e-9);
        if (l->releases > 0 && both < (double)l->epsilon / PL_EPSILON_UNIT) {
            printf("; taken together at most epsilon %.3g at delta 1e-9", both);
        }
        printf("\n  means    whoever sees all of it can be at most %.3g times as sure as before whether a household took part\n",
               exp((double)l->epsilon / PL_EPSILON_UNIT));
    }
    cli_table_start(&t, "lllrrrr");
    cli_table_heading(&t, "date\tentry\tname\tepsilon\tdelta\tmost of a household\tcells");
    int32_t first = l->n > CLI_ROWS - 2 ? l->n - (CLI_ROWS - 2) : 0;
    for (int32_t i = first; i < l->n; i++) {
        const pl_ledger_entry *e = &l->entry[i];
        char clip[32] = "", cells[32] = "";
        if (!e->budget) {
            snprintf(clip, sizeof clip, "%lld", (long long)e->clip);
            snprintf(cells, sizeof cells, "%lld", (long long)e->cells);
        }
        cli_table_row(&t, "%s\t%s\t%s\t%g\t%g\t%s\t%s", e->date, e->budget ? "budget" : "release", e->name, (double)e->epsilon / PL_EPSILON_UNIT,
                      (double)e->delta / (double)PL_DELTA_UNIT, clip, cells);
    }
    if (first > 0) {
        printf("  (%d earlier entries are in the file)\n", first);
    }
    cli_table_print(&t, stdout);
}

int cli_needs_budget(const cli_args *args)
{
    pl_error err;
    pl_ledger ledger;
    const char *path = args->argument[0], *name = cli_text(args, "name"), *decision = cli_text(args, "decision");
    pl_ledger_entry e = {.budget = true};
    pl_status status = pl_ledger_load(path, &ledger, &err);
    status = status == PL_OK ? units(args, "epsilon", PL_EPSILON_UNIT, 1000, &e.epsilon, &err) : status;
    status = status == PL_OK ? units(args, "delta", (double)PL_DELTA_UNIT, 0.5, &e.delta, &err) : status;
    bool set = cli_text(args, "epsilon") != NULL;
    if (status == PL_OK && !set && !pl_path_exists(path)) {
        status = pl_fail(&err, PL_NOTFOUND, path, "begin one: plenty needs budget LEDGER --epsilon 4 --name 2027", "there is no such ledger");
    }
    if (status == PL_OK && set && name == NULL) {
        status = pl_fail(&err, PL_USAGE, "--name", "say for example --name 2027", "a budget needs a name: what it is for, or until when");
    }
    if (status == PL_OK && decision != NULL && (!set || strlen(decision) != 64 || strspn(decision, "0123456789abcdef") != 64)) {
        status = pl_fail(&err, PL_USAGE, "--decision", "with --epsilon; 'plenty motion show' prints the id in full", "say by which motion the budget was set, in 64 hexadecimal digits");
    }
    if (status == PL_OK && set) {
        snprintf(e.name, sizeof e.name, "%s", name);
        snprintf(e.decision, sizeof e.decision, "%s", decision != NULL ? decision : "");
        today(e.date);
        status = pl_ledger_add(&ledger, path, &e, &err);
    }
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_ledger(&ledger);
    }
    pl_ledger_clear(&ledger);
    return status != PL_OK ? cli_fail(&err) : 0;
}
