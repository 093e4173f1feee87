/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shares.c - the Method of Equal Shares (Peters, Pierczynski and Skowron 2021), exact, completed by raising the budget (Add1).
 *
 * All money is a whole number of 1/D hundredths, with one denominator D for all voters.  A project is paid by rho for each point
 * that it is given, up to what a voter has: rho = (cost - what the voters have who pay all) / points of the others.  So D grows by
 * a factor of at most these points with each project, and nothing is ever divided but by numbers of one word.
 *
 * Voters with the same money form a class: all begin in one, a purchase moves its supporters to new ones.  What a project would
 * cost per point only rises, so the last figure known is a lower bound, and few projects are looked at each time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ballot/big.h"
#include "ballot/stages.h"
#include "base/mem.h"

#define HUNDREDTHS 100
#define WIDE (PL_BIG_MAX + 4)
enum { NONE = -1 };

typedef struct support {
    int32_t row;
    int64_t points;
} support;

/* Supporters of one project with the same money and points. */
typedef struct group {
    int32_t class;
    int64_t points, papers;
    double each; /* money for each point, nearly: what decides whenever two differ by more than rounding */
} group;

/* What a project costs per point: rest / (points D). */
typedef struct offer {
    uint64_t rest[WIDE];
    uint64_t points;        /* of those who do not pay all they have */
    int64_t supporters, paying, empty;
    int64_t most_points;    /* the most points among those who do not pay all */
    int32_t n_empty;        /* the first groups pay all */
    uint64_t empty_most[WIDE]; /* the most that one of them pays */
} offer;

typedef struct sharing {
    const pl_ballots *b;
    const pl_shares_settings *set;
    pl_error *err;
    pl_shares *out;
    int32_t n;
    int64_t *begin;         /* supporters of project c: supporter[begin[c]] .. */
    support *supporter;
    /* one run */
    int32_t *class;         /* by row */
    int32_t *moved;         /* by class: where its supporters go, NONE = not yet known */
    int64_t *papers;        /* by class, scratch: papers of a project's supporters */
    uint64_t *money;        /* by class, w limbs each */
    double *near;           /* by class: its money, nearly, in hundredths; does not change with D */
    size_t cap_money, cap_class[3];
    int32_t n_classes;
    int w;                  /* limbs of every number; the top two are 0 */
    uint64_t D[WIDE];
    long double *bound;     /* by project: at least so much per unit of use */
    int32_t *queue;         /* projects by bound */
    bool *bought;
    group *group;
    size_t cap_group;
    int32_t n_groups;
    offer now, best;
    int64_t share, spent;   /* share: of each voter, 1/voters hundredths */
    pl_lots lots;
    int32_t *list;
    /* what was bought in this run and in the last one that was within the budget */
    int32_t *chosen, n_chosen;
} sharing;

static pl_status nomem(sharing *s)
{
    return pl_fail_nomem(s->err, "the count");
}

static uint64_t *money_of(sharing *s, int32_t class)
{
    return s->money + (size_t)class * (size_t)s->w;
}

/* How many units of use a point is: the cost, or one. */
static uint64_t use_of(const sharing *s, int32_t c)
{
    return s->set->by_number ? 1 : (uint64_t)s->out->cost[c];
}

/* ---- Supporters ---------------------------------------------------------------------------------------------------------- */

/* Turns the ballots round: for each project, who supports it. */
static pl_status find_supporters(sharing *s)
{
    const pl_ballots *b = s->b;
    size_t total = (size_t)b->start[b->n_rows];
    s->begin = PL_NEW0(int64_t, s->n + 2);
    s->supporter = PL_NEW(support, total);
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
            s->supporter[end[c]++] = (support){(int32_t)row, b->kind == PL_SCORED ? b->score[i] : 1};
            s->out->votes[c] += b->count[row];
        }
    }
    return PL_OK;
}

/* ---- Numbers ------------------------------------------------------------------------------------------------------------- */

/* Two more limbs for every number when the top ones fill up. */
static pl_status widen(sharing *s)
{
    int w = s->w;
    if (s->D[w - 2] == 0 && s->D[w - 1] == 0 && s->D[w - 3] >> 32 == 0) {
        return PL_OK;
    }
    if (w + 2 > PL_BIG_MAX) {
        return pl_fail(s->err, PL_TOOBIG, NULL, NULL, "the fractions of money become longer than %d digits", PL_BIG_MAX * 19);
    }
    size_t need = (size_t)s->n_classes * (size_t)(w + 2);
    if (!pl_grow(&s->money, &s->cap_money, need, sizeof *s->money, (size_t)1 << 34)) {
        return nomem(s);
    }
    for (int32_t k = s->n_classes - 1; k >= 0; k--) { /* from the top, each to its new place */
        pl_big_copy(s->money + (size_t)k * (size_t)(w + 2), w + 2, s->money + (size_t)k * (size_t)w, w);
    }
    memset(s->D + w, 0, 2 * sizeof *s->D);
    s->w = w + 2;
    return PL_OK;
}

