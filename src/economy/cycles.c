/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/cycles.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "sparse/components.h"

#define SWEEPS 2000
#define SETTLED 1e-4 /* growth in one sweep; when prices never settle it is at least 1 / SWEEPS */
#define TRY_EVERY 16
#define POWER_STEPS 60
#define LARGE 100000 /* goods of a group */
#define POWER_STEPS_LARGE 12
#define HUGE_PRICE 1e150
#define ROUNDING 1e-12
#define NAMES 5 /* goods of a cycle that are named */

/* Nodes are goods, then recipes. */
typedef struct graph {
    const pl_economy *e;
    int64_t *maker_start; /* of each good, into maker and made */
    int32_t *maker;       /* recipes that make it and can be carried out */
    double *made;
    bool *imported;       /* goods that need not be made */
    int32_t *member;      /* nodes, group by group */
    int32_t *group_start; /* groups + 1 */
    int32_t n_groups;
    /* Of each good, for the group at hand. */
    double *price, *growth;
    int32_t *choice;      /* its cheapest maker: index into maker, relative to maker_start */
    unsigned char *mark;
} graph;

enum { OUT, IN, GROWING, VISITED };

static void clear(graph *g)
{
    pl_free(g->maker_start);
    pl_free(g->maker);
    pl_free(g->made);
    pl_free(g->imported);
    pl_free(g->member);
    pl_free(g->group_start);
    pl_free(g->price);
    pl_free(g->growth);
    pl_free(g->choice);
    pl_free(g->mark);
}

/* ---- The graph ------------------------------------------------------------------------------- */

static bool can_run(const pl_economy *e, int32_t recipe)
{
    return !(e->recipes[recipe].capacity <= 0); /* true when it is not given */
}

/* Lists the makers of each good. */
static bool list_makers(graph *g)
{
    const pl_economy *e = g->e;
    size_t n = (size_t)e->n_goods;
    g->maker_start = PL_NEW0(int64_t, n + 2);
    if (g->maker_start == NULL) {
        return false;
    }
    int64_t *start = g->maker_start + 1; /* start[good] ends as the beginning of the next */
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            start[e->flows.index[k] + 1] += e->flows.amount[k] > 0 && can_run(e, r);
        }
    }
    for (size_t i = 0; i < n; i++) {
        start[i + 1] += start[i];
    }
    g->maker = PL_NEW(int32_t, start[n]);
    g->made = PL_NEW(double, start[n]);
    if (g->maker == NULL || g->made == NULL) {
        return false;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            if (e->flows.amount[k] > 0 && can_run(e, r)) {
                int64_t at = start[e->flows.index[k]]++;
                g->maker[at] = r;
                g->made[at] = e->flows.amount[k];
            }
        }
    }
    return true;
}

static bool set_up(graph *g)
{
    const pl_economy *e = g->e;
    size_t n = (size_t)e->n_goods, nodes = n + (size_t)e->n_recipes;
    g->imported = PL_NEW0(bool, n);
    g->member = PL_NEW(int32_t, nodes);
    g->group_start = PL_NEW(int32_t, nodes + 1);
    g->price = PL_NEW(double, n);
    g->growth = PL_NEW(double, n);
    g->choice = PL_NEW(int32_t, n);
    g->mark = PL_NEW0(unsigned char, n);
    if (g->imported == NULL || g->member == NULL || g->group_start == NULL || g->price == NULL || g->growth == NULL ||
        g->choice == NULL || g->mark == NULL || !list_makers(g)) {
        return false;
    }
    for (int32_t i = 0; i < e->n_trade; i++) {
        const pl_trade *t = &e->trade[i];
        g->imported[t->good] = pl_given(t->import_price) && !(t->import_limit <= 0);
    }
    return true;
}

/* The next node that `node` needs, from *cursor on; -1 after the last. */
static int32_t next_needed(const void *of, int32_t node, int64_t *cursor)
{
    const graph *g = of;
    const pl_economy *e = g->e;
    if (node < e->n_goods) {
        int64_t end = g->imported[node] ? 0 : g->maker_start[node + 1];
        int64_t k = g->maker_start[node] + (*cursor)++;
        return k < end ? e->n_goods + g->maker[k] : -1;
    }
    int32_t r = node - e->n_goods;
    for (;;) {
        int64_t k = e->flows.start[r] + (*cursor)++;
        if (k >= e->flows.start[r + 1]) {
            return -1;
        }
        if (e->flows.amount[k] < 0) {
            return e->flows.index[k];
        }
    }
}

