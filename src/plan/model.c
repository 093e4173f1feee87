/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "plan/model.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "economy/pages.h"

struct pl_model_storage {
    pl_arena arena;
    const pl_economy *base;  /* of a lean model */
    const double *traded;    /* its coefficients of trade and stocks, from those of the first such column on */
    pl_lp_amounts amounts;
    int64_t longest;         /* column */
    double *room;            /* for one column of a lean model */
};

#define RECIPES_AT_ONCE (1 << 18) /* after so many the pages that were read can go */
#define EXPECTED_SWEEPS 60
#define ENDLESS 1.1 /* growth in the last of them */

/* Arrays of the model while they are filled. */
typedef struct filling {
    const pl_economy *e;
    pl_model *m;
    int64_t *start;
    int32_t *row, *crash;
    double *val, *lo, *hi, *row_lo, *row_hi, *cost, *expected;
    uint8_t *kind;
    int32_t *index;
    int64_t nonzeros;
    int64_t kept_from; /* coefficients from this one on are kept in val */
    int32_t n;
} filling;

static bool finite_limit(double x)
{
    return pl_given(x);
}

static double limit_or_infinity(double x)
{
    return pl_given(x) ? x : (double)INFINITY;
}

static int32_t count_columns(const pl_economy *e, int64_t *nonzeros)
{
    int64_t n = e->n_recipes;
    *nonzeros = e->flows.start[e->n_recipes] + e->uses.start[e->n_recipes];
    for (int32_t t = 0; t < e->n_trade; t++) {
        n += pl_given(e->trade[t].import_price) + pl_given(e->trade[t].export_price);
    }
    n += e->n_stocks;
    *nonzeros += 2 * (n - e->n_recipes);
    return n <= INT32_MAX / 2 ? (int32_t)n : -1;
}

/* ---- Columns ---------------------------------------------------------------------------------- */

static void put(filling *f, int32_t row, double val)
{
    f->row[f->nonzeros] = row;
    if (f->nonzeros >= f->kept_from) {
        f->val[f->nonzeros - f->kept_from] = val;
    }
    f->nonzeros++;
}

static void end_column(filling *f, pl_column_kind kind, int32_t index, double hi)
{
    f->kind[f->n] = (uint8_t)kind;
    f->index[f->n] = index;
    f->hi[f->n] = hi;
    f->start[++f->n] = f->nonzeros;
    int64_t count = f->nonzeros - f->start[f->n - 1];
    f->m->storage->longest = count > f->m->storage->longest ? count : f->m->storage->longest;
}

/* Lets go of the pages with the coefficients of recipes from .. to-1. */
static void forget_recipes(const pl_model *m, int32_t from, int32_t to)
{
    const pl_columns *tables[] = {&m->economy->flows, &m->economy->uses};
    for (int k = 0; k < 2; k++) {
        const pl_columns *c = tables[k];
        size_t n = (size_t)(c->start[to] - c->start[from]);
        pl_economy_forget(m->storage->base, c->index + c->start[from], n * sizeof *c->index);
        pl_economy_forget(m->storage->base, c->amount + c->start[from], n * sizeof *c->amount);
    }
}

static void add_recipes(filling *f)
{
    const pl_economy *e = f->e;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        if (f->m->storage->base != NULL && r > 0 && r % RECIPES_AT_ONCE == 0) {
            forget_recipes(f->m, r - RECIPES_AT_ONCE, r);
        }
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            if (e->flows.amount[k] != 0) {
                put(f, e->flows.index[k], e->flows.amount[k]);
            }
        }
        for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
            int32_t row = f->m->resource_row[e->uses.index[k]];
            if (row >= 0 && e->uses.amount[k] != 0) {
                put(f, row, e->uses.amount[k]);
            }
        }
        end_column(f, PL_COLUMN_RECIPE, r, limit_or_infinity(e->recipes[r].capacity));
    }
}

static void add_trade_and_stocks(filling *f)
{
    const pl_economy *e = f->e;
    int32_t fx = e->foreign_exchange >= 0 ? f->m->resource_row[e->foreign_exchange] : -1;
    for (int exports = 0; exports < 2; exports++) {
        for (int32_t t = 0; t < e->n_trade; t++) {
            const pl_trade *trade = &e->trade[t];
            double price = exports ? trade->export_price : trade->import_price;
            if (!pl_given(price)) {
                continue;
            }
            put(f, trade->good, exports ? -1 : 1);
            if (fx >= 0 && price != 0) {
                put(f, fx, exports ? -price : price);
            }
            end_column(f, exports ? PL_COLUMN_EXPORT : PL_COLUMN_IMPORT, trade->good,
                       limit_or_infinity(exports ? trade->export_limit : trade->import_limit));
        }
    }
    for (int32_t s = 0; s < e->n_stocks; s++) {
        put(f, e->stocks[s].good, 1);
        end_column(f, PL_COLUMN_DRAW, e->stocks[s].good, e->stocks[s].amount);
    }
}

