/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * scottish.c - Scottish STV (SSI 2007/42, Schedule 1, rules 45-52) and countback.
 *
 * Papers lie in parcels: those that a candidate received at one value.  A transfer takes a candidate's parcels one by one
 * and puts each paper on the parcel of its next choice.  Votes and values are whole numbers of 1/100,000. */
#include <string.h>

#include "ballot/stages.h"
#include "base/mem.h"

#define ONE 100000 /* a whole vote */
#define TICKS 65536 /* papers between two looks at the clock */

enum { HOPEFUL, ELECTED, OUT };
enum { NONE = -1 };

typedef struct parcel {
    int64_t value;
    int32_t first; /* row; NONE = empty */
    int32_t next;  /* parcel of the same candidate */
} parcel;

typedef struct counting {
    const pl_ballots *b;
    const pl_count_settings *settings;
    pl_error *err;
    pl_count *count;
    pl_lots lots;
    int32_t n, hopeful;
    unsigned char *state; /* by candidate */
    int64_t *votes;
    int32_t *parcels;     /* by candidate: first parcel */
    int32_t *target;      /* by candidate: the parcel that takes the papers of the parcel now sorted */
    int32_t *list;        /* room for candidates */
    int32_t *next;        /* by row: the one below it in its parcel */
    uint16_t *at;         /* by row: which of its choices holds it */
    parcel *parcel;
    size_t n_parcels, cap_parcels;
    int64_t ticks;
} counting;

static void counting_free(counting *s)
{
    pl_free(s->state);
    pl_free(s->votes);
    pl_free(s->parcels);
    pl_free(s->target);
    pl_free(s->list);
    pl_free(s->next);
    pl_free(s->at);
    pl_free(s->parcel);
}

static pl_status counting_new(counting *s, const pl_ballots *b, const pl_count_settings *settings, pl_error *err)
{
    *s = (counting){.b = b, .settings = settings, .err = err, .n = b->n_candidates, .lots = {.ballots = b, .seed = settings->seed}};
    s->state = PL_NEW0(unsigned char, s->n);
    s->votes = PL_NEW0(int64_t, s->n);
    s->parcels = PL_NEW(int32_t, s->n);
    s->target = PL_NEW(int32_t, s->n);
    s->list = PL_NEW(int32_t, s->n);
    s->next = PL_NEW(int32_t, b->n_rows);
    s->at = PL_NEW(uint16_t, b->n_rows);
    if (s->state == NULL || s->votes == NULL || s->parcels == NULL || s->target == NULL || s->list == NULL || s->next == NULL ||
        s->at == NULL) {
        counting_free(s);
        return pl_fail_nomem(err, "the count");
    }
    for (int32_t c = 0; c < s->n; c++) {
        s->parcels[c] = s->target[c] = NONE;
    }
    return PL_OK;
}

static pl_status nomem(counting *s)
{
    return pl_fail_nomem(s->err, "the count");
}

/* ---- Papers ------------------------------------------------------------------------------------------------------------ */

/* Puts a row on the parcel of that value of candidate c, which is opened when there is none; `fixed`: c's target of this move. */
static bool put(counting *s, int32_t row, int32_t c, int64_t value)
{
    int32_t p = s->target[c];
    if (p == NONE) {
        for (p = s->parcels[c]; p != NONE && s->parcel[p].value != value; p = s->parcel[p].next) {
        }
        if (p == NONE) {
            if (!pl_grow(&s->parcel, &s->cap_parcels, s->n_parcels + 1, sizeof *s->parcel, INT32_MAX)) {
                return false;
            }
            p = (int32_t)s->n_parcels++;
            s->parcel[p] = (parcel){value, NONE, s->parcels[c]};
            s->parcels[c] = p;
        }
        s->target[c] = p;
    }
    s->next[row] = s->parcel[p].first;
    s->parcel[p].first = row;
    return true;
}

static void forget_targets(counting *s)
{
    for (int32_t c = 0; c < s->n; c++) {
        s->target[c] = NONE;
    }
}

