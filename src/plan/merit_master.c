/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * merit_master.c - the small programme of the merit order.
 *
 * Around the levels as they are, everything follows from a few: when a recipe makes one unit more of its good, the marginal recipe
 * of that good makes one less, and the marginal recipes of all other goods make what the change of inputs takes, up the chain.
 * So the programme has a column for each recipe whose cost is near the value of its good, a row for each limit, and a row for
 * each good whose marginal recipe is near one of its bounds: in linear programming, the tableau of the marginal recipes'
 * basis, in a working set of rows and columns.  Its entries are found by passing needs up the chain until what is left is
 * small; what it has of limits is exact. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/merit.h"
#include "solve/lp.h"
#include "solve/proximal.h"

#define COLUMNS_PRICES 400000 /* where only limits have rows */
#define COLUMNS_MOST 8000     /* of goods without rows, */
#define COLUMNS_TIMES 4        /* as many at most, before another way is taken */
#define COLUMNS_OF_ROW 3      /* and for each row */
#define STRIDE_MOST (1 << 20)
#define NEAR 0.01         /* of what is asked for: a marginal recipe so near to a bound */
#define CONTENT_SWEEPS 40
#define CONTENT_EXACT 1
#define AHEAD 16          /* entries that are fetched from memory before they are used */
#define ROUNDS_MOST 100
#define ENTRY 1e-9
#define EXACT 0.1         /* of the gap that is asked for: what the answer is off by, where goods have rows */
#define HALVES 2          /* columns are divided into, whatever the number of threads */
#define ASKED_MOST 100000 /* goods of a column: marginal recipes that need more of one another than they make would be asked for ever */
#define COLUMNS_AT_ONCE 4096 /* of a half, from one look at the clock to the next */
#define PENALTY 10        /* for exceeding a limit by all of it, in parts of the worth of the demand */

/* One half of the columns, and what is at work on it. */
typedef struct half {
    double *waits, *passed;     /* by good: of the unit that is passed up the chain; zero between uses */
    int32_t *touched, n_touched, *sorted;
    bool *is_touched;
    size_t entries, cap;
    int32_t *row;
    double *val;
    bool full;                  /* there is no more memory */
} half;

typedef struct pl_merit_held {
    pl_merit *m;
    bool with_goods;
    int32_t width;     /* cost, and limits */
    int32_t stride;    /* of so many goods one stands for all */
    int32_t n_rows, *row_good, *row_of; /* rows of goods; row_of: by good, -1 = none; */
    int32_t *row_recipe;                /* of the marginal recipe when it was made */
    int32_t n, *recipe, *good;          /* columns */
    half half[HALVES];                  /* in the end the first has all entries */
    int64_t *start;
    double *cost, *lo, *hi, *row_lo, *row_hi, *x, *y;
    double *asked, *row_asked; /* of the good of a column, of a row, when it was made: their units */
    pl_simplex *simplex;       /* where it is held on to, or has few rows */
} master;

/* ---- What a unit of each good contains of costs and limits ---------------------------------------------------------- */

/* What recipe r takes by itself: its cost without prices of resources, then limits. */
static void own_content(const pl_merit *m, int32_t r, double *own)
{
    const pl_sweeping *s = m->s;
    const pl_economy *e = s->e;
    memset(own, 0, sizeof *own * (size_t)(m->n_limits + 1));
    own[0] = s->cost[r];
    for (int64_t k = e->uses.start[r]; k < e->uses.start[r + 1]; k++) {
        own[0] -= s->scarcity[e->uses.index[k]] * e->uses.amount[k];
        for (int32_t i = 0; i < m->n_limits; i++) {
            own[i + 1] += m->resource[i] == e->uses.index[k] ? e->uses.amount[k] : 0;
        }
    }
}

