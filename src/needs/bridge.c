/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * bridge.c - what people buy, at the till, becomes demand for goods at producers' prices: margins are cut out and booked on those who
 * transport and sell (the household margins of national accounts). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "needs/frame.h"

#define SUM 1e-6 /* shares must add up to 1, up to this */

typedef struct pl_bridge_store {
    pl_bridge bridge; /* what the caller sees */
    pl_arena arena;
    pl_map good, category;
} store;

typedef struct loading {
    store *s;
    pl_frame goods, margins, suppliers;
    pl_error *err;
} loading;

static pl_status nomem(loading *l)
{
    return pl_fail_nomem(l->err, "the bridge");
}

static const char *keep(loading *l, const char *text)
{
    return pl_arena_text(&l->s->arena, text, strlen(text));
}

/* ---- Margins of goods ---------------------------------------------------------------------------------------------------------------- */

static bool ends_in_margin(const char *name)
{
    size_t n = strlen(name);
    return n > 7 && strcmp(name + n - 7, "_margin") == 0;
}

/* The columns good (or commodity), producers_value, purchasers_value, and every *_margin. */
static pl_status margin_columns(loading *l, int32_t *good, int32_t *producers, int32_t *purchasers, int32_t column[PL_BRIDGE_MARGINS])
{
    const pl_frame *f = &l->margins;
    pl_bridge *b = &l->s->bridge;
    pl_status status = PL_OK;
    *good = pl_frame_find(f, "commodity");
    if (*good < 0) {
        status = pl_frame_column(f, "good", good, l->err);
    }
    status = status == PL_OK ? pl_frame_column(f, "producers_value", producers, l->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "purchasers_value", purchasers, l->err) : status;
    b->margin = PL_ARENA_NEW(&l->s->arena, const char *, PL_BRIDGE_MARGINS);
    for (int32_t c = 0; c < f->n_columns && status == PL_OK && b->margin != NULL; c++) {
        if (!ends_in_margin(f->header[c])) {
            continue;
        }
        if (b->n_margins == PL_BRIDGE_MARGINS) {
            return pl_fail(l->err, PL_DATA, f->name, NULL, "there are more than %d columns of margins", PL_BRIDGE_MARGINS);
        }
        column[b->n_margins] = c;
        b->margin[b->n_margins] = keep(l, f->header[c]);
        status = b->margin[b->n_margins++] != NULL ? PL_OK : nomem(l);
    }
    return status == PL_OK && b->margin == NULL ? nomem(l) : status;
}

static pl_status read_margins(loading *l)
{
    const pl_frame *f = &l->margins;
    pl_bridge *b = &l->s->bridge;
    int32_t good, columns[PL_BRIDGE_MARGINS + 2], rows = f->n_rows;
    pl_status status = margin_columns(l, &good, &columns[0], &columns[1], columns + 2);
    double *value = PL_NEW(double, (size_t)rows * (PL_BRIDGE_MARGINS + 2));
    b->goods = PL_ARENA_NEW(&l->s->arena, pl_bridge_good, rows);
    if (status == PL_OK && (value == NULL || b->goods == NULL)) {
        status = nomem(l);
    }
    for (int32_t k = 0; k < b->n_margins + 2 && status == PL_OK; k++) {
        status = pl_frame_numbers(f, columns[k], false, value + (size_t)k * (size_t)rows, l->err);
    }
    for (int32_t r = 0; r < rows && status == PL_OK; r++) {
        pl_bridge_good *g = &b->goods[r];
        int32_t old;
        *g = (pl_bridge_good){.id = keep(l, pl_frame_cell(f, r, good)), .producers = value[r], .purchasers = value[(size_t)rows + (size_t)r]};
        for (int32_t k = 0; k < b->n_margins; k++) {
            g->margin[k] = value[(size_t)(k + 2) * (size_t)rows + (size_t)r];
        }
        status = g->id == NULL || pl_map_put(&l->s->good, g->id, strlen(g->id), r, &old) != PL_OK ? nomem(l) : PL_OK;
        if (status == PL_OK && old >= 0) {
            status = pl_frame_fail(f, r, l->err, NULL, "the good \"%.60s\" is there twice", g->id);
        }
    }
    b->n_goods = rows;
    pl_free(value);
    return status;
}