/* The first continuing candidate of the row from its choice i on, or NONE; *i moves there. */
static int32_t continuing(const counting *s, int32_t row, int64_t *i)
{
    const uint16_t *choice = s->b->choice + s->b->start[row];
    int64_t n = s->b->start[row + 1] - s->b->start[row];
    for (; *i < n; ++*i) {
        if (s->state[choice[*i]] == HOPEFUL) {
            return choice[*i];
        }
    }
    return NONE;
}

/* Sends a row, from its choice i on, to the next continuing candidate, at that value. */
static bool send(counting *s, pl_count_stage *stage, int32_t row, int64_t i, int64_t value)
{
    int32_t c = continuing(s, row, &i);
    if (c == NONE) {
        stage->stuck += s->b->count[row];
        return true;
    }
    s->at[row] = (uint16_t)i;
    s->votes[c] += value * s->b->count[row];
    stage->moved += s->b->count[row];
    return put(s, row, c, value);
}

/* Moves all papers of candidate c: at their value, or for a surplus at surplus * value / votes, cut (rule 48(3)). */
static pl_status move(counting *s, pl_count_stage *stage, int32_t c, int64_t surplus)
{
    int64_t votes = s->votes[c];
    for (int32_t p = s->parcels[c]; p != NONE; p = s->parcel[p].next) {
        int64_t value = s->parcel[p].value;
        if (surplus >= 0) {
            value = (int64_t)((__int128)surplus * value / votes);
        }
        forget_targets(s);
        for (int32_t row = s->parcel[p].first, below; row != NONE; row = below) {
            below = s->next[row];
            if (!send(s, stage, row, (int64_t)s->at[row] + 1, value)) {
                return nomem(s);
            }
            if (++s->ticks % TICKS == 0 && !pl_tick(&s->settings->progress, "counting", -1)) {
                return pl_fail(s->err, PL_STOPPED, NULL, NULL, "stopped");
            }
        }
    }
    forget_targets(s);
    s->parcels[c] = NONE;
    s->votes[c] = surplus >= 0 ? votes - surplus : 0;
    return PL_OK;
}

/* ---- Stages ------------------------------------------------------------------------------------------------------------ */

/* Copies the votes into the stage; what is not there is lost. */
static void record(counting *s, pl_count_stage *stage)
{
    int64_t sum = 0;
    for (int32_t c = 0; c < s->n; c++) {
        stage->votes[c] = s->votes[c];
        sum += s->votes[c];
    }
    stage->lost = s->count->total - sum;
}

/* Rules 47 and 52: who has the quota; then, when only as many are left as seats, all of them. */
static pl_status elect(counting *s, pl_count_stage *stage)
{
    for (int last = 0; last < 2; last++) {
        int32_t n = 0, vacant = s->count->seats - s->count->n_winners;
        for (int32_t c = 0; c < s->n; c++) {
            bool now = last ? vacant > 0 && s->hopeful <= vacant : s->votes[c] >= s->count->quota;
            if (s->state[c] == HOPEFUL && now) {
                s->list[n++] = c;
            }
        }
        for (int32_t i = 0; i < n; i++) {
            s->state[s->list[i]] = ELECTED;
        }
        s->hopeful -= n;
        if (n > 0 && !pl_count_elect(s->count, stage, s->list, n, last)) {
            return nomem(s);
        }
    }
    return PL_OK;
}

/* Candidates of that state with the most (or fewest) votes; returns how many. */
static int32_t extreme(const counting *s, int state, bool highest, int32_t *list)
{
    int32_t n = 0;
    for (int32_t c = 0; c < s->n; c++) {
        if (s->state[c] != state) {
            continue;
        }
        int64_t difference = n > 0 ? s->votes[c] - s->votes[list[0]] : 0;
        if (n == 0 || (highest ? difference > 0 : difference < 0)) {
            list[0] = c;
            n = 1;
        } else if (difference == 0) {
            list[n++] = c;
        }
    }
    return n;
}

