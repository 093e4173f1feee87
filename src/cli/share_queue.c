/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_queue.c - plenty share queue: figures of shortage. */
#include <math.h>

#include <plenty/share.h>

#include "base/number.h"
#include "cli/cli.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json.h"

static const char *part(double x, char out[CLI_NUMBER])
{
    return isnan(x) ? "-" : cli_percent(x, out);
}

static void add_words(cli_table *t, const pl_queue *q)
{
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], d[CLI_NUMBER], e[CLI_NUMBER], f[CLI_NUMBER];
    cli_table_row(t, "%s\t%s\t%s\t%s\t%s\t%lld\t%s\t%s", q->id, part(pl_queue_availability(q), a), part(pl_queue_fill(q), b), q->orders > 0 ? cli_amount(q->hours, c) : "-",
                  part(pl_queue_instead(q), d), (long long)q->waiting, q->waiting > 0 ? cli_amount(q->median, e) : "-", q->waiting > 0 ? cli_amount(q->longest, f) : "-");
}

static void print_words(const pl_queues *q)
{
    static cli_table t;
    cli_table_start(&t, "lrrrrrrr");
    cli_table_heading(&t, "good\ton shelf\tfilled\thours queued\tinstead\twaiting\tmedian days\tlongest");
    for (int32_t g = 0; g < q->n && t.rows < CLI_ROWS - 2; g++) {
        add_words(&t, &q->good[g]);
    }
    add_words(&t, &q->all);
    cli_table_print(&t, stdout);
    printf("\non shelf: part of the open minutes in which the good was there; filled: part of what was ordered; instead: taken because there was none, of what was wanted\n");
}

static void add_json(pl_json *j, const pl_queue *q)
{
    pl_json_object(j);
    pl_json_put_text(j, "good", q->id);
    pl_json_put_number(j, "availability", pl_queue_availability(q));
    pl_json_put_number(j, "fill_rate", pl_queue_fill(q));
    pl_json_put_int(j, "orders", q->orders);
    pl_json_put_number(j, "hours", q->hours);
    pl_json_put_number(j, "forced_substitution", pl_queue_instead(q));
    pl_json_put_int(j, "waiting", q->waiting);
    pl_json_put_number(j, "median_days", q->median);
    pl_json_put_number(j, "longest_days", q->longest);
    pl_json_end(j);
}

static void print_json(const pl_queues *q)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_key(&j, "goods");
    pl_json_array(&j);
    for (int32_t g = 0; g < q->n; g++) {
        add_json(&j, &q->good[g]);
    }
    pl_json_end(&j);
    pl_json_key(&j, "all");
    add_json(&j, &q->all);
    pl_json_end(&j);
    fputs(out.text, stdout);
    putchar('\n');
    pl_str_clear(&out);
}

int cli_share_queue(const cli_args *args)
{
    pl_error err;
    pl_queues *q = NULL;
    pl_status status = pl_queues_load(args->argument[0], &q, &err);
    if (status == PL_OK && cli_flag(args, "json")) {
        print_json(q);
    } else if (status == PL_OK) {
        print_words(q);
    }
    pl_queues_free(q);
    return status != PL_OK ? cli_fail(&err) : 0;
}
