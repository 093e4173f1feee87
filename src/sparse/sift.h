/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sift.h - of all columns those that cost nearly the least, copied together in the order of goods.
 *
 * When values are known roughly, few columns can still turn out to be the cheapest.  They are swept to the last digits by
 * themselves, and all columns are looked at once more in the end (sifting: Bixby, Gregory, Lustig, Marsten, Shanno 1992).  A sweep then
 * reads memory in order, and a third of it where goods have three recipes. */
#ifndef PLENTY_SPARSE_SIFT_H
#define PLENTY_SPARSE_SIFT_H

#include "sparse/sweep.h"

typedef struct pl_sift {
    pl_sparse flows;  /* the same goods; of the columns that are left, in the order of what they make */
    pl_makers makers;
    double *cost;
    int32_t *column;  /* by column that is left: which it is of all */
    int64_t *start;   /* what `flows` borrows */
    int32_t *index;
    double *amount;
} pl_sift;

/* Keeps the columns that cost at most (1 + near) times the value of their good, and all columns of a good whose value is
 * infinite.  Cost: one pass over all coefficients; memory: 12 bytes for each that is kept. */
pl_status pl_sift_new(const pl_sparse *flows, const pl_makers *makers, const double *cost, const double *value, double near,
                      int threads, pl_sift *out, pl_error *err) PL_CHECK;
void pl_sift_clear(pl_sift *sift);

#endif
