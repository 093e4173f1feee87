/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * model.h - an economy as a linear programme: rows are balances of goods, then resources that have a
 * limit; columns are recipes, imports, exports, draws from stocks.  Deliveries stand on the right-hand
 * side, or in columns that a stage adds (theta; deliveries of a weighted stage).
 * The formulas: docs/formats/plan.md, "The model". */
#ifndef PLENTY_PLAN_MODEL_H
#define PLENTY_PLAN_MODEL_H

#include <plenty/plan.h>

#include "solve/lp.h"

typedef enum pl_column_kind {
    PL_COLUMN_RECIPE,
    PL_COLUMN_IMPORT,
    PL_COLUMN_EXPORT,
    PL_COLUMN_DRAW
} pl_column_kind;

typedef struct pl_model {
    const pl_economy *economy; /* borrowed */
    pl_lp lp;                  /* arrays owned by the model; costs zero, demand zero */
    /* Column j: recipes come first (j = recipe), then the rest. */
    const uint8_t *column_kind;  /* pl_column_kind */
    const int32_t *column_index; /* recipe, or good */
    /* Rows: good g is row g; row n_goods + k is the resource limited[k]. */
    const int32_t *limited;
    int32_t n_limited;
    const int32_t *resource_row; /* by resource: its row, or -1 */
    struct pl_model_storage *storage;
} pl_model;

/* Builds the model.  Returns owned.  Errors: PL_NOMEM, PL_TOOBIG. */
pl_status pl_model_new(const pl_economy *economy, pl_model **out, pl_error *err) PL_CHECK;
/* The same for Newton steps alone, in a third of the memory: coefficients are read from the tables of the economy
 * (lp.amounts; val is NULL), and there are neither costs nor lower bounds (all 0) nor hints.  base: the economy
 * that has the file mapped, whose pages are let go when they were read. */
pl_status pl_model_new_lean(const pl_economy *economy, const pl_economy *base, pl_model **out, pl_error *err) PL_CHECK;
/* Coefficients of column j, as its rows stand in lp.row.  Of a lean model they are valid until the next call, and the
 * columns should be gone through from the first to the last. */
const double *pl_model_amounts(const pl_model *model, int32_t j);
void pl_model_free(pl_model *model); /* accepts NULL */

/* The linear programme of one stage (1 = first) of a finished plan, with all its columns and costs, as a
 * minimisation: for export as MPS, and for asking "what if".  The stage's own columns (theta, or the
 * deliveries of a weighted stage) come last.  The arrays belong to *out (free with pl_stage_lp_free). */
typedef struct pl_stage_lp {
    pl_lp lp;
    int32_t n_model_columns; /* columns of the model; those of the stage follow */
    double sign, offset;     /* the stage's value = sign * minimum + offset */
    struct pl_stage_lp_storage *storage;
} pl_stage_lp;
pl_status pl_stage_lp_new(const pl_model *model, const pl_plan *plan, int32_t stage,
                          pl_stage_lp *out, pl_error *err) PL_CHECK;
void pl_stage_lp_free(pl_stage_lp *stage);

/* What stage `number` of a finished plan must deliver whatever it raises (D), what it raises (a; zero in stages that
 * raise nothing), both by good, and the ceiling of theta (infinite = none): docs/formats/plan.md. */
void pl_stage_demand(const pl_economy *economy, const pl_plan *plan, int32_t number, double *demand, double *raised,
                     double *ceiling);

/* Column j's profit at prices y (by good) and rho (by resource), costs of a least stage's objective not
 * included: value of its flows less value of the resources it uses. */
double pl_model_profit(const pl_model *model, int32_t j, const double *good_price,
                       const double *resource_price);

/* Costs of a least stage, by column of the model; all zero when n is 0. */
void pl_objective_costs(const pl_model *model, const char *const *objective, int32_t n,
                        double *costs);

/* Bytes of a model of that size. */
double pl_model_memory(double rows, double columns, double nonzeros);
double pl_model_memory_lean(double rows, double columns, double nonzeros);

#endif
