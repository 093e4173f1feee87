/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * What all methods ask of a basis: factors, values, reduced costs, one row of the tableau. */
#include <math.h>
#include <string.h>

#include "solve/simplex_int.h"

#define UPDATES_MOST 400

void pl__basis_load_column(const pl_simplex *s, int32_t v, double *out)
{
    if (v < s->m) {
        out[v] = -1;
        return;
    }
    int32_t j = v - s->m;
    for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
        out[s->row[t]] = s->sval[t];
    }
}

void pl__basis_place(pl_simplex *s, int32_t v)
{
    bool lo = isfinite(s->wl[v]), hi = isfinite(s->wu[v]);
    pl__place place = (pl__place)s->place[v];
    if (place == PL__BASIC || place == PL__FREE) { /* no bound of its own yet: the one nearest 0 */
        place = lo && (!hi || fabs(s->wl[v]) <= fabs(s->wu[v])) ? PL__AT_LO : PL__AT_HI;
    }
    if (place == PL__AT_LO && !lo) {
        place = hi ? PL__AT_HI : PL__FREE;
    } else if (place == PL__AT_HI && !hi) {
        place = lo ? PL__AT_LO : PL__FREE;
    }
    s->place[v] = (uint8_t)place;
    s->x[v] = place == PL__AT_LO ? s->wl[v] : place == PL__AT_HI ? s->wu[v] : 0;
}

pl_status pl__basis_factor(pl_simplex *s)
{
    pl__columns a = pl__scaled_columns(s);
    int32_t replaced = 0;
    s->factored = false;
    pl_status status = pl__lu_factor(&s->lu, &a, s->head, s->threads, &replaced, s->list);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t t = 0; t < replaced; t++) {
        s->where[s->list[t]] = -1;
        s->weight[s->list[t]] = 1;
        pl__basis_place(s, s->list[t]);
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->where[s->head[i]] = i;
        s->place[s->head[i]] = PL__BASIC;
    }
    s->stats.refactorizations++;
    s->factored = true;
    return PL_OK;
}

bool pl__basis_wants_factor(const pl_simplex *s)
{
    return !s->factored || s->lu.updates >= UPDATES_MOST || pl__lu_is_worn(&s->lu);
}

void pl__basis_values(pl_simplex *s)
{
    double *b = s->tau;
    memset(b, 0, (size_t)s->m * sizeof *b);
    for (int32_t v = 0; v < s->m; v++) {
        if (s->place[v] != PL__BASIC) {
            b[v] += s->x[v];
        }
    }
    for (int32_t j = 0; j < s->n; j++) {
        double x = s->x[s->m + j];
        if (s->place[s->m + j] != PL__BASIC && x != 0) {
            for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
                b[s->row[t]] -= s->sval[t] * x;
            }
        }
    }
    pl__lu_ftran(&s->lu, b, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        s->x[s->head[i]] = b[i];
    }
}

/* d_size of the logicals: the smallest price at which row i would weigh as much as all the other
 * terms of some column it is in. */
static void logical_sizes(pl_simplex *s, const double *y)
{
    double *share = s->d_size, largest = 0;
    for (int32_t i = 0; i < s->m; i++) {
        share[i] = 0;
        largest = fabs(y[i]) > largest ? fabs(y[i]) : largest;
    }
    for (int32_t j = 0; j < s->n; j++) {
        double size = s->d_size[s->m + j];
        if (size > 0) {
            double inverse = 1 / size;
            for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
                double a = fabs(s->sval[t]) * inverse;
                share[s->row[t]] = a > share[s->row[t]] ? a : share[s->row[t]];
            }
        }
    }
    for (int32_t i = 0; i < s->m; i++) {
        double size = share[i] > 0 ? 1 / share[i] : largest, least = 1e-6 * largest;
        share[i] = size > least ? size : least;
    }
}

void pl__basis_duals(pl_simplex *s, bool sizes)
{
    double *y = s->tau;
    for (int32_t i = 0; i < s->m; i++) {
        y[i] = s->wc[s->head[i]];
    }
    pl__lu_btran(&s->lu, y, NULL);
    for (int32_t i = 0; i < s->m; i++) {
        s->d[i] = s->place[i] == PL__BASIC ? 0 : s->wc[i] + y[i];
    }
    for (int32_t j = 0; j < s->n; j++) {
        int32_t v = s->m + j;
        bool basic = s->place[v] == PL__BASIC;
        double d = s->wc[v], size = fabs(d);
        if (basic && !sizes) {
            s->d[v] = 0;
            continue;
        }
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            double term = y[s->row[t]] * s->sval[t];
            d -= term;
            size += fabs(term);
        }
        s->d[v] = basic ? 0 : d;
        s->d_size[v] = sizes ? size : s->d_size[v];
    }
    if (sizes) {
        logical_sizes(s, y);
    }
}

static void touch(pl_simplex *s, int32_t v, double value)
{
    if (value != 0) {
        s->alpha[v] = value;
        s->touched[s->touched_count++] = v;
    }
}

