/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_coherent.c - forecasts of parts and wholes that add up: the nearest ones, by the reconciliation kernel.
 *
 * How far a series may move is its variance.  For a sum it is set so that its own forecast and the sum of its parts weigh as their errors from
 * earlier ends say: errors of parts go together (everybody is away in the same week), so that the variances of parts alone would trust their sum
 * too much. */
#include <math.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "needs/forecast.h"

#define BELIEF 48.0      /* errors that count for the own forecast of a sum */
#define OWN_MOST 0.99    /* so that a sum can still move */
#define TOLERANCE 1e-12
#define ENOUGH 1e-9      /* where rounding stops it before */

typedef struct coherence {
    pl_forecast *f;
    double *error;           /* n x each: of the chosen method; of sums, of both forecasts weighed */
    double *parts;           /* n x each: of the sum of the parts */
    double *freedom, *x;     /* n */
    pl_constraints c;        /* one for each sum: it less its parts is 0 */
    int64_t *start;
    int32_t *row;
    double *factor, *target, *zero;
} coherence;

/* The weight of a sum's own forecast against that of its parts. */
static double own_weight(const double *own, const double *parts, size_t each)
{
    double a = 0, b = 0;
    for (size_t k = 0; k < each; k++) {
        a += own[k] * own[k];
        b += parts[k] * parts[k];
    }
    double part = a + b > 0 ? b / (a + b) : 1, n = (double)each;
    return fmin((n * part + BELIEF) / (n + BELIEF), OWN_MOST);
}

/* From the leaves upwards; sums stand behind their parts. */
static void set_freedom(coherence *q, double *spread)
{
    const pl_forecast *f = q->f;
    const struct pl_forecast_store *s = f->store;
    size_t each = (size_t)s->origins * (size_t)f->horizon;
    double least = 0;
    for (int32_t i = 0; i < f->n; i++) {
        least = fmax(least, f->node[i].sigma);
    }
    least = least > 0 ? least * 1e-6 : 1;
    for (int32_t i = 0; i < f->n; i++) { /* spread: variance of the parts, then of both together */
        const double *own = s->error + ((size_t)i * PL_METHODS + (size_t)f->node[i].method) * each;
        double *error = q->error + (size_t)i * each, *parts = q->parts + (size_t)i * each, sigma = fmax(f->node[i].sigma, least);
        double w = i < f->n_leaves ? 1 : own_weight(own, parts, each);
        q->freedom[i] = i < f->n_leaves ? sigma * sigma : spread[i] * (1 - w) / w;
        spread[i] = i < f->n_leaves ? sigma * sigma : spread[i] * (1 - w);
        for (size_t k = 0; k < each; k++) {
            error[k] = w * own[k] + (1 - w) * parts[k];
        }
        if (f->node[i].parent >= 0) {
            double *above = q->parts + (size_t)f->node[i].parent * each;
            spread[f->node[i].parent] += spread[i];
            for (size_t k = 0; k < each; k++) {
                above[k] += error[k];
            }
        }
    }
}

static void set_constraints(coherence *q)
{
    const pl_forecast *f = q->f;
    int64_t at = 0;
    for (int32_t i = 0; i < f->n; i++) {
        q->start[i] = at;
        if (i >= f->n_leaves) {
            q->row[at] = i - f->n_leaves;
            q->factor[at++] = 1;
        }
        if (f->node[i].parent >= 0) {
            q->row[at] = f->node[i].parent - f->n_leaves;
            q->factor[at++] = -1;
        }
    }
    q->start[f->n] = at;
    q->c = (pl_constraints){.n = f->n, .m = f->n - f->n_leaves, .start = q->start, .row = q->row, .factor = q->factor, .target = q->target};
}

static void note_incoherence(pl_forecast *f, const double *x)
{
    for (int32_t p = f->n_leaves; p < f->n; p++) {
        double sum = 0;
        for (int32_t c = 0; c < f->store->n_children[p]; c++) {
            sum += x[f->store->first_child[p] + c];
        }
        f->incoherence = fmax(f->incoherence, fabs(sum - x[p]));
    }
}

static pl_status solve(coherence *q, int32_t k, pl_error *err)
{
    pl_forecast *f = q->f;
    pl_reconcile_settings set = {.freedom = q->freedom, .low = q->zero, .tolerance = TOLERANCE};
    pl_reconciled report = {0};
    for (int32_t i = 0; i < f->n; i++) {
        q->x[i] = fmax(f->store->ahead[((size_t)i * PL_METHODS + (size_t)f->node[i].method) * (size_t)f->horizon + (size_t)k], 0);
    }
    pl_status status = q->c.m > 0 ? pl_reconcile(&q->c, q->x, &set, q->x, NULL, &report, err) : PL_OK;
    if (status == PL_OK && report.residual > ENOUGH) { /* all zero adds up, so that it cannot be impossible */
        return pl_fail(err, PL_NUMERIC, NULL, "are some series millions of times larger than others?", "the forecasts do not add up (a sum misses by a part of %.2g)", report.residual);
    }
    for (int32_t i = 0; status == PL_OK && i < f->n; i++) {
        f->node[i].mean[k] = q->x[i];
    }
    note_incoherence(f, q->x);
    return status;
}

pl_status pl_fc_coherent(pl_forecast *f, pl_error *err)
{
    size_t n = (size_t)f->n, each = (size_t)f->store->origins * (size_t)f->horizon;
    coherence q = {.f = f};
    double *room = PL_NEW0(double, 2 * n * each + 7 * n + 1); /* error, parts; x, freedom, zero, target, factor (2 n), spread */
    q.start = PL_NEW(int64_t, n + 1);
    q.row = PL_NEW(int32_t, 2 * n);
    pl_status status = room != NULL && q.start != NULL && q.row != NULL ? PL_OK : pl_fail_nomem(err, "the forecast");
    if (status == PL_OK) {
        q.error = room;
        q.parts = room + n * each;
        q.x = q.parts + n * each;
        q.freedom = q.x + n;
        q.zero = q.freedom + n;
        q.target = q.zero + n;
        q.factor = q.target + n;
        set_freedom(&q, q.factor + 2 * n);
        set_constraints(&q);
    }
    f->incoherence = 0;
    for (int32_t k = 0; k < f->horizon && status == PL_OK; k++) {
        status = solve(&q, k, err);
    }
    pl_free(room);
    pl_free(q.start);
    pl_free(q.row);
    return status;
}
