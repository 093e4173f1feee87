/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Inventories of unit processes in physical units: joint products stay joint, rival techniques stay rivals. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

typedef struct inventory {
    pl_im_set flows, processes, emissions;
    pl_im_cells amounts, emitted; /* flow or emission x process */
    pl_im_cells inputs, outputs;  /* flows that are an input, or an output, somewhere */
    const char **kind;            /* of each flow */
    const char **unit;            /* of each emission */
    bool *taken_in, *put_out;     /* of each flow: some process has it as an input, or an output */
    bool *made, *taken, *credit;  /* of each flow, on balance: made; used; left over, but only by a negative input */
    int32_t negative, avoided, credits;
} inventory;

static pl_status keep(pl_im *im, const char *text, const char **out)
{
    if (text[0] != '\0') {
        *out = pl_arena_text(&im->arena, text, strlen(text));
    }
    return *out == NULL ? pl_im_nomem(im) : PL_OK;
}

/* Sets text[k] of a growing array of texts that has a place for every one of the n codes so far. */
static pl_status set_text(pl_im *im, const char ***texts, int32_t k, const char *text)
{
    if ((k & (k - 1)) == 0) { /* doubles at powers of two */
        const char **more = pl_im_zero(im, (size_t)(k == 0 ? 2 : 2 * k) + 1, sizeof *more);
        if (more == NULL) {
            return pl_im_nomem(im);
        }
        if (k > 0) {
            memcpy(more, *texts, (size_t)k * sizeof *more);
        }
        *texts = more;
    }
    (*texts)[k] = pl_arena_text(&im->arena, text, strlen(text));
    return (*texts)[k] == NULL ? pl_im_nomem(im) : PL_OK;
}

static pl_status one_flow(pl_im *im, const pl_im_row *row, void *user)
{
    inventory *v = user;
    int32_t k, before = v->flows.n;
    PL_IM_TRY(pl_im_intern(im, &v->flows, row->text[PL_IM_FLOW], "", &k));
    if (v->flows.n == before) {
        return pl_im_row_fail(im, row, NULL, "the flow \"%s\" is listed twice", v->flows.code[k].id);
    }
    PL_IM_TRY(keep(im, row->text[PL_IM_NAME], &v->flows.code[k].name));
    PL_IM_TRY(keep(im, row->text[PL_IM_UNIT], &v->flows.code[k].unit));
    PL_IM_TRY(keep(im, row->text[PL_IM_GROUP], &v->flows.code[k].group));
    return set_text(im, &v->kind, k, row->text[PL_IM_KIND]);
}

static pl_status one_process(pl_im *im, const pl_im_row *row, void *user)
{
    inventory *v = user;
    int32_t k, before = v->processes.n;
    PL_IM_TRY(pl_im_intern(im, &v->processes, row->text[PL_IM_PROCESS], "", &k));
    if (v->processes.n == before) {
        return pl_im_row_fail(im, row, NULL, "the process \"%s\" is listed twice", v->processes.code[k].id);
    }
    PL_IM_TRY(keep(im, row->text[PL_IM_PLACE], &v->processes.code[k].place));
    return keep(im, row->text[PL_IM_NAME], &v->processes.code[k].name);
}

static pl_status one_amount(pl_im *im, const pl_im_row *row, void *user)
{
    inventory *v = user;
    int32_t p, f;
    double x;
    pl_im_row plain = *row;
    plain.text[PL_IM_PLACE] = "";
    PL_IM_TRY(pl_im_number(im, row, &x));
    PL_IM_TRY(pl_im_lookup(im, &v->processes, &plain, row->text[PL_IM_PROCESS], &p));
    PL_IM_TRY(pl_im_lookup(im, &v->flows, &plain, row->text[PL_IM_FLOW], &f));
    if (!pl_given(x) || x == 0) {
        return PL_OK;
    }
    bool in = strcmp(row->text[PL_IM_DIRECTION], im->map.in) == 0;
    bool avoided = strcmp(row->text[PL_IM_AVOIDED], "1") == 0;
    v->negative += x < 0;
    v->avoided += avoided;
    if (in && x > 0) {
        PL_IM_TRY(pl_im_push(im, &v->inputs, f, 0, 1));
    } else if (!in && !avoided && x > 0) {
        PL_IM_TRY(pl_im_push(im, &v->outputs, f, 0, 1));
    }
    return pl_im_push(im, &v->amounts, f, p, avoided ? fabs(x) : in ? -x : x);
}

static pl_status one_emission(pl_im *im, const pl_im_row *row, void *user)
{
    inventory *v = user;
    int32_t p, k, before = v->emissions.n;
    double x;
    PL_IM_TRY(pl_im_number(im, row, &x));
    PL_IM_TRY(pl_im_lookup(im, &v->processes, row, row->text[PL_IM_PROCESS], &p));
    PL_IM_TRY(pl_im_intern(im, &v->emissions, row->text[PL_IM_ITEM], "", &k));
    if (v->emissions.n != before) {
        PL_IM_TRY(set_text(im, &v->unit, k, row->text[PL_IM_UNIT]));
    } else if (strcmp(v->unit[k], row->text[PL_IM_UNIT]) != 0) {
        return pl_im_row_fail(im, row, "one unit for each emission", "the unit of %s is \"%.40s\" here and \"%s\" before",
                              v->emissions.code[k].id, row->text[PL_IM_UNIT], v->unit[k]);
    }
    return pl_given(x) && x != 0 ? pl_im_push(im, &v->emitted, k, p, x) : PL_OK;
}