/* By columns: cheap when few structurals are non-basic or rho is full. */
static void row_by_columns(pl_simplex *s, const double *rho)
{
    for (int32_t j = 0; j < s->n; j++) {
        int32_t v = s->m + j;
        if (s->place[v] == PL__BASIC || s->wl[v] == s->wu[v]) {
            continue;
        }
        double sum = 0;
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            sum += rho[s->row[t]] * s->sval[t];
        }
        touch(s, v, sum);
    }
}

static void row_by_rows(pl_simplex *s, const double *rho)
{
    int32_t from = s->touched_count;
    for (int32_t i = 0; i < s->m; i++) {
        double r = rho[i];
        if (r == 0) {
            continue;
        }
        for (int64_t t = s->rstart[i]; t < s->rstart[i + 1]; t++) {
            int32_t v = s->m + s->rcol[t];
            if (s->place[v] == PL__BASIC) {
                continue;
            }
            if (!s->mark[v]) {
                s->touched[s->touched_count++] = v;
                s->mark[v] = 1;
            }
            s->alpha[v] += r * s->rval[t];
        }
    }
    for (int32_t t = from; t < s->touched_count; t++) {
        int32_t v = s->touched[t];
        s->mark[v] = 0;
        s->alpha[v] = s->wl[v] == s->wu[v] ? 0 : s->alpha[v];
    }
}

/* The copy by rows. */
static void build_rows(pl_simplex *s)
{
    int64_t *fill = s->rfill;
    memset(s->rstart, 0, ((size_t)s->m + 1) * sizeof *s->rstart);
    for (int64_t t = 0; t < s->start[s->n]; t++) {
        s->rstart[s->row[t] + 1]++;
    }
    for (int32_t i = 0; i < s->m; i++) {
        s->rstart[i + 1] += s->rstart[i];
        fill[i] = s->rstart[i];
    }
    for (int32_t j = 0; j < s->n; j++) {
        for (int64_t t = s->start[j]; t < s->start[j + 1]; t++) {
            int64_t at = fill[s->row[t]]++;
            s->rcol[at] = j;
            s->rval[at] = s->sval[t];
        }
    }
    s->rows_stale = false;
}

void pl__basis_row(pl_simplex *s, const double *rho)
{
    int64_t by_rows = 0, by_columns = 0;
    if (s->rows_stale) {
        build_rows(s);
    }
    s->touched_count = 0;
    for (int32_t i = 0; i < s->m; i++) {
        if (rho[i] != 0) {
            by_rows += s->rstart[i + 1] - s->rstart[i];
            if (s->place[i] != PL__BASIC && s->wl[i] != s->wu[i]) {
                touch(s, i, -rho[i]);
            }
        }
    }
    for (int32_t j = 0; j < s->n; j++) {
        if (s->place[s->m + j] != PL__BASIC) {
            by_columns += s->start[j + 1] - s->start[j];
        }
    }
    if (by_columns <= 2 * by_rows) {
        row_by_columns(s, rho);
    } else {
        row_by_rows(s, rho);
    }
}

void pl__basis_row_clear(pl_simplex *s)
{
    for (int32_t t = 0; t < s->touched_count; t++) {
        s->alpha[s->touched[t]] = 0;
    }
    s->touched_count = 0;
}

pl_status pl__basis_exchange(pl_simplex *s, int32_t p, int32_t q, pl__place leaving)
{
    pl_status status = pl__lu_update(&s->lu, p, s->spike, s->partial, s->col[p]);
    if (status != PL_OK) {
        s->factored = false;
        return status;
    }
    int32_t out = s->head[p];
    s->place[out] = (uint8_t)leaving;
    s->where[out] = -1;
    s->head[p] = q;
    s->where[q] = p;
    s->place[q] = PL__BASIC;
    s->fresh = false;
    return PL_OK;
}

bool pl__primal_feasible(const pl_simplex *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        int32_t v = s->head[i];
        if (!(s->x[v] >= s->wl[v] - s->primal_tol && s->x[v] <= s->wu[v] + s->primal_tol)) {
            return false;
        }
    }
    return true;
}

bool pl__dual_feasible(pl_simplex *s, bool flip, bool *flipped)
{
    *flipped = false;
    bool feasible = true;
    for (int32_t v = 0; v < pl__total(s); v++) {
        double tol = s->dual_tol * s->d_size[v];
        if (s->place[v] == PL__BASIC || s->wl[v] == s->wu[v] || fabs(s->d[v]) <= tol) {
            continue;
        }
        bool wrong = s->place[v] == PL__FREE || (s->place[v] == PL__AT_LO && s->d[v] < 0) ||
                     (s->place[v] == PL__AT_HI && s->d[v] > 0);
        if (!wrong) {
            continue;
        }
        if (!isfinite(s->wl[v]) || !isfinite(s->wu[v])) {
            feasible = false;
            continue;
        }
        *flipped = true;
        if (flip) {
            s->place[v] = s->place[v] == PL__AT_LO ? PL__AT_HI : PL__AT_LO;
            s->x[v] = s->place[v] == PL__AT_LO ? s->wl[v] : s->wu[v];
        }
    }
    return feasible;
}