/* a x x' against b y y'. */
static int compare_products(const uint64_t *a, uint64_t x, uint64_t x2, const uint64_t *b, uint64_t y, uint64_t y2, int w)
{
    uint64_t left[WIDE], right[WIDE];
    pl_big_copy(left, w + 2, a, w);
    pl_big_copy(right, w + 2, b, w);
    (void)pl_big_mul(left, w + 2, x);
    (void)pl_big_mul(left, w + 2, x2);
    (void)pl_big_mul(right, w + 2, y);
    (void)pl_big_mul(right, w + 2, y2);
    return pl_big_compare(left, right, w + 2);
}

static int32_t new_class(sharing *s, const uint64_t *money)
{
    size_t need = (size_t)s->n_classes + 1;
    if (!pl_grow(&s->money, &s->cap_money, need * (size_t)s->w, sizeof *s->money, (size_t)1 << 34) ||
        !pl_grow(&s->moved, &s->cap_class[0], need, sizeof *s->moved, INT32_MAX) ||
        !pl_grow(&s->papers, &s->cap_class[1], need, sizeof *s->papers, INT32_MAX) ||
        !pl_grow(&s->near, &s->cap_class[2], need, sizeof *s->near, INT32_MAX)) {
        return NONE;
    }
    int32_t k = s->n_classes++;
    memcpy(money_of(s, k), money, (size_t)s->w * sizeof *money);
    s->moved[k] = NONE;
    s->papers[k] = 0;
    s->near[k] = (double)(pl_big_real(money, s->w) / pl_big_real(s->D, s->w));
    return k;
}

/* ---- What a project would cost -------------------------------------------------------------------------------------------- */

static int by_class(const void *a, const void *b)
{
    const group *x = a, *y = b;
    return x->class != y->class ? (x->class > y->class) - (x->class < y->class) : (x->points > y->points) - (x->points < y->points);
}

static int by_money(const void *a, const void *b, void *sharing_)
{
    sharing *s = sharing_;
    const group *x = a, *y = b;
    double gap = x->each - y->each, room = 1e-13 * (x->each + y->each);
    if (gap > room || gap < -room) {
        return gap < 0 ? -1 : 1;
    }
    return compare_products(money_of(s, x->class), (uint64_t)y->points, 1, money_of(s, y->class), (uint64_t)x->points, 1, s->w);
}

/* The supporters of project c by class and points. */
static bool make_groups(sharing *s, int32_t c)
{
    int64_t from = s->begin[c], to = s->begin[c + 1];
    if (!pl_grow(&s->group, &s->cap_group, (size_t)(to - from) + 1, sizeof *s->group, (size_t)INT32_MAX)) {
        return false;
    }
    int32_t k = 0;
    if (s->b->kind == PL_SCORED) {
        for (int64_t i = from; i < to; i++) {
            const support *x = &s->supporter[i];
            s->group[k++] = (group){.class = s->class[x->row], .points = x->points, .papers = s->b->count[x->row]};
        }
        qsort(s->group, (size_t)k, sizeof *s->group, by_class);
        int32_t n = 0;
        for (int32_t i = 0; i < k; i++) {
            if (n > 0 && by_class(&s->group[n - 1], &s->group[i]) == 0) {
                s->group[n - 1].papers += s->group[i].papers;
            } else {
                s->group[n++] = s->group[i];
            }
        }
        k = n;
    } else {
        for (int64_t i = from; i < to; i++) {
            int32_t row = s->supporter[i].row, class = s->class[row];
            if (s->papers[class] == 0) {
                s->group[k++] = (group){.class = class, .points = 1};
            }
            s->papers[class] += s->b->count[row];
        }
        for (int32_t i = 0; i < k; i++) {
            s->group[i].papers = s->papers[s->group[i].class];
            s->papers[s->group[i].class] = 0;
        }
    }
    for (int32_t g = 0; g < k; g++) {
        s->group[g].each = s->near[s->group[g].class] / (double)s->group[g].points;
    }
    s->n_groups = k;
    qsort_r(s->group, (size_t)k, sizeof *s->group, by_money, s);
    return true;
}

