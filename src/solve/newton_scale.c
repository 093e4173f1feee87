/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_scale.c - owners, reference prices, sizes, and the plan from which the first round starts.
 *
 * Reference prices are rough values: what the cheapest recipe of a good costs, swept upwards (sparse/sweep.h says
 * why that works; here by-products are credited).  Sizes are rough gross outputs at those prices, the larger of those
 * with the cheapest recipes and those with all recipes in equal parts, so that no good is taken for small that a
 * change of recipes makes large. */
#include <math.h>

#include "base/mem.h"
#include "solve/newton_state.h"

#define SWEEPS 60
#define ROUGH 1e-2      /* relative change at which reference prices are good enough */
#define SIZE_LEAST 1e-7 /* of a good, as a part of the mean value of needs for each row */
#define REFERENCE_LEAST 1e-3 /* value of all of a good that costs nothing, as such a part */
#define NATURAL_LEAST 1e-36 /* of what single precision holds with all its digits */
#define NATURAL_MOST 1e36
#define COLUMNS_AT_ONCE (1 << 18) /* after so many the pages that were read can go */
#define CREDIT_MOST 0.9 /* by-products pay for at most this part of what a recipe takes */

/* ---- Owners -------------------------------------------------------------------------------------------- */

/* Goods of others (several processes) have theirs elsewhere.  Natural coefficients must be loaded. */
pl_status nw_owners(pl_newton *s, pl_error *err)
{
    const pl_lp *lp = s->lp;
    return pl_find_owners(s->mine, lp->n, lp->start, lp->row, lp->val, s->block[0].share, s->owner, err);
}

/* ---- Coefficients ------------------------------------------------------------------------------------------ */

/* Those of column j of the programme, as they are given. */
static const double *given(const pl_newton *s, int32_t j)
{
    const pl_lp *lp = s->lp;
    if (lp->val != NULL) {
        return lp->val + lp->start[j];
    }
    lp->amounts->get(lp->amounts->user, j, s->room);
    return s->room;
}

static void forget(const pl_newton *s, int32_t from, int32_t to)
{
    if (s->lp->val == NULL) {
        s->lp->amounts->forget(s->lp->amounts->user, from, to);
    }
}

/* Keeps coefficient k in two parts. */
static void keep(nw_block *b, int64_t k, double x)
{
    float share = (float)x;
    double off = share != 0 ? (x / (double)share - 1) / NW_REST : 0;
    b->share[k] = share;
    b->rest[k] = (int16_t)rint(nw_clip(off, INT16_MIN, INT16_MAX));
}

void nw_load(pl_newton *s)
{
    nw_block *b = &s->block[0];
    s->natural = true;
    s->beyond = false;
    for (int32_t j = 0, seen = 0; j < b->n; j++) {
        const double *val = given(s, j);
        for (int64_t k = b->start[j]; k < b->start[j + 1]; k++) {
            double size = fabs(val[k - b->start[j]]), kept = nw_clip(size, NATURAL_LEAST, NATURAL_MOST);
            s->beyond |= size != 0 && kept != size;
            keep(b, k, size == 0 ? 0 : copysign(kept, val[k - b->start[j]]));
        }
        if (j + 1 - seen == COLUMNS_AT_ONCE || j + 1 == b->n) {
            forget(s, seen, j + 1);
            seen = j + 1;
        }
    }
}

static void load_extra(pl_newton *s)
{
    const pl_lp *extra = &s->task->extra;
    for (int64_t k = 0; extra->n > 0 && k < extra->start[extra->n]; k++) {
        keep(&s->block[1], k, nw_clip(extra->val[k], -NATURAL_MOST, NATURAL_MOST));
    }
}

