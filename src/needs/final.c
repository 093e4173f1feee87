/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * final.c - forecasts and orders become the table `needs` of an economy: a copy of its folder in which they stand, source by source, in place of
 * what was asked of these goods before. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/csv.h"
#include "needs/forecast.h"

#define TABLE_MAX ((size_t)1 << 34)
#define GOODS_MAX (1u << 24)

/* What is asked of one good. */
typedef struct want {
    const char *good;
    double amount[PL_SOURCES];
    bool known;          /* the economy has the good */
    bool forecast;       /* not from orders alone */
    bool linked[2];      /* the links say tier, weight */
    double tier, weight; /* of the links; of the largest need before */
    double largest;
} want;

enum { N_GOOD, N_AMOUNT, N_GROUP, N_TIER, N_WEIGHT, N_COLUMNS };
static const char *const COLUMN[N_COLUMNS] = {"good", "amount", "group", "tier", "weight"};

typedef struct writer {
    const pl_forecast *f;
    want *want;
    size_t cap;
    int32_t n;
    pl_map goods; /* to places in `want` */
    pl_arena texts;
    int32_t column[N_COLUMNS]; /* of needs.csv; -1: not there */
    pl_str needs;
    pl_error *err;
} writer;

const char *pl_source_id(pl_source source)
{
    static const char *const id[] = {"till", "empty shelves", "orders"};
    return id[source];
}

static pl_status set_wants(pl_forecast *f, const pl_wants *wants, int32_t since, int32_t from, int32_t until, pl_error *err)
{
    pl_item_wants *sums;
    size_t n;
    pl_status status = pl_wants_sums(wants, since, from, until, &sums, &n, err);
    if (status != PL_OK) {
        return status;
    }
    f->wants = PL_ARENA_NEW(&f->store->arena, pl_item_wants, n + 1);
    f->n_wants = f->wants != NULL ? n : 0;
    status = f->wants != NULL ? PL_OK : pl_fail_nomem(err, "orders");
    for (size_t k = 0; k < f->n_wants; k++) {
        f->wants[k] = sums[k];
        f->wants[k].item = pl_arena_text(&f->store->arena, sums[k].item, strlen(sums[k].item));
        status = f->wants[k].item != NULL ? status : pl_fail_nomem(err, "orders");
    }
    pl_wants_sums_free(sums);
    return status;
}

pl_status pl_forecast_add_wants(pl_forecast *f, const pl_wants *wants, pl_error *err)
{
    int32_t from = pl_period_first_day(f->kind, f->first + f->n_periods), until = pl_period_first_day(f->kind, f->first + f->n_periods + f->horizon) - 1;
    return set_wants(f, wants, pl_period_first_day(f->kind, f->first), from, until, err);
}

pl_status pl_forecast_of_wants(const pl_wants *wants, int32_t since, int32_t from, int32_t until, pl_forecast **out, pl_error *err)
{
    *out = NULL;
    pl_forecast *f = PL_NEW0(pl_forecast, 1);
    if (f == NULL || (f->store = PL_NEW0(struct pl_forecast_store, 1)) == NULL) {
        pl_free(f);
        return pl_fail_nomem(err, "orders");
    }
    pl_arena_init(&f->store->arena, 0);
    pl_status status = set_wants(f, wants, since, from, until, err);
    if (status != PL_OK) {
        pl_forecast_free(f);
        return status;
    }
    *out = f;
    return PL_OK;
}

/* ---- Wants --------------------------------------------------------------------------------------------------------------------------- */

static pl_status nomem(const writer *w)
{
    return pl_fail_nomem(w->err, "the needs");
}

static pl_status want_of(writer *w, const char *good, want **out)
{
    int32_t old, at = pl_map_get(&w->goods, good, strlen(good));
    if (at < 0) {
        char *copy = pl_arena_text(&w->texts, good, strlen(good));
        if (copy == NULL || !pl_grow(&w->want, &w->cap, (size_t)w->n + 1, sizeof *w->want, GOODS_MAX) ||
            pl_map_put(&w->goods, copy, strlen(copy), w->n, &old) != PL_OK) {
            return nomem(w);
        }
        at = w->n++;
        w->want[at] = (want){.good = copy, .tier = 1, .weight = 1};
    }
    *out = &w->want[at];
    return PL_OK;
}

