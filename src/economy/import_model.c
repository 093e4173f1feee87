/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The models of transformation: from industries that make several products to recipes.
 *
 * Every model is two sparse matrices.  Recipe r takes the share W[j,r] of the inputs and resources of industry j for
 * each unit of its level; product p becomes T[k,p] of good k.  docs/methods/supply-use.md has the formulas. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

#define W_ROUNDING 1e-14 /* entries of an inverse that are smaller than this, relative to the column, are rounding */

/* ---- Dense inverse ------------------------------------------------------------------------------ */

static int32_t pivot_row(const double *a, int32_t n, int32_t k)
{
    int32_t best = k;
    for (int32_t i = k + 1; i < n; i++) {
        best = fabs(a[(int64_t)i * n + k]) > fabs(a[(int64_t)best * n + k]) ? i : best;
    }
    return best;
}

static void swap_rows(double *a, int32_t n, int32_t i, int32_t k)
{
    for (int32_t j = 0; j < n; j++) {
        double t = a[(int64_t)i * n + j];
        a[(int64_t)i * n + j] = a[(int64_t)k * n + j];
        a[(int64_t)k * n + j] = t;
    }
}

/* One step of Gauss-Jordan in place: column k is replaced by that of the inverse so far. */
static void eliminate(double *a, int32_t n, int32_t k)
{
    double *pivot = a + (int64_t)k * n, over = 1 / pivot[k];
    pivot[k] = 1;
    for (int32_t j = 0; j < n; j++) {
        pivot[j] *= over;
    }
    for (int32_t i = 0; i < n; i++) {
        double *row = a + (int64_t)i * n, f = row[k];
        if (i == k || f == 0) {
            continue;
        }
        row[k] = 0;
        for (int32_t j = 0; j < n; j++) {
            row[j] -= f * pivot[j];
        }
    }
}

pl_status pl_im_invert(pl_im *im, double *a, int32_t n, int32_t *at)
{
    int32_t *swapped = pl_im_zero(im, (size_t)n + 1, sizeof *swapped);
    if (swapped == NULL) {
        return pl_im_nomem(im);
    }
    double scale = 0;
    for (int64_t k = 0; k < (int64_t)n * n; k++) {
        scale = fmax(scale, fabs(a[k]));
    }
    for (int32_t k = 0; k < n; k++) {
        int32_t best = pivot_row(a, n, k);
        if (!(fabs(a[(int64_t)best * n + k]) > 1e-13 * scale / (1 + (double)n))) {
            *at = k;
            return PL_NUMERIC;
        }
        swapped[k] = best;
        if (best != k) {
            swap_rows(a, n, best, k);
        }
        eliminate(a, n, k);
        if (k % 64 == 0 && !pl_tick(im->progress, "inverting the make table", (double)k / n)) {
            return pl_fail(im->err, PL_STOPPED, NULL, NULL, "stopped while inverting the make table");
        }
    }
    for (int32_t k = n - 1; k >= 0; k--) { /* rows were swapped: so are the columns of the inverse */
        for (int32_t i = 0; i < n && swapped[k] != k; i++) {
            double *row = a + (int64_t)i * n, t = row[k];
            row[k] = row[swapped[k]];
            row[swapped[k]] = t;
        }
    }
    return PL_OK;
}

/* ---- Building W and T ---------------------------------------------------------------------------- */

typedef struct building {
    pl_im_cells w, t;
} building;

static pl_status add_recipe(pl_im *im, const pl_im_code *label, double level, int32_t own)
{
    int32_t r = im->n_recipes++;
    im->recipe[r] = label;
    im->level[r] = level;
    im->own[r] = own;
    return PL_OK;
}

static pl_status room(pl_im *im)
{
    size_t n = (size_t)im->products.n + (size_t)pl_im_users(im)->n;
    im->recipe = pl_im_zero(im, n, sizeof *im->recipe);
    im->level = pl_im_zero(im, n, sizeof *im->level);
    im->own = pl_im_zero(im, n, sizeof *im->own);
    im->good = pl_im_zero(im, n, sizeof *im->good);
    return im->recipe == NULL || im->level == NULL || im->own == NULL || im->good == NULL ? pl_im_nomem(im) : PL_OK;
}

/* Goods are the products. */
static pl_status goods_of_products(pl_im *im, building *b)
{
    im->n_goods = im->products.n;
    for (int32_t p = 0; p < im->products.n; p++) {
        im->good[p] = &im->products.code[p];
        PL_IM_TRY(pl_im_push(im, &b->t, p, p, 1));
    }
    return PL_OK;
}

