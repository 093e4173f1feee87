/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * read.c - what is to be shared, from the tables of a folder. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/file.h"
#include "io/rows.h"
#include "share/share.h"

#define ROWS_MAX ((size_t)1 << 31)
#define NAMES_MAX ((size_t)1 << 30)
#define CRITERIA_MAX 7
#define RULES_FILE "rules.csv"

const char *const PL_SHARE_FILE[PL_SHARE_INPUTS] = {"supply.csv", "people.csv", "wants.csv", "urgency.csv"};
enum { W_PERSON, W_GOOD, W_AMOUNT, W_TASTE, W_FLOOR, W_ARRIVAL, W_COLUMNS };

typedef struct name_list { /* numbered in the order in which they came */
    pl_map map;
    const char **text;
    size_t cap;
    int32_t n;
} name_list;

typedef struct reader {
    pl_sharing *s;
    const char *folder;
    pl_error *err;
    name_list people, goods;
    bool listed; /* there is a table of people: wants name no others */
    pl_share_good *good; /* while being read, in order of the table */
    size_t cap_good, cap_points, cap_score;
    int32_t *points;
    int64_t *score;
    const char *criterion[CRITERIA_MAX];
    int64_t weight[CRITERIA_MAX]; /* thousandths */
    int32_t n_criteria;
    /* wants, row by row */
    int32_t *person, *want;
    int64_t *amount, *floor, *arrival;
    double *taste;
    uint32_t *line;
    size_t n, cap[7];
    uint32_t *order; /* rows by person and good */
} reader;

static pl_status nomem(const reader *r)
{
    return pl_fail_nomem(r->err, "what is to be shared");
}

static pl_status put_name(reader *r, name_list *names, const char *text, size_t n, int32_t *id, bool *fresh)
{
    *id = pl_map_get(&names->map, text, n);
    *fresh = *id < 0;
    if (!*fresh) {
        return PL_OK;
    }
    char *copy = pl_arena_text(&r->s->store->arena, text, n);
    int32_t old;
    if (copy == NULL || !pl_grow(&names->text, &names->cap, (size_t)names->n + 1, sizeof *names->text, NAMES_MAX) ||
        pl_map_put(&names->map, copy, n, names->n, &old) != PL_OK) {
        return nomem(r);
    }
    names->text[names->n] = copy;
    *id = names->n++;
    return PL_OK;
}

/* ---- Cells --------------------------------------------------------------------------------------------------------------------------- */

static pl_status bad_cell(const reader *r, const pl_csv *csv, int32_t column, const char *hint, const char *what)
{
    char place[192];
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(r->err, PL_DATA, place, hint, "'%.80s' %s", csv->field[column].text, what);
}

static pl_status amount_cell(const reader *r, const pl_csv *csv, int32_t column, int64_t part, int64_t otherwise, int64_t *out)
{
    const pl_csv_field *f = column >= 0 ? &csv->field[column] : NULL;
    *out = otherwise;
    if (f == NULL || f->n == 0) {
        return PL_OK;
    }
    switch (pl_share_amount(f->text, f->n, part, out)) {
    case PL_SHARE_FINE:
        return PL_OK;
    case PL_SHARE_NEGATIVE:
        return bad_cell(r, csv, column, "write 0 or more", "is negative");
    case PL_SHARE_TOO_FINE:
        return bad_cell(r, csv, column, "write a whole number: this good is given in whole pieces", "is no number of whole pieces");
    case PL_SHARE_TOO_LARGE:
        return bad_cell(r, csv, column, otherwise == PL_SHARE_ANY ? "take a larger unit; for as much as there is, leave the cell empty" : "take a larger unit", "is too large");
    default:
        return bad_cell(r, csv, column, otherwise == PL_SHARE_ANY ? "write a number, for example 12.5; for as much as there is, leave the cell empty" : "write a number, for example 12.5",
                        "is no amount");
    }
}

