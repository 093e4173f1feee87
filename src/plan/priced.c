/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * priced.c - the way to a plan of millions of goods when only resources are scarce (docs/methods/engine.md).
 *
 * At given prices of the resources every recipe has one cost, and sweeps find the cheapest recipes and the values of goods, as
 * where nothing is scarce.  The prices are found outside, by a level method (solve/cuts.h): each choice of recipes that the
 * sweeps find is a cut, and the cheapest mix of these choices that keeps the limits is the plan.  In a mix few goods are made
 * in two ways; its levels are those of the choices, mixed good by good, and are swept once more to the last digits. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "plan/sweeping.h"
#include "solve/cuts.h"

#define RESOURCES_MOST 64
#define GAP 1e-6
#define GAP_LARGE 1e-4 /* from this many goods on: */
#define LARGE 300000
#define MARGIN 0.1      /* of the gap: so much less of each limit is given out */
#define ENOUGH 0.6      /* of the gap: the rest is for margins and rounding; */
#define NEARER 0.3      /* times that, where the rest does not do, */
#define NEARER_MOST 3   /* so many times */
#define TRIES 200       /* prices */
#define LEVEL 0.3       /* of the way from what is proved to what the mix costs */
#define PENALTY 0.3     /* of the cost without limits, for exceeding one; */
#define PENALTY_MORE 4  /* times as much where no mix keeps the limits, */
#define PENALTY_MOST 1e4 /* up to here: they cannot be kept */
#define PENALTY_GAP 0.01 /* and what is proved is so near to what the penalty allows */
#define EXACT 0.05      /* of the gap so far: what sweeps at new prices are off by */
#define ROUGH 1e-3
#define OUTPUTS 0.1     /* of the gap that is asked for: outputs, which may end up in the mix */
#define FINER 0.003     /* of the gap: values, in the end */
#define ROUNDING 1e-13 /* prices are lowered by so much of themselves more */
#define REPAIRS 5
#define CHOICES(limits) (2 * (limits) + 12)
#define CHOICE_BYTES (sizeof(uint16_t) + sizeof(float)) /* for each good */
#define RANKS 65535

typedef struct pricing {
    pl_sweeping *s;
    int32_t n, most;       /* limits; choices that are kept */
    int32_t *resource;     /* by limit */
    double *limit, *kept;  /* what there is, what is given out */
    double *best, *next, *use;
    double gap, enough, lower, upper;
    double first, penalty; /* cost without limits; in parts of it */
    double cost, bound;    /* of the levels of the mix; what the values prove */
    pl_cuts *cuts;
    bool have_mix;         /* that keeps the limits */
    uint16_t **rank;       /* by choice and good: which of its makers; */
    float **made;          /* how much of it */
} pricing;

/* ---- What a choice of recipes costs and uses ------------------------------------------------------------- */

/* Costs of recipes at prices of resources (by limit). */
static pl_status set_costs(const pricing *p, const double *price, pl_error *err)
{
    for (int32_t i = 0; i < p->n; i++) {
        p->s->scarcity[p->resource[i]] = price[i];
    }
    return pl_sweeping_price(p->s, err);
}

/* What the levels of the chosen recipes use of each limit; returns their cost, without prices of resources.  What is still
 * lacking of goods counts with its value. */
static double use_of_chosen(const pricing *p, double *used)
{
    const pl_sweeping *s = p->s;
    const pl_economy *e = s->e;
    double cost = 0;
    memset(used, 0, sizeof *used * (size_t)e->n_resources);
    for (int32_t g = 0; g < e->n_goods; g++) {
        int32_t r = s->chosen[g];
        if (r < 0 || s->need[g] == 0) {
            continue;
        }
        cost += s->cost[r] * s->output[g] + (s->need[g] - s->output[g] * s->makers.output[r]) * s->value[g];
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            used[e->uses.index[k]] += e->uses.amount[k] * s->output[g];
        }
    }
    for (int32_t i = 0; i < p->n; i++) {
        cost -= s->scarcity[p->resource[i]] * used[p->resource[i]];
    }
    return cost;
}

