/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * goals.c - the goals most, weighted and least, and the last stage of all: least labour. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/number.h"
#include "plan/make.h"

/* ---- Names of goals -------------------------------------------------------------------------------- */

static const char *const GOAL_IDS[] = {"satisfy", "least", "most", "weighted"};

const char *pl_goal_id(pl_goal goal)
{
    return (unsigned)goal < 4 ? GOAL_IDS[goal] : "?";
}

const char *pl_stage_goal_id(pl_stage_goal goal)
{
    static const char *const ids[] = {"raise", "most", "weighted", "least", "floors"};
    return (unsigned)goal < 5 ? ids[goal] : "?";
}

const char *pl_limit_kind_id(pl_limit_kind kind)
{
    static const char *const ids[] = {"resource", "capacity", "import", "export", "stock", "floor"};
    return (unsigned)kind < 6 ? ids[kind] : "?";
}

pl_status pl_goal_parse(const char *text, pl_plan_settings *settings, pl_error *err)
{
    text += strspn(text, " \t");
    size_t n = strcspn(text, " \t");
    const char *argument = text + n + strspn(text + n, " \t");
    for (int goal = 0; goal < 4; goal++) {
        if (strlen(GOAL_IDS[goal]) == n && strncmp(text, GOAL_IDS[goal], n) == 0) {
            bool takes = goal == PL_LEAST || goal == PL_MOST;
            if (!takes && *argument != '\0') {
                return pl_fail(err, PL_USAGE, "goal", NULL, "goal '%s' takes no '%s'",
                               GOAL_IDS[goal], argument);
            }
            settings->goal = (pl_goal)goal;
            settings->argument = !takes ? NULL : *argument != '\0' ? argument : goal == PL_LEAST ? "labour" : "all";
            return PL_OK;
        }
    }
    return pl_fail(err, PL_USAGE, "goal",
                   "say satisfy, \"least RESOURCE\", \"most NEEDS\" or weighted",
                   "there is no goal '%s'", text);
}

/* ---- Which needs ------------------------------------------------------------------------------------ */

static bool starts_with(const char *text, const char *prefix, const char **after)
{
    size_t n = strlen(prefix);
    *after = text + n;
    return strncmp(text, prefix, n) == 0;
}

typedef enum chooser { BY_ALL, BY_TIER, BY_GROUP, BY_GOOD } chooser;

static bool is_chosen(const pl_economy *e, int32_t k, chooser by, const char *text, int64_t tier)
{
    const pl_need *need = &e->needs[k];
    pl_dated good = pl_date(e, e->goods[need->good].id);
    if (good.mark == PL_MARK_KEEP) {
        return false; /* what must be there after the last year is not raised */
    }
    switch (by) {
    case BY_ALL:
        return true;
    case BY_TIER:
        return need->tier == tier;
    case BY_GROUP:
        return strcmp(need->group, text) == 0;
    case BY_GOOD:
        return strcmp(good.id, text) == 0 || strcmp(e->goods[need->good].id, text) == 0;
    }
    return false;
}

static int32_t choose(const pl_economy *e, pl_crew *crew, chooser by, const char *text, int64_t tier, bool *chosen)
{
    int32_t count = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        chosen[k] = is_chosen(e, k, by, text, tier);
        count += chosen[k];
    }
    return (int32_t)pl_crew_sum(crew, count);
}

pl_status pl_choose_needs(const pl_economy *e, pl_crew *crew, const char *text, bool *chosen, pl_error *err)
{
    const char *after;
    int64_t tier;
    int32_t count = 0;
    if (strcmp(text, "all") == 0) {
        count = choose(e, crew, BY_ALL, text, 0, chosen);
    } else if (starts_with(text, "tier:", &after) && pl_integer_parse(after, strlen(after), &tier)) {
        count = choose(e, crew, BY_TIER, after, tier, chosen);
    } else if (starts_with(text, "good:", &after)) {
        count = choose(e, crew, BY_GOOD, after, 0, chosen);
    } else if ((count = choose(e, crew, BY_GROUP, text, 0, chosen)) == 0) {
        count = choose(e, crew, BY_GOOD, text, 0, chosen);
    }
    return count > 0 ? PL_OK
                     : pl_fail(err, PL_USAGE, "goal", "say a group of needs, a good, tier:N or all",
                               "no need is called '%s'", text);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

static void add_resource_costs(const pl_model *model, int32_t resource, double *costs)
{
    const pl_economy *e = model->economy;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            if (e->uses.index[k] == resource) {
                costs[r] += e->uses.amount[k];
            }
        }
    }
}

