/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Capital of national accounts, for plans of several years: each recipe has an asset of its own, and a recipe "invest"
 * that makes it out of what final demand for investment was made of.  docs/methods/supply-use.md says it in formulas. */
#include <math.h>

#include "economy/import_parts.h"

pl_status pl_im_read_capital(pl_im *im)
{
    const pl_im_capital *c = &im->map.capital;
    const pl_im_set *users = pl_im_users(im);
    double *stock = pl_im_zero(im, (size_t)users->n + 1, sizeof *stock), lost = 0;
    im->capital_of = pl_im_zero(im, (size_t)im->n_recipes + 1, sizeof *im->capital_of);
    if (stock == NULL || im->capital_of == NULL) {
        return pl_im_nomem(im);
    }
    if (!im->with_capital) {
        return PL_OK;
    }
    if (c->account == NULL) {
        return pl_fail(im->err, PL_USAGE, "capital", "add the key \"capital\" to the mapping (docs/formats/mapping.md)",
                       "the mapping does not say where capital stands");
    }
    im->invested = pl_im_find(&im->groups, c->group, "");
    PL_IM_TRY(pl_im_sum_items(im, c->account, c->items, pl_im_users(im), stock));
    for (int32_t j = 0; j < users->n; j++) {
        lost += fmin(0, stock[j]);
        stock[j] = fmax(0, stock[j]);
    }
    for (int32_t r = 0; r < im->n_recipes; r++) {
        for (int64_t k = im->W.start[r]; k < im->W.start[r + 1]; k++) {
            im->capital_of[r] += im->W.value[k] * stock[im->W.row[k]];
        }
        im->capital_of[r] = fmax(0, im->capital_of[r]);
    }
    if (lost < 0) {
        pl_im_note(im, PL_NOTE, c->account->file, NULL, "capital: amounts below zero (%.6g in all) count as none", lost);
    }
    return PL_OK;
}

pl_status pl_im_investment(pl_im *im, const char *good, double amount)
{
    if (im->n_bundle == im->bundle_room) {
        int32_t room = 2 * im->bundle_room + 64;
        pl_im_share *more = pl_im_zero(im, (size_t)room, sizeof *more);
        if (more == NULL) {
            return pl_im_nomem(im);
        }
        for (int32_t k = 0; k < im->n_bundle; k++) {
            more[k] = im->bundle[k];
        }
        im->bundle = more;
        im->bundle_room = room;
    }
    im->bundle[im->n_bundle++] = (pl_im_share){good, amount};
    im->investment += amount;
    return PL_OK;
}

/* Of stock, loss and yearly investment two say the third: what was invested replaces what wears out. */
static pl_status measure(pl_im *im, double *loss, double *scale)
{
    const pl_im_capital *c = &im->map.capital;
    double total = 0;
    for (int32_t r = 0; r < im->n_recipes; r++) {
        total += im->capital_of[r] * im->level[r];
    }
    if (!(total > 0) || !(im->investment > 0)) {
        return pl_fail(im->err, PL_DATA, im->map.file, "correct \"capital\" in the mapping",
                       !(total > 0) ? "there is no capital in the tables" : "nothing is invested in the tables");
    }
    *loss = pl_given(c->loss) ? c->loss : im->investment / total;
    *scale = c->as_shares ? im->investment / *loss / total : 1;
    if (*loss > 1) {
        return pl_fail(im->err, PL_DATA, im->map.file, "say the \"loss\" of capital in the mapping",
                       "more is invested in a year (%.6g) than there is capital (%.6g)", im->investment, total);
    }
    pl_im_note(im, PL_NOTE, c->account->file, NULL, "capital: a stock of %.6g, of which %.4g %% wears out every year%s; %.6g were invested",
               total * *scale, 100 * *loss,
               !pl_given(c->loss) ? " (so much as was invested)" : c->as_shares ? " (the stock is what the investment keeps up)" : "",
               im->investment);
    return PL_OK;
}

static pl_status emit_asset(pl_im *im, int32_t r, double loss, double scale)
{
    const pl_im_code *label = im->recipe[r];
    double each = im->capital_of[r] * scale;
    const char *asset = pl_im_text(im, "capital %s", label->id), *invest = pl_im_text(im, "invest %s", label->id);
    const char *name = pl_im_text(im, "Fixed capital: %s", label->name);
    const char *doing = pl_im_text(im, "Investment: %s", label->name);
    if (asset == NULL || invest == NULL || name == NULL || doing == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(pl_add_good(im->builder, 0, asset, name, im->map.unit, "capital", label->place, false));
    PL_IM_TRY(pl_add_asset(im->builder, 0, asset, loss, 1));
    PL_IM_TRY(pl_add_stock(im->builder, 0, asset, each * im->level[r]));
    PL_IM_TRY(pl_add_capital(im->builder, 0, label->id, asset, each));
    PL_IM_TRY(pl_add_recipe(im->builder, 0, invest, doing, label->place, PL_ABSENT));
    PL_IM_TRY(pl_add_flow(im->builder, 0, invest, asset, 1));
    for (int32_t k = 0; k < im->n_bundle; k++) {
        PL_IM_TRY(pl_add_flow(im->builder, 0, invest, im->bundle[k].good, -im->bundle[k].amount / im->investment));
    }
    return im->map.capital.lag == 0 ? PL_OK : pl_add_lag(im->builder, 0, invest, im->map.capital.lag);
}

pl_status pl_im_emit_capital(pl_im *im)
{
    double loss = 0, scale = 1;
    if (!im->with_capital) {
        return PL_OK;
    }
    PL_IM_TRY(measure(im, &loss, &scale));
    for (int32_t r = 0; r < im->n_recipes; r++) {
        if (im->capital_of[r] > 0) {
            PL_IM_TRY(emit_asset(im, r, loss, scale));
        }
    }
    pl_im_note(im, PL_NOTE, "", NULL, "this economy is for plans of several years: investment is no need but what keeps capital up");
    return PL_OK;
}
