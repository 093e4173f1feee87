/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Writes a binary economy column by column. */
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "economy/binary.h"
#include "economy/builder.h"
#include "economy/keep.h"

unsigned pl_binary_size(unsigned id)
{
    if (id == PL_BINARY_TEXT) {
        return 1;
    }
    if (id == PL_BINARY_TITLE || id == PL_BINARY_WITNESS) {
        return 8;
    }
    unsigned table = id / 16, column = id % 16;
    if (table >= PL_TABLES || (int)column >= pl_table_columns((pl_economy_table)table)) {
        return 0;
    }
    bool pairs = table == PL_FLOWS || table == PL_USES;
    bool by_row = (table >= PL_NEEDS && table <= PL_STOCKS) || (table >= PL_ASSETS && table <= PL_LAGS);
    bool whole = id == PL_BINARY_ID(PL_NEEDS, 1) || id == PL_BINARY_ID(PL_LAGS, 1) || id == PL_BINARY_ID(PL_TRENDS, 2);
    if (((pairs || table == PL_CAPITAL) && column == 1) || (by_row && column == 0) || whole) {
        return 4;
    }
    return id == PL_BINARY_ID(PL_GOODS, 5) || id == PL_BINARY_ID(PL_RESOURCES, 3) ? 1 : 8;
}

const pl_sections_kind PL_BINARY_ECONOMY = {"binary economy", "\x89PLECON\n", 2, pl_binary_size,
                                            "get the file again, or make it again with 'plenty convert'"};

/* ---- From an economy in memory ------------------------------------------------------------------------ */

/* Texts that are no identifiers repeat; each is written once. */
typedef struct texts {
    pl_map map;
    const char **text;
    uint64_t *offset;
    size_t n, text_cap, offset_cap;
    uint64_t end; /* of the text section so far */
} texts;

typedef struct packer {
    const pl_economy *e;
    pl_sections_writer *w;
    texts texts;
    uint64_t ids[PL_TABLES]; /* where the identifiers of a table begin */
    bool written[PL_TABLES][PL_TABLE_COLUMNS];
} packer;

/* The text in that cell, or NULL where the column holds none. */
static const char *text_of(const pl_economy *e, pl_economy_table table, int64_t row, int column)
{
    switch (table) {
    case PL_GOODS: {
        const pl_good *g = &e->goods[row];
        const char *all[] = {g->id, g->name, g->unit, g->group, g->place};
        return column < 5 ? all[column] : NULL;
    }
    case PL_RECIPES: {
        const pl_recipe *r = &e->recipes[row];
        const char *all[] = {r->id, r->name, r->place};
        return column < 3 ? all[column] : NULL;
    }
    case PL_RESOURCES: {
        const pl_resource *r = &e->resources[row];
        const char *all[] = {r->id, r->name, r->unit};
        return column < 3 ? all[column] : NULL;
    }
    case PL_NEEDS: return column == 2 ? e->needs[row].group : NULL;
    case PL_PLACES: return column == 0 ? e->places[row].id : e->places[row].name;
    case PL_TRENDS: return column == 0 ? e->trends[row].table : column == 1 ? e->trends[row].key : NULL;
    default: return NULL;
    }
}

static bool has_ids(pl_economy_table table)
{
    return table == PL_GOODS || table == PL_RECIPES || table == PL_RESOURCES || table == PL_PLACES;
}

/* The number in that cell of a column of numbers, and what it is when left out. */
static double number_of(const pl_economy *e, pl_economy_table table, int64_t row, int column)
{
    switch (table) {
    case PL_RECIPES: return e->recipes[row].capacity;
    case PL_RESOURCES: return e->resources[row].available;
    case PL_NEEDS: {
        const pl_need *n = &e->needs[row];
        return column == 3 ? n->amount : column == 4 ? n->weight : n->floor;
    }
    case PL_TRADE: {
        const pl_trade *t = &e->trade[row];
        const double all[] = {0, t->import_price, t->import_limit, t->export_price, t->export_limit};
        return all[column];
    }
    case PL_ASSETS: return column == 1 ? e->assets[row].loss : e->assets[row].end;
    case PL_CAPITAL: return e->capital[row].amount;
    case PL_TRENDS: return column == 3 ? e->trends[row].amount : e->trends[row].growth;
    default: return e->stocks[row].amount;
    }
}

static double usual_number(pl_economy_table table, int column)
{
    bool one = (table == PL_NEEDS && column == 4) || (table == PL_ASSETS && column == 2);
    bool zero = (table == PL_NEEDS && column == 5) || (table == PL_ASSETS && column == 1);
    return one ? 1 : zero ? 0 : PL_ABSENT;
}

