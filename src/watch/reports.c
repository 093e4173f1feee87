/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * reports.c - reports are read, put in order and corrected; what is odd about them is counted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/number.h"
#include "watch/store.h"

enum { LINE, PERIOD, QUANTITY, CAPABILITY, POTENTIALITY, BY, AT, COLUMNS };
static const char *const COLUMN[COLUMNS] = {"line", "period", "quantity", "capability", "potentiality", "by", "at"};

const char *pl_watch_name(const pl_watch *w, int32_t by)
{
    return by >= 0 && by < w->store->n_names ? w->store->name[by] : "";
}

static pl_status nomem(pl_error *err)
{
    return pl_fail_nomem(err, "the reports");
}

/* "2026-03-14", "2026-03-14T10:30", "2026-03-14 10:30:05Z": seconds since 1970, as if in Greenwich. */
static pl_status read_at(const pl_csv *csv, int32_t column, int64_t *at, pl_error *err)
{
    int32_t day;
    int64_t part[3] = {0};
    *at = INT64_MIN;
    if (column < 0 || csv->field[column].n == 0) {
        return PL_OK;
    }
    const pl_csv_field *f = &csv->field[column];
    size_t n = f->n - (f->text[f->n - 1] == 'Z');
    int parts = n == 10 ? 0 : n == 16 ? 2 : 3; /* of the time of day */
    bool right = (n == 10 || n == 16 || n == 19) && pl_calendar_parse(f->text, n, &day);
    for (int k = 0; k < parts && right; k++) {
        right = (k == 0 || f->text[10 + 3 * k] == ':') && pl_integer_parse(f->text + 11 + 3 * k, 2, &part[k]) && part[k] >= 0 && part[k] < (k == 0 ? 24 : 60);
    }
    if (!right) {
        return pl_watch_bad(csv, column, err, "write for example 2026-03-14 or 2026-03-14T10:30", "'%.60s' is no time", f->text);
    }
    *at = (int64_t)day * 86400 + part[0] * 3600 + part[1] * 60 + part[2];
    return PL_OK;
}

static pl_status read_by(pl_watch *w, const pl_csv *csv, int32_t column, int32_t *by, pl_error *err)
{
    struct pl_watch_store *s = w->store;
    *by = -1;
    if (column < 0 || csv->field[column].n == 0) {
        return PL_OK;
    }
    const pl_csv_field *f = &csv->field[column];
    *by = pl_map_get(&s->names, f->text, f->n);
    if (*by >= 0) {
        return PL_OK;
    }
    int32_t old;
    const char *copy = pl_arena_text(&s->arena, f->text, f->n);
    if (copy == NULL || !pl_grow(&s->name, &s->cap_name, (size_t)s->n_names + 1, sizeof *s->name, PL_WATCH_ROWS) ||
        pl_map_put(&s->names, copy, f->n, s->n_names, &old) != PL_OK) {
        return nomem(err);
    }
    s->name[s->n_names] = copy;
    *by = s->n_names++;
    return PL_OK;
}

/* The line of that name; -1 and counted when there is none.  Without a plan a new name is a new line. */
static pl_status find_line(pl_watch *w, const pl_csv *csv, const char *name, size_t n, int32_t *line, pl_error *err)
{
    *line = pl_watch_find(w, name, n);
    if (*line >= 0) {
        return PL_OK;
    }
    if (!w->store->any_plan && n > 0) {
        return pl_watch_add_named(w, name, n, line, err);
    }
    w->counts.unknown++;
    const char *why = *line == -2 ? ": a recipe and a good have this name; write recipe: or good: before it" : "";
    *line = -1;
    return pl_watch_keep(w, PL_ODD_UNKNOWN, err, "%s:%lld: %.100s%s", csv->name, (long long)csv->line, name, why);
}