/* ---- Goods of categories ------------------------------------------------------------------------------------------------------------------ */

static pl_status unknown_good(loading *l, const pl_frame *f, int32_t row, const char *id)
{
    const pl_bridge *b = &l->s->bridge;
    char hint[160] = "say a good of the table of margins";
    const char **names = PL_NEW(const char *, b->n_goods);
    if (names != NULL) {
        for (int32_t g = 0; g < b->n_goods; g++) {
            names[g] = b->goods[g].id;
        }
        const char *like = pl_did_you_mean(id, names, b->n_goods);
        if (like != NULL) {
            snprintf(hint, sizeof hint, "did you mean \"%.60s\"?", like);
        }
        pl_free(names);
    }
    return pl_frame_fail(f, row, l->err, hint, "there is no good \"%.60s\"", id);
}

static pl_status read_link(loading *l, int32_t row, const int32_t column[3], const double *share)
{
    const pl_frame *f = &l->goods;
    pl_bridge *b = &l->s->bridge;
    const char *category = pl_frame_cell(f, row, column[0]), *good = pl_frame_cell(f, row, column[1]);
    int32_t old, number = good[0] == '\0' ? -1 : pl_map_get(&l->s->good, good, strlen(good));
    if (good[0] != '\0' && number < 0) {
        return unknown_good(l, f, row, good);
    }
    if (number >= 0 && !(b->goods[number].purchasers > 0 && b->goods[number].producers >= 0)) {
        return pl_frame_fail(f, row, l->err, "lead the category to another good", "nothing is spent on \"%.60s\" in the table of margins", good);
    }
    const char *name = keep(l, category);
    if (name == NULL || pl_map_put(&l->s->category, name, strlen(name), b->n_categories, &old) != PL_OK) {
        return nomem(l);
    }
    if (old < 0) {
        old = b->n_categories;
        b->category[b->n_categories++] = name;
    } else if (b->links[b->n_links - 1].category != old) {
        return pl_frame_fail(f, row, l->err, "put its rows one after the other", "the category \"%.60s\" was there before", category);
    }
    if (!isnan(share[row]) && !(share[row] > 0)) {
        return pl_frame_fail(f, row, l->err, "say a part of 1, or leave it blank", "the share of \"%.60s\" is not above 0", category);
    }
    b->links[b->n_links++] = (pl_bridge_link){old, number, share[row]};
    return PL_OK;
}

/* Shares of the links from..to-1 of one category: as given, or in proportion to what is spent on the goods. */
static pl_status complete_shares(loading *l, int32_t from, int32_t to)
{
    pl_bridge *b = &l->s->bridge;
    double sum = 0, spent = 0;
    int32_t given = 0;
    for (int32_t k = from; k < to; k++) {
        const pl_bridge_link *link = &b->links[k];
        if (link->good < 0 && to - from > 1) {
            return pl_frame_fail(&l->goods, k, l->err, NULL, "\"%.60s\" is left out and led to a good at once", b->category[link->category]);
        }
        given += !isnan(link->share);
        sum += isnan(link->share) ? 0 : link->share;
        spent += link->good >= 0 ? b->goods[link->good].purchasers : 1;
    }
    if (given != 0 && (given != to - from || fabs(sum - 1) > SUM)) {
        return pl_frame_fail(&l->goods, from, l->err, "give a share for every good, adding up to 1, or for none",
                             "the shares of \"%.60s\" add up to %.9g", b->category[b->links[from].category], sum);
    }
    for (int32_t k = from; k < to; k++) {
        pl_bridge_link *link = &b->links[k];
        link->share = given > 0 ? link->share / sum : link->good >= 0 ? b->goods[link->good].purchasers / spent : 1;
    }
    return PL_OK;
}

