/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * From the model of transformation to the tables of an economy: recipes, resources, demand, trade, stocks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

#define SMALLEST 1e-12 /* coefficients below it, in value per unit of value, are rounding of an inverse */
#define ABROAD "abroad"
#define BY_PRODUCT 0.1   /* an output below this part of the whole is a by-product */
#define OWN_ROUNDING 1e-13 /* of our own sums, of what is summed up */
#define ROUNDING 1e-3 /* a good that lacks more than this part of its uses lacks more than rounding explains */

typedef struct emit {
    pl_im *im;
    double *by_product, *by_good; /* a column: inputs by product, by good */
    double *foreign, *pooled;     /* inputs of imported and of pooled goods */
    pl_im_matrix imports, pool;   /* products x industries */
    pl_im_set abroad, pools;      /* goods of them, by bare code */
    int32_t *abroad_of, *pool_of; /* of each product */
    double *foreign_total, *pool_gap;
    bool *used, *main, *wanted;      /* of each good; main: some recipe makes mostly it */
    double *export_limit;            /* of each good, PL_ABSENT = not exported by trade */
    double *import_of;               /* of each good, competing */
    double *left, *asked, *stock;    /* of each good as observed: made or bought - used; used; on hand */
    double zeroed;                   /* negative coefficients x level */
    double observed[PL_IM_RESOURCES_MAX];
    double imports_total, exports_total;
    int32_t changed; /* needs that are not as observed, by a rule of the mapping */
} emit;

/* The caller's factor (0 = none given, infinite = no limit), else the mapping's. */
static double factor_of(double given, double mapped)
{
    return given == 0 ? mapped : isinf(given) ? PL_ABSENT : given;
}

static double *zeros(pl_im *im, int32_t n)
{
    return pl_im_zero(im, (size_t)n + 1, sizeof(double));
}

/* ---- Goods of imports and of the pool --------------------------------------------------------- */

static pl_status goods_elsewhere(emit *e, const pl_im_cells *a, const pl_im_cells *b, const char *place, pl_im_set *set,
                                 int32_t **of)
{
    pl_im *im = e->im;
    *of = pl_im_zero(im, (size_t)im->products.n, sizeof **of);
    if (*of == NULL) {
        return pl_im_nomem(im);
    }
    memset(*of, 0xff, (size_t)im->products.n * sizeof **of);
    const pl_im_cells *both[] = {a, b};
    for (int t = 0; t < 2; t++) {
        for (size_t k = 0; k < both[t]->n; k++) {
            int32_t p = both[t]->at[k].row;
            if ((*of)[p] < 0) {
                PL_IM_TRY(pl_im_intern(im, set, im->products.code[p].bare, place, &(*of)[p]));
                pl_im_code *code = &set->code[(*of)[p]];
                code->name = im->products.code[p].name;
                code->group = im->products.code[p].group;
                code->unit = im->products.code[p].unit;
            }
        }
    }
    return PL_OK;
}

