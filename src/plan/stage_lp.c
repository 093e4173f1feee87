/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * stage_lp.c - the linear programme of one stage of a finished plan. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "plan/model.h"

struct pl_stage_lp_storage {
    pl_arena arena;
};

typedef struct building {
    const pl_model *model;
    const pl_plan *plan;
    const pl_stage *stage;
    int32_t number;
    double *demand, *raised; /* by good: D and a */
    int32_t extra;           /* columns of the stage */
    double ceiling;          /* of theta */
} building;

/* Is the need raised by the stage? */
static bool is_raised(const pl_plan *plan, int32_t number, const pl_need *need, int32_t settled)
{
    const pl_stage *stage = &plan->stages[number - 1];
    switch (stage->goal) {
    case PL_RAISE:
        return need->tier == stage->tier && settled >= number;
    case PL_RAISE_MOST:
        return settled == number;
    default:
        return false;
    }
}

static double fixed_delivery(const pl_plan *plan, int32_t number, const pl_need *need, int32_t k)
{
    switch (plan->stages[number - 1].goal) {
    case PL_RAISE: /* settled before: as settled; active or later: the floor */
        return plan->settled[k] < number ? plan->delivered[k] : need->floor;
    case PL_RAISE_MOST:
        return is_raised(plan, number, need, plan->settled[k]) ? 0 : plan->delivered[k];
    case PL_MAX_WEIGHTED:
        return need->floor;
    default:
        return plan->delivered[k];
    }
}

void pl_stage_demand(const pl_economy *e, const pl_plan *plan, int32_t number, double *demand, double *raised,
                     double *ceiling)
{
    memset(demand, 0, sizeof *demand * (size_t)e->n_goods);
    memset(raised, 0, sizeof *raised * (size_t)e->n_goods);
    *ceiling = (double)INFINITY;
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        demand[need->good] += fixed_delivery(plan, number, need, k);
        if (!is_raised(plan, number, need, plan->settled[k])) {
            continue;
        }
        if (plan->stages[number - 1].goal == PL_RAISE) {
            raised[need->good] += need->weight * (need->amount - need->floor);
            *ceiling = fmin(*ceiling, 1 / need->weight);
        } else {
            raised[need->good] += need->amount;
        }
    }
}

typedef struct arrays {
    int64_t *start;
    int32_t *row;
    double *val, *cost, *lo, *hi, *row_lo, *row_hi, *expected;
} arrays;

static bool allocate(arrays *x, pl_arena *a, const pl_lp *lp, int32_t n, int64_t nonzeros)
{
    x->start = PL_ARENA_NEW(a, int64_t, n + 1);
    x->row = PL_ARENA_NEW(a, int32_t, nonzeros);
    x->val = PL_ARENA_NEW(a, double, nonzeros);
    x->cost = PL_ARENA_NEW(a, double, n);
    x->lo = PL_ARENA_NEW(a, double, n);
    x->hi = PL_ARENA_NEW(a, double, n);
    x->expected = PL_ARENA_NEW(a, double, n);
    x->row_lo = PL_ARENA_NEW(a, double, lp->m);
    x->row_hi = PL_ARENA_NEW(a, double, lp->m);
    return x->start != NULL && x->row != NULL && x->val != NULL && x->cost != NULL &&
           x->lo != NULL && x->hi != NULL && x->expected != NULL && x->row_lo != NULL &&
           x->row_hi != NULL;
}

static void copy_model(const arrays *x, const pl_lp *lp, const building *b)
{
    int32_t goods = b->model->economy->n_goods;
    memcpy(x->start, lp->start, sizeof *x->start * ((size_t)lp->n + 1));
    memcpy(x->row, lp->row, sizeof *x->row * (size_t)lp->start[lp->n]);
    memcpy(x->val, lp->val, sizeof *x->val * (size_t)lp->start[lp->n]);
    memcpy(x->lo, lp->lo, sizeof *x->lo * (size_t)lp->n);
    memcpy(x->hi, lp->hi, sizeof *x->hi * (size_t)lp->n);
    memcpy(x->expected, lp->expected, sizeof *x->expected * (size_t)lp->n);
    pl_objective_costs(b->model, b->stage->objective, b->stage->n_objective, x->cost);
    for (int32_t i = 0; i < lp->m; i++) {
        x->row_lo[i] = i < goods ? b->demand[i] : lp->row_lo[i];
        x->row_hi[i] = i < goods && isfinite(lp->row_hi[i]) ? b->demand[i] : lp->row_hi[i];
    }
}

