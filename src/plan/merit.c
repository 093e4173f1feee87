/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * merit.c - the way to a plan of millions of goods when capacities bind (docs/methods/engine.md).
 *
 * At given prices of resources, and of goods, recipes are taken in the order of their costs, each up to its capacity: the merit
 * order.  The last recipe that is needed of a good is its marginal one, whose cost is the value of the good.  Values follow from the
 * marginal recipes, the order from values, levels from the order, and the marginal recipes from levels; going round, all but one
 * good in a hundred settle at once.  The rest, where two recipes cost the same or a capacity is just used up, go to a small programme
 * together with the limits of resources (merit_master.c).  It is solved again around what it led to, a few times. */
#include "plan/merit.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define GAP 1e-6
#define GAP_LARGE 1e-4 /* from this many goods on: */
#define LARGE 300000
#define ROUGH 1e-3
#define EXACT 1e-3     /* of the gap: what sweeps are off by in the end */
#define FIRST_TIE 0.3  /* while prices of limits are looked for; */
#define TIE_FALLS 0.3  /* each time, */
#define PRICINGS 3     /* so many times */
#define SUSPICIOUS 0.02 /* limits are exceeded by more then: perhaps they cannot be kept; */
#define STRANGE 0.3    /* likewise before */
#define TIE 3e-3       /* afterwards */
#define ROUNDS 30
#define MARGIN 0.1     /* of the gap, in worth: so much less of limits is given out, and what was exceeded nevertheless; */
#define MARGIN_MOST 0.4 /* so much at most */
#define STUCK 4        /* rounds without a gap that is smaller by a tenth: of many goods, */
#define GAP_STUCK 1e-2 /* a plan with no larger a gap is handed over */
#define BETTER 0.9
#define PASSED 1e-3    /* of the value of a unit; when a round brings the gap down by less than to */
#define FALL 0.7       /* of itself, */
#define FINER 0.1      /* of that from then on, */
#define PASSED_LEAST 0.1 /* of the gap; where many goods have no row it would not help */
#define FOLLOW_ROUGH 1e-5  /* where levels follow the prices of an older plan: what they begin with is off by; */
#define FOLLOW_EXACT 1e-2  /* of the gap, in the end; */
#define FOLLOW_TIE 1e-4    /* which recipes may give way to one another; */
#define FOLLOW_PASSED 1e-2 /* as above; */
#define FOLLOW_FALL 0.5    /* each time, what limits are exceeded by falls to less than this, */
#define FOLLOW_MOST 8      /* so many times */
#define ROUNDING 1e-13 /* prices are lowered by so much of themselves more */

static bool allocate(pl_merit *m)
{
    pl_sweeping *s = m->s;
    size_t goods = (size_t)s->e->n_goods, resources = (size_t)s->e->n_resources;
    m->used = PL_NEW0(double, resources);
    m->unit = PL_NEW0(double, s->e->n_recipes);
    m->rent = PL_NEW0(double, goods);
    m->watched = PL_NEW0(bool, goods);
    m->price = PL_NEW(double, goods);
    m->best_price = PL_NEW(double, goods);
    m->best_level = PL_NEW(double, s->e->n_recipes);
    m->content = PL_NEW0(float, goods * (size_t)(m->n_limits + 1));
    m->best_scarcity = PL_NEW0(double, resources);
    return m->used != NULL && m->unit != NULL && m->rent != NULL && m->watched != NULL &&
           m->price != NULL && m->best_level != NULL && m->best_price != NULL && m->content != NULL && m->best_scarcity != NULL;
}

/* What `allocate`, `find` and merit_master.c ask for. */
static bool memory_enough(const pl_merit *m)
{
    size_t of_good = 5 * sizeof(double) + sizeof(float) * (size_t)(m->n_limits + 1) + 3 * sizeof(int32_t) + 2 * sizeof(bool);
    double goods = m->s->e->n_goods, recipes = m->s->e->n_recipes;
    return goods * (double)of_good + recipes * 2 * sizeof(double) + pl_merit_master_memory(goods) <= pl_maker_memory_left(m->s->mk);
}

