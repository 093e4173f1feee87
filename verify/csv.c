/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * csv.c - tables (RFC 4180) into columns, in place and in one pass; identifiers into ranks; numbers.
 *
 * A table is described by its pv_schema: the columns it should have, in canonical order, keys first. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

#define HEADER_MAX 4096
#define CELL_MAX ((size_t)1 << 20)
enum { IGNORED = -1, PERIOD = -2 };

/* ---- numbers ---------------------------------------------------------------------------------------- */

#if LDBL_MANT_DIG == 64 && defined(__x86_64__)
/* mantissa * 10^e with one rounding to 64 bits: 10^27 < 2^90 and 5^27 < 2^63, so that both factors are exact.
 * A second rounding, to 53 bits, errs only when the first fell on the middle between two numbers. */
static bool fast_number(uint64_t mantissa, int e, double *x)
{
    static const pv_real power[28] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                      1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                      1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
    if (e < -27 || e > 27) {
        return false;
    }
    pv_real value = e < 0 ? (pv_real)mantissa / power[-e] : (pv_real)mantissa * power[e];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7ff) == 0x400) {
        return false;
    }
    *x = (double)value;
    return true;
}
#else
static bool fast_number(uint64_t mantissa, int e, double *x)
{
    (void)mantissa, (void)e, (void)x;
    return false;
}
#endif

bool pv_number(pv_run *run, const char *text, double *x)
{
    const char *p = text;
    bool minus = *p == '-', whole = true;
    uint64_t mantissa = 0;
    int digits = 0, e = 0;
    p += *p == '-' || *p == '+';
    for (bool after = false; (*p >= '0' && *p <= '9') || (*p == '.' && !after); p++) {
        if (*p == '.') {
            after = true;
        } else {
            digits = 1;
            if (mantissa < UINT64_C(1000000000000000000)) {
                mantissa = 10 * mantissa + (uint64_t)(*p - '0');
                e -= after;
            } else {
                whole = false;
            }
        }
    }
    if (digits == 0) {
        return false;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        bool down = *p == '-';
        p += *p == '-' || *p == '+';
        int shift = 0;
        if (*p < '0' || *p > '9') {
            return false;
        }
        for (; *p >= '0' && *p <= '9'; p++) {
            shift = shift < 100000 ? 10 * shift + (*p - '0') : shift;
        }
        /* e stays above INT_MIN / 2: a cell has fewer than 2^20 digits */
        e += down ? -shift : shift;
    }
    if (*p != '\0') {
        return false;
    }
    double value = 0;
    if (!whole || !fast_number(mantissa, e, &value)) {
        value = strtod_l(text + (*text == '-' || *text == '+'), NULL, run->c_locale);
    }
    if (!isfinite(value)) {
        return false;
    }
    *x = minus ? -value : value;
    return true;
}

/* ---- identifiers ------------------------------------------------------------------------------------ */

static uint64_t hash(uint64_t seed, const char *text, size_t n)
{
    uint64_t h = seed;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text + i, n - i < 8 ? n - i : 8);
        unsigned __int128 product = (unsigned __int128)(h ^ word ^ UINT64_C(0xa0761d6478bd642f)) *
                                    (h + UINT64_C(0xe7037ed1a0b428db));
        h = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return h ^ h >> 32;
}

void pv_ids_set(pv_run *run, int kind, const pv_table *table)
{
    run->ids[kind] = (pv_ids){.id = table->column[0].text, .n = table->rows};
}

static void fill_slots(pv_run *run, pv_ids *ids)
{
    uint32_t size = 8;
    while (size < 2 * (uint32_t)ids->n) {
        size *= 2;
    }
    randombytes_buf(&ids->seed, sizeof ids->seed);
    ids->seed |= 1;
    ids->slot = pv_alloc(run, size, sizeof *ids->slot);
    ids->mask = (int32_t)(size - 1);
    for (int32_t i = 0; i < ids->n; i++) {
        uint32_t at = (uint32_t)hash(ids->seed, ids->id[i], strlen(ids->id[i])) & (size - 1);
        while (ids->slot[at] != 0) {
            at = (at + 1) & (size - 1);
        }
        ids->slot[at] = i + 1;
    }
}

