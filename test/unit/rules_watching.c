/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Watching in a commons: what each rule refuses; alarms that the rule opens, that rise by the clock, that are over. */
#include "council/lights.h"
#include "test/test.h"
#include "test/watching_help.h"

/* Three founders, none of them a baker; a council that the bakery elects; a line that begins when the first baker has been admitted. */
typedef struct town {
    test_commons c;
    test_id bakery, council, line;
} town;

static town begin(void)
{
    town t = {.c = test_commons_begin(3)};
    t.bakery = test_workplace(&t.c, "Bakery");
    t.council = test_council(&t.c, "Town council", t.bakery, 1);
    CHECK_INT(test_watch(&t.c, 0, t.bakery, 30 * PL_DAY, 52, &t.line), PL_RULE_NONE);
    return t;
}

/* A member of the bakery, admitted in 30 days; the number. */
static size_t baker(town *t)
{
    return test_admit(&t->c, &t->bakery.at, 1);
}

/* The same, under a constitution. */
static size_t baker_with_line(town *t)
{
    test_constitution(&t->c, "");
    return baker(t);
}

TEST(r_200_lines_are_watched_by_mandate_or_grant)
{
    town t = begin();
    test_id line;
    size_t who = baker_with_line(&t);
    CHECK_INT(test_watch(&t.c, who, t.bakery, 0, 52, &line), PL_RULE_LINE_RIGHT);
    CHECK_INT(test_one(&t.c, who, &PL_KIND_LINE_ENDED, "line", t.line.at), PL_RULE_LINE_RIGHT);
    test_commons_end(&t.c);
}

TEST(r_201_a_line_that_is_there)
{
    town t = begin();
    CHECK_INT(test_report(&t.c, 0, t.bakery, 0, 100), PL_RULE_LINE);
    CHECK_INT(test_one(&t.c, 0, &PL_KIND_LINE_ENDED, "line", t.line.at), PL_RULE_NONE);
    CHECK_INT(test_one(&t.c, 0, &PL_KIND_LINE_ENDED, "line", t.line.at), PL_RULE_LINE);
    test_commons_end(&t.c);
}

TEST(r_202_a_line_begins_soon)
{
    town t = begin();
    test_field f[] = {F_TEXT("name", "bread"), F_ID("workplace", t.bakery.at), F_INT("planned", 1), F_INT("spread", 1), F_INT("price", 0),
                      F_INT("begins", (int64_t)t.c.now + 400 * PL_DAY), F_INT("days", 7), F_INT("periods", 2), {0}};
    CHECK_INT(test_act(&t.c, 0, &PL_KIND_LINE_WATCHED, f), PL_RULE_LINE_BEGINS);
    f[5] = (test_field)F_INT("begins", (int64_t)t.c.now);
    f[1] = (test_field)F_ID("workplace", test_everyone(&t.c).at);
    CHECK_INT(test_act(&t.c, 0, &PL_KIND_LINE_WATCHED, f), PL_RULE_ASSEMBLY);
    test_commons_end(&t.c);
}

TEST(r_203_the_workplace_reports)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    CHECK_INT(test_report(&t.c, 0, t.line, 0, 100), PL_RULE_REPORTER);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 100), PL_RULE_NONE);
    test_commons_end(&t.c);
}

TEST(r_204_periods_that_have_begun)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    CHECK_INT(test_report(&t.c, who, t.line, 52, 100), PL_RULE_REPORT_PERIOD);
    CHECK_INT(test_report(&t.c, who, t.line, 51, 100), PL_RULE_REPORT_PERIOD);
    CHECK_STR(t.c.why, "period 51 has not begun");
    test_commons_end(&t.c);
}

TEST(r_205_a_report_says_something_new)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 100), PL_RULE_NONE);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 100), PL_RULE_REPORT_NEW);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 99), PL_RULE_NONE); /* a correction */
    pl_line_report r;
    CHECK(test_row(&t.c, &PL_LINE_REPORTS, pl_key_then(pl_key_id1(t.line.at), 0), &r));
    CHECK(r.corrections == 1 && r.quantity == 99 * UNIT && r.corrected >= r.since);
    CHECK_INT(test_line(&t.c, t.line).reports, 1);
    test_commons_end(&t.c);
}

