/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Synthetic economies (docs/methods/generate.md), recipe by recipe straight into a binary file.  A recipe depends on
 * the seed and its number only, so that counting and writing need no memory of one another. */
#include <plenty/generate.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "economy/binary.h"
#include "sparse/sweep.h"

#define INPUTS_MAX 220
#define HUBS_MOST 2000
#define LINKED 5      /* sectors before and after the own one that are linked to it */
#define WITNESS 1e-12 /* relative accuracy of the witness */
#define SPARE 1e-9    /* and what is left over of every output, as a part of it */
#define BLOCK 20      /* goods next to one another that share a kind of machine, which is one of them */
#define MACHINES 3    /* kinds of them that a recipe has at work at most */
#define SPARE_MOST 0.25 /* machines above what the witness needs, so that replacing them stays within 0.2 of any output */

typedef struct recipe { /* one output of 1, and inputs in ascending order of good */
    int32_t good, n;
    int32_t input[INPUTS_MAX];
    double amount[INPUTS_MAX];
    double use[100]; /* by resource; 0 = none */
    int32_t by;      /* its by-product, -1 = none */
    double by_amount;
} recipe;

typedef struct generator {
    pl_generate_settings s;
    const pl_progress *progress;
    pl_sections_writer *w;
    int32_t n_recipes, n_needs, hubs;
    int64_t n_flows, n_uses, n_capital, n_lags;
    int32_t n_assets; /* 0 = no capital */
    int digits;
    uint64_t text_goods, text_recipes, text_resources, text_sectors, text_places, text_place_names, text_groups, text_end;
    /* The first recipe of every good: the technique of the witness. */
    int64_t *start;
    int32_t *index;
    double *amount;
    double *level, *need, *used; /* by good, by good, by resource */
    double *at_work;             /* by block: machines that the witness has */
} generator;

/* Names of the streams of random numbers. */
enum { STREAM_RECIPE = 1, STREAM_GOOD, STREAM_NEED, STREAM_CAPACITY, STREAM_JOINT, STREAM_MACHINES, STREAM_ASSET };

static void stream(const generator *g, pl_rng *rng, uint64_t kind, uint64_t number)
{
    pl_rng_seed(rng, g->s.seed * 8 + kind);
    rng->state[0] ^= (number + 1) * UINT64_C(0x9E3779B97F4A7C15);
    rng->state[1] += (number + 1) * UINT64_C(0xD1342543DE82EF95);
    for (int i = 0; i < 4; i++) {
        (void)pl_rng_next(rng);
    }
}

/* What a unit of the good is worth; fixed beforehand, so that shares of value become amounts. */
static double price_of(const generator *g, int32_t good)
{
    uint64_t x = (g->s.seed + UINT64_C(0x632BE59BD9B4E019)) ^ ((uint64_t)good * UINT64_C(0x9E3779B97F4A7C15));
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    double u = (double)(x >> 11) * 0x1p-53;
    return exp2(floor(((u - 0.5) * g->s.decades) * 3.3219280948873623 * 8) / 8);
}

static int32_t sector_of(const generator *g, int32_t good)
{
    return (int32_t)((int64_t)good * g->s.sectors / g->s.goods);
}

static int32_t first_of_sector(const generator *g, int32_t sector)
{
    return (int32_t)(((int64_t)sector * g->s.goods + g->s.sectors - 1) / g->s.sectors);
}

/* Places change within a sector: neighbours in number are neighbours on the map. */
static int32_t place_of(const generator *g, int32_t good)
{
    int32_t sector = sector_of(g, good), first = first_of_sector(g, sector), end = first_of_sector(g, sector + 1);
    return (int32_t)((int64_t)(good - first) * g->s.places / (end - first));
}

static int32_t in_sector(const generator *g, pl_rng *rng, int32_t sector)
{
    int32_t first = first_of_sector(g, sector), end = first_of_sector(g, sector + 1);
    return first + (int32_t)pl_rng_below(rng, (uint64_t)(end - first));
}

