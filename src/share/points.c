/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * points.c - the goods of a sharing that have a market, and its baskets as whole parts. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "share/share.h"

typedef struct work {
    const pl_sharing *s;
    const pl_share_settings *set;
    pl_shared *out;
    int32_t *good;   /* number in the market, or -1 */
    int32_t *of;     /* and back */
    int64_t *start, *from; /* of the market's wants; which want each is */
    int32_t *want;
    double *taste, *cap, *floor, *points, *supply, *price, *got;
    pl_market m;
} work;

bool pl_share_has_market(const pl_sharing *s, const pl_shared *shared, int32_t g)
{
    return s->good[g].rule == PL_RULE_POINTS && !shared->outcome[g].floors_short;
}

static double units_of(const pl_sharing *s, int64_t k)
{
    const pl_share_good *g = &s->good[s->want[k]];
    return (double)(s->amount[k] != PL_SHARE_ANY ? s->amount[k] : g->supply) / (double)g->part;
}

/* The market's arrays; amounts in parts. */
static pl_status build(work *w, pl_error *err)
{
    const pl_sharing *s = w->s;
    size_t goods = (size_t)s->n_goods + 1, people = (size_t)s->n_people + 1, wants = 0;
    w->good = PL_NEW(int32_t, goods);
    w->of = PL_NEW(int32_t, goods);
    w->supply = PL_NEW(double, goods);
    w->price = PL_NEW(double, goods);
    w->start = PL_NEW0(int64_t, people);
    w->points = PL_NEW(double, people);
    if (w->good == NULL || w->of == NULL || w->supply == NULL || w->price == NULL || w->start == NULL || w->points == NULL) {
        return pl_fail_nomem(err, "the market of points");
    }
    for (int32_t g = 0; g < s->n_goods; g++) {
        w->good[g] = -1;
        if (pl_share_has_market(s, w->out, g)) {
            w->of[w->m.n_goods] = g;
            w->supply[w->m.n_goods] = (double)s->good[g].supply;
            w->good[g] = w->m.n_goods++;
        }
    }
    for (int64_t k = 0; k < s->n_wants; k++) {
        wants += w->good[s->want[k]] >= 0;
    }
    w->from = PL_NEW(int64_t, wants);
    w->want = PL_NEW(int32_t, wants);
    w->taste = PL_NEW(double, wants);
    w->cap = PL_NEW(double, wants);
    w->floor = s->floor != NULL ? PL_NEW(double, wants) : NULL;
    w->got = PL_NEW(double, wants);
    if (w->from == NULL || w->want == NULL || w->taste == NULL || w->cap == NULL || (s->floor != NULL && w->floor == NULL) || w->got == NULL) {
        return pl_fail_nomem(err, "the market of points");
    }
    int64_t n = 0;
    for (int32_t i = 0; i < s->n_people; i++) {
        w->points[i] = (double)s->points[i] / PL_SHARE_POINT;
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            int32_t g = w->good[s->want[k]];
            if (g >= 0) {
                w->from[n] = k;
                w->want[n] = g;
                w->taste[n] = s->taste != NULL ? s->taste[k] : units_of(s, k);
                w->cap[n] = s->amount[k] != PL_SHARE_ANY ? (double)s->amount[k] : INFINITY;
                if (w->floor != NULL) {
                    w->floor[n] = (double)s->floor[k];
                }
                n++;
            }
        }
        w->start[i + 1] = n;
    }
    w->m = (pl_market){s->n_people, w->m.n_goods, w->start, w->want, w->taste, w->cap, w->floor, w->points, w->supply, s->substitution, 0, 0};
    return PL_OK;
}

/* Baskets in whole parts: along the people, the sum of a good is cut at whole numbers beginning with an offset drawn from the seed (systematic sampling), so
 * that everybody gets the whole number below or above their share, and on average their share. */
static void round_baskets(const work *w, uint64_t *sum, uint64_t *offset)
{
    const pl_sharing *s = w->s;
    int64_t *given = (int64_t *)(void *)sum + w->m.n_goods; /* sum: per good, of fractions in 2^-32; behind it, whole parts, and what was given */
    int64_t *whole = given + w->m.n_goods;
    memset(sum, 0, 3 * (size_t)w->m.n_goods * sizeof *sum);
    for (int32_t g = 0; g < w->m.n_goods; g++) {
        pl_share_key key;
        pl_share_key_make(w->out->seed, s->good[w->of[g]].id, &key);
        offset[g] = pl_share_ticket(&key, "", 0) >> 32;
    }
    for (int64_t k = 0; k < w->start[s->n_people]; k++) {
        int32_t g = w->want[k];
        const pl_share_good *good = &s->good[w->of[g]];
        double x = w->price[g] == 0 && w->taste[k] > 0 ? w->cap[k] : w->got[k], below = floor(x);
        whole[g] += (int64_t)below;
        sum[g] += (uint64_t)((x - below) * 4294967296.0);
        whole[g] += (int64_t)(sum[g] >> 32);
        sum[g] &= UINT32_MAX;
        int64_t until = whole[g] + (int64_t)((sum[g] + offset[g]) >> 32);
        until = until < good->supply ? until : good->supply;
        w->out->got[w->from[k]] = until - given[g];
        w->out->outcome[w->of[g]].drawn += good->part == 1 && until - given[g] > (int64_t)below;
        given[g] = until;
    }
}

/* The first good of whole pieces somebody's share of which is no whole number; -1: none. */
static int32_t needs_lot(const work *w)
{
    for (int64_t k = 0; k < w->start[w->s->n_people]; k++) {
        int32_t g = w->of[w->want[k]];
        if (w->s->good[g].part == 1 && w->got[k] != floor(w->got[k])) {
            return g;
        }
    }
    return -1;
}

static pl_status clear(work *w, pl_error *err)
{
    const pl_sharing *s = w->s;
    pl_clearing c = {0};
    double envy = 0;
    pl_status status = pl_market_clear(&w->m, w->set->threads, &w->set->progress, w->price, w->got, &c, err);
    status = status == PL_OK ? pl_market_envy(&w->m, w->set->threads, w->price, w->got, &envy, err) : status;
    if (status != PL_OK) {
        return status;
    }
    w->out->market = (pl_share_market){w->m.n_goods, c.sweeps, c.excess, c.slack, envy, c.unspent};
    for (int32_t g = 0; g < w->m.n_goods; g++) {
        w->out->outcome[w->of[g]].price = w->price[g] * (double)s->good[w->of[g]].part;
    }
    int32_t lot = w->set->seed == NULL ? needs_lot(w) : -1;
    if (lot >= 0) {
        return pl_share_no_seed(s->good[lot].id, err);
    }
    uint64_t *scratch = PL_NEW(uint64_t, 4 * (size_t)w->m.n_goods);
    if (scratch == NULL) {
        return pl_fail_nomem(err, "the market of points");
    }
    round_baskets(w, scratch, scratch + 3 * w->m.n_goods);
    pl_free(scratch);
    return PL_OK;
}

pl_status pl_share_points(const pl_sharing *s, const pl_share_settings *set, pl_shared *out, pl_error *err)
{
    work w = {.s = s, .set = set, .out = out};
    pl_status status = build(&w, err);
    if (status == PL_OK && w.m.n_goods > 0) {
        status = clear(&w, err);
    }
    void *const memory[] = {w.good, w.of, w.start, w.from, w.want, w.taste, w.cap, w.floor, w.points, w.supply, w.price, w.got};
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
    return status;
}
