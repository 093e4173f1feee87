/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * merit_sweep.c - values and levels where recipes are taken in the order of their costs, each up to its capacity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/merit.h"

#define SWEEPS_MOST 200
#define AHEAD 48           /* entries that are fetched from memory before they are used */
#define TICKS (1 << 18)    /* goods from one look at the clock to the next */
#define WAITS 1e-2         /* of the tolerance: what a good lacks by less, in proportion, waits until it is more */
#define LAST_DIGITS 2e-12
#define ENOUGH 1e-11       /* what a balance may lack, in proportion */
#define AGAIN 4
#define LOWERINGS 100
#define LOWERED 1e-3       /* of the gap: prices that still fall by less are taken off alike */
#define SNAP 1e-12        /* levels so near to a bound are at it */
#define FEW 16             /* recipes of a good that are sorted one by one */

double pl_merit_unit_cost(const pl_sweeping *s, int32_t recipe, const double *value)
{
    const pl_sparse *f = &s->flows;
    int64_t last = f->start[f->n_columns] - 1;
    double inputs = s->cost[recipe];
    for (int64_t k = f->start[recipe]; k < f->start[recipe + 1]; k++) {
        double a = f->amount[k];
        __builtin_prefetch(&value[f->index[k + AHEAD < last ? k + AHEAD : last]]);
        inputs -= a < 0 ? a * value[f->index[k]] : 0;
    }
    return inputs / s->makers.output[recipe];
}

static double most_of(const pl_sweeping *s, int32_t recipe)
{
    double capacity = s->e->recipes[recipe].capacity;
    return pl_given(capacity) ? capacity : (double)INFINITY;
}

double pl_merit_room(const pl_sweeping *s, int32_t recipe)
{
    return (most_of(s, recipe) - s->level[recipe]) * s->makers.output[recipe];
}

static pl_status stopped(pl_error *err)
{
    return pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

pl_status pl_merit_values(pl_merit *m, double tolerance, pl_error *err)
{
    pl_sweeping *s = m->s;
    bool settled = false;
    for (int sweep = 0; sweep < SWEEPS_MOST && !settled; sweep++) {
        settled = true;
        for (int32_t g = 0; g < s->e->n_goods; g++) {
            if (g % TICKS == 0 && !pl_tick(&s->progress, "sweeping values", -1)) {
                return stopped(err);
            }
            double then = pl_merit_unit_cost(s, s->chosen[g], s->value) + m->rent[g], now = s->value[g];
            settled &= fabs(then - now) <= tolerance * fabs(then);
            s->value[g] = then;
        }
        s->mk->iterations++;
    }
    return PL_OK;
}

static int by_unit(const void *a, const void *b, void *unit)
{
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    double p = ((const double *)unit)[i], q = ((const double *)unit)[j];
    return p != q ? (p > q) - (p < q) : (i > j) - (i < j);
}

static void sort(int32_t *recipe, int32_t n, double *unit)
{
    if (n > FEW) {
        qsort_r(recipe, (size_t)n, sizeof *recipe, by_unit, unit);
        return;
    }
    for (int32_t i = 1; i < n; i++) {
        int32_t r = recipe[i], k = i;
        for (; k > 0 && by_unit(&r, &recipe[k - 1], unit) < 0; k--) {
            recipe[k] = recipe[k - 1];
        }
        recipe[k] = r;
    }
}

/* ---- Levels ------------------------------------------------------------------------------------------------------ */

/* Its inputs are asked for. */
void pl_merit_make(pl_merit *m, int32_t r, int32_t g, double more)
{
    pl_sweeping *s = m->s;
    const pl_sparse *f = &s->flows;
    int64_t last = f->start[f->n_columns] - 1;
    double most = most_of(s, r), before = s->level[r], then = before + more / s->makers.output[r];
    bool none = more <= -before * s->makers.output[r] || then * s->makers.output[r] < SNAP * s->need[g];
    then = none ? 0 : then > most * (1 - SNAP) ? most : then;
    s->level[r] = then;
    s->output[g] += (then - before) * s->makers.output[r];
    for (int64_t k = f->start[r]; k < f->start[r + 1]; k++) {
        double a = f->amount[k];
        __builtin_prefetch(&s->need[f->index[k + AHEAD < last ? k + AHEAD : last]], 1);
        s->need[f->index[k]] -= a < 0 ? a * (then - before) : 0;
    }
}

/* What good g lacks (has to spare: less) is made by its marginal recipe, and by others in their order where that one is at a
 * bound: the last of them is the new marginal recipe. */
static bool settle(pl_merit *m, int32_t g)
{
    pl_sweeping *s = m->s;
    const int32_t *recipe = s->makers.column + s->makers.start[g];
    int32_t n = s->makers.start[g + 1] - s->makers.start[g], at = s->chosen[g];
    double need = fmax(0, s->need[g]), left = need - s->output[g], least = SNAP * need;
    bool more = left > 0;
    for (int32_t k = -1; k < n && fabs(left) > least; k++) {
        int32_t r = k < 0 ? at : recipe[more ? k : n - 1 - k];
        double room = more ? pl_merit_room(s, r) : s->level[r] * s->makers.output[r];
        if (room <= 0 || (k >= 0 && r == at)) {
            continue;
        }
        pl_merit_make(m, r, g, more ? fmin(left, room) : fmax(left, -room));
        left = need - s->output[g];
        if (r != at) {
            m->watched[g] = true;
            m->rent[g] = 0;
            s->chosen[g] = r;
        }
    }
    return !(left > least) || pl_merit_room(s, s->chosen[g]) > 0; /* what is left is rounding, of a need that was larger */
}

/* All recipes of good g from the cheapest on. */
static void fill(pl_merit *m, int32_t g)
{
    pl_sweeping *s = m->s;
    double left = s->need[g];
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        double part = fmin(left, most_of(s, r) * s->makers.output[r]), now = s->level[r] * s->makers.output[r];
        if (left > 0) {
            s->chosen[g] = r;
        }
        if (part != now) {
            pl_merit_make(m, r, g, part - now);
        }
        left -= part;
    }
    m->rent[g] = 0;
}

