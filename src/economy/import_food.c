/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Nested recipes of foods by weight.  A recipe's unit of level is 100 g of the finished food: its ingredients'
 * weight, changed by the moisture and fat that it gains or loses, is its yield. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

#define LEVEL_GRAMS 100

typedef struct foods {
    pl_im_set foods, raw;
    double *change; /* of the weight, percent, of each food */
    double *weight; /* of its ingredients */
    pl_im_cells lines, raw_lines; /* ingredient x food, grams */
    int64_t bad_weight;
} foods;

static pl_status keep(pl_im *im, const char *text, const char **out)
{
    if (text[0] != '\0' && (*out)[0] == '\0') {
        *out = pl_arena_text(&im->arena, text, strlen(text));
    }
    return *out == NULL ? pl_im_nomem(im) : PL_OK;
}

/* change[] has a place for each food: it is a copy, doubled when full. */
static pl_status set_change(pl_im *im, foods *f, int32_t k, double change)
{
    if ((k & (k - 1)) == 0) {
        double *more = pl_im_zero(im, (size_t)(k == 0 ? 2 : 2 * k) + 1, sizeof *more);
        if (more == NULL) {
            return pl_im_nomem(im);
        }
        if (k > 0) {
            memcpy(more, f->change, (size_t)k * sizeof *more);
        }
        f->change = more;
    }
    f->change[k] = change;
    return PL_OK;
}

static pl_status one_food(pl_im *im, const pl_im_row *row, void *user)
{
    foods *f = user;
    int32_t k, before = f->foods.n;
    double moisture, fat;
    PL_IM_TRY(pl_im_intern(im, &f->foods, row->text[PL_IM_FOOD], "", &k));
    if (f->foods.n == before) {
        return pl_im_row_fail(im, row, NULL, "the food \"%s\" is listed twice", f->foods.code[k].id);
    }
    PL_IM_TRY(keep(im, row->text[PL_IM_NAME], &f->foods.code[k].name));
    PL_IM_TRY(pl_im_number_of(im, row, PL_IM_MOISTURE, &moisture));
    PL_IM_TRY(pl_im_number_of(im, row, PL_IM_FAT, &fat));
    return set_change(im, f, k, (pl_given(moisture) ? moisture : 0) + (pl_given(fat) ? fat : 0));
}

static pl_status one_raw(pl_im *im, const pl_im_row *row, void *user)
{
    foods *f = user;
    int32_t k;
    PL_IM_TRY(pl_im_intern(im, &f->raw, row->text[PL_IM_CODE], "", &k));
    PL_IM_TRY(keep(im, row->text[PL_IM_NAME], &f->raw.code[k].name));
    return keep(im, row->text[PL_IM_GROUP], &f->raw.code[k].group);
}

static pl_status one_line(pl_im *im, const pl_im_row *row, void *user)
{
    foods *f = user;
    int32_t food, k;
    double grams;
    PL_IM_TRY(pl_im_number_of(im, row, PL_IM_WEIGHT, &grams));
    PL_IM_TRY(pl_im_lookup(im, &f->foods, row, row->text[PL_IM_FOOD], &food));
    if (!(grams > 0)) {
        f->bad_weight++;
        return PL_OK;
    }
    bool nested = strcmp(row->text[PL_IM_KIND], im->map.food_kind) == 0;
    if (nested) {
        PL_IM_TRY(pl_im_lookup(im, &f->foods, row, row->text[PL_IM_INGREDIENT], &k));
        return pl_im_push(im, &f->lines, k, food, grams);
    }
    PL_IM_TRY(pl_im_intern(im, &f->raw, row->text[PL_IM_INGREDIENT], "", &k));
    PL_IM_TRY(keep(im, row->text[PL_IM_NAME], &f->raw.code[k].name));
    return pl_im_push(im, &f->raw_lines, k, food, grams);
}

static pl_status write_lines(pl_im *im, const foods *f, const pl_im_matrix *m, const pl_im_set *of, int32_t food,
                             double yield, double *own, bool *used)
{
    for (int64_t k = m->start[food]; k < m->start[food + 1]; k++) {
        double grams = m->value[k] / yield * LEVEL_GRAMS;
        if (used != NULL) {
            used[m->row[k]] = true;
        }
        if (of == &f->foods && m->row[k] == food) {
            *own -= grams;
            continue;
        }
        PL_IM_TRY(pl_add_flow(im->builder, 0, f->foods.code[food].id, of->code[m->row[k]].id, -grams));
    }
    return PL_OK;
}

