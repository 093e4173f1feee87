/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ties.c - finds recipes that are alike, and gives out among them what they do together.
 *
 * Recipes alike make the same good first, so recipes are listed by that good; within a good they are sorted by a hash of
 * their coefficients, and those of one hash are compared digit by digit with the first of them. */
#include "plan/ties.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef struct entry {
    uint64_t hash;
    int32_t recipe;
} entry;

/* What is done with a group: n >= 2 recipes alike, ascending.  It may be sorted anew. */
typedef void (*giving_out)(const pl_economy *e, entry *group, int32_t n, double *level);

/* ---- Giving out -------------------------------------------------------------------------------------------- */

static double capacity_of(const pl_economy *e, const entry *x)
{
    double capacity = e->recipes[x->recipe].capacity;
    return pl_given(capacity) ? capacity : (double)INFINITY;
}

static long double sum_of(const entry *group, int32_t n, const double *level)
{
    long double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += level[group[i].recipe];
    }
    return sum;
}

static int by_capacity(const void *a, const void *b)
{
    uint64_t x = ((const entry *)a)->hash, y = ((const entry *)b)->hash;
    return (x > y) - (x < y);
}

/* Equally as far as capacities allow: the smallest capacities first, each takes it all or an equal part of what is left.
 * Sorts the group: the bits of numbers that are not negative are in their order. */
static void share_equally(const pl_economy *e, entry *group, int32_t n, long double sum, double *level)
{
    for (int32_t i = 0; i < n; i++) {
        double capacity = capacity_of(e, &group[i]);
        memcpy(&group[i].hash, &capacity, sizeof capacity);
    }
    qsort(group, (size_t)n, sizeof *group, by_capacity);
    int32_t full = 0;
    while (full < n && capacity_of(e, &group[full]) <= (double)(sum / (n - full))) {
        level[group[full].recipe] = capacity_of(e, &group[full]);
        sum -= level[group[full].recipe];
        full++;
    }
    for (int32_t i = full; i < n; i++) {
        level[group[i].recipe] = (double)(fmaxl(sum, 0) / (n - full));
    }
}

static void share(const pl_economy *e, entry *group, int32_t n, double *level)
{
    long double sum = sum_of(group, n, level), room = 0;
    int32_t limited = 0;
    for (int32_t i = 0; i < n; i++) {
        double capacity = capacity_of(e, &group[i]);
        limited += isfinite(capacity);
        room += isfinite(capacity) ? capacity : 0;
    }
    if (sum <= 0) {
        return;
    }
    if (limited < n) {
        share_equally(e, group, n, sum, level);
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        double capacity = capacity_of(e, &group[i]);
        level[group[i].recipe] = sum < room ? fmin(capacity, (double)(capacity * (sum / room))) : capacity;
    }
}

static void gather(const pl_economy *e, entry *group, int32_t n, double *level)
{
    long double rest = sum_of(group, n, level);
    for (int32_t i = 0; i < n; i++) {
        double takes = fmin(capacity_of(e, &group[i]), (double)fmaxl(rest, 0));
        level[group[i].recipe] = takes;
        rest -= takes;
    }
}

/* ---- Finding those alike ------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t x)
{
    hash = (hash ^ x) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static uint64_t hash_row(uint64_t hash, const pl_columns *columns, int32_t r)
{
    for (int64_t k = columns->start[r]; k < columns->start[r + 1]; k++) {
        double amount = columns->amount[k] + 0.0; /* no negative zero */
        uint64_t bits;
        memcpy(&bits, &amount, sizeof bits);
        hash = mix(mix(hash, (uint64_t)(uint32_t)columns->index[k]), bits);
    }
    return mix(hash, 1);
}

static bool same_row(const pl_columns *columns, int32_t a, int32_t b)
{
    int64_t n = columns->start[a + 1] - columns->start[a];
    const int64_t x = columns->start[a], y = columns->start[b];
    if (columns->start[b + 1] - y != n) {
        return false;
    }
    for (int64_t k = 0; k < n; k++) {
        if (columns->index[x + k] != columns->index[y + k] || columns->amount[x + k] != columns->amount[y + k]) {
            return false;
        }
    }
    return true;
}

