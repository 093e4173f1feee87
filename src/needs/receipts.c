/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts.c - receipts become sums, line by line; nothing of a line is kept but its share in them. */
#include "needs/receipts.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/checksum.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/file.h"
#include "needs/millionths.h"

#define NAMES_MAX ((size_t)1 << 31)
#define CELLS_MAX ((size_t)1 << 31)
#define DIGEST 32
#define CARD_LINES 100000
#define SEPARATOR '\x1f' /* between group and item */

/* ---- Names and sums ------------------------------------------------------------------------------------------------------- */

pl_status pl_names_put(pl_names *names, pl_arena *arena, const char *text, size_t n, int32_t *out)
{
    int32_t old = pl_map_get(&names->map, text, n);
    if (old >= 0) {
        *out = old;
        return PL_OK;
    }
    char *copy = pl_arena_text(arena, text, n);
    if (copy == NULL || !pl_grow(&names->text, &names->cap, (size_t)names->n + 1, sizeof *names->text, NAMES_MAX)) {
        return PL_NOMEM;
    }
    names->text[names->n] = copy;
    *out = names->n;
    pl_status status = pl_map_put(&names->map, copy, n, names->n, &old);
    names->n += status == PL_OK;
    return status;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ 0xa0761d6478bd642fu) * (b ^ 0xe7037ed1a0b428dbu);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static pl_status more_slots(pl_receipts *r)
{
    uint32_t mask = r->slot == NULL ? 1023 : r->mask * 2 + 1;
    uint32_t *slot = PL_NEW0(uint32_t, (size_t)mask + 1);
    if (slot == NULL || mask == UINT32_MAX) {
        pl_free(slot);
        return PL_NOMEM;
    }
    for (uint32_t k = 0; k < r->n_cells; k++) {
        uint32_t at = (uint32_t)mix(r->cell[k].what, r->cell[k].where) & mask;
        while (slot[at] != 0) {
            at = (at + 1) & mask;
        }
        slot[at] = k + 1;
    }
    pl_free(r->slot);
    r->slot = slot;
    r->mask = mask;
    return PL_OK;
}

pl_status pl_rc_cell(pl_receipts *r, uint64_t what, uint64_t where, pl_cell **out)
{
    if (r->slot == NULL || r->n_cells > r->mask / 2) {
        pl_status status = more_slots(r);
        if (status != PL_OK) {
            return status;
        }
    }
    uint32_t at = (uint32_t)mix(what, where) & r->mask;
    for (; r->slot[at] != 0; at = (at + 1) & r->mask) {
        pl_cell *c = &r->cell[r->slot[at] - 1];
        if (c->what == what && c->where == where) {
            *out = c;
            return PL_OK;
        }
    }
    if (!pl_grow(&r->cell, &r->cap_cell, (size_t)r->n_cells + 1, sizeof *r->cell, CELLS_MAX)) {
        return PL_NOMEM;
    }
    *out = &r->cell[r->n_cells];
    **out = (pl_cell){.what = what, .where = where};
    r->slot[at] = ++r->n_cells;
    return PL_OK;
}

/* ---- Products -------------------------------------------------------------------------------------------------------------- */

static pl_status item_of(pl_receipts *r, const char *item, const char *group, int32_t *out)
{
    char key[512];
    int n = snprintf(key, sizeof key, "%.250s%c%.250s", group, SEPARATOR, item);
    return pl_names_put(&r->items, &r->arena, key, (size_t)n, out);
}

