/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/council_help.h"

#include "base/mem.h"
#include "test/test.h"

test_id test_everyone(const test_commons *c)
{
    test_id id;
    memcpy(id.at, pl_record_what(c->record)->commons_id, PL_HASH);
    return id;
}

test_id test_council(test_commons *c, const char *name, test_id electors, int64_t seats)
{
    test_id id;
    CHECK_INT(test_act(c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", name), F_IDS("electors", electors.at, 1), F_INTS("seats", &seats, 1), {0}}),
              PL_RULE_NONE);
    memcpy(id.at, c->id, PL_HASH);
    return id;
}

pl_seat_group test_group(test_commons *c, test_id council)
{
    pl_seat_group g;
    CHECK(test_row(c, &PL_GROUPS, pl_key_then(pl_key_id1(council.at), 0), &g));
    return g;
}

static pl_election election(test_commons *c, test_id id)
{
    pl_election e;
    CHECK(test_row(c, &PL_ELECTIONS, pl_key_id1(id.at), &e));
    return e;
}

test_id test_election_id(test_commons *c, test_id council)
{
    pl_seat_group g = test_group(c, council);
    test_id id;
    memcpy(id.at, g.election, PL_HASH);
    return id;
}

test_id test_group_election(test_commons *c, test_id council, int64_t number)
{
    pl_seat_group g;
    test_id id;
    CHECK(test_row(c, &PL_GROUPS, pl_key_then(pl_key_id1(council.at), number), &g));
    memcpy(id.at, g.election, PL_HASH);
    return id;
}

pl_election test_election(test_commons *c, test_id council)
{
    return election(c, test_election_id(c, council));
}

test_id test_by_id(test_commons *c, test_id council)
{
    pl_seat_group g = test_group(c, council);
    test_id id;
    memcpy(id.at, g.by, PL_HASH);
    return id;
}

pl_election test_by(test_commons *c, test_id council)
{
    return election(c, test_by_id(c, council));
}

pl_rule test_stand(test_commons *c, size_t who, test_id id)
{
    return test_act(c, who, &PL_KIND_CANDIDATE_STOOD, (test_field[]){F_ID("election", id.at), F_TEXT("statement", "Bread and time."), {0}});
}

pl_rule test_mark(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n)
{
    return test_act(c, who, &PL_KIND_VOTE_CAST, (test_field[]){F_ID("ballot", ballot), F_INTS("marks", marks, n), {0}});
}

pl_rule test_rank(test_commons *c, size_t who, test_id id, const size_t *best, size_t n)
{
    int64_t marks[PL_MARKS_MAX];
    pl_election e = election(c, id);
    for (size_t i = 0; i < n; i++) {
        pl_stand stand;
        CHECK(test_row(c, &PL_STANDS, pl_key_id2(id.at, test_member(c, best[i])), &stand));
        marks[i] = stand.option;
    }
    return test_mark(c, who, e.ballot, marks, n);
}

pl_rule test_one(test_commons *c, size_t who, const pl_event_kind *kind, const char *field, const uint8_t id[PL_HASH])
{
    return test_act(c, who, kind, (test_field[]){F_ID(field, id), {0}});
}

typedef struct holding {
    const uint8_t *council, *member;
    uint8_t *id;
    bool yes;
} holding;

static pl_status look_holds(void *user, pl_step *s)
{
    holding *h = user;
    return pl_mandate_of(s, h->council, h->member, &h->yes, h->id, NULL);
}

bool test_holds(test_commons *c, size_t who, test_id council, test_id *mandate)
{
    holding h = {council.at, test_member(c, who), mandate != NULL ? mandate->at : NULL, false};
    test_look(c, look_holds, &h);
    return h.yes;
}

pl_mandate test_mandate(test_commons *c, test_id mandate)
{
    pl_mandate m;
    CHECK(test_row(c, &PL_MANDATES, pl_key_id1(mandate.at), &m));
    return m;
}

pl_recall test_recall(test_commons *c, test_id recall)
{
    pl_recall r;
    CHECK(test_row(c, &PL_RECALLS, pl_key_id1(recall.at), &r));
    return r;
}

pl_rule test_ask(test_commons *c, size_t who, test_id mandate)
{
    return test_act(c, who, &PL_KIND_RECALL_ASKED, (test_field[]){F_ID("mandate", mandate.at), F_TEXT("reasons", "The ovens are cold."), {0}});
}

/* ---- What must hold ------------------------------------------------------------------------------- */

static pl_status check_mandates(pl_step *s, int64_t *active)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MANDATES, &all);
    pl_mandate m, base;
    bool there;
    pl_status status = PL_OK;
    *active = 0;
    while (status == PL_OK && (status = pl_next(s, &PL_MANDATES, &at, &m, &there)) == PL_OK && there) {
        CHECK((m.ended < 0) == (m.why == PL_END_NONE));
        CHECK(m.ended < 0 || (m.ended >= m.from && m.ended <= m.until));
        if (m.ended >= 0) {
            continue;
        }
        ++*active;
        CHECK(m.from <= s->time && s->time < m.until);
        if (!pl_id_none(m.rests_on)) {
            status = pl_get(s, &PL_MANDATES, pl_key_id1(m.rests_on), &base, &there);
            CHECK(there && pl_id_same(base.holder, m.holder));
            CHECK(base.ended < 0 || (base.why == PL_END_TERM && m.until <= base.ended + DAYS(42))); /* until another is elected, or in the next term */
        }
    }
    return status;
}

/* How many seats of the council are held; each group has no more holders than seats. */
static pl_status count_held(pl_step *s, const uint8_t council[PL_HASH], int64_t *held)
{
    int64_t in_group[64] = {0};
    pl_row_key prefix = pl_key_id1(council);
    pl_cursor at = pl_rows(&PL_SEATS, &prefix);
    pl_link link;
    pl_mandate m;
    pl_seat_group g;
    bool there;
    pl_status status = PL_OK;
    *held = 0;
    while (status == PL_OK && (status = pl_next(s, &PL_SEATS, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        if (m.ended < 0) {
            ++*held;
            in_group[m.group]++;
        }
    }
    at = pl_rows(&PL_GROUPS, &prefix);
    while (status == PL_OK && (status = pl_next(s, &PL_GROUPS, &at, &g, &there)) == PL_OK && there) {
        CHECK(in_group[pl_key_number(at.key + PL_HASH)] <= g.seats);
    }
    return status;
}

static pl_status check_councils(pl_step *s)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ASSEMBLIES, &all);
    pl_assembly a;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_ASSEMBLIES, &at, &a, &there)) == PL_OK && there) {
        uint8_t(*members)[PL_HASH] = NULL;
        size_t n = 0;
        int64_t held = a.members;
        status = pl_assembly_list(s, at.key, &members, &n);
        CHECK_INT(n, a.members);
        for (size_t i = 1; i < n; i++) {
            CHECK(memcmp(members[i - 1], members[i], PL_HASH) < 0); /* nobody holds two seats */
        }
        pl_free(members);
        status = status == PL_OK && a.sort == PL_COUNCIL ? count_held(s, at.key, &held) : status;
        CHECK_INT(held, a.members);
    }
    return status;
}

static pl_status check_all(void *user, pl_step *s)
{
    pl_status status = check_mandates(s, user);
    return status == PL_OK ? check_councils(s) : status;
}

int64_t test_invariants(test_commons *c)
{
    int64_t active;
    test_look(c, check_all, &active);
    return active;
}
