/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * books_check.c - do the books of those who made, received and sold something agree? */
#include <math.h>
#include <string.h>

#include <plenty/reconcile.h>

#include "base/mem.h"
#include "sparse/dense.h"
#include "watch/books.h"

#define UNITS_MAX 4000
#define NONE (-1)

const pl_books_settings pl_books_defaults = {0.02, 0.02, 0.01, 0.1, 0.03, 0.01};

const char *pl_suspicion_word(pl_suspicion suspicion)
{
    static const char *const words[] = {"", "alone", "together"};
    return words[suspicion];
}

double pl_normal_exceeded(double p)
{
    double low = -40, high = 40;
    for (int k = 0; k < 200; k++) {
        double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) / 2 > p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

/* Probability that chi squared with n degrees of freedom exceeds x, by Wilson and Hilferty (1931). */
static double chi2_exceeded(double x, int32_t n)
{
    double v = 2.0 / (9.0 * n), z = (cbrt(x / n) - (1 - v)) / sqrt(v);
    return erfc(z / sqrt(2)) / 2;
}

/* ---- Residuals and their covariance ------------------------------------------------------------------------------------------------------------ */

/* Rows: the balance of each unit, then the technology of those that have one, then the tills of those that have some.  A column of the matrix of
 * constraints for each flow and each claim; those of technology and tills stand for themselves. */
typedef struct checking {
    const pl_books *b;
    pl_books_settings set;
    int32_t m, *technology, *till; /* rows; NONE = has none */
    double *weight; /* of each flow in what the inputs of its receiver allow: per unit of the flow */
    double *apart;  /* by unit: variance of what its inputs allow by coefficients and productivity */
    double *r, *v, *l;  /* residuals, covariance (m x m), its factor */
    double *c, *solved; /* a direction in the space of residuals; V^-1 c */
    pl_error *err;
} checking;

/* Weights of the inputs: as little variance as possible (each is off by its own report and its own coefficient). */
static void weigh_inputs(checking *k)
{
    const pl_books *b = k->b;
    double *sum = k->solved; /* by unit, for now */
    memset(sum, 0, sizeof *sum * (size_t)b->n);
    for (int64_t f = 0; f < b->n_flows; f++) {
        const pl_flow *x = &b->flow[f];
        k->weight[f] = 0;
        double size = x->to >= 0 ? fmax(x->quantity, x->coefficient * b->claim[x->to]) : 0; /* as it is, or ought to be */
        if (x->coefficient > 0 && size > 0) {
            k->weight[f] = 1 / fmax(x->variance / (size * size) + x->deviation * x->deviation, 1e-12);
            sum[x->to] += k->weight[f];
        }
    }
    for (int64_t f = 0; f < b->n_flows; f++) {
        const pl_flow *x = &b->flow[f];
        if (k->weight[f] > 0) {
            double part = k->weight[f] / sum[x->to], allowed = fmax(x->quantity / x->coefficient, b->claim[x->to]);
            k->weight[f] = part / x->coefficient;
            k->apart[x->to] += part * part * allowed * allowed * x->deviation * x->deviation;
        }
    }
    for (int32_t i = 0; i < b->n; i++) {
        double off = k->set.productivity * b->claim[i];
        if (sum[i] > 0) {
            k->technology[i] = k->m++;
            k->apart[i] += off * off;
        }
    }
}

/* Adds the column of a flow to a vector of residuals, `by` times. */
static void add_flow(const checking *k, const pl_flow *x, double weight, double by, double *out)
{
    if (x->from >= 0) {
        out[x->from] -= by;
    }
    if (weight > 0) {
        out[k->technology[x->to]] -= by * weight;
    }
}

static void add_claim(const checking *k, int32_t i, double by, double *out)
{
    out[i] += by;
    if (k->technology[i] != NONE) {
        out[k->technology[i]] += by;
    }
}

/* Part of a unit's final deliveries that goes to households, which tills see. */
static double till_part(const pl_books *b, int32_t i, double final)
{
    return final > 0 ? fmin(1, b->households[i] / final) : 0;
}

/* Errors are parts of what is true.  A claim that is too large would excuse itself by its own size: what others signed for counts, if that is less. */
static double claim_variance(const pl_books *b, int32_t i, double received)
{
    double part = b->claim[i] > 0 && received > 0 ? fmin(1, received / b->claim[i]) : 1;
    return b->claim_variance[i] * part * part;
}

static void fill_residuals(checking *k)
{
    const pl_books *b = k->b;
    size_t m = (size_t)k->m;
    double *received = k->solved; /* by unit, for now */
    memset(received, 0, sizeof *received * (size_t)b->n);
    for (int64_t f = 0; f < b->n_flows; f++) {
        if (b->flow[f].from >= 0) {
            received[b->flow[f].from] += b->flow[f].quantity;
        }
    }
    for (int32_t i = 0; i < b->n; i++) {
        int32_t t = k->technology[i], h = k->till[i];
        double var = claim_variance(b, i, received[i]);
        add_claim(k, i, b->claim[i], k->r);
        k->v[(size_t)i * m + (size_t)i] += var;
        if (t != NONE) {
            k->v[(size_t)t * m + (size_t)t] += var + k->apart[i];
            k->v[(size_t)t * m + (size_t)i] += var;
        }
        if (h != NONE) {
            k->r[h] += b->households[i] - b->till[i];
            k->v[(size_t)h * m + (size_t)h] += b->till_variance[i];
        }
    }
    for (int64_t f = 0; f < b->n_flows; f++) {
        const pl_flow *x = &b->flow[f];
        size_t i = (size_t)(x->from >= 0 ? x->from : 0);
        double w = k->weight[f];
        add_flow(k, x, w, x->quantity, k->r);
        k->v[i * m + i] += x->from >= 0 ? x->variance : 0;
        if (w > 0) {
            size_t t = (size_t)k->technology[x->to];
            k->v[t * m + t] += w * w * x->variance;
            k->v[t * m + i] += x->from >= 0 ? w * x->variance : 0;
        }
        if (x->from >= 0 && x->to < 0 && k->till[i] != NONE) { /* the part that tills see varies with the whole */
            size_t h = (size_t)k->till[i];
            double part = till_part(b, x->from, x->quantity);
            k->v[h * m + h] += part * part * x->variance;
            k->v[h * m + i] -= part * x->variance;
        }
    }
}

/* ---- Tests --------------------------------------------------------------------------------------------------------------------------------------- */

/* z and size of what lies in the direction c of the residuals. */
static double measure(checking *k, double *amount)
{
    double numerator = 0, denominator = 0;
    memcpy(k->solved, k->c, sizeof *k->c * (size_t)k->m);
    pl_cholesky_solve(k->l, k->m, k->solved);
    for (int32_t i = 0; i < k->m; i++) {
        numerator += k->solved[i] * k->r[i];
        denominator += k->solved[i] * k->c[i];
    }
    *amount = denominator > 0 ? numerator / denominator : 0;
    return denominator > 0 ? numerator / sqrt(denominator) : 0;
}

static void point_alone(checking *k, int32_t i)
{
    memset(k->c, 0, sizeof *k->c * (size_t)k->m);
    add_claim(k, i, 1, k->c);
}

/* The claim, and all who signed for it in proportion, so that the balance holds; tills are not theirs to pad. */
static void point_together(checking *k, int32_t i, const int64_t *start)
{
    const pl_books *b = k->b;
    double received = 0;
    point_alone(k, i);
    for (int64_t f = start[i]; f < start[i + 1]; f++) {
        received += b->flow[f].quantity;
    }
    for (int64_t f = start[i]; f < start[i + 1] && received > 0; f++) {
        const pl_flow *x = &b->flow[f];
        double part = x->quantity / received;
        add_flow(k, x, k->weight[f], part, k->c);
        if (x->to < 0 && k->till[i] != NONE) {
            k->c[k->till[i]] += part * till_part(b, i, x->quantity);
        }
    }
}

static void test_all(checking *k, const int64_t *start, pl_book *book)
{
    for (int32_t i = 0; i < k->b->n; i++) {
        point_alone(k, i);
        book[i].alone = measure(k, &book[i].alone_amount);
        point_together(k, i, start);
        book[i].together = measure(k, &book[i].together_amount);
    }
}

/* The strongest suspicion above the limit is believed; what it explains is taken off, and the rest looked at again. */
static void accuse(checking *k, const int64_t *start, pl_book *book, pl_book *rest, pl_books_report *report)
{
    memcpy(rest, book, sizeof *book * (size_t)k->b->n);
    while (report->suspects < k->b->n) {
        int32_t worst = NONE;
        double most = report->limit;
        for (int32_t i = 0; i < k->b->n; i++) {
            double z = fmax(rest[i].alone, rest[i].together);
            if (book[i].suspicion == PL_NOT_SUSPECT && z > most) {
                most = z;
                worst = i;
            }
        }
        if (worst == NONE) {
            return;
        }
        bool alone = rest[worst].alone >= rest[worst].together;
        double amount = alone ? rest[worst].alone_amount : rest[worst].together_amount;
        book[worst].suspicion = alone ? PL_PADS_ALONE : PL_PADS_TOGETHER;
        report->suspects++;
        if (alone) {
            point_alone(k, worst);
        } else {
            point_together(k, worst, start);
        }
        for (int32_t i = 0; i < k->m; i++) {
            k->r[i] -= amount * k->c[i];
        }
        test_all(k, start, rest);
    }
}

static void own_residuals(const checking *k, pl_book *book)
{
    size_t m = (size_t)k->m;
    for (int32_t i = 0; i < k->b->n; i++) {
        const int32_t row[] = {i, k->technology[i], k->till[i]};
        double *const z[] = {&book[i].balance, &book[i].technology, &book[i].till};
        for (int t = 0; t < 3; t++) {
            double v = row[t] != NONE ? k->v[(size_t)row[t] * m + (size_t)row[t]] : 0;
            *z[t] = v > 0 ? k->r[row[t]] / sqrt(v) : NAN;
        }
        book[i].suspicion = PL_NOT_SUSPECT;
    }
}

/* A unit without reports at all would make the covariance singular: its rows vary by themselves. */
static void fill_empty(checking *k)
{
    double most = 0;
    for (int32_t i = 0; i < k->m; i++) {
        most = fmax(most, k->v[(size_t)i * (size_t)k->m + (size_t)i]);
    }
    for (int32_t i = 0; i < k->m; i++) {
        double *v = &k->v[(size_t)i * (size_t)k->m + (size_t)i];
        *v = *v > 0 ? *v : fmax(most, 1);
    }
}

/* ---- Reconciled ----------------------------------------------------------------------------------------------------------------------------------- */

/* The amounts nearest to the reports for which every balance holds: flows, then claims. */
static pl_status reconcile(const checking *k, double *out)
{
    const pl_books *b = k->b;
    int64_t n = b->n_flows + b->n, entries = 0;
    int64_t *start = PL_NEW(int64_t, n + 1);
    int32_t *row = PL_NEW(int32_t, n);
    double *number = PL_NEW(double, 4 * n + b->n);
    pl_status status = start != NULL && row != NULL && number != NULL && n < INT32_MAX ? PL_OK : pl_fail_nomem(k->err, "the books");
    double *factor = number, *freedom = number + n, *low = number + 2 * n, *high = number + 3 * n, *target = number + 4 * n;
    for (int64_t x = 0; x < n && status == PL_OK; x++) {
        bool flow = x < b->n_flows;
        int32_t i = flow ? b->flow[x].from : (int32_t)(x - b->n_flows);
        start[x] = entries;
        if (i >= 0) { /* what comes from outside is in no balance */
            row[entries] = i;
            factor[entries++] = flow ? -1 : 1;
        }
        out[x] = flow ? b->flow[x].quantity : b->claim[i];
        freedom[x] = flow ? b->flow[x].variance : b->claim_variance[i];
        low[x] = 0;
        high[x] = INFINITY;
    }
    if (status == PL_OK) {
        start[n] = entries;
        memset(target, 0, sizeof *target * (size_t)b->n);
        pl_constraints c = {.n = (int32_t)n, .m = b->n, .start = start, .row = row, .factor = factor, .target = target};
        pl_reconcile_settings set = {.distance = PL_QUADRATIC, .freedom = freedom, .low = low, .high = high};
        pl_reconciled done;
        status = pl_reconcile(&c, out, &set, out, NULL, &done, k->err);
    }
    pl_free(start);
    pl_free(row);
    pl_free(number);
    return status;
}

static void count_rows(checking *k)
{
    k->m = k->b->n;
    for (int32_t i = 0; i < k->b->n; i++) {
        k->technology[i] = k->till[i] = NONE;
    }
    weigh_inputs(k);
    for (int32_t i = 0; i < k->b->n; i++) {
        if (!isnan(k->b->till[i])) {
            k->till[i] = k->m++;
        }
    }
}

static pl_status check(checking *k, pl_book *book, double *reconciled, pl_books_report *report)
{
    const pl_books *b = k->b;
    size_t m = (size_t)k->m;
    int64_t *start = PL_NEW(int64_t, b->n + 1), f = 0;
    pl_book *rest = PL_NEW(pl_book, b->n);
    k->r = PL_NEW0(double, m);
    k->v = PL_NEW0(double, m * m);
    k->l = PL_NEW(double, m * m);
    k->c = PL_NEW(double, m);
    pl_status status = start != NULL && rest != NULL && k->r != NULL && k->v != NULL && k->l != NULL && k->c != NULL ? PL_OK : pl_fail_nomem(k->err, "the books");
    if (status == PL_OK) {
        for (int32_t i = 0; i <= b->n; i++) {
            while (f < b->n_flows && b->flow[f].from < i) {
                f++;
            }
            start[i] = f;
        }
        fill_residuals(k);
        fill_empty(k);
        own_residuals(k, book);
        memcpy(k->l, k->v, sizeof *k->v * m * m);
        status = pl_cholesky(k->l, k->m) ? PL_OK : pl_fail(k->err, PL_NUMERIC, "the books", "are their errors all zero?", "the residuals depend on each other");
    }
    if (status == PL_OK) {
        double amount;
        memcpy(k->c, k->r, sizeof *k->r * m);
        double z = measure(k, &amount); /* in the direction of r itself: the square root of r' V^-1 r */
        *report = (pl_books_report){.residuals = k->m, .chi2 = z * z, .p = chi2_exceeded(z * z, k->m), .limit = pl_normal_exceeded(k->set.family / (2.0 * b->n))};
        test_all(k, start, book);
        accuse(k, start, book, rest, report);
    }
    if (status == PL_OK && reconciled != NULL) {
        status = reconcile(k, reconciled);
    }
    pl_free(start);
    pl_free(rest);
    return status;
}

pl_books_settings pl_books_filled(const pl_books_settings *settings)
{
    pl_books_settings s = settings != NULL ? *settings : pl_books_defaults;
    double *const x[] = {&s.claim, &s.receipt, &s.till, &s.coefficient, &s.productivity, &s.family};
    const double otherwise[] = {pl_books_defaults.claim, pl_books_defaults.receipt, pl_books_defaults.till, pl_books_defaults.coefficient,
                                pl_books_defaults.productivity, pl_books_defaults.family};
    for (size_t k = 0; k < sizeof x / sizeof x[0]; k++) {
        *x[k] = *x[k] > 0 ? *x[k] : otherwise[k];
    }
    return s;
}

pl_status pl_books_check(const pl_books *b, const pl_books_settings *settings, pl_book *book, double *reconciled, pl_books_report *report, pl_error *err)
{
    checking k = {.b = b, .set = pl_books_filled(settings), .err = err};
    if (b->n > UNITS_MAX) {
        return pl_fail(err, PL_TOOBIG, "the books", "check a part of them, or groups of units", "%d units are more than %d", b->n, UNITS_MAX);
    }
    k.technology = PL_NEW(int32_t, b->n);
    k.till = PL_NEW(int32_t, b->n);
    k.weight = PL_NEW(double, b->n_flows);
    k.apart = PL_NEW0(double, b->n);
    k.solved = PL_NEW(double, 3 * (size_t)b->n);
    pl_status status = k.technology != NULL && k.till != NULL && k.weight != NULL && k.apart != NULL && k.solved != NULL ? PL_OK : pl_fail_nomem(err, "the books");
    if (status == PL_OK) {
        count_rows(&k);
        status = check(&k, book, reconciled, report);
    }
    pl_free(k.technology);
    pl_free(k.till);
    pl_free(k.weight);
    pl_free(k.apart);
    pl_free(k.solved);
    pl_free(k.r);
    pl_free(k.v);
    pl_free(k.l);
    pl_free(k.c);
    return status;
}
