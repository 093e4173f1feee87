/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/economies.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "test/test.h"

#define CEILING ((size_t)1 << 33)

static void room(void *items, size_t *cap, size_t need, size_t size)
{
    CHECK(pl_grow(items, cap, need, size, CEILING));
}

void builder_init(builder *b, int32_t rows)
{
    memset(b, 0, sizeof *b);
    b->m = rows;
    b->row_lo = PL_NEW0(double, rows);
    b->row_hi = PL_NEW(double, rows);
    b->crash = PL_NEW(int32_t, rows);
    CHECK(b->row_lo && b->row_hi && b->crash);
    for (int32_t i = 0; i < rows; i++) {
        b->row_hi[i] = INFINITY;
        b->crash[i] = -1;
    }
}

void builder_free(builder *b)
{
    void *all[] = {b->start, b->row, b->crash, b->val, b->cost, b->lo, b->hi, b->expected,
                   b->row_lo, b->row_hi};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        pl_free(all[i]);
    }
    memset(b, 0, sizeof *b);
}

int32_t builder_column(builder *b, double cost, double lo, double hi)
{
    size_t need = (size_t)b->n + 2, cap;
    double **all[] = {&b->cost, &b->lo, &b->hi, &b->expected};
    for (int i = 0; i < 4; i++) {
        cap = b->n_cap;
        room(all[i], &cap, need, sizeof **all[i]);
    }
    cap = b->n_cap;
    room(&b->start, &cap, need, sizeof *b->start);
    b->n_cap = cap;
    b->cost[b->n] = cost;
    b->lo[b->n] = lo;
    b->hi[b->n] = hi;
    b->expected[b->n] = 0;
    b->start[b->n] = b->start[b->n + 1] = b->nnz;
    return b->n++;
}

void builder_entry(builder *b, int32_t row, double value)
{
    int64_t at = b->nnz;
    size_t cap = b->nnz_cap;
    room(&b->row, &cap, (size_t)b->nnz + 1, sizeof *b->row);
    cap = b->nnz_cap;
    room(&b->val, &cap, (size_t)b->nnz + 1, sizeof *b->val);
    b->nnz_cap = cap;
    while (at > b->start[b->n - 1] && b->row[at - 1] >= row) {
        at--;
    }
    if (at < b->nnz && b->row[at] == row) {
        b->val[at] += value;
        return;
    }
    memmove(b->row + at + 1, b->row + at, (size_t)(b->nnz - at) * sizeof *b->row);
    memmove(b->val + at + 1, b->val + at, (size_t)(b->nnz - at) * sizeof *b->val);
    b->row[at] = row;
    b->val[at] = value;
    b->start[b->n] = ++b->nnz;
}

pl_lp builder_lp(const builder *b, bool hints)
{
    return (pl_lp){.m = b->m, .n = b->n, .start = b->start, .row = b->row, .val = b->val,
                   .cost = b->cost, .lo = b->lo, .hi = b->hi, .row_lo = b->row_lo,
                   .row_hi = b->row_hi, .crash_column = hints ? b->crash : NULL,
                   .expected = hints ? b->expected : NULL};
}

/* Column sums of use by first recipes give outputs by Gauss-Seidel sweeps. */
static void outputs(const builder *b, const network *net, const double *need, double *out)
{
    double *use = PL_NEW(double, net->goods);
    CHECK(use != NULL);
    memcpy(out, need, (size_t)net->goods * sizeof *out);
    for (int sweep = 0; sweep < 100; sweep++) {
        memcpy(use, need, (size_t)net->goods * sizeof *use);
        for (int32_t g = 0; g < net->goods; g++) {
            int32_t j = g * net->recipes;
            for (int64_t t = b->start[j]; t < b->start[j + 1]; t++) {
                if (b->row[t] < net->goods && b->row[t] != g) {
                    use[b->row[t]] -= b->val[t] * out[g];
                } else if (b->row[t] == g) {
                    use[g] += (1 - b->val[t]) * out[g];
                }
            }
        }
        memcpy(out, use, (size_t)net->goods * sizeof *out);
    }
    pl_free(use);
}

