/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * choice.c - what choices between described alternatives say about tastes: multinomial logit, best and worst, for all together and for
 * each person. */
#include <math.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "sparse/dense.h"

#define STEPS 100
#define ROUNDS 200     /* of EM */
#define SETTLED 1e-5   /* of EM: change of the mean, in standard deviations */
#define EXTREME 30.0   /* a utility beyond that is certainty, not taste */

typedef struct fitting {
    const pl_choices *c;
    int32_t n;               /* attributes */
    const double *mean, *precision; /* of the prior, or NULL */
    double *gradient, *curvature;   /* of minus the log-likelihood */
    double *try, *utility, *average;
} fitting;

static void fitting_clear(fitting *f)
{
    pl_free(f->gradient);
    pl_free(f->curvature);
    pl_free(f->try);
    pl_free(f->utility);
    pl_free(f->average);
}

static pl_status fitting_init(fitting *f, const pl_choices *c, pl_error *err)
{
    int64_t most = 1;
    for (int32_t t = 0; t < c->n_tasks; t++) {
        int64_t n = c->start[t + 1] - c->start[t];
        most = n > most ? n : most;
        if (n < 2 || c->best[t] < 0 || c->best[t] >= n || (c->worst != NULL && (c->worst[t] >= n || c->worst[t] == c->best[t]))) {
            return pl_fail(err, PL_DATA, NULL, NULL, "task %d: there must be at least two alternatives, and best and worst two of them", t);
        }
    }
    if (c->n_tasks == 0 || c->n_attributes == 0) {
        return pl_fail(err, PL_DATA, NULL, NULL, "there are no tasks, or no attributes");
    }
    size_t n = (size_t)c->n_attributes;
    *f = (fitting){.c = c, .n = c->n_attributes, .gradient = PL_NEW0(double, n), .curvature = PL_NEW0(double, n * n),
                   .try = PL_NEW0(double, n), .utility = PL_NEW0(double, most), .average = PL_NEW0(double, n)};
    if (f->gradient == NULL || f->curvature == NULL || f->try == NULL || f->utility == NULL || f->average == NULL) {
        fitting_clear(f);
        return pl_fail_nomem(err, "the choices");
    }
    return PL_OK;
}

/* ---- One choice ---------------------------------------------------------------------------------------------------------------------- */

/* Adds -log P(chosen among rows from..to-1 without `left_out`), with utilities sign * x b, and its derivatives (unless `value_only`). */
static double add_choice(fitting *f, const double *b, int64_t from, int64_t to, int64_t chosen, int64_t left_out, double sign, bool value_only)
{
    size_t n = (size_t)f->n;
    double most = -INFINITY, sum = 0;
    for (int64_t r = from; r < to; r++) {
        double u = 0;
        for (size_t k = 0; k < n; k++) {
            u += f->c->x[(size_t)r * n + k] * b[k];
        }
        f->utility[r - from] = r == left_out ? -INFINITY : sign * u;
        most = fmax(most, f->utility[r - from]);
    }
    for (int64_t r = from; r < to; r++) {
        sum += exp(f->utility[r - from] - most);
    }
    double value = most + log(sum) - f->utility[chosen - from];
    if (value_only) {
        return value;
    }
    memset(f->average, 0, n * sizeof *f->average);
    for (int64_t r = from; r < to; r++) {
        double p = exp(f->utility[r - from] - most) / sum;
        const double *x = f->c->x + (size_t)r * n;
        for (size_t k = 0; k < n && p > 0; k++) {
            f->average[k] += p * x[k];
            for (size_t l = 0; l <= k; l++) {
                f->curvature[k * n + l] += p * x[k] * x[l];
            }
        }
    }
    const double *x = f->c->x + (size_t)chosen * n;
    for (size_t k = 0; k < n; k++) {
        f->gradient[k] += sign * (f->average[k] - x[k]);
        for (size_t l = 0; l <= k; l++) {
            f->curvature[k * n + l] -= f->average[k] * f->average[l];
        }
    }
    return value;
}

