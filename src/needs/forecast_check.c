/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_check.c - whole forecasts from earlier ends against what came: WRMSSE, WAPE, coverage. */
#include <math.h>

#include "needs/forecast.h"

typedef struct sums {
    double weight, error, value;           /* |error| and value, summed */
    double score[PL_METHODS + 1], floor;   /* weight x RMSSE, summed */
    bool applies[PL_METHODS + 1];
    int64_t within[2], n;
    int32_t series;
} sums;

static double rmsse(const double *y, const double *ahead, int32_t h, double scale)
{
    double sum = 0;
    for (int32_t k = 0; k < h; k++) {
        sum += (y[k] - ahead[k]) * (y[k] - ahead[k]);
    }
    return sqrt(sum / h) / scale;
}

static void check_node(const pl_forecast *f, int32_t i, int32_t end, sums *s)
{
    const pl_node *node = &f->node[i];
    const double *came = node->history + end, *ahead = f->store->ahead + (size_t)i * PL_METHODS * (size_t)f->horizon;
    double weight = fmax(node->history[end - 1], 0);
    s->series++;
    for (int32_t k = 0; k < f->horizon; k++) {
        const double *q = node->quantile + k * PL_QUANTILES;
        s->error += fabs(came[k] - node->mean[k]);
        s->value += came[k];
        s->within[0] += came[k] >= q[1] && came[k] <= q[3];
        s->within[1] += came[k] >= q[0] && came[k] <= q[4];
        s->n++;
    }
    if (!(node->scale > 0) || weight == 0) {
        return;
    }
    s->weight += weight;
    s->floor += weight * node->floor;
    for (int m = 0; m < PL_METHODS; m++) {
        const double *x = ahead + m * f->horizon;
        bool applies = !isnan(f->store->square[(size_t)i * PL_METHODS + (size_t)m]);
        if (!applies) { /* a series to which a method does not apply counts as the naive forecast of it */
            x = ahead + PL_NAIVE * f->horizon;
        }
        s->applies[m] |= applies;
        s->score[m] += weight * rmsse(came, x, f->horizon, node->scale);
    }
    s->applies[PL_AUTO] = true;
    s->score[PL_AUTO] += weight * rmsse(came, node->mean, f->horizon, node->scale);
}

/* Adds one end to the mean over all. */
static void book(pl_score *to, const sums *s, int32_t ends)
{
    to->series = s->series;
    for (int m = 0; m <= PL_METHODS; m++) {
        to->wrmsse[m] += s->applies[m] && s->weight > 0 ? s->score[m] / s->weight / ends : NAN;
    }
    to->floor += s->weight > 0 ? s->floor / s->weight / ends : NAN;
    to->wape += s->value > 0 ? s->error / s->value / ends : NAN;
    for (int k = 0; k < 2; k++) {
        to->coverage[k] += (double)s->within[k] / (double)s->n / ends;
    }
}

/* The mean over the levels that there are; coverage and WAPE over leaves and sums alike. */
static void over_levels(pl_forecast *f)
{
    int levels = 0;
    f->all = (pl_score){0};
    for (int l = 0; l < PL_LEVELS; l++) {
        levels += f->level[l].series > 0;
    }
    for (int l = 0; l < PL_LEVELS; l++) {
        const pl_score *s = &f->level[l];
        if (s->series == 0) {
            continue;
        }
        f->all.series += s->series;
        f->all.floor += s->floor / levels;
        f->all.wape += s->wape / levels;
        for (int m = 0; m <= PL_METHODS; m++) {
            f->all.wrmsse[m] += s->wrmsse[m] / levels;
        }
    }
    for (int l = 0; l < PL_LEVELS; l++) {
        for (int k = 0; k < 2; k++) {
            f->all.coverage[k] += f->level[l].coverage[k] * f->level[l].series / f->all.series;
        }
    }
}

pl_status pl_fc_check(pl_forecast *f, pl_error *err)
{
    int32_t ends = f->store->set.check;
    for (int32_t e = 0; e < ends; e++) {
        int32_t end = f->n_periods - f->horizon - (ends - 1 - e) * f->store->set.check_every;
        sums level[PL_LEVELS] = {{0}};
        pl_status status = pl_fc_run(f, end, err);
        if (status != PL_OK) {
            return status;
        }
        for (int32_t i = 0; i < f->n; i++) {
            check_node(f, i, end, &level[f->node[i].level]);
        }
        for (int l = 0; l < PL_LEVELS; l++) {
            if (level[l].n > 0) {
                book(&f->level[l], &level[l], ends);
            }
        }
    }
    over_levels(f);
    return PL_OK;
}
