/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Writes an economy folder: each table in canonical order, with the columns that say something. */
#include <string.h>

#include "base/mem.h"
#include "economy/binary.h"
#include "economy/folder.h"
#include "economy/keep.h"
#include "economy/package.h"
#include "io/csv.h"

#define PASS_ON ((size_t)1 << 22) /* bytes of a table that are written in one go */

/* One cell: a text, or a number where text is NULL. */
typedef struct value {
    const char *text;
    double number;
    bool usual; /* what it would be without the column */
} value;

static value text_value(const char *text)
{
    return (value){.text = text, .usual = text[0] == '\0'};
}

static value number_value(double x)
{
    return (value){.number = x, .usual = !pl_given(x)};
}

static value pick_text(int column, const char *id, const char *a, const char *b, const char *c, const char *d)
{
    const char *const texts[] = {id, a, b, c, d};
    return text_value(texts[column]);
}

static value good_value(const pl_good *g, int column)
{
    if (column == 5) {
        return (value){.text = g->must_be_used ? "none" : "free", .usual = !g->must_be_used};
    }
    return pick_text(column, g->id, g->name, g->unit, g->group, g->place);
}

static value resource_value(const pl_resource *r, int column)
{
    if (column == 3) {
        return (value){.text = pl_kind_id(r->kind), .usual = r->kind == PL_OTHER};
    }
    return column == 4 ? number_value(r->available) : pick_text(column, r->id, r->name, r->unit, "", "");
}

static value need_value(const pl_economy *e, const pl_need *n, int column)
{
    switch (column) {
    case 0: return text_value(e->goods[n->good].id);
    case 1: return (value){.number = n->tier, .usual = n->tier == 1};
    case 2: return text_value(n->group);
    case 3: return number_value(n->amount);
    case 4: return (value){.number = n->weight, .usual = n->weight == 1};
    default: return (value){.number = n->floor, .usual = n->floor == 0};
    }
}

static value trade_value(const pl_economy *e, const pl_trade *t, int column)
{
    const double numbers[] = {0, t->import_price, t->import_limit, t->export_price, t->export_limit};
    return column == 0 ? text_value(e->goods[t->good].id) : number_value(numbers[column]);
}

static value years_value(const pl_economy *e, pl_economy_table table, int64_t i, int column)
{
    if (table == PL_ASSETS) {
        const pl_asset *a = &e->assets[i];
        double x = column == 1 ? a->loss : a->end;
        return column == 0 ? text_value(e->goods[a->good].id) : (value){.number = x, .usual = x == (column == 1 ? 0 : 1)};
    }
    if (table == PL_CAPITAL) {
        const pl_capital *c = &e->capital[i];
        return column == 2 ? number_value(c->amount)
                           : text_value(column == 0 ? e->recipes[c->recipe].id : e->goods[c->good].id);
    }
    if (table == PL_LAGS) {
        return column == 0 ? text_value(e->recipes[e->lags[i].recipe].id) : number_value(e->lags[i].years);
    }
    const pl_trend *t = &e->trends[i];
    switch (column) {
    case 0: return text_value(t->table);
    case 1: return text_value(t->key);
    case 2: return (value){.number = t->year, .usual = t->year == 1};
    default: return number_value(column == 3 ? t->amount : t->growth);
    }
}

