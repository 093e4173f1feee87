/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * part.c - takes from an economy what one process owns, and brings the parts of a plan together.
 *
 * All processes look at the whole tables (of a binary economy they are mapped, and shared by the processes of a machine)
 * and come to the same division of its goods (partition.c); what each then keeps is in proportion to what it owns. */
#include "plan/part.h"

#include <string.h>

#include "base/mem.h"
#include "plan/make.h"
#include "plan/partition.h"
#include "sparse/owners.h"


typedef struct cutting {
    const pl_economy *w;
    pl_part *part;
    int32_t rank;
    const pl_division *d;
    int32_t *local;            /* by good of the whole: its number in the part, or PL_NOBODY */
    int32_t *other;            /* goods of others, by number in the part less own goods */
    int32_t others;
} cutting;

bool pl_part_worthwhile(const pl_economy *whole, const pl_plan_settings *settings)
{
    return settings->way == PL_BY_NEWTON || (settings->way == PL_ANY_WAY && whole->n_recipes >= PL_LARGE_FROM);
}

/* ---- What there is ------------------------------------------------------------------------------------------- */

static bool is_own(const cutting *c, int32_t g)
{
    return c->d->home[g] == c->rank;
}

/* The recipe's owner is known to all; one that makes nothing is where its first good is. */
static bool is_own_recipe(const cutting *c, int32_t r)
{
    const pl_economy *w = c->w;
    int32_t g = c->d->owner[r];
    if (g == PL_NOBODY && w->flows.start[r] < w->flows.start[r + 1]) {
        g = w->flows.index[w->flows.start[r]];
    }
    return g == PL_NOBODY ? r % c->part->crew->size == c->rank : is_own(c, g);
}

/* Numbers goods: own ones first, then those of others that own recipes touch. */
static bool number_goods(cutting *c)
{
    const pl_economy *w = c->w;
    pl_part *p = c->part;
    int64_t flows = 0, uses = 0;
    for (int32_t g = 0; g < w->n_goods; g++) {
        c->local[g] = is_own(c, g) ? p->own_goods++ : PL_NOBODY;
    }
    for (int32_t r = 0; r < w->n_recipes; r++) {
        if (!is_own_recipe(c, r)) {
            continue;
        }
        p->economy.n_recipes++;
        flows += w->flows.start[r + 1] - w->flows.start[r];
        uses += w->uses.start[r + 1] - w->uses.start[r];
        for (int64_t k = w->flows.start[r]; k < w->flows.start[r + 1]; k++) {
            int32_t g = w->flows.index[k];
            if (c->local[g] == PL_NOBODY) {
                c->local[g] = p->own_goods; /* for now; own goods are below this */
                c->others++;
            }
        }
    }
    c->other = PL_NEW(int32_t, c->others);
    p->flow_index = PL_NEW(int32_t, flows);
    p->flow_amount = PL_NEW(double, flows);
    p->flow_start = PL_NEW(int64_t, p->economy.n_recipes + 1);
    p->economy.uses.start = PL_ARENA_NEW(&p->arena, int64_t, p->economy.n_recipes + 1);
    p->economy.uses.index = PL_ARENA_NEW(&p->arena, int32_t, uses);
    p->economy.uses.amount = PL_ARENA_NEW(&p->arena, double, uses);
    if (c->other == NULL) {
        return false;
    }
    int32_t n = 0;
    for (int32_t g = 0; g < w->n_goods; g++) {
        if (!is_own(c, g) && c->local[g] != PL_NOBODY) {
            c->other[n] = g;
            c->local[g] = p->own_goods + n++;
        }
    }
    p->economy.n_goods = p->own_goods + n;
    return p->flow_index != NULL && p->flow_amount != NULL && p->flow_start != NULL && p->economy.uses.start != NULL &&
           p->economy.uses.index != NULL && p->economy.uses.amount != NULL;
}

/* ---- Tables ----------------------------------------------------------------------------------------------------- */

static const char *copy(pl_part *p, const char *text)
{
    return text[0] == '\0' ? "" : pl_arena_text(&p->arena, text, strlen(text));
}

