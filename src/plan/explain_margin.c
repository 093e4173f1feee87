/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain_margin.c - what one more unit, or one less, does to the value of a stage, and how far that holds.
 *
 * At a degenerate vertex the prices are not unique: one more unit may cost more than one less saves.  So the stage is
 * solved again with the quantity moved by a tiny step in each direction; the prices found there are those of that
 * direction, and ranging tells how far the basis, and with it the price, stays. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/explain.h"

#define STEP 1e-6 /* of the quantity's own size */

/* The quantity: the right-hand side of a row, or the upper bound of a column. */
typedef struct spot {
    int32_t row, column; /* one of them is -1 */
    double lo, hi;       /* as they are */
    double size;
} spot;

static pl_status place(pl_simplex *s, const spot *at, double move, pl_error *err)
{
    if (at->row >= 0) {
        return pl_simplex_set_row(s, at->row, at->lo + move, at->hi + move, err); /* infinities stay */
    }
    return pl_simplex_set_bounds(s, at->column, at->lo, fmax(at->lo, at->hi + move), err);
}

static pl_status read_price(const pl_simplex *s, const spot *at, const pl_lp *lp, double *price, double *down,
                            double *up, pl_error *err)
{
    double *y = PL_NEW(double, lp->m), *d = PL_NEW(double, lp->n);
    pl_status status = PL_OK;
    if (y == NULL || d == NULL) {
        status = pl_fail_nomem(err, "an explanation");
    } else {
        pl_simplex_get(s, NULL, NULL, y, d);
        *price = at->row >= 0 ? y[at->row] : d[at->column];
        status = at->row >= 0 ? pl_simplex_range_row(s, at->row, down, up, err)
                              : pl_simplex_range_column(s, at->column, down, up, err);
    }
    pl_free(y);
    pl_free(d);
    return status;
}

/* Solves with the quantity moved; effect: change of the stage's value per unit in that direction. */
static pl_status look(pl_simplex *s, const pl_stage_lp *stage, const spot *at, double sign, pl_marginal *out,
                      pl_error *err)
{
    double step = STEP * at->size, price = 0, down = 0, up = 0;
    pl_lp_outcome outcome;
    *out = (pl_marginal){0};
    if (sign < 0 && at->column >= 0 && at->hi - step < at->lo) {
        return PL_OK; /* there is nothing to take away */
    }
    pl_status status = place(s, at, sign * step, err);
    if (status == PL_OK) {
        status = pl_simplex_solve(s, &outcome, err);
    }
    if (status == PL_OK && outcome == PL_LP_OPTIMAL) {
        status = read_price(s, at, &stage->lp, &price, &down, &up, err);
        out->possible = true;
        out->effect = sign * stage->sign * price;
        out->range = step + (sign > 0 ? up : -down);
    } else if (status == PL_NUMERIC) {
        status = PL_OK; /* at the very edge: no price can be given */
    }
    pl_status back = place(s, at, 0, status == PL_OK ? err : NULL);
    return status == PL_OK ? back : status;
}

static int32_t model_column(const pl_model *model, const pl_subject *subject)
{
    static const pl_limit_kind kinds[] = {PL_LIMIT_CAPACITY, PL_LIMIT_IMPORT, PL_LIMIT_EXPORT, PL_LIMIT_STOCK};
    for (int32_t j = 0; j < model->lp.n; j++) {
        if (kinds[model->column_kind[j]] == subject->kind && model->column_index[j] == subject->index) {
            return j;
        }
    }
    return -1;
}

static spot find_spot(const pl_explained *v, const pl_stage_lp *stage, const pl_explanation *x)
{
    spot at = {.row = -1, .column = -1};
    if (x->subject.is_good) {
        at.row = x->subject.index;
        at.size = fmax(x->balance.made + x->balance.imported + x->balance.drawn, x->asked);
    } else if (x->subject.kind == PL_LIMIT_RESOURCE) {
        at.row = v->model->resource_row[x->subject.index];
        at.size = fmax(fabs(x->used), fabs(pl_given(x->available) ? x->available : 0));
    } else {
        at.column = model_column(v->model, &x->subject);
        at.size = pl_given(x->available) ? x->available : 0;
        at.column = pl_given(x->available) ? at.column : -1;
    }
    at.size = at.size > 0 ? at.size : 1;
    if (at.row >= 0) {
        at.lo = stage->lp.row_lo[at.row];
        at.hi = stage->lp.row_hi[at.row];
    } else if (at.column >= 0) {
        at.lo = stage->lp.lo[at.column];
        at.hi = stage->lp.hi[at.column];
    }
    return at;
}

static int most_of_need(const void *a, const void *b)
{
    const pl_share_of_need *x = a, *y = b;
    return x->amount != y->amount ? (x->amount > y->amount ? -1 : 1) : (x->need > y->need) - (x->need < y->need);
}

/* Who pays or gains for one unit more, in a stage that raises needs; valued at the stage's prices while sorting. */
static pl_status list_touched(const pl_explained *v, pl_explanation *out, pl_error *err)
{
    int32_t n = 0;
    pl_share_of_need *list = PL_ARENA_NEW(v->arena, pl_share_of_need, v->e->n_needs);
    if (list == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    for (int32_t k = 0; k < v->e->n_needs && out->more.possible; k++) {
        const pl_need *need = &v->e->needs[k];
        double part = 0;
        if (v->stage->goal == PL_RAISE && need->tier == v->stage->tier && v->plan->settled[k] >= v->number) {
            part = need->weight * (need->amount - need->floor);
        } else if (v->stage->goal == PL_RAISE_MOST && v->plan->settled[k] == v->number) {
            part = need->amount;
        }
        double amount = part * fabs(out->more.effect);
        if (amount > 0) {
            list[n++] = (pl_share_of_need){k, amount * fmax(0, v->stage->good_price[need->good])};
        }
    }
    qsort(list, (size_t)n, sizeof *list, most_of_need);
    for (int32_t i = 0; i < n; i++) {
        const pl_need *need = &v->e->needs[list[i].need];
        double part = v->stage->goal == PL_RAISE ? need->weight * (need->amount - need->floor) : need->amount;
        list[i].amount = part * fabs(out->more.effect);
    }
    out->touched = list;
    out->n_touched = n;
    return PL_OK;
}

pl_status pl_explain_margins(const pl_explained *v, const pl_explain_settings *settings, pl_explanation *out, pl_error *err)
{
    pl_stage_lp stage;
    pl_simplex *s = NULL;
    pl_lp_outcome outcome;
    pl_status status = pl_stage_lp_new(v->model, v->plan, v->number, &stage, err);
    if (status != PL_OK) {
        return status;
    }
    spot at = find_spot(v, &stage, out);
    if (at.row < 0 && at.column < 0) { /* no limit, so nothing to move */
        pl_stage_lp_free(&stage);
        return PL_OK;
    }
    pl_lp_settings lp_settings = {.progress = settings->progress};
    status = pl_simplex_new(&stage.lp, &lp_settings, &s, err);
    if (status == PL_OK) {
        status = pl_simplex_solve(s, &outcome, err);
    }
    if (status == PL_OK) {
        status = look(s, &stage, &at, 1, &out->more, err);
    }
    if (status == PL_OK) {
        status = look(s, &stage, &at, -1, &out->less, err);
    }
    if (status == PL_OK) {
        status = list_touched(v, out, err);
    }
    pl_simplex_free(s);
    pl_stage_lp_free(&stage);
    return status;
}