/* A third from the hubs (the first of them most often), the rest mostly from near. */
static int32_t draw_input(const generator *g, pl_rng *rng, int32_t good)
{
    double u = pl_rng_unit(rng), v = pl_rng_unit(rng);
    int32_t sector = sector_of(g, good);
    if (u < 1.0 / 3) {
        int32_t hub = (int32_t)(v * v * v * g->hubs);
        return (int32_t)((int64_t)hub * g->s.goods / g->hubs);
    }
    if (u < 0.65) { /* near in number: the own place */
        int32_t first = first_of_sector(g, sector), size = first_of_sector(g, sector + 1) - first;
        int32_t reach = size / g->s.places + 50;
        int64_t at = good - first + (int64_t)((v - 0.5) * 2 * reach);
        return first + (int32_t)(((at % size) + size) % size);
    }
    if (u < 0.75) {
        return in_sector(g, rng, sector);
    }
    if (u < 0.95) {
        int32_t other = (sector + g->s.sectors * LINKED + (int32_t)pl_rng_below(rng, 2 * LINKED + 1) - LINKED) %
                        g->s.sectors;
        return in_sector(g, rng, other);
    }
    return (int32_t)pl_rng_below(rng, (uint64_t)g->s.goods);
}

/* Puts the input into ascending order; false when it is there already. */
static bool insert_input(recipe *r, int32_t input)
{
    int32_t at = r->n;
    while (at > 0 && r->input[at - 1] > input) {
        at--;
    }
    if (input == r->good || (at > 0 && r->input[at - 1] == input)) {
        return false;
    }
    memmove(&r->input[at + 1], &r->input[at], sizeof *r->input * (size_t)(r->n - at));
    r->input[at] = input;
    r->n++;
    return true;
}

static int32_t count_inputs(const generator *g, pl_rng *rng)
{
    int32_t n = (int32_t)pl_rng_below(rng, (uint64_t)(2 * g->s.inputs) + 1);
    return n < g->s.goods - 1 ? n : g->s.goods - 1;
}

/* Whether the recipe has a by-product: there must be a good that is neither its output nor an input. */
static bool is_joint(const generator *g, int32_t number, int32_t inputs, pl_rng *rng)
{
    stream(g, rng, STREAM_JOINT, (uint64_t)number);
    return pl_rng_unit(rng) < g->s.joint && inputs + 2 <= g->s.goods;
}

/* By-products are goods that the inputs could have been, worth 5 to 30 percent of the output.  They have random numbers of
 * their own, so that all else is the same with and without them. */
static void add_by_product(const generator *g, int32_t number, recipe *r)
{
    pl_rng rng;
    r->by = -1;
    if (!is_joint(g, number, r->n, &rng)) {
        return;
    }
    int32_t by = draw_input(g, &rng, r->good);
    for (int32_t i = 0; by == r->good || i < r->n;) {
        bool taken = by == r->good || r->input[i] == by;
        by = taken ? (by + 1) % g->s.goods : by;
        i = taken ? 0 : i + 1;
    }
    r->by = by;
    r->by_amount = (0.05 + 0.25 * pl_rng_unit(&rng)) * price_of(g, r->good) / price_of(g, by);
}

/* Which resources a recipe uses, as bits; labour always. */
static void draw_resources(const generator *g, pl_rng *rng, bool *used)
{
    for (int32_t k = 0; k < g->s.resources; k++) {
        used[k] = k == 0 || pl_rng_below(rng, 10) < 3;
    }
}

/* Rival number `turn` of a good: what goes in is worth 35 to 75 percent of what comes out; rivals of the first save labour and
 * take more of other resources. */
static void make_recipe(const generator *g, int32_t number, recipe *r)
{
    pl_rng rng;
    bool used[100];
    stream(g, &rng, STREAM_RECIPE, (uint64_t)number);
    r->good = number / g->s.recipes;
    r->n = 0;
    int32_t wanted = count_inputs(g, &rng);
    draw_resources(g, &rng, used);
    for (int tries = 0; r->n < wanted; tries++) {
        int32_t input = draw_input(g, &rng, r->good);
        while (tries > 4 * INPUTS_MAX && (input == r->good || !insert_input(r, input))) {
            input = (input + 1) % g->s.goods; /* few goods: take the next one that is free */
        }
        if (tries <= 4 * INPUTS_MAX) {
            (void)insert_input(r, input);
        }
    }
    double price = price_of(g, r->good), share = 0.35 + 0.4 * pl_rng_unit(&rng), sum = 0;
    for (int32_t i = 0; i < r->n; i++) {
        r->amount[i] = 0.05 + pl_rng_unit(&rng);
        sum += r->amount[i];
    }
    for (int32_t i = 0; i < r->n; i++) {
        r->amount[i] *= share * price / (sum * price_of(g, r->input[i]));
    }
    bool first = number % g->s.recipes == 0;
    double saving = first ? 1 : 0.6 + 0.7 * pl_rng_unit(&rng), own = price * (1 - (r->n > 0 ? share : 0));
    for (int32_t k = 0; k < g->s.resources; k++) {
        double part = 0.5 + pl_rng_unit(&rng);
        r->use[k] = !used[k] ? 0 : k == 0 ? own * part * saving : own * part * 0.2 / saving;
    }
    add_by_product(g, number, r);
}