static void set_rows(filling *f)
{
    const pl_economy *e = f->e;
    for (int32_t g = 0; g < e->n_goods; g++) {
        f->row_lo[g] = 0;
        f->row_hi[g] = e->goods[g].must_be_used ? 0 : (double)INFINITY;
    }
    for (int32_t k = 0; k < f->m->n_limited; k++) {
        f->row_lo[e->n_goods + k] = -(double)INFINITY;
        f->row_hi[e->n_goods + k] = e->resources[f->m->limited[k]].available;
    }
}

/* ---- First basis and expected sizes ------------------------------------------------------------- */

/* Weight of a recipe when several make a good: its capacity, where it has one. */
static double capacity_weight(const pl_recipe *recipe)
{
    return finite_limit(recipe->capacity) && recipe->capacity > 0 ? recipe->capacity : 1;
}

/* Each recipe stands for the output of which it makes the largest part; each good is covered by the
 * recipe that makes most of it among those that stand for it.  `total` is workspace, n_goods. */
static void choose_recipes(filling *f, double *total)
{
    const pl_economy *e = f->e;
    memset(total, 0, sizeof *total * (size_t)e->n_goods);
    for (int32_t g = 0; g < e->n_goods; g++) {
        f->crash[g] = -1;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            total[e->flows.index[k]] +=
                fmax(0, e->flows.amount[k]) * capacity_weight(&e->recipes[r]);
        }
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double best = 0;
        int64_t main_flow = -1;
        for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
            double part = e->flows.amount[k] > 0 ? e->flows.amount[k] / total[e->flows.index[k]] : 0;
            if (part > best) {
                best = part;
                main_flow = k;
            }
        }
        if (main_flow < 0) {
            continue;
        }
        int32_t g = e->flows.index[main_flow], rival = f->crash[g];
        double mine = e->flows.amount[main_flow] * capacity_weight(&e->recipes[r]);
        if (rival < 0 || mine > f->expected[rival]) {
            f->crash[g] = r;
            f->expected[r] = mine; /* for comparison only; overwritten below */
        }
    }
}

static double output_of(const pl_economy *e, int32_t r, int32_t g)
{
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
        if (e->flows.index[k] == g) {
            return e->flows.amount[k];
        }
    }
    return 0;
}

/* Rough gross output when the chosen recipes alone meet the needs: x = d + A x, swept.  It only sets the
 * scale of the columns.  Where the chosen recipes take more than they make, it grows sweep by sweep, and would put limits out
 * of scale: then nothing is expected. */
static void expect_levels(filling *f, double *demand)
{
    const pl_economy *e = f->e;
    memset(demand, 0, sizeof *demand * (size_t)e->n_goods);
    for (int32_t k = 0; k < e->n_needs; k++) {
        demand[e->needs[k].good] += e->needs[k].amount;
    }
    for (int32_t j = 0; j < f->n; j++) {
        f->expected[j] = 0;
    }
    bool endless = false;
    for (int sweep = 0; sweep < EXPECTED_SWEEPS; sweep++) {
        bool moved = false;
        endless = false;
        for (int32_t g = 0; g < e->n_goods; g++) {
            int32_t r = f->crash[g];
            double level = r < 0 ? 0 : demand[g] / output_of(e, r, g);
            level = r < 0 ? 0 : fmin(level, limit_or_infinity(e->recipes[r].capacity));
            if (r < 0 || !(level > f->expected[r] * 1.01)) {
                continue;
            }
            double more = level - f->expected[r];
            for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1]; k++) {
                if (e->flows.amount[k] < 0) {
                    demand[e->flows.index[k]] -= e->flows.amount[k] * more;
                }
            }
            endless |= f->expected[r] > 0 && level > ENDLESS * f->expected[r];
            f->expected[r] = level;
            moved = true;
        }
        if (!moved) {
            break;
        }
    }
    for (int32_t j = 0; j < f->n && endless; j++) {
        f->expected[j] = 0;
    }
    for (int32_t j = 0; j < f->n && !endless; j++) {
        if (f->kind[j] != PL_COLUMN_RECIPE) {
            f->expected[j] = fmin(demand[f->index[j]], f->hi[j]);
        }
        f->expected[j] = isfinite(f->expected[j]) ? f->expected[j] : 0;
    }
}

