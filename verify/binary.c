/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * binary.c - the binary economy (docs/formats/economy-binary.md) as the tables and columns of the folder.  Its
 * checksums are not looked at: the hash of the economy is computed from what was read, and that is what counts. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/check.h"

#define HEADER 64
#define ENTRY 32
#define TEXT 256 /* the section of texts */
#define KNOWN 259
#define ROWS_MAX 2000000000

typedef struct pv_section {
    const unsigned char *at; /* NULL: not there */
    uint64_t count, size;
} pv_section;

typedef struct pv_binary {
    pv_run *run;
    const char *path;
    const unsigned char *at;
    size_t n;
    pv_section section[KNOWN];
} pv_binary;

static _Noreturn void broken(const pv_binary *b, const char *what, int64_t number)
{
    pv_stop(b->run, PV_UNREADABLE, NULL, 0, 0, "%.300s: %s (%lld)", b->path, what, (long long)number);
}

static uint64_t little(const unsigned char *at, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | at[i];
    }
    return x;
}

static void read_file(pv_binary *b)
{
    struct stat st;
    int fd = open(b->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) {
            close(fd);
        }
        pv_stop(b->run, PV_IO, NULL, 0, 0, "%.400s: cannot be opened", b->path);
    }
    b->n = (size_t)st.st_size;
    unsigned char *at = pv_try_alloc(b->run, b->n, 1);
    size_t got = 0;
    while (at != NULL && got < b->n) {
        ssize_t k = read(fd, at + got, b->n - got < (1u << 30) ? b->n - got : 1u << 30);
        if (k <= 0) {
            break;
        }
        got += (size_t)k;
    }
    close(fd);
    if (at == NULL) {
        pv_stop(b->run, PV_MEMORY, NULL, 0, 0, "out of memory (%zu bytes wanted)", b->n);
    }
    if (got < b->n) {
        pv_stop(b->run, PV_IO, NULL, 0, 0, "%.400s: cannot be read", b->path);
    }
    b->at = at;
}

static void read_directory(pv_binary *b)
{
    if (b->n < HEADER || memcmp(b->at, "\x89PLECON\n", 8) != 0) {
        broken(b, "not a binary economy; bytes", (int64_t)b->n);
    }
    uint64_t version = little(b->at + 8, 4), sections = little(b->at + 12, 4);
    if (version != 2) {
        broken(b, "a version that this checker does not read", (int64_t)version);
    }
    if (little(b->at + 16, 8) != b->n || sections > (b->n - HEADER) / ENTRY) {
        broken(b, "the file was cut; bytes", (int64_t)b->n);
    }
    for (uint64_t i = 0; i < sections; i++) {
        const unsigned char *entry = b->at + HEADER + i * ENTRY;
        uint64_t id = little(entry, 4), size = little(entry + 4, 4), offset = little(entry + 8, 8),
                 count = little(entry + 16, 8);
        if (id >= KNOWN || b->section[id].at != NULL || size == 0 || size > 8 || offset % 8 != 0 || offset > b->n ||
            count > (b->n - offset) / size) {
            broken(b, "a section that cannot be", (int64_t)id);
        }
        b->section[id] = (pv_section){b->at + offset, count, size};
    }
}

/* The section, which has elements of that size and, when it is there, that many of them. */
static const pv_section *section(const pv_binary *b, int table, int field, uint64_t size, uint64_t count)
{
    const pv_section *s = &b->section[16 * table + field];
    if (s->at != NULL && (s->size != size || s->count != count)) {
        broken(b, "a section of the wrong size", 16 * table + field);
    }
    return s;
}

static int64_t whole(const pv_section *s, int64_t i)
{
    int64_t x = (int64_t)little(s->at + (uint64_t)i * s->size, (int)s->size);
    return s->size == 4 ? (int32_t)(uint32_t)x : x;
}

