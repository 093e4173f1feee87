/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * demand.c - budget shares by prices and income: the linear approximation of the almost ideal demand system (Deaton and Muellbauer 1980).
 *
 * Homogeneity and symmetry leave, for n goods: alpha_i and beta_i of the first n - 1 equations, and gamma_ij for i <= j < n, each of
 * which stands in two equations.  The last equation follows, because shares add up to 1. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "sparse/dense.h"

#define GOODS_MAX 64
#define ADD_UP 0.005 /* shares may be rounded */

typedef struct system_fit {
    int32_t T, n, e, m; /* periods used, goods, equations (n - 1), free parameters */
    double *share;      /* T x n */
    double *price;      /* T x e: log price against that of the last good */
    double *real;       /* T: log of expenditure over the price index */
    double *weight;     /* e x e: inverse covariance of the equations' errors */
    double *normal;     /* m x m: factored in the end */
    double *theta;      /* m */
    double *row;        /* e x m: derivatives of the equations of one period */
    pl_error *err;
} system_fit;

static void system_clear(system_fit *s)
{
    double *own[] = {s->share, s->price, s->real, s->weight, s->normal, s->theta, s->row};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
}

/* Number of the parameter gamma_ij, i and j below e. */
static int32_t gamma_at(const system_fit *s, int32_t i, int32_t j)
{
    int32_t a = i < j ? i : j, b = i < j ? j : i;
    return 2 * s->e + a * s->e - a * (a - 1) / 2 + (b - a);
}

/* Row i of the regression in period t: w_i = row theta. */
static void fill_row(const system_fit *s, int32_t t)
{
    memset(s->row, 0, (size_t)s->e * (size_t)s->m * sizeof *s->row);
    for (int32_t i = 0; i < s->e; i++) {
        double *row = s->row + (size_t)i * (size_t)s->m;
        row[i] = 1;
        row[s->e + i] = s->real[t];
        for (int32_t j = 0; j < s->e; j++) {
            row[gamma_at(s, i, j)] += s->price[t * s->e + j];
        }
    }
}

static double fitted(const system_fit *s, int32_t i)
{
    const double *row = s->row + (size_t)i * (size_t)s->m;
    double sum = 0;
    for (int32_t k = 0; k < s->m; k++) {
        sum += row[k] * s->theta[k];
    }
    return sum;
}

/* Generalised least squares with the weights as they are. */
static pl_status solve(system_fit *s)
{
    size_t m = (size_t)s->m, e = (size_t)s->e;
    memset(s->normal, 0, m * m * sizeof *s->normal);
    memset(s->theta, 0, m * sizeof *s->theta);
    for (int32_t t = 0; t < s->T; t++) {
        fill_row(s, t);
        for (size_t i = 0; i < e; i++) {
            for (size_t j = 0; j < e; j++) {
                double w = s->weight[i * e + j];
                const double *a = s->row + i * m, *b = s->row + j * m;
                for (size_t k = 0; k < m && w != 0; k++) {
                    if (a[k] == 0) {
                        continue;
                    }
                    s->theta[k] += w * a[k] * s->share[(size_t)t * (size_t)s->n + j];
                    for (size_t l = 0; l <= k; l++) {
                        s->normal[k * m + l] += w * a[k] * b[l];
                    }
                }
            }
        }
    }
    if (!pl_cholesky(s->normal, s->m)) {
        return pl_fail(s->err, PL_NUMERIC, NULL, "put goods together whose prices move together, or take more periods",
                       "the prices do not vary enough from one another to tell their effects apart");
    }
    pl_cholesky_solve(s->normal, s->m, s->theta);
    return PL_OK;
}

