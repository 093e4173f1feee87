/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan.c - the plan folder (docs/formats/plan.md): plan.json, tables, changes put into the economy. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "verify/check.h"

#define REF(what, kind) {what, kind, PV_GIVEN, 0, NULL}
#define ID(what) {what, PV_TEXT, PV_GIVEN, 0, NULL}
#define WORD(what) {what, PV_TEXT, PV_EMPTY, 0, NULL}
#define NUM(what) {what, PV_NUMBER, PV_GIVEN, NAN, NULL}
#define MAYBE(what) {what, PV_NUMBER, PV_EMPTY, NAN, NULL}

static const pv_schema schema[PV_PLAN_TABLES] = {
    {"levels", "levels.csv", 4, 1, PV_REFUTED,
     {REF("recipe", PV_RECIPE), NUM("level"), MAYBE("capacity"), NUM("rent")}},
    {"balances", "balances.csv", 8, 1, PV_REFUTED,
     {REF("good", PV_GOOD), NUM("made"), NUM("used"), NUM("imported"), NUM("exported"), NUM("drawn"),
      NUM("delivered"), NUM("surplus")}},
    {"deliveries", "deliveries.csv", 9, 3, PV_REFUTED,
     {REF("good", PV_GOOD), NUM("tier"), WORD("group"), NUM("amount"), NUM("weight"), NUM("floor"),
      NUM("delivered"), NUM("ratio"), NUM("stage")}},
    {"limits", "limits.csv", 6, 2, PV_REFUTED,
     {ID("kind"), ID("id"), MAYBE("available"), NUM("used"), MAYBE("share"), NUM("price")}},
    {"prices", "prices.csv", 2, 1, PV_REFUTED, {REF("good", PV_GOOD), NUM("price")}},
    {"certificate", "certificate.csv", 4, 3, PV_REFUTED, {NUM("stage"), ID("kind"), ID("id"), NUM("price")}},
    {"changes", "changes.csv", 5, 3, PV_REFUTED,
     {ID("table"), ID("key"), ID("column"), MAYBE("from"), MAYBE("to")}},
    {"clashes", "clashes.csv", 5, 2, PV_REFUTED,
     {ID("kind"), ID("id"), NUM("available"), MAYBE("alone"), MAYBE("together")}},
};

/* ---- plan.json -------------------------------------------------------------------------------------- */

static const char *text(pv_run *run, const pv_document *d, const char *path)
{
    const pv_json *v = pv_json_get(d, path);
    if (v == NULL || v->type != 's') {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "there is no text \"%s\"", path);
    }
    return v->text;
}

static double number(pv_run *run, const pv_document *d, const char *path)
{
    const pv_json *v = pv_json_get(d, path);
    if (v == NULL || v->type != '0') {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "there is no number \"%s\"", path);
    }
    return v->number;
}

static void read_stage(pv_run *run, const pv_plan *plan, int32_t i, pv_stage *s)
{
    const pv_document *d = &plan->json;
    static const char *const goals[] = {"raise", "most", "weighted", "least", "floors"};
    char path[64];
    snprintf(path, sizeof path, "stages[%d].goal", i);
    const char *goal = text(run, d, path);
    int g = 0;
    while (g < 5 && strcmp(goal, goals[g]) != 0) {
        g++;
    }
    if (g == 5) {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "%s: \"%.40s\" is not known", path, goal);
    }
    s->goal = (pv_goal)g;
    snprintf(path, sizeof path, "stages[%d].stage", i);
    if (number(run, d, path) != i + 1) {
        pv_refute(run, d->name, 0, "%s should be %d", path, i + 1);
    }
    if (s->goal == PV_RAISE) {
        snprintf(path, sizeof path, "stages[%d].tier", i);
        double tier = number(run, d, path);
        if (!(tier >= 1 && tier <= 1e6 && tier == floor(tier))) {
            pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "%s must be 1, 2, 3 ...", path);
        }
        s->tier = (int32_t)tier;
    }
    snprintf(path, sizeof path, "stages[%d].needs", i);
    if (s->goal == PV_MOST && strcmp(text(run, d, path), plan->argument) != 0) {
        pv_refute(run, d->name, 0, "%s should be \"%.100s\", as in the goal", path, plan->argument);
    }
    if (s->goal != PV_FLOORS) {
        snprintf(path, sizeof path, "stages[%d].value", i);
        s->value = number(run, d, path);
        snprintf(path, sizeof path, "stages[%d].bound", i);
        s->bound = number(run, d, path);
    }
}

