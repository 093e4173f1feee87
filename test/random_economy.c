/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/random_economy.h"

#include "base/rng.h"
#include "test/test.h"

#define GOODS_MAX 256
#define RECIPES_MAX (3 * GOODS_MAX + 8)

/* A row to be added later, in shuffled order. */
typedef struct row {
    enum { GOOD, RECIPE, FLOW, RESOURCE, USE, NEED, TRADE, STOCK, ASSET, CAPITAL, LAG, TREND } table;
    int a, b; /* numbers of good, recipe, resource; tier of a need */
    double x[4];
} row;

static struct {
    row rows[40000];
    size_t n;
    pl_rng rng;
    int goods, recipes;
    bool in_stock[GOODS_MAX], tier[4];
    double value[GOODS_MAX]; /* hours a unit is worth, roughly: its unit's size */
} g;

static const char *const RESOURCES[] = {"co2", "foreign_exchange", "labour_hand", "labour_mind", "land"};
static const pl_kind KINDS[] = {PL_EMISSION, PL_MONEY, PL_LABOUR, PL_LABOUR, PL_NATURE};
static const char *const GROUPS[] = {"children", "council", "households"};

static const char *const TRENDS[][2] = {{"needs", "all"}, {"needs", "tier:2"}, {"resources", "labour_hand"}, {"resources", "co2"},
                                        {"recipes", "recipe001"}};

static bool chance(double p)
{
    return pl_rng_unit(&g.rng) < p;
}

static double range(double lo, double hi)
{
    return pl_rng_range(&g.rng, lo, hi);
}

static int below(int n)
{
    return (int)pl_rng_below(&g.rng, (uint64_t)n);
}

static void add(row r)
{
    if (g.n == sizeof g.rows / sizeof *g.rows) {
        FAIL("the random economy is too large");
    }
    g.rows[g.n++] = r;
}

/* The columns of recipes are gathered here first, since a good may be drawn twice. */
static double column[GOODS_MAX];

static void end_recipe(int recipe, double labour, double capacity)
{
    for (int i = 0; i < g.goods; i++) {
        if (column[i] != 0) {
            add((row){FLOW, recipe, i, {column[i]}});
            column[i] = 0;
        }
    }
    double mind = range(0, labour);
    add((row){USE, recipe, 2, {labour - mind}});
    add((row){USE, recipe, 3, {mind}});
    if (chance(0.5)) {
        add((row){USE, recipe, 0, {range(0, 2) * labour * (chance(0.05) ? -0.2 : 1)}});
    }
    if (chance(0.3)) {
        add((row){USE, recipe, 4, {range(0, 2) * labour}});
    }
    add((row){RECIPE, recipe, 0, {capacity}});
}

/* Per unit of level a recipe makes `size` hours' worth of its good; inputs are worth a share of it. */
static void add_recipe(int out, double size, double output_of_all)
{
    int inputs = 1 + below(5);
    double share = range(0.2, 0.7), total = 0, part[8];
    for (int k = 0; k < inputs; k++) {
        total += part[k] = range(0.05, 1);
    }
    for (int k = 0; k < inputs; k++) {
        int in = chance(0.3) ? below((g.goods + 9) / 10) : below(g.goods); /* some hubs */
        column[in] -= share * size * part[k] / total / g.value[in];
    }
    double by_product = chance(0.15) ? range(0, 0.3) : 0;
    int other = below(g.goods);
    column[other] += by_product * size / g.value[other];
    column[out] += (1 - by_product) * size / g.value[out];
    double capacity = chance(0.3) ? output_of_all * range(0.05, 1.5) / size : PL_ABSENT;
    end_recipe(g.recipes++, size * (1 - share) * range(0.5, 1.5), capacity);
}

static void draw_values(void)
{
    for (int i = 0; i < g.goods; i++) {
        g.value[i] = pow(10, range(-4, 4));
    }
}

static void add_goods(double output_of_all)
{
    for (int i = 0; i < g.goods; i++) {
        bool waste = chance(0.03);
        add((row){GOOD, i, waste, {0}});
        double size = pow(10, range(-2, 2));
        for (int k = 1 + below(3); k > 0; k--) {
            add_recipe(i, size, output_of_all);
        }
        if (waste) { /* somebody can take it up */
            column[i] = -1 / g.value[i];
            end_recipe(g.recipes++, range(0, 0.1), PL_ABSENT);
        }
        if (chance(0.25)) {
            add((row){TRADE, i, 0,
                      {chance(0.7) ? range(0.5, 3) * g.value[i] : PL_ABSENT,
                       chance(0.5) ? range(0, 30) / g.value[i] : PL_ABSENT,
                       chance(0.7) ? range(0.2, 0.5) * g.value[i] : PL_ABSENT,
                       chance(0.8) ? range(0, 30) / g.value[i] : PL_ABSENT}});
        }
        if (chance(0.1)) {
            add((row){STOCK, i, 0, {range(0, 20) / g.value[i]}});
            g.in_stock[i] = true;
        }
    }
}

static double add_needs(void)
{
    double total = 0;
    bool floors = chance(0.2);
    for (int i = 0; i < g.goods; i++) {
        for (int tier = 1; tier <= 3; tier++) {
            if (!chance(0.3)) {
                continue;
            }
            double worth = range(0, 40), amount = worth / g.value[i];
            total += worth;
            g.tier[tier] = true;
            add((row){NEED, i, tier,
                      {amount, chance(0.8) ? 1 : range(0.5, 3),
                       floors ? amount * range(0.5, 1) : 0,
                       (double)below(3)}});
        }
    }
    if (total == 0) {
        add((row){NEED, 0, 1, {10 / g.value[0], 1, 0, 0}});
        total = 10;
    }
    return total;
}

