/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * unserved.c - what would have been bought, had the shelf been full. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/mem.h"
#include "sparse/dense.h"

#define COLUMNS_MAX 32
#define STEPS 100
#define Z_ONE_SIDED 1.6448536269514722 /* 5 % */

static double density(double z)
{
    return 0.3989422804014327 * exp(-0.5 * z * z);
}

static double above(double z) /* of the standard normal */
{
    return 0.5 * erfc(z * 0.7071067811865476);
}

/* density / above: the mean of a standard normal beyond z; its continued fraction where both vanish. */
static double hazard(double z)
{
    if (z < 30) {
        return density(z) / above(z);
    }
    return z + 1 / (z + 2 / (z + 3 / z));
}

/* ---- Tobit --------------------------------------------------------------------------------------------------------------------- */

typedef struct tobit {
    int32_t n, k;
    const double *x, *y;
    const bool *cut;
} tobit;

/* Log likelihood at theta = (b / sigma, 1 / sigma); gradient g and minus the Hessian a unless NULL. */
static double likelihood(const tobit *t, const double *theta, double *g, double *a)
{
    int32_t m = t->k + 1;
    double sum = 0, row[COLUMNS_MAX + 1];
    if (g != NULL) {
        memset(g, 0, (size_t)m * sizeof *g);
        memset(a, 0, (size_t)(m * m) * sizeof *a);
    }
    for (int32_t i = 0; i < t->n; i++) {
        double z = theta[t->k] * t->y[i];
        for (int32_t c = 0; c < t->k; c++) {
            row[c] = -t->x[(size_t)i * (size_t)t->k + (size_t)c];
            z += row[c] * theta[c];
        }
        row[t->k] = t->y[i];
        double p = above(z), lambda = hazard(z), slope = t->cut[i] ? -lambda : -z, curve = t->cut[i] ? lambda * (lambda - z) : 1;
        sum += t->cut[i] ? (p > 0 ? log(p) : -0.5 * z * z - log(z) - 0.9189385332046727) : log(theta[t->k]) - 0.5 * z * z;
        for (int32_t c = 0; g != NULL && c < m; c++) {
            g[c] += slope * row[c];
            for (int32_t d = 0; d <= c; d++) {
                a[c * m + d] += curve * row[c] * row[d];
            }
        }
        if (g != NULL && !t->cut[i]) {
            g[t->k] += 1 / theta[t->k];
            a[t->k * m + t->k] += 1 / (theta[t->k] * theta[t->k]);
        }
    }
    return sum;
}

/* Newton's method with halved steps: the likelihood is concave in theta (Olsen 1978). */
static bool climb(const tobit *t, double *theta)
{
    double g[COLUMNS_MAX + 1], a[(COLUMNS_MAX + 1) * (COLUMNS_MAX + 1)], next[COLUMNS_MAX + 1];
    int32_t m = t->k + 1;
    double here = likelihood(t, theta, g, a);
    for (int step = 0; step < STEPS; step++) {
        double gain = 0, gradient[COLUMNS_MAX + 1];
        memcpy(gradient, g, sizeof gradient);
        if (!pl_cholesky(a, m)) {
            return false;
        }
        pl_cholesky_solve(a, m, g);
        for (int32_t c = 0; c < m; c++) {
            gain += g[c] * gradient[c];
        }
        if (gain < 1e-14 * (1 + fabs(here))) {
            return true;
        }
        double size = 1, there = -HUGE_VAL;
        for (; size > 1e-10; size /= 2) {
            for (int32_t c = 0; c < m; c++) {
                next[c] = theta[c] + size * g[c];
            }
            there = next[t->k] > 0 ? likelihood(t, next, NULL, NULL) : -HUGE_VAL;
            if (there >= here) {
                break;
            }
        }
        if (!(there >= here)) {
            return gain < 1e-8 * (1 + fabs(here));
        }
        memcpy(theta, next, sizeof next);
        here = likelihood(t, theta, g, a);
    }
    return false;
}