static double real(const pv_section *s, int64_t i)
{
    double x;
    uint64_t bits = little(s->at + 8 * (uint64_t)i, 8);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const char *text(const pv_binary *b, const pv_section *s, int64_t i)
{
    const pv_section *all = &b->section[TEXT];
    uint64_t offset = (uint64_t)whole(s, i);
    if (all->at == NULL || all->size != 1 || all->count == 0 || all->at[all->count - 1] != 0 || offset >= all->count) {
        broken(b, "a text that is not in the file", (int64_t)offset);
    }
    return (const char *)all->at + offset;
}

/* One column of a table of the folder. */
static pv_column column(const pv_binary *b, const pv_schema *schema, int table, int f, int32_t rows)
{
    static const char *const kinds[] = {"labour", "nature", "emission", "equipment", "money", "other"};
    const pv_field *field = &schema->field[f];
    bool small = field->type == PV_TEXT && ((table == PV_T_GOODS && f == 5) || (table == PV_T_RESOURCES && f == 3));
    bool tier = table == PV_T_NEEDS && f == 1;
    uint64_t size = small ? 1 : field->type >= PV_GOOD || tier ? 4 : 8;
    const pv_section *s = section(b, table, f, size, (uint64_t)rows);
    pv_column c = {0};
    if (field->type == PV_TEXT) {
        c.text = pv_alloc(b->run, (size_t)rows, sizeof *c.text);
        for (int32_t i = 0; i < rows; i++) {
            int64_t k = small && s->at != NULL ? whole(s, i) : 0;
            if (k < 0 || k > (table == PV_T_GOODS ? 1 : 5)) {
                broken(b, "a word that is not known", k);
            }
            c.text[i] = s->at == NULL ? (field->text != NULL ? field->text : "")
                        : !small      ? text(b, s, i)
                        : table == PV_T_GOODS ? (k == 1 ? "none" : "free") : kinds[k];
        }
    } else if (field->type == PV_NUMBER) {
        c.number = pv_alloc(b->run, (size_t)rows, sizeof *c.number);
        for (int32_t i = 0; i < rows; i++) {
            c.number[i] = s->at == NULL ? field->number : tier ? (double)whole(s, i) : real(s, i);
            if (isinf(c.number[i]) || (isnan(c.number[i]) && field->presence == PV_GIVEN)) {
                broken(b, "a number that cannot be, in section", 16 * table + f);
            }
        }
    } else {
        c.rank = pv_alloc(b->run, (size_t)rows, sizeof *c.rank);
        for (int32_t i = 0; i < rows; i++) {
            int64_t k = s->at == NULL ? -1 : whole(s, i);
            if (k < 0 || k >= b->run->ids[field->type - PV_GOOD].n) {
                broken(b, "an index that is out of range", k);
            }
            c.rank[i] = (int32_t)k;
        }
    }
    return c;
}

/* How rows i - 1 and i are ordered by their key; must be negative. */
static int order(const pv_table *t, int32_t i)
{
    int result = 0;
    for (int f = 0; f < t->schema->n_keys && result == 0; f++) {
        const pv_column *c = &t->column[f];
        switch (t->schema->field[f].type) {
        case PV_TEXT: result = strcmp(c->text[i - 1], c->text[i]); break;
        case PV_NUMBER: result = (c->number[i - 1] > c->number[i]) - (c->number[i - 1] < c->number[i]); break;
        default: result = (c->rank[i - 1] > c->rank[i]) - (c->rank[i - 1] < c->rank[i]);
        }
    }
    return result;
}

static void read_table(const pv_binary *b, const pv_schema *schema, int which, pv_table *t)
{
    const pv_section *key = &b->section[16 * which];
    if (key->count > ROWS_MAX) {
        broken(b, "too many rows", (int64_t)key->count);
    }
    *t = (pv_table){.schema = schema, .present = which == PV_T_GOODS || key->at != NULL, .rows = (int32_t)key->count};
    t->line = pv_alloc(b->run, (size_t)t->rows, sizeof *t->line);
    for (int f = 0; f < schema->n_fields; f++) {
        t->column[f] = column(b, schema, which, f, t->rows);
    }
    for (int32_t i = 1; i < t->rows; i++) {
        if (order(t, i) >= 0) {
            broken(b, "rows that are not in order, section", 16 * which);
        }
    }
}

/* Flows and uses, straight from the file; amounts are copied, since the changes of a plan change them. */
static pv_columns read_columns(const pv_binary *b, int which, int32_t n, int32_t n_others)
{
    const pv_section *from = section(b, which, 0, 8, (uint64_t)n + 1), *to = &b->section[16 * which + 1];
    uint64_t count = to->count;
    const pv_section *values = section(b, which, 2, 8, count);
    (void)section(b, which, 1, 4, count);
    if (count > ROWS_MAX || (from->at == NULL && n > 0) || (values->at == NULL && count > 0)) {
        broken(b, "columns that do not fit together, section", 16 * which);
    }
    int32_t *start = pv_alloc(b->run, (size_t)n + 1, sizeof *start);
    int32_t *index = pv_alloc(b->run, (size_t)count, sizeof *index);
    double *amount = pv_alloc(b->run, (size_t)count, sizeof *amount);
    for (int32_t r = 0; r <= n && from->at != NULL; r++) {
        int64_t at = whole(from, r);
        if (at < (r > 0 ? start[r - 1] : 0) || (uint64_t)at > count || (r == 0 && at != 0)) {
            broken(b, "recipes that are not in order, section", 16 * which);
        }
        start[r] = (int32_t)at;
    }
    if ((uint64_t)start[n] != count) {
        broken(b, "rows that belong to no recipe, section", 16 * which);
    }
    for (int32_t r = 0; r < n; r++) {
        for (int32_t i = start[r]; i < start[r + 1]; i++) {
            int64_t k = whole(to, i);
            amount[i] = real(values, i);
            if (k < 0 || k >= n_others || (i > start[r] && k <= index[i - 1]) || !isfinite(amount[i])) {
                broken(b, "a coefficient that cannot be, of recipe", r);
            }
            index[i] = (int32_t)k;
        }
    }
    return (pv_columns){start, index, amount};
}

bool pv_binary_is(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void pv_binary_read(pv_run *run, const char *path, const pv_schema *schemas, pv_economy *e)
{
    pv_binary *b = pv_alloc(run, 1, sizeof *b);
    b->run = run;
    b->path = path;
    read_file(b);
    read_directory(b);
    static const struct {
        int table, kind;
    } sequence[] = {{PV_T_GOODS, PV_GOODS}, {PV_T_RECIPES, PV_RECIPES}, {PV_T_RESOURCES, PV_RESOURCES},
                    {PV_T_NEEDS, -1},       {PV_T_TRADE, -1},           {PV_T_STOCKS, -1},
                    {PV_T_PLACES, -1}};
    for (size_t i = 0; i < sizeof sequence / sizeof *sequence; i++) {
        int which = sequence[i].table;
        read_table(b, &schemas[which], which, &e->table[which]);
        if (sequence[i].kind >= 0) {
            pv_ids_set(run, sequence[i].kind, &e->table[which]);
        }
    }
    int32_t n = e->table[PV_T_RECIPES].rows;
    e->flows = read_columns(b, PV_T_FLOWS, n, e->table[PV_T_GOODS].rows);
    e->uses = read_columns(b, PV_T_USES, n, e->table[PV_T_RESOURCES].rows);
}
