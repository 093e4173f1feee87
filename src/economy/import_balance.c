/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * import_balance.c - tables that do not quite add up are balanced: cells of use and of final demand move in proportion, as little as
 * possible, until every product is used up and every industry's inputs leave what its primary inputs are. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

#define ROUNDING 1e-6 /* part of two numbers by which they may differ and be the same */

typedef struct balance {
    pl_im *im;
    pl_balancing b;
    pl_im_cells *table[2]; /* use, final */
    int64_t *start;
    int32_t *row;
    double *target, *x;
    bool columns;          /* industries have sums too: the mapping says what their primary inputs are */
} balance;

static void balance_clear(balance *a)
{
    pl_free(a->start);
    pl_free(a->row);
    pl_free(a->target);
    pl_free(a->x);
}

/* What the cells of each product, then of each industry, must add up to. */
static pl_status find_targets(balance *a)
{
    pl_im *im = a->im;
    pl_im_set *users = pl_im_users(im);
    int32_t n = im->products.n;
    for (int32_t p = 0; p < n; p++) {
        a->target[p] = im->q[p] + (im->map.imports == PL_IM_LIST ? im->imported[p] : 0);
    }
    if (!a->columns) {
        return PL_OK;
    }
    double *primary = pl_im_zero(im, (size_t)users->n, sizeof *primary);
    if (primary == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(pl_im_sum_items(im, im->map.balance_account, im->map.balance_items, users, primary));
    for (int32_t j = 0; j < users->n; j++) {
        a->target[n + j] = im->g[j] - primary[j];
    }
    for (int32_t j = 0; j < users->n; j++) { /* what is left of two numbers that should be the same */
        double size = fabs(im->g[j]) + fabs(primary[j]);
        a->target[n + j] = fabs(a->target[n + j]) <= ROUNDING * size ? 0 : a->target[n + j];
    }
    const pl_im_cells *fixed[] = {&im->imports, &im->pool};
    for (int t = 0; t < 2 && im->map.balance_imports; t++) {
        for (size_t k = 0; k < fixed[t]->n && (t == 1 || im->map.imports == PL_IM_TABLE); k++) {
            a->target[n + fixed[t]->at[k].column] -= fixed[t]->at[k].value;
        }
    }
    return PL_OK;
}

/* Cells that occur twice are put together first: each moves as one. */
static pl_status merge(pl_im *im, pl_im_cells *cells, int32_t columns)
{
    pl_im_matrix whole;
    PL_IM_TRY(pl_im_compress(im, cells, im->products.n, columns, &whole));
    cells->n = 0;
    for (int32_t c = 0; c < columns; c++) {
        for (int64_t e = whole.start[c]; e < whole.start[c + 1]; e++) {
            PL_IM_TRY(pl_im_push(im, cells, whole.row[e], c, whole.value[e]));
        }
    }
    return PL_OK;
}

static void fill(balance *a)
{
    int64_t at = 0;
    int32_t n = 0;
    for (int t = 0; t < 2; t++) {
        for (size_t k = 0; k < a->table[t]->n; k++) {
            const pl_im_cell *c = &a->table[t]->at[k];
            a->start[n] = at;
            a->row[at++] = c->row;
            if (t == 0 && a->columns) {
                a->row[at++] = a->im->products.n + c->column;
            }
            a->x[n++] = c->value;
        }
    }
    a->start[n] = at;
}

static pl_status say_clash(const balance *a)
{
    const pl_im *im = a->im;
    int32_t k = a->b.clash, n = im->products.n;
    bool product = k < n;
    const pl_im_code *code = product ? &im->products.code[k] : &pl_im_users(a->im)->code[k - n];
    return pl_fail(im->err, PL_DATA, code->id, "correct the tables, or import them as they are, without --balance",
                   "the tables cannot be balanced: %s %s (%.60s) must add up to %.10g, which its cells cannot", product ? "the uses of product" : "the inputs of industry",
                   code->id, code->name != NULL ? code->name : "", a->target[k]);
}

static void take_over(balance *a)
{
    pl_import_report *r = a->im->report;
    int32_t n = 0;
    for (int t = 0; t < 2; t++) {
        for (size_t k = 0; k < a->table[t]->n; k++, n++) {
            double *value = &a->table[t]->at[k].value, moved = fabs(a->x[n] - *value);
            r->balanced_cells += moved > 1e-9 * fabs(*value);
            r->balanced_sum += moved;
            *value = a->x[n];
        }
    }
}

pl_status pl_im_balance(pl_im *im)
{
    balance a = {.im = im, .table = {&im->use, &im->final}, .columns = im->map.balance_account != NULL};
    int32_t industries = a.columns ? pl_im_users(im)->n : 0;
    PL_IM_TRY(merge(im, &im->use, pl_im_users(im)->n));
    PL_IM_TRY(merge(im, &im->final, im->categories.n));
    size_t cells = im->use.n + im->final.n;
    if (cells > INT32_MAX / 2) {
        return pl_fail(im->err, PL_TOOBIG, NULL, NULL, "the tables have too many cells to be balanced");
    }
    a.start = PL_NEW(int64_t, cells + 1);
    a.row = PL_NEW(int32_t, 2 * cells);
    a.x = PL_NEW(double, cells);
    a.target = PL_NEW0(double, (size_t)im->products.n + (size_t)industries);
    pl_status st = a.start != NULL && a.row != NULL && a.x != NULL && a.target != NULL ? find_targets(&a) : pl_im_nomem(im);
    if (st == PL_OK) {
        fill(&a);
        a.b = (pl_balancing){(int32_t)cells, im->products.n + industries, a.start, a.row, a.target, a.x, -1, 0};
        st = im->balance(&a.b, im->progress, im->err);
    }
    if (st == PL_OK && a.b.clash >= 0) {
        st = say_clash(&a);
    }
    if (st == PL_OK) {
        take_over(&a);
        pl_im_note(im, PL_NOTE, "", NULL, "balanced: %lld cells moved by %.10g in all; what is left is a part of %.1e of a sum", (long long)im->report->balanced_cells,
                   im->report->balanced_sum, a.b.residual);
    }
    balance_clear(&a);
    return st;
}
