/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * stages.c - does the plan keep the order of its stages?  Which needs each stage raised, which it settled,
 * and whether what is delivered is what the stage's value says. */
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

/* ---- which stages a goal has ------------------------------------------------------------------------- */

bool pv_goal_is(const pv_plan *p, const char *goal)
{
    size_t n = strlen(goal);
    return strncmp(p->goal, goal, n) == 0 && (p->goal[n] == '\0' || p->goal[n] == ' ');
}

static void check_order(pv_run *run, const pv_plan *p)
{
    static const struct {
        const char *goal;
        pv_goal first;
        bool repeated; /* any number of stages of that kind, also none */
        bool least;    /* a least stage must follow; else it may */
    } plans[] = {{"satisfy", PV_RAISE, true, true},
                 {"most", PV_MOST, false, false},
                 {"weighted", PV_WEIGHTED, false, false},
                 {"least", PV_LEAST, false, false}};
    size_t g = 0;
    while (g < 4 && !pv_goal_is(p, plans[g].goal)) {
        g++;
    }
    if (g == 4) {
        pv_stop(run, PV_UNREADABLE, p->json.name, 0, 0, "goal \"%.60s\" is not known", p->goal);
    }
    int32_t i = 0, n = p->n_stages;
    if (p->infeasible) {
        if (n != 1 || p->stage[0].goal != PV_FLOORS) {
            pv_stop(run, PV_REFUTED, p->json.name, 0, 0, "an infeasible plan has one stage, \"floors\"");
        }
        return;
    }
    while (i < n && p->stage[i].goal == plans[g].first && (plans[g].repeated || i == 0)) {
        if (i > 0 && p->stage[i].tier < p->stage[i - 1].tier) {
            pv_refute(run, p->json.name, 0, "stage %d raises tier %d after tier %d", i + 1, p->stage[i].tier,
                      p->stage[i - 1].tier);
        }
        i++;
    }
    bool began = i > 0 || plans[g].repeated, least = i < n && p->stage[i].goal == PV_LEAST;
    if (!began || (plans[g].least && !least) || (least && plans[g].first == PV_LEAST) || i + least != n) {
        pv_stop(run, PV_REFUTED, p->json.name, 0, 0, "these are not the stages of the goal \"%.60s\"", p->goal);
    }
}

double pv_required(const pv_plan *p, const pv_need *need, bool chosen)
{
    bool most = pv_goal_is(p, "most");
    return most && chosen ? 0 : most || pv_goal_is(p, "least") ? need->amount : need->floor;
}

/* ---- the needs of `most` ------------------------------------------------------------------------------ */

static void choose(pv_run *run, const pv_economy *e, pv_plan *p)
{
    const char *needs = p->argument;
    p->chosen = pv_alloc(run, (size_t)e->n_needs, sizeof *p->chosen);
    if (!pv_goal_is(p, "most")) {
        return;
    }
    bool all = strcmp(needs, "all") == 0, any = false, good_only = strncmp(needs, "good:", 5) == 0;
    long tier = strncmp(needs, "tier:", 5) == 0 ? strtol(needs + 5, NULL, 10) : 0;
    for (int32_t i = 0; i < e->n_needs && !good_only; i++) {
        p->chosen[i] = !pv_is_end(e, &e->need[i]) && (all || e->need[i].tier == tier ||
                                                       (tier == 0 && strcmp(e->need[i].group, needs) == 0));
        any = any || p->chosen[i];
    }
    bool goods = !any;
    for (int32_t i = 0; i < e->n_needs && goods; i++) {
        p->chosen[i] = !pv_is_end(e, &e->need[i]) && pv_is(e, e->good[e->need[i].good], needs + (good_only ? 5 : 0));
        any = any || p->chosen[i];
    }
    if (!any) {
        pv_stop(run, PV_REFUTED, p->json.name, 0, 0, "goal: no need is called \"%.60s\"", needs);
    }
}

/* ---- where each need was settled ---------------------------------------------------------------------- */

