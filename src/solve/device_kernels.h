/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device_kernels.h - the kernels of Newton steps: each does the work of one index.
 *
 * C and C++ alike.  Whoever includes this defines ND_FUNCTION and ND_HELPER (how a function is declared), ND_READ (an element
 * that nobody writes) and ND_UNROLL, or ND_TYPES_ONLY.  No kernel reads what another index of the same launch writes; sums of many numbers are taken by
 * `lanes` indices, each with every lanes-th of them, then by ND_FOLDS, and in the end on the host: one order always. */
#ifndef PLENTY_SOLVE_DEVICE_KERNELS_H
#define PLENTY_SOLVE_DEVICE_KERNELS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define ND_WIDTH 32       /* pieces stored together, entry by entry */
#define ND_LANES 16384   /* at most; small programmes have fewer */
#define ND_FOLDS 64
#define ND_LONG 32        /* lines of more pieces are added up by ND_SIDE indices */
#define ND_SIDE 256
#define ND_BLOCK 8        /* limits whose contents are stored together */
#define ND_REST 0x1p-39   /* NW_REST */

/* Lines (columns, or rows) of a matrix, cut into pieces; ND_WIDTH pieces of about equal length make a slice, in which
 * entry k of all of them comes before entry k + 1.  Short ones are filled up with zeros. */
typedef struct nd_lines {
    int64_t n, slots, n_long;
    const int64_t *slice;  /* by slice: its first entry; one more */
    const int32_t *index;  /* of the other orientation */
    const float *share;
    const int16_t *rest;
    const int32_t *piece;  /* by slot; -1 = none */
    const int32_t *line;   /* by slot: whose first piece it is; -1 = of none */
    const int32_t *first;  /* by line: its first piece; one more */
    const int32_t *long_line;
} nd_lines;

typedef struct nd_args {
    nd_lines cg, cl; /* columns: entries of goods, entries of limits.  Columns are in the order of their owners */
    nd_lines rg, rl; /* rows of goods, rows of limits */
    nd_lines l;      /* those of this launch */
    int32_t goods, limits, m, n, owned, blocks;
    int32_t lanes;   /* a multiple of ND_FOLDS */
    double smooth, proximal, damping, factor, tolerance;
    bool flag;
    /* by column */
    const int32_t *owner;
    const float *unit, *most;
    const double *cost, *most_natural, *own_size; /* own_size: of columns of nobody, from `owned` on */
    const double *output;  /* scaled, of the owner */
    float *centre, *level, *change, *trial, *part, *steep, *gram, *y;
    double *profit, *x, *scaled, *roomy;
    /* by good */
    const int32_t *of;     /* columns of good g: of[g] .. of[g+1]-1 */
    float *sum;            /* of weights; -1: no column in use */
    double *total_weight;
    float *content, *content_new; /* by block of limits, good, limit in block */
    float *left;           /* by limit, column: contents */
    /* by row */
    const double *lo, *hi, *asked, *allowed;
    double *price, *price_centre, *slack, *slack_centre, *size, *gradient, *diagonal, *step;
    double *lacks, *gross, *flow, *prices, *prices_old;
    float *own, *cx, *cr, *cz, *cq, *ch, *half;
    bool *moves;
    /* partial sums: of columns, of rows, each of goods and of limits; and of absolute values */
    double *pcg, *pcl, *prg, *prl, *acg, *acl, *arg, *arl;
    double *side, *lane, *fold;
    const void *from, *with;
    double *to, *to_abs;
    float *onto;
} nd_args;

#ifndef ND_TYPES_ONLY

/* ---- Products ------------------------------------------------------------------------------------------------- */

/* A vector of type `vector`, added up as `sum_type`. */
#define ND_PRODUCT(name, vector, sum_type)                                                                                   \
    ND_FUNCTION(name)                                                                                                        \
    {                                                                                                                        \
        const nd_lines *l = &a->l;                                                                                           \
        int32_t piece = l->piece[i];                                                                                         \
        const vector *v = (const vector *)a->from;                                                                           \
        int64_t at = l->slice[i / ND_WIDTH] + i % ND_WIDTH, end = l->slice[i / ND_WIDTH + 1];                                \
        sum_type sum = 0;                                                                                                    \
        ND_UNROLL                                                                                                            \
        for (int64_t k = at; k < end; k += ND_WIDTH) {                                                                       \
            sum += (sum_type)ND_READ(l->share[k]) * (sum_type)ND_READ(v[ND_READ(l->index[k])]);                              \
        }                                                                                                                    \
        if (piece >= 0) {                                                                                                    \
            a->to[piece] = (double)sum;                                                                                      \
        }                                                                                                                    \
    }
