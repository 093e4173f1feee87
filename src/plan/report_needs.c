/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report_needs.c - of the HTML report: how far needs are met, what is short, and what holds it back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/report_html.h"
#include "plan/words.h"

#define GROUPS_SHOWN 40
#define SHORT_SHOWN 12
#define REASONS_SHOWN 8
#define TIERS 64

/* Needs of one tier and group together. */
typedef struct group {
    int32_t tier;
    const char *name; /* NULL: the whole tier */
    int32_t n, full;
    double met;
} group;

static int by_tier_and_name(const void *a, const void *b)
{
    const group *x = a, *y = b;
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    if (x->name == NULL || y->name == NULL) {
        return (y->name == NULL) - (x->name == NULL);
    }
    return strcmp(x->name, y->name);
}

/* One row for each tier and each group in it; a tier's own row comes first. */
static group *groups_of(report *r, int32_t *count)
{
    const pl_economy *e = r->economy;
    group *list = PL_ARENA_NEW(&r->arena, group, 2 * (size_t)e->n_needs);
    int32_t n = 0;
    for (int32_t k = 0; list != NULL && k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        if (need->amount > 0) {
            group one = {need->tier, need->group, 1, !pl_plan_is_short(r->plan, e, k), fmin(1, r->plan->delivered[k] / need->amount)};
            list[n++] = one;
            one.name = NULL;
            list[n++] = one;
        }
    }
    *count = 0;
    if (list != NULL) {
        qsort(list, (size_t)n, sizeof *list, by_tier_and_name);
    }
    for (int32_t k = 0; k < n; k++) {
        group *last = *count > 0 ? &list[*count - 1] : NULL;
        if (last != NULL && by_tier_and_name(last, &list[k]) == 0) {
            last->n++;
            last->full += list[k].full;
            last->met += list[k].met;
        } else {
            list[(*count)++] = list[k];
        }
    }
    return list;
}

static void group_row(report *r, pl_html_table *t, const group *g)
{
    const pl_html_part part = {g->met / g->n, g->full == g->n ? 3 : 2};
    pl_html_row(t, g->name == NULL ? "tier" : "in");
    pl_html_cell(t);
    if (g->name == NULL) {
        pl_str_addf(&r->out, "Tier %d", g->tier);
    } else if (g->name[0] == '\0') {
        pl_str_add(&r->out, "without group");
    } else {
        pl_html_name(&r->out, g->name);
    }
    pl_html_cell(t);
    pl_html_bar(&r->out, &part, 1, 1);
    pl_html_cell(t);
    pl_html_percent(&r->out, g->met / g->n);
    pl_html_cell(t);
    pl_str_addf(&r->out, "%d", g->n);
    pl_html_cell(t);
    pl_str_addf(&r->out, "%d", g->n - g->full);
}

static void add_groups(report *r, const group *list, int32_t n)
{
    static const char *const heading[] = {"for whom", "", "met", "needs", "short"};
    pl_html_table t;
    pl_html_table_begin(&t, &r->out, "What is delivered of what is asked, on average over the needs; green: all in full, "
                                     "red: some are short. The tiers are served one after the other.", "hbnnn", heading);
    int32_t shown = 0;
    for (int32_t k = 0; k < n; k++) {
        if (shown < GROUPS_SHOWN || list[k].name == NULL) {
            group_row(r, &t, &list[k]);
            shown++;
        }
    }
    pl_html_table_end(&t);
    if (n > shown) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more groups.</p>\n", n - shown);
    }
}

static void short_row(report *r, pl_html_table *t, int32_t k)
{
    const pl_economy *e = r->economy;
    const pl_need *need = &e->needs[k];
    double got = r->plan->delivered[k];
    const pl_html_part part = {got, 2};
    pl_html_row(t, NULL);
    pl_html_cell(t);
    pl_html_name(&r->out, pl_words_good(e, need->good));
    pl_html_cell(t);
    pl_str_addf(&r->out, "tier %d%s", need->tier, need->group[0] != '\0' ? ", " : "");
    pl_html_name(&r->out, need->group);
    pl_html_cell(t);
    pl_html_bar(&r->out, &part, 1, need->amount);
    pl_html_cell(t);
    pl_html_amount(&r->out, need->amount);
    pl_html_cell(t);
    pl_html_amount(&r->out, got);
    if (r->unit[0] == '\0') {
        pl_str_add(&r->out, " ");
        pl_html_text(&r->out, e->goods[need->good].unit, 30);
    }
    pl_html_cell(t);
    pl_html_percent(&r->out, got / need->amount);
}

static void add_short(report *r)
{
    static const char *const heading[] = {"short", "for whom", "", "asked", "delivered", "met"};
    pl_html_table t;
    if (r->n_worst == 0) {
        pl_str_add(&r->out, "<p class=\"lead\">Nothing is short.</p>\n");
        return;
    }
    char caption[700] = "The needs that are short";
    pl_str unit;
    pl_str_init(&unit, 500);
    if (r->unit[0] != '\0') {
        pl_html_text(&unit, r->unit, 40);
        snprintf(caption, sizeof caption, "The needs that are short; all amounts in %s", unit.text);
    }
    pl_html_table_begin(&t, &r->out, caption, "htbnnn", heading);
    for (int32_t k = 0; k < r->n_worst && k < SHORT_SHOWN; k++) {
        short_row(r, &t, r->worst[k]);
    }
    pl_html_table_end(&t);
    r->out.failed |= unit.failed;
    pl_str_clear(&unit);
    if (r->n_worst > SHORT_SHOWN) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more needs that are short.</p>\n", r->n_worst - SHORT_SHOWN);
    }
}

