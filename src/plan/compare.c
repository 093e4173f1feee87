/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * compare.c - two plans side by side.  All tables of an economy are in the order of their keys, so two of them are
 * matched by merging. */
#include <plenty/compare.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

struct pl_comparison_storage {
    pl_arena arena;
};

typedef struct pair {
    int32_t index[2];
} pair;

/* Order of row i of A's table and row j of B's: <0, 0, >0. */
typedef int (*order_fn)(const pl_comparison *c, const void *context, int32_t i, int32_t j);

/* Merges tables of n[0] and n[1] rows; room for both in out.  Returns the number of pairs. */
static int32_t merge(const pl_comparison *c, const void *context, const int32_t n[2], order_fn order, pair *out)
{
    int32_t i = 0, j = 0, k = 0;
    while (i < n[0] || j < n[1]) {
        int o = i == n[0] ? 1 : j == n[1] ? -1 : order(c, context, i, j);
        out[k++] = (pair){{o <= 0 ? i++ : -1, o >= 0 ? j++ : -1}};
    }
    return k;
}

static int good_order(const pl_comparison *c, const void *context, int32_t i, int32_t j)
{
    (void)context;
    return strcmp(c->side[0].economy->goods[i].id, c->side[1].economy->goods[j].id);
}

static int resource_order(const pl_comparison *c, const void *context, int32_t i, int32_t j)
{
    (void)context;
    return strcmp(c->side[0].economy->resources[i].id, c->side[1].economy->resources[j].id);
}

static int need_order(const pl_comparison *c, const void *context, int32_t i, int32_t j)
{
    const pl_need *x = &c->side[0].economy->needs[i], *y = &c->side[1].economy->needs[j];
    int o = good_order(c, context, x->good, y->good);
    if (o == 0 && x->tier != y->tier) {
        o = x->tier < y->tier ? -1 : 1;
    }
    return o != 0 ? o : strcmp(x->group, y->group);
}

static bool same_unit(const pl_comparison *c, int32_t good_a, int32_t good_b)
{
    return strcmp(c->side[0].economy->goods[good_a].unit, c->side[1].economy->goods[good_b].unit) == 0;
}

/* The price of a good in the last stage: the dearer of both plans. */
static double dearer(const pl_comparison *c, const int32_t good[2])
{
    double price = 0;
    for (int s = 0; s < 2; s++) {
        const pl_plan *p = c->side[s].plan;
        if (good[s] >= 0 && p->n_stages > 0) {
            price = fmax(price, p->stages[p->n_stages - 1].good_price[good[s]]);
        }
    }
    return price;
}

/* A difference of rounding is none. */
static double difference(const double x[2])
{
    double d = x[1] - x[0];
    return fabs(d) <= 1e-9 * fmax(fabs(x[0]), fabs(x[1])) ? 0 : d;
}

static int by_size(double x, double y, int64_t i, int64_t j)
{
    x = fabs(x);
    y = fabs(y);
    return x != y ? (x > y ? -1 : 1) : (i > j) - (i < j);
}

/* ---- Goods ------------------------------------------------------------------------------------------ */

static int by_worth_of_good(const void *a, const void *b)
{
    const pl_good_pair *x = a, *y = b;
    return by_size(x->worth, y->worth, (int64_t)x->good[0] * (INT64_C(1) << 32) + x->good[1], (int64_t)y->good[0] * (INT64_C(1) << 32) + y->good[1]);
}

static void fill_good(const pl_comparison *c, pl_balance *const balance[2], pl_good_pair *g)
{
    double made[2] = {0, 0};
    for (int s = 0; s < 2; s++) {
        g->made[s] = g->imported[s] = g->exported[s] = g->price[s] = PL_ABSENT;
        if (g->good[s] < 0 || !c->planned) {
            continue;
        }
        const pl_balance *b = &balance[s][g->good[s]];
        const pl_plan *p = c->side[s].plan;
        made[s] = g->made[s] = b->made;
        g->imported[s] = b->imported;
        g->exported[s] = b->exported;
        g->price[s] = p->n_stages > 0 ? p->stages[p->n_stages - 1].good_price[g->good[s]] : PL_ABSENT;
    }
    g->same_unit = g->good[0] >= 0 && g->good[1] >= 0 && same_unit(c, g->good[0], g->good[1]);
    g->worth = g->same_unit ? difference(made) * dearer(c, g->good) : 0;
}

