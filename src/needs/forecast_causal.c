/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_causal.c - known prices, promotions and calendar: log sales of all series on their drivers.
 *
 * Every series has a level of its own, so only changes within a series speak.  Effects of all come from the pooled least squares; those of a
 * series from ridge regression towards them (the normal prior whose precision is that of BELIEF periods).  What is left goes through SES. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "needs/forecast.h"

#define BELIEF 20.0
#define DRIVERS_MAX 64

typedef struct causal {
    int32_t n, periods, horizon, k;
    const double *y, *x;
    double *log_y, *mean_x, *mean_y; /* n x periods; n x k; n */
    double *a, *b, *own_a, *own_b;
} causal;

static const double *row_of(const causal *c, int32_t i, int32_t t)
{
    return c->x + ((size_t)i * (size_t)(c->periods + c->horizon) + (size_t)t) * (size_t)c->k;
}

/* Symmetric positive definite; the lower half of a is overwritten.  Returns the driver that adds nothing, or -1. */
static int32_t solve(double *a, double *b, int32_t k)
{
    for (int32_t i = 0; i < k; i++) {
        double diagonal = a[i * k + i];
        for (int32_t j = 0; j <= i; j++) {
            for (int32_t l = 0; l < j; l++) {
                a[i * k + j] -= a[i * k + l] * a[j * k + l];
            }
            if (i == j && !(a[i * k + i] > 1e-10 * diagonal && diagonal > 0)) {
                return i;
            }
            a[i * k + j] = i == j ? sqrt(a[i * k + i]) : a[i * k + j] / a[j * k + j];
        }
    }
    for (int32_t i = 0; i < k; i++) {
        for (int32_t l = 0; l < i; l++) {
            b[i] -= a[i * k + l] * b[l];
        }
        b[i] /= a[i * k + i];
    }
    for (int32_t i = k - 1; i >= 0; i--) {
        for (int32_t l = i + 1; l < k; l++) {
            b[i] -= a[l * k + i] * b[l];
        }
        b[i] /= a[i * k + i];
    }
    return -1;
}

static void centre(causal *c)
{
    for (int32_t i = 0; i < c->n; i++) {
        double *mean = c->mean_x + (size_t)i * (size_t)c->k;
        c->mean_y[i] = 0;
        for (int32_t t = 0; t < c->periods; t++) {
            double l = log(fmax(c->y[(size_t)i * (size_t)c->periods + (size_t)t], 0) + 0.5);
            c->log_y[(size_t)i * (size_t)c->periods + (size_t)t] = l;
            c->mean_y[i] += l / c->periods;
            for (int32_t d = 0; d < c->k; d++) {
                mean[d] += row_of(c, i, t)[d] / c->periods;
            }
        }
    }
}

/* Adds the products of series i to a and b. */
static void products(const causal *c, int32_t i, double *a, double *b)
{
    const double *mean = c->mean_x + (size_t)i * (size_t)c->k;
    for (int32_t t = 0; t < c->periods; t++) {
        const double *x = row_of(c, i, t);
        double y = c->log_y[(size_t)i * (size_t)c->periods + (size_t)t] - c->mean_y[i];
        for (int32_t d = 0; d < c->k; d++) {
            b[d] += (x[d] - mean[d]) * y;
            for (int32_t e = 0; e <= d; e++) {
                a[d * c->k + e] += (x[d] - mean[d]) * (x[e] - mean[e]);
            }
        }
    }
}

/* Effects of series i, drawn towards those of all: the prior has the products of an average series of BELIEF periods. */
static void own_effects(const causal *c, int32_t i, const double *all_a, const double *effect, double *own)
{
    size_t k = (size_t)c->k;
    double part = BELIEF / ((double)c->periods * c->n);
    memset(c->own_a, 0, k * k * sizeof *c->own_a);
    memset(c->own_b, 0, k * sizeof *c->own_b);
    products(c, i, c->own_a, c->own_b);
    for (size_t d = 0; d < k; d++) {
        for (size_t e = 0; e < k; e++) {
            double prior = part * all_a[d >= e ? d * k + e : e * k + d];
            c->own_a[d * k + e] += e <= d ? prior : 0;
            c->own_b[d] += prior * effect[e];
        }
    }
    if (solve(c->own_a, c->own_b, c->k) < 0) {
        memcpy(own, c->own_b, k * sizeof *own);
    } else {
        memcpy(own, effect, k * sizeof *own);
    }
}

