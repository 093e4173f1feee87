/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * From rows as they came to tables in canonical order: sort the defined identifiers, put ranks in the place of
 * symbols, judge every row, sort.  All rows are judged before the call gives up, so that one run shows as much
 * as can be shown. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "economy/freeze.h"
#include "io/utf8.h"

static const pl_table TABLE_OF[PL_SPACES] = {PL_GOODS, PL_RECIPES, PL_RESOURCES, PL_PLACES};

static const char *file_of(const pl_freezer *f, pl_table table)
{
    return f->b->file[table] != NULL ? f->b->file[table] : PL_TABLE[table].file;
}

/* Counts an error; true when it is among those that are kept and worth a text. */
bool pl_freeze_worth_saying(pl_freezer *f)
{
    f->errors++;
    if (f->found->count[PL_ERROR] < PL_FINDINGS_KEPT) {
        return true;
    }
    f->found->count[PL_ERROR]++;
    return false;
}

/* Adds an error at a field of a row; call it when worth_saying. */
void pl_freeze_say(pl_freezer *f, pl_table table, int field, int64_t line, const char *hint, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    int32_t column = 0;
    if (f->b->column != NULL && line > 0) {
        column = f->b->column(f->b->user, table, field, &line);
    }
    pl_found(f->found, PL_ERROR, file_of(f, table), line, column, hint, "%s", text);
}

/* ", first in line 12", or nothing when the row came from no file. */
const char *pl_freeze_first_in(int64_t line, char out[48])
{
    out[0] = '\0';
    if (line > 0) {
        snprintf(out, 48, ", first in line %lld", (long long)line);
    }
    return out;
}

/* ---- Judging numbers and texts --------------------------------------------------------------- */

void pl_freeze_number(pl_freezer *f, const pl_cell *c, double x, double least, bool optional)
{
    if ((optional && isnan(x)) || (isfinite(x) && x >= least)) {
        return;
    }
    if (!pl_freeze_worth_saying(f)) {
        return;
    }
    const char *name = PL_TABLE[c->table].column[c->field].name, *comma = c->second[0] != '\0' ? ", " : "";
    if (isnan(x)) {
        pl_freeze_say(f, c->table, c->field, c->line, "every row needs one", "%s of %.70s%s%.70s is not given", name, c->id, comma,
            c->second);
    } else if (isinf(x)) {
        pl_freeze_say(f, c->table, c->field, c->line,
            optional ? "leave the cell empty where there is no limit" : "write a finite number",
            "%s of %.70s%s%.70s is not finite", name, c->id, comma, c->second);
    } else {
        pl_freeze_say(f, c->table, c->field, c->line,
            optional ? "write a number from 0 on, or leave the cell empty" : "write a number from 0 on",
            "%s of %.70s%s%.70s is negative (%g)", name, c->id, comma, c->second, x);
    }
}

void pl_freeze_text(pl_freezer *f, pl_table table, int field, int64_t line, const char *text)
{
    if (!pl_utf8_valid(text, strlen(text)) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, table, field, line, "convert the texts to UTF-8", "%s is not UTF-8", PL_TABLE[table].column[field].name);
    }
}

/* ---- Identifiers ----------------------------------------------------------------------------- */

typedef struct sort_key {
    uint64_t prefix; /* the first eight bytes, the first of them highest */
    const char *text;
    int32_t symbol;
} sort_key;