/* A positive number with at most three decimals, in thousandths. */
static pl_status points_cell(const reader *r, const pl_csv *csv, int32_t column, int32_t *out)
{
    int64_t x;
    pl_status status = amount_cell(r, csv, column, PL_SHARE_POINT, PL_SHARE_POINT, &x);
    if (status == PL_OK && (x < 1 || x > PL_SHARE_POINTS_MAX)) {
        return bad_cell(r, csv, column, "write for example 1, or 2.5; leave out who takes no part", "is not between 0.001 and 1,000,000");
    }
    *out = status == PL_OK ? (int32_t)x : 0;
    return status;
}

static pl_status name_cell(const reader *r, const pl_csv *csv, int32_t column)
{
    char place[192];
    if (csv->field[column].n > 0) {
        return PL_OK;
    }
    pl_csv_place(csv, column, place, sizeof place);
    return pl_fail(r->err, PL_DATA, place, "fill it in", "%.60s is empty", csv->header[column]);
}

static pl_status unknown(const reader *r, const pl_csv *csv, int32_t column, const name_list *known, const char *what, const char *where)
{
    char place[192], hint[200];
    const char *like = pl_did_you_mean(csv->field[column].text, known->text, known->n);
    pl_csv_place(csv, column, place, sizeof place);
    snprintf(hint, sizeof hint, like != NULL ? "did you mean '%.100s'?" : "add a row to %.100s", like != NULL ? like : where);
    return pl_fail(r->err, PL_DATA, place, hint, "there is no %s '%.80s' in %s", what, csv->field[column].text, where);
}

/* ---- Tables --------------------------------------------------------------------------------------------------------------------------- */

bool pl_share_table(const char *folder, const char *name, char *path, size_t size)
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        int n = snprintf(path, size, "%s/%s%s", folder, name, ends[k]);
        if (n > 0 && (size_t)n < size && pl_path_exists(path)) {
            return true;
        }
    }
    return false;
}

typedef pl_status (*row_fn)(reader *r, const pl_csv *csv, const int32_t *column);

/* Calls `row` for each row; the columns that are not there are -1.  *there: NULL when the table is needed. */
static pl_status read_table(reader *r, const char *name, const char *const *column, int needed, int n, row_fn row, bool *there)
{
    char path[4500];
    pl_row_reader rows;
    int32_t at[W_COLUMNS];
    bool more = true, found = pl_share_table(r->folder, name, path, sizeof path);
    if (there != NULL) {
        *there = found;
    }
    if (!found) {
        return there != NULL ? PL_OK : pl_fail(r->err, PL_NOTFOUND, name, "docs/formats/share.md tells what is in it", "there is no such table in %.200s", r->folder);
    }
    pl_status status = pl_row_reader_open(&rows, path, name, r->err);
    if (status != PL_OK) {
        return status;
    }
    for (int k = 0; k < n && status == PL_OK; k++) {
        at[k] = pl_csv_column(&rows.csv, column[k]);
        if (k < needed && at[k] < 0) {
            char hint[200];
            const char *like = pl_did_you_mean(column[k], (const char *const *)rows.csv.header, rows.csv.n_columns);
            snprintf(hint, sizeof hint, like != NULL ? "is '%.100s' meant?" : "docs/formats/share.md lists the columns", like);
            status = pl_fail(r->err, PL_DATA, name, hint, "there is no column '%s'", column[k]);
        }
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, r->err)) == PL_OK && more) {
        status = row(r, &rows.csv, at);
    }
    pl_row_reader_close(&rows);
    return status;
}

