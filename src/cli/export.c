/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export.c - `plenty export`: a plan for other programs. */
#include "cli/export.h"

#include "io/file.h"

/* Existing files are only replaced when that was asked for. */
static pl_status may_write(const char *path, bool replace, pl_error *err)
{
    if (replace || !pl_path_exists(path)) {
        return PL_OK;
    }
    return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
}

static pl_status export_all(const cli_args *args, const cli_plan_set *set, pl_error *err)
{
    const char *mps = cli_text(args, "mps");
    bool replace = cli_flag(args, "replace");
    double stage = 1;
    pl_status status = cli_number(args, "stage", 1, 1e6, 1, &stage, err);
    if (status == PL_OK && mps != NULL) {
        status = may_write(mps, replace, err);
    }
    if (status == PL_OK && mps != NULL) {
        status = cli_export_mps(set, mps, (int32_t)stage, !cli_flag(args, "unscaled"), err);
        if (status == PL_OK) {
            printf("written: %s (stage %d)\n", mps, (int)stage);
        }
    }
    return status;
}

int cli_export(const cli_args *args)
{
    pl_error err;
    cli_plan_set set;
    if (cli_text(args, "mps") == NULL) {
        return cli_usage(args, "plenty export PLAN --mps FILE", "say what to write");
    }
    pl_status status = cli_load_plan(args->argument[0], cli_text(args, "economy"), &set, &err);
    if (status == PL_OK) {
        status = export_all(args, &set, &err);
        cli_plan_set_free(&set);
    }
    return status != PL_OK ? cli_fail(&err) : 0;
}