/* The number of a product; a new one is filled in as one without a record. */
static pl_status product_of(pl_receipts *r, const char *code, size_t n, int32_t *out)
{
    int32_t before = r->products.n;
    pl_status status = pl_names_put(&r->products, &r->arena, code, n, out);
    if (status != PL_OK || r->products.n == before) {
        return status;
    }
    if (!pl_grow(&r->product, &r->cap_product, (size_t)r->products.n, sizeof *r->product, NAMES_MAX)) {
        return PL_NOMEM;
    }
    pl_rc_product *p = &r->product[*out];
    *p = (pl_rc_product){.factor = PL_MILLIONTHS};
    for (int32_t k = 0; k < r->map.n_not_goods; k++) {
        if (strlen(r->map.not_goods[k]) == n && memcmp(r->map.not_goods[k], code, n) == 0) {
            p->item = -1;
            return PL_OK;
        }
    }
    for (int32_t k = 0; k < r->map.n_units; k++) {
        size_t m = strlen(r->map.unit[k].begins);
        if (r->map.unit[k].column == NULL && m <= n && memcmp(r->map.unit[k].begins, code, m) == 0) {
            p->factor = r->map.unit[k].factor;
        }
    }
    return r->set.by == PL_BY_PRODUCT ? item_of(r, r->products.text[*out], "", &p->item) : item_of(r, "unknown", "", &p->item);
}

static pl_status product_row(pl_receipts *r, const pl_csv *csv, const int32_t *column, const int32_t *unit)
{
    const pl_csv_field *f = csv->field;
    int32_t id;
    pl_status status = product_of(r, f[column[RP_PRODUCT]].text, f[column[RP_PRODUCT]].n, &id);
    if (status != PL_OK || r->product[id].item < 0) {
        return status;
    }
    pl_rc_product *p = &r->product[id];
    const char *category = column[RP_CATEGORY] >= 0 ? f[column[RP_CATEGORY]].text : "";
    const char *group = column[RP_GROUP] >= 0 ? f[column[RP_GROUP]].text : "";
    p->known = true;
    if (column[RP_PACK] >= 0 && f[column[RP_PACK]].n > 0) {
        pl_pack_unit in = PL_PACK_KG;
        p->pack = pl_pack_parse(f[column[RP_PACK]].text, f[column[RP_PACK]].n, &in, &p->pack) ? p->pack : -1;
        p->pack_unit = (int8_t)in;
    }
    for (int32_t k = 0; k < r->map.n_units; k++) {
        const pl_csv_field *cell = unit[k] >= 0 ? &f[unit[k]] : NULL;
        size_t m = strlen(r->map.unit[k].begins);
        if (cell != NULL && m <= cell->n && memcmp(cell->text, r->map.unit[k].begins, m) == 0) {
            p->factor = r->map.unit[k].factor;
        }
    }
    if (r->set.by == PL_BY_PRODUCT) {
        return item_of(r, r->products.text[id], category, &p->item);
    }
    category = category[0] != '\0' ? category : "uncategorised";
    return r->set.by == PL_BY_CATEGORY ? item_of(r, category, group, &p->item) : item_of(r, group[0] != '\0' ? group : "uncategorised", "", &p->item);
}

/* The column of that name, or an error that lists what is there. */
static pl_status find_column(const pl_receipts *r, const pl_csv *csv, const char *name, int32_t *out, pl_error *err)
{
    *out = name != NULL ? pl_csv_column(csv, name) : -1;
    if (name == NULL || *out >= 0) {
        return PL_OK;
    }
    char hint[200];
    const char *like = pl_did_you_mean(name, (const char *const *)csv->header, csv->n_columns);
    snprintf(hint, sizeof hint, like != NULL ? "did you mean '%.100s'? Change it in %.80s" : "correct the mapping", like, r->map.file);
    return pl_fail(err, PL_DATA, csv->name, hint, "there is no column '%.80s'", name);
}

/* Opens a table of the mapping: as named, or with .gz or .zst behind it. */
static pl_status find_table(const pl_receipts *r, const char *name, char *path, size_t size, pl_error *err)
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        int n = snprintf(path, size, "%s/%s%s", r->folder, name, ends[k]);
        if (n > 0 && (size_t)n < size && pl_path_exists(path)) {
            return PL_OK;
        }
    }
    return pl_fail(err, PL_NOTFOUND, name, "put it there, or correct \"file\" in the mapping", "there is no such table in %.200s", r->folder);
}