static bool find_groups(graph *g)
{
    return pl_components(g->e->n_goods + g->e->n_recipes, next_needed, g, g->member, g->group_start, &g->n_groups,
                         NULL) == PL_OK;
}

/* ---- Prices ---------------------------------------------------------------------------------- */

/* The goods of one group. */
typedef struct group {
    const int32_t *good;
    int32_t n;
    double wage;   /* the 1 of the sweeps, scaled like the prices */
    double excess; /* after a proof: at least so much is taken for each 1 that is made */
} group;

/* Value of the inputs of a recipe that are marked at least `mark`. */
static double value_of_inputs(const graph *g, int32_t recipe, int mark, const double *price)
{
    const pl_columns *f = &g->e->flows;
    double value = 0;
    for (int64_t k = f->start[recipe]; k < f->start[recipe + 1]; k++) {
        if (f->amount[k] < 0 && g->mark[f->index[k]] >= mark) {
            value -= f->amount[k] * price[f->index[k]];
        }
    }
    return value;
}

static double value_of_outputs(const graph *g, int32_t recipe, int mark, const double *price)
{
    const pl_columns *f = &g->e->flows;
    double value = 0;
    for (int64_t k = f->start[recipe]; k < f->start[recipe + 1]; k++) {
        if (f->amount[k] > 0 && g->mark[f->index[k]] >= mark) {
            value += f->amount[k] * price[f->index[k]];
        }
    }
    return value;
}

/* One sweep over the group; the highest relative growth, or INFINITY when a price leaves the range of numbers.  *productive:
 * the inputs of every cheapest recipe cost less than the good did before, so that everything can be made (Collatz 1942). */
static double sweep(graph *g, const group *c, bool *productive)
{
    double fastest = 0;
    *productive = true;
    for (int32_t i = 0; i < c->n; i++) {
        int32_t good = c->good[i];
        double best = INFINITY;
        for (int64_t k = g->maker_start[good]; k < g->maker_start[good + 1]; k++) {
            double cost = (c->wage + value_of_inputs(g, g->maker[k], IN, g->price)) / g->made[k];
            if (cost < best) {
                best = cost;
                g->choice[good] = (int32_t)(k - g->maker_start[good]);
            }
        }
        if (!isfinite(best)) {
            return INFINITY;
        }
        double own = c->wage / g->made[g->maker_start[good] + g->choice[good]];
        *productive &= best - own < g->price[good] * (1 - ROUNDING);
        double growth = best - g->price[good];
        g->growth[good] = growth > 0 ? growth : 0;
        fastest = growth > fastest * best ? growth / best : fastest;
        g->price[good] = best > g->price[good] ? best : g->price[good];
    }
    return fastest;
}

static void keep_small(graph *g, group *c)
{
    double highest = 0;
    for (int32_t i = 0; i < c->n; i++) {
        highest = g->price[c->good[i]] > highest ? g->price[c->good[i]] : highest;
    }
    if (highest > HUGE_PRICE) {
        for (int32_t i = 0; i < c->n; i++) {
            g->price[c->good[i]] /= HUGE_PRICE;
            g->growth[c->good[i]] /= HUGE_PRICE;
        }
        c->wage /= HUGE_PRICE;
    }
}

/* Tries the growth of prices as a proof that the growing goods cannot be made; they stay marked as GROWING when it
 * holds. */
static bool prove_unproductive(graph *g, group *c)
{
    bool holds = true, any = false;
    for (int32_t i = 0; i < c->n; i++) {
        int32_t good = c->good[i];
        g->mark[good] = g->growth[good] > SETTLED * g->price[good] ? GROWING : IN;
        any |= g->mark[good] == GROWING;
    }
    c->excess = INFINITY;
    for (int32_t i = 0; i < c->n && holds; i++) {
        int32_t good = c->good[i];
        for (int64_t k = g->maker_start[good]; k < g->maker_start[good + 1] && holds && g->mark[good] == GROWING; k++) {
            double in = value_of_inputs(g, g->maker[k], GROWING, g->growth);
            double out = value_of_outputs(g, g->maker[k], GROWING, g->growth);
            holds = out >= DBL_MIN && in >= out * (1 - 1e-12); /* underflow proves nothing */
            c->excess = in < c->excess * out ? in / out : c->excess;
        }
    }
    for (int32_t i = 0; i < c->n && !holds; i++) {
        g->mark[c->good[i]] = IN;
    }
    return any && holds;
}

