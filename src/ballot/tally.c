/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tally.c - approval, and yes or no. */
#include <string.h>
#include <strings.h>

#include "ballot/stages.h"
#include "base/mem.h"

static pl_tally *tally_new(const pl_ballots *b, const char *seed, int32_t seats)
{
    pl_count_store *store = pl_count_store_new();
    if (store == NULL) {
        return NULL;
    }
    pl_arena *arena = &store->arena;
    size_t n = (size_t)b->n_candidates;
    pl_tally *t = PL_ARENA_NEW(arena, pl_tally, 1);
    int64_t *votes = PL_ARENA_NEW(arena, int64_t, n);
    int32_t *order = PL_ARENA_NEW(arena, int32_t, n);
    const char *copy = seed != NULL ? pl_arena_text(arena, seed, strlen(seed)) : "";
    if (t == NULL || votes == NULL || order == NULL || copy == NULL) {
        pl_count_store_free(store);
        return NULL;
    }
    memset(votes, 0, n * sizeof *votes);
    *t = (pl_tally){.n = b->n_candidates, .votes = votes, .order = order, .seats = seats, .abstain = -1, .seed = copy, .store = store};
    for (int32_t c = 0; c < t->n; c++) {
        if (!b->candidate[c].withdrawn) {
            order[t->n_order++] = c;
        }
    }
    return t;
}

void pl_tally_free(pl_tally *t)
{
    if (t != NULL) {
        pl_count_store_free(t->store);
    }
}

/* Most votes first; equals keep their order.  By merging from below, so that thousands are no matter. */
static bool put_in_order(pl_tally *t)
{
    int32_t n = t->n_order, *from = t->order, *spare = PL_NEW(int32_t, n), *to = spare;
    if (spare == NULL) {
        return false;
    }
    for (int32_t run = 1; run < n; run *= 2) {
        for (int32_t begin = 0; begin < n; begin += 2 * run) {
            int32_t middle = begin + run < n ? begin + run : n, end = middle + run < n ? middle + run : n, a = begin, b = middle;
            for (int32_t k = begin; k < end; k++) {
                bool left = a < middle && (b == end || t->votes[from[a]] >= t->votes[from[b]]);
                to[k] = left ? from[a++] : from[b++];
            }
        }
        int32_t *other = from;
        from = to;
        to = other;
    }
    if (from != t->order) {
        memcpy(t->order, from, (size_t)n * sizeof *from);
    }
    pl_free(spare);
    return true;
}

/* Where equals stand on both sides of the last seat, lots say who is in: these come first. */
static pl_status fill_seats(const pl_ballots *b, const pl_count_settings *settings, pl_tally *t, pl_error *err)
{
    pl_lots lots = {.ballots = b, .seed = settings->seed};
    int32_t begin = t->seats, end = t->seats;
    if (t->seats < t->n_order) {
        int64_t last = t->votes[t->order[t->seats - 1]];
        while (begin > 0 && t->votes[t->order[begin - 1]] == last) {
            begin--;
        }
        while (end < t->n_order && t->votes[t->order[end]] == last) {
            end++;
        }
    }
    t->n_winners = t->seats;
    return pl_lot_seats(&lots, &t->store->arena, t->order + begin, end - begin, t->seats - begin, &t->tie, err);
}

pl_status pl_tally_approval(const pl_ballots *b, const pl_count_settings *settings, pl_tally **out, pl_error *err)
{
    int32_t seats;
    *out = NULL;
    if (b->kind == PL_SCORED) {
        return pl_fail(err, PL_DATA, NULL, "use the rule equal-shares", "these ballots hold points, not approvals");
    }
    pl_status status = pl_check_seats(b, settings, b->seats, &seats, err);
    if (status != PL_OK) {
        return status;
    }
    pl_tally *t = tally_new(b, settings->seed, seats);
    if (t == NULL) {
        return pl_fail_nomem(err, "the count");
    }
    for (int64_t row = 0; row < b->n_rows; row++) {
        for (int64_t i = b->start[row]; i < b->start[row + 1]; i++) {
            t->votes[b->choice[i] & (PL_EQUAL_RANK - 1)] += b->count[row];
        }
    }
    t->valid = t->cast = b->papers;
    status = put_in_order(t) ? fill_seats(b, settings, t, err) : pl_fail_nomem(err, "the count");
    if (status != PL_OK) {
        pl_tally_free(t);
        return status;
    }
    *out = t;
    return PL_OK;
}

pl_status pl_tally_majority(const pl_ballots *b, int32_t part, int32_t part_of, int64_t quorum, pl_tally **out, pl_error *err)
{
    *out = NULL;
    if (part < 0 || part_of > 1000 || part >= part_of || quorum < 0) {
        return pl_fail(err, PL_USAGE, "majority", "say for example 1/2 or 2/3", "%d/%d is no part of the votes", part, part_of);
    }
    if (b->kind == PL_SCORED || b->equal_line > 0 || b->n_candidates < 1) {
        return pl_fail(err, PL_DATA, "majority", "one choice on each paper: yes, no, or abstain", "these ballots are no yes or no");
    }
    pl_tally *t = tally_new(b, NULL, 1);
    if (t == NULL) {
        return pl_fail_nomem(err, "the count");
    }
    for (int32_t c = 0; c < t->n; c++) {
        t->abstain = strcasecmp(pl_candidate_name(b, c), "abstain") == 0 ? c : t->abstain;
    }
    for (int64_t row = 0; row < b->n_rows; row++) {
        int64_t i = b->start[row];
        while (i < b->start[row + 1] && b->candidate[b->choice[i]].withdrawn) {
            i++;
        }
        if (b->kind == PL_APPROVED && b->start[row + 1] - b->start[row] > 1) {
            pl_tally_free(t);
            return pl_fail(err, PL_DATA, "majority", "one choice on each paper: yes, no, or abstain", "a paper approves of several");
        }
        if (i < b->start[row + 1]) {
            t->votes[b->choice[i]] += b->count[row];
            t->valid += b->count[row];
        }
    }
    t->part = part;
    t->part_of = part_of;
    t->quorum = quorum;
    t->cast = b->papers + b->blank;
    t->base = t->valid - (t->abstain >= 0 ? t->votes[t->abstain] : 0);
    if (!put_in_order(t)) {
        pl_tally_free(t);
        return pl_fail_nomem(err, "the count");
    }
    int32_t first = t->n_order > 0 ? t->order[0] : -1;
    first = first >= 0 && first == t->abstain ? (t->n_order > 1 ? t->order[1] : -1) : first;
    t->has_quorum = t->cast >= quorum;
    t->has_majority = first >= 0 && t->votes[first] * part_of > t->base * part;
    for (int32_t i = 0; i < t->n_order && part_of > 2 * part && t->has_majority; i++) { /* less than half is needed: only if alone */
        int32_t c = t->order[i];
        t->has_majority = c == first || c == t->abstain || t->votes[c] < t->votes[first];
    }
    t->n_winners = t->has_quorum && t->has_majority;
    if (t->n_winners > 0 && t->order[0] != first) { /* the abstentions were more */
        t->order[1] = t->order[0];
        t->order[0] = first;
    }
    *out = t;
    return PL_OK;
}
