/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shares_money.c - Equal Shares: what a project costs its supporters for each point, and what they have left when they have paid. */
#include "ballot/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { NONE = -1 };

static pl_status nomem(pl_shares_run *s)
{
    return pl_fail_nomem(s->err, "the count");
}

/* ---- Numbers ------------------------------------------------------------------------------------------------------------- */

/* Two more limbs for every number when the top ones fill up. */
static pl_status widen(pl_shares_run *s)
{
    int w = s->w;
    if (s->D[w - 2] == 0 && s->D[w - 1] == 0 && s->D[w - 3] >> 32 == 0) {
        return PL_OK;
    }
    if (w + 2 > PL_BIG_MAX) {
        return pl_fail(s->err, PL_TOOBIG, NULL, NULL, "the fractions of money become longer than %d digits", PL_BIG_MAX * 19);
    }
    size_t need = (size_t)s->n_classes * (size_t)(w + 2);
    if (!pl_grow(&s->money, &s->cap_money, need, sizeof *s->money, (size_t)1 << 34)) {
        return nomem(s);
    }
    for (int32_t k = s->n_classes - 1; k >= 0; k--) { /* from the top, each to its new place */
        pl_big_copy(s->money + (size_t)k * (size_t)(w + 2), w + 2, s->money + (size_t)k * (size_t)w, w);
    }
    memset(s->D + w, 0, 2 * sizeof *s->D);
    s->w = w + 2;
    return PL_OK;
}

/* a x x' against b y y'. */
static int compare_products(const uint64_t *a, uint64_t x, uint64_t x2, const uint64_t *b, uint64_t y, uint64_t y2, int w)
{
    uint64_t left[PL_SHARES_WIDE], right[PL_SHARES_WIDE];
    pl_big_copy(left, w + 2, a, w);
    pl_big_copy(right, w + 2, b, w);
    (void)pl_big_mul(left, w + 2, x);
    (void)pl_big_mul(left, w + 2, x2);
    (void)pl_big_mul(right, w + 2, y);
    (void)pl_big_mul(right, w + 2, y2);
    return pl_big_compare(left, right, w + 2);
}

int32_t pl_shares_class(pl_shares_run *s, const uint64_t *money)
{
    size_t need = (size_t)s->n_classes + 1;
    if (!pl_grow(&s->money, &s->cap_money, need * (size_t)s->w, sizeof *s->money, (size_t)1 << 34) ||
        !pl_grow(&s->moved, &s->cap_class[0], need, sizeof *s->moved, INT32_MAX) ||
        !pl_grow(&s->papers, &s->cap_class[1], need, sizeof *s->papers, INT32_MAX) ||
        !pl_grow(&s->near, &s->cap_class[2], need, sizeof *s->near, INT32_MAX)) {
        return NONE;
    }
    int32_t k = s->n_classes++;
    memcpy(pl_shares_money(s, k), money, (size_t)s->w * sizeof *money);
    s->moved[k] = NONE;
    s->papers[k] = 0;
    s->near[k] = (double)(pl_big_real(money, s->w) / pl_big_real(s->D, s->w));
    return k;
}

/* ---- What a project would cost -------------------------------------------------------------------------------------------- */

static int by_class(const void *a, const void *b)
{
    const pl_shares_group *x = a, *y = b;
    return x->class != y->class ? (x->class > y->class) - (x->class < y->class) : (x->points > y->points) - (x->points < y->points);
}

static int by_money(const void *a, const void *b, void *run)
{
    pl_shares_run *s = run;
    const pl_shares_group *x = a, *y = b;
    double gap = x->each - y->each, room = 1e-13 * (x->each + y->each);
    if (gap > room || gap < -room) {
        return gap < 0 ? -1 : 1;
    }
    return compare_products(pl_shares_money(s, x->class), (uint64_t)y->points, 1, pl_shares_money(s, y->class), (uint64_t)x->points, 1, s->w);
}

