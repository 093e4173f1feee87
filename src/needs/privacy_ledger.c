/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * privacy_ledger.c - the account of what was released about people, against what a council allowed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <plenty/privacy.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/csv.h"

#define LEDGER_BYTES (64u << 20)
#define SPENT_MAX (INT64_MAX / 4)
enum { DATE, ENTRY, NAME, EPSILON, DELTA, CLIP, CELLS, DECISION, COLUMNS }; /* the last one only where it says something */
static const char *const COLUMN[COLUMNS] = {"date", "entry", "name", "epsilon", "delta", "clip", "cells", "decision"};

static void add_up(pl_ledger *l, const pl_ledger_entry *e)
{
    if (e->budget) {
        l->budget = l->n;
        l->epsilon = l->delta = 0;
        l->releases = 0;
    } else {
        l->epsilon += e->epsilon;
        l->delta += e->delta;
        l->releases++;
    }
}

/* A decimal number in units of 1/unit, exactly. */
static pl_status read_units(const pl_csv *csv, int32_t k, int64_t unit, int64_t *out, pl_error *err)
{
    double x;
    char place[128];
    const pl_csv_field *f = &csv->field[k];
    if (f->n > 0 && pl_number_parse(f->text, f->n, &x) && x >= 0 && x * (double)unit < 1e15 && fabs(x * (double)unit - round(x * (double)unit)) < 1e-3) {
        *out = (int64_t)llround(x * (double)unit);
        return PL_OK;
    }
    pl_csv_place(csv, k, place, sizeof place);
    return pl_fail(err, PL_DATA, place, "say a number with at most 6 (delta: 12) decimals", "\"%.60s\" is not such a number", f->text);
}

/* The id of a motion, or nothing. */
static pl_status read_decision(const pl_csv *csv, int32_t k, char out[65], pl_error *err)
{
    char place[128];
    const pl_csv_field *f = &csv->field[k];
    if (f->n == 0 || (f->n == 64 && strspn(f->text, "0123456789abcdef") == 64)) {
        memcpy(out, f->text, f->n + 1);
        return PL_OK;
    }
    pl_csv_place(csv, k, place, sizeof place);
    return pl_fail(err, PL_DATA, place, "64 hexadecimal digits, as 'plenty motion show' prints them", "\"%.60s\" is not the id of a motion", f->text);
}

static pl_status read_row(const pl_csv *csv, const int32_t column[COLUMNS], pl_ledger_entry *e, pl_error *err)
{
    char place[128];
    const pl_csv_field *entry = &csv->field[column[ENTRY]];
    *e = (pl_ledger_entry){.budget = strcmp(entry->text, "budget") == 0, .line = csv->line};
    if (!e->budget && strcmp(entry->text, "release") != 0) {
        pl_csv_place(csv, column[ENTRY], place, sizeof place);
        return pl_fail(err, PL_DATA, place, "say budget or release", "\"%.60s\" is no kind of entry", entry->text);
    }
    snprintf(e->date, sizeof e->date, "%s", csv->field[column[DATE]].text);
    snprintf(e->name, sizeof e->name, "%s", csv->field[column[NAME]].text);
    pl_status status = read_units(csv, column[EPSILON], PL_EPSILON_UNIT, &e->epsilon, err);
    status = status == PL_OK ? read_units(csv, column[DELTA], PL_DELTA_UNIT, &e->delta, err) : status;
    if (status == PL_OK && !e->budget) {
        status = read_units(csv, column[CLIP], 1, &e->clip, err);
        status = status == PL_OK ? read_units(csv, column[CELLS], 1, &e->cells, err) : status;
    }
    return status == PL_OK && e->budget && column[DECISION] >= 0 ? read_decision(csv, column[DECISION], e->decision, err) : status;
}

static pl_status keep(pl_ledger *l, const pl_ledger_entry *e, pl_error *err)
{
    pl_ledger_entry *all = pl_realloc(l->entry, (size_t)l->n + 1, sizeof *all);
    if (all == NULL) {
        return pl_fail_nomem(err, "the ledger");
    }
    l->entry = all;
    if (!e->budget && (l->epsilon > SPENT_MAX - e->epsilon || l->delta > SPENT_MAX - e->delta)) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "what the ledger adds up to is out of range");
    }
    l->entry[l->n] = *e;
    add_up(l, e);
    l->n++;
    return PL_OK;
}

static pl_status read_rows(pl_csv *csv, pl_ledger *out, pl_error *err)
{
    int32_t column[COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
        column[k] = pl_csv_column(csv, COLUMN[k]);
        if (column[k] < 0 && k != DECISION) {
            return pl_fail(err, PL_DATA, csv->name, "a ledger has date, entry, name, epsilon, delta, clip, cells", "there is no column \"%s\"", COLUMN[k]);
        }
    }
    bool more;
    pl_ledger_entry e;
    pl_status status;
    while ((status = pl_csv_next(csv, &more, err)) == PL_OK && more) {
        status = read_row(csv, column, &e, err);
        status = status == PL_OK ? keep(out, &e, err) : status;
        if (status != PL_OK) {
            break;
        }
    }
    return status;
}

