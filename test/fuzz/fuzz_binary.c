/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a binary economy, as they are and with all checksums made right: the planner's reader and the checker's
 * either read or refuse it.  What the planner reads has the same hash in both forms. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <plenty/economy.h>

#include "base/checksum.h"
#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

static char folder[64], file[80], copy[80];

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void remove_all(void)
{
    unlink(file);
    unlink(copy);
    rmdir(folder);
}

static void begin(void)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "/tmp/fuzz-binary-XXXXXX");
        require(mkdtemp(folder) != NULL);
        snprintf(file, sizeof file, "%s/e.economy", folder);
        snprintf(copy, sizeof copy, "%s/copy.economy", folder);
        atexit(remove_all);
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

/* Magic, version, size and all checksums as they should be. */
static void seal(uint8_t *p, size_t n)
{
    memcpy(p, "\x89PLECON\n\2\0\0\0", 12);
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
    FILE *f = fopen(file, "wb");
    require(f != NULL && fwrite(data, 1, n, f) == n && fclose(f) == 0);
    pl_economy *e = NULL;
    pl_error err = {0};
    pl_status status = pl_economy_load(file, NULL, NULL, &e, &err);
    require((status == PL_OK) == (e != NULL));
    require(status == PL_OK || (err.status == status && err.message[0] != '\0' && status != PL_BUG));
    if (e != NULL) {
        char hex[65];
        require(pl_economy_save_binary(e, copy, NULL, &err) == PL_OK);
        pl_economy_free(e);
        require(pl_economy_load(copy, NULL, NULL, &e, &err) == PL_OK);
        require(pl_economy_hash(e, hex, &err) == PL_OK);
        pl_economy_free(e);
    }
    FILE *none = fopen("/dev/null", "w");
    require(none != NULL);
    int code = pv_verify(fuzz_bakery()->plan, file, false, none, none);
    require(code == 0 || code == 1 || code == 3 || code == 4);
    fclose(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    begin();
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
