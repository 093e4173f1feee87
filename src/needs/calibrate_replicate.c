/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * calibrate_replicate.c - standard errors of estimates from weighted, clustered samples: the estimate is made again without parts of the
 * sample, calibrated anew each time, and the spread is the error (Wolter 2007). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/mem.h"

#define REPLICATES_MAX 1000000

/* ---- The design ------------------------------------------------------------------------------------------------------------------------- */

static int32_t highest(const int32_t *number, int32_t n)
{
    int32_t most = -1;
    for (int32_t i = 0; i < n; i++) {
        most = number[i] > most ? number[i] : most;
    }
    return most;
}

/* Clusters are told apart within their stratum: a hash of both, open addressing. */
typedef struct pairs {
    int64_t *key; /* stratum * 2^32 + cluster, -1 = free */
    int32_t *value;
    uint64_t mask;
} pairs;

/* The number of the cluster among those of its stratum, in order of appearance; counts into parts[stratum]. */
static int32_t number_in_stratum(pairs *p, int32_t stratum, int32_t cluster, int32_t *parts)
{
    int64_t key = (int64_t)stratum * ((int64_t)1 << 32) + cluster;
    uint64_t at = ((uint64_t)key * 0x9E3779B97F4A7C15u >> 20) & p->mask;
    while (p->key[at] != -1 && p->key[at] != key) {
        at = (at + 1) & p->mask;
    }
    if (p->key[at] == -1) {
        p->key[at] = key;
        p->value[at] = parts[stratum]++;
    }
    return p->value[at];
}

static pl_status number_parts(pl_design *d, const int32_t *cluster, pl_error *err)
{
    pairs p = {.mask = 1};
    while (p.mask < 2 * (uint64_t)d->n) {
        p.mask = p.mask * 2 + 1;
    }
    p.key = PL_NEW(int64_t, p.mask + 1);
    p.value = PL_NEW(int32_t, p.mask + 1);
    pl_status status = p.key != NULL && p.value != NULL ? PL_OK : pl_fail_nomem(err, "the replicates");
    if (status == PL_OK) {
        memset(p.key, 0xff, (p.mask + 1) * sizeof *p.key);
        for (int32_t i = 0; i < d->n; i++) {
            d->part[i] = number_in_stratum(&p, d->stratum[i], cluster != NULL ? cluster[i] : i, d->parts);
        }
    }
    pl_free(p.key);
    pl_free(p.value);
    return status;
}

static pl_status count_replicates(pl_design *d, int32_t groups, pl_error *err)
{
    int64_t total = 0;
    for (int32_t h = 0; h < d->n_strata; h++) {
        char subject[64];
        if (d->parts[h] == 1) {
            snprintf(subject, sizeof subject, "stratum %d", h);
            return pl_fail(err, PL_DATA, subject, "put it together with another stratum",
                           "a stratum with a single cluster says nothing about how much clusters differ");
        }
        int32_t at_most = d->kind == PL_BRR ? 2 : groups;
        d->parts[h] = at_most > 0 && d->parts[h] > at_most ? at_most : d->parts[h];
        d->first[h] = (int32_t)total;
        total += d->parts[h];
    }
    if (d->kind == PL_BRR) { /* a Hadamard matrix of Sylvester's: a power of two above the number of strata */
        for (total = 2; total < d->n_strata + 1;) {
            total *= 2;
        }
    }
    if (total > REPLICATES_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, "deal clusters into groups", "that makes more than %d replicates", REPLICATES_MAX);
    }
    d->n_replicates = (int32_t)total;
    for (int32_t i = 0; i < d->n; i++) {
        int32_t parts = d->parts[d->stratum[i]];
        d->part[i] = parts > 0 ? d->part[i] % parts : 0;
    }
    return PL_OK;
}

