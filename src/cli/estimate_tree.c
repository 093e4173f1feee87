/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate_tree.c - `plenty needs reconcile`: estimates of parts and of wholes that are to add up. */
#include <math.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/estimate.h"
#include "io/json.h"

typedef struct tree {
    const cli_args *args;
    pl_error *err;
    pl_frame table;
    double *estimate, *error;
    pl_map row_of;             /* of each series */
    int32_t *number;           /* of each row: leaves first, then sums */
    bool *is_sum;
    int32_t n_leaves, n_sums;
    int64_t *start;            /* of each leaf: its sums */
    int32_t *sums, *mark, *stack;
    size_t cap_sums;
    double *z, *freedom, *x;   /* by number */
} tree;

static void tree_clear(tree *t)
{
    void *own[] = {t->estimate, t->error, t->number, t->is_sum, t->start, t->sums, t->mark, t->stack, t->z, t->freedom, t->x};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    pl_map_clear(&t->row_of);
    pl_frame_clear(&t->table);
}

/* Calls for every name in the column part_of of a row: names are separated by "|". */
static pl_status parents_of(tree *t, int32_t row, int32_t column, pl_status (*fn)(tree *t, int32_t row, int32_t parent))
{
    const char *text = pl_frame_cell(&t->table, row, column);
    pl_status status = PL_OK;
    while (*text != '\0' && status == PL_OK) {
        size_t n = strcspn(text, "|");
        int32_t parent = pl_map_get(&t->row_of, text, n);
        if (parent < 0 || parent == row) {
            return pl_frame_fail(&t->table, row, t->err, "name series of this table, separated by |", "\"%.*s\" is no other series", (int)n, text);
        }
        status = fn(t, row, parent);
        text += n + (text[n] == '|');
    }
    return status;
}

static pl_status mark_sum(tree *t, int32_t row, int32_t parent)
{
    (void)row;
    t->is_sum[parent] = true;
    return PL_OK;
}

static pl_status push(tree *t, int32_t row, int32_t parent)
{
    (void)row;
    if (t->mark[parent] != t->mark[t->table.n_rows]) {
        t->mark[parent] = t->mark[t->table.n_rows];
        t->stack[t->table.n_rows + 1]++;
        t->stack[t->stack[t->table.n_rows + 1] - 1] = parent;
    }
    return PL_OK;
}

/* All sums above a leaf, by whatever way, each once. */
static pl_status sums_of_leaf(tree *t, int32_t row, int32_t column)
{
    int32_t n = t->table.n_rows, *depth = &t->stack[n + 1];
    t->mark[n]++; /* a new round */
    *depth = 0;
    pl_status status = parents_of(t, row, column, push);
    for (int32_t at = 0; at < *depth && status == PL_OK; at++) {
        int32_t sum = t->stack[at];
        size_t count = (size_t)t->start[t->n_leaves];
        if (!pl_grow(&t->sums, &t->cap_sums, count + 1, sizeof *t->sums, SIZE_MAX / 64)) {
            return pl_fail_nomem(t->err, "the sums");
        }
        t->sums[count] = sum;
        t->start[t->n_leaves]++;
        status = parents_of(t, sum, column, push);
    }
    return status;
}

static pl_status read_tree(tree *t)
{
    int32_t series, part_of, column, old;
    pl_frame *f = &t->table;
    pl_status status = pl_frame_load(t->args->argument[0], f, t->err);
    status = status == PL_OK ? pl_frame_column(f, "series", &series, t->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "part_of", &part_of, t->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "estimate", &column, t->err) : status;
    if (status != PL_OK) {
        return status;
    }
    int64_t n = f->n_rows;
    t->number = PL_NEW(int32_t, n);
    t->is_sum = PL_NEW0(bool, n);
    t->start = PL_NEW0(int64_t, n + 2);
    t->mark = PL_NEW0(int32_t, n + 1);
    t->stack = PL_NEW0(int32_t, n + 2);
    status = t->number != NULL && t->is_sum != NULL && t->start != NULL && t->mark != NULL && t->stack != NULL ? PL_OK : pl_fail_nomem(t->err, "the sums");
    status = status == PL_OK ? estimate_numbers(n, &t->estimate, t->err) : status;
    status = status == PL_OK ? pl_frame_numbers(f, column, false, t->estimate, t->err) : status;
    column = pl_frame_find(f, "error");
    status = status == PL_OK ? estimate_numbers(n, &t->error, t->err) : status;
    if (status == PL_OK && column >= 0) {
        status = pl_frame_numbers(f, column, false, t->error, t->err);
    }
    for (int32_t r = 0; r < n && status == PL_OK; r++) {
        const char *name = pl_frame_cell(f, r, series);
        status = pl_map_put(&t->row_of, name, strlen(name), r, &old) == PL_OK ? PL_OK : pl_fail_nomem(t->err, "the sums");
        if (status == PL_OK && old >= 0) {
            status = pl_frame_fail(f, r, t->err, NULL, "the series \"%.60s\" is there twice", name);
        }
        if (status == PL_OK && column >= 0 && !(t->error[r] >= 0)) {
            status = pl_frame_fail(f, r, t->err, "0 holds an estimate as it is", "an error cannot be below 0");
        }
    }
    for (int32_t r = 0; r < n && status == PL_OK; r++) {
        status = parents_of(t, r, part_of, mark_sum);
    }
    for (int32_t r = 0; r < n && status == PL_OK; r++) {
        if (!t->is_sum[r]) {
            status = sums_of_leaf(t, r, part_of);
            t->number[r] = t->n_leaves++;
            t->start[t->n_leaves] = t->start[t->n_leaves - 1];
        }
    }
    for (int32_t r = 0; r < n && status == PL_OK; r++) {
        if (t->is_sum[r]) {
            t->number[r] = t->n_leaves + t->n_sums++;
        }
    }
    return status;
}