ND_PRODUCT(piece_f, float, float)
ND_PRODUCT(piece_d, double, double)
ND_PRODUCT(piece_fd, float, double)

/* For proofs: all digits, and the sum of absolute values. */
ND_FUNCTION(piece_proof)
{
    const nd_lines *l = &a->l;
    int32_t piece = l->piece[i];
    const double *v = (const double *)a->from;
    int64_t at = l->slice[i / ND_WIDTH] + i % ND_WIDTH, end = l->slice[i / ND_WIDTH + 1];
    double sum = 0, gross = 0;
    ND_UNROLL
    for (int64_t k = at; k < end; k += ND_WIDTH) {
        double term = (double)ND_READ(l->share[k]) * (1 + (double)ND_READ(l->rest[k]) * ND_REST) * ND_READ(v[ND_READ(l->index[k])]);
        sum += term;
        gross += fabs(term);
    }
    if (piece >= 0) {
        a->to[piece] = sum;
        a->to_abs[piece] = gross;
    }
}

/* What the choice between a good's columns adds to the diagonal of a row (newton_system.c: add_choice). */
ND_FUNCTION(piece_choice)
{
    const nd_lines *l = &a->l;
    int32_t piece = l->piece[i], now = -1;
    int64_t at = l->slice[i / ND_WIDTH] + i % ND_WIDTH, end = l->slice[i / ND_WIDTH + 1];
    float mean = 0, square = 0;
    double sum = 0;
    for (int64_t k = at; k < end; k += ND_WIDTH) {
        int32_t c = ND_READ(l->index[k]), g = ND_READ(a->owner[c]);
        float share = ND_READ(l->share[k]);
        if (g != now) {
            sum += now >= 0 ? a->total_weight[now] * (double)fmaxf(0.0f, square - mean * mean) : 0;
            mean = square = 0;
            now = g;
        }
        if (g >= 0) {
            mean += a->part[c] * share;
            square += a->part[c] * share * share;
        } else {
            sum += (double)a->gram[c] * (double)(share * share);
        }
    }
    sum += now >= 0 ? a->total_weight[now] * (double)fmaxf(0.0f, square - mean * mean) : 0;
    if (piece >= 0) {
        a->to[piece] = sum;
    }
}

/* Long lines: ND_SIDE indices for each, then one. */
ND_FUNCTION(side)
{
    int32_t line = a->l.long_line[i / ND_SIDE];
    double sum = 0;
    ND_UNROLL
    for (int64_t p = a->l.first[line] + i % ND_SIDE; p < a->l.first[line + 1]; p += ND_SIDE) {
        sum += a->to[p];
    }
    a->side[i] = sum;
}

ND_FUNCTION(side_end)
{
    double sum = 0;
    for (int64_t k = i * ND_SIDE; k < (i + 1) * ND_SIDE; k++) {
        sum += a->side[k];
    }
    a->to[a->l.first[a->l.long_line[i]]] = sum;
}

ND_HELPER(double) nd_sum(const nd_lines *l, const double *partial, int64_t line)
{
    int32_t from = l->first[line], to = l->first[line + 1];
    double sum = from < to ? partial[from] : 0;
    for (int32_t p = from + 1; to - from <= ND_LONG && p < to; p++) {
        sum += partial[p];
    }
    return sum;
}

ND_HELPER(double) nd_column(const nd_args *a, int64_t c)
{
    return nd_sum(&a->cg, a->pcg, c) + nd_sum(&a->cl, a->pcl, c);
}

ND_HELPER(double) nd_row(const nd_args *a, int64_t i)
{
    return i < a->goods ? nd_sum(&a->rg, a->prg, i) : nd_sum(&a->rl, a->prl, i - a->goods);
}

