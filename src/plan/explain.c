/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * explain.c - explains a figure of a plan: who is meant, where a good comes from and goes to. */
#include "plan/explain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

const char *pl_way_kind_id(pl_way_kind kind)
{
    static const char *const ids[] = {"recipe", "import", "stock", "export", "need"};
    return (unsigned)kind < 5 ? ids[kind] : "?";
}

/* ---- Who is meant ------------------------------------------------------------------------------------ */

typedef struct prefix {
    const char *word;
    bool is_good;
    pl_limit_kind kind;
} prefix;

static const prefix PREFIXES[] = {
    {"good:", true, PL_LIMIT_RESOURCE},    {"resource:", false, PL_LIMIT_RESOURCE},
    {"recipe:", false, PL_LIMIT_CAPACITY}, {"import:", false, PL_LIMIT_IMPORT},
    {"export:", false, PL_LIMIT_EXPORT},   {"stock:", false, PL_LIMIT_STOCK},
};
#define N_PREFIXES (sizeof PREFIXES / sizeof PREFIXES[0])

static int32_t find(const pl_economy *e, const prefix *p, const char *id)
{
    if (p->is_good || (p->kind != PL_LIMIT_RESOURCE && p->kind != PL_LIMIT_CAPACITY)) {
        return pl_find_good(e, id);
    }
    return p->kind == PL_LIMIT_RESOURCE ? pl_find_resource(e, id) : pl_find_recipe(e, id);
}

/* The only good, resource or recipe of that name; -1 when none or several are called so. */
static int32_t find_name(const pl_economy *e, const prefix *p, const char *name)
{
    int32_t found = -1, count = 0;
    int32_t n = p->is_good ? e->n_goods : p->kind == PL_LIMIT_RESOURCE ? e->n_resources : e->n_recipes;
    for (int32_t k = 0; k < n; k++) {
        const char *other = p->is_good                     ? e->goods[k].name
                            : p->kind == PL_LIMIT_RESOURCE ? e->resources[k].name
                                                           : e->recipes[k].name;
        if (other[0] != '\0' && strcmp(other, name) == 0) {
            found = k;
            count++;
        }
    }
    return count == 1 ? found : -1;
}

static pl_status not_found(const pl_economy *e, const char *text, pl_error *err)
{
    int32_t n = 0, room = 2 * e->n_goods + 2 * e->n_resources;
    const char **words = PL_NEW(const char *, room);
    if (words == NULL) {
        return pl_fail_nomem(err, "looking for a name");
    }
    for (int32_t k = 0; k < e->n_goods; k++) {
        words[n++] = e->goods[k].id;
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        words[n++] = e->resources[k].id;
        words[n++] = e->resources[k].name;
    }
    for (int32_t k = 0; k < e->n_goods; k++) {
        words[n++] = e->goods[k].name;
    }
    const char *like = pl_did_you_mean(text, words, n);
    char hint[300];
    if (like != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%.200s'?", like);
    } else {
        snprintf(hint, sizeof hint, "say the identifier of a good, a resource or a recipe");
    }
    pl_status status = pl_fail(err, PL_USAGE, text, hint, "nothing in this economy is called so");
    pl_free(words);
    return status;
}

pl_status pl_subject_find(const pl_economy *e, const char *text, pl_subject *out, pl_error *err)
{
    for (size_t i = 0; i < N_PREFIXES; i++) {
        size_t n = strlen(PREFIXES[i].word);
        if (strncmp(text, PREFIXES[i].word, n) == 0) {
            *out = (pl_subject){PREFIXES[i].is_good, PREFIXES[i].kind, find(e, &PREFIXES[i], text + n)};
            return out->index >= 0 ? PL_OK : not_found(e, text + n, err);
        }
    }
    for (int names = 0; names < 2; names++) {
        for (size_t i = 0; i < 3; i++) {
            int32_t k = names ? find_name(e, &PREFIXES[i], text) : find(e, &PREFIXES[i], text);
            if (k >= 0) {
                *out = (pl_subject){PREFIXES[i].is_good, PREFIXES[i].kind, k};
                return PL_OK;
            }
        }
    }
    return not_found(e, text, err);
}

/* ---- Where a good comes from and goes to ---------------------------------------------------------------- */

