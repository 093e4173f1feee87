/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/sealed_help.h"

#include "test/test.h"

typedef struct voting {
    const pl_key *key;
    const uint8_t *ballot;
    const int64_t *marks;
    size_t n;
    pl_secret_text paper;
} voting;

static pl_status look_vote(void *user, pl_step *s)
{
    voting *v = user;
    return pl_sealed_vote_make(s, v->key, v->ballot, v->marks, v->n, &v->paper);
}

pl_secret_text test_paper(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n)
{
    voting v = {c->key[who], ballot, marks, n, {NULL, 0}};
    test_look(c, look_vote, &v);
    return v.paper;
}

pl_rule test_cast(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], pl_secret_view paper)
{
    return test_act(c, who, &PL_KIND_VOTE_SEALED, (test_field[]){F_ID("ballot", ballot), F_BYTES("paper", paper.text, paper.n), {0}});
}

pl_rule test_seal(test_commons *c, size_t who, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n)
{
    pl_secret_text paper = test_paper(c, who, ballot, marks, n);
    pl_rule rule = test_cast(c, who, ballot, (pl_secret_view){paper.text, paper.n});
    pl_secret_text_free(&paper);
    return rule;
}

typedef struct tasking {
    const pl_key *key;
    const uint8_t *trust;
    pl_task task;
} tasking;

static pl_status look_task(void *user, pl_step *s)
{
    tasking *t = user;
    return pl_task_next(s, t->key, t->trust, &t->task);
}

pl_task test_task(test_commons *c, size_t who, const uint8_t trust[PL_HASH])
{
    tasking t = {.key = c->key[who], .trust = trust};
    test_look(c, look_task, &t);
    return t.task;
}

pl_rule test_do(test_commons *c, size_t who, const pl_task *task, const pl_secret_view *text)
{
    const pl_event_kind *kind = task->kind;
    pl_secret_view said = text != NULL ? *text : (pl_secret_view){task->text.text, task->text.n};
    uint8_t blob[PL_HASH];
    pl_error err = {0};
    if (kind == &PL_KIND_BALLOT_SHUFFLED || kind == &PL_KIND_BALLOT_OPENED) {
        CHECK_INT(pl_record_put_blob(c->record, (pl_bytes){(const uint8_t *)said.text, said.n}, blob, &err), PL_OK);
        return test_act(c, who, kind, (test_field[]){F_ID("ballot", task->id), F_IDS(kind->field[1].name, blob, 1), {0}});
    }
    if (kind == &PL_KIND_TRUSTEE_CERTIFIED) {
        return test_act(c, who, kind, (test_field[]){F_ID("trust", task->id), F_BYTES("certificate", said.text, said.n), {0}});
    }
    if (kind == &PL_KIND_TRUSTEE_OBJECTED) {
        return test_act(c, who, kind, (test_field[]){F_ID("trust", task->id), F_INT("round", task->round), F_ID("against", task->against), {0}});
    }
    return test_act(c, who, kind, (test_field[]){F_ID("trust", task->id), F_INT("round", task->round), F_BYTES(kind->field[2].name, said.text, said.n), {0}});
}

int test_round(test_commons *c, const uint8_t trust[PL_HASH], uint64_t idle)
{
    int n = 0;
    for (size_t who = 0; who < c->n; who++) {
        if ((idle >> who & 1) != 0) {
            continue;
        }
        pl_task t = test_task(c, who, trust);
        if (t.kind != NULL) {
            pl_rule rule = test_do(c, who, &t, NULL);
            if (rule != PL_RULE_NONE) {
                FAIL("%s: %s %s", t.kind->name, pl_rule_id(rule), c->why);
            }
            n++;
        }
        pl_task_clear(&t);
    }
    return n;
}

pl_sealed test_sealed(test_commons *c, const uint8_t ballot[PL_HASH])
{
    pl_sealed v;
    CHECK(test_row(c, &PL_SEALED, pl_key_id1(ballot), &v));
    return v;
}

pl_trust test_trust(test_commons *c, const uint8_t trust[PL_HASH])
{
    pl_trust t;
    CHECK(test_row(c, &PL_TRUSTS, pl_key_id1(trust), &t));
    return t;
}

size_t test_trustee(test_commons *c, const uint8_t trust[PL_HASH], int64_t number)
{
    for (int64_t seat = 1; seat <= PL_TRUST_MAX; seat++) {
        pl_trustee who;
        if (test_row(c, &PL_TRUSTEES, pl_key_then(pl_key_id1(trust), seat), &who) && who.number == number) {
            for (size_t i = 0; i < c->n; i++) {
                if (pl_id_same(test_member(c, i), who.member)) {
                    return i;
                }
            }
        }
    }
    FAIL("there is no trustee %lld", (long long)number);
}

void test_keyed(test_commons *c, const uint8_t ballot[PL_HASH], uint64_t idle)
{
    pl_ballot b;
    test_later(c, 48 * PL_HOUR);
    pl_sealed v = test_sealed(c, ballot);
    for (int i = 0; i < 20 && test_trust(c, v.trust).stage < PL_TRUST_READY; i++) {
        if (test_round(c, v.trust, idle) == 0) {
            test_later(c, 24 * PL_HOUR); /* the clock goes on without those who are idle */
        }
    }
    CHECK_INT(test_trust(c, v.trust).stage, PL_TRUST_READY);
    CHECK(test_row(c, &PL_BALLOTS, pl_key_id1(ballot), &b));
    if ((int64_t)c->now < b.opens) {
        c->now = (uint64_t)b.opens;
    }
}

test_commons test_secret_planned(const char *constitution, int64_t seats, size_t candidates, test_id *council, uint8_t ballot[PL_HASH])
{
    test_commons c = test_commons_begin(12);
    *council = test_council(&c, "Bakers", test_everyone(&c), seats);
    test_constitution(&c, constitution);
    test_id id = test_election_id(&c, *council);
    for (size_t i = 0; i < candidates; i++) {
        CHECK_INT(test_stand(&c, i, id), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    memcpy(ballot, test_election(&c, *council).ballot, PL_HASH);
    return c;
}

test_commons test_secret_election(const char *constitution, int64_t seats, size_t candidates, test_id *council, uint8_t ballot[PL_HASH], uint64_t idle)
{
    test_commons c = test_secret_planned(constitution, seats, candidates, council, ballot);
    test_keyed(&c, ballot, idle);
    return c;
}

int64_t test_option(test_commons *c, const uint8_t ballot[PL_HASH], size_t who)
{
    for (int64_t i = 0;; i++) {
        pl_choice o;
        CHECK(test_row(c, &PL_CHOICES, pl_key_then(pl_key_id1(ballot), i), &o));
        if (pl_id_same(o.id, test_member(c, who))) {
            return i;
        }
    }
}

pl_ballot test_ballot(test_commons *c, const uint8_t ballot[PL_HASH])
{
    pl_ballot b;
    CHECK(test_row(c, &PL_BALLOTS, pl_key_id1(ballot), &b));
    return b;
}

pl_rule test_secret_rank(test_commons *c, size_t voter, const uint8_t ballot[PL_HASH], size_t first, size_t second)
{
    const int64_t marks[2] = {test_option(c, ballot, first), test_option(c, ballot, second)};
    return test_seal(c, voter, ballot, marks, 2);
}

void test_open_all(test_commons *c, const uint8_t ballot[PL_HASH], uint64_t idle)
{
    pl_sealed v = test_sealed(c, ballot);
    while (test_round(c, v.trust, idle) > 0) {
    }
}
