/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recount_schulze.c - Schulze's method again (docs/methods/counting.md): each paper ranks everybody, each pair of candidates is compared, paths are the strongest. */
#include <stdio.h>
#include <string.h>

#include "verify/count.h"

#define MOST 1000 /* candidates */

typedef struct pairs {
    pv_recount *r;
    size_t n;
    int64_t *above, *path; /* n x n: papers that rank the row above the column; strength of the strongest path from row to column */
    int32_t *place, *order, placed;
} pairs;

/* Who is on a paper is above all who are not, and above those of later ranks. */
static void compare_pairs(pairs *p)
{
    pv_recount *r = p->r;
    const pv_papers *papers = &r->papers;
    int64_t *rank = pv_alloc(r->run, p->n, sizeof *rank);
    for (int64_t row = 0; row < papers->rows; row++) {
        int64_t at = 0;
        bool any = false;
        for (size_t c = 0; c < p->n; c++) {
            rank[c] = INT64_MAX;
        }
        for (int64_t i = papers->start[row]; i < papers->start[row + 1]; i++) {
            at += papers->equal == NULL || !papers->equal[i];
            rank[papers->choice[i]] = at;
            any = any || !r->out[papers->choice[i]];
        }
        for (int64_t i = papers->start[row]; i < papers->start[row + 1]; i++) {
            size_t a = (size_t)papers->choice[i];
            for (size_t b = 0; b < p->n; b++) {
                p->above[a * p->n + b] += rank[a] < rank[b] && !r->out[a] && !r->out[b] ? papers->count[row] : 0;
            }
        }
        r->valid += any ? papers->count[row] : 0;
    }
    pv_free(r->run, rank);
}

/* A link is a pair that more papers rank this way than the other; the strength of a path is that of its weakest link. */
static void find_paths(pairs *p)
{
    size_t n = p->n;
    for (size_t i = 0; i < n * n; i++) {
        p->path[i] = p->above[i] > p->above[i % n * n + i / n] ? p->above[i] : 0;
    }
    for (size_t via = 0; via < n; via++) {
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                int64_t to = p->path[a * n + via], on = p->path[via * n + b], weakest = to < on ? to : on;
                p->path[a * n + b] = a != b && weakest > p->path[a * n + b] ? weakest : p->path[a * n + b];
            }
        }
    }
}

/* Places: of those left, the first are all to whom nobody left has the stronger path.  The seats go to the first. */
static void put_in_order(pairs *p)
{
    pv_recount *r = p->r;
    size_t n = p->n;
    for (int32_t k = -1; k != 0; p->placed += k) {
        k = 0;
        for (size_t c = 0; c < n; c++) {
            bool first = p->place[c] == 0 && !r->out[c];
            for (size_t other = 0; other < n && first; other++) {
                first = p->place[other] != 0 || p->path[other * n + c] <= p->path[c * n + other];
            }
            if (first) {
                p->order[p->placed + k++] = (int32_t)c;
            }
        }
        for (int32_t i = 0; i < k; i++) {
            p->place[p->order[p->placed + i]] = p->placed + 1;
        }
        pv_draw_seats(r, p->order + p->placed, k, r->seats - p->placed);
    }
    r->winner = p->order;
    r->elected = r->seats < p->placed ? r->seats : p->placed;
}

/* Who is preferred to everybody, one against one; or nobody. */
static int32_t beats_all(const pairs *p)
{
    const pv_recount *r = p->r;
    for (size_t a = 0; a < p->n; a++) {
        bool all = !r->out[a];
        for (size_t b = 0; b < p->n; b++) {
            all = all && (b == a || r->out[b] || p->above[a * p->n + b] > p->above[b * p->n + a]);
        }
        if (all) {
            return (int32_t)a;
        }
    }
    return PV_NOBODY;
}

static void compare_transcript(pairs *p)
{
    pv_recount *r = p->r;
    int32_t best = beats_all(p);
    pv_check_whole(r, PV_NO_STAGE, "the number of valid papers", pv_said_by(r, "ballots.valid"), r->valid);
    pv_check_winners(r);
    pv_check_list(r, PV_NO_STAGE, "order", p->order, p->placed);
    pv_check_tie_told(r);
    for (int32_t a = 0; a < r->n; a++) {
        pv_check_whole(r, PV_NO_STAGE, "the place of a candidate", pv_said_by(r, "places[%d]", a), p->place[a]);
        for (int32_t b = 0; b < r->n; b++) {
            size_t at = (size_t)a * p->n + (size_t)b;
            char what[160];
            snprintf(what, sizeof what, "how many prefer %.60s to %.60s", r->name[a], r->name[b]);
            pv_check_whole(r, PV_NO_STAGE, what, pv_said_by(r, "preferred[%d][%d]", a, b), p->above[at]);
            snprintf(what, sizeof what, "the path from %.60s to %.60s", r->name[a], r->name[b]);
            pv_check_whole(r, PV_NO_STAGE, what, pv_said_by(r, "paths[%d][%d]", a, b), p->path[at]);
        }
    }
    const pv_json *v = pv_said_by(r, "beats_all");
    if (best != PV_NOBODY || v == NULL || v->type != 'n') {
        pv_check_whole(r, PV_NO_STAGE, "who beats everyone", v, best + 1);
    }
}

void pv_recount_schulze(pv_recount *r)
{
    size_t n = (size_t)r->n;
    if (n > MOST) {
        pv_stop(r->run, PV_REFUTED, r->file, 0, 0, "the rule schulze counts up to %d candidates", MOST);
    }
    pairs p = {.r = r, .n = n, .above = pv_alloc(r->run, n * n, sizeof *p.above), .path = pv_alloc(r->run, n * n, sizeof *p.path),
               .place = pv_alloc(r->run, n, sizeof *p.place), .order = pv_alloc(r->run, n + 1, sizeof *p.order)};
    compare_pairs(&p);
    find_paths(&p);
    put_in_order(&p);
    if (r->said != NULL) {
        compare_transcript(&p);
    }
    snprintf(r->found, sizeof r->found, "%lld valid papers, each pair of %d candidates", (long long)r->valid, r->n);
}
