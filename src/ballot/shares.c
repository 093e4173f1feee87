/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shares.c - the Method of Equal Shares (Peters, Pierczynski and Skowron 2021), exact, completed by raising the budget (Add1).
 *
 * What a project would cost per point only rises, so the last figure known is a lower bound, and few projects are looked at each time. */
#include "ballot/shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HUNDREDTHS 100
enum { NONE = -1 };

static pl_status nomem(pl_shares_run *s)
{
    return pl_fail_nomem(s->err, "the count");
}

/* ---- Supporters ---------------------------------------------------------------------------------------------------------- */

/* Turns the ballots round: for each project, who supports it. */
static pl_status find_supporters(pl_shares_run *s)
{
    const pl_ballots *b = s->b;
    size_t total = (size_t)b->start[b->n_rows];
    s->begin = PL_NEW0(int64_t, s->n + 2);
    s->supporter = PL_NEW(pl_shares_support, total);
    if (s->begin == NULL || s->supporter == NULL) {
        return nomem(s);
    }
    int64_t *end = s->begin + 1; /* where the next of each goes; in the end, where each ends */
    for (size_t i = 0; i < total; i++) {
        s->begin[(b->choice[i] & (PL_EQUAL_RANK - 1)) + 2]++;
    }
    for (int32_t c = 0; c < s->n; c++) {
        end[c + 1] += end[c];
    }
    for (int64_t row = 0; row < b->n_rows; row++) {
        for (int64_t i = b->start[row]; i < b->start[row + 1]; i++) {
            int32_t c = b->choice[i] & (int32_t)(PL_EQUAL_RANK - 1);
            s->supporter[end[c]++] = (pl_shares_support){(int32_t)row, b->kind == PL_SCORED ? b->score[i] : 1};
            s->out->votes[c] += b->count[row];
        }
    }
    return PL_OK;
}

/* ---- Fractions for the transcript -------------------------------------------------------------------------------------------- */

/* numerator / denominator (w limbs each) in lowest terms, as text in the arena. */
static bool tell(pl_shares_run *s, const uint64_t *numerator, const uint64_t *denominator, int w, pl_fraction *out)
{
    pl_arena *arena = &s->out->store->arena;
    uint64_t a[PL_SHARES_WIDE], b[PL_SHARES_WIDE], x[PL_SHARES_WIDE], y[PL_SHARES_WIDE];
    size_t size = (size_t)w * 20 + 2;
    char *above = PL_ARENA_NEW(arena, char, size), *below = PL_ARENA_NEW(arena, char, size);
    if (above == NULL || below == NULL) {
        return false;
    }
    pl_big_copy(a, w, numerator, w);
    pl_big_copy(b, w, denominator, w);
    if (pl_big_zero(a, w)) {
        pl_big_set(b, w, 1);
    } else {
        pl_big_copy(x, w, a, w);
        pl_big_copy(y, w, b, w);
        pl_big_gcd(x, y, w);
        pl_big_copy(y, w, x, w);
        pl_big_divide(a, x, w);
        pl_big_divide(b, y, w);
    }
    uint64_t cut = 0; /* floor(100000 a / b), bit by bit */
    pl_big_copy(x, w + 1, a, w);
    (void)pl_big_mul(x, w + 1, 100000);
    for (int bit = 62; bit >= 0; bit--) {
        pl_big_copy(y, w + 1, b, w);
        uint64_t over = pl_big_mul(y, w + 1, cut | 1ull << bit);
        cut |= over == 0 && pl_big_compare(y, x, w + 1) <= 0 ? 1ull << bit : 0;
    }
    pl_big_text(a, w, above, size);
    pl_big_text(b, w, below, size);
    *out = (pl_fraction){above, below, cut > (uint64_t)INT64_MAX - 1 ? INT64_MAX : (int64_t)cut};
    return true;
}