static pl_rule send(town *t, size_t who, test_id to)
{
    return test_act(&t->c, who, &PL_KIND_DELIVERY_SENT, (test_field[]){F_ID("line", t->line.at), F_ID("to", to.at), F_INT("amount", 10 * UNIT), {0}});
}

static pl_rule receive(town *t, size_t who, test_id delivery, int64_t units)
{
    return test_act(&t->c, who, &PL_KIND_DELIVERY_RECEIVED, (test_field[]){F_ID("delivery", delivery.at), F_INT("amount", units * UNIT), {0}});
}

TEST(r_206_a_workplace_delivers_to_others)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    CHECK_INT(send(&t, 0, test_everyone(&t.c)), PL_RULE_DELIVERY_SENT);
    CHECK_INT(send(&t, who, t.bakery), PL_RULE_DELIVERY_SENT);
    CHECK_INT(send(&t, who, t.line), PL_RULE_DELIVERY_SENT);
    CHECK_INT(send(&t, who, test_everyone(&t.c)), PL_RULE_NONE);
    test_commons_end(&t.c);
}

TEST(r_207_the_receiver_signs_once)
{
    town t = begin();
    test_id delivery;
    pl_delivery d;
    size_t who = baker_with_line(&t);
    CHECK_INT(send(&t, who, test_everyone(&t.c)), PL_RULE_NONE);
    memcpy(delivery.at, t.c.id, PL_HASH);
    CHECK_INT(receive(&t, who, delivery, 10), PL_RULE_DELIVERY_RECEIVED); /* who sent it is a member too */
    CHECK_STR(t.c.why, "who sent it does not sign for it");
    CHECK_INT(receive(&t, 0, t.line, 10), PL_RULE_DELIVERY_RECEIVED);
    test_later(&t.c, 8 * PL_DAY);
    CHECK(test_row(&t.c, &PL_DELIVERIES, pl_key_id1(delivery.at), &d));
    CHECK_INT(d.late, 1);
    CHECK_INT(receive(&t, 0, delivery, 9), PL_RULE_NONE);
    CHECK_INT(receive(&t, 0, delivery, 9), PL_RULE_DELIVERY_RECEIVED);
    CHECK(test_row(&t.c, &PL_DELIVERIES, pl_key_id1(delivery.at), &d));
    CHECK(d.sent == 10 * UNIT && d.received == 9 * UNIT && d.signed_at >= 0);
    test_commons_end(&t.c);
}

/* Two reports of 80 instead of 100 are 4 and 8 spreads below, less half a spread each: 3.5 and 7. */
static test_id alarmed(town *t, size_t who)
{
    test_id id;
    pl_line_alarm a;
    CHECK_INT(test_report(&t->c, who, t->line, 0, 80), PL_RULE_NONE);
    CHECK(!test_alarm(&t->c, t->line, &id, &a));
    test_later(&t->c, 7 * PL_DAY);
    CHECK_INT(test_report(&t->c, who, t->line, 1, 80), PL_RULE_NONE);
    CHECK(test_alarm(&t->c, t->line, &id, &a));
    CHECK(a.sort == PL_SHORT && a.level == 0 && pl_id_same(a.at, t->bakery.at));
    CHECK_INT(a.statistic, 7000);
    CHECK_INT(a.damage, 2 * (40 + 20 * 50) * 1000); /* 40 are missing; 20 a week for 50 weeks more */
    return id;
}