/* The next transfer: the largest surplus (rules 48, 49), or else the exclusion of the lowest (rules 50, 51). */
static pl_status next_stage(counting *s, pl_count_stage **stage)
{
    int32_t n = extreme(s, ELECTED, true, s->list), c;
    bool surplus = n > 0 && s->votes[s->list[0]] > s->count->quota;
    pl_tie tie;
    if (!surplus) {
        n = extreme(s, HOPEFUL, false, s->list);
    }
    pl_status status = pl_tie_break(&s->lots, &s->count->store->arena, s->count->stage, s->count->n_stages, s->list, n, surplus,
                                    surplus ? "whose surplus goes on first" : "who is excluded", &tie, &c, s->err);
    if (status != PL_OK) {
        return status;
    }
    *stage = pl_count_add_stage(s->count, surplus ? PL_STEP_SURPLUS : PL_STEP_EXCLUDE, c, false);
    if (*stage == NULL) {
        return nomem(s);
    }
    (*stage)->tie = tie;
    if (surplus) {
        (*stage)->surplus = s->votes[c] - s->count->quota;
    } else {
        s->state[c] = OUT;
        s->hopeful--;
    }
    status = move(s, *stage, c, surplus ? (*stage)->surplus : -1);
    record(s, *stage);
    return status;
}

/* First preferences and the quota (rules 45, 46). */
static pl_status first_stage(counting *s, pl_count_stage **out)
{
    pl_count_stage *stage = pl_count_add_stage(s->count, PL_STEP_FIRST, NONE, false);
    if (stage == NULL) {
        return nomem(s);
    }
    for (int32_t c = 0; c < s->n; c++) {
        s->state[c] = s->b->candidate[c].withdrawn ? OUT : HOPEFUL;
        s->hopeful += !s->b->candidate[c].withdrawn;
    }
    for (int64_t row = 0; row < s->b->n_rows; row++) {
        if (!send(s, stage, (int32_t)row, 0, ONE)) {
            return nomem(s);
        }
    }
    forget_targets(s);
    s->count->valid = stage->moved; /* papers that name only candidates who withdrew are not valid */
    s->count->total = stage->moved * ONE;
    stage->stuck = 0;
    if (s->count->valid == 0) {
        return pl_fail(s->err, PL_DATA, NULL, NULL, "no paper names a candidate who is standing");
    }
    s->count->quota = stage->quota = (s->count->valid / (s->count->seats + 1) + 1) * ONE;
    record(s, stage);
    *out = stage;
    return PL_OK;
}

/* Counts to the end, or (until >= 0) to the stage at which that candidate is elected. */
static pl_status run(counting *s, int32_t until)
{
    pl_count_stage *stage = NULL;
    pl_status status = first_stage(s, &stage);
    while (status == PL_OK && (status = elect(s, stage)) == PL_OK) {
        bool found = until >= 0 && s->state[until] == ELECTED;
        if (found || s->count->n_winners == s->count->seats) {
            break;
        }
        status = next_stage(s, &stage);
    }
    s->count->draws = s->lots.draws;
    return status;
}

static pl_status begin(counting *s, const pl_ballots *b, const pl_count_settings *settings, pl_error *err)
{
    int32_t seats;
    pl_status status = pl_check_ranked(b, "scottish", false, err);
    status = status == PL_OK ? pl_check_seats(b, settings, b->seats, &seats, err) : status;
    status = status == PL_OK ? counting_new(s, b, settings, err) : status;
    if (status != PL_OK) {
        return status;
    }
    s->count = pl_count_begin(PL_SCOTTISH, b, settings, seats, 2 * b->n_candidates + 2);
    if (s->count == NULL) {
        status = nomem(s);
        counting_free(s);
    }
    return status;
}

pl_status pl_count_scottish(const pl_ballots *ballots, const pl_count_settings *settings, pl_count **out, pl_error *err)
{
    counting s;
    *out = NULL;
    pl_status status = begin(&s, ballots, settings, err);
    if (status != PL_OK) {
        return status;
    }
    status = run(&s, NONE);
    counting_free(&s);
    if (status != PL_OK) {
        pl_count_free(s.count);
        return status;
    }
    *out = s.count;
    return PL_OK;
}

/* ---- Countback ----------------------------------------------------------------------------------------------------------- */

