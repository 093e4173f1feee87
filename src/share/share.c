/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * share.c - each good by its rule. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "share/share.h"

typedef struct work {
    const pl_sharing *s;
    pl_shared *out;
    const pl_share_settings *set;
    pl_error *err;
    int32_t *person;   /* by want */
    int64_t *of_good;  /* wants by good: of_good[first[g]] .. */
    int64_t *first;
} work;

static pl_status nomem(const work *w)
{
    return pl_fail_nomem(w->err, "sharing");
}

static pl_status index_wants(work *w)
{
    const pl_sharing *s = w->s;
    w->person = PL_NEW(int32_t, s->n_wants);
    w->of_good = PL_NEW(int64_t, s->n_wants);
    w->first = PL_NEW0(int64_t, (size_t)s->n_goods + 2);
    if (w->person == NULL || w->of_good == NULL || w->first == NULL) {
        return nomem(w);
    }
    for (int64_t k = 0; k < s->n_wants; k++) {
        w->first[s->want[k] + 2]++;
    }
    for (int32_t g = 0; g < s->n_goods; g++) {
        w->first[g + 2] += w->first[g + 1];
    }
    for (int32_t i = 0; i < s->n_people; i++) {
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            w->person[k] = i;
            w->of_good[w->first[s->want[k] + 1]++] = k;
        }
    }
    return PL_OK;
}

pl_status pl_share_no_seed(const char *what, pl_error *err)
{
    return pl_fail(err, PL_DATA, what, "agree in public how a seed will arise, make it when the wants are closed, and give it with --seed",
                   "there are fewer whole pieces than are claimed: a lot decides, and there is no seed");
}

/* ---- One good by the uniform rule ---------------------------------------------------------------------------------------------------- */

typedef struct drawing {
    const work *w;
    const int64_t *want; /* of the claimants */
    pl_share_key key;
} drawing;

static uint64_t ticket_of(const void *user, int64_t i)
{
    const drawing *d = user;
    const char *name = d->w->s->person[d->w->person[d->want[i]]];
    return pl_share_ticket(&d->key, name, strlen(name));
}

static pl_status by_uniform(const work *w, int32_t g)
{
    const pl_sharing *s = w->s;
    const pl_share_good *good = &s->good[g];
    pl_share_outcome *o = &w->out->outcome[g];
    int64_t n = w->first[g + 1] - w->first[g];
    drawing d = {.w = w, .want = w->of_good + w->first[g]};
    int64_t *claim = PL_NEW(int64_t, n), *floor = s->floor != NULL ? PL_NEW(int64_t, n) : NULL, *got = PL_NEW(int64_t, n);
    int32_t *points = PL_NEW(int32_t, n);
    pl_status status = claim == NULL || (s->floor != NULL && floor == NULL) || got == NULL || points == NULL ? nomem(w) : PL_OK;
    pl_share_key_make(w->out->seed, good->id, &d.key);
    for (int64_t i = 0; i < n && status == PL_OK; i++) {
        claim[i] = s->amount[d.want[i]];
        points[i] = s->points[w->person[d.want[i]]];
        if (floor != NULL) {
            floor[i] = s->floor[d.want[i]];
        }
    }
    pl_claims c = {n, claim, floor, points, good->supply, ticket_of, &d};
    pl_uniform u = {0};
    status = status == PL_OK ? pl_uniform_rule(&c, got, &u, w->err) : status;
    if (status == PL_OK && u.left_over > 0 && good->part == 1 && w->set->seed == NULL) {
        status = pl_share_no_seed(good->id, w->err);
    }
    for (int64_t i = 0; i < n && status == PL_OK; i++) {
        w->out->got[d.want[i]] = got[i];
    }
    o->floors_short = u.floors_short;
    o->drawn = u.left_over;
    o->level = u.enough ? NAN : (double)u.level / (double)u.of * PL_SHARE_POINT / (double)good->part;
    pl_free(claim);
    pl_free(floor);
    pl_free(got);
    pl_free(points);
    return status;
}

/* ---- Whole pieces, one to each, in an order --------------------------------------------------------------------------------------------- */