static double add_task(fitting *f, const double *b, int32_t t, bool value_only)
{
    const pl_choices *c = f->c;
    int64_t from = c->start[t], to = c->start[t + 1], best = from + c->best[t];
    double value = add_choice(f, b, from, to, best, -1, 1, value_only);
    if (c->worst != NULL && c->worst[t] >= 0 && to - from > 2) {
        value += add_choice(f, b, from, to, from + c->worst[t], best, -1, value_only);
    }
    return value;
}

/* Minus the log-posterior over the tasks listed (NULL: all). */
static double evaluate(fitting *f, const double *b, const int32_t *tasks, int32_t n_tasks, bool value_only)
{
    size_t n = (size_t)f->n;
    double value = 0;
    if (!value_only) {
        memset(f->gradient, 0, n * sizeof *f->gradient);
        memset(f->curvature, 0, n * n * sizeof *f->curvature);
    }
    for (int32_t i = 0; i < n_tasks; i++) {
        value += add_task(f, b, tasks != NULL ? tasks[i] : i, value_only);
    }
    for (size_t k = 0; k < n && f->precision != NULL; k++) {
        for (size_t l = 0; l < n; l++) {
            double p = f->precision[k * n + l], d = b[l] - f->mean[l];
            value += 0.5 * (b[k] - f->mean[k]) * p * d;
            if (!value_only) {
                f->gradient[k] += p * d;
                f->curvature[k * n + l] += p;
            }
        }
    }
    return value;
}

/* Newton's method from b; leaves the factored curvature at the end.  False: no minimum. */
static bool minimise(fitting *f, double *b, const int32_t *tasks, int32_t n_tasks, double *value, int32_t *steps)
{
    size_t n = (size_t)f->n;
    *value = evaluate(f, b, tasks, n_tasks, false);
    for (*steps = 0; *steps < STEPS; ++*steps) {
        double fall = 0;
        if (!pl_cholesky(f->curvature, f->n)) {
            return false;
        }
        pl_cholesky_solve(f->curvature, f->n, f->gradient); /* now the step */
        double length = 1, next = INFINITY;
        memcpy(f->try, f->gradient, n * sizeof *f->try);
        double *step = f->average; /* evaluate(value_only) leaves it alone */
        memcpy(step, f->gradient, n * sizeof *step);
        for (int halving = 0; halving < 40 && !(next <= *value); halving++, length /= 2) {
            for (size_t k = 0; k < n; k++) {
                f->try[k] = b[k] - length * step[k];
            }
            next = evaluate(f, f->try, tasks, n_tasks, true);
        }
        fall = *value - next;
        if (next <= *value) {
            memcpy(b, f->try, n * sizeof *b);
        }
        *value = evaluate(f, b, tasks, n_tasks, false);
        if (!(fall > 1e-13 * (1 + fabs(*value)))) {
            break;
        }
    }
    return pl_cholesky(f->curvature, f->n);
}

static double null_value(const pl_choices *c)
{
    double value = 0;
    for (int32_t t = 0; t < c->n_tasks; t++) {
        double n = (double)(c->start[t + 1] - c->start[t]);
        value -= log(n) + (c->worst != NULL && c->worst[t] >= 0 && n > 2 ? log(n - 1) : 0);
    }
    return value;
}

/* Is some utility so far from the others that the likelihood has no maximum? */
static bool extreme(const pl_choices *c, const double *b)
{
    size_t n = (size_t)c->n_attributes;
    for (int32_t t = 0; t < c->n_tasks; t++) {
        double least = INFINITY, most = -INFINITY;
        for (int64_t r = c->start[t]; r < c->start[t + 1]; r++) {
            double u = 0;
            for (size_t k = 0; k < n; k++) {
                u += c->x[(size_t)r * n + k] * b[k];
            }
            least = fmin(least, u);
            most = fmax(most, u);
        }
        if (most - least < EXTREME) {
            return false;
        }
    }
    return true;
}