static pl_status prepare(emit *e)
{
    pl_im *im = e->im;
    e->abroad.what = e->pools.what = "good";
    if (im->map.imports == PL_IM_TABLE) {
        PL_IM_TRY(goods_elsewhere(e, &im->imports, &im->imports_final, ABROAD, &e->abroad, &e->abroad_of));
        PL_IM_TRY(pl_im_compress(im, &im->imports, im->products.n, pl_im_users(im)->n, &e->imports));
    }
    if (im->map.pool != NULL) {
        pl_im_cells sent = {0};
        int32_t group = pl_im_find(&im->groups, "pool", "");
        pl_status st = PL_OK;
        for (size_t k = 0; k < im->final.n && st == PL_OK; k++) {
            st = im->group_of[im->final.at[k].column] == group
                     ? pl_im_push(im, &sent, im->final.at[k].row, 0, im->final.at[k].value)
                     : PL_OK;
        }
        for (size_t k = 0; k < im->pool_final.n && st == PL_OK; k++) {
            st = pl_im_push(im, &sent, im->pool_final.at[k].row, 0, im->pool_final.at[k].value);
        }
        if (st == PL_OK) {
            st = goods_elsewhere(e, &im->pool, &sent, im->map.pool, &e->pools, &e->pool_of);
        }
        pl_free(sent.at);
        PL_IM_TRY(st);
        PL_IM_TRY(pl_im_compress(im, &im->pool, im->products.n, pl_im_users(im)->n, &e->pool));
    }
    e->by_product = zeros(im, im->products.n);
    e->by_good = zeros(im, im->n_goods);
    e->foreign = zeros(im, e->abroad.n);
    e->pooled = zeros(im, e->pools.n);
    e->foreign_total = zeros(im, e->abroad.n);
    e->pool_gap = zeros(im, e->pools.n);
    e->export_limit = zeros(im, im->n_goods);
    e->import_of = zeros(im, im->n_goods);
    e->left = zeros(im, im->n_goods);
    e->asked = zeros(im, im->n_goods);
    e->stock = zeros(im, im->n_goods);
    e->used = pl_im_zero(im, (size_t)im->n_goods + 1, sizeof *e->used);
    e->main = pl_im_zero(im, (size_t)im->n_goods + 1, sizeof *e->main);
    e->wanted = pl_im_zero(im, (size_t)im->n_goods + 1, sizeof *e->wanted);
    if (e->by_product == NULL || e->by_good == NULL || e->foreign == NULL || e->pooled == NULL ||
        e->foreign_total == NULL || e->pool_gap == NULL || e->export_limit == NULL || e->import_of == NULL ||
        e->left == NULL || e->asked == NULL || e->stock == NULL || e->used == NULL || e->main == NULL ||
        e->wanted == NULL) {
        return pl_im_nomem(im);
    }
    for (int32_t k = 0; k < im->n_goods; k++) {
        e->export_limit[k] = PL_ABSENT;
    }
    return PL_OK;
}

/* Keeps the account of a domestic good at the observed levels. */
static void enter(emit *e, int32_t good, double amount)
{
    e->left[good] += amount;
    e->asked[good] += amount < 0 ? -amount : 0;
}

/* ---- Recipes ------------------------------------------------------------------------------------ */

/* out += w x column j, rows renamed by `of` (NULL: as they are). */
static void add_column(double *out, const pl_im_matrix *m, int32_t j, double w, const int32_t *of)
{
    if (m->start == NULL) {
        return;
    }
    for (int64_t k = m->start[j]; k < m->start[j + 1]; k++) {
        out[of == NULL ? m->row[k] : of[m->row[k]]] += w * m->value[k];
    }
}

static bool inverted(const pl_im *im)
{
    return im->map.kind == PL_IM_SUPPLY_USE &&
           (im->model == PL_IM_PRODUCT_TECHNOLOGY || im->model == PL_IM_INDUSTRY_SALES);
}

static void inputs_of(emit *e, int32_t r)
{
    pl_im *im = e->im;
    memset(e->by_product, 0, (size_t)im->products.n * sizeof(double));
    memset(e->by_good, 0, (size_t)im->n_goods * sizeof(double));
    memset(e->foreign, 0, (size_t)e->abroad.n * sizeof(double));
    memset(e->pooled, 0, (size_t)e->pools.n * sizeof(double));
    for (int64_t k = im->W.start[r]; k < im->W.start[r + 1]; k++) {
        int32_t j = im->W.row[k];
        double w = im->W.value[k];
        add_column(e->by_product, &im->U, j, w, NULL);
        if (im->own[r] < 0) {
            add_column(e->by_product, &im->V, j, -w, NULL);
        }
        add_column(e->foreign, &e->imports, j, w, e->abroad_of);
        add_column(e->pooled, &e->pool, j, w, e->pool_of);
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        if (e->by_product[p] != 0) {
            add_column(e->by_good, &im->T, p, e->by_product[p], NULL);
        }
    }
}

