/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Labour, emissions, money and equipment: from the items of an account to the resources that recipes use. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"

typedef struct summing {
    const pl_im_table *account;
    json_t *items;
    const char *one; /* instead of items */
    pl_im_set *by;
    double *sum;
    bool *found;     /* of each item */
    const char *seen[256];
    int32_t n_seen;
} summing;

static int64_t which(const summing *s, const char *text)
{
    if (s->one != NULL || json_is_string(s->items)) {
        return strcmp(s->one != NULL ? s->one : json_string_value(s->items), text) == 0 ? 0 : -1;
    }
    for (size_t k = 0; k < json_array_size(s->items); k++) {
        if (strcmp(json_string_value(json_array_get(s->items, k)), text) == 0) {
            return (int64_t)k;
        }
    }
    return -1;
}

static pl_status one_item(pl_im *im, const pl_im_row *row, void *user)
{
    summing *s = user;
    int64_t k = which(s, row->text[PL_IM_ITEM]);
    if (k < 0) {
        bool again = false;
        for (int32_t i = 0; i < s->n_seen && !again; i++) {
            again = strcmp(s->seen[i], row->text[PL_IM_ITEM]) == 0;
        }
        if (!again && s->n_seen < 256) {
            s->seen[s->n_seen] = pl_im_text(im, "%s", row->text[PL_IM_ITEM]);
            s->n_seen += s->seen[s->n_seen] != NULL;
        }
        return PL_OK;
    }
    double value;
    int32_t j;
    PL_IM_TRY(pl_im_number(im, row, &value));
    PL_IM_TRY(pl_im_lookup(im, s->by, row, row->text[PL_IM_INDUSTRY], &j));
    s->found[k] = true;
    s->sum[j] += pl_given(value) ? value : 0;
    return PL_OK;
}