static pl_status supply_row(reader *r, const pl_csv *csv, const int32_t *at)
{
    enum { GOOD, QUANTITY, UNIT, WHOLE, COST };
    int32_t id;
    bool fresh;
    pl_share_good good = {.part = PL_SHARE_MILLION, .rule = PL_SHARE_RULES, .lot = "", .cost = __builtin_nan("")};
    pl_status status = name_cell(r, csv, at[GOOD]);
    status = status == PL_OK ? put_name(r, &r->goods, csv->field[at[GOOD]].text, csv->field[at[GOOD]].n, &id, &fresh) : status;
    if (status == PL_OK && !fresh) {
        return bad_cell(r, csv, at[GOOD], "add the two amounts up", "is there twice");
    }
    if (status == PL_OK && at[WHOLE] >= 0 && csv->field[at[WHOLE]].n > 0) {
        bool yes = strcmp(csv->field[at[WHOLE]].text, "yes") == 0;
        if (!yes && strcmp(csv->field[at[WHOLE]].text, "no") != 0) {
            return bad_cell(r, csv, at[WHOLE], "write yes (whole pieces) or no", "is neither yes nor no");
        }
        good.part = yes ? 1 : good.part;
    }
    status = status == PL_OK ? name_cell(r, csv, at[QUANTITY]) : status;
    status = status == PL_OK ? amount_cell(r, csv, at[QUANTITY], good.part, 0, &good.supply) : status;
    if (status == PL_OK && at[COST] >= 0 && csv->field[at[COST]].n > 0 &&
        (!pl_number_parse(csv->field[at[COST]].text, csv->field[at[COST]].n, &good.cost) || good.cost <= 0)) {
        return bad_cell(r, csv, at[COST], "write a number above 0, or leave it empty", "is no cost");
    }
    if (status != PL_OK) {
        return status;
    }
    good.id = r->goods.text[id];
    good.unit = at[UNIT] >= 0 ? pl_arena_text(&r->s->store->arena, csv->field[at[UNIT]].text, csv->field[at[UNIT]].n) : "";
    if (good.unit == NULL || !pl_grow(&r->good, &r->cap_good, (size_t)r->goods.n, sizeof *r->good, NAMES_MAX)) {
        return nomem(r);
    }
    r->good[id] = good;
    return PL_OK;
}

static pl_status read_rule(const reader *r, const pl_csv *csv, int32_t column, pl_share_rule *rule)
{
    for (int k = 0; k < PL_SHARE_RULES; k++) {
        if (strcmp(csv->field[column].text, pl_share_rule_id((pl_share_rule)k)) == 0) {
            *rule = (pl_share_rule)k;
            return PL_OK;
        }
    }
    return bad_cell(r, csv, column, "uniform, points, lottery, urgency", "is no rule");
}

/* A row of rules; good "*" stands for all that have no row of their own. */
static pl_status rule_row(reader *r, const pl_csv *csv, const int32_t *at)
{
    enum { GOOD, RULE, FLOOR, SUBSTITUTION, LOT };
    const pl_csv_field *name = &csv->field[at[GOOD]];
    bool all = strcmp(name->text, "*") == 0;
    int32_t id = pl_map_get(&r->goods.map, name->text, name->n);
    pl_share_rule rule;
    double s;
    if (!all && id < 0) {
        return unknown(r, csv, at[GOOD], &r->goods, "good", PL_SHARE_FILE[PL_SHARE_SUPPLY]);
    }
    pl_status status = read_rule(r, csv, at[RULE], &rule);
    if (status == PL_OK && at[SUBSTITUTION] >= 0 && csv->field[at[SUBSTITUTION]].n > 0) {
        const pl_csv_field *f = &csv->field[at[SUBSTITUTION]];
        if (!pl_number_parse(f->text, f->n, &s) || s < PL_SUBSTITUTION_LEAST || s > PL_SUBSTITUTION_MOST || s == 1) {
            return bad_cell(r, csv, at[SUBSTITUTION], "write a number from 0.1 to 5, but not 1: 1.001 is as good", "is no substitution");
        }
        if (r->s->substitution != 0 && r->s->substitution != s) {
            return bad_cell(r, csv, at[SUBSTITUTION], "there is one market of points: write it once", "is another substitution than above");
        }
        r->s->substitution = s;
    }
    for (int32_t g = all ? 0 : id; status == PL_OK && g < (all ? r->goods.n : id + 1); g++) {
        pl_share_good *good = &r->good[g];
        if (!all && good->rule != PL_SHARE_RULES) {
            return bad_cell(r, csv, at[GOOD], "keep one of them, and write * last", "has a rule already");
        }
        if (good->rule == PL_SHARE_RULES) {
            good->rule = rule;
            good->lot = at[LOT] >= 0 && csv->field[at[LOT]].n > 0 ? pl_arena_text(&r->s->store->arena, csv->field[at[LOT]].text, csv->field[at[LOT]].n) : good->lot;
            status = good->lot == NULL ? nomem(r) : amount_cell(r, csv, at[FLOOR], good->part, 0, &good->floor);
        }
    }
    return status;
}

