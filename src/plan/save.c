/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * save.c - writes the plan folder (docs/formats/plan.md). */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json.h"
#include "plan/binary.h"
#include "plan/model.h"

#define FILE_MAX ((size_t)1 << 36)

/* One plan being written: its folder, the file at hand. */
typedef struct saving {
    const pl_plan *plan;
    const pl_economy *e;
    pl_folder folder;
    pl_str text;
    pl_limit *limits; /* of the last stage; NULL when infeasible */
    int32_t n_limits;
} saving;

/* ---- Rows ------------------------------------------------------------------------------------------- */

static void cell(saving *s, const char *text)
{
    pl_csv_add(&s->text, text);
    pl_str_add(&s->text, ",");
}

static void number(saving *s, double x)
{
    pl_str_add_number(&s->text, x);
    pl_str_add(&s->text, ",");
}

/* The last cell's comma becomes the end of the row. */
static void end_row(saving *s)
{
    if (!s->text.failed) {
        s->text.text[s->text.len - 1] = '\n';
    }
}

static pl_status end_file(saving *s, const char *name, pl_error *err)
{
    if (s->text.failed) {
        return pl_fail_nomem(err, name);
    }
    pl_status status = pl_folder_add(&s->folder, name, s->text.text, s->text.len, err);
    pl_str_clear(&s->text);
    return status;
}

const char *pl_limit_id(const pl_economy *e, pl_limit_kind kind, int32_t index)
{
    return kind == PL_LIMIT_RESOURCE   ? e->resources[index].id
           : kind == PL_LIMIT_CAPACITY ? e->recipes[index].id
           : kind == PL_LIMIT_FLOOR    ? e->goods[e->needs[index].good].id
                                       : e->goods[index].id;
}

/* ---- Files ------------------------------------------------------------------------------------------ */

static pl_status save_levels(saving *s, pl_error *err)
{
    int32_t k = 0;
    pl_str_add(&s->text, "recipe,level,capacity,rent\n");
    for (int32_t r = 0; r < s->e->n_recipes; r++) {
        while (k < s->n_limits && (s->limits[k].kind < PL_LIMIT_CAPACITY ||
                                   (s->limits[k].kind == PL_LIMIT_CAPACITY && s->limits[k].index < r))) {
            k++;
        }
        bool limited = k < s->n_limits && s->limits[k].kind == PL_LIMIT_CAPACITY &&
                       s->limits[k].index == r;
        cell(s, s->e->recipes[r].id);
        number(s, s->plan->level[r]);
        number(s, s->e->recipes[r].capacity);
        number(s, limited ? s->limits[k].price : 0);
        end_row(s);
    }
    return end_file(s, "levels.csv", err);
}

static pl_status save_balances(saving *s, pl_error *err)
{
    pl_balance *balances = PL_NEW(pl_balance, s->e->n_goods);
    if (balances == NULL) {
        return pl_fail_nomem(err, "balances.csv");
    }
    pl_plan_balances(s->plan, s->e, balances);
    pl_str_add(&s->text, "good,made,used,imported,exported,drawn,delivered,surplus\n");
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        const pl_balance *b = &balances[g];
        cell(s, s->e->goods[g].id);
        number(s, b->made);
        number(s, b->used);
        number(s, b->imported);
        number(s, b->exported);
        number(s, b->drawn);
        number(s, b->delivered);
        number(s, b->surplus);
        end_row(s);
    }
    pl_free(balances);
    return end_file(s, "balances.csv", err);
}

static pl_status save_deliveries(saving *s, pl_error *err)
{
    pl_str_add(&s->text, "good,tier,group,amount,weight,floor,delivered,ratio,stage\n");
    for (int32_t k = 0; k < s->e->n_needs; k++) {
        const pl_need *need = &s->e->needs[k];
        double delivered = s->plan->delivered[k];
        cell(s, s->e->goods[need->good].id);
        number(s, need->tier);
        cell(s, need->group);
        number(s, need->amount);
        number(s, need->weight);
        number(s, need->floor);
        number(s, delivered);
        number(s, need->amount > 0 ? delivered / need->amount : 1);
        number(s, s->plan->settled[k]);
        end_row(s);
    }
    return end_file(s, "deliveries.csv", err);
}

