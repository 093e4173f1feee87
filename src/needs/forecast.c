/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast.c - every method for every series from several earlier ends, the choice among them, and what adds up. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "needs/forecast.h"

#define CHUNK 256       /* series between two looks at the caller */
#define MUCH 0.5        /* part of the squared errors of the combination that another method may have to take its place */
#define SURE 3.0        /* by so many standard errors */
#define ENDS_LEAST 3    /* to judge by */
#define LEAST_PERIODS 3

double pl_fc_scale(const double *y, int32_t n)
{
    double sum = 0;
    for (int32_t t = 1; t < n; t++) {
        sum += (y[t] - y[t - 1]) * (y[t] - y[t - 1]);
    }
    return n > 1 ? sqrt(sum / (n - 1)) : 0;
}

/* ---- Trials --------------------------------------------------------------------------------------------------------------------- */

typedef struct trial {
    const double *y;
    int32_t m, h;
    bool whole;
    pl_fit fit[PL_METHODS];
    double *ahead; /* methods x h */
} trial;

/* All methods from the end n; the last fits are where the search begins.  For the whole, where chance is small and the trend counts, the combination is
 * of Theta and the season alone. */
static pl_status fit_all(trial *t, int32_t n, pl_method only, bool warm)
{
    static const pl_method parts[] = {PL_THETA, PL_HW_ADD, PL_MEAN, PL_SES, PL_DAMPED};
    pl_fit *all = &t->fit[PL_COMBINED];
    double *sum = t->ahead + PL_COMBINED * t->h;
    int k = 0;
    for (int m = 0; m < PL_COMBINED; m++) {
        bool needed = only == PL_AUTO || (int)only == m || m == PL_NAIVE || m == PL_SNAIVE || only == PL_COMBINED;
        pl_fit old = t->fit[m];
        if (needed && pl_fit_method((pl_method)m, t->y, n, t->m, t->h, warm ? &old : NULL, &t->fit[m], t->ahead + m * t->h, NULL) != PL_OK) {
            return PL_NOMEM;
        }
    }
    *all = (pl_fit){0};
    memset(sum, 0, (size_t)t->h * sizeof *sum);
    for (size_t p = 0; p < (t->whole ? 2 : sizeof parts / sizeof *parts); p++) {
        const pl_fit *f = &t->fit[parts[p]];
        for (int32_t i = 0; f->fits && i < t->h; i++) {
            sum[i] += t->ahead[(int)parts[p] * t->h + i];
        }
        all->sigma += f->fits ? f->sigma : 0;
        k += f->fits;
    }
    all->fits = k > 0 && (only == PL_AUTO || only == PL_COMBINED);
    all->sigma /= k > 0 ? k : 1;
    for (int32_t i = 0; k > 0 && i < t->h; i++) {
        sum[i] /= k;
    }
    return PL_OK;
}

/* The combination is drawn towards the mean by the part of the mean's squared error that chance alone explains: where all is chance, no method does
 * better than the mean. */
static void lean_to_mean(const pl_forecast *f, int32_t i, int32_t n, trial *t)
{
    const double *noise = f->store->noise + (size_t)i * (size_t)f->n_periods;
    pl_fit *all = &t->fit[PL_COMBINED], *mean = &t->fit[PL_MEAN];
    double *to = t->ahead + PL_COMBINED * t->h, *from = t->ahead + PL_MEAN * t->h, chance = 0;
    for (int32_t k = 0; k < n; k++) {
        chance += noise[k] / n;
    }
    double part = mean->sigma > 0 ? fmin(chance / (mean->sigma * mean->sigma), 1) : 0;
    for (int32_t k = 0; all->fits && mean->fits && k < t->h; k++) {
        to[k] += part * (from[k] - to[k]);
    }
    all->sigma += mean->fits ? part * (mean->sigma - all->sigma) : 0;
}

