/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * values.c - labour values, prices of production and gross outputs, with proved bounds.  See values.h. */
#include <plenty/values.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sparse/components.h"
#include "sparse/sweep.h"

#define SETTLED 1e-15       /* relative change in a sweep: nothing moves but rounding */
#define SETTLED_LARGE 1e-12 /* from this many goods in a group on: */
#define LARGE 100000
#define SWEEPS_MOST 100000
#define HUGE_VALUE 1e200
#define PROOF_SWEEPS 10
#define PROOF_FIRST 100.0     /* of rounding: by how much values are moved at first */
#define PROOF_MORE 8.0
#define PROOF_MOST 1e-3
#define GOODS_PER_TICK (1 << 18)
#define POWER_STEPS 200
#define POWER_SETTLED 1e-9
#define POWER_SETTLED_LARGE 1e-3
#define POWER_STEPS_LARGE 12 /* any step gives bounds */

/* The recipes of each good: all of them, of which the cheapest counts, or (share) in the proportions of a plan. */
typedef struct technique {
    const pl_economy *e;
    pl_sparse flows;
    pl_makers makers;
    double *labour; /* by recipe */
    double *share;  /* by recipe: part of the good that it makes; NULL = the cheapest counts */
    double markup;  /* on what goes in */
    int32_t *member, *start, n_groups; /* goods only */
    int32_t *group_of;                 /* by good */
    double rounding; /* relative, of one evaluation */
    const pl_progress *progress;
    int32_t sweeps;
    bool stopped;
} technique;

/* ---- One good ------------------------------------------------------------------------------------------ */

static double unit_cost(const technique *t, int32_t c, const double *value)
{
    double inputs = 0;
    for (int64_t k = t->flows.start[c]; k < t->flows.start[c + 1]; k++) {
        double a = t->flows.amount[k];
        inputs += a < 0 ? -a * value[t->flows.index[k]] : 0;
    }
    return (t->labour[c] + t->markup * inputs) / t->makers.output[c];
}

static bool is_made(const technique *t, int32_t g)
{
    return t->makers.start[g] < t->makers.start[g + 1];
}

/* What good g costs when all goods are worth `value`; *recipe (may be NULL): the one that counts most. */
static double evaluate(const technique *t, int32_t g, const double *value, int32_t *recipe)
{
    double best = (double)INFINITY, sum = 0, most = -1;
    int32_t chosen = -1;
    for (int32_t i = t->makers.start[g]; i < t->makers.start[g + 1]; i++) {
        int32_t c = t->makers.column[i];
        if (t->share == NULL) {
            double cost = unit_cost(t, c, value);
            chosen = cost < best ? c : chosen;
            best = cost < best ? cost : best;
        } else if (t->share[c] > 0) {
            sum += t->share[c] * unit_cost(t, c, value);
            chosen = t->share[c] > most ? c : chosen;
            most = t->share[c] > most ? t->share[c] : most;
        }
    }
    if (recipe != NULL) {
        *recipe = chosen;
    }
    return t->share == NULL ? (chosen < 0 ? 0 : best) : sum;
}

/* ---- Setting up ------------------------------------------------------------------------------------------ */

