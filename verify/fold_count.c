/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_count.c - papers counted by Scottish STV, countback and Schulze's rule (docs/methods/counting.md), paper by paper. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "verify/fold.h"

#define ONE 100000

enum { NOBODY = -1 };
enum { STANDING, ELECTED, OUT };

typedef struct counting {
    pv_run *run;
    const pv_ballot *b;
    char seed[65];
    int32_t n, seats, elected, draws, stages;
    char state[PV_OPTIONS];
    int64_t votes[PV_OPTIONS], quota, valid, total; /* total: of all votes, in units */
    int64_t **history;
    int32_t *holder, *position; /* by paper */
    int64_t *value;
    int32_t winner[PV_OPTIONS];
} counting;

static counting *begin(pv_fold *c, const pv_ballot *b)
{
    counting *k = pv_new(c, sizeof *k);
    size_t papers = b->papers.n + 1;
    k->run = c->run;
    k->b = b;
    k->n = (int32_t)b->n_options;
    k->seats = (int32_t)b->seats;
    sodium_bin2hex(k->seed, sizeof k->seed, b->seed, 32);
    k->history = pv_alloc(c->run, 2 * (size_t)k->n + 4, sizeof *k->history);
    k->holder = pv_alloc(c->run, papers, sizeof *k->holder);
    k->position = pv_alloc(c->run, papers, sizeof *k->position);
    k->value = pv_alloc(c->run, papers, sizeof *k->value);
    for (int32_t i = 0; i < k->n; i++) {
        k->state[i] = b->option[i].out ? OUT : STANDING;
    }
    return k;
}

static void end(pv_fold *c, counting *k)
{
    for (int32_t i = 0; i < k->stages; i++) {
        pv_free(c->run, k->history[i]);
    }
    pv_free(c->run, k->history);
    pv_free(c->run, k->holder);
    pv_free(c->run, k->position);
    pv_free(c->run, k->value);
    pv_free(c->run, k);
}

/* ---- Lots and ties ---------------------------------------------------------------------------------- */

/* Of those marked in `in`, the one whose SHA-256 of "SEED,d,NAME" is the smallest. */
int32_t pv_by_lot(const pv_ballot *b, const char *seed, int32_t number, const bool *in, int32_t n)
{
    uint8_t least[32], key[32];
    int32_t drawn = NOBODY;
    for (int32_t i = 0; i < n; i++) {
        char text[65 + 24 + 101];
        if (!in[i]) {
            continue;
        }
        int size = snprintf(text, sizeof text, "%s,%d,%s", seed, number, b->option[i].name);
        pv_hash(text, (size_t)size, key);
        if (drawn == NOBODY || memcmp(key, least, 32) < 0) {
            memcpy(least, key, 32);
            drawn = i;
        }
    }
    return drawn;
}

/* Of those marked, the one with most (fewest) votes now; then at the stage before, and so on; then by lot. */
static int32_t pick(counting *k, bool *in, bool most)
{
    for (int32_t s = k->stages; s >= 0; s--) {
        const int64_t *votes = s == k->stages ? k->votes : k->history[s];
        int64_t best = most ? -1 : INT64_MAX;
        int32_t left = 0, last = NOBODY;
        for (int32_t i = 0; i < k->n; i++) {
            best = in[i] && (most ? votes[i] > best : votes[i] < best) ? votes[i] : best;
        }
        for (int32_t i = 0; i < k->n; i++) {
            in[i] = in[i] && votes[i] == best;
            left += in[i];
            last = in[i] ? i : last;
        }
        if (left <= 1) {
            return last;
        }
    }
    return pv_by_lot(k->b, k->seed, ++k->draws, in, k->n);
}

/* ---- Papers ----------------------------------------------------------------------------------------- */

/* Gives a paper to the next who stands, from that place on; false when there is nobody. */
static bool give(counting *k, size_t paper, int32_t from)
{
    const pv_paper *p = k->b->papers.at[paper];
    k->holder[paper] = NOBODY;
    for (int32_t i = from; i < p->n; i++) {
        if (k->state[p->marks[i]] == STANDING) {
            k->holder[paper] = p->marks[i];
            k->position[paper] = i;
            k->votes[p->marks[i]] += k->value[paper];
            return true;
        }
    }
    return false;
}

