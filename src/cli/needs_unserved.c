/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_unserved.c - plenty needs unserved: what empty shelves hid. */
#include <string.h>

#include "base/str.h"
#include "cli/needs.h"
#include "io/csv.h"
#include "io/file.h"

static void add_row(pl_str *out, const pl_shelf_row *r)
{
    const double numbers[] = {r->u.z, r->u.sold, r->u.wanted, (double)r->reports, r->cases.number, r->cases.low, r->cases.high};
    pl_csv_add(out, r->item);
    pl_str_add(out, ",");
    pl_csv_add(out, r->place);
    pl_str_addf(out, ",%d,%d,%s", r->periods, r->u.censored, r->told ? pl_mechanism_id(r->u.mechanism) : r->periods == 0 ? "reports" : "cannot-be-told");
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        pl_str_add(out, ",");
        pl_str_add_number(out, numbers[k]);
    }
    pl_str_add(out, "\n");
}

static pl_status check_new(const cli_args *args, const char *path, pl_error *err)
{
    return path != NULL && !cli_flag(args, "replace") && pl_path_exists(path) ? pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already")
                                                                              : PL_OK;
}

static pl_status write_tables(const cli_args *args, const pl_shelf *s, pl_error *err)
{
    const char *out = cli_text(args, "output"), *missed = cli_text(args, "missed");
    pl_str text;
    pl_str_init(&text, (size_t)1 << 32);
    pl_str_add(&text, "item,place,periods,empty,mechanism,z,sold,wanted,reports,cases,cases_low,cases_high\n");
    for (size_t k = 0; k < s->n; k++) {
        add_row(&text, &s->row[k]);
    }
    pl_status status = text.failed ? pl_fail_nomem(err, "the table") : PL_OK;
    status = status == PL_OK ? check_new(args, out, err) : status;
    status = status == PL_OK ? check_new(args, missed, err) : status;
    if (status == PL_OK && out != NULL) {
        status = pl_file_write(out, text.text, text.len, err);
    } else if (status == PL_OK) {
        fputs(text.text, stdout);
    }
    status = status == PL_OK && missed != NULL ? pl_missed_save(s, missed, err) : status;
    pl_str_clear(&text);
    return status;
}

int cli_needs_unserved(const cli_args *args)
{
    pl_error err;
    pl_wants *wants = NULL;
    pl_shelf *shelf = NULL;
    const char *reports = cli_text(args, "reports"), *table = args->n_arguments > 0 ? args->argument[0] : NULL;
    pl_status status = pl_wants_new(&wants, &err);
    if (status == PL_OK && table == NULL && reports == NULL) {
        status = pl_fail(&err, PL_USAGE, "SHELF", "a table of shelves, or --reports FILE, or both", "there is nothing to learn from");
    }
    status = status == PL_OK && reports != NULL ? pl_wants_load(wants, true, reports, &err) : status;
    status = status == PL_OK ? pl_shelf_make(table, wants, &shelf, &err) : status;
    status = status == PL_OK ? write_tables(args, shelf, &err) : status;
    pl_shelf_free(shelf);
    pl_wants_free(wants);
    return status != PL_OK ? cli_fail(&err) : 0;
}
