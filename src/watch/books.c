/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * books.c - what was claimed, received, used and sold, from tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/books.h"
#include "watch/store.h"

struct pl_books_store {
    pl_arena arena;
    pl_map units, outside;
    size_t cap_unit, cap_flow, cap_outside;
};

/* One of the tables: three columns, and perhaps the standard deviation. */
typedef struct table {
    const char *column[3]; /* the last is the amount; the middle may be NULL */
    double deviation;      /* as a part, where the table does not say */
} table;

typedef struct reading {
    pl_books *b;
    pl_row_reader rows;
    int32_t column[4];
    double deviation;
    pl_error *err;
} reading;

static pl_status nomem(const reading *q)
{
    return pl_fail_nomem(q->err, "the books");
}

/* ---- One row ------------------------------------------------------------------------------------------------------------------------------------- */

static pl_status read_name(const reading *q, int k, const char **text, size_t *n)
{
    const pl_csv_field *f = &q->rows.csv.field[q->column[k]];
    *text = f->text;
    *n = f->n;
    return f->n > 0 ? PL_OK : pl_watch_bad(&q->rows.csv, q->column[k], q->err, "give it a name", "%s is blank", q->rows.csv.header[q->column[k]]);
}

static pl_status read_amount(const reading *q, double *amount, double *deviation)
{
    pl_status status = pl_watch_amount(&q->rows.csv, q->column[2], amount, q->err);
    if (status == PL_OK && isnan(*amount)) {
        status = pl_watch_bad(&q->rows.csv, q->column[2], q->err, "write an amount, 0 or more", "the amount is blank");
    }
    status = status == PL_OK ? pl_watch_amount(&q->rows.csv, q->column[3], deviation, q->err) : status;
    *deviation = status == PL_OK && isnan(*deviation) ? q->deviation : *deviation;
    return status;
}

static pl_status unit_of(const reading *q, int k, int32_t *out)
{
    const char *text;
    size_t n;
    pl_status status = read_name(q, k, &text, &n);
    *out = status == PL_OK ? pl_map_get(&q->b->store->units, text, n) : -1;
    return status;
}

/* A name that claims nothing is remembered: *out is -1 less its number. */
static pl_status outside_of(const reading *q, int k, int32_t *out)
{
    pl_books *b = q->b;
    const char *text;
    size_t n;
    int32_t old;
    pl_status status = read_name(q, k, &text, &n);
    int32_t number = status == PL_OK ? pl_map_get(&b->store->outside, text, n) : 0;
    *out = -1 - number;
    if (status != PL_OK || number >= 0) {
        return status;
    }
    const char *copy = pl_arena_text(&b->store->arena, text, n);
    if (copy == NULL || !pl_grow(&b->outside, &b->store->cap_outside, (size_t)b->n_outside + 1, sizeof *b->outside, PL_WATCH_ROWS) ||
        pl_map_put(&b->store->outside, copy, n, b->n_outside, &old) != PL_OK) {
        return nomem(q);
    }
    *out = -1 - b->n_outside;
    b->outside[b->n_outside++] = copy;
    return PL_OK;
}

static pl_status add_unit(reading *q, const char *text, size_t n, int32_t *out)
{
    pl_books *b = q->b;
    int32_t old;
    size_t cap[5] = {b->store->cap_unit, b->store->cap_unit, b->store->cap_unit, b->store->cap_unit, b->store->cap_unit}, need = (size_t)b->n + 1;
    const char *copy = pl_arena_text(&b->store->arena, text, n);
    if (copy == NULL || !pl_grow(&b->claim, &cap[0], need, sizeof *b->claim, PL_WATCH_ROWS) ||
        !pl_grow(&b->claim_variance, &cap[1], need, sizeof *b->claim, PL_WATCH_ROWS) || !pl_grow(&b->till, &cap[2], need, sizeof *b->claim, PL_WATCH_ROWS) ||
        !pl_grow(&b->till_variance, &cap[3], need, sizeof *b->claim, PL_WATCH_ROWS) || !pl_grow(&b->households, &cap[4], need, sizeof *b->claim, PL_WATCH_ROWS) ||
        !pl_grow(&b->unit, &b->store->cap_unit, need, sizeof *b->unit, PL_WATCH_ROWS) || pl_map_put(&b->store->units, copy, n, b->n, &old) != PL_OK) {
        return nomem(q);
    }
    b->claim[b->n] = b->claim_variance[b->n] = b->households[b->n] = b->till_variance[b->n] = 0;
    b->till[b->n] = NAN;
    b->unit[b->n] = copy;
    *out = b->n++;
    return PL_OK;
}

