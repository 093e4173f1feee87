/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * reconcile.c - the nearest point to an estimate under linear constraints, by Newton's method on the dual.
 *
 * The distance is a sum of convex functions d_i(x_i).  At the nearest point x_i = F_i(sum of factor times price), F_i being the inverse
 * of the derivative of d_i, and the prices maximise the concave dual  target'price - sum d_i*(C'price), whose gradient is
 * target - C x.  So prices that keep the constraints prove the point (Deville and Sarndal 1992; Rockafellar 1970, section 28). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "solve/reconcile.h"

#define TOLERANCE 1e-9
#define STEPS 200
#define LONGEST 20.0   /* step of an exponent */
#define SOFT 1e-7      /* slope left to an unknown at its bound, so that the matrix keeps its rank */
#define CERTAIN 1e-9   /* rounding allowed to a proof of impossibility */
#define GROWTH 1e6
#define HALVINGS 60

/* ---- The distances -------------------------------------------------------------------------------------------------------------- */

static double freedom(const pl_kernel *k, int32_t i)
{
    return k->set->freedom != NULL ? k->set->freedom[i] : 1;
}

/* x_i and its slope at the sum of prices u; returns d*(u). */
static double respond(pl_kernel *k, int32_t i, double u)
{
    double z = k->z[i], f = freedom(k, i), lo = k->low[i], hi = k->high[i], x;
    if (k->fixed[i]) {
        k->slope[i] = 0;
        return u * k->x[i];
    }
    if (k->set->distance == PL_QUADRATIC) {
        x = z + f * u;
        k->slope[i] = x <= lo || x >= hi ? SOFT * f : f;
        x = x < lo ? lo : x > hi ? hi : x;
        k->x[i] = x;
        return u * x - (x - z) * (x - z) / (2 * f);
    }
    if (k->set->distance == PL_ENTROPY) {
        x = z * exp(z > 0 ? f * u : -f * u);
        k->x[i] = x;
        k->slope[i] = fabs(x) * f;
        return fabs(x) / f;
    }
    double l = lo / z, h = hi / z, a = (h - l) / ((1 - l) * (h - 1));
    double w = f * a * u, part = w > 0 ? (1 - l) / ((1 - l) + (h - 1) * exp(-w)) : (1 - l) * exp(w) / ((h - 1) + (1 - l) * exp(w));
    k->x[i] = z * (l + (h - l) * part);
    k->slope[i] = z * f * (h - l) * (h - l) * part * (1 - part) / ((1 - l) * (h - 1));
    double log_sum = w > 0 ? w + log((1 - l) + (h - 1) * exp(-w)) : log((h - 1) + (1 - l) * exp(w));
    return z * (l * u + (h - l) / (a * f) * log_sum);
}

double pl_kernel_distance(const pl_kernel *k)
{
    double sum = 0;
    for (int32_t i = 0; i < k->c->n; i++) {
        double z = k->z[i], x = k->x[i], f = freedom(k, i);
        if (f == 0 || z == x) {
            continue;
        }
        if (k->set->distance == PL_QUADRATIC) {
            sum += (x - z) * (x - z) / (2 * f);
        } else if (k->set->distance == PL_ENTROPY) {
            sum += ((x != 0 ? fabs(x) * log(x / z) : 0) - fabs(x) + fabs(z)) / f;
        } else {
            double l = k->low[i] / z, h = k->high[i] / z, a = (h - l) / ((1 - l) * (h - 1)), g = x / z;
            sum += z / (a * f) * ((g > l ? (g - l) * log((g - l) / (1 - l)) : 0) + (g < h ? (h - g) * log((h - g) / (h - 1)) : 0));
        }
    }
    return sum;
}

double pl_kernel_evaluate(pl_kernel *k, const double *price)
{
    const pl_constraints *c = k->c;
    double value = 0;
    for (int32_t j = 0; j < c->m; j++) {
        k->rest[j] = c->target[j];
        k->size[j] = 0;
        value += c->target[j] * price[j];
    }
    for (int32_t i = 0; i < c->n; i++) {
        double u = 0;
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            u += (c->factor != NULL ? c->factor[e] : 1) * price[c->row[e]];
        }
        value -= respond(k, i, u);
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            double part = (c->factor != NULL ? c->factor[e] : 1) * k->x[i];
            k->rest[c->row[e]] -= part;
            k->size[c->row[e]] += fabs(part);
        }
    }
    for (int32_t j = 0; j < c->m; j++) {
        k->size[j] = fmax(k->size[j], fabs(c->target[j]));
    }
    return value;
}