/* ---- Life ----------------------------------------------------------------------------------------- */

static bool allocate(filling *f, pl_arena *a, int32_t m, int32_t n, int64_t nonzeros)
{
    f->start = PL_ARENA_NEW(a, int64_t, n + 1);
    f->row = PL_ARENA_NEW(a, int32_t, nonzeros);
    f->val = PL_ARENA_NEW(a, double, f->kept_from > 0 ? 2 * (n - f->e->n_recipes) : nonzeros);
    f->hi = PL_ARENA_NEW(a, double, n);
    f->kind = PL_ARENA_NEW(a, uint8_t, n);
    f->index = PL_ARENA_NEW(a, int32_t, n);
    f->row_lo = PL_ARENA_NEW(a, double, m);
    f->row_hi = PL_ARENA_NEW(a, double, m);
    return f->start != NULL && f->row != NULL && f->val != NULL && f->hi != NULL && f->kind != NULL &&
           f->index != NULL && f->row_lo != NULL && f->row_hi != NULL;
}

/* What the simplex asks for beside that. */
static bool allocate_hints(filling *f, pl_arena *a, int32_t m, int32_t n)
{
    f->lo = PL_ARENA_NEW(a, double, n);
    f->cost = PL_ARENA_NEW(a, double, n);
    f->expected = PL_ARENA_NEW(a, double, n);
    f->crash = PL_ARENA_NEW(a, int32_t, m);
    return f->lo != NULL && f->cost != NULL && f->expected != NULL && f->crash != NULL;
}

#define COLUMN_BYTES (sizeof(int64_t) + sizeof(double) + sizeof(uint8_t) + sizeof(int32_t)) /* as above */
#define ROW_BYTES (2 * sizeof(double))
#define HINTS_COLUMN_BYTES (3 * sizeof(double))
#define HINTS_ROW_BYTES (sizeof(double) + sizeof(int32_t)) /* with the work space of `hint` */
#define NONZERO_BYTES sizeof(int32_t)

double pl_model_memory_lean(double rows, double columns, double nonzeros)
{
    return rows * ROW_BYTES + columns * COLUMN_BYTES + nonzeros * NONZERO_BYTES;
}

double pl_model_memory(double rows, double columns, double nonzeros)
{
    return pl_model_memory_lean(rows, columns, nonzeros) + rows * HINTS_ROW_BYTES + columns * HINTS_COLUMN_BYTES +
           nonzeros * sizeof(double);
}

static bool number_limits(const pl_economy *e, pl_model *m, pl_arena *a)
{
    int32_t *limited = PL_ARENA_NEW(a, int32_t, e->n_resources);
    int32_t *row = PL_ARENA_NEW(a, int32_t, e->n_resources);
    if (limited == NULL || row == NULL) {
        return false;
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        row[k] = -1;
        if (finite_limit(e->resources[k].available)) {
            row[k] = e->n_goods + m->n_limited;
            limited[m->n_limited++] = k;
        }
    }
    m->limited = limited;
    m->resource_row = row;
    return true;
}

/* Lower bounds, costs, and hints for the simplex. */
static bool hint(filling *f, pl_arena *a, int32_t rows)
{
    const pl_economy *e = f->e;
    double *work = PL_ARENA_NEW(a, double, e->n_goods);
    if (work == NULL || !allocate_hints(f, a, rows, f->n)) {
        return false;
    }
    memset(f->lo, 0, sizeof *f->lo * (size_t)f->n);
    memset(f->cost, 0, sizeof *f->cost * (size_t)f->n);
    memset(f->expected, 0, sizeof *f->expected * (size_t)f->n);
    for (int32_t i = e->n_goods; i < rows; i++) {
        f->crash[i] = -1;
    }
    choose_recipes(f, work);
    expect_levels(f, work);
    return true;
}

/* ---- Coefficients that stay in the tables of the economy -------------------------------------------- */

/* Those of recipe r that are put into the model, in the same order. */
static void get_amounts(const void *model, int32_t j, double *val)
{
    const pl_model *m = model;
    const pl_economy *e = m->economy;
    if (j >= e->n_recipes) {
        const double *from = m->storage->traded + (m->lp.start[j] - m->lp.start[e->n_recipes]);
        memcpy(val, from, sizeof *val * (size_t)(m->lp.start[j + 1] - m->lp.start[j]));
        return;
    }
    for (int64_t k = e->flows.start[j]; k < e->flows.start[j + 1]; k++) {
        if (e->flows.amount[k] != 0) {
            *val++ = e->flows.amount[k];
        }
    }
    for (int64_t k = e->uses.start[j]; k < e->uses.start[j + 1]; k++) {
        if (m->resource_row[e->uses.index[k]] >= 0 && e->uses.amount[k] != 0) {
            *val++ = e->uses.amount[k];
        }
    }
}

