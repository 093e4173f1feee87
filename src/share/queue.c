/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * queue.c - figures of shortage: how long shelves are full, what part of orders is met, how long people stand and wait. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/rows.h"
#include "share/share.h"

#define GOODS_MAX ((size_t)1 << 26)
#define WAITS_MAX ((size_t)1 << 30)
enum { COLUMNS = 5 };

typedef struct wait {
    int32_t good;
    double days;
} wait;

struct pl_queues_store {
    pl_arena arena;
    pl_map map;
    wait *waits;
    size_t n_waits, cap_waits, cap;
};

typedef struct reader {
    pl_queues *q;
    pl_error *err;
} reader;

static pl_status good_of(const reader *r, const pl_csv_field *f, pl_queue **out)
{
    struct pl_queues_store *store = r->q->store;
    int32_t id = pl_map_get(&store->map, f->text, f->n), old;
    if (id < 0) {
        char *name = pl_arena_text(&store->arena, f->text, f->n);
        if (name == NULL || !pl_grow(&r->q->good, &store->cap, (size_t)r->q->n + 1, sizeof *r->q->good, GOODS_MAX) ||
            pl_map_put(&store->map, name, f->n, r->q->n, &old) != PL_OK) {
            return pl_fail_nomem(r->err, "figures of queues");
        }
        id = r->q->n++;
        r->q->good[id] = (pl_queue){.id = name};
    }
    *out = &r->q->good[id];
    return PL_OK;
}

/* A number of 0 or more; `otherwise` where the column or the cell is empty, NAN: it is needed. */
static pl_status number(const reader *r, const pl_csv *csv, int32_t column, double otherwise, double *x)
{
    const pl_csv_field *f = column >= 0 ? &csv->field[column] : NULL;
    char place[192];
    *x = otherwise;
    if ((f == NULL || f->n == 0) && !isnan(otherwise)) {
        return PL_OK;
    }
    if (f != NULL && pl_number_parse(f->text, f->n, x) && *x >= 0) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(r->err, PL_DATA, place, "write a number of 0 or more", "'%.60s' is none", f != NULL ? f->text : "");
}

static pl_status shelf_row(const reader *r, const pl_csv *csv, const int32_t *at)
{
    double open, stock;
    pl_queue *q;
    pl_status status = number(r, csv, at[1], NAN, &open);
    status = status == PL_OK ? number(r, csv, at[2], NAN, &stock) : status;
    if (status == PL_OK && stock > open) {
        char place[192];
        pl_csv_place(csv, at[2], place, sizeof place);
        return pl_fail(r->err, PL_DATA, place, "minutes in stock are those of the open time", "the shelf was full for %g minutes, but open for %g", stock, open);
    }
    status = status == PL_OK ? good_of(r, &csv->field[at[0]], &q) : status;
    if (status == PL_OK) {
        q->open_minutes += open;
        q->stock_minutes += stock;
    }
    return status;
}

static pl_status order_row(const reader *r, const pl_csv *csv, const int32_t *at)
{
    double wanted, filled, hours, instead;
    pl_queue *q;
    pl_status status = number(r, csv, at[1], NAN, &wanted);
    status = status == PL_OK ? number(r, csv, at[2], NAN, &filled) : status;
    status = status == PL_OK ? number(r, csv, at[3], 0, &hours) : status;
    status = status == PL_OK ? number(r, csv, at[4], 0, &instead) : status;
    status = status == PL_OK ? good_of(r, &csv->field[at[0]], &q) : status;
    if (status == PL_OK) {
        q->orders++;
        q->wanted += wanted;
        q->filled += filled < wanted ? filled : wanted; /* more than was wanted fills nothing else */
        q->hours += hours;
        q->instead += instead;
    }
    return status;
}

static pl_status list_row(const reader *r, const pl_csv *csv, const int32_t *at)
{
    struct pl_queues_store *store = r->q->store;
    double days;
    pl_queue *q;
    pl_status status = number(r, csv, at[1], NAN, &days);
    status = status == PL_OK ? good_of(r, &csv->field[at[0]], &q) : status;
    if (status == PL_OK && !pl_grow(&store->waits, &store->cap_waits, store->n_waits + 1, sizeof *store->waits, WAITS_MAX)) {
        status = pl_fail_nomem(r->err, "figures of queues");
    }
    if (status == PL_OK) {
        store->waits[store->n_waits++] = (wait){(int32_t)(q - r->q->good), days};
        q->waiting++;
        q->longest = days > q->longest ? days : q->longest;
    }
    return status;
}

static const struct {
    const char *file, *column[COLUMNS];
    int columns, needed;
    pl_status (*row)(const reader *r, const pl_csv *csv, const int32_t *at);
} TABLE[] = {
    {"shelf.csv", {"good", "open_minutes", "stock_minutes"}, 3, 3, shelf_row},
    {"orders.csv", {"good", "wanted", "filled", "hours", "instead"}, 5, 3, order_row},
    {"lists.csv", {"good", "days"}, 2, 2, list_row},
};
#define TABLES (sizeof TABLE / sizeof *TABLE)

