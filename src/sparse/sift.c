/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "sparse/sift.h"

#include <string.h>

#include "base/mem.h"

/* How many columns of each good are kept, into start[g + 1]; left[]: which, in the order of makers->column. */
static void choose(const pl_sparse *flows, const pl_makers *makers, const double *cost, const double *value, double near,
                   int threads, int32_t *start, bool *left)
{
#pragma omp parallel for num_threads(threads > 1 ? 2 : 1) schedule(static)
    for (int32_t g = 0; g < flows->n_rows; g++) {
        start[g + 1] = 0;
        for (int32_t i = makers->start[g]; i < makers->start[g + 1]; i++) {
            int32_t c = makers->column[i];
            left[i] = pl_sweep_unit_cost(flows, makers, c, cost[c], 1, value) <= value[g] * (1 + near);
            start[g + 1] += left[i];
        }
    }
}

/* Numbers the columns that are kept, and counts their coefficients. */
static void number(const pl_sparse *flows, const pl_makers *makers, const bool *left, pl_sift *out)
{
    int32_t next = 0;
    out->start[0] = 0;
    for (int32_t i = 0; i < makers->start[flows->n_rows]; i++) {
        if (left[i]) {
            int32_t c = makers->column[i];
            out->start[next + 1] = out->start[next] + flows->start[c + 1] - flows->start[c];
            out->makers.column[next] = next;
            out->column[next++] = c;
        }
    }
}

static void copy(const pl_sparse *flows, const pl_makers *makers, const double *cost, int32_t n, int threads, pl_sift *out)
{
#pragma omp parallel for num_threads(threads > 1 ? 2 : 1) schedule(static)
    for (int32_t k = 0; k < n; k++) {
        int32_t c = out->column[k];
        size_t entries = (size_t)(flows->start[c + 1] - flows->start[c]);
        memcpy(out->index + out->start[k], flows->index + flows->start[c], sizeof *out->index * entries);
        memcpy(out->amount + out->start[k], flows->amount + flows->start[c], sizeof *out->amount * entries);
        out->makers.output[k] = makers->output[c];
        out->cost[k] = cost[c];
    }
}

static pl_status fill(const pl_sparse *flows, const pl_makers *makers, const double *cost, const bool *left, int threads,
                      pl_sift *out, pl_error *err)
{
    int32_t n = out->makers.start[flows->n_rows];
    out->makers.column = PL_NEW(int32_t, n);
    out->makers.output = PL_NEW(double, n);
    out->cost = PL_NEW(double, n);
    out->column = PL_NEW(int32_t, n);
    out->start = PL_NEW(int64_t, (size_t)n + 1);
    if (out->makers.column == NULL || out->makers.output == NULL || out->cost == NULL || out->column == NULL || out->start == NULL) {
        return pl_fail_nomem(err, "the cheapest recipes");
    }
    number(flows, makers, left, out);
    out->index = PL_NEW(int32_t, out->start[n]);
    out->amount = PL_NEW(double, out->start[n]);
    if (out->index == NULL || out->amount == NULL) {
        return pl_fail_nomem(err, "the cheapest recipes");
    }
    copy(flows, makers, cost, n, threads, out);
    out->flows = (pl_sparse){flows->n_rows, n, out->start, out->index, out->amount};
    return PL_OK;
}

pl_status pl_sift_new(const pl_sparse *flows, const pl_makers *makers, const double *cost, const double *value, double near,
                      int threads, pl_sift *out, pl_error *err)
{
    int32_t n = flows->n_rows;
    *out = (pl_sift){.makers.start = PL_NEW(int32_t, (size_t)n + 1)};
    bool *left = PL_NEW(bool, makers->start[n]);
    pl_status status = out->makers.start == NULL || left == NULL ? pl_fail_nomem(err, "the cheapest recipes") : PL_OK;
    if (status == PL_OK) {
        out->makers.start[0] = 0;
        choose(flows, makers, cost, value, near, threads, out->makers.start, left);
        for (int32_t g = 0; g < n; g++) {
            out->makers.start[g + 1] += out->makers.start[g];
        }
        status = fill(flows, makers, cost, left, threads, out, err);
    }
    pl_free(left);
    if (status != PL_OK) {
        pl_sift_clear(out);
    }
    return status;
}

void pl_sift_clear(pl_sift *sift)
{
    pl_makers_clear(&sift->makers);
    pl_free(sift->cost);
    pl_free(sift->column);
    pl_free(sift->start);
    pl_free(sift->index);
    pl_free(sift->amount);
    *sift = (pl_sift){0};
}
