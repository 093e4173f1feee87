/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share.h - what the check of an outcome of sharing consists of: the tables of its folder, and what each rule gives. */
#ifndef PLENTY_VERIFY_SHARE_H
#define PLENTY_VERIFY_SHARE_H

#include "verify/check.h"

#define PV_POINT 1000            /* points in thousandths */
#define PV_PARTS 1000000000000000000
#define PV_ANY INT64_MAX         /* a claim on as much as there is */
#define PV_CRITERIA 7

typedef enum pv_rule { PV_UNIFORM, PV_POINTS, PV_LOTTERY, PV_URGENCY, PV_RULES } pv_rule;

typedef struct pv_scarce { /* a good */
    const char *id, *lot;
    pv_rule rule;
    int64_t part, supply, floor; /* parts of a unit; parts; parts for each point */
    int64_t line;                /* in prices.csv */
    int64_t first, n;            /* its claims, in pv_share.claim */
    int64_t given, claimed, drawn; /* found here */
    int64_t short_of, nothing, claimants;
    double level, price;         /* NAN: none; the price is taken from the certificate */
    bool market;
    pv_real power;               /* price of a part to the power of -substitution */
    pv_real shares, offset;      /* whole pieces: shares of the people so far; where the cuts begin, drawn from the seed */
    __int128 until;              /* pieces given to them */
} pv_scarce;

typedef struct pv_claim { /* by good, then by person */
    int32_t person, good;
    int64_t claim, floor, got, should;
    int64_t line;                /* in allotments.csv */
    double taste;
} pv_claim;

typedef struct pv_share {
    pv_run run;
    pv_document json;
    const char *seed;
    double substitution;
    double off;                  /* the largest difference from a best basket, relative */
    int32_t people, goods;
    const char *const *person;
    int64_t *points, *score;     /* by person */
    pv_scarce *good;
    pv_claim *claim;
    int64_t claims;
    int64_t *own;                /* claims of person i, in the order of goods: by_person[own[i]] .. */
    int64_t *by_person;
} pv_share;

/* SipHash-2-4 of the name under the first half of SHA-256 of "seed,what". */
uint64_t pv_ticket(const char *seed, const char *what, const char *name);

extern const char *const PV_RULE[PV_RULES];

/* What each claim on the good should get; the figures of the good. */
void pv_share_uniform(pv_share *s, pv_scarce *good);
void pv_share_market(pv_share *s);                 /* of all goods that have one */
void pv_share_turns(pv_share *s, pv_scarce *good); /* of the whole lot that the good belongs to */

#endif