static bool compare_goods(pl_comparison *c, pair *pairs)
{
    pl_arena *arena = &c->storage->arena;
    const int32_t n[2] = {c->side[0].economy->n_goods, c->side[1].economy->n_goods};
    pl_balance *balance[2] = {NULL, NULL};
    c->n_goods = merge(c, NULL, n, good_order, pairs);
    c->goods = PL_ARENA_NEW(arena, pl_good_pair, c->n_goods);
    for (int s = 0; s < 2 && c->planned; s++) {
        balance[s] = PL_ARENA_NEW(arena, pl_balance, n[s]);
        if (balance[s] == NULL) {
            return false;
        }
        pl_plan_balances(c->side[s].plan, c->side[s].economy, balance[s]);
    }
    if (c->goods == NULL) {
        return false;
    }
    for (int32_t k = 0; k < c->n_goods; k++) {
        c->goods[k] = (pl_good_pair){.good = {pairs[k].index[0], pairs[k].index[1]}};
        fill_good(c, balance, &c->goods[k]);
        c->common_goods += c->goods[k].same_unit;
    }
    qsort(c->goods, (size_t)c->n_goods, sizeof *c->goods, by_worth_of_good);
    return true;
}

/* ---- Needs ------------------------------------------------------------------------------------------ */

static int by_worth_of_need(const void *a, const void *b)
{
    const pl_need_pair *x = a, *y = b;
    return by_size(x->worth, y->worth, (int64_t)x->need[0] * (INT64_C(1) << 32) + x->need[1], (int64_t)y->need[0] * (INT64_C(1) << 32) + y->need[1]);
}

static const pl_need *need_of(const pl_comparison *c, const pl_need_pair *p)
{
    int s = p->need[0] >= 0 ? 0 : 1;
    return &c->side[s].economy->needs[p->need[s]];
}

static void fill_need(const pl_comparison *c, pl_need_pair *p)
{
    int32_t good[2] = {-1, -1};
    double got[2] = {0, 0};
    for (int s = 0; s < 2; s++) {
        p->asked[s] = p->delivered[s] = p->met[s] = PL_ABSENT;
        if (p->need[s] >= 0) {
            const pl_need *need = &c->side[s].economy->needs[p->need[s]];
            good[s] = need->good;
            p->asked[s] = need->amount;
            got[s] = p->delivered[s] = c->side[s].plan->delivered[p->need[s]];
            p->met[s] = need->amount > 0 ? fmin(1, got[s] / need->amount) : 1;
        }
    }
    bool comparable = good[0] < 0 || good[1] < 0 || same_unit(c, good[0], good[1]);
    p->worth = comparable ? difference(got) * dearer(c, good) : 0;
}

static int by_group(const void *a, const void *b)
{
    const pl_group_pair *x = a, *y = b;
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    if ((x->group == NULL) != (y->group == NULL)) {
        return x->group == NULL ? -1 : 1;
    }
    return x->group == NULL ? 0 : strcmp(x->group, y->group);
}

/* Adds one need to its group, or to its tier. */
static void add_to_group(const pl_comparison *c, const pl_need_pair *p, pl_group_pair *g)
{
    for (int s = 0; s < 2; s++) {
        if (p->need[s] < 0 || p->asked[s] <= 0) {
            continue;
        }
        const pl_economy *e = c->side[s].economy;
        const char *unit = e->goods[e->needs[p->need[s]].good].unit;
        if (g->unit == NULL) {
            g->unit = unit;
        } else if (strcmp(g->unit, unit) != 0) {
            g->unit = "";
        }
        g->n[s]++;
        g->asked[s] += p->asked[s];
        g->delivered[s] += p->delivered[s];
        g->met[s] += p->met[s];
    }
    double got[2] = {p->need[0] >= 0 ? p->delivered[0] : 0, p->need[1] >= 0 ? p->delivered[1] : 0};
    g->gain += difference(got) > 0;
    g->lose += difference(got) < 0;
}