static uint64_t prefix_of(const char *text)
{
    uint64_t prefix = 0;
    for (int i = 0; i < 8; i++) {
        prefix = prefix << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return prefix;
}

static int by_text(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (x->prefix != y->prefix) {
        return x->prefix < y->prefix ? -1 : 1;
    }
    return strcmp(x->text, y->text); /* compares as unsigned bytes */
}

static pl_status sort_symbols(pl_freezer *f, pl_space space)
{
    const pl_symbols *s = &f->b->symbols[space];
    sort_key *keys = PL_NEW(sort_key, s->n);
    f->rank[space] = PL_NEW(int32_t, s->n);
    f->ids[space] = PL_NEW(const char *, s->n);
    if (keys == NULL || f->rank[space] == NULL || f->ids[space] == NULL) {
        pl_free(keys);
        return PL_NOMEM;
    }
    int32_t n = 0;
    bool sorted = true;
    for (int32_t i = 0; i < s->n; i++) {
        f->rank[space][i] = -1;
        if (s->row[i] >= 0) {
            keys[n] = (sort_key){prefix_of(s->text[i]), s->text[i], i};
            sorted = sorted && (n == 0 || by_text(&keys[n - 1], &keys[n]) < 0);
            n++;
        }
    }
    if (!sorted) {
        qsort(keys, (size_t)n, sizeof *keys, by_text);
    }
    for (int32_t i = 0; i < n; i++) {
        f->rank[space][keys[i].symbol] = i;
        f->ids[space][i] = keys[i].text;
    }
    f->n[space] = n;
    pl_free(keys);
    return PL_OK;
}

/* A row that defines an identifier. */
static void judge_definition(pl_freezer *f, pl_space space, int32_t symbol, int64_t row, int64_t line, int64_t first_line)
{
    const pl_symbols *s = &f->b->symbols[space];
    pl_table table = TABLE_OF[space];
    const char *word = PL_TABLE[table].column[0].name, *id = s->text[symbol];
    if (id[0] == '\0' && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, table, 0, line, "give every row an identifier", "the %s has no identifier", word);
    } else if (s->row[symbol] != row && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, table, 0, line, "rename or remove one of them", "%s '%.80s' is there twice%s", word, id,
            pl_freeze_first_in(first_line, (char[48]){0}));
    }
    pl_freeze_text(f, table, 0, line, id);
}

/* The rank of a symbol that a row of `table` refers to in `field`; -1 after reporting that there is none. */
int32_t pl_freeze_resolve(pl_freezer *f, pl_space space, int32_t symbol, pl_table table, int field, int64_t line)
{
    int32_t rank = f->rank[space][symbol];
    if (rank >= 0 || !pl_freeze_worth_saying(f)) {
        return rank;
    }
    const char *id = f->b->symbols[space].text[symbol];
    const char *word = PL_TABLE[TABLE_OF[space]].column[0].name;
    if (id[0] == '\0') {
        pl_freeze_say(f, table, field, line, "name it", "the %s is not given", word);
        return -1;
    }
    char hint[160];
    const char *alike = pl_did_you_mean(id, f->ids[space], f->n[space]);
    if (alike != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", alike);
    } else {
        snprintf(hint, sizeof hint, "add it to %s", file_of(f, TABLE_OF[space]));
    }
    pl_freeze_say(f, table, field, line, hint, "there is no %s '%.120s'", word, id);
    return -1;
}

/* ---- Tables whose key is one identifier ------------------------------------------------------ */

void *pl_freeze_room(pl_freezer *f, size_t n, size_t size)
{
    void *p = pl_arena_alloc(&f->b->arena, n, size);
    f->no_memory |= p == NULL;
    return p;
}

static void freeze_goods(pl_freezer *f)
{
    const pl_raw_good *raw = f->b->rows[PL_GOODS].row;
    const pl_symbols *s = &f->b->symbols[PL_SPACE_GOOD];
    pl_good *goods = pl_freeze_room(f, (size_t)f->n[PL_SPACE_GOOD], sizeof *goods);
    for (size_t i = 0; i < f->b->rows[PL_GOODS].n && goods != NULL; i++) {
        const pl_raw_good *g = &raw[i];
        judge_definition(f, PL_SPACE_GOOD, g->symbol, (int64_t)i, g->line, raw[s->row[g->symbol]].line);
        pl_freeze_text(f, PL_GOODS, 1, g->line, g->good.name);
        pl_freeze_text(f, PL_GOODS, 2, g->line, g->good.unit);
        pl_freeze_text(f, PL_GOODS, 3, g->line, g->good.group);
        pl_freeze_text(f, PL_GOODS, 4, g->line, g->good.place);
        goods[f->rank[PL_SPACE_GOOD][g->symbol]] = g->good;
    }
    f->e->goods = goods;
    f->e->n_goods = f->n[PL_SPACE_GOOD];
}

static void freeze_recipes(pl_freezer *f)
{
    const pl_raw_recipe *raw = f->b->rows[PL_RECIPES].row;
    const pl_symbols *s = &f->b->symbols[PL_SPACE_RECIPE];
    pl_recipe *recipes = pl_freeze_room(f, (size_t)f->n[PL_SPACE_RECIPE], sizeof *recipes);
    for (size_t i = 0; i < f->b->rows[PL_RECIPES].n && recipes != NULL; i++) {
        const pl_raw_recipe *r = &raw[i];
        judge_definition(f, PL_SPACE_RECIPE, r->symbol, (int64_t)i, r->line, raw[s->row[r->symbol]].line);
        pl_freeze_text(f, PL_RECIPES, 1, r->line, r->recipe.name);
        pl_freeze_text(f, PL_RECIPES, 2, r->line, r->recipe.place);
        pl_freeze_number(f, &(pl_cell){PL_RECIPES, 3, r->line, r->recipe.id, ""}, r->recipe.capacity, 0, true);
        recipes[f->rank[PL_SPACE_RECIPE][r->symbol]] = r->recipe;
    }
    f->e->recipes = recipes;
    f->e->n_recipes = f->n[PL_SPACE_RECIPE];
}

