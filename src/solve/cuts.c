/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "solve/cuts.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "solve/lp.h"

#define STEPS 500
#define CLOSE 1e-12 /* of the level: so far from it a half-space may stay */
#define RIDGE 1e-12 /* of slopes that depend on one another */
#define IN_MIX 1e-9

struct pl_cuts {
    int32_t n, count, most;
    double penalty;
    double *limit, *size; /* size: of a limit, that which it is measured in */
    double *cost, *use;   /* by choice; choice x limit */
    double *weight;       /* by choice */
    int32_t *idle;        /* by choice: masters since it was in the mix */
    /* of the projection: choice x limit; by choice, then by limit; by limit */
    double *slope, *room, *multiplier, *matrix, *right, *begin;
    int32_t *in;
    /* the master's programme */
    int64_t *start;
    int32_t *row;
    double *val, *price, *lo, *hi, *row_lo, *row_hi, *x;
};

static bool allocate(pl_cuts *c)
{
    size_t n = (size_t)c->n, most = (size_t)c->most, columns = most + n, entries = most * (n + 1) + n;
    c->limit = PL_NEW(double, n);
    c->size = PL_NEW(double, n);
    c->cost = PL_NEW(double, most);
    c->use = PL_NEW(double, most * n);
    c->weight = PL_NEW0(double, most);
    c->idle = PL_NEW0(int32_t, most);
    c->slope = PL_NEW(double, most * n);
    c->room = PL_NEW(double, columns);
    c->multiplier = PL_NEW(double, columns);
    c->matrix = PL_NEW(double, columns * columns);
    c->right = PL_NEW(double, columns);
    c->begin = PL_NEW(double, n);
    c->in = PL_NEW(int32_t, columns);
    c->start = PL_NEW(int64_t, columns + 1);
    c->row = PL_NEW(int32_t, entries);
    c->val = PL_NEW(double, entries);
    c->price = PL_NEW(double, columns);
    c->lo = PL_NEW0(double, columns);
    c->hi = PL_NEW(double, columns);
    c->row_lo = PL_NEW(double, n + 1);
    c->row_hi = PL_NEW(double, n + 1);
    c->x = PL_NEW(double, columns);
    return c->limit != NULL && c->size != NULL && c->cost != NULL && c->use != NULL && c->weight != NULL && c->idle != NULL &&
           c->slope != NULL && c->room != NULL && c->multiplier != NULL && c->matrix != NULL && c->right != NULL && c->begin != NULL && c->in != NULL && c->start != NULL && c->row != NULL && c->val != NULL && c->price != NULL &&
           c->lo != NULL && c->hi != NULL && c->row_lo != NULL && c->row_hi != NULL && c->x != NULL;
}

pl_status pl_cuts_new(int32_t n, int32_t most, const double *limit, pl_cuts **out, pl_error *err)
{
    pl_cuts *c = PL_NEW0(pl_cuts, 1);
    if (c != NULL) {
        c->n = n;
        c->most = most;
    }
    if (c == NULL || !allocate(c)) {
        pl_cuts_free(c);
        return pl_fail_nomem(err, "the prices of limits");
    }
    for (int32_t i = 0; i < n; i++) {
        c->limit[i] = limit[i];
        c->size[i] = limit[i] > 0 ? limit[i] : 1;
    }
    *out = c;
    return PL_OK;
}

void pl_cuts_free(pl_cuts *c)
{
    if (c == NULL) {
        return;
    }
    void *all[] = {c->limit, c->size, c->cost, c->use, c->weight, c->idle, c->slope, c->room, c->multiplier, c->matrix, c->right, c->begin, c->in, c->start,
                   c->row, c->val, c->price, c->lo, c->hi, c->row_lo, c->row_hi, c->x};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
    pl_free(c);
}

void pl_cuts_set_limits(pl_cuts *c, const double *limit)
{
    memcpy(c->limit, limit, sizeof *limit * (size_t)c->n);
}

void pl_cuts_set_penalty(pl_cuts *c, double penalty)
{
    c->penalty = penalty;
}

int32_t pl_cuts_add(pl_cuts *c, double cost, const double *use)
{
    int32_t at = c->count;
    if (at == c->most) {
        at = 0;
        for (int32_t k = 1; k < c->count; k++) {
            at = c->idle[k] > c->idle[at] ? k : at;
        }
    } else {
        c->count++;
    }
    c->cost[at] = cost;
    c->weight[at] = 0;
    c->idle[at] = 0;
    memcpy(c->use + (size_t)at * (size_t)c->n, use, sizeof *use * (size_t)c->n);
    return at;
}

