/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <plenty/plan.h>

#include "test/fuzz/fuzz.h"

/* The bakery with one of its tables replaced by the bytes: loaded, checked, and planned where that goes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tables[] = {"flows.csv", "needs.csv", "goods.csv", "recipes.csv",
                                         "resources.csv", "uses.csv", "trade.csv", "datapackage.json"};
    pl_error err;
    pl_findings findings = {0};
    pl_economy *economy = NULL;
    pl_variant *variant = NULL;
    pl_plan *plan = NULL;
    if (size == 0) {
        return 0;
    }
    const fuzz_folder *folder = fuzz_bakery();
    const char *table = tables[data[0] % (sizeof tables / sizeof tables[0])];
    fuzz_replace(folder->bakery, table, data + 1, size - 1);
    pl_plan_settings settings = {.goal = PL_SATISFY, .time_limit_s = 2};
    if (pl_economy_load(folder->bakery, NULL, &findings, &economy, &err) == PL_OK &&
        pl_economy_check(economy, NULL, &findings, &err) == PL_OK &&
        pl_variant_new(economy, &variant, &err) == PL_OK &&
        pl_plan_make(variant, &settings, &plan, &err) != PL_OK) {
        plan = NULL;
    }
    pl_plan_free(plan);
    pl_variant_free(variant);
    pl_economy_free(economy);
    fuzz_restore(folder->bakery, table);
    return 0;
}
