/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "sparse/owners.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"

#define ROUNDS 10
#define SOLE_MAKER 2e6 /* rank before worth; logarithms of amounts are between -1100 and 1100 */
#define WITHOUT_USER 1e6

typedef struct owning {
    int32_t n_rows, n_columns;
    const int64_t *start;
    const int32_t *index;
    const double *amount; /* or NULL: */
    const float *rough;
    int32_t *makers; /* by row: columns that make it, up to 2 */
    bool *used;
    double *worth;   /* logarithm */
    double *sum;     /* of logarithms in a row */
    int32_t *count;
} owning;

static double amount_of(const owning *o, int64_t k)
{
    return o->amount != NULL ? o->amount[k] : (double)o->rough[k];
}

/* The logarithm to the base 2, to a tenth. */
static double rough_log(double x)
{
    int exponent;
    double part = frexp(fabs(x), &exponent);
    return exponent + 2 * part - 2;
}

/* Owners where there is no choice; whether there is one anywhere. */
static bool single_outputs(owning *o, int32_t *owner)
{
    bool several = false;
    for (int32_t j = 0; j < o->n_columns; j++) {
        owner[j] = PL_NOBODY;
        for (int64_t k = o->start[j]; k < o->start[j + 1]; k++) {
            if (amount_of(o, k) > 0 && o->index[k] < o->n_rows) {
                several |= owner[j] != PL_NOBODY;
                owner[j] = owner[j] == PL_NOBODY ? o->index[k] : owner[j];
            }
        }
    }
    return several;
}

static void count_makers(owning *o)
{
    for (int64_t k = o->start[0]; k < o->start[o->n_columns]; k++) {
        int32_t i = o->index[k];
        if (i < o->n_rows) {
            o->makers[i] += amount_of(o, k) > 0 && o->makers[i] < 2;
            o->used[i] |= amount_of(o, k) < 0;
        }
    }
}

static bool counts(const owning *o, int64_t k)
{
    return o->index[k] < o->n_rows && amount_of(o, k) != 0 && isfinite(amount_of(o, k));
}

/* One round of the scaling: columns to the mean 0, then rows. */
static void scale(owning *o)
{
    for (int32_t i = 0; i < o->n_rows; i++) {
        o->sum[i] = 0;
        o->count[i] = 0;
    }
    for (int32_t j = 0; j < o->n_columns; j++) {
        double sum = 0;
        int64_t n = 0;
        for (int64_t k = o->start[j]; k < o->start[j + 1]; k++) {
            if (counts(o, k)) {
                sum += rough_log(amount_of(o, k)) + o->worth[o->index[k]];
                n++;
            }
        }
        double mean = n > 0 ? sum / (double)n : 0;
        for (int64_t k = o->start[j]; k < o->start[j + 1]; k++) {
            if (counts(o, k)) {
                o->sum[o->index[k]] += rough_log(amount_of(o, k)) - mean;
                o->count[o->index[k]]++;
            }
        }
    }
    for (int32_t i = 0; i < o->n_rows; i++) {
        o->worth[i] = o->count[i] > 0 ? -o->sum[i] / o->count[i] : 0;
    }
}

static double rank_of(const owning *o, int64_t k)
{
    int32_t i = o->index[k];
    double first = o->makers[i] < 2 ? SOLE_MAKER : !o->used[i] ? WITHOUT_USER : 0;
    return first + rough_log(amount_of(o, k)) + o->worth[i];
}

static void choose(const owning *o, int32_t *owner)
{
    for (int32_t j = 0; j < o->n_columns; j++) {
        double best = -(double)INFINITY;
        for (int64_t k = o->start[j]; k < o->start[j + 1]; k++) {
            double rank = amount_of(o, k) > 0 && o->index[k] < o->n_rows ? rank_of(o, k) : -(double)INFINITY;
            if (rank > best) {
                best = rank;
                owner[j] = o->index[k];
            }
        }
    }
}

pl_status pl_find_owners(int32_t n_rows, int32_t n_columns, const int64_t *start, const int32_t *index,
                         const double *amount, const float *rough, int32_t *owner, pl_error *err)
{
    owning o = {.n_rows = n_rows, .n_columns = n_columns, .start = start, .index = index, .amount = amount, .rough = rough};
    if (!single_outputs(&o, owner)) {
        return PL_OK;
    }
    o.makers = PL_NEW0(int32_t, n_rows);
    o.used = PL_NEW0(bool, n_rows);
    o.worth = PL_NEW0(double, n_rows);
    o.sum = PL_NEW(double, n_rows);
    o.count = PL_NEW(int32_t, n_rows);
    bool enough = o.makers != NULL && o.used != NULL && o.worth != NULL && o.sum != NULL && o.count != NULL;
    if (enough) {
        count_makers(&o);
        for (int round = 0; round < ROUNDS; round++) {
            scale(&o);
        }
        choose(&o, owner);
    }
    pl_free(o.makers);
    pl_free(o.used);
    pl_free(o.worth);
    pl_free(o.sum);
    pl_free(o.count);
    return enough ? PL_OK : pl_fail_nomem(err, "the main product of each recipe");
}