static void release(pl_merit *m)
{
    void *all[] = {m->resource, m->limit, m->used, m->unit, m->rent, m->watched, m->price, m->best_price, m->best_scarcity, m->best_level, m->content};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

/* Prices of an older plan, where there are any. */
static void take_older(pl_sweeping *s)
{
    const pl_stage *older = pl_sweeping_older(s);
    for (int32_t g = 0; older != NULL && g < s->e->n_goods; g++) {
        s->value[g] = older->good_price[g] > 0 ? older->good_price[g] : s->value[g];
    }
}

/* Every good that is needed has a recipe, which costs something. */
static const char *find_marginal(pl_sweeping *s)
{
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        if (s->makers.start[g] == s->makers.start[g + 1]) {
            return "a good has no recipe";
        }
        if (!(s->value[g] > 0) || !isfinite(s->value[g])) {
            return "a good costs nothing";
        }
        s->chosen[g] = s->makers.column[s->makers.start[g]];
    }
    return NULL;
}

/* Values, order and levels, once round. */
static pl_status go_round(pl_merit *m, double tolerance, pl_error *err)
{
    pl_status status = pl_merit_values(m, tolerance, err);
    if (status == PL_OK) {
        pl_merit_order(m);
        status = pl_merit_levels(m, tolerance, err);
    }
    pl_merit_cost(m);
    return status;
}

/* Prices of limits, roughly: recipes may take one another's place within less and less. */
static pl_status find_prices(pl_merit *m, pl_error *err)
{
    pl_status status = PL_OK;
    m->tie = FIRST_TIE;
    for (int k = 0; k < PRICINGS && status == PL_OK && m->s->why_not == NULL; k++) {
        status = pl_merit_master(m, false, err);
        m->tie = 0;
        memset(m->watched, 0, sizeof *m->watched * (size_t)m->s->e->n_goods);
        status = status == PL_OK && m->s->why_not == NULL ? go_round(m, ROUGH, err) : status;
        m->tie = FIRST_TIE * pow(TIE_FALLS, k + 1);
    }
    return status;
}

/* The best prices so far. */
static void prove(pl_merit *m)
{
    pl_sweeping *s = m->s;
    double bound = pl_merit_prove(m, m->price);
    if (bound > m->bound) {
        double *best = m->best_price;
        m->bound = bound;
        m->best_price = m->price;
        m->price = best;
        memcpy(m->best_scarcity, s->scarcity, sizeof *s->scarcity * (size_t)s->e->n_resources);
    }
}

/* The best levels so far that keep all limits, to the last digits. */
static pl_status keep_levels(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    pl_status status = pl_merit_last_digits(m, err);
    if (status != PL_OK || s->why_not != NULL) {
        return status;
    }
    pl_merit_cost(m);
    if (m->over <= 0 && m->cost < m->best_cost) {
        m->best_cost = m->cost;
        memcpy(m->best_level, s->level, sizeof *s->level * (size_t)s->e->n_recipes);
    }
    return PL_OK;
}

/* One more small programme, and what follows from it. */
static pl_status improve(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    pl_status status = pl_merit_master(m, true, err);
    status = status == PL_OK && s->why_not == NULL ? pl_merit_values(m, EXACT * m->gap, err) : status;
    if (status != PL_OK || s->why_not != NULL) {
        return status;
    }
    prove(m);
    pl_merit_order(m);
    status = pl_merit_levels(m, EXACT * m->gap, err);
    return status == PL_OK && s->why_not == NULL ? keep_levels(m, err) : status;
}

/* What is kept back of limits is a part of the gap. */
static void keep_margin(pl_merit *m)
{
    double weight = 0;
    for (int32_t i = 0; i < m->n_limits; i++) {
        weight += m->s->scarcity[m->resource[i]] * m->limit[i] / m->cost;
    }
    double room = m->gap / fmax(1, weight), wanted = m->margin + fmax(0, m->over);
    bool any = m->best_cost < (double)INFINITY || m->s->e->n_goods < LARGE; /* of very many goods, first of all a plan */
    m->margin = fmax(MARGIN * room, any ? fmin(MARGIN_MOST * room, wanted) : wanted);
}