/* ---- What cannot be kept ----------------------------------------------------------------------------------------------------------- */

/* The rows with the largest weight[j] (not 0), worst first, into the report. */
static void name_rows(const double *weight, int32_t m, pl_reconciled *report)
{
    report->n_clash = 0;
    for (int32_t j = 0; j < m; j++) {
        int32_t at = report->n_clash;
        while (at > 0 && fabs(weight[report->clash[at - 1]]) < fabs(weight[j])) {
            at--;
        }
        if (weight[j] == 0 || at == PL_CLASH_MAX) {
            continue;
        }
        int32_t last = report->n_clash < PL_CLASH_MAX ? report->n_clash++ : PL_CLASH_MAX - 1;
        memmove(report->clash + at + 1, report->clash + at, (size_t)(last - at) * sizeof *report->clash);
        report->clash[at] = j;
    }
}

/* Farkas: with v = C'y, every x within its bounds has y'C x <= sum of the largest v_i x_i; is that less than y'target?  For an unknown
 * without a bound, GROWTH times what it is stands in for it: y has rounding errors, and what takes more is not worth finding. */
static bool proves_impossible(const pl_kernel *k, const double *y)
{
    const pl_constraints *c = k->c;
    double most = 0, want = 0, scale = 0;
    for (int32_t j = 0; j < c->m; j++) {
        want += y[j] * c->target[j];
        scale += fabs(y[j] * c->target[j]);
    }
    for (int32_t i = 0; i < c->n; i++) {
        double v = 0, size = 0;
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            double part = (c->factor != NULL ? c->factor[e] : 1) * y[c->row[e]];
            v += part;
            size += fabs(part);
        }
        double end = k->fixed[i] ? k->x[i] : v > 0 ? k->high[i] : k->low[i];
        if (fabs(v) <= CERTAIN * size || v == 0) {
            continue;
        }
        if (!isfinite(end)) {
            end = copysign(GROWTH * fmax(fabs(k->z[i]), fabs(k->x[i])), end);
        }
        most += v * end;
        scale += fabs(v * end);
    }
    return want - most > 100 * CERTAIN * scale;
}

static bool is_impossible(pl_kernel *k, pl_reconciled *report)
{
    const double *try[] = {k->proof, k->step, k->rest, k->price};
    for (int t = 0; t < 4; t++) {
        if (proves_impossible(k, try[t])) {
            for (int32_t j = 0; j < k->c->m; j++) { /* what each row counts for */
                k->trial[j] = fabs(try[t][j]) * fmax(k->size[j], 1e-300);
            }
            double most = 0;
            for (int32_t j = 0; j < k->c->m; j++) {
                most = fmax(most, k->trial[j]);
            }
            for (int32_t j = 0; j < k->c->m; j++) {
                k->trial[j] = k->trial[j] > 1e-6 * most ? k->trial[j] : 0;
            }
            name_rows(k->trial, k->c->m, report);
            report->outcome = PL_IMPOSSIBLE;
            return true;
        }
    }
    return false;
}

/* ---- Before the first step --------------------------------------------------------------------------------------------------------- */

static void set_bounds(pl_kernel *k)
{
    const pl_reconcile_settings *set = k->set;
    for (int32_t i = 0; i < k->c->n; i++) {
        double z = k->z[i];
        if (set->distance == PL_ENTROPY) {
            k->low[i] = z < 0 ? -INFINITY : 0;
            k->high[i] = z > 0 ? INFINITY : 0;
        } else {
            k->low[i] = set->low != NULL ? set->low[i] : -INFINITY;
            k->high[i] = set->high != NULL ? set->high[i] : INFINITY;
        }
        k->fixed[i] = freedom(k, i) == 0 || (set->distance == PL_ENTROPY && z == 0) || k->low[i] == k->high[i];
        k->x[i] = k->low[i] == k->high[i] ? k->low[i] : z;
    }
}

/* Least and most that each row can add up to, into rest and size; what is left to move, into step. */
static void ranges(pl_kernel *k)
{
    const pl_constraints *c = k->c;
    memset(k->rest, 0, (size_t)c->m * sizeof *k->rest);
    memset(k->size, 0, (size_t)c->m * sizeof *k->size);
    memset(k->step, 0, (size_t)c->m * sizeof *k->step);
    for (int32_t i = 0; i < c->n; i++) {
        double lo = k->fixed[i] ? k->x[i] : k->low[i], hi = k->fixed[i] ? k->x[i] : k->high[i];
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            double f = c->factor != NULL ? c->factor[e] : 1;
            int32_t j = c->row[e];
            if (f != 0) {
                k->rest[j] += f > 0 ? f * lo : f * hi;
                k->size[j] += f > 0 ? f * hi : f * lo;
                k->step[j] += k->fixed[i] ? 0 : 1;
            }
        }
    }
}

