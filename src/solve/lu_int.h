/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lu_int.h - the working matrix of a sparse factorisation; private to lu_factor.c, lu_markowitz.c.
 *
 * Rows hold (slot, value), columns only the pattern.  A slot is a place in head before the rows and
 * positions are matched.  Rows and columns grow by moving to the end of their store. */
#ifndef PLENTY_SOLVE_LU_INT_H
#define PLENTY_SOLVE_LU_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "solve/lu.h"

typedef struct pl__strips {
    int64_t *begin; /* m */
    int32_t *len, *cap;
    int32_t *index;
    double *value; /* NULL for columns */
    size_t index_cap, value_cap;
    int64_t end; /* used part of the store */
} pl__strips;

typedef struct pl__elim {
    pl__lu *lu;
    int32_t m;
    pl__strips rows, cols;
    uint8_t *row_done, *col_done; /* pivoted, or given up as dependent */
    double *col_tiny;             /* by slot: below this a pivot counts as zero */
    int32_t *slot_row;            /* by slot: its pivot row, -1 = none yet */
    int32_t left;                 /* rows without a pivot */
    int64_t nnz;                  /* entries of the active part (Markowitz only) */
    /* Linked lists of active rows and columns by count */
    int32_t *row_head, *row_next, *row_prev, *col_head, *col_next, *col_prev; /* heads: m + 1 */
    double *row_max; /* largest magnitude, negative = not known */
    double *scatter; /* m, by slot */
    uint8_t *mark;   /* m, by slot */
    int32_t *queue;  /* 2 m */
} pl__elim;

/* Records pivot (r, slot) as the next of the sequence; U's row and L's column follow by push. */
void pl__elim_pivot(pl__elim *e, int32_t r, int32_t slot, double value);
pl_status pl__elim_push(pl__lists *lists, int32_t list, int32_t index, double value) PL_CHECK;

/* Eliminates the nucleus until it is done or dense. */
pl_status pl__elim_markowitz(pl__elim *e) PL_CHECK;

#endif
