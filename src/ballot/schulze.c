/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * schulze.c - Schulze's method (M. Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
 * single-winner election method, Social Choice and Welfare 36, 2011), strength of a link by winning votes. */
#include <string.h>

#include "ballot/stages.h"
#include "base/mem.h"

#define MOST 1000
#define TICKS 65536
enum { NONE = -1 };

/* Where candidate i and j meet. */
#define AT(matrix, i, j) (matrix)[(size_t)(i) * (size_t)n + (size_t)(j)]

static pl_schulze *schulze_new(const pl_ballots *b, const pl_count_settings *settings, int32_t seats)
{
    pl_count_store *store = pl_count_store_new();
    if (store == NULL) {
        return NULL;
    }
    pl_arena *arena = &store->arena;
    size_t n = (size_t)b->n_candidates;
    pl_schulze *s = PL_ARENA_NEW(arena, pl_schulze, 1);
    int64_t *prefer = PL_ARENA_NEW(arena, int64_t, n * n), *path = PL_ARENA_NEW(arena, int64_t, n * n);
    int32_t *before = PL_ARENA_NEW(arena, int32_t, n * n), *order = PL_ARENA_NEW(arena, int32_t, n), *place = PL_ARENA_NEW(arena, int32_t, n);
    const char *seed = settings->seed != NULL ? pl_arena_text(arena, settings->seed, strlen(settings->seed)) : "";
    if (s == NULL || prefer == NULL || path == NULL || before == NULL || order == NULL || place == NULL || seed == NULL) {
        pl_count_store_free(store);
        return NULL;
    }
    memset(prefer, 0, n * n * sizeof *prefer);
    memset(path, 0, n * n * sizeof *path);
    memset(place, 0, n * sizeof *place);
    *s = (pl_schulze){.n = b->n_candidates, .prefer = prefer, .path = path, .before = before, .order = order, .place = place,
                      .condorcet = NONE, .seats = seats, .seed = seed, .store = store};
    return s;
}

void pl_schulze_free(pl_schulze *s)
{
    if (s != NULL) {
        pl_count_store_free(s->store);
    }
}

/* ---- One against one ------------------------------------------------------------------------------------------------- */

typedef struct pairs {
    int64_t *above; /* n x n: papers that rank both, the row above the column */
    int64_t *equal; /* n x n: papers that rank both alike, or NULL when none does */
    int64_t *named; /* papers that rank it */
    uint16_t *list; /* those of one paper who are standing */
    int32_t *rank;
} pairs;

static void pairs_free(pairs *p)
{
    pl_free(p->above);
    pl_free(p->equal);
    pl_free(p->named);
    pl_free(p->list);
    pl_free(p->rank);
}

/* Adds one row; returns how many candidates on it are standing. */
static int32_t add_row(const pl_ballots *b, pairs *p, int64_t row)
{
    int32_t n = b->n_candidates, k = 0, rank = 0;
    int64_t count = b->count[row];
    for (int64_t i = b->start[row]; i < b->start[row + 1]; i++) {
        uint16_t c = b->choice[i] & (uint16_t)(PL_EQUAL_RANK - 1);
        rank += c == b->choice[i];
        if (!b->candidate[c].withdrawn) {
            p->list[k] = c;
            p->rank[k++] = rank;
        }
    }
    for (int32_t i = 0; i < k; i++) {
        int64_t *above = &AT(p->above, p->list[i], 0);
        p->named[p->list[i]] += count;
        if (p->equal == NULL) {
            for (int32_t j = i + 1; j < k; j++) {
                above[p->list[j]] += count;
            }
            continue;
        }
        for (int32_t j = i + 1; j < k; j++) {
            if (p->rank[j] == p->rank[i]) {
                AT(p->equal, p->list[i], p->list[j]) += count;
                AT(p->equal, p->list[j], p->list[i]) += count;
            } else {
                above[p->list[j]] += count;
            }
        }
    }
    return k;
}

