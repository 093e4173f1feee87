/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes as a small system for the reconciliation kernel: it must end, and a point that it calls reconciled must keep the rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/estimate.h>

#include "test/fuzz/fuzz.h"

enum { N = 12, M = 6, PER = 3 };

static const uint8_t *at;
static size_t left;

static uint8_t byte(void)
{
    if (left == 0) {
        return 0;
    }
    left--;
    return *at++;
}

/* Mostly tame numbers, now and then whatever eight bytes say. */
static double number(void)
{
    uint8_t kind = byte();
    if (kind == 255) {
        uint8_t raw[8];
        double x;
        for (int i = 0; i < 8; i++) {
            raw[i] = byte();
        }
        memcpy(&x, raw, sizeof x);
        return x;
    }
    return ((double)kind - 100) * pow(10, (double)(byte() % 7) - 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t start[N + 1] = {0};
    int32_t row[N * PER];
    double factor[N * PER], target[M], z[N], f[N], low[N], high[N], x[N], price[M], sum[M] = {0}, scale[M] = {0};
    at = data;
    left = size;
    pl_distance distance = (pl_distance)(byte() % 3);
    int32_t n = 1 + byte() % N, m = 1 + byte() % M;
    for (int32_t i = 0; i < n; i++) {
        int64_t to = start[i];
        for (int e = byte() % (PER + 1), first = byte() % m; e > 0 && e <= m; e--) {
            row[to] = (first + e) % m;
            factor[to++] = number();
        }
        start[i + 1] = to;
        z[i] = number();
        f[i] = fabs(number());
        low[i] = number();
        high[i] = number();
    }
    for (int32_t j = 0; j < m; j++) {
        target[j] = number();
    }
    bool bounds = distance == PL_LOGIT || byte() % 2 == 0;
    pl_constraints c = {n, m, start, row, factor, target};
    pl_reconcile_settings set = {.distance = distance, .freedom = f, .low = bounds ? low : NULL, .high = bounds ? high : NULL};
    pl_reconciled r;
    if (pl_reconcile(&c, z, &set, x, price, &r, NULL) != PL_OK || r.outcome != PL_RECONCILED) {
        return 0;
    }
    for (int32_t i = 0; i < n; i++) {
        for (int64_t e = start[i]; e < start[i + 1]; e++) {
            sum[row[e]] += factor[e] * x[i];
            scale[row[e]] += fabs(factor[e] * x[i]);
        }
    }
    for (int32_t j = 0; j < m; j++) {
        if (!(fabs(sum[j] - target[j]) <= 1e-8 * fmax(scale[j], fabs(target[j])))) {
            abort();
        }
    }
    return 0;
}
