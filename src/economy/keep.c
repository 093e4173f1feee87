/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/keep.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/csv.h"

int64_t pl_table_rows(const pl_economy *e, pl_economy_table table)
{
    switch (table) {
    case PL_GOODS: return e->n_goods;
    case PL_RECIPES: return e->n_recipes;
    case PL_FLOWS: return e->flows.start[e->n_recipes];
    case PL_RESOURCES: return e->n_resources;
    case PL_USES: return e->uses.start[e->n_recipes];
    case PL_NEEDS: return e->n_needs;
    case PL_TRADE: return e->n_trade;
    case PL_STOCKS: return e->n_stocks;
    case PL_PLACES: return e->n_places;
    case PL_ASSETS: return e->n_assets;
    case PL_CAPITAL: return e->n_capital;
    case PL_LAGS: return e->n_lags;
    case PL_TRENDS: return e->n_trends;
    case PL_TABLES: break;
    }
    return 0;
}

/* ---- Which row of the economy a row of the file is ------------------------------------------- */

static int64_t find_pair(const pl_columns *c, int32_t recipe, int32_t other)
{
    if (recipe < 0 || other < 0) {
        return -1;
    }
    int64_t low = c->start[recipe], end = c->start[recipe + 1], high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (c->index[middle] < other) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && c->index[low] == other ? low : -1;
}

/* Order of a need against a key. */
static int order_need(const pl_need *n, int32_t good, int32_t tier, const char *group)
{
    if (n->good != good) {
        return n->good < good ? -1 : 1;
    }
    if (n->tier != tier) {
        return n->tier < tier ? -1 : 1;
    }
    return strcmp(n->group, group);
}

static int64_t find_need(const pl_economy *e, int32_t good, const char *tier_text, const char *group)
{
    double tier = 1;
    if (tier_text[0] != '\0' &&
        !(pl_number_parse(tier_text, strlen(tier_text), &tier) && tier >= 1 && tier <= INT32_MAX)) {
        return -1;
    }
    int32_t low = 0, high = e->n_needs;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (order_need(&e->needs[middle], good, (int32_t)tier, group) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < e->n_needs && order_need(&e->needs[low], good, (int32_t)tier, group) == 0 ? low : -1;
}

/* Rows that begin with the number of a good, or of a recipe. */
static int64_t find_by_good(const void *rows, int32_t n, size_t size, int32_t good)
{
    int32_t low = 0, high = n, there = -1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        memcpy(&there, (const char *)rows + (size_t)middle * size, sizeof there);
        if (there < good) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < n) {
        memcpy(&there, (const char *)rows + (size_t)low * size, sizeof there);
    }
    return low < n && there == good ? low : -1;
}

