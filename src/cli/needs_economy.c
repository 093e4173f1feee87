/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_economy.c - forecasts become the table `needs` of an economy: a copy of its folder in which they stand in place of
 * what was asked of these goods before. */
#include <dirent.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/needs.h"
#include "io/csv.h"
#include "io/file.h"

#define TABLE_MAX ((size_t)1 << 34)

/* One good and what is asked of it; `item` and `factor` from the table of links, or as they are. */
typedef struct want {
    const char *good;
    double amount;
    bool known; /* the economy has the good */
} want;

typedef struct writer {
    const cli_args *args;
    const pl_forecast *f;
    want *want;
    size_t cap;
    int32_t n;
    pl_file links; /* in which the names of goods lie */
    pl_str needs;
    pl_error *err;
} writer;

static pl_status add_want(writer *w, const char *good, double amount)
{
    for (int32_t k = 0; k < w->n; k++) {
        if (strcmp(w->want[k].good, good) == 0) {
            w->want[k].amount += amount;
            return PL_OK;
        }
    }
    if (!pl_grow(&w->want, &w->cap, (size_t)w->n + 1, sizeof *w->want, 1u << 24)) {
        return pl_fail_nomem(w->err, "the needs");
    }
    w->want[w->n++] = (want){good, amount, false};
    return PL_OK;
}

static double amount_of(const pl_forecast *f, const pl_node *node)
{
    double sum = 0;
    for (int32_t k = 0; k < f->horizon; k++) {
        sum += node->mean[k];
    }
    return sum;
}

/* Nodes of items: their forecasts over the horizon, to the goods of the same name, or to those of the links. */
static pl_status collect(writer *w, pl_csv *links)
{
    int32_t column[3] = {-1, -1, -1};
    static const char *const name[] = {"item", "good", "factor"};
    for (int k = 0; links != NULL && k < 3; k++) {
        column[k] = pl_csv_column(links, name[k]);
        if (column[k] < 0 && k < 2) {
            return pl_fail(w->err, PL_DATA, links->name, "the columns are item, good, and perhaps factor", "there is no column '%s'", name[k]);
        }
    }
    pl_status status = PL_OK;
    for (int32_t i = 0; links == NULL && i < w->f->n && status == PL_OK; i++) {
        if (w->f->node[i].level == PL_LEVEL_ITEM) {
            status = add_want(w, w->f->node[i].item, amount_of(w->f, &w->f->node[i]));
        }
    }
    for (bool more = true; links != NULL && status == PL_OK && (status = pl_csv_next(links, &more, w->err)) == PL_OK && more;) {
        const pl_csv_field *cell = links->field;
        double factor = 1;
        char place[192];
        if (column[2] >= 0 && cell[column[2]].n > 0 && !pl_number_parse(cell[column[2]].text, cell[column[2]].n, &factor)) {
            pl_csv_place(links, column[2], place, sizeof place);
            return pl_fail(w->err, PL_DATA, place, "write a number, for example 0.4", "'%.60s' is no number", cell[column[2]].text);
        }
        bool found = false;
        for (int32_t i = 0; i < w->f->n && status == PL_OK; i++) {
            const pl_node *node = &w->f->node[i];
            if (node->level == PL_LEVEL_ITEM && strcmp(node->item, cell[column[0]].text) == 0) {
                status = add_want(w, cell[column[1]].text, factor * amount_of(w->f, node));
                found = true;
            }
        }
        if (status == PL_OK && !found) {
            pl_csv_place(links, column[0], place, sizeof place);
            return pl_fail(w->err, PL_DATA, place, "correct it, or remove the row", "nothing was forecast for an item '%.80s'", cell[column[0]].text);
        }
    }
    return status;
}