/* Lists the columns by owner; extra columns have none. */
static void list_makers(pl_newton *s)
{
    int32_t *start = s->maker_start;
    memset(start, 0, sizeof *start * ((size_t)s->mine + 3));
    for (int32_t j = 0; j < s->n; j++) {
        start[(s->owner[j] == NOBODY ? s->mine : s->owner[j]) + 2]++;
    }
    for (int32_t g = 0; g <= s->mine; g++) {
        start[g + 2] += start[g + 1];
    }
    for (int32_t j = 0; j < s->n; j++) {
        s->maker[start[(s->owner[j] == NOBODY ? s->mine : s->owner[j]) + 1]++] = j;
    }
}

/* ---- Reference prices -------------------------------------------------------------------------------------- */

typedef struct rough {
    pl_newton *s;
    double *price;   /* natural, by row */
    double *need;    /* natural, by row: what is still asked for */
    double *output;  /* natural, by row */
    int32_t *cheapest;
    double *limit_price;
    bool costs;      /* some column of the programme costs something */
} rough;

static double amount_of(const nw_view *c, int32_t row)
{
    for (int64_t k = 0; k < c->count; k++) {
        if (c->row[k] == row) {
            return nw_amount(c, k);
        }
    }
    return 0;
}

/* What column j of good g costs for each unit of it. */
static double rough_cost(const rough *r, int32_t j, int32_t g)
{
    const pl_newton *s = r->s;
    nw_view c = nw_column(s, j);
    double cost = fmax(0, s->task->cost[j]), credit = 0, output = 0;
    for (int64_t k = 0; k < c.count; k++) {
        int32_t i = c.row[k];
        double amount = nw_amount(&c, k);
        if (i == g) {
            output = amount;
        } else if (i >= s->goods) {
            cost += fmax(0, -s->sign[i] * amount) * r->limit_price[i - s->goods];
        } else if (amount < 0) {
            cost -= amount * r->price[i];
        } else {
            credit += amount * r->price[i];
        }
    }
    return (cost - fmin(credit, CREDIT_MOST * cost)) / output;
}

/* What the cheapest unlimited maker of good g takes, or the dearest where all are limited: stocks on hand cost nothing,
 * but are no measure. */
static double rough_price(rough *r, int32_t g)
{
    const pl_newton *s = r->s;
    double best = 0;
    bool any = false;
    r->cheapest[g] = NOBODY;
    for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
        int32_t j = s->maker[k];
        bool unlimited = isinf(s->lp->hi[j]);
        double cost = rough_cost(r, j, g);
        if (r->cheapest[g] == NOBODY || (unlimited ? !any || cost < best : !any && cost > best)) {
            best = cost;
            r->cheapest[g] = j;
        }
        any |= unlimited;
    }
    return best;
}

static void sweep_prices(rough *r)
{
    const pl_newton *s = r->s;
    for (int32_t g = 0; g < s->goods; g++) {
        r->price[g] = 0;
        r->cheapest[g] = NOBODY;
    }
    double change = 1;
    for (int sweep = 0; sweep < SWEEPS && change > ROUGH; sweep++) {
        change = 0;
        for (int32_t g = 0; g < s->mine; g++) {
            double best = rough_price(r, g);
            change = fmax(change, fabs(best - r->price[g]) / fmax(best, r->price[g] + 1e-300));
            r->price[g] = best;
        }
        pl_border_show(s->border, r->price);
        change = pl_crew_most(s->crew, change);
    }
}

/* ---- Sizes ---------------------------------------------------------------------------------------------------- */

/* What an extra column is expected to be. */
static double expected_extra(const pl_newton *s, int32_t e)
{
    double hi = s->task->extra.hi[e];
    return isfinite(hi) ? hi : 1;
}

static void ask(const rough *r, double *need)
{
    const pl_newton *s = r->s;
    const pl_lp *extra = &s->task->extra;
    for (int32_t i = 0; i < s->m; i++) {
        need[i] = i < s->goods ? fmax(0, s->task->row_lo[i]) : 0;
    }
    for (int32_t e = 0; e < extra->n; e++) {
        for (int64_t k = extra->start[e]; k < extra->start[e + 1]; k++) {
            need[extra->row[k]] -= fmin(0, extra->val[k]) * expected_extra(s, e);
        }
    }
}

