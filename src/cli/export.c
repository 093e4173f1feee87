/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.c - `plenty export`: a plan for other programs, and for people. */
#include "cli/export.h"

#include <plenty/export.h>
#include <plenty/report.h>

#include "io/file.h"

/* What can be written; the option's name is the key. */
typedef pl_status (*export_fn)(const cli_args *args, const cli_plan_set *set, const char *path, pl_error *err);

static pl_status export_mps(const cli_args *args, const cli_plan_set *set, const char *path, pl_error *err)
{
    double stage = 1;
    pl_status status = cli_number(args, "stage", 1, 1e6, 1, &stage, err);
    return status == PL_OK ? cli_export_mps(set, path, (int32_t)stage, !cli_flag(args, "unscaled"), err) : status;
}

static pl_status export_html(const cli_args *args, const cli_plan_set *set, const char *path, pl_error *err)
{
    /* The economy as it was called then, if that still leads there; a path seen from the plan would only confuse. */
    const char *given = cli_text(args, "economy"), *then = set->plan->economy_path;
    const pl_report_options options = {.plan_path = args->argument[0],
                                       .economy_path = given != NULL          ? given
                                                       : pl_path_exists(then) ? then
                                                                              : NULL};
    return pl_report_html(set->plan, &set->variant->economy, &options, path, err);
}

static pl_status export_csv(const cli_args *args, const cli_plan_set *set, const char *path, pl_error *err)
{
    return pl_export_csv(set->plan, &set->variant->economy, path, cli_flag(args, "replace"), err);
}

static pl_status export_xlsx(const cli_args *args, const cli_plan_set *set, const char *path, pl_error *err)
{
    (void)args;
    return pl_export_xlsx(set->plan, &set->variant->economy, path, err);
}

static const struct {
    const char *option;
    export_fn write;
} KINDS[] = {{"html", export_html}, {"xlsx", export_xlsx}, {"csv", export_csv}, {"mps", export_mps}};
#define N_KINDS (sizeof KINDS / sizeof KINDS[0])

/* Existing files are only replaced when that was asked for; refused before the work, not after it. */
static pl_status may_write(const cli_args *args, pl_error *err)
{
    for (size_t k = 0; k < N_KINDS && !cli_flag(args, "replace"); k++) {
        const char *path = cli_text(args, KINDS[k].option);
        if (path != NULL && pl_path_exists(path)) {
            return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
        }
    }
    return PL_OK;
}

static pl_status export_all(const cli_args *args, const cli_plan_set *set, pl_error *err)
{
    pl_status status = PL_OK;
    for (size_t k = 0; k < N_KINDS && status == PL_OK; k++) {
        const char *path = cli_text(args, KINDS[k].option);
        if (path != NULL) {
            status = KINDS[k].write(args, set, path, err);
        }
        if (path != NULL && status == PL_OK) {
            printf("written: %s\n", path);
        }
    }
    return status;
}

int cli_export(const cli_args *args)
{
    pl_error err;
    cli_plan_set set;
    bool any = false;
    for (size_t k = 0; k < N_KINDS; k++) {
        any |= cli_text(args, KINDS[k].option) != NULL;
    }
    if (!any) {
        return cli_usage(args, "plenty export PLAN --html FILE", "say what to write");
    }
    pl_status status = may_write(args, &err);
    if (status == PL_OK) {
        status = cli_load_plan(args->argument[0], cli_text(args, "economy"), &set, &err);
    }
    if (status == PL_OK) {
        status = export_all(args, &set, &err);
        cli_plan_set_free(&set);
    }
    return status != PL_OK ? cli_fail(&err) : 0;
}