static pl_status urgency_row(reader *r, const pl_csv *csv, const int32_t *at)
{
    if (r->n_criteria == CRITERIA_MAX) {
        return bad_cell(r, csv, at[0], NULL, "is one criterion too many");
    }
    pl_status status = name_cell(r, csv, at[0]);
    r->criterion[r->n_criteria] = pl_arena_text(&r->s->store->arena, csv->field[at[0]].text, csv->field[at[0]].n);
    if (status == PL_OK && r->criterion[r->n_criteria] == NULL) {
        return nomem(r);
    }
    return status == PL_OK ? amount_cell(r, csv, at[1], PL_SHARE_POINT, 0, &r->weight[r->n_criteria++]) : status;
}

/* Weights times facts, in millionths. */
static pl_status score_of(reader *r, const pl_csv *csv, int64_t *score)
{
    *score = 0;
    for (int32_t k = 0; k < r->n_criteria; k++) {
        int64_t fact, product;
        int32_t column = pl_csv_column(csv, r->criterion[k]);
        if (column < 0) {
            return pl_fail(r->err, PL_DATA, PL_SHARE_FILE[PL_SHARE_PEOPLE], "add it, or take the criterion out of urgency.csv", "there is no column '%.80s' for this criterion of urgency",
                           r->criterion[k]);
        }
        pl_status status = amount_cell(r, csv, column, PL_SHARE_POINT, 0, &fact);
        if (status != PL_OK) {
            return status;
        }
        if (__builtin_mul_overflow(fact, r->weight[k], &product) || __builtin_add_overflow(*score, product, score)) {
            return bad_cell(r, csv, column, "take a larger unit", "makes the score too large");
        }
    }
    return PL_OK;
}

static pl_status person_row(reader *r, const pl_csv *csv, const int32_t *at)
{
    int32_t id;
    bool fresh;
    pl_status status = name_cell(r, csv, at[0]);
    status = status == PL_OK ? put_name(r, &r->people, csv->field[at[0]].text, csv->field[at[0]].n, &id, &fresh) : status;
    if (status == PL_OK && !fresh) {
        return bad_cell(r, csv, at[0], "keep one of the two rows", "is there twice");
    }
    if (status != PL_OK) {
        return status;
    }
    if (!pl_grow(&r->points, &r->cap_points, (size_t)r->people.n, sizeof *r->points, NAMES_MAX) ||
        !pl_grow(&r->score, &r->cap_score, (size_t)r->people.n, sizeof *r->score, NAMES_MAX)) {
        return nomem(r);
    }
    status = points_cell(r, csv, at[1], &r->points[id]);
    return status == PL_OK ? score_of(r, csv, &r->score[id]) : status;
}

