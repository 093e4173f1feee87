/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * market.c - prices at which everybody's best basket for their points takes just what there is.
 *
 * A person's basket is x_g = clamp(l a_g p_g^-s, floor_g, cap_g), l such that the points are spent.  Prices move by log p += log(demand / supply) / max(s, 1),
 * accelerated (Anderson 1965, depth 5).  Goods of which there is enough for all claims have no price, goods of which floors take all have no market: both
 * are known beforehand, and so no price goes to zero.  Sums are taken over a fixed number of blocks of people, in their order. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "share/share.h"

#define BLOCKS 64
#define DEPTH 5
#define STEP 1.5      /* of the logarithm of a price, at most */
#define FAR 0.005     /* steps larger than that are far from the end */
#define SWEEPS 2000
#define RATE_LEAST 0.1
#define PATIENCE 40   /* sweeps in which the error should halve; else steps are halved */
#define TOLERANCE 1e-10

typedef enum kind { OPEN, FREE, CLOSED } kind;
enum { FREELY, AT_FLOOR, AT_CAP }; /* what holds the amount of a good in a basket */

typedef struct work {
    const pl_market *m;
    int threads;
    char *kind;          /* by good */
    double *price;
    double *power, *cost; /* p^-s, p^(1-s); 0 unless OPEN */
    double *demand;      /* by good */
    double *before, *boost; /* demand before; how much larger the step is where everybody has reached their cap and demand does not move */
    double *part;        /* by block and good */
    double *spent;       /* by block */
    double *got;         /* by want, or NULL */
    char *held;          /* scratch of each block: `longest` wants */
    double *basket;
    int64_t longest;
    double *y, *f, *dy, *df; /* logarithms of prices, steps; their last changes */
    int32_t n_changes, newest;
} work;

static double floor_of(const pl_market *m, int64_t k)
{
    return m->floor == NULL ? 0 : m->cap == NULL || m->floor[k] < m->cap[k] ? m->floor[k] : m->cap[k];
}

/* The most that would be taken at no price. */
static double cap_of(const pl_market *m, int64_t k)
{
    return m->taste[k] <= 0 ? floor_of(m, k) : m->cap == NULL ? INFINITY : m->cap[k];
}

/* ---- One person --------------------------------------------------------------------------------------------------------------------- */

/* The factor l of person i.  Whatever a trial factor pushes over its caps or below its floors, the side that weighs more is held there for good; so
 * each good is held at most once.  INFINITY: all caps are reached. */
static double factor_of(const work *w, int32_t i, char *held)
{
    const pl_market *m = w->m;
    int64_t from = m->start[i], n = m->start[i + 1] - from;
    double money = m->points[i], each = 0, left, l;
    for (int64_t k = 0; k < n; k++) {
        int32_t g = m->want[from + k];
        held[k] = w->power[g] > 0 ? FREELY : AT_FLOOR;
        money += held[k] == FREELY ? w->price[g] * floor_of(m, from + k) : 0;
        each += w->cost[g] * m->taste[from + k];
    }
    left = money;
    for (;;) {
        if (!(each > 0)) {
            return INFINITY;
        }
        l = left / each;
        double over = 0, below = 0;
        for (int64_t k = 0; k < n; k++) {
            int32_t g = m->want[from + k];
            double x = l * w->power[g] * m->taste[from + k], low = floor_of(m, from + k), high = cap_of(m, from + k);
            if (held[k] == FREELY) {
                over += x > high ? w->price[g] * (x - high) : 0;
                below += x < low ? w->price[g] * (low - x) : 0;
            }
        }
        if (over == 0 && below == 0) {
            return l;
        }
        left = money;
        each = 0;
        for (int64_t k = 0; k < n; k++) {
            int32_t g = m->want[from + k];
            double q = w->power[g] * m->taste[from + k], low = floor_of(m, from + k), high = cap_of(m, from + k);
            held[k] = held[k] != FREELY ? held[k] : over >= below && l * q > high ? AT_CAP : below > over && l * q < low ? AT_FLOOR : FREELY;
            left -= held[k] == AT_CAP ? w->price[g] * high : held[k] == AT_FLOOR ? w->price[g] * low : 0;
            each += held[k] == FREELY ? w->price[g] * q : 0;
        }
    }
}