/* Rows of the old table that ask for other goods stay as they are. */
static pl_status keep_others(writer *w, pl_csv *csv)
{
    int32_t good = pl_csv_column(csv, "good"), amount = pl_csv_column(csv, "amount"), n = csv->n_columns;
    bool more = true;
    if (good < 0 || amount < 0) {
        return pl_fail(w->err, PL_DATA, "needs.csv", "docs/formats/economy.md lists the columns", "there is no column '%s'", good < 0 ? "good" : "amount");
    }
    for (int32_t k = 0; k < n; k++) {
        pl_str_add(&w->needs, k > 0 ? "," : "");
        pl_csv_add(&w->needs, csv->header[k]);
    }
    pl_str_add(&w->needs, "\n");
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_csv_next(csv, &more, w->err)) == PL_OK && more) {
        bool ours = false;
        for (int32_t k = 0; k < w->n && !ours; k++) {
            ours = strcmp(w->want[k].good, csv->field[good].text) == 0;
        }
        for (int32_t k = 0; k < n && !ours; k++) {
            pl_str_add(&w->needs, k > 0 ? "," : "");
            pl_csv_add(&w->needs, csv->field[k].text);
        }
        pl_str_add(&w->needs, ours ? "" : "\n");
    }
    for (int32_t i = 0; i < w->n && status == PL_OK; i++) {
        for (int32_t k = 0; k < n; k++) {
            pl_str_add(&w->needs, k > 0 ? "," : "");
            if (k == good) {
                pl_csv_add(&w->needs, w->want[i].good);
            } else if (k == amount) {
                pl_str_add_number(&w->needs, w->want[i].amount);
            }
        }
        pl_str_add(&w->needs, "\n");
    }
    return status;
}

/* Every want must be a good of the economy. */
static pl_status check_goods(writer *w, pl_csv *csv)
{
    int32_t good = pl_csv_column(csv, "good");
    bool more = true;
    pl_status status = good >= 0 ? PL_OK : pl_fail(w->err, PL_DATA, "goods.csv", NULL, "there is no column 'good'");
    while (status == PL_OK && (status = pl_csv_next(csv, &more, w->err)) == PL_OK && more) {
        for (int32_t k = 0; k < w->n; k++) {
            w->want[k].known |= strcmp(w->want[k].good, csv->field[good].text) == 0;
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

/* Reads FOLDER/NAME, perhaps .gz or .zst, and hands it to `use`. */
static pl_status with_table(writer *w, const char *folder, const char *name, pl_status (*use)(writer *w, pl_csv *csv))
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    char path[4500];
    pl_file file;
    pl_csv csv;
    for (size_t k = 0; k < 3; k++) {
        snprintf(path, sizeof path, "%.4000s%s%s%s", folder, folder[0] != '\0' ? "/" : "", name, ends[k]);
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
    if (use == collect) {
        w->links = file;
    } else {
        pl_file_clear(&file);
    }
    return status;
}

static pl_status copy_folder(writer *w, const char *from, const char *to)
{
    pl_folder folder;
    pl_status status = pl_folder_begin(&folder, to, "goods.csv", cli_flag(w->args, "replace"), w->err);
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

pl_status needs_write_economy(const cli_args *args, const pl_forecast *f, pl_error *err)
{
    const char *from = cli_text(args, "economy"), *to = cli_text(args, "economy-output"), *links = cli_text(args, "links");
    if (from == NULL && to == NULL) {
        return PL_OK;
    }
    if (from == NULL || to == NULL) {
        return pl_fail(err, PL_USAGE, from == NULL ? "--economy" : "--economy-output", "--economy ECONOMY --economy-output NEW", "one of them is missing");
    }
    writer w = {.args = args, .f = f, .err = err};
    pl_str_init(&w.needs, TABLE_MAX);
    pl_status status = links != NULL ? with_table(&w, "", links, collect) : collect(&w, NULL);
    status = status == PL_OK ? with_table(&w, from, "goods.csv", check_goods) : status;
    status = status == PL_OK ? with_table(&w, from, "needs.csv", keep_others) : status;
    if (status == PL_OK && w.needs.failed) {
        status = pl_fail_nomem(err, "the needs");
    }
    status = status == PL_OK ? copy_folder(&w, from, to) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        printf("written: %s, with needs of %d good%s from the forecast\n", to, w.n, w.n == 1 ? "" : "s");
    }
    pl_str_clear(&w.needs);
    pl_file_clear(&w.links);
    pl_free(w.want);
    return status;
}
