/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain_view.c - a stage as the explanations see it: what each column gives and takes at the stage's prices. */
#include <math.h>
#include <string.h>

#include "plan/explain.h"

double pl_column_value(const pl_explained *v, int32_t j)
{
    int32_t k = v->model->column_index[j];
    switch (v->model->column_kind[j]) {
    case PL_COLUMN_RECIPE:
        return v->plan->level[k];
    case PL_COLUMN_IMPORT:
        return v->plan->imported[k];
    case PL_COLUMN_EXPORT:
        return v->plan->exported[k];
    default:
        return v->plan->drawn[k];
    }
}

int32_t pl_terms_room(const pl_explained *v)
{
    return v->model->lp.m + v->e->n_resources + 3;
}

static const pl_trade *trade_of(const pl_economy *e, int32_t good)
{
    int32_t lo = 0, hi = e->n_trade;
    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        if (e->trade[mid].good < good) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return &e->trade[lo];
}

/* What the column adds to the objective. */
static int32_t cost_terms(const pl_explained *v, int32_t j, pl_term *out)
{
    int32_t n = 0, k = v->model->column_index[j], kind = v->model->column_kind[j], fx = v->e->foreign_exchange;
    if (kind == PL_COLUMN_RECIPE) {
        const pl_columns *uses = &v->e->uses;
        for (int64_t t = uses->start[k]; t < uses->start[k + 1]; t++) {
            if (v->cost[uses->index[t]] != 0) {
                out[n++] = (pl_term){pl_node_cost(v, uses->index[t]), v->cost[uses->index[t]] * uses->amount[t]};
            }
        }
        if (v->level_cost != 0) {
            out[n++] = (pl_term){pl_node_levels(v), v->level_cost};
        }
    } else if (kind != PL_COLUMN_DRAW) {
        const pl_trade *trade = trade_of(v->e, k);
        double paid = kind == PL_COLUMN_IMPORT ? trade->import_price : -trade->export_price;
        if (fx >= 0 && v->cost[fx] != 0) {
            out[n++] = (pl_term){pl_node_cost(v, fx), v->cost[fx] * paid};
        }
        if (kind == PL_COLUMN_IMPORT && v->import_cost != 0) {
            out[n++] = (pl_term){pl_node_imports(v), v->import_cost * paid};
        }
    }
    return n;
}

int32_t pl_terms(const pl_explained *v, int32_t j, pl_term *out, double *profit)
{
    const pl_lp *lp = &v->model->lp;
    int32_t goods = v->e->n_goods, n = cost_terms(v, j, out);
    for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
        int32_t i = lp->row[t];
        double value = i < goods ? -lp->val[t] * v->stage->good_price[i]
                                 : lp->val[t] * v->stage->resource_price[v->model->limited[i - goods]];
        if (value != 0) {
            out[n++] = (pl_term){i < goods ? i : pl_node_limit(v, v->model->limited[i - goods]), value};
        }
    }
    *profit = 0;
    for (int32_t k = 0; k < n; k++) {
        *profit -= out[k].value;
    }
    if (*profit > 0 && isfinite(lp->hi[j]) && pl_used_up(pl_column_value(v, j), lp->hi[j])) {
        out[n++] = (pl_term){pl_node_rent(v, j), *profit};
    }
    return n;
}

pl_status pl_view_open(pl_explained *v, const pl_economy *e, const pl_plan *plan, int32_t number, pl_arena *arena,
                       pl_error *err)
{
    *v = (pl_explained){.e = e, .plan = plan, .stage = &plan->stages[number - 1], .number = number, .arena = arena};
    v->cost = PL_ARENA_NEW(arena, double, e->n_resources);
    if (v->cost == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    memset(v->cost, 0, sizeof *v->cost * (size_t)e->n_resources);
    for (int32_t k = 0; v->stage->goal == PL_USE_LEAST && k < v->stage->n_objective; k++) {
        int32_t resource = pl_find_resource(e, v->stage->objective[k]);
        if (resource >= 0) {
            v->cost[resource] = 1;
        } else if (strcmp(v->stage->objective[k], "imports") == 0) {
            v->import_cost = 1;
        } else {
            v->level_cost = 1;
        }
    }
    return pl_model_new(e, &v->model, err);
}
