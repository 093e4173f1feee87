/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * estimate.h - estimates from samples and tables: reconciling them with what is known, and what follows from that.
 *
 * One kernel stands under most of it: the point nearest to an estimate that keeps linear constraints.  It makes forecasts
 * add up, weighs a sample to known margins, and balances tables of inputs and outputs.  Methods and sources:
 * docs/methods/needs-estimation.md; tables: docs/formats/needs-estimation.md.  No global state, no threads, no randomness but from
 * a seed: the same input gives the same bits. */
#ifndef PLENTY_ESTIMATE_H
#define PLENTY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

/* ---- The kernel: nearest point under linear constraints (src/needs/reconcile.c) ------------------------------------------------ */

/* What "near" means for the unknowns x with the estimate z and the freedom f (a weight of each unknown: the larger, the more
 * it may move):
 *
 *   quadratic  sum (x - z)^2 / 2f, within low <= x <= high.  With f the variances of the estimates: generalised least squares,
 *              MinT of forecast reconciliation (Wickramasuriya, Athanasopoulos and Hyndman 2019); with f = z and bounds the truncated
 *              linear method of calibration (Deville and Sarndal 1992, case 7).
 *   entropy    sum (|x| log(x/z) - |x| + |z|) / f, x of the sign of z: raking, RAS; with cells of both signs GRAS (Junius and
 *              Oosterhaven 2003).  What is zero stays zero.
 *   logit      like entropy, but strictly within low < x < high (Deville and Sarndal 1992, case 6); low < z < high. */
typedef enum pl_distance { PL_QUADRATIC, PL_ENTROPY, PL_LOGIT } pl_distance;

/* Constraints C x = target by unknown: those in which unknown i stands are row[start[i]] .. row[start[i + 1] - 1], each at most
 * once, in any order.  All borrowed. */
typedef struct pl_constraints {
    int32_t n, m; /* unknowns, constraints */
    const int64_t *start;
    const int32_t *row;
    const double *factor; /* of each entry; NULL = all 1 */
    const double *target; /* m of them */
} pl_constraints;

/* All zero (or NULL for it) gives what stands in brackets. */
typedef struct pl_reconcile_settings {
    pl_distance distance;
    const double *freedom;     /* n, > 0; 0 holds the unknown as it is [all 1] */
    const double *low, *high;  /* n; quadratic: may be infinite [no bounds]; logit: needed; entropy: not used */
    double tolerance;          /* a constraint is kept when it misses by at most this part of its size [1e-9] */
    int32_t steps;             /* of Newton's method, at most [200] */
    const pl_progress *progress;
} pl_reconcile_settings;

typedef enum pl_reconcile_outcome {
    PL_RECONCILED,
    PL_EMPTY_ROW,  /* no unknown that could move stands in `clash[0]`, and its target is not kept */
    PL_IMPOSSIBLE, /* the rows of `clash` contradict one another, or the signs or bounds of the unknowns */
    PL_UNFINISHED  /* out of steps: `clash` are the rows that miss by most; a wide gap between unknowns, or nearly impossible */
} pl_reconcile_outcome;

#define PL_CLASH_MAX 8
typedef struct pl_reconciled {
    pl_reconcile_outcome outcome;
    double residual; /* largest |C x - target| as a part of the row's size: max(|target|, sum |factor x|) */
    double distance; /* as defined above */
    int32_t steps;   /* of Newton's method */
    int32_t n_bound; /* unknowns at a bound, or that had to become zero */
    int32_t n_clash, clash[PL_CLASH_MAX]; /* the rows that matter most, worst first */
} pl_reconciled;

/* Puts the nearest point into x (n of them; `x` may be `estimate`).  price: m multipliers, or NULL: x_i depends on the sum of
 * factor times price over its rows, which proves that no point is nearer.  An impossible system is an outcome, not an error; x is
 * then the last point tried.  Method: Newton's on the dual, whose matrix C F' C' is factored when there are few rows, else used in
 * conjugate gradients.  Cost: a few steps of nnz x rows of an unknown (few rows), or nnz for each of some hundred products.
 * Errors: PL_DATA (a number that is none, an estimate outside its bounds; subject "unknown 12" or "constraint 3"), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_reconcile(const pl_constraints *constraints, const double *estimate, const pl_reconcile_settings *settings,
                              double *x, double *price, pl_reconciled *report, pl_error *err) PL_CHECK;

/* A tree, or several over the same leaves, as constraints for pl_reconcile: series 0 .. n_leaves - 1 are leaves, the others
 * (n_leaves .. n_leaves + n_sums - 1) sums of leaves.  leaf_start, sums: the sums in which leaf i stands are sums[leaf_start[i]] ..
 * (numbers from 0 to n_sums - 1).  Constraint k: sum k minus its leaves = 0.  Owned by the caller: pl_constraints_free. */
PL_API pl_status pl_constraints_sums(int32_t n_leaves, int32_t n_sums, const int64_t *leaf_start, const int32_t *sums,
                                     pl_constraints *out, pl_error *err) PL_CHECK;
PL_API void pl_constraints_free(pl_constraints *constraints); /* only of those that a function of this header made */

