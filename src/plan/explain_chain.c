/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain_chain.c - what the price of a good consists of, along the whole chain of what goes into it.
 *
 * At the prices of a stage, every column that is used gives exactly what it takes: inputs, resources, the objective
 * and the rent of its own limit (complementary slackness).  So each good passes its price on to what its sources
 * take, in proportion to how much comes from each; what comes of a column besides bears its part by value.  That is
 * a Markov chain whose absorbing states are the limits and the objective (docs/methods/explain.md). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/explain.h"

#define LEFT 1e-13       /* mass on its way when the walk ends */
#define STEPS 100000
#define BRANCHES 5       /* of one link */
#define LEAST_SHARE 0.01 /* of the price: smaller links are left out */

/* What a good passes on: node to[k] gets part[k] of its price, k = start[g] .. start[g + 1] - 1, parts descending. */
typedef struct passing {
    int64_t *start;
    pl_term *to;
    int64_t n;
} passing;

typedef struct work {
    const pl_view *v;
    pl_term *terms;  /* of all columns */
    int64_t *first;  /* by column: where its terms begin; first[n] = end */
    double *given;   /* by column: value of what it gives per unit of level */
    double *level;   /* by column */
    double *value;   /* by good: worth of all that its sources give */
    int32_t *best;   /* by good that nobody makes: the column that comes nearest to being worth it, or -1 */
    double *best_profit;
    double *part;    /* by node: workspace */
    int32_t *list;   /* by node: workspace */
    uint8_t *marked; /* by node: workspace */
} work;

static void close_work(work *w)
{
    pl_free(w->terms);
    pl_free(w->first);
    pl_free(w->given);
    pl_free(w->level);
    pl_free(w->value);
    pl_free(w->best);
    pl_free(w->best_profit);
    pl_free(w->part);
    pl_free(w->list);
    pl_free(w->marked);
}

static bool open_work(work *w, const pl_view *v)
{
    const pl_lp *lp = &v->model->lp;
    size_t uses = (size_t)v->e->uses.start[v->e->n_recipes];
    int32_t n = lp->n, goods = v->e->n_goods, nodes = pl_nodes(v);
    *w = (work){.v = v,
                .terms = PL_NEW(pl_term, (size_t)lp->start[n] + uses + 3 * (size_t)n + (size_t)pl_terms_room(v)),
                .first = PL_NEW(int64_t, n + 1),
                .given = PL_NEW0(double, n),
                .level = PL_NEW(double, n),
                .value = PL_NEW0(double, goods),
                .best = PL_NEW(int32_t, goods),
                .best_profit = PL_NEW(double, goods),
                .part = PL_NEW0(double, nodes),
                .list = PL_NEW(int32_t, nodes),
                .marked = PL_NEW0(uint8_t, nodes)};
    return w->terms != NULL && w->first != NULL && w->given != NULL && w->level != NULL && w->value != NULL &&
           w->best != NULL && w->best_profit != NULL && w->part != NULL && w->list != NULL && w->marked != NULL;
}

/* All terms; what each column gives; what each good's sources give; who could make what nobody makes. */
static void gather(work *w)
{
    const pl_view *v = w->v;
    int32_t n = v->model->lp.n, goods = v->e->n_goods;
    w->first[0] = 0;
    for (int32_t g = 0; g < goods; g++) {
        w->best[g] = -1;
    }
    for (int32_t j = 0; j < n; j++) {
        double profit;
        pl_term *t = w->terms + w->first[j];
        int32_t count = pl_terms(v, j, t, &profit);
        w->first[j + 1] = w->first[j] + count;
        w->level[j] = pl_column_value(v, j);
        for (int32_t k = 0; k < count; k++) {
            w->given[j] += t[k].value < 0 ? -t[k].value : 0;
        }
        for (int32_t k = 0; k < count; k++) {
            int32_t g = t[k].node;
            if (g >= goods || t[k].value >= 0) {
                continue;
            }
            w->value[g] += -t[k].value * w->level[j];
            double relative = profit / w->given[j];
            if (w->best[g] < 0 || relative > w->best_profit[g]) {
                w->best[g] = j;
                w->best_profit[g] = relative;
            }
        }
    }
}