static pl_status emit_flow(emit *e, int32_t r, int32_t good, double input)
{
    pl_im *im = e->im;
    bool own = im->own[r] == good;
    if (inverted(im) && !own) {
        if (fabs(input) < SMALLEST) {
            return PL_OK;
        }
        if (input < 0 && e->main[good]) { /* by-products stay outputs */
            im->report->negative_coefficients++;
            im->report->negative_coefficient = fmin(im->report->negative_coefficient, input);
            if (im->map.zero_negatives) {
                e->zeroed += -input * im->level[r];
                return PL_OK;
            }
        }
    }
    double amount = (own ? 1 : 0) - input;
    if (amount == 0) {
        return PL_OK;
    }
    if (own && amount <= 0) {
        pl_im_note(im, PL_WARNING, "", NULL, "%s uses %.6g of its own product for each unit of output",
                   im->recipe[r]->id, input);
    }
    e->used[good] = true;
    e->wanted[good] = e->wanted[good] || amount < 0;
    enter(e, good, amount * im->level[r]);
    return pl_add_flow(im->builder, 0, im->recipe[r]->id, im->good[good]->id, amount);
}

/* Direct intensity of recipe r from those of products. */
static double intensity(const emit *e, int32_t r, const double *of_product)
{
    const pl_im *im = e->im;
    double sum = 0;
    if (im->own[r] >= 0 && (im->map.kind != PL_IM_SUPPLY_USE || im->model == PL_IM_PRODUCT_TECHNOLOGY ||
                            im->model == PL_IM_INDUSTRY_TECHNOLOGY)) {
        return of_product[im->own[r]];
    }
    for (int64_t k = im->W.start[r]; k < im->W.start[r + 1]; k++) {
        int32_t j = im->W.row[k];
        for (int64_t i = im->V.start[j]; i < im->V.start[j + 1]; i++) {
            sum += im->W.value[k] * im->V.value[i] * of_product[im->V.row[i]];
        }
    }
    return sum;
}

static pl_status emit_uses(emit *e, int32_t r)
{
    pl_im *im = e->im;
    double row = 0;
    for (int32_t k = 0; k < im->map.n_resources; k++) {
        double amount = 0;
        if (im->intensity[k] != NULL) {
            amount = intensity(e, r, im->intensity[k]);
        } else if (im->resource[k] != NULL) {
            for (int64_t i = im->W.start[r]; i < im->W.start[r + 1]; i++) {
                amount += im->W.value[i] * im->resource[k][im->W.row[i]];
            }
        }
        e->observed[k] += amount * im->level[r];
        if (amount != 0) {
            PL_IM_TRY(pl_add_use(im->builder, 0, im->recipe[r]->id, im->map.resource[k].id, amount));
        }
    }
    for (int64_t i = im->W.start[r]; i < im->W.start[r + 1] && im->import_row != NULL; i++) {
        row += im->W.value[i] * im->import_row[im->W.row[i]];
    }
    e->imports_total += row * im->level[r];
    return row == 0 ? PL_OK : pl_add_use(im->builder, 0, im->recipe[r]->id, "foreign_exchange", row);
}

/* Activities: what somebody makes for its own sake is each one's largest output, that of its own code, and what is more
 * than a small part of what it makes.  The rest are by-products. */
static void mark_made(emit *e, int32_t r)
{
    pl_im *im = e->im;
    int32_t largest = 0;
    if (im->own[r] >= 0) {
        return;
    }
    for (int32_t k = 0; k < im->n_goods; k++) {
        largest = e->by_good[k] < e->by_good[largest] ? k : largest;
        if (e->by_good[k] < 0) {
            e->main[k] |= -e->by_good[k] >= BY_PRODUCT || strcmp(im->good[k]->id, im->recipe[r]->id) == 0;
        }
    }
    e->main[largest] = true;
}