/* ---- Capital ---------------------------------------------------------------------------------------------- */

typedef struct machines { /* at work in a recipe, in ascending order of good */
    int32_t n;
    int32_t good[MACHINES];
    double amount[MACHINES];
} machines;

static int32_t asset_near(const generator *g, int32_t good)
{
    int32_t at = good / BLOCK * BLOCK + BLOCK / 2;
    return at < g->s.goods ? at : g->s.goods - 1;
}

/* What of an asset is lost in a year, and the lag of the recipes that make it. */
static double loss_of(const generator *g, int32_t asset, int32_t *lag)
{
    pl_rng rng;
    stream(g, &rng, STREAM_ASSET, (uint64_t)asset);
    *lag = (int32_t)pl_rng_below(&rng, 2);
    return 0.04 + 0.16 * pl_rng_unit(&rng);
}

static int32_t lag_of(const generator *g, int32_t good)
{
    int32_t lag = 0;
    if (g->n_assets > 0 && asset_near(g, good) == good) {
        (void)loss_of(g, good, &lag);
    }
    return lag;
}

/* What a recipe has at work comes from where its inputs come from; to replace what is lost of it takes 2 to 15 percent of the
 * output. */
static void draw_machines(const generator *g, int32_t number, machines *m)
{
    pl_rng rng;
    int32_t own = number / g->s.recipes, lag;
    m->n = 0;
    stream(g, &rng, STREAM_MACHINES, (uint64_t)number);
    if (pl_rng_unit(&rng) >= g->s.capital) {
        return;
    }
    double lost = (0.02 + 0.13 * pl_rng_unit(&rng)) * price_of(g, own), sum = 0;
    for (uint64_t k = 1 + pl_rng_below(&rng, MACHINES); k > 0; k--) {
        int32_t asset = asset_near(g, draw_input(g, &rng, own)), at = m->n;
        while (at > 0 && m->good[at - 1] > asset) {
            at--;
        }
        if (asset != own && (at == 0 || m->good[at - 1] != asset)) {
            memmove(&m->good[at + 1], &m->good[at], sizeof *m->good * (size_t)(m->n - at));
            m->good[at] = asset;
            m->n++;
        }
    }
    for (int32_t i = 0; i < m->n; i++) {
        m->amount[i] = 0.5 + pl_rng_unit(&rng);
        sum += m->amount[i];
    }
    for (int32_t i = 0; i < m->n; i++) {
        m->amount[i] *= lost / (sum * price_of(g, m->good[i]) * loss_of(g, m->good[i], &lag));
    }
}

/* The witness has more machines than it needs, as there is more of every limit. */
static double spare_machines(const generator *g)
{
    return fmin(fmax(g->s.slack, 0), SPARE_MOST);
}

/* ---- Texts ---------------------------------------------------------------------------------------------- */

static void lay_out_texts(generator *g)
{
    g->digits = snprintf(NULL, 0, "%d", g->s.goods - 1);
    uint64_t d = (uint64_t)g->digits, at = 1;
    g->text_goods = at, at += (uint64_t)g->s.goods * (d + 2);          /* g000 */
    g->text_recipes = at, at += (uint64_t)g->n_recipes * (d + 4);      /* g000-1 */
    g->text_resources = at, at += 7 + (uint64_t)(g->s.resources - 1) * 4; /* labour, r01 ... (sorted) */
    g->text_sectors = at, at += (uint64_t)g->s.sectors * 12;           /* sector 0000 */
    g->text_places = at, at += (uint64_t)g->s.places * 6;              /* p0000 */
    g->text_place_names = at, at += (uint64_t)g->s.places * 11;        /* place 0000 */
    g->text_groups = at, at += 3 * 7;                                  /* tier 1 */
    g->text_end = at + sizeof "synthetic economy";
}

static pl_status put_text(generator *g, pl_error *err, const char *text)
{
    return pl_sections_put(g->w, PL_BINARY_TEXT, text, strlen(text) + 1, err);
}

