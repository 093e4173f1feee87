/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * forecast_tree.c - places in items in groups in the whole.
 *
 * The series come sorted by group, item and place, so that the parts of a sum stand together, and sums stand behind their parts. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "needs/forecast.h"

/* Children first .. first + n - 1 get the parent `to`, whose history is their sum. */
static void adopt(pl_forecast *f, int32_t to, pl_level level, int32_t first, int32_t n)
{
    pl_node *p = &f->node[to];
    *p = (pl_node){.level = level, .item = "", .group = "", .place = "", .parent = -1, .history = p->history, .mean = p->mean, .quantile = p->quantile};
    if (level == PL_LEVEL_ITEM) {
        p->item = f->node[first].item;
    }
    if (level != PL_LEVEL_TOTAL) {
        p->group = f->node[first].group;
    }
    p->as_sold = NAN;
    f->store->first_child[to] = first;
    f->store->n_children[to] = n;
    for (int32_t i = first; i < first + n; i++) {
        f->node[i].parent = to;
        p->missed += f->node[i].missed;
        p->reports += f->node[i].reports;
        for (int32_t t = 0; t < f->n_periods; t++) {
            p->history[t] += f->node[i].history[t];
            f->store->noise[(size_t)to * (size_t)f->n_periods + (size_t)t] += f->store->noise[(size_t)i * (size_t)f->n_periods + (size_t)t];
        }
    }
}

/* Does node i belong to the same sum as the one before? */
static bool same(const pl_forecast *f, int32_t i, pl_level level)
{
    const pl_node *a = &f->node[i - 1], *b = &f->node[i];
    return strcmp(a->group, b->group) == 0 && (level == PL_LEVEL_GROUP || strcmp(a->item, b->item) == 0);
}

/* Sums of the nodes first .. first + n - 1; returns the first node behind them. */
static int32_t make_level(pl_forecast *f, pl_level level, int32_t first, int32_t n)
{
    int32_t to = first + n, begin = first;
    for (int32_t i = first + 1; i <= first + n; i++) {
        if (i == first + n || !same(f, i, level)) {
            adopt(f, to++, level, begin, i - begin);
            begin = i;
        }
    }
    return to;
}

static pl_status room(pl_forecast *f, int32_t most, pl_error *err)
{
    size_t n = (size_t)most, h = (size_t)f->horizon, periods = (size_t)f->n_periods;
    pl_arena *a = &f->store->arena;
    f->node = PL_ARENA_NEW(a, pl_node, n);
    f->store->noise = PL_ARENA_NEW(a, double, n * periods);
    f->store->first_child = PL_ARENA_NEW(a, int32_t, n);
    f->store->n_children = PL_ARENA_NEW(a, int32_t, n);
    double *history = PL_ARENA_NEW(a, double, n * periods), *ahead = PL_ARENA_NEW(a, double, n * h * (1 + PL_QUANTILES));
    if (f->node == NULL || f->store->noise == NULL || f->store->first_child == NULL || f->store->n_children == NULL || history == NULL || ahead == NULL) {
        return pl_fail_nomem(err, "the tree of series");
    }
    memset(history, 0, n * periods * sizeof *history);
    memset(f->store->noise, 0, n * periods * sizeof *history);
    for (size_t i = 0; i < n; i++) {
        f->node[i] = (pl_node){.parent = -1, .history = history + i * periods, .mean = ahead + i * h * (1 + PL_QUANTILES)};
        f->node[i].quantile = f->node[i].mean + h;
    }
    return PL_OK;
}

static pl_status copy_text(pl_arena *a, const char *text, const char **out)
{
    *out = pl_arena_text(a, text, strlen(text));
    return *out != NULL ? PL_OK : PL_NOMEM;
}

static pl_status make_leaves(const pl_series *s, pl_forecast *f, pl_level level, pl_error *err)
{
    size_t periods = (size_t)s->n_periods;
    for (int32_t i = 0; i < s->n; i++) {
        pl_node *node = &f->node[i];
        node->level = level;
        memcpy(node->history, s->value + (size_t)i * periods, periods * sizeof *node->history);
        node->as_sold = NAN;
        for (size_t t = 0; s->missed != NULL && t < periods; t++) {
            node->history[t] += s->missed[(size_t)i * periods + t];
            node->missed += s->missed[(size_t)i * periods + t];
        }
        node->reports = s->reports != NULL ? s->reports[i] : 0;
        memcpy(f->store->noise + (size_t)i * periods, s->noise + (size_t)i * periods, periods * sizeof *node->history);
        if (copy_text(&f->store->arena, s->item[i], &node->item) != PL_OK || copy_text(&f->store->arena, s->group[i], &node->group) != PL_OK ||
            copy_text(&f->store->arena, s->place[i], &node->place) != PL_OK) {
            return pl_fail_nomem(err, "the tree of series");
        }
        int32_t zeros = 0, same_again = 0;
        for (size_t t = 0; t < periods; t++) {
            zeros += node->history[t] == 0;
            same_again += node->history[t] == node->history[0];
        }
        f->zero += zeros == s->n_periods;
        f->constant += same_again == s->n_periods && zeros < s->n_periods;
        f->intermittent += zeros * 4 > s->n_periods && zeros < s->n_periods; /* mean interval above 4/3 (Syntetos, Boylan and Croston 2005) */
    }
    return PL_OK;
}

pl_status pl_fc_tree(const pl_series *s, pl_forecast *f, pl_error *err)
{
    bool places = false, groups = false;
    f->n_leaves = f->n = s->n;
    pl_status status = room(f, 3 * s->n + 1, err);
    for (int32_t i = 0; i < s->n; i++) {
        places |= s->place[i][0] != '\0';
        groups |= s->group[i][0] != '\0';
    }
    status = status == PL_OK ? make_leaves(s, f, places ? PL_LEVEL_PLACE : PL_LEVEL_ITEM, err) : status;
    if (status != PL_OK || f->store->set.leaves_only || s->n == 1) {
        return status;
    }
    int32_t first = 0;
    if (places) {
        f->n = make_level(f, PL_LEVEL_ITEM, 0, f->n);
        first = s->n;
    }
    if (groups) {
        int32_t n = f->n - first, next = f->n;
        f->n = make_level(f, PL_LEVEL_GROUP, first, n);
        first = next;
    }
    if (f->n - first > 1) {
        adopt(f, f->n, PL_LEVEL_TOTAL, first, f->n - first);
        f->n++;
    }
    return PL_OK;
}