static void freeze_resources(pl_freezer *f)
{
    const pl_raw_resource *raw = f->b->rows[PL_RESOURCES].row;
    const pl_symbols *s = &f->b->symbols[PL_SPACE_RESOURCE];
    pl_resource *resources = pl_freeze_room(f, (size_t)f->n[PL_SPACE_RESOURCE], sizeof *resources);
    f->e->foreign_exchange = -1;
    for (size_t i = 0; i < f->b->rows[PL_RESOURCES].n && resources != NULL; i++) {
        const pl_raw_resource *r = &raw[i];
        int32_t rank = f->rank[PL_SPACE_RESOURCE][r->symbol];
        /* The trade balance alone may have to be a surplus. */
        bool exchange = strcmp(r->resource.id, "foreign_exchange") == 0;
        judge_definition(f, PL_SPACE_RESOURCE, r->symbol, (int64_t)i, r->line, raw[s->row[r->symbol]].line);
        pl_freeze_text(f, PL_RESOURCES, 1, r->line, r->resource.name);
        pl_freeze_text(f, PL_RESOURCES, 2, r->line, r->resource.unit);
        pl_freeze_number(f, &(pl_cell){PL_RESOURCES, 4, r->line, r->resource.id, ""}, r->resource.available,
                     exchange ? -HUGE_VAL : 0, true);
        if (((unsigned)r->resource.kind > PL_OTHER) && pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, PL_RESOURCES, 3, r->line, NULL, "kind of %.80s is not known", r->resource.id);
        }
        resources[rank] = r->resource;
        f->e->foreign_exchange = exchange ? rank : f->e->foreign_exchange;
    }
    f->e->resources = resources;
    f->e->n_resources = f->n[PL_SPACE_RESOURCE];
}

static void freeze_places(pl_freezer *f)
{
    const pl_raw_place *raw = f->b->rows[PL_PLACES].row;
    const pl_symbols *s = &f->b->symbols[PL_SPACE_PLACE];
    pl_place *places = pl_freeze_room(f, (size_t)f->n[PL_SPACE_PLACE], sizeof *places);
    for (size_t i = 0; i < f->b->rows[PL_PLACES].n && places != NULL; i++) {
        judge_definition(f, PL_SPACE_PLACE, raw[i].symbol, (int64_t)i, raw[i].line, raw[s->row[raw[i].symbol]].line);
        pl_freeze_text(f, PL_PLACES, 1, raw[i].line, raw[i].place.name);
        places[f->rank[PL_SPACE_PLACE][raw[i].symbol]] = raw[i].place;
    }
    f->e->places = places;
    f->e->n_places = f->n[PL_SPACE_PLACE];
}

/* ---- Flows and uses -------------------------------------------------------------------------- */

static int by_other(const void *a, const void *b)
{
    const pl_raw_pair *x = a, *y = b;
    if (x->other != y->other) {
        return x->other < y->other ? -1 : 1;
    }
    return (x->line > y->line) - (x->line < y->line);
}

/* Sorts the pairs of one recipe and reports those that are there twice. */
static void sort_column(pl_freezer *f, pl_table table, pl_space space, pl_raw_pair *pair, int64_t n)
{
    bool sorted = true;
    for (int64_t k = 1; k < n; k++) {
        sorted = sorted && by_other(&pair[k - 1], &pair[k]) <= 0;
    }
    if (!sorted) {
        qsort(pair, (size_t)n, sizeof *pair, by_other);
    }
    for (int64_t k = 1; k < n; k++) {
        if (pair[k].other == pair[k - 1].other && pl_freeze_worth_saying(f)) {
            int64_t first = k - 1;
            while (first > 0 && pair[first - 1].other == pair[k].other) {
                first--;
            }
            pl_freeze_say(f, table, 1, pair[k].line, "add them up in one row", "%.90s, %.90s is there twice%s",
                f->ids[PL_SPACE_RECIPE][pair[k].recipe], f->ids[space][pair[k].other],
                pl_freeze_first_in(pair[first].line, (char[48]){0}));
        }
    }
}

