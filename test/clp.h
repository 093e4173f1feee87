/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * clp.h - the same linear programme solved by CLP, another solver, in a process of its own. */
#ifndef PLENTY_TEST_CLP_H
#define PLENTY_TEST_CLP_H

#include "solve/lp.h"

typedef enum clp_outcome { CLP_OPTIMAL, CLP_INFEASIBLE, CLP_UNBOUNDED, CLP_LOST } clp_outcome;

/* Skips the test where CLP is not installed. */
void clp_require(void);

/* Writes the LP as MPS, scaled as Plenty's solver scales it, and reads CLP's verdict and its minimum (10 digits).  CLP
 * is asked for 1e-10 instead of its own 1e-7, which is absolute and lets prices that are small in number pass. */
clp_outcome clp_solve(const pl_lp *lp, double *minimum);

#endif