static void keep_stage(counting *k)
{
    k->history[k->stages] = pv_alloc(k->run, (size_t)k->n, sizeof **k->history);
    memcpy(k->history[k->stages++], k->votes, (size_t)k->n * sizeof *k->votes);
}

/* All papers of one go on; of a surplus, each at value * surplus / votes, cut. */
static void pass_on(counting *k, int32_t who, bool surplus)
{
    int64_t votes = k->votes[who], extra = votes - k->quota;
    k->votes[who] = surplus ? k->quota : 0;
    for (size_t i = 0; i < k->b->papers.n; i++) {
        if (k->holder[i] == who) {
            k->value[i] = surplus ? (int64_t)((__int128)k->value[i] * extra / votes) : k->value[i];
            give(k, i, k->position[i] + 1);
        }
    }
}

/* ---- Scottish STV ----------------------------------------------------------------------------------- */

static void elect(counting *k)
{
    for (int last = 0; last < 2; last++) {
        int32_t standing = 0;
        for (int32_t i = 0; i < k->n; i++) {
            standing += k->state[i] == STANDING;
        }
        bool all = last == 1 && k->elected < k->seats && standing <= k->seats - k->elected;
        for (;;) { /* most votes first */
            int32_t next = NOBODY, left = 0;
            bool in[PV_OPTIONS] = {false};
            for (int32_t i = 0; i < k->n; i++) {
                in[i] = k->state[i] == STANDING && (last == 1 ? all : k->votes[i] >= k->quota);
                left += in[i];
                next = in[i] && (next == NOBODY || k->votes[i] > k->votes[next]) ? i : next;
            }
            if (left == 0) {
                break;
            }
            k->state[next] = ELECTED;
            k->winner[k->elected++] = next;
        }
    }
}

/* To the end, or to the stage at which `until` is elected. */
static void count(counting *k, int32_t until)
{
    for (size_t i = 0; i < k->b->papers.n; i++) {
        k->value[i] = ONE;
        k->valid += give(k, i, 0);
    }
    k->quota = (k->valid / (k->seats + 1) + 1) * ONE;
    keep_stage(k);
    elect(k);
    while (k->elected < k->seats && !(until >= 0 && k->state[until] == ELECTED)) {
        bool in[PV_OPTIONS] = {false}, surplus = false;
        for (int32_t i = 0; i < k->n; i++) {
            in[i] = k->state[i] == ELECTED && k->votes[i] > k->quota;
            surplus = surplus || in[i];
        }
        for (int32_t i = 0; i < k->n && !surplus; i++) {
            in[i] = k->state[i] == STANDING;
        }
        int32_t who = pick(k, in, surplus);
        k->state[who] = surplus ? ELECTED : OUT;
        pass_on(k, who, surplus);
        keep_stage(k);
        elect(k);
    }
}

int32_t pv_count_stv(pv_fold *c, const pv_ballot *b, int32_t winners[PV_OPTIONS])
{
    counting *k = begin(c, b);
    count(k, NOBODY);
    int32_t n = k->elected;
    memcpy(winners, k->winner, (size_t)n * sizeof *winners);
    end(c, k);
    return n;
}

/* ---- Countback -------------------------------------------------------------------------------------- */

/* The papers that elected `left`, at the values that made up the quota, to those who stand now. */
static void hand_over(counting *k, const counting *old, int32_t left)
{
    for (size_t i = 0; i < k->b->papers.n; i++) {
        if (old->holder[i] != left) {
            k->holder[i] = NOBODY;
            continue;
        }
        bool surplus = old->votes[left] > old->quota;
        k->value[i] = surplus ? (int64_t)((__int128)old->value[i] * old->quota / old->votes[left]) : old->value[i];
        k->total += k->value[i];
        give(k, i, 0);
    }
    keep_stage(k);
}

