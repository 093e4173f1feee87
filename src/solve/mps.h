/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * mps.h - writing a linear programme as free MPS, which every solver reads.
 *
 * Names without blanks, numbers with 17 digits (they read back as the same doubles), minimisation.
 * Rows without any bound are written as N rows; ranges as RANGES of G rows. */
#ifndef PLENTY_SOLVE_MPS_H
#define PLENTY_SOLVE_MPS_H

#include <stdio.h>

#include <plenty/status.h>

#include "solve/lp.h"

typedef struct pl_mps_options {
    const char *name;              /* of the problem; NULL = "plenty" */
    const char *const *row_name;   /* m, or NULL for R0, R1, ...; blanks are written as '_' */
    const char *const *column_name; /* n, or NULL for C0, C1, ... */
    /* Factors as of pl_simplex_scaling (powers of two: no digit changes), or NULL for natural
     * units.  A column's value in the file, times its factor, is its natural value. */
    const double *row_scale, *column_scale;
} pl_mps_options;

/* Writes to f (left open).  options may be NULL.  Errors: PL_IO. */
pl_status pl_mps_write(FILE *f, const pl_lp *lp, const pl_mps_options *options,
                       pl_error *err) PL_CHECK;

#endif
