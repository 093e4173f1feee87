/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/import_help.h"

#include <stdlib.h>
#include <sys/stat.h>

const char *import_folder(const char *name)
{
    static char path[4][4300];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    mkdir(p, 0777);
    return p;
}

void import_put(const char *dir, const char *name, const char *text)
{
    char path[4600];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

const char *import_in(const char *dir, const char *name)
{
    static char path[4][4600];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

pl_economy *import_test(const char *dir, const char *model, pl_findings *findings, pl_import_report *report)
{
    pl_import_settings s = {.model = model, .capacity = 1};
    pl_economy *e = NULL;
    pl_error err = {0};
    if (pl_import(dir, import_in(dir, "mapping.json"), &s, NULL, findings, report, &e, &err) != PL_OK) {
        FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
    }
    return e;
}

double import_flow(const pl_economy *e, const char *recipe, const char *good)
{
    int32_t r = pl_find_recipe(e, recipe), g = pl_find_good(e, good);
    CHECK(r >= 0 && g >= 0);
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        if (e->flows.index[k] == g) {
            return e->flows.amount[k];
        }
    }
    return 0;
}

double import_use(const pl_economy *e, const char *recipe, const char *resource)
{
    int32_t r = pl_find_recipe(e, recipe), g = pl_find_resource(e, resource);
    CHECK(r >= 0 && g >= 0);
    for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
        if (e->uses.index[k] == g) {
            return e->uses.amount[k];
        }
    }
    return 0;
}

double import_imbalance(const pl_economy *e, int32_t *good)
{
    double *left = calloc((size_t)e->n_goods, sizeof *left), worst = 0;
    *good = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            left[e->flows.index[k]] += e->flows.amount[k] * e->recipes[r].capacity;
        }
    }
    for (int32_t k = 0; k < e->n_stocks; k++) {
        left[e->stocks[k].good] += e->stocks[k].amount;
    }
    for (int32_t k = 0; k < e->n_needs; k++) {
        left[e->needs[k].good] -= e->needs[k].amount;
    }
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        left[t->good] += pl_given(t->import_limit) ? t->import_limit : 0;
        left[t->good] -= pl_given(t->export_limit) ? t->export_limit : 0;
        if (pl_given(t->import_price) && !pl_given(t->import_limit)) {
            left[t->good] = 0;
        }
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        if (fabs(left[g]) > worst) {
            worst = fabs(left[g]);
            *good = g;
        }
    }
    free(left);
    return worst;
}

double import_total_use(const pl_economy *e, const char *resource)
{
    int32_t k = pl_find_resource(e, resource);
    double sum = 0;
    CHECK(k >= 0);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t i = e->uses.start[r]; i < e->uses.start[r + 1]; i++) {
            sum += e->uses.index[i] == k ? e->uses.amount[i] * e->recipes[r].capacity : 0;
        }
    }
    return sum;
}
