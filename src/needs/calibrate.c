/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * calibrate.c - weights with which a sample has the margins of the population.
 *
 * Raking goes from margin to margin and multiplies: fast, because a margin is one number for each unit.  Where that converges too
 * slowly, and for every other distance, the kernel takes the margins as constraints (Deville and Sarndal 1992). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/mem.h"

#define TOLERANCE 1e-9
#define CYCLES 60     /* then the kernel */
#define AGREE 1e-9    /* margins must add up to the same number, to this part */

typedef struct calibration {
    int32_t n, n_margins;
    const double *weight;
    const pl_margin *margin;
    const pl_calibrate_settings *set;
    double tolerance;
    double *out;
    pl_calibrated *report;
    pl_error *err;
    double *sum, *factor; /* by level of a margin: the margin's begin at `first` */
    int32_t *first;
    int32_t n_levels;     /* in all */
} calibration;

/* "sex=female" */
static void level_text(const pl_margin *m, int32_t level, char *out, size_t size)
{
    if (m->level_name != NULL) {
        snprintf(out, size, "%.60s=%.60s", m->name, m->level_name[level]);
    } else {
        snprintf(out, size, "%.60s=%d", m->name, level);
    }
}

static pl_status fail_at(calibration *c, int32_t margin, int32_t level, const char *hint, const char *why)
{
    char subject[160];
    c->report->margin = margin;
    c->report->level = level;
    if (level >= 0) {
        level_text(&c->margin[margin], level, subject, sizeof subject);
    } else {
        snprintf(subject, sizeof subject, "%.60s", c->margin[margin].name);
    }
    return pl_fail(c->err, PL_DATA, subject, hint, "%s", why);
}

/* ---- Before ------------------------------------------------------------------------------------------------------------------------ */

static pl_status check_weights(calibration *c)
{
    char subject[64];
    double sum = 0;
    for (int32_t i = 0; i < c->n; i++) {
        if (!(c->weight[i] >= 0) || !isfinite(c->weight[i])) {
            snprintf(subject, sizeof subject, "unit %d", i);
            return pl_fail(c->err, PL_DATA, subject, "a weight is how many units of the population this one stands for",
                           "its weight is %g, not a number from 0 on", c->weight[i]);
        }
        sum += c->weight[i];
    }
    return sum > 0 ? PL_OK : pl_fail(c->err, PL_DATA, NULL, NULL, "no unit of the sample has a weight above 0");
}

/* Adds up a margin as it is. */
static void add_up(const calibration *c, int32_t k, const double *w)
{
    const pl_margin *m = &c->margin[k];
    double *sum = c->sum + c->first[k];
    memset(sum, 0, (size_t)m->n_levels * sizeof *sum);
    for (int32_t i = 0; i < c->n; i++) {
        if (m->level[i] >= 0) {
            sum[m->level[i]] += m->value != NULL ? w[i] * m->value[i] : w[i];
        }
    }
}

static pl_status check_margin(calibration *c, int32_t k)
{
    const pl_margin *m = &c->margin[k];
    bool negative = false;
    for (int32_t i = 0; i < c->n; i++) {
        if (m->level[i] >= m->n_levels || (m->value != NULL && !isfinite(m->value[i]))) {
            return fail_at(c, k, -1, NULL, "a unit has a level or a value that is not there");
        }
        negative = negative || (m->value != NULL && m->value[i] < 0);
    }
    add_up(c, k, c->weight);
    for (int32_t l = 0; l < m->n_levels; l++) {
        double total = m->total[l];
        if (!isfinite(total) || (total < 0 && !negative)) {
            return fail_at(c, k, l, "say how many there are in the population, or how much", "its total is not a number from 0 on");
        }
        if (total != 0 && c->sum[c->first[k] + l] == 0) {
            return fail_at(c, k, l, "put it together with a neighbouring level, or get answers from such units",
                           "the population has some of it, the sample has none: no weights can make up for that");
        }
    }
    return PL_OK;
}

static bool covers_all(const calibration *c, const pl_margin *m)
{
    for (int32_t i = 0; i < c->n; i++) {
        if (m->level[i] < 0 && c->weight[i] > 0) {
            return false;
        }
    }
    return m->value == NULL;
}