/* Nodes are goods, then recipes. */
static int32_t next_needed(const void *graph, int32_t node, int64_t *cursor)
{
    const technique *t = graph;
    int32_t goods = t->flows.n_rows;
    if (node < goods) {
        int64_t k = t->makers.start[node] + (*cursor)++;
        return k < t->makers.start[node + 1] ? goods + t->makers.column[k] : -1;
    }
    int32_t c = node - goods;
    for (;;) {
        int64_t k = t->flows.start[c] + (*cursor)++;
        if (k >= t->flows.start[c + 1]) {
            return -1;
        }
        if (t->flows.amount[k] < 0) {
            return t->flows.index[k];
        }
    }
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Groups of goods, recipes left out; each in the order of the goods. */
static pl_status find_groups(technique *t, pl_error *err)
{
    int32_t goods = t->flows.n_rows, nodes = goods + t->flows.n_columns, n = 0, groups = 0;
    int32_t *member = PL_NEW(int32_t, nodes), *start = PL_NEW(int32_t, (size_t)nodes + 1);
    t->member = PL_NEW(int32_t, goods);
    t->start = PL_NEW(int32_t, (size_t)goods + 1);
    t->group_of = PL_NEW(int32_t, goods);
    pl_status status = member != NULL && start != NULL && t->member != NULL && t->start != NULL && t->group_of != NULL
                           ? pl_components(nodes, next_needed, t, member, start, &groups, err)
                           : pl_fail_nomem(err, "the groups of goods");
    for (int32_t k = 0; status == PL_OK && k < groups; k++) {
        int32_t from = n;
        for (int32_t i = start[k]; i < start[k + 1]; i++) {
            if (member[i] < goods) {
                t->member[n++] = member[i];
            }
        }
        if (n > from) {
            qsort(t->member + from, (size_t)(n - from), sizeof *t->member, by_number);
            for (int32_t i = from; i < n; i++) {
                t->group_of[t->member[i]] = t->n_groups;
            }
            t->start[t->n_groups++] = from;
        }
    }
    if (status == PL_OK) {
        t->start[t->n_groups] = n;
    }
    pl_free(member);
    pl_free(start);
    return status;
}

/* The output of recipe r that bears all its labour: the largest where all have one unit, otherwise the one of whose making in
 * all recipes (at full capacity, or at level 1) it is the largest part.  -1 = none. */
static int32_t main_output(const pl_economy *e, int32_t r, const double *made, int *outputs)
{
    int32_t largest = -1, leading = -1;
    double amount = 0, part = 0;
    bool one_unit = true;
    *outputs = 0;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        int32_t g = e->flows.index[k];
        double a = e->flows.amount[k];
        if (a <= 0) {
            continue;
        }
        ++*outputs;
        one_unit &= largest < 0 || strcmp(e->goods[g].unit, e->goods[largest].unit) == 0;
        if (a / made[g] > part || (a / made[g] == part && a > amount)) {
            leading = g;
            part = a / made[g];
        }
        if (a > amount) {
            largest = g;
            amount = a;
        }
    }
    return one_unit ? largest : leading;
}

static double full_level(const pl_economy *e, int32_t r)
{
    double capacity = e->recipes[r].capacity;
    return pl_given(capacity) && capacity > 0 ? capacity : 1;
}

/* Who makes what, each recipe one good; counts those that make more. */
static pl_status find_makers(technique *t, int32_t *joint, pl_error *err)
{
    const pl_economy *e = t->e;
    pl_makers *m = &t->makers;
    double *made = PL_NEW0(double, e->n_goods);
    int32_t *main = PL_NEW(int32_t, e->n_recipes);
    *m = (pl_makers){PL_NEW0(int32_t, (size_t)e->n_goods + 2), PL_NEW(int32_t, e->n_recipes), PL_NEW0(double, e->n_recipes)};
    bool ok = made != NULL && main != NULL && m->start != NULL && m->column != NULL && m->output != NULL;
    for (int32_t r = 0; ok && r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            made[e->flows.index[k]] += fmax(0, e->flows.amount[k]) * full_level(e, r);
        }
    }
    for (int32_t r = 0; ok && r < e->n_recipes; r++) {
        int outputs;
        main[r] = main_output(e, r, made, &outputs);
        *joint += outputs > 1;
        m->start[main[r] + 2] += main[r] >= 0;
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            m->output[r] += e->flows.index[k] == main[r] ? e->flows.amount[k] : 0;
        }
    }
    for (int32_t g = 2; ok && g <= e->n_goods + 1; g++) {
        m->start[g] += m->start[g - 1];
    }
    for (int32_t r = 0; ok && r < e->n_recipes; r++) {
        if (main[r] >= 0) {
            m->column[m->start[main[r] + 1]++] = r;
        }
    }
    pl_free(made);
    pl_free(main);
    return ok ? PL_OK : pl_fail_nomem(err, "the recipes of each good");
}

/* Whether resource k is counted: the one that is asked for, or all labour. */
static bool counts(const pl_economy *e, int32_t k, int32_t asked)
{
    return asked >= 0 ? k == asked : e->resources[k].kind == PL_LABOUR;
}