pl_status pl_watch_report_add(pl_watch *w, const pl_watch_report *r, pl_error *err)
{
    if (isnan(r->quantity)) {
        w->counts.blank++;
        return PL_OK;
    }
    if (w->n_reports == INT32_MAX - 1 || !pl_grow(&w->report, &w->store->cap_report, (size_t)w->n_reports + 1, sizeof *w->report, PL_WATCH_ROWS)) {
        return nomem(err);
    }
    w->report[w->n_reports] = *r;
    w->report[w->n_reports].row = w->n_reports;
    w->n_reports++;
    w->last = r->tick > w->last ? r->tick : w->last;
    return PL_OK;
}

static pl_status read_long(pl_watch *w, const pl_csv *csv, const int32_t *column, pl_error *err)
{
    const pl_csv_field *id = &csv->field[column[LINE]];
    pl_watch_report r;
    pl_status status = pl_watch_tick(w, csv, column[PERIOD], &r.tick, err);
    status = status == PL_OK ? pl_watch_amount(csv, column[QUANTITY], &r.quantity, err) : status;
    status = status == PL_OK ? pl_watch_amount(csv, column[CAPABILITY], &r.capability, err) : status;
    status = status == PL_OK ? pl_watch_amount(csv, column[POTENTIALITY], &r.potentiality, err) : status;
    status = status == PL_OK ? read_at(csv, column[AT], &r.at, err) : status;
    status = status == PL_OK ? read_by(w, csv, column[BY], &r.by, err) : status;
    status = status == PL_OK ? find_line(w, csv, id->text, id->n, &r.line, err) : status;
    w->counts.rows++;
    return status == PL_OK && r.line >= 0 ? pl_watch_report_add(w, &r, err) : status;
}

/* Which column of a wide table holds the period: that of such a name, or the first. */
static int32_t period_of(const pl_csv *csv)
{
    static const char *const names[] = {"period", "month", "week", "day", "date"};
    int32_t c = -1;
    for (size_t k = 0; k < sizeof names / sizeof *names && c < 0; k++) {
        c = pl_csv_column(csv, names[k]);
    }
    return c >= 0 ? c : 0;
}

static pl_status read_wide(pl_watch *w, const pl_csv *csv, int32_t period, const int32_t *line, pl_error *err)
{
    pl_watch_report r = {.capability = NAN, .potentiality = NAN, .at = INT64_MIN, .by = -1};
    pl_status status = pl_watch_tick(w, csv, period, &r.tick, err);
    for (int32_t c = 0; c < csv->n_columns && status == PL_OK; c++) {
        if (c == period) {
            continue;
        }
        r.line = line[c];
        status = pl_watch_amount(csv, c, &r.quantity, err);
        w->counts.rows++;
        w->counts.unknown += r.line < 0;
        status = status == PL_OK && r.line >= 0 ? pl_watch_report_add(w, &r, err) : status;
    }
    return status;
}

/* Lines of the columns of a wide table. */
static pl_status find_columns(pl_watch *w, const pl_csv *csv, int32_t period, int32_t *line, pl_error *err)
{
    int64_t unknown = w->counts.unknown;
    pl_status status = PL_OK;
    for (int32_t c = 0; c < csv->n_columns && status == PL_OK; c++) {
        status = c != period ? find_line(w, csv, csv->header[c], strlen(csv->header[c]), &line[c], err) : PL_OK;
    }
    w->counts.unknown = unknown; /* its cells are counted */
    return status;
}

pl_status pl_watch_read_reports(pl_watch *w, const char *path, pl_error *err)
{
    pl_row_reader rows;
    bool more = true;
    int32_t column[COLUMNS], *line = NULL, period = 0;
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < COLUMNS; k++) {
        column[k] = pl_csv_column(&rows.csv, COLUMN[k]);
    }
    bool wide = column[LINE] < 0;
    if (wide) {
        period = period_of(&rows.csv);
        line = PL_NEW(int32_t, rows.csv.n_columns);
        status = line != NULL ? find_columns(w, &rows.csv, period, line, err) : nomem(err);
    } else if (column[PERIOD] < 0 || column[QUANTITY] < 0) {
        status = pl_fail(err, PL_DATA, rows.csv.name, "docs/formats/watch.md lists the columns", "there is no column '%s'", column[PERIOD] < 0 ? "period" : "quantity");
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, err)) == PL_OK && more) {
        status = wide ? read_wide(w, &rows.csv, period, line, err) : read_long(w, &rows.csv, column, err);
    }
    pl_free(line);
    pl_row_reader_close(&rows);
    return status;
}

