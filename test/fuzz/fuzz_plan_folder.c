/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <plenty/plan.h>

#include "test/fuzz/fuzz.h"

/* A saved plan with one of its files replaced by the bytes, read back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"plan.json", "certificate.csv", "levels.csv", "deliveries.csv",
                                        "changes.csv", "balances.csv"};
    pl_error err;
    static pl_economy *economy;
    pl_variant *variant = NULL;
    pl_plan *head = NULL, *plan = NULL;
    if (size == 0 || (economy == NULL &&
                      pl_economy_load(fuzz_bakery()->bakery, NULL, NULL, &economy, &err) != PL_OK)) {
        return 0;
    }
    const fuzz_folder *folder = fuzz_bakery();
    const char *file = files[data[0] % (sizeof files / sizeof files[0])];
    fuzz_replace(folder->plan, file, data + 1, size - 1);
    if (pl_plan_open(folder->plan, &head, &err) == PL_OK && pl_variant_new(economy, &variant, &err) == PL_OK &&
        pl_variant_restore(variant, head->changes, head->n_changes, &err) == PL_OK &&
        pl_plan_load(folder->plan, variant, &plan, &err) != PL_OK) {
        plan = NULL;
    }
    pl_plan_free(plan);
    pl_plan_free(head);
    pl_variant_free(variant);
    fuzz_restore(folder->plan, file);
    return 0;
}