/* The best basket of person i at these prices, into x (by want of theirs); returns what is spent. */
static double basket_of(const work *w, int32_t i, char *held, double *x)
{
    const pl_market *m = w->m;
    double l = factor_of(w, i, held), spent = 0;
    for (int64_t k = m->start[i]; k < m->start[i + 1]; k++) {
        int32_t g = m->want[k];
        double low = floor_of(m, k), high = cap_of(m, k), q = w->power[g] * m->taste[k], y = q > 0 ? l * q : 0;
        y = w->kind[g] != OPEN ? (w->kind[g] == FREE ? high : low) : y > high ? high : y < low ? low : y;
        spent += w->price[g] * (y - low);
        x[k - m->start[i]] = y;
    }
    return spent;
}

/* The same without floors and caps: everything is spent. */
static double basket_plain(const work *w, int32_t i, double *x)
{
    const pl_market *m = w->m;
    double each = 0;
    for (int64_t k = m->start[i]; k < m->start[i + 1]; k++) {
        each += w->cost[m->want[k]] * m->taste[k];
    }
    double l = each > 0 ? m->points[i] / each : 0;
    for (int64_t k = m->start[i]; k < m->start[i + 1]; k++) {
        x[k - m->start[i]] = l * w->power[m->want[k]] * m->taste[k];
    }
    return each > 0 ? m->points[i] : 0;
}

/* ---- All people ----------------------------------------------------------------------------------------------------------------------- */

static void set_powers(work *w)
{
    for (int32_t g = 0; g < w->m->n_goods; g++) {
        w->power[g] = w->kind[g] == OPEN ? pow(w->price[g], -w->m->substitution) : 0;
        w->cost[g] = w->price[g] * w->power[g];
    }
}

static void sweep(work *w)
{
    const pl_market *m = w->m;
    bool plain = m->cap == NULL && m->floor == NULL;
    set_powers(w);
    memset(w->part, 0, (size_t)BLOCKS * (size_t)m->n_goods * sizeof *w->part);
#pragma omp parallel for num_threads(w->threads) schedule(static)
    for (int b = 0; b < BLOCKS; b++) {
        double *demand = w->part + (size_t)b * (size_t)m->n_goods;
        w->spent[b] = 0;
        for (int32_t i = (int32_t)((int64_t)m->n_people * b / BLOCKS); i < (int64_t)m->n_people * (b + 1) / BLOCKS; i++) {
            int64_t from = m->start[i], n = m->start[i + 1] - from;
            double *x = w->got != NULL ? w->got + from : w->basket + b * w->longest;
            w->spent[b] += plain ? basket_plain(w, i, x) : basket_of(w, i, w->held + b * w->longest, x);
            for (int64_t k = 0; k < n; k++) {
                demand[m->want[from + k]] += x[k];
            }
        }
    }
    for (int32_t g = 0; g < m->n_goods; g++) {
        w->demand[g] = 0;
        for (int b = 0; b < BLOCKS; b++) {
            w->demand[g] += w->part[(size_t)b * (size_t)m->n_goods + (size_t)g];
        }
    }
}

/* Excess and slack relative to supply; slack counts less where the price is low beside the others. */
static double measure(const work *w, pl_clearing *out)
{
    const pl_market *m = w->m;
    double worth = 0, n = 0;
    out->excess = out->slack = 0;
    for (int32_t g = 0; g < m->n_goods; g++) {
        worth += w->kind[g] == OPEN ? w->price[g] * m->supply[g] : 0;
        n += w->kind[g] == OPEN;
    }
    for (int32_t g = 0; g < m->n_goods; g++) {
        if (w->kind[g] == OPEN) {
            double x = w->demand[g] / m->supply[g] - 1, weight = w->price[g] * m->supply[g] * n / worth;
            out->excess = fmax(out->excess, x);
            out->slack = fmax(out->slack, -x * fmin(1, weight));
        }
    }
    return fmax(out->excess, out->slack);
}

