/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * From a final basis to numbers one can stand by.
 *
 * Values and duals are refined with residuals in long double (Wilkinson's iterative refinement;
 * for simplex: Gleixner, Steffy and Wolter 2016), rounded once, put on their bounds, and judged in
 * natural units from the caller's own coefficients: each row by the sum of its terms, each column
 * by the terms of its reduced cost.  Putting a value on its bound, or a dual on zero, moves all
 * error into those residuals, so that two numbers tell the whole truth.
 *
 * Noise.  A value whose true size is zero comes out as some 1e-20 of either sign.  It is set to its
 * bound (a dual: to zero) when it is within NOISE of it in proportion to every row (column) it
 * enters, or when refinement never gave it a stable digit.  Where rows or columns consist of nothing
 * but noise (what is left over of a limit that is used up), proportion does not help: then what the
 * value would change if every number of the problem were off by half a last digit tells.  That is
 * estimated from a few random changes (Kenney and Laub 1994, small-sample condition estimates). */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define NOISE 1e-13
#define UNSTABLE 8 /* times the last correction: no digit is certain */
#define ACCEPTED 1e-11 /* a violation up to this is none */
#define STEPS 4    /* of refinement at most */
#define PROOF_MARGIN 1e-10
#define SAMPLES 3          /* random changes */
#define LAST_DIGIT 1.2e-16 /* size of a change, in proportion */
#define DOUBT 64           /* times the largest of the samples: still noise */

/* r := s - A x for all variables, with the fine values of basics. */
static void primal_residual(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->fine_r[i] = s->fine_x[i];
    }
    for (int32_t j = 0; j < s->n; j++) {
        long double x = s->fine_x[s->m + j];
        if (x != 0) {
            for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
                s->fine_r[s->row[t]] -= (long double)s->sval[t] * x;
            }
        }
    }
}

/* r := c_B - B'y, by position. */
static void dual_residual(pl_simplex *s)
{
    for (int32_t p = 0; p < s->m; p++) {
        int32_t v = s->head[p];
        long double r = s->c[v];
        if (v < s->m) {
            r += s->fine_y[v];
        } else {
            for (int64_t t = s->start[v - s->m]; t < s->start[v - s->m + 1]; t++) {
                r -= (long double)s->sval[t] * s->fine_y[s->row[t]];
            }
        }
        s->fine_r[p] = r;
    }
}

/* Refines; the last correction stays in `last` (m, by position or row). */
static void refine(pl_simplex *s, bool primal, double *last)
{
    double before = INFINITY;
    for (int step = 0; step < STEPS; step++) {
        primal ? primal_residual(s) : dual_residual(s);
        double largest = 0, size = 0;
        for (int32_t i = 0; i < s->m; i++) {
            last[i] = (double)s->fine_r[i];
        }
        primal ? pl__lu_ftran(&s->lu, last, NULL) : pl__lu_btran(&s->lu, last, NULL);
        for (int32_t i = 0; i < s->m; i++) {
            long double *to = primal ? &s->fine_x[s->head[i]] : &s->fine_y[i];
            largest = fmax(largest, fabs(last[i]));
            *to += last[i];
            size = fmax(size, fabs((double)*to));
        }
        if (!(largest > 1e-18 * size) || !(largest < 0.5 * before)) {
            break;
        }
        before = largest;
    }
}

/* How much each basic value (by position), or each dual (by row), moves when every term of its equations moves by a
 * last digit: the largest of a few random samples.  `size` (m) holds the sizes of the equations' terms. */
static void sensitivity(pl_simplex *s, bool primal, const double *size, double *out)
{
    double *sample = s->col;
    memset(out, 0, (size_t)s->m * sizeof *out);
    for (int k = 0; k < SAMPLES; k++) {
        for (int32_t i = 0; i < s->m; i++) {
            double sign = pl_rng_unit(&s->rng) < 0.5 ? -1 : 1;
            sample[i] = sign * LAST_DIGIT * size[i];
        }
        primal ? pl__lu_ftran(&s->lu, sample, NULL) : pl__lu_btran(&s->lu, sample, NULL);
        for (int32_t i = 0; i < s->m; i++) {
            out[i] = fmax(out[i], fabs(sample[i]));
        }
    }
}

