/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * figures.c - every figure of the plan that follows from others is recomputed and compared: balances, ratios,
 * rents, limits, prices, totals; and the limits named in clashes.csv. */
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

#define ULPS (8 * DBL_EPSILON) /* for a quotient of two figures */

static void balances(pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found)
{
    const pv_table *t = &p->table[PV_P_BALANCES];
    const char *file = t->schema->file;
    for (int32_t g = 0; g < e->n_goods; g++) {
        const pv_sum *made = &found->made[g], *used = &found->used[g], *delivered = &found->delivered[g];
        int64_t line = pv_line(t, g);
        pv_compare(run, file, line, "made", t->column[1].number[g], (double)made->sum, pv_honest(made));
        pv_compare(run, file, line, "used", t->column[2].number[g], (double)used->sum, pv_honest(used));
        pv_compare(run, file, line, "delivered", t->column[6].number[g], (double)delivered->sum,
                   pv_honest(delivered));
        pv_real in = made->sum + p->imported[g] + p->drawn[g];
        pv_real out = used->sum + p->exported[g] + delivered->sum;
        pv_sum all = {in - out, in + out, made->terms + used->terms + delivered->terms};
        pv_compare(run, file, line, "surplus", t->column[7].number[g], (double)all.sum, pv_honest(&all));
    }
}

static void ratios(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    const pv_table *t = &p->table[PV_P_DELIVERIES];
    for (int32_t i = 0; i < e->n_needs; i++) {
        double ratio = e->need[i].amount == 0 ? 1 : p->delivered[i] / e->need[i].amount;
        pv_compare(run, t->schema->file, pv_line(t, i), "ratio", t->column[7].number[i], ratio, ULPS * fabs(ratio));
    }
}

/* Rent of a column with a limit: its profit in the last stage, where the limit is used up. */
static pv_figure rent(const pv_found *found, int32_t column, double used, double limit)
{
    pv_figure profit = found->profit[column];
    if (isnan(limit) || !(used >= limit * (1 - PV_FIGURE)) || profit.value <= -profit.tolerance) {
        return (pv_figure){0, 0};
    }
    return (pv_figure){profit.value > 0 ? profit.value : 0, profit.tolerance};
}

static void levels(pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found)
{
    const pv_table *t = &p->table[PV_P_LEVELS];
    for (int32_t r = 0; r < e->n_recipes; r++) {
        pv_figure f = rent(found, r, p->level[r], e->capacity[r]);
        pv_compare(run, t->schema->file, pv_line(t, r), "capacity", t->column[2].number[r], e->capacity[r], 0);
        pv_compare(run, t->schema->file, pv_line(t, r), "rent", t->column[3].number[r], f.value, f.tolerance);
    }
}

static void prices(pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found)
{
    const pv_table *t = &p->table[PV_P_PRICES];
    for (int32_t g = 0; g < e->n_goods; g++) {
        pv_compare(run, t->schema->file, pv_line(t, g), "price", t->column[1].number[g], found->y[g], 0);
    }
}

/* ---- limits.csv ----------------------------------------------------------------------------------------- */

enum { RESOURCE, CAPACITY, IMPORT, EXPORT, STOCK, LIMITS };
static const char *const limit_name[LIMITS] = {"resource", "capacity", "import", "export", "stock"};

typedef struct pv_limit {
    double available, used, tolerance;
    pv_figure price;
} pv_limit;

static int limit_kind(const char *kind)
{
    int i = 0;
    while (i < LIMITS && strcmp(kind, limit_name[i]) != 0) {
        i++;
    }
    return i;
}

static int32_t limit_count(const pv_economy *e, int kind)
{
    return kind == RESOURCE ? e->n_resources : kind == CAPACITY ? e->n_recipes : e->n_goods;
}

static double limit_available(const pv_economy *e, int kind, int32_t i)
{
    return kind == RESOURCE   ? e->available[i]
           : kind == CAPACITY ? e->capacity[i]
           : kind == IMPORT   ? (isnan(e->import_price[i]) ? NAN : e->import_limit[i])
           : kind == EXPORT   ? (isnan(e->export_price[i]) ? NAN : e->export_limit[i])
                              : e->stock[i];
}

static bool limit_exists(const pv_economy *e, int kind, int32_t i)
{
    return kind == RESOURCE || !isnan(limit_available(e, kind, i));
}

static pv_limit limit(const pv_economy *e, const pv_plan *p, const pv_found *found, int kind, int32_t i)
{
    pv_limit l = {.available = limit_available(e, kind, i)};
    if (kind == RESOURCE) {
        l.used = (double)found->resource[i].sum;
        l.tolerance = pv_honest(&found->resource[i]);
        l.price.value = found->rho[i];
        return l;
    }
    const double *used[] = {NULL, p->level, p->imported, p->exported, p->drawn};
    int32_t column = kind == CAPACITY ? i : e->n_recipes + (kind - IMPORT) * e->n_goods + i;
    l.used = used[kind][i];
    l.price = rent(found, column, l.used, l.available);
    return l;
}