TEST(alarms_rise_by_the_clock)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    test_later(&t.c, 24 * PL_HOUR - 1);
    CHECK_INT(test_alarm_of(&t.c, id).level, 0);
    test_later(&t.c, 1);
    pl_line_alarm a = test_alarm_of(&t.c, id);
    CHECK(a.level == 1 && pl_id_same(a.at, t.council.at));
    test_later(&t.c, 72 * PL_HOUR);
    a = test_alarm_of(&t.c, id);
    CHECK(a.level == 2 && pl_id_same(a.at, test_everyone(&t.c).at));
    test_later(&t.c, 168 * PL_HOUR);
    CHECK_INT(test_alarm_of(&t.c, id).level, 3); /* there is nobody above everyone: it is said again, each time */
    CHECK_INT(test_alarms_hold(&t.c), 1);
    test_commons_end(&t.c);
}

TEST(an_answer_that_does_not_mend_it_rises)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    CHECK_INT(test_answer(&t.c, who, id, 5), PL_RULE_NONE);
    test_later(&t.c, 5 * PL_DAY - 1);
    CHECK_INT(test_alarm_of(&t.c, id).level, 0);
    test_later(&t.c, 1);
    pl_line_alarm a = test_alarm_of(&t.c, id);
    CHECK(a.level == 1 && a.state == PL_ALARM_OPEN);
    test_commons_end(&t.c);
}

TEST(a_line_that_is_back_ends_its_alarm)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    CHECK_INT(test_answer(&t.c, who, id, 20), PL_RULE_NONE);
    test_later(&t.c, 7 * PL_DAY);
    CHECK_INT(test_report(&t.c, who, t.line, 2, 112), PL_RULE_NONE); /* 7 - 2.4 - 0.5: not yet */
    CHECK_INT(test_alarm_of(&t.c, id).state, PL_ALARM_ANSWERED);
    CHECK_INT(test_report(&t.c, who, t.line, 2, 125), PL_RULE_NONE); /* corrected: 7 - 5 - 0.5 */
    CHECK_INT(test_alarm_of(&t.c, id).state, PL_ALARM_OVER);
    CHECK_INT(test_alarms_hold(&t.c), 0);
    test_commons_end(&t.c);
}

TEST(one_report_far_below_is_an_alarm)
{
    town t = begin();
    test_id id;
    pl_line_alarm a;
    size_t who = baker_with_line(&t);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 79), PL_RULE_NONE); /* 4.2 spreads */
    CHECK(test_alarm(&t.c, t.line, &id, &a));
    CHECK_INT(a.sort, PL_SPIKE);
    test_later(&t.c, 7 * PL_DAY);
    CHECK_INT(test_report(&t.c, who, t.line, 1, 110), PL_RULE_NONE);
    CHECK_INT(test_alarm_of(&t.c, id).state, PL_ALARM_OVER);
    test_commons_end(&t.c);
}

TEST(who_does_not_report_is_asked)
{
    town t = begin();
    test_id id;
    pl_line_alarm a;
    size_t who = baker_with_line(&t);
    test_later(&t.c, 11 * PL_DAY);
    CHECK(test_alarm(&t.c, t.line, &id, &a));
    CHECK(a.sort == PL_UNREPORTED && a.damage == 2 * 100 * 1000);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 100), PL_RULE_NONE);
    CHECK_INT(test_alarm_of(&t.c, id).state, PL_ALARM_OVER);
    test_commons_end(&t.c);
}

static pl_rule raise(town *t, size_t who)
{
    return test_act(&t->c, who, &PL_KIND_ALARM_RAISED, (test_field[]){F_ID("line", t->line.at), F_TEXT("text", "There is no yeast."), {0}});
}

TEST(r_208_alarms_that_are_open)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    CHECK_INT(test_answer(&t.c, who, t.line, 1), PL_RULE_ALARM);
    test_id id = alarmed(&t, who);
    CHECK_INT(test_answer(&t.c, who, id, 1), PL_RULE_NONE);
    CHECK_INT(test_answer(&t.c, who, id, 1), PL_RULE_ALARM);
    test_commons_end(&t.c);
}