static int64_t find_capital(const pl_economy *e, int32_t recipe, int32_t good)
{
    int32_t low = 0, high = e->n_capital;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const pl_capital *c = &e->capital[middle];
        if (c->recipe < recipe || (c->recipe == recipe && c->good < good)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < e->n_capital && e->capital[low].recipe == recipe && e->capital[low].good == good ? low : -1;
}

static int64_t find_trend(const pl_economy *e, const char *table, const char *key, const char *year_text)
{
    double year = 1;
    if (year_text[0] != '\0' && !pl_number_parse(year_text, strlen(year_text), &year)) {
        return -1;
    }
    for (int32_t i = 0; i < e->n_trends; i++) {
        const pl_trend *t = &e->trends[i];
        if (t->year == year && strcmp(t->key, key) == 0 && strcmp(t->table, table) == 0) {
            return i;
        }
    }
    return -1;
}

typedef struct keeper {
    const pl_economy *e;
    pl_economy_table table;
    pl_csv csv;
    int32_t key[3]; /* the file's columns with the table's first three */
} keeper;

static const char *key_at(const keeper *k, int i)
{
    return k->key[i] >= 0 ? k->csv.field[k->key[i]].text : "";
}

static int64_t find_row(const keeper *k)
{
    const pl_economy *e = k->e;
    const char *id = key_at(k, 0);
    switch (k->table) {
    case PL_GOODS: return pl_find_good(e, id);
    case PL_RECIPES: return pl_find_recipe(e, id);
    case PL_FLOWS: return find_pair(&e->flows, pl_find_recipe(e, id), pl_find_good(e, key_at(k, 1)));
    case PL_RESOURCES: return pl_find_resource(e, id);
    case PL_USES: return find_pair(&e->uses, pl_find_recipe(e, id), pl_find_resource(e, key_at(k, 1)));
    case PL_NEEDS: return find_need(e, pl_find_good(e, id), key_at(k, 1), key_at(k, 2));
    case PL_TRADE: return find_by_good(e->trade, e->n_trade, sizeof *e->trade, pl_find_good(e, id));
    case PL_STOCKS: return find_by_good(e->stocks, e->n_stocks, sizeof *e->stocks, pl_find_good(e, id));
    case PL_PLACES: return pl_find_place(e, id);
    case PL_ASSETS: return find_by_good(e->assets, e->n_assets, sizeof *e->assets, pl_find_good(e, id));
    case PL_CAPITAL: return find_capital(e, pl_find_recipe(e, id), pl_find_good(e, key_at(k, 1)));
    case PL_LAGS: return find_by_good(e->lags, e->n_lags, sizeof *e->lags, pl_find_recipe(e, id));
    case PL_TRENDS: return find_trend(e, id, key_at(k, 1), key_at(k, 2));
    case PL_TABLES: break;
    }
    return -1;
}

/* ---- Columns --------------------------------------------------------------------------------- */

static bool is_known(pl_economy_table table, const char *name)
{
    for (int k = 0; PL_TABLE[table].column[k].name != NULL; k++) {
        if (strcmp(PL_TABLE[table].column[k].name, name) == 0) {
            return true;
        }
    }
    return name[0] == '\0'; /* a column without a name cannot be kept: nobody could ask for it */
}

/* Takes over the names of the unknown columns; `which` are their numbers in the file. */
static bool keep_header(const keeper *k, pl_kept *kept, int32_t *which)
{
    for (int32_t c = 0; c < k->csv.n_columns; c++) {
        if (!is_known(k->table, k->csv.header[c])) {
            which[kept->n++] = c;
        }
    }
    if (kept->n == 0) {
        return true;
    }
    size_t rows = (size_t)pl_table_rows(k->e, k->table);
    kept->header = PL_ARENA_NEW(&kept->arena, const char *, kept->n);
    kept->cells = PL_ARENA_NEW(&kept->arena, const char *, rows);
    if (kept->header == NULL || kept->cells == NULL) {
        return false;
    }
    for (size_t i = 0; i < rows; i++) {
        kept->cells[i] = NULL;
    }
    for (int32_t i = 0; i < kept->n; i++) {
        const char *name = k->csv.header[which[i]];
        kept->header[i] = pl_arena_text(&kept->arena, name, strlen(name));
        if (kept->header[i] == NULL) {
            return false;
        }
    }
    return true;
}

static pl_status keep_rows(keeper *k, pl_kept *kept, const int32_t *which, pl_error *err)
{
    pl_str cells;
    pl_str_init(&cells, SIZE_MAX);
    pl_status status = PL_OK;
    for (;;) {
        bool more;
        status = pl_csv_next(&k->csv, &more, err);
        if (status != PL_OK || !more) {
            break;
        }
        int64_t row = find_row(k);
        if (row < 0) {
            continue; /* this row is no longer in the economy */
        }
        cells.len = 0;
        for (int32_t i = 0; i < kept->n; i++) {
            pl_str_add_n(&cells, ",", 1);
            pl_csv_add(&cells, k->csv.field[which[i]].text);
        }
        kept->cells[row] = cells.failed ? NULL : pl_arena_text(&kept->arena, cells.text, cells.len);
        if (kept->cells[row] == NULL) {
            status = pl_fail_nomem(err, k->csv.name);
            break;
        }
    }
    pl_str_clear(&cells);
    return status;
}

static pl_status keep_table(keeper *k, pl_kept *kept, pl_error *err)
{
    int32_t *which = PL_NEW(int32_t, k->csv.n_columns);
    if (which == NULL || !keep_header(k, kept, which)) {
        pl_free(which);
        return pl_fail_nomem(err, k->csv.name);
    }
    for (int i = 0; i < 3; i++) {
        const char *name = PL_TABLE[k->table].column[i].name;
        k->key[i] = name != NULL ? pl_csv_column(&k->csv, name) : -1;
    }
    pl_status status = kept->n > 0 ? keep_rows(k, kept, which, err) : PL_OK;
    pl_free(which);
    return status;
}

pl_status pl_keep_columns(const pl_economy *economy, pl_economy_table table, const char *path, const char *name, pl_kept *kept,
                          pl_error *err)
{
    char full[4096];
    keeper k = {.e = economy, .table = table};
    pl_file file;
    memset(kept, 0, sizeof *kept);
    if (!pl_path_join(full, sizeof full, path, name)) {
        return pl_fail(err, PL_IO, path, NULL, "the path is too long");
    }
    pl_status status = pl_file_read(full, PL_TABLE_FILE_MAX, &file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&k.csv, name, &file, err);
    if (status == PL_OK) {
        status = keep_table(&k, kept, err);
        pl_csv_close(&k.csv);
    }
    pl_file_clear(&file);
    return status;
}

void pl_kept_clear(pl_kept *kept)
{
    pl_arena_clear(&kept->arena);
    memset(kept, 0, sizeof *kept);
}

/* ---- Files ----------------------------------------------------------------------------------- */

pl_status pl_keep_files(const char *path, pl_folder *folder, pl_error *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return errno == ENOENT ? PL_OK : pl_fail(err, PL_IO, path, NULL, "cannot open the folder: %s", strerror(errno));
    }
    pl_status status = PL_OK;
    const struct dirent *entry;
    while (status == PL_OK && (entry = readdir(dir)) != NULL) {
        char full[4096];
        struct stat st;
        if (entry->d_name[0] != '.' && !pl_folder_is_known(entry->d_name) &&
            pl_path_join(full, sizeof full, path, entry->d_name) && stat(full, &st) == 0 && S_ISREG(st.st_mode)) {
            status = pl_folder_copy(folder, entry->d_name, full, err);
        }
    }
    closedir(dir);
    return status;
}