static pl_status put_texts(generator *g, pl_error *err)
{
    char text[64];
    pl_status status = put_text(g, err, "");
    for (int32_t i = 0; i < g->s.goods && status == PL_OK; i++) {
        snprintf(text, sizeof text, "g%0*d", g->digits, i);
        status = put_text(g, err, text);
    }
    for (int32_t i = 0; i < g->n_recipes && status == PL_OK; i++) {
        snprintf(text, sizeof text, "g%0*d-%d", g->digits, i / g->s.recipes, i % g->s.recipes + 1);
        status = put_text(g, err, text);
    }
    for (int32_t k = 0; k < g->s.resources && status == PL_OK; k++) {
        snprintf(text, sizeof text, k == 0 ? "labour" : "r%02d", k);
        status = put_text(g, err, text);
    }
    for (int32_t i = 0; i < g->s.sectors && status == PL_OK; i++) {
        snprintf(text, sizeof text, "sector %04d", i);
        status = put_text(g, err, text);
    }
    for (int32_t i = 0; i < 2 * g->s.places && status == PL_OK; i++) {
        snprintf(text, sizeof text, i < g->s.places ? "p%04d" : "place %04d", i % g->s.places);
        status = put_text(g, err, text);
    }
    for (int i = 1; i <= 3 && status == PL_OK; i++) {
        snprintf(text, sizeof text, "tier %d", i);
        status = put_text(g, err, text);
    }
    return status == PL_OK ? put_text(g, err, "synthetic economy") : status;
}

static pl_status put_offsets(generator *g, unsigned id, uint64_t from, uint64_t step, int32_t n, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        uint64_t at = from + (uint64_t)i * step;
        status = pl_sections_put(g->w, id, &at, 1, err);
    }
    return status;
}

/* ---- Tables --------------------------------------------------------------------------------------------- */

static pl_status put_goods(generator *g, pl_error *err)
{
    pl_status status = put_offsets(g, PL_BINARY_ID(PL_GOODS, 0), g->text_goods, (uint64_t)g->digits + 2, g->s.goods, err);
    for (int32_t i = 0; i < g->s.goods && status == PL_OK; i++) {
        uint64_t group = g->text_sectors + 12 * (uint64_t)sector_of(g, i);
        uint64_t place = g->text_places + 6 * (uint64_t)place_of(g, i);
        status = pl_sections_put(g->w, PL_BINARY_ID(PL_GOODS, 3), &group, 1, err);
        if (status == PL_OK) {
            status = pl_sections_put(g->w, PL_BINARY_ID(PL_GOODS, 4), &place, 1, err);
        }
    }
    return status;
}

/* Puts a flow where it belongs among n others; returns n + 1. */
static int32_t insert_flow(int32_t *index, double *amount, int32_t n, int32_t good, double x)
{
    int32_t at = n;
    for (; at > 0 && index[at - 1] > good; at--) {
        index[at] = index[at - 1];
        amount[at] = amount[at - 1];
    }
    index[at] = good;
    amount[at] = x;
    return n + 1;
}

/* What the first recipe of a good takes, and what of its machines has to be replaced every year. */
static void keep_technique(generator *g, const recipe *r, const int32_t *index, const double *amount, int32_t n)
{
    machines m;
    int64_t at = g->start[r->good];
    int32_t *to = g->index + at, lag;
    double *x = g->amount + at;
    memcpy(to, index, sizeof *index * (size_t)n);
    memcpy(x, amount, sizeof *amount * (size_t)n);
    draw_machines(g, r->good * g->s.recipes, &m);
    for (int32_t k = 0; k < m.n; k++) {
        double lost = (1 + spare_machines(g)) * m.amount[k] * loss_of(g, m.good[k], &lag);
        int32_t i = 0;
        while (i < n && to[i] != m.good[k]) {
            i++;
        }
        if (i < n) {
            x[i] -= lost;
        } else {
            n = insert_flow(to, x, n, m.good[k], -lost);
        }
    }
    g->start[r->good + 1] = at + n;
}

/* The flows of one recipe in ascending order; keeps those of the first recipe of a good, without by-product. */
static pl_status put_flows(generator *g, const recipe *r, bool keep, pl_error *err)
{
    int32_t index[INPUTS_MAX + 2], n = r->n;
    double amount[INPUTS_MAX + 2];
    memcpy(index, r->input, sizeof *index * (size_t)n);
    for (int32_t i = 0; i < n; i++) {
        amount[i] = -r->amount[i];
    }
    n = insert_flow(index, amount, n, r->good, 1);
    if (keep) {
        keep_technique(g, r, index, amount, n);
    }
    if (r->by >= 0) {
        n = insert_flow(index, amount, n, r->by, r->by_amount);
    }
    pl_status status = pl_sections_put(g->w, PL_BINARY_ID(PL_FLOWS, 1), index, (size_t)n, err);
    return status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_FLOWS, 2), amount, (size_t)n, err) : status;
}