ND_HELPER(double) nd_clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

ND_HELPER(double) nd_size(const nd_args *a, int64_t c)
{
    return c < a->owned ? a->size[a->owner[c]] : a->own_size[c - a->owned];
}

/* ---- Levels and the gradient ------------------------------------------------------------------------------------ */

ND_FUNCTION(col_profit)
{
    a->profit[i] = nd_column(a, i) - a->cost[i];
}

ND_HELPER(double) nd_level(const nd_args *a, int64_t c, double profit)
{
    return nd_clip((double)a->centre[c] + profit * nd_size(a, c) / a->smooth, 0, (double)a->most[c]);
}

ND_HELPER(double) nd_slack(const nd_args *a, int64_t i, double price)
{
    return nd_clip(a->slack_centre[i] - price * a->size[i] / a->smooth, a->lo[i], a->hi[i]);
}

ND_FUNCTION(col_level)
{
    a->level[i] = (float)nd_level(a, i, a->profit[i]);
}

ND_FUNCTION(row_slack)
{
    double free = a->slack_centre[i] - a->price[i] * a->size[i] / a->smooth;
    a->slack[i] = nd_slack(a, i, a->price[i]);
    a->moves[i] = free > a->lo[i] && free < a->hi[i];
}

ND_FUNCTION(col_predict)
{
    bool inside = a->centre[i] > 0 && a->centre[i] < a->most[i];
    a->level[i] = inside ? (float)((double)a->centre[i] + a->profit[i] * nd_size(a, i) / a->smooth) : a->centre[i];
}

ND_FUNCTION(row_predict)
{
    bool inside = a->slack_centre[i] > a->lo[i] && a->slack_centre[i] < a->hi[i];
    a->moves[i] = inside;
    a->slack[i] = inside ? a->slack_centre[i] - a->price[i] * a->size[i] / a->smooth : a->slack_centre[i];
}

ND_FUNCTION(row_gradient)
{
    a->gradient[i] = nd_row(a, i) - a->slack[i] + a->proximal * a->size[i] * (a->price[i] - a->price_centre[i]);
}

/* ---- Lanes: sums and largest ------------------------------------------------------------------------------------- */

#define ND_EACH(i, n) for (int64_t k = (i) % a->lanes; k < (n); k += a->lanes)

