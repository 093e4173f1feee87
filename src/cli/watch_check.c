/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch_check.c - plenty watch check: do the books of those who made, received and sold something agree? */
#include <math.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/watch.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json.h"

static const char *z(double x, char out[PL_NUMBER_MAX])
{
    snprintf(out, PL_NUMBER_MAX, isnan(x) ? "-" : "%.1f", x);
    return out;
}

static void print_suspects(const pl_books *b, const pl_book *book)
{
    cli_table t;
    int rows = 0;
    cli_table_start(&t, "llrrrrr");
    cli_table_heading(&t, "unit\tpads, it seems\tclaimed\ttoo much by\tbalance\tinputs\ttills");
    for (int32_t i = 0; i < b->n && rows < CLI_ROWS - 1; i++) {
        if (book[i].suspicion != PL_NOT_SUSPECT) {
            bool alone = book[i].suspicion == PL_PADS_ALONE;
            char text[5][PL_NUMBER_MAX];
            pl_number_for_people(b->claim[i], text[0]);
            pl_number_for_people(alone ? book[i].alone_amount : book[i].together_amount, text[1]);
            cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s\t%s", b->unit[i], alone ? "alone" : "with those who signed", text[0], text[1], z(book[i].balance, text[2]),
                          z(book[i].technology, text[3]), z(book[i].till, text[4]));
            rows++;
        }
    }
    cli_table_print(&t, stdout);
    printf("(balance, inputs, tills: how many sd the claim lies above what was received, what the inputs used allow, what tills saw)\n"
           "A suspicion is a reason to go and look, not a verdict.\n");
}

static void print_outside(const pl_books *b)
{
    printf("%d units, %lld flows", b->n, (long long)b->n_flows);
    for (int32_t k = 0; k < b->n_outside && k < 8; k++) {
        printf("%s ", k == 0 ? "; that claim nothing:" : ",");
        cli_print_safely(b->outside[k], stdout);
    }
    printf("%s\n", b->n_outside > 8 ? ", ..." : "");
}

static void write_units(const pl_books *b, const pl_book *book, const double *reconciled, pl_str *out)
{
    pl_str_add(out, "unit,claimed,reconciled,balance_z,technology_z,till_z,alone_z,alone_amount,together_z,together_amount,suspicion\n");
    for (int32_t i = 0; i < b->n; i++) {
        const double numbers[] = {b->claim[i], reconciled[b->n_flows + i], book[i].balance, book[i].technology, book[i].till,
                                  book[i].alone, book[i].alone_amount, book[i].together, book[i].together_amount};
        pl_csv_add(out, b->unit[i]);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            pl_str_add(out, ",");
            pl_str_add_number(out, numbers[k]);
        }
        pl_str_addf(out, ",%s\n", pl_suspicion_word(book[i].suspicion));
    }
}

static void write_flows(const pl_books *b, const double *reconciled, pl_str *out)
{
    pl_str_add(out, "from,to,received,reconciled\n");
    for (int64_t f = 0; f < b->n_flows; f++) {
        const pl_flow *x = &b->flow[f];
        pl_csv_add(out, x->from >= 0 ? b->unit[x->from] : b->outside[-1 - x->from]);
        pl_str_add(out, ",");
        pl_csv_add(out, x->to >= 0 ? b->unit[x->to] : "final users");
        pl_str_add(out, ",");
        pl_str_add_number(out, x->quantity);
        pl_str_add(out, ",");
        pl_str_add_number(out, reconciled[f]);
        pl_str_add(out, "\n");
    }
}

static pl_status save(const cli_args *args, const pl_books *b, const pl_book *book, const double *reconciled, pl_error *err)
{
    pl_folder folder;
    pl_str units, flows;
    pl_str_init(&units, (size_t)1 << 32);
    pl_str_init(&flows, (size_t)1 << 32);
    write_units(b, book, reconciled, &units);
    write_flows(b, reconciled, &flows);
    pl_status status = units.failed || flows.failed ? pl_fail_nomem(err, "the tables")
                                                    : pl_folder_begin(&folder, cli_text(args, "output"), "books.csv", cli_flag(args, "replace"), err);
    if (status == PL_OK) {
        status = pl_folder_add(&folder, "books.csv", units.text, units.len, err);
        status = status == PL_OK ? pl_folder_add(&folder, "reconciled.csv", flows.text, flows.len, err) : status;
        status = status == PL_OK ? pl_folder_commit(&folder, err) : status;
        pl_folder_abort(&folder);
    }
    pl_str_clear(&units);
    pl_str_clear(&flows);
    return status;
}

