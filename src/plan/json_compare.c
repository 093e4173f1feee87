/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json_compare.c - two plans side by side as JSON. */
#include "plan/json.h"
#include "plan/words.h"

/* [A, B]; null where a side has none. */
static void both(pl_json *j, const char *key, const double x[2])
{
    pl_json_key(j, key);
    pl_json_array(j);
    pl_json_number(j, x[0]);
    pl_json_number(j, x[1]);
    pl_json_end(j);
}

static void plans(pl_json *j, const pl_comparison *c, const char *const name[2])
{
    pl_json_key(j, "plans");
    pl_json_array(j);
    for (int s = 0; s < 2; s++) {
        const pl_side *side = &c->side[s];
        pl_json_object(j);
        pl_json_put_text(j, "plan", name[s]);
        pl_json_put_text(j, "economy", side->economy->title);
        pl_json_put_text(j, "hash", side->plan->economy_hash);
        pl_json_put_text(j, "goal", pl_goal_id(side->plan->goal));
        pl_json_put_text(j, "argument", side->plan->argument);
        pl_json_put_text(j, "outcome", side->plan->outcome == PL_PLANNED ? "planned" : "infeasible");
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void changes(pl_json *j, const pl_comparison *c)
{
    pl_json_key(j, "changes");
    pl_json_array(j);
    for (int32_t k = 0; k < c->n_changes; k++) {
        pl_json_object(j);
        pl_json_put_text(j, "table", c->changes[k].table);
        pl_json_put_text(j, "key", c->changes[k].key);
        pl_json_put_text(j, "column", c->changes[k].column);
        both(j, "from", c->changes[k].from);
        both(j, "to", c->changes[k].to);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void needs(pl_json *j, const pl_comparison *c)
{
    pl_json_key(j, "groups");
    pl_json_array(j);
    for (int32_t k = 0; k < c->n_groups; k++) {
        const pl_group_pair *g = &c->groups[k];
        pl_json_object(j);
        pl_json_put_int(j, "tier", g->tier);
        pl_json_put_text(j, "group", g->group);
        pl_json_put_text(j, "unit", g->unit);
        both(j, "asked", g->asked);
        both(j, "delivered", g->delivered);
        both(j, "met", g->met);
        pl_json_put_int(j, "gain", g->gain);
        pl_json_put_int(j, "lose", g->lose);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "needs");
    pl_json_array(j);
    for (int32_t k = 0; k < c->n_needs; k++) {
        const pl_need_pair *p = &c->needs[k];
        int s = p->need[0] >= 0 ? 0 : 1;
        const pl_economy *e = c->side[s].economy;
        const pl_need *need = &e->needs[p->need[s]];
        pl_json_object(j);
        pl_json_put_text(j, "good", e->goods[need->good].id);
        pl_json_put_text(j, "name", pl_words_good(e, need->good));
        pl_json_put_int(j, "tier", need->tier);
        pl_json_put_text(j, "group", need->group);
        pl_json_put_text(j, "unit", e->goods[need->good].unit);
        both(j, "asked", p->asked);
        both(j, "delivered", p->delivered);
        both(j, "met", p->met);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void goods(pl_json *j, const pl_comparison *c)
{
    pl_json_key(j, "goods");
    pl_json_array(j);
    for (int32_t k = 0; k < c->n_goods; k++) {
        const pl_good_pair *g = &c->goods[k];
        int s = g->good[0] >= 0 ? 0 : 1;
        const pl_good *good = &c->side[s].economy->goods[g->good[s]];
        pl_json_object(j);
        pl_json_put_text(j, "good", good->id);
        pl_json_put_text(j, "name", good->name[0] != '\0' ? good->name : good->id);
        pl_json_put_text(j, "unit", good->unit);
        pl_json_put_bool(j, "same_unit", g->same_unit);
        both(j, "made", g->made);
        both(j, "imported", g->imported);
        both(j, "exported", g->exported);
        if (c->same_measure) {
            both(j, "price", g->price);
        }
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void resources(pl_json *j, const pl_comparison *c)
{
    pl_json_key(j, "resources");
    pl_json_array(j);
    for (int32_t k = 0; k < c->n_resources; k++) {
        const pl_resource_pair *r = &c->resources[k];
        int s = r->resource[0] >= 0 ? 0 : 1;
        const pl_resource *resource = &c->side[s].economy->resources[r->resource[s]];
        pl_json_object(j);
        pl_json_put_text(j, "resource", resource->id);
        pl_json_put_text(j, "name", resource->name[0] != '\0' ? resource->name : resource->id);
        pl_json_put_text(j, "kind", pl_kind_id(resource->kind));
        pl_json_put_text(j, "unit", resource->unit);
        both(j, "used", r->used);
        both(j, "available", r->available);
        pl_json_end(j);
    }
    pl_json_end(j);
    if (c->planned) {
        both(j, "labour", c->labour);
        both(j, "imports", c->imports);
        both(j, "exports", c->exports);
    }
}

static void limits(pl_json *j, const pl_comparison *c, const char *key, const pl_limit_pair *list, int32_t n)
{
    pl_json_key(j, key);
    pl_json_array(j);
    for (int32_t k = 0; k < n; k++) {
        const pl_limit_pair *l = &list[k];
        char words[200];
        int s = l->index[0] >= 0 ? 0 : 1;
        pl_json_object(j);
        pl_json_put_text(j, "kind", pl_limit_kind_id(l->kind));
        pl_words_limit(c->side[s].economy, l->kind, l->index[s], words, sizeof words);
        pl_json_put_text(j, "id", pl_limit_id(c->side[s].economy, l->kind, l->index[s]));
        pl_json_put_text(j, "name", words);
        both(j, "available", l->available);
        both(j, "used", l->used);
        both(j, "price", l->price);
        both(j, "one_percent_more", l->weight);
        pl_json_end(j);
    }
    pl_json_end(j);
}

pl_status pl_json_comparison(pl_json *j, pl_comparison *c, const char *const name[2], pl_error *err)
{
    pl_limit_pair *tier_limits = NULL;
    int32_t tier = 0, n = 0;
    pl_status status = c->planned ? pl_compare_short_tier(c, &tier, &tier_limits, &n, err) : PL_OK;
    if (status != PL_OK) {
        return status;
    }
    pl_json_object(j);
    plans(j, c, name);
    pl_json_put_bool(j, "same_economy", c->same_base);
    pl_json_put_bool(j, "comparable", c->planned);
    changes(j, c);
    if (c->planned) {
        needs(j, c);
    }
    goods(j, c);
    resources(j, c);
    if (n > 0) {
        pl_json_put_int(j, "held_tier", tier);
        limits(j, c, "limits_of_tier", tier_limits, n);
    }
    if (c->same_measure) {
        limits(j, c, "limits_of_last_stage", c->limits, c->n_limits);
    }
    pl_json_end(j);
    return PL_OK;
}