static void check_settled(pv_run *run, const pv_economy *e, const pv_plan *p, int32_t i)
{
    const pv_need *n = &e->need[i];
    const pv_table *t = &p->table[PV_P_DELIVERIES];
    pv_goal first = p->stage[0].goal;
    int32_t s = p->settled[i];
    bool right;
    if (pv_goal_is(p, "satisfy")) {
        right = n->floor == n->amount
                    ? s == 0
                    : s > 0 && p->stage[s - 1].goal == PV_RAISE && p->stage[s - 1].tier == n->tier;
    } else if (first == PV_WEIGHTED) {
        right = s == (n->floor < n->amount);
    } else {
        right = s == (first == PV_MOST && p->chosen[i]);
    }
    if (!right) {
        pv_refute(run, t->schema->file, pv_line(t, i), "stage %d cannot have settled \"%.100s\", tier %d", s,
                  e->good[n->good], n->tier);
    }
    if (s == 0) {
        pv_compare(run, t->schema->file, pv_line(t, i), "delivered", p->delivered[i], n->amount,
                   PV_FIGURE * n->amount);
    }
}

/* A need that was active in a raise stage: delivered = floor + value * weight * (amount - floor), or more when it
 * was settled later. */
static void check_raised(pv_run *run, const pv_economy *e, const pv_plan *p, int32_t i, const pv_stage *s, bool here)
{
    const pv_need *n = &e->need[i];
    const pv_table *t = &p->table[PV_P_DELIVERIES];
    double f = p->delivered[i], want = n->floor + s->value * n->weight * (n->amount - n->floor);
    if (!(s->value * n->weight <= 1 + PV_FIGURE)) {
        pv_refute(run, p->json.name, 0, "stage %d: value %.17g gives \"%.100s\" more than its amount",
                  (int)(s - p->stage) + 1, s->value, e->good[n->good]);
    }
    if (here) {
        pv_compare(run, t->schema->file, pv_line(t, i), "delivered", f, want, PV_FIGURE * want);
    } else if (!(f >= want * (1 - PV_FIGURE))) {
        pv_refute(run, t->schema->file, pv_line(t, i), "delivered %.17g is below the %.17g of stage %d", f, want,
                  (int)(s - p->stage) + 1);
    }
}

static void check_raise(pv_run *run, const pv_economy *e, const pv_plan *p, int32_t stage)
{
    pv_stage *s = &p->stage[stage - 1];
    if (!(s->value >= 0)) {
        pv_refute(run, p->json.name, 0, "stage %d: value %.17g is below 0", stage, s->value);
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        if (e->need[i].tier == s->tier && p->settled[i] >= stage) {
            s->active++;
            s->settled += p->settled[i] == stage;
            check_raised(run, e, p, i, s, p->settled[i] == stage);
        }
    }
    if (s->settled == 0) {
        pv_refute(run, p->json.name, 0, "stage %d settles no need", stage);
    }
}

static void check_most(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    const pv_table *t = &p->table[PV_P_DELIVERIES];
    double theta = p->stage[0].value;
    for (int32_t i = 0; i < e->n_needs; i++) {
        if (p->chosen[i]) {
            double want = theta * e->need[i].amount;
            p->stage[0].active++;
            pv_compare(run, t->schema->file, pv_line(t, i), "delivered", p->delivered[i], want,
                       PV_FIGURE * fabs(want));
        }
    }
}

void pv_stages(pv_run *run, const pv_economy *e, pv_plan *p)
{
    check_order(run, p);
    choose(run, e, p);
    if (p->infeasible) {
        return;
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        check_settled(run, e, p, i);
    }
    for (int32_t stage = 1; stage <= p->n_stages; stage++) {
        if (p->stage[stage - 1].goal == PV_RAISE) {
            check_raise(run, e, p, stage);
        }
    }
    if (p->stage[0].goal == PV_MOST) {
        check_most(run, e, p);
    }
}
