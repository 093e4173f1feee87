/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * replan_changes.c - the old promises as a start for the new plan, and why each line of it is another one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/make.h"
#include "plan/replan.h"

#define SAME 1e-6
#define ROUNDING 1e-13

static pl_status nomem(pl_error *err)
{
    return pl_fail_nomem(err, "planning the rest of the year");
}

const char *pl_replan_word(pl_replan_why why)
{
    static const char *const words[PL_WHYS] = {"limit", "missing", "other", "user", "need", "trade"};
    return words[why];
}

/* ---- A start ---------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct start {
    const pl_plan *plan;
    const pl_economy *e, *rest;
    const pl_replan *how;
    pl_arena arena;
} start;

static double *numbers(start *s, int32_t n)
{
    double *x = PL_ARENA_NEW(&s->arena, double, n);
    if (x != NULL) {
        memset(x, 0, sizeof *x * (size_t)n);
    }
    return x;
}

static double *start_levels(start *s)
{
    double *level = numbers(s, s->rest->n_recipes);
    for (int32_t r = 0; r < s->e->n_recipes && level != NULL; r++) {
        int32_t own = pl_find_recipe(s->rest, s->e->recipes[r].id);
        double promised = fmin(pl_replan_promised(s->plan, s->e, s->how, r), pl_replan_room(s->e, s->how, r));
        if (own >= 0) {
            level[own] = promised;
        }
    }
    return level;
}

static const pl_stage *start_stages(start *s)
{
    pl_stage *out = PL_ARENA_NEW(&s->arena, pl_stage, s->plan->n_stages);
    for (int32_t k = 0; k < s->plan->n_stages && out != NULL; k++) {
        const pl_stage *from = &s->plan->stages[k];
        double *resource = numbers(s, s->rest->n_resources), *good = numbers(s, s->rest->n_goods);
        if (resource == NULL || good == NULL) {
            return NULL;
        }
        /* Up to its promise a recipe is cheaper by a part of what it adds: then so is all that it makes. */
        double cheaper = from->goal == PL_USE_LEAST ? fmax(0, 1 - s->how->change_price) : 1;
        for (int32_t g = 0; g < s->rest->n_goods; g++) { /* goods are the same, in the same order */
            good[g] = cheaper * from->good_price[g];
        }
        for (int32_t i = 0; i < s->e->n_resources; i++) {
            int32_t to = pl_find_resource(s->rest, s->e->resources[i].id);
            if (to >= 0) {
                resource[to] = cheaper * from->resource_price[i];
            }
        }
        out[k] = *from;
        out[k].good_price = good;
        out[k].resource_price = resource;
    }
    return out;
}

static double *start_deliveries(start *s)
{
    double *delivered = numbers(s, s->rest->n_needs);
    for (int32_t k = 0, old = 0; k < s->rest->n_needs && delivered != NULL; k++) { /* both sorted; what is missing stands between, years that are over are left out */
        const pl_need *x = &s->rest->needs[k];
        while (old < s->e->n_needs && pl_replan_over(s->e, s->how, s->e->goods[s->e->needs[old].good].id)) {
            old++;
        }
        if (strcmp(x->group, PL_REPLAN_USED) == 0) {
            delivered[k] = x->amount;
        } else if (old < s->e->n_needs) {
            delivered[k] = s->plan->delivered[old++];
        }
    }
    return delivered;
}