static int32_t input_of(const network *net, int32_t good, pl_rng *rng)
{
    double u = pl_rng_unit(rng);
    int32_t sector = good / 50 * 50, size = net->goods - sector < 50 ? net->goods - sector : 50;
    if (u < 0.25) { /* hubs: Zipf */
        return (int32_t)(pow((double)net->goods, pl_rng_unit(rng))) % net->goods;
    }
    if (u < 0.75) {
        return sector + (int32_t)pl_rng_below(rng, (uint64_t)size);
    }
    return (int32_t)pl_rng_below(rng, (uint64_t)net->goods);
}

static void recipe(builder *b, const network *net, int32_t good, const double *price, pl_rng *rng)
{
    double share = pl_rng_range(rng, 0.35, 0.75), weights[64], sum = 0;
    int32_t input[64];
    for (int32_t k = 0; k < net->inputs; k++) {
        bool universal = k < 5 && pl_rng_unit(rng) < 0.8;
        input[k] = universal ? k % net->goods : input_of(net, good, rng);
        weights[k] = pl_rng_unit(rng) * pl_rng_unit(rng);
        sum += weights[k];
    }
    builder_column(b, 0, 0, INFINITY);
    builder_entry(b, good, 1);
    for (int32_t k = 0; k < net->inputs; k++) {
        double value = share * weights[k] / sum * price[good] / price[input[k]];
        if (input[k] != good) {
            builder_entry(b, input[k], -value);
        }
    }
    for (int32_t r = 0; r < net->resources; r++) {
        if (r == 0 || pl_rng_unit(rng) < 0.3) {
            double intensity = (1 - share) * price[good] * pl_rng_range(rng, 0.2, 1);
            builder_entry(b, net->goods + r, intensity);
            b->cost[b->n - 1] += r == 0 && !net->scale ? intensity : 0;
        }
    }
}

void economy_network(builder *b, const network *net, uint64_t seed)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    int32_t goods = net->goods;
    double *price = PL_NEW(double, goods), *need = PL_NEW(double, goods);
    double *out = PL_NEW(double, goods);
    CHECK(price && need && out);
    builder_init(b, goods + net->resources);
    for (int32_t g = 0; g < goods; g++) {
        price[g] = pow(10, pl_rng_range(&rng, -net->decades / 2, net->decades / 2));
        need[g] = pl_rng_unit(&rng) < 0.7 ? -log(1 - pl_rng_unit(&rng)) / price[g] : 0;
    }
    for (int32_t g = 0; g < goods; g++) {
        for (int32_t k = 0; k < net->recipes; k++) {
            recipe(b, net, g, price, &rng);
        }
    }
    outputs(b, net, need, out);
    double *use = PL_NEW0(double, net->resources);
    CHECK(use != NULL);
    for (int32_t g = 0; g < goods; g++) {
        for (int32_t k = 0; k < net->recipes; k++) {
            int32_t j = g * net->recipes + k;
            b->expected[j] = k == 0 ? out[g] : 0;
            if (k + 1 < net->recipes && pl_rng_unit(&rng) < net->capped) {
                b->hi[j] = out[g] * pl_rng_range(&rng, 0.2, 0.9);
            }
            for (int64_t t = b->start[j]; k == 0 && t < b->start[j + 1]; t++) {
                if (b->row[t] >= goods) {
                    use[b->row[t] - goods] += b->val[t] * out[g];
                }
            }
        }
        b->crash[g] = g * net->recipes;
        b->row_lo[g] = net->scale ? 0 : need[g];
    }
    for (int32_t r = 0; r < net->resources; r++) {
        b->row_lo[goods + r] = -INFINITY;
        b->row_hi[goods + r] = use[r] * (net->scale ? pl_rng_range(&rng, 0.8, 1.2) : 1.3);
    }
    if (net->scale) {
        builder_column(b, -1, 0, INFINITY);
        b->expected[b->n - 1] = 1;
        for (int32_t g = 0; g < goods; g++) {
            if (need[g] != 0) {
                builder_entry(b, g, -need[g]);
            }
        }
    }
    pl_free(price);
    pl_free(need);
    pl_free(out);
    pl_free(use);
}

