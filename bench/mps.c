/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Plenty's simplex as a process that reads one linear programme from a file, as its peers do, for bench/peers.
 *
 *   build/release/bench/mps solve FILE [THREADS]      reads free MPS as src/solve/mps.c writes it; no hints
 *   build/release/bench/mps write us-2017 RAW SCALED  the fixture of test/known/us_2017.c, in natural units and scaled */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "solve/mps.h"
#include "test/economies.h"

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "bench/mps: %s: %s\n", what, detail);
    exit(1);
}

typedef struct reader {
    builder b;
    pl_map rows, columns;
    char *type;
    int32_t row_cap;
} reader;

static int32_t find(const pl_map *map, const char *id)
{
    int32_t k = pl_map_get(map, id, strlen(id));
    if (k < 0) {
        fail("unknown name", id);
    }
    return k;
}

static int32_t put(pl_map *map, const char *id, int32_t value)
{
    int32_t old;
    if (pl_map_put(map, id, strlen(id), value, &old) != PL_OK) {
        fail("no memory", id);
    }
    return old;
}

/* The number in the last field of a line. */
static double number(const char *text)
{
    double value;
    if (text == NULL || !pl_number_parse(text, strlen(text), &value)) {
        fail("not a number", text != NULL ? text : "nothing");
    }
    return value;
}

/* A row's name and type; the first pass counts them, because a builder needs to know how many. */
static void read_row(reader *r, char type, const char *id)
{
    int32_t i = (int32_t)r->rows.count;
    if (i > 0 && i >= r->row_cap) {
        r->row_cap *= 2;
        r->type = realloc(r->type, (size_t)r->row_cap);
    }
    if (r->type == NULL) {
        fail("no memory", "rows");
    }
    r->type[i] = type;
    put(&r->rows, id, i);
}

static void read_bound(reader *r, const char *type, int32_t j, const char *text)
{
    double v = text != NULL ? number(text) : 0;
    if (strcmp(type, "FX") == 0) {
        r->b.lo[j] = r->b.hi[j] = v;
    } else if (strcmp(type, "LO") == 0) {
        r->b.lo[j] = v;
    } else if (strcmp(type, "UP") == 0) {
        r->b.hi[j] = v;
    } else if (strcmp(type, "MI") == 0 || strcmp(type, "FR") == 0) {
        r->b.lo[j] = -(double)INFINITY;
    } else {
        fail("unknown bound", type);
    }
}

/* Row 0 is the objective, so that row i of the programme is number i + 1 of the file. */
static void start_columns(reader *r)
{
    int32_t m = (int32_t)r->rows.count - 1;
    builder_init(&r->b, m);
    for (int32_t i = 0; i < m; i++) {
        char type = r->type[i + 1];
        r->b.row_lo[i] = type == 'L' || type == 'N' ? -(double)INFINITY : 0;
        r->b.row_hi[i] = type == 'G' || type == 'N' ? (double)INFINITY : 0;
    }
}

static void read_entry(reader *r, const char *column, const char *row, double value)
{
    if (put(&r->columns, column, r->b.n) < 0) {
        builder_column(&r->b, 0, 0, (double)INFINITY);
    }
    int32_t i = find(&r->rows, row);
    if (i == 0) {
        r->b.cost[r->b.n - 1] = value;
    } else {
        builder_entry(&r->b, i - 1, value);
    }
}

static void read_side(reader *r, bool range, int32_t i, double value)
{
    char type = r->type[i + 1];
    if (range) {
        r->b.row_hi[i] = r->b.row_lo[i] + value;
        return;
    }
    r->b.row_lo[i] = type == 'G' || type == 'E' ? value : r->b.row_lo[i];
    r->b.row_hi[i] = type == 'L' || type == 'E' ? value : r->b.row_hi[i];
}

/* Cuts the line at blanks; the fields stay where they are in the text. */
static int cut(char *line, char *field[4])
{
    int n = 0;
    for (line += strspn(line, " \t\r"); *line != '\0' && n < 4; line += strspn(line, " \t\r")) {
        field[n++] = line;
        line += strcspn(line, " \t\r");
        if (*line != '\0') {
            *line++ = '\0';
        }
    }
    for (int k = n; k < 4; k++) {
        field[k] = NULL;
    }
    return n;
}