/* Adds what imports (sign 1) pay, or exports (sign -1) earn. */
static void add_trade_costs(const pl_model *model, pl_column_kind kind, double sign, double *costs)
{
    const pl_economy *e = model->economy;
    int32_t t = 0; /* the model has its imports, and its exports, in the order of the trade table */
    for (int32_t j = 0; j < model->lp.n; j++) {
        if (model->column_kind[j] != kind) {
            continue;
        }
        while (e->trade[t].good != model->column_index[j]) {
            t++;
        }
        costs[j] += sign * (kind == PL_COLUMN_IMPORT ? e->trade[t].import_price
                                                     : e->trade[t].export_price);
    }
}

void pl_objective_costs(const pl_model *model, const char *const *objective, int32_t n, double *costs)
{
    memset(costs, 0, sizeof *costs * (size_t)model->lp.n);
    for (int32_t i = 0; i < n; i++) {
        int32_t resource = pl_find_resource(model->economy, objective[i]);
        if (resource >= 0) {
            add_resource_costs(model, resource, costs);
        }
        if (resource >= 0 && resource == model->economy->foreign_exchange) {
            add_trade_costs(model, PL_COLUMN_IMPORT, 1, costs);
            add_trade_costs(model, PL_COLUMN_EXPORT, -1, costs);
        } else if (resource < 0 && strcmp(objective[i], "imports") == 0) {
            add_trade_costs(model, PL_COLUMN_IMPORT, 1, costs);
        } else if (resource < 0) {
            for (int32_t r = 0; r < model->economy->n_recipes; r++) {
                costs[r] += 1;
            }
        }
    }
}

/* ---- Least ---------------------------------------------------------------------------------------------- */

/* What there is of the objective; 0 where that is not known. */
static double ceiling_of(const pl_maker *mk, const char *const *objective, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t k = pl_find_resource(mk->e, objective[i]);
        if (k < 0 || k == mk->e->foreign_exchange || !pl_given(mk->e->resources[k].available)) {
            return 0;
        }
        sum += mk->e->resources[k].available;
    }
    return sum;
}

/* Solves for the least of the objective with all needs as they are settled, and records the stage. */
static pl_status use_least(pl_maker *mk, const char *const *objective, int32_t n, pl_error *err)
{
    snprintf(mk->doing, sizeof mk->doing, "looking for the least %.40s", objective[0]);
    int32_t columns = mk->model->lp.n;
    memset(mk->costs, 0, sizeof *mk->costs * mk->columns_max);
    pl_objective_costs(mk->model, objective, n, mk->costs);
    pl_status status = pl_maker_set_demand(mk, err);
    if (status == PL_OK) {
        status = pl_maker_set_costs(mk, err);
    }
    pl_lp_outcome outcome = PL_LP_OPTIMAL;
    if (status == PL_OK) {
        mk->ceiling = ceiling_of(mk, objective, n);
        status = pl_maker_offer(mk, PL_USE_LEAST, 0, 0, columns, err);
        status = status == PL_OK ? pl_maker_solve(mk, &outcome, err) : status;
        mk->ceiling = 0;
    }
    if (status != PL_OK) {
        return status;
    }
    if (outcome == PL_LP_INFEASIBLE && mk->n_stages == 0) {
        return pl_make_infeasible(mk, err);
    }
    if (outcome == PL_LP_UNBOUNDED) {
        return pl_fail(err, PL_DATA, "uses", "give capacities to the recipes that take it up",
                       "the use of %s can fall without end", objective[0]);
    }
    if (outcome != PL_LP_OPTIMAL) {
        return pl_fail(err, PL_NUMERIC, NULL, mk->by_newton ? "'plenty check' may show why; --way simplex is slower, and says more" : NULL,
                       mk->by_newton ? "Newton steps found no least use of %s: it may be without end" : "the least use of %s lost what was settled before it",
                       objective[0]);
    }
    double value = 0;
    for (int32_t j = 0; j < columns; j++) {
        value += mk->costs[j] * mk->x[j];
    }
    value = pl_crew_sum(mk->crew, value);
    pl_stage *stage, like = {.goal = PL_USE_LEAST, .objective = objective, .n_objective = n,
                             .value = value};
    return pl_maker_record(mk, &like, &stage, err);
}