/* Papers of the member who left go to the highest of those who stand, at the values that made up the quota. */
static pl_status hand_over(counting *s, const counting *old, int32_t left, pl_count_stage *stage)
{
    int64_t votes = old->votes[left], quota = old->count->quota;
    for (int32_t p = old->parcels[left]; p != NONE; p = old->parcel[p].next) {
        int64_t value = old->parcel[p].value;
        value = votes > quota ? (int64_t)((__int128)value * quota / votes) : value;
        forget_targets(s);
        for (int32_t row = old->parcel[p].first; row != NONE; row = old->next[row]) {
            s->count->valid += s->b->count[row];
            s->count->total += value * s->b->count[row];
            if (!send(s, stage, row, 0, value)) {
                return nomem(s);
            }
        }
    }
    forget_targets(s);
    record(s, stage);
    return PL_OK;
}

/* Who has more than half of what is not lost, or is the only one left. */
static pl_status elect_one(counting *s, pl_count_stage *stage)
{
    int32_t n = extreme(s, HOPEFUL, true, s->list);
    stage->quota = (s->count->total - stage->lost) / 2 + 1;
    bool last = s->hopeful == 1;
    if (n > 1 || (!last && s->votes[s->list[0]] < stage->quota)) {
        return PL_OK;
    }
    return pl_count_elect(s->count, stage, s->list, 1, last && s->votes[s->list[0]] < stage->quota) ? PL_OK : nomem(s);
}

static pl_status countback(counting *s, const counting *old, int32_t left, const bool *stands)
{
    s->count->stands = PL_ARENA_NEW(&s->count->store->arena, int32_t, s->n);
    if (s->count->stands == NULL) {
        return nomem(s);
    }
    s->count->left = left;
    s->count->of_seats = old->count->seats;
    for (int32_t c = 0; c < s->n; c++) {
        bool elected = old->state[c] == ELECTED;
        bool may = !elected && !s->b->candidate[c].withdrawn && (stands == NULL || stands[c]);
        s->state[c] = may ? HOPEFUL : OUT;
        if (may) {
            s->count->stands[s->hopeful++] = c;
        }
    }
    s->count->n_stands = s->hopeful;
    if (s->hopeful == 0) {
        return pl_fail(s->err, PL_DATA, "countback", "hold a new election", "nobody stands for the vacant seat");
    }
    pl_count_stage *stage = pl_count_add_stage(s->count, PL_STEP_FIRST, NONE, false);
    pl_status status = stage != NULL ? hand_over(s, old, left, stage) : nomem(s);
    while (status == PL_OK && (status = elect_one(s, stage)) == PL_OK && s->count->n_winners == 0) {
        s->count->quota = INT64_MAX; /* there are no surpluses */
        status = next_stage(s, &stage);
    }
    s->count->quota = s->count->stage[0].quota;
    s->count->draws = s->lots.draws;
    return status;
}

pl_status pl_count_countback(const pl_ballots *ballots, const pl_count_settings *settings, int32_t left, const bool *stands,
                             pl_count **out, pl_error *err)
{
    counting old, s;
    *out = NULL;
    pl_status status = begin(&old, ballots, settings, err);
    if (status != PL_OK) {
        return status;
    }
    status = run(&old, NONE); /* to the end, to know who was elected */
    if (status == PL_OK && old.state[left] != ELECTED) {
        status = pl_fail(err, PL_DATA, "countback", "name one of the elected", "%.60s was not elected", pl_candidate_name(ballots, left));
    }
    counting whole = old;
    if (status == PL_OK && (status = begin(&old, ballots, settings, err)) == PL_OK) {
        status = run(&old, left); /* and again, to have the papers as they lay when `left` was elected */
        memcpy(old.state, whole.state, (size_t)old.n);
        status = status == PL_OK ? counting_new(&s, ballots, settings, err) : status;
        if (status == PL_OK) {
            s.count = pl_count_begin(PL_COUNTBACK, ballots, settings, 1, ballots->n_candidates + 2);
            status = s.count != NULL ? PL_OK : nomem(&s);
            if (status == PL_OK) {
                s.lots.draws = whole.lots.draws; /* no draw has the number of one of the first count */
                status = countback(&s, &old, left, stands);
            }
            counting_free(&s);
            if (status == PL_OK) {
                *out = s.count;
            } else {
                pl_count_free(s.count);
            }
        }
        pl_count_free(old.count);
        counting_free(&old);
    }
    pl_count_free(whole.count);
    counting_free(&whole);
    return status;
}