/* The cell of a column in row i; recipe: which one coefficient i belongs to. */
static value value_at(const pl_economy *e, pl_economy_table table, int64_t i, int32_t recipe, int column)
{
    switch (table) {
    case PL_GOODS: return good_value(&e->goods[i], column);
    case PL_RECIPES:
        return column == 3 ? number_value(e->recipes[i].capacity)
                           : pick_text(column, e->recipes[i].id, e->recipes[i].name, e->recipes[i].place, "", "");
    case PL_FLOWS:
        return column == 2 ? number_value(e->flows.amount[i])
                           : text_value(column == 0 ? e->recipes[recipe].id : e->goods[e->flows.index[i]].id);
    case PL_RESOURCES: return resource_value(&e->resources[i], column);
    case PL_USES:
        return column == 2 ? number_value(e->uses.amount[i])
                           : text_value(column == 0 ? e->recipes[recipe].id : e->resources[e->uses.index[i]].id);
    case PL_NEEDS: return need_value(e, &e->needs[i], column);
    case PL_TRADE: return trade_value(e, &e->trade[i], column);
    case PL_STOCKS:
        return column == 0 ? text_value(e->goods[e->stocks[i].good].id) : number_value(e->stocks[i].amount);
    case PL_PLACES: return pick_text(column, e->places[i].id, e->places[i].name, "", "", "");
    case PL_ASSETS:
    case PL_CAPITAL:
    case PL_LAGS:
    case PL_TRENDS: return years_value(e, table, i, column);
    case PL_TABLES: break;
    }
    return text_value("");
}

/* Columns to write: those that must be there, and those in which some row says more than nothing. */
static void choose_columns(const pl_economy *e, pl_economy_table table, bool *written)
{
    int64_t rows = table == PL_FLOWS || table == PL_USES ? 0 : pl_table_rows(e, table); /* all theirs must be there */
    for (int c = 0; PL_TABLE[table].column[c].name != NULL; c++) {
        written[c] = PL_TABLE[table].column[c].required;
        for (int64_t i = 0; i < rows && !written[c]; i++) {
            written[c] = !value_at(e, table, i, 0, c).usual;
        }
    }
}

static void put_header(pl_str *out, pl_economy_table table, const bool *written, const pl_kept *kept)
{
    const char *comma = "";
    for (int c = 0; PL_TABLE[table].column[c].name != NULL; c++) {
        if (written[c]) {
            pl_str_add(out, comma);
            pl_str_add(out, PL_TABLE[table].column[c].name);
            comma = ",";
        }
    }
    for (int32_t k = 0; k < kept->n; k++) {
        pl_str_add(out, ",");
        pl_csv_add(out, kept->header[k]);
    }
    pl_str_add_n(out, "\n", 1);
}

static void put_row(pl_str *out, const pl_economy *e, pl_economy_table table, int64_t i, int32_t recipe, const bool *written,
                    const pl_kept *kept)
{
    for (int c = 0; c < PL_TABLE_COLUMNS; c++) {
        if (!written[c]) {
            continue;
        }
        if (c > 0) {
            pl_str_add_n(out, ",", 1);
        }
        value v = value_at(e, table, i, recipe, c);
        if (v.text != NULL) {
            pl_csv_add(out, v.text);
        } else {
            pl_str_add_number(out, v.number);
        }
    }
    if (kept->n > 0 && kept->cells[i] != NULL) {
        pl_str_add(out, kept->cells[i]);
    } else {
        for (int32_t k = 0; k < kept->n; k++) {
            pl_str_add_n(out, ",", 1);
        }
    }
    pl_str_add_n(out, "\n", 1);
}

typedef struct saver {
    const pl_economy *e;
    const char *source; /* folder the economy came from, or NULL */
    pl_folder_list list; /* of its tables */
    pl_folder folder;
    pl_package_writer package;
} saver;

/* Hands over what is in *text when it is much, or when it is the `last`. */
static pl_status pass_on(saver *s, pl_economy_table table, pl_str *text, bool *begun, bool last, pl_error *err)
{
    if (text->failed) {
        return pl_fail_nomem(err, PL_TABLE[table].file);
    }
    if (!last && text->len < PASS_ON) {
        return PL_OK;
    }
    pl_status status = (*begun ? pl_folder_append : pl_folder_add)(&s->folder, PL_TABLE[table].file, text->text,
                                                                   text->len, err);
    pl_str_clear(text);
    pl_str_init(text, SIZE_MAX);
    *begun = true;
    return status;
}