static void finish_group(pl_group_pair *g)
{
    g->unit = g->unit != NULL ? g->unit : "";
    for (int s = 0; s < 2; s++) {
        g->met[s] = g->n[s] > 0 ? g->met[s] / g->n[s] : PL_ABSENT;
        if (g->unit[0] == '\0' || g->n[s] == 0) {
            g->asked[s] = g->delivered[s] = PL_ABSENT;
        }
    }
}

/* Two entries for each need, sorted; equal ones become one. */
static bool compare_groups(pl_comparison *c)
{
    pl_group_pair *keys = PL_ARENA_NEW(&c->storage->arena, pl_group_pair, 2 * (size_t)c->n_needs);
    if (keys == NULL) {
        return false;
    }
    for (int32_t k = 0; k < c->n_needs; k++) {
        const pl_need *need = need_of(c, &c->needs[k]);
        keys[2 * k] = (pl_group_pair){.tier = need->tier};
        keys[2 * k + 1] = (pl_group_pair){.tier = need->tier, .group = need->group};
    }
    qsort(keys, 2 * (size_t)c->n_needs, sizeof *keys, by_group);
    for (int32_t k = 0; k < 2 * c->n_needs; k++) {
        if (c->n_groups == 0 || by_group(&keys[c->n_groups - 1], &keys[k]) != 0) {
            keys[c->n_groups++] = keys[k];
        }
    }
    c->groups = keys;
    for (int32_t k = 0; k < c->n_needs; k++) {
        const pl_need *need = need_of(c, &c->needs[k]);
        for (int whole = 0; whole < 2; whole++) {
            pl_group_pair key = {.tier = need->tier, .group = whole ? NULL : need->group};
            add_to_group(c, &c->needs[k],
                         bsearch(&key, c->groups, (size_t)c->n_groups, sizeof key, by_group));
        }
    }
    for (int32_t k = 0; k < c->n_groups; k++) {
        finish_group(&c->groups[k]);
    }
    return true;
}

static bool compare_needs(pl_comparison *c, pair *pairs)
{
    const int32_t n[2] = {c->side[0].economy->n_needs, c->side[1].economy->n_needs};
    c->n_needs = merge(c, NULL, n, need_order, pairs);
    c->needs = PL_ARENA_NEW(&c->storage->arena, pl_need_pair, c->n_needs);
    if (c->needs == NULL) {
        return false;
    }
    for (int32_t k = 0; k < c->n_needs; k++) {
        c->needs[k] = (pl_need_pair){.need = {pairs[k].index[0], pairs[k].index[1]}};
        fill_need(c, &c->needs[k]);
    }
    qsort(c->needs, (size_t)c->n_needs, sizeof *c->needs, by_worth_of_need);
    return compare_groups(c);
}

/* ---- Resources and trade ---------------------------------------------------------------------------- */

static void sum_labour(pl_comparison *c)
{
    const char *unit = NULL;
    for (int s = 0; s < 2; s++) {
        const pl_economy *e = c->side[s].economy;
        for (int32_t k = 0; k < e->n_resources; k++) {
            if (e->resources[k].kind == PL_LABOUR) {
                unit = unit == NULL || strcmp(unit, e->resources[k].unit) == 0 ? e->resources[k].unit : "";
            }
        }
    }
    c->labour_unit = unit != NULL ? unit : "";
    for (int32_t k = 0; k < c->n_resources; k++) {
        for (int s = 0; s < 2; s++) {
            int32_t r = c->resources[k].resource[s];
            if (r >= 0 && c->side[s].economy->resources[r].kind == PL_LABOUR) {
                c->labour[s] += c->resources[k].used[s];
                c->labour_available[s] += c->resources[k].available[s];
            }
        }
    }
}

