/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_quantiles.c - how far off forecasts were from earlier ends says how far off they may be now.
 *
 * Errors are divided by the series' own error one step ahead and by how errors grow with the horizon, then taken together for all series of a
 * class; their quantiles, drawn a little towards those of the normal distribution, are what the intervals are made of. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "needs/forecast.h"

#define BELIEF 30.0 /* errors that the normal distribution counts for */

const double pl_quantile[PL_QUANTILES] = {0.025, 0.1, 0.5, 0.9, 0.975};
static const double NORMAL[PL_QUANTILES] = {-1.959963984540054, -1.281551565544600, 0, 1.281551565544600, 1.959963984540054};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantile of n sorted numbers, with linear interpolation between the order statistics (k - 1/2) / n. */
static double quantile(const double *z, size_t n, double part)
{
    double at = part * (double)n - 0.5;
    if (at <= 0 || n == 1) {
        return z[0];
    }
    size_t k = (size_t)at;
    return k + 1 >= n ? z[n - 1] : z[k] + (at - (double)k) * (z[k + 1] - z[k]);
}

/* Errors of the chosen methods of a class at horizon k (or all: k = h), divided by their scales, into z; returns how many. */
static size_t gather(const pl_forecast *f, int class, int32_t k, const double *growth, double *z)
{
    const struct pl_forecast_store *s = f->store;
    size_t h = (size_t)f->horizon, n = 0, each = (size_t)s->origins * h;
    for (int32_t i = 0; i < f->n; i++) {
        if (s->class[i] != class || !(f->node[i].sigma > 0)) {
            continue;
        }
        const double *error = s->error + ((size_t)i * PL_METHODS + (size_t)f->node[i].method) * each;
        for (size_t e = 0; e < each; e++) {
            if (k == f->horizon || (size_t)k == e % h) {
                z[n++] = error[e] / (f->node[i].sigma * growth[e % h]);
            }
        }
    }
    return n;
}

static void class_quantiles(pl_forecast *f, int class, double *z, double *growth)
{
    double q[PL_QUANTILES];
    for (int32_t k = 0; k < f->horizon; k++) {
        growth[k] = 1;
    }
    for (int32_t k = 0; k < f->horizon; k++) {
        size_t n = gather(f, class, k, growth, z);
        double sum = BELIEF;
        for (size_t e = 0; e < n; e++) {
            sum += z[e] * z[e];
        }
        double g = sqrt(sum / ((double)n + BELIEF));
        growth[k] = k > 0 ? fmax(g, growth[k - 1]) : g;
    }
    size_t n = gather(f, class, f->horizon, growth, z);
    qsort(z, n, sizeof *z, by_size);
    for (int p = 0; p < PL_QUANTILES; p++) {
        double own = n > 0 ? quantile(z, n, pl_quantile[p]) : 0;
        q[p] = ((double)n * own + BELIEF * NORMAL[p]) / ((double)n + BELIEF);
    }
    for (int32_t i = 0; i < f->n; i++) {
        for (int32_t k = 0; f->store->class[i] == class && k < f->horizon; k++) {
            for (int p = 0; p < PL_QUANTILES; p++) {
                double x = f->node[i].mean[k] + q[p] * f->node[i].sigma * growth[k];
                f->node[i].quantile[k * PL_QUANTILES + p] = x > 0 ? x : 0;
            }
        }
    }
}

pl_status pl_fc_quantiles(pl_forecast *f, pl_error *err)
{
    size_t h = (size_t)f->horizon;
    double *z = PL_NEW(double, (size_t)f->n * (size_t)f->store->origins * h + 1), *growth = PL_NEW(double, h);
    for (int class = 0; z != NULL && growth != NULL && class < PL_FC_CLASSES; class++) {
        class_quantiles(f, class, z, growth);
    }
    bool done = z != NULL && growth != NULL;
    pl_free(z);
    pl_free(growth);
    return done ? PL_OK : pl_fail_nomem(err, "the forecast");
}
