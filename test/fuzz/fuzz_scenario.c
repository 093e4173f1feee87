/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include <plenty/plan.h>

#include "test/fuzz/fuzz.h"

/* The bytes as one change of a scenario, and as a goal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const verbs[] = {"set", "limit", "demand", "isolated"};
    static pl_economy *economy;
    pl_error err;
    pl_variant *variant = NULL;
    char text[512];
    if (size == 0 || (economy == NULL &&
                      pl_economy_load(fuzz_bakery()->bakery, NULL, NULL, &economy, &err) != PL_OK)) {
        return 0;
    }
    size_t n = size - 1 < sizeof text ? size - 1 : sizeof text - 1;
    memcpy(text, data + 1, n);
    text[n] = '\0';
    pl_plan_settings settings = {0};
    (void)!pl_goal_parse(text, &settings, &err);
    if (pl_variant_new(economy, &variant, &err) == PL_OK) {
        (void)!pl_variant_change(variant, verbs[data[0] % 4], text, &err);
        (void)!pl_variant_change(variant, "set", "labour=-10%", &err);
    }
    pl_variant_free(variant);
    return 0;
}