/* The unit of money that is told: hundredths; with seats, a seat is `voters` of them. */
static bool tell_purchase(pl_shares_run *s, int32_t c, const pl_shares_offer *o, pl_purchase *p)
{
    int w = s->w + 2;
    uint64_t a[PL_SHARES_WIDE], b[PL_SHARES_WIDE], d[PL_SHARES_WIDE], most[PL_SHARES_WIDE];
    uint64_t unit = s->out->seats ? (uint64_t)s->out->voters : 1;
    p->project = c;
    p->supporters = o->supporters;
    p->paying = o->paying;
    p->empty = o->empty;
    pl_big_copy(d, w, s->D, s->w);
    (void)pl_big_mul(d, w, unit);
    pl_big_copy(b, w, d, w);
    (void)pl_big_mul(b, w, o->points);
    pl_big_copy(a, w, o->rest, s->w);
    pl_big_copy(most, w, o->empty_most, s->w); /* in D; those who do not pay all may pay more */
    (void)pl_big_mul(most, w, o->points);
    uint64_t paid[PL_SHARES_WIDE];
    pl_big_copy(paid, w, o->rest, s->w);
    (void)pl_big_mul(paid, w, (uint64_t)o->most_points);
    if (pl_big_compare(paid, most, w) > 0) {
        pl_big_copy(most, w, paid, w);
    }
    if (!tell(s, most, b, w, &p->most)) {
        return false;
    }
    (void)pl_big_mul(b, w, pl_shares_use(s, c));
    return tell(s, a, b, w, &p->rate);
}

/* ---- One run ------------------------------------------------------------------------------------------------------------------- */

static pl_status start_run(pl_shares_run *s)
{
    uint64_t money[PL_SHARES_WIDE];
    s->w = 4;
    s->n_classes = 0;
    s->n_chosen = 0;
    s->spent = 0;
    s->lots.draws = 0;
    pl_big_set(s->D, s->w, (uint64_t)s->out->voters);
    pl_big_set(money, s->w, 0);
    if (pl_shares_class(s, money) == NONE) {
        return nomem(s);
    }
    pl_big_set(money, s->w, (uint64_t)s->share);
    if (pl_shares_class(s, money) == NONE) {
        return nomem(s);
    }
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        s->class[row] = 1;
    }
    for (int32_t c = 0; c < s->n; c++) {
        s->bought[c] = s->b->candidate[c].withdrawn || s->out->votes[c] == 0;
        s->bound[c] = 0;
    }
    return PL_OK;
}

/* Candidates for a tie: the same rate; then the lower cost, then more votes (equalshares.net). */
static int prefer(const pl_shares_run *s, int32_t a, int32_t b)
{
    const pl_shares *o = s->out;
    if (o->cost[a] != o->cost[b]) {
        return o->cost[a] < o->cost[b] ? 1 : -1;
    }
    return o->votes[a] != o->votes[b] ? (o->votes[a] > o->votes[b] ? 1 : -1) : 0;
}

/* The project with the lowest rate into s->best; *c is NONE when none can be paid. */
static pl_status find_best(pl_shares_run *s, int32_t *c, pl_tie *tie)
{
    int32_t n = 0;
    long double limit = INFINITY;
    *tie = (pl_tie){.how = PL_TIE_NONE};
    for (int32_t done = 0; done < s->n; done++) {
        int32_t next = NONE; /* of those not looked at, the one with the lowest bound; s->queue marks who was */
        for (int32_t k = 0; k < s->n; k++) {
            if (!s->bought[k] && s->queue[k] == 0 && (next == NONE || s->bound[k] < s->bound[next])) {
                next = k;
            }
        }
        if (next == NONE || s->bound[next] > limit) {
            break;
        }
        bool can;
        s->queue[next] = 1;
        pl_status status = pl_shares_find_offer(s, next, &s->now, &can);
        if (status != PL_OK) {
            return status;
        }
        if (!can) {
            s->bought[next] = true; /* never again in this run: money only gets less */
            continue;
        }
        s->bound[next] = pl_shares_rate(s, &s->now, next) * (1 - 1e-12L);
        int order = n == 0 ? -1 : pl_shares_compare(s, &s->now, next, &s->best, s->list[0]);
        int choice = order != 0 ? -order : prefer(s, next, s->list[0]);
        if (choice > 0) {
            n = 0;
        }
        if (choice >= 0) {
            if (n == 0) {
                s->best = s->now;
                limit = s->bound[next] * (1 + 1e-11L);
            }
            s->list[n++] = next;
        }
    }
    memset(s->queue, 0, (size_t)s->n * sizeof *s->queue);
    *c = n > 0 ? s->list[0] : NONE;
    if (n < 2) {
        return PL_OK;
    }
    for (int32_t i = 1; i < n; i++) { /* by number, so that the transcript does not depend on the way they were found */
        for (int32_t k = i; k > 0 && s->list[k] < s->list[k - 1]; k--) {
            int32_t other = s->list[k];
            s->list[k] = s->list[k - 1];
            s->list[k - 1] = other;
        }
    }
    pl_status status = pl_lot_draw(&s->lots, &s->out->store->arena, s->list, n, "which project is chosen", tie, c, s->err);
    bool can;
    return status == PL_OK ? pl_shares_find_offer(s, *c, &s->best, &can) : status;
}

