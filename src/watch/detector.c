/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * detector.c - one line, one report after the other: is it behind by more than chance? */
#include <float.h>
#include <math.h>

#include <plenty/watch.h>

#define MEMORY 60        /* reports over which the variance is remembered */
#define PRIOR 8          /* reports that the noise of all lines counts for */
#define CLIP 2.0         /* residuals beyond so many sd count as so many, for variance and drift */
#define CLIPPED 0.920537 /* mean of min(Z^2, CLIP^2) of a standard normal Z */
#define LEVEL 0.8        /* part of a surprise that a forecast from the past believes; of the drift below */
#define DRIFT 0.04
#define HOLD 3 /* reports for which an alarm stays open at least */
#define CUSUM_DRIFT 0.5  /* of half a step of one sd */

const pl_detector_settings pl_detector_defaults = {.side = PL_SIDE_SHORT, .rule = PL_BY_RATIO, .limit = 5.0, .spike = 4, .noise = 0.05};

/* max over k of (sum of the last k residuals)^2 / 2k, over those k whose sum is on the side that is watched: the log likelihood ratio of a
 * shift of the mean that began k reports ago against none (Lorden 1971; Willsky and Jones 1976). */
static double likelihood_ratio(const pl_detector *d, pl_watch_side side, int32_t *length)
{
    double sum = 0, best = 0;
    *length = 0;
    for (int32_t k = 1; k <= d->n; k++) {
        sum += (double)d->window[(d->at + PL_GLR_WINDOW - k) % PL_GLR_WINDOW];
        bool there = side == PL_SIDE_BOTH || (side == PL_SIDE_SHORT ? sum < 0 : sum > 0);
        double g = there ? sum * sum / (2 * k) : 0;
        if (g > best) {
            best = g;
            *length = k;
        }
    }
    return best;
}

/* Page's (1954), by the side that is watched. */
static double cusum(pl_detector *d, pl_watch_side side, double r)
{
    double low = fmax(0, (double)d->cusum[0] - r - CUSUM_DRIFT), high = fmax(0, (double)d->cusum[1] + r - CUSUM_DRIFT);
    d->cusum[0] = (float)low;
    d->cusum[1] = (float)high;
    return side == PL_SIDE_SHORT ? low : side == PL_SIDE_OVER ? high : fmax(low, high);
}

double pl_detector_residual(const pl_detector_settings *set, pl_detector *d, double r, pl_detected *out)
{
    d->window[d->at] = (float)fmax(-1e6, fmin(1e6, r));
    d->at = (uint8_t)((d->at + 1) % PL_GLR_WINDOW);
    d->n = (uint8_t)(d->n < PL_GLR_WINDOW ? d->n + 1 : d->n);
    int32_t length;
    double g = likelihood_ratio(d, set->side, &length), c = cusum(d, set->side, r), statistic = set->rule == PL_BY_RATIO ? g : c;
    bool spike = set->spike > 0 && (set->side == PL_SIDE_SHORT ? -r : set->side == PL_SIDE_OVER ? r : fabs(r)) > set->spike;
    bool was = d->open, fires = statistic > set->limit || spike;
    d->hold = (uint8_t)(fires ? HOLD : d->hold - (d->hold > 0));
    d->open = fires || (was && (statistic > set->limit / 2 || d->hold > 0));
    *out = (pl_detected){.residual = r, .statistic = statistic, .length = length, .spike = spike && !(statistic > set->limit), .opened = d->open && !was, .closed = was && !d->open};
    if (out->closed || (fires && set->renew)) { /* what comes next is judged afresh */
        d->n = 0;
        d->cusum[0] = d->cusum[1] = 0;
    }
    return statistic;
}

static double noise_of(const pl_detector_settings *set, const pl_detector *d)
{
    double m = d->count < MEMORY ? d->count : MEMORY;
    return sqrt((PRIOR * set->noise * set->noise + m * d->variance) / (PRIOR + m));
}

/* Variance of the residuals, robust against the few that are no chance. */
static void learn(pl_detector *d, double e, double sd)
{
    double square = fmin(e * e, CLIP * CLIP * sd * sd) / CLIPPED;
    d->count += d->count < INT32_MAX;
    d->variance += (square - d->variance) / (d->count < MEMORY ? d->count : MEMORY);
}

/* Beside a plan: residuals are shares of it.  How far a line lies beside its plan says nothing of chance; how much that changes does. */
static void step_plan(const pl_detector_settings *set, pl_detector *d, double reported, double expected, pl_detected *out)
{
    double u = (reported - expected) / expected, sd = noise_of(set, d);
    if (!isnan(d->level)) {
        learn(d, (u - d->level) / sqrt(2), sd);
    }
    d->level = u;
    pl_detector_residual(set, d, u / sd, out);
    out->expected = expected;
    out->sd = sd * expected;
}

/* Without a plan: level and drift from the past (Holt 2004, made robust as by Gelper, Fried and Croux 2010). */
static void step_alone(const pl_detector_settings *set, pl_detector *d, double reported, pl_detected *out)
{
    double sd = noise_of(set, d), expected = d->level * (1 + d->drift), u = (reported - expected) / expected;
    learn(d, u, sd);
    d->level = fmax(expected * (1 + LEVEL * u), DBL_MIN);
    d->drift += DRIFT * fmax(-CLIP * sd, fmin(CLIP * sd, u));
    pl_detector_residual(set, d, u / sd, out);
    out->expected = expected;
    out->sd = sd * expected;
}

void pl_detector_start(pl_detector *d)
{
    *d = (pl_detector){.level = NAN};
}

void pl_detector_step(const pl_detector_settings *set, pl_detector *d, double reported, double expected, bool planned, pl_detected *out)
{
    *out = (pl_detected){.residual = NAN, .statistic = NAN, .expected = NAN, .sd = NAN};
    if (planned) {
        if (expected > 0) {
            step_plan(set, d, reported, expected, out);
        }
    } else if (d->level > 0) {
        step_alone(set, d, reported, out);
    } else {
        d->level = reported > 0 ? reported : NAN;
    }
}

/* ---- Run lengths -------------------------------------------------------------------------------------------------------------------------- */

/* Mean number of normal residuals without a shift until the one-sided ratio over PL_GLR_WINDOW passes the limit; simulated, 20,000 runs each
 * (test/known/watching.c repeats the first of them). */
static const struct {
    double limit, run;
} RUN[] = {{1, 10.2}, {2, 27.1}, {3, 66.5}, {4, 160.2}, {5, 390.4}, {6, 959.1}, {7, 2375.6}, {8, 6018.7}, {9, 15498}, {10, 40387}};
#define RUNS (sizeof RUN / sizeof RUN[0])

double pl_glr_run(double limit, pl_watch_side side)
{
    size_t k = 1;
    while (k + 1 < RUNS && RUN[k].limit < limit) {
        k++;
    }
    double part = (limit - RUN[k - 1].limit) / (RUN[k].limit - RUN[k - 1].limit);
    double run = exp(log(RUN[k - 1].run) + part * (log(RUN[k].run) - log(RUN[k - 1].run)));
    return side == PL_SIDE_BOTH ? run / 2 : run;
}
