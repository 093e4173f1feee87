/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * infeasible.c - when what must be met cannot be met: the proof, the limits that clash, and the smallest
 * relaxations.
 *
 * The proof is a Farkas vector (Farkas 1902): prices at which all limits together are worth less than what
 * is required.  The relaxations come from an elastic programme (Chinneck 2008, ch. 6): every limit gets a
 * column that moves it, at a cost in proportion to the limit's own size. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/make.h"

#define CLASHES_MAX 20
#define NOTHING 1e-9 /* a relative relaxation, or a share of the proof, below this is rounding */

/* The elastic programme: the model's columns, then one for each limit. */
typedef struct elastic {
    pl_arena arena;
    const pl_model *model;
    int32_t n, n_limits; /* columns of the model; limits */
    pl_clash *limit;     /* by limit: kind, index, available */
    double *share;       /* by limit: its part of the proof */
    int64_t *start;
    int32_t *row;
    double *val, *cost, *lo, *hi, *zero, *x;
    pl_simplex *simplex;
} elastic;

static double size_of(double limit)
{
    return fabs(limit) > 0 ? fabs(limit) : 1;
}

static pl_limit_kind kind_of_column(int column_kind)
{
    static const pl_limit_kind kinds[] = {PL_LIMIT_CAPACITY, PL_LIMIT_IMPORT, PL_LIMIT_EXPORT,
                                          PL_LIMIT_STOCK};
    return kinds[column_kind];
}

static bool allocate(elastic *el, const pl_maker *mk)
{
    const pl_lp *lp = &mk->model->lp;
    int32_t limits = mk->model->n_limited + lp->n + mk->e->n_needs, n = lp->n + limits;
    int64_t nonzeros = 2 * lp->start[lp->n] + mk->model->n_limited + mk->e->n_needs;
    pl_arena *a = &el->arena;
    el->limit = PL_ARENA_NEW(a, pl_clash, limits);
    el->share = PL_ARENA_NEW(a, double, limits);
    el->start = PL_ARENA_NEW(a, int64_t, n + 1);
    el->row = PL_ARENA_NEW(a, int32_t, nonzeros);
    el->val = PL_ARENA_NEW(a, double, nonzeros);
    el->cost = PL_ARENA_NEW(a, double, n);
    el->lo = PL_ARENA_NEW(a, double, n);
    el->hi = PL_ARENA_NEW(a, double, n);
    el->zero = PL_ARENA_NEW(a, double, n);
    el->x = PL_ARENA_NEW(a, double, n);
    return el->limit != NULL && el->share != NULL && el->start != NULL && el->row != NULL &&
           el->val != NULL && el->cost != NULL && el->lo != NULL && el->hi != NULL &&
           el->zero != NULL && el->x != NULL;
}

/* Begins the column of the next limit. */
static int32_t add_limit(elastic *el, pl_limit_kind kind, int32_t index, double available, double room,
                         double share)
{
    int32_t j = el->n + el->n_limits;
    el->limit[el->n_limits] = (pl_clash){kind, index, available, PL_ABSENT, available};
    el->share[el->n_limits++] = share;
    el->cost[j] = 1 / size_of(available);
    el->lo[j] = 0;
    el->hi[j] = room;
    el->start[j + 1] = el->start[j];
    return j;
}

static void put(elastic *el, int32_t j, int32_t row, double val)
{
    el->row[el->start[j + 1]] = row;
    el->val[el->start[j + 1]++] = val;
}

static void add_column_limits(elastic *el, const pl_maker *mk, const double *y, const double *rho)
{
    const pl_lp *lp = &mk->model->lp;
    for (int32_t c = 0; c < lp->n; c++) {
        if (!isfinite(lp->hi[c])) {
            continue;
        }
        double profit = pl_model_profit(mk->model, c, y, rho);
        int32_t j = add_limit(el, kind_of_column(mk->model->column_kind[c]),
                              mk->model->column_index[c], lp->hi[c], (double)INFINITY,
                              fmax(0, profit) * lp->hi[c]);
        for (int64_t k = lp->start[c]; k < lp->start[c + 1]; k++) {
            put(el, j, lp->row[k], lp->val[k]);
        }
    }
}