/* Labour (or what is asked for) of each recipe, and its unit. */
static pl_status add_labour(technique *t, const char *resource, const char **unit, pl_error *err)
{
    const pl_economy *e = t->e;
    int32_t asked = resource != NULL ? pl_find_resource(e, resource) : -1;
    *unit = NULL;
    if (resource != NULL && asked < 0) {
        return pl_fail(err, PL_NOTFOUND, resource, "resources.csv lists them", "there is no resource '%s'", resource);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (!counts(e, k, asked)) {
            continue;
        }
        if (*unit != NULL && strcmp(*unit, e->resources[k].unit) != 0) {
            return pl_fail(err, PL_DATA, e->resources[k].id, "give all resources of kind labour one unit in resources.csv, or name one",
                           "labour is measured in '%s' and in '%s'; it cannot be added up", *unit, e->resources[k].unit);
        }
        *unit = e->resources[k].unit;
    }
    if (*unit == NULL) {
        return pl_fail(err, PL_DATA, NULL, "count another resource: --of RESOURCE", "there is no resource of kind labour");
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            t->labour[r] += counts(e, e->uses.index[k], asked) ? fmax(0, e->uses.amount[k]) : 0;
        }
    }
    return PL_OK;
}

/* Shares of the recipes in what the plan makes of each good.  A good that it does not make is valued by its first recipe. */
static void share_out(technique *t, const pl_plan *plan)
{
    for (int32_t g = 0; g < t->flows.n_rows; g++) {
        double sum = 0;
        for (int32_t i = t->makers.start[g]; i < t->makers.start[g + 1]; i++) {
            int32_t c = t->makers.column[i];
            sum += plan->level[c] * t->makers.output[c];
        }
        for (int32_t i = t->makers.start[g]; i < t->makers.start[g + 1]; i++) {
            int32_t c = t->makers.column[i];
            t->share[c] = sum > 0 ? plan->level[c] * t->makers.output[c] / sum : i == t->makers.start[g];
        }
    }
}

static pl_status set_up(technique *t, const pl_values_settings *settings, pl_values *v, pl_error *err)
{
    const pl_economy *e = t->e;
    int64_t longest = 0;
    t->flows = (pl_sparse){e->n_goods, e->n_recipes, e->flows.start, e->flows.index, e->flows.amount};
    pl_status status = find_makers(t, &v->joint, err);
    if (status != PL_OK) {
        return status;
    }
    t->labour = PL_NEW0(double, e->n_recipes);
    t->share = settings->plan != NULL ? PL_NEW0(double, e->n_recipes) : NULL;
    if (t->labour == NULL || (settings->plan != NULL && t->share == NULL)) {
        return pl_fail_nomem(err, "the labour of recipes");
    }
    if (settings->plan != NULL) {
        share_out(t, settings->plan);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        int64_t count = e->flows.start[r + 1] - e->flows.start[r];
        longest = count > longest ? count : longest;
    }
    t->rounding = DBL_EPSILON * ((double)longest + 8) * (t->share != NULL ? 2 : 1);
    status = add_labour(t, settings->resource, &v->unit, err);
    return status == PL_OK ? find_groups(t, err) : status;
}

static void clear(technique *t)
{
    pl_makers_clear(&t->makers);
    pl_free(t->labour);
    pl_free(t->share);
    pl_free(t->member);
    pl_free(t->start);
    pl_free(t->group_of);
}

/* ---- Sweeps ------------------------------------------------------------------------------------------------ */

static bool tick(technique *t, int32_t i, const char *what)
{
    if (i % GOODS_PER_TICK == 0 && !pl_tick(t->progress, what, -1)) {
        t->stopped = true;
    }
    return !t->stopped;
}

static pl_status not_productive(const technique *t, int32_t k, pl_error *err)
{
    int32_t n = t->start[k + 1] - t->start[k];
    const pl_good *goods = t->e->goods;
    const char *first = goods[t->member[t->start[k]]].id;
    const char *hint = t->markup > 1 ? "ask for a smaller --profit" : "look at the recipes of this cycle: plenty check names it";
    const char *what = t->markup > 1 ? "at this rate of profit" : "on the way";
    return pl_fail(err, PL_DATA, first, hint, "'%s', '%s'%s take more of one another %s than they make", first,
                   goods[t->member[t->start[k] + 1]].id, n > 2 ? " and others" : "", what);
}

/* Tables are net: a recipe's own product is not among what it takes, so that a good alone in its group needs no sweeps. */

/* Raises the values of group k from nothing.  When every increase of a sweep is at least that of the one before, they rise
 * without end. */