static bool compare_resources(pl_comparison *c, pair *pairs)
{
    const int32_t n[2] = {c->side[0].economy->n_resources, c->side[1].economy->n_resources};
    double *use[2] = {NULL, NULL};
    c->n_resources = merge(c, NULL, n, resource_order, pairs);
    c->resources = PL_ARENA_NEW(&c->storage->arena, pl_resource_pair, c->n_resources);
    for (int s = 0; s < 2 && c->planned; s++) {
        use[s] = PL_ARENA_NEW(&c->storage->arena, double, n[s]);
        if (use[s] == NULL) {
            return false;
        }
        pl_plan_resource_use(c->side[s].plan, c->side[s].economy, use[s]);
        c->imports[s] = pl_plan_trade_value(c->side[s].plan, c->side[s].economy, true);
        c->exports[s] = pl_plan_trade_value(c->side[s].plan, c->side[s].economy, false);
    }
    if (c->resources == NULL) {
        return false;
    }
    for (int32_t k = 0; k < c->n_resources; k++) {
        pl_resource_pair *r = &c->resources[k];
        const char *unit[2] = {NULL, NULL};
        for (int s = 0; s < 2; s++) {
            int32_t i = r->resource[s] = pairs[k].index[s];
            const pl_resource *resource = i >= 0 ? &c->side[s].economy->resources[i] : NULL;
            r->available[s] = resource != NULL ? resource->available : PL_ABSENT;
            r->used[s] = resource != NULL && use[s] != NULL ? use[s][i] : PL_ABSENT;
            unit[s] = resource != NULL ? resource->unit : NULL;
        }
        r->same_unit = unit[0] != NULL && unit[1] != NULL && strcmp(unit[0], unit[1]) == 0;
    }
    sum_labour(c);
    return true;
}

/* ---- Limits ----------------------------------------------------------------------------------------- */

static int limit_order(const pl_comparison *c, const void *context, int32_t i, int32_t j)
{
    pl_limit *const *limits = context;
    const pl_limit *x = &limits[0][i], *y = &limits[1][j];
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return strcmp(pl_limit_id(c->side[0].economy, x->kind, x->index),
                  pl_limit_id(c->side[1].economy, y->kind, y->index));
}

static int by_weight(const void *a, const void *b)
{
    const pl_limit_pair *x = a, *y = b;
    double change[2] = {x->weight[1] - x->weight[0], y->weight[1] - y->weight[0]};
    int o = by_size(change[0], change[1], 0, 0);
    return o != 0 ? o
                  : by_size(0, 0, ((int64_t)x->kind << 32) + x->index[0] + x->index[1],
                            ((int64_t)y->kind << 32) + y->index[0] + y->index[1]);
}

/* Pairs of limits that have a price in one of both plans. */
static int32_t pair_limits(const pl_comparison *c, pl_limit *const limits[2], const pair *pairs, int32_t n,
                           pl_limit_pair *out)
{
    int32_t kept = 0;
    for (int32_t k = 0; k < n; k++) {
        pl_limit_pair l = {.index = {-1, -1}};
        bool priced = false;
        for (int s = 0; s < 2; s++) {
            int32_t i = pairs[k].index[s];
            l.available[s] = l.used[s] = l.price[s] = PL_ABSENT;
            if (i >= 0) {
                const pl_limit *limit = &limits[s][i];
                l.kind = limit->kind;
                l.index[s] = limit->index;
                l.available[s] = limit->available;
                l.used[s] = limit->used;
                l.price[s] = limit->price;
                l.weight[s] = pl_plan_limit_weight(c->side[s].plan, c->side[s].economy, limit);
                priced |= limit->price > 0;
            }
        }
        if (priced) {
            out[kept++] = l;
        }
    }
    qsort(out, (size_t)kept, sizeof *out, by_weight);
    return kept;
}

