/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_plan.c - plans: what is made and who gets it, what is short and why, where everything goes, what proves it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/compare.h>
#include <plenty/explain.h>

#include "base/mem.h"
#include "plan/json.h"
#include "plan/words.h"
#include "server/call.h"
#include "server/served.h"

#define SHORT_SHOWN 100 /* of a summary */
#define LIMITS_SHOWN 30 /* of each stage */
#define TIERS 16

/* ---- All plans, one plan -------------------------------------------------------------------------- */

static void put_head(pl_json *j, const pl_served *s)
{
    char words[400];
    const pl_plan *p = s->plan;
    pl_json_put_text(j, "plan", s->id);
    pl_json_put_text(j, "title", s->title);
    pl_json_put_text(j, "economy", s->economy->title);
    pl_json_put_text(j, "hash", p->economy_hash);
    pl_json_put_text(j, "outcome", p->outcome == PL_PLANNED ? "planned" : "infeasible");
    pl_json_put_text(j, "goal", pl_goal_id(p->goal));
    pl_json_put_text(j, "argument", p->argument);
    pl_json_put_text(j, "words", pl_words_goal(p, words, sizeof words));
    pl_json_put_int(j, "goods", s->economy->n_goods);
    pl_json_put_int(j, "recipes", s->economy->n_recipes);
    pl_json_put_int(j, "needs", s->economy->n_needs);
    pl_json_put_int(j, "years", p->horizon.years);
    pl_json_put_text(j, "unit", pl_words_common_unit(s->economy));
    pl_json_put_text(j, "parent", s->parent != NULL ? s->parent->id : NULL);
}

