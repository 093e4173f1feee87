/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * privacy.h - sums about many people that say next to nothing about any one of them.
 *
 * What one household adds to all sums together is clipped, then every sum gets noise from the discrete Laplace distribution, drawn
 * exactly: with whole numbers and no rounding, because floating-point noise gives itself away (Mironov 2012).  Whoever sees the sums
 * can then tell hardly better than before whether a household took part: epsilon-differential privacy (Dwork et al. 2006).  A
 * ledger keeps account of all releases.  Method and sources: docs/methods/needs-estimation.md; no global state. */
#ifndef PLENTY_PRIVACY_H
#define PLENTY_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

/* ---- Randomness and noise (src/needs/privacy_noise.c) ------------------------------------------------------------------------------ */

/* Where random bytes come from.  Tests give their own, seeded; what is published must take those of pl_randomness_secure. */
typedef struct pl_randomness {
    void (*fill)(void *user, void *bytes, size_t n);
    void *user;
    uint8_t pool[512]; /* private */
    size_t left;
} pl_randomness;

/* Unpredictable ones (libsodium).  Errors: PL_IO (the machine has none). */
PL_API pl_status pl_randomness_secure(pl_randomness *out, pl_error *err) PL_CHECK;

#define PL_NOISE_TERM_MAX (INT64_C(1) << 40)

/* A whole number x with probability proportional to exp(-|x| numerator / denominator), exactly (Canonne, Kamath and Steinke 2020,
 * algorithms 1 and 2).  numerator, denominator: 1 to PL_NOISE_TERM_MAX.  About 20 random words. */
PL_API int64_t pl_discrete_laplace(pl_randomness *random, int64_t numerator, int64_t denominator);

/* ---- Private sums (src/needs/privacy.c) ---------------------------------------------------------------------------------------------- */

#define PL_EPSILON_UNIT 1000000          /* epsilon is given in millionths, so that budgets add up exactly */
#define PL_DELTA_UNIT INT64_C(1000000000000) /* delta in million-millionths */

typedef struct pl_private_settings {
    int64_t epsilon;    /* in millionths, > 0 */
    int64_t delta;      /* in million-millionths; 0: the cells are public, all of them are released */
    int64_t clip;       /* most that one household adds to all cells together, > 0 */
    int64_t clip_cell;  /* most that it adds to one cell; 0 = clip */
    int64_t least;      /* a cell is withheld unless so many households at their most would make up its noisy sum; 0 = no such floor */
} pl_private_settings;

/* What a household adds to a cell; negative amounts are returns. */
typedef struct pl_contribution {
    int32_t household, cell;
    int64_t amount;
} pl_contribution;

typedef struct pl_private_report {
    int64_t households, clipped; /* clipped: those that had more than clip, or than clip_cell somewhere */
    int64_t total, kept;         /* sum of |amounts| before and after clipping */
    int64_t threshold;           /* noisy sums below it are withheld; INT64_MIN = none */
    int32_t released, withheld;
    double error;                /* half of all noise is below this: the median of |noise| */
} pl_private_report;

/* Adds up clipped contributions into sum[n_cells], which merges exactly: the sums of parts of the households add up to those of
 * all.  A household over `clip` has each of its amounts cut to amount x clip / total, towards zero.  Several rows of one household and
 * cell count together.  Errors: PL_DATA (a household or cell out of range, amounts beyond 2^40), PL_NOMEM.  Cost: a sort. */
PL_API pl_status pl_private_clip(int64_t n, const pl_contribution *contributions, int32_t n_households, int32_t n_cells,
                                 const pl_private_settings *settings, int64_t *sum, pl_private_report *report, pl_error *err) PL_CHECK;

/* Adds noise to sums in place; released[cell] says which may be published (the others are set to 0).  The whole is (epsilon, delta)-
 * differentially private for a household; the cells' names are public when delta is 0, and a cell that is not must be without
 * contributions in none but a chance of delta.  Errors: PL_DATA (settings). */
PL_API pl_status pl_private_noise(int32_t n_cells, const pl_private_settings *settings, pl_randomness *random, int64_t *sum,
                                  bool *released, pl_private_report *report, pl_error *err) PL_CHECK;

/* ---- The ledger (src/needs/privacy_ledger.c) ------------------------------------------------------------------------------------------ */

/* A table (docs/formats/needs-estimation.md) of budgets, which a council sets, and of releases, each with what it cost.  What counts are the
 * releases since the last budget. */
typedef struct pl_ledger_entry {
    bool budget;
    char date[32], name[128]; /* "2027-03-01"; of the budget, or of what was released */
    int64_t epsilon, delta;   /* allowed, or spent */
    int64_t clip, cells;      /* of a release: clip, cells published */
    char decision[65];        /* of a budget: the motion by which the commons set it, in hexadecimal digits; "" when none is named */
    int64_t line;             /* in the file */
} pl_ledger_entry;

typedef struct pl_ledger {
    pl_ledger_entry *entry;
    int32_t n, budget;        /* budget: number of the last one, or -1 */
    int64_t epsilon, delta;   /* spent since; they add up (basic composition, Dwork and Roth 2014, theorem 3.16) */
    int32_t releases;
} pl_ledger;

/* Reads a ledger; a file that is not there is an empty one.  Errors: PL_PARSE, PL_DATA with file:line:column, PL_IO, PL_NOMEM. */
PL_API pl_status pl_ledger_load(const char *path, pl_ledger *out, pl_error *err) PL_CHECK;
PL_API void pl_ledger_clear(pl_ledger *ledger);
/* Adds an entry and writes the file, at once or not at all, before anything may be released.  A release that the budget does not allow is
 * refused: PL_REFUTED, nothing is written; so is one without a budget. */
PL_API pl_status pl_ledger_add(pl_ledger *ledger, const char *path, const pl_ledger_entry *entry, pl_error *err) PL_CHECK;

/* What the releases since the budget amount to by concentrated privacy (Bun and Steinke 2016): with rho = sum of epsilon^2 / 2, for every
 * delta rho + 2 sqrt(rho ln(1/delta)); often less than their sum when there are many.  delta > 0, as a number. */
PL_API double pl_ledger_concentrated(const pl_ledger *ledger, double delta);

#endif
