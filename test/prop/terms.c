/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Councils of councils over calendars that chance makes: once a seat is filled, and somebody always stands, it is held at every moment from then on, at every
 * level; and a recall below ends what rests on it in that moment. */
#include "base/rng.h"
#include "test/council_help.h"
#include "test/test.h"

#define PEOPLE 14
#define GROUPS 6

/* Two councils below, of different people; one above with delegates of both; one above that. */
typedef struct calendar {
    test_commons c;
    pl_rng rng;
    struct {
        test_id council;
        int64_t number, seats, begins; /* when its first members begin to stand */
        size_t first, people;          /* whoever may stand */
        bool filled;
        test_id voted;                 /* in this ballot everybody has */
    } group[GROUPS];
} calendar;

static int64_t draw(calendar *k, int64_t least, int64_t most)
{
    return least + (int64_t)pl_rng_below(&k->rng, (size_t)(most - least + 1));
}

static test_id create(calendar *k, size_t first, const char *name, const test_id *electors, const int64_t *seats, size_t n, size_t people, size_t members)
{
    test_id id;
    CHECK_INT(test_act(&k->c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", name), F_IDS("electors", electors, n), F_INTS("seats", seats, n), {0}}), PL_RULE_NONE);
    memcpy(id.at, k->c.id, PL_HASH);
    for (size_t i = 0; i < n; i++) {
        k->group[first + i].council = id;
        k->group[first + i].number = (int64_t)i;
        k->group[first + i].seats = seats[i];
        k->group[first + i].first = people;
        k->group[first + i].people = members;
        k->group[first + i].begins = (int64_t)k->c.now + DAYS(members == PEOPLE ? 0 : draw(k, 0, 40));
    }
    return id;
}

static calendar begin(uint64_t seed)
{
    calendar k = {.c = test_commons_begin(PEOPLE)};
    char text[400];
    pl_rng_seed(&k.rng, seed);
    test_id everyone = test_everyone(&k.c), both[2] = {everyone, everyone};
    test_id bakers = create(&k, 0, "Bakers", both, (int64_t[]){3, 1}, 2, 0, PEOPLE / 2);
    test_id millers = create(&k, 2, "Millers", &everyone, (int64_t[]){3}, 1, PEOPLE / 2, PEOPLE / 2);
    test_id bread = create(&k, 3, "Bread", (test_id[]){bakers, millers}, (int64_t[]){2, 2}, 2, 0, PEOPLE);
    create(&k, 5, "Food", &bread, (int64_t[]){2}, 1, 0, PEOPLE);
    snprintf(text, sizeof text,
             "mandate.term_days = %lld\nmandate.terms_in_row = 10\nelection.nomination_days = %lld\nelection.voting_days = %lld\nelection.delegates_nomination_days = %lld\n"
             "election.delegates_voting_days = %lld\nrecall.ballot_within_days = 0\nrecall.voting_days = 1\nrecall.term_end_days = 0\nrecall.signatures_percent = 5\n",
             (long long)draw(&k, 30, 60), (long long)draw(&k, 2, 9), (long long)draw(&k, 1, 5), (long long)draw(&k, 1, 5), (long long)draw(&k, 1, 3));
    test_constitution(&k.c, text);
    return k;
}

/* Some of those who can stand do, as many as there are seats at least; then all vote, in some order of their own. */
static void take_part(calendar *k, size_t i, test_id id)
{
    pl_election e;
    CHECK(test_row(&k->c, &PL_ELECTIONS, pl_key_id1(id.at), &e));
    size_t people = k->group[i].people, from = (size_t)draw(k, 0, (int64_t)people - 1);
    for (size_t n = 0; n < people && e.state == PL_ELECTION_STANDING && e.candidates < e.seats + 2; n++) {
        if (e.candidates < e.seats || draw(k, 0, 2) == 0) {
            pl_rule rule = test_stand(&k->c, k->group[i].first + (from + n) % people, id);
            CHECK(rule == PL_RULE_NONE || rule == PL_RULE_CANDIDATE_ELECTORS || rule == PL_RULE_CANDIDATE_ONCE || rule == PL_RULE_CANDIDATE_SEAT);
            e.candidates += rule == PL_RULE_NONE;
        }
    }
    pl_ballot b;
    bool open = e.state == PL_ELECTION_VOTING && !pl_id_none(e.ballot) && test_row(&k->c, &PL_BALLOTS, pl_key_id1(e.ballot), &b) && b.state == PL_BALLOT_OPEN;
    open = open && memcmp(k->group[i].voted.at, e.ballot, PL_HASH) != 0;
    memcpy(k->group[i].voted.at, e.ballot, PL_HASH);
    for (size_t who = 0; who < PEOPLE && open; who++) {
        int64_t marks[2] = {draw(k, 0, b.options - 1), 0};
        marks[1] = (marks[0] + 1) % b.options;
        pl_rule rule = test_mark(&k->c, who, e.ballot, marks, 2);
        CHECK(rule == PL_RULE_NONE || rule == PL_RULE_BALLOT_ROLL);
    }
}

/* How many hold a seat of the group. */
static int64_t held(calendar *k, size_t i)
{
    int64_t n = 0;
    for (int64_t seat = 1; seat <= k->group[i].seats; seat++) {
        pl_filled f;
        pl_mandate m;
        n += test_row(&k->c, &PL_FILLED, pl_key_then(pl_key_then(pl_key_id1(k->group[i].council.at), k->group[i].number), seat), &f) &&
             test_row(&k->c, &PL_MANDATES, pl_key_id1(f.mandate), &m) && m.ended < 0;
    }
    return n;
}

/* Nobody waits: whoever can stand and vote does, as the days go by; the moments when terms end are looked at, and those just before. */
static void go_through(calendar *k, int64_t days)
{
    for (int64_t end = (int64_t)k->c.now + DAYS(days); (int64_t)k->c.now < end;) {
        int64_t next = (int64_t)k->c.now + PL_DAY / 3;
        for (size_t i = 0; i < GROUPS; i++) {
            pl_seat_group g;
            CHECK(test_row(&k->c, &PL_GROUPS, pl_key_then(pl_key_id1(k->group[i].council.at), k->group[i].number), &g));
            int64_t n = held(k, i);
            CHECK(!k->group[i].filled || n == k->group[i].seats);
            k->group[i].filled |= n == k->group[i].seats;
            if ((int64_t)k->c.now >= k->group[i].begins) {
                test_id id[2];
                memcpy(id[0].at, g.election, PL_HASH);
                memcpy(id[1].at, g.by, PL_HASH);
                take_part(k, i, id[0]);
                if (!pl_id_none(g.by)) {
                    take_part(k, i, id[1]);
                }
            }
            for (int64_t moment = g.ends - 1; moment <= g.ends; moment++) {
                next = moment > (int64_t)k->c.now && moment < next ? moment : next;
            }
        }
        test_invariants(&k->c);
        k->c.now = (uint64_t)next;
    }
}

/* The one baker of the second group is recalled: whatever rests on that ends in the same moment. */
static void recall_one(calendar *k)
{
    pl_filled f;
    pl_mandate m;
    test_id recall, mandate;
    size_t who = 0;
    int64_t yes = 0;
    CHECK(test_row(&k->c, &PL_FILLED, pl_key_then(pl_key_then(pl_key_id1(k->group[1].council.at), 1), 1), &f));
    memcpy(mandate.at, f.mandate, PL_HASH);
    m = test_mandate(&k->c, mandate);
    while (memcmp(test_member(&k->c, who), m.holder, PL_HASH) != 0) {
        who++;
    }
    CHECK_INT(test_ask(&k->c, 0, mandate), PL_RULE_NONE);
    memcpy(recall.at, k->c.id, PL_HASH);
    for (size_t i = 1; test_recall(&k->c, recall).state < PL_RECALL_VOTING; i++) {
        CHECK_INT(test_one(&k->c, i, &PL_KIND_RECALL_SIGNED, "recall", recall.at), PL_RULE_NONE);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        CHECK_INT(test_mark(&k->c, i, test_recall(&k->c, recall).ballot, &yes, 1), PL_RULE_NONE);
    }
    test_later(&k->c, PL_DAY);
    CHECK(test_recall(&k->c, recall).state == PL_RECALL_CARRIED && test_mandate(&k->c, mandate).why == PL_END_RECALLED);
    for (size_t i = 3; i < GROUPS; i++) {
        CHECK(!test_holds(&k->c, who, k->group[i].council, NULL));
    }
    test_invariants(&k->c);
}

TEST(no_seat_is_empty_between_terms_and_a_recall_below_reaches_the_top_at_once)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        calendar k = begin(seed);
        go_through(&k, draw(&k, 150, 200));
        for (size_t i = 0; i < GROUPS; i++) {
            CHECK(k.group[i].filled);
        }
        recall_one(&k);
        test_commons_end(&k.c);
    }
}