static pl_status read_table(const reader *r, const char *folder, size_t t, bool *there)
{
    char path[4500];
    pl_row_reader rows;
    int32_t at[COLUMNS];
    bool more = true;
    *there = pl_share_table(folder, TABLE[t].file, path, sizeof path);
    if (!*there) {
        return PL_OK;
    }
    pl_status status = pl_row_reader_open(&rows, path, TABLE[t].file, r->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < TABLE[t].columns && status == PL_OK; k++) {
        at[k] = pl_csv_column(&rows.csv, TABLE[t].column[k]);
        if (k < TABLE[t].needed && at[k] < 0) {
            status = pl_fail(r->err, PL_DATA, TABLE[t].file, "docs/formats/share.md lists the columns", "there is no column '%s'", TABLE[t].column[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, r->err)) == PL_OK && more) {
        status = TABLE[t].row(r, &rows.csv, at);
    }
    pl_row_reader_close(&rows);
    return status;
}

static int by_wait(const void *a, const void *b)
{
    const wait *x = a, *y = b;
    int c = (x->good > y->good) - (x->good < y->good);
    return c != 0 ? c : (x->days > y->days) - (x->days < y->days);
}

static int by_days(const void *a, const void *b)
{
    const wait *x = a, *y = b;
    return (x->days > y->days) - (x->days < y->days);
}

static double middle(const wait *w, size_t n)
{
    return n == 0 ? 0 : n % 2 == 1 ? w[n / 2].days : (w[n / 2 - 1].days + w[n / 2].days) / 2;
}

static void sort(struct pl_queues_store *s, int (*order)(const void *, const void *))
{
    if (s->n_waits > 0) { /* without lists there is no array */
        qsort(s->waits, s->n_waits, sizeof *s->waits, order);
    }
}

static void add_up(pl_queues *q)
{
    struct pl_queues_store *s = q->store;
    sort(s, by_wait);
    for (size_t k = 0; k < s->n_waits;) {
        pl_queue *g = &q->good[s->waits[k].good];
        g->median = middle(s->waits + k, (size_t)g->waiting);
        k += (size_t)g->waiting;
    }
    sort(s, by_days);
    q->all = (pl_queue){.id = "all", .median = middle(s->waits, s->n_waits)};
    for (int32_t g = 0; g < q->n; g++) {
        const pl_queue *x = &q->good[g];
        q->all.open_minutes += x->open_minutes;
        q->all.stock_minutes += x->stock_minutes;
        q->all.orders += x->orders;
        q->all.wanted += x->wanted;
        q->all.filled += x->filled;
        q->all.hours += x->hours;
        q->all.instead += x->instead;
        q->all.waiting += x->waiting;
        q->all.longest = fmax(q->all.longest, x->longest);
    }
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const pl_queue *)a)->id, ((const pl_queue *)b)->id);
}

double pl_queue_availability(const pl_queue *q)
{
    return q->open_minutes > 0 ? q->stock_minutes / q->open_minutes : NAN;
}

double pl_queue_fill(const pl_queue *q)
{
    return q->wanted > 0 ? q->filled / q->wanted : NAN;
}

double pl_queue_instead(const pl_queue *q)
{
    return q->wanted > 0 ? q->instead / q->wanted : NAN;
}

pl_status pl_queues_load(const char *folder, pl_queues **out, pl_error *err)
{
    reader r = {PL_NEW0(pl_queues, 1), err};
    bool any = false, there;
    *out = NULL;
    if (r.q == NULL || (r.q->store = PL_NEW0(struct pl_queues_store, 1)) == NULL) {
        pl_free(r.q);
        return pl_fail_nomem(err, "figures of queues");
    }
    pl_status status = PL_OK;
    for (size_t t = 0; t < TABLES && status == PL_OK; t++) {
        status = read_table(&r, folder, t, &there);
        any |= there;
    }
    if (status == PL_OK && !any) {
        status = pl_fail(err, PL_NOTFOUND, folder, "docs/formats/share.md tells what is in them", "there is no shelf.csv, orders.csv or lists.csv");
    }
    if (status != PL_OK) {
        pl_queues_free(r.q);
        return status;
    }
    add_up(r.q);
    qsort(r.q->good, (size_t)r.q->n, sizeof *r.q->good, by_id);
    *out = r.q;
    return PL_OK;
}

void pl_queues_free(pl_queues *q)
{
    if (q != NULL) {
        pl_map_clear(&q->store->map);
        pl_arena_clear(&q->store->arena);
        pl_free(q->store->waits);
        pl_free(q->store);
        pl_free(q->good);
        pl_free(q);
    }
}
