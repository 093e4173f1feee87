/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sweep.h - values and gross outputs of millions of goods by monotone sweeps.
 *
 * With one output for each recipe, the matrix I - A of any choice of recipes is an M-matrix.  From nothing upwards, values
 *     v(g) = min over the recipes of g of (cost + inputs valued at markup * v) / amount made
 * rise to the least solution when there is one (the non-substitution theorem, Samuelson 1951: the cheapest recipes do
 * not depend on what is needed), and gross outputs x = d + A x to what the needs d take.  Cost of a sweep: one pass
 * over the coefficients; each sweep shrinks the error by about the share of inputs in value.  From an earlier answer to
 * nearly the same question fewer sweeps do (policy iteration, Howard 1960); values and outputs then move either way. */
#ifndef PLENTY_SPARSE_SWEEP_H
#define PLENTY_SPARSE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

/* Compressed columns; negative: input, positive: output.  Borrowed. */
typedef struct pl_sparse {
    int32_t n_rows, n_columns;
    const int64_t *start; /* n_columns + 1 */
    const int32_t *index;
    const double *amount;
} pl_sparse;

/* Who makes what: the columns that make good g are column[start[g]] .. column[start[g+1] - 1]. */
typedef struct pl_makers {
    int32_t *start, *column;
    double *output; /* by column: what it makes of its good; 0 = nothing */
} pl_makers;

/* *single is false, and there are no makers, when a column has several outputs.  Columns without output make nothing. */
pl_status pl_makers_new(const pl_sparse *flows, int threads, pl_makers *out, bool *single, pl_error *err) PL_CHECK;
void pl_makers_clear(pl_makers *makers);

/* Cost of one unit of what column c makes, which itself costs `cost` a level. */
double pl_sweep_unit_cost(const pl_sparse *flows, const pl_makers *makers, int32_t c, double cost, double markup,
                          const double *value);

typedef struct pl_sweep_settings {
    double tolerance; /* largest relative change in the last sweep */
    int most;         /* sweeps */
    double markup;    /* on inputs: 1 = values; 1 + r = prices of production at the rate r */
    const pl_progress *progress;
    int threads;      /* 1 or 2; 0 = 1.  The same bits: many goods are always swept in two halves */
    bool again;       /* `value` and `chosen` are an earlier answer, which may be too high or too low: values move either way,
                         and only every fourth sweep looks at all columns, the others at the chosen ones.  No bounds then */
    bool leap;        /* from nothing in fewer sweeps: between two of them the answers are extrapolated.  They move either way; no
                         bounds then (pl_sweep_too_high finds one of values) */
} pl_sweep_settings;

typedef struct pl_sweep_result {
    int sweeps;
    double change; /* the largest relative one in the last sweep */
    bool settled;  /* within the tolerance */
} pl_sweep_result;

/* Raises value[n_rows] (start: 0, or anything known to be too low) and says the cheapest column of each good, -1 where
 * nothing makes it (value infinite).  cost[n_columns] >= 0.  PL_STOPPED leaves values that are still bounds. */
pl_status pl_sweep_values(const pl_sparse *flows, const pl_makers *makers, const double *cost,
                          const pl_sweep_settings *settings, double *value, int32_t *chosen, pl_sweep_result *result,
                          pl_error *err) PL_CHECK;

/* The true values are at most (1 + the result) times `value` (values at markup of the columns `chosen`); infinite when
 * that cannot be said: a good whose recipe has no cost of its own. */
double pl_sweep_above(const pl_sparse *flows, const pl_makers *makers, const int32_t *chosen, const double *cost,
                      double markup, const double *value, int threads);

/* The least e so that (1 - e) times `value` lets no column gain; 1 or more when that cannot be said: a column has no cost of its
 * own, but gains. */
double pl_sweep_too_high(const pl_sparse *flows, const pl_makers *makers, const double *cost, const double *value, int threads);

/* What makes each good, and what for. */
typedef struct pl_output_task {
    const int32_t *chosen; /* by good: the column that makes it, -1 = none; or */
    const double *share;   /* by column: its part of what is made of its good, adding up to 1, where several do (else NULL) */
    const double *demand;  /* by good */
    const double *value;   /* NULL; or by good: `level` then holds an earlier answer to begin with, levels move either way, and
                              the tolerance is for the value of what moves, in parts of the value of the demand */
} pl_output_task;

/* Levels by good of its chosen column (with shares: what is made of the good), so that at least demand[n_rows] is left over,
 * but for the tolerance (relative to the gross output).  need[n_rows]: workspace; in the end what each good is asked for in
 * all.  Not settled also when a good is needed that nothing makes. */
pl_status pl_sweep_outputs(const pl_sparse *flows, const pl_makers *makers, const pl_output_task *task,
                           const pl_sweep_settings *settings, double *level, double *need, pl_sweep_result *result,
                           pl_error *err) PL_CHECK;

#endif
