/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a binary plan of the bakery, as they are and with header and checksums made right: the planner's reader and
 * the checker's either read or refuse it.  What the planner reads can be saved again. */
#include <plenty/plan.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/checksum.h"
#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

static char file[320], copy[320];
static pl_economy *economy;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static uint64_t number(const uint8_t *at, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | at[i];
    }
    return x;
}

/* Magic, version, size, hash of the bakery and all checksums as they should be. */
static void seal(uint8_t *p, size_t n)
{
    char hex[65];
    pl_error err;
    memcpy(p, "\x89PLPLAN\n\1\0\0\0", 12);
    require(pl_economy_hash(economy, hex, &err) == PL_OK);
    for (int i = 0; i < 32; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        p[24 + i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    uint64_t sections = number(p + 12, 4), size = n;
    memcpy(p + 16, &size, 8);
    for (uint64_t i = 0; i < sections && 64 + 32 * (i + 1) <= n; i++) {
        uint8_t *entry = p + 64 + 32 * i;
        uint64_t bytes = number(entry + 4, 4), offset = number(entry + 8, 8), count = number(entry + 16, 8);
        if (bytes <= 8 && offset <= n && count <= n && bytes * count <= n - offset) {
            uint64_t sum = pl_checksum(p + offset, bytes * count);
            sum = pl_checksum(&sum, 8);
            memcpy(entry + 24, &sum, 8);
        }
    }
    memset(p + 56, 0, 8);
    if (sections < 64 && 64 + 32 * sections <= n) {
        uint64_t sum = pl_checksum(p, 64 + 32 * sections);
        memcpy(p + 56, &sum, 8);
    }
}

static void try(const uint8_t *data, size_t n)
{
    pl_error err = {0};
    pl_plan *head = NULL, *plan = NULL;
    pl_variant *variant = NULL;
    FILE *f = fopen(file, "wb");
    require(f != NULL && fwrite(data, 1, n, f) == n && fclose(f) == 0);
    require(pl_variant_new(economy, &variant, &err) == PL_OK);
    pl_status status = pl_plan_open(file, &head, &err);
    status = status == PL_OK ? pl_variant_restore(variant, head->changes, head->n_changes, &err) : status;
    status = status == PL_OK ? pl_plan_load(file, variant, &plan, &err) : status;
    require(status == PL_OK || (err.status == status && err.message[0] != '\0' && status != PL_BUG && plan == NULL));
    if (status == PL_OK) {
        require(pl_plan_save_binary(plan, &variant->economy, copy, true, &err) == PL_OK);
    }
    pl_plan_free(plan);
    pl_plan_free(head);
    pl_variant_free(variant);
    FILE *none = fopen("/dev/null", "w");
    require(none != NULL);
    int code = pv_verify(file, fuzz_bakery()->bakery, false, none, none);
    require(code == 0 || code == 1 || code == 3 || code == 4);
    fclose(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (economy == NULL) {
        pl_error err;
        snprintf(file, sizeof file, "%s/p.plan", fuzz_bakery()->top);
        snprintf(copy, sizeof copy, "%s/copy.plan", fuzz_bakery()->top);
        require(pl_economy_load(fuzz_bakery()->bakery, NULL, NULL, &economy, &err) == PL_OK);
    }
    try(data, n);
    if (n >= 64) {
        uint8_t *p = malloc(n);
        require(p != NULL);
        memcpy(p, data, n);
        seal(p, n);
        try(p, n);
        free(p);
    }
    return 0;
}