static pl_status read_products(pl_receipts *r, pl_error *err)
{
    char path[4500];
    pl_row_reader rows;
    int32_t column[RP_COLUMNS], unit[PL_RC_UNITS];
    bool more = true;
    pl_status status = find_table(r, r->map.products, path, sizeof path, err);
    status = status == PL_OK ? pl_row_reader_open(&rows, path, r->map.products, err) : status;
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < RP_COLUMNS && status == PL_OK; k++) {
        status = find_column(r, &rows.csv, r->map.product_column[k], &column[k], err);
    }
    for (int32_t k = 0; k < r->map.n_units && status == PL_OK; k++) {
        status = find_column(r, &rows.csv, r->map.unit[k].column, &unit[k], err);
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, err)) == PL_OK && more) {
        status = product_row(r, &rows.csv, column, unit);
        if (status == PL_NOMEM) {
            status = pl_fail_nomem(err, r->map.products);
        }
    }
    pl_row_reader_close(&rows);
    return status;
}

/* ---- One line of a receipt --------------------------------------------------------------------------------------------------- */

/* The last text of a column and its number: lines of one receipt follow one another. */
typedef struct memo {
    char text[48];
    uint32_t n;
    int32_t id;
} memo;

typedef struct reader {
    pl_receipts *r;
    pl_csv *csv;
    const char *name;
    pl_findings *findings;
    pl_error *err;
    int32_t column[RC_COLUMNS], cancelled;
    size_t cancelled_n;
    memo household, store, region, receipt;
    char time[24], date[10];
    int32_t day, period;
    /* lines of the receipt being read: open addressing, emptied by a new stamp */
    uint64_t *line;
    uint32_t *stamp, now, n_lines, line_mask;
    int64_t unreadable;
} reader;

static pl_status nomem(const reader *q)
{
    return pl_fail_nomem(q->err, q->name);
}

/* a b in millionths, rounded half away from zero; false: too large. */
static bool times(int64_t a, int64_t b, int64_t *out)
{
    __int128 p = (__int128)a * b, half = p < 0 ? -PL_MILLIONTHS / 2 : PL_MILLIONTHS / 2;
    p = (p + half) / PL_MILLIONTHS;
    *out = (int64_t)p;
    return p >= INT64_MIN && p <= INT64_MAX;
}

static pl_status named(reader *q, int32_t column, pl_names *names, memo *last, int32_t *id)
{
    const pl_csv_field *f = column >= 0 ? &q->csv->field[column] : NULL;
    *id = -1;
    if (f == NULL || f->n == 0) {
        return PL_OK;
    }
    if (f->n == last->n && memcmp(f->text, last->text, f->n) == 0) {
        *id = last->id;
        return PL_OK;
    }
    if (pl_names_put(names, &q->r->arena, f->text, f->n, id) != PL_OK) {
        return nomem(q);
    }
    last->n = f->n <= sizeof last->text ? f->n : 0;
    memcpy(last->text, f->text, last->n);
    last->id = *id;
    return PL_OK;
}

/* Puts a receipt among those seen. */
static pl_status see(pl_receipts *r, uint64_t hash)
{
    if (r->seen == NULL || r->n_seen > r->seen_mask / 2) {
        uint64_t mask = r->seen == NULL ? 4095 : r->seen_mask * 2 + 1, *seen = PL_NEW0(uint64_t, mask + 1);
        if (seen == NULL) {
            return PL_NOMEM;
        }
        for (uint64_t k = 0; r->seen != NULL && k <= r->seen_mask; k++) {
            uint64_t at = r->seen[k] & mask;
            while (r->seen[k] != 0 && seen[at] != 0) {
                at = (at + 1) & mask;
            }
            seen[at] = r->seen[k] != 0 ? r->seen[k] : seen[at];
        }
        pl_free(r->seen);
        r->seen = seen;
        r->seen_mask = mask;
    }
    hash += hash == 0;
    uint64_t at = hash & r->seen_mask;
    while (r->seen[at] != 0 && r->seen[at] != hash) {
        at = (at + 1) & r->seen_mask;
    }
    r->n_seen += r->seen[at] == 0;
    r->seen[at] = hash;
    return PL_OK;
}

