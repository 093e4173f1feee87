/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Long random histories of councils at three levels: members stand, withdraw, vote, resign, leave, recall one another, or do nothing for weeks.  At every moment
 * the invariants of council_help.h hold, and in the end the record gives the same tables again. */
#include "base/rng.h"
#include "council/members.h"
#include "test/council_help.h"
#include "test/test.h"

#define PEOPLE 16
#define SOME 64 /* ids of a kind that are looked at */

typedef struct world {
    test_commons c;
    pl_rng rng;
    test_id open[SOME], voting[SOME], mandates[SOME], recalls[SOME]; /* elections to stand in, open ballots, ... */
    int64_t options[SOME];
    size_t n_open, n_voting, n_mandates, n_recalls;
} world;

static size_t draw(world *w, size_t n)
{
    return (size_t)pl_rng_below(&w->rng, n);
}

static void add(test_id *list, size_t *n, const uint8_t *id)
{
    if (*n < SOME) {
        memcpy(list[(*n)++].at, id, PL_HASH);
    }
}

/* What can be done now. */
static pl_status look_around(void *user, pl_step *s)
{
    world *w = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ELECTIONS, &all);
    pl_election e;
    pl_ballot b;
    pl_mandate m;
    pl_recall r;
    bool there;
    w->n_open = w->n_voting = w->n_mandates = w->n_recalls = 0;
    while (pl_next(s, &PL_ELECTIONS, &at, &e, &there) == PL_OK && there) {
        if (e.state == PL_ELECTION_STANDING) {
            add(w->open, &w->n_open, at.key);
        }
    }
    for (at = pl_rows(&PL_BALLOTS, &all); pl_next(s, &PL_BALLOTS, &at, &b, &there) == PL_OK && there && w->n_voting < SOME;) {
        if (b.state == PL_BALLOT_OPEN) {
            w->options[w->n_voting] = b.options;
            add(w->voting, &w->n_voting, at.key);
        }
    }
    for (at = pl_rows(&PL_MANDATES, &all); pl_next(s, &PL_MANDATES, &at, &m, &there) == PL_OK && there;) {
        if (m.ended < 0) {
            add(w->mandates, &w->n_mandates, at.key);
        }
    }
    for (at = pl_rows(&PL_RECALLS, &all); pl_next(s, &PL_RECALLS, &at, &r, &there) == PL_OK && there;) {
        if (r.state <= PL_RECALL_OPEN) {
            add(w->recalls, &w->n_recalls, at.key);
        }
    }
    return PL_OK;
}

/* A ranking of some of the options. */
static size_t some_marks(world *w, int64_t options, int64_t *marks)
{
    size_t n = draw(w, (size_t)options + 1);
    for (int64_t i = 0; i < options; i++) {
        marks[i] = i;
    }
    for (size_t i = (size_t)options; i > 1; i--) {
        size_t k = draw(w, i);
        int64_t x = marks[i - 1];
        marks[i - 1] = marks[k];
        marks[k] = x;
    }
    return options == 2 && n > 1 ? 1 : n;
}

/* Mostly whose it is, sometimes somebody else. */
static pl_rule resign(world *w, test_id mandate, size_t who)
{
    pl_mandate m = test_mandate(&w->c, mandate);
    for (size_t i = 0; i < PEOPLE && draw(w, 20) > 0; i++) {
        who = memcmp(test_member(&w->c, i), m.holder, PL_HASH) == 0 ? i : who;
    }
    return draw(w, 4) == 0 ? test_one(&w->c, who, &PL_KIND_MANDATE_RESIGNED, "mandate", mandate.at) : PL_RULE_NONE;
}

static pl_rule act(world *w)
{
    test_commons *c = &w->c;
    int64_t marks[PL_OPTIONS_MAX];
    size_t who = draw(w, PEOPLE), i;
    if (who >= PEOPLE / 2 && draw(w, 150) == 0) {
        return test_act(c, who, &PL_KIND_MEMBER_LEFT, (test_field[]){{0}});
    }
    switch (draw(w, 17)) {
    case 0:
    case 1:
    case 2:
    case 16:
        return w->n_open > 0 ? test_stand(c, who, w->open[draw(w, w->n_open)]) : PL_RULE_NONE;
    case 3:
        return w->n_open > 0 ? test_one(c, who, &PL_KIND_CANDIDATE_WITHDREW, "election", w->open[draw(w, w->n_open)].at) : PL_RULE_NONE;
    case 4:
        return w->n_mandates > 0 ? resign(w, w->mandates[draw(w, w->n_mandates)], who) : PL_RULE_NONE;
    case 5:
        return w->n_mandates > 0 ? test_ask(c, who, w->mandates[draw(w, w->n_mandates)]) : PL_RULE_NONE;
    case 6:
    case 7:
    case 8:
        return w->n_recalls > 0 ? test_one(c, who, &PL_KIND_RECALL_SIGNED, "recall", w->recalls[draw(w, w->n_recalls)].at) : PL_RULE_NONE;
    default:
        if (w->n_voting == 0) {
            return PL_RULE_NONE;
        }
        i = draw(w, w->n_voting);
        return test_mark(c, who, w->voting[i].at, marks, some_marks(w, w->options[i], marks));
    }
}