pl_status pl_choice_pooled(const pl_choices *choices, double *b, double *error, pl_choice_fit *fit, pl_error *err)
{
    fitting f;
    pl_status status = fitting_init(&f, choices, err);
    if (status != PL_OK) {
        return status;
    }
    size_t n = (size_t)choices->n_attributes;
    double value;
    memset(b, 0, n * sizeof *b);
    if (!minimise(&f, b, NULL, choices->n_tasks, &value, &fit->steps) || extreme(choices, b)) {
        status = pl_fail(err, PL_NUMERIC, NULL, "leave out attributes that do not differ between the alternatives of a task, and one level of each set",
                         "the choices do not say how much each attribute counts");
    }
    double *inverse = status == PL_OK ? PL_NEW(double, n * n) : NULL;
    if (status == PL_OK && inverse == NULL) {
        status = pl_fail_nomem(err, "the choices");
    }
    if (status == PL_OK) {
        pl_cholesky_inverse(f.curvature, f.n, inverse);
        for (size_t k = 0; k < n; k++) {
            error[k] = sqrt(inverse[k * n + k]);
        }
        fit->log_likelihood = -value;
        fit->null = null_value(choices);
    }
    pl_free(inverse);
    fitting_clear(&f);
    return status;
}

/* ---- Each person ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct people_fit {
    fitting f;
    int32_t *first, *task; /* tasks of person p: task[first[p]] .. */
    double *mean, *covariance, *people;
    double *precision, *next, *spread, *inverse; /* n, or n x n */
} people_fit;

static void people_clear(people_fit *p)
{
    pl_free(p->first);
    pl_free(p->task);
    pl_free(p->precision);
    pl_free(p->next);
    pl_free(p->spread);
    pl_free(p->inverse);
}

static pl_status people_init(people_fit *p, const pl_choices *c, pl_error *err)
{
    size_t n = (size_t)c->n_attributes;
    p->first = PL_NEW0(int32_t, (int64_t)c->n_people + 2);
    p->task = PL_NEW(int32_t, c->n_tasks);
    p->precision = PL_NEW(double, n * n);
    p->next = PL_NEW(double, n);
    p->spread = PL_NEW(double, n * n);
    p->inverse = PL_NEW(double, n * n);
    if (p->first == NULL || p->task == NULL || p->precision == NULL || p->next == NULL || p->spread == NULL || p->inverse == NULL) {
        return pl_fail_nomem(err, "the choices");
    }
    int32_t *end = p->first + 1;
    for (int32_t t = 0; t < c->n_tasks; t++) {
        if (c->person[t] < 0 || c->person[t] >= c->n_people) {
            return pl_fail(err, PL_DATA, NULL, NULL, "task %d: there is no such person", t);
        }
        p->first[c->person[t] + 2]++;
    }
    for (int32_t k = 0; k < c->n_people; k++) {
        end[k + 1] += end[k];
    }
    for (int32_t t = 0; t < c->n_tasks; t++) {
        p->task[end[c->person[t]]++] = t;
    }
    return PL_OK;
}

/* One round of EM: everybody's tastes under the prior, then the prior from them.  Returns how far the mean went, in standard deviations;
 * negative when something is singular. */
static double one_round(people_fit *p, double *value)
{
    fitting *f = &p->f;
    const pl_choices *c = f->c;
    size_t n = (size_t)f->n;
    memcpy(p->inverse, p->covariance, n * n * sizeof *p->inverse);
    if (!pl_cholesky(p->inverse, f->n)) {
        return -1;
    }
    pl_cholesky_inverse(p->inverse, f->n, p->precision);
    f->mean = p->mean;
    f->precision = p->precision;
    memset(p->next, 0, n * sizeof *p->next);
    memset(p->spread, 0, n * n * sizeof *p->spread);
    *value = 0;
    for (int32_t who = 0; who < c->n_people; who++) {
        double *b = p->people + (size_t)who * n, one;
        int32_t steps;
        if (!minimise(f, b, p->task + p->first[who], p->first[who + 1] - p->first[who], &one, &steps)) {
            return -1;
        }
        pl_cholesky_inverse(f->curvature, f->n, p->inverse);
        for (size_t k = 0; k < n; k++) {
            p->next[k] += b[k] / c->n_people;
            for (size_t l = 0; l < n; l++) {
                p->spread[k * n + l] += ((b[k] - p->mean[k]) * (b[l] - p->mean[l]) + p->inverse[k * n + l]) / c->n_people;
            }
        }
        f->precision = NULL; /* the likelihood alone */
        *value -= evaluate(f, b, p->task + p->first[who], p->first[who + 1] - p->first[who], true);
        f->precision = p->precision;
    }
    double moved = 0;
    for (size_t k = 0; k < n; k++) { /* around the new mean: spread about the old one, less the square of the way between them */
        for (size_t l = 0; l < n; l++) {
            p->spread[k * n + l] -= (p->next[k] - p->mean[k]) * (p->next[l] - p->mean[l]);
        }
    }
    for (size_t k = 0; k < n; k++) {
        moved = fmax(moved, fabs(p->next[k] - p->mean[k]) / sqrt(p->covariance[k * n + k]));
        moved = fmax(moved, fabs(p->spread[k * n + k] / p->covariance[k * n + k] - 1) / 10);
    }
    memcpy(p->mean, p->next, n * sizeof *p->mean);
    memcpy(p->covariance, p->spread, n * n * sizeof *p->covariance);
    return moved;
}

