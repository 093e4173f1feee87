/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_scottish.c - Scottish STV and countback again, paper by paper: each kind of paper has a holder and a value, and each stage goes over all of them. */
#include <stdio.h>
#include <string.h>

#include "verify/count.h"

#define ONE 100000 /* a vote, in units of the count */

/* ---- Papers --------------------------------------------------------------------------------------------------------------------- */

/* Gives row `row` to the next standing candidate from `position` on; false when there is none. */
static bool give(pv_recount *r, int64_t row, int64_t position)
{
    const pv_papers *p = &r->papers;
    for (int64_t i = p->start[row] + position; i < p->start[row + 1]; i++) {
        if (r->state[p->choice[i]] == PV_STANDING) {
            r->holder[row] = p->choice[i];
            r->position[row] = i - p->start[row];
            r->votes[p->choice[i]] += p->count[row] * r->value[row];
            return true;
        }
    }
    r->holder[row] = PV_NOBODY;
    return false;
}

/* All papers of candidate c go on; of a surplus, at value * surplus / votes, cut to 5 decimals. */
static void pass_on(pv_recount *r, int32_t c, bool surplus, int64_t *moved, int64_t *stuck)
{
    int64_t votes = r->votes[c], extra = votes - r->quota;
    r->votes[c] = surplus ? r->quota : 0;
    for (int64_t row = 0; row < r->papers.rows; row++) {
        if (r->holder[row] == c) {
            if (surplus) {
                r->value[row] = (int64_t)((__int128)r->value[row] * extra / votes);
            }
            *(give(r, row, r->position[row] + 1) ? moved : stuck) += r->papers.count[row];
        }
    }
}

/* ---- Stages ------------------------------------------------------------------------------------------------------------------------- */

/* Of those marked, the one with most (fewest) votes. */
static int32_t pick(pv_recount *r, bool *in, bool most)
{
    int64_t best = most ? INT64_MIN : INT64_MAX;
    for (int32_t c = 0; c < r->n; c++) {
        best = in[c] && (most ? r->votes[c] > best : r->votes[c] < best) ? r->votes[c] : best;
    }
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = in[c] && r->votes[c] == best;
    }
    return pv_among_equals(r, in, r->stages, most, r->stages);
}

static int32_t standing(const pv_recount *r)
{
    int32_t n = 0;
    for (int32_t c = 0; c < r->n; c++) {
        n += r->state[c] == PV_STANDING;
    }
    return n;
}

/* Who has the quota is elected, most votes first; then all who are left, if there are no more than seats. */
static void elect(pv_recount *r)
{
    for (int last = 0; last < 2; last++) {
        bool all = last == 1 && standing(r) <= r->seats - r->elected;
        for (;;) {
            int32_t next = PV_NOBODY;
            for (int32_t c = 0; c < r->n; c++) {
                bool may = r->state[c] == PV_STANDING && (last == 1 ? all : r->votes[c] >= r->quota);
                next = may && (next == PV_NOBODY || r->votes[c] > r->votes[next]) ? c : next;
            }
            if (next == PV_NOBODY || r->elected == r->seats) {
                break;
            }
            pv_elect(r, next, all);
        }
    }
}

/* The next stage must be the same act, on the same candidate. */
static void compare_act(pv_recount *r, const char *action, int32_t who)
{
    int32_t s = r->stages;
    const pv_json *v = pv_said_by(r, "stages[%d].action", s);
    if (r->said != NULL && (v == NULL || strcmp(v->text, action) != 0)) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\"%s%.80s, the transcript says \"%.40s\"", s + 1, action, who >= 0 ? " of " : "",
                who >= 0 ? r->name[who] : "", v != NULL ? v->text : "nothing");
    }
    if (r->said != NULL && who >= 0) {
        int64_t named = pv_said_whole(r, pv_said_by(r, "stages[%d].candidate", s), "the candidate of a stage", r->n);
        if (named != who + 1) {
            pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\" of %.80s, the transcript says %.80s", s + 1, action, r->name[who],
                    named > 0 ? r->name[named - 1] : "nobody");
        }
    }
}

static void compare_papers(pv_recount *r, int32_t s, int64_t moved, int64_t stuck)
{
    pv_check_whole(r, s, "the number of papers moved", pv_said_by(r, "stages[%d].papers_moved", s), moved);
    pv_check_whole(r, s, "the number of papers stuck", pv_said_by(r, "stages[%d].papers_stuck", s), stuck);
}

static void first_stage(pv_recount *r)
{
    r->one = ONE;
    pv_recount_begin(r);
    for (int64_t row = 0; row < r->papers.rows; row++) {
        r->value[row] = ONE;
        r->valid += give(r, row, 0) ? r->papers.count[row] : 0;
    }
    if (r->seats < 1 || r->valid == 0) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to count: no seats, or no valid papers");
    }
    r->total = r->valid * ONE;
    r->quota = (r->valid / (r->seats + 1) + 1) * ONE;
    compare_act(r, "first", PV_NOBODY);
    compare_papers(r, pv_recount_stage(r), r->valid, 0);
}