typedef struct tally {
    int64_t ends[PL_END_BASE + 1], countbacks, again, alone, carried;
} tally;

static pl_status add_up(void *user, pl_step *s)
{
    tally *t = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MANDATES, &all);
    pl_mandate m;
    pl_election e;
    pl_stand stand;
    bool there;
    while (pl_next(s, &PL_MANDATES, &at, &m, &there) == PL_OK && there) {
        t->ends[m.why]++;
    }
    for (at = pl_rows(&PL_ELECTIONS, &all); pl_next(s, &PL_ELECTIONS, &at, &e, &there) == PL_OK && there;) {
        t->countbacks += e.countbacks;
        t->again += e.sort == PL_ELECTION_AGAIN && e.state == PL_ELECTION_DECIDED;
    }
    for (at = pl_rows(&PL_STANDS, &all); pl_next(s, &PL_STANDS, &at, &stand, &there) == PL_OK && there;) {
        t->alone += stand.how == PL_ELECTED_ALONE;
    }
    return PL_OK;
}

static void history(uint64_t seed, int steps, tally *t)
{
    world w = {.c = test_commons_begin(PEOPLE)};
    test_id everyone = test_everyone(&w.c), low = test_council(&w.c, "Bakers", everyone, 4), other = test_council(&w.c, "Millers", everyone, 1);
    test_id electors[2] = {low, other};
    const int64_t seats[2] = {2, 1};
    pl_rng_seed(&w.rng, seed);
    CHECK_INT(test_act(&w.c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", "Bread"), F_IDS("electors", electors, 2), F_INTS("seats", seats, 2), {0}}),
              PL_RULE_NONE);
    test_id high;
    memcpy(high.at, w.c.id, PL_HASH);
    test_council(&w.c, "Food", high, 1);
    test_constitution(&w.c, "secret.elections = 0\nsecret.recalls = 0\nmandate.term_days = 90\nelection.nomination_days = 4\nelection.voting_days = 3\nrecall.ballot_within_days = 1\n"
                            "recall.voting_days = 2\nrecall.election_within_days = 5\nrecall.term_end_days = 5\n");
    for (int step = 0; step < steps; step++) {
        test_later(&w.c, draw(&w, 40) == 0 ? DAYS(draw(&w, 30)) : (int64_t)draw(&w, PL_DAY));
        test_look(&w.c, look_around, &w);
        for (int k = 0; k < 4; k++) {
            pl_rule rule = act(&w);
            bool refused = rule >= PL_RULE_BALLOT_OPEN && rule <= PL_RULE_RECALL_ANSWER;
            CHECK(rule == PL_RULE_NONE || refused || rule == PL_RULE_KEY); /* by a rule of these; or the person has left */
        }
        test_invariants(&w.c);
    }
    test_look(&w.c, add_up, t);
    test_commons_end(&w.c);
}

/* What happens in a history hangs on chance, and so on all ids: together the two have something of everything. */
TEST(councils_hold_their_invariants_in_any_history)
{
    tally t = {.countbacks = 0};
    history(1, 600, &t);
    history(2, 600, &t);
    printf("# ended by term %lld, resigned %lld, left %lld, recalled %lld, replaced %lld, with their base %lld; countbacks %lld, groups elected again %lld, uncontested %lld\n",
           (long long)t.ends[PL_END_TERM], (long long)t.ends[PL_END_RESIGNED], (long long)t.ends[PL_END_LEFT], (long long)t.ends[PL_END_RECALLED], (long long)t.ends[PL_END_REPLACED],
           (long long)t.ends[PL_END_BASE], (long long)t.countbacks, (long long)t.again, (long long)t.alone);
    CHECK(t.ends[PL_END_TERM] > 0 && t.ends[PL_END_RESIGNED] > 0 && t.ends[PL_END_LEFT] > 0 && t.ends[PL_END_RECALLED] > 0 && t.ends[PL_END_REPLACED] > 0 && t.ends[PL_END_BASE] > 0);
    CHECK(t.countbacks > 0 && t.again > 0 && t.alone > 0);
}