static void put_changes(pl_json *j, const pl_plan *p)
{
    pl_json_key(j, "changes");
    pl_json_array(j);
    for (int32_t k = 0; k < p->n_changes; k++) {
        pl_json_object(j);
        pl_json_put_text(j, "table", p->changes[k].table);
        pl_json_put_text(j, "key", p->changes[k].key);
        pl_json_put_text(j, "column", p->changes[k].column);
        pl_json_put_number(j, "from", p->changes[k].from);
        pl_json_put_number(j, "to", p->changes[k].to);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static pl_status answer_plan(pl_call *c)
{
    pl_served *s;
    pl_status status = pl_served_of(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(&c->json);
    put_head(&c->json, s);
    put_changes(&c->json, s->plan);
    pl_json_stages(&c->json, s->plan, s->economy);
    status = pl_json_outcome(&c->json, s->plan, s->economy, SHORT_SHOWN, LIMITS_SHOWN, c->err);
    pl_json_put_number(&c->json, "gap", pl_plan_gap(s->plan));
    pl_json_end(&c->json);
    pl_served_drop(s);
    return status;
}

static bool same_plan(const pl_plan *a, const pl_plan *b)
{
    return a->outcome == PL_PLANNED && b->outcome == PL_PLANNED && strcmp(a->economy_hash, b->economy_hash) == 0 && a->n_recipes == b->n_recipes && a->n_stages == b->n_stages && a->horizon.years == b->horizon.years &&
           memcmp(a->level, b->level, sizeof *a->level * (size_t)a->n_recipes) == 0;
}

/* Of two that are the same, as when the plan that the server was given is also in the record, the later one; but the one that is carried out always. */
static bool is_listed(pl_served *const *all, int n, int i, const pl_served *now)
{
    bool listed = true;
    for (int k = i + 1; k < n; k++) {
        listed = listed && !same_plan(all[i]->plan, all[k]->plan);
    }
    return listed || all[i] == now;
}

static pl_status answer_plans(pl_call *c)
{
    pl_served *all[PL_PLANS_MOST + 2], *now = NULL;
    pl_status status = pl_served_of(c, "now", &now);
    status = status == PL_NOTFOUND ? PL_OK : status;
    status = status == PL_OK ? pl_served_load_choices(c) : status;
    int n = pl_plans_list(&c->server->plans, all);
    pl_json_object(&c->json);
    pl_json_put_text(&c->json, "now", now != NULL ? now->id : NULL);
    status = status == PL_OK ? pl_served_put_in_force(c, "in_force") : status;
    pl_json_key(&c->json, "plans");
    pl_json_array(&c->json);
    for (int i = 0; i < n; i++) {
        if (is_listed(all, n, i, now)) {
            pl_json_object(&c->json);
            put_head(&c->json, all[i]);
            pl_json_end(&c->json);
        }
    }
    for (int i = 0; i < n; i++) {
        pl_served_drop(all[i]);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    pl_served_drop(now);
    return status;
}

/* ---- Needs by tier and group ---------------------------------------------------------------------- */

typedef struct group_sum {
    const char *group, *unit; /* unit NULL: several */
    int32_t needs, lacking;
    double asked, delivered, met;
} group_sum;

static double met_of(const pl_served *s, int32_t k)
{
    const pl_need *need = &s->economy->needs[k];
    return need->amount > 0 ? fmin(1, s->plan->delivered[k] / need->amount) : 1;
}

static void add_need(const pl_served *s, int32_t k, group_sum *g)
{
    const pl_need *need = &s->economy->needs[k];
    const char *unit = s->economy->goods[need->good].unit;
    g->unit = g->needs == 0 || (g->unit != NULL && strcmp(g->unit, unit) == 0) ? unit : NULL;
    g->needs++;
    g->lacking += pl_plan_is_short(s->plan, s->economy, k);
    g->asked += need->amount;
    g->delivered += s->plan->delivered[k];
    g->met += met_of(s, k);
}

static void put_group(pl_json *j, const group_sum *g)
{
    pl_json_object(j);
    pl_json_put_text(j, "group", g->group);
    pl_json_put_int(j, "needs", g->needs);
    pl_json_put_int(j, "short", g->lacking);
    pl_json_put_number(j, "met", g->needs > 0 ? g->met / g->needs : 1);
    pl_json_put_text(j, "unit", g->unit);
    if (g->unit != NULL) { /* sums of different units say nothing */
        pl_json_put_number(j, "asked", g->asked);
        pl_json_put_number(j, "delivered", g->delivered);
    }
    pl_json_end(j);
}

static int by_group(const void *a, const void *b)
{
    return strcmp(((const group_sum *)a)->group, ((const group_sum *)b)->group);
}

/* The groups of one tier; needs of a group need not stand together. */
static pl_status put_tier(pl_json *j, const pl_served *s, int32_t tier, pl_error *err)
{
    group_sum *groups = NULL;
    size_t n = 0, cap = 0;
    for (int32_t k = 0; k < s->economy->n_needs; k++) {
        const pl_need *need = &s->economy->needs[k];
        size_t at = 0;
        if (need->tier != tier) {
            continue;
        }
        while (at < n && strcmp(groups[at].group, need->group) != 0) {
            at++;
        }
        if (at == n) {
            if (!pl_grow(&groups, &cap, n + 1, sizeof *groups, SIZE_MAX / sizeof *groups)) {
                pl_free(groups);
                return pl_fail_nomem(err, "adding up needs");
            }
            groups[n++] = (group_sum){.group = need->group};
        }
        add_need(s, k, &groups[at]);
    }
    if (n > 1) {
        qsort(groups, n, sizeof *groups, by_group);
    }
    pl_json_object(j);
    pl_json_put_int(j, "tier", tier);
    pl_json_put_number(j, "met", pl_plan_needs_met(s->plan, s->economy, tier));
    pl_json_key(j, "groups");
    pl_json_array(j);
    for (size_t i = 0; i < n; i++) {
        put_group(j, &groups[i]);
    }
    pl_json_end(j);
    pl_json_end(j);
    pl_free(groups);
    return PL_OK;
}

static pl_status answer_tiers(pl_call *c)
{
    pl_served *s;
    int32_t tiers[TIERS];
    pl_status status = pl_served_planned(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    int n = pl_plan_tiers(s->economy, tiers, TIERS);
    pl_json_object(&c->json);
    pl_json_put_number(&c->json, "met", pl_plan_needs_met(s->plan, s->economy, 0));
    pl_json_key(&c->json, "tiers");
    pl_json_array(&c->json);
    for (int i = 0; i < n && status == PL_OK; i++) {
        status = put_tier(&c->json, s, tiers[i], c->err);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    pl_served_drop(s);
    return status;
}

/* ---- Goods and needs, a window of them ------------------------------------------------------------ */

static void put_good(pl_json *j, const pl_served *s, int32_t g)
{
    const pl_good *good = &s->economy->goods[g];
    const pl_balance *b = &s->balance[g];
    pl_json_put_text(j, "good", good->id);
    pl_json_put_text(j, "name", pl_words_good(s->economy, g));
    pl_json_put_text(j, "unit", good->unit);
    pl_json_put_text(j, "group", good->group);
    pl_json_put_text(j, "place", good->place);
    pl_json_put_number(j, "made", b->made);
    pl_json_put_number(j, "used", b->used);
    pl_json_put_number(j, "imported", b->imported);
    pl_json_put_number(j, "exported", b->exported);
    pl_json_put_number(j, "drawn", b->drawn);
    pl_json_put_number(j, "asked", s->asked[g]);
    pl_json_put_number(j, "delivered", b->delivered);
    pl_json_put_number(j, "surplus", b->surplus);
    if (s->plan->n_stages > 0) {
        pl_json_put_number(j, "price", s->plan->stages[s->plan->n_stages - 1].good_price[g]);
    }
}

static void put_need(pl_json *j, const pl_served *s, int32_t k)
{
    const pl_need *need = &s->economy->needs[k];
    pl_json_object(j);
    pl_json_put_text(j, "good", s->economy->goods[need->good].id);
    pl_json_put_text(j, "name", pl_words_good(s->economy, need->good));
    pl_json_put_text(j, "unit", s->economy->goods[need->good].unit);
    pl_json_put_int(j, "tier", need->tier);
    pl_json_put_text(j, "group", need->group);
    pl_json_put_number(j, "asked", need->amount);
    pl_json_put_number(j, "floor", need->floor);
    pl_json_put_number(j, "delivered", s->plan->delivered[k]);
    pl_json_put_number(j, "met", met_of(s, k));
    pl_json_put_bool(j, "short", pl_plan_is_short(s->plan, s->economy, k));
    pl_json_put_int(j, "stage", s->plan->settled[k]);
    pl_json_end(j);
}

typedef struct ranked {
    int32_t index;
    double size;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->size != y->size ? (x->size > y->size ? -1 : 1) : (x->index > y->index) - (x->index < y->index);
}

/* What goods are sorted by, the largest first; "id" leaves them in the order of their identifiers. */
static double size_of(const pl_served *s, int32_t g, const char *sort)
{
    const pl_balance *b = &s->balance[g];
    const pl_plan *p = s->plan;
    double price = p->n_stages > 0 ? p->stages[p->n_stages - 1].good_price[g] : 0;
    return strcmp(sort, "made") == 0        ? b->made
           : strcmp(sort, "imported") == 0  ? b->imported
           : strcmp(sort, "delivered") == 0 ? b->delivered
           : strcmp(sort, "surplus") == 0   ? b->surplus
           : strcmp(sort, "price") == 0     ? price
           : strcmp(sort, "met") == 0       ? (s->asked[g] > 0 ? 1 - b->delivered / s->asked[g] : -1)
                                            : fmax(0, price) * (b->made + b->imported + b->drawn);
}

static bool known_sort(const char *sort)
{
    static const char *const SORTS[] = {"id", "made", "imported", "delivered", "surplus", "price", "value", "met"};
    for (size_t i = 0; i < sizeof SORTS / sizeof SORTS[0]; i++) {
        if (strcmp(sort, SORTS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The goods that are asked for, in order; list has room for all. */
static int32_t choose_goods(const pl_call *c, const pl_served *s, const char *sort, ranked *list)
{
    char words[2 * PL_TARGET_MAX];
    const char *search = pl_call_text(c, "search"), *group = pl_call_text(c, "group");
    int32_t n = 0;
    words[0] = '\0';
    if (search != NULL) {
        pl_fold_letters(search, words);
    }
    for (int32_t g = 0; g < s->economy->n_goods; g++) {
        bool wanted = words[0] == '\0' || strstr(s->folded[g], words) != NULL;
        if (wanted && (group == NULL || strcmp(s->economy->goods[g].group, group) == 0)) {
            list[n++] = (ranked){g, strcmp(sort, "id") == 0 ? 0 : size_of(s, g, sort)};
        }
    }
    if (n > 1 && strcmp(sort, "id") != 0) {
        qsort(list, (size_t)n, sizeof *list, by_size);
    }
    return n;
}

static pl_status put_goods(pl_call *c, const pl_served *s, const pl_window *w)
{
    const char *sort = pl_call_text(c, "sort");
    sort = sort != NULL ? sort : "value";
    if (!known_sort(sort)) {
        return pl_fail(c->err, PL_USAGE, "sort", "id, made, imported, delivered, surplus, price, value, met", "goods cannot be sorted by '%.60s'", sort);
    }
    ranked *list = PL_NEW(ranked, s->economy->n_goods + 1);
    if (list == NULL) {
        return pl_fail_nomem(c->err, "listing goods");
    }
    int32_t n = choose_goods(c, s, sort, list);
    pl_json_object(&c->json);
    pl_json_put_int(&c->json, "total", n);
    pl_json_put_int(&c->json, "from", w->from);
    pl_json_key(&c->json, "goods");
    pl_json_array(&c->json);
    for (int64_t i = w->from; i < n && i < w->from + w->most; i++) {
        pl_json_object(&c->json);
        put_good(&c->json, s, list[i].index);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    pl_free(list);
    return PL_OK;
}

static pl_status answer_goods(pl_call *c)
{
    pl_served *s;
    pl_window w;
    pl_status status = pl_call_window(c, 50, &w);
    status = status == PL_OK ? pl_served_planned(c, c->part[0], &s) : status;
    if (status == PL_OK) {
        status = put_goods(c, s, &w);
        pl_served_drop(s);
    }
    return status;
}

static bool wants_need(const pl_call *c, const pl_served *s, int32_t k, int64_t tier, const char *words)
{
    const pl_need *need = &s->economy->needs[k];
    const char *group = pl_call_text(c, "group");
    return (tier == 0 || need->tier == tier) && (group == NULL || strcmp(need->group, group) == 0) &&
           (pl_call_text(c, "short") == NULL || pl_plan_is_short(s->plan, s->economy, k)) &&
           (words[0] == '\0' || strstr(s->folded[need->good], words) != NULL);
}

static pl_status answer_needs(pl_call *c)
{
    pl_served *s;
    pl_window w;
    int64_t tier, n = 0;
    char words[2 * PL_TARGET_MAX];
    const char *search = pl_call_text(c, "search");
    pl_fold_letters(search != NULL ? search : "", words);
    pl_status status = pl_call_window(c, 50, &w);
    status = status == PL_OK ? pl_call_number(c, "tier", 1, 1000, 0, &tier) : status;
    status = status == PL_OK ? pl_served_planned(c, c->part[0], &s) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(&c->json);
    pl_json_key(&c->json, "needs");
    pl_json_array(&c->json);
    for (int32_t k = 0; k < s->economy->n_needs; k++) {
        if (wants_need(c, s, k, tier, words) && n++ >= w.from && n <= w.from + w.most) {
            put_need(&c->json, s, k);
        }
    }
    pl_json_end(&c->json);
    pl_json_put_int(&c->json, "total", n);
    pl_json_put_int(&c->json, "from", w.from);
    pl_json_end(&c->json);
    pl_served_drop(s);
    return PL_OK;
}

/* ---- One good ------------------------------------------------------------------------------------- */

static void put_good_recipes(pl_json *j, const pl_served *s, int32_t g)
{
    const pl_economy *e = s->economy;
    const char *const key[2] = {"made_by", "used_by"};
    for (int side = 0; side < 2; side++) {
        pl_json_key(j, key[side]);
        pl_json_array(j);
        for (int32_t r = 0, n = 0; r < e->n_recipes && n < 100; r++) {
            for (int64_t i = e->flows.start[r]; i < e->flows.start[r + 1]; i++) {
                double amount = side == 0 ? e->flows.amount[i] : -e->flows.amount[i];
                if (e->flows.index[i] == g && amount > 0) {
                    pl_json_object(j);
                    pl_json_put_text(j, "recipe", e->recipes[r].id);
                    pl_json_put_text(j, "name", e->recipes[r].name);
                    pl_json_put_number(j, "level", s->plan->level[r]);
                    pl_json_put_number(j, "per_level", amount);
                    pl_json_put_number(j, "amount", amount * s->plan->level[r]);
                    pl_json_end(j);
                    n++;
                }
            }
        }
        pl_json_end(j);
    }
}

static pl_status answer_good(pl_call *c)
{
    pl_served *s;
    pl_status status = pl_served_planned(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    int32_t g = pl_find_good(s->economy, c->part[1]);
    if (g < 0) {
        pl_served_drop(s);
        return pl_fail(c->err, PL_NOTFOUND, "good", "/api/plans/PLAN/goods?search=...", "this plan has no good '%.100s'", c->part[1]);
    }
    pl_json_object(&c->json);
    put_good(&c->json, s, g);
    pl_json_key(&c->json, "needs");
    pl_json_array(&c->json);
    for (int32_t k = 0; k < s->economy->n_needs; k++) {
        if (s->economy->needs[k].good == g) {
            put_need(&c->json, s, k);
        }
    }
    pl_json_end(&c->json);
    put_good_recipes(&c->json, s, g);
    pl_json_end(&c->json);
    pl_served_drop(s);
    return PL_OK;
}

static pl_status answer_explain(pl_call *c)
{
    pl_served *s;
    pl_subject subject;
    pl_explanation *x = NULL;
    int64_t stage, depth;
    const char *of = pl_call_text(c, "of");
    pl_status status = of != NULL ? pl_call_number(c, "stage", 1, 100000, 0, &stage)
                                  : pl_fail(c->err, PL_USAGE, "of", "a good, a resource, recipe:ID, import:GOOD ...", "say what is to be explained");
    status = status == PL_OK ? pl_call_number(c, "depth", 1, 12, 0, &depth) : status;
    status = status == PL_OK ? pl_served_planned(c, c->part[0], &s) : status;
    if (status != PL_OK) {
        return status;
    }
    const pl_explain_settings settings = {.stage = (int32_t)stage, .depth = (int32_t)depth};
    status = pl_subject_find(s->economy, of, &subject, c->err);
    status = status == PL_OK ? pl_explain(s->economy, s->plan, &subject, &settings, &x, c->err) : status;
    if (status == PL_OK) {
        pl_json_explanation(&c->json, s->plan, s->economy, x);
    }
    pl_explanation_free(x);
    pl_served_drop(s);
    return status;
}

/* ---- Flows, proof, comparison --------------------------------------------------------------------- */

static pl_status answer_flows(pl_call *c)
{
    pl_served *s;
    pl_status status = pl_served_planned(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(&c->json);
    status = pl_json_flows(&c->json, s->plan, s->economy, c->err);
    pl_json_end(&c->json);
    pl_served_drop(s);
    return status;
}

static pl_status put_limits(pl_json *j, const pl_served *s, int32_t stage, pl_error *err)
{
    pl_limit *limits = NULL;
    int32_t n = 0;
    pl_status status = pl_plan_limits(s->plan, s->economy, stage, &limits, &n, err);
    pl_json_key(j, "limits");
    pl_json_array(j);
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        char words[200];
        if (!(limits[i].price > 0)) {
            continue;
        }
        pl_words_limit(s->economy, limits[i].kind, limits[i].index, words, sizeof words);
        pl_json_object(j);
        pl_json_put_text(j, "kind", pl_limit_kind_id(limits[i].kind));
        pl_json_put_text(j, "id", pl_limit_id(s->economy, limits[i].kind, limits[i].index));
        pl_json_put_text(j, "name", words);
        pl_json_put_text(j, "unit", pl_words_limit_unit(s->economy, limits[i].kind, limits[i].index));
        pl_json_put_number(j, "available", limits[i].available);
        pl_json_put_number(j, "used", limits[i].used);
        pl_json_put_number(j, "price", limits[i].price);
        pl_json_put_number(j, "one_percent_more", pl_plan_limit_weight(s->plan, s->economy, &limits[i]));
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_limits_free(limits);
    return status;
}

static pl_status answer_certificate(pl_call *c)
{
    pl_served *s;
    char words[400];
    pl_status status = pl_served_planned(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    const pl_plan *p = s->plan;
    pl_json *j = &c->json;
    pl_json_object(j);
    pl_json_put_text(j, "plan", s->id);
    pl_json_put_text(j, "hash", p->economy_hash);
    pl_json_put_text(j, "way", p->way);
    pl_json_put_number(j, "gap", pl_plan_gap(p));
    pl_json_put_number(j, "primal_violation", p->primal_violation);
    pl_json_put_number(j, "dual_violation", p->dual_violation);
    pl_json_put_text(j, "command", "plenty verify PLAN ECONOMY");
    pl_json_key(j, "stages");
    pl_json_array(j);
    for (int32_t k = 1; k <= p->n_stages && status == PL_OK; k++) {
        const pl_stage *stage = &p->stages[k - 1];
        pl_json_object(j);
        pl_json_put_int(j, "stage", k);
        pl_json_put_text(j, "goal", pl_stage_goal_id(stage->goal));
        pl_json_put_int(j, "tier", stage->tier);
        pl_json_put_number(j, "value", stage->value);
        pl_json_put_number(j, "bound", stage->bound);
        pl_json_put_text(j, "words", pl_words_stage(p, s->economy, k, words, sizeof words));
        status = put_limits(j, s, k, c->err);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_end(j);
    pl_served_drop(s);
    return status;
}

static pl_status answer_compare(pl_call *c)
{
    pl_served *s[2] = {NULL, NULL};
    pl_comparison *comparison = NULL;
    const char *with = pl_call_text(c, "with");
    pl_status status = with != NULL ? pl_served_of(c, c->part[0], &s[0]) : pl_fail(c->err, PL_USAGE, "with", "/api/plans lists them", "say with which plan");
    status = status == PL_OK ? pl_served_of(c, with, &s[1]) : status;
    if (status == PL_OK) {
        const pl_side side[2] = {{s[0]->plan, s[0]->economy}, {s[1]->plan, s[1]->economy}};
        const char *const name[2] = {s[0]->id, s[1]->id};
        status = pl_compare(&side[0], &side[1], &comparison, c->err);
        status = status == PL_OK ? pl_json_comparison(&c->json, comparison, name, c->err) : status;
    }
    pl_comparison_free(comparison);
    pl_served_drop(s[0]);
    pl_served_drop(s[1]);
    return status;
}

const pl_route PL_ROUTES_PLAN[] = {
    {"GET", "/api/plans", "", "The plans that are served", "plans", NULL, 0, PL_FRESH_NOW, 0, answer_plans},
    {"GET", "/api/plans/{plan}", "", "One plan: how far needs are met, what is short and why, what it takes", "plan", NULL, 0, PL_FRESH_NOW, 0, answer_plan},
    {"GET", "/api/plans/{plan}/tiers", "", "How far needs are met, by tier and group", "tiers", NULL, 0, PL_FRESH_NOW, 0, answer_tiers},
    {"GET", "/api/plans/{plan}/needs",
     "tier number of this tier; group text of this group; short text 1: only those that are short; search text in the name of the good; from number how many to skip; "
     "most number how many to give (50)",
     "Needs, a window of them", "needs", NULL, 0, PL_FRESH_NOW, 0, answer_needs},
    {"GET", "/api/plans/{plan}/goods",
     "search text in identifier, name and group; group text of this group; sort text id, made, imported, delivered, surplus, price, value (the default), largest first, or met, least first; "
     "from number how many to skip; most number how many to give (50)",
     "Goods with their balances, a window of them", "goods", NULL, 0, PL_FRESH_NOW, 0, answer_goods},
    {"GET", "/api/plans/{plan}/goods/{good}", "", "One good: balance, needs, recipes", "good", NULL, 0, PL_FRESH_NOW, 0, answer_good},
    {"GET", "/api/plans/{plan}/explain",
     "of text a good, a resource, a recipe, import:GOOD, export:GOOD, stock:GOOD; stage number whose prices; depth number of the chain (3)",
     "Why a figure is what it is", "explain", NULL, 0, PL_FRESH_NOW, 0, answer_explain},
    {"GET", "/api/plans/{plan}/flows", "", "The main flows, for a Sankey diagram", "flows", NULL, 0, PL_FRESH_NOW, 0, answer_flows},
    {"GET", "/api/plans/{plan}/certificate", "", "What proves the plan, stage by stage: bounds, and prices of limits", "certificate", NULL, 0, PL_FRESH_NOW, 0,
     answer_certificate},
    {"GET", "/api/plans/{plan}/compare", "with text the other plan", "Two plans side by side: the first is A, the other B", "compare", NULL, 0, PL_FRESH_NOW, 0,
     answer_compare},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