/* The supporters of project c by class and points. */
static bool make_groups(pl_shares_run *s, int32_t c)
{
    int64_t from = s->begin[c], to = s->begin[c + 1];
    if (!pl_grow(&s->group, &s->cap_group, (size_t)(to - from) + 1, sizeof *s->group, (size_t)INT32_MAX)) {
        return false;
    }
    int32_t k = 0;
    if (s->b->kind == PL_SCORED) {
        for (int64_t i = from; i < to; i++) {
            const pl_shares_support *x = &s->supporter[i];
            s->group[k++] = (pl_shares_group){.class = s->class[x->row], .points = x->points, .papers = s->b->count[x->row]};
        }
        qsort(s->group, (size_t)k, sizeof *s->group, by_class);
        int32_t n = 0;
        for (int32_t i = 0; i < k; i++) {
            if (n > 0 && by_class(&s->group[n - 1], &s->group[i]) == 0) {
                s->group[n - 1].papers += s->group[i].papers;
            } else {
                s->group[n++] = s->group[i];
            }
        }
        k = n;
    } else {
        for (int64_t i = from; i < to; i++) {
            int32_t row = s->supporter[i].row, class = s->class[row];
            if (s->papers[class] == 0) {
                s->group[k++] = (pl_shares_group){.class = class, .points = 1};
            }
            s->papers[class] += s->b->count[row];
        }
        for (int32_t i = 0; i < k; i++) {
            s->group[i].papers = s->papers[s->group[i].class];
            s->papers[s->group[i].class] = 0;
        }
    }
    for (int32_t g = 0; g < k; g++) {
        s->group[g].each = s->near[s->group[g].class] / (double)s->group[g].points;
    }
    s->n_groups = k;
    qsort_r(s->group, (size_t)k, sizeof *s->group, by_money, s);
    return true;
}

/* Fills *o for project c; *can is false when its supporters do not have the money. */
pl_status pl_shares_find_offer(pl_shares_run *s, int32_t c, pl_shares_offer *o, bool *can)
{
    int w = s->w;
    uint64_t have[PL_SHARES_WIDE], paid[PL_SHARES_WIDE];
    unsigned __int128 points = 0;
    if (!make_groups(s, c)) {
        return nomem(s);
    }
    *can = false;
    pl_big_set(have, w, 0);
    memcpy(o->rest, s->D, (size_t)w * sizeof *o->rest);
    (void)pl_big_mul(o->rest, w, (uint64_t)s->out->cost[c]);
    o->supporters = o->paying = o->empty = 0;
    o->n_empty = 0;
    for (int32_t g = 0; g < s->n_groups; g++) {
        const pl_shares_group *x = &s->group[g];
        (void)pl_big_add_mul(have, pl_shares_money(s, x->class), w, (uint64_t)x->papers);
        points += (unsigned __int128)x->papers * (uint64_t)x->points;
        o->supporters += x->papers;
    }
    if (points >> 63 != 0) {
        return pl_fail(s->err, PL_TOOBIG, NULL, NULL, "there are too many points in all");
    }
    if (pl_big_compare(have, o->rest, w) < 0 || pl_big_zero(have, w)) {
        return PL_OK;
    }
    *can = true;
    o->points = (uint64_t)points;
    long double D = pl_big_real(s->D, w);
    pl_big_set(o->empty_most, w, 0);
    for (int32_t g = 0; g < s->n_groups; g++, o->n_empty++) {
        const pl_shares_group *x = &s->group[g];
        const uint64_t *money = pl_shares_money(s, x->class);
        double rho = (double)(pl_big_real(o->rest, w) / D / (long double)o->points), gap = x->each - rho;
        bool near = fabs(gap) <= 1e-13 * rho; /* too near to tell without the whole numbers */
        if (near ? compare_products(money, o->points, 1, o->rest, (uint64_t)x->points, 1, w) >= 0 : gap > 0) {
            break; /* he, and all after him, have enough */
        }
        pl_big_set(paid, w, 0);
        (void)pl_big_add_mul(paid, money, w, (uint64_t)x->papers);
        pl_big_sub(o->rest, paid, w);
        o->points -= (uint64_t)x->papers * (uint64_t)x->points;
        o->empty += pl_big_zero(money, w) ? 0 : x->papers;
        if (pl_big_compare(money, o->empty_most, w) > 0) {
            memcpy(o->empty_most, money, (size_t)w * sizeof *money);
        }
    }
    o->most_points = 0;
    for (int32_t g = o->n_empty; g < s->n_groups; g++) {
        o->paying += s->group[g].papers;
        o->most_points = s->group[g].points > o->most_points ? s->group[g].points : o->most_points;
    }
    return PL_OK;
}

