/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * clp.h - the same linear programme solved by CLP, another solver, in a process of its own. */
#ifndef PLENTY_TEST_CLP_H
#define PLENTY_TEST_CLP_H

#include "solve/lp.h"

typedef enum clp_outcome { CLP_OPTIMAL, CLP_INFEASIBLE, CLP_UNBOUNDED, CLP_LOST } clp_outcome;

/* Skips the test where CLP is not installed. */
void clp_require(void);

/* Writes the LP as MPS, scaled as Plenty's solver scales it, and reads CLP's verdict and its minimum (10 digits).  The
 * tolerance is CLP's for rows and reduced costs; its own 1e-7 is absolute and lets prices pass that are small in number,
 * 1e-10 may find a programme infeasible whose right-hand side was rounded. */
clp_outcome clp_solve(const pl_lp *lp, double tolerance, double *minimum);

#endif
