/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_market.c - the market of points: at the prices that are claimed, is what each has the best basket for their points?
 *
 * Nothing is solved again.  If everybody has the best basket that their points buy at prices that are the same for all, nobody with as many points can have
 * a basket that somebody else likes better than their own, since that somebody could have bought it.  If besides all is taken of whatever has a price, nothing could be given to one
 * without taking from another.  Baskets are found by going along the corners of spending in order. */
#include <stdlib.h>

#include "verify/share.h"

#define PV_NEAR 1e-8L  /* of an amount: prices are found up to 1e-10 */
#define PV_WASTE 1e-8  /* of a supply that has a price and is left */

typedef struct pv_item {
    pv_claim *claim;
    pv_real price, rate, floor, cap; /* the basket holds clamp(l rate, floor, cap); cap INFINITY: none */
} pv_item;

typedef struct pv_bend {
    pv_real at;      /* the factor l where a good begins to rise (slope above 0) or ends */
    pv_real constant, slope; /* what then comes to spending = constant + slope l */
} pv_bend;

static int by_factor(const void *a, const void *b)
{
    const pv_bend *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* The factor at which items cost what there is to spend; INFINITY: all can be had. */
static pv_real factor_of(const pv_item *item, int32_t n, pv_real points, pv_bend *bend)
{
    int32_t k = 0;
    pv_real constant = 0, slope = 0; /* of what is bought above the floors */
    for (int32_t i = 0; i < n; i++) {
        if (item[i].rate > 0 && item[i].cap > item[i].floor) {
            bend[k++] = (pv_bend){item[i].floor / item[i].rate, -item[i].price * item[i].floor, item[i].price * item[i].rate};
            if (item[i].cap < (pv_real)INFINITY) {
                bend[k++] = (pv_bend){item[i].cap / item[i].rate, item[i].price * item[i].cap, -item[i].price * item[i].rate};
            }
        }
    }
    qsort(bend, (size_t)k, sizeof *bend, by_factor);
    for (int32_t i = 0; i < k; i++) {
        if (constant + slope * bend[i].at > points) {
            break;
        }
        constant += bend[i].constant;
        slope += bend[i].slope;
        if (i + 1 == k && slope <= points * LDBL_EPSILON) {
            return (pv_real)INFINITY;
        }
    }
    return slope > 0 ? (points - constant) / slope : (pv_real)INFINITY;
}

/* Whole pieces: along the people, their shares are added up from the offset on, and everybody gets a piece for each whole number that is passed.  Where a
 * whole number is so near that rounding decides, both are right. */
static bool cut_right(pv_scarce *g, const pv_claim *c, pv_real share)
{
    g->shares += share;
    g->until += c->got;
    pv_real sum = g->shares + g->offset, near = PV_NEAR * (1 + sum);
    int64_t least = (int64_t)floorl(sum - near), most = (int64_t)floorl(sum + near);
    return g->until >= (least < g->supply ? least : g->supply) && g->until <= most;
}

static void check_basket(pv_share *s, int32_t person, pv_item *item, int32_t n, pv_bend *bend)
{
    pv_real l = factor_of(item, n, (pv_real)s->points[person] / PV_POINT, bend);
    for (int32_t i = 0; i < n; i++) {
        pv_claim *c = item[i].claim;
        pv_real x = item[i].rate > 0 ? l * item[i].rate : 0;
        x = x > item[i].cap ? item[i].cap : x < item[i].floor ? item[i].floor : x;
        pv_real off = fabsl((pv_real)c->got - x);
        c->should = c->got;
        s->off = off / (1 + x) > s->off ? (double)(off / (1 + x)) : s->off;
        pv_scarce *g = &s->good[c->good];
        if (g->part == 1 && !cut_right(g, c, x)) {
            pv_refute(&s->run, "allotments.csv", c->line, "of %.80s, %.80s has a share of %.9Lg pieces, and the seed does not cut it to %lld", g->id, s->person[person], x,
                      (long long)c->got);
        } else if (off > 1 + PV_NEAR * x) {
            pv_refute(&s->run, "allotments.csv", c->line, "at these prices the best basket of %.80s has %.9Lg of %.80s, not %.9Lg", s->person[person],
                      x / (pv_real)g->part, g->id, (pv_real)c->got / (pv_real)g->part);
        }
    }
}

/* Which goods have a market, and what is left of them. */
static void check_goods(pv_share *s)
{
    for (int32_t g = 0; g < s->goods; g++) {
        pv_scarce *good = &s->good[g];
        __int128 claims = 0, floors = 0, given = 0;
        if (good->rule != PV_POINTS) {
            continue;
        }
        good->level = NAN;
        for (int64_t k = good->first; k < good->first + good->n; k++) {
            const pv_claim *c = &s->claim[k];
            int64_t floor = c->floor < c->claim ? c->floor : c->claim;
            floors += floor;
            claims += c->taste > 0 ? c->claim : floor;
            given += c->got;
        }
        good->market = floors < good->supply;
        if (floors > good->supply) {
            pv_share_uniform(s, good);
        } else if ((claims <= good->supply) != (good->price == 0) || (!good->market && claims > good->supply) != isnan(good->price)) {
            pv_refute(&s->run, "prices.csv", good->line, "the price of %.80s: %s", good->id,
                      claims <= good->supply ? "there is enough for all claims, so it must be 0" : "claims exceed what there is");
        } else if (claims > good->supply && good->market && (double)(good->supply - given) > 1 + PV_WASTE * (double)good->supply) {
            pv_refute(&s->run, "allotments.csv", 0, "%.80s has a price, but some of it is left", good->id);
        }
        if (floors == good->supply) {
            for (int64_t k = good->first; k < good->first + good->n; k++) {
                pv_claim *c = &s->claim[k];
                c->should = c->floor < c->claim ? c->floor : c->claim;
            }
        }
    }
}

void pv_share_market(pv_share *s)
{
    int64_t longest = 0;
    check_goods(s);
    for (int32_t i = 0; i < s->people; i++) {
        longest = s->own[i + 1] - s->own[i] > longest ? s->own[i + 1] - s->own[i] : longest;
    }
    pv_item *item = pv_alloc(&s->run, (size_t)longest + 1, sizeof *item);
    pv_bend *bend = pv_alloc(&s->run, 2 * (size_t)longest + 1, sizeof *bend);
    for (int32_t g = 0; g < s->goods; g++) { /* one power for each good */
        pv_scarce *good = &s->good[g];
        good->offset = (pv_real)(pv_ticket(s->seed, good->id, "") >> 32) / 4294967296.0L;
        good->power = good->rule == PV_POINTS && good->market && good->price > 0 ? powl((pv_real)good->price / (pv_real)good->part, -(pv_real)s->substitution) : 0;
    }
    for (int32_t i = 0; i < s->people; i++) {
        int32_t n = 0;
        for (int64_t k = s->own[i]; k < s->own[i + 1]; k++) {
            pv_claim *c = &s->claim[s->by_person[k]];
            const pv_scarce *g = &s->good[c->good];
            pv_real claim = c->claim != PV_ANY ? (pv_real)c->claim : (pv_real)INFINITY, floor = (pv_real)c->floor < claim ? (pv_real)c->floor : claim;
            if (g->rule != PV_POINTS || !g->market) {
                continue;
            }
            claim = c->taste > 0 ? claim : floor;
            item[n++] = (pv_item){c, (pv_real)g->price / (pv_real)g->part, g->power * (pv_real)c->taste, g->price == 0 ? claim : floor, claim};
        }
        check_basket(s, i, item, n, bend);
    }
    pv_free(&s->run, item);
    pv_free(&s->run, bend);
}
