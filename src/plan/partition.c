/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * partition.c - divides the goods of an economy among processes, so that each has about as many coefficients.
 *
 *   range   goods in the order of their identifiers, cut into pieces
 *   place   all goods of a place together; places, the heaviest first, to whoever has least so far
 *   graph   as few goods as possible with recipes in two parts: by the partitioner of the back end
 *
 * Each process looks at the whole tables and comes to the same answer; a graph is built and divided by the first. */
#include "plan/partition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "sparse/owners.h"

#define WEIGHT_OF_GOOD 30 /* beside the coefficients of its recipes: what a good takes of memory and time */
#define PORTION (1 << 24) /* goods whose parts are told in one go */
#define HUB_LEAST 1000    /* users from which on a good is everywhere anyway: no edge of the graph */

typedef struct dividing {
    const pl_economy *w;
    pl_crew *crew;
    pl_division *d;
    int32_t *weight; /* by good */
} dividing;

static void find_weights(dividing *v)
{
    const pl_economy *w = v->w;
    for (int32_t g = 0; g < w->n_goods; g++) {
        v->weight[g] = WEIGHT_OF_GOOD;
    }
    for (int32_t r = 0; r < w->n_recipes; r++) {
        if (v->d->owner[r] != PL_NOBODY) {
            v->weight[v->d->owner[r]] += (int32_t)(w->flows.start[r + 1] - w->flows.start[r]);
        }
    }
}

/* ---- By range, by place ------------------------------------------------------------------------------------------ */

static void by_range(dividing *v)
{
    double total = 0, before = 0;
    for (int32_t g = 0; g < v->w->n_goods; g++) {
        total += v->weight[g];
    }
    for (int32_t g = 0; g < v->w->n_goods; g++) {
        int32_t part = (int32_t)((before + 0.5 * v->weight[g]) / total * v->crew->size);
        v->d->home[g] = part < v->crew->size ? part : v->crew->size - 1;
        before += v->weight[g];
    }
}

typedef struct spot {
    int64_t weight;
    int32_t number, part;
} spot;

static int by_weight(const void *a, const void *b)
{
    const spot *x = a, *y = b;
    return x->weight != y->weight ? (x->weight > y->weight ? -1 : 1) : (x->number > y->number) - (x->number < y->number);
}

static int by_number(const void *a, const void *b)
{
    const spot *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* Which place each good is at, into home; how many places; -1 without memory. */
static int32_t number_places(dividing *v, pl_map *map)
{
    int32_t n = 0;
    for (int32_t g = 0; g < v->w->n_goods; g++) {
        const char *place = v->w->goods[g].place;
        int32_t old;
        if (pl_map_put(map, place, strlen(place), n, &old) != PL_OK) {
            return -1;
        }
        v->d->home[g] = old >= 0 ? old : n;
        n += old < 0;
    }
    return n;
}

static pl_status give_out_places(dividing *v, spot *spots, int64_t *load, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        spots[i] = (spot){.number = i};
    }
    for (int32_t g = 0; g < v->w->n_goods; g++) {
        spots[v->d->home[g]].weight += v->weight[g];
    }
    qsort(spots, (size_t)n, sizeof *spots, by_weight);
    for (int32_t i = 0; i < n; i++) {
        int32_t least = 0;
        for (int32_t r = 1; r < v->crew->size; r++) {
            least = load[r] < load[least] ? r : least;
        }
        spots[i].part = least;
        load[least] += spots[i].weight;
    }
    qsort(spots, (size_t)n, sizeof *spots, by_number);
    for (int32_t g = 0; g < v->w->n_goods; g++) {
        v->d->home[g] = spots[v->d->home[g]].part;
    }
    return PL_OK;
}

static pl_status by_place(dividing *v, pl_error *err)
{
    pl_map map;
    pl_map_init(&map);
    int32_t n = number_places(v, &map);
    pl_map_clear(&map);
    if (n >= 0 && n < v->crew->size) {
        return pl_fail(err, PL_DATA, "goods", "divide by range or graph, or start fewer processes",
                       "there are %d places, fewer than the %d processes", (int)n, (int)v->crew->size);
    }
    spot *spots = n >= 0 ? PL_NEW(spot, n) : NULL;
    int64_t *load = PL_NEW0(int64_t, v->crew->size);
    pl_status status = spots != NULL && load != NULL ? give_out_places(v, spots, load, n) : pl_fail_nomem(err, "the places");
    pl_free(spots);
    pl_free(load);
    return status;
}

/* ---- By graph ---------------------------------------------------------------------------------------------------- */

/* Goods are neighbours when a recipe of one takes or makes the other. */
typedef struct graph {
    int32_t *start, *neighbour, *users;
} graph;

