/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rounds of sharing and reports of queues: what each rule refuses, and a round from its vote to its outcomes. */
#include "council/lights.h"
#include "council/lot.h"
#include "council/motions.h"
#include "council/sharing.h"
#include "test/commons_help.h"
#include "test/test.h"

static const char RULES[] = "good,rule,floor\nbread,uniform,1\n", SUPPLY[] = "good,quantity\nbread,10\n", WANTS[] = "good,amount,taste\nbread,7,\n";

static const uint8_t *everyone(const test_commons *c)
{
    return pl_record_what(c->record)->commons_id;
}

/* Five founders table a text; `yes` of them vote for it. */
static void decide(test_commons *c, const char *text, size_t yes, uint8_t id[PL_HASH])
{
    pl_motion m;
    CHECK_INT(test_act(c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(c)), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "Bread"), F_TEXT("text", text), {0}}),
              PL_RULE_NONE);
    memcpy(id, c->id, PL_HASH);
    test_later(c, 7 * PL_DAY);
    CHECK(test_row(c, &PL_MOTIONS, pl_key_id1(id), &m));
    for (size_t i = 0; i < c->n; i++) {
        const int64_t mark = i < yes ? 0 : 1;
        CHECK_INT(test_act(c, i, &PL_KIND_VOTE_CAST, (test_field[]){F_ID("ballot", m.ballot), F_INTS("marks", &mark, 1), {0}}), PL_RULE_NONE);
    }
    test_later(c, 3 * PL_DAY);
}

static pl_rule announce(test_commons *c, size_t who, const uint8_t *motion, const char *rules, const char *people)
{
    return test_act(c, who, &PL_KIND_SHARE_ANNOUNCED,
                    people != NULL ? (test_field[]){F_ID("assembly", everyone(c)), F_ID("motion", motion), F_TEXT("title", "Bread"), F_TEXT("rules", rules), F_TEXT("supply", SUPPLY), F_TEXT("people", people), {0}}
                                   : (test_field[]){F_ID("assembly", everyone(c)), F_ID("motion", motion), F_TEXT("title", "Bread"), F_TEXT("rules", rules), F_TEXT("supply", SUPPLY), {0}, {0}});
}

static pl_rule seal(test_commons *c, size_t who, const uint8_t *round, uint8_t salt, const char *wants)
{
    uint8_t s[PL_HASH] = {salt}, hash[PL_HASH];
    pl_share_seal(s, wants, strlen(wants), hash);
    return test_act(c, who, &PL_KIND_SHARE_SEALED, (test_field[]){F_ID("round", round), F_ID("seal", hash), {0}});
}

static pl_rule open_wants(test_commons *c, size_t who, const uint8_t *round, uint8_t salt, const char *wants)
{
    uint8_t s[PL_HASH] = {salt};
    return test_act(c, who, &PL_KIND_SHARE_OPENED, (test_field[]){F_ID("round", round), F_ID("salt", s), F_TEXT("wants", wants), {0}});
}

static pl_rule enter(test_commons *c, size_t who, const uint8_t *round, uint8_t outcome)
{
    uint8_t hash[PL_HASH] = {outcome};
    return test_act(c, who, &PL_KIND_SHARE_ENTERED, (test_field[]){F_ID("round", round), F_ID("outcome", hash), {0}});
}

static pl_share_round round_of(test_commons *c, const uint8_t *id)
{
    pl_share_round r;
    CHECK(test_row(c, &PL_SHARE_ROUNDS, pl_key_id1(id), &r));
    return r;
}

static test_commons begin(uint8_t motion[PL_HASH], uint8_t round[PL_HASH])
{
    test_commons c = test_commons_begin(5);
    test_constitution(&c, "");
    decide(&c, RULES, 3, motion);
    CHECK_INT(announce(&c, 0, motion, RULES, NULL), PL_RULE_NONE);
    memcpy(round, c.id, PL_HASH);
    return c;
}

TEST(a_round_goes_by_the_clock)
{
    uint8_t motion[PL_HASH], round[PL_HASH];
    test_commons c = begin(motion, round);
    pl_lot lot;
    CHECK_INT(seal(&c, 0, round, 1, WANTS), PL_RULE_NONE);
    CHECK_INT(seal(&c, 1, round, 2, WANTS), PL_RULE_NONE);
    CHECK_INT(seal(&c, 1, round, 3, WANTS), PL_RULE_NONE); /* another takes its place */
    CHECK_INT(round_of(&c, round).sealed, 2);
    test_later(&c, 168 * PL_HOUR);
    CHECK_INT(round_of(&c, round).state, PL_ROUND_OPENING);
    CHECK_INT(open_wants(&c, 1, round, 3, WANTS), PL_RULE_NONE);
    test_later(&c, 72 * PL_HOUR);
    CHECK_INT(round_of(&c, round).state, PL_ROUND_DRAWING);
    CHECK(test_row(&c, &PL_LOTS, pl_key_id1(round), &lot) && pl_id_none(lot.seed)); /* nothing of the seed is there before all wants are open */
    test_later(&c, 48 * PL_HOUR);
    pl_share_round r = round_of(&c, round);
    CHECK(r.state == PL_ROUND_READY && !pl_id_none(r.seed) && r.opened == 1 && pl_id_none(r.outcome));
    CHECK_INT(enter(&c, 2, round, 7), PL_RULE_NONE);
    CHECK_INT(enter(&c, 3, round, 8), PL_RULE_NONE);
    r = round_of(&c, round);
    CHECK(r.outcomes == 2 && r.outcome[0] == 7);
    test_commons_end(&c);
}