static void read_json(pv_run *run, pv_file *file, pv_plan *plan)
{
    pv_document *d = &plan->json;
    pv_json_read(run, file, d);
    const char *format = text(run, d, "format"), *outcome = text(run, d, "outcome");
    if (strcmp(format, "plenty plan 1") != 0) {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "format \"%.60s\" is not known", format);
    }
    plan->infeasible = strcmp(outcome, "infeasible") == 0;
    if (!plan->infeasible && strcmp(outcome, "planned") != 0) {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "outcome \"%.60s\" is not known", outcome);
    }
    plan->hash = text(run, d, "economy.hash");
    plan->goal = text(run, d, "goal");
    const char *space = strchr(plan->goal, ' ');
    plan->argument = space != NULL ? space + 1 : "";
    char path[64];
    do {
        snprintf(path, sizeof path, "stages[%d]", plan->n_stages);
    } while (pv_json_get(d, path) != NULL && ++plan->n_stages < INT32_MAX);
    plan->stage = pv_alloc(run, (size_t)plan->n_stages, sizeof *plan->stage);
    for (int32_t i = 0; i < plan->n_stages; i++) {
        read_stage(run, plan, i, &plan->stage[i]);
    }
}

static void read_horizon(pv_run *run, pv_plan *plan)
{
    const pv_document *d = &plan->json;
    plan->growth = NAN;
    if (pv_json_get(d, "horizon") == NULL) {
        return;
    }
    plan->years = number(run, d, "horizon.years");
    plan->end = number(run, d, "horizon.end");
    if (pv_json_get(d, "horizon.growth") != NULL) {
        plan->growth = number(run, d, "horizon.growth");
    }
    if (plan->years == 0) {
        pv_stop(run, PV_UNREADABLE, d->name, 0, 0, "horizon.years must be 1 to 100");
    }
}

void pv_plan_read(pv_run *run, const char *dir, pv_plan *plan)
{
    pv_file file;
    plan->binary = pv_binary_is(dir);
    if (plan->binary) {
        pv_plan_binary_read(run, dir, schema, plan, &file);
    } else if (!pv_file_read(run, dir, "plan.json", &file)) {
        pv_stop(run, PV_IO, NULL, 0, 0, access(dir, F_OK) != 0 ? "%.400s: there is no such folder" : "%.400s: there is no plan.json, so this is not a plan", dir);
    }
    read_json(run, &file, plan);
    read_horizon(run, plan);
    if (!plan->binary) {
        pv_table_read(run, dir, &schema[PV_P_CHANGES], &plan->table[PV_P_CHANGES]);
    }
}

void pv_plan_tables(pv_run *run, const char *dir, pv_plan *plan)
{
    if (plan->binary) {
        return; /* pv_plan_fit reads them */
    }
    for (int t = 0; t < PV_PLAN_TABLES; t++) {
        if (t != PV_P_CHANGES) {
            pv_table_read(run, dir, &schema[t], &plan->table[t]);
        }
        bool always = t == PV_P_CERTIFICATE || t == PV_P_CHANGES;
        bool wanted = always || plan->infeasible == (t == PV_P_CLASHES);
        if (!plan->table[t].present && wanted) {
            pv_stop(run, PV_REFUTED, schema[t].file, 0, 0, "this file is missing");
        }
        if (plan->table[t].present && !wanted) {
            pv_refute(run, schema[t].file, 0, "this file does not belong to a plan whose outcome is \"%s\"",
                      plan->infeasible ? "infeasible" : "planned");
        }
    }
}

/* ---- changes ---------------------------------------------------------------------------------------- */