static int by_hash(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return x->hash != y->hash ? (x->hash > y->hash ? 1 : -1) : (x->recipe > y->recipe) - (x->recipe < y->recipe);
}

/* n recipes of one hash: those that are like the first go to the front; returns how many. */
static int32_t split(const pl_economy *e, entry *x, int32_t n)
{
    int32_t alike = 1;
    for (int32_t i = 1; i < n; i++) {
        if (same_row(&e->flows, x[0].recipe, x[i].recipe) && same_row(&e->uses, x[0].recipe, x[i].recipe)) {
            entry other = x[alike];
            x[alike++] = x[i];
            x[i] = other;
        }
    }
    return alike;
}

#define FEW 16

/* Whether two of few recipes use the same of resources: a look that mostly spares the one at all that they take. */
static bool may_be_alike(const pl_economy *e, entry *x, int32_t n)
{
    bool alike = n > FEW;
    for (int32_t i = 0; i < n && !alike; i++) {
        x[i].hash = hash_row(0, &e->uses, x[i].recipe);
        for (int32_t k = 0; k < i; k++) {
            alike |= x[k].hash == x[i].hash;
        }
    }
    return alike;
}

/* The recipes that make one good first. */
static void go_through(const pl_economy *e, entry *x, int32_t n, giving_out give, double *level)
{
    for (int32_t i = 0; i < n; i++) {
        x[i].hash = hash_row(hash_row(0, &e->flows, x[i].recipe), &e->uses, x[i].recipe);
    }
    qsort(x, (size_t)n, sizeof *x, by_hash);
    for (int32_t from = 0, to; from < n; from = to) {
        uint64_t hash = x[from].hash;
        for (to = from + 1; to < n && x[to].hash == hash;) {
            to++;
        }
        for (int32_t k = from, alike; k < to; k += alike) {
            alike = split(e, x + k, to - k);
            if (alike > 1) {
                give(e, x + k, alike, level);
            }
        }
    }
}

/* The good that recipe r makes first; n_goods when it makes nothing. */
static int32_t made_first(const pl_economy *e, int32_t r)
{
    int64_t k = e->flows.start[r];
    while (k < e->flows.start[r + 1] && !(e->flows.amount[k] > 0)) {
        k++;
    }
    return k < e->flows.start[r + 1] ? e->flows.index[k] : e->n_goods;
}

/* Lists the recipes by the good that they make first: those of good g are recipe[start[g]] .. recipe[start[g + 1] - 1]. */
static void list(const pl_economy *e, int32_t *start, int32_t *recipe)
{
    for (int32_t r = 0; r < e->n_recipes; r++) {
        start[made_first(e, r) + 2]++;
    }
    for (int32_t g = 0; g <= e->n_goods; g++) {
        start[g + 2] += start[g + 1];
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        recipe[start[made_first(e, r) + 1]++] = r;
    }
}

static pl_status for_all(const pl_economy *e, giving_out give, double *level, pl_error *err)
{
    int32_t *start = PL_NEW0(int32_t, (size_t)e->n_goods + 3), *recipe = PL_NEW(int32_t, e->n_recipes), most = 0;
    entry *room = NULL;
    if (start != NULL && recipe != NULL) {
        list(e, start, recipe);
        for (int32_t g = 0; g <= e->n_goods; g++) {
            int32_t n = start[g + 1] - start[g];
            most = n > most ? n : most;
        }
        room = PL_NEW(entry, most);
    }
    for (int32_t g = 0; room != NULL && g <= e->n_goods; g++) {
        int32_t n = start[g + 1] - start[g];
        for (int32_t i = 0; i < n; i++) {
            room[i].recipe = recipe[start[g] + i];
        }
        if (n > 1 && may_be_alike(e, room, n)) {
            go_through(e, room, n, give, level);
        }
    }
    bool done = room != NULL;
    pl_free(start);
    pl_free(recipe);
    pl_free(room);
    return done ? PL_OK : pl_fail_nomem(err, "identical recipes");
}

pl_status pl_ties_share(const pl_economy *e, double *level, pl_error *err)
{
    return for_all(e, share, level, err);
}

pl_status pl_ties_gather(const pl_economy *e, double *level, pl_error *err)
{
    return for_all(e, gather, level, err);
}
