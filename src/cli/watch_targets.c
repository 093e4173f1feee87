/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch_targets.c - plenty watch targets: do units announce what they believe? */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/watch.h"
#include "io/file.h"
#include "io/json.h"
#include "io/rows.h"

#define ROWS_MAX ((size_t)1 << 28)
enum { UNIT, TARGET, PROBABILITY, RESULT, COLUMNS };
static const char *const COLUMN[COLUMNS] = {"unit", "target", "probability", "result"};

typedef struct job {
    pl_arena arena;
    pl_map units;
    const char **name;
    int32_t n_units;
    pl_announcement *target;
    size_t n, cap, cap_name;
    int64_t waiting; /* without a result */
    pl_error *err;
} job;

static pl_status number(const job *j, const pl_csv *csv, int32_t column, double *x)
{
    char place[256];
    *x = NAN;
    if (csv->field[column].n == 0 || pl_number_parse(csv->field[column].text, csv->field[column].n, x)) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(j->err, PL_DATA, place, "write a number, for example 12.5", "'%.60s' is no number", csv->field[column].text);
}

static pl_status unit_of(job *j, const pl_csv_field *f, int32_t *out)
{
    int32_t old;
    *out = pl_map_get(&j->units, f->text, f->n);
    if (*out >= 0) {
        return PL_OK;
    }
    const char *copy = pl_arena_text(&j->arena, f->text, f->n);
    if (copy == NULL || !pl_grow(&j->name, &j->cap_name, (size_t)j->n_units + 1, sizeof *j->name, ROWS_MAX) ||
        pl_map_put(&j->units, copy, f->n, j->n_units, &old) != PL_OK) {
        return pl_fail_nomem(j->err, "the targets");
    }
    j->name[j->n_units] = copy;
    *out = j->n_units++;
    return PL_OK;
}

static pl_status add_row(job *j, const pl_csv *csv, const int32_t *column)
{
    pl_announcement t = {.p = 0.5};
    char place[256];
    pl_status status = unit_of(j, &csv->field[column[UNIT]], &t.unit);
    status = status == PL_OK ? number(j, csv, column[TARGET], &t.target) : status;
    status = status == PL_OK ? number(j, csv, column[RESULT], &t.result) : status;
    if (status == PL_OK && column[PROBABILITY] >= 0 && csv->field[column[PROBABILITY]].n > 0) {
        status = number(j, csv, column[PROBABILITY], &t.p);
    }
    pl_csv_place(csv, column[TARGET], place, sizeof place);
    if (status == PL_OK && isnan(t.target)) {
        return pl_fail(j->err, PL_DATA, place, "write what was announced", "the target is blank");
    }
    if (status == PL_OK && !(t.p > 0 && t.p < 1)) {
        pl_csv_place(csv, column[PROBABILITY], place, sizeof place);
        return pl_fail(j->err, PL_DATA, place, "0.5 says: as likely below as above", "a probability lies between 0 and 1, not at %g", t.p);
    }
    if (status != PL_OK || isnan(t.result)) {
        j->waiting += status == PL_OK;
        return status;
    }
    if (!pl_grow(&j->target, &j->cap, j->n + 1, sizeof *j->target, ROWS_MAX)) {
        return pl_fail_nomem(j->err, "the targets");
    }
    j->target[j->n++] = t;
    return PL_OK;
}

static pl_status read_targets(job *j, const char *path)
{
    pl_row_reader rows;
    bool more = true;
    int32_t column[COLUMNS];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, j->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS; k++) {
        column[k] = pl_csv_column(&rows.csv, COLUMN[k]);
        if (column[k] < 0 && k != PROBABILITY && status == PL_OK) {
            status = pl_fail(j->err, PL_DATA, rows.csv.name, "docs/formats/watch.md lists the columns", "there is no column '%s'", COLUMN[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, j->err)) == PL_OK && more) {
        status = add_row(j, &rows.csv, column);
    }
    pl_row_reader_close(&rows);
    return status;
}

