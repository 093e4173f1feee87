/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * import.c - `plenty import`: tables of others become an economy. */
#include <math.h>
#include <string.h>

#include <plenty/estimate.h>
#include <plenty/import.h>

#include "cli/cli.h"
#include "io/file.h"
#include "io/json.h"

static pl_status find_mapping(const cli_args *args, char *out, size_t size, pl_error *err)
{
    const char *given = cli_text(args, "mapping");
    char folder[4096] = "";
    if (given != NULL) {
        return (size_t)snprintf(out, size, "%s", given) < size
                   ? PL_OK
                   : pl_fail(err, PL_USAGE, "--mapping", NULL, "the path is too long");
    }
    cli_find_shared("mappings", folder, sizeof folder);
    return pl_import_find_mapping(args->argument[0], folder, out, size, err);
}

/* A factor, or "none" for no limit; 0 = not given. */
static pl_status factor(const cli_args *args, const char *name, double *out, pl_error *err)
{
    const char *text = cli_text(args, name);
    if (text != NULL && strcmp(text, "none") == 0) {
        *out = INFINITY;
        return PL_OK;
    }
    pl_status status = cli_number(args, name, 0.001, 1e6, 0, out, err);
    if (status != PL_OK) {
        snprintf(err->hint, sizeof err->hint, "say a factor, for example 1.1, or none");
    }
    return status;
}

/* The balancer that importing is handed: the nearest table in proportion. */
static pl_status balance(pl_balancing *b, const pl_progress *progress, pl_error *err)
{
    pl_reconciled r;
    pl_constraints c = {b->n_cells, b->n_sums, b->start, b->row, NULL, b->target};
    pl_reconcile_settings set = {.distance = PL_ENTROPY, .tolerance = 1e-11, .progress = progress};
    pl_status status = pl_reconcile(&c, b->x, &set, b->x, NULL, &r, err);
    b->residual = r.residual;
    b->clash = r.outcome == PL_RECONCILED ? -1 : r.clash[0];
    return status;
}

static pl_status settings_of(const cli_args *args, pl_import_settings *out, pl_error *err)
{
    double year = 0;
    memset(out, 0, sizeof *out);
    out->model = cli_text(args, "model");
    out->capital = cli_flag(args, "capital");
    out->balance = cli_flag(args, "balance") ? balance : NULL;
    pl_status status = cli_number(args, "year", 1, 9999, 0, &year, err);
    out->year = (int32_t)year;
    if (status == PL_OK) {
        status = factor(args, "capacity", &out->capacity, err);
    }
    if (status == PL_OK) {
        status = factor(args, "available", &out->available, err);
    }
    return status;
}

static void print_text(const pl_import_report *r, const char *output, const char *years)
{
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], d[CLI_NUMBER];
    printf("%s%s%s (%s%s%s)\n", cli_bold(), r->title, cli_plain(), r->kind, r->model[0] != '\0' ? ", " : "", r->model);
    printf("  read     %d products, %d industries; output %s, final demand %s, imports %s, exports %s\n",
           r->products, r->industries, cli_amount(r->output, a), cli_amount(r->final_demand, b),
           cli_amount(r->imports, c), cli_amount(r->exports, d));
    printf("  largest gaps of the tables: rows %s, columns %s\n", cli_amount(r->row_gap, a),
           cli_amount(r->column_gap, b));
    if (r->negative_use_cells + r->negative_coefficients + r->negative_final > 0) {
        printf("  negative: %lld cells of use, %lld coefficients, %lld final demands\n",
               (long long)r->negative_use_cells, (long long)r->negative_coefficients,
               (long long)r->negative_final);
    }
    if (r->balanced_cells > 0) {
        printf("  balanced %lld cells moved, by %s in all\n", (long long)r->balanced_cells, cli_amount(r->balanced_sum, a));
    }
    printf("  written  %s: %d goods, %d recipes, %d resources, %d needs, %d stocks\n", output, r->goods,
           r->recipes, r->resources, r->needs, r->stocks);
    printf("  licence  %s\n  next     plenty check %s; plenty plan %s%s -o PLAN\n", r->licence, output, output, years);
}

static pl_status print_json(const pl_import_report *r, const char *output, const pl_findings *f,
                            pl_error *err)
{
    const struct {
        const char *key;
        double value;
    } figures[] = {
        {"year", r->year}, {"products", r->products}, {"industries", r->industries},
        {"goods", r->goods}, {"recipes", r->recipes}, {"resources", r->resources},
        {"needs", r->needs}, {"stocks", r->stocks}, {"zero_output", r->zero_output},
        {"no_producer", r->no_producer}, {"merged", r->merged}, {"byproducts", r->byproducts},
        {"use_cells", (double)r->use_cells}, {"negative_use_cells", (double)r->negative_use_cells},
        {"negative_coefficients", (double)r->negative_coefficients},
        {"negative_final", (double)r->negative_final}, {"output", r->output},
        {"final_demand", r->final_demand}, {"imports", r->imports}, {"exports", r->exports},
        {"row_gap", r->row_gap}, {"column_gap", r->column_gap},
        {"balanced_cells", (double)r->balanced_cells}, {"balanced_sum", r->balanced_sum},
        {"warnings", (double)f->count[PL_WARNING]}, {"notes", (double)f->count[PL_NOTE]},
    };
    const struct {
        const char *key, *value;
    } texts[] = {{"economy", output}, {"title", r->title}, {"kind", r->kind}, {"model", r->model},
                 {"licence", r->licence}};
    pl_str text;
    pl_json j;
    pl_str_init(&text, 1u << 20);
    pl_json_init(&j, &text, true);
    pl_json_object(&j);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        pl_json_put_text(&j, texts[i].key, texts[i].value);
    }
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        pl_json_put_number(&j, figures[i].key, figures[i].value);
    }
    pl_json_end(&j);
    bool failed = text.failed;
    if (!failed) {
        printf("%s\n", text.text);
    }
    pl_str_clear(&text);
    return failed ? pl_fail_nomem(err, "the report") : PL_OK;
}

static pl_status import_and_save(const cli_args *args, const char *output, pl_import_report *report,
                                 pl_findings *findings, pl_error *err)
{
    char mapping[4096];
    pl_import_settings settings;
    pl_package package;
    pl_economy *economy = NULL;
    pl_progress progress = cli_progress(cli_flag(args, "quiet"));
    pl_status status = find_mapping(args, mapping, sizeof mapping, err);
    if (status == PL_OK) {
        status = settings_of(args, &settings, err);
    }
    if (status == PL_OK) {
        status = pl_import(args->argument[0], mapping, &settings, &progress, findings, report, &economy,
                           err);
    }
    cli_progress_done();
    if (status == PL_OK) {
        pl_import_package(report, &package);
        status = pl_economy_save(economy, output, cli_flag(args, "replace"), &package, err);
    }
    pl_economy_free(economy);
    return status;
}

int cli_import(const cli_args *args)
{
    const char *output = cli_text(args, "output");
    if (output == NULL) {
        return cli_usage(args, "plenty import DATA -o ECONOMY", "say where to write the economy");
    }
    pl_error err;
    pl_findings findings = {0};
    pl_import_report report;
    pl_status status = import_and_save(args, output, &report, &findings, &err);
    if (!cli_flag(args, "quiet") || status != PL_OK) {
        cli_print_findings(&findings, PL_NOTE, "", stderr);
    }
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(&report, output, &findings, &err);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_text(&report, output, cli_flag(args, "capital") ? " --years 5" : "");
    }
    return status != PL_OK ? cli_fail(&err) : 0;
}
