/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * economy.c - the economy folder (docs/formats/economy.md): tables, canonical hash, changes. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "verify/check.h"

#define ID(what) {what, PV_TEXT, PV_GIVEN, 0, NULL}
#define WORD(what) {what, PV_TEXT, PV_OPTIONAL, 0, NULL}
#define AMOUNT {"amount", PV_NUMBER, PV_GIVEN, NAN, NULL}
#define MAYBE(what) {what, PV_NUMBER, PV_OPTIONAL, NAN, NULL}
#define REF(what, kind) {what, kind, PV_GIVEN, 0, NULL}

static const pv_schema schema[PV_TABLES] = {
    {"goods", "goods.csv", 6, 1, PV_UNREADABLE,
     {ID("good"), WORD("name"), WORD("unit"), WORD("group"), WORD("place"),
      {"disposal", PV_TEXT, PV_OPTIONAL, 0, "free"}}},
    {"recipes", "recipes.csv", 4, 1, PV_UNREADABLE,
     {ID("recipe"), WORD("name"), WORD("place"), MAYBE("capacity")}},
    {"flows", "flows.csv", 3, 2, PV_UNREADABLE, {REF("recipe", PV_RECIPE), REF("good", PV_GOOD), AMOUNT}},
    {"resources", "resources.csv", 5, 1, PV_UNREADABLE,
     {ID("resource"), WORD("name"), WORD("unit"), {"kind", PV_TEXT, PV_OPTIONAL, 0, "other"},
      MAYBE("available")}},
    {"uses", "uses.csv", 3, 2, PV_UNREADABLE, {REF("recipe", PV_RECIPE), REF("resource", PV_RESOURCE), AMOUNT}},
    {"needs", "needs.csv", 6, 3, PV_UNREADABLE,
     {REF("good", PV_GOOD), {"tier", PV_NUMBER, PV_OPTIONAL, 1, NULL}, WORD("group"), AMOUNT,
      {"weight", PV_NUMBER, PV_OPTIONAL, 1, NULL}, {"floor", PV_NUMBER, PV_OPTIONAL, 0, NULL}}},
    {"trade", "trade.csv", 5, 1, PV_UNREADABLE,
     {REF("good", PV_GOOD), MAYBE("import_price"), MAYBE("import_limit"), MAYBE("export_price"),
      MAYBE("export_limit")}},
    {"stocks", "stocks.csv", 2, 1, PV_UNREADABLE, {REF("good", PV_GOOD), AMOUNT}},
    {"places", "places.csv", 2, 1, PV_UNREADABLE, {ID("place"), WORD("name")}},
    {"assets", "assets.csv", 3, 1, PV_UNREADABLE,
     {REF("good", PV_GOOD), {"loss", PV_NUMBER, PV_OPTIONAL, 0, NULL}, {"end", PV_NUMBER, PV_OPTIONAL, 1, NULL}}},
    {"capital", "capital.csv", 3, 2, PV_UNREADABLE, {REF("recipe", PV_RECIPE), REF("good", PV_GOOD), AMOUNT}},
    {"lags", "lags.csv", 2, 1, PV_UNREADABLE, {REF("recipe", PV_RECIPE), {"years", PV_NUMBER, PV_GIVEN, NAN, NULL}}},
    {"trends", "trends.csv", 5, 3, PV_UNREADABLE,
     {ID("table"), ID("key"), {"year", PV_NUMBER, PV_OPTIONAL, 1, NULL}, MAYBE("amount"), MAYBE("growth")}},
};

/* ---- the hash --------------------------------------------------------------------------------------- */

#define BLOCK 65536 /* rows, or recipes with all their flows or uses, that have a digest of their own */
#define DIGEST 32
#define BUFFER 65536

typedef struct pv_hasher {
    crypto_generichash_state state;
    unsigned char *buffer;
    size_t n;
} pv_hasher;

static void feed(pv_hasher *h, const void *bytes, size_t n)
{
    if (h->n + n > BUFFER) {
        crypto_generichash_update(&h->state, h->buffer, h->n);
        h->n = 0;
    }
    if (n > BUFFER) {
        crypto_generichash_update(&h->state, bytes, n);
        return;
    }
    memcpy(h->buffer + h->n, bytes, n);
    h->n += n;
}

