/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_device_load.c - the programme on its way to a device: columns in the order of their owners, and their transpose,
 * both cut into pieces of about equal length (device_kernels.h). */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "solve/newton_device.h"

#define COLUMN_PIECE 1024 /* entries at most */
#define ROW_PIECE 64
#define PER_LANE 16
#define WINDOW 2048       /* pieces that are sorted by length together; a multiple of ND_WIDTH */

void *nd_take(struct nw_device *d, size_t count, size_t size)
{
    void *at = d->n_taken < ND_ALLOCATIONS && !d->short_of_memory ? d->dev->calls->alloc(d->dev, count * size) : NULL;
    d->short_of_memory |= at == NULL;
    if (at != NULL) {
        d->taken[d->n_taken++] = at;
    }
    return at;
}

void *nd_put(struct nw_device *d, const void *from, size_t count, size_t size)
{
    void *at = nd_take(d, count, size);
    if (at != NULL && count > 0) {
        d->dev->calls->up(d->dev, at, from, count * size);
    }
    return at;
}

void nd_unload(struct nw_device *d)
{
    while (d->n_taken > 0) {
        d->dev->calls->release(d->dev, d->taken[--d->n_taken]);
    }
    pl_free(d->fold);
    d->fold = NULL;
    d->short_of_memory = false;
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------------ */

/* Lines while they are built, on the host. */
typedef struct builder {
    int64_t n, pieces, slots, n_long, entries;
    int32_t longest;      /* entries of a piece at most */
    const int64_t *count; /* entries by line */
    int32_t *first, *slot, *piece, *line, *long_line, *length;
    int64_t *slice;
    int32_t *index;
    float *share;
    int16_t *rest;
} builder;

static void builder_free(builder *b)
{
    void *all[] = {b->first, b->slot, b->piece, b->line, b->long_line, b->length, b->slice, b->index, b->share, b->rest};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

/* Cuts lines into pieces; false: no memory, or too many. */
static bool cut(builder *b)
{
    b->first = PL_NEW(int32_t, b->n + 1);
    for (int64_t i = 0; b->first != NULL && i < b->n; i++) {
        int64_t pieces = (b->count[i] + b->longest - 1) / b->longest;
        if (b->pieces + pieces > INT32_MAX - 2 * WINDOW) {
            return false;
        }
        b->first[i] = (int32_t)b->pieces;
        b->pieces += pieces;
        b->n_long += pieces > ND_LONG;
    }
    b->slots = (b->pieces + ND_WIDTH - 1) / ND_WIDTH * ND_WIDTH;
    b->slot = PL_NEW(int32_t, b->pieces);
    b->length = PL_NEW(int32_t, b->pieces);
    b->piece = PL_NEW(int32_t, b->slots);
    b->line = PL_NEW(int32_t, b->slots);
    b->slice = PL_NEW(int64_t, b->slots / ND_WIDTH + 1);
    b->long_line = PL_NEW(int32_t, b->n_long);
    if (b->first == NULL || b->slot == NULL || b->length == NULL || b->piece == NULL || b->line == NULL || b->slice == NULL ||
        b->long_line == NULL) {
        return false;
    }
    b->first[b->n] = (int32_t)b->pieces;
    int64_t seen = 0;
    for (int64_t i = 0; i < b->n; i++) {
        int64_t left = b->count[i];
        for (int32_t p = b->first[i]; p < b->first[i + 1]; p++, left -= b->longest) {
            b->length[p] = (int32_t)(left < b->longest ? left : b->longest);
        }
        if (b->first[i + 1] - b->first[i] > ND_LONG) {
            b->long_line[seen++] = (int32_t)i;
        }
    }
    return true;
}

/* Slots of the pieces of a window: the longest first, equal ones in their order. */
static void sort_window(builder *b, int64_t from, int64_t to)
{
    int64_t at[COLUMN_PIECE + 2] = {0};
    for (int64_t p = from; p < to; p++) {
        at[COLUMN_PIECE - b->length[p] + 1]++;
    }
    for (int k = 1; k <= COLUMN_PIECE; k++) {
        at[k] += at[k - 1];
    }
    for (int64_t p = from; p < to; p++) {
        int64_t q = from + at[COLUMN_PIECE - b->length[p]]++;
        b->slot[p] = (int32_t)q;
        b->piece[q] = (int32_t)p;
    }
}

static bool shape(builder *b, int64_t n, const int64_t *count, int32_t longest)
{
    *b = (builder){.n = n, .count = count, .longest = longest};
    if (!cut(b)) {
        return false;
    }
    for (int64_t from = 0; from < b->pieces; from += WINDOW) {
        sort_window(b, from, from + WINDOW < b->pieces ? from + WINDOW : b->pieces);
    }
    for (int64_t q = 0; q < b->slots; q++) {
        b->piece[q] = q < b->pieces ? b->piece[q] : -1;
        b->line[q] = -1;
    }
    for (int64_t i = 0; i < n; i++) {
        if (b->first[i] < b->first[i + 1]) {
            b->line[b->slot[b->first[i]]] = (int32_t)i;
        }
    }
    b->slice[0] = 0;
    for (int64_t q = 0; q < b->slots; q += ND_WIDTH) {
        int32_t most = 0;
        for (int64_t k = q; k < q + ND_WIDTH && k < b->pieces; k++) {
            int32_t length = b->length[b->piece[k]];
            most = length > most ? length : most;
        }
        b->slice[q / ND_WIDTH + 1] = b->slice[q / ND_WIDTH] + (int64_t)most * ND_WIDTH;
    }
    b->entries = b->slice[b->slots / ND_WIDTH];
    b->index = PL_NEW0(int32_t, b->entries);
    b->share = PL_NEW0(float, b->entries);
    b->rest = PL_NEW0(int16_t, b->entries);
    return b->index != NULL && b->share != NULL && b->rest != NULL;
}

/* Entry k of a line. */
static inline void put(builder *b, int64_t line, int64_t k, int32_t index, float share, int16_t rest)
{
    int64_t q = b->slot[b->first[line] + k / b->longest];
    int64_t at = b->slice[q / ND_WIDTH] + k % b->longest * ND_WIDTH + q % ND_WIDTH;
    b->index[at] = index;
    b->share[at] = share;
    b->rest[at] = rest;
}

static nd_lines send(struct nw_device *d, const builder *b)
{
    size_t slots = (size_t)b->slots, entries = (size_t)b->entries;
    nd_lines l = {.n = b->n, .slots = b->slots, .n_long = b->n_long};
    l.slice = (const int64_t *)nd_put(d, b->slice, slots / ND_WIDTH + 1, sizeof *b->slice);
    l.index = (const int32_t *)nd_put(d, b->index, entries, sizeof *b->index);
    l.share = (const float *)nd_put(d, b->share, entries, sizeof *b->share);
    l.rest = (const int16_t *)nd_put(d, b->rest, entries, sizeof *b->rest);
    l.piece = (const int32_t *)nd_put(d, b->piece, slots, sizeof *b->piece);
    l.line = (const int32_t *)nd_put(d, b->line, slots, sizeof *b->line);
    l.first = (const int32_t *)nd_put(d, b->first, (size_t)b->n + 1, sizeof *b->first);
    l.long_line = (const int32_t *)nd_put(d, b->long_line, (size_t)b->n_long, sizeof *b->long_line);
    return l;
}

/* ---- Columns ------------------------------------------------------------------------------------------------------------ */

/* Entries of goods (or of limits) of the columns; column c of the device is s->maker[c]. */
static void count_columns(const pl_newton *s, bool limits, int64_t *count)
{
#pragma omp parallel for num_threads(s->device->dev->threads) schedule(static)
    for (int32_t c = 0; c < s->n; c++) {
        nw_view v = nw_column(s, s->maker[c]);
        int64_t n = 0;
        for (int64_t k = 0; k < v.count; k++) {
            n += (v.row[k] >= s->goods) == limits;
        }
        count[c] = n;
    }
}

static void fill_columns(const pl_newton *s, bool limits, builder *b)
{
#pragma omp parallel for num_threads(s->device->dev->threads) schedule(static)
    for (int32_t c = 0; c < s->n; c++) {
        nw_view v = nw_column(s, s->maker[c]);
        int64_t n = 0;
        for (int64_t k = 0; k < v.count; k++) {
            if ((v.row[k] >= s->goods) == limits) {
                put(b, c, n++, v.row[k], v.share[k], v.rest[k]);
            }
        }
    }
}

static bool load_columns(pl_newton *s, int64_t *count)
{
    struct nw_device *d = s->device;
    bool ok = true;
    for (int limits = 0; limits < 2 && ok; limits++) {
        builder b;
        count_columns(s, limits, count);
        ok = shape(&b, s->n, count, COLUMN_PIECE);
        if (ok) {
            fill_columns(s, limits, &b);
            *(limits ? &d->a.cl : &d->a.cg) = send(d, &b);
            *(limits ? &d->a.pcl : &d->a.pcg) = (double *)nd_take(d, (size_t)b.pieces, sizeof(double));
            *(limits ? &d->a.acl : &d->a.acg) = (double *)nd_take(d, (size_t)b.pieces, sizeof(double));
        }
        builder_free(&b);
    }
    return ok;
}

/* ---- Rows --------------------------------------------------------------------------------------------------------------- */

static void count_rows(const pl_newton *s, int64_t *count)
{
    memset(count, 0, sizeof *count * (size_t)s->m);
    for (int32_t j = 0; j < s->n; j++) {
        nw_view v = nw_column(s, j);
        for (int64_t k = 0; k < v.count; k++) {
            count[v.row[k]]++;
        }
    }
}

/* Fills the rows from .. to-1, of which the first line of b is row `base`; each row's entries in the order of columns. */
static void fill_rows(const pl_newton *s, builder *b, int32_t base, int32_t from, int32_t to, int64_t *done)
{
    memset(done + from, 0, sizeof *done * (size_t)(to - from));
    for (int32_t c = 0; c < s->n; c++) {
        nw_view v = nw_column(s, s->maker[c]);
        for (int64_t k = 0; k < v.count; k++) {
            int32_t i = v.row[k];
            if (i >= from && i < to) {
                put(b, i - base, done[i]++, c, v.share[k], v.rest[k]);
            }
        }
    }
}

/* Row at which part t of `parts` begins, so that all have about as many entries. */
static int32_t part_begins(const int64_t *count, int32_t from, int32_t to, int t, int parts)
{
    int64_t all = 0, sum = 0;
    for (int32_t i = from; i < to; i++) {
        all += count[i];
    }
    int32_t i = from;
    while (i < to && (t == parts || sum * parts < all * t)) {
        sum += count[i++];
    }
    return i;
}

static bool load_rows(pl_newton *s, int64_t *count, int64_t *done)
{
    struct nw_device *d = s->device;
    bool ok = true;
    int parts = d->dev->threads;
    count_rows(s, count);
    for (int limits = 0; limits < 2 && ok; limits++) {
        builder b;
        int32_t from = limits ? s->goods : 0, to = limits ? s->m : s->goods;
        ok = shape(&b, to - from, count + from, ROW_PIECE);
        if (ok) {
#pragma omp parallel for num_threads(parts) schedule(static, 1)
            for (int t = 0; t < parts; t++) {
                fill_rows(s, &b, from, part_begins(count, from, to, t, parts), part_begins(count, from, to, t + 1, parts), done);
            }
            *(limits ? &d->a.rl : &d->a.rg) = send(d, &b);
            *(limits ? &d->a.prl : &d->a.prg) = (double *)nd_take(d, (size_t)b.pieces, sizeof(double));
            *(limits ? &d->a.arl : &d->a.arg) = (double *)nd_take(d, (size_t)b.pieces, sizeof(double));
        }
        builder_free(&b);
    }
    return ok;
}

/* ---- Vectors ------------------------------------------------------------------------------------------------------------ */

static double output_of(const pl_newton *s, int32_t j)
{
    nw_view v = nw_column(s, j);
    double output = 1;
    for (int64_t k = 0; k < v.count; k++) {
        output = v.row[k] == s->owner[j] ? nw_amount(&v, k) : output;
    }
    return output;
}

enum { UNIT, MOST, CENTRE, FLOATS };
enum { COST, MOST_NATURAL, OUTPUT, OWN_SIZE, DOUBLES };

static double double_of(const pl_newton *s, int which, int32_t j)
{
    return which == COST ? nw_cost(s, j) : which == MOST_NATURAL ? nw_most_natural(s, j) : which == OUTPUT ? output_of(s, j) : nw_size(s, j);
}

static float float_of(const pl_newton *s, int which, int32_t j)
{
    return which == UNIT ? s->unit[j] : which == MOST ? (float)nw_most(s, j) : s->centre[j];
}

/* `room`: n doubles. */
static void load_columns_vectors(pl_newton *s, void *room)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    const float *f[FLOATS];
    const double *v[DOUBLES];
    size_t n = (size_t)s->n;
    for (int which = 0; which < FLOATS; which++) {
        float *to = (float *)room;
        for (int32_t c = 0; c < s->n; c++) {
            to[c] = float_of(s, which, s->maker[c]);
        }
        f[which] = (const float *)nd_put(d, to, n, sizeof *to);
    }
    for (int which = 0; which < DOUBLES; which++) {
        double *to = (double *)room;
        int32_t from = which == OWN_SIZE ? a->owned : 0, end = which == OUTPUT ? a->owned : s->n;
        for (int32_t c = from; c < end; c++) {
            to[c] = double_of(s, which, s->maker[c]);
        }
        v[which] = (const double *)nd_put(d, to + from, (size_t)(end - from), sizeof *to);
    }
    int32_t *owner = (int32_t *)room;
    for (int32_t c = 0; c < s->n; c++) {
        owner[c] = s->owner[s->maker[c]];
    }
    a->owner = (const int32_t *)nd_put(d, owner, n, sizeof *owner);
    a->unit = f[UNIT];
    a->most = f[MOST];
    a->centre = (float *)(uintptr_t)f[CENTRE];
    a->cost = v[COST];
    a->most_natural = v[MOST_NATURAL];
    a->output = v[OUTPUT];
    a->own_size = v[OWN_SIZE];
    float **floats[] = {&a->level, &a->change, &a->trial, &a->part, &a->steep, &a->gram, &a->y};
    double **doubles[] = {&a->profit, &a->x, &a->scaled, &a->roomy, &d->best_x};
    for (size_t k = 0; k < sizeof floats / sizeof *floats; k++) {
        *floats[k] = (float *)nd_take(d, n, sizeof(float));
    }
    for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++) {
        *doubles[k] = (double *)nd_take(d, n, sizeof(double));
    }
    if (s->have_roomy) {
        double *to = (double *)room;
        for (int32_t c = 0; c < s->n; c++) {
            to[c] = s->roomy_x[s->maker[c]];
        }
        d->dev->calls->up(d->dev, a->roomy, to, n * sizeof *to);
    }
}