static double gap_of(const pl_merit *m)
{
    return m->best_cost < (double)INFINITY ? (m->best_cost - m->bound) / m->best_cost : (double)INFINITY;
}

/* Until levels that keep all limits cost hardly more than what is proved. */
static pl_status find_plan(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    double off = (double)INFINITY, best = (double)INFINITY, least = s->e->n_goods >= LARGE ? PASSED : PASSED_LEAST * m->gap;
    int stuck = 0;
    m->tie = TIE;
    m->over = 0; /* of roughly found levels */
    keep_margin(m);
    for (int k = 0; k < ROUNDS && gap_of(m) > m->gap; k++) {
        pl_status status = improve(m, err);
        if (status != PL_OK || s->why_not != NULL) {
            return status;
        }
        double now = fmax(fabs(m->cost - m->bound) / m->cost, m->over);
        m->passed = now > FALL * off ? fmax(least, FINER * m->passed) : m->passed;
        off = now;
        keep_margin(m);
        stuck = gap_of(m) < BETTER * best ? 0 : stuck + 1;
        best = fmin(best, gap_of(m));
        if (stuck == STUCK && s->e->n_goods >= LARGE && best <= GAP_STUCK) {
            return PL_OK;
        }
    }
    s->why_not = gap_of(m) <= m->gap ? NULL : "the merit order does not settle";
    return PL_OK;
}

/* The best levels and prices so far are the plan. */
static pl_status take_best(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    memcpy(s->level, m->best_level, sizeof *s->level * (size_t)s->e->n_recipes);
    memcpy(s->value, m->best_price, sizeof *s->value * (size_t)s->e->n_goods);
    memcpy(s->scarcity, m->best_scarcity, sizeof *s->scarcity * (size_t)s->e->n_resources);
    s->shrink = ROUNDING;
    return pl_sweeping_price(s, err);
}

/* At the prices of an older plan, which mostly are still the best ones, levels are made to follow, as long as limits are exceeded by less
 * and less.  That is a plan when these prices prove it; else the rounds begin there. */
static pl_status follow(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    pl_merit_held *held = NULL;
    double off = m->over;
    prove(m);
    m->over = 0;
    keep_margin(m);
    m->tie = FOLLOW_TIE;
    m->passed = FOLLOW_PASSED;
    pl_status status = pl_merit_hold(m, &held, err);
    bool found = held != NULL;
    for (int k = 0; k < FOLLOW_MOST && status == PL_OK && found && s->why_not == NULL && gap_of(m) > m->gap; k++) {
        status = pl_merit_correct(held, &found, err);
        status = status == PL_OK && found ? pl_merit_levels(m, fmax(FOLLOW_EXACT * m->gap, EXACT * off), err) : status;
        pl_merit_cost(m);
        bool enough = m->over <= 0;
        found &= enough || m->over < FOLLOW_FALL * off;
        off = m->over;
        if (status == PL_OK && s->why_not == NULL && enough) {
            found = m->cost - m->bound <= m->gap * m->cost;
            status = found ? keep_levels(m, err) : status;
        }
    }
    m->passed = PASSED;
    pl_merit_let_go(held);
    return status;
}

/* The marginal recipe of good g at levels that are known: one that can make more and less, else the first that can make more. */
static int32_t marginal_at(const pl_sweeping *s, int32_t g)
{
    int32_t first = -1;
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        if (pl_merit_room(s, r) > 0) {
            first = first < 0 ? r : first;
            if (s->level[r] > 0) {
                return r;
            }
        }
    }
    return first < 0 ? s->makers.column[s->makers.start[g]] : first;
}