static bool all_positive(const group *c, const double *price)
{
    for (int32_t i = 0; i < c->n; i++) {
        if (!(price[c->good[i]] > 0 && isfinite(price[c->good[i]]))) {
            return false;
        }
    }
    return true;
}

/* Bounds of the spectral radius with the chosen recipes: of any positive v, the lowest and highest (Av)_i / v_i.
 * The identity is added so that the steps converge for cycles too. */
static void bound_radius(graph *g, const group *c, pl_cycles *out)
{
    double low = 0, high = INFINITY;
    int most = c->n < LARGE ? POWER_STEPS : POWER_STEPS_LARGE;
    for (int step = 0; step < most && all_positive(c, g->price); step++) {
        double step_low = INFINITY, step_high = 0, sum = 0;
        for (int32_t i = 0; i < c->n; i++) {
            int32_t good = c->good[i];
            int64_t k = g->maker_start[good] + g->choice[good];
            double next = value_of_inputs(g, g->maker[k], IN, g->price) / g->made[k], ratio = next / g->price[good];
            step_low = ratio < step_low ? ratio : step_low;
            step_high = ratio > step_high ? ratio : step_high;
            g->growth[good] = g->price[good] + next;
            sum += g->growth[good];
        }
        if (!isfinite(sum) || !isfinite(step_high)) {
            break;
        }
        low = step_low > low ? step_low : low;
        high = step_high < high ? step_high : high;
        if (high - low <= 1e-6 * high) {
            break;
        }
        for (int32_t i = 0; i < c->n; i++) {
            g->price[c->good[i]] = g->growth[c->good[i]] / sum * c->n;
        }
    }
    out->low = low > out->low ? low : out->low;
    out->high = high > out->high ? high : out->high;
}

/* ---- Telling --------------------------------------------------------------------------------- */

/* The input that weighs most in the cheapest recipe of a growing good. */
static int32_t main_input(const graph *g, int32_t good)
{
    const pl_columns *f = &g->e->flows;
    int32_t recipe = g->maker[g->maker_start[good] + g->choice[good]], most = -1;
    double value = 0;
    for (int64_t k = f->start[recipe]; k < f->start[recipe + 1]; k++) {
        int32_t input = f->index[k];
        if (f->amount[k] < 0 && g->mark[input] >= GROWING && -f->amount[k] * g->growth[input] > value) {
            value = -f->amount[k] * g->growth[input];
            most = input;
        }
    }
    return most;
}

/* How much of `good` it takes, directly and through the others, to make 1 of it; NaN when the others cannot be made
 * even then. */
static double own_need(graph *g, const group *c, int32_t good)
{
    double change = 1;
    for (int32_t i = 0; i < c->n; i++) {
        g->price[c->good[i]] = 0;
    }
    g->price[good] = 1;
    for (int step = 0; step < SWEEPS && change > 1e-9; step++) {
        change = 0;
        for (int32_t i = 0; i < c->n; i++) {
            int32_t other = c->good[i];
            if (other == good || g->mark[other] < GROWING) {
                continue;
            }
            int64_t k = g->maker_start[other] + g->choice[other];
            double next = value_of_inputs(g, g->maker[k], GROWING, g->price) / g->made[k];
            change = fabs(next - g->price[other]) > change * next ? fabs(next - g->price[other]) / next : change;
            g->price[other] = next;
        }
    }
    int64_t k = g->maker_start[good] + g->choice[good];
    double need = value_of_inputs(g, g->maker[k], GROWING, g->price) / g->made[k];
    return change > 1e-9 || !isfinite(need) ? NAN : need;
}

static void add_name(char *text, size_t size, const char *before, const char *name)
{
    size_t n = strlen(text);
    snprintf(text + n, size - n, "%s%.30s", before, name);
}

