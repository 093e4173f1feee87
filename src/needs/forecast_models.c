/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_models.c - one series, one method: fitted by least squares one step ahead, then forecasts. */
#include <math.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/mem.h"

static const char *const ID[PL_METHODS + 1] = {"naive", "seasonal-naive", "mean", "ses", "damped", "theta", "holt-winters-additive", "holt-winters-multiplicative",
                                               "croston-sba", "tsb", "drivers", "combined", "auto"};

const char *pl_method_id(pl_method method)
{
    return method >= 0 && method <= PL_METHODS ? ID[method] : "?";
}

pl_method pl_method_find(const char *id)
{
    int k = 0;
    while (k < PL_METHODS && strcmp(ID[k], id) != 0) {
        k++;
    }
    return (pl_method)k;
}

/* A series and room for its states. */
typedef struct job {
    const double *y;
    int32_t n, m, h;
    double *season; /* m + n, or NULL */
    double *out;    /* forecasts, or NULL while searching */
} job;

/* One pass with parameters p: returns the sum of squared errors one step ahead; *errors of them. */
typedef double (*pass)(const job *j, const double *p, int32_t *errors);

/* ---- Passes ------------------------------------------------------------------------------------------------------------------ */

static double first_level(const job *j)
{
    int32_t k = j->n < 4 ? j->n : 4;
    double sum = 0;
    for (int32_t t = 0; t < k; t++) {
        sum += j->y[t];
    }
    return sum / k;
}

static double pass_ses(const job *j, const double *p, int32_t *errors)
{
    double level = first_level(j), sum = 0;
    for (int32_t t = 0; t < j->n; t++) {
        double e = j->y[t] - level;
        sum += e * e;
        level += p[0] * e;
    }
    for (int32_t t = 0; j->out != NULL && t < j->h; t++) {
        j->out[t] = level;
    }
    *errors = j->n;
    return sum;
}

static double pass_damped(const job *j, const double *p, int32_t *errors)
{
    double level = j->y[0], trend = j->n > 1 ? (j->y[j->n < 5 ? j->n - 1 : 4] - j->y[0]) / (j->n < 5 ? j->n - 1 : 4) : 0, sum = 0, reach = 0, power = 1;
    for (int32_t t = 1; t < j->n; t++) {
        double e = j->y[t] - level - p[2] * trend;
        sum += e * e;
        level += p[2] * trend + p[0] * e;
        trend = p[2] * trend + p[0] * p[1] * e; /* beta = alpha times p[1]: within its bounds */
    }
    for (int32_t t = 0; j->out != NULL && t < j->h; t++) {
        power *= p[2];
        reach += power;
        j->out[t] = level + reach * trend;
    }
    *errors = j->n > 1 ? j->n - 1 : 1;
    return sum;
}

/* First level, trend and season of Holt-Winters: two seasons compared. */
static void first_season(const job *j, bool multiplicative, double *level, double *trend)
{
    int32_t m = j->m;
    double a = 0, b = 0;
    for (int32_t t = 0; t < m; t++) {
        a += j->y[t];
        b += j->y[m + t];
    }
    a /= m;
    b /= m;
    *trend = (b - a) / m;
    *level = a - *trend * (m - 1) / 2.0 - *trend; /* just before the first value */
    for (int32_t t = 0; t < m; t++) {
        double centre = a + *trend * (t - (m - 1) / 2.0), next = centre + *trend * m;
        j->season[t] = multiplicative ? (j->y[t] / centre + j->y[m + t] / next) / 2 : (j->y[t] - centre + j->y[m + t] - next) / 2;
    }
}

/* p: alpha, beta as a part of alpha, gamma as a part of 1 - alpha; the trend is damped a little (Gardner and McKenzie 1989). */
#define SEASONAL_DAMPING 0.98

static double pass_seasonal(const job *j, const double *p, bool multiplicative, int32_t *errors)
{
    double level, trend, sum = 0, reach = 0, power = 1, gamma = p[2] * (1 - p[0]);
    first_season(j, multiplicative, &level, &trend);
    *errors = j->n;
    for (int32_t t = 0; t < j->n; t++) {
        double s = j->season[t], base = level + SEASONAL_DAMPING * trend, e = j->y[t] - (multiplicative ? base * s : base + s);
        if (multiplicative && !(base > 0 && s > 0)) {
            return HUGE_VAL;
        }
        sum += e * e;
        level = base + p[0] * (multiplicative ? e / s : e);
        trend = SEASONAL_DAMPING * trend + p[0] * p[1] * (multiplicative ? e / s : e);
        j->season[t + j->m] = s + gamma * (multiplicative ? e / base : e);
    }
    for (int32_t t = 0; j->out != NULL && t < j->h; t++) {
        power *= SEASONAL_DAMPING;
        reach += power;
        double s = j->season[j->n + t % j->m], base = level + reach * trend;
        j->out[t] = multiplicative ? fmax(base, 0) * s : base + s;
    }
    return sum;
}