static void load_rows_vectors(pl_newton *s, double *room)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    size_t m = (size_t)s->m, goods = (size_t)s->goods, blocks = (size_t)a->blocks;
    double *asked = room, *allowed = room + m;
    for (int32_t i = 0; i < s->m; i++) {
        asked[i] = s->reference[i] * (s->sign[i] > 0 ? s->task->row_lo[i] : -s->task->row_hi[i]);
        allowed[i] = s->reference[i] * (s->sign[i] > 0 ? s->task->row_hi[i] : -s->task->row_lo[i]);
    }
    a->asked = (const double *)nd_put(d, asked, m, sizeof *asked);
    a->allowed = (const double *)nd_put(d, allowed, m, sizeof *allowed);
    a->lo = (const double *)nd_put(d, s->lo, m, sizeof *s->lo);
    a->hi = (const double *)nd_put(d, s->hi, m, sizeof *s->hi);
    struct { double **to, *from; } same[] = {{&a->price, s->price}, {&a->price_centre, s->price}, {&a->slack_centre, s->slack_centre},
                                             {&a->size, s->size}};
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        *same[k].to = (double *)nd_put(d, same[k].from, m, sizeof(double));
    }
    double **doubles[] = {&a->slack, &a->gradient, &a->diagonal, &a->step, &a->lacks, &a->gross, &a->flow, &a->prices, &a->total_weight,
                          &d->best_y};
    for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++) {
        *doubles[k] = (double *)nd_take(d, m, sizeof(double));
    }
    float **floats[] = {&a->own, &a->cx, &a->cr, &a->cz, &a->cq, &a->ch, &a->half, &a->sum, &d->spare[0], &d->spare[1]};
    for (size_t k = 0; k < sizeof floats / sizeof *floats; k++) {
        *floats[k] = (float *)nd_take(d, m, sizeof(float));
    }
    a->moves = (bool *)nd_take(d, m, sizeof(bool));
    a->of = (const int32_t *)nd_put(d, s->maker_start, goods + 1, sizeof *s->maker_start);
    float **contents[] = {&a->content, &a->content_new};
    for (size_t k = 0; k < 2; k++) {
        *contents[k] = (float *)nd_take(d, blocks * goods * ND_BLOCK, sizeof(float));
        if (*contents[k] != NULL) {
            d->dev->calls->zero(d->dev, *contents[k], blocks * goods * ND_BLOCK * sizeof(float));
        }
    }
    a->left = (float *)nd_take(d, (s->together ? (size_t)s->limits : 0) * (size_t)s->n, sizeof(float));
}