static pl_status put_uses(generator *g, const recipe *r, int64_t *end, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t k = 0; k < g->s.resources && status == PL_OK; k++) {
        if (r->use[k] > 0) {
            status = pl_sections_put(g->w, PL_BINARY_ID(PL_USES, 1), &k, 1, err);
            if (status == PL_OK) {
                status = pl_sections_put(g->w, PL_BINARY_ID(PL_USES, 2), &r->use[k], 1, err);
            }
            (*end)++;
        }
    }
    return status;
}

/* What the recipe has at work, and when its output comes. */
static pl_status put_capital(generator *g, int32_t number, pl_error *err)
{
    machines m;
    pl_status status = PL_OK;
    draw_machines(g, number, &m);
    for (int32_t k = 0; k < m.n && status == PL_OK; k++) {
        const void *cell[] = {&number, &m.good[k], &m.amount[k]};
        for (int c = 0; c < 3 && status == PL_OK; c++) {
            status = pl_sections_put(g->w, PL_BINARY_ID(PL_CAPITAL, c), cell[c], 1, err);
        }
    }
    int32_t lag = lag_of(g, number / g->s.recipes);
    if (lag > 0 && status == PL_OK) {
        status = pl_sections_put(g->w, PL_BINARY_ID(PL_LAGS, 0), &number, 1, err);
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_LAGS, 1), &lag, 1, err) : status;
    }
    return status;
}

static pl_status put_recipes(generator *g, pl_error *err)
{
    recipe *r = PL_NEW(recipe, 1);
    int64_t flows = 0, uses = 0;
    if (r == NULL) {
        return pl_fail_nomem(err, "a recipe");
    }
    pl_status status = pl_sections_put(g->w, PL_BINARY_ID(PL_FLOWS, 0), &flows, 1, err);
    status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_USES, 0), &uses, 1, err) : status;
    for (int32_t i = 0; i < g->n_recipes && status == PL_OK; i++) {
        if (i % (1 << 14) == 0 && !pl_tick(g->progress, "writing recipes", (double)i / g->n_recipes)) {
            status = pl_fail(err, PL_STOPPED, NULL, NULL, "stopped while writing recipes");
            break;
        }
        make_recipe(g, i, r);
        flows += r->n + 1 + (r->by >= 0);
        status = put_flows(g, r, i % g->s.recipes == 0, err);
        status = status == PL_OK ? put_uses(g, r, &uses, err) : status;
        status = status == PL_OK ? put_capital(g, i, err) : status;
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_FLOWS, 0), &flows, 1, err) : status;
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_USES, 0), &uses, 1, err) : status;
    }
    pl_free(r);
    return status;
}

/* The need for a good: its tier and amount, or tier 0. */
static int32_t need_of(const generator *g, int32_t good, double *amount)
{
    pl_rng rng;
    stream(g, &rng, STREAM_NEED, (uint64_t)good);
    if (good > 0 && pl_rng_below(&rng, 10) >= 3) {
        return 0;
    }
    uint64_t tier = pl_rng_below(&rng, 10);
    *amount = 1000 * exp2(10 * pl_rng_unit(&rng)) / price_of(g, good); /* spending: three decades */
    return tier < 2 ? 1 : tier < 5 ? 2 : 3;
}

static pl_status put_needs(generator *g, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t i = 0; i < g->s.goods && status == PL_OK; i++) {
        double amount, floor;
        int32_t tier = need_of(g, i, &amount);
        if (tier == 0) {
            continue;
        }
        uint64_t group = g->text_groups + 7 * (uint64_t)(tier - 1);
        floor = tier == 1 ? amount / 2 : 0;
        const void *cell[] = {&i, &tier, &group, &amount, NULL, &floor};
        for (int c = 0; c < 6 && status == PL_OK; c++) {
            status = cell[c] == NULL ? PL_OK : pl_sections_put(g->w, PL_BINARY_ID(PL_NEEDS, c), cell[c], 1, err);
        }
    }
    return status;
}

/* ---- The witness ---------------------------------------------------------------------------------------- */

