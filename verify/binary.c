/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * binary.c - files of sections, and the binary economy (docs/formats/economy-binary.md) as the tables and columns of the
 * folder.  Checksums are not looked at: the hash of the economy is computed from what was read, and what a plan claims is
 * proved from what was read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/check.h"

#define HEADER 64
#define ENTRY 32
#define ROWS_MAX 2000000000

void pv_binary_broken(const pv_binary *b, const char *what, int64_t number)
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

#define PIECE ((size_t)1 << 24)

/* n bytes of the file, in pieces, side by side; false when they cannot be read. */
static bool read_pieces(int fd, unsigned char *at, size_t n)
{
    bool ok = true;
    int64_t pieces = (int64_t)((n + PIECE - 1) / PIECE);
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) reduction(&& : ok) if (pieces > 1)
#endif
    for (int64_t i = 0; i < pieces; i++) {
        size_t from = (size_t)i * PIECE, end = n - from < PIECE ? n : from + PIECE;
        while (ok && from < end) {
            ssize_t got = pread(fd, at + from, end - from, (off_t)from);
            ok = got > 0 || (got < 0 && errno == EINTR);
            from += got > 0 ? (size_t)got : 0;
        }
    }
    return ok;
}

static void read_file(pv_binary *b)
{
    struct stat st;
    int fd = open(b->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) {
            close(fd);
        }
        pv_stop(b->run, PV_IO, NULL, 0, 0, "%.400s: cannot be opened", b->path);
    }
    b->n = (size_t)st.st_size;
    b->at = pv_try_alloc(b->run, b->n, 1);
    bool read = b->at != NULL && read_pieces(fd, b->at, b->n);
    close(fd);
    if (b->at == NULL) {
        pv_stop(b->run, PV_MEMORY, NULL, 0, 0, "out of memory (%zu bytes wanted)", b->n);
    }
    if (!read) {
        pv_stop(b->run, PV_IO, NULL, 0, 0, "%.400s: cannot be read", b->path);
    }
}

static void read_directory(pv_binary *b, const char *magic, unsigned version)
{
    if (b->n < HEADER || memcmp(b->at, magic, 8) != 0) {
        pv_stop(b->run, PV_UNREADABLE, NULL, 0, 0, "%.300s: not a binary %s", b->path, b->what);
    }
    uint64_t says = little(b->at + 8, 4), sections = little(b->at + 12, 4);
    if (says != version) {
        pv_binary_broken(b, "a version that this checker does not read", (int64_t)says);
    }
    if (little(b->at + 16, 8) != b->n || sections > (b->n - HEADER) / ENTRY) {
        pv_binary_broken(b, "the file was cut; bytes", (int64_t)b->n);
    }
    for (uint64_t i = 0; i < sections; i++) {
        const unsigned char *entry = b->at + HEADER + i * ENTRY;
        uint64_t id = little(entry, 4), size = little(entry + 4, 4), offset = little(entry + 8, 8),
                 count = little(entry + 16, 8);
        if (id >= PV_SECTIONS || b->section[id].at != NULL || size == 0 || size > 8 || offset % 8 != 0 || offset > b->n ||
            count > (b->n - offset) / size) {
            pv_binary_broken(b, "a section that cannot be", (int64_t)id);
        }
        b->section[id] = (pv_section){b->at + offset, count, size};
    }
}

pv_binary *pv_binary_open(pv_run *run, const char *path, const char *magic, unsigned version, const char *what)
{
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
        pv_stop(run, PV_UNREADABLE, NULL, 0, 0, "%.300s: binary files are not read on big-endian machines", path);
    }
    pv_binary *b = pv_alloc(run, 1, sizeof *b);
    b->run = run;
    b->path = path;
    b->what = what;
    read_file(b);
    read_directory(b, magic, version);
    return b;
}

/* The section, which has elements of that size and, when it is there, that many of them. */
const pv_section *pv_binary_section(const pv_binary *b, int table, int field, uint64_t size, uint64_t count)
{
    const pv_section *s = &b->section[16 * table + field];
    if (s->at != NULL && (s->size != size || s->count != count)) {
        pv_binary_broken(b, "a section of the wrong size", 16 * table + field);
    }
    return s;
}

int64_t pv_binary_whole(const pv_section *s, int64_t i)
{
    int64_t large;
    int32_t small;
    switch (s->size) {
    case 8: memcpy(&large, s->at + 8 * (uint64_t)i, 8); return large;
    case 4: memcpy(&small, s->at + 4 * (uint64_t)i, 4); return small;
    default: return s->at[(uint64_t)i * s->size];
    }
}

double pv_binary_real(const pv_section *s, int64_t i)
{
    double x;
    memcpy(&x, s->at + 8 * (uint64_t)i, sizeof x);
    return x;
}

const char *pv_binary_text(const pv_binary *b, const pv_section *s, int64_t i)
{
    const pv_section *all = &b->section[PV_SECTION_TEXT];
    uint64_t offset = (uint64_t)pv_binary_whole(s, i);
    if (all->at == NULL || all->size != 1 || all->count == 0 || all->at[all->count - 1] != 0 || offset >= all->count) {
        pv_binary_broken(b, "a text that is not in the file", (int64_t)offset);
    }
    return (const char *)all->at + offset;
}