static pl_status emit_recipes(emit *e)
{
    pl_im *im = e->im;
    double factor = factor_of(im->capacity, im->map.capacity);
    for (int32_t r = 0; r < im->n_recipes; r++) {
        if (im->own[r] >= 0) {
            e->main[im->own[r]] = true;
        }
    }
    for (int32_t r = 0; r < im->n_recipes; r++) {
        const pl_im_code *label = im->recipe[r];
        PL_IM_TRY(pl_add_recipe(im->builder, 0, label->id, label->name, label->place,
                                im->capital_of[r] > 0 ? PL_ABSENT : factor * im->level[r]));
        inputs_of(e, r);
        mark_made(e, r);
        for (int32_t k = 0; k < im->n_goods; k++) {
            if (e->by_good[k] != 0 || im->own[r] == k) {
                PL_IM_TRY(emit_flow(e, r, k, e->by_good[k]));
            }
        }
        for (int32_t k = 0; k < e->abroad.n; k++) {
            e->foreign_total[k] += e->foreign[k] * im->level[r];
            if (e->foreign[k] != 0) {
                PL_IM_TRY(pl_add_flow(im->builder, 0, label->id, e->abroad.code[k].id, -e->foreign[k]));
            }
        }
        for (int32_t k = 0; k < e->pools.n; k++) {
            e->pool_gap[k] -= e->pooled[k] * im->level[r];
            if (e->pooled[k] != 0) {
                PL_IM_TRY(pl_add_flow(im->builder, 0, label->id, e->pools.code[k].id, -e->pooled[k]));
            }
        }
        PL_IM_TRY(emit_uses(e, r));
        if (r % 64 == 0 && !pl_tick(im->progress, "writing recipes", (double)r / im->n_recipes)) {
            return pl_fail(im->err, PL_STOPPED, NULL, NULL, "stopped while writing recipes");
        }
    }
    if (im->report->negative_coefficients > 0) {
        pl_im_note(im, im->map.zero_negatives ? PL_WARNING : PL_NOTE, "", NULL,
                   "%s brings about %lld negative coefficients (the least is %.4g); %s (%.6g in all)",
                   pl_im_model_id[im->model], (long long)im->report->negative_coefficients,
                   im->report->negative_coefficient,
                   im->map.zero_negatives ? "set to zero, so that so much more is made or bought"
                                          : "kept as outputs, as the balance asks",
                   e->zeroed);
    }
    return PL_OK;
}

/* ---- Demand --------------------------------------------------------------------------------------- */

/* Does the pattern, with at most one *, fit the text? */
static bool fits(const char *pattern, const char *text)
{
    const char *star = strchr(pattern, '*');
    size_t head = star == NULL ? 0 : (size_t)(star - pattern), n = strlen(text);
    if (star == NULL) {
        return strcmp(pattern, text) == 0;
    }
    size_t tail = strlen(star + 1);
    return n >= head + tail && strncmp(pattern, text, head) == 0 && strcmp(text + n - tail, star + 1) == 0;
}

static bool any_fits(json_t *list, const char *text)
{
    size_t k;
    json_t *one;
    json_array_foreach(list, k, one)
    {
        if (fits(json_string_value(one), text)) {
            return true;
        }
    }
    return false;
}

/* The first rule that fits; a need that none fits is of tier 1. */
static const pl_im_tier *rule_of(const pl_im *im, const char *group, const pl_im_code *good)
{
    static const pl_im_tier none = {.tier = 1, .factor = 1};
    for (int32_t k = 0; k < im->map.n_tiers; k++) {
        const pl_im_tier *t = &im->map.tier[k];
        if ((t->groups == NULL || any_fits(t->groups, group)) &&
            (t->products == NULL || any_fits(t->products, good->bare) || any_fits(t->products, good->id))) {
            return t;
        }
    }
    return &none;
}

static int32_t tier_of(const pl_im *im, const char *group, const pl_im_code *good)
{
    return rule_of(im, group, good)->tier;
}

/* Stocks of a good add up over groups, so they are collected first. */
typedef struct demand {
    double *amount; /* groups x goods */
    double *stock;  /* of each good */
    int32_t n;      /* goods */
} demand;

