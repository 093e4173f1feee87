/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_turns.c - lotteries and lists of urgency again: everybody in their turn takes what they like best of what is left. */
#include <stdlib.h>
#include <string.h>

#include "verify/share.h"

typedef struct pv_turn {
    int64_t score;
    uint64_t ticket;
    int32_t person;
} pv_turn;

static int by_turn(const void *a, const void *b)
{
    const pv_turn *x = a, *y = b;
    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    if (x->ticket != y->ticket) {
        return x->ticket < y->ticket ? -1 : 1;
    }
    return (x->person > y->person) - (x->person < y->person);
}

/* The claim of person i on what is left that they like best; NULL: none. */
static pv_claim *best_of(const pv_share *s, int32_t i, const int64_t *left)
{
    pv_claim *best = NULL;
    for (int64_t k = s->own[i]; k < s->own[i + 1]; k++) {
        pv_claim *c = &s->claim[s->by_person[k]];
        if (left[c->good] > 0 && c->claim > 0 && (best == NULL || c->taste > best->taste)) {
            best = c;
        }
    }
    return best;
}

/* Do turns a to b - 1 claim more of a good than is left of it?  Then who gets it goes by lot. */
static bool is_contested(const pv_share *s, const pv_turn *turn, int32_t a, int32_t b, const int64_t *left, int64_t *claims)
{
    bool more = false;
    memset(claims, 0, (size_t)s->goods * sizeof *claims);
    for (; a < b; a++) {
        for (int64_t k = s->own[turn[a].person]; k < s->own[turn[a].person + 1]; k++) {
            const pv_claim *c = &s->claim[s->by_person[k]];
            more |= c->claim > 0 && left[c->good] > 0 && ++claims[c->good] > left[c->good];
        }
    }
    return more;
}

void pv_share_turns(pv_share *s, pv_scarce *g)
{
    pv_turn *turn = pv_alloc(&s->run, (size_t)s->people, sizeof *turn);
    int64_t *left = pv_alloc(&s->run, (size_t)s->goods, sizeof *left), *claims = pv_alloc(&s->run, (size_t)s->goods, sizeof *claims);
    const char *what = g->lot[0] != '\0' ? g->lot : PV_RULE[g->rule];
    int32_t n = 0, end = 0;
    bool by_lot = false;
    for (int32_t k = 0; k < s->goods; k++) {
        left[k] = s->good[k].rule == g->rule && strcmp(s->good[k].lot, g->lot) == 0 ? s->good[k].supply : -1;
        s->good[k].level = left[k] >= 0 ? NAN : s->good[k].level;
    }
    for (int32_t i = 0; i < s->people; i++) {
        if (best_of(s, i, left) != NULL) {
            turn[n++] = (pv_turn){g->rule == PV_URGENCY ? s->score[i] : 0, pv_ticket(s->seed, what, s->person[i]), i};
        }
    }
    qsort(turn, (size_t)n, sizeof *turn, by_turn);
    for (int32_t t = 0; t < n; t++) {
        if (t == end) { /* a new score */
            while (end < n && turn[end].score == turn[t].score) {
                end++;
            }
            by_lot = is_contested(s, turn, t, end, left, claims);
        }
        pv_claim *best = best_of(s, turn[t].person, left);
        if (best != NULL) {
            left[best->good]--;
            best->should = 1;
            s->good[best->good].drawn += by_lot;
        }
    }
    pv_free(&s->run, turn);
    pv_free(&s->run, left);
    pv_free(&s->run, claims);
}