/* Puts ranks into the rows and judges them; start[r+1] becomes the number of rows of recipe r. */
static void judge_pairs(pl_freezer *f, pl_table table, pl_space space, int64_t *start)
{
    pl_raw_pair *raw = f->b->rows[table].row;
    for (size_t i = 0; i < f->b->rows[table].n; i++) {
        pl_raw_pair *p = &raw[i];
        if (!isfinite(p->amount)) {
            pl_freeze_number(f,
                         &(pl_cell){table, 2, p->line, f->b->symbols[PL_SPACE_RECIPE].text[p->recipe],
                                 f->b->symbols[space].text[p->other]},
                         p->amount, -HUGE_VAL, false);
        }
        p->recipe = pl_freeze_resolve(f, PL_SPACE_RECIPE, p->recipe, table, 0, p->line);
        p->other = pl_freeze_resolve(f, space, p->other, table, 1, p->line);
        if (p->recipe >= 0 && p->other >= 0) {
            start[p->recipe + 1]++;
        }
    }
}

static void fill_pairs(pl_freezer *f, pl_table table, pl_space space, int64_t *start, pl_raw_pair *sorted, pl_columns *out)
{
    const pl_raw_pair *raw = f->b->rows[table].row;
    int32_t n = f->e->n_recipes;
    for (int32_t r = 0; r < n; r++) {
        start[r + 1] += start[r];
    }
    for (size_t i = 0; i < f->b->rows[table].n; i++) {
        if (raw[i].recipe >= 0 && raw[i].other >= 0) {
            sorted[start[raw[i].recipe]++] = raw[i]; /* start[r] moves to the end of r ... */
        }
    }
    for (int32_t r = n; r > 0; r--) {
        start[r] = start[r - 1]; /* ... which is where r+1 begins */
    }
    start[0] = 0;
    int32_t *index = pl_freeze_room(f, (size_t)start[n], sizeof *index);
    double *amount = pl_freeze_room(f, (size_t)start[n], sizeof *amount);
    if (index == NULL || amount == NULL) {
        return;
    }
    for (int32_t r = 0; r < n; r++) {
        sort_column(f, table, space, sorted + start[r], start[r + 1] - start[r]);
    }
    for (int64_t k = 0; k < start[n]; k++) {
        index[k] = sorted[k].other;
        amount[k] = sorted[k].amount + 0.0; /* -0 becomes +0 */
    }
    *out = (pl_columns){start, index, amount};
}

static void freeze_pairs(pl_freezer *f, pl_table table, pl_space space, pl_columns *out)
{
    int64_t *start = pl_freeze_room(f, (size_t)f->e->n_recipes + 1, sizeof *start);
    pl_raw_pair *sorted = PL_NEW(pl_raw_pair, f->b->rows[table].n);
    if (start != NULL && sorted != NULL) {
        memset(start, 0, ((size_t)f->e->n_recipes + 1) * sizeof *start);
        judge_pairs(f, table, space, start);
        fill_pairs(f, table, space, start, sorted, out);
    }
    f->no_memory |= sorted == NULL;
    pl_free(sorted);
}

/* ---- Needs, trade, stocks -------------------------------------------------------------------- */

static int same_need(const pl_need *x, const pl_need *y)
{
    if (x->good != y->good) {
        return x->good < y->good ? -1 : 1;
    }
    if (x->tier != y->tier) {
        return x->tier < y->tier ? -1 : 1;
    }
    return strcmp(x->group, y->group);
}