/* Do dearer recipes run while cheaper ones have room? */
static bool in_order(const pl_merit *m, int32_t g)
{
    const pl_sweeping *s = m->s;
    double tie = m->follow && !m->watched[g] ? 0 : m->tie;
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        double dearer = (m->unit[r] - s->value[g]) / s->value[g];
        bool cheap = dearer < -tie && pl_merit_room(s, r) > 0, dear = dearer > tie && s->level[r] > 0;
        if (r != s->chosen[g] && (cheap || dear)) {
            return false;
        }
    }
    return true;
}

void pl_merit_order(pl_merit *m)
{
    pl_sweeping *s = m->s;
#pragma omp parallel for num_threads(s->mk->settings->threads > 1 ? 2 : 1) schedule(static)
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        int32_t from = s->makers.start[g], n = s->makers.start[g + 1] - from;
        for (int32_t i = from; n > 1 && i < from + n; i++) {
            m->unit[s->makers.column[i]] = pl_merit_unit_cost(s, s->makers.column[i], s->value);
        }
        sort(s->makers.column + from, n, m->unit);
    }
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        int32_t from = s->makers.start[g], n = s->makers.start[g + 1] - from;
        if (n > 1 && s->need[g] > 0 && !in_order(m, g)) {
            m->watched[g] |= !m->follow;
            fill(m, g);
        } else if (n > 1 && !(s->need[g] > 0)) {
            s->chosen[g] = s->makers.column[from];
        }
    }
}

/* Differences of large numbers leave rounding behind. */
void pl_merit_needs(pl_merit *m)
{
    pl_sweeping *s = m->s;
    const pl_sparse *f = &s->flows;
    memcpy(s->need, s->mk->demand, sizeof *s->need * (size_t)s->e->n_goods);
    memset(s->output, 0, sizeof *s->output * (size_t)s->e->n_goods);
    for (int32_t r = 0; r < s->e->n_recipes; r++) {
        for (int64_t k = f->start[r]; s->level[r] > 0 && k < f->start[r + 1]; k++) {
            double a = f->amount[k];
            *(a < 0 ? &s->need[f->index[k]] : &s->output[f->index[k]]) += fabs(a) * s->level[r];
        }
    }
}

/* Sweeps until what moves is worth no more than worth_least, and no good lacks more than `waits` of what it is asked for. */
static pl_status sweep_levels(pl_merit *m, double waits, double worth_least, pl_error *err)
{
    pl_sweeping *s = m->s;
    double moved = (double)INFINITY;
    for (int sweep = 0; sweep < SWEEPS_MOST && moved > worth_least && s->why_not == NULL; sweep++) {
        moved = 0;
        for (int32_t g = 0; g < s->e->n_goods; g++) {
            if (g % TICKS == 0 && !pl_tick(&s->progress, "sweeping outputs", -1)) {
                return stopped(err);
            }
            double more = s->need[g] - s->output[g];
            if (fabs(more) > waits * s->need[g]) {
                moved += fabs(more) * s->value[g];
                s->why_not = !settle(m, g) ? "the capacities of a good are too small for what is needed of it" : s->why_not;
            }
        }
        s->mk->iterations++;
    }
    return PL_OK;
}

pl_status pl_merit_levels(pl_merit *m, double tolerance, pl_error *err)
{
    pl_merit_needs(m);
    return sweep_levels(m, WAITS * tolerance, tolerance * m->worth, err);
}

/* Recipes of needed good g that run for more than rounding: their inputs are needed too.  Returns how many goods wait now. */
static int32_t need_inputs(pl_sweeping *s, int32_t g, bool *needed, int32_t *waiting, int32_t n)
{
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        if (s->level[r] * s->makers.output[r] <= SNAP * s->output[g]) {
            s->level[r] = 0;
        }
        for (int64_t k = s->flows.start[r]; s->level[r] > 0 && k < s->flows.start[r + 1]; k++) {
            int32_t h = s->flows.index[k];
            if (!needed[h]) {
                needed[h] = true;
                waiting[n++] = h;
            }
        }
    }
    return n;
}