static pl_status settle(emit *e, demand *d, const pl_im_code *const *good)
{
    pl_im *im = e->im;
    int32_t exports = pl_im_find(&im->groups, "exports", ""), imports = pl_im_find(&im->groups, "imports", ""),
            pool = pl_im_find(&im->groups, "pool", "");
    for (int32_t g = 0; g < im->groups.n; g++) {
        const char *group = im->groups.code[g].id;
        if (g == imports || g == pool) {
            continue;
        }
        for (int32_t k = 0; k < d->n; k++) {
            double amount = d->amount[(int64_t)g * d->n + k];
            if (amount < 0) {
                d->stock[k] -= amount;
                im->report->negative_final++;
                im->report->negative_final_sum += amount;
            } else if (amount > 0 && g == exports && im->map.exports_as_trade) {
                e->export_limit[k] = im->map.export_limit * amount;
                e->exports_total += amount;
            } else if (amount > 0 && im->with_capital && g == im->invested) {
                PL_IM_TRY(pl_im_investment(im, good[k]->id, amount));
            } else if (amount > 0) {
                const pl_im_tier *rule = rule_of(im, group, good[k]);
                e->changed += rule->factor != 1;
                PL_IM_TRY(pl_add_need(im->builder, 0, good[k]->id, rule->tier, group, rule->factor * amount, 1, 0));
            }
            if (good == im->good) {
                enter(e, k, -amount);
                e->used[k] = e->used[k] || amount != 0;
                e->wanted[k] = e->wanted[k] || amount > 0;
            }
        }
    }
    for (int32_t k = 0; k < d->n; k++) {
        if (good == im->good) {
            e->stock[k] = d->stock[k]; /* rounding may be added */
        } else if (d->stock[k] > 0) {
            PL_IM_TRY(pl_add_stock(im->builder, 0, good[k]->id, d->stock[k]));
        }
    }
    return PL_OK;
}

static pl_status demand_room(pl_im *im, demand *d, int32_t n)
{
    if ((int64_t)n * im->groups.n > PL_IM_CELLS_MAX) {
        return pl_fail(im->err, PL_TOOBIG, im->map.file, NULL, "%d groups of final demand by %d goods are too many",
                       (int)im->groups.n, (int)n);
    }
    d->n = n;
    d->amount = pl_im_zero(im, (size_t)n * (size_t)im->groups.n + 1, sizeof(double));
    d->stock = zeros(im, n);
    return d->amount == NULL || d->stock == NULL ? pl_im_nomem(im) : PL_OK;
}

static pl_status domestic_demand(emit *e)
{
    pl_im *im = e->im;
    demand d;
    PL_IM_TRY(demand_room(im, &d, im->n_goods));
    for (size_t k = 0; k < im->final.n; k++) {
        const pl_im_cell *c = &im->final.at[k];
        add_column(d.amount + (int64_t)im->group_of[c->column] * d.n, &im->T, c->row, c->value, NULL);
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        add_column(e->import_of, &im->T, p, im->imported[p], NULL);
    }
    for (int32_t k = 0; k < im->n_goods; k++) {
        if (e->import_of[k] < 0) { /* margins and duties booked against imports */
            PL_IM_TRY(pl_add_need(im->builder, 0, im->good[k]->id, tier_of(im, "exports", im->good[k]), "imports",
                                  -e->import_of[k], 1, 0));
            enter(e, k, e->import_of[k]);
            e->used[k] = e->wanted[k] = true;
        }
    }
    return settle(e, &d, im->good);
}

static pl_status demand_elsewhere(emit *e, const pl_im_cells *cells, const pl_im_set *set, const int32_t *of,
                                  double *total, double sign)
{
    pl_im *im = e->im;
    demand d;
    PL_IM_TRY(demand_room(im, &d, set->n));
    const pl_im_code **good = pl_im_zero(im, (size_t)set->n + 1, sizeof *good);
    if (good == NULL) {
        return pl_im_nomem(im);
    }
    for (size_t k = 0; k < cells->n; k++) {
        const pl_im_cell *c = &cells->at[k];
        d.amount[(int64_t)im->group_of[c->column] * d.n + of[c->row]] += c->value;
        total[of[c->row]] += sign * c->value;
    }
    for (int32_t k = 0; k < set->n; k++) {
        good[k] = &set->code[k];
    }
    bool as_trade = im->map.exports_as_trade;
    im->map.exports_as_trade = false; /* what is imported for export stays a need */
    pl_status st = settle(e, &d, good);
    im->map.exports_as_trade = as_trade;
    return st;
}