static void add_limits(elastic *el, const pl_maker *mk, const double *y, const double *rho)
{
    const pl_economy *e = mk->e;
    for (int32_t k = 0; k < mk->model->n_limited; k++) {
        int32_t resource = mk->model->limited[k];
        double available = e->resources[resource].available;
        int32_t j = add_limit(el, PL_LIMIT_RESOURCE, resource, available, (double)INFINITY,
                              fabs(rho[resource] * available));
        put(el, j, e->n_goods + k, -1);
    }
    add_column_limits(el, mk, y, rho);
    for (int32_t k = 0; k < e->n_needs; k++) {
        double required = mk->settled[k] != PL_NOT_SETTLED ? mk->delivered[k] : mk->base[k];
        if (required > 0) {
            int32_t j = add_limit(el, PL_LIMIT_FLOOR, k, required, required,
                                  fmax(0, y[e->needs[k].good]) * required);
            put(el, j, e->needs[k].good, 1);
        }
    }
}

static pl_status start(elastic *el, const pl_maker *mk, pl_error *err)
{
    const pl_lp *lp = &mk->model->lp;
    el->n = lp->n;
    memcpy(el->start, lp->start, sizeof *el->start * ((size_t)lp->n + 1));
    memcpy(el->row, lp->row, sizeof *el->row * (size_t)lp->start[lp->n]);
    memcpy(el->val, lp->val, sizeof *el->val * (size_t)lp->start[lp->n]);
    memset(el->cost, 0, sizeof *el->cost * (size_t)lp->n);
    memcpy(el->lo, lp->lo, sizeof *el->lo * (size_t)lp->n);
    memcpy(el->hi, lp->hi, sizeof *el->hi * (size_t)lp->n);
    const pl_stage *proof = &mk->stages[mk->n_stages - 1];
    add_limits(el, mk, proof->good_price, proof->resource_price);
    pl_lp elastic_lp = *lp;
    elastic_lp.n = el->n + el->n_limits;
    elastic_lp.start = el->start;
    elastic_lp.row = el->row;
    elastic_lp.val = el->val;
    elastic_lp.cost = el->cost;
    elastic_lp.lo = el->lo;
    elastic_lp.hi = el->hi;
    elastic_lp.row_lo = mk->row_lo;
    elastic_lp.row_hi = mk->row_hi;
    elastic_lp.expected = NULL;
    pl_lp_settings settings = {.threads = mk->settings->threads,
                               .progress = mk->settings->progress};
    return pl_simplex_new(&elastic_lp, &settings, &el->simplex, err);
}

/* The smallest joint relaxation: all limits may move. */
static pl_status relax_together(elastic *el, pl_error *err)
{
    pl_lp_outcome outcome;
    pl_status status = pl_simplex_solve(el->simplex, &outcome, err);
    if (status != PL_OK || outcome != PL_LP_OPTIMAL) {
        return status; /* without an answer `together` stays at `available` */
    }
    pl_simplex_get(el->simplex, el->x, NULL, NULL, NULL);
    for (int32_t k = 0; k < el->n_limits; k++) {
        double moved = el->x[el->n + k];
        pl_clash *c = &el->limit[k];
        if (moved > NOTHING * size_of(c->available)) {
            c->together = c->available + (c->kind == PL_LIMIT_FLOOR ? -moved : moved);
        }
    }
    return PL_OK;
}