/* ---- real tables ---- */

typedef struct codes {
    int32_t count;
    char (*code)[16];
    size_t cap;
} codes;

static int compare_codes(const void *a, const void *b)
{
    return strcmp((const char *)a, (const char *)b);
}

static int32_t find(const codes *c, const char *code)
{
    const char *at = bsearch(code, c->code, (size_t)c->count, sizeof *c->code, compare_codes);
    return at == NULL ? -1 : (int32_t)((size_t)(at - c->code[0]) / sizeof *c->code);
}

static void add_code(codes *c, const char *code)
{
    room(&c->code, &c->cap, (size_t)c->count + 1, sizeof *c->code);
    snprintf(c->code[c->count++], sizeof *c->code, "%s", code);
}

static void sort_codes(codes *c)
{
    qsort(c->code, (size_t)c->count, sizeof *c->code, compare_codes);
    int32_t kept = 0;
    for (int32_t i = 0; i < c->count; i++) {
        if (kept == 0 || strcmp(c->code[kept - 1], c->code[i]) != 0) {
            memmove(c->code[kept++], c->code[i], sizeof *c->code);
        }
    }
    c->count = kept;
}

/* Splits a line of CSV in place; quoted fields lose their quotes.  Returns the number of fields. */
static int split(char *line, char **field, int most)
{
    int count = 0;
    for (char *p = line; count < most;) {
        bool quoted = *p == '"';
        field[count++] = p += quoted;
        char *end = p;
        while (*end != '\0' && (quoted ? *end != '"' : (*end != ',' && *end != '\n'))) {
            end++;
        }
        bool more = quoted ? end[0] != '\0' && end[1] == ',' : *end == ',';
        *end = '\0';
        if (!more) {
            break;
        }
        p = end + 1 + quoted;
    }
    return count;
}

static gzFile table(const char *relative)
{
    char header[1024];
    gzFile f = gzopen(test_data(relative), "r");
    CHECK(f != NULL && gzgets(f, header, sizeof header) != NULL);
    return f;
}

static bool next(gzFile f, char *line, char **field, int most)
{
    return gzgets(f, line, 4096) != NULL && split(line, field, most) > 0;
}

static void read_list(const char *relative, codes *c)
{
    char line[4096], *field[16];
    gzFile f = table(relative);
    while (next(f, line, field, 16)) {
        add_code(c, field[0]);
    }
    gzclose(f);
    sort_codes(c);
}

/* Adds the numbers of a table (row code, column code, value) to a dense matrix. */
static void read_matrix(const char *relative, const codes *rows, const codes *cols, bool swap,
                        double sign, double *a)
{
    char line[4096], *field[16];
    gzFile f = table(relative);
    while (next(f, line, field, 16)) {
        int32_t i = find(rows, field[swap ? 1 : 0]), j = find(cols, field[swap ? 0 : 1]);
        CHECK(i >= 0 && j >= 0);
        a[(int64_t)j * rows->count + i] += sign * strtod(field[2], NULL);
    }
    gzclose(f);
}

#define US "us-io-detail-2017/"

/* Largest scale of household demand: capacities 1.1 times output, imports by commodity 1.2 times
 * those seen and in total those seen, compensation in total that seen; other demand is fixed. */
