/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_found.c - what `plenty watch` has found in tables beside the record, as rows: books that do not fit together, how well units foresee, promises
 * that change; read from the folder of `plenty serve --watch`. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "io/csv.h"
#include "io/file.h"
#include "server/call.h"

#define FILE_MAX ((size_t)64 << 20)

static const struct {
    const char *name, *path, *command;
} FOUND[] = {
    {"books", "books/books.csv", "plenty watch check CLAIMS DELIVERIES -o FOLDER/books"},
    {"targets", "targets.csv", "plenty watch targets TARGETS -o FOLDER/targets.csv"},
    {"changes", "changes.csv", "plenty watch replan REPORTS --plan PLAN --changes FOLDER/changes.csv"},
};

static void put_cell(pl_json *j, const char *column, const pl_csv_field *f)
{
    double x;
    pl_json_key(j, column);
    if (f->n == 0) {
        pl_json_null(j);
    } else if (pl_number_parse(f->text, f->n, &x)) {
        pl_json_number(j, x);
    } else {
        pl_json_text_n(j, f->text, f->n);
    }
}

static pl_status put_rows(pl_call *c, pl_csv *csv, const pl_window *w)
{
    pl_json *j = &c->json;
    pl_status status;
    int64_t n = 0;
    bool more;
    pl_json_object(j);
    pl_json_key(j, "rows");
    pl_json_array(j);
    while ((status = pl_csv_next(csv, &more, c->err)) == PL_OK && more) {
        if (n++ < w->from || n > w->from + w->most) {
            continue;
        }
        pl_json_object(j);
        for (int32_t k = 0; k < csv->n_columns; k++) {
            put_cell(j, csv->header[k], &csv->field[k]);
        }
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_put_int(j, "total", n);
    pl_json_put_int(j, "from", w->from);
    pl_json_end(j);
    return status;
}

static pl_status answer_found(pl_call *c)
{
    const char *folder = c->server->settings.watch;
    char path[4400];
    pl_file file;
    pl_csv csv;
    pl_window w;
    size_t i = 0;
    while (i < sizeof FOUND / sizeof FOUND[0] && strcmp(FOUND[i].name, c->part[0]) != 0) {
        i++;
    }
    if (i == sizeof FOUND / sizeof FOUND[0]) {
        return pl_fail(c->err, PL_NOTFOUND, "table", "books, targets or changes", "there is no such table");
    }
    snprintf(path, sizeof path, "%.4300s/%s", folder != NULL ? folder : "", FOUND[i].path);
    if (folder == NULL || !pl_path_is_file(path)) {
        return pl_fail(c->err, PL_NOTFOUND, FOUND[i].name, FOUND[i].command, "no such table is served here");
    }
    pl_status status = pl_call_window(c, 200, &w);
    status = status == PL_OK ? pl_file_read(path, FILE_MAX, &file, c->err) : status;
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&csv, FOUND[i].name, &file, c->err);
    if (status == PL_OK) {
        status = put_rows(c, &csv, &w);
        pl_csv_close(&csv);
    }
    pl_file_clear(&file);
    return status;
}

const pl_route PL_ROUTES_FOUND[] = {
    {"GET", "/api/watch/{table}", "from number how many to skip; most number how many to give (200)",
     "What was found beside the record: books that do not fit together, how units foresee, promises that change", "found", NULL, 0, PL_FRESH_NOW, 0, answer_found},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
