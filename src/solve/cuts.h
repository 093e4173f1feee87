/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * cuts.h - the prices of a few limits, found by a level method.
 *
 * A choice of recipes costs c and uses u of each limit: at prices p >= 0 of the limits it is worth c + p (u - limit), and
 * the least of this over all choices is a concave function of p, whose maximum is the cost of the best mix of choices.  Each
 * choice that is known is a cut, a plane above that function.  Two programmes are made of the cuts:
 *   - the master: the cheapest mix of the choices that keeps the limits (Dantzig and Wolfe 1960), by the simplex;
 *   - the next prices to be tried: the point nearest to the best prices so far at which no cut is below a level between what
 *     is proved and what the mix costs (the level method: Lemarechal, Nemirovskii, Nesterov 1995).  Corners of the cuts, which
 *     the cutting planes of Kelley (1960) would try, lie far apart; these points do not jump.
 *
 * As long as no mix keeps the limits, they may be exceeded at a price, which can be raised. */
#ifndef PLENTY_SOLVE_CUTS_H
#define PLENTY_SOLVE_CUTS_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/status.h>

typedef struct pl_cuts pl_cuts;

/* For n limits and at most `most` choices.  limit[n], copied.  Returns owned. */
pl_status pl_cuts_new(int32_t n, int32_t most, const double *limit, pl_cuts **out, pl_error *err) PL_CHECK;
void pl_cuts_free(pl_cuts *c); /* accepts NULL */

void pl_cuts_set_limits(pl_cuts *c, const double *limit);
/* What exceeding a limit costs at most, in all, per its own size. */
void pl_cuts_set_penalty(pl_cuts *c, double penalty);

/* A new choice; returns its number.  When there are as many as there can be, it replaces the one that has been no part of the
 * mix for the longest time. */
int32_t pl_cuts_add(pl_cuts *c, double cost, const double *use);

/* The master.  *upper: what the mix costs, penalties included; *kept: it keeps all limits.  Errors: those of the simplex. */
pl_status pl_cuts_mix(pl_cuts *c, double *upper, bool *kept, pl_error *err) PL_CHECK;
const double *pl_cuts_weights(const pl_cuts *c); /* by choice, of the last mix; adding up to 1 */

/* The prices nearest to from[n] at which every cut is at least `level`.  next[n] may be from. */
void pl_cuts_next(pl_cuts *c, const double *from, double level, double *next);

#endif