pl_status pl_replan_start(const pl_plan *plan, const pl_economy *e, const pl_replan *how, const pl_economy *rest, pl_plan **out, pl_error *err)
{
    start s = {.plan = plan, .e = e, .rest = rest, .how = how};
    pl_arena_init(&s.arena, 0);
    pl_plan *p = PL_ARENA_NEW(&s.arena, pl_plan, 1);
    struct pl_plan_storage *storage = PL_ARENA_NEW(&s.arena, struct pl_plan_storage, 1);
    if (p != NULL) {
        *p = (pl_plan){.outcome = PL_PLANNED, .goal = plan->goal, .argument = "", .economy_title = "", .economy_path = "", .n_goods = rest->n_goods, .n_recipes = rest->n_recipes,
                       .n_resources = rest->n_resources, .n_needs = rest->n_needs, .n_stages = plan->n_stages, .horizon = PL_ONE_YEAR, .way = "", .why = ""};
        p->level = start_levels(&s);
        p->delivered = start_deliveries(&s);
        p->stages = start_stages(&s);
        p->imported = plan->imported;
        double *trade[3] = {numbers(&s, rest->n_goods), numbers(&s, rest->n_goods), numbers(&s, rest->n_goods)};
        int32_t *settled = PL_ARENA_NEW(&s.arena, int32_t, rest->n_needs);
        if (p->level != NULL && p->delivered != NULL && p->stages != NULL && trade[0] != NULL && trade[1] != NULL && trade[2] != NULL && settled != NULL && storage != NULL) {
            memcpy(trade[0], plan->imported, sizeof *trade[0] * (size_t)rest->n_goods);
            memcpy(trade[1], plan->exported, sizeof *trade[1] * (size_t)rest->n_goods);
            memset(settled, 0, sizeof *settled * (size_t)rest->n_needs);
            p->imported = trade[0];
            p->exported = trade[1];
            p->drawn = trade[2];
            p->settled = settled;
            p->storage = storage;
            storage->arena = s.arena;
            *out = p;
            return PL_OK;
        }
    }
    pl_arena_clear(&s.arena);
    return nomem(err);
}

/* ---- Changes ---------------------------------------------------------------------------------------------------------------------------------------- */

/* One side of the balances of goods: by the old plan, or by the new one, for the rest of the year. */
typedef struct looking {
    const pl_plan *plan, *now;
    const pl_economy *e, *rest;
    const pl_replan *how;
    double *promised, *level; /* by recipe of the old economy */
    double *missing;          /* by good: there less than the plan had for this moment */
    double *delivered;        /* by good: more than before */
} looking;

static void fill_levels(looking *l)
{
    for (int32_t r = 0; r < l->e->n_recipes; r++) {
        int32_t own = pl_find_recipe(l->rest, l->e->recipes[r].id);
        l->promised[r] = pl_replan_promised(l->plan, l->e, l->how, r);
        l->level[r] = own >= 0 ? l->now->level[own] : 0;
    }
}

static pl_status fill_goods(looking *l, pl_error *err)
{
    pl_replan as_planned = {.year = l->how->year, .periods = l->how->periods, .passed = l->how->passed, .frozen = l->how->frozen};
    double *then = PL_NEW(double, l->e->n_goods);
    pl_status status = then != NULL ? pl_replan_net(l->plan, l->e, &as_planned, then, err) : nomem(err);
    status = status == PL_OK ? pl_replan_net(l->plan, l->e, l->how, l->missing, err) : status;
    for (int32_t g = 0; g < l->e->n_goods && status == PL_OK; g++) {
        l->missing[g] = then[g] - l->missing[g];
    }
    for (int32_t k = 0; k < l->e->n_needs && status == PL_OK; k++) {
        l->delivered[l->e->needs[k].good] -= l->plan->delivered[k];
    }
    for (int32_t k = 0; k < l->rest->n_needs && status == PL_OK; k++) {
        const pl_need *x = &l->rest->needs[k];
        l->delivered[x->good] += strcmp(x->group, PL_REPLAN_USED) != 0 ? l->now->delivered[k] : 0;
    }
    pl_free(then);
    return status;
}

/* More of a good is made in the rest of the year because less is there, others make less, users take more, more is delivered, or less comes from outside,
 * which is all that the balance leaves. */
static void explain(const looking *l, const int32_t *main, pl_replan_change *c)
{
    const pl_economy *e = l->e;
    double part[PL_WHYS] = {0}, most[PL_WHYS] = {0}, own = 0;
    int32_t who[PL_WHYS] = {-1, -1, -1, -1, -1, -1};
    int32_t g = c->good = main[c->recipe];
    double sign = c->now > c->promised ? 1 : -1, room = pl_replan_room(e, l->how, c->recipe);
    c->other = -1;
    c->why = PL_WHY_LIMIT;
    c->part = c->now - c->promised;
    if (g < 0 || (sign < 0 && c->now >= room * (1 - SAME))) {
        return;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double change = l->level[r] - l->promised[r];
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1] && change != 0; k++) {
            if (e->flows.index[k] != g) {
                continue;
            }
            double x = -e->flows.amount[k] * change; /* what this recipe leaves to others to make, more than before */
            pl_replan_why why = e->flows.amount[k] > 0 ? PL_WHY_OTHER : PL_WHY_USER;
            if (r == c->recipe && why == PL_WHY_OTHER) {
                own = -x;
                continue;
            }
            part[why] += x;
            if (sign * x > sign * most[why]) {
                most[why] = x;
                who[why] = r;
            }
        }
    }
    part[PL_WHY_MISSING] = l->missing[g];
    part[PL_WHY_NEED] = l->delivered[g];
    part[PL_WHY_TRADE] = own - part[PL_WHY_MISSING] - part[PL_WHY_NEED] - part[PL_WHY_OTHER] - part[PL_WHY_USER];
    c->why = PL_WHY_MISSING;
    for (int w = PL_WHY_MISSING; w < PL_WHYS; w++) {
        if (sign * part[w] > sign * part[c->why]) {
            c->why = (pl_replan_why)w;
        }
    }
    c->part = part[c->why];
    c->other = who[c->why];
}