static pl_status save_limits(saving *s, pl_error *err)
{
    pl_str_add(&s->text, "kind,id,available,used,share,price\n");
    for (int32_t k = 0; k < s->n_limits; k++) {
        const pl_limit *l = &s->limits[k];
        cell(s, pl_limit_kind_id(l->kind));
        cell(s, pl_limit_id(s->e, l->kind, l->index));
        number(s, l->available);
        number(s, l->used);
        number(s, l->available != 0 ? l->used / l->available : PL_ABSENT);
        number(s, l->price);
        end_row(s);
    }
    return end_file(s, "limits.csv", err);
}

static pl_status save_prices(saving *s, pl_error *err)
{
    const pl_stage *last = &s->plan->stages[s->plan->n_stages - 1];
    pl_str_add(&s->text, "good,price\n");
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        cell(s, s->e->goods[g].id);
        number(s, last->good_price[g]);
        end_row(s);
    }
    return end_file(s, "prices.csv", err);
}

static void certify(saving *s, int32_t stage, const char *kind, const char *id, double price)
{
    if (price != 0) {
        number(s, stage);
        cell(s, kind);
        cell(s, id);
        number(s, price);
        end_row(s);
    }
}

static pl_status save_certificate(saving *s, pl_error *err)
{
    pl_str_add(&s->text, "stage,kind,id,price\n");
    for (int32_t k = 0; k < s->plan->n_stages; k++) {
        const pl_stage *stage = &s->plan->stages[k];
        for (int32_t g = 0; g < s->e->n_goods; g++) {
            certify(s, k + 1, "good", s->e->goods[g].id, stage->good_price[g]);
        }
        for (int32_t r = 0; r < s->e->n_resources; r++) {
            certify(s, k + 1, "resource", s->e->resources[r].id, stage->resource_price[r]);
        }
    }
    return end_file(s, "certificate.csv", err);
}

static pl_status save_changes(saving *s, pl_error *err)
{
    pl_str_add(&s->text, "table,key,column,from,to\n");
    for (int32_t k = 0; k < s->plan->n_changes; k++) {
        const pl_change *c = &s->plan->changes[k];
        cell(s, c->table);
        cell(s, c->key);
        cell(s, c->column);
        number(s, c->from);
        number(s, c->to);
        end_row(s);
    }
    return end_file(s, "changes.csv", err);
}

static pl_status save_clashes(saving *s, pl_error *err)
{
    pl_str_add(&s->text, "kind,id,available,alone,together\n");
    for (int32_t k = 0; k < s->plan->n_clashes; k++) {
        const pl_clash *c = &s->plan->clashes[k];
        cell(s, pl_limit_kind_id(c->kind));
        if (c->kind == PL_LIMIT_FLOOR) {
            const pl_need *need = &s->e->needs[c->index];
            char key[1024];
            snprintf(key, sizeof key, "%s|%d|%s", s->e->goods[need->good].id, need->tier, need->group);
            cell(s, key);
        } else {
            cell(s, pl_limit_id(s->e, c->kind, c->index));
        }
        number(s, c->available);
        number(s, c->alone);
        number(s, c->together);
        end_row(s);
    }
    return end_file(s, "clashes.csv", err);
}

/* ---- plan.json --------------------------------------------------------------------------------------- */

