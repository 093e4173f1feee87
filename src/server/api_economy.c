/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_economy.c - the tables behind a plan, with their sources; checking and planning tables that somebody sends. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/json_read.h"
#include "server/whatif.h"

#define UPLOAD_MAX ((size_t)24 << 20)
#define FILES_MAX 40

/* ---- The economy of a plan ------------------------------------------------------------------------ */

static pl_status answer_economy(pl_call *c)
{
    pl_served *s;
    pl_json *j = &c->json;
    pl_status status = pl_served_of(c, c->part[0], &s);
    if (status != PL_OK) {
        return status;
    }
    const pl_economy *e = s->economy;
    const struct {
        const char *name;
        int64_t rows;
    } tables[] = {{"goods", e->n_goods},   {"recipes", e->n_recipes}, {"resources", e->n_resources}, {"needs", e->n_needs},
                  {"trade", e->n_trade},   {"stocks", e->n_stocks},   {"places", e->n_places},       {"flows", e->flows.start[e->n_recipes]},
                  {"uses", e->uses.start[e->n_recipes]}};
    pl_json_object(j);
    pl_json_put_text(j, "plan", s->id);
    pl_json_put_text(j, "title", e->title);
    pl_json_put_text(j, "hash", s->plan->economy_hash);
    pl_json_key(j, "tables");
    pl_json_object(j);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        pl_json_put_int(j, tables[i].name, tables[i].rows);
    }
    pl_json_end(j);
    pl_json_key(j, "package");
    if (pl_served_sources(s) != NULL) {
        pl_json_raw(j, pl_served_sources(s));
    } else {
        pl_json_null(j);
    }
    pl_json_end(j);
    pl_served_drop(s);
    return PL_OK;
}

static void put_good_row(pl_json *j, const pl_economy *e, int64_t i)
{
    const pl_good *g = &e->goods[i];
    pl_json_put_text(j, "good", g->id);
    pl_json_put_text(j, "name", g->name);
    pl_json_put_text(j, "unit", g->unit);
    pl_json_put_text(j, "group", g->group);
    pl_json_put_text(j, "place", g->place);
    pl_json_put_bool(j, "must_be_used", g->must_be_used);
}

static void put_recipe_row(pl_json *j, const pl_economy *e, int64_t i)
{
    pl_json_put_text(j, "recipe", e->recipes[i].id);
    pl_json_put_text(j, "name", e->recipes[i].name);
    pl_json_put_text(j, "place", e->recipes[i].place);
    pl_json_put_number(j, "capacity", e->recipes[i].capacity);
}

static void put_resource_row(pl_json *j, const pl_economy *e, int64_t i)
{
    const pl_resource *r = &e->resources[i];
    pl_json_put_text(j, "resource", r->id);
    pl_json_put_text(j, "name", r->name);
    pl_json_put_text(j, "unit", r->unit);
    pl_json_put_text(j, "kind", pl_kind_id(r->kind));
    pl_json_put_number(j, "available", r->available);
}

static void put_need_row(pl_json *j, const pl_economy *e, int64_t i)
{
    const pl_need *n = &e->needs[i];
    pl_json_put_text(j, "good", e->goods[n->good].id);
    pl_json_put_int(j, "tier", n->tier);
    pl_json_put_text(j, "group", n->group);
    pl_json_put_number(j, "amount", n->amount);
    pl_json_put_number(j, "weight", n->weight);
    pl_json_put_number(j, "floor", n->floor);
}

static void put_trade_row(pl_json *j, const pl_economy *e, int64_t i)
{
    const pl_trade *t = &e->trade[i];
    pl_json_put_text(j, "good", e->goods[t->good].id);
    pl_json_put_number(j, "import_price", t->import_price);
    pl_json_put_number(j, "import_limit", t->import_limit);
    pl_json_put_number(j, "export_price", t->export_price);
    pl_json_put_number(j, "export_limit", t->export_limit);
}

static void put_stock_row(pl_json *j, const pl_economy *e, int64_t i)
{
    pl_json_put_text(j, "good", e->goods[e->stocks[i].good].id);
    pl_json_put_number(j, "amount", e->stocks[i].amount);
}

