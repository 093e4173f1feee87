/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * convert.c - `plenty convert`: an economy in its other form. */
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "io/file.h"

/* Only an economy in the form that is to be written is replaced. */
static pl_status target_is_free(const char *path, bool to_file, bool replace, pl_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return PL_OK;
    }
    if (!replace) {
        return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    if (to_file) {
        char begin[8] = "";
        FILE *f = S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
        bool ours = f != NULL && fread(begin, 1, sizeof begin, f) == sizeof begin &&
                    memcmp(begin, "\x89PLECON\n", 8) == 0;
        if (f != NULL) {
            fclose(f);
        }
        if (!ours) {
            return pl_fail(err, PL_IO, path, "choose another name, or remove it yourself",
                           "this is not replaced: it is no binary economy");
        }
    }
    return PL_OK;
}

int cli_convert(const cli_args *args)
{
    pl_error err;
    pl_economy *economy = NULL;
    struct stat st;
    const char *from = args->argument[0], *to = args->argument[1];
    bool quiet = cli_flag(args, "quiet"), replace = cli_flag(args, "replace");
    bool to_file = stat(from, &st) != 0 || S_ISDIR(st.st_mode);
    pl_progress progress = cli_progress(quiet);
    pl_status status = target_is_free(to, to_file, replace, &err);
    if (status == PL_OK) {
        status = cli_load_economy(from, quiet, &economy, &err);
    }
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