static pl_status sweep_group(technique *t, int32_t k, double *value, double *rise, pl_error *err)
{
    int32_t from = t->start[k], to = t->start[k + 1];
    double settled = to - from >= LARGE ? SETTLED_LARGE : SETTLED, change = 1, last = (double)INFINITY;
    bool endless = false;
    int32_t sweep = 0;
    for (; sweep < SWEEPS_MOST && change > settled && !endless; sweep++) {
        bool slower = sweep < 2;
        change = 0;
        for (int32_t i = from; i < to; i++) {
            int32_t g = t->member[i];
            if (!tick(t, i, "sweeping values")) {
                return pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
            }
            double now = fmax(value[g], evaluate(t, g, value, NULL)), more = now - value[g];
            change = now > 0 ? fmax(change, more / now) : change;
            slower |= more < rise[i - from] || more == 0;
            rise[i - from] = more;
            value[g] = now;
            endless |= now > HUGE_VALUE;
        }
        endless |= !slower;
        if (change >= last && change < 1e-13) {
            break; /* rounding */
        }
        last = change;
    }
    t->sweeps = sweep > t->sweeps ? sweep : t->sweeps;
    return endless ? not_productive(t, k, err) : PL_OK;
}

/* Tries bounds of group k that are `by` of the values away, `up` or down: sweeps until one moves every value back towards
 * the true ones by more than rounding. */