static void read_mps(reader *r, char *text)
{
    char section = ' ', *field[4], *next;
    r->row_cap = 64;
    r->type = malloc((size_t)r->row_cap);
    pl_map_init(&r->rows);
    pl_map_init(&r->columns);
    for (char *line = text; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (*line != ' ') { /* NAME ROWS COLUMNS RHS RANGES BOUNDS ENDATA; told by the first letter, R.. by the second */
            section = line[0] == 'R' ? line[1] : line[0];
            if (section == 'C') {
                start_columns(r);
            }
            continue;
        }
        int n = cut(line, field);
        if (section == 'O' && n == 2) {
            read_row(r, *field[0], field[1]);
        } else if (section == 'C' && n == 3) {
            read_entry(r, field[0], field[1], number(field[2]));
        } else if ((section == 'H' || section == 'A') && n == 3) {
            read_side(r, section == 'A', find(&r->rows, field[1]) - 1, number(field[2]));
        } else if (section == 'B' && n >= 3) {
            read_bound(r, field[0], find(&r->columns, field[2]), field[3]);
        } else {
            fail("cannot read the line beginning with", line);
        }
    }
}

static char *whole_file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        fail("cannot read", path);
    }
    long size = ftell(f);
    char *text = malloc((size_t)size + 1);
    rewind(f);
    if (text == NULL || fread(text, 1, (size_t)size, f) != (size_t)size) {
        fail("cannot read", path);
    }
    text[size] = '\0';
    fclose(f);
    return text;
}

static int solve(const char *path, int threads)
{
    double begin = pl_clock_s();
    reader r = {0};
    char *text = whole_file(path);
    read_mps(&r, text);
    double read = pl_clock_s();
    pl_lp lp = builder_lp(&r.b, false);
    pl_simplex *s;
    pl_lp_outcome outcome;
    pl_error err = {0};
    if (pl_simplex_new(&lp, &(pl_lp_settings){.threads = threads}, &s, &err) != PL_OK ||
        pl_simplex_solve(s, &outcome, &err) != PL_OK) {
        fail("no answer", err.message);
    }
    pl_simplex_stats st = pl_simplex_get_stats(s);
    if (outcome != PL_LP_OPTIMAL) {
        fail("no optimum", outcome == PL_LP_INFEASIBLE ? "infeasible" : "unbounded");
    }
    printf("optimum %.12g read_s %.4f solve_s %.4f steps %lld violations %.1e %.1e\n", pl_simplex_objective(s),
           read - begin, pl_clock_s() - read, (long long)st.iterations, st.primal_violation, st.dual_violation);
    pl_simplex_free(s);
    builder_free(&r.b);
    pl_map_clear(&r.rows);
    pl_map_clear(&r.columns);
    free(r.type);
    free(text);
    return 0;
}

static void write_to(const char *path, const pl_lp *lp, const pl_mps_options *o)
{
    FILE *f = fopen(path, "w");
    if (f == NULL || pl_mps_write(f, lp, o, NULL) != PL_OK || fclose(f) != 0) {
        fail("cannot write", path);
    }
}

static int write_us(const char *raw, const char *scaled)
{
    builder b;
    economy_us_2017(&b);
    pl_lp lp = builder_lp(&b, true);
    pl_simplex *s;
    pl_mps_options o = {0};
    if (pl_simplex_new(&lp, NULL, &s, NULL) != PL_OK) {
        fail("no memory", "us-2017");
    }
    write_to(raw, &lp, &o);
    pl_simplex_scaling(s, &o.row_scale, &o.column_scale);
    write_to(scaled, &lp, &o);
    pl_simplex_free(s);
    builder_free(&b);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "solve") == 0) {
        return solve(argv[2], argc > 3 ? (int)number(argv[3]) : 1);
    }
    if (argc == 5 && strcmp(argv[1], "write") == 0 && strcmp(argv[2], "us-2017") == 0) {
        return write_us(argv[3], argv[4]);
    }
    fprintf(stderr, "usage: bench/mps solve FILE [THREADS] | write us-2017 RAW SCALED\n");
    return 2;
}