static pl_status read_goods(loading *l)
{
    const pl_frame *f = &l->goods;
    pl_bridge *b = &l->s->bridge;
    int32_t column[3];
    double *share = PL_NEW(double, f->n_rows);
    b->category = PL_ARENA_NEW(&l->s->arena, const char *, f->n_rows);
    b->links = PL_ARENA_NEW(&l->s->arena, pl_bridge_link, f->n_rows);
    pl_status status = share != NULL && b->category != NULL && b->links != NULL ? PL_OK : nomem(l);
    status = status == PL_OK ? pl_frame_column(f, "category", &column[0], l->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "good", &column[1], l->err) : status;
    column[2] = pl_frame_find(f, "share");
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        share[r] = NAN;
    }
    if (status == PL_OK && column[2] >= 0) {
        status = pl_frame_numbers(f, column[2], true, share, l->err);
    }
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        status = read_link(l, r, column, share);
    }
    for (int32_t from = 0, to; from < b->n_links && status == PL_OK; from = to) {
        for (to = from; to < b->n_links && b->links[to].category == b->links[from].category;) {
            to++;
        }
        status = complete_shares(l, from, to);
    }
    pl_free(share);
    return status;
}

/* ---- Suppliers of margins --------------------------------------------------------------------------------------------------------------------- */

/* What a good has at producers' prices beyond what is spent on it: booked there as a margin of others. */
static double booked(const pl_bridge *b, int32_t good)
{
    const pl_bridge_good *g = &b->goods[good];
    double own = g->producers;
    for (int32_t k = 0; k < b->n_margins; k++) {
        own += g->margin[k];
    }
    return own > g->purchasers ? own - g->purchasers : 0;
}

static pl_status read_supplier(loading *l, int32_t row, int32_t margin_column, int32_t good_column, const double *share)
{
    const pl_frame *f = &l->suppliers;
    pl_bridge *b = &l->s->bridge;
    const char *margin = pl_frame_cell(f, row, margin_column), *good = pl_frame_cell(f, row, good_column);
    int32_t k = 0, g = pl_map_get(&l->s->good, good, strlen(good));
    while (k < b->n_margins && strcmp(b->margin[k], margin) != 0) {
        k++;
    }
    if (k == b->n_margins) {
        return pl_frame_fail(f, row, l->err, "say a column of the table of margins, for example retail_margin", "there is no margin \"%.60s\"", margin);
    }
    if (g < 0) {
        return unknown_good(l, f, row, good);
    }
    double part = isnan(share[row]) ? booked(b, g) : share[row];
    if (!(part > 0)) {
        return pl_frame_fail(f, row, l->err, "give its share", "\"%.60s\" supplies no margin in the table of margins", good);
    }
    b->suppliers[b->n_suppliers++] = (pl_bridge_supplier){k, g, part};
    return PL_OK;
}

static pl_status read_suppliers(loading *l)
{
    const pl_frame *f = &l->suppliers;
    pl_bridge *b = &l->s->bridge;
    int32_t margin, good, column = pl_frame_find(f, "share");
    double *share = PL_NEW(double, f->n_rows), sum[PL_BRIDGE_MARGINS] = {0};
    b->suppliers = PL_ARENA_NEW(&l->s->arena, pl_bridge_supplier, f->n_rows);
    pl_status status = share != NULL && b->suppliers != NULL ? PL_OK : nomem(l);
    status = status == PL_OK ? pl_frame_column(f, "margin", &margin, l->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "good", &good, l->err) : status;
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        share[r] = NAN;
    }
    if (status == PL_OK && column >= 0) {
        status = pl_frame_numbers(f, column, true, share, l->err);
    }
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        status = read_supplier(l, r, margin, good, share);
    }
    for (int32_t s = 0; s < b->n_suppliers && status == PL_OK; s++) {
        sum[b->suppliers[s].margin] += b->suppliers[s].share;
    }
    for (int32_t s = 0; s < b->n_suppliers && status == PL_OK; s++) {
        b->suppliers[s].share /= sum[b->suppliers[s].margin];
    }
    for (int32_t k = 0; k < b->n_margins && status == PL_OK; k++) {
        if (sum[k] == 0) {
            status = pl_fail(l->err, PL_DATA, f->name, "add a row margin,good", "nobody supplies the margin \"%.60s\"", b->margin[k]);
        }
    }
    pl_free(share);
    return status;
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------------------------- */