static void write_stage(pl_json *j, const pl_stage *stage, int32_t number_of_stage)
{
    pl_json_object(j);
    pl_json_put_int(j, "stage", number_of_stage);
    pl_json_put_text(j, "goal", pl_stage_goal_id(stage->goal));
    if (stage->goal == PL_RAISE) {
        pl_json_put_int(j, "tier", stage->tier);
    } else if (stage->goal == PL_RAISE_MOST) {
        pl_json_put_text(j, "needs", stage->needs);
    } else if (stage->goal == PL_USE_LEAST) {
        pl_json_key(j, "objective");
        pl_json_array(j);
        for (int32_t k = 0; k < stage->n_objective; k++) {
            pl_json_text(j, stage->objective[k]);
        }
        pl_json_end(j);
    }
    if (stage->goal != PL_FLOORS) {
        pl_json_put_number(j, "value", stage->value);
        pl_json_put_number(j, "bound", stage->bound);
    }
    pl_json_end(j);
}

static pl_status write_totals(saving *s, pl_json *j, pl_error *err)
{
    pl_json_key(j, "totals");
    pl_json_object(j);
    pl_json_put_int(j, "goods", s->e->n_goods);
    pl_json_put_int(j, "recipes", s->e->n_recipes);
    if (s->plan->outcome == PL_PLANNED) {
        double *use = PL_NEW(double, s->e->n_resources);
        if (use == NULL) {
            return pl_fail_nomem(err, "plan.json");
        }
        pl_plan_resource_use(s->plan, s->e, use);
        pl_json_put_number(j, "needs_met", pl_plan_needs_met(s->plan, s->e, 0));
        pl_json_key(j, "resources");
        pl_json_object(j);
        for (int32_t k = 0; k < s->e->n_resources; k++) {
            pl_json_put_number(j, s->e->resources[k].id, use[k]);
        }
        pl_json_end(j);
        pl_free(use);
    }
    pl_json_end(j);
    return PL_OK;
}

static void write_header(saving *s, pl_json *j, const char *economy_path)
{
    const pl_plan *plan = s->plan;
    pl_json_put_text(j, "format", "plenty plan 1");
    pl_json_put_text(j, "plenty", PLENTY_VERSION);
    pl_json_put_text(j, "outcome", plan->outcome == PL_PLANNED ? "planned" : "infeasible");
    pl_json_key(j, "economy");
    pl_json_object(j);
    pl_json_put_text(j, "path", economy_path);
    pl_json_put_text(j, "title", plan->economy_title);
    pl_json_put_text(j, "hash", plan->economy_hash);
    pl_json_end(j);
    pl_json_key(j, "goal");
    char goal[300];
    snprintf(goal, sizeof goal, "%s%s%.250s", pl_goal_id(plan->goal),
             plan->argument[0] != '\0' ? " " : "", plan->argument);
    pl_json_text(j, goal);
    if (plan->horizon.years > 0) {
        pl_json_key(j, "horizon");
        pl_json_object(j);
        pl_json_put_int(j, "years", plan->horizon.years);
        if (pl_given(plan->horizon.growth)) {
            pl_json_put_number(j, "growth", plan->horizon.growth);
        }
        pl_json_put_number(j, "end", plan->horizon.end);
        pl_json_end(j);
    }
}

static pl_status write_json(saving *s, const char *economy_path, pl_error *err)
{
    pl_json j;
    pl_json_init(&j, &s->text, true);
    pl_json_object(&j);
    write_header(s, &j, economy_path);
    pl_json_key(&j, "stages");
    pl_json_array(&j);
    for (int32_t k = 0; k < s->plan->n_stages; k++) {
        write_stage(&j, &s->plan->stages[k], k + 1);
    }
    pl_json_end(&j);
    pl_status status = write_totals(s, &j, err);
    if (status != PL_OK) {
        return status;
    }
    pl_json_key(&j, "solver");
    pl_json_object(&j);
    pl_json_put_text(&j, "way", s->plan->way);
    pl_json_put_int(&j, "iterations", s->plan->iterations);
    pl_json_put_number(&j, "primal_violation", s->plan->primal_violation);
    pl_json_put_number(&j, "dual_violation", s->plan->dual_violation);
    pl_json_end(&j);
    pl_json_end(&j);
    pl_str_add(&s->text, "\n");
    return s->text.failed ? pl_fail_nomem(err, "plan.json") : PL_OK;
}

/* ---- The folder --------------------------------------------------------------------------------------- */