typedef struct turn {
    int64_t score; /* higher first */
    uint64_t ticket;
    int32_t person;
} turn;

static int by_turn(const void *a, const void *b)
{
    const turn *x = a, *y = b;
    int c = (x->score < y->score) - (x->score > y->score);
    c = c != 0 ? c : (x->ticket > y->ticket) - (x->ticket < y->ticket);
    return c != 0 ? c : (x->person > y->person) - (x->person < y->person);
}

static bool of_lot(const pl_sharing *s, int32_t g, const pl_share_good *like)
{
    return s->good[g].rule == like->rule && strcmp(s->good[g].lot, like->lot) == 0;
}

static double taste_of(const pl_sharing *s, int64_t k)
{
    return s->taste != NULL ? s->taste[k] : 1;
}

/* The want of person i that they like best of those of this lot of which something is left; -1: none. */
static int64_t choose(const work *w, int32_t i, const pl_share_good *like, const int64_t *left)
{
    const pl_sharing *s = w->s;
    int64_t best = -1;
    for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
        int32_t g = s->want[k];
        if (s->amount[k] > 0 && left[g] > 0 && of_lot(s, g, like) && (best < 0 || taste_of(s, k) > taste_of(s, best))) {
            best = k;
        }
    }
    return best;
}

/* Do those of one score, order[0 .. n - 1], want more of something than is left?  count: zeros, by good, and again at the end. */
static bool contested(const work *w, const turn *order, int32_t n, const pl_share_good *like, const int64_t *left, int32_t *count)
{
    const pl_sharing *s = w->s;
    bool more = false;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < n; i++) {
            for (int64_t k = s->start[order[i].person]; k < s->start[order[i].person + 1]; k++) {
                int32_t g = s->want[k];
                if (s->amount[k] > 0 && left[g] > 0 && of_lot(s, g, like)) {
                    count[g] = pass == 0 ? count[g] + 1 : 0;
                    more |= count[g] > left[g];
                }
            }
        }
    }
    return more;
}

/* Those of one score take, in the order of their tickets. */
static pl_status take_turns(const work *w, const turn *order, int32_t n, const pl_share_good *like, int64_t *left, int32_t *count)
{
    bool by_lot = contested(w, order, n, like, left, count);
    if (by_lot && w->set->seed == NULL) {
        return pl_share_no_seed(like->id, w->err);
    }
    for (int32_t i = 0; i < n; i++) {
        int64_t k = choose(w, order[i].person, like, left);
        if (k >= 0) {
            left[w->s->want[k]]--;
            w->out->got[k] = 1;
            w->out->outcome[w->s->want[k]].drawn += by_lot;
        }
    }
    return PL_OK;
}

/* A whole lot: all goods that are alternatives to this one. */
static pl_status by_turns(const work *w, const pl_share_good *like)
{
    const pl_sharing *s = w->s;
    turn *order = PL_NEW(turn, s->n_people);
    int64_t *left = PL_NEW(int64_t, s->n_goods);
    int32_t *count = PL_NEW0(int32_t, s->n_goods), n = 0;
    pl_share_key key;
    pl_status status = order == NULL || left == NULL || count == NULL ? nomem(w) : PL_OK;
    pl_share_key_make(w->out->seed, like->lot[0] != '\0' ? like->lot : pl_share_rule_id(like->rule), &key);
    for (int32_t g = 0; g < s->n_goods && status == PL_OK; g++) {
        left[g] = s->good[g].supply;
    }
    for (int32_t i = 0; i < s->n_people && status == PL_OK; i++) {
        if (choose(w, i, like, left) >= 0) {
            order[n++] = (turn){like->rule == PL_RULE_URGENCY ? s->score[i] : 0, pl_share_ticket(&key, s->person[i], strlen(s->person[i])), i};
        }
    }
    if (status == PL_OK) {
        qsort(order, (size_t)n, sizeof *order, by_turn);
    }
    for (int32_t i = 0, end; i < n && status == PL_OK; i = end) {
        for (end = i + 1; end < n && order[end].score == order[i].score; end++) {
        }
        status = take_turns(w, order + i, end - i, like, left, count);
    }
    pl_free(order);
    pl_free(left);
    pl_free(count);
    return status;
}

