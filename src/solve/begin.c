/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * A first basis from an answer to a programme much like this one.
 *
 * At a vertex what lies strictly between its bounds is basic, and what is basic has no reduced cost.  Prices decide first,
 * since they stay as they are when only the sides of rows move: columns in use without reduced cost, rows without price.
 * Each column claims the row in which it weighs most; those that find theirs taken get what is left over, and the
 * factorisation puts logicals in the place of what cannot be in one basis.  The simplex goes on from there, whatever it is:
 * after a change of demand the basis is dual feasible, after one of costs primal feasible, mostly. */
#include <math.h>

#include "solve/simplex_int.h"

#define NO_PRICE 1e-7  /* of the terms of a reduced cost */
#define AT_BOUND 1e-9  /* of a value, or of a range */

enum { OUT, IN_USE, IDLE, ODD }; /* not basic; in use, or not, at no reduced cost; in use nevertheless */

static void enter(pl_simplex *s, int32_t i, int32_t v)
{
    s->head[i] = v;
    s->where[v] = i;
    s->place[v] = PL__BASIC;
}

static int kind_of(pl_simplex *s, int32_t j, double cost, double x, const double *y)
{
    double d = cost, size = fabs(d), lo = s->lo[j], hi = s->hi[j];
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        double term = y[s->row[t]] * s->val[t];
        d -= term;
        size += fabs(term);
    }
    bool priced = fabs(d) > NO_PRICE * size;
    double little = AT_BOUND * fmax(fabs(x), isfinite(hi) ? fabs(hi) : 0);
    bool inside = x > lo + little && x < hi - little;
    bool high = priced ? d < 0 : isfinite(hi) && (!isfinite(lo) || x - lo > hi - x);
    s->place[s->m + j] = high && isfinite(hi) ? PL__AT_HI : isfinite(lo) ? PL__AT_LO : PL__AT_HI;
    if (lo == hi) {
        return OUT;
    }
    return inside ? (priced ? ODD : IN_USE) : priced ? OUT : IDLE;
}

/* The row still free in which column j weighs most, among those with a price when `priced`; -1 = none. */
static int32_t row_for(const pl_simplex *s, int32_t j, const double *y, bool priced)
{
    int32_t best = -1;
    double largest = 0;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        int32_t i = s->row[t];
        double weight = fabs(s->sval[t]) * (s->val[t] > 0 ? 2 : 1); /* what it makes, rather than what it takes */
        if (s->head[i] < 0 && weight > largest && (!priced || y[i] != 0 || s->l[i] == s->u[i])) {
            largest = weight;
            best = i;
        }
    }
    return best;
}

static void claim(pl_simplex *s, int kind, const int32_t *kinds, const double *y)
{
    for (int32_t j = 0; j < s->n; j++) {
        int32_t i = kinds[j] == kind && s->where[s->m + j] < 0 ? row_for(s, j, y, kind == IN_USE) : -1;
        if (i >= 0) {
            enter(s, i, s->m + j);
        }
    }
}

void pl_simplex_begin(pl_simplex *s, const double *cost, const double *x, const double *y)
{
    int32_t *kinds = s->list, next = 0;
    for (int32_t v = 0; v < pl__total(s); v++) {
        s->where[v] = -1;
        s->place[v] = PL__AT_LO;
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->head[i] = -1;
        s->place[i] = isfinite(s->l[i]) && (y[i] >= 0 || !isfinite(s->u[i])) ? PL__AT_LO : PL__AT_HI;
    }
    for (int32_t j = 0; j < s->n; j++) {
        kinds[j] = kind_of(s, j, cost != NULL ? cost[j] : s->cost[j], x[j], y);
    }
    claim(s, IN_USE, kinds, y);
    for (int32_t i = 0; i < s->m; i++) {
        if (s->head[i] < 0 && y[i] == 0 && s->l[i] != s->u[i]) {
            enter(s, i, i);
        }
    }
    for (int32_t j = 0; j < s->n; j++) { /* in use, but its row is taken: any row that nobody covers */
        if (kinds[j] != IN_USE || s->where[s->m + j] >= 0) {
            continue;
        }
        while (next < s->m && s->head[next] >= 0) {
            next++;
        }
        if (next < s->m) {
            enter(s, next, s->m + j);
        }
    }
    claim(s, ODD, kinds, y);
    claim(s, IDLE, kinds, y);
    for (int32_t i = 0; i < s->m; i++) {
        if (s->head[i] < 0) {
            enter(s, i, i);
        }
    }
    s->factored = false;
    s->have_basis = true;
}