static int32_t find(pv_run *run, int kind, const char *id, size_t n)
{
    pv_ids *ids = &run->ids[kind];
    if (ids->slot == NULL) {
        fill_slots(run, ids);
    }
    uint32_t at = (uint32_t)hash(ids->seed, id, n) & (uint32_t)ids->mask;
    for (; ids->slot[at] != 0; at = (at + 1) & (uint32_t)ids->mask) {
        if (strcmp(ids->id[ids->slot[at] - 1], id) == 0) {
            return ids->slot[at] - 1;
        }
    }
    return -1;
}

int32_t pv_find(pv_run *run, int kind, const char *id)
{
    return find(run, kind, id, strlen(id));
}

/* ---- cells ------------------------------------------------------------------------------------------ */

typedef struct pv_csv {
    pv_run *run;
    const char *name;
    char *at, *end, *line_start;
    int64_t line;
} pv_csv;

_Noreturn static void fault(const pv_csv *csv, const char *at, const char *what)
{
    pv_stop(csv->run, PV_UNREADABLE, csv->name, csv->line, at - csv->line_start + 1, "%s", what);
}

/* The text of a quoted cell, whose first quote is at csv->at; csv->at then points behind the last one. */
static char *quoted(pv_csv *csv, size_t *n)
{
    char *text = csv->at + 1, *to = text, *p = text;
    for (;; p++) {
        if (p == csv->end) {
            fault(csv, csv->at, "this quote is never closed");
        }
        if (*p == '"' && *++p != '"') {
            break;
        }
        if (*p == '\n') {
            csv->line++;
            csv->line_start = p + 1;
        }
        *to++ = *p;
    }
    *n = (size_t)(to - text);
    csv->at = p;
    return text;
}

/* The next cell of the row, zero-terminated; *last when the row ends with it. */
static char *next_cell(pv_csv *csv, size_t *n, bool *last)
{
    char *text = csv->at, *p = text;
    if (*p == '"') {
        text = quoted(csv, n);
        p = csv->at;
    } else {
        while (*p != ',' && *p != '\n' && *p != '\0' && *p != '\r' && *p != '"') {
            p++;
        }
        *n = (size_t)(p - text);
    }
    if (*n > CELL_MAX) {
        fault(csv, p, "this cell is longer than 1 MiB");
    }
    char *stop = p;
    *last = true;
    if (*p == ',') {
        *last = false;
    } else if (*p == '\r' && (p[1] == '\n' || p + 1 == csv->end)) {
        p++;
    } else if (*p != '\n' && p != csv->end) {
        fault(csv, p, *p == '"' ? "a quote within a cell that does not begin with one"
                                : "unexpected text after the cell");
    }
    csv->at = p < csv->end ? p + 1 : p;
    text[*n] = '\0';
    *stop = '\0';
    return text;
}

static bool skip_blank(pv_csv *csv)
{
    for (;;) {
        char *p = csv->at;
        if (p == csv->end) {
            return false;
        }
        p += *p == '\r';
        if (p < csv->end && *p != '\n') {
            return true;
        }
        csv->at = p < csv->end ? p + 1 : p;
        csv->line++;
        csv->line_start = csv->at;
    }
}

/* ---- tables ----------------------------------------------------------------------------------------- */