/* Adds what column j takes, times `weight`, to the parts. */
static int32_t add_column(work *w, int32_t j, double weight, int32_t count)
{
    double taken = 0;
    for (int64_t k = w->first[j]; k < w->first[j + 1]; k++) {
        taken += w->terms[k].value > 0 ? w->terms[k].value : 0;
    }
    for (int64_t k = w->first[j]; k < w->first[j + 1] && taken > 0; k++) {
        const pl_term *t = &w->terms[k];
        if (t->value <= 0) {
            continue;
        }
        if (!w->marked[t->node]) {
            w->marked[t->node] = 1;
            w->list[count++] = t->node;
        }
        w->part[t->node] += weight * t->value / taken;
    }
    return count;
}

static int larger_first(const void *a, const void *b)
{
    const pl_term *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value ? -1 : 1) : (x->node > y->node) - (x->node < y->node);
}

/* Columns by the goods they give, so that each good finds its sources. */
typedef struct sources {
    int64_t *start;
    int32_t *column;
    double *weight; /* worth of what the column gives of the good, at its level */
} sources;

static bool find_sources(const work *w, sources *s)
{
    int32_t goods = w->v->e->n_goods, n = w->v->model->lp.n;
    s->start = PL_NEW0(int64_t, goods + 1);
    s->column = PL_NEW(int32_t, w->first[n]);
    s->weight = PL_NEW(double, w->first[n]);
    if (s->start == NULL || s->column == NULL || s->weight == NULL) {
        return false;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t j = 0; j < n; j++) {
            for (int64_t k = w->first[j]; k < w->first[j + 1]; k++) {
                int32_t g = w->terms[k].node;
                if (g >= goods || w->terms[k].value >= 0 || w->level[j] <= 0) {
                    continue;
                }
                if (pass == 0) {
                    s->start[g + 1]++;
                } else {
                    s->column[s->start[g]] = j;
                    s->weight[s->start[g]++] = -w->terms[k].value * w->level[j];
                }
            }
        }
        for (int32_t g = 0; g < goods && pass == 0; g++) {
            s->start[g + 1] += s->start[g];
        }
    }
    for (int32_t g = goods; g > 0; g--) { /* the second pass moved each start to the next one */
        s->start[g] = s->start[g - 1];
    }
    s->start[0] = 0;
    return true;
}

/* What good g passes on, into out; returns the number of parts. */
static int32_t pass_on(work *w, const sources *s, int32_t g, pl_term *out)
{
    int32_t count = 0;
    for (int64_t k = s->start[g]; k < s->start[g + 1]; k++) {
        count = add_column(w, s->column[k], s->weight[k] / w->value[g], count);
    }
    if (s->start[g] == s->start[g + 1] && w->best[g] >= 0) {
        count = add_column(w, w->best[g], 1, 0);
    }
    for (int32_t k = 0; k < count; k++) {
        int32_t node = w->list[k];
        out[k] = (pl_term){node, w->part[node]};
        w->part[node] = 0;
        w->marked[node] = 0;
    }
    qsort(out, (size_t)count, sizeof *out, larger_first);
    return count;
}