static void feed_whole(pv_hasher *h, int64_t x)
{
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(x >> (8 * i));
    }
    feed(h, bytes, sizeof bytes);
}

static void feed_number(pv_hasher *h, double x)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000);
    if (!isnan(x)) {
        x = x == 0 ? 0 : x;
        memcpy(&bits, &x, sizeof bits);
    }
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
    feed(h, bytes, sizeof bytes);
}

/* Flows or uses of recipes `row` to `end` - 1: how many each has, of what, and how much. */
static void feed_columns(pv_hasher *h, const pv_columns *c, int32_t row, int32_t end)
{
    for (int32_t r = row; r < end; r++) {
        feed_whole(h, c->start[r + 1] - c->start[r]);
    }
    for (int64_t i = c->start[row]; i < c->start[end]; i++) {
        feed_whole(h, c->index[i]);
    }
    for (int64_t i = c->start[row]; i < c->start[end]; i++) {
        feed_number(h, c->amount[i]);
    }
}

/* Rows `row` to `end` - 1, column by column. */
static void feed_rows(pv_hasher *h, const pv_table *t, int32_t row, int32_t end)
{
    for (int f = 0; f < t->schema->n_fields; f++) {
        const pv_field *field = &t->schema->field[f];
        bool whole = strcmp(field->name, "tier") == 0 || strcmp(field->name, "years") == 0 || strcmp(field->name, "year") == 0;
        for (int32_t i = row; i < end; i++) {
            if (field->type == PV_TEXT) {
                feed(h, t->column[f].text[i], strlen(t->column[f].text[i]) + 1);
            } else if (field->type == PV_NUMBER && !whole) {
                feed_number(h, t->column[f].number[i]);
            } else {
                feed_whole(h, whole ? (int64_t)t->column[f].number[i] : t->column[f].rank[i]);
            }
        }
    }
}

/* The digests of all blocks of a table, side by side; false without memory. */
static bool feed_blocks(pv_hasher *all, const pv_table *t, const pv_columns *c, int32_t n)
{
    int32_t blocks = (n + (BLOCK - 1)) / BLOCK;
    unsigned char *digest = pv_malloc((size_t)blocks * DIGEST + 1);
    bool ok = digest != NULL;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) reduction(&& : ok) if (blocks > 1)
#endif
    for (int32_t b = 0; b < blocks; b++) {
        pv_hasher h = {.buffer = pv_malloc(BUFFER)};
        int32_t row = b * BLOCK, end = n - row < BLOCK ? n : row + BLOCK;
        ok = ok && h.buffer != NULL;
        if (ok) {
            crypto_generichash_init(&h.state, NULL, 0, DIGEST);
            if (c != NULL) {
                feed_columns(&h, c, row, end);
            } else {
                feed_rows(&h, t, row, end);
            }
            crypto_generichash_update(&h.state, h.buffer, h.n);
            crypto_generichash_final(&h.state, digest + (size_t)b * DIGEST, DIGEST);
        }
        free(h.buffer);
    }
    if (ok) {
        feed(all, digest, (size_t)blocks * DIGEST);
    }
    free(digest);
    return ok;
}

static void hash_economy(pv_run *run, pv_economy *e)
{
    unsigned char digest[DIGEST];
    pv_hasher h = {.buffer = pv_alloc(run, BUFFER, 1)};
    int32_t recipes = e->table[PV_T_RECIPES].rows;
    crypto_generichash_init(&h.state, NULL, 0, DIGEST);
    feed(&h, "plenty economy 2\n", 17);
    for (int t = 0; t < PV_TABLES; t++) {
        if (t > PV_T_PLACES && e->table[t].rows == 0) {
            continue; /* the tables of later years say nothing when they are empty */
        }
        const pv_columns *c = t == PV_T_FLOWS ? &e->flows : t == PV_T_USES ? &e->uses : NULL;
        int64_t rows = c != NULL ? c->start[recipes] : e->table[t].rows;
        char head[64];
        int n = snprintf(head, sizeof head, "%s\n%lld\n", schema[t].name, (long long)rows);
        feed(&h, head, (size_t)n);
        if (!feed_blocks(&h, &e->table[t], c, c != NULL ? recipes : e->table[t].rows)) {
            pv_stop(run, PV_MEMORY, NULL, 0, 0, "out of memory for the hash");
        }
    }
    crypto_generichash_update(&h.state, h.buffer, h.n);
    crypto_generichash_final(&h.state, digest, sizeof digest);
    sodium_bin2hex(e->hash, sizeof e->hash, digest, sizeof digest);
}