/* One column of a table of the folder. */
static pv_column column(const pv_binary *b, const pv_schema *schema, int table, int f, int32_t rows)
{
    static const char *const kinds[] = {"labour", "nature", "emission", "equipment", "money", "other"};
    const pv_field *field = &schema->field[f];
    bool small = field->type == PV_TEXT && ((table == PV_T_GOODS && f == 5) || (table == PV_T_RESOURCES && f == 3));
    bool whole_number = (table == PV_T_NEEDS && f == 1) || (table == PV_T_LAGS && f == 1) || (table == PV_T_TRENDS && f == 2);
    uint64_t size = small ? 1 : field->type >= PV_GOOD || whole_number ? 4 : 8;
    const pv_section *s = pv_binary_section(b, table, f, size, (uint64_t)rows);
    pv_column c = {0};
    if (field->type == PV_TEXT) {
        c.text = pv_alloc(b->run, (size_t)rows, sizeof *c.text);
        for (int32_t i = 0; i < rows; i++) {
            int64_t k = small && s->at != NULL ? pv_binary_whole(s, i) : 0;
            if (k < 0 || k > (table == PV_T_GOODS ? 1 : 5)) {
                pv_binary_broken(b, "a word that is not known", k);
            }
            c.text[i] = s->at == NULL ? (field->text != NULL ? field->text : "")
                        : !small      ? pv_binary_text(b, s, i)
                        : table == PV_T_GOODS ? (k == 1 ? "none" : "free") : kinds[k];
        }
    } else if (field->type == PV_NUMBER) {
        c.number = pv_alloc(b->run, (size_t)rows, sizeof *c.number);
        for (int32_t i = 0; i < rows; i++) {
            c.number[i] = s->at == NULL ? field->number : whole_number ? (double)pv_binary_whole(s, i) : pv_binary_real(s, i);
            if (isinf(c.number[i]) || (isnan(c.number[i]) && field->presence == PV_GIVEN)) {
                pv_binary_broken(b, "a number that cannot be, in section", 16 * table + f);
            }
        }
    } else {
        c.rank = pv_alloc(b->run, (size_t)rows, sizeof *c.rank);
        for (int32_t i = 0; i < rows; i++) {
            int64_t k = s->at == NULL ? -1 : pv_binary_whole(s, i);
            if (k < 0 || k >= b->run->ids[field->type - PV_GOOD].n) {
                pv_binary_broken(b, "an index that is out of range", k);
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
        pv_binary_broken(b, "too many rows", (int64_t)key->count);
    }
    *t = (pv_table){.schema = schema, .present = which == PV_T_GOODS || key->at != NULL, .rows = (int32_t)key->count};
    for (int f = 0; f < schema->n_fields; f++) {
        t->column[f] = column(b, schema, which, f, t->rows);
    }
    bool ordered = true;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) reduction(&& : ordered) if (t->rows > 10000)
#endif
    for (int32_t i = 1; i < t->rows; i++) {
        ordered = ordered && order(t, i) < 0;
    }
    if (!ordered) {
        pv_binary_broken(b, "rows that are not in order, section", 16 * which);
    }
}

/* True when the coefficients of that recipe are of others in ascending order, and finite. */
static bool holds(const pv_columns *c, int32_t r, int32_t n_others)
{
    bool good = true;
    int64_t before = -1;
    for (int64_t i = c->start[r]; i < c->start[r + 1]; i++) {
        good &= c->index[i] > before && isfinite(c->amount[i]);
        before = c->index[i];
    }
    return good && before < n_others;
}

/* Flows and uses, where they lie in the memory that the file was read into. */
static pv_columns read_columns(const pv_binary *b, int which, int32_t n, int32_t n_others)
{
    static const int64_t none[1] = {0};
    const pv_section *from = pv_binary_section(b, which, 0, 8, (uint64_t)n + 1), *to = &b->section[16 * which + 1];
    uint64_t count = to->count;
    const pv_section *values = pv_binary_section(b, which, 2, 8, count);
    (void)pv_binary_section(b, which, 1, 4, count);
    if (count > INT64_MAX / 16 || (from->at == NULL && n > 0) || (values->at == NULL && count > 0)) {
        pv_binary_broken(b, "columns that do not fit together, section", 16 * which);
    }
    pv_columns c = {from->at != NULL ? (const int64_t *)(const void *)from->at : none, (const int32_t *)(const void *)to->at,
                    (double *)(void *)values->at};
    bool ordered = c.start[0] == 0 && (uint64_t)c.start[n] == count;
    for (int32_t r = 0; r < n; r++) {
        ordered &= c.start[r] <= c.start[r + 1];
    }
    if (!ordered) {
        pv_binary_broken(b, "rows that belong to no recipe, section", 16 * which);
    }
    int32_t wrong = INT32_MAX;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) reduction(min : wrong) if (n > 10000)
#endif
    for (int32_t r = 0; r < n; r++) {
        if (!holds(&c, r, n_others) && r < wrong) {
            wrong = r;
        }
    }
    if (wrong < INT32_MAX) {
        pv_binary_broken(b, "a coefficient that cannot be, of recipe", wrong);
    }
    return c;
}

bool pv_binary_is(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void pv_binary_economy(pv_run *run, const char *path, const pv_schema *schemas, pv_economy *e)
{
    const pv_binary *b = pv_binary_open(run, path, "\x89PLECON\n", 2, "economy");
    static const struct {
        int table, kind;
    } sequence[] = {{PV_T_GOODS, PV_GOODS}, {PV_T_RECIPES, PV_RECIPES}, {PV_T_RESOURCES, PV_RESOURCES},
                    {PV_T_NEEDS, -1},       {PV_T_TRADE, -1},           {PV_T_STOCKS, -1},
                    {PV_T_PLACES, -1},      {PV_T_ASSETS, -1},          {PV_T_CAPITAL, -1},
                    {PV_T_LAGS, -1},        {PV_T_TRENDS, -1}};
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