/* Fixes the unknowns of rows marked in `trial` (-1: at the least, 1: at the most). */
static void force(pl_kernel *k)
{
    const pl_constraints *c = k->c;
    for (int32_t i = 0; i < c->n; i++) {
        for (int64_t e = c->start[i]; e < c->start[i + 1] && !k->fixed[i]; e++) {
            double f = c->factor != NULL ? c->factor[e] : 1, way = k->trial[c->row[e]] * f;
            if (way != 0) {
                k->fixed[i] = true;
                k->x[i] = way < 0 ? k->low[i] : k->high[i];
            }
        }
    }
}

bool pl_kernel_presolve(pl_kernel *k, pl_reconciled *report)
{
    const pl_constraints *c = k->c;
    set_bounds(k);
    for (bool again = true; again;) {
        again = false;
        ranges(k);
        for (int32_t j = 0; j < c->m; j++) {
            double t = c->target[j], least = k->rest[j], most = k->size[j], size = fabs(t);
            size = isfinite(least) ? fmax(size, fabs(least)) : size;
            size = isfinite(most) ? fmax(size, fabs(most)) : size;
            double room = k->tolerance * size;
            bool moves = k->step[j] > 0, ends = moves && k->set->distance == PL_LOGIT;
            if (t < least - room || t > most + room || (ends && (t <= least + room || t >= most - room))) {
                report->outcome = moves ? PL_IMPOSSIBLE : PL_EMPTY_ROW;
                report->n_clash = 1;
                report->clash[0] = j;
                report->residual = 1;
                return false;
            }
            k->trial[j] = !moves ? 0 : t <= least ? -1 : t >= most ? 1 : 0;
            again = again || k->trial[j] != 0;
        }
        if (again) {
            force(k);
        }
    }
    return true;
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------------------------- */

static double worst_row(const pl_kernel *k)
{
    double worst = 0;
    for (int32_t j = 0; j < k->c->m; j++) {
        double part = k->rest[j] != 0 ? fabs(k->rest[j]) / k->size[j] : 0;
        worst = part <= worst ? worst : part; /* NaN counts as worst */
    }
    return worst;
}

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* How long the step may be so that no exponent grows by more than LONGEST. */
static double longest(const pl_kernel *k)
{
    const pl_constraints *c = k->c;
    double most = 0;
    if (k->set->distance == PL_QUADRATIC) {
        return 1;
    }
    for (int32_t i = 0; i < c->n; i++) {
        double u = 0;
        for (int64_t e = c->start[i]; e < c->start[i + 1] && !k->fixed[i]; e++) {
            u += (c->factor != NULL ? c->factor[e] : 1) * k->step[c->row[e]];
        }
        most = fmax(most, fabs(u) * freedom(k, i));
    }
    return most > LONGEST ? LONGEST / most : 1;
}

/* Along the step: true when the dual rises enough there (Armijo), or where rounding hides that, when its slope falls. */
static bool search(pl_kernel *k)
{
    int32_t m = k->c->m;
    double rise = dot(k->rest, k->step, m), length = longest(k), before = k->value;
    if (!(rise > 0)) {
        return false;
    }
    for (int halving = 0; halving < HALVINGS; halving++) {
        for (int32_t j = 0; j < m; j++) {
            k->trial[j] = k->price[j] + length * k->step[j];
        }
        double value = pl_kernel_evaluate(k, k->trial), left = dot(k->rest, k->step, m);
        bool near = fabs(value - before) <= 1e-10 * fmax(1, fabs(before)) && fabs(left) <= 0.9 * rise;
        if (isfinite(value) && (value >= before + 1e-4 * length * rise || near)) {
            double *old = k->price;
            k->price = k->trial;
            k->trial = old;
            k->value = value;
            return true;
        }
        double guess = rise - left > 0 ? rise / (rise - left) : 0.5;
        length *= isfinite(guess) ? fmin(fmax(guess, 0.05), 0.5) : 0.05;
    }
    (void)pl_kernel_evaluate(k, k->price);
    return false;
}

/* One more step, which squares the error that is left, unless rounding stands against it. */
static void polish(pl_kernel *k, pl_reconciled *report)
{
    if (report->residual <= 1e-14) {
        return;
    }
    pl_kernel_solve(k, 1e-6);
    for (int32_t j = 0; j < k->c->m; j++) {
        k->trial[j] = k->price[j] + k->step[j];
    }
    (void)pl_kernel_evaluate(k, k->trial);
    double left = worst_row(k);
    if (left < report->residual) {
        double *old = k->price;
        k->price = k->trial;
        k->trial = old;
        report->residual = left;
    } else {
        (void)pl_kernel_evaluate(k, k->price);
    }
}

static pl_status iterate(pl_kernel *k, pl_reconciled *report)
{
    int32_t most = k->set->steps > 0 ? k->set->steps : STEPS;
    bool plain = k->set->distance == PL_QUADRATIC && k->set->low == NULL && k->set->high == NULL;
    k->value = pl_kernel_evaluate(k, k->price);
    for (;; report->steps++) {
        report->residual = worst_row(k);
        if (report->residual <= k->tolerance) {
            report->outcome = PL_RECONCILED;
            polish(k, report);
            return PL_OK;
        }
        if (!pl_tick(k->set->progress, "reconciling", -1)) {
            return pl_fail(k->err, PL_STOPPED, NULL, NULL, "stopped");
        }
        if (report->steps == most) {
            break;
        }
        pl_kernel_solve(k, plain ? 1e-12 : fmin(fmax(0.01 * report->residual, 1e-11), 1e-3));
        if (report->steps >= 3 && is_impossible(k, report)) {
            return PL_OK;
        }
        if (!search(k)) {
            break;
        }
    }
    if (!is_impossible(k, report)) {
        report->outcome = PL_UNFINISHED;
        for (int32_t j = 0; j < k->c->m; j++) {
            k->trial[j] = k->size[j] > 0 && fabs(k->rest[j]) > k->tolerance * k->size[j] ? k->rest[j] / k->size[j] : 0;
        }
        name_rows(k->trial, k->c->m, report);
    }
    return PL_OK;
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------------- */

static pl_status bad(pl_error *err, const char *what, int32_t number, const char *why)
{
    char subject[64];
    snprintf(subject, sizeof subject, "%s %d", what, number);
    return pl_fail(err, PL_DATA, subject, NULL, "%s", why);
}

static pl_status check(const pl_constraints *c, const double *z, const pl_reconcile_settings *set, pl_error *err)
{
    for (int32_t j = 0; j < c->m; j++) {
        if (!isfinite(c->target[j])) {
            return bad(err, "constraint", j, "its target is not a number");
        }
    }
    for (int32_t i = 0; i < c->n; i++) {
        double f = set->freedom != NULL ? set->freedom[i] : 1;
        if (!isfinite(z[i])) {
            return bad(err, "unknown", i, "its estimate is not a number");
        }
        if (!(f >= 0) || !isfinite(f)) {
            return bad(err, "unknown", i, "its freedom must be a number from 0 on");
        }
        double lo = set->low != NULL ? set->low[i] : -INFINITY, hi = set->high != NULL ? set->high[i] : INFINITY;
        if (!(lo <= hi)) {
            return bad(err, "unknown", i, "its lower bound is above its upper bound");
        }
        if (set->distance == PL_LOGIT && f > 0 && !(isfinite(lo) && isfinite(hi) && lo < z[i] && z[i] < hi && z[i] > 0)) {
            return bad(err, "unknown", i, "its estimate must be above 0 and strictly between its bounds");
        }
        for (int64_t e = c->start[i]; e < c->start[i + 1]; e++) {
            if (c->row[e] < 0 || c->row[e] >= c->m || (c->factor != NULL && !isfinite(c->factor[e]))) {
                return bad(err, "unknown", i, "it stands in a constraint that is not there, or with a factor that is not a number");
            }
        }
    }
    return PL_OK;
}

static void kernel_clear(pl_kernel *k)
{
    double *own[] = {k->low, k->high, k->slope, k->price, k->step, k->trial, k->proof, k->rest, k->size, k->work};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    pl_free(k->fixed);
}

static pl_status kernel_init(pl_kernel *k)
{
    int32_t n = k->c->n, m = k->c->m;
    k->low = PL_NEW(double, n);
    k->high = PL_NEW(double, n);
    k->slope = PL_NEW0(double, n);
    k->fixed = PL_NEW0(bool, n);
    k->price = PL_NEW0(double, m);
    k->step = PL_NEW0(double, m);
    k->trial = PL_NEW0(double, m);
    k->proof = PL_NEW0(double, m);
    k->rest = PL_NEW0(double, m);
    k->size = PL_NEW0(double, m);
    k->work = PL_NEW(double, pl_kernel_work(m));
    return k->low != NULL && k->high != NULL && k->slope != NULL && k->fixed != NULL && k->price != NULL && k->step != NULL &&
                   k->trial != NULL && k->proof != NULL && k->rest != NULL && k->size != NULL && k->work != NULL
               ? PL_OK
               : pl_fail_nomem(k->err, "reconciling");
}

static int32_t count_bound(const pl_kernel *k)
{
    int32_t count = 0;
    for (int32_t i = 0; i < k->c->n; i++) {
        count += freedom(k, i) > 0 && k->z[i] != k->x[i] && (k->x[i] <= k->low[i] || k->x[i] >= k->high[i]);
    }
    return count;
}

pl_status pl_reconcile(const pl_constraints *constraints, const double *estimate, const pl_reconcile_settings *settings, double *x,
                       double *price, pl_reconciled *report, pl_error *err)
{
    static const pl_reconcile_settings plain = {0};
    settings = settings != NULL ? settings : &plain;
    *report = (pl_reconciled){.outcome = PL_UNFINISHED};
    pl_status status = check(constraints, estimate, settings, err);
    if (status != PL_OK) {
        return status;
    }
    pl_kernel k = {.c = constraints, .z = estimate, .set = settings, .err = err, .x = x,
                   .tolerance = settings->tolerance > 0 ? settings->tolerance : TOLERANCE};
    double *own = NULL;
    if (x == estimate) { /* the estimate is needed until the end */
        own = PL_NEW(double, constraints->n);
        if (own == NULL) {
            return pl_fail_nomem(err, "reconciling");
        }
        memcpy(own, estimate, (size_t)constraints->n * sizeof *own);
        k.z = own;
    }
    status = kernel_init(&k);
    if (status == PL_OK && pl_kernel_presolve(&k, report)) {
        status = iterate(&k, report);
    }
    if (status == PL_OK) {
        report->distance = pl_kernel_distance(&k);
        report->n_bound = count_bound(&k);
        if (price != NULL) {
            memcpy(price, k.price, (size_t)constraints->m * sizeof *price);
        }
    }
    kernel_clear(&k);
    pl_free(own);
    return status;
}

/* ---- Sums of leaves -------------------------------------------------------------------------------------------------------------------- */

pl_status pl_constraints_sums(int32_t n_leaves, int32_t n_sums, const int64_t *leaf_start, const int32_t *sums, pl_constraints *out,
                              pl_error *err)
{
    int64_t entries = leaf_start[n_leaves] + n_sums;
    int64_t *start = PL_NEW(int64_t, (int64_t)n_leaves + n_sums + 1);
    int32_t *row = PL_NEW(int32_t, entries);
    double *factor = PL_NEW(double, entries), *target = PL_NEW0(double, n_sums);
    *out = (pl_constraints){.n = n_leaves + n_sums, .m = n_sums, .start = start, .row = row, .factor = factor, .target = target};
    if (start == NULL || row == NULL || factor == NULL || target == NULL) {
        pl_constraints_free(out);
        return pl_fail_nomem(err, "the sums");
    }
    memcpy(start, leaf_start, ((size_t)n_leaves + 1) * sizeof *start);
    for (int64_t e = 0; e < leaf_start[n_leaves]; e++) {
        if (sums[e] < 0 || sums[e] >= n_sums) {
            pl_constraints_free(out);
            return bad(err, "sum", sums[e], "there is no such sum");
        }
        row[e] = sums[e];
        factor[e] = -1;
    }
    for (int32_t s = 0; s < n_sums; s++) {
        int64_t e = leaf_start[n_leaves] + s;
        row[e] = s;
        factor[e] = 1;
        start[n_leaves + s + 1] = e + 1;
    }
    return PL_OK;
}

void pl_constraints_free(pl_constraints *c)
{
    if (c != NULL) {
        pl_free((void *)(uintptr_t)c->start);
        pl_free((void *)(uintptr_t)c->row);
        pl_free((void *)(uintptr_t)c->factor);
        pl_free((void *)(uintptr_t)c->target);
        *c = (pl_constraints){0};
    }
}