/* About one for every PER_LANE columns, whatever the device. */
static int32_t lanes_for(int32_t n)
{
    int32_t lanes = ND_FOLDS;
    while (lanes < ND_LANES && lanes < n / PER_LANE) {
        lanes *= 2;
    }
    return lanes;
}

static bool load_sums(pl_newton *s)
{
    struct nw_device *d = s->device;
    nd_args *a = &d->a;
    a->lanes = lanes_for(s->n);
    size_t limits = s->together ? (size_t)s->limits : 0, groups = limits * (limits + 1) / 2 + 1;
    int64_t longest = 0;
    const nd_lines *all[] = {&a->cg, &a->cl, &a->rg, &a->rl};
    for (size_t k = 0; k < 4; k++) {
        longest = all[k]->n_long > longest ? all[k]->n_long : longest;
    }
    a->side = (double *)nd_take(d, (size_t)longest * ND_SIDE, sizeof(double));
    a->lane = (double *)nd_take(d, groups * (size_t)a->lanes, sizeof(double));
    a->fold = (double *)nd_take(d, groups * ND_FOLDS, sizeof(double));
    d->folds = groups * ND_FOLDS;
    d->fold = PL_NEW(double, d->folds);
    return d->fold != NULL;
}

pl_status nd_load(pl_newton *s, pl_error *err)
{
    struct nw_device *d = s->device;
    double began = pl_clock_s();
    nd_unload(d);
    d->a = (nd_args){.goods = s->goods, .limits = s->limits, .m = s->m, .n = s->n, .owned = s->maker_start[s->goods],
                     .blocks = s->together ? (s->limits + ND_BLOCK - 1) / ND_BLOCK : 0};
    size_t longest = (size_t)(s->n > 2 * s->m ? s->n : 2 * s->m);
    int64_t *room = PL_NEW(int64_t, longest), *more = PL_NEW(int64_t, s->m);
    bool ok = room != NULL && more != NULL && load_columns(s, room) && load_rows(s, room, more);
    if (ok) {
        load_columns_vectors(s, room);
        load_rows_vectors(s, (double *)(void *)room);
        ok = load_sums(s);
    }
    pl_free(room);
    pl_free(more);
    d->have_x = d->have_y = false;
    d->seconds_loading += pl_clock_s() - began;
    if (d->short_of_memory) {
        return pl_fail(err, PL_NOMEM, d->dev->name, "leave --device out to plan on the CPU", "the economy does not fit into the memory of the device");
    }
    return ok ? pl_device_state(d->dev, err) : pl_fail_nomem(err, "the programme of the economy");
}