static pl_status read_claim(reading *q)
{
    const char *text;
    size_t n;
    double x, deviation;
    int32_t i;
    pl_status status = read_name(q, 0, &text, &n);
    status = status == PL_OK ? read_amount(q, &x, &deviation) : status;
    i = status == PL_OK ? pl_map_get(&q->b->store->units, text, n) : -1;
    if (status == PL_OK && i < 0) {
        status = add_unit(q, text, n, &i);
    }
    if (status == PL_OK) {
        q->b->claim[i] += x;
        q->b->claim_variance[i] += x * x * deviation * deviation;
    }
    return status;
}

static pl_status add_flow(reading *q, const pl_flow *flow)
{
    pl_books *b = q->b;
    if (!pl_grow(&b->flow, &b->store->cap_flow, (size_t)b->n_flows + 1, sizeof *b->flow, PL_WATCH_ROWS)) {
        return nomem(q);
    }
    b->flow[b->n_flows++] = *flow;
    return PL_OK;
}

static pl_status read_delivery(reading *q)
{
    pl_flow f = {.coefficient = NAN};
    double deviation;
    int32_t final;
    pl_status status = unit_of(q, 0, &f.from);
    status = status == PL_OK ? unit_of(q, 1, &f.to) : status;
    status = status == PL_OK ? read_amount(q, &f.quantity, &deviation) : status;
    if (status == PL_OK && f.from < 0 && f.to < 0) {
        status = pl_watch_bad(&q->rows.csv, q->column[0], q->err, "one of them must be a unit that claims something", "neither sender nor receiver is in the table of claims");
    }
    status = status == PL_OK && f.from < 0 ? outside_of(q, 0, &f.from) : status;
    status = status == PL_OK && f.to < 0 ? outside_of(q, 1, &final) : status;
    if (status != PL_OK) {
        return status;
    }
    f.variance = f.quantity * f.quantity * deviation * deviation;
    if (f.to < 0 && strcmp(q->rows.csv.field[q->column[1]].text, "households") == 0) {
        q->b->households[f.from] += f.quantity;
    }
    return add_flow(q, &f);
}

static pl_status read_technique(reading *q)
{
    pl_flow f = {0};
    pl_status status = unit_of(q, 0, &f.to);
    status = status == PL_OK ? unit_of(q, 1, &f.from) : status;
    status = status == PL_OK ? read_amount(q, &f.coefficient, &f.deviation) : status;
    if (status == PL_OK && f.to < 0) {
        status = pl_watch_bad(&q->rows.csv, q->column[0], q->err, "name units of the table of claims", "no unit of this name claims anything");
    }
    status = status == PL_OK && f.from < 0 ? outside_of(q, 1, &f.from) : status;
    return status == PL_OK ? add_flow(q, &f) : status;
}

static pl_status read_till(reading *q)
{
    double x, deviation;
    int32_t i;
    pl_status status = unit_of(q, 0, &i);
    status = status == PL_OK ? read_amount(q, &x, &deviation) : status;
    if (status == PL_OK && i < 0) {
        status = pl_watch_bad(&q->rows.csv, q->column[0], q->err, "name units of the table of claims", "no unit of this name claims anything");
    }
    if (status == PL_OK) {
        q->b->till[i] = (isnan(q->b->till[i]) ? 0 : q->b->till[i]) + x;
        q->b->till_variance[i] += x * x * deviation * deviation;
    }
    return status;
}

/* ---- Tables -------------------------------------------------------------------------------------------------------------------------------------------- */

static pl_status read_table(reading *q, const char *path, const table *t, pl_status (*read)(reading *q))
{
    bool more = true;
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&q->rows, path, slash != NULL ? slash + 1 : path, q->err);
    if (status != PL_OK) {
        return status;
    }
    q->deviation = t->deviation;
    for (int k = 0; k < 3 && status == PL_OK; k++) {
        q->column[k] = t->column[k] != NULL ? pl_csv_column(&q->rows.csv, t->column[k]) : -1;
        if (t->column[k] != NULL && q->column[k] < 0) {
            status = pl_fail(q->err, PL_DATA, q->rows.csv.name, "docs/formats/watch.md lists the columns", "there is no column '%s'", t->column[k]);
        }
    }
    q->column[3] = pl_csv_column(&q->rows.csv, "sd");
    while (status == PL_OK && (status = pl_row_reader_next(&q->rows, &more, q->err)) == PL_OK && more) {
        status = read(q);
    }
    pl_row_reader_close(&q->rows);
    return status;
}