/* Margins that count every unit must count the same number of them. */
static pl_status check_sums(calibration *c)
{
    int32_t before = -1;
    double first = 0;
    for (int32_t k = 0; k < c->n_margins; k++) {
        const pl_margin *m = &c->margin[k];
        double sum = 0;
        for (int32_t l = 0; l < m->n_levels; l++) {
            sum += m->total[l];
        }
        if (!covers_all(c, m)) {
            continue;
        }
        if (before >= 0 && fabs(sum - first) > AGREE * fmax(fabs(sum), fabs(first))) {
            char why[256];
            snprintf(why, sizeof why, "its totals add up to %.12g, those of %.60s to %.12g", sum, c->margin[before].name, first);
            return fail_at(c, k, -1, "all margins describe the same population: scale one of them", why);
        }
        first = before < 0 ? sum : first;
        before = before < 0 ? k : before;
    }
    return PL_OK;
}

static pl_status check(calibration *c)
{
    pl_status status = check_weights(c);
    for (int32_t k = 0; k < c->n_margins && status == PL_OK; k++) {
        status = check_margin(c, k);
    }
    const pl_calibrate_settings *s = c->set;
    bool bounds = s->low != 0 || s->high != 0;
    if (status == PL_OK && ((bounds && !(s->low < 1 && s->high > 1)) || (s->method == PL_LOGIT_BOUNDS && !bounds))) {
        return pl_fail(c->err, PL_DATA, "bounds", "say for example 0.3 and 3", "the bounds of a weight must lie on both sides of what it was, 1");
    }
    return status == PL_OK ? check_sums(c) : status;
}

/* ---- Raking in cycles ----------------------------------------------------------------------------------------------------------------- */

/* Factors of margin k from its sums; returns by how much it missed, relatively. */
static double find_factors(const calibration *c, int32_t k)
{
    const pl_margin *m = &c->margin[k];
    double worst = 0;
    for (int32_t l = 0; l < m->n_levels; l++) {
        double sum = c->sum[c->first[k] + l], total = m->total[l];
        double miss = total != 0 ? fabs(sum - total) / total : sum != 0 ? 1 : 0;
        worst = fmax(worst, miss);
        c->factor[c->first[k] + l] = sum != 0 ? total / sum : 1;
    }
    return worst;
}

/* Multiplies by the factors of margin k while adding up margin `next`. */
static void multiply_and_add(const calibration *c, int32_t k, int32_t next)
{
    const int32_t *level = c->margin[k].level, *other = c->margin[next].level;
    const double *factor = c->factor + c->first[k];
    double *sum = c->sum + c->first[next];
    memset(sum, 0, (size_t)c->margin[next].n_levels * sizeof *sum);
    for (int32_t i = 0; i < c->n; i++) {
        double w = c->out[i];
        w = level[i] >= 0 ? w * factor[level[i]] : w;
        c->out[i] = w;
        if (other[i] >= 0) {
            sum[other[i]] += w;
        }
    }
}

/* True when the margins are kept. */
static bool rake(calibration *c, bool *stopped)
{
    double before = INFINITY;
    *stopped = false;
    memmove(c->out, c->weight, (size_t)c->n * sizeof *c->out);
    add_up(c, 0, c->out);
    for (int32_t cycle = 1; cycle <= CYCLES; cycle++) {
        double worst = 0;
        for (int32_t k = 0; k < c->n_margins; k++) {
            worst = fmax(worst, find_factors(c, k));
            multiply_and_add(c, k, (k + 1) % c->n_margins);
        }
        c->report->cycles = cycle;
        c->report->residual = worst;
        if (worst <= c->tolerance) {
            return true;
        }
        if (!pl_tick(c->set->progress, "raking", -1)) {
            *stopped = true;
            return false;
        }
        if (cycle >= 10 && worst > 0.5 * before && worst > 1e3 * c->tolerance) {
            return false; /* so slow that the kernel is sooner there */
        }
        before = worst;
    }
    return false;
}

static bool plain_counts(const calibration *c)
{
    for (int32_t k = 0; k < c->n_margins; k++) {
        if (c->margin[k].value != NULL) {
            return false;
        }
    }
    return true;
}

