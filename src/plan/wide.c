/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wide.c - the wide tables of a plan: summary, needs, goods, recipes, limits, prices. */
#include "plan/wide.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "plan/words.h"

typedef struct wide {
    const pl_plan *plan;
    const pl_economy *economy;
    const pl_wide_writer *w;
    pl_error *err;
    pl_status status;
} wide;

#define TABLE(t, name, ...)                                                                                        \
    begin(t, name, (const char *const[]){__VA_ARGS__}, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static void begin(wide *t, const char *name, const char *const *headings, int n)
{
    if (t->status == PL_OK) {
        t->status = t->w->table(t->w->context, name, headings, n, t->err);
    }
}

static void text(wide *t, const char *x)
{
    if (t->status == PL_OK) {
        t->w->text(t->w->context, x);
    }
}

static void number(wide *t, double x)
{
    if (t->status == PL_OK) {
        t->w->number(t->w->context, x);
    }
}

static void end_row(wide *t)
{
    if (t->status == PL_OK) {
        t->status = t->w->end_row(t->w->context, t->err);
    }
}

static void figure(wide *t, const char *name, double x, const char *unit)
{
    text(t, name);
    number(t, x);
    text(t, unit);
    end_row(t);
}

static void word(wide *t, const char *name, const char *x)
{
    text(t, name);
    text(t, x);
    text(t, "");
    end_row(t);
}

static void stage_figures(wide *t)
{
    char words[400], name[480];
    for (int32_t k = 1; k <= t->plan->n_stages; k++) {
        const pl_stage *s = &t->plan->stages[k - 1];
        const char *unit = s->goal == PL_USE_LEAST ? pl_words_objective_unit(t->economy, s) : "";
        pl_words_stage(t->plan, t->economy, k, words, sizeof words);
        snprintf(name, sizeof name, "stage %d: %s", k, words);
        figure(t, name, s->value, unit);
        snprintf(name, sizeof name, "stage %d: cannot be passed", k);
        figure(t, name, s->bound, unit);
    }
}

static void summary(wide *t, const double *use)
{
    const pl_plan *p = t->plan;
    const pl_economy *e = t->economy;
    char words[400], name[300];
    int32_t tiers[64];
    TABLE(t, "summary", "figure", "value", "unit");
    word(t, "economy", e->title);
    word(t, "hash of the economy", p->economy_hash);
    word(t, "goal", pl_words_goal(p, words, sizeof words));
    word(t, "outcome", p->outcome == PL_PLANNED ? "planned" : "infeasible");
    figure(t, "cells changed by the scenario", p->n_changes, "");
    if (p->outcome != PL_PLANNED) {
        return;
    }
    figure(t, "needs met, on average", pl_plan_needs_met(p, e, 0), "");
    int n = pl_plan_tiers(e, tiers, 64);
    for (int k = 0; k < n; k++) {
        snprintf(name, sizeof name, "needs met, tier %d", tiers[k]);
        figure(t, name, pl_plan_needs_met(p, e, tiers[k]), "");
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        snprintf(name, sizeof name, "use of %s", e->resources[k].name[0] != '\0' ? e->resources[k].name : e->resources[k].id);
        figure(t, name, use[k], e->resources[k].unit);
    }
    if (e->n_trade > 0) {
        const char *unit = e->foreign_exchange >= 0 ? e->resources[e->foreign_exchange].unit : "";
        figure(t, "imports", pl_plan_trade_value(p, e, true), unit);
        figure(t, "exports", pl_plan_trade_value(p, e, false), unit);
    }
    stage_figures(t);
}

static void needs(wide *t)
{
    const pl_economy *e = t->economy;
    TABLE(t, "needs", "good", "name", "tier", "group", "asked", "delivered", "missing", "unit", "met", "weight", "floor",
          "settled in stage");
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        double got = t->plan->delivered[k];
        text(t, e->goods[need->good].id);
        text(t, e->goods[need->good].name);
        number(t, need->tier);
        text(t, need->group);
        number(t, need->amount);
        number(t, got);
        number(t, fmax(0, need->amount - got));
        text(t, e->goods[need->good].unit);
        number(t, need->amount > 0 ? fmin(1, got / need->amount) : 1);
        number(t, need->weight);
        number(t, need->floor);
        number(t, t->plan->settled[k]);
        end_row(t);
    }
}