static pl_status want_row(reader *r, const pl_csv *csv, const int32_t *at)
{
    const pl_csv_field *f = csv->field;
    int32_t person, good = pl_map_get(&r->goods.map, f[at[W_GOOD]].text, f[at[W_GOOD]].n);
    bool fresh;
    pl_status status = name_cell(r, csv, at[W_PERSON]);
    if (status == PL_OK && good < 0) {
        return unknown(r, csv, at[W_GOOD], &r->goods, "good", PL_SHARE_FILE[PL_SHARE_SUPPLY]);
    }
    status = status == PL_OK ? put_name(r, &r->people, f[at[W_PERSON]].text, f[at[W_PERSON]].n, &person, &fresh) : status;
    if (status == PL_OK && fresh && r->listed) {
        r->people.n--; /* the message should not name it */
        return unknown(r, csv, at[W_PERSON], &r->people, "person", PL_SHARE_FILE[PL_SHARE_PEOPLE]);
    }
    void *const array[] = {&r->person, &r->want, &r->amount, &r->line, &r->taste, &r->floor, &r->arrival};
    const size_t size[] = {sizeof *r->person, sizeof *r->want, sizeof *r->amount, sizeof *r->line, sizeof *r->taste, sizeof *r->floor, sizeof *r->arrival};
    for (int k = 0; k < 7 && status == PL_OK; k++) {
        bool needless = (k == 4 && at[W_TASTE] < 0) || (k == 5 && at[W_FLOOR] < 0) || (k == 6 && at[W_ARRIVAL] < 0);
        if (!needless && !pl_grow(array[k], &r->cap[k], r->n + 1, size[k], ROWS_MAX)) {
            status = nomem(r);
        }
    }
    if (status != PL_OK) {
        return status;
    }
    r->person[r->n] = person;
    r->want[r->n] = good;
    r->line[r->n] = (uint32_t)csv->line;
    int64_t part = r->good[good].part;
    status = amount_cell(r, csv, at[W_AMOUNT], part, PL_SHARE_ANY, &r->amount[r->n]);
    if (status == PL_OK && at[W_FLOOR] >= 0) {
        status = amount_cell(r, csv, at[W_FLOOR], part, -1, &r->floor[r->n]);
    }
    if (status == PL_OK && at[W_ARRIVAL] >= 0) {
        status = amount_cell(r, csv, at[W_ARRIVAL], 1, PL_SHARE_ANY, &r->arrival[r->n]);
    }
    if (status == PL_OK && at[W_TASTE] >= 0) {
        double *taste = &r->taste[r->n];
        *taste = -1; /* not said */
        if (f[at[W_TASTE]].n > 0 && (!pl_number_parse(f[at[W_TASTE]].text, f[at[W_TASTE]].n, taste) || *taste < 0 || *taste > 1e12)) {
            return bad_cell(r, csv, at[W_TASTE], "write a number of 0 or more: how much it counts beside the other goods", "is no taste");
        }
    }
    r->n += status == PL_OK;
    return status;
}

/* ---- In order ---------------------------------------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b, void *text)
{
    const char *const *t = text;
    return strcmp(t[*(const int32_t *)a], t[*(const int32_t *)b]);
}

/* order: numbers in the order of their texts; rank: its inverse. */
static pl_status rank_names(const reader *r, const name_list *names, int32_t **order, int32_t **rank)
{
    size_t n = (size_t)names->n;
    *order = PL_NEW(int32_t, n);
    *rank = PL_NEW(int32_t, n);
    if (*order == NULL || *rank == NULL) {
        return nomem(r);
    }
    for (int32_t i = 0; i < names->n; i++) {
        (*order)[i] = i;
    }
    qsort_r(*order, n, sizeof **order, by_text, names->text);
    for (int32_t i = 0; i < names->n; i++) {
        (*rank)[(*order)[i]] = i;
    }
    return PL_OK;
}

static pl_status order_goods(reader *r)
{
    int32_t *order = NULL, *rank = NULL;
    pl_sharing *s = r->s;
    pl_status status = rank_names(r, &r->goods, &order, &rank);
    s->n_goods = r->goods.n;
    s->good = status == PL_OK ? PL_ARENA_NEW(&s->store->arena, pl_share_good, r->goods.n + 1) : NULL;
    status = status == PL_OK && s->good == NULL ? nomem(r) : status;
    for (int32_t g = 0; g < r->goods.n && status == PL_OK; g++) {
        s->good[g] = r->good[order[g]];
    }
    for (size_t k = 0; k < r->n && status == PL_OK; k++) {
        r->want[k] = rank[r->want[k]];
    }
    pl_free(order);
    pl_free(rank);
    return status;
}