static bool take_goods(cutting *c)
{
    pl_part *p = c->part;
    pl_good *goods = PL_ARENA_NEW(&p->arena, pl_good, p->economy.n_goods);
    p->good = PL_ARENA_NEW(&p->arena, int32_t, p->economy.n_goods);
    if (goods == NULL || p->good == NULL) {
        return false;
    }
    for (int32_t g = 0; g < c->w->n_goods; g++) {
        if (c->local[g] != PL_NOBODY) {
            goods[c->local[g]] = (pl_good){"", "", "", "", "", c->w->goods[g].must_be_used};
            p->good[c->local[g]] = g;
        }
    }
    p->economy.goods = goods;
    return true;
}

/* Flows of own goods first, then of others': ascending in the numbers of the part. */
static void take_flows(cutting *c, int32_t r, int64_t *at)
{
    const pl_columns *f = &c->w->flows;
    pl_part *p = c->part;
    for (int others = 0; others < 2; others++) {
        for (int64_t k = f->start[r]; k < f->start[r + 1]; k++) {
            int32_t g = c->local[f->index[k]];
            if ((g >= p->own_goods) == (others == 1)) {
                p->flow_index[*at] = g;
                p->flow_amount[(*at)++] = f->amount[k];
            }
        }
    }
}

static bool take_recipes(cutting *c)
{
    const pl_economy *w = c->w;
    pl_part *p = c->part;
    pl_recipe *recipes = PL_ARENA_NEW(&p->arena, pl_recipe, p->economy.n_recipes);
    p->recipe = PL_ARENA_NEW(&p->arena, int32_t, p->economy.n_recipes);
    if (recipes == NULL || p->recipe == NULL) {
        return false;
    }
    int64_t *use_start, at = 0, use = 0;
    int32_t *use_index, n = 0;
    double *use_amount;
    memcpy(&use_start, &p->economy.uses.start, sizeof use_start);
    memcpy(&use_index, &p->economy.uses.index, sizeof use_index);
    memcpy(&use_amount, &p->economy.uses.amount, sizeof use_amount);
    p->flow_start[0] = use_start[0] = 0;
    for (int32_t r = 0; r < w->n_recipes; r++) {
        if (!is_own_recipe(c, r)) {
            continue;
        }
        recipes[n] = (pl_recipe){"", "", "", w->recipes[r].capacity};
        p->recipe[n++] = r;
        take_flows(c, r, &at);
        for (int64_t k = w->uses.start[r]; k < w->uses.start[r + 1]; k++) {
            use_index[use] = w->uses.index[k];
            use_amount[use++] = w->uses.amount[k];
        }
        p->flow_start[n] = at;
        use_start[n] = use;
    }
    p->economy.recipes = recipes;
    p->economy.flows = (pl_columns){p->flow_start, p->flow_index, p->flow_amount};
    return true;
}

static bool take_resources(cutting *c)
{
    pl_part *p = c->part;
    pl_resource *resources = PL_ARENA_NEW(&p->arena, pl_resource, c->w->n_resources);
    for (int32_t k = 0; resources != NULL && k < c->w->n_resources; k++) {
        resources[k] = c->w->resources[k];
        resources[k].id = copy(p, resources[k].id);
        resources[k].name = resources[k].unit = "";
        if (resources[k].id == NULL) {
            return false;
        }
    }
    p->economy.resources = resources;
    p->economy.n_resources = c->w->n_resources;
    return resources != NULL;
}

/* With the names by which a goal may call them. */
static bool take_needs(cutting *c)
{
    const pl_economy *w = c->w;
    pl_part *p = c->part;
    int32_t n = 0;
    for (int32_t k = 0; k < w->n_needs; k++) {
        n += is_own(c, w->needs[k].good);
    }
    pl_need *needs = PL_ARENA_NEW(&p->arena, pl_need, n);
    p->need = PL_ARENA_NEW(&p->arena, int32_t, n);
    for (int32_t k = 0, at = 0; needs != NULL && p->need != NULL && k < w->n_needs; k++) {
        int32_t g = w->needs[k].good;
        if (is_own(c, g)) {
            pl_good *good;
            memcpy(&good, &p->economy.goods, sizeof good);
            good += c->local[g];
            needs[at] = w->needs[k];
            needs[at].good = c->local[g];
            needs[at].group = copy(p, w->needs[k].group);
            good->id = good->id[0] == '\0' ? copy(p, w->goods[g].id) : good->id;
            if (needs[at].group == NULL || good->id == NULL) {
                return false;
            }
            p->need[at++] = k;
        }
    }
    p->economy.needs = needs;
    p->economy.n_needs = n;
    return needs != NULL && p->need != NULL;
}