static double pass_hw_add(const job *j, const double *p, int32_t *errors)
{
    return pass_seasonal(j, p, false, errors);
}

static double pass_hw_mul(const job *j, const double *p, int32_t *errors)
{
    return pass_seasonal(j, p, true, errors);
}

/* Size and interval of what is not zero, smoothed where something was sold (Croston 1972), times 1 - alpha/2. */
static double pass_croston(const job *j, const double *p, int32_t *errors)
{
    double size = 0, gap = 1, sum = 0;
    int32_t since = 1, seen = 0;
    for (int32_t t = 0; t < j->n; t++) {
        double e = j->y[t] - (seen > 0 ? (1 - p[0] / 2) * size / gap : j->y[t]);
        sum += e * e;
        if (j->y[t] != 0) {
            size = seen == 0 ? j->y[t] : size + p[0] * (j->y[t] - size);
            gap = seen == 0 ? since : gap + p[0] * (since - gap);
            since = 0;
            seen++;
        }
        since++;
    }
    for (int32_t t = 0; j->out != NULL && t < j->h; t++) {
        j->out[t] = seen > 0 ? (1 - p[0] / 2) * size / gap : 0;
    }
    *errors = j->n;
    return sum;
}

/* Size where something was sold, probability in every period. */
static double pass_tsb(const job *j, const double *p, int32_t *errors)
{
    double size = 0, part = 0, sum = 0;
    int32_t seen = 0;
    for (int32_t t = 0; t < j->n; t++) {
        seen += j->y[t] != 0;
        size += j->y[t];
    }
    part = (double)seen / j->n;
    size = seen > 0 ? size / seen : 0;
    for (int32_t t = 0; t < j->n; t++) {
        double e = j->y[t] - part * size;
        sum += e * e;
        part += p[1] * ((j->y[t] != 0) - part);
        size += j->y[t] != 0 ? p[0] * (j->y[t] - size) : 0;
    }
    for (int32_t t = 0; j->out != NULL && t < j->h; t++) {
        j->out[t] = part * size;
    }
    *errors = j->n;
    return sum;
}

/* ---- Search -------------------------------------------------------------------------------------------------------------------- */

typedef struct bounds {
    int k;
    double low[3], high[3], begin[3], step[3];
} bounds;

static const bounds SES = {1, {0.001}, {0.999}, {0.2}, {0.2}};
static const bounds DAMPED = {3, {0.001, 0.001, 0.8}, {0.999, 0.999, 0.98}, {0.2, 0.1, 0.9}, {0.2, 0.2, 0.08}};
static const bounds SEASONAL = {3, {0.001, 0.001, 0.001}, {0.999, 0.999, 0.999}, {0.2, 0.05, 0.1}, {0.2, 0.1, 0.2}};
static const bounds CROSTON = {1, {0.01}, {0.5}, {0.1}, {0.1}};
static const bounds TSB = {2, {0.01, 0.01}, {0.5, 0.5}, {0.1, 0.05}, {0.1, 0.1}};
#define HALVINGS 6 /* of the first step */

/* Compass search: the best of a step up or down in each parameter, the steps halved when none helps (Hooke and Jeeves 1961). */
static double search(const job *j, pass f, const bounds *b, const pl_fit *start, double *p, int32_t *errors)
{
    bool warm = start != NULL && start->fits;
    double step[3], best;
    for (int k = 0; k < b->k; k++) {
        p[k] = warm ? start->parameter[k] : b->begin[k];
        step[k] = warm ? b->step[k] / 8 : b->step[k];
    }
    best = f(j, p, errors);
    for (int halvings = warm ? 3 : 0; halvings < HALVINGS;) {
        bool moved = false;
        for (int k = 0; k < b->k; k++) {
            double here = p[k];
            for (int side = -1; side <= 1; side += 2) {
                p[k] = fmin(fmax(here + side * step[k], b->low[k]), b->high[k]);
                double sum = p[k] != here ? f(j, p, errors) : best;
                if (sum < best) {
                    best = sum;
                    here = p[k];
                    moved = true;
                    break;
                }
                p[k] = here;
            }
        }
        for (int k = 0; k < b->k && !moved; k++) {
            step[k] /= 2;
        }
        halvings += !moved;
    }
    return best;
}

static void fit_by(job *j, pass f, const bounds *b, const pl_fit *start, pl_fit *fit, double *out)
{
    int32_t errors = 1;
    double sum = search(j, f, b, start, fit->parameter, &errors);
    j->out = out;
    (void)f(j, fit->parameter, &errors);
    fit->fits = sum < HUGE_VAL;
    fit->sigma = sqrt(sum / errors);
}

/* ---- Methods ------------------------------------------------------------------------------------------------------------------------ */