/* Which field each column of the file holds; returns the number of columns. */
static int read_header(pv_csv *csv, const pv_schema *schema, int8_t field[HEADER_MAX])
{
    int columns = 0;
    unsigned seen = 0;
    for (bool last = !skip_blank(csv); !last; columns++) {
        size_t n;
        char *start = csv->at, *name = next_cell(csv, &n, &last);
        if (columns == HEADER_MAX) {
            fault(csv, start, "more than 4096 columns");
        }
        field[columns] = strcmp(name, "period") == 0 && schema->fault == PV_UNREADABLE ? PERIOD : IGNORED;
        for (int f = 0; f < schema->n_fields; f++) {
            if (strcmp(name, schema->field[f].name) == 0) {
                field[columns] = (int8_t)f;
            }
        }
        unsigned bit = field[columns] == IGNORED ? 0 : 1u << (field[columns] + 2);
        if ((seen & bit) != 0) {
            fault(csv, start, "this column is there twice");
        }
        seen |= bit;
    }
    for (int f = 0; f < schema->n_fields; f++) {
        if (schema->field[f].presence != PV_OPTIONAL && (seen & 1u << (f + 2)) == 0) {
            pv_stop(csv->run, PV_UNREADABLE, csv->name, 1, 1, "there is no column \"%s\"", schema->field[f].name);
        }
    }
    csv->line++;
    csv->line_start = csv->at;
    return columns;
}

static void read_period(pv_csv *csv, const char *start, const char *text)
{
    pv_run *run = csv->run;
    if (run->period == NULL) {
        run->period = text;
    } else if (strcmp(run->period, text) != 0) {
        pv_stop(run, PV_UNREADABLE, csv->name, csv->line, start - csv->line_start + 1,
                "period \"%.40s\" besides \"%.40s\": only one period can be checked", text, run->period);
    }
}

static void read_cell(pv_csv *csv, pv_table *table, int f, int32_t row, char *start, char *text, size_t n)
{
    const pv_field *field = &table->schema->field[f];
    pv_column *column = &table->column[f];
    if (n == 0 && field->presence == PV_GIVEN) {
        pv_stop(csv->run, PV_UNREADABLE, csv->name, csv->line, start - csv->line_start + 1,
                "\"%s\" must be given", field->name);
    }
    if (field->type == PV_TEXT) {
        column->text[row] = n > 0 || field->text == NULL ? text : field->text;
    } else if (field->type == PV_NUMBER) {
        if (n > 0 && !pv_number(csv->run, text, &column->number[row])) {
            pv_stop(csv->run, PV_UNREADABLE, csv->name, csv->line, start - csv->line_start + 1,
                    "\"%.60s\" is not a number, or out of range", text);
        }
    } else {
        const pv_ids *ids = &csv->run->ids[field->type - PV_GOOD];
        int32_t before = row > 0 ? column->rank[row - 1] : -1;
        column->rank[row] = before >= 0 && strcmp(ids->id[before], text) == 0
                                   ? before
                                   : find(csv->run, (int)(field->type - PV_GOOD), text, n);
        if (column->rank[row] < 0) {
            pv_stop(csv->run, table->schema->fault, csv->name, csv->line, start - csv->line_start + 1,
                    "there is no %s \"%.100s\" in the economy", field->name, text);
        }
    }
}

static void start_row(pv_table *table, int32_t row, int64_t line)
{
    table->line[row] = line;
    for (int f = 0; f < table->schema->n_fields; f++) {
        const pv_field *field = &table->schema->field[f];
        if (field->type == PV_TEXT) {
            table->column[f].text[row] = field->text != NULL ? field->text : "";
        } else if (field->type == PV_NUMBER) {
            table->column[f].number[row] = field->number;
        }
    }
}

