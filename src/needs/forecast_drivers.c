/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_drivers.c - known prices, promotions and calendar as one more method, tried from the same earlier ends as all others.
 *
 * Drivers of an earlier end are those that were known then: of the history, and of the periods ahead of it. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "needs/forecast.h"

typedef struct causal_run {
    pl_forecast *f;
    const pl_drivers *d;
    double *y, *x, *ahead; /* of the leaves: n x end; n x (end + horizon) x used; n x horizon */
    int32_t *used, n_used; /* drivers that vary within a series */
    double *effect;
} causal_run;

static const double *driver_row(const pl_drivers *d, int32_t i, int32_t t)
{
    return d->x + ((size_t)i * (size_t)d->periods + (size_t)t) * (size_t)d->k;
}

static bool varies(const pl_drivers *d, int32_t n, int32_t end, int32_t k)
{
    for (int32_t i = 0; i < n; i++) {
        for (int32_t t = 1; t < end; t++) {
            if (driver_row(d, i, t)[k] != driver_row(d, i, 0)[k]) {
                return true;
            }
        }
    }
    return false;
}

static void gather(causal_run *q, int32_t end)
{
    const pl_forecast *f = q->f;
    double *x = q->x;
    q->n_used = 0;
    for (int32_t k = 0; k < q->d->k; k++) {
        if (varies(q->d, f->n_leaves, end, k)) {
            q->used[q->n_used++] = k;
        }
    }
    for (int32_t i = 0; i < f->n_leaves; i++) {
        memcpy(q->y + (size_t)i * (size_t)end, f->node[i].history, (size_t)end * sizeof *q->y);
        for (int32_t t = 0; t < end + f->horizon; t++) {
            for (int32_t k = 0; k < q->n_used; k++) {
                *x++ = driver_row(q->d, i, t)[q->used[k]];
            }
        }
    }
}

/* The forecasts from one end; *fits: they could be made. */
static pl_status forecast_from(causal_run *q, int32_t end, bool *fits, pl_error *err)
{
    pl_forecast *f = q->f;
    pl_error why;
    gather(q, end);
    *fits = false;
    if (q->n_used == 0) {
        return PL_OK;
    }
    pl_status status = pl_causal_fit(f->n_leaves, end, f->horizon, q->n_used, q->y, q->x, q->effect, NULL, q->ahead, &f->r2, &why);
    *fits = status == PL_OK;
    if (status == PL_DATA) { /* drivers that follow from one another until then */
        return PL_OK;
    }
    if (status != PL_OK && err != NULL) {
        *err = why;
    }
    return status;
}

/* Forecasts of leaves and of the sums over them, into room for all nodes. */
static void spread(const causal_run *q, double *all)
{
    const pl_forecast *f = q->f;
    size_t h = (size_t)f->horizon;
    memset(all, 0, (size_t)f->n * h * sizeof *all);
    memcpy(all, q->ahead, (size_t)f->n_leaves * h * sizeof *all);
    for (int32_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < h && f->node[i].parent >= 0; k++) {
            all[(size_t)f->node[i].parent * h + k] += all[(size_t)i * h + k];
        }
    }
}

static void note_effects(const causal_run *q)
{
    for (int32_t k = 0; k < q->d->k; k++) {
        q->f->effect[k] = NAN;
    }
    for (int32_t k = 0; k < q->n_used; k++) {
        q->f->effect[q->used[k]] = q->effect[k];
    }
}

static pl_status try_ends(causal_run *q, int32_t n, double *all, bool *fits, pl_error *err)
{
    pl_forecast *f = q->f;
    struct pl_forecast_store *s = f->store;
    size_t h = (size_t)f->horizon, each = (size_t)s->origins * h;
    pl_status status = PL_OK;
    *fits = s->origins > 0;
    for (int32_t o = 0; o <= s->origins && status == PL_OK && *fits; o++) {
        int32_t end = o == s->origins ? n : n - f->horizon - (s->origins - 1 - o);
        status = forecast_from(q, end, fits, err);
        if (status != PL_OK || !*fits) {
            break;
        }
        spread(q, all);
        for (int32_t i = 0; i < f->n; i++) {
            size_t at = (size_t)i * PL_METHODS + PL_CAUSAL;
            double *ahead = s->ahead + at * h, *error = s->error + at * each + (size_t)o * h;
            for (size_t k = 0; k < h; k++) {
                ahead[k] = all[(size_t)i * h + k];
                if (o < s->origins) {
                    error[k] = f->node[i].history[end + (int32_t)k] - ahead[k];
                }
            }
        }
    }
    return status;
}

pl_status pl_fc_drivers(pl_forecast *f, int32_t n, pl_error *err)
{
    struct pl_forecast_store *s = f->store;
    const pl_drivers *d = s->set.drivers;
    size_t leaves = (size_t)f->n_leaves, h = (size_t)f->horizon, k = (size_t)d->k, each = (size_t)s->origins * h;
    double *room = PL_NEW(double, leaves * (size_t)n + leaves * ((size_t)n + h) * k + leaves * h + k + (size_t)f->n * h);
    int32_t *used = PL_NEW(int32_t, k);
    bool fits = false;
    pl_status status = room != NULL && used != NULL ? PL_OK : pl_fail_nomem(err, "drivers");
    if (status == PL_OK) {
        causal_run q = {.f = f, .d = d, .y = room, .used = used};
        q.x = q.y + leaves * (size_t)n;
        q.ahead = q.x + leaves * ((size_t)n + h) * k;
        q.effect = q.ahead + leaves * h;
        status = try_ends(&q, n, q.effect + k, &fits, err);
        if (status == PL_OK && fits) {
            note_effects(&q);
        }
    }
    for (int32_t i = 0; i < f->n && status == PL_OK; i++) {
        size_t at = (size_t)i * PL_METHODS + PL_CAUSAL;
        s->square[at] = fits ? 0 : NAN;
        for (size_t e = 0; fits && e < each; e++) {
            s->square[at] += s->error[at * each + e] * s->error[at * each + e];
        }
        s->sigma[at] = fits ? sqrt(s->square[at] / (double)each) : 0;
    }
    pl_free(room);
    pl_free(used);
    return status;
}