pl_status pl_report_needs(report *r, pl_error *err)
{
    int32_t n = 0;
    const group *list = groups_of(r, &n);
    if (list == NULL) {
        return pl_fail_nomem(err, "the report");
    }
    pl_report_heading(r, "needs", "How far needs are met");
    add_groups(r, list, n);
    add_short(r);
    pl_str_add(&r->out, "</section>\n");
    return PL_OK;
}

/* ---- What holds it back ----------------------------------------------------------------------------- */

static void effect(report *r, const pl_stage *s, double x)
{
    char text[PL_WORDS_NUMBER];
    if (s->goal == PL_USE_LEAST) {
        pl_html_amount(&r->out, x);
        pl_str_add(&r->out, " ");
        pl_html_text(&r->out, pl_words_objective_unit(r->economy, s), 30);
    } else if (s->goal == PL_MAX_WEIGHTED) {
        pl_str_addf(&r->out, "+%s", pl_words_amount(x, text));
    } else {
        pl_str_addf(&r->out, "+%.3g points", 100 * x);
    }
}

static void reason_row(report *r, pl_html_table *t, const pl_stage *s, const pl_reason *reason, double all)
{
    const pl_html_part part = {reason->effect, s->goal == PL_USE_LEAST ? 1 : 4};
    char name[512];
    const pl_limit *l = &reason->limit;
    pl_words_limit(r->economy, l->kind, l->index, name, sizeof name);
    pl_html_row(t, NULL);
    pl_html_cell(t);
    pl_html_name(&r->out, name);
    pl_html_cell(t);
    pl_html_bar(&r->out, &part, 1, all);
    pl_html_cell(t);
    pl_html_percent(&r->out, reason->effect / all);
    pl_html_cell(t);
    pl_html_amount(&r->out, l->available);
    const char *unit = pl_words_limit_unit(r->economy, l->kind, l->index);
    if (unit[0] != '\0' && strcmp(unit, r->unit) != 0) { /* the unit of all goods is said above */
        pl_str_add(&r->out, " ");
        pl_html_text(&r->out, unit, 30);
    }
    pl_html_cell(t);
    effect(r, s, reason->effect);
}

static pl_status add_reasons(report *r, int32_t stage, const char *title, pl_error *err)
{
    static const char *const more[] = {"the limit, used up", "", "its weight", "available", "1 % more of it"},
                             *const save[] = {"the limit, used up", "", "its weight", "available", "1 % more of it saves"};
    const pl_stage *s = &r->plan->stages[stage - 1];
    pl_reason *reasons = NULL;
    int32_t n = 0, shown = 0;
    double all = 0;
    pl_status status = pl_plan_reasons(r->plan, r->economy, stage, &reasons, &n, err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t k = 0; k < n; k++) {
        all += reasons[k].effect;
    }
    if (n > 0) {
        pl_html_table t;
        pl_html_table_begin(&t, &r->out, title, "hbnnn", s->goal == PL_USE_LEAST ? save : more);
        for (; shown < n && shown < REASONS_SHOWN && reasons[shown].effect > 0.001 * all; shown++) {
            reason_row(r, &t, s, &reasons[shown], all);
        }
        pl_html_table_end(&t);
    } else {
        pl_str_addf(&r->out, "<p>%s: no limit binds.</p>\n", title);
    }
    if (n > shown) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more limits of less weight.</p>\n", n - shown);
    }
    pl_reasons_free(reasons);
    return PL_OK;
}

/* Does stage k settle a need short, or is it one that never meets all? */
static bool leaves_short(const report *r, int32_t k)
{
    const pl_stage *s = &r->plan->stages[k - 1];
    bool blamed = s->goal == PL_RAISE_MOST || s->goal == PL_MAX_WEIGHTED;
    for (int32_t i = 0; i < r->n_worst; i++) {
        blamed |= r->plan->settled[r->worst[i]] == k;
    }
    return blamed;
}

pl_status pl_report_why(report *r, pl_error *err)
{
    const pl_plan *p = r->plan;
    char title[240], met[PL_WORDS_NUMBER];
    pl_status status = PL_OK;
    int shown = 0;
    int32_t told = -1;
    pl_report_heading(r, "why", "What holds them back");
    pl_str_add(&r->out, "<p>These limits are used up, and more of them would help. The bars show how the blame is shared.</p>\n");
    for (int32_t k = 1; k <= p->n_stages && status == PL_OK && shown < 3; k++) {
        const pl_stage *s = &p->stages[k - 1];
        if (!leaves_short(r, k) || (s->goal == PL_RAISE && told == s->tier)) {
            continue; /* later rounds of a tier run against the same limits */
        }
        if (s->goal == PL_RAISE) {
            snprintf(title, sizeof title, "What holds tier %d back at %s: points of its needs that 1 %% more would add", s->tier,
                     pl_words_percent(s->value, met));
            told = s->tier;
        } else {
            snprintf(title, sizeof title, "What holds the goal back");
        }
        status = add_reasons(r, k, title, err);
        shown++;
    }
    if (status == PL_OK && p->n_stages > 0 && p->stages[p->n_stages - 1].goal == PL_USE_LEAST) {
        bool work = pl_words_objective_unit(r->economy, &p->stages[p->n_stages - 1])[0] != '\0';
        snprintf(title, sizeof title, "With the needs met as they are: what would save %s", work ? "work" : "production");
        status = add_reasons(r, p->n_stages, title, err);
    }
    pl_str_add(&r->out, "</section>\n");
    return status;
}