/* Sizes of the terms of all rows, scaled. */
static void primal_sizes(const pl_simplex *s, double *size)
{
    for (int32_t i = 0; i < s->m; i++) {
        size[i] = fabs((double)s->fine_x[i]);
    }
    for (int32_t j = 0; j < s->n; j++) {
        double x = fabs((double)s->fine_x[s->m + j]);
        for (int64_t t = s->start[j]; x > 0 && t < s->start[j + 1]; t++) {
            size[s->row[t]] += fabs(s->sval[t]) * x;
        }
    }
}

/* Sizes of the terms of all basic columns' reduced costs, scaled, by position. */
static void dual_sizes(const pl_simplex *s, double *size)
{
    for (int32_t p = 0; p < s->m; p++) {
        int32_t v = s->head[p];
        size[p] = fabs(s->c[v]) + (v < s->m ? fabs((double)s->fine_y[v]) : 0);
        for (int64_t t = v < s->m ? 0 : s->start[v - s->m]; v >= s->m && t < s->start[v - s->m + 1]; t++) {
            size[p] += fabs(s->sval[t] * (double)s->fine_y[s->row[t]]);
        }
    }
}

/* reach[m + j]: the smallest level of column j that would be as large as all the flow of some row;
 * reach[i]: the smallest price of row i that would be as large as the terms of some column. */
static void primal_reach(pl_simplex *s)
{
    for (int32_t j = 0; j < s->n; j++) {
        double most = 0;
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            double size = s->row_size[s->row[t]];
            double share = size > 0 ? fabs(s->val[t]) / size : 0;
            most = share > most ? share : most;
        }
        s->reach[s->m + j] = most > 0 ? 1 / (most * s->col_scale[j]) : 0;
    }
}

static void dual_reach(pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        s->reach[i] = 0;
    }
    for (int32_t j = 0; j < s->n; j++) {
        long double size = fabsl((long double)s->c[s->m + j]);
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            size += fabsl(s->sval[t] * s->fine_y[s->row[t]]);
        }
        double inverse = size > 0 ? 1 / (double)size : 0;
        for (int64_t t = s->start[j]; t < s->start[j + 1] && isfinite(inverse); t++) {
            double share = fabs(s->sval[t]) * inverse;
            s->reach[s->row[t]] = fmax(s->reach[s->row[t]], share);
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->reach[i] = s->reach[i] > 0 ? 1 / s->reach[i] : 0;
    }
}

/* Activities and row sizes in natural units. */
static void activities(pl_simplex *s)
{
    long double *sum = s->fine_r;
    for (int32_t i = 0; i < s->m; i++) {
        sum[i] = 0;
        s->row_size[i] = 0;
    }
    long double objective = 0;
    for (int32_t j = 0; j < s->n; j++) {
        double x = s->result_x[j];
        objective += (long double)s->cost[j] * x;
        if (x != 0) {
            for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
                sum[s->row[t]] += (long double)s->val[t] * x;
                s->row_size[s->row[t]] += fabs(s->val[t] * x);
            }
        }
    }
    s->objective = (double)objective;
    for (int32_t i = 0; i < s->m; i++) {
        s->result_activity[i] = (double)sum[i];
        if (s->row_size[i] == 0) {
            double lo = fabs(s->row_lo[i]), hi = fabs(s->row_hi[i]);
            s->row_size[i] = isfinite(lo) ? lo : isfinite(hi) ? hi : 0;
        }
    }
}

static void round_values(pl_simplex *s)
{
    for (int32_t j = 0; j < s->n; j++) {
        s->result_x[j] = (double)(s->fine_x[s->m + j] * s->col_scale[j]);
    }
}

static void snap_values(pl_simplex *s, const double *last)
{
    for (int32_t p = 0; p < s->m; p++) {
        int32_t v = s->head[p];
        if (v < s->m) {
            continue;
        }
        long double x = s->fine_x[v], noise = fabs(last[p]) * UNSTABLE;
        noise = fmaxl(noise, (long double)(NOISE * s->reach[v]));
        if (x < s->l[v] || fabsl(x - s->l[v]) <= noise) {
            s->fine_x[v] = s->l[v];
        } else if (x > s->u[v] || fabsl(x - s->u[v]) <= noise) {
            s->fine_x[v] = s->u[v];
        } else if (fabsl(x) <= noise) {
            s->fine_x[v] = 0;
        }
    }
}