/* ---- By the kernel ---------------------------------------------------------------------------------------------------------------------- */

typedef struct system {
    int64_t *start;
    int32_t *row;
    double *factor, *target, *freedom, *low, *high;
} system_tables;

static void system_clear(system_tables *t)
{
    pl_free(t->start);
    pl_free(t->row);
    pl_free(t->factor);
    pl_free(t->target);
    pl_free(t->freedom);
    pl_free(t->low);
    pl_free(t->high);
}

static pl_status system_new(const calibration *c, bool bounds, bool quadratic, system_tables *t)
{
    int64_t entries = (int64_t)c->n * c->n_margins;
    bool counts = plain_counts(c);
    *t = (system_tables){.start = PL_NEW(int64_t, (int64_t)c->n + 1), .row = PL_NEW(int32_t, entries), .target = PL_NEW(double, c->n_levels),
                         .factor = counts ? NULL : PL_NEW(double, entries), .freedom = quadratic ? PL_NEW(double, c->n) : NULL,
                         .low = bounds ? PL_NEW(double, c->n) : NULL, .high = bounds ? PL_NEW(double, c->n) : NULL};
    if (t->start == NULL || t->row == NULL || t->target == NULL || (!counts && t->factor == NULL) || (quadratic && t->freedom == NULL) ||
        (bounds && (t->low == NULL || t->high == NULL))) {
        return pl_fail_nomem(c->err, "calibrating");
    }
    for (int32_t k = 0; k < c->n_margins; k++) {
        memcpy(t->target + c->first[k], c->margin[k].total, (size_t)c->margin[k].n_levels * sizeof *t->target);
    }
    int64_t at = 0;
    for (int32_t i = 0; i < c->n; i++) {
        t->start[i] = at;
        for (int32_t k = 0; k < c->n_margins; k++) {
            const pl_margin *m = &c->margin[k];
            if (m->level[i] >= 0) {
                t->row[at] = c->first[k] + m->level[i];
                if (!counts) {
                    t->factor[at] = m->value != NULL ? m->value[i] : 1;
                }
                at++;
            }
        }
        if (quadratic) {
            t->freedom[i] = c->weight[i];
        }
        if (bounds) {
            t->low[i] = c->set->low * c->weight[i];
            t->high[i] = c->set->high * c->weight[i];
        }
    }
    t->start[c->n] = at;
    return PL_OK;
}

/* Which margin row j of the system belongs to. */
static int32_t margin_of(const calibration *c, int32_t row)
{
    int32_t k = c->n_margins - 1;
    while (c->first[k] > row) {
        k--;
    }
    return k;
}

static pl_status say_impossible(calibration *c, const pl_reconciled *r)
{
    char list[300] = "";
    size_t at = 0;
    for (int32_t i = 0; i < r->n_clash && at + 130 < sizeof list; i++) {
        int32_t k = margin_of(c, r->clash[i]);
        char name[130];
        level_text(&c->margin[k], r->clash[i] - c->first[k], name, sizeof name);
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i > 0 ? ", " : "", name);
    }
    int32_t k = r->n_clash > 0 ? margin_of(c, r->clash[0]) : 0;
    c->report->margin = k;
    c->report->level = r->n_clash > 0 ? r->clash[0] - c->first[k] : -1;
    if (r->outcome == PL_UNFINISHED) {
        return pl_fail(c->err, PL_NUMERIC, c->margin[k].name, "put small levels together, or widen the bounds",
                       "the margins can hardly be kept together; these miss by most: %s", list);
    }
    return pl_fail(c->err, PL_DATA, c->margin[k].name, "put small levels together (combinations without a unit leave no way), or widen the bounds",
                   "no weights keep these together: %s", list);
}