static void tell(graph *g, const group *c, pl_findings *findings)
{
    const pl_good *goods = g->e->goods;
    int32_t good = c->good[0], first;
    for (int32_t i = 0; i < c->n; i++) {
        good = g->mark[c->good[i]] == GROWING ? c->good[i] : good;
    }
    for (first = good; first >= 0 && g->mark[first] != VISITED; first = main_input(g, first)) {
        g->mark[first] = VISITED; /* still counts as growing */
    }
    if (first < 0) {
        return; /* cannot be: a growing good has a growing input */
    }
    char way[200] = "", much[PL_NUMBER_MAX];
    int named = 0;
    int32_t next = main_input(g, first), start = first;
    for (; next != start; next = main_input(g, next)) {
        first = next < first ? next : first; /* tell the cycle from its first good in canonical order */
    }
    next = first;
    add_name(way, sizeof way, "", goods[first].id);
    do {
        next = main_input(g, next);
        if (named++ < NAMES) {
            add_name(way, sizeof way, " <- ", goods[next].id);
        }
    } while (next != first && named < g->e->n_goods);
    if (named > NAMES) {
        add_name(way, sizeof way, " <- ... <- ", goods[first].id);
    }
    static const char hint[] = "check these amounts and their units; a negative amount is an input per unit of level";
    double need = own_need(g, c, first);
    const char *unit = goods[first].unit, *space = unit[0] != '\0' ? " " : "";
    if (need >= 1 - 1e-9) {
        need = need < 1000 ? round(need * 1000) / 1000 : need;
        pl_number_format(need, much);
        pl_found(findings, PL_WARNING, "flows.csv", 0, 0, hint,
                 "making 1%s%.20s of %.30s takes %s%s%.20s of it: %s", space, unit, goods[first].id, much, space, unit, way);
    } else {
        pl_number_for_people(c->excess, much);
        pl_found(findings, PL_WARNING, "flows.csv", 0, 0, hint,
                 "goods that need one another take at least %s times what they make: %s", much, way);
    }
}

/* ---- The call -------------------------------------------------------------------------------- */

static pl_status check_group(graph *g, group *c, const pl_progress *progress, pl_findings *findings, pl_cycles *out)
{
    bool told = false, settled = false;
    for (int32_t i = 0; i < c->n; i++) {
        g->mark[c->good[i]] = IN;
        g->price[c->good[i]] = 0;
        g->choice[c->good[i]] = 0;
    }
    for (int k = 1; k <= SWEEPS && !settled && !told; k++) {
        bool productive;
        double growth = sweep(g, c, &productive);
        settled = growth < SETTLED || productive;
        if (isinf(growth)) {
            break; /* such numbers are not judged */
        }
        if (k % TRY_EVERY == 0 && !settled) {
            keep_small(g, c);
            if (!pl_tick(progress, "looking for cycles", -1)) {
                return PL_STOPPED;
            }
            told = prove_unproductive(g, c);
        }
    }
    if (told) {
        for (int32_t i = 0; i < c->n; i++) {
            g->price[c->good[i]] = g->price[c->good[i]] > 0 ? g->price[c->good[i]] : 1;
        }
    }
    if (findings == NULL) {
        bound_radius(g, c, out);
    } else if (told) {
        tell(g, c, findings);
    }
    for (int32_t i = 0; i < c->n; i++) {
        g->mark[c->good[i]] = OUT;
    }
    return PL_OK;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Moves the goods of a group to its front, in the order of the economy; how many there are. */
static int32_t goods_first(const graph *g, int32_t *node, int32_t n)
{
    int32_t goods = 0;
    for (int32_t i = 0; i < n; i++) {
        if (node[i] < g->e->n_goods) {
            int32_t other = node[goods];
            node[goods++] = node[i];
            node[i] = other;
        }
    }
    qsort(node, (size_t)goods, sizeof *node, by_number);
    return goods;
}

static pl_status check_groups(graph *g, const pl_progress *progress, pl_findings *findings, pl_cycles *out)
{
    for (int32_t i = 0; i < g->n_groups; i++) {
        int32_t *node = g->member + g->group_start[i], n = g->group_start[i + 1] - g->group_start[i];
        if (n < 2) {
            continue;
        }
        group c = {.good = node, .n = goods_first(g, node, n), .wage = 1};
        out->count++;
        out->largest = c.n > out->largest ? c.n : out->largest;
        pl_status status = check_group(g, &c, progress, findings, out);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

pl_status pl_cycles_check(const pl_economy *economy, const pl_progress *progress, pl_findings *findings,
                          pl_cycles *out, pl_error *err)
{
    graph g = {.e = economy};
    memset(out, 0, sizeof *out);
    pl_status status = set_up(&g) && find_groups(&g) ? check_groups(&g, progress, findings, out) : PL_NOMEM;
    clear(&g);
    return status == PL_NOMEM    ? pl_fail_nomem(err, "the search for cycles")
           : status == PL_STOPPED ? pl_fail(err, PL_STOPPED, NULL, NULL, "the check was stopped")
                                  : status;
}
