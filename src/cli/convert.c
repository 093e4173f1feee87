/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * convert.c - `plenty convert`: an economy or a plan in its other form. */
#include <string.h>

#include "cli/cli.h"
#include "io/file.h"

static bool is_binary_economy(const char *path)
{
    char begin[8] = "";
    FILE *f = pl_path_is_file(path) ? fopen(path, "rb") : NULL;
    bool is = f != NULL && fread(begin, 1, sizeof begin, f) == sizeof begin && memcmp(begin, "\x89PLECON\n", 8) == 0;
    if (f != NULL) {
        fclose(f);
    }
    return is;
}

static bool is_plan(const char *path)
{
    char inside[4096];
    return pl_plan_is_binary(path) ||
           (pl_path_join(inside, sizeof inside, path, "plan.json") && pl_path_exists(inside));
}

/* Only what is in the form that is to be written is replaced. */
static pl_status target_is_free(const char *path, bool plan, bool to_file, bool replace, pl_error *err)
{
    if (!pl_path_exists(path)) {
        return PL_OK;
    }
    if (!replace) {
        return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    if (to_file && !(plan ? pl_plan_is_binary(path) : is_binary_economy(path))) {
        return pl_fail(err, PL_IO, path, "choose another name, or remove it yourself", "this is not replaced: it is no %s",
                       plan ? "binary plan" : "binary economy");
    }
    return PL_OK;
}

static int convert_plan(const cli_args *args, bool to_file, bool replace)
{
    pl_error err;
    cli_plan_set set = {0};
    const char *to = args->argument[1];
    pl_status status = cli_load_plan(args->argument[0], cli_text(args, "economy"), &set, &err);
    if (status == PL_OK) {
        status = to_file ? pl_plan_save_binary(set.plan, &set.variant->economy, to, replace, &err)
                         : pl_plan_save(set.plan, &set.variant->economy, to, replace, &err);
    }
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        printf("written: %s (the plan for %s)\n", to, set.path);
    }
    cli_plan_set_free(&set);
    return status == PL_OK ? 0 : cli_fail(&err);
}

static int convert_economy(const cli_args *args, bool to_file, bool replace)
{
    pl_error err;
    pl_economy *economy = NULL;
    const char *to = args->argument[1];
    bool quiet = cli_flag(args, "quiet");
    pl_progress progress = cli_progress(quiet);
    pl_status status = cli_memory_for(args, PL_WORK_WRITE, args->argument[0], "converting this", &err);
    status = status == PL_OK ? cli_load_economy(args->argument[0], quiet, &economy, &err) : status;
    if (status == PL_OK && to_file) {
        status = pl_economy_save_binary(economy, to, &progress, &err);
    } else if (status == PL_OK) {
        pl_package package = {.title = economy->title};
        status = pl_economy_save(economy, to, replace, &package, &err);
    }
    cli_progress_done();
    if (status == PL_OK && !quiet) {
        printf("written: %s (%d goods, %d recipes)\n", to, economy->n_goods, economy->n_recipes);
    }
    pl_economy_free(economy);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_convert(const cli_args *args)
{
    pl_error err;
    const char *from = args->argument[0], *to = args->argument[1];
    bool replace = cli_flag(args, "replace"), to_file = !pl_path_is_file(from), plan = is_plan(from);
    if (!plan && cli_text(args, "economy") != NULL) {
        return cli_usage(args, NULL, "--economy belongs to a plan, but %.200s is none", from);
    }
    if (target_is_free(to, plan, to_file, replace, &err) != PL_OK) {
        return cli_fail(&err);
    }
    return plan ? convert_plan(args, to_file, replace) : convert_economy(args, to_file, replace);
}