void pv_plan_change(pv_run *run, const pv_plan *plan, pv_economy *e)
{
    const pv_table *t = &plan->table[PV_P_CHANGES];
    const char *file = t->schema->file;
    for (int32_t i = 0; i < t->rows; i++) {
        const char *table = t->column[0].text[i], *key = t->column[1].text[i], *column = t->column[2].text[i];
        double from = t->column[3].number[i], to = t->column[4].number[i];
        double *cell = pv_economy_cell(run, e, table, key, column);
        if (cell == NULL) {
            pv_refute(run, file, pv_line(t, i), "there is no cell %.60s, %.100s, %.60s in the economy", table, key,
                      column);
        } else if (!(*cell == from || (isnan(*cell) && isnan(from)))) {
            pv_refute(run, file, pv_line(t, i), "from is %.17g, but the economy has %.17g", from, *cell);
        } else if (isnan(to) && (strcmp(table, "flows") == 0 || strcmp(table, "uses") == 0)) {
            pv_refute(run, file, pv_line(t, i), "an amount cannot be taken away");
        } else {
            *cell = to;
        }
    }
    pv_economy_check(run, e, file);
}

/* ---- the objective of a least stage ------------------------------------------------------------------ */

static void read_objective(pv_run *run, const pv_document *d, int32_t stage, const pv_economy *e, pv_stage *s)
{
    char path[64];
    s->cost = pv_alloc(run, (size_t)e->n_resources, sizeof *s->cost);
    size_t n = 0;
    for (int32_t i = 0;; i++) {
        snprintf(path, sizeof path, "stages[%d].objective[%d]", stage, i);
        const pv_json *v = pv_json_get(d, path);
        if (v == NULL && i > 0) {
            break;
        }
        const char *id = text(run, d, path);
        int32_t k = pv_find(run, PV_RESOURCES, id);
        double *what = k >= 0                           ? &s->cost[k]
                       : strcmp(id, "imports") == 0 ? &s->imports
                       : strcmp(id, "levels") == 0  ? &s->levels
                                                    : NULL;
        if (what == NULL) {
            pv_stop(run, PV_REFUTED, d->name, 0, 0, "%s: there is no resource \"%.100s\"", path, id);
        }
        if (*what != 0) {
            pv_refute(run, d->name, 0, "%s: \"%.100s\" is there twice", path, id);
        }
        *what = 1;
        if (n < sizeof s->objective) {
            n += (size_t)snprintf(s->objective + n, sizeof s->objective - n, "%s%.40s", i > 0 ? " + " : "", id);
        }
    }
}

/* What is to be least: with the goal "least WHAT" that resource, or imports; otherwise all labour, or levels where
 * there is none. */
static void check_objective(pv_run *run, const pv_plan *plan, const pv_economy *e, const pv_stage *s)
{
    const char *what = pv_goal_is(plan, "least") ? plan->argument : "";
    bool one = false;
    for (int32_t k = 0; k < e->n_resources && *what != '\0'; k++) {
        one = one || pv_is(e, e->resource[k], what);
    }
    bool imports = !one && strcmp(what, "imports") == 0, any = false, right = (s->imports != 0) == imports;
    bool labour = !one && !imports && (*what == '\0' || strcmp(what, "labour") == 0);
    for (int32_t k = 0; k < e->n_resources; k++) {
        any = any || e->labour[k];
        right = right && (s->cost[k] != 0) == (labour ? e->labour[k] : one && pv_is(e, e->resource[k], what));
    }
    if (!right || (s->levels != 0) != (labour && !any) || (!one && !imports && !labour)) {
        pv_refute(run, plan->json.name, 0, "\"%.100s\" is not the objective of the goal \"%.100s\"", s->objective,
                  plan->goal);
    }
}

/* ---- rows for rows ---------------------------------------------------------------------------------- */

/* The table must have a row for each of n identifiers. */
static void complete(pv_run *run, const pv_table *t, int32_t n, const char *const *id)
{
    if (t->rows == n) {
        return;
    }
    int32_t missing = 0; /* ranks ascend, and none is there twice */
    while (missing < t->rows && t->column[0].rank[missing] == missing) {
        missing++;
    }
    pv_stop(run, PV_REFUTED, t->schema->file, 0, 0, "there is no row for \"%.100s\"", id[missing]);
}