/* Rolling origins of one node, then forecasts from its end. */
static pl_status try_node(pl_forecast *f, int32_t i, int32_t n)
{
    struct pl_forecast_store *s = f->store;
    size_t h = (size_t)f->horizon, each = (size_t)s->origins * h, at = (size_t)i * PL_METHODS;
    trial t = {.y = f->node[i].history, .m = f->season, .h = f->horizon, .whole = f->node[i].level == PL_LEVEL_TOTAL, .ahead = s->ahead + at * h};
    for (int m = 0; m < PL_METHODS; m++) {
        s->square[at + (size_t)m] = 0;
    }
    for (int32_t o = 0; o <= s->origins; o++) {
        int32_t end = o == s->origins ? n : n - f->horizon - (s->origins - 1 - o);
        if (fit_all(&t, end, s->set.method, o > 0) != PL_OK) {
            return PL_NOMEM;
        }
        lean_to_mean(f, i, end, &t);
        for (int m = 0; m < PL_METHODS; m++) {
            double *square = &s->square[at + (size_t)m], *error = s->error + (at + (size_t)m) * each + (size_t)o * h;
            *square = t.fit[m].fits ? *square : NAN;
            for (size_t k = 0; o < s->origins && k < h; k++) {
                error[k] = t.y[end + (int32_t)k] - t.ahead[(size_t)m * h + k];
                *square += error[k] * error[k];
            }
            s->sigma[at + (size_t)m] = t.fit[m].sigma;
        }
    }
    return PL_OK;
}

static pl_status try_all(pl_forecast *f, int32_t n, pl_error *err)
{
    const pl_forecast_settings *set = &f->store->set;
    for (int32_t from = 0; from < f->n; from += CHUNK) {
        int32_t to = from + CHUNK < f->n ? from + CHUNK : f->n;
        bool failed = false;
#pragma omp parallel for num_threads(set->threads) schedule(dynamic, 4) reduction(|| : failed)
        for (int32_t i = from; i < to; i++) {
            failed = failed || try_node(f, i, n) != PL_OK;
        }
        if (failed) {
            return pl_fail_nomem(err, "the forecast");
        }
        if (!pl_tick(set->progress, "forecasting", (double)to / f->n)) {
            return pl_fail(err, PL_STOPPED, NULL, NULL, "stopped");
        }
    }
    return PL_OK;
}

/* ---- The choice ------------------------------------------------------------------------------------------------------------------- */

/* Leaves by how many purchases a period has; sums apart. */
static int8_t class_of(const pl_forecast *f, int32_t i, int32_t n)
{
    double sum = 0, noise = 0;
    for (int32_t t = 0; t < n; t++) {
        sum += f->node[i].history[t];
        noise += f->store->noise[(size_t)i * (size_t)f->n_periods + (size_t)t];
    }
    double count = noise > 0 ? sum * sum / noise / n : 0;
    return i >= f->n_leaves ? 4 : count < 1 ? 0 : count < 10 ? 1 : count < 100 ? 2 : 3;
}

/* Mean and t value of squared errors of method m less those of the method `base`, over the earlier ends. */
static double against(const pl_forecast *f, int32_t i, int m, int base)
{
    const struct pl_forecast_store *s = f->store;
    size_t h = (size_t)f->horizon, each = (size_t)s->origins * h;
    const double *a = s->error + ((size_t)i * PL_METHODS + (size_t)m) * each, *b = s->error + ((size_t)i * PL_METHODS + (size_t)base) * each;
    double sum = 0, squares = 0, n = s->origins;
    for (int32_t o = 0; o < s->origins; o++) {
        double d = 0;
        for (size_t k = (size_t)o * h; k < ((size_t)o + 1) * h; k++) {
            d += a[k] * a[k] - b[k] * b[k];
        }
        sum += d;
        squares += d * d;
    }
    double variance = (squares - sum * sum / n) / (n - 1);
    return variance > 0 ? sum / n / sqrt(variance / n) : sum < 0 ? -HUGE_VAL : 0;
}

/* Are drivers better than the combination, over all leaves? */
static bool drivers_help(const pl_forecast *f)
{
    double part = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < f->n_leaves && f->store->set.drivers != NULL; i++) {
        const double *square = f->store->square + (size_t)i * PL_METHODS;
        if (!isnan(square[PL_CAUSAL]) && square[PL_COMBINED] > 0) {
            part += fmin(square[PL_CAUSAL] / square[PL_COMBINED], 4); /* a few wild series decide nothing */
            n++;
        }
    }
    return n > 0 && part < n;
}

/* The combination; drivers, where they are known and help; another method where it is better by much, and that at nearly every earlier end: choosing by
 * less than that mostly chooses noise. */
