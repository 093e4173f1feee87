/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Warning lights: what makes each figure, when it is red, since when. */
#include "council/lights.h"

#include "council/grants.h"
#include "council/motions.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "test/commons_help.h"
#include "test/test.h"

typedef struct night { /* what a look puts, and takes back */
    void (*prepare)(pl_step *s, const uint8_t *member);
    const uint8_t *member;
    pl_light light[PL_LIGHTS];
    int64_t now;
} night;

static pl_status prepare(void *user, pl_step *s)
{
    night *n = user;
    n->now = s->time;
    n->prepare(s, n->member);
    return pl_lights(s, n->light);
}

static night lights(void (*what)(pl_step *, const uint8_t *))
{
    test_commons c = test_commons_begin(2);
    night n = {.prepare = what, .member = test_member(&c, 1)};
    test_later(&c, 2000 * PL_DAY);
    test_look(&c, prepare, &n);
    test_commons_end(&c);
    n.member = NULL;
    return n;
}

static void put(pl_step *s, const pl_table *table, pl_row_key key, const void *row)
{
    CHECK_INT(pl_put(s, table, key, row), PL_OK);
}

static void nothing(pl_step *s, const uint8_t *member)
{
    (void)s;
    (void)member;
}

TEST(a_young_commons_has_nothing_to_judge)
{
    night n = lights(nothing);
    for (int i = 0; i < PL_LIGHTS; i++) {
        CHECK(!n.light[i].red && n.light[i].figure == 0);
        CHECK(n.light[i].judged == (i == PL_LIGHT_OVERDUE || i == PL_LIGHT_UNANSWERED));
        CHECK(strncmp(pl_param_what(pl_light_what((pl_light_name)i)->limit)->key, "lights.", 7) == 0);
    }
}

static void mandate(pl_step *s, const uint8_t *member, int64_t days_ago, int64_t days, int64_t seat)
{
    uint8_t id[PL_HASH];
    pl_mandate m = {.from = s->time - days_ago * PL_DAY, .seat = seat, .ended = -1};
    m.until = m.from + days * PL_DAY;
    m.council[0] = 1;
    memcpy(m.holder, member, PL_HASH);
    CHECK_INT(pl_mandate_begin(s, &m, id), PL_OK);
    if (m.until <= s->time) {
        m.ended = m.until;
        m.why = PL_END_TERM;
        put(s, &PL_MANDATES, pl_key_id1(id), &m);
    }
}

static void three_terms(pl_step *s, const uint8_t *member)
{
    mandate(s, member, 1600, 500, 0);
    mandate(s, member, 1100, 500, 0);
    mandate(s, member, 600, 500, 0); /* ended 100 days ago: a break */
    mandate(s, member, 1900, 100, 0); /* less than half a term */
}

static void four_terms(pl_step *s, const uint8_t *member)
{
    three_terms(s, member);
    mandate(s, member, 101, 500, 0);
}

TEST(time_in_office)
{
    night n = lights(three_terms);
    CHECK(!n.light[PL_LIGHT_OFFICE].judged && !n.light[PL_LIGHT_TERMS].judged); /* out of office */
    n = lights(four_terms);
    CHECK_INT(n.light[PL_LIGHT_OFFICE].figure, 1600);
    CHECK(n.light[PL_LIGHT_OFFICE].red && n.light[PL_LIGHT_OFFICE].since == n.now - 1600 * PL_DAY);
    CHECK_INT(n.light[PL_LIGHT_TERMS].figure, 4);
    CHECK(n.light[PL_LIGHT_TERMS].red);
}

static void elections(pl_step *s, const uint8_t *member)
{
    for (int64_t i = 0; i < 4; i++) { /* 2 of 8 seats within a year contested, and 2 older ones */
        pl_election e = {.state = PL_ELECTION_DECIDED, .seats = i == 2 ? 4 : 2, .candidates = i == 0 || i == 3 ? 5 : 2, .decided = s->time - (i == 3 ? 400 : i) * PL_DAY};
        put(s, &PL_ELECTIONS, pl_key_then_id(pl_key_none(), (uint8_t[PL_HASH]){(uint8_t)(i + 1)}), &e);
    }
    pl_ballot b = {.opens = s->time - 10 * PL_DAY};
    pl_recall r = {.asked = s->time - 60 * PL_DAY};
    memcpy(r.ballot, member, PL_HASH);
    put(s, &PL_BALLOTS, pl_key_id1(member), &b);
    put(s, &PL_RECALLS, pl_key_id1(member), &r);
}

TEST(elections_and_recalls)
{
    night n = lights(elections);
    CHECK_INT(n.light[PL_LIGHT_CONTESTED].figure, 25);
    CHECK(n.light[PL_LIGHT_CONTESTED].red && n.light[PL_LIGHT_CONTESTED].of == 8 && n.light[PL_LIGHT_CONTESTED].subject[0] == 2);
    CHECK_INT(n.light[PL_LIGHT_RECALL].figure, 50);
    CHECK(n.light[PL_LIGHT_RECALL].red && n.light[PL_LIGHT_RECALL].since == n.now - 10 * PL_DAY);
}