static void fit_simple(const job *j, pl_method method, pl_fit *fit, double *out)
{
    double sum = 0, total = 0;
    int32_t lag = method == PL_SNAIVE ? j->m : 1, errors = 0;
    for (int32_t t = 0; t < j->n; t++) {
        double e = method == PL_MEAN ? (t > 0 ? j->y[t] - total / t : 0) : t >= lag ? j->y[t] - j->y[t - lag] : 0;
        errors += method == PL_MEAN ? t > 0 : t >= lag;
        total += j->y[t];
        sum += e * e;
    }
    for (int32_t t = 0; t < j->h; t++) {
        out[t] = method == PL_MEAN ? total / j->n : j->y[j->n - lag + t % lag];
    }
    fit->fits = true;
    fit->sigma = errors > 0 ? sqrt(sum / errors) : 0;
}

/* SES with half the slope of the straight line through all values. */
static void fit_theta(job *j, const pl_fit *start, pl_fit *fit, double *out)
{
    double n = j->n, moment = 0;
    fit_by(j, pass_ses, &SES, start, fit, out);
    for (int32_t t = 0; t < j->n; t++) {
        moment += (t - (n - 1) / 2) * j->y[t];
    }
    double slope = n > 1 ? 12 * moment / (n * (n * n - 1)) : 0, a = fit->parameter[0];
    for (int32_t t = 0; t < j->h; t++) {
        out[t] += slope / 2 * (t + 1 / a - pow(1 - a, n) / a);
    }
}

static pl_status fit_combined(const job *j, pl_fit *fit, double *out, pl_error *err)
{
    static const pl_method parts[] = {PL_MEAN, PL_SES, PL_DAMPED, PL_THETA, PL_HW_ADD};
    double *each = PL_NEW(double, j->h), sigma = 0;
    int n = 0;
    pl_status status = each != NULL ? PL_OK : pl_fail_nomem(err, "a forecast");
    memset(out, 0, (size_t)j->h * sizeof *out);
    for (size_t k = 0; k < sizeof parts / sizeof *parts && status == PL_OK; k++) {
        pl_fit one;
        status = pl_fit_method(parts[k], j->y, j->n, j->m, j->h, NULL, &one, each, err);
        for (int32_t t = 0; status == PL_OK && one.fits && t < j->h; t++) {
            out[t] += each[t];
        }
        sigma += status == PL_OK && one.fits ? one.sigma : 0;
        n += status == PL_OK && one.fits;
    }
    for (int32_t t = 0; t < j->h && n > 0; t++) {
        out[t] /= n;
    }
    fit->fits = n > 0;
    fit->sigma = n > 0 ? sigma / n : 0;
    pl_free(each);
    return status;
}

/* Does the method apply to the series? */
static bool applies(const job *j, pl_method method)
{
    bool positive = true, zero = false;
    for (int32_t t = 0; t < j->n; t++) {
        positive &= j->y[t] > 0;
        zero |= j->y[t] == 0;
    }
    return method == PL_SNAIVE                         ? j->m > 1 && j->n >= j->m
           : method == PL_HW_ADD                       ? j->m > 1 && j->n >= 2 * j->m
           : method == PL_HW_MUL                       ? j->m > 1 && j->n >= 2 * j->m && positive
           : method == PL_CROSTON || method == PL_TSB ? zero
                                                       : true;
}

pl_status pl_fit_method(pl_method method, const double *y, int32_t n, int32_t m, int32_t h, const pl_fit *start, pl_fit *fit, double *out, pl_error *err)
{
    job j = {.y = y, .n = n, .m = m, .h = h};
    *fit = (pl_fit){0};
    if (n < 1 || method == PL_CAUSAL || !applies(&j, method)) {
        return PL_OK;
    }
    if (method == PL_HW_ADD || method == PL_HW_MUL) {
        j.season = PL_NEW(double, n + m);
        if (j.season == NULL) {
            return pl_fail_nomem(err, "a forecast");
        }
    }
    switch (method) {
    case PL_NAIVE:
    case PL_SNAIVE:
    case PL_MEAN: fit_simple(&j, method, fit, out); break;
    case PL_SES: fit_by(&j, pass_ses, &SES, start, fit, out); break;
    case PL_DAMPED: fit_by(&j, pass_damped, &DAMPED, start, fit, out); break;
    case PL_THETA: fit_theta(&j, start, fit, out); break;
    case PL_HW_ADD: fit_by(&j, pass_hw_add, &SEASONAL, start, fit, out); break;
    case PL_HW_MUL: fit_by(&j, pass_hw_mul, &SEASONAL, start, fit, out); break;
    case PL_CROSTON: fit_by(&j, pass_croston, &CROSTON, start, fit, out); break;
    case PL_TSB: fit_by(&j, pass_tsb, &TSB, start, fit, out); break;
    default: return fit_combined(&j, fit, out, err);
    }
    pl_free(j.season);
    return PL_OK;
}
