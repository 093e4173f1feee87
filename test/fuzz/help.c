/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/fuzz/fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenty/plan.h>

static fuzz_folder the;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_all(void)
{
    nftw(the.top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void made(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        fprintf(stderr, "the bakery cannot be planned: %s\n", err->message);
        abort();
    }
}

const fuzz_folder *fuzz_bakery(void)
{
    if (the.top[0] != '\0') {
        return &the;
    }
    const char *source = getenv("PLENTY_SOURCE");
    char example[4096];
    snprintf(example, sizeof example, "%s/examples/bakery", source != NULL ? source : ".");
    snprintf(the.top, sizeof the.top, "%s/plenty-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(the.top) == NULL) {
        abort();
    }
    atexit(remove_all);
    snprintf(the.bakery, sizeof the.bakery, "%s/bakery", the.top);
    snprintf(the.plan, sizeof the.plan, "%s/plan", the.top);
    pl_error err;
    pl_economy *economy = NULL;
    pl_variant *variant = NULL;
    pl_plan *plan = NULL;
    pl_plan_settings settings = {.goal = PL_SATISFY};
    made(pl_economy_load(example, NULL, NULL, &economy, &err), &err);
    made(pl_economy_save(economy, the.bakery, false, NULL, &err), &err);
    made(pl_variant_new(economy, &variant, &err), &err);
    made(pl_plan_make(variant, &settings, &plan, &err), &err);
    made(pl_plan_save(plan, &variant->economy, the.plan, false, &err), &err);
    pl_plan_free(plan);
    pl_variant_free(variant);
    pl_economy_free(economy);
    return &the;
}

void fuzz_replace(const char *folder, const char *file, const uint8_t *data, size_t size)
{
    char path[512], kept[512];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    snprintf(kept, sizeof kept, "%s-kept-%s", folder, file);
    if (rename(path, kept) != 0) {
        abort();
    }
    FILE *out = fopen(path, "w");
    if (out == NULL || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        abort();
    }
}

void fuzz_restore(const char *folder, const char *file)
{
    char path[512], kept[512];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    snprintf(kept, sizeof kept, "%s-kept-%s", folder, file);
    if (rename(kept, path) != 0) {
        abort();
    }
}
