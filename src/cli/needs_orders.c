/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs_orders.c - plenty needs orders: what was ordered, as needs of an economy, without any receipts. */
#include <time.h>

#include "base/number.h"
#include "cli/needs.h"

#define LISTED 40     /* items in a table for people */
#define REPORTS_OF 91 /* days back, unless --since */

void needs_print_wants(const pl_item_wants *sum, size_t n, int32_t since, int32_t from, int32_t until)
{
    cli_table t;
    char first[PL_DATE_TEXT], last[PL_DATE_TEXT], begin[PL_DATE_TEXT], amount[PL_NUMBER_MAX], missed[PL_NUMBER_MAX], all[PL_NUMBER_MAX];
    printf("ordered for %s to %s, missed since %s\n", pl_day_text(from, first), pl_day_text(until, last), pl_day_text(since, begin));
    if (n == 0) {
        puts("nobody has ordered anything, or missed anything");
        return;
    }
    cli_table_start(&t, "lrrrrrr");
    cli_table_heading(&t, "good\tordered\tby\tnot there\tcases\tall cases\twant it in all");
    for (size_t k = 0; k < n && k < LISTED; k++) {
        const pl_item_wants *w = &sum[k];
        pl_number_for_people(w->ordered, amount);
        pl_number_for_people(w->missed, missed);
        pl_number_for_people(w->cases.number, all);
        char people[64];
        snprintf(people, sizeof people, w->both > 0 ? "%.0f (%.0f - %.0f)" : "%.0f", w->both > 0 ? w->people.number : (double)(w->ordering + w->missing), w->people.low, w->people.high);
        cli_table_row(&t, "%s\t%s\t%lld\t%s\t%lld\t%s\t%s", w->item, amount, (long long)w->ordering, missed, (long long)(w->seen[0] + w->seen[1] - w->seen_both), all, people);
    }
    cli_table_print(&t, stdout);
    if (n > LISTED) {
        printf("and %zu more\n", n - LISTED);
    }
}

int cli_needs_orders(const cli_args *args)
{
    pl_error err;
    pl_wants *wants = NULL;
    pl_forecast *f = NULL;
    int32_t since = 0, from = 0, until = 0;
    const char *reports = cli_text(args, "reports");
    pl_status status = needs_day(args, "from", (int32_t)(time(NULL) / 86400), &from, &err);
    status = status == PL_OK ? needs_day(args, "until", from + 364, &until, &err) : status;
    status = status == PL_OK ? needs_day(args, "since", from - REPORTS_OF, &since, &err) : status;
    if (status == PL_OK && from > until) {
        status = pl_fail(&err, PL_USAGE, "--until", NULL, "the last day is before the first");
    }
    status = status == PL_OK ? pl_wants_new(&wants, &err) : status;
    status = status == PL_OK ? pl_wants_load(wants, false, args->argument[0], &err) : status;
    status = status == PL_OK && reports != NULL ? pl_wants_load(wants, true, reports, &err) : status;
    status = status == PL_OK ? pl_forecast_of_wants(wants, since, from, until, &f, &err) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        needs_print_wants(f->wants, f->n_wants, since, from, until);
    }
    status = status == PL_OK ? needs_write_economy(args, f, &err) : status;
    pl_forecast_free(f);
    pl_wants_free(wants);
    return status != PL_OK ? cli_fail(&err) : 0;
}