/* What one unit made by recipe r contains, from the contents of its inputs: of goods from .. to-1 the newest, of others those shown. */
static void content_of(const pl_merit *m, int32_t r, int32_t from, int32_t to, const float *shown, double *content)
{
    const pl_sweeping *s = m->s;
    const pl_sparse *f = &s->flows;
    size_t width = (size_t)m->n_limits + 1;
    int64_t last = f->start[f->n_columns] - 1;
    own_content(m, r, content);
    for (int64_t k = f->start[r]; k < f->start[r + 1]; k++) {
        int32_t g = f->index[k], then = f->index[k + AHEAD < last ? k + AHEAD : last];
        const float *of = (g >= from && g < to ? m->content : shown) + (size_t)g * width;
        const float *ahead = (then >= from && then < to ? m->content : shown) + (size_t)then * width;
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + width - 1);
        double a = f->amount[k] < 0 ? -f->amount[k] : 0;
        for (size_t i = 0; i < width; i++) {
            content[i] += a * (double)of[i];
        }
    }
    for (size_t i = 0; i < width; i++) {
        content[i] /= s->makers.output[r];
    }
}

/* To begin with, of each limit what there is of it in all that is worth as much. */
static void guess_contents(const pl_merit *m)
{
    size_t width = (size_t)m->n_limits + 1;
    double share[PL_MERIT_LIMITS + 1] = {m->cost / m->worth};
    for (int32_t i = 0; i < m->n_limits; i++) {
        share[i + 1] = m->used[m->resource[i]] / m->worth;
    }
    for (int32_t g = 0; g < m->s->e->n_goods; g++) {
        for (size_t i = 0; i < width; i++) {
            m->content[(size_t)g * width + i] = (float)(share[i] * m->s->value[g]);
        }
    }
}

/* One sweep over goods from .. to-1; returns whether nothing moved. */
static bool sweep_contents(const pl_merit *m, int32_t from, int32_t to, const float *shown)
{
    size_t width = (size_t)m->n_limits + 1;
    double now[PL_MERIT_LIMITS + 1], exact = CONTENT_EXACT * m->passed;
    bool settled = true;
    for (int32_t g = from; g < to; g++) {
        float *content = m->content + (size_t)g * width;
        content_of(m, m->s->chosen[g], from, to, shown, now);
        for (size_t i = 0; i < width; i++) {
            double off = fabs(now[i] - (double)content[i]);
            settled &= !(off > exact * now[i]);
            content[i] = (float)now[i];
        }
    }
    return settled;
}

/* Both halves of the goods side by side, whatever the number of threads. */
static pl_status find_contents(const pl_merit *m, pl_error *err)
{
    const pl_sweeping *s = m->s;
    int32_t goods = s->e->n_goods, middle = goods / HALVES;
    size_t all = (size_t)goods * ((size_t)m->n_limits + 1);
    float *shown = PL_NEW(float, all);
    pl_status status = shown != NULL ? PL_OK : pl_fail_nomem(err, "the contents of goods");
    bool settled[HALVES] = {false};
    for (int sweep = 0; sweep < CONTENT_SWEEPS && status == PL_OK && !(settled[0] && settled[1]); sweep++) {
        memcpy(shown, m->content, sizeof *shown * all);
#pragma omp parallel for num_threads(s->mk->settings->threads > 1 ? HALVES : 1) schedule(static, 1)
        for (int32_t i = 0; i < HALVES; i++) {
            settled[i] = sweep_contents(m, i * middle, i + 1 < HALVES ? middle : goods, shown);
        }
        if (!pl_tick(&s->progress, "sweeping contents", -1)) {
            status = pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
        }
    }
    pl_free(shown);
    return status;
}

/* ---- Rows and columns --------------------------------------------------------------------------------------------- */

/* What the marginal recipe of good g makes, and how much more it can make. */
static double made_by_marginal(const pl_sweeping *s, int32_t g)
{
    return s->level[s->chosen[g]] * s->makers.output[s->chosen[g]];
}

static bool is_near_bound(const pl_merit *m, int32_t g)
{
    const pl_sweeping *s = m->s;
    double near = NEAR * s->need[g];
    bool others = s->output[g] > made_by_marginal(s, g);
    return m->watched[g] || m->rent[g] != 0 || (others && made_by_marginal(s, g) < near) || pl_merit_room(s, s->chosen[g]) < near;
}