static void forget_amounts(const void *model, int32_t from, int32_t to)
{
    const pl_model *m = model;
    int32_t recipes = m->economy->n_recipes;
    if (from < recipes) {
        forget_recipes(m, from, to < recipes ? to : recipes);
    }
}

static bool fill(const pl_economy *e, pl_model *m, int32_t n, int64_t nonzeros)
{
    pl_arena *a = &m->storage->arena;
    bool lean = m->storage->base != NULL;
    if (!number_limits(e, m, a)) {
        return false;
    }
    filling f = {.e = e, .m = m, .kept_from = lean ? INT64_MAX : 0};
    int32_t rows = e->n_goods + m->n_limited;
    if (!allocate(&f, a, rows, n, nonzeros)) {
        return false;
    }
    f.start[0] = 0;
    if (lean) {
        pl_economy_forget(m->storage->base, NULL, 0); /* what reading it has brought in */
    }
    add_recipes(&f);
    f.kept_from = lean ? f.nonzeros : 0;
    add_trade_and_stocks(&f);
    set_rows(&f);
    if (!lean && !hint(&f, a, rows)) {
        return false;
    }
    m->storage->room = PL_ARENA_NEW(a, double, m->storage->longest);
    if (m->storage->room == NULL) {
        return false;
    }
    m->storage->traded = f.val;
    m->storage->amounts = (pl_lp_amounts){get_amounts, forget_amounts, m};
    m->lp = (pl_lp){.m = rows, .n = f.n, .start = f.start, .row = f.row, .val = lean ? NULL : f.val,
                    .amounts = lean ? &m->storage->amounts : NULL,
                    .cost = f.cost, .lo = f.lo, .hi = f.hi, .row_lo = f.row_lo,
                    .row_hi = f.row_hi, .crash_column = f.crash, .expected = f.expected};
    m->column_kind = f.kind;
    m->column_index = f.index;
    return true;
}

static pl_status new_model(const pl_economy *economy, const pl_economy *base, pl_model **out, pl_error *err)
{
    int64_t nonzeros;
    int32_t n = count_columns(economy, &nonzeros);
    if (n < 0) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "too many recipes and trades for one plan");
    }
    pl_arena arena;
    pl_arena_init(&arena, 0);
    pl_model *m = PL_ARENA_NEW(&arena, pl_model, 1);
    struct pl_model_storage *storage = PL_ARENA_NEW(&arena, struct pl_model_storage, 1);
    if (m == NULL || storage == NULL) {
        pl_arena_clear(&arena);
        return pl_fail_nomem(err, "the model of the economy");
    }
    *m = (pl_model){.economy = economy, .storage = storage};
    *storage = (struct pl_model_storage){.base = base};
    storage->arena = arena; /* the model lives in the arena that it owns */
    if (!fill(economy, m, n, nonzeros)) {
        pl_model_free(m);
        return pl_fail_nomem(err, "the model of the economy");
    }
    *out = m;
    return PL_OK;
}

pl_status pl_model_new(const pl_economy *economy, pl_model **out, pl_error *err)
{
    return new_model(economy, NULL, out, err);
}

pl_status pl_model_new_lean(const pl_economy *economy, const pl_economy *base, pl_model **out, pl_error *err)
{
    return new_model(economy, base, out, err);
}

const double *pl_model_amounts(const pl_model *model, int32_t j)
{
    if (model->lp.val != NULL) {
        return model->lp.val + model->lp.start[j];
    }
    get_amounts(model, j, model->storage->room);
    if ((j + 1) % RECIPES_AT_ONCE == 0 || j + 1 == model->economy->n_recipes) {
        forget_amounts(model, j - j % RECIPES_AT_ONCE, j + 1);
    }
    return model->storage->room;
}

void pl_model_free(pl_model *model)
{
    if (model != NULL) {
        pl_arena arena = model->storage->arena;
        pl_arena_clear(&arena);
    }
}

double pl_model_profit(const pl_model *model, int32_t j, const double *good_price,
                       const double *resource_price)
{
    const pl_lp *lp = &model->lp; /* not of a lean model */
    int32_t n_goods = model->economy->n_goods;
    double profit = 0;
    for (int64_t k = lp->start[j]; k < lp->start[j + 1]; k++) {
        int32_t i = lp->row[k];
        profit += i < n_goods ? lp->val[k] * good_price[i]
                              : -lp->val[k] * resource_price[model->limited[i - n_goods]];
    }
    return profit;
}