/* One run of the method with s->share for each voter; with `purchases`, they are told there. */
static pl_status run(pl_shares_run *s, pl_purchase *purchases)
{
    pl_status status = start_run(s);
    while (status == PL_OK) {
        int32_t c;
        pl_tie tie;
        if (!pl_tick(&s->set->common.progress, "sharing", -1)) {
            return pl_fail(s->err, PL_STOPPED, NULL, NULL, "stopped");
        }
        status = find_best(s, &c, &tie);
        if (status != PL_OK || c == NONE) {
            break;
        }
        if (purchases != NULL) {
            purchases[s->n_chosen].tie = tie;
            if (!tell_purchase(s, c, &s->best, &purchases[s->n_chosen])) {
                return nomem(s);
            }
        }
        s->chosen[s->n_chosen++] = c;
        s->spent += s->out->cost[c];
        s->bought[c] = true;
        if (s->spent > s->out->budget) {
            break; /* a raise too many: the rest does not matter */
        }
        status = pl_shares_pay(s, c, &s->best);
    }
    return status;
}

/* True when no project that anyone supports could still be paid out of what the budget has left. */
static bool exhaustive(const pl_shares_run *s)
{
    for (int32_t c = 0; c < s->n; c++) {
        bool in = s->b->candidate[c].withdrawn || s->out->votes[c] == 0 || s->out->cost[c] > s->out->budget - s->spent;
        for (int32_t i = 0; i < s->n_chosen && !in; i++) {
            in = s->chosen[i] == c;
        }
        if (!in) {
            return false;
        }
    }
    return true;
}

static pl_status tell_left(pl_shares_run *s)
{
    int w = s->w;
    uint64_t sum[PL_SHARES_WIDE], d[PL_SHARES_WIDE];
    pl_big_set(sum, w + 2, 0);
    pl_big_copy(d, w + 2, s->D, w);
    (void)pl_big_mul(d, w + 2, s->out->seats ? (uint64_t)s->out->voters : 1);
    uint64_t one[PL_SHARES_WIDE];
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        pl_big_copy(one, w + 2, pl_shares_money(s, s->class[row]), w);
        (void)pl_big_add_mul(sum, one, w + 2, (uint64_t)s->b->count[row]);
    }
    pl_big_set(one, w + 2, 0); /* blank papers have all of their share: share / voters hundredths = share D / voters / D */
    pl_big_copy(one, w + 2, s->D, w);
    (void)pl_big_div(one, w + 2, (uint64_t)s->out->voters);
    (void)pl_big_mul(one, w + 2, (uint64_t)s->share);
    (void)pl_big_add_mul(sum, one, w + 2, (uint64_t)s->b->blank);
    return tell(s, sum, d, w + 2, &s->out->left) ? PL_OK : nomem(s);
}

/* Runs, raising the share as long as it helps, and tells the last run that is within the budget. */
static pl_status complete(pl_shares_run *s)
{
    pl_shares *o = s->out;
    int64_t step = o->unit;
    pl_status status;
    for (s->share = o->budget;; s->share += step) {
        status = run(s, NULL);
        if (status != PL_OK) {
            return status;
        }
        if (s->spent > o->budget) {
            o->stopped_by_money = true;
            s->share -= step;
            break;
        }
        o->raises = (s->share - o->budget) / step;
        if (s->set->completion == PL_COMPLETE_NONE || exhaustive(s)) {
            break;
        }
        if (s->share > PL_MONEY_MAX * 100) {
            return pl_fail(s->err, PL_NUMERIC, NULL, NULL, "raising the budget does not end");
        }
    }
    o->bought = PL_ARENA_NEW(&o->store->arena, pl_purchase, s->n);
    if (o->bought == NULL) {
        return nomem(s);
    }
    memset(o->bought, 0, (size_t)s->n * sizeof *o->bought);
    status = run(s, o->bought);
    o->n_bought = s->n_chosen;
    o->spent = s->spent;
    o->share_whole = s->share;
    return status == PL_OK ? tell_left(s) : status;
}

/* ---- The whole ------------------------------------------------------------------------------------------------------------------ */