/* Room for the text once; false without memory. */
static bool note_text(texts *t, const char *text)
{
    int32_t old;
    size_t n = strlen(text);
    if (n == 0 || (t->n > 0 && strcmp(t->text[t->n - 1], text) == 0)) {
        return true;
    }
    if (!pl_grow(&t->text, &t->text_cap, t->n + 1, sizeof *t->text, INT32_MAX) ||
        !pl_grow(&t->offset, &t->offset_cap, t->n + 1, sizeof *t->offset, INT32_MAX) ||
        pl_map_put(&t->map, text, n, (int32_t)t->n, &old) != PL_OK) {
        return false;
    }
    if (old < 0) {
        t->text[t->n] = text;
        t->offset[t->n++] = t->end;
        t->end += n + 1;
    }
    return true;
}

static uint64_t offset_of(const texts *t, const char *text)
{
    int32_t k = text[0] == '\0' ? -1 : pl_map_get(&t->map, text, strlen(text));
    return k < 0 ? 0 : t->offset[k];
}

/* Where all texts will be, and which columns say anything. */
static bool note_texts(packer *p)
{
    texts *t = &p->texts;
    t->end = 1; /* the empty text */
    for (pl_economy_table table = PL_GOODS; table < PL_TABLES; table++) {
        int64_t rows = has_ids(table) ? pl_table_rows(p->e, table) : 0;
        p->ids[table] = t->end;
        for (int64_t i = 0; i < rows; i++) {
            t->end += strlen(text_of(p->e, table, i, 0)) + 1;
        }
    }
    if (!note_text(t, p->e->title)) {
        return false;
    }
    for (pl_economy_table table = PL_GOODS; table < PL_TABLES; table++) {
        int64_t rows = table == PL_FLOWS || table == PL_USES ? 0 : pl_table_rows(p->e, table);
        for (int column = has_ids(table); column < pl_table_columns(table); column++) {
            for (int64_t i = 0; i < rows; i++) {
                const char *text = text_of(p->e, table, i, column);
                if (text == NULL) {
                    break;
                }
                p->written[table][column] |= text[0] != '\0';
                if (!note_text(t, text)) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* Which columns of numbers, and of other values, say anything. */
static void note_numbers(packer *p)
{
    const pl_economy *e = p->e;
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
        int64_t rows = pl_table_rows(e, t);
        p->written[t][0] |= rows > 0;
        for (int c = 1; c < pl_table_columns(t) && rows > 0; c++) {
            unsigned id = PL_BINARY_ID(t, c);
            if (t == PL_FLOWS || t == PL_USES || pl_binary_size(id) == 4) {
                p->written[t][c] = true;
            } else if (pl_binary_size(id) == 8 && text_of(e, t, 0, c) == NULL) {
                double usual = usual_number(t, c);
                for (int64_t i = 0; i < rows && !p->written[t][c]; i++) {
                    double x = number_of(e, t, i, c);
                    p->written[t][c] = pl_given(x) != pl_given(usual) || (pl_given(x) && x != usual);
                }
            }
        }
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        p->written[PL_GOODS][5] |= e->goods[g].must_be_used;
    }
    p->written[PL_RESOURCES][3] = e->n_resources > 0;
    p->written[PL_FLOWS][0] = e->n_recipes > 0;
    p->written[PL_USES][0] = e->n_recipes > 0;
}

static pl_status declare_all(packer *p, pl_error *err)
{
    pl_status status = PL_OK;
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
        for (int c = 0; c < pl_table_columns(t) && status == PL_OK; c++) {
            bool starts = (t == PL_FLOWS || t == PL_USES) && c == 0;
            int64_t rows = starts ? (int64_t)p->e->n_recipes + 1 : pl_table_rows(p->e, t);
            if (p->written[t][c]) {
                status = pl_sections_declare(p->w, PL_BINARY_ID(t, c), (uint64_t)rows, err);
            }
        }
    }
    if (status == PL_OK) {
        status = pl_sections_declare(p->w, PL_BINARY_TEXT, p->texts.end, err);
    }
    return status == PL_OK ? pl_sections_declare(p->w, PL_BINARY_TITLE, 1, err) : status;
}

/* The number of a row, or a whole number, in that cell of a column of 4 bytes. */
static int32_t whole_of(const pl_economy *e, pl_economy_table t, int64_t i, int c)
{
    switch (t) {
    case PL_NEEDS: return c == 0 ? e->needs[i].good : e->needs[i].tier;
    case PL_TRADE: return e->trade[i].good;
    case PL_STOCKS: return e->stocks[i].good;
    case PL_ASSETS: return e->assets[i].good;
    case PL_CAPITAL: return c == 0 ? e->capital[i].recipe : e->capital[i].good;
    case PL_LAGS: return c == 0 ? e->lags[i].recipe : e->lags[i].years;
    default: return e->trends[i].year;
    }
}

/* One cell of a table other than flows and uses. */
static pl_status put_cell(packer *p, pl_economy_table t, int c, int64_t i, uint64_t *next_id, pl_error *err)
{
    const pl_economy *e = p->e;
    unsigned char bytes[8];
    unsigned id = PL_BINARY_ID(t, c);
    const char *text = text_of(e, t, i, c);
    uint64_t x;
    if (text != NULL && c == 0) {
        x = *next_id;
        *next_id += strlen(text) + 1;
    } else if (text != NULL) {
        x = offset_of(&p->texts, text);
    } else if (pl_binary_size(id) == 8) {
        double number = number_of(e, t, i, c);
        memcpy(&x, &number, sizeof x);
    } else if (t == PL_GOODS) {
        x = e->goods[i].must_be_used;
    } else if (t == PL_RESOURCES) {
        x = (uint64_t)e->resources[i].kind;
    } else {
        x = (uint64_t)whole_of(e, t, i, c);
    }
    pl_sections_bytes(bytes, x, (int)pl_binary_size(id));
    return pl_sections_put(p->w, id, bytes, 1, err);
}

static pl_status put_pairs(packer *p, pl_economy_table t, pl_error *err)
{
    const pl_columns *c = t == PL_FLOWS ? &p->e->flows : &p->e->uses;
    int64_t n = c->start[p->e->n_recipes];
    pl_status status = PL_OK;
    if (p->written[t][0]) {
        status = pl_sections_put(p->w, PL_BINARY_ID(t, 0), c->start, (size_t)p->e->n_recipes + 1, err);
    }
    if (status == PL_OK && n > 0) {
        status = pl_sections_put(p->w, PL_BINARY_ID(t, 1), c->index, (size_t)n, err);
    }
    if (status == PL_OK && n > 0) {
        status = pl_sections_put(p->w, PL_BINARY_ID(t, 2), c->amount, (size_t)n, err);
    }
    return status;
}

static pl_status put_table(packer *p, pl_economy_table t, pl_error *err)
{
    uint64_t next_id = p->ids[t];
    pl_status status = PL_OK;
    if (t == PL_FLOWS || t == PL_USES) {
        return put_pairs(p, t, err);
    }
    for (int c = 0; c < pl_table_columns(t); c++) {
        for (int64_t i = 0; p->written[t][c] && i < pl_table_rows(p->e, t) && status == PL_OK; i++) {
            status = put_cell(p, t, c, i, &next_id, err);
        }
    }
    return status;
}

static pl_status put_texts(packer *p, pl_error *err)
{
    pl_status status = pl_sections_put(p->w, PL_BINARY_TEXT, "", 1, err);
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
        int64_t rows = has_ids(t) ? pl_table_rows(p->e, t) : 0;
        for (int64_t i = 0; i < rows && status == PL_OK; i++) {
            const char *text = text_of(p->e, t, i, 0);
            status = pl_sections_put(p->w, PL_BINARY_TEXT, text, strlen(text) + 1, err);
        }
    }
    for (size_t k = 0; k < p->texts.n && status == PL_OK; k++) {
        status = pl_sections_put(p->w, PL_BINARY_TEXT, p->texts.text[k], strlen(p->texts.text[k]) + 1, err);
    }
    unsigned char title[8];
    pl_sections_bytes(title, offset_of(&p->texts, p->e->title), 8);
    return status == PL_OK ? pl_sections_put(p->w, PL_BINARY_TITLE, title, 1, err) : status;
}

static pl_status pack(packer *p, const pl_progress *progress, pl_error *err)
{
    if (!note_texts(p)) {
        return pl_fail_nomem(err, "the texts of an economy");
    }
    note_numbers(p);
    pl_status status = declare_all(p, err);
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES && status == PL_OK; t++) {
        if (!pl_tick(progress, "writing", (double)t / PL_TABLES)) {
            return pl_fail(err, PL_STOPPED, NULL, NULL, "writing was stopped");
        }
        status = put_table(p, t, err);
    }
    if (status == PL_OK) {
        status = put_texts(p, err);
    }
    return status == PL_OK ? pl_sections_seal(p->w, err) : status;
}

pl_status pl_economy_save_binary(const pl_economy *economy, const char *path, const pl_progress *progress, pl_error *err)
{
    char hex[65];
    packer p = {.e = economy};
    pl_map_init(&p.texts.map);
    pl_status status = pl_economy_hash(economy, hex, err);
    if (status == PL_OK) {
        status = pl_sections_writer_new(&PL_BINARY_ECONOMY, path, &p.w, err);
    }
    if (status == PL_OK) {
        status = pack(&p, progress, err);
    }
    if (status == PL_OK) {
        status = pl_sections_commit(p.w, hex, err);
    }
    pl_sections_writer_free(p.w);
    pl_map_clear(&p.texts.map);
    pl_free(p.texts.text);
    pl_free(p.texts.offset);
    return status;
}
