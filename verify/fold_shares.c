/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_shares.c - projects chosen by the Method of Equal Shares, completed by raising the budget (docs/methods/counting.md), voter by voter in fractions. */
#include <gmp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

typedef struct sharing {
    const pv_ballot *b;
    const pv_motion *m;
    char seed[65];
    mpq_t *money;                      /* by paper */
    mpq_ptr *purse;                    /* of the supporters of one project, the poorest first */
    mpq_t rest, rho, rate, best_rho, best_rate;
    int32_t bought[PV_CHOICES], n_bought, draws;
    int64_t spent;
} sharing;

static bool supports(const pv_paper *p, int32_t project)
{
    for (int i = 0; i < p->n; i++) {
        if (p->marks[i] == project) {
            return true;
        }
    }
    return false;
}

static int by_money(const void *a, const void *b)
{
    return mpq_cmp(*(mpq_ptr const *)a, *(mpq_ptr const *)b);
}

static size_t purses(const sharing *s, int32_t project)
{
    size_t n = 0;
    for (size_t i = 0; i < s->b->papers.n; i++) {
        if (supports(s->b->papers.at[i], project)) {
            s->purse[n++] = s->money[i];
        }
    }
    return n;
}

/* What each supporter pays at most (rho), and that for each unit of its cost (rate); false when they cannot pay it. */
static bool offer(sharing *s, int32_t project)
{
    size_t n = purses(s, project);
    qsort(s->purse, n, sizeof *s->purse, by_money);
    mpq_set_si(s->rest, s->m->cost[project], 1);
    for (size_t i = 0; i < n; i++) { /* the first i pay all that they have */
        mpq_set_ui(s->rate, n - i, 1);
        mpq_div(s->rho, s->rest, s->rate);
        if (mpq_cmp(s->rho, s->purse[i]) <= 0) {
            mpq_set_si(s->rate, s->m->cost[project], 1);
            mpq_div(s->rate, s->rho, s->rate);
            return true;
        }
        mpq_sub(s->rest, s->rest, s->purse[i]);
    }
    return false;
}

static bool is_bought(const sharing *s, int32_t project)
{
    for (int32_t i = 0; i < s->n_bought; i++) {
        if (s->bought[i] == project) {
            return true;
        }
    }
    return false;
}

/* The smallest rate; then the lower cost, more supporters, a lot.  -1: none can be paid. */
static int32_t next(sharing *s)
{
    bool in[PV_CHOICES] = {false};
    int32_t best = -1, equal = 0;
    for (int32_t c = 0; c < s->b->n_options; c++) {
        if (is_bought(s, c) || !offer(s, c)) {
            continue;
        }
        int less = best < 0 ? -1 : mpq_cmp(s->rate, s->best_rate);
        if (less == 0 && s->m->cost[c] != s->m->cost[best]) {
            less = s->m->cost[c] < s->m->cost[best] ? -1 : 1;
        }
        if (less == 0 && s->b->option[c].first != s->b->option[best].first) {
            less = s->b->option[c].first > s->b->option[best].first ? -1 : 1;
        }
        if (less < 0) {
            memset(in, 0, sizeof in);
            equal = 0;
            best = c;
            mpq_set(s->best_rate, s->rate);
            mpq_set(s->best_rho, s->rho);
        }
        in[c] = less <= 0;
        equal += less <= 0;
    }
    return equal > 1 ? pv_by_lot(s->b, s->seed, ++s->draws, in, (int32_t)s->b->n_options) : best;
}

static void run(sharing *s, int64_t raises)
{
    s->n_bought = s->draws = 0;
    s->spent = 0;
    for (size_t i = 0; i < s->b->papers.n; i++) {
        mpq_set_si(s->money[i], s->m->budget + raises * (int64_t)s->b->papers.n, s->b->papers.n);
        mpq_canonicalize(s->money[i]);
    }
    for (int32_t c; (c = next(s)) >= 0;) {
        s->bought[s->n_bought++] = c;
        s->spent += s->m->cost[c];
        if (s->spent > s->m->budget) {
            return;
        }
        size_t n = purses(s, c);
        for (size_t i = 0; i < n; i++) {
            mpq_sub(s->purse[i], s->purse[i], mpq_cmp(s->purse[i], s->best_rho) < 0 ? s->purse[i] : s->best_rho);
        }
    }
}

/* Nothing that anybody supports fits into what is left. */
static bool exhausted(const sharing *s)
{
    for (int32_t c = 0; c < s->b->n_options; c++) {
        if (!is_bought(s, c) && s->b->option[c].first > 0 && s->m->cost[c] <= s->m->budget - s->spent) {
            return false;
        }
    }
    return true;
}

int32_t pv_count_shares(pv_fold *c, const pv_ballot *b, int32_t winners[PV_OPTIONS])
{
    sharing *s = pv_new(c, sizeof *s);
    int64_t raises = 0;
    *s = (sharing){.b = b, .m = b->subject, .money = pv_alloc(c->run, b->papers.n, sizeof *s->money), .purse = pv_alloc(c->run, b->papers.n, sizeof *s->purse)};
    sodium_bin2hex(s->seed, sizeof s->seed, b->seed, 32);
    mpq_inits(s->rest, s->rho, s->rate, s->best_rho, s->best_rate, NULL);
    for (size_t i = 0; i < b->papers.n; i++) {
        mpq_init(s->money[i]);
    }
    for (run(s, 0); s->spent <= s->m->budget && !exhausted(s);) {
        run(s, ++raises);
    }
    if (s->spent > s->m->budget) { /* once too often */
        run(s, raises - 1);
    }
    int32_t n = s->n_bought;
    memcpy(winners, s->bought, (size_t)n * sizeof *winners);
    for (size_t i = 0; i < b->papers.n; i++) {
        mpq_clear(s->money[i]);
    }
    mpq_clears(s->rest, s->rho, s->rate, s->best_rho, s->best_rate, NULL);
    pv_free(c->run, s->money);
    pv_free(c->run, s->purse);
    return n;
}