/* ---- All --------------------------------------------------------------------------------------------------------------------------------- */

static void count_outcomes(const work *w)
{
    const pl_sharing *s = w->s;
    for (int64_t k = 0; k < s->n_wants; k++) {
        const pl_share_good *g = &s->good[s->want[k]];
        pl_share_outcome *o = &w->out->outcome[s->want[k]];
        int64_t claim = s->amount[k] < g->supply ? s->amount[k] : g->supply;
        o->claimed = o->claimed > PL_SHARE_ANY - claim ? PL_SHARE_ANY : o->claimed + claim;
        o->given += w->out->got[k];
        o->capped += w->out->got[k] < s->amount[k];
        o->nothing += s->amount[k] > 0 && w->out->got[k] == 0;
    }
}

/* Are the floors of the good alone more than there is? */
static bool floors_short(const work *w, int32_t g)
{
    const pl_sharing *s = w->s;
    __int128 sum = 0;
    for (int64_t j = w->first[g]; s->floor != NULL && j < w->first[g + 1]; j++) {
        int64_t k = w->of_good[j];
        sum += s->floor[k] < s->amount[k] ? s->floor[k] : s->amount[k];
    }
    return sum > s->good[g].supply;
}

static pl_status share_all(work *w)
{
    const pl_sharing *s = w->s;
    pl_status status = index_wants(w);
    bool market = false;
    for (int32_t g = 0; g < s->n_goods && status == PL_OK; g++) {
        const pl_share_good *good = &s->good[g];
        bool begun = false; /* a lot is drawn with the first of its goods */
        for (int32_t h = 0; h < g && good->rule >= PL_RULE_LOTTERY && !begun; h++) {
            begun = of_lot(s, h, good);
        }
        w->out->outcome[g].level = w->out->outcome[g].price = NAN;
        if (good->rule == PL_RULE_UNIFORM || (good->rule == PL_RULE_POINTS && floors_short(w, g))) {
            status = by_uniform(w, g);
        } else if (good->rule == PL_RULE_POINTS) {
            market = true;
        } else if (!begun) {
            status = by_turns(w, good);
        }
        if (status == PL_OK && !pl_tick(&w->set->progress, "sharing", (double)(g + 1) / s->n_goods)) {
            status = pl_fail(w->err, PL_STOPPED, NULL, NULL, "stopped");
        }
    }
    status = status == PL_OK && market ? pl_share_points(s, w->set, w->out, w->err) : status;
    if (status == PL_OK) {
        count_outcomes(w);
    }
    return status;
}

pl_status pl_share(const pl_sharing *s, const pl_share_settings *set, pl_shared **out, pl_error *err)
{
    work w = {.s = s, .set = set, .err = err};
    const char *seed = set->seed != NULL ? set->seed : "";
    *out = NULL;
    w.out = PL_NEW0(pl_shared, 1);
    if (w.out == NULL || (w.out->store = PL_NEW0(struct pl_shared_store, 1)) == NULL) {
        pl_free(w.out);
        return nomem(&w);
    }
    pl_arena_init(&w.out->store->arena, 0);
    w.out->seed = pl_arena_text(&w.out->store->arena, seed, strlen(seed));
    w.out->got = PL_NEW0(int64_t, s->n_wants);
    w.out->outcome = PL_NEW0(pl_share_outcome, s->n_goods);
    pl_status status = w.out->seed == NULL || w.out->got == NULL || w.out->outcome == NULL ? nomem(&w) : share_all(&w);
    pl_free(w.person);
    pl_free(w.of_good);
    pl_free(w.first);
    if (status != PL_OK) {
        pl_shared_free(w.out);
        return status;
    }
    *out = w.out;
    return PL_OK;
}

void pl_shared_free(pl_shared *shared)
{
    if (shared != NULL) {
        pl_free(shared->got);
        pl_free(shared->outcome);
        pl_arena_clear(&shared->store->arena);
        pl_free(shared->store);
        pl_free(shared);
    }
}
