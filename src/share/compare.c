/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * compare.c - who would have lost: the wants of a period under each rule. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "share/share.h"

#define DRAWS 10
#define WORST 0.05
#define LOSING 0.85
#define SOMETHING 1e-3

static const char *const NAME[PL_COMPARED] = {"points", "proportional", "uniform", "coupon", "queue"};

const char *pl_compared_id(pl_compared rule)
{
    return NAME[rule];
}

typedef struct work {
    const pl_sharing *s;
    const pl_compare_settings *set;
    pl_error *err;
    pl_rng rng;
    int32_t n;            /* people who want something; they are those of the market */
    int64_t *start, n_wants;
    int32_t *want, *order, *person;
    double *all;          /* by good: what is wanted */
    double *cost, *supply, *price;
    double *taste, *full, *got; /* by want */
    double *points, *before; /* by person: points, money at plan cost; use of all that is wanted */
    bool *scarce;
    double *use[PL_COMPARED]; /* by draw and person */
    double claims, nothing[PL_COMPARED], stock, used[PL_COMPARED];
    int64_t *claim, *part;    /* of one good */
    int64_t *of_good, *first; /* wants by good: of_good[first[g]] .. */
    int32_t *owner;           /* by want */
    int32_t *weight, *points_of; /* points by person, and of those who want one good */
    int64_t *arrival;         /* by person; NULL: not said */
    pl_market m;
} work;

static pl_status nomem(const work *w)
{
    return pl_fail_nomem(w->err, "the comparison");
}

/* ---- Before ------------------------------------------------------------------------------------------------------------------------------- */

static bool counts(const pl_sharing *s, int64_t k)
{
    return s->amount[k] > 0 && s->amount[k] != PL_SHARE_ANY;
}

static pl_status reserve(work *w, int draws)
{
    const pl_sharing *s = w->s;
    size_t goods = (size_t)s->n_goods, people = (size_t)s->n_people, wants = (size_t)s->n_wants;
    w->start = PL_NEW0(int64_t, people + 1);
    w->want = PL_NEW(int32_t, wants);
    w->order = PL_NEW(int32_t, people);
    w->person = PL_NEW(int32_t, people);
    w->weight = PL_NEW(int32_t, people);
    w->all = PL_NEW0(double, 4 * goods);
    w->taste = PL_NEW(double, 3 * wants);
    w->points = PL_NEW(double, 2 * people);
    w->scarce = PL_NEW0(bool, goods);
    w->claim = PL_NEW(int64_t, people);
    w->of_good = PL_NEW(int64_t, wants);
    w->first = PL_NEW0(int64_t, goods + 2);
    w->owner = PL_NEW(int32_t, wants);
    w->points_of = PL_NEW(int32_t, people);
    w->arrival = s->arrival != NULL ? PL_NEW(int64_t, people) : NULL;
    w->part = PL_NEW(int64_t, people);
    bool fine = w->start != NULL && w->want != NULL && w->order != NULL && w->person != NULL && w->weight != NULL && w->all != NULL && w->taste != NULL &&
                w->points != NULL && w->scarce != NULL && w->claim != NULL && w->part != NULL && w->of_good != NULL && w->first != NULL &&
                w->owner != NULL && w->points_of != NULL && (s->arrival == NULL || w->arrival != NULL);
    for (int r = 0; r < PL_COMPARED && fine; r++) {
        w->use[r] = PL_NEW(double, people * (size_t)draws);
        fine = w->use[r] != NULL;
    }
    if (!fine) {
        return nomem(w);
    }
    w->cost = w->all + goods;
    w->supply = w->cost + goods;
    w->price = w->supply + goods;
    w->full = w->taste + wants;
    w->got = w->full + wants;
    w->before = w->points + people;
    return PL_OK;
}