/* The choice as it is becomes a cut, and is kept. */
static pl_status keep_choice(pricing *p, pl_error *err)
{
    const pl_sweeping *s = p->s;
    size_t goods = (size_t)s->e->n_goods;
    double *used = PL_NEW(double, s->e->n_resources);
    if (used == NULL) {
        return pl_fail_nomem(err, "the choices of recipes");
    }
    double cost = use_of_chosen(p, used);
    for (int32_t i = 0; i < p->n; i++) {
        p->use[i] = used[p->resource[i]];
    }
    pl_free(used);
    int32_t at = pl_cuts_add(p->cuts, cost, p->use);
    if (p->rank[at] == NULL) {
        p->rank[at] = PL_NEW(uint16_t, goods);
        p->made[at] = PL_NEW(float, goods);
    }
    if (p->rank[at] == NULL || p->made[at] == NULL) {
        return pl_fail_nomem(err, "the choices of recipes");
    }
    uint16_t *rank = p->rank[at];
    float *made = p->made[at];
#pragma omp parallel for num_threads(s->mk->settings->threads > 1 ? 2 : 1) schedule(static)
    for (size_t g = 0; g < goods; g++) {
        int32_t r = s->chosen[g], k = s->makers.start[g];
        while (r >= 0 && s->makers.column[k] != r) {
            k++;
        }
        rank[g] = (uint16_t)(k - s->makers.start[g]);
        made[g] = r >= 0 ? (float)(s->output[g] * s->makers.output[r]) : 0;
    }
    return PL_OK;
}

/* What the prices prove, if the values, so much lowered, are right. */
static double worth(const pricing *p, const double *price, const double *limit, double lowered)
{
    const pl_sweeping *s = p->s;
    double sum = 0;
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        sum += s->mk->demand[g] > 0 ? s->value[g] * s->mk->demand[g] : 0;
    }
    sum *= 1 - lowered;
    for (int32_t i = 0; i < p->n; i++) {
        sum -= price[i] * limit[i];
    }
    return sum;
}

/* Levels of the recipes chosen before become what is made (per unit: false), and that the levels of those chosen now. */
static void scale_outputs(const pl_sweeping *s, bool by_level)
{
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        double unit = s->chosen[g] >= 0 ? s->makers.output[s->chosen[g]] : 1;
        s->output[g] = by_level ? s->output[g] / unit : s->output[g] * unit;
    }
}

/* Values and outputs at new prices, from those at the prices before. */
static pl_status try_prices(pricing *p, const double *price, double off, pl_error *err)
{
    pl_sweeping *s = p->s;
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result values = {0}, outputs = {0};
    pl_output_task task = {.chosen = s->chosen, .demand = s->mk->demand, .value = s->value};
    settings.again = true;
    settings.tolerance = off;
    pl_status status = set_costs(p, price, err);
    if (status == PL_OK) {
        scale_outputs(s, false);
        status = pl_sweep_values(&s->flows, &s->makers, s->cost, &settings, s->value, s->chosen, &values, err);
        scale_outputs(s, true);
    }
    settings.tolerance = OUTPUTS * p->gap;
    if (status == PL_OK) {
        status = pl_sweep_outputs(&s->flows, &s->makers, &task, &settings, s->output, s->need, &outputs, err);
    }
    s->mk->iterations += values.sweeps + outputs.sweeps;
    s->why_not = status == PL_OK && !(values.settled && outputs.settled) ? "the sweeps do not settle" : s->why_not;
    return status;
}

/* ---- The prices ------------------------------------------------------------------------------------------- */

/* So much of each limit is given out from now on; what is proved, for these. */
static void give_out(pricing *p, const double *kept)
{
    for (int32_t i = 0; i < p->n; i++) {
        p->lower += p->best[i] * (p->kept[i] - kept[i]);
        p->kept[i] = kept[i];
    }
    pl_cuts_set_limits(p->cuts, p->kept);
}

/* Until the mix costs hardly more than what is proved. */
static pl_status find_prices(pricing *p, pl_error *err)
{
    for (int try = 0; p->s->why_not == NULL; try++) {
        bool kept;
        pl_cuts_set_penalty(p->cuts, p->penalty * p->first);
        pl_status status = pl_cuts_mix(p->cuts, &p->upper, &kept, err);
        double gap = (p->upper - p->lower) / p->upper;
        p->have_mix = status == PL_OK && kept;
        if (status != PL_OK || (kept && gap <= p->enough)) {
            return status;
        }
        if (!kept && gap <= PENALTY_GAP) {
            status = p->penalty == PENALTY ? pl_sweeping_shortage(p->s, err) : PL_OK;
            if (status != PL_OK || p->s->why_not != NULL) {
                return status;
            }
            p->penalty *= PENALTY_MORE;
            p->s->why_not = p->penalty > PENALTY_MOST ? "there is not enough of the resources for all needs" : NULL;
            continue;
        }
        if (try == TRIES) {
            p->s->why_not = "the prices of resources do not settle";
            break;
        }
        pl_cuts_next(p->cuts, p->best, p->lower + LEVEL * (p->upper - p->lower), p->next);
        double off = fmax(EXACT * p->gap, fmin(EXACT * gap, ROUGH));
        status = try_prices(p, p->next, off, err);
        status = status == PL_OK ? keep_choice(p, err) : status;
        if (status != PL_OK) {
            return status;
        }
        double at = worth(p, p->next, p->kept, 2 * off);
        if (at > p->lower) {
            p->lower = at;
            memcpy(p->best, p->next, sizeof *p->best * (size_t)p->n);
        }
    }
    return PL_OK;
}