static void turns(pl_step *s, const uint8_t *member)
{
    pl_rota r = {.days = 7, .begins = s->time - 100 * 7 * PL_DAY, .filled = 100, .running = 1};
    pl_rota_class c = {.name = "x", .weight = 1, .slots = 2};
    put(s, &PL_ROTAS, pl_key_id1(member), &r);
    memcpy(c.rota, member, PL_HASH);
    put(s, &PL_ROTA_CLASSES_OF, pl_key_id1(member), &c);
    put(s, &PL_ROTA_HAS, pl_key_id2(member, member), &(pl_link){0});
    for (int64_t i = 0; i < 4; i++) { /* turns 10, 0, 0, 0; the others have waited for 101 periods */
        pl_rota_account a = {.turns = i == 0 ? 10 : 0, .last = i == 0 ? 99 : -1};
        put(s, &PL_ROTA_ACCOUNTS, pl_key_id2(member, (uint8_t[PL_HASH]){(uint8_t)(i + 1)}), &a);
    }
}

TEST(spread_of_turns)
{
    night n = lights(turns);
    CHECK_INT(n.light[PL_LIGHT_GINI].figure, 75);
    CHECK_INT(n.light[PL_LIGHT_WAIT].figure, 101 * 2 / 4);
    CHECK(n.light[PL_LIGHT_GINI].red && n.light[PL_LIGHT_WAIT].red && n.light[PL_LIGHT_WAIT].since == n.now);
}

static void acts(pl_step *s, const uint8_t *member)
{
    for (int64_t i = 0; i < 8; i++) { /* 3 of 5 within a year by the member; refused ones and older ones do not count */
        pl_grant g = {.state = i == 5 ? PL_GRANT_REFUSED : PL_GRANT_USED, .since = s->time - (i > 5 ? 400 : i) * PL_DAY};
        memcpy(g.author, i < 3 ? member : (uint8_t[PL_HASH]){(uint8_t)i}, PL_HASH);
        put(s, &PL_GRANTS, pl_key_then_id(pl_key_none(), (uint8_t[PL_HASH]){(uint8_t)(i + 1)}), &g);
    }
}

TEST(privileged_acts_of_one_person)
{
    night n = lights(acts);
    CHECK_INT(n.light[PL_LIGHT_ACTS].figure, 60);
    CHECK(n.light[PL_LIGHT_ACTS].red && n.light[PL_LIGHT_ACTS].of == 5);
}

static void late(pl_step *s, const uint8_t *member)
{
    pl_motion reported = {.due = s->time - 9, .reported = s->time - 1}, open = {.due = s->time + 9, .reported = -1}, overdue = {.due = s->time - 5, .reported = -1};
    pl_question asked = {.due = s->time - 7, .answered = -1}, answered = {.due = s->time - 7, .answered = s->time - 3};
    put(s, &PL_MOTIONS, pl_key_id1((uint8_t[PL_HASH]){1}), &reported);
    put(s, &PL_MOTIONS, pl_key_id1((uint8_t[PL_HASH]){2}), &open);
    put(s, &PL_MOTIONS, pl_key_id1((uint8_t[PL_HASH]){3}), &overdue);
    put(s, &PL_QUESTIONS, pl_key_id1((uint8_t[PL_HASH]){1}), &asked);
    put(s, &PL_QUESTIONS, pl_key_id1((uint8_t[PL_HASH]){2}), &answered);
    pl_pay_total total = {.amount = 95, .entries = 1};
    int64_t quarter = pl_quarter_of(s->time) - 1;
    pl_pay_quarter q = {.entries = 1, .median = 100, .before = -1};
    int64_t closed = quarter - 1;
    put(s, &PL_PAY_TOTALS, pl_key_then(pl_key_id1(member), quarter), &total);
    put(s, &PL_PAY_QUARTERS, pl_key_then(pl_key_none(), closed), &q);
    put(s, &(pl_table){"pay.closed", sizeof closed, 1, {{PL_COLUMN_INT, 0, sizeof closed}}}, pl_key_none(), &closed);
    mandate(s, member, 300, 600, 0);
}

TEST(reports_answers_and_pay)
{
    night n = lights(late);
    CHECK(n.light[PL_LIGHT_OVERDUE].red && n.light[PL_LIGHT_OVERDUE].figure == 1 && n.light[PL_LIGHT_OVERDUE].of == 3);
    CHECK(n.light[PL_LIGHT_OVERDUE].since == n.now - 5 && n.light[PL_LIGHT_OVERDUE].subject[0] == 3);
    CHECK(n.light[PL_LIGHT_UNANSWERED].red && n.light[PL_LIGHT_UNANSWERED].figure == 1 && n.light[PL_LIGHT_UNANSWERED].since == n.now - 7);
    CHECK(n.light[PL_LIGHT_PAY].judged && !n.light[PL_LIGHT_PAY].red);
    CHECK_INT(n.light[PL_LIGHT_PAY].figure, 95);
}
