/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lu.h - factors of a basis matrix, solves with them, and their update after a pivot.
 *
 * Order of things.  The variables of a problem of m rows are numbered from 0: variable v < m is the
 * logical of row v, whose column is -e_v; variable m + j is structural column j.  A basis is a list
 * head[m] of variables.  Factorising permutes head so that head[i] is the variable that was
 * eliminated in row i: from then on rows and basis positions share one numbering, and the solves
 * work in place.
 *
 *     B = L T_1 ... T_k U
 *
 * L and U come from singletons, then a sparse Markowitz elimination, then a dense factorisation of
 * what remains; the T are rank-one updates between them (the middle product form of Huangfu and
 * Hall 2015), each made of two partial solves that an iteration needs anyway. */
#ifndef PLENTY_SOLVE_LU_H
#define PLENTY_SOLVE_LU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

/* Structural columns, compressed; borrowed. */
typedef struct pl__columns {
    const int64_t *start;
    const int32_t *row;
    const double *val;
} pl__columns;

/* Lists of (index, value), one list a pivot or update, in one growing store. */
typedef struct pl__lists {
    int64_t *start; /* lists + 1 */
    int32_t *index;
    double *value;
    size_t index_cap, value_cap, start_cap;
} pl__lists;

typedef struct pl__lu {
    int32_t m;
    int32_t sparse;      /* pivots before the dense block */
    int32_t *pivot_row;  /* m: row of the k-th pivot (the dense block's in its order) */
    double *pivot;       /* m, by row: pivots of the sparse part; 0 for rows of the dense block */
    pl__lists lower_cols, upper_rows; /* list k belongs to the k-th pivot, k < sparse */
    pl__lists lower_rows;             /* list i: entries of L in row i, for transposed solves */
    pl__lists upper_cols;             /* list i: entries of U in the column eliminated in row i */
    int32_t *lower_order, lower_count; /* pivots with a non-empty column of L, in order */
    int32_t *lower_row_order, lower_row_count; /* rows with a non-empty row of L, last pivot first */
    int32_t *position;                 /* m: pivot number of a row */
    int32_t dense;                     /* order of the dense block */
    int64_t ld;
    double *block, *gather; /* ld * dense, dense */
    size_t block_cap;
    int32_t updates;
    pl__lists update_v, update_w; /* T = I + v w' */
    double *update_pivot;         /* 1 + w'v, the pivot of the exchange */
    size_t update_cap;
    /* Work in a fixed currency (about nanoseconds): of the factorisation, and of the solves' passes
     * through updates since.  When they are equal it is time to factorise anew. */
    double factor_work, update_work;
    double *work;       /* m */
} pl__lu;

pl_status pl__lu_init(pl__lu *lu, int32_t m) PL_CHECK; /* caller's storage */
void pl__lu_clear(pl__lu *lu);

/* Factorises the basis, permuting head (see above).  Columns found to depend on the others are
 * replaced in head by logicals, and the factors are those of the repaired basis.  *replaced is how
 * many; the removed variables are listed in removed[0 .. *replaced), room m. */
pl_status pl__lu_factor(pl__lu *lu, const pl__columns *columns, int32_t *head, int threads,
                        int32_t *replaced, int32_t *removed) PL_CHECK;

/* x := inverse(B) x.  spike (m, may be NULL) receives the partial solve that pl__lu_update wants. */
void pl__lu_ftran(const pl__lu *lu, double *x, double *spike);

/* x := inverse(B') x.  partial (m, may be NULL) likewise, when x was a unit vector e_p. */
void pl__lu_btran(const pl__lu *lu, double *x, double *partial);

/* The column at position p is replaced by the one whose spike is given; partial belongs to e_p;
 * pivot is element p of the full solve.  Spike and partial are left as they are. */
pl_status pl__lu_update(pl__lu *lu, int32_t p, const double *spike, const double *partial,
                        double pivot) PL_CHECK;

/* True when the solves have lost as much time in updates as a new factorisation takes. */
bool pl__lu_is_worn(const pl__lu *lu);

/* Internal to the factorisation (lu_sparse.c): empties and extends lists. */
void pl__lists_reset(pl__lists *lists);
pl_status pl__lists_reserve(pl__lists *lists, size_t lists_count, size_t entries) PL_CHECK;
void pl__lists_clear(pl__lists *lists);

#endif