pl_status pl_compare_limits(pl_comparison *c, const int32_t stage[2], pl_limit_pair **out, int32_t *n, pl_error *err)
{
    pl_limit *limits[2] = {NULL, NULL};
    int32_t count[2] = {0, 0};
    pl_status status = PL_OK;
    *out = NULL;
    *n = 0;
    for (int s = 0; s < 2 && status == PL_OK; s++) {
        status = pl_plan_limits(c->side[s].plan, c->side[s].economy, stage[s], &limits[s], &count[s], err);
    }
    if (status == PL_OK) {
        size_t room = (size_t)count[0] + (size_t)count[1];
        pair *pairs = PL_NEW(pair, room);
        pl_limit_pair *list = PL_ARENA_NEW(&c->storage->arena, pl_limit_pair, room);
        if (pairs == NULL || list == NULL) {
            status = pl_fail_nomem(err, "comparing limits");
        } else {
            int32_t n_pairs = merge(c, limits, count, limit_order, pairs);
            *n = pair_limits(c, limits, pairs, n_pairs, list);
            *out = list;
        }
        pl_free(pairs);
    }
    pl_limits_free(limits[0]);
    pl_limits_free(limits[1]);
    return status;
}

/* The last stages of both add up the same, or raise the same tier. */
static bool same_goal(const pl_comparison *c)
{
    const pl_plan *p[2] = {c->side[0].plan, c->side[1].plan};
    if (!c->planned || p[0]->n_stages == 0 || p[1]->n_stages == 0) {
        return false;
    }
    const pl_stage *x = &p[0]->stages[p[0]->n_stages - 1], *y = &p[1]->stages[p[1]->n_stages - 1];
    bool same = x->goal == y->goal && x->tier == y->tier && x->n_objective == y->n_objective &&
                (x->needs == NULL) == (y->needs == NULL) && (x->needs == NULL || strcmp(x->needs, y->needs) == 0);
    for (int32_t k = 0; same && k < x->n_objective; k++) {
        same = strcmp(x->objective[k], y->objective[k]) == 0;
    }
    return same;
}

/* ---- Changes ---------------------------------------------------------------------------------------- */

static int by_cell(const void *a, const void *b)
{
    const pl_change_pair *x = a, *y = b;
    int o = strcmp(x->table, y->table);
    o = o != 0 ? o : strcmp(x->key, y->key);
    o = o != 0 ? o : strcmp(x->column, y->column);
    return o != 0 ? o : y->changed[0] - x->changed[0];
}

static bool same_cell(const pl_change_pair *x, const pl_change_pair *y)
{
    return strcmp(x->table, y->table) == 0 && strcmp(x->key, y->key) == 0 && strcmp(x->column, y->column) == 0;
}