static pl_status write_foods(pl_im *im, foods *f, bool *used)
{
    pl_im_matrix nested, raw;
    int32_t empty = 0;
    PL_IM_TRY(pl_im_compress(im, &f->lines, f->foods.n, f->foods.n, &nested));
    PL_IM_TRY(pl_im_compress(im, &f->raw_lines, f->raw.n, f->foods.n, &raw));
    for (int32_t k = 0; k < f->foods.n; k++) {
        const pl_im_code *c = &f->foods.code[k];
        double own = LEVEL_GRAMS, yield = f->weight[k] * (1 + f->change[k] / 100);
        PL_IM_TRY(pl_add_good(im->builder, 0, c->id, c->name, "g", "food", "", false));
        if (!(yield > 0)) {
            empty++;
            continue;
        }
        im->report->recipes++;
        PL_IM_TRY(pl_add_recipe(im->builder, 0, c->id, c->name, "", PL_ABSENT));
        PL_IM_TRY(write_lines(im, f, &nested, &f->foods, k, yield, &own, NULL));
        PL_IM_TRY(write_lines(im, f, &raw, &f->raw, k, yield, &own, used));
        PL_IM_TRY(pl_add_flow(im->builder, 0, c->id, c->id, own));
    }
    im->report->use_cells = nested.start[f->foods.n] + raw.start[f->foods.n];
    if (empty > 0) {
        pl_im_note(im, PL_WARNING, im->map.table[PL_IM_INGREDIENTS].file, NULL,
                   "%d foods have no ingredients or no yield: no recipe", (int)empty);
    }
    return PL_OK;
}

static pl_status write_raw(pl_im *im, const foods *f, const bool *used)
{
    int32_t n = 0, unused = 0;
    for (int32_t k = 0; k < f->raw.n; k++) {
        const pl_im_code *c = &f->raw.code[k];
        if (!used[k]) {
            unused++;
            continue;
        }
        n++;
        PL_IM_TRY(pl_add_good(im->builder, 0, c->id, c->name, "g", c->group[0] != '\0' ? c->group : "raw item", "", false));
        PL_IM_TRY(pl_add_trade(im->builder, 0, c->id, im->map.import_price, PL_ABSENT, PL_ABSENT, PL_ABSENT));
    }
    im->report->goods = f->foods.n + n;
    im->report->no_producer = n;
    pl_im_note(im, PL_NOTE, "", NULL,
               "%d raw items are bought from outside at price %g, without limit; %d items of the list are in no recipe and "
               "are left out; nutrients are not read",
               (int)n, im->map.import_price, (int)unused);
    if (im->map.import_price != 0) {
        im->report->resources++;
        return pl_add_resource(im->builder, 0, "foreign_exchange", "What is bought from outside", "", PL_MONEY, PL_ABSENT);
    }
    return PL_OK;
}

static pl_status all_foods(pl_im *im, foods *f)
{
    const pl_im_table *t = im->map.table;
    f->foods.what = "food";
    f->raw.what = "item";
    PL_IM_TRY(pl_im_rows(im, &t[PL_IM_FOOD_LIST], one_food, f));
    f->foods.listed_in = t[PL_IM_FOOD_LIST].file;
    if (t[PL_IM_ITEMS].file != NULL) {
        PL_IM_TRY(pl_im_rows(im, &t[PL_IM_ITEMS], one_raw, f));
    }
    int32_t listed = f->raw.n;
    PL_IM_TRY(pl_im_rows(im, &t[PL_IM_INGREDIENTS], one_line, f));
    if (f->raw.n > listed && listed > 0) {
        pl_im_note(im, PL_NOTE, t[PL_IM_INGREDIENTS].file, NULL, "%d raw items are not in %s: they are named by the recipes",
                   (int)(f->raw.n - listed), t[PL_IM_ITEMS].file);
    }
    if (f->bad_weight > 0) {
        pl_im_note(im, PL_WARNING, t[PL_IM_INGREDIENTS].file, NULL, "%lld lines without a weight above zero are left out",
                   (long long)f->bad_weight);
    }
    f->weight = pl_im_zero(im, (size_t)f->foods.n + 1, sizeof *f->weight);
    bool *used = pl_im_zero(im, (size_t)f->raw.n + 1, sizeof *used);
    if (f->weight == NULL || used == NULL) {
        return pl_im_nomem(im);
    }
    const pl_im_cells *both[] = {&f->lines, &f->raw_lines};
    for (int b = 0; b < 2; b++) {
        for (size_t k = 0; k < both[b]->n; k++) {
            f->weight[both[b]->at[k].column] += both[b]->at[k].value;
        }
    }
    im->report->products = f->foods.n;
    im->report->industries = f->foods.n;
    PL_IM_TRY(write_foods(im, f, used));
    PL_IM_TRY(write_raw(im, f, used));
    return pl_im_needs(im, &f->foods);
}

pl_status pl_im_foods(pl_im *im)
{
    foods f = {0};
    pl_status st = all_foods(im, &f);
    pl_im_set *sets[] = {&f.foods, &f.raw};
    for (int k = 0; k < 2; k++) {
        pl_map_clear(&sets[k]->map);
        pl_free(sets[k]->code);
    }
    pl_free(f.lines.at);
    pl_free(f.raw_lines.at);
    return st;
}
