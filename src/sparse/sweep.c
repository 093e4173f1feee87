/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "sparse/sweep.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define GOODS_PER_TICK (1 << 18)
#define PRUNE 1e-12     /* rivals are struck off when they are dearer by more than rounding */
#define PRUNE_EVERY 4   /* sweeps */

/* The row of the only output of column c; -1 = none, -2 = several. */
static int32_t output_row(const pl_sparse *flows, int32_t c, double *amount)
{
    int32_t row = -1;
    *amount = 0;
    for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
        if (flows->amount[k] > 0) {
            if (row >= 0) {
                return -2;
            }
            row = flows->index[k];
            *amount = flows->amount[k];
        }
    }
    return row;
}

pl_status pl_makers_new(const pl_sparse *flows, pl_makers *out, bool *single, pl_error *err)
{
    int32_t n = flows->n_rows;
    *out = (pl_makers){PL_NEW0(int32_t, (size_t)n + 2), PL_NEW(int32_t, flows->n_columns),
                       PL_NEW(double, flows->n_columns)};
    *single = true;
    if (out->start == NULL || out->column == NULL || out->output == NULL) {
        pl_makers_clear(out);
        return pl_fail_nomem(err, "the recipes of each good");
    }
    for (int32_t c = 0; c < flows->n_columns && *single; c++) {
        int32_t row = output_row(flows, c, &out->output[c]);
        *single = row != -2;
        if (row >= 0) {
            out->start[row + 2]++; /* two ahead: the second pass moves each one by one */
        }
    }
    if (!*single) {
        pl_makers_clear(out);
        return PL_OK;
    }
    for (int32_t g = 2; g <= n + 1; g++) {
        out->start[g] += out->start[g - 1];
    }
    for (int32_t c = 0; c < flows->n_columns; c++) {
        double amount;
        int32_t row = output_row(flows, c, &amount);
        if (row >= 0) {
            out->column[out->start[row + 1]++] = c;
        }
    }
    return PL_OK;
}

void pl_makers_clear(pl_makers *makers)
{
    pl_free(makers->start);
    pl_free(makers->column);
    pl_free(makers->output);
    *makers = (pl_makers){0};
}

/* Cost of one unit of what column c makes. */
static double unit_cost(const pl_sparse *flows, const pl_makers *makers, int32_t c, double cost, double markup,
                        const double *value)
{
    double inputs = 0;
    for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
        double a = flows->amount[k];
        inputs += a < 0 ? -a * value[flows->index[k]] : 0;
    }
    return (cost + markup * inputs) / makers->output[c];
}

static pl_status stopped(pl_error *err)
{
    return pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
}

static bool tick(const pl_sweep_settings *s, int32_t g, const char *what, double change)
{
    if (g % GOODS_PER_TICK != 0) {
        return true;
    }
    double done = change > 0 && change < 1 ? fmin(0.99, log(change) / log(fmax(s->tolerance, 1e-300))) : 0;
    return pl_tick(s->progress, what, done);
}

/* The recipes that may still turn out to be the cheapest: column[start[g]] .. column[end[g] - 1] of good g. */
typedef struct rivals {
    int32_t *column, *end;
} rivals;

/* The cheapest rival of good g, the first of equals.  A rival that already costs more than `dear` is struck off: costs
 * only rise, and the good is worth less than that. */
static double cheapest(const pl_sparse *flows, const pl_makers *makers, const double *cost, double markup,
                       const double *value, int32_t g, double dear, rivals *left, int32_t *chosen)
{
    double best = (double)INFINITY;
    int32_t kept = makers->start[g];
    *chosen = -1;
    for (int32_t i = makers->start[g]; i < left->end[g]; i++) {
        int32_t c = left->column[i];
        double unit = unit_cost(flows, makers, c, cost[c], markup, value);
        if (unit < best) {
            best = unit;
            *chosen = c;
        }
        left->column[kept] = c;
        kept += !(unit > dear);
    }
    left->end[g] = kept;
    return best;
}