/* Levels of the first recipes that meet all needs. */
static pl_status find_witness(generator *g, pl_error *err)
{
    int32_t n = g->s.goods;
    pl_sparse flows = {n, n, g->start, g->index, g->amount};
    pl_makers makers = {PL_NEW(int32_t, n), PL_NEW(int32_t, n), PL_NEW(double, n)};
    double *demand = PL_NEW(double, n);
    pl_sweep_settings settings = {.tolerance = WITNESS, .most = 1000, .markup = 1, .progress = g->progress};
    pl_output_task task = {.chosen = makers.column, .demand = demand};
    pl_sweep_result result = {0};
    pl_status status = PL_OK;
    if (makers.start == NULL || makers.column == NULL || makers.output == NULL || demand == NULL) {
        status = pl_fail_nomem(err, "the witness");
    }
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        double amount = 0;
        demand[i] = need_of(g, i, &amount) > 0 ? amount : 0;
        makers.column[i] = i;
        makers.output[i] = 1 - SPARE;
    }
    if (status == PL_OK) {
        status = pl_sweep_outputs(&flows, &makers, &task, &settings, g->level, g->need, &result, err);
    }
    if (status == PL_OK && !result.settled) {
        status = pl_fail(err, PL_NUMERIC, NULL, NULL, "the witness does not settle");
    }
    pl_makers_clear(&makers);
    pl_free(demand);
    return status;
}

/* What the witness uses of each resource. */
static pl_status add_up_use(generator *g, pl_error *err)
{
    recipe *r = PL_NEW(recipe, 1);
    if (r == NULL) {
        return pl_fail_nomem(err, "a recipe");
    }
    for (int32_t i = 0; i < g->s.goods; i++) {
        make_recipe(g, i * g->s.recipes, r);
        for (int32_t k = 0; k < g->s.resources; k++) {
            g->used[k] += r->use[k] * g->level[i];
        }
    }
    pl_free(r);
    return PL_OK;
}

/* Machines, and what there is of them in the beginning: what a year like all others leaves behind. */
static pl_status put_assets(generator *g, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t i = 0; i < g->s.goods && g->n_assets > 0; i++) {
        machines m;
        draw_machines(g, i * g->s.recipes, &m);
        for (int32_t k = 0; k < m.n; k++) {
            g->at_work[m.good[k] / BLOCK] += (1 + spare_machines(g)) * m.amount[k] * g->level[i];
        }
    }
    for (int32_t a = 0; a < g->n_assets && status == PL_OK; a++) {
        int32_t good = asset_near(g, a * BLOCK), lag;
        double loss = loss_of(g, good, &lag), stock = (1 - loss) * g->at_work[a] + lag * g->level[good];
        const struct {
            unsigned id;
            const void *cell;
        } all[] = {{PL_BINARY_ID(PL_ASSETS, 0), &good},
                   {PL_BINARY_ID(PL_ASSETS, 1), &loss},
                   {PL_BINARY_ID(PL_STOCKS, 0), &good},
                   {PL_BINARY_ID(PL_STOCKS, 1), &stock}};
        for (size_t c = 0; c < sizeof all / sizeof all[0] && status == PL_OK; c++) {
            status = pl_sections_put(g->w, all[c].id, all[c].cell, 1, err);
        }
    }
    return status;
}

static pl_status put_limits(generator *g, pl_error *err)
{
    pl_status status = PL_OK;
    double rival = g->s.recipes > 1 ? g->s.capped * g->s.recipes / (g->s.recipes - 1) : 0, none = PL_ABSENT;
    for (int32_t i = 0; i < g->n_recipes && status == PL_OK; i++) {
        pl_rng rng;
        stream(g, &rng, STREAM_CAPACITY, (uint64_t)i);
        bool first = i % g->s.recipes == 0, capped = !first && pl_rng_unit(&rng) < rival;
        double output = g->level[i / g->s.recipes], level = first ? output : 0;
        double usual = output > 0 ? output : 1000 / price_of(g, i / g->s.recipes); /* a good that nobody needs yet */
        double capacity = capped ? (0.05 + 0.75 * pl_rng_unit(&rng)) * usual : none;
        status = pl_sections_put(g->w, PL_BINARY_ID(PL_RECIPES, 3), &capacity, 1, err);
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_WITNESS, &level, 1, err) : status;
    }
    for (int32_t k = 0; k < g->s.resources && status == PL_OK; k++) {
        double available = g->s.slack < 0 ? none : g->used[k] * (1 + g->s.slack);
        unsigned char kind = k == 0 ? PL_LABOUR : k % 3 == 1 ? PL_NATURE : k % 3 == 2 ? PL_EMISSION : PL_EQUIPMENT;
        uint64_t name = k == 0 ? g->text_resources : g->text_resources + 7 + 4 * (uint64_t)(k - 1);
        status = pl_sections_put(g->w, PL_BINARY_ID(PL_RESOURCES, 0), &name, 1, err);
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_RESOURCES, 3), &kind, 1, err) : status;
        status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_ID(PL_RESOURCES, 4), &available, 1, err) : status;
    }
    return status;
}

/* ---- The call ------------------------------------------------------------------------------------------- */

