/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * uniform.c - the uniform rule in whole numbers.
 *
 * F(c) = sum of clamp(points c, low, high), low = min(floor, claim), high = claim, grows with c along pieces of straight lines; its corners are low / points and
 * high / points.  The level is where F is the supply.  Corners are fractions of whole numbers; a corner near the middle of those left, F at it, and
 * all claimants without a corner on the side where the level lies are settled: about half of them each time. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "share/share.h"

typedef __int128 wide;
#define CLAIMS_MAX ((int64_t)UINT32_MAX)
#define SAMPLE 31

typedef struct corner { /* a level: up / down; down 0 = above all levels */
    int64_t up, down;
} corner;

typedef struct work {
    const pl_claims *c;
    bool floors;        /* the floors are what is claimed */
    uint32_t *active;   /* claimants with a corner between `low` and `high` */
    int64_t n;
    corner low, high;
    wide settled;       /* parts of claimants who get the same at all these levels */
    int64_t slope;      /* points of those who rise with the level */
} work;

static inline int64_t most(const work *w, int64_t i) /* what i may get at most */
{
    int64_t claim = w->c->claim[i] <= w->c->supply ? w->c->claim[i] : w->c->supply + 1; /* so that sums stay small */
    return w->floors && w->c->floor[i] < claim ? w->c->floor[i] : claim;
}

static inline int64_t least(const work *w, int64_t i)
{
    if (w->floors || w->c->floor == NULL) {
        return 0;
    }
    int64_t claim = w->c->claim[i] <= w->c->supply ? w->c->claim[i] : w->c->supply + 1;
    return w->c->floor[i] < claim ? w->c->floor[i] : claim;
}

static inline int64_t points(const work *w, int64_t i)
{
    return w->c->points != NULL ? w->c->points[i] : PL_SHARE_POINT;
}

/* Is amount / points at or below the level? */
static inline bool at_most(int64_t amount, int64_t of, corner level)
{
    return level.down == 0 || (wide)amount * level.down <= (wide)level.up * of;
}

static inline bool at_least(int64_t amount, int64_t of, corner level)
{
    return level.down != 0 && (wide)amount * level.down >= (wide)level.up * of;
}

static int by_level(const void *a, const void *b)
{
    const corner *x = a, *y = b;
    wide l = (wide)x->up * y->down, r = (wide)y->up * x->down;
    return (l > r) - (l < r);
}

/* The middle one of some corners that lie between low and high. */
static corner choose(const work *w, pl_rng *rng)
{
    corner found[2 * SAMPLE];
    int n = 0;
    for (int k = 0; k < SAMPLE; k++) {
        int64_t i = w->active[pl_rng_below(rng, (uint64_t)w->n)];
        corner lower = {least(w, i), points(w, i)}, upper = {most(w, i), points(w, i)};
        if (!at_most(lower.up, lower.down, w->low)) {
            found[n++] = lower;
        }
        if (!at_least(upper.up, upper.down, w->high)) {
            found[n++] = upper;
        }
    }
    qsort(found, (size_t)n, sizeof *found, by_level);
    return found[n / 2];
}

/* Is F at that level no more than the supply? */
static bool affordable(const work *w, corner level)
{
    wide sum = w->settled, slope = w->slope;
    for (int64_t k = 0; k < w->n; k++) {
        int64_t i = w->active[k], high = most(w, i), low = least(w, i), of = points(w, i);
        if (at_most(high, of, level)) {
            sum += high;
        } else if (at_least(low, of, level)) {
            sum += low;
        } else {
            slope += of;
        }
    }
    return sum * level.down + slope * level.up <= (wide)w->c->supply * level.down;
}

static void settle(work *w)
{
    int64_t n = 0;
    for (int64_t k = 0; k < w->n; k++) {
        int64_t i = w->active[k], high = most(w, i), low = least(w, i), of = points(w, i);
        if (at_most(high, of, w->low)) {
            w->settled += high;
        } else if (at_least(low, of, w->high)) {
            w->settled += low;
        } else if (at_most(low, of, w->low) && at_least(high, of, w->high)) {
            w->slope += of;
        } else {
            w->active[n++] = (uint32_t)i;
        }
    }
    w->n = n;
}

/* The level at which all is given away; there is one. */
static void find_level(work *w)
{
    pl_rng rng;
    pl_rng_seed(&rng, 1);
    while (w->n > 0) {
        corner level = choose(w, &rng);
        if (affordable(w, level)) {
            w->low = level;
        } else {
            w->high = level;
        }
        settle(w);
    }
}

/* ---- Tickets ---------------------------------------------------------------------------------------------------------------------- */

typedef struct ticket {
    uint64_t number;
    int64_t who;
} ticket;

static inline bool before(const ticket *a, const ticket *b)
{
    return a->number != b->number ? a->number < b->number : a->who < b->who;
}

static void swap(ticket *a, ticket *b)
{
    ticket t = *a;
    *a = *b;
    *b = t;
}