static pl_status more_lines(reader *q)
{
    uint32_t mask = q->line == NULL ? 255 : q->line_mask * 2 + 1;
    uint64_t *line = PL_NEW(uint64_t, (size_t)mask + 1);
    uint32_t *stamp = PL_NEW0(uint32_t, (size_t)mask + 1);
    if (line == NULL || stamp == NULL) {
        pl_free(line);
        pl_free(stamp);
        return nomem(q);
    }
    for (uint32_t k = 0; q->line != NULL && k <= q->line_mask; k++) {
        if (q->stamp[k] == q->now) {
            uint32_t at = (uint32_t)q->line[k] & mask;
            while (stamp[at] == q->now) {
                at = (at + 1) & mask;
            }
            line[at] = q->line[k];
            stamp[at] = q->now;
        }
    }
    pl_free(q->line);
    pl_free(q->stamp);
    q->line = line;
    q->stamp = stamp;
    q->line_mask = mask;
    return PL_OK;
}

/* Is the line a repetition of one above it in the same receipt? */
static pl_status repeated(reader *q, bool *again)
{
    const pl_csv_field *f = q->csv->field, *last = f + q->csv->n_columns - 1;
    const pl_csv_field *id = &f[q->column[RC_RECEIPT]];
    *again = false;
    if (id->n != q->receipt.n || id->n == 0 || memcmp(id->text, q->receipt.text, id->n) != 0) {
        q->receipt.n = id->n <= sizeof q->receipt.text ? id->n : 0;
        memcpy(q->receipt.text, id->text, q->receipt.n);
        q->now++;
        q->n_lines = 0;
        if (see(q->r, pl_checksum(id->text, id->n)) != PL_OK) {
            return nomem(q);
        }
    }
    if (q->line == NULL || q->n_lines > q->line_mask / 2) {
        pl_status status = more_lines(q);
        if (status != PL_OK) {
            return status;
        }
    }
    uint64_t hash = pl_checksum(f->text, (size_t)(last->text + last->n - f->text));
    uint32_t at = (uint32_t)hash & q->line_mask;
    for (; q->stamp[at] == q->now; at = (at + 1) & q->line_mask) {
        if (q->line[at] == hash) {
            *again = true;
            q->r->counts.duplicates++;
            return PL_OK;
        }
    }
    q->stamp[at] = q->now;
    q->line[at] = hash;
    q->n_lines++;
    return PL_OK;
}

static bool unreadable(reader *q, int32_t column, const char *hint, const char *what)
{
    const pl_csv_field *f = &q->csv->field[column];
    pl_found(q->findings, q->r->set.skip_unreadable ? PL_WARNING : PL_ERROR, q->name, q->csv->line + f->below, f->column, hint, "%s '%.60s' is not %s",
             q->csv->header[column], f->text, what);
    q->unreadable++;
    q->r->counts.unreadable++;
    return false;
}

/* The day; how it lies to the line above, to the first and to the last. */
static bool read_time(reader *q)
{
    const pl_csv_field *f = &q->csv->field[q->column[RC_TIME]];
    pl_receipt_counts *c = &q->r->counts;
    if (f->n < 10 || memcmp(f->text, q->date, 10) != 0) {
        if (!pl_day_parse(f->text, f->n, &q->day)) {
            return unreadable(q, q->column[RC_TIME], "write dates as 2017-01-30, or 2017-01-30 08:15:00", "a date");
        }
        memcpy(q->date, f->text, 10);
        q->period = pl_period_of_day(q->r->set.period, q->day);
    } else if (f->n > 10 && f->text[10] != ' ' && f->text[10] != 'T') {
        return unreadable(q, q->column[RC_TIME], "write dates as 2017-01-30, or 2017-01-30 08:15:00", "a date");
    }
    size_t n = f->n < sizeof q->time - 1 ? f->n : sizeof q->time - 1;
    int order = memcmp(f->text, q->time, n);
    c->out_of_order += order < 0;
    if (order != 0) {
        memcpy(q->time, f->text, n);
        q->time[n] = '\0';
        if (c->first_time[0] == '\0' || strcmp(q->time, c->first_time) < 0) {
            memcpy(c->first_time, q->time, sizeof c->first_time);
            c->first_day = q->day;
        }
        if (strcmp(q->time, c->last_time) > 0) {
            memcpy(c->last_time, q->time, sizeof c->last_time);
            c->last_day = q->day;
        }
    }
    return true;
}

