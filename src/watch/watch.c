/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * watch.c - lines of the plan. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "watch/store.h"

static pl_status nomem(pl_error *err)
{
    return pl_fail_nomem(err, "the lines of the plan");
}

pl_status pl_watch_new(pl_watch **out, pl_error *err)
{
    pl_watch *w = PL_NEW0(pl_watch, 1);
    struct pl_watch_store *store = PL_NEW0(struct pl_watch_store, 1);
    if (w == NULL || store == NULL) {
        pl_free(w);
        pl_free(store);
        return nomem(err);
    }
    pl_arena_init(&store->arena, 0);
    pl_map_init(&store->lines);
    pl_map_init(&store->names);
    w->store = store;
    w->last = INT32_MIN;
    *out = w;
    return PL_OK;
}

void pl_watch_free(pl_watch *w)
{
    if (w == NULL) {
        return;
    }
    pl_map_clear(&w->store->lines);
    pl_map_clear(&w->store->names);
    pl_arena_clear(&w->store->arena);
    pl_free(w->store->step);
    pl_free(w->store->step_start);
    pl_free(w->store->name);
    pl_free(w->store);
    pl_free(w->line);
    pl_free(w->report);
    pl_free(w->start);
    pl_free(w);
}

pl_status pl_watch_span(pl_watch *w, pl_tick_kind kind, int32_t first, int32_t periods, pl_error *err)
{
    if (w->kind_known && w->kind != kind) {
        return pl_fail(err, PL_USAGE, "--first", NULL, "the reports are by %s, not by %s", pl_tick_word(w->kind), pl_tick_word(kind));
    }
    if (periods < 1 || periods > 1000000 || first < -1000000000 || first > 1000000000) {
        return pl_fail(err, PL_USAGE, "--periods", NULL, "a plan lasts from 1 to 1,000,000 periods");
    }
    w->kind = kind;
    w->kind_known = true;
    w->first = first;
    w->periods = periods;
    return PL_OK;
}

pl_status pl_watch_keep(pl_watch *w, pl_watch_odd odd, pl_error *err, const char *fmt, ...)
{
    char text[300];
    if (w->n_odd[odd] == PL_WATCH_KEPT) {
        return PL_OK;
    }
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *copy = pl_arena_text(&w->store->arena, text, strlen(text));
    if (copy == NULL) {
        return nomem(err);
    }
    w->odd[odd][w->n_odd[odd]++] = copy;
    return PL_OK;
}

pl_status pl_watch_add_named(pl_watch *w, const char *id, size_t n, int32_t *out, pl_error *err)
{
    struct pl_watch_store *s = w->store;
    int32_t old;
    const char *copy = pl_arena_text(&s->arena, id, n);
    if (copy == NULL || !pl_grow(&w->line, &s->cap_line, (size_t)w->n_lines + 1, sizeof *w->line, PL_WATCH_ROWS)) {
        return nomem(err);
    }
    if (pl_map_put(&s->lines, copy, n, w->n_lines, &old) != PL_OK) {
        return nomem(err);
    }
    if (old >= 0) {
        return pl_fail(err, PL_DATA, copy, "give each line a name of its own", "two lines of the plan have this name");
    }
    w->line[w->n_lines] = (pl_watch_line){copy, "", "", NAN, NAN, NAN, NAN, NAN};
    *out = w->n_lines++;
    return PL_OK;
}

pl_status pl_watch_add(pl_watch *w, const pl_watch_line *line, pl_error *err)
{
    int32_t i;
    const double amounts[] = {line->planned, line->capability, line->potentiality, line->price, line->slack};
    for (size_t k = 0; k < sizeof amounts / sizeof amounts[0]; k++) {
        if (amounts[k] < 0 || isinf(amounts[k])) {
            return pl_fail(err, PL_DATA, line->id, "amounts of a plan are 0 or more", "an amount of this line is %g", amounts[k]);
        }
    }
    pl_status status = pl_watch_add_named(w, line->id, strlen(line->id), &i, err);
    if (status != PL_OK) {
        return status;
    }
    const char *id = w->line[i].id;
    w->line[i] = *line;
    w->line[i].id = id;
    w->line[i].owner = pl_arena_text(&w->store->arena, line->owner, strlen(line->owner));
    w->line[i].parent = pl_arena_text(&w->store->arena, line->parent, strlen(line->parent));
    w->store->any_plan = true;
    return w->line[i].owner != NULL && w->line[i].parent != NULL ? PL_OK : nomem(err);
}