static bool compare_changes(pl_comparison *c)
{
    int32_t n = 0;
    size_t room = (size_t)c->side[0].plan->n_changes + (size_t)c->side[1].plan->n_changes;
    pl_change_pair *list = PL_ARENA_NEW(&c->storage->arena, pl_change_pair, room);
    if (list == NULL) {
        return false;
    }
    for (int s = 0; s < 2; s++) {
        for (int32_t k = 0; k < c->side[s].plan->n_changes; k++, n++) {
            const pl_change *ch = &c->side[s].plan->changes[k];
            /* Where both began with the same economy, the other side has the cell as it was. */
            double other = c->same_base ? ch->from : PL_ABSENT;
            list[n] = (pl_change_pair){ch->table, ch->key, ch->column, {s == 0, s == 1}, {other, other}, {other, other}};
            list[n].from[s] = ch->from;
            list[n].to[s] = ch->to;
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_cell);
    for (int32_t k = 0; k < n; k++) {
        pl_change_pair *last = c->n_changes > 0 ? &list[c->n_changes - 1] : NULL;
        if (last != NULL && same_cell(last, &list[k])) { /* A's comes first */
            last->changed[1] = true;
            last->from[1] = list[k].from[1];
            last->to[1] = list[k].to[1];
        } else {
            list[c->n_changes++] = list[k];
        }
    }
    c->changes = list;
    return true;
}

/* ---- All together ----------------------------------------------------------------------------------- */

static pl_status compare_all(pl_comparison *c, pl_error *err)
{
    const pl_economy *a = c->side[0].economy, *b = c->side[1].economy;
    size_t room = (size_t)(a->n_goods + a->n_resources + a->n_needs) + (size_t)(b->n_goods + b->n_resources + b->n_needs);
    pair *pairs = PL_NEW(pair, room);
    bool enough = pairs != NULL && compare_goods(c, pairs);
    if (enough && c->common_goods == 0) {
        pl_free(pairs);
        return pl_fail(err, PL_DATA, NULL, "compare plans of one economy, or of economies that name goods alike",
                       "these plans have no good in common (same identifier, same unit)");
    }
    enough = enough && compare_resources(c, pairs) && compare_changes(c);
    enough = enough && (!c->planned || compare_needs(c, pairs));
    pl_free(pairs);
    if (!enough) {
        return pl_fail_nomem(err, "comparing plans");
    }
    c->same_measure = same_goal(c);
    if (c->planned && c->side[0].plan->n_stages > 0 && c->side[1].plan->n_stages > 0) {
        const int32_t last[2] = {c->side[0].plan->n_stages, c->side[1].plan->n_stages};
        return c->same_measure ? pl_compare_limits(c, last, &c->limits, &c->n_limits, err) : PL_OK;
    }
    return PL_OK;
}

pl_status pl_compare(const pl_side *a, const pl_side *b, pl_comparison **out, pl_error *err)
{
    pl_comparison *c = PL_NEW0(pl_comparison, 1);
    *out = NULL;
    if (c != NULL) {
        c->storage = PL_NEW0(struct pl_comparison_storage, 1);
    }
    if (c == NULL || c->storage == NULL) {
        pl_comparison_free(c);
        return pl_fail_nomem(err, "comparing plans");
    }
    pl_arena_init(&c->storage->arena, 0);
    c->side[0] = *a;
    c->side[1] = *b;
    c->planned = a->plan->outcome == PL_PLANNED && b->plan->outcome == PL_PLANNED;
    c->same_base = strcmp(a->plan->economy_hash, b->plan->economy_hash) == 0;
    pl_status status = compare_all(c, err);
    if (status != PL_OK) {
        pl_comparison_free(c);
        return status;
    }
    *out = c;
    return PL_OK;
}

void pl_comparison_free(pl_comparison *c)
{
    if (c != NULL && c->storage != NULL) {
        pl_arena_clear(&c->storage->arena);
        pl_free(c->storage);
    }
    pl_free(c);
}

/* ---- What holds back the first tier that is short -------------------------------------------------- */

/* The first stage of a tier that left something short, or 0. */
static int32_t short_stage(const pl_side *side, int32_t tier)
{
    int32_t first = 0;
    for (int32_t k = 0; k < side->economy->n_needs; k++) {
        int32_t stage = side->plan->settled[k];
        if (side->economy->needs[k].tier == tier && stage > 0 && pl_plan_is_short(side->plan, side->economy, k) &&
            side->plan->stages[stage - 1].goal == PL_RAISE && (first == 0 || stage < first)) {
            first = stage;
        }
    }
    return first;
}

/* The first stage of a tier at all, or 0. */
static int32_t first_stage(const pl_side *side, int32_t tier)
{
    for (int32_t k = 1; k <= side->plan->n_stages; k++) {
        if (side->plan->stages[k - 1].goal == PL_RAISE && side->plan->stages[k - 1].tier == tier) {
            return k;
        }
    }
    return 0;
}

pl_status pl_compare_short_tier(pl_comparison *c, int32_t *tier, pl_limit_pair **out, int32_t *n, pl_error *err)
{
    *n = 0;
    for (int32_t k = 0; k < c->n_groups; k++) {
        *tier = c->groups[k].tier;
        int32_t stage[2] = {short_stage(&c->side[0], *tier), short_stage(&c->side[1], *tier)};
        if (c->groups[k].group != NULL || (stage[0] == 0 && stage[1] == 0)) {
            continue;
        }
        for (int s = 0; s < 2; s++) {
            stage[s] = stage[s] > 0 ? stage[s] : first_stage(&c->side[s], *tier);
        }
        if (stage[0] > 0 && stage[1] > 0) {
            return pl_compare_limits(c, stage, out, n, err);
        }
    }
    return PL_OK;
}