/* prefer[a][b] = papers that rank a, less those that rank b above it or beside it. */
static pl_status count_pairs(const pl_ballots *b, const pl_count_settings *settings, pl_schulze *s, pl_error *err)
{
    int32_t n = s->n;
    size_t cells = (size_t)n * (size_t)n;
    pairs p = {.above = PL_NEW0(int64_t, cells), .named = PL_NEW0(int64_t, n), .list = PL_NEW(uint16_t, n), .rank = PL_NEW(int32_t, n)};
    p.equal = b->equal_line > 0 ? PL_NEW0(int64_t, cells) : NULL;
    pl_status status = PL_OK;
    if (p.above == NULL || p.named == NULL || p.list == NULL || p.rank == NULL || (b->equal_line > 0 && p.equal == NULL)) {
        status = pl_fail_nomem(err, "the count");
    }
    for (int64_t row = 0; row < b->n_rows && status == PL_OK; row++) {
        s->valid += add_row(b, &p, row) > 0 ? b->count[row] : 0;
        if (row % TICKS == 0 && !pl_tick(&settings->progress, "comparing", -1)) {
            status = pl_fail(err, PL_STOPPED, NULL, NULL, "stopped");
        }
    }
    for (int32_t i = 0; i < n && status == PL_OK; i++) {
        for (int32_t j = 0; j < n; j++) {
            if (i != j && !b->candidate[i].withdrawn && !b->candidate[j].withdrawn) {
                AT(s->prefer, i, j) = p.named[i] - AT(p.above, j, i) - (p.equal != NULL ? AT(p.equal, i, j) : 0);
            }
        }
    }
    pairs_free(&p);
    return status;
}

/* ---- Paths ------------------------------------------------------------------------------------------------------------- */

static void find_paths(pl_schulze *s)
{
    int32_t n = s->n;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            bool wins = AT(s->prefer, i, j) > AT(s->prefer, j, i);
            AT(s->path, i, j) = wins ? AT(s->prefer, i, j) : 0;
            AT(s->before, i, j) = wins ? i : NONE;
        }
    }
    for (int32_t k = 0; k < n; k++) {
        for (int32_t i = 0; i < n; i++) {
            int64_t to = AT(s->path, i, k);
            for (int32_t j = 0; j < n && i != k && to > 0; j++) {
                int64_t on = AT(s->path, k, j), weakest = to < on ? to : on;
                if (j != i && weakest > AT(s->path, i, j)) {
                    AT(s->path, i, j) = weakest;
                    AT(s->before, i, j) = AT(s->before, k, j);
                }
            }
        }
    }
}

static void find_condorcet(const pl_ballots *b, pl_schulze *s)
{
    int32_t n = s->n;
    for (int32_t i = 0; i < n; i++) {
        bool all = !b->candidate[i].withdrawn;
        for (int32_t j = 0; j < n && all; j++) {
            all = j == i || b->candidate[j].withdrawn || AT(s->prefer, i, j) > AT(s->prefer, j, i);
        }
        s->condorcet = all ? i : s->condorcet;
    }
}

/* Those left whom nobody left has a stronger path to, into `order` behind the others. */
static int32_t next_level(const pl_ballots *b, pl_schulze *s)
{
    int32_t n = s->n, k = 0;
    for (int32_t i = 0; i < n; i++) {
        bool unbeaten = s->place[i] == 0 && !b->candidate[i].withdrawn;
        for (int32_t j = 0; j < n && unbeaten; j++) {
            unbeaten = s->place[j] != 0 || AT(s->path, j, i) <= AT(s->path, i, j);
        }
        if (unbeaten) {
            s->order[s->n_order + k++] = i;
        }
    }
    return k;
}

/* Puts all in order; where equals stand on both sides of the last seat, by lot. */
static pl_status put_in_order(const pl_ballots *b, const pl_count_settings *settings, pl_schulze *s, pl_error *err)
{
    pl_lots lots = {.ballots = b, .seed = settings->seed};
    for (int32_t k; (k = next_level(b, s)) > 0; s->n_order += k) {
        int32_t *level = s->order + s->n_order;
        for (int32_t i = 0; i < k; i++) {
            s->place[level[i]] = s->n_order + 1;
        }
        pl_status status = pl_lot_seats(&lots, &s->store->arena, level, k, s->seats - s->n_order, &s->tie, err);
        if (status != PL_OK) {
            return status;
        }
    }
    s->n_winners = s->seats < s->n_order ? s->seats : s->n_order;
    return PL_OK;
}

pl_status pl_schulze_find(const pl_ballots *b, const pl_count_settings *settings, pl_schulze **out, pl_error *err)
{
    int32_t seats;
    *out = NULL;
    pl_status status = pl_check_ranked(b, "schulze", true, err);
    status = status == PL_OK ? pl_check_seats(b, settings, 1, &seats, err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (b->n_candidates > MOST) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "the rule schulze counts up to %d candidates", MOST);
    }
    pl_schulze *s = schulze_new(b, settings, seats);
    if (s == NULL) {
        return pl_fail_nomem(err, "the count");
    }
    status = count_pairs(b, settings, s, err);
    if (status == PL_OK) {
        find_paths(s);
        find_condorcet(b, s);
        status = put_in_order(b, settings, s, err);
    }
    if (status != PL_OK) {
        pl_schulze_free(s);
        return status;
    }
    *out = s;
    return PL_OK;
}
