/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts_save.c - sums as tables: in the order of names, not of lines. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/json.h"
#include "needs/millionths.h"
#include "needs/receipts.h"

#define TABLE_MAX ((size_t)1 << 36)

/* A sum with the ranks of its names; those of nobody come first. */
typedef struct row {
    uint32_t item, place, household;
    int32_t period;
    pl_cell sum;
} row;

static int by_text(const void *a, const void *b, void *names)
{
    char *const *text = ((const pl_names *)names)->text;
    return strcmp(text[*(const int32_t *)a], text[*(const int32_t *)b]);
}

/* order: numbers in the order of their texts; rank: its inverse, from 1. */
static pl_status rank_names(pl_names *names, int32_t **order, uint32_t **rank)
{
    *order = PL_NEW(int32_t, names->n);
    *rank = PL_NEW(uint32_t, names->n);
    if (*order == NULL || *rank == NULL) {
        return PL_NOMEM;
    }
    for (int32_t k = 0; k < names->n; k++) {
        (*order)[k] = k;
    }
    qsort_r(*order, (size_t)names->n, sizeof **order, by_text, names);
    for (int32_t k = 0; k < names->n; k++) {
        (*rank)[(*order)[k]] = (uint32_t)k + 1;
    }
    return PL_OK;
}

static int by_rank(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    if (x->place != y->place) {
        return x->place < y->place ? -1 : 1;
    }
    if (x->household != y->household) {
        return x->household < y->household ? -1 : 1;
    }
    return (x->period > y->period) - (x->period < y->period);
}

static void write_row(const pl_receipts *r, const row *w, int32_t *const order[3], const pl_names *place, pl_str *out)
{
    char date[PL_DATE_TEXT];
    const char *key = r->items.text[order[0][w->item - 1]], *cut = strchr(key, '\x1f');
    char group[256];
    snprintf(group, sizeof group, "%.*s", (int)(cut - key), key);
    pl_csv_add(out, cut + 1);
    pl_str_add(out, ",");
    pl_csv_add(out, group);
    pl_str_add(out, ",");
    pl_csv_add(out, w->place > 0 ? place->text[order[1][w->place - 1]] : "");
    if (r->set.households) {
        pl_str_add(out, ",");
        pl_csv_add(out, w->household > 0 ? r->households.text[order[2][w->household - 1]] : "");
    }
    pl_str_addf(out, ",%s,%lld,%lld", pl_day_text(pl_period_first_day(r->set.period, w->period), date), (long long)w->sum.lines,
                (long long)w->sum.promoted);
    const int64_t amounts[] = {w->sum.sold, w->sum.returned, w->sum.value, w->sum.pack[0], w->sum.pack[1], w->sum.pack[2]};
    for (size_t k = 0; k < sizeof amounts / sizeof *amounts; k++) {
        pl_str_add(out, ",");
        pl_str_add_millionths(out, amounts[k]);
    }
    pl_str_add(out, "\n");
}

static void add_sum(pl_cell *to, const pl_cell *from)
{
    to->lines += from->lines;
    to->promoted += from->promoted;
    to->sold += from->sold;
    to->returned += from->returned;
    to->value += from->value;
    for (int k = 0; k < PL_PACK_UNITS; k++) {
        to->pack[k] += from->pack[k];
    }
}

static pl_status write_sums(const pl_receipts *r, const row *rows, uint32_t n, int32_t *const order[3], const pl_names *place, pl_str *out)
{
    pl_str_add(out, r->set.households ? "item,group,place,household,period,lines,promoted,sold,returned,value,kg,litres,pieces\n"
                                      : "item,group,place,period,lines,promoted,sold,returned,value,kg,litres,pieces\n");
    for (uint32_t k = 0; k < n && !out->failed;) {
        row w = rows[k];
        for (k++; k < n && by_rank(&rows[k], &w) == 0; k++) { /* large cards are nobody's */
            add_sum(&w.sum, &rows[k].sum);
        }
        write_row(r, &w, order, place, out);
    }
    return out->failed ? PL_NOMEM : PL_OK;
}

static pl_status make_sums(pl_receipts *r, pl_str *out)
{
    pl_names *place = r->set.place == PL_PLACE_REGION ? &r->regions : &r->stores;
    pl_names *const names[3] = {&r->items, place, &r->households};
    int32_t *order[3] = {NULL};
    uint32_t *rank[3] = {NULL};
    row *rows = PL_NEW(row, r->n_cells);
    pl_status status = rows != NULL ? PL_OK : PL_NOMEM;
    for (int k = 0; k < 3 && status == PL_OK; k++) {
        status = rank_names(names[k], &order[k], &rank[k]);
    }
    for (uint32_t k = 0; k < r->n_cells && status == PL_OK; k++) {
        const pl_cell *c = &r->cell[k];
        uint32_t where = (uint32_t)(c->where >> 32), household = (uint32_t)c->where;
        bool nobody = household == PL_NOBODY || r->card[household] > r->set.card_lines;
        rows[k] = (row){rank[0][c->what >> 32], where == PL_NOBODY ? 0 : rank[1][where], nobody ? 0 : rank[2][household], (int32_t)(uint32_t)c->what, *c};
    }
    if (status == PL_OK) {
        qsort(rows, r->n_cells, sizeof *rows, by_rank);
        status = write_sums(r, rows, r->n_cells, order, place, out);
    }
    for (int k = 0; k < 3; k++) {
        pl_free(order[k]);
        pl_free(rank[k]);
    }
    pl_free(rows);
    return status;
}