/* ---- Prices ------------------------------------------------------------------------------------------------------------------------------ */

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Least squares of the step by its last changes: gamma. */
static void fit(const work *w, double gamma[DEPTH])
{
    double a[DEPTH][DEPTH], b[DEPTH];
    int32_t n = w->m->n_goods, k = w->n_changes;
    for (int32_t i = 0; i < k; i++) {
        for (int32_t j = 0; j <= i; j++) {
            a[i][j] = a[j][i] = dot(w->df + (size_t)i * (size_t)n, w->df + (size_t)j * (size_t)n, n);
        }
        b[i] = dot(w->df + (size_t)i * (size_t)n, w->f, n);
    }
    for (int32_t i = 0; i < k; i++) {
        a[i][i] *= 1 + 1e-12;
    }
    for (int32_t i = 0; i < k; i++) { /* elimination; the matrix is positive definite but for rounding */
        for (int32_t r = i + 1; r < k; r++) {
            double f = a[i][i] > 0 ? a[r][i] / a[i][i] : 0;
            for (int32_t c = i; c < k; c++) {
                a[r][c] -= f * a[i][c];
            }
            b[r] -= f * b[i];
        }
    }
    for (int32_t i = k; i-- > 0;) {
        for (int32_t c = i + 1; c < k; c++) {
            b[i] -= a[i][c] * gamma[c];
        }
        gamma[i] = a[i][i] > 0 ? b[i] / a[i][i] : 0;
    }
}

/* The next prices.  Before: f is the step of the last sweep, y where it was taken from. */
static void move(work *w, const double *f_before, const double *y_before, bool first)
{
    int32_t n = w->m->n_goods;
    double gamma[DEPTH] = {0};
    if (!first) {
        double *dy = w->dy + (size_t)w->newest * (size_t)n, *df = w->df + (size_t)w->newest * (size_t)n;
        for (int32_t g = 0; g < n; g++) {
            dy[g] = w->y[g] - y_before[g];
            df[g] = w->f[g] - f_before[g];
        }
        w->newest = (w->newest + 1) % DEPTH;
        w->n_changes += w->n_changes < DEPTH;
        fit(w, gamma);
    }
    for (int32_t g = 0; g < n; g++) {
        double step = w->f[g];
        for (int32_t k = 0; k < w->n_changes; k++) {
            step -= gamma[k] * (w->dy[(size_t)k * (size_t)n + (size_t)g] + w->df[(size_t)k * (size_t)n + (size_t)g]);
        }
        bool astray = step * w->f[g] < 0 && fabs(w->f[g]) > FAR; /* what is wanted far too much does not become cheaper */
        step = w->kind[g] != OPEN ? 0 : w->boost[g] > 1 ? fmin(w->f[g] * w->boost[g], STEP) : astray ? w->f[g] : step > STEP ? STEP : step < -STEP ? -STEP : step;
        w->y[g] += step;
        w->price[g] = w->kind[g] == OPEN ? exp(w->y[g]) : 0;
    }
}

