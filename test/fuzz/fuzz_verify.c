/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>

#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

/* A plan of the bakery with one of its files replaced by the bytes: the checker says no, or what is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"plan.json", "certificate.csv", "levels.csv", "deliveries.csv",
                                        "changes.csv", "balances.csv", "prices.csv", "limits.csv"};
    static FILE *nowhere;
    if (size == 0) {
        return 0;
    }
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
    }
    const fuzz_folder *folder = fuzz_bakery();
    const char *file = files[data[0] % (sizeof files / sizeof files[0])];
    fuzz_replace(folder->plan, file, data + 1, size - 1);
    if (nowhere != NULL) {
        (void)pv_verify(folder->plan, folder->bakery, (data[0] & 64) != 0, nowhere, nowhere);
    }
    fuzz_restore(folder->plan, file);
    return 0;
}
