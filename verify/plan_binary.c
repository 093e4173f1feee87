/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan_binary.c - the binary plan (docs/formats/plan-binary.md): what the planner has decided, and its proof.  What the
 * tables of a folder say besides is not claimed, and so there is nothing to compare. */
#include <sodium.h>
#include <string.h>

#include "verify/check.h"

#define JSON 257

static void wrong(pv_run *run, const char *file, int64_t row, const char *what)
{
    pv_stop(run, PV_REFUTED, file, row + 2, 1, "%s", what);
}

/* A column as texts or numbers, for the tables that are read like those of a folder. */
static void read_changes(pv_run *run, const pv_binary *b, pv_table *t)
{
    const pv_section *s[5];
    uint64_t rows = b->section[16 * PV_P_CHANGES].count;
    if (rows > INT32_MAX / 4) {
        pv_binary_broken(b, "too many rows", (int64_t)rows);
    }
    t->rows = (int32_t)rows;
    t->present = true;
    for (int f = 0; f < 5; f++) {
        s[f] = pv_binary_section(b, PV_P_CHANGES, f, 8, rows);
        if (s[f]->at == NULL && rows > 0) {
            pv_binary_broken(b, "a section that is missing", 16 * PV_P_CHANGES + f);
        }
        t->column[f].text = pv_alloc(run, (size_t)rows, 8); /* or as many numbers */
        for (int32_t i = 0; i < t->rows; i++) {
            if (f < 3) {
                t->column[f].text[i] = pv_binary_text(b, s[f], i);
            } else {
                t->column[f].number[i] = pv_binary_real(s[f], i);
            }
        }
    }
}

void pv_plan_binary_read(pv_run *run, const char *path, const pv_schema *schemas, pv_plan *plan, pv_file *json)
{
    pv_binary *b = pv_binary_open(run, path, "\x89PLPLAN\n", 1, "plan");
    const pv_section *s = &b->section[JSON];
    plan->file = b;
    for (int t = 0; t < PV_PLAN_TABLES; t++) {
        plan->table[t].schema = &schemas[t];
    }
    if (s->at == NULL || s->size != 1) {
        pv_binary_broken(b, "there is no plan.json in it; section", JSON);
    }
    char *text = pv_alloc(run, (size_t)s->count + 1, 1);
    memcpy(text, s->at, (size_t)s->count);
    *json = (pv_file){"plan.json", text, (size_t)s->count};
    pv_text_check(run, json);
    read_changes(run, b, &plan->table[PV_P_CHANGES]);
}

static void fit_prices(pv_run *run, pv_plan *plan, const pv_economy *e)
{
    const pv_binary *b = plan->file;
    const char *file = plan->table[PV_P_CERTIFICATE].schema->file;
    uint64_t rows = b->section[16 * PV_P_CERTIFICATE].count;
    static const uint64_t size[4] = {4, 1, 4, 8};
    const pv_section *s[4];
    for (int f = 0; f < 4; f++) {
        s[f] = pv_binary_section(b, PV_P_CERTIFICATE, f, size[f], rows);
        if (rows > INT32_MAX / 4 || (s[f]->at == NULL && rows > 0)) {
            pv_binary_broken(b, "a table of prices that cannot be; rows", (int64_t)rows);
        }
    }
    plan->n_prices = (int32_t)rows;
    plan->price = pv_alloc(run, (size_t)rows, sizeof *plan->price);
    for (int32_t i = 0; i < plan->n_prices; i++) {
        pv_price p = {.stage = (int32_t)pv_binary_whole(s[0], i), .index = (int32_t)pv_binary_whole(s[2], i),
                      .resource = pv_binary_whole(s[1], i) == 1, .price = pv_binary_real(s[3], i), .line = i + 2};
        const pv_price *before = i > 0 ? &plan->price[i - 1] : NULL;
        if (s[1]->at[i] > 1 || p.index < 0 || p.index >= (p.resource ? e->n_resources : e->n_goods)) {
            wrong(run, file, i, "there is no such good or resource in the economy");
        }
        if (p.stage < 1 || p.stage > plan->n_stages) {
            wrong(run, file, i, "there is no such stage");
        }
        if (!isfinite(p.price)) {
            wrong(run, file, i, "this is no price");
        }
        if (before != NULL && (before->stage > p.stage || (before->stage == p.stage && before->resource > p.resource) ||
                               (before->stage == p.stage && before->resource == p.resource && before->index >= p.index))) {
            wrong(run, file, i, "prices are not in order");
        }
        plan->price[i] = p;
    }
}