static void use_column(const rough *r, int32_t j, int32_t g, double level)
{
    nw_view c = nw_column(r->s, j);
    for (int64_t k = 0; k < c.count; k++) {
        double amount = nw_amount(&c, k);
        if (c.row[k] >= r->s->goods) {
            r->need[c.row[k]] += fmax(0, amount) * level;
        } else if (c.row[k] != g && amount < 0) {
            r->need[c.row[k]] -= amount * level;
        }
    }
}

/* Gross outputs into r->output with the cheapest makers, or with all in equal parts. */
static void sweep_outputs(rough *r, bool all)
{
    const pl_newton *s = r->s;
    ask(r, r->need);
    memset(r->output, 0, sizeof *r->output * (size_t)s->m);
    double first = 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double passed = 0;
        for (int32_t g = s->mine - 1; g >= 0; g--) {
            double more = r->need[g];
            int32_t from = s->maker_start[g], to = s->maker_start[g + 1];
            if (more <= 0 || from == to) {
                continue;
            }
            r->need[g] = 0;
            r->output[g] += more;
            passed += more * r->price[g];
            for (int32_t k = from; k < to; k++) {
                int32_t j = s->maker[k];
                if (all || j == r->cheapest[g]) {
                    nw_view c = nw_column(s, j);
                    use_column(r, j, g, more / amount_of(&c, g) / (all ? to - from : 1));
                }
            }
        }
        pl_border_collect(s->border, r->need);
        passed = pl_crew_sum(s->crew, passed);
        first = sweep == 0 ? passed : first;
        if (passed <= ROUGH * first) {
            break;
        }
    }
}

/* The larger of both ways of making everything; what goes through limits. */
static void find_sizes(rough *r)
{
    pl_newton *s = r->s;
    sweep_outputs(r, true);
    memcpy(s->size, r->output, sizeof *s->size * (size_t)s->m);
    sweep_outputs(r, false);
    nw_sum_limits(s, r->need);
    for (int32_t g = 0; g < s->mine; g++) {
        s->size[g] = fmax(s->size[g], r->output[g]);
    }
    for (int32_t i = s->goods; i < s->m; i++) {
        double limit = fabs(s->sign[i] > 0 ? s->task->row_lo[i] : s->task->row_hi[i]);
        s->size[i] = fmax(isfinite(limit) ? limit : 0, r->need[i]);
    }
}

/* ---- Units ------------------------------------------------------------------------------------------------------ */

/* By how much rough prices are multiplied so that what is asked for is worth what the programme says it is worth. */
static double price_level(const rough *r)
{
    const pl_newton *s = r->s;
    const pl_lp *extra = &s->task->extra;
    double paid = 0, value = 0;
    for (int32_t e = 0; e < extra->n; e++) {
        paid -= fmin(0, extra->cost[e]) * expected_extra(s, e);
        for (int64_t k = extra->start[e]; k < extra->start[e + 1]; k++) {
            value += fabs(extra->val[k]) * r->price[extra->row[k]] * expected_extra(s, e);
        }
    }
    paid = s->shared ? paid : pl_crew_sum(s->crew, paid); /* a shared column is paid once, */
    value = pl_crew_sum(s->crew, value);                 /* and worth what all its parts are */
    r->s->wanted = paid;
    return !r->costs && paid > 0 && value > 0 ? paid / value : 1;
}

static double value_of_needs(const rough *r)
{
    ask(r, r->need);
    double total = 0;
    for (int32_t g = 0; g < r->s->mine; g++) {
        total += r->price[g] * r->need[g];
    }
    return pl_crew_sum(r->s->crew, total);
}