/* ---- In order, and corrected ------------------------------------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
    const pl_watch_report *x = a, *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->tick != y->tick) {
        return x->tick < y->tick ? -1 : 1;
    }
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_step(const void *a, const void *b)
{
    const pl_watch_step *x = a, *y = b;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : x->tick < y->tick ? -1 : x->tick > y->tick;
}

/* What a correction leaves blank stays as it was reported. */
static void inherit(const pl_watch_report *old, pl_watch_report *new)
{
    new->capability = isnan(new->capability) ? old->capability : new->capability;
    new->potentiality = isnan(new->potentiality) ? old->potentiality : new->potentiality;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_report(const pl_watch_report *a, const pl_watch_report *b)
{
    return a->quantity == b->quantity && same(a->capability, b->capability) && same(a->potentiality, b->potentiality);
}

/* When the first report of any later period came. */
typedef struct first_later {
    int64_t at;
    int32_t row;
} first_later;

static bool is_late(const first_later *later, const pl_watch_report *correction)
{
    return correction->at != INT64_MIN ? later->at < correction->at : later->row < correction->row;
}

static pl_status judge_replaced(pl_watch *w, const first_later *later, const pl_watch_report *old, const pl_watch_report *new, pl_error *err)
{
    char text[PL_TICK_TEXT];
    const char *id = w->line[new->line].id;
    pl_tick_text(w->kind, new->tick, text);
    if (same_report(old, new)) {
        w->counts.repeated++;
        return PL_OK;
    }
    w->counts.replaced++;
    if (old->at == new->at && !is_late(later, new)) {
        w->counts.conflicts++;
        return pl_watch_keep(w, PL_ODD_CONFLICT, err, "%.100s in %s: %g and %g; the later row counts", id, text, old->quantity, new->quantity);
    }
    if (is_late(later, new)) {
        double change = old->quantity > 0 ? fabs(new->quantity - old->quantity) / old->quantity : 0;
        w->counts.corrections_late++;
        w->counts.correction = fmax(w->counts.correction, change);
        return pl_watch_keep(w, PL_ODD_LATE, err, "%.100s in %s: from %g to %g", id, text, old->quantity, new->quantity);
    }
    return PL_OK;
}

/* Gaps and constants of the reports begin .. end - 1 of one line. */
static pl_status judge_line(pl_watch *w, int32_t begin, int32_t end, pl_error *err)
{
    char text[PL_TICK_TEXT];
    const char *id = w->line[w->report[begin].line].id;
    bool constant = end - begin >= PL_WATCH_CONSTANT && w->report[begin].quantity != 0;
    pl_status status = PL_OK;
    for (int32_t k = begin; k < end && status == PL_OK; k++) {
        const pl_watch_report *r = &w->report[k];
        bool planned = w->periods > 0;
        w->counts.before += planned && r->tick < w->first;
        w->counts.after += planned && r->tick >= w->first + w->periods;
        constant = constant && r->quantity == w->report[begin].quantity;
        if (k > begin && r->tick > r[-1].tick + 1) {
            w->counts.gaps += r->tick - r[-1].tick - 1;
            pl_tick_text(w->kind, r[-1].tick + 1, text);
            status = pl_watch_keep(w, PL_ODD_GAP, err, "%.100s: %d from %s on", id, r->tick - r[-1].tick - 1, text);
        }
    }
    if (status == PL_OK && constant) {
        w->counts.constant++;
        status = pl_watch_keep(w, PL_ODD_CONSTANT, err, "%.100s: %g in all of %d reports", id, w->report[begin].quantity, end - begin);
    }
    return status;
}

/* Keeps the last of the reports of each period in place; *kept counts on. */
static pl_status settle_line(pl_watch *w, int32_t begin, int32_t end, int32_t *kept, pl_error *err)
{
    int32_t from = *kept;
    pl_status status = PL_OK;
    for (int32_t k = begin + 1; k < end; k++) {
        if (w->report[k].tick == w->report[k - 1].tick) {
            inherit(&w->report[k - 1], &w->report[k]);
        }
    }
    first_later later = {INT64_MAX, INT32_MAX}, now = later; /* now: of the period at hand */
    for (int32_t k = end - 1; k >= begin && status == PL_OK; k--) {
        const pl_watch_report *r = &w->report[k];
        if (k + 1 < end && r[1].tick == r->tick) {
            status = judge_replaced(w, &later, r, &r[1], err);
        } else {
            later = now;
        }
        now.at = r->at != INT64_MIN && r->at < now.at ? r->at : now.at;
        now.row = r->row < now.row ? r->row : now.row;
    }
    for (int32_t k = begin; k < end; k++) {
        if (k + 1 == end || w->report[k + 1].tick != w->report[k].tick) {
            w->report[(*kept)++] = w->report[k];
        }
    }
    return status == PL_OK ? judge_line(w, from, *kept, err) : status;
}

static pl_status settle_steps(pl_watch *w, pl_error *err)
{
    struct pl_watch_store *s = w->store;
    char text[PL_TICK_TEXT];
    if (s->n_steps == 0) {
        return PL_OK;
    }
    qsort(s->step, (size_t)s->n_steps, sizeof *s->step, by_step);
    s->step_start = PL_NEW(int32_t, w->n_lines + 1);
    if (s->step_start == NULL) {
        return nomem(err);
    }
    for (int32_t k = 0, line = 0; line <= w->n_lines; line++) {
        while (k < s->n_steps && s->step[k].line < line) {
            k++;
        }
        s->step_start[line] = k;
    }
    for (int32_t k = 1; k < s->n_steps; k++) {
        if (by_step(&s->step[k - 1], &s->step[k]) == 0) {
            return pl_fail(err, PL_DATA, w->line[s->step[k].line].id, "leave one of them out", "this line has two plans for %s",
                           pl_tick_text(w->kind, s->step[k].tick, text));
        }
    }
    return PL_OK;
}

static bool in_order(const pl_watch *w)
{
    for (int32_t k = 1; k < w->n_reports; k++) {
        if (by_place(&w->report[k - 1], &w->report[k]) > 0) {
            return false;
        }
    }
    return true;
}

static bool begins(const char *id, const char *with)
{
    return strncmp(id, with, strlen(with)) == 0;
}

/* Some recipe is reported: then nobody has to report the goods that recipes make as well. */
static bool recipes_report(const pl_watch *w)
{
    for (int32_t k = 0; k < w->n_reports; k++) {
        if (begins(w->line[w->report[k].line].id, "recipe:")) {
            return true;
        }
    }
    return false;
}

pl_status pl_watch_settle(pl_watch *w, pl_error *err)
{
    int32_t kept = 0, k = 0;
    bool goods_may_be_silent = recipes_report(w);
    pl_status status = settle_steps(w, err);
    pl_free(w->start);
    w->start = PL_NEW(int32_t, w->n_lines + 1);
    if (status != PL_OK || w->start == NULL) {
        return status != PL_OK ? status : nomem(err);
    }
    if (!in_order(w)) {
        qsort(w->report, (size_t)w->n_reports, sizeof *w->report, by_place);
    }
    for (int32_t line = 0; line < w->n_lines && status == PL_OK; line++) {
        int32_t begin = k;
        w->start[line] = kept;
        while (k < w->n_reports && w->report[k].line == line) {
            k++;
        }
        if (k > begin) {
            status = settle_line(w, begin, k, &kept, err);
        } else if (w->line[line].planned > 0 && !(goods_may_be_silent && begins(w->line[line].id, "good:"))) {
            w->counts.silent++;
            status = pl_watch_keep(w, PL_ODD_SILENT, err, "%.100s", w->line[line].id);
        }
    }
    w->start[w->n_lines] = kept;
    w->n_reports = kept;
    w->counts.used = kept;
    return status;
}
