/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast.h - what the files of forecasting share; private to this room. */
#ifndef PLENTY_NEEDS_FORECAST_H
#define PLENTY_NEEDS_FORECAST_H

#include <plenty/needs.h>

#include "base/arena.h"

#define PL_FC_CLASSES 5 /* leaves by how many are sold in a period; sums */

struct pl_forecast_store {
    pl_arena arena;
    pl_forecast_settings set;       /* with defaults filled in */
    double *noise;                  /* n x periods: variance of chance */
    int32_t *first_child, *n_children; /* of each sum; children stand together */
    /* of the last run */
    int32_t origins;
    double *square; /* n x methods: sum of squared errors over the rolling origins; NaN = does not apply */
    double *error;  /* n x methods x origins x horizon */
    double *ahead;  /* n x methods x horizon: forecasts from the end */
    double *sigma;  /* n x methods */
    int8_t *class;  /* n */
};

/* An empty one, with its store (forecast.c). */
pl_status pl_fc_new(pl_forecast **out, pl_error *err);
/* Nodes, their histories and parents (forecast_tree.c). */
pl_status pl_fc_tree(const pl_series *series, pl_forecast *f, pl_error *err);
/* The method PL_CAUSAL of all nodes, after the others, from the first n periods (forecast_drivers.c). */
pl_status pl_fc_drivers(pl_forecast *f, int32_t n, pl_error *err);
/* Means that add up, none below zero, from the forecasts of the chosen methods and their errors from earlier ends (forecast_coherent.c). */
pl_status pl_fc_coherent(pl_forecast *f, pl_error *err);
/* Methods, means and quantiles of all nodes from the first n periods of their histories. */
pl_status pl_fc_run(pl_forecast *f, int32_t n, pl_error *err);
/* Quantiles from the errors of the last run, by class (forecast_quantiles.c). */
pl_status pl_fc_quantiles(pl_forecast *f, pl_error *err);
/* Scores of whole forecasts from earlier ends (forecast_check.c). */
pl_status pl_fc_check(pl_forecast *f, pl_error *err);
/* Root mean square change over the first n periods. */
double pl_fc_scale(const double *y, int32_t n);

#endif