static bool take_trade_and_stocks(cutting *c)
{
    const pl_economy *w = c->w;
    pl_economy *e = &c->part->economy;
    pl_trade *trade = PL_ARENA_NEW(&c->part->arena, pl_trade, w->n_trade);
    pl_stock *stocks = PL_ARENA_NEW(&c->part->arena, pl_stock, w->n_stocks);
    for (int32_t t = 0; trade != NULL && t < w->n_trade; t++) {
        if (is_own(c, w->trade[t].good)) {
            trade[e->n_trade] = w->trade[t];
            trade[e->n_trade++].good = c->local[w->trade[t].good];
        }
    }
    for (int32_t s = 0; stocks != NULL && s < w->n_stocks; s++) {
        if (is_own(c, w->stocks[s].good)) {
            stocks[e->n_stocks] = w->stocks[s];
            stocks[e->n_stocks++].good = c->local[w->stocks[s].good];
        }
    }
    e->trade = trade;
    e->stocks = stocks;
    return trade != NULL && stocks != NULL;
}

/* Whose the goods of others are, and which of theirs: that is counted, not asked. */
static pl_status tie(cutting *c, pl_error *err)
{
    pl_part *p = c->part;
    int32_t *counted = PL_NEW0(int32_t, p->crew->size), *owner = PL_NEW(int32_t, c->others), *index = PL_NEW(int32_t, c->others);
    bool enough = counted != NULL && owner != NULL && index != NULL;
    pl_status status = pl_crew_agree(p->crew, enough ? PL_OK : pl_fail_nomem(err, "the goods of others"), err);
    for (int32_t g = 0, k = 0; status == PL_OK && g < c->w->n_goods; g++) {
        int32_t home = c->d->home[g];
        if (k < c->others && c->other[k] == g) {
            owner[k] = home;
            index[k++] = counted[home];
        }
        counted[home]++;
    }
    if (status == PL_OK) {
        status = pl_border_new(p->crew, p->own_goods, c->others, c->w->n_goods, owner, index, &p->border, err);
    }
    pl_free(counted);
    pl_free(owner);
    pl_free(index);
    return status;
}

static pl_status cut(cutting *c, pl_error *err)
{
    pl_part *p = c->part;
    const pl_economy *w = c->w;
    c->local = PL_NEW(int32_t, w->n_goods);
    bool enough = c->local != NULL && number_goods(c) && take_goods(c) && take_recipes(c) && take_resources(c) &&
                  take_needs(c) && take_trade_and_stocks(c);
    p->economy.title = p->economy.path = "";
    p->economy.foreign_exchange = w->foreign_exchange;
    p->economy.years = w->years;
    pl_status status = pl_crew_agree(p->crew, enough ? PL_OK : pl_fail_nomem(err, "a part of the economy"), err);
    return status == PL_OK ? tie(c, err) : status;
}

pl_status pl_part_new(const pl_economy *whole, pl_crew *crew, pl_partition how, pl_part **out, pl_error *err)
{
    pl_division division = {0};
    pl_part *p = PL_NEW0(pl_part, 1);
    pl_status status = pl_crew_agree(crew, p != NULL ? PL_OK : pl_fail_nomem(err, "a part of the economy"), err);
    if (status != PL_OK) {
        pl_free(p);
        return status;
    }
    p->crew = crew;
    p->all_goods = whole->n_goods;
    p->all_recipes = whole->n_recipes;
    p->all_needs = whole->n_needs;
    pl_arena_init(&p->arena, 0);
    cutting c = {.w = whole, .part = p, .rank = crew->rank, .d = &division};
    status = pl_divide(whole, crew, how, &division, err);
    status = status == PL_OK ? cut(&c, err) : status;
    pl_division_clear(&division);
    pl_free(c.local);
    pl_free(c.other);
    if (status != PL_OK) {
        pl_part_free(p);
        return status;
    }
    *out = p;
    return PL_OK;
}