/* Goods near a bound. */
static pl_status choose_rows(master *a, pl_error *err)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        bool row = a->with_goods && s->need[g] > 0 && is_near_bound(m, g);
        a->row_of[g] = row ? m->n_limits + a->n_rows : -1;
        a->n_rows += row;
    }
    a->row_good = PL_NEW(int32_t, a->n_rows);
    a->row_recipe = PL_NEW(int32_t, a->n_rows);
    a->row_asked = PL_NEW(double, a->n_rows);
    if (a->row_good == NULL || a->row_recipe == NULL || a->row_asked == NULL) {
        return pl_fail_nomem(err, "the small programme");
    }
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        int32_t k = a->row_of[g] - m->n_limits;
        if (a->row_of[g] >= 0) {
            a->row_good[k] = g;
            a->row_recipe[k] = s->chosen[g];
            a->row_asked[k] = s->need[g];
        }
    }
    return PL_OK;
}

/* Recipes that cost nearly the same as the marginal one, and all those of goods with rows.  Of goods without rows one in `stride`
 * stands for all. */
static bool is_column(const master *a, int32_t g, int32_t r)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    if (r == s->chosen[g] || !(s->need[g] > 0)) {
        return false;
    }
    return a->row_of[g] >= 0 || (g % a->stride == 0 && fabs(m->unit[r] - s->value[g]) <= m->tie * s->value[g]);
}

static int32_t count_columns(const master *a)
{
    const pl_sweeping *s = a->m->s;
    int32_t n = 0;
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
            n += is_column(a, g, s->makers.column[i]);
        }
    }
    return n;
}

static pl_status choose_columns(master *a, pl_error *err)
{
    const pl_merit *m = a->m;
    pl_sweeping *s = m->s;
    int32_t goods = s->e->n_goods, n, most = a->with_goods ? COLUMNS_MOST + COLUMNS_OF_ROW * a->n_rows : COLUMNS_PRICES;
    for (a->stride = 1; (n = count_columns(a)) > most && a->stride < STRIDE_MOST;) {
        a->stride *= 2;
    }
    if (n > COLUMNS_TIMES * most) { /* thousands of identical workplaces, say: nothing tells them apart here */
        s->why_not = "too many recipes cost the same";
        return PL_OK;
    }
    size_t room = (size_t)n + (size_t)m->n_limits;
    a->recipe = PL_NEW(int32_t, room);
    a->good = PL_NEW(int32_t, room);
    a->start = PL_NEW(int64_t, room + 1);
    a->cost = PL_NEW(double, room);
    a->lo = PL_NEW0(double, room);
    a->hi = PL_NEW(double, room);
    a->x = PL_NEW(double, room);
    a->asked = PL_NEW(double, room);
    if (a->asked == NULL || a->recipe == NULL || a->good == NULL || a->start == NULL || a->cost == NULL || a->lo == NULL || a->hi == NULL || a->x == NULL) {
        return pl_fail_nomem(err, "the small programme");
    }
    for (int32_t g = 0; g < goods; g++) {
        for (int32_t i = s->makers.start[g]; i < s->makers.start[g + 1]; i++) {
            if (is_column(a, g, s->makers.column[i])) {
                a->recipe[a->n] = s->makers.column[i];
                a->asked[a->n] = s->need[g];
                a->good[a->n++] = g;
            }
        }
    }
    return PL_OK;
}

/* ---- The coefficients ------------------------------------------------------------------------------------------------ */

static void wait_for(half *h, int32_t g, double more)
{
    if (!h->is_touched[g]) {
        h->is_touched[g] = true;
        h->touched[h->n_touched++] = g;
    }
    h->waits[g] += more;
}

/* Recipe r makes so much more. */
static void ask_of(const pl_sweeping *s, half *h, int32_t r, double more)
{
    double level = more / s->makers.output[r];
    for (int64_t k = s->flows.start[r]; k < s->flows.start[r + 1]; k++) {
        double amount = s->flows.amount[k];
        if (amount < 0) {
            wait_for(h, s->flows.index[k], -amount * level);
        }
    }
}