/* Forecasts of series i with its effects; returns the squares of what the drivers leave unexplained. */
static pl_status ahead(const causal *c, int32_t i, const double *effect, double *left, double *forecast, double *rest, pl_error *err)
{
    const double *mean = c->mean_x + (size_t)i * (size_t)c->k;
    double square = 0;
    pl_fit fit;
    for (int32_t t = 0; t < c->periods; t++) {
        left[t] = c->log_y[(size_t)i * (size_t)c->periods + (size_t)t] - c->mean_y[i];
        for (int32_t d = 0; d < c->k; d++) {
            left[t] -= effect[d] * (row_of(c, i, t)[d] - mean[d]);
        }
        square += left[t] * left[t];
    }
    *rest += square;
    pl_status status = pl_fit_method(PL_SES, left, c->periods, 0, c->horizon, NULL, &fit, forecast, err);
    for (int32_t h = 0; h < c->horizon && status == PL_OK; h++) {
        double l = c->mean_y[i] + forecast[h];
        for (int32_t d = 0; d < c->k; d++) {
            l += effect[d] * (row_of(c, i, c->periods + h)[d] - mean[d]);
        }
        forecast[h] = fmax(exp(l + fit.sigma * fit.sigma / 2) - 0.5, 0); /* the mean of a log-normal */
    }
    return status;
}

static pl_status run(causal *c, double *effect, double *own, double *forecast, double *r2, double *left, pl_error *err)
{
    size_t k = (size_t)c->k;
    double total = 0, rest = 0, mine[DRIVERS_MAX];
    centre(c);
    for (int32_t i = 0; i < c->n; i++) {
        products(c, i, c->a, c->b);
        for (int32_t t = 0; t < c->periods; t++) {
            double d = c->log_y[(size_t)i * (size_t)c->periods + (size_t)t] - c->mean_y[i];
            total += d * d;
        }
    }
    for (size_t d = 0; d < k; d++) { /* what is left of a constant is rounding */
        double raw = 0;
        for (size_t at = 0; at < (size_t)c->n * (size_t)(c->periods + c->horizon); at++) {
            raw += c->x[at * k + d] * c->x[at * k + d];
        }
        c->a[d * k + d] = c->a[d * k + d] > 1e-12 * raw ? c->a[d * k + d] : 0;
    }
    memcpy(effect, c->b, k * sizeof *effect);
    memcpy(c->own_a, c->a, k * k * sizeof *c->a);
    int32_t bad = solve(c->own_a, effect, c->k);
    if (bad >= 0) {
        char subject[40];
        snprintf(subject, sizeof subject, "driver %d", bad + 1);
        return pl_fail(err, PL_DATA, subject, "leave it out", "it never varies within a series, or follows from the others");
    }
    pl_status status = PL_OK;
    for (int32_t i = 0; i < c->n && status == PL_OK; i++) {
        own_effects(c, i, c->a, effect, mine);
        if (own != NULL) {
            memcpy(own + (size_t)i * k, mine, k * sizeof *own);
        }
        status = ahead(c, i, mine, left, forecast + (size_t)i * (size_t)c->horizon, &rest, err);
    }
    *r2 = total > 0 ? 1 - rest / total : 0;
    return status;
}

pl_status pl_causal_fit(int32_t n, int32_t periods, int32_t horizon, int32_t k, const double *y, const double *x, double *effect, double *own,
                        double *forecast, double *r2, pl_error *err)
{
    if (k < 1 || k > DRIVERS_MAX || periods < 2 || n < 1) {
        return pl_fail(err, PL_DATA, NULL, "one to 64 drivers, two periods or more", "there is nothing to explain");
    }
    size_t cells = (size_t)n * (size_t)periods, m = (size_t)k;
    double *memory = PL_NEW0(double, cells + (size_t)n * m + (size_t)n + 2 * m * m + 2 * m + (size_t)periods);
    if (memory == NULL) {
        return pl_fail_nomem(err, "the forecast");
    }
    causal c = {.n = n, .periods = periods, .horizon = horizon, .k = k, .y = y, .x = x, .log_y = memory};
    c.mean_x = c.log_y + cells;
    c.mean_y = c.mean_x + (size_t)n * m;
    c.a = c.mean_y + n;
    c.b = c.a + m * m;
    c.own_a = c.b + m;
    c.own_b = c.own_a + m * m;
    pl_status status = run(&c, effect, own, forecast, r2, c.own_b + m, err);
    pl_free(memory);
    return status;
}