/* Numbers of rows; which depend on the seed too. */
static pl_status count_rows(generator *g, pl_error *err)
{
    int64_t first = 0;
    for (int32_t i = 0; i < g->n_recipes; i++) {
        pl_rng rng;
        bool used[100];
        stream(g, &rng, STREAM_RECIPE, (uint64_t)i);
        int32_t inputs = count_inputs(g, &rng), n = 1 + inputs;
        draw_resources(g, &rng, used);
        g->n_flows += n + is_joint(g, i, inputs, &rng);
        machines m;
        draw_machines(g, i, &m);
        g->n_capital += m.n;
        g->n_lags += lag_of(g, i / g->s.recipes);
        first += i % g->s.recipes == 0 ? n + m.n : 0;
        for (int32_t k = 0; k < g->s.resources; k++) {
            g->n_uses += used[k];
        }
    }
    for (int32_t i = 0; i < g->s.goods; i++) {
        double amount;
        g->n_needs += need_of(g, i, &amount) > 0;
    }
    g->start = PL_NEW(int64_t, (size_t)g->s.goods + 1);
    g->index = PL_NEW(int32_t, first);
    g->amount = PL_NEW(double, first);
    g->level = PL_NEW0(double, g->s.goods);
    g->need = PL_NEW(double, g->s.goods);
    g->used = PL_NEW0(double, g->s.resources);
    g->at_work = PL_NEW0(double, g->n_assets);
    if (g->start == NULL || g->index == NULL || g->amount == NULL || g->level == NULL || g->need == NULL ||
        g->used == NULL || g->at_work == NULL) {
        return pl_fail_nomem(err, "the technique of the witness");
    }
    g->start[0] = 0;
    return PL_OK;
}

static pl_status declare(generator *g, pl_error *err)
{
    uint64_t goods = (uint64_t)g->s.goods, recipes = (uint64_t)g->n_recipes, flows = (uint64_t)g->n_flows,
             resources = (uint64_t)g->s.resources, uses = (uint64_t)g->n_uses, needs = (uint64_t)g->n_needs,
             places = (uint64_t)g->s.places, assets = (uint64_t)g->n_assets, capital = (uint64_t)g->n_capital,
             lags = (uint64_t)g->n_lags;
    const struct {
        unsigned table, column;
        uint64_t count;
    } all[] = {{PL_GOODS, 0, goods},     {PL_GOODS, 3, goods},         {PL_GOODS, 4, goods},
               {PL_RECIPES, 0, recipes}, {PL_RECIPES, 3, recipes},     {PL_FLOWS, 0, recipes + 1},
               {PL_FLOWS, 1, flows},     {PL_FLOWS, 2, flows},         {PL_RESOURCES, 0, resources},
               {PL_RESOURCES, 3, resources}, {PL_RESOURCES, 4, resources}, {PL_USES, 0, recipes + 1},
               {PL_USES, 1, uses},       {PL_USES, 2, uses},           {PL_NEEDS, 0, needs},
               {PL_NEEDS, 1, needs},     {PL_NEEDS, 2, needs},         {PL_NEEDS, 3, needs},
               {PL_NEEDS, 5, needs},     {PL_STOCKS, 0, assets},       {PL_STOCKS, 1, assets},
               {PL_PLACES, 0, places},   {PL_PLACES, 1, places},       {PL_ASSETS, 0, assets},
               {PL_ASSETS, 1, assets},   {PL_CAPITAL, 0, capital},     {PL_CAPITAL, 1, capital},
               {PL_CAPITAL, 2, capital}, {PL_LAGS, 0, lags},           {PL_LAGS, 1, lags}};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && status == PL_OK; i++) {
        status = all[i].count == 0 ? PL_OK
                                   : pl_sections_declare(g->w, PL_BINARY_ID(all[i].table, all[i].column), all[i].count, err);
    }
    status = status == PL_OK ? pl_sections_declare(g->w, PL_BINARY_TEXT, g->text_end, err) : status;
    status = status == PL_OK ? pl_sections_declare(g->w, PL_BINARY_TITLE, 1, err) : status;
    return status == PL_OK ? pl_sections_declare(g->w, PL_BINARY_WITNESS, recipes, err) : status;
}

static void release(generator *g)
{
    pl_free(g->start);
    pl_free(g->index);
    pl_free(g->amount);
    pl_free(g->level);
    pl_free(g->need);
    pl_free(g->used);
    pl_free(g->at_work);
    g->start = NULL;
    g->index = NULL;
    g->amount = g->level = g->need = g->used = g->at_work = NULL;
}

