/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_count.c - the papers of a ballot of a record, counted by the rules of count.h: there is no transcript, what comes of it is all that is wanted. */
#include <sodium.h>
#include <string.h>

#include "verify/count.h"
#include "verify/fold.h"

/* The choices of all papers, one after the other. */
static void take_papers(pv_run *run, const pv_ballot *b, pv_papers *p)
{
    size_t marks = 0, rows = b->papers.n;
    for (size_t i = 0; i < rows; i++) {
        marks += ((const pv_paper *)b->papers.at[i])->n;
    }
    p->count = pv_alloc(run, rows, sizeof *p->count);
    p->start = pv_alloc(run, rows + 1, sizeof *p->start);
    p->choice = pv_alloc(run, marks, sizeof *p->choice);
    p->equal = pv_alloc(run, marks, sizeof *p->equal);
    for (size_t i = 0; i < rows; i++) {
        const pv_paper *paper = b->papers.at[i];
        int64_t at = p->start[p->rows];
        if (paper->n == 0) {
            p->blank++;
            continue;
        }
        for (int k = 0; k < paper->n; k++, at++) {
            p->choice[at] = (int16_t)paper->marks[k];
            p->equal[at] = paper->equal != NULL && paper->equal[k];
        }
        p->count[p->rows++] = 1;
        p->start[p->rows] = at;
        p->papers++;
    }
}

static pv_recount begin(pv_run *run, const pv_ballot *b)
{
    size_t n = (size_t)b->n_options;
    char *seed = pv_alloc(run, 65, 1);
    pv_recount r = {.run = run, .n = (int32_t)b->n_options, .seats = (int32_t)b->seats, .seed = sodium_bin2hex(seed, 65, b->seed, 32)};
    r.name = pv_alloc(run, n, sizeof *r.name);
    r.out = pv_alloc(run, n, sizeof *r.out);
    for (size_t i = 0; i < n; i++) {
        r.name[i] = b->option[i].name;
        r.out[i] = b->option[i].out;
    }
    take_papers(run, b, &r.papers);
    return r;
}

/* What a motion's projects cost, and what there is for them: hundredths. */
static void take_costs(pv_run *run, const pv_ballot *b, pv_papers *p)
{
    const pv_motion *m = b->subject;
    p->projects = true;
    p->kind = PV_APPROVED;
    p->budget = 100 * m->budget;
    p->cost = pv_alloc(run, (size_t)b->n_options, sizeof *p->cost);
    for (int64_t i = 0; i < b->n_options; i++) {
        p->cost[i] = 100 * m->cost[i];
    }
}

int32_t pv_count(pv_fold *c, const pv_ballot *b, int32_t winners[PV_OPTIONS])
{
    const struct pv_block *mark = c->run->blocks;
    pv_recount r = begin(c->run, b);
    if (b->rule == PV_SHARES) {
        take_costs(c->run, b, &r.papers);
        pv_recount_shares(&r);
    } else if (b->rule == PV_SCHULZE) {
        pv_recount_schulze(&r);
    } else {
        pv_recount_scottish(&r);
    }
    if (r.elected > 0) {
        memcpy(winners, r.winner, (size_t)r.elected * sizeof *winners);
    }
    pv_run_release(c->run, mark);
    return r.elected;
}

int32_t pv_count_back(pv_fold *c, const pv_ballot *b, int32_t left, bool stands[PV_OPTIONS])
{
    const struct pv_block *mark = c->run->blocks;
    pv_recount r = begin(c->run, b);
    r.left = left;
    r.of_seats = r.seats;
    r.stands = stands;
    r.seats = 1;
    pv_recount_countback(&r);
    int32_t won = r.elected > 0 ? r.winner[0] : PV_NOBODY;
    pv_run_release(c->run, mark);
    return won;
}