pl_status pl_tobit(int32_t n, int32_t k, const double *x, const double *y, const bool *cut, double *b, double *sigma, pl_error *err)
{
    double theta[COLUMNS_MAX + 1] = {0}, squares = 0;
    tobit t = {n, k, x, y, cut};
    int32_t whole = 0;
    for (int32_t i = 0; i < n; i++) {
        whole += !cut[i];
        squares += y[i] * y[i];
    }
    if (k < 1 || k > COLUMNS_MAX || whole <= k) {
        return pl_fail(err, PL_NUMERIC, NULL, "record minutes on the shelf", "%d full periods are too few for %d coefficients", whole, k);
    }
    theta[k] = squares > 0 ? 1 / sqrt(squares / n) : 1;
    if (!climb(&t, theta)) {
        return pl_fail(err, PL_NUMERIC, NULL, "leave out columns that follow from others", "the Tobit regression has no single answer");
    }
    *sigma = 1 / theta[k];
    for (int32_t c = 0; c < k; c++) {
        b[c] = theta[c] * *sigma;
    }
    return PL_OK;
}

/* ---- The mechanism --------------------------------------------------------------------------------------------------------------- */

/* Logistic regression of an empty shelf on log expected demand: slope and z. */
static void mechanism(int32_t n, const bool *empty, const double *x, double *slope, double *z)
{
    double b[2] = {0}, mean = 0;
    *slope = *z = NAN;
    for (int32_t i = 0; i < n; i++) {
        mean += x[i] / n;
    }
    for (int step = 0; step < 50; step++) {
        double g[2] = {0}, a[3] = {0};
        for (int32_t i = 0; i < n; i++) {
            double u = x[i] - mean, p = 1 / (1 + exp(-(b[0] + b[1] * u))), w = p * (1 - p), r = empty[i] - p;
            g[0] += r;
            g[1] += r * u;
            a[0] += w;
            a[1] += w * u;
            a[2] += w * u * u;
        }
        double det = a[0] * a[2] - a[1] * a[1];
        if (!(det > 1e-12)) {
            return;
        }
        double d0 = (a[2] * g[0] - a[1] * g[1]) / det, d1 = (a[0] * g[1] - a[1] * g[0]) / det;
        b[0] += d0;
        b[1] += d1;
        if (fabs(d0) + fabs(d1) < 1e-10) {
            *slope = b[1];
            *z = b[1] / sqrt(a[0] / det);
            return;
        }
    }
}

/* Sales in proportion to what was expected, over the periods that count. */
static double level_of(int32_t n, const double *sold, const double *expected, const double *exposure)
{
    double sum = 0, reach = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += exposure[i] > 0 ? sold[i] : 0;
        reach += exposure[i] * expected[i];
    }
    return reach > 0 ? sum / reach : NAN;
}

static pl_status by_tobit(int32_t n, const double *sold, const bool *empty, const double *x, double *wanted, pl_unserved *out, double *y, pl_error *err)
{
    double b = 0;
    double *one = y + n;
    for (int32_t i = 0; i < n; i++) {
        y[i] = log(fmax(sold[i], 0.5)) - x[i];
        one[i] = 1;
    }
    pl_status status = pl_tobit(n, 1, one, y, empty, &b, &out->sigma, err);
    for (int32_t i = 0; i < n && status == PL_OK; i++) { /* mean of a log-normal beyond what was sold */
        double mu = b + x[i], s = out->sigma, a = (log(fmax(sold[i], 0.5)) - mu) / s, beyond = above(a);
        double full = beyond > 1e-300 ? exp(mu + s * s / 2) * above(a - s) / beyond : sold[i];
        wanted[i] = empty[i] ? fmax(full, sold[i]) : sold[i];
    }
    out->mean = b;
    return status;
}

