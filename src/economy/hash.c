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

/* Collects small pieces: the hash takes large ones faster. */
typedef struct feed {
    crypto_generichash_state state;
    unsigned char *buffer;
    size_t n;
} feed;

#define FEED_SIZE 65536

static void add(feed *f, const void *bytes, size_t n)
{
    if (n > FEED_SIZE - f->n) {
        crypto_generichash_update(&f->state, f->buffer, f->n);
        f->n = 0;
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

static void add_number(feed *f, double x)
{
    uint64_t bits = 0x7ff8000000000000u;
    if (!isnan(x)) {
        x += 0.0; /* -0 becomes +0 */
        memcpy(&bits, &x, sizeof bits);
    }
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(bits >> (8 * i));
    }
    add(f, bytes, 8);
}

static void add_head(feed *f, pl_table table, int64_t rows)
{
    char head[64];
    int n = snprintf(head, sizeof head, "%s\n%lld\n", PL_TABLE[table].name, (long long)rows);
    add(f, head, (size_t)n);
}

static void add_goods(feed *f, const pl_economy *e)
{
    add_head(f, PL_GOODS, e->n_goods);
    for (int32_t i = 0; i < e->n_goods; i++) {
        const pl_good *g = &e->goods[i];
        add_text(f, g->id);
        add_text(f, g->name);
        add_text(f, g->unit);
        add_text(f, g->group);
        add_text(f, g->place);
        add_text(f, g->must_be_used ? "none" : "free");
    }
}

static void add_recipes(feed *f, const pl_economy *e)
{
    add_head(f, PL_RECIPES, e->n_recipes);
    for (int32_t i = 0; i < e->n_recipes; i++) {
        add_text(f, e->recipes[i].id);
        add_text(f, e->recipes[i].name);
        add_text(f, e->recipes[i].place);
        add_number(f, e->recipes[i].capacity);
    }
}

/* Pages of a mapped file need not stay in memory: they are read once. */
static void let_go(const pl_economy *e, int32_t recipe)
{
    if (recipe % (1 << 22) == 0 && e->storage != NULL) {
        pl_binary_forget(e->storage->map, e->storage->map_n);
    }
}

static void add_flows(feed *f, const pl_economy *e)
{
    add_head(f, PL_FLOWS, e->flows.start[e->n_recipes]);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        let_go(e, r);
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            add_text(f, e->recipes[r].id);
            add_text(f, e->goods[e->flows.index[k]].id);
            add_number(f, e->flows.amount[k]);
        }
    }
}

static void add_resources(feed *f, const pl_economy *e)
{
    add_head(f, PL_RESOURCES, e->n_resources);
    for (int32_t i = 0; i < e->n_resources; i++) {
        const pl_resource *r = &e->resources[i];
        add_text(f, r->id);
        add_text(f, r->name);
        add_text(f, r->unit);
        add_text(f, pl_kind_id(r->kind));
        add_number(f, r->available);
    }
}

static void add_uses(feed *f, const pl_economy *e)
{
    add_head(f, PL_USES, e->uses.start[e->n_recipes]);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            add_text(f, e->recipes[r].id);
            add_text(f, e->resources[e->uses.index[k]].id);
            add_number(f, e->uses.amount[k]);
        }
    }
}

static void add_needs(feed *f, const pl_economy *e)
{
    add_head(f, PL_NEEDS, e->n_needs);
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pl_need *n = &e->needs[i];
        add_text(f, e->goods[n->good].id);
        add_number(f, n->tier);
        add_text(f, n->group);
        add_number(f, n->amount);
        add_number(f, n->weight);
        add_number(f, n->floor);
    }
}

static void add_rest(feed *f, const pl_economy *e)
{
    add_head(f, PL_TRADE, e->n_trade);
    for (int32_t i = 0; i < e->n_trade; i++) {
        add_text(f, e->goods[e->trade[i].good].id);
        add_number(f, e->trade[i].import_price);
        add_number(f, e->trade[i].import_limit);
        add_number(f, e->trade[i].export_price);
        add_number(f, e->trade[i].export_limit);
    }
    add_head(f, PL_STOCKS, e->n_stocks);
    for (int32_t i = 0; i < e->n_stocks; i++) {
        add_text(f, e->goods[e->stocks[i].good].id);
        add_number(f, e->stocks[i].amount);
    }
    add_head(f, PL_PLACES, e->n_places);
    for (int32_t i = 0; i < e->n_places; i++) {
        add_text(f, e->places[i].id);
        add_text(f, e->places[i].name);
    }
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
    feed f = {.buffer = PL_NEW(unsigned char, FEED_SIZE)};
    if (f.buffer == NULL) {
        return pl_fail_nomem(err, "the hash");
    }
    static const char magic[] = "plenty economy 1\n";
    unsigned char digest[32];
    crypto_generichash_init(&f.state, NULL, 0, sizeof digest);
    add(&f, magic, sizeof magic - 1);
    add_goods(&f, economy);
    add_recipes(&f, economy);
    add_flows(&f, economy);
    add_resources(&f, economy);
    add_uses(&f, economy);
    add_needs(&f, economy);
    add_rest(&f, economy);
    crypto_generichash_update(&f.state, f.buffer, f.n);
    crypto_generichash_final(&f.state, digest, sizeof digest);
    pl_free(f.buffer);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return PL_OK;
}