static pl_status write_all(generator *g, pl_error *err)
{
    uint64_t title = g->text_end - sizeof "synthetic economy";
    pl_status (*const step[])(generator *, pl_error *) = {count_rows,  declare,      put_texts,  put_goods, put_needs,
                                                          put_recipes, find_witness, add_up_use, put_limits,
                                                          put_assets};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof step / sizeof step[0] && status == PL_OK; i++) {
        status = step[i](g, err);
    }
    status = status == PL_OK ? pl_sections_put(g->w, PL_BINARY_TITLE, &title, 1, err) : status;
    status = status == PL_OK ? put_offsets(g, PL_BINARY_ID(PL_RECIPES, 0), g->text_recipes, (uint64_t)g->digits + 4,
                                           g->n_recipes, err)
                             : status;
    status = status == PL_OK ? put_offsets(g, PL_BINARY_ID(PL_PLACES, 0), g->text_places, 6, g->s.places, err) : status;
    status = status == PL_OK ? put_offsets(g, PL_BINARY_ID(PL_PLACES, 1), g->text_place_names, 11, g->s.places, err)
                             : status;
    release(g);
    return status == PL_OK ? pl_sections_seal(g->w, err) : status;
}

/* Reads the file as any reader does, and puts its hash into it. */
static pl_status hash_and_commit(generator *g, pl_error *err)
{
    pl_economy *e = NULL;
    char hex[65];
    pl_status status = pl_binary_load(pl_sections_at(g->w), false, g->progress, &e, err);
    if (status == PL_OK && !pl_tick(g->progress, "hashing", -1)) {
        status = pl_fail(err, PL_STOPPED, NULL, NULL, "stopped while hashing");
    }
    status = status == PL_OK ? pl_economy_hash(e, hex, err) : status;
    pl_economy_free(e);
    return status == PL_OK ? pl_sections_commit(g->w, hex, err) : status;
}

pl_generate_settings pl_generate_defaults(int32_t goods)
{
    return (pl_generate_settings){.seed = 1, .goods = goods, .recipes = 3, .inputs = 15, .resources = 10, .sectors = 30,
                                  .places = 20, .capped = 0.2, .decades = 6, .slack = 0.02};
}

static pl_status refuse(const pl_generate_settings *s, pl_error *err)
{
    const struct {
        const char *name;
        double value, low, high;
    } all[] = {{"goods", s->goods, 1, 200e6},    {"recipes", s->recipes, 1, 9},     {"inputs", s->inputs, 0, 100},
               {"resources", s->resources, 1, 99}, {"sectors", s->sectors, 1, 9999}, {"places", s->places, 1, 9999},
               {"capped", s->capped, 0, 1 - 1.0 / s->recipes}, {"decades", s->decades, 0, 40},
               {"slack", s->slack, -1, 1e6},
               {"joint", s->joint, 0, 1}, {"capital", s->capital, 0, 1}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!(all[i].value >= all[i].low && all[i].value <= all[i].high + 1e-12)) {
            return pl_fail(err, PL_USAGE, all[i].name, NULL, "%s must be between %g and %g, not %g", all[i].name,
                           all[i].low, all[i].high, all[i].value);
        }
    }
    return (double)s->goods * s->recipes < 2e9 ? PL_OK
                                               : pl_fail(err, PL_TOOBIG, "recipes", NULL, "more than 2,000,000,000 recipes");
}

pl_status pl_economy_generate(const pl_generate_settings *settings, const char *path, const pl_progress *progress,
                              pl_error *err)
{
    pl_status status = refuse(settings, err);
    if (status != PL_OK) {
        return status;
    }
    generator g = {.s = *settings, .progress = progress, .n_recipes = settings->goods * settings->recipes};
    g.n_assets = g.s.capital > 0 ? (g.s.goods + BLOCK - 1) / BLOCK : 0;
    g.s.sectors = g.s.sectors < g.s.goods ? g.s.sectors : g.s.goods;
    g.hubs = g.s.goods / 100 < 5 ? 5 : g.s.goods / 100 > HUBS_MOST ? HUBS_MOST : g.s.goods / 100;
    g.hubs = g.hubs < g.s.goods ? g.hubs : g.s.goods;
    lay_out_texts(&g);
    status = pl_sections_writer_new(&PL_BINARY_ECONOMY, path, &g.w, err);
    if (status == PL_OK) {
        status = write_all(&g, err);
    }
    if (status == PL_OK) {
        status = hash_and_commit(&g, err);
    }
    release(&g);
    pl_sections_writer_free(g.w);
    return status;
}