#define NAME_MAX_SHORT 500 /* a longer name must be written in full */

/* The line `kind` and the name, "good:" and "bread". */
static int32_t find_kind(const pl_watch *w, const char *kind, const char *id, size_t n)
{
    char whole[NAME_MAX_SHORT + 8];
    size_t m = strlen(kind);
    memcpy(whole, kind, m);
    memcpy(whole + m, id, n);
    return pl_map_get(&w->store->lines, whole, m + n);
}

int32_t pl_watch_find(const pl_watch *w, const char *id, size_t n)
{
    int32_t found = pl_map_get(&w->store->lines, id, n);
    if (found >= 0 || !w->store->any_plan || n > NAME_MAX_SHORT) {
        return found;
    }
    int32_t recipe = find_kind(w, "recipe:", id, n), good = find_kind(w, "good:", id, n);
    return recipe >= 0 && good >= 0 ? -2 : recipe >= 0 ? recipe : good;
}

pl_status pl_watch_set(pl_watch *w, int32_t line, int32_t tick, double quantity, pl_error *err)
{
    struct pl_watch_store *s = w->store;
    if (!(quantity >= 0) || isinf(quantity)) {
        return pl_fail(err, PL_DATA, w->line[line].id, "amounts of a plan are 0 or more", "the plan of a period is %g", quantity);
    }
    if (!pl_grow(&s->step, &s->cap_step, (size_t)s->n_steps + 1, sizeof *s->step, PL_WATCH_ROWS)) {
        return nomem(err);
    }
    s->step[s->n_steps++] = (pl_watch_step){line, tick, quantity};
    return PL_OK;
}

