/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * meek.c - Meek's method by the Reference Meek Rule of the Proportional Representation Foundation: 9 decimals, omega 10^-6.
 *
 * What a paper gives to whom depends only on the elected candidates before its first hopeful one.  So papers lie in a tree:
 * below the root, each node is the next candidate (elected, or hopeful: then a leaf) for all papers that came that way.
 * An iteration visits nodes, not papers, and yet gives each paper its own rounding.  When a candidate is elected
 * or excluded, the papers of its leaves move on: each paper takes one step for each candidate it passes in all. */
#include <string.h>

#include "ballot/stages.h"
#include "base/mem.h"

#define ONE 1000000000 /* a whole vote */
#define OMEGA 1000     /* 10^-6 */
#define ITERATIONS_MAX 1000000
#define TICKS 65536

enum { HOPEFUL, ELECTED, OUT };
enum { NONE = -1 };

typedef struct node {
    int64_t papers;        /* that come through here */
    int64_t weight;        /* what is left of each of them below this node, 10^-9 */
    int32_t parent, child, sibling;
    int32_t first;         /* row; leaves only */
    int32_t candidate;     /* NONE = the root */
    int32_t leaf;          /* the next leaf of the same candidate */
} node;

typedef struct counting {
    const pl_ballots *b;
    const pl_count_settings *settings;
    pl_error *err;
    pl_count *count;
    pl_lots lots;
    int32_t n, hopeful;
    unsigned char *state;
    int64_t *votes, *keep;
    int32_t *leaf;  /* by candidate: its first leaf */
    int32_t *list;
    int32_t *next;  /* by row */
    uint16_t *at;   /* by row: choices passed */
    node *node;
    size_t n_nodes, cap_nodes;
    int64_t quota, surplus, last_surplus, ticks;
} counting;

static pl_status nomem(counting *s)
{
    return pl_fail_nomem(s->err, "the count");
}

static void counting_free(counting *s)
{
    pl_free(s->state);
    pl_free(s->votes);
    pl_free(s->keep);
    pl_free(s->leaf);
    pl_free(s->list);
    pl_free(s->next);
    pl_free(s->at);
    pl_free(s->node);
}

static pl_status counting_new(counting *s)
{
    s->state = PL_NEW0(unsigned char, s->n);
    s->votes = PL_NEW0(int64_t, s->n);
    s->keep = PL_NEW(int64_t, s->n);
    s->leaf = PL_NEW(int32_t, s->n);
    s->list = PL_NEW(int32_t, s->n);
    s->next = PL_NEW(int32_t, s->b->n_rows);
    s->at = PL_NEW0(uint16_t, s->b->n_rows);
    if (s->state == NULL || s->votes == NULL || s->keep == NULL || s->leaf == NULL || s->list == NULL || s->next == NULL ||
        s->at == NULL || !pl_grow(&s->node, &s->cap_nodes, 64, sizeof *s->node, INT32_MAX)) {
        return nomem(s);
    }
    s->node[s->n_nodes++] = (node){.parent = NONE, .child = NONE, .sibling = NONE, .first = NONE, .candidate = NONE, .leaf = NONE};
    for (int32_t c = 0; c < s->n; c++) {
        s->state[c] = s->b->candidate[c].withdrawn ? OUT : HOPEFUL;
        s->hopeful += s->state[c] == HOPEFUL;
        s->keep[c] = s->state[c] == HOPEFUL ? ONE : 0;
        s->leaf[c] = NONE;
    }
    return PL_OK;
}

/* ---- The tree ------------------------------------------------------------------------------------------------------------- */

/* The child of `parent` for candidate c, made when it is not there; NONE when there is no memory. */
static int32_t child_of(counting *s, int32_t parent, int32_t c)
{
    int32_t k = s->node[parent].child;
    while (k != NONE && s->node[k].candidate != c) {
        k = s->node[k].sibling;
    }
    if (k == NONE) {
        if (!pl_grow(&s->node, &s->cap_nodes, s->n_nodes + 1, sizeof *s->node, INT32_MAX)) {
            return NONE;
        }
        k = (int32_t)s->n_nodes++;
        s->node[k] = (node){.parent = parent, .child = NONE, .sibling = s->node[parent].child, .first = NONE, .candidate = c,
                            .leaf = NONE};
        s->node[parent].child = k;
        if (s->state[c] == HOPEFUL) {
            s->node[k].leaf = s->leaf[c];
            s->leaf[c] = k;
        }
    }
    return k;
}