static void add_forecast(const pl_forecast *f, const pl_node *node, double factor, want *to)
{
    double sum = 0;
    for (int32_t k = 0; k < f->horizon; k++) {
        sum += node->mean[k];
    }
    double hidden = isnan(node->as_sold) ? 0 : fmax(sum - node->as_sold, 0);
    to->amount[PL_FROM_TILL] += factor * (sum - hidden);
    to->amount[PL_FROM_SHELVES] += factor * hidden;
    to->forecast = true;
}

/* Leads what is known of the item to the good; *found: something is.  An item in several groups is all of them. */
static pl_status lead(writer *w, const char *item, const char *good, double factor, bool *found)
{
    want *to = NULL;
    pl_status status = want_of(w, good, &to);
    for (int32_t i = 0; i < w->f->n && status == PL_OK; i++) {
        if (w->f->node[i].level == PL_LEVEL_ITEM && strcmp(w->f->node[i].item, item) == 0) {
            add_forecast(w->f, &w->f->node[i], factor, to);
            *found = true;
        }
    }
    for (size_t k = 0; k < w->f->n_wants && status == PL_OK; k++) {
        if (strcmp(w->f->wants[k].item, item) == 0) {
            to->amount[PL_FROM_ORDERS] += factor * w->f->wants[k].ordered;
            *found = true;
        }
    }
    return status;
}

static pl_status by_name(writer *w)
{
    pl_status status = PL_OK;
    want *to;
    for (int32_t i = 0; i < w->f->n && status == PL_OK; i++) {
        if (w->f->node[i].level == PL_LEVEL_ITEM) {
            status = want_of(w, w->f->node[i].item, &to);
            if (status == PL_OK) {
                add_forecast(w->f, &w->f->node[i], 1, to);
            }
        }
    }
    for (size_t k = 0; k < w->f->n_wants && status == PL_OK; k++) {
        status = w->f->wants[k].ordered > 0 ? want_of(w, w->f->wants[k].item, &to) : PL_OK;
        if (status == PL_OK && w->f->wants[k].ordered > 0) {
            to->amount[PL_FROM_ORDERS] += w->f->wants[k].ordered;
        }
    }
    return status;
}

/* ---- The links ----------------------------------------------------------------------------------------------------------------------- */

static pl_status number(const writer *w, const pl_csv *csv, int32_t column, double least, double otherwise, double *x)
{
    char place[192];
    *x = otherwise;
    if (column < 0 || csv->field[column].n == 0 || (pl_number_parse(csv->field[column].text, csv->field[column].n, x) && *x >= least)) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(w->err, PL_DATA, place, "write a number, for example 1", "'%.60s' is no %s", csv->field[column].text, csv->header[column]);
}

static pl_status by_links(writer *w, pl_csv *links)
{
    static const char *const name[] = {"item", "good", "factor", "tier", "weight"};
    int32_t column[5];
    char place[192];
    bool more = true;
    pl_status status = PL_OK;
    for (int k = 0; k < 5; k++) {
        column[k] = pl_csv_column(links, name[k]);
        if (column[k] < 0 && k < 2) {
            return pl_fail(w->err, PL_DATA, links->name, "the columns are item, good, and perhaps factor, tier, weight", "there is no column '%s'", name[k]);
        }
    }
    while (status == PL_OK && (status = pl_csv_next(links, &more, w->err)) == PL_OK && more) {
        const char *item = links->field[column[0]].text, *good = links->field[column[1]].text;
        double factor, said[2] = {NAN, NAN};
        bool found = false;
        want *to = NULL;
        status = number(w, links, column[2], 0, 1, &factor);
        status = status == PL_OK ? number(w, links, column[3], 1, NAN, &said[0]) : status;
        status = status == PL_OK ? number(w, links, column[4], 0, NAN, &said[1]) : status;
        status = status == PL_OK ? lead(w, item, good, factor, &found) : status;
        if (status == PL_OK && !found) {
            pl_csv_place(links, column[0], place, sizeof place);
            return pl_fail(w->err, PL_DATA, place, "correct it, or remove the row", "nothing was forecast for an item '%.80s', and nobody ordered it", item);
        }
        status = status == PL_OK ? want_of(w, good, &to) : status;
        for (int k = 0; k < 2 && status == PL_OK; k++) {
            to->linked[k] |= !isnan(said[k]);
            *(k == 0 ? &to->tier : &to->weight) = !isnan(said[k]) ? said[k] : k == 0 ? to->tier : to->weight;
        }
    }
    return status;
}

/* ---- The table of needs ---------------------------------------------------------------------------------------------------------------- */