static void add_resources(double total)
{
    for (int k = 0; k < 5; k++) {
        double available = chance(0.8) ? total * pow(10, range(-1.3, 0.4)) : PL_ABSENT;
        available = k == 1 ? (chance(0.7) ? range(-0.02, 0.1) * total : PL_ABSENT) : available;
        add((row){RESOURCE, k, 0, {available}});
    }
}

/* Some goods last; some recipes have them at work, and some take a year or two; amounts change from year to year. */
static void add_years(void)
{
    for (int i = 0; i < g.goods; i++) {
        if (!chance(0.25)) {
            continue;
        }
        add((row){ASSET, i, 0, {range(0, 0.5), chance(0.7) ? range(0, 0.9) : 0}});
        if (!g.in_stock[i]) {
            add((row){STOCK, i, 0, {range(0, 40) / g.value[i]}});
        }
        for (int k = below(3); k > 0; k--) {
            int recipe = below(g.recipes / 3) * 3 + k; /* each pair once */
            if (recipe < g.recipes) {
                add((row){CAPITAL, recipe, i, {range(0, 0.2) / g.value[i]}});
            }
        }
    }
    for (int r = 0; r < g.recipes; r += 1 + below(12)) {
        add((row){LAG, r, 1 + below(2), {0}});
    }
    for (int k = 0; k < 5; k++) {
        if (chance(0.5) && (k != 1 || g.tier[2])) {
            add((row){TREND, k, 1 + below(3), {PL_ABSENT, range(-0.1, 0.1)}});
        }
    }
}

static void shuffle(uint64_t order)
{
    pl_rng rng;
    pl_rng_seed(&rng, order);
    for (size_t k = g.n; k > 1; k--) {
        size_t other = (size_t)pl_rng_below(&rng, k);
        row swap = g.rows[k - 1];
        g.rows[k - 1] = g.rows[other];
        g.rows[other] = swap;
    }
}

static pl_status build(pl_builder *b, const row *r)
{
    char good[32], recipe[32];
    snprintf(good, sizeof good, "good%03d", r->table == FLOW || r->table == CAPITAL ? r->b : r->a);
    snprintf(recipe, sizeof recipe, "recipe%03d", r->a);
    switch (r->table) {
    case GOOD:
        return pl_add_good(b, 0, good, NULL, "unit", r->a % 2 ? "odd" : "even", NULL, r->b != 0);
    case RECIPE:
        return pl_add_recipe(b, 0, recipe, NULL, NULL, r->x[0]);
    case FLOW:
        return pl_add_flow(b, 0, recipe, good, r->x[0]);
    case RESOURCE:
        return pl_add_resource(b, 0, RESOURCES[r->a], NULL, NULL, KINDS[r->a], r->x[0]);
    case USE:
        return pl_add_use(b, 0, recipe, RESOURCES[r->b], r->x[0]);
    case NEED:
        return pl_add_need(b, 0, good, r->b, GROUPS[(int)r->x[3]], r->x[0], r->x[1], r->x[2]);
    case TRADE:
        return pl_add_trade(b, 0, good, r->x[0], r->x[1], r->x[2], r->x[3]);
    case STOCK:
        return pl_add_stock(b, 0, good, r->x[0]);
    case ASSET:
        return pl_add_asset(b, 0, good, r->x[0], r->x[1]);
    case CAPITAL:
        return pl_add_capital(b, 0, recipe, good, r->x[0]);
    case LAG:
        return pl_add_lag(b, 0, recipe, r->b);
    case TREND:
        return pl_add_trend(b, 0, TRENDS[r->a][0], TRENDS[r->a][1], r->b, r->x[0], r->x[1]);
    }
    return PL_BUG;
}

static pl_economy *random_economy(uint64_t seed, int32_t max_goods, uint64_t order, bool years)
{
    memset(&g, 0, sizeof g);
    pl_rng_seed(&g.rng, seed);
    max_goods = max_goods > GOODS_MAX ? GOODS_MAX : max_goods;
    g.goods = 2 + below(max_goods - 1);
    draw_values();
    double total = add_needs();
    add_goods(total * 3);
    add_resources(total);
    if (years) {
        add_years();
    }
    shuffle(order);
    pl_builder *b;
    pl_error err = {0};
    pl_findings findings = {0};
    pl_economy *e = NULL;
    if (pl_builder_new(&b, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    for (size_t k = 0; k < g.n; k++) {
        if (build(b, &g.rows[k]) != PL_OK) {
            FAIL("a row could not be added");
        }
    }
    if (pl_builder_freeze(b, &findings, &e, &err) != PL_OK) {
        FAIL("seed %llu: %s; %s", (unsigned long long)seed, err.message,
             findings.kept[PL_ERROR][0].message);
    }
    pl_builder_free(b);
    return e;
}

pl_economy *test_random_economy(uint64_t seed, int32_t max_goods, uint64_t order)
{
    return random_economy(seed, max_goods, order, false);
}

pl_economy *test_random_years(uint64_t seed, int32_t max_goods, uint64_t order)
{
    return random_economy(seed, max_goods, order, true);
}
