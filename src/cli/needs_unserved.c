/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_unserved.c - plenty needs unserved: what empty shelves hid. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/str.h"
#include "cli/needs.h"
#include "io/csv.h"
#include "io/file.h"

static const char *mechanism(const pl_shelf_row *r)
{
    return r->told ? pl_mechanism_id(r->u.mechanism) : r->periods == 0 ? "reports" : "cannot-be-told";
}

static void add_row(pl_str *out, const pl_shelf_row *r)
{
    const double numbers[] = {r->u.z, r->u.sold, r->u.wanted, (double)r->reports, r->cases.number, r->cases.low, r->cases.high};
    pl_csv_add(out, r->item);
    pl_str_add(out, ",");
    pl_csv_add(out, r->place);
    pl_str_addf(out, ",%d,%d,%s", r->periods, r->u.censored, mechanism(r));
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        pl_str_add(out, ",");
        pl_str_add_number(out, numbers[k]);
    }
    pl_str_add(out, "\n");
}

/* In words: how it was found, and how sure the choice is. */
static void say_how(const pl_shelf_row *r, char *out, size_t size)
{
    static const char *const how[] = {"divided by the time on the shelf", "ran out by chance: the other periods count", "ran out when much was wanted: Tobit"};
    if (!r->told) {
        snprintf(out, size, "%s", r->periods == 0 ? "by reports alone" : "cannot be told");
    } else if (r->u.mechanism == PL_SHELF_KNOWN || isnan(r->u.z)) {
        snprintf(out, size, "%s", how[r->u.mechanism]);
    } else {
        snprintf(out, size, "%s (z %.1f)", how[r->u.mechanism], r->u.z);
    }
}

/* Two lists: how many cases there were, those that nobody reported among them. */
static void say_cases(const pl_shelf_row *r, char *out, size_t size)
{
    char n[PL_NUMBER_MAX], low[PL_NUMBER_MAX], high[PL_NUMBER_MAX];
    out[0] = '\0';
    if (r->reports > 0) {
        pl_number_for_people(r->cases.number, n);
        pl_number_for_people(r->cases.low, low);
        pl_number_for_people(r->cases.high, high);
        snprintf(out, size, "%s (%s to %s)", n, low, high);
    }
}

static void print_rows(const pl_shelf *s)
{
    cli_table t;
    cli_table_start(&t, "lrrrrrrl");
    cli_table_heading(&t, "item\tran out\tsold\twanted\tmissed\treports\tcases (95 %)\thow it was found");
    for (size_t k = 0; k < s->n; k++) {
        const pl_shelf_row *r = &s->row[k];
        char sold[PL_NUMBER_MAX] = "", wanted[PL_NUMBER_MAX] = "", missed[16] = "", ran_out[32] = "", how[96], cases[3 * PL_NUMBER_MAX + 8];
        say_how(r, how, sizeof how);
        say_cases(r, cases, sizeof cases);
        if (r->periods > 0) {
            snprintf(ran_out, sizeof ran_out, "%d of %d", r->u.censored, r->periods);
        }
        if (r->told) {
            pl_number_for_people(r->u.sold, sold);
            pl_number_for_people(r->u.wanted, wanted);
        }
        if (r->told && r->u.wanted > 0) {
            snprintf(missed, sizeof missed, "%.0f %%", 100 * (1 - r->u.sold / r->u.wanted));
        }
        cli_table_row(&t, "%s%s%s\t%s\t%s\t%s\t%s\t%lld\t%s\t%s", r->item, r->place[0] != '\0' ? ", " : "", r->place, ran_out, sold, wanted, missed, (long long)r->reports, cases,
                      how);
    }
    cli_table_print(&t, stdout);
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
    status = status == PL_OK && out != NULL ? pl_file_write(out, text.text, text.len, err) : status;
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
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_rows(shelf);
    }
    pl_shelf_free(shelf);
    pl_wants_free(wants);
    return status != PL_OK ? cli_fail(&err) : 0;
}