static pl_shares *shares_new(const pl_ballots *b, const pl_shares_settings *set)
{
    pl_count_store *store = pl_count_store_new();
    if (store == NULL) {
        return NULL;
    }
    pl_arena *arena = &store->arena;
    size_t n = (size_t)b->n_candidates;
    pl_shares *o = PL_ARENA_NEW(arena, pl_shares, 1);
    int64_t *votes = PL_ARENA_NEW(arena, int64_t, n), *cost = PL_ARENA_NEW(arena, int64_t, n);
    const char *seed = set->common.seed != NULL ? pl_arena_text(arena, set->common.seed, strlen(set->common.seed)) : "";
    if (o == NULL || votes == NULL || cost == NULL || seed == NULL) {
        pl_count_store_free(store);
        return NULL;
    }
    memset(votes, 0, n * sizeof *votes);
    *o = (pl_shares){.n = b->n_candidates, .votes = votes, .cost = cost, .by_number = set->by_number, .seed = seed, .store = store,
                     .voters = b->papers + b->blank};
    return o;
}

/* Budget and costs: of money, or of seats. */
static pl_status set_money(pl_shares_run *s)
{
    pl_shares *o = s->out;
    const pl_shares_settings *set = s->set;
    int64_t budget = set->budget >= 0 ? set->budget : s->b->budget;
    if (o->voters == 0) {
        return pl_fail(s->err, PL_DATA, NULL, NULL, "there are no votes");
    }
    o->seats = set->common.seats > 0 || (budget < 0 && s->b->seats > 0);
    if (o->seats) {
        int32_t seats;
        pl_status status = pl_check_seats(s->b, &set->common, s->b->seats, &seats, s->err);
        if (status != PL_OK) {
            return status;
        }
        o->budget = seats * o->voters;
        o->unit = o->voters; /* so that the budget rises by one seat */
    } else {
        o->budget = budget;
        o->unit = HUNDREDTHS * o->voters;
    }
    if (o->budget < 0) {
        return pl_fail(s->err, PL_DATA, "budget", "say how much there is to spend (--budget N), or how many to elect (--seats N)",
                       "these ballots have no budget");
    }
    if (o->budget > PL_MONEY_MAX || o->unit > PL_MONEY_MAX) {
        return pl_fail(s->err, PL_TOOBIG, "budget", NULL, "the budget is out of range");
    }
    for (int32_t c = 0; c < s->n; c++) {
        o->cost[c] = o->seats ? o->voters : s->b->candidate[c].cost;
        if (o->cost[c] < 1 && !s->b->candidate[c].withdrawn) {
            return pl_fail(s->err, PL_DATA, "cost", "every project needs a cost above 0, or say --seats N",
                           "'%.60s' costs nothing, or nobody says what", pl_candidate_name(s->b, c));
        }
    }
    return PL_OK;
}

static void run_free(pl_shares_run *s)
{
    if (s == NULL) {
        return;
    }
    pl_free(s->begin);
    pl_free(s->supporter);
    pl_free(s->class);
    pl_free(s->moved);
    pl_free(s->papers);
    pl_free(s->near);
    pl_free(s->money);
    pl_free(s->bound);
    pl_free(s->queue);
    pl_free(s->bought);
    pl_free(s->group);
    pl_free(s->list);
    pl_free(s->chosen);
    pl_free(s);
}

static pl_status prepare(pl_shares_run *s)
{
    s->class = PL_NEW(int32_t, s->b->n_rows);
    s->bound = PL_NEW(long double, s->n);
    s->queue = PL_NEW0(int32_t, s->n);
    s->bought = PL_NEW(bool, s->n);
    s->list = PL_NEW(int32_t, s->n);
    s->chosen = PL_NEW(int32_t, s->n);
    if (s->class == NULL || s->bound == NULL || s->queue == NULL || s->bought == NULL || s->list == NULL || s->chosen == NULL) {
        return nomem(s);
    }
    pl_status status = set_money(s);
    return status == PL_OK ? find_supporters(s) : status;
}

pl_status pl_shares_find(const pl_ballots *ballots, const pl_shares_settings *settings, pl_shares **out, pl_error *err)
{
    *out = NULL;
    if (ballots->n_rows >= INT32_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "more than %d kinds of papers", INT32_MAX);
    }
    pl_shares_run *s = PL_NEW0(pl_shares_run, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "the count");
    }
    s->b = ballots;
    s->set = settings;
    s->err = err;
    s->n = ballots->n_candidates;
    s->lots = (pl_lots){.ballots = ballots, .seed = settings->common.seed};
    s->out = shares_new(ballots, settings);
    pl_status status = s->out != NULL ? prepare(s) : nomem(s);
    status = status == PL_OK ? complete(s) : status;
    if (status == PL_OK) {
        *out = s->out;
    } else {
        pl_shares_free(s->out);
    }
    run_free(s);
    return status;
}

void pl_shares_free(pl_shares *shares)
{
    if (shares != NULL) {
        pl_count_store_free(shares->store);
    }
}
