/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * estimate.h - estimates from samples and tables: reconciling them with what is known, and what follows from that.
 *
 * One kernel stands under most of it: the point nearest to an estimate that keeps linear constraints (reconcile.h).  It makes forecasts
 * add up, weighs a sample to known margins, and balances tables of inputs and outputs.  Methods and sources:
 * docs/methods/needs-estimation.md; tables: docs/formats/needs-estimation.md.  No global state, no threads, no randomness but from
 * a seed: the same input gives the same bits. */
#ifndef PLENTY_ESTIMATE_H
#define PLENTY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/reconcile.h>
#include <plenty/status.h>

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
typedef struct pl_estimand {
    const double *of, *over;
    bool total;
} pl_estimand;
/* Answers from weights that are calibrated anew for each replicate (n_margins may be 0).  design NULL: no errors (NaN).
 * Errors: those of pl_calibrate. */
PL_API pl_status pl_survey(int32_t n, const double *weight, int32_t n_margins, const pl_margin *margins,
                           const pl_calibrate_settings *settings, const pl_design *design, int32_t n_questions,
                           const pl_estimand *questions, pl_estimate *out, pl_calibrated *report, pl_error *err) PL_CHECK;

/* ---- From what people buy to what must be made (src/needs/bridge.c) --------------------------------------------------------------- */

/* A bridge from categories of purchases, at the prices people pay, to goods at producers' prices.  What a good costs at the till is what its
 * producer gets and the margins of transport, wholesale and retail; these are made by other goods, which supply the margin.
 * Tables and an example: docs/formats/needs-estimation.md.  Texts are owned. */
#define PL_BRIDGE_MARGINS 8
typedef struct pl_bridge_good {
    const char *id;
    double producers, purchasers;      /* observed spending on it, at both prices */
    double margin[PL_BRIDGE_MARGINS];  /* of each kind, in that spending */
} pl_bridge_good;
typedef struct pl_bridge_link { /* part of a category's spending that goes to a good (-1: left out), at purchasers' prices */
    int32_t category, good;
    double share;
} pl_bridge_link;
typedef struct pl_bridge_supplier { /* which part of a margin a good supplies */
    int32_t margin, good;
    double share;
} pl_bridge_supplier;

typedef struct pl_bridge {
    int32_t n_goods, n_categories, n_margins, n_links, n_suppliers;
    pl_bridge_good *goods;
    const char **category, **margin; /* names */
    pl_bridge_link *links;           /* by category */
    pl_bridge_supplier *suppliers;   /* by margin */
    struct pl_bridge_store *store;   /* private */
} pl_bridge;

/* Reads the three tables: goods of each category; margins of each good; suppliers of each margin.  Errors: PL_PARSE, PL_DATA with the
 * place (an unknown good, shares that do not add up to 1, a good without spending, a margin nobody supplies ...), PL_NOTFOUND, PL_IO, PL_NOMEM. */
PL_API pl_status pl_bridge_load(const char *goods_path, const char *margins_path, const char *suppliers_path, pl_bridge **out,
                                pl_error *err) PL_CHECK;
PL_API void pl_bridge_free(pl_bridge *bridge);
PL_API int32_t pl_bridge_category(const pl_bridge *bridge, const char *name); /* its number, or -1 */

/* spending: by category, at purchasers' prices.  own, margins: by good, what is asked of it at producers' prices, for itself and as a margin
 * of others; together they add up to the spending that is not left out.  covered: by good, whether a category leads to it.  Any may be NULL. */
PL_API void pl_bridge_apply(const pl_bridge *bridge, const double *spending, double *own, double *margins, bool *covered);
/* Observed spending, at purchasers' prices, on the goods that the bridge covers. */
PL_API double pl_bridge_observed(const pl_bridge *bridge);

/* ---- Asking people: choice experiments (src/needs/choice.c) ------------------------------------------------------------------------- */

/* Tasks, each with some alternatives of which a person named the best, and perhaps the worst.  Borrowed. */
typedef struct pl_choices {
    int32_t n_tasks, n_people, n_attributes;
    const int64_t *start;  /* alternatives of task t are rows start[t] .. start[t + 1] - 1 of x */
    const double *x;       /* rows x attributes */
    const int32_t *best;   /* of each task, counted within it from 0 */
    const int32_t *worst;  /* likewise, -1 = not asked; NULL: never asked */
    const int32_t *person; /* of each task */
} pl_choices;

typedef struct pl_choice_fit {
    double log_likelihood, null; /* null: when all alternatives are as likely */
    int32_t steps;
} pl_choice_fit;

/* The multinomial logit (McFadden 1974): P(best = j) = exp(x_j b) / sum exp(x b); the worst is chosen among the others with -b (Louviere,
 * Flynn and Marley 2015).  b and its standard errors, n_attributes of each.  Errors: PL_DATA (no tasks), PL_NUMERIC (an attribute that does not
 * vary within tasks, or that predicts every choice), PL_NOMEM.  Cost: some steps of rows x attributes^2. */
PL_API pl_status pl_choice_pooled(const pl_choices *choices, double *b, double *error, pl_choice_fit *fit, pl_error *err) PL_CHECK;

/* Tastes of each person b_p ~ N(mean, covariance), all three estimated together: empirical Bayes, by the EM method with the normal
 * approximation of each person's posterior.  mean (n_attributes), covariance (its square), people (n_people x n_attributes: the
 * most likely tastes, drawn towards the mean the more the less a person said).  The same errors; PL_STOPPED. */