/* ---- The pool of trade between places --------------------------------------------------------------- */

static pl_status emit_pool(emit *e)
{
    pl_im *im = e->im;
    int32_t group = pl_im_find(&im->groups, "pool", "");
    double *sent = zeros(im, im->products.n), gap = 0;
    if (im->map.pool == NULL || sent == NULL) {
        return sent == NULL ? pl_im_nomem(im) : PL_OK;
    }
    PL_IM_TRY(demand_elsewhere(e, &im->pool_final, &e->pools, e->pool_of, e->pool_gap, -1));
    for (size_t k = 0; k < im->final.n; k++) {
        if (im->group_of[im->final.at[k].column] == group) {
            sent[im->final.at[k].row] += im->final.at[k].value;
        }
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        const pl_im_code *code = &im->products.code[p];
        if (sent[p] <= 0) {
            continue;
        }
        const char *id = pl_im_text(im, "send %s", code->id), *pool = e->pools.code[e->pool_of[p]].id;
        const char *name = pl_im_text(im, "%s: from %s to %s", code->name, code->place, im->map.pool);
        if (id == NULL || name == NULL) {
            return pl_im_nomem(im);
        }
        e->pool_gap[e->pool_of[p]] += sent[p];
        PL_IM_TRY(pl_add_recipe(im->builder, 0, id, name, code->place, im->map.pool_limit * sent[p]));
        PL_IM_TRY(pl_add_flow(im->builder, 0, id, code->id, -1));
        PL_IM_TRY(pl_add_flow(im->builder, 0, id, pool, 1));
        enter(e, p, -sent[p]);
        e->used[p] = e->wanted[p] = true;
    }
    for (int32_t k = 0; k < e->pools.n; k++) {
        double d = e->pool_gap[k];
        gap = fmax(gap, fabs(d));
        if (d > 0) {
            PL_IM_TRY(pl_add_need(im->builder, 0, e->pools.code[k].id, tier_of(im, "exports", &e->pools.code[k]), "pool",
                                  d, 1, 0));
        } else if (d < 0) {
            PL_IM_TRY(pl_add_stock(im->builder, 0, e->pools.code[k].id, -d));
        }
    }
    pl_im_note(im, PL_NOTE, im->map.table[PL_IM_POOL].file, NULL,
               "the pool of trade between places does not balance by product (largest gap %.6g): the difference is a need "
               "of the group \"pool\", or a stock",
               gap);
    return PL_OK;
}

/* ---- Trade, resources, goods ------------------------------------------------------------------------ */

static pl_status emit_trade(emit *e)
{
    pl_im *im = e->im;
    const char *first = NULL;
    for (int32_t k = 0; k < im->n_goods; k++) {
        double price = PL_ABSENT, limit = PL_ABSENT, export_price = pl_given(e->export_limit[k]) ? 1 : PL_ABSENT;
        if (e->wanted[k] && !e->main[k]) { /* nobody could make more of it: without limit */
            price = im->map.import_price;
            im->report->no_producer++;
            first = first == NULL ? im->good[k]->id : first;
        } else if (e->import_of[k] > 0) {
            price = im->map.import_price;
            limit = (im->map.imports_inside ? 1 : im->map.import_limit) * e->import_of[k]; /* inside: rounding only */
        }
        enter(e, k, fmax(0, e->import_of[k]));
        e->imports_total += price > 0 && e->import_of[k] > 0 ? price * e->import_of[k] : 0;
        if (pl_given(price) || pl_given(export_price)) {
            e->used[k] = true;
            PL_IM_TRY(pl_add_trade(im->builder, 0, im->good[k]->id, price, limit, export_price, e->export_limit[k]));
        }
    }
    if (first != NULL) {
        pl_im_note(im, PL_NOTE, "", NULL, "%d products are used but made by nobody here, or only as by-products (%s%s): bought from outside, no limit",
                   (int)im->report->no_producer, first, im->report->no_producer > 1 ? " ..." : "");
    }
    for (int32_t k = 0; k < e->abroad.n; k++) {
        e->imports_total += im->map.import_price * fmax(0, e->foreign_total[k]);
        PL_IM_TRY(pl_add_trade(im->builder, 0, e->abroad.code[k].id, im->map.import_price,
                               im->map.import_limit * e->foreign_total[k], PL_ABSENT, PL_ABSENT));
    }
    return PL_OK;
}