static pl_status print_json(const pl_books *b, const pl_book *book, const pl_books_report *r, pl_error *err)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "units", b->n);
    pl_json_put_int(&j, "residuals", r->residuals);
    pl_json_put_number(&j, "chi_squared", r->chi2);
    pl_json_put_number(&j, "by_chance", r->p);
    pl_json_put_number(&j, "limit", r->limit);
    pl_json_key(&j, "suspects");
    pl_json_array(&j);
    for (int32_t i = 0; i < b->n; i++) {
        if (book[i].suspicion != PL_NOT_SUSPECT) {
            bool alone = book[i].suspicion == PL_PADS_ALONE;
            pl_json_object(&j);
            pl_json_put_text(&j, "unit", b->unit[i]);
            pl_json_put_text(&j, "pads", pl_suspicion_word(book[i].suspicion));
            pl_json_put_number(&j, "claimed", b->claim[i]);
            pl_json_put_number(&j, "too_much", alone ? book[i].alone_amount : book[i].together_amount);
            pl_json_put_number(&j, "z", alone ? book[i].alone : book[i].together);
            pl_json_end(&j);
        }
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, err);
}

static pl_status read_settings(const cli_args *args, pl_books_settings *out, pl_error *err)
{
    const struct {
        const char *option;
        double *x;
    } parts[] = {{"claim-error", &out->claim}, {"receipt-error", &out->receipt}, {"till-error", &out->till}, {"coefficient-error", &out->coefficient},
                 {"productivity", &out->productivity}, {"family", &out->family}};
    pl_status status = PL_OK;
    *out = (pl_books_settings){0};
    for (size_t k = 0; k < sizeof parts / sizeof parts[0] && status == PL_OK; k++) {
        status = cli_part(args, parts[k].option, 0, parts[k].x, err);
        if (status == PL_OK && !(*parts[k].x >= 0 && *parts[k].x < 1)) {
            char subject[64];
            snprintf(subject, sizeof subject, "--%s", parts[k].option);
            status = pl_fail(err, PL_USAGE, subject, "a part between 0 and 1, as 0.02 or 2%", "%g cannot be", *parts[k].x);
        }
    }
    return status;
}

static pl_status run(const cli_args *args, const pl_books *b, const pl_books_settings *set, pl_error *err)
{
    pl_books_report report;
    pl_book *book = PL_NEW(pl_book, b->n);
    double *reconciled = PL_NEW(double, b->n_flows + b->n);
    pl_status status = book != NULL && reconciled != NULL ? pl_books_check(b, set, book, reconciled, &report, err) : pl_fail_nomem(err, "the books");
    if (status == PL_OK && cli_text(args, "output") != NULL) {
        status = save(args, b, book, reconciled, err);
    }
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(b, book, &report, err);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_outside(b);
        printf("All %d residuals together: chi squared %.1f; as large by chance in %.2g %%\n", report.residuals, report.chi2, 100 * report.p);
        printf("A unit is suspect above %.2f sd: then all tests together accuse somebody wrongly in one of %.0f checks\n", report.limit, 1 / (set->family > 0 ? set->family : 0.01));
        if (report.suspects == 0) {
            printf("Nobody is suspect\n");
        } else {
            print_suspects(b, book);
        }
    }
    pl_free(book);
    pl_free(reconciled);
    return status;
}

int cli_watch_check(const cli_args *args)
{
    pl_error err;
    pl_books *b = NULL;
    pl_books_settings set;
    pl_status status = read_settings(args, &set, &err);
    if (status == PL_OK) {
        status = pl_books_read(args->argument[0], args->argument[1], cli_text(args, "techniques"), cli_text(args, "tills"), &set, &b, &err);
    }
    status = status == PL_OK ? run(args, b, &set, &err) : status;
    pl_books_free(b);
    return status != PL_OK ? cli_fail(&err) : 0;
}