void pl_part_drop_flows(pl_part *part)
{
    pl_free(part->flow_start);
    pl_free(part->flow_index);
    pl_free(part->flow_amount);
    part->flow_start = NULL;
    part->flow_index = NULL;
    part->flow_amount = NULL;
    part->economy.flows = (pl_columns){0};
}

void pl_part_free(pl_part *part)
{
    if (part != NULL) {
        pl_part_drop_flows(part);
        pl_border_free(part->border);
        pl_arena_clear(&part->arena);
        pl_free(part);
    }
}

/* ---- An older plan ------------------------------------------------------------------------------------------------- */

/* Numbers of rows of the whole, those of the part; NULL stays NULL. */
static bool pick(pl_arena *arena, const double *all, const int32_t *number, int32_t n, const double **out)
{
    double *own = all != NULL ? PL_ARENA_NEW(arena, double, n) : NULL;
    for (int32_t i = 0; own != NULL && i < n; i++) {
        own[i] = all[number[i]];
    }
    *out = own;
    return own != NULL || all == NULL;
}

static bool pick_all(const pl_part *part, const pl_plan *whole, pl_plan *own, pl_arena *a)
{
    const pl_economy *e = &part->economy;
    pl_stage *stages = PL_ARENA_NEW(a, pl_stage, whole->n_stages);
    if (stages == NULL || !pick(a, whole->level, part->recipe, e->n_recipes, &own->level) ||
        !pick(a, whole->imported, part->good, e->n_goods, &own->imported) ||
        !pick(a, whole->exported, part->good, e->n_goods, &own->exported) ||
        !pick(a, whole->drawn, part->good, e->n_goods, &own->drawn) ||
        !pick(a, whole->delivered, part->need, e->n_needs, &own->delivered)) {
        return false;
    }
    for (int32_t k = 0; k < whole->n_stages; k++) {
        double *limits = PL_ARENA_NEW(a, double, e->n_resources);
        stages[k] = whole->stages[k];
        stages[k].needs = NULL; /* texts and objectives are the whole plan's, and nothing to start from */
        stages[k].objective = NULL;
        stages[k].n_objective = 0;
        if (limits == NULL || !pick(a, whole->stages[k].good_price, part->good, e->n_goods, &stages[k].good_price)) {
            return false;
        }
        memcpy(limits, whole->stages[k].resource_price, sizeof *limits * (size_t)e->n_resources);
        stages[k].resource_price = limits;
    }
    own->stages = stages;
    return true;
}

pl_status pl_part_of_plan(const pl_part *part, const pl_plan *whole, pl_plan **out, pl_error *err)
{
    const pl_economy *e = &part->economy;
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_plan *own = PL_ARENA_NEW(&arena, pl_plan, 1);
    struct pl_plan_storage *storage = PL_ARENA_NEW(&arena, struct pl_plan_storage, 1);
    bool enough = own != NULL && storage != NULL;
    if (enough) {
        *own = (pl_plan){.outcome = whole->outcome, .goal = whole->goal, .n_goods = e->n_goods, .n_recipes = e->n_recipes,
                         .n_resources = e->n_resources, .n_needs = e->n_needs, .n_stages = whole->n_stages, .storage = storage};
        enough = pick_all(part, whole, own, &arena);
    }
    if (!enough) {
        pl_arena_clear(&arena);
        return pl_fail_nomem(err, "a part of the older plan");
    }
    storage->arena = arena; /* the plan lives in the arena that it owns */
    *out = own;
    return PL_OK;
}

/* ---- The plan of the whole ---------------------------------------------------------------------------------------- */

/* n numbers of a part, with their places in the whole behind them, in one piece of memory. */
typedef struct parcel {
    double *all; /* on the first process */
} parcel;

static pl_status unpack(void *user, int32_t from, const void *data, size_t size, pl_error *err)
{
    parcel *p = user;
    size_t n = size / (sizeof(double) + sizeof(int32_t));
    const char *at = data;
    (void)from;
    (void)err;
    for (size_t k = 0; k < n; k++) {
        double x;
        int32_t i;
        memcpy(&x, at + k * sizeof x, sizeof x);
        memcpy(&i, at + n * sizeof x + k * sizeof i, sizeof i);
        p->all[i] = x;
    }
    return PL_OK;
}