static void fit_deliveries(pv_run *run, pv_plan *plan, const pv_economy *e)
{
    const pv_table *t = &plan->table[PV_P_DELIVERIES];
    const char *file = t->schema->file;
    plan->settled = pv_alloc(run, (size_t)e->n_needs, sizeof *plan->settled);
    for (int32_t i = 0; i < t->rows || i < e->n_needs; i++) {
        const pv_need *n = &e->need[i < e->n_needs ? i : 0];
        if (i == e->n_needs) {
            pv_stop(run, PV_REFUTED, file, pv_line(t, i), 1, "there is no such need in the economy");
        }
        if (i == t->rows || t->column[0].rank[i] != n->good || t->column[1].number[i] != n->tier ||
            strcmp(t->column[2].text[i], n->group) != 0) {
            pv_stop(run, PV_REFUTED, file, i < t->rows ? pv_line(t, i) : 0, 1,
                    "needs do not agree with the economy's: %.100s, tier %d, group \"%.60s\" should be here",
                    e->good[n->good], n->tier, n->group);
        }
        pv_compare(run, file, pv_line(t, i), "amount", t->column[3].number[i], n->amount, 0);
        pv_compare(run, file, pv_line(t, i), "weight", t->column[4].number[i], n->weight, 0);
        pv_compare(run, file, pv_line(t, i), "floor", t->column[5].number[i], n->floor, 0);
        double stage = t->column[8].number[i];
        if (!(stage >= 0 && stage <= plan->n_stages && stage == floor(stage))) {
            pv_stop(run, PV_REFUTED, file, pv_line(t, i), 1, "there is no stage %g", stage);
        }
        plan->settled[i] = (int32_t)stage;
    }
    plan->delivered = t->column[6].number;
}

/* The rows of certificate.csv, which are sorted, as prices. */
static void fit_prices(pv_run *run, pv_plan *plan)
{
    const pv_table *t = &plan->table[PV_P_CERTIFICATE];
    plan->n_prices = t->rows;
    plan->price = pv_alloc(run, (size_t)t->rows, sizeof *plan->price);
    for (int32_t i = 0; i < t->rows; i++) {
        const char *kind = t->column[1].text[i], *id = t->column[2].text[i];
        double stage = t->column[0].number[i];
        bool resource = strcmp(kind, "resource") == 0;
        int32_t index = resource || strcmp(kind, "good") == 0 ? pv_find(run, resource ? PV_RESOURCES : PV_GOODS, id) : -1;
        if (index < 0) {
            pv_stop(run, PV_REFUTED, t->schema->file, t->line[i], 1, "there is no %.40s \"%.100s\" in the economy", kind,
                    id);
        }
        if (!(stage >= 1 && stage <= plan->n_stages && stage == floor(stage))) {
            pv_stop(run, PV_REFUTED, t->schema->file, t->line[i], 1, "there is no stage %g", stage);
        }
        plan->price[i] = (pv_price){(int32_t)stage, index, resource, t->column[3].number[i], t->line[i]};
    }
}

void pv_plan_fit(pv_run *run, pv_plan *plan, const pv_economy *e)
{
    if (plan->n_stages == 0) {
        pv_stop(run, PV_REFUTED, plan->json.name, 0, 0, "there are no stages");
    }
    for (int32_t i = 0; i < plan->n_stages; i++) {
        if (plan->stage[i].goal == PV_LEAST) {
            read_objective(run, &plan->json, i, e, &plan->stage[i]);
            check_objective(run, plan, e, &plan->stage[i]);
        }
    }
    if (plan->binary) {
        pv_plan_binary_fit(run, plan, e);
        return;
    }
    fit_prices(run, plan);
    if (plan->infeasible) {
        return;
    }
    const pv_table *levels = &plan->table[PV_P_LEVELS], *balances = &plan->table[PV_P_BALANCES];
    complete(run, levels, e->n_recipes, e->recipe);
    complete(run, balances, e->n_goods, e->good);
    complete(run, &plan->table[PV_P_PRICES], e->n_goods, e->good);
    plan->level = levels->column[1].number;
    plan->imported = balances->column[3].number;
    plan->exported = balances->column[4].number;
    plan->drawn = balances->column[5].number;
    fit_deliveries(run, plan, e);
}