double pl_watch_planned(const pl_watch *w, int32_t line, int32_t tick)
{
    const struct pl_watch_store *s = w->store;
    if (w->periods < 1 || tick < w->first || tick >= w->first + w->periods) {
        return NAN;
    }
    if (s->step_start != NULL && s->step_start[line] < s->step_start[line + 1]) {
        int32_t low = s->step_start[line], high = s->step_start[line + 1];
        while (low < high) {
            int32_t middle = low + (high - low) / 2;
            if (s->step[middle].tick < tick) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < s->step_start[line + 1] && s->step[low].tick == tick ? s->step[low].quantity : NAN;
    }
    return w->line[line].planned / w->periods;
}

/* ---- A table of plan lines ------------------------------------------------------------------------------------------------------------------ */

pl_status pl_watch_bad(const pl_csv *csv, int32_t column, pl_error *err, const char *hint, const char *fmt, ...)
{
    char place[256], message[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(err, PL_DATA, place, hint, "%s", message);
}

pl_status pl_watch_amount(const pl_csv *csv, int32_t column, double *x, pl_error *err)
{
    *x = NAN;
    if (column < 0 || csv->field[column].n == 0) {
        return PL_OK;
    }
    const pl_csv_field *f = &csv->field[column];
    if (!pl_number_parse(f->text, f->n, x)) {
        return pl_watch_bad(csv, column, err, "write a number, for example 12.5, or leave it blank", "'%.60s' is no number", f->text);
    }
    if (*x < 0) {
        return pl_watch_bad(csv, column, err, "what is taken back is a correction: report the period again", "%s cannot be below zero", csv->header[column]);
    }
    return PL_OK;
}

pl_status pl_watch_tick(pl_watch *w, const pl_csv *csv, int32_t column, int32_t *tick, pl_error *err)
{
    const pl_csv_field *f = &csv->field[column];
    pl_tick_kind kind;
    if (!pl_tick_parse(f->text, f->n, &kind, tick)) {
        return pl_watch_bad(csv, column, err, "write for example 2026-03, 2026-W09, 2026-03-14 or 12", "'%.60s' is no period", f->text);
    }
    if (w->kind_known && w->kind != kind) {
        return pl_watch_bad(csv, column, err, "all reports and the plan must be by the same kind of period", "'%.60s' is a %s, where others are a %s", f->text,
                            pl_tick_word(kind), pl_tick_word(w->kind));
    }
    w->kind = kind;
    w->kind_known = true;
    return PL_OK;
}

enum { LINE, QUANTITY, PERIOD, CAPABILITY, POTENTIALITY, PRICE, SLACK, OWNER, PARENT, LINE_COLUMNS };
static const char *const COLUMN[LINE_COLUMNS] = {"line", "quantity", "period", "capability", "potentiality", "price", "slack", "owner", "parent"};

/* Amounts of a line that is there already, by period: planned is their sum; the rest stays as the first row says. */
static pl_status add_period(pl_watch *w, int32_t line, double quantity, int32_t tick, pl_error *err)
{
    w->line[line].planned = (isnan(w->line[line].planned) ? 0 : w->line[line].planned) + quantity;
    if (w->periods == 0) {
        w->first = tick;
        w->periods = 1;
    }
    int32_t end = w->first + w->periods > tick + 1 ? w->first + w->periods : tick + 1;
    w->first = tick < w->first ? tick : w->first;
    w->periods = end - w->first;
    return pl_watch_set(w, line, tick, quantity, err);
}

static pl_status read_line(pl_watch *w, const pl_csv *csv, const int32_t *column, pl_error *err)
{
    const pl_csv_field *id = &csv->field[column[LINE]];
    double x[LINE_COLUMNS];
    int32_t tick = 0, line = pl_map_get(&w->store->lines, id->text, id->n);
    bool dated = column[PERIOD] >= 0 && csv->field[column[PERIOD]].n > 0;
    pl_status status = id->n > 0 ? PL_OK : pl_watch_bad(csv, column[LINE], err, "give the line a name", "the name of a line is blank");
    for (int k = QUANTITY; k <= SLACK && status == PL_OK; k++) {
        status = k != PERIOD ? pl_watch_amount(csv, column[k], &x[k], err) : PL_OK;
    }
    if (status == PL_OK && isnan(x[QUANTITY])) {
        status = pl_watch_bad(csv, column[QUANTITY], err, "write what is planned, 0 or more", "the quantity is blank");
    }
    if (status == PL_OK && dated) {
        status = pl_watch_tick(w, csv, column[PERIOD], &tick, err);
    }
    if (status == PL_OK && line >= 0 && !dated) {
        status = pl_watch_bad(csv, column[LINE], err, "give each line one row, or a row for each period", "two lines of the plan are called '%.60s'", id->text);
    }
    if (status == PL_OK && line < 0) {
        pl_watch_line new = {.id = id->text, .owner = "", .parent = "", .planned = dated ? NAN : x[QUANTITY],
                             .capability = x[CAPABILITY], .potentiality = x[POTENTIALITY], .price = x[PRICE], .slack = x[SLACK]};
        new.owner = column[OWNER] >= 0 ? csv->field[column[OWNER]].text : "";
        new.parent = column[PARENT] >= 0 ? csv->field[column[PARENT]].text : "";
        line = w->n_lines;
        status = pl_watch_add(w, &new, err);
    }
    return status == PL_OK && dated ? add_period(w, line, x[QUANTITY], tick, err) : status;
}

pl_status pl_watch_read_lines(pl_watch *w, const char *path, pl_error *err)
{
    pl_row_reader rows;
    bool more = true;
    int32_t column[LINE_COLUMNS];
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < LINE_COLUMNS; k++) {
        column[k] = pl_csv_column(&rows.csv, COLUMN[k]);
    }
    if (column[LINE] < 0 || column[QUANTITY] < 0) {
        status = pl_fail(err, PL_DATA, rows.csv.name, "docs/formats/watch.md lists the columns", "there is no column '%s'", column[LINE] < 0 ? "line" : "quantity");
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, err)) == PL_OK && more) {
        status = read_line(w, &rows.csv, column, err);
    }
    if (status == PL_OK && w->n_lines == 0) {
        status = pl_fail(err, PL_DATA, rows.csv.name, NULL, "there is no line in this plan");
    }
    pl_row_reader_close(&rows);
    return status;
}