/* ---- From a sample to everybody (src/needs/calibrate.c) --------------------------------------------------------------------------- */

/* What is known about all: how many units (or how much of `value`) fall to each level.  Borrowed. */
typedef struct pl_margin {
    const char *name;
    const char *const *level_name; /* for messages; NULL = numbers from 0 */
    int32_t n_levels;
    const double *total;  /* of each level, in the population */
    const int32_t *level; /* of each unit; -1 = in none: the unit is not counted there */
    const double *value;  /* of each unit: what is added up; NULL = 1, units are counted */
} pl_margin;

typedef enum pl_calibration {
    PL_RAKING,      /* entropy; no bounds */
    PL_LINEAR,      /* quadratic: truncated where there are bounds; without them weights may become negative */
    PL_LOGIT_BOUNDS /* logit, within bounds */
} pl_calibration;

/* All zero gives raking. */
typedef struct pl_calibrate_settings {
    pl_calibration method;
    double low, high;      /* within which weight/old weight must stay; low < 1 < high; both 0 = no bounds */
    double tolerance;      /* of a margin's level, relative [1e-9] */
    const pl_progress *progress;
} pl_calibrate_settings;

typedef struct pl_calibrated {
    int32_t cycles;       /* through all margins (raking), then */
    int32_t steps;        /* Newton's, where cycles alone would take too long */
    double residual;      /* of the margins, relative */
    double design_effect; /* of the new weights: n sum w^2 / (sum w)^2 (Kish 1965) */
    double least, most;   /* new weight / old weight */
    int32_t margin, level; /* what an error is about, or -1 */
} pl_calibrated;

/* Weights as near as possible to `weight` (n of them, >= 0) with which the sample has the margins of the population; into `out`, which may
 * be `weight`.  Raking goes through the margins in turn (Deming and Stephan 1940) and hands over to the kernel where that would take
 * long.  Cost: n additions and multiplications for each margin and cycle.
 * Errors: PL_DATA: a level with a total but without units, margins that do not add up to one number, totals that contradict one
 * another or the bounds, a weight that is negative or no number (report->margin, level say which; the subject is "margin=level");
 * PL_NUMERIC (nearly impossible: `out` is as near as it got), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_calibrate(int32_t n, const double *weight, int32_t n_margins, const pl_margin *margins,
                              const pl_calibrate_settings *settings, double *out, pl_calibrated *report, pl_error *err) PL_CHECK;

PL_API double pl_design_effect(const double *weight, int32_t n);

/* ---- How sure: replicates (src/needs/calibrate_replicate.c) ------------------------------------------------------------------------ */

typedef enum pl_replication {
    PL_JACKKNIFE, /* one cluster of a stratum left out at a time (JK1, JKn) */
    PL_BRR        /* balanced half samples: of each stratum one of two clusters (McCarthy 1966), with Fay's factor */
} pl_replication;

typedef struct pl_design {
    int32_t n, n_strata, n_replicates;
    pl_replication kind;
    double fay;             /* part of its weight that a cluster keeps when it is left out of a half sample, 0 to 1 */
    int32_t *stratum, *part; /* of each unit: its stratum, and which of the stratum's parts (clusters, or groups of them) */
    int32_t *parts, *first; /* of each stratum: how many parts; the first replicate that leaves one of them out */
} pl_design;

/* stratum, cluster: of each unit, numbers from 0; NULL: one stratum; every unit a cluster.  A stratum with more than `groups` clusters (0 =
 * no such limit) has them dealt into that many groups in the order of first appearance (delete-a-group jackknife, Kott 2001); for
 * PL_BRR they are always dealt into two.  Errors: PL_DATA (a stratum with a single cluster), PL_TOOBIG, PL_NOMEM. */
PL_API pl_status pl_design_new(int32_t n, const int32_t *stratum, const int32_t *cluster, pl_replication kind, int32_t groups,
                               double fay, pl_design *out, pl_error *err) PL_CHECK;
PL_API void pl_design_clear(pl_design *design);
/* The weights of replicate r (before calibration). */
PL_API void pl_design_weights(const pl_design *design, int32_t r, const double *weight, double *out);
/* The variance is the sum of factor_r (estimate_r - estimate)^2. */
PL_API double pl_design_factor(const pl_design *design, int32_t r);

typedef struct pl_estimate {
    double value, error; /* error: standard error */
} pl_estimate;
/* What is asked about a variable: its total, or its mean over `over` (NULL = over units).  Units with NaN are left out of it. */
typedef struct pl_question {
    const double *of, *over;
    bool total;
} pl_question;
/* Answers from weights that are calibrated anew for each replicate (n_margins may be 0).  design NULL: no errors (NaN).
 * Errors: those of pl_calibrate. */
PL_API pl_status pl_survey(int32_t n, const double *weight, int32_t n_margins, const pl_margin *margins,
                           const pl_calibrate_settings *settings, const pl_design *design, int32_t n_questions,
                           const pl_question *questions, pl_estimate *out, pl_calibrated *report, pl_error *err) PL_CHECK;

#endif
