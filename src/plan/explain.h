/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain.h - what the files that explain a plan share. */
#ifndef PLENTY_PLAN_EXPLAIN_H
#define PLENTY_PLAN_EXPLAIN_H

#include <plenty/explain.h>

#include "base/arena.h"
#include "plan/model.h"

struct pl_explanation_storage {
    pl_arena arena;
};

/* A stage as the explanations see it: its prices, and what its objective adds up. */
typedef struct pl_explained {
    const pl_economy *e;
    const pl_plan *plan;
    pl_model *model;
    const pl_stage *stage;
    int32_t number;
    double *cost;               /* by resource: its weight in the objective of a least stage, 0 or 1 */
    double import_cost, level_cost;
    pl_arena *arena;            /* of the explanation */
} pl_explained;

/* Opens stage number `number`; memory comes from the arena, the model is to be freed with pl_model_free(v->model). */
pl_status pl_view_open(pl_explained *v, const pl_economy *e, const pl_plan *plan, int32_t number, pl_arena *arena,
                       pl_error *err) PL_CHECK;

/* A node of the chain: a good, or an element (what a price consists of in the end).  Numbers: goods first, then limited
 * resources, limits of columns, resources as part of the objective, value of imports, levels. */
static inline int32_t pl_node_limit(const pl_explained *v, int32_t resource)
{
    return v->e->n_goods + resource;
}
static inline int32_t pl_node_rent(const pl_explained *v, int32_t column)
{
    return v->e->n_goods + v->e->n_resources + column;
}
static inline int32_t pl_node_cost(const pl_explained *v, int32_t resource)
{
    return v->e->n_goods + v->e->n_resources + v->model->lp.n + resource;
}
static inline int32_t pl_node_imports(const pl_explained *v)
{
    return v->e->n_goods + 2 * v->e->n_resources + v->model->lp.n;
}
static inline int32_t pl_node_levels(const pl_explained *v)
{
    return pl_node_imports(v) + 1;
}
static inline int32_t pl_nodes(const pl_explained *v)
{
    return pl_node_imports(v) + 2;
}

/* One term of a column at the stage's prices: value > 0 is what it takes, < 0 what it gives, per unit of level. */
typedef struct pl_term {
    int32_t node;
    double value;
} pl_term;

/* The terms of column j into out (room: pl_terms_room); a rent makes takes and gives equal where the column's limit is
 * used up.  *profit: what the column gives above what it takes, before rent. */
int32_t pl_terms(const pl_explained *v, int32_t j, pl_term *out, double *profit);
int32_t pl_terms_room(const pl_explained *v);
/* Level, or amount traded, of column j in the plan. */
double pl_column_value(const pl_explained *v, int32_t j);

/* explain_chain.c: elements and chain of the good's price. */
pl_status pl_explain_chain(const pl_explained *v, int32_t good, int32_t depth, pl_explanation *out, pl_error *err) PL_CHECK;
/* explain_margin.c: one more, one less. */
pl_status pl_explain_margins(const pl_explained *v, const pl_explain_settings *settings, pl_explanation *out,
                             pl_error *err) PL_CHECK;

#endif