/* The papers of that one go on: a surplus, or all of somebody who is excluded. */
static void transfer(pv_recount *r, int32_t who, bool surplus)
{
    int64_t moved = 0, stuck = 0, extra = r->votes[who] - r->quota;
    compare_act(r, surplus ? "surplus" : "exclude", who);
    if (surplus) {
        pv_check_votes(r, r->stages, "the surplus", pv_said_by(r, "stages[%d].surplus", r->stages), extra);
    } else {
        r->state[who] = PV_OUT;
    }
    pass_on(r, who, surplus, &moved, &stuck);
    compare_papers(r, r->stages, moved, stuck);
}

static void next_stage(pv_recount *r, bool *in)
{
    bool surplus = false;
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = r->state[c] == PV_ELECTED && r->votes[c] > r->quota;
        surplus |= in[c];
    }
    for (int32_t c = 0; c < r->n && !surplus; c++) {
        in[c] = r->state[c] == PV_STANDING;
    }
    if (!surplus && standing(r) == 0) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "nobody is left for the last seats");
    }
    transfer(r, pick(r, in, surplus), surplus);
    (void)pv_recount_stage(r);
}

/* To the end, or to the stage at which `until` is elected. */
static void count(pv_recount *r, int32_t until)
{
    bool *in = pv_alloc(r->run, (size_t)r->n, sizeof *in);
    first_stage(r);
    elect(r);
    while (r->elected < r->seats && !(until != PV_NOBODY && r->state[until] == PV_ELECTED)) {
        next_stage(r, in);
        elect(r);
    }
}

void pv_recount_scottish(pv_recount *r)
{
    count(r, PV_NOBODY);
    snprintf(r->found, sizeof r->found, "%lld valid papers, paper by paper, %d stages, quota %lld", (long long)r->valid, r->stages, (long long)(r->quota / ONE));
    pv_recount_end(r);
}

/* ---- Countback ---------------------------------------------------------------------------------------------------------------------- */

/* The count that elected them all, to the end or to the stage at which `until` was; nothing of it is in the transcript. */
static pv_recount *count_before(const pv_recount *r, int32_t until)
{
    pv_recount *before = pv_alloc(r->run, 1, sizeof *before);
    *before = *r;
    before->said = NULL;
    before->seats = r->of_seats;
    count(before, until);
    return before;
}

/* The papers that elected who left go to the first who stands, at the values that made up the quota. */
static void hand_over(pv_recount *r, const pv_recount *old)
{
    int64_t votes = old->votes[r->left], moved = 0, stuck = 0;
    for (int64_t row = 0; row < r->papers.rows; row++) {
        if (old->holder[row] != r->left) {
            r->holder[row] = PV_NOBODY;
            continue;
        }
        r->value[row] = votes > old->quota ? (int64_t)((__int128)old->value[row] * old->quota / votes) : old->value[row];
        r->valid += r->papers.count[row];
        r->total += r->papers.count[row] * r->value[row];
        *(give(r, row, 0) ? &moved : &stuck) += r->papers.count[row];
    }
    compare_act(r, "first", PV_NOBODY);
    compare_papers(r, 0, moved, stuck);
}

/* A stage is done: elected is who has more than half of what is not lost, or is the only one left. */
static void elect_one(pv_recount *r)
{
    int32_t best = PV_NOBODY, equal = 0;
    int64_t sum = 0;
    for (int32_t c = 0; c < r->n; c++) {
        bool stands = r->state[c] == PV_STANDING;
        sum += r->votes[c];
        equal = stands && (best == PV_NOBODY || r->votes[c] > r->votes[best]) ? 1 : equal + (stands && r->votes[c] == r->votes[best]);
        best = stands && (best == PV_NOBODY || r->votes[c] > r->votes[best]) ? c : best;
    }
    r->quota = sum / 2 + 1;
    (void)pv_recount_stage(r);
    if (equal == 1 && (r->votes[best] >= r->quota || standing(r) == 1)) {
        pv_elect(r, best, r->votes[best] < r->quota);
    }
}

void pv_recount_countback(pv_recount *r)
{
    const pv_recount *whole = count_before(r, PV_NOBODY), *old = count_before(r, r->left);
    bool *in = pv_alloc(r->run, (size_t)r->n, sizeof *in);
    pv_recount_begin(r);
    r->one = ONE;
    r->draws = whole->draws;
    for (int32_t c = 0; c < r->n; c++) {
        bool may = r->stands[c] && whole->state[c] != PV_ELECTED && !r->out[c];
        if (r->said != NULL && r->stands[c] && !may) {
            pv_refute(r->run, r->file, 0, "%.80s cannot stand for the seat", r->name[c]);
        }
        r->state[c] = may ? PV_STANDING : PV_OUT;
    }
    if (whole->state[r->left] != PV_ELECTED || standing(r) == 0) {
        if (r->said != NULL) {
            pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to count: %.80s was not elected, or nobody stands", r->name[r->left]);
        }
        return;
    }
    hand_over(r, old);
    for (elect_one(r); r->elected == 0; elect_one(r)) {
        for (int32_t c = 0; c < r->n; c++) {
            in[c] = r->state[c] == PV_STANDING;
        }
        transfer(r, pick(r, in, false), false);
    }
    snprintf(r->found, sizeof r->found, "%lld papers that elected %.40s, paper by paper, %d stages", (long long)r->valid, r->name[r->left], r->stages);
    pv_recount_end(r);
}