/* ---- from tables to vectors ------------------------------------------------------------------------- */

/* Rows of a table that is sorted by recipe and index, as compressed columns. */
static pv_columns columns(pv_run *run, const pv_table *t, int32_t n_recipes)
{
    int64_t *start = pv_alloc(run, (size_t)n_recipes + 1, sizeof *start);
    for (int32_t i = 0; i < t->rows; i++) {
        start[t->column[0].rank[i] + 1]++;
    }
    for (int32_t r = 0; r < n_recipes; r++) {
        start[r + 1] += start[r];
    }
    return (pv_columns){start, t->column[1].rank, t->column[2].number};
}

/* Column f of a table by good, as a vector over all goods. */
static double *by_good(pv_run *run, const pv_table *t, int f, int32_t n_goods)
{
    double *x = pv_alloc(run, (size_t)n_goods, sizeof *x);
    for (int32_t g = 0; g < n_goods; g++) {
        x[g] = NAN;
    }
    for (int32_t i = 0; i < t->rows; i++) {
        x[t->column[0].rank[i]] = t->column[f].number[i];
    }
    return x;
}

static void read_needs(pv_run *run, pv_economy *e)
{
    const pv_table *t = &e->table[PV_T_NEEDS];
    e->n_needs = t->rows;
    e->need = pv_alloc(run, (size_t)t->rows, sizeof *e->need);
    for (int32_t i = 0; i < t->rows; i++) {
        double tier = t->column[1].number[i];
        if (!(tier >= 1 && tier <= 1e6 && tier == floor(tier))) {
            pv_stop(run, PV_UNREADABLE, t->schema->file, pv_line(t, i), 1, "tier must be 1, 2, 3 ...");
        }
        e->need[i] = (pv_need){t->column[0].rank[i], (int32_t)tier, t->column[2].text[i],
                               t->column[3].number[i], t->column[4].number[i], t->column[5].number[i]};
    }
}

static void read_words(pv_run *run, pv_economy *e)
{
    const pv_table *goods = &e->table[PV_T_GOODS], *resources = &e->table[PV_T_RESOURCES];
    static const char *const kinds[] = {"labour", "nature", "emission", "equipment", "money", "other"};
    e->no_disposal = pv_alloc(run, (size_t)e->n_goods, sizeof *e->no_disposal);
    e->labour = pv_alloc(run, (size_t)e->n_resources, sizeof *e->labour);
    for (int32_t g = 0; g < e->n_goods; g++) {
        e->no_disposal[g] = strcmp(goods->column[5].text[g], "none") == 0;
        if (!e->no_disposal[g] && strcmp(goods->column[5].text[g], "free") != 0) {
            pv_stop(run, PV_UNREADABLE, goods->schema->file, pv_line(goods, g), 1,
                    "disposal must be \"free\" or \"none\"");
        }
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        int i = 0;
        while (i < 6 && strcmp(resources->column[3].text[k], kinds[i]) != 0) {
            i++;
        }
        if (i == 6) {
            pv_stop(run, PV_UNREADABLE, resources->schema->file, pv_line(resources, k), 1,
                    "kind must be labour, nature, emission, equipment, money or other");
        }
        e->labour[k] = i == 0;
    }
}