static pl_status order_people(reader *r)
{
    int32_t *order = NULL, *rank = NULL;
    pl_sharing *s = r->s;
    size_t n = (size_t)r->people.n;
    const char **person = NULL;
    pl_status status = rank_names(r, &r->people, &order, &rank);
    s->n_people = r->people.n;
    if (status == PL_OK) {
        s->person = person = PL_ARENA_NEW(&s->store->arena, const char *, n + 1);
        s->points = PL_ARENA_NEW(&s->store->arena, int32_t, n + 1);
        s->score = PL_ARENA_NEW(&s->store->arena, int64_t, n + 1);
        status = person == NULL || s->points == NULL || s->score == NULL ? nomem(r) : PL_OK;
    }
    for (size_t i = 0; i < n && status == PL_OK; i++) {
        person[i] = r->people.text[order[i]];
        s->points[i] = r->listed ? r->points[order[i]] : PL_SHARE_POINT;
        s->score[i] = r->listed ? r->score[order[i]] : 0;
    }
    for (size_t k = 0; k < r->n && status == PL_OK; k++) {
        r->person[k] = rank[r->person[k]];
    }
    pl_free(order);
    pl_free(rank);
    return status;
}

static pl_status twice(const reader *r, size_t a, size_t b)
{
    char place[64];
    uint32_t first = r->line[a] < r->line[b] ? r->line[a] : r->line[b], second = r->line[a] ^ r->line[b] ^ first;
    snprintf(place, sizeof place, "%s:%u", PL_SHARE_FILE[PL_SHARE_WANTS], second);
    return pl_fail(r->err, PL_DATA, place, "write the whole claim in one row", "'%.80s' claims '%.80s' in line %u already", r->s->person[r->person[a]],
                   r->s->good[r->want[a]].id, first);
}

/* start, and r->order: rows by person (counting), then by good. */
static pl_status order_rows(reader *r)
{
    pl_sharing *s = r->s;
    s->n_wants = (int64_t)r->n;
    s->start = PL_NEW0(int64_t, (size_t)s->n_people + 2);
    r->order = PL_NEW(uint32_t, r->n);
    if (s->start == NULL || r->order == NULL) {
        return nomem(r);
    }
    for (size_t k = 0; k < r->n; k++) {
        s->start[r->person[k] + 2]++;
    }
    for (int32_t i = 0; i < s->n_people; i++) {
        s->start[i + 2] += s->start[i + 1];
    }
    for (size_t k = 0; k < r->n; k++) {
        r->order[s->start[r->person[k] + 1]++] = (uint32_t)k;
    }
    for (int32_t i = 0; i < s->n_people; i++) {
        for (int64_t k = s->start[i] + 1; k < s->start[i + 1]; k++) {
            uint32_t row = r->order[k];
            int64_t j = k;
            for (; j > s->start[i] && r->want[r->order[j - 1]] > r->want[row]; j--) {
                r->order[j] = r->order[j - 1];
            }
            r->order[j] = row;
            if (j > s->start[i] && r->want[r->order[j - 1]] == r->want[row]) {
                return twice(r, r->order[j - 1], row);
            }
        }
    }
    return PL_OK;
}

/* A copy of an array in the new order; frees the old one. */
static void *reorder(const reader *r, void *old, size_t size)
{
    char *fresh = pl_alloc(r->n, size);
    const char *from = old;
    for (size_t k = 0; k < r->n && fresh != NULL; k++) {
        memcpy(fresh + k * size, from + r->order[k] * size, size);
    }
    pl_free(old);
    return fresh;
}

/* Floors: of the row, or of the good for each point; none where nobody has one. */
static pl_status make_floors(reader *r)
{
    pl_sharing *s = r->s;
    bool any = false;
    for (int32_t g = 0; g < s->n_goods; g++) {
        any |= s->good[g].floor > 0;
    }
    for (size_t k = 0; k < r->n && r->floor != NULL; k++) {
        any |= r->floor[k] > 0;
    }
    s->floor = any ? PL_NEW(int64_t, r->n) : NULL;
    if (any && s->floor == NULL) {
        return nomem(r);
    }
    for (int32_t i = 0; i < s->n_people && any; i++) {
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            __int128 floor = (__int128)s->good[s->want[k]].floor * s->points[i] / PL_SHARE_POINT;
            int64_t own = r->floor != NULL ? r->floor[r->order[k]] : -1;
            s->floor[k] = own >= 0 ? own : floor < PL_SHARE_PARTS_MAX ? (int64_t)floor : PL_SHARE_PARTS_MAX;
        }
    }
    return PL_OK;
}