static pl_method choose(const pl_forecast *f, int32_t i, bool drivers)
{
    const double *square = f->store->square + (size_t)i * PL_METHODS;
    if (f->store->set.method != PL_AUTO) {
        return isnan(square[f->store->set.method]) ? PL_NAIVE : f->store->set.method;
    }
    pl_method base = drivers ? PL_CAUSAL : PL_COMBINED, method = base;
    double best = MUCH * square[base];
    for (int m = 0; m < PL_METHODS && f->store->origins >= ENDS_LEAST; m++) {
        if (square[m] < best && against(f, i, m, (int)base) < -SURE) {
            best = square[m];
            method = (pl_method)m;
        }
    }
    return method;
}

static void score_node(pl_forecast *f, int32_t i, int32_t n)
{
    pl_node *node = &f->node[i];
    const double *square = f->store->square + (size_t)i * PL_METHODS;
    double k = f->store->origins * f->horizon, noise = 0;
    node->scale = pl_fc_scale(node->history, n);
    for (int m = 0; m < PL_METHODS; m++) {
        node->score[m] = k > 0 && node->scale > 0 ? sqrt(square[m] / k) / node->scale : NAN;
    }
    node->score[PL_AUTO] = node->score[node->method];
    for (int32_t t = 0; t < n; t++) {
        noise += f->store->noise[(size_t)i * (size_t)f->n_periods + (size_t)t];
    }
    node->floor = node->scale > 0 ? sqrt(noise / n * (1 + 1.0 / n)) / node->scale : NAN;
}

pl_status pl_fc_run(pl_forecast *f, int32_t n, pl_error *err)
{
    struct pl_forecast_store *s = f->store;
    int32_t most = n - f->horizon - LEAST_PERIODS + 1;
    s->origins = s->set.origins < most ? s->set.origins : most > 0 ? most : 0;
    pl_status status = try_all(f, n, err);
    status = status == PL_OK && s->set.drivers != NULL ? pl_fc_drivers(f, n, err) : status;
    if (status != PL_OK) {
        return status;
    }
    for (int32_t i = 0; i < f->n; i++) {
        s->class[i] = class_of(f, i, n);
    }
    bool drivers = drivers_help(f);
    for (int32_t i = 0; i < f->n; i++) {
        f->node[i].method = choose(f, i, drivers);
        f->node[i].sigma = s->sigma[(size_t)i * PL_METHODS + (size_t)f->node[i].method];
        score_node(f, i, n);
    }
    status = pl_fc_coherent(f, err);
    return status == PL_OK ? pl_fc_quantiles(f, err) : status;
}

/* ---- All of it ------------------------------------------------------------------------------------------------------------------------ */

static pl_status room(pl_forecast *f, pl_error *err)
{
    struct pl_forecast_store *s = f->store;
    size_t n = (size_t)f->n, h = (size_t)f->horizon, methods = n * PL_METHODS;
    s->square = PL_NEW(double, methods);
    s->sigma = PL_NEW(double, methods);
    s->ahead = PL_NEW0(double, methods * h);
    s->error = PL_NEW0(double, methods * h * (size_t)(s->set.origins > 0 ? s->set.origins : 1));
    s->class = PL_NEW(int8_t, n);
    return s->square != NULL && s->sigma != NULL && s->ahead != NULL && s->error != NULL && s->class != NULL ? PL_OK : pl_fail_nomem(err, "the forecast");
}

static pl_status name_drivers(pl_forecast *f, pl_error *err)
{
    const pl_drivers *d = f->store->set.drivers;
    pl_arena *a = &f->store->arena;
    const char **name = PL_ARENA_NEW(a, const char *, d->k);
    f->effect = PL_ARENA_NEW(a, double, d->k);
    for (int32_t k = 0; name != NULL && f->effect != NULL && k < d->k; k++) {
        f->effect[k] = NAN;
        if ((name[k] = pl_arena_text(a, d->name[k], strlen(d->name[k]))) == NULL) {
            return pl_fail_nomem(err, "drivers");
        }
    }
    f->driver = name;
    f->n_drivers = d->k;
    return name != NULL && f->effect != NULL ? PL_OK : pl_fail_nomem(err, "drivers");
}