const char *const *pl_labour_objective(pl_maker *mk, int32_t *n)
{
    const pl_economy *e = mk->e;
    const char **ids = PL_ARENA_NEW(&mk->arena, const char *, e->n_resources + 1);
    *n = 0;
    for (int32_t k = 0; ids != NULL && k < e->n_resources; k++) {
        if (e->resources[k].kind == PL_LABOUR) {
            ids[*n] = pl_arena_text(&mk->arena, e->resources[k].id, strlen(e->resources[k].id));
            if (ids[(*n)++] == NULL) {
                return NULL;
            }
        }
    }
    if (ids != NULL && *n == 0) {
        ids[(*n)++] = "levels";
    }
    return ids;
}

pl_status pl_make_least_labour(pl_maker *mk, pl_error *err)
{
    int32_t n;
    const char *const *objective = pl_labour_objective(mk, &n);
    pl_status status = objective != NULL ? PL_OK : pl_fail_nomem(err, "the goal of the last stage");
    status = pl_crew_agree(mk->crew, status, err);
    return status == PL_OK ? use_least(mk, objective, n, err) : status;
}

static pl_status unknown_resource(pl_maker *mk, const char *text, pl_error *err)
{
    const pl_economy *e = mk->e;
    const char **ids = PL_ARENA_NEW(&mk->arena, const char *, e->n_resources + 2);
    if (ids == NULL) {
        return pl_fail_nomem(err, "the goal");
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        ids[k] = pl_date(e, e->resources[k].id).id;
    }
    ids[e->n_resources] = "labour";
    ids[e->n_resources + 1] = "imports";
    const char *like = pl_did_you_mean(text, ids, e->n_resources + 2);
    char hint[1100] = "say a resource of resources.csv, labour (all of it), or imports";
    if (strcmp(text, "imports") == 0) { /* in several years they are recipes, each year with its own balance */
        return pl_fail(err, PL_USAGE, "goal", "say least foreign_exchange", "the goal 'least imports' is for one year");
    }
    if (like != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", like);
    }
    return pl_fail(err, PL_USAGE, "goal", hint, "there is no resource '%s'", text);
}

/* The resource of that name, in several years that of each; or imports; *n 0: there is none. */
static const char *const *objective_named(pl_maker *mk, const char *name, int32_t *n)
{
    const pl_economy *e = mk->e;
    const char **ids = PL_ARENA_NEW(&mk->arena, const char *, e->n_resources + 1);
    *n = 0;
    for (int32_t k = 0; ids != NULL && k < e->n_resources; k++) {
        const char *id = e->resources[k].id;
        if (strcmp(id, name) == 0 || strcmp(pl_date(e, id).id, name) == 0) {
            ids[(*n)++] = id;
        }
    }
    if (ids != NULL && *n == 0 && e->years == 0 && strcmp(name, "imports") == 0) {
        ids[(*n)++] = "imports";
    }
    for (int32_t k = 0; ids != NULL && k < *n; k++) {
        ids[k] = pl_arena_text(&mk->arena, ids[k], strlen(ids[k]));
        if (ids[k] == NULL) {
            return NULL;
        }
    }
    return ids;
}

pl_status pl_make_least(pl_maker *mk, const char *resource, pl_error *err)
{
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->base[k] = mk->e->needs[k].amount;
        mk->delivered[k] = mk->e->needs[k].amount;
    }
    pl_status status;
    int32_t n;
    const char *const *objective = objective_named(mk, resource, &n);
    status = pl_crew_agree(mk->crew, objective != NULL ? PL_OK : pl_fail_nomem(err, "the goal"), err);
    if (status != PL_OK) {
        return status;
    }
    if (n > 0) {
        status = use_least(mk, objective, n, err);
    } else if (strcmp(resource, "labour") == 0) {
        status = pl_make_least_labour(mk, err);
    } else {
        return unknown_resource(mk, resource, err);
    }
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->settled[k] = 0;
    }
    return status;
}

/* ---- Most ------------------------------------------------------------------------------------------------ */

