/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_tally.c - approval, and yes or no, again (docs/methods/counting.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "verify/count.h"

/* All who did not withdraw, most votes first; equals as they are numbered. */
static int32_t *put_in_order(pv_recount *r, int32_t *n)
{
    int32_t *order = pv_alloc(r->run, (size_t)r->n, sizeof *order), k = 0;
    bool *done = pv_alloc(r->run, (size_t)r->n, sizeof *done);
    for (;;) {
        int32_t next = PV_NOBODY;
        for (int32_t c = 0; c < r->n; c++) {
            next = !done[c] && !r->out[c] && (next == PV_NOBODY || r->votes[c] > r->votes[next]) ? c : next;
        }
        if (next == PV_NOBODY) {
            break;
        }
        done[next] = true;
        order[k++] = next;
    }
    pv_free(r->run, done);
    *n = k;
    return order;
}

static void compare_transcript(pv_recount *r, const int32_t *order, int32_t n)
{
    pv_check_whole(r, PV_NO_STAGE, "the number of valid papers", pv_said_by(r, "ballots.valid"), r->valid);
    pv_check_winners(r);
    pv_check_list(r, PV_NO_STAGE, "order", order, n);
    pv_check_tie_told(r);
    for (int32_t c = 0; c < r->n; c++) {
        char what[120];
        snprintf(what, sizeof what, "what %.80s has", r->name[c]);
        pv_check_whole(r, PV_NO_STAGE, what, pv_said_by(r, "votes[%d]", c), r->votes[c]);
    }
}

/* Everybody on a paper gets a vote; the seats go to those with the most, equals at the last seat by lot. */
void pv_recount_approval(pv_recount *r)
{
    const pv_papers *p = &r->papers;
    int32_t n, begin = 0;
    pv_recount_begin(r);
    for (int64_t row = 0; row < p->rows; row++) {
        for (int64_t i = p->start[row]; i < p->start[row + 1]; i++) {
            r->votes[p->choice[i]] += p->count[row];
        }
    }
    r->valid = p->papers;
    int32_t *order = put_in_order(r, &n);
    if (r->seats < 1 || r->seats > n) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "there are no seats, or more seats than candidates");
    }
    while (r->votes[order[begin]] > r->votes[order[r->seats - 1]]) {
        begin++;
    }
    int32_t end = begin;
    while (end < n && r->votes[order[end]] == r->votes[order[begin]]) {
        end++;
    }
    pv_draw_seats(r, order + begin, end - begin, r->seats - begin);
    r->winner = order;
    r->elected = r->seats;
    compare_transcript(r, order, n);
    snprintf(r->found, sizeof r->found, "%lld papers, every approval on them", (long long)p->papers);
}

/* ---- Yes or no ------------------------------------------------------------------------------------------------------- */

typedef struct question {
    long part, part_of; /* more than so much of the votes is needed */
    int64_t quorum;     /* papers */
    int32_t abstain;    /* the candidate that means it, or PV_NOBODY */
} question;

static question read_question(pv_recount *r)
{
    const pv_json *v = pv_said_by(r, "more_than");
    question q = {.abstain = PV_NOBODY, .quorum = pv_said_whole(r, pv_said_by(r, "quorum"), "quorum", (int64_t)1 << 40)};
    char *end = NULL;
    if (v != NULL && v->type == 's') {
        q.part = strtol(v->text, &end, 10);
        q.part_of = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    }
    if (end == NULL || *end != '\0' || q.part < 0 || q.part_of > 1000 || q.part >= q.part_of) {
        pv_stop(r->run, PV_UNREADABLE, r->file, 0, 0, "more_than must be a part of the votes, as \"1/2\"");
    }
    for (int32_t c = 0; c < r->n; c++) {
        q.abstain = strcasecmp(r->name[c], "abstain") == 0 ? c : q.abstain;
    }
    return q;
}

/* Each paper counts for the first on it who stands. */
static void count_first(pv_recount *r)
{
    const pv_papers *p = &r->papers;
    for (int64_t row = 0; row < p->rows; row++) {
        int64_t i = p->start[row], end = p->start[row + 1];
        if (p->kind == PV_APPROVED && end - i > 1) {
            pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "a paper approves of several, which is no yes or no");
        }
        while (i < end && r->out[p->choice[i]]) {
            i++;
        }
        if (i < end) {
            r->votes[p->choice[i]] += p->count[row];
            r->valid += p->count[row];
        }
    }
}

void pv_recount_majority(pv_recount *r)
{
    question q = read_question(r);
    int32_t n, first = PV_NOBODY, *order;
    pv_recount_begin(r);
    count_first(r);
    order = put_in_order(r, &n);
    for (int32_t i = n - 1; i >= 0; i--) {
        first = order[i] != q.abstain ? order[i] : first;
    }
    int64_t cast = r->papers.papers + r->papers.blank, base = r->valid - (q.abstain != PV_NOBODY ? r->votes[q.abstain] : 0);
    bool quorum = cast >= q.quorum, majority = first != PV_NOBODY && r->votes[first] * q.part_of > base * q.part;
    for (int32_t i = 0; i < n && q.part_of > 2 * q.part; i++) { /* less than half is enough: only for who is alone with it */
        majority = majority && (order[i] == first || order[i] == q.abstain || r->votes[order[i]] < r->votes[first]);
    }
    if (quorum && majority) {
        if (order[0] != first) { /* the abstentions are more */
            order[1] = order[0];
            order[0] = first;
        }
        r->winner[r->elected++] = first;
    }
    compare_transcript(r, order, n);
    pv_check_whole(r, PV_NO_STAGE, "the number of papers cast", pv_said_by(r, "cast"), cast);
    pv_check_whole(r, PV_NO_STAGE, "the number of votes but abstentions", pv_said_by(r, "not_abstaining"), base);
    pv_check_bool(r, PV_NO_STAGE, "whether there is a quorum", pv_said_by(r, "has_quorum"), quorum);
    pv_check_bool(r, PV_NO_STAGE, "whether there is a majority", pv_said_by(r, "has_majority"), majority);
    snprintf(r->found, sizeof r->found, "%lld papers, the first choice of each", (long long)cast);
}