/* The output of each recipe that is worth most; -1: it makes nothing. */
static void main_outputs(const looking *l, int32_t *main)
{
    const double *price = l->plan->stages[l->plan->n_stages - 1].good_price;
    for (int32_t r = 0; r < l->e->n_recipes; r++) {
        double most = -1;
        main[r] = -1;
        for (int64_t k = l->e->flows.start[r]; k < l->e->flows.start[r + 1]; k++) {
            double worth = l->e->flows.amount[k] * fmax(0, price[l->e->flows.index[k]]);
            if (l->e->flows.amount[k] > 0 && worth > most) {
                most = worth;
                main[r] = l->e->flows.index[k];
            }
        }
    }
}

static int by_worth(const void *a, const void *b)
{
    const pl_replan_change *x = a, *y = b;
    return x->worth != y->worth ? (x->worth > y->worth ? -1 : 1) : x->recipe < y->recipe ? -1 : x->recipe > y->recipe;
}

/* More than rounding: of what the recipe does, and of what all of them make. */
static bool is_change(const pl_replan_change *c, double unit_worth, double total)
{
    return fabs(c->now - c->promised) > SAME * fmax(c->year_before, c->year_now) && (unit_worth > 0 ? c->worth > ROUNDING * total : c->year_before > 0);
}

static int32_t list(const looking *l, const int32_t *main, pl_replan_change *out)
{
    int32_t n = 0;
    double total = 0;
    for (int32_t r = 0; r < l->e->n_recipes; r++) {
        total += l->plan->level[r] * pl_replan_worth(l->plan, l->e, r, false);
    }
    for (int32_t r = 0; r < l->e->n_recipes; r++) {
        double worth = pl_replan_worth(l->plan, l->e, r, false);
        pl_replan_change c = {.recipe = r, .promised = l->promised[r], .now = l->level[r], .year_before = l->plan->level[r]};
        c.year_now = c.now + pl_replan_fixed(l->plan, l->e, l->how, r);
        c.worth = fabs(c.now - c.promised) * worth;
        if (is_change(&c, worth, total) && !pl_replan_bookkeeping(l->e, l->e->recipes[r].id)) {
            explain(l, main, &c);
            out[n++] = c;
        }
    }
    qsort(out, (size_t)n, sizeof *out, by_worth);
    return n;
}

pl_status pl_replan_changes(const pl_plan *plan, const pl_economy *e, const pl_replan *how, const pl_plan *now, const pl_economy *rest, pl_replan_change **out,
                            int32_t *n, pl_error *err)
{
    size_t recipes = (size_t)e->n_recipes, goods = (size_t)e->n_goods;
    double *room = PL_NEW0(double, 2 * recipes + 2 * goods);
    int32_t *main = PL_NEW(int32_t, recipes);
    pl_replan_change *changes = PL_NEW(pl_replan_change, recipes);
    pl_status status = room != NULL && main != NULL && changes != NULL ? PL_OK : nomem(err);
    if (status == PL_OK) {
        looking l = {.plan = plan, .now = now, .e = e, .rest = rest, .how = how, .promised = room, .level = room + recipes,
                     .missing = room + 2 * recipes, .delivered = room + 2 * recipes + goods};
        fill_levels(&l);
        main_outputs(&l, main);
        status = fill_goods(&l, err);
        *n = status == PL_OK ? list(&l, main, changes) : 0;
    }
    pl_free(room);
    pl_free(main);
    if (status != PL_OK) {
        pl_free(changes);
        return status;
    }
    *out = changes;
    return PL_OK;
}

void pl_replan_changes_free(pl_replan_change *changes)
{
    pl_free(changes);
}