/* The weights: inverse covariance of what the equations leave. */
static pl_status weigh(system_fit *s, double *covariance)
{
    size_t e = (size_t)s->e;
    memset(covariance, 0, e * e * sizeof *covariance);
    for (int32_t t = 0; t < s->T; t++) {
        double r[GOODS_MAX];
        fill_row(s, t);
        for (int32_t i = 0; i < s->e; i++) {
            r[i] = s->share[t * s->n + i] - fitted(s, i);
        }
        for (size_t i = 0; i < e; i++) {
            for (size_t j = 0; j < e; j++) {
                covariance[i * e + j] += r[i] * r[j] / (s->T - s->n - 1); /* each equation: alpha, beta and n - 1 gammas */
            }
        }
    }
    if (!pl_cholesky(covariance, s->e)) {
        return pl_fail(s->err, PL_NUMERIC, NULL, NULL, "the shares follow one another without any error: there is nothing to estimate from");
    }
    pl_cholesky_inverse(covariance, s->e, s->weight);
    return PL_OK;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------------------------------- */

static pl_status bad(pl_error *err, int32_t period, const char *why)
{
    char subject[64];
    snprintf(subject, sizeof subject, "period %d", period);
    return pl_fail(err, PL_DATA, subject, NULL, "%s", why);
}

static pl_status check(int32_t periods, int32_t n, const double *shares, const double *prices, const double *total, pl_error *err)
{
    for (int32_t t = 0; t < periods; t++) {
        double sum = 0;
        for (int32_t i = 0; i < n; i++) {
            double w = shares[t * n + i], p = prices[t * n + i];
            sum += w;
            if (!(w >= 0 && w <= 1)) {
                return bad(err, t, "a share is not between 0 and 1");
            }
            if (!(p > 0) || !isfinite(p)) {
                return bad(err, t, "a price is not above 0");
            }
        }
        if (!(fabs(sum - 1) <= ADD_UP)) {
            return bad(err, t, "the shares do not add up to 1");
        }
        if (!(total[t] > 0) || !isfinite(total[t])) {
            return bad(err, t, "the expenditure is not above 0");
        }
    }
    return PL_OK;
}

static pl_status prepare(system_fit *s, int32_t periods, const double *shares, const double *prices, const double *total,
                         pl_price_index index)
{
    int32_t lag = index == PL_STONE_LAGGED, n = s->n;
    size_t T = (size_t)periods, e = (size_t)s->e, m = (size_t)s->m;
    s->share = PL_NEW(double, T * (size_t)n);
    s->price = PL_NEW(double, T * e);
    s->real = PL_NEW(double, T);
    s->weight = PL_NEW0(double, e * e);
    s->normal = PL_NEW(double, m * m);
    s->theta = PL_NEW(double, m);
    s->row = PL_NEW(double, e * m);
    if (s->share == NULL || s->price == NULL || s->real == NULL || s->weight == NULL || s->normal == NULL || s->theta == NULL || s->row == NULL) {
        return pl_fail_nomem(s->err, "the demand system");
    }
    for (int32_t t = 0; t < s->T; t++) {
        const double *w = shares + (t + lag) * n, *p = prices + (t + lag) * n, *weights = shares + t * n;
        double stone = 0;
        for (int32_t i = 0; i < n; i++) {
            stone += weights[i] * log(p[i]);
            s->share[t * n + i] = w[i];
        }
        for (int32_t i = 0; i < s->e; i++) {
            s->price[t * s->e + i] = log(p[i] / p[n - 1]);
        }
        s->real[t] = log(total[t + lag]) - stone;
    }
    for (size_t i = 0; i < e; i++) {
        s->weight[i * e + i] = 1;
    }
    return PL_OK;
}

/* ---- What follows -------------------------------------------------------------------------------------------------------------------------- */

/* a (over parameters) such that gamma_ij = a theta, alpha_i, beta_i likewise, also of the last good (whose alpha is 1 more). */
enum { ALPHA, BETA, GAMMA };
static void coefficient(const system_fit *s, int what, int32_t i, int32_t j, double sign, double *a)
{
    int32_t last = s->n - 1;
    if (i == last) { /* minus the sum of the others */
        for (int32_t k = 0; k < last; k++) {
            coefficient(s, what, k, j, -sign, a);
        }
    } else if (what == GAMMA && j == last) {
        for (int32_t k = 0; k < last; k++) {
            coefficient(s, what, i, k, -sign, a);
        }
    } else {
        a[what == ALPHA ? i : what == BETA ? s->e + i : gamma_at(s, i, j)] += sign;
    }
}

/* Value and standard error of a theta; `scratch` m numbers. */
static double value_of(const system_fit *s, const double *a, double *scratch, double *error)
{
    double value = 0, variance = 0;
    memcpy(scratch, a, (size_t)s->m * sizeof *scratch);
    pl_cholesky_solve(s->normal, s->m, scratch);
    for (int32_t k = 0; k < s->m; k++) {
        value += a[k] * s->theta[k];
        variance += a[k] * scratch[k];
    }
    *error = sqrt(fmax(variance, 0));
    return value;
}

static void tell_coefficients(const system_fit *s, pl_demand *d, double *a, double *scratch)
{
    size_t bytes = (size_t)s->m * sizeof *a;
    int32_t n = s->n;
    for (int32_t i = 0; i < n; i++) {
        memset(a, 0, bytes);
        coefficient(s, ALPHA, i, 0, 1, a);
        d->alpha[i] = value_of(s, a, scratch, &d->alpha_error[i]) + (i == n - 1);
        memset(a, 0, bytes);
        coefficient(s, BETA, i, 0, 1, a);
        d->beta[i] = value_of(s, a, scratch, &d->beta_error[i]);
        d->income[i] = 1 + d->beta[i] / d->share[i];
        d->income_error[i] = d->beta_error[i] / d->share[i];
        for (int32_t j = 0; j < n; j++) {
            memset(a, 0, bytes);
            coefficient(s, GAMMA, i, j, 1, a);
            d->gamma[i * n + j] = value_of(s, a, scratch, &d->gamma_error[i * n + j]);
            coefficient(s, BETA, i, 0, -d->share[j], a);
            double x = value_of(s, a, scratch, &d->price_error[i * n + j]);
            d->price[i * n + j] = x / d->share[i] - (i == j);
            d->price_error[i * n + j] /= d->share[i];
        }
    }
}

static void tell_fit(const system_fit *s, pl_demand *d)
{
    for (int32_t i = 0; i < s->n; i++) {
        double left = 0, all = 0;
        for (int32_t t = 0; t < s->T; t++) {
            double fit = d->alpha[i] + d->beta[i] * s->real[t], off = s->share[t * s->n + i] - d->share[i];
            for (int32_t j = 0; j < s->e; j++) {
                fit += d->gamma[i * s->n + j] * s->price[t * s->e + j];
            }
            double r = s->share[t * s->n + i] - fit;
            left += r * r;
            all += off * off;
        }
        d->r2[i] = all > 0 ? 1 - left / all : NAN;
    }
}

/* Minus the substitution matrix s_ij = gamma_ij + w_i w_j - [i = j] w_i (at mean shares and real expenditure 1), of all goods but the last. */
static bool is_negative(const system_fit *s, const pl_demand *d, double *a)
{
    for (int32_t i = 0; i < s->e; i++) {
        for (int32_t j = 0; j < s->e; j++) {
            a[i * s->e + j] = -(d->gamma[i * s->n + j] + d->share[i] * d->share[j] - (i == j ? d->share[i] : 0));
        }
    }
    return pl_cholesky(a, s->e);
}

static bool demand_new(pl_demand *d, int32_t n)
{
    size_t one = (size_t)n, square = one * one;
    *d = (pl_demand){.n = n, .alpha = PL_NEW(double, one), .beta = PL_NEW(double, one), .share = PL_NEW0(double, one), .gamma = PL_NEW(double, square),
                     .alpha_error = PL_NEW(double, one), .beta_error = PL_NEW(double, one), .gamma_error = PL_NEW(double, square),
                     .income = PL_NEW(double, one), .income_error = PL_NEW(double, one), .price = PL_NEW(double, square),
                     .price_error = PL_NEW(double, square), .r2 = PL_NEW(double, one)};
    return d->alpha != NULL && d->beta != NULL && d->share != NULL && d->gamma != NULL && d->alpha_error != NULL && d->beta_error != NULL &&
           d->gamma_error != NULL && d->income != NULL && d->income_error != NULL && d->price != NULL && d->price_error != NULL && d->r2 != NULL;
}

static pl_status tell(const system_fit *s, pl_demand *d)
{
    double *a = PL_NEW(double, (size_t)s->m * 2 + (size_t)s->e * (size_t)s->e);
    if (a == NULL) {
        return pl_fail_nomem(s->err, "the demand system");
    }
    d->n_periods = s->T;
    for (int32_t t = 0; t < s->T; t++) {
        for (int32_t i = 0; i < s->n; i++) {
            d->share[i] += s->share[t * s->n + i] / s->T;
        }
    }
    for (int32_t i = 0; i < s->n; i++) {
        if (!(d->share[i] > 0)) {
            pl_free(a);
            return pl_fail(s->err, PL_DATA, NULL, "leave it out", "good %d is never bought", i);
        }
    }
    tell_coefficients(s, d, a, a + s->m);
    tell_fit(s, d);
    d->negative = is_negative(s, d, a);
    pl_free(a);
    return PL_OK;
}

pl_status pl_demand_fit(int32_t n_periods, int32_t n_goods, const double *shares, const double *prices, const double *total,
                        pl_price_index index, pl_demand *out, pl_error *err)
{
    *out = (pl_demand){0};
    int32_t n = n_goods, T = n_periods - (index == PL_STONE_LAGGED);
    system_fit s = {.T = T, .n = n, .e = n - 1, .m = 2 * (n - 1) + n * (n - 1) / 2, .err = err};
    if (n < 2 || n > GOODS_MAX) {
        return pl_fail(err, PL_DATA, NULL, NULL, "a demand system has 2 to %d goods, not %d", GOODS_MAX, n);
    }
    if (T < n + 2) {
        return pl_fail(err, PL_DATA, NULL, "take more periods, or fewer goods", "%d periods are too few for %d goods: at least %d are needed", n_periods, n,
                       n + 2 + n_periods - T);
    }
    pl_status status = check(n_periods, n, shares, prices, total, err);
    status = status == PL_OK ? prepare(&s, n_periods, shares, prices, total, index) : status;
    double *covariance = status == PL_OK ? PL_NEW(double, (size_t)s.e * (size_t)s.e) : NULL;
    if (status == PL_OK && (covariance == NULL || !demand_new(out, n))) {
        status = pl_fail_nomem(err, "the demand system");
    }
    status = status == PL_OK ? solve(&s) : status;
    status = status == PL_OK ? weigh(&s, covariance) : status;
    status = status == PL_OK ? solve(&s) : status;
    status = status == PL_OK ? tell(&s, out) : status;
    pl_free(covariance);
    system_clear(&s);
    if (status != PL_OK) {
        pl_demand_clear(out);
    }
    return status;
}

void pl_demand_clear(pl_demand *d)
{
    double *own[] = {d->alpha, d->beta, d->share, d->gamma, d->alpha_error, d->beta_error, d->gamma_error,
                     d->income, d->income_error, d->price, d->price_error, d->r2};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    *d = (pl_demand){0};
}
