/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * generate.c - `plenty generate`: a synthetic economy. */
#include <string.h>

#include <plenty/generate.h>

#include "cli/cli.h"
#include "io/file.h"

static pl_status settings_of(const cli_args *args, pl_generate_settings *s, pl_error *err)
{
    double goods = 1000, seed = 1;
    pl_status status = cli_number(args, "goods", 1, 200e6, 1000, &goods, err);
    status = status == PL_OK ? cli_number(args, "seed", 0, 9e15, 1, &seed, err) : status;
    *s = pl_generate_defaults((int32_t)goods);
    s->seed = (uint64_t)seed;
    const struct {
        const char *name;
        double low, high;
        int32_t *whole;
        double *real;
    } all[] = {{"recipes", 1, 9, &s->recipes, NULL},    {"inputs", 0, 100, &s->inputs, NULL},
               {"resources", 1, 99, &s->resources, NULL}, {"sectors", 1, 9999, &s->sectors, NULL},
               {"places", 1, 9999, &s->places, NULL},   {"capped", 0, 1, NULL, &s->capped},
               {"decades", 0, 40, NULL, &s->decades},   {"slack", -1, 1e6, NULL, &s->slack},
               {"joint", 0, 1, NULL, &s->joint},         {"capital", 0, 1, NULL, &s->capital}};
    for (size_t i = 0; i < sizeof all / sizeof all[0] && status == PL_OK; i++) {
        double usual = all[i].whole != NULL ? *all[i].whole : *all[i].real, x = usual;
        status = cli_number(args, all[i].name, all[i].low, all[i].high, usual, &x, err);
        if (all[i].whole != NULL) {
            *all[i].whole = (int32_t)x;
        } else {
            *all[i].real = x;
        }
    }
    if (cli_text(args, "capped") == NULL && s->recipes == 1) {
        s->capped = 0; /* a rival without limit stands behind every capacity */
    }
    return status;
}

int cli_generate(const cli_args *args)
{
    pl_error err;
    pl_generate_settings s;
    const char *path = args->argument[0];
    bool quiet = cli_flag(args, "quiet");
    pl_progress progress = cli_progress(quiet);
    pl_status status = settings_of(args, &s, &err);
    if (status == PL_OK && !cli_flag(args, "replace") && pl_path_exists(path)) {
        status = pl_fail(&err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    if (status == PL_OK) {
        cli_memory_there there;
        pl_memory needs = pl_memory_of_generate(&s);
        status = cli_memory(args, &there, &err);
        status = status == PL_OK ? cli_memory_allows(&there, path, "making this economy", &needs, &err) : status;
    }
    if (status == PL_OK) {
        status = pl_economy_generate(&s, path, &progress, &err);
        cli_progress_done();
    }
    if (status != PL_OK) {
        return cli_fail(&err);
    }
    if (!quiet) {
        printf("written: %s (%d goods, %d recipes; seed %llu)\n", path, s.goods, s.goods * s.recipes,
               (unsigned long long)s.seed);
    }
    return 0;
}