PL_API pl_status pl_choice_people(const pl_choices *choices, double *mean, double *covariance, double *people, pl_choice_fit *fit,
                                  const pl_progress *progress, pl_error *err) PL_CHECK;

typedef struct pl_choice_score {
    double hits, log_score; /* part of tasks whose best was foreseen; mean logarithm of its probability */
    double chance, chance_log;
} pl_choice_score;
/* How well tastes foresee choices: b, or people[person] where `people` is not NULL. */
PL_API void pl_choice_judge(const pl_choices *choices, const double *b, const double *people, pl_choice_score *out);

/* ---- What changes when prices and incomes change (src/needs/demand.c) ----------------------------------------------------------------- */

typedef enum pl_price_index {
    PL_STONE_LAGGED, /* sum of last period's shares times log prices: the first period serves for that alone */
    PL_STONE         /* of the same period's shares */
} pl_price_index;

/* Budget shares w_i = alpha_i + sum_j gamma_ij ln p_j + beta_i ln(x / P): the linear approximation of the almost ideal demand system
 * (Deaton and Muellbauer 1980), with adding-up, homogeneity and symmetry imposed.  Arrays are owned: pl_demand_clear. */
typedef struct pl_demand {
    int32_t n;                    /* goods */
    int32_t n_periods;            /* used */
    double *alpha, *beta, *share; /* n; share: mean budget shares, at which the elasticities hold */
    double *gamma;                /* n x n */
    double *alpha_error, *beta_error, *gamma_error;
    double *income, *income_error; /* expenditure elasticities 1 + beta_i / w_i */
    double *price, *price_error;   /* n x n: Marshall's, (gamma_ij - beta_i w_j) / w_i - [i = j]: of good i by the price of j */
    double *r2;                    /* n: of the shares */
    bool negative;                 /* the substitution matrix is negative semidefinite, as it should be */
} pl_demand;

/* shares, prices: periods x goods; total: expenditure by period.  Method: seemingly unrelated regressions in two steps (Zellner 1962), the
 * last equation following from the others.  Errors: PL_DATA (shares that do not add up to 1 or are negative, prices or expenditure not above 0,
 * too few periods; subject "period 3"), PL_NUMERIC (prices that move together), PL_NOMEM. */
PL_API pl_status pl_demand_fit(int32_t n_periods, int32_t n_goods, const double *shares, const double *prices, const double *total,
                               pl_price_index index, pl_demand *out, pl_error *err) PL_CHECK;
PL_API void pl_demand_clear(pl_demand *demand);

/* ---- What a product is: classifying texts (src/needs/classify.c) ------------------------------------------------------------------------ */

#define PL_CLASSES_MAX 4096
#define PL_COVERAGE_ROWS 10
typedef struct pl_coverage { /* of the texts, those the model is surest of */
    double part, confidence, accuracy; /* which part; the least confidence among them; how many of them are right */
} pl_coverage;
typedef struct pl_classify_report {
    int32_t texts, features, classes; /* different texts that were judged; classes that occur */
    int32_t seeds, ambiguous;         /* different texts that were only learnt from; texts that came with several labels */
    double accuracy, macro_f1;        /* on texts that the model had not seen (cross-validation by different texts) */
    double temperature;               /* by which scores are divided so that a confidence of 0.9 is right nine times out of ten */
    double calibration;               /* how far confidence and accuracy are apart on average (in ten groups) */
    pl_coverage coverage[PL_COVERAGE_ROWS]; /* the surest 10 %, 20 %, ... of all */
} pl_classify_report;
typedef struct pl_classifier pl_classifier;

typedef struct pl_classify_settings { /* all zero: what stands in brackets */
    int32_t epochs; /* [8] */
    int32_t folds;  /* [5] of cross-validation, at least 2 */
    uint64_t seed;  /* of the order of texts */
    int32_t n_seeds; /* the last so many texts are learnt from, but not judged: names of classes, texts of another source [0] */
    const pl_progress *progress;
} pl_classify_settings;

/* A model from labelled texts (label: 0 .. n_classes - 1): multinomial logistic regression on words and on groups of 3 to 5 letters, trained by
 * AdaGrad (Duchi, Hazan and Singer 2011), its confidence calibrated by temperature (Guo et al. 2017).  Texts that differ only in case, spaces and
 * punctuation count as one; when their labels differ, the one given most often holds.  Cost: epochs x (folds + 1) x texts x features of a text x classes.
 * Errors: PL_DATA (fewer than two classes, or ten different texts), PL_TOOBIG, PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_classify_train(int32_t n, const char *const *texts, const int32_t *labels, int32_t n_classes,
                                   const pl_classify_settings *settings, pl_classifier **out, pl_classify_report *report,
                                   pl_error *err) PL_CHECK;
PL_API void pl_classifier_free(pl_classifier *model);
/* The likeliest class, and the second (or -1); confidence: the probability of the first.  Errors: PL_NOMEM. */
PL_API pl_status pl_classify(const pl_classifier *model, const char *text, int32_t *first, int32_t *second, double *confidence,
                             pl_error *err) PL_CHECK;
/* The least confidence at which the surest texts are right to a part `accuracy`, from cross-validation; 2 when there is none. */
PL_API double pl_classify_threshold(const pl_classifier *model, double accuracy);

#endif