/* x: n numbers of this part, place: where they are in the whole; all: room for the whole, on the first process. */
static pl_status bring(const pl_part *part, const double *x, const int32_t *place, int32_t n, double *all, pl_error *err)
{
    size_t count = (size_t)n, size = count * (sizeof(double) + sizeof(int32_t));
    char *packed = pl_alloc(size, 1);
    bool enough = packed != NULL && (all != NULL || !pl_crew_first(part->crew));
    pl_status status = pl_crew_agree(part->crew, enough ? PL_OK : pl_fail_nomem(err, "the whole plan"), err);
    if (status == PL_OK && count > 0) {
        memcpy(packed, x, count * sizeof *x);
        memcpy(packed + count * sizeof *x, place, count * sizeof *place);
    }
    parcel p = {all};
    if (status == PL_OK && pl_crew_first(part->crew)) {
        status = unpack(&p, 0, packed, size, err);
    }
    if (status == PL_OK) {
        status = part->crew->calls->bring(part->crew, packed, size, unpack, &p, err);
    }
    pl_free(packed);
    return pl_crew_agree(part->crew, status, err);
}

/* The vector *x of the plan, by good, recipe or need, becomes that of the whole. */
static pl_status bring_vector(const pl_part *part, const double **x, const int32_t *place, int32_t n, int32_t n_all,
                              double **all, pl_arena *arena, pl_error *err)
{
    *all = pl_crew_first(part->crew) ? PL_ARENA_NEW(arena, double, n_all) : NULL;
    pl_status status = bring(part, *x, place, n, *all, err);
    if (status == PL_OK && *all != NULL) {
        *x = *all;
    }
    return status;
}

static pl_status bring_settled(const pl_part *part, pl_plan *plan, pl_arena *arena, pl_error *err)
{
    bool first = pl_crew_first(part->crew);
    int32_t n = part->economy.n_needs, *settled = first ? PL_ARENA_NEW(arena, int32_t, part->all_needs) : NULL;
    double *numbers = PL_NEW(double, n), *all = first ? PL_NEW(double, part->all_needs) : NULL;
    bool enough = numbers != NULL && (!first || (settled != NULL && all != NULL));
    pl_status status = pl_crew_agree(part->crew, enough ? PL_OK : pl_fail_nomem(err, "the whole plan"), err);
    for (int32_t k = 0; status == PL_OK && k < n; k++) {
        numbers[k] = plan->settled[k];
    }
    status = status == PL_OK ? bring(part, numbers, part->need, n, all, err) : status;
    if (status == PL_OK && first) {
        for (int32_t k = 0; k < part->all_needs; k++) {
            settled[k] = (int32_t)all[k];
        }
        plan->settled = settled;
    }
    pl_free(numbers);
    pl_free(all);
    return status;
}

pl_status pl_part_bring(const pl_part *part, pl_plan *plan, pl_stage *stages, double **level, pl_arena *arena, pl_error *err)
{
    double *all;
    const double **by_good[] = {&plan->imported, &plan->exported, &plan->drawn};
    pl_status status = bring_vector(part, &plan->level, part->recipe, part->economy.n_recipes, part->all_recipes, level,
                                    arena, err);
    for (int k = 0; k < 3 && status == PL_OK; k++) {
        status = bring_vector(part, by_good[k], part->good, part->own_goods, part->all_goods, &all, arena, err);
    }
    if (status == PL_OK) {
        status = bring_vector(part, &plan->delivered, part->need, part->economy.n_needs, part->all_needs, &all, arena, err);
    }
    status = status == PL_OK ? bring_settled(part, plan, arena, err) : status;
    for (int32_t k = 0; k < plan->n_stages && status == PL_OK; k++) {
        status = bring_vector(part, &stages[k].good_price, part->good, part->own_goods, part->all_goods, &all, arena, err);
    }
    if (status == PL_OK && pl_crew_first(part->crew)) {
        plan->n_goods = part->all_goods;
        plan->n_recipes = part->all_recipes;
        plan->n_needs = part->all_needs;
    }
    return status;
}