/* Length of the folders that two absolute paths share, without the last '/'. */
static size_t shared_folders(const char *a, const char *b)
{
    size_t shared = 0;
    for (size_t k = 0;; k++) {
        bool end_a = a[k] == '\0' || a[k] == '/', end_b = b[k] == '\0' || b[k] == '/';
        if (end_a && end_b) {
            shared = k;
        }
        if (a[k] != b[k] || a[k] == '\0') {
            return shared;
        }
    }
}

/* Path to `to` as seen from inside the folder `from` (which need not exist yet, but its parent must): so that
 * a plan can be moved together with its economy, and says nothing of the machine it was made on. */
static bool relative_path(const char *from, const char *to, char *out, size_t size)
{
    char parent[4096], here[PATH_MAX], there[PATH_MAX];
    size_t n = strlen(from);
    while (n > 1 && from[n - 1] == '/') {
        n--;
    }
    while (n > 0 && from[n - 1] != '/') {
        n--;
    }
    snprintf(parent, sizeof parent, "%.*s", n > 0 ? (int)n : 1, n > 0 ? from : ".");
    if (realpath(parent, here) == NULL || realpath(to, there) == NULL) {
        return false;
    }
    pl_str path;
    pl_str_init(&path, size - 1);
    pl_str_add(&path, "..");
    size_t shared = shared_folders(here, there);
    for (const char *p = here + shared; *p != '\0'; p++) {
        if (*p == '/' && p[1] != '\0') {
            pl_str_add(&path, "/..");
        }
    }
    pl_str_add(&path, there + shared);
    bool ok = !path.failed;
    snprintf(out, size, "%s", path.text);
    pl_str_clear(&path);
    return ok;
}

pl_status pl_plan_json(const pl_plan *plan, const pl_economy *economy, const char *path, pl_str *out, pl_error *err)
{
    saving s = {.plan = plan, .e = economy, .text = *out};
    char economy_path[4096];
    if (!relative_path(path, plan->economy_path, economy_path, sizeof economy_path)) {
        snprintf(economy_path, sizeof economy_path, "%s", plan->economy_path);
    }
    pl_status status = write_json(&s, economy_path, err);
    *out = s.text;
    return status;
}

static pl_status save_files(saving *s, const char *path, pl_error *err)
{
    typedef pl_status (*writer)(saving *, pl_error *);
    static const writer planned[] = {save_levels,  save_balances,    save_deliveries, save_limits,
                                     save_prices,  save_certificate, save_changes};
    static const writer infeasible[] = {save_certificate, save_changes, save_clashes};
    bool ok = s->plan->outcome == PL_PLANNED;
    const writer *writers = ok ? planned : infeasible;
    size_t n = ok ? sizeof planned / sizeof *planned : sizeof infeasible / sizeof *infeasible;
    pl_status status = pl_plan_json(s->plan, s->e, path, &s->text, err);
    status = status == PL_OK ? end_file(s, "plan.json", err) : status;
    for (size_t k = 0; k < n && status == PL_OK; k++) {
        status = writers[k](s, err);
    }
    return status;
}

pl_status pl_plan_save(const pl_plan *plan, const pl_economy *economy, const char *path, bool replace,
                       pl_error *err)
{
    saving s = {.plan = plan, .e = economy};
    pl_str_init(&s.text, FILE_MAX);
    pl_status status = PL_OK;
    if (plan->outcome == PL_PLANNED) {
        status = pl_plan_limits(plan, economy, plan->n_stages, &s.limits, &s.n_limits, err);
    }
    if (status == PL_OK) {
        status = pl_folder_begin(&s.folder, path, "plan.json", replace, err);
    }
    if (status == PL_OK) {
        status = save_files(&s, path, err);
        if (status == PL_OK) {
            status = pl_folder_commit(&s.folder, err);
        }
    }
    if (status != PL_OK) {
        pl_folder_abort(&s.folder);
    }
    pl_str_clear(&s.text);
    pl_limits_free(s.limits);
    return status;
}