static int by_need(const void *a, const void *b)
{
    const pl_raw_need *x = a, *y = b;
    int order = same_need(&x->need, &y->need);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void judge_need(pl_freezer *f, pl_raw_need *raw)
{
    pl_need *n = &raw->need;
    const char *id = f->b->symbols[PL_SPACE_GOOD].text[n->good];
    int64_t line = raw->line;
    pl_freeze_number(f, &(pl_cell){PL_NEEDS, 3, line, id, ""}, n->amount, 0, false);
    pl_freeze_text(f, PL_NEEDS, 2, line, n->group);
    if (n->tier < 1 && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_NEEDS, 1, line, "write 1 for what comes first", "tier of %.80s is %d; tiers begin with 1", id, n->tier);
    }
    if (!(isfinite(n->weight) && n->weight > 0) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_NEEDS, 4, line, "write a number above 0, or leave the cell empty for 1",
            "weight of %.80s is not above 0 (%g)", id, n->weight);
    }
    if (!(n->floor >= 0 && (n->floor <= n->amount || isnan(n->amount)) && isfinite(n->floor)) && pl_freeze_worth_saying(f)) {
        pl_freeze_say(f, PL_NEEDS, 5, line, "the floor is the part of the amount that must be met whatever it costs",
            "floor of %.80s is %g, not between 0 and the amount (%g)", id, n->floor, n->amount);
    }
    n->good = pl_freeze_resolve(f, PL_SPACE_GOOD, n->good, PL_NEEDS, 0, line);
    n->amount += 0.0;
    n->floor += 0.0;
}

static void freeze_needs(pl_freezer *f)
{
    pl_raw_need *raw = f->b->rows[PL_NEEDS].row;
    int32_t n = (int32_t)f->b->rows[PL_NEEDS].n;
    pl_need *needs = pl_freeze_room(f, (size_t)n, sizeof *needs);
    if (needs == NULL || n == 0) {
        f->e->needs = needs;
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        judge_need(f, &raw[i]);
    }
    qsort(raw, (size_t)n, sizeof *raw, by_need);
    for (int32_t i = 0; i < n; i++) {
        needs[i] = raw[i].need;
        if (i > 0 && needs[i].good >= 0 && same_need(&needs[i - 1], &needs[i]) == 0 && pl_freeze_worth_saying(f)) {
            int32_t first = i - 1;
            while (first > 0 && same_need(&needs[first - 1], &needs[i]) == 0) {
                first--;
            }
            pl_freeze_say(f, PL_NEEDS, 0, raw[i].line, "add them up in one row, or give them different groups",
                "the need of %.80s in tier %d%s%.60s is there twice%s", f->ids[PL_SPACE_GOOD][needs[i].good],
                needs[i].tier, needs[i].group[0] != '\0' ? " of " : "", needs[i].group,
                pl_freeze_first_in(raw[first].line, (char[48]){0}));
        }
    }
    f->e->needs = needs;
    f->e->n_needs = n;
}

/* Rows that begin with {line, {the rank of what they are about ...}}. */
typedef struct keyed_row {
    int64_t line;
    int32_t key;
} keyed_row;

static int by_key(const void *a, const void *b)
{
    keyed_row x, y;
    memcpy(&x, a, sizeof x.line + sizeof x.key);
    memcpy(&y, b, sizeof y.line + sizeof y.key);
    if (x.key != y.key) {
        return x.key < y.key ? -1 : 1;
    }
    return (x.line > y.line) - (x.line < y.line);
}

void pl_freeze_sort(pl_freezer *f, pl_table table, pl_space space, size_t size)
{
    pl_raw_rows *rows = &f->b->rows[table];
    if (rows->n == 0) {
        return;
    }
    qsort(rows->row, rows->n, size, by_key);
    keyed_row first = {0, -1}, now;
    for (size_t i = 0; i < rows->n; i++) {
        memcpy(&now, (const char *)rows->row + i * size, sizeof now.line + sizeof now.key);
        if (now.key < 0 || now.key != first.key) {
            first = now;
        } else if (pl_freeze_worth_saying(f)) {
            pl_freeze_say(f, table, 0, now.line, "put them into one row", "%s '%.80s' is there twice%s",
                          PL_TABLE[TABLE_OF[space]].column[0].name, f->ids[space][now.key],
                          pl_freeze_first_in(first.line, (char[48]){0}));
        }
    }
}

static void freeze_trade(pl_freezer *f)
{
    pl_raw_trade *raw = f->b->rows[PL_TRADE].row;
    size_t n = f->b->rows[PL_TRADE].n;
    pl_trade *trade = pl_freeze_room(f, n, sizeof *trade);
    for (size_t i = 0; i < n; i++) {
        pl_trade *t = &raw[i].trade;
        const char *id = f->b->symbols[PL_SPACE_GOOD].text[t->good];
        double *x[] = {&t->import_price, &t->import_limit, &t->export_price, &t->export_limit};
        for (int k = 0; k < 4; k++) {
            pl_freeze_number(f, &(pl_cell){PL_TRADE, k + 1, raw[i].line, id, ""}, *x[k], 0, true);
            *x[k] += 0.0;
        }
        t->good = pl_freeze_resolve(f, PL_SPACE_GOOD, t->good, PL_TRADE, 0, raw[i].line);
    }
    pl_freeze_sort(f, PL_TRADE, PL_SPACE_GOOD, sizeof *raw);
    for (size_t i = 0; i < n && trade != NULL; i++) {
        trade[i] = raw[i].trade;
    }
    f->e->trade = trade;
    f->e->n_trade = (int32_t)n;
}