static bool proves(technique *t, int32_t k, const double *value, double by, bool up, double *bound)
{
    int32_t from = t->start[k], to = t->start[k + 1];
    for (int32_t i = from; i < to; i++) {
        int32_t g = t->member[i];
        bound[g] = value[g] * (up ? 1 + by : 1 - by);
    }
    for (int sweep = 0; sweep < PROOF_SWEEPS; sweep++) {
        bool all = true;
        for (int32_t i = from; i < to; i++) {
            int32_t g = t->member[i];
            double now = evaluate(t, g, bound, NULL), slack = t->rounding * now;
            all &= up ? now + slack <= bound[g] : now - slack >= bound[g];
            bound[g] = up ? fmin(now + slack, bound[g]) : fmax(now - slack, bound[g]);
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* Bounds of group k; infinite (0) where nothing could be proved. */
static void bound_group(technique *t, int32_t k, const double *value, bool up, double *bound)
{
    int32_t from = t->start[k], to = t->start[k + 1];
    if (to - from == 1) {
        int32_t g = t->member[from];
        double now = evaluate(t, g, bound, NULL);
        bound[g] = up ? now * (1 + t->rounding) : now * (1 - t->rounding);
        return;
    }
    for (double by = PROOF_FIRST * t->rounding; by <= PROOF_MOST; by *= PROOF_MORE) {
        if (proves(t, k, value, by, up, bound)) {
            return;
        }
    }
    for (int32_t i = from; i < to; i++) {
        bound[t->member[i]] = up ? (double)INFINITY : 0;
    }
}

/* Values at the markup of the technique, and bounds. */
static pl_status find_values(technique *t, double *value, double *low, double *high, pl_error *err)
{
    int32_t largest = 0;
    for (int32_t k = 0; k < t->n_groups; k++) {
        int32_t n = t->start[k + 1] - t->start[k];
        largest = n > largest ? n : largest;
    }
    double *rise = PL_NEW(double, largest);
    pl_status status = rise != NULL ? PL_OK : pl_fail_nomem(err, "the values");
    memset(value, 0, sizeof *value * (size_t)t->flows.n_rows);
    for (int32_t k = 0; k < t->n_groups && status == PL_OK; k++) {
        if (t->start[k + 1] - t->start[k] == 1) {
            int32_t g = t->member[t->start[k]];
            value[g] = evaluate(t, g, value, NULL);
        } else {
            status = sweep_group(t, k, value, rise, err);
        }
        if (status == PL_OK) {
            bound_group(t, k, value, false, low);
            bound_group(t, k, value, true, high);
        }
    }
    pl_free(rise);
    return status;
}

/* ---- The spectral radius --------------------------------------------------------------------------------- */

/* Bounds of the spectral radius of the inputs of group k (Collatz 1942, Wielandt 1950): the least and the largest
 * ratio by which a positive vector grows.  The vector moves half way each time, so that cycles of any length settle. */
static void bound_radius(const technique *t, int32_t k, const int32_t *recipe, double *now, double *next, double *low,
                         double *high)
{
    int32_t from = t->start[k], to = t->start[k + 1];
    bool large = to - from >= LARGE;
    double settled = large ? POWER_SETTLED_LARGE : POWER_SETTLED;
    int steps = large ? POWER_STEPS_LARGE : POWER_STEPS;
    for (int32_t i = from; i < to; i++) {
        now[t->member[i]] = 1;
    }
    *low = 0;
    *high = (double)INFINITY;
    for (int step = 0; step < steps && (isinf(*high) || *high - *low > settled * *high); step++) {
        double least = (double)INFINITY, most = 0;
        for (int32_t i = from; i < to; i++) {
            int32_t g = t->member[i], c = recipe[g];
            double sum = 0;
            for (int32_t m = t->makers.start[g]; m < t->makers.start[g + 1]; m++) {
                int32_t of = t->share != NULL ? t->makers.column[m] : c;
                double part = (t->share != NULL ? t->share[of] : m == t->makers.start[g]) / t->makers.output[of];
                for (int64_t e = t->flows.start[of]; part > 0 && e < t->flows.start[of + 1]; e++) {
                    int32_t input = t->flows.index[e];
                    sum += t->flows.amount[e] < 0 && t->group_of[input] == k ? -t->flows.amount[e] * part * now[input] : 0;
                }
            }
            next[g] = sum;
            least = fmin(least, sum / now[g]);
            most = fmax(most, sum / now[g]);
        }
        *low = fmax(*low, least);
        *high = fmin(*high, most);
        for (int32_t i = from; i < to && most > 0; i++) {
            int32_t g = t->member[i];
            now[g] = fmax(0.5 * (now[g] + next[g] / most), 1e-280);
        }
    }
}

static void find_radius(const technique *t, pl_values *v, double *now, double *next)
{
    for (int32_t k = 0; k < t->n_groups; k++) {
        double low = 0, high = 0;
        int32_t n = t->start[k + 1] - t->start[k];
        v->largest = n > v->largest ? n : v->largest;
        if (n > 1) {
            bound_radius(t, k, v->recipe, now, next, &low, &high);
        }
        v->radius_low = fmax(v->radius_low, low);
        v->radius_high = fmax(v->radius_high, high);
    }
    v->n_groups = t->n_groups;
}

/* ---- Gross outputs -------------------------------------------------------------------------------------------- */

/* Passes `more` of good g on to what its recipes take. */
static void make(const technique *t, int32_t g, double more, const int32_t *recipe, double *need)
{
    for (int32_t i = t->makers.start[g]; i < t->makers.start[g + 1]; i++) {
        int32_t c = t->makers.column[i];
        double part = t->share != NULL ? t->share[c] : c == recipe[g];
        double level = part * more / t->makers.output[c];
        if (level > 0) {
            for (int64_t k = t->flows.start[c]; k < t->flows.start[c + 1]; k++) {
                double a = t->flows.amount[k];
                need[t->flows.index[k]] += a < 0 ? -a * level : 0;
            }
        }
    }
}

/* Outputs group by group, users first, until what is not yet passed on takes no labour worth mentioning. */
static pl_status find_outputs(technique *t, pl_values *v, double *need, pl_error *err)
{
    const pl_economy *e = t->e;
    memset(need, 0, sizeof *need * (size_t)e->n_goods);
    for (int32_t k = 0; k < e->n_needs; k++) {
        need[e->needs[k].good] += e->needs[k].amount;
        v->labour += e->needs[k].amount * v->value[e->needs[k].good];
    }
    for (int32_t k = t->n_groups - 1; k >= 0; k--) {
        double enough = 1e-14 * v->labour / t->n_groups, rest = (double)INFINITY;
        for (int sweep = 0; sweep < SWEEPS_MOST && rest > enough; sweep++) {
            double before = rest;
            rest = 0;
            for (int32_t i = t->start[k + 1] - 1; i >= t->start[k]; i--) {
                int32_t g = t->member[i];
                double more = need[g];
                if (!tick(t, i, "sweeping outputs")) {
                    return pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
                }
                need[g] = 0;
                v->output[g] += more;
                make(t, g, more, v->recipe, need);
            }
            for (int32_t i = t->start[k]; i < t->start[k + 1]; i++) {
                rest += need[t->member[i]] * v->value_high[t->member[i]];
            }
            if (!(rest < before)) {
                break; /* rounding */
            }
        }
        v->unfinished += rest;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        v->labour_used += is_made(t, g) ? v->output[g] * v->direct[g] : 0;
    }
    return PL_OK;
}

/* ---- All of it ---------------------------------------------------------------------------------------------- */

static bool allocate(pl_values *v, int32_t n)
{
    double **all[] = {&v->direct, &v->value, &v->value_low, &v->value_high, &v->price, &v->price_low, &v->price_high,
                      &v->output};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if ((*all[k] = PL_NEW0(double, n)) == NULL) {
            return false;
        }
    }
    v->n_goods = n;
    return (v->recipe = PL_NEW(int32_t, n)) != NULL;
}

void pl_values_free(pl_values *v)
{
    if (v == NULL) {
        return;
    }
    double *all[] = {v->direct, v->value, v->value_low, v->value_high, v->price, v->price_low, v->price_high, v->output};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
    pl_free(v->recipe);
    pl_free(v);
}

/* Recipes that count, their own labour, and goods that nobody makes although they are used. */
static void describe(const technique *t, pl_values *v, double *used)
{
    const pl_economy *e = t->e;
    memset(used, 0, sizeof *used * (size_t)e->n_goods);
    for (int64_t k = 0; k < e->flows.start[e->n_recipes]; k++) {
        used[e->flows.index[k]] += e->flows.amount[k] < 0;
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        used[e->needs[k].good] += e->needs[k].amount > 0;
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        (void)evaluate(t, g, v->value, &v->recipe[g]);
        v->direct[g] = is_made(t, g) ? 0 : PL_ABSENT;
        for (int32_t i = t->makers.start[g]; i < t->makers.start[g + 1]; i++) {
            int32_t c = t->makers.column[i];
            double part = t->share != NULL ? t->share[c] : c == v->recipe[g];
            v->direct[g] += part * t->labour[c] / t->makers.output[c];
        }
        v->not_made += !is_made(t, g) && used[g] > 0;
    }
}

static pl_status find_all(technique *t, const pl_values_settings *settings, pl_values *v, pl_error *err)
{
    double *work = PL_NEW(double, t->flows.n_rows), *work2 = PL_NEW(double, t->flows.n_rows);
    pl_status status = work != NULL && work2 != NULL ? PL_OK : pl_fail_nomem(err, "the values");
    t->markup = 1;
    status = status == PL_OK ? find_values(t, v->value, v->value_low, v->value_high, err) : status;
    if (status == PL_OK) {
        describe(t, v, work);
        find_radius(t, v, work, work2);
        status = find_outputs(t, v, work, err);
    }
    if (status == PL_OK && settings->profit > 0) {
        t->markup = 1 + settings->profit;
        status = find_values(t, v->price, v->price_low, v->price_high, err);
    } else if (status == PL_OK) {
        memcpy(v->price, v->value, sizeof *v->price * (size_t)v->n_goods);
        memcpy(v->price_low, v->value_low, sizeof *v->price * (size_t)v->n_goods);
        memcpy(v->price_high, v->value_high, sizeof *v->price * (size_t)v->n_goods);
    }
    v->sweeps = t->sweeps;
    pl_free(work);
    pl_free(work2);
    return status;
}

pl_status pl_values_find(const pl_economy *economy, const pl_values_settings *settings, pl_values **out, pl_error *err)
{
    technique t = {.e = economy, .markup = 1, .progress = &settings->progress};
    *out = NULL;
    if (!(settings->profit >= 0 && settings->profit <= PL_PROFIT_MAX)) {
        return pl_fail(err, PL_USAGE, NULL, "a rate of profit is a part of one: 0.05 or 5%", "the rate of profit is out of range");
    }
    pl_values *v = PL_NEW0(pl_values, 1);
    pl_status status = v != NULL && allocate(v, economy->n_goods) ? PL_OK : pl_fail_nomem(err, "the values");
    status = status == PL_OK ? set_up(&t, settings, v, err) : status;
    status = status == PL_OK ? find_all(&t, settings, v, err) : status;
    clear(&t);
    if (status != PL_OK) {
        pl_values_free(v);
        return status;
    }
    *out = v;
    return PL_OK;
}