static int largest_first(const void *a, const void *b)
{
    const pl_way *x = a, *y = b;
    if (x->amount != y->amount) {
        return x->amount > y->amount ? -1 : 1;
    }
    if (x->cost != y->cost && x->amount == 0) {
        return x->cost < y->cost ? -1 : 1; /* what is not used: the nearest to being worth it first */
    }
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (x->index > y->index) - (x->index < y->index);
}

/* Column j as a source of the good, of which a unit of its level gives per_level. */
static pl_way source_of(const pl_explained *v, int32_t good, int32_t j, double per_level, pl_term *terms)
{
    static const pl_way_kind kinds[] = {PL_WAY_RECIPE, PL_WAY_IMPORT, PL_WAY_EXPORT, PL_WAY_STOCK};
    double profit, price = v->stage->good_price[good], level = pl_column_value(v, j);
    (void)pl_terms(v, j, terms, &profit);
    pl_way way = {.kind = kinds[v->model->column_kind[j]], .index = v->model->column_index[j], .amount = per_level * level};
    way.rent = profit > 0 && isfinite(v->model->lp.hi[j]) && pl_used_up(level, v->model->lp.hi[j]) ? profit / per_level : 0;
    /* A column in use has no profit but its rent: what else is left is rounding. */
    way.cost = level > 0 ? price - way.rent : price - profit / per_level;
    return way;
}

/* Coefficient of the good in column j. */
static double coefficient(const pl_lp *lp, int32_t j, int32_t good)
{
    int64_t lo = lp->start[j], hi = lp->start[j + 1];
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (lp->row[mid] < good) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < lp->start[j + 1] && lp->row[lo] == good ? lp->val[lo] : 0;
}

static void count_needs(const pl_explained *v, int32_t good, pl_way *users, int32_t *n, pl_explanation *out)
{
    for (int32_t k = 0; k < v->e->n_needs; k++) {
        const pl_need *need = &v->e->needs[k];
        if (need->good == good) {
            users[(*n)++] = (pl_way){.kind = PL_WAY_NEED, .index = k, .amount = v->plan->delivered[k]};
            out->asked += need->amount;
        }
    }
}

static pl_status find_ways(const pl_explained *v, int32_t good, pl_explanation *out, pl_error *err)
{
    const pl_lp *lp = &v->model->lp;
    pl_way *sources = PL_ARENA_NEW(v->arena, pl_way, lp->n);
    pl_way *users = PL_ARENA_NEW(v->arena, pl_way, lp->n + v->e->n_needs);
    pl_term *terms = PL_NEW(pl_term, pl_terms_room(v));
    if (sources == NULL || users == NULL || terms == NULL) {
        pl_free(terms);
        return pl_fail_nomem(err, "an explanation");
    }
    int32_t n_sources = 0, n_users = 0;
    for (int32_t j = 0; j < lp->n; j++) {
        double c = coefficient(lp, j, good);
        if (c > 0) {
            sources[n_sources++] = source_of(v, good, j, c, terms);
        } else if (c < 0 && pl_column_value(v, j) > 0) {
            bool recipe = v->model->column_kind[j] == PL_COLUMN_RECIPE;
            users[n_users++] = (pl_way){.kind = recipe ? PL_WAY_RECIPE : PL_WAY_EXPORT,
                                        .index = v->model->column_index[j],
                                        .amount = -c * pl_column_value(v, j)};
        }
    }
    count_needs(v, good, users, &n_users, out);
    qsort(sources, (size_t)n_sources, sizeof *sources, largest_first);
    qsort(users, (size_t)n_users, sizeof *users, largest_first);
    out->sources = sources;
    out->n_sources = n_sources;
    out->users = users;
    out->n_users = n_users;
    pl_free(terms);
    return PL_OK;
}