TEST(r_180_rules_are_those_that_were_carried)
{
    uint8_t motion[PL_HASH], round[PL_HASH], other[PL_HASH];
    test_commons c = begin(motion, round);
    CHECK_INT(announce(&c, 0, motion, "good,rule,floor\nbread,uniform,2\n", NULL), PL_RULE_SHARE_RULES);
    CHECK_INT(announce(&c, 0, motion, RULES, "person,points\n"), PL_RULE_SHARE_RULES); /* points are part of what is carried */
    CHECK_INT(announce(&c, 0, round, RULES, NULL), PL_RULE_SHARE_RULES);               /* no motion */
    decide(&c, "good,rule\nbread,uniform\n", 2, other);
    CHECK_INT(announce(&c, 0, other, "good,rule\nbread,uniform\n", NULL), PL_RULE_SHARE_RULES); /* rejected */
    decide(&c, "good,rule\nbread,uniform\nperson,points\n", 4, other);
    CHECK_INT(announce(&c, 0, other, "good,rule\nbread,uniform\n", "person,points\n"), PL_RULE_NONE);
    size_t stranger = test_person(&c);
    CHECK(announce(&c, stranger, motion, RULES, NULL) != PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_181_each_thing_has_its_time)
{
    uint8_t motion[PL_HASH], round[PL_HASH];
    test_commons c = begin(motion, round);
    CHECK_INT(seal(&c, 0, motion, 1, WANTS), PL_RULE_SHARE);
    CHECK_INT(open_wants(&c, 0, round, 1, WANTS), PL_RULE_SHARE);
    CHECK_INT(enter(&c, 0, round, 1), PL_RULE_SHARE);
    CHECK_INT(seal(&c, 0, round, 1, WANTS), PL_RULE_NONE);
    test_later(&c, 168 * PL_HOUR);
    CHECK_INT(seal(&c, 0, round, 1, WANTS), PL_RULE_SHARE);
    test_later(&c, 72 * PL_HOUR);
    CHECK_INT(open_wants(&c, 0, round, 1, WANTS), PL_RULE_SHARE);
    CHECK_INT(enter(&c, 0, round, 1), PL_RULE_SHARE);
    test_commons_end(&c);
}

TEST(r_182_wants_are_opened_as_they_were_sealed)
{
    uint8_t motion[PL_HASH], round[PL_HASH];
    test_commons c = begin(motion, round);
    CHECK_INT(seal(&c, 0, round, 1, WANTS), PL_RULE_NONE);
    test_later(&c, 168 * PL_HOUR);
    CHECK_INT(open_wants(&c, 1, round, 1, WANTS), PL_RULE_SHARE_SEAL);                                 /* sealed none */
    CHECK_INT(open_wants(&c, 0, round, 2, WANTS), PL_RULE_SHARE_SEAL);                                 /* another salt */
    CHECK_INT(open_wants(&c, 0, round, 1, "good,amount,taste\nbread,70,\n"), PL_RULE_SHARE_SEAL);      /* more, now that others are open */
    CHECK_INT(open_wants(&c, 0, round, 1, WANTS), PL_RULE_NONE);
    CHECK_INT(open_wants(&c, 0, round, 1, WANTS), PL_RULE_SHARE_SEAL);
    test_commons_end(&c);
}

TEST(r_183_one_outcome_of_each)
{
    uint8_t motion[PL_HASH], round[PL_HASH];
    test_commons c = begin(motion, round);
    test_later(&c, (168 + 72 + 48) * PL_HOUR);
    CHECK_INT(enter(&c, 0, round, 1), PL_RULE_NONE);
    CHECK_INT(enter(&c, 0, round, 1), PL_RULE_SHARE_ENTRY);
    test_commons_end(&c);
}

static pl_status look_lights(void *user, pl_step *s)
{
    return pl_lights(s, user);
}

TEST(r_184_a_report_of_queues_has_a_figure)
{
    test_commons c = test_commons_begin(3);
    pl_light light[PL_LIGHTS];
    test_constitution(&c, "");
    CHECK_INT(test_act(&c, 0, &PL_KIND_QUEUE_REPORTED, (test_field[]){F_ID("assembly", everyone(&c)), F_TEXT("source", "Shop"), {0}}), PL_RULE_QUEUE);
    test_look(&c, look_lights, light);
    CHECK(!light[PL_LIGHT_SHELF].judged && !light[PL_LIGHT_LISTS].red);
    CHECK_INT(test_act(&c, 0, &PL_KIND_QUEUE_REPORTED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_TEXT("source", "Shop"), F_INT("shelf", 873), F_INT("fill", 950), F_INT("days", 91), {0}}),
              PL_RULE_NONE);
    test_look(&c, look_lights, light);
    CHECK(light[PL_LIGHT_SHELF].red && light[PL_LIGHT_SHELF].figure == 87 && light[PL_LIGHT_SHELF].limit == 90);
    CHECK(light[PL_LIGHT_FILL].judged && !light[PL_LIGHT_FILL].red && light[PL_LIGHT_FILL].figure == 95);
    CHECK(light[PL_LIGHT_LISTS].red && light[PL_LIGHT_LISTS].figure == 91 && pl_id_same(light[PL_LIGHT_LISTS].subject, everyone(&c)));
    test_later(&c, 366 * PL_DAY);
    test_look(&c, look_lights, light);
    CHECK(!light[PL_LIGHT_SHELF].judged); /* a year old: nothing to judge by */
    test_commons_end(&c);
}