static bool read_amounts(reader *q, const pl_rc_product *p, int64_t *quantity, int64_t *value)
{
    const pl_csv_field *f = q->csv->field;
    const int32_t *k = q->column;
    pl_receipt_counts *c = &q->r->counts;
    int64_t raw = PL_MILLIONTHS, price = 0;
    *value = 0;
    static const char number[] = "write a number, for example 12.5", what[] = "a number";
    if (k[RC_QUANTITY] >= 0 && !pl_millionths_parse(f[k[RC_QUANTITY]].text, f[k[RC_QUANTITY]].n, &raw, &c->rounded)) {
        return unreadable(q, k[RC_QUANTITY], number, what);
    }
    if (k[RC_VALUE] >= 0 && !pl_millionths_parse(f[k[RC_VALUE]].text, f[k[RC_VALUE]].n, value, &c->rounded)) {
        return unreadable(q, k[RC_VALUE], number, what);
    }
    if (k[RC_PRICE] >= 0 && (!pl_millionths_parse(f[k[RC_PRICE]].text, f[k[RC_PRICE]].n, &price, &c->rounded) || !times(price, raw, value))) {
        return unreadable(q, k[RC_PRICE], number, what);
    }
    *quantity = raw;
    if (p->factor != PL_MILLIONTHS && !times(raw, p->factor, quantity)) {
        return unreadable(q, k[RC_QUANTITY], number, "a quantity");
    }
    c->no_price += k[RC_PRICE] >= 0 && price <= 0;
    c->converted += p->factor != PL_MILLIONTHS;
    c->negative += *quantity < 0;
    c->zero_quantity += *quantity == 0;
    c->zero_value += *value == 0;
    c->negative_value += *value < 0;
    return true;
}

static pl_status too_large(const reader *q)
{
    char place[192];
    pl_csv_place(q->csv, -1, place, sizeof place);
    return pl_fail(q->err, PL_TOOBIG, place, "read fewer files at a time", "a sum becomes larger than nine million million");
}

static bool add(int64_t *sum, int64_t x)
{
    return !__builtin_add_overflow(*sum, x, sum);
}

/* Counts a line of its period, for those that stay empty. */
static pl_status count_period(reader *q)
{
    pl_receipts *r = q->r;
    int32_t low = r->n_periods == 0 || q->period < r->first_period ? q->period : r->first_period;
    int32_t end = r->n_periods == 0 || q->period >= r->first_period + r->n_periods ? q->period + 1 : r->first_period + r->n_periods;
    if (low != r->first_period || end != r->first_period + r->n_periods) {
        if (!pl_grow(&r->period_lines, &r->cap_period, (size_t)(end - low), sizeof *r->period_lines, (size_t)1 << 24)) {
            return nomem(q);
        }
        int32_t shift = r->n_periods == 0 ? 0 : r->first_period - low, n = end - low;
        memmove(r->period_lines + shift, r->period_lines, (size_t)r->n_periods * sizeof *r->period_lines);
        memset(r->period_lines, 0, (size_t)shift * sizeof *r->period_lines);
        memset(r->period_lines + shift + r->n_periods, 0, (size_t)(n - shift - r->n_periods) * sizeof *r->period_lines);
        r->first_period = low;
        r->n_periods = n;
    }
    r->period_lines[q->period - r->first_period]++;
    return PL_OK;
}

static void count_pack(pl_receipt_counts *c, const pl_rc_product *p)
{
    c->pack_read += p->pack > 0;
    c->pack_unread += p->pack < 0;
    c->pack_blank += p->pack == 0;
}