/* What the marginal recipes of all goods make more or less when recipe r makes one unit more of g in place of the marginal one:
 * passed + waits, of the goods touched. */
static void pass_up(const pl_merit *m, half *h, int32_t r, int32_t g)
{
    const pl_sweeping *s = m->s;
    double least = m->passed * s->value[g];
    bool moved = true;
    int asked = 0;
    h->n_touched = 0;
    ask_of(s, h, r, 1);
    wait_for(h, g, -1);
    for (int round = 0; round < ROUNDS_MOST && moved && asked < ASKED_MOST; round++) { /* those that are touched for the first time come later in the same */
        moved = false;
        for (int32_t i = 0; i < h->n_touched && asked < ASKED_MOST; i++) {
            int32_t good = h->touched[i];
            double more = h->waits[good];
            if (fabs(more) * s->value[good] > least) {
                h->passed[good] += more;
                h->waits[good] = 0;
                ask_of(s, h, s->chosen[good], more);
                asked++;
                moved = true;
            }
        }
    }
}

static void add_entry(half *h, int32_t row, double val)
{
    if (fabs(val) < ENTRY || h->full) {
        return;
    }
    if (h->entries == h->cap) {
        size_t cap = h->cap * 2 + 1024;
        int32_t *row_room = pl_realloc(h->row, cap, sizeof *h->row);
        h->row = row_room != NULL ? row_room : h->row;
        double *val_room = pl_realloc(h->val, cap, sizeof *h->val);
        h->val = val_room != NULL ? val_room : h->val;
        if (row_room == NULL || val_room == NULL) {
            h->full = true;
            return;
        }
        h->cap = cap;
    }
    h->row[h->entries] = row;
    h->val[h->entries++] = val;
}

static int ascending(const void *a, const void *b)
{
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    return (i > j) - (i < j);
}

/* Entries in rows of goods, rows ascending. */
static void add_goods(const master *a, half *h, int32_t r, int32_t g, double size)
{
    const pl_sweeping *s = a->m->s;
    int32_t n = 0, *row = h->sorted;
    pass_up(a->m, h, r, g);
    for (int32_t i = 0; i < h->n_touched; i++) {
        if (a->row_of[h->touched[i]] >= 0) {
            row[n++] = a->row_of[h->touched[i]];
        }
    }
    qsort(row, (size_t)n, sizeof *row, ascending);
    for (int32_t i = 0; i < n; i++) {
        int32_t good = a->row_good[row[i] - a->m->n_limits];
        add_entry(h, row[i], (h->passed[good] + h->waits[good]) * size / s->need[good]);
    }
    for (int32_t i = 0; i < h->n_touched; i++) {
        int32_t good = h->touched[i];
        h->passed[good] = h->waits[good] = 0;
        h->is_touched[good] = false;
    }
}

/* What column k can be, and what it is. */
static void set_column(master *a, int32_t k)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    int32_t r = a->recipe[k], g = a->good[k];
    double now = s->level[r] * s->makers.output[r], most = now + pl_merit_room(s, r), least = 0;
    if (r == s->chosen[g]) { /* since it was made: it follows */
        most = least = now;
    } else if (a->row_of[g] < 0) { /* within what its own marginal recipe can give way */
        most = fmin(most, now + made_by_marginal(s, g));
        least = fmax(0, now - pl_merit_room(s, s->chosen[g]));
    }
    a->lo[k] = least / a->asked[k];
    a->hi[k] = fmax(most, least) / a->asked[k];
    a->x[k] = now / a->asked[k];
}