/* Freedom: squares of the errors; without them, how many leaves stand in a series (structural weights, Athanasopoulos et al. 2017). */
static pl_status number_tree(tree *t)
{
    int64_t n = t->table.n_rows;
    bool with_errors = pl_frame_find(&t->table, "error") >= 0;
    pl_status status = estimate_numbers(n, &t->z, t->err);
    status = status == PL_OK ? estimate_numbers(n, &t->freedom, t->err) : status;
    status = status == PL_OK ? estimate_numbers(n, &t->x, t->err) : status;
    for (int32_t r = 0; r < n && status == PL_OK; r++) {
        t->z[t->number[r]] = t->estimate[r];
        t->freedom[t->number[r]] = with_errors ? t->error[r] * t->error[r] : !t->is_sum[r];
    }
    for (int64_t e = 0; status == PL_OK && e < t->start[t->n_leaves]; e++) {
        int32_t number = t->number[t->sums[e]];
        t->freedom[number] += with_errors ? 0 : 1;
        t->sums[e] = number - t->n_leaves;
    }
    return status;
}

static void tell_clash(const tree *t, const pl_reconciled *r, char *out, size_t size)
{
    size_t at = 0;
    int32_t series = pl_frame_find(&t->table, "series");
    out[0] = '\0';
    for (int32_t i = 0; i < r->n_clash; i++) {
        for (int32_t row = 0; row < t->table.n_rows && at + 80 < size; row++) {
            if (t->number[row] == t->n_leaves + r->clash[i]) {
                at += (size_t)snprintf(out + at, size - at, "%s%.60s", i > 0 ? ", " : "", pl_frame_cell(&t->table, row, series));
            }
        }
    }
}

static pl_status solve_tree(tree *t, pl_reconciled *r)
{
    pl_constraints c;
    double *low = NULL;
    bool positive = cli_flag(t->args, "nonnegative");
    pl_progress progress = cli_progress(cli_flag(t->args, "quiet"));
    pl_status status = pl_constraints_sums(t->n_leaves, t->n_sums, t->start, t->sums, &c, t->err);
    if (status != PL_OK) {
        return status;
    }
    status = positive ? estimate_numbers(t->table.n_rows, &low, t->err) : PL_OK;
    pl_reconcile_settings set = {.freedom = t->freedom, .low = low, .progress = &progress};
    status = status == PL_OK ? pl_reconcile(&c, t->z, &set, t->x, NULL, r, t->err) : status;
    cli_progress_done();
    pl_constraints_free(&c);
    pl_free(low);
    if (status == PL_OK && r->outcome != PL_RECONCILED) {
        char list[300];
        tell_clash(t, r, list, sizeof list);
        status = pl_fail(t->err, r->outcome == PL_UNFINISHED ? PL_NUMERIC : PL_DATA, t->table.name,
                         "an error of 0 holds an estimate as it is: give those that may move one above 0", "these sums cannot be kept: %s", list);
    }
    return status;
}

static pl_status write_tree(const tree *t)
{
    pl_str text;
    if (cli_text(t->args, "output") == NULL) {
        return PL_OK;
    }
    pl_str_init(&text, (size_t)1 << 33);
    estimate_add_row(&text, &t->table, -1);
    pl_str_add(&text, ",reconciled\n");
    for (int32_t r = 0; r < t->table.n_rows; r++) {
        estimate_add_row(&text, &t->table, r);
        pl_str_add(&text, ",");
        pl_str_add_number(&text, t->x[t->number[r]]);
        pl_str_add(&text, "\n");
    }
    pl_status status = estimate_write(t->args, &text, t->err);
    pl_str_clear(&text);
    return status;
}

static void print_tree(const tree *t, const pl_reconciled *r)
{
    double gap = 0, moved = 0, size = 0;
    for (int32_t s = 0; s < t->n_sums; s++) {
        gap = fmax(gap, fabs(t->x[t->n_leaves + s] - t->z[t->n_leaves + s]));
    }
    for (int32_t i = 0; i < t->n_leaves; i++) {
        moved += fabs(t->x[i] - t->z[i]);
        size += fabs(t->z[i]);
    }
    printf("%d leaves and %d sums now add up, to %.1e (%d steps)\n", t->n_leaves, t->n_sums, r->residual, r->steps);
    printf("  leaves moved by %.3g %% of their size in all; a sum by %.6g at most", size > 0 ? 100 * moved / size : 0, gap);
    if (r->n_bound > 0) {
        printf("; %d that would have been negative are 0", r->n_bound);
    }
    printf("\n");
}

int cli_needs_reconcile(const cli_args *args)
{
    pl_error err;
    pl_reconciled report;
    tree t = {.args = args, .err = &err};
    pl_map_init(&t.row_of);
    pl_status status = estimate_check_output(args, &err);
    status = status == PL_OK ? read_tree(&t) : status;
    status = status == PL_OK ? number_tree(&t) : status;
    status = status == PL_OK ? solve_tree(&t, &report) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        printf("{\"leaves\": %d, \"sums\": %d, \"residual\": %.3g, \"steps\": %d, \"at_zero\": %d}\n", t.n_leaves, t.n_sums, report.residual,
               report.steps, report.n_bound);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_tree(&t, &report);
    }
    status = status == PL_OK ? write_tree(&t) : status;
    tree_clear(&t);
    return status != PL_OK ? cli_fail(&err) : 0;
}