/* Goods that nobody needs any more leave rounding behind, which runs round in circles for ever. */
static pl_status drop_rounding(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    bool *needed = PL_NEW0(bool, s->e->n_goods);
    int32_t *waiting = PL_NEW(int32_t, s->e->n_goods), n = 0;
    bool ok = needed != NULL && waiting != NULL;
    for (int32_t g = 0; ok && g < s->e->n_goods; g++) {
        if (s->mk->demand[g] > 0) {
            needed[g] = true;
            waiting[n++] = g;
        }
    }
    while (n > 0) {
        int32_t g = waiting[--n];
        n = need_inputs(s, g, needed, waiting, n);
    }
    for (int32_t g = 0; ok && g < s->e->n_goods; g++) {
        for (int32_t i = s->makers.start[g]; !needed[g] && i < s->makers.start[g + 1]; i++) {
            s->level[s->makers.column[i]] = 0;
        }
    }
    pl_free(needed);
    pl_free(waiting);
    return ok ? PL_OK : pl_fail_nomem(err, "the levels");
}

pl_status pl_merit_last_digits(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    pl_status status = drop_rounding(m, err);
    for (int k = 0; k < AGAIN && status == PL_OK && s->why_not == NULL; k++) {
        pl_merit_needs(m);
        s->violation = 0;
        for (int32_t g = 0; g < s->e->n_goods; g++) {
            double lacks = s->need[g] - s->output[g];
            s->violation = lacks > 0 ? fmax(s->violation, lacks / s->need[g]) : s->violation;
        }
        if (s->violation <= ENOUGH) {
            break;
        }
        status = sweep_levels(m, LAST_DIGITS, 0, err);
    }
    return status;
}

/* ---- What the levels cost, what the values prove ------------------------------------------------------------------- */

void pl_merit_cost(pl_merit *m)
{
    const pl_sweeping *s = m->s;
    const pl_economy *e = s->e;
    memset(m->used, 0, sizeof *m->used * (size_t)e->n_resources);
    m->cost = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        m->cost += s->cost[r] * s->level[r];
        for (int64_t k = e->uses.start[r]; s->level[r] > 0 && k < e->uses.start[r + 1]; k++) {
            m->used[e->uses.index[k]] += e->uses.amount[k] * s->level[r];
        }
    }
    m->over = -1;
    for (int32_t i = 0; i < m->n_limits; i++) {
        double used = m->used[m->resource[i]];
        m->cost -= s->scarcity[m->resource[i]] * used;
        m->over = fmax(m->over, (used - m->limit[i]) / m->limit[i]);
    }
}

/* Lowers the price of good g to what the cheapest recipe without capacity takes; returns the change, in proportion. */
static double lower(const pl_sweeping *s, int32_t g, double *price)
{
    double now = price[g], then = now > 0 ? now : 0;
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        double unit = pl_given(s->e->recipes[r].capacity) ? then : pl_merit_unit_cost(s, r, price);
        then = unit < then ? unit : then;
    }
    price[g] = then;
    return now > then ? (now - then) / now : 0;
}

double pl_merit_prove(const pl_merit *m, double *price)
{
    pl_sweeping *s = m->s;
    const pl_economy *e = s->e;
    memcpy(price, s->value, sizeof *price * (size_t)e->n_goods);
    double most = 1, off = 0, sum = 0;
    for (int k = 0; k < LOWERINGS && most > LOWERED * m->gap; k++) {
        most = 0;
        for (int32_t g = 0; g < e->n_goods; g++) {
            double change = lower(s, g, price);
            most = change > most ? change : most;
        }
    }
    for (int32_t r = 0; r < e->n_recipes; r++) { /* as pl_sweep_too_high has it */
        double gain = 0, own = s->cost[r];
        for (int64_t k = s->flows.start[r]; !pl_given(e->recipes[r].capacity) && k < s->flows.start[r + 1]; k++) {
            gain += s->flows.amount[k] * price[s->flows.index[k]];
        }
        gain -= own;
        off = gain > 0 ? fmax(off, own > 0 ? gain / (own + gain) : 1) : off;
    }
    s->shrink = off;
    for (int32_t g = 0; g < e->n_goods; g++) {
        price[g] *= 1 - off;
        sum += price[g] * s->mk->demand[g];
    }
    for (int32_t i = 0; i < m->n_limits; i++) {
        sum -= s->scarcity[m->resource[i]] * m->limit[i];
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double gain = -s->cost[r];
        for (int64_t k = s->flows.start[r]; pl_given(e->recipes[r].capacity) && k < s->flows.start[r + 1]; k++) {
            gain += s->flows.amount[k] * price[s->flows.index[k]];
        }
        sum -= gain > 0 ? gain * e->recipes[r].capacity : 0;
    }
    return sum;
}