/* What would do if only limit k were moved: all others nailed. */
static pl_status relax_alone(elastic *el, int32_t k, pl_error *err)
{
    memset(el->zero, 0, sizeof *el->zero * (size_t)(el->n + el->n_limits));
    el->zero[el->n + k] = el->cost[el->n + k];
    pl_simplex_set_all_costs(el->simplex, el->zero);
    for (int32_t i = 0; i < el->n_limits; i++) {
        pl_status status = pl_simplex_set_bounds(el->simplex, el->n + i, 0,
                                                 i == k ? el->hi[el->n + i] : 0, err);
        if (status != PL_OK) {
            return status;
        }
    }
    pl_lp_outcome outcome;
    pl_status status = pl_simplex_solve(el->simplex, &outcome, err);
    if (status == PL_OK && outcome == PL_LP_OPTIMAL) {
        pl_simplex_get(el->simplex, el->x, NULL, NULL, NULL);
        pl_clash *c = &el->limit[k];
        double moved = el->x[el->n + k];
        c->alone = c->available + (c->kind == PL_LIMIT_FLOOR ? -moved : moved);
    }
    return status;
}

/* Heaviest first: by share of the proof, then by what the joint relaxation moves. */
static double weight_of(const elastic *el, int32_t k)
{
    return el->share[k] + NOTHING * fabs(el->limit[k].together - el->limit[k].available) /
                              size_of(el->limit[k].available);
}

static int32_t heaviest(const elastic *el, const bool *taken)
{
    int32_t best = -1;
    for (int32_t k = 0; k < el->n_limits; k++) {
        if (!taken[k] && weight_of(el, k) > 0 &&
            (best < 0 || weight_of(el, k) > weight_of(el, best))) {
            best = k;
        }
    }
    return best;
}

static pl_status name_clashes(elastic *el, pl_maker *mk, pl_error *err)
{
    bool *taken = PL_ARENA_NEW(&el->arena, bool, el->n_limits);
    pl_clash *clashes = PL_ARENA_NEW(&mk->arena, pl_clash, CLASHES_MAX);
    if (taken == NULL || clashes == NULL) {
        return pl_fail_nomem(err, "the limits that clash");
    }
    memset(taken, 0, sizeof *taken * (size_t)el->n_limits);
    double largest = 0;
    for (int32_t k = 0; k < el->n_limits; k++) {
        largest = fmax(largest, el->share[k]);
    }
    for (int32_t k = 0; k < el->n_limits; k++) { /* rounding is no part of the proof */
        el->share[k] = el->share[k] > NOTHING * largest ? el->share[k] / largest : 0;
    }
    int32_t k;
    while (mk->n_clashes < CLASHES_MAX && (k = heaviest(el, taken)) >= 0) {
        taken[k] = true;
        pl_status status = relax_alone(el, k, err);
        if (status != PL_OK) {
            return status;
        }
        clashes[mk->n_clashes++] = el->limit[k];
    }
    mk->clashes = clashes;
    return PL_OK;
}

pl_status pl_make_infeasible(pl_maker *mk, pl_error *err)
{
    if (mk->by_newton) { /* it can say that it finds nothing, but not prove that there is nothing */
        return pl_fail(err, PL_NUMERIC, NULL, "lower floors or raise limits, or try --way simplex",
                       "no plan was found that keeps all limits and floors");
    }
    pl_simplex_get_farkas(mk->simplex, mk->y);
    for (int32_t i = 0; i < mk->model->lp.m; i++) {
        mk->y[i] = -mk->y[i]; /* lp.h proves with w'A; the prices of docs/formats/plan.md are -w */
    }
    mk->outcome = PL_INFEASIBLE;
    snprintf(mk->doing, sizeof mk->doing, "looking for the limits that clash");
    pl_stage *stage, like = {.goal = PL_FLOORS, .value = PL_ABSENT, .bound = PL_ABSENT};
    pl_status status = pl_maker_record(mk, &like, &stage, err);
    if (status != PL_OK) {
        return status;
    }
    elastic el = {.model = mk->model};
    pl_arena_init(&el.arena, 0);
    status = allocate(&el, mk) ? start(&el, mk, err) : pl_fail_nomem(err, "the limits that clash");
    if (status == PL_OK) {
        status = relax_together(&el, err);
    }
    if (status == PL_OK) {
        status = name_clashes(&el, mk, err);
    }
    pl_simplex_free(el.simplex);
    pl_arena_clear(&el.arena);
    return status;
}