void economy_us_2017(builder *b)
{
    codes good = {0}, industry = {0};
    char line[4096], *field[16];
    read_list(US "commodities.csv", &good);
    read_list(US "industries.csv", &industry);
    int32_t m = good.count, n = industry.count;
    double *net = PL_NEW0(double, (int64_t)m * n), *paid = PL_NEW0(double, n);
    double *output = PL_NEW0(double, n), *home = PL_NEW0(double, m), *imports = PL_NEW0(double, m);
    CHECK(net && paid && output && home && imports);
    builder_init(b, m + 2);
    read_matrix(US "make_2017.csv", &good, &industry, true, 1, net);
    read_matrix(US "use_2017.csv", &good, &industry, false, -1, net);
    gzFile f = table(US "industries.csv");
    while (next(f, line, field, 16)) {
        output[find(&industry, field[0])] = strtod(field[4], NULL);
    }
    gzclose(f);
    f = table(US "final_2017.csv");
    while (next(f, line, field, 16)) {
        int32_t i = find(&good, field[0]);
        double value = strtod(field[2], NULL);
        bool household = strcmp(field[1], "F01000") == 0, import = strcmp(field[1], "F05000") == 0;
        home[i] += household ? value : 0;
        imports[i] -= import ? value : 0;
        b->row_lo[i] += household || import ? 0 : value;
    }
    gzclose(f);
    f = table(US "primary_2017.csv");
    while (next(f, line, field, 16)) {
        paid[find(&industry, field[1])] +=
            strcmp(field[0], "V00100") == 0 ? strtod(field[2], NULL) : 0;
    }
    gzclose(f);
    b->row_hi[m] = b->row_hi[m + 1] = 0;
    for (int32_t j = 0; j < n; j++) {
        builder_column(b, 0, 0, 1.1 * output[j]);
        b->expected[j] = output[j];
        for (int32_t i = 0; i < m; i++) {
            if (net[(int64_t)j * m + i] != 0) {
                builder_entry(b, i, net[(int64_t)j * m + i] / output[j]);
            }
        }
        builder_entry(b, m, paid[j] / output[j]);
        b->row_hi[m] += paid[j];
        int32_t own = find(&good, industry.code[j]);
        if (own >= 0 && net[(int64_t)j * m + own] > 0) {
            b->crash[own] = j;
        }
    }
    for (int32_t i = 0; i < m; i++) {
        if (imports[i] > 0) {
            int32_t j = builder_column(b, 0, 0, 1.2 * imports[i]);
            b->expected[j] = imports[i];
            builder_entry(b, i, 1);
            builder_entry(b, m + 1, 1);
            b->row_hi[m + 1] += imports[i];
        }
    }
    int32_t theta = builder_column(b, -1, 0, INFINITY);
    b->expected[theta] = 1;
    for (int32_t i = 0; i < m; i++) {
        if (home[i] != 0) {
            builder_entry(b, i, -home[i]);
        }
    }
    b->row_lo[m] = b->row_lo[m + 1] = -INFINITY;
    void *all[] = {net, paid, output, home, imports, good.code, industry.code};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

#define WORLD "wiod-world-1435-2011/"

/* Largest scale of all households' demand under capacities of 1.1 and three blocks of primary
 * inputs of 1.05 times those seen. */
void economy_world_2011(builder *b)
{
    codes sector = {0};
    char line[4096], *field[16];
    read_list(WORLD "sectors.csv", &sector);
    int32_t m = sector.count;
    double *use = PL_NEW0(double, (int64_t)m * m), *home = PL_NEW0(double, m);
    double *output = PL_NEW0(double, m), *added = PL_NEW0(double, m);
    CHECK(use && home && output && added);
    builder_init(b, m + 3);
    read_matrix(WORLD "use.csv.gz", &sector, &sector, false, -1, use);
    gzFile f = table(WORLD "sectors.csv");
    while (next(f, line, field, 16)) {
        int32_t i = find(&sector, field[0]);
        output[i] = strtod(field[4], NULL);
        added[i] = strtod(field[6], NULL);
    }
    gzclose(f);
    f = table(WORLD "final.csv.gz");
    while (next(f, line, field, 16)) {
        int32_t i = find(&sector, field[0]);
        *(strstr(field[1], ".HH") != NULL ? &home[i] : &b->row_lo[i]) += strtod(field[2], NULL);
    }
    gzclose(f);
    for (int32_t r = 0; r < 3; r++) {
        b->row_lo[m + r] = -INFINITY;
        b->row_hi[m + r] = 0;
    }
    for (int32_t j = 0; j < m; j++) {
        builder_column(b, 0, 0, 1.1 * fmax(0, output[j]));
        b->expected[j] = output[j];
        if (output[j] <= 0) {
            continue;
        }
        for (int32_t i = 0; i < m; i++) {
            double value = use[(int64_t)j * m + i] + (i == j ? output[j] : 0);
            if (value != 0) {
                builder_entry(b, i, value / output[j]);
            }
        }
        builder_entry(b, m + j % 3, added[j] / output[j]);
        b->row_hi[m + j % 3] += 1.05 * fmax(0, added[j]);
        b->crash[j] = j;
    }
    int32_t theta = builder_column(b, -1, 0, INFINITY);
    b->expected[theta] = 1;
    for (int32_t i = 0; i < m; i++) {
        if (home[i] != 0) {
            builder_entry(b, i, -home[i]);
        }
    }
    void *all[] = {use, home, output, added, sector.code};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

#define LCI "uslci-recipes/"

/* Least purchases for a basket of a few hundred products; what has a producer costs more to buy. */
void economy_life_cycle(builder *b)
{
    codes flow = {0};
    char line[4096], *field[16], before[16] = "";
    read_list(LCI "flows.csv", &flow);
    builder_init(b, flow.count);
    uint8_t *made = PL_NEW0(uint8_t, flow.count);
    CHECK(made != NULL);
    gzFile f = table(LCI "recipes.csv");
    while (next(f, line, field, 16)) {
        int32_t i = find(&flow, field[1]);
        bool out = strcmp(field[2], "out") == 0, reference = strcmp(field[5], "1") == 0;
        if (strcmp(before, field[0]) != 0) {
            builder_column(b, 0, 0, INFINITY);
            snprintf(before, sizeof before, "%.15s", field[0]);
        }
        builder_entry(b, i, (out ? 1 : -1) * strtod(field[3], NULL));
        if (reference && out && b->crash[i] < 0) {
            b->crash[i] = b->n - 1;
        }
        made[i] |= out;
    }
    gzclose(f);
    for (int32_t i = 0; i < flow.count; i++) {
        int32_t bought = builder_column(b, made[i] ? 1000 : 1, 0, INFINITY);
        builder_entry(b, i, 1);
        b->crash[i] = made[i] ? b->crash[i] : bought;
        b->row_lo[i] = b->crash[i] < bought && b->crash[i] >= 0 && i % 3 == 0 ? 1 + i % 7 : 0;
    }
    pl_free(made);
    pl_free(flow.code);
}

#define FOOD "us-food-recipes/"

/* 100 g of each of many dishes at the least weight of raw ingredients. */
void economy_food(builder *b)
{
    codes item = {0};
    char line[4096], *field[16], before[16] = "";
    read_list(FOOD "foods.csv", &item);
    gzFile f = table(FOOD "recipes.csv");
    while (next(f, line, field, 16)) {
        add_code(&item, field[2]);
    }
    gzclose(f);
    sort_codes(&item);
    builder_init(b, item.count);
    f = table(FOOD "recipes.csv");
    while (next(f, line, field, 16)) {
        int32_t dish = find(&item, field[0]);
        if (strcmp(before, field[0]) != 0) {
            b->crash[dish] = builder_column(b, 0, 0, INFINITY);
            builder_entry(b, dish, 100);
            b->row_lo[dish] = dish % 2 == 0 ? 1000 : 0;
            snprintf(before, sizeof before, "%.15s", field[0]);
        }
        builder_entry(b, find(&item, field[2]), -strtod(field[6], NULL));
    }
    gzclose(f);
    for (int32_t i = 0; i < item.count; i++) {
        if (b->crash[i] < 0) {
            b->crash[i] = builder_column(b, 1, 0, INFINITY);
            builder_entry(b, i, 1);
        }
    }
    pl_free(item.code);
}