static pl_status raise_most(pl_maker *mk, const bool *chosen, const char *needs, pl_error *err)
{
    int32_t j;
    pl_lp_outcome outcome = PL_LP_OPTIMAL;
    snprintf(mk->doing, sizeof mk->doing, "raising the needs of %.40s", needs);
    pl_status status = pl_maker_set_demand(mk, err);
    if (status == PL_OK) {
        status = pl_maker_add_theta(mk, (double)INFINITY, &j, err);
    }
    if (status == PL_OK) {
        status = pl_maker_offer(mk, PL_RAISE_MOST, 0, 0, j, err);
    }
    if (status == PL_OK) {
        status = pl_maker_solve(mk, &outcome, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (outcome == PL_LP_INFEASIBLE) {
        return pl_make_infeasible(mk, err);
    }
    if (outcome == PL_LP_UNBOUNDED) {
        return pl_fail(err, PL_DATA, "goal", "give the resources an available amount",
                       "no limit holds back the needs '%s'", needs);
    }
    double theta = fmax(0, mk->x[j]);
    pl_stage *stage, like = {.goal = PL_RAISE_MOST, .needs = needs, .value = theta};
    status = pl_maker_record(mk, &like, &stage, err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t k = 0; k < mk->e->n_needs; k++) {
        mk->delivered[k] = mk->e->needs[k].amount * (chosen[k] ? theta : 1);
        mk->settled[k] = chosen[k] ? 1 : 0;
    }
    return pl_maker_retire(mk, j, err);
}

pl_status pl_make_most(pl_maker *mk, const char *needs, pl_error *err)
{
    const pl_economy *e = mk->e;
    bool *chosen = PL_ARENA_NEW(&mk->arena, bool, e->n_needs);
    needs = pl_arena_text(&mk->arena, needs, strlen(needs));
    bool enough = chosen != NULL && needs != NULL;
    pl_status status = pl_crew_agree(mk->crew, enough ? PL_OK : pl_fail_nomem(err, "the goal"), err);
    if (status == PL_OK) {
        status = pl_choose_needs(e, mk->crew, needs, chosen, err);
    }
    if (status != PL_OK) {
        return status;
    }
    double total = 0;
    memset(mk->raised, 0, sizeof *mk->raised * (size_t)e->n_goods);
    for (int32_t k = 0; k < e->n_needs; k++) {
        double amount = e->needs[k].amount;
        mk->base[k] = chosen[k] ? 0 : amount;
        mk->raised[e->needs[k].good] += chosen[k] ? amount : 0;
        total += chosen[k] ? amount : 0;
    }
    if (pl_crew_sum(mk->crew, total) == 0) {
        return pl_fail(err, PL_DATA, "goal", NULL, "the needs '%s' are all zero", needs);
    }
    status = raise_most(mk, chosen, needs, err);
    return status == PL_OK && mk->outcome == PL_PLANNED ? pl_make_least_labour(mk, err) : status;
}

/* ---- Weighted ---------------------------------------------------------------------------------------------- */

pl_status pl_make_weighted(pl_maker *mk, pl_error *err)
{
    const pl_economy *e = mk->e;
    for (int32_t k = 0; k < e->n_needs; k++) {
        mk->base[k] = e->needs[k].floor;
    }
    pl_lp_outcome outcome = PL_LP_OPTIMAL;
    pl_status status = pl_maker_add_deliveries(mk, err);
    if (status == PL_OK) {
        status = pl_maker_offer(mk, PL_MAX_WEIGHTED, 0, 0, mk->model->lp.n, err);
    }
    if (status == PL_OK) {
        status = pl_maker_solve(mk, &outcome, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (outcome != PL_LP_OPTIMAL) {
        return pl_make_infeasible(mk, err); /* never unbounded: deliveries have limits */
    }
    double value = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        mk->delivered[k] = fmin(need->amount, need->floor + mk->x[mk->model->lp.n + k]);
        value += need->weight * mk->delivered[k];
    }
    value = pl_crew_sum(mk->crew, value);
    pl_stage *stage, like = {.goal = PL_MAX_WEIGHTED, .value = value};
    status = pl_maker_record(mk, &like, &stage, err);
    if (status != PL_OK) {
        return status;
    }
    for (int32_t k = 0; k < e->n_needs && status == PL_OK; k++) {
        mk->settled[k] = e->needs[k].floor < e->needs[k].amount;
        status = pl_maker_retire(mk, mk->model->lp.n + k, err);
    }
    return status == PL_OK ? pl_make_least_labour(mk, err) : status;
}