static pl_status explain_good(const pl_explained *v, const pl_explain_settings *settings, pl_explanation *out, pl_error *err)
{
    int32_t good = out->subject.index;
    pl_balance *all = PL_NEW(pl_balance, v->e->n_goods);
    if (all == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    pl_plan_balances(v->plan, v->e, all);
    out->balance = all[good];
    out->price = v->stage->good_price[good];
    pl_free(all);
    pl_status status = find_ways(v, good, out, err);
    return status == PL_OK ? pl_explain_chain(v, good, settings->depth > 0 ? settings->depth : 3, out, err) : status;
}

/* ---- A limit ----------------------------------------------------------------------------------------------- */

/* The column whose limit it is; -1 for a resource, or where there is no such column. */
static int32_t column_of(const pl_model *model, const pl_subject *s)
{
    int kind = s->kind == PL_LIMIT_CAPACITY ? PL_COLUMN_RECIPE
               : s->kind == PL_LIMIT_IMPORT ? PL_COLUMN_IMPORT
               : s->kind == PL_LIMIT_EXPORT ? PL_COLUMN_EXPORT
                                            : PL_COLUMN_DRAW;
    for (int32_t j = 0; j < model->lp.n && s->kind != PL_LIMIT_RESOURCE; j++) {
        if (model->column_kind[j] == kind && model->column_index[j] == s->index) {
            return j;
        }
    }
    return -1;
}

static pl_status explain_resource(const pl_explained *v, pl_explanation *out, pl_error *err)
{
    int32_t resource = out->subject.index, n = 0;
    double *use = PL_NEW(double, v->e->n_resources);
    pl_way *users = PL_ARENA_NEW(v->arena, pl_way, v->e->n_recipes + v->e->n_trade);
    if (use == NULL || users == NULL) {
        pl_free(use);
        return pl_fail_nomem(err, "an explanation");
    }
    pl_plan_resource_use(v->plan, v->e, use);
    out->used = use[resource];
    out->available = v->e->resources[resource].available;
    pl_free(use);
    for (int32_t r = 0; r < v->e->n_recipes; r++) {
        for (int64_t t = v->e->uses.start[r]; t < v->e->uses.start[r + 1]; t++) {
            if (v->e->uses.index[t] == resource && v->e->uses.amount[t] * v->plan->level[r] != 0) {
                users[n++] = (pl_way){.kind = PL_WAY_RECIPE, .index = r, .amount = v->e->uses.amount[t] * v->plan->level[r]};
            }
        }
    }
    for (int32_t t = 0; resource == v->e->foreign_exchange && t < v->e->n_trade; t++) {
        const pl_trade *trade = &v->e->trade[t];
        double paid = pl_given(trade->import_price) ? trade->import_price * v->plan->imported[trade->good] : 0;
        if (paid != 0) {
            users[n++] = (pl_way){.kind = PL_WAY_IMPORT, .index = trade->good, .amount = paid};
        }
    }
    qsort(users, (size_t)n, sizeof *users, largest_first);
    out->users = users;
    out->n_users = n;
    out->price = v->stage->resource_price[resource];
    return PL_OK;
}

static pl_status explain_column(const pl_explained *v, int32_t j, pl_explanation *out, pl_error *err)
{
    double profit;
    pl_term *terms = PL_NEW(pl_term, pl_terms_room(v));
    if (terms == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    (void)pl_terms(v, j, terms, &profit);
    pl_free(terms);
    out->used = pl_column_value(v, j);
    out->available = isfinite(v->model->lp.hi[j]) ? v->model->lp.hi[j] : PL_ABSENT;
    out->price = profit > 0 && pl_given(out->available) && out->used >= out->available ? profit : 0;
    return PL_OK;
}

/* ---- Everything ---------------------------------------------------------------------------------------------- */

/* The stage in which the good's most pressing short need was settled; the last one when none is short. */
static int32_t stage_of_good(const pl_economy *e, const pl_plan *plan, int32_t good)
{
    double worst = 1 - 1e-9;
    int32_t stage = plan->n_stages;
    for (int32_t k = 0; k < e->n_needs; k++) {
        const pl_need *need = &e->needs[k];
        double ratio = need->amount > 0 ? plan->delivered[k] / need->amount : 1;
        if (need->good == good && ratio < worst && plan->settled[k] > 0) {
            worst = ratio;
            stage = plan->settled[k];
        }
    }
    return stage;
}

/* The limit's price at every stage, by making each stage the view's. */
static pl_status prices_of_stages(pl_explained *v, pl_explanation *out, pl_error *err)
{
    double *price = PL_ARENA_NEW(v->arena, double, v->plan->n_stages);
    if (price == NULL) {
        return pl_fail_nomem(err, "an explanation");
    }
    for (int32_t s = 0; s < v->plan->n_stages; s++) {
        const pl_stage *stage = &v->plan->stages[s];
        if (out->subject.is_good) {
            price[s] = stage->good_price[out->subject.index];
        } else if (out->subject.kind == PL_LIMIT_RESOURCE) {
            price[s] = stage->resource_price[out->subject.index];
        } else {
            pl_limit *limits;
            int32_t n;
            pl_status status = pl_plan_limits(v->plan, v->e, s + 1, &limits, &n, err);
            if (status != PL_OK) {
                return status;
            }
            price[s] = 0;
            for (int32_t k = 0; k < n; k++) {
                if (limits[k].kind == out->subject.kind && limits[k].index == out->subject.index) {
                    price[s] = limits[k].price;
                }
            }
            pl_limits_free(limits);
        }
    }
    out->stage_price = price;
    return PL_OK;
}

static int32_t choose_stage(const pl_explained *v, const pl_explanation *out)
{
    if (out->subject.is_good) {
        return stage_of_good(v->e, v->plan, out->subject.index);
    }
    for (int32_t s = 0; s < v->plan->n_stages; s++) {
        if (out->stage_price[s] > 0) {
            return s + 1;
        }
    }
    return v->plan->n_stages;
}

static pl_status explain(const pl_explained *first, const pl_explain_settings *settings, pl_explanation *out, pl_error *err)
{
    pl_explained v = *first;
    pl_status status = PL_OK;
    int32_t j = out->subject.is_good ? -1 : column_of(v.model, &out->subject);
    if (!out->subject.is_good && out->subject.kind != PL_LIMIT_RESOURCE && j < 0) {
        return pl_fail(err, PL_USAGE, NULL, NULL, "the economy has no such limit");
    }
    if (out->subject.is_good) {
        status = explain_good(&v, settings, out, err);
    } else {
        status = j < 0 ? explain_resource(&v, out, err) : explain_column(&v, j, out, err);
    }
    return status == PL_OK ? pl_explain_margins(&v, settings, out, err) : status;
}

static pl_status explain_into(const pl_economy *e, const pl_plan *plan, const pl_explain_settings *settings,
                              pl_explanation *out, pl_error *err)
{
    pl_explained v = {.e = e, .plan = plan, .arena = &out->storage->arena};
    pl_status status = prices_of_stages(&v, out, err);
    if (status != PL_OK) {
        return status;
    }
    out->stage = settings->stage > 0 ? settings->stage : choose_stage(&v, out);
    status = pl_view_open(&v, e, plan, out->stage, &out->storage->arena, err);
    if (status == PL_OK) {
        status = explain(&v, settings, out, err);
    }
    pl_model_free(v.model);
    return status;
}

pl_status pl_explain(const pl_economy *economy, const pl_plan *plan, const pl_subject *subject,
                     const pl_explain_settings *settings, pl_explanation **out, pl_error *err)
{
    static const pl_explain_settings usual = {0};
    settings = settings != NULL ? settings : &usual;
    if (plan->outcome != PL_PLANNED) {
        return pl_fail(err, PL_USAGE, NULL, "see which limits clash: clashes.csv of the plan",
                       "what must be met cannot be met: there is no plan to explain");
    }
    if (settings->stage > plan->n_stages || settings->stage < 0) {
        return pl_fail(err, PL_USAGE, "stage", NULL, "the plan has %d stages", plan->n_stages);
    }
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_explanation *x = PL_ARENA_NEW(&arena, pl_explanation, 1);
    struct pl_explanation_storage *storage = PL_ARENA_NEW(&arena, struct pl_explanation_storage, 1);
    if (x == NULL || storage == NULL) {
        pl_arena_clear(&arena);
        return pl_fail_nomem(err, "an explanation");
    }
    *x = (pl_explanation){.subject = *subject, .available = PL_ABSENT, .storage = storage};
    storage->arena = arena;
    pl_status status = explain_into(economy, plan, settings, x, err);
    if (status != PL_OK) {
        pl_explanation_free(x);
        return status;
    }
    *out = x;
    return PL_OK;
}

void pl_explanation_free(pl_explanation *x)
{
    if (x != NULL) {
        pl_arena arena = x->storage->arena;
        pl_arena_clear(&arena);
    }
}