/* Fills *o for project c; *can is false when its supporters do not have the money. */
static pl_status find_offer(sharing *s, int32_t c, offer *o, bool *can)
{
    int w = s->w;
    uint64_t have[WIDE], paid[WIDE];
    unsigned __int128 points = 0;
    if (!make_groups(s, c)) {
        return nomem(s);
    }
    *can = false;
    pl_big_set(have, w, 0);
    memcpy(o->rest, s->D, (size_t)w * sizeof *o->rest);
    (void)pl_big_mul(o->rest, w, (uint64_t)s->out->cost[c]);
    o->supporters = o->paying = o->empty = 0;
    o->n_empty = 0;
    for (int32_t g = 0; g < s->n_groups; g++) {
        const group *x = &s->group[g];
        (void)pl_big_add_mul(have, money_of(s, x->class), w, (uint64_t)x->papers);
        points += (unsigned __int128)x->papers * (uint64_t)x->points;
        o->supporters += x->papers;
    }
    if (points >> 63 != 0) {
        return pl_fail(s->err, PL_TOOBIG, NULL, NULL, "there are too many points in all");
    }
    if (pl_big_compare(have, o->rest, w) < 0 || pl_big_zero(have, w)) {
        return PL_OK;
    }
    *can = true;
    o->points = (uint64_t)points;
    long double D = pl_big_real(s->D, w);
    pl_big_set(o->empty_most, w, 0);
    for (int32_t g = 0; g < s->n_groups; g++, o->n_empty++) {
        const group *x = &s->group[g];
        const uint64_t *money = money_of(s, x->class);
        double rho = (double)(pl_big_real(o->rest, w) / D / (long double)o->points), gap = x->each - rho;
        bool near = fabs(gap) <= 1e-13 * rho; /* too near to tell without the whole numbers */
        if (near ? compare_products(money, o->points, 1, o->rest, (uint64_t)x->points, 1, w) >= 0 : gap > 0) {
            break; /* he, and all after him, have enough */
        }
        pl_big_set(paid, w, 0);
        (void)pl_big_add_mul(paid, money, w, (uint64_t)x->papers);
        pl_big_sub(o->rest, paid, w);
        o->points -= (uint64_t)x->papers * (uint64_t)x->points;
        o->empty += pl_big_zero(money, w) ? 0 : x->papers;
        if (pl_big_compare(money, o->empty_most, w) > 0) {
            memcpy(o->empty_most, money, (size_t)w * sizeof *money);
        }
    }
    o->most_points = 0;
    for (int32_t g = o->n_empty; g < s->n_groups; g++) {
        o->paying += s->group[g].papers;
        o->most_points = s->group[g].points > o->most_points ? s->group[g].points : o->most_points;
    }
    return PL_OK;
}

/* Rates of two projects: rest / (points use). */
static int compare_rates(const sharing *s, const offer *a, int32_t ca, const offer *b, int32_t cb)
{
    return compare_products(a->rest, b->points, use_of(s, cb), b->rest, a->points, use_of(s, ca), s->w);
}

static long double real_rate(const sharing *s, const offer *o, int32_t c)
{
    return pl_big_real(o->rest, s->w) / pl_big_real(s->D, s->w) / (long double)o->points / (long double)use_of(s, c);
}