/* Levels and prices of an older plan, if there is one that ends in the same kind of stage. */
static pl_status begin_from(pl_merit *m, bool *begun, pl_error *err)
{
    pl_sweeping *s = m->s;
    const pl_economy *e = s->e;
    const pl_plan *from = s->mk->settings->from;
    const pl_stage *last = pl_sweeping_older(s);
    *begun = last != NULL;
    if (!*begun) {
        return PL_OK;
    }
    for (int32_t i = 0; i < m->n_limits; i++) {
        s->scarcity[m->resource[i]] = fmax(0, last->resource_price[m->resource[i]]);
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double capacity = e->recipes[r].capacity;
        s->level[r] = pl_given(capacity) ? fmin(capacity, from->level[r]) : from->level[r];
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        s->chosen[g] = marginal_at(s, g);
    }
    m->tie = TIE;
    pl_status status = pl_sweeping_price(s, err);
    pl_merit_needs(m);
    pl_merit_order(m);
    status = status == PL_OK ? pl_merit_levels(m, FOLLOW_ROUGH, err) : status;
    pl_merit_cost(m);
    return status == PL_OK && s->why_not == NULL ? follow(m, err) : status;
}

/* From the first order to the plan. */
static pl_status find(pl_merit *m, pl_error *err)
{
    pl_sweeping *s = m->s;
    const pl_economy *e = s->e;
    m->gap = e->n_goods >= LARGE ? GAP_LARGE : GAP;
    m->passed = PASSED;
    m->best_cost = (double)INFINITY;
    m->bound = -(double)INFINITY;
    memset(s->level, 0, sizeof *s->level * (size_t)e->n_recipes);
    memset(s->output, 0, sizeof *s->output * (size_t)e->n_goods);
    memcpy(s->need, s->mk->demand, sizeof *s->need * (size_t)e->n_goods);
    for (int32_t g = 0; g < e->n_goods; g++) {
        m->worth += s->need[g] * s->value[g];
    }
    bool begun;
    pl_status status = begin_from(m, &begun, err);
    if (status == PL_OK && !begun) {
        pl_merit_order(m);
        status = pl_merit_levels(m, ROUGH, err);
        status = status == PL_OK && s->why_not == NULL ? go_round(m, ROUGH, err) : status;
        status = status == PL_OK && s->why_not == NULL && m->over > STRANGE ? pl_sweeping_shortage(s, err) : status;
        status = status == PL_OK && s->why_not == NULL && m->over > 0 ? find_prices(m, err) : status;
    }
    status = status == PL_OK && s->why_not == NULL && m->over > SUSPICIOUS ? pl_sweeping_shortage(s, err) : status;
    status = status == PL_OK && s->why_not == NULL ? find_plan(m, err) : status;
    if (status == PL_STOPPED && m->best_cost < (double)INFINITY) {
        s->mk->stopped = true;
        s->why_not = NULL;
        status = PL_OK;
    }
    return status == PL_OK && s->why_not == NULL ? take_best(m, err) : status;
}

pl_status pl_sweep_by_merit(pl_sweeping *s, pl_error *err)
{
    pl_merit m = {.s = s, .resource = PL_NEW(int32_t, PL_MERIT_LIMITS), .limit = PL_NEW(double, PL_MERIT_LIMITS)};
    pl_status status = PL_OK;
    s->scarcity = PL_ARENA_NEW(&s->mk->arena, double, s->e->n_resources);
    if (m.resource == NULL || m.limit == NULL || s->scarcity == NULL) {
        status = pl_fail_nomem(err, "the merit order");
    } else {
        memset(s->scarcity, 0, sizeof *s->scarcity * (size_t)s->e->n_resources);
        s->why_not = pl_sweeping_limits(s, PL_MERIT_LIMITS, m.resource, m.limit, &m.n_limits);
        take_older(s);
        s->why_not = s->why_not == NULL ? find_marginal(s) : s->why_not;
        bool large = s->e->n_goods >= LARGE && s->mk->settings->way != PL_BY_SWEEPS;
        s->why_not = s->why_not == NULL && large ? "capacities of very many goods bind" : s->why_not;
        s->why_not = s->why_not == NULL && !memory_enough(&m) ? "there is no memory for the merit order" : s->why_not;
    }
    if (status == PL_OK && s->why_not == NULL) {
        status = allocate(&m) ? find(&m, err) : pl_fail_nomem(err, "the merit order");
    }
    release(&m);
    return status;
}