/* Of every good that has a price. */
static bool make_passing(work *w, passing *p)
{
    sources s = {0};
    int32_t goods = w->v->e->n_goods;
    size_t cap = 0;
    pl_term *row = PL_NEW(pl_term, pl_nodes(w->v));
    p->start = PL_NEW(int64_t, goods + 1);
    bool good = row != NULL && p->start != NULL && find_sources(w, &s);
    for (int32_t g = 0; g < goods && good; g++) {
        p->start[g] = p->n;
        int32_t count = w->v->stage->good_price[g] != 0 ? pass_on(w, &s, g, row) : 0;
        good = pl_grow(&p->to, &cap, (size_t)p->n + (size_t)count, sizeof *p->to, (size_t)1 << 40);
        if (good && count > 0) {
            memcpy(p->to + p->n, row, sizeof *row * (size_t)count);
            p->n += count;
        }
    }
    if (good) {
        p->start[goods] = p->n;
    }
    pl_free(row);
    pl_free(s.start);
    pl_free(s.column);
    pl_free(s.weight);
    return good;
}

/* ---- Elements --------------------------------------------------------------------------------------- */

/* Lets the price of the good walk until all of it has come to rest; shares by node into share. */
static void walk(const work *w, const passing *p, int32_t good, double *now, double *next, double *share)
{
    int32_t goods = w->v->e->n_goods, nodes = pl_nodes(w->v);
    double moving = 1;
    memset(share, 0, sizeof *share * (size_t)nodes);
    memset(now, 0, sizeof *now * (size_t)goods);
    now[good] = 1;
    for (int step = 0; step < STEPS && moving > LEFT; step++) {
        memset(next, 0, sizeof *next * (size_t)goods);
        moving = 0;
        for (int32_t g = 0; g < goods; g++) {
            for (int64_t k = now[g] > 0 ? p->start[g] : p->start[g + 1]; k < p->start[g + 1]; k++) {
                double mass = now[g] * p->to[k].value;
                if (p->to[k].node < goods) {
                    next[p->to[k].node] += mass;
                    moving += mass;
                } else {
                    share[p->to[k].node] += mass;
                }
            }
        }
        double *swap = now;
        now = next;
        next = swap;
    }
}

/* What a node stands for, and its price per unit of the limit. */
static pl_element element_of(const pl_view *v, int32_t node, double *price)
{
    const pl_economy *e = v->e;
    static const pl_limit_kind kinds[] = {PL_LIMIT_CAPACITY, PL_LIMIT_IMPORT, PL_LIMIT_EXPORT, PL_LIMIT_STOCK};
    int32_t k = node - e->n_goods;
    *price = 1;
    if (k < e->n_resources) {
        *price = v->stage->resource_price[k];
        return (pl_element){.kind = PL_LIMIT_RESOURCE, .index = k};
    }
    k -= e->n_resources;
    if (k < v->model->lp.n) {
        return (pl_element){.kind = kinds[v->model->column_kind[k]], .index = v->model->column_index[k]};
    }
    k -= v->model->lp.n;
    pl_limit_kind kind = k < e->n_resources ? PL_LIMIT_RESOURCE : k == e->n_resources ? PL_LIMIT_IMPORT : PL_LIMIT_CAPACITY;
    return (pl_element){.objective = true, .kind = kind, .index = k < e->n_resources ? k : -1};
}

/* The rent of a column's limit, per unit of its level. */
static double rent_of(const work *w, int32_t node)
{
    int32_t j = node - pl_node_rent(w->v, 0);
    return w->terms[w->first[j + 1] - 1].value; /* pl_terms puts it last */
}

static int largest_share(const void *a, const void *b)
{
    const pl_element *x = a, *y = b;
    return x->share != y->share ? (x->share > y->share ? -1 : 1)
           : x->objective != y->objective ? x->objective - y->objective
           : x->kind != y->kind           ? (int)x->kind - (int)y->kind
                                          : (x->index > y->index) - (x->index < y->index);
}

static pl_element element_with(const work *w, int32_t node, double share, double price)
{
    const pl_view *v = w->v;
    double unit;
    pl_element x = element_of(v, node, &unit);
    if (!x.objective && node >= pl_node_rent(v, 0)) {
        unit = rent_of(w, node);
    }
    x.share = share;
    x.amount = unit > 0 ? share * price / unit : PL_ABSENT;
    return x;
}