pl_status pl_choice_people(const pl_choices *choices, double *mean, double *covariance, double *people, pl_choice_fit *fit,
                           const pl_progress *progress, pl_error *err)
{
    size_t n = (size_t)choices->n_attributes;
    people_fit p = {.mean = mean, .covariance = covariance, .people = people};
    double *error = PL_NEW(double, n);
    pl_status status = error != NULL ? pl_choice_pooled(choices, mean, error, fit, err) : pl_fail_nomem(err, "the choices");
    pl_free(error);
    status = status == PL_OK ? people_init(&p, choices, err) : status;
    status = status == PL_OK ? fitting_init(&p.f, choices, err) : status;
    if (status == PL_OK) {
        for (size_t k = 0; k < n; k++) {
            for (size_t l = 0; l < n; l++) {
                covariance[k * n + l] = k == l ? fmax(0.25 * mean[k] * mean[k], 0.25) : 0;
            }
        }
        for (int32_t who = 0; who < choices->n_people; who++) {
            memcpy(people + (size_t)who * n, mean, n * sizeof *people);
        }
        double moved = 1;
        for (fit->steps = 0; fit->steps < ROUNDS && moved > SETTLED && status == PL_OK; fit->steps++) {
            moved = one_round(&p, &fit->log_likelihood);
            if (moved < 0) {
                status = pl_fail(err, PL_NUMERIC, NULL, "ask more, or leave attributes out", "tastes cannot be told apart person by person");
            } else if (!pl_tick(progress, "tastes of each person", (double)fit->steps / ROUNDS)) {
                status = pl_fail(err, PL_STOPPED, NULL, NULL, "stopped");
            }
        }
        fitting_clear(&p.f);
    }
    people_clear(&p);
    return status;
}

/* ---- How good it is ---------------------------------------------------------------------------------------------------------------------------- */

void pl_choice_judge(const pl_choices *c, const double *b, const double *people, pl_choice_score *out)
{
    size_t n = (size_t)c->n_attributes;
    *out = (pl_choice_score){0};
    for (int32_t t = 0; t < c->n_tasks; t++) {
        const double *taste = people != NULL ? people + (size_t)c->person[t] * n : b;
        double most = -INFINITY, sum = 0, chosen = 0;
        int64_t from = c->start[t], to = c->start[t + 1], likeliest = from;
        for (int pass = 0; pass < 2; pass++) { /* the largest utility first, against overflow */
            for (int64_t r = from; r < to; r++) {
                double u = 0;
                for (size_t k = 0; k < n; k++) {
                    u += c->x[(size_t)r * n + k] * taste[k];
                }
                if (pass == 0 && u > most) {
                    most = u;
                    likeliest = r;
                }
                sum += pass == 1 ? exp(u - most) : 0;
                chosen = r == from + c->best[t] ? u : chosen;
            }
        }
        out->hits += likeliest == from + c->best[t];
        out->log_score += chosen - most - log(sum);
        out->chance += 1.0 / (double)(to - from);
        out->chance_log -= log((double)(to - from));
    }
    out->hits /= c->n_tasks;
    out->log_score /= c->n_tasks;
    out->chance /= c->n_tasks;
    out->chance_log /= c->n_tasks;
}
