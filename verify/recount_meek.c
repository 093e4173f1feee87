/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_meek.c - Meek's method again (docs/methods/counting.md): in every iteration each kind of paper is shared out along its choices. */
#include <stdio.h>
#include <string.h>

#include "verify/count.h"

#define ONE 1000000000 /* a vote, in units of the count */
#define OMEGA 1000     /* 10^-6 */
#define ITERATIONS 1000000

typedef struct meek {
    pv_recount *r;
    int64_t *keep, surplus;
    int32_t hopeful;
} meek;

/* a * b / c, rounded up. */
static int64_t up(int64_t a, int64_t b, int64_t c)
{
    return (int64_t)(((__int128)a * b + c - 1) / c);
}

/* Of each paper, everyone on it keeps a part of what is left of it. */
static void share_out(meek *m)
{
    pv_recount *r = m->r;
    const pv_papers *p = &r->papers;
    int64_t sum = 0;
    memset(r->votes, 0, (size_t)r->n * sizeof *r->votes);
    for (int64_t row = 0; row < p->rows; row++) {
        int64_t left = ONE;
        for (int64_t i = p->start[row]; i < p->start[row + 1] && left > 0; i++) {
            int64_t kept = up(left, m->keep[p->choice[i]], ONE);
            r->votes[p->choice[i]] += kept * p->count[row];
            left -= kept;
        }
    }
    for (int32_t c = 0; c < r->n; c++) {
        sum += r->votes[c];
    }
    r->quota = sum / (r->seats + 1) + 1;
}

static bool has_quota(const pv_recount *r, int32_t c)
{
    return r->state[c] == PV_STANDING && r->votes[c] >= r->quota;
}

/* What all who are elected have above the quota; whether somebody is elected just now. */
static bool measure(meek *m)
{
    const pv_recount *r = m->r;
    bool any = false;
    m->surplus = 0;
    for (int32_t c = 0; c < r->n; c++) {
        m->surplus += r->state[c] == PV_ELECTED || has_quota(r, c) ? r->votes[c] - r->quota : 0;
        any = any || has_quota(r, c);
    }
    m->surplus = m->surplus > 0 ? m->surplus : 0;
    return any;
}

static void lower_keep(meek *m)
{
    const pv_recount *r = m->r;
    for (int32_t c = 0; c < r->n; c++) {
        if (r->state[c] == PV_ELECTED && r->votes[c] > 0) {
            m->keep[c] = up(up(m->keep[c], r->quota, ONE), ONE, r->votes[c]);
        }
    }
}

/* The figures of a stage as they are now. */
static void compare(meek *m, int64_t iterations)
{
    pv_recount *r = m->r;
    int32_t s = pv_recount_stage(r);
    pv_check_text(r, "what a stage does", pv_said_by(r, "stages[%d].action", s), "round");
    for (int32_t c = 0; c < r->n; c++) {
        char what[140];
        snprintf(what, sizeof what, "what %.100s keeps", r->name[c]);
        pv_check_votes(r, s, what, pv_said_by(r, "stages[%d].keep[%d]", s, c), m->keep[c]);
    }
    pv_check_votes(r, s, "the surplus", pv_said_by(r, "stages[%d].surplus", s), m->surplus);
    pv_check_whole(r, s, "the number of iterations", pv_said_by(r, "stages[%d].iterations", s), iterations);
}

/* Elects those who have the quota, or all who are left; most votes first. */
static void elect(meek *m, bool all)
{
    pv_recount *r = m->r;
    const int64_t *votes = r->history[r->stages - 1];
    for (;;) {
        int32_t next = PV_NOBODY;
        for (int32_t c = 0; c < r->n; c++) {
            bool may = all ? r->state[c] == PV_STANDING : has_quota(r, c);
            next = may && (next == PV_NOBODY || votes[c] > votes[next]) ? c : next;
        }
        if (next == PV_NOBODY) {
            break;
        }
        pv_elect(r, next, all);
        m->hopeful--;
    }
}

/* The lowest, ties being within the surplus: who had least in the stages before, then by lot. */
static void exclude(meek *m)
{
    pv_recount *r = m->r;
    int32_t s = r->stages - 1;
    int64_t low = INT64_MAX;
    bool *in = pv_alloc(r->run, (size_t)r->n, sizeof *in);
    for (int32_t c = 0; c < r->n; c++) {
        low = r->state[c] == PV_STANDING && r->votes[c] < low ? r->votes[c] : low;
    }
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = r->state[c] == PV_STANDING && r->votes[c] <= low + m->surplus;
    }
    int32_t last = pv_among_equals(r, in, s, false, s);
    pv_check_whole(r, s, "who is excluded", pv_said_by(r, "stages[%d].excluded", s), last + 1);
    r->state[last] = PV_OUT;
    m->keep[last] = 0;
    m->hopeful--;
    pv_free(r->run, in);
}

/* Until somebody is elected, or the surplus is shared out and somebody excluded. */
static void one_round(meek *m)
{
    int64_t before = 0;
    for (int64_t iterations = 1;; iterations++) {
        share_out(m);
        if (measure(m)) {
            compare(m, iterations);
            elect(m, false);
            return;
        }
        if (m->surplus < OMEGA || (iterations > 1 && m->surplus >= before)) {
            compare(m, iterations);
            exclude(m);
            return;
        }
        if (iterations == ITERATIONS) {
            pv_stop(m->r->run, PV_REFUTED, m->r->file, 0, 0, "stage %d does not end", m->r->stages + 1);
        }
        before = m->surplus;
        lower_keep(m);
    }
}

void pv_recount_meek(pv_recount *r)
{
    meek m = {.r = r, .keep = pv_alloc(r->run, (size_t)r->n, sizeof *m.keep)};
    const pv_papers *p = &r->papers;
    pv_recount_begin(r);
    r->one = ONE;
    for (int32_t c = 0; c < r->n; c++) {
        m.keep[c] = r->state[c] == PV_STANDING ? ONE : 0;
        m.hopeful += r->state[c] == PV_STANDING;
    }
    for (int64_t row = 0; row < p->rows; row++) {
        bool any = false;
        for (int64_t i = p->start[row]; i < p->start[row + 1]; i++) {
            any = any || r->state[p->choice[i]] == PV_STANDING;
        }
        r->valid += any ? p->count[row] : 0;
    }
    r->total = r->valid * ONE;
    pv_check_whole(r, 0, "the number of valid papers", pv_said_by(r, "ballots.valid"), r->valid);
    if (r->seats < 1 || r->valid == 0) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to count: no seats, or no valid papers");
    }
    while (r->elected < r->seats && r->elected + m.hopeful > r->seats) {
        one_round(&m);
    }
    if (r->elected < r->seats && r->stages == 0) { /* as many stand as there are seats, or fewer */
        share_out(&m);
        compare(&m, 0);
    }
    if (r->elected < r->seats) {
        elect(&m, true);
    }
    snprintf(r->found, sizeof r->found, "%lld valid papers, each shared out at every iteration, %d rounds", (long long)r->valid, r->stages);
    pv_recount_end(r);
}