/* One sweep; *change is the largest relative one.  False when it was stopped. */
static bool sweep_values(const pl_sparse *flows, const pl_makers *makers, const double *cost,
                         const pl_sweep_settings *settings, double above, double last, double *value, rivals *left,
                         int32_t *chosen, double *change)
{
    *change = 0;
    for (int32_t g = 0; g < flows->n_rows; g++) {
        if (!tick(settings, g, "sweeping values", last)) {
            return false;
        }
        double dear = value[g] > 0 ? value[g] * (1 + above) * (1 + PRUNE) : (double)INFINITY;
        double best = cheapest(flows, makers, cost, settings->markup, value, g, dear, left, &chosen[g]);
        if (best > value[g]) {
            double part = isfinite(best) ? (best - value[g]) / best : 1;
            *change = part > *change ? part : *change;
            value[g] = best;
        }
    }
    return true;
}

pl_status pl_sweep_values(const pl_sparse *flows, const pl_makers *makers, const double *cost,
                          const pl_sweep_settings *settings, double *value, int32_t *chosen, pl_sweep_result *result,
                          pl_error *err)
{
    int32_t n = flows->n_rows;
    rivals left = {PL_NEW(int32_t, makers->start[n]), PL_NEW(int32_t, n)};
    *result = (pl_sweep_result){.change = 1};
    pl_status status = left.column != NULL && left.end != NULL ? PL_OK : pl_fail_nomem(err, "the rivals of each good");
    if (status == PL_OK) {
        memcpy(left.column, makers->column, sizeof *left.column * (size_t)makers->start[n]);
        memcpy(left.end, makers->start + 1, sizeof *left.end * (size_t)n);
    }
    while (status == PL_OK && !result->settled && result->sweeps < settings->most) {
        bool prune = result->sweeps % PRUNE_EVERY == PRUNE_EVERY - 1;
        double change, above = (double)INFINITY;
        if (prune) {
            above = pl_sweep_above(flows, makers, chosen, cost, settings->markup, value);
        }
        if (!sweep_values(flows, makers, cost, settings, above, result->change, value, &left, chosen, &change)) {
            status = stopped(err);
            break;
        }
        result->sweeps++;
        result->change = change;
        result->settled = change <= settings->tolerance;
    }
    pl_free(left.column);
    pl_free(left.end);
    return status;
}

double pl_sweep_above(const pl_sparse *flows, const pl_makers *makers, const int32_t *chosen, const double *cost,
                      double markup, const double *value)
{
    double above = 0;
    for (int32_t g = 0; g < flows->n_rows; g++) {
        if (chosen[g] < 0) {
            continue;
        }
        /* (1 + e) v is above when e (v - A v) >= c + A v - v =: rest, and v - A v = c - rest. */
        double own = cost[chosen[g]] / makers->output[chosen[g]];
        double unit = unit_cost(flows, makers, chosen[g], cost[chosen[g]], markup, value);
        double rest = unit - value[g] + 1e-15 * unit;
        if (rest > 0) {
            above = own > rest ? fmax(above, rest / (own - rest)) : (double)INFINITY;
        }
    }
    return above;
}

pl_status pl_sweep_outputs(const pl_sparse *flows, const pl_makers *makers, const int32_t *chosen, const double *demand,
                           const pl_sweep_settings *settings, double *level, double *need, pl_sweep_result *result,
                           pl_error *err)
{
    *result = (pl_sweep_result){.change = 1};
    memcpy(need, demand, sizeof *need * (size_t)flows->n_rows);
    memset(level, 0, sizeof *level * (size_t)flows->n_rows);
    while (!result->settled && result->sweeps < settings->most) {
        double change = 0;
        for (int32_t g = 0; g < flows->n_rows; g++) {
            if (!tick(settings, g, "sweeping outputs", result->change)) {
                return stopped(err);
            }
            int32_t c = chosen[g];
            double want = need[g] <= 0 ? 0 : c < 0 ? (double)INFINITY : need[g] / makers->output[c];
            if (!(want > level[g])) {
                continue;
            }
            if (!isfinite(want)) {
                return PL_OK; /* nothing makes it, or it takes more and more */
            }
            double more = want - level[g];
            change = fmax(change, more / want);
            level[g] = want;
            for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
                double a = flows->amount[k];
                need[flows->index[k]] += a < 0 ? -a * more : 0;
            }
        }
        result->sweeps++;
        result->change = change;
        result->settled = change <= settings->tolerance;
    }
    return PL_OK;
}