static pl_status check(int32_t n, const double *sold, const double *on_shelf, const double *expected, pl_error *err)
{
    for (int32_t i = 0; i < n; i++) {
        if (!(sold[i] >= 0) || (expected != NULL && !(expected[i] >= 0)) || (on_shelf != NULL && !isnan(on_shelf[i]) && !(on_shelf[i] >= 0 && on_shelf[i] <= 1))) {
            char subject[40];
            snprintf(subject, sizeof subject, "period %d", i + 1);
            return pl_fail(err, PL_DATA, subject, "sales are 0 or more; the part of the time on the shelf is between 0 and 1", "this cannot be");
        }
    }
    return n > 0 ? PL_OK : pl_fail(err, PL_DATA, NULL, NULL, "there are no periods");
}

pl_status pl_unserved_correct(int32_t n, const double *sold, const double *on_shelf, const bool *empty, const double *expected, double *wanted,
                              pl_unserved *out, pl_error *err)
{
    *out = (pl_unserved){.slope = NAN, .z = NAN, .sigma = NAN};
    pl_status status = check(n, sold, on_shelf, expected, err);
    double *x = status == PL_OK ? PL_NEW(double, 6 * (size_t)n) : NULL;
    if (x == NULL) {
        return status != PL_OK ? status : pl_fail_nomem(err, "unserved demand");
    }
    double *want = x + n, *exposure = x + 2 * n, *scale = x + 3 * n, *scratch = x + 4 * n;
    bool known = on_shelf != NULL, random = false;
    for (int32_t i = 0; i < n; i++) {
        scale[i] = expected != NULL ? expected[i] : 1;
        x[i] = log(fmax(scale[i], 1e-9));
        known &= on_shelf != NULL && !isnan(on_shelf[i]);
        out->censored += empty[i];
        out->sold += sold[i];
    }
    mechanism(n, empty, x, &out->slope, &out->z);
    random = !known && expected != NULL && out->z < Z_ONE_SIDED; /* only an expectation can tell; without one a cap is a cap */
    out->mechanism = known ? PL_SHELF_KNOWN : random ? PL_AT_RANDOM : PL_BY_DEMAND;
    if (known || random || out->censored == 0) {
        for (int32_t i = 0; i < n; i++) {
            exposure[i] = known ? on_shelf[i] : !empty[i];
        }
        out->mean = level_of(n, sold, scale, exposure);
        status = isnan(out->mean) ? pl_fail(err, PL_NUMERIC, NULL, "ask for orders and reports", "the shelf was never full, so nothing can be said") : PL_OK;
        for (int32_t i = 0; i < n && status == PL_OK; i++) { /* what was sold, and what is expected of the rest of the time */
            double rest = known ? out->mean * scale[i] * (1 - on_shelf[i]) : empty[i] ? fmax(out->mean * scale[i] - sold[i], 0) : 0;
            want[i] = sold[i] + rest;
        }
    } else {
        status = by_tobit(n, sold, empty, x, want, out, scratch, err);
    }
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        out->wanted += want[i];
        if (wanted != NULL) {
            wanted[i] = want[i];
        }
    }
    pl_free(x);
    return status;
}

/* ---- Two lists --------------------------------------------------------------------------------------------------------------------- */

pl_two_lists pl_capture_recapture(int64_t n1, int64_t n2, int64_t both)
{
    double a = (double)n1, b = (double)n2, m = (double)both, seen = a + b - m;
    pl_two_lists t = {.number = (a + 1) * (b + 1) / (m + 1) - 1};
    t.variance = (a + 1) * (b + 1) * (a - m) * (b - m) / ((m + 1) * (m + 1) * (m + 2));
    double unseen = t.number - seen, c = unseen > 0 ? exp(1.959963984540054 * sqrt(log(1 + t.variance / (unseen * unseen)))) : 1;
    t.low = seen + (unseen > 0 ? unseen / c : 0);
    t.high = seen + (unseen > 0 ? unseen * c : 0);
    return t;
}
