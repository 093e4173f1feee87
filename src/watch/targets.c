/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * targets.c - what units announce, and what came: does each say what it believes? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/watch.h>

#define BUNCH 0.02   /* how near a target is near */
#define BUNCH_MIN 20 /* results near a target that can say something */
#define WRONGLY 0.01 /* probability that any unit is said to pad that does not */

double pl_target_probability(double alpha, double beta, double gamma)
{
    return 0 < alpha && alpha < beta && beta < gamma ? (beta - alpha) / (gamma - alpha) : NAN;
}

double pl_target_loss(double p, double target, double result)
{
    return result < target ? (1 - p) * (target - result) : p * (result - target);
}

/* Probability of k or more of n at one half, exactly. */
static double half_or_more(int32_t k, int32_t n)
{
    double sum = 0;
    for (int32_t i = k; i <= n; i++) {
        sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) - n * log(2));
    }
    return fmin(1, sum);
}

static pl_status look_at(const pl_announcement *t, int64_t k, int32_t n_units, pl_error *err)
{
    char subject[48];
    snprintf(subject, sizeof subject, "announcement %lld", (long long)k);
    if (!(t->p > 0 && t->p < 1)) {
        return pl_fail(err, PL_DATA, subject, "0.5 says: as likely below as above", "a probability lies between 0 and 1, not at %g", t->p);
    }
    if (!isfinite(t->target) || !isfinite(t->result) || t->unit < 0 || t->unit >= n_units) {
        return pl_fail(err, PL_DATA, subject, NULL, "the target or the result is no number");
    }
    return PL_OK;
}

pl_status pl_targets_score(const pl_announcement *target, int64_t n, int32_t n_units, pl_calibration_of *out, pl_error *err)
{
    memset(out, 0, sizeof *out * (size_t)n_units);
    for (int64_t k = 0; k < n; k++) { /* z: variance for now; exceeded: sum of results */
        const pl_announcement *t = &target[k];
        pl_status status = look_at(t, k, n_units, err);
        if (status != PL_OK) {
            return status;
        }
        pl_calibration_of *c = &out[t->unit];
        double off = t->target != 0 ? (t->result - t->target) / fabs(t->target) : INFINITY;
        c->n++;
        c->announced += t->p;
        c->came += t->result < t->target;
        c->z += t->p * (1 - t->p);
        c->loss += pl_target_loss(t->p, t->target, t->result);
        c->exceeded += t->result;
        c->above += off >= 0 && off < BUNCH;
        c->below += off < 0 && off >= -BUNCH;
    }
    for (int32_t i = 0; i < n_units; i++) {
        pl_calibration_of *c = &out[i];
        if (c->n == 0) {
            c->z = c->exceeded = c->loss = c->bunched = NAN;
            continue;
        }
        double sd = sqrt(c->z), better = c->announced - c->came;
        c->loss = c->exceeded > 0 ? c->loss / c->exceeded : NAN;
        c->z = better / sd;
        c->exceeded = erfc((better - 0.5) / sd / sqrt(2)) / 2;
        c->pads = c->exceeded < WRONGLY / n_units;
        c->bunched = c->above + c->below >= BUNCH_MIN ? half_or_more(c->above, c->above + c->below) : NAN;
    }
    return PL_OK;
}