static pl_status list_elements(const work *w, const double *share, double price, pl_explanation *out, pl_error *err)
{
    const pl_view *v = w->v;
    int32_t n = 0, nodes = pl_nodes(v);
    for (int32_t node = v->e->n_goods; node < nodes; node++) {
        n += share[node] > 0;
    }
    pl_element *elements = PL_ARENA_NEW(v->arena, pl_element, n);
    if (elements == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    n = 0;
    for (int32_t node = v->e->n_goods; node < nodes; node++) {
        if (share[node] > 0) {
            elements[n++] = element_with(w, node, share[node], price);
        }
    }
    qsort(elements, (size_t)n, sizeof *elements, largest_share);
    out->elements = elements;
    out->n_elements = n;
    return PL_OK;
}

/* ---- The chain ------------------------------------------------------------------------------------------ */

typedef struct tree {
    const work *w;
    const passing *p;
    pl_chain_link *links;
    size_t n, cap;
    int32_t depth;
    double price;
    bool failed;
} tree;

static void grow(tree *t, int32_t good, int32_t depth, double share)
{
    int32_t goods = t->w->v->e->n_goods;
    int64_t end = t->p->start[good + 1];
    for (int64_t k = t->p->start[good]; k < end && k < t->p->start[good] + BRANCHES; k++) {
        int32_t node = t->p->to[k].node;
        double part = share * t->p->to[k].value;
        if (part < LEAST_SHARE || t->failed) {
            return; /* parts descend */
        }
        t->failed = !pl_grow(&t->links, &t->cap, t->n + 1, sizeof *t->links, (size_t)1 << 24);
        if (t->failed) {
            return;
        }
        pl_chain_link *link = &t->links[t->n++];
        *link = (pl_chain_link){.depth = depth, .is_good = node < goods, .good = node < goods ? node : -1, .share = part};
        if (node >= goods) {
            link->element = element_with(t->w, node, part, t->price);
        } else if (depth < t->depth) {
            grow(t, node, depth + 1, part);
        }
    }
}

static pl_status list_chain(tree *t, int32_t good, pl_explanation *out, pl_error *err)
{
    grow(t, good, 1, 1);
    pl_chain_link *links = t->failed ? NULL : PL_ARENA_NEW(t->w->v->arena, pl_chain_link, t->n);
    if (links != NULL && t->n > 0) {
        memcpy(links, t->links, sizeof *links * t->n);
    }
    out->chain = links;
    out->n_links = (int32_t)t->n;
    pl_free(t->links);
    return links != NULL ? PL_OK : pl_fail_nomem(err, "an explanation");
}

pl_status pl_explain_chain(const pl_view *v, int32_t good, int32_t depth, pl_explanation *out, pl_error *err)
{
    work w;
    passing p = {0};
    int32_t goods = v->e->n_goods;
    double *now = PL_NEW(double, goods), *next = PL_NEW(double, goods), *share = PL_NEW(double, pl_nodes(v));
    bool enough = open_work(&w, v) && now != NULL && next != NULL && share != NULL;
    pl_status status = PL_OK;
    if (enough) {
        gather(&w);
        enough = make_passing(&w, &p);
    }
    if (!enough) {
        status = pl_fail_nomem(err, "an explanation");
    } else if (v->stage->good_price[good] != 0) {
        double price = fabs(v->stage->good_price[good]);
        walk(&w, &p, good, now, next, share);
        out->unexplained = 1;
        status = list_elements(&w, share, price, out, err);
        if (status == PL_OK) {
            tree t = {.w = &w, .p = &p, .depth = depth, .price = price};
            status = list_chain(&t, good, out, err);
        }
        for (int32_t k = 0; k < out->n_elements; k++) {
            out->unexplained -= out->elements[k].share;
        }
    }
    pl_free(now);
    pl_free(next);
    pl_free(share);
    pl_free(p.start);
    pl_free(p.to);
    close_work(&w);
    return status;
}