static void put_place_row(pl_json *j, const pl_economy *e, int64_t i)
{
    pl_json_put_text(j, "place", e->places[i].id);
    pl_json_put_text(j, "name", e->places[i].name);
}

/* The recipe of coefficient i: the last one that begins at or before it. */
static int32_t recipe_of(const pl_columns *columns, int32_t n, int64_t i)
{
    int32_t lo = 0, hi = n;
    while (hi - lo > 1) {
        int32_t mid = lo + (hi - lo) / 2;
        lo = columns->start[mid] <= i ? mid : lo;
        hi = columns->start[mid] <= i ? hi : mid;
    }
    return lo;
}

static void put_flow_row(pl_json *j, const pl_economy *e, int64_t i)
{
    pl_json_put_text(j, "recipe", e->recipes[recipe_of(&e->flows, e->n_recipes, i)].id);
    pl_json_put_text(j, "good", e->goods[e->flows.index[i]].id);
    pl_json_put_number(j, "amount", e->flows.amount[i]);
}

static void put_use_row(pl_json *j, const pl_economy *e, int64_t i)
{
    pl_json_put_text(j, "recipe", e->recipes[recipe_of(&e->uses, e->n_recipes, i)].id);
    pl_json_put_text(j, "resource", e->resources[e->uses.index[i]].id);
    pl_json_put_number(j, "amount", e->uses.amount[i]);
}

/* What a row is found by: identifiers and names. */
static bool row_has(const pl_economy *e, size_t table, int64_t i, const char *search)
{
    char letters[4 * PL_TARGET_MAX], line[2 * PL_TARGET_MAX];
    const pl_good *g = table == 0   ? &e->goods[i]
                       : table == 3 ? &e->goods[e->needs[i].good]
                       : table == 4 ? &e->goods[e->trade[i].good]
                       : table == 5 ? &e->goods[e->stocks[i].good]
                       : table == 7 ? &e->goods[e->flows.index[i]]
                                    : NULL;
    const pl_recipe *r = table == 1 ? &e->recipes[i] : table == 7 ? &e->recipes[recipe_of(&e->flows, e->n_recipes, i)]
                         : table == 8 ? &e->recipes[recipe_of(&e->uses, e->n_recipes, i)] : NULL;
    const pl_resource *x = table == 2 ? &e->resources[i] : table == 8 ? &e->resources[e->uses.index[i]] : NULL;
    snprintf(line, sizeof line, "%.200s %.200s %.200s %.200s %.200s %.200s %.200s", g != NULL ? g->id : "", g != NULL ? g->name : "", g != NULL ? g->group : "",
             r != NULL ? r->id : "", r != NULL ? r->name : "", x != NULL ? x->id : "", x != NULL ? x->name : table == 6 ? e->places[i].id : "");
    pl_fold_letters(line, letters);
    return strstr(letters, search) != NULL;
}

static pl_status put_table(pl_call *c, const pl_economy *e, const pl_window *w)
{
    const struct {
        const char *name;
        void (*put)(pl_json *, const pl_economy *, int64_t);
        int64_t rows;
    } tables[] = {{"goods", put_good_row, e->n_goods},       {"recipes", put_recipe_row, e->n_recipes}, {"resources", put_resource_row, e->n_resources},
                  {"needs", put_need_row, e->n_needs},       {"trade", put_trade_row, e->n_trade},      {"stocks", put_stock_row, e->n_stocks},
                  {"places", put_place_row, e->n_places},    {"flows", put_flow_row, e->flows.start[e->n_recipes]},
                  {"uses", put_use_row, e->uses.start[e->n_recipes]}};
    char search[2 * PL_TARGET_MAX];
    const char *text = pl_call_text(c, "search");
    size_t t = 0, n_tables = sizeof tables / sizeof tables[0];
    int64_t n = 0;
    while (t < n_tables && strcmp(tables[t].name, c->part[1]) != 0) {
        t++;
    }
    if (t == n_tables) {
        return pl_fail(c->err, PL_NOTFOUND, "table", "goods, recipes, resources, needs, trade, stocks, places, flows, uses", "there is no table '%.40s'", c->part[1]);
    }
    pl_fold_letters(text != NULL ? text : "", search);
    pl_json_object(&c->json);
    pl_json_key(&c->json, "rows");
    pl_json_array(&c->json);
    for (int64_t i = 0; i < tables[t].rows; i++) {
        bool wanted = search[0] == '\0' || row_has(e, t, i, search);
        if (wanted && n++ >= w->from && n <= w->from + w->most) {
            pl_json_object(&c->json);
            tables[t].put(&c->json, e, i);
            pl_json_end(&c->json);
        } else if (search[0] == '\0' && i >= w->from + w->most) {
            n = tables[t].rows;
            break;
        }
    }
    pl_json_end(&c->json);
    pl_json_put_int(&c->json, "total", n);
    pl_json_put_int(&c->json, "from", w->from);
    pl_json_end(&c->json);
    return PL_OK;
}