/* Rates of two projects: rest / (points use). */
int pl_shares_compare(const pl_shares_run *s, const pl_shares_offer *a, int32_t ca, const pl_shares_offer *b, int32_t cb)
{
    return compare_products(a->rest, b->points, pl_shares_use(s, cb), b->rest, a->points, pl_shares_use(s, ca), s->w);
}

long double pl_shares_rate(const pl_shares_run *s, const pl_shares_offer *o, int32_t c)
{
    return pl_big_real(o->rest, s->w) / pl_big_real(s->D, s->w) / (long double)o->points / (long double)pl_shares_use(s, c);
}

/* ---- Buying ---------------------------------------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t c = a % b;
        a = b;
        b = c;
    }
    return a;
}

/* Where supporters of a class with so many points go: its group's number, looked up by class and points. */
static int32_t find_group(const pl_shares_run *s, int32_t class, int64_t points)
{
    int32_t low = 0, high = s->n_groups;
    pl_shares_group key = {.class = class, .points = points};
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (by_class(&s->group[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Classes that nobody is in any more are given up, so that their number stays below that of the rows. */
static void tidy(pl_shares_run *s)
{
    if (s->n_classes < 64 || s->n_classes < s->b->n_rows / 4) {
        return;
    }
    for (int32_t k = 0; k < s->n_classes; k++) {
        s->moved[k] = NONE;
    }
    s->moved[0] = 0;
    int32_t n = 1;
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        s->moved[s->class[row]] = 0;
    }
    for (int32_t k = 1; k < s->n_classes; k++) {
        if (s->moved[k] != NONE) {
            memmove(pl_shares_money(s, n), pl_shares_money(s, k), (size_t)s->w * sizeof *s->money);
            s->near[n] = s->near[k];
            s->moved[k] = n++;
        }
    }
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        s->class[row] = s->moved[s->class[row]];
    }
    s->n_classes = n;
}

/* Lets the supporters of c pay: everything in units of the new D, each group a class of its own (or that of the empty). */
pl_status pl_shares_pay(pl_shares_run *s, int32_t c, pl_shares_offer *o)
{
    int w = s->w;
    uint64_t common = gcd(o->points, pl_big_mod(o->rest, w, o->points)), factor = o->points / common, left[PL_SHARES_WIDE], price[PL_SHARES_WIDE];
    if (!make_groups(s, c)) {
        return nomem(s);
    }
    (void)pl_big_div(o->rest, w, common);
    (void)pl_big_mul(s->D, w, factor);
    for (int32_t k = 0; k < s->n_classes; k++) {
        (void)pl_big_mul(pl_shares_money(s, k), w, factor);
    }
    qsort(s->group, (size_t)s->n_groups, sizeof *s->group, by_class);
    for (int32_t g = 0; g < s->n_groups; g++) { /* papers now says where they go; class 0 is the empty one */
        memcpy(left, pl_shares_money(s, s->group[g].class), (size_t)w * sizeof *left);
        pl_big_set(price, w, 0);
        (void)pl_big_add_mul(price, o->rest, w, (uint64_t)s->group[g].points);
        int32_t to = 0;
        if (pl_big_compare(left, price, w) > 0) {
            pl_big_sub(left, price, w);
            to = pl_shares_class(s, left);
            if (to == NONE) {
                return nomem(s);
            }
        }
        s->group[g].papers = to;
    }
    for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
        const pl_shares_support *x = &s->supporter[i];
        s->class[x->row] = (int32_t)s->group[find_group(s, s->class[x->row], x->points)].papers;
    }
    tidy(s);
    return widen(s);
}