/* ---- The mix ------------------------------------------------------------------------------------------------ */

/* Shares of recipes in what is made of their good, into s->level. */
static void find_shares(const pricing *p)
{
    pl_sweeping *s = p->s;
    const double *weight = pl_cuts_weights(p->cuts);
    memset(s->level, 0, sizeof *s->level * (size_t)s->e->n_recipes);
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        const int32_t *makers = s->makers.column + s->makers.start[g];
        double sum = 0;
        for (int32_t k = 0; k < p->most; k++) {
            double part = p->rank[k] != NULL ? weight[k] * (double)p->made[k][g] : 0;
            if (part > 0) {
                s->level[makers[p->rank[k][g]]] += part;
                sum += part;
            }
        }
        for (int32_t i = 0; i < s->makers.start[g + 1] - s->makers.start[g]; i++) {
            s->level[makers[i]] = sum > 0 ? s->level[makers[i]] / sum : s->chosen[g] == makers[i] ? 1 : 0;
        }
    }
}

/* Shares become levels.  Returns by how much the worst limit is exceeded, in proportion. */
static double take_levels(pricing *p)
{
    pl_sweeping *s = p->s;
    const pl_economy *e = s->e;
    double over = -1;
    s->violation = 0;
    for (int32_t g = 0; g < e->n_goods; g++) {
        double lacks = s->need[g] - s->output[g];
        s->violation = lacks > 0 ? fmax(s->violation, lacks / s->need[g]) : s->violation;
        for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
            int32_t r = s->makers.column[i];
            s->level[r] *= s->output[g] / s->makers.output[r];
            s->why_not = s->level[r] > e->recipes[r].capacity ? "a capacity binds" : s->why_not;
        }
    }
    for (int32_t i = 0; i < p->n; i++) {
        p->use[i] = 0;
    }
    p->cost = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        p->cost += s->cost[r] * s->level[r];
        for (int64_t k = e->uses.start[r]; s->level[r] > 0 && k < e->uses.start[r + 1]; k++) {
            int32_t i = 0; /* resources ascend, and so do limits */
            while (i < p->n && p->resource[i] != e->uses.index[k]) {
                i++;
            }
            if (i < p->n) {
                p->use[i] += e->uses.amount[k] * s->level[r];
            }
        }
    }
    for (int32_t i = 0; i < p->n; i++) {
        over = fmax(over, (p->use[i] - p->limit[i]) / p->limit[i]);
        p->cost -= s->scarcity[p->resource[i]] * p->use[i];
    }
    return over;
}

/* Choices were swept roughly, and use a little more or less than was reckoned with: limits move by what they are off. */
static void correct(pricing *p)
{
    for (int32_t i = 0; i < p->n; i++) {
        double aim = p->limit[i] * (1 - MARGIN * p->gap);
        p->next[i] = p->use[i] > aim || p->best[i] > 0 ? p->kept[i] + aim - p->use[i] : p->kept[i];
    }
    give_out(p, p->next);
}

/* Levels of the mix to the last digits; where they exceed a limit after all, once more. */
static pl_status make_mix(pricing *p, pl_error *err)
{
    pl_sweeping *s = p->s;
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_output_task task = {.share = s->level, .demand = s->mk->demand};
    double over = 1;
    for (int k = 0; k < REPAIRS && over > 0 && s->why_not == NULL; k++) {
        pl_sweep_result result = {0};
        find_shares(p);
        pl_status status = pl_sweep_outputs(&s->flows, &s->makers, &task, &settings, s->output, s->need, &result, err);
        s->mk->iterations += result.sweeps;
        if (status != PL_OK) {
            return status;
        }
        over = take_levels(p);
        bool kept = true;
        if (over > 0) {
            correct(p);
            status = pl_cuts_mix(p->cuts, &p->upper, &kept, err);
        }
        if (status != PL_OK) {
            return status;
        }
        s->why_not = !result.settled ? "the sweeps do not settle" : !kept ? "the limits of resources are too tight" : s->why_not;
    }
    s->why_not = over > 0 && s->why_not == NULL ? "the limits of resources are too tight" : s->why_not;
    return PL_OK;
}