/* Sweeps until demand is supply. */
static pl_status find_prices(work *w, const pl_progress *progress, pl_clearing *out, pl_error *err)
{
    const pl_market *m = w->m;
    size_t n = (size_t)m->n_goods;
    double *f_before = PL_NEW0(double, 2 * n), error = INFINITY, rate = 1 / fmax(m->substitution, 1);
    double tolerance = m->tolerance > 0 ? m->tolerance : TOLERANCE;
    int32_t most = m->sweeps > 0 ? m->sweeps : SWEEPS;
    if (f_before == NULL) {
        return pl_fail_nomem(err, "the market");
    }
    double *y_before = f_before + n;
    bool first = true;
    double least = INFINITY;
    int32_t since = 0, plain = 0; /* sweeps since `least` became smaller; sweeps to be made without acceleration */
    pl_status status = PL_OK;
    for (out->sweeps = 1;; out->sweeps++) {
        sweep(w);
        double now = measure(w, out);
        if (now <= tolerance || !out->open) {
            break;
        }
        if (out->sweeps == most || !isfinite(now)) {
            status = pl_fail(err, PL_NUMERIC, "market", "take a lower substitution, or fewer caps close to the supply",
                             "the market does not clear within %d sweeps: demand and supply still differ by %.1e", out->sweeps, now);
            break;
        }
        if (!pl_tick(progress, "finding prices", -1)) {
            status = pl_fail(err, PL_STOPPED, "market", NULL, "stopped");
            break;
        }
        for (int32_t g = 0; g < m->n_goods; g++) {
            bool stuck = w->demand[g] == w->before[g] && w->demand[g] > m->supply[g];
            w->boost[g] = stuck ? fmin(2 * w->boost[g], 1e9) : 1;
            w->before[g] = w->demand[g];
            w->f[g] = w->kind[g] == OPEN && w->demand[g] > 0 ? rate * log(w->demand[g] / m->supply[g]) : w->kind[g] == OPEN ? -STEP : 0;
        }
        since = now < 0.5 * least ? 0 : since + 1;
        least = since == 0 ? now : least;
        if (since == PATIENCE) {
            rate = fmax(rate / 2, RATE_LEAST / fmax(m->substitution, 1));
            plain = PATIENCE;
            since = 0;
            least = now;
        }
        if (now > 3 * error || plain > 0) { /* what was learnt no longer holds */
            w->n_changes = w->newest = 0;
            first = true;
        }
        plain -= plain > 0;
        error = now;
        double *y_now = w->part; /* scratch: the sums of the blocks are no longer needed */
        memcpy(y_now, w->y, n * sizeof *y_now);
        move(w, f_before, y_before, first);
        memcpy(y_before, y_now, n * sizeof *y_now);
        memcpy(f_before, w->f, n * sizeof *f_before);
        first = false;
    }
    pl_free(f_before);
    return status;
}

/* Which goods have a price; the first guess: what people would spend on each by their tastes, over its supply. */
static void begin(work *w, pl_clearing *out)
{
    const pl_market *m = w->m;
    double *low = w->part, *high = low + m->n_goods, *spent = high + m->n_goods;
    memset(low, 0, 3 * (size_t)m->n_goods * sizeof *low);
    for (int32_t i = 0; i < m->n_people; i++) {
        double all = 0;
        for (int64_t k = m->start[i]; k < m->start[i + 1]; k++) {
            all += m->taste[k];
        }
        for (int64_t k = m->start[i]; k < m->start[i + 1]; k++) {
            low[m->want[k]] += floor_of(m, k);
            high[m->want[k]] += cap_of(m, k);
            spent[m->want[k]] += all > 0 ? m->points[i] * m->taste[k] / all : 0;
        }
        w->longest = m->start[i + 1] - m->start[i] > w->longest ? m->start[i + 1] - m->start[i] : w->longest;
    }
    for (int32_t g = 0; g < m->n_goods; g++) {
        w->kind[g] = high[g] <= m->supply[g] ? FREE : low[g] >= m->supply[g] ? CLOSED : OPEN;
        out->open += w->kind[g] == OPEN;
        w->price[g] = w->kind[g] == OPEN ? spent[g] / m->supply[g] : 0;
        w->y[g] = w->kind[g] == OPEN ? log(w->price[g]) : 0;
    }
}

/* Demand differs from supply by the tolerance: what is bought is scaled so that nothing is over and nothing is left, and prices the other way, so that all
 * still spend what they spent.  Baskets are then the best at these prices but for the square of the tolerance. */