/* A taste that was not said is the amount, in units; of an amount without end, the supply. */
static void fill_tastes(reader *r)
{
    const pl_sharing *s = r->s;
    for (size_t k = 0; k < r->n && r->taste != NULL; k++) {
        const pl_share_good *g = &s->good[r->want[k]];
        if (r->taste[k] < 0) {
            r->taste[k] = (double)(r->amount[k] != PL_SHARE_ANY ? r->amount[k] : g->supply) / (double)g->part;
        }
    }
}

static pl_status order_wants(reader *r)
{
    pl_sharing *s = r->s;
    fill_tastes(r);
    pl_status status = order_rows(r);
    if (status != PL_OK) {
        return status;
    }
    s->want = r->want = reorder(r, r->want, sizeof *r->want);
    s->amount = r->amount = reorder(r, r->amount, sizeof *r->amount);
    s->taste = r->taste = r->taste != NULL ? reorder(r, r->taste, sizeof *r->taste) : NULL;
    s->arrival = r->arrival = r->arrival != NULL ? reorder(r, r->arrival, sizeof *r->arrival) : NULL;
    bool fine = s->want != NULL && s->amount != NULL && (s->taste != NULL || r->cap[4] == 0) && (s->arrival != NULL || r->cap[6] == 0);
    r->want = NULL;
    r->amount = r->arrival = NULL;
    r->taste = NULL;
    for (int64_t k = 0; k < s->n_wants && fine; k++) {
        s->good[s->want[k]].claimants += s->amount[k] > 0;
    }
    return fine ? make_floors(r) : nomem(r);
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------------------ */

static pl_status digest(reader *r, int input)
{
    static const char digits[] = "0123456789abcdef";
    char path[4500], *bytes = PL_NEW(char, (size_t)1 << 20);
    pl_stream *stream = NULL;
    size_t got = 1;
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    pl_status status = bytes != NULL ? PL_OK : nomem(r);
    if (status == PL_OK && pl_share_table(r->folder, PL_SHARE_FILE[input], path, sizeof path)) {
        status = pl_stream_open(path, &stream, r->err);
        crypto_hash_sha256_init(&state);
        while (status == PL_OK && got > 0 && (status = pl_stream_read(stream, bytes, (size_t)1 << 20, &got, r->err)) == PL_OK) {
            crypto_hash_sha256_update(&state, (const unsigned char *)bytes, got);
        }
        crypto_hash_sha256_final(&state, hash);
        for (size_t k = 0; k < sizeof hash && status == PL_OK; k++) {
            r->s->sha256[input][2 * k] = digits[hash[k] >> 4];
            r->s->sha256[input][2 * k + 1] = digits[hash[k] & 15];
        }
        pl_stream_close(stream);
    }
    pl_free(bytes);
    return status;
}

/* Rules and goods that do not go together. */
static pl_status check_rules(reader *r, pl_share_rule otherwise)
{
    pl_sharing *s = r->s;
    for (int32_t g = 0; g < s->n_goods; g++) {
        pl_share_good *good = &s->good[g];
        good->rule = good->rule == PL_SHARE_RULES ? otherwise : good->rule;
        if (good->rule >= PL_RULE_LOTTERY && good->part != 1) {
            return pl_fail(r->err, PL_DATA, PL_SHARE_FILE[PL_SHARE_SUPPLY], "write yes in the column whole, or take the rule uniform or points",
                           "'%.80s' is shared by %s, but not given in whole pieces", good->id, pl_share_rule_id(good->rule));
        }
        if (good->rule == PL_RULE_URGENCY && r->n_criteria == 0) {
            return pl_fail(r->err, PL_NOTFOUND, PL_SHARE_FILE[PL_SHARE_URGENCY], "write a table criterion,weight; the facts stand in people.csv",
                           "'%.80s' is shared by urgency, but there is no table of criteria", good->id);
        }
    }
    s->substitution = s->substitution == 0 ? PL_SUBSTITUTION : s->substitution;
    return PL_OK;
}

static pl_status read_all(reader *r, pl_share_rule rule)
{
    static const char *const SUPPLY[] = {"good", "quantity", "unit", "whole", "cost"}, *const RULES[] = {"good", "rule", "floor", "substitution", "lot"};
    static const char *const URGENCY[] = {"criterion", "weight"}, *const PEOPLE[] = {"person", "points"};
    static const char *const WANTS[W_COLUMNS] = {"person", "good", "amount", "taste", "floor", "arrival"};
    bool there;
    pl_status status = read_table(r, PL_SHARE_FILE[PL_SHARE_SUPPLY], SUPPLY, 2, 5, supply_row, NULL);
    status = status == PL_OK ? read_table(r, RULES_FILE, RULES, 2, 5, rule_row, &there) : status;
    status = status == PL_OK ? read_table(r, PL_SHARE_FILE[PL_SHARE_URGENCY], URGENCY, 2, 2, urgency_row, &there) : status;
    status = status == PL_OK ? read_table(r, PL_SHARE_FILE[PL_SHARE_PEOPLE], PEOPLE, 1, 2, person_row, &r->listed) : status;
    if (status == PL_OK && r->n_criteria > 0 && !r->listed) {
        status = pl_fail(r->err, PL_NOTFOUND, PL_SHARE_FILE[PL_SHARE_PEOPLE], "write a column for each criterion", "there are criteria of urgency, but no facts");
    }
    status = status == PL_OK ? read_table(r, PL_SHARE_FILE[PL_SHARE_WANTS], WANTS, 2, W_COLUMNS, want_row, NULL) : status;
    if (status == PL_OK && (r->goods.n == 0 || r->n == 0)) {
        return pl_fail(r->err, PL_DATA, PL_SHARE_FILE[r->goods.n == 0 ? PL_SHARE_SUPPLY : PL_SHARE_WANTS], "write at least one row", "there are no rows");
    }
    status = status == PL_OK ? order_goods(r) : status;
    status = status == PL_OK ? order_people(r) : status;
    status = status == PL_OK ? order_wants(r) : status;
    for (int k = 0; k < PL_SHARE_INPUTS && status == PL_OK; k++) {
        status = digest(r, k);
    }
    return status == PL_OK ? check_rules(r, rule) : status;
}

pl_status pl_sharing_load(const char *folder, pl_share_rule rule, pl_sharing **out, pl_error *err)
{
    reader r = {.folder = folder, .err = err};
    *out = NULL;
    if (sodium_init() < 0) {
        return pl_fail(err, PL_BUG, NULL, NULL, "libsodium does not start");
    }
    r.s = PL_NEW0(pl_sharing, 1);
    if (r.s == NULL || (r.s->store = PL_NEW0(struct pl_sharing_store, 1)) == NULL) {
        pl_free(r.s);
        return pl_fail_nomem(err, folder);
    }
    pl_arena_init(&r.s->store->arena, 0);
    pl_status status = read_all(&r, rule);
    pl_map_clear(&r.people.map);
    pl_map_clear(&r.goods.map);
    void *const memory[] = {r.people.text, r.goods.text, r.good, r.points, r.score, r.person, r.want, r.amount, r.floor, r.arrival, r.taste, r.line, r.order};
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
    if (status != PL_OK) {
        pl_sharing_free(r.s);
        return status;
    }
    *out = r.s;
    return PL_OK;
}

void pl_sharing_free(pl_sharing *s)
{
    if (s == NULL) {
        return;
    }
    void *const memory[] = {s->start, s->want, s->amount, s->floor, s->taste, s->arrival};
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
    pl_arena_clear(&s->store->arena);
    pl_free(s->store);
    pl_free(s);
}