pl_status pl_bridge_load(const char *goods_path, const char *margins_path, const char *suppliers_path, pl_bridge **out, pl_error *err)
{
    loading l = {.s = PL_NEW0(store, 1), .err = err};
    *out = NULL;
    if (l.s == NULL) {
        return nomem(&l);
    }
    pl_arena_init(&l.s->arena, 0);
    pl_map_init(&l.s->good);
    pl_map_init(&l.s->category);
    l.s->bridge.store = l.s;
    pl_status status = pl_frame_load(margins_path, &l.margins, err);
    status = status == PL_OK ? read_margins(&l) : status;
    status = status == PL_OK ? pl_frame_load(goods_path, &l.goods, err) : status;
    status = status == PL_OK ? read_goods(&l) : status;
    status = status == PL_OK ? pl_frame_load(suppliers_path, &l.suppliers, err) : status;
    status = status == PL_OK ? read_suppliers(&l) : status;
    pl_frame_clear(&l.goods);
    pl_frame_clear(&l.margins);
    pl_frame_clear(&l.suppliers);
    if (status == PL_OK) {
        *out = &l.s->bridge;
    } else {
        pl_bridge_free(&l.s->bridge);
    }
    return status;
}

void pl_bridge_free(pl_bridge *bridge)
{
    if (bridge != NULL) {
        store *s = bridge->store;
        pl_map_clear(&s->good);
        pl_map_clear(&s->category);
        pl_arena_clear(&s->arena);
        pl_free(s);
    }
}

int32_t pl_bridge_category(const pl_bridge *bridge, const char *name)
{
    return pl_map_get(&bridge->store->category, name, strlen(name));
}

void pl_bridge_apply(const pl_bridge *b, const double *spending, double *own, double *margins, bool *covered)
{
    for (int32_t g = 0; g < b->n_goods; g++) {
        if (own != NULL) {
            own[g] = 0;
        }
        if (margins != NULL) {
            margins[g] = 0;
        }
        if (covered != NULL) {
            covered[g] = false;
        }
    }
    double sum[PL_BRIDGE_MARGINS] = {0};
    for (int32_t k = 0; k < b->n_links; k++) {
        const pl_bridge_link *link = &b->links[k];
        if (link->good < 0) {
            continue;
        }
        const pl_bridge_good *g = &b->goods[link->good];
        double spent = spending != NULL ? spending[link->category] * link->share : 0, total = g->producers;
        for (int32_t m = 0; m < b->n_margins; m++) {
            total += g->margin[m]; /* the purchasers' value, up to the rounding of the table */
        }
        for (int32_t m = 0; m < b->n_margins; m++) {
            sum[m] += spent * g->margin[m] / total;
        }
        if (own != NULL) {
            own[link->good] += spent * g->producers / total;
        }
        if (covered != NULL) {
            covered[link->good] = true;
        }
    }
    for (int32_t s = 0; s < b->n_suppliers && margins != NULL; s++) {
        margins[b->suppliers[s].good] += sum[b->suppliers[s].margin] * b->suppliers[s].share;
    }
}

double pl_bridge_observed(const pl_bridge *b)
{
    double sum = 0;
    for (int32_t g = 0; g < b->n_goods; g++) {
        bool covered = false;
        for (int32_t k = 0; k < b->n_links && !covered; k++) {
            covered = b->links[k].good == g;
        }
        sum += covered ? b->goods[g].purchasers : 0;
    }
    return sum;
}