static void settle(const work *w)
{
    const pl_market *m = w->m;
    int64_t n = m->start[m->n_people];
    double *low = w->part, *held = low + m->n_goods, *rest = held + m->n_goods; /* floors; what is at its cap; what is not */
    memset(low, 0, 3 * (size_t)m->n_goods * sizeof *low);
    for (int64_t k = 0; k < n; k++) {
        int32_t g = m->want[k];
        double base = floor_of(m, k), net = w->got[k] - base;
        bool at_cap = w->demand[g] < m->supply[g] && w->got[k] >= cap_of(m, k);
        low[g] += base;
        held[g] += at_cap ? net : 0;
        rest[g] += at_cap ? 0 : net;
    }
    for (int32_t g = 0; g < m->n_goods; g++) {
        rest[g] = w->kind[g] == OPEN && rest[g] > 0 ? (m->supply[g] - low[g] - held[g]) / rest[g] : 1;
        w->price[g] /= rest[g];
    }
    for (int64_t k = 0; k < n; k++) {
        int32_t g = m->want[k];
        double base = floor_of(m, k), high = cap_of(m, k);
        if (rest[g] != 1 && !(w->demand[g] < m->supply[g] && w->got[k] >= high)) {
            double x = base + (w->got[k] - base) * rest[g];
            w->got[k] = x > high ? high : x;
        }
    }
}

static pl_status check(const pl_market *m, pl_error *err)
{
    if (!(m->substitution >= PL_SUBSTITUTION_LEAST && m->substitution <= PL_SUBSTITUTION_MOST) || m->substitution == 1) {
        return pl_fail(err, PL_DATA, "substitution", "from 0.1 to 5, but not 1", "the substitution %g is out of range", m->substitution);
    }
    for (int32_t i = 0; i < m->n_people; i++) {
        if (!(m->points[i] > 0 && m->points[i] < HUGE_VAL)) {
            return pl_fail(err, PL_DATA, "points", "leave out who takes no part", "person %d has no points", i);
        }
    }
    for (int32_t g = 0; g < m->n_goods; g++) {
        if (!(m->supply[g] >= 0 && m->supply[g] < HUGE_VAL)) {
            return pl_fail(err, PL_DATA, "supply", "0 or more", "the supply of good %d is out of range", g);
        }
    }
    return PL_OK;
}

static void finish(work *w)
{
    void *const memory[] = {w->kind, w->power, w->part, w->spent, w->held, w->basket};
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
}

static pl_status prepare(work *w, const pl_market *m, int threads, double *price, pl_clearing *out, pl_error *err)
{
    size_t n = (size_t)m->n_goods;
    *w = (work){.m = m, .threads = threads > 1 ? threads : 1, .price = price};
    pl_status status = check(m, err);
    if (status != PL_OK) {
        return status;
    }
    w->kind = PL_NEW0(char, n);
    w->power = PL_NEW0(double, (7 + 2 * DEPTH) * n);
    w->part = PL_NEW(double, (BLOCKS > 3 ? BLOCKS : 3) * n);
    w->spent = PL_NEW0(double, BLOCKS);
    if (w->kind == NULL || w->power == NULL || w->part == NULL || w->spent == NULL) {
        return pl_fail_nomem(err, "the market");
    }
    w->cost = w->power + n;
    w->demand = w->cost + n;
    w->y = w->demand + n;
    w->f = w->y + n;
    w->dy = w->f + n;
    w->df = w->dy + DEPTH * n;
    w->before = w->df + DEPTH * n;
    w->boost = w->before + n;
    begin(w, out);
    w->held = PL_NEW(char, (size_t)BLOCKS * (size_t)(w->longest + 1));
    w->basket = PL_NEW(double, (size_t)BLOCKS * (size_t)(w->longest + 1));
    return w->held == NULL || w->basket == NULL ? pl_fail_nomem(err, "the market") : PL_OK;
}

