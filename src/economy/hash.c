/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The canonical hash: docs/formats/economy.md says what the bytes are. */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <plenty/economy.h>

#include "base/mem.h"
#include "economy/binary.h"
#include "economy/builder.h"
#include "economy/keep.h"

#define BLOCK 65536 /* rows, or recipes with all their flows or uses, that have a digest of their own */
#define DIGEST 32
#define FEED_SIZE 65536

/* Collects small pieces: the hash takes large ones faster. */
typedef struct feed {
    crypto_generichash_state state;
    unsigned char *buffer;
    size_t n;
} feed;

static void begin(feed *f)
{
    f->n = 0;
    crypto_generichash_init(&f->state, NULL, 0, DIGEST);
}

static void flush(feed *f)
{
    crypto_generichash_update(&f->state, f->buffer, f->n);
    f->n = 0;
}

static void end(feed *f, unsigned char digest[DIGEST])
{
    flush(f);
    crypto_generichash_final(&f->state, digest, DIGEST);
}

static void add(feed *f, const void *bytes, size_t n)
{
    if (n > FEED_SIZE - f->n) {
        flush(f);
        if (n > FEED_SIZE) {
            crypto_generichash_update(&f->state, bytes, n);
            return;
        }
    }
    memcpy(f->buffer + f->n, bytes, n);
    f->n += n;
}

static void add_text(feed *f, const char *text)
{
    add(f, text, strlen(text) + 1);
}

/* The next n bytes of the buffer. */
static unsigned char *room(feed *f, size_t n)
{
    if (n > FEED_SIZE - f->n) {
        flush(f);
    }
    f->n += n;
    return f->buffer + f->n - n;
}

static void add_numbers(feed *f, const double *x, int64_t n)
{
    for (int64_t i = 0; i < n;) {
        int64_t end = n - i < FEED_SIZE / 8 ? n : i + FEED_SIZE / 8;
        unsigned char *to = room(f, 8 * (size_t)(end - i));
        for (; i < end; i++, to += 8) {
            uint64_t bits = UINT64_C(0x7ff8000000000000);
            double usual = x[i] + 0.0; /* -0 becomes +0 */
            if (!isnan(usual)) {
                memcpy(&bits, &usual, sizeof bits);
            }
            for (int b = 0; b < 8; b++) {
                to[b] = (unsigned char)(bits >> (8 * b));
            }
        }
    }
}

static void add_number(feed *f, double x)
{
    add_numbers(f, &x, 1);
}

static void add_whole(feed *f, int32_t x)
{
    unsigned char *to = room(f, 4);
    for (int b = 0; b < 4; b++) {
        to[b] = (unsigned char)((uint32_t)x >> (8 * b));
    }
}

/* ---- Blocks: rows from `row` to `end` - 1, column by column ---------------------------------------------- */

#define EACH(what)                                                                                                     \
    for (int32_t i = row; i < end; i++) {                                                                              \
        what;                                                                                                          \
    }

static void add_goods(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_text(f, e->goods[i].id))
    EACH(add_text(f, e->goods[i].name))
    EACH(add_text(f, e->goods[i].unit))
    EACH(add_text(f, e->goods[i].group))
    EACH(add_text(f, e->goods[i].place))
    EACH(add_text(f, e->goods[i].must_be_used ? "none" : "free"))
}

static void add_recipes(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_text(f, e->recipes[i].id))
    EACH(add_text(f, e->recipes[i].name))
    EACH(add_text(f, e->recipes[i].place))
    EACH(add_number(f, e->recipes[i].capacity))
}

/* Of recipes `row` to `end` - 1: how many coefficients each has, of what, and how much. */
static void add_columns(feed *f, const pl_columns *c, int32_t row, int32_t end)
{
    EACH(add_whole(f, (int32_t)(c->start[i + 1] - c->start[i])))
    for (int64_t k = c->start[row]; k < c->start[end]; k++) {
        add_whole(f, c->index[k]);
    }
    add_numbers(f, c->amount + c->start[row], c->start[end] - c->start[row]);
}

static void add_flows(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    add_columns(f, &e->flows, row, end);
}

static void add_uses(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    add_columns(f, &e->uses, row, end);
}

static void add_resources(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_text(f, e->resources[i].id))
    EACH(add_text(f, e->resources[i].name))
    EACH(add_text(f, e->resources[i].unit))
    EACH(add_text(f, pl_kind_id(e->resources[i].kind)))
    EACH(add_number(f, e->resources[i].available))
}

static void add_needs(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->needs[i].good))
    EACH(add_whole(f, e->needs[i].tier))
    EACH(add_text(f, e->needs[i].group))
    EACH(add_number(f, e->needs[i].amount))
    EACH(add_number(f, e->needs[i].weight))
    EACH(add_number(f, e->needs[i].floor))
}

static void add_trade(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->trade[i].good))
    EACH(add_number(f, e->trade[i].import_price))
    EACH(add_number(f, e->trade[i].import_limit))
    EACH(add_number(f, e->trade[i].export_price))
    EACH(add_number(f, e->trade[i].export_limit))
}