/* min sum of weight * cost + penalty * excess, sum of weights = 1, sum of weight * use - excess <= limit; limits in
 * proportion to their size. */
static pl_lp master(pl_cuts *c)
{
    int64_t at = 0;
    int32_t n = c->n, columns = c->count + n;
    for (int32_t k = 0; k < columns; k++) {
        c->start[k] = at;
        c->hi[k] = (double)INFINITY;
        c->price[k] = k < c->count ? c->cost[k] : c->penalty;
        for (int32_t i = 0; i < n; i++) {
            double val = k < c->count ? c->use[(size_t)k * (size_t)n + (size_t)i] / c->size[i] : k - c->count == i ? -1 : 0;
            if (val != 0) {
                c->row[at] = i;
                c->val[at++] = val;
            }
        }
        if (k < c->count) {
            c->row[at] = n;
            c->val[at++] = 1;
        }
    }
    c->start[columns] = at;
    for (int32_t i = 0; i <= n; i++) {
        c->row_lo[i] = i < n ? -(double)INFINITY : 1;
        c->row_hi[i] = i < n ? c->limit[i] / c->size[i] : 1;
    }
    return (pl_lp){.m = n + 1, .n = columns, .start = c->start, .row = c->row, .val = c->val, .cost = c->price,
                   .lo = c->lo, .hi = c->hi, .row_lo = c->row_lo, .row_hi = c->row_hi};
}

pl_status pl_cuts_mix(pl_cuts *c, double *upper, bool *kept, pl_error *err)
{
    pl_lp lp = master(c);
    pl_simplex *simplex = NULL;
    pl_lp_outcome outcome = PL_LP_INFEASIBLE;
    pl_status status = pl_simplex_new(&lp, NULL, &simplex, err);
    status = status == PL_OK ? pl_simplex_solve(simplex, &outcome, err) : status;
    if (status == PL_OK && outcome != PL_LP_OPTIMAL) { /* it has a plan, and costs are not negative */
        status = pl_fail(err, PL_NUMERIC, NULL, NULL, "the mix of recipes cannot be found");
    }
    if (status == PL_OK) {
        pl_simplex_get(simplex, c->x, NULL, NULL, NULL);
        *upper = pl_simplex_objective(simplex);
        *kept = true;
        for (int32_t k = 0; k < c->count; k++) {
            c->weight[k] = c->x[k] > IN_MIX ? c->x[k] : 0;
            c->idle[k] = c->weight[k] > 0 ? 0 : c->idle[k] + 1;
        }
        for (int32_t i = 0; i < c->n; i++) {
            *kept &= c->x[c->count + i] <= IN_MIX;
        }
    }
    pl_simplex_free(simplex);
    return status;
}

const double *pl_cuts_weights(const pl_cuts *c)
{
    return c->weight;
}

/* ---- The next prices ------------------------------------------------------------------------------------------ */

/* The projection on half-spaces  slope . q >= room  (cuts, then prices >= 0), its multipliers found as least squares with
 * positive unknowns are (Lawson and Hanson 1974): half-spaces that are violated most are taken in one by one, those whose
 * multiplier would be negative are dropped. */
typedef struct projection {
    const pl_cuts *c;
    int32_t n, m;   /* dimensions, half-spaces */
    int32_t *in;    /* those that are taken in, */
    int32_t count;  /* so many */
    double *matrix, *right; /* count x count, count */
} projection;

static double entry(const projection *p, int32_t k, int32_t i)
{
    int32_t cuts = p->m - p->n;
    return k < cuts ? p->c->slope[(size_t)k * (size_t)p->n + (size_t)i] : k - cuts == i ? 1 : 0;
}

static double product(const projection *p, int32_t k, int32_t l)
{
    double sum = 0;
    for (int32_t i = 0; i < p->n; i++) {
        sum += entry(p, k, i) * entry(p, l, i);
    }
    return sum;
}