/* Stocks of domestic goods.  Tables are rounded, so that of some goods a little less was made than used: as much is
 * added to their stocks.  Else what was observed would not be possible, and a good without a recipe, short by a rounding,
 * would have a price beyond reason. */
static pl_status emit_stocks(emit *e)
{
    pl_im *im = e->im;
    int32_t n = 0, n_large = 0, worst = 0;
    double sum = 0, most = 0;
    bool judge = e->zeroed == 0 && !im->map.rounding_stays;
    for (int32_t k = 0; k < im->n_goods; k++) {
        double lack = -e->left[k], room = ROUNDING * e->asked[k];
        if (judge && lack > OWN_ROUNDING * e->asked[k] && lack <= room) {
            e->stock[k] += lack;
            e->used[k] = true;
            n++;
            sum += lack;
            most = fmax(most, lack);
        } else if (judge && lack > room && e->asked[k] > 0) {
            n_large++;
            worst = n_large == 1 || lack > -e->left[worst] ? k : worst;
        }
        if (e->stock[k] > 0) {
            PL_IM_TRY(pl_add_stock(im->builder, 0, im->good[k]->id, e->stock[k]));
        }
    }
    if (n > 0) {
        pl_im_note(im, PL_NOTE, "", NULL,
                   "rounding: of %d goods a little less was made than used (at most %.3g, %.3g in all); so much is added to "
                   "their stocks, so that what was observed is possible", (int)n, most, sum);
    }
    if (n_large > 0) {
        pl_im_note(im, PL_WARNING, "", "look for a table or a category that the mapping leaves out",
                   "%d goods were used more than made or bought, by more than rounding; the worst is %s, by %.6g of %.6g",
                   (int)n_large, im->good[worst]->id, -e->left[worst], e->asked[worst]);
    }
    return PL_OK;
}

static pl_status emit_resources(emit *e)
{
    pl_im *im = e->im;
    for (int32_t k = 0; k < im->map.n_resources; k++) {
        const pl_im_resource *r = &im->map.resource[k];
        if (im->resource[k] == NULL && im->intensity[k] == NULL) {
            continue;
        }
        bool ours = im->available != 0 && (r->kind == PL_LABOUR || r->kind == PL_EQUIPMENT);
        bool counted = im->with_capital && r->kind == PL_EQUIPMENT; /* each asset is a limit of its own */
        double available = counted ? PL_ABSENT : factor_of(ours ? im->available : 0, r->available) * e->observed[k], lost = -e->observed[k];
        PL_IM_TRY(pl_add_resource(im->builder, 0, r->id, r->name, r->unit, r->kind, available));
        for (int32_t j = 0; j < pl_im_users(im)->n && im->resource[k] != NULL; j++) {
            lost += im->resource[k][j];
        }
        if (im->resource[k] != NULL && fabs(lost) > 1e-9 * fabs(e->observed[k])) {
            pl_im_note(im, PL_NOTE, "", NULL, "%s: %.6g belongs to industries without output and is left out", r->id, lost);
        }
        im->report->resources++;
    }
    if (e->imports_total > 0 || e->exports_total > 0) {
        PL_IM_TRY(pl_add_resource(im->builder, 0, "foreign_exchange", "Foreign exchange", im->map.unit, PL_MONEY,
                                  factor_of(im->available, im->map.foreign_exchange) *
                                      (e->imports_total - e->exports_total)));
        im->report->resources++;
    }
    return PL_OK;
}