/* ---- Buying ---------------------------------------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t c = a % b;
        a = b;
        b = c;
    }
    return a;
}

/* Where supporters of a class with so many points go: its group's number, looked up by class and points. */
static int32_t find_group(const sharing *s, int32_t class, int64_t points)
{
    int32_t low = 0, high = s->n_groups;
    group key = {.class = class, .points = points};
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (by_class(&s->group[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Lets the supporters of c pay: everything in units of the new D, each group a class of its own (or that of the empty). */
static pl_status pay(sharing *s, int32_t c, offer *o)
{
    int w = s->w;
    uint64_t common = gcd(o->points, pl_big_mod(o->rest, w, o->points)), factor = o->points / common, left[WIDE], price[WIDE];
    if (!make_groups(s, c)) {
        return nomem(s);
    }
    (void)pl_big_div(o->rest, w, common);
    (void)pl_big_mul(s->D, w, factor);
    for (int32_t k = 0; k < s->n_classes; k++) {
        (void)pl_big_mul(money_of(s, k), w, factor);
    }
    qsort(s->group, (size_t)s->n_groups, sizeof *s->group, by_class);
    for (int32_t g = 0; g < s->n_groups; g++) { /* papers now says where they go; class 0 is the empty one */
        memcpy(left, money_of(s, s->group[g].class), (size_t)w * sizeof *left);
        pl_big_set(price, w, 0);
        (void)pl_big_add_mul(price, o->rest, w, (uint64_t)s->group[g].points);
        int32_t to = 0;
        if (pl_big_compare(left, price, w) > 0) {
            pl_big_sub(left, price, w);
            to = new_class(s, left);
            if (to == NONE) {
                return nomem(s);
            }
        }
        s->group[g].papers = to;
    }
    for (int64_t i = s->begin[c]; i < s->begin[c + 1]; i++) {
        const support *x = &s->supporter[i];
        s->class[x->row] = (int32_t)s->group[find_group(s, s->class[x->row], x->points)].papers;
    }
    return widen(s);
}

/* Classes that nobody is in any more are given up, so that their number stays below that of the rows. */
static void tidy(sharing *s)
{
    if (s->n_classes < 64 || s->n_classes < s->b->n_rows / 4) {
        return;
    }
    for (int32_t k = 0; k < s->n_classes; k++) {
        s->moved[k] = NONE;
    }
    s->moved[0] = 0;
    int32_t n = 1;
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        s->moved[s->class[row]] = 0;
    }
    for (int32_t k = 1; k < s->n_classes; k++) {
        if (s->moved[k] != NONE) {
            memmove(money_of(s, n), money_of(s, k), (size_t)s->w * sizeof *s->money);
            s->near[n] = s->near[k];
            s->moved[k] = n++;
        }
    }
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        s->class[row] = s->moved[s->class[row]];
    }
    s->n_classes = n;
}

/* ---- Fractions for the transcript -------------------------------------------------------------------------------------------- */

/* numerator / denominator (w limbs each) in lowest terms, as text in the arena. */
static bool tell(sharing *s, const uint64_t *numerator, const uint64_t *denominator, int w, pl_fraction *out)
{
    pl_arena *arena = &s->out->store->arena;
    uint64_t a[WIDE], b[WIDE], x[WIDE], y[WIDE];
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
static bool tell_purchase(sharing *s, int32_t c, const offer *o, pl_purchase *p)
{
    int w = s->w + 2;
    uint64_t a[WIDE], b[WIDE], d[WIDE], most[WIDE];
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
    uint64_t paid[WIDE];
    pl_big_copy(paid, w, o->rest, s->w);
    (void)pl_big_mul(paid, w, (uint64_t)o->most_points);
    if (pl_big_compare(paid, most, w) > 0) {
        pl_big_copy(most, w, paid, w);
    }
    if (!tell(s, most, b, w, &p->most)) {
        return false;
    }
    (void)pl_big_mul(b, w, use_of(s, c));
    return tell(s, a, b, w, &p->rate);
}

/* ---- One run ------------------------------------------------------------------------------------------------------------------- */

static pl_status start_run(sharing *s)
{
    uint64_t money[WIDE];
    s->w = 4;
    s->n_classes = 0;
    s->n_chosen = 0;
    s->spent = 0;
    s->lots.draws = 0;
    pl_big_set(s->D, s->w, (uint64_t)s->out->voters);
    pl_big_set(money, s->w, 0);
    if (new_class(s, money) == NONE) {
        return nomem(s);
    }
    pl_big_set(money, s->w, (uint64_t)s->share);
    if (new_class(s, money) == NONE) {
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
static int prefer(const sharing *s, int32_t a, int32_t b)
{
    const pl_shares *o = s->out;
    if (o->cost[a] != o->cost[b]) {
        return o->cost[a] < o->cost[b] ? 1 : -1;
    }
    return o->votes[a] != o->votes[b] ? (o->votes[a] > o->votes[b] ? 1 : -1) : 0;
}

/* The project with the lowest rate into s->best; *c is NONE when none can be paid. */
static pl_status find_best(sharing *s, int32_t *c, pl_tie *tie)
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
        pl_status status = find_offer(s, next, &s->now, &can);
        if (status != PL_OK) {
            return status;
        }
        if (!can) {
            s->bought[next] = true; /* never again in this run: money only gets less */
            continue;
        }
        s->bound[next] = real_rate(s, &s->now, next) * (1 - 1e-12L);
        int order = n == 0 ? -1 : compare_rates(s, &s->now, next, &s->best, s->list[0]);
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
    return status == PL_OK ? find_offer(s, *c, &s->best, &can) : status;
}

/* One run of the method with s->share for each voter; with `purchases`, they are told there. */
static pl_status run(sharing *s, pl_purchase *purchases)
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
        status = pay(s, c, &s->best);
        tidy(s);
    }
    return status;
}

/* True when no project that anyone supports could still be paid out of what the budget has left. */
static bool exhaustive(const sharing *s)
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

static pl_status tell_left(sharing *s)
{
    int w = s->w;
    uint64_t sum[WIDE], d[WIDE];
    pl_big_set(sum, w + 2, 0);
    pl_big_copy(d, w + 2, s->D, w);
    (void)pl_big_mul(d, w + 2, s->out->seats ? (uint64_t)s->out->voters : 1);
    uint64_t one[WIDE];
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        pl_big_copy(one, w + 2, money_of(s, s->class[row]), w);
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
static pl_status complete(sharing *s)
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
static pl_status set_money(sharing *s)
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

static void sharing_free(sharing *s)
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

static pl_status prepare(sharing *s)
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
    sharing *s = PL_NEW0(sharing, 1);
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
    sharing_free(s);
    return status;
}

void pl_shares_free(pl_shares *shares)
{
    if (shares != NULL) {
        pl_count_store_free(shares->store);
    }
}
