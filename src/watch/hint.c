/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * hint.c - spike, step or slope?  The multi-process filter, class II, of Harrison and Stevens (1976): after each report one of four things has
 * happened, each a Kalman filter of level and slope with its own variances; of the sixteen pairs of then and now, those with the same "now" are
 * brought together by their moments. */
#include <math.h>

#include <plenty/watch.h>

typedef struct state {
    double p;             /* probability */
    double level, slope;
    double ll, ls, ss;    /* covariance */
} state;

/* Variances in those of a report, and how often each is to be expected. */
static const struct {
    double observation, level, slope, prior;
} MODEL[PL_HINTS] = {{1, 0, 0, 0.900}, {101, 0, 0, 0.094}, {1, 100, 0, 0.003}, {1, 0, 1, 0.003}};

const char *pl_hint_word(pl_hint hint)
{
    static const char *const words[PL_HINTS] = {"steady", "spike", "step", "slope"};
    return words[hint];
}

/* The state after a report, if `model` has happened; its probability is not yet one. */
static state update(const state *s, int model, double y)
{
    double q = MODEL[model].slope, ll = s->ll + 2 * s->ls + s->ss + MODEL[model].level + q, ls = s->ls + s->ss + q, ss = s->ss + q;
    double v = ll + MODEL[model].observation, e = y - s->level - s->slope, a = ll / v, b = ls / v;
    return (state){.p = s->p * MODEL[model].prior * exp(-e * e / (2 * v)) / sqrt(v),
                   .level = s->level + s->slope + a * e, .slope = s->slope + b * e,
                   .ll = ll - a * ll, .ls = ls - a * ls, .ss = ss - b * ls};
}

static state together(const state *from)
{
    state s = {0};
    for (int i = 0; i < PL_HINTS; i++) {
        s.p += from[i].p;
        s.level += from[i].p * from[i].level;
        s.slope += from[i].p * from[i].slope;
    }
    if (!(s.p > 0)) {
        return (state){0, from[0].level, from[0].slope, from[0].ll, from[0].ls, from[0].ss};
    }
    s.level /= s.p;
    s.slope /= s.p;
    for (int i = 0; i < PL_HINTS; i++) {
        double w = from[i].p / s.p, a = from[i].level - s.level, b = from[i].slope - s.slope;
        s.ll += w * (from[i].ll + a * a);
        s.ls += w * (from[i].ls + a * b);
        s.ss += w * (from[i].ss + b * b);
    }
    return s;
}

pl_hint pl_hint_of(const double *residual, int32_t n, double *sure)
{
    state now[PL_HINTS];
    double before[PL_HINTS]; /* what had happened at the report before, as it looks now */
    for (int i = 0; i < PL_HINTS; i++) {
        now[i] = (state){MODEL[i].prior, 0, 0, 0.1, 0, 0.001};
        before[i] = MODEL[i].prior;
    }
    for (int32_t t = 0; t < n; t++) {
        state pair[PL_HINTS][PL_HINTS]; /* now, then */
        double total = 0, y = fmax(-50, fmin(50, residual[t]));
        for (int i = 0; i < PL_HINTS; i++) {
            before[i] = 0;
        }
        for (int j = 0; j < PL_HINTS; j++) {
            for (int i = 0; i < PL_HINTS; i++) {
                pair[j][i] = update(&now[i], j, y);
                total += pair[j][i].p;
                before[i] += pair[j][i].p;
            }
        }
        for (int j = 0; j < PL_HINTS; j++) {
            now[j] = together(pair[j]);
            now[j].p = total > 0 ? now[j].p / total : MODEL[j].prior;
            before[j] = total > 0 ? before[j] / total : MODEL[j].prior;
        }
    }
    pl_hint best = PL_HINT_STEADY;
    double most = 0;
    for (int i = 1; i < PL_HINTS; i++) { /* one report later much is clearer: then counts where it says something */
        double p = fmax(now[i].p, before[i]);
        if (p > most) {
            most = p;
            best = (pl_hint)i;
        }
    }
    double steady = fmin(now[PL_HINT_STEADY].p, before[PL_HINT_STEADY]);
    if (steady > most) {
        most = steady;
        best = PL_HINT_STEADY;
    }
    if (best == PL_HINT_STEADY) { /* nothing just now; what has happened earlier shows in where it is, and where it goes */
        for (int i = 0; i < PL_HINTS; i++) {
            now[i].p = fmax(now[i].p, 1e-300);
        }
        state all = together(now);
        best = fabs(all.slope) > 3 * sqrt(all.ss) ? PL_HINT_SLOPE : fabs(all.level) > 3 * sqrt(all.ll) ? PL_HINT_STEP : PL_HINT_STEADY;
    }
    if (sure != NULL) {
        *sure = most;
    }
    return best;
}