static void add_stocks(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->stocks[i].good))
    EACH(add_number(f, e->stocks[i].amount))
}

static void add_places(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_text(f, e->places[i].id))
    EACH(add_text(f, e->places[i].name))
}

static void add_assets(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->assets[i].good))
    EACH(add_number(f, e->assets[i].loss))
    EACH(add_number(f, e->assets[i].end))
}

static void add_capital(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->capital[i].recipe))
    EACH(add_whole(f, e->capital[i].good))
    EACH(add_number(f, e->capital[i].amount))
}

static void add_lags(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_whole(f, e->lags[i].recipe))
    EACH(add_whole(f, e->lags[i].years))
}

static void add_trends(feed *f, const pl_economy *e, int32_t row, int32_t end)
{
    EACH(add_text(f, e->trends[i].table))
    EACH(add_text(f, e->trends[i].key))
    EACH(add_whole(f, e->trends[i].year))
    EACH(add_number(f, e->trends[i].amount))
    EACH(add_number(f, e->trends[i].growth))
}

static void (*const add_block[PL_TABLES])(feed *, const pl_economy *, int32_t, int32_t) = {
    [PL_GOODS] = add_goods, [PL_RECIPES] = add_recipes, [PL_FLOWS] = add_flows,
    [PL_RESOURCES] = add_resources, [PL_USES] = add_uses, [PL_NEEDS] = add_needs,
    [PL_TRADE] = add_trade, [PL_STOCKS] = add_stocks, [PL_PLACES] = add_places,
    [PL_ASSETS] = add_assets, [PL_CAPITAL] = add_capital, [PL_LAGS] = add_lags, [PL_TRENDS] = add_trends};

/* ---- The whole ------------------------------------------------------------------------------------------- */

/* Rows of a table, or recipes, where each has its rows in blocks. */
static int32_t pieces(const pl_economy *e, pl_economy_table table)
{
    return table == PL_FLOWS || table == PL_USES ? e->n_recipes : (int32_t)pl_table_rows(e, table);
}

/* The digests of all blocks of a table, by as many threads as there are; false without memory. */
static bool digest_blocks(const pl_economy *e, pl_economy_table table, int32_t blocks, unsigned char *digest)
{
    int32_t n = pieces(e, table);
    bool ok = true;
#ifdef _OPENMP
#pragma omp parallel reduction(&& : ok) if (blocks > 1)
#endif
    {
        feed f = {.buffer = PL_NEW(unsigned char, FEED_SIZE)};
        ok = f.buffer != NULL;
#ifdef _OPENMP
#pragma omp for schedule(dynamic, 1)
#endif
        for (int32_t b = 0; b < blocks; b++) {
            if (ok) {
                begin(&f);
                add_block[table](&f, e, b * BLOCK, n - b * BLOCK < BLOCK ? n : (b + 1) * BLOCK);
                end(&f, digest + (size_t)b * DIGEST);
            }
            if (b % 64 == 63 && e->storage != NULL) { /* pages of a mapped file need not stay: they are read once */
                pl_sections_forget(e->storage->map, e->storage->map_n);
            }
        }
        pl_free(f.buffer);
    }
    return ok;
}

static bool add_table(feed *all, const pl_economy *e, pl_economy_table table)
{
    char head[64];
    int n = snprintf(head, sizeof head, "%s\n%lld\n", PL_TABLE[table].name, (long long)pl_table_rows(e, table));
    int32_t blocks = (pieces(e, table) + (BLOCK - 1)) / BLOCK;
    unsigned char *digest = PL_NEW(unsigned char, (size_t)blocks * DIGEST);
    bool ok = digest != NULL && digest_blocks(e, table, blocks, digest);
    if (ok) {
        add(all, head, (size_t)n);
        add(all, digest, (size_t)blocks * DIGEST);
    }
    pl_free(digest);
    return ok;
}

pl_status pl_economy_hash(const pl_economy *economy, char hex[65], pl_error *err)
{
    if (economy->storage != NULL && economy->storage->hash[0] != '\0') {
        memcpy(hex, economy->storage->hash, 65);
        return PL_OK;
    }
    /* Safe from several threads and when the program has called it already. */
    if (sodium_init() < 0) {
        return pl_fail(err, PL_BUG, NULL, NULL, "libsodium does not start");
    }
    static const char magic[] = "plenty economy 2\n";
    unsigned char digest[DIGEST];
    feed all = {.buffer = PL_NEW(unsigned char, FEED_SIZE)};
    bool ok = all.buffer != NULL;
    if (ok) {
        begin(&all);
        add(&all, magic, sizeof magic - 1);
    }
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES && ok; t++) {
        if (t <= PL_PLACES || pl_table_rows(economy, t) > 0) { /* tables of later years say nothing when empty */
            ok = add_table(&all, economy, t);
        }
    }
    if (ok) {
        end(&all, digest);
    }
    pl_free(all.buffer);
    if (!ok) {
        return pl_fail_nomem(err, "the hash");
    }
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return PL_OK;
}