static void add_neighbour(graph *g, int32_t a, int32_t b, bool count)
{
    if (count) {
        g->start[a + 1]++;
    } else {
        g->neighbour[g->start[a]++] = b;
    }
}

static void go_through(const dividing *v, graph *g, bool count)
{
    const pl_economy *w = v->w;
    for (int32_t r = 0; r < w->n_recipes; r++) {
        int32_t a = v->d->owner[r];
        for (int64_t k = w->flows.start[r]; a != PL_NOBODY && k < w->flows.start[r + 1]; k++) {
            int32_t b = w->flows.index[k];
            if (b != a && g->users[b] < HUB_LEAST && g->users[a] < HUB_LEAST) {
                add_neighbour(g, a, b, count);
                add_neighbour(g, b, a, count);
            }
        }
    }
}

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts the neighbours of each good and leaves each of them once. */
static void tidy(graph *g, int32_t n)
{
    int32_t at = 0, from = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t to = g->start[i]; /* after filling: where its own neighbours end */
        qsort(g->neighbour + from, (size_t)(to - from), sizeof *g->neighbour, ascending);
        g->start[i] = at;
        for (int32_t k = from; k < to; k++) {
            if (k == from || g->neighbour[k] != g->neighbour[k - 1]) {
                g->neighbour[at++] = g->neighbour[k];
            }
        }
        from = to;
    }
    g->start[n] = at;
}

static bool build(const dividing *v, graph *g)
{
    const pl_economy *w = v->w;
    int32_t n = w->n_goods;
    g->users = PL_NEW0(int32_t, n);
    g->start = PL_NEW0(int32_t, n + 1);
    if (g->users == NULL || g->start == NULL) {
        return false;
    }
    for (int64_t k = 0; k < w->flows.start[w->n_recipes]; k++) {
        g->users[w->flows.index[k]]++;
    }
    go_through(v, g, true);
    for (int32_t i = 0; i < n; i++) {
        g->start[i + 1] += g->start[i];
    }
    g->neighbour = PL_NEW(int32_t, g->start[n]);
    if (g->neighbour == NULL) {
        return false;
    }
    go_through(v, g, false);
    tidy(g, n);
    return true;
}

/* The first process divides, for all: a partitioner on several processes gives another division every time. */
static pl_status divide_graph(dividing *v, pl_error *err)
{
    graph g = {0};
    pl_status status = build(v, &g) ? PL_OK : pl_fail_nomem(err, "the graph of goods");
    if (status == PL_OK) {
        status = v->crew->calls->divide(v->crew, v->w->n_goods, g.start, g.neighbour, v->weight, v->d->home, err);
    }
    pl_free(g.users);
    pl_free(g.start);
    pl_free(g.neighbour);
    return status;
}

static pl_status by_graph(dividing *v, pl_error *err)
{
    pl_status status = pl_crew_first(v->crew) ? divide_graph(v, err) : PL_OK;
    status = pl_crew_agree(v->crew, status, err);
    for (int32_t from = 0; status == PL_OK && from < v->w->n_goods; from += PORTION) {
        int32_t n = v->w->n_goods - from < PORTION ? v->w->n_goods - from : PORTION;
        v->crew->calls->spread(v->crew, 0, v->d->home + from, (size_t)n * sizeof *v->d->home);
    }
    return status;
}

/* ---- Any way ------------------------------------------------------------------------------------------------------ */

pl_status pl_divide(const pl_economy *whole, pl_crew *crew, pl_partition how, pl_division *out, pl_error *err)
{
    dividing v = {.w = whole, .crew = crew, .d = out, .weight = PL_NEW(int32_t, whole->n_goods)};
    *out = (pl_division){PL_NEW(int32_t, whole->n_goods), PL_NEW(int32_t, whole->n_recipes)};
    bool enough = v.weight != NULL && out->home != NULL && out->owner != NULL;
    const pl_columns *flows = &whole->flows;
    pl_status status = enough ? pl_find_owners(whole->n_goods, whole->n_recipes, flows->start, flows->index, flows->amount, NULL, out->owner, err)
                              : pl_fail_nomem(err, "the division of the economy");
    status = pl_crew_agree(crew, status, err);
    if (status == PL_OK) {
        find_weights(&v);
        if (how == PL_BY_RANGE) {
            by_range(&v);
        } else if (how == PL_BY_PLACE) {
            status = by_place(&v, err);
        } else {
            status = by_graph(&v, err);
        }
        status = pl_crew_agree(crew, status, err);
    }
    pl_free(v.weight);
    return status;
}

void pl_division_clear(pl_division *d)
{
    pl_free(d->home);
    pl_free(d->owner);
    *d = (pl_division){0};
}
