/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * privacy.c - clipping, noise, and thresholds for rare cells. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/privacy.h>

#include "base/mem.h"

#define AMOUNT_MAX (INT64_C(1) << 40)

static pl_status check_settings(const pl_private_settings *s, pl_error *err)
{
    if (s->epsilon <= 0 || s->epsilon > 1000 * (int64_t)PL_EPSILON_UNIT) {
        return pl_fail(err, PL_DATA, "epsilon", "say for example 1; less is more private", "epsilon must be above 0, and at most 1000");
    }
    if (s->delta < 0 || s->delta >= PL_DELTA_UNIT) {
        return pl_fail(err, PL_DATA, "delta", "say for example 1e-9", "delta must be at least 0 and less than 1");
    }
    if (s->clip <= 0 || s->clip > PL_NOISE_TERM_MAX / PL_EPSILON_UNIT || s->clip_cell < 0 || s->least < 0 || s->least > AMOUNT_MAX / s->clip) {
        return pl_fail(err, PL_DATA, "clip", "say how much one household may add to all sums together",
                       "the clip must be from 1 to %lld, and the floors not negative", (long long)(PL_NOISE_TERM_MAX / PL_EPSILON_UNIT));
    }
    return PL_OK;
}

/* ---- Clipping ---------------------------------------------------------------------------------------------------------------------- */

static int by_household_and_cell(const void *a, const void *b)
{
    const pl_contribution *x = a, *y = b;
    if (x->household != y->household) {
        return x->household < y->household ? -1 : 1;
    }
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static int64_t clamp(int64_t x, int64_t most)
{
    return x > most ? most : x < -most ? -most : x;
}

/* One household's rows, sorted by cell. */
static void add_household(pl_contribution *c, int64_t n, const pl_private_settings *s, int64_t *sum, pl_private_report *report)
{
    int64_t cells = 0, total = 0, cell_most = s->clip_cell > 0 ? s->clip_cell : INT64_MAX;
    bool cut = false;
    for (int64_t i = 0; i < n; i++) { /* together by cell */
        if (cells > 0 && c[cells - 1].cell == c[i].cell) {
            c[cells - 1].amount += c[i].amount;
        } else {
            c[cells++] = c[i];
        }
    }
    for (int64_t i = 0; i < cells; i++) {
        report->total += llabs(c[i].amount);
        int64_t kept = clamp(c[i].amount, cell_most);
        cut = cut || kept != c[i].amount;
        c[i].amount = kept;
        total += llabs(kept);
    }
    for (int64_t i = 0; i < cells; i++) {
        int64_t kept = total > s->clip ? (int64_t)((__int128)c[i].amount * s->clip / total) : c[i].amount;
        sum[c[i].cell] += kept;
        report->kept += llabs(kept);
    }
    report->households++;
    report->clipped += cut || total > s->clip;
}

pl_status pl_private_clip(int64_t n, const pl_contribution *contributions, int32_t n_households, int32_t n_cells,
                          const pl_private_settings *settings, int64_t *sum, pl_private_report *report, pl_error *err)
{
    *report = (pl_private_report){.threshold = INT64_MIN};
    pl_status status = check_settings(settings, err);
    if (status != PL_OK) {
        return status;
    }
    for (int64_t i = 0; i < n; i++) {
        const pl_contribution *c = &contributions[i];
        if (c->household < 0 || c->household >= n_households || c->cell < 0 || c->cell >= n_cells) {
            return pl_fail(err, PL_DATA, NULL, NULL, "contribution %lld: there is no such household or cell", (long long)i);
        }
        if (c->amount > AMOUNT_MAX || c->amount < -AMOUNT_MAX || n > INT64_MAX / AMOUNT_MAX) {
            return pl_fail(err, PL_DATA, NULL, "use a larger unit", "contribution %lld: the amount is beyond 2^40", (long long)i);
        }
    }
    pl_contribution *own = PL_NEW(pl_contribution, n);
    if (own == NULL) {
        return pl_fail_nomem(err, "private sums");
    }
    if (n > 0) {
        memcpy(own, contributions, (size_t)n * sizeof *own);
    }
    qsort(own, (size_t)n, sizeof *own, by_household_and_cell);
    memset(sum, 0, (size_t)n_cells * sizeof *sum);
    for (int64_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && own[to].household == own[from].household;) {
            to++;
        }
        add_household(own + from, to - from, settings, sum, report);
    }
    pl_free(own);
    return PL_OK;
}

/* ---- Noise --------------------------------------------------------------------------------------------------------------------------- */

/* A household alone in its cells must not be seen but with probability delta.  With amounts a_i that add up to the clip C, the chance
 * that one passes the threshold t is at most the sum of exp(-(t - a_i) e/C) / (1 + exp(-e/C)), and that is largest for one cell of C or
 * for C cells of 1. */
static int64_t rare_threshold(const pl_private_settings *s)
{
    if (s->delta == 0) {
        return INT64_MIN;
    }
    double e = (double)s->epsilon / PL_EPSILON_UNIT, c = (double)s->clip, delta = (double)s->delta / (double)PL_DELTA_UNIT;
    double largest = fmax(e, log(c) + e / c); /* its logarithm */
    return (int64_t)ceil(c / e * (largest - log(delta) - log1p(exp(-e / c))) * (1 + 1e-12)) + 1;
}

pl_status pl_private_noise(int32_t n_cells, const pl_private_settings *settings, pl_randomness *random, int64_t *sum, bool *released,
                           pl_private_report *report, pl_error *err)
{
    pl_status status = check_settings(settings, err);
    if (status != PL_OK) {
        return status;
    }
    int64_t cell_most = settings->clip_cell > 0 && settings->clip_cell < settings->clip ? settings->clip_cell : settings->clip;
    int64_t floor_sum = settings->least > 0 ? settings->least * cell_most : INT64_MIN;
    int64_t scale = settings->clip * (int64_t)PL_EPSILON_UNIT;
    report->threshold = rare_threshold(settings);
    report->threshold = floor_sum > report->threshold ? floor_sum : report->threshold;
    report->released = report->withheld = 0;
    report->error = (double)settings->clip * PL_EPSILON_UNIT / (double)settings->epsilon * log(2);
    for (int32_t c = 0; c < n_cells; c++) {
        sum[c] += pl_discrete_laplace(random, settings->epsilon, scale);
        released[c] = sum[c] >= report->threshold;
        sum[c] = released[c] ? sum[c] : 0;
        report->released += released[c];
        report->withheld += !released[c];
    }
    return PL_OK;
}