/* Multipliers with which all that are taken in hold exactly, into p->right. */
static void solve(const projection *p, const double *room)
{
    int32_t n = p->count;
    double *w = p->matrix, *x = p->right;
    for (int32_t i = 0; i < n; i++) {
        x[i] = room[p->in[i]];
        for (int32_t k = 0; k <= i; k++) {
            double sum = product(p, p->in[i], p->in[k]) * (i == k ? 1 + RIDGE : 1);
            for (int32_t l = 0; l < k; l++) {
                sum -= w[i * n + l] * w[k * n + l];
            }
            w[i * n + k] = i == k ? sqrt(fmax(sum, RIDGE)) : sum / w[k * n + k];
        }
        for (int32_t k = 0; k < i; k++) {
            x[i] -= w[i * n + k] * x[k];
        }
        x[i] /= w[i * n + i];
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        for (int32_t k = i + 1; k < n; k++) {
            x[i] -= w[k * n + i] * x[k];
        }
        x[i] /= w[i * n + i];
    }
}

/* From multipliers towards those of `solve` as far as none becomes negative; those at 0 are dropped.  True when it gets there. */
static bool go_towards(projection *p, double *multiplier)
{
    double part = 1;
    int32_t kept = 0;
    for (int32_t i = 0; i < p->count; i++) {
        double now = multiplier[p->in[i]];
        part = p->right[i] <= 0 ? fmin(part, now / (now - p->right[i])) : part;
    }
    for (int32_t i = 0; i < p->count; i++) {
        double *at = &multiplier[p->in[i]];
        bool blocks = p->right[i] <= 0 && *at / (*at - p->right[i]) <= part;
        *at += part * (p->right[i] - *at);
        if (blocks) {
            *at = 0;
        } else {
            p->in[kept++] = p->in[i];
        }
    }
    bool there = kept == p->count;
    p->count = kept;
    return there;
}

/* The half-space that is violated most at next = from + sum of multiplier * slope; -1: none. */
static int32_t worst(const projection *p, const double *from, const double *room, const double *multiplier, double *next)
{
    memcpy(next, from, sizeof *next * (size_t)p->n);
    for (int32_t k = 0; k < p->m; k++) {
        for (int32_t i = 0; multiplier[k] > 0 && i < p->n; i++) {
            next[i] += multiplier[k] * entry(p, k, i);
        }
    }
    int32_t at = -1;
    double most = CLOSE;
    for (int32_t k = 0; k < p->m; k++) {
        double missing = room[k];
        for (int32_t i = 0; i < p->n; i++) {
            missing -= entry(p, k, i) * (next[i] - from[i]);
        }
        if (missing > most && !(multiplier[k] > 0)) {
            most = missing;
            at = k;
        }
    }
    return at;
}

/* Slopes of length 1, prices as shares of the level; room: what is missing at `from`. */
static void set_up(const projection *p, const double *from, double level, double *room)
{
    const pl_cuts *c = p->c;
    int32_t cuts = c->count;
    for (int32_t k = 0; k < cuts; k++) {
        double square = 0, *slope = c->slope + (size_t)k * (size_t)p->n;
        for (int32_t i = 0; i < p->n; i++) {
            slope[i] = (c->use[(size_t)k * (size_t)p->n + (size_t)i] - c->limit[i]) / c->size[i];
            square += slope[i] * slope[i];
        }
        double length = square > 0 ? sqrt(square) : 1;
        room[k] = (level - c->cost[k]) / level / length;
        for (int32_t i = 0; i < p->n; i++) {
            slope[i] /= length;
            room[k] -= slope[i] * from[i];
        }
    }
    for (int32_t i = 0; i < p->n; i++) {
        room[cuts + i] = -from[i];
    }
}

void pl_cuts_next(pl_cuts *c, const double *from, double level, double *next)
{
    int32_t n = c->n, m = c->count + n;
    projection p = {.c = c, .n = n, .m = m, .in = c->in, .matrix = c->matrix, .right = c->right};
    double *begin = c->begin;
    for (int32_t i = 0; i < n; i++) {
        begin[i] = from[i] * c->size[i] / level;
    }
    set_up(&p, begin, level, c->room);
    memset(c->multiplier, 0, sizeof *c->multiplier * (size_t)m);
    for (int step = 0; step < STEPS; step++) {
        int32_t k = worst(&p, begin, c->room, c->multiplier, next);
        if (k < 0 || p.count > n) { /* no more than a corner has */
            break;
        }
        p.in[p.count++] = k;
        do {
            solve(&p, c->room);
        } while (!go_towards(&p, c->multiplier));
    }
    for (int32_t i = 0; i < n; i++) {
        next[i] = fmax(0, next[i]) * level / c->size[i];
    }
}