/* Values at the best prices, so exact that lowering them until no recipe gains costs nearly nothing. */
static pl_status prove(pricing *p, pl_error *err)
{
    pl_sweeping *s = p->s;
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result values = {0};
    settings.again = true;
    settings.tolerance = fmax(settings.tolerance, FINER * p->gap);
    pl_status status = set_costs(p, p->best, err);
    status = status == PL_OK ? pl_sweep_values(&s->flows, &s->makers, s->cost, &settings, s->value, s->chosen, &values, err) : status;
    s->mk->iterations += values.sweeps;
    if (status == PL_OK) {
        double off = pl_sweep_too_high(&s->flows, &s->makers, s->cost, s->value, s->mk->settings->threads);
        s->shrink = off + ROUNDING;
        s->why_not = !(off < 1) ? "some recipe costs nothing" : s->why_not;
        p->bound = worth(p, p->best, p->limit, s->shrink);
        p->lower = worth(p, p->best, p->kept, s->shrink);
    }
    return status;
}

/* ---- From the economy to the plan ------------------------------------------------------------------------------ */

static const char *find_limits(pricing *p)
{
    const pl_sweeping *s = p->s;
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        if (s->makers.start[g + 1] - s->makers.start[g] > RANKS) {
            return "a good has very many recipes";
        }
    }
    return pl_sweeping_limits(s, RESOURCES_MOST, p->resource, p->limit, &p->n);
}

static bool allocate(pricing *p)
{
    pl_arena *a = &p->s->mk->arena;
    size_t n = RESOURCES_MOST;
    p->resource = PL_ARENA_NEW(a, int32_t, n);
    double **all[] = {&p->limit, &p->kept, &p->best, &p->next, &p->use};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        *all[k] = PL_ARENA_NEW(a, double, n);
        if (*all[k] == NULL) {
            return false;
        }
        memset(*all[k], 0, sizeof(double) * n);
    }
    p->rank = PL_NEW0(uint16_t *, CHOICES(n));
    p->made = PL_NEW0(float *, CHOICES(n));
    p->s->scarcity = PL_ARENA_NEW(a, double, p->s->e->n_resources);
    return p->resource != NULL && p->rank != NULL && p->made != NULL && p->s->scarcity != NULL;
}

static void release(pricing *p)
{
    for (int32_t k = 0; k < p->most; k++) {
        pl_free(p->rank[k]);
        pl_free(p->made[k]);
    }
    pl_free(p->rank);
    pl_free(p->made);
    pl_cuts_free(p->cuts);
}

/* The work was stopped: the mix that there is, made and proved without looking at the clock any more. */
static pl_status end_early(pricing *p, pl_error *err)
{
    pl_sweeping *s = p->s;
    s->progress.tick = NULL;
    s->why_not = NULL;
    s->mk->stopped = true;
    p->gap = fmax(p->gap, (p->upper - p->lower) / p->upper);
    pl_status status = make_mix(p, err);
    return status == PL_OK && s->why_not == NULL ? prove(p, err) : status == PL_OK ? PL_STOPPED : status;
}

static pl_status price(pricing *p, pl_error *err)
{
    pl_sweeping *s = p->s;
    memset(s->scarcity, 0, sizeof *s->scarcity * (size_t)s->e->n_resources);
    s->why_not = find_limits(p);
    if (s->why_not != NULL) {
        return PL_OK;
    }
    double room = pl_maker_memory_left(s->mk) / ((double)s->e->n_goods * CHOICE_BYTES);
    p->most = room < CHOICES(p->n) ? (int32_t)room : CHOICES(p->n);
    if (p->most < p->n + 2) { /* the mix, and a new one */
        s->why_not = "there is no memory for prices of resources";
        return PL_OK;
    }
    p->gap = s->e->n_goods >= LARGE ? GAP_LARGE : GAP;
    pl_status status = pl_cuts_new(p->n, p->most, p->limit, &p->cuts, err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t i = 0; i < p->n; i++) {
        p->next[i] = p->limit[i] * (1 - MARGIN * p->gap);
    }
    give_out(p, p->next);
    p->penalty = PENALTY;
    p->enough = ENOUGH * p->gap;
    p->bound = -(double)INFINITY;
    status = try_prices(p, p->best, ROUGH, err);
    p->first = p->lower = p->upper = p->cost = worth(p, p->best, p->kept, 0);
    status = status == PL_OK && s->why_not == NULL ? keep_choice(p, err) : status;
    for (int k = 0; k < NEARER_MOST && status == PL_OK && s->why_not == NULL && !(p->cost - p->bound <= p->gap * p->cost); k++) {
        status = find_prices(p, err);
        status = status == PL_OK && s->why_not == NULL ? make_mix(p, err) : status;
        status = status == PL_OK && s->why_not == NULL ? prove(p, err) : status;
        p->enough *= NEARER;
        scale_outputs(s, true);
    }
    return status == PL_STOPPED && p->have_mix ? end_early(p, err) : status;
}

pl_status pl_sweep_priced(pl_sweeping *s, pl_error *err)
{
    pricing p = {.s = s};
    pl_status status = allocate(&p) ? price(&p, err) : pl_fail_nomem(err, "the prices of resources");
    release(&p);
    return status;
}