/* Every want must be a good of the economy. */
static pl_status check_goods(writer *w, pl_csv *csv)
{
    int32_t good = pl_csv_column(csv, "good");
    bool more = true;
    pl_status status = good >= 0 ? PL_OK : pl_fail(w->err, PL_DATA, "goods.csv", NULL, "there is no column 'good'");
    while (status == PL_OK && (status = pl_csv_next(csv, &more, w->err)) == PL_OK && more) {
        int32_t at = pl_map_get(&w->goods, csv->field[good].text, csv->field[good].n);
        if (at >= 0) {
            w->want[at].known = true;
        }
    }
    for (int32_t k = 0; k < w->n && status == PL_OK; k++) {
        if (!w->want[k].known) {
            status = pl_fail(w->err, PL_DATA, w->want[k].good, "give a table that leads from items to goods: --links FILE (columns item, good, factor)",
                             "the economy has no such good");
        }
    }
    return status;
}

/* Tier and weight of the largest need of each good before; the links go before. */
static pl_status learn_tiers(writer *w, pl_csv *csv)
{
    bool more = true;
    pl_status status = PL_OK;
    for (int k = 0; k < N_COLUMNS; k++) {
        w->column[k] = pl_csv_column(csv, COLUMN[k]);
    }
    if (w->column[N_GOOD] < 0 || w->column[N_AMOUNT] < 0) {
        return pl_fail(w->err, PL_DATA, "needs.csv", "docs/formats/economy.md lists the columns", "there is no column '%s'", w->column[N_GOOD] < 0 ? "good" : "amount");
    }
    while (status == PL_OK && (status = pl_csv_next(csv, &more, w->err)) == PL_OK && more) {
        const pl_csv_field *good = &csv->field[w->column[N_GOOD]];
        int32_t at = pl_map_get(&w->goods, good->text, good->n);
        double amount, tier, weight;
        status = number(w, csv, w->column[N_AMOUNT], 0, 0, &amount);
        status = status == PL_OK ? number(w, csv, w->column[N_TIER], 1, 1, &tier) : status;
        status = status == PL_OK ? number(w, csv, w->column[N_WEIGHT], 0, 1, &weight) : status;
        if (status == PL_OK && at >= 0 && amount > w->want[at].largest) {
            want *to = &w->want[at];
            to->largest = amount;
            to->tier = to->linked[0] ? to->tier : tier;
            to->weight = to->linked[1] ? to->weight : weight;
        }
    }
    return status;
}

static void write_rows(writer *w, int32_t n_columns)
{
    for (int32_t i = 0; i < w->n; i++) {
        for (int s = 0; s < PL_SOURCES; s++) {
            const want *to = &w->want[i];
            if (!(to->amount[s] > 0) && !(s == PL_FROM_TILL && to->forecast)) {
                continue;
            }
            for (int32_t k = 0; k < n_columns; k++) {
                pl_str_add(&w->needs, k > 0 ? "," : "");
                if (k == w->column[N_GOOD]) {
                    pl_csv_add(&w->needs, to->good);
                } else if (k == w->column[N_GROUP]) {
                    pl_csv_add(&w->needs, pl_source_id((pl_source)s));
                } else if (k == w->column[N_AMOUNT] || k == w->column[N_TIER] || k == w->column[N_WEIGHT]) {
                    pl_str_add_number(&w->needs, k == w->column[N_AMOUNT] ? to->amount[s] : k == w->column[N_TIER] ? to->tier : to->weight);
                }
            }
            pl_str_add(&w->needs, "\n");
        }
    }
}

/* Does this row give way to what is known now? */
static bool replaced(const writer *w, const pl_csv *csv)
{
    const pl_csv_field *good = &csv->field[w->column[N_GOOD]];
    int32_t at = pl_map_get(&w->goods, good->text, good->n);
    bool orders = w->column[N_GROUP] >= 0 && w->column[N_GROUP] < csv->n_columns && strcmp(csv->field[w->column[N_GROUP]].text, pl_source_id(PL_FROM_ORDERS)) == 0;
    return at >= 0 && (w->want[at].forecast || orders);
}

