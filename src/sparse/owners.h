/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * owners.h - the main product of each recipe, whatever the units of goods and recipes.
 *
 * A recipe is owned by the good that it is there for; what else comes along is a by-product.  Of several outputs the owner is
 *   - one that no other column makes, so that every good has somebody who answers for it;
 *   - else one that no column uses: only needs can pay for it;
 *   - else the one of most worth, where a good's worth is such that its entries have the geometric mean 1 once columns have it
 *     too (geometric scaling, Fulkerson and Wolfe 1962): what is worth much is used in small amounts.
 * Of equals, the first. */
#ifndef PLENTY_SPARSE_OWNERS_H
#define PLENTY_SPARSE_OWNERS_H

#include <stdint.h>

#include <plenty/status.h>

#define PL_NOBODY (-1)

/* The coefficients are `amount`, or where that is NULL, `rough`.  Sets owner[n_columns]: a row below n_rows with a positive entry, or PL_NOBODY where there is none.  Rows from n_rows on
 * are not goods, and are not looked at.  Where each column makes one good that is a single reading of the columns, else
 * eleven; 25 bytes a row meanwhile.  Errors: PL_NOMEM. */
pl_status pl_find_owners(int32_t n_rows, int32_t n_columns, const int64_t *start, const int32_t *index,
                         const double *amount, const float *rough, int32_t *owner, pl_error *err) PL_CHECK;

#endif