static pl_status answer_table(pl_call *c)
{
    pl_served *s;
    pl_window w;
    pl_status status = pl_call_window(c, 50, &w);
    status = status == PL_OK ? pl_served_of(c, c->part[0], &s) : status;
    if (status == PL_OK) {
        status = put_table(c, s->economy, &w);
        pl_served_drop(s);
    }
    return status;
}

/* ---- Tables that somebody sends ------------------------------------------------------------------- */

/* Small letters and underscores, then .csv; or datapackage.json: nothing else has a place in an economy, nor outside its folder. */
static bool is_file_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
    return strcmp(name, "datapackage.json") == 0 || (n > 0 && n < 40 && strcmp(name + n, ".csv") == 0);
}

static pl_status write_files(pl_call *c, json_t *files, const char *path)
{
    const char *name;
    json_t *text;
    pl_folder folder;
    if (!json_is_object(files) || json_object_size(files) == 0 || json_object_size(files) > FILES_MAX) {
        return pl_fail(c->err, PL_USAGE, "files", "{\"goods.csv\": \"good,unit\\n...\", ...}", "send the tables by the names of their files");
    }
    pl_status status = pl_folder_begin(&folder, path, "goods.csv", false, c->err);
    json_object_foreach(files, name, text)
    {
        if (status == PL_OK && (!is_file_name(name) || !json_is_string(text))) {
            status = pl_fail(c->err, PL_USAGE, "files", "docs/formats/economy.md", "'%.60s' is no table of an economy", name);
        }
        status = status == PL_OK ? pl_folder_add(&folder, name, json_string_value(text), json_string_length(text), c->err) : status;
    }
    if (status == PL_OK) {
        return pl_folder_commit(&folder, c->err);
    }
    pl_folder_abort(&folder);
    return status;
}

/* Loads what was sent, and its datapackage.json unless `package` is NULL; *out is NULL when the tables are wrong, which the findings say. */
static pl_status load_sent(pl_call *c, const json_t *object, pl_findings *findings, pl_economy **out, char **package)
{
    static atomic_uint serial;
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/sent-%u", c->server->settings.scratch, atomic_fetch_add(&serial, 1));
    *out = NULL;
    pl_status status = write_files(c, json_object_get(object, "files"), path);
    if (status == PL_OK) {
        status = pl_economy_load(path, NULL, findings, out, c->err);
        if (status == PL_OK) {
            status = pl_economy_check(*out, NULL, findings, c->err);
        } else if (findings->count[PL_ERROR] > 0) {
            status = PL_OK;
        }
    }
    if (package != NULL) {
        *package = status == PL_OK && *out != NULL ? pl_served_package(path) : NULL;
    }
    pl_path_remove(path);
    return status;
}

static void put_findings(pl_call *c, const pl_economy *e, const pl_findings *findings)
{
    pl_json_object(&c->json);
    pl_json_put_bool(&c->json, "loaded", e != NULL);
    if (e != NULL) {
        pl_json_put_int(&c->json, "goods", e->n_goods);
        pl_json_put_int(&c->json, "recipes", e->n_recipes);
        pl_json_put_int(&c->json, "resources", e->n_resources);
        pl_json_put_int(&c->json, "needs", e->n_needs);
    }
    pl_json_findings(&c->json, findings);
    pl_json_end(&c->json);
}