static int compare_rows(const pv_table *table, int32_t a, int32_t b)
{
    for (int k = 0; k < table->schema->n_keys; k++) {
        const pv_column *column = &table->column[k];
        int order;
        if (table->schema->field[k].type == PV_TEXT) {
            order = strcmp(column->text[a], column->text[b]);
        } else if (table->schema->field[k].type == PV_NUMBER) {
            order = (column->number[a] > column->number[b]) - (column->number[a] < column->number[b]);
        } else {
            order = (column->rank[a] > column->rank[b]) - (column->rank[a] < column->rank[b]);
        }
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int by_key(const void *a, const void *b, void *table)
{
    int32_t i, j;
    memcpy(&i, a, sizeof i);
    memcpy(&j, b, sizeof j);
    int order = compare_rows(table, i, j);
    return order != 0 ? order : (i > j) - (i < j);
}

static void *permuted(pv_run *run, void *from, size_t size, const int32_t *order, int32_t rows)
{
    char *to = pv_alloc(run, (size_t)rows, size);
    for (int32_t i = 0; i < rows; i++) {
        memcpy(to + (size_t)i * size, (char *)from + (size_t)order[i] * size, size);
    }
    pv_free(run, from);
    return to;
}

static void sort(pv_run *run, pv_table *table)
{
    int32_t *order = pv_alloc(run, (size_t)table->rows, sizeof *order);
    for (int32_t i = 0; i < table->rows; i++) {
        order[i] = i;
    }
    qsort_r(order, (size_t)table->rows, sizeof *order, by_key, table);
    table->line = permuted(run, table->line, sizeof *table->line, order, table->rows);
    for (int f = 0; f < table->schema->n_fields; f++) {
        pv_column *column = &table->column[f];
        if (table->schema->field[f].type == PV_TEXT) {
            column->text = permuted(run, column->text, sizeof *column->text, order, table->rows);
        } else if (table->schema->field[f].type == PV_NUMBER) {
            column->number = permuted(run, column->number, sizeof *column->number, order, table->rows);
        } else {
            column->rank = permuted(run, column->rank, sizeof *column->rank, order, table->rows);
        }
    }
    pv_free(run, order);
}

/* Room for as many rows as there are ends of lines. */
static void make_room(pv_run *run, const pv_file *file, pv_table *table)
{
    size_t lines = 1;
    for (const char *p = file->at; (p = memchr(p, '\n', (size_t)(file->at + file->n - p))) != NULL; p++) {
        lines++;
    }
    if (lines > INT32_MAX / 4) {
        pv_stop(run, PV_UNREADABLE, file->name, 0, 0, "has too many lines");
    }
    table->line = pv_alloc(run, lines, sizeof *table->line);
    for (int f = 0; f < table->schema->n_fields; f++) {
        pv_column *column = &table->column[f];
        pv_type type = table->schema->field[f].type;
        if (type == PV_TEXT) {
            column->text = pv_alloc(run, lines, sizeof *column->text);
        } else if (type == PV_NUMBER) {
            column->number = pv_alloc(run, lines, sizeof *column->number);
        } else {
            column->rank = pv_alloc(run, lines, sizeof *column->rank);
        }
    }
}

static void read_row(pv_csv *csv, pv_table *table, const int8_t *field, int columns)
{
    start_row(table, table->rows, csv->line);
    bool last = false;
    for (int c = 0; !last || c < columns; c++) {
        char *start = csv->at;
        size_t n;
        if (last || c == columns) {
            fault(csv, start, last ? "this row has fewer cells than the header"
                                   : "this row has more cells than the header");
        }
        char *text = next_cell(csv, &n, &last);
        if (field[c] >= 0) {
            read_cell(csv, table, field[c], table->rows, start, text, n);
        } else if (field[c] == PERIOD) {
            read_period(csv, start, text);
        }
    }
    table->rows++;
    csv->line++;
    csv->line_start = csv->at;
}

void pv_table_read(pv_run *run, const char *dir, const pv_schema *schema, pv_table *table)
{
    pv_file file;
    *table = (pv_table){.schema = schema};
    table->present = pv_file_read(run, dir, schema->file, &file);
    if (!table->present) {
        return;
    }
    make_room(run, &file, table);
    size_t mark = strncmp(file.at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    pv_csv csv = {run, schema->file, file.at + mark, file.at + file.n, file.at + mark, 1};
    int8_t field[HEADER_MAX];
    int columns = read_header(&csv, schema, field);
    bool sorted = true;
    while (skip_blank(&csv)) {
        read_row(&csv, table, field, columns);
        sorted = sorted && (table->rows < 2 || compare_rows(table, table->rows - 2, table->rows - 1) < 0);
    }
    if (sorted) {
        return;
    }
    sort(run, table);
    for (int32_t i = 1; i < table->rows; i++) {
        if (compare_rows(table, i - 1, i) == 0) {
            pv_stop(run, schema->fault, schema->file, table->line[i], 1, "the same key as in line %lld",
                    (long long)table->line[i - 1]);
        }
    }
}
