/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * load.c - economies, scenarios and saved plans as the commands need them. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "io/file.h"

pl_status cli_load_economy(const char *path, bool quiet, pl_economy **out, pl_error *err)
{
    pl_findings findings = {0};
    pl_progress progress = cli_progress(quiet);
    pl_status status = pl_economy_load(path, &progress, &findings, out, err);
    cli_progress_done();
    if (status != PL_OK) {
        cli_print_findings(&findings, PL_ERROR, path, stderr);
        if (findings.count[PL_ERROR] > 0) {
            pl_fail(err, status, path, NULL, "%lld error%s in the tables",
                    (long long)findings.count[PL_ERROR], findings.count[PL_ERROR] == 1 ? "" : "s");
        }
    } else if (!quiet && findings.count[PL_WARNING] > 0) {
        fprintf(stderr, "note: %lld warnings in the tables; 'plenty check %s' shows them\n",
                (long long)findings.count[PL_WARNING], path);
    }
    return status;
}

pl_status cli_apply_scenario(const cli_args *args, pl_variant *variant, char *goal, size_t size,
                             pl_error *err)
{
    static const char *const verbs[] = {"set", "limit", "demand", "isolated"};
    goal[0] = '\0';
    for (int i = 0; i < args->n_given; i++) {
        const char *name = args->given[i].option->name, *value = args->given[i].value;
        pl_status status = PL_OK;
        if (strcmp(name, "scenario") == 0) {
            status = pl_variant_read(variant, value, goal, size, err);
        }
        for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
            if (strcmp(name, verbs[v]) == 0) {
                status = pl_variant_change(variant, name, value != NULL ? value : "", err);
            }
        }
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

pl_status cli_apply_horizon(const cli_args *args, pl_variant *variant, pl_error *err)
{
    const pl_economy *e = variant->base;
    double years = 0;
    pl_horizon h = PL_ONE_YEAR;
    pl_status status = cli_number(args, "years", 1, PL_YEARS_MAX, 0, &years, err);
    if (status == PL_OK) {
        status = cli_part(args, "growth", PL_ABSENT, &h.growth, err);
    }
    if (status == PL_OK) {
        status = cli_part(args, "end", 1, &h.end, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (years != floor(years)) {
        return pl_fail(err, PL_USAGE, "--years", "give a whole number", "a plan is made for whole years");
    }
    h.years = (int32_t)years;
    if (h.years == 0 && (cli_text(args, "growth") != NULL || cli_text(args, "end") != NULL)) {
        return pl_fail(err, PL_USAGE, "--years", "add --years 5", "--growth and --end are for a plan of several years");
    }
    bool later = e->n_assets + e->n_capital + e->n_lags + e->n_trends > 0;
    if (h.years == 0 && later && !cli_flag(args, "quiet")) {
        fprintf(stderr, "note: this economy has tables for several years, which a plan for one year leaves out; "
                        "add --years 5 to use them\n");
    }
    return pl_variant_unroll(variant, &h, err);
}

/* Where the economy of a saved plan may be: as it was given then, seen from here or from the plan. */
static bool find_economy(const char *plan, const char *path, char *out, size_t size)
{
    char parent[4096];
    if (path == NULL || path[0] == '\0') {
        return false;
    }
    snprintf(out, size, "%s", path);
    if (path[0] == '/' || pl_path_exists(path)) {
        return pl_path_exists(path);
    }
    return pl_path_join(out, size, plan, path)
               ? pl_path_exists(out) || (pl_path_join(parent, sizeof parent, plan, "..") &&
                                         pl_path_join(out, size, parent, path) && pl_path_exists(out))
               : false;
}

pl_status cli_load_plan(const char *plan, const char *economy, cli_plan_set *out, pl_error *err)
{
    memset(out, 0, sizeof *out);
    pl_plan *head = NULL;
    pl_status status = pl_plan_open(plan, &head, err);
    if (status != PL_OK) {
        return status;
    }
    if (economy != NULL) {
        snprintf(out->path, sizeof out->path, "%s", economy);
    } else if (!find_economy(plan, head->economy_path, out->path, sizeof out->path)) {
        status = pl_fail(err, PL_NOTFOUND, plan, "say where it is: --economy ECONOMY",
                         "the economy '%s' of this plan is not there", head->economy_path);
    }
    if (status == PL_OK) {
        status = cli_load_economy(out->path, true, &out->economy, err);
    }
    if (status == PL_OK) {
        status = pl_plan_load_with(plan, out->economy, &out->variant, &out->plan, err);
    }
    pl_plan_free(head);
    if (status != PL_OK) {
        cli_plan_set_free(out);
    }
    return status;
}

void cli_plan_set_free(cli_plan_set *set)
{
    pl_plan_free(set->plan);
    pl_variant_free(set->variant);
    pl_economy_free(set->economy);
    set->plan = NULL;
    set->variant = NULL;
    set->economy = NULL;
}