/* Lets a row sink from node `from` past elected candidates to its first hopeful one, or until it ends. */
static bool sink(counting *s, int32_t row, int32_t from)
{
    const uint16_t *choice = s->b->choice + s->b->start[row];
    int64_t n = s->b->start[row + 1] - s->b->start[row], i = s->at[row];
    for (; i < n; i++) {
        int32_t c = choice[i];
        if (s->state[c] == OUT) {
            continue;
        }
        from = child_of(s, from, c);
        if (from == NONE) {
            return false;
        }
        s->node[from].papers += s->b->count[row];
        if (s->state[c] == HOPEFUL) {
            s->next[row] = s->node[from].first;
            s->node[from].first = row;
            i++;
            break;
        }
    }
    s->at[row] = (uint16_t)i;
    return true;
}

/* The papers of candidate c, who was elected or excluded just now, sink further: from its leaves, or from what is above. */
static pl_status pass_on(counting *s, int32_t c)
{
    for (int32_t k = s->leaf[c]; k != NONE; k = s->node[k].leaf) {
        int32_t row = s->node[k].first, below, from = s->state[c] == ELECTED ? k : s->node[k].parent;
        s->node[k].first = NONE;
        if (s->state[c] == OUT) {
            s->node[k].papers = 0;
        }
        for (; row != NONE; row = below) {
            below = s->next[row];
            if (!sink(s, row, from)) {
                return nomem(s);
            }
            if (++s->ticks % TICKS == 0 && !pl_tick(&s->settings->progress, "counting", -1)) {
                return pl_fail(s->err, PL_STOPPED, NULL, NULL, "stopped");
            }
        }
    }
    s->leaf[c] = NONE;
    return PL_OK;
}

/* ---- The rule ------------------------------------------------------------------------------------------------------------- */

/* a * b / c, rounded up. */
static int64_t up(int64_t a, int64_t b, int64_t c)
{
    return (int64_t)(((__int128)a * b + c - 1) / c);
}

/* B.2.a and b: votes and quota.  Children come after their parents in the array. */
static void distribute(counting *s)
{
    int64_t sum = 0;
    memset(s->votes, 0, (size_t)s->n * sizeof *s->votes);
    s->node[0].weight = ONE;
    for (size_t k = 1; k < s->n_nodes; k++) {
        node *x = &s->node[k];
        int64_t weight = s->node[x->parent].weight;
        int64_t kept = x->papers > 0 && weight > 0 ? up(weight, s->keep[x->candidate], ONE) : 0;
        s->votes[x->candidate] += kept * x->papers;
        x->weight = weight - kept;
    }
    for (int32_t c = 0; c < s->n; c++) {
        sum += s->votes[c];
    }
    s->quota = sum / (s->count->seats + 1) + 1;
}

/* B.2.c: who has the quota, into the list. */
static int32_t find_winners(counting *s)
{
    int32_t n = 0;
    for (int32_t c = 0; c < s->n; c++) {
        if (s->state[c] == HOPEFUL && s->votes[c] >= s->quota) {
            s->list[n++] = c;
        }
    }
    return n;
}

/* B.2.d; the n in the list were elected just now. */
static void sum_surplus(counting *s, int32_t n)
{
    s->surplus = 0;
    for (int32_t c = 0; c < s->n; c++) {
        s->surplus += s->state[c] == ELECTED ? s->votes[c] - s->quota : 0;
    }
    for (int32_t i = 0; i < n; i++) {
        s->surplus += s->votes[s->list[i]] - s->quota;
    }
    s->surplus = s->surplus > 0 ? s->surplus : 0;
}

/* B.2.f */
static void update_keep(counting *s)
{
    for (int32_t c = 0; c < s->n; c++) {
        if (s->state[c] == ELECTED && s->votes[c] > 0) {
            s->keep[c] = up(up(s->keep[c], s->quota, ONE), ONE, s->votes[c]);
        }
    }
}

static void record(counting *s, pl_count_stage *stage)
{
    int64_t sum = 0;
    for (int32_t c = 0; c < s->n; c++) {
        stage->votes[c] = s->votes[c];
        stage->keep[c] = s->keep[c];
        sum += s->votes[c];
    }
    stage->quota = s->quota;
    stage->surplus = s->surplus;
    stage->lost = s->count->total - sum;
    s->count->quota = s->count->n_stages == 1 ? s->quota : s->count->quota;
}