/* Adds the line to its sum. */
static pl_status book(reader *q, const pl_rc_product *p, int32_t place, int32_t household, int64_t quantity, int64_t value)
{
    pl_receipts *r = q->r;
    pl_cell *cell;
    uint64_t what = (uint64_t)(uint32_t)p->item << 32 | (uint32_t)q->period;
    uint64_t where = (uint64_t)(uint32_t)place << 32 | (r->set.households ? (uint32_t)household : PL_NOBODY);
    int64_t pack = 0;
    if (pl_rc_cell(r, what, where, &cell) != PL_OK) {
        return nomem(q);
    }
    const pl_csv_field *promoted = q->column[RC_PROMOTED] >= 0 ? &q->csv->field[q->column[RC_PROMOTED]] : NULL;
    double amount = 0;
    cell->lines++;
    cell->promoted += promoted != NULL && promoted->n > 0 && !(promoted->n == 1 && promoted->text[0] == '0') &&
                      (!pl_number_parse(promoted->text, promoted->n, &amount) || amount != 0);
    bool fine = add(quantity < 0 ? &cell->returned : &cell->sold, quantity < 0 ? -quantity : quantity) && add(&cell->value, value);
    if (p->pack > 0) {
        fine = fine && times(p->pack, quantity, &pack) && add(&cell->pack[p->pack_unit], pack);
    }
    count_pack(&r->counts, p);
    r->counts.used++;
    return fine ? count_period(q) : too_large(q);
}

/* Is it from a day that is asked for, and a good?  Counts why not. */
static bool wanted(reader *q, const pl_rc_product *p, bool again)
{
    const pl_receipt_settings *set = &q->r->set;
    pl_receipt_counts *c = &q->r->counts;
    bool limits = set->first != 0 || set->last != 0;
    if (limits && q->day > set->last) {
        c->future++;
    } else if (limits && q->day < set->first) {
        c->before++;
    } else if (p->item < 0) {
        c->not_goods++;
    } else if (again && set->drop_duplicates) {
        c->dropped++;
    } else {
        return true;
    }
    return false;
}

static pl_status read_line(reader *q)
{
    pl_receipts *r = q->r;
    const pl_csv_field *f = q->csv->field;
    pl_receipt_counts *c = &r->counts;
    int32_t product, household, store, region;
    int64_t quantity, value;
    bool again = false;
    c->lines++;
    if (product_of(r, f[q->column[RC_PRODUCT]].text, f[q->column[RC_PRODUCT]].n, &product) != PL_OK) {
        return nomem(q);
    }
    pl_rc_product *p = &r->product[product];
    __builtin_prefetch(p); /* on its way while the numbers are read */
    if (!read_time(q) || !read_amounts(q, p, &quantity, &value)) {
        return PL_OK;
    }
    pl_status status = q->column[RC_RECEIPT] >= 0 ? repeated(q, &again) : PL_OK;
    status = status == PL_OK ? named(q, q->column[RC_HOUSEHOLD], &r->households, &q->household, &household) : status;
    status = status == PL_OK ? named(q, q->column[RC_STORE], &r->stores, &q->store, &store) : status;
    status = status == PL_OK ? named(q, q->column[RC_REGION], &r->regions, &q->region, &region) : status;
    if (status != PL_OK) {
        return status;
    }
    if (household >= 0) {
        size_t had = r->cap_card;
        if (!pl_grow(&r->card, &r->cap_card, (size_t)household + 1, sizeof *r->card, NAMES_MAX)) {
            return nomem(q);
        }
        memset(r->card + had, 0, (r->cap_card - had) * sizeof *r->card);
        r->card[household]++;
    }
    c->products += !p->seen;
    c->unknown_products += !p->seen && !p->known && r->map.products != NULL && p->item >= 0;
    p->seen = true;
    c->unknown_product += !p->known && r->map.products != NULL && p->item >= 0;
    c->no_household += q->column[RC_HOUSEHOLD] >= 0 && household < 0;
    c->cancelled += q->cancelled >= 0 && f[q->cancelled].n >= q->cancelled_n && memcmp(f[q->cancelled].text, r->map.cancelled_begins, q->cancelled_n) == 0;
    if (!add(&c->quantity, quantity) || !add(&c->value, value)) {
        return too_large(q);
    }
    int32_t place = r->set.place == PL_PLACE_STORE ? store : r->set.place == PL_PLACE_REGION ? region : -1;
    return wanted(q, p, again) ? book(q, p, place, household, quantity, value) : PL_OK;
}