pl_status pl_ledger_load(const char *path, pl_ledger *out, pl_error *err)
{
    pl_file file;
    pl_csv csv;
    *out = (pl_ledger){.budget = -1};
    if (!pl_path_exists(path)) {
        return PL_OK;
    }
    pl_status status = pl_file_read(path, LEDGER_BYTES, &file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_csv_open(&csv, path, &file, err);
    if (status == PL_OK) {
        status = read_rows(&csv, out, err);
        pl_csv_close(&csv);
    }
    pl_file_clear(&file);
    if (status != PL_OK) {
        pl_ledger_clear(out);
    }
    return status;
}

void pl_ledger_clear(pl_ledger *ledger)
{
    pl_free(ledger->entry);
    *ledger = (pl_ledger){.budget = -1};
}

/* x in units of 1/unit as a decimal number. */
static void add_units(pl_str *out, int64_t x, int64_t unit)
{
    pl_str_addf(out, "%lld", (long long)(x / unit));
    int64_t rest = x % unit;
    if (rest > 0) {
        pl_str_add(out, ".");
        for (int64_t u = unit / 10; rest > 0; u /= 10) {
            pl_str_addf(out, "%d", (int)(rest / u));
            rest %= u;
        }
    }
}

static pl_status write_ledger(const pl_ledger *l, const char *path, pl_error *err)
{
    pl_str s;
    bool decisions = false;
    for (int32_t i = 0; i < l->n; i++) {
        decisions = decisions || l->entry[i].decision[0] != '\0';
    }
    pl_str_init(&s, LEDGER_BYTES);
    for (int k = 0; k < COLUMNS - !decisions; k++) {
        pl_str_addf(&s, "%s%s", k > 0 ? "," : "", COLUMN[k]);
    }
    pl_str_add(&s, "\n");
    for (int32_t i = 0; i < l->n; i++) {
        const pl_ledger_entry *e = &l->entry[i];
        pl_csv_add(&s, e->date);
        pl_str_addf(&s, ",%s,", e->budget ? "budget" : "release");
        pl_csv_add(&s, e->name);
        pl_str_add(&s, ",");
        add_units(&s, e->epsilon, PL_EPSILON_UNIT);
        pl_str_add(&s, ",");
        add_units(&s, e->delta, PL_DELTA_UNIT);
        if (e->budget) {
            pl_str_add(&s, ",,");
        } else {
            pl_str_addf(&s, ",%lld,%lld", (long long)e->clip, (long long)e->cells);
        }
        pl_str_addf(&s, "%s%s\n", decisions ? "," : "", e->decision);
    }
    pl_status status = s.failed ? pl_fail_nomem(err, "the ledger") : pl_file_write(path, s.text, s.len, err);
    pl_str_clear(&s);
    return status;
}

static pl_status allowed(const pl_ledger *l, const char *path, const pl_ledger_entry *e, pl_error *err)
{
    if (e->budget) {
        return PL_OK;
    }
    if (l->budget < 0) {
        return pl_fail(err, PL_REFUTED, path, "the council sets one: plenty needs budget LEDGER --epsilon N --name NAME",
                       "there is no budget in this ledger: nothing may be released");
    }
    const pl_ledger_entry *b = &l->entry[l->budget];
    if (l->epsilon + e->epsilon > b->epsilon || l->delta + e->delta > b->delta) {
        return pl_fail(err, PL_REFUTED, path, "release less often, or with a smaller epsilon; only the council can set a new budget",
                       "the budget \"%.60s\" does not allow it: epsilon %g of %g is spent, this would take %g; delta %g of %g, this would take %g",
                       b->name, (double)l->epsilon / PL_EPSILON_UNIT, (double)b->epsilon / PL_EPSILON_UNIT, (double)e->epsilon / PL_EPSILON_UNIT,
                       (double)l->delta / (double)PL_DELTA_UNIT, (double)b->delta / (double)PL_DELTA_UNIT, (double)e->delta / (double)PL_DELTA_UNIT);
    }
    return PL_OK;
}

pl_status pl_ledger_add(pl_ledger *ledger, const char *path, const pl_ledger_entry *entry, pl_error *err)
{
    pl_status status = allowed(ledger, path, entry, err);
    status = status == PL_OK ? keep(ledger, entry, err) : status;
    return status == PL_OK ? write_ledger(ledger, path, err) : status;
}

double pl_ledger_concentrated(const pl_ledger *ledger, double delta)
{
    double rho = 0;
    for (int32_t i = ledger->budget + 1; i < ledger->n; i++) {
        double e = (double)ledger->entry[i].epsilon / PL_EPSILON_UNIT;
        rho += e * e / 2;
    }
    return rho + 2 * sqrt(rho * -log(delta));
}