/* Column k: in parts of what is asked for of its good; of goods that others stand for too, more. */
static void add_column(master *a, half *h, int32_t k)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    int32_t r = a->recipe[k], g = a->good[k];
    double content[PL_MERIT_LIMITS + 1], size = s->need[g] * (a->row_of[g] >= 0 ? 1 : a->stride);
    const float *of = m->content + (size_t)g * (size_t)a->width;
    content_of(m, r, 0, s->e->n_goods, m->content, content);
    a->start[k] = (int64_t)h->entries;
    a->cost[k] = (content[0] - (double)of[0]) * size / m->worth;
    for (int32_t i = 0; i < m->n_limits; i++) {
        add_entry(h, i, (content[i + 1] - (double)of[i + 1]) * size / m->limit[i]);
    }
    set_column(a, k);
    if (a->n_rows > 0) {
        add_goods(a, h, r, g, size);
    }
}

/* Both halves side by side. */
static pl_status add_columns(master *a, pl_error *err)
{
    int32_t middle = a->n / HALVES, longer = a->n - middle;
    for (int32_t from = 0; from < longer; from += COLUMNS_AT_ONCE) {
        if (!pl_tick(&a->m->s->progress, "coefficients", -1)) {
            return pl_fail(err, PL_STOPPED, NULL, NULL, "the coefficients were stopped");
        }
#pragma omp parallel for num_threads(a->m->s->mk->settings->threads > 1 ? HALVES : 1) schedule(static, 1)
        for (int32_t i = 0; i < HALVES; i++) {
            int32_t begin = i * middle, end = i + 1 < HALVES ? middle : a->n;
            for (int32_t k = begin + from; k < end && k < begin + from + COLUMNS_AT_ONCE; k++) {
                add_column(a, &a->half[i], k);
            }
        }
    }
    return PL_OK;
}

static void release_half(half *h)
{
    void *all[] = {h->waits, h->passed, h->touched, h->sorted, h->is_touched, h->row, h->val};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

/* The entries of the second half after those of the first; the second is not needed any more. */
static bool join(master *a)
{
    half *first = &a->half[0], *second = &a->half[1];
    size_t all = first->entries + second->entries + (size_t)a->m->n_limits;
    int32_t *row = pl_realloc(first->row, all, sizeof *row);
    first->row = row != NULL ? row : first->row;
    double *val = pl_realloc(first->val, all, sizeof *val);
    first->val = val != NULL ? val : first->val;
    if (first->full || second->full || row == NULL || val == NULL) {
        return false;
    }
    if (second->entries > 0) {
        memcpy(row + first->entries, second->row, sizeof *row * second->entries);
        memcpy(val + first->entries, second->val, sizeof *val * second->entries);
    }
    for (int32_t k = a->n / HALVES; k < a->n; k++) {
        a->start[k] += (int64_t)first->entries;
    }
    first->entries += second->entries;
    first->cap = all;
    release_half(second);
    *second = (half){0};
    return true;
}

/* Rows: what is there now, and what the present levels of the columns have in it. */
static void set_rows(master *a)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    const int32_t *row = a->half[0].row;
    const double *val = a->half[0].val;
    for (int32_t i = 0; i < m->n_limits; i++) {
        a->row_lo[i] = -(double)INFINITY;
        a->row_hi[i] = 1 - m->margin - m->used[m->resource[i]] / m->limit[i];
    }
    for (int32_t k = 0; k < a->n_rows; k++) {
        int32_t g = a->row_good[k];
        a->row_lo[m->n_limits + k] = -made_by_marginal(s, g) / a->row_asked[k];
        a->row_hi[m->n_limits + k] = pl_merit_room(s, s->chosen[g]) / a->row_asked[k];
    }
    for (int32_t k = 0; k < a->n; k++) {
        for (int64_t i = a->start[k]; i < a->start[k + 1]; i++) {
            a->row_lo[row[i]] += val[i] * a->x[k];
            a->row_hi[row[i]] += val[i] * a->x[k];
        }
    }
}