static void freeze_stocks(pl_freezer *f)
{
    pl_raw_stock *raw = f->b->rows[PL_STOCKS].row;
    size_t n = f->b->rows[PL_STOCKS].n;
    pl_stock *stocks = pl_freeze_room(f, n, sizeof *stocks);
    for (size_t i = 0; i < n; i++) {
        pl_stock *s = &raw[i].stock;
        pl_freeze_number(f, &(pl_cell){PL_STOCKS, 1, raw[i].line, f->b->symbols[PL_SPACE_GOOD].text[s->good], ""}, s->amount, 0,
                     false);
        s->good = pl_freeze_resolve(f, PL_SPACE_GOOD, s->good, PL_STOCKS, 0, raw[i].line);
        s->amount += 0.0;
    }
    pl_freeze_sort(f, PL_STOCKS, PL_SPACE_GOOD, sizeof *raw);
    for (size_t i = 0; i < n && stocks != NULL; i++) {
        stocks[i] = raw[i].stock;
    }
    f->e->stocks = stocks;
    f->e->n_stocks = (int32_t)n;
}

/* ---- The call -------------------------------------------------------------------------------- */

static void freeze_tables(pl_freezer *f)
{
    freeze_goods(f);
    freeze_recipes(f);
    freeze_resources(f);
    freeze_places(f);
    if (!f->no_memory) {
        freeze_pairs(f, PL_FLOWS, PL_SPACE_GOOD, &f->e->flows);
        freeze_pairs(f, PL_USES, PL_SPACE_RESOURCE, &f->e->uses);
        freeze_needs(f);
        freeze_trade(f);
        freeze_stocks(f);
        pl_freeze_years(f);
    }
}

/* Empties the builder, which stays valid. */
static void reset(pl_builder *b)
{
    for (int s = 0; s < PL_SPACES; s++) {
        pl_map_clear(&b->symbols[s].map);
        pl_free(b->symbols[s].text);
        pl_free(b->symbols[s].row);
        b->symbols[s] = (pl_symbols){0};
    }
    for (int t = 0; t < PL_TABLES; t++) {
        pl_free(b->rows[t].row);
        b->rows[t] = (pl_raw_rows){0};
    }
    pl_arena_clear(&b->arena);
    memset(b->last_text, 0, sizeof b->last_text);
    b->title = b->path = "";
}

typedef struct whole {
    pl_economy economy;
    struct pl_economy_storage storage;
} whole;

static pl_status freeze(pl_freezer *f)
{
    for (int s = 0; s < PL_SPACES; s++) {
        pl_status status = sort_symbols(f, (pl_space)s);
        if (status != PL_OK) {
            return status;
        }
    }
    freeze_tables(f);
    return f->no_memory ? PL_NOMEM : f->errors > 0 ? PL_DATA : PL_OK;
}

pl_status pl_builder_freeze(pl_builder *b, pl_findings *findings, pl_economy **out, pl_error *err)
{
    whole *w = PL_NEW0(whole, 1);
    pl_findings *own = findings == NULL ? PL_NEW0(pl_findings, 1) : NULL;
    pl_freezer f = {.b = b, .found = findings != NULL ? findings : own};
    pl_status status = PL_NOMEM;
    if (w != NULL && f.found != NULL) {
        f.e = &w->economy;
        status = freeze(&f);
    }
    for (int s = 0; s < PL_SPACES; s++) {
        pl_free(f.rank[s]);
        pl_free(f.ids[s]);
    }
    if (status == PL_OK) {
        w->economy.title = b->title;
        w->economy.path = b->path;
        w->storage.arena = b->arena;
        w->economy.storage = &w->storage;
        pl_arena_init(&b->arena, 0); /* its blocks belong to the economy now */
        *out = &w->economy;
        w = NULL;
    } else if (status == PL_DATA) {
        status = pl_fail_findings(f.found, PL_DATA, b->path, err);
    } else {
        status = pl_fail_nomem(err, "an economy");
    }
    reset(b);
    pl_free(w);
    pl_free(own);
    return status;
}