static void goods(wide *t, const pl_balance *balance)
{
    const pl_economy *e = t->economy;
    const pl_stage *last = t->plan->n_stages > 0 ? &t->plan->stages[t->plan->n_stages - 1] : NULL;
    TABLE(t, "goods", "good", "name", "group", "place", "unit", "made", "imported", "from stock", "used in production",
          "delivered", "exported", "left over", "price in the last stage");
    for (int32_t g = 0; g < e->n_goods; g++) {
        const pl_balance *b = &balance[g];
        const double x[] = {b->made, b->imported, b->drawn, b->used, b->delivered, b->exported, b->surplus,
                            last != NULL ? last->good_price[g] : PL_ABSENT};
        text(t, e->goods[g].id);
        text(t, e->goods[g].name);
        text(t, e->goods[g].group);
        text(t, e->goods[g].place);
        text(t, e->goods[g].unit);
        for (size_t k = 0; k < sizeof x / sizeof x[0]; k++) {
            number(t, x[k]);
        }
        end_row(t);
    }
}

static void recipes(wide *t)
{
    const pl_economy *e = t->economy;
    TABLE(t, "recipes", "recipe", "name", "place", "level", "capacity", "share of capacity");
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double level = t->plan->level[r], capacity = e->recipes[r].capacity;
        text(t, e->recipes[r].id);
        text(t, e->recipes[r].name);
        text(t, e->recipes[r].place);
        number(t, level);
        number(t, capacity);
        number(t, capacity > 0 ? level / capacity : PL_ABSENT);
        end_row(t);
    }
}

static void limits(wide *t)
{
    char name[512];
    pl_limit *list = NULL;
    int32_t n = 0;
    if (t->status == PL_OK && t->plan->n_stages > 0) {
        t->status = pl_plan_limits(t->plan, t->economy, t->plan->n_stages, &list, &n, t->err);
    }
    TABLE(t, "limits", "kind", "id", "limit", "unit", "available", "used", "share", "price in the last stage",
          "1 % more is worth");
    for (int32_t k = 0; k < n && t->status == PL_OK; k++) {
        const pl_limit *l = &list[k];
        pl_words_limit(t->economy, l->kind, l->index, name, sizeof name);
        text(t, pl_limit_kind_id(l->kind));
        text(t, pl_limit_id(t->economy, l->kind, l->index));
        text(t, name);
        text(t, pl_words_limit_unit(t->economy, l->kind, l->index));
        number(t, l->available);
        number(t, l->used);
        number(t, l->available > 0 ? l->used / l->available : PL_ABSENT);
        number(t, l->price);
        number(t, pl_plan_limit_weight(t->plan, t->economy, l));
        end_row(t);
    }
    pl_limits_free(list);
}

static void clashes(wide *t)
{
    char name[512];
    TABLE(t, "limits", "kind", "limit", "unit", "available", "enough if it alone is moved", "enough if all are moved");
    for (int32_t k = 0; k < t->plan->n_clashes; k++) {
        const pl_clash *c = &t->plan->clashes[k];
        pl_words_limit(t->economy, c->kind, c->index, name, sizeof name);
        text(t, pl_limit_kind_id(c->kind));
        text(t, name);
        text(t, pl_words_limit_unit(t->economy, c->kind, c->index));
        number(t, c->available);
        number(t, c->alone);
        number(t, c->together);
        end_row(t);
    }
}

static void price(wide *t, int32_t stage, const char *kind, const char *id, const char *name, const char *unit, double x)
{
    if (x != 0) {
        number(t, stage);
        text(t, kind);
        text(t, id);
        text(t, name);
        number(t, x);
        text(t, unit);
        end_row(t);
    }
}

static void prices(wide *t)
{
    const pl_economy *e = t->economy;
    TABLE(t, "prices", "stage", "kind", "id", "name", "price", "per");
    for (int32_t k = 1; k <= t->plan->n_stages; k++) {
        const pl_stage *s = &t->plan->stages[k - 1];
        for (int32_t g = 0; g < e->n_goods; g++) {
            price(t, k, "good", e->goods[g].id, e->goods[g].name, e->goods[g].unit, s->good_price[g]);
        }
        for (int32_t r = 0; r < e->n_resources; r++) {
            price(t, k, "resource", e->resources[r].id, e->resources[r].name, e->resources[r].unit, s->resource_price[r]);
        }
    }
}

pl_status pl_wide_tables(const pl_plan *plan, const pl_economy *economy, const pl_wide_writer *writer, pl_error *err)
{
    wide t = {plan, economy, writer, err, PL_OK};
    if (plan->outcome != PL_PLANNED) {
        summary(&t, NULL);
        clashes(&t);
        prices(&t);
        return t.status;
    }
    pl_balance *balance = PL_NEW(pl_balance, economy->n_goods);
    double *use = PL_NEW(double, economy->n_resources);
    if (balance == NULL || use == NULL) {
        t.status = pl_fail_nomem(err, "the tables of the plan");
    } else {
        pl_plan_balances(plan, economy, balance);
        pl_plan_resource_use(plan, economy, use);
        summary(&t, use);
        needs(&t);
        goods(&t, balance);
        recipes(&t);
        limits(&t);
        prices(&t);
    }
    pl_free(balance);
    pl_free(use);
    return t.status;
}
