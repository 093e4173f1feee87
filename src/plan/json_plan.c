/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json_plan.c - the summary of a plan as JSON. */
#include <string.h>

#include "base/mem.h"
#include "plan/json.h"
#include "plan/words.h"

void pl_json_stages(pl_json *j, const pl_plan *plan, const pl_economy *e)
{
    char words[400];
    pl_json_key(j, "stages");
    pl_json_array(j);
    for (int32_t k = 1; k <= plan->n_stages; k++) {
        const pl_stage *s = &plan->stages[k - 1];
        pl_json_object(j);
        pl_json_put_int(j, "stage", k);
        pl_json_put_text(j, "goal", pl_stage_goal_id(s->goal));
        if (s->goal == PL_RAISE) {
            pl_json_put_int(j, "tier", s->tier);
        }
        if (s->goal != PL_FLOORS) {
            pl_json_put_number(j, "value", s->value);
            pl_json_put_number(j, "bound", s->bound);
            pl_json_put_text(j, "words", pl_words_stage(plan, e, k, words, sizeof words));
        }
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void needs(pl_json *j, const pl_plan *plan, const pl_economy *e, const int32_t *worst, int32_t n)
{
    int32_t tiers[16];
    int n_tiers = pl_plan_tiers(e, tiers, 16);
    pl_json_key(j, "tiers");
    pl_json_array(j);
    for (int i = 0; i < n_tiers; i++) {
        pl_json_object(j);
        pl_json_put_int(j, "tier", tiers[i]);
        pl_json_put_number(j, "met", pl_plan_needs_met(plan, e, tiers[i]));
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "short");
    pl_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        const pl_need *need = &e->needs[worst[i]];
        pl_json_object(j);
        pl_json_put_text(j, "good", e->goods[need->good].id);
        pl_json_put_text(j, "name", pl_words_good(e, need->good));
        pl_json_put_text(j, "group", need->group);
        pl_json_put_int(j, "tier", need->tier);
        pl_json_put_text(j, "unit", e->goods[need->good].unit);
        pl_json_put_number(j, "asked", need->amount);
        pl_json_put_number(j, "delivered", plan->delivered[worst[i]]);
        pl_json_put_int(j, "stage", plan->settled[worst[i]]);
        pl_json_end(j);
    }
    pl_json_end(j);
}

/* The limits that bind, stage by stage. */
static pl_status reasons(pl_json *j, const pl_plan *plan, const pl_economy *e, int32_t weightiest, pl_error *err)
{
    pl_json_key(j, "limits");
    pl_json_array(j);
    for (int32_t k = 1; k <= plan->n_stages; k++) {
        pl_reason *list = NULL;
        int32_t n = 0;
        pl_status status = pl_plan_reasons(plan, e, k, &list, &n, err);
        if (status != PL_OK) {
            return status;
        }
        for (int32_t i = 0; i < n && (weightiest == 0 || i < weightiest); i++) {
            const pl_limit *l = &list[i].limit;
            char words[200];
            pl_json_object(j);
            pl_json_put_int(j, "stage", k);
            pl_json_put_text(j, "kind", pl_limit_kind_id(l->kind));
            pl_words_limit(e, l->kind, l->index, words, sizeof words);
            pl_json_put_text(j, "id", pl_limit_id(e, l->kind, l->index));
            pl_json_put_text(j, "name", words);
            pl_json_put_text(j, "of", pl_words_limit_of(e, l->kind, l->index));
            pl_json_put_text(j, "unit", pl_words_limit_unit(e, l->kind, l->index));
            pl_json_put_number(j, "available", l->available);
            pl_json_put_number(j, "used", l->used);
            pl_json_put_number(j, "price", l->price);
            pl_json_put_number(j, "one_percent_more", list[i].effect);
            pl_json_end(j);
        }
        pl_reasons_free(list);
    }
    pl_json_end(j);
    return PL_OK;
}

static void resources(pl_json *j, const pl_plan *plan, const pl_economy *e, const double *use)
{
    pl_json_key(j, "resources");
    pl_json_array(j);
    for (int32_t k = 0; k < e->n_resources; k++) {
        pl_json_object(j);
        pl_json_put_text(j, "resource", e->resources[k].id);
        pl_json_put_text(j, "name", e->resources[k].name[0] != '\0' ? e->resources[k].name : e->resources[k].id);
        pl_json_put_text(j, "kind", pl_kind_id(e->resources[k].kind));
        pl_json_put_text(j, "unit", e->resources[k].unit);
        pl_json_put_number(j, "available", e->resources[k].available);
        pl_json_put_number(j, "used", use[k]);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "trade");
    pl_json_object(j);
    pl_json_put_number(j, "imports", pl_plan_trade_value(plan, e, true));
    pl_json_put_number(j, "exports", pl_plan_trade_value(plan, e, false));
    pl_json_end(j);
}

static void clashes(pl_json *j, const pl_plan *plan, const pl_economy *e)
{
    pl_json_key(j, "clashes");
    pl_json_array(j);
    for (int32_t i = 0; i < plan->n_clashes; i++) {
        const pl_clash *c = &plan->clashes[i];
        pl_json_object(j);
        pl_json_put_text(j, "kind", pl_limit_kind_id(c->kind));
        pl_json_put_text(j, "id", pl_limit_id(e, c->kind, c->index));
        pl_json_put_text(j, "of", pl_words_limit_of(e, c->kind, c->index));
        pl_json_put_number(j, "available", c->available);
        pl_json_put_number(j, "alone", c->alone);
        pl_json_put_number(j, "together", c->together);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static pl_status planned(pl_json *j, const pl_plan *plan, const pl_economy *e, int32_t most, int32_t weightiest, pl_error *err)
{
    int32_t *worst = PL_NEW(int32_t, e->n_needs);
    double *use = PL_NEW(double, e->n_resources);
    pl_status status = PL_OK;
    if (worst == NULL || use == NULL) {
        status = pl_fail_nomem(err, "the summary");
    } else {
        pl_plan_resource_use(plan, e, use);
        pl_json_put_number(j, "needs_met", pl_plan_needs_met(plan, e, 0));
        int32_t n = pl_plan_worst_needs(plan, e, worst);
        needs(j, plan, e, worst, most > 0 && n > most ? most : n);
        pl_json_put_int(j, "n_short", n);
        resources(j, plan, e, use);
        status = reasons(j, plan, e, weightiest, err);
    }
    pl_free(worst);
    pl_free(use);
    return status;
}

pl_status pl_json_outcome(pl_json *j, const pl_plan *plan, const pl_economy *e, int32_t most, int32_t weightiest, pl_error *err)
{
    if (plan->outcome == PL_PLANNED) {
        return planned(j, plan, e, most, weightiest, err);
    }
    clashes(j, plan, e);
    return PL_OK;
}
