/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Random economies: what is written is read back the same, however the tables are laid out; and running out of
 * memory or disk at any moment leaves nothing behind. */
#include <plenty/economy.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "io/csv.h"
#include "test/test.h"

#define ROUNDS 60

static const char *in_tmp(const char *name)
{
    static char path[8][4096];
    static int turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

/* ---- Random economies ------------------------------------------------------------------------ */

static double some_number(pl_rng *rng)
{
    switch (pl_rng_below(rng, 6)) {
    case 0: return 0;
    case 1: return (double)pl_rng_below(rng, 1000);
    case 2: return (double)pl_rng_below(rng, 100000) / 100;
    case 3: return pl_rng_unit(rng);
    case 4: return ldexp(pl_rng_unit(rng) + 0.5, (int)pl_rng_below(rng, 2000) - 1000);
    default: return 1 / (1 + (double)pl_rng_below(rng, 100));
    }
}

static double maybe(pl_rng *rng, double x)
{
    return pl_rng_below(rng, 3) == 0 ? PL_ABSENT : x;
}

/* Texts that a careless writer or reader would spoil. */
static const char *some_text(pl_rng *rng)
{
    static const char *const texts[] = {"",     "plain", "with, comma", "with \"quotes\"", "two\nlines", "crlf\r\nline",
                                        "ö日本", " space ", "12",       "007",             "-",          "\"",
                                        ",",    "=1+1",  "NaN",         "#",               "'",          "\t"};
    return texts[pl_rng_below(rng, sizeof texts / sizeof texts[0])];
}

/* Identifiers that need quotes, and some that are not what they look like. */
static const char *id_of(char kind, uint64_t i)
{
    static const char *const before[] = {"", "", "", "\"", "", "", "0"}, *const between[] = {"", " ", ",", "", "ö", "\n", ""},
                             *const after[] = {"", "", "", "\"", "", "", ""};
    static char out[4][32];
    static int turn;
    char *p = out[turn++ % 4];
    snprintf(p, sizeof out[0], "%s%c%s%d%s", before[i % 7], kind, between[i % 7], (int)i, after[i % 7]);
    return p;
}

#define OK(call) CHECK((call) == PL_OK)

static void add_rows(pl_builder *b, pl_rng *rng, uint64_t goods, uint64_t recipes, uint64_t resources)
{
    for (uint64_t i = 0; i < goods; i++) {
        OK(pl_add_good(b, 0, id_of('g', i), some_text(rng), some_text(rng), some_text(rng), some_text(rng),
                       pl_rng_below(rng, 2) == 0));
    }
    for (uint64_t i = 0; i < resources; i++) {
        OK(pl_add_resource(b, 0, id_of('k', i), some_text(rng), some_text(rng), (pl_kind)pl_rng_below(rng, 6),
                           maybe(rng, some_number(rng))));
    }
    for (uint64_t i = 0; i < recipes; i++) {
        OK(pl_add_recipe(b, 0, id_of('r', i), some_text(rng), some_text(rng), maybe(rng, some_number(rng))));
        for (uint64_t k = pl_rng_below(rng, 3); k < goods; k += 1 + pl_rng_below(rng, goods)) {
            OK(pl_add_flow(b, 0, id_of('r', i), id_of('g', k), -some_number(rng)));
        }
        for (uint64_t k = pl_rng_below(rng, 3); k < resources; k += 1 + pl_rng_below(rng, resources)) {
            OK(pl_add_use(b, 0, id_of('r', i), id_of('k', k), some_number(rng)));
        }
    }
    for (uint64_t i = 0; i < goods; i++) {
        if (pl_rng_below(rng, 2) == 0) {
            double amount = some_number(rng);
            OK(pl_add_need(b, 0, id_of('g', i), 1 + (int32_t)pl_rng_below(rng, 3), some_text(rng), amount,
                           pl_rng_below(rng, 2) == 0 ? 1 : 0.5, pl_rng_below(rng, 2) == 0 ? 0 : amount));
        }
        if (pl_rng_below(rng, 3) == 0) {
            OK(pl_add_trade(b, 0, id_of('g', i), maybe(rng, some_number(rng)), maybe(rng, some_number(rng)),
                            maybe(rng, some_number(rng)), maybe(rng, some_number(rng))));
        }
        if (pl_rng_below(rng, 3) == 0) {
            OK(pl_add_stock(b, 0, id_of('g', i), some_number(rng)));
        }
    }
    for (uint64_t i = 0; i < pl_rng_below(rng, 4); i++) {
        OK(pl_add_place(b, 0, id_of('p', i), some_text(rng)));
    }
}

static pl_economy *random_economy(uint64_t seed)
{
    pl_rng rng;
    pl_builder *b;
    pl_economy *e;
    pl_error err = {0};
    pl_rng_seed(&rng, seed);
    OK(pl_builder_new(&b, NULL));
    uint64_t goods = 1 + pl_rng_below(&rng, 30), recipes = pl_rng_below(&rng, 20);
    add_rows(b, &rng, goods, recipes, 1 + pl_rng_below(&rng, 5));
    if (pl_builder_freeze(b, NULL, &e, &err) != PL_OK) {
        FAIL("seed %llu: %s: %s", (unsigned long long)seed, err.subject, err.message);
    }
    pl_builder_free(b);
    return e;
}

static void hash_of(const char *path, char hex[65])
{
    pl_economy *e = NULL;
    pl_error err = {0};
    if (pl_economy_load(path, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    OK(pl_economy_hash(e, hex, NULL));
    pl_economy_free(e);
}

static void save(const pl_economy *e, const char *path)
{
    pl_error err = {0};
    if (pl_economy_save(e, path, true, NULL, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

/* ---- The same economy in other clothes ------------------------------------------------------- */

typedef struct table {
    int rows, columns;
    char **cell; /* row 0 is the header */
} table;

static table read_whole(const char *path)
{
    table t = {0};
    pl_file file;
    pl_csv csv;
    OK(pl_file_read(path, 1 << 24, &file, NULL));
    OK(pl_csv_open(&csv, "t", &file, NULL));
    t.columns = csv.n_columns;
    t.cell = calloc(100000, sizeof(char *));
    CHECK(t.cell != NULL);
    for (int c = 0; c < t.columns; c++) {
        t.cell[c] = strdup(csv.header[c]);
    }
    for (t.rows = 1;; t.rows++) {
        bool more;
        OK(pl_csv_next(&csv, &more, NULL));
        if (!more) {
            break;
        }
        for (int c = 0; c < t.columns; c++) {
            t.cell[t.rows * t.columns + c] = strdup(csv.field[c].text);
        }
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    return t;
}

static void free_whole(table *t)
{
    for (int i = 0; i < t->rows * t->columns; i++) {
        free(t->cell[i]);
    }
    free(t->cell);
}

static int *shuffled(pl_rng *rng, int n)
{
    int *order = malloc(((size_t)n + 1) * sizeof *order);
    CHECK(order != NULL);
    for (int i = 0; i < n; i++) {
        int k = (int)pl_rng_below(rng, (uint64_t)i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    return order;
}

static void put_quoted(pl_str *out, const char *text, bool always)
{
    if (!always || strchr(text, '"') != NULL) {
        pl_csv_add(out, text);
    } else {
        pl_str_addf(out, "\"%s\"", text);
    }
}

/* Rows and columns in another order, quotes where none are needed, CRLF, a byte order mark, blank lines, and a
 * column that Plenty does not know. */
static void dress(pl_rng *rng, const table *t, pl_str *out)
{
    int *rows = shuffled(rng, t->rows - 1), *columns = shuffled(rng, t->columns);
    bool quotes = pl_rng_below(rng, 2) == 0, crlf = pl_rng_below(rng, 2) == 0, extra = pl_rng_below(rng, 2) == 0;
    pl_str_add(out, pl_rng_below(rng, 2) == 0 ? "\xef\xbb\xbf" : "");
    for (int r = 0; r < t->rows; r++) {
        int row = r == 0 ? 0 : 1 + rows[r - 1];
        for (int c = 0; c < t->columns; c++) {
            pl_str_add(out, c > 0 ? "," : "");
            put_quoted(out, t->cell[row * t->columns + columns[c]], quotes);
        }
        pl_str_add(out, !extra ? "" : r == 0 ? ",remark" : ",x");
        bool last = r == t->rows - 1 && pl_rng_below(rng, 2) == 0;
        pl_str_add(out, last ? "" : crlf ? "\r\n" : "\n");
        pl_str_add(out, !last && pl_rng_below(rng, 5) == 0 ? "\n" : "");
    }
    free(rows);
    free(columns);
}

static void write_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static void write_in_some_form(pl_rng *rng, const char *folder, const char *name, const pl_str *text)
{
    char path[4200];
    uint64_t form = pl_rng_below(rng, 3);
    snprintf(path, sizeof path, "%s/%s%s", folder, name, form == 0 ? "" : form == 1 ? ".gz" : ".zst");
    if (form == 0) {
        write_bytes(path, text->text, text->len);
    } else if (form == 1) {
        gzFile gz = gzopen(path, "wb");
        CHECK(gz != NULL && gzwrite(gz, text->text, (unsigned)text->len) == (int)text->len && gzclose(gz) == Z_OK);
    } else {
        size_t room = ZSTD_compressBound(text->len);
        char *packed = malloc(room);
        size_t n = ZSTD_compress(packed, room, text->text, text->len, 1);
        CHECK(!ZSTD_isError(n));
        write_bytes(path, packed, n);
        free(packed);
    }
}

static void redress(pl_rng *rng, const char *from, const char *to)
{
    static const char *const names[] = {"goods.csv", "recipes.csv", "flows.csv",  "resources.csv", "uses.csv",
                                        "needs.csv", "trade.csv",   "stocks.csv", "places.csv"};
    CHECK(mkdir(to, 0777) == 0);
    for (int i = 0; i < 9; i++) {
        char path[4200];
        snprintf(path, sizeof path, "%s/%s", from, names[i]);
        if (access(path, F_OK) != 0) {
            continue;
        }
        pl_str out;
        pl_str_init(&out, 1 << 24);
        table t = read_whole(path);
        dress(rng, &t, &out);
        CHECK(!out.failed);
        write_in_some_form(rng, to, names[i], &out);
        free_whole(&t);
        pl_str_clear(&out);
    }
}

TEST(the_hash_survives_saving_and_other_clothes)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        char first[65], second[65], third[65], fourth[65], name[32];
        pl_rng rng;
        pl_rng_seed(&rng, seed + 1000);
        pl_economy *e = random_economy(seed);
        OK(pl_economy_hash(e, first, NULL));
        snprintf(name, sizeof name, "plain%d", (int)seed);
        const char *plain = in_tmp(name);
        save(e, plain);
        pl_economy_free(e);
        hash_of(plain, second);
        CHECK_STR(second, first);
        snprintf(name, sizeof name, "other%d", (int)seed);
        const char *other = in_tmp(name);
        redress(&rng, plain, other);
        hash_of(other, third);
        if (strcmp(third, first) != 0) {
            FAIL("seed %llu: another hash for the same economy", (unsigned long long)seed);
        }
        OK(pl_economy_load(other, NULL, NULL, &e, NULL)); /* and saved over itself, with its unknown columns */
        save(e, other);
        pl_economy_free(e);
        hash_of(other, fourth);
        CHECK_STR(fourth, first);
    }
}

TEST(another_economy_has_another_hash)
{
    char seen[ROUNDS][65];
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        pl_economy *e = random_economy(seed + 1);
        OK(pl_economy_hash(e, seen[seed], NULL));
        pl_economy_free(e);
        for (uint64_t k = 0; k < seed; k++) {
            CHECK(strcmp(seen[k], seen[seed]) != 0);
        }
    }
}

/* ---- No memory, no disk ---------------------------------------------------------------------- */

static int entries(const char *path)
{
    DIR *d = opendir(path);
    CHECK(d != NULL);
    int n = -2;
    while (readdir(d) != NULL) {
        n++;
    }
    closedir(d);
    return n;
}

TEST(without_memory_every_call_fails_cleanly)
{
    char hex[65], want[65];
    pl_rng rng;
    pl_rng_seed(&rng, 77);
    pl_economy *e = random_economy(7);
    OK(pl_economy_hash(e, want, NULL));
    const char *plain = in_tmp("plain"), *other = in_tmp("other");
    char out[4200];
    snprintf(out, sizeof out, "%s/out", test_tmp());
    save(e, plain);
    redress(&rng, plain, other); /* compressed tables, unknown columns */
    pl_economy_free(e);
    int64_t failures = 0;
    for (uint64_t k = 1;; k++) {
        pl_error err = {0};
        e = NULL;
        pl_mem_fail_from(k);
        pl_status status = pl_economy_load(other, NULL, NULL, &e, &err);
        status = status == PL_OK ? pl_economy_hash(e, hex, &err) : status;
        status = status == PL_OK ? pl_economy_save(e, out, false, NULL, &err) : status;
        pl_mem_fail_from(0);
        pl_economy_free(e);
        if (status == PL_OK) {
            break;
        }
        failures++;
        if (status != PL_NOMEM) {
            FAIL("allocation %llu: %s: %s", (unsigned long long)k, err.subject, err.message);
        }
        CHECK_INT(entries(test_tmp()), 2);
    }
    CHECK(failures > 50);
    CHECK_STR(hex, want);
    hash_of(out, hex);
    CHECK_STR(hex, want);
}

TEST(a_full_disk_leaves_the_old_folder)
{
    pl_economy *e = random_economy(3), *big = NULL;
    char before[65], after[65];
    const char *path = in_tmp("e");
    pl_error err = {0};
    save(e, path);
    hash_of(path, before);
    pl_builder *b;
    OK(pl_builder_new(&b, NULL));
    for (int i = 0; i < 3000; i++) {
        char id[16];
        snprintf(id, sizeof id, "good%d", i);
        OK(pl_add_good(b, 0, id, NULL, NULL, NULL, NULL, false));
    }
    OK(pl_builder_freeze(b, NULL, &big, NULL));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {8192, 8192};
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK_INT(pl_economy_save(big, path, true, NULL, &err), PL_IO);
    CHECK(strstr(err.subject, "goods.csv") != NULL && strstr(err.hint, "room") != NULL);
    CHECK_INT(entries(test_tmp()), 1);
    hash_of(path, after);
    CHECK_STR(after, before);
    pl_builder_free(b);
    pl_economy_free(e);
    pl_economy_free(big);
}