/* A vector of n finite numbers, where it lies in the memory that the file was read into; a missing one is all 0 where it may be. */
static const double *vector(pv_run *run, const pv_plan *plan, int table, int column, int32_t n, bool optional)
{
    const pv_section *s = pv_binary_section(plan->file, table, column, 8, (uint64_t)n);
    if (s->at == NULL && n > 0 && !optional) {
        pv_binary_broken(plan->file, "a section that is missing", 16 * table + column);
    }
    if (s->at == NULL) {
        return pv_alloc(run, (size_t)n, sizeof(double));
    }
    const double *x = (const double *)(const void *)s->at;
    for (int32_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            wrong(run, plan->table[table].schema->file, i, "this is no number");
        }
    }
    return x;
}

/* The identifier of a limit as clashes.csv has it. */
static const char *limit_id(pv_run *run, const pv_economy *e, int kind, int32_t i)
{
    if (kind < 5) {
        return kind == 0 ? e->resource[i] : kind == 1 ? e->recipe[i] : e->good[i];
    }
    const pv_need *n = &e->need[i];
    size_t size = strlen(e->good[n->good]) + strlen(n->group) + 16;
    char *key = pv_alloc(run, size, 1);
    snprintf(key, size, "%s|%d|%s", e->good[n->good], n->tier, n->group);
    return key;
}

static void fit_clashes(pv_run *run, pv_plan *plan, const pv_economy *e)
{
    static const char *const kinds[] = {"resource", "capacity", "import", "export", "stock", "floor"};
    const int32_t most[] = {e->n_resources, e->n_recipes, e->n_goods, e->n_goods, e->n_goods, e->n_needs};
    const pv_binary *b = plan->file;
    pv_table *t = &plan->table[PV_P_CLASHES];
    uint64_t rows = b->section[16 * PV_P_CLASHES].count;
    const pv_section *s[5];
    for (int f = 0; f < 5; f++) {
        s[f] = pv_binary_section(b, PV_P_CLASHES, f, f == 0 ? 1 : f == 1 ? 4 : 8, rows);
        if (rows > INT32_MAX / 4 || (s[f]->at == NULL && rows > 0)) {
            pv_binary_broken(b, "a table of limits that cannot be; rows", (int64_t)rows);
        }
        t->column[f].text = pv_alloc(run, (size_t)rows, 8);
    }
    t->present = true;
    t->rows = (int32_t)rows;
    for (int32_t i = 0; i < t->rows; i++) {
        int64_t kind = pv_binary_whole(s[0], i), index = pv_binary_whole(s[1], i);
        if (kind < 0 || kind > 5 || index < 0 || index >= most[kind]) {
            wrong(run, t->schema->file, i, "there is no such limit in the economy");
        }
        t->column[0].text[i] = kinds[kind];
        t->column[1].text[i] = limit_id(run, e, (int)kind, (int32_t)index);
        for (int f = 2; f < 5; f++) {
            t->column[f].number[i] = pv_binary_real(s[f], i);
        }
    }
}

void pv_plan_binary_fit(pv_run *run, pv_plan *plan, const pv_economy *e)
{
    unsigned char digest[32];
    if (strlen(plan->hash) != 64 || sodium_hex2bin(digest, sizeof digest, plan->hash, 64, NULL, NULL, NULL) != 0 ||
        memcmp(digest, plan->file->at + 24, sizeof digest) != 0) {
        pv_refute(run, plan->json.name, 0, "economy.hash is not that of the file's header");
    }
    fit_prices(run, plan, e);
    if (plan->infeasible) {
        fit_clashes(run, plan, e);
        return;
    }
    plan->level = vector(run, plan, PV_P_LEVELS, 1, e->n_recipes, false);
    plan->imported = vector(run, plan, PV_P_BALANCES, 3, e->n_goods, true);
    plan->exported = vector(run, plan, PV_P_BALANCES, 4, e->n_goods, true);
    plan->drawn = vector(run, plan, PV_P_BALANCES, 5, e->n_goods, true);
    plan->delivered = vector(run, plan, PV_P_DELIVERIES, 6, e->n_needs, false);
    const pv_section *stage = pv_binary_section(plan->file, PV_P_DELIVERIES, 8, 4, (uint64_t)e->n_needs);
    if (stage->at == NULL && e->n_needs > 0) {
        pv_binary_broken(plan->file, "a section that is missing", 16 * PV_P_DELIVERIES + 8);
    }
    plan->settled = pv_alloc(run, (size_t)e->n_needs, sizeof *plan->settled);
    for (int32_t i = 0; i < e->n_needs; i++) {
        int64_t k = pv_binary_whole(stage, i);
        if (k < 0 || k > plan->n_stages) {
            wrong(run, plan->table[PV_P_DELIVERIES].schema->file, i, "there is no such stage");
        }
        plan->settled[i] = (int32_t)k;
    }
}
