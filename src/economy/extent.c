/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * extent.c - how large an economy is, before it is read and afterwards. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "economy/binary.h"
#include "economy/freeze.h"
#include "economy/table.h"
#include "io/file.h"

#define SAMPLE 65536  /* bytes of a table that are looked at */
#define COMPRESSED 30 /* bytes on the disk for a row of a compressed table: at least a third of them */
#define COMPRESSED_PARTS 3

static void take_rows(pl_extent *x, pl_economy_table table, double rows)
{
    double *const count[PL_TABLES] = {
        [PL_GOODS] = &x->goods,   [PL_RECIPES] = &x->recipes, [PL_FLOWS] = &x->coefficients, [PL_RESOURCES] = &x->resources,
        [PL_USES] = &x->coefficients, [PL_NEEDS] = &x->needs, [PL_TRADE] = &x->trades,      [PL_STOCKS] = &x->trades,
        [PL_ASSETS] = &x->assets, [PL_CAPITAL] = &x->capital};
    if (count[table] != NULL) {
        *count[table] += rows;
    }
}

/* ---- A binary file -------------------------------------------------------------------------------------- */

static pl_extent extent_of_file(const char *path)
{
    pl_extent x = {0};
    pl_sections_rows rows[PL_SECTIONS_MAX];
    int n = pl_sections_look(&PL_BINARY_ECONOMY, path, rows, &x.mapped);
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < PL_TABLES; t++) {
            bool pairs = t == PL_FLOWS || t == PL_USES;
            if (rows[i].id == PL_BINARY_ID(t, pairs ? 1 : 0)) {
                take_rows(&x, (pl_economy_table)t, (double)rows[i].count);
            }
        }
        x.texts += rows[i].id == PL_BINARY_TEXT ? (double)rows[i].count : 0;
    }
    return x;
}

/* ---- A folder ------------------------------------------------------------------------------------------- */

/* Rows of a table, from its size and the mean length of its first rows; *bytes: its size, decompressed. */
static double rows_at(const char *path, bool plain, double *bytes)
{
    static const double least = 4;
    char sample[SAMPLE];
    struct stat st;
    FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
    if (f == NULL) {
        return 0;
    }
    *bytes = (double)st.st_size * (plain ? 1 : COMPRESSED_PARTS);
    size_t n = plain ? fread(sample, 1, sizeof sample, f) : 0, lines = 0;
    fclose(f);
    for (const char *p = sample; p < sample + n && (p = memchr(p, '\n', (size_t)(sample + n - p))) != NULL; p++) {
        lines++;
    }
    double row = lines > 1 ? (double)n / (double)lines : plain ? least * 4 : COMPRESSED;
    return *bytes / (row < least ? least : row);
}

static pl_extent extent_of_folder(const char *path)
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    pl_extent x = {0};
    for (int t = 0; t < PL_TABLES; t++) {
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            char name[64], full[4096];
            double bytes = 0;
            snprintf(name, sizeof name, "%s%s", PL_TABLE[t].file, ends[i]);
            if (pl_path_join(full, sizeof full, path, name)) {
                take_rows(&x, (pl_economy_table)t, rows_at(full, i == 0, &bytes));
                x.texts += t == PL_FLOWS || t == PL_USES ? 0 : bytes;
            }
        }
    }
    return x;
}

/* ---- Either --------------------------------------------------------------------------------------------- */

pl_extent pl_economy_extent_at(const char *path)
{
    return pl_path_is_file(path) ? extent_of_file(path) : extent_of_folder(path);
}

pl_extent pl_economy_extent(const pl_economy *e)
{
    pl_extent x = {.goods = e->n_goods,
                   .recipes = e->n_recipes,
                   .resources = e->n_resources,
                   .needs = e->n_needs,
                   .trades = (double)e->n_trade + e->n_stocks,
                   .coefficients = (double)e->flows.start[e->n_recipes] + (double)e->uses.start[e->n_recipes],
                   .assets = e->n_assets,
                   .capital = e->n_capital,
                   .mapped = e->storage != NULL ? (double)e->storage->map_n : 0};
    for (int32_t g = 0; g < e->n_goods; g++) {
        x.texts += (double)strlen(e->goods[g].id) + 1;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        x.texts += (double)strlen(e->recipes[r].id) + 1;
    }
    return x;
}

pl_extent pl_extent_unrolled(const pl_extent *x, int32_t years)
{
    pl_extent all = *x;
    double n = years;
    if (years > 0) { /* assets: kept from year to year by recipes, a year or more beyond the last */
        all.goods = n * x->goods + 2 * (n + 1) * x->assets;
        all.recipes = n * (x->recipes + 2 * x->trades) + (n + 1) * x->assets;
        all.resources = n * x->resources;
        all.needs = n * x->needs + x->assets;
        all.coefficients = n * (x->coefficients + x->capital + 4 * x->trades) + 3 * (n + 1) * x->assets;
        all.texts = n * (x->texts + 2 * x->goods + 2 * x->recipes);
        all.mapped = 0;
    }
    return all;
}