static void add_columns(const arrays *x, const building *b)
{
    const pl_economy *e = b->model->economy;
    int32_t n = b->model->lp.n;
    int64_t nonzeros = x->start[n];
    if (b->stage->goal == PL_RAISE || b->stage->goal == PL_RAISE_MOST) {
        for (int32_t g = 0; g < e->n_goods; g++) {
            if (b->raised[g] != 0) {
                x->row[nonzeros] = g;
                x->val[nonzeros++] = -b->raised[g];
            }
        }
        x->cost[n] = -1;
        x->lo[n] = 0;
        x->hi[n] = b->ceiling;
        x->expected[n] = 1;
        x->start[n + 1] = nonzeros;
    }
    for (int32_t k = 0; b->stage->goal == PL_MAX_WEIGHTED && k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        x->row[nonzeros] = need->good;
        x->val[nonzeros++] = -1;
        x->cost[n + k] = -need->weight;
        x->lo[n + k] = 0;
        x->hi[n + k] = need->amount - need->floor;
        x->expected[n + k] = need->amount;
        x->start[n + k + 1] = nonzeros;
    }
}

pl_status pl_stage_lp_new(const pl_model *model, const pl_plan *plan, int32_t stage,
                          pl_stage_lp *out, pl_error *err)
{
    if (plan->outcome != PL_PLANNED || stage < 1 || stage > plan->n_stages) {
        return pl_fail(err, PL_USAGE, "stage", NULL, "the plan has no stage %d to solve", stage);
    }
    const pl_economy *e = model->economy;
    pl_arena arena;
    pl_arena_init(&arena, 0);
    building b = {.model = model, .plan = plan, .stage = &plan->stages[stage - 1], .number = stage};
    b.demand = PL_ARENA_NEW(&arena, double, e->n_goods);
    b.raised = PL_ARENA_NEW(&arena, double, e->n_goods);
    b.extra = b.stage->goal == PL_MAX_WEIGHTED ? e->n_needs : b.stage->goal == PL_USE_LEAST ? 0 : 1;
    struct pl_stage_lp_storage *storage = PL_ARENA_NEW(&arena, struct pl_stage_lp_storage, 1);
    arrays x;
    int32_t n = model->lp.n + b.extra;
    int64_t room = model->lp.start[model->lp.n] + (e->n_goods > b.extra ? e->n_goods : b.extra);
    if (b.demand == NULL || b.raised == NULL || storage == NULL ||
        !allocate(&x, &arena, &model->lp, n, room)) {
        pl_arena_clear(&arena);
        return pl_fail_nomem(err, "the programme of a stage");
    }
    pl_stage_demand(e, plan, stage, b.demand, b.raised, &b.ceiling);
    copy_model(&x, &model->lp, &b);
    add_columns(&x, &b);
    storage->arena = arena;
    *out = (pl_stage_lp){.n_model_columns = model->lp.n,
                         .sign = b.stage->goal == PL_USE_LEAST ? 1 : -1,
                         .storage = storage};
    out->lp = model->lp;
    out->lp.n = n;
    out->lp.start = x.start;
    out->lp.row = x.row;
    out->lp.val = x.val;
    out->lp.cost = x.cost;
    out->lp.lo = x.lo;
    out->lp.hi = x.hi;
    out->lp.row_lo = x.row_lo;
    out->lp.row_hi = x.row_hi;
    out->lp.expected = x.expected;
    for (int32_t k = 0; b.stage->goal == PL_MAX_WEIGHTED && k < e->n_needs; k++) {
        out->offset += e->needs[k].weight * e->needs[k].floor;
    }
    return PL_OK;
}

void pl_stage_lp_free(pl_stage_lp *stage)
{
    if (stage->storage != NULL) {
        pl_arena arena = stage->storage->arena;
        pl_arena_clear(&arena);
        stage->storage = NULL;
    }
}