static void read_folder(pv_run *run, const char *dir, pv_economy *e)
{
    pv_table *t = e->table;
    static const struct {
        int table, kind;
    } order[PV_TABLES] = {{PV_T_GOODS, PV_GOODS}, {PV_T_RECIPES, PV_RECIPES}, {PV_T_RESOURCES, PV_RESOURCES},
                          {PV_T_FLOWS, -1},       {PV_T_USES, -1},            {PV_T_NEEDS, -1},
                          {PV_T_TRADE, -1},       {PV_T_STOCKS, -1},          {PV_T_PLACES, -1},
                          {PV_T_ASSETS, -1},      {PV_T_CAPITAL, -1},         {PV_T_LAGS, -1},
                          {PV_T_TRENDS, -1}};
    for (int i = 0; i < PV_TABLES; i++) {
        int which = order[i].table;
        pv_table_read(run, dir, &schema[which], &t[which]);
        if (which == PV_T_GOODS && !t[which].present) {
            pv_stop(run, PV_IO, NULL, 0, 0, access(dir, F_OK) != 0 ? "%.400s: there is no such folder" : "%.400s: there is no goods.csv, so this is not an economy", dir);
        }
        if (order[i].kind >= 0) {
            pv_ids_set(run, order[i].kind, &t[which]);
        }
    }
    int32_t n = t[PV_T_RECIPES].rows;
    e->flows = columns(run, &t[PV_T_FLOWS], n);
    e->uses = columns(run, &t[PV_T_USES], n);
}

void pv_economy_read(pv_run *run, const char *dir, pv_economy *e)
{
    const pv_table *t = e->table;
    if (pv_binary_is(dir)) {
        pv_binary_economy(run, dir, schema, e);
    } else {
        read_folder(run, dir, e);
    }
    e->n_goods = t[PV_T_GOODS].rows;
    e->n_recipes = t[PV_T_RECIPES].rows;
    e->n_resources = t[PV_T_RESOURCES].rows;
    e->good = t[PV_T_GOODS].column[0].text;
    e->unit = t[PV_T_GOODS].column[2].text;
    e->recipe = t[PV_T_RECIPES].column[0].text;
    e->resource = t[PV_T_RESOURCES].column[0].text;
    e->resource_unit = t[PV_T_RESOURCES].column[2].text;
    e->capacity = t[PV_T_RECIPES].column[3].number;
    e->available = t[PV_T_RESOURCES].column[4].number;
    e->import_price = by_good(run, &t[PV_T_TRADE], 1, e->n_goods);
    e->import_limit = by_good(run, &t[PV_T_TRADE], 2, e->n_goods);
    e->export_price = by_good(run, &t[PV_T_TRADE], 3, e->n_goods);
    e->export_limit = by_good(run, &t[PV_T_TRADE], 4, e->n_goods);
    e->stock = by_good(run, &t[PV_T_STOCKS], 1, e->n_goods);
    e->fx = pv_find(run, PV_RESOURCES, "foreign_exchange");
    read_needs(run, e);
    read_words(run, e);
    pv_economy_check(run, e, NULL);
    hash_economy(run, e);
}

/* ---- signs and ranges ------------------------------------------------------------------------------- */

static void range(pv_run *run, const char *file, const char *own, bool right, const char *what, const char *id,
                  const char *rule)
{
    if (right) {
        return;
    }
    if (file != NULL) {
        pv_refute(run, file, 0, "after the changes, %s of \"%.100s\" must be %s", what, id, rule);
    } else {
        pv_stop(run, PV_UNREADABLE, own, 0, 0, "%s of \"%.100s\" must be %s", what, id, rule);
    }
}

void pv_economy_check(pv_run *run, const pv_economy *e, const char *file)
{
    for (int32_t r = 0; r < e->n_recipes; r++) {
        range(run, file, "recipes.csv", !(e->capacity[r] < 0), "capacity", e->recipe[r], "at least 0");
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        range(run, file, "trade.csv", !(e->import_limit[g] < 0), "import_limit", e->good[g], "at least 0");
        range(run, file, "trade.csv", !(e->export_limit[g] < 0), "export_limit", e->good[g], "at least 0");
        range(run, file, "stocks.csv", !(e->stock[g] < 0), "amount", e->good[g], "at least 0");
    }
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pv_need *n = &e->need[i];
        const char *id = e->good[n->good];
        range(run, file, "needs.csv", n->amount >= 0, "amount", id, "at least 0");
        range(run, file, "needs.csv", n->weight > 0, "weight", id, "above 0");
        range(run, file, "needs.csv", n->floor >= 0 && n->floor <= n->amount, "floor", id, "from 0 to amount");
    }
}

