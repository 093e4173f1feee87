/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shortage.c - needs that take more than there is, whatever recipes are chosen: of a resource, or of what all capacities of a good make.
 *
 * The least of a resource that needs take is a value like any other (sweeps.c), found for each resource by itself.  Where it is more than
 * there is, the values are the proof (Farkas 1902): at these prices all needs are worth more than all limits together. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "plan/sweeping.h"

#define CERTAIN 1e-9 /* of what there is: a lack by less may be rounding */
#define ROUGH 1e-4
#define ROUNDING 1e-13
#define CLASHES_MOST 20

typedef struct search {
    pl_sweeping *s;
    double *demand; /* by good: what must be met, whatever it costs */
    double *cost, *value, *price;
    int32_t *chosen;
    pl_clash *clashes;
    int32_t n;
} search;

static pl_status allocate(search *f, pl_error *err)
{
    const pl_economy *e = f->s->e;
    f->cost = PL_NEW(double, e->n_recipes);
    f->value = PL_NEW(double, e->n_goods);
    f->chosen = PL_NEW(int32_t, e->n_goods);
    bool enough = f->cost != NULL && f->value != NULL && f->chosen != NULL;
    return enough ? PL_OK : pl_fail_nomem(err, "the search for a shortage");
}

/* The first shortage: room for its proof, in the arena. */
static pl_status prepare(search *f, pl_error *err)
{
    if (f->price == NULL) {
        f->price = PL_ARENA_NEW(&f->s->mk->arena, double, f->s->e->n_goods);
        f->clashes = PL_ARENA_NEW(&f->s->mk->arena, pl_clash, CLASHES_MOST);
    }
    return f->price != NULL && f->clashes != NULL ? PL_OK : pl_fail_nomem(err, "the proof of a shortage");
}

static void release(search *f)
{
    pl_free(f->demand);
    pl_free(f->cost);
    pl_free(f->value);
    pl_free(f->chosen);
}

static pl_status find_demand(search *f, bool all, pl_error *err)
{
    const pl_economy *e = f->s->e;
    f->demand = f->demand != NULL ? f->demand : PL_NEW(double, e->n_goods);
    if (f->demand == NULL) {
        return pl_fail_nomem(err, "the search for a shortage");
    }
    memset(f->demand, 0, sizeof *f->demand * (size_t)e->n_goods);
    for (int32_t k = 0; k < e->n_needs; k++) {
        f->demand[e->needs[k].good] += all ? e->needs[k].amount : e->needs[k].floor;
    }
    return PL_OK;
}

/* Values in resource k alone; *least of it that the demand takes. */
static pl_status find_least(search *f, int32_t k, double *least, pl_error *err)
{
    pl_sweeping *s = f->s;
    const pl_economy *e = s->e;
    pl_sweep_settings settings = pl_sweeping_settings(s);
    pl_sweep_result result;
    settings.tolerance = ROUGH; /* too little is a bound too */
    memset(f->cost, 0, sizeof *f->cost * (size_t)e->n_recipes);
    memset(f->value, 0, sizeof *f->value * (size_t)e->n_goods);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t i = e->uses.start[r]; i < e->uses.start[r + 1]; i++) {
            f->cost[r] += e->uses.index[i] == k ? e->uses.amount[i] : 0;
        }
    }
    pl_status status = pl_sweep_values(&s->flows, &s->makers, f->cost, &settings, f->value, f->chosen, &result, err);
    s->mk->iterations += result.sweeps;
    *least = 0;
    for (int32_t g = 0; g < e->n_goods && status == PL_OK; g++) {
        *least += isfinite(f->value[g]) ? f->value[g] * (1 - ROUNDING) * f->demand[g] : 0;
    }
    return status;
}

/* A price of nothing for a good that nobody can make would be no proof where it is an input: such goods are left to others. */
static bool all_can_be_made(const search *f)
{
    int32_t g = 0;
    while (g < f->s->e->n_goods && isfinite(f->value[g])) {
        g++;
    }
    return g == f->s->e->n_goods;
}

static void add_clash(search *f, pl_clash clash)
{
    if (f->n < CLASHES_MOST) {
        f->clashes[f->n++] = clash;
    }
}

/* *heaviest: the resource of which most is lacking, -1 = none is short. */
static pl_status look_at_resources(search *f, int32_t *heaviest, pl_error *err)
{
    const pl_economy *e = f->s->e;
    pl_status status = PL_OK;
    double most = 0; /* in proportion */
    *heaviest = -1;
    f->n = 0;
    for (int32_t k = 0; k < e->n_resources && status == PL_OK; k++) {
        double there = e->resources[k].available, least;
        if (!pl_given(there)) {
            continue;
        }
        status = find_least(f, k, &least, err);
        if (status != PL_OK || !(least > there * (1 + CERTAIN)) || !all_can_be_made(f)) {
            continue;
        }
        status = prepare(f, err);
        if (status != PL_OK) {
            break;
        }
        add_clash(f, (pl_clash){PL_LIMIT_RESOURCE, k, there, least, least});
        if ((least - there) / least > most) {
            most = (least - there) / least;
            *heaviest = k;
            for (int32_t g = 0; g < e->n_goods; g++) {
                f->price[g] = f->value[g] * (1 - ROUNDING);
            }
        }
    }
    return status;
}