static void limits(pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found)
{
    const pv_table *t = &p->table[PV_P_LIMITS];
    const char *file = t->schema->file;
    int64_t rows = 0;
    for (int32_t i = 0; i < t->rows; i++) {
        static const int kind_of_id[LIMITS] = {PV_RESOURCES, PV_RECIPES, PV_GOODS, PV_GOODS, PV_GOODS};
        int kind = limit_kind(t->column[0].text[i]);
        int32_t at = kind < LIMITS ? pv_find(run, kind_of_id[kind], t->column[1].text[i]) : -1;
        if (at < 0 || !limit_exists(e, kind, at)) {
            pv_refute(run, file, pv_line(t, i), "there is no limit %.40s \"%.100s\" in the economy",
                      t->column[0].text[i], t->column[1].text[i]);
            continue;
        }
        pv_limit l = limit(e, p, found, kind, at);
        double used = t->column[3].number[i], share = l.available == 0 ? NAN : used / l.available;
        rows++;
        pv_compare(run, file, pv_line(t, i), "available", t->column[2].number[i], l.available, 0);
        pv_compare(run, file, pv_line(t, i), "used", used, l.used, l.tolerance);
        pv_compare(run, file, pv_line(t, i), "share", t->column[4].number[i], share, ULPS * fabs(share));
        pv_compare(run, file, pv_line(t, i), "price", t->column[5].number[i], l.price.value, l.price.tolerance);
    }
    int64_t wanted = 0;
    for (int kind = 0; kind < LIMITS; kind++) {
        for (int32_t i = 0; i < limit_count(e, kind); i++) {
            wanted += limit_exists(e, kind, i);
        }
    }
    if (rows != wanted) { /* none is there twice */
        pv_refute(run, file, 0, "%lld limits, but the economy has %lld", (long long)rows, (long long)wanted);
    }
}

/* ---- totals --------------------------------------------------------------------------------------------- */

static void total(pv_run *run, const pv_document *d, const char *path, double value, double tolerance)
{
    const pv_json *v = pv_json_get(d, path);
    if (v == NULL || v->type != '0') {
        pv_refute(run, d->name, 0, "there is no number \"%s\"", path);
    } else {
        pv_compare(run, d->name, 0, path, v->number, value, tolerance);
    }
}

static void sizes(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    total(run, &p->json, "totals.goods", e->n_goods, 0);
    total(run, &p->json, "totals.recipes", e->n_recipes, 0);
}

static void totals(pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found)
{
    const pv_document *d = &p->json;
    pv_real met = 0, needs = 0;
    for (int32_t i = 0; i < e->n_needs; i++) {
        if (e->need[i].amount > 0) {
            met += fmin(1, p->delivered[i] / e->need[i].amount);
            needs++;
        }
    }
    total(run, d, "totals.needs_met", needs > 0 ? (double)(met / needs) : 1,
          (double)(needs + 8) * DBL_EPSILON);
    int32_t rows = 0;
    for (int32_t i = 0; i < d->n; i++) {
        const pv_json *v = &d->value[i];
        if (strncmp(v->path, "totals.resources.", 17) != 0) {
            continue;
        }
        int32_t k = v->type == '0' ? pv_find(run, PV_RESOURCES, v->key) : -1;
        if (k < 0) {
            pv_refute(run, d->name, 0, "%.100s: there is no such resource", v->path);
            continue;
        }
        rows++;
        pv_compare(run, d->name, 0, v->path, v->number, (double)found->resource[k].sum,
                   pv_honest(&found->resource[k]));
    }
    if (rows != e->n_resources) {
        pv_refute(run, d->name, 0, "totals.resources names %d resources of %d", rows, e->n_resources);
    }
}

void pv_figures(pv_run *run, const pv_economy *e, const pv_plan *plan, const pv_found *found)
{
    if (!plan->binary) { /* which leaves all of these to be worked out */
        balances(run, e, plan, found);
        ratios(run, e, plan);
        levels(run, e, plan, found);
        prices(run, e, plan, found);
        limits(run, e, plan, found);
    }
    sizes(run, e, plan);
    totals(run, e, plan, found);
}

/* ---- clashes.csv ---------------------------------------------------------------------------------------- */

void pv_clashes(pv_run *run, const pv_economy *e, const pv_plan *p)
{
    const pv_table *t = &p->table[PV_P_CLASHES];
    const char *file = t->schema->file;
    sizes(run, e, p);
    for (int32_t i = 0; i < t->rows; i++) {
        const char *kind = t->column[0].text[i], *id = t->column[1].text[i];
        double available = NAN;
        bool floor = strcmp(kind, "floor") == 0;
        if (floor) {
            int32_t n = pv_need_find(run, e, id);
            available = n >= 0 ? pv_required(p, &e->need[n], p->chosen[n]) : NAN;
        } else if (limit_kind(kind) < LIMITS) {
            static const int kind_of_id[LIMITS] = {PV_RESOURCES, PV_RECIPES, PV_GOODS, PV_GOODS, PV_GOODS};
            int32_t at = pv_find(run, kind_of_id[limit_kind(kind)], id);
            available = at >= 0 ? limit_available(e, limit_kind(kind), at) : NAN;
        }
        if (isnan(available)) {
            pv_refute(run, file, pv_line(t, i), "there is no limit %.40s \"%.100s\" in the economy", kind, id);
            continue;
        }
        pv_compare(run, file, pv_line(t, i), "available", t->column[2].number[i], available, 0);
        for (int c = 3; c < 5; c++) {
            double moved = t->column[c].number[i];
            if (floor ? moved > available || moved < 0 : moved < available) {
                pv_refute(run, file, pv_line(t, i), "%s %.17g is no relaxation of %.17g",
                          t->schema->field[c].name, moved, available);
            }
        }
    }
}