/* ---- changes ---------------------------------------------------------------------------------------- */

/* The need with this good, tier and group, -1 = none; needs are sorted by them. */
static int32_t need_at(const pv_economy *e, int32_t good, long tier, const char *group)
{
    int32_t low = 0, high = e->n_needs;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const pv_need *n = &e->need[middle];
        int order = n->good != good ? (n->good < good ? -1 : 1) : n->tier != tier ? (n->tier < tier ? -1 : 1)
                                                                : strcmp(n->group, group);
        if (order == 0) {
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return -1;
}

/* Splits key at every '|' in turn (identifiers may hold one) until its first part is of that kind; what
 * follows is left in *rest.  -1 = nowhere (any more); *from is where to go on. */
static int32_t split(pv_run *run, int kind, const char *key, size_t *from, const char **rest)
{
    char part[1024];
    for (size_t i = *from; key[i] != '\0' && i < sizeof part; i++) {
        if (key[i] == '|') {
            memcpy(part, key, i);
            part[i] = '\0';
            int32_t found = pv_find(run, kind, part);
            if (found >= 0) {
                *from = i + 1;
                *rest = key + i + 1;
                return found;
            }
        }
    }
    return -1;
}

int32_t pv_need_find(pv_run *run, const pv_economy *e, const char *key)
{
    const char *rest;
    size_t from = 0;
    for (int32_t good; (good = split(run, PV_GOODS, key, &from, &rest)) >= 0;) {
        char *end;
        long tier = strtol(rest, &end, 10);
        int32_t found = *end == '|' && rest[0] >= '1' && rest[0] <= '9' ? need_at(e, good, tier, end + 1) : -1;
        if (found >= 0) {
            return found;
        }
    }
    return -1;
}

static double *coefficient(pv_run *run, const pv_economy *e, int kind, const char *key)
{
    const pv_columns *c = kind == PV_GOODS ? &e->flows : &e->uses;
    const char *rest;
    size_t from = 0;
    for (int32_t r; (r = split(run, PV_RECIPES, key, &from, &rest)) >= 0;) {
        int32_t index = pv_find(run, kind, rest);
        for (int64_t i = c->start[r]; index >= 0 && i < c->start[r + 1]; i++) {
            if (c->index[i] == index) {
                return &c->amount[i];
            }
        }
    }
    return NULL;
}

double *pv_economy_cell(pv_run *run, pv_economy *e, const char *table, const char *key, const char *column)
{
    const struct {
        const char *table, *column;
        int kind;
        double *cell;
    } simple[] = {{"recipes", "capacity", PV_RECIPES, e->capacity},
                  {"resources", "available", PV_RESOURCES, e->available},
                  {"trade", "import_price", PV_GOODS, e->import_price},
                  {"trade", "import_limit", PV_GOODS, e->import_limit},
                  {"trade", "export_price", PV_GOODS, e->export_price},
                  {"trade", "export_limit", PV_GOODS, e->export_limit},
                  {"stocks", "amount", PV_GOODS, e->stock}};
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        if (strcmp(table, simple[i].table) == 0 && strcmp(column, simple[i].column) == 0) {
            int32_t row = pv_find(run, simple[i].kind, key);
            return row >= 0 ? &simple[i].cell[row] : NULL;
        }
    }
    if (strcmp(column, "amount") == 0 && (strcmp(table, "flows") == 0 || strcmp(table, "uses") == 0)) {
        return coefficient(run, e, table[0] == 'f' ? PV_GOODS : PV_RESOURCES, key);
    }
    int32_t i = strcmp(table, "needs") == 0 ? pv_need_find(run, e, key) : -1;
    if (i < 0) {
        return NULL;
    }
    return strcmp(column, "amount") == 0   ? &e->need[i].amount
           : strcmp(column, "weight") == 0 ? &e->need[i].weight
           : strcmp(column, "floor") == 0  ? &e->need[i].floor
                                           : NULL;
}