/* ---- Files ------------------------------------------------------------------------------------------------------------------- */

/* BLAKE2b of what is in the file; is there one like it already? */
static pl_status digest_of(pl_receipts *r, const char *path, unsigned char *digest, bool *there, pl_error *err)
{
    crypto_generichash_state state;
    pl_stream *s;
    size_t got = 1, n = (size_t)1 << 20;
    pl_status status = pl_stream_open(path, &s, err);
    if (status != PL_OK) {
        return status;
    }
    char *bytes = PL_NEW(char, n);
    status = bytes == NULL ? pl_fail_nomem(err, path) : PL_OK;
    crypto_generichash_init(&state, NULL, 0, DIGEST);
    while (status == PL_OK && got > 0) {
        status = pl_stream_read(s, bytes, n, &got, err);
        crypto_generichash_update(&state, (const unsigned char *)bytes, got);
    }
    crypto_generichash_final(&state, digest, DIGEST);
    pl_stream_close(s);
    pl_free(bytes);
    *there = false;
    for (int64_t k = 0; k < r->counts.files; k++) {
        *there |= memcmp(r->digest + k * DIGEST, digest, DIGEST) == 0;
    }
    return status;
}

static pl_status read_rows(reader *q, const char *path, const pl_progress *progress)
{
    pl_receipts *r = q->r;
    pl_row_reader rows;
    bool more = true;
    pl_status status = pl_row_reader_open(&rows, path, q->name, q->err);
    if (status != PL_OK) {
        return status;
    }
    q->csv = &rows.csv;
    for (int k = 0; k < RC_COLUMNS && status == PL_OK; k++) {
        status = find_column(r, &rows.csv, r->map.column[k], &q->column[k], q->err);
    }
    status = status == PL_OK ? find_column(r, &rows.csv, r->map.cancelled_column, &q->cancelled, q->err) : status;
    for (int64_t k = 0; status == PL_OK && (status = pl_row_reader_next(&rows, &more, q->err)) == PL_OK && more; k++) {
        status = read_line(q);
        if (status == PL_OK && (k & 0xffff) == 0xffff && !pl_tick(progress, "reading receipts", -1)) {
            status = pl_fail(q->err, PL_STOPPED, q->name, NULL, "stopped");
        }
    }
    pl_row_reader_close(&rows);
    return status;
}

pl_status pl_receipts_read(pl_receipts *r, const char *path, const pl_progress *progress, pl_findings *findings, pl_error *err)
{
    unsigned char digest[DIGEST];
    bool there;
    pl_status status = digest_of(r, path, digest, &there, err);
    if (status != PL_OK) {
        return status;
    }
    const char *slash = strrchr(path, '/');
    reader q = {.r = r, .name = slash != NULL ? slash + 1 : path, .findings = findings, .err = err};
    if (there) {
        r->counts.duplicate_files++;
        pl_found(findings, PL_WARNING, q.name, 0, 0, "leave it out", "this file has the same content as one read before: not counted again");
        return PL_OK;
    }
    q.cancelled_n = r->map.cancelled_begins != NULL ? strlen(r->map.cancelled_begins) : 0;
    if (!pl_grow(&r->digest, &r->cap_digest, (size_t)(r->counts.files + 1) * DIGEST, 1, NAMES_MAX) ||
        !pl_grow(&r->file, &r->cap_file, (size_t)r->counts.files + 1, sizeof *r->file, NAMES_MAX) ||
        (r->file[r->counts.files] = pl_arena_text(&r->arena, q.name, strlen(q.name))) == NULL) {
        return nomem(&q);
    }
    memcpy(r->digest + r->counts.files * DIGEST, digest, DIGEST);
    r->counts.files++;
    status = read_rows(&q, path, progress);
    pl_free(q.line);
    pl_free(q.stamp);
    if (status == PL_OK && q.unreadable > 0 && !r->set.skip_unreadable) {
        return pl_fail(err, PL_DATA, q.name, "correct them, or leave such lines out (they are counted)", "%lld line%s cannot be read",
                       (long long)q.unreadable, q.unreadable == 1 ? "" : "s");
    }
    return status;
}