ND_FUNCTION(lane_norm)
{
    double sum = 0;
    ND_EACH(i, a->m)
    {
        sum += a->gradient[k] * a->gradient[k] / (a->size[k] * (k < a->goods ? a->factor : a->size[k]));
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_dot)
{
    const float *x = (const float *)a->from, *y = (const float *)a->with;
    double sum = 0;
    ND_UNROLL
    ND_EACH(i, a->m)
    {
        sum += (double)x[k] * (double)y[k];
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_slope_columns)
{
    double sum = 0;
    ND_EACH(i, a->n)
    {
        double change = (double)a->change[k];
        sum += change == 0 ? 0 : nd_level(a, k, a->profit[k] + a->factor * change) * change;
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_slope_rows)
{
    double sum = 0;
    ND_EACH(i, a->m)
    {
        double p = a->price[k] + a->factor * a->step[k];
        sum += a->step[k] * (a->proximal * a->size[k] * (p - a->price_centre[k]) - nd_slack(a, k, p));
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_finite)
{
    double sum = 0;
    ND_EACH(i, a->m)
    {
        sum += fabs(a->price[k]) + fabs(a->slack[k]);
    }
    ND_EACH(i, a->n)
    {
        sum += (double)a->level[k];
    }
    a->lane[i] = sum;
}

/* The matrix of limits: lane i belongs to the pair i / a->lanes of the lower triangle. */
ND_FUNCTION(lane_gram)
{
    int32_t pair = (int32_t)(i / a->lanes), r = 0;
    while ((r + 1) * (r + 2) / 2 <= pair) {
        r++;
    }
    const float *x = a->left + (int64_t)r * a->n, *y = a->left + (int64_t)(pair - r * (r + 1) / 2) * a->n;
    double sum = 0;
    ND_EACH(i, a->n)
    {
        sum += a->gram[k] == 0 ? 0 : (double)a->gram[k] * (double)x[k] * (double)y[k];
    }
    a->lane[i] = sum;
}

ND_HELPER(const float *) nd_content(const nd_args *a, int64_t limit, int64_t good)
{
    return a->content + (limit / ND_BLOCK * a->goods + good) * ND_BLOCK + limit % ND_BLOCK;
}

ND_FUNCTION(lane_off)
{
    double sum = 0;
    ND_EACH(i, a->goods)
    {
        sum -= (double)*nd_content(a, i / a->lanes, k) * a->gradient[k];
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_fold)
{
    double sum = 0, most = 0;
    for (int64_t k = i / ND_FOLDS * a->lanes + i % ND_FOLDS, n = 0; n < a->lanes / ND_FOLDS; k += ND_FOLDS, n++) {
        sum += a->lane[k];
        most = a->lane[k] > most || isnan(a->lane[k]) ? a->lane[k] : most;
    }
    a->fold[i] = a->flag ? most : sum;
}

/* ---- Columns in use, and the diagonal ---------------------------------------------------------------------------- */

#define ND_WEIGHT_LEAST 1e-4f

ND_HELPER(double) nd_free(const nd_args *a, int64_t c)
{
    return (double)a->centre[c] + a->profit[c] * nd_size(a, c) / a->smooth;
}

ND_HELPER(float) nd_weight(const nd_args *a, int64_t c)
{
    if (a->flag) {
        return a->centre[c] > 0 && a->centre[c] < a->most[c] ? 1.0f : 0.0f;
    }
    double x = nd_free(a, c);
    float weight = x > 0 && x < (double)a->most[c] ? 1.0f : a->trial[c];
    return weight < ND_WEIGHT_LEAST ? 0 : weight;
}

/* newton_system.c: nominal. */
ND_HELPER(int32_t) nd_nominal(const nd_args *a, int64_t g, float *weight)
{
    double lack = -a->gradient[g], nearest = (double)INFINITY, next = (double)INFINITY;
    int32_t best = -1, mover = -1;
    for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
        double distance = fabs(a->profit[c]), free = nd_free(a, c), most = (double)a->most[c];
        double way = lack > 0 ? (most > 0 ? -free : -1) : free - most;
        if (distance < nearest || best < 0) {
            best = c;
            nearest = distance;
        }
        if (way >= 0 && way < next) {
            mover = c;
            next = way;
        }
    }
    *weight = mover >= 0 && lack != 0 ? (float)(fabs(lack) / (fabs(lack) + next)) : 0;
    return *weight >= ND_WEIGHT_LEAST ? mover : best;
}

ND_FUNCTION(good_weigh)
{
    int32_t from = a->of[i], to = a->of[i + 1], count = 0, nominal = -1;
    float sum = 0;
    double scale = a->size[i] / a->smooth;
    for (int32_t c = from; c < to; c++) {
        a->trial[c] = nd_weight(a, c);
        sum += a->trial[c];
        count += a->trial[c] > 0;
    }
    if (count == 0 && !a->moves[i] && from < to) {
        float weight;
        nominal = nd_nominal(a, i, &weight);
        a->trial[nominal] = sum = weight < ND_WEIGHT_LEAST ? 0 : weight;
        count = 1;
    }
    double total = 0;
    for (int32_t c = from; c < to; c++) {
        float w = (float)((double)a->trial[c] * scale);
        a->steep[c] = w;
        a->part[c] = c == nominal ? 1.0f : sum > 0 ? a->trial[c] / sum : 0;
        a->gram[c] = count > 1 ? w : 0;
        total += (double)w;
    }
    a->sum[i] = count > 0 ? sum : -1;
    a->total_weight[i] = total;
}

/* Columns of nobody; long ones (theta) are left out of the diagonal. */
ND_FUNCTION(nobody_weigh)
{
    int64_t c = a->owned + i;
    a->trial[c] = nd_weight(a, c);
    a->steep[c] = (float)((double)a->trial[c] * nd_size(a, c) / a->smooth);
    a->part[c] = 0;
    a->gram[c] = a->cg.first[c + 1] - a->cg.first[c] > 1 ? 0 : a->steep[c];
}

ND_FUNCTION(row_diagonal)
{
    double own = a->size[i] * (a->proximal + a->damping + (a->moves[i] ? 1 / a->smooth : 0));
    a->own[i] = (float)own;
    a->diagonal[i] = own + nd_row(a, i) + (i < a->goods ? a->total_weight[i] : 0);
}

/* ---- Contents of limits ------------------------------------------------------------------------------------------- */

/* Index: slot, within block of limits.  What column c takes of each limit, contents of its inputs included. */
ND_FUNCTION(piece_content)
{
    const nd_lines *l = &a->cg;
    int64_t block = i / l->slots, q = i % l->slots, limit = block * ND_BLOCK;
    int32_t c = l->line[q];
    if (c < 0 || (a->part[c] == 0 && a->gram[c] == 0)) {
        return;
    }
    float sum[ND_BLOCK] = {0, 0, 0, 0, 0, 0, 0, 0};
    int64_t at = l->slice[q / ND_WIDTH] + q % ND_WIDTH, end = l->slice[q / ND_WIDTH + 1];
    for (int64_t k = at; k < end; k += ND_WIDTH) {
        const float *content = a->content + (block * a->goods + ND_READ(l->index[k])) * ND_BLOCK;
        float share = ND_READ(l->share[k]);
        for (int e = 0; e < ND_BLOCK; e++) {
            sum[e] += share * content[e];
        }
    }
    for (int e = 0; e < ND_BLOCK && limit + e < a->limits; e++) {
        a->left[(limit + e) * a->n + c] = sum[e];
    }
}

/* Index: slot of the columns' entries of limits; adds these. */
ND_FUNCTION(piece_direct)
{
    const nd_lines *l = &a->cl;
    int32_t c = l->line[i];
    if (c < 0 || (a->part[c] == 0 && a->gram[c] == 0)) {
        return;
    }
    int64_t at = l->slice[i / ND_WIDTH] + i % ND_WIDTH, end = l->slice[i / ND_WIDTH + 1];
    for (int64_t k = at; k < end; k += ND_WIDTH) {
        if (l->share[k] != 0) {
            a->left[(int64_t)(l->index[k] - a->goods) * a->n + c] += l->share[k];
        }
    }
}

#define ND_CONTENT_MOST 1e4

/* Index: good, within limit. */
ND_FUNCTION(good_content)
{
    int64_t limit = i / a->goods, g = i % a->goods;
    float *to = a->content_new + (limit / ND_BLOCK * a->goods + g) * ND_BLOCK + limit % ND_BLOCK;
    float sum = a->sum[g] >= 0 ? *nd_content(a, limit, g) : 0;
    for (int32_t c = a->of[g]; c < a->of[g + 1]; c++) {
        sum -= a->part[c] == 0 ? 0 : a->part[c] * a->left[limit * a->n + c];
    }
    *to = (float)nd_clip((double)sum, -ND_CONTENT_MOST, ND_CONTENT_MOST);
}

/* ---- Conjugate gradients ------------------------------------------------------------------------------------------ */

ND_FUNCTION(row_begin)
{
    a->cx[i] = 0;
    a->cr[i] = -(float)a->gradient[i];
}

ND_FUNCTION(col_times) /* what each column in use gives to the image */
{
    a->y[i] = a->steep[i] == 0 ? 0 : a->steep[i] * (float)nd_column(a, i);
}

ND_FUNCTION(row_image)
{
    a->ch[i] = a->own[i] * a->cq[i] + (float)nd_row(a, i);
}

ND_FUNCTION(row_add) /* onto += factor * from */
{
    a->onto[i] = a->onto[i] + (float)a->factor * ((const float *)a->from)[i];
}

ND_FUNCTION(row_turn) /* onto = from + factor * onto */
{
    a->onto[i] = ((const float *)a->from)[i] + (float)a->factor * a->onto[i];
}

ND_FUNCTION(col_parts) /* of the mean recipes at levels `from` of goods */
{
    a->y[i] = i < a->owned && a->part[i] != 0 ? a->part[i] * ((const float *)a->from)[a->owner[i]] : 0;
}

ND_FUNCTION(good_push) /* onto = r + inputs of the mean recipes at levels `from` */
{
    float x = a->sum[i] >= 0 ? ((const float *)a->from)[i] : 0;
    a->onto[i] = a->cr[i] - ((float)nd_sum(&a->rg, a->prg, i) - x);
}

ND_FUNCTION(good_pull) /* onto = half + costs of the mean recipe at prices `from` */
{
    float sum = 0;
    for (int32_t c = a->of[i]; c < a->of[i + 1]; c++) {
        sum += a->part[c] == 0 ? 0 : a->part[c] * (float)nd_sum(&a->cg, a->pcg, c);
    }
    a->onto[i] = a->sum[i] >= 0 ? a->half[i] - (sum - ((const float *)a->from)[i]) : a->half[i];
}

ND_FUNCTION(good_half) /* half = from / diagonal + costs of limits */
{
    double sum = (double)((const float *)a->from)[i] / a->diagonal[i];
    for (int32_t c = a->of[i]; c < a->of[i + 1]; c++) {
        sum -= a->part[c] == 0 ? 0 : (double)a->part[c] * nd_sum(&a->cl, a->pcl, c);
    }
    a->half[i] = (float)sum;
}

ND_FUNCTION(limit_rest) /* to = r - what mean recipes take */
{
    a->to[i] = (double)a->cr[a->goods + i] - nd_sum(&a->rl, a->prl, i);
}

ND_FUNCTION(row_step)
{
    a->step[i] = (double)a->cx[i];
}

/* Prices of limits (flow) with what they add to the prices of goods. */
ND_FUNCTION(row_limit_step)
{
    double sum = i < a->goods ? 0 : a->flow[i - a->goods];
    for (int32_t limit = 0; i < a->goods && limit < a->limits; limit++) {
        sum += (double)*nd_content(a, limit, i) * a->flow[limit];
    }
    a->step[i] = sum;
}

/* ---- Along the step ------------------------------------------------------------------------------------------------- */

#define ND_TRUST 0.5

ND_FUNCTION(col_survey)
{
    double change = nd_column(a, i), scale = nd_size(a, i) / a->smooth;
    double before = nd_level(a, i, a->profit[i]), after = nd_level(a, i, a->profit[i] + change);
    a->change[i] = (float)change;
    a->trial[i] = (float)(fabs(change) > 1e-14 ? ND_TRUST * fmin(1.0, (after - before) / (change * scale)) : 0);
}

ND_FUNCTION(col_move)
{
    a->profit[i] += a->factor * (double)a->change[i];
}

ND_FUNCTION(row_move)
{
    a->price[i] += a->factor * a->step[i];
}

ND_FUNCTION(good_centre)
{
    double through = 0;
    for (int32_t c = a->of[i]; c < a->of[i + 1]; c++) {
        a->centre[c] = a->level[c];
        through += (double)a->level[c];
    }
    a->size[i] = fmax(a->factor * a->size[i], through);
}

#include "solve/device_proof_kernels.h"

#endif

#define ND_KERNELS(X)                                                                                                        \
    X(piece_f) X(piece_d) X(piece_fd) X(piece_proof) X(piece_choice) X(side) X(side_end) X(col_profit) X(col_level)        \
    X(row_slack) X(col_predict) X(row_predict) X(row_gradient) X(lane_norm) X(lane_dot) X(lane_slope_columns)                \
    X(lane_slope_rows) X(lane_finite) X(lane_gram) X(lane_off) X(lane_fold) X(good_weigh) X(nobody_weigh) X(row_diagonal)    \
    X(piece_content) X(piece_direct) X(good_content) X(row_begin) X(col_times) X(row_image) X(row_add) X(row_turn)           \
    X(col_parts) X(good_push) X(good_pull) X(good_half) X(limit_rest) X(row_step) X(row_limit_step) X(col_survey)           \
    X(col_move) X(row_move) X(good_centre) X(col_natural) X(col_scaled) X(row_flow) X(row_lacks) X(good_balance)            \
    X(row_lack_less) X(lane_moved) X(lane_violation) X(lane_cost) X(col_mix) X(row_prices) X(good_lower) X(good_lowered)    \
    X(lane_most_flow) X(lane_excess) X(lane_raise) X(lane_rent) X(lane_worth) X(row_less) X(row_more)

#endif