static void judge_rows(pl_simplex *s)
{
    double worst = 0;
    for (int32_t i = 0; i < s->m; i++) {
        double a = s->result_activity[i], off = 0, bound = 0;
        if (a < s->row_lo[i] || s->place[i] == PL__AT_LO) {
            off = fabs(a - s->row_lo[i]);
            bound = s->row_lo[i];
        }
        if (a > s->row_hi[i] || s->place[i] == PL__AT_HI) {
            off = fabs(a - s->row_hi[i]);
            bound = s->row_hi[i];
        }
        if (s->place[i] == PL__FREE) {
            off = fabs(a);
        }
        double size = fmax(s->row_size[i], fabs(bound));
        worst = off > 0 ? fmax(worst, off / size) : worst;
    }
    s->stats.primal_violation = worst;
}

static void clean_duals(pl_simplex *s, const double *last)
{
    for (int32_t i = 0; i < s->m; i++) {
        long double y = s->fine_y[i], noise = fabs(last[i]) * UNSTABLE;
        noise = fmaxl(noise, (long double)(NOISE * s->reach[i]));
        bool fixed = s->l[i] == s->u[i];
        bool wrong = (s->place[i] == PL__AT_LO && y < 0) || (s->place[i] == PL__AT_HI && y > 0);
        if (s->place[i] == PL__BASIC || s->place[i] == PL__FREE || fabsl(y) <= noise ||
            (wrong && !fixed)) {
            s->fine_y[i] = 0;
        }
        s->result_y[i] = (double)(s->fine_y[i] * s->row_scale[i]);
    }
}

static void judge_columns(pl_simplex *s)
{
    double worst = 0;
    for (int32_t j = 0; j < s->n; j++) {
        int32_t v = s->m + j;
        long double d = s->cost[j], size = fabsl(d);
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            long double term = (long double)s->val[t] * s->result_y[s->row[t]];
            d -= term;
            size += fabsl(term);
        }
        double share = size > 0 ? (double)(d / size) : 0;
        bool basic = s->place[v] == PL__BASIC, fixed = s->l[v] == s->u[v];
        bool wrong = basic || s->place[v] == PL__FREE ||
                     (!fixed && s->place[v] == PL__AT_LO && share < 0) ||
                     (!fixed && s->place[v] == PL__AT_HI && share > 0);
        worst = wrong ? fmax(worst, fabs(share)) : worst;
        s->result_d[j] = basic || fabs(share) <= NOISE ? 0 : (double)d;
    }
    s->stats.dual_violation = worst;
}

/* Puts noise on its bounds, and judges what is left.  `last`: how uncertain each value is. */
static void settle_values(pl_simplex *s, const double *last)
{
    round_values(s);
    activities(s);
    primal_reach(s);
    snap_values(s, last);
    round_values(s);
    activities(s);
    judge_rows(s);
}

static void settle_duals(pl_simplex *s, const double *last)
{
    dual_reach(s);
    clean_duals(s, last);
    judge_columns(s);
}

/* What sensitivity says, as an uncertainty. */
static void doubt(pl_simplex *s, bool primal, double *last)
{
    primal ? primal_sizes(s, s->tau) : dual_sizes(s, s->tau);
    sensitivity(s, primal, s->tau, last);
    for (int32_t i = 0; i < s->m; i++) {
        last[i] *= (double)DOUBT / UNSTABLE;
    }
}

void pl__refine_solution(pl_simplex *s)
{
    double *last = s->rho;
    for (int32_t v = 0; v < pl__total(s); v++) {
        s->fine_x[v] = s->x[v];
    }
    refine(s, true, last);
    settle_values(s, last);
    if (s->stats.primal_violation > ACCEPTED) {
        doubt(s, true, last);
        settle_values(s, last);
    }
    double *y = s->tau;
    for (int32_t i = 0; i < s->m; i++) {
        y[i] = s->c[s->head[i]];
    }
    pl__lu_btran(&s->lu, y, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        s->fine_y[i] = y[i];
    }
    refine(s, false, last);
    settle_duals(s, last);
    if (s->stats.dual_violation > ACCEPTED) {
        doubt(s, false, last);
        settle_duals(s, last);
    }
}