/* A product that stays a good of its own among the industries' outputs. */
static pl_status product_as_good(pl_im *im, building *b, int32_t p)
{
    const pl_im_code *code = &im->products.code[p];
    for (int32_t k = 0; k < im->n_goods; k++) {
        if (strcmp(im->good[k]->id, code->id) == 0) {
            pl_im_code *other = PL_ARENA_NEW(&im->arena, pl_im_code, 1);
            const char *id = pl_im_text(im, "%s (product)", code->id);
            if (other == NULL || id == NULL) {
                return pl_im_nomem(im);
            }
            *other = *code;
            other->id = id;
            code = other;
            break;
        }
    }
    im->good[im->n_goods] = code;
    return pl_im_push(im, &b->t, im->n_goods++, p, 1);
}

/* Symmetric tables, and "activities": each industry as it is. */
static pl_status industries_as_they_are(pl_im *im, building *b, bool own)
{
    const pl_im_set *users = pl_im_users(im);
    PL_IM_TRY(goods_of_products(im, b));
    for (int32_t j = 0; j < users->n; j++) {
        if (im->g[j] > 0) {
            PL_IM_TRY(pl_im_push(im, &b->w, j, im->n_recipes, 1 / im->g[j]));
            PL_IM_TRY(add_recipe(im, &users->code[j], im->g[j], own ? j : -1));
        }
    }
    return PL_OK;
}