static pl_status sum_up(pl_im *im, summing *s)
{
    size_t n = s->one != NULL || json_is_string(s->items) ? 1 : json_array_size(s->items);
    s->found = pl_im_zero(im, n, sizeof *s->found);
    if (s->found == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(pl_im_rows(im, s->account, one_item, s));
    for (size_t k = 0; k < n; k++) {
        if (!s->found[k]) {
            const char *item = s->one != NULL               ? s->one
                               : json_is_string(s->items) ? json_string_value(s->items)
                                                          : json_string_value(json_array_get(s->items, k));
            const char *like = pl_did_you_mean(item, s->seen, s->n_seen);
            const char *hint = like != NULL ? pl_im_text(im, "did you mean \"%s\"?", like) : NULL;
            return pl_fail(im->err, PL_NOTFOUND, im->map.file, hint, "accounts.%s (%s) has no item \"%s\"", s->account->name,
                           s->account->file, item);
        }
    }
    return PL_OK;
}

pl_status pl_im_sum_items(pl_im *im, const pl_im_table *account, json_t *items, pl_im_set *by, double *sum)
{
    summing s = {.account = account, .items = items, .by = by, .sum = sum};
    return sum_up(im, &s);
}

static pl_status sum_one(pl_im *im, const pl_im_table *account, const char *item, pl_im_set *by, double **sum)
{
    summing s = {.account = account, .one = item, .by = by};
    *sum = s.sum = pl_im_zero(im, (size_t)by->n, sizeof *s.sum);
    return s.sum == NULL ? pl_im_nomem(im) : sum_up(im, &s);
}

/* ---- Spreading over industries ------------------------------------------------------------------ */

/* The amounts of groups of industries, spread within each group by another item. */
static pl_status spread(pl_im *im, const pl_im_resource *r, double *amount)
{
    pl_im_set *users = pl_im_users(im);
    pl_im_set groups = {.what = "group of industries"};
    int32_t *group = pl_im_zero(im, (size_t)users->n, sizeof *group);
    double *by;
    pl_status st = group == NULL ? pl_im_nomem(im) : PL_OK;
    for (int32_t j = 0; j < users->n && st == PL_OK; j++) {
        st = pl_im_intern(im, &groups, users->code[j].group, "", &group[j]);
    }
    groups.listed_in = users->listed_in;
    double *total = pl_im_zero(im, (size_t)groups.n, sizeof *total), *key = pl_im_zero(im, (size_t)groups.n, sizeof *key);
    if (st == PL_OK && (total == NULL || key == NULL)) {
        st = pl_im_nomem(im);
    }
    if (st == PL_OK) {
        st = pl_im_sum_items(im, r->account, r->items, &groups, total);
    }
    if (st == PL_OK) {
        st = sum_one(im, r->spread_account, r->spread_item, users, &by);
    }
    for (int32_t j = 0; j < users->n && st == PL_OK; j++) {
        key[group[j]] += fmax(0, by[j]);
    }
    for (int32_t j = 0; j < users->n && st == PL_OK; j++) {
        amount[j] = key[group[j]] > 0 ? total[group[j]] * fmax(0, by[j]) / key[group[j]] : 0;
    }
    double lost = 0;
    for (int32_t k = 0; k < groups.n && st == PL_OK; k++) {
        lost += key[k] > 0 ? 0 : total[k];
    }
    if (st == PL_OK) {
        pl_im_note(im, PL_NOTE, r->account->file, NULL, "%s: spread over the industries of each group by %s (%.6g could not be)", r->id,
                   r->spread_item, lost);
    }
    pl_map_clear(&groups.map);
    pl_free(groups.code);
    return st;
}

static pl_status ratio(pl_im *im, const pl_im_resource *r, double *amount)
{
    pl_im_set *users = pl_im_users(im);
    double *times, *over;
    if (r->times != NULL) {
        PL_IM_TRY(sum_one(im, r->account, r->times, users, &times));
        for (int32_t j = 0; j < users->n; j++) {
            amount[j] *= times[j];
        }
    }
    if (r->over != NULL) {
        PL_IM_TRY(sum_one(im, r->account, r->over, users, &over));
        for (int32_t j = 0; j < users->n; j++) {
            amount[j] = over[j] != 0 ? amount[j] / over[j] : 0;
        }
    }
    return PL_OK;
}

/* ---- Direct intensities from supply-chain totals ------------------------------------------------ */

typedef struct chain {
    const pl_im_resource *r;
    double *sum, *n; /* of the factors of each product */
} chain;

/* The column may list several codes, "2334A0,233411". */
static pl_status one_factor(pl_im *im, const pl_im_row *row, void *user)
{
    chain *c = user;
    char codes[2048];
    double value;
    size_t n = strlen(row->text[PL_IM_PRODUCT]);
    PL_IM_TRY(pl_im_number(im, row, &value));
    if (!pl_given(value) || n >= sizeof codes) {
        return PL_OK;
    }
    memcpy(codes, row->text[PL_IM_PRODUCT], n + 1);
    for (char *save = NULL, *w = strtok_r(codes, ", ", &save); w != NULL; w = strtok_r(NULL, ", ", &save)) {
        const char *alias = json_string_value(json_object_get(c->r->aliases, w));
        int32_t p = pl_im_find(&im->products, alias != NULL ? alias : w, "");
        if (p >= 0) {
            c->sum[p] += value;
            c->n[p]++;
        }
    }
    return PL_OK;
}

/* e = f (I - A), A = U inv(diag g) V inv(diag q): column p of f A, f given. */
static double embodied(const double *per_industry, int32_t p, const double *share_q,
                       const pl_im_matrix *by_product)
{
    double sum = 0;
    for (int64_t k = by_product->start[p]; k < by_product->start[p + 1]; k++) {
        sum += per_industry[by_product->row[k]] * by_product->value[k];
    }
    return share_q[p] > 0 ? sum / share_q[p] : 0;
}

static void industries_embodied(const pl_im *im, const double *f, double *out)
{
    for (int32_t j = 0; j < im->U.n_columns; j++) {
        double sum = 0;
        for (int64_t k = im->U.start[j]; k < im->U.start[j + 1]; k++) {
            sum += f[im->U.row[k]] * im->U.value[k];
        }
        out[j] = im->g[j] > 0 ? sum / im->g[j] : 0;
    }
}

static pl_status by_product(pl_im *im, pl_im_matrix *out)
{
    pl_im_cells turned = {0};
    pl_status st = PL_OK;
    for (int32_t j = 0; j < im->V.n_columns && st == PL_OK; j++) {
        for (int64_t k = im->V.start[j]; k < im->V.start[j + 1] && st == PL_OK; k++) {
            st = pl_im_push(im, &turned, j, im->V.row[k], im->V.value[k]);
        }
    }
    if (st == PL_OK) {
        st = pl_im_compress(im, &turned, im->V.n_columns, im->V.n_rows, out);
    }
    pl_free(turned.at);
    return st;
}

#define CHAIN_SWEEPS 200

/* Products without a factor: direct as given (else 0), the rest from their inputs, by sweeps. */
static void complete(pl_im *im, const chain *c, const pl_im_matrix *turned, double *f, double *ind)
{
    for (int sweep = 0; sweep < CHAIN_SWEEPS; sweep++) {
        industries_embodied(im, f, ind);
        for (int32_t p = 0; p < im->products.n; p++) {
            json_t *direct = json_object_get(c->r->direct, im->products.code[p].id);
            if (c->n[p] == 0 || direct != NULL) {
                f[p] = json_number_value(direct) + embodied(ind, p, im->q, turned);
            }
        }
    }
    industries_embodied(im, f, ind);
}

static pl_status supply_chain(pl_im *im, const pl_im_resource *r, double *intensity)
{
    int32_t n = im->products.n, m = pl_im_users(im)->n, negative = 0, without = 0;
    chain c = {.r = r, .sum = pl_im_zero(im, (size_t)n, sizeof(double)), .n = pl_im_zero(im, (size_t)n, sizeof(double))};
    double *f = pl_im_zero(im, (size_t)n, sizeof *f), *ind = pl_im_zero(im, (size_t)m, sizeof *ind), *price = NULL;
    pl_im_matrix turned;
    if (im->map.kind != PL_IM_SUPPLY_USE) {
        return pl_fail(im->err, PL_UNSUPPORTED, im->map.file, NULL, "\"supply_chain\" is for supply and use tables");
    }
    if (c.sum == NULL || c.n == NULL || f == NULL || ind == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(pl_im_rows(im, &im->map.table[PL_IM_FACTORS], one_factor, &c));
    if (r->price_account != NULL) {
        PL_IM_TRY(sum_one(im, r->price_account, r->price_item, &im->industries, &price));
    }
    for (int32_t p = 0; p < n; p++) {
        int32_t j = pl_im_find(&im->industries, im->products.code[p].id, "");
        double index = price != NULL && j >= 0 && price[j] > 0 ? price[j] / 100 : 1;
        f[p] = c.n[p] > 0 ? c.sum[p] / c.n[p] * index : 0;
        without += c.n[p] == 0 && im->q[p] > 0;
    }
    PL_IM_TRY(by_product(im, &turned));
    complete(im, &c, &turned, f, ind);
    double total = 0, cut = 0;
    for (int32_t p = 0; p < n; p++) {
        double e = im->q[p] > 0 ? (f[p] - embodied(ind, p, im->q, &turned)) * r->factor : 0;
        if (e < 0) {
            negative += e * im->q[p] < -1e-9 * fabs(r->factor) * im->q[p];
            cut += e * im->q[p];
            e = 0;
        }
        intensity[p] = e;
        total += e * im->q[p];
    }
    pl_im_note(im, PL_WARNING, im->map.table[PL_IM_FACTORS].file, "an estimate; read docs/methods/supply-use.md",
               "%s: direct intensities derived from supply-chain totals, e = f(I - A): %.6g in all; %d products without a "
               "factor; %d negative set to zero (%.6g)",
               r->id, total, (int)without, (int)negative, cut);
    return PL_OK;
}

/* ---- All of them ------------------------------------------------------------------------------- */

static pl_status read_resource(pl_im *im, int32_t k)
{
    const pl_im_resource *r = &im->map.resource[k];
    pl_im_set *users = pl_im_users(im);
    if (r->supply_chain) {
        im->intensity[k] = pl_im_zero(im, (size_t)im->products.n, sizeof(double));
        return im->intensity[k] == NULL ? pl_im_nomem(im) : supply_chain(im, r, im->intensity[k]);
    }
    double *amount = pl_im_zero(im, (size_t)users->n, sizeof *amount);
    if (amount == NULL) {
        return pl_im_nomem(im);
    }
    pl_error *err = im->err, quiet;
    im->err = r->account->optional ? &quiet : err;
    pl_status st = r->spread_account != NULL ? spread(im, r, amount)
                                             : pl_im_sum_items(im, r->account, r->items, users, amount);
    im->err = err;
    if (st == PL_NOTFOUND && r->account->optional) {
        pl_im_note(im, PL_WARNING, r->account->file, "the mapping says that this table is optional", "%s is left out: %s",
                   r->id, quiet.message);
        return PL_OK;
    }
    if (st != PL_OK) {
        return r->account->optional ? pl_fail(err, st, quiet.subject, quiet.hint, "%s", quiet.message) : st;
    }
    PL_IM_TRY(ratio(im, r, amount));
    double factor = r->factor * (pl_given(r->hours_per_job) ? r->hours_per_job : 1), total = 0;
    for (int32_t j = 0; j < users->n; j++) {
        amount[j] *= factor;
        total += amount[j];
    }
    if (pl_given(r->hours_per_job)) {
        pl_im_note(im, PL_NOTE, r->account->file, "change hours_per_job in the mapping",
                   "%s: jobs counted at %g hours a year each: %.6g hours", r->id, r->hours_per_job, total);
    }
    im->resource[k] = amount;
    return PL_OK;
}

pl_status pl_im_read_resources(pl_im *im)
{
    for (int32_t k = 0; k < im->map.n_resources; k++) {
        PL_IM_TRY(read_resource(im, k));
    }
    if (im->map.imports == PL_IM_ROW) {
        pl_im_set *users = pl_im_users(im);
        im->import_row = pl_im_zero(im, (size_t)users->n, sizeof *im->import_row);
        if (im->import_row == NULL) {
            return pl_im_nomem(im);
        }
        PL_IM_TRY(pl_im_sum_items(im, im->map.import_account, im->map.import_items, users, im->import_row));
        for (int32_t j = 0; j < users->n; j++) {
            im->report->imports += im->import_row[j];
        }
    }
    return PL_OK;
}