/* Who has more than half of what is not lost, or is the only one left; or nobody yet. */
static int32_t elect_one(const counting *k)
{
    int64_t sum = 0, most = -1;
    int32_t best = NOBODY, standing = 0, with_most = 0;
    for (int32_t i = 0; i < k->n; i++) {
        sum += k->votes[i];
        standing += k->state[i] == STANDING;
        most = k->state[i] == STANDING && k->votes[i] > most ? k->votes[i] : most;
    }
    for (int32_t i = 0; i < k->n; i++) {
        if (k->state[i] == STANDING && k->votes[i] == most) {
            best = i;
            with_most++;
        }
    }
    return with_most == 1 && (standing == 1 || most >= sum / 2 + 1) ? best : NOBODY;
}

int32_t pv_count_back(pv_fold *c, const pv_ballot *b, int32_t left, const bool stands[PV_OPTIONS])
{
    counting *whole = begin(c, b), *old = begin(c, b), *k = begin(c, b);
    int32_t won = NOBODY, standing = 0;
    count(whole, NOBODY); /* who was elected; and then the papers as they lay when `left` was */
    if (whole->state[left] == ELECTED) {
        count(old, left);
        k->draws = whole->draws;
        for (int32_t i = 0; i < k->n; i++) {
            bool may = whole->state[i] != ELECTED && !b->option[i].out && stands[i];
            k->state[i] = may ? STANDING : OUT;
            standing += may;
        }
        if (standing > 0) {
            hand_over(k, old, left);
            while ((won = elect_one(k)) == NOBODY) {
                bool in[PV_OPTIONS] = {false};
                for (int32_t i = 0; i < k->n; i++) {
                    in[i] = k->state[i] == STANDING;
                }
                int32_t who = pick(k, in, false);
                k->state[who] = OUT;
                pass_on(k, who, false);
                keep_stage(k);
            }
        }
    }
    end(c, k);
    end(c, old);
    end(c, whole);
    return won;
}

/* ---- Schulze ---------------------------------------------------------------------------------------- */

/* d[i][j]: papers that rank i above j; unranked is below all that are ranked. */
static void compare(const pv_ballot *b, int64_t *d, size_t n)
{
    int32_t *rank = (int32_t *)(void *)(d + n * n);
    for (size_t p = 0; p < b->papers.n; p++) {
        const pv_paper *paper = b->papers.at[p];
        for (size_t i = 0; i < n; i++) {
            rank[i] = INT32_MAX;
        }
        for (int i = 0; i < paper->n; i++) {
            bool equal = paper->equal != NULL && paper->equal[i];
            rank[paper->marks[i]] = equal ? rank[paper->marks[i - 1]] : i;
        }
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                d[i * n + j] += rank[i] < rank[j];
            }
        }
    }
}

int32_t pv_count_schulze(pv_fold *c, const pv_ballot *b)
{
    size_t n = (size_t)b->n_options;
    int64_t *d = pv_alloc(c->run, n * n + n, sizeof *d), *path = pv_alloc(c->run, n * n, sizeof *path);
    bool first[PV_OPTIONS] = {false};
    int32_t equal = 0, won = NOBODY;
    char seed[65];
    compare(b, d, n);
    for (size_t i = 0; i < n * n; i++) {
        path[i] = d[i] > d[i % n * n + i / n] ? d[i] : 0;
    }
    for (size_t k = 0; k < n; k++) { /* the strength of a path is that of its weakest link */
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                int64_t weakest = path[i * n + k] < path[k * n + j] ? path[i * n + k] : path[k * n + j];
                path[i * n + j] = i != j && weakest > path[i * n + j] ? weakest : path[i * n + j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        first[i] = true;
        for (size_t j = 0; j < n; j++) {
            first[i] = first[i] && path[j * n + i] <= path[i * n + j];
        }
        equal += first[i];
        won = first[i] ? (int32_t)i : won;
    }
    sodium_bin2hex(seed, sizeof seed, b->seed, 32);
    won = equal > 1 ? pv_by_lot(b, seed, 1, first, (int32_t)n) : won;
    pv_free(c->run, d);
    pv_free(c->run, path);
    return won;
}