static pl_status read_inventory(pl_im *im, inventory *v)
{
    const pl_im_table *t = im->map.table;
    v->flows.what = "flow";
    v->processes.what = "process";
    v->emissions.what = "emission";
    if (t[PL_IM_FLOWS].file != NULL) {
        PL_IM_TRY(pl_im_rows(im, &t[PL_IM_FLOWS], one_flow, v));
        v->flows.listed_in = t[PL_IM_FLOWS].file;
    }
    if (t[PL_IM_PROCESS_LIST].file != NULL) {
        PL_IM_TRY(pl_im_rows(im, &t[PL_IM_PROCESS_LIST], one_process, v));
        v->processes.listed_in = t[PL_IM_PROCESS_LIST].file;
    }
    PL_IM_TRY(pl_im_rows(im, &t[PL_IM_RECIPES], one_amount, v));
    return t[PL_IM_EMISSIONS].file != NULL ? pl_im_rows(im, &t[PL_IM_EMISSIONS], one_emission, v) : PL_OK;
}

/* ---- Writing -------------------------------------------------------------------------------------- */

pl_status pl_im_needs(pl_im *im, const pl_im_set *goods)
{
    size_t k;
    json_t *o;
    json_array_foreach(im->map.needs, k, o)
    {
        const char *good = json_string_value(json_object_get(o, "good")),
                   *group = json_string_value(json_object_get(o, "group"));
        json_t *amount = json_object_get(o, "amount"), *tier = json_object_get(o, "tier");
        char subject[256];
        snprintf(subject, sizeof subject, "%.200s: needs[%zu]", im->map.file, k);
        if (good == NULL || !json_is_number(amount) || json_number_value(amount) < 0 ||
            (tier != NULL && (!json_is_integer(tier) || json_integer_value(tier) < 1 || json_integer_value(tier) > 1000))) {
            return pl_fail(im->err, PL_PARSE, subject, "{\"good\": \"F0914\", \"amount\": 1000, \"tier\": 1}",
                           "a need has a good, an amount from 0 on and perhaps a tier and a group");
        }
        if (pl_im_find(goods, good, "") < 0) {
            return pl_fail(im->err, PL_DATA, subject, NULL, "there is no good \"%.80s\"", good);
        }
        PL_IM_TRY(pl_add_need(im->builder, 0, good, tier == NULL ? 1 : (int32_t)json_integer_value(tier),
                              group == NULL ? "" : group, json_number_value(amount), 1, 0));
    }
    if (json_array_size(im->map.needs) == 0) {
        pl_im_note(im, PL_WARNING, im->map.file, "add \"needs\" to the mapping, or rows to needs.csv",
                   "the data say nothing about needs: there is nothing to plan for yet");
    }
    return PL_OK;
}

static bool is_waste(const pl_im *im, const inventory *v, int32_t flow)
{
    return im->map.table[PL_IM_FLOWS].column[PL_IM_KIND] != NULL && strcmp(v->kind[flow], im->map.waste) == 0;
}

static pl_status write_processes(pl_im *im, inventory *v, const pl_im_matrix *a, const pl_im_matrix *e)
{
    for (int32_t p = 0; p < v->processes.n; p++) {
        const pl_im_code *c = &v->processes.code[p];
        bool any = false;
        PL_IM_TRY(pl_add_recipe(im->builder, 0, c->id, c->name, c->place, PL_ABSENT));
        for (int64_t k = a->start[p]; k < a->start[p + 1]; k++) {
            int32_t f = a->row[k];
            if (a->value[k] < 0 && is_waste(im, v, f) && !v->taken_in[f]) {
                v->credits++; /* else somebody would have to make that waste */
                continue;
            }
            v->made[f] |= a->value[k] > 0 && v->put_out[f];
            v->credit[f] |= a->value[k] > 0 && !v->put_out[f]; /* to use less of it is no way to make it */
            v->taken[f] |= a->value[k] < 0;
            any = any || a->value[k] > 0;
            if (a->value[k] != 0) {
                PL_IM_TRY(pl_add_flow(im->builder, 0, c->id, v->flows.code[a->row[k]].id, a->value[k]));
            }
        }
        for (int64_t k = e->start[p]; k < e->start[p + 1]; k++) {
            PL_IM_TRY(pl_add_use(im->builder, 0, c->id, v->emissions.code[e->row[k]].id, e->value[k]));
        }
        if (!any) {
            pl_im_note(im, PL_NOTE, im->map.table[PL_IM_RECIPES].file, NULL, "the process %s makes nothing, on balance", c->id);
        }
        if (c->place[0] != '\0' && pl_im_find(&im->places, c->place, "") < 0) {
            int32_t at;
            PL_IM_TRY(pl_im_intern(im, &im->places, c->place, "", &at));
            PL_IM_TRY(pl_add_place(im->builder, 0, c->place, ""));
        }
    }
    return PL_OK;
}