static pl_status build(master *a, pl_error *err)
{
    const pl_merit *m = a->m;
    pl_status status = add_columns(a, err);
    if (status != PL_OK) {
        return status;
    }
    int32_t rows = m->n_limits + a->n_rows;
    a->row_lo = PL_NEW(double, rows);
    a->row_hi = PL_NEW(double, rows);
    a->y = PL_NEW(double, rows);
    if (!join(a) || a->row_lo == NULL || a->row_hi == NULL || a->y == NULL) {
        return pl_fail_nomem(err, "the small programme");
    }
    a->start[a->n] = (int64_t)a->half[0].entries;
    set_rows(a);
    for (int32_t i = 0; i < m->n_limits; i++) { /* limits may be exceeded, at a price */
        int32_t k = a->n + i;
        add_entry(&a->half[0], i, -1);
        a->cost[k] = PENALTY;
        a->hi[k] = (double)INFINITY;
        a->x[k] = 0;
        a->start[k + 1] = (int64_t)a->half[0].entries;
    }
    return PL_OK;
}

/* ---- The answer ---------------------------------------------------------------------------------------------------- */

static pl_lp programme_of(const master *a)
{
    return (pl_lp){.m = a->m->n_limits + a->n_rows, .n = a->n + a->m->n_limits, .start = a->start, .row = a->half[0].row, .val = a->half[0].val,
                   .cost = a->cost, .lo = a->lo, .hi = a->hi, .row_lo = a->row_lo, .row_hi = a->row_hi};
}

static pl_status start_simplex(master *a, pl_error *err)
{
    pl_lp lp = programme_of(a);
    pl_lp_settings settings = {.progress = a->m->s->progress};
    return pl_simplex_new(&lp, &settings, &a->simplex, err);
}

/* To a vertex. */
static pl_status solve_exactly(master *a, bool *found, pl_error *err)
{
    pl_lp_outcome outcome = PL_LP_INFEASIBLE;
    pl_status status = pl_simplex_solve(a->simplex, &outcome, err);
    *found = status == PL_OK && outcome == PL_LP_OPTIMAL;
    if (*found) {
        pl_simplex_get(a->simplex, a->x, NULL, a->y, NULL);
    }
    return status == PL_NUMERIC ? PL_OK : status;
}

/* From the levels, rents and prices of limits as they are. */
static pl_status solve_nearly(master *a, pl_error *err)
{
    pl_lp lp = programme_of(a);
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    double *size = PL_NEW(double, lp.n), *row_size = PL_NEW(double, lp.m);
    pl_status status = size != NULL && row_size != NULL ? PL_OK : pl_fail_nomem(err, "the small programme");
    for (int32_t k = 0; status == PL_OK && k < lp.n; k++) {
        int32_t g = k < a->n ? a->good[k] : -1;
        size[k] = g < 0 ? PENALTY : s->need[g] * s->value[g] / m->worth * (a->row_of[g] >= 0 ? 1 : a->stride);
    }
    for (int32_t i = 0; status == PL_OK && i < lp.m; i++) {
        int32_t g = i < m->n_limits ? -1 : a->row_good[i - m->n_limits];
        row_size[i] = g < 0 ? 1 : s->need[g] * s->value[g] / m->worth;
        a->y[i] = g < 0 ? -s->scarcity[m->resource[i]] * m->limit[i] / m->worth : -m->rent[g] * s->need[g] / m->worth;
    }
    if (status == PL_OK) {
        pl_proximal_settings settings = {.dense = m->n_limits, .size = size, .row_size = row_size, .tolerance = EXACT * m->gap,
                                         .threads = s->mk->settings->threads, .progress = s->progress};
        pl_proximal_result result;
        status = pl_proximal_solve(&lp, &settings, a->x, a->y, &result, err);
    }
    pl_free(size);
    pl_free(row_size);
    return status;
}

static pl_status solve(master *a, bool *found, pl_error *err)
{
    if (a->n_rows > 0) {
        *found = true;
        return solve_nearly(a, err);
    }
    pl_status status = start_simplex(a, err);
    return status == PL_OK ? solve_exactly(a, found, err) : status;
}