/* The first and the last day of all, within what was asked for. */
static void days_covered(const pl_receipts *r, int32_t *from, int32_t *to)
{
    *from = r->counts.first_day;
    *to = r->counts.last_day;
    if (r->set.first != 0 || r->set.last != 0) {
        *from = *from > r->set.first ? *from : r->set.first;
        *to = *to < r->set.last ? *to : r->set.last;
    }
}

/* How many days of each period lie between the first and the last day of all. */
static void make_periods(const pl_receipts *r, pl_str *out)
{
    char date[PL_DATE_TEXT];
    int32_t from, to;
    days_covered(r, &from, &to);
    pl_str_add(out, "period,days,of,lines\n");
    for (int32_t k = 0; k < r->n_periods; k++) {
        int32_t first = pl_period_first_day(r->set.period, r->first_period + k), next = pl_period_first_day(r->set.period, r->first_period + k + 1);
        int32_t begin = first > from ? first : from, end = next <= to ? next : to + 1;
        pl_str_addf(out, "%s,%d,%d,%lld\n", pl_day_text(first, date), end - begin, next - first, (long long)r->period_lines[k]);
    }
}

static void add_amount(pl_json *j, const char *key, int64_t millionths)
{
    pl_str text;
    pl_str_init(&text, 64);
    pl_str_add_millionths(&text, millionths);
    pl_json_key(j, key);
    pl_json_raw(j, text.text);
    pl_str_clear(&text);
}

static void make_report(const pl_receipts *r, pl_str *out)
{
    static const char *const by[] = {"product", "category", "group"}, *const place[] = {"none", "store", "region"};
    pl_receipt_counts c;
    int32_t from, to;
    char date[PL_DATE_TEXT];
    pl_receipts_counts(r, &c);
    days_covered(r, &from, &to);
    const struct {
        const char *key;
        int64_t n;
    } counts[] = {{"lines", c.lines}, {"used", c.used}, {"unreadable", c.unreadable}, {"future", c.future}, {"before", c.before},
                  {"not_goods", c.not_goods}, {"dropped", c.dropped}, {"receipts", c.receipts}, {"households", c.households}, {"stores", c.stores},
                  {"regions", c.regions}, {"products", c.products}, {"unknown_products", c.unknown_products}, {"unknown_product_lines", c.unknown_product},
                  {"no_household", c.no_household}, {"negative_quantity", c.negative}, {"cancelled", c.cancelled}, {"zero_quantity", c.zero_quantity},
                  {"zero_value", c.zero_value}, {"negative_value", c.negative_value}, {"no_price", c.no_price}, {"duplicate_lines", c.duplicates},
                  {"out_of_order", c.out_of_order}, {"converted_units", c.converted}, {"rounded_numbers", c.rounded}, {"pack_read", c.pack_read},
                  {"pack_unread", c.pack_unread}, {"pack_blank", c.pack_blank}, {"large_cards", c.large_cards}, {"large_card_lines", c.large_card_lines},
                  {"empty_periods", c.empty_periods}, {"duplicate_files", c.duplicate_files}};
    pl_json j;
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "format", "plenty-sums-1");
    pl_json_put_text(&j, "title", r->map.title);
    pl_json_put_text(&j, "by", by[r->set.by]);
    pl_json_put_text(&j, "place", place[r->set.place]);
    pl_json_put_text(&j, "period", pl_period_id(r->set.period));
    pl_json_put_text(&j, "first_time", c.first_time);
    pl_json_put_text(&j, "last_time", c.last_time);
    if (c.used > 0) {
        pl_json_put_text(&j, "first_day", pl_day_text(from, date)); /* of the sums */
        pl_json_put_text(&j, "last_day", pl_day_text(to, date));
    }
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        pl_json_put_int(&j, counts[k].key, counts[k].n);
    }
    add_amount(&j, "quantity", c.quantity);
    add_amount(&j, "value", c.value);
    pl_json_key(&j, "files");
    pl_json_array(&j);
    for (int64_t k = 0; k < c.files; k++) {
        char hex[65];
        sodium_bin2hex(hex, sizeof hex, r->digest + k * 32, 32);
        pl_json_object(&j);
        pl_json_put_text(&j, "file", r->file[k]);
        pl_json_put_text(&j, "blake2b", hex);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    pl_str_add(out, "\n");
}

pl_status pl_receipts_save(pl_receipts *r, const char *path, bool replace, pl_error *err)
{
    pl_folder folder;
    pl_str text[3];
    static const char *const name[3] = {"sums.csv", "periods.csv", "report.json"};
    for (int k = 0; k < 3; k++) {
        pl_str_init(&text[k], TABLE_MAX);
    }
    pl_status status = make_sums(r, &text[0]);
    make_periods(r, &text[1]);
    make_report(r, &text[2]);
    if (status != PL_OK || text[1].failed || text[2].failed) {
        status = pl_fail_nomem(err, "the sums");
    }
    status = status == PL_OK ? pl_folder_begin(&folder, path, "sums.csv", replace, err) : status;
    for (int k = 0; k < 3; k++) {
        status = status == PL_OK ? pl_folder_add(&folder, name[k], text[k].text, text[k].len, err) : status;
        pl_str_clear(&text[k]);
    }
    return status == PL_OK ? pl_folder_commit(&folder, err) : status;
}