static pl_status write_flows(pl_im *im, const inventory *v)
{
    int32_t bought = 0, credited = 0, wastes = 0, bound = 0;
    for (int32_t f = 0; f < v->flows.n; f++) {
        const pl_im_code *c = &v->flows.code[f];
        bool waste = is_waste(im, v, f);
        wastes += waste;
        bound += waste && v->taken_in[f];
        PL_IM_TRY(pl_add_good(im->builder, 0, c->id, c->name, c->unit, c->group, "", waste && v->taken_in[f]));
        if (v->taken[f] && !v->made[f]) {
            bought++;
            credited += v->credit[f];
            PL_IM_TRY(pl_add_trade(im->builder, 0, c->id, im->map.import_price, PL_ABSENT, PL_ABSENT, PL_ABSENT));
        }
    }
    im->report->goods = v->flows.n;
    im->report->no_producer = bought;
    pl_im_note(im, PL_NOTE, im->map.table[PL_IM_RECIPES].file, NULL,
               "%d inputs have no producer here (%d of them but for credits): bought from outside at price %g, without limit",
               (int)bought, (int)credited, im->map.import_price);
    if (wastes > 0) {
        pl_im_note(im, PL_NOTE, im->map.table[PL_IM_FLOWS].file, NULL,
                   "%d wastes: %d must be taken up; of the others, which no process takes up, a surplus may be left",
                   (int)wastes, (int)bound);
    }
    return PL_OK;
}

static pl_status write_emissions(pl_im *im, const inventory *v)
{
    for (int32_t k = 0; k < v->emissions.n; k++) {
        PL_IM_TRY(pl_add_resource(im->builder, 0, v->emissions.code[k].id, "", v->unit[k], PL_EMISSION, PL_ABSENT));
    }
    im->report->resources = v->emissions.n;
    if (im->report->no_producer > 0 && im->map.import_price != 0) {
        im->report->resources++;
        return pl_add_resource(im->builder, 0, "foreign_exchange", "What is bought from outside", "", PL_MONEY, PL_ABSENT);
    }
    return PL_OK;
}

/* Of each flow: is it among the cells? */
static bool *marks(pl_im *im, const inventory *v, const pl_im_cells *cells)
{
    bool *mark = pl_im_zero(im, (size_t)v->flows.n + 1, sizeof *mark);
    for (size_t k = 0; mark != NULL && k < cells->n; k++) {
        mark[cells->at[k].row] = true;
    }
    return mark;
}

static pl_status write_all(pl_im *im, inventory *v)
{
    pl_im_matrix a, e;
    size_t before = v->amounts.n;
    PL_IM_TRY(pl_im_compress(im, &v->amounts, v->flows.n, v->processes.n, &a));
    PL_IM_TRY(pl_im_compress(im, &v->emitted, v->emissions.n, v->processes.n, &e));
    static const pl_im_cells none;
    v->taken_in = marks(im, v, &v->inputs);
    v->put_out = marks(im, v, &v->outputs);
    v->made = marks(im, v, &none);
    v->taken = marks(im, v, &none);
    v->credit = marks(im, v, &none);
    if (v->taken_in == NULL || v->put_out == NULL || v->made == NULL || v->taken == NULL || v->credit == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(write_processes(im, v, &a, &e));
    PL_IM_TRY(write_flows(im, v));
    PL_IM_TRY(write_emissions(im, v));
    int64_t twice = (int64_t)before - a.start[v->processes.n];
    if (twice > 0 || v->negative > 0 || v->avoided > 0) {
        pl_im_note(im, PL_NOTE, im->map.table[PL_IM_RECIPES].file, NULL,
                   "%lld lines name a flow that its process already has (added up: in and out of one flow are netted); %d "
                   "negative amounts turn input into output or the reverse, but %d credits for waste avoided are left out; %d "
                   "avoided products are credited as outputs",
                   (long long)twice, (int)v->negative, (int)v->credits, (int)v->avoided);
    }
    im->report->use_cells = a.start[v->processes.n];
    im->report->negative_use_cells = v->negative;
    return pl_im_needs(im, &v->flows);
}

pl_status pl_im_processes(pl_im *im)
{
    inventory v = {0};
    pl_status st = read_inventory(im, &v);
    if (st == PL_OK) {
        st = write_all(im, &v);
    }
    im->report->products = v.flows.n;
    im->report->industries = v.processes.n;
    pl_im_set *sets[] = {&v.flows, &v.processes, &v.emissions};
    for (int k = 0; k < 3; k++) {
        pl_map_clear(&sets[k]->map);
        pl_free(sets[k]->code);
    }
    pl_free(v.amounts.at);
    pl_free(v.emitted.at);
    pl_free(v.inputs.at);
    pl_free(v.outputs.at);
    return st;
}