static pl_status write_needs(writer *w, pl_csv *csv)
{
    bool more = true, need[N_COLUMNS] = {false};
    int32_t columns = csv->n_columns;
    for (int32_t i = 0; i < w->n; i++) {
        need[N_GROUP] = true;
        need[N_TIER] |= w->want[i].tier != 1;
        need[N_WEIGHT] |= w->want[i].weight != 1;
    }
    for (int k = N_GROUP; k < N_COLUMNS; k++) { /* columns that the table lacks */
        w->column[k] = w->column[k] < 0 && need[k] ? columns++ : w->column[k];
    }
    for (int32_t k = 0; k < columns; k++) {
        pl_str_add(&w->needs, k > 0 ? "," : "");
        for (int c = 0; k >= csv->n_columns && c < N_COLUMNS; c++) {
            pl_str_add(&w->needs, w->column[c] == k ? COLUMN[c] : "");
        }
        if (k < csv->n_columns) {
            pl_csv_add(&w->needs, csv->header[k]);
        }
    }
    pl_str_add(&w->needs, "\n");
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_csv_next(csv, &more, w->err)) == PL_OK && more) {
        bool stays = !replaced(w, csv);
        for (int32_t k = 0; k < columns && stays; k++) {
            pl_str_add(&w->needs, k > 0 ? "," : "");
            if (k < csv->n_columns) {
                pl_csv_add(&w->needs, csv->field[k].text);
            }
        }
        pl_str_add(&w->needs, stays ? "\n" : "");
    }
    write_rows(w, columns);
    return status;
}

/* ---- Folders ----------------------------------------------------------------------------------------------------------------------------- */

/* Reads FOLDER/NAME, perhaps .gz or .zst, and hands it to `use`. */
static pl_status with_table(writer *w, const char *folder, const char *name, pl_status (*use)(writer *w, pl_csv *csv))
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    char path[4500];
    pl_file file;
    pl_csv csv;
    for (size_t k = 0; k < 3; k++) {
        snprintf(path, sizeof path, "%.4000s%s%.400s%s", folder, folder[0] != '\0' ? "/" : "", name, ends[k]);
        if (pl_path_exists(path)) {
            break;
        }
    }
    pl_status status = pl_file_read(path, TABLE_MAX, &file, w->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&csv, name, &file, w->err);
    if (status == PL_OK) {
        status = use(w, &csv);
        pl_csv_close(&csv);
    }
    pl_file_clear(&file);
    return status;
}

static pl_status copy_folder(const writer *w, const char *from, const char *to, bool replace)
{
    pl_folder folder;
    pl_status status = pl_folder_begin(&folder, to, "goods.csv", replace, w->err);
    DIR *dir = status == PL_OK ? opendir(from) : NULL;
    if (status == PL_OK && dir == NULL) {
        pl_folder_abort(&folder);
        return pl_fail(w->err, PL_IO, from, NULL, "cannot look into the folder");
    }
    for (const struct dirent *entry; status == PL_OK && (entry = readdir(dir)) != NULL;) {
        char path[4500];
        if (entry->d_name[0] != '.' && strncmp(entry->d_name, "needs.csv", 9) != 0 && pl_path_join(path, sizeof path, from, entry->d_name) && pl_path_is_file(path)) {
            status = pl_folder_copy(&folder, entry->d_name, path, w->err);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    status = status == PL_OK ? pl_folder_add(&folder, "needs.csv", w->needs.text, w->needs.len, w->err) : status;
    return status == PL_OK ? pl_folder_commit(&folder, w->err) : status;
}

static void report(const writer *w, pl_needs_written *written)
{
    *written = (pl_needs_written){.goods = w->n};
    for (int32_t i = 0; i < w->n; i++) {
        for (int s = 0; s < PL_SOURCES; s++) {
            written->of[s] += w->want[i].amount[s] > 0;
            written->amount[s] += w->want[i].amount[s];
        }
    }
}

pl_status pl_needs_write(const pl_forecast *f, const char *economy, const char *out, const char *links, bool replace, pl_needs_written *written, pl_error *err)
{
    writer w = {.f = f, .err = err};
    pl_str_init(&w.needs, TABLE_MAX);
    pl_arena_init(&w.texts, 0);
    pl_map_init(&w.goods);
    pl_status status = links != NULL ? with_table(&w, "", links, by_links) : by_name(&w);
    status = status == PL_OK ? with_table(&w, economy, "goods.csv", check_goods) : status;
    status = status == PL_OK ? with_table(&w, economy, "needs.csv", learn_tiers) : status;
    status = status == PL_OK ? with_table(&w, economy, "needs.csv", write_needs) : status;
    if (status == PL_OK && w.needs.failed) {
        status = nomem(&w);
    }
    status = status == PL_OK ? copy_folder(&w, economy, out, replace) : status;
    if (status == PL_OK) {
        report(&w, written);
    }
    pl_str_clear(&w.needs);
    pl_map_clear(&w.goods);
    pl_arena_clear(&w.texts);
    pl_free(w.want);
    return status;
}