static pl_status make(const pl_series *series, const pl_forecast_settings *settings, pl_forecast *f, pl_error *err)
{
    static const int32_t season[] = {7, 52, 12};
    pl_forecast_settings *set = &f->store->set;
    *set = *settings;
    set->origins = settings->origins > 0 ? settings->origins : 6;
    set->check = settings->check == 0 ? 4 : settings->check < 0 ? 0 : settings->check;
    set->threads = settings->threads > 0 ? settings->threads : 1;
    f->horizon = settings->horizon > 0 ? settings->horizon : 4;
    f->season = settings->season > 0 ? settings->season : settings->season < 0 ? 0 : season[series->kind];
    f->kind = series->kind;
    f->measure = series->measure;
    f->first = series->first;
    f->n_periods = series->n_periods;
    if (f->n_periods < LEAST_PERIODS) {
        return pl_fail(err, PL_DATA, NULL, "wait for more, or take shorter periods", "%d whole period%s are too few to forecast from", f->n_periods,
                       f->n_periods == 1 ? "" : "s");
    }
    int32_t most = f->n_periods - f->horizon - LEAST_PERIODS + 1;
    set->check_every = settings->check_every > 0 ? settings->check_every : 1;
    most = most > 0 ? 1 + (most - 1) / set->check_every : 0;
    set->check = set->check < most ? set->check : most;
    if (set->drivers != NULL && (set->drivers->n != series->n || set->drivers->periods != series->n_periods + f->horizon)) {
        return pl_fail(err, PL_DATA, "drivers", "read them for these series and this horizon", "they are of other series or periods");
    }
    pl_status status = pl_fc_tree(series, f, err);
    status = status == PL_OK ? room(f, err) : status;
    status = status == PL_OK && set->drivers != NULL ? name_drivers(f, err) : status;
    status = status == PL_OK && set->check > 0 ? pl_fc_check(f, err) : status;
    status = status == PL_OK ? pl_fc_run(f, f->n_periods, err) : status;
    f->origins = f->store->origins;
    f->checked = set->check;
    return status;
}

/* What the forecast would be, had only what was sold counted: complaints that move it are told apart. */
static pl_status make_as_sold(const pl_series *series, const pl_forecast_settings *settings, pl_forecast *f, pl_error *err)
{
    pl_series sold = *series;
    pl_forecast_settings set = *settings;
    pl_forecast *base;
    sold.missed = NULL;
    set.check = -1;
    pl_status status = pl_forecast_make(&sold, &set, &base, err);
    for (int32_t i = 0; status == PL_OK && i < f->n; i++) { /* the same tree */
        f->node[i].as_sold = 0;
        for (int32_t k = 0; k < f->horizon; k++) {
            f->node[i].as_sold += base->node[i].mean[k];
        }
    }
    if (status == PL_OK) {
        pl_forecast_free(base);
    }
    return status;
}

static void free_trials(struct pl_forecast_store *s)
{
    pl_free(s->square);
    pl_free(s->sigma);
    pl_free(s->ahead);
    pl_free(s->error);
    pl_free(s->class);
    s->square = s->sigma = s->ahead = s->error = NULL;
    s->class = NULL;
}

pl_status pl_fc_new(pl_forecast **out, pl_error *err)
{
    *out = NULL;
    pl_forecast *f = PL_NEW0(pl_forecast, 1);
    struct pl_forecast_store *store = PL_NEW0(struct pl_forecast_store, 1);
    if (f == NULL || store == NULL) {
        pl_free(f);
        pl_free(store);
        return pl_fail_nomem(err, "the forecast");
    }
    f->store = store;
    pl_arena_init(&store->arena, 0);
    *out = f;
    return PL_OK;
}

pl_status pl_forecast_make(const pl_series *series, const pl_forecast_settings *settings, pl_forecast **out, pl_error *err)
{
    pl_forecast *f;
    *out = NULL;
    pl_status status = pl_fc_new(&f, err);
    if (status != PL_OK) {
        return status;
    }
    status = make(series, settings, f, err);
    status = status == PL_OK && series->missed != NULL ? make_as_sold(series, settings, f, err) : status;
    free_trials(f->store);
    if (status != PL_OK) {
        pl_forecast_free(f);
        return status;
    }
    *out = f;
    return PL_OK;
}

void pl_forecast_free(pl_forecast *f)
{
    if (f != NULL) {
        pl_arena_clear(&f->store->arena);
        pl_free(f->store);
        pl_free(f);
    }
}