pl_status pl_design_new(int32_t n, const int32_t *stratum, const int32_t *cluster, pl_replication kind, int32_t groups, double fay,
                        pl_design *out, pl_error *err)
{
    int32_t strata = stratum != NULL ? highest(stratum, n) + 1 : 1;
    *out = (pl_design){.n = n, .n_strata = strata, .kind = kind, .fay = fay, .stratum = PL_NEW0(int32_t, n), .part = PL_NEW0(int32_t, n),
                       .parts = PL_NEW0(int32_t, strata), .first = PL_NEW0(int32_t, strata)};
    pl_status status = out->stratum != NULL && out->part != NULL && out->parts != NULL && out->first != NULL
                           ? PL_OK
                           : pl_fail_nomem(err, "the replicates");
    if (status == PL_OK && !(fay >= 0 && fay < 1)) {
        status = pl_fail(err, PL_DATA, "Fay's factor", NULL, "%g is not from 0 to less than 1", fay);
    }
    if (status == PL_OK && stratum != NULL) {
        memcpy(out->stratum, stratum, (size_t)n * sizeof *stratum);
    }
    status = status == PL_OK ? number_parts(out, cluster, err) : status;
    status = status == PL_OK ? count_replicates(out, groups, err) : status;
    if (status != PL_OK) {
        pl_design_clear(out);
    }
    return status;
}

void pl_design_clear(pl_design *d)
{
    pl_free(d->stratum);
    pl_free(d->part);
    pl_free(d->parts);
    pl_free(d->first);
    *d = (pl_design){0};
}

/* Entry of Sylvester's Hadamard matrix: is it 1 rather than -1? */
static bool hadamard(int32_t row, int32_t column)
{
    return __builtin_popcount((unsigned)row & (unsigned)column) % 2 == 0;
}

void pl_design_weights(const pl_design *d, int32_t r, const double *weight, double *out)
{
    for (int32_t i = 0; i < d->n; i++) {
        int32_t h = d->stratum[i];
        if (d->kind == PL_BRR) {
            bool in = (d->part[i] == 0) == hadamard(r, h + 1);
            out[i] = weight[i] * (in ? 2 - d->fay : d->fay);
        } else if (r < d->first[h] || r >= d->first[h] + d->parts[h]) {
            out[i] = weight[i];
        } else {
            out[i] = d->first[h] + d->part[i] == r ? 0 : weight[i] * d->parts[h] / (d->parts[h] - 1.0);
        }
    }
}

double pl_design_factor(const pl_design *d, int32_t r)
{
    if (d->kind == PL_BRR) {
        return 1 / (d->n_replicates * (1 - d->fay) * (1 - d->fay));
    }
    int32_t h = 0;
    while (r >= d->first[h] + d->parts[h]) {
        h++;
    }
    return (d->parts[h] - 1.0) / d->parts[h];
}

/* ---- Answers ------------------------------------------------------------------------------------------------------------------------------ */

static double answer(const pl_estimand *q, const double *w, int32_t n)
{
    double of = 0, over = 0;
    for (int32_t i = 0; i < n; i++) {
        double x = q->of[i], y = q->over != NULL ? q->over[i] : 1;
        if (!isnan(x) && !isnan(y)) {
            of += w[i] * x;
            over += w[i] * y;
        }
    }
    return q->total ? of : over != 0 ? of / over : NAN;
}

pl_status pl_survey(int32_t n, const double *weight, int32_t n_margins, const pl_margin *margins, const pl_calibrate_settings *settings,
                    const pl_design *design, int32_t n_questions, const pl_estimand *questions, pl_estimate *out, pl_calibrated *report,
                    pl_error *err)
{
    double *w = PL_NEW(double, n);
    if (w == NULL) {
        return pl_fail_nomem(err, "the estimates");
    }
    pl_status status = pl_calibrate(n, weight, n_margins, margins, settings, w, report, err);
    for (int32_t q = 0; q < n_questions && status == PL_OK; q++) {
        out[q] = (pl_estimate){answer(&questions[q], w, n), design != NULL ? 0 : NAN};
    }
    for (int32_t r = 0; design != NULL && r < design->n_replicates && status == PL_OK; r++) {
        pl_calibrated again;
        pl_design_weights(design, r, weight, w);
        status = pl_calibrate(n, w, n_margins, margins, settings, w, &again, err);
        if (status != PL_OK && err != NULL && err->status != PL_STOPPED) {
            char before[sizeof err->message];
            snprintf(before, sizeof before, "%s", err->message);
            snprintf(err->message, sizeof err->message, "without a part of the sample (replicate %d): %.400s", r, before);
        }
        for (int32_t q = 0; q < n_questions && status == PL_OK; q++) {
            double d = answer(&questions[q], w, n) - out[q].value;
            out[q].error += pl_design_factor(design, r) * d * d;
        }
    }
    for (int32_t q = 0; q < n_questions && status == PL_OK; q++) {
        out[q].error = sqrt(out[q].error);
    }
    pl_free(w);
    return status;
}