static void set_references(rough *r)
{
    pl_newton *s = r->s;
    double level = price_level(r);
    for (int32_t g = 0; g < s->goods; g++) {
        r->price[g] *= level;
    }
    double total = value_of_needs(r), rows = (double)s->all_rows, least = SIZE_LEAST * total / rows;
    s->total = total > 0 ? total : 1;
    for (int32_t i = 0; i < s->m; i++) {
        double through = s->size[i] > 0 ? s->size[i] : 1;
        s->reference[i] = i < s->goods ? fmax(r->price[i], REFERENCE_LEAST * s->total / (through * rows)) : s->total / through;
        s->size[i] = fmax(through * s->reference[i], fmax(least, 1e-300));
        s->price[i] = i < s->goods ? 1 : !r->costs ? level * r->limit_price[i - s->goods] / s->reference[i] : 0;
    }
    pl_border_show(s->border, s->reference);
}

static void scale_rows(pl_newton *s)
{
    for (int32_t i = 0; i < s->m; i++) {
        double lo = s->task->row_lo[i], hi = s->task->row_hi[i];
        s->lo[i] = s->reference[i] * (s->sign[i] > 0 ? lo : -hi);
        s->hi[i] = s->reference[i] * (s->sign[i] > 0 ? hi : -lo);
    }
}

/* Natural coefficient k of a column; val: all of them as given, where single precision was beyond its range. */
static double natural_of(const nw_view *c, const double *val, int64_t k)
{
    return val != NULL ? val[k] : nw_amount(c, k);
}

static void scale_column(pl_newton *s, int32_t j, const double *val)
{
    nw_view c = nw_column(s, j);
    nw_block *b = &s->block[j >= s->block[0].n];
    int32_t g = s->owner[j];
    double unit = 0;
    for (int64_t k = 0; k < c.count; k++) {
        double value = fabs(natural_of(&c, val, k)) * s->reference[c.row[k]];
        unit = g == NOBODY ? unit + value : c.row[k] == g ? value : unit;
    }
    unit = nw_is_shared(s, j) ? pl_crew_sum(s->crew, unit) : unit;
    s->unit[j] = (float)(unit > 0 ? nw_clip(unit, NATURAL_LEAST, NATURAL_MOST) : 1);
    for (int64_t k = 0; k < c.count; k++) {
        double scaled = s->sign[c.row[k]] * natural_of(&c, val, k) * s->reference[c.row[k]] / (double)s->unit[j];
        keep(b, c.share - b->share + k, nw_clip(scaled, -NATURAL_MOST, NATURAL_MOST));
    }
}

static void scale_columns(pl_newton *s)
{
    for (int32_t j = 0; j < s->n; j++) {
        bool extra = j >= s->block[0].n;
        scale_column(s, j, !s->beyond ? NULL : extra ? s->task->extra.val + s->task->extra.start[j - s->block[0].n] : given(s, j));
    }
    s->natural = false;
}

pl_status nw_scale(pl_newton *s, pl_error *err)
{
    rough r = {.s = s, .price = s->reference, .need = s->w[W_REST], .output = s->w[W_SOLVED]};
    r.cheapest = PL_NEW(int32_t, s->goods);
    r.limit_price = PL_NEW0(double, s->limits);
    bool enough = r.cheapest != NULL && r.limit_price != NULL;
    if (!s->natural) {
        nw_load(s);
    }
    load_extra(s);
    pl_status status = pl_crew_agree(s->crew, enough ? PL_OK : pl_fail_nomem(err, "the scaling of the programme"), err);
    if (status != PL_OK) {
        pl_free(r.cheapest);
        pl_free(r.limit_price);
        return status;
    }
    list_makers(s);
    for (int32_t j = 0; j < s->block[0].n && !r.costs; j++) {
        r.costs = s->task->cost[j] > 0;
    }
    r.costs = pl_crew_any(s->crew, r.costs);
    for (int32_t i = s->goods; i < s->m; i++) {
        double limit = fabs(s->sign[i] > 0 ? s->task->row_lo[i] : s->task->row_hi[i]);
        r.limit_price[i - s->goods] = !r.costs && isfinite(limit) && limit > 0 ? 1 / limit : 0;
    }
    sweep_prices(&r);
    find_sizes(&r);
    set_references(&r);
    scale_rows(s);
    scale_columns(s);
    pl_free(r.cheapest);
    pl_free(r.limit_price);
    return PL_OK;
}

