/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json_explain.c - an explanation as JSON. */
#include "plan/json.h"
#include "plan/words.h"

typedef struct explained {
    const pl_plan *plan;
    const pl_economy *economy;
    const pl_explanation *x;
} explained;

/* Identifier of what a limit or a way belongs to; a need is named by good, tier and group. */
static void way_id(pl_json *j, const pl_economy *e, const pl_way *w)
{
    if (w->kind == PL_WAY_NEED) {
        const pl_need *need = &e->needs[w->index];
        pl_json_put_text(j, "good", e->goods[need->good].id);
        pl_json_put_number(j, "tier", need->tier);
        pl_json_put_text(j, "group", need->group);
        pl_json_put_number(j, "asked", need->amount);
    } else {
        pl_json_put_text(j, w->kind == PL_WAY_RECIPE ? "recipe" : "good",
             w->kind == PL_WAY_RECIPE ? e->recipes[w->index].id : e->goods[w->index].id);
        pl_json_put_text(j, "name", w->kind == PL_WAY_RECIPE ? e->recipes[w->index].name : pl_words_good(e, w->index));
    }
}

static void ways(pl_json *j, const char *key, const explained *in, const pl_way *list, int32_t n, bool costs)
{
    pl_json_key(j, key);
    pl_json_array(j);
    for (int32_t k = 0; k < n; k++) {
        pl_json_object(j);
        pl_json_put_text(j, "kind", pl_way_kind_id(list[k].kind));
        way_id(j, in->economy, &list[k]);
        pl_json_put_number(j, "amount", list[k].amount);
        if (costs) {
            pl_json_put_number(j, "cost", list[k].cost);
            pl_json_put_number(j, "rent", list[k].rent);
        }
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void element(pl_json *j, const pl_economy *e, const pl_price_element *x)
{
    pl_json_put_text(j, "kind", x->objective && x->index < 0 ? (x->kind == PL_LIMIT_IMPORT ? "imports" : "levels") : pl_limit_kind_id(x->kind));
    pl_json_put_bool(j, "objective", x->objective);
    if (x->index >= 0) {
        char words[200];
        pl_words_limit(e, x->kind, x->index, words, sizeof words);
        pl_json_put_text(j, "id", pl_limit_id(e, x->kind, x->index));
        pl_json_put_text(j, "name", words);
    }
    pl_json_put_number(j, "amount", x->amount);
}

static void margin(pl_json *j, const char *key, const pl_marginal *m)
{
    pl_json_key(j, key);
    pl_json_object(j);
    pl_json_put_bool(j, "possible", m->possible);
    if (m->possible) {
        pl_json_put_number(j, "effect", m->effect);
        pl_json_put_number(j, "range", m->range); /* null = without end */
    }
    pl_json_end(j);
}

static void price_of_good(pl_json *j, const explained *in)
{
    const pl_explanation *x = in->x;
    pl_json_key(j, "elements");
    pl_json_array(j);
    for (int32_t k = 0; k < x->n_elements; k++) {
        pl_json_object(j);
        element(j, in->economy, &x->elements[k]);
        pl_json_put_number(j, "share", x->elements[k].share);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "chain");
    pl_json_array(j);
    for (int32_t k = 0; k < x->n_links; k++) {
        pl_json_object(j);
        pl_json_put_number(j, "depth", x->chain[k].depth);
        if (x->chain[k].is_good) {
            pl_json_put_text(j, "good", in->economy->goods[x->chain[k].good].id);
            pl_json_put_text(j, "name", pl_words_good(in->economy, x->chain[k].good));
        } else {
            element(j, in->economy, &x->chain[k].element);
        }
        pl_json_put_number(j, "share", x->chain[k].share);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void good(pl_json *j, const explained *in)
{
    const pl_explanation *x = in->x;
    const pl_balance *b = &x->balance;
    const struct {
        const char *key;
        double value;
    } figures[] = {{"asked", x->asked},          {"delivered", b->delivered}, {"made", b->made},
                   {"imported", b->imported},    {"drawn", b->drawn},         {"used", b->used},
                   {"exported", b->exported},    {"surplus", b->surplus}};
    pl_json_put_text(j, "good", in->economy->goods[x->subject.index].id);
    pl_json_put_text(j, "name", pl_words_good(in->economy, x->subject.index));
    pl_json_put_text(j, "unit", in->economy->goods[x->subject.index].unit);
    for (size_t k = 0; k < sizeof figures / sizeof figures[0]; k++) {
        pl_json_put_number(j, figures[k].key, figures[k].value);
    }
    ways(j, "sources", in, x->sources, x->n_sources, true);
    ways(j, "users", in, x->users, x->n_users, false);
    price_of_good(j, in);
}

static void limit(pl_json *j, const explained *in)
{
    const pl_explanation *x = in->x;
    pl_json_put_text(j, "limit", pl_limit_kind_id(x->subject.kind));
    pl_json_put_text(j, "id", pl_limit_id(in->economy, x->subject.kind, x->subject.index));
    pl_json_put_text(j, "unit", pl_words_limit_unit(in->economy, x->subject.kind, x->subject.index));
    pl_json_put_number(j, "available", x->available);
    pl_json_put_number(j, "used", x->used);
    ways(j, "users", in, x->users, x->n_users, false);
}

static void touched(pl_json *j, const explained *in)
{
    pl_json_key(j, in->x->subject.is_good ? "taken_from" : "goes_to");
    pl_json_array(j);
    for (int32_t k = 0; k < in->x->n_touched; k++) {
        const pl_need *need = &in->economy->needs[in->x->touched[k].need];
        pl_json_object(j);
        pl_json_put_text(j, "good", in->economy->goods[need->good].id);
        pl_json_put_text(j, "name", pl_words_good(in->economy, need->good));
        pl_json_put_number(j, "tier", need->tier);
        pl_json_put_text(j, "group", need->group);
        pl_json_put_number(j, "amount", in->x->touched[k].amount);
        pl_json_end(j);
    }
    pl_json_end(j);
}

void pl_json_explanation(pl_json *j, const pl_plan *plan, const pl_economy *economy, const pl_explanation *x)
{
    const explained in = {plan, economy, x};
    pl_json_object(j);
    (x->subject.is_good ? good : limit)(j, &in);
    pl_json_put_number(j, "stage", x->stage);
    pl_json_put_number(j, "price", x->price);
    pl_json_key(j, "prices_by_stage");
    pl_json_array(j);
    for (int32_t s = 0; s < plan->n_stages; s++) {
        pl_json_number(j, x->stage_price[s]);
    }
    pl_json_end(j);
    margin(j, "one_more", &x->more);
    margin(j, "one_less", &x->less);
    touched(j, &in);
    pl_json_end(j);
}