/* Deliveries before coefficients, of the same pair. */
static int by_pair(const void *a, const void *b)
{
    const pl_flow *x = a, *y = b;
    if (x->from != y->from || x->to != y->to) {
        return x->from != y->from ? (x->from < y->from ? -1 : 1) : x->to < y->to ? -1 : 1;
    }
    bool p = isnan(x->coefficient), q = isnan(y->coefficient);
    if (p != q) {
        return p ? -1 : 1;
    }
    return x->quantity != y->quantity ? (x->quantity < y->quantity ? -1 : 1) : x->coefficient < y->coefficient ? -1 : x->coefficient > y->coefficient;
}

/* Brings what was delivered between two units, and its coefficient, together. */
static pl_status merge(reading *q)
{
    pl_books *b = q->b;
    int64_t kept = 0;
    if (b->n_flows > 0) {
        qsort(b->flow, (size_t)b->n_flows, sizeof *b->flow, by_pair);
    }
    for (int64_t k = 0; k < b->n_flows; k++) {
        const pl_flow *x = &b->flow[k];
        pl_flow *last = kept > 0 ? &b->flow[kept - 1] : NULL;
        bool together = last != NULL && last->from == x->from && last->to == x->to;
        if (!together) {
            b->flow[kept++] = *x;
        } else if (isnan(x->coefficient)) {
            last->quantity += x->quantity;
            last->variance += x->variance;
        } else if (isnan(last->coefficient)) {
            last->coefficient = x->coefficient;
            last->deviation = x->deviation;
        } else {
            return pl_fail(q->err, PL_DATA, b->unit[x->to], "leave one of them out", "two coefficients for the same input of this unit");
        }
    }
    b->n_flows = kept;
    return PL_OK;
}

pl_status pl_books_read(const char *claims, const char *deliveries, const char *techniques, const char *tills, const pl_books_settings *settings, pl_books **out,
                        pl_error *err)
{
    pl_books_settings set = pl_books_filled(settings);
    pl_books *b = PL_NEW0(pl_books, 1);
    struct pl_books_store *store = PL_NEW0(struct pl_books_store, 1);
    reading q = {.b = b, .err = err};
    if (b == NULL || store == NULL) {
        pl_free(b);
        pl_free(store);
        return nomem(&q);
    }
    b->store = store;
    pl_arena_init(&store->arena, 0);
    pl_map_init(&store->units);
    pl_map_init(&store->outside);
    pl_status status = read_table(&q, claims, &(table){{"unit", NULL, "quantity"}, set.claim}, read_claim);
    status = status == PL_OK ? read_table(&q, deliveries, &(table){{"from", "to", "quantity"}, set.receipt}, read_delivery) : status;
    if (status == PL_OK && techniques != NULL) {
        status = read_table(&q, techniques, &(table){{"unit", "input", "amount"}, set.coefficient}, read_technique);
    }
    if (status == PL_OK && tills != NULL) {
        status = read_table(&q, tills, &(table){{"unit", NULL, "quantity"}, set.till}, read_till);
    }
    status = status == PL_OK ? merge(&q) : status;
    if (status == PL_OK && b->n == 0) {
        status = pl_fail(err, PL_DATA, claims, NULL, "nobody claims anything");
    }
    if (status != PL_OK) {
        pl_books_free(b);
        return status;
    }
    *out = b;
    return PL_OK;
}

void pl_books_free(pl_books *b)
{
    if (b == NULL) {
        return;
    }
    pl_map_clear(&b->store->units);
    pl_map_clear(&b->store->outside);
    pl_arena_clear(&b->store->arena);
    pl_free(b->store);
    pl_free(b->unit);
    pl_free(b->claim);
    pl_free(b->claim_variance);
    pl_free(b->till);
    pl_free(b->till_variance);
    pl_free(b->households);
    pl_free(b->flow);
    pl_free(b->outside);
    pl_free(b);
}