static pl_status emit_good(emit *e, const pl_im_code *code, pl_im_set *places, const char *place_name)
{
    pl_im *im = e->im;
    int32_t before = places->n, at;
    im->report->goods++;
    if (code->place[0] != '\0') {
        PL_IM_TRY(pl_im_intern(im, places, code->place, "", &at));
        if (places->n != before) {
            PL_IM_TRY(pl_add_place(im->builder, 0, code->place, place_name));
        }
    }
    return pl_add_good(im->builder, 0, code->id, code->name, code->unit[0] != '\0' ? code->unit : im->map.unit,
                       code->group, code->place, false);
}

static pl_status emit_goods(emit *e)
{
    pl_im *im = e->im;
    int32_t unused = 0;
    for (int32_t k = 0; k < im->n_goods; k++) {
        if (e->used[k]) {
            PL_IM_TRY(emit_good(e, im->good[k], &im->places, ""));
        } else {
            unused++;
        }
    }
    for (int32_t k = 0; k < e->abroad.n; k++) {
        PL_IM_TRY(emit_good(e, &e->abroad.code[k], &im->places, "abroad (imports)"));
    }
    for (int32_t k = 0; k < e->pools.n; k++) {
        PL_IM_TRY(emit_good(e, &e->pools.code[k], &im->places, "the pool of trade between places"));
    }
    if (unused > 0) {
        pl_im_note(im, PL_NOTE, "", NULL, "%d products that nobody makes or uses are left out", (int)unused);
    }
    return PL_OK;
}

/* Products in the rules of tiers that are nowhere: most likely a slip. */
static void check_tiers(pl_im *im)
{
    for (int32_t t = 0; t < im->map.n_tiers; t++) {
        size_t k;
        json_t *one;
        json_array_foreach(im->map.tier[t].products, k, one)
        {
            bool known = false;
            for (int32_t g = 0; g < im->n_goods && !known; g++) {
                known = fits(json_string_value(one), im->good[g]->bare) || fits(json_string_value(one), im->good[g]->id);
            }
            if (!known) {
                pl_im_note(im, PL_WARNING, im->map.file, "correct demand.tiers of the mapping",
                           "the rules of tiers name a product \"%.80s\" that is not in the tables", json_string_value(one));
            }
        }
    }
}

static pl_status emit_all(emit *e)
{
    pl_im *im = e->im;
    PL_IM_TRY(prepare(e));
    PL_IM_TRY(emit_recipes(e));
    PL_IM_TRY(domestic_demand(e));
    if (im->map.imports == PL_IM_TABLE) {
        PL_IM_TRY(demand_elsewhere(e, &im->imports_final, &e->abroad, e->abroad_of, e->foreign_total, 1));
    }
    PL_IM_TRY(emit_pool(e));
    PL_IM_TRY(emit_trade(e));
    PL_IM_TRY(emit_stocks(e));
    PL_IM_TRY(emit_resources(e));
    PL_IM_TRY(emit_goods(e));
    PL_IM_TRY(pl_im_emit_capital(im));
    check_tiers(im);
    if (e->changed > 0) {
        pl_im_note(im, PL_NOTE, im->map.file, NULL, "%d needs differ from what was observed, by the factors of demand.tiers",
                   (int)e->changed);
    }
    if (im->report->negative_final > 0) {
        pl_im_note(im, PL_NOTE, im->map.table[PL_IM_FINAL].file, NULL,
                   "%lld net amounts of final demand below zero (%.10g in all) are stocks on hand",
                   (long long)im->report->negative_final, im->report->negative_final_sum);
    }
    return PL_OK;
}

pl_status pl_im_emit(pl_im *im)
{
    emit e = {.im = im};
    pl_status st = emit_all(&e);
    pl_map_clear(&e.abroad.map);
    pl_map_clear(&e.pools.map);
    pl_free(e.abroad.code);
    pl_free(e.pools.code);
    return st;
}