/* Model B, industry technology: A = U inv(diag g) V inv(diag q). */
static pl_status industry_technology(pl_im *im, building *b)
{
    int32_t *recipe = pl_im_zero(im, (size_t)im->products.n, sizeof *recipe);
    if (recipe == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(goods_of_products(im, b));
    for (int32_t p = 0; p < im->products.n; p++) {
        recipe[p] = im->n_recipes;
        if (im->q[p] > 0) {
            PL_IM_TRY(add_recipe(im, &im->products.code[p], im->q[p], p));
        }
    }
    for (int32_t j = 0; j < im->V.n_columns; j++) {
        for (int64_t k = im->V.start[j]; k < im->V.start[j + 1]; k++) {
            int32_t p = im->V.row[k];
            if (im->q[p] > 0 && im->g[j] > 0) {
                PL_IM_TRY(pl_im_push(im, &b->w, j, recipe[p], im->V.value[k] / (im->q[p] * im->g[j])));
            }
        }
    }
    return PL_OK;
}

/* Model D, fixed product sales structure: T = V inv(diag q), A = T U inv(diag g). */
static pl_status product_sales(pl_im *im, building *b)
{
    const pl_im_set *users = &im->industries;
    int32_t *good = pl_im_zero(im, (size_t)users->n, sizeof *good);
    if (good == NULL) {
        return pl_im_nomem(im);
    }
    for (int32_t j = 0; j < users->n; j++) {
        if (im->g[j] > 0) {
            good[j] = im->n_goods;
            im->good[im->n_goods++] = &users->code[j];
            PL_IM_TRY(pl_im_push(im, &b->w, j, im->n_recipes, 1 / im->g[j]));
            PL_IM_TRY(add_recipe(im, &users->code[j], im->g[j], good[j]));
        }
    }
    for (int32_t j = 0; j < users->n; j++) {
        for (int64_t k = im->V.start[j]; k < im->V.start[j + 1] && im->g[j] > 0; k++) {
            int32_t p = im->V.row[k];
            if (im->q[p] > 0) {
                PL_IM_TRY(pl_im_push(im, &b->t, good[j], p, im->V.value[k] / im->q[p]));
            }
        }
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        if (!(im->q[p] > 0)) {
            PL_IM_TRY(product_as_good(im, b, p));
        }
    }
    return PL_OK;
}

/* ---- The two models that invert the make table ---------------------------------------------------- */

typedef struct square {
    int32_t n;
    int32_t *block_of;    /* of each industry, -1 = without output */
    int32_t *main_of;     /* main product of each block */
    int32_t *industry_of; /* the industry that names each block */
    int32_t *position;    /* of each product among the main ones, -1 */
    double *inverse;      /* n x n, blocks x products */
    double *g;            /* output of each block without by-products */
} square;

static int32_t main_product(const pl_im *im, int32_t j)
{
    int32_t best = -1, same = pl_im_find(&im->products, im->industries.code[j].bare, im->industries.code[j].place);
    double most = 0;
    for (int64_t k = im->V.start[j]; k < im->V.start[j + 1]; k++) {
        if (im->V.row[k] == same && im->V.value[k] > 0) {
            return same;
        }
        if (im->V.value[k] > most) {
            most = im->V.value[k];
            best = im->V.row[k];
        }
    }
    return best;
}

static pl_status find_blocks(pl_im *im, square *s)
{
    size_t n = (size_t)im->products.n, m = (size_t)im->industries.n;
    s->block_of = pl_im_zero(im, m, sizeof *s->block_of);
    s->main_of = pl_im_zero(im, m, sizeof *s->main_of);
    s->industry_of = pl_im_zero(im, m, sizeof *s->industry_of);
    s->position = pl_im_zero(im, n, sizeof *s->position);
    if (s->block_of == NULL || s->main_of == NULL || s->industry_of == NULL || s->position == NULL) {
        return pl_im_nomem(im);
    }
    memset(s->position, 0xff, n * sizeof *s->position);
    for (int32_t j = 0; j < im->industries.n; j++) {
        int32_t p = im->g[j] > 0 ? main_product(im, j) : -1;
        s->block_of[j] = -1;
        if (p < 0) {
            continue;
        }
        if (s->position[p] < 0) {
            s->main_of[s->n] = p;
            s->industry_of[s->n] = j;
            s->position[p] = s->n++;
        } else {
            im->report->merged++;
            if (strcmp(im->industries.code[j].id, im->products.code[p].id) == 0) {
                s->industry_of[s->position[p]] = j;
            }
        }
        s->block_of[j] = s->position[p];
    }
    return s->n <= PL_IM_SQUARE_MAX
               ? PL_OK
               : pl_fail(im->err, PL_TOOBIG, im->map.file, "take industry-technology or activities",
                         "this model inverts the make table, at most %d products", PL_IM_SQUARE_MAX);
}

/* By-products: what is no industry's main product is taken as a negative input of those who make it. */
static pl_status set_byproducts_apart(pl_im *im, const square *s)
{
    for (int32_t j = 0; j < im->V.n_columns; j++) {
        for (int64_t k = im->V.start[j]; k < im->V.start[j + 1]; k++) {
            if (s->position[im->V.row[k]] < 0) {
                PL_IM_TRY(pl_im_push(im, &im->use, im->V.row[k], j, -im->V.value[k]));
            }
        }
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        im->report->byproducts += s->position[p] < 0 && im->q[p] > 0;
    }
    return pl_im_compress(im, &im->use, im->products.n, im->industries.n, &im->U);
}

static pl_status invert_make(pl_im *im, square *s)
{
    int32_t n = s->n, at = 0;
    s->inverse = pl_im_zero(im, (size_t)n * (size_t)n + 1, sizeof *s->inverse);
    s->g = pl_im_zero(im, (size_t)n + 1, sizeof *s->g);
    if (s->inverse == NULL || s->g == NULL) {
        return pl_im_nomem(im);
    }
    for (int32_t j = 0; j < im->V.n_columns; j++) {
        for (int64_t k = im->V.start[j]; k < im->V.start[j + 1] && s->block_of[j] >= 0; k++) {
            int32_t i = s->position[im->V.row[k]];
            if (i >= 0) {
                s->inverse[(int64_t)i * n + s->block_of[j]] += im->V.value[k];
                s->g[s->block_of[j]] += im->V.value[k];
            }
        }
    }
    pl_status st = pl_im_invert(im, s->inverse, n, &at);
    return st != PL_NUMERIC ? st
                            : pl_fail(im->err, PL_NUMERIC, im->map.file, "take industry-technology or activities",
                                      "the make table cannot be inverted (at %s)", im->products.code[s->main_of[at]].id);
}

static double column_scale(const square *s, int32_t i)
{
    double scale = 0;
    for (int32_t k = 0; k < s->n; k++) {
        scale = fmax(scale, fabs(s->inverse[(int64_t)k * s->n + i]));
    }
    return scale;
}

/* Model A, product technology: A = U inv(V'). */
static pl_status product_technology(pl_im *im, building *b, const square *s)
{
    PL_IM_TRY(goods_of_products(im, b));
    for (int32_t i = 0; i < s->n; i++) {
        int32_t p = s->main_of[i];
        double scale = column_scale(s, i);
        for (int32_t j = 0; j < im->industries.n; j++) {
            double w = s->block_of[j] < 0 ? 0 : s->inverse[(int64_t)s->block_of[j] * s->n + i];
            if (fabs(w) > W_ROUNDING * scale) {
                PL_IM_TRY(pl_im_push(im, &b->w, j, im->n_recipes, w));
            }
        }
        PL_IM_TRY(add_recipe(im, &im->products.code[p], im->q[p], p));
    }
    return PL_OK;
}

/* Model C, fixed industry sales structure: T = diag(g) inv(V'), A = T U inv(diag g). */
static pl_status industry_sales(pl_im *im, building *b, const square *s)
{
    for (int32_t k = 0; k < s->n; k++) {
        im->good[im->n_goods++] = &im->industries.code[s->industry_of[k]];
        PL_IM_TRY(add_recipe(im, im->good[k], s->g[k], k));
    }
    for (int32_t j = 0; j < im->industries.n; j++) {
        if (s->block_of[j] >= 0) {
            PL_IM_TRY(pl_im_push(im, &b->w, j, s->block_of[j], 1 / s->g[s->block_of[j]]));
        }
    }
    for (int32_t i = 0; i < s->n; i++) {
        double scale = column_scale(s, i);
        for (int32_t k = 0; k < s->n; k++) {
            double t = s->inverse[(int64_t)k * s->n + i];
            if (fabs(t) > W_ROUNDING * scale) {
                PL_IM_TRY(pl_im_push(im, &b->t, k, s->main_of[i], s->g[k] * t));
            }
        }
    }
    for (int32_t p = 0; p < im->products.n; p++) {
        if (s->position[p] < 0) {
            PL_IM_TRY(product_as_good(im, b, p));
        }
    }
    return PL_OK;
}

static pl_status inverting(pl_im *im, building *b)
{
    square s = {0};
    PL_IM_TRY(find_blocks(im, &s));
    PL_IM_TRY(set_byproducts_apart(im, &s));
    PL_IM_TRY(invert_make(im, &s));
    if (im->report->merged > 0 || im->report->byproducts > 0) {
        pl_im_note(im, PL_NOTE, im->map.table[PL_IM_MAKE].file, NULL,
                   "to make the make table square, %d industries were merged with the one of the same main product, and %d "
                   "products that are nobody's main product became by-products",
                   (int)im->report->merged, (int)im->report->byproducts);
    }
    return im->model == PL_IM_PRODUCT_TECHNOLOGY ? product_technology(im, b, &s) : industry_sales(im, b, &s);
}

static pl_status choose(pl_im *im, building *b)
{
    if (im->map.kind != PL_IM_SUPPLY_USE) {
        return industries_as_they_are(im, b, true);
    }
    switch (im->model) {
    case PL_IM_INDUSTRY_TECHNOLOGY:
        return industry_technology(im, b);
    case PL_IM_PRODUCT_SALES:
        return product_sales(im, b);
    case PL_IM_PRODUCT_TECHNOLOGY:
    case PL_IM_INDUSTRY_SALES:
        return inverting(im, b);
    case PL_IM_ACTIVITIES:
    default:
        return industries_as_they_are(im, b, false);
    }
}

/* Industries without output and products nobody makes, said before they vanish. */
static void report_zero_output(pl_im *im)
{
    const pl_im_set *users = pl_im_users(im);
    double lost = 0;
    const char *first = NULL;
    for (int32_t j = 0; j < users->n; j++) {
        if (im->g[j] > 0) {
            continue;
        }
        im->report->zero_output++;
        first = first == NULL ? users->code[j].id : first;
        for (int64_t k = im->U.start[j]; k < im->U.start[j + 1]; k++) {
            lost += im->U.value[k];
        }
    }
    if (first != NULL) {
        pl_im_note(im, lost != 0 ? PL_WARNING : PL_NOTE, "", NULL,
                   "%d industries without output have no recipe (%s%s); their inputs, left out, are %.10g",
                   (int)im->report->zero_output, first, im->report->zero_output > 1 ? " ..." : "", lost);
    }
}

pl_status pl_im_transform(pl_im *im)
{
    building b = {0};
    report_zero_output(im);
    pl_status st = room(im);
    if (st == PL_OK) {
        st = choose(im, &b);
    }
    if (st == PL_OK) {
        st = pl_im_compress(im, &b.w, pl_im_users(im)->n, im->n_recipes, &im->W);
    }
    if (st == PL_OK) {
        st = pl_im_compress(im, &b.t, im->n_goods, im->products.n, &im->T);
    }
    pl_free(b.w.at);
    pl_free(b.t.at);
    return st;
}