static pl_status save(const job *j, const cli_args *args, const pl_calibration_of *c)
{
    const char *path = cli_text(args, "output");
    pl_str s;
    pl_str_init(&s, (size_t)1 << 32);
    pl_str_add(&s, "unit,announcements,announced_below,came_below,z,by_chance,pads,loss,just_above,just_below,bunched_by_chance\n");
    for (int32_t i = 0; i < j->n_units; i++) {
        const double numbers[] = {c[i].n, c[i].announced, c[i].came, c[i].z, c[i].exceeded, c[i].pads, c[i].loss, c[i].above, c[i].below, c[i].bunched};
        pl_csv_add(&s, j->name[i]);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            pl_str_add(&s, ",");
            pl_str_add_number(&s, numbers[k]);
        }
        pl_str_add(&s, "\n");
    }
    pl_status status = s.failed ? pl_fail_nomem(j->err, "the table") : PL_OK;
    if (status == PL_OK && !cli_flag(args, "replace") && pl_path_exists(path)) {
        status = pl_fail(j->err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    status = status == PL_OK ? pl_file_write(path, s.text, s.len, j->err) : status;
    pl_str_clear(&s);
    return status;
}

static void print(const job *j, const pl_calibration_of *c)
{
    cli_table t;
    int32_t shown = 0;
    printf("%zu announcements of %d units with results; %lld wait for theirs\n", j->n, j->n_units, (long long)j->waiting);
    cli_table_start(&t, "lrrrrl");
    cli_table_heading(&t, "unit\tannouncements\tbelow, as announced\tbelow, as it came\tloss\t");
    for (int32_t i = 0; i < j->n_units && shown < CLI_ROWS - 2; i++, shown++) {
        char loss[PL_NUMBER_MAX] = "-";
        if (!isnan(c[i].loss)) {
            snprintf(loss, sizeof loss, "%.1f %%", 100 * c[i].loss);
        }
        cli_table_row(&t, "%s\t%d\t%.0f %%\t%.0f %%\t%s\t%s%s", j->name[i], c[i].n, 100 * c[i].announced / fmax(1, c[i].n), 100 * c[i].came / fmax(1, c[i].n), loss,
                      c[i].pads ? "does better than it says: pads" : "", c[i].bunched < 0.01 ? "; results bunch just above targets" : "");
    }
    cli_table_print(&t, stdout);
    if (shown < j->n_units) {
        printf("... and %d more units: --output writes them all\n", j->n_units - shown);
    }
}

static pl_status print_json(const job *q, const pl_calibration_of *c)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "announcements", (int64_t)q->n);
    pl_json_put_int(&j, "waiting", q->waiting);
    pl_json_key(&j, "units");
    pl_json_array(&j);
    for (int32_t i = 0; i < q->n_units; i++) {
        pl_json_object(&j);
        pl_json_put_text(&j, "unit", q->name[i]);
        pl_json_put_int(&j, "announcements", c[i].n);
        pl_json_put_number(&j, "announced_below", c[i].announced);
        pl_json_put_number(&j, "came_below", c[i].came);
        pl_json_put_number(&j, "by_chance", c[i].exceeded);
        pl_json_put_bool(&j, "pads", c[i].pads);
        pl_json_put_number(&j, "loss", c[i].loss);
        pl_json_put_number(&j, "bunched_by_chance", c[i].bunched);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, q->err);
}

static pl_status run(job *j, const cli_args *args)
{
    pl_status status = read_targets(j, args->argument[0]);
    pl_calibration_of *c = PL_NEW(pl_calibration_of, j->n_units);
    if (status == PL_OK && c == NULL) {
        status = pl_fail_nomem(j->err, "the targets");
    }
    if (status == PL_OK && j->n == 0) {
        status = pl_fail(j->err, PL_DATA, args->argument[0], NULL, "there is no announcement with a result");
    }
    status = status == PL_OK ? pl_targets_score(j->target, (int64_t)j->n, j->n_units, c, j->err) : status;
    status = status == PL_OK && cli_text(args, "output") != NULL ? save(j, args, c) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(j, c);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print(j, c);
    }
    pl_free(c);
    return status;
}

int cli_watch_targets(const cli_args *args)
{
    pl_error err;
    job j = {.err = &err};
    pl_arena_init(&j.arena, 0);
    pl_map_init(&j.units);
    pl_status status = run(&j, args);
    pl_map_clear(&j.units);
    pl_arena_clear(&j.arena);
    pl_free(j.name);
    pl_free(j.target);
    return status != PL_OK ? cli_fail(&err) : 0;
}