pl_status pl_receipts_new(const char *mapping, const char *folder, const pl_receipt_settings *settings, pl_receipts **out, pl_error *err)
{
    *out = NULL;
    if (sodium_init() < 0) {
        return pl_fail(err, PL_BUG, NULL, NULL, "libsodium does not start");
    }
    pl_receipts *r = PL_NEW0(pl_receipts, 1);
    if (r == NULL) {
        return pl_fail_nomem(err, mapping);
    }
    r->set = *settings;
    r->set.card_lines = settings->card_lines > 0 ? settings->card_lines : CARD_LINES;
    pl_arena_init(&r->arena, 0);
    snprintf(r->folder, sizeof r->folder, "%s", folder);
    pl_status status = pl_rc_mapping_read(mapping, &r->arena, &r->map, err);
    if (status == PL_OK && settings->by != PL_BY_PRODUCT &&
        (r->map.products == NULL || r->map.product_column[settings->by == PL_BY_CATEGORY ? RP_CATEGORY : RP_GROUP] == NULL)) {
        status = pl_fail(err, PL_DATA, r->map.file, "add up by product, or name the column in \"products\"", "the mapping knows no %s of products",
                         settings->by == PL_BY_CATEGORY ? "category" : "group");
    }
    if (status == PL_OK && settings->place != PL_PLACE_NONE && r->map.column[settings->place == PL_PLACE_STORE ? RC_STORE : RC_REGION] == NULL) {
        status = pl_fail(err, PL_DATA, r->map.file, "name its column in \"columns\"", "the mapping knows no %s of receipts",
                         settings->place == PL_PLACE_STORE ? "store" : "region");
    }
    if (status == PL_OK && settings->households && r->map.column[RC_HOUSEHOLD] == NULL) {
        status = pl_fail(err, PL_DATA, r->map.file, "name its column in \"columns\"", "the mapping knows no household of receipts");
    }
    if (status == PL_OK && r->map.products != NULL) {
        status = read_products(r, err);
    }
    if (status != PL_OK) {
        pl_receipts_free(r);
        return status;
    }
    *out = r;
    return PL_OK;
}

static void names_clear(pl_names *names)
{
    pl_map_clear(&names->map);
    pl_free(names->text);
}

void pl_receipts_free(pl_receipts *r)
{
    if (r == NULL) {
        return;
    }
    pl_names *const names[] = {&r->products, &r->items, &r->households, &r->stores, &r->regions};
    void *const memory[] = {r->product, r->card, r->cell, r->slot, r->seen, r->period_lines, r->digest, r->file};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        names_clear(names[k]);
    }
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
    pl_arena_clear(&r->arena);
    pl_free(r);
}

const char *pl_receipts_file(const pl_receipts *r, int32_t k)
{
    return k >= 0 && k < r->map.n_files ? r->map.path[k] : NULL;
}

void pl_receipts_counts(const pl_receipts *r, pl_receipt_counts *out)
{
    *out = r->counts;
    out->receipts = (int64_t)r->n_seen;
    out->households = r->households.n;
    out->stores = r->stores.n;
    out->regions = r->regions.n;
    for (int32_t k = 0; k < r->households.n; k++) {
        out->large_cards += r->card[k] > r->set.card_lines;
        out->large_card_lines += r->card[k] > r->set.card_lines ? r->card[k] : 0;
    }
    for (int32_t k = 0; k < r->n_periods; k++) {
        out->empty_periods += r->period_lines[k] == 0;
    }
}
