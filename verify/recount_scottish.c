/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_scottish.c - Scottish STV again, paper by paper: each kind of paper has a holder and a value, and each stage goes over all of them. */
#include <stdio.h>
#include <string.h>

#include "verify/count.h"

#define ONE 100000 /* a vote, in units of the count */

enum { PV_STANDING, PV_ELECTED, PV_OUT };

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

/* ---- Who is next ------------------------------------------------------------------------------------------------------------------ */

/* Of those marked in `in`, the one with most (fewest) votes now; then at the stage before, and so on; then by lot. */
static int32_t pick(pv_recount *r, bool *in, bool most)
{
    for (int32_t s = r->stages; s >= 0; s--) {
        const int64_t *votes = s == r->stages ? r->votes : r->history[s];
        int64_t best = most ? -1 : INT64_MAX;
        int32_t left = 0, last = PV_NOBODY;
        for (int32_t c = 0; c < r->n; c++) {
            if (in[c] && (most ? votes[c] > best : votes[c] < best)) {
                best = votes[c];
            }
        }
        for (int32_t c = 0; c < r->n; c++) {
            in[c] = in[c] && votes[c] == best;
            left += in[c];
            last = in[c] ? c : last;
        }
        if (left <= 1) {
            return last;
        }
    }
    return pv_drawn(r, in);
}

/* ---- Stages -------------------------------------------------------------------------------------------------------------------------- */

/* Who is elected now, most votes first; compared with the transcript. */
static void elect(pv_recount *r)
{
    int32_t s = r->stages - 1, before = r->elected, standing = 0;
    for (int32_t c = 0; c < r->n; c++) {
        standing += r->state[c] == PV_STANDING;
    }
    for (int last = 0; last < 2; last++) {
        bool all = last == 1 && standing <= r->seats - r->elected;
        for (;;) {
            int32_t next = PV_NOBODY;
            for (int32_t c = 0; c < r->n; c++) {
                bool may = r->state[c] == PV_STANDING && (last == 1 ? all : r->votes[c] >= r->quota);
                next = may && (next == PV_NOBODY || r->votes[c] > r->votes[next]) ? c : next;
            }
            if (next == PV_NOBODY || r->elected == r->seats) {
                break;
            }
            r->state[next] = PV_ELECTED;
            standing--;
            char what[100];
            snprintf(what, sizeof what, "number %d of those elected then", r->elected - before + 1);
            pv_check_whole(r, s, what, pv_said_by(r, "stages[%d].elected[%d]", s, r->elected - before), next + 1);
            r->winner[r->elected++] = next;
        }
    }
    if (pv_said_by(r, "stages[%d].elected[%d]", s, r->elected - before) != NULL) {
        pv_refute(&r->run, r->file, 0, "stage %d: the transcript elects more than the rule", s + 1);
    }
}

/* Keeps the votes of the stage just done, and compares them. */
static void compare_stage(pv_recount *r, const char *action, int32_t who, int64_t moved, int64_t stuck)
{
    int32_t s = r->stages++;
    int64_t left = r->valid * ONE;
    const pv_json *v = pv_said_by(r, "stages[%d].action", s);
    if (v == NULL || strcmp(v->text, action) != 0) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\"%s%.80s, the transcript says \"%.40s\"", s + 1, action,
                who >= 0 ? " of " : "", who >= 0 ? r->name[who] : "", v != NULL ? v->text : "nothing");
    }
    if (who >= 0) {
        int64_t named = pv_said_whole(r, pv_said_by(r, "stages[%d].candidate", s), "the candidate of a stage", r->n);
        if (named != who + 1) {
            pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "stage %d must be \"%s\" of %.80s, the transcript says %.80s", s + 1, action,
                    r->name[who], named > 0 ? r->name[named - 1] : "nobody");
        }
    }
    r->history[s] = pv_alloc(&r->run, (size_t)r->n, sizeof **r->history);
    for (int32_t c = 0; c < r->n; c++) {
        char what[140];
        snprintf(what, sizeof what, "what %.100s has", r->name[c]);
        pv_check_votes(r, s, what, pv_said_by(r, "stages[%d].votes[%d]", s, c), r->votes[c]);
        r->history[s][c] = r->votes[c];
        left -= r->votes[c];
    }
    pv_check_votes(r, s, "what is lost", pv_said_by(r, "stages[%d].lost", s), left);
    pv_check_votes(r, s, "the quota", pv_said_by(r, "stages[%d].quota", s), r->quota);
    pv_check_whole(r, s, "the number of papers moved", pv_said_by(r, "stages[%d].papers_moved", s), moved);
    pv_check_whole(r, s, "the number of papers stuck", pv_said_by(r, "stages[%d].papers_stuck", s), stuck);
    elect(r);
}

static void first_stage(pv_recount *r)
{
    size_t rows = (size_t)r->papers.rows;
    int64_t moved = 0;
    r->holder = pv_alloc(&r->run, rows, sizeof *r->holder);
    r->value = pv_alloc(&r->run, rows, sizeof *r->value);
    r->position = pv_alloc(&r->run, rows, sizeof *r->position);
    for (int64_t row = 0; row < r->papers.rows; row++) {
        r->value[row] = ONE;
        moved += give(r, row, 0) ? r->papers.count[row] : 0;
    }
    r->valid = moved;
    if (r->seats < 1 || moved == 0) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "there is nothing to count: no seats, or no valid papers");
    }
    r->quota = (r->valid / (r->seats + 1) + 1) * ONE;
    pv_check_whole(r, 0, "the number of valid papers", pv_said_by(r, "ballots.valid"), r->valid);
    compare_stage(r, "first", PV_NOBODY, moved, 0);
}

static void next_stage(pv_recount *r, bool *in)
{
    int64_t moved = 0, stuck = 0;
    bool surplus = false;
    for (int32_t c = 0; c < r->n; c++) {
        in[c] = r->state[c] == PV_ELECTED && r->votes[c] > r->quota;
        surplus |= in[c];
    }
    for (int32_t c = 0; c < r->n && !surplus; c++) {
        in[c] = r->state[c] == PV_STANDING;
    }
    int32_t who = pick(r, in, surplus);
    if (who == PV_NOBODY) {
        pv_stop(&r->run, PV_REFUTED, r->file, 0, 0, "nobody is left for the last seats");
    }
    if (!surplus) {
        r->state[who] = PV_OUT;
    }
    pass_on(r, who, surplus, &moved, &stuck);
    compare_stage(r, surplus ? "surplus" : "exclude", who, moved, stuck);
}

void pv_recount_scottish(pv_recount *r)
{
    r->one = ONE;
    first_stage(r);
    bool *in = pv_alloc(&r->run, (size_t)r->n, sizeof *in);
    while (r->elected < r->seats) {
        next_stage(r, in);
    }
    snprintf(r->found, sizeof r->found, "%lld valid papers, paper by paper, %d stages, quota %lld", (long long)r->valid, r->stages, (long long)(r->quota / ONE));
    pv_recount_end(r);
    pv_check_votes(r, 0, "the quota", pv_said_by(r, "quota"), r->quota);
}
