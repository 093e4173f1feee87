/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shares.h - Equal Shares in the making: who has how much, and what a project costs those who support it.
 *
 * All money is a whole number of 1/D hundredths, with one denominator D for all voters.  A project is paid by rho for each point
 * that it is given, up to what a voter has: rho = (cost - what the voters have who pay all) / points of the others.  So D grows by
 * a factor of at most these points with each project, and nothing is ever divided but by numbers of one word.
 *
 * Voters with the same money form a class: all begin in one, a purchase moves its supporters to new ones. */
#ifndef PLENTY_BALLOT_SHARES_H
#define PLENTY_BALLOT_SHARES_H

#include "ballot/big.h"
#include "ballot/stages.h"

#define PL_SHARES_WIDE (PL_BIG_MAX + 4) /* limbs */

typedef struct pl_shares_support {
    int32_t row;
    int64_t points;
} pl_shares_support;

/* Supporters of one project with the same money and points. */
typedef struct pl_shares_group {
    int32_t class;
    int64_t points, papers;
    double each; /* money for each point, nearly: what decides whenever two differ by more than rounding */
} pl_shares_group;

/* What a project costs per point: rest / (points D). */
typedef struct pl_shares_offer {
    uint64_t rest[PL_SHARES_WIDE];
    uint64_t points;        /* of those who do not pay all they have */
    int64_t supporters, paying, empty;
    int64_t most_points;    /* the most points among those who do not pay all */
    int32_t n_empty;        /* the first groups pay all */
    uint64_t empty_most[PL_SHARES_WIDE]; /* the most that one of them pays */
} pl_shares_offer;

typedef struct pl_shares_run {
    const pl_ballots *b;
    const pl_shares_settings *set;
    pl_error *err;
    pl_shares *out;
    int32_t n;
    int64_t *begin;         /* supporters of project c: supporter[begin[c]] .. */
    pl_shares_support *supporter;
    /* one run */
    int32_t *class;         /* by row */
    int32_t *moved;         /* by class: where its supporters go, -1 = not yet known */
    int64_t *papers;        /* by class, scratch: papers of a project's supporters */
    uint64_t *money;        /* by class, w limbs each */
    double *near;           /* by class: its money, nearly, in hundredths; does not change with D */
    size_t cap_money, cap_class[3];
    int32_t n_classes;
    int w;                  /* limbs of every number; the top two are 0 */
    uint64_t D[PL_SHARES_WIDE];
    long double *bound;     /* by project: at least so much per unit of use */
    int32_t *queue;         /* projects by bound */
    bool *bought;
    pl_shares_group *group;
    size_t cap_group;
    int32_t n_groups;
    pl_shares_offer now, best;
    int64_t share, spent;   /* share: of each voter, 1/voters hundredths */
    pl_lots lots;
    int32_t *list;
    /* what was bought in this run and in the last one that was within the budget */
    int32_t *chosen, n_chosen;
} pl_shares_run;

/* A class of voters with that money (w limbs); its number, -1 without memory.  Class 0 has nothing. */
int32_t pl_shares_class(pl_shares_run *s, const uint64_t *money);
/* The money of a class: w limbs. */
static inline uint64_t *pl_shares_money(const pl_shares_run *s, int32_t class)
{
    return s->money + (size_t)class * (size_t)s->w;
}
/* How many units of use a point is: the cost, or one. */
static inline uint64_t pl_shares_use(const pl_shares_run *s, int32_t project)
{
    return s->set->by_number ? 1 : (uint64_t)s->out->cost[project];
}
/* What project c would cost; *can is false when its supporters do not have the money.  PL_TOOBIG, PL_NOMEM. */
pl_status pl_shares_find_offer(pl_shares_run *s, int32_t c, pl_shares_offer *offer, bool *can);
/* Which of two projects costs less for each unit of use; and how much that is, nearly. */
int pl_shares_compare(const pl_shares_run *s, const pl_shares_offer *a, int32_t ca, const pl_shares_offer *b, int32_t cb);
long double pl_shares_rate(const pl_shares_run *s, const pl_shares_offer *offer, int32_t c);
/* Lets the supporters of c pay that: everything in units of a new D, each group a class of its own, or that of the empty; `offer` is used up.  PL_TOOBIG, PL_NOMEM. */
pl_status pl_shares_pay(pl_shares_run *s, int32_t c, pl_shares_offer *offer);

#endif