static pl_status by_kernel(calibration *c, pl_distance distance)
{
    system_tables t = {0};
    bool bounds = distance != PL_ENTROPY && (c->set->low != 0 || c->set->high != 0);
    pl_status status = system_new(c, bounds, distance == PL_QUADRATIC, &t);
    if (status == PL_OK && distance == PL_LOGIT) { /* units without weight cannot lie between bounds */
        t.freedom = PL_NEW(double, c->n);
        for (int32_t i = 0; i < c->n && t.freedom != NULL; i++) {
            t.freedom[i] = c->weight[i] > 0 ? 1 : 0;
        }
        status = t.freedom != NULL ? PL_OK : pl_fail_nomem(c->err, "calibrating");
    }
    if (status == PL_OK) {
        pl_reconciled r;
        pl_constraints k = {c->n, c->n_levels, t.start, t.row, t.factor, t.target};
        pl_reconcile_settings set = {.distance = distance, .freedom = t.freedom, .low = t.low, .high = t.high, .tolerance = c->tolerance,
                                     .progress = c->set->progress};
        status = pl_reconcile(&k, c->weight, &set, c->out, NULL, &r, c->err);
        c->report->steps = r.steps;
        c->report->residual = r.residual;
        if (status == PL_OK && r.outcome != PL_RECONCILED) {
            status = say_impossible(c, &r);
        }
    }
    system_clear(&t);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------------------ */

double pl_design_effect(const double *weight, int32_t n)
{
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += weight[i];
        squares += weight[i] * weight[i];
    }
    return sum != 0 ? n * squares / (sum * sum) : NAN;
}

static pl_status calibrate(calibration *c, double *old)
{
    pl_status status = check(c);
    if (status != PL_OK) {
        return status;
    }
    static const pl_distance DISTANCE[] = {[PL_RAKING] = PL_ENTROPY, [PL_LINEAR] = PL_QUADRATIC, [PL_LOGIT_BOUNDS] = PL_LOGIT};
    pl_distance distance = DISTANCE[c->set->method];
    bool stopped = false;
    if (c->weight == c->out) {
        memcpy(old, c->out, (size_t)c->n * sizeof *old);
        c->weight = old;
    }
    if (distance != PL_ENTROPY || !plain_counts(c) || !rake(c, &stopped)) {
        status = stopped ? pl_fail(c->err, PL_STOPPED, NULL, NULL, "stopped") : by_kernel(c, distance);
    }
    c->report->least = INFINITY;
    for (int32_t i = 0; i < c->n; i++) {
        double ratio = c->weight[i] > 0 ? c->out[i] / c->weight[i] : NAN;
        c->report->least = ratio < c->report->least ? ratio : c->report->least;
        c->report->most = ratio > c->report->most ? ratio : c->report->most;
    }
    c->report->design_effect = pl_design_effect(c->out, c->n);
    return status;
}

pl_status pl_calibrate(int32_t n, const double *weight, int32_t n_margins, const pl_margin *margins, const pl_calibrate_settings *settings,
                       double *out, pl_calibrated *report, pl_error *err)
{
    static const pl_calibrate_settings plain = {0};
    calibration c = {.n = n, .n_margins = n_margins, .weight = weight, .margin = margins, .set = settings != NULL ? settings : &plain,
                     .out = out, .report = report, .err = err, .first = PL_NEW(int32_t, n_margins + 1)};
    *report = (pl_calibrated){.margin = -1, .level = -1};
    c.tolerance = c.set->tolerance > 0 ? c.set->tolerance : TOLERANCE;
    int64_t levels = 0;
    for (int32_t k = 0; k < n_margins && c.first != NULL; k++) {
        c.first[k] = (int32_t)levels;
        levels += margins[k].n_levels;
        if (levels > INT32_MAX / 2) {
            pl_free(c.first);
            return pl_fail(err, PL_TOOBIG, margins[k].name, NULL, "the margins have too many levels");
        }
    }
    c.n_levels = (int32_t)levels;
    c.sum = PL_NEW0(double, levels);
    c.factor = PL_NEW0(double, levels);
    double *old = weight == out ? PL_NEW(double, n) : NULL;
    pl_status status = PL_OK;
    if (c.first == NULL || c.sum == NULL || c.factor == NULL || (weight == out && old == NULL)) {
        status = pl_fail_nomem(err, "calibrating");
    } else if (n_margins > 0) {
        status = calibrate(&c, old);
    } else {
        memmove(out, weight, (size_t)n * sizeof *out);
        report->design_effect = pl_design_effect(out, n);
        report->least = report->most = 1;
        status = check_weights(&c);
    }
    pl_free(c.first);
    pl_free(c.sum);
    pl_free(c.factor);
    pl_free(old);
    return status;
}