static pl_status read_body(pl_call *c, json_t **object)
{
    const pl_str *body = pl_http_body(c->request);
    return pl_json_read(body->text, body->len, "body", object, NULL, c->err);
}

static pl_status answer_check(pl_call *c)
{
    json_t *object = NULL;
    pl_economy *e = NULL;
    pl_findings *findings = PL_NEW0(pl_findings, 1);
    pl_status status = findings != NULL ? read_body(c, &object) : pl_fail_nomem(c->err, "checking an economy");
    status = status == PL_OK ? load_sent(c, object, findings, &e, NULL) : status;
    if (status == PL_OK) {
        put_findings(c, e, findings);
    }
    pl_economy_free(e);
    pl_free(findings);
    json_decref(object);
    return status;
}

/* Plans what was sent, as a job; the findings instead, when the tables are wrong. */
static pl_status plan_sent(pl_call *c, const json_t *object, pl_economy *e, char *package, const pl_findings *findings)
{
    pl_variant *v = NULL;
    pl_plan_settings checked = {.threads = 1};
    int64_t number;
    char text[100];
    const char *goal = json_string_value(json_object_get(object, "goal")), *title = json_string_value(json_object_get(object, "title"));
    if (e == NULL) {
        c->answer.status = 422;
        put_findings(c, NULL, findings);
        return PL_OK;
    }
    snprintf(text, sizeof text, "%s", goal != NULL ? goal : "satisfy");
    pl_status status = pl_goal_parse(text, &checked, c->err);
    status = status == PL_OK ? pl_variant_new(e, &v, c->err) : status;
    if (status == PL_OK && json_object_get(object, "changes") != NULL) {
        status = pl_read_changes(c, object, v);
    }
    status = status == PL_OK ? pl_jobs_add(&c->server->jobs, NULL, e, package, v, goal != NULL ? goal : "satisfy", title != NULL ? title : "what was sent", &number, c->err) : status;
    if (status != PL_OK) {
        pl_variant_free(v);
        pl_economy_free(e);
        pl_free(package);
        return status;
    }
    pl_job job;
    pl_jobs_get(&c->server->jobs, number, &job);
    c->answer.status = 202;
    pl_json_job(&c->json, &job);
    return PL_OK;
}

static pl_status answer_plan_sent(pl_call *c)
{
    json_t *object = NULL;
    pl_economy *e = NULL;
    char *package = NULL;
    pl_findings *findings = PL_NEW0(pl_findings, 1);
    pl_status status = findings != NULL ? read_body(c, &object) : pl_fail_nomem(c->err, "planning");
    status = status == PL_OK ? load_sent(c, object, findings, &e, &package) : status;
    if (status == PL_OK) {
        status = plan_sent(c, object, e, package, findings);
    } else {
        pl_economy_free(e);
    }
    pl_free(findings);
    json_decref(object);
    return status;
}

const pl_route PL_ROUTES_ECONOMY[] = {
    {"GET", "/api/plans/{plan}/economy", "", "The economy of a plan: its tables, and where they come from", "economy", NULL, 0, PL_FRESH_NOW, 0, answer_economy},
    {"GET", "/api/plans/{plan}/economy/{table}", "search text in identifiers and names; from number how many to skip; most number how many to give (50)",
     "Rows of a table, a window of them", "table", NULL, 0, PL_FRESH_NOW, 0, answer_table},
    {"POST", "/api/economy/check", "", "What is wrong with tables: file, line and column", "findings", "application/json", UPLOAD_MAX, PL_FRESH_NEVER, PL_COSTLY, answer_check},
    {"POST", "/api/economy/plan", "", "Plans tables that are sent: a job", "job", "application/json", UPLOAD_MAX, PL_FRESH_NEVER, PL_COSTLY, answer_plan_sent},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