TEST(r_209_those_concerned_answer)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    CHECK_INT(test_answer(&t.c, 0, id, 1), PL_RULE_ALARM_ANSWERS);
    test_later(&t.c, 96 * PL_HOUR); /* now it stands with everyone */
    CHECK_INT(test_silence(&t.c, 0, id, (int64_t)t.c.now + PL_DAY), PL_RULE_NONE);
    CHECK_INT(test_answer(&t.c, 0, id, 1), PL_RULE_NONE);
    test_commons_end(&t.c);
}

TEST(r_210_one_alarm_of_a_line)
{
    town t = begin();
    test_constitution(&t.c, "");
    CHECK_INT(raise(&t, 0), PL_RULE_NONE);
    CHECK_INT(raise(&t, 1), PL_RULE_ALARM_ALREADY);
    test_commons_end(&t.c);
}

TEST(r_211_silences_end)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    int64_t now = (int64_t)t.c.now;
    CHECK_INT(test_silence(&t.c, who, id, now), PL_RULE_ALARM_SILENCE);
    CHECK_INT(test_silence(&t.c, who, id, now + 15 * PL_DAY), PL_RULE_ALARM_SILENCE);
    CHECK_INT(test_silence(&t.c, 0, id, now + PL_DAY), PL_RULE_ALARM_ANSWERS);
    CHECK_INT(test_silence(&t.c, who, id, now + 10 * PL_DAY), PL_RULE_NONE);
    CHECK_INT(test_silence(&t.c, who, id, now + 11 * PL_DAY), PL_RULE_ALARM_SILENCE);
    test_later(&t.c, 10 * PL_DAY - 1);
    pl_line_alarm a = test_alarm_of(&t.c, id);
    CHECK(a.level == 0 && a.silent == now + 10 * PL_DAY && pl_id_same(a.silencer, test_member(&t.c, who)));
    test_later(&t.c, 1);
    CHECK_INT(test_alarm_of(&t.c, id).level, 1); /* at its end it rises at once */
    test_commons_end(&t.c);
}

TEST(r_212_mended_soon)
{
    town t = begin();
    size_t who = baker_with_line(&t);
    test_id id = alarmed(&t, who);
    CHECK_INT(test_answer(&t.c, who, id, 31), PL_RULE_ALARM_DAYS);
    CHECK_INT(test_answer(&t.c, who, id, 30), PL_RULE_NONE);
    test_commons_end(&t.c);
}

TEST(what_was_raised_is_over_when_answered_and_mended)
{
    town t = begin();
    test_id id;
    pl_line_alarm a;
    size_t who = baker_with_line(&t);
    CHECK_INT(test_report(&t.c, who, t.line, 0, 100), PL_RULE_NONE);
    CHECK_INT(raise(&t, 0), PL_RULE_NONE);
    CHECK(test_alarm(&t.c, t.line, &id, &a));
    CHECK(a.sort == PL_RAISED && pl_id_same(a.by, test_member(&t.c, 0)));
    CHECK_INT(test_answer(&t.c, who, id, 2), PL_RULE_NONE);
    test_later(&t.c, 2 * PL_DAY);
    CHECK_INT(test_alarm_of(&t.c, id).state, PL_ALARM_OVER);
    test_commons_end(&t.c);
}

static pl_status look_at_lights(void *user, pl_step *s)
{
    return pl_lights(s, user);
}

TEST(alarms_that_rose_are_a_light)
{
    town t = begin();
    pl_light light[PL_LIGHTS];
    test_constitution(&t.c, "lights.alarms_risen = 0\n");
    size_t who = baker(&t);
    test_look(&t.c, look_at_lights, light);
    CHECK(!light[PL_LIGHT_ALARMS].red);
    test_id id = alarmed(&t, who);
    test_later(&t.c, PL_DAY);
    test_look(&t.c, look_at_lights, light);
    CHECK(light[PL_LIGHT_ALARMS].red && light[PL_LIGHT_ALARMS].figure == 1 && pl_id_same(light[PL_LIGHT_ALARMS].subject, id.at));
    test_commons_end(&t.c);
}