/* B.3: the lowest, ties being within the surplus; excluded and passed on. */
static pl_status exclude(counting *s, pl_count_stage *stage)
{
    int64_t low = INT64_MAX;
    int32_t n = 0, c;
    for (c = 0; c < s->n; c++) {
        low = s->state[c] == HOPEFUL && s->votes[c] < low ? s->votes[c] : low;
    }
    for (c = 0; c < s->n; c++) {
        if (s->state[c] == HOPEFUL && s->votes[c] <= low + s->surplus) {
            s->list[n++] = c;
        }
    }
    pl_status status = pl_tie_break(&s->lots, &s->count->store->arena, s->count->stage, s->count->n_stages - 1, s->list, n, false,
                                    "who is excluded", &stage->tie, &c, s->err);
    if (status != PL_OK) {
        return status;
    }
    stage->candidate = c;
    s->state[c] = OUT;
    s->keep[c] = 0;
    s->hopeful--;
    return pass_on(s, c);
}

/* One round: B.2 and B.3. */
static pl_status round_of(counting *s)
{
    pl_count_stage *stage = pl_count_add_stage(s->count, PL_STEP_ROUND, NONE, true);
    if (stage == NULL) {
        return nomem(s);
    }
    for (stage->iterations = 1;; stage->iterations++) {
        distribute(s);
        int32_t n = find_winners(s);
        sum_surplus(s, n);
        if (n > 0) {
            record(s, stage);
            if (!pl_count_elect(s->count, stage, s->list, n, false)) {
                return nomem(s);
            }
            s->hopeful -= n;
            for (int32_t i = 0; i < n; i++) { /* all first: a paper may pass several at once */
                s->state[stage->elected[i]] = ELECTED;
            }
            pl_status status = PL_OK;
            for (int32_t i = 0; i < n && status == PL_OK; i++) {
                status = pass_on(s, stage->elected[i]);
            }
            return status;
        }
        bool stable = stage->iterations > 1 && s->surplus >= s->last_surplus;
        if (s->surplus < OMEGA || stable) {
            record(s, stage);
            return exclude(s, stage);
        }
        if (stage->iterations == ITERATIONS_MAX || !pl_tick(&s->settings->progress, "counting", -1)) {
            return stage->iterations == ITERATIONS_MAX ? pl_fail(s->err, PL_NUMERIC, NULL, NULL, "a round does not end")
                                                       : pl_fail(s->err, PL_STOPPED, NULL, NULL, "stopped");
        }
        s->last_surplus = s->surplus;
        update_keep(s);
    }
}

/* C: the seats that are left go to whoever is left, in a stage of its own when there was none yet. */
static pl_status finish(counting *s)
{
    int32_t n = 0;
    if (s->count->n_winners == s->count->seats) {
        return PL_OK;
    }
    if (s->count->n_stages == 0) {
        pl_count_stage *stage = pl_count_add_stage(s->count, PL_STEP_ROUND, NONE, true);
        if (stage == NULL) {
            return nomem(s);
        }
        distribute(s);
        record(s, stage);
    }
    for (int32_t c = 0; c < s->n; c++) {
        if (s->state[c] == HOPEFUL) {
            s->list[n++] = c;
        }
    }
    return pl_count_elect(s->count, &s->count->stage[s->count->n_stages - 1], s->list, n, true) ? PL_OK : nomem(s);
}

static pl_status run(counting *s)
{
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        if (!sink(s, (int32_t)row, 0)) {
            return nomem(s);
        }
    }
    for (size_t k = 1; k < s->n_nodes; k++) {
        s->count->valid += s->node[k].papers; /* all leaves below the root */
    }
    if (s->count->valid == 0) {
        return pl_fail(s->err, PL_DATA, NULL, NULL, "no paper names a candidate who is standing");
    }
    s->count->total = s->count->valid * ONE;
    pl_status status = PL_OK;
    while (status == PL_OK && s->count->n_winners < s->count->seats &&
           s->count->n_winners + s->hopeful > s->count->seats) {
        status = round_of(s);
    }
    status = status == PL_OK ? finish(s) : status;
    s->count->draws = s->lots.draws;
    return status;
}

pl_status pl_count_meek(const pl_ballots *ballots, const pl_count_settings *settings, pl_count **out, pl_error *err)
{
    int32_t seats;
    counting s = {.b = ballots, .settings = settings, .err = err, .n = ballots->n_candidates,
                  .lots = {.ballots = ballots, .seed = settings->seed}};
    *out = NULL;
    pl_status status = pl_check_ranked(ballots, "meek", false, err);
    status = status == PL_OK ? pl_check_seats(ballots, settings, ballots->seats, &seats, err) : status;
    status = status == PL_OK ? counting_new(&s) : status;
    if (status == PL_OK) {
        s.count = pl_count_begin(PL_MEEK, ballots, settings, seats, 2 * s.n + 2);
        status = s.count != NULL ? run(&s) : nomem(&s);
    }
    counting_free(&s);
    if (status != PL_OK) {
        pl_count_free(s.count);
        return status;
    }
    *out = s.count;
    return PL_OK;
}