static void take_prices(const master *a)
{
    pl_merit *m = a->m;
    pl_sweeping *s = m->s;
    for (int32_t i = 0; i < m->n_limits; i++) {
        s->scarcity[m->resource[i]] = fmax(0, -a->y[i]) * m->worth / m->limit[i];
    }
    memset(m->rent, 0, sizeof *m->rent * (size_t)s->e->n_goods);
    for (int32_t k = 0; k < a->n_rows; k++) { /* before levels change what is asked for */
        int32_t g = a->row_good[k];
        m->rent[g] = -a->y[m->n_limits + k] * m->worth / s->need[g];
    }
}

static void take_levels(const master *a)
{
    pl_merit *m = a->m;
    pl_sweeping *s = m->s;
    m->follow = a->stride > 1;
    for (int32_t k = 0; k < a->n && a->with_goods; k++) {
        bool between = a->x[k] > a->lo[k] && a->x[k] < a->hi[k];
        m->watched[a->good[k]] |= between && a->row_of[a->good[k]] >= 0;
    }
    for (int32_t k = 0; k < a->n && a->with_goods; k++) {
        int32_t r = a->recipe[k], g = a->good[k];
        if (a->row_of[g] >= 0 || !m->follow) {
            pl_merit_make(m, r, g, a->x[k] * a->asked[k] - s->level[r] * s->makers.output[r]);
        }
    }
}

/* The programme itself, and what solves it: measured. */
#define PROGRAMME_GOOD 500.0
#define PROGRAMME_LEAST 1e8
#define PROGRAMME_MORE 80.0

double pl_merit_master_memory(double goods, int32_t limits)
{
    double of_half = 2 * sizeof(double) + 2 * sizeof(int32_t) + sizeof(bool), shown = sizeof(float) * (double)(limits + 1);
    return goods * (fmax(HALVES * of_half, shown) + sizeof(int32_t)) + fmin(PROGRAMME_GOOD * goods, PROGRAMME_LEAST + PROGRAMME_MORE * goods);
}

static bool allocate(master *a)
{
    size_t goods = (size_t)a->m->s->e->n_goods, in_use = a->with_goods ? goods : 0;
    a->row_of = PL_NEW(int32_t, goods);
    bool ok = a->row_of != NULL;
    for (int i = 0; i < HALVES; i++) {
        half *h = &a->half[i];
        h->waits = PL_NEW0(double, in_use);
        h->passed = PL_NEW0(double, in_use);
        h->touched = PL_NEW(int32_t, in_use);
        h->sorted = PL_NEW(int32_t, in_use);
        h->is_touched = PL_NEW0(bool, in_use);
        ok = ok && h->waits != NULL && h->passed != NULL && h->touched != NULL && h->sorted != NULL && h->is_touched != NULL;
    }
    return ok;
}

static void release(master *a)
{
    void *all[] = {a->row_good, a->row_of, a->row_recipe, a->recipe, a->good, a->start, a->cost, a->lo, a->hi, a->row_lo, a->row_hi, a->x, a->y,
                   a->asked, a->row_asked};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
    for (int i = 0; i < HALVES; i++) {
        release_half(&a->half[i]);
    }
    pl_simplex_free(a->simplex);
}

/* With more rows of goods than that it is not made. */
static pl_status make(master *a, int32_t rows_most, pl_error *err)
{
    const pl_sweeping *s = a->m->s;
    pl_status status = allocate(a) ? find_contents(a->m, err) : pl_fail_nomem(err, "the small programme");
    status = status == PL_OK ? choose_rows(a, err) : status;
    status = status == PL_OK ? choose_columns(a, err) : status;
    return status == PL_OK && s->why_not == NULL && a->n_rows <= rows_most ? build(a, err) : status;
}

pl_status pl_merit_master(pl_merit *m, bool with_goods, pl_error *err)
{
    master a = {.m = m, .with_goods = with_goods, .width = m->n_limits + 1};
    bool found = false;
    pl_status status = make(&a, INT32_MAX, err);
    bool made = status == PL_OK && m->s->why_not == NULL;
    status = made ? solve(&a, &found, err) : status;
    if (found && status == PL_OK) {
        take_prices(&a);
        take_levels(&a);
        status = pl_sweeping_price(m->s, err);
    } else if (made && status == PL_OK) {
        m->s->why_not = "the small programme of the merit order has no answer";
    }
    release(&a);
    return status;
}