/* ---- The first centre --------------------------------------------------------------------------------------------- */

/* Prices at which no unlimited maker gains; a good that has none is priced by its cheapest maker. */
static void unlimited_prices(pl_newton *s)
{
    double change = 1;
    for (int sweep = 0; sweep < SWEEPS && change > ROUGH / 10; sweep++) {
        change = 0;
        for (int32_t g = 0; g < s->mine; g++) {
            double best[2] = {(double)INFINITY, (double)INFINITY}; /* of the limited, of the unlimited */
            for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1]; k++) {
                int32_t j = s->maker[k];
                nw_view c = nw_column(s, j);
                double cost = nw_cost(s, j) + s->price[g];
                for (int64_t e = 0; e < c.count; e++) {
                    cost -= (double)c.share[e] * s->price[c.row[e]];
                }
                bool unlimited = isinf(nw_most(s, j));
                best[unlimited] = fmin(best[unlimited], cost);
            }
            double price = fmax(isfinite(best[1]) ? best[1] : isfinite(best[0]) ? best[0] : s->price[g], 0);
            change = fmax(change, fabs(price - s->price[g]));
            s->price[g] = price;
        }
        pl_border_show(s->border, s->price);
        change = pl_crew_most(s->crew, change);
    }
}

/* Takes `more` of good g from its makers: those that gain and have room first, then the best of the unlimited ones. */
static void fill_from_makers(pl_newton *s, int32_t g, double more, double *need)
{
    int32_t best = NOBODY;
    for (int32_t k = s->maker_start[g]; k < s->maker_start[g + 1] && more > 0; k++) {
        int32_t j = s->maker[k];
        double most = nw_most(s, j), part = fmin(more, most - (double)s->centre[j]);
        if (isinf(most)) {
            best = best == NOBODY || s->profit[j] > s->profit[best] ? j : best;
        } else if (s->profit[j] > 0 && part > 0) {
            nw_view c = nw_column(s, j);
            s->centre[j] = (float)fmin((double)s->centre[j] + part, most);
            more -= part;
            for (int64_t e = 0; e < c.count; e++) {
                need[c.row[e]] -= c.row[e] != g ? (double)c.share[e] * part : 0;
            }
        }
    }
    if (best != NOBODY && more > 0) {
        nw_view c = nw_column(s, best);
        s->centre[best] += (float)more;
        for (int64_t e = 0; e < c.count; e++) {
            need[c.row[e]] -= c.row[e] != g ? (double)c.share[e] * more : 0;
        }
    }
}

void nw_first_centre(pl_newton *s)
{
    double *need = s->w[W_REST], first = 0;
    unlimited_prices(s);
    nw_profits(s);
    memset(s->centre, 0, sizeof *s->centre * (size_t)s->n);
    for (int32_t i = 0; i < s->m; i++) {
        need[i] = i < s->goods ? fmax(0, s->lo[i]) : 0;
        s->slack_centre[i] = i < s->goods ? s->lo[i] : 0;
    }
    for (int32_t j = s->block[0].n; j < s->n; j++) {
        nw_view c = nw_column(s, j);
        s->centre[j] = (float)fmin(nw_most(s, j), nw_size(s, j));
        for (int64_t e = 0; e < c.count; e++) {
            need[c.row[e]] -= (double)c.share[e] * (double)s->centre[j];
        }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double passed = 0;
        for (int32_t g = s->mine - 1; g >= 0; g--) {
            double more = need[g];
            if (more > 0) {
                need[g] = 0;
                passed += more;
                fill_from_makers(s, g, more, need);
            }
        }
        pl_border_collect(s->border, need);
        passed = pl_crew_sum(s->crew, passed);
        first = sweep == 0 ? passed : first;
        if (passed <= 1e-4 * first) {
            break;
        }
    }
    nw_sum_limits(s, need);
    for (int32_t i = s->goods; i < s->m; i++) {
        s->slack_centre[i] = nw_clip(-need[i], s->lo[i], s->hi[i]);
    }
}