/* Those who want something; tastes such that all that they want is the best basket at plan cost. */
static void build(work *w, double substitution)
{
    const pl_sharing *s = w->s;
    for (int32_t g = 0; g < s->n_goods; g++) {
        w->cost[g] = isnan(s->good[g].cost) ? 1 : s->good[g].cost;
    }
    for (int32_t i = 0; i < s->n_people; i++) {
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            if (counts(s, k)) {
                int32_t g = s->want[k];
                double x = (double)s->amount[k] / (double)s->good[g].part;
                w->want[w->n_wants] = g;
                w->full[w->n_wants] = x;
                w->owner[w->n_wants] = w->n;
                w->taste[w->n_wants++] = x * pow(w->cost[g], substitution);
                w->all[g] += x;
                w->first[g + 2]++;
                if (w->arrival != NULL && (w->n_wants == w->start[w->n] + 1 || s->arrival[k] < w->arrival[w->n])) {
                    w->arrival[w->n] = s->arrival[k];
                }
            }
        }
        if (w->n_wants > w->start[w->n]) {
            w->person[w->n] = i;
            w->points[w->n] = (double)s->points[i] / PL_SHARE_POINT;
            w->weight[w->n] = s->points[i];
            w->start[++w->n] = w->n_wants;
        }
    }
    for (int32_t g = 0; g < s->n_goods; g++) {
        w->first[g + 2] += w->first[g + 1];
    }
    for (int64_t k = 0; k < w->n_wants; k++) {
        w->of_good[w->first[w->want[k] + 1]++] = k;
    }
    w->m = (pl_market){w->n, s->n_goods, w->start, w->want, w->taste, NULL, NULL, w->points, w->supply, substitution, 0, 0};
    for (int32_t i = 0; i < w->n; i++) {
        w->before[i] = pl_market_utility(&w->m, i, w->full + w->start[i]);
        w->order[i] = i;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Draws goods, each as likely as it weighs in all that is wanted, without putting back (Efraimidis and Spirakis 2006): those with the largest log(u) / weight. */
static void draw_shock(work *w)
{
    double *key = w->price; /* not yet in use */
    int32_t n = w->m.n_goods, wanted = 0;
    double *sorted = w->supply;
    for (int32_t g = 0; g < n; g++) {
        key[g] = w->all[g] > 0 ? log(1 - pl_rng_unit(&w->rng)) / (w->all[g] * w->cost[g]) : -INFINITY;
        wanted += w->all[g] > 0;
        sorted[g] = key[g];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    double least = sorted[n - (w->set->shock < wanted ? w->set->shock : wanted)];
    for (int32_t g = 0; g < n; g++) {
        w->supply[g] = w->all[g] * (key[g] >= least && w->all[g] > 0 ? 1 - w->set->cut : 1);
    }
}

/* The supply of a draw: of the sharing, or all that is wanted but for some goods that lose a part. */
static pl_status draw_supply(work *w)
{
    const pl_sharing *s = w->s;
    int32_t scarce = 0;
    if (w->set->shock > 0) {
        draw_shock(w);
    }
    for (int32_t g = 0; g < s->n_goods; g++) {
        w->supply[g] = w->set->shock > 0 ? w->supply[g] : (double)s->good[g].supply / (double)s->good[g].part;
        w->scarce[g] = w->supply[g] < w->all[g];
        scarce += w->scarce[g];
    }
    return scarce > 0 ? PL_OK
                      : pl_fail(w->err, PL_DATA, "supply.csv", "say --shock N --cut PART to try a shortage", "there is enough of every good: nobody would have lost");
}

/* ---- The rules ------------------------------------------------------------------------------------------------------------------------------- */

static pl_status by_points(work *w)
{
    pl_clearing c;
    pl_market m = w->m;
    double *p = w->price;
    for (int32_t g = 0; g < m.n_goods; g++) {
        p[g] = 1;
    }
    return pl_market_clear(&m, w->set->threads, &w->set->progress, p, w->got, &c, w->err);
}

/* A scarce good by the uniform rule. */
static pl_status by_level(work *w, int32_t g)
{
    double part = (double)w->s->good[g].part;
    int64_t from = w->first[g], n = w->first[g + 1] - from;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = w->of_good[from + i];
        w->claim[i] = (int64_t)(w->full[k] * part);
        w->points_of[i] = w->weight[w->owner[k]];
    }
    pl_claims c = {n, w->claim, NULL, w->points_of, (int64_t)(w->supply[g] * part), NULL, NULL};
    pl_uniform u;
    pl_status status = pl_uniform_rule(&c, w->part, &u, w->err);
    for (int64_t i = 0; i < n && status == PL_OK; i++) {
        w->got[w->of_good[from + i]] = (double)w->part[i] / part;
    }
    return status;
}

/* What each gets of scarce goods by themselves; of the others all that they want. */
static pl_status by_good(work *w, pl_compared rule)
{
    double points = 0;
    for (int32_t i = 0; i < w->n; i++) {
        points += w->points[i];
    }
    for (int64_t k = 0; k < w->n_wants; k++) {
        int32_t g = w->want[k];
        double share = rule == PL_COMPARE_PROPORTION ? w->full[k] * w->supply[g] / w->all[g] : w->supply[g] * w->points[w->owner[k]] / points;
        w->got[k] = !w->scarce[g] ? w->full[k] : fmin(w->full[k], share);
    }
    pl_status status = PL_OK;
    for (int32_t g = 0; g < w->m.n_goods && rule == PL_COMPARE_UNIFORM && status == PL_OK; g++) {
        status = w->scarce[g] ? by_level(w, g) : PL_OK;
    }
    return status;
}

/* Those who come at the same moment stand as chance has put them. */
static int by_arrival(const void *a, const void *b, void *user)
{
    const work *w = user;
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    int c = (w->arrival[x] > w->arrival[y]) - (w->arrival[x] < w->arrival[y]);
    return c != 0 ? c : (w->points_of[x] > w->points_of[y]) - (w->points_of[x] < w->points_of[y]);
}

/* Everybody has the money for all that they want, and comes at the moment that is said, or that chance decides. */
static pl_status by_queue(work *w)
{
    double *money = PL_NEW0(double, w->n);
    if (money == NULL) {
        return nomem(w);
    }
    for (int32_t i = w->n - 1; i > 0; i--) {
        int32_t j = (int32_t)pl_rng_below(&w->rng, (uint64_t)i + 1), k = w->order[i];
        w->order[i] = w->order[j];
        w->order[j] = k;
    }
    for (int32_t i = 0; i < w->n && w->arrival != NULL; i++) {
        w->points_of[w->order[i]] = i; /* scratch: where chance has put them */
    }
    if (w->arrival != NULL) {
        qsort_r(w->order, (size_t)w->n, sizeof *w->order, by_arrival, w);
    }
    for (int32_t i = 0; i < w->n; i++) {
        for (int64_t k = w->start[i]; k < w->start[i + 1]; k++) {
            money[i] += w->full[k] * w->cost[w->want[k]];
        }
    }
    pl_market m = w->m;
    m.points = money;
    pl_status status = pl_market_queue(&m, w->cost, w->order, w->got, w->err);
    pl_free(money);
    return status;
}

/* ---- Who lost ---------------------------------------------------------------------------------------------------------------------------------- */

static void count_losses(work *w, pl_compared rule, double *use)
{
    for (int32_t i = 0; i < w->n; i++) {
        use[i] = pl_market_utility(&w->m, i, w->got + w->start[i]) / w->before[i];
    }
    for (int64_t k = 0; k < w->n_wants; k++) {
        int32_t g = w->want[k];
        w->claims += w->scarce[g] && rule == 0;
        w->nothing[rule] += w->scarce[g] && w->got[k] < SOMETHING * w->full[k];
        w->used[rule] += w->scarce[g] ? w->got[k] * w->cost[g] : 0;
    }
    for (int32_t g = 0; g < w->m.n_goods && rule == 0; g++) {
        w->stock += w->scarce[g] ? w->supply[g] * w->cost[g] : 0;
    }
}

static void sum_up(const work *w, pl_compared rule, int draws, pl_compared_loss *out)
{
    size_t n = (size_t)w->n * (size_t)draws;
    double sum = 0, losing = 0;
    qsort(w->use[rule], n, sizeof *w->use[rule], by_size);
    for (size_t i = 0; i < n; i++) {
        sum += w->use[rule][i];
        losing += w->use[rule][i] < LOSING;
    }
    *out = (pl_compared_loss){sum / (double)n, w->use[rule][(size_t)((double)n * WORST)], w->use[rule][0], losing / (double)n, w->nothing[rule] / w->claims,
                              w->used[rule] / w->stock};
}

static pl_status run_draw(work *w, int draw)
{
    pl_status status = draw_supply(w);
    for (int r = 0; r < PL_COMPARED && status == PL_OK; r++) {
        status = r == PL_COMPARE_POINTS ? by_points(w) : r == PL_COMPARE_QUEUE ? by_queue(w) : by_good(w, (pl_compared)r);
        if (status == PL_OK) {
            count_losses(w, (pl_compared)r, w->use[r] + (size_t)draw * (size_t)w->n);
        }
    }
    return status;
}

pl_status pl_share_compare(const pl_sharing *s, const pl_compare_settings *set, pl_compared_loss loss[PL_COMPARED], pl_error *err)
{
    work w = {.s = s, .set = set, .err = err};
    int draws = set->draws > 0 ? set->draws : DRAWS;
    pl_share_key key;
    uint64_t seed = 0;
    pl_share_key_make(set->seed != NULL ? set->seed : "", "compare", &key);
    for (int k = 0; k < 8; k++) {
        seed = seed << 8 | key.byte[k];
    }
    pl_rng_seed(&w.rng, seed);
    pl_status status = reserve(&w, draws);
    if (status == PL_OK) {
        build(&w, set->substitution > 0 ? set->substitution : s->substitution);
        status = w.n > 0 ? PL_OK : pl_fail(err, PL_DATA, "wants.csv", "write the amounts of a past period", "no amount is wanted");
    }
    for (int k = 0; k < draws && status == PL_OK; k++) {
        status = run_draw(&w, k);
    }
    for (int r = 0; r < PL_COMPARED && status == PL_OK; r++) {
        sum_up(&w, (pl_compared)r, draws, &loss[r]);
    }
    void *const memory[] = {w.start, w.want, w.order, w.person, w.weight, w.all, w.taste, w.points, w.scarce, w.claim, w.part,
                            w.of_good, w.first, w.owner, w.points_of, w.arrival};
    for (size_t k = 0; k < sizeof memory / sizeof *memory; k++) {
        pl_free(memory[k]);
    }
    for (int r = 0; r < PL_COMPARED; r++) {
        pl_free(w.use[r]);
    }
    return status;
}