/* ---- Held on to, prices as they are -------------------------------------------------------------------------------------------- */

#define ROWS_HELD 4000   /* more take the simplex too long */
#define INDIFFERENT 1e-6 /* of the value of a good: a difference of costs that is none */

/* The duals that prices and rents are, and costs at which the columns gain just what their recipes do. */
static void price_columns(master *a)
{
    const pl_merit *m = a->m;
    const pl_sweeping *s = m->s;
    for (int32_t i = 0; i < m->n_limits; i++) {
        a->y[i] = -s->scarcity[m->resource[i]] * m->limit[i] / m->worth;
    }
    for (int32_t k = 0; k < a->n_rows; k++) {
        a->y[m->n_limits + k] = -m->rent[a->row_good[k]] * a->row_asked[k] / m->worth;
    }
    for (int32_t k = 0; k < a->n; k++) {
        double value = s->value[a->good[k]], dearer = m->unit[a->recipe[k]] - value;
        a->cost[k] = fabs(dearer) > INDIFFERENT * value ? dearer * a->asked[k] / m->worth : 0;
        for (int64_t i = a->start[k]; i < a->start[k + 1]; i++) {
            a->cost[k] += a->half[0].val[i] * a->y[a->half[0].row[i]];
        }
    }
}

/* What the value of a good is above the cost of its marginal recipe. */
static void find_rents(const pl_merit *m)
{
    const pl_sweeping *s = m->s;
    for (int32_t g = 0; g < s->e->n_goods; g++) {
        double rent = s->value[g] - pl_merit_unit_cost(s, s->chosen[g], s->value);
        m->rent[g] = fabs(rent) > INDIFFERENT * s->value[g] ? rent : 0;
    }
}

pl_status pl_merit_hold(pl_merit *m, pl_merit_held **held, pl_error *err)
{
    master *a = *held = PL_NEW0(master, 1);
    if (a == NULL) {
        return pl_fail_nomem(err, "the small programme");
    }
    *a = (master){.m = m, .with_goods = true, .width = m->n_limits + 1};
    find_rents(m);
    guess_contents(m);
    pl_status status = make(a, ROWS_HELD, err);
    bool made = status == PL_OK && m->s->why_not == NULL && a->stride == 1 && a->n_rows <= ROWS_HELD;
    if (made) {
        price_columns(a);
        status = start_simplex(a, err);
    }
    if (made && status == PL_OK) {
        memset(a->x + a->n, 0, sizeof *a->x * (size_t)m->n_limits);
        pl_simplex_begin(a->simplex, NULL, a->x, a->y);
    } else {
        pl_merit_let_go(a);
        *held = NULL;
    }
    return status;
}

/* Its programme around the levels as they are now; who took over at a bound has a column. */
static pl_status look_again(master *a, pl_error *err)
{
    pl_status status = PL_OK;
    for (int32_t k = 0; k < a->n_rows; k++) {
        a->m->s->chosen[a->row_good[k]] = a->row_recipe[k];
    }
    for (int32_t k = 0; k < a->n && status == PL_OK; k++) {
        set_column(a, k);
        status = pl_simplex_set_bounds(a->simplex, k, a->lo[k], a->hi[k], err);
    }
    set_rows(a);
    for (int32_t i = 0; i < a->m->n_limits + a->n_rows && status == PL_OK; i++) {
        status = pl_simplex_set_row(a->simplex, i, a->row_lo[i], a->row_hi[i], err);
    }
    return status;
}

pl_status pl_merit_correct(pl_merit_held *a, bool *found, pl_error *err)
{
    pl_status status = look_again(a, err);
    *found = false;
    status = status == PL_OK ? solve_exactly(a, found, err) : status;
    if (*found) {
        take_levels(a);
    }
    return status;
}

void pl_merit_let_go(pl_merit_held *held)
{
    if (held != NULL) {
        release(held);
        pl_free(held);
    }
}
