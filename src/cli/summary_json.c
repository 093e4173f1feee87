/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary_json.c - the summary of a plan as JSON (`plenty plan --json`). */
#include "base/mem.h"
#include "cli/summary.h"
#include "io/json.h"

static void text(pl_json *j, const char *key, const char *value)
{
    pl_json_key(j, key);
    pl_json_text(j, value);
}

static void number(pl_json *j, const char *key, double value)
{
    pl_json_key(j, key);
    pl_json_number(j, value);
}

static void integer(pl_json *j, const char *key, int64_t value)
{
    pl_json_key(j, key);
    pl_json_int(j, value);
}

static const char *limit_id(const pl_economy *e, pl_limit_kind kind, int32_t i)
{
    switch (kind) {
    case PL_LIMIT_RESOURCE:
        return e->resources[i].id;
    case PL_LIMIT_CAPACITY:
        return e->recipes[i].id;
    case PL_LIMIT_FLOOR:
        return e->goods[e->needs[i].good].id;
    default:
        return e->goods[i].id;
    }
}

static void stages(pl_json *j, const cli_summary_input *in)
{
    char words[400];
    pl_json_key(j, "stages");
    pl_json_array(j);
    for (int32_t k = 1; k <= in->plan->n_stages; k++) {
        const pl_stage *s = &in->plan->stages[k - 1];
        pl_json_object(j);
        integer(j, "stage", k);
        text(j, "goal", pl_stage_goal_id(s->goal));
        if (s->goal == PL_RAISE) {
            integer(j, "tier", s->tier);
        }
        if (s->goal != PL_FLOORS) {
            number(j, "value", s->value);
            number(j, "bound", s->bound);
            text(j, "words", pl_words_stage(in->plan, in->economy, k, words, sizeof words));
        }
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void needs(pl_json *j, const cli_summary_input *in, const int32_t *worst, int32_t n)
{
    const pl_economy *e = in->economy;
    int32_t tiers[16];
    int n_tiers = pl_plan_tiers(e, tiers, 16);
    pl_json_key(j, "tiers");
    pl_json_array(j);
    for (int i = 0; i < n_tiers; i++) {
        pl_json_object(j);
        integer(j, "tier", tiers[i]);
        number(j, "met", pl_plan_needs_met(in->plan, e, tiers[i]));
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "short");
    pl_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        const pl_need *need = &e->needs[worst[i]];
        pl_json_object(j);
        text(j, "good", e->goods[need->good].id);
        text(j, "group", need->group);
        integer(j, "tier", need->tier);
        text(j, "unit", e->goods[need->good].unit);
        number(j, "asked", need->amount);
        number(j, "delivered", in->plan->delivered[worst[i]]);
        integer(j, "stage", in->plan->settled[worst[i]]);
        pl_json_end(j);
    }
    pl_json_end(j);
}

/* The limits that bind, stage by stage. */
static pl_status reasons(pl_json *j, const cli_summary_input *in, pl_error *err)
{
    pl_json_key(j, "limits");
    pl_json_array(j);
    for (int32_t k = 1; k <= in->plan->n_stages; k++) {
        pl_reason *list = NULL;
        int32_t n = 0;
        pl_status status = pl_plan_reasons(in->plan, in->economy, k, &list, &n, err);
        if (status != PL_OK) {
            return status;
        }
        for (int32_t i = 0; i < n; i++) {
            const pl_limit *l = &list[i].limit;
            pl_json_object(j);
            integer(j, "stage", k);
            text(j, "kind", pl_limit_kind_id(l->kind));
            text(j, "id", limit_id(in->economy, l->kind, l->index));
            text(j, "unit", cli_limit_unit(in->economy, l->kind, l->index));
            number(j, "available", l->available);
            number(j, "used", l->used);
            number(j, "price", l->price);
            number(j, "one_percent_more", list[i].effect);
            pl_json_end(j);
        }
        pl_reasons_free(list);
    }
    pl_json_end(j);
    return PL_OK;
}

static void resources(pl_json *j, const cli_summary_input *in, const double *use)
{
    const pl_economy *e = in->economy;
    pl_json_key(j, "resources");
    pl_json_array(j);
    for (int32_t k = 0; k < e->n_resources; k++) {
        pl_json_object(j);
        text(j, "resource", e->resources[k].id);
        text(j, "kind", pl_kind_id(e->resources[k].kind));
        text(j, "unit", e->resources[k].unit);
        number(j, "available", e->resources[k].available);
        number(j, "used", use[k]);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "trade");
    pl_json_object(j);
    number(j, "imports", pl_plan_trade_value(in->plan, e, true));
    number(j, "exports", pl_plan_trade_value(in->plan, e, false));
    pl_json_end(j);
}

static void clashes(pl_json *j, const cli_summary_input *in)
{
    pl_json_key(j, "clashes");
    pl_json_array(j);
    for (int32_t i = 0; i < in->plan->n_clashes; i++) {
        const pl_clash *c = &in->plan->clashes[i];
        pl_json_object(j);
        text(j, "kind", pl_limit_kind_id(c->kind));
        text(j, "id", limit_id(in->economy, c->kind, c->index));
        number(j, "available", c->available);
        number(j, "alone", c->alone);
        number(j, "together", c->together);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static pl_status planned(pl_json *j, const cli_summary_input *in, pl_error *err)
{
    const pl_economy *e = in->economy;
    int32_t *worst = PL_NEW(int32_t, e->n_needs);
    double *use = PL_NEW(double, e->n_resources);
    pl_status status = PL_OK;
    if (worst == NULL || use == NULL) {
        status = pl_fail_nomem(err, "the summary");
    } else {
        pl_plan_resource_use(in->plan, e, use);
        number(j, "needs_met", pl_plan_needs_met(in->plan, e, 0));
        needs(j, in, worst, pl_plan_worst_needs(in->plan, e, worst));
        resources(j, in, use);
        status = reasons(j, in, err);
    }
    pl_free(worst);
    pl_free(use);
    return status;
}

pl_status cli_print_summary_json(const cli_summary_input *in, FILE *out, pl_error *err)
{
    const pl_plan *p = in->plan;
    pl_str buffer;
    pl_json j;
    pl_str_init(&buffer, (size_t)1 << 30);
    pl_json_init(&j, &buffer, true);
    pl_json_object(&j);
    text(&j, "economy", in->economy_path);
    text(&j, "title", in->economy->title);
    text(&j, "hash", p->economy_hash);
    text(&j, "plan", in->written);
    text(&j, "outcome", p->outcome == PL_PLANNED ? "planned" : "infeasible");
    text(&j, "goal", pl_goal_id(p->goal));
    text(&j, "argument", p->argument);
    integer(&j, "changes", p->n_changes);
    stages(&j, in);
    pl_status status = PL_OK;
    if (p->outcome == PL_PLANNED) {
        status = planned(&j, in, err);
    } else {
        clashes(&j, in);
    }
    integer(&j, "iterations", p->iterations);
    number(&j, "seconds", p->seconds);
    number(&j, "primal_violation", p->primal_violation);
    number(&j, "dual_violation", p->dual_violation);
    number(&j, "gap", pl_plan_gap(p));
    pl_json_end(&j);
    if (status == PL_OK && buffer.failed) {
        status = pl_fail_nomem(err, "the summary");
    } else if (status == PL_OK) {
        fprintf(out, "%s\n", buffer.text);
    }
    pl_str_clear(&buffer);
    return status;
}