/* What all recipes of good g make at most. */
static double most_of(const pl_sweeping *s, int32_t g)
{
    double most = 0;
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        double capacity = s->e->recipes[s->makers.column[i]].capacity;
        most += pl_given(capacity) ? capacity * s->makers.output[s->makers.column[i]] : (double)INFINITY;
    }
    return most;
}

/* The need for good g that is largest, and the capacities of its recipes: what each would have to be, if the others stay.  Together, the need
 * gives way. */
static void add_capacities(search *f, int32_t g, double lack)
{
    const pl_sweeping *s = f->s;
    const pl_economy *e = s->e;
    int32_t largest = -1;
    for (int32_t k = 0; k < e->n_needs; k++) {
        bool more = e->needs[k].good == g && (largest < 0 || e->needs[k].amount > e->needs[largest].amount);
        largest = more ? k : largest;
    }
    double asked = s->mk->settings->goal == PL_LEAST ? e->needs[largest].amount : e->needs[largest].floor;
    bool enough = asked >= lack;
    add_clash(f, (pl_clash){PL_LIMIT_FLOOR, largest, asked, enough ? asked - lack : PL_ABSENT, enough ? asked - lack : asked});
    for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
        int32_t r = s->makers.column[i];
        double capacity = e->recipes[r].capacity, then = capacity + lack / s->makers.output[r];
        add_clash(f, (pl_clash){PL_LIMIT_CAPACITY, r, capacity, then, enough ? capacity : then});
    }
}

/* The good whose capacities are furthest below what is needed of it, in proportion; -1 = none. */
static int32_t look_at_capacities(search *f)
{
    int32_t worst = -1;
    double most = CERTAIN;
    for (int32_t g = 0; g < f->s->e->n_goods; g++) {
        double lack = f->demand[g] > 0 ? 1 - most_of(f->s, g) / f->demand[g] : 0;
        if (lack > most) {
            most = lack;
            worst = g;
        }
    }
    return worst;
}

/* The stage that proves it, at f->price and a price of one for the resource (-1: none). */
static pl_status record(search *f, int32_t resource, pl_error *err)
{
    pl_sweeping *s = f->s;
    double *scarcity = PL_ARENA_NEW(&s->mk->arena, double, s->e->n_resources);
    if (scarcity == NULL) {
        return pl_fail_nomem(err, "the proof");
    }
    memset(scarcity, 0, sizeof *scarcity * (size_t)s->e->n_resources);
    if (resource >= 0) {
        scarcity[resource] = 1;
    }
    s->scarcity = scarcity;
    s->mk->outcome = PL_INFEASIBLE;
    s->mk->clashes = f->clashes;
    s->mk->n_clashes = f->n;
    return pl_sweeping_record(s, &(pl_stage){.goal = PL_FLOORS, .value = PL_ABSENT, .bound = PL_ABSENT, .good_price = f->price}, err);
}

pl_status pl_sweeping_capacities(pl_sweeping *s, pl_error *err)
{
    search f = {.s = s};
    pl_status status = find_demand(&f, s->mk->settings->goal == PL_LEAST, err);
    int32_t g = status == PL_OK ? look_at_capacities(&f) : -1;
    if (g >= 0 && (status = prepare(&f, err)) == PL_OK) {
        s->why_not = "the capacities of a good are too small for what is needed of it";
        memset(f.price, 0, sizeof *f.price * (size_t)s->e->n_goods);
        f.price[g] = 1;
        add_capacities(&f, g, f.demand[g] - most_of(s, g));
        status = record(&f, -1, err);
    }
    release(&f);
    return status;
}

pl_status pl_sweeping_shortage(pl_sweeping *s, pl_error *err)
{
    search f = {.s = s};
    int32_t heaviest = -1;
    pl_status status = allocate(&f, err);
    status = status == PL_OK ? find_demand(&f, true, err) : status;
    status = status == PL_OK ? look_at_resources(&f, &heaviest, err) : status;
    if (status == PL_OK && heaviest >= 0) {
        s->why_not = "there is not enough of a resource for all needs";
        if (s->mk->settings->goal != PL_LEAST) { /* only floors must be met */
            status = find_demand(&f, false, err);
            status = status == PL_OK ? look_at_resources(&f, &heaviest, err) : status;
        }
        status = status == PL_OK && heaviest >= 0 ? record(&f, heaviest, err) : status;
    }
    release(&f);
    return status;
}