/* The terms of w'A for column j in natural units: their sum and size. */
static long double weighted_column(const pl_simplex *s, const double *w, int32_t j, double *size)
{
    long double sum = 0, total = 0;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        long double term = (long double)s->val[t] * w[s->row[t]];
        sum += term;
        total += fabsl(term);
    }
    *size = (double)total;
    return sum;
}

/* The raw vector (scaled, in rho) in natural units, without elements below `dust` in proportion to
 * the largest and without those that no bound can use. */
static void natural_proof(pl_simplex *s, double dust)
{
    double largest = 0;
    for (int32_t i = 0; i < s->m; i++) {
        largest = fmax(largest, fabs(s->rho[i]));
    }
    for (int32_t i = 0; i < s->m; i++) {
        double w = s->rho[i];
        bool useless = w > 0 ? !isfinite(s->row_hi[i]) : !isfinite(s->row_lo[i]);
        s->proof[i] = useless || fabs(w) <= dust * largest ? 0 : w * s->row_scale[i];
    }
}

/* The inequality that the vector should prove, in natural units. */
static bool proof_holds(const pl_simplex *s)
{
    long double least = 0, most = 0, size = 0;
    for (int32_t j = 0; j < s->n; j++) {
        double terms;
        long double g = weighted_column(s, s->proof, j, &terms);
        double bound = g > 0 ? s->lo[j] : s->hi[j];
        if (fabsl(g) <= 1e-11L * terms && !isfinite(bound)) {
            continue; /* a column in balance, up to rounding */
        }
        if (g != 0) {
            least += g * bound;
            size += fabsl(g * bound);
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        if (s->proof[i] != 0) {
            long double term = (long double)s->proof[i] *
                               (s->proof[i] > 0 ? s->row_hi[i] : s->row_lo[i]);
            most += term;
            size += fabsl(term);
        }
    }
    return isfinite((double)size) && least - most > PROOF_MARGIN * size;
}

bool pl__prove_infeasible(pl_simplex *s)
{
    static const double dust[] = {1e-14, 0, 1e-12, 1e-10, 1e-8};
    memcpy(s->rho, s->proof, (size_t)s->m * sizeof *s->rho);
    for (size_t k = 0; k < sizeof dust / sizeof *dust; k++) {
        natural_proof(s, dust[k]);
        if (proof_holds(s)) {
            return true;
        }
    }
    return false;
}

bool pl__prove_unbounded(pl_simplex *s)
{
    double *dir = s->direction;
    memset(s->col, 0, (size_t)s->m * sizeof *s->col);
    memset(dir, 0, (size_t)s->n * sizeof *dir);
    pl__basis_load_column(s, s->ray_var, s->col);
    pl__lu_ftran(&s->lu, s->col, NULL);
    double largest = 1;
    for (int32_t i = 0; i < s->m; i++) {
        largest = fmax(largest, fabs(s->col[i]));
    }
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        double rate = fabs(s->col[i]) > 1e-12 * largest ? -s->ray_sign * s->col[i] : 0;
        if (v >= s->m && !(rate > 0 ? isfinite(s->u[v]) : isfinite(s->l[v]))) {
            dir[v - s->m] = rate * s->col_scale[v - s->m];
        }
    }
    if (s->ray_var >= s->m) {
        dir[s->ray_var - s->m] = s->ray_sign * s->col_scale[s->ray_var - s->m];
    }
    long double gain = 0, size = 0, *sum = s->fine_r;
    for (int32_t i = 0; i < s->m; i++) {
        sum[i] = 0;
        s->reach[i] = 0;
    }
    for (int32_t j = 0; j < s->n; j++) {
        gain += (long double)s->cost[j] * dir[j];
        size += fabsl((long double)s->cost[j] * dir[j]);
        for (int64_t t = s->start[j]; t < s->start[j + 1] && dir[j] != 0; t++) {
            sum[s->row[t]] += (long double)s->val[t] * dir[j];
            s->reach[s->row[t]] += fabs(s->val[t] * dir[j]);
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        bool blocked = sum[i] > 0 ? isfinite(s->row_hi[i]) : isfinite(s->row_lo[i]);
        if (blocked && fabsl(sum[i]) > PROOF_MARGIN * s->reach[i]) {
            return false;
        }
    }
    return gain < -PROOF_MARGIN * size;
}