pl_status pl_market_clear(const pl_market *m, int threads, const pl_progress *progress, double *price, double *got, pl_clearing *out, pl_error *err)
{
    work w;
    *out = (pl_clearing){0};
    pl_status status = prepare(&w, m, threads, price, out, err);
    status = status == PL_OK ? find_prices(&w, progress, out, err) : status;
    if (status == PL_OK && got != NULL) {
        w.got = got;
        sweep(&w);
        settle(&w);
    }
    double all = 0, spent = 0;
    for (int32_t i = 0; i < m->n_people && status == PL_OK; i++) {
        all += m->points[i];
    }
    for (int b = 0; b < BLOCKS && status == PL_OK; b++) {
        spent += w.spent[b];
    }
    out->unspent = all > 0 && all > spent ? 1 - spent / all : 0;
    for (int32_t g = 0; g < m->n_goods && status == PL_OK; g++) {
        price[g] = w.kind[g] == CLOSED ? NAN : price[g];
    }
    finish(&w);
    return status;
}

/* ---- Envy -------------------------------------------------------------------------------------------------------------------------------- */

double pl_market_utility(const pl_market *m, int32_t i, const double *x)
{
    double sum = 0, e = 1 / m->substitution;
    for (int64_t k = 0; k < m->start[i + 1] - m->start[i]; k++) {
        double taste = m->taste[m->start[i] + k];
        sum += taste > 0 ? pow(taste, e) * pow(x[k], 1 - e) : 0;
    }
    return sum > 0 ? pow(sum, 1 / (1 - e)) : 0;
}

pl_status pl_market_envy(const pl_market *m, int threads, const double *price, const double *got, double *envy, pl_error *err)
{
    work w;
    pl_clearing none = {0};
    double *p = PL_NEW(double, m->n_goods);
    pl_status status = p != NULL ? prepare(&w, m, threads, p, &none, err) : pl_fail_nomem(err, "the market");
    *envy = 0;
    if (status == PL_OK) {
        for (int32_t g = 0; g < m->n_goods; g++) {
            p[g] = w.kind[g] == OPEN ? price[g] : 0;
        }
        set_powers(&w);
#pragma omp parallel for num_threads(w.threads) schedule(static)
        for (int b = 0; b < BLOCKS; b++) {
            double *best = w.basket + b * w.longest, most = 0;
            for (int32_t i = (int32_t)((int64_t)m->n_people * b / BLOCKS); i < (int64_t)m->n_people * (b + 1) / BLOCKS; i++) {
                (void)basket_of(&w, i, w.held + b * w.longest, best);
                double could = pl_market_utility(m, i, best), has = pl_market_utility(m, i, got + m->start[i]);
                most = could > has && could - has > most * has ? (could - has) / has : most;
            }
            w.spent[b] = most;
        }
        for (int b = 0; b < BLOCKS; b++) {
            *envy = fmax(*envy, w.spent[b]);
        }
    }
    if (p != NULL) {
        finish(&w);
    }
    pl_free(p);
    return status;
}

/* ---- A queue ------------------------------------------------------------------------------------------------------------------------------ */

pl_status pl_market_queue(const pl_market *m, const double *price, const int32_t *order, double *got, pl_error *err)
{
    work w;
    pl_clearing none = {0};
    pl_market at_the_counter = *m;
    size_t n = (size_t)m->n_goods;
    double *left = PL_NEW(double, 2 * n), *cap = PL_NEW0(double, m->start[m->n_people]);
    double *p = left != NULL ? left + n : NULL;
    at_the_counter.cap = cap;
    at_the_counter.floor = NULL;
    w = (work){0};
    pl_status status = left != NULL && cap != NULL ? prepare(&w, &at_the_counter, 1, p, &none, err) : pl_fail_nomem(err, "the queue");
    if (status == PL_OK) {
        for (size_t g = 0; g < n; g++) {
            left[g] = m->supply[g];
            p[g] = price[g];
            w.kind[g] = OPEN;
        }
        set_powers(&w);
        for (int32_t i = 0; i < m->n_people; i++) {
            int64_t from = m->start[order[i]], until = m->start[order[i] + 1];
            for (int64_t k = from; k < until; k++) {
                cap[k] = left[m->want[k]];
            }
            (void)basket_of(&w, order[i], w.held, got + from);
            for (int64_t k = from; k < until; k++) {
                left[m->want[k]] -= got[k];
            }
        }
    }
    finish(&w);
    pl_free(left);
    pl_free(cap);
    return status;
}