static pl_status put_table(saver *s, pl_economy_table table, const bool *written, const pl_kept *kept, pl_error *err)
{
    const pl_columns *pairs = table == PL_FLOWS ? &s->e->flows : table == PL_USES ? &s->e->uses : NULL;
    int64_t rows = pl_table_rows(s->e, table);
    int32_t recipe = 0;
    bool begun = false;
    pl_str text;
    pl_str_init(&text, SIZE_MAX);
    put_header(&text, table, written, kept);
    pl_status status = PL_OK;
    for (int64_t i = 0; i < rows && status == PL_OK; i++) {
        while (pairs != NULL && pairs->start[recipe + 1] <= i) {
            recipe++;
        }
        put_row(&text, s->e, table, i, recipe, written, kept);
        status = pass_on(s, table, &text, &begun, false, err);
    }
    if (status == PL_OK && (text.len > 0 || !begun)) {
        status = pass_on(s, table, &text, &begun, true, err);
    }
    pl_str_clear(&text);
    return status;
}

static pl_status save_table(saver *s, pl_economy_table table, pl_error *err)
{
    bool written[PL_TABLE_COLUMNS] = {false};
    pl_kept kept = {0};
    choose_columns(s->e, table, written);
    pl_status status = PL_OK;
    if (s->list.file[table][0] != '\0') {
        status = pl_keep_columns(s->e, table, s->source, s->list.file[table], &kept, err);
    }
    if (status == PL_OK) {
        status = put_table(s, table, written, &kept, err);
    }
    if (status == PL_OK) {
        pl_package_table(&s->package, table, written, &kept);
    }
    pl_kept_clear(&kept);
    return status;
}

static pl_status save_tables(saver *s, pl_error *err)
{
    pl_status status = PL_OK;
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES && status == PL_OK; t++) {
        if (t == PL_GOODS || pl_table_rows(s->e, t) > 0) {
            status = save_table(s, t, err);
        }
    }
    if (status != PL_OK) {
        return status;
    }
    pl_package_end(&s->package);
    const pl_str *text = &s->package.text;
    status = text->failed ? pl_fail_nomem(err, "datapackage.json")
                          : pl_folder_add(&s->folder, "datapackage.json", text->text, text->len, err);
    if (status == PL_OK && s->source != NULL) {
        status = pl_keep_files(s->source, &s->folder, err);
    }
    return status;
}

/* The old folder, if there is one still. */
static pl_status find_source(saver *s, pl_error *err)
{
    if (s->e->path[0] == '\0' || !pl_path_exists(s->e->path) || pl_path_is_file(s->e->path)) {
        return PL_OK;
    }
    pl_findings *findings = PL_NEW0(pl_findings, 1);
    if (findings == NULL) {
        return pl_fail_nomem(err, s->e->path);
    }
    pl_status status = pl_folder_find_tables(s->e->path, &s->list, findings, err);
    pl_free(findings);
    if (s->list.file[PL_GOODS][0] == '\0') {
        return PL_OK; /* no folder of an economy any more, and nothing to be kept */
    }
    s->source = s->e->path;
    return status;
}

pl_status pl_economy_save(const pl_economy *economy, const char *path, bool replace, const pl_package *package,
                          pl_error *err)
{
    saver *s = PL_NEW0(saver, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, path);
    }
    s->e = economy;
    pl_status status = find_source(s, err);
    if (status == PL_OK) {
        status = pl_folder_begin(&s->folder, path, "goods.csv", replace, err);
    }
    if (status == PL_OK) {
        status = pl_package_begin(&s->package, economy, package, s->source, err);
        status = status == PL_OK ? save_tables(s, err) : status;
        status = status == PL_OK ? pl_folder_commit(&s->folder, err) : status;
        pl_folder_abort(&s->folder);
        pl_package_clear(&s->package);
    }
    pl_free(s);
    return status;
}