/* Puts the k least of n in front (Hoare's selection with a middle of three). */
static void select_least(ticket *t, int64_t n, int64_t k)
{
    int64_t from = 0, to = n - 1;
    while (from < to) {
        int64_t middle = from + (to - from) / 2, i = from, j = to;
        if (before(&t[middle], &t[from])) {
            swap(&t[middle], &t[from]);
        }
        if (before(&t[to], &t[from])) {
            swap(&t[to], &t[from]);
        }
        if (before(&t[to], &t[middle])) {
            swap(&t[to], &t[middle]);
        }
        ticket pivot = t[middle];
        while (i <= j) {
            while (before(&t[i], &pivot)) {
                i++;
            }
            while (before(&pivot, &t[j])) {
                j--;
            }
            if (i <= j) {
                swap(&t[i++], &t[j--]);
            }
        }
        if (k <= j) {
            to = j;
        } else if (k >= i) {
            from = i;
        } else {
            return;
        }
    }
}

/* One part more for those with the least tickets among whom a part of a part was cut off. */
static pl_status give_rest(const work *w, const corner *level, int64_t rest, int64_t *got, pl_error *err)
{
    int64_t n = 0, i;
    for (i = 0; i < w->c->n; i++) {
        n += got[i] < most(w, i) && (wide)got[i] * level->down < (wide)level->up * points(w, i);
    }
    ticket *t = PL_NEW(ticket, n);
    if (t == NULL) {
        return pl_fail_nomem(err, "drawing lots");
    }
    for (i = 0, n = 0; i < w->c->n; i++) {
        if (got[i] < most(w, i) && (wide)got[i] * level->down < (wide)level->up * points(w, i)) {
            t[n++] = (ticket){w->c->ticket != NULL ? w->c->ticket(w->c->user, i) : 0, i};
        }
    }
    if (rest < n) {
        select_least(t, n, rest);
    }
    for (int64_t k = 0; k < rest; k++) {
        got[t[k].who]++;
    }
    pl_free(t);
    return PL_OK;
}

/* ---- The rule ----------------------------------------------------------------------------------------------------------------------- */

static pl_status check(const pl_claims *c, pl_error *err)
{
    if (c->n > CLAIMS_MAX) {
        return pl_fail(err, PL_TOOBIG, "claims", NULL, "there are more than %lld claims", (long long)CLAIMS_MAX);
    }
    if (c->supply < 0 || c->supply > PL_SHARE_PARTS_MAX) {
        return pl_fail(err, PL_DATA, "supply", NULL, "the supply is out of range");
    }
    for (int64_t i = 0; i < c->n; i++) {
        if (c->claim[i] < 0 || (c->floor != NULL && c->floor[i] < 0) ||
            (c->points != NULL && (c->points[i] < 1 || c->points[i] > PL_SHARE_POINTS_MAX))) {
            return pl_fail(err, PL_DATA, "claims", "claims and floors are 0 or more, points above 0", "claimant %lld has a claim, a floor or points out of range",
                           (long long)i);
        }
    }
    return PL_OK;
}

static pl_status by_level_of(work *w, int64_t *got, pl_uniform *out, pl_error *err)
{
    const pl_claims *c = w->c;
    w->active = PL_NEW(uint32_t, c->n);
    if (w->active == NULL) {
        return pl_fail_nomem(err, "the uniform rule");
    }
    w->low = (corner){0, 1};
    w->high = (corner){1, 0};
    for (int64_t i = 0; i < c->n; i++) {
        if (most(w, i) > least(w, i)) {
            w->active[w->n++] = (uint32_t)i;
        } else {
            w->settled += most(w, i);
        }
    }
    find_level(w);
    pl_free(w->active);
    corner level = {c->supply - (int64_t)w->settled, w->slope};
    int64_t whole = (int64_t)((wide)level.up * PL_SHARE_POINT / level.down), given = 0;
    for (int64_t i = 0; i < c->n; i++) {
        int64_t high = most(w, i), low = least(w, i);
        int64_t share = c->points == NULL ? whole : (int64_t)((wide)level.up * c->points[i] / level.down);
        share = share > low ? share : low;
        got[i] = share < high ? share : high;
        given += got[i];
    }
    out->level = level.up;
    out->of = level.down;
    out->left_over = c->supply - given;
    return out->left_over > 0 ? give_rest(w, &level, out->left_over, got, err) : PL_OK;
}

pl_status pl_uniform_rule(const pl_claims *c, int64_t *got, pl_uniform *out, pl_error *err)
{
    work w = {.c = c};
    wide claims = 0, floors = 0;
    *out = (pl_uniform){.of = 1};
    pl_status status = check(c, err);
    for (int64_t i = 0; i < c->n && status == PL_OK; i++) {
        claims += most(&w, i);
        floors += least(&w, i);
    }
    if (status != PL_OK) {
        return status;
    }
    out->enough = claims <= c->supply;
    out->floors_short = floors > c->supply;
    out->floors = floors < PL_SHARE_ANY ? (int64_t)floors : PL_SHARE_ANY;
    if (out->enough) {
        for (int64_t i = 0; i < c->n; i++) {
            got[i] = most(&w, i);
        }
    } else {
        w.floors = out->floors_short;
        status = by_level_of(&w, got, out, err);
    }
    for (int64_t i = 0; i < c->n && status == PL_OK; i++) {
        out->given += got[i];
        out->capped += got[i] < c->claim[i];
    }
    return status;
}
