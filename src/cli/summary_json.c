/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary_json.c - the summary of a plan as JSON (`plenty plan --json`). */
#include <string.h>

#include "base/mem.h"
#include "cli/summary.h"
#include "io/json.h"

static void stages(pl_json *j, const cli_summary_input *in)
{
    char words[400];
    pl_json_key(j, "stages");
    pl_json_array(j);
    for (int32_t k = 1; k <= in->plan->n_stages; k++) {
        const pl_stage *s = &in->plan->stages[k - 1];
        pl_json_object(j);
        pl_json_put_int(j, "stage", k);
        pl_json_put_text(j, "goal", pl_stage_goal_id(s->goal));
        if (s->goal == PL_RAISE) {
            pl_json_put_int(j, "tier", s->tier);
        }
        if (s->goal != PL_FLOORS) {
            pl_json_put_number(j, "value", s->value);
            pl_json_put_number(j, "bound", s->bound);
            pl_json_put_text(j, "words", pl_words_stage(in->plan, in->economy, k, words, sizeof words));
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
        pl_json_put_int(j, "tier", tiers[i]);
        pl_json_put_number(j, "met", pl_plan_needs_met(in->plan, e, tiers[i]));
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "short");
    pl_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        const pl_need *need = &e->needs[worst[i]];
        pl_json_object(j);
        pl_json_put_text(j, "good", e->goods[need->good].id);
        pl_json_put_text(j, "group", need->group);
        pl_json_put_int(j, "tier", need->tier);
        pl_json_put_text(j, "unit", e->goods[need->good].unit);
        pl_json_put_number(j, "asked", need->amount);
        pl_json_put_number(j, "delivered", in->plan->delivered[worst[i]]);
        pl_json_put_int(j, "stage", in->plan->settled[worst[i]]);
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
            pl_json_put_int(j, "stage", k);
            pl_json_put_text(j, "kind", pl_limit_kind_id(l->kind));
            pl_json_put_text(j, "id", pl_limit_id(in->economy, l->kind, l->index));
            pl_json_put_text(j, "unit", cli_limit_unit(in->economy, l->kind, l->index));
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

static void resources(pl_json *j, const cli_summary_input *in, const double *use)
{
    const pl_economy *e = in->economy;
    pl_json_key(j, "resources");
    pl_json_array(j);
    for (int32_t k = 0; k < e->n_resources; k++) {
        pl_json_object(j);
        pl_json_put_text(j, "resource", e->resources[k].id);
        pl_json_put_text(j, "kind", pl_kind_id(e->resources[k].kind));
        pl_json_put_text(j, "unit", e->resources[k].unit);
        pl_json_put_number(j, "available", e->resources[k].available);
        pl_json_put_number(j, "used", use[k]);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "trade");
    pl_json_object(j);
    pl_json_put_number(j, "imports", pl_plan_trade_value(in->plan, e, true));
    pl_json_put_number(j, "exports", pl_plan_trade_value(in->plan, e, false));
    pl_json_end(j);
}

static void clashes(pl_json *j, const cli_summary_input *in)
{
    pl_json_key(j, "clashes");
    pl_json_array(j);
    for (int32_t i = 0; i < in->plan->n_clashes; i++) {
        const pl_clash *c = &in->plan->clashes[i];
        pl_json_object(j);
        pl_json_put_text(j, "kind", pl_limit_kind_id(c->kind));
        pl_json_put_text(j, "id", pl_limit_id(in->economy, c->kind, c->index));
        pl_json_put_number(j, "available", c->available);
        pl_json_put_number(j, "alone", c->alone);
        pl_json_put_number(j, "together", c->together);
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
        pl_json_put_number(j, "needs_met", pl_plan_needs_met(in->plan, e, 0));
        needs(j, in, worst, pl_plan_worst_needs(in->plan, e, worst));
        resources(j, in, use);
        status = reasons(j, in, err);
    }
    pl_free(worst);
    pl_free(use);
    return status;
}

/* What each process had and sent. */
static void processes(pl_json *j, const cli_summary_input *in)
{
    pl_json_key(j, "processes");
    pl_json_array(j);
    for (int r = 0; r < in->n_processes; r++) {
        const cli_process *p = &in->processes[r];
        pl_json_object(j);
        pl_json_put_int(j, "goods", p->goods);
        pl_json_put_int(j, "goods_of_others", p->others);
        pl_json_put_int(j, "recipes", p->recipes);
        pl_json_put_int(j, "messages", p->traffic.messages);
        pl_json_put_int(j, "bytes", p->traffic.bytes);
        pl_json_put_int(j, "shown", p->traffic.shows);
        pl_json_put_int(j, "collected", p->traffic.collects);
        pl_json_put_int(j, "sums", p->traffic.sums);
        pl_json_put_int(j, "sum_bytes", p->traffic.sum_bytes);
        pl_json_put_number(j, "seconds", p->traffic.seconds);
        pl_json_end(j);
    }
    pl_json_end(j);
}

pl_status cli_print_summary_json(const cli_summary_input *in, FILE *out, pl_error *err)
{
    const pl_plan *p = in->plan;
    pl_str buffer;
    pl_json j;
    pl_str_init(&buffer, (size_t)1 << 30);
    pl_json_init(&j, &buffer, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "economy", in->economy_path);
    pl_json_put_text(&j, "title", in->economy->title);
    pl_json_put_text(&j, "hash", p->economy_hash);
    pl_json_put_text(&j, "plan", in->written);
    pl_json_put_text(&j, "outcome", p->outcome == PL_PLANNED ? "planned" : "infeasible");
    pl_json_put_text(&j, "goal", pl_goal_id(p->goal));
    pl_json_put_text(&j, "argument", p->argument);
    pl_json_put_int(&j, "changes", p->n_changes);
    stages(&j, in);
    pl_status status = PL_OK;
    if (p->outcome == PL_PLANNED) {
        status = planned(&j, in, err);
    } else {
        clashes(&j, in);
    }
    if (in->from != NULL) {
        pl_json_put_text(&j, "from", in->from);
        pl_json_put_int(&j, "goods_changed", in->goods_changed);
    }
    if (in->processes != NULL) {
        processes(&j, in);
    }
    pl_json_put_text(&j, "device", strcmp(p->way, "newton") == 0 ? in->device : "CPU");
    pl_json_put_int(&j, "iterations", p->iterations);
    pl_json_put_number(&j, "seconds", p->seconds);
    pl_json_put_number(&j, "primal_violation", p->primal_violation);
    pl_json_put_number(&j, "dual_violation", p->dual_violation);
    pl_json_put_number(&j, "gap", pl_plan_gap(p));
    pl_json_put_bool(&j, "stopped", p->stopped);
    pl_json_end(&j);
    if (status == PL_OK && buffer.failed) {
        status = pl_fail_nomem(err, "the summary");
    } else if (status == PL_OK) {
        fprintf(out, "%s\n", buffer.text);
    }
    pl_str_clear(&buffer);
    return status;
}
